//! The distributor's settings: one record, merged per field between the devices.

/// Kind of the record.
pub const KIND: &str = "settings";
/// Id of the one record.
pub const ID: &str = "mine";

/// The fields of the record. Values are texts; an absent field means the default.
pub mod field {
    /// BCP 47 tag of the language that the person chose.
    pub const LOCALE: &str = "locale";
    /// `1`: media may be fetched ahead on metered networks too.
    pub const MEDIA_ON_METERED: &str = "media_on_metered";
    /// Storage budget for media in bytes, as a decimal number. Of this person's phones all.
    pub const MEDIA_BUDGET: &str = "media_budget";
    /// `1`: the welcome was seen.
    pub const WELCOMED: &str = "welcomed";
    /// The minute of the day at which a nudge suits best, as a decimal number.
    pub const NUDGE_BEST: &str = "nudge_best";
    /// No nudge comes up to and with this date.
    pub const NUDGE_PAUSED: &str = "nudge_paused";
    /// Behind it stands a category; `1`: none of it.
    pub const NUDGE_OFF: &str = "nudge_off:";
    /// Behind it stands a rule's id; `1`: nothing of it again.
    pub const NUDGE_NEVER: &str = "nudge_never:";
    /// The goal that the person set themself for customers' volume in a month, as a decimal number.
    pub const VOLUME_GOAL: &str = "volume_goal";
    /// `0`: nothing of the person's progress is told to the sponsor. The server reads this field and those of nudges, and no other.
    pub const SHARE: &str = "share";
}
