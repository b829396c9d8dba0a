//! Reminders that a person sets themself, at a date and time. They come in the plan of nudges, and no cap or quiet hour binds them.

mod view;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use qadam_domain::ids::DecisionId;
use qadam_domain::nudges::zone::Offsets;
use qadam_domain::records::{Edit, Record};
use qadam_domain::reminders::{At, KIND, MAX_TEXT, field};
use qadam_domain::time::{Day, Millis};
use qadam_protocol::sync::ME;
use rusqlite::Connection;

use crate::core::{Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::live::Timed;
use crate::replica::{self, rows};

pub use view::*;

/// Reminders that a view holds.
const MOST: usize = 100;

/// What [`view`] reads.
pub(crate) const NOUNS: Nouns = Nouns::REMINDERS;

/// A reminder as its record has it.
pub(crate) struct Reminder {
    pub text: String,
    pub at: At,
    done: bool,
    shown: bool,
}

/// Those that are due, and those that will come, by time; then those that are done, the newest first.
///
/// # Errors
/// Those of storage.
pub fn view(core: &Core) -> Result<Timed<Vec<ReminderView>>> {
    core.database.read(|connection| {
        let now = core.now(connection)?;
        let zone = core.offsets(&now, 1);
        let mut found = all(connection)?;
        found.sort_by_key(|(id, reminder)| match reminder.done {
            false => (false, Some(reminder.at), Reverse(None), id.clone()),
            true => (true, None, Reverse(Some(reminder.at)), id.clone()),
        });
        found.truncate(MOST);
        let times = found.iter().filter(|(_, reminder)| !reminder.done).map(|(_, it)| instant(&zone, it.at));
        // Clocks may be changed by tomorrow.
        let next = times.filter(|at| *at > now.server).min().map(|at| now.on_the_wall(at.min(now.midnight())));
        let view = |(id, reminder): (String, Reminder)| ReminderView {
            status: match reminder.done {
                true => ReminderStatus::Done,
                false if instant(&zone, reminder.at) <= now.server => ReminderStatus::Due,
                false => ReminderStatus::Coming,
            },
            day: reminder.at.day.to_string(),
            minute: reminder.at.minute.into(),
            text: reminder.text,
            id,
        };
        Ok(Timed { value: found.into_iter().map(view).collect(), valid_until: next })
    })
}

/// Sets a reminder. Gives its id.
///
/// # Errors
/// [`EngineError::Invalid`] for a text that is empty or longer than 200 characters, for what is no date or minute of a day, and for a time that has
/// passed; those of storage.
pub fn add(core: &Core, text: &str, day: &str, minute: u32) -> Result<String> {
    let (text, at) = checked(text, day, minute)?;
    write(core, |connection, now| {
        require_to_come(core, now, at)?;
        let id = core.new_record_id(now);
        put(core, connection, now, &id, [(field::TEXT, Some(text)), (field::AT, Some(at.to_string()))])?;
        Ok(id)
    })
}

/// Changes its words or its time. With another time it is open again.
///
/// # Errors
/// [`EngineError::NotFound`]; as [`add`].
pub fn change(core: &Core, id: &str, text: &str, day: &str, minute: u32) -> Result<()> {
    let (text, at) = checked(text, day, minute)?;
    write(core, |connection, now| {
        let known = require(connection, id)?;
        let mut fields = Vec::new();
        if known.text != text {
            fields.push((field::TEXT, Some(text)));
        }
        if known.at != at {
            require_to_come(core, now, at)?;
            fields.extend([(field::AT, Some(at.to_string())), (field::DONE, None)]);
        }
        if fields.is_empty() { Ok(()) } else { put(core, connection, now, id, fields) }
    })
}

/// It is done, or it is not: what is done does not come.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn finish(core: &Core, id: &str, done: bool) -> Result<()> {
    write(core, |connection, now| {
        if require(connection, id)?.done == done {
            return Ok(());
        }
        put(core, connection, now, id, [(field::DONE, done.then(|| "1".to_string()))])
    })
}

/// Wipes a reminder everywhere, for good: nothing that another phone notes of it brings it back.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn delete(core: &Core, id: &str) -> Result<()> {
    write(core, |connection, now| {
        require(connection, id)?;
        replica::edit(connection, &core.context(now), KIND, id, Edit::Erase)
    })
}

/// Those that are neither done nor shown, by the id under which the platform has them: that of their record.
///
/// # Errors
/// Those of storage.
pub(crate) fn to_show(connection: &Connection) -> Result<BTreeMap<DecisionId, Reminder>> {
    let open = all(connection)?.into_iter().filter(|(_, reminder)| !reminder.done && !reminder.shown);
    Ok(open.filter_map(|(id, reminder)| Some((DecisionId::new(id).ok()?, reminder))).collect())
}

/// Notes for which time it was shown, so that no other phone shows it again.
///
/// # Errors
/// Those of storage.
pub(crate) fn note_shown(core: &Core, connection: &Connection, now: &Now, id: &str, at: &str) -> Result<Nouns> {
    let is_noted = |record: &Record| !record.is_visible() || record.get(field::SHOWN) == Some(at);
    if record(connection, id)?.as_ref().is_none_or(is_noted) {
        return Ok(Nouns::NONE);
    }
    put(core, connection, now, id, [(field::SHOWN, Some(at.to_string()))])?;
    Ok(NOUNS | Nouns::SYNC)
}

/// Whether this is a reminder's id, also where it was deleted since.
///
/// # Errors
/// Those of storage.
pub(crate) fn is_one(connection: &Connection, id: &str) -> Result<bool> {
    Ok(rows::value(connection, ME, KIND, id)?.is_some())
}

/// One that is damaged, or of a newer version, is passed over.
fn all(connection: &Connection) -> Result<Vec<(String, Reminder)>> {
    let found = rows::values(connection, KIND)?.into_iter();
    Ok(found.filter_map(|(id, value)| Some((id, reminder(&rows::read(&value).ok()?)?))).collect())
}

fn reminder(record: &Record) -> Option<Reminder> {
    let at = record.get(field::AT).filter(|_| record.is_visible())?;
    Some(Reminder {
        text: record.get(field::TEXT)?.to_string(),
        at: At::parse(at)?,
        done: record.get(field::DONE) == Some("1"),
        shown: record.get(field::SHOWN) == Some(at),
    })
}

/// `None` where there never was one, or it is damaged.
fn record(connection: &Connection, id: &str) -> Result<Option<Record>> {
    Ok(rows::value(connection, ME, KIND, id)?.and_then(|value| rows::read(&value).ok()))
}

fn require(connection: &Connection, id: &str) -> Result<Reminder> {
    let found = record(connection, id)?.as_ref().and_then(reminder);
    found.ok_or_else(|| EngineError::NotFound { what: "reminder".into() })
}

fn checked(text: &str, day: &str, minute: u32) -> Result<(String, At)> {
    let invalid = |field: &str| EngineError::Invalid { field: field.into() };
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_TEXT {
        return Err(invalid("text"));
    }
    let day = Day::parse(day).ok_or_else(|| invalid("day"))?;
    let at = u16::try_from(minute).ok().and_then(|minute| At::new(day, minute));
    Ok((text.to_string(), at.ok_or_else(|| invalid("minute"))?))
}

fn require_to_come(core: &Core, now: &Now, at: At) -> Result<()> {
    if instant(&core.offsets(now, 1), at) <= now.server {
        return Err(EngineError::Invalid { field: "time".into() });
    }
    Ok(())
}

fn instant(zone: &Offsets, at: At) -> Millis {
    zone.instant(at.day, at.minute)
}

fn write<T>(core: &Core, change: impl FnOnce(&Connection, &Now) -> Result<T>) -> Result<T> {
    core.database.write(|transaction| {
        let now = core.now(transaction)?;
        let output = change(transaction, &now)?;
        Ok((output, NOUNS | Nouns::SYNC))
    })
}

fn put(
    core: &Core,
    connection: &Connection,
    now: &Now,
    id: &str,
    given: impl IntoIterator<Item = (&'static str, Option<String>)>,
) -> Result<()> {
    let fields = given.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    replica::edit(connection, &core.context(now), KIND, id, Edit::Put(fields))
}
