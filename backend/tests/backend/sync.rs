use qadam_backend::error::Error;
use qadam_domain::fold::kind;
use qadam_domain::records::Edit;
use qadam_domain::time::{DAY, MINUTE, Millis};
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::sync::{Ack, AckStatus, Acknowledged, Cursor, ME, RefusalCode, SyncRequest};
use serde_json::json;

use crate::support::{NOW, World, arose, compiled, edit, id, mutation, put, quiz, request, rows, together, unknown};

fn ack(seq: u64, count: u64, status: AckStatus) -> Ack {
    Ack { seq, count, status, stamp: None, clock: None }
}

#[test]
fn a_sync_brings_acknowledgement_and_echo_in_one_round_trip() {
    let world = World::new();
    let phone = world.sign_in().session;
    let first = world.sync(&phone, Vec::new());
    let cursor = first.streams[ME].cursor.clone();
    assert!(rows(&first.streams[ME]).contains_key("distributor/mine"));

    let mutations = vec![
        mutation(1, 1, &put("c1", NOW, &[("name", "Dana")])),
        mutation(2, 2, &put("c1", NOW + 1, &[("phone", "1")])),
        mutation(3, 3, &quiz(&world.release, "one", true)),
    ];
    let reply = world.try_sync(&phone, &request(mutations, Some(cursor.clone()))).expect("syncs");
    assert_eq!(reply.acks.len(), 2);
    assert_eq!(reply.acks[0], ack(1, 2, AckStatus::Applied));
    assert_eq!(reply.acks[1], Ack { stamp: Some(NOW), ..ack(3, 1, AckStatus::Applied) });
    let page = &reply.streams[ME];
    let rows = rows(page);
    assert_eq!(rows["contact/c1"]["f"]["name"][0], json!("Dana"));
    assert_eq!(rows["contact/c1"]["f"]["phone"][0], json!("1"));
    for row in ["lesson/one", "badge/first-lesson", "card/one/q1", "totals/all"] {
        assert!(rows.contains_key(row), "{row} in {rows:?}");
    }
    assert!(!rows.contains_key("distributor/mine"), "only what changed");
    let revs: Vec<u64> = page.rows.iter().map(|row| row.rev).collect();
    assert_eq!(revs, (cursor.rev + 1..=page.cursor.rev).collect::<Vec<_>>(), "revisions have no holes");

    let again = world.try_sync(&phone, &request(Vec::new(), Some(page.cursor.clone()))).expect("syncs");
    assert!(again.streams.is_empty() && again.acks.is_empty());
}

#[test]
fn what_was_sent_again_is_not_done_again() {
    let world = World::new();
    let phone = world.sign_in().session;
    let event = mutation(1, 1, &quiz(&world.release, "one", false));
    let refused = mutation(2, 2, &quiz(&world.release, "seven", true));
    let kept = unknown(3, 3, "plan.paused", &json!({}));
    let edits = [
        mutation(4, 4, &put("c1", NOW, &[("name", "Dana")])),
        mutation(5, 5, &put("c1", NOW + DAY, &[("name", "Dina")])),
    ];
    let all = [vec![event, refused, kept], edits.to_vec()].concat();
    let first = world.sync(&phone, all.clone());
    let clock = first.acks[4].clock.clone().expect("it was set back");
    assert_eq!(clock.ms, NOW + 5 * MINUTE);
    let before = world.me(&phone);
    let again = world.sync(&phone, all);
    assert_eq!(
        again.acks,
        vec![
            Ack { stamp: Some(NOW), ..ack(1, 1, AckStatus::Cached) },
            ack(2, 1, AckStatus::Refused(RefusalCode::UnknownLesson)),
            Ack { stamp: Some(NOW), ..ack(3, 1, AckStatus::Kept) },
            ack(4, 1, AckStatus::Cached),
            Ack { clock: Some(clock), ..ack(5, 1, AckStatus::Cached) },
        ]
    );
    assert_eq!(world.me(&phone), before);
    assert_eq!(before["lesson/one"]["attempts"], json!(1));
}

#[test]
fn the_same_id_from_another_device_counts_once() {
    let world = World::new();
    let (first, second) = (world.sign_in().session, world.sign_in().session);
    world.sync(&first, vec![mutation(1, 1, &quiz(&world.release, "one", true))]);
    let other =
        vec![mutation(1, 1, &quiz(&world.release, "one", true)), mutation(2, 2, &quiz(&world.release, "one", true))];
    let reply = world.sync(&second, other);
    assert_eq!(reply.acks[0].status, AckStatus::Cached);
    assert_eq!(reply.acks[1].status, AckStatus::Applied);
    assert_eq!(world.me(&first)["lesson/one"]["attempts"], json!(2));
}

#[test]
fn a_twin_is_told_apart_and_nothing_of_its_batch_happens() {
    let world = World::new();
    let phone = world.sign_in().session;
    world.sync(&phone, vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))]);
    let before = world.dump();
    let twin =
        vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")])), mutation(2, 3, &put("c2", NOW, &[("name", "x")]))];
    world.sync(&phone, vec![mutation(2, 2, &put("c3", NOW, &[("name", "y")]))]);
    let after = world.dump();
    assert_ne!(before, after);
    let error = world.try_sync(&phone, &request(twin, None)).expect_err("a fork");
    assert_eq!(error.code, ErrorCode::Fork);
    assert_eq!(world.dump(), after);

    let forked =
        qadam_backend::accounts::fork(&world.conn, &phone, NOW + DAY, &mut crate::support::random).expect("forks");
    assert_eq!(forked.session.device_since, phone.device_since, "its work may date from before");
    assert_ne!(forked.session.device, phone.device);
    let reply = world.sync(&forked.session, vec![mutation(1, 3, &put("c2", NOW, &[("name", "x")]))]);
    assert_eq!(reply.acks, vec![ack(1, 1, AckStatus::Applied)]);
}

#[test]
fn a_gap_is_an_error_that_names_what_is_expected() {
    let world = World::new();
    let phone = world.sign_in().session;
    let say = put("c1", NOW, &[("name", "Dana")]);
    let gap = |mutations| {
        let error = world.try_sync(&phone, &request(mutations, None)).expect_err("a gap");
        (error.code, error.expected)
    };
    assert_eq!(gap(vec![mutation(2, 2, &say)]), (ErrorCode::Gap, Some(1)));
    assert_eq!(gap(vec![mutation(1, 1, &say), mutation(3, 3, &say)]), (ErrorCode::Gap, Some(2)));
    assert_eq!(gap(vec![mutation(u64::MAX, 1, &say)]), (ErrorCode::Gap, Some(1)));
    assert_eq!(gap(vec![mutation(0, 1, &say)]), (ErrorCode::BadRequest, None));
    assert_eq!(gap(vec![mutation(1, 1, &say), mutation(1, 2, &say)]), (ErrorCode::BadRequest, None));
    assert!(!world.me(&phone).contains_key("contact/c1"));

    world.sync(&phone, vec![mutation(1, 1, &say)]);
    let acknowledging = |seq, n| {
        let acknowledged = Some(Acknowledged { seq, id: id(n) });
        let request = qadam_protocol::sync::SyncRequest { acknowledged, ..request(Vec::new(), None) };
        let written = world.try_sync(&phone, &request).map(|_| ()).map_err(|e| (e.code, e.expected));
        let read = qadam_backend::sync::read_only(&world.conn, &phone, &request, NOW).map_err(|e| e.info());
        assert_eq!(read.map(|_| ()).map_err(|e| (e.code, e.expected)), written);
        written
    };
    assert_eq!(acknowledging(1, 1), Ok(()));
    assert_eq!(acknowledging(2, 1), Err((ErrorCode::Gap, Some(2))));
    assert_eq!(acknowledging(1, 9), Err((ErrorCode::Gap, Some(2))));
}

#[test]
fn an_event_waits_for_its_release() {
    let mut world = World::new();
    let phone = world.sign_in().session;
    let next = compiled(&["one", "two", "three"]);
    let release = qadam_domain::release::Release { serial: 2, ..next.release.clone() };
    let coming = qadam_domain::release::Release::id_of(&release.to_bytes());
    let sent = vec![
        mutation(1, 1, &quiz(&coming, "three", true)),
        mutation(2, 2, &quiz(&coming, "four", true)),
        mutation(3, 3, &quiz(&world.release, "one", true)),
    ];
    let reply = world.sync(&phone, sent.clone());
    let statuses: Vec<_> = reply.acks.iter().map(|ack| (ack.status.clone(), ack.stamp)).collect();
    assert_eq!(statuses, [AckStatus::Kept, AckStatus::Kept, AckStatus::Applied].map(|status| (status, Some(NOW))));
    let held = world.me(&phone);
    assert_eq!(held[&format!("kept/{}", id(1))], json!({}));
    assert!(!held.contains_key("lesson/three"));

    world.now += DAY;
    let published = world.publish(&next);
    assert_eq!((published.release, published.serial, published.folded), (coming, 2, 2));
    let held = world.me(&phone);
    assert!(held[&format!("kept/{}", id(1))].is_null());
    assert_eq!(held[&format!("kept/{}", id(2))], json!({"refused": "unknown_lesson"}));
    assert_eq!(held["lesson/three"]["passes"][0]["first"]["at"], json!(NOW), "when it was done");
    let again = world.sync(&phone, sent);
    assert_eq!(again.acks[0].status, AckStatus::Cached);
    assert_eq!(again.acks[1].status, AckStatus::Refused(RefusalCode::UnknownLesson));
    assert_eq!(world.publish(&next).folded, 0);
}

#[test]
fn what_was_published_does_not_become_a_new_release_by_its_texts() {
    let mut world = World::new();
    let same = world.publish(&compiled(&["one", "two"]));
    assert_eq!((same.serial, same.is_new_release, same.is_changed), (1, false, false));
    let next = world.publish(&compiled(&["one", "two", "three"]));
    assert_eq!((next.serial, next.is_new_release, next.is_changed), (2, true, true));
    let hash: qadam_domain::ids::BlobHash = next.release.clone().into();
    assert_eq!(qadam_domain::release::Release::id_of(&world.blobs[&hash]), next.release);
    let mut foreign = compiled(&["one"]);
    foreign.release.company = qadam_domain::ids::CompanyId::new("other").expect("an id");
    let refused = qadam_backend::publish::publish(
        &world.conn,
        &mut world.blobs,
        &foreign,
        NOW,
        &mut crate::support::random,
        &mut |_| Ok(()),
    );
    assert!(matches!(refused, Err(qadam_backend::publish::PublishError::OtherCompany(_))));
}

#[test]
fn what_can_never_be_is_refused_and_blocks_nothing() {
    let world = World::new();
    let phone = world.sign_in().session;
    let long = "x".repeat(limits::FIELD_VALUE + 1);
    let mut sent = vec![
        mutation(1, 1, &quiz(&world.release, "seven", true)),
        unknown(2, 2, "quiz.answered", &json!({"release": 1})),
        mutation(3, 3, &put("c1", NOW, &[("note", &long)])),
        mutation(4, 4, &put("c1", NOW, &[("no such name!", "x")])),
        unknown(5, 5, &"n".repeat(65), &json!({})),
        unknown(6, 6, "plan.paused", &json!({"much": "x".repeat(limits::MUTATION)})),
        mutation(7, 7, &put("c1", NOW, &[("name", "Dana")])),
    ];
    let others = ["distributor", "kept", "notice"];
    for (i, kind) in kind::ALL.iter().chain(&others).enumerate() {
        let n = 8 + i as u64;
        let clock = format!("{NOW}.0.00000000000000aa");
        sent.push(unknown(
            n,
            n,
            "record.put",
            &json!({"kind": kind, "id": "all", "clock": clock, "fields": {"x": "y"}}),
        ));
    }
    let reply = world.sync(&phone, sent);
    let code = |i: usize| reply.acks[i].status.clone();
    assert_eq!(code(0), AckStatus::Refused(RefusalCode::UnknownLesson));
    assert_eq!(code(1), AckStatus::Refused(RefusalCode::Malformed));
    assert_eq!(code(2), AckStatus::Refused(RefusalCode::OverLimit));
    assert_eq!(reply.acks[3], ack(4, 2, AckStatus::Refused(RefusalCode::Malformed)));
    assert_eq!(code(4), AckStatus::Refused(RefusalCode::OverLimit));
    assert_eq!(code(5), AckStatus::Applied);
    assert_eq!(
        reply.acks[6],
        ack(8, (kind::ALL.len() + others.len()) as u64, AckStatus::Refused(RefusalCode::Malformed))
    );
    assert_eq!(world.me(&phone)["distributor/mine"]["name"], json!("Aigul"));
}

#[test]
fn requests_over_the_limits_are_refused_as_a_whole() {
    let world = World::new();
    let phone = world.sign_in().session;
    let say = put("c1", NOW, &[("name", "Dana")]);
    let many = (1..=limits::MUTATIONS as u64 + 1).map(|n| mutation(n, n, &say)).collect();
    assert_eq!(world.try_sync(&phone, &request(many, None)).expect_err("too many").code, ErrorCode::TooLarge);
    let mut streams = request(Vec::new(), None);
    streams.cursors = (0..=limits::STREAMS).map(|n| (n.to_string(), None)).collect();
    assert_eq!(world.try_sync(&phone, &streams).expect_err("too many").code, ErrorCode::TooLarge);
    let mut boot = request(Vec::new(), None);
    boot.now.boot = "b".repeat(65);
    assert_eq!(world.try_sync(&phone, &boot).expect_err("too long").code, ErrorCode::BadRequest);
    for protocol in [0, 2] {
        let newer = qadam_protocol::sync::SyncRequest { protocol, ..request(Vec::new(), None) };
        let error = world.try_sync(&phone, &newer).expect_err("not spoken");
        assert_eq!((error.code, error.expected), (ErrorCode::ProtocolUnsupported, Some(1)));
    }
    assert!(!world.me(&phone).contains_key("contact/c1"));
}

#[test]
fn an_account_holds_no_more_records_than_it_may() {
    let world = World::new();
    let phone = world.sign_in().session;
    world.conn.execute("UPDATE account SET records = ?1", [limits::RECORDS - 1]).expect("writes");
    let contact = |n: u64, id: &str| mutation(n, n, &put(id, NOW + n as Millis, &[("name", "Dana")]));
    let reply = world.sync(&phone, vec![contact(1, "c1"), contact(2, "c2"), contact(3, "c1")]);
    assert_eq!(reply.acks[0].status, AckStatus::Applied);
    assert_eq!(reply.acks[1].status, AckStatus::Refused(RefusalCode::TooManyRecords));
    assert_eq!(reply.acks[2].status, AckStatus::Applied);
    let reply = world.sync(&phone, vec![contact(4, "c2"), contact(5, "c1")]);
    assert_eq!(reply.acks[0].status, AckStatus::Refused(RefusalCode::TooManyRecords));
    assert_eq!(reply.acks[1].status, AckStatus::Applied);

    let fields =
        |from: usize, to: usize| -> Edit { Edit::Put((from..to).map(|n| (format!("tag:{n}"), None)).collect()) };
    let sent = vec![
        mutation(6, 6, &edit("c1", NOW, fields(0, limits::FIELDS - 1))),
        mutation(7, 7, &edit("c1", NOW, fields(500, 501))),
    ];
    let reply = world.sync(&phone, sent);
    assert_eq!(reply.acks[1].status, AckStatus::Refused(RefusalCode::OverLimit));
}

#[test]
fn clocks_ahead_are_set_back_and_keep_their_order() {
    let world = World::new();
    let phone = world.sign_in().session;
    let ahead = NOW + 3_650 * DAY;
    let sent = vec![
        mutation(1, 1, &put("c1", ahead, &[("name", "Zarina")])),
        mutation(2, 2, &put("c1", ahead + 1, &[("name", "Aliya")])),
    ];
    let reply = world.sync(&phone, sent);
    let clocks: Vec<_> = reply.acks.iter().map(|ack| ack.clock.clone().expect("set back")).collect();
    assert!(clocks[0] < clocks[1] && clocks[1].ms == NOW + 5 * MINUTE, "{clocks:?}");
    assert_eq!(world.me(&phone)["contact/c1"]["f"]["name"], json!(["Aliya", clocks[1].to_string()]));
}

#[test]
fn what_is_erased_is_nowhere_and_stays_so() {
    let world = World::new();
    let phone = world.sign_in().session;
    let newer = |seq, id: &str| {
        unknown(seq, seq, "record.annotated", &json!({"kind": "contact", "id": id, "note": format!("secret of {id}")}))
    };
    let sent = vec![
        mutation(1, 1, &put("c1", NOW, &[("name", "secret name")])),
        newer(2, "c1"),
        newer(3, "c2"),
        mutation(4, 4, &edit("c1", NOW, Edit::Erase)),
        newer(5, "c1"),
        mutation(6, 6, &put("c1", NOW + 9, &[("name", "secret again")])),
    ];
    let reply = world.sync(&phone, sent);
    assert_eq!(reply.acks[3], ack(4, 3, AckStatus::Applied), "what it says of an erased record is not even kept");
    let held = world.me(&phone);
    assert_eq!(held["contact/c1"], json!({"e": true}));
    assert!(held.get(&format!("kept/{}", id(2))).is_none_or(serde_json::Value::is_null));
    assert_eq!(held[&format!("kept/{}", id(3))], json!({}));
    let dump = world.dump();
    assert!(
        !dump.contains("secret name") && !dump.contains("secret again") && !dump.contains("secret of c1"),
        "{dump}"
    );
    assert!(dump.contains("secret of c2"));
}

#[test]
fn stamps_follow_the_server_whatever_the_phone_says() {
    let mut world = World::new();
    let phone = world.sign_in().session;
    world.now = NOW + 10 * DAY;
    let off = -3_650 * DAY;
    let mut done = mutation(1, 1, &quiz(&world.release, "one", true));
    done.at = qadam_protocol::mutation::Arose { boot: "earlier".into(), ..arose(NOW + 3 * DAY + off) };
    let mut early = mutation(2, 2, &quiz(&world.release, "two", true));
    early.at = qadam_protocol::mutation::Arose { boot: "earlier".into(), ..arose(i64::MIN) };
    let mut late = mutation(3, 3, &quiz(&world.release, "two", true));
    late.at = qadam_protocol::mutation::Arose { error: Some(i64::MAX), ..arose(i64::MAX) };
    late.at.boot = "later".into();
    let mut sent = request(vec![done, early, late], None);
    sent.now.wall = world.now + off;
    let reply = world.try_sync(&phone, &sent).expect("syncs");
    let stamps: Vec<_> = reply.acks.iter().map(|ack| ack.stamp.expect("an event")).collect();
    assert_eq!(stamps, vec![NOW + 3 * DAY, NOW, world.now]);
    let day = world.me(&phone)["lesson/one"]["passes"][0]["first"]["day"].clone();
    assert_eq!(day, json!("2026-11-27"));
}

#[test]
fn a_cursor_of_another_history_starts_from_the_beginning() {
    let world = World::new();
    let phone = world.sign_in().session;
    world.sync(&phone, vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))]);
    let head = world.sync(&phone, Vec::new()).streams[ME].cursor.clone();
    let page = |cursor: Cursor| {
        let reply = world.try_sync(&phone, &request(Vec::new(), Some(cursor))).expect("syncs");
        reply.streams.get(ME).cloned()
    };
    assert!(page(head.clone()).is_none());
    let now = || qadam_backend::streams::head(&world.conn, phone.me).expect("reads");
    let wrong: [fn(Cursor) -> Cursor; 6] = [
        |head| Cursor { tag: "0".into(), ..head },
        |head| Cursor { epoch: "0".into(), ..head },
        |head| Cursor { rev: head.rev + 1, ..head },
        |head| Cursor { rev: u64::MAX, ..head },
        |head| Cursor { rev: 0, ..head },
        |head| Cursor { rev: head.rev - 1, ..head },
    ];
    for wrong in wrong {
        // What shows that the server lost something begins another history.
        let wrong = wrong(now());
        let page = page(wrong.clone()).expect("a page");
        assert!(page.reset, "{wrong:?}");
        assert_eq!((page.cursor.clone(), page.rows.len()), (now(), 2));
    }
    let head = now();
    assert!(!world.sync(&phone, Vec::new()).streams[ME].reset, "nothing is held yet: nothing is gone");
    qadam_backend::streams::rotate(&world.conn, phone.me, &mut crate::support::random).expect("rotates");
    assert!(page(head).expect("a page").reset);
}

#[test]
fn long_streams_come_in_pages_that_go_on() {
    let world = World::new();
    let phone = world.sign_in().session;
    let sent = (1..=25).map(|n| mutation(n, n, &put(&format!("c{n}"), NOW, &[("name", "Dana")]))).collect();
    world.sync(&phone, sent);
    let (mut cursor, mut seen, mut pages) = (None, std::collections::BTreeMap::new(), 0);
    loop {
        let mut request = request(Vec::new(), cursor.clone());
        request.rows = Some(7);
        let reply = world.try_sync(&phone, &request).expect("syncs");
        let page = &reply.streams[ME];
        assert!(page.rows.len() <= 7 && !page.reset);
        seen.extend(rows(page));
        pages += 1;
        cursor = Some(page.cursor.clone());
        if !reply.more() {
            break;
        }
    }
    assert_eq!((pages, seen.len()), (4, 26));
    assert_eq!(seen, world.me(&phone));

    let big = "x".repeat(limits::FIELD_VALUE);
    let fields: Vec<(String, &str)> = (0..7).map(|n| (format!("tag:{n}"), big.as_str())).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let sent = (26..=126).map(|n| mutation(n, n, &put(&format!("c{n}"), NOW, &fields))).collect();
    let reply = world.try_sync(&phone, &request(sent, cursor)).expect("syncs");
    assert!(reply.more(), "pages end by bytes too");
    assert!(reply.streams[ME].rows.len() < 101);
}

#[test]
fn who_merges_gets_its_own_edits_by_their_sequence() {
    let world = World::new();
    let phone = world.sign_in().session;
    let tablet = world.sign_in().session;
    let start = world.sync(&tablet, vec![mutation(1, 1, &put("c9", NOW, &[("name", "Old")]))]);
    let cursor = start.streams[ME].cursor.clone();
    // Since then another device has edited c8 and c9.
    let edits = ["c8", "c9"].map(|id| put(id, NOW + 1, &[("note", "mine")]));
    world.sync(&tablet, edits.iter().zip(2..).map(|(edit, n)| mutation(n, n, edit)).collect());
    let ids = ["c1", "c2", "c1", "c3", "c9", "c4"];
    let sent = |merge| {
        let edits =
            ids.iter().zip(11..).map(|(id, n)| mutation(n - 10, n, &put(id, NOW + n as i64, &[("name", "New")])));
        let request = request(edits.collect(), Some(cursor.clone()));
        qadam_protocol::sync::SyncRequest { merge, ..request }
    };
    let reply = world.try_sync(&phone, &sent(Some(qadam_protocol::sync::MERGE))).expect("syncs");
    let page = &reply.streams[ME];
    let first = page.echoes[0].rev;
    let echo = |rev, seq, count| qadam_protocol::sync::Echo { rev, seq, count };
    // c1 by its first edit; c3 begins a run, since the second edit of c1 lies between; c9 comes whole.
    assert_eq!(page.echoes, [echo(first, 1, 2), echo(first + 2, 4, 1), echo(first + 4, 6, 1)]);
    assert_eq!(rows(page).keys().collect::<Vec<_>>(), ["contact/c8", "contact/c9"]);
    assert_eq!(page.len(), 6);
    // Again, everything is known already and there is nothing to merge.
    for merge in [Some(qadam_protocol::sync::MERGE), Some(qadam_protocol::sync::MERGE + 1), None] {
        let again = world.try_sync(&phone, &sent(merge)).expect("syncs");
        assert_eq!((again.streams[ME].echoes.len(), again.streams[ME].rows.len()), (0, 6));
    }
}

#[test]
fn streams_that_are_not_the_accounts_are_left_out() {
    let world = World::new();
    let phone = world.sign_in().session;
    let mut request = request(Vec::new(), None);
    request.cursors = ["me", "catalog", "team", "market", "me ", "1"].map(|name| (name.to_string(), None)).into();
    let reply = world.try_sync(&phone, &request).expect("syncs");
    assert_eq!(reply.streams.keys().collect::<Vec<_>>(), ["catalog", "me"]);
    let manifest = &rows(&reply.streams["catalog"])["manifest/current"];
    assert_eq!(manifest["release"]["hash"], json!(world.release.as_str()));
}

#[test]
fn fields_of_a_newer_app_stay_in_the_row() {
    let world = World::new();
    let phone = world.sign_in().session;
    let row = r#"{"f":{"name":["Dana","1.0.00000000000000aa"]},"pinned":true}"#;
    let new = qadam_backend::streams::NewRow { kind: "contact".into(), id: "c1".into(), value: Some(row.into()) };
    crate::support::together(&world.conn, || {
        qadam_backend::streams::commit(&world.conn, phone.me, [new], &mut crate::support::random)
    })
    .expect("writes");
    world.sync(&phone, vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dina")]))]);
    let held = world.me(&phone);
    assert_eq!(held["contact/c1"]["pinned"], json!(true));
    assert_eq!(held["contact/c1"]["f"]["name"][0], json!("Dina"));
}

#[test]
fn a_device_that_was_signed_out_is_told_so_within_the_transaction() {
    let world = World::new();
    let phone = world.sign_in().session;
    qadam_backend::accounts::revoke(&world.conn, phone.account, &phone.device, NOW).expect("revokes");
    let sent = vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))];
    assert_eq!(world.try_sync(&phone, &request(sent, None)).expect_err("revoked").code, ErrorCode::Revoked);
    let read = qadam_backend::sync::read_only(&world.conn, &phone, &request(Vec::new(), None), NOW);
    assert_eq!(read.expect_err("revoked").code(), ErrorCode::Revoked);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn nothing_that_a_phone_says_breaks_the_server(
        said in proptest::collection::vec((hostile(), hostile(), hostile(), 0..8_usize, proptest::prelude::any::<i32>()), 1..12),
        now in (hostile(), hostile()),
    ) {
        let world = World::new();
        let phone = world.sign_in().session;
        let mut mutations = Vec::new();
        for (i, (a, b, c, what, offset)) in said.iter().enumerate() {
            let n = i as u64 + 1;
            let clock = format!("{a}.{}.00000000000000aa", u32::MAX);
            let mut mutation = match what {
                0 => mutation(n, n, &quiz(&world.release, "one", *a > 0)),
                1 => mutation(n, n, &put(&format!("c{}", a.rem_euclid(3)), *b, &[("name", "x")])),
                2 => mutation(n, n, &edit(&format!("c{}", a.rem_euclid(3)), *b, Edit::Delete)),
                3 => mutation(n, n, &edit(&format!("c{}", a.rem_euclid(3)), *b, Edit::Erase)),
                4 => unknown(n, n, "record.put", &json!({"kind": "lesson", "id": "one", "clock": clock, "fields": {"f": "x"}})),
                5 => unknown(n, n, "something.new", &json!({"kind": "lesson", "id": "one"})),
                6 => unknown(n, n, "something.new", &json!([a, b, c])),
                _ => unknown(n, n, "quiz.answered", &json!({"release": world.release.as_str(), "lesson": a})),
            };
            mutation.v = if *c == 7 { 2 } else { 1 };
            mutation.at = qadam_protocol::mutation::Arose {
                wall: *a, error: (*b > 0).then_some(*c), offset: *offset, boot: "b".into(), mono: *b, floor: *c,
            };
            mutations.push(mutation);
        }
        let mut request = request(mutations, None);
        request.now = qadam_protocol::sync::ClockReading { wall: now.0, boot: "b".into(), mono: now.1 };
        let reply = world.try_sync(&phone, &request).expect("taken or refused one by one");
        proptest::prop_assert_eq!(reply.acks.iter().map(|ack| ack.count).sum::<u64>(), request.mutations.len() as u64);
        let again = world.try_sync(&phone, &request).expect("known");
        proptest::prop_assert!(again.acks.iter().all(|ack| ack.status != AckStatus::Applied));
        proptest::prop_assert_eq!(rows(&again.streams[ME]), world.me(&phone));
    }
}

fn hostile() -> impl proptest::strategy::Strategy<Value = i64> {
    use proptest::prelude::*;
    prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), Just(7), Just(NOW), NOW - DAY..NOW + DAY, any::<i64>()]
}

/// A row that was written between a page's cursor and the end of the stream at that time is in no earlier page: a server that goes back to what it
/// was in between must begin anew.
#[test]
fn a_page_of_a_history_that_is_over_is_not_gone_on_with() {
    let world = World::new();
    let phone = world.sign_in().session;
    let edits: Vec<_> =
        (1..=3_u8).map(|n| mutation(n.into(), n.into(), &put(&format!("c{n}"), NOW, &[("name", "Dana")]))).collect();
    world.sync(&phone, edits);
    let page = |cursor: Option<Cursor>| {
        let asked = SyncRequest { rows: Some(2), ..request(Vec::new(), cursor) };
        world.try_sync(&phone, &asked).expect("syncs").streams[ME].clone()
    };
    let mut middle = None;
    let undone: Result<(), Error> = together(&world.conn, || {
        world.sync(&phone, vec![mutation(4, 4, &put("c1", NOW + 1, &[("name", "Dina")]))]);
        let first = page(None);
        assert!(first.more);
        assert!(!page(Some(first.cursor.clone())).reset, "nothing has happened");
        middle = Some(first.cursor);
        Err(Error::Unsound("undone".into()))
    });
    assert!(undone.is_err());
    assert!(page(middle).reset);
}
