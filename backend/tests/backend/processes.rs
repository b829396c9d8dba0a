//! The binary: commands, the ready line, TLS, a graceful stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use qadam_backend::config::{Config, Tls};
use qadam_backend::server::{RunningServer, StartError};

use qadam_backend::store::Database;
use qadam_domain::ids::{RuleId, TextId};
use qadam_domain::rules::{Condition, Effect, Goal, Limits, Offer, Rule, Slot, Trigger, When};

use crate::support::{Place, compiled};

fn backend(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qadam-backend"));
    command.args(arguments).arg("--data").arg(place.folder.path().join("data"));
    if let Database::Postgres(url) = &place.database {
        command.env("QADAM_DATABASE", url);
    }
    command
}

fn run(place: &Place, arguments: &[&str]) -> Output {
    backend(place, arguments).output().expect("runs")
}

/// With a release of one or more lessons.
fn published(place: Place, lessons: &[&str]) -> Place {
    let data = place.folder.path().join("data");
    place.publish_at(&data, &compiled(lessons));
    place
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text")
}

struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(place: &Place) -> Self {
        let mut command = backend(place, &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("reads");
        let url = line.trim().strip_prefix("listening on ").expect("the ready line").to_string();
        Self { child, url }
    }

    fn get(&self, path: &str) -> String {
        let address: SocketAddr = self.url.strip_prefix("http://").expect("http").parse().expect("an address");
        get(TcpStream::connect(address).expect("connects"), path)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn get(mut stream: impl Read + Write, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("writes");
    let mut reply = Vec::new();
    // TLS that ends without a word is fine: the length says whether all is there.
    stream.read_to_end(&mut reply).ok();
    String::from_utf8_lossy(&reply).into_owned()
}

#[test]
fn people_are_added_while_the_server_runs() {
    let place = Place::new();
    let data = &place;
    let add = ["user", "add", "--login", "aigul", "--name", "Aigul", "--market", "kz", "--locale", "kk"];
    let early = run(data, &add);
    assert!(!early.status.success() && String::from_utf8_lossy(&early.stderr).contains("content publish"));
    place.publish_at(&place.folder.path().join("data"), &compiled(&["one", "two"]));

    let server = Running::start(data);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/v1/company").contains("\"altyn\""));
    let added = out(&run(data, &add));
    assert!(added.starts_with("id 1001\ninvite code "), "{added}");
    let code = added.trim().rsplit(' ').next().expect("a code");
    let body = format!("{{\"code\":\"{code}\",\"password\":\"a good password\"}}");
    let address = server.url.strip_prefix("http://").expect("http").to_string();
    let mut stream = TcpStream::connect(&address).expect("connects");
    write!(
        stream,
        "POST /v1/password HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("writes");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("reads");
    assert!(reply.ends_with("{\"login\":\"aigul\"}"), "{reply}");

    assert!(out(&run(data, &["user", "reset", "--login", "Aigul"])).starts_with("reset code "));
    let scanned = out(&run(data, &["user", "reset", "--login", "Aigul", "--address", "https://qadam.example"]));
    let mut lines = scanned.lines();
    let code = lines.next().and_then(|line| line.strip_prefix("reset code ")).expect("a code");
    assert_eq!(lines.next(), Some(&*format!("link qadam://join?server=https%3A%2F%2Fqadam.example&code={code}")));
    assert!(lines.next().is_some_and(|line| line.chars().all(|drawn| " ▀▄█".contains(drawn))), "{scanned}");
    let wrong = run(data, &["user", "reset", "--login", "Aigul", "--address", "qadam.example"]);
    assert!(
        !wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("such as https://qadam.example")
    );
    assert!(!run(data, &["user", "reset", "--login", "nobody"]).status.success());
    assert_eq!(out(&run(data, &["user", "list"])), "1001\taigul\tAigul\topen\t0 devices\n");

    let again = run(data, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("another server"));

    let copy = tempfile::tempdir().expect("a folder");
    let into = copy.path().join("backup");
    let told = out(&run(data, &["backup", into.to_str().expect("text")]));
    assert!(told.starts_with("database and 1 blobs"), "{told}");
    assert!(!run(data, &["backup", into.to_str().expect("text")]).status.success(), "never over another backup");
    assert!(into.join("qadam.db").is_file());

    assert!(out(&run(data, &["backups", "list"])).starts_with("1\t"));
    let fresh = Place::new();
    let told = out(&run(&fresh, &["restore", into.to_str().expect("text")]));
    assert!(told.starts_with("restored; done again from the ledger: 0 publications"), "{told}");
    assert!(out(&run(&fresh, &["backups", "list"])).starts_with("1\t"), "it can be restored from again");
    let restored = Running::start(&fresh);
    assert!(restored.get("/v1/company").contains("\"altyn\""));
    let over = run(&fresh, &["restore", into.to_str().expect("text")]);
    assert!(String::from_utf8_lossy(&over.stderr).contains("in use"));
    let unknown = run(data, &["backups", "forget", "7"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("backups list"));
    assert_eq!(out(&run(data, &["backups", "forget", "1"])), "");

    assert_eq!(out(&run(data, &["user", "close", "--login", "aigul"])), "closed\n");
    assert_eq!(out(&run(data, &["user", "list"])), "1001\taigul\tAigul\tclosed\t0 devices\n");
}

#[cfg(unix)]
#[test]
fn a_server_that_is_told_to_stop_ends_well() {
    let place = published(Place::embedded(), &["one"]);
    let mut server = Running::start(&place);
    let begin = std::time::Instant::now();
    let told = Command::new("kill").arg(server.child.id().to_string()).status().expect("runs");
    assert!(told.success());
    assert!(server.child.wait().expect("ends").success());
    assert!(begin.elapsed().as_secs() < 10);
    let log = place.folder.path().join("data/qadam.db-wal");
    assert!(!log.exists() || log.metadata().expect("a file").len() == 0, "the log is in the database");
}

#[tokio::test]
async fn without_tls_only_this_machine_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let everywhere = Config { listen: SocketAddr::from(([0, 0, 0, 0], 0)), ..Config::local(folder.path()) };
    assert!(matches!(RunningServer::start(everywhere.clone()).await, Err(StartError::PlainHttp(_))));
    let behind = RunningServer::start(Config { behind_proxy: true, ..everywhere }).await.expect("starts");
    behind.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_a_certificate_speaks_tls() {
    let place = Place::embedded();
    let folder = &place.folder;
    place.publish(&compiled(&["one"]));
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).expect("made");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("writes");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("writes");
    let tls = Some(Tls { certificate, key });
    let server = RunningServer::start(Config { tls, ..Config::local(folder.path()) }).await.expect("starts");
    let address = server.address();
    assert!(server.url().starts_with("https://127.0.0.1:"));
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a root");
    let reply = tokio::task::spawn_blocking(move || {
        let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let name = "localhost".try_into().expect("a name");
        let session = rustls::ClientConnection::new(Arc::new(config), name).expect("a session");
        get(rustls::StreamOwned::new(session, TcpStream::connect(address).expect("connects")), "/v1/company")
    });
    let reply = reply.await.expect("ends");
    assert!(reply.contains("\"altyn\""), "{reply}");
    server.stop().await;
}

#[test]
fn a_team_is_imported_as_a_whole_or_not_at_all() {
    let place = Place::new();
    let folder = &place.folder;
    let (data, file) = (folder.path().join("data"), folder.path().join("team.csv"));
    let import = |lines: &str, more: &[&str]| {
        let head = "id,sponsor,name,phone,rank,personal,group,active,joined,city\n";
        std::fs::write(&file, format!("{head}{lines}")).expect("writes");
        run(&place, &[&["import", "team", file.to_str().expect("text")], more].concat())
    };
    let two = "1,,Aigul,,,,,1,2026-11-20,\n2,1,Dana,,,,,1,2026-11-20,\n";
    assert_eq!(out(&import(two, &[])), "2 added, 0 changed, 0 moved, 0 removed, 0 unchanged\n");
    assert_eq!(out(&import(two, &[])), "0 added, 0 changed, 0 moved, 0 removed, 2 unchanged\n");
    let refused = import("3,1,Marat,,,,,1,2026-11-20,\n4,5,Olga,,,,,1,2026-11-20,\n", &[]);
    assert!(!refused.status.success());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        told.contains("team.csv:3: the sponsor 5 is no member; add a line for it, or mend the id\n1 errors"),
        "{told}"
    );
    assert_eq!(
        out(&import("1,,Aigul,,,,,1,2026-11-20,\n", &["--complete"])),
        "0 added, 0 changed, 0 moved, 1 removed, 1 unchanged\n"
    );

    // What was imported after a backup is imported again from the ledger.
    let backup = folder.path().join("backup");
    out(&run(&place, &["backup", backup.to_str().expect("text")]));
    assert_eq!(out(&import(two, &[])), "1 added, 0 changed, 0 moved, 0 removed, 1 unchanged\n");
    let (restored, ledger) = (Place::new(), data.join("ledger"));
    let arguments = ["restore", backup.to_str().expect("text"), "--ledger", ledger.to_str().expect("text")];
    let told = out(&run(&restored, &arguments));
    assert!(told.contains(" 1 imports,"), "{told}");
    let again = ["import", "team", file.to_str().expect("text")];
    assert_eq!(out(&run(&restored, &again)), "0 added, 0 changed, 0 moved, 0 removed, 2 unchanged\n");
}

#[test]
fn results_are_imported_by_their_versions_and_outlive_a_restore() {
    let place = Place::new();
    place.publish_at(&place.folder.path().join("data"), &compiled(&["one"]));
    let folder = &place.folder;
    let (data, file) = (folder.path().join("data"), folder.path().join("sales.csv"));
    let import = |line: &str, more: &[&str]| {
        std::fs::write(&file, format!("id,version,distributor,day,volume,buyer,status\n{line}\n")).expect("writes");
        run(&place, &[&["import", "sales", file.to_str().expect("text")], more].concat())
    };
    let first = "order-1,1,1001,2025-11-20,300,customer,confirmed";
    let told = |new, corrected, known| {
        format!(
            "{new} new, {corrected} corrected, {known} known already; the rows of 0 people changed, {} wait for an account\n",
            new + corrected
        )
    };
    assert_eq!(out(&import(first, &[])), told(1, 0, 0));
    assert_eq!(out(&import(first, &[])), told(0, 0, 1));
    let refused = import("order-2,1,1001,2025-11-20,much,customer,confirmed", &[]);
    assert!(!refused.status.success());
    let fault = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(fault.contains("sales.csv:2: the column volume is no volume; write a whole number"), "{fault}");

    let backup = folder.path().join("backup");
    out(&run(&place, &["backup", backup.to_str().expect("text")]));
    assert_eq!(out(&import("order-1,2,1001,2025-11-20,300,customer,returned", &["--backfill"])), told(0, 1, 0));
    let (restored, ledger) = (Place::new(), data.join("ledger"));
    let arguments = ["restore", backup.to_str().expect("text"), "--ledger", ledger.to_str().expect("text")];
    let done = out(&run(&restored, &arguments));
    assert!(done.contains(" 1 imports,"), "{done}");
    let again = ["import", "sales", file.to_str().expect("text")];
    assert_eq!(out(&run(&restored, &again)), told(0, 0, 1));
}

#[test]
fn rewards_are_told_by_file_and_noted_once() {
    let place = Place::new();
    let offer = Offer {
        goal: Goal::CustomerSales(1),
        days: 30,
        reward: TextId::new("tea").expect("an id"),
        terms: TextId::new("terms").expect("an id"),
        total: 10,
    };
    let rule = Rule {
        id: RuleId::new("sold").expect("an id"),
        when: When::Event(Trigger::SaleConfirmed),
        condition: Condition::always(),
        then: vec![Effect::Offer(offer)],
        limits: Limits::default(),
    };
    let mut company = compiled(&["one"]);
    company.release.rules = vec![Slot::Known(Box::new(rule))];
    place.publish_at(&place.folder.path().join("data"), &company);
    out(&run(&place, &["user", "add", "--login", "aigul", "--name", "Aigul", "--market", "kz", "--locale", "en"]));
    let path = |name: &str| place.folder.path().join(name).to_str().expect("text").to_string();
    let (sales, rewards, given) = (path("sales.csv"), path("rewards.csv"), path("given.csv"));
    let today = chrono::Utc::now().date_naive() + chrono::Days::new(1);
    let line = format!("o-1,1,1001,{today},300,customer,confirmed");
    std::fs::write(&sales, format!("id,version,distributor,day,volume,buyer,status\n{line}\n")).expect("writes");
    out(&run(&place, &["import", "sales", &sales]));

    assert_eq!(out(&run(&place, &["offers", "export", &rewards])), "1 rewards are to be handed out\n");
    let told = std::fs::read_to_string(&rewards).expect("reads");
    let mut lines = told.lines();
    assert_eq!(lines.next(), Some("id,distributor,rule,reward,until"));
    let cells: Vec<&str> = lines.next().expect("a reward").split(',').collect();
    assert_eq!(cells[1..4], ["1001", "sold", "tea"]);
    let fault = |arguments: &[&str]| {
        let refused = run(&place, arguments);
        assert!(!refused.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&refused.stderr).into_owned()
    };
    assert!(fault(&["offers", "export", &rewards]).contains("rewards.csv"), "a file that is there stays as it is");
    // One line that is wrong, and nothing of the file is noted.
    std::fs::write(&given, format!("id\n{}\nsomething-else\n", cells[0])).expect("writes");
    let told = fault(&["offers", "given", &given]);
    assert!(told.contains("given.csv:3: there is no such offer; write its id as offers export does"), "{told}");
    std::fs::write(&given, format!("reward\n{}\n", cells[0])).expect("writes");
    assert!(fault(&["offers", "given", &given]).contains("given.csv:1"), "the columns are named");
    // The file as it was exported can be given back.
    let note = || out(&run(&place, &["offers", "given", &rewards]));
    assert_eq!(note(), "1 noted; 0 were noted before, or are not reached\n");
    assert_eq!(note(), "0 noted; 1 were noted before, or are not reached\n");
    std::fs::remove_file(&rewards).expect("removes");
    assert_eq!(out(&run(&place, &["offers", "export", &rewards])), "0 rewards are to be handed out\n");
}
