//! Rules and nudges without a disk: what one event costs, what the coming days cost, and the plan.

use std::hint::black_box;
use std::sync::Arc;

use qadam_domain::company::{Distributor, Locale};
use qadam_domain::fold::State;
use qadam_domain::ids::{DecisionId, GroupId, MarketId, RuleId, TextId};
use qadam_domain::nudges::plan::{Situation, plan};
use qadam_domain::nudges::zone::Offsets;
use qadam_domain::nudges::{By, Candidate, Platform, Preferences, SLOTS, Shown};
use qadam_domain::release::{IndexedRelease, Release};
use qadam_domain::rules::emitted::{Segments, Side, answer, at};
use qadam_domain::rules::person::{Person, PhoneFacts};
use qadam_domain::rules::{
    Category, Compare, Condition, Effect, Fact, Limits, Nudge, Order, Rule, Slot, Term, Trigger, When, Window,
};
use qadam_domain::time::{DAY, Day, MINUTE};

use crate::content;
use crate::measure::each;
use crate::report::{Case, Goal};

const RULES: usize = 200;
/// The phone plans so many days ahead.
const AHEAD: i32 = 14;
const CANDIDATES: usize = 200;
const SHOWN: usize = 400;

pub fn cases(state: &State) -> Vec<Case> {
    let release = release();
    let (person, phone) = (distributor(), PhoneFacts { contacts: 300, ..PhoneFacts::default() });
    let today = state.days().last().map_or(Day(20_000), |(day, _)| day);
    let person = || {
        let mut person = Person::new(&person, Locale::En, state, &release, None);
        person.phone = Some(&phone);
        person
    };
    // Each time anew, as a phone or server begins with a state that it has just read.
    let one = each(11, 200, |_| {
        let person = person();
        black_box(answer(&person, Side::Phone, Trigger::LessonCompleted, today, today).len())
    });
    let days = each(11, 20, |_| {
        let person = person();
        let mut segments = Segments::new();
        for ahead in 0..=AHEAD {
            let (decided, now) = at(&person, Side::Phone, today.plus(ahead), &segments);
            black_box(decided.len());
            segments = now;
        }
    });
    let zone = Offsets::fixed(300);
    let now = today.start(300) + 17 * 60 * MINUTE;
    let shown: Vec<Shown> = (0..SHOWN as i64)
        .map(|n| {
            let at = now - n * DAY - DAY;
            Shown { id: id(n as u128), at, day: Day::at(at, 300), by: By::Phone, group: None }
        })
        .collect();
    let candidates: Vec<Candidate> = (0..CANDIDATES).map(|n| candidate(n, today)).collect();
    let preferences = Preferences::default();
    let platform = Platform { permission: true, lease: Some(i64::MAX), slots: SLOTS };
    let situation =
        Situation { now, zone: &zone, preferences: &preferences, shown: &shown, platform, servers_weekday: 3 };
    let planned = each(11, 50, |_| black_box(plan(&situation, &candidates).scheduled.len()));
    let rules = format!("{RULES} rules, a heavy user of two years");
    vec![
        Case::new("one event through 200 rules", one).goal(Goal::Millis(0.05)).note(rules.clone()),
        Case::new("200 rules for today and 14 days", days).note(rules),
        Case::new("plan of nudges", planned)
            .goal(Goal::Millis(1.0))
            .note(format!("{CANDIDATES} candidates, {SHOWN} shown before")),
    ]
}

fn id(n: u128) -> DecisionId {
    DecisionId::new(format!("{n:032x}")).expect("32 digits")
}

fn candidate(n: usize, today: Day) -> Candidate {
    Candidate {
        id: id(1_000_000 + n as u128),
        rule: Some(RuleId::new(format!("rule-{n}")).expect("a slug")),
        category: Category::Learning,
        group: n.is_multiple_of(5).then(|| GroupId::new(format!("group-{}", n % 20)).expect("a slug")),
        priority: (n % 100) as u8,
        day: today.plus((n % 14) as i32),
        minute: n.is_multiple_of(3).then_some((n * 7 % 1_440) as u16),
        expires: 72,
        held_out: n.is_multiple_of(11),
    }
}

/// Half of them answer an event, the others look by the time; each compares three facts.
fn release() -> Arc<IndexedRelease> {
    let mut release = content::release();
    let compare =
        |fact, is, number| Condition::Compare(Compare { left: Term::Fact(fact), is, right: Term::Number(number) });
    let rule = |n: usize| Rule {
        id: RuleId::new(format!("rule-{n}")).expect("a slug"),
        when: match n % 4 {
            0 | 1 => When::Event(Trigger::LessonCompleted),
            2 => When::Daily { minute: 1_140 },
            _ => When::Silence { days: 1 + (n % 9) as u16, minute: 1_140 },
        },
        condition: Condition::All(vec![
            compare(Fact::LessonsCompleted, Order::AtLeast, (n % 7) as i64),
            // As in earnest, one of twenty holds.
            compare(Fact::Streak, if n.is_multiple_of(20) { Order::Less } else { Order::AtLeast }, 1_000),
            Condition::Any(vec![
                compare(Fact::Contacts, Order::AtLeast, (n * 3) as i64),
                compare(Fact::ReviewsDue, Order::More, 5),
            ]),
        ]),
        then: vec![Effect::Nudge(Nudge {
            text: TextId::new("text").expect("a slug"),
            category: Category::Learning,
            expires: 24,
            at: None,
        })],
        limits: Limits { per: Window::Day, ..Limits::default() },
    };
    release.rules = (0..RULES).map(|n| Slot::Known(Box::new(rule(n)))).collect();
    let bytes = release.to_bytes();
    Arc::new(IndexedRelease::new(Release::id_of(&bytes), release))
}

fn distributor() -> Distributor {
    Distributor {
        id: "KZ-1".into(),
        name: "Aigul".into(),
        market: MarketId::new("kz").expect("a slug"),
        locale: Locale::En,
        sponsor: None,
        sponsor_name: None,
        mentor: None,
        mentor_name: None,
        joined: Day(19_000),
        more: Default::default(),
    }
}
