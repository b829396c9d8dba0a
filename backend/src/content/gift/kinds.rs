//! What is between a question's braces, by its kind.

use std::collections::BTreeMap;

use qadam_domain::content::{OptionText, QuestionText, StepText};
use qadam_domain::ids::QuestionId;
use qadam_domain::learning::text::fold;
use qadam_domain::learning::{
    AcceptedText, AnswerKey, Decimal, FULL, NumberRange, ScenarioOption, ScenarioStep, Share,
};

use super::piece::Piece;
use super::{Broken, MAX_OPTIONS, Parts, Reader, shown};
use crate::content::fault::suggest;

/// What a sum of weights may lack to be 100 %: GIFT writes thirds as 33.33333 %.
const ROUNDING: Share = 10;

/// The fewest pairs and items whose order is worth asking for.
const FEW: usize = 3;

/// An answer behind `=` or `~`.
struct Marked<'a> {
    right: bool,
    /// Where the mark is.
    at: usize,
    weight: Option<Share>,
    text: Piece<'a>,
    feedback: Option<Piece<'a>>,
}

impl Marked<'_> {
    /// What choosing it is worth.
    fn score(&self) -> Share {
        self.weight.unwrap_or(if self.right { FULL } else { 0 })
    }
}

impl Reader<'_> {
    /// Reads what is between the braces; `close` is where they close. The prompt stays empty.
    pub(super) fn answers(&mut self, body: Piece<'_>, close: usize) -> Result<Parts, Broken> {
        let (answers, explanation) = match body.cut("####") {
            Some((answers, explanation)) => (answers, Some(explanation)),
            None => (body, None),
        };
        let answers = answers.trim();
        let Some(first) = answers.text.chars().next() else {
            let problem = "there is nothing to answer: essays are not taken";
            return self.broken(close, problem, "write answers between the braces");
        };
        let (key, mut text, lines) = match first {
            '#' => self.numeric(answers.skip(1)),
            '>' => self.ordering(answers.skip(1)),
            '?' => self.scenario(answers.skip(1)),
            '=' | '~' => self.choices(answers),
            _ => self.true_false(answers),
        }?;
        if let Some(explanation) = explanation {
            text.explanation = self.plain(explanation)?;
        }
        Ok((key, text, lines))
    }

    fn choices(&mut self, answers: Piece<'_>) -> Result<Parts, Broken> {
        let marked = self.marked(answers)?;
        if marked.iter().all(|m| m.right) {
            if marked.iter().any(|m| m.text.cut("->").is_some()) {
                return self.matching(&marked);
            }
            return self.short_text(&marked);
        }
        if marked.iter().any(|m| m.right) { self.single(&marked) } else { self.multiple(&marked) }
    }

    fn single(&mut self, marked: &[Marked<'_>]) -> Result<Parts, Broken> {
        let mut full = marked.iter().filter(|m| m.score() == FULL);
        if let Some(second) = full.nth(1) {
            let remedy = "leave one, mark others with ~, and write \\= where the character itself is meant";
            return self.broken(second.at, "there is a second answer worth 100 %", remedy);
        }
        let options = self.options(marked)?;
        let key = AnswerKey::Single { weights: marked.iter().map(Marked::score).collect() };
        Ok(self.with_options(key, options, marked))
    }

    fn multiple(&mut self, marked: &[Marked<'_>]) -> Result<Parts, Broken> {
        let weights: Vec<Share> = marked.iter().map(Marked::score).collect();
        let sum: Share = weights.iter().filter(|w| **w > 0).sum();
        if sum == 0 {
            return self.broken(marked[0].at, "no answer is right", "mark the right one with = instead of ~");
        }
        if (sum - FULL).abs() > ROUNDING {
            let problem = format!("the weights of the right answers add up to {}, not to 100 %", percent(sum));
            return self.broken(
                marked[0].at,
                problem,
                "change them, as in ~%50% and ~%50%, or ~%33.33333% three times",
            );
        }
        let options = self.options(marked)?;
        if weights.iter().all(|w| *w >= 0) {
            let remedy = "give wrong answers a negative weight, as in ~%-50%";
            self.warning(marked[0].at, "who ticks every answer gets 100 %", remedy);
        }
        Ok(self.with_options(AnswerKey::Multiple { weights }, options, marked))
    }

    fn short_text(&mut self, marked: &[Marked<'_>]) -> Result<Parts, Broken> {
        let mut accepted: Vec<AcceptedText> = Vec::new();
        let mut folded: BTreeMap<String, u32> = BTreeMap::new();
        for m in marked {
            let text = m.text.plain();
            let score = m.score();
            let same = fold(&text);
            let line = self.lines.at(m.at);
            if score <= 0 {
                self.error(
                    m.at,
                    "an accepted answer is worth nothing",
                    "give it a weight of 1 to 100, or leave it out",
                );
            }
            if m.text.text.contains('*') {
                self.error(m.at, "* for any text is not taken", "write each accepted answer out");
            }
            if same.is_empty() {
                self.error(
                    m.at,
                    format!("nobody can type \"{}\"", shown(&text)),
                    "write an answer with letters or digits",
                );
            } else if same.chars().count() >= qadam_domain::learning::text::MAX_ANSWER_CHARS {
                self.error(m.at, "the answer is too long to be typed", "write a word or a few");
            } else if let Some(first) = folded.insert(same, line) {
                let problem = format!("\"{}\" is compared as the same as the answer in line {first}", shown(&text));
                self.warning(m.at, problem, "leave it out: case, accents and punctuation don't count");
            }
            accepted.push(AcceptedText { text, score });
        }
        if accepted.iter().all(|a| a.score != FULL) {
            self.error(marked[0].at, "no answer is worth 100 %", "give the right answer no weight");
        }
        let options = self.feedback_of(marked)?;
        let key = AnswerKey::ShortText { accepted: BTreeMap::from([(self.locale, accepted)]) };
        Ok(self.with_options(key, options, marked))
    }

    fn matching(&mut self, marked: &[Marked<'_>]) -> Result<Parts, Broken> {
        let mut text = QuestionText::default();
        let mut right = Vec::new();
        let mut lines = Vec::new();
        let mut lefts = BTreeMap::new();
        for m in marked {
            if m.weight.is_some() {
                self.error(m.at, "a pair has no weight", "take it away: all pairs count the same");
            }
            if let Some(feedback) = m.feedback {
                self.error(feedback.at, "a pair has no feedback of its own", "put it behind ####, or write \\#");
            }
            let Some((left, choice)) = m.text.cut("->") else {
                self.error(m.at, "there is no -> in this pair", "write =left -> right in each");
                continue;
            };
            let (left, choice) = (self.plain(left)?, self.plain(choice)?);
            if choice.is_empty() {
                self.error(m.at, "there is nothing behind the ->", "write what belongs to it");
                continue;
            }
            let known = text.right.iter().position(|r| *r == choice);
            let place = known.unwrap_or(text.right.len());
            if left.is_empty() && known.is_some() {
                let problem = format!("\"{}\" is there as another choice already", shown(&choice));
                self.error(m.at, problem, "leave it out, or write a wrong choice that belongs to nothing");
            }
            if known.is_none() {
                text.right.push(choice);
            }
            lines.push(self.lines.at(m.at));
            if left.is_empty() {
                continue;
            }
            if let Some(first) = lefts.insert(left.clone(), self.lines.at(m.at)) {
                let problem = format!("\"{}\" stands on the left in line {first} too", shown(&left));
                self.error(m.at, problem, "leave one of the pairs out");
            }
            text.left.push(left);
            right.push(u8::try_from(place).unwrap_or(u8::MAX));
        }
        let at = marked[0].at;
        if text.left.len() < FEW || text.left.len() > MAX_OPTIONS || text.right.len() > MAX_OPTIONS {
            let problem = format!("there are {} pairs and {} choices", text.left.len(), text.right.len());
            return self.broken(at, problem, format!("write {FEW} to {MAX_OPTIONS} pairs"));
        }
        if text.right.len() < 2 {
            return self.broken(at, "there is only one choice on the right", "write different ones");
        }
        let key = AnswerKey::Matching { right, choices: text.right.len() as u8 };
        Ok((key, text, lines))
    }

    fn true_false(&mut self, answers: Piece<'_>) -> Result<Parts, Broken> {
        let mut parts = answers.places("#").collect::<Vec<_>>();
        parts.push(answers.text.len());
        let word = answers.split(parts[0]).0.trim();
        let answer = match word.text.to_ascii_uppercase().as_str() {
            "T" | "TRUE" => true,
            "F" | "FALSE" => false,
            _ => {
                let problem = format!("\"{}\" begins no kind of answer that is known here", shown(&word.plain()));
                let remedy =
                    "begin with = or ~ for options, # for numbers, T or F, > for an ordering, ? for a scenario";
                return self.broken(word.at, problem, remedy);
            }
        };
        if parts.len() > 3 {
            let remedy = "write {T#if answered wrong#if answered right}, and what goes for both behind ####";
            return self.broken(answers.at + parts[2], "there is a third feedback", remedy);
        }
        let mut feedback = parts.windows(2).map(|ends| answers.split(ends[1]).0.skip(ends[0] + 1));
        let mut next = || feedback.next().map_or(Ok(String::new()), |piece| self.plain(piece));
        let (if_wrong, if_right) = (next()?, next()?);
        let (for_true, for_false) = if answer { (if_right, if_wrong) } else { (if_wrong, if_right) };
        let options = [for_true, for_false].map(|feedback| OptionText { text: String::new(), feedback });
        let text = QuestionText { options: options.into(), ..QuestionText::default() };
        Ok((AnswerKey::TrueFalse { answer }, text, vec![self.lines.at(answers.at)]))
    }

    fn numeric(&mut self, answers: Piece<'_>) -> Result<Parts, Broken> {
        let answers = answers.trim();
        let marked = if answers.text.starts_with(['=', '~']) {
            self.marked(answers)?
        } else {
            let (text, feedback) = match answers.cut("#") {
                Some((text, feedback)) => (text, Some(feedback)),
                None => (answers, None),
            };
            vec![Marked { right: true, at: answers.at, weight: None, text: text.trim(), feedback }]
        };
        let mut accepted = Vec::new();
        for m in &marked {
            if !m.right {
                let problem = "feedback for all other numbers is not taken";
                self.error(m.at, problem, "put it behind ####, and mark accepted numbers with =");
                continue;
            }
            let score = m.score();
            if score <= 0 {
                self.error(
                    m.at,
                    "an accepted number is worth nothing",
                    "give it a weight of 1 to 100, or leave it out",
                );
            }
            match range(&m.text.plain()) {
                Ok((min, max)) => accepted.push(NumberRange { min, max, score }),
                Err(problem) => {
                    let remedy = "write 42, 42:2 (with tolerance), 40..44 or 0.5, at most six decimals";
                    self.error(m.text.at, problem, remedy);
                }
            }
        }
        if !accepted.is_empty() && accepted.iter().all(|range| range.score != FULL) {
            self.error(marked[0].at, "no number is worth 100 %", "give the right number no weight");
        }
        let options = self.feedback_of(&marked)?;
        Ok(self.with_options(AnswerKey::Numeric { accepted }, options, &marked))
    }

    fn ordering(&mut self, answers: Piece<'_>) -> Result<Parts, Broken> {
        let items: Vec<Piece<'_>> = answers.lines().map(Piece::trim).filter(|item| !item.is_empty()).collect();
        if items.len() < FEW || items.len() > MAX_OPTIONS {
            let remedy = format!("write {FEW} to {MAX_OPTIONS}, each on a line of its own, in the right order");
            return self.broken(answers.at, format!("there are {} items to be ordered", items.len()), remedy);
        }
        let mut options = Vec::new();
        let mut seen = BTreeMap::new();
        for item in &items {
            if item.text.starts_with(['=', '~']) {
                self.error(item.at, "an item of an ordering has no mark", "take the mark away");
            }
            if let Some(at) = item.places("#").next() {
                self.error(item.at + at, "an item has no feedback of its own", "put it behind ####, or write \\#");
            }
            let text = self.plain(*item)?;
            self.twice(&mut seen, &text, item.at);
            options.push(OptionText { text, feedback: String::new() });
        }
        let key = AnswerKey::Ordering { items: items.len() as u8 };
        let text = QuestionText { options, ..QuestionText::default() };
        Ok((key, text, items.iter().map(|item| self.lines.at(item.at)).collect()))
    }

    fn scenario(&mut self, answers: Piece<'_>) -> Result<Parts, Broken> {
        let steps = self.steps(answers)?;
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        let mut key = Vec::new();
        let mut text = QuestionText::default();
        let mut lines = Vec::new();
        let mut reached = vec![false; steps.len()];
        reached[0] = true;
        for (number, step) in steps.iter().enumerate() {
            let first = step.body.specials(|b| b == b'=' || b == b'~').next();
            let Some(first) = first else {
                let problem = format!("the step [{}] has no options", step.name);
                self.error(step.at, problem, "write at least two, beginning with = or ~");
                continue;
            };
            let (prompt, answers) = step.body.split(first);
            let prompt = self.prompt(prompt)?;
            let mut marked = self.marked(answers)?;
            let mut nexts = Vec::new();
            for m in &mut marked {
                let Some((words, target)) = m.text.cut_last("->") else {
                    nexts.push(None);
                    continue;
                };
                m.text = words.trim();
                let target = target.trim();
                let next = names.iter().position(|name| *name == target.text);
                match next {
                    Some(next) if next > number => reached[next] = true,
                    Some(_) => {
                        let problem = format!("-> {} leads back", target.text);
                        self.error(target.at, problem, "lead to a step further down, so that each story ends");
                    }
                    None => {
                        let problem = format!("there is no step [{}] in this question", shown(target.text));
                        let all = format!("the steps are {}", names.join(", "));
                        self.error(target.at, problem, suggest(target.text, names.iter().copied(), &all));
                    }
                }
                nexts.push(next.and_then(|next| u8::try_from(next).ok()));
            }
            let options = self.options(&marked)?;
            lines.extend(marked.iter().map(|m| self.lines.at(m.at)));
            let scores = marked.iter().map(Marked::score).zip(nexts);
            key.push(ScenarioStep { options: scores.map(|(score, next)| ScenarioOption { score, next }).collect() });
            text.steps.push(StepText { prompt, options });
        }
        for (step, _) in steps.iter().zip(&reached).filter(|(_, reached)| !**reached) {
            let problem = format!("no option leads to the step [{}]", step.name);
            self.error(step.at, problem, format!("write -> {} behind an option further up, or delete it", step.name));
        }
        if key.len() == steps.len() && !has_right_path(&key) {
            let remedy = "give each step of the best way an option with =";
            self.error(answers.at, "no way through the story is right at each step", remedy);
        }
        Ok((AnswerKey::Scenario { steps: key }, text, lines))
    }

    /// Parts a scenario at its `[names]`.
    fn steps<'a>(&mut self, answers: Piece<'a>) -> Result<Vec<Step<'a>>, Broken> {
        let mut steps: Vec<Step<'a>> = Vec::new();
        let whole = answers;
        let end = |start: usize, end: usize| whole.split(end - whole.at).0.skip(start - whole.at);
        for line in answers.lines().map(Piece::trim) {
            let named = line.after("[").and_then(|rest| rest.cut("]")).filter(|(name, rest)| {
                let name = name.text;
                // `[a link](…)` and [a remark] are text.
                !name.is_empty() && !name.contains(char::is_whitespace) && !rest.text.starts_with('(')
            });
            let Some((name, body)) = named.filter(|(name, _)| !is_format(name.text)) else {
                if steps.is_empty() && !line.is_empty() {
                    let remedy = "begin the first step with its name, as in [start]";
                    return self.broken(line.at, "there is text before the first step", remedy);
                }
                continue;
            };
            if let Err(error) = QuestionId::new(name.text) {
                let problem = format!("[{}] is not the name of a step", shown(name.text));
                self.error(line.at, problem, format!("{error}, as in [start]"));
            } else if let Some(first) = steps.iter().find(|step| step.name == name.text) {
                let problem = format!("there is another step [{}] in line {}", name.text, self.lines.at(first.at));
                self.error(line.at, problem, "give each step its own name");
            }
            if let Some(last) = steps.last_mut() {
                last.body = end(last.body.at, line.at);
            }
            steps.push(Step { name: name.text, at: line.at, body: end(body.at, whole.at + whole.text.len()) });
            if steps.len() > MAX_OPTIONS {
                return self.broken(
                    line.at,
                    "the story is too long",
                    format!("tell it in at most {MAX_OPTIONS} steps"),
                );
            }
        }
        if steps.is_empty() {
            return self.broken(answers.at, "the scenario has no steps", "write [start], its text, and options");
        }
        Ok(steps)
    }

    /// Parts answers at their marks.
    fn marked<'a>(&mut self, answers: Piece<'a>) -> Result<Vec<Marked<'a>>, Broken> {
        let mut places: Vec<usize> = answers.specials(|b| b == b'=' || b == b'~').collect();
        if places.len() > MAX_OPTIONS {
            let problem = format!("there are {} answers", places.len());
            return self.broken(answers.at, problem, format!("write at most {MAX_OPTIONS}"));
        }
        places.push(answers.text.len());
        let mut marked = Vec::new();
        let mut told = false;
        for ends in places.windows(2) {
            let (mark, answer) = answers.split(ends[1]).0.skip(ends[0]).split(1);
            match self.answer(mark.text == "=", mark.at, answer) {
                Ok(answer) => marked.push(answer),
                Err(_) => told = true,
            }
        }
        if told { Err(Broken::Told) } else { Ok(marked) }
    }

    fn answer<'a>(&mut self, right: bool, at: usize, answer: Piece<'a>) -> Result<Marked<'a>, Broken> {
        let answer = answer.trim();
        let (weight, rest) = self.weight(answer)?;
        let (text, feedback) = match rest.cut("#") {
            Some((text, feedback)) => (text, Some(feedback)),
            None => (rest, None),
        };
        let text = text.trim();
        if text.is_empty() {
            let remedy = "write one, or \\= and \\~ where the characters themselves are meant";
            return self.broken(at, "the answer has no text", remedy);
        }
        Ok(Marked { right, at, weight, text, feedback })
    }

    /// `%50%`, and what follows it.
    fn weight<'a>(&mut self, answer: Piece<'a>) -> Result<(Option<Share>, Piece<'a>), Broken> {
        let Some(rest) = answer.after("%") else {
            return Ok((None, answer));
        };
        let remedy = "write a number from -100 to 100 between two percent signs, as in %50% or %33.33333%";
        let Some((number, rest)) = rest.cut("%").filter(|(number, _)| number.text.len() <= 16) else {
            return self.broken(answer.at, "the weight has no end", remedy);
        };
        // In percent, so a millionth of the whole is its fourth decimal; the others are rounded.
        match decimal(number.text.trim(), 8) {
            Some(hundred_millionths) if hundred_millionths.abs() <= 100 * 100_000_000 => {
                let half = hundred_millionths.signum() * 5_000;
                Ok((Some(((hundred_millionths + half) / 10_000) as Share), rest))
            }
            _ => self.broken(answer.at, format!("%{}% is not a weight", shown(number.text)), remedy),
        }
    }

    /// The options of a choice.
    fn options(&mut self, marked: &[Marked<'_>]) -> Result<Vec<OptionText>, Broken> {
        if marked.len() < 2 {
            return self.broken(marked[0].at, "there is only one option", format!("write 2 to {MAX_OPTIONS}"));
        }
        let mut seen = BTreeMap::new();
        let mut options = Vec::new();
        for m in marked {
            if m.right && m.score() != FULL {
                self.error(m.at, "an option marked with = is worth 100 %", "write ~ before the weight instead");
            }
            let text = self.plain(m.text)?;
            self.twice(&mut seen, &text, m.at);
            let feedback = m.feedback.map_or(Ok(String::new()), |piece| self.plain(piece))?;
            options.push(OptionText { text, feedback });
        }
        Ok(options)
    }

    /// Accepted answers, as they are written, with their feedback.
    fn feedback_of(&mut self, marked: &[Marked<'_>]) -> Result<Vec<OptionText>, Broken> {
        let one = |m: &Marked<'_>| {
            let feedback = m.feedback.map_or(Ok(String::new()), |piece| self.plain(piece))?;
            Ok(OptionText { text: self.plain(m.text)?, feedback })
        };
        marked.iter().map(one).collect()
    }

    fn with_options(&self, key: AnswerKey, options: Vec<OptionText>, marked: &[Marked<'_>]) -> Parts {
        let lines = marked.iter().map(|m| self.lines.at(m.at)).collect();
        (key, QuestionText { options, ..QuestionText::default() }, lines)
    }

    fn twice(&mut self, seen: &mut BTreeMap<String, u32>, text: &str, at: usize) {
        if let Some(first) = seen.insert(text.to_owned(), self.lines.at(at)) {
            let problem = format!("\"{}\" is there in line {first} too", shown(text));
            self.error(at, problem, "leave one of them out, or write something else");
        }
    }
}

struct Step<'a> {
    name: &'a str,
    at: usize,
    /// Text and options.
    body: Piece<'a>,
}

fn is_format(name: &str) -> bool {
    ["html", "markdown", "plain", "moodle"].iter().any(|format| name.eq_ignore_ascii_case(format))
}

/// Whether one can go from the first step to an end by options that are all worth 100 %.
fn has_right_path(steps: &[ScenarioStep]) -> bool {
    let mut right = vec![false; steps.len()];
    for (number, step) in steps.iter().enumerate().rev() {
        let leads_on =
            |next: Option<u8>| next.is_none_or(|next| right.get(usize::from(next)).copied().unwrap_or_default());
        right[number] = step.options.iter().any(|option| option.score == FULL && leads_on(option.next));
    }
    right.first().copied().unwrap_or_default()
}

/// `42`, `42:2` or `40..44`, in millionths, from the least to the greatest number.
fn range(text: &str) -> Result<(Decimal, Decimal), String> {
    let number = |text: &str| {
        let text = text.trim();
        decimal(text, 6).ok_or_else(|| match text.contains(',') {
            true => format!("\"{}\" has a comma: decimals begin with a point here", shown(text)),
            false => format!("\"{}\" is not a number", shown(text)),
        })
    };
    let too_large = || "the number is too large".to_owned();
    if let Some((min, max)) = text.split_once("..") {
        let (min, max) = (number(min)?, number(max)?);
        if min > max {
            return Err("the range goes from the greater to the less".into());
        }
        return Ok((min, max));
    }
    let (middle, tolerance) = text.split_once(':').unwrap_or((text, "0"));
    let (middle, tolerance) = (number(middle)?, number(tolerance)?);
    if tolerance < 0 {
        return Err("the tolerance is negative".into());
    }
    let min = middle.checked_sub(tolerance).ok_or_else(too_large)?;
    let max = middle.checked_add(tolerance).ok_or_else(too_large)?;
    Ok((min, max))
}

/// A decimal number as GIFT writes it, in units of its last place. `None` where it is no number, has more places, or doesn't fit.
fn decimal(text: &str, places: usize) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + decimals.len() == 0 || decimals.len() > places || whole.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    let zeros = std::iter::repeat_n(b'0', places - decimals.len());
    for digit in whole.bytes().chain(decimals.bytes()).chain(zeros) {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    Some(sign * value)
}

/// A share as staff write it.
pub(crate) fn percent(share: Share) -> String {
    let (sign, share) = (if share < 0 { "-" } else { "" }, share.unsigned_abs());
    let text = format!("{sign}{}.{:04}", share / 10_000, share % 10_000);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
