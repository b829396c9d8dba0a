//! Errors of the wire: one body, one closed list of codes.

use serde::{Deserialize, Serialize};

/// The body of every reply whose status is not 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    pub error: ErrorInfo,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorInfo {
    pub code: ErrorCode,
    /// For a developer's eyes, in English, without anybody's data.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Milliseconds after which to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// With `gap`: the sequence that the server expects. With `protocol_unsupported`: the oldest version that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
}

/// What went wrong with a request as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: not JSON, too deep, a field missing or beyond its limits.
    BadRequest,
    /// 401: no token, or one that the server does not know, or an expired one.
    Unauthorized,
    /// 401: this device was signed out from elsewhere, or the account was closed.
    Revoked,
    /// 401: log-in name or password is wrong; which one is not told.
    WrongCredentials,
    /// 403: the account may not do this.
    Forbidden,
    /// 404
    NotFound,
    /// 409: an unknown mutation id at a used sequence: this device has a twin.
    Fork,
    /// 409: a sequence is left out; `expected` is the next one.
    Gap,
    /// 410: an invite or reset code that is unknown, used or expired.
    CodeInvalid,
    /// 413: beyond the limits of [`crate::limits`].
    TooLarge,
    /// 415: not `application/json`, or an unknown `content-encoding`.
    UnsupportedMediaType,
    /// 416
    RangeNotSatisfiable,
    /// 422: the password is shorter or longer than the limits.
    PasswordUnsuitable,
    /// 426: the server no longer or not yet speaks this version.
    ProtocolUnsupported,
    /// 429
    TooManyAttempts,
    /// 503: later.
    Busy,
    /// 500
    Internal,
    /// A code of a newer server; to be treated by the status alone.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// The HTTP status (RFC 9110) that it travels with.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized | Self::Revoked | Self::WrongCredentials => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Fork | Self::Gap => 409,
            Self::CodeInvalid => 410,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::RangeNotSatisfiable => 416,
            Self::PasswordUnsuitable => 422,
            Self::ProtocolUnsupported => 426,
            Self::TooManyAttempts => 429,
            Self::Busy => 503,
            Self::Internal | Self::Unknown => 500,
        }
    }
}
