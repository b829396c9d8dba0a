//! Which questions of a pool a quiz has, and in which order things are shown. Chance comes from SHA-256 (FIPS 180-4) of a seed, so the
//! same attempt is the same quiz on every device and after every restart.

use sha2::{Digest, Sha256};

use super::Lesson;
use crate::ids::{LessonId, QuestionId};

/// The seed of one attempt at a lesson's quiz.
pub fn attempt_seed(account: &str, lesson: &LessonId, attempt: u32) -> [u8; 32] {
    let mut hash = Sha256::new();
    // An id is never longer than one byte can say; so no two triples are written alike.
    hash.update([lesson.as_str().len() as u8]);
    hash.update(lesson.as_str());
    hash.update(attempt.to_le_bytes());
    hash.update(account);
    hash.finalize().into()
}

/// The places in [`Lesson::questions`] of the drawn questions, in the order in which they are asked; [`Lesson::quiz_size`] of them.
pub fn draw(lesson: &Lesson, seed: &[u8]) -> Vec<usize> {
    draw_avoiding(lesson, seed, &[])
}

/// The quiz of one attempt: as [`draw`], but questions that the last attempt had (`seen_last`) come only where others don't suffice.
pub fn next_draw(lesson: &Lesson, account: &str, attempt: u32, seen_last: &[QuestionId]) -> Vec<QuestionId> {
    draw_avoiding(lesson, &attempt_seed(account, &lesson.id, attempt), seen_last)
        .into_iter()
        .map(|place| lesson.questions[place].id.clone())
        .collect()
}

/// The order in which `len` options are shown: each of 0 to `len` - 1 once. All orders are equally likely, the authored one too: were it
/// excluded, two options would always change places.
pub fn shuffle(seed: &[u8], len: u8) -> Vec<u8> {
    let seed = Sha256::digest(seed);
    let mut order: Vec<u8> = (0..len).collect();
    order.sort_by_cached_key(|&place| (rank(&seed, &[place]), place));
    order
}

/// The order in which the items of an ordering question are first shown: as [`shuffle`], but never the right one where there are two or
/// more. The reverse takes its place, since no part of it is right.
pub fn shuffle_items(seed: &[u8], len: u8) -> Vec<u8> {
    let mut order = shuffle(seed, len);
    if order.is_sorted() {
        order.reverse();
    }
    order
}

fn draw_avoiding(lesson: &Lesson, seed: &[u8], avoid: &[QuestionId]) -> Vec<usize> {
    let seed = Sha256::digest(seed);
    // By the questions' ids, so that a question that is added to the pool leaves the order of the others.
    let mut ranked: Vec<(bool, u64, usize)> = lesson
        .questions
        .iter()
        .enumerate()
        .map(|(place, q)| (avoid.contains(&q.id), rank(&seed, q.id.as_str().as_bytes()), place))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(lesson.quiz_size());
    ranked.sort_unstable_by_key(|&(_, rank, place)| (rank, place));
    ranked.into_iter().map(|(_, _, place)| place).collect()
}

/// A number that is as good as random; `seed` has a fixed length.
fn rank(seed: &[u8], item: &[u8]) -> u64 {
    let hash = Sha256::new().chain_update(seed).chain_update(item).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::{AnswerKey, FULL, Question};
    use proptest::prelude::*;

    fn lesson(pool: usize, draw: u32) -> Lesson {
        let question = |i| Question {
            id: QuestionId::new(format!("q{i}")).expect("a valid id"),
            key: AnswerKey::TrueFalse { answer: true },
        };
        Lesson {
            id: LessonId::new("first-talk").expect("a valid id"),
            minutes: 3,
            points: 10,
            pass: FULL,
            draw,
            wait: 0,
            after: vec![],
            questions: (0..pool).map(question).collect(),
            media: vec![],
        }
    }

    #[test]
    fn every_platform_draws_the_same() {
        let ids = next_draw(&lesson(10, 5), "a1", 1, &[]);
        let ids: Vec<&str> = ids.iter().map(QuestionId::as_str).collect();
        assert_eq!(ids, ["q5", "q6", "q1", "q4", "q0"]);
        assert_eq!(shuffle(b"seed", 6), [5, 0, 2, 3, 4, 1]);
    }

    #[test]
    fn all_orders_come_up_about_equally() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..6000_u32 {
            *counts.entry(shuffle(&seed.to_le_bytes(), 3)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|&n| (850..1150).contains(&n)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn a_draw_has_the_quiz_size_and_no_question_twice(pool in 0_usize..40, size in 0_u32..50, seed: [u8; 8]) {
            let lesson = lesson(pool, size);
            let mut drawn = draw(&lesson, &seed);
            prop_assert_eq!(&drawn, &draw(&lesson, &seed));
            drawn.sort_unstable();
            drawn.dedup();
            prop_assert_eq!(drawn.len(), lesson.quiz_size());
            prop_assert!(drawn.iter().all(|&i| i < pool));
        }

        #[test]
        fn a_new_draw_avoids_the_last_one(pool in 1_usize..30, size in 1_u32..30, account in "[a-z0-9]{1,8}", attempt: u32) {
            let lesson = lesson(pool, size);
            let first = next_draw(&lesson, &account, attempt, &[]);
            let second = next_draw(&lesson, &account, attempt.wrapping_add(1), &first);
            let again = second.iter().filter(|id| first.contains(id)).count();
            prop_assert_eq!(again, (2 * lesson.quiz_size()).saturating_sub(pool));
        }

        #[test]
        fn a_shuffle_is_a_permutation(seed: [u8; 4], len: u8) {
            for (mut order, items) in [(shuffle(&seed, len), false), (shuffle_items(&seed, len), true)] {
                prop_assert!(!items || len < 2 || !order.is_sorted());
                order.sort_unstable();
                prop_assert_eq!(order, (0..len).collect::<Vec<_>>());
            }
        }
    }
}
