//! Courses, lessons and questions: their structure, grading, drawing from pools, and gates.

pub mod draw;
pub mod gates;
pub mod grading;
mod scenario;
pub mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::company::Locale;
use crate::ids::{CourseId, LessonId, QuestionId};
use crate::time::Millis;

pub use grading::{Answer, Graded, Verdict};

/// A share of the whole in millionths: 0 to [`FULL`]; weights of wrong answers may be negative, to -[`FULL`].
pub type Share = i32;

/// The whole.
pub const FULL: Share = 1_000_000;

/// A decimal number in millionths, so that grading needs no floating point.
pub type Decimal = i64;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    pub id: CourseId,
    /// In the order in which they are shown.
    pub lessons: Vec<Lesson>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    pub id: LessonId,
    /// Minutes that it takes.
    pub minutes: u32,
    /// Points for completing it.
    pub points: u32,
    /// Mastery threshold: the share of the quiz from which it is passed.
    pub pass: Share,
    /// How many questions of the pool one quiz has.
    pub draw: u32,
    /// Milliseconds after a failed quiz before the next one is offered.
    pub wait: Millis,
    /// What must be completed before.
    pub after: Vec<LessonId>,
    /// The pool. A lesson without questions is passed by reading it to its end.
    pub questions: Vec<Question>,
    /// Names of the media that its cards show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<String>,
}

impl Lesson {
    /// How many questions one quiz has, at most the pool's size.
    pub fn quiz_size(&self) -> usize {
        self.questions.len().min(self.draw as usize)
    }

    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == *id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    pub key: AnswerKey,
}

/// What is right. Options are known by their place in the authored order, which is the same in all locales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnswerKey {
    /// One option is chosen; its weight is the score.
    Single {
        weights: Vec<Share>,
    },
    /// Any number of options; the sum of their weights is the score.
    Multiple {
        weights: Vec<Share>,
    },
    TrueFalse {
        answer: bool,
    },
    Numeric {
        accepted: Vec<NumberRange>,
    },
    /// Per locale, since languages have different synonyms.
    ShortText {
        accepted: BTreeMap<Locale, Vec<AcceptedText>>,
    },
    /// The right order is 0, 1, 2, …
    Ordering {
        items: u8,
    },
    /// For each entry on the left the right choice; there are `choices`, some perhaps of no entry.
    Matching {
        right: Vec<u8>,
        choices: u8,
    },
    /// Begins at step 0; an option leads to a later step or to the end.
    Scenario {
        steps: Vec<ScenarioStep>,
    },
}

/// From `min` to `max`, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    pub min: Decimal,
    pub max: Decimal,
    pub score: Share,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedText {
    pub text: String,
    pub score: Share,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioStep {
    pub options: Vec<ScenarioOption>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioOption {
    pub score: Share,
    /// The step that follows; it is later than this one, or the story ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u8>,
}
