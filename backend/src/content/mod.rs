//! Content: what staff write in a folder of text files becomes a release, its texts in each language, and its media.
//!
//! `CONTENT.md` describes the format. Nothing here knows the store: [`check`] reads a folder, `publish` takes what it gives.

mod compile;
mod ethics;
pub mod fault;
mod folder;
pub mod gift;
mod journey;
mod lesson;
mod locales;
mod markdown;
mod media;
mod published;
pub mod rules;
mod structure;
// Public for who fuzzes it.
#[doc(hidden)]
pub mod table;
mod texts;

use std::path::Path;

pub use compile::{Compiled, MediaFile};
pub(crate) use fault::Faults;
pub use fault::{Fault, Severity};
pub use published::against_published;

/// Reads and checks a content folder. Finds every fault, sorted by file and line; there is no [`Compiled`] where one of them is an
/// [`Severity::Error`].
pub fn check(dir: &Path) -> (Option<Compiled>, Vec<Fault>) {
    compile::compile(dir)
}
