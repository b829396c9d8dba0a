//! `SPEC.md` is what the code does: its tables are the code's numbers and codes, its examples are of the types and come out as it says, and no field is
//! left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qadam_domain::awards::streak::streak;
use qadam_domain::company::Locale;
use qadam_domain::event::Event;
use qadam_domain::fold::{self, Outcome, State};
use qadam_domain::ids::EventId;
use qadam_domain::learning::grading::grade;
use qadam_domain::learning::text::{fold, parse_decimal};
use qadam_domain::learning::{Answer, AnswerKey};
use qadam_domain::records::{Clock, Record};
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::reviews::{Grade, fsrs};
use qadam_domain::team::Member;
use qadam_domain::time::{Day, Millis, Moment};
use qadam_protocol::accounts::{
    CompanyReply, DevicesReply, SessionReply, SetPasswordReply, SetPasswordRequest, SignInReply, SignInRequest,
};
use qadam_protocol::content::{MANIFEST_ID, MANIFEST_KIND, Manifest, STREAM};
use qadam_protocol::error::{ErrorBody, ErrorCode};
use qadam_protocol::limits;
use qadam_protocol::mutation::{Body, Mutation, name};
use qadam_protocol::repair::RepairReply;
use qadam_protocol::sync::{DISTRIBUTOR_ID, DISTRIBUTOR_KIND, ME, RefusalCode, SyncReply, SyncRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const SPEC: &str = include_str!("../SPEC.md");

/// A JSON block and the type that it is said to be of.
struct Example {
    kind: &'static str,
    json: &'static str,
    /// The line on which it begins.
    line: usize,
}

impl Example {
    fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(self.json).unwrap_or_else(|error| panic!("line {}: {error}", self.line))
    }
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut kind = None;
    let mut from: Option<(usize, usize)> = None;
    let mut offset = 0;
    for (n, line) in SPEC.split_inclusive('\n').enumerate() {
        let text = line.trim_end();
        if let Some((begin, start)) = from {
            if text == "```" {
                let kind = kind.take().unwrap_or_else(|| panic!("line {begin}: which type?"));
                examples.push(Example { kind, json: &SPEC[start..offset], line: begin });
                from = None;
            }
        } else if let Some(named) = text.strip_prefix("<!-- type: ") {
            kind = named.strip_suffix(" -->");
        } else if text == "```json" {
            from = Some((n + 1, offset + line.len()));
        } else if !text.is_empty() {
            assert!(kind.is_none(), "line {}: no block after the type", n + 1);
        }
        offset += line.len();
    }
    examples
}

/// The cells of all table rows that begin with a code, between two headings.
fn table(heading: &str) -> Vec<Vec<String>> {
    let (_, section) = SPEC.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let level = heading.split(' ').next().expect("a heading");
    let section = section.split(&format!("\n{level} ")).next().expect("a section");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_string()).collect()).collect()
}

fn unquoted(cell: &str) -> &str {
    cell.trim_matches('`')
}

#[test]
fn every_example_is_of_its_type_and_says_nothing_beyond_it() {
    fn check<T: Serialize + DeserializeOwned>(example: &Example) {
        let read: T = example.read();
        let written = serde_json::to_value(read).expect("JSON");
        assert_eq!(written, example.read::<Value>(), "line {}", example.line);
    }
    let mut kinds = BTreeSet::new();
    for example in examples() {
        kinds.insert(example.kind);
        match example.kind {
            "CompanyReply" => check::<CompanyReply>(&example),
            "SetPasswordRequest" => check::<SetPasswordRequest>(&example),
            "SetPasswordReply" => check::<SetPasswordReply>(&example),
            "SignInRequest" => check::<SignInRequest>(&example),
            "SignInReply" => check::<SignInReply>(&example),
            "SessionReply" => check::<SessionReply>(&example),
            "DevicesReply" => check::<DevicesReply>(&example),
            "ErrorBody" => check::<ErrorBody>(&example),
            "SyncRequest" => check::<SyncRequest>(&example),
            "SyncReply" => check::<SyncReply>(&example),
            "RepairReply" => check::<RepairReply>(&example),
            "Record" => check::<Record>(&example),
            "Manifest" => check::<Manifest>(&example),
            "Member" => {
                check::<Member>(&example);
                assert_eq!(example.read::<Member>().json(), example.json.trim_end(), "line {}", example.line);
            }
            "Release" => check::<Release>(&example),
            "Mutation" => {
                check::<Mutation>(&example);
                let mutation: Mutation = example.read();
                Body::decode(&mutation.name, mutation.v, &mutation.body).expect("a body");
            }
            "Grading" | "Folding" | "Numbers" | "Memories" | "Streaks" => {}
            other => panic!("line {}: no test knows the type {other}", example.line),
        }
    }
    assert_eq!(kinds.len(), 21);
}

#[test]
fn the_limits_are_the_codes() {
    macro_rules! limits {
        ($($name:ident)*) => { [$((stringify!($name), limits::$name as u64)),*] };
    }
    let code = limits! {
        MUTATIONS BODY_PACKED BODY REPLY DEPTH MUTATION PAGE_ROWS PAGE_BYTES STREAMS MUTATION_NAME BOOT KEPT FIELDS
        FIELD_NAME FIELD_VALUE RECORD_ID RECORDS ANSWER ANSWERS LOGIN PASSWORD_MIN PASSWORD_MAX DEVICE_NAME DEVICES
        REASONS PAUSE_DAYS FACT WINDOW LISTENERS BLOB PUSH_TOKEN PUSH_APP TEAM_ROWS DOCUMENT PACK_FROM
    };
    let source = include_str!("../src/limits.rs");
    let in_source = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    assert_eq!(in_source.collect::<BTreeSet<_>>(), code.iter().map(|(name, _)| *name).collect());
    let table = table("## 4 Limits");
    let told: Vec<(&str, u64)> =
        table.iter().map(|row| (unquoted(&row[0]), row[1].parse().expect("a number"))).collect();
    assert_eq!(told.iter().copied().collect::<BTreeMap<_, _>>(), code.iter().copied().collect());
    assert_eq!(told.len(), code.len());
}

#[test]
fn the_error_codes_are_the_codes() {
    let text = |code: ErrorCode| serde_json::to_value(code).expect("JSON").as_str().expect("a text").to_string();
    // The compiler sees to it that none is left out of `status`; here each golden file stands for one.
    let all = [
        ErrorCode::BadRequest,
        ErrorCode::Unauthorized,
        ErrorCode::Revoked,
        ErrorCode::WrongCredentials,
        ErrorCode::Forbidden,
        ErrorCode::NotFound,
        ErrorCode::Fork,
        ErrorCode::Gap,
        ErrorCode::CodeInvalid,
        ErrorCode::TooLarge,
        ErrorCode::UnsupportedMediaType,
        ErrorCode::RangeNotSatisfiable,
        ErrorCode::PasswordUnsuitable,
        ErrorCode::ProtocolUnsupported,
        ErrorCode::TooManyAttempts,
        ErrorCode::Busy,
        ErrorCode::Internal,
    ];
    let source = include_str!("../src/error.rs");
    let (_, variants) = source.split_once("pub enum ErrorCode {").expect("the enumeration");
    let (variants, _) = variants.split_once("\n}").expect("its end");
    let count = variants.lines().filter(|line| line.ends_with(',')).count();
    assert_eq!(count, all.len() + 1, "all but the unknown one");
    let code: BTreeMap<String, u16> = all.into_iter().map(|code| (text(code), code.status())).collect();
    let told: BTreeMap<String, u16> = table("## 7 Errors")
        .iter()
        .filter(|row| row.len() == 4)
        .map(|row| (unquoted(&row[0]).to_string(), row[1].parse().expect("a status")))
        .collect();
    assert_eq!(told, code);
}

#[test]
fn the_refusal_codes_are_the_codes() {
    let source = include_str!("../src/sync.rs");
    let (_, variants) = source.split_once("pub enum RefusalCode {").expect("the enumeration");
    let (variants, _) = variants.split_once("\n}").expect("its end");
    let count = variants.lines().filter(|line| line.ends_with(',')).count();
    let told: BTreeSet<String> = table("### 9.3 Acknowledgements")
        .iter()
        .map(|row| unquoted(&row[0]).to_string())
        .filter(|code| serde_json::from_value::<RefusalCode>(json!(code)).is_ok_and(|c| c != RefusalCode::Unknown))
        .collect();
    assert_eq!(told.len() + 1, count, "all but the unknown one: {told:?}");
}

#[test]
fn the_mutations_and_answers_are_the_codes() {
    let table = table("## 10 Mutations");
    let told: BTreeSet<&str> = table.iter().filter(|row| row[1] == "1").map(|row| unquoted(&row[0])).collect();
    let code = [
        name::LESSON_READ,
        name::QUIZ_ANSWERED,
        name::REVIEW_ANSWERED,
        name::TASK_DONE,
        name::TASK_UNDONE,
        name::JOURNEY_PAUSED,
        name::NUDGE_NOTED,
        name::RECORD_PUT,
        name::RECORD_DELETE,
        name::RECORD_ERASE,
        name::PUSH_REGISTERED,
        name::PUSH_WITHDRAWN,
        name::LEASE_WANTED,
        name::LEASE_YIELDED,
    ];
    assert_eq!(told, code.into());
    let (_, answers) = SPEC.split_once("| kind of question | answer |").expect("the table of answers");
    let answers = answers.split("\n\n").next().expect("the table");
    let read: Vec<Answer> = answers
        .lines()
        .skip(2)
        .map(|row| serde_json::from_str(row.split('`').nth(1).expect("an answer")).expect(row))
        .collect();
    assert_eq!(read.len(), 9);
}

#[test]
fn the_fold_computes_what_the_examples_say() {
    for example in examples() {
        let line = example.line;
        match example.kind {
            "Grading" => {
                for case in example.read::<Vec<Value>>() {
                    let read = |field: &str| case[field].clone();
                    let key: AnswerKey = serde_json::from_value(read("key")).expect("a key");
                    let locale: Locale = serde_json::from_value(read("locale")).expect("a locale");
                    let answer: Answer = serde_json::from_value(read("answer")).expect("an answer");
                    let graded = grade(&key, locale, &answer);
                    let graded = json!([graded.score, graded.verdict]);
                    assert_eq!(graded, json!([case["score"], case["verdict"]]), "line {line}: {case}");
                }
            }
            "Folding" => {
                for (typed, folded) in example.read::<Vec<(String, String)>>() {
                    assert_eq!(fold(&typed), folded, "line {line}");
                }
            }
            "Numbers" => {
                for (typed, number) in example.read::<Vec<(String, Option<i64>)>>() {
                    assert_eq!(parse_decimal(&typed), number, "line {line}: {typed}");
                }
            }
            "Memories" => {
                for case in example.read::<Vec<Value>>() {
                    let reviews: Vec<(i32, Grade)> = serde_json::from_value(case["reviews"].clone()).expect("reviews");
                    let memory = fsrs::memory(reviews.iter().map(|(day, grade)| (Day(*day), *grade))).expect("reviews");
                    let interval = fsrs::interval_days(&memory, 85);
                    let computed = json!([memory.stability, memory.difficulty, interval]);
                    let told = json!([case["stability"], case["difficulty"], case["interval_at_85"]]);
                    assert_eq!(computed, told, "line {line}: {case}");
                }
            }
            "Streaks" => {
                for case in example.read::<Vec<Value>>() {
                    let days: Vec<i32> = serde_json::from_value(case["days"].clone()).expect("days");
                    let today = case["today"].as_i64().expect("a day") as i32;
                    let computed = streak(days.into_iter().map(Day), Day(today));
                    let told = json!([case["streak"], case["freezes"]]);
                    assert_eq!(json!([computed.days, computed.freezes]), told, "line {line}: {case}");
                }
            }
            _ => {}
        }
    }
}

/// A field is told by its name in a code span, or in an object in one.
#[test]
fn no_field_is_left_out() {
    /// Objects whose keys are data.
    const MAPS: [&str; 20] = [
        "cursors", "streams", "fields", "f", "bundles", "media", "accepted", "markets", "courses", "lessons", "levels",
        "badges", "phases", "tasks", "tour", "nudges", "words", "offers", "ranks", "why",
    ];
    fn fields(value: &Value, at: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    if !MAPS.contains(&at) && at != "questions" {
                        found.insert(key.clone());
                    }
                    fields(value, key, found);
                }
            }
            Value::Array(list) => list.iter().for_each(|value| fields(value, "", found)),
            _ => {}
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1");
    let mut found = BTreeSet::new();
    let mut values = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        // A newer app's.
        if path.ends_with("mutation-dream-noted-16.json") || path.ends_with("sync-request-mutations.json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a file");
        fields(&serde_json::from_str(&text).expect("JSON"), "", &mut found);
        values += 1;
    }
    assert!(values > 50 && found.len() > 100, "{values} files, {} fields", found.len());
    let spans: String = SPEC.split('`').skip(1).step_by(2).collect::<Vec<_>>().join("\n");
    let is_told = |field: &str| {
        let ends = |span: &str| span == field || span.ends_with(&format!(".{field}"));
        spans.lines().any(ends) || spans.contains(&format!("\"{field}\""))
    };
    let missing: Vec<&String> = found.iter().filter(|field| !is_told(field)).collect();
    assert!(missing.is_empty(), "not in SPEC.md: {missing:?}");
}

#[test]
fn every_link_leads_somewhere() {
    let anchor = |heading: &str| -> String {
        let kept = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
            .collect::<String>();
        kept.replace(' ', "-")
    };
    let headings: BTreeSet<String> = SPEC
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect();
    let links: Vec<&str> = SPEC.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert_eq!(links.len(), 21);
    for link in links {
        assert!(headings.contains(link), "{link}");
    }
}

// The example session

/// As much of a server as the example needs: one account, one device that sends events, no limits.
struct Server {
    epoch: String,
    since: Millis,
    rev: u64,
    rows: BTreeMap<(String, String), (u64, Value)>,
    known: BTreeMap<EventId, Option<Millis>>,
    releases: Releases,
    manifest: Option<Value>,
}

impl Server {
    /// Takes mutations as one commit; gives the acknowledgements, not yet in runs.
    fn take(&mut self, mutations: &[Mutation], stamp: impl Fn(&Mutation) -> Millis) -> Vec<Value> {
        let mut acks = Vec::new();
        let mut records: BTreeMap<(String, String), Record> = BTreeMap::new();
        let stored = self.rows.iter().filter(|((kind, _), _)| fold::kind::ALL.contains(&kind.as_str()));
        let stored: Vec<_> = stored.map(|((kind, id), (_, value))| (kind, id, value.to_string())).collect();
        let stored = stored.iter().map(|(kind, id, value)| (kind.as_str(), id.as_str(), value.as_str()));
        let mut state = State::load(stored).expect("its own rows");
        for mutation in mutations {
            let seq = mutation.seq;
            if let Some(stamp) = self.known.get(&mutation.id) {
                acks.push(ack(seq, "cached", *stamp));
                continue;
            }
            let mut stamped = None;
            match Body::decode(&mutation.name, mutation.v, &mutation.body).expect("a body") {
                Body::Event { release, kind } => {
                    let at = stamp(mutation);
                    stamped = Some(at);
                    let event = Event { id: mutation.id, moment: Moment::new(at, mutation.at.offset), release, kind };
                    let outcome = fold::apply(&self.releases, &mut state, &event);
                    assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
                }
                Body::Record { kind, id, clock, edit } => {
                    let held = self.rows.get(&(kind.clone(), id.clone())).map(|(_, value)| value.clone());
                    let held = held.map_or(Record::default(), |v| serde_json::from_value(v).expect("a record"));
                    records.entry((kind, id)).or_insert(held).merge(&edit, &clock);
                }
                Body::Push(_) | Body::Lease(_) => stamped = Some(stamp(mutation)),
            }
            self.known.insert(mutation.id, stamped);
            acks.push(ack(seq, "applied", stamped));
        }
        for ((kind, id), record) in records {
            self.write(&kind, &id, serde_json::to_value(record).expect("JSON"));
        }
        fold::settle(&self.releases, &mut state);
        for row in state.take_changes() {
            let value = row.value.expect("nothing ends here");
            self.write(row.kind, &row.id, serde_json::from_str(&value).expect("JSON"));
        }
        acks
    }

    fn write(&mut self, kind: &str, id: &str, value: Value) {
        self.rev += 1;
        self.rows.insert((kind.into(), id.into()), (self.rev, value));
    }

    /// What is after a cursor, without the tag; `None` where that is nothing.
    fn page(&self, after: u64) -> Option<Value> {
        let mut rows: Vec<_> = self.rows.iter().filter(|(_, (rev, _))| *rev > after).collect();
        rows.sort_by_key(|(_, (rev, _))| *rev);
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|((kind, id), (rev, value))| json!({ "k": kind, "i": id, "r": rev, "v": value }))
            .collect();
        (!rows.is_empty()).then(|| json!({ "cursor": { "epoch": self.epoch, "rev": self.rev }, "rows": rows }))
    }
}

fn ack(seq: u64, status: &str, stamp: Option<Millis>) -> Value {
    let mut ack = json!({ "seq": seq, "status": status });
    if let Some(stamp) = stamp {
        ack["stamp"] = json!(stamp);
    }
    ack
}

/// Section 11.
fn stamp(receipt: Millis, request: &SyncRequest, mutation: &Mutation, since: Millis) -> Millis {
    let (now, at) = (&request.now, &mutation.at);
    let told = if !at.boot.is_empty() && at.boot == now.boot {
        receipt - (now.mono - at.mono)
    } else if let Some(error) = at.error {
        at.wall + error
    } else {
        at.wall + (receipt - now.wall)
    };
    let earliest = if at.floor > 0 { at.floor.max(since) } else { since };
    told.clamp(earliest.min(receipt), receipt)
}

/// Joins plain acknowledgements of the same status into runs.
fn runs(acks: Vec<Value>) -> Vec<Value> {
    let mut joined: Vec<Value> = Vec::new();
    for ack in acks {
        match joined.last_mut() {
            Some(last)
                if last["status"] == ack["status"] && last.get("stamp").is_none() && ack.get("stamp").is_none() =>
            {
                last["count"] = json!(last["count"].as_u64().unwrap_or(1) + 1);
            }
            _ => joined.push(ack),
        }
    }
    joined
}

#[test]
fn the_example_session_goes_as_it_says() {
    let begin = SPEC.lines().position(|line| line.starts_with("## 21 ")).expect("the example") + 1;
    let examples: Vec<Example> = examples().into_iter().filter(|example| example.line > begin).collect();
    let mut server = Server {
        epoch: "c0ffee0123456789".into(),
        since: 0,
        rev: 0,
        rows: BTreeMap::new(),
        known: BTreeMap::new(),
        releases: Releases::default(),
        manifest: None,
    };
    for example in examples.iter().filter(|example| example.kind == "Release") {
        let release: Release = example.read();
        let bytes = release.to_bytes();
        let id = Release::id_of(&bytes);
        server.manifest = Some(json!({ "hash": id, "size": bytes.len() }));
        server.releases.insert(Arc::new(IndexedRelease::new(id, release)));
    }
    let mut asked: Option<SyncRequest> = None;
    let mut tags = BTreeSet::new();
    let (mut requests, mut pages) = (0, 0);
    for example in examples {
        let line = example.line;
        match example.kind {
            "SignInReply" => {
                let reply: SignInReply = example.read();
                server.since = reply.server_time;
                let value = serde_json::to_value(reply.distributor).expect("JSON");
                server.write(DISTRIBUTOR_KIND, DISTRIBUTOR_ID, value);
            }
            "SyncRequest" => {
                let request: SyncRequest = example.read();
                for mutation in &request.mutations {
                    let Ok(Body::Record { clock, .. }) = Body::decode(&mutation.name, mutation.v, &mutation.body)
                    else {
                        continue;
                    };
                    // Made by the rules of section 12, from a first edit.
                    let server_now = mutation.at.wall + mutation.at.error.expect("measured");
                    assert_eq!(clock, Clock::next(server_now, None, clock.device.clone()), "line {line}");
                }
                asked = Some(request);
                requests += 1;
            }
            // Another device's, sent in between.
            "Mutation" => {
                server.take(&[example.read()], |_| unreachable!("an edit has no stamp"));
            }
            "SyncReply" => {
                let request = asked.take().unwrap_or_else(|| panic!("line {line}: nobody asked"));
                let told: Value = example.read();
                let receipt = told["server_time"].as_i64().expect("a time");
                let since = server.since;
                let acks = server.take(&request.mutations, |m| stamp(receipt, &request, m, since));
                let mut expected = json!({ "server_time": receipt });
                if !acks.is_empty() {
                    expected["acks"] = runs(acks).into();
                }
                let after = |stream: &str| request.cursors[stream].as_ref().map_or(0, |cursor| cursor.rev);
                if let Some(mut page) = server.page(after(ME)) {
                    page["cursor"]["tag"] = told["streams"][ME]["cursor"]["tag"].clone();
                    expected["streams"][ME] = page;
                    pages += 1;
                }
                if after(STREAM) == 0 {
                    let page = &told["streams"][STREAM];
                    let row = &page["rows"][0];
                    assert_eq!(row["v"]["release"], server.manifest.clone().expect("a release"), "line {line}");
                    assert_eq!(json!([row["k"], row["i"], row["r"]]), json!([MANIFEST_KIND, MANIFEST_ID, 1]));
                    serde_json::from_value::<Manifest>(row["v"].clone()).expect("a manifest");
                    expected["streams"][STREAM] = page.clone();
                }
                let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
                assert_eq!(told, expected, "line {line}; it should be\n{}", pretty(&expected));
                for page in told["streams"].as_object().into_iter().flatten().map(|(_, page)| page) {
                    tags.insert(page["cursor"]["tag"].to_string());
                }
            }
            _ => {}
        }
    }
    assert!(requests >= 5 && pages >= 3 && tags.len() >= 3, "{requests} requests, {pages} pages, {tags:?}");
}
