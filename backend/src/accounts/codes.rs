//! Invite and reset codes: 80 random bits that a person can type, used once, stored hashed.

use qadam_domain::time::{DAY, Millis};
use qadam_protocol::error::ErrorCode;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::params;
use crate::random::Random;
use crate::store::{Connection, Optional};

/// Days for which an invite code holds.
pub const CODE_DAYS: i64 = 14;
/// Days for which a reset code holds.
pub const RESET_DAYS: i64 = 1;

/// Douglas Crockford's Base32: no `I`, `L`, `O`, `U`; what is read for these is known.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS: usize = 16;

/// A new code, such as `7QK2-9M0A-XWE4-BN5T`; the account's older ones are void.
///
/// # Errors
/// What SQLite says.
pub fn mint_code(conn: &Connection, account: i64, now: Millis, days: i64, random: Random<'_>) -> Result<String, Error> {
    let mut bytes = [0; DIGITS];
    random(&mut bytes);
    let mut code = String::with_capacity(DIGITS + 3);
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % 4 == 0 {
            code.push('-');
        }
        code.push(ALPHABET[usize::from(byte % 32)].into());
    }
    conn.execute("DELETE FROM code WHERE account = ?1", [account])?;
    conn.execute(
        "INSERT INTO code (hash, account, expires) VALUES (?1, ?2, ?3)",
        params![hash(&code), account, now.saturating_add(days * DAY)],
    )?;
    Ok(code)
}

/// Whether a code can be used; asked before the costly hashing of the password.
pub(super) fn check_code(conn: &Connection, code: &str, now: Millis) -> Result<i64, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT account FROM code JOIN account ON account.id = account WHERE hash = ?1 AND expires > ?2 AND closed IS NULL",
    )?;
    let found = statement.query_row(params![hash(code), now], |row| row.get(0)).optional()?;
    found.ok_or_else(|| Error::new(ErrorCode::CodeInvalid, "this code is unknown, used or expired"))
}

/// Uses up the code and sets the password, given as [`super::password::hash`] made it. Returns the log-in name.
///
/// # Errors
/// `code_invalid`
pub fn set_password(conn: &Connection, code: &str, password_hash: &str, now: Millis) -> Result<String, Error> {
    let account = check_code(conn, code, now)?;
    conn.execute("DELETE FROM code WHERE account = ?1", [account])?;
    conn.execute("UPDATE account SET password = ?2 WHERE id = ?1", params![account, password_hash])?;
    Ok(conn.query_row("SELECT login FROM account WHERE id = ?1", [account], |row| row.get(0))?)
}

fn hash(code: &str) -> [u8; 32] {
    let typed: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .take(DIGITS + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Sha256::digest(typed.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(hash("7QK2-9M0A-XWE4-BN1T"), hash(" 7qk2 9moa xwe4bnlt"));
        assert_ne!(hash("7QK2-9M0A-XWE4-BN1T"), hash("7QK2-9M0A-XWE4-BN1TT"));
        assert_ne!(hash("7QK2-9M0A-XWE4-BN1T"), hash("7QK2-9M0A-XWE4-BN1"));
    }
}
