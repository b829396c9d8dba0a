use axum::http::StatusCode;
use qadam_domain::time::{DAY, MINUTE};
use qadam_protocol::accounts::{
    CompanyReply, DevicesReply, Secret, SessionReply, SetPasswordReply, SetPasswordRequest, SignInReply, SignInRequest,
};
use qadam_protocol::error::ErrorCode;
use serde_json::json;

use crate::support::{PASSWORD, Reply, Site, request};

fn set(code: &str, password: &str) -> SetPasswordRequest {
    SetPasswordRequest { code: Secret(code.into()), password: Secret(password.into()) }
}

fn credentials(login: &str, password: &str) -> SignInRequest {
    SignInRequest { login: login.into(), password: Secret(password.into()), device_name: "Redmi 9A".into(), was: None }
}

async fn sign_in(site: &Site, login: &str, password: &str) -> Reply {
    site.post("/v1/sign-in", None, &credentials(login, password)).await
}

#[tokio::test]
async fn a_person_comes_in_with_a_code_and_a_password() {
    let site = Site::new().await;
    let company: CompanyReply = site.get("/v1/company", None, &[]).await.json();
    assert_eq!((company.company.as_str(), company.protocol), ("altyn", [1, 1]));
    let code = site.invite("Aigul ").await;
    assert_eq!(code.len(), 19);

    let short = site.post("/v1/password", None, &set(&code, "short")).await.error();
    assert_eq!(short.code, ErrorCode::PasswordUnsuitable);
    let login: SetPasswordReply =
        site.post("/v1/password", None, &set(&code.to_lowercase().replace('-', " "), PASSWORD)).await.json();
    assert_eq!(login.login, "aigul");
    let reuse = site.post("/v1/password", None, &set(&code, "another password")).await.error();
    assert_eq!(reuse.code, ErrorCode::CodeInvalid);

    let signed_in: SignInReply = sign_in(&site, " AIGUL", PASSWORD).await.json();
    assert_eq!((signed_in.company.as_str(), signed_in.distributor.id.as_str()), ("altyn", "1001"));
    let token = signed_in.token.0.as_str();
    let session: SessionReply = site.get("/v1/session", Some(token), &[]).await.json();
    assert_eq!((&session.device, &session.account), (&signed_in.device, &signed_in.account));
    let devices: DevicesReply = site.get("/v1/devices", Some(token), &[]).await.json();
    assert_eq!(
        (devices.devices.len(), devices.devices[0].name.as_str(), devices.devices[0].this),
        (1, "Redmi 9A", true)
    );
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_look_alike() {
    let site = Site::new().await;
    let code = site.invite("aigul").await;
    let without = sign_in(&site, "aigul", PASSWORD).await;
    site.post("/v1/password", None, &set(&code, PASSWORD)).await;
    let wrong = sign_in(&site, "aigul", "not the password").await;
    let unknown = sign_in(&site, "nobody", PASSWORD).await;
    let long = sign_in(&site, "aigul", &"x".repeat(100_000)).await;
    for reply in [&without, &wrong, &unknown, &long] {
        assert_eq!(reply.error().code, ErrorCode::WrongCredentials);
        assert_eq!(reply.bytes, wrong.bytes);
    }
    let name = site.post("/v1/sign-in", None, &credentials(&"x".repeat(129), PASSWORD)).await;
    assert_eq!(name.error().code, ErrorCode::BadRequest);
}

#[tokio::test]
async fn guessing_ends_after_ten_attempts_until_the_window_has_passed() {
    let site = Site::new().await;
    let code = site.invite("aigul").await;
    site.post("/v1/password", None, &set(&code, PASSWORD)).await;
    for _ in 0..9 {
        assert_eq!(sign_in(&site, "aigul", "wrong password").await.error().code, ErrorCode::WrongCredentials);
    }
    assert_eq!(
        sign_in(&site, "aigul", PASSWORD).await.status,
        StatusCode::OK,
        "the tenth is right, and the count starts anew"
    );
    for _ in 0..10 {
        assert_eq!(sign_in(&site, "aigul", "wrong password").await.error().code, ErrorCode::WrongCredentials);
    }
    let reply = sign_in(&site, "aigul", PASSWORD).await;
    let refused = reply.error();
    assert_eq!((refused.code, refused.retry_after), (ErrorCode::TooManyAttempts, Some(15 * MINUTE as u64)));
    assert_eq!(reply.header("retry-after"), Some("900"));
    site.pass(15 * MINUTE);
    assert_eq!(sign_in(&site, "aigul", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn codes_are_guessed_no_better() {
    let site = Site::new().await;
    for _ in 0..100 {
        assert_eq!(
            site.post("/v1/password", None, &set("0000-0000-0000-0000", PASSWORD)).await.error().code,
            ErrorCode::CodeInvalid
        );
    }
    let refused = site.post("/v1/password", None, &set("0000-0000-0000-0000", PASSWORD)).await.error();
    assert_eq!(refused.code, ErrorCode::TooManyAttempts);
}

#[tokio::test]
async fn codes_expire_and_a_reset_leaves_the_old_password_until_it_is_used() {
    let site = Site::new().await;
    let code = site.invite("aigul").await;
    site.pass(14 * DAY);
    assert_eq!(site.post("/v1/password", None, &set(&code, PASSWORD)).await.error().code, ErrorCode::CodeInvalid);
    let reset = async || {
        let now = site.app.now();
        let minted = site.app.store.write(move |conn| {
            qadam_backend::accounts::reset_user(conn, "aigul", now, &mut qadam_backend::random::system)
        });
        minted.await.expect("minted")
    };
    let code = reset().await;
    site.post("/v1/password", None, &set(&code, PASSWORD)).await;
    let first = reset().await;
    let second = reset().await;
    assert_eq!(sign_in(&site, "aigul", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(site.post("/v1/password", None, &set(&first, "another one")).await.error().code, ErrorCode::CodeInvalid);
    assert_eq!(site.post("/v1/password", None, &set(&second, "another one")).await.status, StatusCode::OK);
    assert_eq!(sign_in(&site, "aigul", PASSWORD).await.error().code, ErrorCode::WrongCredentials);
    assert_eq!(sign_in(&site, "aigul", "another one").await.status, StatusCode::OK);
    let late = reset().await;
    site.pass(DAY);
    assert_eq!(site.post("/v1/password", None, &set(&late, "a third one")).await.error().code, ErrorCode::CodeInvalid);
}

#[tokio::test]
async fn a_device_that_was_signed_out_is_told_apart_from_a_stranger() {
    let site = Site::new().await;
    let (first, second) = (site.join("aigul").await, site.device("aigul").await);
    let other = site.join("dana").await;
    let (one, two, foreign) = (first.token.0.as_str(), second.token.0.as_str(), other.token.0.as_str());
    let path = format!("/v1/devices/{}", second.session.device);
    for token in [None, Some("no such token")] {
        assert_eq!(site.call("DELETE", &path, token, &[], Vec::new()).await.error().code, ErrorCode::Unauthorized);
    }
    assert_eq!(site.call("DELETE", &path, Some(foreign), &[], Vec::new()).await.error().code, ErrorCode::NotFound);
    assert_eq!(
        site.call("DELETE", "/v1/devices/x", Some(one), &[], Vec::new()).await.error().code,
        ErrorCode::NotFound
    );
    assert_eq!(site.get("/v1/session", Some(two), &[]).await.status, StatusCode::OK);
    assert_eq!(site.call("DELETE", &path, Some(one), &[], Vec::new()).await.status, StatusCode::NO_CONTENT);
    for _ in 0..2 {
        assert_eq!(site.get("/v1/session", Some(two), &[]).await.error().code, ErrorCode::Revoked);
    }
    assert_eq!(site.get("/v1/session", Some(one), &[]).await.status, StatusCode::OK);
    assert_eq!(site.call("POST", "/v1/sign-out", Some(one), &[], Vec::new()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get("/v1/session", Some(one), &[]).await.error().code, ErrorCode::Revoked);
    let now = site.app.now();
    let closed = site.app.store.write(move |conn| qadam_backend::accounts::close_user(conn, "dana", now));
    closed.await.expect("closed");
    assert_eq!(site.get("/v1/session", Some(foreign), &[]).await.error().code, ErrorCode::Revoked);
}

#[tokio::test]
async fn tokens_expire_when_they_are_not_heard_of() {
    let site = Site::new().await;
    let (heard, silent) = (site.join("aigul").await, site.join("dana").await);
    let path = "/v1/session";
    for _ in 0..2 {
        site.pass(100 * DAY);
        assert_eq!(site.get(path, Some(&heard.token.0), &[]).await.status, StatusCode::OK);
    }
    assert_eq!(site.get(path, Some(&silent.token.0), &[]).await.error().code, ErrorCode::Unauthorized);
    site.pass(181 * DAY);
    assert_eq!(site.get(path, Some(&heard.token.0), &[]).await.error().code, ErrorCode::Unauthorized, "cached or not");
}

#[tokio::test]
async fn a_day_is_noted_once() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let token = Some(phone.token.0.as_str());
    let cursors = |reply: Reply| {
        let reply: qadam_protocol::sync::SyncReply = reply.json();
        reply.streams["me"].cursor.clone()
    };
    let cursor = cursors(site.post("/v1/sync", token, &request(Vec::new(), None)).await);
    let commits = site.app.store.commits();
    for _ in 0..5 {
        let idle = site.post("/v1/sync", token, &request(Vec::new(), Some(cursor.clone()))).await;
        assert_eq!(idle.status, StatusCode::OK);
    }
    assert_eq!(site.app.store.commits(), commits, "a sync with nothing new writes nothing");
    site.pass(DAY);
    for _ in 0..5 {
        site.post("/v1/sync", token, &request(Vec::new(), Some(cursor.clone()))).await;
    }
    assert_eq!(site.app.store.commits(), commits + 1);
}

#[tokio::test]
async fn a_fork_is_another_device_of_the_same_account() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    assert_eq!(site.post("/v1/fork", None, &json!({})).await.error().code, ErrorCode::Unauthorized);
    let forked: SignInReply = site.post("/v1/fork", Some(&phone.token.0), &json!({})).await.json();
    assert_ne!(forked.device, phone.session.device);
    assert_eq!(forked.account, phone.session.account_id);
    let devices: DevicesReply = site.get("/v1/devices", Some(&forked.token.0), &[]).await.json();
    assert_eq!(devices.devices.len(), 2);
    assert_eq!(site.get("/v1/session", Some(&phone.token.0), &[]).await.status, StatusCode::OK, "the twin goes on");
}

#[tokio::test]
async fn one_account_does_not_see_another() {
    let site = Site::new().await;
    let (aigul, dana) = (site.join("aigul").await, site.join("dana").await);
    let say = crate::support::put("c1", crate::support::NOW, &[("name", "a contact of Aigul")]);
    let sent = request(vec![crate::support::mutation(1, 1, &say)], None);
    assert_eq!(site.post("/v1/sync", Some(&aigul.token.0), &sent).await.status, StatusCode::OK);
    let seen = site.post("/v1/sync", Some(&dana.token.0), &request(Vec::new(), None)).await;
    assert!(!String::from_utf8_lossy(&seen.bytes).contains("contact"));
    let devices: DevicesReply = site.get("/v1/devices", Some(&dana.token.0), &[]).await.json();
    assert_eq!(devices.devices.len(), 1);
    // The same id from another account is another mutation.
    let own: qadam_protocol::sync::SyncReply = site.post("/v1/sync", Some(&dana.token.0), &sent).await.json();
    assert_eq!(own.acks[0].status, qadam_protocol::sync::AckStatus::Applied);
}

#[tokio::test]
async fn who_is_added_must_fit_the_company() {
    let site = Site::new().await;
    site.invite("aigul").await;
    let release = site.app.cache.releases().newest_up_to(u64::MAX).expect("one").release.clone();
    let user = crate::support::user;
    let elsewhere = qadam_domain::ids::MarketId::new("mx").expect("an id");
    for wrong in [
        user(" AIGUL "),
        user(""),
        user(&"x".repeat(129)),
        qadam_backend::accounts::NewUser { market: elsewhere, ..user("b") },
        qadam_backend::accounts::NewUser { locale: qadam_domain::company::Locale::Es, ..user("b") },
        qadam_backend::accounts::NewUser { name: " ".into(), ..user("b") },
        qadam_backend::accounts::NewUser { id: Some("1001".into()), ..user("b") },
    ] {
        let release = release.clone();
        let added = site.app.store.write(move |conn| {
            qadam_backend::accounts::add_user(conn, &release, &wrong, 0, &mut qadam_backend::random::system)
        });
        assert_eq!(added.await.map_err(|e| e.code()), Err(ErrorCode::BadRequest));
    }
}
