use qadam_backend::accounts::{self, NewUser};
use qadam_backend::team::import::{HEADER, import};
use qadam_domain::event::EventKind;
use qadam_domain::ids::{PhaseId, ReleaseId, TaskId};
use qadam_domain::journey::{Journey, Pause, Phase, Task, TaskKind};
use qadam_domain::time::Day;
use qadam_protocol::mutation::Body as Say;
use qadam_protocol::sync::{AckStatus, RefusalCode};
use serde_json::json;

use crate::support::{NOW, World, compiled, id, mutation, quiz, random, unknown, user};

fn journey() -> Journey {
    let task = |id: &str, kind| Task {
        id: TaskId::new(id).expect("an id"),
        day: 1,
        by: 1,
        until: None,
        after: Vec::new(),
        kind,
        retired: false,
        by_rule: false,
    };
    Journey {
        phases: vec![Phase { id: PhaseId::new("all").expect("an id"), from: 1, until: 90 }],
        tasks: vec![task("call", TaskKind::Sponsor), task("room", TaskKind::Checklist(2))],
        goal: TaskId::new("call").expect("an id"),
        welcome: None,
    }
}

/// A company whose second release has a plan.
fn world() -> World {
    let mut world = World::new();
    let mut compiled = compiled(&["one", "two"]);
    compiled.release.journey = Some(journey());
    let published = world.publish(&compiled);
    assert!(published.is_new_release);
    world.release = published.release;
    world
}

fn tick(release: &ReleaseId, task: &str, item: Option<u8>, undone: bool) -> Say {
    let kind = EventKind::TaskTicked { task: TaskId::new(task).expect("an id"), item, undone };
    Say::Event { release: release.clone(), kind }
}

#[test]
fn ticks_and_pauses_become_rows_and_what_is_impossible_is_refused() {
    let world = world();
    let phone = world.sign_in().session;
    let today = Day::at(NOW, 300);
    let pause = |version, days| {
        let change = Pause { version, from: today, until: today.plus(days) };
        Say::Event { release: world.release.clone(), kind: EventKind::JourneyPaused { pause: id(99), change } }
    };
    let says = [
        tick(&world.release, "call", None, false),
        tick(&world.release, "room", Some(1), false),
        tick(&world.release, "room", Some(1), true),
        pause(2, 3),
        pause(1, 30),
        tick(&world.release, "sing", None, false),
        tick(&world.release, "call", Some(0), false),
        tick(&world.release, "room", Some(2), false),
        tick(&world.release, "room", None, false),
        pause(3, 180),
    ];
    let sent = (1..).zip(&says).map(|(n, say)| mutation(n, n, say)).collect();
    let reply = world.sync(&phone, sent);
    let refused: Vec<&AckStatus> = reply.acks[5..].iter().map(|ack| &ack.status).collect();
    let mismatch = AckStatus::Refused(RefusalCode::TaskMismatch);
    assert_eq!(refused[0], &AckStatus::Refused(RefusalCode::UnknownTask));
    assert_eq!((refused[1], reply.acks[6].count), (&mismatch, 3));
    assert_eq!(refused[2], &AckStatus::Refused(RefusalCode::OverLimit));
    assert!(reply.acks[..5].iter().all(|ack| ack.status == AckStatus::Applied));

    let me = world.me(&phone);
    assert_eq!(me["task/call"]["ticks"][0]["day"], json!(today));
    assert_eq!(me["task/room"]["ticks"][0]["undone"], json!(true));
    let pause = &me[&format!("pause/{}", id(99))];
    assert_eq!((&pause["version"], &pause["until"]), (&json!(2), &json!(today.plus(3))));
    assert_eq!((&me["journey/mine"]["release"], &me["journey/mine"]["serial"]), (&json!(world.release), &json!(2)));
    // A tick is no lesson: the streak does not go on by it.
    assert!(!me.contains_key(&format!("day/{today}")));
}

#[test]
fn who_began_a_plan_goes_on_with_it() {
    let mut world = world();
    let phone = world.sign_in().session;
    let first = world.release.clone();
    world.sync(&phone, vec![mutation(1, 1, &quiz(&first, "one", true))]);
    let mut changed = compiled(&["one", "two"]);
    let mut more = journey();
    more.tasks[0].day = 3;
    changed.release.journey = Some(more);
    let second = world.publish(&changed).release;
    assert_ne!(first, second);
    world.sync(&phone, vec![mutation(2, 2, &quiz(&second, "two", true))]);
    assert_eq!(world.me(&phone)["journey/mine"]["release"], json!(first));
}

#[test]
fn a_tick_of_a_release_that_is_not_here_waits_for_it() {
    let world = world();
    let phone = world.sign_in().session;
    let elsewhere = ReleaseId::new("0".repeat(64)).expect("64 digits");
    let reply = world.sync(
        &phone,
        vec![
            mutation(1, 1, &tick(&elsewhere, "call", None, false)),
            unknown(2, 2, "task.done", &json!({"task": "call"})),
            unknown(3, 3, "journey.paused", &json!({"release": world.release, "pause": "x", "version": 1})),
        ],
    );
    let status: Vec<&AckStatus> = reply.acks.iter().map(|ack| &ack.status).collect();
    assert_eq!(status, [&AckStatus::Kept, &AckStatus::Refused(RefusalCode::Malformed)]);
    assert!(!world.me(&phone).contains_key("task/call"));
}

#[test]
fn a_newcomer_hears_the_sponsors_name() {
    let world = World::new();
    let newest = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let sponsored = |login: &str, sponsor: &str| NewUser { sponsor: Some(sponsor.into()), ..user(login) };
    let add = |new: &NewUser| accounts::add_user(&world.conn, &newest, new, NOW, &mut random).expect("adds").account;
    let enter = |account| accounts::register_device(&world.conn, account, "phone", NOW, &mut random).expect("signs in");

    // By an account, at once.
    let by_account = add(&sponsored("dana", "1001"));
    assert_eq!(enter(by_account).distributor.sponsor_name.as_deref(), Some("Aigul"));
    // By the tree, once it is imported; the row says it too.
    let by_tree = add(&sponsored("bota", "700"));
    let signed_in = enter(by_tree);
    assert_eq!(signed_in.distributor.sponsor_name, None);
    let csv = format!("{}\n700,,Saule Kim,+77010000000,gold,0,0,1,2024-05-01,Astana\n", HEADER.join(","));
    import(&world.conn, "team.csv", csv.as_bytes(), true, NOW, &mut random).expect("imports");
    let signed_in = enter(by_tree);
    assert_eq!(signed_in.distributor.sponsor_name.as_deref(), Some("Saule Kim"));
    assert_eq!(world.me(&signed_in.session)["distributor/mine"]["sponsor_name"], json!("Saule Kim"));
    // Nobody's sponsor is nobody.
    assert_eq!(enter(add(&user("erlan"))).distributor.sponsor_name, None);
}
