//! Reminders that a person sets themself: records, merged per field. The server never reads their values.

use std::fmt;

use crate::time::Day;

/// Kind of the record.
pub const KIND: &str = "reminder";
/// Characters of a reminder's text, at most: a notification shows no more.
pub const MAX_TEXT: usize = 200;
/// Hours after its time in which a reminder that could not be shown still is.
pub const EXPIRES: u16 = 24;

/// The fields of the record.
pub mod field {
    /// The person's own words.
    pub const TEXT: &str = "text";
    /// An [`At`](super::At). One field, so that two phones do not mix a date and a time.
    pub const AT: &str = "at";
    /// `1`: it is done.
    pub const DONE: &str = "done";
    /// The time for which it was shown: set to another one, it is shown again.
    pub const SHOWN: &str = "shown";
}

/// A date and a minute of it, wherever the person is by then. Written `2026-11-24T22:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub day: Day,
    /// 0 to 1,439
    pub minute: u16,
}

impl At {
    /// `None` for a minute that no day has.
    pub fn new(day: Day, minute: u16) -> Option<Self> {
        (minute < 24 * 60).then_some(Self { day, minute })
    }

    /// Reads `2026-11-24T22:30`.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('T')?;
        let (hours, minutes) = time.split_once(':')?;
        let two = |digits: &str| -> Option<u16> {
            let holds = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            holds.then(|| digits.parse().ok())?
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        if minutes > 59 {
            return None;
        }
        Self::new(Day::parse(day)?, hours * 60 + minutes)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}", self.day, self.minute / 60, self.minute % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_reads_what_it_writes(day in Day::MIN.0..=Day::MAX.0, minute in 0..1_440_u16) {
            let at = At::new(Day(day), minute).expect("a day has it");
            prop_assert_eq!(At::parse(&at.to_string()), Some(at));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            prop_assert!(At::parse(&text).is_none_or(|at| at.to_string() == text));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "2026-11-24", "2026-11-24T24:00", "2026-11-24T22:60", "2026-11-24T+2:30", "2026-02-30T10:00"] {
            assert_eq!(At::parse(text), None, "{text}");
        }
        assert_eq!(At::new(Day(0), 1_440), None);
    }
}
