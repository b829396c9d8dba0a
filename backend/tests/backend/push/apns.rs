use qadam_domain::company::Locale;
use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::push::Registration;
use serde_json::json;

use super::{Yard, a_while, apns_token, eventually};
use crate::support::NOW;
use qadam_vendors::{TOPIC, Told, apns_reason};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    Void,
    Refused,
    Later(Millis),
    /// The vendor is not asked for a while; message and token stay.
    Closed,
}

fn cases() -> Vec<(&'static str, Told, Then)> {
    let case = |status, reason, then| (reason, apns_reason(status, reason), then);
    let gone = |reason, timestamp: Millis| Told(410, json!({ "reason": reason, "timestamp": timestamp }), None);
    vec![
        case(400, "BadDeviceToken", Then::Void),
        case(400, "DeviceTokenNotForTopic", Then::Void),
        ("Unregistered", gone("Unregistered", NOW + 1_000 * MINUTE), Then::Void),
        ("ExpiredToken", gone("ExpiredToken", NOW + 1_000 * MINUTE), Then::Void),
        case(400, "BadCollapseId", Then::Refused),
        case(400, "BadExpirationDate", Then::Refused),
        case(400, "BadMessageId", Then::Refused),
        case(400, "BadPriority", Then::Refused),
        case(400, "DuplicateHeaders", Then::Refused),
        case(400, "InvalidPushType", Then::Refused),
        case(400, "MissingDeviceToken", Then::Refused),
        case(400, "PayloadEmpty", Then::Refused),
        case(413, "PayloadTooLarge", Then::Refused),
        case(400, "IdleTimeout", Then::Later(0)),
        case(429, "TooManyRequests", Then::Later(60_000)),
        case(500, "InternalServerError", Then::Later(10_000)),
        case(503, "ServiceUnavailable", Then::Later(10_000)),
        case(503, "Shutdown", Then::Later(10_000)),
        case(400, "BadTopic", Then::Closed),
        case(400, "MissingTopic", Then::Closed),
        case(400, "TopicDisallowed", Then::Closed),
        case(403, "BadCertificate", Then::Closed),
        case(403, "BadCertificateEnvironment", Then::Closed),
        case(403, "Forbidden", Then::Closed),
        case(403, "InvalidProviderToken", Then::Closed),
        case(403, "MissingProviderToken", Then::Closed),
        case(404, "BadPath", Then::Closed),
        case(405, "MethodNotAllowed", Then::Closed),
        case(429, "TooManyProviderTokenUpdates", Then::Closed),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_woken_and_shown_a_text_in_the_persons_language() {
    let yard = Yard::new().await;
    let phone = yard.phone("aigul", Registration { locale: Locale::Ru, ..apns_token(1) }).await;
    yard.wake(&phone).await;
    eventually("it is woken", || yard.apns.got().len() == 1).await;
    yard.enqueue(&phone, "0123456789abcdef").await;
    eventually("it shows", || yard.apns.got().len() == 2).await;
    yard.nothing_waits().await;
    let got = yard.apns.got();
    assert_eq!(got[0].body, json!({ "aps": { "content-available": 1 }, "qadam": "sync" }));
    let header = |n: usize, name: &str| got[n].headers[name].clone();
    let of = |n| ["apns-topic", "apns-push-type", "apns-priority", "apns-collapse-id"].map(|name| header(n, name));
    assert_eq!(of(0), [TOPIC, "background", "5", "sync"]);
    assert_eq!(header(0, "apns-expiration"), (NOW / 1_000 + 86_400).to_string());
    let shown = json!({
        "aps": { "alert": { "title-loc-key": "first_sale_title_ru", "loc-key": "first_sale_body_ru" }, "content-available": 1 },
        "qadam": "nudge",
        "id": "0123456789abcdef",
        "rule": "first-sale",
    });
    assert_eq!(got[1].body, shown);
    assert_eq!(of(1), [TOPIC, "alert", "10", "0123456789abcdef"]);
    assert_ne!(header(0, "apns-id"), header(1, "apns-id"));
    yard.apns.assert_http2();
    assert_eq!(yard.metric("qadam_push_sent_total{vendor=\"apns\"}"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developers_phone_is_reached_by_the_other_server_and_another_app_not_at_all() {
    let yard = Yard::new().await;
    let phone = yard.phone("aigul", Registration { sandbox: true, ..apns_token(1) }).await;
    yard.wake(&phone).await;
    eventually("it is woken", || yard.sandbox.got().len() == 1).await;
    assert_eq!(yard.apns.all_tries(), 0);
    let other = yard.phone("dana", Registration { app: Some("app.other".into()), ..apns_token(2) }).await;
    yard.wake(&other).await;
    yard.nothing_waits().await;
    eventually("its token is of no use", || yard.tokens().len() == 1).await;
    assert_eq!((yard.apns.all_tries(), yard.sandbox.all_tries()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_token_is_neither_too_young_nor_too_old() {
    let yard = Yard::new().await;
    let phone = yard.phone("aigul", apns_token(1)).await;
    let ids = ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11"];
    for (n, id) in ids.iter().enumerate() {
        yard.enqueue(&phone, id).await;
        eventually("it is sent", || yard.apns.got().len() == n + 1).await;
        yard.site.pass(15 * MINUTE);
    }
    // Three hours, in periods of 40 minutes. The vendor has checked each.
    let made = yard.apns.credentials();
    assert!((4..=6).contains(&made), "{made}");
    assert_eq!(yard.apns.tries(&apns_token(1).token.0), ids.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_token_that_is_found_too_old_is_made_anew_if_that_is_allowed() {
    let yard = Yard::new().await;
    let token = apns_token(1).token.0;
    let phone = yard.phone("aigul", apns_token(1)).await;
    yard.site.pass(30 * MINUTE);
    yard.enqueue(&phone, "n1").await;
    eventually("it is sent", || yard.apns.got().len() == 1).await;
    // It says a time of half an hour ago: another one may be made.
    yard.apns.answer(&token, &[apns_reason(403, "ExpiredProviderToken")]);
    yard.enqueue(&phone, "n2").await;
    eventually("it is tried", || yard.apns.tries(&token) == 2).await;
    a_while().await;
    yard.site.pass(3_000);
    eventually("it is sent", || yard.apns.got().len() == 2).await;
    assert_eq!(yard.apns.credentials(), 2);
    // That one is new: the clocks differ, and only time can help.
    yard.apns.answer(&token, &[apns_reason(403, "ExpiredProviderToken")]);
    yard.enqueue(&phone, "n3").await;
    eventually("it is tried", || yard.apns.tries(&token) == 4).await;
    a_while().await;
    yard.site.pass(5 * MINUTE);
    a_while().await;
    assert_eq!((yard.apns.tries(&token), yard.waiting()), (4, 1));
    yard.site.pass(16 * MINUTE);
    eventually("it is sent", || yard.apns.got().len() == 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_that_apns_documents_has_its_consequence() {
    let yard = Yard::new().await;
    let mut taken = 0;
    for (n, (name, told, then)) in (1..).zip(cases()) {
        let token = apns_token(n).token.0;
        let phone = yard.phone(&format!("p{n}"), apns_token(n)).await;
        yard.apns.answer(&token, &[told]);
        assert_eq!(yard.enqueue(&phone, "n1").await, 1, "{name}");
        eventually(name, || yard.apns.tries(&token) == 1).await;
        let is_known = || yard.tokens().iter().any(|(_, known)| *known == token);
        let wait = match then {
            Then::Void | Then::Refused => {
                yard.nothing_waits().await;
                eventually(name, || is_known() == (then == Then::Refused)).await;
                continue;
            }
            Then::Later(least) => least,
            Then::Closed => 2_000,
        };
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        if wait > 0 {
            yard.site.pass(wait - 1_000);
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            assert_eq!((yard.apns.tries(&token), yard.waiting()), (1, 1), "{name}");
        }
        yard.site.pass(if name == "TooManyProviderTokenUpdates" { 21 * MINUTE } else { wait + 5_000 });
        eventually(name, || yard.apns.tries(&token) == 2).await;
        yard.nothing_waits().await;
        assert!(is_known(), "{name}");
        taken += 1;
        assert_eq!(yard.apns.got().len(), taken);
    }
    assert_eq!(yard.metric("qadam_push_tokens_voided_total{vendor=\"apns\"}"), 4);
    assert_eq!(yard.metric("qadam_push_refused_total{vendor=\"apns\"}"), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_registered_since_is_not_forgotten() {
    let yard = Yard::new().await;
    let token = apns_token(1).token.0;
    let phone = yard.phone("aigul", apns_token(1)).await;
    // Found void a minute before the phone said it again: the app was installed anew.
    let told = json!({ "reason": "Unregistered", "timestamp": NOW - MINUTE });
    yard.apns.answer(&token, &[Told(410, told, None)]);
    yard.enqueue(&phone, "n1").await;
    eventually("it is tried again", || yard.apns.tries(&token) == 2).await;
    yard.nothing_waits().await;
    assert_eq!((yard.apns.got().len(), yard.tokens().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_politely_costs_nothing() {
    let mut yard = Yard::new().await;
    let phone = yard.phone("aigul", apns_token(1)).await;
    yard.enqueue(&phone, "n1").await;
    eventually("it is sent", || yard.apns.got().len() == 1).await;
    for (n, id) in (2..).zip(["n2", "n3", "n4"]) {
        // GOAWAY, and another server at the same address.
        yard.apns.leave().await;
        yard.apns.come_back().await;
        yard.enqueue(&phone, id).await;
        eventually("it is sent", || yard.apns.got().len() == n).await;
    }
    yard.nothing_waits().await;
    assert_eq!(yard.metric("qadam_push_closed_total{vendor=\"apns\"}"), 0);
}
