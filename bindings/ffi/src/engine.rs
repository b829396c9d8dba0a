use std::sync::Arc;

use qadam_engine::platform::Network;
use qadam_engine::sync::BackgroundOutcome;
use qadam_engine::{Engine, Platform};

use crate::Result;
use crate::platform::{Config, ForeignStore, ForeignZone, SecureStore, Zone};

/// The engine: one per process. The other files give it what their nouns can do.
#[derive(uniffi::Object)]
pub struct QadamEngine(pub(crate) Engine);

#[uniffi::export]
impl QadamEngine {
    /// Opens the database. Blocks, shortly.
    ///
    /// A secure store that is locked is an error that changed nothing: try again when the phone has been unlocked.
    #[uniffi::constructor]
    pub fn open(config: Config, secure_store: Arc<dyn SecureStore>, zone: Arc<dyn Zone>) -> Result<Arc<Self>> {
        let (secure_store, zone) = (Arc::new(ForeignStore(secure_store)), Arc::new(ForeignZone(zone)));
        let platform = Platform::system(secure_store, zone, &config.app)?;
        Ok(Arc::new(Self(Engine::open(config.into(), platform)?)))
    }

    /// Ends the live queries and finishes what is being written. Every later call fails with `Closed`. (Kotlin has its own meaning
    /// for `close`.)
    pub async fn shut_down(&self) {
        self.0.close().await;
    }

    /// The app is shown again, perhaps in another zone or network.
    pub async fn foreground(&self, network: Network) -> Result<()> {
        Ok(self.0.foreground(network).await?)
    }

    /// The app goes away: whatever runs stops at a border within so many milliseconds, and every lock is released.
    pub async fn background(&self, deadline: u64) -> Result<()> {
        Ok(self.0.background(deadline).await?)
    }

    /// One bounded stay in the background, of so many milliseconds.
    pub async fn run_background(&self, budget: u64) -> Result<BackgroundOutcome> {
        Ok(self.0.run_background(budget).await?)
    }

    pub fn set_network(&self, network: Network) {
        self.0.set_network(network);
    }
}
