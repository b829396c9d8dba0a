//! Settings: one record, the same on all of a person's phones.

mod export;
mod view;

use std::collections::BTreeMap;

use qadam_domain::company::Locale;
use qadam_domain::records::Edit;
use qadam_domain::settings::{ID, KIND, field};
use rusqlite::Connection;

use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::push;
use crate::replica::{self, rows};

pub use export::export;
pub use view::*;

/// Storage for media where the person chose nothing, in bytes.
pub const DEFAULT_MEDIA_BUDGET: i64 = 512 << 20;
/// Less than one long video is no use.
const LEAST_MEDIA_BUDGET: i64 = 16 << 20;

/// # Errors
/// Those of storage.
pub fn view(core: &Core) -> Result<SettingsView> {
    core.database.read(|connection| {
        let record = rows::record(connection, KIND, ID)?.unwrap_or_default();
        let content = core.content(connection)?;
        let locale = match &content {
            Some(content) => content.bundle.locale,
            None => chosen_locale(connection)?.unwrap_or(core.locale),
        };
        let locales = content.map(|content| content.manifest.bundles.keys().map(|l| l.tag().to_string()).collect());
        Ok(SettingsView {
            locale: locale.tag().into(),
            locales: locales.unwrap_or_default(),
            media_on_metered: record.get(field::MEDIA_ON_METERED) == Some("1"),
            media_budget: budget(record.get(field::MEDIA_BUDGET)),
        })
    })
}

/// The language that the person chose.
///
/// # Errors
/// Those of storage.
pub fn chosen_locale(connection: &Connection) -> Result<Option<Locale>> {
    Ok(rows::record(connection, KIND, ID)?.and_then(|record| Locale::of_tag(record.get(field::LOCALE)?)))
}

/// # Errors
/// [`EngineError::Invalid`] for a language that the product does not speak.
pub fn set_locale(core: &Core, locale: &str) -> Result<()> {
    let locale = Locale::of_tag(locale).ok_or(EngineError::Invalid { field: "locale".into() })?;
    put(core, &[(field::LOCALE, locale.tag())])
}

/// # Errors
/// [`EngineError::Invalid`] for a budget below 16 MiB.
pub fn set_media(core: &Core, on_metered: bool, budget: i64) -> Result<()> {
    if budget < LEAST_MEDIA_BUDGET {
        return Err(EngineError::Invalid { field: "budget".into() });
    }
    let on_metered = if on_metered { "1" } else { "0" };
    put(core, &[(field::MEDIA_ON_METERED, on_metered), (field::MEDIA_BUDGET, &budget.to_string())])
}

/// A field of the settings, where it has a value.
///
/// # Errors
/// Those of storage.
pub(crate) fn field_of(connection: &Connection, field: &str) -> Result<Option<String>> {
    let record = rows::record(connection, KIND, ID)?;
    Ok(record.and_then(|record| record.get(field).map(str::to_string)).filter(|value| !value.is_empty()))
}

/// Whether a field of the settings says yes.
///
/// # Errors
/// Those of storage.
pub(crate) fn is_set(connection: &Connection, field: &str) -> Result<bool> {
    Ok(rows::record(connection, KIND, ID)?.is_some_and(|record| record.get(field) == Some("1")))
}

pub(crate) fn put(core: &Core, given: &[(&str, &str)]) -> Result<()> {
    core.database.write(|transaction| {
        let now = core.now(transaction)?;
        let mut fields = BTreeMap::new();
        fields.extend(given.iter().map(|(name, value)| (name.to_string(), Some(value.to_string()))));
        replica::edit(transaction, &core.context(&now), KIND, ID, Edit::Put(fields))?;
        // In the language that it is now.
        push::renew(core, transaction)?;
        Ok(((), Nouns::SETTINGS | Nouns::CONTENT | Nouns::SYNC))
    })
}

fn budget(text: Option<&str>) -> i64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_MEDIA_BUDGET).max(LEAST_MEDIA_BUDGET)
}
