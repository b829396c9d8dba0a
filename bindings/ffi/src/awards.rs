use qadam_engine::awards::{AwardsView, BadgeView, LedgerEntryView, LevelView, PointsSource, StreakView};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// Points, level, badges, streak, and where each came from.
#[uniffi::remote(Record)]
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

#[uniffi::remote(Record)]
pub struct LevelView {
    pub id: String,
    pub title: String,
    /// Points from which one has it.
    pub from: i64,
}

#[uniffi::remote(Record)]
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

#[uniffi::remote(Record)]
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

#[uniffi::remote(Record)]
pub struct LedgerEntryView {
    pub source: PointsSource,
    pub points: u32,
    /// `2026-11-24`
    pub day: String,
}

#[uniffi::remote(Enum)]
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

live_query! {
    /// Points, level, badges and streak, as they change.
    LiveAwards gives AwardsSnapshot of AwardsView
}

#[uniffi::export]
impl QadamEngine {
    pub async fn awards(&self) -> Result<AwardsView> {
        Ok(self.0.awards().await?)
    }

    pub fn observe_awards(&self) -> LiveAwards {
        LiveAwards(self.0.observe_awards())
    }
}
