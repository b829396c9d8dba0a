use qadam_backend::accounts::{self, SignedIn};
use qadam_backend::push::tokens::void;
use qadam_backend::sync;
use qadam_domain::time::Millis;
use qadam_protocol::accounts::Secret;
use qadam_protocol::mutation::{Body as Say, Mutation};
use qadam_protocol::push::{Push, Registration};
use qadam_protocol::sync::{AckStatus, RefusalCode};
use serde_json::json;

use super::{apns_token, fcm_token};
use crate::support::{NOW, World, mutation, random, together, unknown};

fn said(seq: u64, n: u64, at: Millis, push: Push) -> Mutation {
    let mut mutation = mutation(seq, n, &Say::Push(push));
    // Its clock is right, and it started anew since.
    mutation.at = crate::support::arose(at);
    mutation.at.boot = format!("before {n}");
    mutation.at.error = Some(0);
    mutation
}

fn registered(seq: u64, n: u64, at: Millis, registration: &Registration) -> Mutation {
    said(seq, n, at, Push::Registered(registration.clone()))
}

/// Devices and their tokens.
fn tokens(world: &World) -> Vec<(i64, String)> {
    let sql = "SELECT device, token FROM push_token WHERE token IS NOT NULL ORDER BY device";
    let mut statement = world.conn.prepare_cached(sql).expect("SQL");
    statement.query_all([], |row| Ok((row.get(0)?, row.get(1)?))).expect("reads")
}

/// Everything that the database has of tokens and of mutations' words.
fn dump(world: &World) -> String {
    let mut statement = world.conn.prepare_cached("SELECT token, app FROM push_token").expect("SQL");
    let told = statement.query_all([], |row| Ok((row.get::<Option<String>>(0)?, row.get::<Option<String>>(1)?)));
    format!("{:?} {}", told.expect("reads"), world.dump())
}

fn key(signed: &SignedIn) -> i64 {
    signed.session.device_key
}

#[test]
fn a_token_belongs_to_the_device_that_says_it() {
    let world = World::new();
    let (first, second) = (world.sign_in(), world.sign_in());
    world.sync(&first.session, vec![registered(1, 1, NOW, &fcm_token("one"))]);
    world.sync(&second.session, vec![registered(1, 2, NOW, &apns_token(2))]);
    assert_eq!(tokens(&world), [(key(&first), fcm_token("one").token.0), (key(&second), apns_token(2).token.0)]);
    let acked = world.sync(&first.session, vec![registered(2, 3, NOW + 1, &fcm_token("other"))]);
    assert_eq!((acked.acks[0].status.clone(), acked.acks[0].stamp), (AckStatus::Applied, Some(NOW)));
    assert_eq!(tokens(&world)[0], (key(&first), fcm_token("other").token.0));
    assert!(acked.streams["me"].rows.iter().all(|row| row.kind != "push"), "nobody else is told");
    // What was said is nowhere but in its table.
    assert!(!world.dump().contains("APA91"), "{}", world.dump());
}

#[test]
fn another_device_takes_a_token_over_even_one_of_a_stranger() {
    let mut world = World::new();
    let (first, second) = (world.sign_in(), world.sign_in());
    world.sync(&first.session, vec![registered(1, 1, NOW, &fcm_token("one"))]);
    world.now += 1_000;
    world.sync(&second.session, vec![registered(1, 2, NOW + 500, &fcm_token("one"))]);
    assert_eq!(tokens(&world), [(key(&second), fcm_token("one").token.0)]);
    // The installation is somebody else's now.
    let release = world.releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let added =
        accounts::add_user(&world.conn, &release, &crate::support::user("dana"), NOW, &mut random).expect("adds");
    let stranger = accounts::register_device(&world.conn, added.account, "phone", NOW, &mut random).expect("signs in");
    world.now += 1_000;
    world.sync(&stranger.session, vec![registered(1, 3, NOW + 1_500, &fcm_token("one"))]);
    assert_eq!(tokens(&world), [(key(&stranger), fcm_token("one").token.0)]);
    // What the first said before that comes late, as after a restore, and changes nothing.
    world.sync(&first.session, vec![registered(2, 4, NOW + 200, &fcm_token("one"))]);
    assert_eq!(tokens(&world), [(key(&stranger), fcm_token("one").token.0)]);
}

#[test]
fn what_was_said_last_counts_in_whatever_order_it_comes() {
    let mut world = World::new();
    let phone = world.sign_in();
    world.now += 10_000;
    let (old, new) = (registered(1, 1, NOW + 100, &fcm_token("old")), registered(2, 2, NOW + 200, &fcm_token("new")));
    world.sync(&phone.session, vec![Mutation { seq: 1, ..new }, Mutation { seq: 2, ..old }]);
    assert_eq!(tokens(&world), [(key(&phone), fcm_token("new").token.0)]);
    world.sync(
        &phone.session,
        vec![said(3, 3, NOW + 300, Push::Withdrawn), registered(4, 4, NOW + 250, &fcm_token("late"))],
    );
    assert_eq!(tokens(&world), []);
    assert!(!dump(&world).contains("APA91"), "what is withdrawn is wiped: {}", dump(&world));
    world.sync(&phone.session, vec![registered(5, 5, NOW + 400, &apns_token(7))]);
    assert_eq!(tokens(&world), [(key(&phone), apns_token(7).token.0)]);
    world.sync(&phone.session, vec![said(6, 6, NOW + 500, Push::Withdrawn)]);
    assert!(!dump(&world).contains(&apns_token(7).token.0) && !dump(&world).contains("app.qadam"));
}

#[test]
fn what_is_no_token_is_refused_and_leaves_nothing() {
    let world = World::new();
    let phone = world.sign_in();
    let wrong = Registration { token: Secret("two words".into()), ..fcm_token("x") };
    let long = Registration { token: Secret("x".repeat(5_000)), ..fcm_token("x") };
    let hms =
        unknown(3, 3, "push.registered", &json!({ "vendor": "hms", "token": "t", "permission": true, "locale": "kk" }));
    let acks = world.sync(&phone.session, vec![registered(1, 1, NOW, &wrong), registered(2, 2, NOW, &long), hms]).acks;
    let refused: Vec<_> = acks.iter().map(|ack| (ack.status.clone(), ack.count)).collect();
    let (malformed, over) = (AckStatus::Refused(RefusalCode::Malformed), AckStatus::Refused(RefusalCode::OverLimit));
    assert_eq!(refused, [(malformed.clone(), 1), (over, 1), (malformed, 1)]);
    assert_eq!(tokens(&world), []);
    assert!(!dump(&world).contains("two words"));
}

#[test]
fn what_an_older_server_kept_is_of_the_device_that_sent_it() {
    let world = World::new();
    let (first, second) = (world.sign_in(), world.sign_in());
    for (signed, n) in [(&first, 1), (&second, 2)] {
        world.sync(&signed.session, vec![registered(1, n, NOW, &apns_token(n))]);
    }
    // As a server without pushes has it: the words of what it does not know.
    for (signed, n) in [(&first, 1), (&second, 2)] {
        let body = serde_json::to_string(&apns_token(n)).expect("JSON");
        let sql = "UPDATE mutation SET status = 'kept', stamp = 1, zone = 0, name = 'push.registered', version = 1, body = ?2 WHERE device = ?1";
        world.conn.execute(sql, qadam_backend::params![key(signed), body]).expect("writes");
    }
    world.conn.execute("DELETE FROM push_token", []).expect("writes");
    let folded = together(&world.conn, || sync::fold_kept(&world.conn, &world.releases, NOW, &mut random));
    assert_eq!(folded.expect("folds"), 2);
    assert_eq!(tokens(&world), [(key(&first), apns_token(1).token.0), (key(&second), apns_token(2).token.0)]);
    assert!(!world.dump().contains(&apns_token(1).token.0), "its words are where they belong, and nowhere else");
}

#[test]
fn who_is_signed_out_is_known_nowhere() {
    let world = World::new();
    let phones: Vec<SignedIn> = (0..5).map(|_| world.sign_in()).collect();
    for (n, phone) in (1..).zip(&phones) {
        world.sync(&phone.session, vec![registered(1, n, NOW, &apns_token(n))]);
    }
    qadam_backend::push::wake(&world.conn, world.account, NOW).expect("writes");
    let left = |world: &World| {
        let waits = world.conn.query_row("SELECT count(*) FROM push", [], |row| row.get::<usize>(0)).expect("reads");
        assert_eq!(waits, tokens(world).len(), "nothing waits for who is not there");
        tokens(world).into_iter().map(|(device, _)| device).collect::<Vec<_>>()
    };
    let key = |n: usize| phones[n].session.device_key;
    accounts::revoke(&world.conn, world.account, &phones[0].session.device, NOW).expect("revokes");
    assert_eq!(left(&world), [key(1), key(2), key(3), key(4)]);
    let forked = accounts::fork(&world.conn, &phones[1].session, NOW, &mut random).expect("forks");
    accounts::succeed(&world.conn, &forked, &phones[1].session.device).expect("writes");
    assert_eq!(left(&world), [key(2), key(3), key(4)]);
    let again = world.sign_in();
    accounts::succeed(&world.conn, &again, &phones[2].session.device).expect("writes");
    assert_eq!(left(&world), [key(3), key(4)]);
    // Nobody signs out another's device.
    let other = accounts::revoke(&world.conn, world.account + 1, &phones[3].session.device, NOW);
    assert!(other.is_err());
    assert_eq!(left(&world), [key(3), key(4)]);
    accounts::close_user(&world.conn, "aigul", NOW).expect("closes");
    assert_eq!(left(&world), [] as [i64; 0]);
}

#[test]
fn what_a_vendor_found_void_is_void_unless_it_was_registered_since() {
    let mut world = World::new();
    let phone = world.sign_in();
    world.now += 10_000;
    world.sync(&phone.session, vec![registered(1, 1, NOW + 5_000, &apns_token(1))]);
    let token = apns_token(1).token;
    assert!(!void(&world.conn, key(&phone), &token, Some(NOW + 4_999)).expect("writes"));
    assert!(!void(&world.conn, key(&phone), &apns_token(2).token, None).expect("writes"), "it has another by now");
    assert_eq!(tokens(&world).len(), 1);
    assert!(void(&world.conn, key(&phone), &token, Some(NOW + 5_000)).expect("writes"));
    assert!(!dump(&world).contains(&token.0));
}
