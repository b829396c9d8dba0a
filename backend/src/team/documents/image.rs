//! A whole team as an SQLite file that a phone opens as it is.

use std::collections::VecDeque;
use std::path::Path;

use qadam_domain::contacts::sort_key;
use qadam_protocol::sync::Cursor;
use qadam_protocol::team::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION};
use rusqlite::{Connection, params};

use crate::error::Error;
use crate::team::tree::{self, COLUMNS, Leader};

/// Kilobytes of the file that are held while it is written.
const CACHE: i32 = 16_000;

/// Writes a leader's team at `head`, which the connection's snapshot is at.
pub fn write(conn: &Connection, leader: &Leader, head: &Cursor, path: &Path) -> Result<(), Error> {
    let image = Connection::open(path)?;
    // It is thrown away where it does not become whole.
    image.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")?;
    image.pragma_update(None, "temp_store", "FILE")?;
    image.pragma_update(None, "cache_size", -CACHE)?;
    image.pragma_update(None, "application_id", APPLICATION_ID)?;
    image.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    image.execute_batch("BEGIN; CREATE TEMP TABLE unsorted (key TEXT NOT NULL, member INTEGER NOT NULL) STRICT;")?;
    let [team, member, name, indexes @ ..] = SCHEMA;
    for table in [team, member, name] {
        image.execute_batch(table)?;
    }
    let upline = members(conn, &image, leader)?;
    image.execute_batch(
        "INSERT INTO name (key, member) SELECT key, member FROM unsorted ORDER BY key, member; DROP TABLE unsorted;",
    )?;
    for index in indexes {
        image.execute_batch(index)?;
    }
    image.execute(
        "INSERT INTO team (one, leader, upline, epoch, rev, tag, digest, members) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![leader.number, upline, head.epoch, head.rev, head.tag, leader.digest.to_string(), leader.count],
    )?;
    image.execute_batch("COMMIT")?;
    image.close().map_err(|(_, error)| error)?;
    // Phones write into it through a log, which its head says.
    let image = Connection::open(path)?;
    image.pragma_update(None, "journal_mode", "WAL")?;
    image.close().map_err(|(_, error)| error.into())
}

/// Copies the members, breadth first. Gives the leader's sponsor.
fn members(conn: &Connection, image: &Connection, leader: &Leader) -> Result<Option<String>, Error> {
    // SQLite takes from the queue what was put in first, so that who is below one member comes together, in the order of those above.
    let sql = format!(
        "WITH RECURSIVE below (id) AS (SELECT ?1 UNION ALL SELECT m.id FROM below JOIN member m ON m.sponsor = below.id)
         SELECT m.id, m.sponsor, p.number, m.sub_count, {COLUMNS}
         FROM below JOIN member m ON m.id = below.id LEFT JOIN member p ON p.id = m.sponsor"
    );
    let mut insert = image.prepare(
        "INSERT INTO member (id, number, sponsor, name, phone, rank, personal, volume, active, joined, city, below)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut unsorted = image.prepare("INSERT INTO unsorted (key, member) VALUES (?1, ?2)")?;
    let mut upline = None;
    // Members that may have others below them, from number `first` on.
    let (mut above, mut first, mut count) = (VecDeque::new(), 1_i64, 0_i64);
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([leader.key])?;
    while let Some(row) = rows.next()? {
        let (key, sponsor): (i64, i64) = (row.get(0)?, row.get(1)?);
        count += 1;
        let below: i64 = row.get::<_, i64>(3)? - 1;
        let (number, member) = tree::member(row, 4, row.get(2)?)?;
        let sponsor = if key == leader.key {
            upline.clone_from(&member.sponsor);
            None
        } else {
            while above.front().is_some_and(|front| *front != sponsor) {
                above.pop_front();
                first += 1;
            }
            Some(first)
        };
        above.push_back(key);
        insert.execute(params![
            count,
            number,
            sponsor,
            member.name,
            member.phone,
            member.rank,
            member.personal,
            member.group,
            member.active,
            member.joined.0,
            member.city,
            below
        ])?;
        unsorted.execute(params![sort_key(&member.name), count])?;
    }
    if count != leader.count as i64 {
        return Err(Error::Unsound("a team has other members than are counted".into()));
    }
    Ok(upline)
}
