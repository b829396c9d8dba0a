//! The border to HTTP: the router, who calls, bodies in and out, errors, log.

mod body;
mod caller;
mod health;
mod log;
mod reply;

use std::future::{Ready, ready};
use std::sync::Arc;

use axum::Router;
use axum::middleware;

use crate::app::App;
use crate::error::Error;
use crate::{accounts, blobs, changes, results, sync};
use qadam_protocol::error::ErrorCode;

pub use body::{Bytes, Json, plain};
pub use caller::{Caller, Peer};
pub use reply::{Packing, reply};

/// Everything that the server answers.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(accounts::router())
        .merge(sync::router())
        .merge(blobs::router())
        .merge(changes::router())
        .merge(results::webhook::router())
        .merge(health::router())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(middleware::from_fn(log::log))
        .with_state(app)
}

fn not_found() -> Ready<Error> {
    ready(Error::new(ErrorCode::NotFound, "there is nothing here"))
}
