//! How this device can be woken. The app says what the platform gave it; the server is told with the next sync, and only where something is new.

mod view;

use qadam_domain::json;
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::accounts::Secret;
use qadam_protocol::mutation::Body;
use qadam_protocol::push::{Push, Registration};
use qadam_protocol::sync::RefusalCode;
use rusqlite::{Connection, OptionalExtension};

use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::replica;
use crate::settings;

pub use view::*;

/// So often it is said again: a server may have lost it, and vendors count what is older as given up (Firebase, *Best practices for FCM registration
/// token management*).
const AGAIN: Millis = 30 * DAY;

/// Takes what the platform says of how this device can be woken; `None`: not at all.
///
/// # Errors
/// [`EngineError::Invalid`] for what is no token; those of storage.
pub fn set(core: &Core, token: Option<&PushToken>) -> Result<()> {
    core.database.write(|transaction| {
        let device = replica::device(transaction)?.ok_or(EngineError::SignedOut)?;
        let token = match token {
            None => None,
            Some(token) => {
                let registration = registration(core, transaction, token)?;
                Push::Registered(registration.clone()).check().map_err(|code| EngineError::Invalid {
                    field: if code == RefusalCode::OverLimit { "length" } else { "token" }.into(),
                })?;
                Some(text(&registration))
            }
        };
        transaction
            .prepare_cached(
                "INSERT INTO push (one, token, told, device, at) VALUES (1, ?1, NULL, ?2, 0)
                 ON CONFLICT (one) DO UPDATE SET token = excluded.token",
            )?
            .execute((token, device.as_str()))?;
        Ok(((), renew(core, transaction)?))
    })
}

/// Tells the server where it does not know: another token, another language, another device id, or long ago.
///
/// # Errors
/// Those of storage.
pub fn renew(core: &Core, connection: &Connection) -> Result<Nouns> {
    type Known = (Option<String>, Option<String>, String, Millis);
    let known: Option<Known> = connection
        .prepare_cached("SELECT token, told, device, at FROM push")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let (Some((token, told, told_by, at)), Some(device)) = (known, replica::device(connection)?) else {
        return Ok(Nouns::NONE);
    };
    let is_told_by_this = told_by == device.as_str();
    let now = core.now(connection)?;
    let (push, to_tell) = match token {
        Some(token) => {
            let damaged = |_| EngineError::Internal { detail: "the push token".into() };
            let mut registration: Registration = json::read(&token).map_err(damaged)?;
            registration.locale = settings::chosen_locale(connection)?.unwrap_or(core.locale);
            let body = text(&registration);
            if is_told_by_this && told.as_ref() == Some(&body) && now.server.saturating_sub(at) < AGAIN {
                return Ok(Nouns::NONE);
            }
            (Push::Registered(registration), Some(body))
        }
        None if is_told_by_this && told.is_some() => (Push::Withdrawn, None),
        None => return Ok(Nouns::NONE),
    };
    replica::outbox::push(connection, &core.context(&now), &Body::Push(push))?;
    connection.prepare_cached("UPDATE push SET told = ?1, device = ?2, at = ?3")?.execute((
        to_tell,
        device.as_str(),
        now.server,
    ))?;
    Ok(Nouns::SYNC)
}

fn registration(core: &Core, connection: &Connection, token: &PushToken) -> Result<Registration> {
    Ok(Registration {
        vendor: token.vendor.into(),
        token: Secret(token.token.clone()),
        app: token.app.clone(),
        sandbox: token.sandbox,
        permission: token.permission,
        locale: settings::chosen_locale(connection)?.unwrap_or(core.locale),
    })
}

fn text(registration: &Registration) -> String {
    serde_json::to_string(registration).expect("it holds nothing that JSON can't")
}
