//! A whole team as an SQLite file that a phone opens as it is.

use std::path::Path;

use qadam_domain::contacts::sort_key;
use qadam_domain::digest::Digest;
use qadam_protocol::sync::Cursor;
use qadam_protocol::team::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION, SHIPPED};
use rusqlite::Connection as Image;

use crate::error::Error;
use crate::store::keys::{BATCH, KEYS, each_key};
use crate::store::{Connection, Row};
use crate::team::tree::{self, COLUMNS, Leader};

/// Kilobytes of the file that are held while it is written.
const CACHE: i32 = 16_000;

/// Writes a leader's team at `head`, which the connection's snapshot is at.
pub fn write(conn: &Connection, leader: &Leader, head: &Cursor, path: &Path) -> Result<(), Error> {
    let image = Image::open(path)?;
    // It is thrown away where it does not become whole.
    image.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")?;
    image.pragma_update(None, "temp_store", "FILE")?;
    image.pragma_update(None, "cache_size", -CACHE)?;
    image.pragma_update(None, "application_id", APPLICATION_ID)?;
    image.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    image.execute_batch("BEGIN; CREATE TEMP TABLE unsorted (key TEXT NOT NULL, member INTEGER NOT NULL) STRICT;")?;
    let (tables, indexes) = SCHEMA[..SHIPPED].split_at(3);
    for table in tables {
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
        rusqlite::params![leader.number, upline, head.epoch, head.rev, head.tag, leader.digest.to_string(), leader.count],
    )?;
    image.execute_batch("COMMIT")?;
    image.close().map_err(|(_, error)| error.into())
}

/// Copies the members, by their keys. Gives the leader's sponsor.
fn members(conn: &Connection, image: &Image, leader: &Leader) -> Result<Option<String>, Error> {
    // Of each member 8 bytes: its number in the image is its place among them.
    let mut keys: Vec<i64> = Vec::with_capacity(leader.count as usize);
    {
        let sql = "WITH RECURSIVE below (id) AS (
                       SELECT id FROM member WHERE id = ?1 UNION ALL SELECT m.id FROM below JOIN member m ON m.sponsor = below.id)
                   SELECT id FROM below";
        conn.each(sql, [leader.key], |row| {
            keys.push(row.get(0)?);
            Ok::<_, Error>(())
        })?;
    }
    if keys.len() as u64 != leader.count {
        return Err(Error::Unsound("a team has other members than are counted".into()));
    }
    keys.sort_unstable();
    let sql = format!(
        "SELECT m.sponsor, p.number, m.sub_count, m.id, {COLUMNS} FROM member m LEFT JOIN member p ON p.id = m.sponsor
         WHERE m.id IN ({KEYS}) ORDER BY m.id"
    );
    let mut insert = image.prepare(
        "INSERT INTO member (id, number, sponsor, name, phone, rank, personal, volume, active, joined, city, below)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut unsorted = image.prepare("INSERT INTO unsorted (key, member) VALUES (?1, ?2)")?;
    let (mut upline, mut digest) = (None, Digest::default());
    let mut n = 0_i64;
    for some in keys.chunks(BATCH) {
        let read = |row: &Row<'_>| {
            Ok((row.get::<i64>(0)?, row.get::<i64>(2)? - 1, row.get::<i64>(3)?, tree::member(row, 4, row.get(1)?)?))
        };
        for (sponsor, below, key, (number, member)) in each_key(conn, &sql, some, &[], read)? {
            n += 1;
            digest = digest.with(member.digest(&number));
            let sponsor = if key == leader.key {
                upline.clone_from(&member.sponsor);
                None
            } else {
                let place = keys.binary_search(&sponsor);
                Some(1 + place.map_err(|_| Error::Unsound("a member without its sponsor".into()))? as i64)
            };
            insert.execute(rusqlite::params![
                n,
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
            unsorted.execute(rusqlite::params![sort_key(&member.name), n])?;
        }
    }
    if n != keys.len() as i64 {
        return Err(Error::Unsound("a member that is not there".into()));
    }
    // Phones take the digest of an image on trust in its hash, and keep it from there on.
    if digest != leader.digest {
        return Err(Error::Unsound("a team has other rows than its digest says".into()));
    }
    Ok(upline)
}
