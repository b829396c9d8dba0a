//! Questions as they are shown, answers as they are given, and how they were.

use qadam_domain::company::Locale;
use qadam_domain::content::{OptionText, QuestionText};
use qadam_domain::ids::LessonId;
use qadam_domain::learning::draw::{shuffle, shuffle_items};
use qadam_domain::learning::grading::{self, FeedbackRef};
use qadam_domain::learning::{Answer, AnswerKey, Graded, Question, Verdict};

use super::{
    AnswerInput, Block, GradedView, OptionView, QuestionKind, QuestionView, StepOptionView, StepView, VerdictView,
};
use super::{markdown, percent};
use crate::core::{Content, Core};
use crate::error::{EngineError, Result};
use crate::media;

/// A question of a quiz, or of a card. `seed` decides the order of its options.
pub(crate) fn card_question(
    core: &Core,
    content: &Content,
    question: &Question,
    text: &QuestionText,
    seed: &str,
) -> QuestionView {
    let show = |markdown: &str| prompt(core, content, markdown);
    let seed = format!("{seed}/{}", question.id);
    let mixed = |len: usize| shuffle(seed.as_bytes(), u8::try_from(len).unwrap_or(u8::MAX));
    let options = |options: &[OptionText], order: Vec<u8>| -> Vec<OptionView> {
        let words = |place: u8| options.get(usize::from(place)).map_or("", |o| o.text.as_str());
        order.into_iter().map(|place| OptionView { index: place.into(), text: words(place).into() }).collect()
    };
    let kind = match &question.key {
        AnswerKey::Single { weights } => QuestionKind::Single { options: options(&text.options, mixed(weights.len())) },
        AnswerKey::Multiple { weights } => {
            QuestionKind::Multiple { options: options(&text.options, mixed(weights.len())) }
        }
        AnswerKey::TrueFalse { .. } => QuestionKind::TrueFalse,
        AnswerKey::Numeric { .. } => QuestionKind::Numeric,
        AnswerKey::ShortText { .. } => QuestionKind::ShortText,
        AnswerKey::Ordering { items } => {
            QuestionKind::Ordering { items: options(&text.options, shuffle_items(seed.as_bytes(), *items)) }
        }
        AnswerKey::Matching { choices, .. } => {
            let right: Vec<OptionText> =
                text.right.iter().map(|text| OptionText { text: text.clone(), feedback: String::new() }).collect();
            QuestionKind::Matching { left: text.left.clone(), right: options(&right, mixed(usize::from(*choices))) }
        }
        AnswerKey::Scenario { steps } => {
            let steps = steps.iter().enumerate().map(|(place, step)| {
                let words = text.steps.get(place);
                let options = step.options.iter().enumerate().map(|(index, option)| StepOptionView {
                    index: index as u32,
                    text: words.and_then(|w| w.options.get(index)).map(|o| o.text.clone()).unwrap_or_default(),
                    next: option.next.map(u32::from),
                });
                let options: Vec<_> = options.collect();
                let order =
                    shuffle(format!("{seed}/{place}").as_bytes(), u8::try_from(options.len()).unwrap_or(u8::MAX));
                StepView {
                    prompt: show(words.map_or("", |w| w.prompt.as_str())),
                    options: order.into_iter().map(|index| options[usize::from(index)].clone()).collect(),
                }
            });
            QuestionKind::Scenario { steps: steps.collect() }
        }
    };
    QuestionView { id: question.id.to_string(), prompt: show(&text.prompt), kind }
}

/// Reads what the app gave.
///
/// # Errors
/// [`EngineError::Invalid`] where it does not belong to this question.
pub(crate) fn answer(key: &AnswerKey, input: &AnswerInput) -> Result<Answer> {
    let wrong = || EngineError::Invalid { field: "answer".into() };
    let index = |option: &u32| u8::try_from(*option).map_err(|_| wrong());
    let indices = |options: &[u32]| options.iter().map(index).collect::<Result<Vec<u8>>>();
    let answer = match input {
        AnswerInput::Single { option } => Answer::Single(index(option)?),
        AnswerInput::Multiple { options } => {
            let mut distinct = indices(options)?;
            distinct.sort_unstable();
            distinct.dedup();
            Answer::Multiple(distinct)
        }
        AnswerInput::TrueFalse { answer } => Answer::TrueFalse(*answer),
        AnswerInput::Number { text } => Answer::Number(text.clone()),
        AnswerInput::Text { text } => Answer::Text(text.clone()),
        AnswerInput::Order { items } => Answer::Order(indices(items)?),
        AnswerInput::Match { choices } => {
            let choices = choices.iter().map(|choice| choice.as_ref().map(index).transpose());
            Answer::Match(choices.collect::<Result<_>>()?)
        }
        AnswerInput::Path { options } => Answer::Path(indices(options)?),
        AnswerInput::Skipped => Answer::Skipped,
    };
    if grading::fits(key, &answer) { Ok(answer) } else { Err(wrong()) }
}

/// The same, the other way round.
pub(super) fn input(answer: &Answer) -> AnswerInput {
    let wide = |indices: &[u8]| indices.iter().copied().map(u32::from).collect();
    match answer {
        Answer::Single(option) => AnswerInput::Single { option: (*option).into() },
        Answer::Multiple(options) => AnswerInput::Multiple { options: wide(options) },
        Answer::TrueFalse(answer) => AnswerInput::TrueFalse { answer: *answer },
        Answer::Number(text) => AnswerInput::Number { text: text.clone() },
        Answer::Text(text) => AnswerInput::Text { text: text.clone() },
        Answer::Order(items) => AnswerInput::Order { items: wide(items) },
        Answer::Match(choices) => AnswerInput::Match { choices: choices.iter().map(|c| c.map(u32::from)).collect() },
        Answer::Path(options) => AnswerInput::Path { options: wide(options) },
        Answer::Skipped => AnswerInput::Skipped,
    }
}

/// How an answer was, in words.
pub(crate) fn graded(
    core: &Core,
    content: &Content,
    question: &Question,
    text: &QuestionText,
    graded: &Graded,
) -> GradedView {
    let locale = content.bundle.locale;
    let words = |feedback: &FeedbackRef| -> Option<String> {
        let options = match &question.key {
            AnswerKey::Scenario { .. } => &text.steps.get(usize::from(feedback.step))?.options,
            _ => &text.options,
        };
        if feedback.locale.is_some_and(|of| of != locale) {
            return None;
        }
        Some(options.get(usize::from(feedback.option))?.feedback.clone()).filter(|words| !words.is_empty())
    };
    GradedView {
        question: question.id.to_string(),
        verdict: match graded.verdict {
            Verdict::Right => VerdictView::Right,
            Verdict::Partly => VerdictView::Partly,
            Verdict::Wrong => VerdictView::Wrong,
        },
        percent: percent(graded.score),
        feedback: graded.feedback.iter().filter_map(words).collect(),
        explanation: prompt(core, content, &text.explanation),
        solution: input(&grading::solution(&question.key, locale)),
    }
}

/// What decides the order of a question's options in one attempt.
pub(super) fn seed(device: &str, lesson: &LessonId, attempt: u32) -> String {
    format!("{device}/{lesson}/{attempt}")
}

/// The language in which an answer is given.
pub(super) fn locale(content: &Content) -> Locale {
    content.bundle.locale
}

fn prompt(core: &Core, content: &Content, markdown: &str) -> Vec<Block> {
    markdown::blocks(markdown, &mut |name, alt| media::view(name, alt, &content.manifest, &content.bundle, &core.media))
}
