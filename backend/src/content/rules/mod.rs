//! `rules/*.toml`: what shall follow from what, and the segments that rules name.

pub mod condition;
pub mod manual;
pub mod when;

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::ids::{CourseId, GroupId, LessonId, MarketId, RuleId, TaskId, TextId};
use qadam_domain::rules::{
    Category, Condition, Effect, Fact, Goal, Home, Limits, MAX_EXPIRY, MAX_POINTS, MAX_RULES, Nudge, Offer, Rule,
    RuleError, Window, Word,
};

use super::fault::{Fault, Faults, suggest};
use super::folder::{Folder, Reading};
use super::structure::{Company, CourseFile, id, own_id};
use super::table::{At, Keys, Table, parse};
use condition::{Known, Wrong};

pub const RULES: &str = "rules";

/// All rules of the folder, by file and within it as they are written.
#[derive(Debug, Default)]
pub struct RulesFile {
    pub rules: Vec<Rule>,
    /// Where each stands; of faulty ones too.
    pub places: BTreeMap<RuleId, (String, u32)>,
    /// The texts that rules name: those of nudges, words and offers.
    pub nudges: BTreeSet<TextId>,
    pub words: BTreeSet<TextId>,
    pub offers: BTreeSet<TextId>,
    /// The tasks that rules open, with file and line.
    pub tasks: Vec<(String, u32, TaskId)>,
    /// The named conditions.
    pub segments: BTreeMap<String, Condition>,
    /// Not all of it could be read.
    pub torn: bool,
}

impl RulesFile {
    /// The rules of which somebody hears, so that they need words of their own.
    pub fn told(&self) -> impl Iterator<Item = &RuleId> {
        self.rules.iter().map(|rule| &rule.id)
    }
}

/// Reads all files. What hangs on courses that could not be read (`torn`) is not held against them.
pub fn read(
    folder: &mut Folder,
    company: &Company,
    courses: &[CourseFile],
    torn: bool,
    found: &mut Vec<Fault>,
) -> RulesFile {
    let mut file = RulesFile::default();
    let mut tables = Vec::new();
    for stem in folder.stems(RULES, "toml") {
        let path = format!("{RULES}/{stem}.toml");
        let mut faults = Faults::new(&path);
        match folder.text(&path) {
            Reading::Text(text) => {
                let table = parse(&text, &mut faults);
                file.torn |= table.is_torn();
                tables.push((path, table));
            }
            Reading::Absent | Reading::Faulty => file.torn = true,
        }
        found.extend(faults.into_vec());
    }
    let lessons: Vec<&LessonId> = courses.iter().flat_map(|course| &course.lessons).map(|lesson| &lesson.id).collect();
    let markets: Vec<MarketId> = company.market_ids.iter().cloned().collect();
    let mut known = Known {
        segments: None,
        lessons: (!torn).then_some(lessons),
        courses: (!torn).then(|| courses.iter().map(|course| &course.id).collect()),
        markets: (!company.torn).then(|| markets.iter().collect()),
    };
    // Segments of all files first: any rule may name them.
    let mut segments = BTreeMap::new();
    for (path, table) in &tables {
        let mut faults = Faults::new(path);
        let mut twice = Vec::new();
        let mut keys = table.keys(path.as_str(), &mut faults);
        let segment_tables = keys.named_tables("segment");
        for (name, table) in segment_tables {
            let mut keys = table.keys(format!("[segment.{name}]"), keys.faults);
            keys.require("if", "[\"days.since_joining <= 90\"]");
            let condition = read_condition(&mut keys, &known);
            keys.finish();
            file.torn |= condition.is_none();
            if segments.insert(name.to_owned(), condition.unwrap_or_else(Condition::always)).is_some() {
                twice.push((name.to_owned(), table.line));
            }
        }
        for (name, line) in twice {
            faults.error(line, format!("the segment \"{name}\" is in another file already"), "give each its own name");
        }
        found.extend(faults.into_vec());
    }
    known.segments = Some(&segments);
    for (path, table) in &tables {
        let mut faults = Faults::new(path);
        let mut keys = table.keys(path.as_str(), &mut faults);
        keys.has("segment");
        for table in keys.tables("rule") {
            let rule = read_rule(table, &known, path, &mut file, keys.faults);
            file.torn |= rule.is_none();
            if file.rules.len() < MAX_RULES {
                file.rules.extend(rule);
            } else if rule.is_some() {
                let remedy = "leave out what nobody needs any more";
                keys.faults.error(table.line, format!("there are more than {MAX_RULES} rules"), remedy);
            }
        }
        keys.finish();
        found.extend(faults.into_vec());
    }
    file.segments = segments;
    file
}

fn read_rule(table: &Table, known: &Known<'_>, path: &str, file: &mut RulesFile, faults: &mut Faults) -> Option<Rule> {
    let mut keys = table.keys("this [[rule]]", faults);
    let here = file.places.iter().filter(|(_, (other, _))| other == path);
    let mut seen: BTreeMap<RuleId, u32> = here.map(|(id, (_, line))| (id.clone(), *line)).collect();
    let mut rule_id = own_id(&mut keys, RuleId::new, &mut seen);
    let line = keys.line_of("id");
    if let Some(id) = rule_id.take() {
        match file.places.get(&id.it) {
            Some((other, first)) => {
                let problem = format!("the rule \"{}\" is in {other}:{first} already", id.it);
                keys.faults.error(line, problem, "give each its own id");
            }
            None => {
                file.places.insert(id.it.clone(), (path.to_owned(), line));
                rule_id = Some(id);
            }
        }
    }

    keys.require("when", "\"sale confirmed\", or \"every day at 19:00\"");
    let unless = keys.text("unless").and_then(|text| take(when::event(&text.it), text.line, keys.faults));
    let when = keys.text("when").and_then(|text| {
        take(when::parse(&text.it, unless, known.segments.unwrap_or(&BTreeMap::new())), text.line, keys.faults)
    });
    let condition = read_condition(&mut keys, known);
    let then = read_effects(&mut keys, known, rule_id.as_ref(), path, file);
    let limits = read_limits(&mut keys);
    keys.finish();
    let rule = Rule { id: rule_id?.it, when: when?, condition: condition?, then: then?, limits: limits? };
    match rule.check() {
        Ok(()) => Some(rule),
        Err(error) => {
            faults.error(line, format!("the rule \"{}\" can't be: {error}", rule.id), remedy(&rule, error));
            None
        }
    }
}

/// What to write instead of what no rule may be.
fn remedy(rule: &Rule, error: RuleError) -> String {
    let at = |home: Home| {
        let names: BTreeSet<String> =
            rule.facts().filter(|fact| fact.about().home == home).map(Fact::to_string).collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    };
    match error {
        RuleError::Falls => {
            let falling: BTreeSet<String> =
                rule.facts().filter(|fact| !fact.about().rises).map(Fact::to_string).collect();
            match falling.is_empty() {
                true => "wait for an event, and compare with >= or > alone; or nudge instead".into(),
                false => format!(
                    "{} can fall again: compare facts that RULES.md marks as rising, or nudge instead",
                    falling.into_iter().collect::<Vec<_>>().join(", ")
                ),
            }
        }
        RuleError::Withheld => "leave out group and holdout, or nudge instead".into(),
        RuleError::Homeless => format!(
            "{} is known on the phone alone, {} on the server alone: make two rules of it",
            at(Home::Phone),
            at(Home::Server)
        ),
        RuleError::Private => {
            format!("{} is known on the phone alone: nudge the person, or leave it out", at(Home::Phone))
        }
        RuleError::Twice => "make two rules of it".into(),
        RuleError::Effects => "write points, course, lesson, task, [rule.nudge], [rule.sponsor] or [rule.offer]".into(),
        RuleError::Range | RuleError::Condition(_) => "RULES.md says what can be written".into(),
    }
}

fn take<T>(read: Result<T, Wrong>, line: u32, faults: &mut Faults) -> Option<T> {
    match read {
        Ok(it) => Some(it),
        Err(Wrong { problem, remedy }) => {
            faults.error(line, problem, remedy);
            None
        }
    }
}

/// `if`: each holds; `if_any`: at least one does. `None` where something is wrong with it.
fn read_condition(keys: &mut Keys<'_>, known: &Known<'_>) -> Option<Condition> {
    let errors = keys.faults.errors();
    let mut lines = |key: &'static str| -> Option<Vec<Condition>> {
        let list = keys.texts(key)?;
        Some(
            list.it
                .into_iter()
                .filter_map(|line| take(condition::parse(&line.it, known), line.line, keys.faults))
                .collect(),
        )
    };
    let mut parts = lines("if").unwrap_or_default();
    parts.extend(lines("if_any").map(Condition::Any));
    let condition = Condition::All(parts);
    if let Err(error) = condition.check() {
        keys.faults.error(keys.line(), error.to_string(), "make several rules of it");
    }
    (keys.faults.errors() == errors).then_some(condition)
}

fn read_effects(
    keys: &mut Keys<'_>,
    known: &Known<'_>,
    rule: Option<&At<RuleId>>,
    path: &str,
    file: &mut RulesFile,
) -> Option<Vec<Effect>> {
    let errors = keys.faults.errors();
    let mut then = Vec::new();
    if let Some(points) = keys.integer("points", 1..=MAX_POINTS.into()) {
        then.push(Effect::Points(points.it as u32));
    }
    if let Some(course) = keys.text("course").and_then(|text| id(CourseId::new, text, keys.faults)) {
        if let Some(courses) = known.courses.as_ref().filter(|courses| !courses.contains(&&course.it)) {
            let names = courses.iter().map(|course| course.as_str());
            let remedy = suggest(course.it.as_str(), names, "name a file of courses/");
            keys.faults.error(course.line, format!("there is no course \"{}\"", course.it), remedy);
        }
        then.push(Effect::Course(course.it));
    }
    if let Some(lesson) = read_lesson(keys, known) {
        then.push(Effect::Lesson(lesson));
    }
    if let Some(task) = keys.text("task").and_then(|text| id(TaskId::new, text, keys.faults)) {
        file.tasks.push((path.to_owned(), task.line, task.it.clone()));
        then.push(Effect::Task(task.it));
    }
    // A text is called as its rule, where nothing else is written.
    let own = rule.and_then(|rule| TextId::new(rule.it.as_str()).ok());
    if let Some(table) = keys.table("nudge") {
        let mut keys = table.keys("[rule.nudge]", keys.faults);
        let text = text_of(&mut keys, "text", own.as_ref());
        keys.require("category", "\"learning\"");
        let category = keys.text("category").and_then(|text| {
            let found = Category::of(&text.it);
            if found.is_none() {
                let names = Category::ALL.map(|(name, _)| name);
                let otherwise = format!("write one of {}", names.join(", "));
                let problem = format!("\"{}\" is no category", text.it.chars().take(40).collect::<String>());
                keys.faults.error(text.line, problem, suggest(&text.it, names, &otherwise));
            }
            found
        });
        keys.require("expires", "\"2 days\"");
        let expires = keys.text("expires").and_then(|text| take(hours(&text.it), text.line, keys.faults));
        let at = keys.text("at").and_then(|text| take(when::minute(&text.it), text.line, keys.faults));
        keys.finish();
        if let (Some(text), Some(category), Some(expires)) = (text, category, expires) {
            file.nudges.insert(text.clone());
            then.push(Effect::Nudge(Nudge { text, category, expires, at }));
        }
    }
    if let Some(table) = keys.table("sponsor") {
        let mut keys = table.keys("[rule.sponsor]", keys.faults);
        let text = text_of(&mut keys, "text", own.as_ref());
        let lesson = read_lesson(&mut keys, known);
        keys.finish();
        if let Some(text) = text {
            file.words.insert(text.clone());
            then.push(Effect::Sponsor(Word { text, lesson }));
        }
    }
    if let Some(table) = keys.table("offer") {
        let offer = read_offer(table, file, keys.faults);
        then.extend(offer.map(Effect::Offer));
    }
    if keys.faults.errors() > errors {
        return None;
    }
    if then.is_empty() {
        let remedy = "write points, course, lesson, task, [rule.nudge], [rule.sponsor] or [rule.offer]";
        keys.faults.error(keys.line(), "nothing follows from the rule", remedy);
        return None;
    }
    Some(then)
}

fn read_offer(table: &Table, file: &mut RulesFile, faults: &mut Faults) -> Option<Offer> {
    let mut keys = table.keys("[rule.offer]", faults);
    let sales = keys.integer("customer_sales", 1..=1_000).map(|n| Goal::CustomerSales(n.it as u32));
    let volume = keys.integer("customer_volume", 1..=1_000_000_000).map(|n| Goal::CustomerVolume(n.it));
    let goal = match (keys.has("customer_sales"), keys.has("customer_volume")) {
        (true, true) => {
            let line = keys.line_of("customer_volume");
            keys.faults.error(line, "the offer has two goals", "leave one of them");
            None
        }
        (false, false) => {
            let remedy = "write customer_sales = 3, or customer_volume = 500; nothing else can be a goal";
            keys.faults.error(table.line, "the offer has no goal", remedy);
            None
        }
        _ => sales.or(volume),
    };
    keys.require("days", "14");
    let days = keys.integer("days", 1..=366).map(|n| n.it as u16);
    keys.require("total", "100, of so many people at most");
    let total = keys.integer("total", 1..=1_000_000).map(|n| n.it as u32);
    keys.require("reward", "\"…\", the id of its text");
    let reward = text_of(&mut keys, "reward", None);
    keys.require("terms", "\"…\", the id of its text");
    let terms = text_of(&mut keys, "terms", None);
    keys.finish();
    let (reward, terms) = (reward?, terms?);
    file.offers.extend([reward.clone(), terms.clone()]);
    Some(Offer { goal: goal?, days: days?, reward, terms, total: total? })
}

fn read_lesson(keys: &mut Keys<'_>, known: &Known<'_>) -> Option<LessonId> {
    let lesson = keys.text("lesson").and_then(|text| id(LessonId::new, text, keys.faults))?;
    if let Some(lessons) = known.lessons.as_ref().filter(|lessons| !lessons.contains(&&lesson.it)) {
        let names = lessons.iter().map(|lesson| lesson.as_str());
        let remedy = suggest(lesson.it.as_str(), names, "name a lesson of a course");
        keys.faults.error(lesson.line, format!("no course has a lesson \"{}\"", lesson.it), remedy);
    }
    Some(lesson.it)
}

fn text_of(keys: &mut Keys<'_>, key: &'static str, own: Option<&TextId>) -> Option<TextId> {
    match keys.text(key) {
        Some(text) => id(TextId::new, text, keys.faults).map(|id| id.it),
        None => own.cloned(),
    }
}

fn read_limits(keys: &mut Keys<'_>) -> Option<Limits> {
    let errors = keys.faults.errors();
    let mut limits = Limits::default();
    if let Some(per) = keys.text("per") {
        match Window::ALL.into_iter().find(|(name, _)| *name == per.it) {
            Some((_, window)) => limits.per = window,
            None => {
                let names = Window::ALL.map(|(name, _)| name);
                let otherwise = format!("write one of {}", names.join(", "));
                let problem = format!("\"{}\" is no span of time", per.it.chars().take(40).collect::<String>());
                keys.faults.error(per.line, problem, suggest(&per.it, names, &otherwise));
            }
        }
    }
    limits.until = keys.date("until").map(|day| day.it);
    if let Some(priority) = keys.integer("priority", 0..=100) {
        limits.priority = priority.it as u8;
    }
    limits.group = keys.text("group").and_then(|text| id(GroupId::new, text, keys.faults)).map(|id| id.it);
    if let Some(holdout) = keys.integer("holdout", 0..=50) {
        limits.holdout = holdout.it as u8;
    }
    (keys.faults.errors() == errors).then_some(limits)
}

/// `2 days`, `6 hours`
fn hours(text: &str) -> Result<u16, Wrong> {
    let read = || {
        let (number, unit) = text.split_once(' ')?;
        let number: u16 = number.parse().ok()?;
        let hours = match unit.trim() {
            "hour" | "hours" => number,
            "day" | "days" => number.checked_mul(24)?,
            _ => return None,
        };
        (1..=MAX_EXPIRY).contains(&hours).then_some(hours)
    };
    read().ok_or_else(|| {
        let shown: String = text.chars().take(20).collect();
        let remedy = format!("write \"1 hour\" to \"{} days\"", MAX_EXPIRY / 24);
        Wrong { problem: format!("\"{shown}\" is no time after which it is of no use"), remedy }
    })
}
