//! Records: contacts, interactions, settings. Last writer per *field*, by hybrid logical clock.
//!
//! Hybrid logical clocks: Kulkarni, Demirbas, Madappa, Avva, Leone, "Logical Physical Clocks" (OPODIS 2014). A set is one field per
//! element. `delete` may be revived by a later edit; `erase` wipes the values and nothing revives it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::DeviceId;
use crate::planted::{self, Bug};
use crate::time::{MINUTE, Millis};

/// How far a device's clock may be ahead of the server's before the server sets it back.
pub const MAX_AHEAD: Millis = 5 * MINUTE;

/// A hybrid logical clock, written `<milliseconds>.<counter>.<device>`. Ordered by its parts in this order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock {
    /// Milliseconds since 1970-01-01T00:00Z, as the device believed.
    pub ms: Millis,
    /// Orders what one millisecond holds.
    pub counter: u32,
    pub device: DeviceId,
}

impl Clock {
    /// The clock of a new edit: after `last` on this device, and not before `now`.
    pub fn next(now: Millis, last: Option<&Clock>, device: DeviceId) -> Self {
        match last {
            Some(last) if last.ms >= now => match last.counter.checked_add(1) {
                Some(counter) => Self { ms: last.ms, counter, device },
                None => Self { ms: last.ms.saturating_add(1), counter: 0, device },
            },
            _ => Self { ms: now, counter: 0, device },
        }
    }

    /// As the server takes it at `now` from a mutation with the sequence `seq`: never more than [`MAX_AHEAD`] ahead. What is set back keeps
    /// the order of the device's own edits by their sequence.
    pub fn clamped(self, now: Millis, seq: u64) -> Self {
        let latest = now.saturating_add(MAX_AHEAD);
        if self.ms <= latest {
            return self;
        }
        Self { ms: latest, counter: u32::try_from(seq).unwrap_or(u32::MAX), device: self.device }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.ms, self.counter, self.device)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Clock {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "a clock is written milliseconds.counter.device";
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(WRONG);
        Ok(Self {
            ms: part()?.parse().map_err(|_| WRONG)?,
            counter: part()?.parse().map_err(|_| WRONG)?,
            device: DeviceId::new(part()?).map_err(|_| WRONG)?,
        })
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> String {
        clock.to_string()
    }
}

/// A field's value and when it was written. `None` is a field that was taken away. Written as `[value, clock]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field(pub Option<String>, pub Clock);

/// One record, as a row holds it. Values are opaque texts: nobody but the app looks into them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// By the field's name.
    #[serde(rename = "f", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Field>,
    /// The last deletion.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Clock>,
    /// Wiped for good.
    #[serde(rename = "e", default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// What a newer version says beyond this.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// What a device does to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Writes these fields; `None` takes a field away.
    Put(BTreeMap<String, Option<String>>),
    Delete,
    Erase,
}

impl Record {
    /// Merges an edit made at `clock`. Commutative, associative and idempotent. Tells whether anything changed.
    pub fn merge(&mut self, edit: &Edit, clock: &Clock) -> bool {
        if self.erased {
            return false;
        }
        match edit {
            Edit::Put(fields) => {
                let mut changed = planted::is(Bug::Revived) && self.deleted.take().is_some();
                for (name, value) in fields {
                    let written = Field(value.clone(), clock.clone());
                    match self.fields.get_mut(name) {
                        // Two values under one clock come from no honest device; the greater one makes all replicas agree.
                        Some(known) if (&known.1, &known.0) >= (clock, value) => {}
                        Some(known) if planted::is(Bug::ClockTie) && known.1.ms == clock.ms => {}
                        Some(known) => {
                            *known = written;
                            changed = true;
                        }
                        None => {
                            self.fields.insert(name.clone(), written);
                            changed = true;
                        }
                    }
                }
                changed
            }
            Edit::Delete => {
                let later = self.deleted.as_ref().is_none_or(|known| known < clock);
                if later {
                    self.deleted = Some(clock.clone());
                }
                later
            }
            Edit::Erase => {
                *self = Self { erased: true, ..Self::default() };
                true
            }
        }
    }

    /// Whether a person sees it: not erased, and written after it was last deleted.
    pub fn is_visible(&self) -> bool {
        let written = self.fields.values().map(|field| &field.1).max();
        !self.erased && written.is_some() && written > self.deleted.as_ref()
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.0.as_deref()
    }

    /// The latest clock in it.
    pub fn latest(&self) -> Option<&Clock> {
        self.fields.values().map(|field| &field.1).chain(&self.deleted).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn device(n: u8) -> DeviceId {
        DeviceId::new(format!("{n:016x}")).expect("16 digits")
    }

    fn edit() -> impl Strategy<Value = (Edit, Clock)> {
        let fields = prop::collection::btree_map("[abc]", prop::option::of("[xy]{0,2}"), 0..3);
        let edit = prop_oneof![6 => fields.prop_map(Edit::Put), 2 => Just(Edit::Delete), 1 => Just(Edit::Erase)];
        (edit, 0..5_i64, 0..2_u32, 0..3_u8)
            .prop_map(|(edit, ms, counter, d)| (edit, Clock { ms, counter, device: device(d) }))
    }

    proptest! {
        #[test]
        fn any_order_and_any_repetition_give_the_same_record(
            (edits, shuffled) in prop::collection::vec(edit(), 0..8)
                .prop_flat_map(|edits| { let twice = [edits.clone(), edits.clone()].concat(); (Just(edits), Just(twice).prop_shuffle()) })
        ) {
            let run = |edits: &[(Edit, Clock)]| {
                let mut record = Record::default();
                for (edit, clock) in edits { record.merge(edit, clock); }
                record
            };
            prop_assert_eq!(run(&edits), run(&shuffled));
        }

        #[test]
        fn a_clock_reads_what_it_writes_and_always_goes_on(ms: i64, counter: u32, now: i64) {
            let clock = Clock { ms: ms.min(i64::MAX - 1), counter, device: device(1) };
            prop_assert_eq!(Clock::try_from(clock.to_string()), Ok(clock.clone()));
            prop_assert!(Clock::next(now, Some(&clock), device(0)) > clock);
        }
    }

    #[test]
    fn a_deleted_record_is_revived_by_a_later_edit_and_an_erased_one_by_nothing() {
        let clock = |ms| Clock { ms, counter: 0, device: device(1) };
        let put = Edit::Put([("name".to_string(), Some("Aigul".to_string()))].into());
        let mut record = Record::default();
        assert!(!record.is_visible());
        record.merge(&put, &clock(1));
        assert!(record.is_visible());
        record.merge(&Edit::Delete, &clock(2));
        assert!(!record.is_visible());
        record.merge(&put, &clock(3));
        assert!(record.is_visible());
        record.merge(&Edit::Erase, &clock(0));
        assert!(!record.merge(&put, &clock(9)));
        assert!(!record.is_visible());
        assert_eq!(record.get("name"), None);
    }
}
