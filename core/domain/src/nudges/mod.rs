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

use crate::fold::nudges::Noted;
use crate::ids::{DecisionId, GroupId, RuleId};
use crate::records::Record;
use crate::release::IndexedRelease;
use crate::reminders;
use crate::rules::emitted::Decision;
use crate::rules::{Category, Nudge, Rule, When};
use crate::settings::field;
use crate::time::{Day, MAX_OFFSET_MINUTES, Millis, Moment};

/// Nudges on one day of the person's, at most.
pub const A_DAY: usize = 1;
/// Nudges in one week from Monday on, at most.
pub const A_WEEK: usize = 4;
/// Of these the phone's; the other one is the server's.
pub const PHONES_A_WEEK: usize = A_WEEK - SERVERS_A_WEEK;
pub const SERVERS_A_WEEK: usize = 1;
/// Minutes of the day between which nudges may come: from 8:00 on, before 21:00.
pub const AWAKE: std::ops::Range<u16> = 8 * 60..21 * 60;
/// Between which the server shows its own: [`APART`] from what a phone that it has not heard of since may show the evening before, or the morning after.
pub const SERVERS_HOURS: std::ops::Range<u16> = 9 * 60..20 * 60;
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
    /// `None`: a reminder that the person set. It is bound by nothing but its expiry and the [`SLOTS`], of which it takes its own before any rule's nudge.
    pub rule: Option<RuleId>,
    /// Of a rule's nudge; a reminder has no switch.
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

impl Candidate {
    /// The nudge of a decision, wanted on its day. `minute`: of the person's day, as it is now: what answers an event comes at once.
    pub fn of(id: DecisionId, rule: &Rule, nudge: &Nudge, decision: &Decision, minute: u16) -> Self {
        let is_answer = matches!(rule.when, When::Event(_));
        Self {
            id,
            rule: Some(rule.id.clone()),
            category: nudge.category,
            group: rule.limits.group.clone(),
            priority: rule.limits.priority,
            day: decision.day,
            minute: nudge.at.or(decision.minute).or(is_answer.then_some(minute)),
            expires: nudge.expires,
            held_out: decision.held_out,
        }
    }

    /// A reminder that the person set.
    pub fn reminder(id: DecisionId, at: reminders::At) -> Self {
        Self {
            id,
            rule: None,
            category: Category::Business,
            group: None,
            priority: 100,
            day: at.day,
            minute: Some(at.minute),
            expires: reminders::EXPIRES,
            held_out: false,
        }
    }
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

impl Preferences {
    /// As the record of settings has them.
    pub fn of(settings: &Record) -> Self {
        let chosen = |prefix: &'static str| {
            let set = settings.fields.keys().filter(move |name| settings.get(name) == Some("1"));
            set.filter_map(move |name| name.strip_prefix(prefix))
        };
        let best = settings.get(field::NUDGE_BEST).and_then(|best| best.parse().ok());
        Self {
            best: best.unwrap_or(BEST),
            off: chosen(field::NUDGE_OFF).filter_map(Category::of).collect(),
            never: chosen(field::NUDGE_NEVER).filter_map(|rule| RuleId::new(rule).ok()).collect(),
            paused: settings.get(field::NUDGE_PAUSED).and_then(Day::parse),
        }
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

impl Shown {
    /// What became of a nudge, where it takes a place: on the server's weekday the phone shows none, so what came then from the server was its own.
    pub fn of(release: &IndexedRelease, id: &DecisionId, noted: &Noted, servers_weekday: u8) -> Option<Self> {
        let held_out = noted.decision.held_out.then_some(noted.at);
        let Moment { at, day } = noted.shown.or(held_out)?;
        let group = release.rule(&noted.decision.rule).and_then(|rule| rule.limits.group.clone());
        let is_servers = noted.from_server && weekday(day) == servers_weekday;
        let by = if is_servers { By::Server } else { By::Phone };
        Some(Self { id: id.clone(), at, day, by, group: group.map(|group| (group, noted.decision.day)) })
    }
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
