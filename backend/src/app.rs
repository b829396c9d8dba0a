//! What every request has at hand: store, caches, blobs, listeners, time.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use qadam_domain::planted::{self, Bug};
use qadam_domain::release::Releases;
use qadam_domain::time::Millis;
use qadam_protocol::error::ErrorCode;
use tokio::sync::Semaphore;

use crate::accounts::{self, TokenHash, check_expiry};
use crate::blobs::Blobs;
use crate::cache::{Cache, Known};
use crate::changes::{Changes, Signal};
use crate::config::{Clock, Config};
use crate::error::Error;
use crate::gaps;
use crate::ledger::{self, Entry, Ledger};
use crate::metrics::Metrics;
use crate::random::{self, Random};
use crate::results::webhook::Keys;
use crate::store::{self, Changed, Connection, Direct, Observer, Optional, Sender, Store, StoreError};
use crate::streams::{self, StreamKey};
use crate::team::documents::Documents;
use crate::{publish, sync};

/// Passwords that are hashed at the same time: each takes 19 MiB and a core.
const HASHING: usize = 2;

pub struct App {
    pub store: Arc<Store>,
    pub cache: Arc<Cache>,
    pub changes: Arc<Changes>,
    pub blobs: Blobs,
    pub metrics: Metrics,
    pub ledger: Ledger,
    pub documents: Arc<Documents>,
    pub hashing: Semaphore,
    pub behind_proxy: bool,
    /// Keys of the back office, where it has a webhook.
    pub keys: Option<Arc<Keys>>,
    clock: Clock,
}

impl App {
    /// Opens database and blobs of a data folder, and folds what newer code or a release from elsewhere makes foldable.
    ///
    /// # Errors
    /// What the store says, and rows that can't be read.
    pub async fn open(config: &Config) -> Result<Arc<Self>, Error> {
        let cache = Arc::new(Cache::default());
        let changes = Arc::new(Changes::default());
        let clock = config.clock.clone();
        let watch = Watch::new(cache.clone(), changes.clone(), clock.clone());
        let sender = watch.sender.clone();
        let (data, place, database) = (config.data.clone(), config.ledger.clone(), config.database());
        let opened = tokio::task::spawn_blocking(move || {
            let store = Store::open(database, watch)?;
            let files = Blobs::open(&data).and_then(|blobs| Ok((blobs, Documents::open(&data)?)));
            let (blobs, documents) = files.map_err(|source| StoreError::Io { path: data, source })?;
            let open = if store.is_shared() { Ledger::open_shared } else { Ledger::open };
            let ledger = ledger::read(&place).and_then(|entries| Ok((open(&place)?, entries)));
            let (ledger, entries) = ledger.map_err(|source| StoreError::Io { path: place, source })?;
            Ok::<_, StoreError>((store, blobs, documents, ledger, entries))
        });
        let keys = config.webhook.as_deref().map(Keys::open).transpose()?.map(Arc::new);
        let (store, blobs, documents, ledger, entries) = opened.await.map_err(|_| StoreError::Panicked)??;
        let now = clock();
        let warm = cache.clone();
        let folded = store.write(move |conn| start(conn, &warm, &entries, now, &mut random::system)).await?;
        if folded > 0 {
            tracing::info!(folded, "kept mutations were folded");
        }
        sender.get_or_init(|| store.sender());
        let hashing = Semaphore::new(HASHING);
        let metrics = Metrics::default();
        let (store, documents) = (Arc::new(store), Arc::new(documents));
        Ok(Arc::new(Self {
            store,
            cache,
            changes,
            blobs,
            metrics,
            ledger,
            documents,
            hashing,
            behind_proxy: config.behind_proxy,
            keys,
            clock,
        }))
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// `unauthorized`, `revoked`.
    pub async fn session(&self, token: TokenHash) -> Result<Arc<Known>, Error> {
        let now = self.now();
        if let Some(known) = self.cache.session(&token) {
            check_expiry(&known.session, now)?;
            return Ok(known);
        }
        let read = self.cache.generation();
        let session = self.store.read(move |conn| accounts::session_of(conn, &token, now)).await?;
        Ok(self.cache.offer_session(read, token, session))
    }

    /// The newest release.
    ///
    /// # Errors
    /// `busy` before the first is published.
    pub fn company(&self) -> Result<qadam_domain::ids::CompanyId, Error> {
        let releases = self.cache.releases();
        let newest = releases.newest_up_to(u64::MAX).map(|newest| newest.release.company.clone());
        newest.ok_or_else(|| Error::later(ErrorCode::Busy, "the company has not published anything yet", 60_000))
    }
}

/// What a server does with its database before it answers. Gives how many kept mutations were folded.
fn start(conn: &Connection, cache: &Cache, entries: &[Entry], now: Millis, random: Random<'_>) -> Result<u64, Error> {
    gaps::find(conn, entries, now)?;
    let releases = publish::releases(conn)?;
    let folded = sync::fold_kept(conn, &releases, now, random)?;
    cache.set_catalog(publish::catalog(conn, random)?);
    cache.set_releases(releases);
    Ok(folded)
}

/// A server without threads and network, for simulations: its database and its caches, as [`App`] has them.
pub struct Instance {
    pub store: Direct<Watch>,
    pub cache: Arc<Cache>,
}

impl Instance {
    /// As [`App::open`].
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open(
        data: &Path,
        entries: Vec<Entry>,
        clock: Clock,
        mut random: impl FnMut(&mut [u8]) + Send + 'static,
    ) -> Result<Self, Error> {
        let cache = Arc::new(Cache::default());
        let watch = Watch::new(cache.clone(), Arc::default(), clock.clone());
        let sender = watch.sender.clone();
        let mut store = store::open_direct(data, watch)?;
        let warm = cache.clone();
        store.write(None, move |conn| start(conn, &warm, &entries, clock(), &mut random))?;
        sender.get_or_init(|| store.sender());
        Ok(Self { store, cache })
    }

    /// As [`App::session`].
    ///
    /// # Errors
    /// As [`App::session`].
    pub fn session(&self, token: TokenHash, now: Millis) -> Result<Arc<Known>, Error> {
        if let Some(known) = self.cache.session(&token) {
            check_expiry(&known.session, now)?;
            return Ok(known);
        }
        let read = self.cache.generation();
        let session = accounts::session_of(self.store.connection(), &token, now)?;
        Ok(self.cache.offer_session(read, token, session))
    }
}

/// Keeps the caches right and tells who listens.
pub struct Watch {
    cache: Arc<Cache>,
    changes: Arc<Changes>,
    /// The writer's own queue, once there is one.
    sender: Arc<OnceLock<Sender>>,
    clock: Clock,
}

impl Observer for Watch {
    fn committed(&mut self, conn: &Connection, changed: &Changed) {
        self.cache.turn();
        if let Err(error) = self.follow(conn, changed) {
            tracing::error!(%error, "the caches start anew");
            self.cache.forget();
        }
    }

    fn foreign(&mut self, conn: &Connection) {
        if planted::is(Bug::ForeignIgnored) {
            return;
        }
        self.cache.turn();
        self.cache.forget();
        if let Err(error) = self.reload(conn) {
            tracing::error!(%error, "the releases can't be read");
        }
        self.changes.tell_all(Signal::Anything);
    }
}

impl Watch {
    fn new(cache: Arc<Cache>, changes: Arc<Changes>, clock: Clock) -> Self {
        Self { cache, changes, sender: Arc::default(), clock }
    }

    fn follow(&self, conn: &Connection, changed: &Changed) -> Result<(), Error> {
        for device in &changed.devices {
            self.cache.forget_device(*device);
            if accounts::is_revoked(conn, *device)? {
                self.changes.end(*device);
            }
        }
        if changed.releases {
            self.reload(conn)?;
        }
        for (stream, by) in &changed.streams {
            self.cache.set_head(StreamKey(*stream), streams::head(conn, StreamKey(*stream))?);
            let mut statement = conn.prepare_cached("SELECT account FROM stream WHERE id = ?1")?;
            match statement.query_row([stream], |row| row.get::<Option<i64>>(0)).optional()? {
                Some(Some(account)) => self.changes.me_changed(account, *by),
                Some(None) => {
                    self.cache.forget_teams();
                    self.changes.tell_all(Signal::Catalog);
                }
                // It was made and undone.
                None => {}
            }
        }
        Ok(())
    }

    fn reload(&self, conn: &Connection) -> Result<(), Error> {
        let known = self.cache.releases();
        let releases = publish::releases_beyond(conn, &known)?;
        let is_more = releases.iter().count() > known.iter().count();
        if is_more {
            self.cache.set_releases(releases.clone());
            self.fold_later(releases)?;
        }
        Ok(())
    }

    /// A mutation may have been kept between the publication and now.
    fn fold_later(&self, releases: Releases) -> Result<(), Error> {
        let Some(sender) = self.sender.get() else { return Ok(()) };
        let now = (self.clock)();
        let work = move |conn: &Connection| sync::fold_kept(conn, &releases, now, &mut random::system);
        // Nobody waits for it.
        drop(sender.send::<u64, Error, _>(None, work)?);
        Ok(())
    }
}
