use qadam_engine::EngineError;
use qadam_engine::platform::SecureStoreError;

/// What can go wrong. Nothing is lost by any of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum QadamError {
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
    /// Again after so many milliseconds.
    #[error("too many attempts; again in {retry_after} ms")]
    TooManyAttempts { retry_after: i64 },
    /// The session has ended: the person signs in again. Everything that waits is kept.
    #[error("the person has to sign in again")]
    SignInNeeded,
    /// Another account is signed in: one signs out first.
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
    /// Plain http is for loopback addresses alone.
    #[error("the address is not https")]
    InsecureAddress,
    /// The address can't be read.
    #[error("the address can't be read")]
    InvalidAddress,
    /// The server no longer speaks this app's protocol.
    #[error("the app has to be updated")]
    UpdateNeeded,
    /// The server does not speak this app's protocol yet.
    #[error("the server is older than the app")]
    ServerTooOld,
    /// The server is busy or out of order; again after so many milliseconds, where it says so.
    #[error("the server is busy")]
    ServerBusy { retry_after: Option<i64> },
    /// So many changes could not be sent; signing out would lose them.
    #[error("{count} changes are not sent yet")]
    Unsent { count: u32 },
    /// The phone has not been unlocked since it started. Nothing was changed; later it works.
    #[error("the secure store is locked until the phone is unlocked")]
    SecureStoreLocked,
    /// There is no secure store on this device, or it is out of order.
    #[error("there is no secure store")]
    SecureStoreMissing,
    /// The secure store's key was destroyed, for example since the screen lock changed.
    #[error("the secure store's key was invalidated")]
    SecureStoreInvalidated,
    /// The phone's storage is full.
    #[error("the phone's storage is full")]
    StorageFull,
    /// The database was damaged and is set aside under this name; the next start begins anew.
    #[error("the database was damaged and is set aside as {set_aside}")]
    StorageCorrupt { set_aside: String },
    /// A newer app wrote the database.
    #[error("the database is of a newer app")]
    StorageNewer,
    /// Any other trouble with the phone's storage.
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
    /// The task is done by itself, when what it counts is there; nobody ticks it off.
    #[error("the task completes itself")]
    TaskCompletesItself,
    /// What was given in this field is not acceptable.
    #[error("{field} is not acceptable")]
    Invalid { field: String },
    /// A medium's bytes did not have its hash; they were thrown away.
    #[error("a file came damaged")]
    WrongHash,
    /// The engine was shut down.
    #[error("the engine is shut down")]
    Closed,
    /// A fault of the engine itself.
    #[error("internal: {detail}")]
    Internal { detail: String },
}

/// The border: every error of the engine is decided on here.
impl From<EngineError> for QadamError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::SignedOut => Self::SignedOut,
            EngineError::WrongCredentials => Self::WrongCredentials,
            EngineError::CodeInvalid => Self::CodeInvalid,
            EngineError::PasswordUnsuitable => Self::PasswordUnsuitable,
            EngineError::TooManyAttempts { retry_after } => Self::TooManyAttempts { retry_after: signed(retry_after) },
            EngineError::SignInNeeded => Self::SignInNeeded,
            EngineError::OtherAccount => Self::OtherAccount,
            EngineError::Unreachable { detail } => Self::Unreachable { detail },
            EngineError::NotQadam { detail } => Self::NotQadam { detail },
            EngineError::Untrusted { detail } => Self::Untrusted { detail },
            EngineError::InsecureAddress => Self::InsecureAddress,
            EngineError::InvalidAddress => Self::InvalidAddress,
            EngineError::UpdateNeeded => Self::UpdateNeeded,
            EngineError::ServerTooOld => Self::ServerTooOld,
            EngineError::ServerBusy { retry_after } => Self::ServerBusy { retry_after: retry_after.map(signed) },
            EngineError::Unsent { count } => Self::Unsent { count },
            EngineError::SecureStore(SecureStoreError::Locked) => Self::SecureStoreLocked,
            EngineError::SecureStore(SecureStoreError::Missing) => Self::SecureStoreMissing,
            EngineError::SecureStore(SecureStoreError::Invalidated) => Self::SecureStoreInvalidated,
            EngineError::StorageFull => Self::StorageFull,
            EngineError::StorageCorrupt { set_aside } => Self::StorageCorrupt { set_aside },
            EngineError::StorageNewer => Self::StorageNewer,
            EngineError::Storage { detail } => Self::Storage { detail },
            EngineError::NotFound { what } => Self::NotFound { what },
            EngineError::ContentMissing => Self::ContentMissing,
            EngineError::LessonLocked => Self::LessonLocked,
            EngineError::TaskCompletesItself => Self::TaskCompletesItself,
            EngineError::Invalid { field } => Self::Invalid { field },
            EngineError::WrongHash => Self::WrongHash,
            EngineError::Closed => Self::Closed,
            EngineError::Internal { detail } => Self::Internal { detail },
        }
    }
}

/// Kotlin's and Swift's times are signed.
fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}
