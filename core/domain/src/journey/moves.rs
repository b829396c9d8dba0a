//! What moved since somebody last looked at a plan, and why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pause;
use super::calendar::Calendar;
use super::plan::{Plan, Planned, TaskState};
use crate::ids::TaskId;
use crate::time::Day;

/// A plan as it was last seen. The plan itself never reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub begins: Day,
    /// First and last day of each stretch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused: Vec<(Day, Day)>,
    /// The day of each task that had one.
    pub planned: BTreeMap<TaskId, Day>,
}

/// A task that is planned for another day than the person saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub task: TaskId,
    pub from: Day,
    /// `None`: it finds no room before the plan's end, and can be done at any time.
    pub to: Option<Day>,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its day went by.
    DayPassed,
    /// It makes room for what was planned anew.
    Room,
    /// There is room again.
    RoomAgain,
    /// A pause lies between.
    Pause,
    /// A pause is shorter than it was, or is no more.
    PauseEnded,
    /// The plan begins on another day, for another phone was used before.
    Beginning,
}

impl Seen {
    pub fn of(plan: &Plan) -> Self {
        let planned = plan.tasks.iter().filter_map(|task| Some((task.id.clone(), task.planned?)));
        Self { begins: plan.calendar.begins(), paused: plan.calendar.paused().to_vec(), planned: planned.collect() }
    }

    fn calendar(&self) -> Calendar {
        let pauses: Vec<Pause> =
            self.paused.iter().map(|(from, until)| Pause { version: 0, from: *from, until: *until }).collect();
        Calendar::new(self.begins, &pauses)
    }
}

/// What moved, in the plan's order. A task that is done moved nowhere; nor did one that is still planned within its own days, where these lie as they
/// did.
pub fn difference(seen: &Seen, plan: &Plan) -> Vec<Move> {
    let then = seen.calendar();
    let is_open = |task: &&Planned| !matches!(task.state, TaskState::Done | TaskState::Lapsed);
    let moved = |task: &Planned| {
        let from = *seen.planned.get(&task.id)?;
        let to = task.planned;
        // Where the day of the plan that was seen lies now.
        let carried = plan.calendar.date(then.number(from));
        let is_later = to.is_none_or(|to| to > from);
        let own_days = task.window.0..=task.window.1;
        let why = if to == Some(from) {
            return None;
        } else if carried != from {
            match (seen.begins == plan.calendar.begins(), is_later) {
                (false, _) => Why::Beginning,
                (true, true) => Why::Pause,
                (true, false) => Why::PauseEnded,
            }
        } else if own_days.contains(&from) && to.is_some_and(|to| own_days.contains(&to)) {
            return None;
        } else if !is_later {
            Why::RoomAgain
        } else if task.late {
            Why::DayPassed
        } else {
            Why::Room
        };
        Some(Move { task: task.id.clone(), from, to, why })
    };
    plan.tasks.iter().filter(is_open).filter_map(moved).collect()
}
