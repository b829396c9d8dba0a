//! `POST /v1/repair`: finds the rows of a stream in which a replica differs though it holds the same revision, and sends these alone.

use qadam_domain::digest::Digest;
use qadam_domain::time::Millis;
use serde::{Deserialize, Serialize};

use crate::sync::{Cursor, Row};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RepairRequest {
    /// [`crate::VERSION`]
    pub protocol: u16,
    pub stream: String,
    /// How far it is held.
    pub cursor: Cursor,
    /// The digest of the confirmed rows in each bucket ([`qadam_domain::digest::bucket`]), [`qadam_domain::digest::BUCKETS`] of them.
    pub buckets: Vec<Digest>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RepairReply {
    pub server_time: Millis,
    /// The stream has gone on: sync first, then ask again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub behind: bool,
    /// Buckets that differ, rising. What is held of them and is not among `rows` is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<u8>,
    /// All rows of these buckets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
    /// Other buckets differ too: ask again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}
