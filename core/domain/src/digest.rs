//! The digest of a set of rows: the same rows give the same digest, in whatever order they came and went.
//!
//! The sum modulo 2^128 of one number for each row. A sum of hashes is a hash of the set that can be kept as rows change (Bellare, Micciancio, "A
//! New Paradigm for Collision-free Hashing: Incrementality at Reduced Cost", EUROCRYPT 1997). It finds what went wrong by chance, a bit that flipped
//! or a row that was lost; who wants to deceive has to be kept out otherwise.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How many parts [`bucket`] divides the rows into.
pub const BUCKETS: usize = 256;

/// The digest of a set of rows. Written as 32 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(u128);

impl Digest {
    /// The digest of one row: the first 16 bytes, big-endian, of the SHA-256 of kind, a zero byte, id, a zero byte, and the value's bytes as the server
    /// wrote them.
    pub fn of(kind: &str, id: &str, value: impl AsRef<[u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in [kind.as_bytes(), b"\0", id.as_bytes(), b"\0", value.as_ref()] {
            hash.update(part);
        }
        let bytes: [u8; 32] = hash.finalize().into();
        let (first, _) = bytes.split_first_chunk::<16>().expect("a SHA-256 has 32 bytes");
        Self(u128::from_be_bytes(*first))
    }

    /// With the rows of another digest.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// Without the rows of another digest.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }

    /// As it is stored: 16 bytes, big-endian.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl std::iter::Sum for Digest {
    fn sum<I: Iterator<Item = Self>>(digests: I) -> Self {
        digests.fold(Self::default(), Self::with)
    }
}

/// Which of the [`BUCKETS`] a row is in: the first byte of the SHA-256 of kind, a zero byte and id.
pub fn bucket(kind: &str, id: &str) -> u8 {
    let mut hash = Sha256::new();
    for part in [kind.as_bytes(), b"\0", id.as_bytes()] {
        hash.update(part);
    }
    let bytes: [u8; 32] = hash.finalize().into();
    bytes[0]
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let holds = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let number = if holds { u128::from_str_radix(&text, 16).ok() } else { None };
        number.map(Self).ok_or("a digest is 32 hexadecimal digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_the_head_of_a_sha_256() {
        // printf 'contact\0c1\0{}' | sha256sum
        assert_eq!(Digest::of("contact", "c1", "{}").to_string(), "f90e397e8c8a683944a51b270a06df47");
        // printf 'contact\0c1' | sha256sum
        assert_eq!(bucket("contact", "c1"), 0x1a);
    }

    #[test]
    fn it_reads_what_it_writes_and_nothing_else() {
        let digest = Digest::of("a", "b", "c");
        assert_eq!(Digest::try_from(digest.to_string()), Ok(digest));
        assert_eq!(Digest::from_bytes(digest.to_bytes()), digest);
        for wrong in ["", "1", &"A".repeat(32), &"g".repeat(32), &"0".repeat(33), &format!("+{}", "0".repeat(31))] {
            assert!(Digest::try_from(wrong.to_string()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_what_goes_leaves_nothing(
            rows in prop::collection::vec(("[a-c]", "[a-c]{0,2}", "[a-c]{0,2}"), 0..8),
            gone in 0_usize..8,
        ) {
            let of = |rows: &[(String, String, String)]| rows.iter().map(|(k, i, v)| Digest::of(k, i, v)).sum::<Digest>();
            let mut back = rows.clone();
            back.reverse();
            prop_assert_eq!(of(&rows), of(&back));
            let (left, right) = rows.split_at(gone.min(rows.len()));
            prop_assert_eq!(of(&rows).without(of(left)), of(right));
            prop_assert_eq!(of(left).with(of(right)), of(&rows));
        }
    }
}
