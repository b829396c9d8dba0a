use qadam_backend::accounts::{self, SignedIn};
use qadam_backend::ledger::{Entry, Ledger};
use qadam_backend::publish;
use qadam_backend::push::outbox::{self, ATTEMPTS, LEASE, Message, Settled};
use qadam_backend::push::{self, Alert, To, WAKE_EVERY};
use qadam_backend::restore::restore;
use qadam_backend::store;
use qadam_domain::time::{DAY, MINUTE, Millis};
use qadam_protocol::mutation::Body as Say;
use qadam_protocol::push::{Push, Registration, Vendor};

use super::{alert, apns_token, fcm_token};
use crate::support::{NOW, Place, World, compiled, mutation, random, together, user};

/// A world in which this phone can be woken.
fn with_phone() -> (World, SignedIn) {
    let world = World::new();
    let phone = world.sign_in();
    register(&world, &phone, 1, fcm_token("one"));
    (world, phone)
}

fn register(world: &World, phone: &SignedIn, seq: u64, registration: Registration) {
    let id = phone.session.device_key.unsigned_abs() * 100 + seq;
    world.sync(&phone.session, vec![mutation(seq, id, &Say::Push(Push::Registered(registration)))]);
}

fn claim(world: &World, most: usize, now: Millis) -> Vec<Message> {
    together(&world.conn, || outbox::claim(&world.conn, Vendor::Fcm, most, now, &mut random)).expect("writes")
}

fn settle(world: &World, settled: &[(Message, Settled)], now: Millis) -> outbox::Noted {
    together(&world.conn, || outbox::settle(&world.conn, settled, now)).expect("writes")
}

fn count(world: &World) -> u64 {
    outbox::count(&world.conn).expect("reads")
}

fn wake(world: &World, now: Millis) -> usize {
    push::wake(&world.conn, world.account, now).expect("writes")
}

fn enqueue(world: &World, to: To, alert: &Alert<'_>) -> usize {
    push::enqueue(&world.conn, to, alert).expect("writes")
}

#[test]
fn it_goes_to_the_accounts_devices_that_may_show_it_and_to_nobody_elses() {
    let (world, phone) = with_phone();
    let (silent, none) = (world.sign_in(), world.sign_in());
    register(&world, &silent, 1, Registration { permission: false, ..apns_token(2) });
    let release = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let add = |login: &str, sponsor: Option<String>| {
        let new = accounts::NewUser { sponsor, ..user(login) };
        let added = accounts::add_user(&world.conn, &release, &new, NOW, &mut random).expect("adds");
        let device =
            accounts::register_device(&world.conn, added.account, "phone", NOW, &mut random).expect("signs in");
        (added, device)
    };
    // Her upline, and somebody below her.
    let upline = add("dana", None);
    let below = add("marat", Some("1001".into()));
    for (n, (_, device)) in (3..).zip([&upline, &below]) {
        register(&world, device, 1, apns_token(n));
    }
    assert_eq!(enqueue(&world, To::Account(world.account), &alert("n1", NOW)), 1);
    let device = |device: &SignedIn| To::Device { account: world.account, device: device.session.device_key };
    for other in [&silent, &none, &upline.1, &below.1] {
        assert_eq!(enqueue(&world, device(other), &alert("n2", NOW)), 0);
    }
    assert_eq!(enqueue(&world, device(&phone), &alert("n2", NOW)), 1);
    // What only wakes goes to all of her own.
    assert_eq!(wake(&world, NOW), 2);
    let owners = "SELECT DISTINCT account FROM push JOIN device ON device.id = push.device";
    let owners: Vec<i64> =
        world.conn.prepare_cached(owners).expect("SQL").query_all([], |row| row.get(0)).expect("reads");
    assert_eq!(owners, [world.account]);
    assert_eq!(push::cancel(&world.conn, upline.0.account, "n1").expect("writes"), 0);
    assert_eq!(push::cancel(&world.conn, world.account, "n1").expect("writes"), 1);
    // Without permission what waited goes.
    register(&world, &phone, 2, Registration { permission: false, ..fcm_token("one") });
    assert_eq!(count(&world), 2);
}

#[test]
fn a_newer_one_takes_the_place_of_the_older_whether_it_waits_or_is_on_its_way() {
    let (world, _) = with_phone();
    let to = To::Account(world.account);
    enqueue(&world, to, &alert("n1", NOW));
    enqueue(&world, to, &Alert { title: "other_title", ..alert("n1", NOW) });
    let first = claim(&world, 10, NOW);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].shown.as_ref().map(|shown| shown.title.as_str()), Some("other_title"));
    assert_eq!(claim(&world, 10, NOW), []);
    // While it is on its way it changes: what is noted of the older does not end the newer.
    enqueue(&world, to, &Alert { title: "third_title", ..alert("n1", NOW) });
    let second = claim(&world, 10, NOW);
    settle(&world, &[(first[0].clone(), Settled::Gone)], NOW);
    assert_eq!((count(&world), second[0].attempts), (1, 1));
    settle(&world, &[(second[0].clone(), Settled::Gone)], NOW);
    assert_eq!(count(&world), 0);
}

#[test]
fn what_is_not_answered_for_is_taken_by_another_and_noted_once() {
    let (world, _) = with_phone();
    enqueue(&world, To::Account(world.account), &alert("n1", NOW));
    let lost = claim(&world, 10, NOW);
    assert_eq!(claim(&world, 10, NOW + LEASE - 1), []);
    let again = claim(&world, 10, NOW + LEASE);
    assert_eq!((again.len(), again[0].attempts, &again[0].collapse), (1, 2, &lost[0].collapse));
    // The first is back and tells what it knows: it is not asked any more.
    settle(&world, &[(lost[0].clone(), Settled::Later { due: NOW })], NOW + LEASE);
    assert_eq!(claim(&world, 10, NOW + LEASE + 1), []);
    settle(&world, &[(again[0].clone(), Settled::Gone)], NOW + LEASE + 2);
    assert_eq!(count(&world), 0);
}

#[test]
fn tries_are_counted_but_for_those_that_were_none() {
    let (world, _) = with_phone();
    let long = Alert { expires: NOW + 30 * DAY, ..alert("n1", NOW) };
    enqueue(&world, To::Account(world.account), &long);
    let mut now = NOW;
    for _ in 0..50 {
        let taken = claim(&world, 1, now);
        assert_eq!(taken[0].attempts, 1);
        now += MINUTE;
        settle(&world, &[(taken[0].clone(), Settled::Untried { due: now })], now);
    }
    for n in 1..=ATTEMPTS {
        let taken = claim(&world, 1, now);
        assert_eq!(taken[0].attempts, n);
        settle(&world, &[(taken[0].clone(), Settled::Later { due: now + MINUTE })], now);
        assert_eq!(claim(&world, 1, now + MINUTE - 1), []);
        now += MINUTE;
    }
    assert_eq!(count(&world), 0, "given up");
}

#[test]
fn nothing_is_taken_after_its_end_and_its_row_goes() {
    let (world, _) = with_phone();
    let to = To::Account(world.account);
    enqueue(&world, to, &alert("n1", NOW));
    assert_eq!(
        enqueue(&world, to, &Alert { due: NOW + 60 * MINUTE, ..alert("n2", NOW) }),
        0,
        "it is over before it begins"
    );
    assert_eq!(claim(&world, 10, NOW + 60 * MINUTE), []);
    assert!(outbox::has_expired(&world.conn, NOW + 60 * MINUTE).expect("reads"));
    assert_eq!(outbox::expire(&world.conn, NOW + 60 * MINUTE - 1).expect("writes"), 0);
    assert_eq!(outbox::expire(&world.conn, NOW + 60 * MINUTE).expect("writes"), 1);
    // Nor is it kept for a try that would come too late.
    enqueue(&world, to, &alert("n3", NOW));
    let taken = claim(&world, 1, NOW);
    settle(&world, &[(taken[0].clone(), Settled::Later { due: NOW + 60 * MINUTE })], NOW);
    assert_eq!(count(&world), 0);
}

#[test]
fn a_device_is_woken_at_most_so_often_and_for_no_reason_too_early() {
    let (world, _) = with_phone();
    assert_eq!((wake(&world, NOW), wake(&world, NOW + 1)), (1, 1));
    assert_eq!(count(&world), 1, "one push for all reasons");
    let sent = claim(&world, 10, NOW + 2);
    assert_eq!(sent[0].shown, None);
    // Another reason comes while it is on its way: the phone may have synced before that.
    wake(&world, NOW + 3);
    settle(&world, &[(sent[0].clone(), Settled::Gone)], NOW + 4);
    assert_eq!(count(&world), 1);
    assert_eq!(claim(&world, 10, NOW + 1 + WAKE_EVERY), []);
    let next = claim(&world, 10, NOW + 2 + WAKE_EVERY);
    settle(&world, &[(next[0].clone(), Settled::Gone)], NOW + 2 + WAKE_EVERY);
    // After a long silence at once; also after a clock that was wrong by years.
    wake(&world, NOW + 10 * WAKE_EVERY);
    assert_eq!(claim(&world, 10, NOW + 10 * WAKE_EVERY).len(), 1);
    world.conn.execute("UPDATE push_token SET woken = ?1", [NOW + 3_000 * DAY]).expect("writes");
    world.conn.execute("DELETE FROM push", []).expect("writes");
    wake(&world, NOW + 11 * WAKE_EVERY);
    assert_eq!(claim(&world, 10, NOW + 11 * WAKE_EVERY).len(), 1);
}

#[test]
fn everybody_is_woken_some_at_a_time() {
    let (world, phone) = with_phone();
    // More than one step, made at once.
    for n in 0..1_200_i64 {
        let key = phone.session.device_key + 1 + n;
        let sql = "INSERT INTO device (id, public, account, name, token, signed_in, since, heard) VALUES (?1, ?2, ?3, '', ?4, 1, 1, 1)";
        let hash = accounts::hash_of(&n.to_string());
        world.conn.execute(sql, qadam_backend::params![key, format!("{n:016}"), world.account, hash]).expect("writes");
        let sql = "INSERT INTO push_token VALUES (?1, 'fcm', ?2, NULL, 0, 1, 'kk', 1, 0)";
        world.conn.execute(sql, qadam_backend::params![key, format!("t{n}")]).expect("writes");
    }
    push::wake_everyone(&world.conn, NOW).expect("writes");
    let go = |now| outbox::go_round(&world.conn, now).expect("writes");
    assert_eq!(outbox::round_due(&world.conn).expect("reads"), Some(NOW));
    assert_eq!((go(NOW), go(NOW)), (500, 0), "not all at once");
    assert_eq!((go(NOW + 1_000), go(NOW + 2_000), go(NOW + 3_000)), (500, 201, 0));
    assert_eq!((count(&world), outbox::round_due(&world.conn).expect("reads")), (1_201, None));
    assert_eq!(claim(&world, 2_000, NOW + 2_000).len(), 1_201);
}

#[test]
fn the_company_wakes_phones_by_what_it_does() {
    let (mut world, phone) = with_phone();
    world.publish(&compiled(&["one", "two", "three"]));
    assert_eq!(outbox::round_due(&world.conn).expect("reads"), Some(NOW));
    world.conn.execute("DELETE FROM push_round", []).expect("writes");
    world.publish(&compiled(&["one", "two", "three"]));
    assert_eq!(outbox::round_due(&world.conn).expect("reads"), None, "nothing has changed");
    // What the person does herself wakes nobody.
    world.sync(&phone.session, vec![mutation(2, 2, &crate::support::put("c1", NOW, &[("name", "Dana")]))]);
    assert_eq!(count(&world), 0);
}

#[test]
fn what_can_not_be_sent_is_an_error_at_once() {
    let (world, _) = with_phone();
    let long = "x".repeat(65);
    let wrong = [
        Alert { id: "", ..alert("n", NOW) },
        Alert { id: &long, ..alert("n", NOW) },
        Alert { id: "sync", ..alert("n", NOW) },
        Alert { id: "two words", ..alert("n", NOW) },
        Alert { title: "Сәлем", ..alert("n", NOW) },
        Alert { body: "", ..alert("n", NOW) },
        Alert { rule: "", ..alert("n", NOW) },
    ];
    for alert in wrong {
        assert!(push::enqueue(&world.conn, To::Account(world.account), &alert).is_err(), "{alert:?}");
    }
    assert_eq!(count(&world), 0);
}

#[test]
fn a_restored_server_sends_nothing_again_and_wakes_everybody() {
    let place = Place::embedded();
    place.publish(&compiled(&["one"]));
    let folder = tempfile::tempdir().expect("a folder");
    let (backup, ledger) = (folder.path().join("backup"), folder.path().join("ledger"));
    std::fs::create_dir(&backup).expect("makes");
    let left = place.beside(|conn| {
        let releases = publish::releases(conn).expect("reads");
        let release = releases.newest_up_to(u64::MAX).expect("one").release.clone();
        let account = accounts::add_user(conn, &release, &user("aigul"), NOW, &mut random).expect("adds").account;
        let phones = [fcm_token("one"), apns_token(2)].map(|registration| {
            let phone = accounts::register_device(conn, account, "phone", NOW, &mut random).expect("signs in");
            let said = Push::Registered(registration);
            push::tokens::take(conn, phone.session.device_key, &said, NOW).expect("writes");
            phone.session
        });
        push::enqueue(conn, To::Account(account), &alert("n1", NOW)).expect("writes");
        store::back_up(conn, &backup).expect("copies");
        // What the ledger knows of what came after.
        let signed_out = Entry::SignedOut { device: phones[0].device.clone(), at: NOW };
        Ledger::open(&ledger).expect("opens").append(&[signed_out]).expect("writes");
        phones[1].device_key
    });
    let into = Place::new();
    crate::support::blocking(|| {
        let data = into.folder.path();
        restore(&backup, &into.database, data, &ledger, NOW + 5, &mut random).expect("restores");
    });
    into.beside(|conn| {
        assert_eq!(outbox::count(conn).expect("reads"), 0);
        assert_eq!(outbox::round_due(conn).expect("reads"), Some(NOW + 5));
        let known =
            conn.prepare_cached("SELECT device FROM push_token").expect("SQL").query_all([], |row| row.get::<i64>(0));
        assert_eq!(known.expect("reads"), [left]);
    });
}
