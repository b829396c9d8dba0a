//! Qadam's engine as Kotlin and Swift see it: no logic, no SQL, one file per noun.
//!
//! Views are mirrored with `#[uniffi::remote]`: a field or a case that the engine gains, loses or renames does not compile here
//! until somebody decides how it crosses the border. What the other side holds on to is an object: [`QadamEngine`], and one query
//! object for each thing that can be observed.
//!
//! The engine owns its runtime and spawns onto it. The futures that are exported only wait for those tasks: they need no reactor,
//! run no SQL on the thread that polls them, and lose nothing when they are dropped.

// The scaffolding that uniffi's macros expand to is made of it; nothing else here is.
#![allow(unsafe_code)]

#[cfg(target_os = "android")]
mod android;
mod awards;
mod contacts;
mod engine;
mod error;
mod journey;
mod learning;
mod live;
mod media;
mod nudges;
mod offers;
mod people;
mod platform;
mod push;
mod reminders;
mod results;
mod reviews;
mod session;
mod settings;
mod sync;
mod team;
mod texts;

pub use engine::QadamEngine;
pub use error::QadamError;
pub use platform::{Config, SecureStore, SecureStoreError, Zone, ZoneError};

type Result<T> = std::result::Result<T, QadamError>;

uniffi::setup_scaffolding!();
