//! The stream of the members below a distributor: pages, and documents that are fetched as blobs.

use qadam_domain::digest::Digest;
use qadam_domain::ids::BlobHash;
use serde::{Deserialize, Serialize};

/// The stream of a distributor's team: the member that the account is, and everybody below. A row that is gone means that member and
/// everybody who is still below it in what the client holds.
pub const STREAM: &str = "team";

/// Extension of a document's path: `/v1/blobs/<hash>.zst`.
pub const EXTENSION: &str = "zst";

/// `application_id` of an image: `QTEA`.
pub const APPLICATION_ID: i32 = 0x5154_4541;
/// `user_version` of an image with this [`SCHEMA`].
pub const SCHEMA_VERSION: i32 = 1;

/// The tables and indexes of a team on a phone. Members are numbered in the order in which the company came to know them: so ids, dates and who
/// was there first rise together, and pack well.
pub const SCHEMA: [&str; 5] = [
    // One row: what is held, and how far. The digest is that of all rows.
    "CREATE TABLE team (one INTEGER PRIMARY KEY CHECK (one = 1), leader TEXT NOT NULL, upline TEXT, epoch TEXT NOT NULL, rev INTEGER NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, members INTEGER NOT NULL) STRICT",
    // `sponsor` is an `id` of this table, NULL for the leader, whose sponsor is `team.upline`. `joined` in days since 1970-01-01. `below` counts
    // everybody below.
    "CREATE TABLE member (id INTEGER PRIMARY KEY, number TEXT NOT NULL, sponsor INTEGER, name TEXT NOT NULL, phone TEXT NOT NULL, rank TEXT NOT NULL, personal INTEGER NOT NULL, volume INTEGER NOT NULL, active INTEGER NOT NULL, joined INTEGER NOT NULL, city TEXT NOT NULL, below INTEGER NOT NULL) STRICT",
    // The name as it is searched: see `qadam_domain::contacts::sort_key`.
    "CREATE TABLE name (key TEXT NOT NULL, member INTEGER NOT NULL, PRIMARY KEY (key, member)) STRICT, WITHOUT ROWID",
    "CREATE UNIQUE INDEX member_number ON member (number)",
    "CREATE INDEX member_sponsor ON member (sponsor)",
];
/// So many of [`SCHEMA`] are in an image, in this order, and nothing else. The last one is made anew sooner than it travels.
pub const SHIPPED: usize = 4;

/// What a page of [`STREAM`] says beyond its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamPage {
    /// Id of the member that the account is. Absent: it is none (any more); what is held of the stream is to be deleted, with its cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader: Option<String>,
    /// Of all rows that are held once the page, or its document, is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Instead of rows: a whole team, as a packed SQLite file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Document>,
    /// Instead of rows: the rows, one on a line, packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<Document>,
    /// The document is being made: nothing is to be applied, and the client asks again after so many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

/// A file that is fetched by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Of the bytes as they travel, packed with zstd.
    pub hash: BlobHash,
    /// Bytes as they travel.
    pub size: u64,
    /// Bytes unpacked; at most [`crate::limits::DOCUMENT`].
    pub unpacked: u64,
}
