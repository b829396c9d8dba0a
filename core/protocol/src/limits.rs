//! Limits, enforced on both sides: the client never sends beyond them, the server refuses what is.

/// Mutations in one request.
pub const MUTATIONS: usize = 1_000;
/// Bytes of a request's body as it travels.
pub const BODY_PACKED: usize = 1 << 20;
/// Bytes of a request's body unpacked.
pub const BODY: usize = 4 << 20;
/// Bytes of a reply unpacked, but for blobs.
pub const REPLY: usize = 16 << 20;
/// Nesting of JSON in a body; what is deeper is `bad_request`.
pub const DEPTH: usize = 64;
/// Bytes of one mutation's body.
pub const MUTATION: usize = 64 << 10;
/// Rows in one page of a reply; a client may ask for fewer.
pub const PAGE_ROWS: u32 = 4_000;
/// Bytes of rows in one page after which the page ends.
pub const PAGE_BYTES: usize = 4 << 20;
/// Streams in one request.
pub const STREAMS: usize = 16;
/// Characters of a mutation's name.
pub const MUTATION_NAME: usize = 64;
/// Characters of a boot's name.
pub const BOOT: usize = 64;
/// Mutations of one account that are kept at a time.
pub const KEPT: u64 = 10_000;

/// Fields of one record.
pub const FIELDS: usize = 256;
/// Characters of a field's name: 1 to so many of `a-z`, `0-9`, `_`, `:`, `-`.
pub const FIELD_NAME: usize = 64;
/// Bytes of a field's value.
pub const FIELD_VALUE: usize = 8 << 10;
/// Characters of a record's kind or id: 1 to so many of `a-z`, `0-9`, `_`, `-`.
pub const RECORD_ID: usize = 48;
/// Records that one account may hold.
pub const RECORDS: u64 = 200_000;

/// Characters of a typed answer.
pub const ANSWER: usize = 500;
/// Answers in one quiz.
pub const ANSWERS: usize = 100;

/// Characters of a fact's name in a decision.
pub const FACT: usize = 160;
/// Characters of the name of a rule's window.
pub const WINDOW: usize = 10;

/// Days of one pause of the plan.
pub const PAUSE_DAYS: i32 = 180;

/// Characters of a log-in name.
pub const LOGIN: usize = 128;
/// Characters of a password, at least.
pub const PASSWORD_MIN: usize = 8;
/// Bytes of a password, at most.
pub const PASSWORD_MAX: usize = 256;
/// Characters of a device's name.
pub const DEVICE_NAME: usize = 64;
/// Devices of one account that are signed in.
pub const DEVICES: u64 = 100;
/// Devices of one account that listen for changes at a time.
pub const LISTENERS: usize = 8;
/// Bytes of one blob.
pub const BLOB: u64 = 64 << 20;
/// Characters of a device's push token: 1 to so many.
pub const PUSH_TOKEN: usize = 4096;
/// Characters of the name by which a push service knows the app.
pub const PUSH_APP: usize = 255;
/// Members of a team up to which its first page has rows; a larger one begins with an image.
pub const TEAM_ROWS: u32 = 500;
/// Bytes of a document of the team, unpacked.
pub const DOCUMENT: u64 = 512 << 20;

/// Ids that a notice of what was taken back names.
pub const REASONS: usize = 8;

/// Bodies from so many bytes on travel packed: a request without mutations is shorter, a reply with a record longer.
pub const PACK_FROM: usize = 384;
