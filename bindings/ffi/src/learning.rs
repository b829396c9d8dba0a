use qadam_engine::awards::{BadgeView, LevelView, StreakView};
use qadam_engine::learning::{
    AnswerInput, Block, CourseView, CoursesView, GradedView, LessonRef, LessonStatus, LessonSummary, LessonView,
    OptionView, ProgressView, QuestionKind, QuestionView, QuizResultView, QuizView, Span, StepOptionView, StepView,
    VerdictView,
};
use qadam_engine::media::MediaView;

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// All courses with where the person stands.
#[uniffi::remote(Record)]
pub struct CoursesView {
    pub company: String,
    pub welcome: String,
    pub courses: Vec<CourseView>,
    /// From then on it looks different (a waiting time ends). Milliseconds since 1970-01-01T00:00Z.
    pub valid_until: Option<i64>,
}

#[uniffi::remote(Record)]
pub struct CourseView {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// A rule of the company gave it to this person.
    pub assigned: bool,
    pub lessons: Vec<LessonSummary>,
}

#[uniffi::remote(Record)]
pub struct LessonSummary {
    pub id: String,
    pub title: String,
    pub minutes: u32,
    /// For completing it.
    pub points: u32,
    pub status: LessonStatus,
    /// Read to its end.
    pub read: bool,
    /// Quizzes answered.
    pub attempts: u32,
    /// Of the best quiz, 0 to 100.
    pub best_percent: u32,
}

#[uniffi::remote(Enum)]
pub enum LessonStatus {
    Locked {
        missing: Vec<LessonRef>,
    },
    Open,
    /// The quiz was failed; the next one can be taken from then on.
    Waiting {
        until: i64,
    },
    /// Passed; completed as soon as these are.
    Passed {
        missing: Vec<LessonRef>,
    },
    Completed,
}

#[uniffi::remote(Record)]
pub struct LessonRef {
    pub id: String,
    pub title: String,
}

/// A lesson to be read.
#[uniffi::remote(Record)]
pub struct LessonView {
    pub summary: LessonSummary,
    pub cards: Vec<Vec<Block>>,
    /// Questions in its quiz; 0 where reading is all.
    pub quiz_size: u32,
    /// Percent of the quiz from which it is passed.
    pub pass_percent: u32,
    /// An unfinished quiz waits.
    pub quiz_begun: bool,
}

/// A piece of a text, as native views show it.
#[uniffi::remote(Enum)]
pub enum Block {
    /// 1 to 6.
    Heading {
        level: u32,
        spans: Vec<Span>,
    },
    Paragraph {
        spans: Vec<Span>,
    },
    List {
        ordered: bool,
        items: Vec<Vec<Span>>,
    },
    Quote {
        spans: Vec<Span>,
    },
    Media {
        media: MediaView,
    },
}

#[uniffi::remote(Record)]
pub struct Span {
    pub text: String,
    pub emphasis: bool,
    pub strong: bool,
    /// An `https:` address.
    pub link: Option<String>,
}

/// A quiz under way. It is kept until it is handed in.
#[uniffi::remote(Record)]
pub struct QuizView {
    pub lesson: String,
    pub title: String,
    /// 1 for the first.
    pub attempt: u32,
    pub pass_percent: u32,
    pub questions: Vec<QuestionView>,
    /// Beside `questions`: what has been answered so far.
    pub answers: Vec<Option<AnswerInput>>,
}

#[uniffi::remote(Record)]
pub struct QuestionView {
    pub id: String,
    pub prompt: Vec<Block>,
    pub kind: QuestionKind,
}

/// What is asked. Options stand in the order in which they are shown; an answer names them by their `index`.
#[uniffi::remote(Enum)]
pub enum QuestionKind {
    Single { options: Vec<OptionView> },
    Multiple { options: Vec<OptionView> },
    TrueFalse,
    Numeric,
    ShortText,
    Ordering { items: Vec<OptionView> },
    Matching { left: Vec<String>, right: Vec<OptionView> },
    Scenario { steps: Vec<StepView> },
}

#[uniffi::remote(Record)]
pub struct OptionView {
    pub index: u32,
    pub text: String,
}

#[uniffi::remote(Record)]
pub struct StepView {
    pub prompt: Vec<Block>,
    pub options: Vec<StepOptionView>,
}

#[uniffi::remote(Record)]
pub struct StepOptionView {
    pub index: u32,
    pub text: String,
    /// The place of the step that follows in `steps`; nothing where the story ends.
    pub next: Option<u32>,
}

/// An answer. Numbers are the `index` of an option.
#[uniffi::remote(Enum)]
pub enum AnswerInput {
    Single {
        option: u32,
    },
    Multiple {
        options: Vec<u32>,
    },
    TrueFalse {
        answer: bool,
    },
    /// As typed.
    Number {
        text: String,
    },
    /// As typed.
    Text {
        text: String,
    },
    Order {
        items: Vec<u32>,
    },
    /// For each entry on the left, in its order.
    Match {
        choices: Vec<Option<u32>>,
    },
    /// The option chosen at each step that was visited.
    Path {
        options: Vec<u32>,
    },
    Skipped,
}

#[uniffi::remote(Enum)]
pub enum VerdictView {
    Right,
    Partly,
    Wrong,
}

/// How an answer was, and why.
#[uniffi::remote(Record)]
pub struct GradedView {
    pub question: String,
    pub verdict: VerdictView,
    /// 0 to 100
    pub percent: u32,
    /// What is said to the chosen options.
    pub feedback: Vec<String>,
    /// What is said whatever was answered.
    pub explanation: Vec<Block>,
    /// A right answer.
    pub solution: AnswerInput,
}

/// What came of a quiz, with everything that followed from it.
#[uniffi::remote(Record)]
pub struct QuizResultView {
    pub lesson: String,
    pub passed: bool,
    /// 0 to 100
    pub percent: u32,
    pub pass_percent: u32,
    pub graded: Vec<GradedView>,
    /// Not passed: from when on the next quiz can be taken, if one has to wait.
    pub wait_until: Option<i64>,
    pub progress: ProgressView,
}

/// What newly followed from something that was done.
#[uniffi::remote(Record)]
pub struct ProgressView {
    pub completed: Vec<LessonRef>,
    pub unlocked: Vec<LessonRef>,
    pub badges: Vec<BadgeView>,
    /// Newly earned.
    pub points: u32,
    /// A level that was reached newly.
    pub level: Option<LevelView>,
    pub streak: StreakView,
}

live_query! {
    /// All courses, as they change.
    LiveCourses gives CoursesSnapshot of CoursesView
}

live_query! {
    /// One lesson, as it changes.
    LiveLesson gives LessonSnapshot of LessonView
}

#[uniffi::export]
impl QadamEngine {
    pub async fn courses(&self) -> Result<CoursesView> {
        Ok(self.0.courses().await?)
    }

    pub async fn lesson(&self, id: String) -> Result<LessonView> {
        Ok(self.0.lesson(id).await?)
    }

    /// The lesson was read to its end.
    pub async fn finish_reading(&self, lesson: String) -> Result<ProgressView> {
        Ok(self.0.finish_reading(lesson).await?)
    }

    /// Begins a quiz, or goes on with the unfinished one.
    pub async fn quiz(&self, lesson: String) -> Result<QuizView> {
        Ok(self.0.quiz(lesson).await?)
    }

    /// Keeps an answer; it can be changed until the quiz is handed in.
    pub async fn answer(&self, lesson: String, question: String, answer: AnswerInput) -> Result<()> {
        Ok(self.0.answer(lesson, question, answer).await?)
    }

    /// Questions without an answer count as skipped.
    pub async fn hand_in(&self, lesson: String) -> Result<QuizResultView> {
        Ok(self.0.hand_in(lesson).await?)
    }

    pub fn observe_courses(&self) -> LiveCourses {
        LiveCourses(self.0.observe_courses())
    }

    pub fn observe_lesson(&self, id: String) -> LiveLesson {
        LiveLesson(self.0.observe_lesson(id))
    }
}
