//! Courses, lessons and quizzes, on the phone.

pub mod markdown;
mod progress;
mod question;
mod quiz;
mod view;

use qadam_domain::content::{Bundle, LessonText};
use qadam_domain::event::EventKind;
use qadam_domain::fold::State;
use qadam_domain::ids::{CourseId, LessonId};
use qadam_domain::learning::gates::{Gate, gate};
use qadam_domain::learning::{FULL, Lesson, Share};

use crate::core::{Content, Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::live::Timed;
use crate::media;
use crate::replica;

pub(crate) use progress::Standing;
pub(crate) use question::{answer, card_question, graded};
pub use quiz::{answer as answer_quiz, hand_in, quiz};
pub use view::*;

/// What [`finish_reading`], [`hand_in`] and the like change.
pub(crate) const CHANGED: Nouns = Nouns::LEARNING;

/// All courses with where the person stands.
///
/// # Errors
/// [`EngineError::ContentMissing`] before the first sync; those of storage.
pub fn courses(core: &Core) -> Result<Timed<CoursesView>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let state = replica::state(connection)?;
        let now = core.now(connection)?;
        let mut valid_until: Option<i64> = None;
        let courses = content.release.release.courses.iter().map(|course| {
            let text = content.bundle.courses.get(&course.id);
            let lessons = course.lessons.iter().map(|lesson| {
                let summary = summary(&content.bundle, lesson, &state, &now);
                if let LessonStatus::Waiting { until } = summary.status {
                    valid_until = Some(valid_until.map_or(until, |v| v.min(until)));
                }
                summary
            });
            CourseView {
                id: course.id.to_string(),
                title: course_title(&content.bundle, &course.id),
                lessons: lessons.collect(),
                assigned: state.given().any(|(_, given)| given.courses.contains(&course.id)),
                summary: text.map(|t| t.summary.clone()).unwrap_or_default(),
            }
        });
        let courses = courses.collect();
        let company = &content.bundle.company;
        let value =
            CoursesView { company: company.name.clone(), welcome: company.welcome.clone(), courses, valid_until };
        Ok(Timed { value, valid_until })
    })
}

/// # Errors
/// [`EngineError::NotFound`], [`EngineError::ContentMissing`]; those of storage.
pub fn lesson(core: &Core, id: &str) -> Result<Timed<LessonView>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let (lesson, text) = find(&content, id)?;
        let state = replica::state(connection)?;
        let now = core.now(connection)?;
        let summary = summary(&content.bundle, lesson, &state, &now);
        let valid_until = match summary.status {
            LessonStatus::Waiting { until } => Some(until),
            _ => None,
        };
        let mut show = |name: &str, alt: &str| media::view(name, alt, &content.manifest, &content.bundle, &core.media);
        let value = LessonView {
            cards: text.cards.iter().map(|card| markdown::blocks(card, &mut show)).collect(),
            quiz_size: lesson.quiz_size() as u32,
            pass_percent: percent(lesson.pass),
            quiz_begun: quiz::is_begun(connection, &lesson.id)?,
            summary,
        };
        Ok(Timed { value, valid_until })
    })
}

/// The lesson was read to its end.
///
/// # Errors
/// [`EngineError::NotFound`]; [`EngineError::LessonLocked`] where something comes first; those of storage.
pub fn finish_reading(core: &Core, id: &str) -> Result<ProgressView> {
    core.database.write(|transaction| {
        let content = core.require_content(transaction)?;
        let (lesson, _) = find(&content, id)?;
        let now = core.now(transaction)?;
        let mut state = replica::state(transaction)?;
        if matches!(gate(lesson, &state, now.server), Gate::Locked { .. }) {
            return Err(EngineError::LessonLocked);
        }
        let before = Standing::of(&content, &state, &now);
        let releases = core.releases(transaction)?;
        let kind = EventKind::LessonRead { lesson: lesson.id.clone() };
        let context = core.context(&now);
        replica::record(transaction, &context, &releases, &mut state, content.release.id.clone(), kind)?;
        Ok((before.progress(&content, &state, &now), CHANGED | Nouns::SYNC))
    })
}

/// A lesson of the current release and its words.
pub(crate) fn find<'a>(content: &'a Content, id: &str) -> Result<(&'a Lesson, &'a LessonText)> {
    let missing = || EngineError::NotFound { what: "lesson".into() };
    let id = LessonId::new(id).map_err(|_| missing())?;
    let lesson = content.release.lesson(&id).ok_or_else(missing)?;
    let text = content.bundle.lessons.get(&id).ok_or_else(missing)?;
    Ok((lesson, text))
}

pub(crate) fn lesson_ref(bundle: &Bundle, id: &LessonId) -> LessonRef {
    LessonRef { id: id.to_string(), title: title(bundle, id) }
}

/// The course's title; its id where the texts lack it.
pub(crate) fn course_title(bundle: &Bundle, id: &CourseId) -> String {
    bundle.courses.get(id).map_or_else(|| id.to_string(), |text| text.title.clone())
}

/// The lesson's title; its id where the texts lack it.
pub(crate) fn title(bundle: &Bundle, id: &LessonId) -> String {
    bundle.lessons.get(id).map_or_else(|| id.to_string(), |text| text.title.clone())
}

/// 0 to 100, rounded down: only what is full is 100.
pub(crate) fn percent(share: Share) -> u32 {
    (share.clamp(0, FULL) / (FULL / 100)) as u32
}

fn summary(bundle: &Bundle, lesson: &Lesson, state: &State, now: &Now) -> LessonSummary {
    let refs = |ids: Vec<LessonId>| ids.iter().map(|id| lesson_ref(bundle, id)).collect();
    let status = match gate(lesson, state, now.server) {
        Gate::Completed => LessonStatus::Completed,
        Gate::Passed { missing } => LessonStatus::Passed { missing: refs(missing) },
        Gate::Open => LessonStatus::Open,
        Gate::Waiting { until } => LessonStatus::Waiting { until: now.on_the_wall(until) },
        Gate::Locked { missing } => LessonStatus::Locked { missing: refs(missing) },
    };
    let progress = state.lesson(&lesson.id);
    LessonSummary {
        id: lesson.id.to_string(),
        title: title(bundle, &lesson.id),
        minutes: lesson.minutes,
        points: lesson.points,
        status,
        read: progress.is_some_and(|p| p.read.is_some()),
        attempts: progress.map_or(0, |p| p.attempts),
        best_percent: progress.map_or(0, |p| percent(p.best)),
    }
}
