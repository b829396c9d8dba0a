//! Storage that fails: at each call of a small session in turn, on the phone and on the server, an error, a short write, a full disk, a power
//! cut. What was told as saved is there after it, what was told as sent is on the server, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use qadam_backend::config::Config as ServerConfig;
use qadam_backend::server::RunningServer;
use qadam_backend::store;
use qadam_domain::records::Record;
use qadam_engine::contacts::{Channel, ContactEdit, ContactsQuery};
use qadam_engine::session::SessionView;
use qadam_engine::{Engine, EngineError, Platform};
use qadam_faults::storage::{Counted, Disk, Fault, Left};
use qadam_faults::{Company, PASSWORD, phone_on, platform};
use rusqlite::Connection;

const LESSON: &str = "what-this-business-is";

/// What a person was told, and what was tried. The lesson that was read is among it as `read`, the quiz that was handed in as `quiz`.
#[derive(Default)]
struct Told {
    tried: BTreeSet<String>,
    saved: BTreeSet<String>,
    sent: BTreeSet<String>,
    errors: Vec<EngineError>,
    /// There are lessons.
    has_content: bool,
}

impl Told {
    async fn tries(&mut self, what: &str, done: impl Future<Output = Result<(), EngineError>>) {
        self.tried.insert(what.into());
        match done.await {
            Ok(()) => {
                self.saved.insert(what.into());
            }
            Err(EngineError::ContentMissing) if !self.has_content => {}
            Err(error) => self.errors.push(error),
        }
    }

    async fn syncs<T>(&mut self, done: impl Future<Output = Result<T, EngineError>>) {
        let before = self.saved.clone();
        match done.await {
            Ok(_) => {
                self.has_content = true;
                self.sent.extend(before);
            }
            Err(error) => self.errors.push(error),
        }
    }
}

fn named(name: &str) -> ContactEdit {
    ContactEdit { name: Some(name.into()), ..ContactEdit::default() }
}

/// A company all of whose files lie on a disk that does not fail, and never really syncs.
async fn company() -> (Company, Arc<Disk>) {
    let company = Company::start().await;
    let disk = Disk::at(company.folder.path());
    (company, disk)
}

/// A phone's folder and secrets, and the account that uses it.
struct Owner {
    login: String,
    folder: PathBuf,
    platform: Platform,
    url: String,
}

impl Owner {
    fn new(company: &Company, login: String) -> Self {
        company.enlist(&login);
        let folder = company.folder.path().join(&login);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self { login, folder, platform: platform(), url: company.server.url() }
    }

    fn open(&self) -> Result<Engine, EngineError> {
        phone_on(&self.folder, self.platform.clone())
    }

    async fn sign_in(&self, phone: &Engine) -> Result<(), EngineError> {
        let signed_in = phone.sign_in(self.url.clone(), self.login.clone(), PASSWORD.into(), "phone".into());
        signed_in.await.map(drop)
    }
}

/// A newcomer's evening, as far as the phone goes along. `None` where it does not even start or let anybody in.
async fn evening(owner: &Owner, told: &mut Told) -> Option<Engine> {
    let phone = match owner.open() {
        Ok(phone) => phone,
        Err(error) => {
            told.errors.push(error);
            return None;
        }
    };
    if let Err(error) = owner.sign_in(&phone).await {
        told.errors.push(error);
        phone.close().await;
        return None;
    }
    told.syncs(phone.sync()).await;
    work(&phone, told, "").await;
    Some(phone)
}

/// Records, events, syncs.
async fn work(phone: &Engine, told: &mut Told, of: &str) {
    let name = |n: &str| format!("{n}{of}");
    let mut first = None;
    told.tries(&name("one"), async { phone.add_contact(named(&name("one"))).await.map(|id| first = Some(id)) }).await;
    told.tries(&name("read"), async { phone.finish_reading(LESSON.into()).await.map(drop) }).await;
    told.syncs(phone.sync()).await;
    told.tries(&name("two"), async { phone.add_contact(named(&name("two"))).await.map(drop) }).await;
    if let Some(id) = first {
        let talk = phone.log_interaction(id.clone(), Channel::Call, None, name("talk"));
        told.tries(&name("talk"), async { talk.await.map(drop) }).await;
        let edit = ContactEdit { phone: Some(name("number")), ..ContactEdit::default() };
        told.tries(&name("number"), phone.edit_contact(id, edit)).await;
    }
    told.tries(&name("quiz"), async {
        phone.quiz(LESSON.into()).await?;
        phone.hand_in(LESSON.into()).await.map(drop)
    })
    .await;
    if let Err(error) = phone.background(1_000).await {
        told.errors.push(error);
    }
    told.syncs(phone.run_background(10_000)).await;
    told.tries(&name("three"), async { phone.add_contact(named(&name("three"))).await.map(drop) }).await;
}

/// What the phone shows, and how often.
async fn shown(phone: &Engine) -> BTreeMap<String, u32> {
    let mut all = BTreeMap::new();
    let page = phone.contacts(ContactsQuery { limit: 100, ..ContactsQuery::default() }).await.expect("reads");
    for contact in page.contacts {
        *all.entry(contact.name).or_default() += 1;
        let contact = phone.contact(contact.id).await.expect("reads");
        for text in contact.interactions.into_iter().map(|talk| talk.note).chain([contact.phone]) {
            if !text.is_empty() {
                *all.entry(text).or_default() += 1;
            }
        }
    }
    if let Ok(courses) = phone.courses().await {
        let mut lessons = courses.courses.into_iter().flat_map(|course| course.lessons);
        let lesson = lessons.find(|lesson| lesson.id == LESSON).expect("the first lesson");
        all.insert("read".into(), u32::from(lesson.read));
        all.insert("quiz".into(), lesson.attempts);
        all.retain(|_, count| *count > 0);
    }
    all
}

/// What the server has of an account, and how often.
fn stored(data: &Path, login: &str) -> BTreeMap<String, u32> {
    let connection = Connection::open(data.join(store::FILE)).expect("opens");
    let mut all = BTreeMap::new();
    let mut rows = connection
        .prepare(
            "SELECT value FROM stream_row WHERE kind IN ('contact', 'interaction') AND value IS NOT NULL
             AND stream = (SELECT s.id FROM stream s JOIN account a ON a.id = s.account WHERE a.login = ?1)",
        )
        .expect("reads");
    let rows = rows.query_map([login], |row| row.get::<_, String>(0)).expect("reads");
    for row in rows {
        let record: Record = serde_json::from_str(&row.expect("reads")).expect("a record");
        for field in ["name", "note", "phone"] {
            if let Some(text) = record.fields.get(field).and_then(|field| field.0.clone()) {
                *all.entry(text).or_default() += 1;
            }
        }
    }
    for (name, text) in [("lesson.read", "read"), ("quiz.answered", "quiz")] {
        let sql = "SELECT count(*) FROM mutation WHERE name = ?2 AND status = 'applied'
                   AND account = (SELECT id FROM account WHERE login = ?1)";
        let count: u32 = connection.query_row(sql, (login, name), |row| row.get(0)).expect("reads");
        if count > 0 {
            all.insert(text.into(), count);
        }
    }
    all
}

fn is_sound(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("lists").flatten() {
        let path = entry.path();
        let name = path.to_string_lossy().into_owned();
        assert!(!name.contains(".set-aside-") && !name.ends_with(".damaged"), "{name}");
        if path.is_dir() {
            is_sound(&path);
        } else if name.ends_with(".db") {
            let connection = Connection::open(&path).expect("opens");
            let word: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("reads");
            assert_eq!(word, "ok", "{name}");
        }
    }
}

/// All of `held`, at least; nothing that was not tried; nothing twice.
fn holds(found: &BTreeMap<String, u32>, held: &BTreeSet<String>, tried: &BTreeSet<String>, what: &dyn Debug) {
    let names: BTreeSet<String> = found.keys().cloned().collect();
    assert!(held.is_subset(&names), "{what:?}: {:?} is lost", held.difference(&names));
    assert!(names.is_subset(tried), "{what:?}: {:?} came from nowhere", names.difference(tried));
    assert!(found.values().all(|count| *count == 1), "{what:?}: doubled in {found:?}");
}

/// The phone and the server after everything works again.
async fn settles(company: &Company, owner: &Owner, phone: &Engine, told: &Told, what: &dyn Debug) {
    if phone.session().await == Ok(SessionView::SignedOut) {
        owner.sign_in(phone).await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
    }
    holds(&shown_records(phone).await, &records(&told.saved), &told.tried, what);
    phone.sync().await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
    holds(&shown(phone).await, &told.saved, &told.tried, what);
    let status = phone.sync_status().await.expect("reads");
    assert_eq!((status.pending, status.kept, status.refused), (0, 0, 0), "{what:?}");
    let stored = stored(&company.data(), &owner.login);
    assert_eq!(stored, shown(phone).await, "{what:?}");
    // In step, and by the digests too.
    let again = phone.sync().await.expect("syncs");
    assert_eq!((again.sent, again.received, again.repaired), (0, 0, 0), "{what:?}");
}

/// Lessons can be shown once their texts are here.
async fn shown_records(phone: &Engine) -> BTreeMap<String, u32> {
    let mut all = shown(phone).await;
    all.retain(|name, _| name != "read" && name != "quiz");
    all
}

fn records(all: &BTreeSet<String>) -> BTreeSet<String> {
    all.iter().filter(|name| *name != "read" && *name != "quiz").cloned().collect()
}

/// The evening with the fault at each call of the phone's storage. `is_told` says whether an error is one that a person may be told.
async fn at_every_call(fault: Fault, counted: Counted, is_told: fn(&EngineError) -> bool) {
    let (company, _disk) = company().await;
    let began = Instant::now();
    for nth in 1.. {
        let owner = Owner::new(&company, format!("phone-{nth}"));
        let disk = Disk::at(&owner.folder);
        disk.arm(nth, fault, counted);
        let mut told = Told::default();
        let phone = evening(&owner, &mut told).await;
        let hit = disk.disarm();
        let what = (fault, &hit);
        for error in &told.errors {
            assert!(hit.is_some() && is_told(error), "{what:?}: {error:?}");
        }
        // The same app goes on, or is started anew.
        let phone = match phone {
            Some(phone) => {
                assert!(phone.courses().await.is_ok() || !told.has_content, "{what:?}");
                settles(&company, &owner, &phone, &told, &what).await;
                phone.close().await;
                drop(phone);
                owner.open()
            }
            None => owner.open(),
        };
        let phone = phone.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
        settles(&company, &owner, &phone, &told, &what).await;
        phone.close().await;
        is_sound(&owner.folder);
        std::fs::remove_dir_all(&owner.folder).expect("removes");
        if hit.is_none() {
            println!("{fault:?}: {} calls, {:?}", nth - 1, began.elapsed());
            assert!(told.errors.is_empty() && told.saved == told.tried);
            break;
        }
    }
}

/// The app is started, used and left with the fault at each call, on one phone all the time.
async fn day_by_day(fault: Fault, counted: Counted) {
    let (company, _disk) = company().await;
    let owner = Owner::new(&company, "aigul".into());
    let disk = Disk::at(&owner.folder);
    let phone = owner.open().expect("opens");
    owner.sign_in(&phone).await.expect("signs in");
    phone.sync().await.expect("syncs");
    phone.close().await;
    let began = Instant::now();
    for nth in 1.. {
        let mut told = Told { has_content: true, ..Told::default() };
        disk.arm(nth, fault, counted);
        let phone = owner.open().or_else(|error| {
            told.errors.push(error);
            assert!(disk.hit().is_some(), "{:?}", told.errors);
            owner.open()
        });
        let phone = phone.unwrap_or_else(|error| panic!("{:?}: {error:?}", disk.hit()));
        let day = format!("day{nth}.");
        let named_today = |what: &str| format!("{day} {what}");
        told.tries(&named_today("one"), async { phone.add_contact(named(&named_today("one"))).await.map(drop) }).await;
        let before = stored(&company.data(), &owner.login).remove("read").unwrap_or_default();
        told.tries("read", async { phone.finish_reading(LESSON.into()).await.map(drop) }).await;
        told.syncs(phone.sync()).await;
        told.tries(&named_today("two"), async { phone.add_contact(named(&named_today("two"))).await.map(drop) }).await;
        if let Err(error) = phone.background(1_000).await {
            told.errors.push(error);
        }
        let hit = disk.disarm();
        let what = (fault, &hit);
        for error in &told.errors {
            assert!(hit.is_some() && matches!(error, EngineError::Storage { .. }), "{what:?}: {error:?}");
        }
        phone.courses().await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
        let outcome = phone.sync().await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
        assert_eq!((outcome.repaired, phone.sync_status().await.expect("reads").pending), (0, 0), "{what:?}");
        let today = ContactsQuery { search: day.clone(), limit: 100, ..ContactsQuery::default() };
        let page = phone.contacts(today).await.expect("reads");
        let mut at_server = stored(&company.data(), &owner.login);
        let reads = at_server.remove("read").unwrap_or_default() - before;
        at_server.retain(|name, _| name.starts_with(&day));
        let mut shown = BTreeMap::new();
        page.contacts.into_iter().for_each(|contact| *shown.entry(contact.name).or_default() += 1);
        assert_eq!(shown, at_server, "{what:?}");
        if reads > 0 {
            at_server.insert("read".into(), reads);
        }
        holds(&at_server, &told.saved, &told.tried, &what);
        phone.close().await;
        if hit.is_none() {
            println!("day by day, {fault:?}: {} calls, {:?}", nth - 1, began.elapsed());
            break;
        }
    }
    is_sound(&owner.folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_storage_fails_at_any_call() {
    day_by_day(Fault::Error, Counted::All).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_write_ends_in_its_middle() {
    day_by_day(Fault::Short, Counted::Changes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_storage_fails_at_any_change_of_the_first_evening() {
    at_every_call(Fault::Error, Counted::Changes, |error| matches!(error, EngineError::Storage { .. })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_disk_is_full_from_any_call_on() {
    at_every_call(Fault::Full, Counted::Changes, |error| *error == EngineError::StorageFull).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phones_power_goes_at_any_call() {
    let (company, _disk) = company().await;
    let began = Instant::now();
    for nth in 1.. {
        let mut told = Told::default();
        let owner = Owner::new(&company, format!("phone-{nth}"));
        let disk = Disk::at(&owner.folder);
        disk.arm(nth, Fault::PowerCut, Counted::Changes);
        if let Some(phone) = evening(&owner, &mut told).await {
            phone.close().await;
        }
        let hit = disk.restart(if nth % 4 == 0 { Left::Nothing } else { Left::Some(nth) });
        let what = &hit;
        holds(&stored(&company.data(), &owner.login), &told.sent, &told.tried, what);
        let phone = owner.open().unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
        settles(&company, &owner, &phone, &told, what).await;
        phone.close().await;
        is_sound(&owner.folder);
        std::fs::remove_dir_all(&owner.folder).expect("removes");
        if hit.is_none() {
            println!("power: {} calls, {:?}", nth - 1, began.elapsed());
            break;
        }
    }
}

/// Who has to sign in again keeps what waits, whatever the storage does meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_again_keeps_what_waits() {
    let (company, _disk) = company().await;
    let began = Instant::now();
    for nth in 1.. {
        let owner = Owner::new(&company, format!("phone-{nth}"));
        let disk = Disk::at(&owner.folder);
        let mut told = Told::default();
        let phone = owner.open().expect("opens");
        owner.sign_in(&phone).await.expect("signs in");
        told.syncs(phone.sync()).await;
        told.tries("one", async { phone.add_contact(named("one")).await.map(drop) }).await;
        disk.arm(nth, Fault::Error, Counted::All);
        let again = owner.sign_in(&phone).await;
        let hit = disk.disarm();
        assert!(hit.is_some() || again.is_ok(), "{hit:?}: {again:?}");
        phone.close().await;
        let phone = owner.open().unwrap_or_else(|error| panic!("{hit:?}: {error:?}"));
        settles(&company, &owner, &phone, &told, &hit).await;
        phone.close().await;
        std::fs::remove_dir_all(&owner.folder).expect("removes");
        if hit.is_none() {
            println!("signing in again: {} calls, {:?}", nth - 1, began.elapsed());
            assert!(nth > 30);
            break;
        }
    }
}

/// What was published last may not fit yet: what is in use stays so, and the same app goes on with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_can_not_be_stored_leaves_the_one_in_use() {
    let (company, _disk) = company().await;
    let mut points = 1;
    for fault in [Fault::Error, Fault::Full] {
        let owner = Owner::new(&company, format!("{fault:?}").to_lowercase());
        let disk = Disk::at(&owner.folder);
        let phone = owner.open().expect("opens");
        owner.sign_in(&phone).await.expect("signs in");
        phone.sync().await.expect("syncs");
        for nth in 1.. {
            points += 1;
            company.publish(|compiled| compiled.release.awards.points.review = points).await;
            disk.arm(nth, fault, Counted::Changes);
            let synced = phone.sync().await;
            let courses = phone.courses().await;
            let hit = disk.disarm();
            let what = (fault, &hit);
            assert!(courses.is_ok(), "{what:?}: {courses:?}");
            assert!(hit.is_some() || synced.is_ok(), "{what:?}: {synced:?}");
            phone.finish_reading(LESSON.into()).await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
            phone.sync().await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
            phone.courses().await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
            let status = phone.sync_status().await.expect("reads");
            assert_eq!((status.pending, status.kept, status.refused), (0, 0, 0), "{what:?}");
            if hit.is_none() {
                println!("release {fault:?}: {} calls", nth - 1);
                break;
            }
        }
        phone.close().await;
        is_sound(&owner.folder);
    }
}

/// Ends a server as a power cut would, and waits until it has let go of its files and its port.
async fn kill(server: RunningServer) {
    let (app, address) = (Arc::downgrade(server.app()), server.address());
    server.kill();
    while app.strong_count() > 0 || TcpListener::bind(address).is_err() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// One phone's work while the server's storage has the fault at each call; the server is started again after each.
async fn server_at_every_call(fault: Fault, counted: Counted) {
    let (mut company, _disk) = company().await;
    let address = company.server.address();
    let data = company.data();
    let owner = Owner::new(&company, "aigul".into());
    let phone = owner.open().expect("opens");
    owner.sign_in(&phone).await.expect("signs in");
    phone.sync().await.expect("syncs");
    let disk = Disk::at(&data);
    let mut told = Told::default();
    let began = Instant::now();
    for nth in 1.. {
        kill(company.server).await;
        disk.arm(nth, fault, counted);
        let config = || ServerConfig { listen: address, ..ServerConfig::local(&data) };
        let started = RunningServer::start(config()).await;
        let is_up = started.is_ok();
        told.errors.clear();
        let name = |n: u32| format!("contact {nth} {n}");
        for n in 1..=2 {
            told.tries(&name(n), async { phone.add_contact(named(&name(n))).await.map(drop) }).await;
            if is_up {
                told.syncs(phone.sync()).await;
            }
        }
        if let Ok(server) = started {
            kill(server).await;
        }
        let hit = if fault == Fault::PowerCut {
            disk.restart(if nth % 4 == 0 { Left::Nothing } else { Left::Some(nth) })
        } else {
            disk.disarm()
        };
        let what = (fault, &hit);
        for error in &told.errors {
            let is_told = matches!(error, EngineError::ServerBusy { .. } | EngineError::Unreachable { .. });
            assert!(hit.is_some() && is_told, "{what:?}: {error:?}");
        }
        holds(&stored(&data, &owner.login), &told.sent, &told.tried, &what);
        is_sound(&data);
        company.server = RunningServer::start(config()).await.unwrap_or_else(|error| panic!("{what:?}: {error:?}"));
        phone.foreground(qadam_engine::platform::Network::Offline).await.expect("drops connections");
        told.syncs(phone.sync()).await;
        holds(&stored(&data, &owner.login), &told.saved, &told.tried, &what);
        assert_eq!(told.saved, told.sent, "{what:?}");
        if hit.is_none() {
            println!("server {fault:?}: {} calls, {:?}", nth - 1, began.elapsed());
            break;
        }
    }
    assert_eq!(phone.sync_status().await.expect("reads").pending, 0);
    assert_eq!(phone.sync().await.expect("syncs").repaired, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_storage_fails_at_any_call() {
    server_at_every_call(Fault::Error, Counted::All).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_disk_is_full_from_any_call_on() {
    server_at_every_call(Fault::Full, Counted::Changes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_power_goes_at_any_call() {
    server_at_every_call(Fault::PowerCut, Counted::Changes).await;
}
