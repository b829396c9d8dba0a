//! Nudges on the phone: what rules decide here, when it is shown, what became of it, and why.
//!
//! [`plan`] makes the plan anew from what the phone holds, whenever the app calls it, and gives the platform the whole list. What was given before and whose time has
//! passed counts as shown, and is noted in the journal first; so a second phone and the server know of it with the next sync.

mod facts;
mod lease;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use qadam_domain::content::Bundle;
use qadam_domain::event::EventKind;
use qadam_domain::fold::nudges::{Became, Noted};
use qadam_domain::fold::{self, State};
use qadam_domain::ids::{DecisionId, RuleId};
use qadam_domain::json;
use qadam_domain::nudges::plan::{Plan, Situation, Why, plan as plan_of};
use qadam_domain::nudges::{AWAKE, Candidate, Platform, Preferences, SLOTS, Shown, servers_weekday};
use qadam_domain::planted::{self, Bug};
use qadam_domain::rules::condition::Told;
use qadam_domain::rules::emitted::{self, Decision, Segments, Side};
use qadam_domain::rules::fact::Fact;
use qadam_domain::rules::person::Person;
use qadam_domain::rules::{Category, Compared, MAX_EXPIRY, Nudge, Rule, Trigger, Window};
use qadam_domain::settings::{ID, KIND, field};
use qadam_domain::time::{DAY, Day, MINUTE, Millis, Moment};
use rusqlite::{Connection, OptionalExtension};

use crate::core::{Content, Core, Now};
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::live::Timed;
use crate::reminders::{self, Reminder};
use crate::replica::{self, rows};
use crate::{journey, learning, settings};

pub use view::*;

/// Days that are planned ahead: whoever does not open the app for longer hears nothing more.
const AHEAD: i32 = 14;
/// Days back in which an event still moves somebody.
const BACK: i32 = (emitted::FRESH / DAY) as i32;
/// What was noted is remembered for so long beside the rows: longer than any nudge is of use.
const REMEMBERED: Millis = (MAX_EXPIRY as Millis) * 60 * MINUTE + DAY;
/// Messages that a view holds.
const MESSAGES: usize = 100;

/// What [`messages`] reads.
pub(crate) const NOUNS: Nouns = Nouns::LEARNING;

/// The plan for the coming days. To be called after each start, sync and change, at midnight, and where the zone or the permission changes.
///
/// # Errors
/// Those of storage.
pub fn plan(core: &Core, permission: bool) -> Result<NudgePlanView> {
    core.database.write(|transaction| {
        let now = core.now(transaction)?;
        let nothing = NudgePlanView { valid_until: now.on_the_wall(now.midnight()), ..NudgePlanView::default() };
        let (Some(content), Some(distributor)) = (core.content(transaction)?, journey::distributor(transaction)?)
        else {
            return Ok((nothing, Nouns::NONE));
        };
        let mut state = replica::state(transaction)?;
        let mut nouns = note_what_passed(core, transaction, &now, &content, &mut state)?;
        remember(core, transaction, &mut state)?;
        let (lease, changed) = lease::look(core, transaction, &now, permission)?;
        nouns |= changed;

        let releases = core.releases(transaction)?;
        let followed = state.followed().and_then(|followed| releases.get(&followed.release));
        let followed = followed.unwrap_or(&content.release).release.journey.as_ref();
        let followed = followed.map(|followed| followed.with_newer(content.release.release.journey.as_ref()));
        let followed = followed.as_ref();
        let phone = facts::gather(transaction, &now, followed)?;
        let record = rows::record(transaction, KIND, ID)?.unwrap_or_default();
        let preferences = Preferences::of(&record);
        let zone = core.offsets(&now, AHEAD + 2);
        let mut person = Person::new(&distributor, content.bundle.locale, &state, &content.release, followed);
        person.phone = Some(&phone);

        let decided = decide(transaction, &person, &now)?;
        let minute = zone.local(now.server).1;
        let is_past = |decision: &Decision, nudge: &Nudge| {
            let minute = nudge.at.or(decision.minute);
            minute.is_some_and(|minute| zone.instant(decision.day, minute) < now.server)
        };
        let mut open: BTreeMap<DecisionId, (Decision, Candidate)> = BTreeMap::new();
        for decision in decided {
            let Some((rule, nudge)) = nudge_of(&content, &decision) else { continue };
            let id = decision.id(&distributor.id);
            // What was given to the platform is noted by now; what was not is too late.
            if state.nudge(&id).is_some() || is_past(&decision, nudge) {
                continue;
            }
            let candidate = Candidate::of(id.clone(), rule, nudge, &decision, minute);
            open.entry(id).or_insert((decision, candidate));
        }
        for (id, noted) in state.nudges().filter(|(_, noted)| is_to_be_shown(noted)) {
            let Some((rule, nudge)) = nudge_of(&content, &noted.decision) else { continue };
            let age = now.server.saturating_sub(noted.at.at).max(0) / (60 * MINUTE);
            let Some(left) = Millis::from(nudge.expires).checked_sub(age).filter(|left| *left > 0) else { continue };
            let mut candidate = Candidate::of(id.clone(), rule, nudge, &noted.decision, minute);
            candidate.day = now.today();
            candidate.minute = Some(minute);
            candidate.expires = left.min(nudge.expires.into()) as u16;
            open.insert(id.clone(), (noted.decision.clone(), candidate));
        }
        let own = reminders::to_show(transaction)?;
        let servers_weekday = servers_weekday(&distributor.id);
        let shown = state.nudges().filter_map(|(id, noted)| Shown::of(&content.release, id, noted, servers_weekday));
        let shown: Vec<Shown> = shown.collect();
        let platform = Platform { permission, lease, slots: SLOTS };
        let situation = Situation {
            now: now.server,
            zone: &zone,
            preferences: &preferences,
            shown: &shown,
            platform,
            servers_weekday,
        };
        let asked = own.iter().map(|(id, reminder)| Candidate::reminder(id.clone(), reminder.at));
        let candidates: Vec<Candidate> = asked.chain(open.values().map(|(_, candidate)| candidate.clone())).collect();
        let made = plan_of(&situation, &candidates);
        let wanted = |candidate: &Candidate| {
            let best = preferences.best.clamp(AWAKE.start, AWAKE.end - 1);
            zone.instant(candidate.day, candidate.minute.unwrap_or(best)).max(now.server)
        };
        store(transaction, &made, &open, &own, wanted)?;

        let scheduled = made.scheduled.iter().filter(|scheduled| !scheduled.held_out).filter_map(|scheduled| {
            let (category, title, body) = match own.get(&scheduled.id) {
                Some(reminder) => (None, reminder.text.clone(), String::new()),
                None => {
                    let (_, nudge) = nudge_of(&content, &open.get(&scheduled.id)?.0)?;
                    let text = content.bundle.rules.nudges.get(&nudge.text)?;
                    (Some(nudge.category.into()), text.title.clone(), text.body.clone())
                }
            };
            let (at, expires) = (now.on_the_wall(scheduled.at), now.on_the_wall(scheduled.expires));
            Some(ScheduledNudgeView { id: scheduled.id.to_string(), at, expires, category, title, body })
        });
        let next = made.scheduled.first().map_or(Millis::MAX, |first| first.at.saturating_add(MINUTE));
        let view = NudgePlanView {
            scheduled: scheduled.collect(),
            shows: permission && lease.is_some(),
            valid_until: now.on_the_wall(now.midnight().min(next)),
        };
        Ok((view, nouns))
    })
}

/// The person tapped the notification, or the message. It is noted once; of a reminder nothing is.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such nudge; those of storage.
pub fn open(core: &Core, id: &str) -> Result<()> {
    became(core, id, Became::Opened)
}

/// The person swiped it away.
///
/// # Errors
/// As [`open`].
pub fn dismiss(core: &Core, id: &str) -> Result<()> {
    became(core, id, Became::Dismissed)
}

/// The newest nudges, as they came; those that could not be shown among them.
///
/// # Errors
/// Those of storage.
pub fn messages(core: &Core) -> Result<Timed<Vec<NudgeView>>> {
    core.database.read(|connection| {
        let Some(content) = core.content(connection)? else {
            return Ok(Timed { value: Vec::new(), valid_until: None });
        };
        let state = replica::state(connection)?;
        let view = |(id, noted): (&DecisionId, &Noted)| {
            let (_, nudge) = nudge_of(&content, &noted.decision)?;
            let text = content.bundle.rules.nudges.get(&nudge.text)?;
            Some(NudgeView {
                id: id.to_string(),
                category: nudge.category.into(),
                title: text.title.clone(),
                body: text.body.clone(),
                at: noted.shown.unwrap_or(noted.at).at,
                shown: noted.shown.is_some(),
                opened: noted.opened.is_some(),
            })
        };
        let mut found: Vec<NudgeView> =
            state.nudges().filter(|(_, it)| !it.decision.held_out).filter_map(view).collect();
        found.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        found.truncate(MESSAGES);
        Ok(Timed { value: found, valid_until: None })
    })
}

/// Why a nudge came, or will.
///
/// # Errors
/// [`EngineError::NotFound`] where there is no such nudge, or its rule is no more; those of storage.
pub fn why(core: &Core, id: &str) -> Result<WhyView> {
    core.database.read(|connection| {
        let missing = || EngineError::NotFound { what: "nudge".into() };
        let content = core.require_content(connection)?;
        let id = DecisionId::new(id).map_err(|_| missing())?;
        let decision = decision(connection, &replica::state(connection)?, &id)?.ok_or_else(missing)?;
        let (rule, nudge) = nudge_of(&content, &decision).ok_or_else(missing)?;
        let record = rows::record(connection, KIND, ID)?.unwrap_or_default();
        Ok(WhyView {
            rule: rule.id.to_string(),
            why: content.bundle.rules.why.get(&rule.id).cloned().unwrap_or_default(),
            category: nudge.category.into(),
            compared: compared(&content.bundle, &decision.compared),
            window: match rule.limits.per {
                Window::Ever => NudgeWindow::Ever,
                Window::Month => NudgeWindow::Month,
                Window::Week => NudgeWindow::Week,
                Window::Day => NudgeWindow::Day,
            },
            group: rule.limits.group.as_ref().map(ToString::to_string).unwrap_or_default(),
            priority: rule.limits.priority.into(),
            never: Preferences::of(&record).never.contains(&rule.id),
        })
    })
}

/// What the person chose.
///
/// # Errors
/// Those of storage.
pub fn chosen(core: &Core) -> Result<NudgeSettingsView> {
    core.database.read(|connection| {
        let record = rows::record(connection, KIND, ID)?.unwrap_or_default();
        let content = core.content(connection)?;
        let preferences = Preferences::of(&record);
        let why = |rule: &RuleId| content.as_ref().and_then(|content| content.bundle.rules.why.get(rule)).cloned();
        let never = preferences.never.iter();
        Ok(NudgeSettingsView {
            best: record.get(field::NUDGE_BEST).and_then(|best| best.parse().ok()),
            off: preferences.off.iter().map(|category| (*category).into()).collect(),
            paused: preferences.paused.map(|day| day.to_string()),
            never: never.map(|rule| NeverView { rule: rule.to_string(), why: why(rule).unwrap_or_default() }).collect(),
            share: record.get(field::SHARE) != Some("0"),
            volume_goal: record.get(field::VOLUME_GOAL).and_then(|goal| goal.parse().ok()),
        })
    })
}

/// The minute of the day at which a nudge suits best: from 8:00 on, before 21:00.
///
/// # Errors
/// [`EngineError::Invalid`] for another minute; those of storage.
pub fn set_best(core: &Core, minute: u32) -> Result<()> {
    if !u16::try_from(minute).is_ok_and(|minute| AWAKE.contains(&minute)) {
        return Err(EngineError::Invalid { field: "minute".into() });
    }
    settings::put(core, &[(field::NUDGE_BEST, &minute.to_string())])
}

/// # Errors
/// Those of storage.
pub fn switch(core: &Core, category: NudgeCategory, on: bool) -> Result<()> {
    let name = format!("{}{}", field::NUDGE_OFF, Category::from(category).word());
    settings::put(core, &[(&name, if on { "0" } else { "1" })])
}

/// Nothing comes up to and with a date; `None`: everything comes again.
///
/// # Errors
/// [`EngineError::Invalid`] for what is no date; those of storage.
pub fn pause(core: &Core, until: Option<&str>) -> Result<()> {
    if until.is_some_and(|until| Day::parse(until).is_none()) {
        return Err(EngineError::Invalid { field: "until".into() });
    }
    settings::put(core, &[(field::NUDGE_PAUSED, until.unwrap_or_default())])
}

/// Nothing of this rule is to come again, or it may.
///
/// # Errors
/// [`EngineError::Invalid`] for what is no rule's id; those of storage.
pub fn never(core: &Core, rule: &str, never: bool) -> Result<()> {
    let rule = RuleId::new(rule).map_err(|_| EngineError::Invalid { field: "rule".into() })?;
    settings::put(core, &[(&format!("{}{rule}", field::NUDGE_NEVER), if never { "1" } else { "0" })])
}

/// Whether the sponsor is told of one's progress.
///
/// # Errors
/// Those of storage.
pub fn share(core: &Core, share: bool) -> Result<()> {
    settings::put(core, &[(field::SHARE, if share { "1" } else { "0" })])
}

/// The goal for customers' volume in a month; `None`: there is none.
///
/// # Errors
/// [`EngineError::Invalid`] for a goal below 1 or beyond what the back office counts; those of storage.
pub fn set_volume_goal(core: &Core, goal: Option<i64>) -> Result<()> {
    if goal.is_some_and(|goal| !(1..=qadam_domain::results::MAX_VOLUME).contains(&goal)) {
        return Err(EngineError::Invalid { field: "goal".into() });
    }
    settings::put(core, &[(field::VOLUME_GOAL, &goal.map(|goal| goal.to_string()).unwrap_or_default())])
}

/// Everything that rules decide on this phone: for what happened in the last days, for today, and for the days to come, as if nothing were done until then.
fn decide(connection: &Connection, person: &Person<'_>, now: &Now) -> Result<Vec<Decision>> {
    let today = now.today();
    let mut decided = Vec::new();
    for (_, trigger) in Trigger::ALL {
        for day in person.fresh(trigger, today.plus(-BACK), today) {
            decided.extend(emitted::answer(person, Side::Phone, trigger, day, today));
        }
    }
    let (todays, mut segments) = emitted::at(person, Side::Phone, today, &held_segments(connection)?);
    decided.extend(todays);
    keep_segments(connection, &segments)?;
    for ahead in 1..=AHEAD {
        let (then, held) = emitted::at(person, Side::Phone, today.plus(ahead), &segments);
        decided.extend(then);
        segments = held;
    }
    Ok(decided)
}

/// The rule of a decision and its nudge, as the content in use has them.
fn nudge_of<'a>(content: &'a Arc<Content>, decision: &Decision) -> Option<(&'a Rule, &'a Nudge)> {
    let rule = content.release.rule(&decision.rule)?;
    Some((rule, rule.nudge()?))
}

/// The server decided it, and nobody has seen it yet.
fn is_to_be_shown(noted: &Noted) -> bool {
    noted.from_server
        && !noted.decision.held_out
        && noted.shown.is_none()
        && noted.opened.is_none()
        && noted.dismissed.is_none()
}

/// Notes what the platform had and whose time has passed: it was shown, or kept back, or waits in the messages.
fn note_what_passed(
    core: &Core,
    connection: &Connection,
    now: &Now,
    content: &Arc<Content>,
    state: &mut State,
) -> Result<Nouns> {
    let mut statement = connection
        .prepare_cached("SELECT id, at, state, decision FROM nudge WHERE at <= ?1 AND noted = 0 ORDER BY at, id")?;
    let found = statement.query_map([now.server], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Millis>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
    })?;
    let found: Vec<_> = found.collect::<rusqlite::Result<_>>()?;
    let releases = core.releases(connection)?;
    let mut nouns = Nouns::NONE;
    for (id, at, stood, decision) in found {
        if stood == REMINDER {
            nouns |= reminders::note_shown(core, connection, now, &id, &decision)?;
            continue;
        }
        let (Ok(nudge), Ok(decision)) = (DecisionId::new(id), json::read::<Decision>(&decision)) else { continue };
        if planted::is(Bug::PassedUnnoted) {
            continue;
        }
        let became = became_of(&stood);
        // Of the place where the phone is now: where it was then is not known.
        let when = Some(Moment::new(at, core.offset_at(at)));
        let kind = EventKind::NudgeNoted { nudge, decision, became, when };
        replica::record(connection, &core.context(now), &releases, state, content.release.id.clone(), kind)?;
        nouns |= Nouns::LEARNING | Nouns::SYNC;
    }
    connection.prepare_cached("UPDATE nudge SET noted = 1 WHERE at <= ?1")?.execute([now.server])?;
    let old = now.server.saturating_sub(REMEMBERED);
    connection
        .prepare_cached("DELETE FROM nudge WHERE noted = 1 AND (at <= ?1 OR state = ?2)")?
        .execute((old, REMINDER))?;
    Ok(nouns)
}

/// What this phone noted lately is known, also where its row is still to come: an acknowledged event is pending no more, and its row may be on a later page.
fn remember(core: &Core, connection: &Connection, state: &mut State) -> Result<()> {
    if planted::is(Bug::NotedForgotten) || planted::is(Bug::PassedUnnoted) {
        return Ok(());
    }
    let mut statement = connection.prepare_cached("SELECT id, at, state, decision FROM nudge WHERE noted = 1")?;
    let noted = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Millis>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
    })?;
    for row in noted {
        let (id, at, stood, decision) = row?;
        let (Ok(id), Ok(decision)) = (DecisionId::new(id), json::read::<Decision>(&decision)) else { continue };
        fold::nudges::note(state, &id, &decision, became_of(&stood), Moment::new(at, core.offset_at(at)));
    }
    Ok(())
}

fn became_of(stood: &str) -> Became {
    if stood == SCHEDULED { Became::Shown } else { Became::Decided }
}

const SCHEDULED: &str = "scheduled";
const HELD: &str = "held";
const MESSAGE: &str = "message";
/// The person's own; in place of a decision stands the time for which it is shown.
const REMINDER: &str = "reminder";

/// Keeps what is planned, so that it can be noted when its time has passed.
fn store(
    connection: &Connection,
    made: &Plan,
    open: &BTreeMap<DecisionId, (Decision, Candidate)>,
    own: &BTreeMap<DecisionId, Reminder>,
    wanted: impl Fn(&Candidate) -> Millis,
) -> Result<()> {
    connection.prepare_cached("DELETE FROM nudge WHERE noted = 0")?.execute([])?;
    // One that waited in the messages may be shown after all.
    let mut insert = connection.prepare_cached(
        "INSERT INTO nudge (id, at, expires, state, decision) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, expires = excluded.expires, state = excluded.state, decision = excluded.decision, noted = 0",
    )?;
    let text = |decision: &Decision| serde_json::to_string(decision).expect("it holds nothing that JSON can't");
    for scheduled in &made.scheduled {
        let (state, about) = match (own.get(&scheduled.id), open.get(&scheduled.id)) {
            (Some(reminder), _) => (REMINDER, reminder.at.to_string()),
            (None, Some((decision, _))) => (if scheduled.held_out { HELD } else { SCHEDULED }, text(decision)),
            (None, None) => continue,
        };
        insert.execute((scheduled.id.as_str(), scheduled.at, scheduled.expires, state, about))?;
    }
    // Where nothing may be shown, it waits in the messages from its time on.
    for (id, _) in made.waiting.iter().filter(|(_, why)| *why == Why::NoPermission) {
        let Some((decision, candidate)) = open.get(id) else { continue };
        let state = if candidate.held_out { HELD } else { MESSAGE };
        let at = wanted(candidate);
        let expires = at.saturating_add(Millis::from(candidate.expires) * 60 * MINUTE);
        insert.execute((id.as_str(), at, expires, state, text(decision)))?;
    }
    Ok(())
}

/// What was decided: in the journal, or in the plan.
fn decision(connection: &Connection, state: &State, id: &DecisionId) -> Result<Option<Decision>> {
    if let Some(noted) = state.nudge(id) {
        return Ok(Some(noted.decision.clone()));
    }
    let text: Option<String> = connection
        .prepare_cached("SELECT decision FROM nudge WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| json::read(&text).ok()))
}

fn became(core: &Core, id: &str, became: Became) -> Result<()> {
    core.database.write(|transaction| {
        let missing = || EngineError::NotFound { what: "nudge".into() };
        let content = core.require_content(transaction)?;
        let nudge = DecisionId::new(id).map_err(|_| missing())?;
        let now = core.now(transaction)?;
        let mut state = replica::state(transaction)?;
        let noted = note_what_passed(core, transaction, &now, &content, &mut state)?;
        // That it was shown is all that is noted of a reminder.
        if reminders::is_one(transaction, id)? {
            return Ok(((), noted));
        }
        let decision = decision(transaction, &state, &nudge)?.ok_or_else(missing)?;
        let is_noted = state.nudge(&nudge).is_some_and(|noted| match became {
            Became::Opened => noted.opened.is_some(),
            _ => noted.dismissed.is_some(),
        });
        if !is_noted {
            let releases = core.releases(transaction)?;
            let release = content.release.id.clone();
            let kind = EventKind::NudgeNoted { nudge, decision, became, when: None };
            replica::record(transaction, &core.context(&now), &releases, &mut state, release, kind)?;
        }
        Ok(((), Nouns::LEARNING | Nouns::SYNC))
    })
}

fn held_segments(connection: &Connection) -> Result<Segments> {
    let mut statement = connection.prepare_cached("SELECT rule, holds FROM nudge_segment")?;
    let found = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut segments = Segments::new();
    for row in found {
        let (rule, holds) = row?;
        segments.extend(RuleId::new(rule).ok().map(|rule| (rule, holds)));
    }
    Ok(segments)
}

fn keep_segments(connection: &Connection, segments: &Segments) -> Result<()> {
    connection.prepare_cached("DELETE FROM nudge_segment")?.execute([])?;
    let mut insert = connection.prepare_cached("INSERT INTO nudge_segment (rule, holds) VALUES (?1, ?2)")?;
    for (rule, holds) in segments {
        insert.execute((rule.as_str(), holds))?;
    }
    Ok(())
}

impl From<Category> for NudgeCategory {
    fn from(category: Category) -> Self {
        match category {
            Category::Learning => Self::Learning,
            Category::Team => Self::Team,
            Category::Business => Self::Business,
            Category::Company => Self::Company,
        }
    }
}

impl From<NudgeCategory> for Category {
    fn from(category: NudgeCategory) -> Self {
        match category {
            NudgeCategory::Learning => Self::Learning,
            NudgeCategory::Team => Self::Team,
            NudgeCategory::Business => Self::Business,
            NudgeCategory::Company => Self::Company,
        }
    }
}

/// With the titles of what is compared.
pub(crate) fn compared(bundle: &Bundle, compared: &[Compared]) -> Vec<ComparedView> {
    let side = |told: &Told| {
        let about = told.fact.as_ref().and_then(|name| match Fact::try_from(name.clone()).ok()? {
            Fact::LessonCompleted(id) | Fact::LessonFailures(id) | Fact::LessonBest(id) => {
                Some(learning::title(bundle, &id))
            }
            Fact::CourseCompleted(id) => Some(learning::course_title(bundle, &id)),
            _ => None,
        });
        ComparedSideView { fact: told.fact.clone(), about, percent: told.percent, value: told.value }
    };
    compared
        .iter()
        .map(|one| ComparedView {
            left: side(&one.left),
            sign: one.is.sign().into(),
            right: side(&one.right),
            holds: one.holds,
        })
        .collect()
}
