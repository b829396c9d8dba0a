use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use qadam_backend::store::{self, Connection, Store, StoreError};

use qadam_domain::digest::Digest;
use qadam_domain::records::Edit;
use qadam_domain::release::Releases;

use crate::support::{NOW, Place, Site, blocking, edit, mutation, put, request};

fn insert(conn: &Connection, n: i64) -> Result<(), StoreError> {
    conn.execute("INSERT INTO attempt (who, count, until) VALUES (?1, 1, 1)", [n.to_le_bytes()])?;
    Ok(())
}

async fn count(store: &Store) -> i64 {
    let counted =
        store.read::<i64, StoreError, _>(|conn| conn.query_row("SELECT count(*) FROM attempt", [], |row| row.get(0)));
    counted.await.expect("counts")
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_share_commits() {
    let place = Place::new();
    let store = Arc::new(blocking(|| Store::open(&place.database, ())).expect("opens"));
    let refused = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..1_000)
        .map(|n| {
            let (store, refused) = (store.clone(), refused.clone());
            tokio::spawn(async move {
                let written = store.write::<(), StoreError, _>(move |conn| {
                    insert(conn, n)?;
                    if n % 10 == 0 { Err(StoreError::Closed) } else { Ok(()) }
                });
                if written.await.is_err() {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("ends");
    }
    assert_eq!(refused.load(Ordering::Relaxed), 100);
    assert_eq!(count(&store).await, 900, "what failed undid its own work alone");
    assert!(store.commits() < 500, "{} commits for 1000 writes", store.commits());
}

#[tokio::test]
async fn a_write_that_panics_harms_nobody() {
    let place = Place::new();
    let store = blocking(|| Store::open(&place.database, ())).expect("opens");
    let panicked = store.write::<(), StoreError, _>(|conn| {
        insert(conn, 1)?;
        panic!("on purpose");
    });
    assert!(matches!(panicked.await, Err(StoreError::Panicked)));
    store.write::<(), StoreError, _>(|conn| insert(conn, 2)).await.expect("goes on");
    let read = store.read::<(), StoreError, _>(|_| panic!("on purpose"));
    assert!(matches!(read.await, Err(StoreError::Panicked)));
    for _ in 0..10 {
        assert_eq!(count(&store).await, 1, "the reader's connection was given back");
    }
    store.close();
    assert!(matches!(store.write::<(), StoreError, _>(|conn| insert(conn, 3)).await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn readers_can_not_write() {
    let place = Place::new();
    let store = blocking(|| Store::open(&place.database, ())).expect("opens");
    assert!(store.read::<(), StoreError, _>(|conn| insert(conn, 1)).await.is_err());
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let site = Site::at(Place::embedded()).await;
    let phone = site.join("aigul").await;
    let token = Some(phone.token.0.as_str());
    let before: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &request(Vec::new(), None)).await.json();
    let limit = |pages: i64| {
        site.app.store.write::<(), StoreError, _>(move |conn| {
            let most = if pages == 0 { conn.query_row("PRAGMA page_count", [], |row| row.get(0))? } else { pages };
            Ok(conn.sqlite().expect("embedded").pragma_update(None, "max_page_count", most)?)
        })
    };
    limit(0).await.expect("limits");
    let note = "x".repeat(8_000);
    let sent = (1..=50).map(|n| mutation(n, n, &put(&format!("c{n}"), NOW, &[("note", &note)]))).collect();
    let sent = request(sent, None);
    let full = site.post("/v1/sync", token, &sent).await;
    let error = full.error();
    assert_eq!((error.code, error.retry_after), (qadam_protocol::error::ErrorCode::Busy, Some(60_000)));
    let idle = request(Vec::new(), Some(before.streams["me"].cursor.clone()));
    let still: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &idle).await.json();
    assert!(still.streams.is_empty(), "who reads is served");
    limit(1_000_000).await.expect("limits");
    let reply: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &sent).await.json();
    assert_eq!(reply.acks[0].count, 50);
}

#[tokio::test]
async fn a_backup_opens_and_holds_everything() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let sent = request(vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))], None);
    site.post("/v1/sync", Some(&phone.token.0), &sent).await;
    let copy = tempfile::tempdir().expect("a folder");
    site.place.beside(|conn| store::back_up(conn, copy.path()).map(drop).expect("copies"));
    let copied = store::open(copy.path()).expect("opens");
    let rows: i64 = copied
        .query_row("SELECT count(*) FROM stream_row WHERE kind = 'contact'", [], |row| row.get(0))
        .expect("reads");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let newer = store::open(folder.path()).expect("opens");
    newer.sqlite().expect("embedded").pragma_update(None, "user_version", 1_000).expect("writes");
    drop(newer);
    let started =
        qadam_backend::server::RunningServer::start(qadam_backend::config::Config::local(folder.path())).await;
    let told = started.err().expect("refused").to_string();
    assert!(told.contains("newer version"), "{told}");
}

#[tokio::test]
async fn what_is_erased_is_not_in_the_file() {
    let site = Site::at(Place::embedded()).await;
    let phone = site.join("aigul").await;
    let secret = "a secret that is long enough to be found";
    let is_in_files = || {
        let files =
            std::fs::read_dir(site.place.folder.path()).expect("lists").map(|entry| entry.expect("an entry").path());
        let mut bytes = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).expect("reads"));
        bytes.any(|bytes| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()))
    };
    let send = async |mutation| site.post("/v1/sync", Some(&phone.token.0), &request(vec![mutation], None)).await;
    for n in 1..=20 {
        send(mutation(n, n, &put(&format!("c{n}"), NOW, &[("note", &format!("{secret} {n}"))]))).await;
    }
    assert!(is_in_files());
    for n in 1..=20 {
        let erased = send(mutation(20 + n, 20 + n, &edit(&format!("c{n}"), NOW, Edit::Erase))).await;
        assert_eq!(erased.status, axum::http::StatusCode::OK);
    }
    site.app.store.close();
    assert!(!is_in_files());
}

/// What each version made of the one before it; the first is whole.
const VERSIONS: [&str; 8] = [
    include_str!("../fixtures/v1.sql"),
    include_str!("../../src/store/migrations/sqlite/0002_digest.sql"),
    include_str!("../../src/store/migrations/sqlite/0003_team.sql"),
    include_str!("../../src/store/migrations/sqlite/0004_gap.sql"),
    include_str!("../../src/store/migrations/sqlite/0005_result.sql"),
    include_str!("../../src/store/migrations/sqlite/0006_push.sql"),
    include_str!("../../src/store/migrations/sqlite/0007_decision.sql"),
    include_str!("../../src/store/migrations/sqlite/0008_signed.sql"),
];

#[test]
fn a_database_of_every_version_keeps_what_it_kept_and_knows_its_digests() {
    for version in 1..=VERSIONS.len() {
        goes_on(version);
    }
}

fn goes_on(version: usize) {
    let rows = [
        ("contact", "c1", r#"{"f":{"name":["Dana","1772323200000.0.0123456789abcdef"]}}"#),
        ("kept", "019ca6cc68e073b8a67f4abeb27da5b5", "{}"),
    ];
    let expected: Digest = rows.iter().map(|(kind, id, value)| Digest::of(kind, id, value)).sum();
    let folder = tempfile::tempdir().expect("a folder");
    let old = rusqlite::Connection::open(folder.path().join(store::FILE)).expect("creates");
    for sql in &VERSIONS[..version] {
        old.execute_batch(sql).expect("is that version");
    }
    if version > 1 {
        old.execute("UPDATE stream SET digest = ?1", [expected.to_bytes()]).expect("as it was kept from then on");
    }
    old.pragma_update(None, "user_version", version as i64).expect("says so");
    drop(old);
    let conn = store::open(folder.path()).expect("is brought up to date");
    let me = qadam_backend::streams::find(&conn, Some(1), "me").expect("reads").expect("is there");
    assert_eq!(qadam_backend::streams::digest(&conn, me).expect("reads"), expected);
    let page = qadam_backend::streams::page(&conn, me, None, None, &[]).expect("reads").expect("is not empty");
    assert_eq!((page.rows.len(), page.cursor.rev, page.digest), (3, 3, Some(expected)));
    assert_eq!(qadam_backend::streams::backed(&conn, me).expect("reads"), None);
    // The mutation still waits for code that knows it.
    let kept = qadam_backend::sync::fold_kept(&conn, &Releases::default(), NOW, &mut crate::support::random);
    assert_eq!(kept.expect("reads"), 0);
    let waits = conn.query_row("SELECT status, body FROM mutation WHERE seq = 2", [], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    });
    assert_eq!(waits.expect("is there"), ("kept".into(), r#"{"of":"a newer app"}"#.into()));
}

#[test]
fn a_database_of_version_3_has_no_gaps_and_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = rusqlite::Connection::open(folder.path().join(store::FILE)).expect("creates");
    old.execute_batch(include_str!("../fixtures/v3.sql")).expect("is version 3");
    drop(old);
    let conn = store::open(folder.path()).expect("is brought up to date");
    assert_eq!(qadam_backend::gaps::list(&conn).expect("reads"), []);
    let me = qadam_backend::streams::find(&conn, Some(1), "me").expect("reads").expect("is there");
    assert_eq!(qadam_backend::streams::backed(&conn, me).expect("reads"), Some(1));
    let page = qadam_backend::streams::page(&conn, me, None, None, &[]).expect("reads").expect("is not empty");
    assert_eq!(page.digest, Some(qadam_backend::streams::digest(&conn, me).expect("reads")));
    // Its device is one that a restore makes a gap, and what waits still does.
    qadam_backend::gaps::note(&conn, None, 1_772_323_400_000).expect("writes");
    let gaps = qadam_backend::gaps::list(&conn).expect("reads");
    assert_eq!(gaps.iter().map(|gap| gap.device.as_str()).collect::<Vec<_>>(), ["0123456789abcdef"]);
    let kept = "SELECT count(*) FROM mutation WHERE status = 'kept'";
    assert_eq!(conn.query_row(kept, [], |row| row.get::<i64>(0)).expect("reads"), 1);
}
