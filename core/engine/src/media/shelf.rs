//! What each file is worth: what to fetch first, and what to let go first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::content::MediaText;
use qadam_domain::ids::LessonId;
use qadam_domain::time::Millis;
use qadam_protocol::content::MediaRef;

use super::store::FileName;

/// How a person stands to a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LessonStanding {
    /// Not completed, and nothing comes before it.
    Open,
    /// Opens after so many others, one after the other; 1 at least.
    Locked { ahead: u32 },
    /// `at`: the stamp of its completion.
    Completed { at: Millis },
}

/// What a file is wanted for, the most urgent first. Files are fetched in this order and let go in the reverse; none is let go for the
/// sake of one that is not more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// An open lesson shows it: it is never let go.
    Now,
    /// A lesson shows it that opens after so many others.
    Later(u32),
    /// Lessons showed it, of which the last was completed then.
    Finished(Reverse<Millis>),
    /// Nothing in the current content shows it.
    Unused,
}

impl From<LessonStanding> for Worth {
    fn from(standing: LessonStanding) -> Self {
        match standing {
            LessonStanding::Open => Self::Now,
            LessonStanding::Locked { ahead } => Self::Later(ahead),
            LessonStanding::Completed { at } => Self::Finished(Reverse(at)),
        }
    }
}

/// The media of the current content, as one person needs them.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Bytes that may be held; no bound where nothing was arranged yet.
    pub(super) budget: Option<u64>,
    worth: BTreeMap<FileName, Worth>,
    /// What open lessons and those to come show, the most urgent first, each once; captions stand before their medium. What was only ever
    /// shown by finished lessons comes when the person asks for it.
    pub(super) wanted: Vec<MediaRef>,
}

impl Shelf {
    /// `media` and `texts` are those of the content in use, by the file's name; `budget` in bytes. Captions count with the medium whose text
    /// names them; those of other languages are not wanted.
    pub fn new(
        media: &BTreeMap<String, MediaRef>,
        texts: &BTreeMap<String, MediaText>,
        standings: &BTreeMap<LessonId, LessonStanding>,
        budget: u64,
    ) -> Self {
        let mut worth: BTreeMap<FileName, Worth> = BTreeMap::new();
        let mut order = Vec::new();
        for (name, file) in media {
            let Some(file_name) = FileName::of(file) else { continue };
            let own =
                file.lessons.iter().filter_map(|id| standings.get(id)).map(|standing| Worth::from(*standing)).min();
            let own = own.unwrap_or(Worth::Unused);
            let captions = texts.get(name).and_then(|text| media.get(text.captions.as_deref()?));
            if let Some(captions) = captions.and_then(FileName::of) {
                raise(&mut worth, captions, own);
            }
            raise(&mut worth, file_name.clone(), own);
            // Captions come with their medium alone.
            if matches!(own, Worth::Now | Worth::Later(_)) && file.extension != CAPTIONS {
                order.push((own, file.blob.size, file_name, captions, file));
            }
        }
        order.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
        let mut known = BTreeSet::new();
        let wanted = order.into_iter().flat_map(|(_, _, _, captions, file)| captions.into_iter().chain([file]));
        let wanted = wanted.filter(|file| FileName::of(file).is_some_and(|name| known.insert(name))).cloned().collect();
        Self { budget: Some(budget), worth, wanted }
    }

    pub(super) fn worth(&self, name: &FileName) -> Worth {
        self.worth.get(name).copied().unwrap_or(Worth::Unused)
    }
}

/// Extension of WebVTT files.
const CAPTIONS: &str = "vtt";

/// A file that several media share is worth what the most urgent of them is.
fn raise(worth: &mut BTreeMap<FileName, Worth>, name: FileName, to: Worth) {
    worth.entry(name).and_modify(|worth| *worth = (*worth).min(to)).or_insert(to);
}

#[cfg(test)]
mod tests {
    use qadam_domain::ids::BlobHash;
    use qadam_protocol::content::BlobRef;

    use super::*;

    fn file(content: &str, size: u64, extension: &str, lessons: &[&str]) -> MediaRef {
        MediaRef {
            blob: BlobRef { hash: BlobHash::of(content.as_bytes()), size },
            extension: extension.into(),
            lessons: lessons.iter().map(|id| LessonId::new(*id).expect("an id")).collect(),
        }
    }

    #[test]
    fn what_is_open_comes_first_then_what_is_next_and_what_was_finished_goes_first() {
        let media: BTreeMap<String, MediaRef> = [
            ("open-big.mp4", file("1", 90, "mp4", &["open"])),
            ("open-small.png", file("2", 10, "png", &["open", "long-ago"])),
            ("next.mp4", file("3", 50, "mp4", &["next"])),
            ("next.en.vtt", file("4", 1, "vtt", &["next"])),
            ("next.ru.vtt", file("5", 1, "vtt", &["next"])),
            ("after.png", file("6", 1, "png", &["after"])),
            ("recent.png", file("7", 99, "png", &["recent", "long-ago"])),
            ("long-ago.png", file("8", 1, "png", &["long-ago"])),
            ("elsewhere.png", file("9", 1, "png", &["another-release"])),
            ("again.png", file("1", 90, "mp4", &["long-ago"])),
            ("bad.png", file("10", 1, "../x", &["open"])),
        ]
        .map(|(name, file)| (name.to_string(), file))
        .into();
        let texts =
            [("next.mp4".to_string(), MediaText { captions: Some("next.en.vtt".into()), transcript: None })].into();
        let standings = [
            ("open", LessonStanding::Open),
            ("next", LessonStanding::Locked { ahead: 1 }),
            ("after", LessonStanding::Locked { ahead: 2 }),
            ("recent", LessonStanding::Completed { at: 200 }),
            ("long-ago", LessonStanding::Completed { at: 100 }),
        ]
        .map(|(id, standing)| (LessonId::new(id).expect("an id"), standing))
        .into();
        let shelf = Shelf::new(&media, &texts, &standings, 1_000);
        let order = ["open-small.png", "open-big.mp4", "next.en.vtt", "next.mp4", "after.png"];
        let expected: Vec<MediaRef> = order.map(|name| media[name].clone()).into();
        // `again.png` has the bytes of `open-big.mp4`.
        assert_eq!(shelf.wanted, expected);
        let worth = |name: &str| shelf.worth(&FileName::of(&media[name]).expect("a name"));
        assert_eq!(worth("again.png"), Worth::Now);
        assert_eq!(worth("next.en.vtt"), Worth::Later(1));
        assert!(worth("recent.png") < worth("long-ago.png") && worth("long-ago.png") < worth("elsewhere.png"));
        assert_eq!(worth("elsewhere.png"), Worth::Unused);
    }
}
