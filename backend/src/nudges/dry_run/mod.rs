//! A dry run: what a changed set of rules would have done with what people did, beside the live one. It reads, and never writes.
//!
//! Each person's journal and results are replayed ([`replay`]) as if the set had been published on the first day: what was decided before stays decided. Facts
//! that are not in the journals are unknown here; rules that ask for them are named, and not replayed.

mod life;
mod nudging;
mod replay;
mod report;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use qadam_domain::ids::RuleId;
use qadam_domain::release::{IndexedRelease, Release, Releases};
use qadam_domain::rules::{Condition, Fact, Home, Rule, Slot, When};
use qadam_domain::time::{Day, Millis};
use qadam_protocol::error::ErrorCode;

use crate::content::Compiled;
use crate::error::Error;
use crate::publish;
use crate::store::{self, Database};
use life::Life;
use replay::Tally;

pub use report::{Counts, Example, Nudges, Offers, Replayed, Report, Words};

/// Days that one run replays at most.
pub const DAYS: i32 = 366;
/// People whom a thread takes at a time.
const SOME: usize = 64;
/// Threads at most: each has a connection of its own.
const THREADS: usize = 8;

/// From day to day, both included, of each person's own calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Day,
    pub until: Day,
}

/// A set of rules, ready to be replayed.
struct Rules {
    /// Those that events name, and the set itself, of which nothing is left that can't be replayed.
    releases: Releases,
    release: Arc<IndexedRelease>,
    places: BTreeMap<RuleId, usize>,
    /// The minutes of a day on which something of it looks, rising.
    minutes: Vec<u16>,
    /// Some of its rules wait for a segment.
    has_segments: bool,
    /// The rules that are not replayed, with the facts that are unknown here.
    unknown: BTreeMap<RuleId, Vec<String>>,
}

/// Replays the journals of everybody through the rules of a content folder, and through those that are published.
///
/// # Errors
/// `bad_request` for days that can't be replayed, `not_found` where nothing is published; what the database says, and rows that can't be read.
pub fn dry_run(database: impl Into<Database>, compiled: &Compiled, span: Span, now: Millis) -> Result<Report, Error> {
    check(span, now)?;
    let database = database.into();
    let conn = store::open_to_read(&database)?;
    let releases = publish::releases(&conn)?;
    let newest = releases.newest_up_to(u64::MAX).cloned();
    let newest = newest.ok_or_else(|| {
        Error::new(ErrorCode::NotFound, "nothing is published yet, so nobody did anything that could be replayed")
    })?;
    if newest.release.company != compiled.release.company {
        let detail = format!(
            "the folder is of the company {}, the data are of {}",
            compiled.release.company, newest.release.company
        );
        return Err(Error::new(ErrorCode::BadRequest, detail));
    }
    let changed = Release { serial: newest.release.serial + 1, ..compiled.release.clone() };
    let sets = [Rules::new(&releases, changed), Rules::new(&releases, newest.release.clone())];
    // What is not known here would be told as if nobody were in it.
    let segments: Vec<(&str, &Condition)> = (compiled.segments.iter())
        .filter(|(_, segment)| segment.facts().into_iter().all(is_known))
        .map(|(name, segment)| (name.as_str(), segment))
        .collect();

    let people = life::people(&conn)?;
    let next = AtomicUsize::new(0);
    let work = || -> Result<Work, Error> {
        let conn = store::open_to_read(&database)?;
        let mut work = Work::new(&sets);
        loop {
            let begin = next.fetch_add(SOME, Ordering::Relaxed);
            let Some(some) = people.get(begin..people.len().min(begin + SOME)) else { return Ok(work) };
            for account in some {
                let read = conn.snapshot(|| Life::read(&conn, *account, &newest, span))?;
                let Some(life) = read else { continue };
                work.people += 1;
                work.events += life.events;
                work.results += life.results;
                for (rules, tally) in sets.iter().zip(&mut work.tallies) {
                    replay::replay(rules, &life, &segments, span, tally);
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(people.len() / SOME + 1);
    let work = thread::scope(|scope| -> Result<Work, Error> {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut whole = Work::new(&sets);
        for thread in started {
            whole.join(thread.join().map_err(|_| Error::Unsound("the replay panicked".into()))??);
        }
        Ok(whole)
    })?;
    Ok(report::report(&sets, span, &work))
}

/// What a thread found, or all of them.
struct Work {
    people: u64,
    events: u64,
    results: u64,
    tallies: [Tally; 2],
}

impl Work {
    fn new(sets: &[Rules; 2]) -> Self {
        Self { people: 0, events: 0, results: 0, tallies: sets.each_ref().map(|rules| Tally::new(rules.places.len())) }
    }

    fn join(&mut self, other: Self) {
        self.people += other.people;
        self.events += other.events;
        self.results += other.results;
        for (tally, other) in self.tallies.iter_mut().zip(other.tallies) {
            tally.join(other);
        }
    }
}

fn check(Span { from, until }: Span, now: Millis) -> Result<(), Error> {
    let bad = |detail: String| Err(Error::new(ErrorCode::BadRequest, detail));
    // Nowhere is it later than a day ahead of UTC.
    let today = Day::at(now, 0).plus(1);
    if from > until {
        return bad(format!("the run would end on {until}, before it begins on {from}"));
    }
    if until > today {
        return bad(format!("nobody has done anything on {until} yet: end today or before"));
    }
    if until.since(from) >= DAYS {
        return bad(format!("a run has at most {DAYS} days"));
    }
    Ok(())
}

fn is_known(fact: &Fact) -> bool {
    fact.about().home == Home::Journal
}

impl Rules {
    fn new(releases: &Releases, mut release: Release) -> Self {
        let mut unknown = BTreeMap::new();
        release.rules.retain(|slot| match slot.rule() {
            Some(rule) => {
                let facts = unknown_facts(rule);
                let is_whole = facts.is_empty();
                if !is_whole {
                    unknown.insert(rule.id.clone(), facts);
                }
                is_whole
            }
            None => false,
        });
        let release = Arc::new(IndexedRelease::new(Release::id_of(&release.to_bytes()), release));
        let mut releases = releases.clone();
        releases.insert(release.clone());
        let rules = || release.release.rules.iter().filter_map(Slot::rule);
        let mut minutes: Vec<u16> = rules().filter_map(Rule::minute).collect();
        minutes.sort_unstable();
        minutes.dedup();
        let has_segments = rules().any(|rule| matches!(rule.when, When::Enters(_) | When::Leaves(_)));
        let places = rules().enumerate().map(|(place, rule)| (rule.id.clone(), place)).collect();
        Self { releases, release: release.clone(), places, minutes, has_segments, unknown }
    }

    /// A rule's place among those that are replayed.
    fn place(&self, id: &RuleId) -> Option<usize> {
        self.places.get(id).copied()
    }

    fn find(&self, id: &RuleId) -> Option<(usize, &Rule)> {
        Some((self.place(id)?, self.release.rule(id)?))
    }

    /// Whether something of it looks after the one minute of a day, and not after the other.
    fn looks(&self, after: u16, until: u16) -> bool {
        self.minutes.iter().any(|minute| (after + 1..=until).contains(minute))
    }
}

/// The names of a rule's facts that no journal tells.
fn unknown_facts(rule: &Rule) -> Vec<String> {
    let mut names: Vec<String> = rule.facts().filter(|fact| !is_known(fact)).map(Fact::to_string).collect();
    names.sort_unstable();
    names.dedup();
    names
}
