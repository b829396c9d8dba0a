//! The outbox: what waits to be sent, in the database that the servers share.
//!
//! A server takes some of what is due under a lease and answers for it within [`LEASE`]; what it does not answer for is due again then, for whoever
//! takes it. The servers' clocks have to agree within [`LEASE`] - [`START`] - [`TRY`].

use std::collections::BTreeMap;

use qadam_domain::ids::MAX_SLUG;
use qadam_domain::time::{DAY, MINUTE, Millis};
use qadam_protocol::accounts::Secret;
use qadam_protocol::push::{SYNC, Vendor};

use super::tokens::{self, Address};
use crate::error::Error;
use crate::params;
use crate::random::{self, Random};
use crate::store::{Bind, Connection, Row, StoreError};

/// How long a server has what it took.
pub const LEASE: Millis = MINUTE;
/// Within this time after it took them a server begins to send them; what it does not, it gives back.
pub const START: Millis = 15_000;
/// A try ends within this time.
pub const TRY: Millis = 30_000;
/// A device is woken at most so often: "don't try to send more than two or three per hour" (Apple, *Pushing background updates to your App*).
pub const WAKE_EVERY: Millis = 20 * MINUTE;
/// For so long it is of use to wake a device.
const WAKE_WITHIN: Millis = DAY;
/// Tries after which a message is given up.
pub const ATTEMPTS: u32 = 12;
/// Devices that [`wake_everyone`] wakes at a time, and how often: phones that are woken sync, and the server has to answer them.
const ROUND: u64 = 500;
const ROUND_EVERY: Millis = 1_000;
/// Characters of a nudge's id: of APNs' collapse id (*Sending notification requests to APNs*).
const ID: usize = 64;
/// Ids in one statement.
const IDS: usize = 64;

/// What a person is to see: a text of the app's own, in the person's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert<'a> {
    /// Stable: a newer one with the same id takes the place of the older, in the outbox and on the phone. 1 to 64 visible characters of ASCII.
    pub id: &'a str,
    /// The rule that it comes from.
    pub rule: &'a str,
    /// Keys of the app's texts, without the language: `a-z`, `0-9`, `_`.
    pub title: &'a str,
    pub body: &'a str,
    /// Not before.
    pub due: Millis,
    /// Never after.
    pub expires: Millis,
}

/// Who is to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Every device of the account that may show notifications.
    Account(i64),
    /// This one, if it is the account's.
    Device { account: i64, device: i64 },
}

/// Has devices show something. To be called in the transaction that makes the reason for it. Gives to how many it goes.
///
/// # Errors
/// [`Error::Unsound`] where the alert can't be sent as it is; what the database says.
pub fn enqueue(conn: &Connection, to: To, alert: &Alert<'_>) -> Result<usize, Error> {
    let is_id =
        (1..=ID).contains(&alert.id.len()) && alert.id.bytes().all(|b| b.is_ascii_graphic()) && alert.id != SYNC;
    let is_key = |key: &str| {
        let holds = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        (1..=MAX_SLUG).contains(&key.len()) && holds
    };
    let is_rule = (1..=MAX_SLUG).contains(&alert.rule.len()) && alert.rule.bytes().all(|b| b.is_ascii_graphic());
    if !(is_id && is_rule && is_key(alert.title) && is_key(alert.body)) {
        return Err(Error::Unsound(format!("the rule {:?} makes a push that can't be sent", alert.rule)));
    }
    if alert.due >= alert.expires {
        return Ok(0);
    }
    let (account, device) = match to {
        To::Account(account) => (account, None),
        To::Device { account, device } => (account, Some(device)),
    };
    let mut insert = conn.prepare_cached(
        "INSERT INTO push (device, vendor, collapse, rule, title, body, due, expires, attempts)
         SELECT device.id, vendor, ?3, ?4, ?5, ?6, ?7, ?8, 0 FROM push_token JOIN device ON device.id = push_token.device
         WHERE account = ?1 AND device.id = coalesce(?2, device.id) AND revoked IS NULL AND push_token.token IS NOT NULL AND permission = 1
         ON CONFLICT (device, collapse) DO UPDATE SET vendor = excluded.vendor, rule = excluded.rule, title = excluded.title,
             body = excluded.body, due = excluded.due, expires = excluded.expires, attempts = 0, lease = NULL",
    )?;
    let Alert { id, rule, title, body, due, expires } = *alert;
    Ok(insert.execute(params![account, device, id, rule, title, body, due, expires])?)
}

/// Takes back what was not sent yet.
///
/// # Errors
/// What the database says.
pub fn cancel(conn: &Connection, account: i64, id: &str) -> Result<usize, Error> {
    let mut delete = conn.prepare_cached(
        "DELETE FROM push WHERE collapse = ?2 AND rule IS NOT NULL AND device IN (SELECT id FROM device WHERE account = ?1)",
    )?;
    Ok(delete.execute(params![account, id])?)
}

/// Wakes the account's devices, each at most once in [`WAKE_EVERY`]: the company changed something of theirs. Gives how many.
///
/// # Errors
/// What the database says.
pub fn wake(conn: &Connection, account: i64, now: Millis) -> Result<usize, Error> {
    let which = "JOIN device ON device.id = push_token.device WHERE account = ?4 AND revoked IS NULL AND push_token.token IS NOT NULL";
    wake_those(conn, which, now, now.saturating_add(WAKE_WITHIN), params![account])
}

/// Wakes all devices, some at a time: something changed for everybody.
///
/// # Errors
/// What the database says.
pub fn wake_everyone(conn: &Connection, now: Millis) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO push_round (one, device, due, expires) VALUES (1, 0, ?1, ?2)
         ON CONFLICT (one) DO UPDATE SET device = 0, due = excluded.due, expires = excluded.expires",
    )?
    .execute([now, now.saturating_add(WAKE_WITHIN)])?;
    Ok(())
}

/// After a restore: what waited when the backup was taken was sent long ago. Everybody is woken, and sends again what was lost; who is signed out is
/// known nowhere.
///
/// # Errors
/// What the database says.
pub fn begin_anew(conn: &Connection, now: Millis) -> Result<(), Error> {
    conn.execute("DELETE FROM push", [])?;
    tokens::forget_signed_out(conn)?;
    wake_everyone(conn, now)
}

/// The next devices of [`wake_everyone`], where that is due. Gives how many.
///
/// # Errors
/// What the database says.
pub fn go_round(conn: &Connection, now: Millis) -> Result<usize, Error> {
    let mut statement = conn.prepare_cached("SELECT device, expires FROM push_round WHERE due <= ?1")?;
    let due = statement.query_all([now], |row| Ok((row.get::<i64>(0)?, row.get::<Millis>(1)?)))?;
    let Some((after, expires)) = due.into_iter().next() else { return Ok(0) };
    let last: Option<i64> = conn
        .prepare_cached(
            "SELECT max(device) FROM (SELECT device FROM push_token WHERE device > ?1 ORDER BY device LIMIT ?2) AS following",
        )?
        .query_row(params![after, ROUND], |row| row.get(0))?;
    let Some(last) = last.filter(|_| now < expires) else {
        conn.prepare_cached("DELETE FROM push_round WHERE device = ?1")?.execute([after])?;
        return Ok(0);
    };
    let which = "WHERE device > ?4 AND device <= ?5 AND token IS NOT NULL";
    let woken = wake_those(conn, which, now, expires, params![after, last])?;
    conn.prepare_cached("UPDATE push_round SET device = ?1, due = ?2")?.execute([last, now + ROUND_EVERY])?;
    Ok(woken)
}

/// `more`: parameters from the fourth on.
fn wake_those(
    conn: &Connection,
    which: &str,
    now: Millis,
    expires: Millis,
    more: &[&dyn Bind],
) -> Result<usize, Error> {
    // What waits already will do; what is on its way may come before the phone can see the reason for this one.
    let sql = format!(
        "INSERT INTO push (device, vendor, collapse, due, expires, attempts)
         SELECT push_token.device, vendor, '{SYNC}', CASE WHEN woken + {WAKE_EVERY} > ?1 AND woken <= ?1 THEN woken + {WAKE_EVERY} ELSE ?2 END, ?3, 0
         FROM push_token {which}
         ON CONFLICT (device, collapse) DO UPDATE SET expires = excluded.expires, lease = NULL,
             due = CASE WHEN push.lease IS NULL THEN push.due ELSE excluded.due END,
             attempts = CASE WHEN push.lease IS NULL THEN push.attempts ELSE 0 END"
    );
    let mut params: Vec<&dyn Bind> = vec![&now, &now, &expires];
    params.extend(more);
    Ok(conn.prepare_cached(&sql)?.execute(params.as_slice())?)
}

/// What a server has taken to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub key: i64,
    pub lease: String,
    pub account: i64,
    pub device: i64,
    pub to: Address,
    pub collapse: String,
    /// `None` where it only wakes.
    pub shown: Option<Shown>,
    pub expires: Millis,
    /// This try counted.
    pub attempts: u32,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub rule: String,
    pub title: String,
    pub body: String,
}

/// When the next message to a vendor is due, or the next devices of a round are; `None` where nothing waits.
///
/// # Errors
/// What the database says.
pub fn next_due(conn: &Connection, vendor: Vendor) -> Result<Option<Millis>, Error> {
    let mut statement = conn.prepare_cached("SELECT min(due) FROM push WHERE vendor = ?1")?;
    Ok(statement.query_row([vendor.name()], |row| row.get(0))?)
}

/// When [`go_round`] has something to do.
///
/// # Errors
/// What the database says.
pub fn round_due(conn: &Connection) -> Result<Option<Millis>, Error> {
    Ok(conn.prepare_cached("SELECT min(due) FROM push_round")?.query_row([], |row| row.get(0))?)
}

/// How many messages wait or are on their way.
///
/// # Errors
/// What the database says.
pub fn count(conn: &Connection) -> Result<u64, Error> {
    Ok(conn.query_row("SELECT count(*) FROM push", [], |row| row.get(0))?)
}

/// Whether [`expire`] has something to do.
///
/// # Errors
/// What the database says.
pub fn has_expired(conn: &Connection, now: Millis) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM push WHERE expires <= ?1 LIMIT 1")?.exists([now])?)
}

/// Takes away what must not be sent any more, some at a time. Gives how many.
///
/// # Errors
/// What the database says.
pub fn expire(conn: &Connection, now: Millis) -> Result<usize, Error> {
    let sql = "DELETE FROM push WHERE id IN (SELECT id FROM push WHERE expires <= ?1 ORDER BY expires LIMIT 1000)";
    Ok(conn.prepare_cached(sql)?.execute([now])?)
}

/// Takes at most `most` messages to a vendor that are due, the longest due first. In a transaction that writes.
///
/// # Errors
/// What the database says.
pub fn claim(
    conn: &Connection,
    vendor: Vendor,
    most: usize,
    now: Millis,
    random: Random<'_>,
) -> Result<Vec<Message>, Error> {
    let lease = random::text::<8>(random);
    conn.prepare_cached(
        "UPDATE push SET lease = ?1, due = ?2, attempts = attempts + 1 WHERE id IN
             (SELECT id FROM push WHERE vendor = ?3 AND due <= ?4 AND expires > ?4 ORDER BY due, id LIMIT ?5)",
    )?
    .execute(params![lease, now + LEASE, vendor.name(), now, most])?;
    // From now on a new reason waits: this try may come before the phone can see it.
    conn.prepare_cached(
        "UPDATE push_token SET woken = ?2 WHERE device IN (SELECT device FROM push WHERE lease = ?1 AND rule IS NULL)",
    )?
    .execute(params![lease, now])?;
    let message = |row: &Row<'_>| {
        let rule: Option<String> = row.get(8)?;
        let shown = |rule| Ok::<_, StoreError>(Shown { rule, title: row.get(9)?, body: row.get(10)? });
        Ok(Message {
            key: row.get(0)?,
            lease: lease.clone(),
            account: row.get(1)?,
            device: row.get(2)?,
            to: Address {
                vendor,
                token: Secret(row.get(3)?),
                app: row.get(4)?,
                sandbox: row.get(5)?,
                locale: row.get(6)?,
            },
            collapse: row.get(7)?,
            shown: rule.map(shown).transpose()?,
            expires: row.get(11)?,
            attempts: row.get(12)?,
        })
    };
    let mut statement = conn.prepare_cached(
        "SELECT push.id, account, push.device, push_token.token, app, sandbox, locale, collapse, rule, title, body, expires, attempts
         FROM push JOIN push_token ON push_token.device = push.device JOIN device ON device.id = push.device
         WHERE lease = ?1 AND push_token.token IS NOT NULL ORDER BY push.id",
    )?;
    Ok(statement.query_all([&lease], message)?)
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The vendor has it.
    Sent,
    /// It is not to be sent any more.
    Gone,
    /// To be tried again then.
    Later { due: Millis },
    /// It was not tried: the vendor could not be reached, or will not listen.
    Untried { due: Millis },
    /// The device can't be reached by this token, unless it registered it after the vendor found so.
    Void { unless_after: Option<Millis> },
}

/// What [`settle`] came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// Tokens that are void.
    pub voided: u64,
    /// Messages that were tried often enough, or would come too late.
    pub given_up: u64,
}

/// Notes what became of messages. What was replaced or taken over by another server meanwhile stays as it is.
///
/// # Errors
/// What the database says.
pub fn settle(conn: &Connection, settled: &[(Message, Settled)], now: Millis) -> Result<Noted, Error> {
    let mut noted = Noted::default();
    let mut gone: BTreeMap<&String, Vec<i64>> = BTreeMap::new();
    for (message, settled) in settled {
        match settled {
            Settled::Sent | Settled::Gone => gone.entry(&message.lease).or_default().push(message.key),
            _ => settle_one(conn, message, settled, now, &mut noted)?,
        }
    }
    for (lease, keys) in gone {
        remove(conn, lease, &keys)?;
    }
    Ok(noted)
}

fn remove(conn: &Connection, lease: &str, keys: &[i64]) -> Result<(), Error> {
    let places: Vec<String> = (2..IDS + 2).map(|n| format!("?{n}")).collect();
    let sql = format!("DELETE FROM push WHERE lease = ?1 AND id IN ({})", places.join(", "));
    for keys in keys.chunks(IDS) {
        // Always of one length, so that the statement is always the same one.
        let mut params: Vec<&dyn Bind> = vec![&lease];
        params.extend((0..IDS).map(|n| keys.get(n).unwrap_or(&keys[0]) as &dyn Bind));
        conn.prepare_cached(&sql)?.execute(params.as_slice())?;
    }
    Ok(())
}

fn settle_one(
    conn: &Connection,
    message: &Message,
    settled: &Settled,
    now: Millis,
    noted: &mut Noted,
) -> Result<(), Error> {
    let (due, attempts) = match settled {
        Settled::Sent | Settled::Gone => return remove(conn, &message.lease, &[message.key]),
        Settled::Later { due } => (*due, message.attempts),
        Settled::Untried { due } => (*due, message.attempts.saturating_sub(1)),
        Settled::Void { unless_after } => {
            if tokens::void(conn, message.device, &message.to.token, *unless_after)? {
                noted.voided += 1;
                return Ok(());
            }
            // By now the device says that it can be reached.
            (now, message.attempts)
        }
    };
    if due >= message.expires || attempts >= ATTEMPTS {
        noted.given_up += 1;
        return remove(conn, &message.lease, &[message.key]);
    }
    conn.prepare_cached("UPDATE push SET due = ?3, attempts = ?4, lease = NULL WHERE id = ?1 AND lease = ?2")?
        .execute(params![message.key, message.lease, due, attempts])?;
    Ok(())
}
