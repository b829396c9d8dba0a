//! Contacts, and what was talked about with them.

mod card;
mod view;

use std::collections::BTreeMap;

use qadam_domain::contacts::{contact, interaction, sort_key};
use qadam_domain::json;
use qadam_domain::records::Edit;
use qadam_domain::time::Day;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::core::{Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::replica::{self, rows};

pub use card::card;
pub use view::*;

/// The longest page.
pub const PAGE: u32 = 100;

const CHANGED: Nouns = Nouns::CONTACTS;

/// # Errors
/// [`EngineError::Invalid`] for a `limit` beyond 1 to 100, or an `after` that no page gave.
pub fn page(core: &Core, query: &ContactsQuery) -> Result<ContactsPage> {
    if query.limit == 0 || query.limit > PAGE {
        return Err(EngineError::Invalid { field: "limit".into() });
    }
    let (after_key, after_id) = match &query.after {
        None => ("", ""),
        Some(after) => after.split_once('\n').ok_or(EngineError::Invalid { field: "after".into() })?,
    };
    let search = sort_key(&query.search);
    core.database.read(|connection| {
        const COLUMNS: &str = "SELECT id, sort_key, name, phone, do_not_contact,
            (SELECT max(at) FROM interaction WHERE contact = contact.id) FROM contact";
        let mut contacts = Vec::with_capacity(query.limit as usize);
        let mut last_key = String::new();
        let mut next = None;
        let mut take = |row: &Row<'_>| -> Result<bool> {
            if contacts.len() == query.limit as usize {
                let last: &ContactSummary = contacts.last().expect("a page is not empty here");
                next = Some(format!("{last_key}\n{}", last.id));
                return Ok(false);
            }
            last_key = row.get(1)?;
            contacts.push(ContactSummary {
                id: row.get(0)?,
                name: row.get(2)?,
                phone: row.get(3)?,
                do_not_contact: row.get(4)?,
                last_interaction: row.get(5)?,
            });
            Ok(true)
        };
        let limit = query.limit + 1;
        let sql;
        let mut statement;
        let mut rows = if search.is_empty() {
            sql = format!("{COLUMNS} WHERE (sort_key, id) > (?1, ?2) ORDER BY sort_key, id LIMIT ?3");
            statement = connection.prepare_cached(&sql)?;
            statement.query((after_key, after_id, limit))?
        } else {
            sql = format!(
                "{COLUMNS} WHERE (sort_key, id) > (?1, ?2) AND instr(' ' || sort_key, ' ' || ?4) > 0 ORDER BY sort_key, id LIMIT ?3"
            );
            statement = connection.prepare_cached(&sql)?;
            statement.query((after_key, after_id, limit, &search))?
        };
        while let Some(row) = rows.next()? {
            if !take(row)? {
                break;
            }
        }
        Ok(ContactsPage { contacts, next })
    })
}

/// `None` where there is no such contact, or no longer.
///
/// # Errors
/// Those of storage.
pub fn view(core: &Core, id: &str) -> Result<Option<ContactView>> {
    core.database.read(|connection| {
        let mut statement = connection
            .prepare_cached("SELECT id, name, phone, email, note, do_not_contact, tags, nullif(follow_up, ''), nullif(birthday, '') FROM contact WHERE id = ?1")?;
        let found = statement
            .query_row([id], |row| {
                Ok(ContactView {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    phone: row.get(2)?,
                    email: row.get(3)?,
                    note: row.get(4)?,
                    do_not_contact: row.get(5)?,
                    tags: tags(row.get_ref(6)?.as_str().unwrap_or_default()),
                    follow_up: row.get(7)?,
                    birthday: row.get(8)?,
                    interactions: Vec::new(),
                })
            })
            .optional()?;
        let Some(mut contact) = found else { return Ok(None) };
        contact.interactions = interactions(connection, id)?;
        Ok(Some(contact))
    })
}

/// # Errors
/// [`EngineError::Invalid`] where the name is empty or something is too long.
pub fn add(core: &Core, edit: ContactEdit) -> Result<String> {
    if edit.name.as_deref().unwrap_or_default().trim().is_empty() {
        return Err(EngineError::Invalid { field: "name".into() });
    }
    write(core, |connection, now| {
        let id = core.new_record_id(now);
        put(core, connection, now, contact::KIND, &id, fields(edit)?)?;
        Ok(id)
    })
}

/// Changes what is given and leaves the rest.
///
/// # Errors
/// [`EngineError::NotFound`]; [`EngineError::Invalid`] where the name would be empty or something is too long.
pub fn edit(core: &Core, id: &str, edit: ContactEdit) -> Result<()> {
    let fields = fields(edit)?;
    if fields.is_empty() {
        return Ok(());
    }
    write(core, |connection, now| {
        require(connection, id)?;
        put(core, connection, now, contact::KIND, id, fields)
    })
}

/// Gives the tag's id.
///
/// # Errors
/// [`EngineError::NotFound`], [`EngineError::Invalid`]
pub fn tag(core: &Core, id: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(EngineError::Invalid { field: "tag".into() });
    }
    write(core, |connection, now| {
        require(connection, id)?;
        let tag = core.new_record_id(now);
        let field = (format!("{}{tag}", contact::TAG_PREFIX), Some(text.to_string()));
        put(core, connection, now, contact::KIND, id, [field].into())?;
        Ok(tag)
    })
}

/// # Errors
/// [`EngineError::NotFound`]
pub fn untag(core: &Core, id: &str, tag: &str) -> Result<()> {
    write(core, |connection, now| {
        require(connection, id)?;
        let field = (format!("{}{tag}", contact::TAG_PREFIX), None);
        put(core, connection, now, contact::KIND, id, [field].into())
    })
}

/// Deletes a contact and its interactions. An edit that was made elsewhere after it revives it.
///
/// # Errors
/// [`EngineError::NotFound`]
pub fn delete(core: &Core, id: &str) -> Result<()> {
    remove(core, id, &Edit::Delete)
}

/// Wipes a contact and its interactions everywhere, for good; one that was deleted before too.
///
/// # Errors
/// [`EngineError::NotFound`]
pub fn erase(core: &Core, id: &str) -> Result<()> {
    remove(core, id, &Edit::Erase)
}

/// Notes a talk; `at` in milliseconds since 1970-01-01T00:00Z, now if left out. Gives its id.
///
/// # Errors
/// [`EngineError::NotFound`], [`EngineError::Invalid`]
pub fn log_interaction(core: &Core, contact: &str, channel: Channel, at: Option<i64>, note: &str) -> Result<String> {
    write(core, |connection, now| {
        require(connection, contact)?;
        let id = core.new_record_id(now);
        let given = [
            (interaction::CONTACT, contact.to_string()),
            (interaction::AT, at.unwrap_or(now.server).to_string()),
            (interaction::CHANNEL, channel.word().to_string()),
            (interaction::NOTE, note.to_string()),
        ];
        let given = given.into_iter().filter(|(_, value)| !value.is_empty());
        let mut fields = BTreeMap::new();
        fields.extend(given.map(|(name, value)| (name.to_string(), Some(value))));
        put(core, connection, now, interaction::KIND, &id, fields)?;
        Ok(id)
    })
}

impl Channel {
    fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Message => "message",
            Self::Meeting => "meeting",
            Self::Other => "other",
        }
    }

    fn of_word(word: &str) -> Self {
        [Self::Call, Self::Message, Self::Meeting].into_iter().find(|c| c.word() == word).unwrap_or(Self::Other)
    }
}

fn write<T>(core: &Core, change: impl FnOnce(&Connection, &Now) -> Result<T>) -> Result<T> {
    core.database.write(|transaction| {
        let now = core.now(transaction)?;
        let output = change(transaction, &now)?;
        Ok((output, CHANGED | Nouns::SYNC))
    })
}

fn put(
    core: &Core,
    connection: &Connection,
    now: &Now,
    kind: &str,
    id: &str,
    fields: BTreeMap<String, Option<String>>,
) -> Result<()> {
    replica::edit(connection, &core.context(now), kind, id, Edit::Put(fields))
}

fn remove(core: &Core, id: &str, edit: &Edit) -> Result<()> {
    write(core, |connection, now| {
        let interactions = if *edit == Edit::Erase {
            // What was only deleted still has its values.
            if rows::record(connection, contact::KIND, id)?.is_none_or(|record| record.erased) {
                return Err(EngineError::NotFound { what: "contact".into() });
            }
            ids(
                connection,
                "SELECT id FROM row WHERE stream = 'me' AND kind = 'interaction' AND json_extract(value, '$.f.contact[0]') = ?1",
                id,
            )?
        } else {
            require(connection, id)?;
            ids(connection, "SELECT id FROM interaction WHERE contact = ?1 ORDER BY id", id)?
        };
        for interaction in &interactions {
            replica::edit(connection, &core.context(now), interaction::KIND, interaction, edit.clone())?;
        }
        replica::edit(connection, &core.context(now), contact::KIND, id, edit.clone())
    })
}

fn ids(connection: &Connection, sql: &str, contact: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map([contact], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn require(connection: &Connection, id: &str) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM contact WHERE id = ?1)")?;
    let there: bool = statement.query_row([id], |row| row.get(0))?;
    if there { Ok(()) } else { Err(EngineError::NotFound { what: "contact".into() }) }
}

fn fields(edit: ContactEdit) -> Result<BTreeMap<String, Option<String>>> {
    if edit.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(EngineError::Invalid { field: "name".into() });
    }
    let do_not_contact = edit.do_not_contact.map(|no| if no { "1".to_string() } else { String::new() });
    let is_day = |text: &String| text.is_empty() || Day::parse(text).is_some();
    // Of a leap year, so that 02-29 is one.
    let is_birthday = |text: &String| text.is_empty() || Day::parse(&format!("2000-{text}")).is_some();
    if !edit.follow_up.as_ref().is_none_or(is_day) {
        return Err(EngineError::Invalid { field: contact::FOLLOW_UP.into() });
    }
    if !edit.birthday.as_ref().is_none_or(is_birthday) {
        return Err(EngineError::Invalid { field: contact::BIRTHDAY.into() });
    }
    let given = [
        (contact::NAME, edit.name.map(|name| name.trim().to_string())),
        (contact::PHONE, edit.phone),
        (contact::EMAIL, edit.email),
        (contact::NOTE, edit.note),
        (contact::DO_NOT_CONTACT, do_not_contact),
        (contact::FOLLOW_UP, edit.follow_up),
        (contact::BIRTHDAY, edit.birthday),
    ];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_string(), Some(value?))));
    // Not collected, here and elsewhere: that brings a sorting of its own for each place, five kilobytes long.
    let mut fields = BTreeMap::new();
    fields.extend(given.map(|(name, value)| (name, value.filter(|value| !value.is_empty()))));
    Ok(fields)
}

fn interactions(connection: &Connection, contact: &str) -> Result<Vec<InteractionView>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, channel, note FROM interaction WHERE contact = ?1 ORDER BY at DESC, id DESC LIMIT 100",
    )?;
    let found = statement.query_map([contact], |row| {
        Ok(InteractionView {
            id: row.get(0)?,
            contact: contact.to_string(),
            at: row.get(1)?,
            channel: Channel::of_word(row.get_ref(2)?.as_str().unwrap_or_default()),
            note: row.get(3)?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn tags(json: &str) -> Vec<TagView> {
    if json.is_empty() {
        return Vec::new();
    }
    let pairs: Vec<(String, String)> = json::read(json).unwrap_or_default();
    pairs.into_iter().map(|(id, text)| TagView { id, text }).collect()
}
