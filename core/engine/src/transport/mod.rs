//! HTTP, as the engine needs it: requests whose bodies fit in memory, downloads by ranges, and a stream of hints.

pub mod http;

use std::future::Future;
use std::pin::Pin;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub method: Method,
    /// The server's address and the path.
    pub url: String,
    /// Sent as `Authorization: Bearer …`.
    pub token: Option<String>,
    /// JSON.
    pub body: Option<qadam_protocol::codec::Packed>,
    /// First byte that is wanted, of a blob that is partly here.
    pub from: Option<u64>,
    /// Bytes that the reply may have at most, as they travel.
    pub limit: u64,
}

#[derive(Debug, Clone)]
pub struct HttpReply {
    pub status: u16,
    /// Without parameters, lower case.
    pub content_type: String,
    /// `content-encoding: zstd`
    pub zstd: bool,
    /// First byte of the body within the whole, from `content-range`.
    pub from: Option<u64>,
    /// `retry-after` in milliseconds.
    pub retry_after: Option<u64>,
    pub body: Vec<u8>,
}

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    #[error("not reached: {0}")]
    Unreachable(String),
    /// The certificate is not good for the name, or for anything.
    #[error("not trusted: {0}")]
    Untrusted(String),
    /// A redirect: Qadam's server never redirects.
    #[error("redirected elsewhere")]
    Redirected,
    /// Longer than the limit.
    #[error("the reply is too large")]
    TooLarge,
    #[error("the address can't be read")]
    InvalidAddress,
    /// Plain http to an address that is not loopback.
    #[error("the address is not https")]
    InsecureAddress,
}

pub trait Transport: Send + Sync + 'static {
    /// One exchange. Dropping the future ends it.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, TransportError>>;

    /// A `GET` whose body is handed over piece by piece as it comes; `sink` says whether to go on. The reply's own body is empty unless
    /// the status is an error's.
    ///
    /// Handed over is only what was asked for: of a request without `from` the body of a 200, of one with `from` that of a 206 that
    /// starts there, and never HTML, which is a captive portal's. Of any other success the reply comes without its body.
    fn receive<'a>(
        &'a self,
        request: HttpRequest,
        sink: &'a mut (dyn FnMut(&[u8]) -> bool + Send),
    ) -> BoxFuture<'a, Result<HttpReply, TransportError>>;

    /// Drops connections that may be dead, for example after the process was suspended.
    fn reset(&self);
}
