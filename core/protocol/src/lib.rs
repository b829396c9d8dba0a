//! What travels between a phone and the server. The rules, for a client in any language, are in `SPEC.md` beside this crate.

pub mod accounts;
pub mod codec;
pub mod content;
pub mod error;
pub mod limits;
pub mod mutation;
pub mod nudges;
pub mod push;
pub mod repair;
pub mod sync;
pub mod team;

/// The version of the protocol that this crate speaks.
pub const VERSION: u16 = 1;
/// The oldest version that the server still takes.
pub const OLDEST: u16 = 1;

/// Header with the app's name and version, for the server's statistics of versions in use. Never a person.
pub const APP_HEADER: &str = "x-qadam-app";
