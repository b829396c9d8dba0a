//! The evening, told and checked. Whatever goes differently ends it with a [`Deviation`].

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use qadam_engine::awards::AwardsView;
use qadam_engine::contacts::{Channel, ContactEdit, ContactView, ContactsQuery};
use qadam_engine::learning::{
    AnswerInput, CoursesView, LessonStatus, LessonSummary, QuestionKind, QuestionView, QuizResultView, QuizView,
    VerdictView,
};
use qadam_engine::sync::{BackgroundOutcome, SyncOutcome, SyncState};
use qadam_engine::{Engine, EngineError};

use crate::clock::{EveningClock, time_of};
use crate::leader;
use crate::phone::Phone;
use crate::plan;
use crate::restored;
use crate::sale;
use crate::server::Server;
use crate::show::{plain, say, say_wrapped};

pub const LOGIN: &str = "aigul";
pub const PASSWORD: &str = "one-step-at-a-time";

const NAME: &str = "Aigul Sarsen";
const FIRST: &str = "what-this-business-is";
const SECOND: &str = "honest-earnings";
const BADGE: &str = "first-lesson";
/// What a sync in the background may take, in milliseconds.
const BUDGET: u64 = 20_000;
/// What comes by itself comes within this.
pub const SOON: Duration = Duration::from_secs(20);
/// Tries after which every question of the pool has been seen.
const TRIES: u32 = 8;

/// What went differently.
#[derive(Debug)]
pub struct Deviation(String);

impl Deviation {
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<EngineError> for Deviation {
    fn from(error: EngineError) -> Self {
        Self(format!("the engine says: {error}"))
    }
}

impl From<std::io::Error> for Deviation {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

pub type Play<T = ()> = Result<T, Deviation>;

/// What somebody has learned from explanations: the right answer of each question.
type Learned = BTreeMap<String, AnswerInput>;

/// Plays the evening. Gives the first phone as it is afterwards.
///
/// # Errors
/// The first thing that went differently.
pub async fn evening(folder: &Path, server: &mut Server, clock: &Arc<EveningClock>) -> Play<Phone> {
    say("QADAM: AN EVENING WITH TWO PHONES");
    say(&format!("The server answers at {}; everything is in {}.", server.url(), folder.display()));
    let (lessons, locales) = (server.lessons, server.locales);
    say(&format!("The sample company is published: {lessons} lessons in {locales} languages."));
    say("The clocks of server and phones are set to the coming evening, half past seven.");
    let code = server.add_user(LOGIN, NAME, None).await?;
    say(&format!("{NAME} is new here. Her invite code: {code}"));

    let first = Phone::open("first phone", &folder.join("phone-1"), server.address(), clock.clone()).await?;
    arrival(&first, clock, code).await?;
    plan::welcome(&first).await?;
    offline_lesson(&first, clock).await?;
    plan::chapter(&first, clock).await?;
    let contact = a_contact(&first, clock).await?;
    the_connection_comes_back(&first, clock).await?;

    let second = Phone::open("second phone", &folder.join("phone-2"), server.address(), clock.clone()).await?;
    the_second_phone(&first, &second, clock, &contact).await?;
    a_lost_reply(&first, &second, clock).await?;
    without_being_asked(&first, &second, clock, &contact).await?;
    let contacts = restored::chapter(folder, server, clock, [&first, &second], &contact).await?;
    leader::chapter(folder, server, clock).await?;
    sale::chapter(folder, server, clock).await?;

    second.engine.close().await;
    let awards = first.engine.awards().await?;
    say("");
    say(&format!(
        "That was the evening: 2 lessons, {} points, {contacts} contacts, a team of 100,000, and one server that agrees.",
        awards.points
    ));
    Ok(first)
}

async fn arrival(phone: &Phone, clock: &EveningClock, code: String) -> Play {
    heading(clock, "The first phone signs in");
    let engine = &phone.engine;
    let login = engine.set_password(phone.line.url(), code.clone(), PASSWORD.into()).await?;
    expect(login == LOGIN, || format!("the code is {login}'s, not {LOGIN}'s"))?;
    let again = engine.set_password(phone.line.url(), code, PASSWORD.into()).await;
    expect(again == Err(EngineError::CodeInvalid), || format!("a used code gave {again:?}"))?;
    let wrong = phone.sign_in(LOGIN, "not-her-password").await;
    expect(wrong == Err(EngineError::WrongCredentials), || format!("a wrong password gave {wrong:?}"))?;
    let account = phone.sign_in(LOGIN, PASSWORD).await?;
    expect(account.name == NAME, || format!("{} is signed in", account.name))?;
    say(&format!(
        "The code set her password and is used up. Signed in: {}, number {}.",
        account.name, account.distributor
    ));

    engine.sync().await?;
    let courses = engine.courses().await?;
    for course in &courses.courses {
        say(&format!("  {}: {} lessons", course.title, course.lessons.len()));
    }
    let open: Vec<_> = all(&courses).filter(|lesson| lesson.status == LessonStatus::Open).collect();
    expect(open.len() == 1 && open[0].id == FIRST, || format!("these are open at first: {open:?}"))?;
    say(&format!("One lesson is open: \"{}\". The others wait behind it.", open[0].title));

    let media = async {
        loop {
            let media = engine.media_status().await?;
            if media.lacking == 0 && media.held > 0 {
                return Ok::<_, Deviation>(media);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let media =
        tokio::time::timeout(SOON, media).await.map_err(|_| Deviation::new("the media did not come ahead"))??;
    say(&format!("Pictures and the video were fetched ahead: {} KB are on the phone.", media.held / 1_000));
    Ok(())
}

async fn offline_lesson(phone: &Phone, clock: &EveningClock) -> Play {
    clock.pass_minutes(2);
    heading(clock, "The connection goes, the lesson goes on");
    let engine = &phone.engine;
    phone.set_online(false);
    let unreached = engine.sync().await;
    let is_unreached = matches!(unreached, Err(EngineError::Unreachable { .. }));
    expect(is_unreached, || format!("a sync without a connection gave {unreached:?}"))?;

    let lesson = engine.lesson(FIRST.into()).await?;
    let first = lesson.cards.first().and_then(|card| card.last()).map(|block| plain(std::slice::from_ref(block)));
    say(&format!("\"{}\" has {} cards. The first one ends like this:", lesson.summary.title, lesson.cards.len()));
    say_wrapped(4, &first.unwrap_or_default());
    clock.pass_minutes(4);
    engine.finish_reading(FIRST.into()).await?;
    let lesson = engine.lesson(FIRST.into()).await?;
    expect(lesson.summary.read, || "the lesson was read, but is not".into())?;

    heading(clock, "The quiz, in a hurry and then with care");
    let mut learned = Learned::new();
    let (quiz, result) = hurried(engine, FIRST, &mut learned).await?;
    tell_try(&quiz, &result, None);
    let graded = result.graded.iter().find(|graded| graded.verdict != VerdictView::Right);
    let graded = graded.ok_or_else(|| Deviation::new("nothing was wrong in a quiz that failed"))?;
    let question = quiz.questions.iter().find(|question| question.id == graded.question);
    say_wrapped(2, &format!("Asked: {}", question.map(|q| plain(&q.prompt)).unwrap_or_default()));
    let explanation = plain(&graded.explanation);
    expect(!explanation.is_empty(), || format!("no explanation for {}", graded.question))?;
    say_wrapped(2, &format!("Explained: {explanation}"));

    let result = until_passed(engine, clock, FIRST, quiz, &mut learned).await?;
    let progress = &result.progress;
    let completed: Vec<&str> = progress.completed.iter().map(|lesson| lesson.id.as_str()).collect();
    expect(completed == [FIRST], || format!("completed: {completed:?}"))?;
    let unlocked: Vec<&str> = progress.unlocked.iter().map(|lesson| lesson.id.as_str()).collect();
    expect(unlocked == [SECOND], || format!("unlocked: {unlocked:?}"))?;
    let [badge] = &progress.badges[..] else {
        return Err(Deviation::new(format!("badges: {:?}", progress.badges)));
    };
    expect(badge.id == BADGE && badge.earned.is_some(), || format!("the badge is {badge:?}"))?;
    let points = lesson.summary.points + badge.points;
    expect(progress.points == points, || format!("{} points instead of {points}", progress.points))?;
    let streak = &progress.streak;
    expect(streak.days == 1 && streak.active_today, || format!("the streak is {streak:?}"))?;
    say(&format!("  Unlocked: \"{}\"", progress.unlocked[0].title));
    say(&format!("  Badge:    \"{}\". {}", badge.title, badge.words));
    say(&format!("  Points:   {points}. Streak: {} day, {} freezes in hand.", streak.days, streak.freezes));
    Ok(())
}

async fn a_contact(phone: &Phone, clock: &EveningClock) -> Play<String> {
    clock.pass_minutes(3);
    heading(clock, "A contact");
    let engine = &phone.engine;
    let edit = ContactEdit {
        name: Some("Gulnara Akhmet".into()),
        phone: Some("+7 700 000 00 00".into()),
        note: Some("Has three children and no time".into()),
        ..ContactEdit::default()
    };
    let id = engine.add_contact(edit).await?;
    engine.log_interaction(id.clone(), Channel::Call, None, "Asked what her hands need in winter".into()).await?;
    let contact = engine.contact(id.clone()).await?;
    expect(contact.interactions.len() == 1, || format!("the contact is {contact:?}"))?;
    say(&format!("{} is noted, and so is the call: \"{}\".", contact.name, contact.interactions[0].note));
    let status = engine.sync_status().await?;
    let tries = engine.lesson(FIRST.into()).await?.summary.attempts;
    // The reading, the quizzes, the plan's tick, its pause and the pause's end, the contact, the call.
    let expected = 1 + tries + 3 + 2;
    expect(status.pending == expected, || format!("{} changes wait instead of {expected}", status.pending))?;
    expect(status.state == SyncState::Offline, || format!("the phone is {:?}", status.state))?;
    say(&format!("All of it without a connection. Waiting to be sent: {} changes.", status.pending));
    Ok(id)
}

async fn the_connection_comes_back(phone: &Phone, clock: &EveningClock) -> Play {
    clock.pass_minutes(5);
    heading(clock, "The connection comes back");
    let engine = &phone.engine;
    let waiting = engine.sync_status().await?.pending;
    // In the pocket: nothing but this one sync runs.
    engine.background(1_000).await?;
    phone.set_online(true);
    let sync = pocket_sync(engine).await?;
    expect(sync.round_trips == 1, || format!("{} round trips instead of one", sync.round_trips))?;
    expect(sync.sent == waiting, || format!("{} changes sent of {waiting}", sync.sent))?;
    tell_sync(&sync);
    let status = engine.sync_status().await?;
    expect((status.pending, status.kept, status.refused) == (0, 0, 0), || format!("after the sync: {status:?}"))?;
    say("Nothing waits any more, nothing was refused.");
    take_up(phone).await
}

async fn the_second_phone(first: &Phone, second: &Phone, clock: &EveningClock, contact: &str) -> Play {
    clock.pass_minutes(1);
    heading(clock, "The second phone signs in");
    second.sign_in(LOGIN, PASSWORD).await?;
    second.engine.sync().await?;
    let courses = second.engine.courses().await?;
    let done: Vec<_> = all(&courses).filter(|lesson| lesson.status == LessonStatus::Completed).collect();
    expect(done.len() == 1 && done[0].id == FIRST, || format!("completed there: {done:?}"))?;
    let awards = second.engine.awards().await?;
    let badges: Vec<_> = awards.badges.iter().filter(|badge| badge.earned.is_some()).collect();
    expect(badges.len() == 1 && badges[0].id == BADGE, || format!("badges there: {badges:?}"))?;
    let there = second.engine.contact(contact.into()).await?;
    say(&format!("  Completed: \"{}\", best quiz {} %", done[0].title, done[0].best_percent));
    say(&format!("  Badge:     \"{}\", points {}, streak {} day", badges[0].title, awards.points, awards.streak.days));
    say(&format!(
        "  Contact:   {}, and the call: \"{}\"",
        there.name,
        there.interactions.first().map_or("", |i| &i.note)
    ));
    same(first, second).await?;
    let devices = first.engine.devices().await?;
    expect(devices.len() == 2, || format!("the account's devices: {devices:?}"))?;
    say("Both phones show the same, to the last field.");
    Ok(())
}

async fn a_lost_reply(first: &Phone, second: &Phone, clock: &EveningClock) -> Play {
    clock.pass_minutes(2);
    heading(clock, "The second lesson, again without a connection");
    let engine = &first.engine;
    let before = engine.awards().await?.points;
    first.set_online(false);
    clock.pass_minutes(5);
    engine.finish_reading(SECOND.into()).await?;
    let mut learned = Learned::new();
    let (quiz, result) = hurried(engine, SECOND, &mut learned).await?;
    tell_try(&quiz, &result, None);
    let until =
        result.wait_until.ok_or_else(|| Deviation::new("a failed quiz with a waiting time made nobody wait"))?;
    let status = engine.lesson(SECOND.into()).await?.summary.status;
    let is_waiting = matches!(status, LessonStatus::Waiting { until: there } if there.abs_diff(until) < 1_000);
    expect(is_waiting, || format!("the lesson is {status:?}"))?;
    let early = engine.quiz(SECOND.into()).await;
    expect(early == Err(EngineError::LessonLocked), || format!("a quiz within the waiting time gave {early:?}"))?;
    say(&format!(
        "The next quiz is not before {}: time to read again. (The demo moves its clocks on.)",
        time_of(until)
    ));
    until_passed(engine, clock, SECOND, quiz, &mut learned).await?;
    let points = engine.awards().await?.points;
    let gain = i64::from(engine.lesson(SECOND.into()).await?.summary.points);
    expect(points == before + gain, || format!("{points} points after {before} and {gain}"))?;
    let edit = ContactEdit { name: Some("Marat Omar".into()), ..ContactEdit::default() };
    let marat = engine.add_contact(edit).await?;
    let waiting = engine.sync_status().await?.pending;
    say(&format!("With it {gain} points, and a new contact, Marat Omar. Waiting: {waiting} changes."));

    heading(clock, "A reply is lost");
    engine.background(1_000).await?;
    first.set_online(true);
    first.line.lose_next_reply();
    let lost = engine.run_background(BUDGET).await;
    expect(matches!(lost, Err(EngineError::Unreachable { .. })), || format!("a lost reply gave {lost:?}"))?;
    expect(first.line.lost() == 1, || format!("{} replies were lost", first.line.lost()))?;
    let still = engine.sync_status().await?.pending;
    expect(still == waiting, || format!("{still} changes wait instead of {waiting}"))?;
    say(&format!("The request arrived, the reply was cut. The phone can't know: {still} changes still wait."));
    second.engine.sync().await?;
    expect_once(second, points, &marat).await?;
    say(&format!("The server has it all the same. The second phone shows Marat Omar and {points} points."));
    clock.pass_minutes(1);
    let sync = pocket_sync(engine).await?;
    expect(sync.sent == waiting, || format!("{} changes were acknowledged of {waiting}", sync.sent))?;
    tell_sync(&sync);
    let status = engine.sync_status().await?;
    expect((status.pending, status.kept, status.refused) == (0, 0, 0), || format!("after the repeat: {status:?}"))?;
    take_up(first).await?;
    second.engine.sync().await?;
    expect_once(first, points, &marat).await?;
    expect_once(second, points, &marat).await?;
    same(first, second).await?;
    say(&format!(
        "Sent twice, counted once: one Marat Omar, one entry for the lesson, {points} points, on both phones."
    ));
    Ok(())
}

async fn without_being_asked(first: &Phone, second: &Phone, clock: &EveningClock, contact: &str) -> Play {
    clock.pass_minutes(3);
    heading(clock, "What one phone writes, the other shows by itself");
    let query = first.engine.observe_contact(contact.into());
    let note = "She would like to try the cream on Saturday";
    second.engine.log_interaction(contact.into(), Channel::Message, None, note.into()).await?;
    let shown = async {
        let mut after = 0;
        while let Some(snapshot) = query.next(after).await {
            let snapshot = snapshot?;
            after = snapshot.number;
            if snapshot.value.is_some_and(|contact| contact.interactions.iter().any(|talk| talk.note == note)) {
                return Ok(());
            }
        }
        Err(Deviation::new("the live query ended"))
    };
    tokio::time::timeout(SOON, shown).await.map_err(|_| Deviation::new("the first phone never showed it"))??;
    query.stop();
    say(&format!("Noted on the second phone: \"{note}\". The first one shows it, unasked."));
    // Neither owes the other anything.
    second.engine.sync().await?;
    first.engine.sync().await?;
    same(first, second).await
}

/// A quiz that can't be passed: two answers guessed, the others left open.
async fn hurried(engine: &Engine, lesson: &str, learned: &mut Learned) -> Play<(QuizView, QuizResultView)> {
    let quiz = engine.quiz(lesson.into()).await?;
    expect(quiz.questions.len() >= 4, || format!("a quiz of {} questions", quiz.questions.len()))?;
    for question in quiz.questions.iter().take(2) {
        engine.answer(lesson.into(), question.id.clone(), guess(question)).await?;
    }
    let result = engine.hand_in(lesson.into()).await?;
    expect(!result.passed, || format!("a hurried quiz was passed with {} %", result.percent))?;
    expect(result.progress.completed.is_empty(), || "a failed quiz completed the lesson".into())?;
    remember(&result, learned);
    Ok((quiz, result))
}

/// Tries with what was learned, until it is enough. Waits where one has to.
async fn until_passed(
    engine: &Engine,
    clock: &EveningClock,
    lesson: &str,
    mut last: QuizView,
    learned: &mut Learned,
) -> Play<QuizResultView> {
    for _ in 1..TRIES {
        if let LessonStatus::Waiting { until } = engine.lesson(lesson.into()).await?.summary.status {
            clock.pass((until - clock.wall()).max(0) + 1_000);
        } else {
            clock.pass_minutes(2);
        }
        let quiz = engine.quiz(lesson.into()).await?;
        let is_new = |question: &&QuestionView| last.questions.iter().all(|seen| seen.id != question.id);
        let new = quiz.questions.iter().filter(is_new).count();
        expect(new > 0, || "the new quiz asks nothing else".into())?;
        for question in &quiz.questions {
            let answer = learned.get(&question.id).cloned().unwrap_or_else(|| guess(question));
            engine.answer(lesson.into(), question.id.clone(), answer).await?;
        }
        let result = engine.hand_in(lesson.into()).await?;
        for graded in &result.graded {
            let known = learned.contains_key(&graded.question);
            let right = graded.verdict == VerdictView::Right;
            expect(right || !known, || format!("the solution of {} is not right: {graded:?}", graded.question))?;
        }
        tell_try(&quiz, &result, Some(new));
        if result.passed {
            return Ok(result);
        }
        remember(&result, learned);
        last = quiz;
    }
    Err(Deviation::new(format!("\"{lesson}\" was not passed in {TRIES} tries, with all solutions known")))
}

fn remember(result: &QuizResultView, learned: &mut Learned) {
    learned.extend(result.graded.iter().map(|graded| (graded.question.clone(), graded.solution.clone())));
}

/// The first thing that comes to mind.
fn guess(question: &QuestionView) -> AnswerInput {
    match &question.kind {
        QuestionKind::Single { options } => AnswerInput::Single { option: options.first().map_or(0, |o| o.index) },
        QuestionKind::Multiple { options } => {
            AnswerInput::Multiple { options: options.iter().map(|o| o.index).collect() }
        }
        QuestionKind::TrueFalse => AnswerInput::TrueFalse { answer: true },
        QuestionKind::Numeric => AnswerInput::Number { text: "1000".into() },
        QuestionKind::ShortText => AnswerInput::Text { text: "luck".into() },
        QuestionKind::Ordering { items } => AnswerInput::Order { items: items.iter().map(|i| i.index).collect() },
        QuestionKind::Matching { left, right } => {
            AnswerInput::Match { choices: vec![right.first().map(|option| option.index); left.len()] }
        }
        QuestionKind::Scenario { steps } => {
            let mut options = Vec::new();
            let mut step = Some(0);
            while let Some(option) = step.and_then(|step: u32| steps.get(step as usize)?.options.first()) {
                options.push(option.index);
                step = option.next;
            }
            AnswerInput::Path { options }
        }
    }
}

/// One bounded sync while the phone is in the pocket.
pub async fn pocket_sync(engine: &Engine) -> Play<SyncOutcome> {
    match engine.run_background(BUDGET).await? {
        BackgroundOutcome::Done { sync } => Ok(sync),
        other => Err(Deviation::new(format!("a sync in the background gave {other:?}"))),
    }
}

/// Out of the pocket again.
pub async fn take_up(phone: &Phone) -> Play {
    phone.engine.foreground(qadam_engine::platform::Network::Unmetered).await?;
    Ok(phone.engine.sync().await.map(|_| ())?)
}

/// Points are as many as they should be, the second lesson is in the ledger once, and there is one Marat.
async fn expect_once(phone: &Phone, points: i64, contact: &str) -> Play {
    let name = phone.name;
    let awards = phone.engine.awards().await?;
    expect(awards.points == points, || format!("{name}: {} points instead of {points}", awards.points))?;
    let ledger: i64 = awards.ledger.iter().map(|entry| i64::from(entry.points)).sum();
    expect(ledger == points, || format!("{name}: the ledger's sum is {ledger}"))?;
    let title = phone.engine.lesson(SECOND.into()).await?.summary.title;
    let source = qadam_engine::awards::PointsSource::Lesson { title };
    let entries = awards.ledger.iter().filter(|entry| entry.source == source).count();
    expect(entries == 1, || format!("{name}: {entries} entries for the lesson"))?;
    let query = ContactsQuery { search: "marat".into(), after: None, limit: 10 };
    let page = phone.engine.contacts(query).await?;
    let ids: Vec<&str> = page.contacts.iter().map(|contact| contact.id.as_str()).collect();
    expect(ids == [contact], || format!("{name}: contacts named Marat: {ids:?}"))
}

/// Everything that a person sees is the same on both.
pub async fn same(first: &Phone, second: &Phone) -> Play {
    let (here, there) = (shown(first).await?, shown(second).await?);
    expect(here == there, || format!("the phones differ:\n{here:#?}\n{there:#?}"))
}

pub async fn shown(phone: &Phone) -> Play<(CoursesView, AwardsView, Vec<ContactView>)> {
    let engine = &phone.engine;
    let courses = CoursesView { valid_until: None, ..engine.courses().await? };
    // Said by the phone's own clock, which is some milliseconds off.
    let awards = AwardsView { valid_until: 0, ..engine.awards().await? };
    let page = engine.contacts(ContactsQuery { limit: 100, ..ContactsQuery::default() }).await?;
    let mut contacts = Vec::new();
    for contact in page.contacts {
        contacts.push(engine.contact(contact.id).await?);
    }
    Ok((courses, awards, contacts))
}

fn tell_try(quiz: &QuizView, result: &QuizResultView, new: Option<usize>) {
    let asked = quiz.questions.len();
    let what = match new {
        None => format!("{asked} questions, two guessed, the others left open"),
        Some(new) => format!("a new draw, {new} of {asked} questions are others"),
    };
    let verdict = if result.passed { "passed" } else { "not passed" };
    let (percent, pass) = (result.percent, result.pass_percent);
    say(&format!("Try {}: {what}. {percent} % where {pass} % are needed: {verdict}.", quiz.attempt));
}

pub fn tell_sync(sync: &SyncOutcome) {
    let trips =
        if sync.round_trips == 1 { "One round trip".into() } else { format!("{} round trips", sync.round_trips) };
    let SyncOutcome { sent, received, bytes_up, bytes_down, .. } = sync;
    say(&format!(
        "{trips}: {sent} changes sent, {received} rows received, {bytes_up} bytes up, {bytes_down} bytes down."
    ));
}

pub fn all(courses: &CoursesView) -> impl Iterator<Item = &LessonSummary> {
    courses.courses.iter().flat_map(|course| &course.lessons)
}

pub fn heading(clock: &EveningClock, title: &str) {
    say("");
    say(&format!("{}  {title}", clock.time()));
}

pub fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Play {
    if holds { Ok(()) } else { Err(Deviation(otherwise())) }
}
