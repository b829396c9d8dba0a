//! What the TOML files beside the texts say: the company, its courses, awards and reviews.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::awards::{Awards, Badge, BadgeCondition, Level, PointsRule};
use qadam_domain::company::{Locale, Market};
use qadam_domain::ids::{
    BadgeId, CompanyId, CourseId, DisclosureId, IdError, LessonId, LevelId, MarketId, RankId, RuleId,
};
use qadam_domain::learning::{FULL, Share};
use qadam_domain::release::Rank;
use qadam_domain::results::MAX_VOLUME;
use qadam_domain::reviews::ReviewPlan;
use qadam_domain::time::{MINUTE, Millis};

use super::fault::{Fault, Faults, suggest};
use super::folder::{Folder, Reading};
use super::journey::{self, JOURNEY, JourneyFile};
use super::rules::{self, RulesFile};
use super::table::{At, Keys, Table, parse};

/// Periods of a market at most.
const PERIODS: usize = 120;
pub const COMPANY: &str = "company.toml";
pub const AWARDS: &str = "awards.toml";
pub const REVIEWS: &str = "reviews.toml";
pub const COURSES: &str = "courses";

/// The longest wait after a failed quiz.
const MAX_WAIT: Millis = 24 * 60 * MINUTE;

/// All of it. What is faulty is left out or has a stand-in, so that the rest can be checked.
#[derive(Debug)]
pub struct Structure {
    pub company: Company,
    pub courses: Vec<CourseFile>,
    pub awards: AwardsFile,
    pub reviews: ReviewPlan,
    /// `None` where there is no such file: not every company has a plan.
    pub journey: Option<JourneyFile>,
    pub rules: RulesFile,
    /// A course can't be read, so that an unknown lesson may only be unread.
    pub courses_torn: bool,
}

#[derive(Debug)]
pub struct Company {
    pub id: Option<At<CompanyId>>,
    pub default_locale: Locale,
    /// The default one first.
    pub locales: Vec<Locale>,
    /// In the order in which they are written.
    pub locales_written: Vec<Locale>,
    pub locales_line: u32,
    pub markets: Vec<Market>,
    /// Of faulty markets too.
    pub market_ids: BTreeSet<MarketId>,
    /// Texts that must stand with a figure of earnings.
    pub disclosures: BTreeSet<DisclosureId>,
    /// From the lowest on.
    pub ranks: Vec<Rank>,
    /// Of faulty ranks too.
    pub rank_lines: BTreeMap<RankId, u32>,
    /// Not all of it could be read.
    pub torn: bool,
}

#[derive(Debug)]
pub struct CourseFile {
    pub id: CourseId,
    pub path: String,
    pub order: At<i64>,
    pub lessons: Vec<LessonEntry>,
}

#[derive(Debug)]
pub struct LessonEntry {
    pub id: LessonId,
    pub line: u32,
    pub minutes: u32,
    pub points: u32,
    pub pass: Share,
    pub draw: Option<At<u32>>,
    pub wait: Millis,
    /// What must be completed before; where it is left out the lesson above.
    pub after: Vec<At<LessonId>>,
    after_is_written: bool,
}

#[derive(Debug)]
pub struct AwardsFile {
    pub awards: Awards,
    /// Of faulty badges too.
    pub badge_lines: BTreeMap<BadgeId, u32>,
    /// Of faulty levels too.
    pub level_lines: BTreeMap<LevelId, u32>,
    /// Not all of it could be read.
    pub torn: bool,
}

/// Reads the structure. Its faults are added to `found`.
pub fn read(folder: &mut Folder, found: &mut Vec<Fault>) -> Structure {
    let company = read_file(folder, COMPANY, found, read_company);
    let mut courses = Vec::new();
    let mut courses_torn = false;
    for stem in folder.stems(COURSES, "toml") {
        let path = format!("{COURSES}/{stem}.toml");
        let id = match CourseId::new(stem.as_str()) {
            Ok(id) => id,
            Err(error) => {
                let mut faults = Faults::new(&path);
                faults.error(0, "the file's name is not an id", format!("{error}, as in first-steps.toml"));
                found.extend(faults.into_vec());
                // What it holds isn't unknown.
                courses_torn = true;
                let _ = folder.text(&path);
                continue;
            }
        };
        let course = read_file(folder, &path, found, |table, faults| {
            let (course, whole) = read_course(id, &path, table, faults);
            courses_torn |= !whole;
            course
        });
        courses.push(course);
    }
    if courses.is_empty() && !courses_torn {
        let mut faults = Faults::new(COURSES);
        faults.error(0, "there is no course", "write one, as courses/first-steps.toml");
        found.extend(faults.into_vec());
        courses_torn = true;
    }
    courses.sort_by(|a, b| (a.order.it, &a.id).cmp(&(b.order.it, &b.id)));
    courses_torn |= check_courses(&mut courses, found);
    check_after(&mut courses, courses_torn, found);
    let rules = rules::read(folder, &company, &courses, courses_torn, found);
    let awards =
        read_file(folder, AWARDS, found, |table, faults| read_awards(table, &courses, courses_torn, &rules, faults));
    let reviews = read_file(folder, REVIEWS, found, read_reviews);
    let journey = folder.has_file(JOURNEY).then(|| {
        read_file(folder, JOURNEY, found, |table, faults| journey::read(table, &courses, courses_torn, faults))
    });
    check_rule_tasks(&rules, journey.as_ref(), found);
    Structure { company, courses, awards, reviews, journey, rules, courses_torn }
}

/// Rules open tasks of the plan that wait for one.
fn check_rule_tasks(rules: &RulesFile, journey: Option<&JourneyFile>, found: &mut Vec<Fault>) {
    // Of a plan with faults these are told first.
    let Some(tasks) = journey.map_or(Some(&[][..]), |file| Some(&file.journey.as_ref()?.tasks[..])) else { return };
    let waiting = || tasks.iter().filter(|task| task.by_rule && !task.retired);
    for (file, line, id) in &rules.tasks {
        let mut faults = Faults::new(file);
        match tasks.iter().find(|task| task.id == *id) {
            Some(task) if task.by_rule && !task.retired => {}
            Some(_) => {
                let remedy = "write by_rule = true in it instead of its day, or name another task";
                faults.error(*line, format!("the task \"{id}\" waits for no rule"), remedy);
            }
            None => {
                let remedy = suggest(id.as_str(), waiting().map(|task| task.id.as_str()), "write it in journey.toml");
                faults.error(*line, format!("the plan has no task \"{id}\""), remedy);
            }
        }
        found.extend(faults.into_vec());
    }
}

fn read_file<T>(
    folder: &mut Folder,
    path: &str,
    found: &mut Vec<Fault>,
    read: impl FnOnce(Option<&Table>, &mut Faults) -> T,
) -> T {
    let mut faults = Faults::new(path);
    let table = match folder.text(path) {
        Reading::Text(text) => Some(parse(&text, &mut faults)),
        Reading::Absent => {
            faults.error(0, "is missing", "write it; CONTENT.md says what is in it");
            None
        }
        Reading::Faulty => None,
    };
    let result = read(table.as_ref(), &mut faults);
    found.extend(faults.into_vec());
    result
}

/// An id, or the fault that it is none.
pub(super) fn id<T>(
    new: impl Fn(String) -> Result<T, IdError>,
    text: At<String>,
    faults: &mut Faults,
) -> Option<At<T>> {
    match new(text.it.clone()) {
        Ok(it) => Some(At { line: text.line, it }),
        Err(error) => {
            let shown: String = text.it.chars().take(60).collect();
            faults.error(text.line, format!("\"{shown}\" is not an id"), error.to_string());
            None
        }
    }
}

/// The id of one of several tables, each with its own.
pub(super) fn own_id<T: Ord + Clone>(
    keys: &mut Keys<'_>,
    new: impl Fn(String) -> Result<T, IdError>,
    seen: &mut BTreeMap<T, u32>,
) -> Option<At<T>> {
    keys.require("id", "\"…\"");
    let text = keys.text("id")?;
    let shown = text.it.clone();
    let id = id(new, text, keys.faults)?;
    if let Some(first) = seen.insert(id.it.clone(), id.line) {
        let problem = format!("the id \"{shown}\" is in line {first} already");
        keys.faults.error(id.line, problem, "give each its own");
        return None;
    }
    Some(id)
}

fn read_company(table: Option<&Table>, faults: &mut Faults) -> Company {
    let mut company = Company {
        id: None,
        default_locale: Locale::En,
        locales: vec![Locale::En],
        locales_written: vec![Locale::En],
        locales_line: 0,
        markets: Vec::new(),
        market_ids: BTreeSet::new(),
        disclosures: BTreeSet::new(),
        ranks: Vec::new(),
        rank_lines: BTreeMap::new(),
        torn: table.is_none_or(Table::is_torn),
    };
    let Some(table) = table else { return company };
    let mut keys = table.keys("company.toml", faults);
    keys.require("id", "\"altyn\"");
    company.id = keys.text("id").and_then(|text| id(CompanyId::new, text, keys.faults));

    keys.require("locales", "[\"en\"]");
    let written = keys.texts("locales").unwrap_or(At { line: 0, it: Vec::new() });
    company.locales_line = written.line;
    let written = locales(written.it, keys.faults);
    keys.require("default_locale", "\"en\"");
    let default =
        keys.text("default_locale").and_then(|text| Some(At { line: text.line, it: locale(text, keys.faults)? }));
    company.default_locale = match (&default, written.first()) {
        (Some(default), Some(_)) if !written.contains(&default.it) => {
            let problem = format!("the default locale \"{}\" is not one of the locales", default.it);
            keys.faults.error(default.line, problem, "add it to locales, or choose one of them");
            written[0]
        }
        (Some(default), _) => default.it,
        (None, Some(first)) => *first,
        (None, None) => Locale::En,
    };
    company.locales = vec![company.default_locale];
    company.locales.extend(written.iter().filter(|l| **l != company.default_locale));
    company.locales_written = if written.is_empty() { company.locales.clone() } else { written };

    for text in keys.texts("disclosures").map(|list| list.it).unwrap_or_default() {
        company.disclosures.extend(id(DisclosureId::new, text, keys.faults).map(|id| id.it));
    }

    keys.require("market", "…, as tables that begin with [[market]]");
    let mut seen = BTreeMap::new();
    for table in keys.tables("market") {
        let ids = seen.len();
        company.markets.extend(read_market(table, &company.locales, &mut seen, keys.faults));
        company.torn |= seen.len() == ids;
    }
    company.market_ids = seen.into_keys().collect();
    for table in keys.tables("rank") {
        read_rank(table, &mut company, keys.faults);
    }
    keys.finish();
    company
}

/// From the lowest on, so each needs more than the one above it in the file.
fn read_rank(table: &Table, company: &mut Company, faults: &mut Faults) {
    let mut keys = table.keys("this [[rank]]", faults);
    let id = own_id(&mut keys, RankId::new, &mut company.rank_lines);
    keys.require("need", "500");
    let need = keys.integer("need", 0..=MAX_VOLUME);
    if let (Some(need), Some(below)) = (&need, company.ranks.last())
        && need.it <= below.need
    {
        let problem = format!("the rank needs {}, and the one above it in the file {}", need.it, below.need);
        keys.faults.error(need.line, problem, "write the ranks from the lowest on");
    }
    keys.finish();
    company.torn |= id.is_none();
    if let (Some(id), Some(need)) = (id, need) {
        company.ranks.push(Rank { id: id.it, need: need.it });
    }
}

fn read_market(
    table: &Table,
    known: &[Locale],
    seen: &mut BTreeMap<MarketId, u32>,
    faults: &mut Faults,
) -> Option<Market> {
    let mut keys = table.keys("this [[market]]", faults);
    let id = own_id(&mut keys, MarketId::new, seen);

    keys.require("currency", "\"KZT\"");
    let currency = keys.text("currency").map(|currency| {
        if currency.it.len() != 3 || !currency.it.bytes().all(|b| b.is_ascii_uppercase()) {
            let problem = format!("\"{}\" is not a currency", currency.it);
            keys.faults.error(currency.line, problem, "write its three capital letters by ISO 4217, as in \"KZT\"");
        } else if !CURRENCIES.split(' ').any(|known| known == currency.it) {
            let problem = format!("the currency {} is not in the list of ISO 4217", currency.it);
            keys.faults.warning(
                currency.line,
                problem,
                suggest(&currency.it, CURRENCIES.split(' '), "check its letters"),
            );
        }
        currency.it
    });

    keys.require("locales", "[\"en\"]");
    let written = keys.texts("locales").map(|list| {
        if list.it.is_empty() {
            keys.faults.error(list.line, "the market has no locale", "write at least one");
        }
        let line = list.line;
        let locales = locales(list.it, keys.faults);
        for locale in locales.iter().filter(|l| !known.contains(l)) {
            let problem = format!("the company has no locale \"{locale}\"");
            keys.faults.error(line, problem, "add it to the locales of the company, or leave it out here");
        }
        locales
    });

    let ends = keys.dates("period_ends").map_or_else(Vec::new, |list| {
        for pair in list.it.windows(2).filter(|pair| pair[0].it >= pair[1].it) {
            let problem = format!("{} comes after {}", pair[1].it, pair[0].it);
            keys.faults.error(pair[1].line, problem, "write the last days of periods one after the other");
        }
        if list.it.len() > PERIODS {
            let problem = format!("there are {} periods", list.it.len());
            keys.faults.error(list.line, problem, format!("leave out what is long over: {PERIODS} at most"));
        }
        list.it.into_iter().map(|end| end.it).collect()
    });

    keys.require("time_zone", "\"Asia/Almaty\"");
    let time_zone = keys.text("time_zone").map(|zone| {
        if zone.it.parse::<chrono_tz::Tz>().is_err() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            let problem = format!("\"{}\" is not a time zone", zone.it.chars().take(60).collect::<String>());
            keys.faults.error(
                zone.line,
                problem,
                suggest(&zone.it, names, "write its IANA name, as in \"Asia/Almaty\""),
            );
        }
        zone.it
    });
    keys.finish();
    Some(Market { id: id?.it, currency: currency?, locales: written?, time_zone: time_zone?, period_ends: ends })
}

fn locale(text: At<String>, faults: &mut Faults) -> Option<Locale> {
    let locale = Locale::ALL.into_iter().find(|locale| locale.tag() == text.it);
    if locale.is_none() {
        let problem = format!("\"{}\" is not a locale", text.it.chars().take(60).collect::<String>());
        faults.error(text.line, problem, format!("the app speaks {}", Locale::ALL.map(Locale::tag).join(", ")));
    }
    locale
}

fn locales(list: Vec<At<String>>, faults: &mut Faults) -> Vec<Locale> {
    let mut locales = Vec::new();
    for text in list {
        let line = text.line;
        let Some(locale) = locale(text, faults) else { continue };
        if locales.contains(&locale) {
            faults.error(line, format!("the locale \"{locale}\" is there twice"), "leave it out once");
        } else {
            locales.push(locale);
        }
    }
    locales
}

/// A course, and whether all of its lessons could be read.
fn read_course(id: CourseId, path: &str, table: Option<&Table>, faults: &mut Faults) -> (CourseFile, bool) {
    let mut course = CourseFile { id, path: path.into(), order: At { line: 0, it: i64::MAX }, lessons: Vec::new() };
    let Some(table) = table else { return (course, false) };
    let mut whole = !table.is_torn();
    let mut keys = table.keys("the course", faults);
    keys.require("order", "1");
    if let Some(order) = keys.integer("order", 0..=10_000) {
        course.order = order;
    }
    keys.require("lesson", "…, as tables that begin with [[lesson]]");
    for table in keys.tables("lesson") {
        let above = course.lessons.last().map(|lesson| lesson.id.clone());
        let lesson = read_lesson(table, above, keys.faults);
        whole &= lesson.is_some();
        course.lessons.extend(lesson);
    }
    keys.finish();
    (course, whole)
}

fn read_lesson(table: &Table, above: Option<LessonId>, faults: &mut Faults) -> Option<LessonEntry> {
    let mut keys = table.keys("this [[lesson]]", faults);
    keys.require("id", "\"…\"");
    let id = keys.text("id").and_then(|text| id(LessonId::new, text, keys.faults));

    keys.require("minutes", "4");
    let minutes = keys.integer("minutes", 1..=15).map_or(4, |minutes| {
        if !(3..=5).contains(&minutes.it) {
            let problem = format!("the lesson takes {} minutes", minutes.it);
            keys.faults.warning(
                minutes.line,
                problem,
                "3 to 5 are right for an evening; part it or join it with another",
            );
        }
        minutes.it as u32
    });
    keys.require("points", "20");
    let points = keys.integer("points", 0..=1000).map_or(0, |points| points.it as u32);
    let pass = keys.integer("pass", 1..=100).map_or(80, |pass| pass.it as Share) * (FULL / 100);
    let draw = keys.integer("draw", 1..=100).map(|draw| At { line: draw.line, it: draw.it as u32 });
    let wait = keys.text("wait").map_or(0, |text| read_wait(&text, keys.faults));
    let after_is_written = keys.has("after");
    let after = match keys.texts("after") {
        Some(list) => list.it.into_iter().filter_map(|text| self::id(LessonId::new, text, keys.faults)).collect(),
        None => above.map(|it| At { line: keys.line(), it }).into_iter().collect(),
    };
    let line = keys.line_of("id");
    keys.finish();
    Some(LessonEntry { id: id?.it, line, minutes, points, pass, draw, wait, after, after_is_written })
}

/// `10m`, `24h`
fn read_wait(text: &At<String>, faults: &mut Faults) -> Millis {
    let unit = match text.it.as_bytes().last() {
        Some(b'm') => MINUTE,
        Some(b'h') => 60 * MINUTE,
        _ => 0,
    };
    let number = text.it.get(..text.it.len().saturating_sub(1)).filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
    let wait = number.and_then(|n| n.parse::<Millis>().ok()).and_then(|n| n.checked_mul(unit));
    match wait {
        Some(wait) if unit > 0 && wait <= MAX_WAIT => wait,
        _ => {
            let shown: String = text.it.chars().take(20).collect();
            faults.error(
                text.line,
                format!("\"{shown}\" is not a wait"),
                "write \"0m\" to \"24h\", as in \"10m\" or \"1h\"",
            );
            0
        }
    }
}

/// Holds courses against each other. Returns whether a lesson was left out.
fn check_courses(courses: &mut [CourseFile], found: &mut Vec<Fault>) -> bool {
    let mut orders: BTreeMap<i64, String> = BTreeMap::new();
    let mut lessons: BTreeMap<LessonId, String> = BTreeMap::new();
    let mut left_out = false;
    for course in courses {
        let mut faults = Faults::new(&course.path);
        if course.order.line > 0
            && let Some(first) = orders.insert(course.order.it, course.path.clone())
        {
            let problem = format!("{first} has the order {} too", course.order.it);
            faults.error(course.order.line, problem, "give each course its own place");
        }
        course.lessons.retain(|lesson| {
            let place = format!("{}:{}", course.path, lesson.line);
            let Some(first) = lessons.insert(lesson.id.clone(), place) else { return true };
            let problem = format!("the lesson \"{}\" is in {first} already", lesson.id);
            faults.error(
                lesson.line,
                problem,
                "a lesson's id is unique in the company: name it otherwise, or leave it out",
            );
            left_out = true;
            false
        });
        found.extend(faults.into_vec());
    }
    left_out
}

/// Checks that what must come before a lesson exists and doesn't wait for the lesson itself. Takes away what is wrong.
fn check_after(courses: &mut [CourseFile], torn: bool, found: &mut Vec<Fault>) {
    let known: BTreeSet<LessonId> = courses.iter().flat_map(|c| &c.lessons).map(|l| l.id.clone()).collect();
    for course in courses.iter_mut() {
        let mut faults = Faults::new(&course.path);
        for lesson in &mut course.lessons {
            let mut seen = BTreeSet::new();
            lesson.after.retain(|after| {
                if !known.contains(&after.it) {
                    if !torn {
                        let names = known.iter().map(LessonId::as_str);
                        let remedy = suggest(after.it.as_str(), names, "name a lesson of a course");
                        faults.error(after.line, format!("no course has a lesson \"{}\"", after.it), remedy);
                    }
                    return false;
                }
                if !seen.insert(after.it.clone()) {
                    faults.error(after.line, format!("\"{}\" is there twice", after.it), "leave it out once");
                    return false;
                }
                true
            });
        }
        found.extend(faults.into_vec());
    }
    break_circles(courses, found);
}

/// Tells each circle of lessons that wait for each other once, and cuts it.
fn break_circles(courses: &mut [CourseFile], found: &mut Vec<Fault>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        OnPath,
        Done,
    }
    let places: Vec<(usize, usize)> =
        courses.iter().enumerate().flat_map(|(c, course)| (0..course.lessons.len()).map(move |l| (c, l))).collect();
    let lesson = |place: usize| &courses[places[place].0].lessons[places[place].1];
    let by_id: BTreeMap<&LessonId, usize> = (0..places.len()).map(|place| (&lesson(place).id, place)).collect();
    let mut marks = vec![Mark::New; places.len()];
    let mut cut: Vec<(usize, usize)> = Vec::new();
    for start in 0..places.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::OnPath;
        // Lessons from the start on, each with how many of its predecessors were looked at. No recursion: a course may be long.
        let mut path = vec![(start, 0)];
        while let Some((place, looked)) = path.last_mut() {
            let (at, nth) = (*place, *looked);
            *looked += 1;
            let Some(after) = lesson(at).after.get(nth) else {
                marks[at] = Mark::Done;
                path.pop();
                continue;
            };
            let Some(&next) = by_id.get(&after.it) else { continue };
            match marks[next] {
                Mark::Done => {}
                Mark::New => {
                    marks[next] = Mark::OnPath;
                    path.push((next, 0));
                }
                Mark::OnPath => {
                    let begin = path.iter().position(|(place, _)| *place == next).unwrap_or(0);
                    let mut names: Vec<&str> =
                        path[begin..].iter().map(|(place, _)| lesson(*place).id.as_str()).collect();
                    names.push(lesson(next).id.as_str());
                    // A circle has at least one link that is written: those that are left out lead up.
                    let written = path[begin..].iter().find(|(place, _)| lesson(*place).after_is_written);
                    let (at, nth) = written.map_or((at, nth), |(place, looked)| (*place, looked - 1));
                    let Some(after) = lesson(at).after.get(nth) else { continue };
                    let mut faults = Faults::new(&courses[places[at].0].path);
                    let problem = format!("lessons wait for each other in a circle: {}", names.join(" after "));
                    faults.error(after.line, problem, "take one of them out of an after = […]");
                    found.extend(faults.into_vec());
                    cut.push((at, nth));
                }
            }
        }
    }
    // The later ones first, so that the places of the others stay.
    cut.sort_unstable();
    cut.dedup();
    for (at, nth) in cut.into_iter().rev() {
        let (course, lesson) = places[at];
        courses[course].lessons[lesson].after.remove(nth);
    }
}

fn read_awards(
    table: Option<&Table>,
    courses: &[CourseFile],
    torn: bool,
    rules: &RulesFile,
    faults: &mut Faults,
) -> AwardsFile {
    let mut file = AwardsFile {
        awards: Awards { points: PointsRule { review: 0, reviews_a_day: 0 }, levels: Vec::new(), badges: Vec::new() },
        badge_lines: BTreeMap::new(),
        level_lines: BTreeMap::new(),
        torn: table.is_none_or(Table::is_torn),
    };
    let Some(table) = table else { return file };
    let awards = &mut file.awards;
    let mut keys = table.keys("awards.toml", faults);

    keys.require("points", "…, as a table that begins with [points]");
    if let Some(table) = keys.table("points") {
        let mut keys = table.keys("[points]", keys.faults);
        keys.require("review", "1");
        keys.require("reviews_a_day", "10");
        awards.points.review = keys.integer("review", 0..=100).map_or(0, |n| n.it as u32);
        awards.points.reviews_a_day = keys.integer("reviews_a_day", 0..=1000).map_or(0, |n| n.it as u32);
        keys.finish();
    }

    keys.require("level", "…, as tables that begin with [[level]]");
    let mut last: Option<i64> = None;
    for table in keys.tables("level") {
        let mut keys = table.keys("this [[level]]", keys.faults);
        let id = own_id(&mut keys, LevelId::new, &mut file.level_lines);
        keys.require("from", "0");
        let from = keys.integer("from", 0..=1_000_000_000);
        if let Some(from) = &from {
            match last {
                None if from.it != 0 => {
                    keys.faults.error(from.line, "the first level does not start at 0", "write from = 0");
                }
                Some(last) if from.it <= last => {
                    let problem = format!("the level starts at {}, the one above at {last}", from.it);
                    keys.faults.error(from.line, problem, "let each level start higher than the one above");
                }
                _ => {}
            }
            last = Some(from.it);
        }
        keys.finish();
        file.torn |= id.is_none();
        if let (Some(id), Some(from)) = (id, from) {
            awards.levels.push(Level { id: id.it, from: from.it as u64 });
        }
    }

    for table in keys.tables("badge") {
        let mut keys = table.keys("this [[badge]]", keys.faults);
        let id = own_id(&mut keys, BadgeId::new, &mut file.badge_lines);
        let points = keys.integer("points", 0..=1000).map_or(0, |n| n.it as u32);
        let ended = keys.date("ended").map(|day| day.it);
        let when = read_condition(&mut keys, courses, (torn, ended.is_some()), rules);
        keys.finish();
        file.torn |= id.is_none();
        if let (Some(id), Some(when)) = (id, when) {
            awards.badges.push(Badge { id: id.it, points, when, ended });
        }
    }
    keys.finish();
    file
}

/// The one condition of a badge. One that has ended may name lessons that are no more.
fn read_condition(
    keys: &mut Keys<'_>,
    courses: &[CourseFile],
    (torn, ended): (bool, bool),
    rules: &RulesFile,
) -> Option<BadgeCondition> {
    const CONDITIONS: [&str; 8] =
        ["lesson", "lessons", "course", "lessons_completed", "perfect_quizzes", "reviews", "run_of_days", "rule"];
    let given: Vec<&str> = CONDITIONS.into_iter().filter(|key| keys.has(key)).collect();
    let key = match given[..] {
        [key] => key,
        [] => {
            let remedy = format!("write one of {}", CONDITIONS.join(", "));
            keys.faults.error(keys.line(), "the badge has no condition", remedy);
            return None;
        }
        [_, second, ..] => {
            let line = keys.line_of(second);
            let problem = format!("the badge has {} conditions: {}", given.len(), given.join(", "));
            keys.faults.error(line, problem, "leave one; for two conditions write two badges");
            return None;
        }
    };
    let lessons: BTreeSet<&LessonId> = courses.iter().flat_map(|c| &c.lessons).map(|l| &l.id).collect();
    let count = lessons.len() as i64;
    let of_lessons = |key: &'static str, keys: &mut Keys<'_>| {
        let number = keys.integer(key, 1..=1000)?;
        if number.it > count && !torn {
            let problem = format!("the badge asks for {} lessons, and there are {count}", number.it);
            keys.faults.warning(number.line, problem, "ask for fewer, or write further lessons");
        }
        Some(number.it as u32)
    };
    let lesson = |text: At<String>, faults: &mut Faults| {
        let id = id(LessonId::new, text, faults)?;
        if !lessons.contains(&id.it) && !torn {
            let problem = format!("no course has a lesson \"{}\"", id.it);
            let remedy = suggest(id.it.as_str(), lessons.iter().map(|l| l.as_str()), "name a lesson of a course");
            faults.missing(!ended, id.line, problem, remedy);
        }
        Some(id.it)
    };
    let condition = match key {
        "lesson" => {
            let text = keys.text("lesson")?;
            BadgeCondition::Lessons(vec![lesson(text, keys.faults)?])
        }
        "lessons" => {
            let list = keys.texts("lessons")?;
            if list.it.is_empty() {
                keys.faults.error(list.line, "the badge names no lesson", "write at least one");
                return None;
            }
            let mut ids: Vec<LessonId> = list.it.into_iter().filter_map(|text| lesson(text, keys.faults)).collect();
            ids.sort();
            ids.dedup();
            BadgeCondition::Lessons(ids)
        }
        "course" => {
            let text = keys.text("course")?;
            let Some(course) = courses.iter().find(|course| course.id.as_str() == text.it) else {
                if !torn {
                    let shown: String = text.it.chars().take(60).collect();
                    let names = courses.iter().map(|course| course.id.as_str());
                    let remedy = suggest(&text.it, names, "name a file of courses/");
                    keys.faults.error(text.line, format!("there is no course \"{shown}\""), remedy);
                }
                return None;
            };
            // Sorted, so that another order of the same lessons is no other condition.
            let mut ids: Vec<LessonId> = course.lessons.iter().map(|lesson| lesson.id.clone()).collect();
            ids.sort();
            BadgeCondition::Lessons(ids)
        }
        "lessons_completed" => BadgeCondition::LessonsCompleted(of_lessons("lessons_completed", keys)?),
        "perfect_quizzes" => BadgeCondition::PerfectQuizzes(of_lessons("perfect_quizzes", keys)?),
        "reviews" => BadgeCondition::Reviews(keys.integer("reviews", 1..=1_000_000)?.it as u32),
        "run_of_days" => BadgeCondition::RunOfDays(keys.integer("run_of_days", 1..=366)?.it as u32),
        _ => {
            let text = keys.text("rule")?;
            let rule = id(RuleId::new, text, keys.faults)?;
            check_badge_rule(&rule, rules, keys.faults);
            BadgeCondition::Rule(rule.it)
        }
    };
    Some(condition)
}

/// A badge follows a rule that is part of the fold, or could be.
fn check_badge_rule(rule: &At<RuleId>, rules: &RulesFile, faults: &mut Faults) {
    let Some(found) = rules.rules.iter().find(|known| known.id == rule.it) else {
        if !rules.torn {
            let names = rules.places.keys().map(RuleId::as_str);
            let remedy = suggest(rule.it.as_str(), names, "write the rule in a file of rules/");
            faults.error(rule.line, format!("there is no rule \"{}\"", rule.it), remedy);
        }
        return;
    };
    if !found.can_be_derived() {
        let problem = format!(
            "the rule \"{}\" can give no badge: what it rests on can fall again, or it is not for everybody",
            rule.it
        );
        let remedy = "let it wait for an event and compare facts that RULES.md marks as rising with >= or >, without group and holdout";
        faults.error(rule.line, problem, remedy);
    }
}

fn read_reviews(table: Option<&Table>, faults: &mut Faults) -> ReviewPlan {
    let mut plan = ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 };
    let Some(table) = table else { return plan };
    let mut keys = table.keys("reviews.toml", faults);
    for (key, range, example, value) in [
        ("retention", 70..=97, "90", &mut plan.retention),
        ("minutes", 1..=30, "5", &mut plan.minutes),
        ("seconds_per_card", 5..=120, "20", &mut plan.seconds_per_card),
    ] {
        keys.require(key, example);
        if let Some(number) = keys.integer(key, range) {
            *value = number.it as u32;
        }
    }
    keys.finish();
    plan
}

/// The currencies in circulation by ISO 4217.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK \
JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS \
TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";
