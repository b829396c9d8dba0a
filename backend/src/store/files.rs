//! Files that servers on a shared database share: the database holds them, in parts, and each server's folder has copies of those that it was asked
//! for. With the embedded database the folder is all there is, and nothing here is called.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Connection, Optional, StoreError, beside};
use crate::params;
use crate::random;

/// Bytes of a part.
const PART: usize = 256 << 10;

/// Puts a file under a name, unless it is there.
///
/// # Errors
/// What the file system and the database say.
pub fn put(connection: &Connection, name: &str, path: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { path: path.into(), source };
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    beside(connection, || {
        let sql = "INSERT INTO file (name, size) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        if connection.execute(sql, params![name, size])? == 0 {
            return Ok(());
        }
        let mut insert = connection.prepare_cached("INSERT INTO file_part (name, part, bytes) VALUES (?1, ?2, ?3)")?;
        let mut part = Vec::with_capacity(PART);
        for n in 0_i64.. {
            part.clear();
            if Read::by_ref(&mut file).take(PART as u64).read_to_end(&mut part).map_err(failed)? == 0 {
                break;
            }
            insert.execute(params![name, n, part])?;
        }
        Ok(())
    })
}

/// Copies the file of a name to `path`, whole or not at all. Tells whether there is such a file.
///
/// # Errors
/// What the file system and the database say.
pub fn fetch(connection: &Connection, name: &str, path: &Path) -> Result<bool, StoreError> {
    let failed = |source| StoreError::Io { path: path.into(), source };
    let size = connection.query_row("SELECT size FROM file WHERE name = ?1", [name], |row| row.get::<u64>(0));
    let Some(size) = size.optional()? else { return Ok(false) };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let aside = path.with_extension(format!("{}.{}.tmp", std::process::id(), random::hex::<4>(&mut random::system)));
    let written = write_parts(connection, name, size, &aside);
    let named = written.and_then(|()| fs::rename(&aside, path).map_err(failed));
    if named.is_err() && aside.exists() {
        fs::remove_file(&aside).map_err(failed)?;
    }
    named.map(|()| true)
}

fn write_parts(connection: &Connection, name: &str, size: u64, aside: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { path: aside.into(), source };
    let mut file = File::create(aside).map_err(failed)?;
    let mut read = connection.prepare_cached("SELECT bytes FROM file_part WHERE name = ?1 AND part = ?2")?;
    let mut written = 0;
    for n in 0_i64.. {
        if written >= size {
            break;
        }
        let part = read.query_row(params![name, n], |row| row.get::<Vec<u8>>(0))?;
        file.write_all(&part).map_err(failed)?;
        written += part.len() as u64;
    }
    if written != size {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "the parts have another size")));
    }
    file.sync_all().map_err(failed)
}

/// Names that begin so, in their order.
///
/// # Errors
/// What the database says.
pub fn list(connection: &Connection, prefix: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM file WHERE substr(name, 1, ?2) = ?1 ORDER BY name";
    connection.prepare_cached(sql)?.query_all(params![prefix, prefix.chars().count()], |row| row.get(0))
}

/// Removes a file.
///
/// # Errors
/// What the database says.
pub fn remove(connection: &Connection, name: &str) -> Result<(), StoreError> {
    connection.execute("DELETE FROM file WHERE name = ?1", [name])?;
    Ok(())
}
