//! Ids that content authors write, ids that are hashes, and ids that devices mint.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("an id is 1 to {MAX_SLUG} characters long")]
    Length,
    #[error("an id holds a-z, 0-9 and '-', and starts with a letter")]
    Character,
    #[error("a hash is {0} lower-case hexadecimal digits")]
    Hex(usize),
}

/// The longest id that an author may write, in bytes.
pub const MAX_SLUG: usize = 48;

fn check_slug(text: &str) -> Result<(), IdError> {
    if text.is_empty() || text.len() > MAX_SLUG {
        return Err(IdError::Length);
    }
    let starts = text.as_bytes()[0].is_ascii_lowercase();
    let holds = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if starts && holds { Ok(()) } else { Err(IdError::Character) }
}

fn check_hex<const N: usize>(text: &str) -> Result<(), IdError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if text.len() == N && digits { Ok(()) } else { Err(IdError::Hex(N)) }
}

/// A text of ASCII without NUL, kept in place: the fold looks up and copies ids all the time, and so follows no pointer and allocates
/// nothing. In words of 8 bytes, each of which is compared at once. Ordered as the text is, since NULs fill what it leaves.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Ascii<const WORDS: usize> {
    words: [[u8; 8]; WORDS],
    len: u8,
}

impl<const WORDS: usize> Ascii<WORDS> {
    /// A text that a check let pass.
    fn new(text: &str) -> Self {
        let mut words = [[0; 8]; WORDS];
        words.as_flattened_mut()[..text.len()].copy_from_slice(text.as_bytes());
        Self { words, len: text.len() as u8 }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.words.as_flattened()[..usize::from(self.len)]).expect("ASCII")
    }
}

impl<const WORDS: usize> fmt::Debug for Ascii<WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// As the text, which an id is borrowed as.
impl<const WORDS: usize> Hash for Ascii<WORDS> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:path, $longest:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ascii<{ usize::div_ceil($longest, 8) }>);

        impl $name {
            /// Takes a text that fulfils the rules of this id.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                $check(text)?;
                Ok(Self(Ascii::new(text)))
            }

            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().into()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text_id!(
    /// A direct-selling company.
    CompanyId, check_slug, MAX_SLUG);
text_id!(
    /// A country or region in which a company sells by the same rules.
    MarketId, check_slug, MAX_SLUG);
text_id!(
    /// A course; unique in the company.
    CourseId, check_slug, MAX_SLUG);
text_id!(
    /// A lesson; unique in the company.
    LessonId, check_slug, MAX_SLUG);
text_id!(
    /// A question; unique in its lesson.
    QuestionId, check_slug, MAX_SLUG);
text_id!(
    /// A badge; unique in the company, its condition never changes.
    BadgeId, check_slug, MAX_SLUG);
text_id!(
    /// A rule; unique in the company.
    RuleId, check_slug, MAX_SLUG);
text_id!(
    /// A group of rules of which only the highest fires.
    GroupId, check_slug, MAX_SLUG);
text_id!(
    /// A text that a rule names.
    TextId, check_slug, MAX_SLUG);
text_id!(
    /// A rank of the company's.
    RankId, check_slug, MAX_SLUG);
text_id!(
    /// A level; unique in the company.
    LevelId, check_slug, MAX_SLUG);
text_id!(
    /// A text that tells what is typical where a figure of earnings is shown; unique in the company.
    DisclosureId, check_slug, MAX_SLUG);
text_id!(
    /// A phase of the plan of the first days; unique in the company.
    PhaseId, check_slug, MAX_SLUG);
text_id!(
    /// A task of that plan; unique in the company, what it asks for never changes.
    TaskId, check_slug, MAX_SLUG);
text_id!(
    /// A stop of the tour through the app; unique in the company.
    StopId, check_slug, MAX_SLUG);
text_id!(
    /// What a rule decided for a person in a window of it: 128 bits of a hash, in hexadecimal.
    DecisionId, check_hex::<32>, 32);
text_id!(
    /// The SHA-256 (FIPS 180-4) of a release's canonical bytes, in hexadecimal.
    ReleaseId, check_hex::<64>, 64);
text_id!(
    /// The SHA-256 (FIPS 180-4) of a blob's bytes, in hexadecimal.
    BlobHash, check_hex::<64>, 64);
text_id!(
    /// One installation of the app under one account: 64 random bits in hexadecimal, given by the server.
    DeviceId, check_hex::<16>, 16);

impl BlobHash {
    /// The hash under which these bytes are stored and fetched.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        Self(Ascii::new(&hex::encode(Sha256::digest(bytes))))
    }
}

impl From<BlobHash> for ReleaseId {
    fn from(hash: BlobHash) -> Self {
        Self(hash.0)
    }
}

impl From<ReleaseId> for BlobHash {
    fn from(id: ReleaseId) -> Self {
        Self(id.0)
    }
}

/// The id of a mutation: a UUIDv7 (RFC 9562, section 5.7), as its 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError::Hex(32))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; 32];
        hex::encode_to_slice(self.0, &mut digits).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(std::str::from_utf8(&digits).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom("an event id is 32 hexadecimal digits"))
    }
}

/// A question of a lesson, as a review card knows it: `lesson/question`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId {
    pub lesson: LessonId,
    pub question: QuestionId,
}

impl CardId {
    /// Reads `lesson/question`.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (lesson, question) = text.split_once('/').ok_or(IdError::Character)?;
        Ok(Self { lesson: LessonId::new(lesson)?, question: QuestionId::new(question)? })
    }
}

impl fmt::Display for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.lesson, self.question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

    #[test]
    fn slugs_are_checked_on_every_way_in() {
        assert!(LessonId::new("first-sale").is_ok());
        assert_eq!(LessonId::new(""), Err(IdError::Length));
        assert_eq!(LessonId::new("a".repeat(49)), Err(IdError::Length));
        assert_eq!(LessonId::new("First"), Err(IdError::Character));
        assert_eq!(LessonId::new("1st"), Err(IdError::Character));
        assert!(serde_json::from_str::<LessonId>("\"../x\"").is_err());
        assert!(serde_json::from_str::<DeviceId>("\"0123456789abcdef\"").is_ok());
        assert!(serde_json::from_str::<DeviceId>("\"0123456789ABCDEF\"").is_err());
    }

    proptest! {
        #[test]
        fn ids_are_as_their_texts(a in "[a-c][a-c0-9-]{0,47}", b in "[a-c][a-c0-9-]{0,47}", cut in 1_usize..48) {
            let start = &a[..cut.min(a.len())];
            let id = |text: &str| LessonId::new(text).expect("a slug");
            for (a, b) in [(&*a, &*b), (&*a, start), (&*a, &*a)] {
                prop_assert_eq!(id(a).cmp(&id(b)), a.cmp(b));
                prop_assert_eq!(id(a) == id(b), a == b);
            }
            prop_assert_eq!(id(&a).to_string(), &*a);
            prop_assert_eq!(format!("{:?}", id(&a)), format!("LessonId({a:?})"));
            let hasher = BuildHasherDefault::<DefaultHasher>::default();
            prop_assert_eq!(hasher.hash_one(id(&a)), hasher.hash_one(&*a));
        }
    }

    #[test]
    fn a_card_id_reads_what_it_writes() {
        let id = CardId::parse("first-sale/open-question").expect("valid");
        assert_eq!(CardId::parse(&id.to_string()), Ok(id));
        assert!(CardId::parse("first-sale").is_err());
        assert!(CardId::parse("a/b/c").is_err());
    }
}
