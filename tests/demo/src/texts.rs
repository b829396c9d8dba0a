//! What the terminal phone itself says, in the person's language: Fluent files in `texts/`.

use fluent::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

const FILES: [(&str, &str); 4] = [
    ("en", include_str!("../texts/en.ftl")),
    ("es", include_str!("../texts/es.ftl")),
    ("ru", include_str!("../texts/ru.ftl")),
    ("kk", include_str!("../texts/kk.ftl")),
];

pub struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// In the language of this tag; in English where there are no texts in it.
    pub fn of(locale: &str) -> Self {
        let (tag, source) = FILES.into_iter().find(|(tag, _)| *tag == locale).unwrap_or(FILES[0]);
        // What can't be read is missing; a test keeps that from happening.
        let resource = FluentResource::try_new(source.into()).unwrap_or_else(|(resource, _)| resource);
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![language]);
        // Marks around each value are for screens that mix directions.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// The message of this name; its name where there is none.
    pub fn get(&self, name: &str) -> String {
        self.with(name, &[])
    }

    pub fn with(&self, name: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.0.get_message(name).and_then(|message| message.value()) else { return name.into() };
        let args: FluentArgs<'_> = values.iter().cloned().collect();
        self.0.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// What each language calls itself.
    pub fn name_of(locale: &str) -> String {
        let name = Self::of(locale).get("language-name");
        format!("{name} ({locale})")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const SOURCES: [&str; 3] = [include_str!("terminal.rs"), include_str!("ask.rs"), include_str!("texts.rs")];

    /// The values that each message takes.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        FluentResource::try_new(source.into()).map_err(|(_, errors)| errors).expect("it can be read");
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                current = name.into();
                assert!(messages.insert(current.clone(), BTreeSet::new()).is_none(), "{name} is there twice");
            }
            let values =
                line.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect());
            messages.entry(current.clone()).or_default().extend(values);
        }
        messages.remove("");
        messages
    }

    #[test]
    fn every_language_says_the_same() {
        let english = messages(FILES[0].1);
        for (tag, source) in FILES {
            assert_eq!(messages(source), english, "{tag}");
        }
    }

    #[test]
    fn every_message_is_used_and_every_used_one_is_there() {
        let code = SOURCES.map(|source| source.split("#[cfg(test)]").next().unwrap_or_default()).concat();
        let english = messages(FILES[0].1);
        for name in english.keys() {
            assert!(code.contains(&format!("\"{name}\"")), "{name} is not used");
        }
        for call in [".get(\"", ".with(\"", ".ask(\"", ".tell(\"", ".tell_with(\""] {
            for rest in code.split(call).skip(1) {
                let name = rest.split('"').next().unwrap_or_default();
                assert!(english.contains_key(name), "{name} is not there");
            }
        }
    }

    #[test]
    fn values_stand_where_they_belong() {
        let said = Texts::of("ru").with("points-earned", &[("points", 22.into())]);
        assert!(said.contains("22 балла"), "{said}");
        assert_eq!(Texts::of("de").get("language-name"), "English");
    }
}
