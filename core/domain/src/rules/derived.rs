//! Effects that are part of the fold: which windows of a rule hold, and since when.
//!
//! A window holds where the condition holds once all of its events are counted. Since the condition never falls, the day on which it began to hold is found by
//! halving the days of its events.

use std::collections::BTreeSet;

use super::{Condition, Fact, Facts, Rule, Trigger, When, Window};
use crate::company::Locale;
use crate::ids::MarketId;
use crate::time::Day;

/// The facts that never fall, as they were at the end of a day.
pub trait History {
    /// `from`: where the rule's window begins. `None`: not known.
    fn number(&self, fact: &Fact, from: Day, until: Day) -> Option<i64>;
    /// The days on which something of this kind happened.
    fn days(&self, trigger: Trigger) -> &BTreeSet<Day>;
}

struct AsOf<'a, H> {
    history: &'a H,
    from: Day,
    until: Day,
}

impl<H: History> Facts for AsOf<'_, H> {
    fn number(&self, fact: &Fact) -> Option<i64> {
        self.history.number(fact, self.from, self.until)
    }

    fn market(&self) -> Option<&MarketId> {
        None
    }

    fn locale(&self) -> Option<Locale> {
        None
    }
}

/// The windows of a rule that hold: where each begins, and the day on which it began to hold.
pub fn windows(rule: &Rule, history: &impl History) -> Vec<(Day, Day)> {
    let When::Event(trigger) = rule.when else { return Vec::new() };
    let mut found = Vec::new();
    let days: Vec<Day> = history.days(trigger).iter().copied().collect();
    for days in days.chunk_by(|a, b| rule.limits.per.begin(*a) == rule.limits.per.begin(*b)) {
        let begin = rule.limits.per.begin(days[0]);
        let last = days.partition_point(|day| rule.limits.until.is_none_or(|until| *day <= until));
        if let Some(day) = first(&rule.condition, history, begin, &days[..last]) {
            found.push((begin, day));
        }
    }
    found
}

/// The first of these rising days at whose end the condition holds.
fn first(condition: &Condition, history: &impl History, from: Day, days: &[Day]) -> Option<Day> {
    let place = days.partition_point(|until| !condition.holds(&AsOf { history, from, until: *until }));
    days.get(place).copied()
}

/// How a window is named in ids: `ever`, or the day on which it begins.
pub fn name(window: Window, begin: Day) -> String {
    if window == Window::Ever { "ever".into() } else { begin.to_string() }
}
