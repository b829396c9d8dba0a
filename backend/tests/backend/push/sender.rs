use std::collections::BTreeSet;

use qadam_backend::config::Config as ServerConfig;
use qadam_backend::push::config::Config;
use qadam_backend::push::sender::Sender;
use qadam_backend::push::{self, Alert, To};
use qadam_backend::server::{RunningServer, StartError};
use qadam_domain::time::MINUTE;
use qadam_protocol::push::Vendor as Whose;

use super::{Yard, a_while, alert, apns_token, eventually, fcm_token};
use crate::changes::listen;
use crate::support::Place;
use qadam_vendors::{ApnsKey, apns_reason, fcm_code, service_account, tells_secrets};

/// Many phones of one person, with a message for each.
async fn many(yard: &Yard, phones: u64) {
    yard.site.invite("aigul").await;
    let now = yard.site.app.now();
    let account = yard
        .write(move |conn| {
            let account: i64 = conn.query_row("SELECT id FROM account WHERE login = 'aigul'", [], |row| row.get(0))?;
            for n in 1..=phones {
                // Half of them with each vendor.
                let (vendor, token) = if n % 2 == 0 { ("fcm", fcm_token(&n.to_string())) } else { ("apns", apns_token(n)) };
                let hash = qadam_backend::accounts::hash_of(&n.to_string());
                let device: i64 = conn.query_row(
                    "INSERT INTO device (public, account, name, token, signed_in, since, heard) VALUES (?1, ?2, '', ?3, ?4, ?4, ?4) RETURNING id",
                    qadam_backend::params![format!("{n:016x}"), account, hash, now],
                    |row| row.get(0),
                )?;
                conn.execute(
                    "INSERT INTO push_token (device, vendor, token, app, sandbox, permission, locale, registered, woken) VALUES (?1, ?2, ?3, ?4, 0, 1, 'kk', ?5, 0)",
                    qadam_backend::params![device, vendor, token.token.0, token.app, now],
                )?;
            }
            Ok(account)
        })
        .await;
    let sent = yard.write(move |conn| push::enqueue(conn, To::Account(account), &alert("n1", now))).await;
    assert_eq!(sent as u64, phones);
}

fn tokens_got(yard: &Yard) -> Vec<String> {
    yard.fcm.got().into_iter().chain(yard.apns.got()).map(|got| got.token).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_the_work_and_nothing_is_sent_twice() {
    const PHONES: u64 = 1_000;
    let yard = Yard::still().await;
    let other = yard.site.another().await;
    many(&yard, PHONES).await;
    let senders = [&yard.site.app, &other.app]
        .map(|app| Sender::start(app, Config::open(&yard.settings.file).expect("settings")));
    yard.nothing_waits().await;
    let got = tokens_got(&yard);
    assert_eq!((got.len() as u64, got.iter().collect::<BTreeSet<_>>().len() as u64), (PHONES, PHONES));
    assert_eq!((yard.fcm.most_at_once(), yard.apns.most_at_once()), (1, 1));
    let sent = |app: &qadam_backend::app::App| {
        let text = app.metrics.text(0, 0);
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix("qadam_push_sent_total{")?.split(' ').nth(1)?.parse::<u64>().ok());
        lines.sum::<u64>()
    };
    let by = [sent(&yard.site.app), sent(&other.app)];
    assert_eq!(by.iter().sum::<u64>(), PHONES);
    assert!(by.iter().all(|sent| *sent > 0), "{by:?}");
    for sender in senders {
        sender.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ends_between_sending_and_noting_is_followed_by_another_and_the_phone_shows_it_once() {
    let mut yard = Yard::still().await;
    let phone = yard.phone("aigul", apns_token(1)).await;
    yard.enqueue(&phone, "n1").await;
    // Sent, and never noted: the server is gone.
    let now = yard.site.app.now();
    let random = &mut qadam_backend::random::system;
    let taken = yard.site.place.beside(|conn| {
        qadam_backend::store::atomically(conn, || push::outbox::claim(conn, Whose::Apns, 10, now, random))
            .expect("writes")
    });
    let vendors = Config::open(&yard.settings.file).expect("settings").vendors();
    let sent = vendors.apns.as_ref().expect("is used").send(&taken[0], now).await;
    assert_eq!(sent, push::vendor::Verdict::Sent);
    yard.start();
    a_while().await;
    assert_eq!((yard.apns.got().len(), yard.waiting()), (1, 1), "it is the other's");
    yard.site.pass(push::outbox::LEASE);
    yard.nothing_waits().await;
    let got = yard.apns.got();
    assert_eq!(got.len(), 2);
    for name in ["apns-collapse-id", "apns-id"] {
        assert_eq!(got[0].headers[name], got[1].headers[name], "{name}");
    }
    assert_eq!(yard.apns.shown(&apns_token(1).token.0), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_is_cut_off_in_the_middle_leaves_nothing_unsent() {
    const PHONES: u64 = 600;
    let mut yard = Yard::still().await;
    many(&yard, PHONES).await;
    yard.start();
    eventually("some are sent", || tokens_got(&yard).len() > 50).await;
    yard.kill();
    let before = yard.waiting();
    assert!(before > 0, "some were on their way");
    yard.start();
    yard.site.pass(push::outbox::LEASE);
    yard.nothing_waits().await;
    let got = tokens_got(&yard);
    assert_eq!(got.iter().collect::<BTreeSet<_>>().len() as u64, PHONES);
    assert!(got.len() as u64 <= PHONES + before, "{} for {PHONES}", got.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_is_told_to_stop_notes_what_is_under_way() {
    let mut yard = Yard::still().await;
    many(&yard, 300).await;
    yard.start();
    eventually("some are sent", || tokens_got(&yard).len() > 20).await;
    yard.stop().await;
    let sent = tokens_got(&yard).len() as u64;
    assert_eq!(yard.waiting(), 300 - sent);
    yard.start();
    // No lease has to end first.
    yard.nothing_waits().await;
    assert_eq!(tokens_got(&yard).len(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_away_for_hours_gets_all_when_it_is_back_and_stops_nobody_else() {
    let mut yard = Yard::new().await;
    yard.fcm.leave().await;
    let mut phones = Vec::new();
    for n in 1..=20 {
        phones.push(yard.phone(&format!("p{n}"), fcm_token(&n.to_string())).await);
    }
    let other = yard.phone("other", apns_token(1)).await;
    for phone in &phones {
        let (account, now) = (phone.session.account, yard.site.app.now());
        let long = move |conn: &qadam_backend::store::Connection| {
            push::enqueue(conn, To::Account(account), &Alert { expires: now + 12 * 60 * MINUTE, ..alert("n1", now) })
        };
        yard.write(long).await;
    }
    yard.enqueue(&other, "n1").await;
    eventually("the other vendor has its own", || yard.apns.got().len() == 1).await;
    // Hours, in steps of minutes: many more tries than one message has.
    for _ in 0..18 {
        yard.site.pass(12 * MINUTE);
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    }
    assert_eq!(yard.waiting(), 20);
    let closed = yard.metric("qadam_push_closed_total{vendor=\"fcm\"}");
    assert!((12..60).contains(&closed), "one at a time, after the first of them: {closed}");
    yard.fcm.come_back().await;
    yard.site.pass(12 * MINUTE);
    yard.nothing_waits().await;
    let got: BTreeSet<String> = yard.fcm.got().into_iter().map(|got| got.token).collect();
    assert_eq!((got.len(), yard.fcm.got().len(), yard.tokens().len()), (20, 20, 21));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_after_its_end() {
    let yard = Yard::new().await;
    let token = fcm_token("one").token.0;
    let phone = yard.phone("aigul", fcm_token("one")).await;
    yard.fcm.answer(&token, &[fcm_code(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")]);
    let (account, now) = (phone.session.account, yard.site.app.now());
    let short = move |conn: &qadam_backend::store::Connection| {
        push::enqueue(conn, To::Account(account), &Alert { expires: now + 5 * MINUTE, ..alert("n1", now) })
    };
    yard.write(short).await;
    eventually("it is tried", || yard.fcm.tries(&token) == 1).await;
    a_while().await;
    yard.site.pass(6 * MINUTE);
    yard.nothing_waits().await;
    a_while().await;
    assert_eq!((yard.fcm.tries(&token), yard.fcm.got().len()), (1, 0));
    assert_eq!(yard.metric("qadam_push_expired_total"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_is_not_woken_but_shown() {
    let yard = Yard::new().await;
    let (listening, away) = (yard.phone("aigul", fcm_token("one")).await, yard.site.device("aigul").await);
    yard.register(&away, fcm_token("two")).await;
    let _events = listen(&yard.site, &listening.token.0).await;
    assert_eq!(yard.wake(&listening).await, 2);
    yard.nothing_waits().await;
    let woken: Vec<String> = yard.fcm.got().into_iter().map(|got| got.token).collect();
    assert_eq!(woken, [fcm_token("two").token.0]);
    yard.enqueue(&listening, "n1").await;
    eventually("both show", || yard.fcm.got().len() == 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_credentials_are_used_without_a_restart_and_messages_wait_for_them() {
    let yard = Yard::still().await;
    let right = yard.key.pem.clone();
    yard.settings.write("key.p8", &ApnsKey::generate().pem);
    let mut yard = yard;
    yard.start();
    let phone = yard.phone("aigul", apns_token(1)).await;
    yard.enqueue(&phone, "n1").await;
    eventually("it is refused", || yard.metric("qadam_push_closed_total{vendor=\"apns\"}") == 1).await;
    assert_eq!((yard.waiting(), yard.tokens().len()), (1, 1));
    // Something that is no key changes nothing, and nothing ends.
    yard.settings.write("key.p8", "no key");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(yard.waiting(), 1);
    yard.settings.write("key.p8", &right);
    eventually("the gate is open again", || {
        yard.apns.all_tries() == 1 || {
            yard.site.pass(1_000);
            false
        }
    })
    .await;
    yard.nothing_waits().await;
    assert_eq!(yard.apns.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_has_to_prove_itself_by_a_certificate() {
    let yard = Yard::still().await;
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_string()]).expect("made");
    let (certificate, key) = (yard.settings.path("cert.pem"), yard.settings.path("cert.key"));
    std::fs::write(&certificate, made.cert.pem()).expect("writes");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("writes");
    let address = yard.apns.with_tls(&certificate, &key).await;
    let settings = std::fs::read_to_string(&yard.settings.file).expect("reads");
    let settings = settings.replace(&yard.apns.url(), &format!("https://{address}"));
    yard.settings.write("push.toml", &settings);
    let mut yard = yard;
    yard.start();
    let phone = yard.phone("aigul", apns_token(1)).await;
    yard.enqueue(&phone, "n1").await;
    eventually("it is not trusted", || yard.metric("qadam_push_closed_total{vendor=\"apns\"}") >= 1).await;
    assert_eq!((yard.apns.all_tries(), yard.waiting()), (0, 1));
    yard.settings.write("push.toml", &format!("ca = \"cert.pem\"\n{settings}"));
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    yard.site.pass(MINUTE);
    eventually("it is sent", || yard.apns.got().len() == 1).await;
    yard.apns.assert_http2();
}

#[tokio::test]
async fn wrong_settings_stop_the_start_and_tell_no_secret() {
    let place = Place::embedded();
    let data = place.folder.path();
    let file = data.join("push.toml");
    let start = |text: &str| {
        std::fs::write(&file, text).expect("writes");
        let config = ServerConfig { push: Some(file.clone()), ..ServerConfig::local(data) };
        async {
            match RunningServer::start(config).await {
                Err(StartError::Push(error)) => error.to_string(),
                Err(other) => panic!("{other}"),
                Ok(_) => panic!("it starts"),
            }
        }
    };
    let account = data.join("account.json");
    let fcm = "[fcm]\nservice_account = \"account.json\"\n";
    for (account_text, text, says) in [
        ("", "", "neither [fcm] nor [apns]"),
        ("", "[fcm", "push.toml"),
        ("", "[fcm]\nservice_acount = \"x\"", "service_acount"),
        ("", "[fcm]\nservice_account = \"missing.json\"", "missing.json"),
        ("{", fcm, "account.json"),
        ("{}", fcm, "no service account"),
        (&service_account("http://example.com/token"), fcm, "plain http"),
        (&service_account("x").replace("PRIVATE", "SECRET"), fcm, "account.json"),
        (
            &service_account("https://oauth2.googleapis.com/token"),
            "[fcm]\nservice_account = \"account.json\"\nendpoint = \"http://fcm.googleapis.com\"",
            "plain http",
        ),
        (
            "",
            "[apns]\nkey = \"push.toml\"\nkey_id = \"ABC\"\nteam_id = \"DEF123GHIJ\"\ntopics = [\"app.qadam\"]",
            "10 letters and digits",
        ),
        ("", "[apns]\nkey = \"push.toml\"\nkey_id = \"ABC123DEFG\"\nteam_id = \"DEF123GHIJ\"\ntopics = []", "topics"),
        (
            "",
            "[apns]\nkey = \"push.toml\"\nkey_id = \"ABC123DEFG\"\nteam_id = \"DEF123GHIJ\"\ntopics = [\"app.qadam\"]",
            "no PEM file",
        ),
    ] {
        std::fs::write(&account, account_text).expect("writes");
        let told = start(text).await;
        assert!(told.contains(says), "{told}");
        assert!(!tells_secrets(&told), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rest_after_many_failures_is_for_all() {
    let yard = Yard::still().await;
    many(&yard, 60).await;
    for n in 1..=60 {
        yard.apns.answer(&apns_token(n).token.0, &[apns_reason(500, "InternalServerError")]);
    }
    let mut yard = yard;
    yard.start();
    eventually("half of them are tried", || yard.apns.all_tries() == 30).await;
    a_while().await;
    yard.site.pass(30_000);
    yard.nothing_waits().await;
    assert_eq!((yard.apns.got().len(), yard.apns.all_tries()), (30, 60));
}
