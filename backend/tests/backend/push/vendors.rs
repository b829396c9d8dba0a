//! Local servers that behave as Firebase and Apple document theirs: HTTP/2 alone, tokens, headers and payloads checked, errors as they tell them.

use std::collections::{BTreeMap, VecDeque};
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::{HeaderMap, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use qadam_domain::time::{MINUTE, Millis};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256,
    RsaKeyPair, UnparsedPublicKey,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Of tests alone: made for them, and known to nobody else.
const RSA: &str = include_str!("../../fixtures/service-account.pem");
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
        let router = fcm_router(seen.clone(), clock.clone());
        Self::start(router, seen, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn apns(clock: &Clock, key: &ApnsKey) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let router = apns_router(seen.clone(), clock.clone(), key.public.clone());
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
    pub fn new() -> Self {
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

type Server = (Arc<Mutex<Seen>>, Clock);

fn fcm_router(seen: Arc<Mutex<Seen>>, clock: Clock) -> Router {
    Router::new()
        .route("/token", post(grant))
        .route(&format!("/v1/projects/{PROJECT}/messages:send"), post(fcm))
        .with_state((seen, clock))
}

fn is_http2(seen: &Mutex<Seen>, version: Version) {
    seen.lock().wrong += usize::from(version != Version::HTTP_2);
}

/// `POST /token` (RFC 7523).
async fn grant(State((seen, clock)): State<Server>, version: Version, headers: HeaderMap, body: String) -> Response {
    is_http2(&seen, version);
    if let Some(told) = begin(&seen, GRANT).await {
        return respond(told);
    }
    static PUBLIC: LazyLock<PublicKeyComponents<Vec<u8>>> = LazyLock::new(|| {
        let der = PrivatePkcs8KeyDer::from_pem_slice(RSA.as_bytes()).expect("a key");
        PublicKeyComponents::from(RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("a key").public())
    });
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    let is_form = headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let Some(assertion) = body.strip_prefix(prefix).filter(|_| is_form) else {
        return refused("unsupported_grant_type");
    };
    let is_right = |told: &[u8], signature: &[u8]| PUBLIC.verify(&RSA_PKCS1_2048_8192_SHA256, told, signature).is_ok();
    let Some((header, claims)) = verified(assertion, is_right) else { return refused("invalid_grant") };
    let now = clock();
    let (iat, exp) = (claims["iat"].as_i64().unwrap_or(0), claims["exp"].as_i64().unwrap_or(0));
    let is_right = header["alg"] == "RS256"
        && header["kid"] == "0123456789abcdef"
        && claims["iss"] == "push@qadam-test.iam.gserviceaccount.com"
        && claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        && claims["aud"].as_str().is_some_and(|aud| aud.ends_with("/token"))
        && (iat * 1_000 - now).abs() <= 5 * MINUTE
        && exp > iat
        && exp - iat <= 3_600;
    if !is_right {
        return refused("invalid_grant");
    }
    let mut seen = seen.lock();
    let token = format!("ya29.{}", seen.access.len());
    seen.access.insert(token.clone(), now + 3_599_000);
    Json(json!({ "access_token": token, "expires_in": 3_599, "token_type": "Bearer" })).into_response()
}

fn fcm_error(status: u16, name: &str, details: Value) -> Told {
    Told(status, json!({ "error": { "code": status, "message": "…", "status": name, "details": details } }), None)
}

/// An error of FCM's own, as *FCM error codes* shows it.
pub fn fcm_code(status: u16, name: &str, code: &str) -> Told {
    fcm_error(
        status,
        name,
        json!([{ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code }]),
    )
}

/// A field that is wrong.
pub fn fcm_field(field: &str) -> Told {
    let bad = json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{ "field": field, "description": "…" }] });
    fcm_error(400, "INVALID_ARGUMENT", json!([bad]))
}

fn respond(Told(status, body, retry_after): Told) -> Response {
    let mut response = (StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

/// The message's first fault, by *projects.messages* of the REST reference.
fn fcm_fault(message: &Value) -> Option<&'static str> {
    let known = |value: &Value, keys: &[&str]| {
        value.as_object().is_some_and(|map| map.keys().all(|key| keys.contains(&key.as_str())))
    };
    let android = &message["android"];
    let is_duration =
        |text: &str| text.strip_suffix('s').is_some_and(|n| n.parse().is_ok_and(|n: i64| (0..=2_419_200).contains(&n)));
    if !known(message, &["token", "data", "android"]) {
        return Some("message");
    }
    if !message["data"].as_object().is_some_and(|data| data.values().all(Value::is_string)) {
        return Some("message.data");
    }
    if !known(android, &["priority", "ttl", "collapse_key", "notification"]) {
        return Some("message.android");
    }
    if !android["priority"].as_str().is_some_and(|p| ["NORMAL", "HIGH"].contains(&p)) {
        return Some("message.android.priority");
    }
    if !android["ttl"].as_str().is_some_and(is_duration) || !android["collapse_key"].is_string() {
        return Some("message.android.ttl");
    }
    let notification = &android["notification"];
    if !notification.is_null() && !known(notification, &["title_loc_key", "body_loc_key", "tag"]) {
        return Some("message.android.notification");
    }
    (message.to_string().len() > 4_096).then_some("message")
}

async fn fcm(
    State((seen, clock)): State<Server>,
    version: Version,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    is_http2(&seen, version);
    let now = clock();
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let is_known = bearer.is_some_and(|bearer| seen.lock().access.get(bearer).is_some_and(|until| now < *until));
    if !is_known {
        return respond(fcm_error(401, "UNAUTHENTICATED", json!([])));
    }
    let message = &body["message"];
    let Some(token) = message["token"].as_str().map(String::from) else { return respond(fcm_field("message.token")) };
    if let Some(told) = begin(&seen, &token).await {
        return respond(told);
    }
    if let Some(field) = fcm_fault(message) {
        return respond(fcm_field(field));
    }
    let n = take(&seen, Got { token, headers: BTreeMap::new(), body: body.clone() });
    Json(json!({ "name": format!("projects/{PROJECT}/messages/0:{n}") })).into_response()
}

/// Counts a try, and gives what is to be answered instead of taking it.
async fn begin(seen: &Mutex<Seen>, token: &str) -> Option<Told> {
    {
        let mut seen = seen.lock();
        *seen.tries.entry(token.into()).or_default() += 1;
        let flying = seen.flying.entry(token.into()).or_default();
        *flying += 1;
        let flying = *flying;
        seen.most = seen.most.max(flying);
    }
    // Long enough that two who send the same would meet here.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let told = {
        let mut seen = seen.lock();
        *seen.flying.entry(token.into()).or_default() -= 1;
        seen.answers.get_mut(token).and_then(VecDeque::pop_front)
    };
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

fn apns_router(seen: Arc<Mutex<Seen>>, clock: Clock, public: Vec<u8>) -> Router {
    Router::new().route("/3/device/{token}", post(apns)).with_state(((seen, clock), Arc::new(public)))
}

pub fn apns_reason(status: u16, reason: &str) -> Told {
    Told(status, json!({ "reason": reason }), None)
}

async fn apns(
    State(((seen, clock), public)): State<(Server, Arc<Vec<u8>>)>,
    InPath(token): InPath<String>,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    is_http2(&seen, version);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(String::from);
    if let Err(reason) = provider(&seen, &public, header("authorization").as_deref(), clock()) {
        let status = if reason == "TooManyProviderTokenUpdates" { 429 } else { 403 };
        return respond(apns_reason(status, reason));
    }
    if let Some(told) = begin(&seen, &token).await {
        return respond(told);
    }
    let payload: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Err((status, reason)) = apns_fault(&header, &token, &payload, body.len()) {
        return respond(apns_reason(status, reason));
    }
    let names = ["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id", "apns-id"];
    let headers = names.iter().filter_map(|name| Some((name.to_string(), header(name)?))).collect();
    take(&seen, Got { token, headers, body: payload });
    let id = header("apns-id").expect("checked");
    ([("apns-id", id)], "").into_response()
}

/// *Establishing a token-based connection to APNs*
fn provider(seen: &Mutex<Seen>, public: &[u8], header: Option<&str>, now: Millis) -> Result<(), &'static str> {
    let token = header.and_then(|header| header.strip_prefix("bearer ")).ok_or("MissingProviderToken")?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
    let (head, claims) =
        verified(token, |told, signature| key.verify(told, signature).is_ok()).ok_or("InvalidProviderToken")?;
    if head["alg"] != "ES256" || head["kid"] != KEY_ID || claims["iss"] != TEAM_ID {
        return Err("InvalidProviderToken");
    }
    let iat = claims["iat"].as_i64().ok_or("InvalidProviderToken")? * 1_000;
    if now - iat > 60 * MINUTE || iat > now + MINUTE {
        return Err("ExpiredProviderToken");
    }
    let mut seen = seen.lock();
    if !seen.provider.iter().any(|(known, _)| known == token) {
        if seen.provider.last().is_some_and(|(_, last)| iat != *last && (iat - *last).abs() < 20 * MINUTE) {
            return Err("TooManyProviderTokenUpdates");
        }
        seen.provider.push((token.into(), iat));
    }
    Ok(())
}

/// *Sending notification requests to APNs*
fn apns_fault(
    header: &dyn Fn(&str) -> Option<String>,
    token: &str,
    payload: &Value,
    length: usize,
) -> Result<(), (u16, &'static str)> {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let check = |is_right: bool, reason| if is_right { Ok(()) } else { Err((400, reason)) };
    check(token.len() >= 64 && is_hex(token), "BadDeviceToken")?;
    check(header("apns-topic").ok_or((400, "MissingTopic"))? == TOPIC, "TopicDisallowed")?;
    let kind = header("apns-push-type").ok_or((400, "InvalidPushType"))?;
    check(["alert", "background"].contains(&kind.as_str()), "InvalidPushType")?;
    let priority = header("apns-priority").ok_or((400, "BadPriority"))?;
    check(priority == "5" || (kind == "alert" && priority == "10"), "BadPriority")?;
    let expires = header("apns-expiration").and_then(|text| text.parse::<i64>().ok());
    check(expires.is_some_and(|at| at > 0), "BadExpirationDate")?;
    check(header("apns-collapse-id").is_some_and(|id| (1..=64).contains(&id.len())), "BadCollapseId")?;
    let id = header("apns-id").ok_or((400, "BadMessageId"))?;
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    check(parts == [8, 4, 4, 4, 12] && is_hex(&id.replace('-', "")), "BadMessageId")?;
    if length > 4_096 {
        return Err((413, "PayloadTooLarge"));
    }
    let aps = &payload["aps"];
    check(aps.is_object(), "PayloadEmpty")?;
    let is_silent = aps["alert"].is_null() && aps["sound"].is_null() && aps["badge"].is_null();
    check(
        if kind == "background" { is_silent && aps["content-available"] == 1 } else { aps["alert"].is_object() },
        "InvalidPushType",
    )
}

/// Whether a file of settings and what it names is told in a text.
pub fn tells_secrets(text: &str) -> bool {
    RSA.lines().filter(|line| line.len() > 20).any(|line| text.contains(line)) || text.contains("PRIVATE KEY-----")
}
