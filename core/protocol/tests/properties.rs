//! What bytes and bodies can do: no bytes make reading panic, and every body reads as it was written.

use proptest::prelude::*;
use qadam_domain::company::Locale;
use qadam_domain::event::{Ease, EventKind, QuizAnswer};
use qadam_domain::fold::nudges::Became;
use qadam_domain::ids::{
    BlobHash, CardId, DecisionId, DeviceId, EventId, LessonId, QuestionId, ReleaseId, RuleId, TaskId,
};
use qadam_domain::journey::Pause;
use qadam_domain::learning::Answer;
use qadam_domain::records::{Clock, Edit};
use qadam_domain::rules::condition::Told;
use qadam_domain::rules::emitted::Decision;
use qadam_domain::rules::{Compared, Order};
use qadam_domain::time::{Day, Moment};
use qadam_protocol::accounts::Secret;
use qadam_protocol::codec::{self, CodecError};
use qadam_protocol::error::ErrorBody;
use qadam_protocol::limits;
use qadam_protocol::mutation::{Arose, Body, BodyError, Mutation, name};
use qadam_protocol::nudges::Ask;
use qadam_protocol::push::{Push, Registration, Vendor};
use qadam_protocol::sync::{ClockReading, SyncReply, SyncRequest};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

fn locale() -> impl Strategy<Value = Locale> {
    prop::sample::select(Locale::ALL.to_vec())
}

fn lesson() -> impl Strategy<Value = LessonId> {
    "[a-z][a-z0-9-]{0,47}".prop_map(|id| LessonId::new(id).expect("a slug"))
}

fn question() -> impl Strategy<Value = QuestionId> {
    "[a-z][a-z0-9-]{0,47}".prop_map(|id| QuestionId::new(id).expect("a slug"))
}

fn task() -> impl Strategy<Value = TaskId> {
    "[a-z][a-z0-9-]{0,47}".prop_map(|id| TaskId::new(id).expect("a slug"))
}

fn release() -> impl Strategy<Value = ReleaseId> {
    any::<u64>().prop_map(|n| BlobHash::of(&n.to_be_bytes()).into())
}

fn answer() -> impl Strategy<Value = Answer> {
    let indexes = || prop::collection::vec(any::<u8>(), 0..20);
    let text = || prop_oneof![9 => any::<String>(), 1 => Just("қ".repeat(limits::ANSWER)), 1 => Just("x".repeat(501))];
    prop_oneof![
        any::<u8>().prop_map(Answer::Single),
        indexes().prop_map(Answer::Multiple),
        any::<bool>().prop_map(Answer::TrueFalse),
        text().prop_map(Answer::Number),
        text().prop_map(Answer::Text),
        indexes().prop_map(Answer::Order),
        prop::collection::vec(any::<Option<u8>>(), 0..20).prop_map(Answer::Match),
        indexes().prop_map(Answer::Path),
        Just(Answer::Skipped),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    let fact = prop::option::of(prop_oneof![9 => "[a-z._]{1,40}", 1 => Just("x".repeat(161))]);
    let told = (fact, any::<Option<u32>>(), any::<Option<i64>>()).prop_map(|(fact, percent, value)| Told {
        fact,
        percent,
        value,
    });
    let compared = (told.clone(), told, any::<bool>()).prop_map(|(left, right, holds)| Compared {
        left,
        is: Order::AtMost,
        right,
        holds,
    });
    let compared = prop::collection::vec(compared, 0..20);
    let window = prop_oneof![9 => "ever|2026-11-01", 1 => any::<String>()];
    (window, Day::MIN.0..=Day::MAX.0, any::<Option<u16>>(), any::<bool>(), compared).prop_map(
        |(window, day, minute, held_out, compared)| {
            let rule = RuleId::new("rule").expect("a slug");
            Decision { rule, window, day: Day(day), minute, held_out, compared }
        },
    )
}

fn event() -> impl Strategy<Value = EventKind> {
    let given = || (question(), answer()).prop_map(|(question, answer)| QuizAnswer { question, answer });
    let answers = prop_oneof![9 => prop::collection::vec(given(), 0..8), 1 => prop::collection::vec(given(), 95..105)];
    let ease = prop_oneof![Just(Ease::Hard), Just(Ease::Good), Just(Ease::Easy)];
    prop_oneof![
        lesson().prop_map(|lesson| EventKind::LessonRead { lesson }),
        (lesson(), locale(), answers).prop_map(|(lesson, locale, answers)| EventKind::QuizAnswered {
            lesson,
            locale,
            answers
        }),
        (lesson(), question(), locale(), answer(), ease).prop_map(|(lesson, question, locale, answer, ease)| {
            EventKind::ReviewAnswered { card: CardId { lesson, question }, locale, answer, ease }
        }),
        (task(), any::<Option<u8>>(), any::<bool>()).prop_map(|(task, item, undone)| EventKind::TaskTicked {
            task,
            item,
            undone
        }),
        (any::<[u8; 16]>(), any::<u32>(), Day::MIN.0..=Day::MAX.0, -200..400_i32).prop_map(
            |(pause, version, from, days)| {
                let change = Pause { version, from: Day(from), until: Day(from).plus(days) };
                EventKind::JourneyPaused { pause: EventId(pause), change }
            }
        ),
        (any::<u128>(), decision(), any::<bool>(), any::<Option<i64>>()).prop_map(|(nudge, decision, opened, when)| {
            EventKind::NudgeNoted {
                nudge: DecisionId::new(format!("{nudge:032x}")).expect("32 digits"),
                decision,
                became: if opened { Became::Opened } else { Became::Decided },
                when: when.map(|at| Moment::new(at, 300)),
            }
        }),
    ]
}

fn clock() -> impl Strategy<Value = Clock> {
    (any::<i64>(), any::<u32>(), any::<u64>()).prop_map(|(ms, counter, device)| {
        let device = DeviceId::new(format!("{device:016x}")).expect("16 digits");
        Clock { ms, counter, device }
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let field_name = || prop_oneof![20 => "[a-z0-9_:-]{1,64}", 1 => any::<String>(), 1 => Just("x".repeat(65))];
    let value = || prop_oneof![9 => any::<String>(), 1 => Just("\u{1}".repeat(9_000)), 1 => Just("x".repeat(8_192))];
    prop_oneof![
        8 => prop::collection::btree_map(field_name(), prop::option::of(value()), 0..10).prop_map(Edit::Put),
        1 => prop::collection::btree_map("[a-z]{2}", Just(None), 250..400).prop_map(Edit::Put),
        2 => Just(Edit::Delete),
        2 => Just(Edit::Erase),
    ]
}

fn push() -> impl Strategy<Value = Push> {
    let vendor = prop_oneof![Just(Vendor::Fcm), Just(Vendor::Apns)];
    let token =
        prop_oneof![4 => "[0-9a-f]{1,80}", 2 => "[!-~]{1,80}", 1 => any::<String>(), 1 => Just("a".repeat(4_097))];
    let app = prop_oneof![2 => "[a-z.-]{1,40}".prop_map(Some), 2 => Just(None), 1 => any::<Option<String>>()];
    let registration = (vendor, token, app, any::<bool>(), any::<bool>(), locale()).prop_map(
        |(vendor, token, app, sandbox, permission, locale)| {
            Push::Registered(Registration { vendor, token: Secret(token), app, sandbox, permission, locale })
        },
    );
    prop_oneof![4 => registration, 1 => Just(Push::Withdrawn)]
}

fn body() -> impl Strategy<Value = Body> {
    let id = || prop_oneof![12 => "[a-z0-9_-]{1,48}", 1 => any::<String>(), 1 => Just("x".repeat(49))];
    prop_oneof![
        (release(), event()).prop_map(|(release, kind)| Body::Event { release, kind }),
        (id(), id(), clock(), edit()).prop_map(|(kind, id, clock, edit)| Body::Record { kind, id, clock, edit }),
        push().prop_map(Body::Push),
        prop_oneof![Just(Ask::Wanted), Just(Ask::Yielded)].prop_map(Body::Lease),
    ]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = (any::<i64>(), any::<Option<i64>>(), any::<i32>(), any::<String>(), any::<i64>(), any::<i64>())
        .prop_map(|(wall, error, offset, boot, mono, floor)| Arose { wall, error, offset, boot, mono, floor });
    (any::<[u8; 16]>(), any::<u64>(), at, body()).prop_map(|(id, seq, at, body)| {
        let (name, v, body) = body.encode();
        Mutation { id: EventId(id), seq, name: name.into(), v, at, body }
    })
}

fn request() -> impl Strategy<Value = SyncRequest> {
    (prop::collection::vec(mutation(), 0..4), any::<i64>()).prop_map(|(mutations, wall)| SyncRequest {
        protocol: qadam_protocol::VERSION,
        now: ClockReading { wall, boot: "b".into(), mono: 1 },
        acknowledged: None,
        mutations,
        cursors: [("me".to_string(), None)].into(),
        rows: None,
        merge: None,
        backed: None,
    })
}

/// What any peer may send: bytes, JSON that makes sense to nobody, and JSON that nearly does.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_string()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| Value::from(n).to_string()),
        Just("1e999".to_string()),
        Just("-0.0".to_string()),
        Just("99999999999999999999999999".to_string()),
        any::<String>().prop_map(|s| Value::from(s).to_string()),
        Just("\"\\ud800\"".to_string()),
    ];
    let keys = [
        "release", "lesson", "question", "locale", "answers", "answer", "ease", "kind", "id", "clock", "fields",
        "task", "item", "pause", "version", "from", "until",
    ];
    leaf.prop_recursive(6, 40, 8, move |inner| {
        let key = prop_oneof![prop::sample::select(keys.to_vec()).prop_map(String::from), "[a-z]{0,3}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(|list| format!("[{}]", list.join(","))),
            // A key may come twice.
            prop::collection::vec((key, inner), 0..8).prop_map(|fields| {
                let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

const NAMES: [&str; 16] = [
    name::LESSON_READ,
    name::QUIZ_ANSWERED,
    name::REVIEW_ANSWERED,
    name::RECORD_PUT,
    name::RECORD_DELETE,
    name::RECORD_ERASE,
    name::PUSH_REGISTERED,
    name::PUSH_WITHDRAWN,
    name::TASK_DONE,
    name::TASK_UNDONE,
    name::JOURNEY_PAUSED,
    name::NUDGE_NOTED,
    name::LEASE_WANTED,
    name::LEASE_YIELDED,
    "",
    "dream.noted",
];

/// Reads bytes as everything that a peer may take them for.
fn read_all(bytes: &[u8], cap: usize) {
    for zstd in [false, true] {
        let _ = codec::unpack::<Value>(bytes, zstd, cap);
        let _ = codec::unpack::<SyncReply>(bytes, zstd, cap);
        let _ = codec::unpack::<ErrorBody>(bytes, zstd, cap);
        if let Ok(request) = codec::unpack::<SyncRequest>(bytes, zstd, cap) {
            for mutation in request.mutations {
                let _ = Body::decode(&mutation.name, mutation.v, &mutation.body);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000), cap in 0_usize..3_000) {
        read_all(&bytes, cap);
    }

    #[test]
    fn no_json_makes_reading_panic(json in json(), cap in prop_oneof![Just(limits::BODY), 0_usize..300]) {
        read_all(json.as_bytes(), cap);
        let Ok(raw) = RawValue::from_string(json) else { return Ok(()) };
        for name in NAMES {
            for v in [0, 1, 2, u16::MAX] {
                let decoded = Body::decode(name, v, &raw);
                if name.is_empty() || name == "dream.noted" || v > 1 {
                    prop_assert!(decoded == Err(BodyError::Unknown) || v == 0);
                }
            }
        }
    }

    #[test]
    fn damaged_requests_are_errors_or_requests(
        request in request(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        pad in 0_usize..3_000,
    ) {
        // Long enough to be packed, or not.
        let mut request = request;
        request.now.boot = "x".repeat(pad);
        for allowed in [false, true] {
            let mut packed = codec::pack(&request, allowed);
            prop_assert_eq!(packed.zstd, allowed && serde_json::to_vec(&request).expect("JSON").len() >= limits::PACK_FROM);
            for (place, byte) in &damage {
                let place = place.index(packed.bytes.len());
                packed.bytes[place] ^= byte;
            }
            read_all(&packed.bytes, limits::BODY);
            let cut = cut.index(packed.bytes.len());
            prop_assert!(codec::unpack::<SyncRequest>(&packed.bytes[..cut], packed.zstd, limits::BODY).is_err());
        }
    }

    #[test]
    fn nothing_beyond_the_cap_is_unpacked(length in 0_usize..5_000, cap in 0_usize..5_000) {
        let plain = serde_json::to_vec(&"x".repeat(length)).expect("JSON");
        let packed = codec::pack(&"x".repeat(length), true);
        let inflated = if packed.zstd { codec::inflate(&packed.bytes, cap) } else { Ok(plain.clone()) };
        if packed.zstd && plain.len() > cap {
            let is_told = matches!(inflated, Err(CodecError::TooLarge { .. }));
            prop_assert!(is_told);
        } else {
            prop_assert_eq!(inflated.expect("within the cap"), plain.clone());
        }
        let read = codec::unpack::<String>(&packed.bytes, packed.zstd, cap);
        prop_assert_eq!(read.is_ok(), plain.len() <= cap);
    }

    #[test]
    fn a_body_reads_as_it_was_written(body in body()) {
        let (name, v, written) = body.encode();
        let expected = match body.check() {
            Err(code) => Err(BodyError::Refused(code)),
            Ok(()) => Ok(body.clone()),
        };
        // What is too long as a whole is refused before it is read.
        if written.get().len() <= limits::MUTATION {
            prop_assert_eq!(Body::decode(name, v, &written), expected);
        } else {
            prop_assert!(matches!(Body::decode(name, v, &written), Err(BodyError::Refused(_))));
        }
        let again = to_raw_value(&serde_json::from_str::<Value>(written.get()).expect("JSON")).expect("JSON");
        prop_assert_eq!(Body::decode(name, v, &again), Body::decode(name, v, &written), "the order of fields says nothing");
    }

    #[test]
    fn a_request_reads_as_it_was_written(request in request(), allowed: bool) {
        let packed = codec::pack(&request, allowed);
        let read: SyncRequest = codec::unpack(&packed.bytes, packed.zstd, limits::BODY).expect("its own bytes");
        prop_assert_eq!(serde_json::to_string(&read).expect("JSON"), serde_json::to_string(&request).expect("JSON"));
    }
}
