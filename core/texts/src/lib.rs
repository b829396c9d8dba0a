//! What the apps say, in four languages: one set of Fluent files, `locales/*/app.ftl`, for Android and Apple alike. What a rule compared is told with `facts.ftl`.
//!
//! Both have a constant for each message, which is generated from the English file (`qadam-texts kotlin|swift`), so a message or a value that
//! is missing does not compile there.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub mod catalogue;
mod compared;
mod message;

pub use compared::{Compared, Side};
pub use message::{Message, NUMBERS, messages};

const FILES: [(&str, &str); 4] = [
    ("en", include_str!("../locales/en/app.ftl")),
    ("es", include_str!("../locales/es/app.ftl")),
    ("ru", include_str!("../locales/ru/app.ftl")),
    ("kk", include_str!("../locales/kk/app.ftl")),
];
/// In the order of [`FILES`].
const FACTS: [&str; 4] = [
    include_str!("../locales/en/facts.ftl"),
    include_str!("../locales/es/facts.ftl"),
    include_str!("../locales/ru/facts.ftl"),
    include_str!("../locales/kk/facts.ftl"),
];

/// A value that stands in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextsError {
    #[error("there is no message {key}")]
    Unknown { key: String },
    #[error("message {key} lacks a value: give all that are named in it")]
    Incomplete { key: String },
}

/// The messages of one language.
pub struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// By a BCP 47 tag as the platform gives it, such as `ru-KZ`: its language counts. English where there are no texts in it.
    pub fn new(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        let place = FILES.iter().position(|(tag, _)| tag.eq_ignore_ascii_case(language)).unwrap_or_default();
        let (tag, source) = FILES[place];
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // None of the languages is written from right to left.
        bundle.set_use_isolating(false);
        for source in [source, FACTS[place]] {
            // What can't be read is missing; a test keeps that from happening.
            bundle.add_resource_overriding(
                FluentResource::try_new(source.into()).unwrap_or_else(|(resource, _)| resource),
            );
        }
        Self(bundle)
    }

    /// The message of this key with its values filled in.
    pub fn format(&self, key: &str, values: &[(String, Value)]) -> Result<String, TextsError> {
        let pattern = self.0.get_message(key).and_then(|message| message.value());
        let pattern = pattern.ok_or_else(|| TextsError::Unknown { key: key.into() })?;
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(
                name.as_str(),
                match value {
                    Value::Text(text) => FluentValue::from(text.as_str()),
                    Value::Number(number) => FluentValue::from(*number),
                },
            );
        }
        let mut faults = Vec::new();
        let said = self.0.format_pattern(pattern, Some(&args), &mut faults).into_owned();
        if faults.is_empty() { Ok(said) } else { Err(TextsError::Incomplete { key: key.into() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that are written in Latin letters everywhere.
    const LATIN: [&str; 3] = ["Qadam", "Wi-Fi", "https"];

    fn values(message: &Message, number: i64) -> Vec<(String, Value)> {
        let value = |name: &String| {
            if NUMBERS.contains(&name.as_str()) { Value::Number(number) } else { Value::Text("ж".into()) }
        };
        message.values.iter().map(|name| (name.clone(), value(name))).collect()
    }

    #[test]
    fn every_language_has_the_same_messages_with_the_same_values() {
        let sorted = |source| {
            let mut all = messages(source);
            for message in &mut all {
                message.values.sort();
            }
            all.sort_by(|a, b| a.key.cmp(&b.key));
            all
        };
        for files in [FILES.map(|(_, source)| source), FACTS] {
            let english = sorted(files[0]);
            assert!(english.windows(2).all(|two| two[0].key != two[1].key), "a message is there twice");
            for (source, (tag, _)) in files.into_iter().zip(FILES) {
                FluentResource::try_new(source.into()).map_err(|(_, faults)| faults).expect(tag);
                assert_eq!(sorted(source), english, "{tag}");
            }
        }
    }

    #[test]
    fn every_message_says_something_whatever_the_numbers() {
        for (tag, source) in FILES {
            let texts = Texts::new(tag);
            for message in messages(source) {
                for number in [0, 1, 2, 5, 21, 1000] {
                    let said = texts.format(&message.key, &values(&message, number)).expect(&message.key);
                    assert!(
                        !said.trim().is_empty() && !said.contains(['{', '\u{2068}']),
                        "{tag}: {}: {said}",
                        message.key
                    );
                }
            }
        }
    }

    #[test]
    fn russian_and_kazakh_are_not_left_in_english() {
        for tag in ["ru", "kk"] {
            let texts = Texts::new(tag);
            for message in messages(FILES[0].1) {
                let mut said = texts.format(&message.key, &values(&message, 5)).expect(&message.key);
                for word in LATIN {
                    said = said.replace(word, "");
                }
                assert!(!said.contains(|c: char| c.is_ascii_alphabetic()), "{tag}: {}: {said}", message.key);
            }
        }
    }

    #[test]
    fn plurals_are_those_of_the_language() {
        let say = |locale: &str, count| Texts::new(locale).format("days", &[("count".into(), Value::Number(count))]);
        for (locale, count, said) in [
            ("en", 1, "1 day"),
            ("en", 21, "21 days"),
            ("es-419", 2, "2 días"),
            ("ru-KZ", 1, "1 день"),
            ("ru", 2, "2 дня"),
            ("ru", 5, "5 дней"),
            ("ru", 21, "21 день"),
            ("kk", 21, "21 күн"),
            ("de", 5, "5 days"),
        ] {
            assert_eq!(say(locale, count), Ok(said.into()), "{locale} {count}");
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let texts = Texts::new("en");
        assert_eq!(texts.format("nothing", &[]), Err(TextsError::Unknown { key: "nothing".into() }));
        assert_eq!(texts.format("days", &[]), Err(TextsError::Incomplete { key: "days".into() }));
    }
}
