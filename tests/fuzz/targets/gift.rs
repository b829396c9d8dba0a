//! Files of questions: never a panic, and each question without a fault has an answer that is right.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use qadam_backend::content::fault::Faults;
use qadam_backend::content::gift;
use qadam_domain::company::Locale;
use qadam_domain::learning::FULL;
use qadam_domain::learning::grading::{grade_fitting, solution};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let mut faults = Faults::new("questions.gift");
    let pool = gift::parse(&text, Locale::En, &mut faults);
    let mut ids = BTreeSet::new();
    for question in &pool.questions {
        assert!(ids.insert(&question.id), "the id {} is there twice", question.id);
        let answer = solution(&question.key, Locale::En);
        let graded = grade_fitting(&question.key, Locale::En, &answer);
        let graded = graded.unwrap_or_else(|| panic!("{:?} does not fit {:?}", answer, question.key));
        assert_eq!(graded.score, FULL, "{answer:?} of {:?}", question.key);
    }
    assert!(pool.questions.len() <= gift::MAX_QUESTIONS);
    assert!(pool.broken.is_empty() || faults.errors() > 0);
    for fault in faults.into_vec() {
        assert!(fault.line as usize <= text.lines().count() + 1, "{fault}");
        assert!(fault.to_string().len() < 2_000, "{fault}");
    }
});
