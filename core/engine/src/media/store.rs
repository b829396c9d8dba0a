use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use qadam_domain::ids::BlobHash;
use qadam_protocol::content::MediaRef;
use sha2::{Digest, Sha256};

use super::Urgency;
use crate::error::{EngineError, Result};

const PART: &str = ".part";

/// The folder with the media of this phone.
pub struct MediaStore {
    directory: PathBuf,
    /// Files that are shown, and how often.
    open: Mutex<BTreeMap<String, u32>>,
}

impl MediaStore {
    /// # Errors
    /// Those of storage.
    pub fn open(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory)?;
        Ok(Self { directory: directory.to_path_buf(), open: Mutex::default() })
    }

    /// Where the file is, if all of it is here.
    pub fn path(&self, medium: &MediaRef) -> Option<PathBuf> {
        let path = self.directory.join(file_name(medium)?);
        let whole = std::fs::metadata(&path).is_ok_and(|m| m.is_file() && m.len() == medium.blob.size);
        whole.then_some(path)
    }

    /// Bytes of all files, those that are still coming among them.
    pub fn held(&self) -> u64 {
        self.files().iter().map(|(_, size)| size).sum()
    }

    /// Not to be evicted, until [`MediaStore::let_go`].
    pub fn hold(&self, medium: &MediaRef) {
        if let Some(name) = file_name(medium) {
            *self.open.lock().entry(name).or_default() += 1;
        }
    }

    pub fn let_go(&self, medium: &MediaRef) {
        let mut open = self.open.lock();
        if let Some(name) = file_name(medium)
            && let Some(times) = open.get_mut(&name)
        {
            *times -= 1;
            if *times == 0 {
                open.remove(&name);
            }
        }
    }

    /// Goes on with a file that is partly here, or begins it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for an extension that no medium has; those of storage.
    pub fn begin(&self, medium: &MediaRef) -> Result<Download> {
        let name = file_name(medium).ok_or(EngineError::NotFound { what: "medium".into() })?;
        let part = self.directory.join(format!("{name}{PART}"));
        let mut hash = Sha256::new();
        let mut have = 0;
        if let Ok(mut file) = File::open(&part) {
            let mut buffer = vec![0; 64 << 10];
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    break;
                }
                hash.update(&buffer[..read]);
                have += read as u64;
            }
        }
        let file = OpenOptions::new().create(true).append(true).open(&part)?;
        let mut download = Download {
            wanted: medium.blob.hash.clone(),
            size: medium.blob.size,
            whole: self.directory.join(name),
            part,
            file,
            hash,
            have,
        };
        if have > medium.blob.size {
            download.restart()?;
        }
        Ok(download)
    }

    /// What of `wanted` is to be fetched, once there is room for it: `wanted` by urgency, `budget` in bytes. Evicts what the content no longer
    /// names, then what has been finished longest ago; never what is open, and never for what would not fit anyway.
    pub(super) fn make_room(&self, wanted: &[(Urgency, &MediaRef)], budget: u64) -> Result<Vec<MediaRef>> {
        let shown = self.open.lock().clone();
        let mut files: BTreeMap<String, u64> = self.files().into_iter().collect();
        let mut used: u64 = files.values().sum();
        let named: BTreeMap<String, (Urgency, &MediaRef)> =
            wanted.iter().filter_map(|(urgency, medium)| Some((file_name(medium)?, (*urgency, *medium)))).collect();
        // The last of them goes first.
        let mut evictable: Vec<(Option<Urgency>, String)> = files
            .keys()
            .filter(|file| !shown.contains_key(file.trim_end_matches(PART)))
            .map(|file| (named.get(file.trim_end_matches(PART)).map(|(urgency, _)| *urgency), file.clone()))
            .filter(|(urgency, _)| !matches!(urgency, Some(Urgency::Open(_) | Urgency::Later(_))))
            .collect();
        evictable.sort_by_key(|(urgency, _)| urgency.map_or((1, None), |urgency| (0, Some(urgency))));
        let mut plan = Vec::new();
        for (urgency, medium) in wanted {
            if matches!(urgency, Urgency::Finished(_)) || self.path(medium).is_some() {
                continue;
            }
            let Some(name) = file_name(medium) else { continue };
            let begun = files.get(&format!("{name}{PART}")).copied().unwrap_or(0);
            let needed = medium.blob.size.saturating_sub(begun);
            let free_able: u64 = evictable.iter().filter_map(|(_, file)| files.get(file)).sum();
            if used.saturating_sub(free_able).saturating_add(needed) > budget {
                continue;
            }
            while used.saturating_add(needed) > budget {
                let Some((_, file)) = evictable.pop() else { break };
                std::fs::remove_file(self.directory.join(&file))?;
                used -= files.remove(&file).unwrap_or(0);
            }
            used += needed;
            plan.push((*medium).clone());
        }
        Ok(plan)
    }

    fn files(&self) -> Vec<(String, u64)> {
        let Ok(entries) = std::fs::read_dir(&self.directory) else { return Vec::new() };
        let mut files: Vec<(String, u64)> = entries
            .flatten()
            .filter_map(|entry| {
                let size = entry.metadata().ok().filter(|m| m.is_file())?.len();
                Some((entry.file_name().into_string().ok()?, size))
            })
            .collect();
        files.sort();
        files
    }
}

/// A file that is coming.
pub struct Download {
    wanted: BlobHash,
    size: u64,
    whole: PathBuf,
    part: PathBuf,
    file: File,
    hash: Sha256,
    have: u64,
}

impl Download {
    /// Bytes that are here already.
    pub fn have(&self) -> u64 {
        self.have
    }

    pub fn is_complete(&self) -> bool {
        self.have == self.size
    }

    /// # Errors
    /// [`EngineError::StorageFull`]: what was written stays.
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.have += bytes.len() as u64;
        Ok(())
    }

    /// Throws away what is here.
    ///
    /// # Errors
    /// Those of storage.
    pub fn restart(&mut self) -> Result<()> {
        self.file.set_len(0)?;
        self.hash = Sha256::new();
        self.have = 0;
        Ok(())
    }

    /// The file is whole: it gets its name once its bytes are on the disk.
    ///
    /// # Errors
    /// [`EngineError::WrongHash`]: then it was thrown away. Those of storage.
    pub fn finish(self) -> Result<PathBuf> {
        if hex::encode(self.hash.finalize()) != self.wanted.as_str() {
            std::fs::remove_file(&self.part)?;
            return Err(EngineError::WrongHash);
        }
        self.file.sync_all()?;
        std::fs::rename(&self.part, &self.whole)?;
        Ok(self.whole)
    }
}

/// `<hash>.<extension>`; the extension comes from the server and names a file here.
fn file_name(medium: &MediaRef) -> Option<String> {
    let extension = &medium.extension;
    let plain = (1..=8).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    plain.then(|| format!("{}.{extension}", medium.blob.hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use qadam_protocol::content::BlobRef;
    use std::cmp::Reverse;

    fn medium(bytes: &[u8]) -> MediaRef {
        let blob = BlobRef { hash: BlobHash::of(bytes), size: bytes.len() as u64 };
        MediaRef { blob, extension: "png".into(), lessons: Vec::new() }
    }

    fn put(store: &MediaStore, bytes: &[u8]) -> MediaRef {
        let medium = medium(bytes);
        let mut download = store.begin(&medium).expect("begins");
        download.append(bytes).expect("writes");
        download.finish().expect("has its hash");
        medium
    }

    #[test]
    fn a_download_goes_on_after_every_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = b"some forty bytes that make up a picture.";
        let wanted = medium(bytes);
        for cut in 0..=bytes.len() {
            let store = MediaStore::open(folder.path()).expect("opens");
            store.begin(&wanted).expect("begins").append(&bytes[..cut]).expect("writes");
            let mut again = store.begin(&wanted).expect("goes on");
            assert_eq!(again.have(), cut as u64);
            assert!(store.path(&wanted).is_none());
            again.append(&bytes[cut..]).expect("writes");
            assert!(again.is_complete());
            let path = again.finish().expect("has its hash");
            assert_eq!(store.path(&wanted), Some(path.clone()));
            assert!(path.extension().is_some_and(|e| e == "png"));
            std::fs::remove_file(path).expect("was there");
        }
    }

    #[test]
    fn wrong_bytes_are_thrown_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = MediaStore::open(folder.path()).expect("opens");
        let wanted = medium(b"right");
        let mut download = store.begin(&wanted).expect("begins");
        download.append(b"wrong").expect("writes");
        assert_eq!(download.finish(), Err(EngineError::WrongHash));
        assert_eq!(store.held(), 0);
        assert_eq!(store.begin(&wanted).expect("begins anew").have(), 0);
    }

    #[test]
    fn the_longest_finished_goes_first_and_what_is_open_never() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = MediaStore::open(folder.path()).expect("opens");
        let (old, newer, open, shown) = (put(&store, &[1; 100]), put(&store, &[2; 100]), put(&store, &[3; 100]), put(&store, &[4; 100]));
        store.hold(&shown);
        let next = medium(&[5; 100]);
        let finished = |at| Urgency::Finished(Reverse(at));
        let wanted = [
            (Urgency::Open(0), &open),
            (Urgency::Open(1), &next),
            (finished(20), &newer),
            (finished(10), &old),
            (finished(1), &shown),
        ];
        assert_eq!(store.make_room(&wanted, 400).expect("makes room"), vec![next.clone()]);
        assert_eq!([&old, &newer, &open, &shown].map(|m| store.path(m).is_some()), [false, true, true, true]);
        // Nothing goes for what would not fit anyway.
        assert_eq!(store.make_room(&wanted, 200).expect("makes room"), vec![]);
        assert!(store.path(&newer).is_some());
        store.let_go(&shown);
        assert_eq!(store.make_room(&wanted, 200).expect("makes room"), vec![next]);
        assert_eq!([&newer, &open, &shown].map(|m| store.path(m).is_some()), [false, true, false]);
    }

    #[test]
    fn what_the_content_no_longer_names_goes_before_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = MediaStore::open(folder.path()).expect("opens");
        let (orphan, finished, next) = (put(&store, &[1; 100]), put(&store, &[2; 100]), medium(&[3; 100]));
        let wanted = [(Urgency::Open(0), &next), (Urgency::Finished(Reverse(5)), &finished)];
        assert_eq!(store.make_room(&wanted, 200).expect("makes room"), vec![next]);
        assert_eq!([&orphan, &finished].map(|m| store.path(m).is_some()), [false, true]);
    }
}
