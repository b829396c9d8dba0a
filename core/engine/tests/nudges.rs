//! Nudges on one phone: planned, shown while nobody looks, noted, opened, stopped; the person's own reminders; and which of two phones shows them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qadam_domain::company::Locale;
use qadam_domain::ids::BlobHash;
use qadam_domain::nudges::{servers_weekday, weekday};
use qadam_domain::time::{DAY, Day, MINUTE};
use qadam_engine::contacts::{self, ContactEdit};
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::Changes;
use qadam_engine::media::MediaStore;
use qadam_engine::nudges::{self, NudgeCategory, NudgePlanView, NudgeWindow};
use qadam_engine::platform::{Clock, Reading, SystemRandom};
use qadam_engine::reminders::{self, ReminderStatus};
use qadam_engine::replica::Sent;
use qadam_engine::{EngineError, learning, replica, session};
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::content::BlobRef;
use qadam_protocol::mutation::Mutation;
use qadam_protocol::sync::SyncReply;
use serde_json::{Value, json};

const HOUR: i64 = 60 * MINUTE;
/// 2026-11-24T19:00 in Almaty, a Tuesday.
const EVENING: i64 = 1_795_528_800_000;
const ALMATY: i32 = 5 * 60;
const DEVICE: &str = "0123456789abcdef";
const OTHER: &str = "fedcba9876543210";

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
    rev: AtomicI64,
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

fn nudge(text: &str, category: &str, expires: u32) -> Value {
    json!([{ "nudge": { "text": text, "category": category, "expires": expires } }])
}

fn at_least(fact: &str, number: i64) -> Value {
    json!({ "compare": { "left": { "fact": fact }, "is": ">=", "right": { "number": number } } })
}

fn rules() -> Value {
    json!([
        { "id": "call", "when": { "daily": { "minute": 1_080 } }, "if": at_least("follow_ups.due", 1),
          "then": nudge("call", "business", 3), "limits": { "per": "day", "priority": 60 } },
        { "id": "learnt", "when": { "event": "lesson_completed" }, "if": at_least("lessons.completed", 1),
          "then": nudge("learnt", "learning", 24), "limits": { "priority": 90 } },
        { "id": "silent", "when": { "silence": { "days": 3, "minute": 1_140 } },
          "then": nudge("silent", "learning", 48), "limits": { "per": "week", "priority": 50 } },
        { "id": "sold", "when": { "event": "sale_confirmed" }, "if": at_least("sales", 1),
          "then": nudge("sold", "business", 72), "limits": { "priority": 80 } },
    ])
}

fn release() -> Value {
    json!({
        "serial": 1, "company": "altyn", "default_locale": "en", "locales": ["en"], "markets": [],
        "courses": [{ "id": "c", "lessons": [
            { "id": "first", "minutes": 3, "points": 10, "pass": 1_000_000, "draw": 0, "wait": 0, "after": [], "questions": [] }] }],
        "awards": { "points": { "review": 1, "reviews_a_day": 10 }, "levels": [], "badges": [] },
        "reviews": { "retention": 90, "minutes": 5, "seconds_per_card": 20 },
        "rules": rules(),
    })
}

fn bundle() -> Value {
    let text = |title: &str| json!({ "title": title, "body": "A body." });
    json!({
        "locale": "en", "company": { "name": "Altyn", "welcome": "Welcome" }, "markets": {}, "courses": {},
        "lessons": { "first": { "title": "First", "cards": ["Text."], "questions": {} } },
        "levels": {}, "badges": {}, "media": {},
        "rules": {
            "why": { "call": "You wanted to call somebody by today.", "learnt": "You completed a lesson." },
            "nudges": { "call": text("A call"), "learnt": text("Well done"), "silent": text("A step?"), "sold": text("Sold") },
        },
    })
}

/// Of a person on whose evenings to come the server keeps off the first three.
fn distributor() -> String {
    let today = weekday(Day::parse("2026-11-24").expect("a date"));
    let is_far = |id: &String| (servers_weekday(id) + 7 - today) % 7 > 3;
    (1_000..).map(|n: u32| n.to_string()).find(is_far).expect("some do")
}

impl Phone {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let hands = Arc::new(Hands(AtomicI64::new(EVENING)));
        let core = core(folder.path(), &hands);
        let distributor =
            json!({ "id": distributor(), "name": "Aigul", "market": "kz", "locale": "kk", "joined": "2026-11-20" });
        let reply = json!({
            "token": "token", "device": DEVICE, "account": "a", "company": "altyn",
            "distributor": distributor, "server_time": EVENING,
        });
        let reply: SignInReply = serde_json::from_value(reply).expect("a reply");
        session::enter(&core, &reply).expect("a fresh database begins");
        let phone = Self { core, hands, rev: AtomicI64::new(1), _folder: folder };
        let (release, bundle) = (release().to_string().into_bytes(), bundle().to_string().into_bytes());
        let blob = |bytes: &[u8]| BlobRef { hash: BlobHash::of(bytes), size: bytes.len() as u64 };
        let manifest = json!({ "release": blob(&release), "bundles": { "en": blob(&bundle) }, "media": {} });
        phone.receive("catalog", "manifest", "current", &manifest);
        phone.core.keep_documents(&[(blob(&release), release), (blob(&bundle), bundle)]).expect("keeps them");
        phone
    }

    /// That shows notifications.
    fn holder() -> Self {
        let phone = Self::new();
        phone.lease(DEVICE, None);
        phone
    }

    fn lease(&self, holder: &str, wanted: Option<&str>) {
        let mut lease = json!({ "holder": holder });
        if let Some(wanted) = wanted {
            lease["wanted"] = json!(wanted);
        }
        // The server has taken what it was asked.
        let sent = self.send();
        self.pass(1);
        let acks =
            sent.mutations.iter().map(|mutation| json!({ "seq": mutation.seq, "status": "applied", "stamp": EVENING }));
        let (acks, rev) = (acks.collect::<Vec<_>>(), self.rev.fetch_add(1, Ordering::Relaxed));
        let page = json!({
            "cursor": { "epoch": "e", "rev": rev, "tag": "t" }, "rows": [{ "k": "lease", "i": "mine", "r": rev, "v": lease }],
        });
        let server_time = self.hands.0.load(Ordering::Relaxed);
        self.take(&sent, json!({ "server_time": server_time, "acks": acks, "streams": { "me": page } }));
    }

    /// A server's reply with this row.
    fn receive(&self, stream: &str, kind: &str, id: &str, value: &Value) {
        let rev = self.rev.fetch_add(1, Ordering::Relaxed);
        let rows = json!([{ "k": kind, "i": id, "r": rev, "v": value }]);
        let reply = json!({
            "server_time": self.hands.0.load(Ordering::Relaxed),
            "streams": { stream: { "cursor": { "epoch": "e", "rev": rev, "tag": "t" }, "rows": rows } },
        });
        self.take(&Sent { at: self.core.clock.read(), ..Sent::default() }, reply);
    }

    fn take(&self, sent: &Sent, reply: Value) {
        let reply: SyncReply = serde_json::from_value(reply).expect("a reply");
        let reading = self.core.clock.read();
        let taken = self.core.database.write(|transaction| {
            let releases = self.core.releases(transaction)?;
            let received = replica::receive(transaction, &releases, sent, &reply, &reading)?;
            Ok(((), received.nouns))
        });
        taken.expect("takes it");
    }

    /// What the next request carries.
    fn send(&self) -> Sent {
        let reading = self.core.clock.read();
        let request = self.core.database.read(|connection| replica::request(connection, &reading, 1_000));
        Sent::of(request.expect("a request"), reading)
    }

    fn pass(&self, millis: i64) {
        self.hands.0.fetch_add(millis, Ordering::Relaxed);
    }

    fn plan(&self) -> NudgePlanView {
        nudges::plan(&self.core, true).expect("plans")
    }

    /// The titles that are scheduled, each with the hours from the evening on.
    fn scheduled(&self) -> Vec<(String, i64)> {
        self.plan().scheduled.into_iter().map(|one| (one.title, (one.at - EVENING) / HOUR)).collect()
    }

    fn messages(&self) -> Vec<(String, bool)> {
        let messages = nudges::messages(&self.core).expect("reads").value;
        messages.into_iter().map(|one| (one.title, one.shown)).collect()
    }

    /// What waits to be sent: names, and of nudges what became of them.
    fn waiting(&self) -> Vec<String> {
        let request = self.core.database.read(|connection| {
            let reading = self.core.clock.read();
            replica::request(connection, &reading, 1_000)
        });
        let request = request.expect("a request");
        let told = |mutation: &Mutation| {
            let body: Value = serde_json::from_str(mutation.body.get()).expect("JSON");
            match body["became"].as_str() {
                Some(became) => format!("{} {became}", body["decision"]["rule"].as_str().unwrap_or_default()),
                None => mutation.name.clone(),
            }
        };
        request.mutations.iter().map(told).collect()
    }

    /// The texts of the person's own reminders, and how they stand.
    fn reminders(&self) -> Vec<(String, ReminderStatus)> {
        let reminders = reminders::view(&self.core).expect("reads").value;
        reminders.into_iter().map(|one| (one.text, one.status)).collect()
    }

    fn call(&self, day: &str) -> String {
        let edit = ContactEdit { name: Some("Dana".into()), follow_up: Some(day.into()), ..ContactEdit::default() };
        contacts::add(&self.core, edit).expect("adds")
    }
}

#[test]
fn a_phone_asks_for_the_lease_once_and_gives_it_back() {
    let phone = Phone::new();
    phone.plan();
    assert!(!phone.plan().shows && phone.plan().scheduled.is_empty(), "another may show them");
    assert_eq!(phone.waiting().iter().filter(|name| *name == "lease.wanted").count(), 1);
    phone.lease(DEVICE, None);
    phone.call("2026-11-25");
    assert!(phone.plan().shows && !phone.plan().scheduled.is_empty());
    // The other phone is used now.
    phone.lease(DEVICE, Some(OTHER));
    let plan = phone.plan();
    assert!(!plan.shows && plan.scheduled.is_empty());
    phone.plan();
    assert_eq!(phone.waiting().iter().filter(|name| *name == "lease.yielded").count(), 1);
    phone.lease(OTHER, None);
    assert!(!phone.plan().shows);
    // What was given back may be another one's by now, though this phone has not heard of it.
    let phone = Phone::holder();
    phone.call("2026-11-25");
    assert!(phone.plan().shows);
    nudges::plan(&phone.core, false).expect("plans");
    assert!(!phone.plan().shows && !phone.plan().shows, "it is asked for anew");
    assert_eq!(phone.waiting().iter().filter(|name| *name == "lease.wanted").count(), 1);
    phone.lease(DEVICE, None);
    assert!(phone.plan().shows);
    phone.lease(OTHER, None);
    assert!(!phone.plan().shows);
    // Not heard of by the server for two weeks, it stops by itself.
    let phone = Phone::holder();
    phone.call("2026-11-25");
    phone.pass(13 * DAY);
    assert!(phone.plan().scheduled.iter().all(|one| one.at < EVENING + 14 * DAY));
    phone.pass(DAY);
    assert_eq!(phone.plan().scheduled, []);
}

#[test]
fn what_is_due_is_planned_shown_noted_and_explained() {
    let phone = Phone::holder();
    let dana = phone.call("2026-11-25");
    // At most one a day, three a week of the phone's; the silence of three days comes where there is room.
    let scheduled = phone.scheduled();
    assert_eq!(scheduled[0], ("A call".to_string(), 23));
    assert_eq!(phone.plan(), phone.plan(), "the same as long as nothing changes");
    let id = phone.plan().scheduled[0].id.clone();
    let why = nudges::why(&phone.core, &id).expect("is known before it comes");
    assert_eq!((why.rule.as_str(), why.why.as_str()), ("call", "You wanted to call somebody by today."));
    let compared = &why.compared[0];
    assert_eq!((compared.left.fact.as_deref(), compared.left.value), (Some("follow_ups.due"), Some(1)));
    assert_eq!((compared.sign.as_str(), compared.right.value, compared.holds), (">=", Some(1), true));
    assert_eq!((why.window, why.priority, why.never), (NudgeWindow::Day, 60, false));

    // Its time passes while nobody looks.
    phone.pass(DAY);
    phone.plan();
    assert_eq!(phone.messages(), [("A call".to_string(), true)]);
    assert!(phone.waiting().contains(&"call shown".to_string()), "{:?}", phone.waiting());
    nudges::open(&phone.core, &id).expect("opens");
    nudges::open(&phone.core, &id).expect("again");
    assert_eq!(phone.waiting().iter().filter(|name| *name == "call opened").count(), 1);
    assert_eq!(nudges::open(&phone.core, &"0".repeat(32)), Err(EngineError::NotFound { what: "nudge".into() }));
    // Who does not want to be contacted is none to call.
    let edit = ContactEdit { do_not_contact: Some(true), ..ContactEdit::default() };
    contacts::edit(&phone.core, &dana, edit).expect("edits");
    assert!(phone.scheduled().iter().all(|(title, _)| title != "A call"));
}

#[test]
fn an_event_is_answered_at_once_and_once() {
    let phone = Phone::holder();
    learning::finish_reading(&phone.core, "first").expect("reads");
    let scheduled = phone.scheduled();
    assert_eq!(scheduled[0], ("Well done".to_string(), 0));
    phone.pass(MINUTE);
    assert!(phone.scheduled().iter().all(|(title, _)| title != "Well done"), "it was shown");
    assert_eq!(phone.messages(), [("Well done".to_string(), true)]);
    phone.pass(2 * HOUR);
    assert!(phone.scheduled().iter().all(|(title, _)| title != "Well done"));
}

#[test]
fn what_was_shown_does_not_come_again_while_its_row_is_on_a_later_page() {
    let phone = Phone::holder();
    learning::finish_reading(&phone.core, "first").expect("reads");
    assert_eq!(phone.scheduled()[0], ("Well done".to_string(), 0));
    phone.pass(MINUTE);
    phone.plan();
    assert_eq!(phone.messages(), [("Well done".to_string(), true)]);
    let sent = phone.send();
    let acks: Vec<Value> = (sent.mutations.iter())
        .map(|mutation| json!({ "seq": mutation.seq, "status": "applied", "stamp": EVENING }))
        .collect();
    let lesson = json!({ "passes": [{ "at": EVENING, "day": "2026-11-24" }], "completed": { "at": EVENING, "day": "2026-11-24" } });
    let page = json!({
        "cursor": { "epoch": "e", "rev": 9, "tag": "t" }, "more": true,
        "rows": [{ "k": "lesson", "i": "first", "r": 9, "v": lesson }],
    });
    phone.take(&sent, json!({ "server_time": EVENING + MINUTE, "acks": acks, "streams": { "me": page } }));
    assert_eq!(phone.messages(), [], "its row is still to come");
    assert!(phone.scheduled().iter().all(|(title, _)| title != "Well done"));
    phone.pass(DAY);
    assert!(phone.scheduled().iter().all(|(title, _)| title != "Well done"));
}

#[test]
fn a_reply_that_was_slept_over_does_not_turn_the_clock() {
    let phone = Phone::new();
    let now = || phone.core.database.read(|connection| phone.core.now(connection)).expect("reads").server;
    let sent = phone.send();
    phone.pass(5 * HOUR);
    phone.take(&sent, json!({ "server_time": EVENING }));
    assert_eq!(now(), EVENING + 5 * HOUR);
    // Nor does one of another start, of which nobody knows how long ago it was; but it is later than that.
    phone.take(&Sent::default(), json!({ "server_time": EVENING + 9 * HOUR }));
    assert_eq!(now(), EVENING + 9 * HOUR);
    // One that came at once does.
    phone.take(&phone.send(), json!({ "server_time": EVENING + 20 * HOUR }));
    assert_eq!(now(), EVENING + 20 * HOUR);
}

#[test]
fn what_the_server_decided_is_shown_here() {
    let phone = Phone::holder();
    let decided = json!({
        "rule": "sold", "window": "ever", "day": "2026-11-24", "from_server": true,
        "at": { "at": EVENING - HOUR, "day": "2026-11-24" },
    });
    phone.receive("me", "nudge", &"a".repeat(32), &decided);
    assert_eq!(phone.messages(), [("Sold".to_string(), false)], "it is in the messages from the beginning");
    assert_eq!(phone.scheduled()[0], ("Sold".to_string(), 0));
    let mut held = decided.clone();
    held["held_out"] = json!(true);
    phone.receive("me", "nudge", &"b".repeat(32), &held);
    assert_eq!(phone.messages().len(), 1, "nobody sees what is held out");
    // A second phone, which shows nothing.
    let second = Phone::new();
    second.lease(OTHER, None);
    second.receive("me", "nudge", &"a".repeat(32), &decided);
    assert_eq!((second.scheduled(), second.messages().len()), (Vec::new(), 1));
}

#[test]
fn switches_stop_what_they_name() {
    let phone = Phone::holder();
    phone.call("2026-11-25");
    let calls = || phone.scheduled().iter().filter(|(title, _)| title == "A call").count();
    assert!(calls() > 0);
    nudges::switch(&phone.core, NudgeCategory::Business, false).expect("switches");
    assert_eq!(calls(), 0);
    nudges::switch(&phone.core, NudgeCategory::Business, true).expect("switches");
    nudges::never(&phone.core, "call", true).expect("never");
    assert_eq!(calls(), 0);
    let chosen = nudges::chosen(&phone.core).expect("reads");
    assert_eq!((chosen.off.len(), chosen.never[0].rule.as_str(), chosen.share), (0, "call", true));
    nudges::never(&phone.core, "call", false).expect("again");
    nudges::pause(&phone.core, Some("2026-12-31")).expect("pauses");
    assert_eq!(phone.scheduled(), []);
    nudges::pause(&phone.core, None).expect("goes on");
    assert!(calls() > 0);
    nudges::share(&phone.core, false).expect("keeps it");
    nudges::set_volume_goal(&phone.core, Some(300)).expect("a goal");
    nudges::set_best(&phone.core, 8 * 60).expect("the morning");
    let chosen = nudges::chosen(&phone.core).expect("reads");
    assert_eq!((chosen.share, chosen.volume_goal, chosen.best), (false, Some(300), Some(480)));
    let invalid = |result: Result<(), EngineError>| matches!(result, Err(EngineError::Invalid { .. }));
    assert!(invalid(nudges::set_best(&phone.core, 22 * 60)));
    assert!(invalid(nudges::pause(&phone.core, Some("tomorrow"))));
    assert!(invalid(nudges::never(&phone.core, "no rule", true)));
    assert!(invalid(nudges::set_volume_goal(&phone.core, Some(0))));
}

#[test]
fn without_permission_they_wait_in_the_messages() {
    let phone = Phone::holder();
    phone.call("2026-11-25");
    let plan = || nudges::plan(&phone.core, false).expect("plans");
    assert_eq!((plan().scheduled, plan().shows), (Vec::new(), false));
    assert_eq!(phone.messages(), []);
    phone.pass(DAY);
    plan();
    assert_eq!(phone.messages(), [("A call".to_string(), false)]);
    assert!(phone.waiting().contains(&"call decided".to_string()));
    // Seven days later there are as many as there would have been.
    phone.pass(DAY);
    plan();
    assert_eq!(phone.messages().len(), 2);
}

#[test]
fn a_reminder_comes_at_night_beside_the_nudges_and_once() {
    let phone = Phone::holder();
    phone.call("2026-11-25");
    let nudges_alone = phone.scheduled();
    nudges::pause(&phone.core, Some("2026-12-31")).expect("pauses");
    let (late, text) = (22 * 60 + 30, "Ask Dana about the tea");
    let id = reminders::add(&phone.core, &format!("  {text} "), "2026-11-24", late).expect("adds");
    assert_eq!(phone.reminders(), [(text.to_string(), ReminderStatus::Coming)]);
    let plan = phone.plan();
    let shown = &plan.scheduled[0];
    assert_eq!((shown.title.as_str(), shown.body.as_str(), shown.category), (text, "", None));
    assert_eq!((&shown.id, shown.at, shown.expires), (&id, EVENING + 210 * MINUTE, EVENING + 210 * MINUTE + DAY));
    assert_eq!(plan.scheduled.len(), 1, "the pause holds for the nudges alone");
    nudges::pause(&phone.core, None).expect("goes on");
    assert_eq!(phone.scheduled()[1..], nudges_alone, "it takes no place of theirs");
    assert_eq!(reminders::view(&phone.core).expect("reads").valid_until, Some(EVENING + 210 * MINUTE));

    // Its time passes while nobody looks: it is noted, and comes no more.
    phone.pass(4 * HOUR);
    let own = || phone.plan().scheduled.iter().filter(|one| one.category.is_none()).count();
    assert_eq!((own(), own()), (0, 0));
    assert_eq!(phone.reminders(), [(text.to_string(), ReminderStatus::Due)]);
    let sent = phone.waiting().iter().filter(|name| *name == "record.put").count();
    nudges::open(&phone.core, &id).expect("opens");
    nudges::dismiss(&phone.core, &id).expect("dismisses");
    phone.plan();
    assert_eq!(phone.waiting().iter().filter(|name| *name == "record.put").count(), sent, "it is noted once");
    assert_eq!(phone.messages(), [], "it is no message");

    // With another time it comes again.
    reminders::change(&phone.core, &id, text, "2026-11-25", 6 * 60).expect("changes");
    assert_eq!(own(), 1);
    reminders::finish(&phone.core, &id, true).expect("is done");
    assert_eq!((own(), phone.reminders()), (0, vec![(text.to_string(), ReminderStatus::Done)]));
    reminders::finish(&phone.core, &id, false).expect("is not done");
    assert_eq!(own(), 1);
    reminders::finish(&phone.core, &id, true).expect("is done");
    reminders::change(&phone.core, &id, "Bring the tea", "2026-11-26", 0).expect("changes");
    assert_eq!((own(), phone.reminders()), (1, vec![("Bring the tea".to_string(), ReminderStatus::Coming)]));
    reminders::delete(&phone.core, &id).expect("deletes");
    assert_eq!((own(), phone.reminders()), (0, Vec::new()));
    nudges::open(&phone.core, &id).expect("a notification may outlive it");
    assert!(!phone.waiting().contains(&"nudge.noted".to_string()));
}

#[test]
fn a_reminder_is_shown_late_where_it_is_known_late_and_by_one_phone() {
    let put = |text: &str, at: &str, shown: Option<&str>| {
        let field = |value: &str| json!([value, format!("{EVENING}.0.{OTHER}")]);
        let mut fields = json!({ "text": field(text), "at": field(at) });
        if let Some(shown) = shown {
            fields["shown"] = field(shown);
        }
        json!({ "f": fields })
    };
    let id = |n: u8| format!("{n:032x}");
    let phone = Phone::holder();
    // Of the other phone, an hour ago; one that was shown there; one whose day is over; and what can't be read.
    phone.receive("me", "reminder", &id(1), &put("Late", "2026-11-24T18:00", None));
    phone.receive("me", "reminder", &id(2), &put("Shown", "2026-11-24T18:00", Some("2026-11-24T18:00")));
    phone.receive("me", "reminder", &id(3), &put("Over", "2026-11-23T18:00", None));
    phone.receive("me", "reminder", &id(4), &put("Odd", "tomorrow", None));
    phone.receive("me", "reminder", &id(5), &json!({ "f": 7 }));
    assert_eq!(phone.scheduled(), [("Late".to_string(), 0)]);
    let due = |text: &str| (text.to_string(), ReminderStatus::Due);
    assert_eq!(phone.reminders(), [due("Over"), due("Late"), due("Shown")]);
    phone.pass(MINUTE);
    assert_eq!(phone.scheduled(), []);
    // The one that does not show notifications leaves it to the other.
    let second = Phone::new();
    second.lease(OTHER, None);
    second.receive("me", "reminder", &id(1), &put("Late", "2026-11-24T20:00", None));
    assert_eq!((second.scheduled(), second.reminders().len()), (Vec::new(), 1));
}

#[test]
fn what_is_no_reminder_is_refused() {
    let phone = Phone::holder();
    let add = |text: &str, day: &str, minute| reminders::add(&phone.core, text, day, minute);
    let invalid = |field: &str| Err(EngineError::Invalid { field: field.into() });
    assert_eq!(add("  ", "2026-11-25", 0), invalid("text"));
    assert_eq!(add(&"x".repeat(201), "2026-11-25", 0), invalid("text"));
    assert_eq!(add("Tea", "tomorrow", 0), invalid("day"));
    assert_eq!(add("Tea", "2026-11-25", 1_440), invalid("minute"));
    assert_eq!(add("Tea", "2026-11-24", 19 * 60), invalid("time"), "it is 19:00");
    let missing = EngineError::NotFound { what: "reminder".into() };
    assert_eq!(reminders::change(&phone.core, "none", "Tea", "2026-11-25", 0), Err(missing.clone()));
    assert_eq!(reminders::finish(&phone.core, "none", true), Err(missing.clone()));
    assert_eq!(reminders::delete(&phone.core, "none"), Err(missing.clone()));
    let id = add(&"ж".repeat(200), "2026-11-24", 19 * 60 + 1).expect("the next minute");
    reminders::delete(&phone.core, &id).expect("deletes");
    assert_eq!(reminders::finish(&phone.core, &id, true), Err(missing));
}
