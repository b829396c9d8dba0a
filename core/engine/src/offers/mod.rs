//! What the company offers this person for sales to customers: the goal, how far it is, and how it ended.

mod view;

use std::cmp::Reverse;

use qadam_domain::ids::TextId;
use qadam_domain::rules::Goal;
use qadam_domain::time::Day;
use qadam_protocol::nudges::{OFFER_KIND, OfferState, Offered};

use crate::core::{Content, Core};
use crate::database::Nouns;
use crate::error::Result;
use crate::live::Timed;
use crate::nudges;
use crate::replica::rows;

pub use view::*;

/// Offers that a view holds.
const MOST: usize = 100;

/// What [`view`] reads.
pub(crate) const NOUNS: Nouns = Nouns::LEARNING;

/// Open ones first, the one that ends first above; then the others, the newest first.
///
/// # Errors
/// Those of storage.
pub fn view(core: &Core) -> Result<Timed<Vec<OfferView>>> {
    core.database.read(|connection| {
        let Some(content) = core.content(connection)? else {
            return Ok(Timed { value: Vec::new(), valid_until: None });
        };
        let now = core.now(connection)?;
        let mut offers: Vec<(String, Offered)> = rows::readable(connection, OFFER_KIND)?;
        let is_over = |offered: &Offered| offered.state != OfferState::Open;
        offers.sort_by_key(|(id, offered)| match is_over(offered) {
            false => (false, offered.until, Reverse(Day::MIN), id.clone()),
            true => (true, Day::MIN, Reverse(offered.until), id.clone()),
        });
        let is_running = offers.iter().any(|(_, offered)| !is_over(offered));
        let value =
            offers.into_iter().take(MOST).map(|(id, offered)| offer_view(&content, id, offered, now.today())).collect();
        Ok(Timed { value, valid_until: is_running.then(|| now.on_the_wall(now.midnight())) })
    })
}

fn offer_view(content: &Content, id: String, offered: Offered, today: Day) -> OfferView {
    let rules = &content.bundle.rules;
    let text = |id: &TextId| rules.offers.get(id).cloned().unwrap_or_default();
    let (goal, unit) = match offered.goal {
        Goal::CustomerSales(sales) => (sales.into(), OfferUnit::Sales),
        Goal::CustomerVolume(volume) => (volume, OfferUnit::Volume),
    };
    OfferView {
        id,
        reward: text(&offered.reward),
        terms: text(&offered.terms),
        goal,
        unit,
        reached: offered.reached,
        from: offered.from.to_string(),
        until: offered.until.to_string(),
        days_left: u32::try_from(offered.until.since(today)).unwrap_or(0),
        status: match offered.state {
            OfferState::Open => OfferStatus::Open,
            OfferState::Reached => OfferStatus::Reached,
            OfferState::Given => OfferStatus::Given,
            OfferState::Lapsed => OfferStatus::Lapsed,
            OfferState::Withdrawn => OfferStatus::Withdrawn,
            OfferState::Unknown => OfferStatus::Other,
        },
        why: rules.why.get(&offered.rule).cloned().unwrap_or_default(),
        compared: nudges::compared(&content.bundle, &offered.compared),
        rule: offered.rule.to_string(),
    }
}
