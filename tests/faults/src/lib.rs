//! A company, its server and its phones, for tests of what goes wrong between them.

pub mod chance;
pub mod proxy;
pub mod storage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use parking_lot::Mutex;
use qadam_backend::accounts::{self, NewUser};
use qadam_backend::blobs::Blobs;
use qadam_backend::config::{Config as ServerConfig, now};
use qadam_backend::content::Compiled;
use qadam_backend::server::RunningServer;
use qadam_backend::store::StoreError;
use qadam_backend::{content, publish, random, store};
use qadam_domain::company::Locale;
use qadam_domain::ids::MarketId;
use qadam_engine::platform::{Network, SecureStore, SecureStoreError};
use qadam_engine::transport::http::HttpTransport;
use qadam_engine::{Config, Engine, EngineError, Platform};
use tempfile::TempDir;

pub const PASSWORD: &str = "a long enough password";
const APP: &str = "qadam-faults/1";

/// A server with the sample company.
pub struct Company {
    pub folder: TempDir,
    pub server: RunningServer,
    /// What was published at first.
    pub content: Compiled,
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
        Self { folder, server, content: compiled }
    }

    /// The server's folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("server")
    }

    /// Publishes what the company began with and a change, from the server itself: another process's publication it finds out half a second later.
    pub async fn publish(&self, change: impl FnOnce(&mut Compiled)) {
        let mut compiled = self.content.clone();
        change(&mut compiled);
        let mut blobs = self.server.app().blobs.clone();
        let published = self.server.app().store.write::<_, StoreError, _>(move |connection| {
            let published =
                publish::publish(connection, &mut blobs, &compiled, now(), &mut random::system, &mut |_| Ok(()));
            Ok(published.expect("publishes").is_new_release)
        });
        assert!(published.await.expect("writes"));
    }

    /// Adds a person with [`PASSWORD`], hashed so weakly that to check it takes no time.
    pub fn enlist(&self, login: &str) {
        self.invite(login);
        let connection = store::open(&self.data()).expect("opens");
        let params = Params::new(8, 1, 1, None).expect("argon2 takes them");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon2.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).expect("hashes").to_string();
        connection.execute("UPDATE account SET password = ?2 WHERE login = ?1", (login, hash)).expect("writes");
    }

    /// Adds a person and gives the invite code.
    pub fn invite(&self, login: &str) -> String {
        let connection = store::open(&self.data()).expect("opens");
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
    let transport = HttpTransport::new(APP).expect("it fits into a header").hurried(hurry);
    phone_on(folder, Platform { transport: Arc::new(transport), ..platform_with(secrets) }).expect("opens")
}

/// As [`phone`], on a platform that outlives it.
///
/// # Errors
/// As [`Engine::open`].
pub fn phone_on(folder: &Path, platform: Platform) -> Result<Engine, EngineError> {
    let config =
        Config { directory: folder.to_path_buf(), app: APP.into(), locale: "en".into(), network: Network::Offline };
    Engine::open(config, platform)
}

/// The system, with secrets in memory.
pub fn platform() -> Platform {
    platform_with(Arc::default())
}

fn platform_with(secrets: Arc<Secrets>) -> Platform {
    Platform::system(secrets, Arc::new(|_| 5 * 60), APP).expect("a platform")
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
