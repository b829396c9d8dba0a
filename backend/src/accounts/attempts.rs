//! Limits on guessing, counted in the database: they hold over restarts and for all processes.

use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::error::ErrorCode;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::params;
use crate::store::{Connection, Optional};

const WINDOW: Millis = 15 * MINUTE;
const BY_LOGIN: i64 = 10;
/// Many phones share one address behind a mobile network.
const BY_PEER: i64 = 100;

/// Whose attempts are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A log-in name, known or not.
    Login(String),
    /// The address of the network from which the request comes.
    Peer(String),
}

impl Who {
    fn most(&self) -> i64 {
        match self {
            Self::Login(_) => BY_LOGIN,
            Self::Peer(_) => BY_PEER,
        }
    }

    /// Names and addresses are not kept as they are.
    fn hash(&self) -> [u8; 32] {
        let (kind, text) = match self {
            Self::Login(text) => ("login", text.trim().to_lowercase()),
            Self::Peer(text) => ("peer", text.clone()),
        };
        Sha256::new().chain_update(kind).chain_update([0]).chain_update(text).finalize().into()
    }
}

/// Counts an attempt before it is made, so that many at once can't pass the limit together.
///
/// # Errors
/// `too_many_attempts`, with the time until the window ends.
pub fn begin_attempt(conn: &Connection, who: &[Who], now: Millis) -> Result<(), Error> {
    conn.prepare_cached("DELETE FROM attempt WHERE until <= ?1")?.execute([now])?;
    for who in who {
        let mut statement = conn.prepare_cached("SELECT count, until FROM attempt WHERE who = ?1")?;
        let found: Option<(i64, Millis)> =
            statement.query_row([who.hash()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((count, until)) = found
            && count >= who.most()
        {
            // A window that ends later than it can was written by a clock that was ahead.
            let wait = until.saturating_sub(now).clamp(0, WINDOW);
            return Err(Error::later(ErrorCode::TooManyAttempts, "too many attempts", wait.unsigned_abs()));
        }
    }
    let mut count = conn.prepare_cached(
        "INSERT INTO attempt (who, count, until) VALUES (?1, 1, ?2) ON CONFLICT (who) DO UPDATE SET count = attempt.count + 1",
    )?;
    for who in who {
        count.execute(params![who.hash(), now.saturating_add(WINDOW)])?;
    }
    Ok(())
}

/// The attempt was right: the log-in name's count starts anew, the address gets this one back.
///
/// # Errors
/// What SQLite says.
pub fn end_attempt(conn: &Connection, who: &[Who]) -> Result<(), Error> {
    for who in who {
        let sql = match who {
            Who::Login(_) => "DELETE FROM attempt WHERE who = ?1",
            Who::Peer(_) => "UPDATE attempt SET count = count - 1 WHERE who = ?1 AND count > 0",
        };
        conn.prepare_cached(sql)?.execute([who.hash()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_in_memory;

    #[test]
    fn the_window_passes_and_success_resets() {
        let conn = open_in_memory().expect("opens");
        let who = [Who::Login("Aigul".into()), Who::Peer("10.0.0.1".into())];
        let again = [Who::Login(" aigul ".into()), Who::Peer("10.0.0.2".into())];
        for _ in 0..BY_LOGIN {
            begin_attempt(&conn, &who, 0).expect("allowed");
        }
        let refused = begin_attempt(&conn, &again, 5_000).expect_err("refused from anywhere").info();
        assert_eq!((refused.code, refused.retry_after), (ErrorCode::TooManyAttempts, Some(WINDOW as u64 - 5_000)));
        begin_attempt(&conn, &[Who::Peer("10.0.0.1".into())], 0).expect("another name is not concerned");
        begin_attempt(&conn, &again, WINDOW).expect("the window has passed");
        end_attempt(&conn, &again).expect("ends");
        for _ in 0..BY_LOGIN {
            begin_attempt(&conn, &again, WINDOW).expect("counted anew");
        }
    }
}
