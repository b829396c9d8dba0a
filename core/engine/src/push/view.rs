use std::fmt;

use qadam_protocol::push::Vendor;

/// Whose service wakes the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushVendor {
    /// Firebase Cloud Messaging.
    Fcm,
    /// The Apple Push Notification service.
    Apns,
}

impl From<PushVendor> for Vendor {
    fn from(vendor: PushVendor) -> Self {
        match vendor {
            PushVendor::Fcm => Self::Fcm,
            PushVendor::Apns => Self::Apns,
        }
    }
}

/// What the platform says of how this device can be woken.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for PushToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushToken")
            .field("vendor", &self.vendor)
            .field("permission", &self.permission)
            .finish_non_exhaustive()
    }
}
