//! Firebase Cloud Messaging, HTTP v1 (Firebase, *Send messages using the FCM HTTP v1 API*; REST reference, *projects.messages*, *ErrorCode*).
//!
//! The access token comes by the JWT bearer grant (RFC 7523; Google, *Using OAuth 2.0 for Server to Server Applications*).

use std::sync::Arc;
use std::time::Instant;

use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::accounts::Secret;
use qadam_protocol::push::{ID, KIND, NUDGE, RULE, SYNC};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::jwt::Key;
use super::outbox::{Message, Shown};
use super::vendor::{Answer, Closed, FAILURE, Verdict, ask};

/// Where the vendor's own server is.
pub const ENDPOINT: &str = "https://fcm.googleapis.com";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Seconds: "a maximum of 1 hour after the issued time".
const ASSERTION: i64 = 3_600;
/// So long before its end an access token is renewed.
const BEFORE_END: Millis = 5 * MINUTE;
/// Where the vendor does not say how long to wait: "with a minimum initial delay of 1 minute" (*ErrorCode*).
const QUOTA: Millis = MINUTE;
/// Seconds: the longest time that FCM keeps a message.
const LONGEST_TTL: Millis = 2_419_200;

/// A service account, as its JSON file says.
#[derive(Deserialize)]
pub struct ServiceAccount {
    project_id: String,
    client_email: String,
    private_key_id: String,
    private_key: Secret,
    token_uri: String,
}

/// One project, with one service account.
pub struct Fcm {
    client: Client,
    send: Url,
    account: ServiceAccount,
    token_uri: Url,
    key: Key,
    access: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    access: Option<Access>,
    /// Why there is none, and when that was found.
    failed: Option<(Instant, Closed)>,
}

/// An access token.
struct Access {
    token: Arc<Secret>,
    until: Millis,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    /// Seconds.
    expires_in: i64,
}

impl Fcm {
    /// # Errors
    /// What is wrong with the service account's file, without its secrets.
    pub fn new(client: Client, endpoint: &Url, service_account: &str) -> Result<Self, String> {
        let account: ServiceAccount =
            serde_json::from_str(service_account).map_err(|e| format!("no service account: line {}", e.line()))?;
        let key = Key::rs256(&account.private_key.0)?;
        let token_uri = super::vendor::endpoint(&account.token_uri)?;
        let is_id = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'.');
        if account.project_id.is_empty() || !account.project_id.bytes().all(is_id) {
            return Err("the service account's project_id is none".into());
        }
        let path = format!("v1/projects/{}/messages:send", account.project_id);
        let send = endpoint.join(&path).map_err(|e| e.to_string())?;
        Ok(Self { client, send, account, token_uri, key, access: Mutex::default() })
    }

    /// Sends one message.
    pub async fn send(&self, message: &Message, now: Millis) -> Verdict {
        let body = json!({ "message": body(message, now) }).to_string();
        let mut refused = None;
        for _ in 0..2 {
            let access = match self.access(refused.as_ref(), now).await {
                Ok(access) => access,
                Err(closed) => return closed.into(),
            };
            let request = self.client.post(self.send.clone()).bearer_auth(&access.0);
            let request = request.header(CONTENT_TYPE, "application/json; charset=UTF-8").body(body.clone());
            let answer = match ask(request, now).await {
                Ok(answer) => answer,
                Err(closed) => return closed.into(),
            };
            match verdict(&answer) {
                // It ended sooner than it said, or was revoked: another one, once.
                None => refused = Some(access),
                Some(verdict) => return verdict,
            }
        }
        Verdict::Closed(Closed::Credentials("FCM does not take its own access token".into()))
    }

    /// The access token in use, or another one where that was refused or ends soon. One request for all who wait, whatever comes of it.
    async fn access(&self, refused: Option<&Arc<Secret>>, now: Millis) -> Result<Arc<Secret>, Closed> {
        let asked = Instant::now();
        let mut held = self.access.lock().await;
        if let Some(access) = &held.access
            && now < access.until
            && !refused.is_some_and(|refused| Arc::ptr_eq(refused, &access.token))
        {
            return Ok(access.token.clone());
        }
        if let Some((_, closed)) = held.failed.as_ref().filter(|(found, _)| *found >= asked) {
            return Err(closed.clone());
        }
        held.access = None;
        match self.grant(now).await {
            Ok(access) => Ok(held.access.insert(access).token.clone()),
            Err(closed) => {
                held.failed = Some((Instant::now(), closed.clone()));
                Err(closed)
            }
        }
    }

    async fn grant(&self, now: Millis) -> Result<Access, Closed> {
        let (account, iat) = (&self.account, now / 1_000);
        let claims = json!({
            "iss": account.client_email, "scope": SCOPE, "aud": account.token_uri, "iat": iat, "exp": iat + ASSERTION,
        });
        let assertion = self.key.sign(&account.private_key_id, &claims).map_err(Closed::Credentials)?;
        // Neither has a character that a form writes otherwise, but for the colons.
        let form = format!("grant_type={}&assertion={assertion}", GRANT.replace(':', "%3A"));
        let request = self.client.post(self.token_uri.clone());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer = ask(request, now).await?;
        if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
            let retry_after = answer.retry_after.unwrap_or(QUOTA);
            return Err(Closed::Busy { reason: "the token endpoint", retry_after });
        }
        let granted: Granted = match serde_json::from_slice(&answer.body) {
            Ok(granted) if answer.status.is_success() => granted,
            _ => {
                #[derive(Deserialize, Default)]
                struct Refused {
                    #[serde(default)]
                    error: String,
                }
                let Refused { error } = serde_json::from_slice(&answer.body).unwrap_or_default();
                let error: String = error.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
                let detail = format!("no access token: {} {error}", answer.status.as_u16());
                return Err(Closed::Credentials(detail));
            }
        };
        let lasts = granted.expires_in.clamp(0, 86_400) * 1_000;
        Ok(Access { token: Arc::new(granted.access_token), until: now + lasts - BEFORE_END.min(lasts / 2) })
    }
}

/// The message as FCM takes it.
fn body(message: &Message, now: Millis) -> Value {
    let ttl = (message.expires.saturating_sub(now) / 1_000).clamp(0, LONGEST_TTL);
    let (ttl, collapse) = (format!("{ttl}s"), &message.collapse);
    match &message.shown {
        None => json!({
            "token": message.to.token.0,
            "data": { KIND: SYNC },
            "android": { "priority": "NORMAL", "ttl": ttl, "collapse_key": collapse },
        }),
        Some(Shown { rule, title, body }) => json!({
            "token": message.to.token.0,
            "data": { KIND: NUDGE, ID: collapse, RULE: rule },
            "android": {
                "priority": "HIGH",
                "ttl": ttl,
                "collapse_key": collapse,
                "notification": {
                    "title_loc_key": format!("{title}_{}", message.to.locale),
                    "body_loc_key": format!("{body}_{}", message.to.locale),
                    "tag": collapse,
                },
            },
        }),
    }
}

/// An error as FCM tells it (Firebase, *FCM error codes*).
#[derive(Deserialize)]
struct Told {
    error: ToldError,
}

#[derive(Deserialize)]
struct ToldError {
    #[serde(default)]
    status: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    field_violations: Vec<Violation>,
}

#[derive(Deserialize)]
struct Violation {
    #[serde(default)]
    field: String,
}

#[derive(Deserialize)]
struct Taken {
    name: String,
}

/// What an answer comes to; `None` where the access token is not taken.
fn verdict(answer: &Answer) -> Option<Verdict> {
    let later = |reason, least| {
        let retry_after = answer.retry_after;
        Some(Verdict::Later { reason, retry_after, least })
    };
    if answer.status == StatusCode::OK {
        let is_taken = serde_json::from_slice::<Taken>(&answer.body).is_ok_and(|taken| !taken.name.is_empty());
        let not_fcm = || Verdict::Closed(Closed::Away("what answers is not FCM".into()));
        return Some(if is_taken { Verdict::Sent } else { not_fcm() });
    }
    let told = serde_json::from_slice::<Told>(&answer.body).ok().map(|told| told.error);
    let code = told.as_ref().and_then(|told| told.details.iter().find_map(|detail| detail.error_code.as_deref()));
    let status = told.as_ref().map(|told| told.status.as_str());
    match (answer.status.as_u16(), code.or(status)) {
        (404, Some("UNREGISTERED")) => Some(Verdict::Void { reason: "UNREGISTERED", unless_after: None }),
        (403, Some("SENDER_ID_MISMATCH")) => Some(Verdict::Void { reason: "SENDER_ID_MISMATCH", unless_after: None }),
        (400, Some("INVALID_ARGUMENT")) => {
            let mut violations = told.iter().flat_map(|told| &told.details).flat_map(|detail| &detail.field_violations);
            // Which of the two it is, only the details tell: a field that is wrong, or FCM's own code alone, about the token.
            let is_token = match violations.next() {
                Some(first) => first.field == "message.token" && violations.all(|more| more.field == "message.token"),
                None => code.is_some(),
            };
            let reason = "INVALID_ARGUMENT";
            Some(if is_token { Verdict::Void { reason, unless_after: None } } else { Verdict::Refused { reason } })
        }
        (401, Some("THIRD_PARTY_AUTH_ERROR")) => Some(Verdict::Refused { reason: "THIRD_PARTY_AUTH_ERROR" }),
        (401, _) => None,
        (429, _) => later("QUOTA_EXCEEDED", QUOTA),
        (503, _) => later("UNAVAILABLE", FAILURE),
        (500..=599, _) => later("INTERNAL", FAILURE),
        // No such project, no right to send for it, an address that is not FCM's.
        (status, code) => {
            let code: String = code.unwrap_or("").chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
            Some(Verdict::Closed(Closed::Credentials(format!("FCM answers {status} {code}"))))
        }
    }
}
