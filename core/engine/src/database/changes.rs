use std::ops::BitOr;
use std::sync::Arc;

use tokio::sync::watch;

/// What has changed: a set of nouns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nouns(u16);

impl Nouns {
    pub const NONE: Self = Self(0);
    pub const SESSION: Self = Self(1);
    /// Progress, awards and cards: they follow from the same events.
    pub const LEARNING: Self = Self(1 << 1);
    pub const CONTENT: Self = Self(1 << 2);
    pub const CONTACTS: Self = Self(1 << 3);
    pub const SETTINGS: Self = Self(1 << 4);
    /// The outbox, refusals, and how the sync goes.
    pub const SYNC: Self = Self(1 << 5);
    pub const MEDIA: Self = Self(1 << 6);
    /// What day it is where the phone is.
    pub const PLACE: Self = Self(1 << 7);
    pub const TEAM: Self = Self(1 << 8);
    /// How the plan was last seen on this device.
    pub const JOURNEY: Self = Self(1 << 9);
    pub const REMINDERS: Self = Self(1 << 10);
    pub const ALL: Self = Self((1 << COUNT) - 1);

    fn indices(self) -> impl Iterator<Item = usize> {
        (0..COUNT).filter(move |i| self.0 & (1 << i) != 0)
    }
}

const COUNT: usize = 11;

impl BitOr for Nouns {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Nouns {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// How often each noun has changed, to be waited for.
#[derive(Clone)]
pub struct Changes(Arc<watch::Sender<State>>);

#[derive(Clone, Copy, Default)]
struct State {
    counts: [u64; COUNT],
    closed: bool,
}

impl Default for Changes {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(State::default())))
    }
}

impl State {
    fn seen(&self, nouns: Nouns) -> u64 {
        nouns.indices().map(|i| self.counts[i]).sum()
    }
}

impl Changes {
    pub fn publish(&self, nouns: Nouns) {
        if nouns == Nouns::NONE {
            return;
        }
        self.0.send_modify(|state| nouns.indices().for_each(|i| state.counts[i] += 1));
    }

    /// A number that rises with each change of any of these nouns.
    pub fn seen(&self, nouns: Nouns) -> u64 {
        self.0.borrow().seen(nouns)
    }

    /// Waits until [`Changes::seen`] is another, or until it is closed.
    pub async fn changed(&self, nouns: Nouns, seen: u64) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so the wait ends by the condition alone.
        let _ = receiver.wait_for(|state| state.closed || state.seen(nouns) != seen).await;
    }

    pub fn close(&self) {
        self.0.send_modify(|state| state.closed = true);
    }

    pub fn is_closed(&self) -> bool {
        self.0.borrow().closed
    }
}
