use std::collections::HashMap;

use qadam_engine::nudges::{ComparedSideView, ComparedView};

use crate::{QadamError, Result};

/// A value that stands in a message.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum TextValue {
    Text { text: String },
    Number { number: i64 },
}

/// What the app says, by the keys of its Fluent files; the wrappers have a constant for each.
#[derive(uniffi::Object)]
pub struct FluentTexts(qadam_texts::Texts);

#[uniffi::export]
impl FluentTexts {
    /// By a BCP 47 tag, as the platform gives it.
    #[uniffi::constructor]
    pub fn new(locale: &str) -> Self {
        Self(qadam_texts::Texts::new(locale))
    }

    /// The message of this key with its values filled in.
    pub fn format(&self, key: &str, values: HashMap<String, TextValue>) -> Result<String> {
        let value = |value| match value {
            TextValue::Text { text } => qadam_texts::Value::Text(text),
            TextValue::Number { number } => qadam_texts::Value::Number(number),
        };
        let values: Vec<_> = values.into_iter().map(|(name, given)| (name, value(given))).collect();
        self.0.format(key, &values).map_err(|error| QadamError::Internal { detail: error.to_string() })
    }

    /// What a rule compared, in plain words: what was known of the person, and what the rule asks for. Nothing where there are no words for it.
    pub fn compared(&self, compared: &ComparedView) -> Option<String> {
        let side = |side: &ComparedSideView| {
            let ComparedSideView { fact, about, percent, value } = side.clone();
            qadam_texts::Side { fact, about, percent, value }
        };
        let ComparedView { left, sign, right, .. } = compared;
        self.0.compared(&qadam_texts::Compared { left: side(left), sign: sign.clone(), right: side(right) })
    }
}
