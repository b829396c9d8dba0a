//! Effects that are decided once, by one side: nudges, words to the sponsor, offers.
//!
//! A decision has an id of rule, person and window, so whoever makes it twice makes the same one. Nudges are the phone's to decide, save those that
//! rest on what the server alone knows, or that answer what the server learns first; words and offers are the server's. What is to come is
//! foretold: [`at`] a later day, as if nothing were done until then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::condition::Compared;
use super::person::Person;
use super::{Condition, Effect, Home, Nudge, Rule, Trigger, When, derived};
use crate::ids::{DecisionId, RuleId};
use crate::release::IndexedRelease;
use crate::time::{Day, Millis};

/// What happened longer ago than this moves nobody any more: an import of old sales is silent. In milliseconds.
pub const FRESH: Millis = 72 * 60 * 60_000;
/// Comparisons that a decision keeps, of all that its condition has.
pub const MAX_COMPARED: usize = 16;

/// Who decides an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Phone,
    Server,
}

/// That a rule moves a person, once in a window of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decision {
    pub rule: RuleId,
    /// The rule's window: `ever`, or the day on which it begins.
    pub window: String,
    /// The person's day for which it is.
    pub day: Day,
    /// The minute of that day, where the rule names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u16>,
    /// The person is one of those who get nothing of it, so that its worth can be seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_out: bool,
    /// What the condition compared, in its order; of many the first [`MAX_COMPARED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
}

impl Decision {
    /// The first 128 bits of SHA-256 (FIPS 180-4) of rule, person and window, each ended by a zero byte.
    pub fn id(&self, distributor: &str) -> DecisionId {
        let mut hash = Sha256::new();
        for part in [self.rule.as_str(), distributor, &self.window] {
            hash.update(part);
            hash.update([0]);
        }
        DecisionId::new(hex::encode(&hash.finalize()[..16])).expect("32 hexadecimal digits")
    }
}

impl Rule {
    /// Who decides this effect of it; `None` for what the fold derives.
    pub fn decider(&self, effect: &Effect) -> Option<Side> {
        let learns_first =
            matches!(self.when, When::Event(Trigger::SaleConfirmed | Trigger::VolumeCounted | Trigger::RankReached));
        match effect {
            Effect::Points(_) | Effect::Course(_) | Effect::Lesson(_) | Effect::Task(_) => None,
            Effect::Sponsor(_) | Effect::Offer(_) => Some(Side::Server),
            Effect::Nudge(_) if self.home() == Some(Home::Server) => Some(Side::Server),
            Effect::Nudge(_) if learns_first && self.home() == Some(Home::Journal) => Some(Side::Server),
            Effect::Nudge(_) => Some(Side::Phone),
        }
    }

    /// Its nudge, of which it has one at most.
    pub fn nudge(&self) -> Option<&Nudge> {
        self.then.iter().find_map(|effect| if let Effect::Nudge(nudge) = effect { Some(nudge) } else { None })
    }

    /// Whether this side decides anything of it.
    pub fn is_decided_by(&self, side: Side) -> bool {
        self.then.iter().any(|effect| self.decider(effect) == Some(side))
    }

    /// The minute of the person's day on which it looks; `None` where it answers an event or a segment.
    pub fn minute(&self) -> Option<u16> {
        match self.when {
            When::Event(_) | When::Enters(_) | When::Leaves(_) => None,
            When::Daily { minute }
            | When::Joined { minute, .. }
            | When::MonthEnds { minute, .. }
            | When::After { minute, .. }
            | When::Silence { minute, .. } => Some(minute),
        }
    }
}

/// Whether the condition of the rules with this id held when somebody last looked. One that is missing was not looked at: being in a segment is not
/// entering it.
pub type Segments = BTreeMap<RuleId, bool>;

/// What the side decides because of something that happened on a day, which may be over by now. Whether it is fresh, and whether it was decided before,
/// is the caller's to know.
pub fn answer(person: &Person<'_>, side: Side, trigger: Trigger, day: Day, today: Day) -> Vec<Decision> {
    let rules = person.release.emitted(side).filter(|rule| rule.when == When::Event(trigger));
    rules.filter_map(|rule| decide(person, rule, day, today.max(day))).collect()
}

/// What the side decides on a day because of the time, and the segments as they are then.
pub fn at(person: &Person<'_>, side: Side, day: Day, before: &Segments) -> (Vec<Decision>, Segments) {
    let mut segments = Segments::new();
    let mut decisions = Vec::new();
    for rule in person.release.emitted(side) {
        let comes = match &rule.when {
            When::Event(_) => false,
            When::Enters(segment) | When::Leaves(segment) => {
                let holds = holds(person, segment, rule, day);
                segments.insert(rule.id.clone(), holds);
                let wanted = matches!(rule.when, When::Enters(_));
                holds == wanted && before.get(&rule.id) == Some(&!wanted)
            }
            _ => comes_up(person, &rule.when, day),
        };
        if comes {
            decisions.extend(decide(person, rule, day, day));
        }
    }
    (decisions, segments)
}

/// The first day from `from` to `until` on which the side would decide something because of the time, as if nothing were done until then; and the
/// earliest minute of it.
pub fn next(person: &Person<'_>, side: Side, from: Day, until: Day, before: &Segments) -> Option<(Day, u16)> {
    let mut segments = before.clone();
    let mut day = from;
    while day <= until {
        let (decisions, now) = at(person, side, day, &segments);
        if !decisions.is_empty() {
            return Some((day, decisions.iter().map(|decision| decision.minute.unwrap_or(0)).min().unwrap_or(0)));
        }
        segments = now;
        day = day.plus(1);
    }
    None
}

/// Of the decisions those that a group lets through, and those that a higher one of their group keeps back, each with that one.
pub fn of_groups(release: &IndexedRelease, decisions: Vec<Decision>) -> (Vec<Decision>, Vec<(Decision, RuleId)>) {
    let rule = |decision: &Decision| release.rule(&decision.rule);
    let mut highest: BTreeMap<_, (u8, std::cmp::Reverse<RuleId>)> = BTreeMap::new();
    for rule in decisions.iter().filter_map(rule) {
        let Some(group) = &rule.limits.group else { continue };
        let rank = (rule.limits.priority, std::cmp::Reverse(rule.id.clone()));
        let known = highest.entry(group.clone()).or_insert_with(|| rank.clone());
        if rank > *known {
            *known = rank;
        }
    }
    let mut kept_back = Vec::new();
    let mut through = Vec::new();
    for decision in decisions {
        let by = rule(&decision).and_then(|rule| rule.limits.group.as_ref()).and_then(|group| highest.get(group));
        match by {
            Some((_, by)) if by.0 != decision.rule => kept_back.push((decision, by.0.clone())),
            _ => through.push(decision),
        }
    }
    (through, kept_back)
}

fn comes_up(person: &Person<'_>, when: &When, day: Day) -> bool {
    let ago = |days: u16| day.plus(-i32::from(days));
    match when {
        When::Event(_) | When::Enters(_) | When::Leaves(_) => false,
        When::Daily { .. } => true,
        When::Joined { days, .. } => person.distributor.joined == ago(*days),
        When::MonthEnds { days, .. } => person.period_end(day) == day.plus(i32::from(*days)),
        When::After { event, days, unless, .. } => {
            let since = ago(*days);
            let came = |trigger: Trigger| person.days(trigger);
            came(*event).binary_search(&since).is_ok()
                && unless.is_none_or(|unless| !came(unless).iter().any(|other| (since..=day).contains(other)))
        }
        When::Silence { days, .. } => *days > 0 && person.last_activity(day) == ago(*days),
    }
}

/// `happened` names the window, `today` is the day on which the condition is asked.
fn decide(person: &Person<'_>, rule: &Rule, happened: Day, today: Day) -> Option<Decision> {
    if rule.limits.until.is_some_and(|until| happened > until) {
        return None;
    }
    let begin = rule.limits.per.begin(happened);
    let facts = person.on(today, begin);
    if !rule.condition.holds(&facts) {
        return None;
    }
    let mut compared = rule.condition.compared(&facts);
    if let When::Enters(segment) | When::Leaves(segment) = &rule.when {
        compared.extend(segment.compared(&facts));
    }
    compared.truncate(MAX_COMPARED);
    Some(Decision {
        rule: rule.id.clone(),
        window: derived::name(rule.limits.per, begin),
        day: today,
        minute: rule.minute(),
        held_out: rule.holds_out(&person.distributor.id),
        compared,
    })
}

fn holds(person: &Person<'_>, segment: &Condition, rule: &Rule, day: Day) -> bool {
    segment.holds(&person.on(day, rule.limits.per.begin(day)))
}

/// Why a rule did or did not move a person on a day: what it waits for, and what its condition compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its time came up, or it answers an event, whose coming is the journal's to know.
    pub comes_up: bool,
    /// It is over.
    pub over: bool,
    pub holds: bool,
    pub held_out: bool,
    pub compared: Vec<Compared>,
}

/// Asks one rule about one person and day.
pub fn explain(person: &Person<'_>, rule: &Rule, day: Day, before: &Segments) -> Answer {
    let facts = person.on(day, rule.limits.per.begin(day));
    let mut compared = rule.condition.compared(&facts);
    let comes_up = match &rule.when {
        When::Event(trigger) => person.days(*trigger).binary_search(&day).is_ok(),
        When::Enters(segment) | When::Leaves(segment) => {
            compared.extend(segment.compared(&facts));
            let wanted = matches!(rule.when, When::Enters(_));
            segment.holds(&facts) == wanted && before.get(&rule.id) == Some(&!wanted)
        }
        when => comes_up(person, when, day),
    };
    Answer {
        comes_up,
        over: rule.limits.until.is_some_and(|until| day > until),
        holds: rule.condition.holds(&facts),
        held_out: rule.holds_out(&person.distributor.id),
        compared,
    }
}

/// Whether what happened then still moves anybody.
pub fn is_fresh(happened: Millis, now: Millis) -> bool {
    now.saturating_sub(happened) <= FRESH
}
