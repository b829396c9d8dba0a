//! The Apple Push Notification service (Apple, *Sending notification requests to APNs*, *Handling notification responses from APNs*, *Establishing a
//! token-based connection to APNs*, *Generating a remote notification*).

use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::push::{ID, KIND, NUDGE, RULE, SYNC};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::jwt::Key;
use super::outbox::{Message, Shown};
use super::vendor::{Answer, Closed, FAILURE, Verdict, ask};

/// Where the vendor's own servers are: for apps from the store, and for those of developers.
pub const ENDPOINT: &str = "https://api.push.apple.com";
pub const SANDBOX: &str = "https://api.sandbox.push.apple.com";

/// "Refresh your token no more than once every 20 minutes and no less than once every 60 minutes." All servers of a company change theirs at the same
/// moments of the clock, and one that starts anew says the same time as before.
const PERIOD: Millis = 40 * MINUTE;
const LEAST_PERIOD: Millis = 20 * MINUTE;
/// Bytes of a payload.
pub const PAYLOAD: usize = 4_096;
/// After "too many requests were made consecutively to the same device token".
const TOO_MANY: Millis = MINUTE;

/// One team, with one key.
pub struct Apns {
    client: Client,
    endpoint: Url,
    sandbox: Url,
    key: Key,
    key_id: String,
    team_id: String,
    topics: Vec<String>,
    provider: Mutex<Option<Provider>>,
}

/// What the settings say.
pub struct Settings<'a> {
    pub endpoint: Url,
    pub sandbox: Url,
    /// The `.p8` file's content.
    pub key: &'a str,
    pub key_id: String,
    pub team_id: String,
    /// Bundle ids of the company's apps.
    pub topics: Vec<String>,
}

/// A provider token.
#[derive(Clone)]
struct Provider {
    /// The header's value.
    value: Arc<str>,
    /// The time that it says.
    issued: Millis,
}

impl Provider {
    /// From when on there may be another one.
    fn next(&self) -> Millis {
        self.issued.saturating_add(LEAST_PERIOD)
    }
}

impl Apns {
    /// # Errors
    /// What is wrong with the settings, without the key.
    pub fn new(client: Client, settings: Settings<'_>) -> Result<Self, String> {
        let Settings { endpoint, sandbox, key, key_id, team_id, topics } = settings;
        let is_id = |id: &str| id.len() == 10 && id.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_id(&key_id) || !is_id(&team_id) {
            return Err("key_id and team_id are 10 letters and digits each".into());
        }
        if topics.is_empty() {
            return Err("topics has no bundle id".into());
        }
        let key = Key::es256(key)?;
        Ok(Self { client, endpoint, sandbox, key, key_id, team_id, topics, provider: Mutex::new(None) })
    }

    /// Sends one message.
    pub async fn send(&self, message: &Message, now: Millis) -> Verdict {
        let Some(topic) = message.to.app.as_ref().filter(|app| self.topics.contains(*app)) else {
            return Verdict::Foreign;
        };
        let provider = match self.provider(now) {
            Ok(provider) => provider,
            Err(detail) => return Verdict::Closed(Closed::Credentials(detail)),
        };
        let payload = payload(message).to_string();
        if payload.len() > PAYLOAD {
            return Verdict::Refused { reason: "PayloadTooLarge" };
        }
        let mut url = if message.to.sandbox { self.sandbox.clone() } else { self.endpoint.clone() };
        url.set_path(&format!("/3/device/{}", message.to.token.0));
        // A background push has to be of priority 5, and says what it is.
        let (kind, priority) = if message.shown.is_some() { ("alert", "10") } else { ("background", "5") };
        let request = self
            .client
            .post(url)
            .header(AUTHORIZATION, &*provider.value)
            .header("apns-topic", topic)
            .header("apns-push-type", kind)
            .header("apns-priority", priority)
            .header("apns-expiration", message.expires / 1_000)
            .header("apns-collapse-id", &message.collapse)
            .header("apns-id", id(message))
            .header(CONTENT_TYPE, "application/json")
            .body(payload);
        match ask(request, now).await {
            Ok(answer) => self.verdict(&answer, &provider, now),
            Err(closed) => closed.into(),
        }
    }

    /// The provider token in use, or another one where that is of an earlier period.
    fn provider(&self, now: Millis) -> Result<Provider, String> {
        let mut held = self.provider.lock();
        let start = now - now.rem_euclid(PERIOD);
        let is_of_this_period = |held: &Provider| start <= held.issued && held.issued <= now;
        if let Some(held) = held.as_ref().filter(|held| is_of_this_period(held) || now < held.next()) {
            return Ok(held.clone());
        }
        // Never sooner after the one before than it may be.
        let issued = held.as_ref().map_or(start, |held| start.max(held.next()).min(now));
        self.mint(&mut held, issued)
    }

    fn mint(&self, held: &mut Option<Provider>, issued: Millis) -> Result<Provider, String> {
        let token = self.key.sign(&self.key_id, &json!({ "iss": self.team_id, "iat": issued / 1_000 }))?;
        let provider = Provider { value: format!("bearer {token}").into(), issued };
        *held = Some(provider.clone());
        Ok(provider)
    }

    /// APNs takes a provider token for too old: the clocks differ, or it was made long ago. Another one, if that is allowed by now.
    fn renew(&self, refused: &Provider, now: Millis) -> Result<(), Closed> {
        let mut held = self.provider.lock();
        match held.as_ref() {
            // Somebody else has.
            Some(held) if !Arc::ptr_eq(&held.value, &refused.value) => Ok(()),
            Some(held) if now < held.next() => {
                Err(Closed::Busy { reason: "ExpiredProviderToken", retry_after: held.next() - now })
            }
            _ => self.mint(&mut held, now).map(drop).map_err(Closed::Credentials),
        }
    }

    fn verdict(&self, answer: &Answer, provider: &Provider, now: Millis) -> Verdict {
        #[derive(Deserialize, Default)]
        struct Told {
            #[serde(default)]
            reason: String,
            /// Milliseconds: when APNs found the token to be void.
            #[serde(default)]
            timestamp: Option<Millis>,
        }
        if answer.status.as_u16() == 200 {
            let not_apns = || Verdict::Closed(Closed::Away("what answers is not APNs".into()));
            return if answer.id { Verdict::Sent } else { not_apns() };
        }
        let Told { reason, timestamp } = serde_json::from_slice(&answer.body).unwrap_or_default();
        let later = |reason, least| Verdict::Later { reason, retry_after: answer.retry_after, least };
        let credentials = || {
            let reason: String = reason.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
            Verdict::Closed(Closed::Credentials(format!("APNs answers {} {reason}", answer.status.as_u16())))
        };
        match (answer.status.as_u16(), reason.as_str()) {
            (400, "BadDeviceToken") => Verdict::Void { reason: "BadDeviceToken", unless_after: None },
            (400, "DeviceTokenNotForTopic") => Verdict::Void { reason: "DeviceTokenNotForTopic", unless_after: None },
            (410, "Unregistered") => Verdict::Void { reason: "Unregistered", unless_after: timestamp },
            (410, _) => Verdict::Void { reason: "ExpiredToken", unless_after: timestamp },
            (400, "IdleTimeout") => later("IdleTimeout", 0),
            (400, "BadTopic" | "MissingTopic" | "TopicDisallowed") => credentials(),
            (400, reason) => Verdict::Refused { reason: refusal(reason) },
            (403, "ExpiredProviderToken") => match self.renew(provider, now) {
                Ok(()) => later("ExpiredProviderToken", 0),
                Err(closed) => Verdict::Closed(closed),
            },
            (413, _) => Verdict::Refused { reason: "PayloadTooLarge" },
            (429, "TooManyProviderTokenUpdates") => {
                let retry_after = answer.retry_after.unwrap_or(LEAST_PERIOD);
                Verdict::Closed(Closed::Busy { reason: "TooManyProviderTokenUpdates", retry_after })
            }
            (429, _) => later("TooManyRequests", TOO_MANY),
            (503, _) => later("ServiceUnavailable", FAILURE),
            (500..=599, _) => later("InternalServerError", FAILURE),
            // 403: the key, the team, or the right to send; 404 and 405: an address that is not APNs'.
            _ => credentials(),
        }
    }
}

/// Why a message will never do, as it is logged.
fn refusal(reason: &str) -> &'static str {
    const KNOWN: [&str; 8] = [
        "BadCollapseId",
        "BadExpirationDate",
        "BadMessageId",
        "BadPriority",
        "DuplicateHeaders",
        "InvalidPushType",
        "MissingDeviceToken",
        "PayloadEmpty",
    ];
    KNOWN.into_iter().find(|known| *known == reason).unwrap_or("another reason")
}

/// What the phone gets.
fn payload(message: &Message) -> Value {
    match &message.shown {
        None => json!({ "aps": { "content-available": 1 }, KIND: SYNC }),
        Some(Shown { rule, title, body }) => json!({
            "aps": {
                "alert": {
                    "title-loc-key": format!("{title}_{}", message.to.locale),
                    "loc-key": format!("{body}_{}", message.to.locale),
                },
                "content-available": 1,
            },
            KIND: NUDGE,
            ID: message.collapse,
            RULE: rule,
        }),
    }
}

/// The same for every try of a message: a UUIDv8 (RFC 9562, section 5.8) of what it is.
fn id(message: &Message) -> String {
    let told = format!("{}/{}/{}", message.key, message.device, message.expires);
    let mut bytes: [u8; 16] = Sha256::digest(told)[..16].try_into().expect("16 of 32 bytes");
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
