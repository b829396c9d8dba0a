use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::routing::post;
use qadam_domain::time::Millis;
use qadam_protocol::content;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::repair::RepairRequest;
use qadam_protocol::sync::{ME, SyncReply, SyncRequest};
use qadam_protocol::team;
use serde::Deserialize;

use super::{check, check_version, note_refusal, read_only, repair, within};
use crate::app::App;
use crate::error::Error;
use crate::http::{self, Bytes, Caller, Json, Packing};
use crate::random;
use crate::store::Connection;
use crate::streams;

pub fn router() -> Router<Arc<App>> {
    Router::new().route("/v1/sync", post(sync_up_and_down)).route("/v1/repair", post(mend))
}

async fn sync_up_and_down(
    State(app): State<Arc<App>>,
    caller: Caller,
    packing: Packing,
    body: Bytes,
) -> Result<Response, Error> {
    let request = read(&body)?;
    check(&request)?;
    let now = app.now();
    let team_cursor = request.cursors.get(team::STREAM).cloned().flatten();
    let mut reply = match idle(&app, &caller, &request, now) {
        Some(reply) => reply,
        None => match pull(&app, &caller, &request, now).await? {
            Some(reply) => reply,
            None => push(&app, &caller, request, now).await?,
        },
    };
    crate::team::complete(&app, caller.session().account, team_cursor, &mut reply).await?;
    let mut response = http::reply(&reply, packing);
    // Nobody stores the answer to a POST that does not say for how long it is fresh (RFC 9111, section 3), and these are the bytes that phones pay for.
    response.headers_mut().remove(CACHE_CONTROL);
    Ok(response)
}

async fn mend(
    State(app): State<Arc<App>>,
    caller: Caller,
    packing: Packing,
    Json(request): Json<RepairRequest>,
) -> Result<Response, Error> {
    let session = caller.session().clone();
    let now = app.now();
    let reply = app.store.read::<_, Error, _>(move |conn| repair(conn, &session, &request, now)).await?;
    if !reply.behind {
        let (buckets, rows) = (reply.buckets.len() as u64, reply.rows.len() as u64);
        app.metrics.repaired(buckets, rows);
        tracing::warn!(buckets, rows, "a replica differed");
    }
    Ok(http::reply(&reply, packing))
}

/// A version that this server does not speak is told even where its body can't be read.
fn read(body: &Bytes) -> Result<SyncRequest, Error> {
    #[derive(Deserialize)]
    struct Version {
        protocol: u16,
    }
    body.read().or_else(|error| {
        if let Ok(Version { protocol }) = body.read() {
            check_version(protocol)?;
        }
        Err(error)
    })
}

/// The answer to who has nothing and misses nothing, from memory alone; `None` where it is not known to be so.
fn idle(app: &App, caller: &Caller, request: &SyncRequest, now: Millis) -> Option<SyncReply> {
    if !request.mutations.is_empty()
        || caller.session().gap
        || request.backed.is_some()
        || (request.acknowledged.is_some() && request.acknowledged != *caller.known().acknowledged.lock())
    {
        return None;
    }
    for (name, cursor) in &request.cursors {
        let stream = match name.as_str() {
            ME => caller.session().me,
            content::STREAM => app.cache.catalog()?,
            team::STREAM if app.cache.team(caller.session().account)? == *cursor => continue,
            team::STREAM => return None,
            _ => continue,
        };
        if *app.cache.head(stream)? != *cursor.as_ref()? {
            return None;
        }
    }
    Some(SyncReply { server_time: now, acks: Vec::new(), streams: BTreeMap::new(), backed: None })
}

/// The answer to who only asks; `None` where something is to be written.
async fn pull(app: &App, caller: &Caller, request: &SyncRequest, now: Millis) -> Result<Option<SyncReply>, Error> {
    if !request.mutations.is_empty() {
        return Ok(None);
    }
    let (session, request) = (caller.session().clone(), request.clone());
    let catalog = app.cache.catalog();
    let generation = app.cache.generation();
    let asks_team = request.cursors.contains_key(team::STREAM);
    let read = app.store.read::<_, Error, _>(move |conn| {
        let reply = read_only(conn, &session, &request, now)?;
        let streams = [Some(session.me), catalog].into_iter().flatten();
        let heads: Vec<_> =
            streams.map(|key| streams::head(conn, key).map(|head| (key, head))).collect::<Result<_, _>>()?;
        let team = if asks_team { Some(crate::team::head(conn, session.account)?) } else { None };
        Ok((reply, heads, team, request.acknowledged))
    });
    let (reply, heads, team, acknowledged) = match read.await {
        // Its reason is to be written down.
        Err(error) if error.info().code == ErrorCode::Gap => return Ok(None),
        read => read?,
    };
    if let Some(head) = team {
        app.cache.offer_team(generation, caller.session().account, head);
    }
    for (stream, head) in heads {
        app.cache.offer_head(generation, stream, head);
    }
    if app.cache.generation() == generation && acknowledged.is_some() {
        *caller.known().acknowledged.lock() = acknowledged;
    }
    Ok(reply)
}

async fn push(app: &Arc<App>, caller: &Caller, request: SyncRequest, now: Millis) -> Result<SyncReply, Error> {
    let session = caller.session().clone();
    let cache = app.cache.clone();
    let ledger = app.ledger.clone();
    let device = session.device_key;
    let told = session.clone();
    let write = move |conn: &Connection| {
        // Taken here: a publication that came while this waited is in it.
        let releases = cache.releases();
        within(conn, &releases, &session, &request, now, &mut random::system, &|entries| ledger.append(entries))
    };
    let written = app.store.write_as(device, write).await;
    if let Err(error) = written {
        let note = move |conn: &Connection| note_refusal(conn, &told, &error, now).map(|()| error);
        return Err(app.store.write::<_, Error, _>(note).await?);
    }
    written
}
