//! This program as a phone or a server, started, heard and killed.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use qadam_faults::storage::{Counted, Disk, Fault};

const ROLE: &str = "QADAM_KILLS_ROLE";
/// The process dies at this change of its storage.
const KILLED_AT: &str = "QADAM_KILLS_AT";
const FOLDER: &str = "QADAM_KILLS_FOLDER";
const LISTENING: &str = "listening on http://";
/// The number of the signal that nobody can catch.
const SIGKILL: i32 = 9;

/// What this process is; `None` where it is the one that kills.
pub fn role() -> Option<ExitCode> {
    let role = std::env::var(ROLE).ok()?;
    let _disk = doomed();
    match role.as_str() {
        "server" => Some(qadam_backend::cli::main()),
        "phone" => Some(crate::phone::main()),
        _ => None,
    }
}

/// The disk that will kill this process, if one will.
fn doomed() -> Option<Arc<Disk>> {
    let nth = std::env::var(KILLED_AT).ok()?.parse().expect("a number");
    let disk = Disk::at(Path::new(&std::env::var(FOLDER).expect("a folder")));
    disk.arm(nth, Fault::Kill, Counted::Changes);
    Some(disk)
}

/// How a process is to end.
#[derive(Debug, Clone, Copy)]
pub enum End {
    ByItself,
    /// After this time.
    After(Duration),
    /// At this change of its storage; should it not come to that, after [`PATIENCE`].
    AtChange(u64),
}

/// How long a process has to come to the change at which it is to die.
pub const PATIENCE: Duration = Duration::from_millis(600);
/// After so long, whoever is to end by itself is stuck.
const STUCK: Duration = Duration::from_secs(90);

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    ByItself {
        well: bool,
    },
    Killed,
    /// By its own storage.
    KilledAtChange,
    /// It had to be killed, for it did not end.
    Stuck,
}

/// A phone from its start to its end, and what it said.
pub fn phone(folder: &Path, arguments: &[&str], end: End) -> (Ended, String) {
    let folder = folder.to_str().expect("a temporary folder's name is text");
    let mut command = this("phone");
    command.arg(folder).args(arguments);
    if let End::AtChange(nth) = end {
        command.env(KILLED_AT, nth.to_string()).env(FOLDER, folder);
    }
    let mut child = command.spawn().expect("this program starts");
    let said = hear(&mut child);
    let began = Instant::now();
    let limit = match end {
        End::ByItself => STUCK,
        End::After(limit) => limit,
        End::AtChange(_) => PATIENCE,
    };
    let ended = loop {
        if let Some(status) = child.try_wait().expect("waits") {
            break match status.signal() {
                Some(SIGKILL) => Ended::KilledAtChange,
                _ => Ended::ByItself { well: status.success() },
            };
        }
        let left = limit.saturating_sub(began.elapsed());
        if left.is_zero() {
            child.kill().expect("kills");
            child.wait().expect("ends");
            break if matches!(end, End::ByItself) { Ended::Stuck } else { Ended::Killed };
        }
        std::thread::sleep(left.min(Duration::from_millis(1)));
    };
    (ended, said.join().expect("reads"))
}

fn hear(child: &mut Child) -> JoinHandle<String> {
    let mut out = child.stdout.take().expect("piped");
    std::thread::spawn(move || {
        let mut said = Vec::new();
        out.read_to_end(&mut said).expect("reads");
        // Whole lines alone: nobody said the rest.
        said.truncate(said.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        String::from_utf8(said).expect("text")
    })
}

fn this(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program is a file"));
    command.env(ROLE, role).env("QADAM_LOG", "error");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// `qadam-backend` with these arguments, to its end. Gives whether it did what it was to do.
pub fn backend(data: &Path, arguments: &[&str]) -> bool {
    let status = this("server").args(arguments).arg("--data").arg(data).stdout(Stdio::null()).status();
    status.expect("this program starts").success()
}

/// A server that answers.
pub struct Server {
    child: Child,
}

impl Server {
    /// `None` where it died at the change of its storage before it answered.
    pub fn start(data: &Path, address: SocketAddr, dies_at: Option<u64>) -> Option<Self> {
        let mut command = this("server");
        command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(data);
        if let Some(nth) = dies_at {
            command.env(KILLED_AT, nth.to_string()).env(FOLDER, data);
        }
        if let Some(parent) = data.parent()
            && let Ok(log) = std::fs::OpenOptions::new().create(true).append(true).open(parent.join("server.log"))
        {
            command.stderr(log);
        }
        let mut child = command.spawn().expect("this program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("reads");
        if line.starts_with(LISTENING) {
            return Some(Self { child });
        }
        let status = child.wait().expect("ends");
        assert_eq!(status.signal(), Some(SIGKILL), "the server does not start: {status}");
        None
    }

    /// Waits until it dies by itself, at most so long. Tells whether it did.
    pub fn dies_within(&mut self, limit: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < limit {
            if self.child.try_wait().expect("waits").is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        false
    }

    pub fn kill(&mut self) {
        // It may have died already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
