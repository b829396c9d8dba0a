//! Words to the mentor whom the company named, or else to the nearest active sponsor, as rows of their stream.
//!
//! Who lets nothing be told ([`settings::field::SHARE`](qadam_domain::settings::field::SHARE)) is not told of, and what was told of them before goes.
//! A word holds no contact data.

use qadam_domain::company::Distributor;
use qadam_domain::ids::DecisionId;
use qadam_domain::rules::{Rule, Word};
use qadam_domain::time::{DAY, Day, Millis};
use qadam_protocol::nudges::{SIGNAL_KIND, Signal};

use super::decide::Subject;
use super::facts;
use crate::accounts;
use crate::error::Error;
use crate::params;
use crate::push;
use crate::random::Random;
use crate::store::{Connection, Optional};
use crate::streams::{self, NewRow};

/// Who was not heard of for so long is passed over, in milliseconds.
pub const ACTIVE: Millis = 14 * DAY;
/// Levels above a person that are looked at.
pub const LEVELS: u32 = 10;

/// Somebody who may be told of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upline {
    pub account: i64,
    /// 0: the mentor.
    pub level: u32,
}

/// The mentor and those above a person who have an account, in this order, from the nearest on, with whether they are active.
fn uplines(conn: &Connection, person: &Distributor, now: Millis) -> Result<Vec<(Upline, bool)>, Error> {
    let mut found = Vec::new();
    if let Some(mentor) = &person.mentor {
        found.extend(look(conn, mentor, now)?.map(|(account, is_active)| (Upline { account, level: 0 }, is_active)));
    }
    let mut above = person.sponsor.clone();
    for level in 1..=LEVELS {
        let Some(number) = above else { break };
        let Some((account, is_active)) = look(conn, &number, now)? else { break };
        found.push((Upline { account, level }, is_active));
        above = accounts::distributor(conn, accounts::me(conn, account)?)?.sponsor;
    }
    Ok(found)
}

/// The account of a distributor, and whether it is active. When a device was heard of is noted once a day.
fn look(conn: &Connection, distributor: &str, now: Millis) -> Result<Option<(i64, bool)>, Error> {
    let found = conn
        .prepare_cached(
            "SELECT id, CASE WHEN EXISTS (SELECT 1 FROM device WHERE device.account = account.id AND revoked IS NULL AND heard > ?2)
                 THEN 1 ELSE 0 END
             FROM account WHERE distributor = ?1 AND closed IS NULL",
        )?
        .query_row(params![distributor, now - ACTIVE - DAY], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// Tells the mentor of a person, or the nearest active one above them; nobody where there is none, or the person does not share.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn tell(
    conn: &Connection,
    subject: &Subject<'_>,
    rule: &Rule,
    word: &Word,
    id: &DecisionId,
    day: Day,
    random: Random<'_>,
) -> Result<(), Error> {
    if !facts::is_shared(conn, subject.me)? {
        return Ok(());
    }
    let uplines = uplines(conn, subject.distributor, subject.now)?;
    let nearest = uplines.into_iter().find(|(upline, is_active)| *is_active && upline.account != subject.account);
    let Some((Upline { account, level }, _)) = nearest else { return Ok(()) };
    let signal = Signal {
        about: subject.distributor.id.clone(),
        name: subject.distributor.name.clone(),
        rule: rule.id.clone(),
        release: subject.release.id.clone(),
        text: word.text.clone(),
        lesson: word.lesson.clone(),
        priority: rule.limits.priority,
        day,
        level,
    };
    let value = serde_json::to_string(&signal).expect("a signal holds nothing that JSON can't");
    let row = NewRow { kind: SIGNAL_KIND.into(), id: id.to_string(), value: Some(value) };
    streams::commit(conn, accounts::me(conn, account)?, [row], random)?;
    conn.prepare_cached("INSERT INTO signal (id, about, told) VALUES (?1, ?2, ?3)")?.execute(params![
        id.as_str(),
        subject.account,
        account
    ])?;
    push::wake(conn, account, subject.now)?;
    Ok(())
}

/// Takes back what was told of a person to those who are neither their mentor nor above them any more; all of it where the person does not share, or has gone.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn review(conn: &Connection, account: i64, now: Millis, random: Random<'_>) -> Result<(), Error> {
    let told: Vec<(String, i64)> = conn
        .prepare_cached("SELECT id, told FROM signal WHERE about = ?1")?
        .query_all([account], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if told.is_empty() {
        return Ok(());
    }
    let me = accounts::me(conn, account)?;
    let is_open = conn.prepare_cached("SELECT 1 FROM account WHERE id = ?1 AND closed IS NULL")?.exists([account])?;
    let above = match is_open && facts::is_shared(conn, me)? {
        true => uplines(conn, &accounts::distributor(conn, me)?, now)?,
        false => Vec::new(),
    };
    for (id, told) in told {
        if above.iter().any(|(upline, _)| upline.account == told) {
            continue;
        }
        let row = NewRow { kind: SIGNAL_KIND.into(), id: id.clone(), value: None };
        streams::commit(conn, accounts::me(conn, told)?, [row], random)?;
        conn.prepare_cached("DELETE FROM signal WHERE id = ?1")?.execute([&id])?;
    }
    Ok(())
}
