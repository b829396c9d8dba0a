//! Sign-in, devices, sign-out.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use qadam_domain::ids::DeviceId;
use qadam_domain::time::Millis;
use qadam_protocol::accounts::{
    CompanyReply, DevicesReply, SessionReply, SetPasswordReply, SetPasswordRequest, SignInReply, SignInRequest,
};
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use rusqlite::Connection;
use serde::Deserialize;

use super::codes::check_code;
use super::{SignedIn, Who, begin_attempt, end_attempt, password};
use crate::app::App;
use crate::error::Error;
use crate::http::{Caller, Json, Packing, Peer, reply};
use crate::ledger::{Entry, Ledger};
use crate::random;

/// How long a request waits until others' passwords are hashed.
const PATIENCE: Duration = Duration::from_secs(10);

pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/company", get(company))
        .route("/v1/password", post(set_password))
        .route("/v1/sign-in", post(sign_in))
        .route("/v1/sign-out", post(sign_out))
        .route("/v1/session", get(session))
        .route("/v1/fork", post(fork))
        .route("/v1/devices", get(devices))
        .route("/v1/devices/{id}", delete(revoke))
}

fn company(State(app): State<Arc<App>>, packing: Packing) -> Ready<Result<Response, Error>> {
    let protocol = [qadam_protocol::OLDEST, qadam_protocol::VERSION];
    ready(app.company().map(|company| reply(&CompanyReply { company, protocol, server_time: app.now() }, packing)))
}

async fn set_password(
    State(app): State<Arc<App>>,
    Peer(peer): Peer,
    packing: Packing,
    Json(SetPasswordRequest { code, password }): Json<SetPasswordRequest>,
) -> Result<Response, Error> {
    password::check(&password.0)?;
    let now = app.now();
    let who = [Who::Peer(peer)];
    let tried = code.clone();
    let attempt = who.clone();
    let checked = app.store.write::<_, Error, _>(move |conn| {
        begin_attempt(conn, &attempt, now)?;
        // Not an error of this write: the attempt counts.
        Ok(check_code(conn, &tried.0, now).map(|_| ()))
    });
    checked.await??;
    let hash = hashing(&app, move || password::hash(&password.0, &mut random::system)).await?;
    let set = app.store.write(move |conn| {
        let login = super::set_password(conn, &code.0, &hash, now)?;
        end_attempt(conn, &who)?;
        Ok::<_, Error>(login)
    });
    Ok(reply(&SetPasswordReply { login: set.await? }, packing))
}

async fn sign_in(
    State(app): State<Arc<App>>,
    Peer(peer): Peer,
    packing: Packing,
    Json(SignInRequest { login, password, device_name, was }): Json<SignInRequest>,
) -> Result<Response, Error> {
    if login.chars().count() > limits::LOGIN || device_name.chars().count() > limits::DEVICE_NAME {
        return Err(Error::new(ErrorCode::BadRequest, "the log-in name or the device's name is too long"));
    }
    let now = app.now();
    let who = [Who::Login(login.clone()), Who::Peer(peer)];
    let attempt = who.clone();
    let found = app.store.write::<_, Error, _>(move |conn| {
        begin_attempt(conn, &attempt, now)?;
        super::credentials(conn, &login).map(|found| (found, login))
    });
    let (found, login) = found.await?;
    let hash = found.as_ref().map(|(_, hash)| hash.clone());
    let is_right = hashing(&app, move || password::is_right(&password.0, hash.as_deref())).await?;
    let wrong = || Error::new(ErrorCode::WrongCredentials, "the log-in name or the password is wrong");
    let verified = found.filter(|_| is_right).ok_or_else(wrong)?;
    let ledger = app.ledger.clone();
    let signed_in = app.store.write::<_, Error, _>(move |conn| {
        // Between the two writes the password may have been set anew, or the account closed.
        if super::credentials(conn, &login)?.as_ref() != Some(&verified) {
            return Err(wrong());
        }
        end_attempt(conn, &who)?;
        let signed = super::register_device(conn, verified.0, &device_name, now, &mut random::system)?;
        succeed(conn, &ledger, signed, was, now)
    });
    signed_in_reply(&app, signed_in.await?, packing)
}

/// `{}`
#[derive(Deserialize)]
struct Nothing {}

async fn fork(
    State(app): State<Arc<App>>,
    caller: Caller,
    packing: Packing,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Response, Error> {
    let now = app.now();
    let session = caller.session().clone();
    let ledger = app.ledger.clone();
    let forked = app.store.write(move |conn| {
        let forked = super::fork(conn, &session, now, &mut random::system)?;
        succeed(conn, &ledger, forked, Some(session.device), now)
    });
    signed_in_reply(&app, forked.await?, packing)
}

/// A new device takes the place of the one that its phone was, and the ledger hears of it.
fn succeed(
    conn: &Connection,
    ledger: &Ledger,
    signed: SignedIn,
    was: Option<DeviceId>,
    now: Millis,
) -> Result<SignedIn, Error> {
    if let Some(was) = &was {
        super::succeed(conn, &signed, was)?;
    }
    ledger.append(&[super::entry_of(&signed, was, now)])?;
    Ok(signed)
}

async fn sign_out(State(app): State<Arc<App>>, caller: Caller) -> Result<StatusCode, Error> {
    let session = caller.session().clone();
    let now = app.now();
    sign_out_for_good(&app, session.account, session.device, now).await
}

fn session(State(app): State<Arc<App>>, caller: Caller, packing: Packing) -> Ready<Response> {
    let session = caller.session();
    let (device, account) = (session.device.clone(), session.account_id.clone());
    ready(reply(&SessionReply { device, account, server_time: app.now() }, packing))
}

async fn devices(State(app): State<Arc<App>>, caller: Caller, packing: Packing) -> Result<Response, Error> {
    let session = caller.session().clone();
    let devices = app.store.read(move |conn| super::devices(conn, &session)).await?;
    Ok(reply(&DevicesReply { devices }, packing))
}

async fn revoke(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Error> {
    let device = DeviceId::new(id).map_err(|_| Error::new(ErrorCode::NotFound, "there is no such device"))?;
    let account = caller.session().account;
    let now = app.now();
    sign_out_for_good(&app, account, device, now).await
}

async fn sign_out_for_good(app: &App, account: i64, device: DeviceId, now: Millis) -> Result<StatusCode, Error> {
    let ledger = app.ledger.clone();
    let write = move |conn: &Connection| {
        super::revoke(conn, account, &device, now)?;
        ledger.append(&[Entry::SignedOut { device, at: now }])
    };
    app.store.write(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn signed_in_reply(app: &App, signed_in: SignedIn, packing: Packing) -> Result<Response, Error> {
    let SignedIn { token, session, distributor } = signed_in;
    let company = app.company()?;
    let (device, account) = (session.device, session.account_id);
    Ok(reply(&SignInReply { token, device, account, company, distributor, server_time: app.now() }, packing))
}

/// Runs what takes memory and a core, a few at a time.
async fn hashing<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let busy = || Error::later(ErrorCode::Busy, "too many sign in at once", 5_000);
    let permit = tokio::time::timeout(PATIENCE, app.hashing.acquire()).await;
    let _permit = permit.map_err(|_| busy())?.map_err(|_| busy())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Unsound("a password's hashing panicked".into()))
}
