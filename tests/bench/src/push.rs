//! Pushes: how fast the outbox empties into a vendor's server on this machine, beside the same client that sends the same without an outbox.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use qadam_backend::accounts::hash_of;
use qadam_backend::error::Error;
use qadam_backend::params;
use qadam_backend::push::{self, Alert, To, vendor};
use qadam_backend::store::{self, Connection, Database, atomically};
use qadam_backend::{config, publish};
use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::report::{Case, Figure};
use crate::server::{self, Server};

const PHONES: usize = 50_000;
/// As many requests as a server has under way.
const FLYING: usize = 256;
const TOPIC: &str = "app.qadam";

/// What the sink says of what it got.
#[derive(Deserialize)]
struct Told {
    count: usize,
    /// From the first to the last.
    micros: u64,
}

pub fn cases(folder: &Path) -> Vec<Case> {
    let runtime = Runtime::new().expect("a runtime");
    let floor = bare(&runtime);
    let mut cases = vec![outbox(&runtime, &folder.join("embedded"), None, floor)];
    if let Ok(url) = std::env::var("QADAM_TEST_POSTGRES") {
        cases.push(outbox(&runtime, &folder.join("shared"), Some(url), floor));
    }
    cases
}

fn outbox(runtime: &Runtime, folder: &Path, database: Option<String>, floor: Figure) -> Case {
    std::fs::create_dir_all(folder).expect("a folder");
    drop(server::prepare_content(folder));
    let place = database.clone().map_or_else(|| Database::from(folder), Database::Postgres);
    let conn = store::open(&place).expect("opens");
    if database.is_some() {
        let from = store::open(folder).expect("opens");
        let copied: Result<(), store::StoreError> =
            from.snapshot(|| atomically(&conn, || store::copy_all(&from, &conn)));
        copied.expect("copies");
    }
    atomically::<_, Error>(&conn, || fill(&conn)).expect("fills");
    drop(conn);
    let sink = Server::sink();
    let settings = settings(folder, &sink);
    let server = Server::start_with(folder, database.as_deref(), &["--push", settings.to_str().expect("text")]);
    let told = wait(runtime, &sink, PHONES);
    let name = if database.is_some() { "pushes from the outbox, on PostgreSQL" } else { "pushes from the outbox" };
    let note = format!("{PHONES} phones; claimed, sent by HTTP/2, and noted, with fsync");
    let memory = server.memory().peak();
    Case::new(name, rate(&told)).floor("the same client without an outbox", floor).memory(None, memory).note(note)
}

/// The same requests, and nothing else.
fn bare(runtime: &Runtime) -> Figure {
    let sink = Server::sink();
    let client = vendor::client(Vec::new()).expect("a client");
    let next = Arc::new(AtomicUsize::new(0));
    let payload = r#"{"aps":{"alert":{"loc-key":"first_sale_body_kk","title-loc-key":"first_sale_title_kk"},"content-available":1},"id":"0123456789abcdef","qadam":"nudge","rule":"first-sale"}"#;
    runtime.block_on(async {
        let mut flying = tokio::task::JoinSet::new();
        for _ in 0..FLYING {
            let (client, next, url) = (client.clone(), next.clone(), sink.url());
            flying.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= PHONES {
                        return;
                    }
                    let request = client
                        .post(format!("{url}/3/device/{n:064x}"))
                        // As long as a provider token.
                        .header("authorization", "bearer ".to_string() + &"x".repeat(190))
                        .header("apns-topic", TOPIC)
                        .header("apns-push-type", "alert")
                        .header("apns-priority", "10")
                        .header("apns-expiration", "1800000000")
                        .header("apns-collapse-id", "0123456789abcdef")
                        .header("apns-id", format!("{n:08x}-0000-8000-8000-000000000000"))
                        .body(payload);
                    request.send().await.expect("is answered").bytes().await.expect("is read");
                }
            });
        }
        while let Some(done) = flying.join_next().await {
            done.expect("sends");
        }
    });
    rate(&wait(runtime, &sink, PHONES))
}

fn rate(told: &Told) -> Figure {
    Figure::Rate(told.count as f64 / Duration::from_micros(told.micros).as_secs_f64())
}

fn wait(runtime: &Runtime, sink: &Server, count: usize) -> Told {
    let begun = Instant::now();
    let client = vendor::client(Vec::new()).expect("a client");
    loop {
        let text = runtime.block_on(async { client.get(format!("{}/told", sink.url())).send().await?.text().await });
        let told: Told = serde_json::from_str(&text.expect("is answered")).expect("JSON");
        if told.count >= count {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(300), "{} of {count} came", told.count);
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Phones of one person, with a nudge for each.
fn fill(conn: &Connection) -> Result<(), Error> {
    let releases = publish::releases(conn)?;
    let release = releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let (account, _) = server::add(conn, &release, "aigul", None)?;
    conn.execute("DELETE FROM push_round", [])?;
    let now = config::now();
    for n in 0..PHONES {
        let device: i64 = conn.query_row(
            "INSERT INTO device (public, account, name, token, signed_in, since, heard) VALUES (?1, ?2, '', ?3, ?4, ?4, ?4) RETURNING id",
            params![format!("{n:016x}"), account, hash_of(&n.to_string()), now],
            |row| row.get(0),
        )?;
        conn.execute(
            "INSERT INTO push_token (device, vendor, token, app, sandbox, permission, locale, registered, woken) VALUES (?1, 'apns', ?2, ?3, 0, 1, 'kk', ?4, 0)",
            params![device, format!("{n:064x}"), TOPIC, now],
        )?;
    }
    let (title, body) = ("first_sale_title", "first_sale_body");
    let alert = Alert { id: "0123456789abcdef", rule: "first-sale", title, body, due: now, expires: now + 86_400_000 };
    let sent = push::enqueue(conn, To::Account(account), &alert)?;
    assert_eq!(sent, PHONES);
    Ok(())
}

fn settings(folder: &Path, sink: &Server) -> std::path::PathBuf {
    let key = rcgen::KeyPair::generate().expect("a key of P-256").serialize_pem();
    std::fs::write(folder.join("key.p8"), key).expect("writes");
    let (file, url) = (folder.join("push.toml"), sink.url());
    let text = format!(
        "[apns]\nkey = \"key.p8\"\nkey_id = \"ABC123DEFG\"\nteam_id = \"DEF123GHIJ\"\ntopics = [\"{TOPIC}\"]\nendpoint = \"{url}\"\nsandbox_endpoint = \"{url}\"\n"
    );
    std::fs::write(&file, text).expect("writes");
    file
}
