//! Events: what a person did. What follows from it is the fold's business.

use serde::{Deserialize, Serialize};

use crate::company::Locale;
use crate::fold::nudges::Became;
use crate::ids::{CardId, DecisionId, EventId, LessonId, QuestionId, ReleaseId, TaskId};
use crate::journey::Pause;
use crate::learning::Answer;
use crate::rules::emitted::Decision;
use crate::time::Moment;

/// One event of a journal, with its corrected time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub moment: Moment,
    /// The content that the person saw.
    pub release: ReleaseId,
    pub kind: EventKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A lesson was read to its end.
    LessonRead { lesson: LessonId },
    /// A quiz was answered: every drawn question once.
    QuizAnswered { lesson: LessonId, locale: Locale, answers: Vec<QuizAnswer> },
    /// One review was answered; `ease` counts only where the answer was right.
    ReviewAnswered { card: CardId, locale: Locale, answer: Answer, ease: Ease },
    /// A task of the plan was ticked off, or one item of its list; with `undone` the tick was taken back.
    TaskTicked { task: TaskId, item: Option<u8>, undone: bool },
    /// The plan pauses, or such a pause is changed: its higher version stands. `pause` names it.
    JourneyPaused { pause: EventId, change: Pause },
    /// A nudge was decided on this phone, or something became of one: when that was, where it is noted later.
    NudgeNoted { nudge: DecisionId, decision: Decision, became: Became, when: Option<Moment> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuizAnswer {
    pub question: QuestionId,
    pub answer: Answer,
}

/// How easy a right answer was, as the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ease {
    Hard,
    #[default]
    Good,
    Easy,
}
