//! The mutations' ids and what became of them; of events and kept mutations also what they say.

use std::borrow::Cow;

use qadam_domain::ids::EventId;
use qadam_domain::records::Clock;
use qadam_domain::time::Millis;
use qadam_protocol::mutation::name;
use qadam_protocol::sync::{AckStatus, RefusalCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::accounts::Session;
use crate::error::Error;
use crate::params;
use crate::store::{Connection, Optional, Row};

const APPLIED: &str = "applied";
const KEPT: &str = "kept";
const REFUSED: &str = "refused";

/// A mutation as it is folded: its time is corrected.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    pub id: EventId,
    /// Key of the device that sent it.
    pub device: i64,
    /// Its device's count.
    pub seq: u64,
    pub name: Cow<'a, str>,
    pub version: u16,
    pub body: Cow<'a, RawValue>,
    pub stamp: Millis,
    /// Minutes ahead of UTC.
    pub zone: i32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Applied,
    Kept,
    Refused(RefusalCode),
}

/// What became of a mutation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub status: Status,
    pub stamp: Option<Millis>,
    pub clock: Option<Clock>,
}

pub fn find(conn: &Connection, account: i64, id: EventId) -> Result<Option<Known>, Error> {
    let mut statement =
        conn.prepare_cached("SELECT status, code, stamp, clock FROM mutation WHERE account = ?1 AND id = ?2")?;
    let row = |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<Option<String>>(1)?, row.get(2)?, row.get(3)?));
    let Some((status, code, stamp, clock)) = statement.query_row(params![account, id.0], row).optional()? else {
        return Ok(None);
    };
    let status = match status.as_str() {
        APPLIED => Status::Applied,
        KEPT => Status::Kept,
        REFUSED => Status::Refused(read_code(&code.unwrap_or_default())),
        other => return Err(Error::Unsound(format!("a mutation's status is {other}"))),
    };
    let clock: Option<String> = clock;
    let clock = clock.map(Clock::try_from).transpose().map_err(|e| Error::Unsound(e.into()))?;
    Ok(Some(Known { status, stamp, clock }))
}

/// Stores a mutation that is new. Of records it keeps the id alone: their values are in their row, where an erasure finds them. Of a device's tokens as
/// well, once they are in their table.
pub fn insert(
    conn: &Connection,
    session: &Session,
    entry: &Entry<'_>,
    status: &AckStatus,
    stamp: Option<Millis>,
    clock: Option<&Clock>,
) -> Result<(), Error> {
    let (status, code) = match status {
        AckStatus::Applied | AckStatus::Cached => (APPLIED, None),
        AckStatus::Kept => (KEPT, None),
        AckStatus::Refused(code) => (REFUSED, Some(write_code(*code))),
    };
    // Events and kept ones have a stamp.
    let told = stamp.map(|_| entry).filter(|entry| status != APPLIED || !is_of_device(&entry.name));
    conn.prepare_cached(
        "INSERT INTO mutation (account, id, device, seq, status, code, stamp, zone, clock, name, version, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        session.account,
        entry.id.0,
        session.device_key,
        entry.seq,
        status,
        code,
        stamp,
        told.map(|entry| entry.zone),
        clock.map(Clock::to_string),
        told.map(|entry| entry.name.as_ref()),
        told.map(|entry| entry.version),
        told.map(|entry| entry.body.get()),
    ])?;
    Ok(())
}

/// How many mutations of an account wait.
pub fn count_kept(conn: &Connection, account: i64) -> Result<u64, Error> {
    let mut statement = conn.prepare_cached("SELECT count(*) FROM mutation WHERE account = ?1 AND status = 'kept'")?;
    Ok(statement.query_row([account], |row| row.get(0))?)
}

pub fn accounts_with_kept(conn: &Connection) -> Result<Vec<i64>, Error> {
    let mut statement =
        conn.prepare_cached("SELECT DISTINCT account FROM mutation WHERE status = 'kept' ORDER BY account")?;
    Ok(statement.query_all([], |row| row.get(0))?)
}

/// What waits, in the order in which it came from each device.
pub fn kept_of(conn: &Connection, account: i64) -> Result<Vec<Entry<'static>>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, version, body, stamp, zone, seq, device FROM mutation WHERE account = ?1 AND status = 'kept' ORDER BY device, seq",
    )?;
    let mut rows = statement.query([account])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let body = RawValue::from_string(row.get(3)?).map_err(|e| Error::Unsound(format!("a kept body: {e}")))?;
        kept.push(Entry {
            id: EventId(row.get(0)?),
            name: Cow::Owned(row.get(1)?),
            version: row.get(2)?,
            body: Cow::Owned(body),
            stamp: row.get(4)?,
            zone: row.get(5)?,
            seq: row.get(6)?,
            device: row.get(7)?,
        });
    }
    Ok(kept)
}

/// Settles what became of a kept mutation. What it says stays only where it is about no record and was folded.
pub fn resolve(
    conn: &Connection,
    account: i64,
    kept: &Entry<'_>,
    status: &Status,
    clock: Option<&Clock>,
) -> Result<(), Error> {
    let (status, code) = match status {
        Status::Applied => (APPLIED, None),
        Status::Kept => (KEPT, None),
        Status::Refused(code) => (REFUSED, Some(write_code(*code))),
    };
    let stays = status == APPLIED && Record::of(&kept.body).is_none() && !is_of_device(&kept.name);
    conn.prepare_cached(
        "UPDATE mutation SET status = ?3, code = ?4, clock = ?5, body = CASE WHEN ?6 = 1 THEN body END WHERE account = ?1 AND id = ?2",
    )?
    .execute(params![account, kept.id.0, status, code, clock.map(Clock::to_string), stays])?;
    Ok(())
}

/// Whether a mutation of this name is what a device says of how it can be woken.
fn is_of_device(name: &str) -> bool {
    [name::PUSH_REGISTERED, name::PUSH_WITHDRAWN].contains(&name)
}

/// The record that a mutation of any version is about; `None` where it is about none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Record {
    pub kind: String,
    pub id: String,
}

impl Record {
    pub fn of(body: &RawValue) -> Option<Self> {
        serde_json::from_str(body.get()).ok()
    }
}

fn write_code(code: RefusalCode) -> String {
    serde_json::to_string(&code).expect("a code is a text")
}

fn read_code(code: &str) -> RefusalCode {
    serde_json::from_str(code).unwrap_or(RefusalCode::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_what_it_writes() {
        for code in [RefusalCode::Malformed, RefusalCode::TooManyRecords, RefusalCode::UnknownQuestion] {
            assert_eq!(read_code(&write_code(code)), code);
        }
    }

    #[test]
    fn the_record_of_a_newer_body_is_found() {
        let of = |json: &str| Record::of(&RawValue::from_string(json.into()).expect("JSON"));
        let record = of(r#"{"id":"c1","kind":"contact","pinned":true}"#);
        assert_eq!(record, Some(Record { kind: "contact".into(), id: "c1".into() }));
        assert_eq!(of(r#"{"release":"x","lesson":"y"}"#), None);
    }
}
