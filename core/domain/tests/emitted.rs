//! What rules decide because of events and time, against people who are written down as rows.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qadam_domain::awards::{Awards, PointsRule};
use qadam_domain::company::{Distributor, Locale, Market};
use qadam_domain::fold::State;
use qadam_domain::ids::{CompanyId, GroupId, MarketId, RankId, ReleaseId, RuleId, TextId};
use qadam_domain::release::{IndexedRelease, Rank, Release};
use qadam_domain::reviews::ReviewPlan;
use qadam_domain::rules::emitted::{self, Decision, Segments, Side};
use qadam_domain::rules::person::{Person, PhoneFacts, TeamFacts};
use qadam_domain::rules::{
    Category, Compare, Condition, Effect, Fact, Limits, Nudge, Order, Rule, Slot, Term, Trigger, When, Window, Word,
};
use qadam_domain::time::Day;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

fn is(fact: Fact, order: Order, number: i64) -> Condition {
    Condition::Compare(Compare { left: Term::Fact(fact), is: order, right: Term::Number(number) })
}

fn nudge() -> Effect {
    let text = TextId::new("text").expect("an id");
    Effect::Nudge(Nudge { text, category: Category::Learning, expires: 24, at: None })
}

fn word() -> Effect {
    Effect::Sponsor(Word { text: TextId::new("word").expect("an id"), lesson: None })
}

fn rule(id: &str, when: When, condition: Condition, per: Window, then: Vec<Effect>) -> Rule {
    let limits = Limits { per, ..Limits::default() };
    Rule { id: RuleId::new(id).expect("an id"), when, condition, then, limits }
}

fn release(rules: Vec<Rule>) -> IndexedRelease {
    release_in(Vec::new(), rules)
}

fn release_in(markets: Vec<Market>, rules: Vec<Rule>) -> IndexedRelease {
    let rank = |id: &str, need| Rank { id: RankId::new(id).expect("an id"), need };
    let release = Release {
        serial: 1,
        company: CompanyId::new("altyn").expect("an id"),
        default_locale: Locale::En,
        locales: vec![Locale::En],
        markets,
        courses: Vec::new(),
        awards: Awards { points: PointsRule { review: 1, reviews_a_day: 10 }, levels: Vec::new(), badges: Vec::new() },
        reviews: ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 },
        ranks: vec![rank("starter", 100), rank("bronze", 500)],
        rules: rules.into_iter().map(|rule| Slot::Known(Box::new(rule))).collect(),
        journey: None,
    };
    IndexedRelease::new(ReleaseId::new("a".repeat(64)).expect("a hash"), release)
}

fn distributor() -> Distributor {
    Distributor {
        id: "D-1".into(),
        name: "Aigul".into(),
        market: MarketId::new("kz").expect("an id"),
        locale: Locale::Kk,
        sponsor: None,
        sponsor_name: None,
        mentor: None,
        mentor_name: None,
        joined: day("2026-11-01"),
        more: Default::default(),
    }
}

/// Active on the 10th, 11th and 12th; one sale on the 11th; a quiz that failed twice on the 12th; 60 of volume in November.
fn state() -> State {
    State::load([
        ("day", "2026-11-10", "{}"),
        ("day", "2026-11-11", "{}"),
        ("day", "2026-11-12", "{}"),
        ("sale", "o-1", r#"{"version":1,"day":"2026-11-11","volume":60}"#),
        ("volume", "2026-11", r#"{"version":1,"day":"2026-11-12","customers":60}"#),
        ("rank", "r-1", r#"{"version":1,"day":"2026-11-05","rank":"starter"}"#),
        ("lesson", "first", r#"{"attempts":2,"failures":2,"best":500000,"last_failure":{"at":0,"day":"2026-11-12"}}"#),
        ("totals", "all", r#"{"serial":1,"points":70,"best_run":3}"#),
    ])
    .expect("rows that can be read")
}

fn decisions(rule: &Rule, side: Side, on: &str, before: Option<bool>) -> Vec<Decision> {
    let release = release(vec![rule.clone()]);
    let (distributor, state) = (distributor(), state());
    let mut person = Person::new(&distributor, Locale::Kk, &state, &release, None);
    let phone = PhoneFacts { contacts: 3, volume_goal: Some(100), ..PhoneFacts::default() };
    match side {
        Side::Phone => person.phone = Some(&phone),
        Side::Server => person.team = Some(TeamFacts { newcomers_silent: 2, newcomers_stuck: 0 }),
    }
    let segments: Segments = before.map(|before| (rule.id.clone(), before)).into_iter().collect();
    emitted::at(&person, side, day(on), &segments).0
}

/// What a rule does to this person in a market.
fn decisions_of(rule: &Rule, markets: Vec<Market>, on: &str) -> Vec<Decision> {
    let release = release_in(markets, vec![rule.clone()]);
    let (distributor, state) = (distributor(), state());
    let person = Person::new(&distributor, Locale::Kk, &state, &release, None);
    emitted::at(&person, Side::Phone, day(on), &Segments::new()).0
}

/// The days of November on which the rule moves this person.
fn days(rule: &Rule, side: Side) -> Vec<u32> {
    assert_eq!(rule.check(), Ok(()));
    (1..=30).filter(|n| !decisions(rule, side, &format!("2026-11-{n:02}"), None).is_empty()).collect()
}

#[test]
fn time_comes_up_on_its_days() {
    let rule = |when, condition| rule("r", when, condition, Window::Day, vec![nudge()]);
    let all = Condition::always;
    let phone = |when, condition| days(&rule(when, condition), Side::Phone);
    assert_eq!(phone(When::Daily { minute: 600 }, all()).len(), 30);
    assert_eq!(phone(When::Joined { days: 3, minute: 600 }, all()), [4]);
    assert_eq!(phone(When::MonthEnds { days: 10, minute: 600 }, all()), [20]);
    assert_eq!(phone(When::Silence { days: 3, minute: 600 }, all()), [4, 15], "since joining, and since the 12th");
    let after = |unless| When::After { event: Trigger::SaleConfirmed, days: 7, minute: 600, unless: Some(unless) };
    assert_eq!(phone(after(Trigger::ReviewAnswered), all()), [18]);
    assert_eq!(phone(after(Trigger::VolumeCounted), all()), [0_u32; 0], "it came on the 12th");
    // As they will be, if nothing is done.
    assert_eq!(phone(When::Daily { minute: 600 }, is(Fact::Streak, Order::AtLeast, 3)), [12, 13, 14, 15]);
    assert_eq!(phone(When::Daily { minute: 600 }, is(Fact::DaysLeftInMonth, Order::Less, 2)), [29, 30]);
    assert_eq!(phone(When::Daily { minute: 600 }, is(Fact::DaysSinceActivity, Order::Equal, 5)), [6, 17]);
}

#[test]
fn a_market_with_periods_of_its_own_ends_them_itself() {
    let ends: Vec<Day> = ["2026-10-25", "2026-11-22", "2026-12-20"].map(day).into();
    let market = Market {
        id: MarketId::new("kz").expect("an id"),
        currency: "KZT".into(),
        locales: vec![Locale::Kk],
        time_zone: "Asia/Almaty".into(),
        period_ends: ends,
    };
    let end = |on: &str| market.period_end(day(on)).to_string();
    assert_eq!((end("2026-11-22"), end("2026-11-23")), ("2026-11-22".into(), "2026-12-20".into()));
    assert_eq!((end("2026-12-21"), end("2027-01-03")), ("2026-12-31".into(), "2027-01-31".into()));
    let rule = |when, condition| rule("r", when, condition, Window::Day, vec![nudge()]);
    let at = |rule: &Rule| {
        let looks = |n: &u32| !decisions_of(rule, vec![market.clone()], &format!("2026-11-{n:02}")).is_empty();
        (1..=30).filter(looks).collect::<Vec<u32>>()
    };
    assert_eq!(at(&rule(When::MonthEnds { days: 10, minute: 600 }, Condition::always())), [12]);
    assert_eq!(at(&rule(When::Daily { minute: 600 }, is(Fact::DaysLeftInMonth, Order::Less, 2))), [21, 22]);
    // What was counted as November's is over with its period.
    let sold = at(&rule(When::Daily { minute: 600 }, is(Fact::Volume, Order::AtLeast, 1)));
    assert_eq!(sold.last(), Some(&22), "{sold:?}");
}

#[test]
fn facts_are_the_persons() {
    let (distributor, state, release) = (distributor(), state(), release(Vec::new()));
    let mut person = Person::new(&distributor, Locale::Kk, &state, &release, None);
    let phone = PhoneFacts {
        contacts: 3,
        follow_ups: vec![day("2026-11-19"), day("2026-11-25")],
        birthdays: vec![(11, 20), (11, 20), (2, 29)],
        ..PhoneFacts::default()
    };
    person.phone = Some(&phone);
    let facts = person.on(day("2026-11-20"), day("2026-11-01"));
    let number = |fact: &str| qadam_domain::rules::Facts::number(&facts, &Fact::parse(fact).expect(fact));
    let all = [
        ("lesson.first.failures", Some(2)),
        ("lesson.first.best", Some(50)),
        ("lesson.first.completed", Some(0)),
        ("quizzes.failed", Some(2)),
        ("points", Some(70)),
        ("days.run", Some(3)),
        ("days.since_joining", Some(19)),
        ("days.since_activity", Some(8)),
        ("days.left_in_month", Some(10)),
        ("sales", Some(1)),
        ("sales.volume", Some(60)),
        ("volume", Some(60)),
        ("rank", Some(1)),
        ("volume.to_next_rank", Some(440)),
        ("contacts", Some(3)),
        ("follow_ups.due", Some(1)),
        ("birthdays.today", Some(2)),
        ("volume.goal", None),
        ("newcomers.silent", None),
        ("plan.done", None),
    ];
    for (fact, wanted) in all {
        assert_eq!(number(fact), wanted, "{fact}");
    }
    let leap = |on: &str| {
        let on = person.on(day(on), Day::MIN);
        qadam_domain::rules::Facts::number(&on, &Fact::BirthdaysToday)
    };
    assert_eq!((leap("2027-02-28"), leap("2028-02-28"), leap("2028-02-29")), (Some(1), Some(0), Some(1)));
    let december = person.on(day("2026-12-02"), day("2026-12-01"));
    let number = |fact: &Fact| qadam_domain::rules::Facts::number(&december, fact);
    assert_eq!((number(&Fact::Volume), number(&Fact::Sales)), (Some(0), Some(0)));
    let nobody = State::default();
    let stranger = Person::new(&distributor, Locale::Kk, &nobody, &release, None);
    let volume = qadam_domain::rules::Facts::number(&stranger.on(day("2026-11-20"), Day::MIN), &Fact::Volume);
    assert_eq!(volume, None, "not counted yet is not low");
}

#[test]
fn each_side_decides_its_own() {
    let both =
        rule("r", When::Silence { days: 5, minute: 0 }, Condition::always(), Window::Ever, vec![nudge(), word()]);
    assert_eq!(both.decider(&both.then[0]), Some(Side::Phone));
    assert_eq!(both.decider(&both.then[1]), Some(Side::Server));
    let sale = When::Event(Trigger::SaleConfirmed);
    let learnt = rule("r", sale.clone(), is(Fact::Sales, Order::AtLeast, 1), Window::Ever, vec![nudge()]);
    assert_eq!(learnt.decider(&learnt.then[0]), Some(Side::Server), "who learns first");
    let own = rule("r", sale, is(Fact::Contacts, Order::AtLeast, 1), Window::Ever, vec![nudge()]);
    assert_eq!(own.decider(&own.then[0]), Some(Side::Phone), "who can know");
    let team = is(Fact::NewcomersSilent, Order::AtLeast, 1);
    let team = rule("r", When::Daily { minute: 1_140 }, team, Window::Week, vec![nudge()]);
    assert_eq!(team.decider(&team.then[0]), Some(Side::Server));
    assert_eq!(decisions(&team, Side::Server, "2026-11-20", None).len(), 1);
    assert_eq!(decisions(&team, Side::Phone, "2026-11-20", None), []);
}

#[test]
fn a_segment_is_entered_once_and_not_by_being_in_it() {
    let silent = is(Fact::DaysSinceActivity, Order::AtLeast, 3);
    let enters = rule("r", When::Enters(silent.clone()), Condition::always(), Window::Day, vec![nudge()]);
    let count = |on: &str, before| decisions(&enters, Side::Phone, on, before).len();
    assert_eq!(count("2026-11-20", None), 0, "nobody looked before");
    assert_eq!(count("2026-11-20", Some(true)), 0);
    assert_eq!(count("2026-11-20", Some(false)), 1);
    let leaves = rule("r", When::Leaves(silent), Condition::always(), Window::Day, vec![nudge()]);
    assert_eq!(decisions(&leaves, Side::Phone, "2026-11-12", Some(true)).len(), 1);

    let release = release(vec![enters]);
    let (distributor, state) = (distributor(), state());
    let person = Person::new(&distributor, Locale::Kk, &state, &release, None);
    let (_, segments) = emitted::at(&person, Side::Phone, day("2026-11-12"), &Segments::new());
    let next = emitted::next(&person, Side::Phone, day("2026-11-13"), day("2026-12-31"), &segments);
    assert_eq!(next, Some((day("2026-11-15"), 0)));
}

#[test]
fn an_event_is_answered_in_its_own_window() {
    let sold = is(Fact::Sales, Order::AtLeast, 1);
    let monthly = rule("sold", When::Event(Trigger::SaleConfirmed), sold, Window::Month, vec![nudge()]);
    let release = release(vec![monthly]);
    let (distributor, state) = (distributor(), state());
    let person = Person::new(&distributor, Locale::Kk, &state, &release, None);
    let answer =
        |on: &str, today: &str| emitted::answer(&person, Side::Server, Trigger::SaleConfirmed, day(on), day(today));
    let november = answer("2026-11-11", "2026-12-02");
    assert_eq!(november.len(), 1, "it is told later, and is of its month all the same");
    assert_eq!((november[0].window.as_str(), november[0].day), ("2026-11-01", day("2026-12-02")));
    assert_eq!(answer("2026-12-01", "2026-12-02"), []);
    assert_eq!(emitted::answer(&person, Side::Server, Trigger::RankReached, day("2026-11-11"), day("2026-11-11")), []);
    let compared = &november[0].compared[0];
    assert_eq!((compared.left.fact.as_deref(), compared.left.value, compared.holds), (Some("sales"), Some(1), true));
    // The id is of rule, person and window.
    let (id, other) = (november[0].id("D-1"), november[0].id("D-2"));
    assert_ne!(id, other);
    assert_eq!(id, answer("2026-11-20", "2026-11-20")[0].id("D-1"));
}

#[test]
fn of_a_group_the_highest_fires() {
    let mut rules: Vec<Rule> = [("low", 10), ("high", 90), ("also-high", 90), ("apart", 1)]
        .map(|(id, priority)| {
            let mut rule = rule(id, When::Daily { minute: 0 }, Condition::always(), Window::Day, vec![word()]);
            rule.limits.priority = priority;
            rule.limits.group = (id != "apart").then(|| GroupId::new("g").expect("an id"));
            rule
        })
        .into();
    let release = release(std::mem::take(&mut rules));
    let (distributor, state) = (distributor(), state());
    let person = Person::new(&distributor, Locale::Kk, &state, &release, None);
    let (decided, _) = emitted::at(&person, Side::Server, day("2026-11-20"), &Segments::new());
    let (through, kept_back) = emitted::of_groups(&release, decided);
    let names: Vec<&str> = through.iter().map(|decision| decision.rule.as_str()).collect();
    assert_eq!(names, ["also-high", "apart"]);
    let by: BTreeMap<&str, &str> = kept_back.iter().map(|(d, by)| (d.rule.as_str(), by.as_str())).collect();
    assert_eq!(by, BTreeMap::from([("low", "also-high"), ("high", "also-high")]));
}

#[test]
fn a_rule_that_is_over_is_silent() {
    let mut over = rule("r", When::Daily { minute: 0 }, Condition::always(), Window::Day, vec![nudge()]);
    over.limits.until = Some(day("2026-11-20"));
    assert_eq!(days(&over, Side::Phone).last(), Some(&20));
}

#[test]
fn holding_out_is_a_share_of_the_people_and_for_ever() {
    let mut held = rule("r", When::Daily { minute: 0 }, Condition::always(), Window::Day, vec![nudge()]);
    held.limits.holdout = 20;
    let out = (0..10_000).filter(|n| held.holds_out(&format!("D-{n}"))).count();
    assert!((1_800..2_200).contains(&out), "{out} of 10,000");
    let mut other = held.clone();
    other.id = RuleId::new("s").expect("an id");
    let both = (0..10_000).filter(|n| held.holds_out(&format!("D-{n}")) && other.holds_out(&format!("D-{n}"))).count();
    assert!((300..500).contains(&both), "{both} of 10,000 are held out of both");
}

fn any_when() -> impl Strategy<Value = When> {
    let trigger = || prop::sample::select(Trigger::ALL.map(|(_, trigger)| trigger).to_vec());
    let number = || (0..40_u16, 0..1_440_u16);
    let segment = || (0..12_i64).prop_map(|n| is(Fact::DaysSinceActivity, Order::AtLeast, n));
    prop_oneof![
        (0..1_440_u16).prop_map(|minute| When::Daily { minute }),
        number().prop_map(|(days, minute)| When::Joined { days, minute }),
        number().prop_map(|(days, minute)| When::MonthEnds { days, minute }),
        number().prop_map(|(days, minute)| When::Silence { days, minute }),
        (number(), trigger(), prop::option::of(trigger())).prop_map(|((days, minute), event, unless)| When::After {
            event,
            days,
            minute,
            unless
        }),
        segment().prop_map(When::Enters),
        segment().prop_map(When::Leaves),
    ]
}

proptest! {
    /// Whoever sleeps until the next day that was foretold misses nothing.
    #[test]
    fn what_is_foretold_is_what_comes(whens in prop::collection::vec(any_when(), 1..6), sleep in 1..20_i32) {
        let rules: Vec<Rule> = whens.into_iter().enumerate()
            .map(|(n, when)| rule(&format!("r{n}"), when, Condition::always(), Window::Day, vec![word()]))
            .collect();
        let release = release(rules);
        let (distributor, state) = (distributor(), state());
        let person = Person::new(&distributor, Locale::Kk, &state, &release, None);
        let (first, last) = (day("2026-11-13"), day("2026-12-31"));
        let mut daily = Vec::new();
        let mut segments = emitted::at(&person, Side::Server, first.plus(-1), &Segments::new()).1;
        for n in 0..=last.since(first) {
            let (decided, now) = emitted::at(&person, Side::Server, first.plus(n), &segments);
            daily.extend(decided);
            segments = now;
        }
        let mut foretold = Vec::new();
        let mut segments = emitted::at(&person, Side::Server, first.plus(-1), &Segments::new()).1;
        let mut from = first;
        while from <= last {
            let until = from.plus(sleep).min(last);
            let Some((due, minute)) = emitted::next(&person, Side::Server, from, until, &segments) else {
                segments = emitted::at(&person, Side::Server, until, &segments).1;
                from = until.plus(1);
                continue;
            };
            if due > from {
                segments = emitted::at(&person, Side::Server, due.plus(-1), &Segments::new()).1;
            }
            let (decided, now) = emitted::at(&person, Side::Server, due, &segments);
            prop_assert_eq!(Some(minute), decided.iter().map(|d| d.minute.unwrap_or(0)).min());
            foretold.extend(decided);
            segments = now;
            from = due.plus(1);
        }
        prop_assert_eq!(daily, foretold);
    }

    #[test]
    fn any_day_is_answered(on in Day::MIN.0..=Day::MAX.0, when in any_when()) {
        let release = release(vec![rule("r", when, Condition::always(), Window::Month, vec![nudge(), word()])]);
        let (distributor, state) = (distributor(), state());
        let person = Person::new(&distributor, Locale::Kk, &state, &release, None);
        for side in [Side::Phone, Side::Server] {
            emitted::at(&person, side, Day(on), &Segments::new());
            let rule = release.rule(&RuleId::new("r").expect("an id")).expect("there").clone();
            emitted::explain(&person, &rule, Day(on), &Segments::new());
        }
    }
}

#[test]
fn a_decision_reads_what_it_writes_and_what_a_newer_version_writes() {
    let low = rule("r", When::Daily { minute: 9 }, is(Fact::Sales, Order::Less, 5), Window::Week, vec![nudge()]);
    let decided = decisions(&low, Side::Phone, "2026-11-20", None).remove(0);
    let text = serde_json::to_string(&decided).expect("JSON");
    assert_eq!(serde_json::from_str::<Decision>(&text).expect("a decision"), decided);
    let newer = text.replace("\"sales\"", "\"moons\"");
    assert_ne!(newer, text);
    serde_json::from_str::<Decision>(&newer).expect("with a fact that is not known here");
}
