//! What a reply does: acknowledgements first, then the pages, then what is still pending over them; all in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::event::Event;
use qadam_domain::fold;
use qadam_domain::ids::{DeviceId, EventId};
use qadam_domain::json;
use qadam_domain::planted::{self, Bug};
use qadam_domain::records::{Clock, Edit};
use qadam_domain::release::Releases;
use qadam_domain::time::{Millis, Moment};
use qadam_protocol::mutation::Body;
use qadam_protocol::sync::{Ack, AckStatus, KEPT_KIND, KeptValue, ME, Page, RefusalCode, SyncReply};
use qadam_protocol::team;
use rusqlite::{Connection, OptionalExtension, Params};

use super::digest::Tally;
use super::request::cursor;
use super::rows::{self, Confirmed};
use super::{Sent, event_id, merge_pending, outbox, time};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::platform::Reading;

/// What a reply brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    pub acknowledged: u32,
    pub refused: u32,
    pub rows: u32,
    /// Another page, or other mutations, wait.
    pub more: bool,
    /// The rows are not the server's, though both are at one revision: to be repaired.
    pub differs: bool,
    pub nouns: Nouns,
}

/// Makes a fresh database this device's.
///
/// # Errors
/// Those of storage.
pub fn begin(connection: &Connection, device: &DeviceId, server_time: Millis, reading: &Reading) -> Result<()> {
    connection
        .execute("INSERT INTO replica (one, device, scrubbed) VALUES (1, ?1, ?2)", (device.as_str(), server_time))?;
    time::measure(connection, server_time, reading)
}

/// Goes on under another device id: after a new sign-in, where this device turned out to have a twin, or where the server lost what it had
/// acknowledged. What is pending, and what the server could have lost, gets new sequences and keeps its ids, so that what the server has
/// counts once.
///
/// # Errors
/// Those of storage.
pub fn adopt(connection: &Connection, device: &DeviceId, server_time: Millis, reading: &Reading) -> Result<()> {
    connection.execute(
        "UPDATE replica SET device = ?1, acknowledged_seq = NULL, acknowledged_id = NULL, sign_in_needed = 0",
        [device.as_str()],
    )?;
    send_acknowledged_again(connection)?;
    // What the old device's server kept is sent again as well: a restored one may not know of it. Twice, since sequences are unique and new ones may meet
    // old ones.
    let which = if planted::is(Bug::KeptStays) { "WHERE seq IS NOT NULL" } else { "" };
    connection.execute(&format!("UPDATE mutation SET seq = -position {which}"), [])?;
    connection.execute(
        &format!(
            "UPDATE mutation SET seq = fresh.seq
             FROM (SELECT position, row_number() OVER (ORDER BY position) AS seq FROM mutation {which}) fresh
             WHERE mutation.position = fresh.position"
        ),
        [],
    )?;
    connection.execute("UPDATE replica SET next_seq = 1 + (SELECT count(seq) FROM mutation)", [])?;
    time::measure(connection, server_time, reading)
}

/// Takes a reply.
///
/// # Errors
/// [`EngineError::NotQadam`] where the reply does not answer what was sent: nothing of it is taken. Those of storage.
pub fn receive(
    connection: &Connection,
    releases: &Releases,
    sent: &Sent,
    reply: &SyncReply,
    reading: &Reading,
) -> Result<Received> {
    check(sent, reply)?;
    let mut received = Received::default();
    let mine = reply.streams.get(ME);
    let echoed = match mine {
        Some(page) if !page.echoes.is_empty() => echoed(connection, sent, &reply.acks, page)?,
        _ => Vec::new(),
    };
    time::measure_reply(connection, reply.server_time, &sent.at, reading)?;
    if let Some(backed) = reply.backed {
        connection.prepare_cached("UPDATE replica SET backed = ?1")?.execute([backed as i64])?;
    }
    let settled = acknowledge(connection, reply, &mut received)?;
    if settled || mine.is_some() {
        rebase(connection, releases, mine, echoed, &mut received)?;
    }
    if mine.is_none_or(|page| !page.more) {
        settle_acknowledged(connection)?;
    }
    if mine.is_some_and(|page| page.reset) {
        // A server that lost something may have lost how this device can be woken: the app's next word on it is told again.
        connection.prepare_cached("UPDATE push SET at = 0")?.execute([])?;
    }
    // The team is in a file of its own: see `crate::team`.
    for (stream, page) in reply.streams.iter().filter(|(stream, _)| *stream != team::STREAM) {
        if stream != ME {
            let mut tally = Tally::load(connection, stream)?;
            let generation = turn(connection, stream, page)?;
            for row in &page.rows {
                let confirmed = confirmed(row, generation);
                let old = rows::bytes(connection, stream, &row.kind, &row.id)?;
                tally.change(&row.kind, &row.id, old.as_deref(), confirmed.as_ref().map(Confirmed::bytes));
                received.nouns |= rows::confirm(connection, stream, &row.kind, &row.id, confirmed.as_ref())?;
            }
            sweep(connection, stream, page, &mut tally, &mut received)?;
            received.differs |= tally.store(connection, stream, page.digest)?;
        }
        received.rows += page.len() as u32;
    }
    let waiting: i64 = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM mutation WHERE seq IS NOT NULL)")?
        .query_row([], |row| row.get(0))?;
    received.more = reply.more() || waiting != 0;
    if !received.more {
        connection.prepare_cached("UPDATE replica SET last_success = ?1")?.execute([reply.server_time])?;
        received.nouns |= Nouns::SYNC;
    }
    Ok(received)
}

/// A reply acknowledges exactly what was sent, in its order.
fn check(sent: &Sent, reply: &SyncReply) -> Result<()> {
    let end_of_sent = sent.first_seq().saturating_add(sent.count());
    let mut next = sent.first_seq();
    for ack in &reply.acks {
        let end = next.checked_add(ack.count);
        if ack.seq != next || ack.count == 0 || end.is_none_or(|end| end > end_of_sent) {
            return Err(EngineError::NotQadam { detail: "an acknowledgement of what was not sent".into() });
        }
        next += ack.count;
    }
    if next != end_of_sent {
        return Err(EngineError::NotQadam { detail: "a mutation was not answered".into() });
    }
    Ok(())
}

/// A record as the server has it now: what is confirmed, with one's own edits merged.
struct Echoed {
    rev: u64,
    key: (String, String),
    edits: Vec<(Edit, Clock)>,
}

/// The records that a page stands for by naming one's own edits. They are read from what was sent, not from the outbox: there an erasure may
/// have changed them since.
fn echoed(connection: &Connection, sent: &Sent, acks: &[Ack], page: &Page) -> Result<Vec<Echoed>> {
    let wrong = |detail: &str| EngineError::NotQadam { detail: detail.into() };
    if page.reset || cursor(connection, ME)? != sent.me {
        return Err(wrong("an echo over other rows than were held"));
    }
    let mut keys = BTreeMap::new();
    let mut edits: BTreeMap<(String, String), Vec<(Edit, Clock)>> = BTreeMap::new();
    for ack in acks.iter().filter(|ack| ack.status == AckStatus::Applied) {
        for mutation in (ack.seq..ack.seq.saturating_add(ack.count)).filter_map(|seq| sent.mutation(seq)) {
            let body = Body::decode(&mutation.name, mutation.v, &mutation.body);
            if let Ok(Body::Record { kind, id, clock, edit }) = body {
                let key = (kind, id);
                edits.entry(key.clone()).or_default().push((edit, ack.clock.clone().unwrap_or(clock)));
                keys.insert(mutation.seq, key);
            }
        }
    }
    let mut echoed = Vec::new();
    for echo in &page.echoes {
        for n in 0..echo.count {
            let seq = echo.seq.checked_add(n).and_then(|seq| keys.remove(&seq));
            let (key, rev) = seq.zip(echo.rev.checked_add(n)).ok_or_else(|| wrong("an echo of what was not sent"))?;
            let edits = edits.remove(&key).ok_or_else(|| wrong("a record that is echoed twice"))?;
            echoed.push(Echoed { rev, key, edits });
        }
    }
    Ok(echoed)
}

/// Takes acknowledged mutations out of the outbox. Tells whether there were any.
fn acknowledge(connection: &Connection, reply: &SyncReply, received: &mut Received) -> Result<bool> {
    for ack in &reply.acks {
        let last = ack.seq + ack.count - 1;
        // A reply that comes a second time finds nothing to do.
        let id: Option<Vec<u8>> = connection
            .prepare_cached("SELECT id FROM mutation WHERE seq = ?1")?
            .query_row([last as i64], |row| row.get(0))
            .optional()?;
        let Some(id) = id else { continue };
        if !matches!(ack.status, AckStatus::Refused(_)) {
            keep_answer(connection, ack)?;
        }
        match &ack.status {
            AckStatus::Applied | AckStatus::Cached => {
                keep_acknowledged(connection, "seq BETWEEN ?1 AND ?2", (ack.seq as i64, last as i64))?;
                connection
                    .prepare_cached("DELETE FROM mutation WHERE seq BETWEEN ?1 AND ?2")?
                    .execute((ack.seq as i64, last as i64))?;
            }
            AckStatus::Kept => {
                connection
                    .prepare_cached(
                        "UPDATE mutation SET seq = NULL, stamp = coalesce(?3, stamp) WHERE seq BETWEEN ?1 AND ?2",
                    )?
                    .execute((ack.seq as i64, last as i64, ack.stamp))?;
            }
            AckStatus::Refused(code) => {
                refuse(connection, ack, *code, last)?;
                received.refused += ack.count as u32;
            }
        }
        if let Some(clock) = &ack.clock {
            // Set back by the server: later edits go on from there.
            connection.prepare_cached("UPDATE replica SET clock = ?1")?.execute([clock.to_string()])?;
        }
        connection
            .prepare_cached("UPDATE replica SET acknowledged_seq = ?1, acknowledged_id = ?2")?
            .execute((last as i64, id))?;
        received.acknowledged += ack.count as u32;
    }
    if received.acknowledged > 0 {
        received.nouns |= Nouns::SYNC;
    }
    Ok(received.acknowledged > 0)
}

/// The stamp and the clock that the server gave take the place of the device's own, so that sending again changes neither: of `at` the server makes
/// this very stamp.
fn keep_answer(connection: &Connection, ack: &Ack) -> Result<()> {
    if let Some(stamp) = ack.stamp.filter(|_| !planted::is(Bug::StampForgotten)) {
        connection
            .prepare_cached(
                "UPDATE mutation SET at = json_object('wall', ?2, 'error', 0, 'offset', json_extract(at, '$.offset'),
                     'boot', '', 'mono', 0, 'floor', ?2) WHERE seq = ?1",
            )?
            .execute((ack.seq as i64, stamp))?;
    }
    if let Some(clock) = &ack.clock {
        connection
            .prepare_cached("UPDATE mutation SET body = json_set(body, '$.clock', ?2) WHERE seq = ?1")?
            .execute((ack.seq as i64, clock.to_string()))?;
    }
    Ok(())
}

/// What the server could still lose is kept for it, of the mutations that `which` selects.
fn keep_acknowledged(connection: &Connection, which: &str, parameters: impl Params) -> Result<()> {
    let backed: Option<i64> =
        connection.prepare_cached("SELECT backed FROM replica")?.query_row([], |row| row.get(0))?;
    if backed.is_some() {
        connection
            .prepare_cached(&format!(
                "INSERT OR REPLACE INTO acknowledged (position, id, name, v, at, stamp, record, body)
                 SELECT position, id, name, v, at, stamp, record, body FROM mutation WHERE {which}"
            ))?
            .execute(parameters)?;
    }
    Ok(())
}

/// Where the stream `me` is held to its end, the effect of everything that was acknowledged is in the rows; what every backup holds can't be lost.
fn settle_acknowledged(connection: &Connection) -> Result<()> {
    connection
        .prepare_cached("UPDATE acknowledged SET rev = (SELECT rev FROM stream WHERE name = 'me') WHERE rev IS NULL")?
        .execute([])?;
    connection.prepare_cached("DELETE FROM acknowledged WHERE rev <= (SELECT backed FROM replica)")?.execute([])?;
    Ok(())
}

fn refuse(connection: &Connection, ack: &Ack, code: RefusalCode, last: u64) -> Result<()> {
    let code = code_text(code);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO refusal (id, name, v, body, at, code)
             SELECT id, name, v, body, coalesce(?3, json_extract(at, '$.wall') + coalesce(json_extract(at, '$.error'), 0)), ?4
             FROM mutation WHERE seq BETWEEN ?1 AND ?2",
        )?
        .execute((ack.seq as i64, last as i64, ack.stamp, code))?;
    let last = if planted::is(Bug::RefusedTakesAll) { i64::MAX as u64 } else { last };
    connection
        .prepare_cached("DELETE FROM mutation WHERE seq BETWEEN ?1 AND ?2")?
        .execute((ack.seq as i64, last as i64))?;
    Ok(())
}

/// Undo pending effects, apply the page, run what is still pending again.
fn rebase(
    connection: &Connection,
    releases: &Releases,
    page: Option<&Page>,
    echoed: Vec<Echoed>,
    received: &mut Received,
) -> Result<()> {
    let mut tally = Tally::load(connection, ME)?;
    let mut under: Under = rows::before(connection)?
        .into_iter()
        .map(|(kind, id, confirmed)| ((kind, id), Base { confirmed, changed: false }))
        .collect();
    if let Some(page) = page {
        let generation = turn(connection, ME, page)?;
        for row in &page.rows {
            let confirmed = confirmed(row, generation);
            let key = (row.kind.clone(), row.id.clone());
            // Written once, with what is pending over it.
            if let Some(base) = under.get_mut(&key) {
                let old = base.confirmed.as_ref().map(Confirmed::bytes);
                tally.change(&row.kind, &row.id, old, confirmed.as_ref().map(Confirmed::bytes));
                received.nouns |= rows::noun(ME, &row.kind);
                *base = Base { confirmed: confirmed.clone(), changed: true };
            } else {
                let old = rows::bytes(connection, ME, &row.kind, &row.id)?;
                tally.change(&row.kind, &row.id, old.as_deref(), confirmed.as_ref().map(Confirmed::bytes));
                received.nouns |= rows::confirm(connection, ME, &row.kind, &row.id, confirmed.as_ref())?;
            }
            if confirmed.as_ref().is_some_and(|confirmed| confirmed.value == outbox::ERASED) {
                outbox::wipe_pending(connection, &row.kind, &row.id)?;
            }
            if row.kind == KEPT_KIND {
                release_kept(connection, &row.id, confirmed.as_ref(), received)?;
            }
        }
        for Echoed { rev, key, edits } in echoed {
            let old = match under.remove(&key) {
                Some(base) => {
                    rows::settle_before(connection, &key.0, &key.1)?;
                    base.confirmed
                }
                None => rows::confirmed(connection, ME, &key.0, &key.1)?,
            };
            // In the middle of a reset what is left of the other history is nothing that the server has merged.
            let base = old.as_ref().filter(|old| old.generation == generation || planted::is(Bug::EchoOverOld));
            let mut record = rows::read_pending(connection, base.map(|base| base.value.as_str()))?;
            for (edit, clock) in &edits {
                record.merge(edit, clock);
            }
            let confirmed = Confirmed { rev, generation, value: rows::json(&record) };
            tally.change(&key.0, &key.1, old.as_ref().map(Confirmed::bytes), Some(confirmed.bytes()));
            received.nouns |= rows::confirm_record(connection, &key.0, &key.1, &confirmed, &record)?;
        }
    }
    if planted::is(Bug::BeforeForgotten) {
        rows::take_before(connection)?;
        under.clear();
    }
    let pending = pending(connection)?;
    let record = |(_, body): &'_ (_, Body)| match body {
        Body::Record { kind, id, .. } => Some((kind.clone(), id.clone())),
        Body::Event { .. } | Body::Push(_) | Body::Lease(_) => None,
    };
    let records: BTreeSet<(String, String)> = pending.iter().filter_map(record).collect();
    // A reset looks at the rows themselves.
    let all = page.is_some() && is_resetting(connection)?;
    let (over, undone): (Under, Under) = under.into_iter().partition(|(key, _)| !all && records.contains(key));
    if over.is_empty() {
        rows::take_before(connection)?;
    }
    for ((kind, id), base) in &undone {
        if !over.is_empty() {
            rows::settle_before(connection, kind, id)?;
        }
        received.nouns |= rows::confirm(connection, ME, kind, id, base.confirmed.as_ref())?;
    }
    if let Some(page) = page {
        sweep(connection, ME, page, &mut tally, received)?;
        received.differs |= tally.store(connection, ME, page.digest)?;
    }
    // At the end of a reset more is pending than before.
    if all { replay(connection, releases) } else { replay_over(connection, releases, pending, over) }
}

/// Confirmed rows by kind and id, while their visible values have pending edits in them.
type Under = BTreeMap<(String, String), Base>;

struct Base {
    /// `None` where the server has no such row.
    confirmed: Option<Confirmed>,
    /// Other than what is stored as confirmed.
    changed: bool,
}

fn is_resetting(connection: &Connection) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM stream WHERE name = 'me' AND resetting = 1)")?
        .query_row([], |row| row.get(0))?)
}

/// What the server kept has been decided: its row is gone, then its effect is in the rows; or it names why it is refused.
fn release_kept(connection: &Connection, id: &str, row: Option<&Confirmed>, received: &mut Received) -> Result<()> {
    let refused = match row {
        None => None,
        Some(row) => match json::read(&row.value) {
            Ok(KeptValue { refused: Some(code) }) => Some(code),
            _ => return Ok(()),
        },
    };
    let Ok(id) = hex::decode(id) else { return Ok(()) };
    if let Some(code) = refused {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO refusal (id, name, v, body, at, code)
                 SELECT id, name, v, body, coalesce(stamp, json_extract(at, '$.wall')), ?2 FROM mutation WHERE id = ?1 AND seq IS NULL",
            )?
            .execute((&id, code_text(code)))?;
        received.refused += 1;
    } else {
        keep_acknowledged(connection, "id = ?1 AND seq IS NULL", [&id])?;
    }
    connection.prepare_cached("DELETE FROM mutation WHERE id = ?1 AND seq IS NULL")?.execute([id])?;
    received.nouns |= Nouns::SYNC;
    Ok(())
}

fn code_text(code: RefusalCode) -> String {
    serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_string)).unwrap_or_default()
}

/// Runs everything that is pending over the confirmed rows.
pub(super) fn replay(connection: &Connection, releases: &Releases) -> Result<()> {
    replay_over(connection, releases, pending(connection)?, Under::new())
}

/// What this version understands of what is pending, in its order. What a newer app left in the outbox is sent as it is; this one can't show its
/// effect.
fn pending(connection: &Connection) -> Result<Vec<(outbox::Stored, Body)>> {
    let decoded = |stored: outbox::Stored| {
        let body = Body::decode(&stored.name, stored.v, &stored.body).ok()?;
        Some((stored, body))
    };
    Ok(outbox::pending(connection)?.into_iter().filter_map(decoded).collect())
}

/// Runs `pending`. The rows of `over` still show earlier pending values; each is written once.
fn replay_over(
    connection: &Connection,
    releases: &Releases,
    pending: Vec<(outbox::Stored, Body)>,
    over: Under,
) -> Result<()> {
    let mut merged = BTreeMap::new();
    for (key, base) in over {
        let value = base.confirmed.as_ref().map(|confirmed| confirmed.value.as_str());
        let record = rows::read_pending(connection, value)?;
        merged.insert(key, (record, base, false));
    }
    let mut state = None;
    for (stored, body) in pending {
        match body {
            Body::Record { kind, id, clock, edit } => {
                let key = (kind, id);
                match merged.get_mut(&key) {
                    Some((record, _, is_edited)) => *is_edited |= record.merge(&edit, &clock),
                    None => merge_pending(connection, &key.0, &key.1, &edit, &clock)?,
                }
            }
            Body::Event { release, kind } => {
                let state = match &mut state {
                    Some(state) => state,
                    empty => empty.insert(rows::state(connection)?),
                };
                let moment = Moment::new(stored.stamp, stored.at.offset);
                fold::apply(releases, state, &Event { id: stored.id, moment, release, kind });
            }
            // The server's alone.
            Body::Push(_) | Body::Lease(_) => {}
        }
    }
    for ((kind, id), (record, base, is_edited)) in &merged {
        if !is_edited {
            rows::settle_before(connection, kind, id)?;
            rows::confirm(connection, ME, kind, id, base.confirmed.as_ref())?;
        } else {
            if base.changed {
                rows::change_before(connection, kind, id, base.confirmed.as_ref())?;
            }
            rows::overlay_over(connection, kind, id, base.confirmed.as_ref(), record)?;
        }
    }
    if let Some(mut state) = state {
        fold::settle(releases, &mut state);
        rows::overlay_state(connection, &mut state)?;
    }
    Ok(())
}

/// Runs what is pending anew, for example since a release arrived that it names.
///
/// # Errors
/// Those of storage.
pub fn replay_all(connection: &Connection, releases: &Releases) -> Result<Nouns> {
    let mut received = Received::default();
    rebase(connection, releases, None, Vec::new(), &mut received)?;
    Ok(received.nouns)
}

fn confirmed(row: &qadam_protocol::sync::Row, generation: i64) -> Option<Confirmed> {
    row.value.as_ref().map(|value| Confirmed { rev: row.rev, generation, value: value.get().to_string() })
}

/// Moves the cursor to the page's; a reset begins another generation. Gives the generation of the page's rows.
fn turn(connection: &Connection, stream: &str, page: &Page) -> Result<i64> {
    let generation = connection
        .prepare_cached(
            "INSERT INTO stream (name, epoch, rev, tag, generation, resetting) VALUES (?1, ?2, ?3, ?4, 0, ?5)
             ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, rev = excluded.rev, tag = excluded.tag,
                 generation = generation + excluded.resetting, resetting = max(resetting, excluded.resetting)
             RETURNING generation",
        )?
        .query_row((stream, &page.cursor.epoch, page.cursor.rev as i64, &page.cursor.tag, page.reset), |row| {
            row.get(0)
        })?;
    let is_first = page.reset && planted::is(Bug::ResetDropsFirst);
    Ok(if is_first { generation - 1 } else { generation })
}

/// At the end of a reset, what did not come again is gone.
fn sweep(connection: &Connection, stream: &str, page: &Page, tally: &mut Tally, received: &mut Received) -> Result<()> {
    if page.more {
        return Ok(());
    }
    let resetting: Option<i64> = connection
        .prepare_cached("SELECT generation FROM stream WHERE name = ?1 AND resetting = 1")?
        .query_row([stream], |row| row.get(0))
        .optional()?;
    let Some(generation) = resetting else { return Ok(()) };
    let gone: Vec<(String, String)> = {
        let mut statement =
            connection.prepare_cached("SELECT kind, id FROM row WHERE stream = ?1 AND generation < ?2")?;
        let rows = statement.query_map((stream, generation), |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (kind, id) in gone {
        let old = rows::bytes(connection, stream, &kind, &id)?;
        tally.change(&kind, &id, old.as_deref(), None);
        received.nouns |= rows::confirm(connection, stream, &kind, &id, None)?;
    }
    if stream == ME {
        rows::drop_unheld(connection)?;
    }
    connection.prepare_cached("UPDATE stream SET resetting = 0 WHERE name = ?1")?.execute([stream])?;
    if stream == ME { send_again(connection) } else { Ok(()) }
}

/// What was acknowledged goes back into the outbox under the next sequences: a server that was restored may lack it, and takes by its id what it has.
fn send_acknowledged_again(connection: &Connection) -> Result<()> {
    if planted::is(Bug::EpochIgnored) {
        return Ok(());
    }
    let next: i64 = connection.prepare_cached("SELECT next_seq FROM replica")?.query_row([], |row| row.get(0))?;
    let again = connection
        .prepare_cached(
            "INSERT INTO mutation (position, id, seq, name, v, at, stamp, record, body)
             SELECT position, id, ?1 - 1 + row_number() OVER (ORDER BY position), name, v, at, stamp, record, body FROM acknowledged",
        )?
        .execute([next])?;
    connection.prepare_cached("DELETE FROM acknowledged")?.execute([])?;
    connection.prepare_cached("UPDATE replica SET next_seq = next_seq + ?1, backed = NULL")?.execute([again as i64])?;
    Ok(())
}

/// What the server kept and, with another history, does not know of any more goes back into the outbox, with its old id: if it is in the rows
/// after all, it counts once.
fn send_again(connection: &Connection) -> Result<()> {
    send_acknowledged_again(connection)?;
    if planted::is(Bug::KeptStays) {
        return Ok(());
    }
    let forgotten: Vec<i64> = {
        let mut statement = connection.prepare_cached(
            "SELECT position FROM mutation WHERE seq IS NULL AND NOT EXISTS
                 (SELECT 1 FROM row WHERE stream = 'me' AND kind = ?1 AND id = lower(hex(mutation.id)))
             ORDER BY position",
        )?;
        let positions = statement.query_map([KEPT_KIND], |row| row.get(0))?;
        positions.collect::<rusqlite::Result<_>>()?
    };
    for position in forgotten {
        connection
            .prepare_cached("UPDATE mutation SET seq = (SELECT next_seq FROM replica) WHERE position = ?1")?
            .execute([position])?;
        connection.prepare_cached("UPDATE replica SET next_seq = next_seq + 1")?.execute([])?;
    }
    Ok(())
}

/// The ids of everything that waits or is kept, for tests of what must not be lost.
///
/// # Errors
/// Those of storage.
pub fn pending_ids(connection: &Connection) -> Result<Vec<EventId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM mutation ORDER BY position")?;
    let mut rows = statement.query([])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(event_id(row.get_ref(0)?.as_blob().unwrap_or_default())?);
    }
    Ok(ids)
}
