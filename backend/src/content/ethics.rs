//! Every text of the content is held against `domain::ethics`: what may not be said doesn't publish.
//!
//! Three things pass: what is shown as an example of what not to say, a wrong answer that has its own feedback, and what a person has
//! looked at and released in `waivers.toml`. A figure of earnings needs a disclosure, which a text names as `[disclosure: <id>]`; what is
//! published has the disclosure's words in that place. Whoever adds texts to the content calls [`Ethics::text`] for each, and publishes
//! what it gives back.

use std::collections::BTreeMap;
use std::ops::Range;

use qadam_domain::company::Locale;
use qadam_domain::ethics::{Context, Finding, Norm, lint};
use qadam_domain::ids::BlobHash;
use qadam_domain::learning::{AnswerKey, Share};

use super::fault::{Fault, Faults, Lines, suggest};
use super::folder::{Folder, Reading};
use super::gift::{Pool, Question};
use super::lesson::Lesson;
use super::markdown;
use super::media;
use super::table::{At, Table, parse};
use super::texts::{DISCLOSURE, Texts};

/// The file of waivers.
pub const WAIVERS: &str = "waivers.toml";

/// With these words, in bold, a quote begins that shows what not to say; readers see them.
pub fn example_label(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "Not like this:",
        Locale::Es => "Así no:",
        Locale::Kk => "Бұлай емес:",
        Locale::Ru => "Так нельзя:",
    }
}

/// The longest example of what not to say, in words: it is an example, not a text.
const EXAMPLE_WORDS: usize = 60;

/// The file in which a text stands, and its language.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub file: &'a str,
    pub locale: Locale,
}

/// Holds texts against the norms and collects what breaks them.
#[derive(Debug, Default)]
pub struct Ethics {
    found: Vec<Fault>,
    waivers: Vec<Waiver>,
    /// The waivers are faulty, so that one which seems unused may only be unread.
    torn: bool,
    /// Words of the disclosures; those of the default locale come first.
    disclosures: BTreeMap<String, BTreeMap<Locale, String>>,
    default_locale: Option<Locale>,
}

/// What a person has looked at and released.
#[derive(Debug)]
struct Waiver {
    line: u32,
    file: String,
    locale: Locale,
    released: Released,
    is_used: bool,
    /// Hashes of the texts in its file that have findings, for those who look for the right one.
    hashes: Vec<BlobHash>,
}

#[derive(Debug)]
enum Released {
    /// These words, wherever they stand in the file.
    Words(String),
    /// Everything in the text with this hash.
    Hash(String),
}

impl Ethics {
    /// Reads the waivers, if there are any.
    pub fn read(folder: &mut Folder, found: &mut Vec<Fault>) -> Self {
        let mut ethics = Self::default();
        let mut faults = Faults::new(WAIVERS);
        match folder.text(WAIVERS) {
            Reading::Text(text) => {
                let root = parse(&text, &mut faults);
                let mut keys = root.keys(WAIVERS, &mut faults);
                for table in keys.tables("waiver") {
                    ethics.waivers.extend(read_waiver(table, folder, keys.faults));
                }
                keys.finish();
            }
            Reading::Absent | Reading::Faulty => {}
        }
        ethics.torn = faults.errors() > 0;
        found.extend(faults.into_vec());
        ethics
    }

    /// Holds a plain text against the norms and gives back what is to be published. `line_at` tells the line of the file for a byte of the
    /// text.
    pub fn text(&mut self, place: Place<'_>, text: &str, context: Context, line_at: impl Fn(usize) -> u32) -> String {
        let mut faults = Faults::new(place.file);
        let (shown, named) = self.disclose(place.locale, text, &line_at, &mut faults);
        let context = if named && context == Context::Plain { Context::Disclosed } else { context };
        self.lint(place, text, context, line_at, &mut faults);
        self.found.extend(faults.into_vec());
        shown
    }

    /// As [`Self::text`], for Markdown. `is_example`: the whole of it is shown as what is wrong. `line_at` tells the line of the file for
    /// a line of the text, counted from 1.
    pub fn markdown(&mut self, place: Place<'_>, text: &str, is_example: bool, line_at: impl Fn(u32) -> u32) -> String {
        let lines = Lines::of(text);
        let line = |at: usize| line_at(lines.at(at));
        let mut faults = Faults::new(place.file);
        let (shown, named) = self.disclose(place.locale, text, line, &mut faults);
        let passages = markdown::passages(text);
        let is_label = |label: &str| label.trim() == example_label(place.locale);
        let mut example = 0;
        let mut words = 0;
        for passage in &passages {
            if passage.quote > 0 && passage.quote != example && is_label(&passage.label) {
                (example, words) = (passage.quote, 0);
            }
            let in_example = passage.quote > 0 && passage.quote == example;
            if in_example {
                let before = words;
                words += passage.text.split_whitespace().count();
                if before <= EXAMPLE_WORDS && words > EXAMPLE_WORDS {
                    let problem = format!("the example of what not to say has more than {EXAMPLE_WORDS} words");
                    faults.error(line(passage.place(0)), problem, "show the claim alone");
                }
            }
            let context = match (is_example || in_example, named) {
                (true, _) => Context::Example,
                (false, true) => Context::Disclosed,
                (false, false) => Context::Plain,
            };
            self.lint(place, &passage.text, context, |at| line(passage.place(at)), &mut faults);
        }
        self.found.extend(faults.into_vec());
        shown
    }

    /// The titles and short texts of a locale. Those of the default locale come first.
    pub fn texts(&mut self, locale: Locale, texts: &mut Texts) {
        self.default_locale.get_or_insert(locale);
        let file = format!("{locale}/texts.toml");
        let place = Place { file: &file, locale };
        for (_, id, At { line, it }) in texts.iter_mut().filter(|(section, ..)| *section == DISCLOSURE) {
            let mut faults = Faults::new(&file);
            self.lint(place, it, Context::Disclosed, |_| *line, &mut faults);
            self.found.extend(faults.into_vec());
            self.disclosures.entry(id.to_owned()).or_default().insert(locale, it.clone());
        }
        for (_, _, At { line, it }) in texts.iter_mut().filter(|(section, ..)| *section != DISCLOSURE) {
            *it = self.text(place, it, Context::Plain, |_| *line);
        }
    }

    /// The cards of a lesson.
    pub fn lesson(&mut self, file: &str, locale: Locale, lesson: &mut Lesson) {
        let place = Place { file, locale };
        lesson.title = self.text(place, &lesson.title, Context::Plain, |_| 1);
        for (card, first) in lesson.cards.iter_mut().zip(&lesson.card_lines) {
            *card = self.markdown(place, card, false, |line| first + line - 1);
        }
    }

    /// The questions of a lesson, as the file `source` holds them.
    pub fn questions(&mut self, file: &str, locale: Locale, source: &str, pool: &mut Pool) {
        let place = Place { file, locale };
        let explanations: Vec<u32> =
            (1..).zip(source.lines()).filter(|(_, text)| text.contains("####")).map(|(line, _)| line).collect();
        for question in &mut pool.questions {
            // It stands in the first such line from the question on.
            let at = explanations.partition_point(|line| *line < question.line);
            let explanation = explanations.get(at).copied().unwrap_or(question.line);
            self.question(place, question, explanation);
        }
    }

    fn question(&mut self, place: Place<'_>, question: &mut Question, explanation: u32) {
        let Question { line, key, text, answer_lines, .. } = question;
        let first = *line;
        // A statement that is false, where who takes it for true is told why.
        let is_false = matches!(key, AnswerKey::TrueFalse { answer: false })
            && text.options.first().is_some_and(|if_true| !if_true.feedback.is_empty());
        text.prompt = self.markdown(place, &text.prompt, is_false, |line| first + line - 1);
        text.explanation = self.text(place, &text.explanation, Context::Plain, |_| explanation);

        let mut answers = answer_lines.iter().copied();
        let mut next = || answers.next().unwrap_or(first);
        let weights: &[Share] = match key {
            AnswerKey::Single { weights } | AnswerKey::Multiple { weights } => weights,
            _ => &[],
        };
        for (number, option) in text.options.iter_mut().enumerate() {
            let line = next();
            let is_wrong = weights.get(number).is_some_and(|weight| *weight <= 0);
            let context = answer_context(is_wrong, &option.feedback);
            option.text = self.text(place, &option.text, context, |_| line);
            option.feedback = self.text(place, &option.feedback, Context::Plain, |_| line);
        }
        for part in text.left.iter_mut().chain(&mut text.right) {
            *part = self.text(place, part, Context::Plain, |_| first);
        }
        let AnswerKey::Scenario { steps } = key else { return };
        for (step, scores) in text.steps.iter_mut().zip(steps) {
            let line = next_line(&mut next, first, step.options.len());
            step.prompt = self.markdown(place, &step.prompt, false, |_| line[0].max(first + 1) - 1);
            for ((option, score), line) in step.options.iter_mut().zip(&scores.options).zip(line) {
                let context = answer_context(score.score <= 0, &option.feedback);
                option.text = self.text(place, &option.text, context, |_| line);
                option.feedback = self.text(place, &option.feedback, Context::Plain, |_| line);
            }
        }
    }

    /// Captions (WebVTT). They are a file that is shown as it is, so a disclosure can't stand in them.
    pub fn captions(&mut self, place: Place<'_>, vtt: &str) {
        let (text, lines) = media::words_of_captions(vtt);
        let line_at = |at: usize| {
            let part = lines.partition_point(|(start, _)| *start <= at);
            part.checked_sub(1).map_or(1, |part| lines[part].1)
        };
        let mut faults = Faults::new(place.file);
        self.lint(place, &text, Context::Plain, line_at, &mut faults);
        self.found.extend(faults.into_vec());
    }

    /// What was found. A waiver that nothing needed is a warning.
    pub fn finish(mut self) -> Vec<Fault> {
        let mut faults = Faults::new(WAIVERS);
        for waiver in self.waivers.iter().filter(|waiver| !waiver.is_used && !self.torn) {
            let problem = format!("nothing in {} needs this waiver any more", waiver.file);
            let remedy = match (&waiver.released, &waiver.hashes[..]) {
                (Released::Hash(_), [hash]) => {
                    format!("delete it; the text with a finding there has hash = \"{hash}\"")
                }
                (Released::Hash(_), [_, ..]) => {
                    let hashes: Vec<&str> = waiver.hashes.iter().map(BlobHash::as_str).collect();
                    format!("delete it; the texts with findings there have the hashes {}", hashes.join(", "))
                }
                _ => "delete it".into(),
            };
            faults.warning(waiver.line, problem, remedy);
        }
        self.found.extend(faults.into_vec());
        self.found
    }

    fn lint(
        &mut self,
        place: Place<'_>,
        text: &str,
        context: Context,
        line_at: impl Fn(usize) -> u32,
        faults: &mut Faults,
    ) {
        for finding in lint(text, place.locale, context) {
            if !self.is_waived(place, text, &finding.span) {
                tell(&finding, line_at(finding.span.start), place.locale, faults);
            }
        }
    }

    fn is_waived(&mut self, place: Place<'_>, text: &str, span: &Range<usize>) -> bool {
        let mut waived = false;
        for waiver in &mut self.waivers {
            if waiver.file != place.file || waiver.locale != place.locale {
                continue;
            }
            let fits = match &waiver.released {
                Released::Words(words) => {
                    let covers = |at: usize| at <= span.start && span.end <= at + words.len();
                    text.match_indices(words.as_str()).any(|(at, _)| covers(at))
                }
                Released::Hash(hash) => {
                    let own = BlobHash::of(text.as_bytes());
                    let fits = own.as_str() == hash;
                    if !fits && !waiver.hashes.contains(&own) {
                        waiver.hashes.push(own);
                    }
                    fits
                }
            };
            waiver.is_used |= fits;
            waived |= fits;
        }
        waived
    }

    /// The text with the words of the disclosures that it names, and whether it names any.
    fn disclose(
        &self,
        locale: Locale,
        text: &str,
        line_at: impl Fn(usize) -> u32,
        faults: &mut Faults,
    ) -> (String, bool) {
        const BEGIN: &str = "[disclosure:";
        let mut shown = String::with_capacity(text.len());
        let (mut from, mut named) = (0, false);
        while let Some(at) = text[from..].find(BEGIN).map(|at| from + at) {
            let inner = at + BEGIN.len();
            let Some(end) = text[inner..].find(']').map(|end| inner + end) else { break };
            let id = text[inner..end].trim();
            shown.push_str(&text[from..at]);
            let words = self.disclosures.get(id);
            match words.and_then(|words| words.get(&locale).or_else(|| words.get(&self.default_locale?))) {
                Some(words) => {
                    shown.push_str(words);
                    named = true;
                }
                None => {
                    let id: String = id.chars().take(48).collect();
                    let remedy = suggest(
                        &id,
                        self.disclosures.keys().map(String::as_str),
                        "add it to disclosures in company.toml",
                    );
                    faults.error(line_at(at), format!("there is no disclosure \"{id}\""), remedy);
                }
            }
            from = end + 1;
        }
        shown.push_str(&text[from..]);
        (shown, named)
    }
}

fn answer_context(is_wrong: bool, feedback: &str) -> Context {
    if is_wrong && !feedback.is_empty() { Context::Example } else { Context::Plain }
}

/// The lines of a step's options; at least one.
fn next_line(next: &mut impl FnMut() -> u32, otherwise: u32, options: usize) -> Vec<u32> {
    let lines: Vec<u32> = (0..options).map(|_| next()).collect();
    if lines.is_empty() { vec![otherwise] } else { lines }
}

fn tell(finding: &Finding, line: u32, locale: Locale, faults: &mut Faults) {
    const MOST: usize = 80;
    let mut words: String = finding.words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    if finding.words.chars().nth(MOST).is_some() {
        words.push('…');
    }
    let Finding { norm, proposal, .. } = finding;
    let problem = format!("\"{words}\" {} ({}: {})", says(*norm), norm.id(), norm.source());
    let remedy = match norm {
        Norm::EarningsFigure => {
            "name the company's disclosure behind it, as in [disclosure: typical-results], or leave the figure out"
                .into()
        }
        _ => format!(
            "write for example: {proposal} Where a lesson shows what not to say, begin a quote with **{}**",
            example_label(locale)
        ),
    };
    faults.error(line, problem, remedy);
}

/// What a claim does, for the people who write texts.
fn says(norm: Norm) -> &'static str {
    match norm {
        Norm::IncomeGuaranteed => "promises a certain income",
        Norm::EasyIncome => "promises income without work",
        Norm::FinancialFreedom => "promises freedom or luxury by income",
        Norm::GetRich => "promises riches",
        Norm::ReplaceJob => "promises that it replaces a job or a salary",
        Norm::EarningsFigure => "shows an amount as earnings, and no disclosure of what is typical",
        Norm::BuyToQualify => "suggests to buy in order to qualify, or more than is needed",
        Norm::PayForRecruiting => "rewards recruiting as such",
        Norm::PyramidPromise => "promises that a growing chain of people pays",
        Norm::HealthClaim => "claims that something heals, treats or prevents",
        Norm::FalseUrgency => "presses for time",
        Norm::PressureOnContacts => "tells to go on at people, or that they owe something",
        Norm::NoRisk => "says that there is no risk",
    }
}

fn read_waiver(table: &Table, folder: &Folder, faults: &mut Faults) -> Option<Waiver> {
    let mut keys = table.keys("this [[waiver]]", faults);
    let line = keys.line();
    keys.require("place", "\"en/lessons/<lesson>.md\"");
    let file = keys.text("place");
    keys.require("locale", "\"en\"");
    let locale = keys.text("locale");
    for key in ["reviewer", "reason"] {
        keys.require(key, "\"…\"");
        if let Some(text) = keys.text(key).filter(|text| text.it.trim().is_empty()) {
            keys.faults.error(text.line, format!("\"{key}\" is empty"), "say who looked at it, and why it may stand");
        }
    }
    keys.require("date", "2026-11-30");
    keys.date("date");
    let (words, hash) = (keys.text("words"), keys.text("hash"));
    let released = match (words, hash) {
        (Some(words), None) if !words.it.trim().is_empty() => Some(Released::Words(words.it)),
        (None, Some(hash)) => Some(Released::Hash(hash.it)),
        _ => {
            let remedy = "write the exact words in words = \"…\", or hash = \"…\" of the whole text";
            keys.faults.error(line, "the waiver has to say what it releases, once", remedy);
            None
        }
    };
    if let Some(file) = file.as_ref().filter(|file| !folder.has_file(&file.it)) {
        let problem = format!("there is no file {}", file.it.chars().take(80).collect::<String>());
        keys.faults.error(file.line, problem, "name it as check does, as in \"en/texts.toml\"");
    }
    let known = locale.as_ref().and_then(|locale| Locale::ALL.into_iter().find(|known| known.tag() == locale.it));
    if let (Some(locale), None) = (&locale, known) {
        let problem = format!("\"{}\" is not a locale", locale.it.chars().take(20).collect::<String>());
        keys.faults.error(locale.line, problem, "write en, es, kk or ru");
    }
    keys.finish();
    Some(Waiver { line, file: file?.it, locale: known?, released: released?, is_used: false, hashes: Vec::new() })
}
