//! The database: SQLite, embedded, or PostgreSQL, which several servers share. One writer thread with group commit, a few readers.
//!
//! Writes of all requests queue up before one thread. It takes those that wait into one transaction, each in a savepoint of its own, and
//! answers them after the one commit: an `fsync` pays for all of them. SQL and rules are elsewhere; they get a connection.

mod backup;
mod connection;
pub mod files;
pub(crate) mod keys;
mod postgres;
mod readers;
mod sqlite;
mod watch;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite_migration::Error as MigrationError;

pub use backup::{Backup, back_up, backups, copy_all, forget_backups, register_backup, serial};
pub use connection::{Bind, Column, Connection, Optional, Params, Row, Rows, Statement, Value};
pub use watch::Changed;
pub(crate) use writer::Sender;
pub use writer::{Direct, Observer};

/// The embedded database's name in the data folder.
pub const FILE: &str = "qadam.db";

const READERS: usize = 4;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file in this folder.
    Sqlite(PathBuf),
    /// PostgreSQL, by the URL `postgres://user:password@host/name`.
    Postgres(String),
}

impl From<&Path> for Database {
    fn from(folder: &Path) -> Self {
        Self::Sqlite(folder.into())
    }
}

impl From<&PathBuf> for Database {
    fn from(folder: &PathBuf) -> Self {
        Self::Sqlite(folder.into())
    }
}

impl From<&Database> for Database {
    fn from(database: &Database) -> Self {
        database.clone()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database was written by a newer version of qadam-backend; use that version")]
    Newer,
    #[error(
        "the database was written by an older version of qadam-backend; start the server once, which brings it up to date"
    )]
    Older,
    #[error("the database can't be brought up to date: {0}")]
    Migration(#[source] MigrationError),
    #[error("the disk is full")]
    Full,
    #[error("the database: {0}")]
    Sqlite(#[source] rusqlite::Error),
    #[error("the database: {0}")]
    Postgres(#[source] Arc<::postgres::Error>),
    #[error("the database is away")]
    Away,
    #[error("the database's URL: {0}")]
    Place(String),
    #[error("there is no such row")]
    NoRow,
    #[error("column {0} of a row holds something else")]
    Column(usize),
    #[error("a number beyond what the database holds")]
    Range,
    #[error("a text has the character U+0000")]
    Nul,
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
    database: Database,
}

impl Store {
    /// Opens or creates the database and tells `observer` of every commit, from the writer's thread.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where a newer version has written it; what the database and the file system say.
    pub fn open(database: impl Into<Database>, observer: impl Observer) -> Result<Self, StoreError> {
        let database = database.into();
        let connection = open(&database)?;
        let readers = (0..READERS).map(|_| open_reader(&database)).collect::<Result<_, _>>()?;
        let url = match &database {
            Database::Sqlite(_) => None,
            Database::Postgres(url) => Some(url.as_str()),
        };
        let writer = writer::Writer::start(connection, url, observer)?;
        Ok(Self { writer, readers: readers::Readers::new(readers), database })
    }

    /// Whether other servers use the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    /// Runs `work` on a connection of its own, outside of the writer's transactions: for what is long and writes nothing of streams.
    ///
    /// # Errors
    /// Those of `work`, and where no connection was to be had.
    pub async fn apart<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let database = self.database.clone();
        let task = tokio::task::spawn_blocking(move || work(&connect(&database)?));
        task.await.map_err(|_| StoreError::Panicked)?
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

/// As [`Store::open`], without threads: for simulations.
///
/// # Errors
/// As [`Store::open`].
pub fn open_direct<O: Observer>(folder: &Path, observer: O) -> Result<Direct<O>, StoreError> {
    Direct::new(open(folder)?, observer)
}

/// Opens or creates the database for one writer, up to date.
///
/// # Errors
/// As [`Store::open`].
pub fn open(database: impl Into<Database>) -> Result<Connection, StoreError> {
    Ok(match database.into() {
        Database::Sqlite(folder) => sqlite::open(&folder)?.into(),
        Database::Postgres(url) => postgres::Session::open(&url)?.into(),
    })
}

/// A connection that can't write, to a database that is there already; for work of its own beside a server's.
///
/// # Errors
/// [`StoreError::Older`] and [`StoreError::Newer`] where another version has written it; what the database says.
pub fn open_to_read(database: &Database) -> Result<Connection, StoreError> {
    Ok(match database {
        Database::Sqlite(folder) => sqlite::open_to_read(folder)?.into(),
        Database::Postgres(url) => postgres::Session::open_to_read(url)?.into(),
    })
}

/// A connection to a database that is up to date.
fn connect(database: &Database) -> Result<Connection, StoreError> {
    Ok(match database {
        Database::Sqlite(folder) => sqlite::open(folder)?.into(),
        Database::Postgres(url) => postgres::Session::connect(url)?.into(),
    })
}

/// A connection for [`Store::read`].
fn open_reader(database: &Database) -> Result<Connection, StoreError> {
    match database {
        Database::Sqlite(folder) => Ok(sqlite::open_reader(folder)?.into()),
        Database::Postgres(_) => connect(database),
    }
}

/// A database in memory, up to date: for tests and simulations.
///
/// # Errors
/// What SQLite says.
pub fn open_in_memory() -> Result<Connection, StoreError> {
    Ok(sqlite::open_in_memory()?.into())
}

/// Runs `work` so that it happens as a whole or not at all, within a transaction or without.
///
/// # Errors
/// Those of `work`, and what SQLite says.
pub fn atomically<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let is_nested = connection.in_transaction();
    if is_nested {
        connection.control("SAVEPOINT work")?
    } else {
        connection.begin()?
    }
    let commit = || if is_nested { connection.control("RELEASE work") } else { connection.commit() };
    let result = work().and_then(|value| commit().map(|()| value).map_err(E::from));
    // After some errors, such as a full disk, the database has already rolled back the whole transaction.
    if result.is_err() && connection.in_transaction() {
        if is_nested {
            connection.control("ROLLBACK TO work")?;
            connection.control("RELEASE work")?;
        } else {
            connection.roll_back()?;
        }
    }
    result
}

/// Runs `work` in the caller's transaction, or in one of its own that need not take turns with those that write streams.
///
/// # Errors
/// Those of `work`, and what the database says.
pub(crate) fn beside<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    if connection.in_transaction() {
        return atomically(connection, work);
    }
    connection.begin_apart()?;
    match work() {
        Ok(value) => connection.commit().map(|()| value).map_err(E::from),
        Err(error) => {
            connection.roll_back()?;
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_leaves_nothing() {
        let connection = open_in_memory().expect("opens");
        let insert = |n: i64| connection.execute("INSERT INTO attempt VALUES (?1, 1, 1)", [n.to_le_bytes()]);
        let count =
            || connection.query_row("SELECT count(*) FROM attempt", [], |row| row.get::<i64>(0)).expect("counts");
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
            assert_eq!(connection.in_transaction(), inside);
        }
        atomically(&connection, || insert(2)).expect("inserts");
        assert_eq!(count(), 1);
    }
}
