//! The plan on one phone: it follows what is done here, moves gently, keeps the release under which it was begun, and tells what moved.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qadam_domain::company::Locale;
use qadam_domain::ids::BlobHash;
use qadam_domain::time::{DAY, Day, MINUTE};
use qadam_engine::contacts::{self, Channel, ContactEdit};
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::Changes;
use qadam_engine::journey::{self, JourneyStatus, MoveReason, PhaseStatus, TaskStatus, TaskView, TodayView};
use qadam_engine::media::MediaStore;
use qadam_engine::platform::{Clock, Reading, SystemRandom};
use qadam_engine::{EngineError, learning, replica, session};
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::content::BlobRef;
use qadam_protocol::sync::SyncReply;
use serde_json::{Value, json};

/// 2026-11-24T19:00 in Almaty, the evening of joining.
const EVENING: i64 = 1_795_528_800_000;
const ALMATY: i32 = 5 * 60;

/// A clock that a test moves.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn read(&self) -> Reading {
        let wall = self.0.load(Ordering::Relaxed);
        Reading { wall, boot: "boot".into(), mono: wall - EVENING }
    }
}

struct Phone {
    core: Core,
    hands: Arc<Hands>,
    _folder: tempfile::TempDir,
}

fn core(folder: &Path, hands: &Arc<Hands>) -> Core {
    let tools = Tools {
        clock: hands.clone(),
        zone: Arc::new(|_| ALMATY),
        random: Arc::new(SystemRandom),
        media: Arc::new(MediaStore::open(&folder.join("media")).expect("a folder")),
    };
    Core::open(&folder.join("a.db"), Changes::default(), tools, Locale::En).expect("opens")
}

fn tasks() -> Value {
    json!([
        { "id": "read", "day": 1, "by": 1, "kind": { "lesson": "first" } },
        { "id": "call", "day": 1, "by": 1, "kind": "sponsor" },
        { "id": "room", "day": 2, "by": 2, "kind": { "checklist": 2 } },
        { "id": "names", "day": 3, "by": 3, "kind": { "contacts": 2 }, "after": ["read"] },
        { "id": "again", "day": 8, "by": 14, "kind": { "follow_ups": 1 }, "after": ["names"] },
        { "id": "old", "day": 9, "by": 9, "kind": "sponsor", "retired": true },
    ])
}

fn release(serial: u64, tasks: &Value) -> Value {
    json!({
        "serial": serial, "company": "altyn", "default_locale": "en", "locales": ["en"], "markets": [],
        "courses": [{ "id": "c", "lessons": [
            { "id": "first", "minutes": 3, "points": 10, "pass": 1_000_000, "draw": 0, "wait": 0, "after": [], "questions": [] }] }],
        "awards": { "points": { "review": 1, "reviews_a_day": 10 }, "levels": [], "badges": [] },
        "reviews": { "retention": 90, "minutes": 5, "seconds_per_card": 20 },
        "journey": {
            "phases": [{ "id": "week", "from": 1, "until": 7 }, { "id": "later", "from": 8, "until": 30 }],
            "tasks": tasks, "goal": "names",
            "welcome": { "video": "leader.mp4", "tour": ["today", "people"] },
        },
    })
}

fn bundle() -> Value {
    let task = |title: &str| json!({ "title": title, "why": "It helps." });
    let mut room = task("Make room");
    room["items"] = json!(["A place", "An hour"]);
    json!({
        "locale": "en", "company": { "name": "Altyn", "welcome": "Welcome" }, "markets": {}, "courses": {},
        "lessons": { "first": { "title": "First", "cards": ["Text."], "questions": {} } },
        "levels": {}, "badges": {}, "media": { "leader.mp4": {} },
        "journey": {
            "phases": { "week": "The first week" },
            "tasks": { "read": task("Read"), "call": task("Call"), "room": room, "names": task("Names"), "again": task("Again"), "thanks": task("Thank") },
            "welcome": {
                "letter": "Dear {newcomer},\n\nyours, {sponsor}", "letter_alone": "Dear {newcomer}!",
                "tour": { "today": { "title": "Today", "text": "Three at most." } },
            },
        },
        "rules": { "ranks": {}, "why": { "learnt": "You finished your first lesson." } },
    })
}

impl Phone {
    /// A phone of a newcomer who joined this evening, without content.
    fn empty(distributor: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let hands = Arc::new(Hands(AtomicI64::new(EVENING)));
        let core = core(folder.path(), &hands);
        let reply = json!({
            "token": "token", "device": "0123456789abcdef", "account": "a", "company": "altyn",
            "distributor": distributor, "server_time": EVENING,
        });
        let reply: SignInReply = serde_json::from_value(reply).expect("a reply");
        session::enter(&core, &reply).expect("a fresh database begins");
        Self { core, hands, _folder: folder }
    }

    fn new() -> Self {
        let phone = Self::empty(&distributor(Some("Saule {newcomer} Kim")));
        phone.publish(1, &release(1, &tasks()));
        phone
    }

    /// A server's reply with these rows of `me` or of the catalog.
    fn receive(&self, stream: &str, rev: u64, rows: &Value) {
        let reply = json!({
            "server_time": self.hands.0.load(Ordering::Relaxed),
            "streams": { stream: { "cursor": { "epoch": "e", "rev": rev, "tag": "t" }, "rows": rows } },
        });
        let reply: SyncReply = serde_json::from_value(reply).expect("a reply");
        let reading = self.core.clock.read();
        let taken = self.core.database.write(|transaction| {
            let releases = self.core.releases(transaction)?;
            let received = replica::receive(
                transaction,
                &releases,
                &replica::Sent { at: reading.clone(), ..Default::default() },
                &reply,
                &reading,
            )?;
            Ok(((), received.nouns))
        });
        taken.expect("takes it");
    }

    fn publish(&self, rev: u64, release: &Value) {
        let (release, bundle) = (release.to_string().into_bytes(), bundle().to_string().into_bytes());
        let blob = |bytes: &[u8]| BlobRef { hash: BlobHash::of(bytes), size: bytes.len() as u64 };
        let video = json!({ "hash": BlobHash::of(b"video"), "size": 5, "extension": "mp4", "lessons": [] });
        let manifest =
            json!({ "release": blob(&release), "bundles": { "en": blob(&bundle) }, "media": { "leader.mp4": video } });
        self.receive("catalog", rev, &json!([{ "k": "manifest", "i": "current", "r": rev, "v": manifest }]));
        let documents = [(blob(&release), release), (blob(&bundle), bundle)];
        self.core.keep_documents(&documents).expect("keeps them");
    }

    fn pass(&self, millis: i64) {
        self.hands.0.fetch_add(millis, Ordering::Relaxed);
    }

    fn today(&self) -> TodayView {
        journey::today(&self.core).expect("reads").value.expect("a plan")
    }

    fn task(&self, id: &str) -> TaskView {
        let view = journey::view(&self.core).expect("reads").value.expect("a plan");
        let task = view.phases.into_iter().flat_map(|phase| phase.tasks).find(|task| task.id == id);
        task.unwrap_or_else(|| panic!("no task {id}"))
    }

    fn contact(&self, name: &str) -> String {
        let edit = ContactEdit { name: Some(name.into()), ..ContactEdit::default() };
        contacts::add(&self.core, edit).expect("adds")
    }
}

fn distributor(sponsor: Option<&str>) -> Value {
    let mut distributor =
        json!({ "id": "1001", "name": "Aigul Serik", "market": "kz", "locale": "kk", "joined": "2026-11-24" });
    if let Some(sponsor) = sponsor {
        distributor["sponsor"] = json!("700");
        distributor["sponsor_name"] = json!(sponsor);
    }
    distributor
}

fn ids(tasks: &[TaskView]) -> Vec<&str> {
    tasks.iter().map(|task| task.id.as_str()).collect()
}

#[test]
fn tasks_are_done_by_what_is_done_on_the_phone() {
    let phone = Phone::new();
    let core = &phone.core;
    let today = phone.today();
    assert_eq!((today.day, today.days, today.days_left, today.percent), (1, 30, 29, 0));
    assert_eq!(ids(&today.tasks), ["read", "call"]);
    assert_eq!(today.tasks[0].title, "Read");
    assert_eq!(
        today.goal.as_ref().map(|goal| (goal.done, goal.of, goal.planned.as_deref())),
        Some((0, 2, Some("2026-11-26")))
    );
    assert_eq!(journey::today(core).expect("reads").valid_until, Some(EVENING + 5 * 60 * MINUTE));

    learning::finish_reading(core, "first").expect("reads");
    assert_eq!(phone.task("read").status, TaskStatus::Done { day: "2026-11-24".into() });
    journey::complete_task(core, "call", None).expect("ticks it off");
    let today = phone.today();
    assert_eq!((today.tasks.len(), today.done_today, today.percent), (0, 2, 40));
    assert_eq!(today.next.map(|task| task.id).as_deref(), Some("room"));

    // A tick is taken back; doing it twice is doing it once.
    let waiting = || core.database.read(replica::outbox::counts).expect("counts").0;
    let before = waiting();
    journey::complete_task(core, "call", None).expect("it is done already");
    assert_eq!(waiting(), before);
    // Of one item the later word counts.
    phone.pass(MINUTE);
    journey::reopen_task(core, "call", None).expect("takes it back");
    assert_eq!(phone.task("call").status, TaskStatus::Open);
    phone.pass(MINUTE);
    journey::complete_task(core, "call", None).expect("ticks it off");

    journey::complete_task(core, "room", Some(1)).expect("ticks it off");
    let room = phone.task("room");
    assert_eq!((room.done, room.of), (1, 2));
    assert_eq!(
        room.items.iter().map(|item| (item.text.as_str(), item.done)).collect::<Vec<_>>(),
        [("A place", false), ("An hour", true)]
    );
    journey::complete_task(core, "room", None).expect("the others too");
    assert_eq!(phone.task("room").done, 2);

    // Contacts and talks are counted here, and nowhere else.
    let dana = phone.contact("Dana");
    assert_eq!((phone.task("names").done, phone.task("names").of), (1, 2));
    let bota = phone.contact("Bota");
    assert_eq!(phone.task("names").status, TaskStatus::Done { day: "2026-11-24".into() });
    assert_eq!(phone.today().goal.and_then(|goal| goal.reached).as_deref(), Some("2026-11-24"));
    let talk = |contact: &str| contacts::log_interaction(core, contact, Channel::Call, None, "").expect("notes it");
    talk(&dana);
    talk(&bota);
    assert_eq!(phone.task("again").done, 0);
    phone.pass(DAY);
    talk(&dana);
    assert_eq!(phone.task("again").status, TaskStatus::Done { day: "2026-11-25".into() });
    let view = journey::view(core).expect("reads").value.expect("a plan");
    assert_eq!((view.done, view.of, view.today.percent, view.behind), (5, 5, 100, 0));
    assert_eq!((view.phases[0].status, view.phases[1].status), (PhaseStatus::Done, PhaseStatus::Done));
    assert_eq!((view.phases[0].title.as_str(), view.phases[1].title.as_str()), ("The first week", "later"));
    assert_eq!(view.today.next, None);
    // Who forgets somebody has written down fewer.
    contacts::delete(core, &bota).expect("deletes");
    assert_eq!(phone.task("names").done, 1);
}

#[test]
fn what_can_not_be_ticked_off_says_why() {
    let phone = Phone::new();
    let core = &phone.core;
    let missing = |what: &str| Err(EngineError::NotFound { what: what.into() });
    assert_eq!(journey::complete_task(core, "read", None), Err(EngineError::TaskCompletesItself));
    assert_eq!(journey::complete_task(core, "names", None), Err(EngineError::TaskCompletesItself));
    assert_eq!(journey::complete_task(core, "sing", None), missing("task"));
    assert_eq!(journey::complete_task(core, "No Id!", None), missing("task"));
    assert_eq!(journey::complete_task(core, "old", None), missing("task"));
    for (task, item) in [("call", 0), ("room", 2), ("room", 256), ("room", u32::MAX)] {
        let told = journey::complete_task(core, task, Some(item));
        assert_eq!(told, Err(EngineError::Invalid { field: "item".into() }), "{task} {item}");
    }
    for (from, until, field) in [
        (None, "2026-11-23", "until"),
        (None, "soon", "until"),
        (Some("2026-13-01"), "2026-12-01", "from"),
        (Some("2026-11-24"), "2027-05-23", "until"),
    ] {
        let told = journey::pause(core, from, until).map(|_| ());
        assert_eq!(told, Err(EngineError::Invalid { field: field.into() }), "{until}");
    }
    assert_eq!(journey::resume(core, None), missing("pause"));
    assert_eq!(core.database.read(replica::outbox::counts).expect("counts"), (0, 0));

    // Without content there is nothing yet, and a company without a plan has none.
    let empty = Phone::empty(&distributor(None));
    assert_eq!(journey::view(&empty.core).map(|_| ()), Err(EngineError::ContentMissing));
    let mut plain = release(1, &tasks());
    plain.as_object_mut().expect("an object").remove("journey");
    empty.publish(1, &plain);
    assert_eq!(journey::view(&empty.core).expect("reads").value, None);
    assert_eq!(journey::welcome(&empty.core), Ok(None));
    assert_eq!(journey::acknowledge_moves(&empty.core), Ok(()));
    assert_eq!(journey::complete_task(&empty.core, "call", None), missing("plan"));
}

#[test]
fn what_moved_is_told_until_it_was_seen() {
    let phone = Phone::new();
    let core = &phone.core;
    journey::complete_task(core, "call", None).expect("ticks it off");
    assert_eq!(journey::view(core).expect("reads").value.expect("a plan").moves, []);
    journey::acknowledge_moves(core).expect("keeps it");
    phone.pass(2 * DAY);
    let view = journey::view(core).expect("reads").value.expect("a plan");
    assert_eq!((view.behind, view.today.moved), (2, 2));
    assert_eq!(ids(&view.today.tasks), ["read", "room", "names"]);
    assert_eq!(phone.task("room").status, TaskStatus::Moved { from: "2026-11-25".into() });
    assert!(matches!(&phone.task("names").status, TaskStatus::Waiting { missing } if missing[0].title == "Read"));
    let moves: Vec<_> =
        view.moves.iter().map(|m| (m.task.id.as_str(), m.from.as_str(), m.to.as_deref(), m.why)).collect();
    let passed = MoveReason::DayPassed;
    assert_eq!(
        moves,
        [("read", "2026-11-24", Some("2026-11-26"), passed), ("room", "2026-11-25", Some("2026-11-26"), passed)]
    );
    journey::acknowledge_moves(core).expect("keeps it");
    assert_eq!(phone.today().moved, 0);

    // A holiday from tomorrow on: what is to come moves behind it, and back when it ends early.
    let id = journey::pause(core, Some("2026-11-27"), "2026-12-03").expect("pauses");
    let view = journey::view(core).expect("reads").value.expect("a plan");
    let moves: Vec<_> = view.moves.iter().map(|m| (m.task.id.as_str(), m.to.as_deref(), m.why)).collect();
    assert_eq!(moves, [("again", Some("2026-12-08"), MoveReason::Pause)]);
    assert_eq!((view.ends.as_str(), view.pauses.len(), view.pauses[0].current), ("2026-12-30", 1, false));
    journey::acknowledge_moves(core).expect("keeps it");
    phone.pass(2 * DAY);
    let today = phone.today();
    assert_eq!(
        (today.status, today.tasks.len(), today.day),
        (JourneyStatus::Paused { until: "2026-12-03".into() }, 0, 3)
    );
    journey::resume(core, None).expect("goes on");
    let view = journey::view(core).expect("reads").value.expect("a plan");
    assert_eq!((&view.today.status, view.today.day, view.pauses.len()), (&JourneyStatus::Running, 4, 0));
    let again = view.moves.iter().find(|m| m.task.id == "again").expect("it moved");
    assert_eq!((again.why, again.to.as_deref()), (MoveReason::PauseEnded, Some("2026-12-02")));
    assert_eq!(journey::resume(core, Some(&id)), Err(EngineError::NotFound { what: "pause".into() }));

    // One that has not begun is taken back.
    let later = journey::pause(core, Some("2026-12-20"), "2026-12-31").expect("pauses");
    journey::resume(core, Some(&later)).expect("takes it back");
    assert_eq!(journey::view(core).expect("reads").value.expect("a plan").pauses, []);
    // The plan's days go by; what is open can still be done.
    phone.pass(60 * DAY);
    let today = phone.today();
    assert_eq!((today.status, today.tasks.len(), today.days_left), (JourneyStatus::Over, 0, 0));
    assert_eq!(phone.task("room").status, TaskStatus::Open);
    journey::complete_task(core, "room", None).expect("ticks it off");
}

#[test]
fn the_plan_of_the_first_evening_stays_whatever_is_published() {
    let phone = Phone::new();
    let core = &phone.core;
    journey::complete_task(core, "call", None).expect("ticks it off");
    let first = core.database.read(|c| core.require_content(c)).expect("content").release.id.clone();
    let mut later = tasks();
    later[2] = json!({ "id": "room", "day": 20, "by": 20, "kind": { "checklist": 2 } });
    later[1]["retired"] = json!(true);
    phone.publish(2, &release(2, &later));
    assert_eq!(phone.task("room").planned.as_deref(), Some("2026-11-25"));
    assert_eq!(phone.task("call").status, TaskStatus::Done { day: "2026-11-24".into() });
    // What is retired now can still be ticked by who has it.
    journey::reopen_task(core, "call", None).expect("takes it back");
    // The server has taken all of it: nothing but the row names the first release.
    phone.receive("me", 9, &json!([
        { "k": "journey", "i": "mine", "r": 9, "v": { "release": first, "serial": 1, "begun": { "at": EVENING, "day": "2026-11-24" } } },
    ]));
    phone.publish(3, &release(3, &later));
    assert_eq!(phone.task("room").planned.as_deref(), Some("2026-11-25"));

    // A new phone has the current release alone: until the other is fetched, its plan does.
    let second = Phone::empty(&distributor(None));
    second.publish(1, &release(3, &later));
    assert_eq!(second.core.wanted_plan(), Ok(None));
    second.receive("me", 1, &json!([
        { "k": "journey", "i": "mine", "r": 1, "v": { "release": first, "serial": 1, "begun": { "at": EVENING, "day": "2026-11-24" } } },
    ]));
    assert_eq!(second.task("room").planned.as_deref(), Some("2026-12-13"));
    let wanted = second.core.wanted_plan().expect("reads").expect("it is not here");
    assert_eq!(wanted.hash.as_str(), first.as_str());
    second.core.keep_plan(&wanted, release(1, &tasks()).to_string().as_bytes()).expect("keeps it");
    assert_eq!(second.core.wanted_plan(), Ok(None));
    assert_eq!(second.task("room").planned.as_deref(), Some("2026-11-25"));
    second.publish(2, &release(4, &later));
    assert_eq!(second.task("room").planned.as_deref(), Some("2026-11-25"));

    // One that can't be read is not asked for again.
    let third = Phone::empty(&distributor(None));
    third.publish(1, &release(3, &later));
    third.receive("me", 1, &json!([
        { "k": "journey", "i": "mine", "r": 1, "v": { "release": first, "serial": 1, "begun": { "at": EVENING, "day": "2026-11-24" } } },
    ]));
    let wanted = third.core.wanted_plan().expect("reads").expect("it is not here");
    third.core.keep_plan(&wanted, b"{\"serial\":\"a newer server's\"}").expect("passes it over");
    assert_eq!(third.core.wanted_plan(), Ok(None));
    assert_eq!(third.today().days, 30);
}

#[test]
fn a_rule_of_a_newer_release_opens_a_task_in_an_older_plan_and_says_why() {
    let phone = Phone::new();
    let core = &phone.core;
    journey::complete_task(core, "call", None).expect("ticks it off");
    let mut later = release(2, &tasks());
    let thanks = json!({ "id": "thanks", "day": 1, "by": 3, "kind": "sponsor", "by_rule": true });
    later["journey"]["tasks"].as_array_mut().expect("a list").push(thanks);
    later["rules"] =
        json!([{ "id": "learnt", "when": { "event": "lesson_completed" }, "then": [{ "task": "thanks" }] }]);
    phone.publish(2, &later);
    assert!(!ids(&phone.today().tasks).contains(&"thanks"));
    assert!(journey::complete_task(core, "thanks", None).is_err(), "nobody has it yet");
    learning::finish_reading(core, "first").expect("reads");
    let today = phone.today();
    assert_eq!(ids(&today.tasks), ["thanks"]);
    assert_eq!(today.tasks[0].title, "Thank");
    assert_eq!(today.tasks[0].because.as_deref(), Some("You finished your first lesson."));
    assert_eq!(phone.task("room").because, None);
    journey::complete_task(core, "thanks", None).expect("ticks it off");
    assert_eq!(phone.task("thanks").status, TaskStatus::Done { day: "2026-11-24".into() });
}

#[test]
fn who_comes_late_begins_then() {
    let phone = Phone::new();
    phone.pass(5 * DAY);
    let today = phone.today();
    assert_eq!((today.day, ids(&today.tasks)), (1, vec!["read", "call"]));
    // And goes on from there.
    journey::complete_task(&phone.core, "call", None).expect("ticks it off");
    phone.pass(DAY);
    assert_eq!(phone.today().day, 2);
    // Whoever joined long before there was a plan is through with it.
    let old = Phone::empty(&{
        let mut distributor = distributor(None);
        distributor["joined"] = json!(Day::parse("2024-01-01").expect("a date"));
        distributor
    });
    old.publish(1, &release(1, &tasks()));
    assert_eq!(old.today().status, JourneyStatus::Over);
}

#[test]
fn the_letter_has_the_names() {
    let phone = Phone::new();
    let welcome = journey::welcome(&phone.core).expect("reads").expect("a welcome");
    // What looks like a place for a name within a name stays what it is.
    assert_eq!(welcome.letter, "Dear Aigul Serik,\n\nyours, Saule {newcomer} Kim");
    assert_eq!(welcome.from.as_deref(), Some("Saule {newcomer} Kim"));
    assert_eq!(welcome.video.as_ref().map(|video| (video.name.as_str(), video.size)), Some(("leader.mp4", 5)));
    // A stop without words is none.
    assert_eq!(welcome.tour.iter().map(|stop| stop.title.as_str()).collect::<Vec<_>>(), ["Today"]);
    assert!(!welcome.seen);
    journey::finish_welcome(&phone.core).expect("keeps it");
    assert!(journey::welcome(&phone.core).expect("reads").expect("a welcome").seen);

    let alone = Phone::empty(&distributor(None));
    alone.publish(1, &release(1, &tasks()));
    let welcome = journey::welcome(&alone.core).expect("reads").expect("a welcome");
    assert_eq!((welcome.letter.as_str(), welcome.from), ("Dear Aigul Serik!", None));
}
