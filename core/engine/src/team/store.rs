//! Which file the team is in, and how another takes its place.
//!
//! An image is fetched beside the file in use, unpacked, checked and brought to the disk under a name that nothing refers to; one row of the account's
//! database then switches to it. Whatever stops the phone, it finds the old file or the new one; files that the row does not name go at the next start.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use qadam_domain::ids::BlobHash;
use qadam_protocol::codec::WINDOW_LOG;
use qadam_protocol::content::{BlobRef, MediaRef};
use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, Page, Row};
use qadam_protocol::team::{Document, EXTENSION, SCHEMA, SHIPPED};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::file::{self, Held, TeamFile, Unapplied, Unfit};
use crate::database::{Database, Nouns, connect};
use crate::error::{EngineError, Result};
use crate::media::MediaStore;

/// What is being written carries this until it is whole.
const UNFINISHED: &str = ".new";
/// Bytes of one row of a delta; the longest that the server writes is a few hundred.
const ROW: u64 = 64 << 10;

/// The team of one account.
pub struct TeamStore {
    folder: PathBuf,
    file: RwLock<Option<Arc<TeamFile>>>,
    /// Files that come; opened with the first.
    downloads: Mutex<Option<Arc<MediaStore>>>,
    wanted: Mutex<Option<Wanted>>,
    /// One change at a time.
    changing: Mutex<()>,
    mismatches: AtomicU64,
}

/// What the last page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// To ask again, after so many milliseconds.
    Again {
        after: u64,
    },
    Document(Box<WantedDocument>),
}

/// A document to be fetched, and what the file holds with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedDocument {
    pub document: Document,
    pub is_image: bool,
    pub held: Held,
    /// The document does not lead to the newest revision: another sync does.
    pub more: bool,
}

impl WantedDocument {
    /// As a downloader knows it.
    pub fn media(&self) -> MediaRef {
        let blob = BlobRef { hash: self.document.hash.clone(), size: self.document.size };
        MediaRef { blob, extension: EXTENSION.into(), lessons: Vec::new() }
    }
}

impl TeamStore {
    /// Opens the file that the account's database names, and removes all others. One that can't be used is as good as none: it comes again.
    ///
    /// # Errors
    /// Those of storage.
    pub fn open(database: &Database) -> Result<Self> {
        let folder = Self::folder(database.path());
        let named: Option<String> = database.read(|connection| {
            Ok(connection.query_row("SELECT name FROM team_file", [], |row| row.get(0)).optional()?)
        })?;
        let there = named.as_ref().map(|name| folder.join(name)).filter(|path| path.exists());
        let file = match there.map(|path| TeamFile::open(&path)).transpose() {
            Err(EngineError::NotQadam { .. }) => None,
            opened => opened?,
        };
        if named.is_some() && file.is_none() {
            unname(database)?;
        }
        let kept = file.as_ref().and_then(|file| file.path().file_name()).map(|name| name.to_os_string());
        let there = if folder.exists() { Some(fs::read_dir(&folder)?) } else { None };
        for entry in there.into_iter().flatten() {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            let is_kept = kept.as_ref().is_some_and(|kept| text.starts_with(&*kept.to_string_lossy()));
            // What came of a download is gone on with.
            if !is_kept && !text.ends_with(".part") {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self {
            downloads: Mutex::default(),
            folder,
            file: RwLock::new(file),
            wanted: Mutex::default(),
            changing: Mutex::default(),
            mismatches: AtomicU64::new(0),
        })
    }

    /// The folder beside an account's database.
    fn folder(database: &Path) -> PathBuf {
        database.with_extension("team")
    }

    /// Deletes the team of an account whose database is not open.
    ///
    /// # Errors
    /// Those of storage.
    pub fn delete(database: &Path) -> Result<()> {
        match fs::remove_dir_all(Self::folder(database)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// How far the team is held.
    ///
    /// # Errors
    /// Those of storage.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        Ok(self.held()?.map(|held| held.cursor))
    }

    /// What is held of the team.
    ///
    /// # Errors
    /// Those of storage.
    pub fn held(&self) -> Result<Option<Held>> {
        let file = self.file.read().clone();
        file.map(|file| file.held()).transpose()
    }

    /// Reads from one snapshot; `None` where there is no team.
    ///
    /// # Errors
    /// The closure's, and those of storage.
    pub fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<Option<T>> {
        let file = self.file.read().clone();
        file.map(|file| file.read(look)).transpose()
    }

    /// Whether the rows are those of the digest: reads all of them.
    ///
    /// # Errors
    /// Those of storage.
    pub fn is_sound(&self) -> Result<bool> {
        let file = self.file.read().clone();
        file.map_or(Ok(true), |file| file.is_sound())
    }

    /// Every row's JSON by its id, for tests of what is held.
    ///
    /// # Errors
    /// Those of storage.
    pub fn rows(&self) -> Result<BTreeMap<String, String>> {
        let mut rows = BTreeMap::new();
        if let Some(file) = self.file.read().clone() {
            file.each(|id, member| {
                rows.insert(id, member.json());
            })?;
        }
        Ok(rows)
    }

    /// How often since the start what came did not fit to what was held.
    pub fn mismatches(&self) -> u64 {
        self.mismatches.load(Ordering::Relaxed)
    }

    /// Where documents are fetched to.
    ///
    /// # Errors
    /// Those of storage.
    pub fn downloads(&self) -> Result<Arc<MediaStore>> {
        let mut downloads = self.downloads.lock();
        if let Some(downloads) = &*downloads {
            return Ok(downloads.clone());
        }
        Ok(downloads.insert(Arc::new(MediaStore::open(&self.folder)?)).clone())
    }

    /// What the last page asks for, once.
    pub fn take_wanted(&self) -> Option<Wanted> {
        self.wanted.lock().take()
    }

    /// Whether anything is asked for.
    pub fn is_wanted(&self) -> bool {
        self.wanted.lock().is_some()
    }

    /// Takes a page of the stream. Gives how many rows came.
    ///
    /// # Errors
    /// [`EngineError::NotQadam`] where it is none: nothing of it is taken. Those of storage.
    pub fn receive(&self, database: &Database, page: &Page) -> Result<u32> {
        let team = page.team.as_deref().ok_or_else(|| not_qadam("a page of a team without its team"))?;
        *self.wanted.lock() = None;
        let Some(leader) = &team.leader else {
            self.forget(database)?;
            return Ok(0);
        };
        if let Some(after) = team.wait {
            *self.wanted.lock() = Some(Wanted::Again { after });
            return Ok(0);
        }
        let digest = team.digest.ok_or_else(|| not_qadam("a team without its digest"))?;
        let held = Held { leader: leader.clone(), cursor: page.cursor.clone(), digest };
        if let Some(document) = team.image.as_ref().or(team.delta.as_ref()) {
            if document.size > limits::BLOB || document.unpacked > limits::DOCUMENT {
                return Err(not_qadam("a document beyond the limits"));
            }
            *self.wanted.lock() = Some(Wanted::Document(Box::new(WantedDocument {
                document: document.clone(),
                is_image: team.image.is_some(),
                held,
                more: page.more,
            })));
            return Ok(0);
        }
        let _one = self.changing.lock();
        let rows = page.rows.iter().map(|row| Ok(row.clone()));
        let current = self.file.read().clone().filter(|_| !page.reset);
        if let Some(current) = current {
            return self.apply(database, &current, &held, rows);
        }
        fs::create_dir_all(&self.folder)?;
        let name = self.free_name(&BlobHash::of(format!("{:?}", page.cursor).as_bytes()));
        let aside = self.folder.join(format!("{name}{UNFINISHED}"));
        let filled = (|| {
            TeamFile::create(&aside, leader)?;
            TeamFile::open(&aside)?.apply(leader, &held.cursor, digest, rows)
        })();
        match filled {
            Ok(count) => {
                self.switch(database, &aside, &name)?;
                Ok(count)
            }
            Err(unapplied) => {
                Database::delete(&aside)?;
                match unapplied {
                    Unapplied::Mismatch => {
                        self.mismatches.fetch_add(1, Ordering::Relaxed);
                        Err(not_qadam("a team that is not what its digest says"))
                    }
                    Unapplied::Other(error) => Err(error),
                }
            }
        }
    }

    /// Takes a document that was fetched to `path` with its right hash, and deletes it. Gives how many rows came.
    ///
    /// # Errors
    /// [`EngineError::NotQadam`] where it is not what was wanted: the team stays as it was. Those of storage.
    pub fn take(&self, database: &Database, wanted: &WantedDocument, path: &Path) -> Result<u32> {
        let _one = self.changing.lock();
        let taken = if wanted.is_image {
            self.adopt(database, wanted, path)
        } else {
            let current = self.file.read().clone();
            let current = current.ok_or_else(|| not_qadam("a delta of a team that is not held"))?;
            self.apply(database, &current, &wanted.held, rows(path, wanted.document.unpacked)?)
        };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => taken,
        }
    }

    /// Deletes the team with its cursor: the account is no member any more, or has left the phone.
    ///
    /// # Errors
    /// Those of storage.
    pub fn forget(&self, database: &Database) -> Result<()> {
        let gone = self.file.write().take();
        unname(database)?;
        self.drop_parts()?;
        if let Some(gone) = gone {
            let path = gone.path().to_path_buf();
            drop(gone);
            Database::delete(&path)?;
            database.changes().publish(Nouns::TEAM);
        }
        Ok(())
    }

    /// Gives back what the system could hold against a suspended process.
    pub fn release(&self) {
        if let Some(file) = &*self.file.read() {
            file.release();
        }
    }

    /// Closes the file.
    pub fn close(&self) {
        self.file.write().take();
    }

    fn apply(
        &self,
        database: &Database,
        file: &TeamFile,
        held: &Held,
        rows: impl IntoIterator<Item = Result<Row>>,
    ) -> Result<u32> {
        match file.apply(&held.leader, &held.cursor, held.digest, rows) {
            Ok(count) => {
                database.changes().publish(Nouns::TEAM);
                Ok(count)
            }
            Err(Unapplied::Mismatch) => {
                // What can't be told apart from damage comes anew, as a whole.
                self.mismatches.fetch_add(1, Ordering::Relaxed);
                self.forget(database)?;
                *self.wanted.lock() = Some(Wanted::Again { after: 0 });
                Ok(0)
            }
            Err(Unapplied::Other(error)) => Err(error),
        }
    }

    fn adopt(&self, database: &Database, wanted: &WantedDocument, path: &Path) -> Result<u32> {
        fs::create_dir_all(&self.folder)?;
        let name = self.free_name(&wanted.document.hash);
        let aside = self.folder.join(format!("{name}{UNFINISHED}"));
        let checked = unpack(path, wanted.document.unpacked, &aside).and_then(|()| check(&aside, &wanted.held));
        match checked {
            Ok(members) => {
                self.switch(database, &aside, &name)?;
                self.drop_parts()?;
                Ok(u32::try_from(members).unwrap_or(u32::MAX))
            }
            Err(error) => {
                Database::delete(&aside)?;
                Err(error)
            }
        }
    }

    /// A file that is whole takes the place of the one in use.
    fn switch(&self, database: &Database, aside: &Path, name: &str) -> Result<()> {
        let path = self.folder.join(name);
        File::open(aside)?.sync_all()?;
        fs::rename(aside, &path)?;
        File::open(&self.folder)?.sync_all()?;
        let fresh = TeamFile::open(&path)?;
        database.write(|transaction| {
            transaction
                .prepare_cached("INSERT INTO team_file (one, name) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET name = excluded.name")?
                .execute([name])?;
            Ok(((), Nouns::NONE))
        })?;
        let old = self.file.write().replace(fresh);
        database.changes().publish(Nouns::TEAM);
        if let Some(old) = old {
            // Who still reads it keeps it open; the name goes.
            Database::delete(old.path())?;
        }
        Ok(())
    }

    /// What came of other documents is of no use any more.
    fn drop_parts(&self) -> Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "part") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn free_name(&self, hash: &BlobHash) -> String {
        let mut names =
            (0_u32..).map(|n| if n == 0 { format!("team-{hash}.db") } else { format!("team-{hash}-{n}.db") });
        names.find(|name| !self.folder.join(name).exists()).expect("there are fewer files than numbers")
    }
}

fn unname(database: &Database) -> Result<()> {
    database.write(|transaction| {
        transaction.prepare_cached("DELETE FROM team_file")?.execute([])?;
        Ok(((), Nouns::NONE))
    })
}

/// Unpacks exactly so many bytes.
fn unpack(from: &Path, length: u64, to: &Path) -> Result<()> {
    let mut packed = unpacked(from, length)?;
    let mut file = File::create(to)?;
    let mut buffer = vec![0; 128 << 10];
    let mut left = length;
    loop {
        let read = packed.read(&mut buffer).map_err(|_| not_qadam("a document that can't be unpacked"))?;
        if read == 0 {
            break;
        }
        left = left.checked_sub(read as u64).ok_or_else(|| not_qadam("a document that is longer than it says"))?;
        file.write_all(&buffer[..read])?;
    }
    if left > 0 { Err(not_qadam("a document that is shorter than it says")) } else { Ok(()) }
}

/// A document's bytes; at most one beyond its length.
fn unpacked(path: &Path, length: u64) -> Result<impl Read + use<>> {
    let mut decoder = zstd::stream::read::Decoder::new(File::open(path)?)?;
    decoder.window_log_max(WINDOW_LOG)?;
    Ok(decoder.take(length + 1))
}

/// The rows of a delta, one after the other.
fn rows(path: &Path, length: u64) -> Result<impl Iterator<Item = Result<Row>> + use<>> {
    let mut lines = BufReader::with_capacity(64 << 10, unpacked(path, length)?);
    let mut left = length;
    let mut line = Vec::new();
    Ok(std::iter::from_fn(move || {
        line.clear();
        let unreadable = || Some(Err(not_qadam("a delta that can't be read")));
        match (&mut lines).take(ROW).read_until(b'\n', &mut line) {
            Ok(0) if left == 0 => None,
            Ok(read) if line.last() == Some(&b'\n') && read as u64 <= left => {
                left -= read as u64;
                serde_json::from_slice(&line).map_or_else(|_| unreadable(), |row| Some(Ok(row)))
            }
            _ => unreadable(),
        }
    }))
}

/// Whether an unpacked image is what was wanted; makes the indexes that do not travel. Gives how many members it has.
fn check(path: &Path, wanted: &Held) -> Result<u64> {
    let checked = (|| {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        file::check_shape(&connection, SHIPPED)?;
        if file::held(&connection)? != *wanted {
            return Err(Unfit::Wrong("an image of another team, or of another revision"));
        }
        // Nobody reads it yet: where this does not come to its end, the file goes.
        connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
        connection.pragma_update(None, "cache_size", -file::CACHE)?;
        for index in &SCHEMA[SHIPPED..] {
            connection.execute_batch(index)?;
        }
        let (told, members, tops, names): (i64, i64, i64, i64) = connection.query_row(
            "SELECT (SELECT members FROM team), (SELECT count(*) FROM member), (SELECT count(*) FROM member WHERE sponsor IS NULL),
                    (SELECT count(*) FROM name)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
        if (told, names, tops) != (members, members, 1) {
            return Err(Unfit::Wrong("an image with other rows than it says"));
        }
        connection.close().map_err(|(_, error)| error)?;
        Ok(members as u64)
    })();
    checked.map_err(Unfit::of_file)
}

fn not_qadam(detail: &str) -> EngineError {
    EngineError::NotQadam { detail: detail.into() }
}
