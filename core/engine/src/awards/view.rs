/// Points, level, badges, streak, and where each came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardsView {
    pub points: i64,
    pub level: Option<LevelView>,
    pub next_level: Option<LevelView>,
    /// All that there are, the earned ones first.
    pub badges: Vec<BadgeView>,
    pub streak: StreakView,
    /// The newest first, at most 100.
    pub ledger: Vec<LedgerEntryView>,
    /// The next local midnight. Milliseconds since 1970-01-01T00:00Z.
    pub valid_until: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelView {
    pub id: String,
    pub title: String,
    /// Points from which one has it.
    pub from: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadgeView {
    pub id: String,
    pub title: String,
    pub how: String,
    /// What is said when it is earned.
    pub words: String,
    pub points: u32,
    /// The date on which it was earned, `2026-11-24`.
    pub earned: Option<String>,
    /// When it was taken back, since the back office corrected what it rested on. Milliseconds since 1970-01-01T00:00Z, by the server's clock.
    pub withdrawn: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreakView {
    /// Days on which something was learnt, without a break but for freezes.
    pub days: u32,
    /// Freezes left.
    pub freezes: u32,
    pub longest: u32,
    pub active_today: bool,
    /// Of the last four weeks up to today, rising, `2026-11-24`: days on which something was learnt, and days for which a freeze was used.
    pub active: Vec<String>,
    pub frozen: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntryView {
    pub source: PointsSource,
    pub points: u32,
    /// `2026-11-24`
    pub day: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointsSource {
    Lesson {
        title: String,
    },
    Badge {
        title: String,
    },
    Reviews,
    /// A rule of the company gave them.
    Rule {
        id: String,
        /// The rule in plain words of the person's language; empty where its release is not here any more.
        why: String,
    },
    /// Of a newer version.
    Other {
        id: String,
    },
}
