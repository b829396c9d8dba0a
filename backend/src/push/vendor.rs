//! What both vendors have in common: HTTP/2, and what an answer comes to.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use qadam_domain::time::{MINUTE, Millis};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

/// How long a request may take, its connection included. FCM wants to be given 10 seconds at least (Firebase, *Best practices when sending FCM messages
/// at scale*).
const PATIENCE: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(10);
/// A connection that answers no ping is dead; vendors want theirs to stay open.
const PING: Duration = Duration::from_secs(60);
/// Bytes of an answer.
const ANSWER: usize = 64 << 10;
/// A vendor may ask for this much patience.
const LONGEST_RETRY: Millis = 6 * 60 * MINUTE;

/// What an answer to one message comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Sent,
    /// Try this message again: after so long where the vendor says so, otherwise by the number of tries, but not before `least`.
    Later {
        reason: &'static str,
        retry_after: Option<Millis>,
        least: Millis,
    },
    /// This message will never do.
    Refused {
        reason: &'static str,
    },
    /// The token will never do, unless it was registered after this time.
    Void {
        reason: &'static str,
        unless_after: Option<Millis>,
    },
    /// The token is of an app that this server does not send to: nobody was asked.
    Foreign,
    /// Nothing can be sent to this vendor now.
    Closed(Closed),
}

/// Why nothing can be sent to a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// It is not reached, or what answers is not the vendor.
    Away(String),
    /// It was reached, and did not answer in time: the fault may be this message's.
    Silent,
    /// It does not take the credentials, or the settings are wrong: other ones open it again.
    Credentials(String),
    /// It asks for patience.
    Busy { reason: &'static str, retry_after: Millis },
}

/// Where the vendor does not say how long to wait, after a failure of its own: from so long on.
pub const FAILURE: Millis = 10_000;

impl From<Closed> for Verdict {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Silent => Self::Later { reason: "no answer", retry_after: None, least: FAILURE },
            closed => Self::Closed(closed),
        }
    }
}

/// A client that speaks HTTP/2 alone, and trusts what the system trusts and `extra`. Follows no redirect and no proxy of the environment.
///
/// # Errors
/// Where TLS can't be set up.
pub fn client(extra: Vec<CertificateDer<'static>>) -> Result<Client, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let told = |error: rustls::Error| format!("TLS: {error}");
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone()).map_err(told)?;
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(told)?;
    let mut tls = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .http2_prior_knowledge()
        .http2_adaptive_window(true)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_while_idle(false)
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy();
    client.build().map_err(|error| format!("TLS: {error}"))
}

/// An address that is reached by TLS, or is on this machine.
///
/// # Errors
/// What is wrong with it.
pub fn endpoint(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text}: {error}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_local = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local => Ok(url),
        _ => Err(format!("{text}: plain http is for loopback addresses alone")),
    }
}

/// An answer, read.
pub struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
    /// Milliseconds, where it says so.
    pub retry_after: Option<Millis>,
    /// APNs' id of the message.
    pub id: bool,
}

/// Sends a request and reads its answer.
///
/// # Errors
/// [`Closed::Away`], [`Closed::Silent`]
pub async fn ask(request: RequestBuilder, now: Millis) -> Result<Answer, Closed> {
    let away = |error: reqwest::Error| match error.is_timeout() && !error.is_connect() {
        true => Closed::Silent,
        false => Closed::Away(detail(&error.without_url())),
    };
    let mut response = request.send().await.map_err(away)?;
    let (status, retry_after) = (response.status(), retry_after(&response, now));
    let id = response.headers().contains_key("apns-id");
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(away)? {
        if body.len() + piece.len() > ANSWER {
            return Err(Closed::Away("an answer beyond all measure".into()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, body, retry_after, id })
}

/// In seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(response: &Response, now: Millis) -> Option<Millis> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse::<u32>().ok().map(|seconds| Millis::from(seconds) * 1_000);
    let date = || DateTime::parse_from_rfc2822(text).ok().map(|date| date.timestamp_millis().saturating_sub(now));
    seconds.or_else(date).map(|wait| wait.clamp(0, LONGEST_RETRY))
}

/// An error with its causes: what it says first is seldom the reason.
fn detail(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
