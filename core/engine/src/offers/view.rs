use crate::nudges::ComparedView;

/// Something that the company gives for sales to customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    pub id: String,
    /// What is given, and under which terms, in the person's language.
    pub reward: String,
    pub terms: String,
    /// What is to be reached, and what was reached so far, as the company's back office confirmed it.
    pub goal: i64,
    pub reached: i64,
    pub unit: OfferUnit,
    /// Its first and its last day, `2026-11-24`.
    pub from: String,
    pub until: String,
    /// After today; 0 on the last one, and later.
    pub days_left: u32,
    pub status: OfferStatus,
    /// The rule that it comes from, and its plain words.
    pub rule: String,
    pub why: String,
    /// What the rule compared at that moment, in its order.
    pub compared: Vec<ComparedView>,
}

/// What an offer counts, of what customers bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferUnit {
    Sales,
    /// The company's points of volume.
    Volume,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferStatus {
    Open,
    /// The goal is reached; the reward will be handed out.
    Reached,
    /// The reward was handed out.
    Given,
    /// Its last day went by.
    Lapsed,
    /// What had reached the goal was taken back before the reward was handed out.
    Withdrawn,
    /// Of a newer version.
    Other,
}
