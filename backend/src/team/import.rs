//! `qadam-backend import team FILE.csv`: all of a file, or nothing of it and every fault.

use std::collections::HashMap;
use std::io::{self, Read};

use qadam_domain::digest::Digest;
use qadam_domain::team::{MAX_ID, MAX_NAME, MAX_PHONE, MAX_VOLUME, Member};
use qadam_domain::time::{DAY, Day, Millis};
use qadam_protocol::team::STREAM;

use super::forest::Forest;
use super::tree::{self, COLUMNS, TOP};
use crate::content::{Fault, Faults};
use crate::csv;
use crate::error::Error;
use crate::params;
use crate::random::{self, Random};
use crate::store::{Connection, Optional, Row, StoreError, atomically, beside};
use crate::streams;

/// Parameters of an update, which an insertion has too.
const UPDATED: usize = 12;
/// Until the sums are written.
const NO_DIGEST: [u8; 1] = [0];
/// Moves and revisions are remembered so long.
pub const HORIZON: Millis = 30 * DAY;

/// The columns that a file must have, by its first line, in any order. Others are passed over.
pub const HEADER: [&str; 10] =
    ["id", "sponsor", "name", "phone", "rank", "personal", "group", "active", "joined", "city"];

/// What an import did; members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// New ones, and those that came back.
    pub added: u64,
    /// With another sponsor, whatever else changed.
    pub moved: u64,
    /// With other data.
    pub changed: u64,
    pub removed: u64,
    pub unchanged: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing was imported.
    #[error("the file can't be imported")]
    Faults(Vec<Fault>),
    #[error("the file can't be read: {0}")]
    Read(#[source] io::Error),
    #[error(transparent)]
    Error(#[from] Error),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// Imports a file of members as one commit. Those of the tree that the file does not have stay as they are, or are removed where it is `complete`.
/// The same file again changes nothing.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import(
    conn: &Connection,
    name: &str,
    file: impl Read,
    complete: bool,
    now: Millis,
    random: Random<'_>,
) -> Result<Imported, ImportError> {
    let mut faults = Faults::new(name);
    // Beside the database, and beside memory: nobody waits while the file is read.
    let rowid = if conn.sqlite().is_some() {
        conn.execute_batch("PRAGMA temp_store = FILE")?;
        "INTEGER PRIMARY KEY"
    } else {
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    };
    conn.execute_batch(&format!(
        "CREATE TEMP TABLE IF NOT EXISTS incoming (
             rowid {rowid}, number TEXT NOT NULL UNIQUE, line BIGINT NOT NULL, sponsor TEXT, name TEXT NOT NULL, phone TEXT NOT NULL,
             rank TEXT NOT NULL, personal BIGINT NOT NULL, volume BIGINT NOT NULL, active BIGINT NOT NULL, joined BIGINT NOT NULL,
             city TEXT NOT NULL, key BIGINT, parent BIGINT
         );
         DELETE FROM incoming;"
    ))?;
    read(conn, file, &mut faults)?;
    let imported = atomically(conn, || {
        resolve(conn, complete, &mut faults)?;
        if faults.errors() > 0 {
            return Err(ImportError::Faults(std::mem::replace(&mut faults, Faults::new(name)).into_vec()));
        }
        apply(conn, complete, now, random)
    });
    conn.execute_batch("DELETE FROM incoming")?;
    imported
}

/// Reads the file into the table `incoming`, one row at a time.
fn read(conn: &Connection, file: impl Read, faults: &mut Faults) -> Result<(), ImportError> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO incoming (number, line, sponsor, name, phone, rank, personal, volume, active, joined, city)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (number) DO NOTHING",
    )?;
    let mut take = |cells: [&str; HEADER.len()], line: u32, faults: &mut Faults| {
        if let Some((number, member)) = member(cells, line, faults)
            && insert.execute(params![
                number,
                line,
                member.sponsor,
                member.name,
                member.phone,
                member.rank,
                member.personal,
                member.group,
                member.active,
                member.joined.0,
                member.city
            ])? == 0
        {
            faults.error(line, format!("the id {number} is there twice"), "keep one of the lines");
        }
        Ok(())
    };
    // One transaction for all of them; a temporary table alone, so that it locks nobody.
    beside(conn, || csv::read(file, HEADER, faults, ImportError::Read, &mut take))
}

/// A member and their number, or what is wrong with the line.
fn member(cells: [&str; HEADER.len()], line: u32, faults: &mut Faults) -> Option<(String, Member)> {
    let before = faults.errors();
    let [id, sponsor, name, phone, rank, personal, group, active, joined, city] = cells;
    for (column, text, least, most) in [
        ("id", id, 1, MAX_ID),
        ("sponsor", sponsor, 0, MAX_ID),
        ("name", name, 1, MAX_NAME),
        ("phone", phone, 0, MAX_PHONE),
        ("rank", rank, 0, MAX_ID),
        ("city", city, 0, MAX_NAME),
    ] {
        let length = text.chars().count();
        if !(least..=most).contains(&length) {
            let remedy = format!("write {least} to {most}");
            faults.error(line, format!("the {column} has {length} characters"), remedy);
        }
        if text.chars().any(char::is_control) {
            faults.error(line, format!("the {column} has a control character"), "write it on one line");
        }
    }
    if !id.is_empty() && id == sponsor {
        faults.error(line, format!("{id} is its own sponsor"), "leave the sponsor empty at the top");
    }
    let mut volume = |column: &str, text: &str| {
        let volume = if text.is_empty() { Some(0) } else { text.parse::<i64>().ok() };
        let volume = volume.filter(|volume| (-MAX_VOLUME..=MAX_VOLUME).contains(volume));
        if volume.is_none() {
            let remedy = "write a whole number, in the smallest unit that the company counts";
            faults.error(line, format!("the column {column} is no volume"), remedy);
        }
        volume
    };
    let (personal, group) = (volume("personal", personal), volume("group", group));
    let active = match active.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" | "" => Some(false),
        _ => {
            faults.error(line, "the column active is neither yes nor no", "write 1 or 0");
            None
        }
    };
    let joined = Day::parse(joined);
    if joined.is_none() {
        faults.error(line, "the column joined is no date", "write it as 2026-11-24");
    }
    if faults.errors() > before {
        return None;
    }
    let member = Member {
        sponsor: (!sponsor.is_empty()).then(|| sponsor.into()),
        name: name.into(),
        phone: phone.into(),
        rank: rank.into(),
        personal: personal?,
        group: group?,
        active: active?,
        joined: joined?,
        city: city.into(),
    };
    Some((id.into(), member))
}

/// Gives each incoming row its key and its sponsor's, and looks for those that have none and for circles.
fn resolve(conn: &Connection, complete: bool, faults: &mut Faults) -> Result<(), ImportError> {
    conn.execute_batch(
        "UPDATE incoming SET key = (SELECT id FROM member m WHERE m.number = incoming.number);
         UPDATE incoming SET key = rowid + (SELECT coalesce(max(id), 0) FROM member) WHERE key IS NULL;",
    )?;
    // A member that stays though the file does not have it may be a sponsor too.
    conn.execute(
        "UPDATE incoming SET parent = CASE WHEN sponsor IS NULL THEN 0 ELSE coalesce(
             (SELECT key FROM incoming s WHERE s.number = incoming.sponsor),
             (SELECT id FROM member m WHERE m.number = incoming.sponsor AND m.sponsor IS NOT NULL AND ?1 = 0)) END",
        [complete],
    )?;
    conn.each("SELECT line, sponsor FROM incoming WHERE parent IS NULL ORDER BY line", [], |row| {
        let (line, sponsor): (u32, String) = (row.get(0)?, row.get(1)?);
        faults.error(line, format!("the sponsor {sponsor} is no member"), "add a line for it, or mend the id");
        Ok::<_, StoreError>(())
    })?;
    let mut parents: HashMap<i64, i64> = HashMap::new();
    let mut keys = Vec::new();
    conn.each("SELECT key, parent FROM incoming WHERE parent IS NOT NULL ORDER BY line", [], |row| {
        let key = row.get(0)?;
        keys.push(key);
        parents.insert(key, row.get(1)?);
        Ok::<_, StoreError>(())
    })?;
    circles(conn, &keys, parents, faults)
}

/// Walks up from each incoming row, each path once.
fn circles(
    conn: &Connection,
    keys: &[i64],
    mut parents: HashMap<i64, i64>,
    faults: &mut Faults,
) -> Result<(), ImportError> {
    // In which walk a member was met.
    let mut met: HashMap<i64, i64> = HashMap::new();
    let mut above = conn.prepare_cached("SELECT sponsor FROM member WHERE id = ?1")?;
    for start in keys {
        let mut at = *start;
        while at != TOP {
            if let Some(walk) = met.insert(at, *start) {
                if walk == *start {
                    circle(conn, at, &parents, faults)?;
                }
                break;
            }
            at = match parents.get(&at) {
                Some(parent) => *parent,
                None => {
                    // Where a sponsor is unknown, that is told already.
                    let parent = above.query_row([at], |row| row.get::<Option<i64>>(0));
                    let parent = parent.optional()?.flatten().unwrap_or(TOP);
                    parents.insert(at, parent);
                    parent
                }
            };
        }
    }
    Ok(())
}

fn circle(conn: &Connection, member: i64, parents: &HashMap<i64, i64>, faults: &mut Faults) -> Result<(), ImportError> {
    const SHOWN: usize = 6;
    let mut line = conn.prepare_cached("SELECT line, number FROM incoming WHERE key = ?1")?;
    let mut other = conn.prepare_cached("SELECT number FROM member WHERE id = ?1")?;
    let (mut first, mut names, mut at) = (u32::MAX, Vec::new(), member);
    loop {
        let found = line.query_row([at], |row| Ok((row.get::<u32>(0)?, row.get::<String>(1)?)));
        let found = found.optional()?;
        names.push(match found {
            Some((line, number)) => {
                first = first.min(line);
                number
            }
            None => other.query_row([at], |row| row.get(0))?,
        });
        at = parents.get(&at).copied().unwrap_or(member);
        if at == member || names.len() > SHOWN {
            break;
        }
    }
    let more = if at == member { names[0].as_str() } else { "…" };
    let problem = format!("the sponsors go round in a circle: {}, {more}", names.join(", "));
    faults.error(first, problem, "mend the sponsor of one of them");
    Ok(())
}

/// Writes what differs, as one commit.
fn apply(conn: &Connection, complete: bool, now: Millis, random: Random<'_>) -> Result<Imported, ImportError> {
    let stream = streams::ensure(conn, None, STREAM, random)?;
    let rev = streams::head(conn, stream)?.rev + 1;
    let mut imported = Imported::default();
    let mut forest = Forest::new(conn);
    let mut attached = Vec::new();
    let mut note = conn.prepare_cached("INSERT INTO member_move (member, rev, sponsor) VALUES (?1, ?2, ?3)")?;
    {
        let columns = COLUMNS.replace("m.", "i.");
        let sql = format!(
            "SELECT i.key, i.parent, i.sponsor, m.id, m.sponsor, p.number, {columns}, {COLUMNS}
             FROM incoming i LEFT JOIN member m ON m.id = i.key LEFT JOIN member p ON p.id = m.sponsor ORDER BY i.rowid"
        );
        let mut insert = conn.prepare_cached(
            "INSERT INTO member (id, sponsor, number, name, phone, rank, personal, volume, active, joined, city,
                                 born, rev, sub_rev, left_rev, sub_digest, sub_count)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?12, 0, ?13, 0)",
        )?;
        let mut update = conn.prepare_cached(
            "UPDATE member SET sponsor = ?2, name = ?4, phone = ?5, rank = ?6, personal = ?7, volume = ?8, active = ?9, joined = ?10,
                               city = ?11, rev = ?12, sub_rev = ?12
             WHERE id = ?1 AND number = ?3",
        )?;
        conn.each(&sql, [], |row| {
            let (key, parent): (i64, i64) = (row.get(0)?, row.get(1)?);
            let (number, member) = tree::member(row, 6, row.get(2)?)?;
            let is_known = row.get::<Option<i64>>(3)?.is_some();
            let sponsor: Option<i64> = row.get(4)?;
            let new = member.digest(&number);
            let old = sponsor.map(|_| old_digest(row)).transpose()?;
            match old {
                Some(old) if old == new => {
                    imported.unchanged += 1;
                    return Ok(());
                }
                Some(old) => {
                    if sponsor == Some(parent) {
                        imported.changed += 1;
                    } else {
                        imported.moved += 1;
                        note.execute(params![key, rev, sponsor])?;
                        // Before the row is written: the forest reads the old tree on its way up.
                        forest.detach(key)?;
                        attached.push((key, parent));
                    }
                    forest.change(key, old, new)?;
                }
                None => {
                    imported.added += 1;
                    if is_known {
                        note.execute(params![key, rev, None::<i64>])?;
                    }
                    forest.plant(key, new);
                    attached.push((key, parent));
                }
            }
            let all = params![
                key,
                parent,
                number,
                member.name,
                member.phone,
                member.rank,
                member.personal,
                member.group,
                member.active,
                member.joined.0,
                member.city,
                rev,
                NO_DIGEST
            ];
            if is_known {
                update.execute(&all[..UPDATED])?
            } else {
                insert.execute(all)?
            };
            Ok::<_, ImportError>(())
        })?;
    }
    let gone = if complete { missing(conn)? } else { Vec::new() };
    for (key, sponsor) in &gone {
        note.execute(params![key, rev, sponsor])?;
        forest.detach(*key)?;
        imported.removed += 1;
    }
    // Files tell of sponsors first: from its end, branches grow before they are put where they belong.
    for (key, parent) in attached.into_iter().rev() {
        forest.attach(key, parent)?;
    }
    forest.write(rev)?;
    let mut empty = conn.prepare_cached(
        "UPDATE member SET sponsor = NULL, name = '', phone = '', rank = '', personal = 0, volume = 0, active = 0, joined = 0, city = '',
                           rev = ?2, sub_rev = ?2, sub_digest = ?3, sub_count = 0
         WHERE id = ?1",
    )?;
    for (key, _) in &gone {
        empty.execute(params![key, rev, NO_DIGEST])?;
    }
    if imported.added + imported.moved + imported.changed + imported.removed > 0 {
        let tag = random::text::<8>(random);
        conn.execute("INSERT INTO stream_commit (stream, rev, tag) VALUES (?1, ?2, ?3)", params![stream.0, rev, tag])?;
        conn.execute("UPDATE stream SET rev = ?2, tag = ?3 WHERE id = ?1", params![stream.0, rev, tag])?;
        conn.execute("INSERT INTO member_commit (rev, at) VALUES (?1, ?2)", params![rev, now])?;
        forget(conn, now)?;
    }
    Ok(imported)
}

/// The digest of the row that is there, from the second [`COLUMNS`].
fn old_digest(row: &Row<'_>) -> Result<Digest, ImportError> {
    let (number, member) = tree::member(row, 15, row.get(5)?)?;
    Ok(member.digest(&number))
}

/// Members of the tree that the file does not have, with their sponsors.
fn missing(conn: &Connection) -> Result<Vec<(i64, i64)>, ImportError> {
    let mut statement = conn.prepare_cached(
        "SELECT id, sponsor FROM member m
         WHERE sponsor IS NOT NULL AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.number = m.number)",
    )?;
    Ok(statement.query_all([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Forgets what is beyond the horizon. Who was away for longer begins anew.
fn forget(conn: &Connection, now: Millis) -> Result<(), ImportError> {
    let before = now.saturating_sub(HORIZON);
    let rev: Option<u64> =
        conn.query_row("SELECT max(rev) FROM member_commit WHERE at < ?1", [before], |row| row.get(0))?;
    if let Some(rev) = rev {
        conn.execute("UPDATE member_horizon SET rev = ?1", [rev])?;
        conn.execute("DELETE FROM member_move WHERE rev <= ?1", [rev])?;
        conn.execute("DELETE FROM member_commit WHERE rev <= ?1", [rev])?;
        conn.execute("DELETE FROM member WHERE sponsor IS NULL AND rev <= ?1", [rev])?;
    }
    Ok(())
}
