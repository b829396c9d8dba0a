//! Content by hash: a manifest names a release, its bundles and its media; `GET /v1/blobs/<hash>.<extension>` gives each, by ranges too.

use std::collections::BTreeMap;

use qadam_domain::company::Locale;
use qadam_domain::ids::{BlobHash, LessonId};
use serde::{Deserialize, Serialize};

/// The stream with the company's content.
pub const STREAM: &str = "catalog";
/// Kind of the one row of that stream.
pub const MANIFEST_KIND: &str = "manifest";
/// Id of the one row of that stream.
pub const MANIFEST_ID: &str = "current";

/// What belongs to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The [`qadam_domain::release::Release`]; its hash is the release's id. Extension `json`.
    pub release: BlobRef,
    /// A [`qadam_domain::content::Bundle`] per locale. Extension `json`.
    pub bundles: BTreeMap<Locale, BlobRef>,
    /// By the file's name; captions too.
    pub media: BTreeMap<String, MediaRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    pub hash: BlobHash,
    /// Bytes, unpacked.
    pub size: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    #[serde(flatten)]
    pub blob: BlobRef,
    /// Of the file, lower case, without the dot.
    pub extension: String,
    /// The lessons that show it.
    pub lessons: Vec<LessonId>,
}
