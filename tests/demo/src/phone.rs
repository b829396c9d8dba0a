//! A phone: an engine with its own folder, and a line to the server that can be cut.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use qadam_engine::platform::{Network, SystemRandom};
use qadam_engine::session::AccountView;
use qadam_engine::transport::http::HttpTransport;
use qadam_engine::{Config, Engine, EngineError, Platform};

use crate::clock::{self, EveningClock};
use crate::proxy::Proxy;
use crate::store::FileStore;

const APP: &str = concat!("qadam-demo/", env!("CARGO_PKG_VERSION"));

pub struct Phone {
    pub name: &'static str,
    pub engine: Engine,
    pub line: Proxy,
}

impl Phone {
    /// A phone on a free network, that speaks English until its owner says otherwise.
    ///
    /// # Errors
    /// Those of [`Engine::open`], and where no port is free.
    pub async fn open(
        name: &'static str,
        folder: &Path,
        server: SocketAddr,
        clock: Arc<EveningClock>,
    ) -> Result<Self, EngineError> {
        std::fs::create_dir_all(folder)?;
        let line = Proxy::start(server).await?;
        let config = Config {
            directory: folder.join("qadam"),
            app: APP.into(),
            locale: "en".into(),
            network: Network::Unmetered,
        };
        let platform = Platform {
            clock,
            zone: Arc::new(clock::offset),
            random: Arc::new(SystemRandom),
            secure_store: Arc::new(FileStore::new(folder)),
            transport: Arc::new(HttpTransport::new(APP)?),
        };
        Ok(Self { name, engine: Engine::open(config, platform)?, line })
    }

    /// # Errors
    /// Those of [`Engine::sign_in`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<AccountView, EngineError> {
        self.engine.sign_in(self.line.url(), login.into(), password.into(), self.name.into()).await
    }

    /// Both the network itself and what the platform says of it.
    pub fn set_online(&self, online: bool) {
        self.line.set_up(online);
        self.engine.set_network(if online { Network::Unmetered } else { Network::Offline });
    }

    pub fn is_online(&self) -> bool {
        self.line.is_up()
    }
}
