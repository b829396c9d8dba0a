//! Publishing: what `content` compiled becomes the next release, its blobs and the manifest that phones follow.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use qadam_domain::ids::{BlobHash, ReleaseId};
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::time::{Day, Millis};
use qadam_protocol::content::{BlobRef, MANIFEST_ID, MANIFEST_KIND, Manifest, MediaRef, STREAM};

use crate::content::{Compiled, Fault, against_published};
use crate::error::Error;
use crate::ledger::Entry;
use crate::nudges::tick;
use crate::params;
use crate::push;
use crate::random::Random;
use crate::store::{Connection, Optional, atomically};
use crate::streams::{self, NewRow, StreamKey};
use crate::sync::fold_kept;

/// Where blobs go. What is put is there for good before the release that names it.
pub trait BlobSink {
    /// Stores these bytes under their hash.
    ///
    /// # Errors
    /// What the file system says.
    fn put(&mut self, hash: &BlobHash, bytes: &[u8]) -> std::io::Result<()>;

    /// Stores a file's bytes under their hash.
    ///
    /// # Errors
    /// What the file system says; `InvalidData` where the file's bytes have another hash by now.
    fn put_file(&mut self, hash: &BlobHash, file: &Path) -> std::io::Result<()>;
}

/// In memory: for tests and simulations.
impl BlobSink for BTreeMap<BlobHash, Vec<u8>> {
    fn put(&mut self, hash: &BlobHash, bytes: &[u8]) -> std::io::Result<()> {
        self.insert(hash.clone(), bytes.into());
        Ok(())
    }

    fn put_file(&mut self, hash: &BlobHash, file: &Path) -> std::io::Result<()> {
        self.put(hash, &std::fs::read(file)?)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It contradicts what was published before.
    #[error("what is published can't be changed so")]
    Faults(Vec<Fault>),
    #[error("this server belongs to the company {0}")]
    OtherCompany(String),
    #[error("a blob can't be stored: {0}")]
    Blob(#[from] std::io::Error),
    #[error(transparent)]
    Error(#[from] Error),
}

/// What a publication came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub release: ReleaseId,
    pub serial: u64,
    /// What the fold reads differs from the release before.
    pub is_new_release: bool,
    /// Texts, media or the release differ from what phones hold.
    pub is_changed: bool,
    /// Mutations that had waited for this release.
    pub folded: u64,
}

/// Publishes: blobs first, then release and manifest in one transaction; then folds what had waited for it.
/// A release whose rules are those of the newest one stays that one, with other texts and media. `ledger` is given the publication before it
/// is committed; the blobs are stored by then.
///
/// # Errors
/// [`PublishError`]; nothing is published then.
pub fn publish(
    conn: &Connection,
    blobs: &mut dyn BlobSink,
    compiled: &Compiled,
    now: Millis,
    random: Random<'_>,
    ledger: &mut dyn FnMut(&Entry) -> Result<(), PublishError>,
) -> Result<Published, PublishError> {
    let mut releases = releases(conn)?;
    let newest = releases.newest_up_to(u64::MAX).cloned();
    if let Some(newest) = &newest {
        if newest.release.company != compiled.release.company {
            return Err(PublishError::OtherCompany(newest.release.company.to_string()));
        }
        let faults = against_published(compiled, &newest.release, Day::at(now, 0));
        if !faults.is_empty() {
            return Err(PublishError::Faults(faults));
        }
    }
    let before = newest.as_ref().map_or(0, |newest| newest.release.serial);
    let with_serial = |serial| Release { serial, ..compiled.release.clone() };
    let is_new_release = newest.is_none_or(|newest| newest.release != with_serial(before));
    let release = with_serial(before + u64::from(is_new_release));
    let bytes = release.to_bytes();
    let manifest = store_blobs(blobs, compiled, &bytes)?;
    ledger(&Entry::Published { serial: release.serial, at: now, manifest: manifest.clone() })?;
    let id = Release::id_of(&bytes);
    let serial = release.serial;
    let manifest = serde_json::to_string(&manifest).expect("a manifest holds nothing that JSON can't");
    let is_changed = atomically(conn, || {
        if is_new_release {
            let mut insert =
                conn.prepare_cached("INSERT INTO release (id, serial, published, bytes) VALUES (?1, ?2, ?3, ?4)")?;
            insert.execute(params![id.as_str(), serial, now, bytes])?;
            tick::wait_for_everyone(conn, now)?;
        }
        let catalog = streams::ensure(conn, None, STREAM, random)?;
        let row = NewRow { kind: MANIFEST_KIND.into(), id: MANIFEST_ID.into(), value: Some(manifest) };
        let is_changed = streams::commit(conn, catalog, [row], random)?.iter().any(Option::is_some);
        if is_changed {
            push::wake_everyone(conn, now)?;
        }
        Ok::<_, Error>(is_changed)
    })?;
    releases.insert(Arc::new(IndexedRelease::new(id.clone(), release)));
    let folded = fold_kept(conn, &releases, now, random)?;
    Ok(Published { release: id, serial, is_new_release, is_changed, folded })
}

/// Every release that was ever published.
///
/// # Errors
/// What SQLite says, and a release that can't be read.
pub fn releases(conn: &Connection) -> Result<Releases, Error> {
    let mut releases = Releases::default();
    let mut statement = conn.prepare_cached("SELECT bytes FROM release")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let release = IndexedRelease::from_bytes(&row.get::<Vec<u8>>(0)?)
            .map_err(|e| Error::Unsound(format!("a release: {e}")))?;
        releases.insert(Arc::new(release));
    }
    Ok(releases)
}

/// As [`releases`], but those in `known` are not read again.
///
/// # Errors
/// As [`releases`].
pub(crate) fn releases_beyond(conn: &Connection, known: &Releases) -> Result<Releases, Error> {
    let mut releases = known.clone();
    let mut statement = conn.prepare_cached("SELECT id FROM release")?;
    let ids: Vec<String> = statement.query_all([], |row| row.get(0))?;
    for id in ids {
        let id = ReleaseId::new(id).map_err(|e| Error::Unsound(format!("a release's id: {e}")))?;
        if known.get(&id).is_none() {
            let mut statement = conn.prepare_cached("SELECT bytes FROM release WHERE id = ?1")?;
            let bytes: Option<Vec<u8>> = statement.query_row([id.as_str()], |row| row.get(0)).optional()?;
            let release = IndexedRelease::from_bytes(&bytes.unwrap_or_default());
            releases.insert(Arc::new(release.map_err(|e| Error::Unsound(format!("a release: {e}")))?));
        }
    }
    Ok(releases)
}

/// The catalog's stream, made where there is none.
///
/// # Errors
/// What SQLite says.
pub fn catalog(conn: &Connection, random: Random<'_>) -> Result<StreamKey, Error> {
    streams::ensure(conn, None, STREAM, random)
}

fn store_blobs(blobs: &mut dyn BlobSink, compiled: &Compiled, release: &[u8]) -> Result<Manifest, std::io::Error> {
    let mut put = |bytes: &[u8]| {
        let hash = BlobHash::of(bytes);
        blobs.put(&hash, bytes)?;
        Ok::<_, std::io::Error>(BlobRef { hash, size: bytes.len() as u64 })
    };
    let release = put(release)?;
    let mut bundles = BTreeMap::new();
    for (locale, bundle) in &compiled.bundles {
        let bytes = serde_json::to_vec(bundle).expect("a bundle holds nothing that JSON can't");
        bundles.insert(*locale, put(&bytes)?);
    }
    let mut media = BTreeMap::new();
    for (name, file) in &compiled.media {
        blobs.put_file(&file.hash, &file.path)?;
        let blob = BlobRef { hash: file.hash.clone(), size: file.size };
        media.insert(name.clone(), MediaRef { blob, extension: file.extension.clone(), lessons: file.lessons.clone() });
    }
    Ok(Manifest { release, bundles, media })
}
