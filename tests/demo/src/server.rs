//! The backend with the sample company, in this process; phones reach it over HTTP alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use qadam_backend::accounts::{self, NewUser};
use qadam_backend::blobs::Blobs;
use qadam_backend::config::Config;
use qadam_backend::server::RunningServer;
use qadam_backend::{content, publish, random, store};
use qadam_domain::company::Locale;
use qadam_domain::ids::MarketId;

use crate::clock::EveningClock;
use crate::play::Deviation;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../backend/sample");

pub struct Server {
    running: RunningServer,
    data: PathBuf,
    clock: Arc<EveningClock>,
    /// What was published.
    pub lessons: usize,
    pub locales: usize,
}

impl Server {
    /// Publishes the sample company into a new folder and answers on a free loopback port.
    ///
    /// # Errors
    /// The content's faults; what the store or the port says.
    pub async fn start(data: &Path, clock: Arc<EveningClock>) -> Result<Self, Deviation> {
        let failed = |error: &dyn std::fmt::Display| Deviation::new(format!("the server did not start: {error}"));
        let (compiled, faults) = content::check(Path::new(SAMPLE));
        let Some(compiled) = compiled else {
            let faults: String = faults.iter().map(|fault| format!("\n  {fault}")).collect();
            return Err(failed(&format!("the sample company has faults{faults}")));
        };
        let conn = store::open(data).map_err(|error| failed(&error))?;
        let mut blobs = Blobs::open(data)?;
        publish::publish(&conn, &mut blobs, &compiled, clock.wall(), &mut random::system, &mut |_| Ok(()))
            .map_err(|error| failed(&error))?;
        drop(conn);
        let told = clock.clone();
        let config = Config { clock: Arc::new(move || told.wall()), ..Config::local(data) };
        let running = RunningServer::start(config).await.map_err(|error| failed(&error))?;
        let release = &compiled.release;
        let (lessons, locales) = (release.lessons().count(), release.locales.len());
        Ok(Self { running, data: data.into(), clock, lessons, locales })
    }

    /// As `qadam-backend user add` does, beside the server that runs. Gives the invite code.
    ///
    /// # Errors
    /// What the store says.
    pub fn add_user(&self, login: &str, name: &str) -> Result<String, Deviation> {
        let failed = |error: &dyn std::fmt::Display| Deviation::new(format!("no user was added: {error}"));
        let conn = store::open(&self.data).map_err(|error| failed(&error))?;
        let releases = publish::releases(&conn).map_err(|error| failed(&error))?;
        let newest = releases.newest_up_to(u64::MAX).ok_or_else(|| failed(&"nothing is published"))?;
        let user = NewUser {
            login: login.into(),
            name: name.into(),
            market: MarketId::new("kz").map_err(|error| failed(&error))?,
            locale: Locale::En,
            sponsor: None,
            id: None,
        };
        let now = self.clock.wall();
        let random = &mut random::system;
        let added = store::atomically(&conn, || accounts::add_user(&conn, &newest.release, &user, now, random));
        Ok(added.map_err(|error| failed(&error))?.code)
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    pub fn url(&self) -> String {
        self.running.url()
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}
