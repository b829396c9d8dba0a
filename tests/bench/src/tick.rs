//! The evening tick: what a look at a person costs, with many rules.

use std::path::Path;
use std::sync::Arc;

use qadam_backend::accounts::{self, NewUser};
use qadam_backend::nudges::tick;
use qadam_backend::random::system;
use qadam_backend::store;
use qadam_domain::company::{Locale, Market};
use qadam_domain::ids::{MarketId, RuleId, TextId};
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::rules::{Compare, Condition, Effect, Fact, Limits, Order, Rule, Slot, Term, When, Window, Word};
use qadam_domain::time::{DAY, MINUTE, Millis};

use crate::content;
use crate::measure::timed;
use crate::report::{Case, Figure, Goal};

const PEOPLE: usize = 2_000;
const RULES: usize = 200;
/// 2026-11-24T00:00Z
const NOW: Millis = 1_795_478_400_000;
/// What the goal is for.
const ALL: usize = 1_000_000;

pub fn cases(folder: &Path) -> Vec<Case> {
    let conn = store::open(folder).expect("a database");
    let mut company = content::release();
    company.rules = (0..RULES).map(|n| Slot::Known(Box::new(rule(n)))).collect();
    company.markets = vec![Market {
        id: MarketId::new("kz").expect("a slug"),
        currency: "KZT".into(),
        locales: vec![Locale::En],
        time_zone: "Asia/Almaty".into(),
        period_ends: Vec::new(),
    }];
    let release = company.clone();
    let bytes = company.to_bytes();
    let mut releases = Releases::default();
    releases.insert(Arc::new(IndexedRelease::new(Release::id_of(&bytes), company)));
    for n in 0..PEOPLE {
        let new = NewUser {
            login: format!("user-{n}"),
            name: "Somebody".into(),
            market: MarketId::new("kz").expect("a slug"),
            locale: Locale::En,
            sponsor: None,
            id: Some(format!("KZ-{n}")),
        };
        accounts::add_user(&conn, &release, &new, NOW, &mut system).expect("adds");
    }
    // The first look of all: what comes in the next two weeks is found.
    let tick = |now: Millis| {
        timed(|| {
            store::atomically(&conn, || {
                let mut looked = 0;
                loop {
                    match tick::some(&conn, &releases, now, &mut system)? {
                        0 => return Ok::<_, qadam_backend::error::Error>(looked),
                        some => looked += some,
                    }
                }
            })
            .expect("looks")
        })
    };
    tick::wait_for_everyone(&conn, NOW).expect("puts them into the queue");
    let (first, looked) = tick(NOW + 31 * MINUTE);
    assert_eq!(looked, PEOPLE);
    // After the first evening on which something comes to everybody: nothing was done for days.
    let (evening, looked) = tick(NOW + 5 * DAY);
    assert_eq!(looked, PEOPLE);
    let each = |time: std::time::Duration| time.as_nanos() as f64 / PEOPLE as f64;
    let scaled =
        |time| format!("{RULES} rules; {ALL} people would take {:.0} s on one core", each(time) * ALL as f64 / 1e9);
    vec![
        Case::new("tick: a first look at a person", Figure::Nanos(each(first))).note(scaled(first)),
        Case::new("tick: an evening's look at a person", Figure::Nanos(each(evening)))
            .goal(Goal::Millis(0.06))
            .note(scaled(evening)),
    ]
}

/// As a company's: most look at silences and days after joining, some every day.
pub fn rule(n: usize) -> Rule {
    let compare =
        |fact, is, number| Condition::Compare(Compare { left: Term::Fact(fact), is, right: Term::Number(number) });
    Rule {
        id: RuleId::new(format!("rule-{n}")).expect("a slug"),
        when: match n % 10 {
            0 => When::Daily { minute: 1_080 },
            1..=5 => When::Silence { days: 3 + (n % 40) as u16, minute: 1_080 },
            _ => When::Joined { days: 3 + (n % 80) as u16, minute: 1_080 },
        },
        condition: Condition::All(vec![
            compare(Fact::LessonsCompleted, Order::Less, 100),
            compare(Fact::Streak, if n.is_multiple_of(10) { Order::AtLeast } else { Order::Less }, 30),
        ]),
        then: vec![Effect::Sponsor(Word { text: TextId::new("word").expect("a slug"), lesson: None })],
        limits: Limits { per: Window::Month, ..Limits::default() },
    }
}
