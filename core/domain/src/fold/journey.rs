//! What the fold keeps of the plan: which release's plan a person follows, what was ticked off, and pauses. All of it minima and maxima.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Applied, Refusal, State, Tracked};
use crate::ids::{EventId, ReleaseId, TaskId};
use crate::journey::Pause;
use crate::release::IndexedRelease;
use crate::time::Moment;

/// The plan that a person follows: of the oldest release with a plan that any event named. What is published later moves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    pub release: ReleaseId,
    pub serial: u64,
    /// The first event that named a release with a plan.
    pub begun: Moment,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What was ticked off of a task: its items, or the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskTicks {
    /// By item.
    pub ticks: Vec<Tick>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// The last word on one item: that of the greatest stamp, then id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u8>,
    #[serde(flatten)]
    pub moment: Moment,
    pub id: EventId,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
}

/// A pause, by its id: its highest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPause {
    #[serde(flatten)]
    pub pause: Pause,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl State {
    /// The plan that the person follows; `None` before the first event under a release with one.
    pub fn followed(&self) -> Option<&Followed> {
        self.followed.as_ref().map(|followed| &followed.value)
    }

    /// What was ticked off, by task.
    pub fn tasks(&self) -> impl Iterator<Item = (&TaskId, &TaskTicks)> {
        self.tasks.iter().map(|(id, ticks)| (id, &ticks.value))
    }

    pub fn pauses(&self) -> impl Iterator<Item = (EventId, &Pause)> {
        self.pauses.iter().map(|(id, held)| (*id, &held.value.pause))
    }

    pub(super) fn tick(&mut self, release: &IndexedRelease, task: &TaskId, tick: Tick) -> Result<Applied, Refusal> {
        let journey = release.release.journey.as_ref();
        let known = journey.and_then(|journey| journey.task(task)).ok_or(Refusal::UnknownTask)?;
        if !known.kind.takes(tick.item) {
            return Err(Refusal::TaskMismatch);
        }
        let held = self.tasks.entry(task.clone()).or_default();
        match held.value.ticks.binary_search_by_key(&tick.item, |tick| tick.item) {
            Ok(place) => {
                let last = &held.value.ticks[place];
                if (last.moment, last.id) < (tick.moment, tick.id) {
                    held.change().ticks[place] = tick;
                }
            }
            Err(place) => held.change().ticks.insert(place, tick),
        }
        Ok(Applied::Ticked)
    }

    pub(super) fn pause(&mut self, id: EventId, pause: Pause) -> Applied {
        match self.pauses.get_mut(&id) {
            Some(held) if held.value.pause >= pause => {}
            Some(held) => held.change().pause = pause,
            None => {
                let value = HeldPause { pause, more: Map::new() };
                self.pauses.insert(id, Tracked { value, changed: true });
            }
        }
        Applied::Paused
    }

    /// An event named this release.
    pub(super) fn follow(&mut self, release: &IndexedRelease, moment: Moment) {
        if release.release.journey.is_none() {
            return;
        }
        match &mut self.followed {
            Some(followed) => {
                let of = &followed.value;
                let older = (release.release.serial, &release.id) < (of.serial, &of.release);
                if older || moment < of.begun {
                    let followed = followed.change();
                    if older {
                        (followed.serial, followed.release) = (release.release.serial, release.id.clone());
                    }
                    followed.begun = followed.begun.min(moment);
                }
            }
            None => {
                let (release, serial) = (release.id.clone(), release.release.serial);
                let value = Followed { release, serial, begun: moment, more: Map::new() };
                self.followed = Some(Tracked { value, changed: true });
            }
        }
    }
}
