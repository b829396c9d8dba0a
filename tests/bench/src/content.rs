//! A release for the benches: all eight kinds of question, and badges of every condition.

use std::collections::BTreeMap;

use qadam_domain::awards::{Awards, Badge, BadgeCondition, Level, PointsRule};
use qadam_domain::company::{Locale, Market};
use qadam_domain::content::{Bundle, CompanyText, LessonText, QuestionText};
use qadam_domain::ids::{BadgeId, CompanyId, CourseId, LessonId, LevelId, MarketId, QuestionId};
use qadam_domain::learning::{
    AcceptedText, AnswerKey, Course, FULL, Lesson, NumberRange, Question, ScenarioOption, ScenarioStep,
};
use qadam_domain::release::Release;
use qadam_domain::reviews::ReviewPlan;

pub const MARKET: &str = "home";
pub const LESSONS: usize = 40;
/// Names of the kinds, in the order of [`key`].
pub const KINDS: [&str; 8] =
    ["single", "multiple", "true/false", "numeric", "short text", "ordering", "matching", "scenario"];

pub fn id<T, E: std::fmt::Debug>(made: Result<T, E>) -> T {
    made.expect("ids of the benches are valid")
}

pub fn lesson_id(n: usize) -> LessonId {
    id(LessonId::new(format!("lesson-{n}")))
}

pub fn question_id(n: usize) -> QuestionId {
    id(QuestionId::new(format!("question-{n}")))
}

pub fn release() -> Release {
    let badge = |name: &str, when| Badge { id: id(BadgeId::new(name)), points: 10, when, ended: None };
    let conditions = [
        BadgeCondition::Lessons((0..10).map(lesson_id).collect()),
        BadgeCondition::Lessons((0..LESSONS).map(lesson_id).collect()),
        BadgeCondition::LessonsCompleted(1),
        BadgeCondition::LessonsCompleted(20),
        BadgeCondition::PerfectQuizzes(5),
        BadgeCondition::PerfectQuizzes(30),
        BadgeCondition::Reviews(100),
        BadgeCondition::Reviews(5_000),
        BadgeCondition::RunOfDays(7),
        BadgeCondition::RunOfDays(100),
    ];
    let badges = conditions.into_iter().enumerate().map(|(n, when)| badge(&format!("badge-{n}"), when)).collect();
    Release {
        serial: 1,
        company: id(CompanyId::new("bench")),
        default_locale: Locale::En,
        locales: vec![Locale::En],
        markets: vec![Market {
            id: id(MarketId::new(MARKET)),
            currency: "KZT".into(),
            locales: vec![Locale::En],
            time_zone: "Asia/Almaty".into(),
            period_ends: Vec::new(),
        }],
        courses: vec![Course { id: id(CourseId::new("course")), lessons: (0..LESSONS).map(lesson).collect() }],
        awards: Awards {
            points: PointsRule { review: 1, reviews_a_day: 30 },
            levels: vec![Level { id: id(LevelId::new("one")), from: 0 }],
            badges,
        },
        reviews: ReviewPlan { retention: 90, minutes: 10, seconds_per_card: 20 },
        ranks: Vec::new(),
        rules: Vec::new(),
        journey: None,
    }
}

pub fn bundle(release: &Release) -> Bundle {
    let words = |lesson: &Lesson| {
        let questions = lesson.questions.iter().map(|q| (q.id.clone(), QuestionText::default())).collect();
        let text = LessonText { title: lesson.id.to_string(), cards: vec!["Text".into()], questions };
        (lesson.id.clone(), text)
    };
    Bundle {
        locale: Locale::En,
        company: CompanyText { name: "Bench".into(), welcome: "Welcome".into() },
        markets: BTreeMap::new(),
        courses: BTreeMap::new(),
        lessons: release.lessons().map(words).collect(),
        levels: BTreeMap::new(),
        badges: BTreeMap::new(),
        media: BTreeMap::new(),
        journey: None,
        rules: Default::default(),
    }
}

fn lesson(n: usize) -> Lesson {
    let questions = (0..KINDS.len()).map(|q| Question { id: question_id(q), key: key(q) });
    Lesson {
        id: lesson_id(n),
        minutes: 4,
        points: 20,
        pass: FULL * 3 / 4,
        draw: 4,
        wait: 0,
        after: n.checked_sub(1).map(lesson_id).into_iter().collect(),
        questions: questions.collect(),
        media: Vec::new(),
    }
}

/// A question of each kind.
pub fn key(kind: usize) -> AnswerKey {
    let accepted = |text: &str| AcceptedText { text: text.into(), score: FULL };
    let option = |score, next| ScenarioOption { score, next };
    match kind {
        0 => AnswerKey::Single { weights: vec![0, FULL, FULL / 2, 0] },
        1 => AnswerKey::Multiple { weights: vec![FULL / 2, -FULL, FULL / 2, -FULL, 0] },
        2 => AnswerKey::TrueFalse { answer: true },
        3 => AnswerKey::Numeric {
            accepted: vec![
                NumberRange { min: 12_500_000, max: 12_500_000, score: FULL },
                NumberRange { min: 12_000_000, max: 13_000_000, score: FULL / 2 },
            ],
        },
        4 => AnswerKey::ShortText {
            accepted: [(Locale::En, vec![accepted("written consent"), accepted("consent"), accepted("permission")])]
                .into(),
        },
        5 => AnswerKey::Ordering { items: 6 },
        6 => AnswerKey::Matching { right: vec![1, 0, 2, 3], choices: 5 },
        _ => AnswerKey::Scenario {
            steps: vec![
                ScenarioStep { options: vec![option(FULL, Some(1)), option(0, Some(2)), option(FULL / 2, None)] },
                ScenarioStep { options: vec![option(FULL, Some(2)), option(0, None)] },
                ScenarioStep { options: vec![option(FULL, None), option(0, None)] },
            ],
        },
    }
}
