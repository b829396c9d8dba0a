use qadam_engine::push::{PushToken, PushVendor};
use qadam_engine::sync::BackgroundOutcome;

use crate::{QadamEngine, Result};

/// Whose service wakes the device.
#[uniffi::remote(Enum)]
pub enum PushVendor {
    /// Firebase Cloud Messaging.
    Fcm,
    /// The Apple Push Notification service.
    Apns,
}

/// What the platform says of how this device can be woken.
#[uniffi::remote(Record)]
pub struct PushToken {
    pub vendor: PushVendor,
    /// The registration token of FCM; the device token of APNs in hexadecimal.
    pub token: String,
    /// APNs alone: the app's bundle id.
    pub app: Option<String>,
    /// APNs alone: the app was signed for development.
    pub sandbox: bool,
    /// The person lets the app show notifications.
    pub permission: bool,
}

#[uniffi::export]
impl QadamEngine {
    /// The platform's word on how this device can be woken, or none where it can't be: to be said at each start, and whenever it changes.
    pub async fn push_token(&self, token: Option<PushToken>) -> Result<()> {
        Ok(self.0.push_token(token).await?)
    }

    /// A push came that wakes: one bounded sync, of so many milliseconds, brings what it is about.
    pub async fn woken(&self, budget: u64) -> Result<BackgroundOutcome> {
        Ok(self.0.woken(budget).await?)
    }
}
