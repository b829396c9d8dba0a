//! Reviews: the evening's stack.

mod view;

use qadam_domain::event::{Ease, EventKind};
use qadam_domain::fold::{Applied, State};
use qadam_domain::ids::CardId;
use qadam_domain::learning::grading::grade;
use qadam_domain::reviews::stack::{due, stack};

use crate::core::{Content, Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::learning::{self, AnswerInput, GradedView, Standing};
use crate::live::Timed;
use crate::replica;

pub use view::*;

/// The cards of tonight. Questions that the current content no longer has rest.
///
/// # Errors
/// [`EngineError::ContentMissing`]; those of storage.
pub fn view(core: &Core) -> Result<Timed<ReviewsView>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let state = replica::state(connection)?;
        let now = core.now(connection)?;
        let done_today = done_on(&state, &now);
        let plan = &content.release.release.reviews;
        let stack = stack(remembered(&content, &state), plan, now.today(), done_today as usize);
        let next = if stack.is_empty() {
            let due = remembered(&content, &state).map(|(_, memory, last)| due(memory, last, plan.retention));
            due.filter(|day| *day > now.today()).min().map(|day| day.to_string())
        } else {
            None
        };
        let cards = stack.iter().filter_map(|card| {
            let (question, text) = find(&content, card).ok()?;
            Some(ReviewCardView {
                lesson: card.lesson.to_string(),
                lesson_title: learning::title(&content.bundle, &card.lesson),
                question: learning::card_question(core, &content, question, text, &now.today().to_string()),
            })
        });
        let valid_until = now.on_the_wall(now.midnight());
        let value = ReviewsView { cards: cards.collect(), done_today, next, valid_until };
        Ok(Timed { value, valid_until: Some(valid_until) })
    })
}

/// How an answer would be, before the person says how easy it was. Records nothing.
///
/// # Errors
/// [`EngineError::NotFound`], [`EngineError::Invalid`]; those of storage.
pub fn preview(core: &Core, lesson: &str, question: &str, given: &AnswerInput) -> Result<GradedView> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let card = card(lesson, question)?;
        let (question, text) = find(&content, &card)?;
        let answer = learning::answer(&question.key, given)?;
        let graded = grade(&question.key, content.bundle.locale, &answer);
        Ok(learning::graded(core, &content, question, text, &graded))
    })
}

/// Records a review.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such card; [`EngineError::Invalid`]; those of storage.
pub fn answer(
    core: &Core,
    lesson: &str,
    question: &str,
    given: &AnswerInput,
    ease: EaseInput,
) -> Result<ReviewResultView> {
    core.database.write(|transaction| {
        let content = core.require_content(transaction)?;
        let card = card(lesson, question)?;
        let (question, text) = find(&content, &card)?;
        let answer = learning::answer(&question.key, given)?;
        let now = core.now(transaction)?;
        let mut state = replica::state(transaction)?;
        if !state.cards().any(|(id, _)| *id == card) {
            return Err(EngineError::NotFound { what: "card".into() });
        }
        let before = Standing::of(&content, &state, &now);
        let ease = match ease {
            EaseInput::Hard => Ease::Hard,
            EaseInput::Good => Ease::Good,
            EaseInput::Easy => Ease::Easy,
        };
        let kind = EventKind::ReviewAnswered { card: card.clone(), locale: content.bundle.locale, answer, ease };
        let releases = core.releases(transaction)?;
        let context = core.context(&now);
        let (applied, _) =
            replica::record(transaction, &context, &releases, &mut state, content.release.id.clone(), kind)?;
        let Applied::Review(graded) = applied else {
            return Err(EngineError::Internal { detail: "a review that was none".into() });
        };
        let retention = content.release.release.reviews.retention;
        let next = remembered(&content, &state).find(|(id, ..)| **id == card);
        let next = next.map(|(_, memory, last)| due(memory, last, retention).to_string());
        let view = ReviewResultView {
            graded: learning::graded(core, &content, question, text, &graded),
            next: next.unwrap_or_default(),
            progress: before.progress(&content, &state, &now),
        };
        Ok((view, learning::CHANGED | Nouns::SYNC))
    })
}

type Remembered<'a> = (&'a CardId, &'a qadam_domain::reviews::fsrs::Memory, qadam_domain::time::Day);

fn remembered<'a>(content: &'a Content, state: &'a State) -> impl Iterator<Item = Remembered<'a>> {
    state
        .cards()
        .filter(|(id, _)| find(content, id).is_ok())
        .filter_map(|(id, card)| Some((id, card.memory.as_ref()?, card.last()?)))
}

fn done_on(state: &State, now: &Now) -> u32 {
    state.days().find(|(day, _)| *day == now.today()).map_or(0, |(_, active)| active.reviews)
}

fn card(lesson: &str, question: &str) -> Result<CardId> {
    CardId::parse(&format!("{lesson}/{question}")).map_err(|_| EngineError::NotFound { what: "card".into() })
}

fn find<'a>(
    content: &'a Content,
    card: &CardId,
) -> Result<(&'a qadam_domain::learning::Question, &'a qadam_domain::content::QuestionText)> {
    let missing = || EngineError::NotFound { what: "question".into() };
    let question = content.release.lesson(&card.lesson).and_then(|l| l.question(&card.question)).ok_or_else(missing)?;
    let text =
        content.bundle.lessons.get(&card.lesson).and_then(|l| l.questions.get(&card.question)).ok_or_else(missing)?;
    Ok((question, text))
}
