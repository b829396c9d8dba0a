//! Disks that fail. A disk is a folder; what SQLite does with files below it goes through a VFS of ours ([`vfs`]), which is the default of the
//! process from the first disk on, so that engine and server need not know.
//!
//! Calls are counted, and at the nth the disk does what it was told to: that call fails, a write ends in its middle, nothing grows any more, the
//! power goes, the process is killed. With the power goes what was not synced, or any part of it: a disk knows of each file what is safe and what
//! was done to it since. Names are safe once their folder was synced, which SQLite does with the first sync of a log or journal that it made.
//! What is not SQLite's is taken as safe at once: other code here syncs before it renames. Nothing is really synced, which takes most of the time of
//! such sessions: no test outlives the machine.

mod vfs;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rusqlite::ffi;

use crate::chance::Chance;

/// Bytes of which a disk writes all or none.
const SECTOR: usize = 512;

/// What a disk does at the call for which it is armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails.
    Error,
    /// The call fails; half of what is to be written is.
    Short,
    /// From this call on, nothing grows.
    Full,
    /// From this call on, nothing happens any more. [`Disk::restart`] decides what is left.
    PowerCut,
    /// The process dies, as by `kill -9`.
    Kill,
}

/// The calls that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    All,
    /// Those without which the disk stays as it is are not.
    Changes,
}

/// What is left of what was not synced when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    Nothing,
    /// By this seed: what was done up to some instant, or any of it, or any sectors of it.
    Some(u64),
}

/// One call of SQLite's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Open { creates: bool },
    Read,
    Write { grows: bool },
    Truncate { grows: bool },
    Sync,
    Size,
    Delete,
    Access,
    Lock,
    Map { grows: bool },
    ShmLock,
}

impl Call {
    fn changes(self) -> bool {
        match self {
            Self::Write { .. } | Self::Truncate { .. } | Self::Sync | Self::Delete => true,
            Self::Open { creates } => creates,
            Self::Map { grows } => grows,
            Self::Read | Self::Size | Self::Access | Self::Lock | Self::ShmLock => false,
        }
    }

    fn grows(self) -> bool {
        matches!(self, Self::Write { grows: true, .. } | Self::Truncate { grows: true } | Self::Map { grows: true })
    }

    /// As the system's own VFS says that it failed.
    fn error(self) -> i32 {
        match self {
            Self::Open { .. } => ffi::SQLITE_CANTOPEN,
            Self::Read => ffi::SQLITE_IOERR_READ,
            Self::Write { .. } => ffi::SQLITE_IOERR_WRITE,
            Self::Truncate { .. } => ffi::SQLITE_IOERR_TRUNCATE,
            Self::Sync => ffi::SQLITE_IOERR_FSYNC,
            Self::Size => ffi::SQLITE_IOERR_FSTAT,
            Self::Delete => ffi::SQLITE_IOERR_DELETE,
            Self::Access => ffi::SQLITE_IOERR_ACCESS,
            Self::Lock => ffi::SQLITE_IOERR_LOCK,
            Self::Map { .. } => ffi::SQLITE_IOERR_SHMMAP,
            Self::ShmLock => ffi::SQLITE_IOERR_SHMLOCK,
        }
    }

    /// As the system's own VFS says that there was no space for it.
    fn full(self) -> i32 {
        match self {
            Self::Write { .. } => ffi::SQLITE_FULL,
            Self::Map { .. } => ffi::SQLITE_IOERR_SHMSIZE,
            other => other.error(),
        }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Done,
    Fails(i32),
    /// Half of it is done, and then it fails.
    Half(i32),
}

/// What a fault hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    nth: u64,
    call: String,
    file: String,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}: {} of {}", self.nth, self.call, self.file)
    }
}

/// A folder on a disk that fails when it is told to. Of disks within each other, a file lies on the innermost.
pub struct Disk {
    root: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    armed: Option<(u64, Fault, Counted)>,
    /// Calls counted since it was armed.
    calls: u64,
    hit: Option<Hit>,
    is_full: bool,
    is_dead: bool,
    /// Only where the power may go.
    trails: Option<BTreeMap<PathBuf, Trail>>,
}

static DISKS: Mutex<Vec<Weak<Disk>>> = Mutex::new(Vec::new());

impl Disk {
    /// What SQLite opens below `folder` from now on lies on this disk.
    pub fn at(folder: &Path) -> Arc<Self> {
        vfs::install();
        fs::create_dir_all(folder).expect("a folder");
        let root = fs::canonicalize(folder).expect("a folder");
        let disk = Arc::new(Self { root, state: Mutex::default() });
        let mut disks = DISKS.lock();
        disks.retain(|disk| disk.strong_count() > 0);
        disks.push(Arc::downgrade(&disk));
        disk
    }

    /// At the nth call from here, the first being 1. For [`Fault::PowerCut`], everything that is there now is safe.
    pub fn arm(&self, nth: u64, fault: Fault, counted: Counted) {
        let trails = (fault == Fault::PowerCut).then(BTreeMap::new);
        *self.state.lock() = State { armed: Some((nth, fault, counted)), trails, ..State::default() };
    }

    /// Everything works from now on. Tells what the fault hit, if it did.
    pub fn disarm(&self) -> Option<Hit> {
        std::mem::take(&mut *self.state.lock()).hit
    }

    /// What the fault has hit so far.
    pub fn hit(&self) -> Option<Hit> {
        self.state.lock().hit.clone()
    }

    /// The power comes back, once nobody has a file of the disk open any more: the files are what the cut left of them. Tells what it hit.
    pub fn restart(&self, left: Left) -> Option<Hit> {
        let State { hit, trails, .. } = std::mem::take(&mut *self.state.lock());
        for (number, (path, trail)) in trails.into_iter().flatten().enumerate() {
            // Something else than SQLite moved or removed it: that is safe as it is.
            if inode(&path) != trail.inode {
                continue;
            }
            match trail.left(left, number as u64) {
                Some(bytes) => fs::write(&path, bytes).expect("writes"),
                None if path.exists() => fs::remove_file(&path).expect("removes"),
                None => {}
            }
        }
        if hit.is_some() {
            remove_shared_memory(&self.root);
        }
        hit
    }

    fn of(path: &Path) -> Option<Arc<Self>> {
        let disks = DISKS.lock();
        let disks = disks.iter().filter_map(Weak::upgrade).filter(|disk| path.starts_with(&disk.root));
        disks.max_by_key(|disk| disk.root.as_os_str().len())
    }

    fn judge(&self, call: Call, path: &Path) -> Verdict {
        self.state.lock().judge(call, path)
    }

    fn write(&self, path: &Path, at: u64, bytes: &[u8], grows: bool) -> Verdict {
        let mut state = self.state.lock();
        let was_dead = state.is_dead;
        let verdict = state.judge(Call::Write { grows }, path);
        // What was under way when the power went may be there in part.
        if !was_dead && (verdict == Verdict::Done || state.is_dead) {
            state.note(path, |_| Step::Wrote { at, bytes: bytes.to_vec() });
        }
        verdict
    }

    fn truncate(&self, path: &Path, length: u64, grows: bool) -> Verdict {
        let mut state = self.state.lock();
        let verdict = state.judge(Call::Truncate { grows }, path);
        if verdict == Verdict::Done {
            state.note(path, |_| Step::Cut(length));
        }
        verdict
    }

    /// Before a file is synced, and the folder with it where `names` is set.
    fn sync(&self, path: &Path, names: bool) -> Verdict {
        let mut state = self.state.lock();
        let verdict = state.judge(Call::Sync, path);
        if verdict == Verdict::Done {
            if let Some(trail) = state.trails.as_mut().and_then(|trails| trails.get_mut(path)) {
                trail.sync();
            }
            if names {
                state.sync_names(path);
            }
        }
        verdict
    }

    fn created(&self, path: &Path) {
        let mut state = self.state.lock();
        if let Some(trails) = &mut state.trails {
            let inode = inode(path);
            let trail = trails.entry(path.into()).or_default();
            if trail.inode.is_some() {
                // It was removed by something else.
                *trail = Trail::default();
            }
            trail.inode = inode;
            trail.since.push(Step::Created);
        }
    }

    fn delete(&self, path: &Path, names: bool) -> Verdict {
        let mut state = self.state.lock();
        let verdict = state.judge(Call::Delete, path);
        if verdict == Verdict::Done && path.exists() {
            state.note(path, |trail| {
                trail.inode = None;
                Step::Deleted
            });
            if names {
                state.sync_names(path);
            }
        }
        verdict
    }
}

impl State {
    fn judge(&mut self, call: Call, path: &Path) -> Verdict {
        if self.is_dead {
            return Verdict::Fails(call.error());
        }
        let mut verdict = Verdict::Done;
        if let Some((nth, fault, counted)) = self.armed
            && (counted == Counted::All || call.changes())
        {
            self.calls += 1;
            if self.calls == nth {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.hit = Some(Hit { nth, call: format!("{call:?}"), file });
                verdict = match fault {
                    Fault::Error => Verdict::Fails(call.error()),
                    Fault::Short => Verdict::Half(call.error()),
                    Fault::Full => {
                        self.is_full = true;
                        Verdict::Done
                    }
                    Fault::PowerCut => {
                        self.is_dead = true;
                        Verdict::Fails(call.error())
                    }
                    Fault::Kill => vfs::kill(),
                };
            }
        }
        if self.is_full && call.grows() { Verdict::Half(call.full()) } else { verdict }
    }

    fn note(&mut self, path: &Path, step: impl FnOnce(&mut Trail) -> Step) {
        let Some(trails) = &mut self.trails else { return };
        let now = inode(path);
        let trail = trails.entry(path.into()).or_default();
        if trail.inode != now {
            // Of another file, which had this name, or of none: what is there now is safe.
            *trail = Trail { inode: now, safe: fs::read(path).ok(), since: Vec::new() };
        }
        let step = step(trail);
        trail.since.push(step);
    }

    fn sync_names(&mut self, path: &Path) {
        for (other, trail) in self.trails.iter_mut().flatten() {
            if other.parent() == path.parent() {
                trail.sync_names();
            }
        }
    }
}

/// A file whose power may go.
#[derive(Default)]
struct Trail {
    /// Which file has the name now; none, where SQLite deleted it.
    inode: Option<u64>,
    safe: Option<Vec<u8>>,
    since: Vec<Step>,
}

enum Step {
    Created,
    Deleted,
    Wrote {
        at: u64,
        bytes: Vec<u8>,
    },
    Cut(u64),
    /// The file's bytes, safe as soon as its name is.
    Synced(Vec<u8>),
}

impl Step {
    fn is_name(&self) -> bool {
        matches!(self, Self::Created | Self::Deleted)
    }

    fn apply(&self, content: &mut Option<Vec<u8>>) {
        match (self, content) {
            (Self::Created, content) => *content = Some(Vec::new()),
            (Self::Deleted, content) => *content = None,
            (Self::Synced(bytes), content) => *content = Some(bytes.clone()),
            (Self::Wrote { at, bytes }, Some(content)) => write(content, *at as usize, bytes),
            (Self::Cut(length), Some(content)) => content.resize(*length as usize, 0),
            (Self::Wrote { .. } | Self::Cut(_), None) => {}
        }
    }
}

impl Trail {
    fn sync(&mut self) {
        let (mut content, from) = match self.since.iter().rposition(Step::is_name) {
            None => (self.safe.take(), 0),
            Some(named) => (Some(Vec::new()), named + 1),
        };
        self.since.drain(from..).for_each(|step| step.apply(&mut content));
        if from == 0 {
            self.safe = content;
        } else {
            self.since.extend(content.map(Step::Synced));
        }
    }

    fn sync_names(&mut self) {
        let Some(named) = self.since.iter().rposition(Step::is_name) else { return };
        let is_synced = matches!(self.since.get(named + 1), Some(Step::Synced(_)));
        self.since.drain(..named + 1 + usize::from(is_synced)).for_each(|step| step.apply(&mut self.safe));
    }

    fn left(self, left: Left, number: u64) -> Option<Vec<u8>> {
        let mut content = self.safe;
        let Left::Some(seed) = left else { return content };
        let mut chance = Chance::new(seed << 16 | number);
        // Up to an instant, of all or of some.
        let until = if self.since.is_empty() { 0 } else { chance.below(self.since.len() as u64 + 1) as usize };
        let way = seed % 3;
        for (at, step) in self.since.iter().enumerate() {
            let is_kept = match way {
                0 => at < until,
                _ => chance.below(2) == 0,
            };
            match step {
                // What came after belongs to another file.
                step if step.is_name() && !is_kept => break,
                Step::Wrote { at, bytes } if way == 2 => {
                    if let Some(content) = &mut content {
                        for (n, sector) in bytes.chunks(SECTOR).enumerate() {
                            if chance.below(2) == 0 {
                                write(content, *at as usize + n * SECTOR, sector);
                            }
                        }
                    }
                }
                Step::Synced(_) => step.apply(&mut content),
                step if is_kept => step.apply(&mut content),
                _ => {}
            }
        }
        content
    }
}

fn write(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

fn inode(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|metadata| metadata.ino())
}

fn remove_shared_memory(folder: &Path) {
    for entry in fs::read_dir(folder).expect("lists").flatten() {
        let path = entry.path();
        if path.is_dir() {
            remove_shared_memory(&path);
        } else if path.to_string_lossy().ends_with("-shm") {
            fs::remove_file(path).expect("removes");
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn open(folder: &Path) -> Connection {
        let connection = Connection::open(folder.join("a.db")).expect("opens");
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (x)")
            .expect("creates");
        connection
    }

    fn count(folder: &Path) -> i64 {
        open(folder).query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("counts")
    }

    #[test]
    fn a_call_fails_and_the_next_succeeds() {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Disk::at(folder.path());
        let connection = open(folder.path());
        for fault in [Fault::Error, Fault::Short] {
            disk.arm(1, fault, Counted::Changes);
            let error = connection.execute("INSERT INTO t VALUES (1)", []).expect_err("fails");
            assert_eq!(error.sqlite_error().expect("SQLite's").extended_code, ffi::SQLITE_IOERR_WRITE);
            connection.execute("INSERT INTO t VALUES (1)", []).expect("writes");
            assert!(disk.disarm().expect("hit").to_string().contains("a.db-wal"));
        }
        disk.arm(1, Fault::Full, Counted::All);
        for _ in 0..2 {
            let error = connection.execute("INSERT INTO t VALUES (zeroblob(100000))", []).expect_err("full");
            assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
        }
        disk.disarm();
        assert_eq!(count(folder.path()), 2);
    }

    /// Without syncs, what was committed goes with the power: the shim forgets what it should.
    #[test]
    fn what_was_not_synced_goes_with_the_power() {
        for (synchronous, expected) in [("FULL", 3), ("OFF", 1)] {
            let folder = tempfile::tempdir().expect("a folder");
            let disk = Disk::at(folder.path());
            open(folder.path()).execute("INSERT INTO t VALUES (1)", []).expect("writes");
            disk.arm(u64::MAX, Fault::PowerCut, Counted::Changes);
            let connection = open(folder.path());
            connection.pragma_update(None, "synchronous", synchronous).expect("sets");
            connection.execute_batch("INSERT INTO t VALUES (1); INSERT INTO t VALUES (1);").expect("writes");
            disk.state.lock().is_dead = true;
            drop(connection);
            disk.restart(Left::Nothing);
            assert_eq!(count(folder.path()), expected, "{synchronous}");
        }
    }

    #[test]
    fn a_power_cut_at_any_call_leaves_what_was_committed() {
        for nth in 1.. {
            let folder = tempfile::tempdir().expect("a folder");
            let disk = Disk::at(folder.path());
            disk.arm(nth, Fault::PowerCut, Counted::Changes);
            let mut committed = 0;
            let connection = Connection::open(folder.path().join("a.db")).and_then(|connection| {
                connection
                    .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x);")?;
                for _ in 0..4 {
                    connection.execute("INSERT INTO t VALUES (zeroblob(5000))", [])?;
                    committed += 1;
                }
                connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
                connection.execute("INSERT INTO t VALUES (zeroblob(5000))", [])?;
                committed += 1;
                Ok(connection)
            });
            drop(connection);
            let hit = disk.restart(if nth % 2 == 0 { Left::Nothing } else { Left::Some(nth) });
            let found = count(folder.path());
            assert!((committed..=committed + 1).contains(&found), "{hit:?}: {found} of {committed}");
            if hit.is_none() {
                assert!(nth > 20);
                break;
            }
        }
    }
}
