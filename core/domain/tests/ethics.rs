//! The linter against sentences that people wrote: what must be refused, by norm, and what must pass, in each language.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use proptest::prelude::*;
use proptest::sample::Index;
use qadam_domain::company::Locale;
use qadam_domain::ethics::{Context, Finding, Norm, lint};

/// How many sentences of each kind there are at least in each language.
const LEAST: usize = 120;

fn lines(locale: Locale, kind: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/ethics/{locale}.{kind}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// Sentences with the norm that each breaks.
fn refused(locale: Locale) -> Vec<(Norm, String)> {
    let mut norm = None;
    let mut sentences = Vec::new();
    for line in lines(locale, "refuse") {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(id) => norm = Some(Norm::of_id(id).unwrap_or_else(|| panic!("no norm {id}"))),
            None => sentences.push((norm.expect("a norm comes first"), line)),
        }
    }
    sentences
}

fn norms(findings: &[Finding]) -> BTreeSet<Norm> {
    findings.iter().map(|finding| finding.norm).collect()
}

#[test]
fn what_breaks_a_norm_is_refused() {
    let mut missed = Vec::new();
    for locale in Locale::ALL {
        let sentences = refused(locale);
        assert!(sentences.len() >= LEAST, "{locale}: {}", sentences.len());
        for norm in Norm::ALL {
            assert!(sentences.iter().any(|(other, _)| *other == norm), "{locale}: {}", norm.id());
        }
        for (norm, sentence) in sentences {
            let found = norms(&lint(&sentence, locale, Context::Plain));
            if !found.contains(&norm) {
                let found: Vec<&str> = found.iter().map(|norm| norm.id()).collect();
                missed.push(format!("{locale} {} {found:?}: {sentence}", norm.id()));
            }
        }
    }
    assert!(missed.is_empty(), "{} pass:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_is_honest_passes() {
    let mut refused = Vec::new();
    for locale in Locale::ALL {
        let sentences = lines(locale, "pass");
        assert!(sentences.len() >= LEAST, "{locale}: {}", sentences.len());
        for sentence in sentences {
            for finding in lint(&sentence, locale, Context::Plain) {
                refused.push(format!("{locale} {} “{}”: {sentence}", finding.norm.id(), finding.words));
            }
        }
    }
    assert!(refused.is_empty(), "{} are refused:\n{}", refused.len(), refused.join("\n"));
}
