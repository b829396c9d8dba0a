use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{StoreError, atomically};

/// Writes in one transaction, at most: a bound on how long the first of them waits for the last.
const GROUP: usize = 128;
/// How often the writer looks whether another process has written.
const LOOK: Duration = Duration::from_millis(500);

/// Who learns of commits, before those who wrote are answered. Runs on the writer's thread.
pub trait Observer: Send + 'static {
    /// This process has committed.
    fn committed(&mut self, connection: &Connection, changed: &Changed);
    /// Another process has committed, or several times: anything may have changed.
    fn foreign(&mut self, connection: &Connection);
}

impl Observer for () {
    fn committed(&mut self, _: &Connection, _: &Changed) {}
    fn foreign(&mut self, _: &Connection) {}
}

/// What a transaction wrote; a superset, where a part of it was undone.
#[derive(Debug, Default)]
pub struct Changed {
    /// Keys of streams, each with the device that caused it.
    pub streams: BTreeSet<(i64, Option<i64>)>,
    /// Keys of devices.
    pub devices: BTreeSet<i64>,
    pub releases: bool,
}

type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Runs in a transaction, if there is one; what it returns is called once that is committed or lost.
type Work = Box<dyn FnOnce(Result<Turn<'_>, StoreError>) -> Answer + Send>;

/// A write's turn in a transaction.
struct Turn<'a> {
    connection: &'a Connection,
    /// Nothing else is in the transaction yet.
    is_first: bool,
}

impl Turn<'_> {
    /// Does the work or nothing of it.
    fn run<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.is_first {
            return atomically(self.connection, work);
        }
        // The transaction itself can be undone: a savepoint would copy every page that the work changes.
        let result = work();
        if result.is_err() {
            let undo = if self.connection.is_autocommit() { "" } else { "ROLLBACK;" };
            self.connection.execute_batch(&format!("{undo} BEGIN IMMEDIATE")).map_err(StoreError::from)?;
        }
        result
    }
}

struct Job {
    device: Option<i64>,
    work: Work,
}

/// Puts writes into the queue.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<Option<mpsc::Sender<Job>>>>);

pub struct Writer {
    jobs: Sender,
    thread: Mutex<Option<JoinHandle<()>>>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    pub fn start(connection: Connection, observer: impl Observer) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let commits = Arc::new(AtomicU64::new(0));
        let thread = Loop::new(connection, observer, commits.clone())?;
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || thread.run(&queue))
            .map_err(|source| StoreError::Io { path: "a thread".into(), source })?;
        let jobs = Sender(Arc::new(Mutex::new(Some(jobs))));
        Ok(Self { jobs, thread: Mutex::new(Some(thread)), commits })
    }

    pub async fn write<T, E, F>(&self, device: Option<i64>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        self.jobs.send(device, work)?.await.map_err(|_| StoreError::Closed)?
    }

    pub fn sender(&self) -> Sender {
        self.jobs.clone()
    }

    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub fn close(&self) {
        self.jobs.0.lock().take();
        if let Some(thread) = self.thread.lock().take() {
            // It only panics where the observer does; there is nothing left to save then.
            let _: Result<(), Box<dyn Any + Send>> = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Sender {
    /// The receiver may be dropped: the write happens nevertheless.
    pub fn send<T, E, F>(&self, device: Option<i64>, work: F) -> Result<oneshot::Receiver<Result<T, E>>, StoreError>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |turn| {
            let result = turn.map_err(E::from).and_then(|turn| {
                turn.run(|| {
                    catch_unwind(AssertUnwindSafe(|| work(turn.connection)))
                        .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
                })
            });
            Box::new(move |committed| {
                // The work's own reason is the better one.
                let result = result.and_then(|value| committed.map(|()| value).map_err(E::from));
                // Who asked may have gone away; the work is done all the same.
                let _: Result<(), _> = answer.send(result);
            })
        });
        let jobs = self.0.lock();
        let jobs = jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(Job { device, work }).map_err(|_| StoreError::Closed)?;
        Ok(answered)
    }
}

/// The writer without its thread, for simulations: a write runs, and its observer hears of it, before it returns.
pub struct Direct<O> {
    work: Loop<O>,
    jobs: Sender,
    queue: mpsc::Receiver<Job>,
}

impl<O: Observer> Direct<O> {
    pub(super) fn new(connection: Connection, observer: O) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let work = Loop::new(connection, observer, Arc::default())?;
        Ok(Self { work, jobs: Sender(Arc::new(Mutex::new(Some(jobs)))), queue })
    }

    /// As [`super::Store::write_as`].
    ///
    /// # Errors
    /// As [`super::Store::write_as`].
    pub fn write<T, E, F>(&mut self, device: Option<i64>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let mut answered = self.jobs.send(device, work)?;
        self.run();
        answered.try_recv().map_err(|_| StoreError::Closed)?
    }

    /// Looks whether another connection has written, as the thread does now and then.
    pub fn look(&mut self) {
        self.work.look();
        self.run();
    }

    /// For reading alone.
    pub fn connection(&self) -> &Connection {
        &self.work.connection
    }

    pub(crate) fn sender(&self) -> Sender {
        self.jobs.clone()
    }

    /// All that waits; the observer may add to it.
    fn run(&mut self) {
        while let Ok(first) = self.queue.try_recv() {
            self.work.group(first, &self.queue);
        }
    }
}

/// The same error for another of those whom it hits.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        other => StoreError::Lost(other.to_string()),
    }
}

#[derive(Default)]
struct Touched {
    device: Option<i64>,
    changed: Changed,
}

/// Notes which streams and which caches a transaction concerns, whatever code writes them.
fn watch(connection: &Connection, touched: &Arc<Mutex<Touched>>) -> Result<(), StoreError> {
    let touched = touched.clone();
    connection.update_hook(Some(move |_, _: &str, table: &str, row: i64| match table {
        "stream" => {
            let mut touched = touched.lock();
            let device = touched.device;
            touched.changed.streams.insert((row, device));
        }
        "device" => {
            touched.lock().changed.devices.insert(row);
        }
        "release" => touched.lock().changed.releases = true,
        _ => {}
    }))?;
    Ok(())
}

struct Loop<O> {
    connection: Connection,
    observer: O,
    touched: Arc<Mutex<Touched>>,
    commits: Arc<AtomicU64>,
    version: i64,
}

impl<O: Observer> Loop<O> {
    fn new(connection: Connection, observer: O, commits: Arc<AtomicU64>) -> Result<Self, StoreError> {
        let touched = Arc::new(Mutex::new(Touched::default()));
        watch(&connection, &touched)?;
        let mut new = Self { connection, observer, touched, commits, version: 0 };
        new.version = new.data_version()?;
        Ok(new)
    }

    fn run(mut self, queue: &mpsc::Receiver<Job>) {
        loop {
            match queue.recv_timeout(LOOK) {
                Ok(first) => self.group(first, queue),
                Err(RecvTimeoutError::Timeout) => {
                    self.look();
                    self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)");
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Brings the log into the database.
    fn checkpoint(&self, pragma: &str) {
        let done = self.connection.prepare_cached(pragma).and_then(|mut s| s.query_row([], |_| Ok(())));
        if let Err(error) = done {
            tracing::debug!(%error, "the log stays beside the database");
        }
    }

    /// One transaction for the first write and for those that wait behind it.
    fn group(&mut self, first: Job, queue: &mpsc::Receiver<Job>) {
        let mut answers = Vec::new();
        let committed = match self.connection.execute_batch("BEGIN IMMEDIATE") {
            Ok(()) => self.commit(first, queue, &mut answers),
            Err(error) => {
                let error = StoreError::from(error);
                answers.push((first.work)(Err(again(&error))));
                Err(error)
            }
        };
        let changed = std::mem::take(&mut self.touched.lock().changed);
        match committed {
            Ok(()) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.observer.committed(&self.connection, &changed);
                answers.into_iter().for_each(|answer| answer(Ok(())));
            }
            Err(error) => {
                tracing::error!(%error, writes = answers.len(), "a transaction was lost");
                answers.into_iter().for_each(|answer| answer(Err(again(&error))));
            }
        }
    }

    fn commit(&mut self, first: Job, queue: &mpsc::Receiver<Job>, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
        // From here on nobody else writes: what the observer sets right now stays right until the commit.
        self.look();
        let mut next = Some(first);
        while let Some(job) = next {
            self.touched.lock().device = job.device;
            answers.push((job.work)(Ok(Turn { connection: &self.connection, is_first: answers.is_empty() })));
            if self.connection.is_autocommit() {
                // After some errors SQLite undoes everything that the transaction did.
                return Err(StoreError::Lost("another write of the group failed".into()));
            }
            next = if answers.len() < GROUP { queue.try_recv().ok() } else { None };
        }
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            if !self.connection.is_autocommit() {
                self.connection.execute_batch("ROLLBACK")?;
            }
            return Err(error.into());
        }
        Ok(())
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        let mut statement = self.connection.prepare_cached("PRAGMA data_version")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// `data_version` changes when another connection commits; in this process no other one writes.
    fn look(&mut self) {
        match self.data_version() {
            Ok(version) if version == self.version => {}
            Ok(version) => {
                self.version = version;
                self.observer.foreign(&self.connection);
            }
            Err(error) => tracing::error!(%error, "the database can't be read"),
        }
    }
}
