//! The same questions in every language: holds a translation's questions against those of the default locale.

use qadam_domain::learning::{AnswerKey, NumberRange, ScenarioStep};

use super::fault::{Faults, closest};
use super::gift::{Pool, Question, kind_name, percent};

/// A file of questions as it is held against another.
pub struct Original<'a> {
    pub path: &'a str,
    pub pool: &'a Pool,
}

/// Tells where a translation has other questions or other answers than the original; only words may differ.
pub fn compare(original: &Original<'_>, translation: &Pool, faults: &mut Faults) {
    let Original { path, pool } = original;
    let mut misspelt = Vec::new();
    for translated in &translation.questions {
        let known = pool.question(&translated.id).is_some() || pool.broken.contains(&translated.id);
        if !known && !pool.nameless {
            let meant = closest(translated.id.as_str(), pool.questions.iter().map(|q| q.id.as_str()));
            misspelt.extend(meant);
            let remedy = match meant {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("write it in {path} too, or delete it here"),
            };
            faults.error(translated.line, format!("{path} has no question \"{}\"", translated.id), remedy);
        }
    }
    for question in &pool.questions {
        if let Some(translated) = translation.question(&question.id) {
            compare_question(path, question, translated, faults);
        } else if !translation.broken.contains(&question.id)
            && !translation.nameless
            && !misspelt.contains(&question.id.as_str())
        {
            let problem = format!("the question \"{}\" is missing", question.id);
            let remedy = format!("translate it from {path}:{}; until then it is shown in that language", question.line);
            faults.warning(0, problem, remedy);
        }
    }
}

fn compare_question(path: &str, original: &Question, translated: &Question, faults: &mut Faults) {
    let there = |place: usize| match original.answer_lines.get(place) {
        Some(line) => format!("{path}:{line}"),
        None => format!("{path}:{}", original.line),
    };
    let Some(difference) = difference(&original.key, &translated.key) else { return };
    let (place, here, other) = match difference {
        Difference::Whole(here, other) => {
            let problem = format!("\"{}\" {here} here, and {other} in {path}:{}", translated.id, original.line);
            faults.error(translated.line, problem, REMEDY);
            return;
        }
        Difference::Answer(place, here, other) => (place, here, other),
    };
    let line = translated.answer_lines.get(place).copied().unwrap_or(translated.line);
    let problem = format!("answer {} of \"{}\" {here} here, and {other} in {}", place + 1, translated.id, there(place));
    faults.error(line, problem, REMEDY);
}

const REMEDY: &str = "every language has the same answers in the same order; only words differ";

enum Difference {
    /// What the question is or has here, and there.
    Whole(String, String),
    /// What the answer at a place is here, and there.
    Answer(usize, String, String),
}

/// The first difference between two keys.
fn difference(original: &AnswerKey, translated: &AnswerKey) -> Option<Difference> {
    use AnswerKey::{Matching, Multiple, Numeric, Ordering, Scenario, ShortText, Single, TrueFalse};
    match (original, translated) {
        (Single { weights: there }, Single { weights: here })
        | (Multiple { weights: there }, Multiple { weights: here }) => count("answers", here.len(), there.len())
            .or_else(|| first(here, there, |w| format!("is worth {}", percent(*w)))),
        (TrueFalse { answer: there }, TrueFalse { answer: here }) => {
            (here != there).then(|| Difference::Whole(format!("is {here}"), format!("is {there}")))
        }
        (Numeric { accepted: there }, Numeric { accepted: here }) => {
            let shown = |r: &NumberRange| format!("is {} to {} millionths for {}", r.min, r.max, percent(r.score));
            count("numbers", here.len(), there.len()).or_else(|| first(here, there, shown))
        }
        // Languages have different synonyms.
        (ShortText { .. }, ShortText { .. }) => None,
        (Ordering { items: there }, Ordering { items: here }) => {
            count("items", usize::from(*here), usize::from(*there))
        }
        (Matching { right: there, choices: of_there }, Matching { right: here, choices: of_here }) => {
            let shown = |choice: &u8| format!("belongs to choice {}", choice + 1);
            count("pairs", here.len(), there.len())
                .or_else(|| first(here, there, shown))
                .or_else(|| count("choices", usize::from(*of_here), usize::from(*of_there)))
        }
        (Scenario { steps: there }, Scenario { steps: here }) => {
            count("steps", here.len(), there.len()).or_else(|| of_steps(here, there))
        }
        _ => Some(Difference::Whole(format!("is {}", kind_name(translated)), format!("is {}", kind_name(original)))),
    }
}

fn of_steps(here: &[ScenarioStep], there: &[ScenarioStep]) -> Option<Difference> {
    let counts = |steps: &[ScenarioStep]| steps.iter().map(|step| step.options.len()).collect::<Vec<_>>();
    if let Some(step) = counts(here).iter().zip(counts(there)).position(|(here, there)| *here != there) {
        let text = |steps: &[ScenarioStep]| format!("has {} options in step {}", steps[step].options.len(), step + 1);
        return Some(Difference::Whole(text(here), text(there)));
    }
    let options = |steps: &[ScenarioStep]| {
        let options = steps.iter().flat_map(|step| &step.options);
        options.map(|option| (option.score, option.next)).collect::<Vec<_>>()
    };
    first(&options(here), &options(there), |(score, next)| match next {
        Some(next) => format!("is worth {} and leads to step {}", percent(*score), next + 1),
        None => format!("is worth {} and ends the story", percent(*score)),
    })
}

fn count(what: &str, here: usize, there: usize) -> Option<Difference> {
    (here != there).then(|| Difference::Whole(format!("has {here} {what}"), format!("has {there}")))
}

fn first<T: PartialEq>(here: &[T], there: &[T], shown: impl Fn(&T) -> String) -> Option<Difference> {
    let place = here.iter().zip(there).position(|(here, there)| here != there)?;
    Some(Difference::Answer(place, shown(&here[place]), shown(&there[place])))
}
