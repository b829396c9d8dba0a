//! Streams of rows: revisions without holes, a tag per commit, pages after a cursor, a digest of all rows.

mod repair;

use qadam_domain::digest::Digest;
use qadam_domain::planted::{self, Bug};
use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, Echo, Page, Row};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::params;
use crate::random::{self, Random};
use crate::store::{self, Connection, Optional, StoreError};

pub use repair::repair;

/// Parts the tag of a cursor that is not at its stream's end; no tag has it.
const HEAD: char = '.';

/// A stream's key in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey(pub i64);

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    pub kind: String,
    pub id: String,
    /// JSON; `None` where the row is gone.
    pub value: Option<String>,
}

/// A row as it is in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The database's own key of it.
    pub key: i64,
    pub rev: u64,
    /// JSON; `None` where the row is gone.
    pub value: Option<String>,
}

/// The stream of this account, or the shared one, by name; made where there is none.
///
/// # Errors
/// What SQLite says.
pub fn ensure(conn: &Connection, account: Option<i64>, name: &str, random: Random<'_>) -> Result<StreamKey, Error> {
    if let Some(key) = find(conn, account, name)? {
        return Ok(key);
    }
    let (epoch, tag) = (random::text::<8>(random), random::text::<8>(random));
    let key = conn.query_row(
        "INSERT INTO stream (account, name, epoch, rev, tag) VALUES (?1, ?2, ?3, 0, ?4) RETURNING id",
        params![account, name, epoch, tag],
        |row| row.get(0).map(StreamKey),
    )?;
    conn.prepare_cached("INSERT INTO stream_commit (stream, rev, tag) VALUES (?1, 0, ?2)")?
        .execute(params![key.0, tag])?;
    Ok(key)
}

/// The stream of this account, or the shared one, by name.
///
/// # Errors
/// What SQLite says.
pub fn find(conn: &Connection, account: Option<i64>, name: &str) -> Result<Option<StreamKey>, Error> {
    let mut statement = conn.prepare_cached("SELECT id FROM stream WHERE ifnull(account, 0) = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![account.unwrap_or(0), name], |row| row.get(0).map(StreamKey)).optional()?)
}

/// Where a stream ends: the cursor of who holds all of it.
///
/// # Errors
/// What SQLite says; also where there is no such stream.
pub fn head(conn: &Connection, stream: StreamKey) -> Result<Cursor, Error> {
    let mut statement = conn.prepare_cached("SELECT epoch, rev, tag FROM stream WHERE id = ?1")?;
    Ok(statement.query_row([stream.0], |row| Ok(Cursor { epoch: row.get(0)?, rev: row.get(1)?, tag: row.get(2)? }))?)
}

/// Writes rows as one commit, each under its own revision, in their order. A row that is already so keeps its revision; where all are, nothing is
/// committed. Gives the revision of each row that was written, `None` for those that were so before.
///
/// # Errors
/// What SQLite says.
pub fn commit(
    conn: &Connection,
    stream: StreamKey,
    rows: impl IntoIterator<Item = NewRow>,
    random: Random<'_>,
) -> Result<Vec<Option<u64>>, Error> {
    let stored = |row: NewRow| {
        let known = stored(conn, stream, &row.kind, &row.id)?;
        Ok((row, known))
    };
    commit_over(conn, stream, rows.into_iter().map(stored), random)
}

/// As [`commit`], where the caller has read already what is stored.
///
/// # Errors
/// What SQLite says.
pub fn commit_over(
    conn: &Connection,
    stream: StreamKey,
    rows: impl Iterator<Item = Result<(NewRow, Option<StoredRow>), Error>>,
    random: Random<'_>,
) -> Result<Vec<Option<u64>>, Error> {
    let before = head(conn, stream)?.rev;
    let mut digest = digest(conn, stream)?;
    let mut rev = before;
    let mut insert =
        conn.prepare_cached("INSERT INTO stream_row (stream, kind, id, rev, value) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut update = conn.prepare_cached("UPDATE stream_row SET rev = ?2, value = ?3 WHERE rowid = ?1")?;
    let mut revs = Vec::new();
    for row in rows {
        let (NewRow { kind, id, value }, known) = row?;
        if known.as_ref().is_some_and(|known| known.value == value) {
            revs.push(None);
            continue;
        }
        rev += 1;
        if let Some(new) = &value {
            digest = digest.with(Digest::of(&kind, &id, new));
        }
        match known {
            None => insert.execute(params![stream.0, kind, id, rev, value])?,
            Some(StoredRow { key, value: old, .. }) => {
                if let Some(old) = old.filter(|_| value.is_some() || !planted::is(Bug::DigestKeepsGone)) {
                    digest = digest.without(Digest::of(&kind, &id, old));
                }
                update.execute(params![key, rev, value])?
            }
        };
        revs.push(Some(rev));
    }
    if rev > before {
        let tag = random::text::<8>(random);
        let serial: i64 = conn
            .prepare_cached("UPDATE counter SET serial = serial + 1 RETURNING serial")?
            .query_row([], |row| row.get(0))?;
        conn.prepare_cached("INSERT INTO stream_commit (stream, rev, tag, serial) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![stream.0, rev, tag, serial])?;
        conn.prepare_cached("UPDATE stream SET rev = ?2, tag = ?3, digest = ?4 WHERE id = ?1")?.execute(params![
            stream.0,
            rev,
            tag,
            digest.to_bytes()
        ])?;
    }
    Ok(revs)
}

/// The digest of all rows that a stream has.
///
/// # Errors
/// What SQLite says; also where there is no such stream.
pub fn digest(conn: &Connection, stream: StreamKey) -> Result<Digest, Error> {
    let mut statement = conn.prepare_cached("SELECT digest FROM stream WHERE id = ?1")?;
    Ok(Digest::from_bytes(statement.query_row([stream.0], |row| row.get(0))?))
}

/// Kind, id and value of every row that a stream has.
fn each_row(conn: &Connection, stream: StreamKey, mut look: impl FnMut(&str, &str, &str)) -> Result<(), StoreError> {
    let sql = "SELECT kind, id, value FROM stream_row WHERE stream = ?1 AND value IS NOT NULL ORDER BY kind, id";
    conn.each(sql, [stream.0], |row| {
        look(row.text(0)?, row.text(1)?, row.text(2)?);
        Ok(())
    })
}

/// The revision up to which every backup holds the stream that the server could be restored from; `None` where there is no backup.
///
/// # Errors
/// What SQLite says.
pub fn backed(conn: &Connection, stream: StreamKey) -> Result<Option<u64>, Error> {
    let which = if planted::is(Bug::BackedTooFar) { "max" } else { "min" };
    let mut oldest = conn.prepare_cached(&format!("SELECT {which}(serial) FROM backup"))?;
    let Some(serial) = oldest.query_row([], |row| row.get::<Option<i64>>(0))? else { return Ok(None) };
    let mut statement = conn
        .prepare_cached("SELECT rev FROM stream_commit WHERE stream = ?1 AND serial <= ?2 ORDER BY rev DESC LIMIT 1")?;
    Ok(statement.query_row(params![stream.0, serial], |row| row.get(0)).optional()?.or(Some(0)))
}

/// Gives every stream another history: all cursors start from the beginning.
///
/// # Errors
/// What SQLite says.
pub fn rotate_all(conn: &Connection, random: Random<'_>) -> Result<(), Error> {
    let streams: Vec<i64> = conn.prepare_cached("SELECT id FROM stream")?.query_all([], |row| row.get(0))?;
    streams.into_iter().try_for_each(|stream| rotate(conn, StreamKey(stream), random))
}

/// Gives the stream another history: every cursor starts from the beginning.
///
/// # Errors
/// What SQLite says.
pub fn rotate(conn: &Connection, stream: StreamKey, random: Random<'_>) -> Result<(), Error> {
    let epoch = random::text::<8>(random);
    conn.prepare_cached(
        "INSERT INTO history (stream, epoch, rev, seen) SELECT id, epoch, rev, rev FROM stream WHERE id = ?1",
    )?
    .execute([stream.0])?;
    conn.prepare_cached("UPDATE stream SET epoch = ?2 WHERE id = ?1")?.execute(params![stream.0, epoch])?;
    Ok(())
}

/// The row of this kind and id; `None` where there never was one.
///
/// # Errors
/// What SQLite says.
pub fn stored(conn: &Connection, stream: StreamKey, kind: &str, id: &str) -> Result<Option<StoredRow>, Error> {
    let mut statement =
        conn.prepare_cached("SELECT rowid, rev, value FROM stream_row WHERE stream = ?1 AND kind = ?2 AND id = ?3")?;
    let row = |row: &store::Row<'_>| Ok(StoredRow { key: row.get(0)?, rev: row.get(1)?, value: row.get(2)? });
    Ok(statement.query_row(params![stream.0, kind, id], row).optional()?)
}

/// A row that the request itself wrote and whose client can make it: it merges as the server does, and holds what it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    pub rev: u64,
    /// Sequence of the first of the request's mutations that edit it.
    pub seq: u64,
    /// Its revision before; 0 where there was no row.
    pub before: u64,
}

/// The rows after `cursor`, at most `rows` of them and about [`limits::PAGE_BYTES`]; `None` where the cursor is the stream's head. `own` by
/// rising revision: those of them whose earlier revision the cursor covers are echoed.
///
/// # Errors
/// What SQLite says.
pub fn page(
    conn: &Connection,
    stream: StreamKey,
    cursor: Option<&Cursor>,
    rows: Option<u32>,
    own: &[Own],
) -> Result<Option<Page>, Error> {
    let head = head(conn, stream)?;
    if cursor == Some(&head) {
        return Ok(None);
    }
    let after = match cursor {
        Some(cursor) if is_of_this_history(conn, stream, &head, cursor)? => Some(cursor.rev),
        _ => None,
    };
    let reset = cursor.is_some() && after.is_none();
    let most = rows.unwrap_or(limits::PAGE_ROWS).clamp(1, limits::PAGE_ROWS) as usize;
    let mut page =
        Page { cursor: head, reset, more: false, rows: Vec::new(), echoes: Vec::new(), digest: None, team: None };
    let (mut count, mut bytes, mut last) = (0, 0, 0);
    let mut own =
        after.map(|after| own.iter().filter(move |own| own.before <= after || planted::is(Bug::EchoBlind)).peekable());
    // Of an echo nothing but the revision is read, which the index has.
    let mut revs =
        conn.prepare_cached("SELECT rev FROM stream_row WHERE stream = ?1 AND rev > ?2 ORDER BY rev LIMIT ?3")?;
    let mut whole = conn.prepare_cached("SELECT kind, id, value FROM stream_row WHERE stream = ?1 AND rev = ?2")?;
    // One more, which tells that there is more.
    let mut found = revs.query(params![stream.0, after.unwrap_or(0), most + 1])?;
    while let Some(row) = found.next()? {
        let rev: u64 = row.get(0)?;
        if count >= most {
            page.more = true;
            break;
        }
        if let Some(own) = own.as_mut().and_then(|own| own.next_if(|own| own.rev == rev)) {
            echo(&mut page.echoes, rev, own.seq);
        } else {
            let (kind, id, value): (String, String, Option<String>) =
                whole.query_row(params![stream.0, rev], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let row = Row { kind, id, rev, value: value.map(raw).transpose()? };
            bytes += row.kind.len() + row.id.len() + row.value.as_ref().map_or(0, |value| value.get().len());
            // A row that is longer than a page comes alone.
            if bytes > limits::PAGE_BYTES && count > 0 {
                page.more = true;
                break;
            }
            page.rows.push(row);
        }
        count += 1;
        last = rev;
    }
    if page.more && !planted::is(Bug::CursorAhead) {
        let tag = tag_at(conn, stream, last)?.ok_or_else(|| Error::Unsound("a revision without a commit".into()))?;
        // A row that was written again since is in a later page. Where the server goes back to what it was in between, it is in none: so a cursor
        // that is not at the stream's end tells as well how far the stream went when its page was made.
        page.cursor.tag = format!("{tag}{HEAD}{}{HEAD}{}", page.cursor.rev, page.cursor.tag);
        page.cursor.rev = last;
    } else if !page.more {
        page.digest = Some(digest(conn, stream)?);
    }
    Ok(Some(page))
}

/// Joins echoes whose sequences and revisions go on into runs.
fn echo(echoes: &mut Vec<Echo>, rev: u64, seq: u64) {
    match echoes.last_mut() {
        Some(last) if (last.rev + last.count, last.seq + last.count) == (rev, seq) => last.count += 1,
        _ => echoes.push(Echo { rev, seq, count: 1 }),
    }
}

pub(crate) fn is_of_this_history(
    conn: &Connection,
    stream: StreamKey,
    head: &Cursor,
    cursor: &Cursor,
) -> Result<bool, Error> {
    if cursor.epoch != head.epoch {
        return Ok(false);
    }
    if planted::is(Bug::RollbackMissed) {
        return Ok(cursor.rev <= head.rev);
    }
    let is_of =
        |rev: u64, tag: &str| Ok::<_, Error>(rev <= head.rev && tag_at(conn, stream, rev)?.as_deref() == Some(tag));
    let Some((tag, end)) = cursor.tag.split_once(HEAD) else { return is_of(cursor.rev, &cursor.tag) };
    let Some((rev, end)) = end.split_once(HEAD) else { return Ok(false) };
    Ok(is_of(cursor.rev, tag)? && is_of(rev.parse().unwrap_or(u64::MAX), end)?)
}

/// The tag of the commit that covers a revision.
pub(crate) fn tag_at(conn: &Connection, stream: StreamKey, rev: u64) -> Result<Option<String>, Error> {
    let mut statement =
        conn.prepare_cached("SELECT tag FROM stream_commit WHERE stream = ?1 AND rev >= ?2 ORDER BY rev LIMIT 1")?;
    Ok(statement.query_row(params![stream.0, rev], |row| row.get(0)).optional()?)
}

pub(crate) fn raw(value: String) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(value).map_err(|e| Error::Unsound(format!("a row that is not JSON: {e}")))
}
