//! Releases for a run: small, with every kind of question, and each a little different from the one before.

use std::collections::BTreeMap;

use qadam_domain::awards::{Awards, Badge, BadgeCondition, Level, PointsRule};
use qadam_domain::company::{Locale, Market};
use qadam_domain::content::{Bundle, CompanyText, LessonText, QuestionText};
use qadam_domain::ids::{BadgeId, BlobHash, CompanyId, CourseId, LessonId, LevelId, MarketId, QuestionId};
use qadam_domain::learning::{
    AcceptedText, AnswerKey, Course, FULL, Lesson, NumberRange, Question, ScenarioOption, ScenarioStep,
};
use qadam_domain::release::Release;
use qadam_domain::reviews::ReviewPlan;
use qadam_protocol::content::{BlobRef, Manifest};

use crate::chance::Chance;
use crate::rules;

pub const MARKET: &str = "home";
const LESSONS: usize = 5;

/// What a phone fetches by hash.
pub type Blobs = BTreeMap<BlobHash, Vec<u8>>;

/// A release of a run, its one bundle and its manifest.
pub struct Published {
    pub release: Release,
    pub manifest: Manifest,
}

pub fn id<T, E: std::fmt::Debug>(made: Result<T, E>) -> T {
    made.expect("ids of the simulation are valid")
}

/// The release with this serial; later ones have more lessons, other prerequisites and other points.
pub fn publish(serial: u64, chance: &Chance, blobs: &mut Blobs) -> Published {
    let count = LESSONS + serial as usize;
    let lessons: Vec<Lesson> = (0..count).map(|n| lesson(n, serial, chance)).collect();
    let badge = |name: &str, points, when| Badge { id: id(BadgeId::new(name)), points, when, ended: None };
    let release = Release {
        serial,
        company: id(CompanyId::new("company")),
        default_locale: Locale::En,
        locales: vec![Locale::En],
        markets: vec![Market {
            id: id(MarketId::new(MARKET)),
            currency: "KZT".into(),
            locales: vec![Locale::En],
            time_zone: "Asia/Almaty".into(),
            period_ends: Vec::new(),
        }],
        courses: vec![Course { id: id(CourseId::new("course")), lessons }],
        awards: Awards {
            points: PointsRule { review: 1 + serial as u32, reviews_a_day: 5 },
            levels: vec![
                Level { id: id(LevelId::new("one")), from: 0 },
                Level { id: id(LevelId::new("two")), from: 30 },
            ],
            badges: vec![
                badge("first", 10, BadgeCondition::LessonsCompleted(1)),
                badge("three", 5, BadgeCondition::LessonsCompleted(3)),
                badge("perfect", 7, BadgeCondition::PerfectQuizzes(2)),
                badge("reviewer", 3, BadgeCondition::Reviews(3)),
                badge("run", 9, BadgeCondition::RunOfDays(2)),
                badge("pair", 2, BadgeCondition::Lessons(vec![lesson_id(0), lesson_id(1)])),
            ],
        },
        reviews: ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 },
        ranks: Vec::new(),
        rules: rules::rules(serial),
        journey: Some(rules::journey()),
    };
    let words = |lesson: &Lesson| {
        let questions = lesson.questions.iter().map(|q| (q.id.clone(), QuestionText::default())).collect();
        (lesson.id.clone(), LessonText { title: lesson.id.to_string(), cards: vec!["Text".into()], questions })
    };
    let bundle = Bundle {
        locale: Locale::En,
        company: CompanyText { name: "Company".into(), welcome: format!("Release {serial}") },
        markets: BTreeMap::new(),
        courses: BTreeMap::new(),
        lessons: release.lessons().map(words).collect(),
        levels: BTreeMap::new(),
        badges: BTreeMap::new(),
        media: BTreeMap::new(),
        journey: None,
        rules: rules::texts(),
    };
    let mut keep = |bytes: Vec<u8>| {
        let blob = BlobRef { hash: BlobHash::of(&bytes), size: bytes.len() as u64 };
        blobs.insert(blob.hash.clone(), bytes);
        blob
    };
    let manifest = Manifest {
        release: keep(release.to_bytes()),
        bundles: [(Locale::En, keep(serde_json::to_vec(&bundle).expect("a bundle is JSON")))].into(),
        media: BTreeMap::new(),
    };
    Published { release, manifest }
}

pub fn lesson_id(n: usize) -> LessonId {
    id(LessonId::new(format!("lesson-{n}")))
}

fn lesson(n: usize, serial: u64, chance: &Chance) -> Lesson {
    let after = match n {
        0 => Vec::new(),
        // A later release may hang a lesson elsewhere.
        n if serial > 1 && chance.happens(30) => vec![lesson_id(chance.below(n))],
        n => vec![lesson_id(n - 1)],
    };
    let questions: Vec<Question> = (0..4).map(|q| question(q, n)).collect();
    Lesson {
        id: lesson_id(n),
        minutes: 3,
        points: 10 + chance.below(5) as u32,
        pass: FULL / 2,
        draw: 2,
        wait: if n == 2 { 600_000 } else { 0 },
        after,
        // One lesson is read only.
        questions: if n == 3 { Vec::new() } else { questions },
        media: Vec::new(),
    }
}

fn question(q: usize, n: usize) -> Question {
    let key = match (n * 4 + q) % 8 {
        0 => AnswerKey::Single { weights: vec![FULL, 0, FULL / 2] },
        1 => AnswerKey::Multiple { weights: vec![FULL / 2, FULL / 2, -FULL] },
        2 => AnswerKey::TrueFalse { answer: true },
        3 => AnswerKey::Numeric { accepted: vec![NumberRange { min: 1_000_000, max: 2_000_000, score: FULL }] },
        4 => AnswerKey::ShortText {
            accepted: [(Locale::En, vec![AcceptedText { text: "consent".into(), score: FULL }])].into(),
        },
        5 => AnswerKey::Ordering { items: 4 },
        6 => AnswerKey::Matching { right: vec![1, 0, 2], choices: 3 },
        _ => AnswerKey::Scenario {
            steps: vec![
                ScenarioStep {
                    options: vec![
                        ScenarioOption { score: FULL, next: Some(1) },
                        ScenarioOption { score: 0, next: None },
                    ],
                },
                ScenarioStep { options: vec![ScenarioOption { score: FULL, next: None }] },
            ],
        },
    };
    Question { id: id(QuestionId::new(format!("q{q}"))), key }
}
