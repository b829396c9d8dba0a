//! Who the company is, where it sells, in which languages, and who belongs to it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::MarketId;
use crate::results::Month;
use crate::time::Day;

/// A language that the product speaks, by its BCP 47 (RFC 5646) tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    En,
    Es,
    Kk,
    Ru,
}

impl Locale {
    pub const ALL: [Self; 4] = [Self::En, Self::Es, Self::Kk, Self::Ru];

    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Kk => "kk",
            Self::Ru => "ru",
        }
    }

    /// The language of a tag such as `ru`, `kk-KZ` or `es_MX`; `None` where the product does not speak it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(language))
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A country or region in which the company sells by the same rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Market {
    pub id: MarketId,
    /// ISO 4217, three capital letters.
    pub currency: String,
    pub locales: Vec<Locale>,
    /// IANA name; used until a phone tells its own.
    pub time_zone: String,
    /// The last days of the company's periods there, rising, where these are not calendar months. What the back office counts of a period is called by the
    /// month in which the period ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub period_ends: Vec<Day>,
}

impl Market {
    /// The last day of the period in which a day lies; of its month after the last one that is known.
    pub fn period_end(&self, day: Day) -> Day {
        let next = self.period_ends.partition_point(|end| *end < day);
        self.period_ends.get(next).copied().unwrap_or_else(|| Month::of(day).last())
    }
}

/// A person who sells for the company; the company's data, in the stream `me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distributor {
    /// The company's own number or name for this person.
    pub id: String,
    pub name: String,
    pub market: MarketId,
    pub locale: Locale,
    /// [`Distributor::id`] of the sponsor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sponsor: Option<String>,
    /// The sponsor's name, where the company knows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sponsor_name: Option<String>,
    /// [`Distributor::id`] of somebody whom the company named to look after the person: told before the sponsor is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mentor: Option<String>,
    /// The mentor's name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mentor_name: Option<String>,
    /// The date of joining, at the market's time zone.
    pub joined: crate::time::Day,
    /// What a newer server says beyond this.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}
