//! What the company's back office has confirmed of a distributor: sales, volumes of a month, ranks. Each is known by the back office's own id, and a
//! correction is a higher version of the same id; so neither order nor repetition matters.
//!
//! Volume is what customers bought and what the distributor bought, apart. Rules, goals and offers read that of customers alone
//! ([`crate::rules::fact`] has no other).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::RankId;
use crate::time::Day;

/// The longest id of the back office's, in bytes.
pub const MAX_SOURCE: usize = 64;
/// The largest volume or amount, and its negative the smallest.
pub const MAX_VOLUME: i64 = 1_000_000_000_000;

/// That the person has seen what was taken back: a record whose id is of the notice and its time.
pub mod notice_seen {
    pub const KIND: &str = "notice_seen";
    /// `1`: it was seen.
    pub const SEEN: &str = "seen";
}

/// Whether a text is an id that the back office may use: printable ASCII without spaces.
pub fn is_source(text: &str) -> bool {
    (1..=MAX_SOURCE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A calendar month, written `2026-11`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    pub fn of(day: Day) -> Self {
        let (year, month, _) = day.civil();
        Self { year, month }
    }

    /// Reads `2026-11`.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 7).then(|| Day::parse(&format!("{text}-01")).map(Self::of)).flatten()
    }

    pub fn first(self) -> Day {
        Day::from_civil(self.year, self.month, 1).expect("a month of a date")
    }

    /// The last day of it.
    pub fn last(self) -> Day {
        // The 28th exists in every month, and four days later is the next one.
        let next = Self::of(self.first().plus(31));
        if next == self { Day::MAX } else { next.first().plus(-1) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Month {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a month is written 2026-11")
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

/// A sale, by the id of its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sale {
    /// Counts up with each correction. First, so that of two the greater is the newer.
    pub version: u64,
    pub day: Day,
    /// In the company's points of volume.
    pub volume: i64,
    /// The distributor bought it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// It was returned or cancelled, and counts no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
    /// Nobody is told anything because of it, however fresh it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

impl Sale {
    /// Whether it is one to a customer that holds.
    pub fn counts(&self) -> bool {
        !self.own && !self.returned
    }
}

/// The volume of a month, by that month.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Volume {
    pub version: u64,
    /// Up to which day it is counted.
    pub day: Day,
    /// What customers bought.
    pub customers: i64,
    /// What the distributor bought.
    #[serde(default)]
    pub own: i64,
    /// Nobody is told anything because of it, however fresh it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

/// A rank that was reached, by the back office's id of that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RankReached {
    pub version: u64,
    pub day: Day,
    pub rank: RankId,
    /// It was given in error, and counts no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Nobody is told anything because of it, however fresh it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

/// One confirmed result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    Sale { source: String, sale: Sale },
    Volume { month: Month, volume: Volume },
    Rank { source: String, reached: RankReached },
}

impl Confirmed {
    pub fn day(&self) -> Day {
        match self {
            Self::Sale { sale, .. } => sale.day,
            Self::Volume { volume, .. } => volume.day,
            Self::Rank { reached, .. } => reached.day,
        }
    }

    /// Nobody is told anything because of it.
    pub fn is_silent(&self) -> bool {
        match self {
            Self::Sale { sale, .. } => sale.silent,
            Self::Volume { volume, .. } => volume.silent,
            Self::Rank { reached, .. } => reached.silent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_what_they_write() {
        for text in ["2026-02", "2024-12", "0001-01", "9999-12"] {
            assert_eq!(Month::parse(text).map(|month| month.to_string()).as_deref(), Some(text));
        }
        for text in ["2026-13", "2026-1", "26-01", "2026-01-01", ""] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_knows_its_days() {
        let last = |text: &str| Month::parse(text).expect("a month").last().to_string();
        assert_eq!(last("2024-02"), "2024-02-29");
        assert_eq!(last("2026-12"), "2026-12-31");
        assert_eq!(last("9999-12"), "9999-12-31");
    }

    #[test]
    fn ids_of_the_back_office_are_bounded() {
        assert!(is_source("order/2026-000123"));
        assert!(!is_source("") && !is_source("a b") && !is_source("заказ") && !is_source(&"a".repeat(65)));
    }
}
