/// Which contacts to show. Keyset: the next page begins after the last one's `next`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactsQuery {
    /// Begin of the name, or of one of its words; empty for all.
    pub search: String,
    /// [`ContactsPage::next`] of the page before.
    pub after: Option<String>,
    /// 1 to 100.
    pub limit: u32,
}

/// Contacts by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactsPage {
    pub contacts: Vec<ContactSummary>,
    /// Where the next page begins; `None` where this is the last.
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSummary {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub do_not_contact: bool,
    /// When there was last a talk. Milliseconds since 1970-01-01T00:00Z.
    pub last_interaction: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactView {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub note: String,
    pub do_not_contact: bool,
    /// The date on which the person wants to talk to them again, as `2026-11-24`.
    pub follow_up: Option<String>,
    /// Month and day of birth, as `05-17`.
    pub birthday: Option<String>,
    pub tags: Vec<TagView>,
    /// The newest first, at most 100.
    pub interactions: Vec<InteractionView>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagView {
    pub id: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InteractionView {
    pub id: String,
    pub contact: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    pub channel: Channel,
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Call,
    Message,
    Meeting,
    Other,
}

/// What to change; `None` leaves a field as it is, an empty text clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactEdit {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub do_not_contact: Option<bool>,
    /// As [`ContactView::follow_up`].
    pub follow_up: Option<String>,
    /// As [`ContactView::birthday`].
    pub birthday: Option<String>,
}
