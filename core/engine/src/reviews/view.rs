use crate::learning::{GradedView, ProgressView, QuestionView};

/// The evening's stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewsView {
    /// In the order in which they are asked.
    pub cards: Vec<ReviewCardView>,
    /// Reviews answered today.
    pub done_today: u32,
    /// The next date on which one comes back, where none is due: `2026-11-24`.
    pub next: Option<String>,
    /// The next local midnight. Milliseconds since 1970-01-01T00:00Z.
    pub valid_until: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewCardView {
    pub lesson: String,
    pub lesson_title: String,
    pub question: QuestionView,
}

/// How easy a right answer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EaseInput {
    Hard,
    Good,
    Easy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewResultView {
    pub graded: GradedView,
    /// The date on which it comes back: `2026-11-24`.
    pub next: String,
    pub progress: ProgressView,
}
