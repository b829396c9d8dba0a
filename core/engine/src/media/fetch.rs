//! Blobs from the server (`GET /v1/blobs/<hash>.<extension>`). Whatever a network does to them, the hash decides.

use std::path::PathBuf;
use std::sync::Arc;

use qadam_domain::ids::BlobHash;
use qadam_protocol::codec::{self, CodecError};
use qadam_protocol::content::{BlobRef, MediaRef};
use qadam_protocol::limits;
use tokio::runtime::Handle;

use super::store::{Download, MediaStore};
use crate::error::{EngineError, Result};
use crate::sync::Failure;
use crate::sync::exchange;
use crate::task;
use crate::transport::{HttpReply, HttpRequest, Method, Transport, TransportError};

/// Bytes that a packed reply may have beyond the blob's own: an error's body, or a packing that did not pay.
const SLACK: u64 = 64 << 10;
const HTML: &str = "text/html";

/// Fetches a medium, from where an earlier try was cut; at once where it is here. Makes room for it by what the store's shelf says.
///
/// Dropping the future stops at once and keeps what came.
///
/// # Errors
/// [`EngineError::WrongHash`]: what came was thrown away. [`EngineError::NotQadam`] where a captive portal answers,
/// [`EngineError::StorageFull`], [`EngineError::Unreachable`] and others of the network: what came is kept.
pub async fn fetch(
    transport: &dyn Transport,
    server: &str,
    token: &str,
    media: &MediaRef,
    store: &Arc<MediaStore>,
) -> Result<PathBuf> {
    if media.blob.size > limits::BLOB {
        return Err(EngineError::NotQadam { detail: "a medium beyond the limits".into() });
    }
    let Some(claim) = store.claim(media).await? else {
        return store.path(media).ok_or(EngineError::ContentMissing);
    };
    let begun = media.clone();
    let mut download = blocking(move || Download::begin(claim, &begun)).await?;
    while !download.is_whole() {
        let from = download.length();
        let request = HttpRequest {
            method: Method::Get,
            url: format!("{server}/v1/blobs/{}", download.name()),
            token: Some(token.into()),
            body: None,
            from: (from > 0).then_some(from),
            limit: media.blob.size,
        };
        let mut trouble = None;
        let mut sink = |bytes: &[u8]| {
            trouble = download.append(bytes).err();
            trouble.is_none()
        };
        let answer = transport.receive(request, &mut sink).await;
        let reply = match (trouble, answer) {
            (Some(EngineError::WrongHash), _) | (None, Err(TransportError::TooLarge)) => return Err(download.reject()),
            (Some(error), _) => return Err(error),
            (None, Err(error)) => return Err(failed(Err(error))),
            (None, Ok(reply)) => reply,
        };
        match reply.status {
            200 | 206 if reply.content_type == HTML => {
                if from == 0 {
                    download.restart()?;
                }
                return Err(not_a_blob());
            }
            200 if from == 0 => break,
            206 if download.length() > from => {}
            // The server does not know ranges, or there is none from here on.
            200 | 416 if from > 0 => download.restart()?,
            200 | 206 => return Err(not_a_blob()),
            _ => return Err(failed(Ok(reply))),
        }
    }
    blocking(move || download.finish()).await
}

/// Fetches a document of the content, a release or a bundle, whole.
///
/// # Errors
/// [`EngineError::WrongHash`]; [`EngineError::NotQadam`] where a captive portal answers; others of the network.
pub async fn fetch_document(transport: &dyn Transport, server: &str, token: &str, blob: &BlobRef) -> Result<Vec<u8>> {
    let cap = usize::try_from(blob.size).ok().filter(|size| *size <= limits::REPLY);
    let cap = cap.ok_or(EngineError::NotQadam { detail: "a document beyond the limits".into() })?;
    let request = HttpRequest {
        method: Method::Get,
        url: format!("{server}/v1/blobs/{}.json", blob.hash),
        token: Some(token.into()),
        body: None,
        from: None,
        limit: blob.size + SLACK,
    };
    let reply = match transport.send(request).await {
        Ok(reply) if reply.status == 200 && reply.content_type != HTML => reply,
        Ok(reply) if reply.status == 200 => return Err(not_a_blob()),
        other => return Err(failed(other)),
    };
    let bytes = if reply.zstd {
        codec::inflate(&reply.body, cap).map_err(|error| match error {
            CodecError::TooLarge { .. } => EngineError::WrongHash,
            _ => not_a_blob(),
        })?
    } else {
        reply.body
    };
    if BlobHash::of(&bytes) == blob.hash { Ok(bytes) } else { Err(EngineError::WrongHash) }
}

/// What an answer that is no blob means.
fn failed(answer: std::result::Result<HttpReply, TransportError>) -> EngineError {
    match exchange::succeeded(answer) {
        Ok(reply) => EngineError::NotQadam { detail: format!("status {} for a blob", reply.status) },
        Err(Failure::Refused { code: qadam_protocol::error::ErrorCode::NotFound, .. }) => {
            EngineError::NotFound { what: "blob".into() }
        }
        Err(failure) => failure.into(),
    }
}

fn not_a_blob() -> EngineError {
    EngineError::NotQadam { detail: "not a blob".into() }
}

/// Reading, hashing and syncing a long file takes its time.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    task::spawn_blocking(&Handle::current(), work).await.map_err(|_| EngineError::Closed)?
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;
    use crate::transport::BoxFuture;

    const BYTES: &[u8] = b"some forty bytes that make up a picture.";
    const PORTAL: &[u8] = b"<html>Please pay for this hotel's network</html>";

    /// What the server, or whoever answers for it, does with a request.
    #[derive(Debug, Clone, Copy)]
    enum Answer {
        /// As asked, cut after so many bytes.
        Cut(usize),
        /// As asked, but at most so many bytes of it.
        Short(usize),
        Whole,
        /// Of another blob, with the same length.
        Wrong,
        TooMuch,
        Portal,
        NoRange,
        Status(u16),
    }

    /// Answers in turn; the last one for ever.
    struct Scripted {
        answers: Mutex<Vec<Answer>>,
        asked: Mutex<Vec<Option<u64>>>,
    }

    impl Scripted {
        fn new(answers: &[Answer]) -> Self {
            let answers = answers.iter().rev().copied().collect();
            Self { answers: Mutex::new(answers), asked: Mutex::default() }
        }

        fn answer(
            &self,
            request: &HttpRequest,
            sink: &mut (dyn FnMut(&[u8]) -> bool + Send),
        ) -> std::result::Result<HttpReply, TransportError> {
            self.asked.lock().push(request.from);
            let mut answers = self.answers.lock();
            let answer = if answers.len() > 1 { answers.pop() } else { answers.last().copied() };
            let from = request.from.unwrap_or(0) as usize;
            let reply = |status, content_type: &str| HttpReply {
                status,
                content_type: content_type.into(),
                zstd: false,
                from: request.from.filter(|_| status == 206),
                retry_after: None,
                body: Vec::new(),
            };
            let found = reply(if request.from.is_some() { 206 } else { 200 }, "image/png");
            let mut give = |bytes: &[u8]| bytes.chunks(7).all(&mut *sink);
            match answer.expect("an answer") {
                Answer::Cut(after) => {
                    give(&BYTES[from..(from + after).min(BYTES.len())]);
                    Err(TransportError::Unreachable("cut".into()))
                }
                Answer::Short(most) => {
                    give(&BYTES[from..(from + most).min(BYTES.len())]);
                    Ok(found)
                }
                Answer::Whole => {
                    give(&BYTES[from..]);
                    Ok(found)
                }
                Answer::Wrong => {
                    give(&BYTES[from..].to_ascii_uppercase());
                    Ok(found)
                }
                Answer::TooMuch => {
                    give(&BYTES[from..]);
                    give(b"!");
                    Ok(found)
                }
                Answer::Portal => Ok(reply(200, HTML)),
                Answer::NoRange => {
                    if request.from.is_none() {
                        give(BYTES);
                    }
                    Ok(reply(200, "image/png"))
                }
                Answer::Status(status) => Ok(reply(status, "text/plain")),
            }
        }
    }

    impl Transport for Scripted {
        fn send(&self, request: HttpRequest) -> BoxFuture<'_, std::result::Result<HttpReply, TransportError>> {
            Box::pin(async move {
                let mut body = Vec::new();
                let mut sink = |bytes: &[u8]| {
                    body.extend_from_slice(bytes);
                    true
                };
                let reply = self.answer(&request, &mut sink)?;
                Ok(HttpReply { content_type: reply.content_type.replace("image/png", codec::JSON), body, ..reply })
            })
        }

        fn receive<'a>(
            &'a self,
            request: HttpRequest,
            sink: &'a mut (dyn FnMut(&[u8]) -> bool + Send),
        ) -> BoxFuture<'a, std::result::Result<HttpReply, TransportError>> {
            Box::pin(async move { self.answer(&request, sink) })
        }

        fn reset(&self) {}
    }

    struct Phone {
        folder: tempfile::TempDir,
        store: Arc<MediaStore>,
    }

    impl Phone {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Arc::new(MediaStore::open(folder.path()).expect("opens"));
            Self { folder, store }
        }

        async fn fetch(&self, answers: &[Answer]) -> (Result<PathBuf>, Vec<Option<u64>>) {
            let transport = Scripted::new(answers);
            let fetched = fetch(&transport, "https://a.example", "token", &medium(), &self.store).await;
            if let Ok(path) = &fetched {
                assert_eq!(std::fs::read(path).expect("a file"), BYTES);
                assert_eq!(self.store.path(&medium()).as_ref(), Some(path));
            } else {
                assert_eq!(self.store.path(&medium()), None);
            }
            (fetched, transport.asked.into_inner())
        }

        fn files(&self) -> usize {
            std::fs::read_dir(self.folder.path()).expect("a folder").count()
        }
    }

    fn medium() -> MediaRef {
        let blob = BlobRef { hash: BlobHash::of(BYTES), size: BYTES.len() as u64 };
        MediaRef { blob, extension: "png".into(), lessons: Vec::new() }
    }

    #[tokio::test]
    async fn it_goes_on_where_it_was_cut() {
        for cut in 0..=BYTES.len() {
            let phone = Phone::new();
            let (fetched, asked) = phone.fetch(&[Answer::Cut(cut)]).await;
            assert!(matches!(fetched, Err(EngineError::Unreachable { .. })), "cut after {cut}");
            assert_eq!(asked, [None]);
            let (fetched, asked) = phone.fetch(&[Answer::Whole]).await;
            fetched.expect("the rest");
            // What came whole, and lost only its reply's end, is not asked for again.
            let from = (cut > 0).then_some(cut as u64);
            assert_eq!(asked, if cut < BYTES.len() { vec![from] } else { vec![] });
            assert_eq!(phone.fetch(&[Answer::Status(500)]).await.1, [], "it is here");
        }
    }

    #[tokio::test]
    async fn a_server_may_give_less_than_asked_or_know_no_ranges() {
        let phone = Phone::new();
        phone.fetch(&[Answer::Cut(5)]).await.0.expect_err("cut");
        let (fetched, asked) = phone.fetch(&[Answer::Short(10)]).await;
        fetched.expect("piece by piece");
        assert_eq!(asked, [Some(5), Some(15), Some(25), Some(35)]);
        for answer in [Answer::NoRange, Answer::Status(416)] {
            let phone = Phone::new();
            phone.fetch(&[Answer::Cut(5)]).await.0.expect_err("cut");
            let (fetched, asked) = phone.fetch(&[answer, Answer::Whole]).await;
            fetched.expect("anew");
            assert_eq!(asked, [Some(5), None]);
        }
    }

    #[tokio::test]
    async fn wrong_bytes_never_become_a_medium() {
        for (first, second) in
            [(Answer::Cut(0), Answer::Wrong), (Answer::Cut(9), Answer::Wrong), (Answer::Cut(9), Answer::TooMuch)]
        {
            let phone = Phone::new();
            phone.fetch(&[first]).await.0.expect_err("cut");
            assert_eq!(phone.fetch(&[second]).await.0, Err(EngineError::WrongHash));
            assert_eq!((phone.files(), phone.store.wrong_hashes()), (0, 1));
            phone.fetch(&[Answer::Whole]).await.0.expect("anew");
        }
        // A reply that says it is whole, and is too short.
        assert_eq!(Phone::new().fetch(&[Answer::Short(10)]).await.0, Err(EngineError::WrongHash));
    }

    #[tokio::test]
    async fn a_captive_portal_costs_nothing() {
        let phone = Phone::new();
        for _ in 0..2 {
            let fetched = phone.fetch(&[Answer::Portal]).await.0;
            assert!(matches!(fetched, Err(EngineError::NotQadam { .. })));
            phone.fetch(&[Answer::Cut(9)]).await.0.expect_err("cut");
        }
        let (fetched, asked) = phone.fetch(&[Answer::Whole]).await;
        fetched.expect("the rest");
        assert_eq!(asked, [Some(18)]);
    }

    #[tokio::test]
    async fn a_page_that_claims_to_be_a_picture_is_not_one() {
        let phone = Phone::new();
        let mut media = medium();
        media.blob.size = PORTAL.len() as u64;
        let claim = phone.store.claim(&media).await.expect("a name").expect("is not here");
        let mut download = Download::begin(claim, &media).expect("begins");
        download.append(PORTAL).expect("writes");
        assert_eq!(download.finish(), Err(EngineError::WrongHash));
    }

    #[tokio::test]
    async fn two_who_want_the_same_fetch_it_once() {
        let phone = Phone::new();
        let transport = Scripted::new(&[Answer::Whole]);
        let media = medium();
        let one = || fetch(&transport, "https://a.example", "token", &media, &phone.store);
        let (first, second) = tokio::join!(one(), one());
        assert_eq!(first.expect("fetched"), second.expect("fetched"));
        assert_eq!(transport.asked.lock().len(), 1);
    }

    #[tokio::test]
    async fn what_is_dropped_is_free_for_the_next() {
        let phone = Phone::new();
        let claim = phone.store.claim(&medium()).await.expect("a name").expect("is not here");
        let waiting = phone.fetch(&[Answer::Whole]);
        let (fetched, ()) = tokio::join!(waiting, async {
            tokio::task::yield_now().await;
            drop(claim);
        });
        fetched.0.expect("fetched");
    }

    #[tokio::test]
    async fn a_document_is_what_its_hash_says() {
        let blob = medium().blob;
        let get = async |answer| fetch_document(&Scripted::new(&[answer]), "https://a.example", "token", &blob).await;
        assert_eq!(get(Answer::Whole).await, Ok(BYTES.to_vec()));
        assert_eq!(get(Answer::Wrong).await, Err(EngineError::WrongHash));
        assert_eq!(get(Answer::Short(10)).await, Err(EngineError::WrongHash));
        assert!(matches!(get(Answer::Portal).await, Err(EngineError::NotQadam { .. })));
        assert!(matches!(get(Answer::Cut(3)).await, Err(EngineError::Unreachable { .. })));
        assert!(matches!(get(Answer::Status(503)).await, Err(EngineError::ServerBusy { .. })));
    }
}
