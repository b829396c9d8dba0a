//! Pushes: how a phone that is not connected learns that there is something for it.
//!
//! | module | what it knows |
//! |---|---|
//! | [`tokens`] | which device can be woken, as it said itself in a sync |
//! | [`outbox`] | what waits to be sent, in the database: leases, tries, expiry |
//! | [`config`] | whose services are used, with which credentials; read again when they change |
//! | [`fcm`], [`apns`] | one message to a vendor, and what its answer means |
//! | [`sender`] | the work of a server that sends |
//!
//! What a push is about never travels with it: it wakes a sync, or names a text of the app's own. [`enqueue`], [`wake`] and [`wake_everyone`] are called
//! in the transaction that makes the reason for it, so that there is no reason without its push, and no push without its reason. A push is sent at
//! least once: where a server ends between sending and noting that, another sends it again, and on the phone the second takes the place of the first.

pub mod apns;
pub mod config;
pub mod fcm;
mod gate;
mod jwt;
pub mod outbox;
pub mod sender;
pub mod tokens;
pub mod vendor;

pub(crate) use outbox::begin_anew;
pub use outbox::{Alert, To, WAKE_EVERY, cancel, enqueue, wake, wake_everyone};
