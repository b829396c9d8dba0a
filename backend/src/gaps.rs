//! What a restored server can't get back by itself. Phones send again what it lost, as soon as they come; what a phone that never comes had sent is gone.
//! So each device that may have sent something stays a *gap* from the restore on until it has been back, or until staff have dealt with it.
//!
//! A restore is known by its command, or proved by a phone that holds a revision which the server does not have, or by the ledger: it knows a device
//! that the database does not.

use std::collections::BTreeSet;

use qadam_domain::ids::DeviceId;
use qadam_domain::planted::{self, Bug};
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::sync::{Cursor, ME, SyncReply, SyncRequest};

use crate::accounts::{Session, UNHEARD};
use crate::error::Error;
use crate::ledger::Entry;
use crate::params;
use crate::random::Random;
use crate::store::{Connection, Optional, StoreError};
use crate::streams;

/// Restores that one device may prove in a day: a phone that makes them up costs no more.
const PROOFS: u64 = 10;

/// Histories of a stream that are remembered.
const HISTORIES: u64 = 100;

/// A device that has not been back since a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub device: DeviceId,
    /// The company's id of the person.
    pub distributor: String,
    /// When the backup was taken; `None` where nobody knows, since nobody announced the restore.
    pub since: Option<Millis>,
    /// When the restore was, or was noticed.
    pub until: Millis,
    /// Revisions of the account's rows that phones held and the restored server did not have. Some may have come back since.
    pub revisions: u64,
}

/// Whether the answer to a request shows what [`follow`] has to write down.
pub(crate) fn is_told(session: &Session, request: &SyncRequest, reply: &SyncReply) -> bool {
    let Some(Some(cursor)) = request.cursors.get(ME) else { return false };
    match reply.streams.get(ME) {
        // Where a phone begins anew of its own accord, its cursor names no history.
        Some(_) if session.gap && planted::is(Bug::GapClosedEarly) => true,
        Some(page) => page.reset && !cursor.epoch.is_empty(),
        None => session.gap && request.mutations.is_empty(),
    }
}

/// Writes down what a request tells of what the server lost: a cursor of a history that is over, or a device that is back with all that it had. Tells
/// whether another history began.
///
/// # Errors
/// What SQLite says.
pub(crate) fn follow(
    conn: &Connection,
    session: &Session,
    request: &SyncRequest,
    reply: &SyncReply,
    now: Millis,
    random: Random<'_>,
) -> Result<bool, Error> {
    if !is_told(session, request, reply) {
        return Ok(false);
    }
    if !reply.streams.contains_key(ME) || (session.gap && planted::is(Bug::GapClosedEarly)) {
        close(conn, &session.device, now)?;
        return Ok(false);
    }
    let Some(Some(cursor)) = request.cursors.get(ME) else { return Ok(false) };
    // A phone may say any number; the database holds those with a sign.
    let rev = cursor.rev.min(i64::MAX.unsigned_abs());
    let begins = streams::head(conn, session.me)?.epoch == cursor.epoch;
    if begins {
        prove(conn, session, true, now)?;
        // From here on, who holds this history tells nothing new.
        streams::rotate(conn, session.me, random)?;
    } else if !is_known(conn, session, cursor)? {
        prove(conn, session, false, now)?;
        conn.prepare_cached(
            "INSERT INTO history (stream, epoch, rev, seen) SELECT ?1, ?2, ?3, ?3
             WHERE (SELECT count(*) FROM history WHERE stream = ?1) < ?4",
        )?
        .execute(params![session.me.0, cursor.epoch, rev, HISTORIES])?;
    }
    conn.prepare_cached(
        "UPDATE history SET seen = CASE WHEN seen < ?3 THEN ?3 ELSE seen END WHERE stream = ?1 AND epoch = ?2",
    )?
    .execute(params![session.me.0, cursor.epoch, rev])?;
    Ok(begins)
}

fn is_known(conn: &Connection, session: &Session, cursor: &Cursor) -> Result<bool, Error> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM history WHERE stream = ?1 AND epoch = ?2")?;
    Ok(statement.exists(params![session.me.0, cursor.epoch])?)
}

/// A device showed that the server lacks what it once had. That tells nothing of others where the device has not been back since the last time; `fresh`: it
/// tells of its own account all the same, since it held the newest history.
///
/// # Errors
/// What SQLite says.
pub(crate) fn prove(conn: &Connection, session: &Session, fresh: bool, now: Millis) -> Result<(), Error> {
    let device = session.device.as_str();
    let is_gap = is_open(conn, device)?;
    let mut statement = conn.prepare_cached("SELECT count(*) FROM restore WHERE told_by = ?1 AND at > ?2")?;
    let proofs: u64 = statement.query_row(params![device, now - DAY], |row| row.get(0))?;
    if proofs >= PROOFS || (is_gap && !fresh) {
        return Ok(());
    }
    let number = insert(conn, None, now, Some(device))?;
    open(conn, number, is_gap.then_some(session.account), None)
}

/// Notes a restore: every device that the database knows and that may still be in use is a gap. Gives the restore's number.
///
/// # Errors
/// What SQLite says.
pub fn note(conn: &Connection, since: Option<Millis>, at: Millis) -> Result<i64, Error> {
    let number = insert(conn, since, at, None)?;
    open(conn, number, None, since)?;
    Ok(number)
}

fn insert(conn: &Connection, since: Option<Millis>, at: Millis, told_by: Option<&str>) -> Result<i64, Error> {
    let mut insert =
        conn.prepare_cached("INSERT INTO restore (at, since, told_by) VALUES (?1, ?2, ?3) RETURNING id")?;
    Ok(insert.query_row(params![at, since, told_by], |row| row.get(0))?)
}

/// The devices of an account, or of all, are gaps: but those that are signed out, that go on under another id, or that were not heard of for so long
/// before the database was as it is (`since`, where that is known) that they had to sign in anew.
fn open(conn: &Connection, restore: i64, account: Option<i64>, since: Option<Millis>) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO gap (device, restore, account, distributor)
         SELECT device.public, ?1, account.public, account.distributor FROM device JOIN account ON account.id = device.account
         WHERE account.id = coalesce(?2, account.id) AND revoked IS NULL AND closed IS NULL AND succeeded IS DISTINCT FROM 1
             AND heard > coalesce(?3, heard - 1)",
    )?
    .execute(params![restore, account, since.map(|since| since - UNHEARD)])?;
    // So that sessions that are cached are read anew.
    conn.prepare_cached("UPDATE device SET heard = heard WHERE account = coalesce(?1, account)")?.execute([account])?;
    Ok(())
}

/// Compares the devices with those that the ledger has seen. One that the database does not know is a gap of the newest restore since it signed in; where
/// there is none, the database was restored in silence.
///
/// # Errors
/// What SQLite says.
pub fn find(conn: &Connection, entries: &[Entry], now: Millis) -> Result<(), Error> {
    let mut unannounced = None;
    // Phones that are known by a newer name.
    let mut renamed = BTreeSet::new();
    for entry in entries {
        if let Entry::SignedIn { device, was: Some(was), .. } = entry
            && (is_device(conn, device)? || is_gap(conn, device)?)
        {
            renamed.insert(was.as_str());
        }
    }
    for entry in entries {
        match entry {
            Entry::SignedIn { .. } if planted::is(Bug::SignInUntold) => {}
            Entry::SignedIn { device, was, account, distributor, at } => {
                let newest = conn
                    .prepare_cached("SELECT max(id) FROM restore WHERE at >= ?1")?
                    .query_row([at], |row| row.get::<Option<i64>>(0))?;
                if renamed.contains(device.as_str()) || is_device(conn, device)? || is_gap(conn, device)? {
                    continue;
                }
                let number = match newest.or(unannounced) {
                    Some(number) => number,
                    None => *unannounced.insert(note(conn, None, now)?),
                };
                conn.prepare_cached("INSERT INTO gap (device, restore, account, distributor) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![device.as_str(), number, account, distributor])?;
                if let Some(was) = was {
                    // The same phone, under its older name.
                    conn.prepare_cached("UPDATE gap SET closed = ?2 WHERE device = ?1 AND restore = ?3")?
                        .execute(params![was.as_str(), now, number])?;
                }
            }
            Entry::SignedOut { device, at } => close(conn, device, *at)?,
            Entry::Closed { account, at } => {
                conn.prepare_cached("UPDATE gap SET closed = ?2 WHERE account = ?1 AND closed IS NULL")?
                    .execute(params![account, at])?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_device(conn: &Connection, device: &DeviceId) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM device WHERE public = ?1")?.exists([device.as_str()])?)
}

fn is_gap(conn: &Connection, device: &DeviceId) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM gap WHERE device = ?1")?.exists([device.as_str()])?)
}

/// A phone goes on under another id: its gaps go with it. Where it has a twin, which may still use the old id, they stay there as well.
///
/// # Errors
/// What SQLite says.
pub(crate) fn moved(conn: &Connection, account: &str, was: &DeviceId, device: &DeviceId) -> Result<(), Error> {
    let names = params![account, was.as_str(), device.as_str()];
    let mut twin = conn.prepare_cached("SELECT 1 FROM device WHERE public = ?1 AND succeeded = 0")?;
    if twin.exists([was.as_str()])? {
        conn.prepare_cached(
            "INSERT INTO gap (device, restore, account, distributor)
             SELECT ?3, restore, account, distributor FROM gap WHERE device = ?2 AND account = ?1 AND closed IS NULL",
        )?
        .execute(names)?;
        return Ok(());
    }
    conn.prepare_cached("UPDATE gap SET device = ?3 WHERE device = ?2 AND account = ?1")?.execute(names)?;
    let mut succeed = conn.prepare_cached(
        "UPDATE device SET succeeded = 1 WHERE public = ?2 AND account = (SELECT id FROM account WHERE public = ?1)",
    )?;
    succeed.execute([account, was.as_str()])?;
    Ok(())
}

/// A device turned out to have a twin: who goes on under another id leaves the other behind.
///
/// # Errors
/// What SQLite says.
pub(crate) fn twin(conn: &Connection, session: &Session) -> Result<(), Error> {
    conn.prepare_cached("UPDATE device SET succeeded = 0 WHERE id = ?1")?.execute([session.device_key])?;
    Ok(())
}

/// A device is no gap any more: it was back, or staff have dealt with it.
///
/// # Errors
/// What SQLite says.
pub fn close(conn: &Connection, device: &DeviceId, now: Millis) -> Result<(), Error> {
    conn.prepare_cached("UPDATE gap SET closed = ?2 WHERE device = ?1 AND closed IS NULL")?
        .execute(params![device.as_str(), now])?;
    // So that a session that is cached is read anew.
    conn.prepare_cached("UPDATE device SET heard = heard WHERE public = ?1")?.execute([device.as_str()])?;
    Ok(())
}

/// Staff have dealt with a device that is a gap, or with all of them. Gives how many there were.
///
/// # Errors
/// What SQLite says.
pub fn forget(conn: &Connection, device: Option<&DeviceId>, now: Millis) -> Result<usize, Error> {
    let gaps = list(conn)?;
    let chosen: Vec<_> = gaps.iter().filter(|gap| device.is_none_or(|device| gap.device == *device)).collect();
    chosen.iter().try_for_each(|gap| close(conn, &gap.device, now))?;
    Ok(chosen.len())
}

/// All gaps, by restore and person.
///
/// # Errors
/// What SQLite says.
pub fn list(conn: &Connection) -> Result<Vec<Gap>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT gap.device, gap.distributor, restore.since, restore.at,
                (SELECT CAST(coalesce(sum(history.seen - history.rev), 0) AS BIGINT) FROM history
                 JOIN stream ON stream.id = history.stream JOIN account ON account.id = stream.account
                 WHERE account.public = gap.account)
         FROM gap JOIN restore ON restore.id = gap.restore WHERE gap.closed IS NULL
         ORDER BY restore.id, gap.distributor, gap.device",
    )?;
    let rows = statement
        .query_all([], |row| Ok((row.get::<String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
    let gap = |(device, distributor, since, until, revisions)| {
        let device = DeviceId::new(device).map_err(|e| Error::Unsound(format!("a device's id: {e}")))?;
        Ok(Gap { device, distributor, since, until, revisions })
    };
    rows.into_iter().map(gap).collect()
}

/// How many devices are gaps.
///
/// # Errors
/// What SQLite says.
pub fn count(conn: &Connection) -> Result<u64, Error> {
    let mut statement = conn.prepare_cached("SELECT count(DISTINCT device) FROM gap WHERE closed IS NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// When the backup was taken whose last commit is this one, as the ledger knows. After a restore another may have the same number: what was sent since the
/// first of them may be lost.
pub fn taken(entries: &[Entry], serial: i64) -> Option<Millis> {
    entries.iter().find_map(|entry| match entry {
        Entry::BackedUp { serial: known, at } if *known == serial => Some(*at),
        _ => None,
    })
}

/// Whether a session's device is a gap.
///
/// # Errors
/// What SQLite says.
pub(crate) fn is_open(conn: &Connection, device: &str) -> Result<bool, StoreError> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM gap WHERE device = ?1 AND closed IS NULL LIMIT 1")?;
    Ok(statement.query_row([device], |_| Ok(())).optional()?.is_some())
}
