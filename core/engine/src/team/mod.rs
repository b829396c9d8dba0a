//! The distributor's team: the member that the account is, and everybody below. Written by the company alone.

mod file;
mod store;
mod view;

use qadam_domain::contacts::sort_key;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::core::Core;
use crate::error::{EngineError, Result};

pub use file::{Held, TeamFile};
pub use store::{TeamStore, Wanted, WantedDocument};
pub use view::*;

/// The longest page.
pub const PAGE: u32 = 100;

/// What [`member`] reads.
const SELECT: &str = "SELECT m.number, m.name, m.phone, m.rank, m.personal, m.volume, m.active, m.joined, m.city,
    coalesce(s.number, (SELECT upline FROM team)), (SELECT count(*) FROM member c WHERE c.sponsor = m.id), m.below, m.id, m.sponsor
    FROM member m LEFT JOIN member s ON s.id = m.sponsor";

/// Oneself; `None` where there is no team on the phone.
///
/// # Errors
/// Those of storage.
pub fn me(core: &Core) -> Result<Option<TeamMember>> {
    core.team.read(|connection| {
        let leader = leader(connection)?;
        Ok(by_key(connection, leader, 0)?.0)
    })
}

/// A member; `None` where the team has none with this id, or no longer.
///
/// # Errors
/// Those of storage.
pub fn view(core: &Core, id: &str) -> Result<Option<TeamMember>> {
    let found = core.team.read(|connection| {
        let Some(key) = key(connection, id)? else { return Ok(None) };
        let level = level(connection, key, None)?.unwrap_or(0);
        Ok(Some(by_key(connection, key, level)?.0))
    });
    Ok(found?.flatten())
}

/// The members right below one, in the order in which they came.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such member; [`EngineError::Invalid`] for a `limit` beyond 1 to 100, or an `after` that no page gave.
pub fn children(core: &Core, query: &TeamQuery) -> Result<TeamMembers> {
    check_limit(query.limit)?;
    let page = core.team.read(|connection| {
        let above = wanted(connection, query)?;
        let after = match &query.after {
            Some(after) => key(connection, after)?.ok_or_else(bad_after)?,
            None => 0,
        };
        let sql = format!("{SELECT} WHERE m.sponsor = ?1 AND m.id > ?2 ORDER BY m.id LIMIT ?3");
        let mut statement = connection.prepare_cached(&sql)?;
        let found = statement.query_map((above, after, query.limit + 1), |row| member(row, 1))?;
        Ok(paged(found.collect::<rusqlite::Result<_>>()?, query.limit))
    });
    page?.map_or_else(|| without_team(query), Ok)
}

/// Everybody below a member, each before those below it.
///
/// # Errors
/// As [`children`].
pub fn subtree(core: &Core, query: &TeamQuery) -> Result<TeamMembers> {
    check_limit(query.limit)?;
    let page = core.team.read(|connection| {
        let top = wanted(connection, query)?;
        let (mut at, mut depth) = match &query.after {
            None => (top, 0),
            Some(after) => {
                let key = key(connection, after)?.ok_or_else(bad_after)?;
                (key, level(connection, key, Some(top))?.ok_or_else(bad_after)?)
            }
        };
        let mut found = Vec::new();
        while found.len() <= query.limit as usize {
            let Some(next) = following(connection, top, at, &mut depth)? else { break };
            at = next;
            found.push(by_key(connection, at, depth)?.0);
        }
        Ok(paged(found, query.limit))
    });
    page?.map_or_else(|| without_team(query), Ok)
}

/// The members from oneself down to the one above a member: none for oneself.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such member.
pub fn path(core: &Core, id: &str) -> Result<Vec<TeamMember>> {
    let found = core.team.read(|connection| {
        let mut at = key(connection, id)?.ok_or_else(not_found)?;
        let mut path = Vec::new();
        while let (_, Some(sponsor)) = by_key(connection, at, 0)? {
            path.push(by_key(connection, sponsor, 0)?.0);
            at = sponsor;
        }
        path.reverse();
        for (level, member) in path.iter_mut().enumerate() {
            member.level = level as u32;
        }
        Ok(path)
    });
    found?.ok_or_else(not_found)
}

/// The members whose name begins so, by name.
///
/// # Errors
/// [`EngineError::Invalid`] for a `limit` beyond 1 to 100, an `after` that no page gave, or no name.
pub fn search(core: &Core, query: &TeamSearch) -> Result<TeamMembers> {
    check_limit(query.limit)?;
    let prefix = sort_key(&query.name);
    if prefix.is_empty() {
        return Err(EngineError::Invalid { field: "name".into() });
    }
    let page = core.team.read(|connection| {
        let (after_key, after_id) = match &query.after {
            None => (prefix.clone(), 0),
            Some(after) => {
                let key = key(connection, after)?.ok_or_else(bad_after)?;
                (sort_key(&by_key(connection, key, 0)?.0.name), key)
            }
        };
        // Behind everything that begins so: no text has this character.
        let end = format!("{prefix}\u{10ffff}");
        let mut statement = connection.prepare_cached(
            "SELECT member FROM name WHERE (key, member) > (?1, ?2) AND key < ?3 ORDER BY key, member LIMIT ?4",
        )?;
        let keys = statement.query_map((after_key, after_id, end, query.limit + 1), |row| row.get::<_, i64>(0))?;
        let mut found = Vec::new();
        for key in keys {
            let key = key?;
            let level = level(connection, key, None)?.unwrap_or(0);
            found.push(by_key(connection, key, level)?.0);
        }
        Ok(paged(found, query.limit))
    });
    Ok(page?.unwrap_or_default())
}

/// A page, from its members and one more where another page follows.
fn paged(mut members: Vec<TeamMember>, limit: u32) -> TeamMembers {
    let more = members.len() > limit as usize;
    members.truncate(limit as usize);
    let next = if more { members.last().map(|last| last.id.clone()) } else { None };
    TeamMembers { members, next }
}

fn member(row: &Row<'_>, level: u32) -> rusqlite::Result<TeamMember> {
    let (id, member) = file::member(row, 0, row.get(9)?)?;
    Ok(TeamMember {
        id,
        sponsor: member.sponsor,
        name: member.name,
        phone: member.phone,
        rank: member.rank,
        personal: member.personal,
        group: member.group,
        active: member.active,
        joined: member.joined.to_string(),
        city: member.city,
        level,
        children: row.get(10)?,
        below: row.get(11)?,
    })
}

/// A member, and the key of the one above it.
fn by_key(connection: &Connection, key: i64, level: u32) -> Result<(TeamMember, Option<i64>)> {
    let sql = format!("{SELECT} WHERE m.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([key], |row| Ok((member(row, level)?, row.get(13)?)))?)
}

fn key(connection: &Connection, id: &str) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM member WHERE number = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

fn leader(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT id FROM member WHERE sponsor IS NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn sponsor(connection: &Connection, key: i64) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT sponsor FROM member WHERE id = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0))?)
}

/// Levels from `top`, or from oneself, down to a member; `None` where it is not below.
fn level(connection: &Connection, member: i64, top: Option<i64>) -> Result<Option<u32>> {
    let (mut at, mut level) = (member, 0);
    while Some(at) != top {
        match sponsor(connection, at)? {
            Some(sponsor) => at = sponsor,
            None if top.is_none() => break,
            None => return Ok(None),
        }
        level += 1;
    }
    Ok(Some(level))
}

/// Who comes after `at` below `top`: the first below it, else the next beside it or beside one above it.
fn following(connection: &Connection, top: i64, at: i64, depth: &mut u32) -> Result<Option<i64>> {
    let mut next =
        connection.prepare_cached("SELECT id FROM member WHERE sponsor = ?1 AND id > ?2 ORDER BY id LIMIT 1")?;
    let mut after = |sponsor: i64, key: i64| next.query_row([sponsor, key], |row| row.get::<_, i64>(0)).optional();
    if let Some(first) = after(at, 0)? {
        *depth += 1;
        return Ok(Some(first));
    }
    let mut at = at;
    while at != top {
        let Some(sponsor) = sponsor(connection, at)? else { break };
        if let Some(beside) = after(sponsor, at)? {
            return Ok(Some(beside));
        }
        at = sponsor;
        *depth = depth.saturating_sub(1);
    }
    Ok(None)
}

fn wanted(connection: &Connection, query: &TeamQuery) -> Result<i64> {
    match &query.member {
        Some(id) => key(connection, id)?.ok_or_else(not_found),
        None => leader(connection),
    }
}

fn without_team(query: &TeamQuery) -> Result<TeamMembers> {
    if query.member.is_some() { Err(not_found()) } else { Ok(TeamMembers::default()) }
}

fn check_limit(limit: u32) -> Result<()> {
    if (1..=PAGE).contains(&limit) { Ok(()) } else { Err(EngineError::Invalid { field: "limit".into() }) }
}

fn bad_after() -> EngineError {
    EngineError::Invalid { field: "after".into() }
}

fn not_found() -> EngineError {
    EngineError::NotFound { what: "member".into() }
}
