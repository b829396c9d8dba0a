//! The plan for the coming days. A pure function: what it says twice of the same is the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::zone::Offsets;
use super::{
    A_DAY, A_WEEK, APART, AWAKE, By, Candidate, PHONES_A_WEEK, Platform, Preferences, SERVERS_A_WEEK, SERVERS_HOURS,
    Shown, week, weekday,
};
use crate::ids::{DecisionId, GroupId};
use crate::rules::Category;
use crate::time::{Day, MINUTE, Millis};

/// What is known when somebody plans.
pub struct Situation<'a> {
    pub now: Millis,
    pub zone: &'a Offsets,
    pub preferences: &'a Preferences,
    /// Whatever was shown by any of the account's devices and the server, in any order; what is older than a week matters for repetition alone.
    pub shown: &'a [Shown],
    pub platform: Platform,
    /// [`super::servers_weekday`]
    pub servers_weekday: u8,
}

/// What is to be shown, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// For the platform, by time.
    pub scheduled: Vec<Scheduled>,
    /// What waits in the messages, by id.
    pub waiting: Vec<(DecisionId, Why)>,
}

/// A place in the coming days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    pub id: DecisionId,
    pub at: Millis,
    /// From then on it is shown no more.
    pub expires: Millis,
    /// Nothing is shown: it is noted when its time has passed.
    pub held_out: bool,
}

/// Why something is not shown, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was shown.
    Shown,
    /// The app may not show notifications.
    NoPermission,
    /// Another of the person's devices shows them.
    OtherDevice,
    /// The person switched the category off.
    Off(Category),
    /// The person wants nothing of this rule again.
    Never,
    /// Nothing comes up to and with this day.
    Paused(Day),
    /// A higher one of its group is shown.
    Outranked(DecisionId),
    /// Its time is over, or is before anything could come.
    Expired,
    /// It would have come at night, and was of no use in the morning.
    Quiet,
    /// That day, or the time close to it, belongs to another one.
    DayTaken(DecisionId),
    /// The week has as many as it may.
    WeekFull,
    /// The day is the server's.
    ServersDay,
    /// The platform keeps no more; it comes with a later plan.
    NoSlot,
    /// It is wanted later.
    NotYet,
    /// The person is one of those who get nothing of it.
    HeldOut,
}

/// Plans. Of two with one id the first counts.
pub fn plan(situation: &Situation<'_>, candidates: &[Candidate]) -> Plan {
    let mut plan = Plan::default();
    let mut taken = Taken::of(situation.shown);
    let shown: BTreeSet<&DecisionId> = situation.shown.iter().map(|shown| &shown.id).collect();
    let mut known = BTreeSet::new();
    let mut open: Vec<&Candidate> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| known.insert(&candidate.id)) {
        match refused(situation, candidate, &shown) {
            Some(why) => plan.waiting.push((candidate.id.clone(), why)),
            None => open.push(candidate),
        }
    }
    open.sort_by_key(|candidate| (Reverse(candidate.priority), candidate.day, candidate.minute, &candidate.id));
    let mut asked: BTreeSet<&DecisionId> = BTreeSet::new();
    let mut groups: BTreeMap<(GroupId, Day), &DecisionId> =
        situation.shown.iter().filter_map(|shown| Some((shown.group.clone()?, &shown.id))).collect();
    for candidate in open {
        // What the person asked for stands alone.
        let group = candidate.rule.as_ref().and(candidate.group.clone()).map(|group| (group, candidate.day));
        if let Some(highest) = group.as_ref().and_then(|group| groups.get(group)) {
            plan.waiting.push((candidate.id.clone(), Why::Outranked((*highest).clone())));
            continue;
        }
        match place(situation, candidate, &taken) {
            Ok((at, expires)) => {
                match candidate.rule {
                    Some(_) => taken.add(candidate.id.clone(), at, situation.zone.local(at).0),
                    None => {
                        asked.insert(&candidate.id);
                    }
                }
                let held_out = candidate.held_out;
                // One that finds no place outranks nobody.
                groups.extend(group.map(|group| (group, &candidate.id)));
                plan.scheduled.push(Scheduled { id: candidate.id.clone(), at, expires, held_out });
            }
            Err(why) => plan.waiting.push((candidate.id.clone(), why)),
        }
    }
    plan.scheduled.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    // What the person asked for has the first places of the platform's; those that are held out need none.
    let mut own = asked.len().min(situation.platform.slots);
    let mut rest = situation.platform.slots - own;
    plan.scheduled.retain(|scheduled| {
        let left = if asked.contains(&scheduled.id) { &mut own } else { &mut rest };
        let fits = scheduled.held_out || *left > 0;
        if !fits {
            plan.waiting.push((scheduled.id.clone(), Why::NoSlot));
        }
        *left -= usize::from(fits && !scheduled.held_out);
        fits
    });
    plan.waiting.sort_by(|a, b| a.0.cmp(&b.0));
    plan
}

/// Whether the server may show something now. It counts what it knows; the phone keeps off this weekday.
///
/// # Errors
/// Why not.
pub fn server_may_show(situation: &Situation<'_>, candidate: &Candidate) -> Result<(), Why> {
    let shown = situation.shown.iter().map(|shown| &shown.id).collect();
    // The server asks no phone.
    let lent = Situation { platform: Platform { lease: Some(Millis::MAX), ..situation.platform }, ..*situation };
    if let Some(why) = refused(&lent, candidate, &shown) {
        return Err(why);
    }
    let (day, minute) = situation.zone.local(situation.now);
    if weekday(day) != situation.servers_weekday {
        return Err(Why::ServersDay);
    }
    if !SERVERS_HOURS.contains(&minute) {
        return Err(Why::Quiet);
    }
    if let Some(paused) = situation.preferences.paused.filter(|paused| day <= *paused) {
        return Err(Why::Paused(paused));
    }
    let (wanted, expires) = span(situation, candidate);
    if situation.now < wanted {
        return Err(Why::NotYet);
    }
    if situation.now >= expires {
        return Err(Why::Expired);
    }
    if candidate.held_out {
        return Err(Why::HeldOut);
    }
    Taken::of(situation.shown).refuses(situation.now, day, By::Server).map_or(Ok(()), Err)
}

/// What keeps it from any time.
fn refused(situation: &Situation<'_>, candidate: &Candidate, shown: &BTreeSet<&DecisionId>) -> Option<Why> {
    let Situation { preferences, platform, .. } = situation;
    if shown.contains(&candidate.id) {
        return Some(Why::Shown);
    }
    if let Some(rule) = &candidate.rule {
        if preferences.never.contains(rule) {
            return Some(Why::Never);
        }
        if preferences.off.contains(&candidate.category) {
            return Some(Why::Off(candidate.category));
        }
    }
    if !platform.permission {
        return Some(Why::NoPermission);
    }
    platform.lease.is_none_or(|until| situation.now >= until).then_some(Why::OtherDevice)
}

/// When it is wanted, and when it is of no use any more.
fn span(situation: &Situation<'_>, candidate: &Candidate) -> (Millis, Millis) {
    let best = situation.preferences.best.clamp(AWAKE.start, AWAKE.end - 1);
    let wanted = situation.zone.instant(candidate.day, candidate.minute.unwrap_or(best));
    (wanted, wanted.saturating_add(Millis::from(candidate.expires) * 60 * MINUTE))
}

/// The first time at which it may come.
fn place(situation: &Situation<'_>, candidate: &Candidate, taken: &Taken) -> Result<(Millis, Millis), Why> {
    let (wanted, expires) = span(situation, candidate);
    let earliest = wanted.max(situation.now);
    if earliest >= expires {
        return Err(Why::Expired);
    }
    let until = situation.platform.lease.unwrap_or(Millis::MIN);
    if earliest >= until {
        return Err(Why::OtherDevice);
    }
    if candidate.rule.is_none() {
        return Ok((earliest, expires));
    }
    let zone = situation.zone;
    let best = situation.preferences.best.clamp(AWAKE.start, AWAKE.end - 1);
    let (first, last) = (zone.local(earliest).0, zone.local(expires).0);
    let mut why = None;
    let mut day = first;
    while day <= last {
        // What falls into the night comes in the morning.
        let morning = day == first.plus(1) && why == Some(Why::Quiet);
        let begin = match day == first {
            true => earliest,
            false => zone.instant(day, if morning { AWAKE.start } else { best }),
        };
        match fits(situation, taken, day, begin.max(earliest), expires) {
            Ok(at) if at >= until => return Err(Why::OtherDevice),
            Ok(at) => return Ok((at, expires)),
            // What stood in its way on the day for which it was wanted.
            Err(refusal) => why = why.or(Some(refusal)),
        }
        day = day.plus(1);
        if day == Day::MAX {
            break;
        }
    }
    Err(why.unwrap_or(Why::Expired))
}

/// The first time on this day, from `begin` on.
fn fits(situation: &Situation<'_>, taken: &Taken, day: Day, begin: Millis, expires: Millis) -> Result<Millis, Why> {
    let zone = situation.zone;
    if let Some(paused) = situation.preferences.paused.filter(|paused| day <= *paused) {
        return Err(Why::Paused(paused));
    }
    let at = begin.max(zone.instant(day, AWAKE.start));
    let (local, minute) = zone.local(at);
    if local != day || !AWAKE.contains(&minute) || at >= expires {
        return Err(if begin < expires { Why::Quiet } else { Why::Expired });
    }
    if weekday(day) == situation.servers_weekday {
        return Err(Why::ServersDay);
    }
    taken.refuses(at, day, By::Phone).map_or(Ok(at), Err)
}

/// The places that are taken.
struct Taken(Vec<Shown>);

impl Taken {
    fn of(shown: &[Shown]) -> Self {
        Self(shown.iter().filter(|shown| shown.by != By::Person).cloned().collect())
    }

    fn add(&mut self, id: DecisionId, at: Millis, day: Day) {
        self.0.push(Shown { id, at, day, by: By::Phone, group: None });
    }

    /// Why one more of theirs can't come then.
    fn refuses(&self, at: Millis, day: Day, by: By) -> Option<Why> {
        let is_near = |other: &&Shown| other.day == day || at.abs_diff(other.at) < APART as u64;
        if let Some(other) = self.0.iter().filter(is_near).nth(A_DAY - 1) {
            return Some(Why::DayTaken(other.id.clone()));
        }
        let in_week = || self.0.iter().filter(|other| week(other.day) == week(day));
        let most = if by == By::Server { SERVERS_A_WEEK } else { PHONES_A_WEEK };
        let is_full = in_week().count() >= A_WEEK || in_week().filter(|other| other.by == by).count() >= most;
        is_full.then_some(Why::WeekFull)
    }
}
