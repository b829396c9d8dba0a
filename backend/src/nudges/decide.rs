//! What the server decides, written down: a nudge into the person's rows, a word into the sponsor's, an offer.

use std::collections::BTreeSet;

use qadam_domain::company::Distributor;
use qadam_domain::fold::{self, State};
use qadam_domain::ids::DecisionId;
use qadam_domain::planted::{self, Bug};
use qadam_domain::release::{IndexedRelease, Releases};
use qadam_domain::rules::emitted::{Decision, Side, answer, is_fresh, of_groups};
use qadam_domain::rules::person::Person;
use qadam_domain::rules::{Effect, Fact, Trigger, When};
use qadam_domain::time::{Day, Millis, Moment};

use super::{facts, offers, show, signals, tick};
use crate::accounts;
use crate::error::Error;
use crate::params;
use crate::push;
use crate::random::Random;
use crate::store::Connection;
use crate::streams::{self, NewRow, StreamKey};

/// What came newly with a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Happened {
    /// What rules answer, with the person's day of it, and when it was at the latest.
    pub triggers: BTreeSet<(Trigger, Day, Millis)>,
    /// The back office confirmed or corrected something.
    pub confirmed: bool,
    /// Minutes ahead of UTC as a phone told last, and when.
    pub told: Option<(i32, Millis)>,
}

/// A person about whom something is decided.
pub struct Subject<'a> {
    pub account: i64,
    pub me: StreamKey,
    pub distributor: &'a Distributor,
    pub release: &'a IndexedRelease,
    pub now: Millis,
}

/// Decides what follows from a batch that was written to the person's rows; in its transaction.
///
/// # Errors
/// What the database says, and rows that can't be read.
#[expect(clippy::too_many_arguments, reason = "a batch with what a deterministic decision is given")]
pub fn after(
    conn: &Connection,
    releases: &Releases,
    account: i64,
    me: StreamKey,
    state: &mut State,
    happened: &Happened,
    now: Millis,
    random: Random<'_>,
) -> Result<(), Error> {
    let Some(release) = releases.newest_up_to(u64::MAX) else { return Ok(()) };
    let distributor = accounts::distributor(conn, me)?;
    facts::note(conn, account, me, &distributor, state, happened.told)?;
    let subject = Subject { account, me, distributor: &distributor, release, now };
    let zone = facts::zone_of(conn, account, release, &distributor)?;
    let (today, _) = zone.local(now);
    let fresh: BTreeSet<(Trigger, Day)> = (happened.triggers.iter())
        .filter(|(_, _, at)| is_fresh(*at, now))
        .map(|(trigger, day, _)| (*trigger, *day))
        .collect();
    let mut decisions = Vec::new();
    if release.emitted(Side::Server).any(|rule| matches!(rule.when, When::Event(_))) && !fresh.is_empty() {
        let person = person(conn, &subject, state, releases, today)?;
        for (trigger, day) in fresh {
            decisions.extend(answer(&person, Side::Server, trigger, day, today));
        }
    }
    write(conn, &subject, state, decisions, random)?;
    if happened.confirmed {
        offers::recount(conn, &subject, state, today, random)?;
    }
    if has_time(release) {
        tick::wait(conn, account, now.saturating_add(tick::DELAY))?;
    }
    Ok(())
}

/// Whether the release has a rule that the server looks at by the time, or in segments.
pub fn has_time(release: &IndexedRelease) -> bool {
    release.emitted(Side::Server).any(|rule| !matches!(rule.when, When::Event(_)))
}

/// The person as the server's rules see them.
///
/// # Errors
/// What the database says.
pub fn person<'a>(
    conn: &Connection,
    subject: &Subject<'a>,
    state: &'a State,
    releases: &'a Releases,
    today: Day,
) -> Result<Person<'a>, Error> {
    let followed = state.followed().and_then(|followed| releases.get(&followed.release));
    let journey = followed.and_then(|release| release.release.journey.as_ref());
    let locale = facts::locale(subject.distributor);
    let mut person = Person::new(subject.distributor, locale, state, subject.release, journey);
    if asks_for_team(subject.release) {
        person.team = Some(facts::team(conn, &subject.distributor.id, today)?.0);
    }
    Ok(person)
}

/// Whether a rule of the server's asks for newcomers.
pub fn asks_for_team(release: &IndexedRelease) -> bool {
    let is_of_team = |fact: &Fact| matches!(fact, Fact::NewcomersSilent | Fact::NewcomersStuck);
    release.emitted(Side::Server).any(|rule| rule.facts().any(is_of_team))
}

/// Whether this was decided before.
///
/// # Errors
/// What the database says.
pub fn is_decided(conn: &Connection, account: i64, id: &DecisionId) -> Result<bool, Error> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM decided WHERE account = ?1 AND id = ?2")?;
    Ok(statement.exists(params![account, id.as_str()])? && !planted::is(Bug::DecidedAgain))
}

/// Writes what of these decisions is new and what their groups let through. Gives how many.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn write(
    conn: &Connection,
    subject: &Subject<'_>,
    state: &mut State,
    decisions: Vec<Decision>,
    random: Random<'_>,
) -> Result<usize, Error> {
    let mut new = Vec::new();
    for decision in decisions {
        if !is_decided(conn, subject.account, &decision.id(&subject.distributor.id))? {
            new.push(decision);
        }
    }
    let (through, _) = of_groups(subject.release, new);
    let (mut written, mut wakes) = (0, false);
    for decision in through {
        let Some(rule) = subject.release.rule(&decision.rule) else { continue };
        let id = decision.id(&subject.distributor.id);
        let insert = "INSERT INTO decided (account, id, day) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let params = params![subject.account, id.as_str(), decision.day.0];
        if conn.prepare_cached(insert)?.execute(params)? == 0 && !planted::is(Bug::DecidedAgain) {
            continue;
        }
        written += 1;
        for effect in &rule.then {
            if rule.decider(effect) != Some(Side::Server) {
                continue;
            }
            match effect {
                Effect::Nudge(nudge) => {
                    let moment = Moment { at: subject.now, day: decision.day };
                    fold::nudges::decide(state, &id, decision.clone(), moment);
                    wakes |= !decision.held_out;
                    show::try_to(conn, subject, state, (rule, nudge), &id, &decision)?;
                }
                Effect::Sponsor(_) | Effect::Offer(_) if decision.held_out => {}
                Effect::Sponsor(word) => signals::tell(conn, subject, rule, word, &id, decision.day, random)?,
                Effect::Offer(offer) => wakes |= offers::make(conn, subject, state, offer, &id, &decision, random)?,
                Effect::Points(_) | Effect::Course(_) | Effect::Lesson(_) | Effect::Task(_) => {}
            }
        }
    }
    let rows = rows_of(state);
    if !rows.is_empty() {
        streams::commit(conn, subject.me, rows, random)?;
    }
    if wakes {
        push::wake(conn, subject.account, subject.now)?;
    }
    Ok(written)
}

/// The rows of a state that changed.
pub(super) fn rows_of(state: &mut State) -> Vec<NewRow> {
    let rows = state.take_changes().into_iter();
    rows.map(|row| NewRow { kind: row.kind.into(), id: row.id, value: row.value }).collect()
}
