//! What the server knows of a person beside their rows: zone, sponsor, what is shared, newcomers.
//!
//! *Unheard* is never *inactive*: a newcomer counts as silent or stuck only for days that a later sync of their phone proves. Silent: from the last
//! activity to the day of the last sync there are [`SILENT`] days or more. Stuck: from the last lesson or task that was completed there are
//! [`STUCK`] days or more. Who joined more than [`NEW`] days ago is no newcomer; who does not share is not counted.

use chrono::{DateTime, LocalResult, Offset, TimeZone};
use chrono_tz::Tz;
use qadam_domain::company::{Distributor, Locale};
use qadam_domain::fold::State;
use qadam_domain::records::Record;
use qadam_domain::release::IndexedRelease;
use qadam_domain::rules::person::TeamFacts;
use qadam_domain::settings;
use qadam_domain::time::{DAY, Day, MINUTE, Millis};

use crate::error::Error;
use crate::params;
use crate::store::{Connection, Optional};
use crate::streams::{self, StreamKey};

/// Days after joining in which somebody is a newcomer.
pub const NEW: i32 = 90;
/// Days without any activity.
pub const SILENT: i32 = 5;
/// Days in which nothing was completed.
pub const STUCK: i32 = 7;
/// Newcomers of one person who are counted.
const NEWCOMERS: u32 = 1_000;

/// Where a person lives, as far as it tells the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Named(Tz),
    /// Minutes ahead of UTC.
    Fixed(i32),
}

impl Zone {
    /// The market's, unless a phone told last that it is elsewhere: so many minutes ahead of UTC, at that time.
    pub fn of(market: Option<Tz>, told: Option<(i32, Millis)>) -> Self {
        match (market.map(Zone::Named), told) {
            (Some(market), Some((minutes, at))) if market.minutes(at) == minutes => market,
            (_, Some((minutes, _))) => Self::Fixed(minutes),
            (Some(market), None) => market,
            (None, None) => Self::Fixed(0),
        }
    }

    /// Minutes ahead of UTC at a time.
    pub fn minutes(self, at: Millis) -> i32 {
        match self {
            Self::Fixed(minutes) => minutes,
            Self::Named(zone) => DateTime::from_timestamp_millis(at)
                .map_or(0, |at| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc() / 60),
        }
    }

    /// The date at a time, and the minute of it.
    pub fn local(self, at: Millis) -> (Day, u16) {
        let minutes = self.minutes(at);
        let day = Day::at(at, minutes);
        let minute = (at - day.start(minutes)).div_euclid(MINUTE);
        (day, u16::try_from(minute).unwrap_or(0))
    }

    /// When it is this minute of a day there; the first time, where clocks go back, and the minute after the gap, where they go forward over it.
    pub fn at(self, day: Day, minute: u16) -> Millis {
        let wall = day.start(0).saturating_add(i64::from(minute) * MINUTE);
        match self {
            Self::Fixed(minutes) => wall.saturating_sub(i64::from(minutes) * MINUTE),
            Self::Named(zone) => {
                let Some(naive) = DateTime::from_timestamp_millis(wall).map(|at| at.naive_utc()) else { return wall };
                match zone.from_local_datetime(&naive) {
                    LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.timestamp_millis(),
                    // By the offset of before the gap that is as long after it as the minute is within it.
                    LocalResult::None => wall.saturating_sub(i64::from(self.minutes(wall - DAY)) * MINUTE),
                }
            }
        }
    }
}

/// What is noted of a person for later looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    /// The day of the last look.
    pub day: Option<Day>,
    /// What a phone told last: minutes ahead of UTC, and when.
    pub told: Option<(i32, Millis)>,
}

/// # Errors
/// What the database says.
pub fn looked(conn: &Connection, account: i64) -> Result<Looked, Error> {
    let mut statement = conn.prepare_cached("SELECT day, zone, told FROM looked WHERE account = ?1")?;
    let row = statement.query_row([account], |row| {
        let told = row.get::<Option<i32>>(1)?.zip(row.get::<Option<Millis>>(2)?);
        Ok(Looked { day: row.get::<Option<i32>>(0)?.map(Day), told })
    });
    Ok(row.optional()?.unwrap_or_default())
}

/// The person's day on which any of their devices was heard of last. It is noted once a day.
///
/// # Errors
/// What the database says.
pub fn heard(conn: &Connection, account: i64, zone: Zone) -> Result<Option<Day>, Error> {
    let mut statement = conn.prepare_cached("SELECT max(heard) FROM device WHERE account = ?1 AND revoked IS NULL")?;
    let heard: Option<Millis> = statement.query_row([account], |row| row.get(0))?;
    Ok(heard.map(|heard| zone.local(heard).0))
}

/// Notes what others need to know of a person: their sponsor counts them by it.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn note(
    conn: &Connection,
    account: i64,
    me: StreamKey,
    distributor: &Distributor,
    state: &State,
    told: Option<(i32, Millis)>,
) -> Result<(), Error> {
    let (zone, at) = told.unzip();
    let active = state.days().map(|(day, _)| day).last();
    let ticked = state.tasks().flat_map(|(_, task)| task.ticks.iter().map(|tick| tick.moment.day)).max();
    let completed = state.lessons().filter_map(|(_, lesson)| lesson.completed.map(|moment| moment.day)).max();
    let joined = distributor.joined;
    let (active, moved) = (active.max(ticked).unwrap_or(joined), completed.max(ticked).unwrap_or(joined));
    let shared = is_shared(conn, me)?;
    conn.prepare_cached(
        "INSERT INTO looked (account, sponsor, joined, active, moved, shared, zone, told) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (account) DO UPDATE SET sponsor = excluded.sponsor, joined = excluded.joined, active = excluded.active,
             moved = excluded.moved, shared = excluded.shared, zone = coalesce(excluded.zone, looked.zone),
             told = coalesce(excluded.told, looked.told)",
    )?
    .execute(params![account, distributor.sponsor, joined.0, active.0, moved.0, shared, zone, at])?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn note_look(conn: &Connection, account: i64, day: Day) -> Result<(), Error> {
    conn.prepare_cached("UPDATE looked SET day = ?2 WHERE account = ?1")?.execute(params![account, day.0])?;
    Ok(())
}

/// The zone of a person.
pub fn zone(release: &IndexedRelease, distributor: &Distributor, told: Option<(i32, Millis)>) -> Zone {
    let market = release.release.markets.iter().find(|market| market.id == distributor.market);
    Zone::of(market.and_then(|market| market.time_zone.parse().ok()), told)
}

/// As [`zone`], by what is noted of the person.
///
/// # Errors
/// What the database says.
pub fn zone_of(
    conn: &Connection,
    account: i64,
    release: &IndexedRelease,
    distributor: &Distributor,
) -> Result<Zone, Error> {
    Ok(zone(release, distributor, looked(conn, account)?.told))
}

/// The person's settings, of which the server reads [`settings::field::SHARE`] and those of nudges alone.
///
/// # Errors
/// What the database says, and a row that can't be read.
pub fn settings(conn: &Connection, me: StreamKey) -> Result<Option<Record>, Error> {
    let row = streams::stored(conn, me, settings::KIND, settings::ID)?.and_then(|stored| stored.value);
    row.map(|json| serde_json::from_str(&json).map_err(|error| Error::Unsound(format!("a record's row: {error}"))))
        .transpose()
}

/// Whether a person lets the sponsor be told of them.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn is_shared(conn: &Connection, me: StreamKey) -> Result<bool, Error> {
    let record = settings(conn, me)?;
    Ok(record.as_ref().and_then(|record| record.get(settings::field::SHARE)) != Some("0"))
}

/// The language that a person reads: what the company knows of them, as their settings are the phone's to read.
pub fn locale(distributor: &Distributor) -> Locale {
    distributor.locale
}

/// A person's newcomers, by what their phones have proved.
///
/// # Errors
/// What the database says.
pub fn team(conn: &Connection, distributor: &str, today: Day) -> Result<(TeamFacts, usize), Error> {
    let mut statement = conn.prepare_cached(
        "SELECT active, moved, max(heard), coalesce(zone, 0) FROM looked JOIN device ON device.account = looked.account
         JOIN account ON account.id = looked.account
         WHERE sponsor = ?1 AND joined >= ?2 AND shared = 1 AND closed IS NULL
         GROUP BY looked.account, active, moved, zone ORDER BY looked.account LIMIT ?3",
    )?;
    let from = today.plus(-NEW).0;
    let newcomers = statement.query_all(params![distributor, from, NEWCOMERS], |row| {
        let heard = Day::at(row.get::<Millis>(2)?, row.get(3)?);
        Ok((heard.since(Day(row.get(0)?)), heard.since(Day(row.get(1)?))))
    })?;
    let count = |days: i32, which: fn(&(i32, i32)) -> i32| {
        let found = newcomers.iter().filter(|newcomer| which(newcomer) >= days).count();
        i64::try_from(found).unwrap_or(i64::MAX)
    };
    let facts =
        TeamFacts { newcomers_silent: count(SILENT, |since| since.0), newcomers_stuck: count(STUCK, |since| since.1) };
    Ok((facts, newcomers.len()))
}
