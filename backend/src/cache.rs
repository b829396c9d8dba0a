//! What requests need that change nothing: sessions, ends of streams, releases. The writer keeps it right.
//!
//! A reader notes the generation before it reads and offers what it found with it. The writer turns the generation before it enters what it has
//! committed; so what was read before a commit never replaces what came with it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use qadam_domain::release::Releases;
use qadam_protocol::sync::{Acknowledged, Cursor};

use crate::accounts::{Session, TokenHash};
use crate::streams::StreamKey;

/// Entries of a map before it starts anew.
const MOST: usize = 500_000;

#[derive(Default)]
pub struct Cache {
    generation: AtomicU64,
    sessions: RwLock<Sessions>,
    heads: RwLock<HashMap<StreamKey, Arc<Cursor>>>,
    /// Of each account's team; `None` where it has none.
    teams: RwLock<HashMap<i64, Option<Cursor>>>,
    catalog: RwLock<Option<StreamKey>>,
    releases: RwLock<Arc<Releases>>,
}

/// A session, and what is known of its device's last request.
pub struct Known {
    pub session: Session,
    /// The last acknowledgement that was found to be the server's.
    pub acknowledged: Mutex<Option<Acknowledged>>,
}

#[derive(Default)]
struct Sessions {
    by_token: HashMap<TokenHash, Arc<Known>>,
    by_device: HashMap<i64, TokenHash>,
}

/// When something was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation(u64);

impl Cache {
    /// To be noted before reading what is offered later.
    pub fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::Acquire))
    }

    pub fn session(&self, token: &TokenHash) -> Option<Arc<Known>> {
        self.sessions.read().by_token.get(token).cloned()
    }

    pub fn head(&self, stream: StreamKey) -> Option<Arc<Cursor>> {
        self.heads.read().get(&stream).cloned()
    }

    /// Where an account's team ends; the outer `None` where it is not known.
    pub fn team(&self, account: i64) -> Option<Option<Cursor>> {
        self.teams.read().get(&account).cloned()
    }

    pub fn catalog(&self) -> Option<StreamKey> {
        *self.catalog.read()
    }

    pub fn releases(&self) -> Arc<Releases> {
        self.releases.read().clone()
    }

    pub fn offer_session(&self, read: Generation, token: TokenHash, session: Session) -> Arc<Known> {
        let device = session.device_key;
        let known = Arc::new(Known { session, acknowledged: Mutex::new(None) });
        let mut sessions = self.sessions.write();
        if self.generation() == read {
            if sessions.by_token.len() >= MOST {
                *sessions = Sessions::default();
            }
            sessions.by_token.insert(token, known.clone());
            sessions.by_device.insert(device, token);
        }
        known
    }

    pub fn offer_head(&self, read: Generation, stream: StreamKey, head: Cursor) {
        let mut heads = self.heads.write();
        if self.generation() == read {
            if heads.len() >= MOST {
                heads.clear();
            }
            heads.insert(stream, Arc::new(head));
        }
    }

    pub fn offer_team(&self, read: Generation, account: i64, head: Option<Cursor>) {
        let mut teams = self.teams.write();
        if self.generation() == read {
            if teams.len() >= MOST {
                teams.clear();
            }
            teams.insert(account, head);
        }
    }

    /// By the writer alone.
    pub fn forget_teams(&self) {
        self.teams.write().clear();
    }

    /// By the writer alone: from here on, what was read before is no longer taken.
    pub fn turn(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// By the writer alone.
    pub fn set_head(&self, stream: StreamKey, head: Cursor) {
        self.heads.write().insert(stream, Arc::new(head));
    }

    /// By the writer alone.
    pub fn forget_device(&self, device: i64) {
        let mut sessions = self.sessions.write();
        if let Some(token) = sessions.by_device.remove(&device) {
            sessions.by_token.remove(&token);
        }
    }

    /// By the writer alone.
    pub fn forget(&self) {
        *self.sessions.write() = Sessions::default();
        self.heads.write().clear();
        self.forget_teams();
    }

    /// By the writer alone.
    pub fn set_catalog(&self, stream: StreamKey) {
        *self.catalog.write() = Some(stream);
    }

    /// By the writer alone.
    pub fn set_releases(&self, releases: Releases) {
        *self.releases.write() = Arc::new(releases);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_commit_does_not_replace_what_came_with_it() {
        let cursor = |rev| Cursor { epoch: "e".into(), rev, tag: "t".into() };
        let (cache, stream) = (Cache::default(), StreamKey(1));
        let before = cache.generation();
        cache.turn();
        cache.set_head(stream, cursor(2));
        cache.offer_head(before, stream, cursor(1));
        assert_eq!(cache.head(stream).map(|head| head.rev), Some(2));
        cache.forget();
        cache.offer_head(cache.generation(), stream, cursor(2));
        assert_eq!(cache.head(stream).map(|head| head.rev), Some(2));
    }
}
