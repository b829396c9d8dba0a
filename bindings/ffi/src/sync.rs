use qadam_engine::sync::{
    BackgroundOutcome, RefusalReason, RefusalSubject, RefusalView, SyncOutcome, SyncProblem, SyncState, SyncStatusView,
};

use crate::live::live_query;
use crate::{QadamEngine, Result};

#[uniffi::remote(Record)]
pub struct SyncStatusView {
    pub state: SyncState,
    /// Changes that wait to be sent.
    pub pending: u32,
    /// Changes that the server keeps until it can take them.
    pub kept: u32,
    /// Changes that the server refused and that the person has not dismissed.
    pub refused: u32,
    /// When everything was last in step. Milliseconds since 1970-01-01T00:00Z.
    pub last_success: Option<i64>,
    /// Mutations that were set aside because the database was damaged: the names of those files.
    pub set_aside: Vec<String>,
}

#[uniffi::remote(Enum)]
pub enum SyncState {
    Idle,
    Syncing,
    Offline,
    /// After a failure; tried again then. Milliseconds since 1970-01-01T00:00Z.
    Waiting {
        until: i64,
        problem: SyncProblem,
    },
    SignInNeeded,
    UpdateNeeded,
}

#[uniffi::remote(Enum)]
pub enum SyncProblem {
    Unreachable,
    /// A captive portal, or a wrong address.
    NotQadam,
    Untrusted,
    ServerBusy,
    ServerTooOld,
    StorageFull,
    /// The request was refused as a whole; the app's fault.
    Refused,
}

/// A change that the server refused.
#[uniffi::remote(Record)]
pub struct RefusalView {
    /// Of the change.
    pub id: String,
    pub subject: RefusalSubject,
    pub reason: RefusalReason,
    /// When it arose. Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
}

#[uniffi::remote(Enum)]
pub enum RefusalSubject {
    Lesson { id: String },
    Review { lesson: String },
    Task { id: String },
    Contact { id: String },
    Settings,
    Other { name: String },
}

#[uniffi::remote(Enum)]
pub enum RefusalReason {
    /// It was not understood.
    Malformed,
    TooLong,
    TooManyRecords,
    /// The content no longer has it, or never had.
    UnknownContent,
    /// The answers are not those of such a quiz.
    ImpossibleAnswers,
    /// Of a newer server.
    Other,
}

/// What a sync did.
#[uniffi::remote(Record)]
pub struct SyncOutcome {
    /// Changes that were acknowledged.
    pub sent: u32,
    /// Rows that came.
    pub received: u32,
    /// Rows that were damaged here, and are the server's again.
    pub repaired: u32,
    pub round_trips: u32,
    pub bytes_up: u64,
    pub bytes_down: u64,
}

/// What a stay in the background did.
#[uniffi::remote(Enum)]
pub enum BackgroundOutcome {
    /// In step with the server.
    Done { sync: SyncOutcome },
    /// The budget ran out; what was received stays.
    OutOfTime,
    /// Nothing to do, or nothing that could be done now.
    Nothing,
}

live_query! {
    /// How things stand with the server, as that changes.
    LiveSyncStatus gives SyncStatusSnapshot of SyncStatusView
}

live_query! {
    /// The refused changes, as they come and go.
    LiveRefusals gives RefusalsSnapshot of Vec<RefusalView>
}

#[uniffi::export]
impl QadamEngine {
    /// Until both sides are in step, or the error.
    pub async fn sync(&self) -> Result<SyncOutcome> {
        Ok(self.0.sync().await?)
    }

    pub async fn sync_status(&self) -> Result<SyncStatusView> {
        Ok(self.0.sync_status().await?)
    }

    pub async fn refusals(&self) -> Result<Vec<RefusalView>> {
        Ok(self.0.refusals().await?)
    }

    pub async fn dismiss_refusal(&self, id: String) -> Result<()> {
        Ok(self.0.dismiss_refusal(id).await?)
    }

    pub fn observe_sync_status(&self) -> LiveSyncStatus {
        LiveSyncStatus(self.0.observe_sync_status())
    }

    pub fn observe_refusals(&self) -> LiveRefusals {
        LiveRefusals(self.0.observe_refusals())
    }
}
