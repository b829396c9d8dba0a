//! Blobs: files that never change, named by their hash.

pub mod range;
mod routes;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use qadam_domain::ids::BlobHash;
use sha2::{Digest, Sha256};

use crate::publish::BlobSink;
use crate::store::{Connection, StoreError, files};

pub use routes::router;

/// The folder's name in the data folder.
pub const FOLDER: &str = "blobs";

/// What is being written carries this until it is whole.
const UNFINISHED: &str = ".tmp";

/// A folder of blobs.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// The blobs of a data folder.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Where a blob is, or would be.
    pub fn path(&self, hash: &BlobHash) -> PathBuf {
        self.folder.join(hash.as_str())
    }

    /// Copies every blob into another data folder.
    ///
    /// # Errors
    /// What the file system says.
    pub fn back_up(&self, data: &Path) -> io::Result<u64> {
        let mut copy = Self::open(data)?;
        let mut copied = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if let Some(hash) = name.to_str().and_then(|name| BlobHash::new(name).ok()) {
                copy.put_file(&hash, &entry.path())?;
                copied += 1;
            }
        }
        Ok(copied)
    }

    /// Puts every blob into a database that servers share.
    ///
    /// # Errors
    /// What the file system and the database say.
    pub fn share(&self, conn: &Connection) -> Result<(), StoreError> {
        let failed = |source| StoreError::Io { path: self.folder.clone(), source };
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let hash = path.file_name().and_then(|name| BlobHash::new(name.to_str()?).ok());
            if let Some(hash) = hash {
                files::put(conn, &shared_name(&hash), &path)?;
            }
        }
        Ok(())
    }

    /// Copies a blob from a database that servers share into the folder. Tells whether there is such a blob.
    ///
    /// # Errors
    /// What the file system and the database say.
    pub fn fetch(&self, conn: &Connection, hash: &BlobHash) -> Result<bool, StoreError> {
        files::fetch(conn, &shared_name(hash), &self.path(hash))
    }

    /// Copies every blob from a database that servers share into the folder.
    ///
    /// # Errors
    /// What the file system and the database say.
    pub fn fetch_all(&self, conn: &Connection) -> Result<(), StoreError> {
        for name in files::list(conn, &format!("{FOLDER}/"))? {
            let hash = name.rsplit('/').next().and_then(|hash| BlobHash::new(hash).ok());
            if let Some(hash) = hash.filter(|hash| !self.path(hash).exists()) {
                self.fetch(conn, &hash)?;
            }
        }
        Ok(())
    }

    /// Whether a small file can be written and synced.
    ///
    /// # Errors
    /// What the file system says.
    pub fn try_write(&self) -> io::Result<()> {
        let path = self.unfinished("probe");
        let written = File::create(&path).and_then(|mut file| file.write_all(b"probe").and_then(|()| file.sync_all()));
        fs::remove_file(&path)?;
        written
    }

    fn unfinished(&self, name: &str) -> PathBuf {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = COUNT.fetch_add(1, Ordering::Relaxed);
        self.folder.join(format!("{name}.{}.{unique}{UNFINISHED}", std::process::id()))
    }

    /// Under its name a blob is whole, also after a power cut: written aside, synced, renamed.
    fn write(&self, hash: &BlobHash, source: &mut dyn Read) -> io::Result<()> {
        let path = self.path(hash);
        if path.exists() {
            return Ok(());
        }
        let aside = self.unfinished(hash.as_str());
        let written = copy_hashing(source, &aside, hash).and_then(|()| fs::rename(&aside, &path));
        if written.is_err() && aside.exists() {
            fs::remove_file(&aside)?;
        }
        written?;
        File::open(&self.folder)?.sync_all()
    }
}

impl BlobSink for Blobs {
    fn put(&mut self, hash: &BlobHash, mut bytes: &[u8]) -> io::Result<()> {
        self.write(hash, &mut bytes)
    }

    fn put_file(&mut self, hash: &BlobHash, file: &Path) -> io::Result<()> {
        self.write(hash, &mut File::open(file)?)
    }
}

/// A blob's name among the files that servers share.
fn shared_name(hash: &BlobHash) -> String {
    format!("{FOLDER}/{hash}")
}

fn copy_hashing(source: &mut dyn Read, to: &Path, expected: &BlobHash) -> io::Result<()> {
    let mut file = File::create(to)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        file.write_all(&buffer[..read])?;
    }
    if hex::encode(hasher.finalize()) != expected.as_str() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the bytes have another hash"));
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_hash_is_stored() {
        let data = tempfile::tempdir().expect("a folder");
        let mut blobs = Blobs::open(data.path()).expect("opens");
        let hash = BlobHash::of(b"right");
        let wrong = blobs.put(&hash, b"wrong").expect_err("another hash");
        assert_eq!(wrong.kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_dir(data.path().join(FOLDER)).expect("lists").count(), 0, "nothing is left behind");
        blobs.put(&hash, b"right").expect("stored");
        blobs.put(&hash, b"right").expect("again");
        assert_eq!(fs::read(blobs.path(&hash)).expect("reads"), b"right");
        blobs.try_write().expect("writes");
        let copy = tempfile::tempdir().expect("a folder");
        assert_eq!(blobs.back_up(copy.path()).expect("copies"), 1);
    }
}
