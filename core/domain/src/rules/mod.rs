//! Rules: what the company's staff decided shall follow from what. Data, evaluated alike on phone and server.
//!
//! A rule's effects are *derived* or *emitted*. Points and assigned courses are derived: part of the fold ([`derived`]), a function of the set of
//! events, so whoever finds them finds the same. Nudges, words to the sponsor and offers are emitted: decided once, by one side, while the facts are
//! fresh.
//!
//! What a rule can't say is as important: no fact of it is the distributor's own purchases, no event of it is that somebody was recruited, and no offer
//! has a goal but sales to customers.

pub mod condition;
pub mod derived;
pub mod emitted;
pub mod fact;
pub mod person;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fold::Applied;
use crate::ids::{CourseId, GroupId, LessonId, RuleId, TaskId, TextId};
use crate::results::Confirmed;
use crate::time::Day;

pub use condition::{Compare, Compared, Condition, ConditionError, Facts, Order, Term};
pub use fact::{Fact, Home};

/// The most rules that a release may have.
pub const MAX_RULES: usize = 1_000;
/// The most effects of one rule.
pub const MAX_EFFECTS: usize = 8;
/// Points that one rule may give at once.
pub const MAX_POINTS: u32 = 1_000;
/// A nudge is of use for so long at most, in hours.
pub const MAX_EXPIRY: u16 = 14 * 24;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    pub when: When,
    #[serde(rename = "if", default = "Condition::always")]
    pub condition: Condition,
    pub then: Vec<Effect>,
    #[serde(default)]
    pub limits: Limits,
}

/// What makes a rule look at its condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    Event(Trigger),
    /// Each day at this minute of the person's own day.
    Daily {
        minute: u16,
    },
    /// So many days after joining, at this minute.
    Joined {
        days: u16,
        minute: u16,
    },
    /// So many days before the last day of the market's period, which is the month where it has no other, at this minute.
    MonthEnds {
        days: u16,
        minute: u16,
    },
    /// So many days after something, unless something else came meanwhile.
    After {
        event: Trigger,
        days: u16,
        minute: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unless: Option<Trigger>,
    },
    /// So many days without anything done.
    Silence {
        days: u16,
        minute: u16,
    },
    /// The condition begins to hold.
    Enters(Condition),
    /// The condition ends to hold.
    Leaves(Condition),
}

/// Something that happened. That somebody was recruited is none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    LessonCompleted,
    QuizFailed,
    ReviewAnswered,
    SaleConfirmed,
    VolumeCounted,
    RankReached,
}

impl Trigger {
    pub const ALL: [(&str, Self); 6] = [
        ("lesson_completed", Self::LessonCompleted),
        ("quiz_failed", Self::QuizFailed),
        ("review_answered", Self::ReviewAnswered),
        ("sale_confirmed", Self::SaleConfirmed),
        ("volume_counted", Self::VolumeCounted),
        ("rank_reached", Self::RankReached),
    ];

    /// What an event is to rules by itself. That a lesson is completed only settling tells.
    pub fn of_event(applied: &Applied) -> Option<Self> {
        match applied {
            Applied::Quiz(result) if !result.passed => Some(Self::QuizFailed),
            Applied::Review(_) => Some(Self::ReviewAnswered),
            _ => None,
        }
    }

    /// What a result is to rules, if they may be told of it ([`Confirmed::is_silent`]).
    pub fn of_result(confirmed: &Confirmed) -> Option<Self> {
        match confirmed {
            Confirmed::Sale { sale, .. } => sale.counts().then_some(Self::SaleConfirmed),
            Confirmed::Volume { .. } => Some(Self::VolumeCounted),
            Confirmed::Rank { reached, .. } => (!reached.withdrawn).then_some(Self::RankReached),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Points(u32),
    Course(CourseId),
    Lesson(LessonId),
    /// A task of the plan that waits for a rule is opened.
    Task(TaskId),
    Nudge(Nudge),
    Sponsor(Word),
    Offer(Offer),
}

impl Effect {
    /// Whether it is part of the fold.
    pub fn is_derived(&self) -> bool {
        matches!(self, Self::Points(_) | Self::Course(_) | Self::Lesson(_) | Self::Task(_))
    }
}

/// What a nudge is about; each kind has a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Learning,
    Team,
    Business,
    Company,
}

impl Category {
    /// With the words by which files and settings name them.
    pub const ALL: [(&str, Self); 4] =
        [("learning", Self::Learning), ("team", Self::Team), ("business", Self::Business), ("company", Self::Company)];

    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, category)| *category == self).map_or("", |(word, _)| word)
    }

    /// `None` for what is no category's word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, category)| *category)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    pub text: TextId,
    pub category: Category,
    /// Hours after which it is of no use any more.
    pub expires: u16,
    /// Minute of the person's day at which it is wanted; else at their best hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u16>,
}

/// A word to the nearest active sponsor, with what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub text: TextId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<LessonId>,
}

/// An incentive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub goal: Goal,
    /// Days from the offer to its deadline.
    pub days: u16,
    /// The texts of what is given, and of its terms.
    pub reward: TextId,
    pub terms: TextId,
    /// So many people at most.
    pub total: u32,
}

/// What is to be reached: sales to customers, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    CustomerSales(u32),
    CustomerVolume(i64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    #[serde(default)]
    pub per: Window,
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// The higher, the sooner: 0 to 100.
    #[serde(default = "Limits::middle")]
    pub priority: u8,
    /// Of a group only the highest fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// So many percent of the people get nothing of it, to see what it is worth.
    #[serde(default)]
    pub holdout: u8,
}

impl Limits {
    fn middle() -> u8 {
        50
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { per: Window::Ever, until: None, priority: Self::middle(), group: None, holdout: 0 }
    }
}

/// Once in each of these. Events are counted in the window too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    #[default]
    Ever,
    Month,
    /// From Monday on.
    Week,
    Day,
}

impl Window {
    pub const ALL: [(&str, Self); 4] =
        [("ever", Self::Ever), ("month", Self::Month), ("week", Self::Week), ("day", Self::Day)];

    /// The first day of the window that a day is in.
    pub fn begin(self, day: Day) -> Day {
        match self {
            Self::Ever => Day::MIN,
            Self::Month => crate::results::Month::of(day).first(),
            // 1970-01-01 was a Thursday.
            Self::Week => day.plus(-(day.0 + 3).rem_euclid(7)),
            Self::Day => day,
        }
    }

    /// The last day of the window that begins then.
    pub fn end(self, begin: Day) -> Day {
        match self {
            Self::Ever => Day::MAX,
            Self::Month => crate::results::Month::of(begin).last(),
            Self::Week => begin.plus(6),
            Self::Day => begin,
        }
    }
}

/// Why a rule is refused: it breaks what no rule may, or a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error(transparent)]
    Condition(#[from] ConditionError),
    #[error("a rule has 1 to {MAX_EFFECTS} effects")]
    Effects,
    #[error("a number is out of range")]
    Range,
    #[error(
        "points and courses follow from events alone, and from facts that never fall: >= and > on facts marked so, without not"
    )]
    Falls,
    #[error("points and courses are given to everybody: they have neither a group nor a holdout")]
    Withheld,
    #[error("its facts are known in no one place")]
    Homeless,
    #[error("some of its facts are the phone's alone, so it can only nudge")]
    Private,
    #[error("a rule has one nudge, one word to the sponsor and one offer at most")]
    Twice,
}

impl Rule {
    /// Whether it keeps the limits and what no rule may break. A phone and a server refuse one that does not.
    ///
    /// # Errors
    /// [`RuleError`]
    pub fn check(&self) -> Result<(), RuleError> {
        self.condition.check()?;
        if !(1..=MAX_EFFECTS).contains(&self.then.len()) {
            return Err(RuleError::Effects);
        }
        let minute_fits = |minute: u16| minute < 24 * 60;
        let in_range = match &self.when {
            When::Event(_) => true,
            When::Daily { minute } => minute_fits(*minute),
            When::Joined { days, minute }
            | When::MonthEnds { days, minute }
            | When::After { days, minute, .. }
            | When::Silence { days, minute } => *days <= 366 && minute_fits(*minute),
            When::Enters(segment) | When::Leaves(segment) => {
                segment.check()?;
                true
            }
        };
        let effects_fit = self.then.iter().all(|effect| match effect {
            Effect::Points(points) => (1..=MAX_POINTS).contains(points),
            Effect::Nudge(nudge) => (1..=MAX_EXPIRY).contains(&nudge.expires) && nudge.at.is_none_or(minute_fits),
            Effect::Offer(offer) => {
                let goal = match offer.goal {
                    Goal::CustomerSales(sales) => sales > 0,
                    Goal::CustomerVolume(volume) => volume > 0,
                };
                goal && (1..=366).contains(&offer.days) && offer.total > 0
            }
            Effect::Course(_) | Effect::Lesson(_) | Effect::Task(_) | Effect::Sponsor(_) => true,
        });
        if !in_range || !effects_fit || self.limits.priority > 100 || self.limits.holdout > 100 {
            return Err(RuleError::Range);
        }
        if self.then.iter().any(Effect::is_derived) {
            if !self.rises() {
                return Err(RuleError::Falls);
            }
            if self.is_withheld() {
                return Err(RuleError::Withheld);
            }
        }
        let told = |effect: &&Effect| matches!(effect, Effect::Sponsor(_) | Effect::Offer(_));
        match self.home() {
            None => return Err(RuleError::Homeless),
            Some(Home::Phone) if self.then.iter().any(|effect| told(&effect)) => return Err(RuleError::Private),
            Some(_) => {}
        }
        let emitted: Vec<_> =
            self.then.iter().filter(|effect| !effect.is_derived()).map(std::mem::discriminant).collect();
        if emitted.iter().enumerate().any(|(n, kind)| emitted[..n].contains(kind)) {
            return Err(RuleError::Twice);
        }
        Ok(())
    }

    /// Every fact that it asks for, those of the segment that it waits for among them.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        let segment = match &self.when {
            When::Enters(segment) | When::Leaves(segment) => segment.facts(),
            _ => Vec::new(),
        };
        self.condition.facts().into_iter().chain(segment)
    }

    /// Whether something could be given for it for ever: points, a course, a badge.
    pub fn can_be_derived(&self) -> bool {
        self.rises() && !self.is_withheld()
    }

    fn rises(&self) -> bool {
        matches!(self.when, When::Event(trigger) if trigger != Trigger::QuizFailed) && self.condition.rises()
    }

    fn is_withheld(&self) -> bool {
        self.limits.group.is_some() || self.limits.holdout > 0
    }

    /// Where it is decided; `None` where its facts are known in no one place.
    pub fn home(&self) -> Option<Home> {
        let segment = match &self.when {
            When::Enters(segment) | When::Leaves(segment) => segment.home()?,
            _ => Home::Journal,
        };
        match (segment, self.condition.home()?) {
            (home, Home::Journal) | (Home::Journal, home) => Some(home),
            (one, other) => (one == other).then_some(one),
        }
    }

    /// Whether this person gets nothing of it: the same answer for ever, and independent of other rules' (SHA-256, FIPS 180-4, of rule and person).
    pub fn holds_out(&self, distributor: &str) -> bool {
        let hash = Sha256::new().chain_update(self.id.as_str()).chain_update([0]).chain_update(distributor).finalize();
        let share = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) % 100;
        share < u32::from(self.limits.holdout)
    }
}

/// A rule of a release, as far as this version understands it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Slot {
    Known(Box<Rule>),
    /// A newer one's, with facts or effects that this version does not know: passed over, kept as it is.
    Newer(serde_json::Value),
}

impl Slot {
    /// The rule, where it is one that may be followed.
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Known(rule) if rule.check().is_ok() => Some(rule.as_ref()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(when: When, condition: Condition, then: Vec<Effect>) -> Rule {
        Rule { id: RuleId::new("a").expect("an id"), when, condition, then, limits: Limits::default() }
    }

    fn at_least(fact: Fact, number: i64) -> Condition {
        Condition::Compare(Compare { left: Term::Fact(fact), is: Order::AtLeast, right: Term::Number(number) })
    }

    #[test]
    fn points_rest_on_what_never_falls() {
        let sale = || When::Event(Trigger::SaleConfirmed);
        let points = || vec![Effect::Points(10)];
        assert_eq!(rule(sale(), at_least(Fact::Sales, 1), points()).check(), Ok(()));
        assert_eq!(rule(sale(), at_least(Fact::Streak, 3), points()).check(), Err(RuleError::Falls));
        let not = Condition::Not(Box::new(at_least(Fact::Sales, 1)));
        assert_eq!(rule(sale(), not, points()).check(), Err(RuleError::Falls));
        assert_eq!(rule(When::Daily { minute: 0 }, Condition::always(), points()).check(), Err(RuleError::Falls));
        let mut held = rule(sale(), at_least(Fact::Sales, 1), points());
        held.limits.holdout = 10;
        assert_eq!(held.check(), Err(RuleError::Withheld));
        assert_eq!(rule(sale(), Condition::always(), vec![Effect::Points(0)]).check(), Err(RuleError::Range));
        assert_eq!(rule(sale(), Condition::always(), Vec::new()).check(), Err(RuleError::Effects));
    }

    /// So that one pass over the rules is enough.
    #[test]
    fn what_rules_give_is_nothing_that_such_a_rule_reads() {
        let given = [Fact::Points];
        assert!(given.iter().all(|fact| !fact.about().rises));
    }

    #[test]
    fn a_rule_has_one_home() {
        let nudge = Effect::Nudge(Nudge {
            text: TextId::new("go-on").expect("an id"),
            category: Category::Learning,
            expires: 24,
            at: None,
        });
        let daily = |condition| rule(When::Daily { minute: 1_140 }, condition, vec![nudge.clone()]);
        let both = |a, b| Condition::All(vec![at_least(a, 1), at_least(b, 1)]);
        assert_eq!(daily(both(Fact::Sales, Fact::Contacts)).home(), Some(Home::Phone));
        assert_eq!(daily(both(Fact::NewcomersSilent, Fact::Streak)).home(), Some(Home::Server));
        assert_eq!(daily(both(Fact::NewcomersSilent, Fact::Contacts)).check(), Err(RuleError::Homeless));
    }

    #[test]
    fn a_newer_rule_is_passed_over_and_kept() {
        let text = r#"{"id":"b","when":{"event":"sale_confirmed"},"then":[{"confetti":3}]}"#;
        let slot: Slot = serde_json::from_str(text).expect("any JSON");
        assert!(matches!(slot, Slot::Newer(_)) && slot.rule().is_none());
        let kept: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(serde_json::to_value(&slot).expect("JSON"), kept);
    }

    #[test]
    fn a_rule_reads_what_it_writes() {
        let offer = Offer {
            goal: Goal::CustomerSales(3),
            days: 14,
            reward: TextId::new("r").expect("an id"),
            terms: TextId::new("t").expect("an id"),
            total: 100,
        };
        let when = When::After { event: Trigger::SaleConfirmed, days: 7, minute: 1_140, unless: None };
        let rule = rule(when, at_least(Fact::Sales, 1), vec![Effect::Offer(offer)]);
        let text = serde_json::to_string(&rule).expect("JSON");
        assert_eq!(serde_json::from_str::<Slot>(&text).expect("a rule"), Slot::Known(Box::new(rule)));
    }

    proptest! {
        #[test]
        fn windows_part_the_days(day in Day::MIN.0..=Day::MAX.0) {
            for (_, window) in Window::ALL {
                let begin = window.begin(Day(day));
                let end = window.end(begin);
                prop_assert!(begin <= Day(day) && Day(day) <= end);
                if begin > Day::MIN {
                    prop_assert_eq!(window.begin(begin), begin);
                }
                if end < Day::MAX {
                    prop_assert!(window.begin(end.plus(1)) > end);
                }
            }
        }

        #[test]
        fn numbers_at_their_limits_compare(number: i64, percent: u32) {
            struct One(i64);
            impl Facts for One {
                fn number(&self, _: &Fact) -> Option<i64> { Some(self.0) }
                fn market(&self) -> Option<&crate::ids::MarketId> { None }
                fn locale(&self) -> Option<crate::company::Locale> { None }
            }
            let compare = |is| Condition::Compare(Compare {
                left: Term::Fact(Fact::Sales),
                is,
                right: Term::Percent(percent, Fact::Volume),
            });
            let held = Order::ALL.iter().filter(|(_, is)| compare(*is).holds(&One(number))).count();
            prop_assert_eq!(held, 3, "of two numbers three of the six comparisons hold");
        }

        #[test]
        fn any_text_is_a_slot_or_an_error(text in ".{0,200}") {
            if let Ok(slot) = serde_json::from_str::<Slot>(&text) {
                slot.rule();
            }
        }
    }

    #[test]
    fn hostile_trees_are_refused() {
        let mut deep = Condition::always();
        for _ in 0..condition::MAX_DEPTH {
            deep = Condition::Not(Box::new(deep));
        }
        assert_eq!(deep.check(), Err(ConditionError::Depth));
        let wide = Condition::Any(vec![Condition::always(); condition::MAX_NODES]);
        assert_eq!(wide.check(), Err(ConditionError::Nodes));
        let text = format!("{}{}", r#"{"not":"#.repeat(100_000), "}".repeat(100_000));
        assert!(serde_json::from_str::<Condition>(&text).is_err());
    }
}
