//! A member of the company's tree: company data alone, never what anybody noted about a person.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::time::Day;

/// Kind of a member's row; its id is the company's own id of the member.
pub const KIND: &str = "member";

/// Characters of a member's id, and of its rank.
pub const MAX_ID: usize = 64;
/// Characters of a name, and of a city.
pub const MAX_NAME: usize = 128;
/// Characters of a phone number.
pub const MAX_PHONE: usize = 32;
/// The largest volume, either way: what every reader of JSON holds exactly.
pub const MAX_VOLUME: i64 = (1 << 53) - 1;

/// Value of a member's row. Its JSON is written by [`Member::json`] alone, so that its bytes, and with them its digest, are the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Id of the member above; `None` at the top of the company.
    pub sponsor: Option<String>,
    pub name: String,
    pub phone: String,
    pub rank: String,
    /// Own volume of the month, in the smallest unit that the company counts.
    pub personal: i64,
    /// Volume of the month of the member and everybody below, in the same unit.
    pub group: i64,
    pub active: bool,
    pub joined: Day,
    pub city: String,
}

impl Member {
    /// The row's bytes: all fields in this order, without spaces.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a member holds nothing that JSON can't")
    }

    /// The digest of the row.
    pub fn digest(&self, id: &str) -> Digest {
        Digest::of(KIND, id, self.json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_row_are_fixed() {
        let member = Member {
            sponsor: None,
            name: "Айгүл \"A\"".into(),
            phone: "+77010000000".into(),
            rank: "silver".into(),
            personal: 120,
            group: -5,
            active: true,
            joined: Day::parse("2026-11-20").expect("a date"),
            city: "Алматы".into(),
        };
        let json = r#"{"sponsor":null,"name":"Айгүл \"A\"","phone":"+77010000000","rank":"silver","personal":120,"group":-5,"active":true,"joined":"2026-11-20","city":"Алматы"}"#;
        assert_eq!(member.json(), json);
        assert_eq!(serde_json::from_str::<Member>(json).expect("reads"), member);
        assert_eq!(member.digest("1"), Digest::of("member", "1", json));
    }
}
