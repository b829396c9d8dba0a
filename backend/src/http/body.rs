use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::StreamExt;
use qadam_protocol::codec::{self, CodecError};
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::app::App;
use crate::error::Error;

/// A phone at the edge of its network, with 10 kbit/s, is waited for; who trickles its bytes to hold the connection is not.
const PATIENCE: Patience = Patience { idle: Duration::from_secs(60), slowest: 500 };

/// How long a body is waited for.
#[derive(Clone, Copy)]
struct Patience {
    /// What gives nothing for so long is not worth waiting for.
    idle: Duration,
    /// Bytes per second, over the whole but for the first `idle`.
    slowest: u64,
}

/// A body as it travelled, within the limits.
pub struct Bytes {
    bytes: Vec<u8>,
    zstd: bool,
}

/// A body that was read as `T`.
pub struct Json<T>(pub T);

impl Bytes {
    /// Unpacks and reads it.
    ///
    /// # Errors
    /// `too_large`, `bad_request`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        codec::unpack(&self.bytes, self.zstd, limits::BODY).map_err(|error| match error {
            CodecError::TooLarge { .. } => Error::new(ErrorCode::TooLarge, error.to_string()),
            // The parser's own words may quote the body.
            CodecError::Zstd(_) | CodecError::TooDeep | CodecError::Json(_) => {
                Error::new(ErrorCode::BadRequest, error.to_string())
            }
        })
    }
}

impl FromRequest<Arc<App>> for Bytes {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Error> {
        let zstd = check_media_type(request.headers(), codec::JSON)?;
        Ok(Self { bytes: bounded(request).await?, zstd })
    }
}

/// A body of another media type, which travels unpacked.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, `bad_request` where it does not come in time.
pub async fn plain(request: Request, kind: &str) -> Result<Vec<u8>, Error> {
    if check_media_type(request.headers(), kind)? {
        return Err(Error::new(ErrorCode::UnsupportedMediaType, "the body is to travel unpacked"));
    }
    bounded(request).await
}

async fn bounded(request: Request) -> Result<Vec<u8>, Error> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limits::BODY_PACKED as u64) {
        return Err(too_large());
    }
    read(request.into_body(), length.unwrap_or(0), PATIENCE).await
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Error> {
        Bytes::from_request(request, app).await?.read().map(Self)
    }
}

async fn read(body: Body, length: u64, patience: Patience) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity((length as usize).min(limits::BODY_PACKED));
    let mut chunks = body.into_data_stream();
    let began = Instant::now();
    loop {
        // What came so far says how long it may have taken.
        let until = began + patience.idle + Duration::from_millis(bytes.len() as u64 * 1_000 / patience.slowest);
        let chunk = tokio::time::timeout_at(until.min(Instant::now() + patience.idle), chunks.next()).await;
        let late = |_| Error::new(ErrorCode::BadRequest, "the body did not come in time");
        let Some(chunk) = chunk.map_err(late)? else { break };
        let chunk = chunk.map_err(|_| Error::new(ErrorCode::BadRequest, "the body was cut off"))?;
        if bytes.len() + chunk.len() > limits::BODY_PACKED {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Whether the body is packed.
fn check_media_type(headers: &HeaderMap, wanted: &str) -> Result<bool, Error> {
    let unsupported = |detail: String| Err(Error::new(ErrorCode::UnsupportedMediaType, detail));
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim());
    let kind = text(CONTENT_TYPE).and_then(|value| value.split(';').next());
    if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted)) {
        return unsupported(format!("the body is to be {wanted}"));
    }
    match text(CONTENT_ENCODING) {
        None => Ok(false),
        Some(encoding) if encoding.eq_ignore_ascii_case("identity") => Ok(false),
        Some(encoding) if encoding.eq_ignore_ascii_case(codec::ZSTD) => Ok(true),
        Some(_) => unsupported("the content-encoding is to be zstd, or none".into()),
    }
}

fn too_large() -> Error {
    Error::new(ErrorCode::TooLarge, format!("a body has at most {} bytes", limits::BODY_PACKED))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;

    use super::*;

    /// A body of `count` pieces of so many bytes, each after so many milliseconds; a second stands for a minute.
    async fn received(count: usize, bytes: usize, millis: u64) -> Result<usize, ErrorCode> {
        let pieces = stream::unfold(0, move |n| async move {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            (n < count).then(|| (Ok::<_, Infallible>(vec![b' '; bytes]), n + 1))
        });
        let patience = Patience { idle: Duration::from_secs(1), slowest: 500 * 60 };
        read(Body::from_stream(pieces), 0, patience).await.map(|bytes| bytes.len()).map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_slow_body_is_waited_for_and_a_trickle_is_not() {
        let (slow, silent, trickle, large) = tokio::join!(
            // 10 kbit/s for longer than nothing at all is waited for.
            received(24, 7_500, 100),
            received(2, 100, 1_500),
            received(60, 100, 50),
            received(2, 1 << 20, 1),
        );
        assert_eq!(slow, Ok(180_000));
        assert_eq!(silent, Err(ErrorCode::BadRequest), "silent");
        assert_eq!(trickle, Err(ErrorCode::BadRequest), "a trickle");
        assert_eq!(large, Err(ErrorCode::TooLarge));
    }
}
