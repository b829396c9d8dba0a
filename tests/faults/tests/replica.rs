//! The log shipped to another disk by Litestream: server and Litestream are killed, their folder is destroyed, the server is restored from the
//! replica. What had been shipped is there without any phone; what had been acknowledged later comes from the phones.
//!
//! Without Litestream the test says so and ends; with `CI=true` that is a failure. This program is `qadam-backend` too, when it is called so.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use qadam_backend::{cli, config, store};
use qadam_engine::Engine;
use qadam_engine::contacts::{ContactEdit, ContactsQuery};
use qadam_faults::{PASSWORD, phone, sample, sign_in};
use rusqlite::{Connection, OpenFlags};

const BACKEND: &str = "qadam-backend";
/// Longer than Litestream's two intervals of a second, each with its work.
const SHIPPED: Duration = Duration::from_secs(4);
/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == BACKEND) {
        return cli::run_arguments(std::env::args_os().skip(1), config::now());
    }
    let Some(litestream) = litestream() else {
        println!("not tested: litestream is neither on the PATH nor in ~/.cache/qadam/bin; tests/run --only install");
        let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
        return if required { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let tested = async { tokio::time::timeout(PATIENCE, a_server_comes_back_from_its_replica(&litestream)).await };
    runtime.block_on(tested).expect("ends in time");
    ExitCode::SUCCESS
}

async fn a_server_comes_back_from_its_replica(litestream: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place { root: folder.path().into() };
    std::fs::create_dir_all(place.safe("restored")).expect("a folder");
    place.backend(&["content", "publish", &sample().display().to_string()]);
    let code =
        place.backend(&["user", "add", "--login", "aigul", "--name", "Aigul", "--market", "kz", "--locale", "kk"]);
    let code = code.lines().find_map(|line| line.strip_prefix("invite code ")).expect("a code").to_string();
    // From a backup on phones keep what they sent: what Litestream has not shipped yet can be lost.
    place.backend(&["backup", &place.safe("base").display().to_string()]);
    let (server, url) = place.serve("127.0.0.1:0");
    let shipping = place.ship(litestream);

    let phones = [phone(&folder.path().join("first")), phone(&folder.path().join("second"))];
    phones[0].set_password(url.clone(), code, PASSWORD.into()).await.expect("sets the password");
    for phone in &phones {
        sign_in(phone, &url, "aigul").await;
    }
    let mut acknowledged = Vec::new();
    // Bursts, and silences in which the server itself brings its log into the file.
    for round in 0..4 {
        acknowledged.extend(burst(&phones, round).await);
        tokio::time::sleep(Duration::from_millis(800)).await;
    }
    tokio::time::sleep(SHIPPED).await;
    let shipped = acknowledged.clone();
    acknowledged.extend(burst(&phones, 4).await);
    // What is under way is cut off, and the disk is gone.
    drop((server, shipping));
    std::fs::remove_dir_all(place.data()).expect("destroys");

    let restored = place.safe("restored").join(store::FILE);
    let output = restored.display().to_string();
    let replica = format!("file://{}", place.safe("replica").display());
    run(Command::new(litestream).args(["restore", "-o", &output, &replica]));
    assert_eq!(generations(&place), 1, "the server's own checkpoints made Litestream begin anew");
    let held = contacts(&restored);
    assert!((shipped.len()..=acknowledged.len()).contains(&held), "{held} of {} are in the replica", shipped.len());
    place.backend(&["restore", &place.safe("restored").display().to_string()]);
    let (_server, again) = place.serve(url.trim_start_matches("http://"));
    assert_eq!(again, url);

    let witness = phone(&folder.path().join("witness"));
    sign_in(&witness, &url, "aigul").await;
    let there = names(&witness).await;
    assert_eq!(there.len(), held);
    assert!(shipped.iter().all(|name| there.contains(name)), "what was shipped needs no phone");
    for phone in &phones {
        phone.sync().await.expect("syncs");
    }
    acknowledged.sort();
    for phone in [&phones[0], &phones[1], &witness] {
        phone.sync().await.expect("syncs");
        assert_eq!(names(phone).await, acknowledged);
    }
    println!(
        "restored from the replica: {held} of {} acknowledged contacts; the phones brought {} again; lost: none",
        acknowledged.len(),
        acknowledged.len() - held
    );
}

/// Each phone adds some contacts, and has them acknowledged. Gives their names.
async fn burst(phones: &[Engine], round: usize) -> Vec<String> {
    let mut names = Vec::new();
    for n in 0..15 {
        for (place, phone) in phones.iter().enumerate() {
            let name = format!("Name {round} {n:02} {place}");
            let edit = ContactEdit { name: Some(name.clone()), ..ContactEdit::default() };
            phone.add_contact(edit).await.expect("adds");
            phone.sync().await.expect("syncs");
            names.push(name);
        }
    }
    names
}

async fn names(phone: &Engine) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = phone.contacts(ContactsQuery { limit: 100, after, ..ContactsQuery::default() }).await;
        let page = page.expect("reads");
        names.extend(page.contacts.into_iter().map(|contact| contact.name));
        match page.next {
            None => break,
            next => after = next,
        }
    }
    names.sort();
    names
}

/// In a database that nobody has open.
fn contacts(file: &Path) -> usize {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opens");
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("reads");
    assert_eq!(sound, "ok");
    let sql = "SELECT count(*) FROM stream_row WHERE kind = 'contact'";
    connection.query_row(sql, [], |row| row.get::<_, u32>(0)).expect("reads") as usize
}

/// Snapshots with a log of their own.
fn generations(place: &Place) -> usize {
    std::fs::read_dir(place.safe("replica").join("generations")).expect("lists").count()
}

/// The machine's folder, and beside it the other disk, with the ledger, a backup and the replica.
struct Place {
    root: PathBuf,
}

impl Place {
    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    fn safe(&self, name: &str) -> PathBuf {
        self.root.join("safe").join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg(BACKEND).args(words);
        command.env("QADAM_DATA", self.data()).env("QADAM_LEDGER", self.safe("ledger"));
        command
    }

    fn backend(&self, words: &[&str]) -> String {
        run(&mut self.command(words))
    }

    /// A server that answers; and its address.
    fn serve(&self, listen: &str) -> (Killed, String) {
        let mut command = self.command(&["serve", "--listen", listen]);
        let mut server = Killed(command.env("QADAM_LOG", "warn").stdout(Stdio::piped()).spawn().expect("starts"));
        let mut said = String::new();
        BufReader::new(server.0.stdout.take().expect("piped")).read_line(&mut said).expect("says");
        let url = said.trim().strip_prefix("listening on ").expect("listens").to_string();
        (server, url)
    }

    /// Litestream, with a replica in a folder, and with so few pages to a checkpoint that the test sees many.
    fn ship(&self, litestream: &Path) -> Killed {
        let config = self.root.join("litestream.yml");
        let text = format!(
            "dbs:\n  - path: {}\n    min-checkpoint-page-count: 50\n    replicas:\n      - type: file\n        path: {}\n",
            self.data().join(store::FILE).display(),
            self.safe("replica").display()
        );
        std::fs::write(&config, text).expect("writes");
        let mut command = Command::new(litestream);
        // It tells of each piece.
        command.args(["replicate", "-config"]).arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        Killed(command.spawn().expect("starts"))
    }
}

/// A process that is killed when it is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).expect("ends");
    }
}

/// What it says, once it has succeeded.
fn run(command: &mut Command) -> String {
    let output = command.output().expect("starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn litestream() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/qadam/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain(home).collect();
    folders.into_iter().map(|folder| folder.join("litestream")).find(|program| program.is_file())
}
