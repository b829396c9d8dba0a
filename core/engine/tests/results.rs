//! What the back office confirmed, on one phone: shown, and told once where it was taken back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qadam_domain::company::Locale;
use qadam_domain::ids::BlobHash;
use qadam_engine::awards::{self, PointsSource};
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::Changes;
use qadam_engine::media::MediaStore;
use qadam_engine::offers::{self, OfferStatus, OfferUnit};
use qadam_engine::platform::{Clock, Reading, SystemRandom};
use qadam_engine::results::{self, NoticeView, WithdrawnView};
use qadam_engine::{EngineError, learning, replica, session};
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::content::BlobRef;
use qadam_protocol::sync::SyncReply;
use serde_json::{Value, json};

/// 2026-11-24T19:00 in Almaty.
const EVENING: i64 = 1_795_528_800_000;

struct Still;

impl Clock for Still {
    fn read(&self) -> Reading {
        Reading { wall: EVENING, boot: "boot".into(), mono: 0 }
    }
}

struct Phone {
    core: Core,
    rev: AtomicI64,
    _folder: tempfile::TempDir,
}

fn release() -> Value {
    json!({
        "serial": 1, "company": "altyn", "default_locale": "en", "locales": ["en"], "markets": [],
        "courses": [{ "id": "a", "lessons": [] }, { "id": "b", "lessons": [] }],
        "awards": {
            "points": { "review": 1, "reviews_a_day": 10 }, "levels": [],
            "badges": [{ "id": "seller", "points": 7, "when": { "rule": "sold" }, "ended": "2026-11-01" }],
        },
        "reviews": { "retention": 90, "minutes": 5, "seconds_per_card": 20 },
        "ranks": [{ "id": "starter", "need": 100 }, { "id": "bronze", "need": 500 }, { "id": "gold", "need": 900 }],
    })
}

fn bundle() -> Value {
    json!({
        "locale": "en", "company": { "name": "Altyn", "welcome": "Welcome" }, "markets": {}, "courses": {}, "lessons": {},
        "levels": {}, "badges": { "seller": { "title": "Seller", "how": "Sell.", "earned": "Well done." } }, "media": {},
        "rules": { "ranks": { "bronze": "Bronze" }, "why": { "sold": "A sale was confirmed." },
            "offers": { "tea": "A tea set", "tea-terms": "While there are some." } },
    })
}

impl Phone {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tools = Tools {
            clock: Arc::new(Still),
            zone: Arc::new(|_| 5 * 60),
            random: Arc::new(SystemRandom),
            media: Arc::new(MediaStore::open(&folder.path().join("media")).expect("a folder")),
        };
        let core = Core::open(&folder.path().join("a.db"), Changes::default(), tools, Locale::En).expect("opens");
        let reply = json!({
            "token": "token", "device": "0123456789abcdef", "account": "a", "company": "altyn", "server_time": EVENING,
            "distributor": { "id": "1001", "name": "Aigul", "market": "kz", "locale": "en", "joined": "2026-11-20" },
        });
        let reply: SignInReply = serde_json::from_value(reply).expect("a reply");
        session::enter(&core, &reply).expect("a fresh database begins");
        let phone = Self { core, rev: AtomicI64::new(1), _folder: folder };
        let (release, bundle) = (release().to_string().into_bytes(), bundle().to_string().into_bytes());
        let blob = |bytes: &[u8]| BlobRef { hash: BlobHash::of(bytes), size: bytes.len() as u64 };
        let manifest = json!({ "release": blob(&release), "bundles": { "en": blob(&bundle) }, "media": {} });
        phone.receive("catalog", "manifest", "current", &manifest);
        phone.core.keep_documents(&[(blob(&release), release), (blob(&bundle), bundle)]).expect("keeps them");
        phone
    }

    /// A server's reply with this row.
    fn receive(&self, stream: &str, kind: &str, id: &str, value: &Value) {
        let rev = self.rev.fetch_add(1, Ordering::Relaxed);
        let rows = json!([{ "k": kind, "i": id, "r": rev, "v": value }]);
        let reply = json!({
            "server_time": EVENING,
            "streams": { stream: { "cursor": { "epoch": "e", "rev": rev, "tag": "t" }, "rows": rows } },
        });
        let reply: SyncReply = serde_json::from_value(reply).expect("a reply");
        let taken = self.core.database.write(|transaction| {
            let releases = self.core.releases(transaction)?;
            let reading = self.core.clock.read();
            let received = replica::receive(
                transaction,
                &releases,
                &replica::Sent { at: reading.clone(), ..Default::default() },
                &reply,
                &reading,
            )?;
            Ok(((), received.nouns))
        });
        taken.expect("takes it");
    }

    fn me(&self, kind: &str, id: &str, value: &Value) {
        self.receive("me", kind, id, value);
    }

    fn notices(&self) -> Vec<NoticeView> {
        results::unseen(&self.core).expect("reads").value
    }
}

#[test]
fn what_was_confirmed_is_shown_the_newest_first() {
    let phone = Phone::new();
    let sale = |day: &str, returned: bool| json!({ "version": 1, "day": day, "volume": 300, "returned": returned });
    phone.me("sale", "o1", &sale("2026-11-20", true));
    phone.me("sale", "o2", &sale("2026-11-22", false));
    phone.me("volume", "2026-10", &json!({ "version": 1, "day": "2026-10-31", "customers": 700, "own": 10 }));
    phone.me("volume", "2026-11", &json!({ "version": 4, "day": "2026-11-22", "customers": 300 }));
    let rank = |day: &str, rank: &str, withdrawn: bool| json!({ "version": 1, "day": day, "rank": rank, "withdrawn": withdrawn });
    let empty = results::view(&Phone::new().core).expect("reads").value;
    assert_eq!((empty.rank, empty.next_rank.expect("the first").id.as_str()), (None, "starter"));
    phone.me("rank", "r1", &rank("2026-10-01", "bronze", false));
    phone.me("rank", "r2", &rank("2026-11-01", "bronze", false));
    phone.me("rank", "r3", &rank("2026-11-02", "starter", false));
    phone.me("rank", "r4", &rank("2026-11-03", "gold", true));
    phone.me("rank", "r5", &rank("2026-11-03", "unknown", false));

    let view = results::view(&phone.core).expect("reads").value;
    let sales: Vec<_> = view.sales.iter().map(|sale| (sale.id.as_str(), sale.returned)).collect();
    assert_eq!(sales, [("o2", false), ("o1", true)]);
    let volumes: Vec<_> =
        view.volumes.iter().map(|volume| (volume.month.as_str(), volume.customers, volume.own)).collect();
    assert_eq!(volumes, [("2026-11", 300, 0), ("2026-10", 700, 10)]);
    let held = view.rank.expect("a rank");
    assert_eq!((held.title.as_str(), held.need, held.reached.as_deref()), ("Bronze", 500, Some("2026-10-01")));
    // Without a title its id is shown.
    assert_eq!(view.next_rank.map(|rank| (rank.title, rank.reached)), Some(("gold".into(), None)));
}

#[test]
fn what_was_taken_back_is_told_until_it_was_seen() {
    let phone = Phone::new();
    assert_eq!(phone.notices(), []);
    let because = ["o1"];
    phone.me("notice", "withdrawn-badge-seller", &json!({ "badge": "seller", "because": because, "at": 5 }));
    // Points and a course of one rule.
    let rule = json!({ "rule": "sold:ever", "because": because, "at": 6 });
    phone.me("notice", "withdrawn-points-rule:sold:ever", &rule);
    phone.me("notice", "withdrawn-given-sold:ever", &rule);
    phone.me("notice", "of-a-newer-server", &json!({ "lost": true }));
    let told: Vec<_> =
        phone.notices().into_iter().map(|notice| (notice.withdrawn, notice.because, notice.at)).collect();
    let badge = WithdrawnView::Badge { id: "seller".into(), title: "Seller".into() };
    let rule = WithdrawnView::Rule { id: "sold".into(), why: "A sale was confirmed.".into() };
    assert_eq!(told, [(rule, vec!["o1".to_string()], 6), (badge, vec!["o1".to_string()], 5)]);

    let id = phone.notices()[1].id.clone();
    results::see(&phone.core, &id).expect("sees");
    let waits = |phone: &Phone| {
        let request = phone.core.database.read(|connection| replica::request(connection, &phone.core.clock.read(), 9));
        request.expect("a request").mutations.len()
    };
    let before = waits(&phone);
    results::see(&phone.core, &id).expect("again");
    assert_eq!((before, waits(&phone)), (1, 1), "it is said once");
    assert_eq!(phone.notices().len(), 1);
    assert_eq!(results::see(&phone.core, "nothing"), Err(EngineError::NotFound { what: "notice".into() }));
    // On another phone of theirs, by the record.
    let second = Phone::new();
    second.me("notice", "withdrawn-badge-seller", &json!({ "badge": "seller", "because": because, "at": 5 }));
    assert_eq!(second.notices()[0].id, id, "the same on each phone");
    // Earned again and taken back again, it is told again.
    phone.me("notice", "withdrawn-badge-seller", &json!({ "badge": "seller", "because": because, "at": 9 }));
    assert_eq!(phone.notices()[0].at, 9);
}

#[test]
fn awards_name_the_rule_and_what_was_withdrawn() {
    let phone = Phone::new();
    phone.me("points", "rule:sold:ever", &json!({ "points": 50, "day": "2026-11-20" }));
    let view = awards::view(&phone.core).expect("reads").value;
    let source = PointsSource::Rule { id: "sold".into(), why: "A sale was confirmed.".into() };
    assert_eq!(view.ledger[0].source, source);
    assert!(view.badges.is_empty(), "it can't be earned any more");
    phone.me("notice", "withdrawn-badge-seller", &json!({ "badge": "seller", "because": ["o1"], "at": 5 }));
    let badges = || awards::view(&phone.core).expect("reads").value.badges;
    assert_eq!((badges()[0].withdrawn, badges()[0].earned.clone()), (Some(5), None));
    phone.me("badge", "seller", &json!({ "day": "2026-11-21" }));
    assert_eq!((badges()[0].withdrawn, badges()[0].earned.as_deref()), (None, Some("2026-11-21")));
}

#[test]
fn a_course_that_a_rule_gave_shows_as_such() {
    let phone = Phone::new();
    phone.me("given", "sold:ever", &json!({ "day": "2026-11-20", "courses": ["b"] }));
    let courses = learning::courses(&phone.core).expect("reads").value.courses;
    let assigned: Vec<_> = courses.iter().map(|course| (course.id.as_str(), course.assigned)).collect();
    assert_eq!(assigned, [("a", false), ("b", true)]);
}

#[test]
fn offers_are_shown_with_what_is_left_of_them_and_why() {
    let phone = Phone::new();
    assert_eq!(offers::view(&phone.core).expect("reads").value, []);
    let compared =
        json!([{ "left": { "fact": "sales", "value": 1 }, "is": ">=", "right": { "value": 1 }, "holds": true }]);
    let offered = |until: &str, goal: Value, reached: i64, state: &str| {
        json!({
            "rule": "sold", "release": "a".repeat(64), "goal": goal, "reached": reached, "from": "2026-11-20", "until": until,
            "reward": "tea", "terms": "tea-terms", "state": state, "compared": compared,
        })
    };
    let id = |n: u8| format!("{n:032x}");
    phone.me("offer", &id(1), &offered("2026-11-22", json!({ "customer_sales": 3 }), 1, "lapsed"));
    phone.me("offer", &id(2), &offered("2026-12-04", json!({ "customer_volume": 900 }), 300, "open"));
    phone.me("offer", &id(3), &offered("2026-11-24", json!({ "customer_sales": 3 }), 2, "open"));
    phone.me("offer", &id(4), &offered("2026-11-23", json!({ "customer_sales": 1 }), 1, "a newer one's"));
    phone.me("offer", &id(5), &json!({ "rule": 7 }));
    let shown = offers::view(&phone.core).expect("reads");
    let told: Vec<_> = shown.value.iter().map(|offer| (offer.id.clone(), offer.status, offer.days_left)).collect();
    let (open, other, lapsed) = (OfferStatus::Open, OfferStatus::Other, OfferStatus::Lapsed);
    assert_eq!(told, [(id(3), open, 0), (id(2), open, 10), (id(4), other, 0), (id(1), lapsed, 0)]);
    let second = &shown.value[1];
    assert_eq!((second.goal, second.reached, second.unit), (900, 300, OfferUnit::Volume));
    assert_eq!((second.reward.as_str(), second.terms.as_str()), ("A tea set", "While there are some."));
    assert_eq!((second.why.as_str(), second.compared[0].sign.as_str()), ("A sale was confirmed.", ">="));
    // 2026-11-24T19:00 in Almaty: five hours are left of the day.
    assert_eq!(shown.valid_until, Some(EVENING + 5 * 60 * 60_000));
}
