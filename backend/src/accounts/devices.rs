//! Devices and their tokens.

use qadam_domain::company::Distributor;
use qadam_domain::ids::DeviceId;
use qadam_domain::time::{DAY, Day, Millis};
use qadam_protocol::accounts::{DeviceInfo, Secret};
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::sync::ME;
use sha2::{Digest, Sha256};

use super::{Session, greeted};
use crate::error::Error;
use crate::gaps;
use crate::ledger::Entry;
use crate::params;
use crate::push::tokens;
use crate::random::{self, Random};
use crate::store::{Connection, Optional, StoreError};
use crate::streams::StreamKey;

/// A token that was not heard of for so long is void.
pub const UNHEARD: Millis = 180 * DAY;

/// SHA-256 of a token.
pub type TokenHash = [u8; 32];

/// A device that was just registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub token: Secret,
    pub session: Session,
    pub distributor: Distributor,
}

/// Under which a token is stored.
pub fn hash_of(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Registers a device of an account whose password was right, and mints its token.
///
/// # Errors
/// `forbidden` where [`limits::DEVICES`] are signed in; `bad_request` where the name is too long.
pub fn register_device(
    conn: &Connection,
    account: i64,
    name: &str,
    now: Millis,
    random: Random<'_>,
) -> Result<SignedIn, Error> {
    conn.prepare_cached("UPDATE account SET since = ?2 WHERE id = ?1 AND since IS NULL")?
        .execute(params![account, now])?;
    insert(conn, account, name, now, now, random)
}

/// The phone that goes on as a new device was another one before: what the server lacks of that one's work it may still get. A device of somebody else, or
/// of nobody, changes nothing.
///
/// # Errors
/// What SQLite says.
pub fn succeed(conn: &Connection, signed: &SignedIn, was: &DeviceId) -> Result<(), Error> {
    // Of twins, whose the token is nobody knows: each says it again, as the device that it is then.
    tokens::forget(conn, signed.session.account, was.as_str())?;
    gaps::moved(conn, &signed.session.account_id, was, &signed.session.device)
}

/// What the ledger keeps of a sign-in.
pub fn entry_of(signed: &SignedIn, was: Option<DeviceId>, at: Millis) -> Entry {
    let (device, account) = (signed.session.device.clone(), signed.session.account_id.clone());
    Entry::SignedIn { device, was, account, distributor: signed.distributor.id.clone(), at }
}

/// Registers a device for what `session`'s device and its twin have both not sent yet. It inherits the sign-in from which on its work may date.
///
/// # Errors
/// As [`register_device`].
pub fn fork(conn: &Connection, session: &Session, now: Millis, random: Random<'_>) -> Result<SignedIn, Error> {
    last_seq(conn, session)?;
    let mut statement = conn.prepare_cached("SELECT name FROM device WHERE id = ?1")?;
    let name: String = statement.query_row([session.device_key], |row| row.get(0))?;
    insert(conn, session.account, &name, now, session.device_since, random)
}

fn insert(
    conn: &Connection,
    account: i64,
    name: &str,
    now: Millis,
    since: Millis,
    random: Random<'_>,
) -> Result<SignedIn, Error> {
    let name = name.trim();
    if name.chars().count() > limits::DEVICE_NAME {
        let detail = format!("a device's name has at most {} characters", limits::DEVICE_NAME);
        return Err(Error::new(ErrorCode::BadRequest, detail));
    }
    let mut statement = conn.prepare_cached("SELECT count(*) FROM device WHERE account = ?1 AND revoked IS NULL")?;
    if statement.query_row([account], |row| row.get::<u64>(0))? >= limits::DEVICES {
        return Err(Error::new(ErrorCode::Forbidden, "too many devices are signed in"));
    }
    let token = random::text::<32>(random);
    let public = random::hex::<8>(random);
    conn.prepare_cached(
        "INSERT INTO device (public, account, name, token, signed_in, since, heard) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)",
    )?
    .execute(params![public, account, name, hash_of(&token), now, since])?;
    let session = session_of(conn, &hash_of(&token), now)?;
    let distributor = greeted(conn, session.me, random)?;
    Ok(SignedIn { token: Secret(token), session, distributor })
}

/// Whose token this is.
///
/// # Errors
/// `unauthorized` where it is not known or expired, `revoked` where its device was signed out or its account closed.
pub fn session_of(conn: &Connection, token: &TokenHash, now: Millis) -> Result<Session, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT account.id, account.public, account.since, stream.id, device.public, device.id, device.since, heard,
                revoked IS NOT NULL OR account.closed IS NOT NULL,
                EXISTS (SELECT 1 FROM gap WHERE gap.device = device.public AND gap.closed IS NULL)
         FROM device
         JOIN account ON account.id = device.account
         JOIN stream ON ifnull(stream.account, 0) = account.id AND stream.name = ?2
         WHERE token = ?1",
    )?;
    let found = statement
        .query_row(params![token, ME], |row| {
            let device: String = row.get(4)?;
            let device_since = row.get(6)?;
            let session = |device| {
                Ok::<_, StoreError>(Session {
                    account: row.get(0)?,
                    account_id: row.get(1)?,
                    account_since: row.get::<Option<_>>(2)?.unwrap_or(device_since),
                    me: StreamKey(row.get(3)?),
                    device,
                    device_key: row.get(5)?,
                    device_since,
                    heard: row.get(7)?,
                    gap: row.get(9)?,
                })
            };
            Ok((DeviceId::new(device).map(session), row.get::<bool>(8)?))
        })
        .optional()?;
    let Some((session, revoked)) = found else {
        return Err(Error::new(ErrorCode::Unauthorized, "the token is not known"));
    };
    let session = session.map_err(|e| Error::Unsound(format!("a device's id: {e}")))??;
    if revoked {
        return Err(Error::new(ErrorCode::Revoked, "the device was signed out"));
    }
    check_expiry(&session, now)?;
    Ok(session)
}

/// Whether a session that was found before still holds.
///
/// # Errors
/// `unauthorized`
pub(crate) fn check_expiry(session: &Session, now: Millis) -> Result<(), Error> {
    if now.saturating_sub(session.heard) > UNHEARD {
        return Err(Error::new(ErrorCode::Unauthorized, "the token has expired"));
    }
    Ok(())
}

/// Whether the day's first request has been noted.
pub fn is_heard_today(session: &Session, now: Millis) -> bool {
    Day::at(session.heard, 0) >= Day::at(now, 0)
}

/// Notes the day's first request.
///
/// # Errors
/// What SQLite says.
pub fn heard(conn: &Connection, session: &Session, now: Millis) -> Result<(), Error> {
    conn.prepare_cached("UPDATE device SET heard = ?2 WHERE id = ?1 AND heard < ?2")?
        .execute(params![session.device_key, now])?;
    Ok(())
}

/// Sequence of the device's last mutation that was taken; 0 before the first.
///
/// # Errors
/// `revoked` where it is so by now.
pub fn last_seq(conn: &Connection, session: &Session) -> Result<u64, Error> {
    let mut statement = conn.prepare_cached("SELECT seq FROM device WHERE id = ?1 AND revoked IS NULL")?;
    let found = statement.query_row([session.device_key], |row| row.get(0)).optional()?;
    found.ok_or_else(|| Error::new(ErrorCode::Revoked, "the device was signed out"))
}

/// Notes the last mutation that was taken.
pub(crate) fn set_last_seq(conn: &Connection, session: &Session, seq: u64) -> Result<(), Error> {
    conn.prepare_cached("UPDATE device SET seq = ?2, succeeded = NULL WHERE id = ?1")?
        .execute(params![session.device_key, seq])?;
    Ok(())
}

/// Signs a device of this account out, for good. One that is signed out already stays so.
///
/// # Errors
/// `not_found` where the account has no such device.
pub fn revoke(conn: &Connection, account: i64, device: &DeviceId, now: Millis) -> Result<(), Error> {
    let mut statement =
        conn.prepare_cached("UPDATE device SET revoked = ifnull(revoked, ?3) WHERE account = ?1 AND public = ?2")?;
    tokens::forget(conn, account, device.as_str())?;
    match statement.execute(params![account, device.as_str(), now])? {
        0 => Err(Error::new(ErrorCode::NotFound, "the account has no such device")),
        _ => Ok(()),
    }
}

/// Whether a device was signed out, by its key.
///
/// # Errors
/// What SQLite says.
pub fn is_revoked(conn: &Connection, device_key: i64) -> Result<bool, Error> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM device WHERE id = ?1 AND revoked IS NULL")?;
    Ok(!statement.exists([device_key])?)
}

/// The account's devices that are signed in, by sign-in.
///
/// # Errors
/// What SQLite says.
pub fn devices(conn: &Connection, session: &Session) -> Result<Vec<DeviceInfo>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT public, name, signed_in, heard, id FROM device WHERE account = ?1 AND revoked IS NULL ORDER BY signed_in, id",
    )?;
    let rows = statement.query_all([session.account], |row| {
        Ok((row.get::<String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get::<i64>(4)?))
    })?;
    let info = |(id, name, signed_in, heard, key)| {
        let id = DeviceId::new(id).map_err(|e| Error::Unsound(format!("a device's id: {e}")))?;
        Ok(DeviceInfo { id, name, signed_in, heard, this: key == session.device_key })
    };
    rows.into_iter().map(info).collect()
}
