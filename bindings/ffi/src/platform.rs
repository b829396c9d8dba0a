use std::sync::Arc;

use qadam_engine::platform::{self, Network};

/// The network that the platform sees.
#[uniffi::remote(Enum)]
pub enum Network {
    Offline,
    /// Costs by volume: media are not fetched ahead, unless the person said so.
    Metered,
    Unmetered,
}

/// Where and as what the engine runs.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Config {
    /// Of this app, kept out of backups; created where it is missing.
    pub directory: String,
    /// The app and its version: `qadam-android/0.1.0`.
    pub app: String,
    /// BCP 47 tag of the phone's language.
    pub locale: String,
    pub network: Network,
}

impl From<Config> for qadam_engine::Config {
    fn from(config: Config) -> Self {
        let Config { directory, app, locale, network } = config;
        Self { directory: directory.into(), app, locale, network }
    }
}

/// The platform's store for secrets: Android's Keystore, Apple's Keychain (this device only, outside of backups).
///
/// It is called from threads of the engine, seldom and never per row, and may block.
#[uniffi::export(foreign)]
pub trait SecureStore: Send + Sync {
    /// Nothing where nothing was stored under this name.
    fn get(&self, name: String) -> Result<Option<String>, SecureStoreError>;
    fn set(&self, name: String, value: String) -> Result<(), SecureStoreError>;
    /// Nothing to remove is no error.
    fn remove(&self, name: String) -> Result<(), SecureStoreError>;
}

/// Why a secret can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SecureStoreError {
    /// The phone has not been unlocked since it started. Nothing may be changed; later it works.
    #[error("locked")]
    Locked,
    /// There is no such store on this device, or it is out of order.
    #[error("missing")]
    Missing,
    /// The key was destroyed, for example since the screen lock changed. What it protected is gone.
    #[error("invalidated")]
    Invalidated,
}

impl From<SecureStoreError> for platform::SecureStoreError {
    fn from(error: SecureStoreError) -> Self {
        match error {
            SecureStoreError::Locked => Self::Locked,
            SecureStoreError::Missing => Self::Missing,
            SecureStoreError::Invalidated => Self::Invalidated,
        }
    }
}

/// A store that throws what it never declared is out of order. Without this conversion it would be a panic.
impl From<uniffi::UnexpectedUniFFICallbackError> for SecureStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Missing
    }
}

/// The engine's view of the other side's store.
pub(crate) struct ForeignStore(pub Arc<dyn SecureStore>);

impl platform::SecureStore for ForeignStore {
    fn get(&self, name: &str) -> Result<Option<String>, platform::SecureStoreError> {
        Ok(self.0.get(name.to_string())?)
    }

    fn set(&self, name: &str, value: &str) -> Result<(), platform::SecureStoreError> {
        Ok(self.0.set(name.to_string(), value.to_string())?)
    }

    fn remove(&self, name: &str) -> Result<(), platform::SecureStoreError> {
        Ok(self.0.remove(name.to_string())?)
    }
}

/// Where the phone is, as the platform says: its zones are kept up to date, and travel with the phone.
///
/// It is called from threads of the engine, for each query, and must neither block nor call the engine.
#[uniffi::export(foreign)]
pub trait Zone: Send + Sync {
    /// Minutes ahead of UTC, where the phone is now, at that instant (milliseconds since 1970-01-01T00:00Z).
    fn offset(&self, at: i64) -> Result<i32, ZoneError>;
}

/// The platform can't tell. The engine then reckons with UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ZoneError {
    #[error("unknown")]
    Unknown,
}

/// As for [`SecureStoreError`].
impl From<uniffi::UnexpectedUniFFICallbackError> for ZoneError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unknown
    }
}

/// The engine's view of the other side's zone.
pub(crate) struct ForeignZone(pub Arc<dyn Zone>);

impl platform::Zone for ForeignZone {
    fn offset(&self, at: i64) -> i32 {
        self.0.offset(at).unwrap_or(0)
    }
}
