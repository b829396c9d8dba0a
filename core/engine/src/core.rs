//! What the services share: the account's database, clocks, chance, the phone's language, and the content in use.

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::company::Locale;
use qadam_domain::content::Bundle;
use qadam_domain::ids::{BlobHash, ReleaseId};
use qadam_domain::json;
use qadam_domain::nudges::zone::Offsets;
use qadam_domain::release::{IndexedRelease, Releases};
use qadam_domain::time::{DAY, Day, MINUTE, Millis};
use qadam_protocol::content::{BlobRef, MANIFEST_ID, MANIFEST_KIND, Manifest, STREAM};
use qadam_protocol::limits;
use rusqlite::{Connection, OptionalExtension};

use crate::database::{Changes, Database, Nouns};
use crate::error::{EngineError, Result};
use crate::journey;
use crate::media::MediaStore;
use crate::platform::{Clock, Random, Reading, Zone};
use crate::replica::{self, Context, rows, time};
use crate::settings;
use crate::team::TeamStore;

/// The engine of one account, without network and threads.
pub struct Core {
    pub database: Database,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub media: Arc<MediaStore>,
    /// Of the phone; the person may choose another in the settings.
    pub locale: Locale,
    zone: Arc<dyn Zone>,
    pub team: TeamStore,
    content: Mutex<Held>,
}

/// What a core works with and does not own alone.
#[derive(Clone)]
pub struct Tools {
    pub clock: Arc<dyn Clock>,
    pub zone: Arc<dyn Zone>,
    pub random: Arc<dyn Random>,
    pub media: Arc<MediaStore>,
}

/// What was read last. Whether it is still what a connection would read is asked each time: a transaction may see other documents than the next
/// reader, and may fail.
#[derive(Default)]
struct Held {
    releases: Releases,
    content: Option<Arc<Content>>,
    /// A release whose plan is followed, and that this version can't read: it is not fetched again.
    unreadable: Option<BlobHash>,
}

/// The content in use: release, texts and manifest belong together.
pub struct Content {
    pub release: Arc<IndexedRelease>,
    pub bundle: Arc<Bundle>,
    pub manifest: Manifest,
    manifest_text: String,
    bundle_hash: BlobHash,
}

/// One instant, as the device and the server see it.
pub struct Now {
    pub reading: Reading,
    /// The server's time, as well as it is known.
    pub server: Millis,
    /// Minutes ahead of UTC where the person is.
    pub offset: i32,
}

impl Now {
    pub fn today(&self) -> Day {
        Day::at(self.server, self.offset)
    }

    /// When today ends, by the server's clock.
    pub fn midnight(&self) -> Millis {
        self.today().plus(1).start(self.offset)
    }

    /// An instant of the server's clock, by this device's wall clock.
    pub fn on_the_wall(&self, server: Millis) -> Millis {
        server.saturating_add(self.reading.wall.saturating_sub(self.server))
    }
}

impl Core {
    /// Opens an account's database.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open(path: &Path, changes: Changes, tools: Tools, locale: Locale) -> Result<Self> {
        let database = Database::open(path, changes)?;
        let team = TeamStore::open(&database)?;
        let Tools { clock, zone, random, media } = tools;
        Ok(Self { database, clock, random, media, team, locale, zone, content: Mutex::default() })
    }

    /// # Errors
    /// Those of storage.
    pub fn now(&self, connection: &Connection) -> Result<Now> {
        let reading = self.clock.read();
        let server = time::server_now(connection, &reading)?;
        let offset = self.zone.offset(server);
        Ok(Now { reading, server, offset })
    }

    /// Minutes ahead of UTC, where the phone is now, at an instant.
    pub fn offset_at(&self, at: Millis) -> i32 {
        self.zone.offset(at)
    }

    /// How far ahead of UTC the phone's place is in the coming days, to the minute.
    pub fn offsets(&self, now: &Now, days: i32) -> Offsets {
        // Each look may cross into the app's language.
        const STEP: Millis = 6 * 60 * MINUTE;
        let end = now.server.saturating_add(Millis::from(days) * DAY);
        // Some days back, too: what was decided then is placed in its own day.
        let mut at = now.server.saturating_sub(4 * DAY);
        let first = self.zone.offset(at);
        let (mut before, mut changes) = (first, Vec::new());
        while at < end {
            let next = at.saturating_add(STEP);
            let after = self.zone.offset(next);
            if after != before {
                let (mut low, mut high) = (at, next);
                while high - low > MINUTE {
                    let middle = low + (high - low) / 2;
                    if self.zone.offset(middle) == before { low = middle } else { high = middle }
                }
                changes.push((high, after));
                before = after;
            }
            at = next;
        }
        Offsets::new(first, changes)
    }

    pub fn context<'a>(&'a self, now: &'a Now) -> Context<'a> {
        Context { reading: &now.reading, offset: now.offset, random: &*self.random }
    }

    /// A new id for a record: UUIDv7 in hexadecimal.
    pub fn new_record_id(&self, now: &Now) -> String {
        replica::outbox::new_id(now.server, &*self.random).to_string()
    }

    /// The releases on this phone: the current one, those that pending events name, and the one whose plan is followed.
    ///
    /// # Errors
    /// Those of storage.
    pub fn releases(&self, connection: &Connection) -> Result<Releases> {
        let mut hashes = connection.prepare_cached("SELECT hash FROM document WHERE kind = 'release'")?;
        let hashes: Vec<String> = hashes.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let held = self.content.lock().releases.clone();
        let is_held = |hash: &String| held.iter().any(|release| release.id.as_str() == hash);
        if hashes.len() == held.iter().count() && hashes.iter().all(is_held) {
            return Ok(held);
        }
        let mut releases = Releases::default();
        let mut statement = connection.prepare_cached("SELECT bytes FROM document WHERE kind = 'release'")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let release = IndexedRelease::from_bytes(row.get_ref(0)?.as_blob().unwrap_or_default())
                .map_err(|_| EngineError::Internal { detail: "a release can't be read".into() })?;
            releases.insert(Arc::new(release));
        }
        self.content.lock().releases = releases.clone();
        Ok(releases)
    }

    /// The content in use; `None` before the first sync.
    ///
    /// # Errors
    /// Those of storage.
    pub fn content(&self, connection: &Connection) -> Result<Option<Arc<Content>>> {
        let named = connection
            .prepare_cached("SELECT release, bundle, manifest FROM replica WHERE release IS NOT NULL")?
            .query_row([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
            .optional()?;
        let Some((release, bundle_hash, manifest)) = named else {
            return Ok(None);
        };
        if let Some(content) = &self.content.lock().content
            && content.release.id.as_str() == release
            && content.bundle_hash.as_str() == bundle_hash
            && content.manifest_text == manifest
        {
            return Ok(Some(content.clone()));
        }
        let unreadable = |_| EngineError::Internal { detail: "the content can't be read".into() };
        let id = ReleaseId::new(release).map_err(|_| EngineError::Internal { detail: "a release's id".into() })?;
        let release = self.releases(connection)?.get(&id).cloned().ok_or(EngineError::ContentMissing)?;
        let bytes: Vec<u8> = connection
            .prepare_cached("SELECT bytes FROM document WHERE hash = ?1")?
            .query_row([&bundle_hash], |row| row.get(0))?;
        let content = Arc::new(Content {
            release,
            bundle: Arc::new(serde_json::from_slice(&bytes).map_err(unreadable)?),
            manifest: json::read(&manifest).map_err(unreadable)?,
            manifest_text: manifest,
            bundle_hash: BlobHash::new(bundle_hash)
                .map_err(|_| EngineError::Internal { detail: "a bundle's hash".into() })?,
        });
        self.content.lock().content = Some(content.clone());
        Ok(Some(content))
    }

    /// The content in use.
    ///
    /// # Errors
    /// [`EngineError::ContentMissing`] before the first sync; those of storage.
    pub fn require_content(&self, connection: &Connection) -> Result<Arc<Content>> {
        self.content(connection)?.ok_or(EngineError::ContentMissing)
    }

    /// The documents that are to be fetched, so that what the server published last can be used; `None` where it is in use.
    ///
    /// # Errors
    /// Those of storage.
    pub fn wanted_documents(&self) -> Result<Option<Vec<BlobRef>>> {
        self.database.read(|connection| {
            let Some((manifest, text)) = published(connection)? else {
                return Ok(None);
            };
            let Some(bundle) = self.bundle_of(connection, &manifest)? else {
                return Ok(None);
            };
            let in_use: bool = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM replica WHERE manifest = ?1 AND bundle = ?2)")?
                .query_row([&text, bundle.hash.as_str()], |row| row.get(0))?;
            if in_use {
                return Ok(None);
            }
            let mut missing = Vec::new();
            for wanted in [manifest.release, bundle] {
                let held: bool = connection
                    .prepare_cached("SELECT EXISTS (SELECT 1 FROM document WHERE hash = ?1)")?
                    .query_row([wanted.hash.as_str()], |row| row.get(0))?;
                if !held {
                    missing.push(wanted);
                }
            }
            Ok(Some(missing))
        })
    }

    /// The release whose plan the person follows, where it is not here: another phone, or this one, began the plan under it. Its size is not known.
    ///
    /// # Errors
    /// Those of storage.
    pub fn wanted_plan(&self) -> Result<Option<BlobRef>> {
        let Some(hash) = self.database.read(journey::followed)?.map(BlobHash::from) else { return Ok(None) };
        let is_unreadable = self.content.lock().unreadable.as_ref() == Some(&hash);
        let held: bool = self.database.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM document WHERE hash = ?1 AND kind = 'release')")?
                .query_row([hash.as_str()], |row| row.get(0))?)
        })?;
        Ok((!held && !is_unreadable).then_some(BlobRef { hash, size: limits::REPLY as u64 }))
    }

    /// Keeps the release whose plan is followed. One that a newer server wrote, and that can't be read here, is passed over.
    ///
    /// # Errors
    /// Those of storage.
    pub fn keep_plan(&self, blob: &BlobRef, bytes: &[u8]) -> Result<()> {
        if IndexedRelease::from_bytes(bytes).is_err() {
            self.content.lock().unreadable = Some(blob.hash.clone());
            return Ok(());
        }
        self.database.write(|transaction| {
            keep(transaction, &blob.hash, "release", bytes)?;
            Ok(((), Nouns::CONTENT))
        })
    }

    /// Keeps documents that were fetched, and uses what the server published last if all of it is here. Documents that nothing names
    /// any more go.
    ///
    /// # Errors
    /// [`EngineError::NotQadam`] where a document is not what its name says; those of storage.
    pub fn keep_documents(&self, documents: &[(BlobRef, Vec<u8>)]) -> Result<()> {
        self.database.write(|transaction| {
            let Some((manifest, manifest_text)) = published(transaction)? else {
                return Ok(((), Nouns::NONE));
            };
            let bundle = self.bundle_of(transaction, &manifest)?;
            for (blob, bytes) in documents {
                let wrong = |_| EngineError::NotQadam { detail: "a document that can't be read".into() };
                let kind = if blob.hash == manifest.release.hash {
                    IndexedRelease::from_bytes(bytes).map_err(wrong)?;
                    "release"
                } else {
                    serde_json::from_slice::<Bundle>(bytes).map_err(wrong)?;
                    "bundle"
                };
                keep(transaction, &blob.hash, kind, bytes)?;
            }
            let Some(bundle) = bundle else {
                return Ok(((), Nouns::NONE));
            };
            let here: i64 = transaction.query_row(
                "SELECT count(*) FROM document WHERE hash IN (?1, ?2)",
                [manifest.release.hash.as_str(), bundle.hash.as_str()],
                |row| row.get(0),
            )?;
            if here < 2 {
                return Ok(((), Nouns::NONE));
            }
            transaction.execute(
                "UPDATE replica SET release = ?1, bundle = ?2, manifest = ?3",
                [manifest.release.hash.as_str(), bundle.hash.as_str(), &manifest_text],
            )?;
            let followed = journey::followed(transaction)?;
            transaction.execute(
                "DELETE FROM document WHERE hash NOT IN (?1, ?2, ?3)
                 AND hash NOT IN (SELECT json_extract(body, '$.release') FROM mutation WHERE json_extract(body, '$.release') IS NOT NULL)",
                [
                    manifest.release.hash.as_str(),
                    bundle.hash.as_str(),
                    followed.as_ref().map_or("", ReleaseId::as_str),
                ],
            )?;
            let releases = self.releases(transaction)?;
            let nouns = replica::receive::replay_all(transaction, &releases)?;
            Ok(((), nouns | Nouns::CONTENT))
        })
    }

    /// The texts to use: in the person's language, else the phone's, else the company's own.
    fn bundle_of(&self, connection: &Connection, manifest: &Manifest) -> Result<Option<BlobRef>> {
        let chosen = settings::chosen_locale(connection)?;
        let wanted = [chosen, Some(self.locale), Some(Locale::En)];
        let found = wanted.into_iter().flatten().find_map(|locale| manifest.bundles.get(&locale));
        Ok(found.or_else(|| manifest.bundles.values().next()).cloned())
    }
}

fn keep(connection: &Connection, hash: &BlobHash, kind: &str, bytes: &[u8]) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO document (hash, kind, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute((hash.as_str(), kind, bytes))?;
    Ok(())
}

/// What the server published last, and its text.
fn published(connection: &Connection) -> Result<Option<(Manifest, String)>> {
    let Some(text) = rows::value(connection, STREAM, MANIFEST_KIND, MANIFEST_ID)? else {
        return Ok(None);
    };
    let manifest =
        json::read(&text).map_err(|_| EngineError::NotQadam { detail: "a manifest that can't be read".into() })?;
    Ok(Some((manifest, text)))
}
