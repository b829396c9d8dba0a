//! What must be true of rules and nudges in the end: nothing came twice, no cap was broken, a second look decides nothing, and phone and server foretell
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::ids::RuleId;
use qadam_domain::nudges::{A_DAY, A_WEEK, AWAKE, week};
use qadam_domain::rules::derived::name;
use qadam_domain::rules::emitted::{Decision, Segments, Side};
use qadam_domain::rules::{Home, Rule, Window};
use qadam_domain::time::{Day, MINUTE};
use qadam_engine::nudges;
use rusqlite::Connection;

use crate::device::ALMATY;
use crate::rules;
use crate::world::{World, accounts_member};

/// Days for which a phone plans.
const AHEAD: i32 = 14;

pub fn judge(world: &mut World) {
    for account in 0..world.accounts.len() {
        judge_shown(world, account);
    }
    judge_again(world);
    for at in 0..world.devices.len() {
        if !world.devices[at].is_lost {
            judge_alike(world, at);
        }
    }
}

/// What the person saw, on whichever phone. Copies of a phone show what they both had; a phone whose clock is set shows things at times that nobody can
/// know; and a server that went back has forgotten who shows notifications.
fn judge_shown(world: &mut World, account: usize) {
    for device in &mut world.devices {
        if !device.is_lost {
            device.pass();
        }
    }
    let devices = || world.devices.iter().filter(|device| device.account == account);
    if !world.is_plain {
        return;
    }
    let shown: Vec<(String, i64)> = devices().flat_map(|device| device.shown.iter().cloned()).collect();
    let (mut ids, mut days, mut weeks) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    for (id, at) in &shown {
        if !ids.insert(id) {
            world.verdict.doubled(format!("account {account}: nudge {id} was seen twice: {shown:?}"));
        }
        let day = Day::at(*at, ALMATY);
        *days.entry(day).or_insert(0) += 1;
        *weeks.entry(week(day)).or_insert(0) += 1;
        let minute = ((at - day.start(ALMATY)) / MINUTE) as u16;
        if !AWAKE.contains(&minute) {
            world.verdict.diverged(format!("account {account}: nudge {id} came at minute {minute}"));
        }
    }
    if days.values().any(|seen| *seen > A_DAY) || weeks.values().any(|seen| *seen > A_WEEK) {
        world.verdict.doubled(format!("account {account}: too many nudges: {shown:?}"));
    }
    world.verdict.done.shown += shown.len() as u64;
}

/// Who is looked at again is where they were.
fn judge_again(world: &mut World) {
    let now = world.now();
    world.server.tick(now);
    let rows =
        |world: &World| -> Vec<_> { world.accounts.iter().map(|account| world.server.rows(account.key)).collect() };
    let (decided, before) = (world.server.decided(), rows(world));
    world.server.wait_for_everyone(now);
    world.server.tick(now);
    let waits = waiting(world);
    let again = world.server.decided();
    for (account, id) in again.difference(&decided).filter(|(_, id)| !waits.contains(id)) {
        world.verdict.doubled(format!("account {account}: {id} is decided by a second look"));
    }
    for (now, before) in rows(world).iter().zip(&before) {
        for (key, value) in
            now.iter().filter(|(key, value)| before.get(*key) != Some(*value) && !waits.contains(&key.1))
        {
            world.verdict.doubled(format!("a second look changes {key:?} from {:?} to {value}", before.get(key)));
        }
    }
    for (rule, people) in world.server.offers() {
        if rule == rules::OFFER && people > rules::OFFERS {
            world.verdict.doubled(format!("{people} people have the offer {rule}"));
        }
    }
}

/// The ids of what rests on the last days of others, or on a silence that a phone has proved since: the server decides that with its next look, within a day.
fn waiting(world: &World) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let today = Day::at(world.now(), ALMATY);
    for account in &world.accounts {
        let member = accounts_member(&world.server.connection, account.key);
        for (rule, window) in [("team-silent", Window::Week), ("tell-silent", Window::Month)] {
            for day in (0..4).map(|back| today.plus(-back)) {
                let decision = Decision {
                    rule: crate::content::id(RuleId::new(rule)),
                    window: name(window, window.begin(day)),
                    day,
                    minute: None,
                    held_out: false,
                    compared: Vec::new(),
                };
                ids.insert(decision.id(&member).to_string());
            }
        }
    }
    ids
}

/// What the phone would show in the coming days is what the server would say of it, as far as the server can know.
fn judge_alike(world: &mut World, at: usize) {
    let device = &mut world.devices[at];
    let (account, name) = (device.account, device.name.clone());
    let core = device.core();
    let held = core.database.read(segments).expect("reads");
    // Without permission all that is open waits in the messages, so that nothing is hidden by caps.
    nudges::plan(core, false).expect("plans");
    let (now, noted, release) = core
        .database
        .read(|connection| {
            let state = qadam_engine::replica::state(connection)?;
            let noted: BTreeSet<String> = state.nudges().map(|(id, _)| id.to_string()).collect();
            Ok((core.now(connection)?.server, noted, core.content(connection)?))
        })
        .expect("reads");
    let Some(release) = release.map(|content| content.release.clone()) else { return };
    let open = core.database.read(open).expect("reads");

    let is_of_both = |rule: &Rule| rule.home() == Some(Home::Journal);
    let key = world.accounts[account].key;
    let foretold = world.server.foretell(key, Side::Phone, &held, AHEAD, now);
    let member = accounts_member(&world.server.connection, key);
    let mut expected: BTreeMap<String, Decision> = BTreeMap::new();
    for decision in foretold {
        let id = decision.id(&member).to_string();
        let is_past = decision.minute.is_some_and(|at| decision.day.start(ALMATY) + i64::from(at) * MINUTE < now);
        if release.rule(&decision.rule).is_some_and(is_of_both) && !noted.contains(&id) && !is_past {
            expected.entry(id).or_insert(decision);
        }
    }
    let mut found = open;
    found.retain(|id, decision| release.rule(&decision.rule).is_some_and(is_of_both) && !noted.contains(id));
    for id in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        match (expected.get(id), found.get(id)) {
            (Some(one), Some(other)) if one == other => world.verdict.done.alike += 1,
            (one, other) => {
                world.verdict.diverged(format!("{name}: the server foretells {one:?}, the phone {other:?}"));
            }
        }
    }
}

fn segments(connection: &Connection) -> qadam_engine::Result<Segments> {
    let mut statement = connection.prepare("SELECT rule, holds FROM nudge_segment")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let rows: Vec<(String, bool)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().map(|(rule, holds)| (crate::content::id(RuleId::new(rule)), holds)).collect())
}

/// What the phone has decided, and nobody has seen.
fn open(connection: &Connection) -> qadam_engine::Result<BTreeMap<String, Decision>> {
    let mut statement = connection.prepare("SELECT id, decision FROM nudge WHERE state <> 'reminder' AND noted = 0")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let rows: Vec<(String, String)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().map(|(id, text)| (id, serde_json::from_str(&text).expect("a decision"))).collect())
}
