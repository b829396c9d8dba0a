//! Ethics by construction, the words: which claims may not stand in a company's texts, in the four languages of the product.
//!
//! [`lint`] reads one text and tells what breaks a [`Norm`]. It knows words in their forms and in disguise (`token`), claims as sequences
//! of words with gaps, and when a sentence denies a claim instead of making it (`matcher`). What it knows stands in `lexicon/*.txt`, one
//! file for each language; every text is held against all four, since people mix them. It is a net, not a judge: what it lets through
//! may still be wrong, and what it holds back a person may release by a waiver.
//!
//! The work is linear in the length of the text: each character is folded once, a word is looked up along one path of a tree whose depth is
//! bounded, and a pattern looks at no more than [`matcher::WINDOW`] words.

mod kazakh;
mod letters;
mod lexicon;
mod matcher;
mod norm;
mod numbers;
mod piece;
mod token;

use std::ops::Range;

pub use norm::Norm;

use crate::company::Locale;

/// What kind of text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// What the company says to its people.
    Plain,
    /// It shows a disclosure of typical results with it, or is one: amounts of money may stand in it.
    Disclosed,
    /// It is shown as an example of what not to say: everything passes.
    Example,
}

/// A place that breaks a norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In bytes of the text, on borders of characters, from the first matched word to the last.
    pub span: Range<usize>,
    pub norm: Norm,
    /// As they stand in the text.
    pub words: String,
    /// A better wording, in the language of the text.
    pub proposal: &'static str,
}

impl Finding {
    /// The key of the text that tells why, for those who show it.
    pub fn reason(&self) -> &'static str {
        self.norm.reason()
    }
}

/// Finds what breaks a norm, in the order of the text; overlapping places of one norm are one. Total: any text is read to its end.
///
/// `locale` is the language that the text should be in. It decides what digits within words stand for, and the language of proposals.
pub fn lint(text: &str, locale: Locale, context: Context) -> Vec<Finding> {
    if context == Context::Example {
        return Vec::new();
    }
    let lexicon = lexicon::shared();
    let tokens = token::tokens(text, locale, lexicon);
    let mut findings: Vec<Finding> = Vec::new();
    for found in matcher::matches(&tokens, lexicon) {
        if found.norm == Norm::EarningsFigure && context == Context::Disclosed {
            continue;
        }
        let before = findings.iter_mut().rev().take(MOST_OVERLAPS).find(|before| before.norm == found.norm);
        if let Some(before) = before.filter(|before| found.span.start < before.span.end) {
            before.span.end = before.span.end.max(found.span.end);
            continue;
        }
        let proposal = lexicon.proposal(locale, found.norm);
        findings.push(Finding { span: found.span, norm: found.norm, words: String::new(), proposal });
    }
    for finding in &mut findings {
        finding.words = text[finding.span.clone()].to_owned();
    }
    findings
}

/// Findings among which one of the same norm is looked for: of each norm the last is enough.
const MOST_OVERLAPS: usize = 2 * Norm::ALL.len();
