//! `POST /v1/sync`: pending mutations and cursors up; acknowledgements and changed rows down.

use std::collections::BTreeMap;

use qadam_domain::digest::Digest;
use qadam_domain::fold::Refusal;
use qadam_domain::ids::EventId;
use qadam_domain::records::Clock;
use qadam_domain::time::Millis;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::mutation::Mutation;
use crate::team::TeamPage;

/// The stream of a distributor's own rows.
pub const ME: &str = "me";

/// Version of how edits merge into a record and how the record is written ([`qadam_domain::records::Record`]).
pub const MERGE: u16 = 1;

/// Kind of the row in [`ME`] that says who one is; its id is [`DISTRIBUTOR_ID`], its value a [`qadam_domain::company::Distributor`].
pub const DISTRIBUTOR_KIND: &str = "distributor";
pub const DISTRIBUTOR_ID: &str = "mine";
/// Kind of the rows in [`ME`] that name the mutations that the server has kept and not yet folded; their id is the mutation's, their value a
/// [`KeptValue`]. The row is gone once the mutation is folded.
pub const KEPT_KIND: &str = "kept";

/// Kind of the rows in [`ME`] that tell the person that an award was taken back, since the back office corrected what it rested on.
pub const NOTICE_KIND: &str = "notice";

/// Value of a row of kind [`NOTICE_KIND`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The badge that was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    /// The rule, and its window, whose points or courses were taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The back office's ids of what was corrected; of many the first ones.
    pub because: Vec<String>,
    pub at: Millis,
}

/// Value of a row of kind [`KEPT_KIND`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptValue {
    /// Absent while the mutation waits. Otherwise it turned out to be impossible and will never take effect: the device that made it lists it with
    /// what was refused; the row stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusalCode>,
}

/// What a device's clocks show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// Wall clock, milliseconds since 1970-01-01T00:00Z.
    pub wall: Millis,
    /// Names the time since the device started; [`ClockReading::mono`] of one boot can be compared. At most 64 characters.
    pub boot: String,
    /// Milliseconds that count on while the device sleeps.
    pub mono: Millis,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncRequest {
    /// [`crate::VERSION`]
    pub protocol: u16,
    /// As the request is made.
    pub now: ClockReading,
    /// The last mutation of this device that the server acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// By rising sequence, without a gap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutations: Vec<Mutation>,
    /// The streams that are asked for; `null` where nothing is held yet.
    pub cursors: BTreeMap<String, Option<Cursor>>,
    /// Rows that the reply may hold, per stream; at most [`crate::limits::PAGE_ROWS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// [`MERGE`], where the client merges its own edits as the server does: their rows may then come as [`Page::echoes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<u16>,
    /// [`SyncReply::backed`] as last told (0 before the first time), by a device that keeps acknowledged mutations above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backed: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub seq: u64,
    pub id: EventId,
}

/// How far a stream is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Random; a stream gets another when its history is no longer what phones saw.
    pub epoch: String,
    /// Revision of the last row held. Revisions have no holes.
    pub rev: u64,
    /// Random per commit: two histories with the same revisions differ in it.
    pub tag: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncReply {
    /// When the reply was made.
    pub server_time: Millis,
    /// For each mutation of the request, in its order, in runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acks: Vec<Ack>,
    /// Those of the asked streams that have something new.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub streams: BTreeMap<String, Page>,
    /// Revision of [`ME`] up to which every backup holds it that the server could be restored from. Told where the request has mutations or a
    /// [`SyncRequest::backed`], and it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backed: Option<u64>,
}

impl SyncReply {
    /// Another page waits.
    pub fn more(&self) -> bool {
        self.streams.values().any(|page| page.more)
    }
}

/// What became of `count` mutations from `seq` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    pub seq: u64,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u64,
    pub status: AckStatus,
    /// Of an event: the corrected stamp. Then `count` is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Millis>,
    /// Of an edit whose clock was set back: the clock it has now. Then `count` is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
}

fn one() -> u64 {
    1
}

fn is_one(count: &u64) -> bool {
    *count == 1
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AckStatus {
    /// Its effect is in the rows.
    Applied,
    /// It had been taken before; its effect is in the rows, nothing was done again.
    Cached,
    /// It is stored and takes effect later: the server lacks the release that it names, or does not know this kind of mutation yet.
    /// A row of kind [`KEPT_KIND`] stands for it until then.
    Kept,
    /// It is impossible and will never take effect.
    Refused(RefusalCode),
}

/// Why a mutation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The body is not that of a mutation of this name and version.
    Malformed,
    /// A name, value or list is beyond [`crate::limits`].
    OverLimit,
    /// The account holds as many records as it may.
    TooManyRecords,
    UnknownLesson,
    UnknownQuestion,
    AnswerMismatch,
    IncompleteQuiz,
    RepeatedQuestion,
    UnknownTask,
    TaskMismatch,
    /// A code of a newer server.
    #[serde(other)]
    Unknown,
}

impl From<Refusal> for RefusalCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownLesson => Self::UnknownLesson,
            Refusal::UnknownQuestion => Self::UnknownQuestion,
            Refusal::AnswerMismatch => Self::AnswerMismatch,
            Refusal::IncompleteQuiz => Self::IncompleteQuiz,
            Refusal::RepeatedQuestion => Self::RepeatedQuestion,
            Refusal::UnknownTask => Self::UnknownTask,
            Refusal::TaskMismatch => Self::TaskMismatch,
        }
    }
}

/// Rows of one stream that changed after the cursor, by rising revision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    /// Where the stream is held to once this page is applied.
    pub cursor: Cursor,
    /// The cursor was of another history: the rows start from the beginning, and what is held and does not come again by the page
    /// without `more` is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
    /// Rows that the client can make itself, by rising revision; only where it said [`SyncRequest::merge`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub echoes: Vec<Echo>,
    /// Of all rows that the stream has at the cursor; on a page without [`Page::more`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Of the stream [`crate::team::STREAM`] alone, and always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Box<TeamPage>>,
}

impl Page {
    /// Rows that it stands for.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64 + self.echoes.iter().map(|echo| echo.count).sum::<u64>()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.echoes.is_empty()
    }
}

/// `count` rows with the revisions from `rev` on: the records that the request's mutations from `seq` on edit, one each. Each is what was
/// confirmed at the request's cursor, with all edits of it merged that the request carried and the reply calls applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    pub rev: u64,
    pub seq: u64,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u64,
}

/// A row as the server holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    #[serde(rename = "k")]
    pub kind: String,
    #[serde(rename = "i")]
    pub id: String,
    #[serde(rename = "r")]
    pub rev: u64,
    /// `null` where the row is gone. Its bytes are kept as they came.
    #[serde(rename = "v")]
    pub value: Option<Box<RawValue>>,
}
