//! HTTP through reqwest: TLS by rustls with ring, certificates verified by the platform.
//!
//! Android: rustls-platform-verifier reaches the system's verifier through the JVM and panics at the first handshake unless it was told where that is.
//! The library that the app loads has to call `rustls_platform_verifier::android::init_with_env(env, context)` once, from a native method that the app calls
//! before it opens the engine; the engine itself knows no JVM. Elsewhere nothing is to be done.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use qadam_protocol::{APP_HEADER, codec};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE,
    RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Response, Url};
use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

use super::{BoxFuture, HttpReply, HttpRequest, Method, Transport, TransportError};
use crate::error::EngineError;

const CONNECT: Duration = Duration::from_secs(10);
/// The stream of hints has a comment every 25 seconds; one may get lost. An upload may crawl at 10 kbit/s, headers and all: what of it still lies
/// in the system's own buffers nobody can see, so it is waited for by its length. A dead connection is found out sooner, by reqwest's keep-alive and,
/// where the system has it, by the time for which sent bytes may go without an acknowledgement (RFC 5482).
const PATIENCE: Patience =
    Patience { reply: Duration::from_secs(30), hints: Duration::from_secs(60), slowest_upload: 1_000 };
/// Networks forget connections that are silent; a new one costs less than to find that out.
const KEEP_IDLE: Duration = Duration::from_secs(30);
/// Bytes of an error's body, where the request was for a blob of any size.
const ERROR_BODY: u64 = 64 << 10;

const EVENTS: &str = "text/event-stream";
const HTML: &str = "text/html";

/// What gives nothing for so long is dead.
#[derive(Clone, Copy)]
struct Patience {
    reply: Duration,
    hints: Duration,
    /// Bytes per second that a connection takes at least.
    slowest_upload: u64,
}

/// Takes a server's address as a person or an app gives it. Returns it normalised, without a slash at its end.
///
/// # Errors
/// [`TransportError::InvalidAddress`]; [`TransportError::InsecureAddress`] for plain http to what is not loopback.
pub fn check_address(server: &str) -> Result<String, TransportError> {
    let url = Url::parse(server.trim()).map_err(|_| TransportError::InvalidAddress)?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !bare {
        return Err(TransportError::InvalidAddress);
    }
    check_secure(&url)?;
    Ok(url.as_str().trim_end_matches('/').to_string())
}

/// The operating system's network.
///
/// Follows no redirect, keeps no cookie, reads no proxy from the environment, and unpacks nothing.
pub struct HttpTransport {
    app: HeaderValue,
    patience: Patience,
    /// Made when it is first needed: the platform's certificates are read then.
    client: Mutex<Option<Client>>,
}

impl HttpTransport {
    /// `app` is the app's name and version, such as `qadam-android/0.1.0`.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] where it does not fit into a header.
    pub fn new(app: &str) -> crate::Result<Self> {
        let app = HeaderValue::from_str(app).map_err(|_| EngineError::Invalid { field: "app".into() })?;
        Ok(Self { app, patience: PATIENCE, client: Mutex::new(None) })
    }

    /// The same where time runs so many times as fast: for tests of slow networks, which slow down the network less.
    #[doc(hidden)]
    #[must_use]
    pub fn hurried(mut self, times: u32) -> Self {
        let Patience { reply, hints, slowest_upload } = PATIENCE;
        self.patience =
            Patience { reply: reply / times, hints: hints / times, slowest_upload: slowest_upload * u64::from(times) };
        self
    }

    fn client(&self) -> Result<Client, TransportError> {
        let mut client = self.client.lock();
        if let Some(client) = &*client {
            return Ok(client.clone());
        }
        // An error says that this process has a provider already.
        let _ = CryptoProvider { key_provider: &NoKeys, ..rustls::crypto::ring::default_provider() }.install_default();
        let made = self.builder().build().or_else(|_| {
            // A system without any certificate still reaches loopback; all else is untrusted there.
            self.builder().tls_certs_only([]).build()
        });
        let made = made.map_err(|error| TransportError::Unreachable(detail(&error)))?;
        Ok(client.insert(made).clone())
    }

    fn builder(&self) -> ClientBuilder {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(APP_HEADER), self.app.clone());
        let loopback =
            [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].map(|ip| SocketAddr::new(ip, 0));
        Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // As in what ships, which has no HTTP/2: built together with the server, it would be there.
            .http1_only()
            // The name may go without TLS, so it never leaves the device whatever a resolver says (RFC 6761, section 6.3).
            .resolve_to_addrs("localhost", &loopback)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(KEEP_IDLE)
    }

    /// Sends, and waits for status and headers.
    async fn begin(
        &self,
        request: HttpRequest,
        encoding: &'static str,
    ) -> Result<(Response, HttpReply), TransportError> {
        let url = Url::parse(&request.url).map_err(|_| TransportError::InvalidAddress)?;
        check_secure(&url)?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut wait = self.patience.reply;
        let mut builder = self.client()?.request(method, url).header(ACCEPT_ENCODING, encoding);
        if let Some(token) = &request.token {
            builder = builder.bearer_auth(token);
        }
        if let Some(from) = request.from {
            builder = builder.header(RANGE, format!("bytes={from}-"));
        }
        if let Some(body) = request.body {
            wait += Duration::from_millis(body.bytes.len() as u64 * 1_000 / self.patience.slowest_upload);
            builder = builder.header(CONTENT_TYPE, codec::JSON);
            if body.zstd {
                builder = builder.header(CONTENT_ENCODING, codec::ZSTD);
            }
            builder = builder.body(body.bytes);
        }
        let response = tokio::time::timeout(wait, builder.send()).await.map_err(|_| silent())?.map_err(failure)?;
        if response.status().is_redirection() {
            return Err(TransportError::Redirected);
        }
        let reply = head(&response);
        Ok((response, reply))
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, TransportError>> {
        Box::pin(async move {
            let limit = request.limit;
            let (mut response, mut reply) = self.begin(request, codec::ZSTD).await?;
            reply.body = whole(&mut response, limit, self.patience.reply).await?;
            Ok(reply)
        })
    }

    fn receive<'a>(
        &'a self,
        request: HttpRequest,
        sink: &'a mut (dyn FnMut(&[u8]) -> bool + Send),
    ) -> BoxFuture<'a, Result<HttpReply, TransportError>> {
        Box::pin(async move {
            let (limit, from) = (request.limit, request.from);
            // Ranges count the bytes of the blob itself, so it travels as it is.
            let (mut response, mut reply) = self.begin(request, "identity").await?;
            if !response.status().is_success() {
                reply.body = whole(&mut response, ERROR_BODY, self.patience.reply).await?;
                return Ok(reply);
            }
            let asked_for = match reply.status {
                200 => from.is_none(),
                206 => from.is_some() && reply.from == from,
                _ => false,
            };
            if !asked_for || reply.content_type == HTML {
                return Ok(reply);
            }
            let Patience { reply: short, hints, .. } = self.patience;
            let idle = if reply.content_type == EVENTS { hints } else { short };
            each_piece(&mut response, limit, idle, |piece| sink(piece)).await?;
            Ok(reply)
        })
    }

    fn reset(&self) {
        // What is under way holds the old client until it ends.
        self.client.lock().take();
    }
}

/// A phone proves who it is by its token, never by a certificate: what signs for one need not be in its library.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("a phone has no certificate".into()))
    }
}

/// TLS, or nothing that leaves the device.
fn check_secure(url: &Url) -> Result<(), TransportError> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(TransportError::InvalidAddress)?;
    match url.scheme() {
        "https" => Ok(()),
        "http" => {
            let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
            let loopback = ip.map_or(host == "localhost", |ip| ip.to_canonical().is_loopback());
            if loopback { Ok(()) } else { Err(TransportError::InsecureAddress) }
        }
        _ => Err(TransportError::InvalidAddress),
    }
}

async fn whole(response: &mut Response, limit: u64, idle: Duration) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    each_piece(response, limit, idle, |piece| {
        body.extend_from_slice(piece);
        true
    })
    .await?;
    Ok(body)
}

/// Until the body's end, or until `sink` has enough. A body that ends before its announced length is an error of hyper's.
async fn each_piece(
    response: &mut Response,
    limit: u64,
    idle: Duration,
    mut sink: impl FnMut(&[u8]) -> bool,
) -> Result<(), TransportError> {
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(TransportError::TooLarge);
    }
    let mut left = limit;
    while let Some(piece) =
        tokio::time::timeout(idle, response.chunk()).await.map_err(|_| silent())?.map_err(failure)?
    {
        left = left.checked_sub(piece.len() as u64).ok_or(TransportError::TooLarge)?;
        if !sink(&piece) {
            break;
        }
    }
    Ok(())
}

fn head(response: &Response) -> HttpReply {
    let text =
        |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = text(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // `bytes 100-199/200` (RFC 9110, section 14.4).
    let from =
        text(CONTENT_RANGE).strip_prefix("bytes ").and_then(|range| range.split('-').next()?.trim().parse().ok());
    HttpReply {
        status: response.status().as_u16(),
        content_type,
        zstd: text(CONTENT_ENCODING).trim().eq_ignore_ascii_case(codec::ZSTD),
        from,
        // A date, which the header may hold too, is of no use to a device whose clock is wrong.
        retry_after: text(RETRY_AFTER).trim().parse::<u64>().ok().map(|seconds| seconds.saturating_mul(1_000)),
        body: Vec::new(),
    }
}

fn silent() -> TransportError {
    TransportError::Unreachable("no answer in time".into())
}

fn failure(error: reqwest::Error) -> TransportError {
    let detail = detail(&error);
    if is_distrust(&error) { TransportError::Untrusted(detail) } else { TransportError::Unreachable(detail) }
}

/// The innermost cause. Without the address, which reqwest puts in front.
fn detail(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "unknown".into(), ToString::to_string)
}

fn is_distrust(error: &reqwest::Error) -> bool {
    use rustls::Error::{
        General, InvalidCertRevocationList, InvalidCertificate, NoCertificatesPresented, Other, UnsupportedNameType,
    };
    causes(error).filter_map(|cause| cause.downcast_ref::<rustls::Error>()).any(|error| {
        // The last two are how platforms' verifiers tell what has no name of its own.
        matches!(
            error,
            InvalidCertificate(_)
                | NoCertificatesPresented
                | UnsupportedNameType
                | InvalidCertRevocationList(_)
                | General(_)
                | Other(_)
        )
    })
}

/// What lies below an error, from the outermost.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| {
        let cause = *cause;
        match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            // The source of such an error is its inner error's, and would pass that over.
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    /// A server that says this and then nothing, and keeps the connection.
    fn silent_after(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = format!("http://{}", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    // A request's head comes in one piece here.
                    while stream.read(&mut [0; 4_096]).is_ok_and(|read| read > 0) {
                        stream.write_all(answer.as_bytes()).expect("the client listens");
                    }
                });
            }
        });
        server
    }

    #[tokio::test]
    async fn silence_is_an_error() {
        let patience = Patience { reply: Duration::from_millis(200), hints: Duration::from_millis(800), ..PATIENCE };
        let transport = HttpTransport { patience, ..HttpTransport::new("qadam-test/0.1.0").expect("a header") };
        let request = |url| HttpRequest { method: Method::Get, url, token: None, body: None, from: None, limit: 100 };
        // What is made once takes its time.
        transport.client().expect("a client");
        for (answer, wait) in [
            ("", patience.reply),
            ("HTTP/1.1 200 OK\r\n", patience.reply),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", patience.reply),
            ("HTTP/1.1 500 X\r\ncontent-length: 9\r\n\r\nhalf", patience.reply),
            ("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n:\n", patience.hints),
        ] {
            let begun = Instant::now();
            let reply = transport.receive(request(silent_after(answer)), &mut |_| true).await;
            assert_eq!(reply.err(), Some(silent()), "after {answer:?}");
            assert!(begun.elapsed() >= wait);
            assert_eq!(transport.send(request(silent_after(answer))).await.err(), Some(silent()), "after {answer:?}");
        }
    }
}
