//! `<locale>/texts.toml`: titles and short texts.

use std::collections::BTreeMap;

use qadam_domain::company::Locale;

use super::fault::{Fault, Faults, closest};
use super::folder::{Folder, Reading};
use super::structure::Structure;
use super::table::{At, Keys, parse};

/// The texts of one locale, by section, id and key.
#[derive(Debug, Default)]
pub struct Texts(BTreeMap<(&'static str, String, &'static str), At<String>>);

/// What stands with a figure of earnings.
pub const DISCLOSURE: &str = "disclosure";

/// A section with its keys; an id stands behind its name, but for the company.
const SECTIONS: [(&str, &[&str]); 6] = [
    // First, since the others may name them.
    (DISCLOSURE, &["text"]),
    ("company", &["name", "welcome"]),
    ("market", &["name"]),
    ("course", &["title", "summary"]),
    ("level", &["title"]),
    ("badge", &["title", "how", "earned"]),
];

impl Texts {
    /// `id` is empty for the company.
    pub fn get(&self, section: &'static str, id: &str, key: &'static str) -> Option<&str> {
        self.0.get(&(section, id.to_owned(), key)).map(|text| text.it.as_str())
    }

    /// Each text with its section and id.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&'static str, &str, &mut At<String>)> {
        self.0.iter_mut().map(|((section, id, _), text)| (*section, id.as_str(), text))
    }
}

/// Reads the texts of a locale. What is missing keeps a release from being published only in the default locale.
pub fn read(folder: &mut Folder, locale: Locale, structure: &Structure, found: &mut Vec<Fault>) -> Texts {
    let path = format!("{locale}/texts.toml");
    let required = locale == structure.company.default_locale;
    let mut faults = Faults::new(&path);
    let mut texts = Texts::default();
    match folder.text(&path) {
        Reading::Text(text) => {
            let root = parse(&text, &mut faults);
            let torn = root.is_torn();
            let mut keys = root.keys("texts.toml", &mut faults);
            for (section, wanted) in SECTIONS {
                read_section(section, wanted, &mut keys, structure, (required, torn), &mut texts);
            }
            keys.finish();
        }
        Reading::Absent => faults.missing(required, 0, "is missing", "write it, with the titles and short texts"),
        Reading::Faulty => {}
    }
    found.extend(faults.into_vec());
    texts
}

fn read_section(
    section: &'static str,
    wanted: &'static [&'static str],
    keys: &mut Keys<'_>,
    structure: &Structure,
    (required, torn_here): (bool, bool),
    texts: &mut Texts,
) {
    let (ids, torn) = ids(section, structure);
    let mut there = Vec::new();
    let mut misspelt = Vec::new();
    if section == "company" {
        there.extend(keys.table(section).map(|table| ("", table)));
    } else {
        there = keys.named_tables(section);
    }
    for (id, table) in &there {
        let header = header(section, id);
        if !ids.iter().any(|known| known == id) {
            if !torn {
                let meant = closest(id, ids.iter().map(String::as_str));
                misspelt.extend(meant);
                let remedy = match meant {
                    Some(meant) => format!("did you mean [{section}.{meant}]?"),
                    None => format!("delete it, or write the {section} first"),
                };
                let shown: String = header.chars().take(60).collect();
                keys.faults.error(table.line, format!("{shown} names no {section}"), remedy);
            }
            continue;
        }
        let mut inner = table.keys(header.as_str(), keys.faults);
        for key in wanted {
            inner.want(key, required, "\"…\"");
            let Some(text) = inner.text(key) else { continue };
            if text.it.trim().is_empty() {
                inner.faults.missing(required, text.line, format!("\"{key}\" in {header} is empty"), "write the text");
            } else {
                texts.0.insert((section, (*id).to_owned(), key), At { line: text.line, it: text.it.trim().to_owned() });
            }
        }
        inner.finish();
    }
    for id in &ids {
        if !torn_here && !there.iter().any(|(there, _)| there == id) && !misspelt.contains(&id.as_str()) {
            let problem = format!("{} is missing", header(section, id));
            keys.faults.missing(required, 0, problem, format!("write it, with {}", wanted.join(", ")));
        }
    }
}

fn header(section: &str, id: &str) -> String {
    if id.is_empty() { format!("[{section}]") } else { format!("[{section}.{id}]") }
}

/// The ids of which a section has texts, and whether there may be others that could not be read.
fn ids(section: &str, structure: &Structure) -> (Vec<String>, bool) {
    let Structure { company, courses, awards, courses_torn, .. } = structure;
    match section {
        DISCLOSURE => (company.disclosures.iter().map(ToString::to_string).collect(), company.torn),
        "market" => (company.market_ids.iter().map(ToString::to_string).collect(), company.torn),
        "course" => (courses.iter().map(|course| course.id.to_string()).collect(), *courses_torn),
        "level" => (awards.level_lines.keys().map(ToString::to_string).collect(), awards.torn),
        "badge" => (awards.badge_lines.keys().map(ToString::to_string).collect(), awards.torn),
        _ => (vec![String::new()], false),
    }
}
