//! Local servers that behave as Firebase and Apple document theirs: HTTP/2 alone, tokens, headers and payloads checked, errors as they tell them.

mod apns;
mod fcm;

use std::collections::{BTreeMap, VecDeque};
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use qadam_domain::time::Millis;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Of tests alone: made for them, and known to nobody else.
const RSA: &str = include_str!("../service-account.pem");
/// What the token endpoint is called in [`Vendor::answer`].
pub const GRANT: &str = "grant";
pub const PROJECT: &str = "qadam-test";
pub const KEY_ID: &str = "ABC123DEFG";
pub const TEAM_ID: &str = "DEF123GHIJ";
pub const TOPIC: &str = "app.qadam";

/// The time, as the servers have it.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// An error that a vendor answers: status, body, `Retry-After` in seconds.
#[derive(Clone)]
pub struct Told(pub u16, pub Value, pub Option<u32>);

/// The status of what is never answered.
pub const SILENCE: u16 = 0;

/// What a vendor got, and took.
#[derive(Debug, Clone, PartialEq)]
pub struct Got {
    pub token: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

#[derive(Default)]
struct Seen {
    /// Messages that were taken.
    got: Vec<Got>,
    /// All tries, by token.
    tries: BTreeMap<String, usize>,
    /// Under way now, by token.
    flying: BTreeMap<String, usize>,
    /// The most that were under way at once for one token.
    most: usize,
    /// What is answered next, by token.
    answers: BTreeMap<String, VecDeque<Told>>,
    /// FCM's access tokens, and until when.
    access: BTreeMap<String, Millis>,
    /// Provider tokens of APNs, and the times that they say.
    provider: Vec<(String, Millis)>,
    /// Is done once a message was taken, before that is answered.
    then: Option<Box<dyn FnOnce() + Send>>,
    /// Requests of a version that is not spoken here.
    wrong: usize,
}

/// One vendor's server.
pub struct Vendor {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    router: Router,
}

impl Vendor {
    async fn start(router: Router, seen: Arc<Mutex<Seen>>, address: SocketAddr) -> Self {
        let listener = loop {
            match tokio::net::TcpListener::bind(address).await {
                Ok(listener) => break listener,
                Err(error) => assert!(address.port() != 0, "{error}"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = axum::serve(listener, router.clone()).with_graceful_shutdown(async {
            stopped.await.ok();
        });
        let task = tokio::spawn(async { served.into_future().await.expect("serves") });
        Self { address, seen, stop: Some(stop), task, router }
    }

    /// FCM, with its token endpoint.
    pub async fn fcm(clock: &Clock) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let router = fcm::router(seen.clone(), clock.clone());
        Self::start(router, seen, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn apns(clock: &Clock, key: &ApnsKey) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let router = apns::router(seen.clone(), clock.clone(), key.public.clone());
        Self::start(router, seen, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Says goodbye to its connections (`GOAWAY`), lets what is under way end, and is away.
    pub async fn leave(&mut self) {
        self.stop.take().expect("is there").send(()).ok();
        (&mut self.task).await.expect("ends");
    }

    /// Is there again, at the same address.
    pub async fn come_back(&mut self) {
        let back = Self::start(self.router.clone(), self.seen.clone(), self.address).await;
        *self = back;
    }

    /// Is at another address too, where it speaks TLS.
    pub async fn with_tls(&self, certificate: &Path, key: &Path) -> SocketAddr {
        let chain = vec![CertificateDer::from_pem_file(certificate).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(key).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.expect("versions").with_no_client_auth().with_single_cert(chain, key);
        let mut config = config.expect("a certificate");
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(config)));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
        let (handle, service) = (Handle::new(), self.router.clone().into_make_service());
        let server = axum_server::from_tcp(listener).expect("listens").handle(handle.clone()).acceptor(acceptor);
        tokio::spawn(server.serve(service));
        handle.listening().await.expect("listens")
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next tries for this token so; then takes what comes.
    pub fn answer(&self, token: &str, told: &[Told]) {
        self.seen.lock().answers.entry(token.into()).or_default().extend(told.iter().cloned());
    }

    /// Does this once a message was taken, before that is answered.
    pub fn then(&self, act: impl FnOnce() + Send + 'static) {
        self.seen.lock().then = Some(Box::new(act));
    }

    /// What was taken, in its order.
    pub fn got(&self) -> Vec<Got> {
        self.seen.lock().got.clone()
    }

    pub fn tries(&self, token: &str) -> usize {
        self.seen.lock().tries.get(token).copied().unwrap_or(0)
    }

    pub fn all_tries(&self) -> usize {
        self.seen.lock().tries.values().sum()
    }

    /// The most that were under way at once for one token.
    pub fn most_at_once(&self) -> usize {
        self.seen.lock().most
    }

    /// How many access or provider tokens were ever seen.
    pub fn credentials(&self) -> usize {
        let seen = self.seen.lock();
        seen.access.len() + seen.provider.len()
    }

    /// FCM forgets the access tokens that it gave.
    pub fn revoke_access(&self) {
        self.seen.lock().access.values_mut().for_each(|until| *until = 0);
    }

    /// What a phone shows: of each collapse id or tag the last one.
    pub fn shown(&self, token: &str) -> usize {
        let got = self.got();
        let tag = |got: &Got| {
            let tag = got.body["message"]["android"]["notification"]["tag"].as_str();
            tag.map(Into::into).or_else(|| got.headers.get("apns-collapse-id").cloned())
        };
        got.iter()
            .filter(|got| got.token == token)
            .filter_map(tag)
            .collect::<std::collections::BTreeSet<String>>()
            .len()
    }

    pub fn assert_http2(&self) {
        assert_eq!(self.seen.lock().wrong, 0, "HTTP/2 alone");
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the settings of a test name.
pub struct Settings {
    pub folder: tempfile::TempDir,
    pub file: PathBuf,
}

impl Settings {
    /// For these vendors; APNs' development server is the third.
    pub fn new(fcm: &Vendor, apns: &Vendor, sandbox: &Vendor, key: &ApnsKey) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("push.toml");
        let settings = Self { folder, file };
        settings.write("account.json", &service_account(&format!("{}/token", fcm.url())));
        settings.write("key.p8", &key.pem);
        settings.write(
            "push.toml",
            &format!(
                "[fcm]\nservice_account = \"account.json\"\nendpoint = \"{}\"\n\n[apns]\nkey = \"key.p8\"\nkey_id = \"{KEY_ID}\"\nteam_id = \"{TEAM_ID}\"\n\
                 topics = [\"{TOPIC}\"]\nendpoint = \"{}\"\nsandbox_endpoint = \"{}\"\n",
                fcm.url(),
                apns.url(),
                sandbox.url()
            ),
        );
        settings
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("writes");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A service account's file, as the Firebase console gives it.
pub fn service_account(token_uri: &str) -> String {
    json!({
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "0123456789abcdef",
        "private_key": RSA,
        "client_email": "push@qadam-test.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    })
    .to_string()
}

/// A key of a developer account.
pub struct ApnsKey {
    pub pem: String,
    public: Vec<u8>,
}

impl ApnsKey {
    pub fn generate() -> Self {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &SystemRandom::new());
        let text = BASE64_STANDARD.encode(document.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        Self { pem, public: pair.expect("a key").public_key().as_ref().to_vec() }
    }
}

/// A token's header and claims, where its signature is right.
fn verified(token: &str, is_right: impl Fn(&[u8], &[u8]) -> bool) -> Option<(Value, Value)> {
    let (told, signature) = token.rsplit_once('.')?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !is_right(told.as_bytes(), &signature) {
        return None;
    }
    let (header, claims) = told.split_once('.')?;
    let part = |text: &str| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    Some((part(header)?, part(claims)?))
}

pub use apns::apns_reason;
pub use fcm::{fcm_code, fcm_field};

type Server = (Arc<Mutex<Seen>>, Clock);

fn is_http2(seen: &Mutex<Seen>, version: Version) {
    seen.lock().wrong += usize::from(version != Version::HTTP_2);
}

fn respond(Told(status, body, retry_after): Told) -> Response {
    let mut response = (StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

/// A try that is under way, until it ends or is given up: a client that loses its connection tries on another.
struct Flying<'a> {
    seen: &'a Mutex<Seen>,
    token: &'a str,
}

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        *self.seen.lock().flying.entry(self.token.into()).or_default() -= 1;
    }
}

/// Counts a try, and gives what is to be answered instead of taking it.
async fn begin(seen: &Mutex<Seen>, token: &str) -> Option<Told> {
    {
        let mut seen = seen.lock();
        *seen.tries.entry(token.into()).or_default() += 1;
        let flying = seen.flying.entry(token.into()).or_default();
        *flying += 1;
        let flying = *flying;
        // Each server asks for an access token of its own.
        if token != GRANT {
            seen.most = seen.most.max(flying);
        }
    }
    let flying = Flying { seen, token };
    // Long enough that two who send the same would meet here.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    drop(flying);
    let told = seen.lock().answers.get_mut(token).and_then(VecDeque::pop_front);
    if told.as_ref().is_some_and(|told| told.0 == SILENCE) {
        std::future::pending::<()>().await;
    }
    told
}

fn take(seen: &Mutex<Seen>, got: Got) -> usize {
    let (count, then) = {
        let mut seen = seen.lock();
        seen.got.push(got);
        (seen.got.len(), seen.then.take())
    };
    if let Some(then) = then {
        then();
    }
    count
}

/// Whether a file of settings and what it names is told in a text.
pub fn tells_secrets(text: &str) -> bool {
    RSA.lines().filter(|line| line.len() > 20).any(|line| text.contains(line)) || text.contains("PRIVATE KEY-----")
}
