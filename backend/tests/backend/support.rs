//! A company with two lessons, people, devices, requests.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use qadam_backend::accounts::{self, NewUser, Session, SignedIn};
use qadam_backend::app::App;
use qadam_backend::blobs::Blobs;
use qadam_backend::config::Config;
use qadam_backend::content::{self, Compiled};
use qadam_backend::error::Error;
use qadam_backend::publish::{self, Published};
use qadam_backend::store::{self, Connection, Database, atomically};
use qadam_backend::{http, sync};
use qadam_domain::awards::{Awards, Badge, BadgeCondition, PointsRule};
use qadam_domain::company::{Locale, Market};
use qadam_domain::event::{EventKind, QuizAnswer};
use qadam_domain::ids::{BadgeId, CompanyId, CourseId, DeviceId, EventId, LessonId, MarketId, QuestionId, ReleaseId};
use qadam_domain::learning::{Answer, AnswerKey, Course, FULL, Lesson, Question};
use qadam_domain::records::{Clock, Edit};
use qadam_domain::release::{Release, Releases};
use qadam_domain::reviews::ReviewPlan;
use qadam_domain::time::Millis;
use qadam_protocol::error::{ErrorBody, ErrorInfo};
use qadam_protocol::mutation::{Arose, Body as Say, Mutation};
use qadam_protocol::sync::{ClockReading, Cursor, ME, Page, SyncReply, SyncRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tower::ServiceExt;

pub use crate::place::{Place, blocking};

/// 2026-11-24T00:00Z
pub const NOW: Millis = 1_795_478_400_000;
pub const PASSWORD: &str = "a good password";

pub fn lesson(id: &str, after: &[&str]) -> Lesson {
    let question =
        |id: &str| Question { id: QuestionId::new(id).expect("an id"), key: AnswerKey::TrueFalse { answer: true } };
    Lesson {
        id: LessonId::new(id).expect("an id"),
        minutes: 4,
        points: 20,
        pass: FULL,
        draw: 1,
        wait: 0,
        after: after.iter().map(|id| LessonId::new(*id).expect("an id")).collect(),
        questions: vec![question("q1")],
        media: Vec::new(),
    }
}

/// `lessons` in one course; the first badge comes with the first lesson.
pub fn compiled(lessons: &[&str]) -> Compiled {
    let course = Course {
        id: CourseId::new("first-steps").expect("an id"),
        lessons: lessons.iter().map(|id| lesson(id, &[])).collect(),
    };
    let badge = Badge {
        id: BadgeId::new("first-lesson").expect("an id"),
        points: 10,
        when: BadgeCondition::LessonsCompleted(1),
        ended: None,
    };
    let market = Market {
        id: MarketId::new("kz").expect("an id"),
        currency: "KZT".into(),
        locales: vec![Locale::Kk],
        time_zone: "Asia/Almaty".into(),
        period_ends: Vec::new(),
    };
    let release = Release {
        serial: 0,
        company: CompanyId::new("altyn").expect("an id"),
        default_locale: Locale::En,
        locales: vec![Locale::En, Locale::Kk],
        markets: vec![market],
        courses: vec![course],
        awards: Awards { points: PointsRule { review: 1, reviews_a_day: 10 }, levels: Vec::new(), badges: vec![badge] },
        reviews: ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 },
        ranks: Vec::new(),
        rules: Vec::new(),
        journey: None,
    };
    static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/content/company");
        content::check(&folder).0.expect("a company without a fault")
    });
    let mut compiled = COMPILED.clone();
    compiled.release = release;
    compiled.bundles.clear();
    compiled.media.clear();
    compiled
}

pub fn user(login: &str) -> NewUser {
    NewUser {
        login: login.into(),
        name: "Aigul".into(),
        market: MarketId::new("kz").expect("an id"),
        locale: Locale::Kk,
        sponsor: None,
        id: None,
    }
}

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Numbers that differ, and are the same in every run.
pub fn random(bytes: &mut [u8]) {
    for byte in bytes {
        let count = COUNT.with(|count| {
            count.set(count.get() + 1);
            count.get()
        });
        *byte = (count.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
    }
}

pub fn id(n: u64) -> EventId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    EventId(bytes)
}

/// As it arose at `wall` by a clock that is right.
pub fn arose(wall: Millis) -> Arose {
    Arose { wall, error: None, offset: 300, boot: "boot".into(), mono: wall, floor: 0 }
}

pub fn mutation(seq: u64, n: u64, say: &Say) -> Mutation {
    let (name, v, body) = say.encode();
    Mutation { id: id(n), seq, name: name.into(), v, at: arose(NOW), body }
}

/// What a newer app says.
pub fn unknown(seq: u64, n: u64, name: &str, body: &Value) -> Mutation {
    let body: Box<RawValue> = to_raw_value(body).expect("JSON");
    Mutation { id: id(n), seq, name: name.into(), v: 1, at: arose(NOW), body }
}

pub fn quiz(release: &ReleaseId, lesson: &str, answer: bool) -> Say {
    let lesson = LessonId::new(lesson).expect("an id");
    let answers =
        vec![QuizAnswer { question: QuestionId::new("q1").expect("an id"), answer: Answer::TrueFalse(answer) }];
    let kind = EventKind::QuizAnswered { lesson, locale: Locale::Kk, answers };
    Say::Event { release: release.clone(), kind }
}

pub fn put(id: &str, ms: Millis, fields: &[(&str, &str)]) -> Say {
    let fields = fields.iter().map(|(name, value)| ((*name).into(), Some((*value).into()))).collect();
    edit(id, ms, Edit::Put(fields))
}

pub fn edit(id: &str, ms: Millis, edit: Edit) -> Say {
    let device = DeviceId::new("00000000000000aa").expect("16 digits");
    Say::Record { kind: "contact".into(), id: id.into(), clock: Clock { ms, counter: 0, device }, edit }
}

pub fn request(mutations: Vec<Mutation>, me: Option<Cursor>) -> SyncRequest {
    SyncRequest {
        protocol: qadam_protocol::VERSION,
        now: ClockReading { wall: NOW, boot: "boot".into(), mono: NOW },
        acknowledged: None,
        mutations,
        cursors: [(ME.to_string(), me)].into(),
        rows: None,
        merge: None,
        backed: None,
    }
}

/// The values of a page by `kind/id`; `Null` for rows that are gone.
pub fn rows(page: &Page) -> BTreeMap<String, Value> {
    let value = |value: &Option<Box<RawValue>>| {
        value.as_ref().map_or(Value::Null, |value| serde_json::from_str(value.get()).expect("JSON"))
    };
    page.rows.iter().map(|row| (format!("{}/{}", row.kind, row.id), value(&row.value))).collect()
}

/// The rules without a server: one account.
pub struct World {
    pub conn: Connection,
    pub releases: Releases,
    pub release: ReleaseId,
    pub account: i64,
    pub now: Millis,
    pub blobs: BTreeMap<qadam_domain::ids::BlobHash, Vec<u8>>,
}

impl World {
    pub fn new() -> Self {
        Self::at(&Place::new())
    }

    pub fn at(place: &Place) -> Self {
        let conn = store::open(&place.database).expect("opens");
        let mut blobs = BTreeMap::new();
        let published =
            publish::publish(&conn, &mut blobs, &compiled(&["one", "two"]), NOW, &mut random, &mut |_| Ok(()))
                .expect("publishes");
        let releases = publish::releases(&conn).expect("reads");
        let newest = releases.newest_up_to(u64::MAX).expect("one").release.clone();
        let added = accounts::add_user(&conn, &newest, &user("aigul"), NOW, &mut random).expect("adds");
        Self { conn, releases, release: published.release, account: added.account, now: NOW, blobs }
    }

    pub fn sign_in(&self) -> SignedIn {
        accounts::register_device(&self.conn, self.account, "phone", self.now, &mut random).expect("signs in")
    }

    pub fn publish(&mut self, compiled: &Compiled) -> Published {
        let published = publish::publish(&self.conn, &mut self.blobs, compiled, self.now, &mut random, &mut |_| Ok(()))
            .expect("publishes");
        self.releases = publish::releases(&self.conn).expect("reads");
        published
    }

    pub fn try_sync(&self, session: &Session, request: &SyncRequest) -> Result<SyncReply, ErrorInfo> {
        sync::sync(&self.conn, &self.releases, session, request, self.now, &mut random, &|_| Ok(()))
            .map_err(|error| error.info())
    }

    pub fn sync(&self, session: &Session, mutations: Vec<Mutation>) -> SyncReply {
        self.try_sync(session, &request(mutations, None)).expect("syncs")
    }

    /// Everything in `me`.
    pub fn me(&self, session: &Session) -> BTreeMap<String, Value> {
        rows(&self.sync(session, Vec::new()).streams[ME])
    }

    /// Bytes of every row and every mutation, as text.
    pub fn dump(&self) -> String {
        let sql = "SELECT value FROM stream_row UNION ALL SELECT body FROM mutation";
        let mut statement = self.conn.prepare_cached(sql).expect("SQL");
        let texts = statement.query_all([], |row| row.get::<Option<String>>(0)).expect("reads");
        texts.into_iter().flatten().collect()
    }
}

impl Place {
    pub fn publish(&self, compiled: &Compiled) -> Published {
        self.publish_at(self.folder.path(), compiled)
    }

    /// Where the data folder is another.
    pub fn publish_at(&self, data: &Path, compiled: &Compiled) -> Published {
        let database = match &self.database {
            Database::Sqlite(_) => Database::from(data),
            shared => shared.clone(),
        };
        blocking(|| {
            let conn = store::open(&database).expect("opens");
            let mut blobs = Blobs::open(data).expect("opens");
            let random = &mut qadam_backend::random::system;
            let published = publish::publish(&conn, &mut blobs, compiled, NOW, random, &mut |_| Ok(()));
            if conn.sqlite().is_none() {
                blobs.share(&conn).expect("shares");
            }
            published.expect("publishes")
        })
    }
}

/// A server without a port.
pub struct Site {
    pub app: Arc<App>,
    pub router: Router,
    pub place: Place,
    pub release: ReleaseId,
    webhook: Option<PathBuf>,
    clock: Arc<AtomicI64>,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn error(&self) -> ErrorInfo {
        let ErrorBody { error } = self.json();
        assert_eq!(error.code.status(), self.status.as_u16());
        error
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Site {
    pub async fn new() -> Self {
        Self::at(Place::new()).await
    }

    pub async fn at(place: Place) -> Self {
        Self::with(place, None).await
    }

    /// With the keys of a back office.
    pub async fn with(place: Place, webhook: Option<PathBuf>) -> Self {
        let published = place.publish(&compiled(&["one", "two"]));
        let clock = Arc::new(AtomicI64::new(NOW));
        let app = Self::open(&place, place.folder.path(), webhook.clone(), &clock).await;
        Self { router: http::router(app.clone()), app, place, release: published.release, webhook, clock }
    }

    async fn open(place: &Place, data: &Path, webhook: Option<PathBuf>, clock: &Arc<AtomicI64>) -> Arc<App> {
        let database = match &place.database {
            Database::Sqlite(_) => None,
            Database::Postgres(url) => Some(url.clone()),
        };
        let told = clock.clone();
        let clock: Arc<dyn Fn() -> Millis + Send + Sync> = Arc::new(move || told.load(Ordering::SeqCst));
        App::open(&Config { clock, database, webhook, ..Config::local(data) }).await.expect("opens")
    }

    /// Another server on the same shared database, with a data folder of its own.
    pub async fn another(&self) -> Self {
        let place = Place { folder: tempfile::tempdir().expect("a folder"), database: self.place.database.clone() };
        let data = if let Database::Sqlite(folder) = &place.database { folder } else { place.folder.path() };
        let webhook = self.webhook.clone();
        let app = Self::open(&place, data, webhook.clone(), &self.clock).await;
        let (release, clock) = (self.release.clone(), self.clock.clone());
        Self { router: http::router(app.clone()), app, place, release, webhook, clock }
    }

    pub fn pass(&self, time: Millis) {
        self.clock.fetch_add(time, Ordering::SeqCst);
    }

    /// An account that can sign in.
    pub async fn invite(&self, login: &str) -> String {
        let user = user(login);
        let release = self.app.cache.releases().newest_up_to(u64::MAX).expect("one").release.clone();
        let now = self.app.now();
        let added = self.app.store.write::<_, Error, _>(move |conn| {
            accounts::add_user(conn, &release, &user, now, &mut qadam_backend::random::system)
        });
        added.await.expect("adds").code
    }

    /// A signed-in device of a new account: without the cost of a password.
    pub async fn join(&self, login: &str) -> SignedIn {
        self.invite(login).await;
        self.device(login).await
    }

    /// Another device of an account.
    pub async fn device(&self, login: &str) -> SignedIn {
        let (login, now) = (login.to_string(), self.app.now());
        let registered = self.app.store.write::<_, Error, _>(move |conn| {
            let account = conn.query_row("SELECT id FROM account WHERE login = ?1", [login], |row| row.get(0))?;
            accounts::register_device(conn, account, "phone", now, &mut qadam_backend::random::system)
        });
        registered.await.expect("registers")
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, path: &str, token: Option<&str>, headers: &[(&str, &str)]) -> Reply {
        self.call("GET", path, token, headers, Vec::new()).await
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: &impl Serialize) -> Reply {
        let body = serde_json::to_vec(body).expect("JSON");
        self.call("POST", path, token, &[("content-type", "application/json")], body).await
    }

    pub async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }
}

/// Runs as one, as the writer does.
pub fn together<T>(conn: &Connection, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    atomically(conn, work)
}
