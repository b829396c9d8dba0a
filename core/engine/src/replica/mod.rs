//! The replica: what this phone holds of the server's rows, and what is pending over them.
//!
//! Functions over one SQLite transaction; clock, chance and network are arguments. [`mutate`] takes what a person did, [`request`]
//! says what to send, [`receive`] takes the reply: undo the pending effects, apply the page, run what is still pending again, in one
//! transaction. Only rows that pending work touches pay for it.

pub mod digest;
pub mod outbox;
pub mod receive;
pub mod request;
pub mod rows;
pub mod time;

use qadam_domain::event::{Event, EventKind};
use qadam_domain::fold::{self, Applied, Outcome, Settled, State};
use qadam_domain::ids::{DeviceId, EventId, ReleaseId};
use qadam_domain::records::{Clock, Edit};
use qadam_domain::release::Releases;
use qadam_domain::time::Moment;
use qadam_protocol::mutation::Body;
use qadam_protocol::sync::{ME, RefusalCode};
use rusqlite::{Connection, OptionalExtension};

use crate::error::{EngineError, Result};
use crate::platform::{Random, Reading};

pub use receive::{Received, adopt, begin, receive};
pub use request::{Sent, request};

/// What a mutation needs to know of the moment in which it arises.
pub struct Context<'a> {
    pub reading: &'a Reading,
    /// Minutes ahead of UTC where the person is.
    pub offset: i32,
    pub random: &'a dyn Random,
}

/// The device that this database belongs to; `None` before the first sign-in.
///
/// # Errors
/// Those of storage.
pub fn device(connection: &Connection) -> Result<Option<DeviceId>> {
    let id: Option<String> =
        connection.prepare_cached("SELECT device FROM replica")?.query_row([], |row| row.get(0)).optional()?;
    id.map(|id| DeviceId::new(id).map_err(|_| EngineError::Internal { detail: "the device's id".into() })).transpose()
}

/// Edits a record: stored in the outbox, and its effect shown, in the caller's transaction.
///
/// # Errors
/// [`EngineError::Invalid`] where the server would refuse it; those of storage.
pub fn edit(connection: &Connection, context: &Context<'_>, kind: &str, id: &str, edit: Edit) -> Result<()> {
    let device = device(connection)?.ok_or(EngineError::SignedOut)?;
    let mut record = rows::read_pending(connection, rows::value(connection, ME, kind, id)?.as_deref())?;
    let now = time::server_now(connection, context.reading)?;
    let last = last_clock(connection)?;
    let clock = Clock::next(now, last.as_ref().max(record.latest()), device);
    connection.prepare_cached("UPDATE replica SET clock = ?1")?.execute([clock.to_string()])?;
    let body = Body::Record { kind: kind.into(), id: id.into(), clock: clock.clone(), edit };
    body.check().map_err(not_acceptable)?;
    let Body::Record { edit, .. } = &body else { unreachable!("made above") };
    outbox::push(connection, context, &body)?;
    record.merge(edit, &clock);
    rows::overlay_record(connection, kind, id, &record)?;
    if matches!(edit, Edit::Erase) {
        // Last: what is kept to undo pending work is there by now.
        outbox::wipe_record(connection, kind, id)?;
    }
    Ok(())
}

/// Takes an event: stored in the outbox, folded, and its effect shown, in the caller's transaction. `state` is the visible state and is
/// moved on.
///
/// # Errors
/// [`EngineError::Invalid`] where the fold refuses it, [`EngineError::ContentMissing`] where its release is not held; those of storage.
pub fn record(
    connection: &Connection,
    context: &Context<'_>,
    releases: &Releases,
    state: &mut State,
    release: ReleaseId,
    kind: EventKind,
) -> Result<(Applied, Settled)> {
    let body = Body::Event { release: release.clone(), kind: kind.clone() };
    body.check().map_err(not_acceptable)?;
    let (id, stamp) = outbox::push(connection, context, &body)?;
    let event = Event { id, moment: Moment::new(stamp, context.offset), release, kind };
    match fold::apply(releases, state, &event) {
        Outcome::Applied(applied) => {
            let settled = fold::settle(releases, state);
            rows::overlay_state(connection, state)?;
            Ok((applied, settled))
        }
        Outcome::Kept => Err(EngineError::ContentMissing),
        Outcome::Refused(refusal) => Err(EngineError::Invalid { field: refusal.to_string() }),
    }
}

/// The visible state: confirmed, with what is pending.
///
/// # Errors
/// Those of storage.
pub fn state(connection: &Connection) -> Result<State> {
    rows::state(connection)
}

fn not_acceptable(code: RefusalCode) -> EngineError {
    let field = match code {
        RefusalCode::OverLimit => "length",
        _ => "name",
    };
    EngineError::Invalid { field: field.into() }
}

fn last_clock(connection: &Connection) -> Result<Option<Clock>> {
    let text: Option<String> =
        connection.prepare_cached("SELECT clock FROM replica")?.query_row([], |row| row.get(0))?;
    text.map(|text| Clock::try_from(text).map_err(|_| EngineError::Internal { detail: "the last clock".into() }))
        .transpose()
}

fn merge_pending(connection: &Connection, kind: &str, id: &str, edit: &Edit, clock: &Clock) -> Result<()> {
    let mut record = rows::read_pending(connection, rows::value(connection, ME, kind, id)?.as_deref())?;
    if record.merge(edit, clock) { rows::overlay_record(connection, kind, id, &record) } else { Ok(()) }
}

fn event_id(bytes: &[u8]) -> Result<EventId> {
    let bytes = bytes.try_into().map_err(|_| EngineError::Internal { detail: "a mutation's id".into() })?;
    Ok(EventId(bytes))
}
