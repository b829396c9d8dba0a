//! Slow lines, and lines that lose: what is sent again, what is waited for, and how often a phone goes back and forth.

use std::time::Duration;

use qadam_engine::contacts::{ContactEdit, ContactsQuery};
use qadam_engine::platform::Network;
use qadam_engine::{Engine, EngineError};
use qadam_faults::proxy::{Line, Mood, Proxy};
use qadam_faults::{Company, PASSWORD, phone_with};
use tokio::time::Instant;

/// 10 kbit/s.
const CRAWL: u64 = 1_250;
/// So many times as fast as a clock, where minutes are at stake.
const HURRY: u32 = 30;

fn named(name: &str) -> ContactEdit {
    ContactEdit { name: Some(name.into()), ..ContactEdit::default() }
}

async fn count(phone: &Engine) -> usize {
    let query = ContactsQuery { limit: 100, ..ContactsQuery::default() };
    let first = phone.contacts(query.clone()).await.expect("reads");
    let second = phone.contacts(ContactsQuery { after: first.next.clone(), ..query }).await.expect("reads");
    assert!(first.next.is_some() && second.next.is_none());
    first.contacts.len() + second.contacts.len()
}

async fn names(phone: &Engine) -> Vec<String> {
    let query = ContactsQuery { limit: 100, ..ContactsQuery::default() };
    let page = phone.contacts(query).await.expect("reads");
    page.contacts.into_iter().map(|contact| contact.name).collect()
}

/// A phone in step behind a proxy, and another one of the same account with a good line.
async fn behind(company: &Company, hurry: u32) -> (Engine, Engine, Proxy) {
    let witness = company.signed_in("witness", "aigul").await;
    let proxy = Proxy::before(company.server.address()).await;
    let phone = phone_with(&company.folder.path().join("phone"), std::sync::Arc::default(), hurry);
    qadam_faults::sign_in(&phone, &proxy.url(), "aigul").await;
    (phone, witness, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_sync_is_one_round_trip() {
    let company = Company::start().await;
    let (phone, witness, proxy) = behind(&company, 1).await;
    proxy.set(Mood::Line(Line { delay: 100..=100, loss: 0.01, ..Line::default() }));
    phone.foreground(Network::Offline).await.expect("drops connections");
    let ordinary = ["POST /v1/sync"];
    proxy.take_requests();
    for round in 0..4 {
        // Nothing; one's own work; another's; both.
        let (mine, others) = (round % 2 == 1, round > 1);
        for n in 0..20 {
            if mine {
                phone.add_contact(named(&format!("mine {round} {n}"))).await.expect("adds");
            }
            if others {
                witness.add_contact(named(&format!("theirs {round} {n}"))).await.expect("adds");
            }
        }
        witness.sync().await.expect("syncs");
        let outcome = phone.sync().await.expect("syncs");
        assert_eq!((outcome.round_trips, proxy.take_requests()), (1, ordinary.map(String::from).to_vec()));
        assert_eq!(outcome.sent, if mine { 20 } else { 0 });
        assert_eq!(outcome.received, 20 * (u32::from(mine) + u32::from(others)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_is_one_round_trip_and_one_for_each_document() {
    let company = Company::start().await;
    let witness = company.signed_in("witness", "aigul").await;
    for n in 0..20 {
        witness.add_contact(named(&n.to_string())).await.expect("adds");
    }
    witness.sync().await.expect("syncs");
    let proxy = Proxy::before(company.server.address()).await;
    proxy.set(Mood::Line(Line { delay: 100..=100, loss: 0.01, ..Line::default() }));
    let phone = company.phone("phone");
    phone.sign_in(proxy.url(), "aigul".into(), PASSWORD.into(), "phone".into()).await.expect("signs in");
    let outcome = phone.sync().await.expect("syncs");
    assert_eq!(outcome.round_trips, 1);
    // The release, and the texts of one language.
    assert_eq!(proxy.take_requests(), ["POST /v1/sign-in", "POST /v1/sync", "GET /v1/blobs", "GET /v1/blobs"]);
    assert_eq!(names(&phone).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_delays_loses_and_cuts_loses_nothing_that_was_written() {
    let company = Company::start().await;
    let (phone, witness, proxy) = behind(&company, HURRY).await;
    let line = |seed| Line { delay: 300..=900, loss: 0.05, cut: 0.15, rate: None, seed, hurry: HURRY };
    let (mut written, mut cut) = (Vec::new(), 0);
    proxy.take_requests();
    for seed in 0..40 {
        proxy.set(Mood::Line(line(seed)));
        phone.foreground(Network::Offline).await.expect("drops connections");
        let (mine, theirs) = (format!("{seed:02} mine"), format!("{seed:02} theirs"));
        phone.add_contact(named(&mine)).await.expect("adds");
        witness.add_contact(named(&theirs)).await.expect("adds");
        witness.sync().await.expect("syncs");
        written.extend([mine, theirs]);
        let mut tries = 0;
        loop {
            tries += 1;
            match phone.sync().await {
                Ok(_) => break,
                Err(EngineError::Unreachable { .. }) => cut += 1,
                Err(error) => panic!("{error:?}"),
            }
            assert!(tries < 20, "it gets nowhere");
        }
        assert_eq!(names(&phone).await, written);
    }
    assert!(cut > 3, "{cut} syncs were cut");
    witness.sync().await.expect("syncs");
    assert_eq!(names(&witness).await, written, "nothing lost, nothing doubled");
    let requests = proxy.take_requests().len();
    assert!(
        (40..=40 + cut).contains(&requests),
        "{requests} requests: one for a sync, and one at most for each that was cut"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_sync_crawls_through_ten_kilobits() {
    let company = Company::start().await;
    let (phone, witness, proxy) = behind(&company, 1).await;
    proxy.set(Mood::Line(Line { delay: 300..=900, rate: Some(CRAWL), ..Line::default() }));
    phone.foreground(Network::Offline).await.expect("drops connections");
    phone.add_contact(named("Marat")).await.expect("adds");
    proxy.take_bytes();
    let began = Instant::now();
    phone.sync().await.expect("syncs");
    let (down, up) = proxy.take_bytes();
    assert!(began.elapsed() > Duration::from_millis((down + up) * 1_000 / CRAWL), "{down} and {up} bytes take longer");
    witness.sync().await.expect("syncs");
    assert_eq!(names(&witness).await, ["Marat"]);
}

/// A minute of uploading, and more than one of downloading, in a few seconds.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_slow_and_alive_is_not_given_up() {
    let company = Company::start().await;
    let (phone, witness, proxy) = behind(&company, HURRY).await;
    // Notes that nothing packs.
    let mut word = 1_u64;
    for _ in 0..200 {
        let note: String = (0..50)
            .map(|_| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                format!("{word:016x}")
            })
            .collect();
        phone.add_contact(ContactEdit { note: Some(note), ..named("Marat") }).await.expect("adds");
    }
    proxy.set(Mood::Line(Line { delay: 300..=900, rate: Some(CRAWL), hurry: HURRY, ..Line::default() }));
    phone.foreground(Network::Offline).await.expect("drops connections");
    proxy.take_bytes();
    let began = Instant::now();
    let outcome = phone.sync().await.expect("syncs");
    assert_eq!((outcome.sent, outcome.round_trips), (200, 1));
    let (_, up) = proxy.take_bytes();
    // Longer than a dead connection is waited for.
    let took = began.elapsed() * HURRY;
    assert!(up > 80_000 && took > Duration::from_secs(64), "{up} bytes in {took:?}");
    witness.sync().await.expect("syncs");
    assert_eq!(count(&witness).await, 200);

    // The same down, to a phone that begins.
    proxy.set(Mood::Honest);
    let other = phone_with(&company.folder.path().join("other"), std::sync::Arc::default(), HURRY);
    other.sign_in(proxy.url(), "aigul".into(), PASSWORD.into(), "other".into()).await.expect("signs in");
    proxy.set(Mood::Line(Line { delay: 300..=900, rate: Some(CRAWL), hurry: HURRY, ..Line::default() }));
    other.foreground(Network::Offline).await.expect("drops connections");
    proxy.take_bytes();
    let began = Instant::now();
    other.sync().await.expect("syncs");
    let (down, _) = proxy.take_bytes();
    let took = began.elapsed() * HURRY;
    assert!(down > 80_000 && took > Duration::from_secs(64), "{down} bytes in {took:?}");
    assert_eq!(count(&other).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dead_is_given_up() {
    let company = Company::start().await;
    let (phone, _, proxy) = behind(&company, HURRY).await;
    phone.add_contact(named("Marat")).await.expect("adds");
    // So slow that of the reply nothing comes within the patience: nobody could tell it from a dead one.
    proxy.set(Mood::Line(Line { delay: 100_000..=100_000, hurry: HURRY, ..Line::default() }));
    phone.foreground(Network::Offline).await.expect("drops connections");
    let began = Instant::now();
    let error = phone.sync().await.expect_err("nothing comes");
    assert!(matches!(error, EngineError::Unreachable { .. }), "{error:?}");
    let took = began.elapsed() * HURRY;
    assert!(took >= Duration::from_secs(30) && took < Duration::from_secs(90), "{took:?}");
    proxy.set(Mood::Honest);
    phone.foreground(Network::Offline).await.expect("drops connections");
    assert_eq!(phone.sync().await.expect("syncs").sent, 1);
}
