//! Live queries are pulled: who shows something asks for the first snapshot that differs from the one it has.
//!
//! The caller says which snapshot it holds, so a call that is dropped, even after its result was computed, loses nothing: the next
//! call with the same number gives what that one would have given, or something newer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use qadam_domain::time::Millis;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::database::{Changes, Nouns};
use crate::error::Result;
use crate::platform::Clock;
use crate::task::{self, Task};
use crate::transport::BoxFuture;

/// A value and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot<T> {
    /// Rises with each snapshot of one query; 0 is before the first.
    pub number: u64,
    pub value: T,
}

/// What a query gives: its value, and until when that is true if nothing is written.
pub struct Timed<T> {
    pub value: T,
    pub valid_until: Option<Millis>,
}

type Query<T> = Box<dyn Fn() -> BoxFuture<'static, Result<Timed<T>>> + Send + Sync>;

/// A query that is asked again when what it reads has changed, or when its time is over. It works on the engine's own threads.
pub struct LiveQuery<T> {
    inner: Arc<Inner<T>>,
    runtime: Handle,
}

struct Inner<T> {
    query: Query<T>,
    current: Mutex<Option<Current<T>>>,
    clock: Arc<dyn Clock>,
    signals: Signals,
}

/// What a query waits for.
struct Signals {
    nouns: Nouns,
    changes: Changes,
    stopped: watch::Sender<bool>,
}

struct Current<T> {
    snapshot: Snapshot<T>,
    valid_until: Option<Millis>,
    /// The changes that the value has seen.
    seen: u64,
}

impl<T: Clone + PartialEq + Send + 'static> LiveQuery<T> {
    pub(crate) fn new(
        runtime: Handle,
        changes: Changes,
        nouns: Nouns,
        clock: Arc<dyn Clock>,
        query: impl Fn() -> BoxFuture<'static, Result<Timed<T>>> + Send + Sync + 'static,
    ) -> Self {
        let inner = Inner {
            query: Box::new(query),
            current: Mutex::new(None),
            clock,
            signals: Signals { nouns, changes, stopped: watch::Sender::new(false) },
        };
        Self { inner: Arc::new(inner), runtime }
    }

    /// The first snapshot whose number differs from `after`; waits for one. `None` once stopped, or when the engine is closed.
    ///
    /// # Errors
    /// What the query gives; the next call tries again.
    pub async fn next(&self, after: u64) -> Option<Result<Snapshot<T>>> {
        let inner = self.inner.clone();
        let task = AbortOnDrop(task::spawn(&self.runtime, async move { inner.next(after).await }));
        task.await
    }

    /// Ends the query: a waiting [`LiveQuery::next`] and every later one give `None`.
    pub fn stop(&self) {
        self.inner.signals.stopped.send_replace(true);
    }
}

/// A task that nobody waits for any more is ended; what it computed is kept with the query.
struct AbortOnDrop<T>(Task<Option<T>>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Future for AbortOnDrop<T> {
    type Output = Option<T>;
    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Option<T>> {
        // The runtime is gone where the task did not end by itself: so is the query.
        Pin::new(&mut self.0).poll(context).map(|ended| ended.unwrap_or(None))
    }
}

impl<T: Clone + PartialEq + Send> Inner<T> {
    async fn next(&self, after: u64) -> Option<Result<Snapshot<T>>> {
        loop {
            if self.signals.ended() {
                return None;
            }
            let seen = self.signals.seen();
            let now = self.clock.read().wall;
            let (fresh, due) = match &*self.current.lock() {
                Some(current) => {
                    let fresh = current.seen == seen && current.valid_until.is_none_or(|until| now < until);
                    if fresh && current.snapshot.number != after {
                        return Some(Ok(current.snapshot.clone()));
                    }
                    (fresh, current.valid_until)
                }
                None => (false, None),
            };
            if fresh {
                let sleep = match due {
                    // A wall clock may jump: never sleep long on its word.
                    Some(until) => Duration::from_millis(until.saturating_sub(now).clamp(1, 60_000) as u64),
                    None => Duration::from_secs(3_600),
                };
                self.signals.wait(seen, sleep).await;
                continue;
            }
            let timed = tokio::select! {
                timed = (self.query)() => timed,
                () = self.signals.stop() => continue,
            };
            let timed = match timed {
                Ok(timed) => timed,
                Err(_) if self.signals.changes.is_closed() => return None,
                Err(error) => return Some(Err(error)),
            };
            let mut current = self.current.lock();
            let number = match &*current {
                Some(known) if known.snapshot.value == timed.value => known.snapshot.number,
                Some(known) => known.snapshot.number + 1,
                None => after + 1,
            };
            let snapshot = Snapshot { number, value: timed.value };
            *current = Some(Current { snapshot, valid_until: timed.valid_until, seen });
        }
    }
}

impl Signals {
    fn ended(&self) -> bool {
        *self.stopped.borrow() || self.changes.is_closed()
    }

    fn seen(&self) -> u64 {
        self.changes.seen(self.nouns)
    }

    /// Until something was written since then, the query is stopped, or the time is over.
    fn wait(&self, seen: u64, sleep: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            tokio::select! {
                () = self.changes.changed(self.nouns, seen) => {}
                () = self.stop() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut stopped = self.stopped.subscribe();
            // An error says that the sender is gone, and it is this value's own.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
    }
}
