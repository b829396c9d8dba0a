use qadam_engine::reminders::{ReminderStatus, ReminderView};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// A reminder that the person set themself; the same on all of their phones.
#[uniffi::remote(Record)]
pub struct ReminderView {
    pub id: String,
    /// The person's own words.
    pub text: String,
    /// The date, `2026-11-24`, and the minute of it, wherever the person is by then.
    pub day: String,
    pub minute: u32,
    pub status: ReminderStatus,
}

#[uniffi::remote(Enum)]
pub enum ReminderStatus {
    /// Its time will come.
    Coming,
    /// Its time has come, and it is not done.
    Due,
    Done,
}

live_query! {
    /// What the person wants to be reminded of, as it changes.
    LiveReminders gives RemindersSnapshot of Vec<ReminderView>
}

#[uniffi::export]
impl QadamEngine {
    /// What the person wants to be reminded of: what is due, and what will come, by time; then what is done, the newest first.
    pub async fn reminders(&self) -> Result<Vec<ReminderView>> {
        Ok(self.0.reminders().await?)
    }

    /// Sets a reminder in the person's own words, 200 characters at most, at a date (`2026-11-24`) and a minute of it, at night too. It comes with the plan
    /// of nudges. Gives its id.
    pub async fn add_reminder(&self, text: String, day: String, minute: u32) -> Result<String> {
        Ok(self.0.add_reminder(text, day, minute).await?)
    }

    /// Changes its words or its time. With another time it is open again.
    pub async fn change_reminder(&self, id: String, text: String, day: String, minute: u32) -> Result<()> {
        Ok(self.0.change_reminder(id, text, day, minute).await?)
    }

    /// It is done, or it is not: what is done does not come.
    pub async fn finish_reminder(&self, id: String, done: bool) -> Result<()> {
        Ok(self.0.finish_reminder(id, done).await?)
    }

    /// Wipes a reminder everywhere, for good.
    pub async fn delete_reminder(&self, id: String) -> Result<()> {
        Ok(self.0.delete_reminder(id).await?)
    }

    pub fn observe_reminders(&self) -> LiveReminders {
        LiveReminders(self.0.observe_reminders())
    }
}
