//! The nudge planner: which nudges a phone shows in the coming days, and when. Few, and never at night.
//!
//! Of a week's four nudges three are the phone's and one is the server's, on one weekday of each account on which the phone plans none but what the person
//! asked for. So the caps hold over phone, second device and server, also while nobody can ask anybody: of several phones one plans, the one
//! with the lease.
//!
//! | module | what it knows |
//! |---|---|
//! | [`zone`] | days and minutes of a place whose clocks are changed |
//! | [`plan`] | the plan for the coming days, and why something is not in it |

pub mod plan;
pub mod zone;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::ids::{DecisionId, GroupId, RuleId};
use crate::rules::Category;
use crate::time::{Day, MAX_OFFSET_MINUTES, Millis};

/// Nudges on one day of the person's, at most.
pub const A_DAY: usize = 1;
/// Nudges in one week from Monday on, at most.
pub const A_WEEK: usize = 4;
/// Of these the phone's; the other one is the server's.
pub const PHONES_A_WEEK: usize = A_WEEK - SERVERS_A_WEEK;
pub const SERVERS_A_WEEK: usize = 1;
/// Minutes of the day between which nudges may come: from 8:00 on, before 21:00.
pub const AWAKE: std::ops::Range<u16> = 8 * 60..21 * 60;
/// Between two nudges are at least so many milliseconds, wherever the person travels.
pub const APART: Millis = 12 * 60 * 60_000;
/// Notifications that a platform keeps at a time: iOS keeps 64 and drops the rest without a word.
pub const SLOTS: usize = 48;
/// The minute of the day for people who did not say when it suits them best.
pub const BEST: u16 = 19 * 60;

/// Something that could be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: DecisionId,
    /// `None`: a reminder that the person set. It is bound by nothing but its expiry and the [`SLOTS`].
    pub rule: Option<RuleId>,
    pub category: Category,
    /// Of a group only the highest of a day is shown.
    pub group: Option<GroupId>,
    /// 0 to 100; the higher, the sooner.
    pub priority: u8,
    /// The person's day on which it is wanted, and the minute of it; without a minute at their best hour.
    pub day: Day,
    pub minute: Option<u16>,
    /// Hours after that at which it is of no use any more.
    pub expires: u16,
    /// The person gets nothing of it; its place stays empty.
    pub held_out: bool,
}

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// Minute of the day at which it suits best.
    pub best: u16,
    pub off: BTreeSet<Category>,
    /// Rules of which nothing is to come again.
    pub never: BTreeSet<RuleId>,
    /// Up to and with this day nothing comes.
    pub paused: Option<Day>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { best: BEST, off: BTreeSet::new(), never: BTreeSet::new(), paused: None }
    }
}

/// What was shown, or would have been, to somebody who gets nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: DecisionId,
    pub at: Millis,
    /// The person's day then.
    pub day: Day,
    pub by: By,
    /// Its group, and the day of that for which it was wanted: no other one of them comes any more.
    pub group: Option<(GroupId, Day)>,
}

/// Who showed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Phone,
    Server,
    /// The person had asked for it, so it counts for no cap.
    Person,
}

/// What the platform allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    pub permission: bool,
    /// Until when this device shows notifications, where it holds the account's lease.
    pub lease: Option<Millis>,
    pub slots: usize,
}

/// The weekday on which the server may show something to this account, and the phone plans nothing: 0 for Monday to 6 for Sunday. The first byte of
/// SHA-256 (FIPS 180-4) of the distributor's id, modulo 7.
pub fn servers_weekday(distributor: &str) -> u8 {
    Sha256::digest(distributor)[0] % 7
}

/// Whether a phone that took the lease over may show something by now. The one before it was not heard of, and may have shown what nobody knows; so the new
/// one begins with the next week, wherever the person is.
pub fn has_rested(taken_over: Millis, now: Millis, zone: &zone::Offsets) -> bool {
    week(zone.local(now).0) > week(Day::at(taken_over, MAX_OFFSET_MINUTES))
}

/// 0 for Monday to 6 for Sunday.
pub fn weekday(day: Day) -> u8 {
    // 1970-01-01 was a Thursday.
    (day.0.wrapping_add(3)).rem_euclid(7) as u8
}

/// The Monday of a day's week.
pub fn week(day: Day) -> Day {
    crate::rules::Window::Week.begin(day)
}
