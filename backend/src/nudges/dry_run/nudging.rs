//! Nudges as the planner would have shown them: at 19:00 where nothing says otherwise, to a person who permits all of them.

use qadam_domain::nudges::plan::{Plan, Scheduled, Situation, Why, plan};
use qadam_domain::nudges::zone::Offsets;
use qadam_domain::nudges::{By, Candidate, Platform, Preferences, SLOTS, Shown, servers_weekday};
use qadam_domain::time::{DAY, Day, MINUTE, Millis};

/// What was shown longer ago stands in nobody's way: it was in another week.
const REMEMBERED: Millis = 8 * DAY;

/// A person's nudges. Times are those of their clocks, as if these showed UTC.
pub struct Nudging {
    zone: Offsets,
    preferences: Preferences,
    weekday: u8,
    open: Vec<Open>,
    shown: Vec<Shown>,
    scheduled: Vec<Scheduled>,
}

struct Open {
    candidate: Candidate,
    /// The rule's place.
    rule: usize,
    /// What stood in its way last.
    why: Option<Why>,
}

/// What became of a nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Shown,
    HeldOut,
    Outranked,
    DayTaken,
    WeekFull,
    ServersDay,
    Quiet,
    Expired,
    /// It would come after the last day.
    Later,
}

impl Outcome {
    pub const ALL: [Self; 9] = [
        Self::Shown,
        Self::HeldOut,
        Self::Outranked,
        Self::DayTaken,
        Self::WeekFull,
        Self::ServersDay,
        Self::Quiet,
        Self::Expired,
        Self::Later,
    ];
}

/// A time of the person's clocks.
pub fn wall(day: Day, minute: u16) -> Millis {
    day.start(0).saturating_add(Millis::from(minute) * MINUTE)
}

impl Nudging {
    pub fn new(distributor: &str) -> Self {
        Self {
            zone: Offsets::fixed(0),
            preferences: Preferences::default(),
            weekday: servers_weekday(distributor),
            open: Vec::new(),
            shown: Vec::new(),
            scheduled: Vec::new(),
        }
    }

    /// Plans anew with these, which the rules at those places decided; first of all what was planned comes to pass.
    pub fn add(&mut self, now: Millis, new: Vec<(usize, Candidate)>, tell: &mut impl FnMut(usize, Outcome)) {
        self.pass(now, tell);
        self.open.extend(new.into_iter().map(|(rule, candidate)| Open { candidate, rule, why: None }));
        let candidates: Vec<Candidate> = self.open.iter().map(|open| open.candidate.clone()).collect();
        let situation = Situation {
            now,
            zone: &self.zone,
            preferences: &self.preferences,
            shown: &self.shown,
            platform: Platform { permission: true, lease: Some(Millis::MAX), slots: SLOTS },
            servers_weekday: self.weekday,
        };
        let Plan { scheduled, waiting } = plan(&situation, &candidates);
        self.scheduled = scheduled;
        self.open.retain_mut(|open| {
            let Ok(place) = waiting.binary_search_by(|(id, _)| id.cmp(&open.candidate.id)) else { return true };
            let why = &waiting[place].1;
            if *why == Why::Expired {
                tell(open.rule, outcome(open.why.as_ref().unwrap_or(why)));
                return false;
            }
            open.why = Some(why.clone());
            true
        });
    }

    /// The run is over.
    pub fn end(mut self, now: Millis, tell: &mut impl FnMut(usize, Outcome)) {
        self.pass(now, tell);
        for open in &self.open {
            let is_to_come = self.scheduled.iter().any(|scheduled| scheduled.id == open.candidate.id);
            let why = open.why.as_ref().filter(|_| !is_to_come);
            tell(open.rule, why.map_or(Outcome::Later, outcome));
        }
    }

    fn pass(&mut self, now: Millis, tell: &mut impl FnMut(usize, Outcome)) {
        let passed = self.scheduled.partition_point(|scheduled| scheduled.at <= now);
        for Scheduled { id, at, held_out, .. } in self.scheduled.drain(..passed) {
            let Some(place) = self.open.iter().position(|open| open.candidate.id == id) else { continue };
            let Open { candidate, rule, .. } = self.open.swap_remove(place);
            let group = candidate.group.map(|group| (group, candidate.day));
            self.shown.push(Shown { id, at, day: self.zone.local(at).0, by: By::Phone, group });
            tell(rule, if held_out { Outcome::HeldOut } else { Outcome::Shown });
        }
        self.shown.retain(|shown| now.saturating_sub(shown.at) <= REMEMBERED);
    }
}

fn outcome(why: &Why) -> Outcome {
    match why {
        Why::HeldOut => Outcome::HeldOut,
        Why::Outranked(_) => Outcome::Outranked,
        Why::DayTaken(_) => Outcome::DayTaken,
        Why::WeekFull => Outcome::WeekFull,
        Why::ServersDay => Outcome::ServersDay,
        Why::Quiet => Outcome::Quiet,
        Why::NoSlot | Why::NotYet => Outcome::Later,
        // Nothing else stands in the way of who permits everything.
        Why::Expired
        | Why::Shown
        | Why::NoPermission
        | Why::OtherDevice
        | Why::Off(_)
        | Why::Never
        | Why::Paused(_) => Outcome::Expired,
    }
}
