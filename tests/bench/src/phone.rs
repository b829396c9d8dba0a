//! A phone: the engine as an app has it, with its files on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::company::Locale;
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::Changes;
use qadam_engine::media::MediaStore;
use qadam_engine::platform::{Network, SecureStore, SecureStoreError, SystemClock, SystemRandom};
use qadam_engine::{Config, Engine, Platform};
use tokio::runtime::Runtime;

use crate::wire::Wire;

pub const PASSWORD: &str = "correct horse battery";
/// Of Almaty.
const OFFSET: i32 = 5 * 60;

/// Secrets in memory.
#[derive(Default)]
pub struct Secrets(pub Mutex<BTreeMap<String, String>>);

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

pub struct Phone {
    pub engine: Engine,
    pub wire: Arc<Wire>,
    pub secrets: Arc<Secrets>,
    pub directory: PathBuf,
}

impl Phone {
    pub fn new(directory: PathBuf, server: &str) -> Self {
        let (wire, secrets) = (Arc::new(Wire::new(server)), Arc::new(Secrets::default()));
        let engine = open(&directory, &wire, &secrets);
        Self { engine, wire, secrets, directory }
    }

    pub fn sign_in(&self, runtime: &Runtime, server: &str, login: &str, name: &str) {
        let signing = self.engine.sign_in(server.into(), login.into(), PASSWORD.into(), name.into());
        runtime.block_on(signing).expect("signs in");
    }

    pub fn reopen(&self) -> Engine {
        open(&self.directory, &self.wire, &self.secrets)
    }

    /// The account's database.
    pub fn database(&self) -> PathBuf {
        let files = std::fs::read_dir(&self.directory).expect("the phone's folder");
        let mut files = files.flatten().map(|entry| entry.path());
        files.find(|path| path.extension().is_some_and(|e| e == "db")).expect("an account's database")
    }

    /// A second core on the same file: the services without threads between.
    pub fn core(&self) -> Core {
        core(&self.database(), &self.directory)
    }

    pub fn token(&self) -> String {
        self.secrets.0.lock().values().next().cloned().expect("a token")
    }
}

pub fn core(path: &Path, directory: &Path) -> Core {
    let media = Arc::new(MediaStore::open(&directory.join("media")).expect("a folder"));
    let tools = Tools {
        clock: Arc::new(SystemClock::default()),
        zone: Arc::new(|_| OFFSET),
        random: Arc::new(SystemRandom),
        media,
    };
    Core::open(path, Changes::default(), tools, Locale::En).expect("opens")
}

/// Offline for its own driver: it syncs when it is told to, not when it likes.
fn open(directory: &Path, wire: &Arc<Wire>, secrets: &Arc<Secrets>) -> Engine {
    let config = Config {
        directory: directory.into(),
        app: "qadam-bench/0.1.0".into(),
        locale: "en".into(),
        network: Network::Offline,
    };
    let platform = Platform {
        clock: Arc::new(SystemClock::default()),
        zone: Arc::new(|_| OFFSET),
        random: Arc::new(SystemRandom),
        secure_store: secrets.clone(),
        transport: wire.clone(),
    };
    Engine::open(config, platform).expect("opens")
}
