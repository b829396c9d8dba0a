//! The texts of one release in one locale, as one document that a phone fetches by its hash.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::company::Locale;
use crate::ids::{
    BadgeId, CourseId, LessonId, LevelId, MarketId, PhaseId, QuestionId, RankId, RuleId, StopId, TaskId, TextId,
};

/// All texts of a release in one locale. Structure and answer keys are in [`crate::release::Release`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    pub locale: Locale,
    pub company: CompanyText,
    pub markets: BTreeMap<MarketId, String>,
    pub courses: BTreeMap<CourseId, CourseText>,
    pub lessons: BTreeMap<LessonId, LessonText>,
    pub levels: BTreeMap<LevelId, String>,
    pub badges: BTreeMap<BadgeId, BadgeText>,
    /// By the file's name as cards write it, without the folder.
    pub media: BTreeMap<String, MediaText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<JourneyText>,
    #[serde(default, skip_serializing_if = "RulesText::is_empty")]
    pub rules: RulesText,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyText {
    pub name: String,
    pub welcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseText {
    pub title: String,
    pub summary: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonText {
    pub title: String,
    /// Each card's Markdown.
    pub cards: Vec<String>,
    pub questions: BTreeMap<QuestionId, QuestionText>,
}

/// The words of a question; which of the lists are filled follows from its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionText {
    /// Markdown.
    pub prompt: String,
    /// The explanation that is shown after every answer; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explanation: String,
    /// Single, multiple: the options. Ordering: the items in the right order. True/false: two entries, for *true* and for *false*,
    /// whose text is empty. Numeric, short text: the accepted answers, for their feedback.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionText>,
    /// Matching: the left side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Matching: the choices for the right side, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<String>,
    /// Scenario: the steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepText>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionText {
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub feedback: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepText {
    pub prompt: String,
    pub options: Vec<OptionText>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadgeText {
    pub title: String,
    /// How to earn it.
    pub how: String,
    /// What is said when it is earned.
    pub earned: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaText {
    /// The name of the WebVTT file with captions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<String>,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// The words of what rules decide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesText {
    /// Titles of the ranks.
    #[serde(default)]
    pub ranks: BTreeMap<RankId, String>,
    /// Why a rule is there, in a sentence: the answer to *why did I get this?*
    #[serde(default)]
    pub why: BTreeMap<RuleId, String>,
    #[serde(default)]
    pub nudges: BTreeMap<TextId, NudgeText>,
    #[serde(default)]
    pub words: BTreeMap<TextId, WordText>,
    /// Rewards and terms.
    #[serde(default)]
    pub offers: BTreeMap<TextId, String>,
}

impl RulesText {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NudgeText {
    pub title: String,
    pub body: String,
}

/// A word to a sponsor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordText {
    /// What happened, with [`NEWCOMER`] in place of the name.
    pub why: String,
    /// What the sponsor could say.
    pub say: String,
}

/// The words of the plan of the first days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneyText {
    /// Titles.
    pub phases: BTreeMap<PhaseId, String>,
    /// Of retired tasks too.
    pub tasks: BTreeMap<TaskId, TaskText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<WelcomeText>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskText {
    pub title: String,
    /// What it is good for.
    pub why: String,
    /// Checklist: the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
}

/// What a newcomer reads first. Letters are plain text, with [`NEWCOMER`] and [`SPONSOR`] in place of names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WelcomeText {
    /// From the sponsor.
    pub letter: String,
    /// Where there is no sponsor, or none whose name is known.
    pub letter_alone: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tour: BTreeMap<StopId, StopText>,
}

/// Stands for the newcomer's name.
pub const NEWCOMER: &str = "{newcomer}";
/// Stands for the sponsor's name.
pub const SPONSOR: &str = "{sponsor}";

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopText {
    pub title: String,
    pub text: String,
}
