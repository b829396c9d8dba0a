//! What a restored server must not forget: erasures, sign-ins and sign-outs, closed accounts, publications, imports, backups. Kept outside of the database, beside the backups,
//! and written before the database's own commit; the restore command does it all again.
//!
//! A folder with `entries.jsonl` (and one such file of each process where several servers share a database), one JSON object a line, appended and synced; and with the blobs of what was published. An entry whose
//! commit failed after all is harmless: it was asked for, and will be asked for again.

mod replay;

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::ids::{BlobHash, DeviceId};
use qadam_domain::time::Millis;
use qadam_protocol::content::Manifest;
use serde::{Deserialize, Serialize};

use crate::blobs::Blobs;
use crate::error::Error;
use crate::params;
use crate::publish::BlobSink;
use crate::random;
use crate::results;
use crate::store::{Connection, StoreError};

pub use replay::{Replayed, replay, replay_imports};

/// The folder's name in the data folder, where no other place is said.
pub const FOLDER: &str = "ledger";

const ENTRIES: &str = "entries.jsonl";

/// Something that stays so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    /// A record was erased; nothing of it may come back.
    Erased { account: String, kind: String, id: String },
    /// A device was signed in; `was`: the one that its phone was before. A restored server lacks what it sent, until it comes again.
    SignedIn {
        device: DeviceId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<DeviceId>,
        account: String,
        distributor: String,
        at: Millis,
    },
    /// A device was signed out, for good.
    SignedOut { device: DeviceId, at: Millis },
    /// An account was closed.
    Closed { account: String, at: Millis },
    /// The company's tree was imported from the file with this SHA-256, which is among the ledger's blobs.
    TeamImported { file: BlobHash, complete: bool, at: Millis },
    /// Sales, volumes or ranks were imported from the file with this SHA-256, which is among the ledger's blobs.
    ResultsImported { file: BlobHash, of: results::import::Kind, silent: bool, at: Millis },
    /// A backup was taken whose last commit has this number.
    BackedUp { serial: i64, at: Millis },
    /// The release whose document the manifest names, and its texts and media; they are among the ledger's blobs.
    Published { serial: u64, at: Millis, manifest: Manifest },
}

impl Entry {
    fn at(&self) -> Option<Millis> {
        match self {
            Self::Erased { .. } => None,
            Self::SignedIn { at, .. }
            | Self::SignedOut { at, .. }
            | Self::Closed { at, .. }
            | Self::TeamImported { at, .. }
            | Self::ResultsImported { at, .. }
            | Self::BackedUp { at, .. }
            | Self::Published { at, .. } => Some(*at),
        }
    }
}

/// The ledger of one server, to be appended to.
#[derive(Debug, Clone)]
pub struct Ledger {
    folder: PathBuf,
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl Ledger {
    /// Opens the ledger in `folder`, or begins it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Self::open_file(folder, ENTRIES)
    }

    /// Begins a file of this process in a ledger that several append to, perhaps over a network.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open_shared(folder: &Path) -> io::Result<Self> {
        Self::open_file(folder, &format!("entries-{}.jsonl", random::hex::<8>(&mut random::system)))
    }

    fn open_file(folder: &Path, name: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(name);
        let file = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
        File::open(folder)?.sync_all()?;
        Ok(Self { folder: folder.into(), path, file: Arc::new(Mutex::new(file)) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes entries; they are on the disk when it returns.
    ///
    /// # Errors
    /// What the file system says: then what they are about must not be committed.
    pub fn append(&self, entries: &[Entry]) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut lines = String::new();
        for entry in entries {
            lines.push_str(&serde_json::to_string(entry).expect("an entry holds nothing that JSON can't"));
            lines.push('\n');
        }
        let mut file = self.file.lock();
        let written = (|| {
            if is_cut_off(&mut file)? {
                lines.insert(0, '\n');
            }
            file.write_all(lines.as_bytes())?;
            file.sync_data()
        })();
        written.map_err(|source| StoreError::Io { path: self.path.clone(), source }.into())
    }
}

/// Whether the last line has no end: the power went, or the disk was full.
fn is_cut_off(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Copies the blobs of a publication into the ledger, and writes it down.
///
/// # Errors
/// What the file system says.
pub fn keep_publication(ledger: &Ledger, blobs: &Blobs, entry: &Entry) -> Result<(), Error> {
    if let Entry::Published { manifest, .. } = entry {
        let copied = Blobs::open(&ledger.folder)
            .and_then(|mut kept| replay::hashes(manifest).try_for_each(|hash| kept.put_file(hash, &blobs.path(hash))));
        copied.map_err(|source| StoreError::Io { path: ledger.folder.clone(), source })?;
    }
    ledger.append(std::slice::from_ref(entry))
}

/// Keeps a file that was imported, as `put` gives it, writes that down as `entry` says, and notes in the database that it is. Where this fails, the
/// import is to be run again: the same file changes nothing.
///
/// # Errors
/// What the file system and SQLite say.
pub fn keep_import(
    ledger: &Ledger,
    conn: &Connection,
    hash: &BlobHash,
    put: impl FnOnce(&mut Blobs) -> io::Result<()>,
    entry: Entry,
    at: Millis,
) -> Result<(), Error> {
    let kept = Blobs::open(&ledger.folder).and_then(|mut kept| put(&mut kept));
    kept.map_err(|source| StoreError::Io { path: ledger.folder.clone(), source })?;
    ledger.append(&[entry])?;
    conn.execute("INSERT INTO import (at, file) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![at, hash.as_str()])?;
    Ok(())
}

/// All entries of a ledger, in their order. A line that was cut off, by a power cut or a full disk, was never answered and is passed over; of entries that
/// a newer version wrote, the kind is not known here, and they are an error.
///
/// # Errors
/// What the file system says, and a line that can't be read.
pub fn read(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut files = Vec::new();
    let listed = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    for entry in listed {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with("entries") && name.ends_with(".jsonl")) {
            files.push(entry.path());
        }
    }
    files.sort();
    let mut entries = Vec::new();
    for file in &files {
        read_file(file, &mut entries)?;
    }
    if files.len() > 1 {
        // What has no time may be done again in any order.
        entries.sort_by_key(|entry| entry.at());
    }
    Ok(entries)
}

fn read_file(path: &Path, entries: &mut Vec<Entry>) -> io::Result<()> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        match serde_json::from_slice(line.trim_ascii_end()) {
            Ok(entry) if line.ends_with(b"\n") => entries.push(entry),
            Err(error) if !error.is_eof() => return Err(io::Error::other(error)),
            Ok(_) | Err(_) => {}
        }
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_read_and_what_was_cut_off_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path()).expect("nothing yet"), []);
        let erased = |id: &str| Entry::Erased { account: "a".into(), kind: "contact".into(), id: id.into() };
        let ledger = Ledger::open(folder.path()).expect("begins");
        ledger.append(&[erased("c1"), Entry::Closed { account: "a".into(), at: 7 }]).expect("appends");
        Ledger::open(folder.path()).expect("goes on").append(&[erased("c2")]).expect("appends");
        let all = [erased("c1"), Entry::Closed { account: "a".into(), at: 7 }, erased("c2")];
        assert_eq!(read(folder.path()).expect("reads"), all);
        let path = folder.path().join(ENTRIES);
        let mut bytes = std::fs::read(&path).expect("reads");
        bytes.extend(b"{\"what\":\"era");
        std::fs::write(&path, &bytes).expect("writes");
        assert_eq!(read(folder.path()).expect("reads"), all);
        // Who goes on after it writes a line of its own.
        ledger.append(&[erased("c3"), erased("c4")]).expect("appends");
        let more = [&all[..], &[erased("c3"), erased("c4")]].concat();
        assert_eq!(read(folder.path()).expect("reads"), more);
        let another = Ledger::open_shared(folder.path()).expect("begins beside it");
        another
            .append(&[Entry::SignedOut { device: DeviceId::new("00000000000000aa").expect("an id"), at: 3 }])
            .expect("appends");
        let order: Vec<_> = read(folder.path()).expect("reads").iter().map(Entry::at).collect();
        assert_eq!(order, [None, None, None, None, Some(3), Some(7)]);
        std::fs::write(&path, b"{\"what\":\"of a newer version\"}\n").expect("writes");
        assert!(read(folder.path()).is_err());
    }
}
