//! Qadam on a phone: everything that an app shows and does, without a line of user interface.
//!
//! [`Engine`] is the whole of it, one per process. What it shows are *views*: plain data, complete, in the person's language. What
//! changes over time is a [`LiveQuery`]. Work is stored at once and sent when there is a connection; nothing waits for the network
//! but signing in.
//!
//! | module | what it does |
//! |---|---|
//! | [`session`] | who uses this phone |
//! | [`learning`], [`reviews`], [`awards`] | lessons, quizzes, cards; what they earn |
//! | [`journey`] | the plan of the first days: what is next, what moved, the welcome |
//! | [`nudges`] | what rules decide here, when it is shown, and why |
//! | [`contacts`], [`settings`] | records, merged per field |
//! | [`reminders`] | what the person wants to be reminded of, at a time of their own |
//! | [`results`] | what the back office confirmed, and what was taken back |
//! | [`offers`] | what the company gives for sales to customers |
//! | [`people`] | whom a word would help now, why, and what could be said |
//! | [`team`] | the members below, in a file of their own |
//! | [`push`] | how this device can be woken |
//! | [`media`] | pictures, sound, video by hash |
//! | [`sync`] | when to talk to the server, and how it went |
//! | [`replica`] | what is said: rows, pending mutations, acknowledgements; no I/O but its database |
//! | [`database`] | SQLite: one writer, some readers, the one write path |
//! | [`transport`] | HTTP |
//! | [`platform`] | clocks, zone, chance, secrets |

pub mod awards;
pub mod contacts;
pub mod core;
pub mod database;
mod engine;
pub mod error;
pub mod journey;
pub mod learning;
pub mod live;
pub mod media;
pub mod nudges;
pub mod offers;
mod outgoing;
pub mod people;
pub mod platform;
pub mod push;
pub mod reminders;
pub mod replica;
pub mod results;
pub mod reviews;
pub mod session;
pub mod settings;
pub mod sync;
mod task;
pub mod team;
pub mod transport;

pub use engine::{Config, Engine, Platform};
pub use error::{EngineError, Result};
pub use live::{LiveQuery, Snapshot};
