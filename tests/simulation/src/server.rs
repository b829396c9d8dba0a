//! The server of a run: two instances, with their own caches, over one database; and beside them the commands.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_backend::accounts::{self, NewUser, SignedIn};
use qadam_backend::app::Instance;
use qadam_backend::blobs::Blobs;
use qadam_backend::cache::Known;
use qadam_backend::error::Error;
use qadam_backend::gaps::{self, Gap};
use qadam_backend::ledger::{self, Entry};
use qadam_backend::nudges::decide::{self, Subject};
use qadam_backend::nudges::{facts, tick};
use qadam_backend::publish;
use qadam_backend::results::{self, Reported};
use qadam_backend::store::{self, Connection, StoreError};
use qadam_backend::streams::{self, NewRow};
use qadam_backend::sync::{self, cached};
use qadam_backend::team::documents::{Documents, Plan};
use qadam_backend::team::import;
use qadam_domain::company::Locale;
use qadam_domain::ids::{BlobHash, DeviceId, MarketId};
use qadam_domain::release::{IndexedRelease, Releases};
use qadam_domain::results::Confirmed;
use qadam_domain::rules::Trigger;
use qadam_domain::rules::emitted::{Decision, FRESH, Segments, Side, answer, at};
use qadam_domain::time::DAY;
use qadam_engine::platform::Random;
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::codec::{self, Packed};
use qadam_protocol::content::{MANIFEST_ID, MANIFEST_KIND, STREAM};
use qadam_protocol::error::{ErrorBody, ErrorCode, ErrorInfo};
use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, ME, SyncReply, SyncRequest};
use qadam_protocol::team;
use rusqlite::backup::Backup;

use crate::chance::Chance;
use crate::content::{MARKET, Published, id};
use crate::model::record_of;

const INSTANCES: usize = 2;
/// So often an instance looks whether another has written, at least; in milliseconds.
const LOOK: i64 = 500;

pub struct Server {
    /// The commands' own connection: a process beside the instances.
    pub connection: Connection,
    instances: Vec<Running>,
    backups: Vec<Connection>,
    documents: Documents,
    /// As it lies beside the backups.
    ledger: Arc<Mutex<Vec<Entry>>>,
    folder: PathBuf,
    time: Arc<Mutex<i64>>,
    chance: Chance,
}

struct Running {
    instance: Instance,
    looked: i64,
}

/// What befalls the server while it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    None,
    /// The ledger's disk is full.
    Ledger,
    /// It dies before the commit.
    Crash,
}

/// What came of a request.
pub struct Answered {
    pub status: u16,
    pub body: Packed,
    /// What was read of the request, and said to it, where it succeeded.
    pub exchange: Option<(SyncRequest, SyncReply)>,
}

impl Server {
    pub fn new(chance: Chance, folder: &Path, time: Arc<Mutex<i64>>) -> Self {
        let documents = Documents::open(folder).expect("a folder");
        let connection = store::open(folder).expect("a database is made");
        let mut server = Self {
            connection,
            instances: Vec::new(),
            backups: Vec::new(),
            documents,
            ledger: Arc::default(),
            folder: folder.into(),
            time,
            chance,
        };
        server.start();
        server
    }

    fn start(&mut self) {
        for _ in 0..INSTANCES {
            let (chance, time) = (self.chance.clone(), self.time.clone());
            let clock = Arc::new(move || *time.lock());
            let entries = self.ledger.lock().clone();
            let random = move |bytes: &mut [u8]| chance.fill(bytes);
            let instance = Instance::open(&self.folder, entries, clock, random).expect("starts");
            self.instances.push(Running { instance, looked: *self.time.lock() });
        }
    }

    /// One of the instances; it has looked around lately.
    fn one(&mut self) -> &mut Instance {
        let now = *self.time.lock();
        let running = &mut self.instances[self.chance.below(INSTANCES)];
        if now - running.looked >= LOOK || self.chance.happens(30) {
            running.looked = now;
            running.instance.store.look();
        }
        &mut running.instance
    }

    /// A write of one of the instances.
    fn write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection, &mut dyn FnMut(&mut [u8])) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let chance = self.chance.clone();
        self.one().store.write(None, move |conn| work(conn, &mut |bytes| chance.fill(bytes)))
    }

    /// The company's file of its tree.
    pub fn import_team(&mut self, csv: &str, now: i64) {
        let mut random = |bytes: &mut [u8]| self.chance.fill(bytes);
        import::import(&self.connection, "team.csv", csv.as_bytes(), true, now, &mut random).expect("imports");
    }

    /// A copy of a document of an account's team; `None` where it may not have it any more.
    pub fn document(&self, account: i64, hash: &BlobHash, copy: &Path) -> Option<()> {
        let file = self.documents.find(&self.connection, account, hash).expect("reads")?;
        std::fs::copy(file, copy).expect("copies");
        Some(())
    }

    /// As the server does beside its syncs.
    fn complete(&self, account: i64, request: &SyncRequest, reply: &mut SyncReply) {
        let Some(page) = reply.streams.get_mut(team::STREAM) else { return };
        if page.team.as_ref().is_some_and(|team| team.wait.is_some()) {
            let cursor = request.cursors.get(team::STREAM).cloned().flatten();
            match self.documents.plan(&self.connection, account, cursor.as_ref()).expect("plans") {
                Plan::Nothing => {}
                Plan::Ready(built) => qadam_backend::team::put(page, built, None),
                Plan::Build { leader, head, since } => {
                    let built = self.documents.make(&self.connection, &leader, &head, since).expect("builds");
                    qadam_backend::team::put(page, built, Some(head));
                }
            }
        }
    }

    /// A new release: named by the manifest, and known to the server where it is not lost.
    pub fn publish(&mut self, published: &Published, now: i64, with_release: bool) {
        let mut random = |bytes: &mut [u8]| self.chance.fill(bytes);
        let manifest = serde_json::to_string(&published.manifest).expect("a manifest is JSON");
        let stream = streams::ensure(&self.connection, None, STREAM, &mut random).expect("writes");
        let row = NewRow { kind: MANIFEST_KIND.into(), id: MANIFEST_ID.into(), value: Some(manifest) };
        store::atomically(&self.connection, || streams::commit(&self.connection, stream, [row], &mut random))
            .expect("writes");
        if with_release {
            self.know(published, now);
        }
    }

    /// The release is there (again): the instances notice, and fold what was kept for it.
    pub fn know(&mut self, published: &Published, now: i64) {
        let bytes = published.release.to_bytes();
        let release = IndexedRelease::from_bytes(&bytes).expect("a release reads");
        let sql = "INSERT OR IGNORE INTO release (id, serial, published, bytes) VALUES (?1, ?2, ?3, ?4)";
        let values = (release.id.as_str(), release.release.serial, now, bytes);
        self.connection.execute(sql, values).expect("writes");
        tick::wait_for_everyone(&self.connection, now).expect("writes");
    }

    /// Looks at everybody who is due. Gives how many were.
    pub fn tick(&mut self, now: i64) -> usize {
        let mut looked = 0;
        loop {
            let chance = self.chance.clone();
            let Instance { store, cache } = self.one();
            let releases = cache.releases();
            let some = store
                .write(None, move |conn| tick::some(conn, &releases, now, &mut |bytes: &mut [u8]| chance.fill(bytes)));
            match some.expect("the tick looks") {
                0 => return looked,
                some => looked += some,
            }
        }
    }

    /// Has everybody be looked at at once.
    pub fn wait_for_everyone(&mut self, now: i64) {
        let all = "INSERT INTO due (account, at) SELECT id, ?1 FROM account
                   WHERE true ON CONFLICT (account) DO UPDATE SET at = excluded.at";
        self.connection.execute(all, [now]).expect("writes");
    }

    /// Everything that was decided: account and id.
    pub fn decided(&self) -> BTreeSet<(i64, String)> {
        let mut statement = self.connection.prepare_cached("SELECT account, id FROM decided").expect("reads");
        let decided = statement.query_all([], |row| Ok((row.get(0)?, row.get(1)?))).expect("reads");
        decided.into_iter().collect()
    }

    /// People who have each offer.
    pub fn offers(&self) -> BTreeMap<String, u32> {
        let sql = "SELECT rule, count(*) FROM offer GROUP BY rule";
        let mut statement = self.connection.prepare_cached(sql).expect("reads");
        let offers = statement.query_all([], |row| Ok((row.get(0)?, row.get(1)?))).expect("reads");
        offers.into_iter().collect()
    }

    /// The back office reports what it confirmed.
    pub fn confirm(&mut self, reported: Vec<Reported>, now: i64) {
        let chance = self.chance.clone();
        let Instance { store, cache } = self.one();
        let releases = cache.releases();
        let taken = store.write(None, move |conn| {
            results::take(conn, &releases, &reported, now, &mut |bytes: &mut [u8]| chance.fill(bytes))
        });
        taken.expect("results are taken");
    }

    /// What is confirmed of a person, each with the serial of the release that was the newest when it came.
    pub fn confirmed(&self, distributor: &str) -> Vec<(u64, Confirmed)> {
        results::of(&self.connection, distributor).expect("reads")
    }

    /// What the rules of a side make of a person who is looked at then, as the server knows them: every decision for the last days' events, that day and
    /// those to come.
    pub fn foretell(&self, account: i64, side: Side, held: &Segments, ahead: i32, now: i64) -> Vec<Decision> {
        let (conn, releases) = (&self.connection, self.releases());
        let release = releases.newest_up_to(u64::MAX).expect("something is published");
        let me = self.me(account);
        let distributor = accounts::distributor(conn, me).expect("reads");
        let zone = facts::zone_of(conn, account, release, &distributor).expect("reads");
        let (today, _) = zone.local(now);
        let state = sync::load_state(conn, me).expect("reads");
        let subject = Subject { account, me, distributor: &distributor, release, now };
        let person = decide::person(conn, &subject, &state, &releases, today).expect("reads");
        let mut decided = Vec::new();
        for (_, trigger) in Trigger::ALL {
            for day in person.fresh(trigger, today.plus(-((FRESH / DAY) as i32)), today) {
                decided.extend(answer(&person, side, trigger, day, today));
            }
        }
        let mut segments = held.clone();
        for day in 0..=ahead {
            let (then, held) = at(&person, side, today.plus(day), &segments);
            decided.extend(then);
            segments = held;
        }
        decided
    }

    pub fn releases(&self) -> Releases {
        publish::releases(&self.connection).expect("reads")
    }

    /// An account that can sign in.
    pub fn add_account(&mut self, n: usize, published: &Published, now: i64) -> i64 {
        let mut random = |bytes: &mut [u8]| self.chance.fill(bytes);
        let user = NewUser {
            login: format!("login-{n}"),
            name: format!("Name {n}"),
            market: id(MarketId::new(MARKET)),
            locale: Locale::En,
            // The first one's: those above and below are of one team.
            sponsor: (n > 0).then(|| "1001".into()),
            id: None,
        };
        let added = store::atomically(&self.connection, || {
            accounts::add_user(&self.connection, &published.release, &user, now, &mut random)
        });
        added.expect("adds").account
    }

    /// `was`: the device that the phone was before.
    pub fn sign_in(&mut self, account: i64, was: Option<DeviceId>, now: i64) -> SignInReply {
        let ledger = self.ledger.clone();
        let signed = self.write(move |conn, random| {
            let signed = accounts::register_device(conn, account, "phone", now, random)?;
            succeed(conn, &ledger, signed, was, now)
        });
        reply(signed.expect("signs in"), now)
    }

    pub fn fork(&mut self, token: &str, now: i64) -> Option<SignInReply> {
        let ledger = self.ledger.clone();
        let session = self.one().session(accounts::hash_of(token), now).ok()?.session.clone();
        let forked = self.write(move |conn, random| {
            let forked = accounts::fork(conn, &session, now, random)?;
            succeed(conn, &ledger, forked, Some(session.device), now)
        });
        Some(reply(forked.ok()?, now))
    }

    /// `POST /v1/sync`, from bytes to bytes.
    pub fn sync(&mut self, token: &str, body: &Packed, now: i64, mishap: Mishap) -> Answered {
        let mut request: SyncRequest =
            codec::unpack(&body.bytes, body.zstd, limits::BODY).expect("the engine's requests read");
        // Small pages, so that a stream takes several.
        request.rows = Some(7);
        let answer = |server: &mut Self| {
            let known = server.one().session(accounts::hash_of(token), now)?;
            if !accounts::is_heard_today(&known.session, now) {
                let session = known.session.clone();
                server.write(move |conn, _| accounts::heard(conn, &session, now))?;
            }
            let reply = server.answer(&known, &request, now, mishap)?;
            Ok::<_, Error>((known, reply))
        };
        match answer(self) {
            Ok((known, mut reply)) => {
                self.complete(known.session.account, &request, &mut reply);
                Answered { status: 200, body: codec::pack(&reply, true), exchange: Some((request, reply)) }
            }
            Err(error) => refused(error.info()),
        }
    }

    /// As the route does.
    fn answer(&mut self, known: &Known, request: &SyncRequest, now: i64, mishap: Mishap) -> Result<SyncReply, Error> {
        sync::check(request)?;
        let (chance, ledger) = (self.chance.clone(), self.ledger.clone());
        let Instance { store, cache } = self.one();
        if let Some(reply) = cached::idle(cache, known, request, now) {
            return Ok(reply);
        }
        if request.mutations.is_empty() {
            let generation = cache.generation();
            match cached::look(store.connection(), &known.session, cache.catalog(), request, now) {
                Err(error) if error.code() == ErrorCode::Gap => {}
                looked => {
                    if let Some(reply) = cached::offer(cache, known, generation, looked?) {
                        return Ok(reply);
                    }
                }
            }
        }
        let (cache, session, told) = (cache.clone(), known.session.clone(), request.clone());
        let note = move |entries: &[Entry]| {
            if mishap == Mishap::Ledger && !entries.is_empty() {
                let source = io::ErrorKind::StorageFull.into();
                return Err(StoreError::Io { path: "ledger".into(), source }.into());
            }
            ledger.lock().extend_from_slice(entries);
            Ok(())
        };
        let written = store.write(Some(session.device_key), move |conn| {
            let releases = cache.releases();
            let mut random = |bytes: &mut [u8]| chance.fill(bytes);
            let reply = sync::sync(conn, &releases, &session, &told, now, &mut random, &note)?;
            // Nothing of it is left: the transaction is undone.
            if mishap == Mishap::Crash { Err(StoreError::Closed.into()) } else { Ok(reply) }
        });
        if let Err(error) = &written {
            let (session, code) = (known.session.clone(), Error::code(error));
            store.write(None, move |conn| sync::note_refusal(conn, &session, code, now)).expect("writes");
        }
        written
    }

    /// `POST /v1/repair`, from bytes to bytes; `None` where the device is not known any more.
    pub fn repair(&mut self, token: &str, body: &Packed, now: i64) -> Option<Packed> {
        let instance = self.one();
        let known = instance.session(accounts::hash_of(token), now).ok()?;
        let request = codec::unpack(&body.bytes, body.zstd, limits::BODY).expect("the engine's requests read");
        let reply = sync::repair(instance.store.connection(), &known.session, &request, now).expect("a repair");
        Some(codec::pack(&reply, true))
    }

    /// Takes a backup and gives its number.
    pub fn back_up(&mut self, now: i64) -> usize {
        let mut copy = rusqlite::Connection::open_in_memory().expect("a database in memory opens");
        copy_to(&self.connection, &mut copy);
        let copy = Connection::from(copy);
        let serial = store::serial(&copy).expect("reads");
        self.ledger.lock().push(Entry::BackedUp { serial, at: now });
        store::register_backup(&self.connection, &copy, &format!("backup {}", self.backups.len()), now)
            .expect("writes");
        self.backups.push(copy);
        self.backups.len() - 1
    }

    pub fn backups(&self) -> usize {
        self.backups.len()
    }

    /// The server is as it was; as the command does it where it is `announced`, or else as where a replica takes over that lagged.
    pub fn restore(&mut self, backup: usize, announced: bool, now: i64) {
        self.instances.clear();
        self.connection = store::open_in_memory().expect("a database in memory opens");
        for ending in ["", "-wal", "-shm"] {
            let path = self.folder.join(format!("{}{ending}", store::FILE));
            if path.exists() {
                std::fs::remove_file(path).expect("removes");
            }
        }
        let mut file = rusqlite::Connection::open(self.folder.join(store::FILE)).expect("a database is made");
        copy_to(&self.backups[backup], &mut file);
        drop(file);
        self.connection = store::open(&self.folder).expect("opens");
        let (conn, copy) = (&self.connection, &self.backups[backup]);
        // It could be restored from the same again.
        store::register_backup(conn, copy, &format!("backup {backup}"), now).expect("writes");
        if announced {
            let entries = self.ledger.lock();
            let mut random = |bytes: &mut [u8]| self.chance.fill(bytes);
            let serial = store::serial(copy).expect("reads");
            let mut blobs = Blobs::open(&self.folder).expect("a folder");
            let done = store::atomically(conn, || {
                gaps::note(conn, gaps::taken(&entries, serial), now)?;
                gaps::find(conn, &entries, now)?;
                streams::rotate_all(conn, &mut random)?;
                ledger::replay(conn, &mut blobs, &self.folder, &entries, now, &mut random)
            });
            done.expect("restores");
        }
        self.start();
    }

    /// Records of an account of which something is left that mutations say: kind and id.
    pub fn told_of(&self, account: i64) -> BTreeSet<(String, String)> {
        let sql = "SELECT body FROM mutation WHERE account = ?1 AND body IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql).expect("reads");
        let bodies = statement.query_all([account], |row| row.get::<String>(0)).expect("reads");
        bodies.iter().filter_map(|body| record_of(body)).collect()
    }

    /// The devices that have not been back since a restore.
    pub fn gaps(&self) -> Vec<Gap> {
        gaps::list(&self.connection).expect("reads")
    }

    /// Whether a phone that holds an account's rows so far holds what the server has.
    pub fn is_current(&self, account: i64, cursor: &Cursor) -> bool {
        let page = streams::page(&self.connection, self.me(account), Some(cursor), Some(1), &[]).expect("reads");
        page.is_none_or(|page| !page.reset)
    }

    /// The rows of an account: kind and id to value.
    pub fn rows(&self, account: i64) -> BTreeMap<(String, String), String> {
        let page = streams::page(&self.connection, self.me(account), None, None, &[]).expect("reads");
        let rows = page.map(|page| page.rows).unwrap_or_default();
        rows.into_iter().filter_map(|row| Some(((row.kind, row.id), row.value?.get().to_string()))).collect()
    }

    fn me(&self, account: i64) -> streams::StreamKey {
        streams::find(&self.connection, Some(account), ME).expect("reads").expect("an account has its stream")
    }

    /// A row of a kind that no app knows yet.
    pub fn write_unknown(&mut self, account: i64, n: u64) {
        let stream = self.me(account);
        let row = NewRow { kind: "future".into(), id: format!("f{}", n % 3), value: Some(format!("{{\"n\":{n}}}")) };
        self.write(move |conn, random| streams::commit(conn, stream, [row], random)).expect("writes");
    }
}

/// A new device takes the place of the one that its phone was, and the ledger hears of it.
fn succeed(
    conn: &Connection,
    ledger: &Mutex<Vec<Entry>>,
    signed: SignedIn,
    was: Option<DeviceId>,
    now: i64,
) -> Result<SignedIn, Error> {
    if let Some(was) = &was {
        accounts::succeed(conn, &signed, was)?;
    }
    ledger.lock().push(accounts::entry_of(&signed, was, now));
    Ok(signed)
}

fn refused(info: ErrorInfo) -> Answered {
    Answered { status: info.code.status(), body: codec::pack(&ErrorBody { error: info }, false), exchange: None }
}

fn copy_to(from: &Connection, to: &mut rusqlite::Connection) {
    Backup::new(from.sqlite().expect("embedded"), to).and_then(|backup| backup.step(-1)).expect("copies");
}

fn reply(signed: SignedIn, now: i64) -> SignInReply {
    SignInReply {
        token: signed.token,
        device: signed.session.device,
        account: signed.session.account_id,
        company: id(qadam_domain::ids::CompanyId::new("company")),
        distributor: signed.distributor,
        server_time: now,
    }
}
