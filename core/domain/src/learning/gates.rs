//! Gates: which lessons the app offers. They bind the app alone; the fold takes honest work whatever the gates said.

use super::Lesson;
use crate::fold::State;
use crate::ids::LessonId;
use crate::time::Millis;

/// Whether a lesson can be taken now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Passed, and everything before it is completed.
    Completed,
    /// Passed; completed as soon as these are.
    Passed { missing: Vec<LessonId> },
    /// Can be read and its quiz taken.
    Open,
    /// The quiz was failed; the next is offered from `until` on. Reading is open.
    Waiting { until: Millis },
    /// These come first.
    Locked { missing: Vec<LessonId> },
}

/// The gate of a lesson of the current release, at `now`.
pub fn gate(lesson: &Lesson, state: &State, now: Millis) -> Gate {
    let progress = state.lesson(&lesson.id);
    if progress.is_some_and(|p| p.completed.is_some()) {
        return Gate::Completed;
    }
    let missing: Vec<LessonId> = lesson
        .after
        .iter()
        .filter(|before| state.lesson(before).is_none_or(|p| p.completed.is_none()))
        .cloned()
        .collect();
    match progress {
        Some(progress) if progress.is_passed() => Gate::Passed { missing },
        _ if !missing.is_empty() => Gate::Locked { missing },
        Some(progress) => match progress.last_failure {
            // Two clocks differ by a little. A failure stamped far ahead of `now` comes from a clock that was wrong: nobody waits for years.
            Some(failure)
                if (failure.at.saturating_sub(lesson.wait)..failure.at.saturating_add(lesson.wait)).contains(&now) =>
            {
                Gate::Waiting { until: failure.at.saturating_add(lesson.wait) }
            }
            _ => Gate::Open,
        },
        None => Gate::Open,
    }
}
