//! `GET /healthz`: the process runs. `GET /readyz`: the database answers and the disk takes a write.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use qadam_protocol::error::ErrorCode;

use crate::app::App;
use crate::error::Error;

pub fn router() -> Router<Arc<App>> {
    Router::new().route("/healthz", get("ok")).route("/readyz", get(ready))
}

async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Error> {
    let one = app.store.read::<i64, Error, _>(|conn| Ok(conn.query_row("SELECT 1", [], |row| row.get(0))?));
    one.await?;
    let blobs = app.blobs.clone();
    let written = tokio::task::spawn_blocking(move || blobs.try_write()).await;
    if !matches!(written, Ok(Ok(()))) {
        return Err(Error::later(ErrorCode::Busy, "the disk takes no write", 5_000));
    }
    Ok("ready")
}
