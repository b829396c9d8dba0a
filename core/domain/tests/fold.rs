//! What the fold promises, over generated companies and evenings: the state is a function of the set of events, nothing makes it panic, the
//! phone's outcome over pending events is the server's, and what was reached stays.

mod worlds;

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use qadam_domain::awards::streak::streak;
use qadam_domain::event::{Event, EventKind, QuizAnswer};
use qadam_domain::fold::{self, Outcome, Settled, State, kind};
use qadam_domain::ids::{BadgeId, LessonId, QuestionId, ReleaseId};
use qadam_domain::journey::facts::Facts;
use qadam_domain::journey::moves::{Seen, difference};
use qadam_domain::journey::plan::plan;
use qadam_domain::journey::{DAILY, Pause};
use qadam_domain::learning::draw::{next_draw, shuffle_items};
use qadam_domain::learning::gates::{Gate, gate};
use qadam_domain::learning::grading::{fits, grade, solution};
use qadam_domain::learning::{Answer, AnswerKey, FULL};
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::reviews::stack::stack;
use qadam_domain::reviews::{Grade, fsrs};
use qadam_domain::time::{DAY, Day, Moment};
use serde_json::{Value, json};
use worlds::{Rows, World, any_event, any_release, event_id, fold_all, hold, lesson_id, load, store, world};

/// What happens between two events.
#[derive(Debug, Clone, Copy)]
enum Border {
    None,
    Settle,
    /// Settled and written, and read again by another process.
    Restart,
}

fn borders() -> impl Strategy<Value = Vec<Border>> {
    let border = prop_oneof![3 => Just(Border::None), 1 => Just(Border::Settle), 1 => Just(Border::Restart)];
    prop::collection::vec(border, 40)
}

/// Folds events with what happens between them. Gives the state, its rows, and everything that was told as new.
fn run(releases: &Releases, events: &[Event], borders: &[Border]) -> (State, Rows, Vec<Settled>) {
    let (mut state, mut rows, mut settled) = (State::default(), Rows::new(), Vec::new());
    for (event, border) in events.iter().zip(borders.iter().cycle()) {
        fold::apply(releases, &mut state, event);
        if !matches!(border, Border::None) {
            settled.push(fold::settle(releases, &mut state));
        }
        if matches!(border, Border::Restart) {
            store(&mut rows, &mut state);
            state = load(&rows);
        }
    }
    settled.push(fold::settle(releases, &mut state));
    store(&mut rows, &mut state);
    (state, rows, settled)
}

fn days(state: &State) -> Vec<Day> {
    state.days().map(|(day, _)| day).collect()
}

fn completed(state: &State) -> BTreeSet<LessonId> {
    state.lessons().filter(|(_, l)| l.completed.is_some()).map(|(id, _)| id.clone()).collect()
}

fn badges(state: &State) -> BTreeSet<BadgeId> {
    state.badges().map(|(id, _)| id.clone()).collect()
}

/// A world, the same events in another order, and what happens between them.
fn shuffled_world() -> impl Strategy<Value = (World, Vec<Event>, Vec<Border>)> {
    world(30).prop_flat_map(|world| {
        let shuffled = Just(world.events.clone()).prop_shuffle();
        (Just(world), shuffled, borders())
    })
}

proptest! {
    // PROPTEST_CASES says how many.

    #[test]
    fn the_state_is_a_function_of_the_set_of_events((world, shuffled, borders) in shuffled_world(), today in 0..12_i32) {
        let releases = world.held();
        let (whole, whole_rows, _) = run(&releases, &world.events, &[Border::None]);
        let (parts, parts_rows, settled) = run(&releases, &shuffled, &borders);
        prop_assert_eq!(&whole_rows, &parts_rows);
        prop_assert!(whole == parts);
        prop_assert!(load(&whole_rows) == whole);
        prop_assert_eq!(whole.totals().points, parts.totals().points);
        prop_assert_eq!(badges(&whole), badges(&parts));
        let today = Day::at(worlds::START, 0).plus(today);
        prop_assert_eq!(streak(days(&whole).into_iter(), today), streak(days(&parts).into_iter(), today));

        // Each completion is told once, each award too.
        let told: Vec<_> = settled.iter().flat_map(|s| &s.completed).cloned().collect();
        prop_assert_eq!(told.len(), completed(&parts).len());
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), completed(&parts));
        let told: Vec<_> = settled.iter().flat_map(|s| &s.badges).filter(|b| !world.ends(b)).cloned().collect();
        prop_assert_eq!(told.len(), told.iter().collect::<BTreeSet<_>>().len());
        prop_assert!(badges(&parts).iter().filter(|b| !world.ends(b)).all(|b| told.contains(b)));
    }

    #[test]
    fn a_server_of_any_releases_agrees_with_itself(
        (releases, events, shuffled, borders) in hostile_evening().prop_flat_map(|(releases, events)| {
            (Just(releases), Just(events.clone()), Just(events).prop_shuffle(), borders())
        })
    ) {
        // Rules that come and go, or contradict each other, are no company's: only the lessons and cards are compared.
        let facts = |rows: Rows| -> Rows {
            let kinds = [kind::LESSON, kind::CARD, kind::DAY, kind::JOURNEY, kind::TASK, kind::PAUSE];
            let is_fact = |kind: &str| kinds.contains(&kind);
            rows.into_iter().filter(|((kind, _), _)| is_fact(kind)).collect()
        };
        let (_, whole, _) = run(&releases, &events, &[Border::None]);
        let (_, parts, _) = run(&releases, &shuffled, &borders);
        prop_assert_eq!(facts(whole), facts(parts));
    }

    #[test]
    fn nothing_panics((releases, events) in hostile_evening(), borders in borders(), now: i64, seed: [u8; 4]) {
        let (state, rows, _) = run(&releases, &events, &borders);
        prop_assert!(load(&rows) == state);
        for release in releases.iter() {
            let Release { awards, reviews, .. } = &release.release;
            awards.level(state.totals().points);
            for lesson in release.release.lessons() {
                gate(lesson, &state, now);
                next_draw(lesson, "account", 1, &[]);
                for question in &lesson.questions {
                    let best = solution(&question.key, qadam_domain::company::Locale::Ru);
                    let scenario_without_end = matches!(&best, Answer::Path(path) if path.is_empty());
                    // An answer of u8 indexes can't name more.
                    let beyond = matches!(&question.key, AnswerKey::Multiple { weights } if weights.len() > 256);
                    prop_assert!(fits(&question.key, &best) || scenario_without_end || beyond, "{:?}", question.key);
                    let score = grade(&question.key, qadam_domain::company::Locale::Ru, &best).score;
                    prop_assert!((0..=FULL).contains(&score));
                    if let AnswerKey::Ordering { items } = question.key {
                        shuffle_items(&seed, items);
                    }
                }
            }
            let (facts, pauses): (Facts, Vec<Pause>) = (Facts::of(&state), state.pauses().map(|(_, p)| *p).collect());
            for today in [Day::MIN, Day(0), Day::at(worlds::START, 0), Day::MAX] {
                if let Some(journey) = &release.release.journey {
                    for joined in [Day::MIN, today, today.plus(-3), Day::MAX] {
                        let plan = plan(journey, &facts, joined, today, &pauses);
                        prop_assert!(plan.today.len() <= DAILY && plan.done <= plan.of && plan.percent() <= 100);
                        prop_assert_eq!(difference(&Seen::of(&plan), &plan), vec![]);
                    }
                }
                let cards = state.cards().filter_map(|(id, c)| Some((id, c.memory.as_ref()?, c.last()?)));
                stack(cards, reviews, today, 1);
                streak(days(&state).into_iter(), today);
            }
        }
    }

    #[test]
    fn what_is_refused_or_kept_leaves_no_trace((releases, events) in hostile_evening(), gone in any::<prop::sample::Index>()) {
        let mut held = releases.clone();
        let ids: Vec<ReleaseId> = releases.iter().map(|r| r.id.clone()).collect();
        if !ids.is_empty() {
            held.remove(gone.get(&ids));
        }
        let mut state = State::default();
        for event in &events {
            let mut after = state.clone();
            let outcome = fold::apply(&held, &mut after, event);
            prop_assert_eq!(matches!(outcome, Outcome::Kept), held.get(&event.release).is_none());
            if !matches!(outcome, Outcome::Applied(_)) {
                prop_assert!(after == state);
                prop_assert_eq!(after.take_changes(), state.clone().take_changes());
            }
            fold::settle(&held, &mut after);
            state = after;
            state.take_changes();
        }
    }

    #[test]
    fn what_was_kept_counts_when_its_release_is_back(world in world(30), gone in any::<prop::sample::Index>()) {
        let all = world.held();
        let (whole, _, _) = run(&all, &world.events, &[Border::None]);
        let mut fewer = world.held();
        fewer.remove(&gone.get(&world.releases).id);
        let mut state = State::default();
        let kept: Vec<&Event> = world
            .events
            .iter()
            .filter(|event| fold::apply(&fewer, &mut state, event) == Outcome::Kept)
            .collect();
        fold::settle(&fewer, &mut state);
        state.take_changes();
        fold_all(&all, &mut state, kept);
        prop_assert!(state == whole);
    }

    #[test]
    fn the_phone_shows_what_the_server_will_hold((world, pending, borders) in shuffled_world(), taken in 0_usize..30) {
        let releases = world.held();
        let (first, later) = pending.split_at(taken.min(pending.len()));
        // The server folds what it has; the phone holds these rows and lays its own over them.
        let (mut server, mut server_rows, _) = run(&releases, first, &borders);
        let mut phone = load(&server_rows);
        let mut phone_rows = server_rows.clone();
        fold_all(&releases, &mut phone, later);
        store(&mut phone_rows, &mut phone);
        for (event, border) in later.iter().rev().zip(borders.iter().rev().cycle()) {
            fold::apply(&releases, &mut server, event);
            if !matches!(border, Border::None) {
                fold::settle(&releases, &mut server);
                store(&mut server_rows, &mut server);
            }
        }
        fold::settle(&releases, &mut server);
        store(&mut server_rows, &mut server);
        prop_assert_eq!(phone_rows, server_rows);
        prop_assert!(phone == server);
    }

    #[test]
    fn what_was_reached_stays(world in world(30)) {
        let releases = world.held();
        let mut state = State::default();
        for event in &world.events {
            let before = state.clone();
            fold_all(&releases, &mut state, [event]);
            for (id, lesson) in before.lessons() {
                let now = state.lesson(id).expect("a lesson's row stays");
                prop_assert!(lesson.completed.is_none_or(|then| now.completed.is_some_and(|now| now <= then)));
                prop_assert!(now.points >= lesson.points && now.best >= lesson.best);
            }
            let lasting = |state: &State| -> BTreeSet<BadgeId> {
                badges(state).into_iter().filter(|id| !world.ends(id)).collect()
            };
            prop_assert!(lasting(&before).is_subset(&lasting(&state)));
            let is_ended = |source: &str| {
                source.strip_prefix("badge:").is_some_and(|id| world.ends(&BadgeId::new(id).expect("a badge's id")))
            };
            for (source, entry) in before.ledger().filter(|(source, _)| !is_ended(source)) {
                let now = state.ledger().find(|(s, _)| *s == source).map_or(0, |(_, e)| e.points);
                prop_assert!(now >= entry.points, "{} from {} to {}", source, entry.points, now);
            }
            if !before.ledger().any(|(source, _)| is_ended(source)) {
                prop_assert!(state.totals().points >= before.totals().points);
            }
            prop_assert!(state.totals().lessons_completed >= before.totals().lessons_completed);
            prop_assert!(state.totals().best_run >= before.totals().best_run);
            prop_assert_eq!(state.totals().points, state.ledger().map(|(_, e)| u64::from(e.points)).sum::<u64>());
        }
    }

    #[test]
    fn a_card_keeps_its_reviews_in_order((world, shuffled, borders) in shuffled_world()) {
        let releases = world.held();
        let (state, _, _) = run(&releases, &shuffled, &borders);
        // What the reviews must be, said without the fold's way of doing it.
        let mut expected = std::collections::BTreeMap::new();
        for event in &world.events {
            let mut alone = State::default();
            fold::apply(&releases, &mut alone, event);
            for (id, card) in alone.cards() {
                expected.entry(id.clone()).or_insert_with(Vec::new).extend(card.reviews.clone());
            }
        }
        prop_assert_eq!(state.cards().count(), expected.len());
        for (id, card) in state.cards() {
            let mut reviews = expected[id].clone();
            reviews.sort_by_key(|r| (r.moment.at, r.moment.day, r.id));
            prop_assert_eq!(&card.reviews, &reviews);
            prop_assert_eq!(&card.memory, &fsrs::memory(reviews.iter().map(|r| (r.moment.day, r.grade))));
        }
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept(world in world(20), taken in 0_usize..20, number: i64) {
        let releases = world.held();
        let (first, later) = world.events.split_at(taken.min(world.events.len()));
        let (_, mut rows, _) = run(&releases, first, &[Border::None]);
        let news = json!({ "deep": [1, { "text": "қадам" }], "number": number });
        for value in rows.values_mut() {
            let mut row: Value = serde_json::from_str(value).expect("a row");
            row["zz_news"] = news.clone();
            *value = row.to_string();
        }
        rows.insert(("hologram".into(), "x".into()), "[1,2,3]".into());
        let mut state = load(&rows);
        let mut after = rows.clone();
        fold_all(&releases, &mut state, later);
        store(&mut after, &mut state);
        prop_assert_eq!(&after[&("hologram".to_string(), "x".to_string())], "[1,2,3]");
        for (key, old) in &rows {
            // Only a badge that came to its end goes, with its points.
            let Some(value) = after.get(key) else {
                prop_assert!(key.0 == kind::BADGE || key.1.starts_with("badge:"), "{:?} is gone", key);
                continue;
            };
            prop_assert!(value == old || serde_json::from_str::<Value>(value).expect("a row")["zz_news"] == news);
        }
    }

    #[test]
    fn rows_that_hang_together_badly_come_to_rest(
        lessons in prop::collection::vec((prop::option::of(0..9_i64), prop::option::of(0..9_i64), 0_u8..16), 4),
        world in world(10),
    ) {
        let at = |at: i64| json!({ "at": at, "day": "2023-11-14" });
        let rows: Rows = lessons
            .iter()
            .enumerate()
            .map(|(n, (completed, passed, after))| {
                let after: Vec<String> =
                    (0..4).filter(|n| after & (1 << n) != 0).map(|n| lesson_id(n).to_string()).collect();
                let mut row = json!({ "points": 5 });
                if let Some(passed) = passed {
                    row["passes"] = json!([{ "after": after, "first": at(*passed) }]);
                }
                if let Some(completed) = completed {
                    row["completed"] = at(*completed);
                }
                ((kind::LESSON.to_string(), lesson_id(n).to_string()), row.to_string())
            })
            .collect();
        let mut state = load(&rows);
        let before = completed(&state);
        fold_all(&world.held(), &mut state, &world.events);
        // A server that completes lessons by a rule of its own is not contradicted.
        prop_assert!(before.is_subset(&completed(&state)));
    }
}

/// Releases and events without any sense; quizzes of the right size are among them, so that hostile answers are graded.
fn hostile_evening() -> impl Strategy<Value = (Releases, Vec<Event>)> {
    (prop::collection::vec(any_release(), 0..4), prop::collection::vec((any_event(), any::<bool>()), 0..20)).prop_map(
        |(releases, events)| {
            let releases: Vec<_> = releases
                .into_iter()
                .map(|release| Arc::new(IndexedRelease::from_bytes(&release.to_bytes()).expect("its own bytes")))
                .collect();
            let event = |(n, ((place, moment, kind), complete)): (usize, ((usize, Moment, EventKind), bool))| {
                let release = releases.get(place);
                let kind = match (kind, release) {
                    (EventKind::QuizAnswered { lesson, locale, answers }, Some(release)) if complete => {
                        let held = release.lesson(&lesson);
                        let drawn = held.map_or(&[][..], |l| &l.questions[..l.quiz_size()]);
                        let answers = drawn
                            .iter()
                            .enumerate()
                            .map(|(n, question)| {
                                let given = answers.get(n).map(|a| a.answer.clone());
                                let answer = given.filter(|a| fits(&question.key, a));
                                QuizAnswer {
                                    question: question.id.clone(),
                                    answer: answer.unwrap_or_else(|| solution(&question.key, locale)),
                                }
                            })
                            .collect();
                        EventKind::QuizAnswered { lesson, locale, answers }
                    }
                    (kind, _) => kind,
                };
                let unknown = ReleaseId::new("0".repeat(64)).expect("64 digits");
                Event { id: event_id(n), moment, release: release.map_or(unknown, |r| r.id.clone()), kind }
            };
            let events = events.into_iter().enumerate().map(event).collect();
            (hold(&releases), events)
        },
    )
}

/// A company of one course whose lessons each have one true/false question.
fn small(lessons: &[(&str, &[&str])]) -> Arc<IndexedRelease> {
    let lessons: Vec<Value> = lessons
        .iter()
        .map(|(id, after)| {
            let key = json!({ "kind": "true_false", "answer": true });
            json!({ "id": id, "minutes": 3, "points": 10, "pass": FULL, "draw": 1, "wait": 600_000, "after": after,
                    "questions": [{ "id": "q", "key": key }] })
        })
        .collect();
    let release = json!({
        "serial": 1, "company": "altyn", "default_locale": "en", "locales": ["en"], "markets": [],
        "courses": [{ "id": "c", "lessons": lessons }],
        "awards": {
            "points": { "review": 1, "reviews_a_day": 2 },
            "levels": [],
            "badges": [{ "id": "none", "points": 5, "when": { "reviews": 0 } }],
        },
        "reviews": { "retention": 90, "minutes": 5, "seconds_per_card": 20 },
    });
    Arc::new(IndexedRelease::from_bytes(release.to_string().as_bytes()).expect("a release"))
}

fn quiz(n: usize, at: i64, release: &IndexedRelease, lesson: &str, right: bool) -> Event {
    let question = QuestionId::new("q").expect("a slug");
    let answers = vec![QuizAnswer { question, answer: Answer::TrueFalse(right) }];
    let kind = EventKind::QuizAnswered {
        lesson: LessonId::new(lesson).expect("a slug"),
        locale: qadam_domain::company::Locale::En,
        answers,
    };
    Event { id: event_id(n), moment: Moment::new(at, 0), release: release.id.clone(), kind }
}

#[test]
fn an_evening_that_arrives_before_the_one_it_built_on_counts_when_that_arrives() {
    let release = small(&[("a", &[]), ("b", &["a"]), ("c", &["b"])]);
    let releases = hold(std::slice::from_ref(&release));
    let mut state = State::default();
    let day = |n: i64| n * DAY + 1;
    let late = [quiz(3, day(3), &release, "c", true), quiz(2, day(2), &release, "b", true)];
    assert_eq!(fold_all(&releases, &mut state, &late), Settled::default());
    let settled = fold_all(&releases, &mut state, &[quiz(1, day(5), &release, "a", true)]);
    let ids: Vec<&str> = settled.completed.iter().map(LessonId::as_str).collect();
    assert_eq!(ids.len(), 3);
    let completed =
        |id: &str| state.lesson(&LessonId::new(id).expect("a slug")).and_then(|l| l.completed).map(|m| m.at);
    assert_eq!([completed("a"), completed("b"), completed("c")], [Some(day(5)); 3]);
    assert_eq!(state.totals().points, 30);
}

#[test]
fn rows_say_what_was_done() {
    let release = small(&[("a", &[]), ("b", &["z", "a", "z"])]);
    let again = small(&[("b", &["a", "z"]), ("a", &[])]);
    let releases = hold(&[release.clone(), again.clone()]);
    let mut state = State::default();
    let read = EventKind::LessonRead { lesson: LessonId::new("a").expect("a slug") };
    let events = [
        Event { id: event_id(0), moment: Moment::new(500, 0), release: release.id.clone(), kind: read },
        quiz(1, 2_000, &release, "a", false),
        quiz(2, 1_000, &release, "a", false),
        quiz(3, DAY, &release, "a", true),
        quiz(4, DAY + 1, &release, "b", true),
        quiz(5, DAY + 2, &again, "b", true),
    ];
    fold_all(&releases, &mut state, &events);
    let mut rows = Rows::new();
    store(&mut rows, &mut state);
    let row = |kind: &str, id: &str| -> Value {
        serde_json::from_str(&rows[&(kind.to_string(), id.to_string())]).expect("a row")
    };
    let at = |at: i64, day: &str| json!({ "at": at, "day": day });
    let passed = json!([{ "after": [], "first": at(DAY, "1970-01-02") }]);
    assert_eq!(
        row("lesson", "a"),
        json!({ "passes": passed, "points": 10, "attempts": 3, "failures": 2, "best": FULL,
                "last_failure": at(2_000, "1970-01-01"), "perfect": at(DAY, "1970-01-02"),
                "read": at(500, "1970-01-01"), "completed": at(DAY, "1970-01-02") })
    );
    // One pass, whatever the order in which its prerequisites are written; not completed, since nobody ever passed `z`.
    let passed = json!([{ "after": ["a", "z"], "first": at(DAY + 1, "1970-01-02") }]);
    assert_eq!(
        row("lesson", "b"),
        json!({ "passes": passed, "points": 10, "attempts": 2, "failures": 0, "best": FULL, "perfect": at(DAY + 1, "1970-01-02") })
    );
    assert_eq!(row("points", "lesson:a"), json!({ "points": 10, "day": "1970-01-02" }));
    assert_eq!(row("day", "1970-01-01"), json!({ "reviews": 0, "each": 0, "cap": 0 }));
    assert_eq!(
        row("totals", "all"),
        json!({ "serial": 1, "points": 10, "lessons_completed": 1, "reviews": 0, "best_run": 2 })
    );
    assert_eq!(
        row("card", "a/q"),
        json!({ "reviews": [{ "at": DAY, "day": "1970-01-02", "id": event_id(3).to_string(), "grade": "good" }],
                "memory": { "stability": 23_065, "difficulty": 21_181 } })
    );
}

#[test]
fn lessons_in_a_circle_wait_for_each_other_and_nothing_else_does() {
    let release = small(&[("a", &["b"]), ("b", &["a"]), ("alone", &[])]);
    let releases = hold(std::slice::from_ref(&release));
    let mut state = State::default();
    let events = ["a", "b", "alone"].map(|lesson| quiz(lesson.len(), 1, &release, lesson, true));
    fold_all(&releases, &mut state, &events);
    assert_eq!(state.totals().lessons_completed, 1);
    assert_eq!(state.totals().points, 10);
}

#[test]
fn a_badge_for_no_reviews_is_no_badge() {
    let release = small(&[("a", &[])]);
    let releases = hold(std::slice::from_ref(&release));
    let mut state = State::default();
    fold_all(&releases, &mut state, &[quiz(1, 1, &release, "a", false)]);
    assert_eq!(state.badges().count(), 0);
}

#[test]
fn cards_remember_in_the_order_of_stamps() {
    let release = small(&[("a", &[])]);
    let releases = hold(std::slice::from_ref(&release));
    let events: Vec<Event> = (1..=4).map(|n| quiz(n, n as i64 * DAY, &release, "a", true)).collect();
    let mut forth = State::default();
    fold_all(&releases, &mut forth, &events);
    let mut back = State::default();
    for event in events.iter().rev() {
        fold_all(&releases, &mut back, [event]);
    }
    assert!(forth == back);
    let (_, card) = forth.cards().next().expect("a card");
    let moments: Vec<i64> = card.reviews.iter().map(|r| r.moment.at / DAY).collect();
    assert_eq!(moments, [1, 2, 3, 4]);
    let dated = (1..=4).map(|n| (Day(n), Grade::Good));
    assert_eq!(card.memory, fsrs::memory(dated));
}

#[test]
fn memory_that_was_read_is_not_built_upon() {
    let release = small(&[("a", &[])]);
    let releases = hold(std::slice::from_ref(&release));
    let mut state = State::default();
    fold_all(&releases, &mut state, &[quiz(1, DAY, &release, "a", true)]);
    let mut rows = Rows::new();
    store(&mut rows, &mut state);
    let key = (kind::CARD.to_string(), "a/q".to_string());
    let mut row: Value = serde_json::from_str(&rows[&key]).expect("a row");
    row["memory"] = json!({ "stability": 1_000_000, "difficulty": 50_000 });
    rows.insert(key, row.to_string());
    let mut state = load(&rows);
    // Once more, since what was computed here carries on.
    for n in 2..=3 {
        fold_all(&releases, &mut state, &[quiz(n, n as i64 * DAY, &release, "a", true)]);
        let (_, card) = state.cards().next().expect("a card");
        assert_eq!(card.memory, fsrs::memory((1..=n as i32).map(|n| (Day(n), Grade::Good))));
    }
}

#[test]
fn a_waiting_time_never_lasts_longer_than_it_is() {
    let release = small(&[("a", &[]), ("b", &["a"])]);
    let lesson = release.lesson(&LessonId::new("a").expect("a slug")).expect("there");
    let releases = hold(std::slice::from_ref(&release));
    let mut state = State::default();
    let failed = 1_000 * DAY;
    fold_all(&releases, &mut state, &[quiz(1, failed, &release, "a", false)]);
    assert_eq!(gate(lesson, &state, failed), Gate::Waiting { until: failed + 600_000 });
    assert_eq!(gate(lesson, &state, failed + 599_999), Gate::Waiting { until: failed + 600_000 });
    assert_eq!(gate(lesson, &state, failed + 600_000), Gate::Open);
    // The clock was years ahead when the quiz failed, and is right now.
    assert_eq!(gate(lesson, &state, failed - 700 * DAY), Gate::Open);
}
