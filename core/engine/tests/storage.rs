//! A full disk, a damaged file, a newer database, a killed process, a locked phone: nothing is lost by any of them.

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::company::{Distributor, Locale};
use qadam_domain::ids::{CompanyId, DeviceId, MarketId};
use qadam_domain::time::Day;
use qadam_engine::contacts::{self, ContactEdit, ContactsQuery};
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::{Changes, Nouns, set_aside_files};
use qadam_engine::media::MediaStore;
use qadam_engine::platform::{Network, SecureStore, SecureStoreError, SystemClock, SystemRandom};
use qadam_engine::session::{self, SessionView};
use qadam_engine::transport::{BoxFuture, HttpReply, HttpRequest, Transport, TransportError};
use qadam_engine::{Config, Engine, EngineError, Platform, replica, settings};
use qadam_protocol::accounts::{Secret, SignInReply};
use qadam_protocol::sync::SyncReply;

const ALMATY: i32 = 5 * 60;

fn core(folder: &Path) -> Result<Core, EngineError> {
    let tools = Tools {
        clock: Arc::new(SystemClock::default()),
        zone: Arc::new(|_| ALMATY),
        random: Arc::new(SystemRandom),
        media: Arc::new(MediaStore::open(&folder.join("media"))?),
    };
    Core::open(&folder.join("a.db"), Changes::default(), tools, Locale::Kk)
}

fn reply() -> SignInReply {
    SignInReply {
        token: Secret("token".into()),
        device: DeviceId::new("0123456789abcdef").expect("16 digits"),
        account: "a".into(),
        company: CompanyId::new("company").expect("a slug"),
        distributor: Distributor {
            id: "1001".into(),
            name: "Aigul".into(),
            market: MarketId::new("kz").expect("a slug"),
            locale: Locale::Kk,
            sponsor: None,
            sponsor_name: None,
            mentor: None,
            mentor_name: None,
            joined: Day(20_000),
            more: serde_json::Map::new(),
        },
        server_time: 1_772_323_200_000,
    }
}

fn signed_in(folder: &Path) -> Core {
    let core = core(folder).expect("a fresh folder opens");
    session::enter(&core, &reply()).expect("a fresh database begins");
    core
}

fn named(name: &str) -> ContactEdit {
    ContactEdit { name: Some(name.into()), ..ContactEdit::default() }
}

fn names(core: &Core) -> Vec<String> {
    let query = ContactsQuery { limit: 100, ..ContactsQuery::default() };
    let page = contacts::page(core, &query).expect("reads");
    page.contacts.into_iter().map(|contact| contact.name).collect()
}

#[test]
fn what_was_committed_is_there_after_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = signed_in(folder.path());
    contacts::add(&before, named("Aigul")).expect("adds");
    let torn: Result<(), EngineError> = before.database.write(|transaction| {
        transaction.execute("DELETE FROM contact", [])?;
        Err(EngineError::Closed)
    });
    assert_eq!(torn, Err(EngineError::Closed));
    drop(before);
    let after = core(folder.path()).expect("opens again");
    assert_eq!(names(&after), ["Aigul"]);
    assert_eq!(after.database.read(replica::outbox::counts), Ok((1, 0)));
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    contacts::add(&core, named("Aigul")).expect("adds");
    let limited = core.database.write(|transaction| {
        let pages: i64 = transaction.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        transaction.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        Ok(((), Nouns::NONE))
    });
    limited.expect("SQLite takes the limit");
    let long = ContactEdit { note: Some("n".repeat(8_000)), ..named("Zhanar") };
    let full = (0..100).map(|_| contacts::add(&core, long.clone())).find_map(Result::err);
    assert_eq!(full, Some(EngineError::StorageFull));
    assert!(names(&core).contains(&"Aigul".to_string()));
    let freed = core.database.write(|transaction| {
        transaction.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?;
        Ok(((), Nouns::NONE))
    });
    freed.expect("SQLite takes the limit");
    contacts::add(&core, named("Marat")).expect("adds once there is space");
}

#[test]
fn a_damaged_file_is_set_aside_and_never_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(signed_in(folder.path()));
    let path = folder.path().join("a.db");
    std::fs::write(&path, b"this was a database before the card was pulled out".repeat(100)).expect("writes");
    let Err(EngineError::StorageCorrupt { set_aside }) = core(folder.path()) else { panic!("opened") };
    assert_eq!(set_aside_files(&path), std::slice::from_ref(&set_aside));
    assert!(std::fs::read(folder.path().join(&set_aside)).expect("still there").starts_with(b"this was"));
    let fresh = core(folder.path()).expect("begins anew");
    assert_eq!(fresh.database.read(replica::device), Ok(None));
    // A second one does not overwrite the first.
    drop(fresh);
    std::fs::write(&path, b"damaged again, in another way".repeat(200)).expect("writes");
    assert_eq!(core(folder.path()).err(), Some(EngineError::StorageCorrupt { set_aside: "a.db.set-aside-2".into() }));
    assert_eq!(set_aside_files(&path).len(), 2);
}

#[test]
fn a_newer_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let newer = signed_in(folder.path());
    let written = newer.database.write(|transaction| {
        transaction.pragma_update(None, "user_version", 99)?;
        Ok(((), Nouns::NONE))
    });
    written.expect("writes");
    drop(newer);
    assert_eq!(core(folder.path()).err(), Some(EngineError::StorageNewer));
    assert!(set_aside_files(&folder.path().join("a.db")).is_empty());
}

#[test]
fn an_erased_contact_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let id = contacts::add(&core, ContactEdit { phone: Some("+7 700 SECRET".into()), ..named("Aigul") }).expect("adds");
    let other = contacts::log_interaction(&core, &id, contacts::Channel::Call, None, "SECRET too").expect("logs");
    contacts::delete(&core, &id).expect("deletes");
    contacts::erase(&core, &id).expect("erases what was only deleted, too");
    assert_eq!(contacts::erase(&core, &id).err(), Some(EngineError::NotFound { what: "contact".into() }));
    let left: i64 = core
        .database
        .read(|connection| {
            let sql = "SELECT (SELECT count(*) FROM row WHERE value LIKE '%SECRET%') + (SELECT count(*) FROM mutation WHERE body LIKE '%SECRET%')
                 + (SELECT count(*) FROM before WHERE value LIKE '%SECRET%') + (SELECT count(*) FROM contact) + (SELECT count(*) FROM interaction)";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .expect("reads");
    assert_eq!(left, 0, "of {id} and {other}");
    // Sequences have no gaps, so the mutations stay, as erasures.
    assert_eq!(core.database.read(replica::outbox::counts), Ok((6, 0)));
}

/// Nothing answers.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpReply, TransportError>> {
        Box::pin(async { Err(TransportError::Unreachable("nowhere".into())) })
    }

    fn receive<'a>(
        &'a self,
        request: HttpRequest,
        _: &'a mut (dyn FnMut(&[u8]) -> bool + Send),
    ) -> BoxFuture<'a, Result<HttpReply, TransportError>> {
        self.send(request)
    }

    fn reset(&self) {}
}

/// A store that fails as it is told.
#[derive(Default)]
struct Store(Mutex<Option<SecureStoreError>>);

impl SecureStore for Store {
    fn get(&self, _: &str) -> Result<Option<String>, SecureStoreError> {
        self.0.lock().map_or(Ok(Some("token".into())), Err)
    }

    fn set(&self, _: &str, _: &str) -> Result<(), SecureStoreError> {
        self.0.lock().map_or(Ok(()), Err)
    }

    fn remove(&self, _: &str) -> Result<(), SecureStoreError> {
        self.0.lock().map_or(Ok(()), Err)
    }
}

fn engine(folder: &Path, store: &Arc<Store>) -> Result<Engine, EngineError> {
    let config = Config {
        directory: folder.to_path_buf(),
        app: "test/1".into(),
        locale: "kk".into(),
        network: Network::Offline,
    };
    let platform = Platform {
        clock: Arc::new(SystemClock::default()),
        zone: Arc::new(|_| ALMATY),
        random: Arc::new(SystemRandom),
        secure_store: store.clone(),
        transport: Arc::new(Nowhere),
    };
    Engine::open(config, platform)
}

/// A folder in which somebody is signed in, with one contact that waits.
fn used_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let session =
        session::Session { server: "https://qadam.example".into(), company: "company".into(), account: "a".into() };
    session.save(folder.path()).expect("writes");
    let core = signed_in(folder.path());
    contacts::add(&core, named("Aigul")).expect("adds");
    drop(core);
    std::fs::rename(folder.path().join("a.db"), session.database(folder.path()))
        .expect("the last connection closed the log");
    folder
}

#[tokio::test]
async fn a_locked_phone_changes_nothing() {
    let folder = used_folder();
    let list = || {
        let entries = std::fs::read_dir(folder.path()).expect("reads");
        let mut names: Vec<_> =
            entries.flatten().map(|e| (e.file_name(), e.metadata().map(|m| m.len()).ok())).collect();
        names.sort();
        names
    };
    let before = list();
    let store = Arc::new(Store::default());
    *store.0.lock() = Some(SecureStoreError::Locked);
    assert_eq!(engine(folder.path(), &store).err(), Some(EngineError::SecureStore(SecureStoreError::Locked)));
    assert_eq!(list(), before);
    *store.0.lock() = None;
    let engine = engine(folder.path(), &store).expect("opens once unlocked");
    assert_eq!(engine.sync_status().await.expect("reads").pending, 1);
    engine.close().await;
    assert_eq!(engine.sync_status().await.err(), Some(EngineError::Closed));
}

#[tokio::test]
async fn without_its_token_the_work_goes_on_offline() {
    for lost in [SecureStoreError::Missing, SecureStoreError::Invalidated] {
        let folder = used_folder();
        let store = Arc::new(Store::default());
        *store.0.lock() = Some(lost);
        let engine = engine(folder.path(), &store).expect("opens");
        let SessionView::SignedIn { account } = engine.session().await.expect("reads") else { panic!("signed out") };
        assert!(account.sign_in_needed);
        engine.add_contact(named("Marat")).await.expect("adds");
        assert_eq!(engine.sync_status().await.expect("reads").pending, 2);
        assert_eq!(engine.sync().await.err(), Some(EngineError::SignInNeeded));
        assert_eq!(engine.sign_out(false).await.err(), Some(EngineError::Unsent { count: 2 }));
        engine.close().await;
    }
}

#[tokio::test]
async fn a_dropped_next_loses_nothing() {
    let folder = used_folder();
    let engine = engine(folder.path(), &Arc::new(Store::default())).expect("opens");
    let live = engine.observe_contacts(ContactsQuery { limit: 10, ..ContactsQuery::default() });
    let first = live.next(0).await.expect("not stopped").expect("reads");
    assert_eq!(first.value.contacts.len(), 1);
    for n in 0..20 {
        let waiting = tokio::time::timeout(std::time::Duration::from_micros(n * 50), live.next(first.number));
        engine.add_contact(named("Marat")).await.expect("adds");
        let _ = waiting.await;
    }
    let mut last = first;
    while last.value.next.is_none() {
        last = live.next(last.number).await.expect("not stopped").expect("reads");
    }
    assert_eq!(last.value.contacts.len(), 10);
    live.stop();
    assert!(live.next(last.number).await.is_none());
    engine.close().await;
}

#[tokio::test]
async fn unsent_work_is_not_signed_out_and_a_full_wipe_leaves_no_file() {
    let folder = used_folder();
    let engine = engine(folder.path(), &Arc::new(Store::default())).expect("opens");
    assert_eq!(engine.sign_out(false).await.err(), Some(EngineError::Unsent { count: 1 }));
    assert!(matches!(engine.session().await, Ok(SessionView::SignedIn { .. })));
    engine.sign_out(true).await.expect("wipes");
    assert_eq!(engine.session().await, Ok(SessionView::SignedOut));
    assert_eq!(
        engine.contacts(ContactsQuery { limit: 1, ..ContactsQuery::default() }).await.err(),
        Some(EngineError::SignedOut)
    );
    let left = std::fs::read_dir(folder.path()).expect("reads").flatten().filter(|e| e.file_name() != "media");
    assert_eq!(left.count(), 0);
}

/// Takes a reply to what was sent.
fn receive(core: &Core, sent: &replica::Sent, reply: &SyncReply) -> Result<replica::Received, EngineError> {
    let reading = qadam_engine::platform::Clock::read(&*core.clock);
    core.database.write(|transaction| {
        let releases = core.releases(transaction)?;
        let received = replica::receive(transaction, &releases, sent, reply, &reading)?;
        Ok((received, received.nouns))
    })
}

/// What the next request carries.
fn next(core: &Core) -> replica::Sent {
    let reading = qadam_engine::platform::Clock::read(&*core.clock);
    let request = core.database.read(|connection| replica::request(connection, &reading, 9)).expect("a request");
    replica::Sent::of(request, reading)
}

fn read_reply(json: &str) -> SyncReply {
    serde_json::from_str(json).expect("a reply")
}

/// A reply of a server whose stream has another history.
fn reset(rows: &str) -> SyncReply {
    let page = format!(r#"{{"cursor":{{"epoch":"another","rev":9,"tag":"t"}},"reset":true,"rows":[{rows}]}}"#);
    read_reply(&format!(r#"{{"server_time":1772323200000,"streams":{{"me":{page}}}}}"#))
}

#[test]
fn after_a_reset_what_does_not_come_again_is_gone_and_what_was_kept_is_sent_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let receive = |reply| receive(&core, &next(&core), &reply);
    let contact = |id: &str| {
        format!(r#"{{"k":"contact","i":"{id}","r":1,"v":{{"f":{{"name":["{id}","1.0.0123456789abcdef"]}}}}}}"#)
    };
    receive(reset(&format!("{},{}", contact("stays"), contact("goes")))).expect("takes it");
    assert_eq!(names(&core), ["goes", "stays"]);
    contacts::add(&core, named("Waits")).expect("adds");
    // The server keeps it, then comes back with another history.
    let kept = r#"{"server_time":1772323200000,"acks":[{"seq":1,"status":"kept"}]}"#;
    receive(read_reply(kept)).expect("takes it");
    assert_eq!(core.database.read(replica::outbox::counts), Ok((0, 1)));
    // Damage took a row that the server has lost too.
    rusqlite::Connection::open(core.database.path())
        .and_then(|connection| connection.execute("DELETE FROM row WHERE id = 'goes'", []))
        .expect("damages");
    receive(reset(&contact("stays"))).expect("takes it");
    assert_eq!(names(&core), ["stays", "Waits"]);
    assert_eq!(core.database.read(replica::outbox::counts), Ok((1, 0)));
    assert!(matches!(receive(reset("")), Err(EngineError::NotQadam { .. })));
    assert_eq!(names(&core), ["stays", "Waits"]);
}

#[test]
fn an_echo_is_made_of_what_is_confirmed_and_of_what_was_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let receive = |sent: &replica::Sent, reply: &str| receive(&core, sent, &read_reply(reply));
    let row = |id: &str| {
        let read = core.database.read(|connection| {
            let sql = "SELECT rev, value FROM row WHERE kind = 'contact' AND id = ?1";
            Ok(connection.query_row(sql, [id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?)
        });
        read.expect("a row")
    };
    let page = |rev: u64, what: &str| {
        format!(r#""streams":{{"me":{{"cursor":{{"epoch":"e","rev":{rev},"tag":"t"}},{what}}}}}"#)
    };
    let held =
        r#"{"f":{"name":["Held","1.0.0123456789abcdef"],"x":["kept","1.0.0123456789abcdef"]},"z":{"more":true}}"#;
    let rows = format!(r#""rows":[{{"k":"contact","i":"held","r":1,"v":{held}}}]"#);
    receive(&next(&core), &format!(r#"{{"server_time":1772323200000,{}}}"#, page(1, &rows))).expect("takes it");

    let note = |text: &str| contacts::ContactEdit { note: Some(text.into()), ..Default::default() };
    contacts::edit(&core, "held", note("one")).expect("edits");
    contacts::edit(&core, "held", note("two")).expect("edits");
    let new = contacts::add(&core, named("New")).expect("adds");
    let shown = row("held").1;
    let request = next(&core);
    // Erased while the request is under way: the echo is of what was sent.
    contacts::erase(&core, &new).expect("erases");
    let acks = r#""acks":[{"seq":1,"count":3,"status":"applied"}]"#;
    let reply = |echoes: &str| format!(r#"{{"server_time":1772323200000,{acks},{}}}"#, page(3, echoes));
    for wrong in [
        r#""echoes":[{"rev":2,"seq":4}]"#,
        r#""echoes":[{"rev":2,"seq":1},{"rev":3,"seq":2}]"#,
        r#""echoes":[{"rev":18446744073709551615,"seq":1,"count":18446744073709551615}]"#,
        r#""reset":true,"echoes":[{"rev":2,"seq":1}]"#,
    ] {
        let refused = receive(&request, &reply(wrong));
        assert!(matches!(refused, Err(EngineError::NotQadam { .. })), "{wrong}: {refused:?}");
    }
    let echoes = reply(r#""echoes":[{"rev":2,"seq":1},{"rev":3,"seq":3}]"#);
    let received = receive(&request, &echoes).expect("takes it");
    assert_eq!((received.acknowledged, received.rows), (3, 2));
    assert_eq!(row("held"), (2, shown));
    assert_eq!(names(&core), ["Held"], "the erasure still waits, and shows");
    // An answer that comes late speaks of other rows than are held now.
    assert!(matches!(receive(&request, &echoes), Err(EngineError::NotQadam { .. })));
}

#[test]
fn an_echo_within_a_reset_is_not_made_of_what_the_server_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let receive = |reply: &str| receive(&core, &next(&core), &read_reply(reply)).expect("takes it");
    let contact = |id: &str| {
        format!(r#""rows":[{{"k":"contact","i":"{id}","r":1,"v":{{"f":{{"name":["{id}","1.0.0123456789abcdef"]}}}}}}]"#)
    };
    let page = |rev: u64, what: &str| {
        format!(r#""streams":{{"me":{{"cursor":{{"epoch":"another","rev":{rev},"tag":"t"}},{what}}}}}"#)
    };
    let first = page(1, &contact("lost")).replace("another", "first");
    receive(&format!(r#"{{"server_time":1772323200000,{first}}}"#));
    let begins = page(1, &format!(r#"{},"reset":true,"more":true"#, contact("other")));
    receive(&format!(r#"{{"server_time":1772323200000,{begins}}}"#));
    let note = ContactEdit { note: Some("one".into()), ..ContactEdit::default() };
    contacts::edit(&core, "lost", note).expect("edits what is still shown");
    let acks = r#""acks":[{"seq":1,"status":"applied"}]"#;
    let ends = page(3, r#""echoes":[{"rev":2,"seq":1}]"#);
    receive(&format!(r#"{{"server_time":1772323200000,{acks},{ends}}}"#));
    let value: rusqlite::Result<String> = rusqlite::Connection::open(core.database.path())
        .and_then(|connection| connection.query_row("SELECT value FROM row WHERE id = 'lost'", [], |row| row.get(0)));
    let value = value.expect("a row");
    assert!(value.contains("note") && !value.contains("name"), "{value}");
}

#[test]
fn what_another_phone_erases_stays_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let receive = |reply: &str| receive(&core, &next(&core), &read_reply(reply)).expect("takes it");
    let page = |rev: u64, value: &str| {
        let row = format!(r#"{{"k":"contact","i":"held","r":{rev},"v":{value}}}"#);
        format!(r#""streams":{{"me":{{"cursor":{{"epoch":"e","rev":{rev},"tag":"t"}},"rows":[{row}]}}}}"#)
    };
    let held = page(1, r#"{"f":{"name":["Secret","1.0.0123456789abcdef"]}}"#);
    receive(&format!(r#"{{"server_time":1772323200000,"backed":0,{held}}}"#));
    let edit = || ContactEdit { note: Some("Secret as well".into()), ..ContactEdit::default() };
    contacts::edit(&core, "held", edit()).expect("edits");
    receive(r#"{"server_time":1772323200001,"backed":0,"acks":[{"seq":1,"status":"applied"}]}"#);
    contacts::edit(&core, "held", edit()).expect("edits");
    let sent = next(&core);
    // It comes before the edit is answered.
    let erased = read_reply(&format!(r#"{{"server_time":1772323200002,{}}}"#, page(2, r#"{"e":true}"#)));
    crate::receive(&core, &replica::Sent { mutations: Vec::new(), ..sent }, &erased).expect("takes it");
    for query in ["SELECT value FROM row", "SELECT body FROM mutation", "SELECT body FROM acknowledged"] {
        let texts: rusqlite::Result<Vec<String>> = rusqlite::Connection::open(core.database.path())
            .and_then(|connection| connection.prepare(query)?.query_map([], |row| row.get(0))?.collect());
        let texts = texts.expect("reads").concat();
        assert!(!texts.contains("Secret"), "{query}: {texts}");
    }
    assert_eq!(core.database.read(replica::outbox::counts), Ok((1, 0)), "sequences have no gaps");
}

#[test]
fn what_is_erased_stays_nowhere_while_the_erasure_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let receive = |reply: &str| receive(&core, &next(&core), &read_reply(reply));
    let held = r#"{"k":"contact","i":"held","r":1,"v":{"f":{"name":["Secret","1.0.0123456789abcdef"]}}}"#;
    let page = format!(r#"{{"cursor":{{"epoch":"e","rev":1,"tag":"t"}},"rows":[{held}]}}"#);
    receive(&format!(r#"{{"server_time":1772323200000,"backed":0,"streams":{{"me":{page}}}}}"#)).expect("takes it");
    let edit = ContactEdit { note: Some("Secret as well".into()), ..ContactEdit::default() };
    contacts::edit(&core, "held", edit).expect("edits");
    receive(r#"{"server_time":1772323200001,"backed":0,"acks":[{"seq":1,"status":"applied"}]}"#).expect("takes it");
    contacts::erase(&core, "held").expect("erases");
    let texts = [
        "SELECT value FROM row",
        "SELECT value FROM before",
        "SELECT body FROM mutation",
        "SELECT body FROM acknowledged",
        "SELECT name || note FROM contact",
    ];
    for query in texts {
        let texts: rusqlite::Result<Vec<Option<String>>> = rusqlite::Connection::open(core.database.path())
            .and_then(|connection| connection.prepare(query)?.query_map([], |row| row.get(0))?.collect());
        let texts: Vec<String> = texts.expect("reads").into_iter().flatten().collect();
        assert!(!texts.concat().contains("Secret"), "{query}: {texts:?}");
    }
}

/// What each version made of the one before it; the first is whole.
const VERSIONS: [&str; 7] = [
    include_str!("fixtures/v1.sql"),
    include_str!("../src/database/migrations/0002_digest.sql"),
    include_str!("../src/database/migrations/0003_team.sql"),
    include_str!("../src/database/migrations/0004_push.sql"),
    include_str!("../src/database/migrations/0005_journey.sql"),
    include_str!("../src/database/migrations/0006_nudges.sql"),
    include_str!("../src/database/migrations/0007_noted.sql"),
];

#[test]
fn a_database_of_every_version_keeps_what_waits_and_goes_on() {
    for version in 1..=VERSIONS.len() {
        goes_on(version);
    }
}

fn goes_on(version: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let old = rusqlite::Connection::open(&path).expect("creates");
    for sql in &VERSIONS[..version] {
        old.execute_batch(sql).expect("is that version");
    }
    old.pragma_update(None, "user_version", version as i64).expect("says so");
    drop(old);
    let core = core(folder.path()).expect("is brought up to date");
    assert_eq!(names(&core), ["Held, and edited", "New", "Other"]);
    assert_eq!(core.database.read(replica::outbox::counts), Ok((2, 0)));
    // The digest of what is confirmed is computed once it is needed: the server's is the same.
    let digest = |rows: &[(&str, &str)]| {
        let digests = rows.iter().map(|(id, value)| qadam_domain::digest::Digest::of("contact", id, value));
        digests.sum::<qadam_domain::digest::Digest>()
    };
    let told = digest(&[
        ("held", r#"{"f":{"name":["Held, and edited","1772323260000.0.0123456789abcdef"]}}"#),
        ("new", r#"{"f":{"name":["New","1772323260000.1.0123456789abcdef"]}}"#),
        ("other", r#"{"f":{"name":["Other","1772323100000.0.0123456789abcdef"]}}"#),
    ]);
    let page = format!(
        r#"{{"cursor":{{"epoch":"e","rev":4,"tag":"u"}},"echoes":[{{"rev":3,"seq":2,"count":2}}],"digest":"{told}"}}"#
    );
    let acks = r#""acks":[{"seq":2,"count":2,"status":"applied"}]"#;
    let reply = format!(r#"{{"server_time":1772323300000,{acks},"streams":{{"me":{page}}}}}"#);
    let received = receive(&core, &next(&core), &read_reply(&reply)).expect("takes it");
    assert_eq!((received.acknowledged, received.differs), (2, false));
    assert_eq!(names(&core), ["Held, and edited", "New", "Other"]);
    assert_eq!(core.database.read(replica::outbox::counts), Ok((0, 0)));
}

#[test]
fn export_holds_what_is_shown_and_leaves_nothing_where_it_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.json");
    assert_eq!(settings::export(&core(folder.path()).expect("opens"), &path), Err(EngineError::SignedOut));
    let core = signed_in(folder.path());
    let id = contacts::add(&core, named("Aigul \"A\"")).expect("adds");
    let gone = contacts::add(&core, named("Dana")).expect("adds");
    contacts::erase(&core, &gone).expect("erases");
    // What this phone holds of a company and a team is not the person's.
    core.database
        .write(|connection| {
            let insert = "INSERT INTO row (stream, kind, id, rev, generation, value) VALUES (?1, ?2, 'x', 1, 0, ?3)";
            connection.execute(insert, ["other", "secret", "{}"])?;
            connection.execute(insert, ["me", "damaged", "{\"half"])?;
            Ok(((), Nouns::NONE))
        })
        .expect("writes");
    settings::export(&core, &path).expect("exports");
    let text = std::fs::read_to_string(&path).expect("is there");
    let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["format"], 1);
    let rows = read["rows"].as_array().expect("a list");
    let of = |kind: &str, id: &str| {
        rows.iter().find(|row| row["kind"] == kind && row["id"] == id).map(|row| row["value"].clone())
    };
    assert!(of("contact", &id).expect("the contact").to_string().contains("Aigul \\\"A\\\""), "{text}");
    assert!(rows.iter().any(|row| row["kind"] == "distributor"), "{text}");
    assert_eq!(of("damaged", "x"), Some("{\"half".into()));
    assert!(!text.contains("Dana") && !text.contains("secret"), "{text}");

    let nowhere = folder.path().join("no such folder").join("export.json");
    assert!(matches!(settings::export(&core, &nowhere), Err(EngineError::Storage { .. })));
    let occupied = folder.path().join("occupied");
    std::fs::create_dir_all(occupied.join("in")).expect("a folder");
    assert!(settings::export(&core, &occupied).is_err());
    let left =
        std::fs::read_dir(folder.path()).expect("reads").filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert!(left.into_iter().all(|name| !name.ends_with(".part")));
}

#[test]
fn card_is_what_other_address_books_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = signed_in(folder.path());
    let path = folder.path().join("contact.vcf");
    let contact = ContactEdit {
        phone: Some("+7 701 000 00 00".into()),
        email: Some("aigul@example.kz".into()),
        note: Some("secret".into()),
        birthday: Some("05-17".into()),
        ..named("Айгүл, \"A;B\\C\"")
    };
    let id = contacts::add(&core, contact).expect("adds");
    contacts::card(&core, &id, &path).expect("writes");
    assert_eq!(
        std::fs::read_to_string(&path).expect("is there"),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Айгүл\\, \"A\\;B\\\\C\"\r\nN:Айгүл\\, \"A\\;B\\\\C\";;;;\r\n\
         TEL;TYPE=CELL:+7 701 000 00 00\r\nEMAIL;TYPE=INTERNET:aigul@example.kz\r\nEND:VCARD\r\n"
    );

    // Of one who has a name alone, and a long one: folded, and whole again where the folds are taken out.
    let name = "Әбдіқадырова-".repeat(12);
    let id = contacts::add(&core, named(&name)).expect("adds");
    contacts::card(&core, &id, &path).expect("writes over");
    let text = std::fs::read_to_string(&path).expect("is there");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let expected = format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\nEND:VCARD\r\n");
    assert_eq!(text.replace("\r\n ", ""), expected);

    contacts::delete(&core, &id).expect("deletes");
    let gone = contacts::card(&core, &id, &path);
    assert_eq!(gone, Err(EngineError::NotFound { what: "contact".into() }));
    assert_eq!(std::fs::read_to_string(&path).expect("is there"), text);
}
