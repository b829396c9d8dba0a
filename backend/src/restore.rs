//! Brings a server back from a backup: database and blobs as they were, another history for every stream, and what the ledger says.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use qadam_domain::time::Millis;

use crate::blobs::Blobs;
use crate::error::Error;
use crate::gaps;
use crate::ledger::{self, Replayed};
use crate::publish;
use crate::push;
use crate::random::Random;
use crate::store::{self, Connection, Database, StoreError, atomically};
use crate::streams;
use crate::sync;

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("{0} is in use: restore into a folder without a database, or into an empty database")]
    InUse(String),
    #[error("{0} is no backup: it has no {file}", file = store::FILE)]
    NoBackup(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Error(#[from] Error),
}

impl From<StoreError> for RestoreError {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// Restores `backup` into `database`, whose files are in the folder `data`, and does again what the ledger in the folder `ledger` says. Phones then find
/// another history and send again what they still have. Nothing is there until all of it is.
///
/// # Errors
/// [`RestoreError`]
pub fn restore(
    backup: &Path,
    database: &Database,
    data: &Path,
    ledger: &Path,
    now: Millis,
    random: Random<'_>,
) -> Result<Replayed, RestoreError> {
    if !backup.join(store::FILE).is_file() {
        return Err(RestoreError::NoBackup(backup.into()));
    }
    fs::create_dir_all(data).map_err(failed(data))?;
    match database {
        Database::Sqlite(_) => restore_file(backup, data, ledger, now, random),
        Database::Postgres(_) => restore_shared(backup, database, data, ledger, now, random),
    }
}

/// Builds the database aside, and names it at the end.
fn restore_file(
    backup: &Path,
    data: &Path,
    ledger: &Path,
    now: Millis,
    random: Random<'_>,
) -> Result<Replayed, RestoreError> {
    let to = data.join(store::FILE);
    if to.exists() {
        return Err(RestoreError::InUse(data.display().to_string()));
    }
    let (aside, conn) = copy_aside(backup, data)?;
    let replayed = begin_anew(&conn, backup, data, ledger, now, random)?;
    let sqlite = conn.sqlite().expect("opened as such");
    let brought_in = sqlite.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    brought_in.map_err(StoreError::from).map_err(Error::from)?;
    drop(conn);
    File::open(aside.join(store::FILE)).and_then(|file| file.sync_all()).map_err(failed(&aside))?;
    fs::rename(aside.join(store::FILE), &to).map_err(failed(&to))?;
    File::open(data).and_then(|folder| folder.sync_all()).map_err(failed(data))?;
    fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    Ok(replayed)
}

/// One transaction of the shared database.
fn restore_shared(
    backup: &Path,
    database: &Database,
    data: &Path,
    ledger: &Path,
    now: Millis,
    random: Random<'_>,
) -> Result<Replayed, RestoreError> {
    let conn = store::open(database).map_err(Error::from)?;
    let (aside, copy) = copy_aside(backup, data)?;
    let replayed = atomically(&conn, || {
        let sql = "SELECT 1 FROM account UNION ALL SELECT 1 FROM release UNION ALL SELECT 1 FROM member LIMIT 1";
        if conn.prepare_cached(sql)?.exists([])? {
            return Err(RestoreError::InUse("the database".into()));
        }
        store::copy_all(&copy, &conn)?;
        let replayed = begin_anew(&conn, backup, data, ledger, now, random)?;
        Blobs::open(data).map_err(failed(data))?.share(&conn)?;
        Ok(replayed)
    })?;
    fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    Ok(replayed)
}

/// A copy of the backup's database in a folder of its own, brought up to date.
fn copy_aside(backup: &Path, data: &Path) -> Result<(PathBuf, Connection), RestoreError> {
    let (from, aside) = (backup.join(store::FILE), data.join("restoring"));
    if aside.exists() {
        // Of an attempt that was cut off: its log is not this copy's.
        fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    }
    fs::create_dir(&aside).map_err(failed(&aside))?;
    fs::copy(&from, aside.join(store::FILE)).map_err(failed(&from))?;
    let conn = store::open(&aside)?;
    Ok((aside, conn))
}

/// Gives the database that a backup held another history, and does again what came after it and must stay so.
fn begin_anew(
    conn: &Connection,
    backup: &Path,
    data: &Path,
    ledger: &Path,
    now: Millis,
    random: Random<'_>,
) -> Result<Replayed, RestoreError> {
    Blobs::open(backup).and_then(|blobs| blobs.back_up(data)).map_err(failed(backup))?;
    let entries = ledger::read(ledger).map_err(failed(ledger))?;
    let mut blobs = Blobs::open(data).map_err(failed(data))?;
    let mut replayed = atomically(conn, || {
        // Before anything is done again: so far the backup holds everything.
        gaps::note(conn, gaps::taken(&entries, store::serial(conn)?), now)?;
        gaps::find(conn, &entries, now)?;
        store::register_backup(conn, conn, &backup.display().to_string(), now)?;
        streams::rotate_all(conn, random)?;
        let replayed = ledger::replay(conn, &mut blobs, ledger, &entries, now, random)?;
        push::begin_anew(conn, now)?;
        let releases = publish::releases(conn)?;
        sync::fold_kept(conn, &releases, now, random)?;
        Ok::<_, Error>(replayed)
    })?;
    ledger::replay_imports(conn, ledger, &entries, &mut replayed, random)?;
    Ok(replayed)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> RestoreError + use<> {
    let path = path.to_path_buf();
    move |source| RestoreError::Io { path, source }
}
