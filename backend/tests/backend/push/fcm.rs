use qadam_domain::company::Locale;
use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::push::Registration;
use serde_json::json;

use super::{Yard, a_while, eventually, fcm_token};
use qadam_vendors::{GRANT, SILENCE, Told, fcm_code, fcm_field};

/// What is answered once, and what is to become of the message and the token.
struct Case {
    name: &'static str,
    told: Told,
    then: Then,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// The token is void, and the message gone.
    Void,
    /// The message is gone, and the token stays.
    Refused,
    /// It is tried again, not before so many milliseconds, and taken then.
    Later(Millis),
}

fn after(told: Told, seconds: u32) -> Told {
    Told(told.0, told.1, Some(seconds))
}

fn cases() -> Vec<Case> {
    let case = |name, told, then| Case { name, told, then };
    vec![
        case("unregistered", fcm_code(404, "NOT_FOUND", "UNREGISTERED"), Then::Void),
        case("sender", fcm_code(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), Then::Void),
        case("token", fcm_code(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), Then::Void),
        case("token-field", fcm_field("message.token"), Then::Void),
        case("field", fcm_field("message.data[0].value"), Then::Refused),
        case("third", fcm_code(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), Then::Refused),
        case("quota", fcm_code(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), Then::Later(60_000)),
        case("internal", fcm_code(500, "INTERNAL", "INTERNAL"), Then::Later(10_000)),
        case("unavailable", fcm_code(503, "UNAVAILABLE", "UNAVAILABLE"), Then::Later(10_000)),
        // A proxy before the vendor.
        case("proxy", Told(502, json!("bad gateway"), None), Then::Later(10_000)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_woken_and_shown_a_text_in_the_persons_language() {
    let yard = Yard::new().await;
    let phone = yard.phone("aigul", Registration { locale: Locale::Kk, ..fcm_token("one") }).await;
    assert_eq!(yard.wake(&phone).await, 1);
    eventually("it is woken", || yard.fcm.got().len() == 1).await;
    assert_eq!(yard.enqueue(&phone, "0123456789abcdef").await, 1);
    eventually("it shows", || yard.fcm.got().len() == 2).await;
    yard.nothing_waits().await;
    let got = yard.fcm.got();
    let token = fcm_token("one").token.0;
    let woken = json!({ "message": {
        "token": token,
        "data": { "qadam": "sync" },
        "android": { "priority": "NORMAL", "ttl": "86400s", "collapse_key": "sync" },
    } });
    assert_eq!(got[0].body, woken);
    let shown = json!({ "message": {
        "token": token,
        "data": { "qadam": "nudge", "id": "0123456789abcdef", "rule": "first-sale" },
        "android": {
            "priority": "HIGH",
            "ttl": "3600s",
            "collapse_key": "0123456789abcdef",
            "notification": {
                "title_loc_key": "first_sale_title_kk",
                "body_loc_key": "first_sale_body_kk",
                "tag": "0123456789abcdef",
            },
        },
    } });
    assert_eq!(got[1].body, shown);
    yard.fcm.assert_http2();
    assert_eq!(yard.metric("qadam_push_sent_total{vendor=\"fcm\"}"), 2);
    assert_eq!(yard.metric("qadam_push_sent_total{vendor=\"apns\"}"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_access_token_serves_all_until_it_ends_or_is_refused() {
    let yard = Yard::new().await;
    let phone = yard.phone("aigul", fcm_token("one")).await;
    for id in ["n1", "n2", "n3", "n4", "n5"] {
        yard.enqueue(&phone, id).await;
    }
    eventually("all are sent", || yard.fcm.got().len() == 5).await;
    assert_eq!(yard.fcm.credentials(), 1);
    // Five minutes before its end there is another one.
    yard.site.pass(54 * MINUTE);
    yard.enqueue(&phone, "n6").await;
    eventually("it is sent", || yard.fcm.got().len() == 6).await;
    assert_eq!(yard.fcm.credentials(), 1);
    yard.site.pass(2 * MINUTE);
    yard.enqueue(&phone, "n7").await;
    eventually("it is sent", || yard.fcm.got().len() == 7).await;
    assert_eq!(yard.fcm.credentials(), 2);
    // One that is refused before its time is replaced at once, and costs no try.
    yard.fcm.revoke_access();
    yard.enqueue(&phone, "n8").await;
    eventually("it is sent", || yard.fcm.got().len() == 8).await;
    assert_eq!((yard.fcm.credentials(), yard.fcm.tries(&fcm_token("one").token.0)), (3, 8));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_that_fcm_documents_has_its_consequence() {
    let yard = Yard::new().await;
    for Case { name, told, then } in cases() {
        let token = fcm_token(name).token.0;
        let phone = yard.phone(name, fcm_token(name)).await;
        yard.fcm.answer(&token, &[told]);
        assert_eq!(yard.enqueue(&phone, "n1").await, 1, "{name}");
        eventually(name, || yard.fcm.tries(&token) == 1).await;
        let is_known = || yard.tokens().iter().any(|(_, known)| *known == token);
        match then {
            Then::Void | Then::Refused => {
                yard.nothing_waits().await;
                eventually(name, || is_known() == (then == Then::Refused)).await;
            }
            Then::Later(least) => {
                a_while().await;
                yard.site.pass(least - 1_000);
                a_while().await;
                assert_eq!((yard.fcm.tries(&token), yard.waiting()), (1, 1), "{name}");
                // A half more at most, or twice as long.
                yard.site.pass(least + 2_000);
                eventually(name, || yard.fcm.tries(&token) == 2).await;
                yard.nothing_waits().await;
                assert!(is_known(), "{name}");
            }
        }
    }
    let taken = cases().iter().filter(|case| matches!(case.then, Then::Later(_))).count();
    assert_eq!(yard.fcm.got().len(), taken);
    assert_eq!(yard.metric("qadam_push_tokens_voided_total{vendor=\"fcm\"}"), 4);
    assert_eq!(yard.metric("qadam_push_refused_total{vendor=\"fcm\"}"), 2);
    assert_eq!(yard.metric("qadam_push_later_total{vendor=\"fcm\"}"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn fcm_is_given_the_time_that_it_asks_for() {
    let yard = Yard::new().await;
    let (first, second) = (fcm_token("one").token.0, fcm_token("two").token.0);
    let (one, two) = (yard.phone("aigul", fcm_token("one")).await, yard.phone("dana", fcm_token("two")).await);
    yard.fcm.answer(&first, &[after(fcm_code(503, "UNAVAILABLE", "UNAVAILABLE"), 300)]);
    yard.enqueue(&one, "n1").await;
    eventually("it is tried", || yard.fcm.tries(&first) == 1).await;
    a_while().await;
    // Nobody is sent to meanwhile.
    yard.enqueue(&two, "n1").await;
    yard.site.pass(299_000);
    a_while().await;
    assert_eq!((yard.fcm.tries(&first), yard.fcm.tries(&second), yard.waiting()), (1, 0, 2));
    yard.site.pass(3_000);
    eventually("both are sent", || yard.fcm.got().len() == 2).await;
    yard.nothing_waits().await;
    assert_eq!((yard.fcm.tries(&first), yard.fcm.tries(&second)), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_fcms_fault_costs_no_message_and_no_token() {
    let yard = Yard::new().await;
    let token = fcm_token("one").token.0;
    let phone = yard.phone("aigul", fcm_token("one")).await;
    // No such project; no right to send; a captive portal.
    let not_found = Told(404, json!({ "error": { "code": 404, "status": "NOT_FOUND", "details": [] } }), None);
    let denied = Told(403, json!({ "error": { "code": 403, "status": "PERMISSION_DENIED", "details": [] } }), None);
    let portal = Told(200, json!("<html>"), None);
    yard.fcm.answer(&token, &[not_found, denied, portal]);
    yard.enqueue(&phone, "n1").await;
    for tries in 1..=3 {
        eventually("it is tried", || yard.fcm.tries(&token) == tries).await;
        a_while().await;
        assert_eq!((yard.waiting(), yard.tokens().len()), (1, 1));
        yard.site.pass(10 * MINUTE);
    }
    yard.nothing_waits().await;
    assert_eq!(yard.fcm.got().len(), 1);
    assert_eq!(yard.metric("qadam_push_closed_total{vendor=\"fcm\"}"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_access_token_all_wait_for_one_answer() {
    let yard = Yard::new().await;
    let phone = yard.phone("aigul", fcm_token("one")).await;
    let busy = Told(503, json!({ "error": "temporarily_unavailable" }), Some(30));
    let refused = Told(400, json!({ "error": "invalid_grant", "error_description": "…" }), None);
    yard.fcm.answer(GRANT, &[busy, refused]);
    for id in ["n1", "n2", "n3", "n4", "n5"] {
        yard.enqueue(&phone, id).await;
    }
    eventually("it is asked for", || yard.fcm.tries(GRANT) == 1).await;
    a_while().await;
    assert_eq!((yard.fcm.tries(GRANT), yard.waiting()), (1, 5), "one for all");
    yard.site.pass(31_000);
    eventually("it is asked for again", || yard.fcm.tries(GRANT) == 2).await;
    a_while().await;
    assert_eq!((yard.fcm.tries(GRANT), yard.waiting()), (2, 5));
    yard.site.pass(MINUTE);
    yard.nothing_waits().await;
    assert_eq!((yard.fcm.tries(GRANT), yard.fcm.got().len(), yard.tokens().len()), (3, 5, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_never_answered_stops_nobody_else() {
    let yard = Yard::new().await;
    let token = fcm_token("one").token.0;
    let (one, two) = (yard.phone("aigul", fcm_token("one")).await, yard.phone("dana", fcm_token("two")).await);
    yard.fcm.answer(&token, &[Told(SILENCE, json!(null), None)]);
    yard.enqueue(&one, "n1").await;
    eventually("it is tried", || yard.fcm.tries(&token) == 1).await;
    yard.enqueue(&two, "n1").await;
    eventually("the other is sent", || yard.fcm.got().len() == 1).await;
    eventually("it is given up for now", || yard.metric("qadam_push_later_total{vendor=\"fcm\"}") == 1).await;
    yard.enqueue(&two, "n2").await;
    eventually("the other is sent", || yard.fcm.got().len() == 2).await;
    a_while().await;
    assert_eq!((yard.waiting(), yard.fcm.tries(&token)), (1, 1));
    yard.site.pass(21_000);
    yard.nothing_waits().await;
    assert_eq!(yard.fcm.got().len(), 3);
}
