//! The streak: days with work done, where a few missed ones are forgiven; and runs of days, where none is.

use crate::time::Day;

/// Freezes that a person has at the beginning.
pub const FIRST_FREEZES: u32 = 2;
/// A freeze is earned at each multiple of so many active days of the current streak.
pub const DAYS_PER_FREEZE: u32 = 7;
/// No more freezes are held at a time.
pub const MAX_FREEZES: u32 = 3;
/// [`Streak::frozen`] goes back so many days from today.
pub const FROZEN_DAYS_KEPT: i32 = 60;

/// The streak as of one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streak {
    /// Active days in the current streak; frozen days don't count.
    pub days: u32,
    /// Missed days that would still be forgiven.
    pub freezes: u32,
    /// Active days in the longest streak so far.
    pub longest: u32,
    /// Whether today is one of the active days.
    pub active_today: bool,
    /// Days that a freeze was used for, rising, of the last [`FROZEN_DAYS_KEPT`] days.
    pub frozen: Vec<Day>,
}

/// The streak from the active days, which come rising; days after `today` (from a wrong clock) don't count.
///
/// Each missed day before today uses a freeze; where none is left, the streak ends. A new streak earns its freezes anew.
/// Takes time by the number of active days, however long the gaps are.
pub fn streak(days: impl Iterator<Item = Day>, today: Day) -> Streak {
    let mut streak = Streak { days: 0, freezes: FIRST_FREEZES, longest: 0, active_today: false, frozen: Vec::new() };
    let mut last = None;
    for day in days.take_while(|&day| day <= today) {
        if let Some(last) = last {
            if day <= last {
                continue;
            }
            streak.miss(last, day, today);
        }
        streak.days += 1;
        streak.longest = streak.longest.max(streak.days);
        if streak.days.is_multiple_of(DAYS_PER_FREEZE) {
            streak.freezes = MAX_FREEZES.min(streak.freezes + 1);
        }
        last = Some(day);
    }
    if let Some(last) = last {
        streak.active_today = last == today;
        streak.miss(last, today, today);
    }
    streak
}

/// The longest run of consecutive days, without freezes. The days come rising.
pub fn best_run(days: impl Iterator<Item = Day>) -> u32 {
    runs(days).map(|(_, run)| run).max().unwrap_or(0)
}

/// The earliest day on which a run of `n` consecutive days was complete, without freezes; `None` where none was, or `n` is 0. The days
/// come rising.
pub fn day_of_run(days: impl Iterator<Item = Day>, n: u32) -> Option<Day> {
    runs(days).find(|&(_, run)| run == n).map(|(day, _)| day)
}

impl Streak {
    /// The days between `last` and `next` were missed.
    fn miss(&mut self, last: Day, next: Day, today: Day) {
        let missed = next.since(last).saturating_sub(1).max(0).unsigned_abs();
        let used = missed.min(self.freezes);
        let frozen = (1..=used as i32).map(|n| last.plus(n));
        self.frozen.extend(frozen.filter(|&day| today.since(day) <= FROZEN_DAYS_KEPT));
        self.freezes -= used;
        if missed > used {
            self.days = 0;
        }
    }
}

/// Each day with the length of the run that it completes so far; 1 on a run's first day.
fn runs(days: impl Iterator<Item = Day>) -> impl Iterator<Item = (Day, u32)> {
    days.scan(None, |state: &mut Option<(Day, u32)>, day| {
        let run = match *state {
            Some((last, run)) if day == last => run,
            Some((last, run)) if day.since(last) == 1 => run.saturating_add(1),
            _ => 1,
        };
        *state = Some((day, run));
        *state
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(days: &[i32], today: i32) -> Streak {
        streak(days.iter().map(|&d| Day(d)), Day(today))
    }

    /// The rules, said day by day.
    fn naive(days: &BTreeSet<i32>, today: i32) -> Streak {
        let mut s = of(&[], today);
        let mut started = false;
        for day in 0..=today {
            if days.contains(&day) {
                started = true;
                s.days += 1;
                if s.days.is_multiple_of(7) && s.freezes < 3 {
                    s.freezes += 1;
                }
                s.longest = s.longest.max(s.days);
                s.active_today = day == today;
            } else if started && day < today {
                if s.freezes > 0 {
                    s.freezes -= 1;
                    if day >= today - 60 {
                        s.frozen.push(Day(day));
                    }
                } else {
                    s.days = 0;
                }
            }
        }
        s
    }

    #[test]
    fn missed_days_are_forgiven_while_freezes_last() {
        assert_eq!(of(&[], 9).freezes, 2);
        let s = of(&[1, 2, 4], 5);
        assert_eq!((s.days, s.freezes, s.active_today), (3, 1, false));
        assert_eq!(s.frozen, [Day(3)]);
        assert_eq!(of(&[1, 2], 5).days, 2);
        assert_eq!(of(&[1, 2], 6).days, 0);
        assert_eq!(of(&[1, 2], 6).longest, 2);
        let s = of(&[1, 2, 6, 7, 8, 9, 10, 11, 12], 13);
        assert_eq!((s.days, s.freezes, s.longest), (7, 1, 7));
    }

    #[test]
    fn a_week_earns_a_freeze_and_three_is_all() {
        let days: Vec<i32> = (1..=30).collect();
        assert_eq!(of(&days[..6], 6).freezes, 2);
        assert_eq!(of(&days[..7], 7).freezes, 3);
        assert_eq!(of(&days, 30).freezes, 3);
        assert!(of(&days, 30).active_today);
    }

    #[test]
    fn a_wrong_clock_wins_nobody_a_streak() {
        let s = of(&[1, 2, 3651, 3652], 3);
        assert_eq!((s.days, s.longest, s.freezes), (2, 2, 2));
        let s = streak([Day::MIN, Day(0), Day::MAX].into_iter(), Day::MAX);
        assert_eq!((s.days, s.longest), (1, 1));
    }

    #[test]
    fn runs_know_no_freeze() {
        let days = || [1, 2, 4, 5, 6, 8, 9, 10, 11].into_iter().map(Day);
        assert_eq!(best_run(days()), 4);
        assert_eq!(day_of_run(days(), 1), Some(Day(1)));
        assert_eq!(day_of_run(days(), 3), Some(Day(6)));
        assert_eq!(day_of_run(days(), 4), Some(Day(11)));
        assert_eq!(day_of_run(days(), 5), None);
        assert_eq!(day_of_run(days(), 0), None);
        assert_eq!(best_run(std::iter::empty()), 0);
    }

    proptest! {
        #[test]
        fn as_said_day_by_day(
            missed in prop::collection::vec(0_i32..=5, 0..120),
            busy in prop::bool::weighted(0.5),
            after in 0_i32..5,
        ) {
            let mut day = 0;
            let days: BTreeSet<i32> = missed
                .iter()
                .map(|&gap| {
                    day += 1 + if busy { (gap - 3).max(0) } else { (gap - 1).max(0) };
                    day
                })
                .collect();
            let today = day + after;
            prop_assert_eq!(streak(days.iter().map(|&d| Day(d)), Day(today)), naive(&days, today));
            // Days to come change nothing.
            let cut = today / 2;
            prop_assert_eq!(streak(days.iter().map(|&d| Day(d)), Day(cut)), naive(&days, cut));
        }

        #[test]
        fn runs_as_counted_one_by_one(days in prop::collection::btree_set(0_i32..60, 0..60), n in 1_u32..12) {
            let reached = |day: i32| (0..n as i32).all(|back| days.contains(&(day - back)));
            let expected = days.iter().copied().find(|&day| reached(day)).map(Day);
            let found = day_of_run(days.iter().map(|&d| Day(d)), n);
            prop_assert_eq!(found, expected);
            prop_assert_eq!(best_run(days.iter().map(|&d| Day(d))) >= n, expected.is_some());
        }
    }
}
