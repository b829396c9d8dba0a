//! Secrets in a file.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use qadam_engine::platform::{SecureStore, SecureStoreError};

/// The demo's secure store: a file that only its owner can read (mode 0600), in the phone's folder. Real apps use the platform's own: Android's
/// Keystore, Apple's Keychain; there a copy of the folder holds no secret.
pub struct FileStore {
    path: PathBuf,
    /// One change at a time.
    lock: Mutex<()>,
}

impl FileStore {
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join("secrets"), lock: Mutex::new(()) }
    }

    fn load(&self) -> Result<BTreeMap<String, String>, SecureStoreError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => {
                let entries = text.lines().filter_map(|line| line.split_once('\t'));
                Ok(entries.map(|(name, value)| (name.into(), value.into())).collect())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(_) => Err(SecureStoreError::Missing),
        }
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<(), SecureStoreError> {
        let _one = self.lock.lock().map_err(|_| SecureStoreError::Missing)?;
        let mut entries = self.load()?;
        change(&mut entries);
        let text: String = entries.iter().map(|(name, value)| format!("{name}\t{value}\n")).collect();
        let new = self.path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&new).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.path)
        });
        written.map_err(|_| SecureStoreError::Missing)
    }
}

impl SecureStore for FileStore {
    fn get(&self, name: &str) -> Result<Option<String>, SecureStoreError> {
        Ok(self.load()?.remove(name))
    }

    fn set(&self, name: &str, value: &str) -> Result<(), SecureStoreError> {
        if [name, value].iter().any(|text| text.contains(['\t', '\n', '\r'])) {
            return Err(SecureStoreError::Missing);
        }
        self.change(|entries| {
            entries.insert(name.into(), value.into());
        })
    }

    fn remove(&self, name: &str) -> Result<(), SecureStoreError> {
        self.change(|entries| {
            entries.remove(name);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_outlive_the_store_and_are_the_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = FileStore::new(folder.path());
        store.set("a", "1").expect("stored");
        store.set("b", "2").expect("stored");
        store.remove("a").expect("removed");
        let again = FileStore::new(folder.path());
        assert_eq!(again.get("a"), Ok(None));
        assert_eq!(again.get("b"), Ok(Some("2".into())));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&store.path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
