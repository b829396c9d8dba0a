//! A team from the server's import to the phone's pages, over a network that is cut, and images that are not what they should be.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use qadam_backend::config::now;
use qadam_backend::random;
use qadam_backend::store::{self, StoreError};
use qadam_backend::team::documents::{Documents, Plan};
use qadam_backend::team::import::{self, HEADER, Imported};
use qadam_domain::ids::BlobHash;
use qadam_engine::database::{Changes, Database};
use qadam_engine::platform::Network;
use qadam_engine::team::{TeamMembers, TeamQuery, TeamSearch, TeamStore, Wanted, WantedDocument};
use qadam_engine::{Engine, EngineError};
use qadam_faults::proxy::{self, Mood, Proxy};
use qadam_faults::{Company, PASSWORD, Secrets, copy, phone_with, sign_in};
use qadam_protocol::sync::Page;
use qadam_protocol::team::{APPLICATION_ID, Document, STREAM};
use rusqlite::Connection;

/// Id, sponsor, volume.
type Line = (u32, Option<u32>, i64);

/// 1 at the top, two leaders below it, and below each of them so many, seven to one.
fn tree(each: u32) -> Vec<Line> {
    let mut members = vec![(1, None, 0), (1_000_000, Some(1), 0), (2_000_000, Some(1), 0)];
    for leader in [1_000_000, 2_000_000] {
        members.extend((1..=each).map(|n| (leader + n, Some(leader + (n - 1) / 7), 0)));
    }
    members
}

fn csv(members: &[Line]) -> String {
    let names = ["Айгүл Серік", "José Pérez", "Дана Ахметова", "Marat Ospanov", "Ольга Ким"];
    let mut csv = format!("{}\n", HEADER.join(","));
    for (id, sponsor, volume) in members {
        let sponsor = sponsor.map(|sponsor| sponsor.to_string()).unwrap_or_default();
        let name = names[*id as usize % names.len()];
        csv.push_str(&format!("{id},{sponsor},{name} {id},+7701{id:07},silver,{volume},0,1,2024-05-01,Алматы\n"));
    }
    csv
}

fn data(company: &Company) -> PathBuf {
    company.folder.path().join("server")
}

/// By the server itself: what another process writes it finds out half a second later.
async fn import(company: &Company, members: &[Line]) -> Imported {
    let csv = csv(members);
    let imported = company.server.app().store.write::<_, StoreError, _>(move |connection| {
        let imported = import::import(connection, "team.csv", csv.as_bytes(), true, now(), &mut random::system);
        Ok(imported.expect("imports"))
    });
    imported.await.expect("writes")
}

/// A phone of the account that is this member, signed in through a proxy.
async fn phone(company: &Company, proxy: &Proxy, member: u32) -> Engine {
    let login = format!("login-{member}");
    let code = company.invite(&login);
    let connection = store::open(&data(company)).expect("opens");
    let sql = "UPDATE account SET distributor = ?2 WHERE login = ?1";
    assert_eq!(connection.execute(sql, (&login, member.to_string())).expect("writes"), 1);
    let phone = company.phone(&login);
    phone.set_password(company.server.url(), code, PASSWORD.into()).await.expect("sets the password");
    phone.sign_in(proxy.url(), login, PASSWORD.into(), "phone".into()).await.expect("signs in");
    phone
}

fn below(member: u32, after: Option<String>) -> TeamQuery {
    TeamQuery { member: Some(member.to_string()), after, limit: 100 }
}

async fn subtree(phone: &Engine, member: u32) -> Vec<(String, u32)> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let TeamMembers { members, next } = phone.team_subtree(below(member, after)).await.expect("reads");
        all.extend(members.into_iter().map(|member| (member.id, member.level)));
        match next {
            None => return all,
            next => after = next,
        }
    }
}

/// What the phone is to hold, from the lines.
fn expected(members: &[Line], leader: u32) -> Vec<String> {
    let sponsor = |id: u32| members.iter().find(|(other, ..)| *other == id).and_then(|(_, sponsor, _)| *sponsor);
    let is_below = |id: u32| std::iter::successors(sponsor(id), |id| sponsor(*id)).any(|above| above == leader);
    let mut ids: Vec<String> =
        members.iter().map(|(id, ..)| *id).filter(|id| is_below(*id)).map(|id| id.to_string()).collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_comes_as_an_image_and_follows_what_changes() {
    let company = Company::start().await;
    let mut members = tree(1_500);
    assert_eq!(import(&company, &members).await.added, 3_003);
    let proxy = Proxy::before(company.server.address()).await;
    let (first, second) = (phone(&company, &proxy, 1_000_000).await, phone(&company, &proxy, 2_000_000).await);
    assert_eq!(first.team().await.expect("reads"), None);
    first.sync().await.expect("syncs");
    second.sync().await.expect("syncs");

    let me = first.team().await.expect("reads").expect("a team");
    assert_eq!((me.id.as_str(), me.sponsor.as_deref(), me.children, me.below), ("1000000", Some("1"), 7, 1_500));
    let page = first.team_children(TeamQuery { member: None, after: None, limit: 5 }).await.expect("reads");
    assert_eq!((page.members.len(), page.next.as_deref()), (5, Some("1000005")));
    let rest = first.team_children(TeamQuery { member: None, after: page.next, limit: 5 }).await.expect("reads");
    assert_eq!((rest.members.len(), rest.next), (2, None));
    assert_eq!((rest.members[0].children, rest.members[0].level), (7, 1));
    let found = TeamSearch { name: "jose per".into(), after: None, limit: 100 };
    let found = first.search_team(found).await.expect("reads");
    assert!(found.members.len() == 100 && found.next.is_some());
    assert!(found.members.iter().all(|member| member.name.starts_with("José Pérez")));
    let path: Vec<String> = first.team_path("1000060".into()).await.expect("reads").into_iter().map(|m| m.id).collect();
    assert_eq!(path, ["1000000", "1000001", "1000008"]);
    let all = subtree(&first, 1_000_000).await;
    assert_eq!(all[..3], [("1000001".into(), 1), ("1000008".into(), 2), ("1000057".into(), 3)]);
    let mut ids: Vec<String> = all.into_iter().map(|(id, _)| id).collect();
    ids.sort();
    assert_eq!(ids, expected(&members, 1_000_000));
    assert!(matches!(first.team_member("2000001".into()).await, Err(EngineError::NotFound { .. })));

    // One row.
    let live = first.observe_team_member("1000060".into());
    let before = live.next(0).await.expect("runs").expect("reads");
    members.iter_mut().find(|(id, ..)| *id == 1_000_060).expect("a member").2 = 4_200;
    assert_eq!(import(&company, &members).await.changed, 1);
    assert_eq!(first.sync().await.expect("syncs").received, 1);
    let after = live.next(before.number).await.expect("runs").expect("reads");
    assert_eq!(after.value.map(|member| member.personal), Some(4_200));
    assert_eq!(second.sync().await.expect("syncs").received, 0, "it is not in the other's team");

    // A branch goes from one leader to the other, and comes back with another below it.
    for (branch, to) in [(1_000_003, 2_000_009), (2_000_009, 1_000_004)] {
        members.iter_mut().find(|(id, ..)| *id == branch).expect("a member").1 = Some(to);
        assert_eq!(import(&company, &members).await.moved, 1);
        for (phone, leader) in [(&first, 1_000_000), (&second, 2_000_000)] {
            phone.sync().await.expect("syncs");
            let mut ids: Vec<String> = subtree(phone, leader).await.into_iter().map(|(id, _)| id).collect();
            ids.sort();
            assert_eq!(ids, expected(&members, leader));
            let me = phone.team().await.expect("reads").expect("a team");
            assert_eq!(me.below as usize, ids.len());
        }
    }

    // The member is gone: the team goes from the phone, its files too.
    let gone = expected(&members, 2_000_000);
    members.retain(|(id, ..)| !gone.contains(&id.to_string()) && *id != 2_000_000);
    import(&company, &members).await;
    second.sync().await.expect("syncs");
    assert_eq!(second.team().await.expect("reads"), None);
    assert!(matches!(second.team_member("2000001".into()).await, Err(EngineError::NotFound { .. })));
    assert!(files(&company.folder.path().join("login-2000000")).is_empty());
    // Signing out takes it too.
    assert_eq!(files(&company.folder.path().join("login-1000000")).len(), 1);
    first.sign_out(false).await.expect("signs out");
    assert!(files(&company.folder.path().join("login-1000000")).is_empty());
}

/// Files of teams in a phone's folder, without their logs.
fn files(folder: &Path) -> Vec<PathBuf> {
    let teams = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let teams = teams.filter(|path| path.extension().is_some_and(|extension| extension == "team"));
    let files = teams.flat_map(|path| std::fs::read_dir(path).expect("a folder").flatten());
    let files = files.map(|entry| entry.path());
    files
        .filter(|path| !path.to_string_lossy().ends_with("-wal") && !path.to_string_lossy().ends_with("-shm"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_gone_on_with_where_it_was_cut() {
    let company = Company::start().await;
    let proxy = Proxy::before(company.server.address()).await;
    let phone = phone(&company, &proxy, 1).await;
    let other = phone_of(&company, &proxy, 1).await;
    // What else there is to fetch is not gone on with where it was cut.
    phone.sync().await.expect("syncs");
    other.sync().await.expect("syncs");
    import(&company, &tree(3_000)).await;
    proxy.take_bytes();
    other.sync().await.expect("syncs");
    let whole = proxy.take_bytes().0;
    let (mut cuts, mut down) = (0, 0);
    proxy.set(Mood::CutReply(30_000));
    loop {
        phone.foreground(Network::Offline).await.expect("drops connections");
        match phone.sync().await {
            Ok(_) => break,
            Err(EngineError::Unreachable { .. }) => cuts += 1,
            Err(error) => panic!("{error:?}"),
        }
        assert_eq!(phone.team().await.expect("reads"), None, "never in part");
        down += proxy.take_bytes().0;
        assert!(cuts < 100, "it gets nowhere");
    }
    down += proxy.take_bytes().0;
    assert!(cuts >= 3, "{cuts} cuts of {whole} bytes");
    assert!(down < whole + cuts * 12_000, "{down} bytes in {cuts} pieces instead of {whole}");
    assert_eq!(phone.team().await.expect("reads").map(|me| me.below), Some(6_002));
}

/// Once per place of a cut: the same phone that has everything but the team.
#[tokio::test(flavor = "multi_thread")]
async fn an_image_cut_anywhere_goes_on_where_it_was() {
    let company = Company::start().await;
    let proxy = Proxy::before(company.server.address()).await;
    let (folder, secrets) = (company.folder.path(), Arc::<Secrets>::default());
    phone(&company, &proxy, 1).await.close().await;
    let template = phone_with(&folder.join("template"), secrets.clone(), 1);
    sign_in(&template, &proxy.url(), "login-1").await;
    template.close().await;
    import(&company, &tree(1_500)).await;
    let fresh = |name: &str| {
        copy(&folder.join("template"), &folder.join(name));
        phone_with(&folder.join(name), secrets.clone(), 1)
    };
    proxy.take_bytes();
    proxy.take_requests();
    let phone = fresh("whole");
    phone.sync().await.expect("syncs");
    let whole = proxy.take_bytes().0;
    assert_eq!(proxy.take_requests(), ["POST /v1/sync", "GET /v1/blobs"], "an image is one round trip more");
    phone.close().await;
    // What a sync and the heads of two replies are, at most.
    let extra = 3_000;
    let mut resumed = 0;
    for at in (0..whole).step_by(whole as usize / 60) {
        let phone = fresh(&at.to_string());
        proxy.set(Mood::CutReply(at));
        let cut = phone.sync().await;
        assert!(matches!(cut, Err(EngineError::Unreachable { .. })), "after {at}: {cut:?}");
        assert_eq!(phone.team().await.expect("reads"), None, "never in part");
        let came = proxy.take_bytes().0;
        proxy.set(Mood::Honest);
        phone.foreground(Network::Offline).await.expect("drops connections");
        phone.sync().await.expect("syncs");
        let rest = proxy.take_bytes().0;
        assert!(came + rest <= whole + extra, "{came} and then {rest} bytes of {whole}");
        resumed += u32::from(rest + 10_000 < whole);
        assert_eq!(phone.team().await.expect("reads").map(|me| me.below), Some(3_002));
        phone.close().await;
        std::fs::remove_dir_all(folder.join(at.to_string())).expect("removes");
    }
    assert!(resumed > 40, "{resumed} were gone on with");
    assert_eq!(company.server.app().documents.builds(), 1);
}

/// 10 kbit/s, and a connection that dies now and then; time runs thirty times as fast.
#[tokio::test(flavor = "multi_thread")]
async fn an_image_crawls_in_pieces_through_ten_kilobits() {
    const HURRY: u32 = 30;
    let company = Company::start().await;
    let proxy = Proxy::before(company.server.address()).await;
    phone(&company, &proxy, 1).await.close().await;
    let phone = phone_with(&company.folder.path().join("slow"), Arc::default(), HURRY);
    sign_in(&phone, &proxy.url(), "login-1").await;
    import(&company, &tree(1_000)).await;
    let line =
        |seed| proxy::Line { delay: 300..=900, cut: 0.1, rate: Some(1_250), hurry: HURRY, seed, ..Default::default() };
    let (mut down, mut cuts) = (0, 0);
    proxy.take_bytes();
    let began = std::time::Instant::now();
    loop {
        proxy.set(Mood::Line(line(cuts)));
        phone.foreground(Network::Offline).await.expect("drops connections");
        match phone.sync().await {
            Ok(_) => break,
            Err(EngineError::Unreachable { .. }) => cuts += 1,
            Err(error) => panic!("{error:?}"),
        }
        assert!(cuts < 60, "it gets nowhere");
    }
    down += proxy.take_bytes().0;
    let took = began.elapsed() * HURRY;
    assert_eq!(phone.team().await.expect("reads").map(|me| me.below), Some(2_002));
    assert!(cuts > 0 && took > std::time::Duration::from_secs(30), "{cuts} cuts in {took:?}");
    // Uncut, through a good line.
    proxy.set(Mood::Honest);
    let other = phone_of(&company, &proxy, 1).await;
    proxy.take_bytes();
    other.sync().await.expect("syncs");
    let whole = proxy.take_bytes().0;
    assert!(down < whole + cuts * 3_000, "{down} bytes with {cuts} cuts instead of {whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_in_a_team_is_one_round_trip() {
    let company = Company::start().await;
    let mut members = tree(600);
    import(&company, &members).await;
    let proxy = Proxy::before(company.server.address()).await;
    let phone = phone(&company, &proxy, 1).await;
    phone.sync().await.expect("syncs");
    proxy.set(Mood::Line(proxy::Line { delay: 100..=100, loss: 0.01, ..Default::default() }));
    phone.foreground(Network::Offline).await.expect("drops connections");
    for volume in [7, 8] {
        members.iter_mut().skip(10).take(50).for_each(|line| line.2 = volume);
        import(&company, &members).await;
        proxy.take_requests();
        assert_eq!(phone.sync().await.expect("syncs").received, 50);
        assert_eq!(proxy.take_requests(), ["POST /v1/sync"]);
    }
}

/// Another phone of an account that has one.
async fn phone_of(company: &Company, proxy: &Proxy, member: u32) -> Engine {
    let phone = company.phone("another");
    phone.sign_in(proxy.url(), format!("login-{member}"), PASSWORD.into(), "another".into()).await.expect("signs in");
    phone
}

/// The server's documents, whose bytes a test may change.
fn documents(company: &Company) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(data(company).join("images")).expect("a folder").flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).expect("a folder").flatten());
    files.map(|file| file.path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_with_another_hash_leaves_the_team_as_it_was() {
    let company = Company::start().await;
    let mut members = tree(2_200);
    import(&company, &members).await;
    let proxy = Proxy::before(company.server.address()).await;
    let phone = phone(&company, &proxy, 1).await;
    let other = phone_of(&company, &proxy, 1).await;
    phone.sync().await.expect("syncs");
    other.sync().await.expect("syncs");
    let volume = async || phone.team_member("1000007".into()).await.expect("reads").personal;
    // More than a page has rows; the first who asks has the document made.
    members.iter_mut().for_each(|line| line.2 = 5);
    import(&company, &members).await;
    other.sync().await.expect("syncs");
    let builds = company.server.app().documents.builds();
    for path in documents(&company) {
        let mut bytes = std::fs::read(&path).expect("reads");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("writes");
    }
    for _ in 0..2 {
        assert_eq!(phone.sync().await.err(), Some(EngineError::WrongHash));
        assert_eq!(volume().await, 0);
        assert_eq!(phone.team().await.expect("reads").map(|me| me.below), Some(4_402));
    }
    assert_eq!(company.server.app().documents.builds(), builds, "an image that is shorter than the delta is made once");
    documents(&company).iter().for_each(|path| std::fs::remove_file(path).expect("removes"));
    phone.sync().await.expect("syncs");
    assert_eq!(volume().await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_team_comes_as_rows() {
    let company = Company::start().await;
    import(&company, &tree(40)).await;
    let proxy = Proxy::before(company.server.address()).await;
    let phone = phone(&company, &proxy, 2_000_000).await;
    assert!(phone.sync().await.expect("syncs").received > 40);
    assert_eq!(company.server.app().documents.builds(), 0);
    assert_eq!(phone.team().await.expect("reads").map(|me| me.below), Some(40));
    sign_in(&company.phone("again"), &proxy.url(), "login-2000000").await;
}

/// A phone's store, and a server's image for it.
struct Bench {
    folder: tempfile::TempDir,
    database: Database,
    wanted: WantedDocument,
    image: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("server");
        let connection = store::open(&data).expect("opens");
        import::import(&connection, "a.csv", csv(&tree(600)).as_bytes(), true, now(), &mut random::system)
            .expect("imports");
        connection
            .execute(
                "INSERT INTO account (id, public, login, distributor, name, created) VALUES (1, 'a', 'a', '1', '', 0)",
                [],
            )
            .expect("an account");
        let documents = Documents::open(&data).expect("a folder");
        let Ok(Plan::Build { leader, head, since }) = documents.plan(&connection, 1, None) else { panic!("an image") };
        let built = documents.make(&connection, &leader, &head, since).expect("builds");
        let image = documents.find(&connection, 1, &built.document.hash).expect("reads").expect("is there");
        let database = Database::open(&folder.path().join("a.db"), Changes::default()).expect("opens");
        let page = page_of(&built.document, &head, &leader.number, built.digest);
        let store = TeamStore::open(&database).expect("opens");
        store.receive(&database, &page).expect("takes");
        let Some(Wanted::Document(wanted)) = store.take_wanted() else { panic!("a document") };
        Self { folder, database, wanted: *wanted, image }
    }

    fn store(&self) -> TeamStore {
        TeamStore::open(&self.database).expect("opens")
    }

    /// A copy of a document, since who takes it deletes it.
    fn copy(&self, of: &Path) -> PathBuf {
        let copy = self.folder.path().join("copy.zst");
        std::fs::copy(of, &copy).expect("copies");
        copy
    }

    /// The image, changed and packed again.
    fn changed(&self, change: impl FnOnce(&Path)) -> (WantedDocument, PathBuf) {
        let plain = self.folder.path().join("plain.db");
        std::fs::write(&plain, zstd::decode_all(std::fs::File::open(&self.image).expect("opens")).expect("zstd"))
            .expect("writes");
        change(&plain);
        let bytes = std::fs::read(&plain).expect("reads");
        let packed = zstd::encode_all(&bytes[..], 1).expect("packs");
        let path = self.folder.path().join("changed.zst");
        std::fs::write(&path, &packed).expect("writes");
        let document =
            Document { hash: BlobHash::of(&packed), size: packed.len() as u64, unpacked: bytes.len() as u64 };
        (WantedDocument { document, ..self.wanted.clone() }, path)
    }
}

fn page_of(
    document: &Document,
    cursor: &qadam_protocol::sync::Cursor,
    leader: &str,
    digest: qadam_domain::digest::Digest,
) -> Page {
    let team = qadam_protocol::team::TeamPage {
        leader: Some(leader.into()),
        digest: Some(digest),
        image: Some(document.clone()),
        ..Default::default()
    };
    Page {
        cursor: cursor.clone(),
        reset: false,
        more: false,
        rows: vec![],
        echoes: vec![],
        digest: None,
        team: Some(Box::new(team)),
    }
}

/// A byte of SQLite's header: it sees no damage there, but a format of a schema that it does not know.
fn break_format(path: &Path) {
    let mut bytes = std::fs::read(path).expect("reads");
    bytes[47] = 9;
    std::fs::write(path, bytes).expect("writes");
}

#[test]
fn an_image_that_is_not_what_it_should_be_leaves_the_team_as_it_was() {
    let bench = Bench::new();
    let store = bench.store();
    store.take(&bench.database, &bench.wanted, &bench.copy(&bench.image)).expect("adopts");
    let held = store.rows().expect("reads");
    assert_eq!(held.len(), 1_203);
    let sql = |statement: &'static str| {
        move |path: &Path| Connection::open(path).and_then(|c| c.execute_batch(statement)).expect("writes")
    };
    type Harm = Box<dyn FnOnce(&Path)>;
    let wrong: Vec<(&str, Harm)> = vec![
        ("no SQLite", Box::new(|path| std::fs::write(path, b"something else").expect("writes"))),
        ("nothing", Box::new(|path| std::fs::write(path, b"").expect("writes"))),
        ("another format", Box::new(break_format)),
        ("another file", Box::new(sql("PRAGMA application_id = 7"))),
        ("a newer schema", Box::new(sql("PRAGMA user_version = 2"))),
        ("a table more", Box::new(sql("CREATE TABLE more (x)"))),
        ("a trigger", Box::new(sql("CREATE TRIGGER t AFTER INSERT ON member BEGIN DELETE FROM team; END"))),
        ("an index less", Box::new(sql("DROP INDEX member_number"))),
        ("another epoch", Box::new(sql("UPDATE team SET epoch = 'other'"))),
        ("another revision", Box::new(sql("UPDATE team SET rev = rev + 1"))),
        ("another leader", Box::new(sql("UPDATE team SET leader = '2'"))),
        ("another digest", Box::new(sql("UPDATE team SET digest = '00000000000000000000000000000000'"))),
        ("a row less", Box::new(sql("DELETE FROM member WHERE id = 5"))),
        ("a name less", Box::new(sql("DELETE FROM name WHERE member = 5"))),
        ("two tops", Box::new(sql("UPDATE member SET sponsor = NULL WHERE id = 5"))),
    ];
    for (what, change) in wrong {
        let (wanted, path) = bench.changed(change);
        let refused = store.take(&bench.database, &wanted, &path);
        assert!(matches!(refused, Err(EngineError::NotQadam { .. })), "{what}: {refused:?}");
        assert!(!path.exists(), "it is of no use");
        assert_eq!(store.rows().expect("reads"), held, "{what}");
        assert!(bench.store().is_sound().expect("reads"));
    }
    // Longer and shorter than it says: the first would be a bomb.
    for unpacked in [bench.wanted.document.unpacked - 1, bench.wanted.document.unpacked + 1, 1] {
        let document = Document { unpacked, ..bench.wanted.document.clone() };
        let refused = store.take(
            &bench.database,
            &WantedDocument { document, ..bench.wanted.clone() },
            &bench.copy(&bench.image),
        );
        assert!(matches!(refused, Err(EngineError::NotQadam { .. })), "{refused:?}");
    }
    // Cut, or no zstd at all.
    for bytes in [&std::fs::read(&bench.image).expect("reads")[..1_000], b"plain"] {
        let path = bench.folder.path().join("cut.zst");
        std::fs::write(&path, bytes).expect("writes");
        let refused = store.take(&bench.database, &bench.wanted, &path);
        assert!(matches!(refused, Err(EngineError::NotQadam { .. })), "{refused:?}");
    }
    assert_eq!(store.rows().expect("reads"), held);
    // What says that it is larger than any document is not even fetched.
    let huge = Document { unpacked: 1 << 40, ..bench.wanted.document.clone() };
    let page = page_of(&huge, &bench.wanted.held.cursor, "1", bench.wanted.held.digest);
    assert!(matches!(store.receive(&bench.database, &page), Err(EngineError::NotQadam { .. })));
    assert_eq!(APPLICATION_ID.to_be_bytes(), *b"QTEA");
    assert_eq!(STREAM, "team");
}

#[test]
fn rows_that_do_not_fit_are_told_by_the_digest_and_the_team_comes_anew() {
    let bench = Bench::new();
    let store = bench.store();
    store.take(&bench.database, &bench.wanted, &bench.copy(&bench.image)).expect("adopts");
    let mut page = page_of(&bench.wanted.document, &bench.wanted.held.cursor, "1", Default::default());
    if let Some(team) = &mut page.team {
        team.image = None;
    }
    store.receive(&bench.database, &page).expect("takes");
    assert_eq!((store.mismatches(), store.cursor().expect("reads")), (1, None));
    assert_eq!(store.take_wanted(), Some(Wanted::Again { after: 0 }));
    assert!(files(bench.folder.path()).is_empty());
    store.take(&bench.database, &bench.wanted, &bench.copy(&bench.image)).expect("adopts it once more");
    assert!(store.is_sound().expect("reads"));
}

#[test]
fn whatever_a_stop_leaves_behind_the_old_file_is_there_or_the_new_one() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("a.team");
    let leave = |name: &str| std::fs::write(folder.join(name), b"half").expect("writes");
    std::fs::create_dir_all(&folder).expect("a folder");
    for has_old in [false, true] {
        if has_old {
            bench.store().take(&bench.database, &bench.wanted, &bench.copy(&bench.image)).expect("adopts");
        }
        // Stopped while it came, was unpacked, was checked, had its name, and before the row named it.
        let hash = BlobHash::of(b"another");
        for name in [
            format!("{hash}.zst.part"),
            format!("{hash}.zst"),
            format!("team-{hash}.db.new"),
            format!("team-{hash}.db.new-wal"),
            format!("team-{hash}.db"),
            format!("team-{hash}.db-wal"),
        ] {
            leave(&name);
        }
        let store = bench.store();
        assert_eq!(store.rows().expect("reads").len(), if has_old { 1_203 } else { 0 });
        let mut left: Vec<String> = files(bench.folder.path())
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_string()))
            .collect();
        left.retain(|name| *name != format!("{hash}.zst.part"));
        assert_eq!(left.len(), usize::from(has_old), "{left:?}");
    }
    // A file that is named and gone, or damaged, is as good as none.
    let named =
        files(bench.folder.path()).into_iter().find(|path| path.extension().is_some_and(|e| e == "db")).expect("one");
    std::fs::write(&named, b"damaged").expect("writes");
    assert_eq!(bench.store().cursor().expect("opens"), None);
    bench.store().take(&bench.database, &bench.wanted, &bench.copy(&bench.image)).expect("adopts");
    let mut there = files(bench.folder.path()).into_iter();
    break_format(&there.find(|path| path.extension().is_some_and(|e| e == "db")).expect("one"));
    assert_eq!(bench.store().cursor().expect("opens"), None);
    bench.store().take(&bench.database, &bench.wanted, &bench.copy(&bench.image)).expect("adopts");
    std::fs::remove_dir_all(&folder).expect("removes");
    assert_eq!(bench.store().cursor().expect("opens"), None);
}

const KILLED: &str = "QADAM_TEST_KILLED";

/// Runs in a process of its own, started by the next test: takes an image and then rows, again and again, until it is killed.
#[test]
fn a_phone_that_is_killed() {
    let Ok(folder) = std::env::var(KILLED) else { return };
    let folder = PathBuf::from(folder);
    let read = |name: &str| -> Page {
        serde_json::from_slice(&std::fs::read(folder.join(name)).expect("reads")).expect("a page")
    };
    let (image, rows) = (read("image.json"), read("rows.json"));
    let database = Database::open(&folder.join("a.db"), Changes::default()).expect("opens");
    let store = TeamStore::open(&database).expect("opens");
    loop {
        store.receive(&database, &image).expect("takes");
        let Some(Wanted::Document(wanted)) = store.take_wanted() else { panic!("a document") };
        let copy = folder.join("copy.zst");
        std::fs::copy(folder.join("image.zst"), &copy).expect("copies");
        store.take(&database, &wanted, &copy).expect("adopts");
        store.receive(&database, &rows).expect("takes");
    }
}

#[test]
fn a_kill_at_any_instant_leaves_one_whole_team() {
    let bench = Bench::new();
    let folder = bench.folder.path();
    let server = store::open(&folder.join("server")).expect("opens");
    let mut members = tree(600);
    members.truncate(900);
    members.iter_mut().for_each(|(_, _, volume)| *volume += 1);
    import::import(&server, "b.csv", csv(&members).as_bytes(), true, now(), &mut random::system).expect("imports");
    let rows =
        qadam_backend::team::page(&server, 1, Some(&bench.wanted.held.cursor), None).expect("reads").expect("a page");
    assert!(rows.rows.len() > 900);
    let held = &bench.wanted.held;
    let image = page_of(&bench.wanted.document, &held.cursor, &held.leader, held.digest);
    std::fs::write(folder.join("image.json"), serde_json::to_vec(&image).expect("JSON")).expect("writes");
    std::fs::write(folder.join("rows.json"), serde_json::to_vec(&rows).expect("JSON")).expect("writes");
    std::fs::copy(&bench.image, folder.join("image.zst")).expect("copies");
    let Bench { folder, database, .. } = bench;
    database.close();
    let (mut seen, mut wait) = (std::collections::BTreeSet::new(), 40);
    for round in 0..40_u64 {
        let mut child = std::process::Command::new(std::env::current_exe().expect("this program is a file"))
            .args(["--exact", "a_phone_that_is_killed", "--nocapture"])
            .env(KILLED, folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("starts");
        // At another instant each time.
        std::thread::sleep(std::time::Duration::from_millis(wait));
        assert_eq!(child.try_wait().expect("asks"), None, "it ended by itself");
        child.kill().expect("kills");
        child.wait().expect("ends");
        wait = 40 + round * 37 % 160;
        let database = Database::open(&folder.path().join("a.db"), Changes::default()).expect("opens");
        let store = TeamStore::open(&database).expect("opens");
        assert!(store.is_sound().expect("reads"));
        let rows = store.rows().expect("reads").len();
        assert_eq!(
            rows,
            match store.cursor().expect("reads").map(|cursor| cursor.rev) {
                None => 0,
                Some(1) => 1_203,
                _ => 900,
            }
        );
        seen.insert(rows);
    }
    assert!(seen.contains(&1_203) && seen.contains(&900), "it was killed too early: {seen:?}");
}
