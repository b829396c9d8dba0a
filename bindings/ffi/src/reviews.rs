use qadam_engine::learning::{AnswerInput, GradedView, ProgressView, QuestionView};
use qadam_engine::reviews::{EaseInput, ReviewCardView, ReviewResultView, ReviewsView};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// The evening's stack.
#[uniffi::remote(Record)]
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

#[uniffi::remote(Record)]
pub struct ReviewCardView {
    pub lesson: String,
    pub lesson_title: String,
    pub question: QuestionView,
}

/// How easy a right answer was.
#[uniffi::remote(Enum)]
pub enum EaseInput {
    Hard,
    Good,
    Easy,
}

#[uniffi::remote(Record)]
pub struct ReviewResultView {
    pub graded: GradedView,
    /// The date on which it comes back: `2026-11-24`.
    pub next: String,
    pub progress: ProgressView,
}

live_query! {
    /// The evening's stack, as it changes.
    LiveReviews gives ReviewsSnapshot of ReviewsView
}

#[uniffi::export]
impl QadamEngine {
    pub async fn reviews(&self) -> Result<ReviewsView> {
        Ok(self.0.reviews().await?)
    }

    /// How an answer is, before the person says how easy it was. Stores nothing.
    pub async fn grade_review(&self, lesson: String, question: String, answer: AnswerInput) -> Result<GradedView> {
        Ok(self.0.grade_review(lesson, question, answer).await?)
    }

    pub async fn answer_review(
        &self,
        lesson: String,
        question: String,
        answer: AnswerInput,
        ease: EaseInput,
    ) -> Result<ReviewResultView> {
        Ok(self.0.answer_review(lesson, question, answer, ease).await?)
    }

    pub fn observe_reviews(&self) -> LiveReviews {
        LiveReviews(self.0.observe_reviews())
    }
}
