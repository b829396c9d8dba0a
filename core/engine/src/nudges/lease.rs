//! Which of the person's devices shows notifications.

use qadam_domain::json;
use qadam_domain::nudges::has_rested;
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::mutation::Body;
use qadam_protocol::nudges::{Ask, LEASE_ID, LEASE_KIND, LEASE_LASTS, Lease};
use qadam_protocol::sync::ME;
use rusqlite::{Connection, OptionalExtension};

use crate::core::{Core, Now};
use crate::database::Nouns;
use crate::error::Result;
use crate::replica::{self, rows};

/// Until when this device shows notifications, where it does. Asks for the lease where the person uses this device and lets it show them; gives it back where it may not, or
/// where another device of theirs asks.
pub fn look(core: &Core, connection: &Connection, now: &Now, permission: bool) -> Result<(Option<Millis>, Nouns)> {
    let Some(device) = replica::device(connection)? else { return Ok((None, Nouns::NONE)) };
    let lease: Option<Lease> =
        rows::value(connection, ME, LEASE_KIND, LEASE_ID)?.and_then(|value| json::read(&value).ok());
    let is_held = lease.as_ref().is_some_and(|lease| lease.holder == device);
    let is_wanted = lease.as_ref().is_some_and(|lease| lease.wanted.as_ref().is_some_and(|other| *other != device));
    let last: Option<Millis> =
        connection.prepare_cached("SELECT last_success FROM replica")?.query_row([], |row| row.get(0))?;
    let said: Option<(String, Millis)> = connection
        .prepare_cached("SELECT ask, at FROM nudge_asked")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    // Until both sides were in step since, the row may be that of before: what was given back is another one's by now.
    let is_answered = said.as_ref().is_none_or(|(_, at)| last.is_some_and(|last| last > *at));
    let word = |ask: Ask| format!("{device} {ask:?}");
    let is_said = |ask: Ask| said.as_ref().is_some_and(|(said, _)| *said == word(ask));
    let ask = match (permission, is_held) {
        (true, true) if !is_wanted && is_answered => {
            forget(connection)?;
            let zone = core.offsets(now, 1);
            let rested =
                lease.and_then(|lease| lease.taken_over).is_none_or(|since| has_rested(since, now.server, &zone));
            return Ok((last.filter(|_| rested).map(|last| last.saturating_add(LEASE_LASTS)), Nouns::NONE));
        }
        (true, true) if !is_wanted && !is_said(Ask::Yielded) => return Ok((None, Nouns::NONE)),
        (true, true) if !is_wanted => Ask::Wanted,
        (_, true) => Ask::Yielded,
        (true, false) => Ask::Wanted,
        (false, false) => return Ok((None, Nouns::NONE)),
    };
    // Once a day, until the server has answered: it may have lost what it was asked.
    if is_said(ask) && said.is_some_and(|(_, at)| now.server.saturating_sub(at) < DAY) {
        return Ok((None, Nouns::NONE));
    }
    replica::outbox::push(connection, &core.context(now), &Body::Lease(ask))?;
    connection
        .prepare_cached("INSERT INTO nudge_asked (one, ask, at) VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET ask = excluded.ask, at = excluded.at")?
        .execute((word(ask), now.server))?;
    Ok((None, Nouns::SYNC))
}

fn forget(connection: &Connection) -> Result<()> {
    connection.prepare_cached("DELETE FROM nudge_asked")?.execute([])?;
    Ok(())
}
