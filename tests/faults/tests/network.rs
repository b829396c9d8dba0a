//! Captive portals, redirects, replies that are cut, certificates that are not good, servers of another time.

use std::sync::Arc;

use qadam_engine::contacts::{ContactEdit, ContactsQuery};
use qadam_engine::platform::Network;
use qadam_engine::session::SessionView;
use qadam_engine::sync::SyncOutcome;
use qadam_engine::{Engine, EngineError};
use qadam_faults::proxy::{Mood, Proxy};
use qadam_faults::{Company, PASSWORD, Secrets, copy, phone_with, sign_in};
use qadam_protocol::codec;

fn named(name: &str) -> ContactEdit {
    ContactEdit { name: Some(name.into()), ..ContactEdit::default() }
}

async fn count(phone: &Engine) -> usize {
    phone.contacts(ContactsQuery { limit: 100, ..ContactsQuery::default() }).await.expect("reads").contacts.len()
}

/// A phone behind a proxy, in step, and another one that sees what the server has.
async fn behind(company: &Company) -> (Engine, Engine, Proxy) {
    let witness = company.signed_in("witness", "aigul").await;
    let proxy = Proxy::before(company.server.address()).await;
    let phone = company.phone("phone");
    sign_in(&phone, &proxy.url(), "aigul").await;
    (phone, witness, proxy)
}

#[tokio::test]
async fn a_captive_portal_is_told_and_loses_nothing() {
    let company = Company::start().await;
    let (phone, witness, proxy) = behind(&company).await;
    phone.add_contact(named("Marat")).await.expect("adds");
    let page = "<html>Please accept our terms</html>";
    for answer in [
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}", page.len()),
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{page}", page.len()),
        format!("HTTP/1.1 401 Unauthorized\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}", page.len()),
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}".to_string(),
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n".to_string(),
        "HTTP/1.1 204 No Content\r\n\r\n".to_string(),
    ] {
        proxy.set(Mood::Answer(answer.clone().into_bytes()));
        phone.foreground(Network::Offline).await.expect("drops connections");
        let error = phone.sync().await.expect_err("nobody was there");
        assert!(matches!(error, EngineError::NotQadam { .. }), "{answer}: {error:?}");
        let status = phone.sync_status().await.expect("reads");
        assert_eq!(status.pending, 1);
        assert!(matches!(phone.session().await, Ok(SessionView::SignedIn { account }) if !account.sign_in_needed));
    }
    proxy.set(Mood::Honest);
    phone.foreground(Network::Offline).await.expect("drops connections");
    phone.sync().await.expect("syncs");
    witness.sync().await.expect("syncs");
    assert_eq!(count(&witness).await, 1);
}

/// A whole reply, as a server writes it.
fn reply(status: u16, encoding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Something\r\ncontent-type: application/json\r\n{encoding}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn each_refusal_is_told_by_its_kind_and_keeps_what_waits() {
    let company = Company::start().await;
    let (phone, _, proxy) = behind(&company).await;
    phone.add_contact(named("Marat")).await.expect("adds");
    let error = |code: &str, more: &str| format!("{{\"error\":{{\"code\":\"{code}\"{more}}}}}").into_bytes();
    let bomb = codec::pack(&" ".repeat(200 << 20), true);
    assert!(bomb.zstd && bomb.bytes.len() < 100_000);
    let busy = |retry_after| EngineError::ServerBusy { retry_after };
    for (answer, expected) in [
        (reply(426, "", &error("protocol_unsupported", ",\"expected\":2")), EngineError::UpdateNeeded),
        (reply(426, "", &error("protocol_unsupported", ",\"expected\":0")), EngineError::ServerTooOld),
        (reply(503, "", &error("busy", ",\"retry_after\":5000")), busy(Some(5_000))),
        (reply(503, "retry-after: 7\r\n", b"<html>"), busy(Some(7_000))),
        (reply(500, "", &error("internal", "")), busy(None)),
        (reply(429, "", &error("too_many_attempts", ",\"retry_after\":9")), busy(Some(9))),
        (
            reply(200, "content-encoding: zstd\r\n", &bomb.bytes),
            EngineError::NotQadam { detail: "a reply beyond the limits".into() },
        ),
        (
            reply(200, "", "[".repeat(5_000).as_bytes()),
            EngineError::NotQadam { detail: "a reply that can't be read".into() },
        ),
        (reply(401, "", &error("unauthorized", "")), EngineError::SignInNeeded),
    ] {
        proxy.set(Mood::Answer(answer));
        phone.foreground(Network::Offline).await.expect("drops connections");
        assert_eq!(phone.sync().await.err(), Some(expected));
        assert_eq!(phone.sync_status().await.expect("reads").pending, 1);
    }
    // Of a token that is no longer known, only a new sign-in helps; the work goes with it.
    let Ok(SessionView::SignedIn { account }) = phone.session().await else { panic!("signed out") };
    assert!(account.sign_in_needed);
    sign_in(&phone, &company.server.url(), "aigul").await;
    let Ok(SessionView::SignedIn { account }) = phone.session().await else { panic!("signed out") };
    assert!(!account.sign_in_needed);
    assert_eq!(phone.sync_status().await.expect("reads").pending, 0);
}

/// Everything that the phone has, page by page.
async fn count_all(phone: &Engine) -> usize {
    let mut seen = 0;
    let mut query = ContactsQuery { limit: 100, ..ContactsQuery::default() };
    loop {
        let page = phone.contacts(query.clone()).await.expect("reads");
        seen += page.contacts.len();
        match page.next {
            Some(next) => query.after = Some(next),
            None => return seen,
        }
    }
}

/// Whether a sync went through, or was cut.
fn went(done: qadam_engine::Result<SyncOutcome>, mood: &Mood) -> bool {
    match done {
        Ok(_) => true,
        Err(EngineError::Unreachable { .. } | EngineError::NotQadam { .. }) => false,
        Err(error) => panic!("{mood:?}: {error:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_cut_after_any_byte_is_repeated_without_a_double() {
    let company = Company::start().await;
    let (phone, witness, proxy) = behind(&company).await;
    // Once whole, to see how long such an exchange is.
    phone.add_contact(named("Contact")).await.expect("adds");
    proxy.take_bytes();
    phone.foreground(Network::Offline).await.expect("drops connections");
    phone.sync().await.expect("syncs");
    let (down, up) = proxy.take_bytes();
    assert!((200..4_000).contains(&down) && (200..4_000).contains(&up), "{down} bytes down, {up} up");
    let (mut added, mut cut) = (1, 0);
    for mood in (0..=down).map(Mood::CutReply).chain((0..=up).map(Mood::CutRequest)) {
        phone.add_contact(named("Contact")).await.expect("adds");
        added += 1;
        proxy.set(mood.clone());
        phone.foreground(Network::Offline).await.expect("drops connections");
        // Lengths differ by a few bytes from time to time, so that the last ones may go through.
        cut += usize::from(!went(phone.sync().await, &mood));
        proxy.set(Mood::Honest);
        phone.foreground(Network::Offline).await.expect("drops connections");
        let outcome = phone.sync().await.expect("syncs");
        assert!(outcome.round_trips == 1 && outcome.sent <= 1, "{mood:?}: {outcome:?}");
        assert_eq!(phone.sync_status().await.expect("reads").pending, 0, "{mood:?}");
        // Where the server had done it, the row comes as a whole, not as an echo.
        let spent = proxy.take_bytes();
        assert!(spent.0 <= 2 * down + 200 && spent.1 <= 2 * up + 200, "{mood:?}: {spent:?} of {:?}", (down, up));
    }
    assert!(cut as u64 + 100 > down + up, "{cut} syncs were cut");
    witness.sync().await.expect("syncs");
    assert_eq!((count_all(&witness).await, count_all(&phone).await), (added, added));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_cut_anywhere_goes_on_with_nothing_lost() {
    let company = Company::start().await;
    let witness = company.signed_in("witness", "aigul").await;
    for _ in 0..20 {
        witness.add_contact(named("Contact")).await.expect("adds");
    }
    witness.sync().await.expect("syncs");
    let proxy = Proxy::before(company.server.address()).await;
    let (folder, secrets) = (company.folder.path(), Arc::<Secrets>::default());
    let template = phone_with(&folder.join("template"), secrets.clone(), 1);
    template.sign_in(proxy.url(), "aigul".into(), PASSWORD.into(), "phone".into()).await.expect("signs in");
    template.close().await;
    // Each is the same phone that never synced: what it signed in with is there.
    let fresh = async |name: String| {
        copy(&folder.join("template"), &folder.join(&name));
        phone_with(&folder.join(name), secrets.clone(), 1)
    };
    proxy.take_bytes();
    let phone = fresh("whole".into()).await;
    phone.sync().await.expect("syncs");
    let (down, up) = proxy.take_bytes();
    assert_eq!(proxy.take_requests().iter().filter(|request| *request == "POST /v1/sync").count(), 1);
    phone.close().await;
    let mut cut = 0;
    let replies = (0..down).step_by(down as usize / 60).map(Mood::CutReply);
    for mood in replies.chain((0..up).step_by(up as usize / 20).map(Mood::CutRequest)) {
        let phone = fresh(format!("{mood:?}")).await;
        proxy.set(mood.clone());
        cut += usize::from(!went(phone.sync().await, &mood));
        proxy.set(Mood::Honest);
        phone.foreground(Network::Offline).await.expect("drops connections");
        phone.sync().await.expect("syncs");
        assert_eq!(count(&phone).await, 20, "{mood:?}");
        assert!(!phone.courses().await.expect("reads").courses.is_empty(), "{mood:?}");
        let spent = proxy.take_bytes();
        assert!(spent.0 <= 2 * down + 1_000 && spent.1 <= 2 * up + 1_000, "{mood:?}: {spent:?} of {:?}", (down, up));
        phone.close().await;
    }
    // Of 80; the last bytes of one sync are not always those of another.
    assert!(cut > 60, "{cut} syncs were cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_medium_cut_after_any_byte_goes_on_where_it_was() {
    const NAME: &str = "steps.png";
    let company = Company::start().await;
    let proxy = Proxy::before(company.server.address()).await;
    let (folder, secrets) = (company.folder.path(), Arc::<Secrets>::default());
    company.signed_in("witness", "aigul").await;
    let template = phone_with(&folder.join("template"), secrets.clone(), 1);
    sign_in(&template, &proxy.url(), "aigul").await;
    let size = template.media(NAME.into()).await.expect("is in the content").size as u64;
    template.close().await;
    proxy.take_bytes();
    let (mut whole, mut resumed) = (0, 0);
    for at in (0..size + 300).step_by(211) {
        copy(&folder.join("template"), &folder.join(at.to_string()));
        let phone = phone_with(&folder.join(at.to_string()), secrets.clone(), 1);
        proxy.set(if at == 0 { Mood::Honest } else { Mood::CutReply(at) });
        let first = phone.fetch_media(NAME.into()).await;
        let came = proxy.take_bytes().0;
        if at == 0 {
            whole = came;
        }
        assert_eq!(first.is_ok(), at == 0 || at >= whole, "{first:?} after {at} of {whole} bytes");
        proxy.set(Mood::Honest);
        phone.foreground(Network::Offline).await.expect("drops connections");
        let there = phone.fetch_media(NAME.into()).await.expect("the rest");
        assert!(there.path.is_some(), "{there:?}");
        let rest = proxy.take_bytes().0;
        if first.is_err() {
            // What came is there, but for the heads.
            assert!(came + rest < whole + 800, "{came} and then {rest} bytes of {whole}");
            resumed += u64::from(came > 800);
        } else {
            assert_eq!(rest, 0, "it is here");
        }
        phone.close().await;
    }
    assert!(resumed > 30, "{resumed} were gone on with");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = rcgen::generate_simple_self_signed(vec!["elsewhere.example".to_string()]).expect("makes one");
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("writes");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("writes");
    let tls = qadam_backend::config::Tls { certificate, key };
    let company = Company::start_with(|config| config.tls = Some(tls)).await;
    let phone = company.phone("phone");
    let address = format!("https://localhost:{}", company.server.address().port());
    let error = phone.sign_in(address, "aigul".into(), PASSWORD.into(), "phone".into()).await.expect_err("not trusted");
    assert!(matches!(error, EngineError::Untrusted { .. }), "{error:?}");
}

#[tokio::test]
async fn wrong_words_at_the_door() {
    let company = Company::start().await;
    let phone = company.phone("phone");
    let server = company.server.url();
    let sign_in = |server: &str, login: &str, password: &str| {
        phone.sign_in(server.into(), login.into(), password.into(), "phone".into())
    };
    assert_eq!(sign_in("http://qadam.example", "a", "b").await.err(), Some(EngineError::InsecureAddress));
    assert_eq!(sign_in("qadam", "a", "b").await.err(), Some(EngineError::InvalidAddress));
    assert_eq!(sign_in(&server, "nobody", "some password").await.err(), Some(EngineError::WrongCredentials));
    let code = company.invite("aigul");
    let set = |code: &str, password: &str| phone.set_password(server.clone(), code.into(), password.into());
    assert_eq!(set("AAAA-AAAA-AAAA-AAAA", PASSWORD).await.err(), Some(EngineError::CodeInvalid));
    assert_eq!(set(&code, "short").await.err(), Some(EngineError::PasswordUnsuitable));
    assert_eq!(set(&code, PASSWORD).await, Ok("aigul".to_string()));
    assert_eq!(set(&code, PASSWORD).await.err(), Some(EngineError::CodeInvalid));
    assert_eq!(sign_in(&server, "aigul", "another password").await.err(), Some(EngineError::WrongCredentials));
    assert!(sign_in(&server, "aigul", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_revoked_phone_is_wiped_and_a_second_sign_in_keeps_what_waits() {
    let company = Company::start().await;
    let first = company.signed_in("first", "aigul").await;
    let second = company.phone("second");
    sign_in(&second, &company.server.url(), "aigul").await;
    second.add_contact(named("Marat")).await.expect("adds");
    // Signing in again on the same phone goes on with the same work, as another device.
    sign_in(&second, &company.server.url(), "aigul").await;
    assert_eq!(second.sync_status().await.expect("reads").pending, 0);
    first.sync().await.expect("syncs");
    assert_eq!(count(&first).await, 1);
    for device in first.devices().await.expect("lists").into_iter().filter(|device| !device.this) {
        first.revoke_device(device.id).await.expect("revokes");
    }
    assert_eq!(second.sync().await.err(), Some(EngineError::SignInNeeded));
    assert_eq!(second.session().await, Ok(SessionView::SignedOut));
    // Where nothing waits, signing out goes through and the server forgets the device.
    first.sign_out(false).await.expect("signs out");
    assert_eq!(first.session().await, Ok(SessionView::SignedOut));
}
