//! The engine as an app sees it: one value, thread-safe, cheap to clone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use qadam_domain::company::Locale;
use qadam_protocol::accounts::{
    DevicesReply, Secret, SetPasswordReply, SetPasswordRequest, SignInReply, SignInRequest,
};
use qadam_protocol::codec::{self, Packed};
use qadam_protocol::limits;
use serde::Serialize;
use tokio::runtime::{Handle, Runtime};

use crate::awards::{self, AwardsView};
use crate::contacts::{self, Channel, ContactEdit, ContactView, ContactsPage, ContactsQuery};
use crate::core::{Core, Tools};
use crate::database::{Changes, Database, Nouns};
use crate::error::{EngineError, Result};
use crate::journey::{self, JourneyView, TodayView, WelcomeView};
use crate::learning::{self, AnswerInput, CoursesView, GradedView, LessonView, ProgressView, QuizResultView, QuizView};
use crate::live::{LiveQuery, Timed};
use crate::media::{self, MediaStatusView, MediaStore, MediaView};
use crate::nudges::{self, NudgeCategory, NudgePlanView, NudgeSettingsView, NudgeView, WhyView};
use crate::offers::{self, OfferView};
use crate::people::{self, SignalView};
use crate::platform::{Clock, Network, Random, SecureStore, SecureStoreError, SystemClock, SystemRandom, Zone};
use crate::push::{self, PushToken};
use crate::reminders::{self, ReminderView};
use crate::replica;
use crate::results::{self, NoticeView, ResultsView};
use crate::reviews::{self, EaseInput, ReviewResultView, ReviewsView};
use crate::session::{self, AccountView, DeviceView, Session, SessionView};
use crate::settings::{self, SettingsView};
use crate::sync::{self, BackgroundOutcome, Driver, Endpoint, Failure, RefusalView, SyncOutcome, SyncStatusView};
use crate::task::{self, Task};
use crate::team::{self, TeamMember, TeamMembers, TeamQuery, TeamSearch, TeamStore};
use crate::transport::http::{HttpTransport, check_address};
use crate::transport::{BoxFuture, HttpRequest, Method, Transport};

/// What the app says at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// A folder of the app's own; created where it is missing.
    pub directory: PathBuf,
    /// Name and version, such as `qadam-android/0.1.0`.
    pub app: String,
    /// BCP 47 tag of the phone's language. One that is unknown counts as English: a phone has strange ones now and then.
    pub locale: String,
    pub network: Network,
}

/// What the engine runs on.
#[derive(Clone)]
pub struct Platform {
    pub clock: Arc<dyn Clock>,
    pub zone: Arc<dyn Zone>,
    pub random: Arc<dyn Random>,
    pub secure_store: Arc<dyn SecureStore>,
    pub transport: Arc<dyn Transport>,
}

impl Platform {
    /// The operating system's clocks, chance and network, and the app's secure store and zone.
    ///
    /// # Errors
    /// [`EngineError::Internal`] where the system has no TLS to offer.
    pub fn system(secure_store: Arc<dyn SecureStore>, zone: Arc<dyn Zone>, app: &str) -> Result<Self> {
        Ok(Self {
            clock: Arc::new(SystemClock::default()),
            zone,
            random: Arc::new(SystemRandom),
            secure_store,
            transport: Arc::new(HttpTransport::new(app)?),
        })
    }
}

/// The whole of Qadam on a phone. One per process.
///
/// Every asynchronous function works on the engine's own threads: a caller that is cancelled loses nothing, and no SQL runs on its thread.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    config: Config,
    platform: Platform,
    changes: Changes,
    media: Arc<MediaStore>,
    network: Mutex<Network>,
    account: RwLock<Option<Arc<Account>>>,
    /// Signing in and out: one at a time.
    door: tokio::sync::Mutex<()>,
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

/// An account that is signed in, with its database open.
struct Account {
    session: Session,
    core: Arc<Core>,
    driver: Arc<Driver>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.changes.close();
        if let Some(runtime) = self.runtime.get_mut().take() {
            // The last handle may go in a task of this very runtime, which must not wait for itself.
            runtime.shutdown_background();
        }
    }
}

impl Engine {
    /// Opens what this phone holds. Never replays anything: state is stored.
    ///
    /// # Errors
    /// [`EngineError::SecureStore`] with [`SecureStoreError::Locked`]: nothing was touched, try again once the phone is unlocked.
    /// [`EngineError::StorageNewer`], [`EngineError::StorageCorrupt`] (the next call begins anew), [`EngineError::StorageFull`].
    pub fn open(config: Config, platform: Platform) -> Result<Self> {
        // Before anything else: on a locked phone files may look damaged.
        if let Err(SecureStoreError::Locked) = platform.secure_store.get("probe") {
            return Err(SecureStoreError::Locked.into());
        }
        std::fs::create_dir_all(&config.directory)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("qadam")
            .enable_all()
            .build()
            .map_err(|error| EngineError::Internal { detail: error.to_string() })?;
        let inner = Arc::new(Inner {
            media: Arc::new(MediaStore::open(&config.directory.join("media"))?),
            network: Mutex::new(config.network),
            platform,
            changes: Changes::default(),
            account: RwLock::new(None),
            door: tokio::sync::Mutex::new(()),
            handle: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
            config,
        });
        if let Some(session) = Session::load(&inner.config.directory)? {
            let path = session.database(&inner.config.directory);
            if path.exists() {
                let core = inner.open_core(&session)?;
                let device = core.database.read(replica::device)?;
                if let Some(device) = device {
                    let token = match inner.platform.secure_store.get(&session::token_name(&device)) {
                        Ok(token) => token,
                        Err(SecureStoreError::Locked) => return Err(SecureStoreError::Locked.into()),
                        // The person signs in again; what waits is kept.
                        Err(SecureStoreError::Missing | SecureStoreError::Invalidated) => None,
                    };
                    inner.admit(session, core, token);
                }
            }
        }
        Ok(Self(inner))
    }

    /// Ends live queries, finishes what is being written, and closes. Everything after it is [`EngineError::Closed`].
    pub async fn close(&self) {
        let inner = self.0.clone();
        let closing = self.0.handle.spawn(async move {
            inner.changes.close();
            let account = inner.account.write().take();
            if let Some(account) = account {
                account.driver.close();
                account.driver.idle().await;
                account.core.team.close();
                account.core.database.close();
            }
        });
        // Ends early only where the runtime is gone already.
        let _ = closing.await;
    }

    // Session

    /// Sets the password with an invite or reset code. Gives the log-in name.
    ///
    /// # Errors
    /// [`EngineError::CodeInvalid`], [`EngineError::PasswordUnsuitable`], [`EngineError::TooManyAttempts`]; those of the network.
    pub fn set_password(&self, server: String, code: String, password: String) -> Waiting<String> {
        self.run(move |inner| async move {
            let server = check_address(&server).map_err(address_error)?;
            let body = SetPasswordRequest { code: Secret(code), password: Secret(password) };
            let reply: SetPasswordReply = inner.call(&server, Method::Post, "/v1/password", None, Some(&body)).await?;
            Ok(reply.login)
        })
    }

    /// Signs in. Where this account's work is on the phone already, it is taken up and sent.
    ///
    /// # Errors
    /// [`EngineError::WrongCredentials`], [`EngineError::TooManyAttempts`], [`EngineError::OtherAccount`], [`EngineError::SecureStore`]; those
    /// of the network and of storage.
    pub fn sign_in(
        &self,
        server: String,
        login: String,
        password: String,
        device_name: String,
    ) -> Waiting<AccountView> {
        self.run(move |inner| async move {
            let _door = inner.door.lock().await;
            let server = check_address(&server).map_err(address_error)?;
            let known = inner.account.read().clone();
            let was = match &known {
                Some(account) => {
                    let core = account.core.clone();
                    inner.blocking(move || core.database.read(replica::device)).await?
                }
                None => None,
            };
            let body = SignInRequest { login, password: Secret(password), device_name, was };
            let reply: SignInReply = inner.call(&server, Method::Post, "/v1/sign-in", None, Some(&body)).await?;
            let session = Session { server, company: reply.company.to_string(), account: reply.account.clone() };
            if let Err(error) = inner.make_way(known.as_deref(), &session, &reply).await {
                // The device that the server has just made is of no use.
                let token = Some(reply.token.0.clone());
                let _ = inner.call_unit(&session.server, Method::Post, "/v1/sign-out", token).await;
                return Err(error);
            }
            // Whatever fails from here on, the database may know the device already. Were that one signed out, the phone would be wiped with
            // all that waits; one that is of no use is in the list of devices.
            inner.enter(session, &reply).await
        })
    }

    /// Sends what waits, signs this device out at the server, and wipes the account from the phone.
    ///
    /// # Errors
    /// [`EngineError::Unsent`] where something could not be sent and `even_unsent` is false: nothing was done then.
    pub fn sign_out(&self, even_unsent: bool) -> Waiting<()> {
        self.run(move |inner| async move {
            let _door = inner.door.lock().await;
            let account = inner.account()?;
            // Whether it went through is seen by what is left.
            let _ = account.driver.sync(true).await;
            let core = account.core.clone();
            let (pending, _) = inner.blocking(move || core.database.read(replica::outbox::counts)).await?;
            if pending > 0 && !even_unsent {
                return Err(EngineError::Unsent { count: pending });
            }
            if let Some(token) = account.driver.token() {
                // A device that could not say goodbye is in the list of devices and can be signed out there.
                let _ = inner.call_unit(&account.session.server, Method::Post, "/v1/sign-out", Some(token)).await;
            }
            inner.wipe(&account).await
        })
    }

    /// # Errors
    /// Those of storage.
    pub fn session(&self) -> Waiting<SessionView> {
        self.run(|inner| async move { inner.session_view().await })
    }

    /// The devices of this account.
    ///
    /// # Errors
    /// Those of the network.
    pub fn devices(&self) -> Waiting<Vec<DeviceView>> {
        self.run(|inner| async move {
            let account = inner.account()?;
            let token = account.driver.token().ok_or(EngineError::SignInNeeded)?;
            let reply: DevicesReply =
                inner.call(&account.session.server, Method::Get, "/v1/devices", Some(token), None::<&()>).await?;
            let devices = reply.devices.into_iter().map(|device| DeviceView {
                id: device.id.to_string(),
                name: device.name,
                signed_in: device.signed_in,
                heard: device.heard,
                this: device.this,
            });
            Ok(devices.collect())
        })
    }

    /// Signs another device out. It wipes itself as soon as it hears of it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; those of the network.
    pub fn revoke_device(&self, id: String) -> Waiting<()> {
        self.run(move |inner| async move {
            let id =
                qadam_domain::ids::DeviceId::new(id).map_err(|_| EngineError::NotFound { what: "device".into() })?;
            let account = inner.account()?;
            let token = account.driver.token().ok_or(EngineError::SignInNeeded)?;
            inner.call_unit(&account.session.server, Method::Delete, &format!("/v1/devices/{id}"), Some(token)).await
        })
    }

    // Lifecycle

    /// The app is shown, perhaps in another zone.
    ///
    /// # Errors
    /// [`EngineError::Closed`]
    pub fn foreground(&self, network: Network) -> Waiting<()> {
        self.run(move |inner| async move {
            *inner.network.lock() = network;
            // Connections may be dead, and a second ago may be a week ago.
            inner.platform.transport.reset();
            if let Some(account) = inner.account.read().clone() {
                account.driver.set_network(network);
                account.driver.set_foreground(true);
            }
            inner.changes.publish(Nouns::PLACE);
            Ok(())
        })
    }

    /// The app is left. Stops at a page's border, ends the stream of hints and releases every lock, within `deadline_ms` milliseconds.
    ///
    /// # Errors
    /// [`EngineError::Closed`]
    pub fn background(&self, deadline_ms: u64) -> Waiting<()> {
        self.run(move |inner| async move {
            let account = inner.account.read().clone();
            if let Some(account) = account {
                account.driver.set_foreground(false);
                let _ = tokio::time::timeout(Duration::from_millis(deadline_ms), account.driver.idle()).await;
                inner.release(account).await?;
            }
            Ok(())
        })
    }

    /// One bounded sync while the app is in the background: at most `budget_ms` milliseconds.
    ///
    /// # Errors
    /// Why it did not succeed; what was received stays.
    pub fn run_background(&self, budget_ms: u64) -> Waiting<BackgroundOutcome> {
        self.run(move |inner| async move {
            let Ok(account) = inner.account() else { return Ok(BackgroundOutcome::Nothing) };
            if account.driver.token().is_none() {
                return Ok(BackgroundOutcome::Nothing);
            }
            let outcome = match tokio::time::timeout(Duration::from_millis(budget_ms), account.driver.sync(true)).await
            {
                Ok(Ok(sync)) => Ok(BackgroundOutcome::Done { sync }),
                Ok(Err(failure)) => inner.failed(&account, failure).await,
                Err(_) => Ok(BackgroundOutcome::OutOfTime),
            };
            inner.release(account).await?;
            outcome
        })
    }

    /// The platform's word on how this device can be woken, or `None` where it can't be: to be said at each start, and whenever it changes. The server
    /// is told with the next sync, if it does not know.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for what is no token; those of storage.
    pub fn push_token(&self, token: Option<PushToken>) -> Waiting<()> {
        self.with(move |core| push::set(core, token.as_ref()))
    }

    /// A push came that wakes: [`Engine::run_background`] brings what it is about.
    ///
    /// # Errors
    /// As [`Engine::run_background`].
    pub fn woken(&self, budget_ms: u64) -> Waiting<BackgroundOutcome> {
        self.run_background(budget_ms)
    }

    /// The network changed.
    pub fn set_network(&self, network: Network) {
        *self.0.network.lock() = network;
        if let Some(account) = &*self.0.account.read() {
            account.driver.set_network(network);
        }
    }

    // Learning

    /// # Errors
    /// [`EngineError::ContentMissing`] before the first sync.
    pub fn courses(&self) -> Waiting<CoursesView> {
        self.with(|core| Ok(learning::courses(core)?.value))
    }

    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn lesson(&self, id: String) -> Waiting<LessonView> {
        self.with(move |core| Ok(learning::lesson(core, &id)?.value))
    }

    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::LessonLocked`]
    pub fn finish_reading(&self, lesson: String) -> Waiting<ProgressView> {
        self.with(move |core| learning::finish_reading(core, &lesson))
    }

    /// The unfinished quiz of a lesson, or a new one.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::LessonLocked`]
    pub fn quiz(&self, lesson: String) -> Waiting<QuizView> {
        self.with(move |core| learning::quiz(core, &lesson))
    }

    /// Keeps an answer until the quiz is handed in.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn answer(&self, lesson: String, question: String, answer: AnswerInput) -> Waiting<()> {
        self.with(move |core| learning::answer_quiz(core, &lesson, &question, &answer))
    }

    /// Hands a quiz in. What was not answered counts as skipped.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn hand_in(&self, lesson: String) -> Waiting<QuizResultView> {
        self.with(move |core| learning::hand_in(core, &lesson))
    }

    // Reviews

    /// # Errors
    /// [`EngineError::ContentMissing`]
    pub fn reviews(&self) -> Waiting<ReviewsView> {
        self.with(|core| Ok(reviews::view(core)?.value))
    }

    /// How an answer would be; records nothing.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn grade_review(&self, lesson: String, question: String, answer: AnswerInput) -> Waiting<GradedView> {
        self.with(move |core| reviews::preview(core, &lesson, &question, &answer))
    }

    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn answer_review(
        &self,
        lesson: String,
        question: String,
        answer: AnswerInput,
        ease: EaseInput,
    ) -> Waiting<ReviewResultView> {
        self.with(move |core| reviews::answer(core, &lesson, &question, &answer, ease))
    }

    // Awards

    /// # Errors
    /// [`EngineError::ContentMissing`]
    pub fn awards(&self) -> Waiting<AwardsView> {
        self.with(|core| Ok(awards::view(core)?.value))
    }

    // Journey

    /// The plan of the first days; `None` where the company has none.
    ///
    /// # Errors
    /// [`EngineError::ContentMissing`]
    pub fn journey(&self) -> Waiting<Option<JourneyView>> {
        self.with(|core| Ok(journey::view(core)?.value))
    }

    /// What is next in it.
    ///
    /// # Errors
    /// [`EngineError::ContentMissing`]
    pub fn today(&self) -> Waiting<Option<TodayView>> {
        self.with(|core| Ok(journey::today(core)?.value))
    }

    /// Ticks a task off, or one item of its checklist; without an item all of them.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::TaskCompletesItself`], [`EngineError::Invalid`]
    pub fn complete_task(&self, task: String, item: Option<u32>) -> Waiting<()> {
        self.with(move |core| journey::complete_task(core, &task, item))
    }

    /// Takes a tick back.
    ///
    /// # Errors
    /// As [`Engine::complete_task`].
    pub fn reopen_task(&self, task: String, item: Option<u32>) -> Waiting<()> {
        self.with(move |core| journey::reopen_task(core, &task, item))
    }

    /// Pauses the plan, from today on where `from` is left out, up to and with a day. Gives the pause's id.
    ///
    /// # Errors
    /// [`EngineError::Invalid`], [`EngineError::NotFound`]
    pub fn pause_journey(&self, from: Option<String>, until: String) -> Waiting<String> {
        self.with(move |core| journey::pause(core, from.as_deref(), &until))
    }

    /// Ends a pause, or takes one back that has not begun; without an id the one in which today lies.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn resume_journey(&self, pause: Option<String>) -> Waiting<()> {
        self.with(move |core| journey::resume(core, pause.as_deref()))
    }

    /// The plan was seen as it is now: what moves later is told from here.
    ///
    /// # Errors
    /// [`EngineError::ContentMissing`]
    pub fn acknowledge_moves(&self) -> Waiting<()> {
        self.with(journey::acknowledge_moves)
    }

    /// What a newcomer sees first; `None` where the company has no such thing.
    ///
    /// # Errors
    /// [`EngineError::ContentMissing`]
    pub fn welcome(&self) -> Waiting<Option<WelcomeView>> {
        self.with(journey::welcome)
    }

    /// The welcome was seen, on all of the person's phones.
    ///
    /// # Errors
    /// Those of storage.
    pub fn finish_welcome(&self) -> Waiting<()> {
        self.with(journey::finish_welcome)
    }

    // Nudges

    /// What the platform is to show in the coming days, whole: to be reconciled by id with what it has. `permission`: the app may show notifications. To be called after
    /// each start, sync and change, at midnight and at `valid_until`, and where the zone or the permission changes.
    ///
    /// # Errors
    /// Those of storage.
    pub fn plan_nudges(&self, permission: bool) -> Waiting<NudgePlanView> {
        self.with(move |core| nudges::plan(core, permission))
    }

    /// The newest nudges, as they came.
    ///
    /// # Errors
    /// Those of storage.
    pub fn nudges(&self) -> Waiting<Vec<NudgeView>> {
        self.with(|core| Ok(nudges::messages(core)?.value))
    }

    /// The person tapped the notification, or the message.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn open_nudge(&self, id: String) -> Waiting<()> {
        self.with(move |core| nudges::open(core, &id))
    }

    /// The person swiped it away.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn dismiss_nudge(&self, id: String) -> Waiting<()> {
        self.with(move |core| nudges::dismiss(core, &id))
    }

    /// Why a nudge came.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn why_nudge(&self, id: String) -> Waiting<WhyView> {
        self.with(move |core| nudges::why(core, &id))
    }

    /// What the person chose.
    ///
    /// # Errors
    /// Those of storage.
    pub fn nudge_settings(&self) -> Waiting<NudgeSettingsView> {
        self.with(nudges::chosen)
    }

    /// The minute of the day at which a nudge suits best, from 8:00 on, before 21:00.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn set_best_minute(&self, minute: u32) -> Waiting<()> {
        self.with(move |core| nudges::set_best(core, minute))
    }

    /// # Errors
    /// Those of storage.
    pub fn switch_nudges(&self, category: NudgeCategory, on: bool) -> Waiting<()> {
        self.with(move |core| nudges::switch(core, category, on))
    }

    /// Nothing comes up to and with a date; without one everything comes again.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn pause_nudges(&self, until: Option<String>) -> Waiting<()> {
        self.with(move |core| nudges::pause(core, until.as_deref()))
    }

    /// Nothing of this rule is to come again, or it may.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn never_nudge(&self, rule: String, never: bool) -> Waiting<()> {
        self.with(move |core| nudges::never(core, &rule, never))
    }

    /// Whether the sponsor is told of one's progress.
    ///
    /// # Errors
    /// Those of storage.
    pub fn share_progress(&self, share: bool) -> Waiting<()> {
        self.with(move |core| nudges::share(core, share))
    }

    /// The goal for customers' volume in a month; without one there is none.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn set_volume_goal(&self, goal: Option<i64>) -> Waiting<()> {
        self.with(move |core| nudges::set_volume_goal(core, goal))
    }

    // People

    /// Whom a word would help now, the most urgent first.
    ///
    /// # Errors
    /// Those of storage.
    pub fn people(&self) -> Waiting<Vec<SignalView>> {
        self.with(|core| Ok(people::worklist(core)?.value))
    }

    /// It is looked after: it leaves the list, on all of the person's phones.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn finish_signal(&self, id: String) -> Waiting<()> {
        self.with(move |core| people::done(core, &id))
    }

    // Results

    /// What the company's back office has confirmed of this person.
    ///
    /// # Errors
    /// [`EngineError::ContentMissing`] before the first sync.
    pub fn results(&self) -> Waiting<ResultsView> {
        self.with(|core| Ok(results::view(core)?.value))
    }

    /// What was taken back and not seen yet, the newest first.
    ///
    /// # Errors
    /// Those of storage.
    pub fn notices(&self) -> Waiting<Vec<NoticeView>> {
        self.with(|core| Ok(results::unseen(core)?.value))
    }

    /// The person has seen it: it is shown no more, on none of their phones.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn see_notice(&self, id: String) -> Waiting<()> {
        self.with(move |core| results::see(core, &id))
    }

    /// What the company offers: open ones first, the one that ends first above; then the others, the newest first.
    ///
    /// # Errors
    /// Those of storage.
    pub fn offers(&self) -> Waiting<Vec<OfferView>> {
        self.with(|core| Ok(offers::view(core)?.value))
    }

    // Reminders

    /// What the person wants to be reminded of: what is due, and what will come, by time; then what is done, the newest first.
    ///
    /// # Errors
    /// Those of storage.
    pub fn reminders(&self) -> Waiting<Vec<ReminderView>> {
        self.with(|core| Ok(reminders::view(core)?.value))
    }

    /// Sets a reminder in the person's own words, 200 characters at most, at a date (`2026-11-24`) and a minute of it. Gives its id.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn add_reminder(&self, text: String, day: String, minute: u32) -> Waiting<String> {
        self.with(move |core| reminders::add(core, &text, &day, minute))
    }

    /// Changes its words or its time. With another time it is open again.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn change_reminder(&self, id: String, text: String, day: String, minute: u32) -> Waiting<()> {
        self.with(move |core| reminders::change(core, &id, &text, &day, minute))
    }

    /// It is done, or it is not: what is done does not come.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn finish_reminder(&self, id: String, done: bool) -> Waiting<()> {
        self.with(move |core| reminders::finish(core, &id, done))
    }

    /// Wipes a reminder everywhere, for good.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn delete_reminder(&self, id: String) -> Waiting<()> {
        self.with(move |core| reminders::delete(core, &id))
    }

    // Contacts

    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn contacts(&self, query: ContactsQuery) -> Waiting<ContactsPage> {
        self.with(move |core| contacts::page(core, &query))
    }

    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn contact(&self, id: String) -> Waiting<ContactView> {
        self.with(move |core| contacts::view(core, &id)?.ok_or(EngineError::NotFound { what: "contact".into() }))
    }

    /// Writes a contact's card, a vCard 3.0, to a file at this path; one that is there is written over.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; those of storage.
    pub fn contact_card(&self, id: String, path: PathBuf) -> Waiting<()> {
        self.with(move |core| contacts::card(core, &id, &path))
    }

    /// Gives the contact's id.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn add_contact(&self, edit: ContactEdit) -> Waiting<String> {
        self.with(move |core| contacts::add(core, edit))
    }

    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn edit_contact(&self, id: String, edit: ContactEdit) -> Waiting<()> {
        self.with(move |core| contacts::edit(core, &id, edit))
    }

    /// Gives the tag's id.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn tag_contact(&self, id: String, tag: String) -> Waiting<String> {
        self.with(move |core| contacts::tag(core, &id, &tag))
    }

    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn untag_contact(&self, id: String, tag_id: String) -> Waiting<()> {
        self.with(move |core| contacts::untag(core, &id, &tag_id))
    }

    /// Deletes a contact with its interactions; an edit that was made elsewhere after it revives it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn delete_contact(&self, id: String) -> Waiting<()> {
        self.with(move |core| contacts::delete(core, &id))
    }

    /// Wipes a contact with its interactions everywhere, for good.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn erase_contact(&self, id: String) -> Waiting<()> {
        self.with(move |core| contacts::erase(core, &id))
    }

    /// Notes a talk; now, where `at` is left out. Gives its id.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn log_interaction(&self, contact: String, channel: Channel, at: Option<i64>, note: String) -> Waiting<String> {
        self.with(move |core| contacts::log_interaction(core, &contact, channel, at, &note))
    }

    // Team

    /// Oneself in the company's tree; `None` where there is no team on this phone.
    ///
    /// # Errors
    /// Those of storage.
    pub fn team(&self) -> Waiting<Option<TeamMember>> {
        self.with(team::me)
    }

    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn team_member(&self, id: String) -> Waiting<TeamMember> {
        self.with(move |core| team::view(core, &id)?.ok_or(EngineError::NotFound { what: "member".into() }))
    }

    /// The members right below one.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn team_children(&self, query: TeamQuery) -> Waiting<TeamMembers> {
        self.with(move |core| team::children(core, &query))
    }

    /// Everybody below a member, each before those below it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`]
    pub fn team_subtree(&self, query: TeamQuery) -> Waiting<TeamMembers> {
        self.with(move |core| team::subtree(core, &query))
    }

    /// The members from oneself down to the one above a member.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn team_path(&self, id: String) -> Waiting<Vec<TeamMember>> {
        self.with(move |core| team::path(core, &id))
    }

    /// The members whose name begins so.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn search_team(&self, query: TeamSearch) -> Waiting<TeamMembers> {
        self.with(move |core| team::search(core, &query))
    }

    // Settings

    /// # Errors
    /// Those of storage.
    pub fn settings(&self) -> Waiting<SettingsView> {
        self.with(settings::view)
    }

    /// The texts in that language come with the next sync.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn set_locale(&self, locale: String) -> Waiting<()> {
        self.with(move |core| settings::set_locale(core, &locale))
    }

    /// `budget` in bytes, at least 16 MiB.
    ///
    /// # Errors
    /// [`EngineError::Invalid`]
    pub fn set_media(&self, on_metered: bool, budget: i64) -> Waiting<()> {
        self.with(move |core| settings::set_media(core, on_metered, budget))
    }

    /// Writes all that the person has to a new file at this path, as JSON; one that is there is written over.
    ///
    /// # Errors
    /// [`EngineError::SignedOut`]; those of storage.
    pub fn export(&self, path: PathBuf) -> Waiting<()> {
        self.with(move |core| settings::export(core, &path))
    }

    // Sync

    /// Until both sides are in step.
    ///
    /// # Errors
    /// Why not. Everything that waits still does.
    pub fn sync(&self) -> Waiting<SyncOutcome> {
        self.run(|inner| async move {
            let account = inner.account()?;
            match account.driver.sync(true).await {
                Ok(outcome) => Ok(outcome),
                Err(failure) => inner.failed(&account, failure).await,
            }
        })
    }

    /// # Errors
    /// Those of storage.
    pub fn sync_status(&self) -> Waiting<SyncStatusView> {
        self.run(|inner| async move { inner.sync_status().await })
    }

    /// # Errors
    /// Those of storage.
    pub fn refusals(&self) -> Waiting<Vec<RefusalView>> {
        self.with(sync::refusals)
    }

    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn dismiss_refusal(&self, id: String) -> Waiting<()> {
        self.with(move |core| sync::dismiss_refusal(core, &id))
    }

    // Media

    /// # Errors
    /// [`EngineError::NotFound`] where the content has no such file.
    pub fn media(&self, name: String) -> Waiting<MediaView> {
        self.with(move |core| media::named(core, &name))
    }

    /// Fetches a file now, whatever the network.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::WrongHash`], [`EngineError::StorageFull`]; those of the network.
    pub fn fetch_media(&self, name: String) -> Waiting<MediaView> {
        self.run(move |inner| async move {
            let account = inner.account()?;
            let token = account.driver.token().ok_or(EngineError::SignInNeeded)?;
            let wanted = {
                let (core, name) = (account.core.clone(), name.clone());
                inner.blocking(move || media::with_captions(&core, &name)).await?
            };
            for file in wanted {
                let transport = &*inner.platform.transport;
                media::fetch(transport, &account.session.server, &token, &file, &account.core.media).await?;
            }
            inner.changes.publish(Nouns::MEDIA);
            inner.blocking(move || media::named(&account.core, &name)).await
        })
    }

    /// A file that is shown is not evicted until [`Engine::release_media`].
    ///
    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn open_media(&self, name: String) -> Waiting<MediaView> {
        self.with(move |core| media::hold(core, &name))
    }

    /// # Errors
    /// [`EngineError::NotFound`]
    pub fn release_media(&self, name: String) -> Waiting<()> {
        self.with(move |core| media::let_go(core, &name))
    }

    /// # Errors
    /// Those of storage.
    pub fn media_status(&self) -> Waiting<MediaStatusView> {
        self.with(media::status)
    }

    // Live queries

    pub fn observe_session(&self) -> LiveQuery<SessionView> {
        self.observe(Nouns::SESSION | Nouns::SYNC, |inner| {
            Box::pin(async move { Ok(lasting(inner.session_view().await?)) })
        })
    }

    pub fn observe_courses(&self) -> LiveQuery<CoursesView> {
        self.observe_core(Nouns::LEARNING | Nouns::CONTENT | Nouns::PLACE, learning::courses)
    }

    pub fn observe_lesson(&self, id: String) -> LiveQuery<LessonView> {
        let nouns = Nouns::LEARNING | Nouns::CONTENT | Nouns::MEDIA | Nouns::PLACE;
        self.observe_core(nouns, move |core| learning::lesson(core, &id))
    }

    pub fn observe_reviews(&self) -> LiveQuery<ReviewsView> {
        self.observe_core(Nouns::LEARNING | Nouns::CONTENT | Nouns::PLACE, reviews::view)
    }

    pub fn observe_awards(&self) -> LiveQuery<AwardsView> {
        self.observe_core(Nouns::LEARNING | Nouns::CONTENT | Nouns::PLACE, awards::view)
    }

    pub fn observe_journey(&self) -> LiveQuery<Option<JourneyView>> {
        self.observe_core(journey::nouns(), journey::view)
    }

    pub fn observe_today(&self) -> LiveQuery<Option<TodayView>> {
        self.observe_core(journey::nouns(), journey::today)
    }

    pub fn observe_nudges(&self) -> LiveQuery<Vec<NudgeView>> {
        self.observe_core(nudges::NOUNS | Nouns::CONTENT, nudges::messages)
    }

    pub fn observe_people(&self) -> LiveQuery<Vec<SignalView>> {
        self.observe_core(people::NOUNS | Nouns::CONTENT, people::worklist)
    }

    pub fn observe_results(&self) -> LiveQuery<ResultsView> {
        self.observe_core(results::NOUNS | Nouns::CONTENT, results::view)
    }

    pub fn observe_notices(&self) -> LiveQuery<Vec<NoticeView>> {
        self.observe_core(results::NOUNS | Nouns::CONTENT, results::unseen)
    }

    pub fn observe_offers(&self) -> LiveQuery<Vec<OfferView>> {
        self.observe_core(offers::NOUNS | Nouns::CONTENT | Nouns::PLACE, offers::view)
    }

    pub fn observe_reminders(&self) -> LiveQuery<Vec<ReminderView>> {
        self.observe_core(reminders::NOUNS | Nouns::PLACE, reminders::view)
    }

    pub fn observe_contacts(&self, query: ContactsQuery) -> LiveQuery<ContactsPage> {
        self.observe_core(Nouns::CONTACTS, move |core| Ok(lasting(contacts::page(core, &query)?)))
    }

    pub fn observe_contact(&self, id: String) -> LiveQuery<Option<ContactView>> {
        self.observe_core(Nouns::CONTACTS, move |core| Ok(lasting(contacts::view(core, &id)?)))
    }

    pub fn observe_team(&self) -> LiveQuery<Option<TeamMember>> {
        self.observe_core(Nouns::TEAM, |core| Ok(lasting(team::me(core)?)))
    }

    pub fn observe_team_children(&self, query: TeamQuery) -> LiveQuery<TeamMembers> {
        self.observe_core(Nouns::TEAM, move |core| Ok(lasting(team::children(core, &query)?)))
    }

    pub fn observe_team_member(&self, id: String) -> LiveQuery<Option<TeamMember>> {
        self.observe_core(Nouns::TEAM, move |core| Ok(lasting(team::view(core, &id)?)))
    }

    pub fn observe_settings(&self) -> LiveQuery<SettingsView> {
        self.observe_core(Nouns::SETTINGS | Nouns::CONTENT, |core| Ok(lasting(settings::view(core)?)))
    }

    pub fn observe_sync_status(&self) -> LiveQuery<SyncStatusView> {
        self.observe(Nouns::SYNC, |inner| Box::pin(async move { Ok(lasting(inner.sync_status().await?)) }))
    }

    pub fn observe_refusals(&self) -> LiveQuery<Vec<RefusalView>> {
        self.observe_core(Nouns::SYNC, |core| Ok(lasting(sync::refusals(core)?)))
    }

    fn observe<T: Clone + PartialEq + Send + 'static>(
        &self,
        nouns: Nouns,
        query: impl Fn(Arc<Inner>) -> Waiting<Timed<T>> + Send + Sync + 'static,
    ) -> LiveQuery<T> {
        // A query that is still held must not keep the engine.
        let inner = Arc::downgrade(&self.0);
        let clock = self.0.platform.clock.clone();
        LiveQuery::new(self.0.handle.clone(), self.0.changes.clone(), nouns | Nouns::SESSION, clock, move || {
            inner.upgrade().map_or_else(|| refused(EngineError::Closed), &query)
        })
    }

    fn observe_core<T: Clone + PartialEq + Send + 'static>(
        &self,
        nouns: Nouns,
        query: impl Fn(&Core) -> Result<Timed<T>> + Send + Sync + 'static,
    ) -> LiveQuery<T> {
        let query = Arc::new(query);
        self.observe(nouns, move |inner| {
            let query = query.clone();
            inner.with(move |core| query(core))
        })
    }

    /// Runs on the engine's own threads; a caller that goes away does not stop it.
    fn run<T, F, Fut>(&self, work: F) -> Waiting<T>
    where
        T: Send + 'static,
        F: FnOnce(Arc<Inner>) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
    {
        if self.0.changes.is_closed() {
            return refused(EngineError::Closed);
        }
        Box::pin(ended(task::spawn(&self.0.handle, work(self.0.clone()))))
    }

    /// Works with the signed-in account's core, as [`Engine::run`] but with one change of threads instead of two.
    fn with<T: Send + 'static>(&self, work: impl FnOnce(&Core) -> Result<T> + Send + 'static) -> Waiting<T> {
        self.0.with(work)
    }
}

impl Inner {
    fn account(&self) -> Result<Arc<Account>> {
        if self.changes.is_closed() {
            return Err(EngineError::Closed);
        }
        self.account.read().clone().ok_or(EngineError::SignedOut)
    }

    fn with<T: Send + 'static>(&self, work: impl FnOnce(&Core) -> Result<T> + Send + 'static) -> Waiting<T> {
        match self.account() {
            Ok(account) => self.blocking(move || work(&account.core)),
            Err(error) => refused(error),
        }
    }

    fn open_core(&self, session: &Session) -> Result<Core> {
        let Platform { clock, zone, random, .. } = self.platform.clone();
        let tools = Tools { clock, zone, random, media: self.media.clone() };
        let locale = Locale::of_tag(&self.config.locale).unwrap_or(Locale::En);
        Core::open(&session.database(&self.config.directory), self.changes.clone(), tools, locale)
    }

    /// From now on this account is signed in.
    fn admit(self: &Arc<Self>, session: Session, core: Core, token: Option<String>) {
        let core = Arc::new(core);
        let endpoint = Endpoint { transport: self.platform.transport.clone(), server: session.server.clone() };
        let driver =
            Driver::new(core.clone(), endpoint, self.platform.secure_store.clone(), token, *self.network.lock());
        let account = Arc::new(Account { session, core, driver: Arc::new(driver) });
        *self.account.write() = Some(account.clone());
        let inner = Arc::downgrade(self);
        self.handle.spawn(async move {
            let revoked = account.driver.clone().run().await;
            if let (true, Some(inner)) = (revoked, inner.upgrade()) {
                // What can't be wiped now is tried again when the server says so the next time.
                let _ = inner.wipe(&account).await;
            }
        });
        self.changes.publish(Nouns::ALL);
    }

    /// The driver of who is signed in ends, and the token is stored. Nothing of the database is touched.
    async fn make_way(&self, known: Option<&Account>, session: &Session, reply: &SignInReply) -> Result<()> {
        if let Some(known) = known {
            if (&known.session.company, &known.session.account) != (&session.company, &session.account) {
                return Err(EngineError::OtherAccount);
            }
            // Signed in again: the old driver ends before the database goes on under the new device.
            self.account.write().take();
            known.driver.close();
            known.driver.idle().await;
            known.core.team.close();
            known.core.database.close();
        }
        Ok(self.platform.secure_store.set(&session::token_name(&reply.device), &reply.token.0)?)
    }

    async fn enter(self: &Arc<Self>, session: Session, reply: &SignInReply) -> Result<AccountView> {
        let inner = self.clone();
        let (session_again, reply_again) = (session.clone(), reply.clone());
        let core = self
            .blocking(move || {
                let core = inner.open_core(&session_again)?;
                session::enter(&core, &reply_again)?;
                session_again.save(&inner.config.directory)?;
                Ok(core)
            })
            .await?;
        let view = session::view(&core, &session, true)?;
        self.admit(session, core, Some(reply.token.0.clone()));
        Ok(view)
    }

    /// Takes an account off this phone.
    async fn wipe(&self, account: &Arc<Account>) -> Result<()> {
        let device = account.core.database.read(replica::device)?;
        {
            let mut current = self.account.write();
            if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, account)) {
                current.take();
            }
        }
        account.driver.close();
        account.driver.idle().await;
        Session::remove(&self.config.directory)?;
        account.core.team.close();
        account.core.database.close();
        TeamStore::delete(account.core.database.path())?;
        Database::delete(account.core.database.path())?;
        if let Some(device) = device {
            // A token that stays is of a device that nobody is any more.
            let _ = self.platform.secure_store.remove(&session::token_name(&device));
        }
        self.changes.publish(Nouns::ALL);
        Ok(())
    }

    async fn failed<T>(&self, account: &Arc<Account>, failure: Failure) -> Result<T> {
        if matches!(failure, Failure::Revoked) {
            self.wipe(account).await?;
        }
        Err(failure.into())
    }

    async fn session_view(&self) -> Result<SessionView> {
        let Some(account) = self.account.read().clone() else {
            return Ok(SessionView::SignedOut);
        };
        let view =
            self.blocking(move || session::view(&account.core, &account.session, account.driver.token().is_some()));
        match view.await {
            Err(EngineError::SignedOut) => Ok(SessionView::SignedOut),
            view => Ok(SessionView::SignedIn { account: view? }),
        }
    }

    async fn sync_status(&self) -> Result<SyncStatusView> {
        let account = self.account()?;
        let state = account.driver.state();
        self.blocking(move || sync::status(&account.core, state)).await
    }

    /// Gives back what the system could hold against a suspended process.
    async fn release(&self, account: Arc<Account>) -> Result<()> {
        let release = move || {
            account.core.database.release();
            account.core.team.release();
            Ok(())
        };
        self.blocking(release).await
    }

    fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Waiting<T> {
        self.blocked(task::spawn_blocking(&self.handle, work))
    }

    fn blocked<T: Send + 'static>(&self, task: Task<Result<T>>) -> Waiting<T> {
        let changes = self.changes.clone();
        Box::pin(async move {
            match ended(task).await {
                // The account's database alone: it was taken off the phone meanwhile.
                Err(EngineError::Closed) if !changes.is_closed() => Err(EngineError::SignedOut),
                done => done,
            }
        })
    }

    /// One call that is no sync.
    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        server: &str,
        method: Method,
        path: &str,
        token: Option<String>,
        body: Option<&impl Serialize>,
    ) -> Result<T> {
        let body: Option<Packed> = body.map(|body| codec::pack(body, false));
        let url = format!("{server}{path}");
        let request = HttpRequest { method, url, token, body, from: None, limit: limits::BODY as u64 };
        let answer = self.platform.transport.send(request).await;
        sync::exchange::read(answer).map_err(|failure| match failure {
            Failure::Busy { retry_after: Some(retry_after) } if matches!(path, "/v1/sign-in" | "/v1/password") => {
                EngineError::TooManyAttempts { retry_after }
            }
            failure => failure.into(),
        })
    }

    async fn call_unit(&self, server: &str, method: Method, path: &str, token: Option<String>) -> Result<()> {
        let url = format!("{server}{path}");
        let body = matches!(method, Method::Post).then(|| Packed { bytes: b"{}".to_vec(), zstd: false });
        let request = HttpRequest { method, url, token, body, from: None, limit: limits::BODY as u64 };
        sync::exchange::succeeded(self.platform.transport.send(request).await)?;
        Ok(())
    }
}

fn lasting<T>(value: T) -> Timed<T> {
    Timed { value, valid_until: None }
}

/// What waits for a task. It is compiled once for each type, and not for each call.
pub type Waiting<T> = BoxFuture<'static, Result<T>>;

async fn ended<T>(task: Task<Result<T>>) -> Result<T> {
    task.await.unwrap_or_else(|error| {
        Err(if error.is_panic() { EngineError::Internal { detail: "panicked".into() } } else { EngineError::Closed })
    })
}

fn refused<T: Send + 'static>(error: EngineError) -> Waiting<T> {
    Box::pin(std::future::ready(Err(error)))
}

fn address_error(error: crate::transport::TransportError) -> EngineError {
    match error {
        crate::transport::TransportError::InsecureAddress => EngineError::InsecureAddress,
        _ => EngineError::InvalidAddress,
    }
}
