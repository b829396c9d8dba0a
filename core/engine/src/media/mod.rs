//! Pictures, sound and video: files named by the hash of their bytes, which keep their extension. The accounts of a phone share them.
//!
//! | part | what it does |
//! |---|---|
//! | [`store`] | the files, held and half-fetched |
//! | [`shelf`] | what each is worth: what to fetch ahead, what to let go |
//! | [`fetch`] | blobs from the server, by ranges |
//!
//! What is on the phone is read from the folder when the store opens; there is no table that could say otherwise.

mod fetch;
mod shelf;
mod store;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use qadam_domain::content::Bundle;
use qadam_domain::fold::State;
use qadam_domain::ids::LessonId;
use qadam_domain::learning::Lesson;
use qadam_domain::learning::gates::{Gate, gate};
use qadam_domain::time::Millis;
use qadam_protocol::content::{Manifest, MediaRef};

use crate::core::{Content, Core};
use crate::error::{EngineError, Result};
use crate::learning::markdown;
use crate::{replica, settings};

pub use fetch::{fetch, fetch_document};
pub use shelf::{LessonStanding, Shelf};
pub use store::MediaStore;
pub use view::*;

/// A medium that a text shows. `alt` is the text's description of it.
pub fn view(name: &str, alt: &str, manifest: &Manifest, bundle: &Bundle, store: &MediaStore) -> MediaView {
    let path = |name: &str| Some(store.path(manifest.media.get(name)?)?.to_string_lossy().into_owned());
    let text = bundle.media.get(name);
    MediaView {
        name: name.into(),
        kind: kind(name),
        description: alt.into(),
        size: manifest.media.get(name).map_or(0, |media| i64::try_from(media.blob.size).unwrap_or(i64::MAX)),
        path: path(name),
        captions: text.and_then(|text| path(text.captions.as_deref()?)),
        transcript: text.and_then(|text| text.transcript.clone()),
    }
}

/// A medium of the content in use.
///
/// # Errors
/// [`EngineError::NotFound`], [`EngineError::ContentMissing`]; those of storage.
pub fn named(core: &Core, name: &str) -> Result<MediaView> {
    let content = core.database.read(|connection| core.require_content(connection))?;
    let media = content.manifest.media.get(name).ok_or_else(missing)?;
    let alt = description(&content.bundle, &media.lessons, name);
    Ok(view(name, &alt, &content.manifest, &content.bundle, &core.media))
}

/// A medium and its captions, to be fetched now. What they displace is settled by this, as by [`plan`].
///
/// # Errors
/// As [`named`].
pub fn with_captions(core: &Core, name: &str) -> Result<Vec<MediaRef>> {
    let budget = settings::view(core)?.media_budget;
    let (content, shelf) = arranged(core, budget)?.ok_or(EngineError::ContentMissing)?;
    core.media.arrange(shelf);
    let files = files(&content, name);
    if files.is_empty() { Err(missing()) } else { Ok(files) }
}

/// Shows a medium: with its captions it stays on the phone until [`let_go`], which is called as often.
///
/// # Errors
/// As [`named`].
pub fn hold(core: &Core, name: &str) -> Result<MediaView> {
    let content = core.database.read(|connection| core.require_content(connection))?;
    let media = content.manifest.media.get(name).ok_or_else(missing)?;
    // Looked at only once it is held: what is shown can't go between the two.
    core.media.hold(name, &files(&content, name));
    let alt = description(&content.bundle, &media.lessons, name);
    Ok(view(name, &alt, &content.manifest, &content.bundle, &core.media))
}

/// # Errors
/// [`EngineError::NotFound`] where it is not shown.
pub fn let_go(core: &Core, name: &str) -> Result<()> {
    if core.media.let_go(name) { Ok(()) } else { Err(missing()) }
}

/// # Errors
/// Those of storage.
pub fn status(core: &Core) -> Result<MediaStatusView> {
    let budget = settings::view(core)?.media_budget;
    let lacking = arranged(core, budget)?.map_or(0, |(_, shelf)| core.media.lacking_bytes(&shelf));
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    Ok(MediaStatusView { held: bytes(core.media.held_bytes()), lacking: bytes(lacking), budget })
}

/// What to fetch ahead, in this order, so that no more than `budget` bytes are held. Lets go of what is beyond the budget already; what has
/// to go for the sake of the plan goes as it is fetched.
///
/// # Errors
/// Those of storage.
pub fn plan(core: &Core, budget: i64) -> Result<Vec<MediaRef>> {
    let Some((_, shelf)) = arranged(core, budget)? else {
        return Ok(Vec::new());
    };
    core.media.arrange(shelf);
    core.media.trim();
    Ok(core.media.plan())
}

fn missing() -> EngineError {
    EngineError::NotFound { what: "medium".into() }
}

/// A medium's file, after that of its captions: small, and of no use when they come late.
fn files(content: &Content, name: &str) -> Vec<MediaRef> {
    let Some(media) = content.manifest.media.get(name) else {
        return Vec::new();
    };
    let captions =
        content.bundle.media.get(name).and_then(|text| content.manifest.media.get(text.captions.as_deref()?));
    captions.into_iter().chain([media]).cloned().collect()
}

fn arranged(core: &Core, budget: i64) -> Result<Option<(Arc<Content>, Shelf)>> {
    core.database.read(|connection| {
        let Some(content) = core.content(connection)? else {
            return Ok(None);
        };
        let state = replica::state(connection)?;
        let standings = standings(content.release.release.lessons(), &state, core.now(connection)?.server);
        let budget = u64::try_from(budget).unwrap_or(0);
        let shelf = Shelf::new(&content.manifest.media, &content.bundle.media, &standings, budget);
        Ok(Some((content, shelf)))
    })
}

fn standings<'a>(
    lessons: impl Iterator<Item = &'a Lesson>,
    state: &State,
    now: Millis,
) -> BTreeMap<LessonId, LessonStanding> {
    let mut standings = BTreeMap::new();
    let mut locked = Vec::new();
    for lesson in lessons {
        let standing = match gate(lesson, state, now) {
            Gate::Completed => {
                let completed = state.lesson(&lesson.id).and_then(|progress| progress.completed);
                LessonStanding::Completed { at: completed.map_or(now, |moment| moment.at) }
            }
            Gate::Passed { .. } | Gate::Open | Gate::Waiting { .. } => LessonStanding::Open,
            Gate::Locked { missing } => {
                locked.push((&lesson.id, missing));
                continue;
            }
        };
        standings.insert(lesson.id.clone(), standing);
    }
    // Level by level from what is open; what is never reached waits for a lesson that this release lacks.
    for ahead in 1.. {
        let reached: Vec<_> =
            locked.extract_if(.., |(_, missing)| missing.iter().all(|id| standings.contains_key(id))).collect();
        if reached.is_empty() {
            standings.extend(locked.into_iter().map(|(id, _)| (id.clone(), LessonStanding::Locked { ahead })));
            break;
        }
        standings.extend(reached.into_iter().map(|(id, _)| (id.clone(), LessonStanding::Locked { ahead })));
    }
    standings
}

/// The words that a lesson's card has for a medium.
fn description(bundle: &Bundle, lessons: &[LessonId], name: &str) -> String {
    let mut found = String::new();
    let cards = lessons.iter().filter_map(|id| bundle.lessons.get(id)).flat_map(|lesson| &lesson.cards);
    for card in cards.filter(|card| card.contains(name)) {
        markdown::blocks(card, &mut |shown, alt| {
            if shown == name && found.is_empty() {
                found = alt.into();
            }
            MediaView {
                name: shown.into(),
                kind: kind(shown),
                description: String::new(),
                size: 0,
                path: None,
                captions: None,
                transcript: None,
            }
        });
    }
    found
}

fn kind(name: &str) -> MediaKind {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("mp3" | "m4a") => MediaKind::Sound,
        Some("mp4") => MediaKind::Video,
        _ => MediaKind::Picture,
    }
}

#[cfg(test)]
mod tests {
    use qadam_domain::fold::{LessonProgress, kind};
    use qadam_domain::learning::FULL;
    use qadam_domain::time::Moment;

    use super::*;

    fn id(lesson: &str) -> LessonId {
        LessonId::new(lesson).expect("an id")
    }

    #[test]
    fn a_locked_lesson_stands_as_far_ahead_as_its_longest_way() {
        let lesson = |name: &str, after: &[&str]| Lesson {
            id: id(name),
            minutes: 4,
            points: 10,
            pass: FULL,
            draw: 0,
            wait: 0,
            after: after.iter().copied().map(id).collect(),
            questions: Vec::new(),
            media: Vec::new(),
        };
        let lessons = [
            lesson("far", &["next", "open"]),
            lesson("done", &[]),
            lesson("open", &["done"]),
            lesson("next", &["open"]),
            lesson("lost", &["gone"]),
            lesson("after-lost", &["lost"]),
        ];
        let completed = LessonProgress { completed: Some(Moment::new(7, 0)), ..LessonProgress::default() };
        let row = serde_json::to_string(&completed).expect("a row");
        let state = State::load([(kind::LESSON, "done", &*row)]).expect("a state");
        let standings = standings(lessons.iter(), &state, 1_000);
        let locked = |ahead| LessonStanding::Locked { ahead };
        let expected = [
            (id("done"), LessonStanding::Completed { at: 7 }),
            (id("open"), LessonStanding::Open),
            (id("next"), locked(1)),
            (id("far"), locked(2)),
            (id("lost"), locked(3)),
            (id("after-lost"), locked(3)),
        ];
        assert_eq!(standings, expected.into());
    }
}
