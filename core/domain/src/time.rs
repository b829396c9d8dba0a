//! Time as the fold sees it: stamps that the server corrected, and local dates computed from them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00Z.
pub type Millis = i64;

pub const MINUTE: Millis = 60_000;
pub const DAY: Millis = 24 * 60 * MINUTE;

/// The largest distance from UTC that a place on Earth has or had, in minutes.
pub const MAX_OFFSET_MINUTES: i32 = 14 * 60;

/// A local calendar date, as days since 1970-01-01 in the proleptic Gregorian calendar. Written `2026-11-24`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub i32);

impl Day {
    /// The date at a place that is `offset_minutes` ahead of UTC. Total: a stamp or offset beyond reason is clamped.
    pub fn at(stamp: Millis, offset_minutes: i32) -> Self {
        let offset = offset_minutes.clamp(-MAX_OFFSET_MINUTES, MAX_OFFSET_MINUTES);
        let local = stamp.saturating_add(i64::from(offset) * MINUTE);
        let days = local.div_euclid(DAY).clamp(Self::MIN.0.into(), Self::MAX.0.into());
        Self(days as i32)
    }

    /// 0001-01-01
    pub const MIN: Self = Self(-719_162);
    /// 9999-12-31
    pub const MAX: Self = Self(2_932_896);

    /// Days from `earlier` to `self`; negative where `self` is before it.
    pub fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The date so many days later, within [`Day::MIN`] and [`Day::MAX`].
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days)).clamp(Self::MIN, Self::MAX)
    }

    /// When this date begins at a place that is `offset_minutes` ahead of UTC.
    pub fn start(self, offset_minutes: i32) -> Millis {
        let offset = offset_minutes.clamp(-MAX_OFFSET_MINUTES, MAX_OFFSET_MINUTES);
        i64::from(self.0) * DAY - i64::from(offset) * MINUTE
    }

    /// Year, month (1 to 12), day (1 to 31). Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    pub fn civil(self) -> (i32, u32, u32) {
        let z = i64::from(self.0) + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u32;
        let year = (yoe + era * 400 + i64::from(month <= 2)) as i32;
        (year, month, day)
    }

    /// The inverse of [`Day::civil`]; `None` where there is no such date from year 1 to 9999.
    pub fn from_civil(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let y = i64::from(year) - i64::from(month <= 2);
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let m = i64::from(month);
        let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + i64::from(day) - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        let date = Self((era * 146_097 + doe - 719_468) as i32);
        (date.civil() == (year, month, day)).then_some(date)
    }

    /// Reads `2026-11-24`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let plain = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            if plain { part.parse::<u32>().ok() } else { None }
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        Self::from_civil(year as i32, month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a date is written 2026-11-24")
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

/// When something was done: the stamp, and the date that it was for the person. Ordered by stamp, then by date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    pub at: Millis,
    pub day: Day,
}

impl Moment {
    pub fn new(at: Millis, offset_minutes: i32) -> Self {
        Self { at, day: Day::at(at, offset_minutes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_is_the_persons_own() {
        let stamp = 1_763_928_000_000; // 2025-11-23T20:00Z
        assert_eq!(Day::at(stamp, 0).to_string(), "2025-11-23");
        assert_eq!(Day::at(stamp, 5 * 60).to_string(), "2025-11-24");
        assert_eq!(Day::parse("2025-11-24").map(|d| d.start(300)), Some(stamp - 3_600_000));
        assert_eq!(Day::parse("2025-02-29"), None);
        assert_eq!(Day::parse("25-2-9"), None);
        assert_eq!(Day::MIN.to_string(), "0001-01-01");
        assert_eq!(Day::MAX.to_string(), "9999-12-31");
    }

    proptest! {
        #[test]
        fn a_date_reads_what_it_writes(days in Day::MIN.0..=Day::MAX.0) {
            prop_assert_eq!(Day::parse(&Day(days).to_string()), Some(Day(days)));
        }

        #[test]
        fn no_stamp_and_offset_panic(stamp: i64, offset: i32) {
            let day = Day::at(stamp, offset);
            prop_assert!(day >= Day::MIN && day <= Day::MAX);
        }
    }
}
