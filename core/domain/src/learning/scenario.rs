//! Scenarios: short stories in which each choice leads on. A story that never goes back, so every path ends.

use super::{ScenarioOption, ScenarioStep, Share};

/// How far a path of choices came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Walk {
    /// Sum of the scores of the chosen options.
    pub sum: i64,
    /// The last choice was the end of the story.
    pub ended: bool,
}

/// Follows a path from step 0 and tells each visited step with its choice; `None` where the path leaves the story.
pub(super) fn walk(steps: &[ScenarioStep], path: &[u8], mut visit: impl FnMut(u8, u8)) -> Option<Walk> {
    let mut walk = Walk { sum: 0, ended: false };
    let mut at = 0_u8;
    for &choice in path {
        if walk.ended {
            return None;
        }
        let option = steps.get(usize::from(at))?.options.get(usize::from(choice))?;
        walk.sum += i64::from(option.score);
        visit(at, choice);
        match option.next {
            Some(next) if next > at => at = next,
            // It leads back: such a story isn't published.
            Some(_) => return None,
            None => walk.ended = true,
        }
    }
    Some(walk)
}

/// The path to the end with the best mean score, of several with the same mean a shortest one; empty where the story has no end.
/// Takes time by the square of the number of steps.
pub(super) fn best_path(steps: &[ScenarioStep]) -> Vec<u8> {
    // No option leads further.
    let steps = &steps[..steps.len().min(256)];
    // best[step][n]: the best sum over n + 1 choices from `step` to the end, and the first of these choices.
    let mut best: Vec<Vec<Option<(i64, u8)>>> = vec![Vec::new(); steps.len()];
    for (at, step) in steps.iter().enumerate().rev() {
        let mut row = vec![None; steps.len() - at];
        for (choice, option) in (0_u8..=u8::MAX).zip(&step.options) {
            let score = i64::from(option.score);
            match later(option, at) {
                None if option.next.is_some() => {}
                None => improve(&mut row[0], score, choice),
                Some(next) => {
                    let rest = best.get(next).map_or(&[][..], Vec::as_slice);
                    for (n, sum) in rest.iter().enumerate() {
                        if let Some((sum, _)) = sum {
                            improve(&mut row[n + 1], score + sum, choice);
                        }
                    }
                }
            }
        }
        best[at] = row;
    }

    let mut length = None;
    for (n, sum) in best.first().into_iter().flatten().enumerate() {
        let Some((sum, _)) = *sum else { continue };
        let count = n as i64 + 1;
        if length.is_none_or(|(best_sum, best_count)| sum * best_count > best_sum * count) {
            length = Some((sum, count));
        }
    }
    let mut path = Vec::new();
    let mut at = 0;
    let mut left = length.map_or(0, |(_, count)| count as usize);
    while left > 0 {
        let Some((_, choice)) = best[at][left - 1] else {
            break;
        };
        path.push(choice);
        left -= 1;
        at = steps[at].options[usize::from(choice)].next.map_or(at, usize::from);
    }
    path
}

/// The mean of `sum` over `count` choices, rounded towards zero; 0 for none.
pub(super) fn mean(sum: i64, count: usize) -> Share {
    sum.checked_div(count as i64).unwrap_or(0) as Share
}

/// The step that an option of step `at` leads to, if it leads onwards.
fn later(option: &ScenarioOption, at: usize) -> Option<usize> {
    option.next.map(usize::from).filter(|&next| next > at)
}

fn improve(best: &mut Option<(i64, u8)>, sum: i64, choice: u8) {
    if best.is_none_or(|(held, _)| sum > held) {
        *best = Some((sum, choice));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn story(steps: &[&[(Share, Option<u8>)]]) -> Vec<ScenarioStep> {
        let step = |options: &&[(Share, Option<u8>)]| ScenarioStep {
            options: options.iter().map(|&(score, next)| ScenarioOption { score, next }).collect(),
        };
        steps.iter().map(step).collect()
    }

    /// All paths to the end.
    fn paths(steps: &[ScenarioStep]) -> Vec<Vec<u8>> {
        let mut ended = Vec::new();
        let mut open = vec![Vec::new()];
        while let Some(path) = open.pop() {
            for choice in 0..4 {
                let longer = [&path[..], &[choice]].concat();
                match walk(steps, &longer, |_, _| {}) {
                    Some(walk) if walk.ended => ended.push(longer),
                    Some(_) => open.push(longer),
                    None => {}
                }
            }
        }
        ended
    }

    #[test]
    fn a_path_is_followed_to_the_end() {
        let steps = story(&[&[(0, Some(1)), (60, Some(2))], &[(100, None)], &[(20, None), (100, Some(0))]]);
        let mut seen = Vec::new();
        let walked = walk(&steps, &[1, 0], |step, choice| seen.push((step, choice)));
        assert_eq!(walked, Some(Walk { sum: 80, ended: true }));
        assert_eq!(seen, [(0, 1), (2, 0)]);
        assert_eq!(walk(&steps, &[1], |_, _| {}).map(|w| w.ended), Some(false));
        assert_eq!(walk(&steps, &[1, 0, 0], |_, _| {}), None);
        assert_eq!(walk(&steps, &[2], |_, _| {}), None);
        assert_eq!(walk(&steps, &[1, 1], |_, _| {}), None);
        assert_eq!(best_path(&steps), [0, 0]);
        assert_eq!(best_path(&[]), [0; 0]);
        assert_eq!(best_path(&story(&[&[(5, Some(9))]])), [0; 0]);
    }

    proptest! {
        #[test]
        fn the_best_path_is_the_best_of_all(
            steps in prop::collection::vec(prop::collection::vec((-20..=100_i32, prop::option::of(0_u8..7)), 0..4), 0..6)
        ) {
            let steps = story(&steps.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let score = |path: &[u8]| {
                let walk = walk(&steps, path, |_, _| {}).expect("a path of the story");
                // In a common denominator, so that nothing is rounded.
                walk.sum * 60 / path.len() as i64
            };
            let all = paths(&steps);
            let found = best_path(&steps);
            prop_assert_eq!(found.is_empty(), all.is_empty());
            if let Some(best) = all.iter().map(|path| score(path)).max() {
                prop_assert_eq!(score(&found), best);
            }
        }
    }
}
