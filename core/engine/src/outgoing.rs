//! Files that the person gets, to keep or to send.

use std::fs::{self, File};
use std::path::Path;

use crate::error::Result;

/// Writes a file that is there as a whole or not at all; one that is there already stays until then.
///
/// # Errors
/// Those of `write`; those of storage.
pub fn whole(path: &Path, write: impl FnOnce(File) -> Result<()>) -> Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let written = File::create(part).map_err(Into::into).and_then(write);
    let there = written.and_then(|()| Ok(fs::rename(part, path)?));
    if there.is_err() {
        // Not to leave half of a person's data where nobody looks for it; what failed is told already.
        let _ = fs::remove_file(part);
    }
    there
}
