//! What to send: the first waiting mutations, and how far each stream is held.

use std::collections::BTreeMap;

use qadam_protocol::content;
use qadam_protocol::mutation::Mutation;
use qadam_protocol::sync::{Acknowledged, ClockReading, Cursor, ME, MERGE, SyncRequest};
use rusqlite::{Connection, OptionalExtension};

use super::{event_id, outbox};
use crate::error::{EngineError, Result};
use crate::platform::Reading;

/// The streams that a phone follows.
pub const STREAMS: [&str; 2] = [ME, content::STREAM];

/// What a request carried, for the reply to be read by.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub mutations: Vec<Mutation>,
    /// How far [`ME`] was held.
    pub me: Option<Cursor>,
    /// What the clocks showed when it was made.
    pub at: Reading,
}

impl Sent {
    pub fn of(mut request: SyncRequest, at: Reading) -> Self {
        Self { mutations: request.mutations, me: request.cursors.remove(ME).flatten(), at }
    }

    /// Sequence of the first mutation; meaningless where there is none.
    pub fn first_seq(&self) -> u64 {
        self.mutations.first().map_or(0, |mutation| mutation.seq)
    }

    pub fn count(&self) -> u64 {
        self.mutations.len() as u64
    }

    /// The mutation of this sequence.
    pub fn mutation(&self, seq: u64) -> Option<&Mutation> {
        self.mutations.get(usize::try_from(seq.checked_sub(self.first_seq())?).ok()?)
    }
}

/// The next request of this device, with at most `most` mutations.
///
/// # Errors
/// [`EngineError::SignedOut`] where no device is known; those of storage.
pub fn request(connection: &Connection, reading: &Reading, most: usize) -> Result<SyncRequest> {
    let mutations = outbox::waiting(connection, most)?;
    let acknowledged = connection
        .prepare_cached("SELECT acknowledged_seq, acknowledged_id FROM replica")?
        .query_row([], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?)))
        .optional()?
        .ok_or(EngineError::SignedOut)?;
    let acknowledged = match acknowledged {
        (Some(seq), Some(id)) => Some(Acknowledged { seq: seq as u64, id: event_id(&id)? }),
        _ => None,
    };
    let mut cursors = BTreeMap::new();
    for stream in STREAMS {
        cursors.insert(stream.to_string(), cursor(connection, stream)?);
    }
    let backed = connection
        .prepare_cached("SELECT backed FROM replica WHERE EXISTS (SELECT 1 FROM acknowledged)")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))
        .optional()?
        .flatten();
    Ok(SyncRequest {
        protocol: qadam_protocol::VERSION,
        now: ClockReading { wall: reading.wall, boot: reading.boot.clone(), mono: reading.mono },
        acknowledged,
        mutations,
        cursors,
        rows: None,
        merge: Some(MERGE),
        backed: backed.map(|rev| rev as u64),
    })
}

/// How far a stream is held.
///
/// # Errors
/// Those of storage.
pub fn cursor(connection: &Connection, stream: &str) -> Result<Option<Cursor>> {
    let mut statement = connection.prepare_cached("SELECT epoch, rev, tag FROM stream WHERE name = ?1")?;
    let cursor = statement
        .query_row([stream], |row| {
            Ok(Cursor { epoch: row.get(0)?, rev: row.get::<_, i64>(1)? as u64, tag: row.get(2)? })
        })
        .optional()?;
    Ok(cursor)
}
