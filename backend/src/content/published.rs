//! What was published stays true: progress, awards and review cards are kept under ids that must go on meaning the same.

use std::collections::BTreeSet;

use qadam_domain::awards::{Badge, BadgeCondition};
use qadam_domain::ids::{CardId, LessonId};
use qadam_domain::journey::{Journey, TaskKind};
use qadam_domain::release::Release;
use qadam_domain::rules::{Effect, Rule, Slot};
use qadam_domain::time::Day;

use super::compile::Compiled;
use super::fault::{Fault, Faults};
use super::gift::kind_name;
use super::journey::JOURNEY;
use super::rules::RULES;
use super::structure::{AWARDS, COMPANY};

/// What can't be published after `old`: all of it errors, sorted by file and line. `today` is the date in UTC.
///
/// The company stays the same. A published badge stays, with its condition, and its points never fall; it can get an end, but not one before yesterday (there are
/// places where it is still yesterday), for that would take it back from those who have it. A question keeps its kind. A
/// task of the plan stays, and asks for the same. So does a rule that gives something, until it ends.
pub fn against_published(new: &Compiled, old: &Release, today: Day) -> Vec<Fault> {
    let mut faults = Faults::new(COMPANY);
    if new.release.company != old.company {
        let problem = format!("the company is \"{}\", and \"{}\" was published", new.release.company, old.company);
        faults.error(new.places.company, problem, format!("write id = \"{}\"", old.company));
    }
    let mut found = faults.into_vec();

    let mut faults = Faults::new(AWARDS);
    for badge in &old.awards.badges {
        match new.release.awards.badges.iter().find(|new| new.id == badge.id) {
            Some(now) => {
                check_badge(badge, now, new.places.badges.get(&badge.id).copied().unwrap_or(0), today, &mut faults)
            }
            None => {
                let remedy = format!("put it back with {}, and ended = {today}", condition(&badge.when));
                faults.error(0, format!("the badge \"{}\" was published and is no more", badge.id), remedy);
            }
        }
    }
    found.extend(faults.into_vec());

    found.extend(check_rules(old, new, today));
    if let Some(journey) = &old.journey {
        found.extend(check_journey(journey, new));
    }

    for lesson in &old.courses.iter().flat_map(|course| &course.lessons).collect::<Vec<_>>() {
        for question in &lesson.questions {
            let card = CardId { lesson: lesson.id.clone(), question: question.id.clone() };
            let Some(now) = new.release.question(&card) else { continue };
            let (was, is) = (kind_name(&question.key), kind_name(&now.key));
            if was != is {
                let (path, line) = new.places.questions.get(&card).cloned().unwrap_or_default();
                let mut faults = Faults::new(path);
                let problem = format!("the question \"{}\" is {is}, and was published as {was}", question.id);
                faults.error(line, problem, "give the new question a new title");
                found.extend(faults.into_vec());
            }
        }
    }
    found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    found
}

/// What was given for a rule stays given: such a rule goes on asking and giving the same, until it ends.
fn check_rules(old: &Release, new: &Compiled, today: Day) -> Vec<Fault> {
    let mut found = Vec::new();
    let gives = |release: &Release, rule: &Rule| {
        let has_badge = |badge: &Badge| matches!(&badge.when, BadgeCondition::Rule(of) if *of == rule.id);
        rule.then.iter().any(Effect::is_derived) || release.awards.badges.iter().any(has_badge)
    };
    for rule in old.rules.iter().filter_map(Slot::rule) {
        let (path, line) = new.places.rules.get(&rule.id).cloned().unwrap_or_else(|| (RULES.into(), 0));
        let mut faults = Faults::new(path);
        let now = new.release.rules.iter().filter_map(Slot::rule).find(|now| now.id == rule.id);
        match now {
            // What it gives would be given for what happened long ago.
            now if !gives(old, rule) => {
                if now.is_some_and(|now| gives(&new.release, now)) {
                    let problem = format!("the rule \"{}\" was published, and gave nothing", rule.id);
                    faults.error(line, problem, "leave it as it was, and write a rule with a new id for what it gives");
                }
            }
            None => {
                let problem = format!("the rule \"{}\" was published, gave something, and is no more", rule.id);
                faults.error(line, problem, format!("put it back, with until = {today}"));
            }
            Some(now) => {
                let given =
                    |rule: &Rule| -> Vec<Effect> { rule.then.iter().filter(|it| it.is_derived()).cloned().collect() };
                let same = (&rule.when, &rule.condition, rule.limits.per)
                    == (&now.when, &now.condition, now.limits.per)
                    && given(rule) == given(now);
                if !same {
                    let problem =
                        format!("the rule \"{}\" was published otherwise, and gave something for that", rule.id);
                    let remedy = format!("keep it as it was, with until = {today}, and write a rule with a new id");
                    faults.error(line, problem, remedy);
                }
                let earliest = today.plus(-1);
                match (rule.limits.until, now.limits.until) {
                    (was, Some(until)) if was != Some(until) && until < earliest => {
                        let problem = format!("the rule \"{}\" would end on {until}, which has passed", rule.id);
                        faults.error(line, problem, format!("write until = {earliest} or later"));
                    }
                    (Some(was), now) if was < today && now.is_none_or(|until| until > was) => {
                        let problem = format!("the rule \"{}\" ended on {was}", rule.id);
                        faults.error(line, problem, format!("write until = {was}, or a rule with a new id"));
                    }
                    _ => {}
                }
            }
        }
        found.extend(faults.into_vec());
    }
    found
}

/// Who began an older plan goes on with it: its tasks keep their texts, and what they ask for.
fn check_journey(old: &Journey, new: &Compiled) -> Vec<Fault> {
    let mut faults = Faults::new(JOURNEY);
    let Some(journey) = &new.release.journey else {
        faults.error(0, "the plan was published and is no more", "put it back: people follow it");
        return faults.into_vec();
    };
    for task in &old.tasks {
        let line = new.places.tasks.get(&task.id).copied().unwrap_or(0);
        match journey.task(&task.id) {
            None => {
                let problem = format!("the task \"{}\" was published and is no more", task.id);
                faults.error(line, problem, format!("put it back with {}, and retired = true", asked(&task.kind)));
            }
            Some(now) if now.kind != task.kind => {
                let problem = format!("the task \"{}\" asked for something else when it was published", task.id);
                let remedy =
                    format!("keep {} in it, with retired = true, and write a task with a new id", asked(&task.kind));
                faults.error(line, problem, remedy);
            }
            Some(now) if now.by_rule != task.by_rule => {
                let problem = format!("whether a rule opens the task \"{}\" was published otherwise", task.id);
                faults.error(line, problem, format!("write by_rule = {}, or a task with a new id", task.by_rule));
            }
            Some(_) => {}
        }
    }
    faults.into_vec()
}

/// As staff write it.
fn asked(kind: &TaskKind) -> String {
    match kind {
        TaskKind::Lesson(lesson) => format!("lesson = \"{lesson}\""),
        TaskKind::Reviews(n) => format!("reviews = {n}"),
        TaskKind::Contacts(n) => format!("contacts = {n}"),
        TaskKind::Interactions(n) => format!("interactions = {n}"),
        TaskKind::FollowUps(n) => format!("follow_ups = {n}"),
        TaskKind::Sales(n) => format!("sales = {n}"),
        TaskKind::Sponsor => "tick = \"sponsor\"".into(),
        TaskKind::Event => "tick = \"event\"".into(),
        TaskKind::Checklist(n) => format!("checklist = {n}"),
    }
}

fn check_badge(old: &Badge, new: &Badge, line: u32, today: Day, faults: &mut Faults) {
    if !same(&old.when, &new.when) {
        let problem =
            format!("the badge \"{}\" was published with another condition{}", old.id, change(&old.when, &new.when));
        let remedy =
            format!("keep {} in it, and write a badge with a new id for the new condition", condition(&old.when));
        faults.error(line, problem, remedy);
    }
    if new.points < old.points {
        let problem =
            format!("the badge \"{}\" was published with {} points, and now has {}", old.id, old.points, new.points);
        faults.error(
            line,
            problem,
            format!("write points = {} or more: nobody loses points that were earned", old.points),
        );
    }
    let earliest = today.plus(-1);
    match (old.ended, new.ended) {
        (was, Some(ended)) if was != new.ended && ended < earliest => {
            let problem = format!("the badge \"{}\" would end on {ended}, which has passed", old.id);
            faults.error(line, problem, format!("write ended = {earliest} or later"));
        }
        (Some(was), None) => {
            let problem = format!("the badge \"{}\" was published with its end on {was}", old.id);
            faults.error(line, problem, format!("write ended = {was}, or a later date"));
        }
        _ => {}
    }
}

fn same(old: &BadgeCondition, new: &BadgeCondition) -> bool {
    match (old, new) {
        (BadgeCondition::Lessons(old), BadgeCondition::Lessons(new)) => set(old) == set(new),
        _ => old == new,
    }
}

fn set(lessons: &[LessonId]) -> BTreeSet<&LessonId> {
    lessons.iter().collect()
}

/// Which lessons came and went.
fn change(old: &BadgeCondition, new: &BadgeCondition) -> String {
    let (BadgeCondition::Lessons(old), BadgeCondition::Lessons(new)) = (old, new) else { return String::new() };
    let names = |a: &[LessonId], b: &[LessonId]| {
        set(a).difference(&set(b)).map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    match (names(new, old), names(old, new)) {
        (more, less) if less.is_empty() => format!(": it now asks for {more} too"),
        (more, less) if more.is_empty() => format!(": it no longer asks for {less}"),
        (more, less) => format!(": it now asks for {more}, no longer for {less}"),
    }
}

/// As staff write it.
fn condition(when: &BadgeCondition) -> String {
    match when {
        BadgeCondition::Lessons(lessons) => match &lessons[..] {
            [lesson] => format!("lesson = \"{lesson}\""),
            lessons => {
                let names: Vec<String> = lessons.iter().map(|lesson| format!("\"{lesson}\"")).collect();
                format!("lessons = [{}]", names.join(", "))
            }
        },
        BadgeCondition::LessonsCompleted(n) => format!("lessons_completed = {n}"),
        BadgeCondition::PerfectQuizzes(n) => format!("perfect_quizzes = {n}"),
        BadgeCondition::Reviews(n) => format!("reviews = {n}"),
        BadgeCondition::RunOfDays(n) => format!("run_of_days = {n}"),
        BadgeCondition::Rule(rule) => format!("rule = \"{rule}\""),
    }
}
