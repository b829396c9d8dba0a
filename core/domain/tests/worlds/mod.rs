//! Generated companies and generated evenings: a [`World`] is a line of releases that a company could have published, and what a person did
//! under them.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use qadam_domain::awards::{Awards, Badge, BadgeCondition, Level, PointsRule};
use qadam_domain::company::{Locale, Market};
use qadam_domain::event::{Ease, Event, EventKind, QuizAnswer};
use qadam_domain::fold::{self, Settled, State};
use qadam_domain::ids::{
    BadgeId, CardId, CompanyId, CourseId, EventId, LessonId, LevelId, MarketId, PhaseId, QuestionId, TaskId,
};
use qadam_domain::journey::{Journey, Pause, Phase, Task, TaskKind};
use qadam_domain::learning::grading::solution;
use qadam_domain::learning::{
    AcceptedText, Answer, AnswerKey, Course, FULL, Lesson, NumberRange, Question, ScenarioOption, ScenarioStep, Share,
};
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::reviews::ReviewPlan;
use qadam_domain::time::{DAY, Day, Moment};

/// Lessons that exist at most, in two courses.
pub const LESSONS: usize = 6;
/// 2023-11-14T22:13:20Z, the first moment of a world.
pub const START: i64 = 1_700_000_000_000;

/// Releases by rising serial, and events that name them.
#[derive(Debug, Clone)]
pub struct World {
    pub releases: Vec<Arc<IndexedRelease>>,
    pub events: Vec<Event>,
}

impl World {
    pub fn held(&self) -> Releases {
        hold(&self.releases)
    }

    /// Whether some release gives a badge an end.
    pub fn ends(&self, badge: &BadgeId) -> bool {
        let badges = self.releases.iter().flat_map(|r| &r.release.awards.badges);
        badges.filter(|b| b.id == *badge).any(|b| b.ended.is_some())
    }
}

pub fn hold(releases: &[Arc<IndexedRelease>]) -> Releases {
    let mut held = Releases::default();
    for release in releases {
        held.insert(release.clone());
    }
    held
}

/// Rows as a phone or server stores them.
pub type Rows = BTreeMap<(String, String), String>;

/// Writes the changed rows of a state.
pub fn store(rows: &mut Rows, state: &mut State) {
    for row in state.take_changes() {
        let key = (row.kind.to_string(), row.id);
        match row.value {
            Some(value) => rows.insert(key, value),
            None => rows.remove(&key),
        };
    }
}

pub fn load(rows: &Rows) -> State {
    let rows = rows.iter().map(|((kind, id), value)| (kind.as_str(), id.as_str(), value.as_str()));
    State::load(rows).expect("rows that a state wrote")
}

/// Folds all events and settles once.
pub fn fold_all<'a>(releases: &Releases, state: &mut State, events: impl IntoIterator<Item = &'a Event>) -> Settled {
    for event in events {
        fold::apply(releases, state, event);
    }
    fold::settle(releases, state)
}

pub fn slug(prefix: &str, n: usize) -> String {
    format!("{prefix}{n}")
}

pub fn lesson_id(n: usize) -> LessonId {
    LessonId::new(slug("lesson", n)).expect("a slug")
}

pub fn task_id(n: usize) -> TaskId {
    TaskId::new(slug("task", n)).expect("a slug")
}

pub fn question_id(n: usize) -> QuestionId {
    QuestionId::new(slug("question", n)).expect("a slug")
}

pub fn event_id(n: usize) -> EventId {
    let mut bytes = [7; 16];
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    EventId(bytes)
}

/// One question of each kind, each with something between right and wrong.
fn key(kind: usize) -> AnswerKey {
    let half = FULL / 2;
    let option = |score, next| ScenarioOption { score, next };
    match kind {
        0 => AnswerKey::Single { weights: vec![half, FULL, 0, -FULL] },
        1 => AnswerKey::Multiple { weights: vec![333_333, 333_333, 333_333, -half] },
        2 => AnswerKey::TrueFalse { answer: false },
        3 => AnswerKey::Numeric {
            accepted: vec![
                NumberRange { min: 40_000_000, max: 44_000_000, score: half },
                NumberRange { min: 42_000_000, max: 42_000_000, score: FULL },
            ],
        },
        4 => {
            let texts = |full: &str, half_of_it: &str| {
                vec![
                    AcceptedText { text: full.into(), score: FULL },
                    AcceptedText { text: half_of_it.into(), score: half },
                ]
            };
            AnswerKey::ShortText {
                accepted: [(Locale::En, texts("Consent", "approval")), (Locale::Kk, texts("Келісім", "мақұлдау"))]
                    .into(),
            }
        }
        5 => AnswerKey::Ordering { items: 4 },
        6 => AnswerKey::Matching { right: vec![2, 0, 1], choices: 4 },
        _ => AnswerKey::Scenario {
            steps: vec![
                ScenarioStep { options: vec![option(FULL, Some(1)), option(half, Some(1)), option(0, None)] },
                ScenarioStep { options: vec![option(FULL, None), option(0, None)] },
            ],
        },
    }
}

/// An answer that is right, partly right, wrong, left open.
fn answer(key: &AnswerKey, locale: Locale, how: u8) -> Answer {
    if how == 0 {
        return solution(key, locale);
    }
    if how == 1 {
        return match key {
            AnswerKey::Single { .. } => Answer::Single(0),
            AnswerKey::Multiple { .. } => Answer::Multiple(vec![0, 2]),
            AnswerKey::TrueFalse { .. } => Answer::TrueFalse(true),
            AnswerKey::Numeric { .. } => Answer::Number("41,5".into()),
            AnswerKey::ShortText { .. } => Answer::Text(" APPROVAL! ".into()),
            AnswerKey::Ordering { .. } => Answer::Order(vec![3, 0, 1, 2]),
            AnswerKey::Matching { .. } => Answer::Match(vec![Some(2), None, Some(1)]),
            AnswerKey::Scenario { .. } => Answer::Path(vec![1, 1]),
        };
    }
    if how == 2 {
        return match key {
            AnswerKey::Single { .. } => Answer::Single(3),
            AnswerKey::Multiple { .. } => Answer::Multiple(vec![3]),
            AnswerKey::TrueFalse { .. } => Answer::TrueFalse(true),
            AnswerKey::Numeric { .. } => Answer::Number("forty-two".into()),
            AnswerKey::ShortText { .. } => Answer::Text(String::new()),
            AnswerKey::Ordering { .. } => Answer::Order(vec![3, 2, 1, 0]),
            AnswerKey::Matching { .. } => Answer::Match(vec![]),
            AnswerKey::Scenario { .. } => Answer::Path(vec![2]),
        };
    }
    Answer::Skipped
}

/// One lesson in one release.
#[derive(Debug, Clone)]
struct LessonPlan {
    present: bool,
    /// Bits of earlier lessons.
    after: u8,
    points: u32,
    /// Bits of the questions in the pool.
    pool: u8,
    draw: u32,
    pass: Share,
}

fn lesson_plan() -> impl Strategy<Value = LessonPlan> {
    let pool = prop_oneof![1 => Just(0_u8), 8 => any::<u8>()];
    let points = prop_oneof![Just(0_u32), 1_u32..60];
    let pass = prop_oneof![Just(FULL), Just(800_000), Just(400_000), Just(0)];
    (prop::bool::weighted(0.9), any::<u8>(), any::<u8>(), points, pool, 1_u32..4, pass).prop_map(
        // Two masks, so that there are few prerequisites.
        |(present, some, few, points, pool, draw, pass)| LessonPlan {
            present,
            after: some & few,
            points,
            pool,
            draw,
            pass,
        },
    )
}

/// One release: its lessons, points for reviews, and what each badge gets more than in the release before.
#[derive(Debug, Clone)]
struct ReleasePlan {
    lessons: Vec<LessonPlan>,
    review: u32,
    cap: u32,
    new_badges: usize,
    more_points: Vec<u32>,
    ended: Vec<Option<i32>>,
    skipped_serials: u64,
    /// Tasks more in the plan; none where there is no plan yet and no plan is begun.
    new_tasks: Option<usize>,
}

fn release_plan() -> impl Strategy<Value = ReleasePlan> {
    let ended = prop_oneof![6 => Just(None), 1 => (0..14_i32).prop_map(Some)];
    (
        prop::collection::vec(lesson_plan(), LESSONS),
        0_u32..4,
        0_u32..5,
        0_usize..8,
        prop::collection::vec(prop_oneof![2 => Just(0_u32), 1 => 1_u32..9], CONDITIONS),
        prop::collection::vec(ended, CONDITIONS),
        0_u64..2,
        prop::option::of(0_usize..3),
    )
        .prop_map(|(lessons, review, cap, new_badges, more_points, ended, skipped_serials, new_tasks)| {
            ReleasePlan { lessons, review, cap, new_badges, more_points, ended, skipped_serials, new_tasks }
        })
}

/// A plan of so many tasks, some of which are ticked off.
fn journey(tasks: usize) -> Journey {
    let kind = |n: usize| match n % 4 {
        0 => TaskKind::Checklist(2),
        1 => TaskKind::Sponsor,
        2 => TaskKind::Lesson(lesson_id(0)),
        _ => TaskKind::Reviews(2),
    };
    let task = |n: usize| Task {
        id: task_id(n),
        day: 1 + n as u32,
        by: 1 + n as u32,
        until: None,
        after: Vec::new(),
        kind: kind(n),
        retired: false,
        by_rule: false,
    };
    Journey {
        phases: vec![Phase { id: PhaseId::new("all").expect("a slug"), from: 1, until: 90 }],
        tasks: (0..tasks).map(task).collect(),
        goal: task_id(0),
        welcome: None,
    }
}

/// How many badges there are at most.
const CONDITIONS: usize = 12;

fn condition(n: usize) -> BadgeCondition {
    match n {
        0 => BadgeCondition::LessonsCompleted(1),
        1 => BadgeCondition::Reviews(1),
        2 => BadgeCondition::RunOfDays(2),
        3 => BadgeCondition::PerfectQuizzes(1),
        4 => BadgeCondition::Lessons(vec![lesson_id(0), lesson_id(2)]),
        5 => BadgeCondition::LessonsCompleted(3),
        6 => BadgeCondition::Reviews(4),
        7 => BadgeCondition::RunOfDays(4),
        8 => BadgeCondition::PerfectQuizzes(3),
        9 => BadgeCondition::Lessons((0..LESSONS).map(lesson_id).collect()),
        10 => BadgeCondition::Lessons(vec![]),
        _ => BadgeCondition::RunOfDays(1),
    }
}

/// Of earlier lessons; the order in which they are written, and how often, says nothing.
fn prerequisites(n: usize, planned: &LessonPlan) -> Vec<LessonId> {
    let mut after: Vec<LessonId> = (0..n).filter(|n| planned.after & (1 << n) != 0).map(lesson_id).collect();
    if planned.draw == 2 {
        after.reverse();
        after.extend(after.first().cloned());
    }
    after
}

/// A line of releases in which derived rules are append-only: a badge that is there stays, with its condition and at least its points.
fn line(plans: Vec<ReleasePlan>) -> Vec<Arc<IndexedRelease>> {
    let mut serial = 0;
    let mut badges: Vec<Badge> = Vec::new();
    let mut tasks = None;
    let mut releases = Vec::new();
    for plan in plans {
        serial += 1 + plan.skipped_serials;
        for _ in 0..plan.new_badges {
            if badges.len() < CONDITIONS {
                let n = badges.len();
                let id = BadgeId::new(slug("badge", n)).expect("a slug");
                badges.push(Badge { id, points: 0, when: condition(n), ended: None });
            }
        }
        for (n, badge) in badges.iter_mut().enumerate() {
            badge.points += plan.more_points[n];
            badge.ended = plan.ended[n].map(|day| Day::at(START, 0).plus(day));
        }
        if let Some(more) = plan.new_tasks {
            tasks = Some(tasks.unwrap_or(1) + more);
        }
        let lesson = |n: usize| {
            let planned = &plan.lessons[n];
            planned.present.then(|| Lesson {
                id: lesson_id(n),
                minutes: 3,
                points: planned.points,
                pass: planned.pass,
                draw: planned.draw,
                wait: 600_000,
                after: prerequisites(n, planned),
                questions: (0..8)
                    .filter(|kind| planned.pool & (1 << kind) != 0)
                    .map(|kind| Question { id: question_id(kind), key: key(kind) })
                    .collect(),
                media: vec![],
            })
        };
        let course = |id: &str, lessons: std::ops::Range<usize>| Course {
            id: CourseId::new(id).expect("a slug"),
            lessons: lessons.filter_map(lesson).collect(),
        };
        let release = Release {
            serial,
            company: CompanyId::new("altyn").expect("a slug"),
            default_locale: Locale::En,
            locales: Locale::ALL.to_vec(),
            markets: vec![Market {
                id: MarketId::new("kz").expect("a slug"),
                currency: "KZT".into(),
                locales: vec![Locale::Kk, Locale::Ru],
                time_zone: "Asia/Almaty".into(),
                period_ends: Vec::new(),
            }],
            courses: vec![course("first", 0..LESSONS / 2), course("second", LESSONS / 2..LESSONS)],
            awards: Awards {
                points: PointsRule { review: plan.review, reviews_a_day: plan.cap },
                levels: vec![Level { id: LevelId::new("newcomer").expect("a slug"), from: 0 }],
                badges: badges.clone(),
            },
            reviews: ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 },
            ranks: Vec::new(),
            rules: Vec::new(),
            journey: tasks.map(journey),
        };
        let bytes = release.to_bytes();
        releases.push(Arc::new(IndexedRelease::from_bytes(&bytes).expect("its own bytes")));
    }
    releases
}

/// Something that a person did, before it is known what the release holds.
#[derive(Debug, Clone)]
struct Deed {
    what: u8,
    release: usize,
    lesson: usize,
    locale: Locale,
    /// Which question first, and how each is answered.
    first: usize,
    how: Vec<u8>,
    hostile: Option<Answer>,
    ease: Ease,
    moment: Moment,
}

fn deed() -> impl Strategy<Value = Deed> {
    let how = prop_oneof![6 => Just(0_u8), 1 => Just(1_u8), 1 => Just(2_u8), 1 => Just(3_u8)];
    let ease = prop_oneof![Just(Ease::Hard), Just(Ease::Good), Just(Ease::Easy)];
    let hostile = prop_oneof![12 => Just(None), 1 => any_answer().prop_map(Some)];
    // Few distinct stamps within a day, so that some are equal; offsets that put one stamp on two dates.
    let moment = (0..10_i64, 0..5_i64, prop_oneof![Just(0), Just(300), Just(-660), Just(i32::MAX)])
        .prop_map(|(day, part, offset)| Moment::new(START + day * DAY + part * DAY / 5, offset));
    let locale = prop_oneof![Just(Locale::En), Just(Locale::Kk), Just(Locale::Ru)];
    let choice = (0_u8..8, 0_usize..4, 0..LESSONS, locale, 0_usize..8);
    (choice, prop::collection::vec(how, 3), hostile, ease, moment).prop_map(
        |((what, release, lesson, locale, first), how, hostile, ease, moment)| Deed {
            what,
            release,
            lesson,
            locale,
            first,
            how,
            hostile,
            ease,
            moment,
        },
    )
}

impl Deed {
    fn event(&self, n: usize, releases: &[Arc<IndexedRelease>]) -> Event {
        let release = &releases[self.release % releases.len()];
        let lesson_id = lesson_id(self.lesson);
        let lesson = release.lesson(&lesson_id);
        let questions = lesson.map_or(&[][..], |lesson| &lesson.questions);
        let question = |n: usize| questions.get((self.first + n) % questions.len().max(1));
        let answered = |n: usize| {
            let right = question(n).map_or(Answer::Skipped, |q| answer(&q.key, self.locale, self.how[n]));
            self.hostile.clone().filter(|_| n == 0).unwrap_or(right)
        };
        let id = |n: usize| question(n).map_or(question_id(n), |q| q.id.clone());
        let kind = match self.what {
            0 => EventKind::LessonRead { lesson: lesson_id },
            1..4 => {
                let size = lesson.map_or(1, Lesson::quiz_size);
                let answers = (0..size).map(|n| QuizAnswer { question: id(n), answer: answered(n) }).collect();
                EventKind::QuizAnswered { lesson: lesson_id, locale: self.locale, answers }
            }
            4..6 => EventKind::ReviewAnswered {
                card: CardId { lesson: lesson_id, question: id(0) },
                locale: self.locale,
                answer: answered(0),
                ease: self.ease,
            },
            6 => {
                let item = if self.lesson.is_multiple_of(4) { Some(self.how[0]) } else { None };
                EventKind::TaskTicked { task: task_id(self.lesson), item, undone: self.how[1] == 1 }
            }
            _ => {
                let from = self.moment.day.plus(self.first as i32 - 4);
                let until = from.plus(i32::from(self.how[0]) * 3 - 1);
                let change = Pause { version: u32::from(self.how[1]), from, until };
                EventKind::JourneyPaused { pause: event_id(900 + self.lesson / 3), change }
            }
        };
        Event { id: event_id(n), moment: self.moment, release: release.id.clone(), kind }
    }
}

/// Releases that a company could publish one after the other, and at most `most` events.
pub fn world(most: usize) -> impl Strategy<Value = World> {
    (prop::collection::vec(release_plan(), 1..4), prop::collection::vec(deed(), 0..most)).prop_map(|(plans, deeds)| {
        let releases = line(plans);
        let events = deeds.iter().enumerate().map(|(n, deed)| deed.event(n, &releases)).collect();
        World { releases, events }
    })
}

/// Any answer at all.
pub fn any_answer() -> impl Strategy<Value = Answer> {
    let text =
        prop_oneof!["[-+0-9., %$]{0,12}", any::<String>(), Just("9".repeat(600)), Just("\u{fdfa}\u{301}".repeat(400)),];
    let indexes = || prop::collection::vec(any::<u8>(), 0..300);
    prop_oneof![
        any::<u8>().prop_map(Answer::Single),
        indexes().prop_map(Answer::Multiple),
        any::<bool>().prop_map(Answer::TrueFalse),
        text.clone().prop_map(Answer::Number),
        text.prop_map(Answer::Text),
        indexes().prop_map(Answer::Order),
        prop::collection::vec(any::<Option<u8>>(), 0..300).prop_map(Answer::Match),
        indexes().prop_map(Answer::Path),
        Just(Answer::Skipped),
    ]
}

/// A share that a file may hold, whether it makes sense or not.
fn any_share() -> impl Strategy<Value = Share> {
    prop_oneof![Just(Share::MIN), Just(Share::MAX), Just(0), Just(FULL), Just(-FULL), any::<Share>()]
}

fn any_key() -> impl Strategy<Value = AnswerKey> {
    let weights = || prop::collection::vec(any_share(), 0..6);
    let range = (any::<i64>(), any::<i64>(), any_share()).prop_map(|(min, max, score)| NumberRange { min, max, score });
    let text = (any::<String>(), any_share()).prop_map(|(text, score)| AcceptedText { text, score });
    let texts = prop::collection::vec(text, 0..3);
    let locale = prop_oneof![Just(Locale::En), Just(Locale::Kk), Just(Locale::Ru)];
    let option = (any_share(), prop_oneof![Just(None), (0_u8..5).prop_map(Some), any::<u8>().prop_map(Some)])
        .prop_map(|(score, next)| ScenarioOption { score, next });
    let step = prop::collection::vec(option, 0..4).prop_map(|options| ScenarioStep { options });
    prop_oneof![
        weights().prop_map(|weights| AnswerKey::Single { weights }),
        prop_oneof![weights(), Just(vec![Share::MAX; 300])].prop_map(|weights| AnswerKey::Multiple { weights }),
        any::<bool>().prop_map(|answer| AnswerKey::TrueFalse { answer }),
        prop::collection::vec(range, 0..4).prop_map(|accepted| AnswerKey::Numeric { accepted }),
        prop::collection::btree_map(locale, texts, 0..3).prop_map(|accepted| AnswerKey::ShortText { accepted }),
        any::<u8>().prop_map(|items| AnswerKey::Ordering { items }),
        (prop::collection::vec(any::<u8>(), 0..5), any::<u8>())
            .prop_map(|(right, choices)| AnswerKey::Matching { right, choices }),
        prop::collection::vec(step, 0..5).prop_map(|steps| AnswerKey::Scenario { steps }),
    ]
}

fn any_count() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..4, Just(u32::MAX), any::<u32>()]
}

fn any_day() -> impl Strategy<Value = Day> {
    prop_oneof![Just(Day::MIN), Just(Day::MAX), (Day::MIN.0..=Day::MAX.0).prop_map(Day)]
}

fn any_lesson() -> impl Strategy<Value = Lesson> {
    let question = (0_usize..4, any_key()).prop_map(|(n, key)| Question { id: question_id(n), key });
    // A prerequisite may be missing, later, twice, or the lesson itself.
    let after = prop::collection::vec((0..LESSONS).prop_map(lesson_id), 0..4);
    (0..LESSONS, any_count(), any_share(), any_count(), any::<i64>(), after, prop::collection::vec(question, 0..5))
        .prop_map(|(n, points, pass, draw, wait, after, questions)| Lesson {
            id: lesson_id(n),
            minutes: 0,
            points,
            pass,
            draw,
            wait,
            after,
            questions,
            media: vec![],
        })
}

fn any_badge() -> impl Strategy<Value = Badge> {
    let when = prop_oneof![
        prop::collection::vec((0..LESSONS).prop_map(lesson_id), 0..3).prop_map(BadgeCondition::Lessons),
        any_count().prop_map(BadgeCondition::LessonsCompleted),
        any_count().prop_map(BadgeCondition::PerfectQuizzes),
        any_count().prop_map(BadgeCondition::Reviews),
        any_count().prop_map(BadgeCondition::RunOfDays),
    ];
    (0_usize..4, any_count(), when, prop::option::of(any_day())).prop_map(|(n, points, when, ended)| Badge {
        id: BadgeId::new(slug("badge", n)).expect("a slug"),
        points,
        when,
        ended,
    })
}

fn any_item() -> impl Strategy<Value = Option<u8>> {
    prop_oneof![Just(None), (0_u8..3).prop_map(Some), any::<u8>().prop_map(Some)]
}

/// Any plan at all: days out of order, tasks twice or waiting for each other.
pub fn any_journey() -> impl Strategy<Value = Journey> {
    let day = || prop_oneof![3 => 0_u32..12, 1 => any::<u32>()];
    let kind = prop_oneof![
        (0..LESSONS).prop_map(|n| TaskKind::Lesson(lesson_id(n))),
        any_count().prop_map(TaskKind::Reviews),
        any_count().prop_map(TaskKind::Contacts),
        any_count().prop_map(TaskKind::Interactions),
        any_count().prop_map(TaskKind::FollowUps),
        any_count().prop_map(TaskKind::Sales),
        Just(TaskKind::Sponsor),
        Just(TaskKind::Event),
        any::<u8>().prop_map(TaskKind::Checklist),
        (0_u8..4).prop_map(TaskKind::Checklist),
    ];
    let after = prop::collection::vec((0..6_usize).prop_map(task_id), 0..3);
    let task = (0..6_usize, day(), day(), prop::option::of(day()), after, kind, prop::bool::weighted(0.1)).prop_map(
        |(n, day, by, until, after, kind, retired)| Task {
            id: task_id(n),
            day,
            by,
            until,
            after,
            kind,
            retired,
            by_rule: false,
        },
    );
    let phase = (0..3_usize, day(), day()).prop_map(|(n, from, until)| Phase {
        id: PhaseId::new(slug("phase", n)).expect("a slug"),
        from,
        until,
    });
    (prop::collection::vec(phase, 0..4), prop::collection::vec(task, 0..12), 0..6_usize)
        .prop_map(|(phases, tasks, goal)| Journey { phases, tasks, goal: task_id(goal), welcome: None })
}

/// Anything that the types let through, however little sense it makes.
pub fn any_release() -> impl Strategy<Value = Release> {
    let serial = prop_oneof![0_u64..4, Just(u64::MAX), any::<u64>()];
    let lessons = prop::collection::vec(any_lesson(), 0..6);
    (
        serial,
        prop::collection::vec(lessons, 0..3),
        (any_count(), any_count()),
        prop::collection::vec(any::<u64>(), 0..3),
        prop::collection::vec(any_badge(), 0..5),
        (any_count(), any_count(), any_count()),
        prop::option::of(any_journey()),
    )
        .prop_map(
            |(
                serial,
                courses,
                (review, reviews_a_day),
                levels,
                badges,
                (retention, minutes, seconds_per_card),
                journey,
            )| {
                Release {
                    serial,
                    company: CompanyId::new("altyn").expect("a slug"),
                    default_locale: Locale::En,
                    locales: vec![],
                    markets: vec![],
                    courses: courses
                        .into_iter()
                        .map(|lessons| Course { id: CourseId::new("twice").expect("a slug"), lessons })
                        .collect(),
                    awards: Awards {
                        points: PointsRule { review, reviews_a_day },
                        levels: levels
                            .into_iter()
                            .map(|from| Level { id: LevelId::new("twice").expect("a slug"), from })
                            .collect(),
                        badges,
                    },
                    reviews: ReviewPlan { retention, minutes, seconds_per_card },
                    ranks: Vec::new(),
                    rules: Vec::new(),
                    journey,
                }
            },
        )
}

/// Any event at all; most name a lesson and question that some release has.
pub fn any_event() -> impl Strategy<Value = (usize, Moment, EventKind)> {
    let stamp = prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), any::<i64>(), START..START + 5 * DAY];
    let moment = (stamp, any::<i32>()).prop_map(|(at, offset)| Moment::new(at, offset));
    let lesson = || (0..LESSONS).prop_map(lesson_id);
    let question = || (0_usize..4).prop_map(question_id);
    let locale = || prop_oneof![Just(Locale::En), Just(Locale::Ru)];
    let given = (question(), any_answer()).prop_map(|(question, answer)| QuizAnswer { question, answer });
    let kind = prop_oneof![
        lesson().prop_map(|lesson| EventKind::LessonRead { lesson }),
        (lesson(), locale(), prop::collection::vec(given, 0..5))
            .prop_map(|(lesson, locale, answers)| EventKind::QuizAnswered { lesson, locale, answers }),
        (lesson(), question(), locale(), any_answer()).prop_map(|(lesson, question, locale, answer)| {
            EventKind::ReviewAnswered { card: CardId { lesson, question }, locale, answer, ease: Ease::Easy }
        }),
        ((0..6_usize).prop_map(task_id), any_item(), any::<bool>())
            .prop_map(|(task, item, undone)| EventKind::TaskTicked { task, item, undone }),
        (0..2_usize, any::<u32>(), any_day(), any_day()).prop_map(|(n, version, from, until)| {
            EventKind::JourneyPaused { pause: event_id(900 + n), change: Pause { version, from, until } }
        }),
    ];
    (0_usize..4, moment, kind)
}
