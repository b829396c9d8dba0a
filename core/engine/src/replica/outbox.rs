//! The outbox: mutations that the server has not taken into its rows yet.

use qadam_domain::ids::EventId;
use qadam_domain::json;
use qadam_domain::planted::{self, Bug};
use qadam_domain::records::Clock;
use qadam_domain::time::Millis;
use qadam_protocol::limits;
use qadam_protocol::mutation::{Arose, Body, Mutation, name};
use qadam_protocol::sync::ME;
use rusqlite::{Connection, OptionalExtension};
use serde_json::value::RawValue;

use super::digest::Tally;
use super::{Context, event_id, time};
use crate::error::{EngineError, Result};
use crate::platform::Random;

/// An erased record's row.
pub(super) const ERASED: &str = r#"{"e":true}"#;

/// A mutation as it is stored.
pub struct Stored {
    pub id: EventId,
    /// `None` where the server keeps it.
    pub seq: Option<u64>,
    pub name: String,
    pub v: u16,
    pub at: Arose,
    /// The server's, or else this device's own guess.
    pub stamp: Millis,
    pub body: Box<RawValue>,
}

/// A new id: UUIDv7 (RFC 9562, section 5.7).
pub fn new_id(now: Millis, random: &dyn Random) -> EventId {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    // 48 bits of milliseconds; a clock before 1970 or beyond the year 10889 only costs the order.
    let millis = now.clamp(0, (1 << 48) - 1) as u64;
    EventId(*uuid::Builder::from_unix_timestamp_millis(millis, &bytes).as_uuid().as_bytes())
}

/// Stores a mutation behind the others. Gives its id and the stamp that this device believes in.
///
/// # Errors
/// Those of storage; [`EngineError::SignedOut`] where no device is known.
pub fn push(connection: &Connection, context: &Context<'_>, body: &Body) -> Result<(EventId, Millis)> {
    let reading = context.reading;
    let error = time::error(connection, reading)?;
    let floor = time::floor(connection)?;
    let stamp = reading.wall.saturating_add(error.unwrap_or(0)).max(floor);
    let id = new_id(stamp, context.random);
    let at = Arose {
        wall: reading.wall,
        error,
        offset: context.offset,
        boot: reading.boot.clone(),
        mono: reading.mono,
        floor,
    };
    let (name, v, body_json) = body.encode();
    let record = match body {
        Body::Record { kind, id, .. } => Some(record_key(kind, id)),
        Body::Event { .. } | Body::Push(_) | Body::Lease(_) => None,
    };
    let seq: Option<i64> = {
        let mut take =
            connection.prepare_cached("UPDATE replica SET next_seq = next_seq + 1 RETURNING next_seq - 1")?;
        let mut rows = take.query([])?;
        let seq = rows.next()?.map(|row| row.get(0)).transpose()?;
        // To its end, so that the statement is done.
        while rows.next()?.is_some() {}
        seq
    };
    let seq = seq.ok_or(EngineError::SignedOut)?;
    connection
        .prepare_cached("INSERT INTO mutation (id, seq, name, v, at, stamp, record, body) VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7)")?
        .execute((&id.0[..], seq, name, v, json(&at), record, body_json.get()))?;
    Ok((id, stamp))
}

/// The first mutations that wait to be sent, within the limits of one request and `most`.
///
/// # Errors
/// Those of storage.
pub fn waiting(connection: &Connection, most: usize) -> Result<Vec<Mutation>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, seq, name, v, at, body FROM mutation WHERE seq IS NOT NULL ORDER BY seq LIMIT ?1",
    )?;
    let mut rows = statement.query([most.min(limits::MUTATIONS) as i64])?;
    let mut mutations = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let body: String = row.get(5)?;
        let at: String = row.get(4)?;
        // Room for the envelope of each and for the request's own.
        bytes += body.len() + at.len() + 256;
        if bytes > limits::BODY / 2 && !mutations.is_empty() {
            break;
        }
        mutations.push(Mutation {
            id: event_id(row.get_ref(0)?.as_blob().unwrap_or_default())?,
            seq: row.get::<_, i64>(1)? as u64,
            name: row.get(2)?,
            v: row.get(3)?,
            at: json::read(&at).map_err(damaged)?,
            body: RawValue::from_string(body).map_err(damaged)?,
        });
    }
    Ok(mutations)
}

/// What goes wrong in [`Bug::OutboxDropped`].
pub(crate) fn drop_sent(connection: &Connection, sent: &super::Sent) -> Result<()> {
    let end = sent.first_seq() + sent.count();
    connection.execute("DELETE FROM mutation WHERE seq >= ?1 AND seq < ?2", (sent.first_seq() as i64, end as i64))?;
    Ok(())
}

/// Everything that is pending, in the order in which it arose.
///
/// # Errors
/// Those of storage.
pub fn pending(connection: &Connection) -> Result<Vec<Stored>> {
    let mut statement =
        connection.prepare_cached("SELECT id, seq, name, v, at, stamp, body FROM mutation ORDER BY position")?;
    let mut rows = statement.query([])?;
    let mut pending = Vec::new();
    while let Some(row) = rows.next()? {
        let at: String = row.get(4)?;
        let at: Arose = json::read(&at).map_err(damaged)?;
        let guess = at.wall.saturating_add(at.error.unwrap_or(0)).max(at.floor);
        pending.push(Stored {
            id: event_id(row.get_ref(0)?.as_blob().unwrap_or_default())?,
            seq: row.get::<_, Option<i64>>(1)?.map(|seq| seq as u64),
            name: row.get(2)?,
            v: row.get(3)?,
            stamp: row.get::<_, Option<i64>>(5)?.unwrap_or(guess),
            at,
            body: RawValue::from_string(row.get(6)?).map_err(damaged)?,
        });
    }
    Ok(pending)
}

/// How many wait to be sent, and how many the server keeps.
///
/// # Errors
/// Those of storage.
pub fn counts(connection: &Connection) -> Result<(u32, u32)> {
    let mut statement = connection.prepare_cached("SELECT count(seq), count(*) - count(seq) FROM mutation")?;
    Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Takes the values of a record out of what is pending: an erased record leaves nothing behind. The mutations stay, as erasures, since
/// sequences have no gaps.
pub(super) fn wipe_record(connection: &Connection, kind: &str, id: &str) -> Result<()> {
    wipe_pending(connection, kind, id)?;
    let before: Option<Vec<u8>> = connection
        .prepare_cached("SELECT value FROM before WHERE kind = ?1 AND id = ?2 AND value IS NOT NULL")?
        .query_row([kind, id], |row| Ok(row.get_ref(0)?.as_bytes().unwrap_or_default().to_vec()))
        .optional()?;
    if let Some(before) = before {
        let mut tally = Tally::load(connection, ME)?;
        tally.change(kind, id, Some(&before), Some(ERASED.as_bytes()));
        connection
            .prepare_cached("UPDATE before SET value = ?3 WHERE kind = ?1 AND id = ?2")?
            .execute([kind, id, ERASED])?;
        tally.store(connection, ME, None)?;
    }
    Ok(())
}

/// As [`wipe_record`], of a record that was erased elsewhere: its confirmed row is wiped already.
pub(super) fn wipe_pending(connection: &Connection, kind: &str, id: &str) -> Result<()> {
    if planted::is(Bug::EraseLeavesPending) {
        return Ok(());
    }
    let mut statement = connection.prepare_cached("SELECT position, body FROM mutation WHERE record = ?1")?;
    let mut rows = statement.query([record_key(kind, id)])?;
    while let Some(row) = rows.next()? {
        let position: i64 = row.get(0)?;
        let body: serde_json::Value =
            serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or("null")).map_err(damaged)?;
        let clock = body["clock"].as_str().and_then(|c| c.to_string().try_into().ok());
        let clock = match clock {
            Some(clock) => clock,
            // A newer app's, which need not have one: of an erasure it says nothing.
            None => Clock::next(0, None, super::device(connection)?.ok_or(EngineError::SignedOut)?),
        };
        let erase = Body::Record { kind: kind.into(), id: id.into(), clock, edit: qadam_domain::records::Edit::Erase };
        let (name, v, body) = erase.encode();
        connection
            .prepare_cached("UPDATE mutation SET name = ?2, v = ?3, body = ?4 WHERE position = ?1")?
            .execute((position, name, v, body.get()))?;
    }
    connection
        .prepare_cached("DELETE FROM acknowledged WHERE record = ?1 AND name <> ?2")?
        .execute([record_key(kind, id).as_str(), name::RECORD_ERASE])?;
    connection
        .prepare_cached(
            "DELETE FROM refusal WHERE json_extract(body, '$.kind') = ?1 AND json_extract(body, '$.id') = ?2",
        )?
        .execute([kind, id])?;
    Ok(())
}

fn record_key(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

fn json(at: &Arose) -> String {
    serde_json::to_string(at).expect("it holds nothing that JSON can't")
}

fn damaged(_: serde_json::Error) -> EngineError {
    EngineError::Internal { detail: "a pending mutation can't be read".into() }
}
