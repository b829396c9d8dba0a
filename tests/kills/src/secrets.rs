//! A phone's secrets, in files that outlive its process.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use qadam_engine::platform::{SecureStore, SecureStoreError};

/// One file for each secret, replaced as a whole.
pub struct Secrets(pub PathBuf);

impl SecureStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<String>, SecureStoreError> {
        match fs::read_to_string(self.0.join(name)) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(_) => Err(SecureStoreError::Missing),
        }
    }

    fn set(&self, name: &str, value: &str) -> Result<(), SecureStoreError> {
        let new = self.0.join("new");
        let set = fs::create_dir_all(&self.0).and_then(|()| fs::write(&new, value));
        set.and_then(|()| fs::rename(new, self.0.join(name))).map_err(|_| SecureStoreError::Missing)
    }

    fn remove(&self, name: &str) -> Result<(), SecureStoreError> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(SecureStoreError::Missing),
            _ => Ok(()),
        }
    }
}
