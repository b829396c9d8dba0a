use qadam_engine::journey::{
    GoalView, JourneyStatus, JourneyView, MoveReason, MoveView, PauseView, PhaseStatus, PhaseView, StopView,
    TaskItemView, TaskKindView, TaskRef, TaskStatus, TaskView, TodayView, WelcomeView,
};
use qadam_engine::media::MediaView;

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// The plan of the first days, as it stands now. Dates are written `2026-11-24`.
#[uniffi::remote(Record)]
pub struct JourneyView {
    pub today: TodayView,
    /// Its first and its last day; a pause moves the last one.
    pub begins: String,
    pub ends: String,
    /// Tasks that are done, of all that are in the plan.
    pub done: u32,
    pub of: u32,
    /// Tasks whose day went by, and that are planned anew.
    pub behind: u32,
    pub phases: Vec<PhaseView>,
    /// What moved since the plan was last seen on this device.
    pub moves: Vec<MoveView>,
    /// Pauses that are not over yet, by their first day.
    pub pauses: Vec<PauseView>,
    /// The next local midnight. Milliseconds since 1970-01-01T00:00Z.
    pub valid_until: i64,
}

/// What is next, at a glance.
#[uniffi::remote(Record)]
pub struct TodayView {
    pub status: JourneyStatus,
    /// Which day of the plan today is, from 1 on; while paused the last one before it. 0 before the first.
    pub day: u32,
    pub days: u32,
    /// After today.
    pub days_left: u32,
    /// How much of the plan is done, 0 to 100.
    pub percent: u32,
    /// Planned for today and not done yet: three at most, together with what was done of today's.
    pub tasks: Vec<TaskView>,
    /// Tasks that were done today.
    pub done_today: u32,
    /// The first task that can be done now, today's or a later one; `None` where nothing is left.
    pub next: Option<TaskView>,
    /// The first goal.
    pub goal: Option<GoalView>,
    /// Tasks that moved since the plan was last seen on this device.
    pub moved: u32,
    /// The next local midnight. Milliseconds since 1970-01-01T00:00Z.
    pub valid_until: i64,
}

#[uniffi::remote(Enum)]
pub enum JourneyStatus {
    Running,
    /// Up to and with this day.
    Paused {
        until: String,
    },
    /// Its days are over. What is open can still be done.
    Over,
}

/// The first goal, with the steps to it, itself among them.
#[uniffi::remote(Record)]
pub struct GoalView {
    pub task: TaskRef,
    pub done: u32,
    pub of: u32,
    /// The day on which it was reached.
    pub reached: Option<String>,
    /// The day for which it is planned.
    pub planned: Option<String>,
}

#[uniffi::remote(Record)]
pub struct PhaseView {
    pub id: String,
    pub title: String,
    pub status: PhaseStatus,
    /// Its first and its last day.
    pub from: String,
    pub until: String,
    pub done: u32,
    pub of: u32,
    /// 0 to 100
    pub percent: u32,
    /// After today; of one to come all of its days.
    pub days_left: u32,
    /// In the plan's order, at most 100.
    pub tasks: Vec<TaskView>,
}

#[uniffi::remote(Enum)]
pub enum PhaseStatus {
    Done,
    Current,
    Upcoming,
    /// Its days went by; what is open of it is planned anew.
    Past,
}

#[uniffi::remote(Record)]
pub struct TaskView {
    pub id: String,
    pub title: String,
    /// What it is good for.
    pub why: String,
    /// Of a task that came only once a rule opened it: why it did.
    pub because: Option<String>,
    pub kind: TaskKindView,
    pub status: TaskStatus,
    /// The day for which it is planned; `None` where it is done, has left the plan, or finds no room before the plan's end.
    pub planned: Option<String>,
    /// How far it is: 3 of 8 names, 1 of 2 items, 0 of 1.
    pub done: u32,
    pub of: u32,
    /// Of a checklist.
    pub items: Vec<TaskItemView>,
}

/// What a task asks for. All but the last three are done by themselves, when what they count is there.
#[uniffi::remote(Enum)]
pub enum TaskKindView {
    /// This lesson is completed.
    Lesson { lesson: String, title: String },
    /// Reviews answered.
    Reviews,
    /// People written down.
    Contacts,
    /// Talks noted.
    Interactions,
    /// Talks noted with people with whom there was one before.
    FollowUps,
    /// Sales to customers that the company confirmed.
    Sales,
    /// A talk with the sponsor; ticked off.
    Sponsor,
    /// An event that was attended; ticked off.
    Event,
    /// Items that are ticked off.
    Checklist,
}

#[uniffi::remote(Enum)]
pub enum TaskStatus {
    Done {
        day: String,
    },
    /// For today.
    Open,
    Upcoming,
    /// These come first.
    Waiting {
        missing: Vec<TaskRef>,
    },
    /// It should have been done by this day, and is planned for a later one.
    Moved {
        from: String,
    },
    /// Its last day went by; it is no longer in the plan.
    Lapsed,
}

#[uniffi::remote(Record)]
pub struct TaskRef {
    pub id: String,
    pub title: String,
}

#[uniffi::remote(Record)]
pub struct TaskItemView {
    pub index: u32,
    pub text: String,
    pub done: bool,
}

/// A task that is planned for another day than was seen.
#[uniffi::remote(Record)]
pub struct MoveView {
    pub task: TaskRef,
    pub from: String,
    /// `None`: it finds no room before the plan's end, and can be done at any time.
    pub to: Option<String>,
    pub why: MoveReason,
}

#[uniffi::remote(Enum)]
pub enum MoveReason {
    /// Its day went by.
    DayPassed,
    /// It makes room for what was planned anew.
    Room,
    /// There is room again.
    RoomAgain,
    /// A pause lies between.
    Pause,
    /// A pause is shorter than it was, or is no more.
    PauseEnded,
    /// The plan begins on another day, for another phone was used before.
    Beginning,
}

#[uniffi::remote(Record)]
pub struct PauseView {
    pub id: String,
    /// Its first and its last day.
    pub from: String,
    pub until: String,
    /// Today lies in it.
    pub current: bool,
}

/// What a person sees who comes in for the first time.
#[uniffi::remote(Record)]
pub struct WelcomeView {
    /// Plain text, with the names filled in; paragraphs are parted by an empty line.
    pub letter: String,
    /// The sponsor's name; `None` where the letter is the company's.
    pub from: Option<String>,
    /// The leader speaks.
    pub video: Option<MediaView>,
    /// The tour through the app, in order.
    pub tour: Vec<StopView>,
    /// It was seen already, on this phone or another.
    pub seen: bool,
}

#[uniffi::remote(Record)]
pub struct StopView {
    pub id: String,
    pub title: String,
    pub text: String,
}

live_query! {
    /// The plan of the first days, as it changes; nothing where the company has none.
    LiveJourney gives JourneySnapshot of Option<JourneyView>
}

live_query! {
    /// What is next in it, as it changes.
    LiveToday gives TodaySnapshot of Option<TodayView>
}

#[uniffi::export]
impl QadamEngine {
    /// The plan of the first days; nothing where the company has none.
    pub async fn journey(&self) -> Result<Option<JourneyView>> {
        Ok(self.0.journey().await?)
    }

    /// What is next in it.
    pub async fn today(&self) -> Result<Option<TodayView>> {
        Ok(self.0.today().await?)
    }

    /// Ticks a task off, or one item of its checklist; without an item all of them.
    pub async fn complete_task(&self, task: String, item: Option<u32>) -> Result<()> {
        Ok(self.0.complete_task(task, item).await?)
    }

    /// Takes a tick back.
    pub async fn reopen_task(&self, task: String, item: Option<u32>) -> Result<()> {
        Ok(self.0.reopen_task(task, item).await?)
    }

    /// Pauses the plan, from today on where `from` is left out, up to and with a day (`2026-11-24`). Gives the pause's id.
    pub async fn pause_journey(&self, from: Option<String>, until: String) -> Result<String> {
        Ok(self.0.pause_journey(from, until).await?)
    }

    /// Ends a pause, or takes one back that has not begun; without an id the one in which today lies.
    pub async fn resume_journey(&self, pause: Option<String>) -> Result<()> {
        Ok(self.0.resume_journey(pause).await?)
    }

    /// The plan was seen as it is now: what moves later is told from here.
    pub async fn acknowledge_moves(&self) -> Result<()> {
        Ok(self.0.acknowledge_moves().await?)
    }

    /// What a newcomer sees first; nothing where the company has no such thing.
    pub async fn welcome(&self) -> Result<Option<WelcomeView>> {
        Ok(self.0.welcome().await?)
    }

    /// The welcome was seen, on all of the person's phones.
    pub async fn finish_welcome(&self) -> Result<()> {
        Ok(self.0.finish_welcome().await?)
    }

    pub fn observe_journey(&self) -> LiveJourney {
        LiveJourney(self.0.observe_journey())
    }

    pub fn observe_today(&self) -> LiveToday {
        LiveToday(self.0.observe_today())
    }
}
