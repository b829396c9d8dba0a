/// What the platform is to show, and until when: the whole of it, to be reconciled by id with what it has. What is not in it is to be cancelled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NudgePlanView {
    /// By time, at most 48.
    pub scheduled: Vec<ScheduledNudgeView>,
    /// This phone shows the account's notifications; otherwise another one does, or none may.
    pub shows: bool,
    /// Plan again by then, also where nothing changes. Milliseconds since 1970-01-01T00:00Z, by this device's clock.
    pub valid_until: i64,
}

/// A notification, by its stable id: it is also that of a push about the same.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NudgeCategory {
    Learning,
    Team,
    Business,
    Company,
}

/// A nudge as it stands in the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NudgeWindow {
    Ever,
    Month,
    Week,
    Day,
}

/// A comparison of facts. Their names are those of the manual of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedView {
    pub left: ComparedSideView,
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`
    pub sign: String,
    pub right: ComparedSideView,
    pub holds: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverView {
    pub rule: String,
    /// In plain words; empty where the rule is no more.
    pub why: String,
}
