use std::path::PathBuf;

use qadam_domain::ids::BlobHash;
use qadam_protocol::codec;
use qadam_protocol::content::{BlobRef, MediaRef};
use qadam_protocol::limits;

use super::MediaStore;
use crate::error::{EngineError, Result};
use crate::sync::exchange::{self, Failure};
use crate::transport::{HttpReply, HttpRequest, Method, Transport};

/// Fetches a file, from where it was cut.
///
/// # Errors
/// [`EngineError::WrongHash`]: it was thrown away. [`EngineError::StorageFull`] and those of the network: what is here stays.
pub async fn fetch(transport: &dyn Transport, server: &str, token: &str, medium: &MediaRef, store: &MediaStore) -> Result<PathBuf> {
    if let Some(path) = store.path(medium) {
        return Ok(path);
    }
    let mut download = store.begin(medium)?;
    // A second time from the beginning, where the server does not go on from the middle.
    for _ in 0..2 {
        if download.is_complete() {
            return download.finish();
        }
        let from = download.have();
        let request = HttpRequest {
            from: (from > 0).then_some(from),
            limit: medium.blob.size.min(limits::BLOB),
            ..blob_request(server, token, &medium.blob, &medium.extension)
        };
        let mut written = Ok(());
        let mut sink = |bytes: &[u8]| {
            written = download.append(bytes);
            written.is_ok()
        };
        let reply = transport.receive(request, &mut sink).await;
        written?;
        let goes_on = |reply: &HttpReply| reply.status == 206 && reply.from == Some(from) || reply.status == 200 && from == 0;
        match reply {
            Ok(reply) if goes_on(&reply) => {
                if !download.is_complete() {
                    return Err(EngineError::Unreachable { detail: "cut".into() });
                }
            }
            Ok(reply) if from > 0 && matches!(reply.status, 200 | 206 | 416) => download.restart()?,
            Ok(reply) => return Err(refused(reply)),
            Err(error) => {
                // What came may be of a whole that we did not ask for: its hash will tell.
                return Err(exchange::succeeded(Err(error)).map_or_else(Into::into, refused));
            }
        }
    }
    download.finish()
}

/// Fetches a release or a bundle.
///
/// # Errors
/// [`EngineError::WrongHash`]; those of the network.
pub async fn fetch_document(transport: &dyn Transport, server: &str, token: &str, blob: &BlobRef) -> Result<Vec<u8>> {
    let reply = transport.send(blob_request(server, token, blob, "json")).await;
    let reply = exchange::succeeded(reply)?;
    let bytes = if reply.zstd {
        codec::inflate(&reply.body, limits::REPLY).map_err(|_| EngineError::NotQadam { detail: "a document that can't be read".into() })?
    } else {
        reply.body
    };
    if BlobHash::of(&bytes) == blob.hash { Ok(bytes) } else { Err(EngineError::WrongHash) }
}

fn blob_request(server: &str, token: &str, blob: &BlobRef, extension: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: format!("{server}/v1/blobs/{}.{extension}", blob.hash),
        token: Some(token.into()),
        body: None,
        from: None,
        limit: limits::REPLY as u64,
    }
}

fn refused(reply: HttpReply) -> EngineError {
    let status = reply.status;
    match exchange::succeeded(Ok(reply)) {
        Ok(_) => EngineError::NotQadam { detail: format!("status {status} for a blob") },
        Err(Failure::Refused { .. }) if status == 404 => EngineError::NotFound { what: "medium".into() },
        Err(failure) => failure.into(),
    }
}
