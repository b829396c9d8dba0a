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
}
