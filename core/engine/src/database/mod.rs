//! SQLite: one writer, some readers, one write path.
//!
//! Every write goes through [`Database::write`]: a closure in, its output and the changed nouns out, in one transaction. Who observes
//! those nouns hears after the commit. `synchronous=FULL`, since the outbox holds work that has no other copy.

mod changes;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use crate::error::{EngineError, Result};

pub use changes::{Changes, Nouns};

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("migrations/0001_create.sql")),
        M::up(include_str!("migrations/0002_digest.sql")),
        M::up(include_str!("migrations/0003_team.sql")),
        M::up(include_str!("migrations/0004_push.sql")),
        M::up(include_str!("migrations/0005_journey.sql")),
        M::up(include_str!("migrations/0006_nudges.sql")),
        M::up(include_str!("migrations/0007_noted.sql")),
    ])
});

/// Pages of the log from which on a commit brings it into the file. Before that, [`Database::checkpoint`] does while nobody waits: brought in
/// within a commit, it would double the time of a large one.
const LOG_PAGES: u32 = 8_000;
/// Bytes to which the log is cut once it was brought in.
const LOG_KEPT: u32 = 4 << 20;

/// Readers that are kept open; more are opened when they are needed and closed after.
const READERS: usize = 3;

/// The database of one account.
pub struct Database {
    path: PathBuf,
    /// Before the writer, since the last connection to close brings the log into the file, which a reader can't.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Option<Connection>>,
    /// Held while the log is brought in.
    checkpoint: Mutex<()>,
    changes: Changes,
    closed: AtomicBool,
}

impl Database {
    /// Opens the file, or creates it, and brings it to this version. Who observes `changes` hears of every write.
    ///
    /// # Errors
    /// [`EngineError::StorageNewer`] where a newer app wrote it; [`EngineError::StorageCorrupt`] where it is damaged: then it has been
    /// set aside beside its place; [`EngineError::StorageFull`], [`EngineError::Storage`].
    pub fn open(path: &Path, changes: Changes) -> Result<Self> {
        if damage_mark(path).exists() {
            // Something was found damaged while the app ran: look at the whole file, and act on what SQLite says alone.
            match Connection::open(path)
                .and_then(|c| c.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0)))
            {
                Ok(word) if word == "ok" => {}
                Ok(_) => return Err(set_aside(path)),
                Err(error) if is_damage(&error) => return Err(set_aside(path)),
                Err(error) => return Err(error.into()),
            }
            let _ = std::fs::remove_file(damage_mark(path));
        }
        match Self::open_sound(path, changes) {
            Err(EngineError::StorageCorrupt { .. }) => Err(set_aside(path)),
            other => other,
        }
    }

    fn open_sound(path: &Path, changes: Changes) -> Result<Self> {
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        // What a large sync changes fits: otherwise it is written twice.
        writer.pragma_update(None, "cache_size", -8_000)?;
        writer.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
        MIGRATIONS.to_latest(&mut writer).map_err(|error| match error {
            rusqlite_migration::Error::MigrationDefinition(
                rusqlite_migration::MigrationDefinitionError::DatabaseTooFarAhead,
            ) => EngineError::StorageNewer,
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => EngineError::Internal { detail: other.to_string() },
        })?;
        Ok(Self {
            path: path.to_path_buf(),
            writer: Mutex::new(Some(writer)),
            checkpoint: Mutex::new(()),
            readers: Mutex::new(Vec::new()),
            changes,
            closed: AtomicBool::new(false),
        })
    }

    /// The one way to change anything: all of the closure or nothing of it.
    ///
    /// # Errors
    /// The closure's, and those of storage.
    pub fn write<T>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<(T, Nouns)>) -> Result<T> {
        let (output, nouns) = {
            let mut writer = self.writer.lock();
            let writer = writer.as_mut().ok_or(EngineError::Closed)?;
            let written = (|| {
                let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let output = change(&transaction)?;
                transaction.commit()?;
                Ok(output)
            })();
            written.inspect_err(|error| self.mark_damage(error))?
        };
        self.changes.publish(nouns);
        Ok(output)
    }

    /// Reads from one snapshot.
    ///
    /// # Errors
    /// The closure's, and those of storage.
    pub fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if self.closed.load(Ordering::Acquire) {
            return Err(EngineError::Closed);
        }
        let idle = self.readers.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let output = (|| {
            reader.prepare_cached("BEGIN")?.execute([])?;
            let output = look(&reader)?;
            reader.prepare_cached("COMMIT")?.execute([])?;
            Ok(output)
        })();
        let mut readers = self.readers.lock();
        if output.is_ok() && readers.len() < READERS && !self.closed.load(Ordering::Acquire) {
            readers.push(reader);
        }
        output.inspect_err(|error| self.mark_damage(error))
    }

    /// What tells observers.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings the log into the file, while others read and write.
    pub fn checkpoint(&self) {
        let _one = self.checkpoint.lock();
        if self.closed.load(Ordering::Acquire) {
            return;
        }
        // Only shortens the log; a failure is of no consequence.
        let _ = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .map(|own| own.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
    }

    /// Gives back everything that the system could hold against a suspended process.
    pub fn release(&self) {
        let _none = self.checkpoint.lock();
        self.readers.lock().clear();
        if let Some(writer) = &*self.writer.lock() {
            // Only shortens the log; a failure is of no consequence.
            let _ = writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
    }

    /// Closes the file. Everything after it is [`EngineError::Closed`].
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let _none = self.checkpoint.lock();
        self.readers.lock().clear();
        self.writer.lock().take();
    }

    /// Deletes the files of a database that is not open.
    ///
    /// # Errors
    /// [`EngineError::Storage`]
    pub fn delete(path: &Path) -> Result<()> {
        for ending in ["", "-wal", "-shm"] {
            match std::fs::remove_file(with_ending(path, ending)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    fn mark_damage(&self, error: &EngineError) {
        if matches!(error, EngineError::StorageCorrupt { .. }) {
            // Without the mark the next start merely meets the damage again.
            let _ = std::fs::write(damage_mark(&self.path), b"");
        }
    }
}

pub(crate) fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -4_000)?;
    // Erased means erased: freed pages are overwritten.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    name.into()
}

fn damage_mark(path: &Path) -> PathBuf {
    with_ending(path, ".damaged")
}

/// Moves a damaged database out of the way, with its log, and tells under which name.
fn set_aside(path: &Path) -> EngineError {
    let free = (1..).map(|n| with_ending(path, &format!(".set-aside-{n}"))).find(|p| !p.exists());
    let free = free.expect("there are fewer files than numbers");
    for ending in ["-wal", "-shm", ""] {
        if let Err(error) = std::fs::rename(with_ending(path, ending), with_ending(&free, ending))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return error.into();
        }
    }
    let _ = std::fs::remove_file(damage_mark(path));
    EngineError::StorageCorrupt { set_aside: file_name(&free) }
}

/// The databases beside `path` that were set aside.
pub fn set_aside_files(path: &Path) -> Vec<String> {
    let prefix = format!("{}.set-aside-", file_name(path));
    let Some(Ok(entries)) = path.parent().map(std::fs::read_dir) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.strip_prefix(&prefix).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())))
        .collect();
    names.sort();
    names
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

impl From<rusqlite::Error> for EngineError {
    /// Without SQL and values: they may be somebody's data.
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) {
            return Self::StorageCorrupt { set_aside: String::new() };
        }
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::StorageFull,
                // The file of the log's index could not be made larger.
                _ if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::StorageFull,
                _ => Self::Storage { detail: failure.to_string() },
            },
            rusqlite::Error::SqlInputError { error, .. } => Self::Storage { detail: error.to_string() },
            rusqlite::Error::QueryReturnedNoRows => Self::Internal { detail: "a row is missing".into() },
            rusqlite::Error::FromSqlConversionFailure(column, kind, _)
            | rusqlite::Error::InvalidColumnType(column, _, kind) => {
                Self::Storage { detail: format!("column {column} holds {kind}") }
            }
            _ => Self::Storage { detail: "SQLite".into() },
        }
    }
}

impl From<std::io::Error> for EngineError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::StorageFull,
            kind => Self::Storage { detail: kind.to_string() },
        }
    }
}
