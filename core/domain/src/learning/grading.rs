//! Grading: pure and total. Every answer to every question gets a verdict, a score and what explains it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scenario::{best_path, mean, walk};
use super::text::{fold, format_decimal, parse_decimal};
use super::{AcceptedText, AnswerKey, FULL, NumberRange, ScenarioStep, Share};
use crate::company::Locale;

/// What a person answered. Options are known by their place in the authored order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Single(u8),
    Multiple(Vec<u8>),
    TrueFalse(bool),
    /// As typed; a comma or a point parts the decimals.
    Number(String),
    Text(String),
    /// The items in the order that the person gave them.
    Order(Vec<u8>),
    /// For each entry on the left the chosen one on the right.
    Match(Vec<Option<u8>>),
    /// The option chosen at each step that was visited.
    Path(Vec<u8>),
    /// The question was shown and left open.
    Skipped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Right,
    Partly,
    Wrong,
}

/// Which text of a question explains an answer: an option of [`crate::content::QuestionText::options`], or of a step. True/false:
/// option 0 for *true*, 1 for *false*. Numeric, short text: the accepted answer that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeedbackRef {
    /// A scenario's step; 0 for the other kinds.
    pub step: u8,
    pub option: u8,
    /// Short text: the locale whose accepted answer it was; `None` for the other kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    pub verdict: Verdict,
    /// 0 to [`super::FULL`].
    pub score: Share,
    /// Feedback of the chosen options; the question's general explanation comes on top.
    pub feedback: Vec<FeedbackRef>,
}

/// What a score short of [`FULL`] may lack and still be full: GIFT writes thirds as 33.33333 %.
const ROUNDING: Share = 10;

/// Grades an answer. An answer that doesn't [`fits`] the question is wrong.
///
/// | kind | score |
/// |---|---|
/// | single | the option's weight |
/// | multiple | the sum of the weights of the chosen options, each once |
/// | true/false | all or nothing |
/// | numeric | the best of the ranges that hold the number |
/// | short text | the best of the accepted texts of `locale` with the same [`fold`]; where none is, of the other locales |
/// | ordering | all for the right order, otherwise the share of neighbours that are right; 0 where an item is missing or twice |
/// | matching | the share of entries on the left that are right |
/// | scenario | the mean of the chosen options' scores; 0 before the story's end |
///
/// Shares are rounded down, scores below 0 are 0.
pub fn grade(key: &AnswerKey, locale: Locale, answer: &Answer) -> Graded {
    grade_fitting(key, locale, answer).unwrap_or_else(|| graded(0, Vec::new()))
}

/// As [`grade`]; `None` where the answer doesn't [`fits`] the question.
pub fn grade_fitting(key: &AnswerKey, locale: Locale, answer: &Answer) -> Option<Graded> {
    if !fits(key, answer) {
        return None;
    }
    let graded = match (key, answer) {
        (AnswerKey::Single { weights }, Answer::Single(option)) => {
            graded(weights[usize::from(*option)].into(), vec![of_option(*option)])
        }
        (AnswerKey::Multiple { weights }, Answer::Multiple(options)) => grade_multiple(weights, options),
        (AnswerKey::TrueFalse { answer: right }, Answer::TrueFalse(answer)) => {
            let score = if answer == right { FULL } else { 0 };
            graded(score.into(), vec![of_option(if *answer { 0 } else { 1 })])
        }
        (AnswerKey::Numeric { accepted }, Answer::Number(text)) => grade_number(accepted, text),
        (AnswerKey::ShortText { accepted }, Answer::Text(text)) => grade_text(accepted, locale, text),
        (AnswerKey::Ordering { items }, Answer::Order(order)) => graded(ordering(*items, order), Vec::new()),
        (AnswerKey::Matching { right, .. }, Answer::Match(chosen)) => {
            let hits = right.iter().zip(chosen).filter(|(right, chosen)| **chosen == Some(**right)).count();
            graded(share(hits, right.len()), Vec::new())
        }
        (AnswerKey::Scenario { steps }, Answer::Path(path)) => grade_path(steps, path),
        _ => graded(0, Vec::new()),
    };
    Some(graded)
}

/// Whether an answer could have been given to the question: it is of the same kind, its indexes exist, and it is no longer than the
/// question allows. [`Answer::Skipped`] fits all. What is typed may be any text.
pub fn fits(key: &AnswerKey, answer: &Answer) -> bool {
    match (key, answer) {
        (_, Answer::Skipped) => true,
        (AnswerKey::Single { weights }, Answer::Single(option)) => usize::from(*option) < weights.len(),
        (AnswerKey::Multiple { weights }, Answer::Multiple(options)) => {
            options.len() <= weights.len() && options.iter().all(|o| usize::from(*o) < weights.len())
        }
        (AnswerKey::TrueFalse { .. }, Answer::TrueFalse(_))
        | (AnswerKey::Numeric { .. }, Answer::Number(_))
        | (AnswerKey::ShortText { .. }, Answer::Text(_)) => true,
        (AnswerKey::Ordering { items }, Answer::Order(order)) => {
            order.len() <= usize::from(*items) && order.iter().all(|item| item < items)
        }
        (AnswerKey::Matching { right, choices }, Answer::Match(chosen)) => {
            chosen.len() <= right.len() && chosen.iter().flatten().all(|choice| choice < choices)
        }
        (AnswerKey::Scenario { steps }, Answer::Path(path)) => walk(steps, path, |_, _| {}).is_some(),
        _ => false,
    }
}

/// An answer with the best score that the question has, to be shown as the right one; [`Answer::Skipped`] where there is none.
pub fn solution(key: &AnswerKey, locale: Locale) -> Answer {
    match key {
        AnswerKey::Single { weights } => {
            let places = (0_u8..=u8::MAX).zip(weights);
            first_best(places, |(_, weight)| **weight).map_or(Answer::Skipped, |(place, _)| Answer::Single(place))
        }
        AnswerKey::Multiple { weights } => {
            let right = (0_u8..=u8::MAX).zip(weights).filter(|(_, weight)| **weight > 0);
            Answer::Multiple(right.map(|(place, _)| place).collect())
        }
        AnswerKey::TrueFalse { answer } => Answer::TrueFalse(*answer),
        AnswerKey::Numeric { accepted } => {
            let ranges = accepted.iter().filter(|range| range.min <= range.max);
            first_best(ranges, |range| range.score).map_or(Answer::Skipped, |range| {
                let middle = (i128::from(range.min) + i128::from(range.max)).div_euclid(2);
                Answer::Number(format_decimal(middle as i64, locale))
            })
        }
        AnswerKey::ShortText { accepted } => {
            let best = by_locale(accepted, locale).find_map(|(_, texts)| first_best(texts.iter(), |text| text.score));
            best.map_or(Answer::Skipped, |text| Answer::Text(text.text.clone()))
        }
        AnswerKey::Ordering { items } => Answer::Order((0..*items).collect()),
        AnswerKey::Matching { right, choices } => {
            let choice = |choice: &u8| Some(*choice).filter(|choice| choice < choices);
            Answer::Match(right.iter().map(choice).collect())
        }
        AnswerKey::Scenario { steps } => Answer::Path(best_path(steps)),
    }
}

fn graded(score: i64, feedback: Vec<FeedbackRef>) -> Graded {
    let full = i64::from(FULL);
    let score = if score >= full - i64::from(ROUNDING) { full } else { score.max(0) };
    let verdict = match score {
        0 => Verdict::Wrong,
        _ if score == full => Verdict::Right,
        _ => Verdict::Partly,
    };
    Graded { verdict, score: score as Share, feedback }
}

/// `part` of `whole`, rounded down; 0 of nothing.
fn share(part: usize, whole: usize) -> i64 {
    (part as i64 * i64::from(FULL)).checked_div(whole as i64).unwrap_or(0)
}

fn of_option(option: u8) -> FeedbackRef {
    FeedbackRef { step: 0, option, locale: None }
}

fn grade_multiple(weights: &[Share], options: &[u8]) -> Graded {
    let mut chosen: Vec<FeedbackRef> = options.iter().copied().map(of_option).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let sum = chosen.iter().map(|chosen| i64::from(weights[usize::from(chosen.option)])).sum();
    graded(sum, chosen)
}

fn grade_number(accepted: &[NumberRange], text: &str) -> Graded {
    let Some(number) = parse_decimal(text) else {
        return graded(0, Vec::new());
    };
    let holding = (0_u8..=u8::MAX).zip(accepted).filter(|(_, r)| (r.min..=r.max).contains(&number));
    match first_best(holding, |(_, range)| range.score) {
        Some((place, range)) => graded(range.score.into(), vec![of_option(place)]),
        None => graded(0, Vec::new()),
    }
}

fn grade_text(accepted: &BTreeMap<Locale, Vec<AcceptedText>>, locale: Locale, text: &str) -> Graded {
    let text = fold(text);
    if text.is_empty() {
        return graded(0, Vec::new());
    }
    for (locale, accepted) in by_locale(accepted, locale) {
        let mut best: Option<(u8, Share)> = None;
        for (option, accepted) in (0_u8..=u8::MAX).zip(accepted) {
            // Folding takes the most time here: only where the text could count.
            if best.is_none_or(|(_, score)| accepted.score > score) && fold(&accepted.text) == text {
                best = Some((option, accepted.score));
            }
        }
        if let Some((option, score)) = best {
            return graded(score.into(), vec![FeedbackRef { step: 0, option, locale: Some(locale) }]);
        }
    }
    graded(0, Vec::new())
}

fn ordering(items: u8, order: &[u8]) -> i64 {
    let mut seen = [false; 256];
    let twice = order.iter().any(|&item| std::mem::replace(&mut seen[usize::from(item)], true));
    if twice || order.len() != usize::from(items) {
        return 0;
    }
    if order.is_sorted() {
        return FULL.into();
    }
    let right = order.windows(2).filter(|pair| pair[0].checked_add(1) == Some(pair[1])).count();
    share(right, order.len() - 1)
}

fn grade_path(steps: &[ScenarioStep], path: &[u8]) -> Graded {
    let mut feedback = Vec::with_capacity(path.len());
    let walk = walk(steps, path, |step, option| feedback.push(FeedbackRef { step, option, locale: None }));
    match walk {
        Some(walk) if walk.ended => graded(mean(walk.sum, path.len()).into(), feedback),
        _ => graded(0, feedback),
    }
}

/// Each locale with its texts, `first` before the others.
fn by_locale<T>(texts: &BTreeMap<Locale, Vec<T>>, first: Locale) -> impl Iterator<Item = (Locale, &Vec<T>)> {
    let own = texts.get_key_value(&first);
    let others = texts.iter().filter(move |(locale, _)| **locale != first);
    own.into_iter().chain(others).map(|(locale, texts)| (*locale, texts))
}

/// The first of those with the highest score.
fn first_best<T>(items: impl Iterator<Item = T>, score: impl Fn(&T) -> Share) -> Option<T> {
    items.reduce(|best, item| if score(&item) > score(&best) { item } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::ScenarioOption;
    use proptest::prelude::*;

    const HALF: Share = FULL / 2;

    fn of(key: &AnswerKey, answer: Answer) -> (Verdict, Share, Vec<u8>) {
        let graded = grade(key, Locale::Ru, &answer);
        (graded.verdict, graded.score, graded.feedback.iter().map(|f| f.option).collect())
    }

    fn score(key: &AnswerKey, answer: Answer) -> Share {
        of(key, answer).1
    }

    #[test]
    fn single_and_true_false() {
        let key = AnswerKey::Single { weights: vec![FULL, HALF, 0, -FULL] };
        assert_eq!(of(&key, Answer::Single(0)), (Verdict::Right, FULL, vec![0]));
        assert_eq!(of(&key, Answer::Single(1)), (Verdict::Partly, HALF, vec![1]));
        assert_eq!(of(&key, Answer::Single(3)), (Verdict::Wrong, 0, vec![3]));
        assert_eq!(of(&key, Answer::Single(4)), (Verdict::Wrong, 0, vec![]));
        assert_eq!(of(&key, Answer::TrueFalse(true)), (Verdict::Wrong, 0, vec![]));
        assert_eq!(of(&key, Answer::Skipped), (Verdict::Wrong, 0, vec![]));
        let key = AnswerKey::TrueFalse { answer: false };
        assert_eq!(of(&key, Answer::TrueFalse(false)), (Verdict::Right, FULL, vec![1]));
        assert_eq!(of(&key, Answer::TrueFalse(true)), (Verdict::Wrong, 0, vec![0]));
    }

    #[test]
    fn multiple_counts_each_option_once() {
        let third = 333_333;
        let key = AnswerKey::Multiple { weights: vec![third, third, third, -HALF] };
        assert_eq!(of(&key, Answer::Multiple(vec![2, 0, 1])), (Verdict::Right, FULL, vec![0, 1, 2]));
        assert_eq!(of(&key, Answer::Multiple(vec![1, 1, 1])), (Verdict::Partly, third, vec![1]));
        assert_eq!(score(&key, Answer::Multiple(vec![0, 1, 2, 3])), 499_999);
        assert_eq!(of(&key, Answer::Multiple(vec![3])), (Verdict::Wrong, 0, vec![3]));
        assert_eq!(of(&key, Answer::Multiple(vec![])), (Verdict::Wrong, 0, vec![]));
        assert_eq!(of(&key, Answer::Multiple(vec![0; 5])), (Verdict::Wrong, 0, vec![]));
        assert_eq!(of(&key, Answer::Multiple(vec![0, 4])), (Verdict::Wrong, 0, vec![]));
    }

    #[test]
    fn numeric_takes_the_best_range() {
        let range = |min, max, score| NumberRange { min, max, score };
        let accepted = vec![range(90_000_000, 110_000_000, HALF), range(99_500_000, 100_500_000, FULL), range(5, 5, 0)];
        let key = AnswerKey::Numeric { accepted };
        assert_eq!(of(&key, Answer::Number("100,5 %".into())), (Verdict::Right, FULL, vec![1]));
        assert_eq!(of(&key, Answer::Number("100.500001".into())), (Verdict::Partly, HALF, vec![0]));
        assert_eq!(of(&key, Answer::Number("0.000005".into())), (Verdict::Wrong, 0, vec![2]));
        assert_eq!(of(&key, Answer::Number("ten".into())), (Verdict::Wrong, 0, vec![]));
        assert_eq!(solution(&key, Locale::Ru), Answer::Number("100".into()));
        let key = AnswerKey::Numeric { accepted: vec![range(i64::MIN, i64::MAX, FULL)] };
        assert_eq!(score(&key, solution(&key, Locale::En)), FULL);
    }

    #[test]
    fn short_text_looks_in_the_own_language_first() {
        let text = |text: &str, score| AcceptedText { text: text.into(), score };
        let accepted = BTreeMap::from([
            (Locale::Kk, vec![text("Қадам", FULL)]),
            (Locale::Ru, vec![text("шаг", FULL), text("кадам", HALF)]),
        ]);
        let key = AnswerKey::ShortText { accepted };
        let own = grade(&key, Locale::Ru, &Answer::Text(" Қадам! ".into()));
        assert_eq!((own.score, own.feedback[0]), (HALF, FeedbackRef { step: 0, option: 1, locale: Some(Locale::Ru) }));
        let other = grade(&key, Locale::En, &Answer::Text("ШАГ".into()));
        assert_eq!((other.score, other.feedback[0].locale), (FULL, Some(Locale::Ru)));
        assert_eq!(of(&key, Answer::Text("…".into())), (Verdict::Wrong, 0, vec![]));
        assert_eq!(solution(&key, Locale::Es), Answer::Text("Қадам".into()));
        let same = vec![text("Yes", HALF), text("no", FULL), text("yes!", FULL), text("YES", FULL), text("yes", 0)];
        let key = AnswerKey::ShortText { accepted: BTreeMap::from([(Locale::Ru, same)]) };
        assert_eq!(of(&key, Answer::Text("yes".into())), (Verdict::Right, FULL, vec![2]));
    }

    #[test]
    fn ordering_counts_right_neighbours() {
        let key = AnswerKey::Ordering { items: 4 };
        assert_eq!(score(&key, Answer::Order(vec![0, 1, 2, 3])), FULL);
        assert_eq!(score(&key, Answer::Order(vec![3, 0, 1, 2])), 666_666);
        assert_eq!(score(&key, Answer::Order(vec![3, 2, 1, 0])), 0);
        assert_eq!(score(&key, Answer::Order(vec![0, 1, 2, 2])), 0);
        assert_eq!(score(&key, Answer::Order(vec![0, 1, 2])), 0);
        assert_eq!(score(&key, Answer::Order(vec![0, 1, 2, 9])), 0);
    }

    #[test]
    fn matching_counts_right_entries() {
        let key = AnswerKey::Matching { right: vec![2, 0, 1], choices: 4 };
        assert_eq!(score(&key, Answer::Match(vec![Some(2), Some(0), Some(1)])), FULL);
        assert_eq!(score(&key, Answer::Match(vec![Some(2), None, Some(3)])), 333_333);
        assert_eq!(score(&key, Answer::Match(vec![Some(2)])), 333_333);
        assert_eq!(score(&key, Answer::Match(vec![Some(2), Some(0), Some(4)])), 0);
        assert_eq!(score(&key, Answer::Match(vec![Some(2), Some(0), Some(1), None])), 0);
    }

    #[test]
    fn a_scenario_counts_when_it_is_played_to_its_end() {
        let option = |score, next| ScenarioOption { score, next };
        let steps = vec![
            ScenarioStep { options: vec![option(FULL, Some(1)), option(0, None)] },
            ScenarioStep { options: vec![option(HALF, None), option(FULL, None)] },
        ];
        let key = AnswerKey::Scenario { steps };
        let full = grade(&key, Locale::En, &Answer::Path(vec![0, 1]));
        let of_step = |step, option| FeedbackRef { step, option, locale: None };
        assert_eq!((full.score, full.feedback), (FULL, vec![of_step(0, 0), of_step(1, 1)]));
        assert_eq!(of(&key, Answer::Path(vec![0, 0])), (Verdict::Partly, 750_000, vec![0, 0]));
        assert_eq!(of(&key, Answer::Path(vec![1])), (Verdict::Wrong, 0, vec![1]));
        assert_eq!(of(&key, Answer::Path(vec![0])), (Verdict::Wrong, 0, vec![0]));
        assert_eq!(of(&key, Answer::Path(vec![])), (Verdict::Wrong, 0, vec![]));
        assert_eq!(of(&key, Answer::Path(vec![1, 0])), (Verdict::Wrong, 0, vec![]));
        assert_eq!(solution(&key, Locale::En), Answer::Path(vec![0, 1]));
    }

    fn any_share() -> impl Strategy<Value = Share> {
        prop_oneof![Just(FULL), Just(0), -FULL..=FULL, any::<Share>()]
    }

    /// Keys as they may come, also such as nobody would publish.
    fn any_key() -> impl Strategy<Value = AnswerKey> {
        use prop::collection::{btree_map, vec};
        let weights = || vec(any_share(), 0..5);
        let range =
            (any::<i64>(), any::<i64>(), any_share()).prop_map(|(min, max, score)| NumberRange { min, max, score });
        let text = ("[a-zқ!]{0,3}", any_share()).prop_map(|(text, score)| AcceptedText { text, score });
        let locale = prop::sample::select(Locale::ALL.to_vec());
        let option = (any_share(), prop::option::of(0_u8..6)).prop_map(|(score, next)| ScenarioOption { score, next });
        let step = vec(option, 0..4).prop_map(|options| ScenarioStep { options });
        prop_oneof![
            weights().prop_map(|weights| AnswerKey::Single { weights }),
            weights().prop_map(|weights| AnswerKey::Multiple { weights }),
            any::<bool>().prop_map(|answer| AnswerKey::TrueFalse { answer }),
            vec(range, 0..4).prop_map(|accepted| AnswerKey::Numeric { accepted }),
            btree_map(locale, vec(text, 0..3), 0..4).prop_map(|accepted| AnswerKey::ShortText { accepted }),
            (0_u8..=255).prop_map(|items| AnswerKey::Ordering { items }),
            (vec(0_u8..6, 0..5), 0_u8..7).prop_map(|(right, choices)| AnswerKey::Matching { right, choices }),
            vec(step, 0..6).prop_map(|steps| AnswerKey::Scenario { steps }),
        ]
    }

    fn any_answer() -> impl Strategy<Value = Answer> {
        use prop::collection::vec;
        let small = || prop_oneof![0_u8..5, any::<u8>()];
        prop_oneof![
            small().prop_map(Answer::Single),
            vec(small(), 0..6).prop_map(Answer::Multiple),
            any::<bool>().prop_map(Answer::TrueFalse),
            "[-0-9., ]{0,8}".prop_map(Answer::Number),
            any::<String>().prop_map(Answer::Text),
            vec(small(), 0..300).prop_map(Answer::Order),
            vec(prop::option::of(small()), 0..6).prop_map(Answer::Match),
            vec(small(), 0..8).prop_map(Answer::Path),
            Just(Answer::Skipped),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_answer_gets_a_verdict(key in any_key(), answer in any_answer()) {
            let graded = grade(&key, Locale::Kk, &answer);
            prop_assert!((0..=FULL).contains(&graded.score));
            prop_assert_eq!(graded.verdict == Verdict::Right, graded.score == FULL);
            prop_assert_eq!(graded.verdict == Verdict::Wrong, graded.score == 0);
            prop_assert!(fits(&key, &answer) || graded == super::graded(0, vec![]));
            let kind_of_feedback = matches!(key, AnswerKey::ShortText { .. });
            prop_assert!(graded.feedback.iter().all(|f| f.locale.is_some() == kind_of_feedback));
        }

        #[test]
        fn no_answer_beats_the_solution(key in any_key(), answer in any_answer()) {
            let best = grade(&key, Locale::En, &solution(&key, Locale::En)).score;
            // A text may be worth more in another language, or be no text when it is folded.
            let typed = matches!(key, AnswerKey::ShortText { .. });
            prop_assert!(typed || grade(&key, Locale::En, &answer).score <= best);
        }
    }
}
