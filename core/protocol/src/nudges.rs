//! What the server decides for a person beside nudges, and which of their devices shows notifications.

use qadam_domain::ids::{DeviceId, LessonId, ReleaseId, RuleId, TextId};
use qadam_domain::rules::{Compared, Goal};
use qadam_domain::time::{DAY, Day, Millis};
use serde::{Deserialize, Serialize};

/// Kind of the row in [`crate::sync::ME`] that names the device which shows notifications; its id is [`LEASE_ID`], its value a [`Lease`].
pub const LEASE_KIND: &str = "lease";
pub const LEASE_ID: &str = "mine";

/// A holder that has not synced for so long, in milliseconds, stops by itself; from then on the server may grant the lease to another device.
pub const LEASE_LASTS: Millis = 14 * DAY;

/// Of an account's devices one shows notifications, so that no cap is counted twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub holder: DeviceId,
    /// The device that asks for it: the holder stops, and says `lease.yielded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<DeviceId>,
    /// When it was granted, where the holder before was not heard of: the new one shows nothing before the week after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_over: Option<Millis>,
}

/// What a device says of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The person uses this device now, and lets it show notifications.
    Wanted,
    /// It shows none any more.
    Yielded,
}

/// Kind of the rows in [`crate::sync::ME`] that tell a sponsor of somebody in the team; their id is the decision's, their value a [`Signal`].
pub const SIGNAL_KIND: &str = "signal";

/// What a sponsor is told of a person in the team. What is not shared is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// The company's id of the person, and their name.
    pub about: String,
    pub name: String,
    pub rule: RuleId,
    /// The release whose rule it is.
    pub release: ReleaseId,
    /// The words: why, and what could be said.
    pub text: TextId,
    /// A lesson on how to help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<LessonId>,
    /// 0 to 100; the higher, the sooner.
    pub priority: u8,
    /// The person's day on which it was decided.
    pub day: Day,
    /// How many levels the person is below whom it is told to: 1 for the own newcomer; 0 where that one is their mentor.
    pub level: u32,
}

/// Kind of the rows in [`crate::sync::ME`] that are offers; their id is the decision's, their value an [`Offered`].
pub const OFFER_KIND: &str = "offer";

/// An incentive that is offered to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    pub rule: RuleId,
    pub release: ReleaseId,
    pub goal: Goal,
    /// How much of the goal is reached.
    pub reached: i64,
    /// Its first and its last day.
    pub from: Day,
    pub until: Day,
    /// The texts of what is given, and of its terms.
    pub reward: TextId,
    pub terms: TextId,
    pub state: OfferState,
    /// Why it was offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    Open,
    /// The goal is reached; the reward will be handed out.
    Reached,
    /// The reward was handed out.
    Given,
    /// Its last day went by.
    Lapsed,
    /// What had reached the goal was taken back before the reward was handed out.
    Withdrawn,
    /// A newer server's.
    #[serde(other)]
    Unknown,
}
