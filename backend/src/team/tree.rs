//! The tree as it is, and as it was at a revision.

use qadam_domain::digest::Digest;
use qadam_domain::team::Member;
use qadam_domain::time::Day;

use crate::error::Error;
use crate::store::{Connection, Optional, Row, StoreError};

/// Sponsor of a member at the top.
pub const TOP: i64 = 0;

/// A member with the account of a person who looks at what is below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    pub key: i64,
    pub number: String,
    pub born: u64,
    /// The newest revision with which anything changed in the subtree.
    pub sub_rev: u64,
    /// The newest revision with which anybody left the subtree.
    pub left_rev: u64,
    pub digest: Digest,
    pub count: u64,
}

/// The member that an account is; `None` where it is none, or is no longer in the tree.
///
/// # Errors
/// What SQLite says.
pub fn leader_of(conn: &Connection, account: i64) -> Result<Option<Leader>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT m.id, m.number, m.born, m.sub_rev, m.left_rev, m.sub_digest, m.sub_count
         FROM account a JOIN member m ON m.number = a.distributor WHERE a.id = ?1 AND m.sponsor IS NOT NULL",
    )?;
    let found = statement.query_row([account], |row| {
        Ok(Leader {
            key: row.get(0)?,
            number: row.get(1)?,
            born: row.get(2)?,
            sub_rev: row.get(3)?,
            left_rev: row.get(4)?,
            digest: Digest::from_bytes(row.get(5)?),
            count: row.get(6)?,
        })
    });
    Ok(found.optional()?)
}

/// The columns that [`member`] reads, of a table `m`; in front of them others may stand.
pub const COLUMNS: &str = "m.number, m.name, m.phone, m.rank, m.personal, m.volume, m.active, m.joined, m.city";

/// A member's number and row, from [`COLUMNS`] that begin at `at`.
///
/// # Errors
/// What SQLite says.
pub fn member(row: &Row<'_>, at: usize, sponsor: Option<String>) -> Result<(String, Member), StoreError> {
    let number = row.get(at)?;
    let member = Member {
        sponsor,
        name: row.get(at + 1)?,
        phone: row.get(at + 2)?,
        rank: row.get(at + 3)?,
        personal: row.get(at + 4)?,
        group: row.get(at + 5)?,
        active: row.get(at + 6)?,
        joined: Day(row.get(at + 7)?),
        city: row.get(at + 8)?,
    };
    Ok((number, member))
}

/// The sponsor that a member has now; `None` where it is not in the tree.
fn sponsor(conn: &Connection, member: i64) -> Result<Option<i64>, Error> {
    let mut statement = conn.prepare_cached("SELECT sponsor FROM member WHERE id = ?1")?;
    Ok(statement.query_row([member], |row| row.get(0)).optional()?.flatten())
}

/// Where a member was at revision `at` if it has moved since; `None` where it has not, `Some(None)` where it was nowhere.
fn moved_from(conn: &Connection, member: i64, at: u64) -> Result<Option<Option<i64>>, Error> {
    let mut statement =
        conn.prepare_cached("SELECT sponsor FROM member_move WHERE member = ?1 AND rev > ?2 ORDER BY rev LIMIT 1")?;
    Ok(statement.query_row((member, at), |row| row.get(0)).optional()?)
}

/// The sponsor that a member had at a revision; `None` where it was not in the tree.
fn sponsor_at(conn: &Connection, member: i64, at: u64) -> Result<Option<i64>, Error> {
    let mut statement = conn.prepare_cached("SELECT sponsor, born FROM member WHERE id = ?1")?;
    let found = statement.query_row([member], |row| Ok((row.get::<Option<i64>>(0)?, row.get::<u64>(1)?)));
    match found.optional()? {
        Some((sponsor, born)) if born <= at => Ok(moved_from(conn, member, at)?.unwrap_or(sponsor)),
        _ => Ok(None),
    }
}

/// Whether a member is in a leader's subtree.
pub fn is_inside(conn: &Connection, leader: i64, member: i64) -> Result<bool, Error> {
    let mut at = Some(member);
    while let Some(member) = at.filter(|member| *member != TOP) {
        if member == leader {
            return Ok(true);
        }
        at = sponsor(conn, member)?;
    }
    Ok(false)
}

/// Whether a member was in a leader's subtree at a revision.
pub fn was_inside(conn: &Connection, leader: i64, member: i64, at: u64) -> Result<bool, Error> {
    let mut above = Some(member);
    while let Some(member) = above.filter(|member| *member != TOP) {
        let sponsor = sponsor_at(conn, member, at)?;
        if member == leader {
            return Ok(sponsor.is_some());
        }
        above = sponsor;
    }
    Ok(false)
}

/// Whether a member that is inside now came from outside since a revision by a move of its own.
pub fn arrived(conn: &Connection, leader: i64, member: i64, born: u64, since: u64) -> Result<bool, Error> {
    if born > since {
        return Ok(true);
    }
    match moved_from(conn, member, since)? {
        // Whether it came with somebody above is told there.
        None => Ok(false),
        Some(None) => Ok(true),
        Some(Some(from)) => Ok(!was_inside(conn, leader, from, since)?),
    }
}
