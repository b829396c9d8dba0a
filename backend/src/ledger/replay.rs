//! Does again what a ledger says, in a database that was restored.

use std::fs::File;
use std::io;
use std::path::Path;

use qadam_domain::ids::BlobHash;
use qadam_domain::planted::{self, Bug};
use qadam_domain::release::IndexedRelease;
use qadam_domain::time::Millis;
use qadam_protocol::content::{MANIFEST_ID, MANIFEST_KIND, Manifest};

use super::Entry;
use crate::accounts;
use crate::blobs::Blobs;
use crate::error::Error;
use crate::params;
use crate::publish::{self, BlobSink};
use crate::random::Random;
use crate::results;
use crate::store::{Connection, Optional, StoreError};
use crate::streams::{self, NewRow};
use crate::sync;
use crate::team::import::{self, ImportError};

/// How much was not in the database any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    pub erased: u64,
    pub signed_out: u64,
    pub closed: u64,
    pub published: u64,
    pub imported: u64,
    /// Imports that the database does not take any more, by the numbers of their entries from 1.
    pub refused: Vec<usize>,
}

/// Does again what the entries say, in the caller's transaction; blobs come from the ledger's folder. What is in the database already stays as it is.
///
/// # Errors
/// What SQLite and the file system say, and a release that can't be read.
pub fn replay(
    conn: &Connection,
    blobs: &mut Blobs,
    folder: &Path,
    entries: &[Entry],
    now: Millis,
    random: Random<'_>,
) -> Result<Replayed, Error> {
    let mut replayed = Replayed::default();
    for entry in entries {
        match entry {
            Entry::Published { at, manifest, .. } => {
                replayed.published += u64::from(publish_again(conn, blobs, folder, manifest, *at, random)?);
            }
            Entry::SignedOut { device, at } => {
                let done = conn.execute(
                    "UPDATE device SET revoked = ?2 WHERE public = ?1 AND revoked IS NULL",
                    params![device.as_str(), at],
                )?;
                replayed.signed_out += done as u64;
            }
            Entry::Closed { account, at } => {
                let login: Option<String> = conn
                    .query_row("SELECT login FROM account WHERE public = ?1 AND closed IS NULL", [account], |row| {
                        row.get(0)
                    })
                    .optional()?;
                if let Some(login) = login {
                    accounts::close_user(conn, &login, *at)?;
                    replayed.closed += 1;
                }
            }
            Entry::Erased { .. }
            | Entry::TeamImported { .. }
            | Entry::ResultsImported { .. }
            | Entry::SignedIn { .. }
            | Entry::BackedUp { .. } => {}
        }
    }
    // Last: what was kept for a release may be about an erased record.
    let releases = publish::releases(conn)?;
    for entry in entries {
        let Entry::Erased { account, kind, id } = entry else { continue };
        if planted::is(Bug::ErasureForgotten) {
            continue;
        }
        let found: Option<i64> =
            conn.query_row("SELECT id FROM account WHERE public = ?1", [account], |row| row.get(0)).optional()?;
        // An account that the backup does not know holds nothing.
        let Some(account) = found else { continue };
        let me = accounts::me(conn, account)?;
        replayed.erased += u64::from(sync::erase(conn, &releases, account, me, (kind, id), now, random)?);
    }
    Ok(replayed)
}

/// Imports again what the database does not hold, in the order in which it was imported. Outside of a transaction; each import is one.
///
/// # Errors
/// What SQLite and the file system say.
pub fn replay_imports(
    conn: &Connection,
    folder: &Path,
    entries: &[Entry],
    replayed: &mut Replayed,
    random: Random<'_>,
) -> Result<(), Error> {
    let releases = publish::releases(conn)?;
    for (number, entry) in (1..).zip(entries) {
        let (Entry::TeamImported { file, at, .. } | Entry::ResultsImported { file, at, .. }) = entry else { continue };
        let key = params![at, file.as_str()];
        if conn.prepare_cached("SELECT 1 FROM import WHERE at = ?1 AND file = ?2")?.exists(key)? {
            continue;
        }
        let path = Blobs::open(folder).map(|kept| kept.path(file));
        let opened = path.and_then(File::open);
        let opened = opened.map_err(|source| StoreError::Io { path: folder.into(), source })?;
        let read = |source| Error::from(StoreError::Io { path: folder.into(), source });
        let name = file.as_str();
        let taken = match entry {
            Entry::ResultsImported { of, silent, .. } => {
                match results::import::import(conn, &releases, *of, name, opened, *silent, *at, random) {
                    Ok(_) => true,
                    Err(results::import::ImportError::Faults(_)) => false,
                    Err(results::import::ImportError::Read(source)) => return Err(read(source)),
                    Err(results::import::ImportError::Error(error)) => return Err(error),
                }
            }
            Entry::TeamImported { complete, .. } => match import::import(conn, name, opened, *complete, *at, random) {
                Ok(_) => true,
                Err(ImportError::Faults(_)) => false,
                Err(ImportError::Read(source)) => return Err(read(source)),
                Err(ImportError::Error(error)) => return Err(error),
            },
            _ => continue,
        };
        if taken {
            conn.execute("INSERT INTO import (at, file) VALUES (?1, ?2)", key)?;
            replayed.imported += 1;
        } else {
            replayed.refused.push(number);
        }
    }
    Ok(())
}

fn publish_again(
    conn: &Connection,
    blobs: &mut Blobs,
    folder: &Path,
    manifest: &Manifest,
    at: Millis,
    random: Random<'_>,
) -> Result<bool, Error> {
    let failed = |source: io::Error| Error::from(StoreError::Io { path: folder.into(), source });
    let kept = Blobs::open(folder).map_err(failed)?;
    for hash in hashes(manifest) {
        blobs.put_file(hash, &kept.path(hash)).map_err(failed)?;
    }
    let bytes = std::fs::read(kept.path(&manifest.release.hash)).map_err(failed)?;
    let release = IndexedRelease::from_bytes(&bytes).map_err(|e| Error::Unsound(format!("a release: {e}")))?;
    let new = conn.execute(
        "INSERT INTO release (id, serial, published, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![release.id.as_str(), release.release.serial, at, bytes],
    )?;
    let catalog = publish::catalog(conn, random)?;
    let value = serde_json::to_string(manifest).expect("a manifest holds nothing that JSON can't");
    let row = NewRow { kind: MANIFEST_KIND.into(), id: MANIFEST_ID.into(), value: Some(value) };
    let changed = streams::commit(conn, catalog, [row], random)?.iter().any(Option::is_some);
    Ok(new > 0 || changed)
}

/// Every blob that a manifest names.
pub(super) fn hashes(manifest: &Manifest) -> impl Iterator<Item = &BlobHash> {
    let documents = std::iter::once(&manifest.release).chain(manifest.bundles.values());
    documents.map(|blob| &blob.hash).chain(manifest.media.values().map(|media| &media.blob.hash))
}
