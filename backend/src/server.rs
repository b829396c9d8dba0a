//! The server as a whole: starts, answers, stops.

use std::fs::{File, TryLockError};
use std::future::{Future, IntoFuture};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::task::JoinHandle;

use crate::app::App;
use crate::config::{Config, Tls};
use crate::error::Error;
use crate::gaps;
use crate::http;
use crate::nudges::tick::Ticker;
use crate::push::sender::Sender;
use crate::push::{self, outbox};
use crate::store::Connection;

/// How long requests may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(8);
/// How long a connection may take until its first request's headers are here.
const PATIENCE: Duration = Duration::from_secs(30);
/// Held while a server uses the folder.
const LOCK: &str = "serving.lock";

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "{0} is no loopback address: give a certificate, or say that TLS ends before this server with --behind-proxy"
    )]
    PlainHttp(SocketAddr),
    #[error("another server uses {0}")]
    InUse(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("can't listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("{0} is no loopback address: metrics are told on this machine alone")]
    OpenMetrics(SocketAddr),
    #[error("the certificate or its key: {0}")]
    Tls(#[source] io::Error),
    #[error("pushes: {0}")]
    Push(#[from] push::config::ConfigError),
    #[error(transparent)]
    Error(#[from] Error),
}

/// A server that answers.
pub struct RunningServer {
    address: SocketAddr,
    is_tls: bool,
    app: Arc<App>,
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
    metrics: Option<Metrics>,
    sender: Option<Sender>,
    ticker: Ticker,
    /// Released last.
    lock: File,
}

/// `GET /metrics`, on an address of its own.
struct Metrics {
    address: SocketAddr,
    task: JoinHandle<io::Result<()>>,
}

impl Metrics {
    async fn start(address: SocketAddr, app: Arc<App>) -> Result<Self, StartError> {
        if !address.ip().is_loopback() {
            return Err(StartError::OpenMetrics(address));
        }
        let listen_error = |source| StartError::Listen { address, source };
        let listener = tokio::net::TcpListener::bind(address).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let told = move || {
            let app = app.clone();
            async move {
                let count = |conn: &Connection| Ok::<_, Error>((gaps::count(conn)?, outbox::count(conn)?));
                let (gaps, pushes) = app.store.read(count).await?;
                Ok::<_, Error>(([(CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.text(gaps, pushes)))
            }
        };
        let router = Router::new().route("/metrics", get(told));
        Ok(Self { address, task: tokio::spawn(axum::serve(listener, router).into_future()) })
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Runs a server until `shutdown`, then stops it gracefully. `ready` is told once it answers.
///
/// # Errors
/// [`StartError`]
pub async fn serve(
    config: Config,
    ready: impl FnOnce(&RunningServer) + Send,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), StartError> {
    let server = RunningServer::start(config).await?;
    ready(&server);
    shutdown.await;
    tracing::info!("stops");
    server.stop().await;
    Ok(())
}

impl RunningServer {
    /// Opens the data folder and listens.
    ///
    /// # Errors
    /// [`StartError`]
    pub async fn start(config: Config) -> Result<Self, StartError> {
        if config.tls.is_none() && !config.behind_proxy && !config.listen.ip().is_loopback() {
            return Err(StartError::PlainHttp(config.listen));
        }
        let push = config.push.as_deref().map(push::config::Config::open).transpose()?;
        let lock = lock(&config)?;
        let app = App::open(&config).await?;
        let listen_error = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let metrics = match config.metrics {
            Some(address) => Some(Metrics::start(address, app.clone()).await?),
            None => None,
        };
        let handle = Handle::new();
        let service = http::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = axum_server::from_tcp(listener)
            .map_err(listen_error)?
            .acceptor(NoDelayAcceptor::new())
            .handle(handle.clone())
            .first_request_timeout(PATIENCE);
        let is_tls = config.tls.is_some();
        let task = match &config.tls {
            None => tokio::spawn(server.serve(service)),
            Some(tls) => {
                let tls = RustlsConfig::from_config(Arc::new(certified(tls).map_err(StartError::Tls)?));
                tokio::spawn(server.map(|plain| RustlsAcceptor::new(tls).acceptor(plain)).serve(service))
            }
        };
        // Without this a stop that comes at once would find nobody who listens for it.
        handle.listening().await;
        let sender = push.map(|push| Sender::start(&app, push));
        let ticker = Ticker::start(&app);
        tracing::info!(%address, tls = is_tls, pushes = sender.is_some(), "listens");
        Ok(Self { address, is_tls, app, handle, task, metrics, sender, ticker, lock })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:8740`.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.is_tls { "https" } else { "http" }, self.address)
    }

    /// Where `GET /metrics` is answered.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.address)
    }

    /// For who looks inside, such as tests.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Takes no new connections, lets requests end, ends event streams, closes the database. Within 10 seconds.
    pub async fn stop(self) {
        self.app.changes.close();
        self.handle.graceful_shutdown(Some(GRACE));
        self.ticker.stop().await;
        if let Some(sender) = self.sender {
            sender.stop().await;
        }
        match self.task.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the listener failed"),
            Err(error) => tracing::error!(%error, "the listener panicked"),
        }
        drop(self.metrics);
        let app = self.app;
        if let Err(error) = tokio::task::spawn_blocking(move || app.store.close()).await {
            tracing::error!(%error, "the database was not closed");
        }
        drop(self.lock);
    }

    /// Stops as a power cut would: connections are cut, nothing is waited for. What was acknowledged is in the database.
    pub fn kill(self) {
        self.handle.shutdown();
        self.task.abort();
        self.ticker.kill();
        if let Some(sender) = self.sender {
            sender.kill();
        }
        self.app.changes.close();
        self.app.store.close();
    }
}

/// TLS with the certificate and its key.
fn certified(tls: &Tls) -> io::Result<ServerConfig> {
    let chain =
        CertificateDer::pem_file_iter(&tls.certificate).and_then(Iterator::collect).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(io::Error::other)?;
    // By name: the process's own choice may be a phone's, in a test, which knows no keys.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn lock(config: &Config) -> Result<File, StartError> {
    let path = config.data.join(LOCK);
    let failed = |source| StartError::Io { path: path.clone(), source };
    std::fs::create_dir_all(&config.data).map_err(failed)?;
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(config.data.clone())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
