//! Asks a person at the terminal: lines, choices, and the eight kinds of question.

use fluent::FluentValue;
use qadam_engine::EngineError;
use qadam_engine::learning::{AnswerInput, OptionView, QuestionKind, QuestionView, StepView};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::show::{plain, say, say_wrapped};
use crate::texts::Texts;

/// The answer that leads back.
const BACK: &str = ".";

/// Why something was not asked to its end.
pub enum Leave {
    /// To the menu before.
    Back,
    /// There is no more input.
    End,
    Failed(EngineError),
}

impl From<EngineError> for Leave {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

pub type Asked<T = ()> = Result<T, Leave>;

/// A terminal, and the language that it speaks.
pub struct Person {
    pub texts: Texts,
    lines: UnboundedReceiver<String>,
}

impl Person {
    pub fn new(texts: Texts) -> Self {
        let (sender, lines) = unbounded_channel();
        // Standard input can't be waited for otherwise without keeping the program from ending.
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                if !line.is_ok_and(|line| sender.send(line).is_ok()) {
                    return;
                }
            }
        });
        Self { texts, lines }
    }

    pub fn tell(&self, name: &str) {
        say_wrapped(0, &self.texts.get(name));
    }

    pub fn tell_with(&self, name: &str, values: &[(&str, FluentValue<'_>)]) {
        say_wrapped(0, &self.texts.with(name, values));
    }

    /// One line, without what surrounds it. May be empty.
    pub async fn ask(&mut self, name: &str) -> Asked<String> {
        print_prompt(&self.texts.get(name));
        let line = tokio::select! {
            line = self.lines.recv() => line,
            _ = tokio::signal::ctrl_c() => None,
        };
        match line {
            None => {
                say("");
                Err(Leave::End)
            }
            Some(line) if line.trim() == BACK => Err(Leave::Back),
            Some(line) => Ok(line.trim().into()),
        }
    }

    /// A number from 1 to `most`, less one; `None` for an empty line.
    pub async fn choose(&mut self, name: &str, most: usize) -> Asked<Option<usize>> {
        loop {
            let line = self.ask(name).await?;
            if line.is_empty() {
                return Ok(None);
            }
            match places(&line, most).as_deref() {
                Some([place]) => return Ok(Some(*place)),
                _ => self.tell_with("choose-again", &[("most", most.into())]),
            }
        }
    }

    /// Several of them, at least one; `None` for an empty line.
    async fn choose_some(&mut self, name: &str, most: usize) -> Asked<Option<Vec<usize>>> {
        loop {
            let line = self.ask(name).await?;
            if line.is_empty() {
                return Ok(None);
            }
            match places(&line, most) {
                Some(places) => return Ok(Some(places)),
                None => self.tell_with("choose-again", &[("most", most.into())]),
            }
        }
    }

    /// Shows a question and takes the answer; an empty line leaves it open.
    pub async fn question(&mut self, question: &QuestionView) -> Asked<AnswerInput> {
        say("");
        say_wrapped(0, &plain(&question.prompt));
        Ok(self.answer(&question.kind).await?.unwrap_or(AnswerInput::Skipped))
    }

    async fn answer(&mut self, kind: &QuestionKind) -> Asked<Option<AnswerInput>> {
        let given = |line: String| Some(line).filter(|line| !line.is_empty());
        Ok(match kind {
            QuestionKind::Single { options } => {
                list(options);
                let place = self.choose("answer-single", options.len()).await?;
                place.map(|place| AnswerInput::Single { option: options[place].index })
            }
            QuestionKind::Multiple { options } => {
                list(options);
                let places = self.choose_some("answer-multiple", options.len()).await?;
                places.map(|places| AnswerInput::Multiple { options: indices(options, &places) })
            }
            QuestionKind::TrueFalse => {
                say(&format!("  1  {}\n  2  {}", self.texts.get("true"), self.texts.get("false")));
                let place = self.choose("answer-single", 2).await?;
                place.map(|place| AnswerInput::TrueFalse { answer: place == 0 })
            }
            QuestionKind::Numeric => given(self.ask("answer-number").await?).map(|text| AnswerInput::Number { text }),
            QuestionKind::ShortText => given(self.ask("answer-text").await?).map(|text| AnswerInput::Text { text }),
            QuestionKind::Ordering { items } => {
                list(items);
                let places = self.choose_some("answer-order", items.len()).await?;
                places.map(|places| AnswerInput::Order { items: indices(items, &places) })
            }
            QuestionKind::Matching { left, right } => {
                list(right);
                let mut choices = Vec::with_capacity(left.len());
                for entry in left {
                    say_wrapped(0, entry);
                    let place = self.choose("answer-match", right.len()).await?;
                    choices.push(place.map(|place| right[place].index));
                }
                choices.iter().any(Option::is_some).then_some(AnswerInput::Match { choices })
            }
            QuestionKind::Scenario { steps } => self.story(steps).await?,
        })
    }

    async fn story(&mut self, steps: &[StepView]) -> Asked<Option<AnswerInput>> {
        let mut options = Vec::new();
        let mut next = steps.first();
        while let Some(step) = next {
            say_wrapped(0, &plain(&step.prompt));
            for (place, option) in step.options.iter().enumerate() {
                say_wrapped(2, &format!("{}  {}", place + 1, option.text));
            }
            let Some(place) = self.choose("answer-single", step.options.len()).await? else { return Ok(None) };
            options.push(step.options[place].index);
            next = step.options[place].next.and_then(|next| steps.get(next as usize));
        }
        Ok(Some(AnswerInput::Path { options }))
    }

    /// A right answer, in the words of the question.
    pub fn words(&self, kind: &QuestionKind, answer: &AnswerInput) -> String {
        let text = |options: &[OptionView], index: u32| {
            options.iter().find(|option| option.index == index).map(|option| option.text.clone()).unwrap_or_default()
        };
        let texts = |options: &[OptionView], indices: &[u32]| -> Vec<String> {
            indices.iter().map(|index| text(options, *index)).collect()
        };
        match (kind, answer) {
            (QuestionKind::Single { options }, AnswerInput::Single { option }) => text(options, *option),
            (QuestionKind::Multiple { options }, AnswerInput::Multiple { options: chosen }) => {
                texts(options, chosen).join("; ")
            }
            (QuestionKind::TrueFalse, AnswerInput::TrueFalse { answer }) => {
                self.texts.get(if *answer { "true" } else { "false" })
            }
            (_, AnswerInput::Number { text } | AnswerInput::Text { text }) => text.clone(),
            (QuestionKind::Ordering { items }, AnswerInput::Order { items: order }) => texts(items, order).join(" > "),
            (QuestionKind::Matching { left, right }, AnswerInput::Match { choices }) => {
                let pairs = left
                    .iter()
                    .zip(choices)
                    .filter_map(|(left, choice)| Some(format!("{left} = {}", text(right, (*choice)?))));
                pairs.collect::<Vec<_>>().join("; ")
            }
            (QuestionKind::Scenario { steps }, AnswerInput::Path { options }) => {
                let mut words = Vec::new();
                let mut next = steps.first();
                for index in options {
                    let Some(option) = next.and_then(|step| step.options.iter().find(|o| o.index == *index)) else {
                        break;
                    };
                    words.push(option.text.clone());
                    next = option.next.and_then(|next| steps.get(next as usize));
                }
                words.join(" > ")
            }
            _ => String::new(),
        }
    }
}

fn print_prompt(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _: std::io::Result<()> = write!(out, "{text} > ").and_then(|()| out.flush());
}

fn list(options: &[OptionView]) {
    for (place, option) in options.iter().enumerate() {
        say_wrapped(2, &format!("{}  {}", place + 1, option.text));
    }
}

fn indices(options: &[OptionView], places: &[usize]) -> Vec<u32> {
    places.iter().map(|place| options[*place].index).collect()
}

/// Numbers from 1 to `most`, each less one and none twice.
fn places(line: &str, most: usize) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    for word in line.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        let place =
            word.parse::<usize>().ok()?.checked_sub(1).filter(|place| *place < most && !places.contains(place))?;
        places.push(place);
    }
    Some(places).filter(|places| !places.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_were_offered_are_taken() {
        assert_eq!(places("2", 3), Some(vec![1]));
        assert_eq!(places("3, 1 2", 3), Some(vec![2, 0, 1]));
        for bad in ["0", "4", "1 1", "x", ",", "-1", "1.5"] {
            assert_eq!(places(bad, 3), None, "{bad}");
        }
    }
}
