use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use qadam_protocol::error::ErrorCode;
use tower::ServiceExt;

use crate::support::{NOW, Site, compiled, mutation, put, request};

const SOON: Duration = Duration::from_millis(100);
pub const LONG: Duration = Duration::from_secs(5);

pub async fn listen(site: &Site, token: &str) -> BodyDataStream {
    let request = Request::get("/v1/changes").header("authorization", format!("Bearer {token}"));
    let response =
        site.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("never fails");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    assert_eq!(next(&mut events, LONG).await.as_deref(), Some(OPEN));
    events
}

/// The next event as it travels; empty at the end; `None` where nothing comes.
pub async fn next(events: &mut BodyDataStream, within: Duration) -> Option<String> {
    let chunk = tokio::time::timeout(within, events.next()).await.ok()?;
    Some(chunk.map_or_else(String::new, |chunk| String::from_utf8(chunk.expect("whole").to_vec()).expect("text")))
}

const OPEN: &str = ": \n\n";
pub const ME: &str = "event: changed\ndata: {\"stream\":\"me\"}\n\n";
const CATALOG: &str = "event: changed\ndata: {\"stream\":\"catalog\"}\n\n";

#[tokio::test]
async fn the_other_devices_hear_of_a_change() {
    let site = Site::new().await;
    let (first, second, stranger) = (site.join("aigul").await, site.device("aigul").await, site.join("dana").await);
    let mut one = listen(&site, &first.token.0).await;
    let mut two = listen(&site, &second.token.0).await;
    let mut three = listen(&site, &stranger.token.0).await;
    let sent = request(vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))], None);
    site.post("/v1/sync", Some(&first.token.0), &sent).await;
    assert_eq!(next(&mut two, LONG).await.as_deref(), Some(ME));
    assert_eq!(next(&mut one, SOON).await, None, "it has the echo");
    site.post("/v1/sync", Some(&first.token.0), &sent).await;
    assert_eq!(next(&mut two, SOON).await, None, "nothing has changed");
    assert_eq!(next(&mut three, SOON).await, None);
}

#[tokio::test]
async fn another_process_publishes_and_everybody_hears_of_it() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let token = Some(phone.token.0.as_str());
    let mut catalog = request(Vec::new(), None);
    catalog.cursors = [("catalog".to_string(), None)].into();
    let reply: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &catalog).await.json();
    catalog.cursors = [("catalog".to_string(), Some(reply.streams["catalog"].cursor.clone()))].into();
    let idle: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &catalog).await.json();
    assert!(idle.streams.is_empty());

    let mut events = listen(&site, &phone.token.0).await;
    let published = site.place.publish(&compiled(&["one", "two", "three"]));
    // Of the embedded database a process only learns that another one has written.
    loop {
        match next(&mut events, LONG).await.as_deref() {
            Some(ME) => {}
            other => break assert_eq!(other, Some(CATALOG)),
        }
    }
    let reply: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &catalog).await.json();
    assert_eq!(reply.streams["catalog"].rows.len(), 1);
    assert!(site.app.cache.releases().get(&published.release).is_some());
    let sent = request(vec![mutation(1, 1, &crate::support::quiz(&published.release, "three", true))], None);
    let reply: qadam_protocol::sync::SyncReply = site.post("/v1/sync", token, &sent).await.json();
    assert_eq!(reply.acks[0].status, qadam_protocol::sync::AckStatus::Applied);
}

#[tokio::test]
async fn a_publication_is_known_to_the_very_next_write() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let published = site.place.publish(&compiled(&["one", "two", "three"]));
    let sent = request(vec![mutation(1, 1, &crate::support::quiz(&published.release, "three", true))], None);
    let reply: qadam_protocol::sync::SyncReply = site.post("/v1/sync", Some(&phone.token.0), &sent).await.json();
    assert_eq!(reply.acks[0].status, qadam_protocol::sync::AckStatus::Applied);
}

#[tokio::test]
async fn the_stream_of_a_revoked_device_ends() {
    let site = Site::new().await;
    let (first, second) = (site.join("aigul").await, site.device("aigul").await);
    let mut events = listen(&site, &second.token.0).await;
    let path = format!("/v1/devices/{}", second.session.device);
    site.call("DELETE", &path, Some(&first.token.0), &[], Vec::new()).await;
    assert_eq!(next(&mut events, LONG).await.as_deref(), Some(""));
    assert_eq!(site.get("/v1/changes", Some(&second.token.0), &[]).await.error().code, ErrorCode::Revoked);

    let mut events = listen(&site, &first.token.0).await;
    site.place.beside(|conn| {
        qadam_backend::store::atomically(conn, || qadam_backend::accounts::close_user(conn, "aigul", NOW))
            .expect("closes");
    });
    assert_eq!(next(&mut events, LONG).await.as_deref(), Some(""), "by another process too");
}

#[tokio::test]
async fn an_account_has_eight_streams_and_they_end_when_the_server_stops() {
    let site = Site::new().await;
    site.invite("aigul").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        let phone = site.device("aigul").await;
        open.push(listen(&site, &phone.token.0).await);
    }
    let ninth = site.device("aigul").await;
    assert_eq!(site.get("/v1/changes", Some(&ninth.token.0), &[]).await.error().code, ErrorCode::TooManyAttempts);
    drop(open.pop());
    open.push(listen(&site, &ninth.token.0).await);
    site.app.changes.close();
    for events in &mut open {
        assert_eq!(next(events, LONG).await.as_deref(), Some(""));
    }
}
