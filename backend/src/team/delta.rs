//! What a leader's phone lacks: a descent into those whose subtree is newer than the cursor.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use qadam_domain::planted::{self, Bug};
use qadam_domain::team::KIND;
use qadam_protocol::sync::{Cursor, Row};
use rusqlite::{Connection, OptionalExtension, params};

use super::tree::{self, COLUMNS, Leader};
use crate::error::Error;
use crate::streams::{self, StreamKey};

/// Where a leader's stream ends: at the newest revision of the subtree.
///
/// # Errors
/// What SQLite says.
pub fn head(conn: &Connection, stream: StreamKey, leader: &Leader) -> Result<Cursor, Error> {
    let epoch = streams::head(conn, stream)?.epoch;
    let tag = streams::tag_at(conn, stream, leader.sub_rev)?;
    let tag = tag.ok_or_else(|| Error::Unsound("a member's revision without a commit".into()))?;
    Ok(Cursor { epoch, rev: leader.sub_rev, tag })
}

/// The revision from which a delta is possible: the cursor's, if it is of this history and nothing after it is forgotten.
///
/// # Errors
/// What SQLite says.
pub fn since(conn: &Connection, stream: StreamKey, leader: &Leader, cursor: &Cursor) -> Result<Option<u64>, Error> {
    let head = streams::head(conn, stream)?;
    let known = streams::is_of_this_history(conn, stream, &head, cursor)?;
    let covers = cursor.rev >= horizon(conn)? || planted::is(Bug::HorizonIgnored);
    let there = known && covers && tree::was_inside(conn, leader.key, leader.key, cursor.rev)?;
    Ok(there.then_some(cursor.rev))
}

/// Moves up to this revision are forgotten.
fn horizon(conn: &Connection) -> Result<u64, Error> {
    let mut statement = conn.prepare_cached("SELECT rev FROM member_horizon")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Gives the rows of a leader's stream that changed after `since`, or all of them: who is above before who is below, those that are gone last.
/// Ends early where `emit` says so, with `false`. Holds nothing but keys.
///
/// # Errors
/// What SQLite says, and those of `emit`.
pub fn descend<E: From<Error>>(
    conn: &Connection,
    leader: &Leader,
    since: Option<u64>,
    mut emit: impl FnMut(Row) -> Result<ControlFlow<()>, E>,
) -> Result<bool, E> {
    let descent = Descent { conn, leader: leader.key, since: since.unwrap_or(0) };
    let mut gone = BTreeSet::new();
    // A key, and whether all of its branch is to be given.
    let mut open = vec![(leader.key, since.is_none())];
    while let Some((key, mut whole)) = open.pop() {
        let visited = descent.visit(key)?;
        if whole || visited.row.rev > descent.since {
            whole = whole
                || (key != leader.key && !planted::is(Bug::ArrivalAlone) && descent.arrived(key, visited.born)?);
            if emit(visited.row)?.is_break() {
                return Ok(false);
            }
        }
        if since.is_some() && !planted::is(Bug::DepartureUntold) {
            descent.departures(key, &mut gone)?;
        }
        descent.below(key, whole, &mut open)?;
    }
    for (id, rev) in gone {
        if emit(Row { kind: KIND.into(), id, rev, value: None })?.is_break() {
            return Ok(false);
        }
    }
    Ok(true)
}

struct Descent<'a> {
    conn: &'a Connection,
    leader: i64,
    since: u64,
}

struct Visited {
    row: Row,
    born: u64,
}

impl Descent<'_> {
    fn visit(&self, key: i64) -> Result<Visited, Error> {
        let sql = format!(
            "SELECT m.rev, m.born, p.number, {COLUMNS} FROM member m LEFT JOIN member p ON p.id = m.sponsor WHERE m.id = ?1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let (rev, born, id, member) = statement.query_row([key], |row| {
            let (id, member) = tree::member(row, 3, row.get(2)?)?;
            Ok((row.get(0)?, row.get(1)?, id, member))
        })?;
        Ok(Visited { row: Row { kind: KIND.into(), id, rev, value: Some(streams::raw(member.json())?) }, born })
    }

    fn arrived(&self, key: i64, born: u64) -> Result<bool, Error> {
        tree::arrived(self.conn, self.leader, key, born, self.since)
    }

    fn below(&self, key: i64, whole: bool, open: &mut Vec<(i64, bool)>) -> Result<(), Error> {
        let since = if whole { 0 } else { self.since };
        let sql = "SELECT id FROM member WHERE sponsor = ?1 AND sub_rev > ?2 ORDER BY sub_rev DESC, id DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![key, since])?;
        while let Some(row) = rows.next()? {
            open.push((row.get(0)?, whole));
        }
        Ok(())
    }

    /// Those who were below a member at some time since and are no longer in the subtree.
    fn departures(&self, key: i64, gone: &mut BTreeSet<(String, u64)>) -> Result<(), Error> {
        let sql = "SELECT member, max(rev) FROM member_move WHERE sponsor = ?1 AND rev > ?2 GROUP BY member";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![key, self.since])?;
        while let Some(row) = rows.next()? {
            let (member, rev): (i64, u64) = (row.get(0)?, row.get(1)?);
            if !tree::is_inside(self.conn, self.leader, member)? {
                let mut number = self.conn.prepare_cached("SELECT number FROM member WHERE id = ?1")?;
                if let Some(number) = number.query_row([member], |row| row.get(0)).optional()? {
                    gone.insert((number, rev));
                }
            }
        }
        Ok(())
    }
}
