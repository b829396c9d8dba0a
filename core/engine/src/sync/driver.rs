//! Talks to the server: at once when something waits, when the server hints that something changed, when the network comes back; after a
//! failure later and later, with jitter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use parking_lot::Mutex;
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::accounts::{SessionReply, SignInReply};
use qadam_protocol::codec;
use qadam_protocol::limits;
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use super::exchange::{self, Failure};
use super::{SyncOutcome, SyncProblem, SyncState};
use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::media;
use crate::platform::{Network, SecureStore};
use crate::push;
use crate::replica::{self, digest};
use crate::session;
use crate::settings;
use crate::task;
use crate::team::Wanted;
use crate::transport::{HttpReply, HttpRequest, Method, Transport, TransportError};

/// Work comes in bursts: a sync waits so long for more of it.
const GATHER: Duration = Duration::from_millis(30);
/// Without any hint, so long.
const AT_LEAST_EVERY: Duration = Duration::from_secs(15 * 60);
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(5 * 60);
/// A sync of so many mutations and rows has made the database's log long.
const MANY: u32 = 200;
/// How often the stored rows are compared with the digests.
const SCRUB_EVERY: Millis = 7 * DAY;
/// Rounds of syncs and repairs after which a stream that still differs comes anew.
const REPAIRS: u32 = 3;
/// Twins that both fork meet once more at most.
const FORKS: u32 = 3;
/// So often within one sync a document of the team is asked for again.
const AGAIN: u32 = 30;
/// Milliseconds that a server may make wait within a sync.
const LONGEST_WAIT: u64 = 5_000;

/// Where the server is, and how to reach it.
#[derive(Clone)]
pub struct Endpoint {
    pub transport: Arc<dyn Transport>,
    /// Address without a slash at its end.
    pub server: String,
}

/// What the platform says of the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Conditions {
    foreground: bool,
    network: Network,
    closed: bool,
}

impl Conditions {
    fn awake(self) -> bool {
        self.foreground && self.network != Network::Offline && !self.closed
    }
}

/// The sync of one account.
pub struct Driver {
    core: Arc<Core>,
    endpoint: Endpoint,
    secure_store: Arc<dyn SecureStore>,
    token: Mutex<Option<String>>,
    state: Mutex<SyncState>,
    conditions: watch::Sender<Conditions>,
    hint: Notify,
    /// There may be media to fetch ahead.
    in_step: Notify,
    single: Arc<tokio::sync::Mutex<()>>,
}

impl Driver {
    pub fn new(
        core: Arc<Core>,
        endpoint: Endpoint,
        secure_store: Arc<dyn SecureStore>,
        token: Option<String>,
        network: Network,
    ) -> Self {
        let conditions = Conditions { foreground: true, network, closed: false };
        Self {
            core,
            endpoint,
            secure_store,
            token: Mutex::new(token),
            state: Mutex::new(SyncState::Idle),
            conditions: watch::Sender::new(conditions),
            hint: Notify::new(),
            in_step: Notify::new(),
            single: Arc::default(),
        }
    }

    /// What it is at.
    pub fn state(&self) -> SyncState {
        let state = self.state.lock().clone();
        match state {
            SyncState::Idle | SyncState::Waiting { .. } if self.conditions.borrow().network == Network::Offline => {
                SyncState::Offline
            }
            state => state,
        }
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub fn token(&self) -> Option<String> {
        self.token.lock().clone()
    }

    pub fn set_network(&self, network: Network) {
        self.change(|conditions| conditions.network = network);
    }

    pub fn set_foreground(&self, foreground: bool) {
        self.change(|conditions| conditions.foreground = foreground);
    }

    /// Ends [`Driver::run`].
    pub fn close(&self) {
        self.change(|conditions| conditions.closed = true);
    }

    /// Waits until no exchange is under way.
    pub async fn idle(&self) {
        let _one = self.single.lock().await;
    }

    /// Until both sides are in step. With `in_background` whatever the platform says, otherwise as long as the app is shown and has a
    /// network.
    ///
    /// # Errors
    /// [`Failure::Revoked`] is confirmed: the account's data are to be wiped.
    pub async fn sync(self: &Arc<Self>, in_background: bool) -> std::result::Result<SyncOutcome, Failure> {
        let one = self.single.clone().lock_owned().await;
        if self.token().is_none() {
            return Err(Failure::SignInNeeded);
        }
        self.set_state(SyncState::Syncing);
        let mut outcome = SyncOutcome::default();
        let done = self.until_in_step(in_background, &mut outcome).await;
        if outcome.sent.saturating_add(outcome.received) >= MANY {
            let core = self.core.clone();
            // Nobody waits for it, but who suspends the process ([`Driver::idle`]).
            drop(task::spawn_blocking(&Handle::current(), move || {
                core.database.checkpoint();
                drop(one);
            }));
        }
        if let Err(failure) = &done {
            exchange::mark(&self.core, failure).or_else(|error| match error {
                // What can't be stored now is found out again.
                EngineError::StorageFull | EngineError::Closed => Ok(()),
                error => Err(error),
            })?;
        }
        self.set_state(match &done {
            Err(Failure::SignInNeeded | Failure::Revoked) => SyncState::SignInNeeded,
            Err(Failure::UpdateNeeded) => SyncState::UpdateNeeded,
            _ => SyncState::Idle,
        });
        done.map(|()| outcome)
    }

    /// Syncs whenever there is reason to. Ends when closed, with `false`; or with `true` when the account was revoked.
    pub async fn run(self: Arc<Self>) -> bool {
        let listener = tokio::spawn(self.clone().listen());
        let fetcher = tokio::spawn(self.clone().fetch_media_ahead());
        let revoked = self.work().await;
        listener.abort();
        fetcher.abort();
        revoked
    }

    async fn work(self: &Arc<Self>) -> bool {
        let delays = delays();
        let mut backoff = delays.build();
        let mut conditions = self.conditions.subscribe();
        let mut wanted = true;
        let mut resting: Option<tokio::time::Instant> = None;
        // Taken before it is asked whether something waits: what is written meanwhile wakes again.
        let mut seen = self.core.database.changes().seen(Nouns::SYNC | Nouns::SETTINGS);
        loop {
            let now = *conditions.borrow_and_update();
            if now.closed || self.core.database.changes().is_closed() {
                return false;
            }
            if now.awake() && wanted && resting.is_none() && self.token().is_some() {
                match self.sync(false).await {
                    Ok(_) => {
                        backoff = delays.build();
                        seen = self.core.database.changes().seen(Nouns::SYNC | Nouns::SETTINGS);
                        wanted = self.has_waiting().await;
                        self.in_step.notify_one();
                        continue;
                    }
                    Err(Failure::Revoked) => return true,
                    Err(Failure::Stopped) => continue,
                    Err(failure) => {
                        let delay = backoff.next().unwrap_or(LONGEST_DELAY);
                        let delay = match &failure {
                            Failure::Busy { retry_after: Some(ms) } => delay.max(Duration::from_millis(*ms)),
                            Failure::SignInNeeded | Failure::UpdateNeeded => AT_LEAST_EVERY,
                            _ => delay,
                        };
                        resting = Some(tokio::time::Instant::now() + delay);
                        self.rest(&failure, delay);
                        continue;
                    }
                }
            }
            let wake = resting.unwrap_or_else(|| tokio::time::Instant::now() + AT_LEAST_EVERY);
            tokio::select! {
                changed = conditions.changed() => {
                    if changed.is_err() {
                        return false;
                    }
                    // The network came back, or the person did: no reason to rest any longer.
                    backoff = delays.build();
                    resting = None;
                    wanted = true;
                }
                () = self.hint.notified() => wanted = true,
                () = self.core.database.changes().changed(Nouns::SYNC | Nouns::SETTINGS, seen) => {
                    tokio::time::sleep(GATHER).await;
                    seen = self.core.database.changes().seen(Nouns::SYNC | Nouns::SETTINGS);
                    wanted = wanted || self.has_waiting().await;
                }
                () = tokio::time::sleep_until(wake) => {
                    resting = None;
                    wanted = true;
                }
            }
        }
    }

    /// Hints that something changed (`GET /v1/changes`).
    async fn listen(self: Arc<Self>) {
        let delays = delays();
        let mut backoff = delays.build();
        let mut conditions = self.conditions.subscribe();
        loop {
            let now = *conditions.borrow_and_update();
            if now.closed {
                return;
            }
            let rest = if let (true, Some(token)) = (now.awake(), self.token()) {
                let mut heard = false;
                let mut line_starts = true;
                let mut sink = |bytes: &[u8]| {
                    if !heard {
                        // What changed before anybody listened is fetched too.
                        self.hint.notify_one();
                        heard = true;
                    }
                    // An event has a data field; comments, which keep the connection alive, begin with a colon.
                    for byte in bytes {
                        if line_starts && *byte == b'd' {
                            self.hint.notify_one();
                        }
                        line_starts = *byte == b'\n';
                    }
                    true
                };
                let request = self.request(Method::Get, "/v1/changes", Some(token), None, u64::MAX);
                let ended = tokio::select! {
                    ended = self.endpoint.transport.receive(request, &mut sink) => ended,
                    _ = conditions.changed() => continue,
                };
                if heard {
                    backoff = delays.build();
                }
                if ended.is_ok() {
                    // The server ended it, or refused it: a sync finds out why.
                    self.hint.notify_one();
                }
                backoff.next().unwrap_or(LONGEST_DELAY)
            } else {
                AT_LEAST_EVERY
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                changed = conditions.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn until_in_step(
        self: &Arc<Self>,
        in_background: bool,
        outcome: &mut SyncOutcome,
    ) -> std::result::Result<(), Failure> {
        for round in 0.. {
            self.exchange_all(in_background, outcome).await?;
            self.scrub().await?;
            if self.repair(round, in_background, outcome).await? {
                break;
            }
        }
        Ok(())
    }

    /// Compares what is stored with the digests, now and then.
    async fn scrub(&self) -> std::result::Result<(), Failure> {
        let scrub = |core: &Core| {
            let times = |connection: &Connection| Ok((core.now(connection)?.server, digest::scrubbed(connection)?));
            let (now, last) = core.database.read(times)?;
            if now.saturating_sub(last) < SCRUB_EVERY {
                return Ok(());
            }
            core.database.write(|transaction| Ok((digest::scrub(transaction, now)?, Nouns::NONE))).map(drop)
        };
        self.blocking(scrub).await
    }

    /// Mends what differs. Tells whether nothing does any more; otherwise the streams have gone on and are to be synced first.
    async fn repair(
        &self,
        round: u32,
        in_background: bool,
        outcome: &mut SyncOutcome,
    ) -> std::result::Result<bool, Failure> {
        while let Some((body, asked)) = self.blocking(exchange::prepare_repair).await? {
            if round > REPAIRS {
                return Ok(true);
            }
            if round == REPAIRS {
                let start_over = move |core: &Core| {
                    core.database.write(|transaction| {
                        digest::start_over(transaction, &asked.stream)?;
                        Ok(((), Nouns::SYNC))
                    })
                };
                self.blocking(start_over).await?;
                return Ok(false);
            }
            outcome.round_trips += 1;
            outcome.bytes_up += body.bytes.len() as u64;
            let request = self.request(Method::Post, "/v1/repair", self.token(), Some(body), limits::REPLY as u64);
            let answer = self.send(request, in_background).await?;
            outcome.bytes_down += answer.as_ref().map_or(0, |reply| reply.body.len() as u64);
            match self.blocking(move |core| Ok(exchange::take_repair(core, &asked, answer))).await? {
                Ok(Some(repaired)) => outcome.repaired += repaired,
                Ok(None) => return Ok(false),
                // An older server does not know how; what is in step can be used all the same.
                Err(Failure::Refused { .. }) => return Ok(true),
                Err(failure) => return Err(failure),
            }
        }
        Ok(true)
    }

    async fn exchange_all(
        self: &Arc<Self>,
        in_background: bool,
        outcome: &mut SyncOutcome,
    ) -> std::result::Result<(), Failure> {
        let mut most = limits::MUTATIONS;
        let (mut forks, mut again) = (0, 0);
        loop {
            let (body, sent) = self.blocking(move |core| exchange::prepare(core, most)).await?;
            outcome.round_trips += 1;
            outcome.bytes_up += body.bytes.len() as u64;
            let request = self.request(Method::Post, "/v1/sync", self.token(), Some(body), limits::REPLY as u64);
            let answer = self.send(request, in_background).await?;
            outcome.bytes_down += answer.as_ref().map_or(0, |reply| reply.body.len() as u64);
            let core = self.core.clone();
            let sent_count = sent.count();
            let taken = task::spawn_blocking(&Handle::current(), move || exchange::take(&core, sent, answer)).await;
            match taken.map_err(|_| Failure::Stopped)? {
                Ok(received) => {
                    outcome.sent += received.acknowledged;
                    outcome.received += received.rows;
                    if !received.more {
                        self.fetch_documents(in_background).await?;
                    }
                    // A document with more behind it is a page like others: until it is taken, the cursor stays where it is.
                    let fetches = !received.more || self.core.team.wants_document();
                    let goes_on = fetches && self.fetch_team(in_background, outcome, &mut again).await?;
                    if !received.more && !goes_on {
                        return Ok(());
                    }
                }
                Err(Failure::TooLarge) if sent_count > 1 => most = (sent_count as usize / 2).max(1),
                Err(Failure::Fork) if forks < FORKS => {
                    forks += 1;
                    self.fork(in_background).await?;
                }
                Err(Failure::Revoked) => return Err(self.confirm_revocation(in_background).await),
                Err(failure) => return Err(failure),
            }
            // A page's border: nothing is under way.
            if !in_background && !self.conditions.borrow().awake() {
                return Err(Failure::Stopped);
            }
        }
    }

    /// What the last page of the team asks for. Gives whether another sync is to follow.
    async fn fetch_team(
        &self,
        in_background: bool,
        outcome: &mut SyncOutcome,
        again: &mut u32,
    ) -> std::result::Result<bool, Failure> {
        let wanted = match self.core.team.take_wanted() {
            None => return Ok(false),
            Some(wanted) => wanted,
        };
        *again += 1;
        let wanted = match wanted {
            Wanted::Again { after } if *again > AGAIN => return Err(Failure::Busy { retry_after: Some(after) }),
            Wanted::Again { after } => {
                let rest = tokio::time::sleep(Duration::from_millis(after.min(LONGEST_WAIT)));
                self.unless_stopped(in_background, rest).await?;
                return Ok(true);
            }
            Wanted::Document(wanted) => wanted,
        };
        let Endpoint { transport, server } = &self.endpoint;
        let token = self.token().ok_or(Failure::SignInNeeded)?;
        let medium = wanted.media();
        let downloads = self.blocking(|core| core.team.downloads()).await?;
        let fetch = media::fetch(&**transport, server, &token, &medium, &downloads);
        let path = match self.unless_stopped(in_background, fetch).await? {
            // It was let go meanwhile: the next page names another.
            Err(EngineError::NotFound { .. }) if *again <= AGAIN => return Ok(true),
            path => path?,
        };
        outcome.bytes_down += wanted.document.size;
        let more = wanted.more;
        let taken = self.blocking(move |core| core.team.take(&core.database, &wanted, &path)).await?;
        outcome.received = outcome.received.saturating_add(taken);
        Ok(more || self.core.team.is_wanted())
    }

    /// What the server published last: fetched whole, then used. And the release whose plan the person follows.
    async fn fetch_documents(&self, in_background: bool) -> std::result::Result<(), Failure> {
        self.fetch_published(in_background).await?;
        let Some(wanted) = self.blocking(Core::wanted_plan).await? else { return Ok(()) };
        let Endpoint { transport, server } = &self.endpoint;
        let token = self.token().ok_or(Failure::SignInNeeded)?;
        let fetched = media::fetch_document(&**transport, server, &token, &wanted);
        match self.unless_stopped(in_background, fetched).await? {
            Ok(bytes) => self.blocking(move |core| core.keep_plan(&wanted, &bytes)).await,
            // The current plan does until then.
            Err(EngineError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn fetch_published(&self, in_background: bool) -> std::result::Result<(), Failure> {
        let Some(wanted) = self.blocking(Core::wanted_documents).await? else {
            return Ok(());
        };
        let mut documents = Vec::with_capacity(wanted.len());
        for blob in wanted {
            let Endpoint { transport, server } = &self.endpoint;
            let token = self.token().ok_or(Failure::SignInNeeded)?;
            let bytes =
                self.unless_stopped(in_background, media::fetch_document(&**transport, server, &token, &blob)).await?;
            documents.push((blob, bytes?));
        }
        self.blocking(move |core| core.keep_documents(&documents)).await?;
        Ok(())
    }

    /// Goes on as another device: this one has a twin.
    async fn fork(&self, in_background: bool) -> std::result::Result<(), Failure> {
        let body = codec::pack(&BTreeMap::<String, String>::new(), false);
        let request = self.request(Method::Post, "/v1/fork", self.token(), Some(body), limits::BODY as u64);
        let reply: SignInReply = exchange::read(self.send(request, in_background).await?)?;
        let name = session::token_name(&reply.device);
        self.secure_store.set(&name, &reply.token.0).map_err(EngineError::SecureStore)?;
        let device = reply.device.clone();
        self.blocking(move |core| {
            let reading = core.clock.read();
            core.database.write(|transaction| {
                replica::adopt(transaction, &device, reply.server_time, &reading)?;
                Ok(((), Nouns::SESSION | push::renew(core, transaction)?))
            })
        })
        .await?;
        *self.token.lock() = Some(reply.token.0);
        Ok(())
    }

    /// A revocation counts where the server says it twice.
    async fn confirm_revocation(&self, in_background: bool) -> Failure {
        let request = self.request(Method::Get, "/v1/session", self.token(), None, limits::BODY as u64);
        match self.send(request, in_background).await {
            Ok(answer) => match exchange::read::<SessionReply>(answer) {
                Ok(_) => Failure::Busy { retry_after: None },
                Err(failure) => failure,
            },
            Err(failure) => failure,
        }
    }

    /// After each sync, whatever of the media is wanted; beside the syncs, so that a long film delays nobody.
    async fn fetch_media_ahead(self: Arc<Self>) {
        let mut conditions = self.conditions.subscribe();
        loop {
            self.in_step.notified().await;
            let now = *conditions.borrow_and_update();
            tokio::select! {
                () = self.fetch_wanted_media(now.network) => {}
                // What came of a file stays.
                changed = conditions.changed() => match changed {
                    Ok(()) => self.in_step.notify_one(),
                    Err(_) => return,
                },
            }
        }
    }

    async fn fetch_wanted_media(&self, network: Network) {
        let Ok(settings) = self.blocking(settings::view).await else { return };
        let ahead = network == Network::Unmetered || (network == Network::Metered && settings.media_on_metered);
        let (true, true, Some(token)) = (ahead, self.conditions.borrow().awake(), self.token()) else { return };
        let Ok(plan) = self.blocking(move |core| media::plan(core, settings.media_budget)).await else { return };
        let Endpoint { transport, server } = &self.endpoint;
        for wanted in plan {
            match media::fetch(&**transport, server, &token, &wanted, &self.core.media).await {
                Ok(_) => self.core.database.changes().publish(Nouns::MEDIA),
                // Of this file alone.
                Err(EngineError::WrongHash | EngineError::NotFound { .. }) => {}
                // Tried again after the next sync.
                Err(_) => return,
            }
        }
    }

    async fn has_waiting(&self) -> bool {
        let waiting = self.blocking(|core| {
            let pending = core.database.read(|connection| Ok(replica::outbox::counts(connection)?.0 > 0))?;
            Ok(pending || core.wanted_documents()?.is_some())
        });
        waiting.await.unwrap_or(false)
    }

    async fn send(
        &self,
        request: HttpRequest,
        in_background: bool,
    ) -> std::result::Result<std::result::Result<HttpReply, TransportError>, Failure> {
        self.unless_stopped(in_background, self.endpoint.transport.send(request)).await
    }

    /// What waits for the network is dropped when the app is left or goes offline: the reply is then as good as lost.
    async fn unless_stopped<T>(
        &self,
        in_background: bool,
        work: impl Future<Output = T>,
    ) -> std::result::Result<T, Failure> {
        let mut conditions = self.conditions.subscribe();
        tokio::select! {
            done = work => Ok(done),
            _ = conditions.wait_for(|c| c.closed || (!c.awake() && !in_background)) => Err(Failure::Stopped),
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<String>,
        body: Option<codec::Packed>,
        limit: u64,
    ) -> HttpRequest {
        HttpRequest { method, url: format!("{}{path}", self.endpoint.server), token, body, from: None, limit }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Core) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        let core = self.core.clone();
        match task::spawn_blocking(&Handle::current(), move || work(&core)).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Failure::Stopped),
        }
    }

    fn rest(&self, failure: &Failure, delay: Duration) {
        let problem = match failure {
            Failure::Unreachable { .. } | Failure::Stopped => SyncProblem::Unreachable,
            Failure::NotQadam { .. } => SyncProblem::NotQadam,
            Failure::Untrusted { .. } => SyncProblem::Untrusted,
            Failure::Busy { .. } => SyncProblem::ServerBusy,
            Failure::ServerTooOld => SyncProblem::ServerTooOld,
            Failure::Local(EngineError::StorageFull) => SyncProblem::StorageFull,
            Failure::Local(EngineError::Unreachable { .. }) => SyncProblem::Unreachable,
            Failure::Local(_) | Failure::Fork | Failure::TooLarge | Failure::Refused { .. } => SyncProblem::Refused,
            // Told by the state already.
            Failure::SignInNeeded | Failure::Revoked | Failure::UpdateNeeded => return,
        };
        let until = self.core.clock.read().wall.saturating_add(delay.as_millis() as i64);
        self.set_state(SyncState::Waiting { until, problem });
    }

    fn set_state(&self, state: SyncState) {
        let changed = std::mem::replace(&mut *self.state.lock(), state.clone()) != state;
        if changed {
            self.core.database.changes().publish(Nouns::SYNC);
        }
    }

    fn change(&self, change: impl FnOnce(&mut Conditions)) {
        let changed = self.conditions.send_if_modified(|conditions| {
            let before = *conditions;
            change(conditions);
            *conditions != before
        });
        if changed {
            self.core.database.changes().publish(Nouns::SYNC);
        }
    }
}

/// Later and later, with jitter, without end.
fn delays() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_DELAY)
        .with_max_delay(LONGEST_DELAY)
        .with_jitter()
        .without_max_times()
}
