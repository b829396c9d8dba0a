//! `qadam-backend import sales|volumes|ranks FILE.csv`: all of a file, or nothing of it and every fault.

use std::collections::BTreeMap;
use std::io::{self, Read};

use clap::ValueEnum;
use qadam_domain::ids::RankId;
use qadam_domain::release::Releases;
use qadam_domain::results::{Confirmed, MAX_VOLUME, Month, RankReached, Sale, Volume, is_source};
use qadam_domain::team::MAX_ID;
use qadam_domain::time::{Day, Millis};
use serde::{Deserialize, Serialize};

use super::{Reported, Taken};
use crate::content::{Fault, Faults};
use crate::csv;
use crate::error::Error;
use crate::random::Random;
use crate::store::{Connection, atomically};

/// Lines of one file: all of them are held while it is read.
pub const LINES: usize = 500_000;

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Sales,
    Volumes,
    Ranks,
}

/// The columns of each kind of file, by its first line, in any order. Others are passed over.
pub const SALES: [&str; 7] = ["id", "version", "distributor", "day", "volume", "buyer", "status"];
pub const VOLUMES: [&str; 6] = ["distributor", "month", "version", "day", "customers", "own"];
pub const RANKS: [&str; 6] = ["id", "version", "distributor", "day", "rank", "status"];

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing was imported.
    #[error("the file can't be imported")]
    Faults(Vec<Fault>),
    #[error("the file can't be read: {0}")]
    Read(#[source] io::Error),
    #[error(transparent)]
    Error(#[from] Error),
}

/// Imports a file as one transaction. The same file again changes nothing. `silent`: nobody is told anything because of it, however fresh it is.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
#[expect(clippy::too_many_arguments, reason = "a connection with what a deterministic import is given")]
pub fn import(
    conn: &Connection,
    releases: &Releases,
    kind: Kind,
    name: &str,
    file: impl Read,
    silent: bool,
    now: Millis,
    random: Random<'_>,
) -> Result<Taken, ImportError> {
    let mut faults = Faults::new(name);
    let newest = releases.newest_up_to(u64::MAX);
    let has_periods =
        newest.is_some_and(|newest| newest.release.markets.iter().any(|market| !market.period_ends.is_empty()));
    let today = Day::at(now, 0);
    let mut lines = Lines { reported: Vec::new(), seen: BTreeMap::new(), silent, has_periods, today };
    let read = |file, faults: &mut Faults| match kind {
        Kind::Sales => {
            csv::read(file, SALES, faults, ImportError::Read, |cells, line, faults| lines.sale(cells, line, faults))
        }
        Kind::Volumes => {
            csv::read(file, VOLUMES, faults, ImportError::Read, |cells, line, faults| lines.volume(cells, line, faults))
        }
        Kind::Ranks => {
            let known = newest.map(|newest| newest.release.ranks.clone()).unwrap_or_default();
            let known: Vec<RankId> = known.into_iter().map(|rank| rank.id).collect();
            csv::read(file, RANKS, faults, ImportError::Read, |cells, line, faults| {
                lines.rank(cells, &known, line, faults)
            })
        }
    };
    let mut read = read;
    read(file, &mut faults)?;
    if faults.errors() > 0 {
        return Err(ImportError::Faults(faults.into_vec()));
    }
    Ok(atomically(conn, || super::take(conn, releases, &lines.reported, now, random))?)
}

/// The lines of a file that are read so far.
struct Lines {
    reported: Vec<Reported>,
    /// Line of each id with its version, so that one is not there twice with different contents.
    seen: BTreeMap<(String, u64), (u32, usize)>,
    silent: bool,
    /// Some market counts by other periods than months.
    has_periods: bool,
    today: Day,
}

impl Lines {
    fn sale(&mut self, cells: [&str; SALES.len()], line: u32, faults: &mut Faults) -> Result<(), ImportError> {
        let [id, version, distributor, day, volume, buyer, status] = cells;
        let own = one_of(buyer, [("customer", false), ("own", true)], "buyer", line, faults);
        let returned = one_of(status, [("confirmed", false), ("returned", true)], "status", line, faults);
        let (version, day) = (number_of(version, line, faults), self.day(day, line, faults));
        let (volume, source) = (volume_of("volume", volume, line, faults), source_of(id, line, faults));
        let parts = (version, day, volume, own, returned, source);
        let (Some(version), Some(day), Some(volume), Some(own), Some(returned), Some(source)) = parts else {
            return Ok(());
        };
        let sale = Sale { version, day, volume, own, returned, silent: self.silent };
        self.add(distributor, source.clone(), version, Confirmed::Sale { source, sale }, line, faults);
        Ok(())
    }

    fn volume(&mut self, cells: [&str; VOLUMES.len()], line: u32, faults: &mut Faults) -> Result<(), ImportError> {
        let [distributor, month, version, day, customers, own] = cells;
        let parsed = Month::parse(month);
        if parsed.is_none() {
            faults.error(line, "the column month is no month", "write it as 2026-11");
        }
        let (version, day) = (number_of(version, line, faults), self.day(day, line, faults));
        let customers = volume_of("customers", customers, line, faults);
        let own = volume_of("own", own, line, faults);
        let (Some(month), Some(version), Some(day), Some(customers), Some(own)) =
            (parsed, version, day, customers, own)
        else {
            return Ok(());
        };
        // A period that is called by this month may begin in the one before.
        let first = month.first().plus(if self.has_periods { -31 } else { 0 });
        if day < first {
            faults.error(line, format!("{day} is before the month {month}"), "write the day up to which it is counted");
            return Ok(());
        }
        let volume = Volume { version, day, customers, own, silent: self.silent };
        let key = format!("{distributor} {month}");
        self.add(distributor, key, version, Confirmed::Volume { month, volume }, line, faults);
        Ok(())
    }

    fn rank(
        &mut self,
        cells: [&str; RANKS.len()],
        known: &[RankId],
        line: u32,
        faults: &mut Faults,
    ) -> Result<(), ImportError> {
        let [id, version, distributor, day, rank, status] = cells;
        let found = known.iter().find(|known| known.as_str() == rank);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(RankId::as_str).collect();
            let remedy = match names[..] {
                [] => "name the ranks in company.toml and publish it".into(),
                _ => format!("write one of {}, or publish it first", names.join(", ")),
            };
            let shown: String = rank.chars().take(60).collect();
            faults.error(line, format!("the company has no rank \"{shown}\""), remedy);
        }
        let withdrawn = one_of(status, [("reached", false), ("withdrawn", true)], "status", line, faults);
        let (version, day) = (number_of(version, line, faults), self.day(day, line, faults));
        let source = source_of(id, line, faults);
        let (Some(rank), Some(withdrawn), Some(version), Some(day), Some(source)) =
            (found, withdrawn, version, day, source)
        else {
            return Ok(());
        };
        let reached = RankReached { version, day, rank: rank.clone(), withdrawn, silent: self.silent };
        self.add(distributor, source.clone(), version, Confirmed::Rank { source, reached }, line, faults);
        Ok(())
    }

    fn day(&self, text: &str, line: u32, faults: &mut Faults) -> Option<Day> {
        let day = Day::parse(text);
        match day {
            None => faults.error(line, "the column day is no date", "write it as 2026-11-24"),
            // Somewhere it is tomorrow already.
            Some(day) if day > self.today.plus(1) => {
                faults.error(line, format!("{day} has not come yet"), "write the day on which it was");
                return None;
            }
            Some(_) => {}
        }
        day
    }

    fn add(
        &mut self,
        distributor: &str,
        key: String,
        version: u64,
        confirmed: Confirmed,
        line: u32,
        faults: &mut Faults,
    ) {
        let length = distributor.chars().count();
        if !(1..=MAX_ID).contains(&length) || distributor.chars().any(char::is_control) {
            faults.error(line, format!("the distributor has {length} characters"), format!("write 1 to {MAX_ID}"));
            return;
        }
        let reported = Reported { distributor: distributor.into(), confirmed };
        if let Some((first, place)) = self.seen.get(&(key.clone(), version)) {
            if self.reported[*place] != reported {
                let problem = format!("is version {version} of what line {first} says otherwise");
                faults.error(line, problem, "give a correction a higher version");
            }
            return;
        }
        if self.reported.len() >= LINES {
            if self.reported.len() == LINES {
                faults.error(line, format!("the file has more than {LINES} lines"), "part it");
            }
            return;
        }
        self.seen.insert((key, version), (line, self.reported.len()));
        self.reported.push(reported);
    }
}

fn one_of<T: Copy>(text: &str, words: [(&str, T); 2], column: &str, line: u32, faults: &mut Faults) -> Option<T> {
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    if found.is_none() {
        let remedy = format!("write {}", words.map(|(word, _)| word).join(" or "));
        let shown: String = text.chars().take(60).collect();
        faults.error(line, format!("the column {column} is \"{shown}\""), remedy);
    }
    found.map(|(_, meaning)| *meaning)
}

/// A version: a number from 1 on, or the time of the change (RFC 3339), as milliseconds since 1970.
fn number_of(text: &str, line: u32, faults: &mut Faults) -> Option<u64> {
    let number = text.parse::<u64>().ok();
    let time = || chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis().try_into().ok();
    let version = number.or_else(time).filter(|version| (1..=i64::MAX as u64).contains(version));
    if version.is_none() {
        let remedy = "write a number from 1 on that grows with each correction, or the time of the change as in 2026-11-24T18:00:00Z";
        faults.error(line, "the column version is none", remedy);
    }
    version
}

fn volume_of(column: &str, text: &str, line: u32, faults: &mut Faults) -> Option<i64> {
    let volume = text.parse::<i64>().ok().filter(|volume| (-MAX_VOLUME..=MAX_VOLUME).contains(volume));
    if volume.is_none() {
        let remedy = "write a whole number, in the smallest unit that the company counts";
        faults.error(line, format!("the column {column} is no volume"), remedy);
    }
    volume
}

fn source_of(text: &str, line: u32, faults: &mut Faults) -> Option<String> {
    if is_source(text) {
        return Some(text.into());
    }
    faults.error(line, "the id can't be one", "write 1 to 64 letters, digits and signs of ASCII, without spaces");
    None
}
