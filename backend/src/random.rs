//! Random numbers as an argument, so that a simulation can seed them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Fills the bytes with random ones.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// The operating system's.
///
/// # Panics
/// Where the operating system has none: nothing is safe then.
pub fn system(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// `N` random bytes as hexadecimal digits.
pub fn hex<const N: usize>(random: Random<'_>) -> String {
    let mut bytes = [0; N];
    random(&mut bytes);
    hex::encode(bytes)
}

/// `N` random bytes as text that travels often: in Base64 (RFC 4648, section 5), a third shorter than [`hex`].
pub fn text<const N: usize>(random: Random<'_>) -> String {
    let mut bytes = [0; N];
    random(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
