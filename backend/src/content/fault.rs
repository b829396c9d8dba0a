//! What is wrong in a company's content folder, and what to write instead.

use std::fmt;
use std::path::{Path, PathBuf};

/// Whether content with this fault can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Blocks publishing.
    Error,
    /// Worth a look: a missing translation, a card that is long, a file that nothing names.
    Warning,
}

/// One thing that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Within the content folder.
    pub file: PathBuf,
    /// Counted from 1; 0 where the whole file is meant.
    pub line: u32,
    pub problem: String,
    /// What to write or do instead.
    pub remedy: String,
    pub severity: Severity,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        write!(f, " {}; {}", self.problem, self.remedy)
    }
}

/// More faults of one file than this are counted, not listed.
const MOST: usize = 500;

/// The faults of one file, in the order in which its reader finds them.
#[derive(Debug)]
pub struct Faults {
    file: PathBuf,
    list: Vec<Fault>,
    unlisted: usize,
    errors: usize,
}

impl Faults {
    pub fn new(file: impl AsRef<Path>) -> Self {
        Self { file: file.as_ref().into(), list: Vec::new(), unlisted: 0, errors: 0 }
    }

    pub fn error(&mut self, line: u32, problem: impl Into<String>, remedy: impl Into<String>) {
        self.push(Severity::Error, line, problem.into(), remedy.into());
    }

    pub fn warning(&mut self, line: u32, problem: impl Into<String>, remedy: impl Into<String>) {
        self.push(Severity::Warning, line, problem.into(), remedy.into());
    }

    /// A fault that keeps content from being published where the text is `required`, and is a warning where it can fall back.
    pub fn missing(&mut self, required: bool, line: u32, problem: impl Into<String>, remedy: impl Into<String>) {
        let severity = if required { Severity::Error } else { Severity::Warning };
        self.push(severity, line, problem.into(), remedy.into());
    }

    /// How many errors there are, the unlisted ones too.
    pub fn errors(&self) -> usize {
        self.errors
    }

    pub fn into_vec(mut self) -> Vec<Fault> {
        if self.unlisted > 0 {
            let problem = format!("there are {} more faults in this file", self.unlisted);
            self.list.push(Fault {
                file: self.file,
                line: 0,
                problem,
                remedy: "mend these first".into(),
                severity: Severity::Error,
            });
        }
        self.list
    }

    fn push(&mut self, severity: Severity, line: u32, problem: String, remedy: String) {
        self.errors += usize::from(severity == Severity::Error);
        if self.list.last().is_some_and(|last| last.line == line && last.problem == problem) {
            return;
        }
        if self.list.len() < MOST {
            self.list.push(Fault { file: self.file.clone(), line, problem, remedy, severity });
        } else {
            self.unlisted += 1;
        }
    }
}

/// Where the lines of a text begin, in bytes.
#[derive(Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    pub fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        Self(std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect())
    }

    /// The line, counted from 1, that holds the byte at `offset`.
    pub fn at(&self, offset: usize) -> u32 {
        self.0.partition_point(|start| *start <= offset) as u32
    }
}

/// The candidate that `word` was probably meant to be: at most a third of its characters differ.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words and lists are not typing errors, and cost time.
    const LONGEST: usize = 64;
    const MOST_CANDIDATES: usize = 1000;
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    let near = candidates.into_iter().take(MOST_CANDIDATES).filter(|c| c.chars().count() <= LONGEST);
    let (best, distance) = near.map(|c| (c, distance(word, c))).min_by_key(|(_, distance)| *distance)?;
    (distance <= length.max(3) / 3).then_some(best)
}

/// "did you mean …?", or what there is to choose from.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    match closest(word, candidates) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => otherwise.to_owned(),
    }
}

/// How many characters have to be added, left out, exchanged or swapped with their neighbour (Damerau, Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let first: Vec<usize> = (0..=b.len()).collect();
    let mut rows = [first.clone(), first.clone(), first];
    for i in 1..=a.len() {
        rows.rotate_right(1);
        let [row, above, two_above] = &mut rows;
        row[0] = i;
        for j in 1..=b.len() {
            let exchanged = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = exchanged.min(row[j - 1] + 1).min(above[j] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(two_above[j - 2] + 1);
            }
        }
    }
    rows[0][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_what_was_meant() {
        let keys = ["minutes", "points", "pass", "draw", "wait", "after"];
        assert_eq!(closest("minuts", keys), Some("minutes"));
        assert_eq!(closest("afer", keys), Some("after"));
        assert_eq!(closest("colour", keys), None);
        assert_eq!(closest(&"x".repeat(100_000), keys), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("KTZ", "KZT"), 1);
    }

    #[test]
    fn lines_count_from_one() {
        let lines = Lines::of("a\nbc\n");
        assert_eq!([0, 1, 2, 4, 5, 9].map(|at| lines.at(at)), [1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn a_hostile_file_lists_no_more_than_people_read() {
        let mut faults = Faults::new("x.gift");
        (0..10_000).for_each(|line| faults.error(line, "wrong", "right"));
        assert_eq!(faults.errors(), 10_000);
        let list = faults.into_vec();
        assert_eq!(list.len(), MOST + 1);
        assert_eq!(list[MOST].problem, "there are 9500 more faults in this file");
    }

    #[test]
    fn a_fault_reads_as_a_sentence_with_its_place() {
        let mut faults = Faults::new("en/texts.toml");
        faults.error(3, "[badge.fist] names no badge", "did you mean \"first\"?");
        faults.warning(0, "is missing", "write it");
        let texts: Vec<String> = faults.into_vec().iter().map(ToString::to_string).collect();
        assert_eq!(texts[0], "en/texts.toml:3: [badge.fist] names no badge; did you mean \"first\"?");
        assert_eq!(texts[1], "en/texts.toml: is missing; write it");
    }
}
