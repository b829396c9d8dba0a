//! What the company's back office has confirmed: sales, volumes of months, ranks; and what was taken back since it corrected them.

mod view;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use qadam_domain::content::Bundle;
use qadam_domain::ids::{BadgeId, BlobHash, RuleId};
use qadam_domain::records::Edit;
use qadam_domain::release::Rank;
use qadam_domain::results::notice_seen;
use qadam_protocol::sync::{NOTICE_KIND, Notice};
use rusqlite::Connection;

use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::live::Timed;
use crate::replica::{self, rows};

pub use view::*;

/// Sales that a view holds.
const SALES: usize = 100;
/// Months that a view holds.
const MONTHS: usize = 24;
/// Notices that a view holds.
const NOTICES: usize = 100;

/// What [`view`] and [`unseen`] read.
pub(crate) const NOUNS: Nouns = Nouns::LEARNING;

/// # Errors
/// [`EngineError::ContentMissing`] before the first sync; those of storage.
pub fn view(core: &Core) -> Result<Timed<ResultsView>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let state = replica::state(connection)?;
        let ranks = &content.release.release.ranks;
        let place = |id: &_| ranks.iter().position(|rank| rank.id == *id);
        let held = state.ranks().filter(|(_, reached)| !reached.withdrawn);
        // Of one rank the day on which it was reached first.
        let highest = held
            .filter_map(|(_, reached)| Some((place(&reached.rank)?, reached.day)))
            .max_by_key(|(place, day)| (*place, Reverse(*day)));
        let next = ranks.get(highest.map_or(0, |(place, _)| place + 1));
        let mut sales: Vec<_> = state.sales().collect();
        sales.sort_unstable_by_key(|(id, sale)| (Reverse(sale.day), *id));
        let mut volumes: Vec<_> = state.volumes().collect();
        volumes.sort_unstable_by_key(|(month, _)| Reverse(*month));
        let value = ResultsView {
            rank: highest.map(|(place, day)| rank_view(&content.bundle, &ranks[place], Some(day.to_string()))),
            next_rank: next.map(|rank| rank_view(&content.bundle, rank, None)),
            volumes: volumes
                .into_iter()
                .take(MONTHS)
                .map(|(month, volume)| VolumeView {
                    month: month.to_string(),
                    day: volume.day.to_string(),
                    customers: volume.customers,
                    own: volume.own,
                })
                .collect(),
            sales: sales
                .into_iter()
                .take(SALES)
                .map(|(id, sale)| SaleView {
                    id: id.into(),
                    day: sale.day.to_string(),
                    volume: sale.volume,
                    own: sale.own,
                    returned: sale.returned,
                })
                .collect(),
        };
        Ok(Timed { value, valid_until: None })
    })
}

fn rank_view(bundle: &Bundle, rank: &Rank, reached: Option<String>) -> RankView {
    let title = bundle.rules.ranks.get(&rank.id).cloned().unwrap_or_else(|| rank.id.to_string());
    RankView { id: rank.id.to_string(), title, need: rank.need, reached }
}

/// What was taken back and not seen yet, the newest first.
///
/// # Errors
/// Those of storage.
pub fn unseen(core: &Core) -> Result<Timed<Vec<NoticeView>>> {
    core.database.read(|connection| {
        let Some(content) = core.content(connection)? else {
            return Ok(Timed { value: Vec::new(), valid_until: None });
        };
        let mut open = Vec::new();
        for notice in notices(connection)? {
            let id = id_of(&notice);
            let seen = rows::record(connection, notice_seen::KIND, &id)?;
            if seen.is_none_or(|record| record.get(notice_seen::SEEN) != Some("1")) {
                let withdrawn = withdrawn_view(&content.bundle, &notice);
                open.push(NoticeView { id, withdrawn, because: notice.because, at: notice.at });
            }
        }
        open.sort_unstable_by(|a, b| (b.at, &a.id).cmp(&(a.at, &b.id)));
        // Points and lessons of one rule have a row each.
        open.dedup_by(|a, b| a.id == b.id);
        open.truncate(NOTICES);
        Ok(Timed { value: open, valid_until: None })
    })
}

/// The person has seen it: it is shown no more, on none of their phones. Seen before, it stays so.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such notice; those of storage.
pub fn see(core: &Core, id: &str) -> Result<()> {
    core.database.write(|transaction| {
        if !notices(transaction)?.iter().any(|notice| id_of(notice) == id) {
            return Err(EngineError::NotFound { what: "notice".into() });
        }
        if rows::record(transaction, notice_seen::KIND, id)?
            .is_some_and(|seen| seen.get(notice_seen::SEEN) == Some("1"))
        {
            return Ok(((), Nouns::NONE));
        }
        let now = core.now(transaction)?;
        let mut fields = BTreeMap::new();
        fields.insert(notice_seen::SEEN.to_string(), Some("1".to_string()));
        replica::edit(transaction, &core.context(&now), notice_seen::KIND, id, Edit::Put(fields))?;
        Ok(((), NOUNS | Nouns::SYNC))
    })
}

/// What was taken back. A row of a newer server, or a damaged one, is passed over.
pub(crate) fn notices(connection: &Connection) -> Result<Vec<Notice>> {
    Ok(rows::readable(connection, NOTICE_KIND)?.into_iter().map(|(_, notice)| notice).collect())
}

/// Of what was taken back and when: what is earned again and taken back again is another notice. A hash, since a rule with its window may be longer
/// than a record's id.
fn id_of(notice: &Notice) -> String {
    let Notice { badge, rule, at, .. } = notice;
    let text = format!("{} {} {at}", badge.as_deref().unwrap_or_default(), rule.as_deref().unwrap_or_default());
    BlobHash::of(text.as_bytes()).as_str()[..32].into()
}

fn withdrawn_view(bundle: &Bundle, notice: &Notice) -> WithdrawnView {
    match notice {
        Notice { badge: Some(badge), .. } => {
            let text = BadgeId::new(badge.as_str()).ok().and_then(|id| bundle.badges.get(&id));
            let title = text.map_or_else(|| badge.clone(), |text| text.title.clone());
            WithdrawnView::Badge { id: badge.clone(), title }
        }
        Notice { rule: Some(rule), .. } => {
            let (id, why) = rule_words(bundle, rule);
            WithdrawnView::Rule { id, why }
        }
        _ => WithdrawnView::Other,
    }
}

/// Id and plain words of a rule, of which the text names the window too: `<rule>:<window>`.
pub(crate) fn rule_words(bundle: &Bundle, rule: &str) -> (String, String) {
    let id = rule.split(':').next().unwrap_or(rule);
    let why = RuleId::new(id).ok().and_then(|id| bundle.rules.why.get(&id).cloned());
    (id.to_string(), why.unwrap_or_default())
}
