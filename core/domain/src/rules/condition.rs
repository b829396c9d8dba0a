//! Conditions: a bounded tree of comparisons. Its evaluation is total: it ends, allocates nothing, and can't overflow.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fact::{Fact, Home};
use crate::company::Locale;
use crate::ids::MarketId;

/// The most nodes that a condition may have.
pub const MAX_NODES: usize = 256;
/// The most levels that a condition may have.
pub const MAX_DEPTH: usize = 16;

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Each; of none: it holds.
    All(Vec<Condition>),
    /// At least one; of none: it does not hold.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// A comparison with a fact that is not known does not hold.
    Compare(Compare),
    Market(MarketId),
    /// The language that the person reads.
    Locale(Locale),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compare {
    pub left: Term,
    pub is: Order,
    pub right: Term,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Order {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    Unequal,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    More,
    #[serde(rename = ">=")]
    AtLeast,
}

impl Order {
    pub const ALL: [(&str, Self); 6] = [
        ("=", Self::Equal),
        ("!=", Self::Unequal),
        ("<", Self::Less),
        ("<=", Self::AtMost),
        (">", Self::More),
        (">=", Self::AtLeast),
    ];

    pub fn sign(self) -> &'static str {
        Self::ALL.iter().find(|(_, order)| *order == self).map_or("", |(sign, _)| sign)
    }

    fn holds(self, left: i128, right: i128) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    Number(i64),
    Fact(Fact),
    /// So many percent of a fact, not rounded.
    Percent(u32, Fact),
}

impl Term {
    pub fn fact(&self) -> Option<&Fact> {
        match self {
            Self::Number(_) => None,
            Self::Fact(fact) | Self::Percent(_, fact) => Some(fact),
        }
    }

    fn told(&self, facts: &dyn Facts) -> Told {
        let value = self.hundredths(facts).map(|hundredths| {
            let whole = hundredths.div_euclid(100);
            i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
        });
        let percent = if let Self::Percent(percent, _) = self { Some(*percent) } else { None };
        Told { fact: self.fact().map(Fact::to_string), percent, value }
    }

    /// In hundredths, so that percents are exact.
    fn hundredths(&self, facts: &dyn Facts) -> Option<i128> {
        Some(match self {
            Self::Number(number) => i128::from(*number) * 100,
            Self::Fact(fact) => i128::from(facts.number(fact)?) * 100,
            Self::Percent(percent, fact) => i128::from(facts.number(fact)?) * i128::from(*percent),
        })
    }
}

/// A comparison as it came out, told in texts and numbers, so that a version which does not know a fact of it still reads it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Compared {
    pub left: Told,
    pub is: Order,
    pub right: Told,
    pub holds: bool,
}

/// One side of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Told {
    /// The fact's name; `None` of a plain number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// So many percent of the fact are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u32>,
    /// The number that was compared, rounded down; `None` where it was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
}

/// As staff read it: `sales (1) >= 2`.
impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.is.sign(), self.right)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.map_or("unknown here".into(), |value| value.to_string());
        match (&self.fact, self.percent) {
            (Some(fact), Some(percent)) => write!(f, "{percent} % of {fact} ({value})"),
            (Some(fact), None) => write!(f, "{fact} ({value})"),
            (None, _) => f.write_str(&value),
        }
    }
}

/// What is known of a person when a condition is asked.
pub trait Facts {
    /// `None` where it is not known here.
    fn number(&self, fact: &Fact) -> Option<i64>;
    fn market(&self) -> Option<&MarketId>;
    fn locale(&self) -> Option<Locale>;
}

/// Why a condition is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    #[error("a condition has at most {MAX_NODES} parts")]
    Nodes,
    #[error("a condition is at most {MAX_DEPTH} levels deep")]
    Depth,
}

impl Condition {
    /// What always holds.
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// Whether it is within the limits, which every condition must be before it is asked.
    ///
    /// # Errors
    /// [`ConditionError`]
    pub fn check(&self) -> Result<(), ConditionError> {
        fn count(condition: &Condition, depth: usize) -> Result<usize, ConditionError> {
            if depth > MAX_DEPTH {
                return Err(ConditionError::Depth);
            }
            let parts: &[Condition] = match condition {
                Condition::All(parts) | Condition::Any(parts) => parts,
                Condition::Not(part) => std::slice::from_ref(part),
                Condition::Compare(_) | Condition::Market(_) | Condition::Locale(_) => &[],
            };
            let mut nodes = 1;
            for part in parts {
                nodes += count(part, depth + 1)?;
                if nodes > MAX_NODES {
                    return Err(ConditionError::Nodes);
                }
            }
            Ok(nodes)
        }
        count(self, 1).map(|_| ())
    }

    pub fn holds(&self, facts: &dyn Facts) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Compare(compare) => {
                let terms = compare.left.hundredths(facts).zip(compare.right.hundredths(facts));
                terms.is_some_and(|(left, right)| compare.is.holds(left, right))
            }
            Self::Market(market) => facts.market() == Some(market),
            Self::Locale(locale) => facts.locale() == Some(*locale),
        }
    }

    /// Each of its comparisons as it comes out, in the order in which they stand.
    pub fn compared(&self, facts: &dyn Facts) -> Vec<Compared> {
        let mut found = Vec::new();
        self.each(&mut |part| {
            if let Self::Compare(Compare { left, is, right }) = part {
                let holds = part.holds(facts);
                found.push(Compared { left: left.told(facts), is: *is, right: right.told(facts), holds });
            }
        });
        found
    }

    /// Every fact that it asks for, in the order in which they stand.
    pub fn facts(&self) -> Vec<&Fact> {
        let mut found = Vec::new();
        self.each(&mut |part| {
            if let Self::Compare(Compare { left, right, .. }) = part {
                found.extend([left, right].into_iter().filter_map(Term::fact));
            }
        });
        found
    }

    /// Whether it stays true once it is, while facts are only added: what points and badges may rest on.
    pub fn rises(&self) -> bool {
        let rises = |term: &Term| term.fact().is_none_or(|fact| fact.about().rises);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::rises),
            Self::Not(_) => false,
            Self::Compare(Compare { left, is, right }) => match is {
                Order::AtLeast | Order::More => rises(left) && right.fact().is_none(),
                Order::AtMost | Order::Less => rises(right) && left.fact().is_none(),
                Order::Equal | Order::Unequal => false,
            },
            // The fold knows events alone.
            Self::Market(_) | Self::Locale(_) => false,
        }
    }

    /// Where all of its facts are known; `None` where they are known in no one place.
    pub fn home(&self) -> Option<Home> {
        self.facts().into_iter().map(|fact| fact.about().home).try_fold(Home::Journal, |known, home| {
            match (known, home) {
                (known, Home::Journal) => Some(known),
                (Home::Journal, home) => Some(home),
                (known, home) => (known == home).then_some(known),
            }
        })
    }

    fn each<'a>(&'a self, look: &mut dyn FnMut(&'a Self)) {
        look(self);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(look)),
            Self::Not(part) => part.each(look),
            Self::Compare(_) | Self::Market(_) | Self::Locale(_) => {}
        }
    }
}
