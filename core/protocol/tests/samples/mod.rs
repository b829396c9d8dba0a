//! One value of every shape on the wire, of an imagined company.

use qadam_domain::awards::{Awards, Badge, BadgeCondition, Level, PointsRule};
use qadam_domain::company::{Distributor, Locale, Market};
use qadam_domain::content::{
    BadgeText, Bundle, CompanyText, CourseText, JourneyText, LessonText, MediaText, NudgeText, OptionText,
    QuestionText, RulesText, StepText, StopText, TaskText, WelcomeText, WordText,
};
use qadam_domain::digest::{BUCKETS, Digest};
use qadam_domain::event::{Ease, EventKind, QuizAnswer};
use qadam_domain::fold::nudges::{Became, Noted};
use qadam_domain::fold::{
    ActiveDay, Card, CardReview, EarnedBadge, Followed, Given, HeldPause, LedgerEntry, LessonProgress, Pass, TaskTicks,
    Tick, Totals,
};
use qadam_domain::ids::{
    BadgeId, BlobHash, CardId, CompanyId, CourseId, DecisionId, DeviceId, EventId, LessonId, LevelId, MarketId,
    PhaseId, QuestionId, RankId, ReleaseId, RuleId, StopId, TaskId, TextId,
};
use qadam_domain::journey::{Journey, Pause, Phase, Task, TaskKind, Welcome};
use qadam_domain::learning::{
    AcceptedText, Answer, AnswerKey, Course, FULL, Lesson, NumberRange, Question, ScenarioOption, ScenarioStep,
};
use qadam_domain::records::{Clock, Edit, Field, Record};
use qadam_domain::release::Release;
use qadam_domain::results::{RankReached, Sale, Volume};
use qadam_domain::reviews::{Grade, ReviewPlan, fsrs};
use qadam_domain::rules::condition::Told;
use qadam_domain::rules::emitted::Decision;
use qadam_domain::rules::{Compared, Goal, Order};
use qadam_domain::team::Member;
use qadam_domain::time::{Day, Millis, Moment};
use qadam_protocol::accounts::{
    CompanyReply, DeviceInfo, DevicesReply, Secret, SessionReply, SetPasswordReply, SetPasswordRequest, SignInReply,
    SignInRequest,
};
use qadam_protocol::content::{BlobRef, Manifest, MediaRef};
use qadam_protocol::error::{ErrorBody, ErrorCode, ErrorInfo};
use qadam_protocol::mutation::{Arose, Body, Mutation};
use qadam_protocol::nudges::{Ask, Lease, OfferState, Offered, Signal};
use qadam_protocol::push::{Push, Registration, Vendor};
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::{
    Ack, AckStatus, Acknowledged, ClockReading, Cursor, Echo, Notice, Page, RefusalCode, Row, SyncReply, SyncRequest,
};
use qadam_protocol::team::{Document, TeamPage};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, json};

/// 2026-11-24T16:00:00Z
pub const EVENING: Millis = 1_795_536_000_000;

fn company() -> CompanyId {
    CompanyId::new("altyn").expect("a slug")
}

fn lesson_id(id: &str) -> LessonId {
    LessonId::new(id).expect("a slug")
}

fn task_id(id: &str) -> TaskId {
    TaskId::new(id).expect("a slug")
}

fn stop_id(id: &str) -> StopId {
    StopId::new(id).expect("a slug")
}

fn question_id(id: &str) -> QuestionId {
    QuestionId::new(id).expect("a slug")
}

fn market_id() -> MarketId {
    MarketId::new("kz").expect("a slug")
}

fn device() -> DeviceId {
    DeviceId::new("5d1c0a9be3f24786").expect("16 digits")
}

/// A UUIDv7 of the evening.
pub fn event_id(n: u8) -> EventId {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&(EVENING as u64).to_be_bytes()[2..]);
    id[6..].copy_from_slice(&[0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n]);
    EventId(id)
}

fn release_id() -> ReleaseId {
    BlobHash::of(b"a release").into()
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

fn moment(minutes: i64) -> Moment {
    Moment::new(EVENING + minutes * 60_000, 300)
}

fn clock(minutes: i64, counter: u32) -> Clock {
    Clock { ms: EVENING + minutes * 60_000, counter, device: device() }
}

fn raw(value: &impl serde::Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("a sample holds nothing that JSON can't")
}

// Accounts

pub fn company_reply() -> CompanyReply {
    CompanyReply { company: company(), protocol: [1, 1], server_time: EVENING }
}

pub fn set_password_request() -> SetPasswordRequest {
    SetPasswordRequest { code: Secret("7QK2-9M0A-XWE4-BN5T".into()), password: Secret("қадам-қадам".into()) }
}

pub fn set_password_reply() -> SetPasswordReply {
    SetPasswordReply { login: "aigul".into() }
}

pub fn sign_in_request() -> SignInRequest {
    SignInRequest {
        login: "aigul".into(),
        password: Secret("қадам-қадам".into()),
        device_name: "Redmi 9A".into(),
        was: None,
    }
}

pub fn sign_in_reply() -> SignInReply {
    SignInReply {
        token: Secret("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
        device: device(),
        account: "3b7e15f0c2d94a68".into(),
        company: company(),
        distributor: distributor(),
        server_time: EVENING,
    }
}

pub fn session_reply() -> SessionReply {
    SessionReply { device: device(), account: "3b7e15f0c2d94a68".into(), server_time: EVENING }
}

pub fn devices_reply() -> DevicesReply {
    let other = DeviceId::new("0123456789abcdef").expect("16 digits");
    let info =
        |id, name: &str, this| DeviceInfo { id, name: name.into(), signed_in: EVENING - 1, heard: EVENING, this };
    DevicesReply { devices: vec![info(device(), "Redmi 9A", true), info(other, "iPhone", false)] }
}

pub fn errors() -> Vec<ErrorBody> {
    use ErrorCode::{
        BadRequest, Busy, CodeInvalid, Forbidden, Fork, Gap, Internal, NotFound, PasswordUnsuitable,
        ProtocolUnsupported, RangeNotSatisfiable, Revoked, TooLarge, TooManyAttempts, Unauthorized,
        UnsupportedMediaType, WrongCredentials,
    };
    let error = |code, detail: &str, retry_after, expected| ErrorBody {
        error: ErrorInfo { code, detail: detail.into(), retry_after, expected },
    };
    vec![
        error(BadRequest, "the body is not what this endpoint takes", None, None),
        error(Unauthorized, "the token is not known", None, None),
        error(Revoked, "the device was signed out", None, None),
        error(WrongCredentials, "the log-in name or the password is wrong", None, None),
        error(Forbidden, "too many devices are signed in", None, None),
        error(NotFound, "there is no such blob", None, None),
        error(Fork, "this sequence was used for another mutation", None, None),
        error(Gap, "a sequence is left out", None, Some(7)),
        error(CodeInvalid, "this code is unknown, used or expired", None, None),
        error(TooLarge, "at most 1000 mutations in a request", None, None),
        error(UnsupportedMediaType, "the body is to be application/json", None, None),
        error(RangeNotSatisfiable, "the blob is shorter", None, None),
        error(PasswordUnsuitable, "a password has 8 characters or more, and at most 256 bytes", None, None),
        error(ProtocolUnsupported, "this server speaks the versions 1 to 1", None, Some(1)),
        error(TooManyAttempts, "too many attempts", Some(540_000), None),
        error(Busy, "the server stops", Some(2_000), None),
        error(Internal, "", None, None),
    ]
}

// Sync

fn reading() -> ClockReading {
    ClockReading { wall: EVENING + 90_000, boot: "b3f1".into(), mono: 7_290_000 }
}

fn arose(minutes: i64) -> Arose {
    let since = minutes * 60_000;
    Arose {
        wall: EVENING + since - 30_000,
        error: Some(30_000),
        offset: 300,
        boot: "b3f1".into(),
        mono: 7_200_000 + since,
        floor: EVENING - 3_600_000,
    }
}

fn cursor(rev: u64) -> Cursor {
    Cursor { epoch: "c0ffee0123456789".into(), rev, tag: format!("{rev:016x}") }
}

pub fn first_request() -> SyncRequest {
    SyncRequest {
        protocol: 1,
        now: reading(),
        acknowledged: None,
        mutations: vec![],
        cursors: [("catalog".to_string(), None), ("me".to_string(), None)].into(),
        rows: None,
        merge: None,
        backed: None,
    }
}

pub fn idle_request() -> SyncRequest {
    SyncRequest {
        acknowledged: Some(Acknowledged { seq: 6, id: event_id(6) }),
        cursors: [("catalog".to_string(), Some(cursor(1))), ("me".to_string(), Some(cursor(41)))].into(),
        rows: Some(500),
        merge: Some(qadam_protocol::sync::MERGE),
        backed: Some(40),
        ..first_request()
    }
}

pub fn request_with_all() -> SyncRequest {
    SyncRequest { mutations: mutations(), ..idle_request() }
}

/// One of each kind, and one of a newer app.
pub fn mutations() -> Vec<Mutation> {
    let lesson = || lesson_id("listening-first");
    let given = |question: &str, answer| QuizAnswer { question: question_id(question), answer };
    let answers = vec![
        given("open-question", Answer::Single(0)),
        given("signs-of-interest", Answer::Multiple(vec![0, 2])),
        given("silence", Answer::TrueFalse(false)),
        given("talk-share", Answer::Number("20 %".into())),
        given("word-for-yes", Answer::Text("Келісім".into())),
        given("steps-of-a-talk", Answer::Order(vec![0, 2, 1])),
        given("need-and-product", Answer::Match(vec![Some(1), None, Some(0)])),
        given("too-expensive", Answer::Path(vec![0, 1])),
        given("left-open", Answer::Skipped),
    ];
    let review = |question: &str, answer, ease| EventKind::ReviewAnswered {
        card: CardId { lesson: lesson(), question: question_id(question) },
        locale: Locale::Ru,
        answer,
        ease,
    };
    let event = |kind| Body::Event { release: release_id(), kind };
    let record = |kind: &str, id: &str, counter, edit| Body::Record {
        kind: kind.into(),
        id: id.into(),
        clock: clock(2, counter),
        edit,
    };
    let put = |fields: &[(&str, Option<&str>)]| {
        Edit::Put(fields.iter().map(|(name, value)| ((*name).into(), value.map(Into::into))).collect())
    };
    let contact = "8f14e45fceea167a";
    let bodies = [
        event(EventKind::LessonRead { lesson: lesson() }),
        event(EventKind::QuizAnswered { lesson: lesson(), locale: Locale::Kk, answers }),
        event(review("open-question", Answer::Single(0), Ease::Easy)),
        event(review("silence", Answer::TrueFalse(true), Ease::Hard)),
        event(review("talk-share", Answer::Number("20,5".into()), Ease::Good)),
        record("contact", contact, 0, put(&[("name", Some("Дана")), ("note", None), ("tag:5f3c", Some("cream"))])),
        record("settings", "mine", 1, put(&[("locale", Some("kk"))])),
        record("contact", contact, 2, Edit::Delete),
        record("contact", contact, 3, Edit::Erase),
    ];
    let mut mutations: Vec<Mutation> = (7..)
        .zip(&bodies)
        .map(|(seq, body)| {
            let (name, v, body) = body.encode();
            Mutation { id: event_id(seq as u8), seq, name: name.into(), v, at: arose(seq as i64), body }
        })
        .collect();
    // The device's first moments: the server's time was never measured.
    mutations[0].at.error = None;
    mutations[0].at.floor = 0;
    mutations.push(Mutation {
        id: event_id(16),
        seq: 16,
        name: "dream.noted".into(),
        v: 1,
        at: arose(16),
        body: raw(&json!({ "dream": "a-garden", "release": release_id() })),
    });
    let registration = |vendor, token: &str| Registration {
        vendor,
        token: Secret(token.into()),
        app: None,
        sandbox: false,
        permission: true,
        locale: Locale::Kk,
    };
    let apns = registration(Vendor::Apns, "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0");
    let pushes = [
        Push::Registered(registration(Vendor::Fcm, "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx")),
        Push::Registered(Registration { app: Some("app.qadam".into()), sandbox: true, permission: false, ..apns }),
        Push::Withdrawn,
    ];
    mutations.extend((17..).zip(pushes).map(|(seq, push)| {
        let (name, v, body) = Body::Push(push).encode();
        Mutation { id: event_id(seq as u8), seq, name: name.into(), v, at: arose(seq as i64), body }
    }));
    let ticked = |task, item, undone| event(EventKind::TaskTicked { task: task_id(task), item, undone });
    let paused = EventKind::JourneyPaused { pause: event_id(99), change: pause() };
    let plan = [
        ticked("call-sponsor", None, false),
        ticked("good-place", Some(1), false),
        ticked("good-place", Some(1), true),
        event(paused),
        event(EventKind::NudgeNoted { nudge: decision_id(), decision: decision(), became: Became::Opened, when: None }),
        event(EventKind::NudgeNoted {
            nudge: decision_id(),
            decision: decision(),
            became: Became::Shown,
            when: Some(moment(-600)),
        }),
        Body::Lease(Ask::Wanted),
        Body::Lease(Ask::Yielded),
    ];
    mutations.extend((20..).zip(plan).map(|(seq, body)| {
        let (name, v, body) = body.encode();
        Mutation { id: event_id(seq as u8), seq, name: name.into(), v, at: arose(seq as i64), body }
    }));
    mutations
}

pub fn reply_with_nothing() -> SyncReply {
    SyncReply { server_time: EVENING, acks: vec![], streams: [].into(), backed: None }
}

/// Every status and every code.
pub fn reply_with_acks() -> SyncReply {
    use RefusalCode::{
        AnswerMismatch, IncompleteQuiz, Malformed, OverLimit, RepeatedQuestion, TaskMismatch, TooManyRecords,
        UnknownLesson, UnknownQuestion, UnknownTask,
    };
    let plain = |seq, count, status| Ack { seq, count, status, stamp: None, clock: None };
    let mut acks = vec![
        Ack { stamp: Some(EVENING), ..plain(7, 1, AckStatus::Applied) },
        plain(8, 40, AckStatus::Applied),
        Ack { clock: Some(clock(5, 48)), ..plain(48, 1, AckStatus::Applied) },
        Ack { stamp: Some(EVENING - 1), ..plain(49, 1, AckStatus::Cached) },
        plain(50, 2, AckStatus::Cached),
        Ack { stamp: Some(EVENING - 2), ..plain(52, 1, AckStatus::Kept) },
    ];
    let codes = [
        Malformed,
        OverLimit,
        TooManyRecords,
        UnknownLesson,
        UnknownQuestion,
        AnswerMismatch,
        IncompleteQuiz,
        RepeatedQuestion,
        UnknownTask,
        TaskMismatch,
    ];
    acks.extend((53..).zip(codes).map(|(seq, code)| plain(seq, 1, AckStatus::Refused(code))));
    SyncReply { acks, ..reply_with_nothing() }
}

fn row(kind: &str, id: &str, rev: u64, value: Option<Box<RawValue>>) -> Row {
    Row { kind: kind.into(), id: id.into(), rev, value }
}

pub fn reply_with_pages() -> SyncReply {
    let me = Page {
        cursor: cursor(44),
        reset: false,
        more: true,
        rows: vec![
            row("lesson", "listening-first", 42, Some(raw(&lesson_row()))),
            row("contact", "8f14e45fceea167a", 43, Some(raw(&contact_row()))),
            row("badge", "summer", 44, None),
        ],
        echoes: vec![],
        digest: None,
        team: None,
    };
    let catalog = Page {
        cursor: cursor(2),
        reset: false,
        more: false,
        rows: vec![row("manifest", "current", 2, Some(raw(&manifest())))],
        echoes: vec![],
        digest: None,
        team: None,
    };
    SyncReply { streams: [("catalog".to_string(), catalog), ("me".to_string(), me)].into(), ..reply_with_nothing() }
}

pub fn reply_with_echoes() -> SyncReply {
    let page = Page {
        cursor: cursor(48),
        reset: false,
        more: false,
        rows: vec![row("contact", "8f14e45fceea167a", 45, Some(raw(&contact_row())))],
        echoes: vec![Echo { rev: 46, seq: 8, count: 2 }, Echo { rev: 48, seq: 12, count: 1 }],
        digest: Some(Digest::of("contact", "8f14e45fceea167a", "{}")),
        team: None,
    };
    let acks = vec![Ack { seq: 7, count: 6, status: AckStatus::Applied, stamp: None, clock: None }];
    SyncReply { acks, streams: [("me".to_string(), page)].into(), backed: Some(41), ..reply_with_nothing() }
}

pub fn reply_with_reset() -> SyncReply {
    let page =
        Page { cursor: cursor(0), reset: true, more: false, rows: vec![], echoes: vec![], digest: None, team: None };
    SyncReply { streams: [("me".to_string(), page)].into(), ..reply_with_nothing() }
}

pub fn repair_request() -> RepairRequest {
    let buckets = (0..BUCKETS).map(|n| Digest::of("bucket", &n.to_string(), "")).collect();
    RepairRequest { protocol: 1, stream: "me".into(), cursor: cursor(44), buckets }
}

pub fn repair_reply() -> RepairReply {
    RepairReply {
        server_time: EVENING,
        behind: false,
        buckets: vec![7, 255],
        rows: vec![row("contact", "8f14e45fceea167a", 43, Some(raw(&contact_row())))],
        more: true,
    }
}

pub fn reply_with_team() -> SyncReply {
    let team =
        TeamPage { leader: Some("100200".into()), digest: Some(member_row().digest("100201")), ..TeamPage::default() };
    let rows = vec![row("member", "100201", 12, Some(raw(&member_row()))), row("member", "100315", 11, None)];
    let page = Page {
        cursor: cursor(12),
        reset: false,
        more: false,
        rows,
        echoes: vec![],
        digest: None,
        team: Some(Box::new(team)),
    };
    SyncReply { streams: [("team".to_string(), page)].into(), ..reply_with_nothing() }
}

/// An image, a delta, something to wait for, and no team any more.
pub fn replies_with_teams_elsewhere() -> [(&'static str, SyncReply); 4] {
    let document = Document { hash: BlobHash::of(b"a document"), size: 5_013_442, unpacked: 21_762_048 };
    let team =
        TeamPage { leader: Some("100200".into()), digest: Some(member_row().digest("100201")), ..TeamPage::default() };
    let image = TeamPage { image: Some(document.clone()), ..team.clone() };
    let delta = TeamPage { delta: Some(document), ..team.clone() };
    let wait = TeamPage { wait: Some(1_000), ..team };
    [("image", image), ("delta", delta), ("wait", wait), ("gone", TeamPage::default())].map(|(name, team)| {
        let reset = team.leader.is_none();
        let page = Page {
            cursor: cursor(7),
            reset,
            more: false,
            rows: vec![],
            echoes: vec![],
            digest: None,
            team: Some(Box::new(team)),
        };
        (name, SyncReply { streams: [("team".to_string(), page)].into(), ..reply_with_nothing() })
    })
}

// Rows

pub fn member_row() -> Member {
    Member {
        sponsor: Some("100200".into()),
        name: "Дана Ахметова".into(),
        phone: "+7 701 000 00 00".into(),
        rank: "silver".into(),
        personal: 12_000,
        group: 34_500,
        active: true,
        joined: Day::parse("2026-11-24").expect("a date"),
        city: "Алматы".into(),
    }
}

pub fn lesson_row() -> LessonProgress {
    LessonProgress {
        passes: vec![
            Pass { after: vec![], first: moment(20) },
            Pass { after: vec![lesson_id("contact-list"), lesson_id("first-conversation")], first: moment(10) },
        ],
        points: 20,
        attempts: 3,
        failures: 1,
        best: FULL,
        last_failure: Some(moment(5)),
        perfect: Some(moment(20)),
        read: Some(moment(1)),
        completed: Some(moment(20)),
        more: Map::new(),
    }
}

pub fn lesson_row_begun() -> LessonProgress {
    LessonProgress { read: Some(moment(1)), ..LessonProgress::default() }
}

pub fn card_row() -> Card {
    let review = |minutes, n, grade| CardReview { moment: moment(minutes), id: event_id(n), grade };
    let days = 24 * 60;
    let reviews = vec![
        review(20, 1, Grade::Good),
        review(2 * days, 2, Grade::Again),
        review(3 * days, 3, Grade::Hard),
        review(9 * days, 4, Grade::Easy),
    ];
    let memory = fsrs::memory(reviews.iter().map(|review| (review.moment.day, review.grade)));
    Card { reviews, memory, more: Map::new() }
}

pub fn day_row() -> ActiveDay {
    ActiveDay { reviews: 12, each: 1, cap: 10, more: Map::new() }
}

pub fn points_row() -> LedgerEntry {
    LedgerEntry { points: 20, day: moment(0).day, more: Map::new() }
}

pub fn sale_row() -> Sale {
    Sale { version: 2, day: moment(0).day, volume: 300, own: true, returned: true, silent: true }
}

pub fn volume_row() -> Volume {
    Volume { version: 1_764_007_200_000, day: moment(0).day, customers: 900, own: 40, silent: true }
}

pub fn rank_row() -> RankReached {
    let rank = RankId::new("bronze").expect("an id");
    RankReached { version: 1, day: moment(0).day, rank, withdrawn: true, silent: true }
}

pub fn given_row() -> Given {
    let courses = vec![CourseId::new("first-customers").expect("an id")];
    Given { day: moment(0).day, courses, lessons: vec![lesson_id("first-sale")], tasks: Vec::new(), more: Map::new() }
}

pub fn journey_row() -> Followed {
    Followed { release: release_id(), serial: 3, begun: moment(1), more: Map::new() }
}

pub fn task_row() -> TaskTicks {
    let tick = |item, minutes, n, undone| Tick { item, moment: moment(minutes), id: event_id(n), undone };
    TaskTicks { ticks: vec![tick(None, 20, 20, false), tick(Some(1), 22, 22, true)], more: Map::new() }
}

fn decision_id() -> DecisionId {
    DecisionId::new("5f0c3e6b9a7d41228c1e0b5d9f3a6c77").expect("an id")
}

fn decision() -> Decision {
    let told = |fact: &str, percent, value| Told { fact: Some(fact.into()), percent, value: Some(value) };
    let low = Compared {
        left: told("volume", None, 60),
        is: Order::Less,
        right: told("volume.goal", Some(80), 160),
        holds: true,
    };
    let due = Compared {
        left: told("follow_ups.due", None, 2),
        is: Order::AtLeast,
        right: Told { fact: None, percent: None, value: Some(1) },
        holds: true,
    };
    Decision {
        rule: RuleId::new("low-volume").expect("a slug"),
        window: "2026-11-01".into(),
        day: day("2026-11-20"),
        minute: Some(1_140),
        held_out: false,
        compared: vec![low, due],
    }
}

pub fn nudge_row() -> Noted {
    Noted {
        decision: decision(),
        from_server: true,
        at: moment(0),
        shown: Some(moment(1)),
        opened: Some(moment(2)),
        dismissed: None,
        more: Map::new(),
    }
}

pub fn lease() -> Lease {
    let device = |digit: &str| DeviceId::new(digit.repeat(16)).expect("16 digits");
    Lease { holder: device("a"), wanted: Some(device("b")), taken_over: Some(EVENING) }
}

pub fn signal() -> Signal {
    Signal {
        about: "KZ-000124".into(),
        name: "Dana".into(),
        rule: RuleId::new("newcomer-silent").expect("a slug"),
        release: release_id(),
        text: TextId::new("silent-five-days").expect("a slug"),
        lesson: Some(LessonId::new("help-without-pressing").expect("a slug")),
        priority: 70,
        day: day("2026-11-20"),
        level: 1,
    }
}

pub fn offer() -> Offered {
    let text = |id: &str| TextId::new(id).expect("a slug");
    Offered {
        rule: RuleId::new("three-customers").expect("a slug"),
        release: release_id(),
        goal: Goal::CustomerSales(3),
        reached: 1,
        from: day("2026-11-20"),
        until: day("2026-12-04"),
        reward: text("tea-set"),
        terms: text("tea-set-terms"),
        state: OfferState::Open,
        compared: Vec::new(),
    }
}

fn pause() -> Pause {
    Pause { version: 2, from: moment(0).day, until: moment(0).day.plus(6) }
}

pub fn pause_row() -> HeldPause {
    HeldPause { pause: pause(), more: Map::new() }
}

pub fn notice_row() -> Notice {
    Notice {
        badge: Some("seller".into()),
        rule: Some("first-sale:ever".into()),
        because: vec!["order-1".into()],
        at: moment(0).at,
    }
}

pub fn badge_row() -> EarnedBadge {
    EarnedBadge { day: moment(0).day, more: Map::new() }
}

pub fn totals_row() -> Totals {
    Totals { serial: 3, points: 240, lessons_completed: 7, reviews: 31, best_run: 5, more: Map::new() }
}

pub fn distributor() -> Distributor {
    Distributor {
        id: "100200".into(),
        name: "Айгүл Серік".into(),
        market: market_id(),
        locale: Locale::Kk,
        sponsor: Some("100007".into()),
        sponsor_name: Some("Сәуле Ким".into()),
        mentor: None,
        mentor_name: None,
        joined: Day::parse("2026-11-20").expect("a date"),
        more: Map::new(),
    }
}

pub fn distributor_without_sponsor() -> Distributor {
    Distributor { sponsor: None, sponsor_name: None, ..distributor() }
}

fn record(fields: &[(&str, Option<&str>, Clock)]) -> Record {
    let fields =
        fields.iter().map(|(name, value, clock)| ((*name).into(), Field(value.map(Into::into), clock.clone())));
    Record { fields: fields.collect(), ..Record::default() }
}

pub fn contact_row() -> Record {
    record(&[
        ("do_not_contact", Some("1"), clock(4, 0)),
        ("email", Some("dana@example.org"), clock(1, 0)),
        ("name", Some("Дана \"Dana\""), clock(1, 0)),
        ("note", None, clock(3, 1)),
        ("phone", Some("+7 700 000 00 00"), clock(1, 0)),
        ("tag:5f3c", Some("cream"), clock(2, 0)),
    ])
}

pub fn deleted_contact_row() -> Record {
    Record { deleted: Some(clock(9, 0)), ..contact_row() }
}

pub fn erased_contact_row() -> Record {
    Record { erased: true, ..Record::default() }
}

pub fn interaction_row() -> Record {
    record(&[
        ("at", Some("1795536000000"), clock(1, 0)),
        ("channel", Some("call"), clock(1, 0)),
        ("contact", Some("8f14e45fceea167a"), clock(1, 0)),
        ("note", Some("asked about the cream\ncalls back"), clock(1, 0)),
    ])
}

pub fn settings_row() -> Record {
    record(&[
        ("locale", Some("kk"), clock(1, 0)),
        ("media_budget", Some("500000000"), clock(1, 1)),
        ("media_on_metered", Some("1"), clock(1, 2)),
    ])
}

// Content

fn blob(of: &str, size: u64) -> BlobRef {
    BlobRef { hash: BlobHash::of(of.as_bytes()), size }
}

pub fn manifest() -> Manifest {
    let media = |of: &str, size, extension: &str, lessons: &[&str]| MediaRef {
        blob: blob(of, size),
        extension: extension.into(),
        lessons: lessons.iter().copied().map(lesson_id).collect(),
    };
    Manifest {
        release: blob("release", 14_210),
        bundles: [(Locale::En, blob("en", 61_000)), (Locale::Kk, blob("kk", 74_000))].into(),
        media: [
            ("first-talk.en.vtt".to_string(), media("vtt", 910, "vtt", &["first-conversation"])),
            ("first-talk.mp4".to_string(), media("mp4", 4_300_000, "mp4", &["first-conversation", "listening-first"])),
        ]
        .into(),
    }
}

/// One question of each kind.
pub fn release() -> Release {
    let half = FULL / 2;
    let third = 333_333;
    let option = |score, next| ScenarioOption { score, next };
    let text = |text: &str, score| AcceptedText { text: text.into(), score };
    let keys = vec![
        ("open-question", AnswerKey::Single { weights: vec![FULL, 0, half, -FULL] }),
        ("signs-of-interest", AnswerKey::Multiple { weights: vec![third, third, third, -half] }),
        ("silence", AnswerKey::TrueFalse { answer: false }),
        (
            "talk-share",
            AnswerKey::Numeric {
                accepted: vec![
                    NumberRange { min: 20_000_000, max: 20_000_000, score: FULL },
                    NumberRange { min: -500_000, max: 25_500_000, score: half },
                ],
            },
        ),
        (
            "word-for-yes",
            AnswerKey::ShortText {
                accepted: [
                    (Locale::En, vec![text("consent", FULL), text("approval", half)]),
                    (Locale::Kk, vec![text("келісім", FULL)]),
                ]
                .into(),
            },
        ),
        ("steps-of-a-talk", AnswerKey::Ordering { items: 3 }),
        ("need-and-product", AnswerKey::Matching { right: vec![1, 2, 0], choices: 4 }),
        (
            "too-expensive",
            AnswerKey::Scenario {
                steps: vec![
                    ScenarioStep { options: vec![option(FULL, Some(1)), option(half, Some(1)), option(0, None)] },
                    ScenarioStep { options: vec![option(FULL, None), option(0, None)] },
                ],
            },
        ),
    ];
    let questions = keys.into_iter().map(|(id, key)| Question { id: question_id(id), key }).collect();
    let badge = |id: &str, points, when, ended| Badge { id: BadgeId::new(id).expect("a slug"), points, when, ended };
    let level = |id: &str, from| Level { id: LevelId::new(id).expect("a slug"), from };
    let read_only = Lesson {
        id: lesson_id("what-this-business-is"),
        minutes: 3,
        points: 10,
        pass: FULL,
        draw: 0,
        wait: 0,
        after: vec![],
        questions: vec![],
        media: vec![],
    };
    let listening = Lesson {
        id: lesson_id("listening-first"),
        minutes: 4,
        points: 20,
        pass: 800_000,
        draw: 4,
        wait: 600_000,
        after: vec![read_only.id.clone()],
        questions,
        media: vec!["first-talk.mp4".into()],
    };
    Release {
        serial: 3,
        company: company(),
        default_locale: Locale::En,
        locales: vec![Locale::En, Locale::Es, Locale::Ru, Locale::Kk],
        markets: vec![Market {
            id: market_id(),
            currency: "KZT".into(),
            locales: vec![Locale::Kk, Locale::Ru],
            time_zone: "Asia/Almaty".into(),
            period_ends: Vec::new(),
        }],
        courses: vec![Course {
            id: CourseId::new("first-steps").expect("a slug"),
            lessons: vec![read_only, listening],
        }],
        awards: Awards {
            points: PointsRule { review: 1, reviews_a_day: 10 },
            levels: vec![level("newcomer", 0), level("explorer", 100)],
            badges: vec![
                badge("first-lesson", 10, BadgeCondition::LessonsCompleted(1), None),
                badge("listener", 20, BadgeCondition::Lessons(vec![lesson_id("listening-first")]), None),
                badge("faultless", 15, BadgeCondition::PerfectQuizzes(3), None),
                badge("fifty", 0, BadgeCondition::Reviews(50), None),
                badge("summer", 5, BadgeCondition::RunOfDays(7), Day::parse("2026-08-31")),
            ],
        },
        reviews: ReviewPlan { retention: 90, minutes: 5, seconds_per_card: 20 },
        ranks: Vec::new(),
        rules: Vec::new(),
        journey: Some(journey()),
    }
}

/// One task of each kind.
fn journey() -> Journey {
    let phase = |id, from, until| Phase { id: PhaseId::new(id).expect("a slug"), from, until };
    let task = |id, day, kind| Task {
        id: task_id(id),
        day,
        by: day,
        until: None,
        after: vec![],
        kind,
        retired: false,
        by_rule: false,
    };
    let mut tasks = vec![
        task("read-first", 1, TaskKind::Lesson(lesson_id("listening-first"))),
        task("call-sponsor", 1, TaskKind::Sponsor),
        task("good-place", 2, TaskKind::Checklist(2)),
        task("ten-names", 3, TaskKind::Contacts(10)),
        task("first-talks", 5, TaskKind::Interactions(3)),
        task("meeting", 6, TaskKind::Event),
        task("first-reviews", 8, TaskKind::Reviews(20)),
        task("ask-again", 10, TaskKind::FollowUps(2)),
        task("first-customer", 14, TaskKind::Sales(1)),
        task("old-habit", 15, TaskKind::Sponsor),
    ];
    tasks[4].after = vec![task_id("ten-names")];
    tasks[5].until = Some(9);
    tasks[7].by = 14;
    tasks[9].retired = true;
    Journey {
        phases: vec![phase("first-days", 1, 3), phase("later", 4, 90)],
        tasks,
        goal: task_id("first-talks"),
        welcome: Some(Welcome { video: Some("first-talk.mp4".into()), tour: vec![stop_id("today")] }),
    }
}

pub fn bundle() -> Bundle {
    let option = |text: &str, feedback: &str| OptionText { text: text.into(), feedback: feedback.into() };
    let questions = [
        (
            question_id("open-question"),
            QuestionText {
                prompt: "Which question opens a talk?".into(),
                explanation: "An *open* question can't be answered with yes or no.".into(),
                options: vec![
                    option("What would you like to change?", "Right."),
                    option("Do you want to buy this?", ""),
                ],
                ..QuestionText::default()
            },
        ),
        (
            question_id("need-and-product"),
            QuestionText {
                prompt: "What helps whom?".into(),
                left: vec!["dry skin".into(), "little time".into()],
                right: vec!["a short routine".into(), "a rich cream".into(), "a candle".into()],
                ..QuestionText::default()
            },
        ),
        (
            question_id("too-expensive"),
            QuestionText {
                prompt: "Aigul has asked you to show her the cream.".into(),
                steps: vec![StepText {
                    prompt: "\"That is a lot.\"".into(),
                    options: vec![option("Ask what she pays attention to.", "You stay with her need.")],
                }],
                ..QuestionText::default()
            },
        ),
    ];
    let lesson = LessonText {
        title: "Listening first".into(),
        cards: vec!["## Two ears\n\nOne mouth.".into(), "![a talk](media/first-talk.mp4)".into()],
        questions: questions.into(),
    };
    let badge = BadgeText {
        title: "The first step".into(),
        how: "Complete your first lesson.".into(),
        earned: "You have begun.".into(),
    };
    let media = MediaText { captions: Some("first-talk.en.vtt".into()), transcript: Some("*Dana:* Hello!".into()) };
    let text = |id: &str| TextId::new(id).expect("a slug");
    let rules = RulesText {
        ranks: [(RankId::new("bronze").expect("a slug"), "Bronze".into())].into(),
        why: [(RuleId::new("low-volume").expect("a slug"), "Ten days before the month ends.".into())].into(),
        nudges: [(text("low-volume"), NudgeText { title: "Two calls".into(), body: "Who waits for you?".into() })]
            .into(),
        words: [(text("silent"), WordText { why: "{newcomer} is silent.".into(), say: "How are you?".into() })].into(),
        offers: [(text("tea-set"), "A tea set".into())].into(),
    };
    Bundle {
        rules,
        locale: Locale::En,
        company: CompanyText { name: "Altyn Home".into(), welcome: "Welcome!".into() },
        markets: [(market_id(), "Kazakhstan".into())].into(),
        courses: [(
            CourseId::new("first-steps").expect("a slug"),
            CourseText { title: "First steps".into(), summary: "Two evenings.".into() },
        )]
        .into(),
        lessons: [(lesson_id("listening-first"), lesson)].into(),
        levels: [(LevelId::new("newcomer").expect("a slug"), "Newcomer".into())].into(),
        badges: [(BadgeId::new("first-lesson").expect("a slug"), badge)].into(),
        media: [("first-talk.mp4".to_string(), media), ("steps.png".to_string(), MediaText::default())].into(),
        journey: Some(journey_text()),
    }
}

fn journey_text() -> JourneyText {
    let task = |title: &str, why: &str, items: &[&str]| TaskText {
        title: title.into(),
        why: why.into(),
        items: items.iter().map(|item| (*item).into()).collect(),
    };
    let stop = StopText { title: "Today".into(), text: "What is next, three things at most.".into() };
    JourneyText {
        phases: [(PhaseId::new("first-days").expect("a slug"), "The first days".into())].into(),
        tasks: [
            (task_id("call-sponsor"), task("Call your sponsor", "Nobody walks alone.", &[])),
            (task_id("good-place"), task("A good place", "So that you find it again.", &["A chair", "A lamp"])),
        ]
        .into(),
        welcome: Some(WelcomeText {
            letter: "Dear {newcomer},\n\nwelcome! {sponsor}".into(),
            letter_alone: "Dear {newcomer}, welcome!".into(),
            tour: [(stop_id("today"), stop)].into(),
        }),
    }
}
