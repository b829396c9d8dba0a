//! Which of an account's devices shows notifications.

use qadam_domain::ids::DeviceId;
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::nudges::{Ask, LEASE_ID, LEASE_KIND, LEASE_LASTS, Lease};

use crate::error::Error;
use crate::params;
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
    Ok(match (lease, ask) {
        (None, Ask::Wanted) => Some(Lease { holder: device, wanted: None }),
        (None, Ask::Yielded) => None,
        (Some(lease), Ask::Wanted) if lease.holder == device => Some(Lease { wanted: None, ..lease }),
        (Some(lease), Ask::Wanted) if is_held(conn, &lease.holder, now)? => {
            Some(Lease { wanted: Some(device), ..lease })
        }
        (Some(_), Ask::Wanted) => Some(Lease { holder: device, wanted: None }),
        (Some(lease), Ask::Yielded) if lease.holder == device => {
            lease.wanted.map(|wanted| Lease { holder: wanted, wanted: None })
        }
        (Some(lease), Ask::Yielded) => Some(Lease { wanted: lease.wanted.filter(|wanted| *wanted != device), ..lease }),
    })
}

/// Whether the device may still show something: it is signed in, and was heard of. That is noted once a day.
fn is_held(conn: &Connection, device: &DeviceId, now: Millis) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM device WHERE public = ?1 AND revoked IS NULL AND heard > ?2";
    Ok(conn.prepare_cached(sql)?.exists(params![device.as_str(), now - LEASE_LASTS - DAY])?)
}
