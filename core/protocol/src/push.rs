//! How a device can be woken: what `push.registered` says, and what the app finds in a push. A push is a hint: what it is about comes with a sync.

use std::fmt;

use qadam_domain::company::Locale;
use serde::{Deserialize, Serialize};

use crate::accounts::Secret;
use crate::limits;
use crate::sync::RefusalCode;

/// Key of a push's own data that says what it is: [`SYNC`] or [`NUDGE`].
pub const KIND: &str = "qadam";
/// Key of a nudge's stable id. It is also the collapse id (APNs), the collapse key and the notification's tag (FCM), and the id of the notification
/// that the phone itself would show, so that the same nudge never stands there twice.
pub const ID: &str = "id";
/// Key of the id of the rule that a nudge comes from.
pub const RULE: &str = "rule";

/// A push that shows nothing: the phone syncs. Also the collapse id of all such pushes.
pub const SYNC: &str = "sync";
/// A push that shows a text of the app's own, by its key.
pub const NUDGE: &str = "nudge";

/// Whose service brings a push to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    /// Firebase Cloud Messaging.
    Fcm,
    /// The Apple Push Notification service.
    Apns,
}

impl Vendor {
    pub const ALL: [Self; 2] = [Self::Fcm, Self::Apns];

    /// As it travels and is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fcm => "fcm",
            Self::Apns => "apns",
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a device says of itself. It belongs to the device whose mutation it is; another device that says the same token takes it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub vendor: Vendor,
    /// The vendor's name of this installation: 1 to [`limits::PUSH_TOKEN`] visible characters of ASCII; of APNs in hexadecimal.
    pub token: Secret,
    /// APNs alone: the app's bundle id, which is the topic of its pushes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// APNs alone: the token is of Apple's development environment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// The person lets the app show notifications. Without, nothing but what wakes is sent.
    pub permission: bool,
    /// In which visible texts are to be.
    pub locale: Locale,
}

/// What a device says of how it can be woken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    Registered(Registration),
    /// Not at all any more.
    Withdrawn,
}

impl Push {
    /// # Errors
    /// The code with which the server refuses it.
    pub fn check(&self) -> Result<(), RefusalCode> {
        let Self::Registered(Registration { vendor, token: Secret(token), app, sandbox, .. }) = self else {
            return Ok(());
        };
        let app_length = app.as_ref().map_or(0, String::len);
        if token.len() > limits::PUSH_TOKEN || app_length > limits::PUSH_APP {
            return Err(RefusalCode::OverLimit);
        }
        let fits = match vendor {
            Vendor::Fcm => app.is_none() && !sandbox && token.bytes().all(|b| b.is_ascii_graphic()),
            Vendor::Apns => {
                let is_app = |app: &String| app.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
                app.as_ref().is_some_and(|app| !app.is_empty() && is_app(app))
                    && token.bytes().all(|b| b.is_ascii_hexdigit())
            }
        };
        if fits && !token.is_empty() { Ok(()) } else { Err(RefusalCode::Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(vendor: Vendor, token: &str) -> Registration {
        let app = (vendor == Vendor::Apns).then(|| "app.qadam".to_string());
        Registration { vendor, token: Secret(token.into()), app, sandbox: false, permission: true, locale: Locale::Kk }
    }

    fn check(registration: Registration) -> Result<(), RefusalCode> {
        Push::Registered(registration).check()
    }

    #[test]
    fn a_token_is_what_its_vendor_gives() {
        assert_eq!(check(registration(Vendor::Fcm, "dQw4:APA91b-x_9")), Ok(()));
        assert_eq!(
            check(registration(Vendor::Apns, "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0")),
            Ok(())
        );
        let malformed = Err(RefusalCode::Malformed);
        for token in ["", "two words", "é", "a\nb"] {
            assert_eq!(check(registration(Vendor::Fcm, token)), malformed, "{token}");
        }
        // It becomes a part of a path.
        for token in ["", "../x", "00fg", "00%2f"] {
            assert_eq!(check(registration(Vendor::Apns, token)), malformed, "{token}");
        }
        let apns = registration(Vendor::Apns, "00fc");
        for app in [None, Some(""), Some("app qadam"), Some("app/qadam")] {
            assert_eq!(check(Registration { app: app.map(Into::into), ..apns.clone() }), malformed);
        }
        assert_eq!(check(Registration { vendor: Vendor::Fcm, ..apns.clone() }), malformed);
        assert_eq!(check(Registration { sandbox: true, ..registration(Vendor::Fcm, "t") }), malformed);
        let over = Err(RefusalCode::OverLimit);
        assert_eq!(check(registration(Vendor::Fcm, &"x".repeat(limits::PUSH_TOKEN + 1))), over);
        assert_eq!(check(Registration { app: Some("a".repeat(limits::PUSH_APP + 1)), ..apns }), over);
        assert_eq!(Push::Withdrawn.check(), Ok(()));
    }

    #[test]
    fn a_token_shows_in_no_log() {
        let shown = format!("{:?}", Push::Registered(registration(Vendor::Fcm, "dQw4w9Wg")));
        assert!(!shown.contains("dQw4w9Wg"), "{shown}");
    }
}
