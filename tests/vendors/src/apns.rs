//! The Apple Push Notification service.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Version};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use parking_lot::Mutex;
use qadam_domain::time::{MINUTE, Millis};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use super::{Clock, Got, KEY_ID, Seen, Server, TEAM_ID, TOPIC, Told, begin, is_http2, respond, take, verified};

pub fn router(seen: Arc<Mutex<Seen>>, clock: Clock, public: Vec<u8>) -> Router {
    Router::new().route("/3/device/{token}", post(apns)).with_state(((seen, clock), Arc::new(public)))
}

pub fn apns_reason(status: u16, reason: &str) -> Told {
    Told(status, json!({ "reason": reason }), None)
}

async fn apns(
    State(((seen, clock), public)): State<(Server, Arc<Vec<u8>>)>,
    Path(token): Path<String>,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    is_http2(&seen, version);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(String::from);
    if let Err(reason) = provider(&seen, &public, header("authorization").as_deref(), clock()) {
        let status = if reason == "TooManyProviderTokenUpdates" { 429 } else { 403 };
        return respond(apns_reason(status, reason));
    }
    if let Some(told) = begin(&seen, &token).await {
        return respond(told);
    }
    let payload: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Err((status, reason)) = apns_fault(&header, &token, &payload, body.len()) {
        return respond(apns_reason(status, reason));
    }
    let names = ["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id", "apns-id"];
    let headers = names.iter().filter_map(|name| Some((name.to_string(), header(name)?))).collect();
    take(&seen, Got { token, headers, body: payload });
    let id = header("apns-id").expect("checked");
    ([("apns-id", id)], "").into_response()
}

/// *Establishing a token-based connection to APNs*
fn provider(seen: &Mutex<Seen>, public: &[u8], header: Option<&str>, now: Millis) -> Result<(), &'static str> {
    let token = header.and_then(|header| header.strip_prefix("bearer ")).ok_or("MissingProviderToken")?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
    let (head, claims) =
        verified(token, |told, signature| key.verify(told, signature).is_ok()).ok_or("InvalidProviderToken")?;
    if head["alg"] != "ES256" || head["kid"] != KEY_ID || claims["iss"] != TEAM_ID {
        return Err("InvalidProviderToken");
    }
    let iat = claims["iat"].as_i64().ok_or("InvalidProviderToken")? * 1_000;
    if now - iat > 60 * MINUTE || iat > now + MINUTE {
        return Err("ExpiredProviderToken");
    }
    let mut seen = seen.lock();
    if !seen.provider.iter().any(|(known, _)| known == token) {
        if seen.provider.last().is_some_and(|(_, last)| iat != *last && (iat - *last).abs() < 20 * MINUTE) {
            return Err("TooManyProviderTokenUpdates");
        }
        seen.provider.push((token.into(), iat));
    }
    Ok(())
}

/// *Sending notification requests to APNs*
fn apns_fault(
    header: &dyn Fn(&str) -> Option<String>,
    token: &str,
    payload: &Value,
    length: usize,
) -> Result<(), (u16, &'static str)> {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let check = |is_right: bool, reason| if is_right { Ok(()) } else { Err((400, reason)) };
    check(token.len() >= 64 && is_hex(token), "BadDeviceToken")?;
    check(header("apns-topic").ok_or((400, "MissingTopic"))? == TOPIC, "TopicDisallowed")?;
    let kind = header("apns-push-type").ok_or((400, "InvalidPushType"))?;
    check(["alert", "background"].contains(&kind.as_str()), "InvalidPushType")?;
    let priority = header("apns-priority").ok_or((400, "BadPriority"))?;
    check(priority == "5" || (kind == "alert" && priority == "10"), "BadPriority")?;
    let expires = header("apns-expiration").and_then(|text| text.parse::<i64>().ok());
    check(expires.is_some_and(|at| at > 0), "BadExpirationDate")?;
    check(header("apns-collapse-id").is_some_and(|id| (1..=64).contains(&id.len())), "BadCollapseId")?;
    let id = header("apns-id").ok_or((400, "BadMessageId"))?;
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    check(parts == [8, 4, 4, 4, 12] && is_hex(&id.replace('-', "")), "BadMessageId")?;
    if length > 4_096 {
        return Err((413, "PayloadTooLarge"));
    }
    let aps = &payload["aps"];
    check(aps.is_object(), "PayloadEmpty")?;
    let is_silent = aps["alert"].is_null() && aps["sound"].is_null() && aps["badge"].is_null();
    check(
        if kind == "background" { is_silent && aps["content-available"] == 1 } else { aps["alert"].is_object() },
        "InvalidPushType",
    )
}
