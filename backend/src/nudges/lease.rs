//! Which of an account's devices shows notifications.

use qadam_domain::ids::DeviceId;
use qadam_domain::planted::{self, Bug};
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::nudges::{Ask, LEASE_ID, LEASE_KIND, LEASE_LASTS, Lease};

use crate::error::Error;
use crate::store::{Connection, Optional};
use crate::streams::{self, StreamKey};

/// The lease as it is stored.
///
/// # Errors
/// What the database says, and a row that can't be read.
pub fn stored(conn: &Connection, me: StreamKey) -> Result<Option<Lease>, Error> {
    let row = streams::stored(conn, me, LEASE_KIND, LEASE_ID)?.and_then(|stored| stored.value);
    row.map(|json| serde_json::from_str(&json).map_err(|error| Error::Unsound(format!("a lease's row: {error}"))))
        .transpose()
}

/// The lease once this device has said that.
///
/// # Errors
/// What the database says.
pub fn take(
    conn: &Connection,
    lease: Option<Lease>,
    device: i64,
    ask: Ask,
    now: Millis,
) -> Result<Option<Lease>, Error> {
    let sql = "SELECT public FROM device WHERE id = ?1 AND revoked IS NULL";
    let Some(public) = conn.prepare_cached(sql)?.query_row([device], |row| row.get::<String>(0)).optional()? else {
        return Ok(lease);
    };
    let device = DeviceId::new(public).map_err(|error| Error::Unsound(format!("a device's id: {error}")))?;
    let granted = |holder| Lease { holder, wanted: None, taken_over: None };
    if planted::is(Bug::LeaseForAll) && ask == Ask::Wanted {
        return Ok(Some(granted(device)));
    }
    Ok(match (lease, ask) {
        (None, Ask::Wanted) => Some(granted(device)),
        (None, Ask::Yielded) => None,
        (Some(lease), Ask::Wanted) if lease.holder == device => Some(Lease { wanted: None, ..lease }),
        (Some(lease), Ask::Wanted) => Some(match standing(conn, &lease.holder, now)? {
            Standing::Holds => Lease { wanted: Some(device), ..lease },
            Standing::SignedOut => granted(device),
            Standing::Unheard => Lease { taken_over: Some(now), ..granted(device) },
        }),
        (Some(lease), Ask::Yielded) if lease.holder == device => lease.wanted.map(granted),
        (Some(lease), Ask::Yielded) => Some(Lease { wanted: lease.wanted.filter(|wanted| *wanted != device), ..lease }),
    })
}

enum Standing {
    Holds,
    /// Signed out, here or elsewhere: whoever has it in hand is not the person.
    SignedOut,
    Unheard,
}

/// How the holder is. That a device was heard of is noted once a day.
fn standing(conn: &Connection, device: &DeviceId, now: Millis) -> Result<Standing, Error> {
    let sql = "SELECT heard FROM device WHERE public = ?1 AND revoked IS NULL";
    let heard = conn.prepare_cached(sql)?.query_row([device.as_str()], |row| row.get::<Millis>(0)).optional()?;
    Ok(match heard {
        None => Standing::SignedOut,
        Some(heard) if heard > now - LEASE_LASTS - DAY => Standing::Holds,
        Some(_) => Standing::Unheard,
    })
}
