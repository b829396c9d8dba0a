//! `GET /v1/blobs/<hash>.<extension>`

use std::io::SeekFrom;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use qadam_domain::ids::BlobHash;
use qadam_protocol::error::ErrorCode;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::range::{self, Asked};
use crate::app::App;
use crate::error::Error;
use crate::http::Caller;
use crate::team;

const CHUNK: usize = 64 << 10;
/// Characters of an extension.
const EXTENSION: usize = 8;
/// How the name of a team's document ends: those are not everybody's.
const DOCUMENT: &str = ".zst";

pub fn router() -> Router<Arc<App>> {
    Router::new().route("/v1/blobs/{name}", get(blob))
}

async fn blob(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (hash, kind) = parse(&name).ok_or_else(not_found)?;
    // Strong: the bytes under a hash are always the same.
    let etag = format!("\"{hash}\"");
    let path = if name.ends_with(DOCUMENT) {
        let document = team::document(&app, caller.session().account, hash.clone()).await?;
        document.ok_or_else(not_found)?
    } else {
        app.blobs.path(&hash)
    };
    let mut opened = File::open(&path).await;
    if app.store.is_shared() && matches!(&opened, Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
        // Another server has it, and put it where all find it.
        let blobs = app.blobs.clone();
        if app.store.read::<_, Error, _>(move |conn| Ok(blobs.fetch(conn, &hash)?)).await? {
            opened = File::open(&path).await;
        }
    }
    let mut file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(not_found()),
        Err(error) => return Err(unreadable(&error)),
    };
    let size = file.metadata().await.map_err(|error| unreadable(&error))?.len();
    let fixed = [
        (ETAG, etag.clone()),
        (CACHE_CONTROL, "private, max-age=31536000, immutable".into()),
        (ACCEPT_RANGES, "bytes".into()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
    ];
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(IF_NONE_MATCH).is_some_and(|tags| names(tags, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let is_still_it = text(IF_RANGE).is_none_or(|tag| tag.trim() == etag);
    let asked = match text(RANGE) {
        Some(asked) if is_still_it => range::parse(asked, size),
        _ => Asked::Whole,
    };
    let (status, first, length) = match asked {
        Asked::Whole => (StatusCode::OK, 0, size),
        Asked::Part { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Asked::Unsatisfiable => {
            let error = Error::new(ErrorCode::RangeNotSatisfiable, "the blob is shorter");
            return Ok(([(CONTENT_RANGE, format!("bytes */{size}"))], error).into_response());
        }
    };
    file.seek(SeekFrom::Start(first)).await.map_err(|error| unreadable(&error))?;
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(length), CHUNK));
    let plain = [(CONTENT_TYPE, kind.to_string()), (CONTENT_LENGTH, length.to_string())];
    let mut response = (status, fixed, plain, body).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let part = format!("bytes {first}-{}/{size}", first + length - 1);
        response.headers_mut().insert(CONTENT_RANGE, part.parse().expect("digits are a header's value"));
    }
    Ok(response)
}

/// The hash, and the media type (RFC 6838) that the extension stands for.
fn parse(name: &str) -> Option<(BlobHash, &'static str)> {
    let (hash, extension) = name.split_once('.')?;
    let holds = extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !holds || !(1..=EXTENSION).contains(&extension.len()) {
        return None;
    }
    let kind = match extension {
        "json" => "application/json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "mp4" => "video/mp4",
        "vtt" => "text/vtt; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    };
    Some((BlobHash::new(hash).ok()?, kind))
}

/// Whether a list of entity tags names this one (RFC 9110, section 13.1.2: by weak comparison).
fn names(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

fn not_found() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such blob")
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::Unsound(format!("a blob: {error}"))
}
