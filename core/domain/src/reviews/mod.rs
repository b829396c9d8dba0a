//! Reviews: passed questions come back when they are about to be forgotten.

pub mod fsrs;
pub mod stack;

use serde::{Deserialize, Serialize};

/// The company's plan for reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPlan {
    /// Percent that should still be known when a question comes back, 70 to 97.
    pub retention: u32,
    /// An evening's stack takes at most so many minutes.
    pub minutes: u32,
    /// What one card is taken to need.
    pub seconds_per_card: u32,
}

impl ReviewPlan {
    /// How many cards an evening has at most.
    pub fn cards_an_evening(&self) -> usize {
        (self.minutes as usize * 60 / self.seconds_per_card.max(1) as usize).max(1)
    }
}

/// How well a card was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Again,
    Hard,
    Good,
    Easy,
}
