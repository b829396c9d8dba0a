//! Server-sent events: *something changed, sync*. What changed is not told; a sync brings it.

mod routes;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use parking_lot::Mutex;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use tokio::sync::Notify;

use crate::error::Error;

pub use routes::router;

/// What a subscriber has not been told yet, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The account's own stream has changed.
    Me = 1,
    /// The company's content has changed.
    Catalog = 2,
    /// Another process has written: both may have changed, and the device may be signed out.
    Anything = 4,
    /// It is over.
    End = 8,
}

/// Everybody who listens.
#[derive(Default)]
pub struct Changes(Mutex<Listeners>);

#[derive(Default)]
struct Listeners {
    by_account: HashMap<i64, Vec<Arc<Listener>>>,
    is_closed: bool,
}

struct Listener {
    device: i64,
    pending: AtomicU8,
    wake: Notify,
}

/// One open stream; dropping it ends it.
pub struct Subscription {
    account: i64,
    listener: Arc<Listener>,
    changes: Arc<Changes>,
}

impl Changes {
    /// Listens for a device of an account.
    ///
    /// # Errors
    /// `too_many_attempts` where [`limits::LISTENERS`] other devices of the account listen, `busy` where the server stops.
    pub fn subscribe(self: &Arc<Self>, account: i64, device: i64) -> Result<Subscription, Error> {
        let mut listeners = self.0.lock();
        if listeners.is_closed {
            return Err(Error::later(ErrorCode::Busy, "the server stops", 2_000));
        }
        let open = listeners.by_account.entry(account).or_default();
        open.retain(|other| {
            if other.device == device {
                other.signal(Signal::End);
            }
            other.device != device
        });
        if open.len() >= limits::LISTENERS {
            return Err(Error::later(
                ErrorCode::TooManyAttempts,
                format!("at most {} open streams", limits::LISTENERS),
                60_000,
            ));
        }
        let listener = Arc::new(Listener { device, pending: AtomicU8::new(0), wake: Notify::new() });
        open.push(listener.clone());
        Ok(Subscription { account, listener, changes: self.clone() })
    }

    /// Tells the account's devices, but not the one that caused the change: it has it by its sync's reply.
    pub fn me_changed(&self, account: i64, by: Option<i64>) {
        let listeners = self.0.lock();
        let open = listeners.by_account.get(&account).into_iter().flatten();
        open.filter(|listener| Some(listener.device) != by).for_each(|listener| listener.signal(Signal::Me));
    }

    /// Tells everybody.
    pub fn tell_all(&self, signal: Signal) {
        self.0.lock().by_account.values().flatten().for_each(|listener| listener.signal(signal));
    }

    /// Ends the stream of a device that was signed out.
    pub fn end(&self, device: i64) {
        let listeners = self.0.lock();
        let open = listeners.by_account.values().flatten();
        open.filter(|listener| listener.device == device).for_each(|listener| listener.signal(Signal::End));
    }

    /// Ends all, and takes no new ones.
    pub fn close(&self) {
        self.0.lock().is_closed = true;
        self.tell_all(Signal::End);
    }

    /// Whether a device of an account listens to this server.
    pub fn listens(&self, account: i64, device: i64) -> bool {
        let listeners = self.0.lock();
        listeners.by_account.get(&account).is_some_and(|open| open.iter().any(|listener| listener.device == device))
    }

    /// Devices that listen, of all accounts.
    pub fn count(&self) -> usize {
        self.0.lock().by_account.values().map(Vec::len).sum()
    }
}

impl Listener {
    fn signal(&self, signal: Signal) {
        self.pending.fetch_or(signal as u8, Ordering::AcqRel);
        self.wake.notify_one();
    }
}

impl Subscription {
    /// The next thing to be told. What comes several times before is told once. [`Signal::End`] comes first and again and again.
    pub async fn next(&self) -> Signal {
        loop {
            let pending = self.listener.pending.load(Ordering::Acquire);
            for signal in [Signal::End, Signal::Anything, Signal::Me, Signal::Catalog] {
                if pending & signal as u8 != 0 {
                    if signal != Signal::End {
                        self.listener.pending.fetch_and(!(signal as u8), Ordering::AcqRel);
                    }
                    return signal;
                }
            }
            self.listener.wake.notified().await;
        }
    }

    /// Puts something back to be told.
    pub(crate) fn also(&self, signal: Signal) {
        self.listener.signal(signal);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = self.changes.0.lock();
        if let Some(open) = listeners.by_account.get_mut(&self.account) {
            open.retain(|other| !Arc::ptr_eq(other, &self.listener));
            if open.is_empty() {
                listeners.by_account.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_often_is_told_once_and_not_to_who_caused_it() {
        let changes = Arc::new(Changes::default());
        let (first, second) = (changes.subscribe(1, 10).expect("open"), changes.subscribe(1, 11).expect("open"));
        let stranger = changes.subscribe(2, 20).expect("open");
        changes.me_changed(1, Some(10));
        changes.me_changed(1, Some(10));
        changes.tell_all(Signal::Catalog);
        assert_eq!((second.next().await, second.next().await), (Signal::Me, Signal::Catalog));
        assert_eq!(first.next().await, Signal::Catalog);
        assert_eq!(stranger.next().await, Signal::Catalog);
        for open in [&first, &second, &stranger] {
            assert!(tokio::time::timeout(std::time::Duration::from_millis(5), open.next()).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_device_has_one_stream_and_an_account_eight() {
        let changes = Arc::new(Changes::default());
        let open: Vec<_> =
            (0..limits::LISTENERS as i64).map(|device| changes.subscribe(1, device).expect("open")).collect();
        assert_eq!(changes.subscribe(1, 99).err().map(|e| e.code()), Some(ErrorCode::TooManyAttempts));
        let newer = changes.subscribe(1, 0).expect("replaces its own");
        assert_eq!(open[0].next().await, Signal::End);
        drop(open);
        assert_eq!(changes.count(), 1);
        changes.end(0);
        assert_eq!(newer.next().await, Signal::End);
        drop(newer);
        changes.close();
        assert_eq!(changes.subscribe(1, 0).err().map(|e| e.code()), Some(ErrorCode::Busy));
    }
}
