//! The phone for a person at a terminal.

use std::time::Duration;

use qadam_engine::EngineError;
use qadam_engine::awards::{LedgerEntryView, PointsSource};
use qadam_engine::contacts::{Channel, ContactEdit, ContactsQuery};
use qadam_engine::learning::{GradedView, LessonStatus, LessonSummary, ProgressView, QuestionView, VerdictView};
use qadam_engine::offers::OfferStatus;
use qadam_engine::results::WithdrawnView;
use qadam_engine::reviews::EaseInput;
use qadam_engine::sync::{RefusalReason, SyncProblem, SyncState};

use crate::ask::{Asked, Leave, Person};
use crate::clock::{EveningClock, date_of, time_of};
use crate::phone::Phone;
use crate::show::{compared, plain, say, say_wrapped};
use crate::texts::Texts;

const CHANNELS: [(Channel, &str); 4] = [
    (Channel::Call, "channel-call"),
    (Channel::Message, "channel-message"),
    (Channel::Meeting, "channel-meeting"),
    (Channel::Other, "channel-other"),
];
/// Contacts of a page.
const PAGE: u32 = 20;
/// Entries of the ledger that are shown.
const LEDGER: usize = 10;
const A_DAY: i64 = 24 * 60;
/// How long new texts are waited for after the language was chosen.
const TEXTS: Duration = Duration::from_secs(10);

/// Until the person quits or the input ends. With a `clock` the person can move on to the next evening.
pub async fn run(phone: &Phone, clock: Option<&EveningClock>) {
    let locale = phone.engine.settings().await.map_or_else(|_| "en".into(), |settings| settings.locale);
    let mut terminal = Terminal { phone, clock, person: Person::new(Texts::of(&locale)) };
    say("");
    terminal.person.tell("welcome");
    loop {
        match terminal.menu().await {
            Ok(true) | Err(Leave::Back) => {}
            Ok(false) | Err(Leave::End) => break,
            Err(Leave::Failed(error)) => terminal.failed(&error),
        }
    }
    terminal.person.tell("goodbye");
}

struct Terminal<'a> {
    phone: &'a Phone,
    clock: Option<&'a EveningClock>,
    person: Person,
}

impl Terminal<'_> {
    /// Whether to go on.
    async fn menu(&mut self) -> Asked<bool> {
        let texts = &self.person.texts;
        let connection = if self.phone.is_online() { "menu-disconnect" } else { "menu-connect" };
        let mut entries: Vec<&str> = vec![
            "menu-lessons",
            "menu-reviews",
            "menu-awards",
            "menu-results",
            "menu-messages",
            "menu-contacts",
            connection,
            "menu-sync",
            "menu-status",
            "menu-language",
        ];
        if self.clock.is_some() {
            entries.push("menu-next-evening");
        }
        say("");
        for (place, entry) in entries.iter().enumerate() {
            say(&format!("  {}  {}", place + 1, texts.get(entry)));
        }
        say(&format!("  q  {}", texts.get("menu-quit")));
        let line = self.person.ask("choose").await?;
        let chosen = line.parse::<usize>().ok().and_then(|n| entries.get(n.checked_sub(1)?)).copied();
        match chosen.unwrap_or(&line) {
            "menu-lessons" => self.lessons().await?,
            "menu-reviews" => self.reviews().await?,
            "menu-awards" => self.awards().await?,
            "menu-results" => self.results().await?,
            "menu-messages" => self.messages().await?,
            "menu-contacts" => self.contacts().await?,
            "menu-connect" | "menu-disconnect" => {
                self.phone.set_online(!self.phone.is_online());
                self.person.tell(if self.phone.is_online() { "connected" } else { "disconnected" });
            }
            "menu-sync" => self.sync().await?,
            "menu-status" => self.status().await?,
            "menu-language" => self.language().await?,
            "menu-next-evening" => self.next_evening().await?,
            "q" | "Q" => return Ok(false),
            "" => {}
            _ => self.person.tell_with("choose-again", &[("most", entries.len().into())]),
        }
        Ok(true)
    }

    async fn lessons(&mut self) -> Asked {
        loop {
            let courses = self.phone.engine.courses().await?;
            let mut lessons = Vec::new();
            for course in &courses.courses {
                say("");
                say_wrapped(0, &format!("{}. {}", course.title, course.summary));
                for lesson in &course.lessons {
                    lessons.push(lesson.id.clone());
                    say(&format!("  {:>2}  {} ({})", lessons.len(), lesson.title, self.state_of(lesson)));
                }
            }
            let Some(place) = self.person.choose("choose-lesson", lessons.len()).await? else { return Ok(()) };
            match self.lesson(&lessons[place]).await {
                Ok(()) | Err(Leave::Back) => {}
                Err(Leave::Failed(error)) => self.failed(&error),
                end => return end,
            }
        }
    }

    fn state_of(&self, lesson: &LessonSummary) -> String {
        let texts = &self.person.texts;
        let best = ("best", lesson.best_percent.into());
        match &lesson.status {
            LessonStatus::Completed => texts.with("lesson-completed", &[best]),
            LessonStatus::Passed { .. } => texts.with("lesson-passed", &[best]),
            LessonStatus::Waiting { until } => texts.with("lesson-waiting", &[("time", time_of(*until).into())]),
            LessonStatus::Open => {
                let values = [("minutes", lesson.minutes.into()), ("points", lesson.points.into())];
                texts.with("lesson-open", &values)
            }
            LessonStatus::Locked { missing } => {
                let first = missing.iter().map(|lesson| lesson.title.as_str()).collect::<Vec<_>>().join(", ");
                texts.with("lesson-locked", &[("first", first.into())])
            }
        }
    }

    async fn lesson(&mut self, id: &str) -> Asked {
        let engine = &self.phone.engine;
        let lesson = engine.lesson(id.into()).await?;
        if matches!(lesson.summary.status, LessonStatus::Locked { .. }) {
            return Err(EngineError::LessonLocked.into());
        }
        let is_read_again =
            if lesson.quiz_begun || lesson.summary.read { self.person.ask("read-again").await? == "1" } else { true };
        if is_read_again {
            for (place, card) in lesson.cards.iter().enumerate() {
                say(&format!("\n--- {} {}/{}", lesson.summary.title, place + 1, lesson.cards.len()));
                say_wrapped(0, &plain(card));
                self.person.ask("next-card").await?;
            }
            let progress = engine.finish_reading(id.into()).await?;
            self.progress(&progress);
        }
        if lesson.quiz_size == 0 {
            return Ok(());
        }
        self.quiz(id).await
    }

    async fn quiz(&mut self, id: &str) -> Asked {
        let engine = &self.phone.engine;
        let quiz = engine.quiz(id.into()).await?;
        let values = [
            ("number", quiz.attempt.into()),
            ("questions", quiz.questions.len().into()),
            ("percent", quiz.pass_percent.into()),
        ];
        self.person.tell_with("quiz-begins", &values);
        for (question, known) in quiz.questions.iter().zip(&quiz.answers) {
            if known.is_none() {
                let answer = self.person.question(question).await?;
                engine.answer(id.into(), question.id.clone(), answer).await?;
            }
        }
        let result = engine.hand_in(id.into()).await?;
        for graded in &result.graded {
            if let Some(question) = quiz.questions.iter().find(|question| question.id == graded.question) {
                say("");
                say_wrapped(0, &plain(&question.prompt));
                self.graded(question, graded);
            }
        }
        say("");
        let values = [("percent", result.percent.into()), ("needed", result.pass_percent.into())];
        self.person.tell_with(if result.passed { "quiz-passed" } else { "quiz-failed" }, &values);
        if let Some(until) = result.wait_until {
            self.person.tell_with("quiz-wait", &[("time", time_of(until).into())]);
        }
        self.progress(&result.progress);
        Ok(())
    }

    fn graded(&self, question: &QuestionView, graded: &GradedView) {
        let verdict = match graded.verdict {
            VerdictView::Right => "verdict-right",
            VerdictView::Partly => "verdict-partly",
            VerdictView::Wrong => "verdict-wrong",
        };
        say_wrapped(2, &self.person.texts.with(verdict, &[("percent", graded.percent.into())]));
        if graded.verdict != VerdictView::Right {
            let solution = self.person.words(&question.kind, &graded.solution);
            say_wrapped(2, &self.person.texts.with("solution", &[("answer", solution.into())]));
        }
        for feedback in &graded.feedback {
            say_wrapped(2, feedback);
        }
        say_wrapped(2, &plain(&graded.explanation));
    }

    fn progress(&self, progress: &ProgressView) {
        let titles = |lessons: &[qadam_engine::learning::LessonRef]| {
            lessons.iter().map(|lesson| lesson.title.as_str()).collect::<Vec<_>>().join(", ")
        };
        for (name, lessons) in [("completed", &progress.completed), ("unlocked", &progress.unlocked)] {
            if !lessons.is_empty() {
                self.person.tell_with(name, &[("lessons", titles(lessons).into())]);
            }
        }
        for badge in &progress.badges {
            let values = [("badge", badge.title.as_str().into()), ("words", badge.words.as_str().into())];
            self.person.tell_with("badge-earned", &values);
        }
        if progress.points > 0 {
            self.person.tell_with("points-earned", &[("points", progress.points.into())]);
        }
        if let Some(level) = &progress.level {
            self.person.tell_with("level-reached", &[("level", level.title.as_str().into())]);
        }
    }

    async fn reviews(&mut self) -> Asked {
        let engine = &self.phone.engine;
        let reviews = engine.reviews().await?;
        self.person
            .tell_with("reviews-due", &[("count", reviews.cards.len().into()), ("done", reviews.done_today.into())]);
        if let Some(next) = &reviews.next {
            self.person.tell_with("reviews-next", &[("date", next.as_str().into())]);
        }
        for card in &reviews.cards {
            say(&format!("\n--- {}", card.lesson_title));
            let (lesson, question) = (card.lesson.clone(), card.question.id.clone());
            let answer = self.person.question(&card.question).await?;
            let graded = engine.grade_review(lesson.clone(), question.clone(), answer.clone()).await?;
            self.graded(&card.question, &graded);
            let ease = if graded.verdict == VerdictView::Right {
                match self.person.choose("ease", 3).await? {
                    Some(0) => EaseInput::Hard,
                    Some(2) => EaseInput::Easy,
                    _ => EaseInput::Good,
                }
            } else {
                EaseInput::Good
            };
            let result = engine.answer_review(lesson, question, answer, ease).await?;
            self.person.tell_with("review-next", &[("date", result.next.into())]);
            self.progress(&result.progress);
        }
        Ok(())
    }

    async fn awards(&mut self) -> Asked {
        let awards = self.phone.engine.awards().await?;
        let person = &self.person;
        let level = awards.level.as_ref().map_or("", |level| level.title.as_str());
        person.tell_with("awards-points", &[("points", awards.points.into()), ("level", level.into())]);
        if let Some(next) = &awards.next_level {
            person.tell_with("awards-next-level", &[("level", next.title.as_str().into()), ("from", next.from.into())]);
        }
        let streak = &awards.streak;
        let values =
            [("days", streak.days.into()), ("freezes", streak.freezes.into()), ("longest", streak.longest.into())];
        person.tell_with("awards-streak", &values);
        person.tell("awards-badges");
        for badge in &awards.badges {
            let withdrawn = badge.withdrawn.map(|_| person.texts.get("awards-withdrawn"));
            let earned = badge.earned.as_deref().or(withdrawn.as_deref()).unwrap_or("-");
            say_wrapped(2, &format!("{earned:<10}  {}: {}", badge.title, badge.how));
        }
        person.tell("awards-ledger");
        for entry in awards.ledger.iter().take(LEDGER) {
            let LedgerEntryView { day, points, source } = entry;
            let source = match source {
                PointsSource::Lesson { title } | PointsSource::Badge { title } => title.clone(),
                PointsSource::Reviews => person.texts.get("menu-reviews"),
                PointsSource::Rule { why, .. } if !why.is_empty() => why.clone(),
                PointsSource::Rule { id, .. } | PointsSource::Other { id } => id.clone(),
            };
            say_wrapped(2, &format!("{day}  +{points}  {source}"));
        }
        Ok(())
    }

    /// What the back office confirmed, what it took back, and what the company offers.
    async fn results(&mut self) -> Asked {
        let engine = &self.phone.engine;
        let (results, offers) = (engine.results().await?, engine.offers().await?);
        let person = &self.person;
        let rank = results.rank.as_ref().map_or("-", |rank| rank.title.as_str());
        person.tell_with("results-rank", &[("rank", rank.into())]);
        if let Some(next) = &results.next_rank {
            person.tell_with("results-next-rank", &[("rank", next.title.as_str().into()), ("need", next.need.into())]);
        }
        for volume in &results.volumes {
            let values = [("month", volume.month.as_str().into()), ("volume", volume.customers.into())];
            person.tell_with("results-volume", &values);
        }
        if results.sales.is_empty() {
            person.tell("results-none");
        }
        for sale in &results.sales {
            let name = match (sale.returned, sale.own) {
                (true, _) => "results-returned",
                (false, true) => "results-own",
                (false, false) => "results-sale",
            };
            let values = [("day", sale.day.as_str().into()), ("volume", sale.volume.into())];
            person.tell_with(name, &values);
        }
        for offer in &offers {
            say("");
            say_wrapped(0, &format!("{}: {}", offer.reward, offer.terms));
            let state = match offer.status {
                OfferStatus::Open => "offer-open",
                OfferStatus::Reached => "offer-reached",
                OfferStatus::Given => "offer-given",
                OfferStatus::Lapsed => "offer-lapsed",
                OfferStatus::Withdrawn => "offer-withdrawn",
                OfferStatus::Other => "offer-other",
            };
            let values = [
                ("reached", offer.reached.into()),
                ("goal", offer.goal.into()),
                ("until", offer.until.as_str().into()),
            ];
            say_wrapped(2, &person.texts.with(state, &values));
            say_wrapped(2, &person.texts.with("why", &[("why", offer.why.as_str().into())]));
        }
        for notice in engine.notices().await? {
            let what = match &notice.withdrawn {
                WithdrawnView::Badge { title, .. } => title.clone(),
                WithdrawnView::Rule { why, .. } => why.clone(),
                WithdrawnView::Other => notice.id.clone(),
            };
            person.tell_with("notice", &[("what", what.into()), ("because", notice.because.join(", ").into())]);
            engine.see_notice(notice.id).await?;
        }
        Ok(())
    }

    /// The nudges to come and those that came, each with why it is there, and the switch that stops it.
    async fn messages(&mut self) -> Asked {
        let engine = &self.phone.engine;
        loop {
            let mut plan = engine.plan_nudges(true).await?;
            if !plan.shows && self.phone.is_online() {
                // The phone has asked for the right to notify.
                engine.sync().await?;
                plan = engine.plan_nudges(true).await?;
            }
            let came = engine.nudges().await?;
            let texts = &self.person.texts;
            say("");
            let mut ids = Vec::new();
            for nudge in plan.scheduled.iter().filter(|nudge| nudge.category.is_some()) {
                ids.push(nudge.id.clone());
                let when = texts.with("message-comes", &[("time", date_of(nudge.at).into())]);
                say_wrapped(2, &format!("{}  {when}: {}", ids.len(), nudge.title));
            }
            for nudge in &came {
                ids.push(nudge.id.clone());
                say_wrapped(2, &format!("{}  {}: {}. {}", ids.len(), date_of(nudge.at), nudge.title, nudge.body));
            }
            if ids.is_empty() {
                self.person.tell("messages-none");
                return Ok(());
            }
            let Some(place) = self.person.choose("choose-message", ids.len()).await? else { return Ok(()) };
            let id = ids[place].clone();
            if came.iter().any(|nudge| nudge.id == id) {
                engine.open_nudge(id.clone()).await?;
            }
            let why = engine.why_nudge(id).await?;
            say_wrapped(2, &self.person.texts.with("why", &[("why", why.why.as_str().into())]));
            say_wrapped(2, &compared(&why.compared));
            let switch = if why.never { "message-again" } else { "message-never" };
            if self.person.ask(switch).await? == "1" {
                engine.never_nudge(why.rule, !why.never).await?;
                self.person.tell("kept");
            }
        }
    }

    async fn contacts(&mut self) -> Asked {
        let mut query = ContactsQuery { limit: PAGE, ..ContactsQuery::default() };
        loop {
            let page = self.phone.engine.contacts(query.clone()).await?;
            say("");
            for (place, contact) in page.contacts.iter().enumerate() {
                let last = contact.last_interaction.map(date_of).unwrap_or_default();
                let rest = if contact.do_not_contact { self.person.texts.get("do-not-contact") } else { last };
                say(format!("  {:>2}  {}  {}  {rest}", place + 1, contact.name, contact.phone).trim_end());
            }
            if page.contacts.is_empty() {
                self.person.tell("contacts-none");
            }
            let line = self.person.ask("choose-contact").await?;
            match line.as_str() {
                "" if page.next.is_some() => query.after = page.next,
                "" => return Ok(()),
                "+" => self.add_contact().await?,
                line => match line.parse::<usize>().ok().and_then(|n| page.contacts.get(n.checked_sub(1)?)) {
                    Some(contact) => match self.contact(&contact.id).await {
                        Ok(()) | Err(Leave::Back) => {}
                        Err(Leave::Failed(error)) => self.failed(&error),
                        end => return end,
                    },
                    // Not a number of the list: a name to look for.
                    None => query = ContactsQuery { search: line.into(), after: None, limit: PAGE },
                },
            }
        }
    }

    async fn add_contact(&mut self) -> Asked {
        let mut edit = ContactEdit { name: Some(self.person.ask("contact-name").await?), ..ContactEdit::default() };
        edit.phone = Some(self.person.ask("contact-phone").await?);
        edit.note = Some(self.person.ask("contact-note").await?);
        match self.phone.engine.add_contact(edit).await {
            Ok(_) => self.person.tell("kept"),
            Err(error) => self.failed(&error),
        }
        Ok(())
    }

    async fn contact(&mut self, id: &str) -> Asked {
        loop {
            let contact = self.phone.engine.contact(id.into()).await?;
            say("");
            say_wrapped(
                0,
                [contact.name.as_str(), &contact.phone, &contact.email, &contact.note].join("  ").trim_end(),
            );
            for talk in &contact.interactions {
                let channel =
                    CHANNELS.into_iter().find(|(channel, _)| *channel == talk.channel).map_or("", |(_, name)| name);
                say_wrapped(2, &format!("{}  {}: {}", date_of(talk.at), self.person.texts.get(channel), talk.note));
            }
            for (place, (_, name)) in CHANNELS.into_iter().enumerate() {
                say(&format!("  {}  {}", place + 1, self.person.texts.get(name)));
            }
            let Some(place) = self.person.choose("choose-channel", CHANNELS.len()).await? else { return Ok(()) };
            let note = self.person.ask("talk-note").await?;
            self.phone.engine.log_interaction(id.into(), CHANNELS[place].0, None, note).await?;
            self.person.tell("kept");
        }
    }

    async fn sync(&mut self) -> Asked {
        let done = self.phone.engine.sync().await?;
        let values = [
            ("trips", done.round_trips.into()),
            ("sent", done.sent.into()),
            ("received", done.received.into()),
            ("up", done.bytes_up.into()),
            ("down", done.bytes_down.into()),
        ];
        self.person.tell_with("synced", &values);
        Ok(())
    }

    async fn status(&mut self) -> Asked {
        let engine = &self.phone.engine;
        let status = engine.sync_status().await?;
        let person = &self.person;
        person.tell(match status.state {
            SyncState::Idle => "state-idle",
            SyncState::Syncing => "state-syncing",
            SyncState::Offline => "state-offline",
            SyncState::SignInNeeded => "state-sign-in",
            SyncState::UpdateNeeded => "state-update",
            SyncState::Waiting { problem, .. } => match problem {
                SyncProblem::Unreachable | SyncProblem::ServerBusy => "state-later",
                SyncProblem::StorageFull => "error-storage-full",
                SyncProblem::NotQadam | SyncProblem::Untrusted | SyncProblem::ServerTooOld | SyncProblem::Refused => {
                    "state-problem"
                }
            },
        });
        person.tell_with("status-pending", &[("count", status.pending.into())]);
        if let Some(last) = status.last_success {
            person.tell_with("status-last", &[("time", date_of(last).into())]);
        }
        for refusal in engine.refusals().await? {
            let reason = match refusal.reason {
                RefusalReason::TooLong | RefusalReason::TooManyRecords => "refused-too-much",
                RefusalReason::UnknownContent | RefusalReason::ImpossibleAnswers => "refused-content",
                RefusalReason::Malformed | RefusalReason::Other => "refused-other",
            };
            person.tell_with(reason, &[("time", date_of(refusal.at).into())]);
        }
        let media = engine.media_status().await?;
        let kilobytes = |bytes: i64| (bytes + 999) / 1_000;
        let values = [("held", kilobytes(media.held).into()), ("lacking", kilobytes(media.lacking).into())];
        person.tell_with("status-media", &values);
        Ok(())
    }

    async fn language(&mut self) -> Asked {
        let engine = &self.phone.engine;
        let locales = engine.settings().await?.locales;
        for (place, locale) in locales.iter().enumerate() {
            say(&format!("  {}  {}", place + 1, Texts::name_of(locale)));
        }
        let Some(place) = self.person.choose("choose-language", locales.len()).await? else { return Ok(()) };
        let chosen = locales[place].clone();
        engine.set_locale(chosen.clone()).await?;
        self.person.texts = Texts::of(&chosen);
        if !self.phone.is_online() {
            self.person.tell("language-later");
            return Ok(());
        }
        let texts = async {
            while engine.settings().await?.locale != chosen {
                engine.sync().await?;
            }
            Ok(())
        };
        tokio::time::timeout(TEXTS, texts).await.unwrap_or(Err(Leave::Failed(EngineError::ContentMissing)))?;
        self.person.tell("language-here");
        Ok(())
    }

    async fn next_evening(&mut self) -> Asked {
        let Some(clock) = self.clock else { return Ok(()) };
        clock.pass_minutes(A_DAY);
        let network = if self.phone.is_online() {
            qadam_engine::platform::Network::Unmetered
        } else {
            qadam_engine::platform::Network::Offline
        };
        self.phone.engine.foreground(network).await?;
        self.person.tell_with("next-evening", &[("time", date_of(clock.wall()).into())]);
        Ok(())
    }

    fn failed(&self, error: &EngineError) {
        let name = match error {
            EngineError::Unreachable { .. } | EngineError::ServerBusy { .. } => "error-unreachable",
            EngineError::LessonLocked => "error-locked",
            EngineError::SignInNeeded | EngineError::SignedOut => "state-sign-in",
            EngineError::Invalid { .. } => "error-invalid",
            EngineError::ContentMissing => "error-content",
            EngineError::StorageFull => "error-storage-full",
            _ => return self.person.tell_with("error-other", &[("detail", error.to_string().into())]),
        };
        self.person.tell(name);
    }
}
