//! The plan of a person's first ninety days: what to do on which day, until a first goal and beyond.
//!
//! The company authors a [`Journey`]; a person follows the one of the release that [`crate::fold::Followed`] names, whatever is published
//! later. [`plan::plan`] makes of it, of what was done, and of the date what is shown: a pure function, so phone and server agree. Nothing
//! piles up: what was not done on its day is spread over the days to come. [`moves::difference`] tells what moved since somebody looked.
//!
//! | module | what it knows |
//! |---|---|
//! | [`calendar`] | the days of the plan, on the calendar, around pauses |
//! | [`facts`] | what was done, and how far each task is |
//! | [`plan`] | the plan on a date |
//! | [`moves`] | what moved between two plans, and why |

pub mod calendar;
pub mod facts;
pub mod moves;
pub mod plan;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{LessonId, PhaseId, StopId, TaskId};
use crate::time::Day;

/// Tasks that one day has at most, those that were done on it among them.
pub const DAILY: usize = 3;
/// Of these, at most so many are there because they were not done on their day.
pub const CATCH_UP: usize = 2;
/// A journey has at most so many tasks.
pub const MAX_TASKS: usize = 100;
/// The last day that a journey may have. What a hostile release has beyond it does not count.
pub const MAX_DAYS: u32 = 366;
/// Who first opens the app at most so many days after joining begins then; who comes later has missed the days after these.
pub const LATE_START: i32 = 14;
/// The days of the plan on which the first goal may lie.
pub const GOAL_DAYS: std::ops::RangeInclusive<u32> = 3..=5;

/// The plan as the company wrote it. Days are counted from 1, the day on which the person begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// One after the other from day 1 on, without a gap.
    pub phases: Vec<Phase>,
    /// By rising day; each after those that it waits for.
    pub tasks: Vec<Task>,
    /// The task that is the first goal.
    pub goal: TaskId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<Welcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    pub id: PhaseId,
    /// Its first and its last day.
    pub from: u32,
    pub until: u32,
}

/// A published task stays in every later release, with its id and what it asks for: its texts are needed by those who follow an older plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    /// The day for which it is planned.
    pub day: u32,
    /// The day by which it should be done: its own, or the last one of its week. Until then it moves without a word.
    pub by: u32,
    /// The last day on which it makes sense; after it the task leaves the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u32>,
    /// Tasks that must be done before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<TaskId>,
    pub kind: TaskKind,
    /// It is in no plan that is begun with this release.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// It is in a plan only from the day on which a rule opens it. Its days are counted from that one: `day` is 1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_rule: bool,
}

/// What a task asks for. All but the last three are done by themselves, when what they count is there. Numbers count from the day of joining on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// The lesson is completed.
    Lesson(LessonId),
    /// So many reviews were answered.
    Reviews(u32),
    /// So many contacts are written down.
    Contacts(u32),
    /// So many talks with contacts are noted.
    Interactions(u32),
    /// So many talks are noted with contacts with whom there was one before.
    FollowUps(u32),
    /// So many sales to customers are confirmed by the back office.
    Sales(u32),
    /// A talk with the sponsor; the person ticks it off.
    Sponsor,
    /// An event that was attended; the person ticks it off.
    Event,
    /// A list of so many items that the person ticks off.
    Checklist(u8),
}

impl TaskKind {
    /// Whether the person says that it is done, for no event of another kind proves it.
    pub fn is_ticked(&self) -> bool {
        matches!(self, Self::Sponsor | Self::Event | Self::Checklist(_))
    }

    /// Whether such a tick can be: of an item, or of the whole.
    pub fn takes(&self, item: Option<u8>) -> bool {
        match (self, item) {
            (Self::Sponsor | Self::Event, None) => true,
            (Self::Checklist(items), Some(item)) => item < *items,
            _ => false,
        }
    }
}

/// What is shown to a person who comes in for the first time, beside the sponsor's letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Name of the medium in which the leader speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<String>,
    /// The tour through the app, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tour: Vec<StopId>,
}

impl Journey {
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == *id)
    }

    /// With the tasks that rules may open of a newer one: who follows an older plan gets these too.
    pub fn with_newer(&self, newer: Option<&Self>) -> Self {
        let is_new = |task: &&Task| task.by_rule && self.task(&task.id).is_none();
        let new = newer.into_iter().flat_map(|newer| &newer.tasks).filter(is_new).cloned();
        Self { tasks: self.tasks.iter().cloned().chain(new).collect(), ..self.clone() }
    }

    /// With those tasks of rules that were opened, on their days, after all others; `number`: the day of the plan at a date.
    fn with_opened(&self, opened: &BTreeMap<TaskId, Day>, number: impl Fn(Day) -> u32) -> Self {
        let days = self.days();
        let shifted = |task: &Task| {
            let day = number(*opened.get(&task.id)?).clamp(1, days.max(1));
            let by = |own: u32| own.saturating_add(day - 1).min(days);
            Some(Task { day, by: by(task.by), until: task.until.map(by), ..task.clone() })
        };
        let (by_rule, own): (Vec<&Task>, Vec<&Task>) = self.tasks.iter().partition(|task| task.by_rule);
        let tasks = own.into_iter().cloned().chain(by_rule.into_iter().filter_map(shifted));
        Self { tasks: tasks.collect(), ..self.clone() }
    }

    /// How many days it has.
    pub fn days(&self) -> u32 {
        self.phases.iter().map(|phase| phase.until).max().unwrap_or(0).min(MAX_DAYS)
    }
}

/// Days on which nobody expects anything. Of one pause the highest version stands; one that ends before it begins is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pause {
    /// Counts up with each change. First, so that of two the greater is the newer.
    pub version: u32,
    /// Its first and its last day.
    pub from: Day,
    pub until: Day,
}
