//! Mutations: what a device asks the server to take, by name and version.

use std::collections::BTreeMap;

use qadam_domain::company::Locale;
use qadam_domain::event::{Ease, EventKind, QuizAnswer};
use qadam_domain::fold::nudges::Became;
use qadam_domain::ids::{CardId, DecisionId, EventId, LessonId, QuestionId, ReleaseId, TaskId};
use qadam_domain::journey::Pause;
use qadam_domain::json;
use qadam_domain::learning::Answer;
use qadam_domain::records::{Clock, Edit};
use qadam_domain::rules::emitted::{Decision, MAX_COMPARED};
use qadam_domain::time::{Day, Millis, Moment};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::limits;
use crate::nudges::Ask;
use crate::push::{Push, Registration};
use crate::sync::RefusalCode;

/// A mutation as it travels.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mutation {
    /// UUIDv7 (RFC 9562), 32 hexadecimal digits. Never changes, whatever device sends it.
    pub id: EventId,
    /// The device's own count, from 1, without a gap.
    pub seq: u64,
    /// One of [`name`].
    pub name: String,
    /// Version of the body.
    pub v: u16,
    /// When it arose.
    pub at: Arose,
    /// What the name and version say.
    pub body: Box<RawValue>,
}

/// When a mutation arose, by the device's clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arose {
    /// Wall clock, milliseconds since 1970-01-01T00:00Z.
    pub wall: Millis,
    /// What to add to `wall` to get the server's time, as last measured; absent where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Millis>,
    /// Minutes ahead of UTC where the person was.
    pub offset: i32,
    /// As [`crate::sync::ClockReading::boot`].
    pub boot: String,
    /// As [`crate::sync::ClockReading::mono`].
    pub mono: Millis,
    /// `server_time` of the last reply that the device had applied; 0 before the first.
    pub floor: Millis,
}

/// Names of mutations. An event's name is that of what was done; a record's that of the edit; a device's that of what became so.
pub mod name {
    pub const LESSON_READ: &str = "lesson.read";
    pub const QUIZ_ANSWERED: &str = "quiz.answered";
    pub const REVIEW_ANSWERED: &str = "review.answered";
    pub const TASK_DONE: &str = "task.done";
    pub const TASK_UNDONE: &str = "task.undone";
    pub const JOURNEY_PAUSED: &str = "journey.paused";
    pub const NUDGE_NOTED: &str = "nudge.noted";
    pub const RECORD_PUT: &str = "record.put";
    pub const RECORD_DELETE: &str = "record.delete";
    pub const RECORD_ERASE: &str = "record.erase";
    pub const PUSH_REGISTERED: &str = "push.registered";
    pub const PUSH_WITHDRAWN: &str = "push.withdrawn";
    pub const LEASE_WANTED: &str = "lease.wanted";
    pub const LEASE_YIELDED: &str = "lease.yielded";
}

/// A mutation's body, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Event {
        release: ReleaseId,
        kind: EventKind,
    },
    Record {
        kind: String,
        id: String,
        clock: Clock,
        edit: Edit,
    },
    /// Of the device that sends it, whichever that is.
    Push(Push),
    Lease(Ask),
}

/// Why a body is not one that this version takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// The name or version is not known here: a newer app's. The server keeps it.
    Unknown,
    Refused(RefusalCode),
}

#[derive(Serialize, Deserialize)]
struct LessonRead {
    release: ReleaseId,
    lesson: LessonId,
}

#[derive(Serialize, Deserialize)]
struct QuizAnswered {
    release: ReleaseId,
    lesson: LessonId,
    locale: Locale,
    answers: Vec<QuizAnswer>,
}

#[derive(Serialize, Deserialize)]
struct ReviewAnswered {
    release: ReleaseId,
    lesson: LessonId,
    question: QuestionId,
    locale: Locale,
    answer: Answer,
    #[serde(default)]
    ease: Ease,
}

/// Done or undone, as the name says.
#[derive(Serialize, Deserialize)]
struct TaskTicked {
    release: ReleaseId,
    task: TaskId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<u8>,
}

#[derive(Serialize, Deserialize)]
struct JourneyPaused {
    release: ReleaseId,
    pause: EventId,
    version: u32,
    from: Day,
    until: Day,
}

#[derive(Serialize, Deserialize)]
struct NudgeNoted {
    release: ReleaseId,
    nudge: DecisionId,
    decision: Decision,
    became: Became,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<Moment>,
}

#[derive(Serialize, Deserialize)]
struct RecordPut {
    kind: String,
    id: String,
    clock: Clock,
    fields: BTreeMap<String, Option<String>>,
}

#[derive(Serialize, Deserialize)]
struct RecordGone {
    kind: String,
    id: String,
    clock: Clock,
}

/// `{}`
#[derive(Serialize, Deserialize)]
struct Nothing {}

impl Body {
    /// The name, version and body that travel.
    pub fn encode(&self) -> (&'static str, u16, Box<RawValue>) {
        fn raw(body: &impl Serialize) -> Box<RawValue> {
            to_raw_value(body).expect("a body holds nothing that JSON can't")
        }
        let (name, body) = match self.clone() {
            Self::Event { release, kind } => match kind {
                EventKind::LessonRead { lesson } => (name::LESSON_READ, raw(&LessonRead { release, lesson })),
                EventKind::QuizAnswered { lesson, locale, answers } => {
                    (name::QUIZ_ANSWERED, raw(&QuizAnswered { release, lesson, locale, answers }))
                }
                EventKind::ReviewAnswered { card, locale, answer, ease } => {
                    let CardId { lesson, question } = card;
                    (name::REVIEW_ANSWERED, raw(&ReviewAnswered { release, lesson, question, locale, answer, ease }))
                }
                EventKind::TaskTicked { task, item, undone } => {
                    let name = if undone { name::TASK_UNDONE } else { name::TASK_DONE };
                    (name, raw(&TaskTicked { release, task, item }))
                }
                EventKind::JourneyPaused { pause, change: Pause { version, from, until } } => {
                    (name::JOURNEY_PAUSED, raw(&JourneyPaused { release, pause, version, from, until }))
                }
                EventKind::NudgeNoted { nudge, decision, became, when } => {
                    (name::NUDGE_NOTED, raw(&NudgeNoted { release, nudge, decision, became, when }))
                }
            },
            Self::Record { kind, id, clock, edit } => match edit {
                Edit::Put(fields) => (name::RECORD_PUT, raw(&RecordPut { kind, id, clock, fields })),
                Edit::Delete => (name::RECORD_DELETE, raw(&RecordGone { kind, id, clock })),
                Edit::Erase => (name::RECORD_ERASE, raw(&RecordGone { kind, id, clock })),
            },
            Self::Push(Push::Registered(registration)) => (name::PUSH_REGISTERED, raw(&registration)),
            Self::Push(Push::Withdrawn) => (name::PUSH_WITHDRAWN, raw(&Nothing {})),
            Self::Lease(Ask::Wanted) => (name::LEASE_WANTED, raw(&Nothing {})),
            Self::Lease(Ask::Yielded) => (name::LEASE_YIELDED, raw(&Nothing {})),
        };
        (name, 1, body)
    }

    /// Reads and checks a body. Total.
    ///
    /// # Errors
    /// [`BodyError::Unknown`] for a name or version of a newer app, [`BodyError::Refused`] for what can never be taken.
    pub fn decode(name: &str, v: u16, body: &RawValue) -> Result<Self, BodyError> {
        fn read<'a, T: Deserialize<'a>>(body: &'a RawValue) -> Result<T, BodyError> {
            if body.get().len() > limits::MUTATION {
                return Err(BodyError::Refused(RefusalCode::OverLimit));
            }
            json::read(body.get()).map_err(|_| BodyError::Refused(RefusalCode::Malformed))
        }
        if v != 1 {
            return Err(if v == 0 { BodyError::Refused(RefusalCode::Malformed) } else { BodyError::Unknown });
        }
        let read = match name {
            name::LESSON_READ => {
                let LessonRead { release, lesson } = read(body)?;
                Self::Event { release, kind: EventKind::LessonRead { lesson } }
            }
            name::QUIZ_ANSWERED => {
                let QuizAnswered { release, lesson, locale, answers } = read(body)?;
                Self::Event { release, kind: EventKind::QuizAnswered { lesson, locale, answers } }
            }
            name::REVIEW_ANSWERED => {
                let ReviewAnswered { release, lesson, question, locale, answer, ease } = read(body)?;
                let card = CardId { lesson, question };
                Self::Event { release, kind: EventKind::ReviewAnswered { card, locale, answer, ease } }
            }
            name::TASK_DONE | name::TASK_UNDONE => {
                let TaskTicked { release, task, item } = read(body)?;
                let undone = name == name::TASK_UNDONE;
                Self::Event { release, kind: EventKind::TaskTicked { task, item, undone } }
            }
            name::JOURNEY_PAUSED => {
                let JourneyPaused { release, pause, version, from, until } = read(body)?;
                let change = Pause { version, from, until };
                Self::Event { release, kind: EventKind::JourneyPaused { pause, change } }
            }
            name::NUDGE_NOTED => {
                let NudgeNoted { release, nudge, decision, became, when } = read(body)?;
                Self::Event { release, kind: EventKind::NudgeNoted { nudge, decision, became, when } }
            }
            name::RECORD_PUT => {
                let RecordPut { kind, id, clock, fields } = read(body)?;
                Self::Record { kind, id, clock, edit: Edit::Put(fields) }
            }
            name::RECORD_DELETE | name::RECORD_ERASE => {
                let RecordGone { kind, id, clock } = read(body)?;
                let edit = if name == name::RECORD_DELETE { Edit::Delete } else { Edit::Erase };
                Self::Record { kind, id, clock, edit }
            }
            name::PUSH_REGISTERED => Self::Push(Push::Registered(read::<Registration>(body)?)),
            name::PUSH_WITHDRAWN => {
                let Nothing {} = read(body)?;
                Self::Push(Push::Withdrawn)
            }
            name::LEASE_WANTED | name::LEASE_YIELDED => {
                let Nothing {} = read(body)?;
                Self::Lease(if name == name::LEASE_WANTED { Ask::Wanted } else { Ask::Yielded })
            }
            _ => return Err(BodyError::Unknown),
        };
        read.check().map_err(BodyError::Refused)?;
        Ok(read)
    }

    /// Whether it is within the limits. The phone asks before it stores, the server before it takes.
    ///
    /// # Errors
    /// The code with which the server would refuse it.
    pub fn check(&self) -> Result<(), RefusalCode> {
        let within = match self {
            Self::Event { kind, .. } => match kind {
                EventKind::LessonRead { .. } => true,
                EventKind::QuizAnswered { answers, .. } => {
                    answers.len() <= limits::ANSWERS && answers.iter().all(|a| is_short(&a.answer))
                }
                EventKind::ReviewAnswered { answer, .. } => is_short(answer),
                EventKind::TaskTicked { .. } => true,
                EventKind::NudgeNoted { decision, .. } => is_bounded(decision),
                EventKind::JourneyPaused { change, .. } => change.until.since(change.from) < limits::PAUSE_DAYS,
            },
            Self::Record { kind, id, edit, .. } => {
                if !is_record_id(kind) || !is_record_id(id) {
                    return Err(RefusalCode::Malformed);
                }
                match edit {
                    Edit::Put(fields) => {
                        if !fields.keys().all(|name| is_field_name(name)) || fields.is_empty() {
                            return Err(RefusalCode::Malformed);
                        }
                        fields.len() <= limits::FIELDS
                            && fields.values().flatten().all(|value| value.len() <= limits::FIELD_VALUE)
                    }
                    Edit::Delete | Edit::Erase => true,
                }
            }
            Self::Push(push) => return push.check(),
            Self::Lease(_) => true,
        };
        if within { Ok(()) } else { Err(RefusalCode::OverLimit) }
    }
}

fn is_short(answer: &Answer) -> bool {
    match answer {
        Answer::Number(text) | Answer::Text(text) => text.chars().count() <= limits::ANSWER,
        _ => true,
    }
}

fn is_bounded(decision: &Decision) -> bool {
    let is_short = |name: &Option<String>| name.as_ref().is_none_or(|name| name.len() <= limits::FACT);
    decision.window.len() <= limits::WINDOW
        && decision.compared.len() <= MAX_COMPARED
        && decision.compared.iter().all(|compared| is_short(&compared.left.fact) && is_short(&compared.right.fact))
}

fn is_record_id(text: &str) -> bool {
    let holds = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    (1..=limits::RECORD_ID).contains(&text.len()) && holds
}

fn is_field_name(text: &str) -> bool {
    let holds = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b':' | b'-'));
    (1..=limits::FIELD_NAME).contains(&text.len()) && holds
}
