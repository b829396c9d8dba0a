//! One line a request, of nobody's data: no path as it was asked for, no query, no name.

use std::time::Instant;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use qadam_protocol::APP_HEADER;

/// Characters of the app's name and version.
const APP: usize = 64;

pub async fn log(request: Request, next: Next) -> Response {
    if !tracing::enabled!(tracing::Level::INFO) {
        return next.run(request).await;
    }
    let begin = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let app = request.headers().get(APP_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let app: String = app.chars().take(APP).collect();
    let received = request.body().size_hint().exact();
    let response = next.run(request).await;
    tracing::info!(
        %method,
        path = path.as_ref().map_or("", MatchedPath::as_str),
        status = response.status().as_u16(),
        micros = u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX),
        received,
        sent = response.body().size_hint().exact(),
        app,
        "request"
    );
    response
}
