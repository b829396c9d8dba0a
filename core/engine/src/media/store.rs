//! The files: `<hash>.<extension>`, and `<hash>.<extension>.part` while they come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::ids::BlobHash;
use qadam_protocol::content::MediaRef;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::shelf::{Shelf, Worth};
use crate::error::{EngineError, Result};

const PART: &str = ".part";
/// What came damaged so often since the start is not fetched ahead any more: it would cost the person's data each time.
const DAMAGED_TOO_OFTEN: u32 = 3;

/// `<hash>.<extension>`: nothing that could lead out of the folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileName(Box<str>);

impl FileName {
    /// `None` where the extension is none.
    pub(super) fn of(media: &MediaRef) -> Option<Self> {
        Self::parse(&format!("{}.{}", media.blob.hash, media.extension))
    }

    fn parse(text: &str) -> Option<Self> {
        let (hash, extension) = text.split_once('.')?;
        let plain = extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let fits = (1..=8).contains(&extension.len()) && plain && BlobHash::new(hash).is_ok();
        fits.then(|| Self(text.into()))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The media on this phone. Bounded by a budget, which counts files that are held and files that come.
#[derive(Debug)]
pub struct MediaStore {
    directory: PathBuf,
    index: Mutex<Index>,
    /// Told whenever a download has ended.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Index {
    /// Whole files, by their size in bytes.
    held: BTreeMap<FileName, u64>,
    /// Files that are here in part, by the bytes that they take; while one comes, by those that it will take.
    parts: BTreeMap<FileName, u64>,
    /// Those that come now.
    coming: BTreeSet<FileName>,
    /// Files of media that are shown, by the medium's name, once for each time that it is.
    shown: BTreeMap<String, Vec<Vec<FileName>>>,
    /// How often a file came with another hash.
    damaged: BTreeMap<FileName, u32>,
    shelf: Shelf,
}

/// A file that may be let go.
struct Candidate {
    worth: Worth,
    bytes: u64,
    name: FileName,
    path: PathBuf,
}

impl MediaStore {
    /// Opens the folder, or makes it. What it holds is seen from its names: a file has its own name only once its hash was checked.
    ///
    /// # Errors
    /// [`EngineError::StorageFull`], [`EngineError::Storage`]
    pub fn open(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory)?;
        let mut index = Index::default();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let (name, files) = match name.strip_suffix(PART) {
                Some(name) => (name, &mut index.parts),
                None => (name, &mut index.held),
            };
            if let Some(name) = FileName::parse(name) {
                files.insert(name, entry.metadata()?.len());
            }
        }
        Ok(Self { directory: directory.to_path_buf(), index: Mutex::new(index), ended: Notify::new() })
    }

    /// Where a file is, if it is here whole. One that was deleted or cut behind the store's back is not.
    pub fn path(&self, media: &MediaRef) -> Option<PathBuf> {
        let name = FileName::of(media)?;
        self.index.lock().has(&self.directory, &name, media.blob.size).then(|| self.file(&name))
    }

    /// Bytes of the files that are held.
    pub fn held_bytes(&self) -> u64 {
        self.index.lock().held.values().sum()
    }

    /// Bytes that are still to come of what a shelf wants.
    pub fn lacking_bytes(&self, shelf: &Shelf) -> u64 {
        let mut index = self.index.lock();
        let lacking = shelf.wanted.iter().filter_map(|media| {
            let name = FileName::of(media)?;
            let here = index.has(&self.directory, &name, media.blob.size);
            (!here).then(|| media.blob.size.saturating_sub(index.part(&name)))
        });
        lacking.sum()
    }

    /// How often a file came with another hash than its name's since the store was opened.
    pub fn wrong_hashes(&self) -> u64 {
        self.index.lock().damaged.values().map(|count| u64::from(*count)).sum()
    }

    /// From now on files are worth what this shelf says.
    pub fn arrange(&self, shelf: Shelf) {
        self.index.lock().shelf = shelf;
    }

    /// Lets go of what is beyond the budget: what is least urgent, never what is shown or what an open lesson shows.
    pub fn trim(&self) {
        self.index.lock().make_room(&self.directory, Worth::Now);
    }

    /// What the shelf wants, lacks, and can have within its budget, the most urgent first.
    pub fn plan(&self) -> Vec<MediaRef> {
        let mut index = self.index.lock();
        let wanted = index.shelf.wanted.clone();
        let candidates = index.candidates(&self.directory);
        let mut candidates = candidates.iter().peekable();
        let mut used = index.used();
        let mut gone: BTreeSet<&FileName> = BTreeSet::new();
        let mut plan = Vec::new();
        for media in wanted {
            let Some(name) = FileName::of(&media) else { continue };
            let often = index.damaged.get(&name).is_some_and(|count| *count >= DAMAGED_TOO_OFTEN);
            if often || index.coming.contains(&name) || index.has(&self.directory, &name, media.blob.size) {
                continue;
            }
            let worth = index.shelf.worth(&name);
            let part = if gone.contains(&name) { 0 } else { index.part(&name) };
            let mut after = used.saturating_add(media.blob.size.saturating_sub(part));
            let (mut ahead, mut going) = (candidates.clone(), Vec::new());
            while !index.shelf.fits(after) {
                let Some(candidate) = ahead.next_if(|candidate| candidate.worth > worth) else { break };
                after = after.saturating_sub(candidate.bytes);
                going.push(&candidate.name);
            }
            if index.shelf.fits(after) {
                used = after;
                candidates = ahead;
                gone.extend(going);
                plan.push(media);
            }
        }
        plan
    }

    /// Keeps these files until [`MediaStore::let_go`] of the same name.
    pub fn hold(&self, name: &str, files: &[MediaRef]) {
        let files = files.iter().filter_map(FileName::of).collect();
        self.index.lock().shown.entry(name.into()).or_default().push(files);
    }

    /// Whether anything was held under this name. Of several the first goes: its files may be those of an older release.
    pub fn let_go(&self, name: &str) -> bool {
        let mut index = self.index.lock();
        let Some(held) = index.shown.get_mut(name) else {
            return false;
        };
        held.remove(0);
        if held.is_empty() {
            index.shown.remove(name);
        }
        true
    }

    /// Waits until nobody else fetches this file. `None` where it is here then.
    pub(super) async fn claim(self: &Arc<Self>, media: &MediaRef) -> Result<Option<Claim>> {
        let name = FileName::of(media).ok_or(EngineError::Invalid { field: "extension".into() })?;
        loop {
            let mut ended = std::pin::pin!(self.ended.notified());
            // Before the look: what ends between look and wait is heard.
            ended.as_mut().enable();
            {
                let mut index = self.index.lock();
                if index.has(&self.directory, &name, media.blob.size) {
                    return Ok(None);
                }
                if index.coming.insert(name.clone()) {
                    index.parts.insert(name.clone(), media.blob.size);
                    let worth = index.shelf.worth(&name);
                    index.make_room(&self.directory, worth);
                    return Ok(Some(Claim { store: self.clone(), name }));
                }
            }
            ended.await;
        }
    }

    fn file(&self, name: &FileName) -> PathBuf {
        self.directory.join(&*name.0)
    }

    fn part(&self, name: &FileName) -> PathBuf {
        self.directory.join(format!("{name}{PART}"))
    }
}

impl Shelf {
    fn fits(&self, bytes: u64) -> bool {
        self.budget.is_none_or(|budget| bytes <= budget)
    }
}

impl Index {
    /// Looks at the disk too: a person, or a cleaner app, deletes what it likes.
    fn has(&mut self, directory: &Path, name: &FileName, size: u64) -> bool {
        let Some(bytes) = self.held.get(name) else {
            return false;
        };
        let path = directory.join(&*name.0);
        let sound = *bytes == size && fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() == size);
        if !sound {
            self.held.remove(name);
            let _ = fs::remove_file(path);
        }
        sound
    }

    /// Bytes of a file that are here in part.
    fn part(&self, name: &FileName) -> u64 {
        if self.coming.contains(name) { 0 } else { self.parts.get(name).copied().unwrap_or(0) }
    }

    fn used(&self) -> u64 {
        self.held.values().chain(self.parts.values()).fold(0, |sum, bytes| sum.saturating_add(*bytes))
    }

    /// What may be let go, the least urgent first; of those the largest.
    fn candidates(&self, directory: &Path) -> Vec<Candidate> {
        let shown: BTreeSet<&FileName> = self.shown.values().flatten().flatten().collect();
        let held = self.held.iter().map(|(name, bytes)| (name, bytes, name.to_string()));
        let parts = self.parts.iter().filter(|(name, _)| !self.coming.contains(name));
        let parts = parts.map(|(name, bytes)| (name, bytes, format!("{name}{PART}")));
        let mut candidates: Vec<_> = held
            .chain(parts)
            .map(|(name, bytes, file)| (self.shelf.worth(name), name, *bytes, directory.join(file)))
            .filter(|(worth, name, ..)| *worth > Worth::Now && !shown.contains(name))
            .map(|(worth, name, bytes, path)| Candidate { worth, bytes, name: name.clone(), path })
            .collect();
        candidates.sort_unstable_by(|a, b| (b.worth, b.bytes, &b.path).cmp(&(a.worth, a.bytes, &a.path)));
        candidates
    }

    /// Lets go of files that are less urgent than `worth`, until the budget is kept or no such file is left.
    fn make_room(&mut self, directory: &Path, worth: Worth) {
        let mut used = self.used();
        for Candidate { worth: its_worth, bytes, name, path } in self.candidates(directory) {
            if self.shelf.fits(used) || its_worth <= worth {
                break;
            }
            // What can't be deleted still takes its place.
            if remove(&path).is_ok() {
                let part = path.extension().is_some_and(|extension| extension == "part");
                if part { &mut self.parts } else { &mut self.held }.remove(&name);
                used = used.saturating_sub(bytes);
            }
        }
    }
}

/// Nothing to delete is no error.
fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The right to fetch one file.
pub(super) struct Claim {
    store: Arc<MediaStore>,
    name: FileName,
}

impl Claim {
    pub(super) fn name(&self) -> &FileName {
        &self.name
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let left = fs::metadata(self.store.part(&self.name));
        let mut index = self.store.index.lock();
        match left {
            Ok(left) => index.parts.insert(self.name.clone(), left.len()),
            Err(_) => index.parts.remove(&self.name),
        };
        index.coming.remove(&self.name);
        drop(index);
        self.store.ended.notify_waiters();
    }
}

/// A file that comes. Dropped, it leaves its part, with which the next one goes on.
pub(super) struct Download {
    claim: Claim,
    file: File,
    hasher: Sha256,
    hash: BlobHash,
    length: u64,
    size: u64,
}

impl Download {
    /// Goes on with what is here. Reads it all, since the hash is that of the whole.
    ///
    /// # Errors
    /// Those of storage.
    pub(super) fn begin(claim: Claim, media: &MediaRef) -> Result<Self> {
        let path = claim.store.part(&claim.name);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let (hash, size) = (media.blob.hash.clone(), media.blob.size);
        let mut download = Self { claim, file, hasher: Sha256::new(), hash, length: 0, size };
        let mut left = download.file.metadata()?.len();
        if left > size {
            download.restart()?;
            return Ok(download);
        }
        let mut buffer = vec![0; 64 << 10];
        while left > 0 {
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let read = download.file.read(&mut buffer[..most])?;
            if read == 0 {
                break;
            }
            download.hasher.update(&buffer[..read]);
            download.length += read as u64;
            left -= read as u64;
        }
        Ok(download)
    }

    pub(super) fn name(&self) -> &FileName {
        self.claim.name()
    }

    /// Bytes that are here.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn is_whole(&self) -> bool {
        self.length == self.size
    }

    /// # Errors
    /// [`EngineError::WrongHash`] where it is longer than it should be; then [`Download::reject`] it. [`EngineError::StorageFull`] and others
    /// of storage: what came is kept.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() as u64 > self.size - self.length {
            return Err(EngineError::WrongHash);
        }
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Throws away what came.
    ///
    /// # Errors
    /// Those of storage.
    pub(super) fn restart(&mut self) -> Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.hasher = Sha256::new();
        self.length = 0;
        Ok(())
    }

    /// Throws everything away: these are not the bytes of that hash.
    pub(super) fn reject(self) -> EngineError {
        let Claim { store, name } = &self.claim;
        *store.index.lock().damaged.entry(name.clone()).or_default() += 1;
        match remove(&store.part(name)) {
            Ok(()) => EngineError::WrongHash,
            Err(error) => error.into(),
        }
    }

    /// Checks the hash and gives the file its name.
    ///
    /// # Errors
    /// [`EngineError::WrongHash`]: it was thrown away. Those of storage: it is kept.
    pub(super) fn finish(self) -> Result<PathBuf> {
        if !self.is_whole() || hex::encode(self.hasher.clone().finalize()) != self.hash.as_str() {
            return Err(self.reject());
        }
        let Claim { store, name } = &self.claim;
        let path = store.file(name);
        self.file.sync_all()?;
        // A renaming that a power cut undoes leaves the whole part, which is renamed the next time.
        fs::rename(store.part(name), &path)?;
        store.index.lock().held.insert(name.clone(), self.size);
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use qadam_domain::ids::LessonId;
    use qadam_protocol::content::BlobRef;

    use super::super::shelf::LessonStanding;
    use super::*;

    fn id(lesson: &str) -> LessonId {
        LessonId::new(lesson).expect("an id")
    }

    fn medium(bytes: &[u8], lessons: &[&str]) -> MediaRef {
        let blob = BlobRef { hash: BlobHash::of(bytes), size: bytes.len() as u64 };
        MediaRef { blob, extension: "png".into(), lessons: lessons.iter().copied().map(id).collect() }
    }

    fn open(folder: &tempfile::TempDir) -> Arc<MediaStore> {
        Arc::new(MediaStore::open(folder.path()).expect("opens"))
    }

    fn begin(store: &Arc<MediaStore>, media: &MediaRef) -> Download {
        let claim = futures_util::FutureExt::now_or_never(store.claim(media)).expect("nobody else fetches it");
        Download::begin(claim.expect("a name").expect("is not here"), media).expect("begins")
    }

    fn put(store: &Arc<MediaStore>, bytes: &[u8], lessons: &[&str]) -> MediaRef {
        let media = medium(bytes, lessons);
        let mut download = begin(store, &media);
        download.append(bytes).expect("writes");
        download.finish().expect("has its hash");
        media
    }

    fn arrange(store: &MediaStore, media: &[&MediaRef], budget: u64) {
        let standings: BTreeMap<LessonId, LessonStanding> = [
            (id("open"), LessonStanding::Open),
            (id("next"), LessonStanding::Locked { ahead: 1 }),
            (id("far"), LessonStanding::Locked { ahead: 5 }),
            (id("recent"), LessonStanding::Completed { at: 200 }),
            (id("long-ago"), LessonStanding::Completed { at: 100 }),
        ]
        .into();
        let media = media.iter().map(|media| (media.blob.hash.to_string(), (*media).clone())).collect();
        store.arrange(Shelf::new(&media, &BTreeMap::new(), &standings, budget));
    }

    fn held(store: &MediaStore, media: &[&MediaRef]) -> Vec<bool> {
        media.iter().map(|media| store.path(media).is_some()).collect()
    }

    #[test]
    fn a_download_goes_on_after_every_cut_and_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = b"some forty bytes that make up a picture.";
        let media = medium(bytes, &[]);
        for cut in 0..=bytes.len() {
            begin(&open(&folder), &media).append(&bytes[..cut]).expect("writes");
            let store = open(&folder);
            assert_eq!(store.path(&media), None);
            let mut again = begin(&store, &media);
            assert_eq!(again.length(), cut as u64);
            again.append(&bytes[cut..]).expect("writes");
            let path = again.finish().expect("has its hash");
            assert_eq!(store.path(&media), Some(path.clone()));
            assert_eq!(path.file_name().and_then(|n| n.to_str()), Some(&*format!("{}.png", media.blob.hash)));
            assert_eq!(open(&folder).path(&media), Some(path.clone()));
            fs::remove_file(path).expect("was there");
        }
    }

    #[test]
    fn wrong_bytes_are_thrown_away_and_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let media = medium(b"right", &["open"]);
        for count in 1..=DAMAGED_TOO_OFTEN {
            arrange(&store, &[&media], 100);
            assert_eq!(store.plan(), std::slice::from_ref(&media));
            let mut download = begin(&store, &media);
            assert_eq!(download.length(), 0);
            download.append(b"wrong").expect("writes");
            assert_eq!(download.finish(), Err(EngineError::WrongHash));
            assert_eq!(store.wrong_hashes(), u64::from(count));
            assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        }
        assert_eq!(store.plan(), []);
        // What is missing, or one too many, is as wrong.
        assert_eq!(begin(&store, &media).finish(), Err(EngineError::WrongHash));
        assert_eq!(begin(&store, &media).append(b"right!"), Err(EngineError::WrongHash));
        put(&store, b"right", &["open"]);
    }

    #[test]
    fn a_full_disk_keeps_what_came() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let media = medium(b"some bytes", &[]);
        let part = folder.path().join(format!("{}.png.part", media.blob.hash));
        std::os::unix::fs::symlink("/dev/full", &part).expect("a link");
        assert_eq!(begin(&store, &media).append(b"some"), Err(EngineError::StorageFull));
        assert!(part.symlink_metadata().is_ok());
    }

    #[test]
    fn what_is_finished_longest_ago_goes_first_and_what_is_open_or_shown_never() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let (unused, old, recent) = (
            put(&store, &[1; 100], &["gone"]),
            put(&store, &[2; 100], &["long-ago"]),
            put(&store, &[3; 100], &["recent"]),
        );
        let (now, shown) = (put(&store, &[4; 100], &["open", "long-ago"]), put(&store, &[5; 100], &["long-ago"]));
        let next = medium(&[6; 150], &["next"]);
        let all = [&unused, &old, &recent, &now, &shown];
        let current = [&old, &recent, &now, &shown, &next];
        store.hold("shown.png", std::slice::from_ref(&shown));
        arrange(&store, &current, 500);
        assert_eq!(store.plan(), std::slice::from_ref(&next));
        assert_eq!(held(&store, &all), [true; 5], "a plan lets go of nothing");
        let mut download = begin(&store, &next);
        assert_eq!(held(&store, &all), [false, false, true, true, true]);
        download.append(&[6; 150]).expect("writes");
        download.finish().expect("has its hash");
        // The budget was lowered.
        arrange(&store, &current, 260);
        store.trim();
        assert_eq!(held(&store, &[&recent, &now, &shown, &next]), [false, true, true, false]);
        arrange(&store, &current, 0);
        store.trim();
        assert_eq!(held(&store, &[&now, &shown]), [true, true]);
        assert!(store.let_go("shown.png"));
        assert!(!store.let_go("shown.png"));
        store.trim();
        assert_eq!(held(&store, &[&now, &shown]), [true, false]);
    }

    #[test]
    fn nothing_goes_for_what_is_less_urgent_or_would_not_fit() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let (next, old) = (put(&store, &[1; 100], &["next"]), put(&store, &[2; 50], &["long-ago"]));
        let (far, big, small) =
            (medium(&[3; 100], &["far"]), medium(&[4; 300], &["open"]), medium(&[5; 90], &["open"]));
        arrange(&store, &[&next, &old, &far], 150);
        assert_eq!(store.plan(), []);
        arrange(&store, &[&next, &old, &far, &big, &small], 200);
        assert_eq!(store.plan(), std::slice::from_ref(&small));
        // Asked for by the person it comes all the same, and what is least urgent goes.
        let mut download = begin(&store, &big);
        assert_eq!(held(&store, &[&next, &old]), [false, false]);
        download.append(&[4; 300]).expect("writes");
        download.finish().expect("has its hash");
        assert_eq!(held(&store, &[&big]), [true]);
    }

    #[test]
    fn what_was_begun_counts_and_is_let_go_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let (begun, wanted) = (medium(&[1; 100], &["far"]), medium(&[2; 100], &["open"]));
        begin(&open(&folder), &begun).append(&[1; 60]).expect("writes");
        let store = open(&folder);
        arrange(&store, &[&begun, &wanted], 150);
        assert_eq!(store.plan(), std::slice::from_ref(&wanted));
        arrange(&store, &[&begun, &wanted], 200);
        assert_eq!(store.plan(), [wanted.clone(), begun.clone()]);
        let shelf = std::mem::take(&mut store.index.lock().shelf);
        assert_eq!(store.lacking_bytes(&shelf), 140);
        arrange(&store, &[&begun, &wanted], 150);
        drop(begin(&store, &wanted));
        assert_eq!(begin(&store, &begun).length(), 0);
    }

    #[test]
    fn what_was_deleted_behind_our_back_is_wanted_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder);
        let (deleted, cut) = (put(&store, b"deleted", &["open"]), put(&store, b"was cut", &["open"]));
        arrange(&store, &[&deleted, &cut], 100);
        assert_eq!(store.plan(), []);
        fs::remove_file(store.path(&deleted).expect("is here")).expect("deletes");
        fs::write(store.path(&cut).expect("is here"), "was").expect("writes");
        assert_eq!(store.plan().len(), 2);
        assert_eq!(held(&store, &[&deleted, &cut]), [false, false]);
        assert_eq!(store.held_bytes(), 0);
        put(&store, b"was cut", &[]);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for extension in ["", "../x", "a/b", "PNG", "part.", "png.part", "ninechars"] {
            let media = MediaRef { extension: extension.into(), ..medium(b"", &[]) };
            assert_eq!(FileName::of(&media), None, "{extension}");
        }
    }
}
