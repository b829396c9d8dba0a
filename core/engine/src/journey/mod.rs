//! The plan of the first days on the phone: what is next, what moved, ticks and pauses, the welcome.

mod show;
mod view;

use std::sync::Arc;

use qadam_domain::company::Distributor;
use qadam_domain::content::{JourneyText, NEWCOMER, SPONSOR};
use qadam_domain::event::EventKind;
use qadam_domain::fold::State;
use qadam_domain::ids::{EventId, ReleaseId, TaskId};
use qadam_domain::journey::facts::Facts;
use qadam_domain::journey::moves::{Seen, difference};
use qadam_domain::journey::plan::{Plan, plan};
use qadam_domain::journey::{Journey, Pause, TaskKind};
use qadam_domain::json;
use qadam_domain::release::IndexedRelease;
use qadam_domain::settings::field;
use qadam_domain::time::{Day, Millis};
use qadam_protocol::limits;
use qadam_protocol::sync::{DISTRIBUTOR_ID, DISTRIBUTOR_KIND, ME};
use rusqlite::{Connection, OptionalExtension};

use crate::core::{Content, Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::live::Timed;
use crate::replica::{self, outbox, rows};
use crate::{media, settings};

pub use view::*;

/// What [`view`] and [`today`] read.
pub(crate) fn nouns() -> Nouns {
    Nouns::LEARNING | Nouns::CONTENT | Nouns::CONTACTS | Nouns::PLACE | Nouns::JOURNEY
}

/// The plan as a whole; `None` where the company has none.
///
/// # Errors
/// [`EngineError::ContentMissing`] before the first sync; those of storage.
pub fn view(core: &Core) -> Result<Timed<Option<JourneyView>>> {
    core.database.read(|connection| Ok(timed(Standing::of(core, connection)?, |standing| standing.journey_view())))
}

/// What is next; `None` where the company has no plan.
///
/// # Errors
/// As [`view`].
pub fn today(core: &Core) -> Result<Timed<Option<TodayView>>> {
    core.database.read(|connection| Ok(timed(Standing::of(core, connection)?, |standing| standing.today_view())))
}

fn timed<T>(standing: Option<Standing>, show: impl FnOnce(&Standing) -> T) -> Timed<Option<T>> {
    Timed { value: standing.as_ref().map(show), valid_until: standing.as_ref().map(Standing::valid_until) }
}

/// Ticks a task off, or one item of its checklist; without an item all that are open.
///
/// # Errors
/// [`EngineError::NotFound`] where the plan has no such task; [`EngineError::TaskCompletesItself`] where it is done by what it counts;
/// [`EngineError::Invalid`] where it has no such item; those of storage.
pub fn complete_task(core: &Core, task: &str, item: Option<u32>) -> Result<()> {
    tick(core, task, item, false)
}

/// Takes a tick back, or without an item all of a checklist's.
///
/// # Errors
/// As [`complete_task`].
pub fn reopen_task(core: &Core, task: &str, item: Option<u32>) -> Result<()> {
    tick(core, task, item, true)
}

fn tick(core: &Core, task: &str, item: Option<u32>, undone: bool) -> Result<()> {
    change(core, |connection, mut standing| {
        let missing = || EngineError::NotFound { what: "task".into() };
        let id = TaskId::new(task).map_err(|_| missing())?;
        standing.plan.task(&id).ok_or_else(missing)?;
        let kind = standing.journey().task(&id).ok_or_else(missing)?.kind.clone();
        if !kind.is_ticked() {
            return Err(EngineError::TaskCompletesItself);
        }
        let items: Vec<Option<u8>> = match (&kind, item) {
            (TaskKind::Checklist(items), None) => (0..*items).map(Some).collect(),
            (_, None) => vec![None],
            (_, Some(item)) => vec![u8::try_from(item).ok()],
        };
        if item.is_some() && !items.iter().all(|item| item.is_some() && kind.takes(*item)) {
            return Err(EngineError::Invalid { field: "item".into() });
        }
        let release = standing.release_with(&id);
        for item in items {
            if standing.facts.is_ticked(&id, item) == undone {
                let kind = EventKind::TaskTicked { task: id.clone(), item, undone };
                standing.record(core, connection, release.clone(), kind)?;
            }
        }
        Ok(())
    })
}

/// Pauses the plan up to and with a day; from today on, where `from` is left out. Dates are written `2026-11-24`. Gives the pause's id.
///
/// # Errors
/// [`EngineError::Invalid`] where a date is none, the last day is before the first, or the pause is longer than 180 days;
/// [`EngineError::NotFound`] where the company has no plan; those of storage.
pub fn pause(core: &Core, from: Option<&str>, until: &str) -> Result<String> {
    change(core, |connection, mut standing| {
        let day =
            |text: &str, field: &str| Day::parse(text).ok_or_else(|| EngineError::Invalid { field: field.into() });
        let from = from.map_or_else(|| Ok(standing.now.today()), |from| day(from, "from"))?;
        let until = day(until, "until")?;
        if !(0..limits::PAUSE_DAYS).contains(&until.since(from)) {
            return Err(EngineError::Invalid { field: "until".into() });
        }
        let id = outbox::new_id(standing.now.server, &*core.random);
        let change = Pause { version: 1, from, until };
        let release = standing.content.release.id.clone();
        standing.record(core, connection, release, EventKind::JourneyPaused { pause: id, change })?;
        Ok(id.to_string())
    })
}

/// Ends a pause: today is the first day that is none of it. One that has not begun is taken back. Without an id the pause in which today lies.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such pause; those of storage.
pub fn resume(core: &Core, pause: Option<&str>) -> Result<()> {
    change(core, |connection, mut standing| {
        let today = standing.now.today();
        let is_meant = |id: EventId, held: &Pause| match pause {
            Some(wanted) => id.to_string() == wanted,
            None => (held.from..=held.until).contains(&today),
        };
        let meant: Vec<(EventId, Pause)> = standing
            .state
            .pauses()
            .filter(|(id, held)| held.until >= today && is_meant(*id, held))
            .map(|(id, held)| (id, *held))
            .collect();
        if meant.is_empty() {
            return Err(EngineError::NotFound { what: "pause".into() });
        }
        let release = standing.content.release.id.clone();
        for (pause, held) in meant {
            let until = held.from.max(today).plus(-1);
            let change = Pause { version: held.version.saturating_add(1), until, ..held };
            standing.record(core, connection, release.clone(), EventKind::JourneyPaused { pause, change })?;
        }
        Ok(())
    })
}

/// The plan was seen as it is now: later moves are told from here.
///
/// # Errors
/// As [`view`].
pub fn acknowledge_moves(core: &Core) -> Result<()> {
    core.database.write(|transaction| {
        let Some(standing) = Standing::of(core, transaction)? else { return Ok(((), Nouns::NONE)) };
        let seen = serde_json::to_string(&Seen::of(&standing.plan)).expect("it holds nothing that JSON can't");
        transaction
            .prepare_cached(
                "INSERT INTO journey_seen (one, plan) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET plan = excluded.plan",
            )?
            .execute([seen])?;
        Ok(((), Nouns::JOURNEY))
    })
}

/// The letter, the video and the tour; `None` where the company has none.
///
/// # Errors
/// As [`view`].
pub fn welcome(core: &Core) -> Result<Option<WelcomeView>> {
    core.database.read(|connection| {
        let content = core.require_content(connection)?;
        let welcome = content.release.release.journey.as_ref().and_then(|journey| journey.welcome.as_ref());
        let text = content.bundle.journey.as_ref().and_then(|journey| journey.welcome.as_ref());
        let (Some(welcome), Some(text)) = (welcome, text) else { return Ok(None) };
        let distributor = distributor(connection)?;
        let sponsor = distributor.as_ref().and_then(|distributor| distributor.sponsor_name.clone());
        let template = if sponsor.is_some() { &text.letter } else { &text.letter_alone };
        let newcomer = distributor.map(|distributor| distributor.name).unwrap_or_default();
        // The second part never looks into a name that was filled in.
        let letter: Vec<String> =
            template.split(SPONSOR).map(|part| part.split(NEWCOMER).collect::<Vec<_>>().join(&newcomer)).collect();
        let video = welcome.video.as_ref().filter(|name| content.manifest.media.contains_key(*name));
        let tour = welcome.tour.iter().filter_map(|id| {
            let stop = text.tour.get(id)?;
            Some(StopView { id: id.to_string(), title: stop.title.clone(), text: stop.text.clone() })
        });
        Ok(Some(WelcomeView {
            letter: letter.join(sponsor.as_deref().unwrap_or_default()),
            from: sponsor,
            video: video.map(|name| media::view(name, "", &content.manifest, &content.bundle, &core.media)),
            tour: tour.collect(),
            seen: settings::is_set(connection, field::WELCOMED)?,
        }))
    })
}

/// The welcome was seen; on the person's other phones too.
///
/// # Errors
/// Those of storage.
pub fn finish_welcome(core: &Core) -> Result<()> {
    settings::put(core, &[(field::WELCOMED, "1")])
}

/// The release whose plan the person follows; `None` before the first event under one with a plan.
///
/// # Errors
/// Those of storage.
pub(crate) fn followed(connection: &Connection) -> Result<Option<ReleaseId>> {
    use qadam_domain::fold::{Followed, JOURNEY_ID, kind};
    let value = rows::value(connection, ME, kind::JOURNEY, JOURNEY_ID)?;
    Ok(value.and_then(|value| json::read::<Followed>(&value).ok()).map(|followed| followed.release))
}

pub(crate) fn distributor(connection: &Connection) -> Result<Option<Distributor>> {
    let value = rows::value(connection, ME, DISTRIBUTOR_KIND, DISTRIBUTOR_ID)?;
    Ok(value.and_then(|value| json::read(&value).ok()))
}

/// Where the person stands in the plan.
struct Standing {
    content: Arc<Content>,
    /// The one whose plan is followed.
    release: Arc<IndexedRelease>,
    /// Its plan, with what rules may open of the current one.
    journey: Journey,
    state: State,
    facts: Facts,
    plan: Plan,
    now: Now,
    /// What was last seen on this device.
    seen: Option<Seen>,
}

impl Standing {
    /// `None` where the company has no plan.
    fn of(core: &Core, connection: &Connection) -> Result<Option<Self>> {
        let content = core.require_content(connection)?;
        let state = replica::state(connection)?;
        let releases = core.releases(connection)?;
        // Until the one that is followed is here, the current one is better than none.
        let followed = state.followed().and_then(|followed| releases.get(&followed.release));
        let release = followed.unwrap_or(&content.release).clone();
        let Some(journey) = &release.release.journey else { return Ok(None) };
        let journey = journey.with_newer(content.release.release.journey.as_ref());
        let now = core.now(connection)?;
        let today = now.today();
        let joined = distributor(connection)?.map_or(today, |distributor| distributor.joined);
        let facts = counted(connection, &now, &journey, Facts::of(&state))?;
        let plan = plan(&journey, &facts, joined, today, state.pauses().map(|(_, pause)| pause));
        let seen: Option<String> =
            connection.prepare_cached("SELECT plan FROM journey_seen")?.query_row([], |row| row.get(0)).optional()?;
        let seen = seen.and_then(|seen| json::read(&seen).ok());
        Ok(Some(Self { content, release, journey, state, facts, plan, now, seen }))
    }

    fn journey(&self) -> &Journey {
        &self.journey
    }

    fn texts(&self) -> Option<&JourneyText> {
        self.content.bundle.journey.as_ref()
    }

    fn valid_until(&self) -> Millis {
        self.now.on_the_wall(self.now.midnight())
    }

    fn moves(&self) -> Vec<qadam_domain::journey::moves::Move> {
        self.seen.as_ref().map(|seen| difference(seen, &self.plan)).unwrap_or_default()
    }

    /// The release that an event about this task names: the one that is shown, where its plan still has the task.
    fn release_with(&self, task: &TaskId) -> ReleaseId {
        let current = &self.content.release;
        let has = current.release.journey.as_ref().is_some_and(|journey| journey.task(task).is_some());
        if has { current.id.clone() } else { self.release.id.clone() }
    }

    fn record(&mut self, core: &Core, connection: &Connection, release: ReleaseId, kind: EventKind) -> Result<()> {
        let releases = core.releases(connection)?;
        let context = core.context(&self.now);
        replica::record(connection, &context, &releases, &mut self.state, release, kind)?;
        Ok(())
    }
}

/// Does something to the plan, in one transaction.
fn change<T>(core: &Core, work: impl FnOnce(&Connection, Standing) -> Result<T>) -> Result<T> {
    core.database.write(|transaction| {
        let standing = Standing::of(core, transaction)?.ok_or(EngineError::NotFound { what: "plan".into() })?;
        let output = work(transaction, standing)?;
        Ok((output, Nouns::LEARNING | Nouns::SYNC))
    })
}

/// With contacts and talks, of which only the phone knows.
pub(crate) fn counted(connection: &Connection, now: &Now, journey: &Journey, mut facts: Facts) -> Result<Facts> {
    let most = Facts::most(journey);
    if most == 0 {
        return Ok(facts);
    }
    let days = |sql: &str| -> Result<Vec<Day>> {
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_map([most], |row| Ok(Day::at(row.get(0)?, now.offset)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    };
    facts.interactions = days("SELECT at FROM interaction ORDER BY at, id LIMIT ?1")?;
    facts.follow_ups = days(
        "SELECT at FROM (SELECT at, row_number() OVER (PARTITION BY contact ORDER BY at, id) AS nth FROM interaction)
         WHERE nth > 1 ORDER BY at LIMIT ?1",
    )?;
    let mut statement = connection.prepare_cached("SELECT id FROM contact ORDER BY id LIMIT ?1")?;
    let ids = statement.query_map([most], |row| row.get::<_, String>(0))?;
    facts.contacts = ids.map(|id| Ok(written(&id?, now.offset))).collect::<rusqlite::Result<_>>()?;
    facts.contacts.sort_unstable();
    Ok(facts)
}

/// The day on which a record was written down: its id is a UUIDv7, and begins with the time. One that is not was written some day.
fn written(id: &str, offset: i32) -> Day {
    let bytes = EventId::parse(id).map(|id| id.0).ok().filter(|bytes| bytes[6] >> 4 == 7);
    let millis = bytes.map(|bytes| bytes[..6].iter().fold(0, |millis, byte| millis << 8 | Millis::from(*byte)));
    millis.map_or(Day::MIN, |millis| Day::at(millis, offset))
}
