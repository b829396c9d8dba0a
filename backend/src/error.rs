//! What goes wrong in this crate, and what of it crosses the wire.

use std::borrow::Cow;

use qadam_domain::fold::RowError;
use qadam_protocol::error::{ErrorCode, ErrorInfo};

use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the client is told as it is.
    #[error("{:?} {}", .0.code, .0.detail)]
    Request(ErrorInfo),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored row that this code can't read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Something stored is not what this code wrote.
    #[error("{0}")]
    Unsound(String),
}

impl Error {
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Request(ErrorInfo { code, detail: detail.into().into_owned(), retry_after: None, expected: None })
    }

    /// With `gap` and `protocol_unsupported`.
    pub fn expecting(code: ErrorCode, detail: impl Into<Cow<'static, str>>, expected: u64) -> Self {
        Self::Request(ErrorInfo {
            code,
            detail: detail.into().into_owned(),
            retry_after: None,
            expected: Some(expected),
        })
    }

    /// `after`: milliseconds.
    pub fn later(code: ErrorCode, detail: impl Into<Cow<'static, str>>, after: u64) -> Self {
        Self::Request(ErrorInfo { code, detail: detail.into().into_owned(), retry_after: Some(after), expected: None })
    }

    /// As it crosses the wire: nothing of the inside is told.
    pub fn info(&self) -> ErrorInfo {
        let plain =
            |code, detail: &str, retry_after| ErrorInfo { code, detail: detail.into(), retry_after, expected: None };
        match self {
            Self::Request(info) => info.clone(),
            Self::Store(StoreError::Full) => plain(ErrorCode::Busy, "the server has no space left", Some(60_000)),
            Self::Store(StoreError::Closed) => plain(ErrorCode::Busy, "the server stops", Some(2_000)),
            Self::Store(StoreError::Away) => plain(ErrorCode::Busy, "the database is away", Some(2_000)),
            Self::Store(StoreError::Nul) => plain(ErrorCode::BadRequest, "a text has the character U+0000", None),
            Self::Store(StoreError::Range) => plain(ErrorCode::BadRequest, "a number is too large", None),
            Self::Store(StoreError::Lost(_)) => plain(ErrorCode::Busy, "the write did not succeed", Some(1_000)),
            Self::Store(
                StoreError::Newer
                | StoreError::Older
                | StoreError::Migration(_)
                | StoreError::Sqlite(_)
                | StoreError::Postgres(_)
                | StoreError::Place(_)
                | StoreError::NoRow
                | StoreError::Column(_)
                | StoreError::Io { .. }
                | StoreError::Panicked,
            )
            | Self::Row(_)
            | Self::Unsound(_) => plain(ErrorCode::Internal, "", None),
        }
    }

    /// The code that crosses the wire.
    pub fn code(&self) -> ErrorCode {
        self.info().code
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
