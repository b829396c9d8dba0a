//! A server that was restored from a backup, and a phone whose file was damaged: nothing is lost, and what was erased stays so.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use qadam_backend::blobs::Blobs;
use qadam_backend::config::{Config as ServerConfig, now};
use qadam_backend::ledger::Replayed;
use qadam_backend::random;
use qadam_backend::restore::{RestoreError, restore};
use qadam_backend::server::RunningServer;
use qadam_backend::store::{self, Database};
use qadam_engine::contacts::{ContactEdit, ContactsQuery};
use qadam_engine::{Engine, EngineError};
use qadam_faults::{Company, PASSWORD, sign_in};
use rusqlite::Connection;

fn named(name: &str) -> ContactEdit {
    ContactEdit { name: Some(name.into()), ..ContactEdit::default() }
}

async fn names(phone: &Engine) -> Vec<String> {
    let page = phone.contacts(ContactsQuery { limit: 100, ..ContactsQuery::default() }).await.expect("reads");
    page.contacts.into_iter().map(|contact| contact.name).collect()
}

/// A connection beside the engine's to the one account's database below `folder`.
fn database(folder: &Path) -> Connection {
    fn find(folder: &Path) -> Option<PathBuf> {
        std::fs::read_dir(folder).expect("lists").flatten().find_map(|entry| {
            let path = entry.path();
            if path.is_dir() { find(&path) } else { path.extension().is_some_and(|end| end == "db").then_some(path) }
        })
    }
    Connection::open(find(folder).expect("a database")).expect("opens")
}

fn back_up(data: &Path, folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let connection = store::open(data).expect("opens");
    let copy = store::back_up(&connection, folder).expect("copies");
    Blobs::open(data).and_then(|blobs| blobs.back_up(folder)).expect("copies");
    store::register_backup(&connection, &copy, "backup", now()).expect("writes");
}

#[tokio::test]
async fn what_was_acknowledged_after_the_backup_comes_back_and_what_was_erased_does_not() {
    let company = Company::start().await;
    let first = company.signed_in("first", "aigul").await;
    let secret = first.add_contact(named("Secret")).await.expect("adds");
    let early = first.add_contact(named("Early")).await.expect("adds");
    first.sync().await.expect("syncs");
    let (data, backup) = (company.folder.path().join("server"), company.folder.path().join("backup"));
    back_up(&data, &backup);

    let late = company.phone("late");
    sign_in(&late, &company.server.url(), "aigul").await;
    late.add_contact(named("From a phone that the backup does not know")).await.expect("adds");
    late.sync().await.expect("syncs");
    first.add_contact(named("Late")).await.expect("adds");
    let edit = ContactEdit { phone: Some("+7 700 000 0000".into()), ..named("Early, but edited late") };
    first.edit_contact(early, edit).await.expect("edits");
    first.sync().await.expect("syncs");
    first.erase_contact(secret.clone()).await.expect("erases");
    first.sync().await.expect("syncs");
    late.sync().await.expect("syncs");

    let Company { folder, server, .. } = company;
    let address = server.address();
    server.stop().await;
    let (lost, ledger) = (folder.path().join("lost"), folder.path().join("lost/ledger"));
    std::fs::rename(&data, &lost).expect("moves");
    let again = || restore(&backup, &Database::from(&data), &data, &ledger, now(), &mut random::system);
    assert_eq!(again().expect("restores"), Replayed { erased: 1, ..Replayed::default() });
    assert!(matches!(again(), Err(RestoreError::InUse(_))), "never over a database");
    let new = folder.path().join("new");
    let nothing = restore(folder.path(), &Database::from(&new), &new, &ledger, now(), &mut random::system);
    assert!(matches!(nothing, Err(RestoreError::NoBackup(_))));
    {
        let connection = store::open(&data).expect("opens");
        let held: Vec<String> = connection
            .prepare_cached("SELECT value FROM stream_row WHERE kind = 'contact' ORDER BY id")
            .and_then(|mut rows| rows.query_all([], |row| row.get(0)))
            .expect("reads");
        assert_eq!(held.len(), 2);
        assert!(held.contains(&"{\"e\":true}".to_string()) && !held.concat().contains("Secret"), "{held:?}");
    }
    let config = ServerConfig { listen: address, ..ServerConfig::local(&data) };
    let server = RunningServer::start(config).await.expect("starts");

    let all = ["Early, but edited late", "From a phone that the backup does not know", "Late"];
    assert_eq!(late.sync().await, Err(EngineError::SignInNeeded));
    assert_eq!(names(&late).await, all, "nothing is lost while nobody has signed in");
    first.sync().await.expect("syncs");
    assert_eq!(names(&first).await, [all[0], all[2]]);
    sign_in(&late, &server.url(), "aigul").await;
    assert_eq!(names(&late).await, all);
    first.sync().await.expect("syncs");
    assert_eq!(names(&first).await, all);
    let witness = qadam_faults::phone(&folder.path().join("witness"));
    witness.sign_in(server.url(), "aigul".into(), PASSWORD.into(), "witness".into()).await.expect("signs in");
    witness.sync().await.expect("syncs");
    assert_eq!(names(&witness).await, all);
    // All of it is in no backup yet, so it is kept; once it is, nothing more is.
    let kept = |phone: &str| {
        let connection = database(&folder.path().join(phone));
        connection.query_row("SELECT count(*) FROM acknowledged", [], |row| row.get::<_, i64>(0)).expect("reads")
    };
    assert!(kept("first") > 0);
    let second = folder.path().join("second");
    back_up(&data, &second);
    let connection = store::open(&data).expect("opens");
    assert!(store::forget_backups(&connection, 1).expect("writes"));
    first.sync().await.expect("syncs");
    assert_eq!(kept("first"), 0);
}

#[tokio::test]
async fn a_flipped_byte_is_found_and_that_row_alone_is_repaired() {
    let company = Company::start_with(|config| config.metrics = Some(([127, 0, 0, 1], 0).into())).await;
    let phone = company.signed_in("phone", "aigul").await;
    for n in 0..50 {
        phone.add_contact(named(&format!("Name {n:02}"))).await.expect("adds");
    }
    phone.sync().await.expect("syncs");
    let before = names(&phone).await;
    assert_eq!(repairs(&company).await, 0);
    let damaged = database(&company.folder.path().join("phone"));
    let rows = || -> Vec<(String, Vec<u8>)> {
        let mut statement = damaged.prepare("SELECT id, CAST(value AS BLOB) FROM row ORDER BY id").expect("prepares");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("reads");
        rows.collect::<Result<_, _>>().expect("reads")
    };
    let sound = rows();
    // In the middle of a text: no JSON breaks for it; and a byte that makes it no text at all.
    for (place, bit) in [(10, 0x01), (20, 0x80)] {
        let (id, mut value) = sound[place].clone();
        let at = value.windows(5).position(|bytes| bytes == b"Name ").map_or(8, |at| at + 1);
        value[at] ^= bit;
        damaged
            .execute("UPDATE row SET value = CAST(?2 AS TEXT) WHERE id = ?1", (&id, &value))
            .expect("damages one row");
        assert_ne!(rows(), sound);
        // Due for a look at what is stored.
        damaged.execute("UPDATE replica SET scrubbed = 0", []).expect("writes");
        assert_eq!(phone.sync().await.expect("syncs").repaired, 1);
        assert_eq!(rows(), sound);
        assert_eq!(names(&phone).await, before);
        assert_eq!(phone.sync().await.expect("syncs").repaired, 0);
    }
    // A row that is gone, with an edit of another that waits.
    damaged.execute("DELETE FROM row WHERE id = ?1", [&sound[30].0]).expect("loses one row");
    damaged.execute("UPDATE replica SET scrubbed = 0", []).expect("writes");
    phone.add_contact(named("Waits")).await.expect("adds");
    let outcome = phone.sync().await.expect("syncs");
    assert_eq!((outcome.sent, outcome.repaired), (1, 1));
    assert_eq!(names(&phone).await.len(), before.len() + 1);

    assert_eq!(repairs(&company).await, 3);
}

/// What the server counted.
async fn repairs(company: &Company) -> u64 {
    let address = company.server.metrics_address().expect("it was asked for");
    let read = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).expect("connects");
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("writes");
        let mut text = String::new();
        stream.read_to_string(&mut text).map(|_| text)
    });
    let text = read.await.expect("runs").expect("reads");
    let line = text.lines().find_map(|line| line.strip_prefix("qadam_repairs_total "));
    line.expect("it is counted").parse().expect("a number")
}
