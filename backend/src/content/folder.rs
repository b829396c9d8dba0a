//! The files of a content folder: which there are, what is in them, and which of them nothing names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Faults};

/// The largest text file, in bytes.
pub const MAX_TEXT: u64 = 1 << 20;

/// The largest media file, in bytes.
pub const MAX_MEDIA: u64 = 64 << 20;

/// Files and folders beyond this number are not looked at.
const MAX_ENTRIES: usize = 20_000;

/// Folders within folders; the format needs two.
const MAX_DEPTH: usize = 4;

/// A content folder. Paths within it are written with `/`.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    open: bool,
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    /// Files that something names: those that were asked for.
    named: BTreeSet<String>,
    faults: Vec<Fault>,
}

/// What came of reading a text file.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    Absent,
    /// It is there, but can't be read; the folder holds the fault.
    Faulty,
    /// Without a byte order mark, lines end with `\n`.
    Text(String),
}

impl Folder {
    /// Lists the folder. Hidden files (their name starts with a point) do not belong to it.
    pub fn open(root: &Path) -> Self {
        let mut folder = Self {
            root: root.to_owned(),
            open: false,
            files: BTreeSet::new(),
            folders: BTreeSet::new(),
            named: BTreeSet::new(),
            faults: Vec::new(),
        };
        match root.canonicalize() {
            Ok(real) if real.is_dir() => {
                folder.open = true;
                folder.list(&real, "", 0);
            }
            Ok(_) => folder.error("", 0, "is not a folder", "name the folder that has company.toml in it"),
            Err(error) => folder.error("", 0, format!("can't be opened: {error}"), "name an existing folder"),
        }
        folder
    }

    /// Whether it is there and could be listed.
    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn has_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    pub fn has_folder(&self, path: &str) -> bool {
        self.folders.contains(path)
    }

    /// The names of the files in one of its folders that end with `.extension`, without it.
    pub fn stems(&self, folder: &str, extension: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let suffix = format!(".{extension}");
        let names = self.files.iter().filter_map(|path| path.strip_prefix(&prefix)?.strip_suffix(&suffix));
        names.filter(|name| !name.contains('/')).map(str::to_owned).collect()
    }

    /// The names of the files in one of its folders.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let names = self.files.iter().filter_map(|path| path.strip_prefix(&prefix));
        names.filter(|name| !name.contains('/')).map(str::to_owned).collect()
    }

    /// Reads a text. From now on something names this file.
    pub fn text(&mut self, path: &str) -> Reading {
        let bytes = match self.bytes(path, MAX_TEXT, "1 MiB") {
            None => return Reading::Absent,
            Some(Err(())) => return Reading::Faulty,
            Some(Ok(bytes)) => bytes,
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = valid.iter().filter(|b| **b == b'\n').count() as u32 + 1;
                let byte = error.as_bytes().get(valid.len()).copied().unwrap_or_default();
                let problem = format!("is not UTF-8: there is a byte {byte:#04x} in this line");
                self.error(path, line, problem, "save the file as UTF-8");
                return Reading::Faulty;
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
        if text.trim().is_empty() {
            self.error(path, 0, "is empty", "write its text, or delete the file");
            return Reading::Faulty;
        }
        Reading::Text(text)
    }

    /// Reads a media file. From now on something names it. `None` where it is absent; `Some(None)` where it can't be read.
    pub fn media(&mut self, path: &str) -> Option<Option<Vec<u8>>> {
        let bytes = self.bytes(path, MAX_MEDIA, "64 MiB")?.ok();
        if bytes.as_ref().is_some_and(Vec::is_empty) {
            self.error(path, 0, "is empty", "put the file there again");
            return Some(None);
        }
        Some(bytes)
    }

    /// Where a file lies on this machine.
    pub fn path_of(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The files that nothing asked for.
    pub fn unnamed(&self) -> Vec<String> {
        self.files.difference(&self.named).cloned().collect()
    }

    /// What was found while listing and reading.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    fn bytes(&mut self, path: &str, most: u64, most_text: &str) -> Option<Result<Vec<u8>, ()>> {
        if !self.files.contains(path) {
            return None;
        }
        let first = self.named.insert(path.to_owned());
        let read = fs::File::open(self.root.join(path)).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(most + 1).read_to_end(&mut bytes).map(|_| bytes)
        });
        let problem = match read {
            Ok(bytes) if bytes.len() as u64 <= most => return Some(Ok(bytes)),
            Ok(_) => format!("is larger than {most_text}"),
            Err(error) => format!("can't be read: {error}"),
        };
        if first {
            self.error(path, 0, problem, format!("a file here is at most {most_text} and readable"));
        }
        Some(Err(()))
    }

    fn list(&mut self, real_root: &Path, folder: &str, depth: usize) {
        let entries = match fs::read_dir(real_root.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                self.error(folder, 0, format!("can't be listed: {error}"), "make the folder readable");
                return;
            }
        };
        // The order in which a file system lists is not the same everywhere.
        let mut children = BTreeMap::new();
        for entry in entries.flatten().take(MAX_ENTRIES) {
            match entry.file_name().into_string() {
                Ok(name) if name.starts_with('.') => {}
                Ok(name) => {
                    children.insert(name, entry.path());
                }
                Err(name) => {
                    let path = join(folder, &name.to_string_lossy());
                    self.error(&path, 0, "has a name that is not UTF-8", "use a-z, 0-9 and '-' in names");
                }
            }
        }
        for (name, real) in children {
            let path = join(folder, &name);
            if self.files.len() + self.folders.len() >= MAX_ENTRIES {
                let problem = format!("the folder has more than {MAX_ENTRIES} files");
                self.error("", 0, problem, "keep only content in it");
                return;
            }
            // Follows links: what counts is where they lead.
            let target = match real.canonicalize() {
                Ok(target) => target,
                Err(error) => {
                    self.error(&path, 0, format!("can't be opened: {error}"), "delete it, or mend the link");
                    continue;
                }
            };
            if !target.starts_with(real_root) {
                self.error(&path, 0, "is a link that leads out of the content folder", "put the file itself here");
            } else if target.is_file() {
                self.files.insert(path);
            } else if !target.is_dir() {
                self.error(&path, 0, "is neither a file nor a folder", "delete it");
            } else if depth >= MAX_DEPTH {
                self.error(&path, 0, "is a folder too deep", "the folders are described in CONTENT.md");
            } else {
                self.folders.insert(path.clone());
                self.list(real_root, &path, depth + 1);
            }
        }
    }

    fn error(&mut self, path: &str, line: u32, problem: impl Into<String>, remedy: impl Into<String>) {
        let mut faults = Faults::new(if path.is_empty() { "." } else { path });
        faults.error(line, problem, remedy);
        self.faults.extend(faults.into_vec());
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().expect("a folder");
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("within the folder")).expect("a folder");
            fs::write(path, bytes).expect("written");
        }
        let folder = Folder::open(dir.path());
        (dir, folder)
    }

    fn faults(folder: Folder) -> Vec<String> {
        folder.into_faults().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn marks_and_line_ends_of_other_editors_are_tolerated() {
        let (_dir, mut folder) = folder(&[("a.toml", b"\xef\xbb\xbfx = 1\r\ny = 2\r\n"), (".git/x", b"\xff")]);
        assert_eq!(folder.text("a.toml"), Reading::Text("x = 1\ny = 2\n".into()));
        assert_eq!(folder.text("b.toml"), Reading::Absent);
        assert!(folder.unnamed().is_empty());
        assert!(faults(folder).is_empty());
    }

    #[test]
    fn what_is_no_text_is_told_by_line() {
        let large = vec![b'x'; MAX_TEXT as usize + 1];
        let (_dir, mut folder) = folder(&[("a.md", b"one\ntwo \xe9\n"), ("b.md", b" \n"), ("c.md", &large)]);
        for path in ["a.md", "b.md", "c.md"] {
            assert_eq!(folder.text(path), Reading::Faulty, "{path}");
        }
        assert_eq!(
            faults(folder),
            [
                "a.md:2: is not UTF-8: there is a byte 0xe9 in this line; save the file as UTF-8",
                "b.md: is empty; write its text, or delete the file",
                "c.md: is larger than 1 MiB; a file here is at most 1 MiB and readable",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_within_the_folder() {
        use std::os::unix::fs::symlink;
        let (dir, _) = folder(&[("en/a.md", b"a")]);
        let outside = tempfile::NamedTempFile::new().expect("a file");
        symlink(outside.path(), dir.path().join("out.md")).expect("a link");
        symlink("en/a.md", dir.path().join("in.md")).expect("a link");
        symlink("nowhere", dir.path().join("broken.md")).expect("a link");
        symlink("..", dir.path().join("en/up")).expect("a link");
        let mut folder = Folder::open(dir.path());
        assert_eq!(folder.text("in.md"), Reading::Text("a".into()));
        assert_eq!(folder.text("out.md"), Reading::Absent);
        let faults = faults(folder);
        assert!(faults.iter().any(|f| f.starts_with("out.md: is a link that leads out")), "{faults:?}");
        assert!(faults.iter().any(|f| f.starts_with("broken.md: can't be opened")), "{faults:?}");
        assert!(faults.iter().any(|f| f.contains("is a folder too deep")), "{faults:?}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_fault() {
        let faults = faults(Folder::open(Path::new("/nowhere/at/all")));
        assert!(faults[0].starts_with(".: can't be opened"), "{faults:?}");
    }
}
