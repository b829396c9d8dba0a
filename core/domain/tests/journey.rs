//! What the plan promises, over generated journeys and lives: little on each day, nothing before its time, nothing twice, and who follows it is through
//! in time.

use proptest::prelude::*;
use qadam_domain::fold::{TaskTicks, Tick};
use qadam_domain::ids::{EventId, PhaseId, TaskId};
use qadam_domain::journey::facts::Facts;
use qadam_domain::journey::moves::{Move, Seen, Why, difference};
use qadam_domain::journey::plan::{PhaseState, Plan, Status, TaskState, plan};
use qadam_domain::journey::{CATCH_UP, DAILY, Journey, Pause, Phase, Task, TaskKind};
use qadam_domain::time::{Day, Moment};
use serde_json::Map;

const JOINED: Day = Day(20_000);
const DAYS: u32 = 30;

fn task_id(n: usize) -> TaskId {
    TaskId::new(format!("task{n}")).expect("a slug")
}

/// The date of the plan's nth day where nothing is paused.
fn date(number: u32) -> Day {
    JOINED.plus(number as i32 - 1)
}

/// A journey as `content check` lets pass: at most three tasks a day, by rising day, each after some that stand above.
fn journey() -> impl Strategy<Value = Journey> {
    let task =
        (1..=DAYS - 4, 0..7_u32, prop::option::weighted(0.15, 0..9_u32), any::<[prop::sample::Index; 2]>(), 0..3_usize);
    prop::collection::vec(task, 1..25).prop_map(|mut planned| {
        planned.sort_by_key(|(day, ..)| *day);
        let mut tasks: Vec<Task> = Vec::new();
        for (day, slack, last, after, count) in planned {
            if tasks.iter().filter(|task| task.day == day).count() == DAILY {
                continue;
            }
            // What leaves the plan is waited for by nobody.
            let stays: Vec<&Task> = tasks.iter().filter(|task| task.until.is_none()).collect();
            let mut after: Vec<TaskId> = match stays.len() {
                0 => Vec::new(),
                n => after.iter().take(count).map(|place| stays[place.index(n)].id.clone()).collect(),
            };
            after.dedup();
            let by = (day + slack).min(DAYS);
            let until = last.map(|last| (by + last).min(DAYS));
            let id = task_id(tasks.len());
            tasks.push(Task { id, day, by, until, after, kind: TaskKind::Sponsor, retired: false, by_rule: false });
        }
        let phase = |id, from, until| Phase { id: PhaseId::new(id).expect("a slug"), from, until };
        let phases = vec![phase("first", 1, 7), phase("second", 8, 20), phase("third", 21, DAYS)];
        Journey { phases, goal: task_id(0), tasks, welcome: None }
    })
}

fn tick(facts: &mut Facts, task: &TaskId, day: Day) {
    let moment = Moment { at: 0, day };
    let ticks = vec![Tick { item: None, moment, id: EventId([7; 16]), undone: false }];
    facts.ticks.insert(task.clone(), TaskTicks { ticks, more: Map::new() });
}

fn begun() -> Facts {
    Facts { begun: Some(JOINED), ..Facts::default() }
}

/// Everything that holds of a plan, whatever was done.
fn sound(journey: &Journey, plan: &Plan, today: Day) -> Result<(), TestCaseError> {
    let of_today = plan.tasks.iter().filter(|task| task.progress.day == Some(today)).count();
    prop_assert!(plan.today.len() <= DAILY);
    prop_assert_eq!(plan.done_today as usize, of_today);
    for (planned, task) in plan.tasks.iter().zip(&journey.tasks) {
        prop_assert_eq!(&planned.id, &task.id);
        let is_open = !matches!(planned.state, TaskState::Done | TaskState::Lapsed);
        prop_assert_eq!(planned.state == TaskState::Done, planned.progress.day.is_some());
        if let Some(day) = planned.planned {
            prop_assert!(is_open && day >= today && plan.calendar.pause_of(day).is_none());
            prop_assert!(plan.calendar.number(day) >= task.day, "before its day");
            prop_assert!(task.until.is_none_or(|until| plan.calendar.number(day) <= until), "after its last day");
            let before = task.after.iter().filter_map(|id| plan.task(id)).filter_map(|task| task.planned).max();
            prop_assert!(before.is_none_or(|before| before <= day), "before what it waits for");
            let same: Vec<_> = plan.tasks.iter().filter(|other| other.planned == Some(day)).collect();
            prop_assert!(same.len() <= DAILY);
            prop_assert!(same.iter().filter(|task| task.late).count() <= CATCH_UP);
        }
        prop_assert_eq!(
            plan.today.contains(&task.id),
            plan.status == Status::Running && planned.planned == Some(today)
        );
        prop_assert_eq!(
            planned.moved_from.is_some(),
            is_open && planned.planned.map_or(planned.late, |day| day > planned.window.1)
        );
    }
    let lapsed = plan.tasks.iter().filter(|task| task.state == TaskState::Lapsed).count();
    prop_assert_eq!(plan.of as usize, plan.tasks.len() - lapsed);
    prop_assert_eq!(plan.phases.iter().map(|phase| phase.of).sum::<u32>(), plan.of);
    prop_assert_eq!(plan.phases.iter().map(|phase| phase.done).sum::<u32>(), plan.done);
    let next = plan.next.as_ref().map(|id| plan.task(id).expect("it is there"));
    let can_be_done = |task: &TaskState| !matches!(task, TaskState::Done | TaskState::Lapsed | TaskState::Waiting);
    prop_assert_eq!(next.is_some(), plan.tasks.iter().any(|task| can_be_done(&task.state)));
    prop_assert!(next.is_none_or(|next| can_be_done(&next.state)));
    Ok(())
}

proptest! {
    // PROPTEST_CASES says how many.

    #[test]
    fn who_follows_it_is_through_in_time(journey in journey()) {
        let mut facts = begun();
        let mut seen: Option<Seen> = None;
        for number in 1..=DAYS {
            let today = date(number);
            // All of the day's tasks, one after the other.
            loop {
                let plan = plan(&journey, &facts, JOINED, today, &[]);
                sound(&journey, &plan, today)?;
                prop_assert_eq!(plan.day, number);
                prop_assert_eq!(plan.behind, 0);
                if let Some(seen) = seen.replace(Seen::of(&plan)) {
                    prop_assert_eq!(difference(&seen, &plan), vec![], "nothing moves under who follows it");
                }
                let Some(id) = plan.today.iter().find(|id| plan.task(id).expect("there").waits_for.is_empty()) else {
                    prop_assert!(plan.today.is_empty(), "what waits, waits for another of the day");
                    break;
                };
                tick(&mut facts, id, today);
            }
        }
        let end = plan(&journey, &facts, JOINED, date(DAYS + 1), &[]);
        prop_assert_eq!((end.status, end.done, end.percent()), (Status::Over, journey.tasks.len() as u32, 100));
    }

    #[test]
    fn whoever_falls_behind_never_has_more_than_three_a_day(
        journey in journey(),
        diligence in prop::collection::vec(0..4_usize, DAYS as usize),
    ) {
        let mut facts = begun();
        let mut done = 0;
        for (number, most) in (1..=DAYS).zip(diligence) {
            let today = date(number);
            for _ in 0..most {
                let plan = plan(&journey, &facts, JOINED, today, &[]);
                sound(&journey, &plan, today)?;
                prop_assert!(plan.done >= done);
                done = plan.done;
                if let Some(next) = &plan.next {
                    tick(&mut facts, &next.clone(), today);
                }
            }
            sound(&journey, &plan(&journey, &facts, JOINED, today, &[]), today)?;
        }
    }

    #[test]
    fn a_pause_shifts_what_is_to_come_and_nothing_else(
        journey in journey(), done in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        today in 1..DAYS, ahead in 0..9_i32, length in 1..40_i32,
    ) {
        let mut facts = begun();
        for place in done {
            let task = &journey.tasks[place.index(journey.tasks.len())];
            tick(&mut facts, &task.id, JOINED);
        }
        let now = date(today);
        let before = plan(&journey, &facts, JOINED, now, &[]);
        let from = now.plus(ahead);
        let pause = Pause { version: 1, from, until: from.plus(length - 1) };
        let with = plan(&journey, &facts, JOINED, now, &[pause]);
        sound(&journey, &with, now)?;
        if ahead > 0 {
            for (old, new) in before.tasks.iter().zip(&with.tasks) {
                let carried = old.planned.map(|day| if day < from { day } else { day.plus(length) });
                prop_assert_eq!(new.planned, carried);
            }
            let moves = difference(&Seen::of(&before), &with);
            prop_assert!(moves.iter().all(|moved| moved.why == Why::Pause && moved.to == Some(moved.from.plus(length))));
            let back = difference(&Seen::of(&with), &before);
            prop_assert_eq!(back.len(), moves.len());
            prop_assert!(back.iter().all(|moved| moved.why == Why::PauseEnded));
        } else {
            prop_assert!(with.today.is_empty());
            // A pause over all of it moves the plan as a whole: on the first day after it stands what stood on its first day.
            let after = plan(&journey, &facts, JOINED, pause.until.plus(1), &[pause]);
            prop_assert_eq!(&after.today, &before.today);
            prop_assert_eq!((after.day, after.behind, after.days_left), (before.day, before.behind, before.days_left));
        }
    }

    #[test]
    fn a_day_that_passes_is_told_for_what_it_moves(journey in journey(), today in 1..DAYS) {
        let seen = Seen::of(&plan(&journey, &begun(), JOINED, date(today), &[]));
        let next = plan(&journey, &begun(), JOINED, date(today + 1), &[]);
        for Move { task, from, to, why } in difference(&seen, &next) {
            let planned = next.task(&task).expect("it is of the plan");
            prop_assert_eq!(to, planned.planned);
            prop_assert!(to != Some(from));
            match why {
                Why::DayPassed => prop_assert!(planned.late),
                Why::Room => prop_assert!(!planned.late && to.is_none_or(|to| to > from)),
                Why::RoomAgain => prop_assert!(to.is_some_and(|to| to < from)),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn what_was_seen_reads_as_it_was_written(journey in journey(), today in 1..DAYS) {
        let seen = Seen::of(&plan(&journey, &begun(), JOINED, date(today), &[Pause { version: 1, from: date(3), until: date(4) }]));
        let read: Seen = serde_json::from_str(&serde_json::to_string(&seen).expect("JSON")).expect("its own");
        prop_assert_eq!(read, seen);
    }
}

fn small(tasks: Vec<Task>) -> Journey {
    let phase = |id, from, until| Phase { id: PhaseId::new(id).expect("a slug"), from, until };
    Journey { phases: vec![phase("first", 1, 3), phase("rest", 4, 90)], tasks, goal: task_id(2), welcome: None }
}

fn task(n: usize, day: u32, kind: TaskKind, after: &[usize]) -> Task {
    let after = after.iter().map(|n| task_id(*n)).collect();
    Task { id: task_id(n), day, by: day, until: None, after, kind, retired: false, by_rule: false }
}

#[test]
fn tasks_are_done_by_what_they_count() {
    let journey = small(vec![
        task(0, 1, TaskKind::Contacts(3), &[]),
        task(1, 1, TaskKind::Reviews(5), &[]),
        task(2, 2, TaskKind::Sales(1), &[0]),
        task(3, 3, TaskKind::Checklist(2), &[]),
        task(4, 3, TaskKind::FollowUps(1), &[]),
    ]);
    let mut facts = begun();
    facts.contacts = vec![JOINED, JOINED.plus(1)];
    facts.reviews = vec![(JOINED, 4), (JOINED.plus(1), 3)];
    let at = |facts: &Facts, n: usize| plan(&journey, facts, JOINED, JOINED.plus(1), &[]).tasks[n].clone();
    assert_eq!((at(&facts, 0).progress.done, at(&facts, 0).progress.of), (2, 3));
    assert_eq!(at(&facts, 0).state, TaskState::Moved);
    assert_eq!((at(&facts, 1).progress.done, at(&facts, 1).progress.day), (5, Some(JOINED.plus(1))));
    assert_eq!((at(&facts, 2).state, at(&facts, 2).waits_for), (TaskState::Waiting, vec![task_id(0)]));
    facts.contacts.push(JOINED.plus(1));
    assert_eq!((at(&facts, 0).state, at(&facts, 2).state), (TaskState::Done, TaskState::Open));
    facts.sales = vec![JOINED.plus(1)];
    let plan_now = plan(&journey, &facts, JOINED, JOINED.plus(1), &[]);
    let goal = plan_now.goal.expect("there is one");
    assert_eq!((goal.done, goal.of, goal.reached), (2, 2, Some(JOINED.plus(1))));
    assert_eq!((plan_now.done, plan_now.of, plan_now.done_today), (3, 5, 3));
    assert_eq!(plan_now.phases[0].state, PhaseState::Current);

    let ticked =
        |item, undone| Tick { item: Some(item), moment: Moment { at: 0, day: JOINED }, id: EventId([7; 16]), undone };
    let ticks = vec![ticked(0, false), ticked(1, true), ticked(9, false)];
    facts.ticks.insert(task_id(3), TaskTicks { ticks, more: Map::new() });
    assert_eq!((at(&facts, 3).progress.done, at(&facts, 3).progress.of), (1, 2));
    assert!(facts.is_ticked(&task_id(3), Some(0)) && !facts.is_ticked(&task_id(3), Some(1)));
}

#[test]
fn two_weeks_away_come_back_in_small_pieces() {
    let tasks = (0..14)
        .map(|n| task(n, 1 + n as u32, TaskKind::Sponsor, &[]))
        .chain((14..20).map(|n| task(n, n as u32 + 1, TaskKind::Event, &[])));
    let journey = small(tasks.collect());
    let today = date(15);
    let plan = plan(&journey, &begun(), JOINED, today, &[]);
    assert_eq!(plan.behind, 14);
    // Two that are late, and the day's own.
    assert_eq!(plan.today, [task_id(0), task_id(1), task_id(14)]);
    let last = plan.tasks[13].planned.expect("it has a day");
    assert_eq!(last, today.plus(6));
    assert_eq!(plan.tasks[19].planned, Some(date(20)));
}

#[test]
fn what_is_done_leaves_room_today_only_for_what_is_due() {
    let journey = small((0..6).map(|n| task(n, 1 + n as u32 / 3, TaskKind::Sponsor, &[])).collect());
    let mut facts = begun();
    for n in 0..3 {
        tick(&mut facts, &task_id(n), date(2));
    }
    // Three late ones were done today: the day's own wait until tomorrow.
    let late = plan(&journey, &facts, JOINED, date(2), &[]);
    assert_eq!((late.today.len(), late.done_today), (0, 3));
    assert_eq!(late.next, Some(task_id(3)));
    assert_eq!(late.tasks[3].planned, Some(date(3)));
    // Who works ahead keeps the day's own.
    let mut ahead = begun();
    for n in 3..6 {
        tick(&mut ahead, &task_id(n), date(1));
    }
    assert_eq!(plan(&journey, &ahead, JOINED, date(1), &[]).today.len(), 3);
}

#[test]
fn a_task_with_a_last_day_keeps_its_day_and_leaves_in_silence() {
    let mut meeting = task(4, 4, TaskKind::Event, &[]);
    meeting.until = Some(5);
    let mut tasks: Vec<Task> = (0..4).map(|n| task(n, 1, TaskKind::Sponsor, &[])).collect();
    tasks.push(meeting);
    let journey = small(tasks);
    let on = |number| plan(&journey, &begun(), JOINED, date(number), &[]);
    assert_eq!(on(4).tasks[4].planned, Some(date(4)));
    assert_eq!(on(5).tasks[4].planned, Some(date(5)));
    let gone = on(6);
    assert_eq!((gone.tasks[4].state, gone.of, gone.tasks[4].planned), (TaskState::Lapsed, 4, None));
    assert_eq!(difference(&Seen::of(&on(5)), &gone).iter().find(|moved| moved.task == task_id(4)), None);
}

#[test]
fn the_plan_ends_gently() {
    let journey = small((0..30).map(|n| task(n, 88, TaskKind::Sponsor, &[])).collect());
    let last = plan(&journey, &begun(), JOINED, date(90), &[]);
    assert_eq!((last.today.len(), last.days_left, last.status), (2, 0, Status::Running));
    assert_eq!(last.tasks[29].planned, None);
    assert_eq!(last.tasks[29].state, TaskState::Moved);
    let over = plan(&journey, &begun(), JOINED, date(91), &[]);
    assert_eq!((over.status, over.today.len(), over.tasks[29].state), (Status::Over, 0, TaskState::Open));
    assert_eq!(over.next, Some(task_id(0)));
    // A holiday in the middle: the end is later.
    let pause = Pause { version: 1, from: date(10), until: date(19) };
    assert_eq!(plan(&journey, &begun(), JOINED, date(91), &[pause]).days_left, 9);
}

#[test]
fn a_phone_that_was_used_before_moves_the_beginning() {
    let journey = small(vec![task(0, 5, TaskKind::Sponsor, &[])]);
    let late = Facts { begun: Some(JOINED.plus(3)), ..Facts::default() };
    let seen = Seen::of(&plan(&journey, &late, JOINED, JOINED.plus(3), &[]));
    let now = plan(&journey, &begun(), JOINED, JOINED.plus(3), &[]);
    let moves = difference(&seen, &now);
    assert_eq!((moves[0].why, moves[0].from.since(JOINED), moves[0].to), (Why::Beginning, 7, Some(JOINED.plus(4))));
}

#[test]
fn a_task_comes_when_a_rule_opens_it_and_its_days_begin_then() {
    let mut journey = Journey {
        phases: vec![Phase { id: PhaseId::new("all").expect("a slug"), from: 1, until: DAYS }],
        tasks: vec![task(0, 1, TaskKind::Sponsor, &[]), task(1, 1, TaskKind::Event, &[])],
        goal: task_id(0),
        welcome: None,
    };
    journey.tasks[1] = Task { by: 3, by_rule: true, ..journey.tasks[1].clone() };
    let at = |journey: &Journey, facts: &Facts, number| plan(journey, facts, JOINED, date(number), &[]);
    let mut facts = begun();
    tick(&mut facts, &task_id(0), date(1));
    assert_eq!((at(&journey, &facts, 9).of, at(&journey, &facts, 9).percent()), (1, 100));
    facts.opened.insert(task_id(1), date(8));
    let opened = at(&journey, &facts, 8);
    assert_eq!((opened.of, opened.today.clone()), (2, vec![task_id(1)]));
    assert_eq!(opened.task(&task_id(1)).expect("there").window, (date(8), date(10)));
    assert_eq!(at(&journey, &facts, 10).behind, 0);
    assert_eq!(at(&journey, &facts, 11).behind, 1);
    // It waits for the end of a pause as all do, and what is opened at the very end can still be done.
    facts.opened.insert(task_id(1), date(DAYS + 20));
    let end = at(&journey, &facts, DAYS + 20);
    assert_eq!((end.status, end.next.clone()), (Status::Over, Some(task_id(1))));
    // Who follows an older plan has it too.
    let older = Journey { tasks: vec![journey.tasks[0].clone()], ..journey.clone() };
    assert_eq!(at(&older, &facts, 9).of, 1);
    assert_eq!(older.with_newer(Some(&journey)), journey);
    assert_eq!(journey.with_newer(Some(&journey)), journey);
}
