//! What rules derive from a state: points, badges, courses and lessons that are given.

use std::collections::{BTreeMap, BTreeSet};

use super::{Given, State};
use crate::awards::{Badge, BadgeCondition, streak};
use crate::ids::RuleId;
use crate::release::IndexedRelease;
use crate::results::Month;
use crate::rules::derived::{self, History};
use crate::rules::{Effect, Fact, Trigger};
use crate::time::Day;

/// The windows that hold, by rule: where each begins, and since when it holds.
pub(super) type Held = BTreeMap<RuleId, Vec<(Day, Day)>>;

/// What never falls of a state, by day. Made at once, since all of a state's rules ask it.
pub struct Past<'a> {
    state: &'a State,
    release: &'a IndexedRelease,
    completed: Vec<Day>,
    perfect: Vec<Day>,
    /// Sales to customers by rising day; volume.
    sales: Vec<(Day, i64)>,
    days: [BTreeSet<Day>; Trigger::ALL.len()],
}

impl<'a> Past<'a> {
    pub fn new(state: &'a State, release: &'a IndexedRelease) -> Self {
        let sorted = |mut days: Vec<Day>| {
            days.sort_unstable();
            days
        };
        let lessons = || state.lessons.values().map(|lesson| &lesson.value);
        let completed = sorted(lessons().filter_map(|lesson| lesson.completed).map(|moment| moment.day).collect());
        let perfect = sorted(lessons().filter_map(|lesson| lesson.perfect).map(|moment| moment.day).collect());
        let mut sales: Vec<(Day, i64)> = (state.sales.values().map(|sale| &sale.value))
            .filter(|sale| sale.counts())
            .map(|sale| (sale.day, sale.volume))
            .collect();
        sales.sort_unstable();
        let days = Trigger::ALL.map(|(_, trigger)| match trigger {
            Trigger::LessonCompleted => completed.iter().copied().collect(),
            Trigger::ReviewAnswered => {
                state.days.iter().filter(|(_, day)| day.value.reviews > 0).map(|(day, _)| *day).collect()
            }
            Trigger::SaleConfirmed => sales.iter().map(|(day, _)| *day).collect(),
            Trigger::VolumeCounted => state.volumes.values().map(|volume| volume.value.day).collect(),
            Trigger::RankReached => ranks(state).map(|(day, _)| day).collect(),
            // How often a quiz failed is known, and not when.
            Trigger::QuizFailed => BTreeSet::new(),
        });
        Self { state, release, completed, perfect, sales, days }
    }

    fn has(&self, trigger: Trigger) -> bool {
        !self.days[trigger as usize].is_empty()
    }
}

fn ranks(state: &State) -> impl Iterator<Item = (Day, &crate::ids::RankId)> {
    let reached = state.ranks.values().map(|reached| &reached.value);
    reached.filter(|reached| !reached.withdrawn).map(|reached| (reached.day, &reached.rank))
}

/// How many of these rising days are not after `until`.
fn count(days: &[Day], until: Day) -> i64 {
    days.partition_point(|day| *day <= until) as i64
}

impl History for Past<'_> {
    fn number(&self, fact: &Fact, from: Day, until: Day) -> Option<i64> {
        let sales = || {
            let first = self.sales.partition_point(|(day, _)| *day < from);
            let end = self.sales.partition_point(|(day, _)| *day <= until);
            self.sales.get(first..end).unwrap_or_default()
        };
        Some(match fact {
            Fact::LessonCompleted(id) => {
                let completed = self.state.lesson(id).and_then(|lesson| lesson.completed);
                completed.is_some_and(|moment| moment.day <= until).into()
            }
            Fact::CourseCompleted(id) => {
                let course = self.release.release.courses.iter().find(|course| course.id == *id)?;
                let completed = |lesson: &&crate::learning::Lesson| {
                    let completed = self.state.lesson(&lesson.id).and_then(|lesson| lesson.completed);
                    completed.is_some_and(|moment| moment.day <= until)
                };
                course.lessons.iter().filter(completed).count() as i64
            }
            Fact::LessonsCompleted => count(&self.completed, until),
            Fact::PerfectQuizzes => count(&self.perfect, until),
            Fact::Reviews if from <= until => {
                let days = self.state.days.range(from..=until);
                days.fold(0_i64, |sum, (_, day)| sum.saturating_add(day.value.reviews.into()))
            }
            Fact::Reviews => 0,
            Fact::RunOfDays => streak::best_run(self.state.days.range(..=until).map(|(day, _)| *day)).into(),
            Fact::Sales => sales().len() as i64,
            Fact::SalesVolume => sales().iter().fold(0_i64, |sum, (_, volume)| sum.saturating_add(*volume)),
            Fact::Volume => {
                // Of several months the best.
                let counted = self.state.volumes.range(Month::of(from)..).map(|(_, volume)| &volume.value);
                counted.filter(|volume| volume.day <= until).map(|volume| volume.customers).max()?
            }
            Fact::Rank => {
                let place =
                    |rank: &crate::ids::RankId| self.release.release.ranks.iter().position(|known| known.id == *rank);
                let reached = ranks(self.state).filter(|(day, _)| *day <= until);
                reached.filter_map(|(_, rank)| place(rank)).max().map_or(0, |place| place as i64 + 1)
            }
            _ => return None,
        })
    }

    fn days(&self, trigger: Trigger) -> &BTreeSet<Day> {
        &self.days[trigger as usize]
    }
}

/// The windows of the release's derived rules that hold.
pub(super) fn held(state: &State, release: &IndexedRelease) -> Held {
    let mut rules = release.derived().peekable();
    if rules.peek().is_none() {
        return Held::new();
    }
    let past = Past::new(state, release);
    rules
        .filter(|(trigger, _)| past.has(*trigger))
        .map(|(_, rule)| (rule.id.clone(), derived::windows(rule, &past)))
        .filter(|(_, windows)| !windows.is_empty())
        .collect()
}

/// The first day on which a badge's rule held.
pub(super) fn day_of(held: &Held, badge: &Badge) -> Option<Day> {
    let BadgeCondition::Rule(rule) = &badge.when else { return None };
    held.get(rule)?.iter().map(|(_, day)| *day).min()
}

impl State {
    /// Enters what the windows that hold are worth, and takes back what others were.
    pub(super) fn follow_rules(&mut self, release: &IndexedRelease, held: &Held) {
        let mut sources = BTreeSet::new();
        for (_, rule) in release.derived() {
            for (begin, day) in held.get(&rule.id).into_iter().flatten() {
                let name = format!("{}:{}", rule.id, derived::name(rule.limits.per, *begin));
                let mut points = 0_u32;
                let (courses, lessons, tasks) = (Vec::new(), Vec::new(), Vec::new());
                let mut given = Given { day: *day, courses, lessons, tasks, more: Default::default() };
                for effect in &rule.then {
                    match effect {
                        Effect::Points(more) => points = points.saturating_add(*more),
                        Effect::Course(course) => given.courses.push(course.clone()),
                        Effect::Lesson(lesson) => given.lessons.push(lesson.clone()),
                        Effect::Task(task) => given.tasks.push(task.clone()),
                        Effect::Nudge(_) | Effect::Sponsor(_) | Effect::Offer(_) => {}
                    }
                }
                if points > 0 {
                    self.enter(format!("rule:{name}"), points, *day);
                }
                if !(given.courses.is_empty() && given.lessons.is_empty() && given.tasks.is_empty()) {
                    self.give(&name, given);
                }
                sources.insert(name);
            }
        }
        // A rule that this release does not have took nothing back.
        let is_over = |name: &str| {
            let rule = name.split(':').next().unwrap_or_default();
            !sources.contains(name) && release.derived().any(|(_, known)| known.id.as_str() == rule)
        };
        let struck: Vec<String> = self
            .ledger
            .range("rule:".to_string()..)
            .map_while(|(source, _)| source.strip_prefix("rule:"))
            .filter(|name| is_over(name))
            .map(|name| format!("rule:{name}"))
            .collect();
        struck.iter().for_each(|source| self.strike(source));
        let taken: Vec<String> = self.given.keys().filter(|name| is_over(name)).cloned().collect();
        taken.iter().for_each(|name| self.take_back(name));
    }
}
