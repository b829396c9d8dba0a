//! The evening tick: a queue of when the server looks at whom. Nobody is in it who has nothing coming.

use std::sync::Arc;
use std::time::Duration;

use qadam_domain::ids::RuleId;
use qadam_domain::release::{IndexedRelease, Releases};
use qadam_domain::rules::When;
use qadam_domain::rules::emitted::{Decision, Segments, Side, at};
use qadam_domain::rules::person::Person;
use qadam_domain::time::{Day, Millis};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::decide::{self, Subject, asks_for_team, has_time};
use super::facts::{self, Zone};
use super::{offers, signals};
use crate::accounts;
use crate::app::App;
use crate::error::Error;
use crate::params;
use crate::random::{self, Random};
use crate::store::{Connection, atomically};
use crate::sync::load_state;

/// From a change of a person's rows to the look at them: several changes are one look.
pub const DELAY: Millis = 60_000;
/// People who are looked at in one transaction.
pub const SOME: u32 = 64;
/// Days ahead in which something to come is looked for. Who has nothing in them is looked at again at their end.
const AHEAD: i32 = 14;
/// Days that are made up for where nobody looked; what was before them is not fresh.
const BACK: i32 = 2;
/// Who could not be looked at is tried again after so long.
const REST: Millis = 24 * 60 * 60_000;
/// Over so long a time everybody is looked at after a new release.
const SPREAD: Millis = 30 * 60_000;
/// How often it looks whether somebody is due.
const LOOK: Duration = Duration::from_secs(1);

/// Has the server look at a person then, or before.
///
/// # Errors
/// What the database says.
pub fn wait(conn: &Connection, account: i64, at: Millis) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO due (account, at) VALUES (?1, ?2)
         ON CONFLICT (account) DO UPDATE SET at = excluded.at WHERE due.at > excluded.at",
    )?
    .execute(params![account, at])?;
    Ok(())
}

/// Has the server look at everybody, some at a time: other rules are in force.
///
/// # Errors
/// What the database says.
pub fn wait_for_everyone(conn: &Connection, now: Millis) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO due (account, at) SELECT id, ?1 + (id * 7919) % ?2 FROM account WHERE closed IS NULL
         ON CONFLICT (account) DO UPDATE SET at = excluded.at WHERE due.at > excluded.at",
    )?
    .execute(params![now, SPREAD])?;
    Ok(())
}

/// When the first person is due.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &Connection) -> Result<Option<Millis>, Error> {
    Ok(conn.prepare_cached("SELECT min(at) FROM due")?.query_row([], |row| row.get(0))?)
}

/// Looks at the next people who are due, [`SOME`] at most, in the caller's transaction. Gives how many.
///
/// # Errors
/// What the database says. Who can't be looked at is told in the log, and left for a day.
pub fn some(conn: &Connection, releases: &Releases, now: Millis, random: Random<'_>) -> Result<usize, Error> {
    let due: Vec<i64> = conn
        .prepare_cached("SELECT account FROM due WHERE at <= ?1 ORDER BY at LIMIT ?2")?
        .query_all(params![now, SOME], |row| row.get(0))?;
    for account in &due {
        let next = match atomically(conn, || look(conn, releases, *account, now, random)) {
            Ok(next) => next,
            Err(Error::Store(error)) => return Err(Error::Store(error)),
            Err(error) => {
                tracing::error!(account, %error, "a person can't be looked at");
                Some(now.saturating_add(REST))
            }
        };
        match next {
            Some(next) => {
                let set = "UPDATE due SET at = ?2 WHERE account = ?1";
                conn.prepare_cached(set)?.execute(params![account, next.max(now + 1)])?;
            }
            None => {
                conn.prepare_cached("DELETE FROM due WHERE account = ?1")?.execute([account])?;
            }
        }
    }
    Ok(due.len())
}

/// Decides what the time brings to a person; gives when to look again.
fn look(
    conn: &Connection,
    releases: &Releases,
    account: i64,
    now: Millis,
    random: Random<'_>,
) -> Result<Option<Millis>, Error> {
    let Some(release) = releases.newest_up_to(u64::MAX) else { return Ok(None) };
    signals::review(conn, account, now, random)?;
    let is_open = conn.prepare_cached("SELECT 1 FROM account WHERE id = ?1 AND closed IS NULL")?.exists([account])?;
    if !is_open {
        return Ok(None);
    }
    let me = accounts::me(conn, account)?;
    let distributor = accounts::distributor(conn, me)?;
    let mut state = load_state(conn, me)?;
    let known = facts::looked(conn, account)?;
    facts::note(conn, account, me, &distributor, &state, None)?;
    let zone = facts::zone(release, &distributor, known.told);
    let (today, minute) = zone.local(now);
    let subject = Subject { account, me, distributor: &distributor, release, now };
    offers::recount(conn, &subject, &state, today, random)?;
    let mut segments = segments(conn, account)?;
    let mut next = None;
    if has_time(release) {
        let before = segments.clone();
        let (decisions, later) = {
            let person = decide::person(conn, &subject, &state, releases, today)?;
            let mut decisions = Vec::new();
            let mut day = known.day.unwrap_or(today).clamp(today.plus(-BACK), today);
            while day <= today {
                let (found, held) = at(&person, Side::Server, day, &segments);
                segments = held;
                let is_up = |at: Option<u16>| day < today || at.unwrap_or(0) <= minute;
                let is_told = |decision: &Decision| is_up(decision.minute) && !waits_for_silence(release, decision);
                decisions.extend(found.into_iter().filter(is_told));
                day = day.plus(1);
            }
            let heard = facts::heard(conn, account, zone)?;
            let (silent, unheard) = silences(release, &person, (today, minute), heard);
            decisions.extend(silent);
            let mut later = coming(conn, &subject, &person, zone, (today, minute), &segments)?;
            if unheard {
                later = later.min(zone.at(today.plus(1), minute));
            }
            (decisions, later)
        };
        decide::write(conn, &subject, &mut state, decisions, random)?;
        keep(conn, account, &before, &segments)?;
        next = Some(later);
        if asks_for_team(release) && facts::team(conn, &distributor.id, today)?.1 > 0 {
            // What others do is not to be foretold.
            next = next.min(Some(zone.at(today.plus(1), first_minute(release))));
        }
    }
    facts::note_look(conn, account, today)?;
    let ends = offers::ends(conn, account)?.map(|until| zone.at(until.plus(1), 0));
    Ok(next.into_iter().chain(ends).min())
}

/// What silences of the last days are answered with: those of days on which, or after which, a phone was heard of, since only that proves that nothing was
/// done. And whether one waits for that.
fn silences(
    release: &IndexedRelease,
    person: &Person<'_>,
    (today, minute): (Day, u16),
    heard: Option<Day>,
) -> (Vec<Decision>, bool) {
    let (mut found, mut unheard) = (Vec::new(), false);
    for back in (0..=BACK).rev() {
        let day = today.plus(-back);
        let (decided, _) = at(person, Side::Server, day, &Segments::new());
        for decision in decided.into_iter().filter(|decision| waits_for_silence(release, decision)) {
            let is_up = back > 0 || decision.minute.unwrap_or(0) <= minute;
            let is_proved = heard.is_some_and(|heard| heard >= day);
            unheard |= is_up && !is_proved;
            found.extend((is_up && is_proved).then_some(decision));
        }
    }
    (found, unheard)
}

fn waits_for_silence(release: &IndexedRelease, decision: &Decision) -> bool {
    release.rule(&decision.rule).is_some_and(|rule| matches!(rule.when, When::Silence { .. }))
}

/// When the first thing comes that was not decided yet, as if nothing were done until then.
fn coming(
    conn: &Connection,
    subject: &Subject<'_>,
    person: &Person<'_>,
    zone: Zone,
    (today, minute): (Day, u16),
    segments: &Segments,
) -> Result<Millis, Error> {
    let mut segments = segments.clone();
    for ahead in 0..=AHEAD {
        let day = today.plus(ahead);
        let (found, held) = at(person, Side::Server, day, &segments);
        segments = held;
        let mut first: Option<u16> = None;
        for decision in found {
            let at = decision.minute.unwrap_or(0);
            let is_later = ahead > 0 || at > minute;
            if is_later && !decide::is_decided(conn, subject.account, &decision.id(&subject.distributor.id))? {
                first = Some(first.map_or(at, |first| first.min(at)));
            }
        }
        if let Some(at) = first {
            return Ok(zone.at(day, at));
        }
    }
    Ok(zone.at(today.plus(AHEAD + 1), 0))
}

/// The first minute of a day on which a rule of the server's looks.
fn first_minute(release: &IndexedRelease) -> u16 {
    let minutes = release.emitted(Side::Server).filter_map(|rule| match rule.when {
        When::Enters(_) | When::Leaves(_) => Some(0),
        _ => rule.minute(),
    });
    minutes.min().unwrap_or(0)
}

/// Whether the segments of rules held when they were looked at last.
///
/// # Errors
/// What the database says, and an id that is none.
pub fn segments(conn: &Connection, account: i64) -> Result<Segments, Error> {
    let rows: Vec<(String, bool)> = conn
        .prepare_cached("SELECT rule, holds FROM segment WHERE account = ?1")?
        .query_all([account], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let segment = |(rule, holds): (String, bool)| {
        let rule = RuleId::new(rule).map_err(|error| Error::Unsound(format!("a rule's id: {error}")))?;
        Ok((rule, holds))
    };
    rows.into_iter().map(segment).collect()
}

fn keep(conn: &Connection, account: i64, before: &Segments, now: &Segments) -> Result<(), Error> {
    for rule in before.keys().filter(|rule| !now.contains_key(*rule)) {
        let delete = "DELETE FROM segment WHERE account = ?1 AND rule = ?2";
        conn.prepare_cached(delete)?.execute(params![account, rule.as_str()])?;
    }
    for (rule, holds) in now.iter().filter(|(rule, holds)| before.get(*rule) != Some(*holds)) {
        conn.prepare_cached(
            "INSERT INTO segment (account, rule, holds) VALUES (?1, ?2, ?3)
             ON CONFLICT (account, rule) DO UPDATE SET holds = excluded.holds",
        )?
        .execute(params![account, rule.as_str(), *holds])?;
    }
    Ok(())
}

/// Looks at people in the background of a server. Several servers share the queue: transactions that write take turns.
pub struct Ticker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Ticker {
    pub fn start(app: &Arc<App>) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(run(app.clone(), stopped)) }
    }

    /// Ends after the transaction that is under way.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the tick panicked");
        }
    }

    /// Ends at once; who was not looked at stays due.
    pub fn kill(self) {
        self.task.abort();
    }
}

async fn run(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        let looked = match turn(&app).await {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, "the tick: the database");
                0
            }
        };
        // Requests have their turn between two transactions.
        let rest = if looked > 0 { Duration::from_millis(5) } else { LOOK };
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(rest) => {}
        }
    }
}

async fn turn(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.store.read(next_due).await?;
    if due.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let releases = app.cache.releases();
    app.store.write(move |conn| some(conn, &releases, now, &mut random::system)).await
}
