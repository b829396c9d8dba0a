//! What the back office confirms: sales, volumes of a month, ranks. Kept by the back office's own ids and versions, whether or not the person has an
//! account; folded into the rows of those who have.

pub mod import;
pub mod webhook;

use std::collections::BTreeMap;

use qadam_domain::planted::{self, Bug};
use qadam_domain::release::Releases;
use qadam_domain::results::{Confirmed, RankReached, Sale, Volume};
use qadam_domain::time::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::accounts;
use crate::error::Error;
use crate::params;
use crate::push;
use crate::random::Random;
use crate::store::{Connection, Optional, Row};
use crate::sync::Batch;

const SALE: &str = "sale";
const VOLUME: &str = "volume";
const RANK: &str = "rank";

/// Something that was confirmed, and of whom: the company's id of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub distributor: String,
    pub confirmed: Confirmed,
}

/// What became of what was reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Taken {
    pub new: u64,
    /// Higher versions of what was known.
    pub corrected: u64,
    /// Known in this or a higher version.
    pub known: u64,
    /// People whose rows changed.
    pub people: u64,
    /// Of people who have no account; it waits for them.
    pub waiting: u64,
}

/// Takes what was reported, in the caller's transaction.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn take(
    conn: &Connection,
    releases: &Releases,
    reported: &[Reported],
    now: Millis,
    random: Random<'_>,
) -> Result<Taken, Error> {
    let mut taken = Taken::default();
    let serial = releases.newest_up_to(u64::MAX).map_or(0, |newest| newest.release.serial);
    let mut people: BTreeMap<&str, Vec<Confirmed>> = BTreeMap::new();
    let mut former: Vec<Reported> = Vec::new();
    for Reported { distributor, confirmed } in reported {
        let stored = Stored::of(confirmed);
        match version_of(conn, &stored, distributor)? {
            Some(_) if planted::is(Bug::ResultGoesBack) => taken.corrected += 1,
            Some(known) if known >= stored.version => {
                taken.known += 1;
                continue;
            }
            Some(_) => taken.corrected += 1,
            None => match former_of(conn, &stored, distributor)? {
                Some((_, version)) if version >= stored.version => {
                    taken.known += 1;
                    continue;
                }
                // It was somebody else's: theirs no more.
                Some((who, _)) => {
                    let confirmed = withdrawn(confirmed.clone());
                    store(conn, &who, &Stored::of(&confirmed), serial)?;
                    former.push(Reported { distributor: who, confirmed });
                    taken.corrected += 1;
                }
                None => taken.new += 1,
            },
        }
        store(conn, distributor, &stored, serial)?;
        people.entry(distributor).or_default().push(confirmed.clone());
    }
    for Reported { distributor, confirmed } in &former {
        people.entry(distributor).or_default().push(confirmed.clone());
    }
    for (distributor, confirmed) in people {
        let account: Option<i64> = conn
            .prepare_cached("SELECT id FROM account WHERE distributor = ?1 AND closed IS NULL")?
            .query_row([distributor], |row| row.get(0))
            .optional()?;
        let Some(account) = account else {
            taken.waiting += confirmed.len() as u64;
            continue;
        };
        let me = accounts::me(conn, account)?;
        let mut batch = Batch::new(conn, releases, account, me, now);
        batch.confirm(confirmed.into_iter().map(|confirmed| (serial, confirmed)))?;
        batch.commit(random)?;
        push::wake(conn, account, now)?;
        taken.people += 1;
    }
    Ok(taken)
}

/// Folds what waits for a person who has an account now; in the caller's transaction.
///
/// # Errors
/// As [`take`].
pub fn catch_up(
    conn: &Connection,
    releases: &Releases,
    account: i64,
    distributor: &str,
    now: Millis,
    random: Random<'_>,
) -> Result<(), Error> {
    let waiting = of(conn, distributor)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let me = accounts::me(conn, account)?;
    let mut batch = Batch::new(conn, releases, account, me, now);
    batch.confirm(waiting)?;
    batch.commit(random)?;
    Ok(())
}

/// Everything that was confirmed of a person, each with the serial of the release that was the newest when it came.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn of(conn: &Connection, distributor: &str) -> Result<Vec<(u64, Confirmed)>, Error> {
    let read =
        |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<u64>(2)?, row.get::<String>(3)?));
    let rows = conn
        .prepare_cached("SELECT kind, source, serial, value FROM result WHERE distributor = ?1 ORDER BY kind, source")?
        .query_all([distributor], read)?;
    let confirmed = rows.into_iter().map(|(kind, source, serial, value)| {
        let confirmed = match kind.as_str() {
            SALE => Confirmed::Sale { source, sale: parse(&value)? },
            VOLUME => Confirmed::Volume { month: parse(&format!("\"{source}\""))?, volume: parse(&value)? },
            RANK => Confirmed::Rank { source, reached: parse(&value)? },
            other => return Err(Error::Unsound(format!("a result's kind is {other}"))),
        };
        Ok((serial, confirmed))
    });
    confirmed.collect()
}

/// A result as its table holds it.
struct Stored {
    kind: &'static str,
    source: String,
    version: u64,
    value: String,
    /// Its id is the company's, so that only one person has it.
    is_unique: bool,
}

impl Stored {
    fn of(confirmed: &Confirmed) -> Self {
        fn json(value: &impl Serialize) -> String {
            serde_json::to_string(value).expect("it holds nothing that JSON can't")
        }
        match confirmed {
            Confirmed::Sale { source, sale } => {
                Self { kind: SALE, source: source.clone(), version: sale.version, value: json(sale), is_unique: true }
            }
            Confirmed::Volume { month, volume } => Self {
                kind: VOLUME,
                source: month.to_string(),
                version: volume.version,
                value: json(volume),
                is_unique: false,
            },
            Confirmed::Rank { source, reached } => Self {
                kind: RANK,
                source: source.clone(),
                version: reached.version,
                value: json(reached),
                is_unique: true,
            },
        }
    }
}

fn parse<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    qadam_domain::json::read(json).map_err(|error| Error::Unsound(format!("a result's row: {error}")))
}

/// The same, counting no more.
fn withdrawn(confirmed: Confirmed) -> Confirmed {
    match confirmed {
        Confirmed::Sale { source, sale } => Confirmed::Sale { source, sale: Sale { returned: true, ..sale } },
        Confirmed::Volume { month, volume } => {
            Confirmed::Volume { month, volume: Volume { customers: 0, own: 0, ..volume } }
        }
        Confirmed::Rank { source, reached } => {
            Confirmed::Rank { source, reached: RankReached { withdrawn: true, ..reached } }
        }
    }
}

fn version_of(conn: &Connection, stored: &Stored, distributor: &str) -> Result<Option<u64>, Error> {
    let sql = "SELECT version FROM result WHERE kind = ?1 AND source = ?2 AND distributor = ?3";
    let key = params![stored.kind, stored.source, distributor];
    Ok(conn.prepare_cached(sql)?.query_row(key, |row| row.get(0)).optional()?)
}

/// Who else has what only one can have, and in which version.
fn former_of(conn: &Connection, stored: &Stored, distributor: &str) -> Result<Option<(String, u64)>, Error> {
    if !stored.is_unique {
        return Ok(None);
    }
    let sql = "SELECT distributor, version FROM result WHERE kind = ?1 AND source = ?2 AND distributor <> ?3
               ORDER BY version DESC LIMIT 1";
    let key = params![stored.kind, stored.source, distributor];
    Ok(conn.prepare_cached(sql)?.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

fn store(conn: &Connection, distributor: &str, stored: &Stored, serial: u64) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO result (kind, source, distributor, version, serial, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (kind, source, distributor) DO UPDATE SET
             version = excluded.version, serial = excluded.serial, value = excluded.value",
    )?
    .execute(params![stored.kind, stored.source, distributor, stored.version, serial, stored.value])?;
    Ok(())
}
