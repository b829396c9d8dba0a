//! Whose push services are used: `serve --push FILE.toml`.
//!
//! ```toml
//! # Trusted besides what the system trusts, such as a proxy's certificate.
//! ca = "proxy.pem"
//!
//! [fcm]
//! # The service account's JSON file, from the Firebase console.
//! service_account = "service-account.json"
//! endpoint = "https://fcm.googleapis.com"
//!
//! [apns]
//! key = "AuthKey_ABC123DEFG.p8"
//! key_id = "ABC123DEFG"
//! team_id = "DEF123GHIJ"
//! # Bundle ids of the company's apps.
//! topics = ["app.qadam"]
//! endpoint = "https://api.push.apple.com"
//! sandbox_endpoint = "https://api.sandbox.push.apple.com"
//! ```
//!
//! Paths are taken from the file's folder. Without a section its vendor is not used; endpoints may be left out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_protocol::push::Vendor;
use reqwest::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::apns::{self, Apns};
use super::fcm::{self, Fcm};
use super::vendor::{client, endpoint};

/// Why pushes can't be sent as the settings say. Tells nothing of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {detail}")]
pub struct ConfigError {
    pub path: PathBuf,
    pub detail: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ca: Option<PathBuf>,
    fcm: Option<FcmSection>,
    apns: Option<ApnsSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FcmSection {
    service_account: PathBuf,
    #[serde(default = "fcm_endpoint")]
    endpoint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApnsSection {
    key: PathBuf,
    key_id: String,
    team_id: String,
    topics: Vec<String>,
    #[serde(default = "apns_endpoint")]
    endpoint: String,
    #[serde(default = "apns_sandbox")]
    sandbox_endpoint: String,
}

fn fcm_endpoint() -> String {
    fcm::ENDPOINT.into()
}

fn apns_endpoint() -> String {
    apns::ENDPOINT.into()
}

fn apns_sandbox() -> String {
    apns::SANDBOX.into()
}

/// The vendors that are used, with their credentials.
pub struct Vendors {
    pub fcm: Option<Fcm>,
    pub apns: Option<Apns>,
    /// Of all files that were read.
    hash: [u8; 32],
}

impl Vendors {
    /// Whether this one is used.
    pub fn has(&self, vendor: Vendor) -> bool {
        match vendor {
            Vendor::Fcm => self.fcm.is_some(),
            Vendor::Apns => self.apns.is_some(),
        }
    }
}

/// The settings' file, read again when it or a file that it names has changed.
pub struct Config {
    path: PathBuf,
    current: Mutex<Arc<Vendors>>,
    /// What was wrong when it was read last.
    wrong: Mutex<Option<ConfigError>>,
}

impl Config {
    /// # Errors
    /// [`ConfigError`]
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let current = read(path, None)?.expect("nothing was read before");
        Ok(Self { path: path.into(), current: Mutex::new(current), wrong: Mutex::new(None) })
    }

    /// What is in use.
    pub fn vendors(&self) -> Arc<Vendors> {
        self.current.lock().clone()
    }

    /// Looks whether the files have changed. Tells whether others are in use now. Where something is wrong with them, what is in use stays; that is told
    /// once.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn look(&self) -> Result<bool, ConfigError> {
        let held = self.vendors().hash;
        match read(&self.path, Some(held)) {
            Ok(fresh) => {
                *self.wrong.lock() = None;
                let is_new = fresh.is_some();
                if let Some(fresh) = fresh {
                    *self.current.lock() = fresh;
                }
                Ok(is_new)
            }
            Err(error) if self.wrong.lock().replace(error.clone()) == Some(error.clone()) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// `None` where the files are those with this hash.
fn read(path: &Path, held: Option<[u8; 32]>) -> Result<Option<Arc<Vendors>>, ConfigError> {
    let mut hash = Sha256::new();
    let mut text = |path: &Path| {
        let read = std::fs::read_to_string(path).map_err(|error| wrong(path, error.to_string()))?;
        hash.update(path.as_os_str().as_encoded_bytes());
        hash.update(read.len().to_le_bytes());
        hash.update(&read);
        Ok::<_, ConfigError>(read)
    };
    let settings = text(path)?;
    let file: File = toml::from_str(&settings).map_err(|error| wrong(path, error.message()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let ca = file.ca.map(|ca| folder.join(ca));
    let extra = ca.as_ref().map(|ca| text(ca)).transpose()?;
    let fcm = match file.fcm {
        Some(section) => {
            let account = folder.join(&section.service_account);
            Some((text(&account)?, account, section))
        }
        None => None,
    };
    let apns = match file.apns {
        Some(section) => {
            let key = folder.join(&section.key);
            Some((text(&key)?, key, section))
        }
        None => None,
    };
    let hash: [u8; 32] = hash.finalize().into();
    if held == Some(hash) {
        return Ok(None);
    }
    let extra = match (&ca, extra) {
        (Some(ca), Some(pem)) => CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| wrong(ca, error.to_string()))?,
        _ => Vec::new(),
    };
    if fcm.is_none() && apns.is_none() {
        return Err(wrong(path, "neither [fcm] nor [apns]"));
    }
    // A connection to APNs is for one team's tokens: each vendor has its own.
    let client = || -> Result<Client, ConfigError> { client(extra.clone()).map_err(|detail| wrong(path, detail)) };
    let at = |text: &str| endpoint(text).map_err(|detail| wrong(path, detail));
    let fcm = match fcm {
        Some((text, account, section)) => {
            let made = Fcm::new(client()?, &at(&section.endpoint)?, &text);
            Some(made.map_err(|detail| wrong(&account, detail))?)
        }
        None => None,
    };
    let apns = match apns {
        Some((text, key, section)) => {
            let settings = apns::Settings {
                endpoint: at(&section.endpoint)?,
                sandbox: at(&section.sandbox_endpoint)?,
                key: &text,
                key_id: section.key_id,
                team_id: section.team_id,
                topics: section.topics,
            };
            Some(Apns::new(client()?, settings).map_err(|detail| wrong(&key, detail))?)
        }
        None => None,
    };
    Ok(Some(Arc::new(Vendors { fcm, apns, hash })))
}

fn wrong(path: &Path, detail: impl Into<String>) -> ConfigError {
    ConfigError { path: path.into(), detail: detail.into() }
}
