//! Whole teams and long deltas as files: built once for all who ask, beside serving, from one snapshot; named by what they hold, so that the folder
//! is its own index. Nothing of one is ever held in memory. Where servers share a database, that has the documents, and folders have copies.

mod image;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use qadam_domain::digest::Digest;
use qadam_domain::ids::BlobHash;
use qadam_domain::planted::{self, Bug};
use qadam_protocol::codec::WINDOW_LOG;
use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, Row};
use qadam_protocol::team::{Document, EXTENSION};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, watch};

use super::tree::{self, Leader};
use super::{delta, stream};
use crate::error::Error;
use crate::store::{Connection, Optional, Store, StoreError, files};
use crate::streams;

/// The folder's name in the data folder.
pub const FOLDER: &str = "images";
/// What is being written carries this until it is whole.
const UNFINISHED: &str = ".tmp";
/// Documents that are built at the same time: each takes a core, a connection that reads, and some 25 MB.
const BUILDS: usize = 2;
/// Seconds for which a server waits for another that builds for the same leader.
const TURN: u64 = 60;
/// The advisory locks of leaders whose documents are being built.
const DOCUMENTS: i32 = 1;
/// Documents of one leader that are kept.
const KEPT: usize = 8;
/// Bytes of all documents.
const ROOM: u64 = 4 << 30;
/// An image of 100,000 members packs to 5.4 MB in 0.1 s; at level 7 to 5.0 MB in 0.5 s, which the first who asks would wait for.
const LEVEL: i32 = 3;

/// The documents of a data folder.
pub struct Documents {
    folder: PathBuf,
    running: Mutex<HashMap<Key, watch::Receiver<Option<Outcome>>>>,
    permits: Semaphore,
    builds: AtomicU64,
    /// By leader: where its stream ended, and up to which revision a delta from there is longer than the image. Who forgets it finds it out again.
    longer: Mutex<HashMap<i64, (Cursor, u64)>>,
}

/// What one build is of: the leader's key, and from which revision to which; images from none.
type Key = (i64, String, Option<u64>, u64);
/// Why it failed is told once, in the log.
type Outcome = Result<Built, ()>;

/// A document that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The cursor's revision that a delta begins at; `None` for an image.
    pub since: Option<u64>,
    /// Where the stream is held to with it.
    pub cursor: Cursor,
    /// Of all rows that are held then.
    pub digest: Digest,
    pub document: Document,
}

impl Built {
    /// `<epoch>.<since>.<rev>.<tag>.<digest>.<unpacked>.<size>.<hash>.zst`
    fn name(&self) -> String {
        let since = self.since.map_or("image".into(), |since| since.to_string());
        let Self { cursor: Cursor { epoch, rev, tag }, digest, document: Document { hash, size, unpacked }, .. } = self;
        format!("{epoch}.{since}.{rev}.{tag}.{digest}.{unpacked}.{size}.{hash}.{EXTENSION}")
    }

    fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix(EXTENSION)?.strip_suffix('.')?;
        let parts: Vec<&str> = name.split('.').collect();
        let [epoch, since, rev, tag, digest, unpacked, size, hash] = parts[..] else { return None };
        Some(Self {
            since: if since == "image" { None } else { Some(since.parse().ok()?) },
            cursor: Cursor { epoch: epoch.into(), rev: rev.parse().ok()?, tag: tag.into() },
            digest: Digest::try_from(digest.to_string()).ok()?,
            document: Document {
                hash: BlobHash::new(hash).ok()?,
                size: size.parse().ok()?,
                unpacked: unpacked.parse().ok()?,
            },
        })
    }
}

/// What an account's phone is to be given.
pub enum Plan {
    /// It is there.
    Ready(Built),
    /// It is to be built.
    Build { leader: Box<Leader>, head: Cursor, since: Option<u64> },
    /// Nothing, by now.
    Nothing,
}

impl Documents {
    /// As the server opens them: throws away what was not finished.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(data: &Path) -> io::Result<Self> {
        let documents = Self::of_folder(data)?;
        for entry in fs::read_dir(&documents.folder)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(UNFINISHED) {
                fs::remove_file(path)?;
            }
        }
        Ok(documents)
    }

    /// The documents of a data folder, beside a server that may be at work on it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn of_folder(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let permits = Semaphore::new(BUILDS);
        Ok(Self { folder, running: Mutex::default(), permits, builds: AtomicU64::new(0), longer: Mutex::default() })
    }

    /// Documents that were built since the start.
    pub fn builds(&self) -> u64 {
        self.builds.load(Ordering::Relaxed)
    }

    /// The file of a document, if it is this account's and holds nobody who has left the team since.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn find(&self, conn: &Connection, account: i64, hash: &BlobHash) -> Result<Option<PathBuf>, Error> {
        let (stream, leader) = (stream(conn)?, tree::leader_of(conn, account)?);
        let Some((stream, leader)) = stream.zip(leader) else { return Ok(None) };
        let epoch = streams::head(conn, stream)?.epoch;
        let found = self.of(conn, leader.key)?.into_iter().find(|built| built.document.hash == *hash);
        let Some(built) = found.filter(|built| is_current(built, &epoch, &leader)) else { return Ok(None) };
        let path = self.path(leader.key, &built);
        if is_shared(conn) && !path.exists() && !files::fetch(conn, &shared_name(leader.key, &built.name()), &path)? {
            return Ok(None);
        }
        Ok(Some(path))
    }

    /// Which document brings an account's phone from `cursor` to the newest revision, or near to it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn plan(&self, conn: &Connection, account: i64, cursor: Option<&Cursor>) -> Result<Plan, Error> {
        let (stream, leader) = (stream(conn)?, tree::leader_of(conn, account)?);
        let Some((stream, leader)) = stream.zip(leader) else { return Ok(Plan::Nothing) };
        let head = delta::head(conn, stream, &leader)?;
        let since = cursor.map(|cursor| delta::since(conn, stream, &leader, cursor)).transpose()?.flatten();
        let longer = self.longer.lock().get(&leader.key).cloned();
        let since = since.filter(|since| longer.is_none_or(|(end, upto)| end != head || *since > upto));
        let mut there = self.of(conn, leader.key)?;
        there.retain(|built| is_current(built, &head.epoch, &leader));
        if let Some(exact) = there.iter().find(|built| built.cursor == head && built.since == since) {
            return Ok(Plan::Ready(exact.clone()));
        }
        if since.is_none() {
            // A page's worth of changes later an image serves as well.
            let newest = there.into_iter().filter(|built| built.since.is_none()).max_by_key(|built| built.cursor.rev);
            if let Some(image) = newest
                && let Some(rev) = delta::since(conn, stream, &leader, &image.cursor)?
                && super::short(conn, &leader, Some(rev), limits::PAGE_ROWS)?.is_some()
            {
                if planted::is(Bug::StaleImage) {
                    return Ok(Plan::Ready(Built { cursor: head, digest: leader.digest, ..image }));
                }
                return Ok(Plan::Ready(image));
            }
        }
        Ok(Plan::Build { leader: Box::new(leader), head, since })
    }

    /// Builds a document, or waits for who does; `None` where it is not there within `patience`.
    ///
    /// # Errors
    /// Where the build failed.
    pub async fn build(
        self: &Arc<Self>,
        store: &Arc<Store>,
        account: i64,
        cursor: Option<Cursor>,
        key: (i64, &Cursor, Option<u64>),
        patience: Duration,
    ) -> Result<Option<Built>, Error> {
        let (leader, head, since) = key;
        let key: Key = (leader, head.epoch.clone(), since, head.rev);
        let mut outcome = {
            let mut running = self.running.lock();
            match running.get(&key) {
                Some(outcome) => outcome.clone(),
                None => {
                    let (sender, receiver) = watch::channel(None);
                    running.insert(key.clone(), receiver.clone());
                    let (documents, store) = (self.clone(), store.clone());
                    // Of its own: who asked first may go away.
                    tokio::spawn(async move {
                        let built = documents.clone().run(&store, account, cursor).await;
                        let outcome = built.map_err(|error| {
                            tracing::error!(%error, "a document of a team was not built");
                        });
                        documents.running.lock().remove(&key);
                        // Nobody may be left who waits.
                        let _: Result<(), _> = sender.send(Some(outcome));
                    });
                    receiver
                }
            }
        };
        let waited = tokio::time::timeout(patience, outcome.wait_for(Option::is_some)).await;
        match waited {
            Err(_) => Ok(None),
            Ok(Ok(outcome)) => match &*outcome {
                Some(Ok(built)) => Ok(built.clone()),
                _ => Err(Error::Unsound("a document of a team was not built".into())),
            }
            .map(Some),
            Ok(Err(_)) => Err(Error::Unsound("a document of a team was not built".into())),
        }
    }

    async fn run(self: Arc<Self>, store: &Store, account: i64, cursor: Option<Cursor>) -> Result<Built, Error> {
        let _permit = self.permits.acquire().await.map_err(|_| Error::Unsound("no builds any more".into()))?;
        let documents = self.clone();
        if store.is_shared() {
            return store.apart(move |conn| documents.make_shared(conn, account, cursor.as_ref())).await;
        }
        store.read(move |conn| documents.make_planned(conn, account, cursor.as_ref()).map(|(_, built)| built)).await
    }

    /// What was built since it was asked for is not built again.
    fn make_planned(&self, conn: &Connection, account: i64, cursor: Option<&Cursor>) -> Result<(bool, Built), Error> {
        match self.plan(conn, account, cursor)? {
            Plan::Ready(built) => Ok((false, built)),
            Plan::Build { leader, head, since } => self.make(conn, &leader, &head, since).map(|built| (true, built)),
            Plan::Nothing => Err(Error::Unsound("the member is gone".into())),
        }
    }

    /// Builds a document for all servers, unless another one just does, on a connection of its own.
    fn make_shared(&self, conn: &Connection, account: i64, cursor: Option<&Cursor>) -> Result<Built, Error> {
        let Some(leader) = tree::leader_of(conn, account)? else {
            return Err(Error::Unsound("the member is gone".into()));
        };
        // Ends with the connection.
        conn.execute_batch(&format!(
            "SET lock_timeout = '{TURN}s'; SELECT pg_advisory_lock({DOCUMENTS}, hashint8({}))",
            leader.key
        ))?;
        let (is_new, built) = conn.snapshot(|| self.make_planned(conn, account, cursor))?;
        if is_new {
            files::put(conn, &shared_name(leader.key, &built.name()), &self.path(leader.key, &built))?;
            let mut shared = self.of(conn, leader.key)?;
            shared.sort_by_key(|built| std::cmp::Reverse(built.cursor.rev));
            for old in shared.iter().skip(KEPT) {
                files::remove(conn, &shared_name(leader.key, &old.name()))?;
            }
        }
        Ok(built)
    }

    /// Builds a document from the connection's snapshot: the delta from `since`, or an image where that would be longer.
    ///
    /// # Errors
    /// What SQLite and the file system say.
    pub fn make(&self, conn: &Connection, leader: &Leader, head: &Cursor, since: Option<u64>) -> Result<Built, Error> {
        self.builds.fetch_add(1, Ordering::Relaxed);
        let aside = Aside::new(&self.folder);
        let packed = match since {
            Some(since) => pack_delta(conn, leader, since, &aside.packed)?,
            None => None,
        };
        let (since, document) = match packed {
            Some(document) => (since, document),
            None => {
                if let Some(since) = since {
                    let mut longer = self.longer.lock();
                    let known = longer.entry(leader.key).or_insert_with(|| (head.clone(), since));
                    *known = (head.clone(), if known.0 == *head { known.1.max(since) } else { since });
                }
                image::write(conn, leader, head, &aside.plain)?;
                (None, pack_file(&aside.plain, &aside.packed).map_err(failed)?)
            }
        };
        if document.size > limits::BLOB || document.unpacked > limits::DOCUMENT {
            return Err(Error::Unsound("a team that is larger than a document may be".into()));
        }
        let built = Built { since, cursor: head.clone(), digest: leader.digest, document };
        let path = self.path(leader.key, &built);
        let folder = self.folder.join(leader.key.to_string());
        let named = fs::create_dir_all(&folder)
            .and_then(|()| fs::rename(&aside.packed, &path))
            .and_then(|()| File::open(&folder)?.sync_all());
        named.map_err(failed)?;
        self.evict(leader, &built).map_err(failed)?;
        Ok(built)
    }

    /// Throws away what holds members who have left, or is of leaders that are none any more.
    ///
    /// # Errors
    /// What SQLite and the file system say.
    pub fn sweep(&self, conn: &Connection) -> Result<(), Error> {
        let epoch = stream(conn)?.map(|stream| streams::head(conn, stream)).transpose()?.map(|head| head.epoch);
        if is_shared(conn) {
            for name in files::list(conn, &format!("{FOLDER}/"))? {
                let parts = name.split('/').collect::<Vec<_>>();
                let about =
                    parts.get(1).and_then(|key| key.parse().ok()).zip(parts.get(2).and_then(|name| Built::parse(name)));
                let current = match &about {
                    Some((key, built)) => left_rev(conn, *key)?
                        .is_some_and(|left| built.cursor.rev >= left && Some(&built.cursor.epoch) == epoch.as_ref()),
                    None => false,
                };
                if !current {
                    files::remove(conn, &name)?;
                }
            }
        }
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let key = path.file_name().and_then(|name| name.to_str()?.parse::<i64>().ok());
            let Some(key) = key else { continue };
            match left_rev(conn, key)? {
                None => fs::remove_dir_all(&path).map_err(failed)?,
                Some(left) => {
                    for built in self.local(key) {
                        if built.cursor.rev < left || Some(&built.cursor.epoch) != epoch.as_ref() {
                            remove(&self.path(key, &built)).map_err(failed)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The documents of a leader. Of copies those go that no server has any more.
    fn of(&self, conn: &Connection, leader: i64) -> Result<Vec<Built>, Error> {
        let local = self.local(leader);
        if !is_shared(conn) {
            return Ok(local);
        }
        let names = files::list(conn, &shared_name(leader, ""))?;
        let shared: Vec<Built> = names.iter().filter_map(|name| Built::parse(name.rsplit('/').next()?)).collect();
        for gone in local.iter().filter(|built| !shared.contains(built)) {
            // What was just built is not shared yet.
            let path = self.path(leader, gone);
            let is_old = fs::metadata(&path)
                .and_then(|about| about.modified())
                .is_ok_and(|made| made.elapsed().is_ok_and(|age| age > Duration::from_secs(TURN)));
            if is_old {
                remove(&path).map_err(failed)?;
            }
        }
        Ok(shared)
    }

    /// The documents of a leader in the folder; none where they can't be listed.
    fn local(&self, leader: i64) -> Vec<Built> {
        let entries = fs::read_dir(self.folder.join(leader.to_string())).into_iter().flatten().flatten();
        entries.filter_map(|entry| Built::parse(entry.file_name().to_str()?)).collect()
    }

    fn path(&self, leader: i64, built: &Built) -> PathBuf {
        self.folder.join(leader.to_string()).join(built.name())
    }

    /// Makes room: what is of no use any more first, then what was built longest ago.
    fn evict(&self, leader: &Leader, newest: &Built) -> io::Result<()> {
        let mut there = self.local(leader.key);
        there.retain(|built| built != newest);
        there.sort_by_key(|built| std::cmp::Reverse(built.cursor.rev));
        for (n, built) in there.iter().enumerate() {
            if n + 1 >= KEPT || !is_current(built, &newest.cursor.epoch, leader) {
                remove(&self.path(leader.key, built))?;
            }
        }
        let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in fs::read_dir(&self.folder)?.flatten().filter(|entry| entry.path().is_dir()) {
            for file in fs::read_dir(folder.path())?.flatten() {
                let about = file.metadata()?;
                all.push((about.modified()?, about.len(), file.path()));
            }
        }
        all.sort();
        let mut bytes: u64 = all.iter().map(|(_, bytes, _)| bytes).sum();
        let kept = self.path(leader.key, newest);
        for (_, size, path) in all {
            if bytes <= ROOM {
                break;
            }
            if path != kept {
                remove(&path)?;
                bytes -= size;
            }
        }
        Ok(())
    }
}

fn is_shared(conn: &Connection) -> bool {
    conn.sqlite().is_none()
}

/// A document's name among the files that servers share.
fn shared_name(leader: i64, name: &str) -> String {
    format!("{FOLDER}/{leader}/{name}")
}

/// The newest revision with which anybody left a member's subtree; `None` where it is no member.
fn left_rev(conn: &Connection, member: i64) -> Result<Option<u64>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT left_rev FROM member WHERE id = ?1 AND sponsor IS NOT NULL")?;
    statement.query_row([member], |row| row.get(0)).optional()
}

/// Whether a document is of this history, and holds nobody who has left since.
fn is_current(built: &Built, epoch: &str, leader: &Leader) -> bool {
    built.cursor.epoch == epoch && built.cursor.rev >= leader.left_rev
}

/// Two names beside the documents for what is not whole yet; gone with this value.
struct Aside {
    plain: PathBuf,
    packed: PathBuf,
}

impl Aside {
    fn new(folder: &Path) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = |kind: &str| folder.join(format!("{}.{unique}.{kind}{UNFINISHED}", std::process::id()));
        Self { plain: name("db"), packed: name(EXTENSION) }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        for path in [&self.plain, &self.packed] {
            if let Err(error) = remove(path) {
                tracing::warn!(%error, "a file stays beside the documents");
            }
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn failed(error: io::Error) -> Error {
    Error::Unsound(format!("a document of a team: {error}"))
}

/// Writes, counts and hashes.
struct Counted {
    file: BufWriter<File>,
    hasher: Sha256,
    size: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Packs what is written into it.
struct Packer {
    encoder: zstd::stream::write::Encoder<'static, Counted>,
    unpacked: u64,
}

impl Packer {
    fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(64 << 10, File::create(path)?);
        let counted = Counted { file, hasher: Sha256::new(), size: 0 };
        let mut encoder = zstd::stream::write::Encoder::new(counted, LEVEL)?;
        // No reader takes more.
        encoder.window_log(WINDOW_LOG)?;
        Ok(Self { encoder, unpacked: 0 })
    }

    fn finish(self) -> io::Result<Document> {
        let Counted { file, hasher, size } = self.encoder.finish()?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let hash = BlobHash::new(hex::encode(hasher.finalize())).map_err(io::Error::other)?;
        Ok(Document { hash, size, unpacked: self.unpacked })
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.encoder.write(bytes)?;
        self.unpacked += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

fn pack_file(from: &Path, to: &Path) -> io::Result<Document> {
    let mut packer = Packer::create(to)?;
    io::copy(&mut io::BufReader::with_capacity(128 << 10, File::open(from)?), &mut packer)?;
    packer.finish()
}

/// The rows since a revision, one on a line; `None` where they are more than half of the team: an image is shorter then.
fn pack_delta(conn: &Connection, leader: &Leader, since: u64, to: &Path) -> Result<Option<Document>, Error> {
    let mut packer = Packer::create(to).map_err(failed)?;
    let (mut rows, most) = (0, (leader.count / 2).max(limits::PAGE_ROWS.into()));
    let whole = delta::descend::<Error>(conn, leader, Some(since), |row: Row| {
        rows += 1;
        let line = serde_json::to_vec(&row).expect("a row holds nothing that JSON can't");
        packer.write_all(&line).and_then(|()| packer.write_all(b"\n")).map_err(failed)?;
        Ok(if rows > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if whole { Ok(Some(packer.finish().map_err(failed)?)) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documents_name_says_what_it_holds() {
        let image = Built {
            since: None,
            cursor: Cursor { epoch: "e-_".into(), rev: 7, tag: "t".into() },
            digest: Digest::of("a", "b", "c"),
            document: Document { hash: BlobHash::of(b"x"), size: 1, unpacked: 2 },
        };
        let delta = Built { since: Some(3), ..image.clone() };
        for built in [image, delta] {
            assert_eq!(Built::parse(&built.name()), Some(built));
        }
        for wrong in ["", "a.zst", "../x.zst", "e.image.7.t.00.1.2.ff.zst"] {
            assert_eq!(Built::parse(wrong), None);
        }
    }
}
