use std::process::Command;

use qadam_backend::accounts::{self, NewUser, Session};
use qadam_backend::content::Compiled;
use qadam_backend::nudges::dry_run::{Counts, DAYS, Replayed, Report, Span, dry_run};
use qadam_backend::nudges::tick;
use qadam_backend::random::system;
use qadam_backend::results::import::{Kind, import};
use qadam_backend::store::Database;
use qadam_domain::ids::{CompanyId, GroupId, RuleId, TextId};
use qadam_domain::rules::{
    Category, Compare, Condition, Effect, Fact, Goal, Limits, Nudge, Offer, Order, Rule, Slot, Term, Trigger, When,
    Window, Word,
};
use qadam_domain::time::{DAY, Day, MINUTE, Millis};

use crate::support::{NOW, Place, World, arose, blocking, compiled, mutation, quiz, random, user};

const HOUR: Millis = 60 * MINUTE;
/// From a Monday to a Sunday, two weeks, before [`NOW`].
const SPAN: (&str, &str) = ("2026-11-09", "2026-11-22");

fn text(id: &str) -> TextId {
    TextId::new(id).expect("an id")
}

fn nudge(expires: u16) -> Effect {
    Effect::Nudge(Nudge { text: text("go-on"), category: Category::Business, expires, at: None })
}

fn word() -> Effect {
    Effect::Sponsor(Word { text: text("help"), lesson: None })
}

fn rule(id: &str, when: When, then: Vec<Effect>) -> Rule {
    let limits = Limits { per: Window::Day, ..Limits::default() };
    Rule { id: RuleId::new(id).expect("an id"), when, condition: Condition::always(), then, limits }
}

fn on(id: &str, trigger: Trigger, then: Vec<Effect>) -> Rule {
    rule(id, When::Event(trigger), then)
}

fn least(fact: Fact, number: i64) -> Condition {
    Condition::Compare(Compare { left: Term::Fact(fact), is: Order::AtLeast, right: Term::Number(number) })
}

fn company(rules: Vec<Rule>) -> Compiled {
    let mut company = compiled(&["one", "two"]);
    company.release.rules = rules.into_iter().map(|rule| Slot::Known(Box::new(rule))).collect();
    company.segments = [
        ("newcomer".to_string(), Condition::Not(Box::new(least(Fact::DaysSinceJoining, 91)))),
        ("writer".to_string(), least(Fact::Contacts, 1)),
    ]
    .into();
    company
}

/// A company whose people joined sixty days ago.
struct Past {
    place: Place,
    world: World,
    people: Vec<Session>,
    /// Mutations, by person.
    sent: Vec<u64>,
}

fn past(live: Vec<Rule>, count: usize) -> Past {
    let place = Place::new();
    let mut world = World::at(&place);
    world.release = world.publish(&company(live)).release;
    world.now = NOW - 60 * DAY;
    let release = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let add = |n: usize| {
        let id = Some(format!("private-{n}"));
        let new = NewUser { id, sponsor: Some("boss".into()), name: format!("Zhanar {n}"), ..user(&format!("zh{n}")) };
        let account = accounts::add_user(&world.conn, &release, &new, world.now, &mut system).expect("adds").account;
        accounts::register_device(&world.conn, account, "phone", world.now, &mut random).expect("signs in").session
    };
    let people = (0..count).map(add).collect();
    world.now = NOW;
    Past { place, world, sent: vec![0; count], people }
}

impl Past {
    /// A quiz is answered at noon of a day, where the person is.
    fn quiz(&mut self, person: usize, day: &str, answer: bool) {
        self.sent[person] += 1;
        let seq = self.sent[person];
        let mut said = mutation(seq, seq, &quiz(&self.world.release, "one", answer));
        said.at = arose(date(day).start(300) + 12 * HOUR);
        let reply = self.world.sync(&self.people[person], vec![said]);
        assert_eq!(reply.acks.len(), 1);
    }

    fn sale(&self, id: &str, person: usize, day: &str) {
        let text = format!(
            "id,version,distributor,day,volume,buyer,status\n{id},1,private-{person},{day},300,customer,confirmed\n"
        );
        let World { conn, releases, now, .. } = &self.world;
        import(conn, releases, Kind::Sales, "f.csv", text.as_bytes(), false, *now, &mut random).expect("imports");
    }

    fn run(&self, rules: Vec<Rule>) -> Report {
        self.try_run(&company(rules), SPAN).expect("replays")
    }

    fn try_run(&self, company: &Compiled, (from, until): (&str, &str)) -> Result<Report, String> {
        let span = Span { from: date(from), until: date(until) };
        let database = &self.place.database;
        blocking(|| dry_run(database, company, span, NOW).map_err(|error| error.info().detail))
    }
}

fn date(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

fn of<'a>(report: &'a Report, id: &str) -> &'a Replayed {
    report.rules.iter().find(|replayed| replayed.rule.as_str() == id).expect("it is there")
}

fn changed<'a>(report: &'a Report, id: &str) -> &'a Counts {
    of(report, id).changed.as_ref().expect("it is replayed")
}

#[test]
fn a_changed_threshold_shows_its_difference() {
    let live = on("failed", Trigger::QuizFailed, vec![nudge(24), word()]);
    let mut past = past(vec![live.clone()], 3);
    past.quiz(0, "2026-11-05", false);
    past.quiz(0, "2026-11-10", false);
    past.quiz(0, "2026-11-11", true);
    past.quiz(1, "2026-11-12", false);
    past.quiz(1, "2026-11-17", false);
    past.quiz(1, "2026-11-23", false);
    let stricter = Rule { condition: least(Fact::QuizzesFailed, 2), ..live };
    let report = past.run(vec![stricter]);
    assert_eq!((report.people, report.events, report.results), (4, 5, 0), "what came after the last day is not read");
    let failed = of(&report, "failed");
    let [new, old] = [&failed.changed, &failed.live].map(|counts| counts.as_ref().expect("replayed"));
    assert_eq!((old.times, old.people, old.words.told), (3, 2, 3));
    assert_eq!((new.times, new.people, new.words.told), (2, 2, 2));
    assert_eq!(failed.difference, -1);
    assert_eq!(old.weeks, [(date("2026-11-09"), 2), (date("2026-11-16"), 1)].into());
    assert_eq!(new.weeks, [(date("2026-11-09"), 1), (date("2026-11-16"), 1)].into());
    assert_eq!(new.segments, [("newcomer".to_string(), 2)].into(), "contacts are in no journal");
    assert_eq!(new.markets, [("kz".to_string(), 2)].into());
    assert_eq!(failed.examples.len(), 2);
    assert!(failed.examples.iter().all(|example| example.compared[0].left.value == Some(2)));
    let text = report.to_string();
    assert!(text.contains("quizzes.failed (2) >= 2") && text.contains("-1"), "{text}");
}

#[test]
fn what_follows_from_events_is_counted_by_its_windows() {
    let mut past = past(Vec::new(), 2);
    past.quiz(0, "2026-11-05", true);
    past.quiz(1, "2026-11-10", true);
    past.sale("o-1", 0, "2026-11-12");
    past.sale("o-2", 0, "2026-11-12");
    past.sale("o-3", 1, "2026-11-01");
    let mut sold = on("sold", Trigger::SaleConfirmed, vec![Effect::Points(30), nudge(24)]);
    sold.condition = least(Fact::Sales, 2);
    let report = past.run(vec![on("done", Trigger::LessonCompleted, vec![Effect::Points(50)]), sold]);
    assert_eq!(report.results, 3);
    let done = changed(&report, "done");
    assert_eq!((done.times, done.people, done.points), (1, 1, 50));
    assert_eq!(of(&report, "done").live, None);
    assert_eq!(of(&report, "done").difference, 1);
    let sold = changed(&report, "sold");
    assert_eq!((sold.times, sold.people, sold.points, sold.nudges.shown), (1, 1, 30, 1), "both effects are one time");
}

#[test]
fn caps_and_the_servers_day_keep_nudges_back() {
    let past = past(Vec::new(), 1);
    let report = past.run(vec![rule("daily", When::Daily { minute: 600 }, vec![nudge(12)])]);
    let daily = changed(&report, "daily");
    // The one who was there before them joined later.
    assert_eq!((daily.times, daily.people), (14, 1));
    let nudges = &daily.nudges;
    assert_eq!((nudges.shown, nudges.week_full, nudges.servers_day), (6, 6, 2));
    assert_eq!(daily.markets, [("kz".to_string(), 14)].into());
}

#[test]
fn groups_holdouts_totals_and_silences_are_counted() {
    let past = past(Vec::new(), 2);
    past.sale("o-1", 0, "2026-11-10");
    past.sale("o-2", 1, "2026-11-11");
    let grouped = |id: &str, priority| {
        let mut rule = on(id, Trigger::SaleConfirmed, vec![nudge(24)]);
        rule.limits.group = Some(GroupId::new("g").expect("an id"));
        rule.limits.priority = priority;
        rule
    };
    let mut held = on("held", Trigger::SaleConfirmed, vec![nudge(72), word()]);
    held.limits.holdout = 100;
    let goal = Goal::CustomerSales(1);
    let offer = Effect::Offer(Offer { goal, days: 10, reward: text("reward"), terms: text("terms"), total: 1 });
    let silent = rule("silent", When::Silence { days: 50, minute: 600 }, vec![word()]);
    let rules = vec![
        grouped("low", 10),
        grouped("high", 90),
        held,
        on("offer", Trigger::SaleConfirmed, vec![offer]),
        silent,
        Rule { condition: least(Fact::Contacts, 1), ..rule("wrote", When::Daily { minute: 600 }, vec![nudge(24)]) },
    ];
    let report = past.run(rules);
    assert_eq!((changed(&report, "low").times, changed(&report, "low").kept_back), (0, 2));
    assert_eq!(changed(&report, "high").times, 2);
    let held = changed(&report, "held");
    assert_eq!((held.times, held.held_out, held.words.told, held.nudges.held_out), (2, 2, 0, 2));
    assert_eq!((changed(&report, "offer").offers.made, changed(&report, "offer").offers.beyond_total), (1, 1));
    // They signed in sixty days ago, and were not heard of since.
    assert_eq!((changed(&report, "silent").times, changed(&report, "silent").unheard), (0, 2));
    let wrote = of(&report, "wrote");
    assert_eq!((wrote.unknown.as_slice(), &wrote.changed), (["contacts".to_string()].as_slice(), &None));
    assert!(report.to_string().contains("not replayed: contacts"));
}

#[test]
fn what_was_decided_before_stays_decided() {
    let mut live = on("sold", Trigger::SaleConfirmed, vec![word()]);
    live.limits.per = Window::Ever;
    let mut past = past(vec![live], 1);
    past.world.now = NOW - 20 * DAY;
    past.sale("o-1", 0, "2026-11-04");
    let later = |id: &str| {
        let mut rule = rule(id, When::Daily { minute: 600 }, vec![word()]);
        rule.condition = least(Fact::Sales, 1);
        rule.limits.per = Window::Ever;
        rule
    };
    let report = past.run(vec![later("sold"), later("other")]);
    assert_eq!((changed(&report, "sold").times, changed(&report, "other").times), (0, 1));
}

/// By the live set the run says what the server did.
#[test]
fn the_live_set_does_what_the_server_did() {
    let live = rule("evening", When::Joined { days: 47, minute: 19 * 60 }, vec![word()]);
    let past = past(vec![live.clone()], 2);
    let World { conn, releases, .. } = &past.world;
    let mut now = date(SPAN.0).start(300);
    while now < date(SPAN.1).plus(1).start(300) {
        while tick::some(conn, releases, now, &mut random).expect("looks") > 0 {}
        now += HOUR;
    }
    let decided: u64 = conn.query_row("SELECT count(*) FROM decided", [], |row| row.get(0)).expect("counts");
    let report = past.run(vec![live]);
    let evening = of(&report, "evening");
    assert_eq!(decided, 2);
    assert_eq!((evening.difference, evening.live.as_ref().expect("replayed").times), (0, decided));
}

#[test]
fn nothing_is_written_and_nobody_is_named() {
    let mut past = past(vec![on("failed", Trigger::QuizFailed, vec![nudge(24), word()])], 7);
    for person in 0..7 {
        past.quiz(person, "2026-11-10", false);
        past.sale(&format!("o-{person}"), person, "2026-11-12");
    }
    let rows = |past: &Past| -> Vec<u64> {
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table}");
            past.world.conn.query_row(&sql, [], |row| row.get(0)).expect("counts")
        };
        ["decided", "due", "segment", "looked", "push", "release", "stream_row", "stream_commit"].map(count).into()
    };
    let before = (past.world.dump(), rows(&past));
    let report = past.run(vec![
        on("failed", Trigger::QuizFailed, vec![nudge(24), word()]),
        on("sold", Trigger::SaleConfirmed, vec![Effect::Points(5), word()]),
        rule("in", When::Enters(least(Fact::Sales, 1)), vec![nudge(24)]),
    ]);
    assert_eq!((past.world.dump(), rows(&past)), before);
    assert_eq!((changed(&report, "failed").times, changed(&report, "in").times), (7, 7));
    assert_eq!(of(&report, "failed").examples.len(), 5);
    for told in [report.to_string(), serde_json::to_string(&report).expect("JSON")] {
        assert!(
            !["private", "Zhanar", "zh0", "boss", "o-1"].iter().any(|of_somebody| told.contains(of_somebody)),
            "{told}"
        );
    }
}

#[test]
fn what_can_not_be_replayed_is_told() {
    let past = past(Vec::new(), 0);
    let empty = past.run(vec![rule("daily", When::Daily { minute: 600 }, vec![nudge(12)])]);
    assert_eq!((empty.people, empty.events, changed(&empty, "daily").times), (1, 0, 0));
    let company = company(Vec::new());
    let error = |from: &str, until: &str| past.try_run(&company, (from, until)).expect_err("refused");
    assert!(error("2026-11-22", "2026-11-09").contains("before it begins"));
    assert!(error("2026-11-09", "2026-11-26").contains("end today or before"));
    assert!(error("2025-11-09", "2026-11-22").contains(&DAYS.to_string()));
    let mut other = company.clone();
    other.release.company = CompanyId::new("kumis").expect("an id");
    assert!(past.try_run(&other, SPAN).expect_err("refused").contains("kumis"));
}

#[test]
fn the_command_reads_a_folder_and_tells_its_faults() {
    let place = Place::embedded();
    let data = place.folder.path().join("data");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qadam-backend"));
        command.args(arguments).arg("--data").arg(&data).env_remove("QADAM_DATABASE").output().expect("runs")
    };
    let folder = |name: &str| format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    let days = ["--from", "2026-01-01", "--to", "2026-01-31"];
    let replay = |folder: &str, more: &[&str]| run(&[&["rules", "dry-run", folder][..], &days, more].concat());
    let sample = folder("sample");
    assert!(!replay(&sample, &[]).status.success(), "there is no database");
    assert!(!data.exists(), "nor is one made");
    assert!(run(&["content", "publish", &sample]).status.success());
    let told = replay(&sample, &["--json"]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let report: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert!(report["rules"].as_array().expect("a list").len() >= 24);
    let text = String::from_utf8(replay(&sample, &[]).stdout).expect("text");
    assert!(text.contains("first-sale") && text.contains("Taken for granted"), "{text}");
    let faulty = replay(&folder("tests/content"), &[]);
    assert!(!faulty.status.success() && String::from_utf8_lossy(&faulty.stderr).contains("company.toml"));
    assert!(matches!(place.database, Database::Sqlite(_)));
}
