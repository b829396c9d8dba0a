//! The days of a plan on the calendar. Paused days are none of them.

use super::{LATE_START, Pause};
use crate::time::Day;

/// Where day 1 lies, and which days are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    begins: Day,
    /// First and last day of each stretch, rising and apart, none before the beginning.
    paused: Vec<(Day, Day)>,
}

impl Calendar {
    /// `begins` is day 1, unless it is paused: then the first day after it that is not.
    pub fn new<'a>(begins: Day, pauses: impl IntoIterator<Item = &'a Pause>) -> Self {
        let stretches = pauses.into_iter().map(|pause| (pause.from.max(begins), pause.until));
        Self::of_stretches(begins, stretches.collect())
    }

    fn of_stretches(begins: Day, mut stretches: Vec<(Day, Day)>) -> Self {
        stretches.retain(|(from, until)| from <= until);
        stretches.sort_unstable();
        let mut paused: Vec<(Day, Day)> = Vec::new();
        for (from, until) in stretches {
            match paused.last_mut() {
                Some(last) if from <= last.1.plus(1) => last.1 = last.1.max(until),
                _ => paused.push((from, until)),
            }
        }
        Self { begins, paused }
    }

    pub fn begins(&self) -> Day {
        self.begins
    }

    /// The paused days from the beginning on: first and last day of each stretch, rising.
    pub fn paused(&self) -> &[(Day, Day)] {
        &self.paused
    }

    /// The last day of the pause in which a day lies.
    pub fn pause_of(&self, day: Day) -> Option<Day> {
        self.paused.iter().find(|(from, until)| (*from..=*until).contains(&day)).map(|(_, until)| *until)
    }

    /// The date of the plan's nth day, from 1 on.
    pub fn date(&self, number: u32) -> Day {
        let mut date = self.begins.plus(i32::try_from(number.max(1) - 1).unwrap_or(i32::MAX));
        for (from, until) in &self.paused {
            if *from > date {
                break;
            }
            date = date.plus(until.since(*from).saturating_add(1));
        }
        date
    }

    /// How many days of the plan there are up to a date, that one included. On a paused day as many as before the pause.
    pub fn number(&self, day: Day) -> u32 {
        let mut number = day.since(self.begins).saturating_add(1);
        for (from, until) in &self.paused {
            if *from > day {
                break;
            }
            number = number.saturating_sub(day.min(*until).since(*from).saturating_add(1));
        }
        u32::try_from(number).unwrap_or(0)
    }
}

/// The day on which a person begins: on joining, or when they first come into the app, if that is not much later. `come` is the first day in the
/// app, or today, if there was none yet.
pub fn begin(joined: Day, come: Day) -> Day {
    // A market may be a day ahead of the person.
    if come < joined { come } else { come.min(joined.plus(LATE_START)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pause(from: i32, until: i32) -> Pause {
        Pause { version: 1, from: Day(from), until: Day(until) }
    }

    #[test]
    fn pauses_are_left_out() {
        let calendar =
            Calendar::new(Day(10), &[pause(12, 13), pause(0, 3), pause(13, 14), pause(20, 19), pause(16, 16)]);
        assert_eq!(calendar.paused(), [(Day(12), Day(14)), (Day(16), Day(16))]);
        let dates: Vec<i32> = (1..=5).map(|n| calendar.date(n).0).collect();
        assert_eq!(dates, [10, 11, 15, 17, 18]);
        let numbers: Vec<u32> = (9..=17).map(|day| calendar.number(Day(day))).collect();
        assert_eq!(numbers, [0, 1, 2, 2, 2, 2, 3, 3, 4]);
        assert_eq!((calendar.pause_of(Day(13)), calendar.pause_of(Day(15))), (Some(Day(14)), None));
    }

    #[test]
    fn who_comes_late_begins_then_and_not_much_later() {
        assert_eq!(begin(Day(100), Day(100)), Day(100));
        assert_eq!(begin(Day(100), Day(103)), Day(103));
        assert_eq!(begin(Day(100), Day(900)), Day(114));
        assert_eq!(begin(Day(100), Day(99)), Day(99));
    }

    proptest! {
        #[test]
        fn numbers_and_dates_belong_together(
            begins in -20..20_i32,
            pauses in prop::collection::vec((-30..60_i32, 0..12_i32), 0..6),
            number in 1..80_u32,
        ) {
            let pauses: Vec<Pause> = pauses.into_iter().map(|(from, days)| pause(from, from + days - 1)).collect();
            let calendar = Calendar::new(Day(begins), &pauses);
            let date = calendar.date(number);
            prop_assert_eq!(calendar.number(date), number);
            prop_assert!(calendar.pause_of(date).is_none() && calendar.date(number + 1) > date);
        }

        #[test]
        fn nothing_panics(begins: i32, pauses in prop::collection::vec((any::<i32>(), any::<i32>()), 0..4), number: u32, day: i32) {
            let in_range = |day: i32| Day(day).clamp(Day::MIN, Day::MAX);
            let pauses: Vec<Pause> =
                pauses.iter().map(|(from, until)| Pause { version: 0, from: in_range(*from), until: in_range(*until) }).collect();
            let calendar = Calendar::new(in_range(begins), &pauses);
            calendar.date(number);
            calendar.number(in_range(day));
        }
    }
}
