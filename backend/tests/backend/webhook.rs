//! The back office's webhook: who signed, when, once; and what came of it.

use std::path::Path;

use axum::http::StatusCode;
use qadam_backend::ledger;
use qadam_backend::restore::restore;
use qadam_backend::results::webhook::{KEY, SIGNATURE, TIME, WINDOW};
use qadam_backend::{random, store};
use qadam_domain::time::Millis;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::sync::SyncReply;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::{NOW, Place, Reply, Site, blocking, request, rows};

const SALES: &str = "/v1/results/sales";
const HEADER: &str = "id,version,distributor,day,volume,buyer,status\n";
const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [9; 32];

fn write_keys(file: &Path, keys: &[(&str, &[u8])]) {
    let sections =
        keys.iter().map(|(id, secret)| format!("[[key]]\nid = \"{id}\"\nsecret = \"{}\"\n", hex::encode(secret)));
    std::fs::write(file, sections.collect::<String>()).expect("writes");
}

/// A server with one key, and the file of the keys.
async fn site() -> (Site, std::path::PathBuf) {
    let place = Place::new();
    let file = place.folder.path().join("webhook.toml");
    write_keys(&file, &[("old", &OLD)]);
    (Site::with(place, Some(file.clone())).await, file)
}

/// As SPEC.md says, section 6.1.
fn signature(secret: &[u8], at: Millis, target: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hex::encode(hmac::sign(&key, format!("{at}\n{target}\n{body}").as_bytes()))
}

async fn send(site: &Site, target: &str, at: Millis, key: &str, signature: &str, body: &str) -> Reply {
    let at = at.to_string();
    let headers = [("content-type", "text/csv"), (TIME, &at), (KEY, key), (SIGNATURE, signature)];
    site.call("POST", target, None, &headers, body.into()).await
}

async fn signed(site: &Site, target: &str, at: Millis, body: &str) -> Reply {
    send(site, target, at, "old", &signature(&OLD, at, target, body), body).await
}

fn sale(order: &str, version: u64, distributor: &str, status: &str) -> String {
    format!("{HEADER}{order},{version},{distributor},2026-11-20,300,customer,{status}\n")
}

/// The sales that a phone sees.
async fn seen(site: &Site, token: &str) -> Vec<String> {
    let reply: SyncReply = site.post("/v1/sync", Some(token), &request(Vec::new(), None)).await.json();
    rows(&reply.streams["me"]).into_keys().filter(|key| key.starts_with("sale/")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_is_taken_once_and_told() {
    let (site, _) = site().await;
    let phone = site.join("aigul").await;
    let body = sale("order-1", 1, &phone.distributor.id, "confirmed");
    let first = signed(&site, SALES, NOW, &body).await;
    assert_eq!(first.status, StatusCode::OK, "{}", String::from_utf8_lossy(&first.bytes));
    assert_eq!(first.json::<Value>(), json!({"new": 1, "corrected": 0, "known": 0, "people": 1, "waiting": 0}));
    assert_eq!(seen(&site, &phone.token.0).await, ["sale/order-1"]);

    // The very same is refused here and at another server; the same data, signed anew, changes nothing.
    let another = site.another().await;
    for site in [&site, &another] {
        let again = signed(site, SALES, NOW, &body).await;
        assert_eq!(again.error().code, ErrorCode::Unauthorized);
    }
    let anew = signed(&another, SALES, NOW + 1, &body).await;
    assert_eq!(anew.json::<Value>(), json!({"new": 0, "corrected": 0, "known": 1, "people": 0, "waiting": 0}));
    // A correction, silently.
    let (target, body) = (format!("{SALES}?backfill=true"), sale("order-1", 2, &phone.distributor.id, "returned"));
    assert_eq!(signed(&site, &target, NOW, &body).await.json::<Value>()["corrected"], json!(1));
    let entries = ledger::read(&site.place.folder.path().join(ledger::FOLDER)).expect("reads");
    let silent: Vec<bool> = entries
        .iter()
        .filter_map(|entry| match entry {
            ledger::Entry::ResultsImported { silent, .. } => Some(*silent),
            _ => None,
        })
        .collect();
    assert!(silent.contains(&true) && silent.contains(&false), "{silent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_sign_right_gets_nothing() {
    let (site, file) = site().await;
    let phone = site.join("aigul").await;
    let body = sale("order-1", 1, &phone.distributor.id, "confirmed");
    let right = signature(&OLD, NOW, SALES, &body);
    let backfill = format!("{SALES}?backfill=true");
    let late = NOW - WINDOW - 1;
    let early = NOW + WINDOW + 1;
    let cases = [
        ("another secret", send(&site, SALES, NOW, "old", &signature(&NEW, NOW, SALES, &body), &body).await),
        ("an unknown key", send(&site, SALES, NOW, "new", &right, &body).await),
        ("another time", send(&site, SALES, NOW + 1, "old", &right, &body).await),
        ("another body", send(&site, SALES, NOW, "old", &right, &format!("{body}\n")).await),
        ("another query", send(&site, &backfill, NOW, "old", &right, &body).await),
        ("another path", send(&site, "/v1/results/ranks", NOW, "old", &right, &body).await),
        ("no digits", send(&site, SALES, NOW, "old", "signature", &body).await),
        ("a part of it", send(&site, SALES, NOW, "old", &right[..32], &body).await),
        ("too late", signed(&site, SALES, late, &body).await),
        ("too early", signed(&site, SALES, early, &body).await),
        ("a stranger", site.call("POST", SALES, None, &[("content-type", "text/csv")], body.clone().into()).await),
        (
            "a distributor",
            site.call("POST", SALES, Some(&phone.token.0), &[("content-type", "text/csv")], body.clone().into()).await,
        ),
    ];
    for (what, reply) in cases {
        assert_eq!(reply.error().code, ErrorCode::Unauthorized, "{what}");
    }
    assert_eq!(send(&site, "/v1/results/team", NOW, "old", &right, &body).await.status, StatusCode::NOT_FOUND);
    assert_eq!(seen(&site, &phone.token.0).await, [""; 0]);
    // Each edge of the window is in it.
    for at in [NOW - WINDOW, NOW + WINDOW] {
        assert_eq!(signed(&site, SALES, at, &body).await.status, StatusCode::OK);
    }

    // Two keys while one takes the place of the other; a file with a fault changes nothing.
    let by_new = |at| signature(&NEW, at, SALES, &body);
    write_keys(&file, &[("old", &OLD), ("new", &NEW)]);
    assert_eq!(send(&site, SALES, NOW + 10, "new", &by_new(NOW + 10), &body).await.status, StatusCode::OK);
    assert_eq!(signed(&site, SALES, NOW + 11, &body).await.status, StatusCode::OK);
    write_keys(&file, &[("new", &NEW)]);
    assert_eq!(signed(&site, SALES, NOW + 12, &body).await.error().code, ErrorCode::Unauthorized);
    write_keys(&file, &[("new", &NEW[..8])]);
    assert_eq!(send(&site, SALES, NOW + 13, "new", &by_new(NOW + 13), &body).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_keys_has_no_webhook() {
    let site = Site::new().await;
    let body = sale("order-1", 1, "1001", "confirmed");
    assert_eq!(signed(&site, SALES, NOW, &body).await.error().code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_limited_and_right_ones_are_not() {
    let (site, _) = site().await;
    for n in 0..120 {
        let body = sale("order-1", n + 1, "1001", "confirmed");
        assert_eq!(signed(&site, SALES, NOW, &body).await.status, StatusCode::OK, "{n}");
    }
    let body = sale("order-2", 1, "1001", "confirmed");
    for n in 0..100 {
        let reply = send(&site, SALES, NOW, "old", &signature(&NEW, NOW, SALES, &body), &body).await;
        assert_eq!(reply.error().code, ErrorCode::Unauthorized, "{n}");
    }
    let refused = signed(&site, SALES, NOW, &body).await.error();
    assert_eq!((refused.code, refused.retry_after), (ErrorCode::TooManyAttempts, Some(15 * 60_000)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_file_is_told_by_line_and_nothing_of_it_taken() {
    let (site, _) = site().await;
    let phone = site.join("aigul").await;
    let body = format!("{}order-2,1,1001,2026-11-20,300,friend,confirmed\n", sale("order-1", 1, "1001", "confirmed"));
    let reply = signed(&site, SALES, NOW, &body).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fault = json!({"line": 3, "problem": "the column buyer is \"friend\"", "remedy": "write customer or own"});
    assert_eq!(reply.json::<Value>(), json!({"faults": [fault]}));
    assert_eq!(signed(&site, SALES, NOW, &body).await.error().code, ErrorCode::Unauthorized, "it was used");
    assert_eq!(seen(&site, &phone.token.0).await, [""; 0]);
    let empty = signed(&site, SALES, NOW, "").await;
    assert_eq!(empty.json::<Value>()["faults"][0]["line"], json!(0));

    let long = format!("{HEADER}{}", " ".repeat(limits::BODY_PACKED));
    assert_eq!(signed(&site, SALES, NOW, &long).await.error().code, ErrorCode::TooLarge);
    let target = format!("{SALES}?backfill=yes");
    assert_eq!(signed(&site, &target, NOW, &body).await.error().code, ErrorCode::BadRequest);
    let at = NOW.to_string();
    let right = signature(&OLD, NOW, SALES, &body);
    let headers = [("content-type", "application/json"), (TIME, &at), (KEY, "old"), (SIGNATURE, &right)];
    let reply = site.call("POST", SALES, None, &headers, body.into()).await;
    assert_eq!(reply.error().code, ErrorCode::UnsupportedMediaType);
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_are_forgotten_once_they_are_too_old() {
    let (site, _) = site().await;
    let body = sale("order-1", 1, "1001", "confirmed");
    let held = || site.place.beside(|conn| conn.query_row("SELECT count(*) FROM signed", [], |row| row.get::<i64>(0)));
    for n in 0..3 {
        assert_eq!(signed(&site, SALES, NOW + n, &body).await.status, StatusCode::OK);
    }
    assert_eq!(held().expect("counts"), 3);
    site.pass(3 * WINDOW);
    assert_eq!(signed(&site, SALES, NOW, &body).await.error().code, ErrorCode::Unauthorized);
    assert_eq!(signed(&site, SALES, NOW + 3 * WINDOW, &body).await.status, StatusCode::OK);
    assert_eq!(held().expect("counts"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_server_takes_it_again() {
    let (site, _) = site().await;
    let phone = site.join("aigul").await;
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup");
    std::fs::create_dir(&backup).expect("makes");
    site.place.beside(|conn| store::back_up(conn, &backup).map(drop)).expect("copies");
    for (n, status) in [(1, "confirmed"), (2, "returned")] {
        let body = sale("order-1", n, &phone.distributor.id, status);
        assert_eq!(signed(&site, SALES, NOW + n as Millis, &body).await.status, StatusCode::OK);
        site.pass(1);
    }
    let ledger = site.place.folder.path().join(ledger::FOLDER);
    let into = Place::new();
    let replayed = blocking(|| {
        restore(&backup, &into.database, into.folder.path(), &ledger, NOW, &mut random::system).expect("restores")
    });
    assert_eq!((replayed.imported, replayed.refused), (2, Vec::new()));
    let row = |conn: &store::Connection| {
        conn.query_row("SELECT value FROM stream_row WHERE kind = 'sale' AND id = 'order-1'", [], |row| {
            row.get::<String>(0)
        })
    };
    let (before, after) = (site.place.beside(row).expect("reads"), into.beside(row).expect("reads"));
    assert_eq!(before, after);
    assert!(after.contains("returned"));
}
