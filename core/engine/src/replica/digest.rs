//! The digest of what is confirmed of a stream: kept as rows change, compared with the server's, and mended where it differs.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::digest::{BUCKETS, Digest, bucket};
use qadam_domain::release::Releases;
use qadam_domain::time::Millis;
use qadam_protocol::mutation::name;
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::{Cursor, ME};
use rusqlite::{Connection, OptionalExtension};

use super::receive::replay;
use super::request::cursor;
use super::rows::{self, Confirmed};
use crate::database::Nouns;
use crate::error::Result;

/// The digest of a stream's confirmed rows, moved on row by row.
pub(super) struct Tally(Digest);

impl Tally {
    /// As it is stored, or else computed.
    pub(super) fn load(connection: &Connection, stream: &str) -> Result<Self> {
        let stored: Option<Option<[u8; 16]>> = connection
            .prepare_cached("SELECT digest FROM stream WHERE name = ?1")?
            .query_row([stream], |row| row.get(0))
            .optional()?;
        match stored.flatten() {
            Some(bytes) => Ok(Self(Digest::from_bytes(bytes))),
            // Before the first page there is what came with the sign-in.
            None => Ok(Self(buckets(connection, stream)?.into_iter().sum())),
        }
    }

    /// A confirmed value takes another's place.
    pub(super) fn change(&mut self, kind: &str, id: &str, old: Option<&[u8]>, new: Option<&[u8]>) {
        if old == new {
            return;
        }
        if let Some(old) = old {
            self.0 = self.0.without(Digest::of(kind, id, old));
        }
        if let Some(new) = new {
            self.0 = self.0.with(Digest::of(kind, id, new));
        }
    }

    /// Keeps it. Tells whether it differs from the server's, where that is known and can be compared.
    pub(super) fn store(self, connection: &Connection, stream: &str, told: Option<Digest>) -> Result<bool> {
        // What is erased here and not yet there is wiped already.
        let differs = told.is_some_and(|told| told != self.0) && !(stream == ME && has_erasures(connection)?);
        connection
            .prepare_cached("UPDATE stream SET digest = ?2, differs = max(differs, ?3) WHERE name = ?1")?
            .execute((stream, self.0.to_bytes(), differs))?;
        Ok(differs)
    }
}

fn has_erasures(connection: &Connection) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM mutation WHERE name = ?1)")?
        .query_row([name::RECORD_ERASE], |row| row.get(0))?)
}

/// The digests of a stream's confirmed rows in each bucket, from the stored bytes.
fn buckets(connection: &Connection, stream: &str) -> Result<Vec<Digest>> {
    let mut digests = vec![Digest::default(); BUCKETS];
    each_confirmed(connection, stream, |kind, id, value| {
        let digest = &mut digests[usize::from(bucket(kind, id))];
        *digest = digest.with(Digest::of(kind, id, value));
    })?;
    Ok(digests)
}

/// Kind, id and stored bytes of every confirmed row. The bytes may be damaged, and no text any more.
fn each_confirmed(connection: &Connection, stream: &str, mut look: impl FnMut(&str, &str, &[u8])) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT row.kind, row.id, iif(before.kind IS NULL, row.value, before.value) AS value
         FROM row LEFT JOIN before ON row.stream = 'me' AND before.kind = row.kind AND before.id = row.id
         WHERE row.stream = ?1 AND (before.kind IS NULL OR before.value IS NOT NULL)
         UNION ALL
         SELECT kind, id, value FROM before
         WHERE ?1 = 'me' AND value IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM row WHERE stream = 'me' AND kind = before.kind AND id = before.id)",
    )?;
    let mut found = statement.query([stream])?;
    while let Some(row) = found.next()? {
        let (kind, id) = (rows::lossy(row.get_ref(0)?), rows::lossy(row.get_ref(1)?));
        look(&kind, &id, row.get_ref(2)?.as_bytes().unwrap_or_default());
    }
    Ok(())
}

/// Compares the stored bytes with the digests, and notes streams that differ. Gives how many do. One that has no digest yet, since an older app stored
/// it, is compared with the server.
///
/// # Errors
/// Those of storage.
pub fn scrub(connection: &Connection, now: Millis) -> Result<u32> {
    connection.prepare_cached("UPDATE replica SET scrubbed = ?1")?.execute([now])?;
    connection.prepare_cached("UPDATE stream SET differs = 1 WHERE digest IS NULL")?.execute([])?;
    let known: Vec<(String, [u8; 16])> = connection
        .prepare_cached("SELECT name, digest FROM stream WHERE digest IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut differing = 0;
    for (stream, digest) in known {
        let stored: Digest = buckets(connection, &stream)?.into_iter().sum();
        if stored != Digest::from_bytes(digest) {
            connection.execute("UPDATE stream SET differs = 1 WHERE name = ?1", [stream])?;
            differing += 1;
        }
    }
    Ok(differing)
}

/// When the last [`scrub`] was, by the server's time.
///
/// # Errors
/// Those of storage.
pub fn scrubbed(connection: &Connection) -> Result<Millis> {
    let mut statement = connection.prepare_cached("SELECT scrubbed FROM replica")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// The first stream that is to be repaired, and what to ask for it.
///
/// # Errors
/// Those of storage.
pub fn repair_request(connection: &Connection) -> Result<Option<RepairRequest>> {
    let stream: Option<String> = connection
        .prepare_cached("SELECT name FROM stream WHERE differs = 1 AND resetting = 0 ORDER BY name LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let Some(stream) = stream else { return Ok(None) };
    let Some(cursor) = cursor(connection, &stream)? else { return Ok(None) };
    let buckets = buckets(connection, &stream)?;
    Ok(Some(RepairRequest { protocol: qadam_protocol::VERSION, stream, cursor, buckets }))
}

/// Takes the rows of the buckets that differ. Gives how many rows were not as the server has them; none where the stream has gone on since it was
/// asked.
///
/// # Errors
/// Those of storage.
pub fn repair(
    connection: &Connection,
    releases: &Releases,
    stream: &str,
    asked_at: &Cursor,
    reply: &RepairReply,
) -> Result<(u32, Nouns)> {
    if reply.behind || cursor(connection, stream)?.as_ref() != Some(asked_at) {
        return Ok((0, Nouns::NONE));
    }
    let asked: BTreeSet<u8> = reply.buckets.iter().copied().collect();
    let mut held: BTreeMap<(String, String), Vec<u8>> = BTreeMap::new();
    each_confirmed(connection, stream, |kind, id, value| {
        if asked.contains(&bucket(kind, id)) {
            held.insert((kind.into(), id.into()), value.into());
        }
    })?;
    let generation: i64 = connection
        .prepare_cached("SELECT generation FROM stream WHERE name = ?1")?
        .query_row([stream], |row| row.get(0))?;
    let mut nouns = Nouns::NONE;
    if stream == ME {
        for (kind, id, confirmed) in rows::take_before(connection)? {
            nouns |= rows::confirm(connection, ME, &kind, &id, confirmed.as_ref())?;
        }
    }
    let mut repaired = 0;
    for row in &reply.rows {
        let Some(value) = &row.value else { continue };
        let known = held.remove(&(row.kind.clone(), row.id.clone()));
        if known.as_deref() != Some(value.get().as_bytes()) {
            let confirmed = Confirmed { rev: row.rev, generation, value: value.get().to_string() };
            nouns |= rows::confirm(connection, stream, &row.kind, &row.id, Some(&confirmed))?;
            repaired += 1;
        }
    }
    for (kind, id) in held.keys() {
        nouns |= rows::confirm(connection, stream, kind, id, None)?;
        repaired += 1;
    }
    let digest: Digest = buckets(connection, stream)?.into_iter().sum();
    connection.prepare_cached("UPDATE stream SET digest = ?2, differs = ?3 WHERE name = ?1")?.execute((
        stream,
        digest.to_bytes(),
        reply.more,
    ))?;
    if stream == ME {
        replay(connection, releases)?;
    }
    Ok((repaired, nouns))
}

/// Gives up on repairing: the stream comes anew from its beginning.
///
/// # Errors
/// Those of storage.
pub fn start_over(connection: &Connection, stream: &str) -> Result<()> {
    connection.prepare_cached("UPDATE stream SET epoch = '', differs = 0 WHERE name = ?1")?.execute([stream])?;
    Ok(())
}
