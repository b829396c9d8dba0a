use crate::awards::{BadgeView, LevelView, StreakView};

/// All courses with where the person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoursesView {
    pub company: String,
    pub welcome: String,
    pub courses: Vec<CourseView>,
    /// From then on it looks different (a waiting time ends). Milliseconds since 1970-01-01T00:00Z.
    pub valid_until: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseView {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// A rule of the company gave it to this person.
    pub assigned: bool,
    pub lessons: Vec<LessonSummary>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonRef {
    pub id: String,
    pub title: String,
}

/// A lesson to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
        media: crate::media::MediaView,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub emphasis: bool,
    pub strong: bool,
    /// An `https:` address.
    pub link: Option<String>,
}

/// A quiz under way. It is kept until it is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionView {
    pub id: String,
    pub prompt: Vec<Block>,
    pub kind: QuestionKind,
}

/// What is asked. Options stand in the order in which they are shown; an answer names them by their `index`.
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionView {
    pub index: u32,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    pub prompt: Vec<Block>,
    pub options: Vec<StepOptionView>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOptionView {
    pub index: u32,
    pub text: String,
    /// The place of the step that follows in `steps`; `None` where the story ends.
    pub next: Option<u32>,
}

/// An answer. Numbers are the `index` of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictView {
    Right,
    Partly,
    Wrong,
}

/// How an answer was, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
