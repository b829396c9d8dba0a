//! What was done, as a plan counts it: days by what each kind of task asks for.

use std::collections::BTreeMap;

use super::{Journey, Task, TaskKind};
use crate::fold::{State, TaskTicks};
use crate::ids::{LessonId, TaskId};
use crate::time::Day;

/// What is known of a person. What the journal knows comes from [`Facts::of`]; contacts and talks are the phone's to add, for no server can read
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The first day in the app.
    pub begun: Option<Day>,
    /// Completed lessons, each with the day of that.
    pub lessons: BTreeMap<LessonId, Day>,
    /// Days with reviews, rising, with their number.
    pub reviews: Vec<(Day, u32)>,
    /// The day of each confirmed sale to a customer, rising.
    pub sales: Vec<Day>,
    /// What was ticked off.
    pub ticks: BTreeMap<TaskId, TaskTicks>,
    /// The tasks that rules opened, each with the day of that.
    pub opened: BTreeMap<TaskId, Day>,
    /// The day on which each contact was written down, rising; as many as the plan can ask for are enough.
    pub contacts: Vec<Day>,
    /// The day of each talk, rising; likewise.
    pub interactions: Vec<Day>,
    /// The day of each talk with somebody with whom there was one before, rising; likewise.
    pub follow_ups: Vec<Day>,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u32,
    /// At least 1.
    pub of: u32,
    /// Once all of it is done: the day on which it became so.
    pub day: Option<Day>,
}

impl Facts {
    /// What the journal and the back office know.
    pub fn of(state: &State) -> Self {
        let mut sales: Vec<Day> = state.sales().filter(|(_, sale)| sale.counts()).map(|(_, sale)| sale.day).collect();
        sales.sort_unstable();
        let mut opened: BTreeMap<TaskId, Day> = BTreeMap::new();
        for (task, day) in state.given().flat_map(|(_, given)| given.tasks.iter().map(|task| (task, given.day))) {
            opened.entry(task.clone()).and_modify(|known| *known = day.min(*known)).or_insert(day);
        }
        Self {
            begun: state.followed().map(|followed| followed.begun.day),
            lessons: state.lessons().filter_map(|(id, l)| Some((id.clone(), l.completed?.day))).collect(),
            reviews: state.days().filter(|(_, d)| d.reviews > 0).map(|(day, d)| (day, d.reviews)).collect(),
            sales,
            ticks: state.tasks().map(|(id, ticks)| (id.clone(), ticks.clone())).collect(),
            opened,
            ..Self::default()
        }
    }

    /// How many contacts, talks or follow-ups a plan can ask for: whoever counts them need not go further.
    pub fn most(journey: &Journey) -> u32 {
        let asked = journey.tasks.iter().map(|task| match task.kind {
            TaskKind::Contacts(n) | TaskKind::Interactions(n) | TaskKind::FollowUps(n) => n,
            _ => 0,
        });
        asked.max().unwrap_or(0)
    }

    pub fn progress(&self, task: &Task) -> Progress {
        let counted = |days: &[Day], of: u32| {
            let of = of.max(1);
            let done = u32::try_from(days.len()).unwrap_or(u32::MAX).min(of);
            Progress { done, of, day: days.get(of as usize - 1).copied() }
        };
        match &task.kind {
            TaskKind::Lesson(id) => counted(self.lessons.get(id).map_or(&[], std::slice::from_ref), 1),
            TaskKind::Reviews(of) => {
                let of = (*of).max(1);
                let (mut done, mut last) = (0_u32, None);
                for (day, reviews) in &self.reviews {
                    done = done.saturating_add(*reviews);
                    if done >= of {
                        last = Some(*day);
                        break;
                    }
                }
                Progress { done: done.min(of), of, day: last }
            }
            TaskKind::Contacts(of) => counted(&self.contacts, *of),
            TaskKind::Interactions(of) => counted(&self.interactions, *of),
            TaskKind::FollowUps(of) => counted(&self.follow_ups, *of),
            TaskKind::Sales(of) => counted(&self.sales, *of),
            TaskKind::Sponsor | TaskKind::Event => {
                let days: Vec<Day> = self.ticked(task).collect();
                counted(&days, 1)
            }
            TaskKind::Checklist(items) => {
                let mut days: Vec<Day> = self.ticked(task).collect();
                days.sort_unstable();
                counted(&days, (*items).into())
            }
        }
    }

    /// Whether the person ticked an item off, or the whole.
    pub fn is_ticked(&self, task: &TaskId, item: Option<u8>) -> bool {
        let tick = self.ticks.get(task).and_then(|ticks| ticks.ticks.iter().find(|tick| tick.item == item));
        tick.is_some_and(|tick| !tick.undone)
    }

    /// The days of the ticks that stand and belong to the task.
    fn ticked<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = Day> + 'a {
        let ticks = self.ticks.get(&task.id).into_iter().flat_map(|ticks| &ticks.ticks);
        ticks.filter(|tick| !tick.undone && task.kind.takes(tick.item)).map(|tick| tick.moment.day)
    }
}
