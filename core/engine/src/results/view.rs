/// What the company's back office has confirmed of this person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultsView {
    /// The highest that was reached.
    pub rank: Option<RankView>,
    pub next_rank: Option<RankView>,
    /// By month, the newest first, at most 24.
    pub volumes: Vec<VolumeView>,
    /// The newest first, at most 100.
    pub sales: Vec<SaleView>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankView {
    pub id: String,
    pub title: String,
    /// The customers' volume of a month that it takes.
    pub need: i64,
    /// The date on which it was reached, `2026-11-24`.
    pub reached: Option<String>,
}

/// The volume of a month, in the company's points of volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeView {
    /// `2026-11`
    pub month: String,
    /// The date up to which it is counted, `2026-11-24`.
    pub day: String,
    /// What customers bought.
    pub customers: i64,
    /// What the person bought. No goal and no rank counts it.
    pub own: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleView {
    /// The back office's id of the order.
    pub id: String,
    /// `2026-11-24`
    pub day: String,
    /// In the company's points of volume.
    pub volume: i64,
    /// The person bought it.
    pub own: bool,
    /// It was returned or cancelled, and counts no more.
    pub returned: bool,
}

/// Something that was earned and taken back, since the back office corrected what it rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    pub id: String,
    pub withdrawn: WithdrawnView,
    /// The back office's ids of what was corrected, such as orders; of many the first ones.
    pub because: Vec<String>,
    /// Milliseconds since 1970-01-01T00:00Z, by the server's clock.
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithdrawnView {
    Badge {
        id: String,
        title: String,
    },
    /// What a rule gave: points, courses, lessons.
    Rule {
        id: String,
        /// The rule in plain words of the person's language; empty where its release is not here any more.
        why: String,
    },
    /// Of a newer version.
    Other,
}
