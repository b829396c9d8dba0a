//! What is known of a person on a day: the facts that rules ask about.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;

use super::fact::FACTS;
use super::{Fact, Facts, Trigger};
use crate::awards::streak;
use crate::company::{Distributor, Locale};
use crate::fold::{Past, State};
use crate::ids::MarketId;
use crate::journey::Pause;
use crate::journey::plan::{Plan, plan};
use crate::learning::FULL;
use crate::release::IndexedRelease;
use crate::results::Month;
use crate::reviews::stack;
use crate::rules::derived::History;
use crate::time::Day;

/// What the phone alone knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneFacts {
    pub contacts: i64,
    /// The day for which each open follow-up was planned, rising.
    pub follow_ups: Vec<Day>,
    /// Month and day of each birthday of a customer that the person noted, as (1 to 12, 1 to 31).
    pub birthdays: Vec<(u32, u32)>,
    /// The month's goal for customers' volume.
    pub volume_goal: Option<i64>,
    /// What the plan counts and the server can't read; see [`crate::journey::facts::Facts`].
    pub contact_days: Vec<Day>,
    pub interaction_days: Vec<Day>,
    pub follow_up_days: Vec<Day>,
}

/// What the server alone knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TeamFacts {
    pub newcomers_silent: i64,
    pub newcomers_stuck: i64,
}

/// A person as rules see them. What is asked for is computed once, however many rules and days ask.
pub struct Person<'a> {
    pub distributor: &'a Distributor,
    pub locale: Locale,
    pub state: &'a State,
    pub release: &'a IndexedRelease,
    /// The plan that the person follows: that of the release which [`crate::fold::Followed`] names.
    pub journey: Option<&'a crate::journey::Journey>,
    pub phone: Option<&'a PhoneFacts>,
    pub team: Option<TeamFacts>,
    past: OnceCell<Past<'a>>,
    due: OnceCell<Vec<Day>>,
    plan: OnceCell<(Day, Option<Plan>)>,
    /// Of each fact without an id what was asked last: many rules ask the same of one day.
    numbers: [Cell<Option<Number>>; FACTS.len()],
}

/// A fact's number on a day, counted from another one on.
#[derive(Clone, Copy)]
struct Number {
    day: Day,
    from: Day,
    number: Option<i64>,
}

impl<'a> Person<'a> {
    pub fn new(
        distributor: &'a Distributor,
        locale: Locale,
        state: &'a State,
        release: &'a IndexedRelease,
        journey: Option<&'a crate::journey::Journey>,
    ) -> Self {
        Self {
            distributor,
            locale,
            state,
            release,
            journey,
            phone: None,
            team: None,
            past: OnceCell::new(),
            due: OnceCell::new(),
            plan: OnceCell::new(),
            numbers: [const { Cell::new(None) }; FACTS.len()],
        }
    }

    /// The days on which something of this kind happened, rising; of failed quizzes each lesson's last alone.
    pub fn days(&self, trigger: Trigger) -> Vec<Day> {
        match trigger {
            Trigger::QuizFailed => {
                let failed = self.state.lessons().filter_map(|(_, lesson)| lesson.last_failure);
                let mut days: Vec<Day> = failed.map(|moment| moment.day).collect();
                days.sort_unstable();
                days
            }
            _ => self.past().days(trigger).iter().copied().collect(),
        }
    }

    /// The days of [`Person::days`] from `from` to `until` that may move somebody: what the back office reported without a word to anybody does not.
    pub fn fresh(&self, trigger: Trigger, from: Day, until: Day) -> BTreeSet<Day> {
        let days: Vec<Day> = match trigger {
            Trigger::SaleConfirmed => {
                self.state.sales().filter(|(_, sale)| sale.counts() && !sale.silent).map(|(_, sale)| sale.day).collect()
            }
            Trigger::VolumeCounted => {
                self.state.volumes().filter(|(_, volume)| !volume.silent).map(|(_, volume)| volume.day).collect()
            }
            Trigger::RankReached => {
                let told = self.state.ranks().filter(|(_, reached)| !reached.withdrawn && !reached.silent);
                told.map(|(_, reached)| reached.day).collect()
            }
            _ => self.days(trigger),
        };
        days.into_iter().filter(|day| (from..=until).contains(day)).collect()
    }

    /// The last day up to `day` on which anything was done in the app; the day of joining where nothing was.
    pub fn last_activity(&self, day: Day) -> Day {
        let learnt = self.state.days().map(|(active, _)| active).take_while(|active| *active <= day).last();
        let ticked = self.state.tasks().flat_map(|(_, task)| task.ticks.iter().map(|tick| tick.moment.day));
        let ticked = ticked.filter(|ticked| *ticked <= day).max();
        learnt.max(ticked).unwrap_or(self.distributor.joined)
    }

    /// The last day of the company's period in which a day lies, where the person is.
    pub fn period_end(&self, day: Day) -> Day {
        let markets = &self.release.release.markets;
        let market = markets.iter().find(|market| market.id == self.distributor.market);
        market.map_or_else(|| Month::of(day).last(), |market| market.period_end(day))
    }

    /// Their facts on a day; where the day is to come, as if nothing were done until then. Facts with a window count it from `from` on.
    pub fn on(&self, day: Day, from: Day) -> OnDay<'_, 'a> {
        OnDay { person: self, day, from }
    }

    fn past(&self) -> &Past<'a> {
        self.past.get_or_init(|| Past::new(self.state, self.release))
    }

    /// The day from which each card comes back, rising.
    fn due(&self) -> &[Day] {
        self.due.get_or_init(|| {
            let retention = self.release.release.reviews.retention;
            let due =
                |(_, card): (_, &crate::fold::Card)| Some(stack::due(card.memory.as_ref()?, card.last()?, retention));
            let mut days: Vec<Day> = self.state.cards().filter_map(due).collect();
            days.sort_unstable();
            days
        })
    }

    fn with_plan<T>(&self, day: Day, read: impl Fn(&Plan) -> T) -> Option<T> {
        let make = || {
            let mut facts = crate::journey::facts::Facts::of(self.state);
            let phone = self.phone?;
            facts.contacts.clone_from(&phone.contact_days);
            facts.interactions.clone_from(&phone.interaction_days);
            facts.follow_ups.clone_from(&phone.follow_up_days);
            let pauses: Vec<Pause> = self.state.pauses().map(|(_, pause)| *pause).collect();
            Some(plan(self.journey?, &facts, self.distributor.joined, day, &pauses))
        };
        let (of, kept) = self.plan.get_or_init(|| (day, make()));
        if *of == day { kept.as_ref().map(read) } else { make().as_ref().map(read) }
    }
}

/// A person's facts on a day.
pub struct OnDay<'p, 'a> {
    person: &'p Person<'a>,
    day: Day,
    from: Day,
}

impl Facts for OnDay<'_, '_> {
    fn number(&self, fact: &Fact) -> Option<i64> {
        let Some(place) = fact.place() else { return self.count(fact) };
        let Self { person, day, from } = *self;
        if let Some(known) = person.numbers[place].get().filter(|known| (known.day, known.from) == (day, from)) {
            return known.number;
        }
        let number = self.count(fact);
        person.numbers[place].set(Some(Number { day, from, number }));
        number
    }

    fn market(&self) -> Option<&MarketId> {
        Some(&self.person.distributor.market)
    }

    fn locale(&self) -> Option<Locale> {
        Some(self.person.locale)
    }
}

impl OnDay<'_, '_> {
    fn count(&self, fact: &Fact) -> Option<i64> {
        let Self { person, day, from } = self;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Some(match fact {
            Fact::LessonFailures(id) => person.state.lesson(id).map_or(0, |lesson| lesson.failures.into()),
            Fact::LessonBest(id) => {
                person.state.lesson(id).map_or(0, |lesson| i64::from(lesson.best) * 100 / i64::from(FULL))
            }
            Fact::QuizzesFailed => {
                let open = person.state.lessons().filter(|(_, lesson)| !lesson.is_passed());
                open.map(|(_, lesson)| lesson.failures).max().unwrap_or(0).into()
            }
            Fact::Points => i64::try_from(person.state.totals().points).unwrap_or(i64::MAX),
            Fact::Streak => streak::streak(person.state.days().map(|(day, _)| day), *day).days.into(),
            Fact::ReviewsDue => {
                let done = person.state.days().find(|(active, _)| active == day).map_or(0, |(_, d)| d.reviews as usize);
                let left = person.release.release.reviews.cards_an_evening().saturating_sub(done);
                number(person.due().partition_point(|due| due <= day).min(left))
            }
            Fact::DaysSinceJoining => day.since(person.distributor.joined).max(0).into(),
            Fact::DaysSinceActivity => day.since(person.last_activity(*day)).max(0).into(),
            Fact::DaysLeftInMonth => person.period_end(*day).since(*day).into(),
            Fact::VolumeToNextRank => {
                let rank = self.number(&Fact::Rank)?;
                let next = person.release.release.ranks.get(usize::try_from(rank).ok()?)?;
                person.state.volumes().next()?;
                let period = Month::of(person.period_end(*day));
                let volumes = person.state.volumes().find(|(month, _)| *month == period);
                next.need.saturating_sub(volumes.map_or(0, |(_, volume)| volume.customers)).max(0)
            }
            // What was never counted is not low.
            Fact::Volume if person.state.volumes().next().is_none() => return None,
            Fact::Volume => {
                // Within a month that of the period alone, which may be called by another one.
                let is_within = Month::of(*from) == Month::of(*day);
                let from = if is_within { Month::of(person.period_end(*day)).first() } else { *from };
                person.past().number(fact, from, *day).unwrap_or(0)
            }
            Fact::PlanDone => person.with_plan(*day, |plan| i64::from(plan.percent()))?,
            Fact::TasksOverdue => person.with_plan(*day, |plan| i64::from(plan.behind))?,
            Fact::GoalLeft => person.with_plan(*day, |plan| {
                Some(i64::from(plan.goal.as_ref()?.of) - i64::from(plan.goal.as_ref()?.done))
            })??,
            Fact::Contacts => person.phone?.contacts,
            Fact::FollowUpsDue => number(person.phone?.follow_ups.partition_point(|due| due <= day)),
            Fact::BirthdaysToday => {
                let (_, month, date) = day.civil();
                // Who was born on a 29 February has a birthday on the 28th in other years.
                let leaps = Day::from_civil(day.civil().0, 2, 29).is_some();
                let is_today =
                    |(m, d): &&(u32, u32)| (*m, if (*m, *d) == (2, 29) && !leaps { 28 } else { *d }) == (month, date);
                number(person.phone?.birthdays.iter().filter(is_today).count())
            }
            Fact::VolumeGoal => person.phone?.volume_goal?,
            Fact::NewcomersSilent => person.team?.newcomers_silent,
            Fact::NewcomersStuck => person.team?.newcomers_stuck,
            Fact::LessonCompleted(_)
            | Fact::CourseCompleted(_)
            | Fact::LessonsCompleted
            | Fact::PerfectQuizzes
            | Fact::Reviews
            | Fact::RunOfDays
            | Fact::Sales
            | Fact::SalesVolume
            | Fact::Rank => person.past().number(fact, *from, *day)?,
        })
    }
}
