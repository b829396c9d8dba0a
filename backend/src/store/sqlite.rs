//! SQLite, embedded: one file, log beside it.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use rusqlite::backup;
use rusqlite::{Connection, OpenFlags, Transaction};
use rusqlite_migration::{Error as MigrationError, HookError, M, MigrationDefinitionError, Migrations};

use super::{FILE, StoreError};

/// How long one process waits for another's transaction.
const BUSY: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 128;
/// Pages of the log from which on a commit brings it into the file. Before that the writer does when it has nothing else to do: brought in within
/// a commit, everybody in it would wait.
const LOG_PAGES: u32 = 16_000;

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("migrations/sqlite/0001_create.sql")),
        M::up_with_hook(include_str!("migrations/sqlite/0002_digest.sql"), |transaction: &Transaction<'_>| {
            digest_all(transaction).map_err(HookError::RusqliteError)
        }),
        M::up(include_str!("migrations/sqlite/0003_team.sql")),
        M::up(include_str!("migrations/sqlite/0004_gap.sql")),
        M::up(include_str!("migrations/sqlite/0005_result.sql")),
        M::up(include_str!("migrations/sqlite/0006_push.sql")),
        M::up(include_str!("migrations/sqlite/0007_decision.sql")),
        M::up(include_str!("migrations/sqlite/0008_signed.sql")),
    ])
});

/// Opens or creates the database in `folder`, up to date.
pub fn open(folder: &Path) -> Result<Connection, StoreError> {
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Io { path: folder.into(), source })?;
    let mut connection = Connection::open(folder.join(FILE))?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// A database in memory, up to date.
pub fn open_in_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// A connection that can't write.
pub fn open_reader(folder: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(folder.join(FILE), flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// As [`open_reader`], of a file that some version has written.
pub fn open_to_read(folder: &Path) -> Result<Connection, StoreError> {
    let connection = open_reader(folder)?;
    match MIGRATIONS.pending_migrations(&connection).map_err(StoreError::Migration)? {
        0 => Ok(connection),
        1.. => Err(StoreError::Older),
        _ => Err(StoreError::Newer),
    }
}

/// Copies the database as it is now into `file`, while others write. Gives the copy.
pub fn back_up(connection: &Connection, file: &Path) -> Result<Connection, StoreError> {
    let mut copy = Connection::open(file)?;
    // All pages in one step: a backup in several starts anew whenever another process writes between them.
    backup::Backup::new(connection, &mut copy)?.step(-1)?;
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(copy)
}

/// Whether the file is as SQLite has written it.
pub fn check(connection: &Connection) -> Result<(), StoreError> {
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound == "ok" { Ok(()) } else { Err(StoreError::Lost(format!("the copy is not sound: {sound}"))) }
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

/// Computes the digests of all streams from their rows.
fn digest_all(connection: &Connection) -> rusqlite::Result<()> {
    use qadam_domain::digest::Digest;
    let streams = connection
        .prepare("SELECT id FROM stream")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut rows_of =
        connection.prepare("SELECT kind, id, value FROM stream_row WHERE stream = ?1 AND value IS NOT NULL")?;
    for stream in streams {
        let mut digest = Digest::default();
        let mut rows = rows_of.query([stream])?;
        while let Some(row) = rows.next()? {
            let text = |n| Ok::<_, rusqlite::Error>(row.get_ref(n)?.as_str()?);
            digest = digest.with(Digest::of(text(0)?, text(1)?, text(2)?));
        }
        connection.execute("UPDATE stream SET digest = ?2 WHERE id = ?1", (stream, digest.to_bytes()))?;
    }
    Ok(())
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
}
