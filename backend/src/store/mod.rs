//! The database: one file, one writer thread with group commit, a few readers.
//!
//! Writes of all requests queue up before one thread. It takes those that wait into one transaction, each in a savepoint of its own, and
//! answers them after the one commit: an `fsync` pays for all of them. SQL and rules are elsewhere; they get a connection.

mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use qadam_domain::time::Millis;
use rusqlite::backup;
use rusqlite::{Connection, OpenFlags, Transaction};
use rusqlite_migration::{Error as MigrationError, HookError, M, MigrationDefinitionError, Migrations};

use crate::streams;

pub(crate) use writer::Sender;
pub use writer::{Changed, Observer};

/// The database's name in the data folder.
pub const FILE: &str = "qadam.db";

/// How long one process waits for another's transaction.
const BUSY: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 128;
const READERS: usize = 4;
/// Pages of the log from which on a commit brings it into the file. Before that the writer does when it has nothing else to do: brought in within
/// a commit, everybody in it would wait.
const LOG_PAGES: u32 = 16_000;

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("migrations/0001_create.sql")),
        M::up_with_hook(include_str!("migrations/0002_digest.sql"), |transaction: &Transaction<'_>| {
            streams::digest_all(transaction).map_err(HookError::RusqliteError)
        }),
        M::up(include_str!("migrations/0003_team.sql")),
    ])
});

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database was written by a newer version of qadam-backend; use that version")]
    Newer,
    #[error("the database can't be brought up to date: {0}")]
    Migration(#[source] MigrationError),
    #[error("the disk is full")]
    Full,
    #[error("the database: {0}")]
    Sqlite(#[source] rusqlite::Error),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    /// Others' writes were in the same transaction.
    #[error("the transaction was lost: {0}")]
    Lost(String),
    #[error("the write panicked")]
    Panicked,
    #[error("the database is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(failure) if failure.code == rusqlite::ErrorCode::DiskFull => Self::Full,
            // The file of the log's index could not be made larger.
            Some(failure) if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            _ => Self::Sqlite(error),
        }
    }
}

/// The server's database. Writes and reads never wait for each other.
pub struct Store {
    writer: writer::Writer,
    readers: readers::Readers,
}

impl Store {
    /// Opens or creates the database in `folder` and tells `observer` of every commit, from the writer's thread.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where a newer version has written it; what SQLite and the file system say.
    pub fn open(folder: &Path, observer: impl Observer) -> Result<Self, StoreError> {
        let connection = open(folder)?;
        let path = folder.join(FILE);
        let readers = readers::Readers::open(&path, READERS)?;
        let writer = writer::Writer::start(connection, observer)?;
        Ok(Self { writer, readers })
    }

    /// Runs `work` in a savepoint of the writer's transaction; what it returns comes after the commit. An error undoes the work, and nothing else.
    ///
    /// # Errors
    /// Those of `work`, and [`StoreError`] where the commit failed.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        self.writer.write(None, work).await
    }

    /// As [`Store::write`]; the observer learns that `device` caused what changes.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_as<T, E, F>(&self, device: i64, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        self.writer.write(Some(device), work).await
    }

    /// For writes for which nobody waits, such as those of the observer.
    pub(crate) fn sender(&self) -> Sender {
        self.writer.sender()
    }

    /// Runs `work` on a connection that can't write, in one read transaction.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        self.readers.read(work).await
    }

    /// Transactions committed so far.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }

    /// Ends the writer after what waits, and brings the log into the database file.
    pub fn close(&self) {
        self.writer.close();
    }
}

/// Opens or creates the database in `folder` for one writer, up to date.
///
/// # Errors
/// As [`Store::open`].
pub fn open(folder: &Path) -> Result<Connection, StoreError> {
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Io { path: folder.into(), source })?;
    let mut connection = Connection::open(folder.join(FILE))?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// A database in memory, up to date: for tests and simulations.
///
/// # Errors
/// What SQLite says.
pub fn open_in_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// Runs `work` so that it happens as a whole or not at all, within a transaction or without.
///
/// # Errors
/// Those of `work`, and what SQLite says.
pub fn atomically<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let run = |sql| connection.prepare_cached(sql).and_then(|mut s| s.execute([])).map_err(StoreError::from);
    // Outside of a transaction a savepoint would start by reading and might find, when it writes, that another process was faster.
    let (begin, commit, undo) = if connection.is_autocommit() {
        ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
    } else {
        ("SAVEPOINT work", "RELEASE work", "ROLLBACK TO work")
    };
    run(begin)?;
    let result = work().and_then(|value| run(commit).map(|_| value).map_err(E::from));
    // After some errors, such as a full disk, SQLite has already rolled back the whole transaction.
    if result.is_err() && !connection.is_autocommit() {
        run(undo)?;
        if undo == "ROLLBACK TO work" {
            run(commit)?;
        }
    }
    result
}

/// Copies the database as it is now into `file`, while others write. Gives the copy.
///
/// # Errors
/// What SQLite says.
pub fn back_up(connection: &Connection, file: &Path) -> Result<Connection, StoreError> {
    let mut copy = Connection::open(file)?;
    // All pages in one step: a backup in several starts anew whenever another process writes between them.
    backup::Backup::new(connection, &mut copy)?.step(-1)?;
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let sound: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(StoreError::Lost(format!("the copy is not sound: {sound}")));
    }
    Ok(copy)
}

/// A backup that the server could be restored from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub number: i64,
    /// Where it was written to.
    pub place: String,
    pub taken: Millis,
}

/// The backups that phones reckon with, the oldest first.
///
/// # Errors
/// What SQLite says.
pub fn backups(connection: &Connection) -> Result<Vec<Backup>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, place, taken FROM backup ORDER BY id")?;
    let backups =
        statement.query_map([], |row| Ok(Backup { number: row.get(0)?, place: row.get(1)?, taken: row.get(2)? }))?;
    Ok(backups.collect::<Result<_, _>>()?)
}

/// From now on nobody reckons with this backup and those before it. Tells whether there was such a backup.
///
/// # Errors
/// What SQLite says.
pub fn forget_backups(connection: &Connection, number: i64) -> Result<bool, StoreError> {
    if !connection.prepare_cached("SELECT 1 FROM backup WHERE id = ?1")?.exists([number])? {
        return Ok(false);
    }
    connection.execute("DELETE FROM backup WHERE id <= ?1", [number])?;
    Ok(true)
}

/// Notes that the server could be restored from `copy`: phones keep what is not in it.
///
/// # Errors
/// What SQLite says.
pub fn register_backup(
    connection: &Connection,
    copy: &Connection,
    place: &str,
    taken: Millis,
) -> Result<(), StoreError> {
    let serial: i64 = copy.query_row("SELECT serial FROM counter", [], |row| row.get(0))?;
    connection.execute("INSERT INTO backup (place, taken, serial) VALUES (?1, ?2, ?3)", (place, taken, serial))?;
    Ok(())
}

fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    // A commit that was answered survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // What a person erases is overwritten, not only let go of.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    MIGRATIONS.to_latest(connection).map_err(|error| match error {
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => StoreError::Newer,
        other => StoreError::Migration(other),
    })
}

fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_sound() {
        MIGRATIONS.validate().expect("valid");
    }

    #[test]
    fn a_newer_database_is_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        open(folder.path()).expect("opens").pragma_update(None, "user_version", 99).expect("writes");
        assert!(matches!(open(folder.path()), Err(StoreError::Newer)));
    }

    #[test]
    fn what_fails_leaves_nothing() {
        let connection = open_in_memory().expect("opens");
        let insert = |n: i64| {
            connection.execute("INSERT INTO attempt VALUES (?1, 1, 1)", [n.to_le_bytes()]).map_err(StoreError::from)
        };
        let count =
            || connection.query_row("SELECT count(*) FROM attempt", [], |r| r.get::<_, i64>(0)).expect("counts");
        for inside in [false, true] {
            if inside {
                connection.execute_batch("BEGIN").expect("begins");
            }
            let failed: Result<(), StoreError> = atomically(&connection, || {
                insert(1)?;
                Err(StoreError::Closed)
            });
            assert!(matches!(failed, Err(StoreError::Closed)));
            assert_eq!(count(), 0);
            assert_eq!(connection.is_autocommit(), !inside);
        }
        atomically(&connection, || insert(2)).expect("inserts");
        assert_eq!(count(), 1);
    }
}
