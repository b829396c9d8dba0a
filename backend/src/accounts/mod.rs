//! Who may use the server: accounts, the codes with which a password is set, devices and their tokens.
//!
//! Everything here is SQL over a connection, with time and randomness as arguments; the writer's transaction is the caller's.

mod attempts;
mod codes;
mod devices;
pub mod invitation;
pub mod password;
mod routes;

use qadam_domain::company::{Distributor, Locale};
use qadam_domain::ids::{DeviceId, MarketId};
use qadam_domain::release::Release;
use qadam_domain::time::{Day, Millis};
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::sync::{DISTRIBUTOR_ID, DISTRIBUTOR_KIND, ME};

use crate::error::Error;
use crate::nudges::tick;
use crate::params;
use crate::push::tokens;
use crate::random::{self, Random};
use crate::store::{Connection, Optional};
use crate::streams::{self, NewRow, StreamKey};

pub use attempts::{Who, begin_attempt, end_attempt};
pub use codes::{CODE_DAYS, RESET_DAYS, mint_code, set_password};
pub use devices::{
    SignedIn, TokenHash, UNHEARD, devices, entry_of, fork, hash_of, heard, is_heard_today, is_revoked, last_seq,
    register_device, revoke, session_of, succeed,
};
pub(crate) use devices::{check_expiry, set_last_seq};
pub use routes::router;

/// Characters of a name, of an id of a distributor or of a sponsor.
const NAME: usize = 128;

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub login: String,
    pub name: String,
    pub market: MarketId,
    pub locale: Locale,
    /// The company's id of the sponsor.
    pub sponsor: Option<String>,
    /// The company's id of the person; a number from 1001 on where it is not given.
    pub id: Option<String>,
}

/// An account that has no password yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    pub account: i64,
    /// The company's id of the person.
    pub distributor: String,
    /// With it the person sets the password.
    pub code: String,
}

/// Whose a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub account: i64,
    /// The opaque id that phones know.
    pub account_id: String,
    /// When the account's first device signed in.
    pub account_since: Millis,
    /// The account's own stream.
    pub me: StreamKey,
    pub device: DeviceId,
    pub device_key: i64,
    /// When this device signed in, or the one of which it is a fork.
    pub device_since: Millis,
    /// The first request of the last day with one.
    pub heard: Millis,
    /// The device has not been back since a restore: see [`crate::gaps`].
    pub gap: bool,
}

/// One line of the list of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub login: String,
    pub distributor: String,
    pub name: String,
    /// Signed in now.
    pub devices: u64,
    pub has_password: bool,
    pub is_closed: bool,
}

/// Adds a person to the company and mints the invite code.
///
/// # Errors
/// `bad_request` where the log-in name or id is taken or a text is empty or too long, or the market or language is not the release's.
pub fn add_user(
    conn: &Connection,
    release: &Release,
    user: &NewUser,
    now: Millis,
    random: Random<'_>,
) -> Result<Added, Error> {
    let refuse = |detail: String| Err(Error::new(ErrorCode::BadRequest, detail));
    let login = normal_login(&user.login)?;
    let Some(market) = release.markets.iter().find(|market| market.id == user.market) else {
        return refuse(format!("the company has no market {}", user.market));
    };
    if !release.locales.contains(&user.locale) {
        return refuse(format!("the company has no content in {}", user.locale));
    }
    let texts = [Some(&user.name), user.sponsor.as_ref(), user.id.as_ref()];
    if texts.into_iter().flatten().any(|text| text.trim().is_empty() || text.chars().count() > NAME) {
        return refuse(format!("a name or id has 1 to {NAME} characters"));
    }
    let taken = |column: &str, value: &str| -> Result<bool, Error> {
        let sql = format!("SELECT 1 FROM account WHERE {column} = ?1");
        Ok(conn.prepare_cached(&sql)?.exists([value])?)
    };
    if taken("login", &login)? {
        return refuse("this log-in name is taken".into());
    }
    if let Some(id) = &user.id
        && taken("distributor", id)?
    {
        return refuse(format!("the id {id} is taken"));
    }
    let public = random::hex::<8>(random);
    // Replaced at once where the company gives no id; unique until then.
    let id = user.id.as_deref().unwrap_or(&public);
    let account: i64 = conn.query_row(
        "INSERT INTO account (public, login, distributor, name, created) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
        params![public, login, id, user.name, now],
        |row| row.get(0),
    )?;
    let distributor = match &user.id {
        Some(id) => id.clone(),
        None => {
            let mut number = account.saturating_add(1_000);
            while taken("distributor", &number.to_string())? {
                number += 1;
            }
            number.to_string()
        }
    };
    conn.prepare_cached("UPDATE account SET distributor = ?2 WHERE id = ?1")?.execute(params![account, distributor])?;
    let me = streams::ensure(conn, Some(account), ME, random)?;
    let value = Distributor {
        id: distributor.clone(),
        name: user.name.clone(),
        market: user.market.clone(),
        locale: user.locale,
        sponsor: user.sponsor.clone(),
        sponsor_name: match &user.sponsor {
            Some(sponsor) => name_of(conn, sponsor)?,
            None => None,
        },
        mentor: None,
        mentor_name: None,
        joined: local_day(&market.time_zone, now),
        more: serde_json::Map::new(),
    };
    write_distributor(conn, me, &value, random)?;
    tick::wait(conn, account, now)?;
    let code = mint_code(conn, account, now, CODE_DAYS, random)?;
    Ok(Added { account, distributor, code })
}

/// Mints a reset code. The old password works until the code is used.
///
/// # Errors
/// `not_found` where there is no such account or it is closed.
pub fn reset_user(conn: &Connection, login: &str, now: Millis, random: Random<'_>) -> Result<String, Error> {
    mint_code(conn, open_account(conn, login)?, now, RESET_DAYS, random)
}

/// Closes an account: its devices are revoked, its codes and password are gone. Gives the id that phones know it by.
///
/// # Errors
/// `not_found` where there is no such account or it is closed.
pub fn close_user(conn: &Connection, login: &str, now: Millis) -> Result<String, Error> {
    let account = open_account(conn, login)?;
    conn.execute("UPDATE account SET closed = ?2, password = NULL WHERE id = ?1", params![account, now])?;
    conn.execute("UPDATE device SET revoked = ?2 WHERE account = ?1 AND revoked IS NULL", params![account, now])?;
    conn.execute("DELETE FROM code WHERE account = ?1", [account])?;
    tokens::forget_signed_out(conn)?;
    // What was told of the person goes with the next look.
    tick::wait(conn, account, now)?;
    Ok(conn.query_row("SELECT public FROM account WHERE id = ?1", [account], |row| row.get(0))?)
}

/// Names somebody who looks after a person, by the company's id; `None`: nobody any more. What was told to another one goes with the next look.
///
/// # Errors
/// `not_found` where there is no such account, or the mentor has none; `bad_request` where it would be the same person.
pub fn set_mentor(
    conn: &Connection,
    login: &str,
    mentor: Option<&str>,
    now: Millis,
    random: Random<'_>,
) -> Result<(), Error> {
    let account = open_account(conn, login)?;
    let me = me(conn, account)?;
    let mut distributor = distributor(conn, me)?;
    if mentor == Some(distributor.id.as_str()) {
        return Err(Error::new(ErrorCode::BadRequest, "nobody is a mentor of their own"));
    }
    let name = |mentor: &str| {
        let sql = "SELECT name FROM account WHERE distributor = ?1 AND closed IS NULL";
        let found: Option<String> = conn.prepare_cached(sql)?.query_row([mentor], |row| row.get(0)).optional()?;
        let detail = format!("nobody with an account has the id {mentor}: qadam-backend user list");
        found.ok_or_else(|| Error::new(ErrorCode::NotFound, detail))
    };
    distributor.mentor_name = mentor.map(name).transpose()?;
    distributor.mentor = mentor.map(str::to_owned);
    write_distributor(conn, me, &distributor, random)?;
    tick::wait(conn, account, now)
}

/// All accounts by log-in name.
///
/// # Errors
/// What SQLite says.
pub fn list_users(conn: &Connection) -> Result<Vec<Listed>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT login, distributor, name, password IS NOT NULL, closed IS NOT NULL,
                (SELECT count(*) FROM device WHERE account = account.id AND revoked IS NULL)
         FROM account ORDER BY login",
    )?;
    let listed = statement.query_all([], |row| {
        Ok(Listed {
            login: row.get(0)?,
            distributor: row.get(1)?,
            name: row.get(2)?,
            has_password: row.get(3)?,
            is_closed: row.get(4)?,
            devices: row.get(5)?,
        })
    })?;
    Ok(listed)
}

/// Account and password hash of a log-in name; `None` where nobody can sign in by it.
///
/// # Errors
/// What SQLite says.
pub fn credentials(conn: &Connection, login: &str) -> Result<Option<(i64, String)>, Error> {
    let Ok(login) = normal_login(login) else { return Ok(None) };
    let mut statement = conn.prepare_cached(
        "SELECT id, password FROM account WHERE login = ?1 AND closed IS NULL AND password IS NOT NULL",
    )?;
    Ok(statement.query_row([login], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// An account's stream `me`: each has one.
///
/// # Errors
/// What the database says, and where it is missing.
pub fn me(conn: &Connection, account: i64) -> Result<StreamKey, Error> {
    streams::find(conn, Some(account), ME)?.ok_or_else(|| Error::Unsound("an account without a stream".into()))
}

/// Who a stream `me` belongs to.
///
/// # Errors
/// Where the row is missing or is not what this code wrote.
pub fn distributor(conn: &Connection, me: StreamKey) -> Result<Distributor, Error> {
    let row = streams::stored(conn, me, DISTRIBUTOR_KIND, DISTRIBUTOR_ID)?;
    let value =
        row.and_then(|row| row.value).ok_or_else(|| Error::Unsound("an account without a distributor".into()))?;
    serde_json::from_str(&value).map_err(|e| Error::Unsound(format!("a distributor's row: {e}")))
}

/// Who a stream `me` belongs to, with the sponsor's name as it is known by now: written anew where the row has another or none.
///
/// # Errors
/// As [`distributor`].
fn greeted(conn: &Connection, me: StreamKey, random: Random<'_>) -> Result<Distributor, Error> {
    let mut distributor = distributor(conn, me)?;
    if let Some(sponsor) = &distributor.sponsor
        && let Some(name) = name_of(conn, sponsor)?
        && distributor.sponsor_name.as_ref() != Some(&name)
    {
        distributor.sponsor_name = Some(name);
        write_distributor(conn, me, &distributor, random)?;
    }
    Ok(distributor)
}

fn write_distributor(
    conn: &Connection,
    me: StreamKey,
    distributor: &Distributor,
    random: Random<'_>,
) -> Result<(), Error> {
    let value = serde_json::to_string(distributor).expect("a distributor holds nothing that JSON can't");
    let row = NewRow { kind: DISTRIBUTOR_KIND.into(), id: DISTRIBUTOR_ID.into(), value: Some(value) };
    streams::commit(conn, me, [row], random)?;
    Ok(())
}

/// What a distributor is called, by the company's id: as an account, else as a member of the tree.
fn name_of(conn: &Connection, distributor: &str) -> Result<Option<String>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT name, 0 AS place FROM account WHERE distributor = ?1 AND closed IS NULL
         UNION ALL SELECT name, 1 AS place FROM member WHERE number = ?1 AND sponsor IS NOT NULL
         ORDER BY place LIMIT 1",
    )?;
    Ok(statement.query_row([distributor], |row| row.get(0)).optional()?)
}

/// As log-in names are compared: trimmed, in lower case.
pub(crate) fn normal_login(login: &str) -> Result<String, Error> {
    let login = login.trim().to_lowercase();
    if login.is_empty() || login.chars().count() > limits::LOGIN {
        let detail = format!("a log-in name has 1 to {} characters", limits::LOGIN);
        return Err(Error::new(ErrorCode::BadRequest, detail));
    }
    Ok(login)
}

fn open_account(conn: &Connection, login: &str) -> Result<i64, Error> {
    let mut statement = conn.prepare_cached("SELECT id FROM account WHERE login = ?1 AND closed IS NULL")?;
    let found = statement.query_row([normal_login(login)?], |row| row.get(0)).optional()?;
    found.ok_or_else(|| Error::new(ErrorCode::NotFound, "there is no such account"))
}

/// The date in a time zone; in UTC where the zone is not known.
fn local_day(zone: &str, now: Millis) -> Day {
    use chrono::{DateTime, Offset, TimeZone};
    let minutes = zone
        .parse::<chrono_tz::Tz>()
        .ok()
        .zip(DateTime::from_timestamp_millis(now))
        .map_or(0, |(zone, at)| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc() / 60);
    Day::at(now, minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_joins_on_the_date_of_the_market() {
        let evening = 1_763_928_000_000; // 2025-11-23T20:00Z
        assert_eq!(local_day("Asia/Almaty", evening).to_string(), "2025-11-24");
        assert_eq!(local_day("America/Mexico_City", evening).to_string(), "2025-11-23");
        assert_eq!(local_day("Nowhere/At_All", evening).to_string(), "2025-11-23");
    }
}
