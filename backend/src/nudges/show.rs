//! The one nudge of a week that the server shows itself, by a push: on the weekday of each account on which the phone plans none, so that
//! the caps hold though neither asks the other. The phone has the nudge with its next sync, as any other.

use qadam_domain::fold::{self, State};
use qadam_domain::ids::DecisionId;
use qadam_domain::nudges::plan::{Situation, server_may_show};
use qadam_domain::nudges::zone::Offsets;
use qadam_domain::nudges::{Candidate, Platform, Preferences, SERVERS_HOURS, Shown, servers_weekday};
use qadam_domain::release::Releases;
use qadam_domain::rules::emitted::Decision;
use qadam_domain::rules::{Nudge, Rule};
use qadam_domain::time::{MINUTE, Millis, Moment};
use qadam_protocol::sync::ME;

use super::decide::{Subject, rows_of};
use super::{facts, lease};
use crate::accounts;
use crate::error::Error;
use crate::params;
use crate::push::{self, Alert, To};
use crate::random::Random;
use crate::store::{Connection, Optional};
use crate::streams;
use crate::sync::load_state;

/// Has the phone that shows the account's notifications show what was decided, where the server may. To be called in the decision's transaction.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn try_to(
    conn: &Connection,
    subject: &Subject<'_>,
    state: &State,
    (rule, nudge): (&Rule, &Nudge),
    id: &DecisionId,
    decision: &Decision,
) -> Result<(), Error> {
    let Subject { account, me, distributor, release, now } = *subject;
    let Some(device) = shower(conn, subject)? else { return Ok(()) };
    if is_underway(conn, account)? {
        return Ok(());
    }
    let zone = facts::zone_of(conn, account, release, distributor)?;
    let (today, minute) = zone.local(now);
    let servers_weekday = servers_weekday(&distributor.id);
    let shown = state.nudges().filter_map(|(id, noted)| Shown::of(release, id, noted, servers_weekday));
    let situation = Situation {
        now,
        zone: &Offsets::fixed(zone.minutes(now)),
        preferences: &Preferences::of(&facts::settings(conn, me)?.unwrap_or_default()),
        shown: &shown.collect::<Vec<_>>(),
        platform: Platform { permission: true, lease: Some(Millis::MAX), slots: 1 },
        servers_weekday,
    };
    if server_may_show(&situation, &Candidate::of(id.clone(), rule, nudge, decision, minute)).is_err() {
        return Ok(());
    }
    let category = nudge.category.word();
    let alert = Alert {
        id: id.as_str(),
        rule: rule.id.as_str(),
        title: &format!("nudge_{category}_title"),
        body: &format!("nudge_{category}_body"),
        due: now,
        // What a vendor is late with must not come in the evening.
        expires: zone.at(today, SERVERS_HOURS.end).min(now.saturating_add(Millis::from(nudge.expires) * 60 * MINUTE)),
    };
    push::enqueue(conn, To::Device { account, device }, &alert)?;
    Ok(())
}

/// A vendor took what [`try_to`] made: it counts as shown.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn note(
    conn: &Connection,
    releases: &Releases,
    account: i64,
    id: &str,
    now: Millis,
    random: Random<'_>,
) -> Result<(), Error> {
    let (Ok(id), Some(release)) = (DecisionId::new(id), releases.newest_up_to(u64::MAX)) else { return Ok(()) };
    let Some(me) = streams::find(conn, Some(account), ME)? else { return Ok(()) };
    let mut state = load_state(conn, me)?;
    let zone = facts::zone_of(conn, account, release, &accounts::distributor(conn, me)?)?;
    fold::nudges::show(&mut state, &id, Moment::new(now, zone.minutes(now)));
    let rows = rows_of(&mut state);
    if !rows.is_empty() {
        streams::commit(conn, me, rows, random)?;
    }
    Ok(())
}

/// The device that shows the account's notifications, where a push reaches it.
fn shower(conn: &Connection, subject: &Subject<'_>) -> Result<Option<i64>, Error> {
    let Some(lease) = lease::stored(conn, subject.me)? else { return Ok(None) };
    let sql = "SELECT device.id FROM device JOIN push_token ON push_token.device = device.id
               WHERE public = ?1 AND account = ?2 AND revoked IS NULL AND push_token.token IS NOT NULL AND permission = 1";
    let params = params![lease.holder.as_str(), subject.account];
    Ok(conn.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?)
}

/// Something is on its way that will count once it is sent.
fn is_underway(conn: &Connection, account: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM push JOIN device ON device.id = push.device WHERE account = ?1 AND rule IS NOT NULL";
    Ok(conn.prepare_cached(sql)?.exists([account])?)
}
