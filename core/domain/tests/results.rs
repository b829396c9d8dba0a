//! What the back office confirms and what rules make of it: whatever comes in whichever order, the same; and the same as a model that counts naively.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use qadam_domain::awards::{Awards, Badge, BadgeCondition, PointsRule};
use qadam_domain::company::Locale;
use qadam_domain::fold::{self, State};
use qadam_domain::ids::{BadgeId, CompanyId, CourseId, RankId, ReleaseId, RuleId};
use qadam_domain::release::{IndexedRelease, Rank, Release, Releases};
use qadam_domain::results::{Confirmed, Month, RankReached, Sale, Volume};
use qadam_domain::reviews::ReviewPlan;
use qadam_domain::rules::{Compare, Condition, Effect, Fact, Limits, Order, Rule, Slot, Term, Trigger, When, Window};
use qadam_domain::time::Day;

/// Rows as a phone or server stores them.
type Rows = BTreeMap<(String, String), String>;

const SERIAL: u64 = 4;
const RANKS: [&str; 3] = ["starter", "bronze", "silver"];

fn at_least(fact: Fact, number: i64) -> Condition {
    Condition::Compare(Compare { left: Term::Fact(fact), is: Order::AtLeast, right: Term::Number(number) })
}

fn rule(id: &str, trigger: Trigger, condition: Condition, per: Window, then: Effect) -> Rule {
    let limits = Limits { per, ..Limits::default() };
    Rule { id: RuleId::new(id).expect("an id"), when: When::Event(trigger), condition, then: vec![then], limits }
}

fn rules() -> Vec<Rule> {
    let sale = Trigger::SaleConfirmed;
    vec![
        rule("sale-a-month", sale, at_least(Fact::Sales, 2), Window::Month, Effect::Points(5)),
        rule("sale-a-week", sale, at_least(Fact::SalesVolume, 30), Window::Week, Effect::Points(3)),
        rule("first-sale", sale, at_least(Fact::Sales, 1), Window::Ever, Effect::Points(50)),
        rule("good-month", Trigger::VolumeCounted, at_least(Fact::Volume, 60), Window::Month, Effect::Points(20)),
        rule(
            "silver",
            Trigger::RankReached,
            at_least(Fact::Rank, 3),
            Window::Ever,
            Effect::Course(CourseId::new("leading").expect("an id")),
        ),
    ]
}

fn release() -> Arc<IndexedRelease> {
    let badge = Badge {
        id: BadgeId::new("seller").expect("an id"),
        points: 7,
        when: BadgeCondition::Rule(RuleId::new("first-sale").expect("an id")),
        ended: None,
    };
    let release = Release {
        serial: SERIAL,
        company: CompanyId::new("altyn").expect("an id"),
        default_locale: Locale::En,
        locales: vec![Locale::En],
        markets: Vec::new(),
        courses: Vec::new(),
        awards: Awards { points: PointsRule { review: 1, reviews_a_day: 10 }, levels: Vec::new(), badges: vec![badge] },
        reviews: ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 },
        ranks: RANKS.map(|rank| Rank { id: RankId::new(rank).expect("an id"), need: 0 }).into(),
        rules: rules().into_iter().map(|rule| Slot::Known(Box::new(rule))).collect(),
        journey: None,
    };
    Arc::new(IndexedRelease::new(ReleaseId::new("a".repeat(64)).expect("a hash"), release))
}

fn held() -> Releases {
    let mut releases = Releases::default();
    releases.insert(release());
    releases
}

fn store(rows: &mut Rows, state: &mut State) {
    for row in state.take_changes() {
        let key = (row.kind.to_string(), row.id);
        match row.value {
            Some(value) => rows.insert(key, value),
            None => rows.remove(&key),
        };
    }
}

fn load(rows: &Rows) -> State {
    let rows = rows.iter().map(|((kind, id), value)| (kind.as_str(), id.as_str(), value.as_str()));
    State::load(rows).expect("rows that a state wrote")
}

fn confirmed() -> impl Strategy<Value = Confirmed> {
    let day = (0..100_i32).prop_map(|day| Day::parse("2026-09-20").expect("a date").plus(day));
    let volume = prop_oneof![3 => 0..40_i64, 1 => any::<i64>()];
    let sale = (0..12_u8, 1..4_u64, day.clone(), volume.clone(), any::<bool>(), prop::bool::weighted(0.3));
    let sale = sale.prop_map(|(source, version, day, volume, own, returned)| Confirmed::Sale {
        source: format!("order-{source}"),
        sale: Sale { version, day, volume, own, returned, silent: false },
    });
    let counted = (1..4_u64, day.clone(), 0..120_i64, 0..500_i64);
    let counted = counted.prop_map(|(version, day, customers, own)| Confirmed::Volume {
        month: Month::of(day),
        volume: Volume { version, day, customers, own, silent: false },
    });
    let reached = (0..4_u8, 1..4_u64, day, prop::sample::select(RANKS.to_vec()), prop::bool::weighted(0.3));
    let reached = reached.prop_map(|(source, version, day, rank, withdrawn)| Confirmed::Rank {
        source: format!("rank-{source}"),
        reached: RankReached { version, day, rank: RankId::new(rank).expect("an id"), withdrawn, silent: false },
    });
    prop_oneof![4 => sale, 2 => counted, 1 => reached]
}

/// Folds all of it; after each place of `borders` the state is settled, stored and read again.
fn run(releases: &Releases, all: &[Confirmed], borders: &[usize]) -> Rows {
    let (mut state, mut rows) = (State::default(), Rows::new());
    for (n, one) in all.iter().enumerate() {
        fold::confirm(&mut state, SERIAL, one.clone());
        if borders.contains(&n) {
            fold::settle(releases, &mut state);
            store(&mut rows, &mut state);
            state = load(&rows);
        }
    }
    fold::settle(releases, &mut state);
    store(&mut rows, &mut state);
    rows
}

/// What the rules above come to, counted day by day.
#[derive(Default)]
struct Model {
    sales: BTreeMap<String, Sale>,
    volumes: BTreeMap<Month, Volume>,
    ranks: BTreeMap<String, RankReached>,
}

impl Model {
    fn of(all: &[Confirmed]) -> Self {
        let mut model = Self::default();
        for one in all.iter().cloned() {
            match one {
                Confirmed::Sale { source, sale } => {
                    let known = model.sales.entry(source).or_insert_with(|| sale.clone());
                    *known = known.clone().max(sale);
                }
                Confirmed::Volume { month, volume } => {
                    let known = model.volumes.entry(month).or_insert_with(|| volume.clone());
                    *known = known.clone().max(volume);
                }
                Confirmed::Rank { source, reached } => {
                    let known = model.ranks.entry(source).or_insert_with(|| reached.clone());
                    *known = known.clone().max(reached);
                }
            }
        }
        model
    }

    fn sales(&self, from: Day, until: Day) -> Vec<i64> {
        let counts = |sale: &&Sale| !sale.own && !sale.returned && sale.day >= from && sale.day <= until;
        self.sales.values().filter(counts).map(|sale| sale.volume).collect()
    }

    /// Points by source.
    fn ledger(&self) -> BTreeMap<String, (u32, Day)> {
        let mut ledger = BTreeMap::new();
        let from = Day::parse("2026-09-01").expect("a date");
        let mut earn = |source: String, points, day| {
            ledger.entry(source).or_insert((points, day));
        };
        for day in (0..150).map(|n| from.plus(n)) {
            let (month, week) = (Month::of(day).first(), Window::Week.begin(day));
            if !self.sales(day, day).is_empty() {
                if self.sales(month, day).len() >= 2 {
                    earn(format!("rule:sale-a-month:{month}"), 5, day);
                }
                let volume = self.sales(week, day).into_iter().fold(0_i64, i64::saturating_add);
                if volume >= 30 {
                    earn(format!("rule:sale-a-week:{week}"), 3, day);
                }
                earn("rule:first-sale:ever".into(), 50, day);
                earn("badge:seller".into(), 7, day);
            }
            let counted = self.volumes.values().filter(|volume| volume.day == day);
            if counted.into_iter().any(|volume| volume.customers >= 60) {
                earn(format!("rule:good-month:{month}"), 20, day);
            }
        }
        ledger
    }

    fn silver(&self) -> Option<Day> {
        let silver = |reached: &&RankReached| !reached.withdrawn && reached.rank.as_str() == "silver";
        self.ranks.values().filter(silver).map(|reached| reached.day).min()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_confirmed_counts_alike_in_any_order(
        (all, shuffled) in prop::collection::vec(confirmed(), 0..30)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        borders in prop::collection::vec(0..30_usize, 0..6),
    ) {
        let releases = held();
        let rows = run(&releases, &all, &[]);
        prop_assert_eq!(&run(&releases, &shuffled, &borders), &rows);
        let twice: Vec<_> = shuffled.iter().chain(&all).cloned().collect();
        prop_assert_eq!(&run(&releases, &twice, &borders), &rows, "what comes twice changes nothing");
    }

    #[test]
    fn rules_give_what_a_naive_count_gives(all in prop::collection::vec(confirmed(), 0..30)) {
        // Sums that pass the numbers' end fall again, which the product's bounds keep away.
        let all: Vec<_> = all.into_iter().filter(|one| !matches!(one, Confirmed::Sale { sale, .. } if !(0..40).contains(&sale.volume))).collect();
        let rows = run(&held(), &all, &[]);
        let state = load(&rows);
        let model = Model::of(&all);
        let ledger: BTreeMap<String, (u32, Day)> =
            state.ledger().map(|(source, entry)| (source.to_string(), (entry.points, entry.day))).collect();
        prop_assert_eq!(ledger, model.ledger());
        let given: Vec<(String, Day)> = state.given().map(|(name, given)| (name.to_string(), given.day)).collect();
        let expected: Vec<_> = model.silver().map(|day| ("silver:ever".to_string(), day)).into_iter().collect();
        prop_assert_eq!(given, expected);
    }
}

#[test]
fn a_returned_order_takes_back_what_it_gave() {
    let releases = held();
    let day = Day::parse("2026-11-02").expect("a date");
    let sale = |version, returned| Confirmed::Sale {
        source: "order-1".into(),
        sale: Sale { version, day, volume: 10, own: false, returned, silent: false },
    };
    let mut state = State::default();
    assert!(fold::confirm(&mut state, SERIAL, sale(1, false)));
    assert_eq!(fold::settle(&releases, &mut state).badges.len(), 1);
    assert_eq!(state.totals().points, 57);
    assert!(!fold::confirm(&mut state, SERIAL, sale(1, false)), "it is known");
    assert!(fold::confirm(&mut state, SERIAL, sale(2, true)));
    assert!(!fold::confirm(&mut state, SERIAL, sale(1, false)), "an older version is no news");
    fold::settle(&releases, &mut state);
    assert_eq!((state.totals().points, state.badges().count()), (0, 0));
}

#[test]
fn what_a_distributor_buys_earns_nothing() {
    let releases = held();
    let day = Day::parse("2026-11-02").expect("a date");
    let mut state = State::default();
    let sale = Sale { version: 1, day, volume: 1_000, own: true, returned: false, silent: false };
    fold::confirm(&mut state, SERIAL, Confirmed::Sale { source: "order-1".into(), sale });
    let volume = Volume { version: 1, day, customers: 0, own: 100_000, silent: false };
    fold::confirm(&mut state, SERIAL, Confirmed::Volume { month: Month::of(day), volume });
    fold::settle(&releases, &mut state);
    assert_eq!((state.totals().points, state.ledger().count()), (0, 0));
}
