//! The server of a run: the real sync over a database in memory.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use qadam_backend::accounts::{self, NewUser, Session};
use qadam_backend::blobs::Blobs;
use qadam_backend::error::Error;
use qadam_backend::gaps::{self, Gap};
use qadam_backend::ledger::{self, Entry};
use qadam_backend::store::{self, Connection, StoreError};
use qadam_backend::streams::{self, NewRow};
use qadam_backend::sync;
use qadam_backend::team::documents::{Documents, Plan};
use qadam_backend::team::import;
use qadam_domain::company::Locale;
use qadam_domain::ids::{BlobHash, DeviceId, MarketId};
use qadam_domain::release::{IndexedRelease, Releases};
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::codec::{self, Packed};
use qadam_protocol::content::{MANIFEST_ID, MANIFEST_KIND, STREAM};
use qadam_protocol::error::{ErrorBody, ErrorInfo};
use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, ME, SyncReply, SyncRequest};
use qadam_protocol::team;

use crate::chance::Chance;
use crate::content::{MARKET, Published, id};
use crate::model::record_of;

pub struct Server {
    pub connection: Connection,
    backups: Vec<Connection>,
    pub releases: Releases,
    documents: Documents,
    /// As it lies beside the backups.
    ledger: RefCell<Vec<Entry>>,
    folder: PathBuf,
    chance: Chance,
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
    pub fn new(chance: Chance, folder: &Path) -> Self {
        let connection = store::open_in_memory().expect("a database in memory opens");
        let documents = Documents::open(folder).expect("a folder");
        Self {
            connection,
            backups: Vec::new(),
            releases: Releases::default(),
            documents,
            ledger: RefCell::default(),
            folder: folder.into(),
            chance,
        }
    }

    /// The company's file of its tree.
    pub fn import_team(&mut self, csv: &str, now: i64) {
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
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

    /// A new release: known to the server, named by the manifest, and what was kept for it folded.
    pub fn publish(&mut self, published: &Published, now: i64, with_release: bool) {
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        let manifest = serde_json::to_string(&published.manifest).expect("a manifest is JSON");
        let stream = streams::ensure(&self.connection, None, STREAM, &mut random).expect("writes");
        let row = NewRow { kind: MANIFEST_KIND.into(), id: MANIFEST_ID.into(), value: Some(manifest) };
        streams::commit(&self.connection, stream, [row], &mut random).expect("writes");
        if with_release {
            self.know(published, now);
        }
    }

    /// The release is there (again).
    pub fn know(&mut self, published: &Published, now: i64) {
        let release = IndexedRelease::from_bytes(&published.release.to_bytes()).expect("a release reads");
        self.releases.insert(Arc::new(release));
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        sync::fold_kept(&self.connection, &self.releases, now, &mut random).expect("folds");
    }

    /// An account that can sign in.
    pub fn add_account(&mut self, n: usize, published: &Published, now: i64) -> i64 {
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        let user = NewUser {
            login: format!("login-{n}"),
            name: format!("Name {n}"),
            market: id(MarketId::new(MARKET)),
            locale: Locale::En,
            sponsor: None,
            id: None,
        };
        accounts::add_user(&self.connection, &published.release, &user, now, &mut random).expect("adds").account
    }

    /// `was`: the device that the phone was before.
    pub fn sign_in(&mut self, account: i64, was: Option<DeviceId>, now: i64) -> SignInReply {
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        let signed = accounts::register_device(&self.connection, account, "phone", now, &mut random).expect("signs in");
        self.succeed(signed, was, now)
    }

    fn succeed(&self, signed: accounts::SignedIn, was: Option<DeviceId>, now: i64) -> SignInReply {
        if let Some(was) = &was {
            accounts::succeed(&self.connection, &signed, was).expect("writes");
        }
        self.ledger.borrow_mut().push(accounts::entry_of(&signed, was, now));
        reply(signed, now)
    }

    pub fn fork(&mut self, token: &str, now: i64) -> Option<SignInReply> {
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        let session = self.session(token, now)?;
        let signed = accounts::fork(&self.connection, &session, now, &mut random).ok()?;
        Some(self.succeed(signed, Some(session.device), now))
    }

    fn session(&self, token: &str, now: i64) -> Option<Session> {
        let session = accounts::session_of(&self.connection, &accounts::hash_of(token), now).ok()?;
        if !accounts::is_heard_today(&session, now) {
            accounts::heard(&self.connection, &session, now).expect("writes");
        }
        Some(session)
    }

    /// `POST /v1/sync`, from bytes to bytes.
    pub fn sync(&mut self, token: &str, body: &Packed, now: i64, mishap: Mishap) -> Answered {
        let refused = |info: ErrorInfo| Answered {
            status: info.code.status(),
            body: codec::pack(&ErrorBody { error: info }, false),
            exchange: None,
        };
        let Some(session) = self.session(token, now) else {
            return refused(ErrorInfo {
                code: qadam_protocol::error::ErrorCode::Unauthorized,
                detail: String::new(),
                retry_after: None,
                expected: None,
            });
        };
        let mut request: SyncRequest =
            codec::unpack(&body.bytes, body.zstd, limits::BODY).expect("the engine's requests read");
        // Small pages, so that a stream takes several.
        request.rows = Some(7);
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        let note = |entries: &[Entry]| {
            if mishap == Mishap::Ledger && !entries.is_empty() {
                return Err(Error::from(StoreError::Io {
                    path: "ledger".into(),
                    source: io::ErrorKind::StorageFull.into(),
                }));
            }
            self.ledger.borrow_mut().extend_from_slice(entries);
            Ok(())
        };
        let run = |sql| self.connection.execute_batch(sql).expect("runs");
        run("BEGIN IMMEDIATE");
        let synced = sync::sync(&self.connection, &self.releases, &session, &request, now, &mut random, &note);
        if mishap == Mishap::Crash {
            run("ROLLBACK");
            return refused(ErrorInfo {
                code: qadam_protocol::error::ErrorCode::Internal,
                detail: String::new(),
                retry_after: None,
                expected: None,
            });
        }
        run("COMMIT");
        match synced {
            Ok(mut reply) => {
                self.complete(session.account, &request, &mut reply);
                Answered { status: 200, body: codec::pack(&reply, true), exchange: Some((request, reply)) }
            }
            Err(error) => {
                sync::note_refusal(&self.connection, &session, &error, now).expect("writes");
                refused(error.info())
            }
        }
    }

    /// `POST /v1/repair`, from bytes to bytes.
    pub fn repair(&self, token: &str, body: &Packed, now: i64) -> Packed {
        let session = self.session(token, now).expect("a device that has just synced is signed in");
        let request = codec::unpack(&body.bytes, body.zstd, limits::BODY).expect("the engine's requests read");
        let reply = sync::repair(&self.connection, &session, &request, now).expect("a repair");
        codec::pack(&reply, true)
    }

    /// Takes a backup and gives its number.
    pub fn back_up(&mut self, now: i64) -> usize {
        let copy = copy_of(&self.connection);
        let serial = store::serial(&copy).expect("reads");
        self.ledger.borrow_mut().push(Entry::BackedUp { serial, at: now });
        store::register_backup(&self.connection, &copy, &format!("backup {}", self.backups.len()), now)
            .expect("writes");
        self.backups.push(copy);
        self.backups.len() - 1
    }

    pub fn backups(&self) -> usize {
        self.backups.len()
    }

    /// The server is as it was; with `announced` every stream has another epoch.
    pub fn restore(&mut self, backup: usize, announced: bool, now: i64) {
        let copy = &self.backups[backup];
        self.connection = copy_of(copy);
        // It could be restored from the same again.
        store::register_backup(&self.connection, copy, &format!("backup {backup}"), now).expect("writes");
        let entries = self.ledger.borrow();
        if announced {
            let chance = self.chance.clone();
            let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
            let serial = store::serial(copy).expect("reads");
            gaps::note(&self.connection, gaps::taken(&entries, serial), now).expect("writes");
            gaps::find(&self.connection, &entries, now).expect("writes");
            streams::rotate_all(&self.connection, &mut random).expect("writes");
            let mut blobs = Blobs::open(&self.folder).expect("a folder");
            ledger::replay(&self.connection, &mut blobs, &self.folder, &entries, now, &mut random).expect("replays");
        } else {
            // As every start does.
            gaps::find(&self.connection, &entries, now).expect("writes");
        }
    }

    /// The devices that have not been back since a restore.
    pub fn gaps(&self) -> Vec<Gap> {
        gaps::list(&self.connection).expect("reads")
    }

    /// Whether a phone that holds an account's rows so far holds what the server has.
    pub fn is_current(&self, account: i64, cursor: &Cursor) -> bool {
        let stream = streams::find(&self.connection, Some(account), ME).expect("reads").expect("it has its stream");
        let page = streams::page(&self.connection, stream, Some(cursor), Some(1), &[]).expect("reads");
        page.is_none_or(|page| !page.reset)
    }

    /// Records of an account of which something is left that mutations say: kind and id.
    pub fn told_of(&self, account: i64) -> BTreeSet<(String, String)> {
        let sql = "SELECT body FROM mutation WHERE account = ?1 AND body IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql).expect("reads");
        let bodies = statement.query_all([account], |row| row.get::<String>(0)).expect("reads");
        bodies.iter().filter_map(|body| record_of(body)).collect()
    }

    /// The rows of an account: kind and id to value.
    pub fn rows(&self, account: i64) -> BTreeMap<(String, String), String> {
        let stream =
            streams::find(&self.connection, Some(account), ME).expect("reads").expect("an account has its stream");
        let page = streams::page(&self.connection, stream, None, None, &[]).expect("reads");
        let rows = page.map(|page| page.rows).unwrap_or_default();
        rows.into_iter().filter_map(|row| Some(((row.kind, row.id), row.value?.get().to_string()))).collect()
    }

    /// A row of a kind that no app knows yet.
    pub fn write_unknown(&mut self, account: i64, n: u64) {
        let chance = self.chance.clone();
        let mut random = |bytes: &mut [u8]| qadam_engine::platform::Random::fill(&chance, bytes);
        let stream =
            streams::find(&self.connection, Some(account), ME).expect("reads").expect("an account has its stream");
        let row = NewRow { kind: "future".into(), id: format!("f{}", n % 3), value: Some(format!("{{\"n\":{n}}}")) };
        streams::commit(&self.connection, stream, [row], &mut random).expect("writes");
    }
}

fn copy_of(connection: &Connection) -> Connection {
    let (from, mut copy) =
        (connection.sqlite().expect("embedded"), rusqlite::Connection::open_in_memory().expect("opens"));
    rusqlite::backup::Backup::new(from, &mut copy).and_then(|backup| backup.step(-1)).expect("copies");
    copy.into()
}

fn reply(signed: accounts::SignedIn, now: i64) -> SignInReply {
    SignInReply {
        token: signed.token,
        device: signed.session.device,
        account: signed.session.account_id,
        company: id(qadam_domain::ids::CompanyId::new("company")),
        distributor: signed.distributor,
        server_time: now,
    }
}
