//! One committed file for each shape on the wire: `golden/v1/<name>.json`, byte for byte as it travels, and a line feed.
//!
//! A file that changes is a change of the protocol: old peers read the new bytes, new peers the old ones. `QADAM_WRITE_GOLDEN=1 cargo test -p
//! qadam-protocol --test golden` writes the files anew from the values below; the difference is then to be looked at like any other.

mod samples;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use qadam_domain::company::Distributor;
use qadam_domain::content::Bundle;
use qadam_domain::fold::nudges::Noted;
use qadam_domain::fold::{
    ActiveDay, Card, EarnedBadge, Followed, Given, HeldPause, LedgerEntry, LessonProgress, TaskTicks, Totals,
};
use qadam_domain::records::Record;
use qadam_domain::release::Release;
use qadam_domain::results::{RankReached, Sale, Volume};
use qadam_domain::team::Member;
use qadam_protocol::accounts::{
    CompanyReply, DevicesReply, SessionReply, SetPasswordReply, SetPasswordRequest, SignInReply, SignInRequest,
};
use qadam_protocol::content::Manifest;
use qadam_protocol::error::{ErrorBody, ErrorCode};
use qadam_protocol::mutation::{Body, BodyError, Mutation};
use qadam_protocol::nudges::{Lease, Offered, Signal};
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::{AckStatus, KeptValue, Notice, RefusalCode, SyncReply, SyncRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A golden file: its name, the bytes that the sample is written as, and what reading and writing makes of other bytes.
struct Golden {
    name: String,
    written: String,
    rewrite: fn(&str) -> Result<String, serde_json::Error>,
}

fn golden<T: Serialize + DeserializeOwned>(name: impl Into<String>, sample: &T) -> Golden {
    fn rewrite<T: Serialize + DeserializeOwned>(json: &str) -> Result<String, serde_json::Error> {
        serde_json::to_string(&serde_json::from_str::<T>(json)?)
    }
    Golden { name: name.into(), written: json_of(sample), rewrite: rewrite::<T> }
}

fn json_of(sample: &impl Serialize) -> String {
    serde_json::to_string(sample).expect("a sample holds nothing that JSON can't")
}

/// Every shape on the wire.
fn all() -> Vec<Golden> {
    let mut all = vec![
        golden::<CompanyReply>("company-reply", &samples::company_reply()),
        golden::<SetPasswordRequest>("set-password-request", &samples::set_password_request()),
        golden::<SetPasswordReply>("set-password-reply", &samples::set_password_reply()),
        golden::<SignInRequest>("sign-in-request", &samples::sign_in_request()),
        golden::<SignInReply>("sign-in-reply", &samples::sign_in_reply()),
        golden::<SessionReply>("session-reply", &samples::session_reply()),
        golden::<DevicesReply>("devices-reply", &samples::devices_reply()),
        golden::<SyncRequest>("sync-request-first", &samples::first_request()),
        golden::<SyncRequest>("sync-request-idle", &samples::idle_request()),
        golden::<SyncRequest>("sync-request-mutations", &samples::request_with_all()),
        golden::<SyncReply>("sync-reply-nothing", &samples::reply_with_nothing()),
        golden::<SyncReply>("sync-reply-acks", &samples::reply_with_acks()),
        golden::<SyncReply>("sync-reply-pages", &samples::reply_with_pages()),
        golden::<SyncReply>("sync-reply-echoes", &samples::reply_with_echoes()),
        golden::<RepairRequest>("repair-request", &samples::repair_request()),
        golden::<RepairReply>("repair-reply", &samples::repair_reply()),
        golden::<SyncReply>("sync-reply-reset", &samples::reply_with_reset()),
        golden::<SyncReply>("sync-reply-team", &samples::reply_with_team()),
        golden::<Member>("row-member", &samples::member_row()),
        golden::<Manifest>("manifest", &samples::manifest()),
        golden::<Release>("release", &samples::release()),
        golden::<Release>("release-without-plan", &Release { journey: None, ..samples::release() }),
        golden::<Bundle>("bundle", &samples::bundle()),
        golden::<Bundle>("bundle-without-plan", &Bundle { journey: None, ..samples::bundle() }),
        golden::<LessonProgress>("row-lesson", &samples::lesson_row()),
        golden::<LessonProgress>("row-lesson-begun", &samples::lesson_row_begun()),
        golden::<Card>("row-card", &samples::card_row()),
        golden::<ActiveDay>("row-day", &samples::day_row()),
        golden::<LedgerEntry>("row-points", &samples::points_row()),
        golden::<EarnedBadge>("row-badge", &samples::badge_row()),
        golden::<Sale>("row-sale", &samples::sale_row()),
        golden::<Volume>("row-volume", &samples::volume_row()),
        golden::<RankReached>("row-rank", &samples::rank_row()),
        golden::<Given>("row-given", &samples::given_row()),
        golden::<Followed>("row-journey", &samples::journey_row()),
        golden::<TaskTicks>("row-task", &samples::task_row()),
        golden::<HeldPause>("row-pause", &samples::pause_row()),
        golden::<Noted>("row-nudge", &samples::nudge_row()),
        golden::<Lease>("row-lease", &samples::lease()),
        golden::<Signal>("row-signal", &samples::signal()),
        golden::<Offered>("row-offer", &samples::offer()),
        golden::<Notice>("row-notice", &samples::notice_row()),
        golden::<Totals>("row-totals", &samples::totals_row()),
        golden::<Distributor>("row-distributor", &samples::distributor()),
        golden::<Distributor>("row-distributor-first", &samples::distributor_without_sponsor()),
        golden::<KeptValue>("row-kept", &KeptValue { refused: None }),
        golden::<KeptValue>("row-kept-refused", &KeptValue { refused: Some(RefusalCode::UnknownLesson) }),
        golden::<Record>("row-contact", &samples::contact_row()),
        golden::<Record>("row-contact-deleted", &samples::deleted_contact_row()),
        golden::<Record>("row-contact-erased", &samples::erased_contact_row()),
        golden::<Record>("row-interaction", &samples::interaction_row()),
        golden::<Record>("row-settings", &samples::settings_row()),
    ];
    for mutation in samples::mutations() {
        all.push(golden::<Mutation>(
            format!("mutation-{}-{}", mutation.name.replace('.', "-"), mutation.seq),
            &mutation,
        ));
    }
    for (name, reply) in samples::replies_with_teams_elsewhere() {
        all.push(golden::<SyncReply>(format!("sync-reply-team-{name}"), &reply));
    }
    for error in samples::errors() {
        let code = json_of(&error.error.code);
        all.push(golden::<ErrorBody>(format!("error-{}", code.trim_matches('"').replace('_', "-")), &error));
    }
    all
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1")
}

fn committed(name: &str) -> String {
    let path = folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.strip_suffix('\n').expect("a line feed at the end").to_string()
}

#[test]
fn what_is_committed_is_read_and_written_back_byte_for_byte() {
    let all = all();
    if std::env::var_os("QADAM_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(folder()).expect("a folder");
        for golden in &all {
            let path = folder().join(format!("{}.json", golden.name));
            fs::write(path, format!("{}\n", golden.written)).expect("a file");
        }
    }
    for Golden { name, written, rewrite } in &all {
        let committed = committed(name);
        assert_eq!(written, &committed, "{name} is written otherwise than it was");
        assert_eq!(rewrite(&committed).expect(name), committed, "{name}");
    }
    let named: BTreeSet<String> = all.iter().map(|golden| format!("{}.json", golden.name)).collect();
    assert_eq!(named.len(), all.len(), "two have one name");
    let found = fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let found: BTreeSet<String> = found.map(|name| name.to_string_lossy().into_owned()).collect();
    assert_eq!(found, named);
}

#[test]
fn every_mutation_decodes_and_is_encoded_as_it_was() {
    let mut names = BTreeSet::new();
    for mutation in samples::mutations() {
        match Body::decode(&mutation.name, mutation.v, &mutation.body) {
            Ok(body) => {
                let (name, v, written) = body.encode();
                assert_eq!((name, v, written.get()), (&*mutation.name, mutation.v, mutation.body.get()));
                names.insert(name);
            }
            Err(error) => assert_eq!(error, BodyError::Unknown, "only a newer app's are not known"),
        }
    }
    assert_eq!(names.len(), 14);
}

/// Objects whose keys are data, or of which only one key says what they are. Everything else takes fields that it does not know.
const NO_NEWS: [&str; 28] = [
    // Maps by stream, field, locale, name, id.
    "cursors",
    "streams",
    "fields",
    "f",
    "bundles",
    "media",
    "accepted",
    "markets",
    "courses",
    "lessons",
    "questions",
    "levels",
    "badges",
    "phases",
    "tasks",
    "tour", // One of several shapes.
    "status",
    "goal",
    "nudges",
    "words",
    "offers",
    "ranks",
    "why",
    "answer",
    "kind",
    "when", // Lists of these.
    "answers",
    "protocol",
];

/// The same JSON with a field in every object that this version does not know.
fn with_news(value: &Value, at: &str) -> Value {
    match value {
        Value::Object(map) => {
            let mut more: serde_json::Map<String, Value> =
                map.iter().map(|(key, value)| (key.clone(), with_news(value, key))).collect();
            if !NO_NEWS.contains(&at) {
                more.insert("zz_news".into(), json!({ "of": ["a newer peer", 1, null] }));
            }
            Value::Object(more)
        }
        // Within a list there is no map.
        Value::Array(list) => Value::Array(list.iter().map(|value| with_news(value, "")).collect()),
        other => other.clone(),
    }
}

/// Rows that nobody writes back.
const ONLY_READ: [&str; 8] =
    ["row-member", "row-sale", "row-volume", "row-rank", "row-notice", "row-lease", "row-signal", "row-offer"];

#[test]
fn fields_of_a_newer_peer_break_nothing() {
    for Golden { name, written, rewrite } in all() {
        let plain: Value = serde_json::from_str(&written).expect("JSON");
        let news = with_news(&plain, "");
        assert!(news.to_string().contains("zz_news"), "{name}");
        let read = rewrite(&news.to_string()).unwrap_or_else(|error| panic!("{name}: {error}\n{news}"));
        let read: Value = serde_json::from_str(&read).expect("JSON");
        // What is stored and written back keeps them at its top; what is only read may drop them.
        // Members, what the back office confirmed and notices are written by the server alone.
        let is_kept = name.starts_with("row-") && !name.starts_with("row-kept") && !ONLY_READ.contains(&name.as_str());
        assert_eq!(read.get("zz_news"), news.get("zz_news").filter(|_| is_kept), "{name}");
    }
    for mutation in samples::mutations() {
        let Ok(body) = Body::decode(&mutation.name, mutation.v, &mutation.body) else { continue };
        let news = with_news(&serde_json::from_str(mutation.body.get()).expect("JSON"), "");
        let news = serde_json::value::to_raw_value(&news).expect("JSON");
        assert_eq!(Body::decode(&mutation.name, mutation.v, &news), Ok(body), "{}", mutation.name);
    }
}

#[test]
fn values_of_a_newer_server_break_nothing() {
    let error = json!({ "error": { "code": "account_frozen", "detail": "…", "retry_after": 5_000, "help": "…" } });
    let error: ErrorBody = serde_json::from_value(error).expect("an error");
    assert_eq!((error.error.code, error.error.retry_after), (ErrorCode::Unknown, Some(5_000)));

    let reply = json!({ "server_time": 1, "acks": [{ "seq": 1, "status": { "refused": "not_in_your_market" } }] });
    let reply: SyncReply = serde_json::from_value(reply).expect("a reply");
    assert_eq!(reply.acks[0].status, AckStatus::Refused(RefusalCode::Unknown));

    let kept: KeptValue = serde_json::from_value(json!({ "refused": "not_in_your_market" })).expect("a row");
    assert_eq!(kept.refused, Some(RefusalCode::Unknown));

    // Streams and kinds of rows that nobody asked for are as good as any.
    let page = json!({ "cursor": { "epoch": "e", "rev": 1, "tag": "t" }, "rows": [{ "k": "hologram", "i": "1", "r": 1, "v": [1] }] });
    let reply: SyncReply =
        serde_json::from_value(json!({ "server_time": 1, "streams": { "team": page } })).expect("a reply");
    assert_eq!(reply.streams["team"].rows[0].value.as_ref().map(|value| value.get()), Some("[1]"));
}

#[test]
fn mutations_of_a_newer_app_are_told_from_wrong_ones() {
    let raw = |value: Value| serde_json::value::to_raw_value(&value).expect("JSON");
    let read = json!({ "release": "0".repeat(64), "lesson": "first-talk" });
    let decode = |name: &str, v: u16, body: Value| Body::decode(name, v, &raw(body)).err();
    assert_eq!(decode("lesson.read", 1, read.clone()), None);
    assert_eq!(decode("lesson.read", 2, read.clone()), Some(BodyError::Unknown));
    assert_eq!(decode("lesson.dreamt", 1, read.clone()), Some(BodyError::Unknown));
    let malformed = Some(BodyError::Refused(RefusalCode::Malformed));
    assert_eq!(decode("lesson.read", 0, read), malformed);
    assert_eq!(decode("lesson.read", 1, json!({ "lesson": "first-talk" })), malformed);
    assert_eq!(decode("lesson.read", 1, json!(null)), malformed);
    let put =
        |fields: Value| json!({ "kind": "contact", "id": "c1", "clock": "1.0.0123456789abcdef", "fields": fields });
    let over_limit = Some(BodyError::Refused(RefusalCode::OverLimit));
    assert_eq!(decode("record.put", 1, put(json!({ "name": "x".repeat(8_192) }))), None);
    assert_eq!(decode("record.put", 1, put(json!({ "name": "x".repeat(8_193) }))), over_limit);
    assert_eq!(decode("record.put", 1, put(json!({ "name": "x".repeat(70_000) }))), over_limit);
    assert_eq!(decode("record.put", 1, put(json!({ "Name": "x" }))), malformed);
    assert_eq!(decode("record.put", 1, put(json!({}))), malformed);
    assert_eq!(decode("record.put", 1, put(json!({ "n": 1 }))), malformed);
}

#[test]
fn every_code_has_its_status_and_its_golden_file() {
    for error in samples::errors() {
        let code = error.error.code;
        assert!((400..600).contains(&code.status()), "{code:?}");
        assert_ne!(code, ErrorCode::Unknown);
    }
}
