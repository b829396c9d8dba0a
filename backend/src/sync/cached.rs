//! Answers from memory, and what keeps the memory: what a server does around a sync that only asks.

use std::collections::BTreeMap;

use qadam_domain::time::Millis;
use qadam_protocol::content;
use qadam_protocol::sync::{Acknowledged, Cursor, ME, SyncReply, SyncRequest};
use qadam_protocol::team;

use super::read_only;
use crate::accounts::Session;
use crate::cache::{Cache, Generation, Known};
use crate::error::Error;
use crate::store::Connection;
use crate::streams::{self, StreamKey};

/// The answer to who has nothing and misses nothing, from memory alone; `None` where it is not known to be so.
pub fn idle(cache: &Cache, known: &Known, request: &SyncRequest, now: Millis) -> Option<SyncReply> {
    if !request.mutations.is_empty()
        || known.session.gap
        || request.backed.is_some()
        || (request.acknowledged.is_some() && request.acknowledged != *known.acknowledged.lock())
    {
        return None;
    }
    for (name, cursor) in &request.cursors {
        let stream = match name.as_str() {
            ME => known.session.me,
            content::STREAM => cache.catalog()?,
            team::STREAM if cache.team(known.session.account)? == *cursor => continue,
            team::STREAM => return None,
            _ => continue,
        };
        if *cache.head(stream)? != *cursor.as_ref()? {
            return None;
        }
    }
    Some(SyncReply { server_time: now, acks: Vec::new(), streams: BTreeMap::new(), backed: None })
}

/// What was read for who only asks.
pub struct Looked {
    /// `None` where something is to be written.
    reply: Option<SyncReply>,
    heads: Vec<(StreamKey, Cursor)>,
    /// Where it was asked for.
    team: Option<Option<Cursor>>,
    acknowledged: Option<Acknowledged>,
}

/// Reads the answer to a request without mutations, and what the memory is to know.
///
/// # Errors
/// As [`super::sync`].
pub fn look(
    conn: &Connection,
    session: &Session,
    catalog: Option<StreamKey>,
    request: &SyncRequest,
    now: Millis,
) -> Result<Looked, Error> {
    let reply = read_only(conn, session, request, now)?;
    let streams = [Some(session.me), catalog].into_iter().flatten();
    let heads = streams.map(|key| streams::head(conn, key).map(|head| (key, head))).collect::<Result<_, _>>()?;
    let asks_team = request.cursors.contains_key(team::STREAM);
    let team = if asks_team { Some(crate::team::head(conn, session.account)?) } else { None };
    Ok(Looked { reply, heads, team, acknowledged: request.acknowledged })
}

/// Offers to the memory what was read; `generation`: from before it was read. Gives the answer.
pub fn offer(cache: &Cache, known: &Known, generation: Generation, looked: Looked) -> Option<SyncReply> {
    let Looked { reply, heads, team, acknowledged } = looked;
    if let Some(head) = team {
        cache.offer_team(generation, known.session.account, head);
    }
    for (stream, head) in heads {
        cache.offer_head(generation, stream, head);
    }
    if cache.generation() == generation && acknowledged.is_some() {
        *known.acknowledged.lock() = acknowledged;
    }
    reply
}
