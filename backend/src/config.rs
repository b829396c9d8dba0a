//! What a server is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use qadam_domain::time::Millis;

use crate::ledger;
use crate::store::Database;

/// The server's clock; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

#[derive(Clone)]
pub struct Config {
    /// The folder with database and blobs; made where there is none.
    pub data: PathBuf,
    /// URL of a PostgreSQL database that servers share, instead of the one in the folder; the folder then only has copies.
    pub database: Option<String>,
    /// The folder of the ledger; best on another disk than the data, where the backups are.
    pub ledger: PathBuf,
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    pub tls: Option<Tls>,
    /// TLS ends before this server: it may listen without on any address, and believes `x-forwarded-for`.
    pub behind_proxy: bool,
    /// Where `GET /metrics` is answered: a loopback address.
    pub metrics: Option<SocketAddr>,
    /// The file that says which push services are used ([`crate::push::config`]); without, nothing is pushed.
    pub push: Option<PathBuf>,
    /// The file with the keys by which the back office signs ([`crate::results::webhook`]); without, there is no webhook.
    pub webhook: Option<PathBuf>,
    pub clock: Clock,
}

/// PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The chain, the server's own first.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Config {
    /// Where the database is.
    pub fn database(&self) -> Database {
        self.database.clone().map_or_else(|| Database::Sqlite(self.data.clone()), Database::Postgres)
    }

    /// A server on a free loopback port.
    pub fn local(data: impl Into<PathBuf>) -> Self {
        let data = data.into();
        Self {
            ledger: data.join(ledger::FOLDER),
            data,
            database: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            behind_proxy: false,
            metrics: None,
            push: None,
            webhook: None,
            clock: Arc::new(now),
        }
    }
}

/// The operating system's time; 1970 where its clock is before that.
pub fn now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}
