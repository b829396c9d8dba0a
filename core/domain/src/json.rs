//! Reads JSON.

use serde::Deserialize;

/// Reads a value from its text. By its bytes, as bodies are read: what reads a type is compiled for each of `serde_json`'s sources anew, and a
/// phone's library would hold all of it twice.
///
/// # Errors
/// Where the text is not such a value.
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_bytes())
}
