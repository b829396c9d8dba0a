//! `<locale>/texts.toml`: titles and short texts.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::company::Locale;
use qadam_domain::content::{NEWCOMER, SPONSOR};
use qadam_domain::ids::TextId;

use super::fault::{Fault, Faults, closest};
use super::folder::{Folder, Reading};
use super::journey::JourneyFile;
use super::structure::Structure;
use super::table::{At, Keys, parse};

/// The texts of one locale, by section, id and key.
#[derive(Debug, Default)]
pub struct Texts {
    texts: BTreeMap<(&'static str, String, &'static str), At<String>>,
    /// The items of checklists, by the task's id.
    items: BTreeMap<String, Vec<At<String>>>,
}

/// What stands with a figure of earnings.
pub const DISCLOSURE: &str = "disclosure";

/// A section with its keys; an id stands behind its name, but for the company and the welcome.
const SECTIONS: [(&str, &[&str]); 15] = [
    // First, since the others may name them.
    (DISCLOSURE, &["text"]),
    ("company", &["name", "welcome"]),
    ("welcome", &["letter", "letter_alone"]),
    ("tour", &["title", "text"]),
    ("phase", &["title"]),
    ("task", &["title", "why"]),
    ("market", &["name"]),
    ("rank", &["title"]),
    ("nudge", &["title", "body"]),
    ("word", &["why", "say"]),
    ("offer", &["text"]),
    ("rule", &["why"]),
    ("course", &["title", "summary"]),
    ("level", &["title"]),
    ("badge", &["title", "how", "earned"]),
];

/// Those sections.
const ALONE: [&str; 2] = ["company", "welcome"];

impl Texts {
    /// `id` is empty for the company.
    pub fn get(&self, section: &'static str, id: &str, key: &'static str) -> Option<&str> {
        self.texts.get(&(section, id.to_owned(), key)).map(|text| text.it.as_str())
    }

    /// The items of a task's checklist.
    pub fn items(&self, task: &str) -> Option<&[At<String>]> {
        self.items.get(task).map(Vec::as_slice)
    }

    /// Each text with its section and id.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&'static str, &str, &mut At<String>)> {
        let texts = self.texts.iter_mut().map(|((section, id, _), text)| (*section, id.as_str(), text));
        let items = self.items.iter_mut();
        texts.chain(items.flat_map(|(task, items)| items.iter_mut().map(move |item| ("task", task.as_str(), item))))
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
    if ALONE.contains(&section) {
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
                check_names(section, key, &text, inner.faults);
                let text = At { line: text.line, it: text.it.trim().to_owned() };
                texts.texts.insert((section, (*id).to_owned(), key), text);
            }
        }
        if let Some(journey) = structure.journey.as_ref().filter(|_| section == "task") {
            if let Some(count) = journey.items.get(*id) {
                inner.want("items", required, "[\"…\"]");
                if let Some(items) = read_items(&mut inner, *count, &header) {
                    texts.items.insert((*id).to_owned(), items);
                }
            } else if torn {
                // It may be a checklist that could not be read.
                inner.has("items");
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

/// The items of a checklist; as many as the plan says.
fn read_items(keys: &mut Keys<'_>, count: u8, header: &str) -> Option<Vec<At<String>>> {
    let items = keys.texts("items")?;
    if items.it.len() != usize::from(count) {
        let problem = format!("{header} has {} items, and journey.toml says checklist = {count}", items.it.len());
        keys.faults.error(items.line, problem, "write as many as it says; every language has the same ones");
        return None;
    }
    if let Some(empty) = items.it.iter().find(|item| item.it.trim().is_empty()) {
        keys.faults.error(empty.line, format!("an item of {header} is empty"), "write its text");
        return None;
    }
    Some(items.it.into_iter().map(|item| At { line: item.line, it: item.it.trim().to_owned() }).collect())
}

/// Names in braces: those that the letter can have, each at least once.
fn check_names(section: &str, key: &str, text: &At<String>, faults: &mut Faults) {
    let wanted: &[&str] = match (section, key) {
        ("welcome", "letter") => &[NEWCOMER, SPONSOR],
        ("welcome", "letter_alone") | ("word", "why") => &[NEWCOMER],
        ("nudge" | "word" | "offer" | "rule", _) => &[],
        _ => return,
    };
    let mut rest = text.it.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        let found = &rest[at..end];
        if !wanted.contains(&found) {
            let shown: String = found.chars().take(40).collect();
            let remedy = match wanted {
                [] => "leave the braces out: no name can stand here".into(),
                wanted => format!("the names that can stand here are {}", wanted.join(" and ")),
            };
            faults.error(text.line, format!("\"{shown}\" in \"{key}\" of the {section} is no name"), remedy);
            return;
        }
        rest = &rest[end..];
    }
    for name in wanted.iter().filter(|name| !text.it.contains(**name)) {
        let problem = format!("\"{key}\" of the {section} has no {name}");
        faults.error(text.line, problem, "write it where the name belongs: a letter and a word are about somebody");
    }
}

fn header(section: &str, id: &str) -> String {
    if id.is_empty() { format!("[{section}]") } else { format!("[{section}.{id}]") }
}

/// The ids of which a section has texts, and whether there may be others that could not be read.
fn ids(section: &str, structure: &Structure) -> (Vec<String>, bool) {
    let Structure { company, courses, awards, journey, rules, courses_torn, .. } = structure;
    let of_rules = |ids: &BTreeSet<TextId>| (ids.iter().map(ToString::to_string).collect(), rules.torn);
    let of_journey = |ids: &dyn Fn(&JourneyFile) -> Vec<String>| {
        (journey.as_ref().map(ids).unwrap_or_default(), journey.as_ref().is_some_and(|journey| journey.torn))
    };
    match section {
        DISCLOSURE => (company.disclosures.iter().map(ToString::to_string).collect(), company.torn),
        "rank" => (company.rank_lines.keys().map(ToString::to_string).collect(), company.torn),
        "nudge" => of_rules(&rules.nudges),
        "word" => of_rules(&rules.words),
        "offer" => of_rules(&rules.offers),
        "rule" => (rules.told().map(ToString::to_string).collect(), rules.torn),
        "market" => (company.market_ids.iter().map(ToString::to_string).collect(), company.torn),
        "course" => (courses.iter().map(|course| course.id.to_string()).collect(), *courses_torn),
        "level" => (awards.level_lines.keys().map(ToString::to_string).collect(), awards.torn),
        "phase" => of_journey(&|journey| journey.phase_lines.keys().map(ToString::to_string).collect()),
        "task" => of_journey(&|journey| journey.task_lines.keys().map(ToString::to_string).collect()),
        "tour" => of_journey(&|journey| journey.stops.iter().map(ToString::to_string).collect()),
        "welcome" => of_journey(&|journey| if journey.has_welcome { vec![String::new()] } else { Vec::new() }),
        "badge" => (awards.badge_lines.keys().map(ToString::to_string).collect(), awards.torn),
        _ => (vec![String::new()], false),
    }
}
