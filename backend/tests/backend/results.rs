use qadam_backend::accounts;
use qadam_backend::push;
use qadam_backend::results::import::{ImportError, Kind, import};
use qadam_backend::results::{self, Taken};
use qadam_domain::awards::{Badge, BadgeCondition};
use qadam_domain::ids::{BadgeId, RankId, RuleId};
use qadam_domain::release::Rank;
use qadam_domain::rules::{Compare, Condition, Effect, Fact, Limits, Order, Rule, Slot, Term, Trigger, When};
use qadam_protocol::push::Push;
use serde_json::json;

use crate::support::{NOW, World, compiled, random, user};

const SALES: &str = "id,version,distributor,day,volume,buyer,status\n";

/// A company that gives 50 points and a badge for the first sale, and knows two ranks.
fn world() -> World {
    let mut world = World::new();
    let id = RuleId::new("first-sale").expect("an id");
    let first = Compare { left: Term::Fact(Fact::Sales), is: Order::AtLeast, right: Term::Number(1) };
    let mut company = compiled(&["one", "two"]);
    company.release.rules = vec![Slot::Known(Box::new(Rule {
        id: id.clone(),
        when: When::Event(Trigger::SaleConfirmed),
        condition: Condition::Compare(first),
        then: vec![Effect::Points(50)],
        limits: Limits::default(),
    }))];
    company.release.ranks =
        ["starter", "bronze"].map(|rank| Rank { id: RankId::new(rank).expect("an id"), need: 0 }).into();
    company.release.awards.badges.push(Badge {
        id: BadgeId::new("seller").expect("an id"),
        points: 7,
        when: BadgeCondition::Rule(id),
        ended: None,
    });
    world.publish(&company);
    world
}

fn load(world: &World, kind: Kind, text: &str, silent: bool) -> Result<Taken, ImportError> {
    import(&world.conn, &world.releases, kind, "file.csv", text.as_bytes(), silent, NOW, &mut random)
}

fn sales(world: &World, lines: &str) -> Taken {
    load(world, Kind::Sales, &format!("{SALES}{lines}"), false).expect("imports")
}

fn taken(new: u64, corrected: u64, known: u64, people: u64, waiting: u64) -> Taken {
    Taken { new, corrected, known, people, waiting }
}

fn points(world: &World, session: &qadam_backend::accounts::Session) -> serde_json::Value {
    world.me(session).get("totals/all").map_or(json!(0), |totals| totals["points"].clone())
}

#[test]
fn a_sale_earns_what_the_rules_give_and_a_return_takes_it_back() {
    let world = world();
    let session = world.sign_in().session;
    let line = "order-1,1,1001,2025-11-20,300,customer,confirmed\n";
    assert_eq!(sales(&world, line), taken(1, 0, 0, 1, 0));
    let rows = world.me(&session);
    assert_eq!(rows["points/rule:first-sale:ever"]["points"], json!(50));
    assert_eq!(rows["badge/seller"]["day"], json!("2025-11-20"));
    assert_eq!(points(&world, &session), json!(57));

    let before = world.dump();
    assert_eq!(sales(&world, line), taken(0, 0, 1, 0, 0));
    assert_eq!(world.dump(), before, "the same file again changes nothing");

    let returned = "order-1,2,1001,2025-11-20,300,customer,returned\n";
    assert_eq!(sales(&world, returned), taken(0, 1, 0, 1, 0));
    let rows = world.me(&session);
    assert!(!rows.contains_key("badge/seller") || rows["badge/seller"].is_null());
    assert_eq!(points(&world, &session), json!(0));
    let notice = &rows["notice/withdrawn-badge-seller"];
    assert_eq!((&notice["badge"], &notice["because"]), (&json!("seller"), &json!(["order-1"])));
    assert_eq!(rows["notice/withdrawn-points-rule:first-sale:ever"]["rule"], json!("first-sale:ever"));
    // What came before the correction is not taken for news.
    assert_eq!(sales(&world, line), taken(0, 0, 1, 0, 0));
}

#[test]
fn a_silent_correction_tells_nobody() {
    let world = world();
    let session = world.sign_in().session;
    for (version, status) in [(1, "confirmed"), (2, "returned")] {
        let text = format!("{SALES}order-1,{version},1001,2025-11-20,300,customer,{status}\n");
        load(&world, Kind::Sales, &text, true).expect("imports");
    }
    assert!(!world.me(&session).keys().any(|key| key.starts_with("notice/")));
}

#[test]
fn an_order_that_was_somebody_elses_is_theirs_no_more() {
    let world = world();
    let newest = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let other = accounts::add_user(&world.conn, &newest, &user("berik"), NOW, &mut random).expect("adds");
    let first = world.sign_in().session;
    let second = accounts::register_device(&world.conn, other.account, "phone", NOW, &mut random).expect("signs in");
    sales(&world, "order-1,1,1001,2025-11-20,300,customer,confirmed\n");
    let moved = format!("order-1,2,{},2025-11-20,300,customer,confirmed\n", other.distributor);
    assert_eq!(sales(&world, &moved), taken(0, 1, 0, 2, 0));
    assert_eq!((points(&world, &first), points(&world, &second.session)), (json!(0), json!(57)));
    // An older version does not give it back.
    assert_eq!(sales(&world, "order-1,1,1001,2025-11-20,300,customer,confirmed\n"), taken(0, 0, 1, 0, 0));
    assert_eq!((points(&world, &first), points(&world, &second.session)), (json!(0), json!(57)));
}

#[test]
fn what_comes_before_the_account_waits_for_it() {
    let world = world();
    let newest = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    assert_eq!(sales(&world, "order-1,1,2002,2025-11-20,300,customer,confirmed\n"), taken(1, 0, 0, 0, 1));
    let added = qadam_backend::accounts::NewUser { id: Some("2002".into()), ..user("berik") };
    let added = accounts::add_user(&world.conn, &newest, &added, NOW, &mut random).expect("adds");
    results::catch_up(&world.conn, &world.releases, added.account, "2002", NOW, &mut random).expect("folds");
    let phone = accounts::register_device(&world.conn, added.account, "phone", NOW, &mut random).expect("signs in");
    assert_eq!(points(&world, &phone.session), json!(57));
}

#[test]
fn volumes_and_ranks_become_rows() {
    let world = world();
    let session = world.sign_in().session;
    let volumes = "distributor,month,version,day,customers,own\n1001,2025-11,2025-11-20T18:00:00Z,2025-11-20,900,40\n";
    assert_eq!(load(&world, Kind::Volumes, volumes, false).expect("imports"), taken(1, 0, 0, 1, 0));
    let ranks = "id,version,distributor,day,rank,status\nr-1,1,1001,2025-11-20,bronze,reached\n";
    assert_eq!(load(&world, Kind::Ranks, ranks, false).expect("imports"), taken(1, 0, 0, 1, 0));
    let rows = world.me(&session);
    assert_eq!((&rows["volume/2025-11"]["customers"], &rows["volume/2025-11"]["own"]), (&json!(900), &json!(40)));
    assert_eq!(rows["rank/r-1"]["rank"], json!("bronze"));
}

#[test]
fn each_fault_of_a_file_is_told_and_nothing_of_it_taken() {
    let world = world();
    let good = "order-9,1,1001,2025-11-20,300,customer,confirmed\n";
    let cases: [(Kind, &str, &str); 14] = [
        (Kind::Sales, "order 1,1,1001,2025-11-20,300,customer,confirmed", "the id can't be one"),
        (Kind::Sales, "order-1,0,1001,2025-11-20,300,customer,confirmed", "the column version is none"),
        (Kind::Sales, "order-1,yesterday,1001,2025-11-20,300,customer,confirmed", "the column version is none"),
        (Kind::Sales, "order-1,1,,2025-11-20,300,customer,confirmed", "the distributor has 0 characters"),
        (Kind::Sales, "order-1,1,1001,20.11.2025,300,customer,confirmed", "the column day is no date"),
        (Kind::Sales, "order-1,1,1001,2035-11-20,300,customer,confirmed", "2035-11-20 has not come yet"),
        (Kind::Sales, "order-1,1,1001,2025-11-20,3.5,customer,confirmed", "the column volume is no volume"),
        (Kind::Sales, "order-1,1,1001,2025-11-20,9000000000000,customer,confirmed", "the column volume is no volume"),
        (Kind::Sales, "order-1,1,1001,2025-11-20,300,friend,confirmed", "the column buyer is \"friend\""),
        (Kind::Sales, "order-1,1,1001,2025-11-20,300,customer,paid", "the column status is \"paid\""),
        (Kind::Sales, "order-9,1,1001,2025-11-20,301,customer,confirmed", "is version 1 of what line 2 says otherwise"),
        (Kind::Volumes, "1001,2025-13,1,2025-11-20,900,40", "the column month is no month"),
        (Kind::Volumes, "1001,2025-12,1,2025-11-20,900,40", "2025-11-20 is before the month 2025-12"),
        (Kind::Ranks, "r-1,1,1001,2025-11-20,gold,reached", "the company has no rank \"gold\""),
    ];
    for (kind, line, problem) in cases {
        let text = match kind {
            Kind::Sales => format!("{SALES}{good}{line}\n"),
            Kind::Volumes => format!("distributor,month,version,day,customers,own\n{line}\n"),
            Kind::Ranks => format!("id,version,distributor,day,rank,status\n{line}\n"),
        };
        let Err(ImportError::Faults(faults)) = load(&world, kind, &text, false) else { panic!("{line} was taken") };
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].problem, problem);
        assert_eq!(faults[0].line, if kind == Kind::Sales { 3 } else { 2 });
        assert!(!faults[0].remedy.is_empty());
    }
    assert_eq!(sales(&world, good), taken(1, 0, 0, 1, 0), "nothing of these files was taken");
}

#[test]
fn a_sale_wakes_the_phones_of_its_person_and_nobody_elses() {
    let world = world();
    let release = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let other = accounts::add_user(&world.conn, &release, &user("dana"), NOW, &mut random).expect("adds").account;
    let mut phones = Vec::new();
    for (n, account) in (1..).zip([world.account, other]) {
        let phone = accounts::register_device(&world.conn, account, "phone", NOW, &mut random).expect("signs in");
        let said = Push::Registered(crate::push::apns_token(n));
        push::tokens::take(&world.conn, phone.session.device_key, &said, NOW).expect("writes");
        phones.push(phone.session.device_key);
    }
    let woken = || {
        let mut statement = world.conn.prepare_cached("SELECT device FROM push").expect("SQL");
        statement.query_all([], |row| row.get::<i64>(0)).expect("reads")
    };
    let line = "order-1,1,1001,2025-11-20,300,customer,confirmed\n";
    sales(&world, line);
    assert_eq!(woken(), phones[..1]);
    world.conn.execute("DELETE FROM push", []).expect("writes");
    sales(&world, line);
    assert_eq!(woken(), [] as [i64; 0], "it is known");
}
