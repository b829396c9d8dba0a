//! A quiz under way: drawn, answered question by question, handed in. It is a row of its own, so it survives the app.

use std::collections::BTreeMap;

use qadam_domain::event::{EventKind, QuizAnswer};
use qadam_domain::fold::Applied;
use qadam_domain::ids::{LessonId, QuestionId};
use qadam_domain::json;
use qadam_domain::learning::draw::next_draw;
use qadam_domain::learning::gates::{Gate, gate};
use qadam_domain::learning::{Answer, Lesson};
use rusqlite::{Connection, OptionalExtension};

use super::question::{self, input};
use super::{AnswerInput, CHANGED, QuizResultView, QuizView, Standing, find, percent};
use crate::core::{Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::replica;

/// A quiz as it is stored.
struct Draft {
    attempt: u32,
    questions: Vec<QuestionId>,
    answers: BTreeMap<QuestionId, Answer>,
}

/// The unfinished quiz of a lesson, or a new one.
///
/// # Errors
/// [`EngineError::NotFound`], where the lesson has no questions too; [`EngineError::LessonLocked`]; those of storage.
pub fn quiz(core: &Core, lesson: &str) -> Result<QuizView> {
    core.database.write(|transaction| {
        let content = core.require_content(transaction)?;
        let (lesson, text) = find(&content, lesson)?;
        if lesson.questions.is_empty() {
            return Err(EngineError::NotFound { what: "quiz".into() });
        }
        let (draft, begun) = match unfinished(transaction, lesson)? {
            Some(draft) => (draft, false),
            None => (begin(core, transaction, lesson)?, true),
        };
        let device = replica::device(transaction)?.ok_or(EngineError::SignedOut)?;
        let seed = question::seed(device.as_str(), &lesson.id, draft.attempt);
        let shown = draft.questions.iter().filter_map(|id| {
            Some(question::card_question(core, &content, lesson.question(id)?, text.questions.get(id)?, &seed))
        });
        let view = QuizView {
            lesson: lesson.id.to_string(),
            title: text.title.clone(),
            attempt: draft.attempt,
            pass_percent: percent(lesson.pass),
            questions: shown.collect(),
            answers: draft.questions.iter().map(|id| draft.answers.get(id).map(input)).collect(),
        };
        Ok((view, if begun { CHANGED } else { Nouns::NONE }))
    })
}

/// Keeps an answer until the quiz is handed in; it may be given anew.
///
/// # Errors
/// [`EngineError::NotFound`] where no quiz of this lesson is under way, or it does not ask this; [`EngineError::Invalid`] where the answer
/// does not belong to the question; those of storage.
pub fn answer(core: &Core, lesson: &str, question: &str, given: &AnswerInput) -> Result<()> {
    core.database.write(|transaction| {
        let content = core.require_content(transaction)?;
        let (lesson, _) = find(&content, lesson)?;
        let mut draft = unfinished(transaction, lesson)?.ok_or_else(no_quiz)?;
        let asked = draft.questions.iter().find(|id| id.as_str() == question).cloned();
        let asked = asked.ok_or(EngineError::NotFound { what: "question".into() })?;
        let known = lesson.question(&asked).ok_or(EngineError::NotFound { what: "question".into() })?;
        let given = question::answer(&known.key, given)?;
        if let Answer::Number(text) | Answer::Text(text) = &given
            && text.chars().count() > qadam_protocol::limits::ANSWER
        {
            return Err(EngineError::Invalid { field: "length".into() });
        }
        draft.answers.insert(asked, given);
        transaction
            .prepare_cached("UPDATE quiz SET answers = ?2 WHERE lesson = ?1")?
            .execute((lesson.id.as_str(), json(&draft.answers)))?;
        Ok(((), Nouns::NONE))
    })
}

/// Hands a quiz in: graded, recorded, and what follows from it. What was not answered counts as skipped.
///
/// # Errors
/// [`EngineError::NotFound`] where no quiz of this lesson is under way; those of storage.
pub fn hand_in(core: &Core, lesson: &str) -> Result<QuizResultView> {
    core.database.write(|transaction| {
        let content = core.require_content(transaction)?;
        let (lesson, text) = find(&content, lesson)?;
        let mut draft = unfinished(transaction, lesson)?.ok_or_else(no_quiz)?;
        let now = core.now(transaction)?;
        let mut state = replica::state(transaction)?;
        let before = Standing::of(&content, &state, &now);
        let answers = draft
            .questions
            .iter()
            .map(|id| QuizAnswer { answer: draft.answers.remove(id).unwrap_or(Answer::Skipped), question: id.clone() });
        let kind = EventKind::QuizAnswered {
            lesson: lesson.id.clone(),
            locale: question::locale(&content),
            answers: answers.collect(),
        };
        let releases = core.releases(transaction)?;
        let context = core.context(&now);
        let (applied, _) =
            replica::record(transaction, &context, &releases, &mut state, content.release.id.clone(), kind)?;
        let Applied::Quiz(result) = applied else {
            return Err(EngineError::Internal { detail: "a quiz that was none".into() });
        };
        transaction
            .prepare_cached("UPDATE quiz SET handed_in = 1, answers = '{}' WHERE lesson = ?1")?
            .execute([lesson.id.as_str()])?;
        let wait_until = match gate(lesson, &state, now.server) {
            Gate::Waiting { until } => Some(now.on_the_wall(until)),
            _ => None,
        };
        let graded = result.graded.iter().filter_map(|(id, graded)| {
            Some(question::graded(core, &content, lesson.question(id)?, text.questions.get(id)?, graded))
        });
        let view = QuizResultView {
            lesson: lesson.id.to_string(),
            passed: result.passed,
            percent: percent(result.score),
            pass_percent: percent(lesson.pass),
            graded: graded.collect(),
            wait_until,
            progress: before.progress(&content, &state, &now),
        };
        Ok((view, CHANGED | Nouns::SYNC))
    })
}

pub(super) fn is_begun(connection: &Connection, lesson: &LessonId) -> Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM quiz WHERE lesson = ?1 AND handed_in = 0)")?;
    Ok(statement.query_row([lesson.as_str()], |row| row.get(0))?)
}

fn begin(core: &Core, connection: &Connection, lesson: &Lesson) -> Result<Draft> {
    let now: Now = core.now(connection)?;
    let state = replica::state(connection)?;
    if matches!(gate(lesson, &state, now.server), Gate::Locked { .. } | Gate::Waiting { .. }) {
        return Err(EngineError::LessonLocked);
    }
    let last: Option<String> = connection
        .prepare_cached("SELECT questions FROM quiz WHERE lesson = ?1")?
        .query_row([lesson.id.as_str()], |row| row.get(0))
        .optional()?;
    let last: Vec<QuestionId> = last.and_then(|json| json::read(&json).ok()).unwrap_or_default();
    let attempt = state.lesson(&lesson.id).map_or(0, |progress| progress.attempts).saturating_add(1);
    let device = replica::device(connection)?.ok_or(EngineError::SignedOut)?;
    let questions = next_draw(lesson, device.as_str(), attempt, &last);
    connection
        .prepare_cached(
            "INSERT INTO quiz (lesson, attempt, questions, answers, handed_in) VALUES (?1, ?2, ?3, '{}', 0)
             ON CONFLICT (lesson) DO UPDATE SET attempt = excluded.attempt, questions = excluded.questions, answers = excluded.answers, handed_in = 0",
        )?
        .execute((lesson.id.as_str(), attempt, json(&questions)))?;
    Ok(Draft { attempt, questions, answers: BTreeMap::new() })
}

/// The quiz under way, if it still is one of this lesson: content may have changed since it was drawn. Then answers that no longer
/// belong to their question are taken out, and a quiz that asks what is gone is begun anew.
fn unfinished(connection: &Connection, lesson: &Lesson) -> Result<Option<Draft>> {
    let found = connection
        .prepare_cached("SELECT attempt, questions, answers FROM quiz WHERE lesson = ?1 AND handed_in = 0")?
        .query_row([lesson.id.as_str()], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((attempt, questions, answers)) = found else { return Ok(None) };
    let questions: Vec<QuestionId> = json::read(&questions).unwrap_or_default();
    let mut answers: BTreeMap<QuestionId, Answer> = json::read(&answers).unwrap_or_default();
    if questions.len() != lesson.quiz_size() || questions.iter().any(|id| lesson.question(id).is_none()) {
        return Ok(None);
    }
    answers.retain(|id, answer| {
        lesson.question(id).is_some_and(|q| qadam_domain::learning::grading::fits(&q.key, answer))
    });
    Ok(Some(Draft { attempt, questions, answers }))
}

fn no_quiz() -> EngineError {
    EngineError::NotFound { what: "quiz".into() }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("it holds nothing that JSON can't")
}
