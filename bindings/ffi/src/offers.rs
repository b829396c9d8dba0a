use qadam_engine::nudges::ComparedView;
use qadam_engine::offers::{OfferStatus, OfferUnit, OfferView};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// Something that the company gives for sales to customers.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Enum)]
pub enum OfferUnit {
    Sales,
    /// The company's points of volume.
    Volume,
}

#[uniffi::remote(Enum)]
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

live_query! {
    /// What the company offers, as it changes.
    LiveOffers gives OffersSnapshot of Vec<OfferView>
}

#[uniffi::export]
impl QadamEngine {
    /// What the company offers: open ones first, the one that ends first above; then the others, the newest first.
    pub async fn offers(&self) -> Result<Vec<OfferView>> {
        Ok(self.0.offers().await?)
    }

    pub fn observe_offers(&self) -> LiveOffers {
        LiveOffers(self.0.observe_offers())
    }
}
