//! Backups: an SQLite file, whatever the server's database is; so a server may be restored into the other kind too.

use std::path::Path;

use qadam_domain::time::Millis;

use super::{Bind, Connection, Database, FILE, StoreError, Value, atomically, open, sqlite};
use crate::params;

/// All tables, those that others refer to first.
const TABLES: [&str; 31] = [
    "account",
    "code",
    "attempt",
    "device",
    "stream",
    "stream_commit",
    "stream_row",
    "mutation",
    "release",
    "counter",
    "backup",
    "restore",
    "gap",
    "history",
    "member",
    "member_move",
    "member_commit",
    "member_horizon",
    "import",
    "result",
    "signed",
    "push_token",
    "push",
    "push_round",
    "decided",
    "signal",
    "offer",
    "offered",
    "due",
    "looked",
    "segment",
];
/// Tables whose ids the shared database gives by itself.
const NUMBERED: [&str; 6] = ["account", "device", "stream", "backup", "restore", "push"];
/// Parameters of a statement that writes many rows.
const CELLS: usize = 500;

/// A backup that the server could be restored from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub number: i64,
    /// Where it was written to.
    pub place: String,
    pub taken: Millis,
}

/// Copies the database as it is now into the new folder `to`, while others write. Gives the copy.
///
/// # Errors
/// What the databases say.
pub fn back_up(connection: &Connection, to: &Path) -> Result<Connection, StoreError> {
    let copy = match connection.sqlite() {
        Some(sqlite) => sqlite::back_up(sqlite, &to.join(FILE))?.into(),
        None => {
            let copy = open(Database::Sqlite(to.into()))?;
            connection.snapshot(|| atomically(&copy, || copy_all(connection, &copy)))?;
            let file = copy.sqlite().expect("opened as such");
            file.pragma_update(None, "journal_mode", "DELETE")?;
            copy
        }
    };
    sqlite::check(copy.sqlite().expect("a copy is a file"))?;
    Ok(copy)
}

/// Copies all rows into an empty database of the same version, within a transaction of each.
///
/// # Errors
/// What the databases say.
pub fn copy_all(from: &Connection, to: &Connection) -> Result<(), StoreError> {
    for table in TABLES {
        // Of tables with one row, that one.
        to.execute(&format!("DELETE FROM {table}"), [])?;
        copy_table(from, to, table)?;
    }
    if to.postgres().is_some() {
        for table in NUMBERED {
            let next = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
            );
            to.query_row(&next, [], |_| Ok(()))?;
        }
    }
    Ok(())
}

fn copy_table(from: &Connection, to: &Connection, table: &str) -> Result<(), StoreError> {
    let columns = columns(to, table)?;
    let names = columns.join(", ");
    let group = |n: usize| (1..=columns.len()).map(|c| format!("?{}", n * columns.len() + c)).collect::<Vec<_>>();
    let insert = |rows: usize| {
        let groups: Vec<String> = (0..rows).map(|n| format!("({})", group(n).join(", "))).collect();
        format!("INSERT INTO {table} ({names}) VALUES {}", groups.join(", "))
    };
    let most = (CELLS / columns.len()).max(1);
    let whole = insert(most);
    let mut cells = Vec::with_capacity(most * columns.len());
    let write = |cells: &[Cell]| {
        let params: Vec<&dyn Bind> = cells.iter().map(|cell| cell as &dyn Bind).collect();
        let rows = cells.len() / columns.len();
        if rows == most { to.execute(&whole, params.as_slice()) } else { to.execute(&insert(rows), params.as_slice()) }
    };
    from.each(&format!("SELECT {names} FROM {table}"), [], |row| {
        for n in 0..columns.len() {
            cells.push(Cell::of(row.value(n)?));
        }
        if cells.len() == most * columns.len() {
            write(&cells)?;
            cells.clear();
        }
        Ok::<_, StoreError>(())
    })?;
    if !cells.is_empty() {
        write(&cells)?;
    }
    Ok(())
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let sql = match connection.sqlite() {
        Some(_) => "SELECT name FROM pragma_table_info(?1) ORDER BY cid",
        None => {
            "SELECT column_name FROM information_schema.columns
             WHERE table_schema = current_schema AND table_name = ?1 AND column_name <> 'rowid' ORDER BY ordinal_position"
        }
    };
    connection.prepare_cached(sql)?.query_all([table], |row| row.get(0))
}

enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(value) => Self::Int(value),
            Value::Text(text) => Self::Text(text.into()),
            Value::Blob(bytes) => Self::Blob(bytes.into()),
        }
    }
}

impl Bind for Cell {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Int(value) => Value::Int(*value),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        })
    }
}

/// The backups that phones reckon with, the oldest first.
///
/// # Errors
/// What the database says.
pub fn backups(connection: &Connection) -> Result<Vec<Backup>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, place, taken FROM backup ORDER BY id")?;
    statement.query_all([], |row| Ok(Backup { number: row.get(0)?, place: row.get(1)?, taken: row.get(2)? }))
}

/// From now on nobody reckons with this backup and those before it. Tells whether there was such a backup.
///
/// # Errors
/// What the database says.
pub fn forget_backups(connection: &Connection, number: i64) -> Result<bool, StoreError> {
    if !connection.prepare_cached("SELECT 1 FROM backup WHERE id = ?1")?.exists([number])? {
        return Ok(false);
    }
    connection.execute("DELETE FROM backup WHERE id <= ?1", [number])?;
    Ok(true)
}

/// The number of the last commit that a database holds.
///
/// # Errors
/// What the database says.
pub fn serial(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("SELECT serial FROM counter", [], |row| row.get(0))
}

/// Notes that the server could be restored from `copy`: phones keep what is not in it.
///
/// # Errors
/// What the databases say.
pub fn register_backup(
    connection: &Connection,
    copy: &Connection,
    place: &str,
    taken: Millis,
) -> Result<(), StoreError> {
    let serial = serial(copy)?;
    connection
        .execute("INSERT INTO backup (place, taken, serial) VALUES (?1, ?2, ?3)", params![place, taken, serial])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_in_memory;

    #[test]
    fn every_table_is_copied() {
        let connection = open_in_memory().expect("opens");
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
        let there: Vec<String> =
            connection.prepare_cached(sql).expect("SQL").query_all([], |row| row.get(0)).expect("reads");
        let mut copied = TABLES.map(String::from);
        copied.sort();
        assert_eq!(there, copied);
    }
}
