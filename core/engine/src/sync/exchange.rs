//! One exchange, without the network: [`prepare`] says what to send, [`take`] does what the answer says.

use qadam_domain::planted::{self, Bug};
use qadam_protocol::codec::{self, CodecError, Packed};
use qadam_protocol::error::{ErrorBody, ErrorCode};
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::SyncReply;
use qadam_protocol::team;
use qadam_protocol::{VERSION, limits};

use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::replica::{self, Received, Sent, digest};
use crate::transport::{HttpReply, TransportError};

/// Why an exchange did not succeed. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    Unreachable {
        detail: String,
    },
    /// A captive portal, a wrong address, a redirect, or bytes that got lost.
    NotQadam {
        detail: String,
    },
    Untrusted {
        detail: String,
    },
    /// Later; after so many milliseconds where the server says so.
    Busy {
        retry_after: Option<u64>,
    },
    /// The token is not known or has expired.
    SignInNeeded,
    /// The server says that this device was signed out; to be confirmed.
    Revoked,
    /// This device has a twin, or the server lacks what it acknowledged: go on as another device.
    Fork,
    /// Fewer mutations at a time.
    TooLarge,
    UpdateNeeded,
    ServerTooOld,
    /// The server refused the request as a whole.
    Refused {
        code: ErrorCode,
        detail: String,
    },
    /// The app was left or went offline, or was closed.
    Stopped,
    /// The phone could not store it.
    Local(EngineError),
}

/// The body of the next sync, with at most `most` mutations.
///
/// # Errors
/// Those of [`replica::request`].
pub fn prepare(core: &Core, most: usize) -> Result<(Packed, Sent)> {
    let reading = core.clock.read();
    let mut request = core.database.read(|connection| replica::request(connection, &reading, most))?;
    request.cursors.insert(team::STREAM.into(), core.team.cursor()?);
    Ok((codec::pack(&request, true), Sent::of(request, reading)))
}

/// Takes an answer; the team's page, which goes into a file of its own, after all else.
///
/// # Errors
/// [`Failure`]: nothing was taken, or all but the team's page.
pub fn take(
    core: &Core,
    sent: Sent,
    answer: std::result::Result<HttpReply, TransportError>,
) -> std::result::Result<Received, Failure> {
    if planted::is(Bug::OutboxDropped) && matches!(answer, Err(TransportError::Unreachable(_))) {
        let dropped = |t: &rusqlite::Transaction<'_>| Ok((replica::outbox::drop_sent(t, &sent)?, Nouns::SYNC));
        core.database.write(dropped).map_err(Failure::Local)?;
    }
    let reply: SyncReply = read(answer)?;
    let reading = core.clock.read();
    let failed = |error| match error {
        EngineError::NotQadam { detail } => Failure::NotQadam { detail },
        error => Failure::Local(error),
    };
    let written = core.database.write(|transaction| {
        let releases = core.releases(transaction)?;
        let received = replica::receive(transaction, &releases, &sent, &reply, &reading)?;
        Ok((received, received.nouns))
    });
    let mut received = written.map_err(failed)?;
    if let Some(page) = reply.streams.get(team::STREAM) {
        received.rows += core.team.receive(&core.database, page).map_err(failed)?;
    }
    Ok(received)
}

/// What to ask for the first stream that differs from the server's; `None` where none does.
///
/// # Errors
/// Those of storage.
pub fn prepare_repair(core: &Core) -> Result<Option<(Packed, RepairRequest)>> {
    let request = core.database.read(digest::repair_request)?;
    Ok(request.map(|request| (codec::pack(&request, true), request)))
}

/// Takes the rows that mend a stream. Gives how many were not as the server has them; `None` where the stream has gone on since.
///
/// # Errors
/// [`Failure`]: nothing was taken.
pub fn take_repair(
    core: &Core,
    asked: &RepairRequest,
    answer: std::result::Result<HttpReply, TransportError>,
) -> std::result::Result<Option<u32>, Failure> {
    let reply: RepairReply = read(answer)?;
    let repaired = core.database.write(|transaction| {
        let releases = core.releases(transaction)?;
        digest::repair(transaction, &releases, &asked.stream, &asked.cursor, &reply)
    });
    let repaired = repaired.map_err(Failure::Local)?;
    Ok((!reply.behind).then_some(repaired))
}

/// Reads any JSON answer of the server.
///
/// # Errors
/// [`Failure`]
pub fn read<T: serde::de::DeserializeOwned>(
    answer: std::result::Result<HttpReply, TransportError>,
) -> std::result::Result<T, Failure> {
    let reply = succeeded(answer)?;
    codec::unpack(&reply.body, reply.zstd, limits::REPLY).map_err(|error| match error {
        CodecError::TooLarge { .. } => Failure::NotQadam { detail: "a reply beyond the limits".into() },
        _ => Failure::NotQadam { detail: "a reply that can't be read".into() },
    })
}

/// An answer that succeeded and is the server's.
///
/// # Errors
/// [`Failure`]
pub fn succeeded(answer: std::result::Result<HttpReply, TransportError>) -> std::result::Result<HttpReply, Failure> {
    let reply = answer.map_err(|error| match error {
        TransportError::Unreachable(detail) => Failure::Unreachable { detail },
        TransportError::Untrusted(detail) => Failure::Untrusted { detail },
        TransportError::Redirected => Failure::NotQadam { detail: "a redirect".into() },
        TransportError::TooLarge => Failure::NotQadam { detail: "a reply beyond the limits".into() },
        TransportError::InvalidAddress => Failure::Local(EngineError::InvalidAddress),
        TransportError::InsecureAddress => Failure::Local(EngineError::InsecureAddress),
    })?;
    let json = reply.content_type == codec::JSON;
    if reply.status == 204 || (json && (200..300).contains(&reply.status)) {
        return Ok(reply);
    }
    let body = if json { codec::unpack::<ErrorBody>(&reply.body, reply.zstd, limits::BODY).ok() } else { None };
    let Some(ErrorBody { error }) = body else {
        // A proxy between says so, too, when the server is down.
        return Err(match reply.status {
            502..=504 => Failure::Busy { retry_after: reply.retry_after },
            status => Failure::NotQadam { detail: format!("status {status} without Qadam's body") },
        });
    };
    let retry_after = error.retry_after.or(reply.retry_after);
    Err(match error.code {
        ErrorCode::Unauthorized => Failure::SignInNeeded,
        ErrorCode::Revoked => Failure::Revoked,
        ErrorCode::Fork | ErrorCode::Gap => Failure::Fork,
        ErrorCode::TooLarge => Failure::TooLarge,
        ErrorCode::ProtocolUnsupported if error.expected.is_some_and(|oldest| oldest > VERSION.into()) => {
            Failure::UpdateNeeded
        }
        ErrorCode::ProtocolUnsupported => Failure::ServerTooOld,
        ErrorCode::TooManyAttempts | ErrorCode::Busy | ErrorCode::Internal => Failure::Busy { retry_after },
        code => Failure::Refused { code, detail: error.detail },
    })
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Unreachable { detail } => Self::Unreachable { detail },
            EngineError::NotQadam { detail } => Self::NotQadam { detail },
            EngineError::Untrusted { detail } => Self::Untrusted { detail },
            EngineError::ServerBusy { retry_after } => Self::Busy { retry_after },
            EngineError::SignInNeeded => Self::SignInNeeded,
            error => Self::Local(error),
        }
    }
}

impl From<Failure> for EngineError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable { detail } => Self::Unreachable { detail },
            Failure::NotQadam { detail } => Self::NotQadam { detail },
            Failure::Untrusted { detail } => Self::Untrusted { detail },
            Failure::Busy { retry_after } => Self::ServerBusy { retry_after },
            Failure::SignInNeeded | Failure::Revoked => Self::SignInNeeded,
            Failure::UpdateNeeded => Self::UpdateNeeded,
            Failure::ServerTooOld => Self::ServerTooOld,
            Failure::Fork => Self::Internal { detail: "fork".into() },
            Failure::TooLarge => Self::Internal { detail: "too large".into() },
            Failure::Refused { code, detail } => match code {
                ErrorCode::WrongCredentials => Self::WrongCredentials,
                ErrorCode::CodeInvalid => Self::CodeInvalid,
                ErrorCode::PasswordUnsuitable => Self::PasswordUnsuitable,
                ErrorCode::NotFound => Self::NotFound { what: "resource".into() },
                code => Self::Internal { detail: format!("{code:?}: {detail}") },
            },
            Failure::Stopped => Self::Unreachable { detail: "stopped".into() },
            Failure::Local(error) => error,
        }
    }
}

/// Marks what a failure means for the session.
pub(super) fn mark(core: &Core, failure: &Failure) -> Result<()> {
    if matches!(failure, Failure::SignInNeeded) {
        core.database.write(|transaction| {
            super::set_sign_in_needed(transaction)?;
            Ok(((), Nouns::SYNC | Nouns::SESSION))
        })?;
    }
    Ok(())
}
