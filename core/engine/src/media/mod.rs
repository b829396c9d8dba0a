//! Pictures, sound and video: content-addressed files that keep their extension, shared by the accounts of a phone.
//!
//! A file is `<hash>.<extension>`; one that is still coming has `.part` behind it and goes on where it was cut. What is held is what the
//! folder holds: there is no index that could disagree with it.

mod fetch;
mod store;
mod view;

use std::collections::BTreeMap;

use qadam_domain::content::Bundle;
use qadam_domain::ids::LessonId;
use qadam_domain::learning::gates::{Gate, gate};
use qadam_domain::time::Millis;
use qadam_protocol::content::{Manifest, MediaRef};

use crate::core::{Content, Core, Now};
use crate::error::{EngineError, Result};
use crate::replica;
use crate::settings;

pub use fetch::{fetch, fetch_document};
pub use store::MediaStore;
pub use view::*;

/// A file of the content, with where it is on this phone.
pub fn view(name: &str, description: &str, manifest: &Manifest, bundle: &Bundle, store: &MediaStore) -> MediaView {
    let words = bundle.media.get(name);
    let path = |name: &str| Some(store.path(manifest.media.get(name)?)?.to_string_lossy().into_owned());
    let medium = manifest.media.get(name);
    MediaView {
        name: name.into(),
        kind: match medium.map_or("", |m| m.extension.as_str()) {
            "mp3" | "m4a" => MediaKind::Sound,
            "mp4" => MediaKind::Video,
            _ => MediaKind::Picture,
        },
        description: description.into(),
        size: medium.map_or(0, |m| i64::try_from(m.blob.size).unwrap_or(i64::MAX)),
        path: path(name),
        captions: words.and_then(|w| path(w.captions.as_deref()?)),
        transcript: words.and_then(|w| w.transcript.clone()),
    }
}

/// A file by its name.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn named(core: &Core, name: &str) -> Result<MediaView> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        find(&content, name)?;
        Ok(view(name, "", &content.manifest, &content.bundle, &core.media))
    })
}

/// The file and, where it has them, its captions.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn with_captions(core: &Core, name: &str) -> Result<Vec<MediaRef>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let mut files = vec![find(&content, name)?.clone()];
        let captions = content.bundle.media.get(name).and_then(|words| words.captions.as_deref());
        files.extend(captions.and_then(|name| content.manifest.media.get(name)).cloned());
        Ok(files)
    })
}

/// From now on it is shown: it is not evicted until [`let_go`], which belongs to each call.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn hold(core: &Core, name: &str) -> Result<MediaView> {
    for file in with_captions(core, name)? {
        core.media.hold(&file);
    }
    named(core, name)
}

/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn let_go(core: &Core, name: &str) -> Result<()> {
    for file in with_captions(core, name)? {
        core.media.let_go(&file);
    }
    Ok(())
}

/// # Errors
/// Those of storage.
pub fn status(core: &Core) -> Result<MediaStatusView> {
    let budget = settings::view(core)?.media_budget;
    core.database.read(|connection| {
        let manifest = core.content(connection)?;
        let media = manifest.iter().flat_map(|content| content.manifest.media.values());
        let lacking = media.filter(|medium| core.media.path(medium).is_none()).map(|medium| medium.blob.size).sum();
        Ok(MediaStatusView { held: signed(core.media.held()), lacking: signed(lacking), budget })
    })
}

/// What to fetch ahead, in this order; makes room for it within `budget` bytes by evicting what has been finished longest ago.
///
/// # Errors
/// Those of storage.
pub fn plan(core: &Core, budget: i64) -> Result<Vec<MediaRef>> {
    let budget = u64::try_from(budget).unwrap_or(0);
    let found = core.database.read(|connection| {
        let Some(content) = core.content(connection)? else { return Ok(None) };
        let state = replica::state(connection)?;
        let now = core.now(connection)?;
        let standings = standings(&content, &state, &now);
        Ok(Some((content, standings)))
    })?;
    let Some((content, standings)) = found else { return Ok(Vec::new()) };
    let mut wanted: Vec<(Urgency, &MediaRef)> =
        content.manifest.media.values().map(|medium| (urgency(medium, &standings), medium)).collect();
    // Of equal urgency the small ones first: captions before their film.
    wanted.sort_by(|a, b| (a.0, a.1.blob.size, &a.1.blob.hash).cmp(&(b.0, b.1.blob.size, &b.1.blob.hash)));
    core.media.make_room(&wanted, budget)
}

/// How soon a file is needed. Ordered: the soonest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Of a lesson that is open, or passed and not yet completed: never evicted. With the lesson's place.
    Open(usize),
    /// Of a lesson to come.
    Later(usize),
    /// Of lessons that are all completed, the last one so long ago; not fetched ahead.
    Finished(std::cmp::Reverse<Millis>),
}

type Standings = BTreeMap<LessonId, Urgency>;

fn standings(content: &Content, state: &qadam_domain::fold::State, now: &Now) -> Standings {
    let lessons = content.release.release.lessons().enumerate();
    let standing = lessons.map(|(place, lesson)| {
        let urgency = match gate(lesson, state, now.server) {
            Gate::Completed => {
                let at = state.lesson(&lesson.id).and_then(|l| l.completed).map_or(0, |m| m.at);
                Urgency::Finished(std::cmp::Reverse(at))
            }
            Gate::Locked { .. } => Urgency::Later(place),
            Gate::Open | Gate::Waiting { .. } | Gate::Passed { .. } => Urgency::Open(place),
        };
        (lesson.id.clone(), urgency)
    });
    standing.collect()
}

/// The soonest of the lessons that show it.
fn urgency(medium: &MediaRef, standings: &Standings) -> Urgency {
    let of_lessons = medium.lessons.iter().filter_map(|lesson| standings.get(lesson)).copied();
    of_lessons.min().unwrap_or(Urgency::Finished(std::cmp::Reverse(0)))
}

fn find<'a>(content: &'a Content, name: &str) -> Result<&'a MediaRef> {
    content.manifest.media.get(name).ok_or(EngineError::NotFound { what: "medium".into() })
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
