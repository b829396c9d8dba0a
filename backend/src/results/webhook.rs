//! `POST /v1/results/{sales|volumes|ranks}`: the same files as `qadam-backend import`, signed by the back office (SPEC.md, section 6.1).
//!
//! Who may sign is in `serve --webhook FILE.toml`: one key, or two while one takes the place of the other.
//!
//! ```toml
//! [[key]]
//! id = "2026-11"
//! # 32 to 64 random bytes in hexadecimal digits, as of `openssl rand -hex 32`.
//! secret = "…"
//! ```

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as Part, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clap::ValueEnum;
use parking_lot::Mutex;
use qadam_domain::ids::BlobHash;
use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::error::ErrorCode;
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::Taken;
use super::import::{ImportError, Kind, import};
use crate::accounts::{Who, begin_attempt, end_attempt};
use crate::app::App;
use crate::content::Fault;
use crate::error::Error;
use crate::http::{Packing, Peer, plain, reply};
use crate::ledger::{self, Entry};
use crate::params;
use crate::publish::BlobSink;
use crate::random;
use crate::store::{Connection, StoreError};

/// When it was signed, in milliseconds since 1970.
pub const TIME: &str = "qadam-time";
/// The id of the key.
pub const KEY: &str = "qadam-key";
/// HMAC-SHA256 (RFC 2104) of time, path with query and body, in hexadecimal digits.
pub const SIGNATURE: &str = "qadam-signature";

/// How far the signer's clock may be from the server's, either way.
pub const WINDOW: Millis = 5 * MINUTE;
/// Keys at a time.
const KEYS: usize = 2;
/// Characters of a key's id.
const ID: usize = 64;
/// Bytes of a secret: no fewer than the hash has (RFC 2104, section 3), no more than its block.
const SECRET: std::ops::RangeInclusive<usize> = 32..=64;
/// Bytes of the file with the keys.
const FILE: usize = 64 << 10;

const CSV: &str = "text/csv";

pub fn router() -> Router<Arc<App>> {
    Router::new().route("/v1/results/{of}", post(take))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    key: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    id: String,
    secret: String,
}

/// The keys of one reading.
type Held = Arc<Vec<(String, hmac::Key)>>;

/// The keys by which the back office signs. The file is read for each request, so that one that is taken out opens nothing any more.
pub struct Keys {
    path: PathBuf,
    held: Mutex<Held>,
    /// What was wrong when it was read last.
    wrong: Mutex<Option<String>>,
}

impl Keys {
    /// # Errors
    /// What is wrong with the file; nothing of a secret is in it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let held =
            read(path).map_err(|detail| StoreError::Io { path: path.into(), source: io::Error::other(detail) })?;
        Ok(Self { path: path.into(), held: Mutex::new(held), wrong: Mutex::new(None) })
    }

    /// What the file says now. Where something is wrong with it, the former keys stay in use; that is logged once.
    fn current(&self) -> Held {
        let mut wrong = self.wrong.lock();
        match read(&self.path) {
            Ok(held) => {
                *wrong = None;
                self.held.lock().clone_from(&held);
                held
            }
            Err(detail) => {
                if wrong.as_ref() != Some(&detail) {
                    tracing::error!(path = %self.path.display(), detail, "webhook: the keys are wrong; the former ones stay in use");
                }
                *wrong = Some(detail);
                self.held.lock().clone()
            }
        }
    }
}

fn read(path: &Path) -> Result<Held, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > FILE as u64 {
        return Err(format!("the file has more than {FILE} bytes"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    // The parser's own words may quote a secret.
    let file: File = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!(
            "line {}: write [[key]], and below it id = \"...\" and secret = \"...\"",
            before.matches('\n').count() + 1
        )
    })?;
    if !(1..=KEYS).contains(&file.key.len()) {
        return Err(format!("write one [[key]], or {KEYS} while one takes the place of the other"));
    }
    let mut keys: Vec<(String, hmac::Key)> = Vec::new();
    for Section { id, secret } in file.key {
        if !(1..=ID).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "write 1 to {ID} letters, digits and signs of ASCII, without spaces, as the id of a key"
            ));
        }
        if keys.iter().any(|(other, _)| *other == id) {
            return Err(format!("two keys have the id {id}; give each its own"));
        }
        let secret = hex::decode(secret).ok().filter(|secret| SECRET.contains(&secret.len()));
        let Some(secret) = secret else {
            let (least, most) = (SECRET.start(), SECRET.end());
            return Err(format!(
                "the secret of the key {id} is none: write {least} to {most} random bytes in hexadecimal digits, as of openssl rand -hex 32"
            ));
        };
        keys.push((id, hmac::Key::new(hmac::HMAC_SHA256, &secret)));
    }
    Ok(Arc::new(keys))
}

/// What a request says about who signed it.
struct Signed {
    at: Millis,
    key: String,
    signature: Vec<u8>,
}

impl Signed {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| {
            let mut values = headers.get_all(name).iter();
            values.next().filter(|_| values.next().is_none())?.to_str().ok()
        };
        let at = text(TIME)?;
        // As it is signed: one way of writing each time.
        let at = at.parse::<Millis>().ok().filter(|parsed| *parsed >= 0 && parsed.to_string() == at)?;
        let signature = hex::decode(text(SIGNATURE)?).ok()?;
        Some(Self { at, key: text(KEY)?.into(), signature })
    }
}

#[derive(Serialize)]
struct Faulty {
    faults: Vec<Told>,
}

/// A fault, by the line of the body; 0 where all of it is meant.
#[derive(Serialize)]
struct Told {
    line: u32,
    problem: String,
    remedy: String,
}

async fn take(
    State(app): State<Arc<App>>,
    Peer(peer): Peer,
    packing: Packing,
    Part(of): Part<String>,
    request: Request,
) -> Result<Response, Error> {
    let missing = || Error::new(ErrorCode::NotFound, "there is nothing here");
    let keys = app.keys.clone().ok_or_else(missing)?;
    let of = Kind::from_str(&of, false).map_err(|_| missing())?;
    let refused = |detail: &'static str| Error::new(ErrorCode::Unauthorized, detail);
    let signed = Signed::of(request.headers())
        .ok_or_else(|| refused("the headers qadam-time, qadam-key and qadam-signature are needed"))?;
    let (who, now) = ([Who::Peer(peer)], app.now());
    let attempt = who.clone();
    app.store.write::<_, Error, _>(move |conn| begin_attempt(conn, &attempt, now)).await?;
    if signed.at.abs_diff(now) > WINDOW.unsigned_abs() {
        return Err(refused("qadam-time is more than 5 minutes from the server's time"));
    }
    let read = tokio::task::spawn_blocking(move || keys.current()).await.map_err(|_| StoreError::Panicked)?;
    // Which of both it is is not told.
    let wrong = || refused("the key is unknown, or the signature is not of this time, path and body");
    let (_, key) = read.iter().find(|(id, _)| *id == signed.key).ok_or_else(wrong)?;
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_string();
    let silent = match request.uri().query() {
        None | Some("backfill=false") => Some(false),
        Some("backfill=true") => Some(true),
        Some(_) => None,
    };
    let body = plain(request, CSV).await?;
    let text = [format!("{}\n{target}\n", signed.at).as_bytes(), &body].concat();
    hmac::verify(key, &text, &signed.signature).map_err(|_| wrong())?;
    let silent =
        silent.ok_or_else(|| Error::new(ErrorCode::BadRequest, "the query is to be backfill=true, or none"))?;
    let (cache, ledger, Signed { at, signature, .. }) = (app.cache.clone(), app.ledger.clone(), signed);
    let taken = app.store.write(move |conn| {
        end_attempt(conn, &who)?;
        if !is_first(conn, &signature, at, now)? {
            return Err(refused("this signature was used before: sign again, with the time of now"));
        }
        let releases = cache.releases();
        match import(conn, &releases, of, "", &*body, silent, now, &mut random::system) {
            // Not an error of this write: the signature is used.
            Err(ImportError::Faults(faults)) => Ok(Err(faults)),
            Err(ImportError::Read(source)) => Err(StoreError::Io { path: PathBuf::new(), source }.into()),
            Err(ImportError::Error(error)) => Err(error),
            Ok(taken) => {
                let hash = BlobHash::of(&body);
                let entry = Entry::ResultsImported { file: hash.clone(), of, silent, at: now };
                ledger::keep_import(&ledger, conn, &hash, |kept| kept.put(&hash, &body), entry, now)?;
                Ok::<Result<Taken, Vec<Fault>>, Error>(Ok(taken))
            }
        }
    });
    Ok(match taken.await? {
        Ok(taken) => reply(&taken, packing),
        Err(faults) => {
            let told = |Fault { line, problem, remedy, .. }| Told { line, problem, remedy };
            let faults = Faulty { faults: faults.into_iter().map(told).collect() };
            (StatusCode::UNPROCESSABLE_ENTITY, reply(&faults, packing)).into_response()
        }
    })
}

/// Notes a signature. Tells whether it was not used before.
fn is_first(conn: &Connection, signature: &[u8], at: Millis, now: Millis) -> Result<bool, Error> {
    conn.prepare_cached("DELETE FROM signed WHERE until < ?1")?.execute([now])?;
    // One window more than it is taken for: clocks of servers differ.
    let until = at.saturating_add(2 * WINDOW);
    let noted = conn
        .prepare_cached("INSERT INTO signed (signature, until) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![signature, until])?;
    Ok(noted == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_file_is_told_without_a_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("webhook.toml");
        let secret = "ab".repeat(32);
        let key = |id: &str, secret: &str| format!("[[key]]\nid = \"{id}\"\nsecret = \"{secret}\"\n");
        let cases = [
            (String::new(), "line 1"),
            (format!("key = \"{secret}\""), "line 1"),
            (format!("[[key]]\nid = \"a\"\nsecrets = \"{secret}\""), "line 3"),
            ("key = []".into(), "write one [[key]]"),
            (["a", "b", "c"].map(|id| key(id, &secret)).concat(), "write one [[key]]"),
            (key("", &secret), "write 1 to 64"),
            (key("a b", &secret), "write 1 to 64"),
            ([key("a", &secret), key("a", &secret)].concat(), "two keys have the id a"),
            (key("a", &secret[2..]), "the secret of the key a is none"),
            (key("a", &secret.replace('a', "x")), "the secret of the key a is none"),
            (key("a", &secret.repeat(3)), "the secret of the key a is none"),
            ("#".repeat(FILE + 1), "more than"),
        ];
        for (text, told) in cases {
            std::fs::write(&file, &text).expect("writes");
            let error = read(&file).expect_err(&text);
            assert!(error.contains(told), "{error}");
            assert!(!error.contains("abab") && !error.contains("xbxb"), "{error}");
        }
        std::fs::write(&file, [key("a", &secret), key("b", &secret)].concat()).expect("writes");
        assert_eq!(read(&file).expect("two keys").len(), 2);
        assert!(Keys::open(&folder.path().join("none.toml")).is_err());
    }
}
