use qadam_engine::nudges::{
    ComparedSideView, ComparedView, NeverView, NudgeCategory, NudgePlanView, NudgeSettingsView, NudgeView, NudgeWindow,
    ScheduledNudgeView, WhyView,
};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// What the platform is to show, and until when: the whole of it, to be reconciled by id with what it has. What is not in it is to be cancelled.
#[uniffi::remote(Record)]
pub struct NudgePlanView {
    /// By time, at most 48.
    pub scheduled: Vec<ScheduledNudgeView>,
    /// This phone shows the account's notifications; otherwise another one does, or none may.
    pub shows: bool,
    /// Plan again by then, also where nothing changes. Milliseconds since 1970-01-01T00:00Z, by this device's clock.
    pub valid_until: i64,
}

/// A notification, by its stable id: it is also that of a push about the same.
#[uniffi::remote(Record)]
pub struct ScheduledNudgeView {
    pub id: String,
    /// When it is to come, and from when on not any more. Milliseconds since 1970-01-01T00:00Z, by this device's clock.
    pub at: i64,
    pub expires: i64,
    /// Nothing of a reminder that the person set: its id is this one, and its text the title.
    pub category: Option<NudgeCategory>,
    pub title: String,
    pub body: String,
}

/// What a nudge is about; each kind has a switch.
#[uniffi::remote(Enum)]
pub enum NudgeCategory {
    Learning,
    Team,
    Business,
    Company,
}

/// A nudge as it stands in the messages.
#[uniffi::remote(Record)]
pub struct NudgeView {
    pub id: String,
    pub category: NudgeCategory,
    pub title: String,
    pub body: String,
    /// When it was shown, or came into the messages. Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// It stood in a notification.
    pub shown: bool,
    pub opened: bool,
}

/// Why a nudge came.
#[uniffi::remote(Record)]
pub struct WhyView {
    pub rule: String,
    /// The rule in plain words of the person's language.
    pub why: String,
    pub category: NudgeCategory,
    /// What the rule compared at that moment, in its order.
    pub compared: Vec<ComparedView>,
    /// How often it can come.
    pub window: NudgeWindow,
    /// Of these only the highest of a day comes; empty where it stands alone.
    pub group: String,
    /// The higher, the sooner: 0 to 100.
    pub priority: u32,
    /// The switch that stops it for good is set.
    pub never: bool,
}

#[uniffi::remote(Enum)]
pub enum NudgeWindow {
    Ever,
    Month,
    Week,
    Day,
}

/// A comparison of facts. Their names are those of the manual of rules.
#[uniffi::remote(Record)]
pub struct ComparedView {
    pub left: ComparedSideView,
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`
    pub sign: String,
    pub right: ComparedSideView,
    pub holds: bool,
}

#[uniffi::remote(Record)]
pub struct ComparedSideView {
    /// Nothing of a plain number.
    pub fact: Option<String>,
    /// The title of the lesson or course that the fact is about.
    pub about: Option<String>,
    /// So many percent of the fact are meant.
    pub percent: Option<u32>,
    /// Nothing where it was not known.
    pub value: Option<i64>,
}

/// What the person chose; the same on all of their phones.
#[uniffi::remote(Record)]
pub struct NudgeSettingsView {
    /// Minute of the day at which a nudge suits best; nothing where the person was not asked yet.
    pub best: Option<u32>,
    /// Categories that are switched off.
    pub off: Vec<NudgeCategory>,
    /// Up to and with this date nothing comes.
    pub paused: Option<String>,
    /// Rules of which nothing is to come again.
    pub never: Vec<NeverView>,
    /// Whether the sponsor is told of one's progress.
    pub share: bool,
    /// The goal for customers' volume in a month.
    pub volume_goal: Option<i64>,
}

#[uniffi::remote(Record)]
pub struct NeverView {
    pub rule: String,
    /// In plain words; empty where the rule is no more.
    pub why: String,
}

live_query! {
    /// The newest nudges, as they come.
    LiveNudges gives NudgesSnapshot of Vec<NudgeView>
}

#[uniffi::export]
impl QadamEngine {
    /// What the platform is to show in the coming days, whole: to be reconciled by id with what it has. `permission`: the app may show notifications. To be
    /// called after each start, sync and change, at midnight and at `valid_until`, and where the zone or the permission changes.
    pub async fn plan_nudges(&self, permission: bool) -> Result<NudgePlanView> {
        Ok(self.0.plan_nudges(permission).await?)
    }

    /// The newest nudges, as they came.
    pub async fn nudges(&self) -> Result<Vec<NudgeView>> {
        Ok(self.0.nudges().await?)
    }

    /// The person tapped the notification, or the message.
    pub async fn open_nudge(&self, id: String) -> Result<()> {
        Ok(self.0.open_nudge(id).await?)
    }

    /// The person swiped it away.
    pub async fn dismiss_nudge(&self, id: String) -> Result<()> {
        Ok(self.0.dismiss_nudge(id).await?)
    }

    /// Why a nudge came.
    pub async fn why_nudge(&self, id: String) -> Result<WhyView> {
        Ok(self.0.why_nudge(id).await?)
    }

    /// What the person chose.
    pub async fn nudge_settings(&self) -> Result<NudgeSettingsView> {
        Ok(self.0.nudge_settings().await?)
    }

    /// The minute of the day at which a nudge suits best, from 8:00 on, before 21:00.
    pub async fn set_best_minute(&self, minute: u32) -> Result<()> {
        Ok(self.0.set_best_minute(minute).await?)
    }

    pub async fn switch_nudges(&self, category: NudgeCategory, on: bool) -> Result<()> {
        Ok(self.0.switch_nudges(category, on).await?)
    }

    /// Nothing comes up to and with a date (`2026-11-24`); without one everything comes again.
    pub async fn pause_nudges(&self, until: Option<String>) -> Result<()> {
        Ok(self.0.pause_nudges(until).await?)
    }

    /// Nothing of this rule is to come again, or it may.
    pub async fn never_nudge(&self, rule: String, never: bool) -> Result<()> {
        Ok(self.0.never_nudge(rule, never).await?)
    }

    /// Whether the sponsor is told of one's progress.
    pub async fn share_progress(&self, share: bool) -> Result<()> {
        Ok(self.0.share_progress(share).await?)
    }

    /// The goal for customers' volume in a month; without one there is none.
    pub async fn set_volume_goal(&self, goal: Option<i64>) -> Result<()> {
        Ok(self.0.set_volume_goal(goal).await?)
    }

    pub fn observe_nudges(&self) -> LiveNudges {
        LiveNudges(self.0.observe_nudges())
    }
}
