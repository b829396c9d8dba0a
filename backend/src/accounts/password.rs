//! Passwords: argon2id (RFC 9106) with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;

use crate::error::Error;
use crate::random::Random;

const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of nothing that anybody typed: to compare with it takes as long as with a real one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether a password may be set.
///
/// # Errors
/// `password_unsuitable`
pub fn check(password: &str) -> Result<(), Error> {
    if password.chars().count() < limits::PASSWORD_MIN || password.len() > limits::PASSWORD_MAX {
        let detail = format!(
            "a password has {} characters or more, and at most {} bytes",
            limits::PASSWORD_MIN,
            limits::PASSWORD_MAX
        );
        return Err(Error::new(ErrorCode::PasswordUnsuitable, detail));
    }
    Ok(())
}

/// PHC string of a password. Takes some 20 ms of one core.
pub fn hash(password: &str, random: Random<'_>) -> String {
    let mut salt = [0; 16];
    random(&mut salt);
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("salt and parameters are within argon2's bounds").to_string()
}

/// Whether it is the password of this hash. Takes as long where there is no hash.
pub fn is_right(password: &str, hash: Option<&str>) -> bool {
    let fits = password.len() <= limits::PASSWORD_MAX;
    let right = argon2().verify_password(if fits { password } else { "" }.as_bytes(), hash.unwrap_or(NOBODY)).is_ok();
    right && fits && hash.is_some()
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_is_right() {
        let made = hash("қадам-қадам", &mut crate::random::system);
        assert!(made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{made}");
        assert!(is_right("қадам-қадам", Some(&made)));
        assert!(!is_right("қадам", Some(&made)));
        assert!(!is_right("қадам-қадам", None));
        assert!(check("1234567").is_err());
        assert!(check(&"x".repeat(limits::PASSWORD_MAX + 1)).is_err());
        assert!(check("әріптер8").is_ok());
    }

    #[test]
    fn an_unknown_name_costs_as_much_as_a_wrong_password() {
        let made = hash("a password", &mut crate::random::system);
        let time = |hash| {
            let begin = std::time::Instant::now();
            assert!(!is_right("another one", hash));
            begin.elapsed()
        };
        let (known, unknown) = (time(Some(&made)), time(None));
        assert!(unknown * 4 > known && known * 4 > unknown, "{known:?} and {unknown:?}");
    }
}
