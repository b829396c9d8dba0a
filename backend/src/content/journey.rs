//! `journey.toml`: the plan of the first days.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::ids::{LessonId, PhaseId, StopId, TaskId};
use qadam_domain::journey::{DAILY, GOAL_DAYS, Journey, MAX_TASKS, Phase, Task, TaskKind, Welcome};

use super::fault::{Faults, suggest};
use super::structure::{CourseFile, id, own_id};
use super::table::{At, Keys, Table};

pub const JOURNEY: &str = "journey.toml";

/// The last day that a plan may have.
const LAST_DAY: i64 = 120;
const WEEK: u32 = 7;
/// In which a task that a rule opened should be done, where nothing else is written.
const DAYS: u32 = 3;

#[derive(Debug)]
pub struct JourneyFile {
    /// `None` where it has faults.
    pub journey: Option<Journey>,
    /// What the leader's video is called; it may be no such file.
    pub video: Option<At<String>>,
    pub has_welcome: bool,
    /// Of faulty ones too.
    pub phase_lines: BTreeMap<PhaseId, u32>,
    pub task_lines: BTreeMap<TaskId, u32>,
    pub stops: Vec<StopId>,
    /// How many items a checklist has.
    pub items: BTreeMap<TaskId, u8>,
    /// Not all of it could be read.
    pub torn: bool,
}

/// Reads the plan; `torn`: lessons that no course has may only be unread.
pub fn read(table: Option<&Table>, courses: &[CourseFile], torn: bool, faults: &mut Faults) -> JourneyFile {
    let mut file = JourneyFile {
        journey: None,
        video: None,
        has_welcome: false,
        phase_lines: BTreeMap::new(),
        task_lines: BTreeMap::new(),
        stops: Vec::new(),
        items: BTreeMap::new(),
        torn: table.is_none_or(Table::is_torn),
    };
    let Some(table) = table else { return file };
    let mut keys = table.keys(JOURNEY, faults);
    keys.require("goal", "\"…\", the id of a task");
    let goal = keys.text("goal").and_then(|text| id(TaskId::new, text, keys.faults));
    let welcome = keys.table("welcome").map(|table| read_welcome(table, &mut file, keys.faults));

    keys.require("phase", "…, as tables that begin with [[phase]]");
    let mut phases = Vec::new();
    for table in keys.tables("phase") {
        let phase = read_phase(table, &mut file.phase_lines, keys.faults);
        file.torn |= phase.is_none();
        phases.extend(phase.map(|it| At { line: table.line, it }));
    }
    keys.require("task", "…, as tables that begin with [[task]]");
    let mut drafts: Vec<Draft> = Vec::new();
    let lessons: BTreeMap<&LessonId, Vec<&LessonId>> = (courses.iter().flat_map(|course| &course.lessons))
        .map(|lesson| (&lesson.id, lesson.after.iter().map(|after| &after.it).collect()))
        .collect();
    for table in keys.tables("task") {
        let known = if torn { None } else { Some(&lessons) };
        let draft = read_task(table, known, &mut file.task_lines, keys.faults);
        file.torn |= draft.is_none();
        drafts.extend(draft);
    }
    keys.finish();
    for draft in &drafts {
        if let TaskKind::Checklist(items) = draft.kind {
            file.items.insert(draft.id.clone(), items);
        }
    }
    // What hangs together badly where something is missing may only hang together badly because of that.
    if file.torn || torn || faults.errors() > 0 {
        return file;
    }
    check_phases(&phases, table, faults);
    check_count(&drafts, table, faults);
    if faults.errors() > 0 {
        return file;
    }
    follow_lessons(&mut drafts, &lessons, faults);
    let last = phases.last().map_or(0, |phase| phase.it.until);
    let tasks = settle(&drafts, last, faults);
    if let Some(goal) = goal.as_ref().filter(|_| faults.errors() == 0) {
        check_goal(goal, &drafts, &tasks, faults);
    }
    if let (Some(goal), 0) = (goal, faults.errors()) {
        let phases = phases.into_iter().map(|phase| phase.it).collect();
        file.journey = Some(Journey { phases, tasks, goal: goal.it, welcome });
    }
    file
}

fn read_welcome(table: &Table, file: &mut JourneyFile, faults: &mut Faults) -> Welcome {
    let mut keys = table.keys("[welcome]", faults);
    file.has_welcome = true;
    file.video = keys.text("video");
    for text in keys.texts("tour").map_or_else(Vec::new, |list| list.it) {
        let Some(stop) = id(StopId::new, text, keys.faults) else {
            file.torn = true;
            continue;
        };
        if file.stops.contains(&stop.it) {
            keys.faults.error(stop.line, format!("\"{}\" is there twice", stop.it), "leave it out once");
        } else {
            file.stops.push(stop.it);
        }
    }
    keys.finish();
    Welcome { video: file.video.as_ref().map(|video| video.it.clone()), tour: file.stops.clone() }
}

fn read_phase(table: &Table, seen: &mut BTreeMap<PhaseId, u32>, faults: &mut Faults) -> Option<Phase> {
    let mut keys = table.keys("this [[phase]]", faults);
    let id = own_id(&mut keys, PhaseId::new, seen);
    keys.require("from", "1");
    keys.require("until", "7");
    let from = keys.integer("from", 1..=LAST_DAY);
    let until = keys.integer("until", 1..=LAST_DAY);
    keys.finish();
    Some(Phase { id: id?.it, from: from?.it as u32, until: until?.it as u32 })
}

/// A task as it is written.
struct Draft {
    id: TaskId,
    line: u32,
    when: At<When>,
    until: Option<At<u32>>,
    /// What is written, and what lessons have of themselves.
    after: Vec<At<TaskId>>,
    kind: TaskKind,
    retired: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Day(u32),
    Week(u32),
    /// From the day on which a rule opens it, within so many days.
    Rule(u32),
}

/// `lessons`: all of them with what comes before; `None` where some could not be read.
fn read_task(
    table: &Table,
    lessons: Option<&BTreeMap<&LessonId, Vec<&LessonId>>>,
    seen: &mut BTreeMap<TaskId, u32>,
    faults: &mut Faults,
) -> Option<Draft> {
    let mut keys = table.keys("this [[task]]", faults);
    let id_line = keys.line_of("id");
    let task = own_id(&mut keys, TaskId::new, seen);
    let day = keys.integer("day", 1..=LAST_DAY).map(|n| At { line: n.line, it: When::Day(n.it as u32) });
    let week = keys.integer("week", 1..=LAST_DAY / 7).map(|n| At { line: n.line, it: When::Week(n.it as u32) });
    let by_rule = keys.flag("by_rule");
    let within = keys.integer("within", 1..=LAST_DAY).map_or(DAYS, |n| n.it as u32);
    let when = match (keys.has("day"), keys.has("week")) {
        (false, false) if by_rule => Some(At { line: keys.line_of("by_rule"), it: When::Rule(within) }),
        _ if by_rule => {
            let line = keys.line_of("by_rule");
            keys.faults.error(line, "the task has a day, and waits for a rule", "leave out the day, or by_rule");
            None
        }
        _ if keys.has("within") => {
            let line = keys.line_of("within");
            keys.faults.error(line, "within is for tasks that a rule opens", "leave it out, or write by_rule = true");
            None
        }
        (true, true) => {
            let line = keys.line_of("week");
            keys.faults.error(line, "the task has a day and a week", "leave one of them");
            None
        }
        (false, false) => {
            let remedy = "write day = 1 for the first day, or week = 2, or by_rule = true where a rule opens it";
            keys.faults.error(table.line, "the task has no day", remedy);
            None
        }
        _ => day.or(week),
    };
    let until = keys.integer("until", 1..=LAST_DAY).map(|n| At { line: n.line, it: n.it as u32 });
    let after = keys.texts("after").map_or_else(Vec::new, |list| list.it);
    let after = after.into_iter().filter_map(|text| id(TaskId::new, text, keys.faults)).collect();
    let kind = read_kind(&mut keys, lessons);
    let retired = keys.flag("retired");
    keys.finish();
    Some(Draft { id: task?.it, line: id_line, when: when?, until, after, kind: kind?, retired })
}

/// What the task asks for: exactly one thing.
fn read_kind(keys: &mut Keys<'_>, lessons: Option<&BTreeMap<&LessonId, Vec<&LessonId>>>) -> Option<TaskKind> {
    const KINDS: [&str; 8] =
        ["lesson", "reviews", "contacts", "interactions", "follow_ups", "sales", "checklist", "tick"];
    let given: Vec<&str> = KINDS.into_iter().filter(|key| keys.has(key)).collect();
    let key = match given[..] {
        [key] => key,
        [] => {
            let remedy = format!("write one of {}", KINDS.join(", "));
            keys.faults.error(keys.line(), "the task asks for nothing", remedy);
            return None;
        }
        [_, second, ..] => {
            let line = keys.line_of(second);
            let problem = format!("the task asks for {} things: {}", given.len(), given.join(", "));
            keys.faults.error(line, problem, "leave one; for two things write two tasks");
            return None;
        }
    };
    let mut number = |key, most| keys.integer(key, 1..=most).map(|n| n.it as u32);
    Some(match key {
        "lesson" => {
            let text = keys.text("lesson")?;
            let lesson = id(LessonId::new, text, keys.faults)?;
            if let Some(lessons) = lessons.filter(|lessons| !lessons.contains_key(&lesson.it)) {
                let problem = format!("no course has a lesson \"{}\"", lesson.it);
                let names = lessons.keys().map(|lesson| lesson.as_str());
                keys.faults.error(
                    lesson.line,
                    problem,
                    suggest(lesson.it.as_str(), names, "name a lesson of a course"),
                );
                return None;
            }
            TaskKind::Lesson(lesson.it)
        }
        "reviews" => TaskKind::Reviews(number("reviews", 10_000)?),
        "contacts" => TaskKind::Contacts(number("contacts", 500)?),
        "interactions" => TaskKind::Interactions(number("interactions", 500)?),
        "follow_ups" => TaskKind::FollowUps(number("follow_ups", 500)?),
        "sales" => TaskKind::Sales(number("sales", 100)?),
        "checklist" => TaskKind::Checklist(number("checklist", 20)? as u8),
        _ => {
            let tick = keys.text("tick")?;
            match tick.it.as_str() {
                "sponsor" => TaskKind::Sponsor,
                "event" => TaskKind::Event,
                other => {
                    let shown: String = other.chars().take(60).collect();
                    let remedy = suggest(
                        other,
                        ["sponsor", "event"],
                        "write \"sponsor\" for a talk with the sponsor, or \"event\" for an event that was attended",
                    );
                    keys.faults.error(tick.line, format!("\"{shown}\" is nothing to tick off"), remedy);
                    return None;
                }
            }
        }
    })
}

/// One after the other, without a gap.
fn check_phases(phases: &[At<Phase>], table: &Table, faults: &mut Faults) {
    let mut next = 1;
    for At { line, it: phase } in phases {
        if phase.from != next {
            let problem = format!("the phase \"{}\" begins on day {}", phase.id, phase.from);
            faults.error(*line, problem, format!("write from = {next}: phases follow each other without a gap"));
            return;
        }
        if phase.until < phase.from {
            let problem = format!("the phase \"{}\" ends on day {}, before it begins", phase.id, phase.until);
            faults.error(*line, problem, format!("write until = {} or more", phase.from));
            return;
        }
        next = phase.until + 1;
    }
    if phases.is_empty() {
        faults.error(table.line, "the plan has no phase", "begin one with [[phase]]");
    }
}

fn check_count(drafts: &[Draft], table: &Table, faults: &mut Faults) {
    let count = drafts.iter().filter(|draft| !draft.retired).count();
    if count == 0 {
        faults.error(table.line, "the plan has no task", "begin one with [[task]]");
    }
    if drafts.len() > MAX_TASKS {
        let problem = format!("the plan has {} tasks", drafts.len());
        faults.error(table.line, problem, format!("leave {MAX_TASKS} at most; few are done, many are given up"));
    }
}

/// A lesson opens after others: their tasks come first, whether it is written or not.
fn follow_lessons(drafts: &mut [Draft], lessons: &BTreeMap<&LessonId, Vec<&LessonId>>, faults: &mut Faults) {
    let of_lesson: BTreeMap<LessonId, TaskId> = drafts
        .iter()
        .filter(|draft| !draft.retired)
        .filter_map(|draft| if let TaskKind::Lesson(lesson) = &draft.kind { Some((lesson, draft)) } else { None })
        .map(|(lesson, draft)| (lesson.clone(), draft.id.clone()))
        .collect();
    for draft in drafts.iter_mut().filter(|draft| !draft.retired) {
        let TaskKind::Lesson(lesson) = &draft.kind else { continue };
        for before in lessons.get(lesson).into_iter().flatten() {
            let Some(task) = of_lesson.get(*before) else {
                let problem = format!("the lesson \"{lesson}\" opens after \"{before}\", which is no task of the plan");
                faults.error(draft.line, problem, format!("write a task with lesson = \"{before}\" above it"));
                continue;
            };
            if !draft.after.iter().any(|after| after.it == *task) {
                draft.after.push(At { line: draft.line, it: task.clone() });
            }
        }
    }
}

/// Gives each task its day: those of a week come on that day of it which has least to do.
fn settle(drafts: &[Draft], last: u32, faults: &mut Faults) -> Vec<Task> {
    let mut on: BTreeMap<u32, Vec<&TaskId>> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| !draft.retired) {
        if let When::Day(day) = draft.when.it {
            on.entry(day).or_default().push(&draft.id);
        }
    }
    let places: BTreeMap<&TaskId, usize> = drafts.iter().enumerate().map(|(n, draft)| (&draft.id, n)).collect();
    let mut tasks: Vec<Task> = Vec::new();
    for (n, draft) in drafts.iter().enumerate() {
        let mut earliest = 1;
        if !draft.retired {
            for after in &draft.after {
                check_after(draft, after, n, &places, drafts, faults);
                let day = places.get(&after.it).and_then(|place| tasks.get(*place)).map_or(1, |task| task.day);
                earliest = earliest.max(day);
            }
        }
        let (day, by) = match draft.when.it {
            When::Day(day) => (day, day),
            When::Week(week) => {
                let (first, end) = ((week - 1) * WEEK + 1, (week * WEEK).min(last));
                let from = first.max(earliest).min(end.max(first));
                let load = |day: &u32| on.get(day).map_or(0, Vec::len);
                let day = (from..=end.max(from)).min_by_key(load).unwrap_or(from);
                if !draft.retired {
                    on.entry(day).or_default().push(&draft.id);
                }
                (day, end.max(day))
            }
            When::Rule(within) => (1, within),
        };
        let by_rule = matches!(draft.when.it, When::Rule(_));
        if !draft.retired && !by_rule {
            check_days(draft, (day, by, last), earliest, on.get(&day).map_or(&[], |ids| &ids[..]), faults);
        }
        let after = draft.after.iter().map(|after| after.it.clone()).collect();
        let until = draft.until.as_ref().map(|until| until.it);
        let Draft { id, kind, retired, .. } = draft;
        tasks.push(Task { id: id.clone(), day, by, until, after, kind: kind.clone(), retired: *retired, by_rule });
    }
    tasks
}

fn check_days(
    draft: &Draft,
    (day, by, last): (u32, u32, u32),
    earliest: u32,
    same_day: &[&TaskId],
    faults: &mut Faults,
) {
    let Draft { id, when, .. } = draft;
    if day > last {
        let remedy = format!("write day = {last} or less, or a later end of the last phase");
        faults.error(when.line, format!("the task \"{id}\" lies behind the plan's last day, {last}"), remedy);
        return;
    }
    if day < earliest {
        let problem = format!("the task \"{id}\" comes after one of day {earliest}, and lies on day {day}");
        faults.error(when.line, problem, format!("write day = {earliest} or later"));
        return;
    }
    // Told once, at the first that is too much.
    if same_day.len() > DAILY && *same_day[DAILY] == *id {
        let problem = format!("\"{id}\" is task number {} of day {day}", DAILY + 1);
        faults.error(when.line, problem, format!("move it: at most {DAILY} a day, so that an evening is enough"));
    }
    if let Some(until) = draft.until.as_ref().filter(|until| until.it < by) {
        let problem = format!("the task \"{id}\" leaves the plan on day {}, and is planned up to day {by}", until.it);
        faults.error(until.line, problem, format!("write until = {by} or more"));
    }
}

fn check_after(
    draft: &Draft,
    after: &At<TaskId>,
    n: usize,
    places: &BTreeMap<&TaskId, usize>,
    drafts: &[Draft],
    faults: &mut Faults,
) {
    let Some(place) = places.get(&after.it) else {
        let names = places.keys().map(|id| id.as_str());
        let remedy = suggest(after.it.as_str(), names, "name a task that stands above");
        faults.error(after.line, format!("there is no task \"{}\"", after.it), remedy);
        return;
    };
    let before = &drafts[*place];
    // So no tasks wait for each other in a circle.
    if *place >= n {
        let problem = format!("\"{}\" comes after \"{}\", which does not stand above it", draft.id, after.it);
        faults.error(after.line, problem, "write what comes first above");
    } else if before.retired {
        let problem = format!("\"{}\" comes after \"{}\", which is retired", draft.id, after.it);
        faults.error(after.line, problem, "take it out of after");
    } else if matches!(before.when.it, When::Rule(_)) {
        let problem = format!("\"{}\" comes after \"{}\", which only a rule opens", draft.id, after.it);
        faults.error(after.line, problem, "take it out of after: for many it never comes");
    } else if before.until.is_some() {
        let problem = format!("\"{}\" comes after \"{}\", which leaves the plan some day", draft.id, after.it);
        faults.error(after.line, problem, format!("take it out of after, or the until out of \"{}\"", after.it));
    }
}

/// The first goal can be reached within a few days, whatever others do.
fn check_goal(goal: &At<TaskId>, drafts: &[Draft], tasks: &[Task], faults: &mut Faults) {
    let Some(task) = tasks.iter().find(|task| task.id == goal.it && !task.retired && !task.by_rule) else {
        let names = tasks.iter().filter(|task| !task.retired && !task.by_rule).map(|task| task.id.as_str());
        let remedy = suggest(goal.it.as_str(), names, "name a task");
        faults.error(goal.line, format!("the goal is no task: \"{}\"", goal.it), remedy);
        return;
    };
    let line = |id: &TaskId| drafts.iter().find(|draft| draft.id == *id).map_or(0, |draft| draft.line);
    let (first, last) = (GOAL_DAYS.start(), GOAL_DAYS.end());
    if !GOAL_DAYS.contains(&task.day) {
        let problem = format!("the first goal, \"{}\", lies on day {}", task.id, task.day);
        faults.error(line(&task.id), problem, format!("let it lie on day {first} to {last}: soon, and not at once"));
    }
    let (mut steps, mut known) = (vec![task], BTreeSet::from([&task.id]));
    while let Some(step) = steps.pop() {
        if matches!(step.kind, TaskKind::Sales(_) | TaskKind::Event) {
            let problem = format!("the first goal needs \"{}\", which is in others' hands", step.id);
            let remedy = "choose a goal that a person reaches alone, or take it out of after";
            faults.error(line(&step.id), problem, remedy);
        }
        let before = step.after.iter().filter_map(|id| tasks.iter().find(|task| task.id == *id));
        steps.extend(before.filter(|before| known.insert(&before.id)));
    }
}
