//! A company, its server and its phones, for tests of what goes wrong between them.

pub mod proxy;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_backend::accounts::{self, NewUser};
use qadam_backend::blobs::Blobs;
use qadam_backend::config::{Config as ServerConfig, now};
use qadam_backend::server::RunningServer;
use qadam_backend::{content, publish, random, store};
use qadam_domain::company::Locale;
use qadam_domain::ids::MarketId;
use qadam_engine::platform::{Network, SecureStore, SecureStoreError};
use qadam_engine::transport::http::HttpTransport;
use qadam_engine::{Config, Engine, Platform};
use tempfile::TempDir;

pub const PASSWORD: &str = "a long enough password";

/// A server with the sample company.
pub struct Company {
    pub folder: TempDir,
    pub server: RunningServer,
}

impl Company {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// As [`Company::start`], with other settings.
    pub async fn start_with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("server");
        let (compiled, faults) = content::check(&sample());
        let compiled = compiled.unwrap_or_else(|| panic!("{faults:?}"));
        let connection = store::open(&data).expect("a fresh folder");
        let mut blobs = Blobs::open(&data).expect("a fresh folder");
        publish::publish(&connection, &mut blobs, &compiled, now(), &mut random::system, &mut |_| Ok(()))
            .expect("publishes");
        drop(connection);
        let mut config = ServerConfig::local(&data);
        change(&mut config);
        let server = RunningServer::start(config).await.expect("starts");
        Self { folder, server }
    }

    /// Adds a person and gives the invite code.
    pub fn invite(&self, login: &str) -> String {
        let connection = store::open(&self.folder.path().join("server")).expect("opens");
        let releases = publish::releases(&connection).expect("reads");
        let release = &releases.newest_up_to(u64::MAX).expect("published at start").release;
        let user = NewUser {
            login: login.into(),
            name: "Aigul".into(),
            market: MarketId::new("kz").expect("a slug"),
            locale: Locale::Kk,
            sponsor: None,
            id: None,
        };
        accounts::add_user(&connection, release, &user, now(), &mut random::system).expect("adds").code
    }

    /// A phone that is not signed in, with a folder of its own.
    pub fn phone(&self, name: &str) -> Engine {
        phone(&self.folder.path().join(name))
    }

    /// A phone that is signed in and in step.
    pub async fn signed_in(&self, name: &str, login: &str) -> Engine {
        let phone = self.phone(name);
        let code = self.invite(login);
        phone.set_password(self.server.url(), code, PASSWORD.into()).await.expect("sets the password");
        sign_in(&phone, &self.server.url(), login).await;
        phone
    }
}

pub async fn sign_in(phone: &Engine, server: &str, login: &str) {
    phone.sign_in(server.into(), login.into(), PASSWORD.into(), "phone".into()).await.expect("signs in");
    phone.sync().await.expect("syncs");
}

/// A phone without a network of its own accord: it talks to the server when a test says so.
pub fn phone(folder: &Path) -> Engine {
    phone_with(folder, Arc::default(), 1)
}

/// As [`phone`], with secrets that are there already, and waits that are so many times as short: for a line whose time is hurried, too.
pub fn phone_with(folder: &Path, secrets: Arc<Secrets>, hurry: u32) -> Engine {
    let config = Config {
        directory: folder.to_path_buf(),
        app: "qadam-faults/1".into(),
        locale: "en".into(),
        network: Network::Offline,
    };
    let platform = Platform::system(secrets, Arc::new(|_| 5 * 60), &config.app).expect("a platform");
    let transport = HttpTransport::new(&config.app).expect("it fits into a header").hurried(hurry);
    Engine::open(config, Platform { transport: Arc::new(transport), ..platform }).expect("opens")
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copies");
        }
    }
}

pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../backend/sample")
}

/// Secrets of a test, in memory.
#[derive(Default)]
pub struct Secrets(Mutex<BTreeMap<String, String>>);

impl SecureStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<String>, SecureStoreError> {
        Ok(self.0.lock().get(name).cloned())
    }

    fn set(&self, name: &str, value: &str) -> Result<(), SecureStoreError> {
        self.0.lock().insert(name.into(), value.into());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecureStoreError> {
        self.0.lock().remove(name);
        Ok(())
    }
}
