/// Somebody in the team who could use a word now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalView {
    pub id: String,
    /// The company's id of the person, and their name.
    pub about: String,
    pub name: String,
    /// What happened, in a sentence with their name.
    pub why: String,
    /// What could be said.
    pub say: String,
    /// A lesson on how to help.
    pub lesson: Option<SignalLessonView>,
    /// The date on which it was decided, as `2026-11-24`.
    pub day: String,
    /// 1 for the own newcomer, 2 for one of theirs; 0 where the company named the reader as their mentor.
    pub level: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalLessonView {
    pub id: String,
    pub title: String,
}
