//! Rows: confirmed, overlaid by what is pending, and the tables that are read from them.

use qadam_domain::contacts::{contact, interaction, sort_key};
use qadam_domain::fold::{State, kind};
use qadam_domain::json;
use qadam_domain::people::signal_done;
use qadam_domain::records::Record;
use qadam_domain::reminders;
use qadam_domain::results::notice_seen;
use qadam_domain::settings;
use qadam_protocol::nudges::{LEASE_KIND, OFFER_KIND, SIGNAL_KIND};
use qadam_protocol::sync::{DISTRIBUTOR_KIND, KEPT_KIND, ME, NOTICE_KIND};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::de::DeserializeOwned;

use crate::database::Nouns;
use crate::error::{EngineError, Result};

/// A confirmed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub rev: u64,
    pub generation: i64,
    /// JSON, as the server wrote it.
    pub value: String,
}

impl Confirmed {
    pub fn bytes(&self) -> &[u8] {
        self.value.as_bytes()
    }
}

/// The visible value of a row as it is stored, which may be damaged.
pub(super) fn bytes(connection: &Connection, stream: &str, kind: &str, id: &str) -> Result<Option<Vec<u8>>> {
    let mut statement =
        connection.prepare_cached("SELECT value FROM row WHERE stream = ?1 AND kind = ?2 AND id = ?3")?;
    let bytes = |row: &Row<'_>| Ok(row.get_ref(0)?.as_bytes().unwrap_or_default().to_vec());
    Ok(statement.query_row([stream, kind, id], bytes).optional()?)
}

/// A row that nothing is pending over, as it is stored.
pub(super) fn confirmed(connection: &Connection, stream: &str, kind: &str, id: &str) -> Result<Option<Confirmed>> {
    let mut statement = connection
        .prepare_cached("SELECT rev, generation, value FROM row WHERE stream = ?1 AND kind = ?2 AND id = ?3")?;
    let confirmed = |row: &Row<'_>| {
        let (rev, value) = (row.get::<_, i64>(0)? as u64, lossy(row.get_ref(2)?));
        Ok(Confirmed { rev, generation: row.get(1)?, value })
    };
    Ok(statement.query_row([stream, kind, id], confirmed).optional()?)
}

/// The visible value of a row.
///
/// # Errors
/// Those of storage.
pub fn value(connection: &Connection, stream: &str, kind: &str, id: &str) -> Result<Option<String>> {
    Ok(bytes(connection, stream, kind, id)?.map(|bytes| lossy(ValueRef::Text(&bytes))))
}

/// The visible values of a kind in [`ME`], by rising id.
///
/// # Errors
/// Those of storage.
pub fn values(connection: &Connection, kind: &str) -> Result<Vec<(String, String)>> {
    let mut statement =
        connection.prepare_cached("SELECT id, value FROM row WHERE stream = ?1 AND kind = ?2 ORDER BY id")?;
    let found = statement.query_map([ME, kind], |row| Ok((row.get(0)?, lossy(row.get_ref(1)?))))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// As [`values`], as far as they can be read: what a newer server wrote, or what is damaged, is passed over.
///
/// # Errors
/// Those of storage.
pub fn readable<T: DeserializeOwned>(connection: &Connection, kind: &str) -> Result<Vec<(String, T)>> {
    let found = values(connection, kind)?.into_iter();
    Ok(found.filter_map(|(id, value)| Some((id, json::read(&value).ok()?))).collect())
}

/// A text whose bytes may be damaged: what is no text any more is no JSON either, or another text, and gets noticed.
pub(super) fn lossy(value: ValueRef<'_>) -> String {
    String::from_utf8_lossy(value.as_bytes().unwrap_or_default()).into_owned()
}

/// The record that pending edits are laid over. A damaged one is taken as new, and its stream to be repaired: nobody's work stops for it.
///
/// # Errors
/// Those of storage.
pub(super) fn read_pending(connection: &Connection, value: Option<&str>) -> Result<Record> {
    let Some(value) = value else { return Ok(Record::default()) };
    match read(value) {
        Ok(record) => Ok(record),
        Err(_) => {
            mark_damage(connection)?;
            Ok(Record::default())
        }
    }
}

/// The stream [`ME`] is to be repaired; a reader can't note it, and leaves it to the next who writes.
fn mark_damage(connection: &Connection) -> Result<()> {
    if !connection.is_readonly("main")? {
        connection.prepare_cached("UPDATE stream SET differs = 1 WHERE name = 'me'")?.execute([])?;
    }
    Ok(())
}

/// The visible record; `None` where there never was one.
///
/// # Errors
/// Those of storage.
pub fn record(connection: &Connection, kind: &str, id: &str) -> Result<Option<Record>> {
    value(connection, ME, kind, id)?.map(|value| read(&value)).transpose()
}

/// The visible state of the fold, but for damaged rows.
///
/// # Errors
/// Those of storage.
pub fn state(connection: &Connection) -> Result<State> {
    let mut found: Vec<(&'static str, String, String)> = Vec::new();
    let mut statement = connection.prepare_cached("SELECT id, value FROM row WHERE stream = 'me' AND kind = ?1")?;
    for kind in kind::ALL {
        let mut rows = statement.query([kind])?;
        while let Some(row) = rows.next()? {
            found.push((kind, lossy(row.get_ref(0)?), lossy(row.get_ref(1)?)));
        }
    }
    loop {
        match State::load(found.iter().map(|(kind, id, value)| (*kind, id.as_str(), value.as_str()))) {
            Ok(state) => return Ok(state),
            Err(damaged) => {
                mark_damage(connection)?;
                found.retain(|(kind, id, _)| (*kind, id.as_str()) != (damaged.kind.as_str(), damaged.id.as_str()));
            }
        }
    }
}

/// Shows a record's pending value.
pub(super) fn overlay_record(connection: &Connection, kind: &str, id: &str, record: &Record) -> Result<()> {
    keep_before(connection, kind, id)?;
    overlay(connection, kind, id, Some(&json(record)))?;
    project(connection, kind, id, Some(record))
}

/// Shows what changed in a state.
pub(super) fn overlay_state(connection: &Connection, state: &mut State) -> Result<()> {
    for row in state.take_changes() {
        keep_before(connection, row.kind, &row.id)?;
        overlay(connection, row.kind, &row.id, row.value.as_deref())?;
    }
    Ok(())
}

fn keep_before(connection: &Connection, kind: &str, id: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO before (kind, id, rev, generation, value)
             SELECT ?1, ?2, coalesce(r.rev, 0), coalesce(r.generation, 0), r.value
             FROM (SELECT 1) LEFT JOIN row r ON r.stream = 'me' AND r.kind = ?1 AND r.id = ?2
             WHERE true
             ON CONFLICT (kind, id) DO NOTHING",
        )?
        .execute([kind, id])?;
    Ok(())
}

fn overlay(connection: &Connection, kind: &str, id: &str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => connection
            .prepare_cached(
                "INSERT INTO row (stream, kind, id, rev, generation, value) VALUES ('me', ?1, ?2, 0, 0, ?3)
                 ON CONFLICT (stream, kind, id) DO UPDATE SET value = excluded.value",
            )?
            .execute([kind, id, value])?,
        None => connection
            .prepare_cached("DELETE FROM row WHERE stream = 'me' AND kind = ?1 AND id = ?2")?
            .execute([kind, id])?,
    };
    Ok(())
}

/// The confirmed rows under what is pending.
pub(super) fn before(connection: &Connection) -> Result<Vec<(String, String, Option<Confirmed>)>> {
    let mut before = Vec::new();
    let mut statement = connection.prepare_cached("SELECT kind, id, rev, generation, value FROM before")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let value = match row.get_ref(4)? {
            ValueRef::Null => None,
            value => Some(lossy(value)),
        };
        let (rev, generation) = (row.get::<_, i64>(2)? as u64, row.get(3)?);
        before.push((row.get(0)?, row.get(1)?, value.map(|value| Confirmed { rev, generation, value })));
    }
    Ok(before)
}

/// As [`before`], taken off for good.
pub(super) fn take_before(connection: &Connection) -> Result<Vec<(String, String, Option<Confirmed>)>> {
    let before = before(connection)?;
    if !before.is_empty() {
        connection.prepare_cached("DELETE FROM before")?.execute([])?;
    }
    Ok(before)
}

/// Nothing is pending over this row any more.
pub(super) fn settle_before(connection: &Connection, kind: &str, id: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM before WHERE kind = ?1 AND id = ?2")?.execute([kind, id])?;
    Ok(())
}

/// Another row is confirmed under what is pending.
pub(super) fn change_before(connection: &Connection, kind: &str, id: &str, row: Option<&Confirmed>) -> Result<()> {
    let (rev, generation) = row.map_or((0, 0), |row| (row.rev as i64, row.generation));
    let value = row.map(|row| row.value.as_str());
    connection
        .prepare_cached("UPDATE before SET rev = ?3, generation = ?4, value = ?5 WHERE kind = ?1 AND id = ?2")?
        .execute((kind, id, rev, generation, value))?;
    Ok(())
}

/// As [`overlay_record`], where what is confirmed is kept already.
pub(super) fn overlay_over(
    connection: &Connection,
    kind: &str,
    id: &str,
    base: Option<&Confirmed>,
    record: &Record,
) -> Result<()> {
    let (rev, generation) = base.map_or((0, 0), |row| (row.rev as i64, row.generation));
    let changed = connection
        .prepare_cached(
            "INSERT INTO row (stream, kind, id, rev, generation, value) VALUES ('me', ?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (stream, kind, id) DO UPDATE SET
                 rev = excluded.rev, generation = excluded.generation, value = excluded.value
             WHERE (rev, generation, value) IS NOT (excluded.rev, excluded.generation, excluded.value)",
        )?
        .execute((kind, id, rev, generation, json(record)))?;
    if changed > 0 { project(connection, kind, id, Some(record)) } else { Ok(()) }
}

/// Writes a row as confirmed, and what is read from it. Gives the noun that changed.
pub(crate) fn confirm(
    connection: &Connection,
    stream: &str,
    kind: &str,
    id: &str,
    row: Option<&Confirmed>,
) -> Result<Nouns> {
    match row {
        Some(row) => put(connection, stream, kind, id, row)?,
        None => {
            connection
                .prepare_cached("DELETE FROM row WHERE stream = ?1 AND kind = ?2 AND id = ?3")?
                .execute([stream, kind, id])?;
        }
    }
    if stream == ME && matches!(kind, contact::KIND | interaction::KIND) {
        // A damaged one is not shown until it is repaired.
        let record = row.and_then(|row| read(&row.value).ok());
        project(connection, kind, id, record.as_ref())?;
    }
    Ok(noun(stream, kind))
}

/// As [`confirm`], of a record that is read already, and mostly shown so since it was edited.
pub(super) fn confirm_record(
    connection: &Connection,
    kind: &str,
    id: &str,
    row: &Confirmed,
    record: &Record,
) -> Result<Nouns> {
    let shown = connection
        .prepare_cached(
            "UPDATE row SET rev = ?3, generation = ?4 WHERE stream = 'me' AND kind = ?1 AND id = ?2 AND value = ?5",
        )?
        .execute((kind, id, row.rev as i64, row.generation, &row.value))?;
    if shown == 0 {
        put(connection, ME, kind, id, row)?;
        project(connection, kind, id, Some(record))?;
    }
    Ok(noun(ME, kind))
}

fn put(connection: &Connection, stream: &str, kind: &str, id: &str, row: &Confirmed) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO row (stream, kind, id, rev, generation, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (stream, kind, id) DO UPDATE SET
                 rev = excluded.rev, generation = excluded.generation, value = excluded.value",
        )?
        .execute((stream, kind, id, row.rev as i64, row.generation, &row.value))?;
    Ok(())
}

pub(super) fn json(record: &Record) -> String {
    serde_json::to_string(record).expect("it holds nothing that JSON can't")
}

/// Which noun a row belongs to.
pub(super) fn noun(stream: &str, kind: &str) -> Nouns {
    match kind {
        _ if stream != ME => Nouns::CONTENT,
        contact::KIND | interaction::KIND => Nouns::CONTACTS,
        settings::KIND => Nouns::SETTINGS | Nouns::CONTENT,
        reminders::KIND => Nouns::REMINDERS,
        DISTRIBUTOR_KIND => Nouns::SESSION,
        KEPT_KIND => Nouns::SYNC,
        NOTICE_KIND | LEASE_KIND | SIGNAL_KIND | OFFER_KIND => Nouns::LEARNING,
        signal_done::KIND | notice_seen::KIND => Nouns::LEARNING,
        kind if kind::ALL.contains(&kind) => Nouns::LEARNING,
        _ => Nouns::NONE,
    }
}

/// Reads a record's row.
///
/// # Errors
/// [`EngineError::Internal`] where it is not one.
pub fn read(value: &str) -> Result<Record> {
    json::read(value).map_err(|_| EngineError::Internal { detail: "a record can't be read".into() })
}

/// Keeps the tables of contacts and interactions in step with their rows. The echo of one's own edit changes nothing there, and
/// writes nothing.
fn project(connection: &Connection, kind: &str, id: &str, record: Option<&Record>) -> Result<()> {
    let shown = record.filter(|record| record.is_visible());
    match (kind, shown) {
        (contact::KIND, None) => {
            connection.prepare_cached("DELETE FROM contact WHERE id = ?1")?.execute([id])?;
        }
        (contact::KIND, Some(record)) => {
            let text = |name| record.get(name).unwrap_or_default();
            let name = text(contact::NAME);
            connection
                .prepare_cached(
                    "INSERT INTO contact (id, sort_key, name, phone, email, note, do_not_contact, tags, follow_up, birthday)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                     ON CONFLICT (id) DO UPDATE SET sort_key = excluded.sort_key, name = excluded.name,
                         phone = excluded.phone, email = excluded.email, note = excluded.note,
                         do_not_contact = excluded.do_not_contact, tags = excluded.tags, follow_up = excluded.follow_up,
                         birthday = excluded.birthday
                     WHERE (name, phone, email, note, do_not_contact, tags, follow_up, birthday)
                         IS NOT (excluded.name, excluded.phone, excluded.email, excluded.note, excluded.do_not_contact,
                             excluded.tags, excluded.follow_up, excluded.birthday)",
                )?
                .execute((
                    id,
                    sort_key(name),
                    name,
                    text(contact::PHONE),
                    text(contact::EMAIL),
                    text(contact::NOTE),
                    text(contact::DO_NOT_CONTACT) == "1",
                    tags(record),
                    text(contact::FOLLOW_UP),
                    text(contact::BIRTHDAY),
                ))?;
        }
        (interaction::KIND, None) => {
            connection.prepare_cached("DELETE FROM interaction WHERE id = ?1")?.execute([id])?;
        }
        (interaction::KIND, Some(record)) => {
            let text = |name| record.get(name).unwrap_or_default();
            connection
                .prepare_cached(
                    "INSERT INTO interaction (id, contact, at, channel, note) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, at = excluded.at,
                         channel = excluded.channel, note = excluded.note
                     WHERE (contact, at, channel, note) IS NOT (excluded.contact, excluded.at, excluded.channel, excluded.note)",
                )?
                .execute((
                    id,
                    text(interaction::CONTACT),
                    text(interaction::AT).parse::<i64>().unwrap_or(0),
                    text(interaction::CHANNEL),
                    text(interaction::NOTE),
                ))?;
        }
        _ => {}
    }
    Ok(())
}

/// Shows nothing more of rows that are not held: damage may have taken one that the server has lost as well.
pub(super) fn drop_unheld(connection: &Connection) -> Result<()> {
    for kind in [contact::KIND, interaction::KIND] {
        let sql = format!(
            "DELETE FROM {kind} WHERE NOT EXISTS (SELECT 1 FROM row WHERE stream = 'me' AND kind = ?1 AND row.id = {kind}.id)"
        );
        connection.prepare_cached(&sql)?.execute([kind])?;
    }
    Ok(())
}

/// JSON: pairs of id and text, by id.
fn tags(record: &Record) -> String {
    let tags: Vec<(&str, &str)> = record
        .fields
        .iter()
        .filter_map(|(name, field)| Some((name.strip_prefix(contact::TAG_PREFIX)?, field.0.as_deref()?)))
        .collect();
    if tags.is_empty() { String::new() } else { serde_json::to_string(&tags).expect("texts are JSON") }
}
