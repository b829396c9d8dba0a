//! What time it is by the server's clock, as well as this device can know.

use qadam_domain::planted::{self, Bug};
use qadam_domain::time::Millis;
use rusqlite::Connection;

use crate::error::Result;
use crate::platform::Reading;

/// From such a step on, in milliseconds, somebody set the wall clock.
const SET: Millis = 2_000;
/// A reply that took longer, in milliseconds, says too little about what time it is: the phone may have slept over it for hours.
const ROUND_TRIP: Millis = 60_000;

/// The server's time, and what the device's clocks showed then.
struct Measured {
    server: Millis,
    wall: Millis,
    boot: String,
    mono: Millis,
}

fn measured(connection: &Connection) -> Result<(Option<Measured>, Millis)> {
    let mut statement =
        connection.prepare_cached("SELECT server_time, measured_wall, measured_boot, measured_mono FROM replica")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok((None, 0));
    };
    let floor: Millis = row.get(0)?;
    let Some(wall) = row.get(1)? else {
        return Ok((None, floor));
    };
    Ok((Some(Measured { server: floor, wall, boot: row.get(2)?, mono: row.get(3)? }), floor))
}

/// What to add to the wall clock to get the server's time; `None` where it was never measured. Within the boot in which it was measured, the
/// steady clock tells, so a wall clock that was set since does not matter.
///
/// # Errors
/// Those of storage.
pub fn error(connection: &Connection, reading: &Reading) -> Result<Option<Millis>> {
    let (measured, _) = measured(connection)?;
    Ok(measured.map(|m| {
        let then = m.server.saturating_sub(m.wall);
        if m.boot != reading.boot || reading.mono < m.mono {
            return then;
        }
        let now = m.server.saturating_add(reading.mono.saturating_sub(m.mono)).saturating_sub(reading.wall);
        // As long as nobody set the wall clock it is one number, without the jitter of two clocks.
        if now.saturating_sub(then).abs() < SET { then } else { now }
    }))
}

/// The server's time of the last reply that was applied; 0 before the first. Nothing that happens now happened before it.
///
/// # Errors
/// Those of storage.
pub fn floor(connection: &Connection) -> Result<Millis> {
    Ok(measured(connection)?.1)
}

/// The server's time now, as well as it is known.
///
/// # Errors
/// Those of storage.
pub fn server_now(connection: &Connection, reading: &Reading) -> Result<Millis> {
    let error = error(connection, reading)?.unwrap_or(0);
    Ok(reading.wall.saturating_add(error).max(floor(connection)?))
}

/// Keeps what a reply says about time.
///
/// # Errors
/// Those of storage.
pub fn measure(connection: &Connection, server_time: Millis, reading: &Reading) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE replica SET server_time = max(server_time, ?1), measured_wall = ?2, measured_boot = ?3, measured_mono = ?4",
        )?
        .execute((server_time, reading.wall, &reading.boot, reading.mono))?;
    Ok(())
}

/// Keeps what a reply says about time; `asked`: what the clocks showed when its request was made. Of one that took long it is only known that it is later now:
/// the floor rises, and what was measured is moved along by as much, so that the error stays as it was.
///
/// # Errors
/// Those of storage.
pub fn measure_reply(connection: &Connection, server_time: Millis, asked: &Reading, reading: &Reading) -> Result<()> {
    let took = reading.mono.saturating_sub(asked.mono);
    let is_prompt = asked.boot == reading.boot && (0..=ROUND_TRIP).contains(&took);
    if is_prompt || planted::is(Bug::LateReplyTrusted) {
        return measure(connection, server_time, reading);
    }
    let later = server_time.saturating_sub(floor(connection)?).max(0);
    connection
        .prepare_cached(
            "UPDATE replica SET server_time = server_time + ?1, measured_wall = measured_wall + ?1, measured_mono = measured_mono + ?1",
        )?
        .execute([later])?;
    Ok(())
}
