//! Questions in GIFT, Moodle's text format for quizzes, in as far as it fits our kinds, with notations of our own for orderings and
//! scenarios. CONTENT.md describes the whole.
//!
//! The reader looks at each character a fixed number of times, takes any text, and goes on behind a fault at the next question.

mod kinds;
mod piece;

use std::collections::BTreeMap;

use qadam_domain::company::Locale;
use qadam_domain::content::QuestionText;
use qadam_domain::ids::QuestionId;
use qadam_domain::learning::AnswerKey;

use super::fault::{Faults, Lines};
use super::markdown::{self, Place};
pub(crate) use kinds::percent;
use piece::Piece;

/// The most questions that one lesson has.
pub const MAX_QUESTIONS: usize = 200;

/// How many options, items, pairs or steps a question can have at most.
pub const MAX_OPTIONS: usize = 20;

/// A question in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    /// Where it begins.
    pub line: u32,
    /// The last `$CATEGORY:` before it; a label only.
    pub category: Option<String>,
    pub key: AnswerKey,
    pub text: QuestionText,
    /// The line of each answer, in the order in which they are written.
    pub answer_lines: Vec<u32>,
}

/// The questions of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pool {
    /// Those without a fault.
    pub questions: Vec<Question>,
    /// Those that have a fault; they are there, so they are not missing.
    pub broken: Vec<QuestionId>,
    /// There is a question whose id can't be read.
    pub nameless: bool,
}

impl Pool {
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == *id)
    }

    /// How many there are, faulty ones too.
    pub fn size(&self) -> usize {
        self.questions.len() + self.broken.len() + usize::from(self.nameless)
    }
}

/// Reads a file of questions. Short-text answers are accepted in `locale`.
pub fn parse(text: &str, locale: Locale, faults: &mut Faults) -> Pool {
    let clean = without_comments(text);
    let mut reader = Reader { lines: Lines::of(text), locale, faults };
    let mut pool = Pool::default();
    let mut category = None;
    let mut ids = BTreeMap::new();
    // The line of a question that a blank line cut off in the midst of its answers.
    let mut cut_off = None;
    let mut count = 0;
    for part in parts(text, &clean) {
        let mut piece = part.piece.trim();
        if let Some(label) = piece.after("$CATEGORY:") {
            let end = label.text.find('\n').unwrap_or(label.text.len());
            let (label, rest) = label.split(end);
            category = Some(label.plain());
            piece = rest.trim();
            cut_off = None;
        }
        if piece.is_empty() {
            continue;
        }
        let titled = piece.text.starts_with("::");
        if cut_off.is_some() && !titled {
            // The rest of that question, which has its fault.
            continue;
        }
        if part.glued && titled && cut_off.is_none() {
            let remedy = "put a blank line before it";
            reader.error(piece.at, "a blank line ends a question, and there is none before this one", remedy);
        }
        cut_off = None;
        count += 1;
        if count > MAX_QUESTIONS {
            let problem = format!("a lesson has at most {MAX_QUESTIONS} questions");
            reader.error(piece.at, problem, "move the further ones to another lesson");
            break;
        }

        let line = reader.lines.at(piece.at);
        let Some((id, body)) = reader.title(piece) else {
            pool.nameless = true;
            continue;
        };
        let errors = reader.faults.errors();
        let read = reader.question(body, line);
        if matches!(read, Err(Broken::CutOff)) {
            cut_off = Some(line);
        }
        let first = *ids.entry(id.clone()).or_insert(line);
        if first != line {
            let problem = format!("there is another question \"{id}\" in line {first}");
            reader.faults.error(line, problem, "give each question of a lesson its own title");
            continue;
        }
        match read {
            Ok((key, text, answer_lines)) if reader.faults.errors() == errors => {
                pool.questions.push(Question { id, line, category: category.clone(), key, text, answer_lines });
            }
            _ => pool.broken.push(id),
        }
    }
    pool
}

/// What staff call a kind of question.
pub fn kind_name(key: &AnswerKey) -> &'static str {
    match key {
        AnswerKey::Single { .. } => "single choice",
        AnswerKey::Multiple { .. } => "multiple choice",
        AnswerKey::TrueFalse { .. } => "true or false",
        AnswerKey::Numeric { .. } => "numeric",
        AnswerKey::ShortText { .. } => "short text",
        AnswerKey::Ordering { .. } => "an ordering",
        AnswerKey::Matching { .. } => "a matching",
        AnswerKey::Scenario { .. } => "a scenario",
    }
}

/// The fault is told; nothing more can be read of this question.
enum Broken {
    /// The answers have no end.
    CutOff,
    Told,
}

/// A question's parts, as they are read.
type Parts = (AnswerKey, QuestionText, Vec<u32>);

struct Reader<'f> {
    lines: Lines,
    locale: Locale,
    faults: &'f mut Faults,
}

impl Reader<'_> {
    fn error(&mut self, at: usize, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.error(self.lines.at(at), problem, remedy);
    }

    fn warning(&mut self, at: usize, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.warning(self.lines.at(at), problem, remedy);
    }

    /// Tells what is wrong, for callers that can't go on.
    fn broken<T>(&mut self, at: usize, problem: impl Into<String>, remedy: impl Into<String>) -> Result<T, Broken> {
        self.error(at, problem, remedy);
        Err(Broken::Told)
    }

    /// `::id::`, and what follows it.
    fn title<'a>(&mut self, piece: Piece<'a>) -> Option<(QuestionId, Piece<'a>)> {
        let Some(rest) = piece.after("::") else {
            self.error(
                piece.at,
                "the question has no title",
                "begin it with its id between double colons, ::such-as-this::",
            );
            return None;
        };
        let Some((title, body)) = rest.cut("::").filter(|(title, _)| !title.text.contains('\n')) else {
            self.error(piece.at, "the title has no end", "write a second :: behind the id");
            return None;
        };
        let title = title.plain();
        match QuestionId::new(title.as_str()) {
            Ok(id) => Some((id, body)),
            Err(error) => {
                let remedy = match QuestionId::new(slug(&title)) {
                    Ok(id) => format!("{error}: ::{id}::"),
                    Err(_) => format!("{error}, as in ::open-question::"),
                };
                self.error(piece.at, format!("the title \"{}\" is not an id", shown(&title)), remedy);
                None
            }
        }
    }

    /// What follows the title.
    fn question(&mut self, body: Piece<'_>, line: u32) -> Result<Parts, Broken> {
        let brace = |b| b == b'{' || b == b'}';
        let Some(open) = body.specials(brace).next() else {
            let problem = "there are no answers in braces: descriptions are not taken";
            return self.broken(
                body.trim().at,
                problem,
                "write { answers } behind the text, or move the text to a card of the lesson",
            );
        };
        let (prompt, rest) = body.split(open);
        if rest.text.starts_with('}') {
            return self.broken(
                rest.at,
                "a } closes what no { has opened",
                "write \\} where the character itself is meant",
            );
        }
        let rest = rest.skip(1);
        let Some(close) = rest.specials(brace).next() else {
            let problem = "the answers have no end: the { isn't closed before the blank line or the next question";
            self.faults.error(line, problem, "write } behind the last answer, and leave no blank line before it");
            return Err(Broken::CutOff);
        };
        let (answers, rest) = rest.split(close);
        if rest.text.starts_with('{') {
            let problem = "there is a { within the answers";
            return self.broken(
                rest.at,
                problem,
                "write \\{ where the character itself is meant, or close the answers before it with }",
            );
        }
        let behind = rest.skip(1).trim();
        if !behind.is_empty() {
            let problem = "there is text behind the answers: the missing-word form is not taken";
            return self.broken(
                behind.at,
                problem,
                "write the whole question before the {, with … for the missing word",
            );
        }
        let prompt = self.prompt(prompt);
        let (key, mut text, lines) = self.answers(answers, rest.at)?;
        text.prompt = prompt?;
        Ok((key, text, lines))
    }

    /// The text of a question or of a scenario's step, as Markdown.
    fn prompt(&mut self, piece: Piece<'_>) -> Result<String, Broken> {
        let start = piece.at;
        let (format, piece) = self.format(piece.trim())?;
        let piece = piece.trim();
        if piece.is_empty() {
            return self.broken(start, "there is no text that asks something", "write it before the answers");
        }
        let (text, places) = piece.markdown(format == Format::Plain);
        let places: Vec<u32> = places.into_iter().map(|at| self.lines.at(at)).collect();
        let line_at = |line: u32| places.get(line as usize - 1).copied().unwrap_or_default();
        markdown::check(&text, Place::Question, line_at, self.faults);
        Ok(text)
    }

    /// `[plain]` and its like, and what follows.
    fn format<'a>(&mut self, piece: Piece<'a>) -> Result<(Format, Piece<'a>), Broken> {
        let named = piece.after("[").and_then(|rest| rest.cut("]"));
        let Some((name, rest)) = named.filter(|(name, _)| name.text.len() <= 8) else {
            return Ok((Format::Markdown, piece));
        };
        match name.text.to_ascii_lowercase().as_str() {
            "markdown" => Ok((Format::Markdown, rest)),
            "plain" | "moodle" => Ok((Format::Plain, rest)),
            "html" => self.broken(piece.at, "[html] is not taken", "write the text in Markdown, without tags"),
            _ => Ok((Format::Markdown, piece)),
        }
    }

    /// A text that is shown as it stands: an option, an item, feedback.
    fn plain(&mut self, piece: Piece<'_>) -> Result<String, Broken> {
        let piece = piece.trim();
        let (_, piece) = self.format(piece)?;
        let text = piece.plain();
        if markdown::holds_tag(&text) {
            return self.broken(piece.trim().at, "the text has an HTML tag in it", "write it without tags");
        }
        if text.contains("**") || text.contains("](") {
            let remedy = "leave the marks out; only the text of the question itself is Markdown";
            self.warning(piece.trim().at, "the marks of Markdown would show here", remedy);
        }
        Ok(text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Markdown,
    Plain,
}

/// The text with its comments blanked, each byte in its place.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("//") {
            let end = line.ends_with('\n');
            out.extend(std::iter::repeat_n(' ', line.len() - usize::from(end)));
            out.push_str(if end { "\n" } else { "" });
        } else {
            out.push_str(line);
        }
    }
    out
}

/// What may be one question.
struct Part<'a> {
    piece: Piece<'a>,
    /// No blank line parts it from the question before.
    glued: bool,
}

/// Parts the text at blank lines and before lines that begin a question. A comment is not a blank line, though it is blanked: `//` in
/// the midst of a question doesn't end it.
fn parts<'a>(text: &str, clean: &'a str) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let whole = Piece { text: clean, at: 0 };
    let mut start = 0;
    let mut glued = false;
    let mut at = 0;
    let mut end = |start: usize, end: usize, glued: bool| {
        let piece = whole.split(end).0.skip(start);
        if !piece.text.trim().is_empty() {
            parts.push(Part { piece, glued });
        }
    };
    for line in text.split_inclusive('\n') {
        let begin = line.trim_start();
        if line.trim().is_empty() {
            end(start, at, glued);
            glued = false;
            start = at + line.len();
        } else if begin.starts_with("::") || begin.starts_with("$CATEGORY:") {
            end(start, at, glued);
            glued = clean[start..at].trim_start().starts_with("::");
            start = at;
        }
        at += line.len();
    }
    end(start, at, glued);
    parts
}

/// A text of the author's in a message.
fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// What an id could look like that says the same.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.trim().chars().take(MAX_OPTIONS * 4) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests;
