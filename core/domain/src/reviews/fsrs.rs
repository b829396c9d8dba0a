//! FSRS-6, the memory model that says when a question is about to be forgotten, with its published default weights.
//!
//! Source: "The Algorithm", wiki of open-spaced-repetition/fsrs4anki (FSRS-6), as the `fsrs` crate 6.6.2 computes it; a test holds this
//! code to that crate. Reals come from `libm` alone and are rounded to the step of [`Memory`] after every review, so that phone and
//! server hold the same memory, from whichever review on they computed it.

use serde::{Deserialize, Serialize};

use super::Grade;
use crate::learning::{FULL, Share};
use crate::time::{Day, Moment};

/// No card is away for longer, in days.
pub const MAX_INTERVAL_DAYS: u32 = 3650;

/// One review as a card's row keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub moment: Moment,
    pub grade: Grade,
}

/// What FSRS knows of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// After so long the card is still known with 90 %: ten-thousandths of a day, 10 to 365,000,000.
    pub stability: i64,
    /// Ten-thousandths, 10,000 (easy) to 100,000 (hard).
    pub difficulty: i32,
}

/// The memory after all reviews, in the order given: the date of each and how well the card was known. A date before the last one counts
/// as the same day. `None` without reviews.
pub fn memory(reviews: impl Iterator<Item = (Day, Grade)>) -> Option<Memory> {
    let mut state: Option<(Memory, Day)> = None;
    for (day, grade) in reviews {
        let memory = match &state {
            None => next(None, 0, grade),
            Some((memory, last)) => next(Some(memory), elapsed(*last, day), grade),
        };
        state = Some((memory, day));
    }
    state.map(|(memory, _)| memory)
}

/// The memory after one more review, `elapsed_days` whole days after the last one; the first review has no memory before it.
pub fn next(memory: Option<&Memory>, elapsed_days: u32, grade: Grade) -> Memory {
    let Some(memory) = memory else {
        return rounded(initial_stability(grade), initial_difficulty(grade));
    };
    let (s, d) = reals(memory);
    let stability = match (elapsed_days, grade) {
        (0, _) => same_day_stability(s, grade),
        (days, Grade::Again) => forgotten_stability(s, d, recall(s, days)),
        (days, _) => recalled_stability(s, d, recall(s, days), grade),
    };
    rounded(stability, next_difficulty(d, grade))
}

/// Whole days until the card is still known with `retention_percent` (1 to 100), rounded to the nearest; 1 to [`MAX_INTERVAL_DAYS`].
pub fn interval_days(memory: &Memory, retention_percent: u32) -> u32 {
    let retention = f64::from(retention_percent.clamp(1, 100)) / 100.0;
    let (s, _) = reals(memory);
    let days = s / FACTOR * (libm::pow(retention, -1.0 / DECAY) - 1.0);
    libm::round(days).clamp(1.0, f64::from(MAX_INTERVAL_DAYS)) as u32
}

/// The probability that the card is still known so many days after its last review, in millionths.
pub fn retrievability(memory: &Memory, elapsed_days: u32) -> Share {
    let (s, _) = reals(memory);
    libm::round(recall(s, elapsed_days) * f64::from(FULL)) as Share
}

/// Whole days between two dates; 0 where the second is before the first.
pub(crate) fn elapsed(from: Day, to: Day) -> u32 {
    to.since(from).max(0).unsigned_abs()
}

/// The default weights of FSRS-6; the last one is [`DECAY`].
const W: [f64; 20] = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629,
    1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658,
];
const DECAY: f64 = 0.1542;
/// 0.9 ^ (-1 / [`DECAY`]) - 1
const FACTOR: f64 = 0.9803464944134797;
/// e ^ W8
const EXP_W8: f64 = 6.502586364563328;
/// e ^ (W17 * W18)
const EXP_W17_W18: f64 = 1.0507203746232234;
/// D0(easy) = W4 - e ^ (3 W5) + 1
const EASY_DIFFICULTY: f64 = -4.771630703161737;

const STABILITY: (f64, f64) = (0.001, 36_500.0);
const DIFFICULTY: (f64, f64) = (1.0, 10.0);
/// Steps of [`Memory`] in one.
const STEPS: f64 = 10_000.0;

fn rating(grade: Grade) -> f64 {
    match grade {
        Grade::Again => 1.0,
        Grade::Hard => 2.0,
        Grade::Good => 3.0,
        Grade::Easy => 4.0,
    }
}

fn reals(memory: &Memory) -> (f64, f64) {
    let stability = memory.stability as f64 / STEPS;
    let difficulty = f64::from(memory.difficulty) / STEPS;
    (stability.clamp(STABILITY.0, STABILITY.1), difficulty.clamp(DIFFICULTY.0, DIFFICULTY.1))
}

fn rounded(stability: f64, difficulty: f64) -> Memory {
    Memory {
        // The nearest, since both are at least 10.
        stability: (stability.clamp(STABILITY.0, STABILITY.1) * STEPS + 0.5) as i64,
        difficulty: (difficulty.clamp(DIFFICULTY.0, DIFFICULTY.1) * STEPS + 0.5) as i32,
    }
}

/// The forgetting curve: R(t, S) = (1 + FACTOR t / S) ^ -DECAY.
fn recall(s: f64, days: u32) -> f64 {
    libm::pow(f64::from(days) / s * FACTOR + 1.0, -DECAY)
}

fn initial_stability(grade: Grade) -> f64 {
    match grade {
        Grade::Again => W[0],
        Grade::Hard => W[1],
        Grade::Good => W[2],
        Grade::Easy => W[3],
    }
}

/// D0(G) = W4 - e ^ (W5 (G - 1)) + 1
fn initial_difficulty(grade: Grade) -> f64 {
    W[4] - libm::exp(W[5] * (rating(grade) - 1.0)) + 1.0
}

/// A step that shrinks towards 10, then a little back towards D0(easy).
fn next_difficulty(d: f64, grade: Grade) -> f64 {
    let step = -W[6] * (rating(grade) - 3.0);
    let damped = d + (10.0 - d) * step / 9.0;
    W[7] * (EASY_DIFFICULTY - damped) + damped
}

fn recalled_stability(s: f64, d: f64, r: f64, grade: Grade) -> f64 {
    let by_grade = match grade {
        Grade::Hard => W[15],
        Grade::Easy => W[16],
        Grade::Again | Grade::Good => 1.0,
    };
    let growth = EXP_W8 * (11.0 - d) * libm::pow(s, -W[9]) * (libm::exp((1.0 - r) * W[10]) - 1.0);
    s * (growth * by_grade + 1.0)
}

fn forgotten_stability(s: f64, d: f64, r: f64) -> f64 {
    let after = W[11] * libm::pow(d, -W[12]) * (libm::pow(s + 1.0, W[13]) - 1.0) * libm::exp((1.0 - r) * W[14]);
    after.min(s / EXP_W17_W18)
}

fn same_day_stability(s: f64, grade: Grade) -> f64 {
    let growth = libm::exp(W[17] * (rating(grade) - 3.0 + W[18])) * libm::pow(s, -W[19]);
    s * if grade == Grade::Again { growth } else { growth.max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::fsrs::{FSRS, FSRSItem, FSRSReview, MemoryState};
    use proptest::prelude::*;

    const GRADES: [Grade; 4] = [Grade::Again, Grade::Hard, Grade::Good, Grade::Easy];

    fn oracle_state(memory: &Memory) -> MemoryState {
        let (stability, difficulty) = reals(memory);
        MemoryState { stability: stability as f32, difficulty: difficulty as f32 }
    }

    /// One step of rounding, and what the oracle's `f32` loses.
    fn near(ours: f64, oracle: f32, relative: f64) -> bool {
        let oracle = f64::from(oracle);
        (ours - oracle).abs() <= 0.6 / STEPS + oracle.abs() * relative
    }

    #[test]
    fn constants_are_what_they_stand_for() {
        assert_eq!(FACTOR, libm::pow(0.9, -1.0 / DECAY) - 1.0);
        assert_eq!(EXP_W8, libm::exp(W[8]));
        assert_eq!(EXP_W17_W18, libm::exp(W[17] * W[18]));
        assert_eq!(EASY_DIFFICULTY, initial_difficulty(Grade::Easy));
        for (ours, theirs) in W.iter().chain([&DECAY]).zip(::fsrs::DEFAULT_PARAMETERS) {
            assert_eq!(*ours as f32, theirs);
        }
    }

    /// Whole numbers, so that a platform that computes otherwise shows itself.
    #[test]
    fn every_platform_remembers_the_same() {
        use Grade::{Again, Easy, Good, Hard};
        let remembered = |reviews: &[(i32, Grade)]| {
            let dated = reviews.iter().map(|&(day, grade)| (Day(day), grade));
            let memory = memory(dated).expect("reviews");
            (memory.stability, memory.difficulty, interval_days(&memory, 85), retrievability(&memory, 7))
        };
        for (reviews, golden) in [
            (&[(0, Again)][..], (2120, 64133, 1, 582235)),
            (&[(0, Good), (0, Good), (1, Good)], (73192, 21043, 14, 903034)),
            (&[(0, Easy), (8, Hard), (40, Again), (40, Hard), (47, Good)], (72912, 86552, 14, 902776)),
            (&[(0, Hard), (2, Again), (1, Easy), (9, Easy), (99, Easy)], (946047, 60887, 180, 989260)),
            (&[(0, Again), (0, Again), (0, Again), (0, Again), (5, Hard)], (988, 98866, 1, 518859)),
            (&[(0, Good), (2, Good), (12, Good), (60, Good), (300, Good)], (5991083, 20905, 1142, 998245)),
        ] {
            assert_eq!(remembered(reviews), golden, "{reviews:?}");
        }
    }

    #[test]
    fn wrong_dates_and_numbers_are_harmless() {
        assert_eq!(memory(std::iter::empty()), None);
        let backwards = [(Day(9), Grade::Good), (Day::MIN, Grade::Good), (Day::MAX, Grade::Again)];
        assert!(memory(backwards.into_iter()).is_some());
        for stability in [i64::MIN, 0, 10, i64::MAX] {
            for difficulty in [i32::MIN, 0, i32::MAX] {
                let memory = Memory { stability, difficulty };
                for grade in GRADES {
                    next(Some(&memory), u32::MAX, grade);
                }
                for percent in [0, 1, 70, 100, u32::MAX] {
                    assert!((1..=MAX_INTERVAL_DAYS).contains(&interval_days(&memory, percent)));
                }
                assert!((0..=FULL).contains(&retrievability(&memory, u32::MAX)));
                assert_eq!(retrievability(&memory, 0), FULL);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn rounded_is_the_nearest_step(stability in 0.0..40_000.0, difficulty in 0.0..11.0, halves in 20_u32..200_000) {
            for (s, d) in [(stability, difficulty), (f64::from(halves) / 2.0 / STEPS, f64::from(halves) / 2.0 / STEPS)] {
                let memory = rounded(s, d);
                prop_assert_eq!(memory.stability as f64, libm::round(s.clamp(STABILITY.0, STABILITY.1) * STEPS));
                prop_assert_eq!(f64::from(memory.difficulty), libm::round(d.clamp(DIFFICULTY.0, DIFFICULTY.1) * STEPS));
            }
        }

        #[test]
        fn one_review_is_as_the_oracle_says(
            stability in prop_oneof![10_i64..100_000, 10_i64..=365_000_000],
            difficulty in 10_000..=100_000,
            days in prop_oneof![0_u32..10, 0_u32..4000],
            percent in 70_u32..=97,
        ) {
            let memory = Memory { stability, difficulty };
            let oracle = FSRS::default();
            let states = oracle
                .next_states(Some(oracle_state(&memory)), percent as f32 / 100.0, days)
                .expect("finite");
            for (grade, theirs) in GRADES.into_iter().zip([states.again, states.hard, states.good, states.easy]) {
                let ours = next(Some(&memory), days, grade);
                let (s, d) = reals(&ours);
                prop_assert!(near(s, theirs.memory.stability, 1e-5), "{} {:?}", s, theirs);
                prop_assert!(near(d, theirs.memory.difficulty, 1e-5), "{} {:?}", d, theirs);
                let interval = f64::from(interval_days(&ours, percent));
                let theirs = f64::from(theirs.interval.round().clamp(1.0, MAX_INTERVAL_DAYS as f32));
                prop_assert!((interval - theirs).abs() <= 1.0, "{} {}", interval, theirs);
            }
            let recalled = ::fsrs::current_retrievability(oracle_state(&memory), days as f32, DECAY as f32);
            let ours = f64::from(retrievability(&memory, days)) / f64::from(FULL);
            prop_assert!((ours - f64::from(recalled)).abs() < 2e-6, "{} {}", ours, recalled);
        }

        #[test]
        fn a_history_is_as_the_oracle_says(
            reviews in prop::collection::vec((prop_oneof![Just(0_u32), 1_u32..5, 1_u32..200], 0_usize..4), 1..30)
        ) {
            let mut day = 0;
            let dated: Vec<(Day, Grade)> = reviews
                .iter()
                .map(|&(delta, grade)| {
                    day += delta as i32;
                    (Day(day), GRADES[grade])
                })
                .collect();
            let item = FSRSItem {
                reviews: reviews
                    .iter()
                    .map(|&(delta_t, grade)| FSRSReview { rating: grade as u32 + 1, delta_t })
                    .collect(),
            };
            let theirs = FSRS::default().memory_state(item, None).expect("finite");
            let ours = memory(dated.iter().copied()).expect("reviews");
            let (s, d) = reals(&ours);
            // Of a stability of minutes the fixed step is a part that can be seen, and later reviews multiply it.
            let least = (1..=dated.len()).filter_map(|n| memory(dated[..n].iter().copied())).map(|m| reals(&m).0);
            let step = 1e-4 / least.fold(f64::INFINITY, f64::min).max(1e-3);
            prop_assert!(near(s, theirs.stability, 2e-3 + 5.0 * step), "{} {:?}", s, theirs);
            prop_assert!(near(d, theirs.difficulty, 2e-3), "{} {:?}", d, theirs);

            // Continued from a kept memory it is the same.
            let (last, before) = dated.split_last().expect("reviews");
            if let Some((previous, _)) = before.last() {
                let kept = memory(before.iter().copied());
                prop_assert_eq!(next(kept.as_ref(), elapsed(*previous, last.0), last.1), ours);
            }
        }
    }
}
