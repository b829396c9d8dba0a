//! What can go wrong, as an app can branch on it.

use crate::platform::SecureStoreError;

pub type Result<T> = std::result::Result<T, EngineError>;

/// Every failure that the engine's services tell. Nothing is lost by any of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// Log-in name or password is wrong.
    #[error("the log-in name or the password is wrong")]
    WrongCredentials,
    /// An invite or reset code that is unknown, used or expired.
    #[error("the code is unknown, used or expired")]
    CodeInvalid,
    /// The password is shorter than 8 characters or longer than 256 bytes.
    #[error("the password is too short or too long")]
    PasswordUnsuitable,
    #[error("too many attempts; again in {retry_after} ms")]
    TooManyAttempts { retry_after: u64 },
    /// The token is no longer good: the person signs in again. Everything that waits is kept.
    #[error("the person has to sign in again")]
    SignInNeeded,
    /// Signed in as one, asked for another: one signs out first.
    #[error("another account is signed in")]
    OtherAccount,
    /// The server can't be reached.
    #[error("the server can't be reached: {detail}")]
    Unreachable { detail: String },
    /// Something answered that is not Qadam's server: a captive portal, a wrong address.
    #[error("what answered is not a Qadam server: {detail}")]
    NotQadam { detail: String },
    /// The server's certificate is not good for its name.
    #[error("the connection is not safe: {detail}")]
    Untrusted { detail: String },
    /// Plain http is for loopback addresses alone, everything else is https.
    #[error("the address is not https")]
    InsecureAddress,
    #[error("the address can't be read")]
    InvalidAddress,
    /// The server no longer speaks this app's protocol.
    #[error("the app has to be updated")]
    UpdateNeeded,
    /// The server does not speak this app's protocol yet.
    #[error("the server is older than the app")]
    ServerTooOld,
    /// The server is busy or out of order.
    #[error("the server is busy")]
    ServerBusy { retry_after: Option<u64> },
    /// So many changes could not be sent; signing out would lose them.
    #[error("{count} changes are not sent yet")]
    Unsent { count: u32 },
    #[error("{0}")]
    SecureStore(#[from] SecureStoreError),
    #[error("the phone's storage is full")]
    StorageFull,
    /// The database was damaged. It is set aside under this name, never deleted; the next start begins anew.
    #[error("the database was damaged and is set aside as {set_aside}")]
    StorageCorrupt { set_aside: String },
    /// A newer app wrote the database.
    #[error("the database is of a newer app")]
    StorageNewer,
    #[error("storage: {detail}")]
    Storage { detail: String },
    /// There is no such lesson, contact, …
    #[error("there is no {what}")]
    NotFound { what: String },
    /// The content is not on this phone yet.
    #[error("the content is not here yet")]
    ContentMissing,
    /// The lesson is not open: something comes first, or the waiting time runs.
    #[error("the lesson is not open")]
    LessonLocked,
    /// The task is not ticked off: it is done by itself, once what it asks for is there.
    #[error("the task is done by itself")]
    TaskCompletesItself,
    /// What was given is not acceptable.
    #[error("{field} is not acceptable")]
    Invalid { field: String },
    /// The medium's bytes did not have its hash; they were thrown away.
    #[error("a file came damaged")]
    WrongHash,
    /// The engine was closed.
    #[error("the engine is closed")]
    Closed,
    #[error("internal: {detail}")]
    Internal { detail: String },
}
