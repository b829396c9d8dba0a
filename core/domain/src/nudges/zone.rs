//! Days and minutes of a place whose clocks are changed.

use crate::time::{Day, MINUTE, Millis};

/// How far ahead of UTC a place is, over time. The domain reads no table of zones: the platform tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offsets {
    /// Minutes before the first change.
    first: i32,
    /// From when on, rising, and how many minutes then.
    changes: Vec<(Millis, i32)>,
}

/// The most minutes ahead of UTC, and behind it, that are believed.
const MOST: i32 = crate::time::MAX_OFFSET_MINUTES;

impl Offsets {
    /// Changes that do not rise are left out.
    pub fn new(first: i32, changes: impl IntoIterator<Item = (Millis, i32)>) -> Self {
        let mut kept: Vec<(Millis, i32)> = Vec::new();
        for (from, offset) in changes {
            if kept.last().is_none_or(|(last, _)| *last < from) {
                kept.push((from, offset.clamp(-MOST, MOST)));
            }
        }
        Self { first: first.clamp(-MOST, MOST), changes: kept }
    }

    /// Where clocks are never changed.
    pub fn fixed(offset: i32) -> Self {
        Self::new(offset, [])
    }

    /// Minutes ahead of UTC at an instant.
    pub fn at(&self, instant: Millis) -> i32 {
        let passed = self.changes.partition_point(|(from, _)| *from <= instant);
        passed.checked_sub(1).map_or(self.first, |last| self.changes[last].1)
    }

    /// The date and the minute of the day at an instant.
    pub fn local(&self, instant: Millis) -> (Day, u16) {
        let offset = self.at(instant);
        let day = Day::at(instant, offset);
        let minute = instant.saturating_sub(day.start(offset)).div_euclid(MINUTE).clamp(0, 24 * 60 - 1);
        (day, minute as u16)
    }

    /// The first instant at which clocks show this date and minute; where they are set past it, the instant at which they are set.
    pub fn instant(&self, day: Day, minute: u16) -> Millis {
        let minutes = Millis::from(minute.min(24 * 60 - 1)) * MINUTE;
        let mut from = Millis::MIN;
        for n in 0..=self.changes.len() {
            let offset = n.checked_sub(1).map_or(self.first, |last| self.changes[last].1);
            let until = self.changes.get(n).map_or(Millis::MAX, |(from, _)| *from);
            let shown = day.start(offset).saturating_add(minutes);
            if shown < until {
                // Before `from` it was shown under the offset before, or never.
                return shown.max(from);
            }
            from = until;
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a date")
    }

    #[test]
    fn clocks_that_are_changed_skip_and_repeat() {
        // Madrid: 2026-03-29T01:00Z one hour ahead becomes two, 2026-10-25T01:00Z two become one.
        let (spring, autumn) = (1_774_746_000_000, 1_792_890_000_000);
        let madrid = Offsets::new(60, [(spring, 120), (autumn, 60)]);
        assert_eq!(madrid.local(spring - 1), (day("2026-03-29"), 119));
        assert_eq!(madrid.local(spring), (day("2026-03-29"), 180));
        assert_eq!(madrid.instant(day("2026-03-29"), 150), spring, "2:30 is skipped");
        assert_eq!(madrid.instant(day("2026-10-25"), 150), autumn - 30 * MINUTE, "2:30 comes twice");
        for at in [spring - 1, spring, autumn - 1, autumn, 0] {
            let at = at - at.rem_euclid(MINUTE);
            let (day, minute) = madrid.local(at);
            let back = madrid.instant(day, minute);
            assert!(back == at || back == at - 60 * MINUTE, "{at}");
        }
    }

    #[test]
    fn odd_numbers_are_harmless() {
        let odd = Offsets::new(i32::MAX, [(5, i32::MIN), (5, 1), (3, 2), (Millis::MAX, 7)]);
        for at in [Millis::MIN, -1, 0, 4, 5, 6, Millis::MAX] {
            odd.local(at);
        }
        for day in [Day::MIN, Day(0), Day::MAX] {
            odd.instant(day, u16::MAX);
        }
    }
}
