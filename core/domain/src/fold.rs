//! The fold: the one function from what people did to what follows from it, run by server and phone alike.
//!
//! [`apply`] takes one event into the facts of a [`State`], and carries on a card's memory where the review is its newest; [`settle`]
//! derives from the facts what hangs together: completion, the memory of other cards, points, badges. The state after both is a function
//! of the *set* of events: minima, maxima, counts and sets only. Each event is to be applied once; who calls knows events by their id.

mod derive;
mod journey;
pub mod nudges;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::awards::{BadgeCondition, streak};
use crate::event::{Ease, Event, EventKind, QuizAnswer};
use crate::ids::{BadgeId, CardId, CourseId, DecisionId, EventId, LessonId, QuestionId, TaskId};
use crate::learning::grading::grade_fitting;
use crate::learning::{FULL, Graded, Lesson, Share, Verdict};
use crate::release::Releases;
use crate::results::{Confirmed, Month, RankReached, Sale, Volume};
use crate::reviews::{Grade, fsrs};
use crate::time::{Day, Moment};

pub use derive::Past;

pub use journey::{Followed, HeldPause, TaskTicks, Tick};
use nudges::Noted;

/// Kinds of the rows that a state consists of, in the stream `me`.
pub mod kind {
    pub const LESSON: &str = "lesson";
    pub const CARD: &str = "card";
    pub const DAY: &str = "day";
    pub const POINTS: &str = "points";
    pub const BADGE: &str = "badge";
    pub const TOTALS: &str = "totals";
    pub const SALE: &str = "sale";
    pub const VOLUME: &str = "volume";
    pub const RANK: &str = "rank";
    pub const GIVEN: &str = "given";
    pub const NUDGE: &str = "nudge";
    pub const JOURNEY: &str = "journey";
    pub const TASK: &str = "task";
    pub const PAUSE: &str = "pause";

    pub const ALL: [&str; 14] =
        [LESSON, CARD, DAY, POINTS, BADGE, TOTALS, SALE, VOLUME, RANK, GIVEN, JOURNEY, TASK, PAUSE, NUDGE];
}

/// Id of the one row of kind [`kind::TOTALS`].
pub const TOTALS_ID: &str = "all";
/// Id of the one row of kind [`kind::JOURNEY`].
pub const JOURNEY_ID: &str = "mine";

/// What is known of a person and a lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonProgress {
    /// First pass under each set of prerequisites that a release had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<Pass>,
    /// Of the releases under which it was passed, the most.
    #[serde(default)]
    pub points: u32,
    /// Quizzes answered.
    #[serde(default)]
    pub attempts: u32,
    /// Quizzes not passed.
    #[serde(default)]
    pub failures: u32,
    /// The best quiz's share.
    #[serde(default)]
    pub best: Share,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<Moment>,
    /// First quiz without a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perfect: Option<Moment>,
    /// First read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Moment>,
    /// Passed, and all prerequisites of that pass completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<Moment>,
    /// Fields of a newer version, kept as they are.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl LessonProgress {
    pub fn is_passed(&self) -> bool {
        !self.passes.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Sorted.
    pub after: Vec<LessonId>,
    pub first: Moment,
}

/// A question that was passed and comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// In the order of stamp, then id.
    pub reviews: Vec<CardReview>,
    /// Computed from the reviews in that order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<fsrs::Memory>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Card {
    /// The date of the last review.
    pub fn last(&self) -> Option<Day> {
        self.reviews.last().map(|r| r.moment.day)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CardReview {
    #[serde(flatten)]
    pub moment: Moment,
    pub id: EventId,
    pub grade: Grade,
}

/// A day on which something was learnt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveDay {
    /// Reviews answered.
    #[serde(default)]
    pub reviews: u32,
    /// Points for one review: of the releases of this day's reviews, the most.
    #[serde(default)]
    pub each: u32,
    /// Reviews that count: of the same, the most.
    #[serde(default)]
    pub cap: u32,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// One entry of the ledger of points. Its id is the source: `lesson:<id>`, `badge:<id>`, `reviews:<date>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub points: u32,
    pub day: Day,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarnedBadge {
    /// The first day on which its condition held.
    pub day: Day,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What a rule gave. Its id is rule and window: `<rule>:ever`, `<rule>:2026-11-01`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The first day on which the rule's condition held.
    pub day: Day,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub courses: Vec<CourseId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lessons: Vec<LessonId>,
    /// Tasks of the plan that it opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskId>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Sums over the other rows, and the newest release that any event named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    #[serde(default)]
    pub serial: u64,
    #[serde(default)]
    pub points: u64,
    #[serde(default)]
    pub lessons_completed: u32,
    #[serde(default)]
    pub reviews: u32,
    /// The longest run of days, without freezes.
    #[serde(default)]
    pub best_run: u32,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A value and whether it has changed since [`State::take_changes`].
#[derive(Debug, Clone, Default)]
struct Tracked<T> {
    value: T,
    changed: bool,
}

impl<T: PartialEq> PartialEq for Tracked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Tracked<T> {
    fn of(value: T) -> Self {
        Self { value, changed: false }
    }

    fn change(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}

#[derive(Debug, Clone)]
struct HeldCard {
    id: CardId,
    card: Tracked<Card>,
    /// Its memory was computed here and from all its reviews, so one more review carries it on. What is read from a row, another version
    /// may have computed.
    current: bool,
}

/// Equal where the rows are.
impl PartialEq for HeldCard {
    fn eq(&self, other: &Self) -> bool {
        self.card == other.card
    }
}

type CardsOfLesson = BTreeMap<QuestionId, HeldCard>;

/// Everything that follows from a person's events.
#[derive(Debug, Clone, Default)]
pub struct State {
    lessons: BTreeMap<LessonId, Tracked<LessonProgress>>,
    /// By lesson, then by question: one look-up finds the lesson of a whole quiz, and none needs an id of its own.
    cards: BTreeMap<LessonId, CardsOfLesson>,
    days: BTreeMap<Day, Tracked<ActiveDay>>,
    ledger: BTreeMap<String, Tracked<LedgerEntry>>,
    badges: BTreeMap<BadgeId, Tracked<EarnedBadge>>,
    totals: Tracked<Totals>,
    sales: BTreeMap<String, Tracked<Sale>>,
    volumes: BTreeMap<Month, Tracked<Volume>>,
    ranks: BTreeMap<String, Tracked<RankReached>>,
    given: BTreeMap<String, Tracked<Given>>,
    followed: Option<Tracked<Followed>>,
    tasks: BTreeMap<TaskId, Tracked<TaskTicks>>,
    pauses: BTreeMap<EventId, Tracked<HeldPause>>,
    nudges: BTreeMap<DecisionId, Tracked<Noted>>,
    removed: BTreeSet<(&'static str, String)>,
    unsettled: bool,
}

/// Two states are equal where their rows are.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.lessons == other.lessons
            && self.cards == other.cards
            && self.days == other.days
            && self.ledger == other.ledger
            && self.badges == other.badges
            && self.totals == other.totals
            && self.sales == other.sales
            && self.volumes == other.volumes
            && self.ranks == other.ranks
            && self.given == other.given
            && self.followed == other.followed
            && self.tasks == other.tasks
            && self.pauses == other.pauses
            && self.nudges == other.nudges
    }
}

/// A row of a state as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    pub kind: &'static str,
    pub id: String,
    /// JSON; `None` where the row is gone.
    pub value: Option<String>,
}

/// Why a row can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the row {kind} {id} can't be read")]
pub struct RowError {
    pub kind: String,
    pub id: String,
    #[source]
    pub source: Option<serde_json::Error>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Applied(Applied),
    /// The release that it names is not held: it is to be applied when the release is back.
    Kept,
    /// It is impossible.
    Refused(Refusal),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    Read,
    Quiz(QuizResult),
    Review(Graded),
    Ticked,
    Paused,
    Noted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizResult {
    /// The mean of the answers' scores, rounded down.
    pub score: Share,
    pub passed: bool,
    pub graded: Vec<(QuestionId, Graded)>,
}

/// Why an event is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("the release has no such lesson")]
    UnknownLesson,
    #[error("the lesson has no such question")]
    UnknownQuestion,
    #[error("the answer does not belong to this kind of question")]
    AnswerMismatch,
    #[error("a quiz answers as many questions as it draws")]
    IncompleteQuiz,
    #[error("a question is answered twice")]
    RepeatedQuestion,
    #[error("the release's plan has no such task")]
    UnknownTask,
    #[error("nobody ticks such a task off, or it has no such item")]
    TaskMismatch,
}

/// What came newly with [`settle`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    pub completed: Vec<LessonId>,
    pub badges: Vec<BadgeId>,
}

/// The grading of a quiz, by the rules of `lesson`; nothing is recorded.
///
/// # Errors
/// [`Refusal`] where the answers are not those of a quiz of this lesson.
pub fn grade_quiz(
    lesson: &Lesson,
    locale: crate::company::Locale,
    answers: &[QuizAnswer],
) -> Result<QuizResult, Refusal> {
    if answers.is_empty() || answers.len() != lesson.quiz_size() {
        return Err(Refusal::IncompleteQuiz);
    }
    let mut graded = Vec::with_capacity(answers.len());
    let mut sum = 0_i64;
    for (i, given) in answers.iter().enumerate() {
        if answers[..i].iter().any(|before| before.question == given.question) {
            return Err(Refusal::RepeatedQuestion);
        }
        let question = lesson.question(&given.question).ok_or(Refusal::UnknownQuestion)?;
        let result = grade_fitting(&question.key, locale, &given.answer).ok_or(Refusal::AnswerMismatch)?;
        sum += i64::from(result.score);
        graded.push((given.question.clone(), result));
    }
    let score = (sum / answers.len() as i64) as Share;
    Ok(QuizResult { score, passed: score >= lesson.pass, graded })
}

/// Takes one event into the facts. Total: whatever the event holds, the state stays sound. Call [`settle`] after one or many.
pub fn apply(releases: &Releases, state: &mut State, event: &Event) -> Outcome {
    let Some(release) = releases.get(&event.release) else {
        return Outcome::Kept;
    };
    let lesson = |id| release.lesson(id).ok_or(Refusal::UnknownLesson);
    let applied = match &event.kind {
        EventKind::LessonRead { lesson: id } => lesson(id).map(|lesson| {
            state.record_reading(lesson, event.moment);
            Applied::Read
        }),
        EventKind::QuizAnswered { lesson: id, locale, answers } => lesson(id).and_then(|lesson| {
            let result = grade_quiz(lesson, *locale, answers)?;
            state.record_quiz(lesson, event, &result);
            Ok(Applied::Quiz(result))
        }),
        EventKind::ReviewAnswered { card, locale, answer, ease } => lesson(&card.lesson).and_then(|lesson| {
            let question = lesson.question(&card.question).ok_or(Refusal::UnknownQuestion)?;
            let result = grade_fitting(&question.key, *locale, answer).ok_or(Refusal::AnswerMismatch)?;
            let grade = review_grade(result.verdict, *ease);
            let cards = state.cards.entry(card.lesson.clone()).or_default();
            record_review(cards, &card.lesson, &card.question, event, grade);
            Ok(Applied::Review(result))
        }),
        EventKind::TaskTicked { task, item, undone } => {
            let tick = Tick { item: *item, moment: event.moment, id: event.id, undone: *undone };
            state.tick(release, task, tick)
        }
        EventKind::JourneyPaused { pause, change } => Ok(state.pause(*pause, *change)),
        EventKind::NudgeNoted { nudge, decision, became, when } => {
            // Nothing is noted before it was.
            let moment = when.map_or(event.moment, |when| when.min(event.moment));
            Ok(state.note_nudge(nudge, decision, *became, moment))
        }
    };
    let applied = match applied {
        Ok(applied) => applied,
        Err(refusal) => return Outcome::Refused(refusal),
    };
    match applied {
        // Nothing was learnt by it: the streak goes on by learning.
        Applied::Ticked | Applied::Paused | Applied::Noted => {}
        Applied::Read | Applied::Quiz(_) => {
            state.active_day(event.moment.day);
        }
        Applied::Review(_) => {
            let points = &release.release.awards.points;
            let day = state.active_day(event.moment.day).change();
            day.reviews = day.reviews.saturating_add(1);
            day.each = day.each.max(points.review);
            day.cap = day.cap.max(points.reviews_a_day);
        }
    }
    // What a phone showed by itself is no beginning.
    if !matches!(event.kind, EventKind::NudgeNoted { .. }) {
        state.follow(release, event.moment);
    }
    if release.release.serial > state.totals.value.serial {
        state.totals.change().serial = release.release.serial;
    }
    state.unsettled = true;
    Outcome::Applied(applied)
}

/// Takes what the back office confirmed, while the release with this serial is the newest. Tells whether it is news: of one id the highest version
/// stands. Call [`settle`] after one or many.
pub fn confirm(state: &mut State, serial: u64, confirmed: Confirmed) -> bool {
    fn take<K: Ord, T: Ord>(known: &mut BTreeMap<K, Tracked<T>>, id: K, new: T) -> bool {
        match known.entry(id) {
            // Should two have one version, the greater stands: whichever comes first.
            Entry::Occupied(entry) if entry.get().value >= new => return false,
            Entry::Occupied(entry) => *entry.into_mut().change() = new,
            Entry::Vacant(entry) => {
                entry.insert(Tracked { value: new, changed: true });
            }
        }
        true
    }
    let is_news = match confirmed {
        Confirmed::Sale { source, sale } => take(&mut state.sales, source, sale),
        Confirmed::Volume { month, volume } => take(&mut state.volumes, month, volume),
        Confirmed::Rank { source, reached } => take(&mut state.ranks, source, reached),
    };
    // Known or not: the serial is of the set of what came.
    if serial > state.totals.value.serial {
        state.totals.change().serial = serial;
        state.unsettled = true;
    }
    state.unsettled |= is_news;
    is_news
}

fn review_grade(verdict: Verdict, ease: Ease) -> Grade {
    match (verdict, ease) {
        (Verdict::Wrong, _) => Grade::Again,
        (Verdict::Partly, _) | (Verdict::Right, Ease::Hard) => Grade::Hard,
        (Verdict::Right, Ease::Good) => Grade::Good,
        (Verdict::Right, Ease::Easy) => Grade::Easy,
    }
}

/// Derives completion, memory, points, badges and totals from the facts, by the newest release that any event named (or the newest
/// held before it, until that one is there). Does nothing where nothing changed.
pub fn settle(releases: &Releases, state: &mut State) -> Settled {
    let mut settled = Settled::default();
    if !std::mem::take(&mut state.unsettled) {
        return settled;
    }
    for held in state.cards.values_mut().flat_map(BTreeMap::values_mut).filter(|h| h.card.changed && !h.current) {
        let card = &mut held.card.value;
        card.memory = fsrs::memory(card.reviews.iter().map(|r| (r.moment.day, r.grade)));
        held.current = true;
    }
    settled.completed = state.complete_lessons();
    if let Some(newest) = releases.newest_up_to(state.totals.value.serial) {
        let held = derive::held(state, newest);
        state.follow_rules(newest, &held);
        for badge in &newest.release.awards.badges {
            let day = state
                .day_of(&badge.when)
                .or_else(|| derive::day_of(&held, badge))
                .filter(|day| badge.ended.is_none_or(|ended| *day <= ended));
            let source = format!("badge:{}", badge.id);
            match day {
                Some(day) => {
                    if state.earn(&badge.id, day) {
                        settled.badges.push(badge.id.clone());
                    }
                    state.enter(source, badge.points, day);
                }
                None => {
                    if state.badges.remove(&badge.id).is_some() {
                        state.removed.insert((kind::BADGE, badge.id.to_string()));
                    }
                    state.strike(&source);
                }
            }
        }
    }
    state.enter_lessons_and_reviews();
    state.sum_up();
    settled
}

impl State {
    /// Reads stored rows. Kinds that this version does not know are left out; they are the caller's to keep.
    ///
    /// # Errors
    /// [`RowError`] names the first row that can't be read.
    pub fn load<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Result<Self, RowError> {
        fn read<T: DeserializeOwned>(kind: &str, id: &str, value: &str) -> Result<Tracked<T>, RowError> {
            crate::json::read(value).map(Tracked::of).map_err(|e| RowError {
                kind: kind.into(),
                id: id.into(),
                source: Some(e),
            })
        }
        let mut state = Self::default();
        for (kind, id, value) in rows {
            let bad = || RowError { kind: kind.into(), id: id.into(), source: None };
            match kind {
                kind::LESSON => {
                    let key = LessonId::new(id).map_err(|_| bad())?;
                    state.lessons.insert(key, read(kind, id, value)?);
                }
                kind::CARD => {
                    let key = CardId::parse(id).map_err(|_| bad())?;
                    let of_lesson = state.cards.entry(key.lesson.clone()).or_default();
                    let card = read(kind, id, value)?;
                    of_lesson.insert(key.question.clone(), HeldCard { id: key, card, current: false });
                }
                kind::DAY => {
                    let key = Day::parse(id).ok_or_else(bad)?;
                    state.days.insert(key, read(kind, id, value)?);
                }
                kind::POINTS => {
                    state.ledger.insert(id.into(), read(kind, id, value)?);
                }
                kind::BADGE => {
                    let key = BadgeId::new(id).map_err(|_| bad())?;
                    state.badges.insert(key, read(kind, id, value)?);
                }
                kind::TOTALS if id == TOTALS_ID => state.totals = read(kind, id, value)?,
                kind::SALE => {
                    state.sales.insert(id.into(), read(kind, id, value)?);
                }
                kind::VOLUME => {
                    let key = Month::parse(id).ok_or_else(bad)?;
                    state.volumes.insert(key, read(kind, id, value)?);
                }
                kind::RANK => {
                    state.ranks.insert(id.into(), read(kind, id, value)?);
                }
                kind::GIVEN => {
                    state.given.insert(id.into(), read(kind, id, value)?);
                }
                kind::JOURNEY if id == JOURNEY_ID => state.followed = Some(read(kind, id, value)?),
                kind::TASK => {
                    let key = TaskId::new(id).map_err(|_| bad())?;
                    state.tasks.insert(key, read(kind, id, value)?);
                }
                kind::PAUSE => {
                    let key = EventId::parse(id).map_err(|_| bad())?;
                    state.pauses.insert(key, read(kind, id, value)?);
                }
                kind::NUDGE => {
                    let key = DecisionId::new(id).map_err(|_| bad())?;
                    state.nudges.insert(key, read(kind, id, value)?);
                }
                _ => {}
            }
        }
        Ok(state)
    }

    /// The rows that changed since the last call, or since the state was loaded. After [`settle`]: what was written before it is not derived again.
    pub fn take_changes(&mut self) -> Vec<StateRow> {
        fn take<'a, K: ToString + 'a, T: Serialize + 'a>(
            rows: &mut Vec<StateRow>,
            kind: &'static str,
            entries: impl Iterator<Item = (K, &'a mut Tracked<T>)>,
        ) {
            for (id, entry) in entries {
                if std::mem::take(&mut entry.changed) {
                    let value = serde_json::to_string(&entry.value).expect("a row holds nothing that JSON can't");
                    rows.push(StateRow { kind, id: id.to_string(), value: Some(value) });
                }
            }
        }
        let mut rows = Vec::new();
        for (kind, id) in std::mem::take(&mut self.removed) {
            rows.push(StateRow { kind, id, value: None });
        }
        take(&mut rows, kind::LESSON, self.lessons.iter_mut());
        let cards = self.cards.values_mut().flat_map(BTreeMap::values_mut);
        take(&mut rows, kind::CARD, cards.map(|held| (&held.id, &mut held.card)));
        take(&mut rows, kind::DAY, self.days.iter_mut());
        take(&mut rows, kind::POINTS, self.ledger.iter_mut());
        take(&mut rows, kind::BADGE, self.badges.iter_mut());
        take(&mut rows, kind::TOTALS, [(TOTALS_ID, &mut self.totals)].into_iter());
        take(&mut rows, kind::SALE, self.sales.iter_mut());
        take(&mut rows, kind::VOLUME, self.volumes.iter_mut());
        take(&mut rows, kind::RANK, self.ranks.iter_mut());
        take(&mut rows, kind::GIVEN, self.given.iter_mut());
        take(&mut rows, kind::JOURNEY, self.followed.iter_mut().map(|followed| (JOURNEY_ID, followed)));
        take(&mut rows, kind::TASK, self.tasks.iter_mut());
        take(&mut rows, kind::PAUSE, self.pauses.iter_mut());
        take(&mut rows, kind::NUDGE, self.nudges.iter_mut());
        rows
    }

    pub fn lesson(&self, id: &LessonId) -> Option<&LessonProgress> {
        self.lessons.get(id).map(|l| &l.value)
    }

    pub fn lessons(&self) -> impl Iterator<Item = (&LessonId, &LessonProgress)> {
        self.lessons.iter().map(|(id, l)| (id, &l.value))
    }

    pub fn cards(&self) -> impl Iterator<Item = (&CardId, &Card)> {
        self.cards.values().flat_map(BTreeMap::values).map(|held| (&held.id, &held.card.value))
    }

    /// By rising date.
    pub fn days(&self) -> impl Iterator<Item = (Day, &ActiveDay)> {
        self.days.iter().map(|(day, d)| (*day, &d.value))
    }

    /// By source.
    pub fn ledger(&self) -> impl Iterator<Item = (&str, &LedgerEntry)> {
        self.ledger.iter().map(|(source, e)| (source.as_str(), &e.value))
    }

    pub fn badges(&self) -> impl Iterator<Item = (&BadgeId, &EarnedBadge)> {
        self.badges.iter().map(|(id, b)| (id, &b.value))
    }

    /// By the back office's id.
    pub fn sales(&self) -> impl Iterator<Item = (&str, &Sale)> {
        self.sales.iter().map(|(source, sale)| (source.as_str(), &sale.value))
    }

    /// By rising month.
    pub fn volumes(&self) -> impl Iterator<Item = (Month, &Volume)> {
        self.volumes.iter().map(|(month, volume)| (*month, &volume.value))
    }

    /// By the back office's id.
    pub fn ranks(&self) -> impl Iterator<Item = (&str, &RankReached)> {
        self.ranks.iter().map(|(source, reached)| (source.as_str(), &reached.value))
    }

    /// What rules gave, by rule and window.
    pub fn given(&self) -> impl Iterator<Item = (&str, &Given)> {
        self.given.iter().map(|(name, given)| (name.as_str(), &given.value))
    }

    pub fn totals(&self) -> &Totals {
        &self.totals.value
    }

    /// The release under which derived awards were last counted; 0 before the first event.
    pub fn serial(&self) -> u64 {
        self.totals.value.serial
    }

    fn active_day(&mut self, day: Day) -> &mut Tracked<ActiveDay> {
        // Days mostly come in their order, and the last one is found at once.
        match self.days.last_key_value() {
            Some((last, _)) if *last == day => self.days.last_entry().expect("there is a last one").into_mut(),
            _ => self.days.entry(day).or_insert_with(|| Tracked { value: ActiveDay::default(), changed: true }),
        }
    }

    fn record_reading(&mut self, lesson: &Lesson, moment: Moment) {
        let progress = self.lessons.entry(lesson.id.clone()).or_default().change();
        progress.read = earliest(progress.read, moment);
        if lesson.questions.is_empty() {
            pass(progress, lesson, moment);
        }
    }

    fn record_quiz(&mut self, lesson: &Lesson, event: &Event, result: &QuizResult) {
        let progress = self.lessons.entry(lesson.id.clone()).or_default().change();
        progress.attempts = progress.attempts.saturating_add(1);
        progress.best = progress.best.max(result.score);
        if result.score == FULL {
            progress.perfect = earliest(progress.perfect, event.moment);
        }
        if !result.passed {
            progress.failures = progress.failures.saturating_add(1);
            progress.last_failure = progress.last_failure.max(Some(event.moment));
            return;
        }
        pass(progress, lesson, event.moment);
        let cards = self.cards.entry(lesson.id.clone()).or_default();
        for (question, graded) in &result.graded {
            record_review(cards, &lesson.id, question, event, review_grade(graded.verdict, Ease::Good));
        }
    }

    /// The least fixpoint of *passed, and all prerequisites of that pass completed*. Facts are only ever added, so a completion never goes and never
    /// comes later; nor does one that a newer server's rows hold by a rule of its own.
    fn complete_lessons(&mut self) -> Vec<LessonId> {
        let mut newly = Vec::new();
        loop {
            let mut found = Vec::new();
            for (id, lesson) in &self.lessons {
                let completed = lesson
                    .value
                    .passes
                    .iter()
                    .filter_map(|pass| {
                        pass.after.iter().try_fold(pass.first, |latest, before| {
                            Some(latest.max(self.lessons.get(before)?.value.completed?))
                        })
                    })
                    .chain(lesson.value.completed)
                    .min();
                if completed != lesson.value.completed {
                    found.push((id.clone(), completed));
                }
            }
            if found.is_empty() {
                return newly;
            }
            for (id, completed) in found {
                let lesson = self.lessons.get_mut(&id).expect("found among them");
                if lesson.value.completed.is_none() {
                    newly.push(id);
                }
                lesson.change().completed = completed;
            }
        }
    }

    /// The first day on which a badge's condition held.
    fn day_of(&self, condition: &BadgeCondition) -> Option<Day> {
        let completed = |id: &LessonId| self.lessons.get(id)?.value.completed.map(|m| m.day);
        let nth = |mut days: Vec<Day>, n: u32| {
            days.sort_unstable();
            days.get((n as usize).checked_sub(1)?).copied()
        };
        match condition {
            BadgeCondition::Lessons(lessons) => lessons
                .iter()
                .map(completed)
                .try_fold(None, |latest: Option<Day>, day| Some(latest.max(Some(day?))))
                .flatten(),
            BadgeCondition::LessonsCompleted(n) => {
                nth(self.lessons.values().filter_map(|l| l.value.completed).map(|m| m.day).collect(), *n)
            }
            BadgeCondition::PerfectQuizzes(n) => {
                nth(self.lessons.values().filter_map(|l| l.value.perfect).map(|m| m.day).collect(), *n)
            }
            BadgeCondition::Reviews(0) => None,
            BadgeCondition::Reviews(n) => {
                let mut left = *n;
                self.days.iter().find_map(|(day, d)| {
                    left = left.saturating_sub(d.value.reviews);
                    (left == 0).then_some(*day)
                })
            }
            BadgeCondition::RunOfDays(n) => streak::day_of_run(self.days.keys().copied(), *n),
            // By the rules' windows.
            BadgeCondition::Rule(_) => None,
        }
    }

    fn earn(&mut self, id: &BadgeId, day: Day) -> bool {
        match self.badges.get_mut(id) {
            Some(badge) if badge.value.day == day => false,
            Some(badge) => {
                badge.change().day = day;
                false
            }
            None => {
                self.removed.remove(&(kind::BADGE, id.to_string()));
                let value = EarnedBadge { day, more: Map::new() };
                self.badges.insert(id.clone(), Tracked { value, changed: true });
                true
            }
        }
    }

    fn enter(&mut self, source: String, points: u32, day: Day) {
        if points == 0 {
            return self.strike(&source);
        }
        match self.ledger.entry(source) {
            Entry::Occupied(entry) => {
                let entry = entry.into_mut();
                if entry.value.points != points || entry.value.day != day {
                    let value = entry.change();
                    value.points = points;
                    value.day = day;
                }
            }
            Entry::Vacant(entry) => {
                if !self.removed.is_empty() {
                    self.removed.remove(&(kind::POINTS, entry.key().clone()));
                }
                let value = LedgerEntry { points, day, more: Map::new() };
                entry.insert(Tracked { value, changed: true });
            }
        }
    }

    fn strike(&mut self, source: &str) {
        if self.ledger.remove(source).is_some() {
            self.removed.insert((kind::POINTS, source.to_string()));
        }
    }

    fn give(&mut self, name: &str, given: Given) {
        match self.given.get_mut(name) {
            Some(known) => {
                let same = (&known.value.day, &known.value.courses, &known.value.lessons, &known.value.tasks)
                    == (&given.day, &given.courses, &given.lessons, &given.tasks);
                if !same {
                    let more = std::mem::take(&mut known.change().more);
                    known.value = Given { more, ..given };
                }
            }
            None => {
                self.removed.remove(&(kind::GIVEN, name.to_string()));
                self.given.insert(name.into(), Tracked { value: given, changed: true });
            }
        }
    }

    fn take_back(&mut self, name: &str) {
        if self.given.remove(name).is_some() {
            self.removed.insert((kind::GIVEN, name.to_string()));
        }
    }

    fn enter_lessons_and_reviews(&mut self) {
        let mut entries = Vec::new();
        for (id, lesson) in self.lessons.iter().filter(|(_, l)| l.changed) {
            if let Some(completed) = lesson.value.completed {
                entries.push((format!("lesson:{id}"), lesson.value.points, completed.day));
            }
        }
        for (day, active) in self.days.iter().filter(|(_, d)| d.changed) {
            let counted = active.value.reviews.min(active.value.cap);
            entries.push((format!("reviews:{day}"), counted.saturating_mul(active.value.each), *day));
        }
        for (source, points, day) in entries {
            self.enter(source, points, day);
        }
    }

    fn sum_up(&mut self) {
        let old = &self.totals.value;
        let new = Totals {
            serial: old.serial,
            points: self.ledger.values().map(|e| u64::from(e.value.points)).sum(),
            lessons_completed: self.lessons.values().filter(|l| l.value.completed.is_some()).count() as u32,
            reviews: self.days.values().fold(0, |sum, d| sum.saturating_add(d.value.reviews)),
            best_run: streak::best_run(self.days.keys().copied()),
            more: old.more.clone(),
        };
        if new != *old {
            *self.totals.change() = new;
        }
    }
}

fn record_review(cards: &mut CardsOfLesson, lesson: &LessonId, question: &QuestionId, event: &Event, grade: Grade) {
    let held = cards.entry(question.clone()).or_insert_with_key(|question| HeldCard {
        id: CardId { lesson: lesson.clone(), question: question.clone() },
        card: Tracked::default(),
        current: true,
    });
    let card = &mut held.card.value;
    let review = CardReview { moment: event.moment, id: event.id, grade };
    // Reviews mostly come in the order of their stamps.
    match card.reviews.last() {
        Some(last) if *last >= review => {
            let place = card.reviews.partition_point(|r| *r < review);
            if card.reviews.get(place) == Some(&review) {
                return;
            }
            card.reviews.insert(place, review);
            held.current = false;
        }
        last => {
            if held.current {
                let elapsed = last.map_or(0, |last| fsrs::elapsed(last.moment.day, review.moment.day));
                card.memory = Some(fsrs::next(card.memory.as_ref(), elapsed, grade));
            }
            card.reviews.push(review);
        }
    }
    held.card.changed = true;
}

fn earliest(known: Option<Moment>, moment: Moment) -> Option<Moment> {
    Some(known.map_or(moment, |k| k.min(moment)))
}

fn pass(progress: &mut LessonProgress, lesson: &Lesson, moment: Moment) {
    progress.points = progress.points.max(lesson.points);
    let mut after = lesson.after.clone();
    after.sort_unstable();
    after.dedup();
    match progress.passes.binary_search_by(|p| p.after.cmp(&after)) {
        Ok(known) => progress.passes[known].first = progress.passes[known].first.min(moment),
        Err(place) => progress.passes.insert(place, Pass { after, first: moment }),
    }
}
