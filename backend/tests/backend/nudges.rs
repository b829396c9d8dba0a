use qadam_backend::accounts::{self, NewUser, Session};
use qadam_backend::nudges::facts::{self, Zone};
use qadam_backend::nudges::{offers, tick, why};
use qadam_backend::random::system;
use qadam_backend::results::import::{Kind, import};
use qadam_backend::store::atomically;
use qadam_backend::streams;
use qadam_domain::ids::{DeviceId, GroupId, RuleId, TextId};
use qadam_domain::records::{Clock, Edit};
use qadam_domain::rules::{
    Category, Compare, Condition, Effect, Fact, Goal, Limits, Nudge, Offer, Order, Rule, Slot, Term, Trigger, When,
    Window, Word,
};
use qadam_domain::time::{DAY, Day, MINUTE, Millis};
use qadam_protocol::mutation::Body as Say;
use qadam_protocol::sync::ME;
use serde_json::{Value, json};

use crate::support::{NOW, Place, World, compiled, mutation, quiz, random, user};

const SALES: &str = "id,version,distributor,day,volume,buyer,status\n";
const HOUR: Millis = 60 * MINUTE;

fn text(id: &str) -> TextId {
    TextId::new(id).expect("an id")
}

fn nudge() -> Effect {
    Effect::Nudge(Nudge { text: text("go-on"), category: Category::Business, expires: 24, at: None })
}

fn word() -> Effect {
    Effect::Sponsor(Word { text: text("help"), lesson: None })
}

fn offer(sales: u32, total: u32) -> Effect {
    let goal = Goal::CustomerSales(sales);
    Effect::Offer(Offer { goal, days: 10, reward: text("reward"), terms: text("terms"), total })
}

fn rule(id: &str, when: When, then: Vec<Effect>) -> Rule {
    let limits = Limits { per: Window::Day, ..Limits::default() };
    Rule { id: RuleId::new(id).expect("an id"), when, condition: Condition::always(), then, limits }
}

fn on(trigger: Trigger, then: Vec<Effect>) -> Rule {
    rule("on", When::Event(trigger), then)
}

/// A company with these rules; 1001 is sponsored by 1, who is sponsored by 2.
struct Team {
    world: World,
    newcomer: Session,
    sponsor: Session,
    leader: Session,
}

fn add(world: &World, id: &str, sponsor: Option<&str>) -> i64 {
    let release = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let new = NewUser { id: Some(id.into()), sponsor: sponsor.map(Into::into), ..user(&format!("user-{id}")) };
    accounts::add_user(&world.conn, &release, &new, world.now, &mut system).expect("adds").account
}

fn sign_in(world: &World, account: i64) -> Session {
    accounts::register_device(&world.conn, account, "phone", world.now, &mut random).expect("signs in").session
}

fn team(rules: Vec<Rule>) -> Team {
    team_at(&Place::new(), rules)
}

fn team_at(place: &Place, rules: Vec<Rule>) -> Team {
    let mut world = World::at(place);
    publish(&mut world, rules);
    let leader = add(&world, "2", None);
    let sponsor = add(&world, "1", Some("2"));
    let newcomer = add(&world, "new", Some("1"));
    let [leader, sponsor, newcomer] = [leader, sponsor, newcomer].map(|account| sign_in(&world, account));
    Team { world, newcomer, sponsor, leader }
}

fn publish(world: &mut World, rules: Vec<Rule>) {
    let mut company = compiled(&["one", "two"]);
    for rule in &rules {
        rule.check().expect("a rule that may be");
    }
    company.release.rules = rules.into_iter().map(|rule| Slot::Known(Box::new(rule))).collect();
    world.release = world.publish(&company).release;
}

impl Team {
    fn sale(&self, id: &str, version: u32, day: &str, status: &str, silent: bool) {
        let text = format!("{SALES}{id},{version},new,{day},300,customer,{status}\n");
        let World { conn, releases, now, .. } = &self.world;
        import(conn, releases, Kind::Sales, "f.csv", text.as_bytes(), silent, *now, &mut random).expect("imports");
    }

    fn fail(&self, n: u64) {
        let failed = mutation(n, n, &quiz(&self.world.release, "one", false));
        self.world.sync(&self.newcomer, vec![failed]);
    }

    /// Rows of a kind that a person holds.
    fn rows(&self, session: &Session, kind: &str) -> Vec<Value> {
        let rows = self.world.me(session);
        let of_kind = rows.into_iter().filter(|(key, value)| key.starts_with(&format!("{kind}/")) && !value.is_null());
        of_kind.map(|(_, value)| value).collect()
    }

    fn share(&self, seq: u64, n: u64, value: &str) {
        let device = DeviceId::new("00000000000000aa").expect("16 digits");
        let edit = Edit::Put([("share".to_string(), Some(value.to_string()))].into());
        let clock = Clock { ms: NOW + i64::try_from(n).expect("small"), counter: 0, device };
        let say = Say::Record { kind: "settings".into(), id: "mine".into(), clock, edit };
        self.world.sync(&self.newcomer, vec![mutation(seq, n, &say)]);
    }

    fn tick(&self, now: Millis) -> usize {
        let World { conn, releases, .. } = &self.world;
        let mut looked = 0;
        loop {
            match tick::some(conn, releases, now, &mut random).expect("looks") {
                0 => return looked,
                some => looked += some,
            }
        }
    }

    fn due(&self) -> Option<Millis> {
        let mut statement = self.world.conn.prepare_cached("SELECT at FROM due WHERE account = ?1").expect("SQL");
        statement.query_all([self.newcomer.account], |row| row.get(0)).expect("reads").pop()
    }
}

#[test]
fn a_sale_moves_a_person_once_and_a_backfill_or_an_old_one_nobody() {
    let team = team(vec![on(Trigger::SaleConfirmed, vec![nudge(), word()])]);
    team.sale("o-0", 1, "2026-11-23", "confirmed", true);
    team.sale("o-1", 1, "2026-11-10", "confirmed", false);
    assert!(team.rows(&team.newcomer, "nudge").is_empty() && team.rows(&team.sponsor, "signal").is_empty());
    for version in 1..4 {
        team.sale("o-2", version, "2026-11-23", "confirmed", false);
        let nudges = team.rows(&team.newcomer, "nudge");
        assert_eq!(nudges.len(), 1);
        assert_eq!((&nudges[0]["rule"], &nudges[0]["from_server"]), (&json!("on"), &json!(true)));
        let signals = team.rows(&team.sponsor, "signal");
        assert_eq!(signals.len(), 1);
        assert_eq!((&signals[0]["about"], &signals[0]["level"]), (&json!("new"), &json!(1)));
    }
    assert!(team.rows(&team.leader, "signal").is_empty() && team.rows(&team.newcomer, "signal").is_empty());
}

#[test]
fn a_word_goes_to_the_nearest_active_one_and_to_nobody_without_consent() {
    let mut team = team(vec![on(Trigger::QuizFailed, vec![word()])]);
    let forget = "UPDATE device SET heard = ?2 WHERE account = ?1";
    team.world.conn.execute(forget, qadam_backend::params![team.sponsor.account, NOW - 16 * DAY]).expect("writes");
    team.fail(1);
    assert_eq!(team.rows(&team.leader, "signal")[0]["level"], json!(2), "the sponsor is away");
    team.share(2, 2, "0");
    assert!(team.rows(&team.leader, "signal").is_empty(), "what was told is taken back");
    team.world.now += DAY;
    team.fail(3);
    assert!(team.rows(&team.leader, "signal").is_empty());
    team.share(4, 4, "1");
    assert!(team.rows(&team.leader, "signal").is_empty(), "a word is once");
}

#[test]
fn a_mentor_whom_the_company_named_is_told_before_the_sponsor() {
    let mut team = team(vec![on(Trigger::QuizFailed, vec![word()])]);
    let mentor = sign_in(&team.world, add(&team.world, "m", None));
    let name = |login: &str, mentor: Option<&str>| {
        accounts::set_mentor(&team.world.conn, login, mentor, NOW, &mut random).map_err(|error| error.info().detail)
    };
    assert!(name("user-new", Some("nobody")).expect_err("refused").contains("user list"));
    assert!(name("user-new", Some("new")).expect_err("refused").contains("of their own"));
    assert_eq!(name("user-new", Some("m")), Ok(()));
    assert_eq!(team.world.me(&team.newcomer)["distributor/mine"]["mentor_name"], json!("Aigul"));
    team.fail(1);
    assert_eq!(team.rows(&mentor, "signal")[0]["level"], json!(0));
    assert!(team.rows(&team.sponsor, "signal").is_empty());
    // Who is not there any more is passed over.
    let forget = "UPDATE device SET heard = ?2 WHERE account = ?1";
    team.world.conn.execute(forget, qadam_backend::params![mentor.account, NOW - 16 * DAY]).expect("writes");
    team.world.now += DAY;
    team.fail(2);
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 1);
    // What a mentor was told goes with the naming.
    accounts::set_mentor(&team.world.conn, "user-new", None, team.world.now, &mut random).expect("writes");
    team.tick(team.world.now + HOUR);
    assert!(team.rows(&mentor, "signal").is_empty());
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 1);
}

#[test]
fn who_is_held_out_gets_nothing_and_of_a_group_the_highest_comes() {
    let mut held = on(Trigger::SaleConfirmed, vec![nudge(), word(), offer(1, 9)]);
    held.limits.holdout = 100;
    let grouped = |id: &str, priority| {
        let mut rule = rule(id, When::Event(Trigger::SaleConfirmed), vec![nudge()]);
        rule.limits.group = Some(GroupId::new("g").expect("an id"));
        rule.limits.priority = priority;
        rule
    };
    let team = team(vec![held, grouped("low", 10), grouped("high", 90)]);
    team.sale("o-1", 1, "2026-11-23", "confirmed", false);
    let nudges = team.rows(&team.newcomer, "nudge");
    let told: Vec<_> = nudges.iter().map(|nudge| (nudge["rule"].as_str(), nudge["held_out"] == json!(true))).collect();
    assert_eq!(told.len(), 2);
    assert!(told.contains(&(Some("on"), true)) && told.contains(&(Some("high"), false)));
    assert!(team.rows(&team.newcomer, "offer").is_empty() && team.rows(&team.sponsor, "signal").is_empty());
}

#[test]
fn an_offer_is_reached_taken_back_given_and_limited() {
    let team = team(vec![on(Trigger::SaleConfirmed, vec![offer(2, 1)])]);
    // What was sold before the offer was made does not count.
    team.sale("o-0", 1, "2026-11-23", "confirmed", true);
    let state = || team.rows(&team.newcomer, "offer")[0]["state"].clone();
    team.sale("o-1", 1, "2026-11-24", "confirmed", false);
    assert_eq!(state(), json!("open"));
    team.sale("o-2", 1, "2026-11-24", "confirmed", false);
    assert_eq!(state(), json!("reached"));
    let rewards = offers::rewards(&team.world.conn).expect("reads");
    assert_eq!((rewards.len(), rewards[0].distributor.as_str()), (1, "new"));
    team.sale("o-2", 2, "2026-11-24", "returned", false);
    assert_eq!(state(), json!("withdrawn"));
    assert!(offers::rewards(&team.world.conn).expect("reads").is_empty());
    // Another day is another window, but one person is all that the rule may reach.
    team.sale("o-3", 1, "2026-11-25", "confirmed", false);
    assert_eq!(team.rows(&team.newcomer, "offer").len(), 1);
    assert_eq!(state(), json!("reached"));
    let give = || offers::give(&team.world.conn, &rewards[0].id, NOW, &mut random).expect("writes");
    assert_eq!((give(), give()), (Some(true), Some(false)));
    team.sale("o-3", 2, "2026-11-25", "returned", false);
    assert_eq!(state(), json!("given"));
    assert_eq!(offers::give(&team.world.conn, "unknown", NOW, &mut random).expect("reads"), None);
}

#[test]
fn an_offer_lapses_when_its_last_day_is_over_there() {
    let team = team(vec![on(Trigger::SaleConfirmed, vec![offer(2, 9)])]);
    team.sale("o-1", 1, "2026-11-24", "confirmed", false);
    team.tick(NOW + HOUR);
    // Almaty is five hours ahead: 2026-12-04 ends there at 19:00Z.
    let over = Day::parse("2026-12-05").expect("a day").start(300);
    assert_eq!(team.due(), Some(over));
    team.tick(over - 1);
    assert_eq!(team.rows(&team.newcomer, "offer")[0]["state"], json!("open"));
    team.tick(over);
    assert_eq!(team.rows(&team.newcomer, "offer")[0]["state"], json!("lapsed"));
    assert_eq!(team.due(), None, "nothing is to come");
}

#[test]
fn the_tick_comes_at_the_persons_minute_once_and_goes_on_after_a_restart() {
    let rule = rule("evening", When::Joined { days: 1, minute: 19 * 60 }, vec![word()]);
    let team = team(vec![rule]);
    team.tick(NOW + HOUR);
    let evening = Day::parse("2026-11-25").expect("a day").start(300) + 19 * HOUR;
    assert_eq!(team.due(), Some(evening));
    assert_eq!(team.tick(evening - 1), 0, "nobody is looked at before");
    // A server that is killed in the middle leaves the person due.
    let failed: Result<(), qadam_backend::error::Error> = atomically(&team.world.conn, || {
        tick::some(&team.world.conn, &team.world.releases, evening, &mut random)?;
        Err(qadam_backend::error::Error::Unsound("killed".into()))
    });
    assert!(failed.is_err());
    assert_eq!(team.due(), Some(evening));
    assert!(team.rows(&team.sponsor, "signal").is_empty());
    team.tick(evening);
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 1);
    tick::wait(&team.world.conn, team.newcomer.account, evening).expect("writes");
    team.tick(evening + 1);
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 1, "once");
}

#[test]
fn zones_know_their_changes_of_clocks() {
    let (berlin, almaty) = (Zone::Named(chrono_tz::Europe::Berlin), Zone::Named(chrono_tz::Asia::Almaty));
    let day = |text: &str| Day::parse(text).expect("a day");
    let evening = 19 * 60;
    assert_eq!(almaty.at(day("2026-11-25"), evening), day("2026-11-25").start(300) + 19 * HOUR);
    assert_eq!(berlin.at(day("2026-10-24"), evening), day("2026-10-24").start(120) + 19 * HOUR);
    assert_eq!(berlin.at(day("2026-10-25"), evening), day("2026-10-25").start(60) + 19 * HOUR);
    // 02:30 is there twice on this day: the first counts; and not at all on that one: half an hour after the gap.
    assert_eq!(berlin.at(day("2026-10-25"), 150), day("2026-10-25").start(120) + 150 * MINUTE);
    let gap = berlin.at(day("2026-03-29"), 150);
    assert_eq!(berlin.local(gap), (day("2026-03-29"), 210));
    // A phone that is elsewhere says so; one that agrees with its market keeps the market's changes of clocks.
    let summer = day("2026-10-20").start(0);
    assert_eq!(Zone::of(Some(chrono_tz::Europe::Berlin), Some((120, summer))), berlin);
    assert_eq!(Zone::of(Some(chrono_tz::Europe::Berlin), Some((300, summer))), Zone::Fixed(300));
}

#[test]
fn who_has_nothing_coming_is_not_in_the_queue_and_a_release_puts_everybody_there() {
    let mut team = team(vec![on(Trigger::SaleConfirmed, vec![nudge()])]);
    team.tick(NOW + 2 * HOUR);
    let count = |team: &Team| -> u64 {
        team.world.conn.query_row("SELECT count(*) FROM due", [], |row| row.get(0)).expect("counts")
    };
    assert_eq!(count(&team), 0);
    publish(&mut team.world, vec![rule("daily", When::Daily { minute: 600 }, vec![word()])]);
    assert_eq!(count(&team), 4);
    assert!(team.tick(NOW + 2 * HOUR) >= 4);
    assert_eq!(team.tick(NOW + 2 * HOUR), 0);
}

#[test]
fn the_queue_is_read_by_its_index() {
    let team = team(Vec::new());
    let Some(sqlite) = team.world.conn.sqlite() else { return };
    let mut explain =
        sqlite.prepare("EXPLAIN QUERY PLAN SELECT account FROM due WHERE at <= 1 ORDER BY at LIMIT 64").expect("SQL");
    let plan: Vec<String> =
        explain.query_map([], |row| row.get(3)).expect("explains").collect::<Result<_, _>>().expect("reads");
    assert!(plan.iter().all(|step| step.contains("USING COVERING INDEX due_at")), "{plan:?}");
}

#[test]
fn a_word_is_in_no_stream_but_the_sponsors() {
    let team = team(vec![on(Trigger::QuizFailed, vec![word()])]);
    team.fail(1);
    let me = streams::find(&team.world.conn, Some(team.sponsor.account), ME).expect("reads").expect("a stream");
    let holders: Vec<i64> = team
        .world
        .conn
        .prepare_cached("SELECT stream FROM stream_row WHERE kind = 'signal'")
        .expect("SQL")
        .query_all([], |row| row.get(0))
        .expect("reads");
    assert_eq!(holders, [me.0]);
    let row = &team.rows(&team.sponsor, "signal")[0];
    for private in ["phone", "login", "compared"] {
        assert!(row.get(private).is_none(), "{private}");
    }
}

#[test]
fn staff_are_told_why() {
    let mut daily = rule("daily", When::Daily { minute: 600 }, vec![word()]);
    let least = |n| Compare { left: Term::Fact(Fact::Sales), is: Order::AtLeast, right: Term::Number(n) };
    daily.condition = Condition::Compare(least(2));
    let team = team(vec![daily]);
    team.sale("o-1", 1, "2026-11-24", "confirmed", false);
    team.share(1, 1, "0");
    let id = RuleId::new("daily").expect("an id");
    let World { conn, releases, now, .. } = &team.world;
    let why = |number: &str, id: &RuleId| why::why(conn, releases, number, id, None, *now);
    let told = why("new", &id).expect("asks");
    assert!(told.comes_up && !told.holds && !told.over && !told.held_out && told.unshared);
    assert_eq!((told.compared[0].left.value, told.compared[0].right.value), (Some(1), Some(2)));
    assert_eq!((told.decided, told.kept_back_by.clone()), (None, None));
    assert!(told.to_string().contains("sales (1) >= 2: no"), "{told}");
    assert!(serde_json::to_value(&told).expect("JSON")["compared"].is_array());
    assert!(why("nobody", &id).is_err());
    assert!(why("new", &RuleId::new("other").expect("an id")).is_err());
}

#[test]
fn two_servers_share_the_queue_and_decide_once() {
    let place = Place::new();
    let team = team_at(&place, vec![rule("daily", When::Daily { minute: 300 }, vec![word()])]);
    for n in 0..200 {
        add(&team.world, &format!("more-{n}"), Some("1"));
    }
    let releases = &team.world.releases;
    let serve = || {
        place.beside(|conn| {
            let mut looked = 0;
            loop {
                let some = atomically(conn, || tick::some(conn, releases, NOW + HOUR, &mut system));
                match some.expect("looks") {
                    0 => return looked,
                    some => looked += some,
                }
            }
        })
    };
    let looked = std::thread::scope(|scope| {
        let servers = [scope.spawn(serve), scope.spawn(serve)];
        servers.map(|server| server.join().expect("does not panic")).iter().sum::<usize>()
    });
    assert_eq!(looked, 204, "nobody was looked at twice");
    // Of everybody but the leader and the one without a sponsor.
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 201);
    assert_eq!(team.rows(&team.leader, "signal").len(), 1);
}

#[test]
fn who_is_unheard_of_is_not_silent() {
    let team = team(Vec::new());
    team.tick(NOW + HOUR);
    let silent = |days: i64| {
        let today = Day::at(NOW + days * DAY, 300);
        facts::team(&team.world.conn, "1", today).expect("reads").0
    };
    assert_eq!(silent(9).newcomers_silent, 0, "the phone is off since");
    let heard = |days: i64| {
        let set = "UPDATE device SET heard = ?2 WHERE account = ?1";
        team.world.conn.execute(set, qadam_backend::params![team.newcomer.account, NOW + days * DAY]).expect("writes");
    };
    heard(4);
    assert_eq!(silent(9).newcomers_silent, 0);
    heard(5);
    assert_eq!((silent(9).newcomers_silent, silent(9).newcomers_stuck), (1, 0));
    heard(7);
    assert_eq!((silent(9).newcomers_silent, silent(9).newcomers_stuck), (1, 1));
    assert_eq!(silent(100).newcomers_silent, 0, "a newcomer no more");
    team.share(1, 1, "0");
    assert_eq!(silent(9).newcomers_silent, 0, "who does not share is not counted");
}

#[test]
fn a_silence_is_told_once_a_phone_that_was_heard_of_proves_it() {
    let silence = When::Silence { days: 5, minute: 18 * 60 };
    let team = team(vec![rule("silent", silence, vec![word()])]);
    let day = |text: &str| Day::parse(text).expect("a date");
    let almaty = 300;
    let evening = |text: &str| day(text).start(almaty) + 18 * 60 * MINUTE + MINUTE;
    let hear = |at: Millis| {
        let set = "UPDATE device SET heard = ?2 WHERE account = ?1";
        team.world.conn.execute(set, qadam_backend::params![team.newcomer.account, at]).expect("writes");
        let set = "UPDATE device SET heard = ?2 WHERE account = ?1";
        team.world.conn.execute(set, qadam_backend::params![team.sponsor.account, at]).expect("writes");
    };
    // Nothing is done from joining on.
    let joined = accounts::distributor(&team.world.conn, team.newcomer.me).expect("reads").joined;
    let fifth = joined.plus(5).to_string();
    hear(evening(&joined.plus(4).to_string()));
    team.tick(evening(&fifth));
    assert!(team.rows(&team.sponsor, "signal").is_empty(), "nobody knows whether anything was done");
    // The phone comes at night, and nothing was done.
    hear(evening(&fifth) + 2 * 60 * MINUTE);
    team.tick(evening(&joined.plus(6).to_string()));
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 1);
    hear(evening(&joined.plus(7).to_string()));
    team.tick(evening(&joined.plus(7).to_string()));
    assert_eq!(team.rows(&team.sponsor, "signal").len(), 1, "once");
}
