//! The rules of a run's releases and their plan: each home and kind of effect, small enough that a few evenings move somebody.

use qadam_domain::content::{NudgeText, RulesText};
use qadam_domain::ids::{GroupId, PhaseId, RuleId, TaskId, TextId};
use qadam_domain::journey::{Journey, Phase, Task, TaskKind};
use qadam_domain::rules::{
    Category, Compare, Condition, Effect, Fact, Goal, Limits, Nudge, Offer, Order, Rule, Slot, Term, Trigger, When,
    Window, Word,
};

use crate::content::{id, lesson_id};

/// So many people may have the offer: fewer than a run has, so that the limit counts.
pub const OFFERS: u32 = 1;
pub const OFFER: &str = "offer-sales";
const EVENING: u16 = 19 * 60;

/// The rules of the release with this serial: a later one gives other points, and has one rule more.
pub fn rules(serial: u64) -> Vec<Slot> {
    let event = When::Event;
    let per = |per| Limits { per, ..Limits::default() };
    let group =
        |priority| Limits { per: Window::Day, group: Some(id(GroupId::new("evening"))), priority, ..Limits::default() };
    let offer =
        Offer { goal: Goal::CustomerSales(2), days: 5, reward: text("reward"), terms: text("terms"), total: OFFERS };
    let mut rules = vec![
        // Derived.
        rule(
            "points-lessons",
            event(Trigger::LessonCompleted),
            at_least(Fact::LessonsCompleted, 2),
            vec![Effect::Points(4 + serial as u32), Effect::Lesson(lesson_id(4))],
            Limits::default(),
        ),
        rule(
            "points-reviews",
            event(Trigger::ReviewAnswered),
            at_least(Fact::Reviews, 2),
            vec![Effect::Points(2)],
            per(Window::Week),
        ),
        rule(
            "task-sale",
            event(Trigger::SaleConfirmed),
            at_least(Fact::Sales, 1),
            vec![Effect::Task(id(TaskId::new("thank"))), Effect::Points(3)],
            per(Window::Month),
        ),
        // The phone's.
        rule(
            "failed-twice",
            event(Trigger::QuizFailed),
            at_least(Fact::QuizzesFailed, 2),
            vec![nudge("failed", Category::Learning, 48)],
            per(Window::Day),
        ),
        rule(
            "reviews-due",
            When::Daily { minute: EVENING },
            at_least(Fact::ReviewsDue, 1),
            vec![nudge("reviews", Category::Learning, 12)],
            group(60),
        ),
        rule(
            "streak",
            When::Daily { minute: EVENING + 30 },
            at_least(Fact::Streak, 1),
            vec![nudge("streak", Category::Learning, 6)],
            group(40),
        ),
        rule(
            "three-silent",
            When::Silence { days: 3, minute: EVENING },
            Condition::always(),
            vec![nudge("silent", Category::Learning, 48)],
            per(Window::Week),
        ),
        rule(
            "after-lesson",
            When::After {
                event: Trigger::LessonCompleted,
                days: 2,
                minute: 12 * 60,
                unless: Some(Trigger::ReviewAnswered),
            },
            Condition::always(),
            vec![nudge("after", Category::Learning, 24)],
            Limits { per: Window::Week, holdout: 30, ..Limits::default() },
        ),
        rule(
            "regular",
            When::Enters(at_least(Fact::LessonsCompleted, 3)),
            Condition::always(),
            vec![nudge("regular", Category::Company, 72)],
            Limits::default(),
        ),
        // The server's.
        rule(
            "sale-nudge",
            event(Trigger::SaleConfirmed),
            at_least(Fact::SalesVolume, 20),
            vec![nudge("sale", Category::Business, 72)],
            per(Window::Week),
        ),
        rule(
            OFFER,
            event(Trigger::SaleConfirmed),
            at_least(Fact::Sales, 2),
            vec![Effect::Offer(offer)],
            Limits::default(),
        ),
        rule(
            "tell-first",
            event(Trigger::LessonCompleted),
            at_least(Fact::LessonsCompleted, 1),
            vec![word("first")],
            Limits::default(),
        ),
        rule(
            "tell-silent",
            When::Silence { days: 5, minute: EVENING },
            Condition::always(),
            vec![word("silent")],
            per(Window::Month),
        ),
        rule(
            "tell-regular",
            When::Enters(at_least(Fact::LessonsCompleted, 2)),
            Condition::always(),
            vec![word("regular")],
            Limits { holdout: 20, ..Limits::default() },
        ),
        rule(
            "team-silent",
            When::Daily { minute: EVENING },
            at_least(Fact::NewcomersSilent, 1),
            vec![nudge("team", Category::Team, 24)],
            per(Window::Week),
        ),
    ];
    if serial > 1 {
        rules.push(rule(
            "joined",
            When::Joined { days: 3, minute: EVENING },
            Condition::always(),
            vec![nudge("joined", Category::Company, 24)],
            Limits::default(),
        ));
    }
    rules.into_iter().map(|rule| Slot::Known(Box::new(rule))).collect()
}

pub fn texts() -> RulesText {
    let nudges = ["failed", "reviews", "streak", "silent", "after", "regular", "sale", "team", "joined"];
    let nudges = nudges.map(|name| (text(name), NudgeText { title: name.into(), body: "Text".into() }));
    RulesText { nudges: nudges.into(), ..RulesText::default() }
}

/// The plan. Its texts are not looked at.
pub fn journey() -> Journey {
    let task = |name: &str, day, kind| Task {
        id: id(TaskId::new(name)),
        day,
        by: day + 1,
        until: None,
        after: Vec::new(),
        kind,
        retired: false,
        by_rule: false,
    };
    Journey {
        phases: vec![Phase { id: id(PhaseId::new("first")), from: 1, until: 30 }],
        tasks: vec![
            task("learn", 1, TaskKind::Lesson(lesson_id(0))),
            task("list", 1, TaskKind::Checklist(3)),
            task("meet", 2, TaskKind::Sponsor),
            task("sell", 4, TaskKind::Sales(1)),
            Task { by_rule: true, ..task("thank", 1, TaskKind::Checklist(2)) },
        ],
        goal: id(TaskId::new("sell")),
        welcome: None,
    }
}

fn rule(name: &str, when: When, condition: Condition, then: Vec<Effect>, limits: Limits) -> Rule {
    let rule = Rule { id: id(RuleId::new(name)), when, condition, then, limits };
    id(rule.check());
    rule
}

fn at_least(fact: Fact, number: i64) -> Condition {
    Condition::Compare(Compare { left: Term::Fact(fact), is: Order::AtLeast, right: Term::Number(number) })
}

fn nudge(name: &str, category: Category, expires: u16) -> Effect {
    Effect::Nudge(Nudge { text: text(name), category, expires, at: None })
}

fn word(name: &str) -> Effect {
    Effect::Sponsor(Word { text: text(name), lesson: None })
}

fn text(name: &str) -> TextId {
    id(TextId::new(name))
}
