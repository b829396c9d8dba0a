//! For who has a team: whom a word would help now, why, and what could be said.

mod view;

use std::collections::BTreeMap;

use qadam_domain::content::NEWCOMER;
use qadam_domain::people::signal_done;
use qadam_domain::records::Edit;
use qadam_protocol::nudges::{SIGNAL_KIND, Signal};
use qadam_protocol::sync::ME;

use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::learning;
use crate::live::Timed;
use crate::replica::{self, rows};

pub use view::*;

/// The longest worklist: nobody calls more people.
const MOST: usize = 100;

/// What [`worklist`] reads.
pub(crate) const NOUNS: Nouns = Nouns::LEARNING;

/// Those who wait, the most urgent first.
///
/// # Errors
/// Those of storage.
pub fn worklist(core: &Core) -> Result<Timed<Vec<SignalView>>> {
    core.database.read(|connection| {
        let Some(content) = core.content(connection)? else {
            return Ok(Timed { value: Vec::new(), valid_until: None });
        };
        let mut open: Vec<(String, Signal)> = Vec::new();
        for (id, signal) in rows::readable(connection, SIGNAL_KIND)? {
            let done = rows::record(connection, signal_done::KIND, &id)?;
            if done.is_none_or(|record| record.get(signal_done::DONE) != Some("1")) {
                open.push((id, signal));
            }
        }
        open.sort_by(|(a, one), (b, other)| (other.priority, other.day, a).cmp(&(one.priority, one.day, b)));
        let bundle = &content.bundle;
        let view = |(id, signal): (String, Signal)| {
            let words = bundle.rules.words.get(&signal.text)?;
            Some(SignalView {
                id,
                why: words.why.replace(NEWCOMER, &signal.name),
                say: words.say.clone(),
                lesson: signal
                    .lesson
                    .map(|lesson| SignalLessonView { title: learning::title(bundle, &lesson), id: lesson.to_string() }),
                day: signal.day.to_string(),
                level: signal.level,
                about: signal.about,
                name: signal.name,
            })
        };
        Ok(Timed { value: open.into_iter().filter_map(view).take(MOST).collect(), valid_until: None })
    })
}

/// The person has spoken to them, or will not: it leaves the list, on all of their phones.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such signal; those of storage.
pub fn done(core: &Core, id: &str) -> Result<()> {
    core.database.write(|transaction| {
        if rows::value(transaction, ME, SIGNAL_KIND, id)?.is_none() {
            return Err(EngineError::NotFound { what: "signal".into() });
        }
        let now = core.now(transaction)?;
        let mut fields = BTreeMap::new();
        fields.insert(signal_done::DONE.to_string(), Some("1".to_string()));
        replica::edit(transaction, &core.context(&now), signal_done::KIND, id, Edit::Put(fields))?;
        Ok(((), NOUNS | Nouns::SYNC))
    })
}
