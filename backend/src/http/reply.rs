use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use qadam_protocol::codec;
use qadam_protocol::error::{ErrorBody, ErrorCode};
use serde::Serialize;

use crate::app::App;
use crate::error::Error;

/// Whether the client takes packed replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing(pub bool);

impl FromRequestParts<Arc<App>> for Packing {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        let values = parts.headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        Ok(Self(values.flat_map(|value| value.split(',')).any(takes_zstd)))
    }
}

/// A body with status 200.
pub fn reply(body: &impl Serialize, packing: Packing) -> Response {
    let packed = codec::pack(body, packing.0);
    let fixed = [(CONTENT_TYPE, codec::JSON), (CACHE_CONTROL, "no-store")];
    let mut response = (fixed, packed.bytes).into_response();
    if packed.zstd {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(codec::ZSTD));
    }
    response
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let info = self.info();
        if matches!(info.code, ErrorCode::Internal | ErrorCode::Busy) {
            tracing::error!(error = %self, "a request failed");
        }
        let status = StatusCode::from_u16(info.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let seconds = info.retry_after.map(|after| after.div_ceil(1_000));
        let mut response = (status, reply(&ErrorBody { error: info }, Packing(false))).into_response();
        if let Some(seconds) = seconds {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// One entry of `accept-encoding` (RFC 9110, section 12.5.3).
fn takes_zstd(entry: &str) -> bool {
    let mut parts = entry.split(';').map(str::trim);
    let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(codec::ZSTD));
    let refused = parts.any(|parameter| {
        let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
        weight.is_some_and(|weight| weight.parse() == Ok(0.0_f32))
    });
    named && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_replies_go_to_who_takes_them() {
        for (entry, takes) in
            [("zstd", true), (" ZSTD;q=0.5", true), ("zstd;q=0", false), ("gzip", false), ("*", false)]
        {
            assert_eq!(takes_zstd(entry), takes, "{entry}");
        }
    }
}
