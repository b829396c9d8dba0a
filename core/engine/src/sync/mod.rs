//! When to talk to the server, and how it went.

mod driver;
pub mod exchange;
mod view;

use qadam_domain::contacts::{contact, interaction};
use qadam_domain::json;
use qadam_domain::settings;
use qadam_protocol::mutation::name;
use qadam_protocol::sync::RefusalCode;
use rusqlite::Connection;

use crate::core::Core;
use crate::database::{self, Nouns};
use crate::error::{EngineError, Result};
use crate::replica::outbox;

pub use driver::{Driver, Endpoint};
pub use exchange::Failure;
pub use view::*;

/// How things stand; `state` is what the driver is at.
///
/// # Errors
/// Those of storage.
pub fn status(core: &Core, state: SyncState) -> Result<SyncStatusView> {
    core.database.read(|connection| {
        let (pending, kept) = outbox::counts(connection)?;
        let (refused, last_success, sign_in_needed): (u32, Option<i64>, bool) = connection
            .prepare_cached("SELECT (SELECT count(*) FROM refusal), last_success, sign_in_needed FROM replica")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(SyncStatusView {
            state: if sign_in_needed { SyncState::SignInNeeded } else { state },
            pending,
            kept,
            refused,
            last_success,
            set_aside: database::set_aside_files(core.database.path()),
        })
    })
}

/// What the server refused, the newest first.
///
/// # Errors
/// Those of storage.
pub fn refusals(core: &Core) -> Result<Vec<RefusalView>> {
    core.database.read(|connection| {
        let mut statement = connection
            .prepare_cached("SELECT hex(id), name, body, at, code FROM refusal ORDER BY at DESC, id DESC LIMIT 100")?;
        let found = statement.query_map([], |row| {
            let (name, body, code): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(4)?);
            Ok(RefusalView {
                id: row.get::<_, String>(0)?.to_ascii_lowercase(),
                subject: subject(&name, &body),
                reason: reason(&code),
                at: row.get(3)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    })
}

/// The person has seen it.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn dismiss_refusal(core: &Core, id: &str) -> Result<()> {
    core.database.write(|transaction| {
        let id = hex::decode(id).unwrap_or_default();
        match transaction.execute("DELETE FROM refusal WHERE id = ?1", [id])? {
            0 => Err(EngineError::NotFound { what: "refusal".into() }),
            _ => Ok(((), Nouns::SYNC)),
        }
    })
}

/// Keeps that the token is no longer good.
pub(crate) fn set_sign_in_needed(connection: &Connection) -> Result<()> {
    connection.execute("UPDATE replica SET sign_in_needed = 1", [])?;
    Ok(())
}

fn subject(name: &str, body: &str) -> RefusalSubject {
    let body: serde_json::Value = json::read(body).unwrap_or_default();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_string();
    match name {
        name::LESSON_READ | name::QUIZ_ANSWERED => RefusalSubject::Lesson { id: text("lesson") },
        name::REVIEW_ANSWERED => RefusalSubject::Review { lesson: text("lesson") },
        name::TASK_DONE | name::TASK_UNDONE => RefusalSubject::Task { id: text("task") },
        name::RECORD_PUT | name::RECORD_DELETE | name::RECORD_ERASE => match body["kind"].as_str() {
            Some(contact::KIND) => RefusalSubject::Contact { id: text("id") },
            Some(interaction::KIND) => RefusalSubject::Contact {
                id: body["fields"][interaction::CONTACT].as_str().unwrap_or_default().to_string(),
            },
            Some(settings::KIND) => RefusalSubject::Settings,
            _ => RefusalSubject::Other { name: name.to_string() },
        },
        _ => RefusalSubject::Other { name: name.to_string() },
    }
}

fn reason(code: &str) -> RefusalReason {
    match serde_json::from_value(code.into()).unwrap_or(RefusalCode::Unknown) {
        RefusalCode::Malformed => RefusalReason::Malformed,
        RefusalCode::OverLimit => RefusalReason::TooLong,
        RefusalCode::TooManyRecords => RefusalReason::TooManyRecords,
        RefusalCode::UnknownLesson | RefusalCode::UnknownQuestion | RefusalCode::UnknownTask => {
            RefusalReason::UnknownContent
        }
        RefusalCode::AnswerMismatch | RefusalCode::IncompleteQuiz | RefusalCode::RepeatedQuestion => {
            RefusalReason::ImpossibleAnswers
        }
        RefusalCode::TaskMismatch => RefusalReason::Malformed,
        RefusalCode::Unknown => RefusalReason::Other,
    }
}
