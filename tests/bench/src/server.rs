//! The server as a process of its own: the real `qadam-backend serve`, and beside it a route that returns a constant.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::routing::{get, post};
use qadam_backend::accounts::{self, NewUser};
use qadam_backend::blobs::Blobs;
use qadam_backend::publish::BlobSink;
use qadam_backend::store::{self, Connection, atomically};
use qadam_backend::streams::{self, NewRow};
use qadam_backend::{config, random};
use qadam_domain::company::Locale;
use qadam_domain::contacts::{contact, interaction};
use qadam_domain::ids::{BlobHash, DeviceId, MarketId};
use qadam_domain::records::{Clock, Edit, Record};
use qadam_domain::release::Release;
use qadam_protocol::content::{BlobRef, MANIFEST_ID, MANIFEST_KIND, Manifest, STREAM};
use qadam_protocol::sync::ME;

use crate::content::{self, MARKET, id};
use crate::measure::{Chance, Memory};

pub const CONTACTS: usize = 100_000;
/// Talks with the first of them.
pub const TALKS: usize = 5_000;

pub const LOGIN: &str = "aigul";
const ROLE: &str = "QADAM_BENCH_ROLE";
const LISTENING: &str = "listening on http://";

/// What this process is where it was started by [`Server::start`] or [`constant`]; `None` in the bench itself.
pub fn role() -> Option<ExitCode> {
    match std::env::var(ROLE).ok()?.as_str() {
        "server" => Some(qadam_backend::cli::main()),
        "constant" => Some(serve_constant()),
        "sink" => Some(serve_sink()),
        "phone" => Some(crate::team::first_sync()),
        _ => None,
    }
}

/// A process that answers; ended when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// The real server, with its log as in earnest, written to nowhere.
    pub fn start(data: &Path) -> Self {
        Self::start_on(data, None)
    }

    /// With a database of PostgreSQL, by its URL.
    pub fn start_on(data: &Path, database: Option<&str>) -> Self {
        Self::start_with(data, database, &[])
    }

    /// With more arguments.
    pub fn start_with(data: &Path, database: Option<&str>, more: &[&str]) -> Self {
        let data = data.to_str().expect("a temporary folder's name is text");
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--data", data];
        arguments.extend(database.into_iter().flat_map(|url| ["--database", url]));
        arguments.extend(more);
        Self::spawn("server", &arguments)
    }

    /// The floor: axum with one route and nothing else.
    pub fn constant() -> Self {
        Self::spawn("constant", &[])
    }

    /// A push service that takes whatever comes.
    pub fn sink() -> Self {
        Self::spawn("sink", &[])
    }

    fn spawn(role: &str, arguments: &[&str]) -> Self {
        let own = std::env::current_exe().expect("this program is a file");
        let mut child = Command::new(own)
            .args(arguments)
            .env(ROLE, role)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the server tells its address");
        let address = line.trim().strip_prefix(LISTENING).and_then(|address| address.parse().ok());
        Self { child, address: address.expect("the server listens") }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn memory(&self) -> Memory {
        Memory(self.child.id())
    }
}

/// This program again, as a phone that is measured alone. Gives what it says.
pub fn phone_apart(arguments: &[&str]) -> String {
    let own = std::env::current_exe().expect("this program is a file");
    let output = Command::new(own).args(arguments).env(ROLE, "phone").output().expect("this program starts");
    String::from_utf8(output.stdout).expect("text")
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve_constant() -> ExitCode {
    // As long as the reply to an idle sync.
    let reply = || async {
        ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], r#"{"server_time":1700000000000}"#)
    };
    serve_router(Router::new().route("/constant", post(reply)))
}

fn serve_sink() -> ExitCode {
    let begun = Instant::now();
    // How many came, and when the first and the last did, in microseconds.
    let (count, first, last) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let told = (count.clone(), first.clone(), last.clone());
    let take = move |headers: HeaderMap, _: Bytes| {
        let now = begun.elapsed().as_micros() as u64;
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            first.store(now, Ordering::Relaxed);
        }
        last.fetch_max(now, Ordering::Relaxed);
        let id = headers.get("apns-id").cloned();
        std::future::ready(id.map(|id| [(HeaderName::from_static("apns-id"), id)]).ok_or(StatusCode::BAD_REQUEST))
    };
    let tell = move || {
        let [count, first, last] = [&told.0, &told.1, &told.2].map(|number| number.load(Ordering::Relaxed));
        std::future::ready(format!("{{\"count\":{count},\"micros\":{}}}", last.saturating_sub(first)))
    };
    serve_router(Router::new().route("/3/device/{token}", post(take)).route("/told", get(tell)))
}

fn serve_router(router: Router) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let listener = axum::serve::ListenerExt::tap_io(listener, |tcp| {
            let _ = tcp.set_nodelay(true);
        });
        let address = axum::serve::Listener::local_addr(&listener).expect("it is bound");
        let mut out = std::io::stdout();
        writeln!(out, "{LISTENING}{address}").and_then(|()| out.flush()).expect("who started it reads");
        axum::serve(listener, router).await.expect("serves");
    });
    ExitCode::SUCCESS
}

/// A data folder with content and one account that holds [`CONTACTS`] contacts. Gives the invite code and the contacts' ids.
pub fn prepare(data: &Path) -> (String, Vec<String>) {
    let (connection, release) = prepare_content(data);
    fill(&connection, |connection| add(connection, &release, LOGIN, None))
}

/// The same with the sample company's content, as its command publishes it.
pub fn prepare_sample(data: &Path) -> String {
    let own = std::env::current_exe().expect("this program is a file");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../backend/sample");
    let published = Command::new(own)
        .args(["content", "publish"])
        .arg(sample)
        .arg("--data")
        .arg(data)
        .env(ROLE, "server")
        .stdout(Stdio::null())
        .status();
    assert!(published.expect("this program starts").success(), "the sample is sound");
    let connection = store::open(data).expect("a database opens");
    let releases = qadam_backend::publish::releases(&connection).expect("they can be read");
    let newest = releases.newest_up_to(u64::MAX).expect("one was published").clone();
    let user = NewUser {
        login: LOGIN.into(),
        name: "Aigul".into(),
        market: id(MarketId::new("kz")),
        locale: Locale::Kk,
        sponsor: None,
        id: None,
    };
    let (code, _) = fill(&connection, |connection| {
        let added = accounts::add_user(connection, &newest.release, &user, config::now(), &mut random::system)?;
        Ok((added.account, added.code))
    });
    code
}

/// Adds a person, who gets [`CONTACTS`] contacts. Gives the invite code and the contacts' ids.
fn fill(
    connection: &Connection,
    add: impl FnOnce(&Connection) -> Result<(i64, String), qadam_backend::error::Error>,
) -> (String, Vec<String>) {
    let (rows, ids) = rows(config::now());
    let code = atomically::<_, qadam_backend::error::Error>(connection, || {
        let (account, code) = add(connection)?;
        let me = streams::ensure(connection, Some(account), ME, &mut random::system)?;
        streams::commit(connection, me, rows, &mut random::system)?;
        connection.execute("UPDATE account SET records = ?2 WHERE id = ?1", (account, (CONTACTS + TALKS) as i64))?;
        Ok(code)
    });
    (code.expect("a fresh database takes it"), ids)
}

/// A data folder with content and these people, by log-in name and the company's id. Gives the invite codes.
pub fn prepare_people(data: &Path, people: &[(&str, String)]) -> Vec<String> {
    let (connection, release) = prepare_content(data);
    let codes = people.iter().map(|(login, id)| Ok(add(&connection, &release, login, Some(id.clone()))?.1));
    codes.collect::<Result<_, qadam_backend::error::Error>>().expect("a fresh database takes them")
}

/// Adds a person. Gives the account and the invite code.
pub fn add(
    connection: &Connection,
    release: &Release,
    login: &str,
    number: Option<String>,
) -> Result<(i64, String), qadam_backend::error::Error> {
    let user = NewUser {
        login: login.into(),
        name: "Aigul".into(),
        market: id(MarketId::new(MARKET)),
        locale: Locale::En,
        sponsor: None,
        id: number,
    };
    let added = accounts::add_user(connection, release, &user, config::now(), &mut random::system)?;
    Ok((added.account, added.code))
}

/// A data folder with content and nobody.
pub fn prepare_content(data: &Path) -> (Connection, Release) {
    let connection = store::open(data).expect("a fresh database opens");
    let mut random = random::system;
    let now = config::now();
    let release = content::release();
    let mut blobs = Blobs::open(data).expect("a fresh folder");
    let mut keep = |bytes: &[u8]| {
        let hash = BlobHash::of(bytes);
        blobs.put(&hash, bytes).expect("stores a blob");
        BlobRef { hash, size: bytes.len() as u64 }
    };
    let bytes = release.to_bytes();
    let bundle = serde_json::to_vec(&content::bundle(&release)).expect("a bundle is JSON");
    let manifest =
        Manifest { release: keep(&bytes), bundles: [(Locale::En, keep(&bundle))].into(), media: Default::default() };
    let manifest = serde_json::to_string(&manifest).expect("a manifest is JSON");
    let published = atomically::<_, qadam_backend::error::Error>(&connection, || {
        connection.execute(
            "INSERT INTO release (id, serial, published, bytes) VALUES (?1, 1, ?2, ?3)",
            (Release::id_of(&bytes).as_str(), now, &bytes),
        )?;
        let catalog = streams::ensure(&connection, None, STREAM, &mut random)?;
        let row = NewRow { kind: MANIFEST_KIND.into(), id: MANIFEST_ID.into(), value: Some(manifest) };
        streams::commit(&connection, catalog, [row], &mut random)
    });
    published.expect("a fresh database takes it");
    (connection, release)
}

/// Contacts as phones make them, and talks with the first of them.
fn rows(now: i64) -> (Vec<NewRow>, Vec<String>) {
    const FIRST: [&str; 12] =
        ["Aigul", "Maria", "José", "Светлана", "Dana", "Carlos", "Әсел", "Elena", "Nurlan", "Ana", "Timur", "Lucía"];
    const LAST: [&str; 12] = [
        "Nurlanova",
        "García",
        "Иванова",
        "Kim",
        "Pérez",
        "Ахметова",
        "López",
        "Smagulova",
        "Ortiz",
        "Petrov",
        "Torres",
        "Sadykova",
    ];
    let mut chance = Chance(7);
    let device = id(DeviceId::new("00c0ffee00c0ffee"));
    let mut at = now - 90 * 24 * 3_600_000;
    let mut row = |kind: &str, fields: Vec<(&str, String)>, chance: &mut Chance| {
        at += 1 + chance.below(60_000) as i64;
        let id = format!("{at:012x}7{:03x}{:016x}", chance.below(4_096), chance.next() | 1 << 63);
        let fields = fields.into_iter().map(|(name, value)| (name.to_string(), Some(value))).collect();
        let mut record = Record::default();
        record.merge(&Edit::Put(fields), &Clock { ms: at, counter: 0, device: device.clone() });
        let value = serde_json::to_string(&record).expect("a record is JSON");
        NewRow { kind: kind.into(), id, value: Some(value) }
    };
    let mut rows = Vec::with_capacity(CONTACTS + TALKS);
    for _ in 0..CONTACTS {
        let name = format!("{} {}", FIRST[chance.below(12)], LAST[chance.below(12)]);
        let phone = format!("+7 70{} {:03} {:04}", chance.below(10), chance.below(1_000), chance.below(10_000));
        let note = ["", "Met at the market", "Asked about the starter set"][chance.below(3)];
        let mut fields = vec![(contact::NAME, name), (contact::PHONE, phone)];
        if !note.is_empty() {
            fields.push((contact::NOTE, note.to_string()));
        }
        rows.push(row(contact::KIND, fields, &mut chance));
    }
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    for talk in 0..TALKS {
        let fields = vec![
            (interaction::CONTACT, ids[talk / 2 * 10].clone()),
            (interaction::AT, (now - chance.below(1_000_000_000) as i64).to_string()),
            (interaction::CHANNEL, "call".to_string()),
        ];
        rows.push(row(interaction::KIND, fields, &mut chance));
    }
    (rows, ids)
}
