use qadam_engine::people::{SignalLessonView, SignalView};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// Somebody in the team who could use a word now.
#[uniffi::remote(Record)]
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

#[uniffi::remote(Record)]
pub struct SignalLessonView {
    pub id: String,
    pub title: String,
}

live_query! {
    /// Whom a word would help now, as it changes.
    LivePeople gives PeopleSnapshot of Vec<SignalView>
}

#[uniffi::export]
impl QadamEngine {
    /// Whom a word would help now, the most urgent first.
    pub async fn people(&self) -> Result<Vec<SignalView>> {
        Ok(self.0.people().await?)
    }

    /// It is looked after: it leaves the list, on all of the person's phones.
    pub async fn finish_signal(&self, id: String) -> Result<()> {
        Ok(self.0.finish_signal(id).await?)
    }

    pub fn observe_people(&self) -> LivePeople {
        LivePeople(self.0.observe_people())
    }
}
