//! Offers: made once, counted, and brought to an end.
//!
//! A restored server counts again from what the back office confirmed. That a reward was handed out after the backup is known to the company alone: give
//! the file of `offers given` again; what was noted stays noted.

use qadam_domain::fold::State;
use qadam_domain::ids::DecisionId;
use qadam_domain::planted::{self, Bug};
use qadam_domain::rules::emitted::Decision;
use qadam_domain::rules::{Goal, Offer};
use qadam_domain::time::{Day, Millis};
use qadam_protocol::nudges::{OFFER_KIND, OfferState, Offered};
use qadam_protocol::sync::ME;

use super::decide::Subject;
use super::tick;
use crate::accounts;
use crate::error::Error;
use crate::params;
use crate::push;
use crate::random::Random;
use crate::store::{Connection, Optional};
use crate::streams::{self, NewRow, StreamKey};

/// Makes an offer, unless its rule made all that it may. Tells whether it did.
///
/// # Errors
/// What the database says.
pub fn make(
    conn: &Connection,
    subject: &Subject<'_>,
    state: &State,
    offer: &Offer,
    id: &DecisionId,
    decision: &Decision,
    random: Random<'_>,
) -> Result<bool, Error> {
    let counted = conn
        .prepare_cached(
            "INSERT INTO offered (rule, people) VALUES (?1, 1)
             ON CONFLICT (rule) DO UPDATE SET people = offered.people + 1 WHERE offered.people < ?2",
        )?
        .execute(params![decision.rule.as_str(), offer.total])?;
    if counted == 0 && !planted::is(Bug::OfferUnlimited) {
        return Ok(false);
    }
    let until = decision.day.plus(offer.days.into());
    let mut offered = Offered {
        rule: decision.rule.clone(),
        release: subject.release.id.clone(),
        goal: offer.goal,
        reached: 0,
        from: decision.day,
        until,
        reward: offer.reward.clone(),
        terms: offer.terms.clone(),
        state: OfferState::Open,
        compared: decision.compared.clone(),
    };
    follow(&mut offered, state, decision.day);
    conn.prepare_cached("INSERT INTO offer (id, account, rule, state, until) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id.as_str(), subject.account, decision.rule.as_str(), name(offered.state), until.0])?;
    write(conn, subject.me, id.as_str(), &offered, random)?;
    // It ends by the time, whatever else comes.
    tick::wait(conn, subject.account, subject.now.saturating_add(tick::DELAY))?;
    Ok(true)
}

/// Counts a person's offers anew, and ends those whose last day went by.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn recount(
    conn: &Connection,
    subject: &Subject<'_>,
    state: &State,
    today: Day,
    random: Random<'_>,
) -> Result<(), Error> {
    let ids: Vec<String> = conn
        .prepare_cached("SELECT id FROM offer WHERE account = ?1 AND state <> 'given' ORDER BY id")?
        .query_all([subject.account], |row| row.get(0))?;
    let mut changed = false;
    for id in ids {
        let Some(known) = stored(conn, subject.me, &id)? else { continue };
        let mut offered = known.clone();
        follow(&mut offered, state, today);
        if offered != known {
            note(conn, &id, offered.state)?;
            write(conn, subject.me, &id, &offered, random)?;
            changed = true;
        }
    }
    if changed {
        push::wake(conn, subject.account, subject.now)?;
    }
    Ok(())
}

/// The day after which the first of a person's open offers is over.
///
/// # Errors
/// What the database says.
pub fn ends(conn: &Connection, account: i64) -> Result<Option<Day>, Error> {
    let mut statement = conn.prepare_cached("SELECT min(until) FROM offer WHERE account = ?1 AND state = 'open'")?;
    Ok(statement.query_row([account], |row| row.get::<Option<i32>>(0))?.map(Day))
}

/// Sales are confirmed late: one of the offer's days counts after the last of them too.
fn follow(offered: &mut Offered, state: &State, today: Day) {
    let sales = state.sales().map(|(_, sale)| sale);
    let sales = sales.filter(|sale| sale.counts() && (offered.from..=offered.until).contains(&sale.day));
    let (reached, goal) = match offered.goal {
        Goal::CustomerSales(goal) => (i64::try_from(sales.count()).unwrap_or(i64::MAX), i64::from(goal)),
        Goal::CustomerVolume(goal) => (sales.fold(0_i64, |sum, sale| sum.saturating_add(sale.volume)), goal),
    };
    offered.reached = reached;
    offered.state = match offered.state {
        OfferState::Given | OfferState::Unknown => offered.state,
        _ if reached >= goal => OfferState::Reached,
        OfferState::Reached | OfferState::Withdrawn => OfferState::Withdrawn,
        _ if today > offered.until => OfferState::Lapsed,
        state => state,
    };
}

fn name(state: OfferState) -> &'static str {
    match state {
        OfferState::Open => "open",
        OfferState::Reached => "reached",
        OfferState::Given => "given",
        OfferState::Lapsed => "lapsed",
        OfferState::Withdrawn => "withdrawn",
        OfferState::Unknown => "unknown",
    }
}

fn stored(conn: &Connection, me: StreamKey, id: &str) -> Result<Option<Offered>, Error> {
    let row = streams::stored(conn, me, OFFER_KIND, id)?.and_then(|stored| stored.value);
    row.map(|json| serde_json::from_str(&json).map_err(|error| Error::Unsound(format!("an offer's row: {error}"))))
        .transpose()
}

fn write(conn: &Connection, me: StreamKey, id: &str, offered: &Offered, random: Random<'_>) -> Result<(), Error> {
    let value = serde_json::to_string(offered).expect("an offer holds nothing that JSON can't");
    streams::commit(conn, me, [NewRow { kind: OFFER_KIND.into(), id: id.into(), value: Some(value) }], random)?;
    Ok(())
}

fn note(conn: &Connection, id: &str, state: OfferState) -> Result<(), Error> {
    conn.prepare_cached("UPDATE offer SET state = ?2 WHERE id = ?1")?.execute(params![id, name(state)])?;
    Ok(())
}

/// A reward that is to be handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    pub id: String,
    /// The company's id of the person.
    pub distributor: String,
    pub rule: String,
    pub reward: String,
    pub until: Day,
}

/// Who gets which reward, by rule and person.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn rewards(conn: &Connection) -> Result<Vec<Reward>, Error> {
    let reached: Vec<(String, String, String, i64)> = conn
        .prepare_cached(
            "SELECT offer.id, distributor, rule, stream.id FROM offer JOIN account ON account.id = offer.account
             JOIN stream ON stream.account = account.id AND stream.name = ?1
             WHERE state = 'reached' ORDER BY rule, distributor, offer.id",
        )?
        .query_all([ME], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let reward = |(id, distributor, rule, me): (String, String, String, i64)| {
        let offered = stored(conn, StreamKey(me), &id)?;
        Ok(offered.map(|Offered { reward, until, .. }| Reward {
            id,
            distributor,
            rule,
            reward: reward.to_string(),
            until,
        }))
    };
    reached.into_iter().filter_map(|row| reward(row).transpose()).collect()
}

/// Notes that a reward was handed out. `None` where there is no such offer; `Some(false)` where its goal is not reached, or it was noted before.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn give(conn: &Connection, id: &str, now: Millis, random: Random<'_>) -> Result<Option<bool>, Error> {
    let account: Option<i64> =
        conn.prepare_cached("SELECT account FROM offer WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?;
    let Some(account) = account else { return Ok(None) };
    let me = accounts::me(conn, account)?;
    let Some(mut offered) = stored(conn, me, id)? else { return Ok(None) };
    if offered.state != OfferState::Reached {
        return Ok(Some(false));
    }
    offered.state = OfferState::Given;
    note(conn, id, offered.state)?;
    write(conn, me, id, &offered, random)?;
    push::wake(conn, account, now)?;
    Ok(Some(true))
}
