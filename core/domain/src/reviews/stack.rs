//! The evening's stack: which cards come back today.

use super::ReviewPlan;
use super::fsrs::{self, Memory};
use crate::ids::CardId;
use crate::time::Day;

/// The date from which a card comes back, `last` being the date of its last review.
pub fn due(memory: &Memory, last: Day, retention_percent: u32) -> Day {
    last.plus(fsrs::interval_days(memory, retention_percent) as i32)
}

/// The cards that are due, of all cards with their memory and the date of their last review: the one that is most likely forgotten first,
/// of equal ones by id; as many as the evening's plan leaves after the `done_today` ones.
pub fn stack<'a>(
    cards: impl Iterator<Item = (&'a CardId, &'a Memory, Day)>,
    plan: &ReviewPlan,
    today: Day,
    done_today: usize,
) -> Vec<CardId> {
    let mut due: Vec<_> = cards
        .filter(|(_, memory, last)| due(memory, *last, plan.retention) <= today)
        .map(|(id, memory, last)| (fsrs::retrievability(memory, fsrs::elapsed(last, today)), id))
        .collect();
    due.sort_unstable();
    due.truncate(plan.cards_an_evening().saturating_sub(done_today));
    due.into_iter().map(|(_, id)| id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAN: ReviewPlan = ReviewPlan { retention: 90, minutes: 1, seconds_per_card: 20 };

    fn card(n: i64) -> CardId {
        CardId::parse(&format!("lesson/q{n}")).expect("a valid id")
    }

    fn of_days(days: i64) -> Memory {
        Memory { stability: days * 10_000, difficulty: 50_000 }
    }

    #[test]
    fn the_weakest_memory_comes_first() {
        let cards = [
            (card(1), of_days(10), Day(0)),
            (card(2), of_days(5), Day(0)),
            (card(3), of_days(11), Day(0)),
            (card(4), of_days(10), Day(0)),
            (card(5), of_days(1), Day(90)),
            (card(6), of_days(9), Day(0)),
        ];
        let stack = |today, done| {
            let cards = cards.iter().map(|(id, memory, last)| (id, memory, *last));
            stack(cards, &PLAN, Day(today), done)
        };
        assert_eq!(due(&cards[0].1, Day(0), 90), Day(10));
        assert_eq!(stack(4, 0), []);
        assert_eq!(stack(5, 0), [card(2)]);
        assert_eq!(stack(10, 0), [card(2), card(6), card(1)]);
        assert_eq!(stack(10, 1), [card(2), card(6)]);
        assert_eq!(stack(10, 3), []);
        assert_eq!(stack(10, 9), []);
    }

    proptest! {
        #[test]
        fn the_order_of_the_cards_does_not_matter(
            cards in prop::collection::btree_map(0_i64..50, (1_i64..40, 0_i32..30), 0..20),
            today in 0_i32..60,
        ) {
            let cards: Vec<_> = cards.into_iter().map(|(n, (s, last))| (card(n), of_days(s), Day(last))).collect();
            let forth = stack(cards.iter().map(|(id, m, last)| (id, m, *last)), &PLAN, Day(today), 0);
            let back = stack(cards.iter().rev().map(|(id, m, last)| (id, m, *last)), &PLAN, Day(today), 0);
            prop_assert_eq!(forth, back);
        }
    }
}
