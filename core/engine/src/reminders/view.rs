/// A reminder that the person set themself; the same on all of their phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderView {
    pub id: String,
    /// The person's own words.
    pub text: String,
    /// The date, `2026-11-24`, and the minute of it, wherever the person is by then.
    pub day: String,
    pub minute: u32,
    pub status: ReminderStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderStatus {
    /// Its time will come.
    Coming,
    /// Its time has come, and it is not done.
    Due,
    Done,
}
