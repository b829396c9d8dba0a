//! Catalogues for what the system shows while the app does not run: channels, pushes, reasons of permissions, shortcuts. Made of `locales/*/platform.ftl`, for
//! Android and for Apple's systems.

use std::fmt::Write;
use std::io;
use std::path::Path;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::messages;

const FILES: [(&str, &str); 4] = [
    ("en", include_str!("../locales/en/platform.ftl")),
    ("es", include_str!("../locales/es/platform.ftl")),
    ("ru", include_str!("../locales/ru/platform.ftl")),
    ("kk", include_str!("../locales/kk/platform.ftl")),
];
/// Messages of pushes begin so. The server adds the person's language to the key, which may not be the phone's.
const PUSH: &str = "nudge-";
/// Messages whose place on Apple's systems is `InfoPlist.strings`.
const INFO: [(&str, &str); 2] =
    [("permission-camera", "NSCameraUsageDescription"), ("permission-contacts", "NSContactsUsageDescription")];

/// The entries of one language: name, as in code, and text. Those of pushes are there in all languages, each with its own in the name.
///
/// Empty for a language that there is not.
pub fn entries(locale: &str) -> Vec<(String, String)> {
    let own = said(locale).into_iter().filter(|(key, _)| !key.starts_with(PUSH));
    let own = own.map(|(key, text)| (name(&key), text));
    let pushes = FILES.into_iter().flat_map(|(tag, _)| {
        let of_push = said(tag).into_iter().filter(|(key, _)| key.starts_with(PUSH));
        of_push.map(move |(key, text)| (format!("{}_{tag}", name(&key)), text))
    });
    if FILES.iter().any(|(tag, _)| *tag == locale) { own.chain(pushes).collect() } else { Vec::new() }
}

/// Writes Android's resources below a folder: `values*/strings.xml`, English the default, and `xml/locales_config.xml`.
///
/// # Errors
/// What the file system says.
pub fn android(folder: &Path) -> io::Result<()> {
    for (tag, _) in FILES {
        let is_default = tag == FILES[0].0;
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<resources>\n");
        // What is not there in a language is taken from the default.
        for (name, text) in entries(tag).into_iter().filter(|(name, _)| is_default || !is_push(name)) {
            let translatable = if is_push(&name) { " translatable=\"false\"" } else { "" };
            let line = format!("    <string name=\"{name}\"{translatable}>{}</string>", escape_xml(&text));
            writeln!(xml, "{line}").expect("a string takes all that is written");
        }
        xml.push_str("</resources>\n");
        let values = if is_default { "values".to_string() } else { format!("values-{tag}") };
        write(&folder.join(values).join("strings.xml"), &xml)?;
    }
    let locales = FILES.map(|(tag, _)| format!("    <locale android:name=\"{tag}\"/>\n")).concat();
    let space = "http://schemas.android.com/apk/res/android";
    let config = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<locale-config xmlns:android=\"{space}\">\n{locales}</locale-config>\n"
    );
    write(&folder.join("xml/locales_config.xml"), &config)
}

/// Writes Apple's resources below a folder: `*.lproj/Localizable.strings`, with all pushes in each, and `*.lproj/InfoPlist.strings`.
///
/// # Errors
/// What the file system says.
pub fn apple(folder: &Path) -> io::Result<()> {
    for (tag, _) in FILES {
        let line = |(name, text): (&str, &str)| format!("\"{name}\" = \"{}\";\n", escape_strings(text));
        let all = entries(tag);
        let lines: String = all.iter().map(|(name, text)| line((name, text))).collect();
        write(&folder.join(format!("{tag}.lproj/Localizable.strings")), &lines)?;
        let info = said(tag);
        let info = INFO.iter().filter_map(|(key, place)| {
            let (_, text) = info.iter().find(|(known, _)| known == key)?;
            Some(line((place, text)))
        });
        write(&folder.join(format!("{tag}.lproj/InfoPlist.strings")), &info.collect::<String>())?;
    }
    Ok(())
}

/// Key and text of each message of a language, in the file's order.
fn said(locale: &str) -> Vec<(String, String)> {
    let Some((tag, source)) = FILES.into_iter().find(|(tag, _)| *tag == locale) else { return Vec::new() };
    // What can't be read is missing; a test keeps that from happening.
    let resource = FluentResource::try_new(source.into()).unwrap_or_else(|(resource, _)| resource);
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.add_resource_overriding(resource);
    let text = |key: &str| {
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(&FluentArgs::new()), &mut Vec::new()).into_owned())
    };
    messages(source).into_iter().filter_map(|message| Some((message.key.clone(), text(&message.key)?))).collect()
}

fn name(key: &str) -> String {
    key.replace('-', "_")
}

fn is_push(name: &str) -> bool {
    name.starts_with(&self::name(PUSH))
}

/// As *String resources* of Android's documentation asks for.
fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (place, letter) in text.chars().enumerate() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '\'' | '"' | '\\' => escaped.extend(['\\', letter]),
            '@' | '?' if place == 0 => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// As the *String Resources* of Apple's documentation archive ask for.
fn escape_strings(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use qadam_domain::company::Locale;
    use qadam_domain::rules::Category;

    use super::*;

    #[test]
    fn every_language_says_the_same_things_and_nothing_of_a_person() {
        let keys = |source| messages(source).into_iter().map(|message| message.key).collect::<Vec<_>>();
        for (tag, source) in FILES {
            FluentResource::try_new(source.into()).map_err(|(_, faults)| faults).expect(tag);
            assert_eq!(keys(source), keys(FILES[0].1), "{tag}");
            assert!(messages(source).iter().all(|message| message.values.is_empty()), "{tag}");
            assert!(entries(tag).iter().all(|(_, text)| !text.trim().is_empty()), "{tag}");
        }
        assert_eq!(entries("de"), []);
    }

    #[test]
    fn whatever_key_the_server_sends_is_there_in_each_language() {
        for (tag, _) in FILES {
            let names: BTreeSet<String> = entries(tag).into_iter().map(|(name, _)| name).collect();
            for (category, _) in Category::ALL {
                for locale in Locale::ALL {
                    for part in ["title", "body"] {
                        let name = format!("nudge_{category}_{part}_{locale}");
                        assert!(names.contains(&name), "{tag} lacks {name}");
                    }
                }
                assert!(names.contains(&format!("channel_{category}")), "{tag}: {category}");
            }
        }
        let texts = |tag: &str| entries(tag).into_iter().filter(|(name, _)| is_push(name)).collect::<Vec<_>>();
        assert_eq!(texts("en"), texts("kk"), "the key names the language");
    }

    #[test]
    fn what_has_a_meaning_of_its_own_is_escaped() {
        assert_eq!(escape_xml("?a & \"b\" <c> it's"), "\\?a &amp; \\\"b\\\" &lt;c> it\\'s");
        assert_eq!(escape_strings("a \"b\" \\\nc"), "a \\\"b\\\" \\\\\\nc");
    }

    #[test]
    fn the_catalogues_are_written_where_the_systems_look() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
        android(folder.path()).expect("writes");
        assert!(read("values/strings.xml").contains("<string name=\"channel_learning\">Learning</string>"));
        assert!(read("values/strings.xml").contains("name=\"nudge_team_title_kk\" translatable=\"false\""));
        assert!(!read("values-ru/strings.xml").contains("nudge_"));
        assert!(read("xml/locales_config.xml").contains("<locale android:name=\"kk\"/>"));
        apple(folder.path()).expect("writes");
        assert!(read("ru.lproj/Localizable.strings").contains("\"nudge_team_title_kk\" = \""));
        assert!(read("es.lproj/InfoPlist.strings").starts_with("\"NSCameraUsageDescription\" = \"La cámara"));
    }
}
