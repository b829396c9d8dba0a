//! Which device can be woken. A device says so of itself, in a sync; nobody else can.

use qadam_domain::time::Millis;
use qadam_protocol::accounts::Secret;
use qadam_protocol::push::{Push, Registration, Vendor};

use crate::error::Error;
use crate::params;
use crate::store::Connection;

/// Takes what a device said at `stamp`. What it said later counts, in whatever order it comes; a device that was signed out says nothing any more.
///
/// # Errors
/// What the database says.
pub fn take(conn: &Connection, device: i64, push: &Push, stamp: Millis) -> Result<(), Error> {
    if !is_newest(conn, device, stamp)? {
        return Ok(());
    }
    match push {
        Push::Registered(registration) => register(conn, device, registration, stamp),
        Push::Withdrawn => {
            silence(conn, device)?;
            conn.prepare_cached("UPDATE push_token SET registered = ?2 WHERE device = ?1")?
                .execute(params![device, stamp])?;
            Ok(())
        }
    }
}

/// The device's token is void, unless it registered one after `unless_after`. Tells whether it is.
///
/// # Errors
/// What the database says.
pub fn void(conn: &Connection, device: i64, token: &Secret, unless_after: Option<Millis>) -> Result<bool, Error> {
    let mut statement =
        conn.prepare_cached("SELECT 1 FROM push_token WHERE device = ?1 AND token = ?2 AND registered <= ?3")?;
    let is_void = statement.exists(params![device, token.0, unless_after.unwrap_or(Millis::MAX)])?;
    if is_void {
        silence(conn, device)?;
    }
    Ok(is_void)
}

/// A device that was signed out, or goes on under another id, is known nowhere any more.
///
/// # Errors
/// What the database says.
pub fn forget(conn: &Connection, account: i64, device: &str) -> Result<(), Error> {
    for table in ["push", "push_token"] {
        let sql =
            format!("DELETE FROM {table} WHERE device = (SELECT id FROM device WHERE account = ?1 AND public = ?2)");
        conn.prepare_cached(&sql)?.execute(params![account, device])?;
    }
    Ok(())
}

/// As [`forget`], of every device that is signed out, and of all devices of closed accounts.
///
/// # Errors
/// What the database says.
pub fn forget_signed_out(conn: &Connection) -> Result<(), Error> {
    for table in ["push", "push_token"] {
        let sql = format!(
            "DELETE FROM {table} WHERE device IN (SELECT device.id FROM device JOIN account ON account.id = device.account
             WHERE revoked IS NOT NULL OR closed IS NOT NULL)"
        );
        conn.execute(&sql, [])?;
    }
    Ok(())
}

/// Whether the device is signed in, and has said nothing since `stamp`.
fn is_newest(conn: &Connection, device: i64, stamp: Millis) -> Result<bool, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT 1 FROM device JOIN account ON account.id = device.account
         WHERE device.id = ?1 AND revoked IS NULL AND closed IS NULL
         AND NOT EXISTS (SELECT 1 FROM push_token WHERE device = ?1 AND registered > ?2)",
    )?;
    Ok(statement.exists(params![device, stamp])?)
}

fn register(conn: &Connection, device: i64, registration: &Registration, stamp: Millis) -> Result<(), Error> {
    let Registration { vendor, token, app, sandbox, permission, locale } = registration;
    let holder = conn
        .prepare_cached("SELECT device, registered FROM push_token WHERE vendor = ?1 AND token = ?2")?
        .query_all(params![vendor.name(), token.0], |row| Ok((row.get::<i64>(0)?, row.get::<Millis>(1)?)))?;
    if let Some((holder, since)) = holder.into_iter().find(|(holder, _)| *holder != device) {
        if since > stamp {
            // It says what was so before the installation became another device.
            return Ok(());
        }
        silence(conn, holder)?;
    }
    conn.prepare_cached(
        "INSERT INTO push_token (device, vendor, token, app, sandbox, permission, locale, registered, woken)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)
         ON CONFLICT (device) DO UPDATE SET vendor = excluded.vendor, token = excluded.token, app = excluded.app,
             sandbox = excluded.sandbox, permission = excluded.permission, locale = excluded.locale, registered = excluded.registered",
    )?
    .execute(params![device, vendor.name(), token.0, app, sandbox, permission, locale.tag(), stamp])?;
    // What waits goes to where the device is now, and shows nothing without permission.
    conn.prepare_cached("UPDATE push SET vendor = ?2 WHERE device = ?1 AND vendor <> ?2")?
        .execute(params![device, vendor.name()])?;
    if !permission {
        conn.prepare_cached("DELETE FROM push WHERE device = ?1 AND rule IS NOT NULL")?.execute([device])?;
    }
    Ok(())
}

/// Nothing of the token is left, and nothing waits for the device.
fn silence(conn: &Connection, device: i64) -> Result<(), Error> {
    conn.prepare_cached("UPDATE push_token SET token = NULL, app = NULL WHERE device = ?1")?.execute([device])?;
    conn.prepare_cached("DELETE FROM push WHERE device = ?1")?.execute([device])?;
    Ok(())
}

/// Where a device can be reached, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub vendor: Vendor,
    pub token: Secret,
    /// Of APNs.
    pub app: Option<String>,
    pub sandbox: bool,
    /// Tag of the language of what is shown.
    pub locale: String,
}
