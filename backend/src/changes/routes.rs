//! `GET /v1/changes`

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use qadam_protocol::content;
use qadam_protocol::sync::ME;

use super::{Signal, Subscription};
use crate::app::App;
use crate::error::Error;
use crate::http::Caller;

/// Below what middle boxes of mobile networks let pass in silence.
const HEARTBEAT: Duration = Duration::from_secs(25);

pub fn router() -> Router<Arc<App>> {
    Router::new().route("/v1/changes", get(changes))
}

async fn changes(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Error> {
    let session = caller.session();
    let subscription = app.changes.subscribe(session.account, session.device_key)?;
    // Who was signed out a moment ago has not been told.
    app.session(caller.token()).await?;
    let events = unfold((app, caller, subscription), |(app, caller, subscription)| async {
        let stream = next(&app, &caller, &subscription).await?;
        let event = Event::default().event("changed").data(format!(r#"{{"stream":"{stream}"}}"#));
        Some((Ok::<_, Infallible>(event), (app, caller, subscription)))
    });
    // From the first byte on a client knows that it will be told.
    let opened = once(async { Ok(Event::default().comment("")) });
    let events = opened.chain(events);
    let unbuffered = [(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text(""));
    Ok((unbuffered, events).into_response())
}

/// The stream that has changed; `None` at the end.
async fn next(app: &App, caller: &Caller, subscription: &Subscription) -> Option<&'static str> {
    loop {
        match subscription.next().await {
            Signal::Me => return Some(ME),
            Signal::Catalog => return Some(content::STREAM),
            Signal::End => return None,
            Signal::Anything => {
                if app.session(caller.token()).await.is_err() {
                    return None;
                }
                subscription.also(Signal::Me);
                subscription.also(Signal::Catalog);
            }
        }
    }
}
