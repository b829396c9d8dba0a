//! What a leader's phone lacks: a descent into those whose subtree is newer than the cursor.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use qadam_domain::planted::{self, Bug};
use qadam_domain::team::{KIND, Member};
use qadam_protocol::sync::{Cursor, Row};

use super::tree::{self, COLUMNS, Leader};
use crate::error::Error;
use crate::store::keys::{BATCH, KEYS, MORE, each_key};
use crate::store::{self, Connection, Optional};
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
    // Level by level. A key, and whether all of its branch is to be given.
    let mut level = vec![(leader.key, since.is_none())];
    while !level.is_empty() {
        let mut next = Vec::new();
        for some in level.chunks(BATCH) {
            let keys: Vec<i64> = some.iter().map(|(key, _)| *key).collect();
            let mut visited = descent.visit(&keys)?;
            let moved = if since.is_some() { descent.moved(&keys)? } else { BTreeSet::new() };
            let (mut branches, mut others) = (Vec::new(), Vec::new());
            for (key, mut whole) in some.iter().copied() {
                let Visited { row, born } =
                    visited.remove(&key).ok_or_else(|| Error::Unsound("a member that is not there".into()))?;
                if whole || row.rev > descent.since {
                    let came = |born| born > descent.since || moved.contains(&key);
                    whole = whole
                        || (key != leader.key
                            && !planted::is(Bug::ArrivalAlone)
                            && came(born)
                            && descent.arrived(key, born)?);
                    if emit(row)?.is_break() {
                        return Ok(false);
                    }
                }
                if whole { branches.push(key) } else { others.push(key) }
            }
            if since.is_some() && !planted::is(Bug::DepartureUntold) {
                descent.departures(&keys, &mut gone)?;
            }
            descent.below(&branches, 0, |key| next.push((key, true)))?;
            descent.below(&others, descent.since, |key| next.push((key, false)))?;
        }
        level = next;
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
    fn visit(&self, keys: &[i64]) -> Result<BTreeMap<i64, Visited>, Error> {
        let sql = format!(
            "SELECT m.rev, m.born, m.id, p.number, {COLUMNS} FROM member m LEFT JOIN member p ON p.id = m.sponsor
             WHERE m.id IN ({KEYS})"
        );
        let visited = |row: &store::Row<'_>| {
            let (id, member) = tree::member(row, 4, row.get(3)?)?;
            Ok((row.get(2)?, row.get(0)?, row.get(1)?, id, member))
        };
        let found: Vec<(i64, u64, u64, String, Member)> = each_key(self.conn, &sql, keys, &[], visited)?;
        let visited = found.into_iter().map(|(key, rev, born, id, member)| {
            let value = Some(streams::raw(member.json())?);
            Ok((key, Visited { row: Row { kind: KIND.into(), id, rev, value }, born }))
        });
        visited.collect()
    }

    /// Those who have moved since.
    fn moved(&self, keys: &[i64]) -> Result<BTreeSet<i64>, Error> {
        let sql = format!("SELECT DISTINCT member FROM member_move WHERE member IN ({KEYS}) AND rev > {MORE}");
        Ok(each_key(self.conn, &sql, keys, &[self.since], |row| row.get(0))?.into_iter().collect())
    }

    fn arrived(&self, key: i64, born: u64) -> Result<bool, Error> {
        tree::arrived(self.conn, self.leader, key, born, self.since)
    }

    /// Members right below these whose subtree is newer than a revision.
    fn below(&self, keys: &[i64], since: u64, mut found: impl FnMut(i64)) -> Result<(), Error> {
        let sql = format!("SELECT id FROM member WHERE sponsor IN ({KEYS}) AND sub_rev > {MORE} ORDER BY id");
        each_key(self.conn, &sql, keys, &[since], |row| row.get(0))?.into_iter().for_each(&mut found);
        Ok(())
    }

    /// Those who were below these members at some time since and are no longer in the subtree.
    fn departures(&self, keys: &[i64], gone: &mut BTreeSet<(String, u64)>) -> Result<(), Error> {
        let sql = format!(
            "SELECT member, max(rev) FROM member_move WHERE sponsor IN ({KEYS}) AND rev > {MORE} GROUP BY member, sponsor"
        );
        let left: Vec<(i64, u64)> =
            each_key(self.conn, &sql, keys, &[self.since], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (member, rev) in left {
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
