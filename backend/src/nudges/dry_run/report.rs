//! What a run found, for staff: as JSON, or as a table. Nobody is named in it, and nothing that would tell who somebody is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use qadam_domain::ids::RuleId;
use qadam_domain::rules::{Compared, Effect, Slot};
use qadam_domain::time::Day;
use serde::Serialize;

use super::nudging::Outcome;
use super::{Rules, Span, Work};

/// What is taken for granted; it stands in each report.
const ASSUMED: [&str; 7] = [
    "each set is in force from the first day on, and what was decided before that stays decided",
    "events count when they were done, though a phone may have sent them days later",
    "what the back office confirmed counts as it stands now, and comes at noon of its day",
    "nudges are permitted, come at 19:00 where nothing says otherwise, and are planned when they are decided",
    "a silence is told where a phone of the person was heard of on that day or later",
    "whether the sponsor may be told, and who that is, counts as it stands now",
    "segments and conditions that ask for what only a phone or the running server knows are left out",
];

/// What the changed set would have done, and what the live one would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub from: Day,
    pub until: Day,
    pub people: u64,
    pub events: u64,
    /// Sales, volumes and ranks that the back office confirmed.
    pub results: u64,
    /// The changed set's in its order, then those that it does not have any more.
    pub rules: Vec<Replayed>,
    pub assumed: Vec<&'static str>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    pub rule: RuleId,
    /// Facts that no journal tells: with one of them the rule is not replayed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// `None` where the set does not have it, or it is not replayed.
    pub changed: Option<Counts>,
    pub live: Option<Counts>,
    /// How many times more it moves somebody than it does now.
    pub difference: i64,
    /// Of the changed set, or else of the live one.
    pub examples: Vec<Example>,
}

/// How often a rule did what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Windows in which it moved somebody, those who are held out among them.
    pub times: u64,
    pub people: u64,
    pub held_out: u64,
    /// A higher rule of its group went before it.
    pub kept_back: u64,
    /// Silences that no phone proves.
    pub unheard: u64,
    pub points: u64,
    /// Courses, lessons and tasks.
    pub given: u64,
    pub nudges: Nudges,
    pub words: Words,
    pub offers: Offers,
    /// By the week's Monday.
    pub weeks: BTreeMap<Day, u64>,
    pub segments: BTreeMap<String, u64>,
    pub markets: BTreeMap<String, u64>,
}

/// What became of a rule's nudges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Nudges {
    pub shown: u64,
    pub held_out: u64,
    /// A higher one of the group was shown.
    pub outranked: u64,
    /// The day had one.
    pub day_taken: u64,
    /// The week had as many as it may.
    pub week_full: u64,
    /// The day is kept free for the server.
    pub servers_day: u64,
    /// Only the night was left.
    pub night: u64,
    pub expired: u64,
    /// To come after the last day.
    pub later: u64,
}

/// Words to the sponsor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    pub told: u64,
    /// The person does not share, or has neither sponsor nor mentor.
    pub kept: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Offers {
    pub made: u64,
    /// There were no more.
    pub beyond_total: u64,
}

/// One of those whom the rule moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    pub day: Day,
    pub compared: Vec<Compared>,
}

pub fn report(sets: &[Rules; 2], span: Span, work: &Work) -> Report {
    let [changed, live] = sets;
    let mut ids: Vec<&RuleId> = changed.listed().collect();
    let known: BTreeSet<&RuleId> = ids.iter().copied().collect();
    ids.extend(live.listed().filter(|id| !known.contains(id)));
    let rules = ids.into_iter().map(|id| {
        let counts = |set: usize| {
            let place = sets[set].place(id)?;
            Some(work.tallies[set].0[place].counts.within(total(&sets[set], id)))
        };
        let (of_changed, of_live) = (counts(0), counts(1));
        let times = |counts: &Option<Counts>| counts.as_ref().map_or(0, |counts| counts.times as i64);
        let shown = sets.iter().zip(&work.tallies).find_map(|(rules, tally)| Some(&tally.0[rules.place(id)?].examples));
        let examples = shown.into_iter().flat_map(BTreeMap::values);
        Replayed {
            rule: id.clone(),
            unknown: changed.unknown.get(id).or(live.unknown.get(id)).cloned().unwrap_or_default(),
            difference: times(&of_changed) - times(&of_live),
            changed: of_changed,
            live: of_live,
            examples: examples.cloned().collect(),
        }
    });
    Report {
        from: span.from,
        until: span.until,
        people: work.people,
        events: work.events,
        results: work.results,
        rules: rules.collect(),
        assumed: ASSUMED.to_vec(),
    }
}

/// How many offers a rule may make.
fn total(rules: &Rules, id: &RuleId) -> u64 {
    let effects = rules.find(id).into_iter().flat_map(|(_, rule)| &rule.then);
    let offers = effects.filter_map(|effect| if let Effect::Offer(offer) = effect { Some(offer.total) } else { None });
    offers.map(u64::from).sum()
}

impl Rules {
    /// Those that are replayed, and those that are not.
    fn listed(&self) -> impl Iterator<Item = &RuleId> {
        let replayed = self.release.release.rules.iter().filter_map(Slot::rule).map(|rule| &rule.id);
        replayed.chain(self.unknown.keys())
    }
}

impl Counts {
    pub(super) fn join(&mut self, other: Self) {
        fn add<K: Ord>(into: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
            from.into_iter().for_each(|(key, count)| *into.entry(key).or_default() += count);
        }
        self.times += other.times;
        self.people += other.people;
        self.held_out += other.held_out;
        self.kept_back += other.kept_back;
        self.unheard += other.unheard;
        self.points += other.points;
        self.given += other.given;
        self.nudges.join(other.nudges);
        self.words.told += other.words.told;
        self.words.kept += other.words.kept;
        self.offers.made += other.offers.made;
        self.offers.beyond_total += other.offers.beyond_total;
        add(&mut self.weeks, other.weeks);
        add(&mut self.segments, other.segments);
        add(&mut self.markets, other.markets);
    }

    /// With so many offers made at most.
    fn within(&self, total: u64) -> Self {
        let made = self.offers.made.min(total);
        Self { offers: Offers { made, beyond_total: self.offers.made - made }, ..self.clone() }
    }
}

impl Nudges {
    pub(super) fn of(&mut self, outcome: Outcome) -> &mut u64 {
        match outcome {
            Outcome::Shown => &mut self.shown,
            Outcome::HeldOut => &mut self.held_out,
            Outcome::Outranked => &mut self.outranked,
            Outcome::DayTaken => &mut self.day_taken,
            Outcome::WeekFull => &mut self.week_full,
            Outcome::ServersDay => &mut self.servers_day,
            Outcome::Quiet => &mut self.night,
            Outcome::Expired => &mut self.expired,
            Outcome::Later => &mut self.later,
        }
    }

    fn join(&mut self, mut other: Self) {
        Outcome::ALL.into_iter().for_each(|outcome| *self.of(outcome) += *other.of(outcome));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until, people, events, results, rules, assumed } = self;
        writeln!(f, "{from} to {until}: {people} people, {events} events, {results} results")?;
        let width = rules.iter().map(|it| it.rule.as_str().len()).max().unwrap_or(0).max(4);
        writeln!(f, "\n{:width$}  {:>8} {:>8} {:>8} {:>8}", "rule", "times", "people", "live", "+/-")?;
        for Replayed { rule, unknown, changed, live, difference, .. } in rules {
            if unknown.is_empty() {
                let number = |counts: &Option<Counts>, of: fn(&Counts) -> u64| {
                    counts.as_ref().map_or("none".into(), |counts| of(counts).to_string())
                };
                let (times, people) = (number(changed, |it| it.times), number(changed, |it| it.people));
                let live = number(live, |it| it.times);
                writeln!(f, "{rule:width$}  {times:>8} {people:>8} {live:>8} {difference:>+8}", rule = rule.as_str())?;
            } else {
                writeln!(f, "{:width$}  not replayed: {} is in no journal", rule.as_str(), unknown.join(", "))?;
            }
        }
        for Replayed { rule, changed, live, examples, .. } in rules {
            let Some(counts) = changed.as_ref().or(live.as_ref()).filter(|counts| counts.tells()) else {
                continue;
            };
            let of_live = if changed.is_some() { "" } else { ", as it is live" };
            writeln!(f, "\n{rule}{of_live}")?;
            counts.fmt(f)?;
            for (n, Example { day, compared }) in (1..).zip(examples) {
                let compared: Vec<String> = compared.iter().map(Compared::to_string).collect();
                writeln!(
                    f,
                    "  person {n}, {day}: {}",
                    if compared.is_empty() { "no condition".into() } else { compared.join("; ") }
                )?;
            }
        }
        writeln!(f, "\nTaken for granted:")?;
        for line in assumed {
            writeln!(f, "- {line}")?;
        }
        Ok(())
    }
}

impl Counts {
    /// Whether there is anything to be told.
    fn tells(&self) -> bool {
        self.times + self.kept_back + self.unheard > 0
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, what: &str, parts: &[(&str, u64)]| {
            let told: Vec<String> =
                parts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")).collect();
            if told.is_empty() { Ok(()) } else { writeln!(f, "  {what}: {}", told.join(", ")) }
        };
        let Nudges { shown, held_out, outranked, day_taken, week_full, servers_day, night, expired, later } =
            self.nudges;
        line(
            f,
            "decisions",
            &[
                ("made", self.times),
                ("held out", self.held_out),
                ("kept back by its group", self.kept_back),
                ("silences that no phone proves", self.unheard),
            ],
        )?;
        line(f, "given", &[("points", self.points), ("courses, lessons and tasks", self.given)])?;
        line(
            f,
            "nudges",
            &[
                ("shown", shown),
                ("held out", held_out),
                ("outranked in their group", outranked),
                ("the day had one", day_taken),
                ("the week was full", week_full),
                ("the server's day", servers_day),
                ("only the night was left", night),
                ("expired", expired),
                ("after the last day", later),
            ],
        )?;
        line(f, "words to the sponsor", &[("told", self.words.told), ("kept", self.words.kept)])?;
        line(f, "offers", &[("made", self.offers.made), ("beyond their total", self.offers.beyond_total)])?;
        let named = |counts: &BTreeMap<String, u64>| {
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        if !self.segments.is_empty() {
            writeln!(f, "  by segment: {}", named(&self.segments))?;
        }
        if self.markets.len() > 1 {
            writeln!(f, "  by market: {}", named(&self.markets))?;
        }
        if !self.weeks.is_empty() {
            let weeks: Vec<String> = self.weeks.iter().map(|(monday, count)| format!("{monday} {count}")).collect();
            writeln!(f, "  by week from: {}", weeks.join(", "))?;
        }
        Ok(())
    }
}
