use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::postgres::{CHANNEL, Listener};
use super::watch::{Changed, Foreign, Watch, forget_old};
use super::{Connection, StoreError, atomically};
use crate::random;

/// Writes in one transaction, at most: a bound on how long the first of them waits for the last.
const GROUP: usize = 128;
/// How often the writer looks whether another process has written.
const LOOK: Duration = Duration::from_millis(500);
/// At most so often other servers are told of commits: each time takes a lock of the whole database.
const TELL: Duration = Duration::from_millis(50);
/// How long the listener waits before it looks whether it is still wanted.
const LISTEN: Duration = Duration::from_secs(1);
/// How often what has been told is forgotten.
const FORGET: Duration = Duration::from_secs(60);

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
        if !self.is_first || self.connection.sqlite().is_none() {
            return atomically(self.connection, work);
        }
        // The transaction itself can be undone: a savepoint would copy every page that the work changes.
        let result = work();
        if result.is_err() {
            if self.connection.in_transaction() {
                self.connection.roll_back()?;
            }
            self.connection.begin()?;
        }
        result
    }
}

struct Job {
    device: Option<i64>,
    work: Work,
}

enum Message {
    Write(Job),
    /// Another server says that it has committed.
    Look,
}

/// Puts writes into the queue.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<Option<mpsc::Sender<Message>>>>);

pub struct Writer {
    jobs: Sender,
    thread: Mutex<Option<JoinHandle<()>>>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// `url`: of the shared database, whose other servers are listened to.
    pub fn start(connection: Connection, url: Option<&str>, observer: impl Observer) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let commits = Arc::new(AtomicU64::new(0));
        let thread = Loop::new(connection, observer, commits.clone())?;
        let listener = url.map(|url| Listener::new(url, thread.name.clone())).transpose()?;
        let jobs = Sender(Arc::new(Mutex::new(Some(jobs))));
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let thread = std::thread::Builder::new().name(name.into()).spawn(run);
            thread.map_err(|source| StoreError::Io { path: "a thread".into(), source })
        };
        let thread = spawn("writer", Box::new(move || thread.run(&queue)))?;
        if let Some(listener) = listener {
            let queue = jobs.clone();
            spawn("listener", Box::new(move || listen(listener, &queue)))?;
        }
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
        jobs.send(Message::Write(Job { device, work })).map_err(|_| StoreError::Closed)?;
        Ok(answered)
    }
}

/// The writer without its thread, for simulations: a write runs, and its observer hears of it, before it returns.
pub struct Direct<O> {
    work: Loop<O>,
    jobs: Sender,
    queue: mpsc::Receiver<Message>,
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
        while let Ok(message) = self.queue.try_recv() {
            match message {
                Message::Write(first) => self.work.group(first, &self.queue),
                Message::Look => self.work.look(),
            }
        }
    }
}

/// The same error for another of those whom it hits.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::Away => StoreError::Away,
        other => StoreError::Lost(other.to_string()),
    }
}

struct Loop<O> {
    connection: Connection,
    observer: O,
    watch: Watch,
    commits: Arc<AtomicU64>,
    /// By which other servers know this one.
    name: String,
    /// Other servers have not been told of the last commits yet.
    untold: bool,
    told: Instant,
    forgot: Instant,
}

impl<O: Observer> Loop<O> {
    fn new(connection: Connection, observer: O, commits: Arc<AtomicU64>) -> Result<Self, StoreError> {
        let (watch, now) = (Watch::start(&connection)?, Instant::now());
        let name = random::hex::<8>(&mut random::system);
        Ok(Self { connection, observer, watch, commits, name, untold: false, told: now, forgot: now })
    }

    fn run(mut self, queue: &mpsc::Receiver<Message>) {
        loop {
            let patience = if self.untold { TELL } else { LOOK };
            match queue.recv_timeout(patience) {
                Ok(Message::Write(first)) => self.group(first, queue),
                Ok(Message::Look) => self.look(),
                Err(RecvTimeoutError::Timeout) => {
                    if !self.untold {
                        self.look();
                        self.tidy();
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.untold && self.told.elapsed() >= TELL {
                self.tell();
            }
        }
        self.tell();
        self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// What is done when there is nothing else to do.
    fn tidy(&mut self) {
        self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)");
        if self.connection.postgres().is_some() && self.forgot.elapsed() >= FORGET {
            self.forgot = Instant::now();
            if let Err(error) = forget_old(&self.connection) {
                tracing::debug!(%error, "old changes are not forgotten");
            }
        }
    }

    /// Brings the embedded database's log into its file.
    fn checkpoint(&self, pragma: &str) {
        let Some(sqlite) = self.connection.sqlite() else { return };
        let done = sqlite.prepare_cached(pragma).and_then(|mut s| s.query_row([], |_| Ok(())));
        if let Err(error) = done {
            tracing::debug!(%error, "the log stays beside the database");
        }
    }

    /// Tells the other servers that something has changed, outside of any transaction that writes.
    fn tell(&mut self) {
        if !std::mem::take(&mut self.untold) {
            return;
        }
        self.told = Instant::now();
        let told = self.connection.execute_batch(&format!("NOTIFY {CHANNEL}, '{}'", self.name));
        if let Err(error) = told {
            tracing::debug!(%error, "other servers find out by themselves");
        }
    }

    /// One transaction for the first write and for those that wait behind it.
    fn group(&mut self, first: Job, queue: &mpsc::Receiver<Message>) {
        let mut answers = Vec::new();
        let committed = match self.connection.begin() {
            Ok(()) => self.commit(first, queue, &mut answers),
            Err(error) => {
                answers.push((first.work)(Err(again(&error))));
                Err(error)
            }
        };
        match committed {
            Ok(changed) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.observer.committed(&self.connection, &changed);
                self.untold |= self.connection.postgres().is_some() && !changed.is_empty();
                answers.into_iter().for_each(|answer| answer(Ok(())));
            }
            Err(error) => {
                self.watch.forget();
                tracing::error!(%error, writes = answers.len(), "a transaction was lost");
                answers.into_iter().for_each(|answer| answer(Err(again(&error))));
            }
        }
    }

    fn commit(
        &mut self,
        first: Job,
        queue: &mpsc::Receiver<Message>,
        answers: &mut Vec<Answer>,
    ) -> Result<Changed, StoreError> {
        // From here on nobody else writes: what the observer sets right now stays right until the commit.
        self.look();
        let mut next = Some(first);
        while let Some(job) = next {
            // Where this fails, so does the work: both speak to the same connection.
            let by = self.watch.by(&self.connection, job.device);
            let turn = Turn { connection: &self.connection, is_first: answers.is_empty() };
            answers.push((job.work)(by.map(|()| turn)));
            if !self.connection.in_transaction() {
                // After some errors the database undoes everything that the transaction did.
                return Err(StoreError::Lost("another write of the group failed".into()));
            }
            next = None;
            while answers.len() < GROUP {
                match queue.try_recv() {
                    Ok(Message::Write(job)) => {
                        next = Some(job);
                        break;
                    }
                    // It looked after it had the lock.
                    Ok(Message::Look) => {}
                    Err(_) => break,
                }
            }
        }
        let changed = self.watch.take(&self.connection);
        let committed = changed.and_then(|changed| self.connection.commit().map(|()| changed));
        if committed.is_err() && self.connection.in_transaction() {
            self.connection.roll_back()?;
        }
        committed
    }

    /// Tells the observer what others have committed.
    fn look(&mut self) {
        match self.watch.look(&self.connection) {
            Ok(Foreign::Nothing) => {}
            Ok(Foreign::This(changed)) => self.observer.committed(&self.connection, &changed),
            Ok(Foreign::Anything) => self.observer.foreign(&self.connection),
            Err(error) => {
                tracing::error!(%error, "the database can't be read");
                // What others commit meanwhile is not heard of.
                self.observer.foreign(&self.connection);
            }
        }
    }
}

/// Wakes the writer when another server has committed, until the queue is closed.
fn listen(mut listener: Listener, queue: &Sender) {
    loop {
        let heard = listener.wait(LISTEN);
        let lost = heard.is_err();
        let Some(sender) = queue.0.lock().clone() else { return };
        // The queue may end at this very moment.
        if heard.unwrap_or(false) && sender.send(Message::Look).is_err() {
            return;
        }
        drop(sender);
        if lost {
            std::thread::sleep(LISTEN);
        }
    }
}
