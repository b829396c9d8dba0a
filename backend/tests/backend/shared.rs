//! Two servers on one database: on PostgreSQL each with a folder of its own, on SQLite as two processes would be.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use qadam_backend::error::Error;
use qadam_backend::restore::restore;
use qadam_backend::store::{self, Connection, Database};
use qadam_backend::{publish, random, streams};
use qadam_domain::digest::Digest;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::sync::{Cursor, SyncReply};

use crate::changes::{LONG, ME, listen, next};
use crate::support::{NOW, Place, Site, compiled, mutation, put, request, rows};
use crate::team::{image, import, join, page, path, tree};

async fn sync(site: &Site, token: &str, cursor: Option<Cursor>) -> SyncReply {
    site.post("/v1/sync", Some(token), &request(Vec::new(), cursor)).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_at_one_server_hears_of_a_change_at_the_other() {
    let one = Site::new().await;
    let (first, second) = (one.join("aigul").await, one.device("aigul").await);
    let two = one.another().await;
    let mut events = listen(&two, &second.token.0).await;
    let held = sync(&two, &second.token.0, None).await.streams["me"].cursor.clone();
    assert!(sync(&two, &second.token.0, Some(held.clone())).await.streams.is_empty());

    let sent = request(vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))], None);
    one.post("/v1/sync", Some(&first.token.0), &sent).await;
    assert_eq!(next(&mut events, LONG).await.as_deref(), Some(ME));
    let told = sync(&two, &second.token.0, Some(held)).await;
    assert!(rows(&told.streams["me"]).contains_key("contact/c1"));

    // And who goes over to the other server reads there what the first has acknowledged.
    let sent = request(vec![mutation(2, 2, &put("c2", NOW, &[("name", "Marat")]))], None);
    one.post("/v1/sync", Some(&first.token.0), &sent).await;
    assert!(rows(&sync(&two, &first.token.0, None).await.streams["me"]).contains_key("contact/c2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_out_at_one_server_is_so_at_the_other() {
    let one = Site::new().await;
    let (first, second) = (one.join("aigul").await, one.device("aigul").await);
    let two = one.another().await;
    sync(&two, &second.token.0, None).await;
    let mut events = listen(&two, &second.token.0).await;
    let path = format!("/v1/devices/{}", second.session.device);
    one.call("DELETE", &path, Some(&first.token.0), &[], Vec::new()).await;
    loop {
        match next(&mut events, LONG).await.as_deref() {
            Some(ME) => {}
            other => break assert_eq!(other, Some("")),
        }
    }
    let refused = two.post("/v1/sync", Some(&second.token.0), &request(Vec::new(), None)).await;
    assert_eq!(refused.error().code, ErrorCode::Revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_have_no_holes_however_many_write() {
    const EACH: u64 = 12;
    let one = Site::new().await;
    one.invite("aigul").await;
    let two = one.another().await;
    let mut writers = Vec::new();
    for device in 0..6_u64 {
        let site = if device % 2 == 0 { &one } else { &two };
        let token = one.device("aigul").await.token.0;
        writers.push(async move {
            for n in 1..=EACH {
                let id = device * EACH + n;
                let sent = request(vec![mutation(n, id, &put(&format!("c{id}"), NOW, &[("name", "Dana")]))], None);
                let reply: SyncReply = site.post("/v1/sync", Some(&token), &sent).await.json();
                assert_eq!(reply.acks[0].count, 1);
            }
        });
    }
    join_all(writers).await;
    let (head, revs) = one.place.beside(|conn| {
        let me = streams::find(conn, Some(1), "me").expect("reads").expect("is there");
        let mut revs = conn.prepare_cached("SELECT rev FROM stream_row WHERE stream = ?1").expect("SQL");
        let revs = revs.query_all([me.0], |row| row.get(0)).expect("reads");
        (streams::head(conn, me).expect("reads").rev, revs.into_iter().collect::<BTreeSet<u64>>())
    });
    assert_eq!(revs, (1..=head).collect());
    assert_eq!(head, 1 + 6 * EACH);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_built_once_for_all_servers() {
    let one = Site::new().await;
    import(&one, &tree(1, 900), false).await;
    let token = join(&one, 2_000).await;
    let two = one.another().await;
    let asked = (0..6).map(|n| page(if n % 2 == 0 { &one } else { &two }, &token, None));
    let documents: Vec<_> = join_all(asked).await.iter().map(|page| image(page.as_ref().expect("a page"))).collect();
    assert!(documents.iter().all(|document| *document == documents[0]));
    if let Database::Postgres(_) = one.place.database {
        assert_eq!(one.app.documents.builds() + two.app.documents.builds(), 1);
    }
    for site in [&one, &two] {
        let bytes = site.get(&path(&documents[0]), Some(&token), &[]).await.bytes;
        assert_eq!(bytes.len() as u64, documents[0].size);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_publishes_the_other_gives_away() {
    let one = Site::new().await;
    let phone = one.join("aigul").await;
    let two = one.another().await;
    one.place.publish(&compiled(&["one", "two", "three"]));
    let mut asked = request(Vec::new(), None);
    asked.cursors = [("catalog".to_string(), None)].into();
    let reply: SyncReply = two.post("/v1/sync", Some(&phone.token.0), &asked).await.json();
    let manifest = rows(&reply.streams["catalog"]).into_values().next().expect("a manifest");
    let hash = manifest["release"]["hash"].as_str().expect("a hash");
    let got = two.get(&format!("/v1/blobs/{hash}.json"), Some(&phone.token.0), &[]).await;
    assert_eq!(got.status, axum::http::StatusCode::OK);
    assert_eq!(got.bytes.len() as u64, manifest["release"]["size"].as_u64().expect("a size"));
}

/// Every row that has a meaning of its own, as one number.
fn digest_of(conn: &Connection) -> (Digest, u64, Vec<String>) {
    let me = streams::find(conn, Some(1), "me").expect("reads").expect("is there");
    let members = conn.prepare_cached("SELECT number FROM member ORDER BY number").expect("SQL");
    let members = { members }.query_all([], |row| row.get(0)).expect("reads");
    (streams::digest(conn, me).expect("reads"), streams::head(conn, me).expect("reads").rev, members)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_restored_into_a_database_of_either_kind() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    import(&site, &tree(1, 50), false).await;
    let sent = (1..=40).map(|n| mutation(n, n, &put(&format!("c{n}"), NOW, &[("name", "Дана")]))).collect();
    site.post("/v1/sync", Some(&phone.token.0), &request(sent, None)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup");
    std::fs::create_dir(&backup).expect("makes");
    let before = site.place.beside(|conn| {
        store::back_up(conn, &backup).expect("copies");
        digest_of(conn)
    });
    // There and back: from this kind into the other, and from a backup of that one into this.
    let middle = Place::embedded();
    let end = Place::new();
    let again = folder.path().join("again");
    std::fs::create_dir(&again).expect("makes");
    for (from, into) in [(&backup, &middle), (&again, &end)] {
        crate::support::blocking(|| {
            let data = into.folder.path();
            let ledger = data.join("no ledger");
            restore(from, &into.database, data, &ledger, NOW, &mut random::system).expect("restores");
            let over = restore(from, &into.database, data, &ledger, NOW, &mut random::system);
            assert!(over.expect_err("is in use").to_string().contains("in use"));
        });
        let after = into.beside(|conn| {
            if from == &backup {
                store::back_up(conn, &again).expect("copies");
            }
            assert_eq!(publish::releases(conn).expect("reads").iter().count(), 1);
            digest_of(conn)
        });
        assert_eq!(after, before);
    }
    // The restored server goes on: numbers that the database gives are free.
    let conn_works = end.beside(|conn| {
        let added = conn.query_row(
            "INSERT INTO stream (account, name, epoch, rev, tag) VALUES (NULL, 'more', 'e', 0, 't') RETURNING id",
            [],
            |row| row.get::<i64>(0),
        );
        Ok::<_, Error>(added?)
    });
    assert!(conn_works.expect("writes") > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_goes_on_when_its_connections_were_cut() {
    let site = Site::new().await;
    let Database::Postgres(_) = site.place.database else { return };
    let (phone, other) = (site.join("aigul").await, site.device("aigul").await);
    let token = Some(phone.token.0.as_str());
    let mut events = listen(&site, &other.token.0).await;
    for n in 1..=5 {
        site.place.beside(|conn| {
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            conn.prepare_cached(sql).expect("SQL").query_all([], |_| Ok(())).expect("cuts");
        });
        let sent = request(vec![mutation(n, n, &put(&format!("c{n}"), NOW, &[("name", "Dana")]))], None);
        // A phone is told to come again, and does.
        let mut tries = 0;
        let reply = loop {
            let reply = site.post("/v1/sync", token, &sent).await;
            if reply.status == axum::http::StatusCode::OK {
                break reply.json::<SyncReply>();
            }
            let error = reply.error();
            assert_eq!(error.code, ErrorCode::Busy);
            assert!(error.retry_after.is_some());
            tries += 1;
            assert!(tries < 10, "it does not go on");
        };
        assert_eq!(reply.acks[0].count, 1);
        assert_eq!(next(&mut events, LONG).await.as_deref(), Some(ME));
    }
    assert_eq!(rows(&sync(&site, &phone.token.0, None).await.streams["me"]).len(), 6);
}
