//! Brings a server back from a backup: database and blobs as they were, another history for every stream, and what the ledger says.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use qadam_domain::time::Millis;
use rusqlite::Connection;

use crate::blobs::Blobs;
use crate::error::Error;
use crate::gaps;
use crate::ledger::{self, Replayed};
use crate::publish;
use crate::random::Random;
use crate::store::{self, StoreError, atomically};
use crate::streams;
use crate::sync;

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("{0} has a database: restore into a folder without one")]
    InUse(PathBuf),
    #[error("{0} is no backup: it has no {file}", file = store::FILE)]
    NoBackup(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Error(#[from] Error),
}

/// Restores `backup` into the data folder `data`, and does again what the ledger in the folder `ledger` says. Phones then find another history and send
/// again what they still have. Nothing is at `data` until all of it is there.
///
/// # Errors
/// [`RestoreError`]
pub fn restore(
    backup: &Path,
    data: &Path,
    ledger: &Path,
    now: Millis,
    random: Random<'_>,
) -> Result<Replayed, RestoreError> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| RestoreError::Io { path, source }
    };
    let (from, to) = (backup.join(store::FILE), data.join(store::FILE));
    if !from.is_file() {
        return Err(RestoreError::NoBackup(backup.into()));
    }
    if to.exists() {
        return Err(RestoreError::InUse(data.into()));
    }
    fs::create_dir_all(data).map_err(failed(data))?;
    Blobs::open(backup).and_then(|blobs| blobs.back_up(data)).map_err(failed(backup))?;
    let aside = data.join("restoring");
    if aside.exists() {
        // Of an attempt that was cut off.
        fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    }
    fs::create_dir(&aside).map_err(failed(&aside))?;
    fs::copy(&from, aside.join(store::FILE)).map_err(failed(&from))?;
    let copy = Connection::open(&from).map_err(StoreError::from).map_err(Error::from)?;
    let conn = store::open(&aside).map_err(Error::from)?;
    let entries = ledger::read(ledger).map_err(failed(ledger))?;
    let mut blobs = Blobs::open(data).map_err(failed(data))?;
    let serial = store::serial(&copy).map_err(Error::from)?;
    let mut replayed = atomically(&conn, || {
        gaps::note(&conn, gaps::taken(&entries, serial), now)?;
        gaps::find(&conn, &entries, now)?;
        streams::rotate_all(&conn, random)?;
        store::register_backup(&conn, &copy, &backup.display().to_string(), now)?;
        let replayed = ledger::replay(&conn, &mut blobs, ledger, &entries, now, random)?;
        let releases = publish::releases(&conn)?;
        sync::fold_kept(&conn, &releases, now, random)?;
        Ok::<_, Error>(replayed)
    })?;
    ledger::replay_imports(&conn, ledger, &entries, &mut replayed, random)?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(StoreError::from).map_err(Error::from)?;
    drop(conn);
    File::open(aside.join(store::FILE)).and_then(|file| file.sync_all()).map_err(failed(&aside))?;
    fs::rename(aside.join(store::FILE), &to).map_err(failed(&to))?;
    File::open(data).and_then(|folder| folder.sync_all()).map_err(failed(data))?;
    fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    Ok(replayed)
}
