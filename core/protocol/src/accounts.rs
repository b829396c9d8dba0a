//! Sign-in, devices, sign-out.

use std::fmt;

use qadam_domain::company::Distributor;
use qadam_domain::ids::{CompanyId, DeviceId};
use qadam_domain::time::Millis;
use serde::{Deserialize, Serialize};

/// A text that never shows in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// `GET /v1/company`: whose server this is; asked before sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyReply {
    pub company: CompanyId,
    /// Oldest and newest version of the protocol that the server takes.
    pub protocol: [u16; 2],
    pub server_time: Millis,
}

/// `POST /v1/password`: sets a password with an invite or reset code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPasswordRequest {
    pub code: Secret,
    pub password: Secret,
}

/// Reply of `POST /v1/password`: for whom it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPasswordReply {
    pub login: String,
}

/// `POST /v1/sign-in`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRequest {
    pub login: String,
    pub password: Secret,
    /// What the person will see in the list of devices, such as `Redmi 9A`.
    pub device_name: String,
    /// The device that this phone was, where it has worked under an id before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<DeviceId>,
}

/// Reply of `POST /v1/sign-in` and of `POST /v1/fork`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInReply {
    /// Opaque; goes with every request as `Authorization: Bearer …` (RFC 6750).
    pub token: Secret,
    pub device: DeviceId,
    /// Opaque id of the account; with the company's it names the phone's database.
    pub account: String,
    pub company: CompanyId,
    pub distributor: Distributor,
    pub server_time: Millis,
}

/// Reply of `GET /v1/session`: the token is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionReply {
    pub device: DeviceId,
    pub account: String,
    pub server_time: Millis,
}

/// Reply of `GET /v1/devices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicesReply {
    pub devices: Vec<DeviceInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    pub id: DeviceId,
    pub name: String,
    pub signed_in: Millis,
    /// The day's first request, at most a day old.
    pub heard: Millis,
    /// The one that asks.
    pub this: bool,
}
