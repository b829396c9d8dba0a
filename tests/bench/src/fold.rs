//! What is computed without a disk: the fold, and grading.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use qadam_domain::company::Locale;
use qadam_domain::event::{Ease, Event, EventKind, QuizAnswer};
use qadam_domain::fold::{self, Outcome, State};
use qadam_domain::ids::{CardId, EventId};
use qadam_domain::learning::grading::{grade, solution};
use qadam_domain::learning::{Answer, Verdict};
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::time::{DAY, Moment};

use crate::content::{self, KINDS, LESSONS, lesson_id, question_id};
use crate::measure::{Chance, each_nanos, median, timed};
use crate::report::{Case, Figure, Goal};

const EVENTS: usize = 10_000;
/// The last ones, after each of which a phone settles.
const SINGLE: usize = 100;
const RUNS: usize = 15;
/// Two years of evenings.
const DAYS: usize = 730;
const BEGIN: i64 = 1_700_000_000_000;

pub fn cases() -> Vec<Case> {
    let mut releases = Releases::default();
    let bytes = content::release().to_bytes();
    let release = Arc::new(IndexedRelease::new(Release::id_of(&bytes), content::release()));
    releases.insert(release.clone());
    let events = events(&release);
    let mut whole = Vec::new();
    let mut applied = Vec::new();
    let mut single = Vec::new();
    let mut floor = Vec::new();
    let mut state = State::default();
    for _ in 0..RUNS {
        state = State::default();
        let (time, ()) = timed(|| apply(&releases, &mut state, &events));
        let (settled, _) = timed(|| black_box(fold::settle(&releases, &mut state)));
        applied.push(time);
        whole.push(time + settled);

        let (first, last) = events.split_at(EVENTS - SINGLE);
        let mut state = State::default();
        apply(&releases, &mut state, first);
        fold::settle(&releases, &mut state);
        state.take_changes();
        let (time, ()) = timed(|| {
            for event in last {
                apply(&releases, &mut state, std::slice::from_ref(event));
                fold::settle(&releases, &mut state);
                black_box(state.take_changes());
            }
        });
        single.push(time);

        let entries: Vec<(EventId, Moment)> = events.iter().map(|event| (event.id, event.moment)).collect();
        floor.push(timed(|| black_box(entries.into_iter().collect::<BTreeMap<_, _>>().len())).0);
    }
    let (whole, applied, single) = (median(whole), median(applied), median(single));
    let floor_is = "10,000 insertions into a BTreeMap";
    // Inserted one by one: collecting sorts first and builds in bulk.
    let floor = median(floor).max(inserted(&events));
    let cards = state.cards().count();
    let reviews: usize = state.cards().map(|(_, card)| card.reviews.len()).sum();
    let about = format!("{cards} cards, {reviews} reviews; apply alone {:.2} ms", applied.as_secs_f64() * 1e3);
    vec![
        Case::new("fold 10,000 events, one settle", whole).floor(floor_is, floor).goal(Goal::Millis(10.0)).note(about),
        Case::new("fold 1 event as a phone does", single / SINGLE as u32)
            .note("over 9,900 others: apply, settle, changed rows; mean of the last 100"),
    ]
}

/// The state after all of the events.
pub fn heavy_user() -> State {
    let mut releases = Releases::default();
    let bytes = content::release().to_bytes();
    let release = Arc::new(IndexedRelease::new(Release::id_of(&bytes), content::release()));
    releases.insert(release.clone());
    let mut state = State::default();
    apply(&releases, &mut state, &events(&release));
    fold::settle(&releases, &mut state);
    state
}

pub fn grading() -> Vec<Case> {
    let answer = |kind: usize| match kind {
        1 => Answer::Multiple(vec![2, 0]),
        3 => Answer::Number("12,5".into()),
        4 => Answer::Text("  Permission ".into()),
        5 => Answer::Order(vec![0, 1, 3, 2, 4, 5]),
        _ => solution(&content::key(kind), Locale::En),
    };
    let measure = |(kind, name): (usize, &&str)| {
        let (key, answer) = (content::key(kind), answer(kind));
        assert_ne!(grade(&key, Locale::En, &answer).verdict, Verdict::Wrong);
        let nanos = each_nanos(11, 20_000, || grade(black_box(&key), Locale::En, black_box(&answer)));
        Case::new(format!("grade: {name}"), Figure::Nanos(nanos))
    };
    KINDS.iter().enumerate().map(measure).collect()
}

fn apply(releases: &Releases, state: &mut State, events: &[Event]) {
    for event in events {
        let outcome = fold::apply(releases, state, event);
        assert!(matches!(black_box(outcome), Outcome::Applied(_)), "the events are sound");
    }
}

fn inserted(events: &[Event]) -> Duration {
    let insert = |_| {
        timed(|| {
            let mut map = BTreeMap::new();
            for event in events {
                map.insert(event.id, event.moment);
            }
            black_box(map.len())
        })
        .0
    };
    median((0..RUNS).map(insert).collect())
}

/// Three in ten are quizzes, the others reviews; by rising time, as they arise.
pub fn events(release: &IndexedRelease) -> Vec<Event> {
    let mut chance = Chance(42);
    let answer_of = |question: usize, chance: &mut Chance| {
        let right = solution(&content::key(question), Locale::En);
        if chance.below(8) == 0 { Answer::Skipped } else { right }
    };
    let event = |n: usize| {
        let lesson = lesson_id(chance.below(LESSONS.min(1 + n / 50)));
        let kind = if chance.below(10) < 3 {
            let first = chance.below(KINDS.len());
            let answers = (first..first + 4).map(|q| q % KINDS.len()).map(|question| QuizAnswer {
                question: question_id(question),
                answer: answer_of(question, &mut chance),
            });
            EventKind::QuizAnswered { lesson, locale: Locale::En, answers: answers.collect() }
        } else {
            let question = chance.below(KINDS.len());
            let card = CardId { lesson, question: question_id(question) };
            let answer = answer_of(question, &mut chance);
            EventKind::ReviewAnswered { card, locale: Locale::En, answer, ease: Ease::Good }
        };
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
        bytes[8..].copy_from_slice(&chance.next().to_be_bytes());
        let at = BEGIN + (n * DAYS / EVENTS) as i64 * DAY + n as i64;
        Event { id: EventId(bytes), moment: Moment::new(at, 300), release: release.id.clone(), kind }
    };
    (0..EVENTS).map(event).collect()
}
