//! The plan on a date.
//!
//! Each open task has its own day. Those whose day went by are spread over the days to come, at most [`CATCH_UP`] of them and [`DAILY`] tasks in
//! all on one day; what finds no room moves on, and what waits for it with it. A task is never planned before its day, nor after its last one.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar::{Calendar, begin};
use super::facts::{Facts, Progress};
use super::{CATCH_UP, DAILY, Journey, Pause, Task};
use crate::ids::{PhaseId, TaskId};
use crate::time::Day;

/// What is shown of a journey on one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub calendar: Calendar,
    pub status: Status,
    /// Which day of the plan today is, from 1 on; on a paused day the last one before it. 0 before the first.
    pub day: u32,
    pub days: u32,
    /// After today.
    pub days_left: u32,
    /// Tasks that are done, of all but those that left the plan.
    pub done: u32,
    pub of: u32,
    /// What is planned for today and not done yet, in its order. With what was done of today's, at most [`DAILY`].
    pub today: Vec<TaskId>,
    /// Tasks that were done today, whenever they were planned.
    pub done_today: u32,
    /// The first task that can be done now.
    pub next: Option<TaskId>,
    /// Tasks whose day went by, and that are planned anew.
    pub behind: u32,
    /// `None` where the journey has no such task.
    pub goal: Option<Goal>,
    pub phases: Vec<PhaseProgress>,
    /// Without retired ones, in the journey's order; those that rules opened come last.
    pub tasks: Vec<Planned>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Running,
    /// Up to and with this day.
    Paused(Day),
    /// Its days are over. What is open can still be done.
    Over,
}

/// The first goal: with all that comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub task: TaskId,
    /// Steps to it, itself among them.
    pub done: u32,
    pub of: u32,
    pub reached: Option<Day>,
    pub planned: Option<Day>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseProgress {
    pub id: PhaseId,
    pub state: PhaseState,
    /// Its first and its last day.
    pub from: Day,
    pub until: Day,
    /// As [`Plan::done`] and [`Plan::of`].
    pub done: u32,
    pub of: u32,
    /// After today; of one to come all of its days.
    pub days_left: u32,
    pub tasks: Vec<TaskId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseState {
    Done,
    Current,
    Upcoming,
    /// Its days went by; what is open of it is planned anew.
    Past,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub id: TaskId,
    pub state: TaskState,
    pub progress: Progress,
    /// The day for which it is planned; `None` where it is done, has left the plan, or finds no room before the plan's end.
    pub planned: Option<Day>,
    /// Its day went by.
    pub late: bool,
    /// The day by which it should have been done, where it is planned for a later one or for none.
    pub moved_from: Option<Day>,
    /// Tasks that come first and are not done.
    pub waits_for: Vec<TaskId>,
    /// Its own first and last day.
    pub window: (Day, Day),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    Done,
    /// For today.
    Open,
    Upcoming,
    /// For others that come first.
    Waiting,
    /// Its day went by, and it is planned for a later one.
    Moved,
    /// Its last day went by.
    Lapsed,
}

impl Plan {
    pub fn task(&self, id: &TaskId) -> Option<&Planned> {
        self.tasks.iter().find(|task| task.id == *id)
    }

    /// How much of it is done, 0 to 100.
    pub fn percent(&self) -> u32 {
        percent(self.done, self.of)
    }
}

/// Rounded down; 0 of nothing.
pub fn percent(done: u32, of: u32) -> u32 {
    (u64::from(done) * 100).checked_div(u64::from(of)).map_or(0, |percent| percent as u32)
}

/// The plan of a person who joined on that date.
pub fn plan<'a>(
    journey: &Journey,
    facts: &Facts,
    joined: Day,
    today: Day,
    pauses: impl IntoIterator<Item = &'a Pause>,
) -> Plan {
    let calendar = Calendar::new(begin(joined, facts.begun.unwrap_or(today)), pauses);
    let journey = &journey.with_opened(&facts.opened, |day| calendar.number(day));
    let (days, number) = (journey.days(), calendar.number(today));
    let pause = calendar.pause_of(today);
    let status = match pause {
        _ if number > days => Status::Over,
        Some(_) if number == days => Status::Over,
        Some(until) => Status::Paused(until),
        None => Status::Running,
    };
    let first = if pause.is_some() { number.saturating_add(1) } else { number.max(1) };
    let open = Open::new(journey, facts, first);
    let is_today = |day: Option<Day>| day == Some(today);
    // What was done ahead takes nothing of today's room.
    let of_today = open.tasks.iter().filter(|at| is_today(at.progress.day) && at.task.day <= number).count();
    let taken = if status == Status::Running { of_today.min(DAILY) } else { 0 };
    let slots = open.slots(first, days, taken);

    let tasks: Vec<Planned> = open
        .tasks
        .iter()
        .zip(&slots)
        .map(|(at, slot)| {
            let is_open = !at.is_done() && !at.lapsed;
            let moved = is_open && slot.map_or(at.task.by < first, |slot| slot > at.task.by);
            let state = match slot {
                _ if at.is_done() => TaskState::Done,
                _ if at.lapsed => TaskState::Lapsed,
                _ if !at.waits_for.is_empty() => TaskState::Waiting,
                _ if status == Status::Over => TaskState::Open,
                _ if moved => TaskState::Moved,
                Some(slot) if status == Status::Running && *slot == number => TaskState::Open,
                _ => TaskState::Upcoming,
            };
            Planned {
                id: at.task.id.clone(),
                state,
                progress: at.progress,
                planned: slot.map(|slot| calendar.date(slot)),
                late: at.is_late(first),
                moved_from: moved.then(|| calendar.date(at.task.by)),
                waits_for: at.waits_for.iter().map(|id| (*id).clone()).collect(),
                window: (calendar.date(at.task.day), calendar.date(at.task.by)),
            }
        })
        .collect();
    let due: Vec<usize> = match status {
        Status::Running if number > 0 => (0..tasks.len()).filter(|n| slots[*n] == Some(number)).collect(),
        _ => Vec::new(),
    };
    let can_be_done = |n: &usize| {
        let at = &open.tasks[*n];
        !at.is_done() && !at.lapsed && at.waits_for.is_empty()
    };
    let next = (0..tasks.len()).filter(can_be_done).min_by_key(|n| (slots[*n].unwrap_or(u32::MAX), *n));
    let count = |members: &[usize]| {
        let of = members.iter().filter(|n| !open.tasks[**n].lapsed).count();
        (members.iter().filter(|n| open.tasks[**n].is_done()).count() as u32, of as u32)
    };
    let (done, of) = count(&(0..tasks.len()).collect::<Vec<_>>());
    let phases = journey.phases.iter().map(|phase| {
        let is_in = |n: &usize| (phase.from..=phase.until).contains(&open.tasks[*n].task.day);
        let members: Vec<usize> = (0..tasks.len()).filter(is_in).collect();
        let (done, of) = count(&members);
        PhaseProgress {
            id: phase.id.clone(),
            state: match number.max(1) {
                _ if of > 0 && done == of => PhaseState::Done,
                number if number < phase.from => PhaseState::Upcoming,
                number if number <= phase.until => PhaseState::Current,
                _ => PhaseState::Past,
            },
            from: calendar.date(phase.from),
            until: calendar.date(phase.until),
            done,
            of,
            days_left: phase.until.saturating_sub(number.max(phase.from.saturating_sub(1))),
            tasks: members.iter().map(|n| tasks[*n].id.clone()).collect(),
        }
    });
    let phases = phases.collect();
    let goal = open.goal(&journey.goal).map(|steps| {
        let (done, of) = count(&steps);
        let goal = &tasks[steps[0]];
        Goal { task: goal.id.clone(), done, of, reached: goal.progress.day, planned: goal.planned }
    });
    Plan {
        status,
        day: number,
        days,
        days_left: days.saturating_sub(number),
        done,
        of,
        today: due.iter().map(|n| tasks[*n].id.clone()).collect(),
        done_today: open.tasks.iter().filter(|at| is_today(at.progress.day)).count() as u32,
        next: next.map(|n| tasks[n].id.clone()),
        behind: open.tasks.iter().filter(|at| at.is_late(first)).count() as u32,
        goal,
        phases,
        calendar,
        tasks,
    }
}

/// A task as it stands.
struct At<'a> {
    task: &'a Task,
    progress: Progress,
    /// Its last day went by before it was done.
    lapsed: bool,
    /// Places of those that come first.
    after: Vec<usize>,
    waits_for: Vec<&'a TaskId>,
}

impl At<'_> {
    fn is_done(&self) -> bool {
        self.progress.day.is_some()
    }

    fn is_late(&self, first: u32) -> bool {
        !self.is_done() && !self.lapsed && self.task.by < first
    }
}

struct Open<'a> {
    tasks: Vec<At<'a>>,
}

impl<'a> Open<'a> {
    /// `first`: the first day on which something can still be done.
    fn new(journey: &'a Journey, facts: &Facts, first: u32) -> Self {
        let mut places: BTreeMap<&TaskId, usize> = BTreeMap::new();
        let mut tasks: Vec<At<'a>> = Vec::new();
        for task in journey.tasks.iter().filter(|task| !task.retired) {
            if places.contains_key(&task.id) {
                continue;
            }
            let progress = facts.progress(task);
            let lapsed = progress.day.is_none() && task.until.is_some_and(|until| until < first);
            // Each stands after those that it waits for.
            let after: Vec<usize> = task.after.iter().filter_map(|id| places.get(id).copied()).collect();
            let is_missing = |n: &&usize| {
                let before: &At<'_> = &tasks[**n];
                !before.is_done() && !before.lapsed
            };
            let waits_for = after.iter().filter(is_missing).map(|n| &tasks[*n].task.id).collect();
            places.insert(&task.id, tasks.len());
            tasks.push(At { task, progress, lapsed, after, waits_for });
        }
        Self { tasks }
    }

    /// The day for which each is planned. Of the first day's room `taken` is used up.
    fn slots(&self, first: u32, days: u32, taken: usize) -> Vec<Option<u32>> {
        let mut slots = vec![None; self.tasks.len()];
        let mut room = Room { taken: [(first, taken)].into(), caught_up: BTreeMap::new() };
        let open = |at: &&At<'_>| !at.is_done() && !at.lapsed;
        let after = |slots: &[Option<u32>], at: &At<'_>| -> Option<u32> {
            let before = at.after.iter().filter(|n| open(&&self.tasks[**n]));
            before.map(|n| slots[*n]).try_fold(0, |latest: u32, slot| Some(latest.max(slot?)))
        };
        // What has a last day first: the others can move around it.
        for (n, at) in self.tasks.iter().enumerate().filter(|(_, at)| open(at)) {
            if let Some(until) = at.task.until {
                slots[n] = room.take(at.task.day.max(first)..=until.min(days), at.is_late(first));
            }
        }
        for (n, at) in self.tasks.iter().enumerate().filter(|(_, at)| open(at)) {
            let earliest = after(&slots, at).map(|before| before.max(at.task.day).max(first));
            match at.task.until {
                None => slots[n] = earliest.and_then(|from| room.take(from..=days, at.is_late(first))),
                // It was put before something that comes first.
                Some(until) if earliest.is_none_or(|earliest| slots[n].is_some_and(|slot| slot < earliest)) => {
                    if let Some(slot) = slots[n].take() {
                        room.give_back(slot, at.is_late(first));
                    }
                    slots[n] = earliest.and_then(|from| room.take(from..=until.min(days), at.is_late(first)));
                }
                Some(_) => {}
            }
        }
        slots
    }

    /// Places of a task and of all that comes before it.
    fn goal(&self, id: &TaskId) -> Option<Vec<usize>> {
        let goal = self.tasks.iter().position(|at| at.task.id == *id)?;
        let (mut steps, mut known) = (vec![goal], BTreeSet::from([goal]));
        let mut looked = 0;
        while let Some(step) = steps.get(looked) {
            looked += 1;
            let before: Vec<usize> = self.tasks[*step].after.iter().copied().filter(|n| known.insert(*n)).collect();
            steps.extend(before);
        }
        Some(steps)
    }
}

/// What each day still takes.
struct Room {
    taken: BTreeMap<u32, usize>,
    /// Of these, the ones whose day went by.
    caught_up: BTreeMap<u32, usize>,
}

impl Room {
    fn take(&mut self, mut days: std::ops::RangeInclusive<u32>, late: bool) -> Option<u32> {
        let of = |counts: &BTreeMap<u32, usize>, day| counts.get(&day).copied().unwrap_or(0);
        let day = days.find(|day| of(&self.taken, *day) < DAILY && (!late || of(&self.caught_up, *day) < CATCH_UP))?;
        *self.taken.entry(day).or_default() += 1;
        *self.caught_up.entry(day).or_default() += usize::from(late);
        Some(day)
    }

    fn give_back(&mut self, day: u32, late: bool) {
        for (counts, by) in [(&mut self.taken, 1), (&mut self.caught_up, usize::from(late))] {
            if let Some(count) = counts.get_mut(&day) {
                *count = count.saturating_sub(by);
            }
        }
    }
}
