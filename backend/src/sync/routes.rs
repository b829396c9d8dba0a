use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::routing::post;
use qadam_domain::time::Millis;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::repair::RepairRequest;
use qadam_protocol::sync::{SyncReply, SyncRequest};
use qadam_protocol::team;
use serde::Deserialize;

use super::cached::{idle, look, offer};
use super::{check, check_version, note_refusal, repair, within};
use crate::app::App;
use crate::error::Error;
use crate::http::{self, Bytes, Caller, Json, Packing};
use crate::random;
use crate::store::Connection;

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
    let mut reply = match idle(&app.cache, caller.known(), &request, now) {
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

/// The answer to who only asks; `None` where something is to be written.
async fn pull(app: &App, caller: &Caller, request: &SyncRequest, now: Millis) -> Result<Option<SyncReply>, Error> {
    if !request.mutations.is_empty() {
        return Ok(None);
    }
    let (session, request) = (caller.session().clone(), request.clone());
    let catalog = app.cache.catalog();
    let generation = app.cache.generation();
    match app.store.read(move |conn| look(conn, &session, catalog, &request, now)).await {
        // Its reason is to be written down.
        Err(error) if error.code() == ErrorCode::Gap => Ok(None),
        looked => Ok(offer(&app.cache, caller.known(), generation, looked?)),
    }
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
    if let Err(error) = &written
        && let code @ (ErrorCode::Gap | ErrorCode::Fork) = error.code()
    {
        let noted = app.store.write(move |conn| note_refusal(conn, &told, code, now)).await;
        if let Err(error) = noted {
            // The refusal is told all the same.
            tracing::error!(%error, "a refusal was not noted");
        }
    }
    written
}
