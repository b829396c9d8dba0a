//! One person's life, replayed through one set of rules.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::fold::{self, Applied, Outcome as Folded, Past, State, kind};
use qadam_domain::nudges::Candidate;
use qadam_domain::rules::emitted::{Decision, Segments, Side, answer, at, of_groups};
use qadam_domain::rules::person::Person;
use qadam_domain::rules::{Condition, Effect, Trigger, When, Window, derived};
use qadam_domain::time::Day;

use super::life::{Happening, Life, What};
use super::nudging::{Nudging, Outcome, wall};
use super::report::{Counts, Example};
use super::{Rules, Span};
use crate::nudges::facts;

/// Examples of each rule.
const EXAMPLES: usize = 5;
/// The minutes of a day.
const DAY: u16 = 24 * 60;
const SIDES: [Side; 2] = [Side::Phone, Side::Server];

/// What a set of rules did, by the rules' places.
pub struct Tally(pub Vec<OfRule>);

/// What one rule did.
#[derive(Default)]
pub struct OfRule {
    pub counts: Counts,
    /// By the decision's id, which tells nothing of whose it is: those with the least.
    pub examples: BTreeMap<String, Example>,
}

impl Tally {
    pub fn new(rules: usize) -> Self {
        Self((0..rules).map(|_| OfRule::default()).collect())
    }

    fn count(&mut self, rule: usize, outcome: Outcome) {
        *self.0[rule].counts.nudges.of(outcome) += 1;
    }

    pub fn join(&mut self, other: Self) {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            one.join(other);
        }
    }
}

impl OfRule {
    fn join(&mut self, other: Self) {
        self.counts.join(other.counts);
        self.examples.extend(other.examples);
        self.trim();
    }

    fn trim(&mut self) {
        while self.examples.len() > EXAMPLES {
            self.examples.pop_last();
        }
    }
}

/// Replays.
pub fn replay(rules: &Rules, life: &Life, segments: &[(&str, &Condition)], span: Span, tally: &mut Tally) {
    // As of somebody whose phone has the set already: what is derived follows it from the first event on.
    let totals = format!(r#"{{"serial":{}}}"#, rules.release.release.serial);
    let state = State::load([(kind::TOTALS, fold::TOTALS_ID, totals.as_str())]).expect("a row of totals");
    let nudging = Nudging::new(&life.distributor.id);
    let (done, kept_back, moved) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let book = Book { rules, life, segments, done, kept_back, moved, nudging, tally };
    let mut replay = Replay { book, state, next: 0, held: Segments::new() };
    replay.warm_up(span.from);
    replay.live(span);
    let Replay { mut book, state, .. } = replay;
    book.derive(&state, span);
    let Book { moved, nudging, tally, .. } = book;
    nudging.end(wall(span.until, DAY - 1), &mut |rule, outcome| tally.count(rule, outcome));
    moved.iter().for_each(|rule| tally.0[*rule].counts.people += 1);
}

struct Replay<'a> {
    book: Book<'a>,
    state: State,
    /// The next of the happenings.
    next: usize,
    /// The segments as they were at the last look.
    held: Segments,
}

impl Replay<'_> {
    /// What was before the first day moves nobody.
    fn warm_up(&mut self, from: Day) {
        while self.upcoming().is_some_and(|happening| happening.day < from) {
            self.take();
        }
        fold::settle(&self.book.rules.releases, &mut self.state);
        self.book.remember(&self.state, from);
        let person = self.book.person(&self.state);
        for side in SIDES.into_iter().filter(|_| self.book.rules.has_segments) {
            self.held.extend(at(&person, side, from.plus(-1), &Segments::new()).1);
        }
    }

    /// The days of the run: between two happenings the person stays as they are, and time alone moves them.
    fn live(&mut self, span: Span) {
        let (mut day, mut minute) = (span.from.max(self.book.life.distributor.joined), 0);
        // What is dated before the person joined comes first of all.
        while self.upcoming().is_some_and(|happening| happening.day < day) {
            self.take();
        }
        while day <= span.until {
            match self.upcoming().map(|happening| (happening.day, happening.minute)) {
                Some(next) if next.0 <= span.until => {
                    self.wait((day, minute), next);
                    (day, minute) = self.happen();
                }
                _ => return self.wait((day, minute), (span.until, DAY)),
            }
        }
    }

    fn upcoming(&self) -> Option<&Happening> {
        self.book.life.happenings.get(self.next)
    }

    /// Time passes, from a minute up to before another one of that day or a later.
    fn wait(&mut self, (from, first): (Day, u16), (until, before): (Day, u16)) {
        let person = self.book.person(&self.state);
        let rules = self.book.rules;
        let mut day = from;
        while day <= until {
            let minutes = if day == from { first } else { 0 }..if day == until { before } else { DAY };
            if rules.has_segments || rules.minutes.iter().any(|minute| minutes.contains(minute)) {
                let mut held = Segments::new();
                for side in SIDES {
                    let (mut decisions, segments) = at(&person, side, day, &self.held);
                    held.extend(segments);
                    decisions.retain(|decision| decision.minute.is_none_or(|minute| minutes.contains(&minute)));
                    decisions.sort_by_key(|decision| decision.minute);
                    for some in decisions.chunk_by(|a, b| a.minute == b.minute) {
                        self.book.decide(&person, side, some, (day, some[0].minute.unwrap_or(minutes.start)));
                    }
                }
                self.held = held;
            }
            day = day.plus(1);
        }
    }

    /// The next happenings, up to one that something may follow from; gives when that was.
    fn happen(&mut self) -> (Day, u16) {
        let (mut when, mut triggers) = ((Day::MIN, 0), BTreeSet::new());
        while let Some(Happening { day, minute, .. }) = self.upcoming() {
            let next = (*day, *minute);
            // Reviews of an evening are one.
            let is_one = when == (Day::MIN, 0) || (next.0 == when.0 && !self.book.rules.looks(when.1, next.1));
            if !is_one {
                break;
            }
            when = next;
            let (trigger, ends) = self.take();
            triggers.extend(trigger);
            if ends {
                break;
            }
        }
        let settled = fold::settle(&self.book.rules.releases, &mut self.state);
        let person = self.book.person(&self.state);
        let mut triggers: BTreeSet<(Trigger, Day)> = triggers.into_iter().map(|trigger| (trigger, when.0)).collect();
        let completed = settled.completed.iter().filter_map(|id| self.state.lesson(id)?.completed);
        triggers.extend(completed.map(|moment| (Trigger::LessonCompleted, moment.day)));
        for (trigger, day) in triggers {
            for side in SIDES {
                let decisions = answer(&person, side, trigger, day, when.0);
                self.book.decide(&person, side, &decisions, when);
            }
        }
        when
    }

    /// Takes the next happening. Gives what rules answer of it, and whether they are to be asked before the next one.
    fn take(&mut self) -> (Option<Trigger>, bool) {
        let happening = &self.book.life.happenings[self.next];
        self.next += 1;
        match &happening.what {
            What::Event(event) => match fold::apply(&self.book.rules.releases, &mut self.state, event) {
                Folded::Applied(applied) => {
                    (Trigger::of_event(&applied), matches!(applied, Applied::Quiz(_) | Applied::Read))
                }
                Folded::Kept | Folded::Refused(_) => (None, false),
            },
            What::Confirmed(serial, confirmed) => {
                let is_news = fold::confirm(&mut self.state, *serial, confirmed.clone());
                (Trigger::of_result(confirmed).filter(|_| is_news && !confirmed.is_silent()), true)
            }
        }
    }
}

/// What is decided, and what of that was decided before.
struct Book<'a> {
    rules: &'a Rules,
    life: &'a Life,
    segments: &'a [(&'a str, &'a Condition)],
    /// By rule, window and side.
    done: BTreeSet<(usize, String, Side)>,
    kept_back: BTreeSet<(usize, String)>,
    /// The rules that moved the person.
    moved: BTreeSet<usize>,
    nudging: Nudging,
    tally: &'a mut Tally,
}

impl<'a> Book<'a> {
    fn person<'b>(&self, state: &'b State) -> Person<'b>
    where
        'a: 'b,
    {
        let (rules, life) = (self.rules, self.life);
        Person::new(&life.distributor, facts::locale(&life.distributor), state, &rules.release, None)
    }

    /// What phones noted and the server wrote down for days before the first one.
    fn remember(&mut self, state: &State, from: Day) {
        let noted = state.nudges().map(|(_, noted)| &noted.decision).filter(|decision| decision.day < from);
        for decision in noted {
            let Some(rule) = self.rules.place(&decision.rule) else { continue };
            self.done.extend(SIDES.map(|side| (rule, decision.window.clone(), side)));
        }
    }

    /// A side decides these at a time.
    fn decide(&mut self, person: &Person<'_>, side: Side, decisions: &[Decision], (day, minute): (Day, u16)) {
        let (rules, life) = (self.rules, self.life);
        let mut new = Vec::new();
        for decision in decisions {
            let Some((place, rule)) = rules.find(&decision.rule) else { continue };
            if self.done.contains(&(place, decision.window.clone(), side)) || self.was_decided(decision, side) {
                continue;
            }
            let is_proved = life.heard.is_some_and(|heard| heard >= day);
            if side == Side::Server && matches!(rule.when, When::Silence { .. }) && !is_proved {
                self.tally.0[place].counts.unheard += 1;
                continue;
            }
            new.push(decision.clone());
        }
        // Of a phone's the planner lets the highest through.
        let (through, kept_back) = match side {
            Side::Phone => (new, Vec::new()),
            Side::Server => of_groups(&rules.release, new),
        };
        for (decision, _) in kept_back {
            let Some(place) = rules.place(&decision.rule) else { continue };
            if self.kept_back.insert((place, decision.window)) {
                self.tally.0[place].counts.kept_back += 1;
            }
        }
        let mut nudges = Vec::new();
        for decision in through {
            let Some((place, rule)) = rules.find(&decision.rule) else { continue };
            self.note(person, place, side, &decision);
            for effect in rule.then.iter().filter(|effect| rule.decider(effect) == Some(side)) {
                let counts = &mut self.tally.0[place].counts;
                match effect {
                    Effect::Nudge(nudge) => {
                        let id = decision.id(&life.distributor.id);
                        let candidate = Candidate::of(id, rule, nudge, &decision, minute);
                        nudges.push((place, candidate));
                    }
                    Effect::Sponsor(_) | Effect::Offer(_) if decision.held_out => {}
                    Effect::Sponsor(_) if life.shared && life.has_upline() => counts.words.told += 1,
                    Effect::Sponsor(_) => counts.words.kept += 1,
                    Effect::Offer(_) => counts.offers.made += 1,
                    Effect::Points(_) | Effect::Course(_) | Effect::Lesson(_) | Effect::Task(_) => {}
                }
            }
        }
        if !nudges.is_empty() {
            let tally = &mut *self.tally;
            self.nudging.add(wall(day, minute), nudges, &mut |rule, outcome| tally.count(rule, outcome));
        }
    }

    /// Whether the server decided it before the run.
    fn was_decided(&self, decision: &Decision, side: Side) -> bool {
        side == Side::Server
            && !self.life.decided.is_empty()
            && self.life.decided.contains(&decision.id(&self.life.distributor.id))
    }

    /// Counts a window in which a rule moves the person, once for both sides and what is derived.
    fn note(&mut self, person: &Person<'_>, place: usize, side: Side, decision: &Decision) {
        let is_known = SIDES.iter().any(|side| self.done.contains(&(place, decision.window.clone(), *side)));
        self.done.insert((place, decision.window.clone(), side));
        if is_known {
            return;
        }
        self.moved.insert(place);
        let facts = person.on(decision.day, Window::Ever.begin(decision.day));
        let within = self.segments.iter().filter(|(_, segment)| segment.holds(&facts));
        let OfRule { counts, examples } = &mut self.tally.0[place];
        counts.times += 1;
        counts.held_out += u64::from(decision.held_out);
        *counts.weeks.entry(Window::Week.begin(decision.day)).or_default() += 1;
        *counts.markets.entry(self.life.distributor.market.to_string()).or_default() += 1;
        within.for_each(|(name, _)| *counts.segments.entry((*name).to_owned()).or_default() += 1);
        let id = decision.id(&self.life.distributor.id).to_string();
        // Most are none of those with the least.
        if examples.len() < EXAMPLES || examples.last_key_value().is_some_and(|(last, _)| id < *last) {
            examples.insert(id, Example { day: decision.day, compared: decision.compared.clone() });
            self.tally.0[place].trim();
        }
    }

    /// What the fold derives by its end, of windows that began to hold within the run.
    fn derive(&mut self, state: &State, span: Span) {
        let rules = self.rules;
        let past = Past::new(state, &rules.release);
        let person = self.person(state);
        for (_, rule) in rules.release.derived() {
            let Some(place) = rules.place(&rule.id) else { continue };
            for (begin, day) in derived::windows(rule, &past) {
                if !(span.from..=span.until).contains(&day) {
                    continue;
                }
                let decision = Decision {
                    rule: rule.id.clone(),
                    window: derived::name(rule.limits.per, begin),
                    day,
                    minute: None,
                    held_out: false,
                    compared: rule.condition.compared(&person.on(day, begin)),
                };
                self.note(&person, place, Side::Phone, &decision);
                let counts = &mut self.tally.0[place].counts;
                for effect in &rule.then {
                    match effect {
                        Effect::Points(points) => counts.points += u64::from(*points),
                        Effect::Course(_) | Effect::Lesson(_) | Effect::Task(_) => counts.given += 1,
                        Effect::Nudge(_) | Effect::Sponsor(_) | Effect::Offer(_) => {}
                    }
                }
            }
        }
    }
}
