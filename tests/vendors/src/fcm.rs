//! Firebase Cloud Messaging, and the token endpoint of its service accounts.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use parking_lot::Mutex;
use qadam_domain::time::MINUTE;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use super::{Clock, GRANT, Got, PROJECT, RSA, Seen, Server, Told, begin, is_http2, respond, take, verified};

pub fn router(seen: Arc<Mutex<Seen>>, clock: Clock) -> Router {
    Router::new()
        .route("/token", post(grant))
        .route(&format!("/v1/projects/{PROJECT}/messages:send"), post(fcm))
        .with_state((seen, clock))
}

/// `POST /token` (RFC 7523).
async fn grant(State((seen, clock)): State<Server>, version: Version, headers: HeaderMap, body: String) -> Response {
    is_http2(&seen, version);
    if let Some(told) = begin(&seen, GRANT).await {
        return respond(told);
    }
    static PUBLIC: LazyLock<PublicKeyComponents<Vec<u8>>> = LazyLock::new(|| {
        let der = PrivatePkcs8KeyDer::from_pem_slice(RSA.as_bytes()).expect("a key");
        PublicKeyComponents::from(RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("a key").public())
    });
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    let is_form = headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let Some(assertion) = body.strip_prefix(prefix).filter(|_| is_form) else {
        return refused("unsupported_grant_type");
    };
    let is_right = |told: &[u8], signature: &[u8]| PUBLIC.verify(&RSA_PKCS1_2048_8192_SHA256, told, signature).is_ok();
    let Some((header, claims)) = verified(assertion, is_right) else { return refused("invalid_grant") };
    let now = clock();
    let (iat, exp) = (claims["iat"].as_i64().unwrap_or(0), claims["exp"].as_i64().unwrap_or(0));
    let is_right = header["alg"] == "RS256"
        && header["kid"] == "0123456789abcdef"
        && claims["iss"] == "push@qadam-test.iam.gserviceaccount.com"
        && claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        && claims["aud"].as_str().is_some_and(|aud| aud.ends_with("/token"))
        && (iat * 1_000 - now).abs() <= 5 * MINUTE
        && exp > iat
        && exp - iat <= 3_600;
    if !is_right {
        return refused("invalid_grant");
    }
    let mut seen = seen.lock();
    let token = format!("ya29.{}", seen.access.len());
    seen.access.insert(token.clone(), now + 3_599_000);
    Json(json!({ "access_token": token, "expires_in": 3_599, "token_type": "Bearer" })).into_response()
}

fn fcm_error(status: u16, name: &str, details: Value) -> Told {
    Told(status, json!({ "error": { "code": status, "message": "…", "status": name, "details": details } }), None)
}

/// An error of FCM's own, as *FCM error codes* shows it.
pub fn fcm_code(status: u16, name: &str, code: &str) -> Told {
    fcm_error(
        status,
        name,
        json!([{ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code }]),
    )
}

/// A field that is wrong.
pub fn fcm_field(field: &str) -> Told {
    let bad = json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{ "field": field, "description": "…" }] });
    fcm_error(400, "INVALID_ARGUMENT", json!([bad]))
}

/// The message's first fault, by *projects.messages* of the REST reference.
fn fcm_fault(message: &Value) -> Option<&'static str> {
    let known = |value: &Value, keys: &[&str]| {
        value.as_object().is_some_and(|map| map.keys().all(|key| keys.contains(&key.as_str())))
    };
    let android = &message["android"];
    let is_duration =
        |text: &str| text.strip_suffix('s').is_some_and(|n| n.parse().is_ok_and(|n: i64| (0..=2_419_200).contains(&n)));
    if !known(message, &["token", "data", "android"]) {
        return Some("message");
    }
    if !message["data"].as_object().is_some_and(|data| data.values().all(Value::is_string)) {
        return Some("message.data");
    }
    if !known(android, &["priority", "ttl", "collapse_key", "notification"]) {
        return Some("message.android");
    }
    if !android["priority"].as_str().is_some_and(|p| ["NORMAL", "HIGH"].contains(&p)) {
        return Some("message.android.priority");
    }
    if !android["ttl"].as_str().is_some_and(is_duration) || !android["collapse_key"].is_string() {
        return Some("message.android.ttl");
    }
    let notification = &android["notification"];
    if !notification.is_null() && !known(notification, &["title_loc_key", "body_loc_key", "tag"]) {
        return Some("message.android.notification");
    }
    (message.to_string().len() > 4_096).then_some("message")
}

async fn fcm(
    State((seen, clock)): State<Server>,
    version: Version,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    is_http2(&seen, version);
    let now = clock();
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let is_known = bearer.is_some_and(|bearer| seen.lock().access.get(bearer).is_some_and(|until| now < *until));
    if !is_known {
        return respond(fcm_error(401, "UNAUTHENTICATED", json!([])));
    }
    let message = &body["message"];
    let Some(token) = message["token"].as_str().map(String::from) else { return respond(fcm_field("message.token")) };
    if let Some(told) = begin(&seen, &token).await {
        return respond(told);
    }
    if let Some(field) = fcm_fault(message) {
        return respond(fcm_field(field));
    }
    let n = take(&seen, Got { token, headers: BTreeMap::new(), body: body.clone() });
    Json(json!({ "name": format!("projects/{PROJECT}/messages/0:{n}") })).into_response()
}
