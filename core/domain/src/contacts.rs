//! Contacts and what was talked about with them: records, merged per field. The server never reads their values.

use crate::unicode::without_marks;

/// A person that the distributor knows.
pub mod contact {
    pub const KIND: &str = "contact";
    pub const NAME: &str = "name";
    pub const PHONE: &str = "phone";
    pub const EMAIL: &str = "email";
    pub const NOTE: &str = "note";
    /// `1`: this person does not want to be contacted.
    pub const DO_NOT_CONTACT: &str = "do_not_contact";
    /// The date on which the distributor wants to talk to this person again, as `2026-11-24`.
    pub const FOLLOW_UP: &str = "follow_up";
    /// Month and day of birth, as `05-17`.
    pub const BIRTHDAY: &str = "birthday";
    /// A tag is one field per element of the set: this prefix and an opaque id; its value is the tag's text.
    pub const TAG_PREFIX: &str = "tag:";
}

/// One talk, message or meeting with a contact.
pub mod interaction {
    pub const KIND: &str = "interaction";
    /// Id of the contact.
    pub const CONTACT: &str = "contact";
    /// When it was, milliseconds since 1970-01-01T00:00Z, as a decimal number.
    pub const AT: &str = "at";
    /// One of [`CHANNELS`].
    pub const CHANNEL: &str = "channel";
    pub const NOTE: &str = "note";

    /// How people talked. A newer app may know more.
    pub const CHANNELS: [&str; 4] = ["call", "message", "meeting", "other"];
}

/// The text by which contacts are sorted and searched: NFKD (Unicode Standard Annex 15) without marks, in lower case, spaces folded.
pub fn sort_key(name: &str) -> String {
    let folded: String = without_marks(name.chars()).flat_map(char::to_lowercase).collect();
    let mut key = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_without_regard_to_case_accents_and_spaces() {
        assert_eq!(sort_key("  José   PÉREZ "), "jose perez");
        assert_eq!(sort_key("Әсел"), "әсел");
        assert_eq!(sort_key(""), "");
    }
}
