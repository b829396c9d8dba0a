//! A leader's team of 100,000: imported, fetched as one image, kept in step, and looked through.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qadam_backend::team::import::HEADER;
use qadam_engine::Engine;
use qadam_engine::platform::Network;
use qadam_engine::sync::SyncOutcome;
use qadam_engine::team::{TeamMember, TeamMembers, TeamQuery, TeamSearch};

use crate::clock::EveningClock;
use crate::phone::Phone;
use crate::play::{Deviation, PASSWORD, Play, SOON, expect, heading};
use crate::server::Server;
use crate::show::say;

const LOGIN: &str = "saltanat";
const NAME: &str = "Saltanat Omar";
/// Below the leader.
const MEMBERS: usize = 100_000;
/// Members 0 to 2 are the company's own at the top, the leader, and another leader below it.
const LEADER: usize = 1;
const OTHER: usize = 2;
/// The last of the leader's people are one branch.
const BRANCH: usize = 5_000;
const BRANCH_TOP: usize = OTHER + 1 + MEMBERS - BRANCH;
/// What is looked for.
const PREFIX: &str = "aigü";
const SHOWN: usize = 3;
/// Of the month, of the member that changes.
const VOLUME: i64 = 987_654_321;
/// Members of a page.
const PAGE: u32 = 100;

/// Plays it.
///
/// # Errors
/// The first thing that went differently.
pub async fn chapter(folder: &Path, server: &Server, clock: &Arc<EveningClock>) -> Play {
    clock.pass_minutes(5);
    heading(clock, "A leader's team of 100,000");
    let mut company = Company::generate();
    let began = Instant::now();
    let said = server.import_team(&company.csv(0..company.members.len())).await?;
    let all = format!("{} added, 0 changed, 0 moved, 0 removed, 0 unchanged", company.members.len());
    expect(said.trim() == all, || format!("the import said: {said}"))?;
    let megabytes = std::fs::metadata(folder.join("safe/team.csv"))?.len() as f64 / 1e6;
    say(&format!("The back office's file of {megabytes:.1} MB, in {}.", seconds(began.elapsed())));
    let code = server.add_user(LOGIN, NAME, Some(&number(LEADER))).await?;
    let phone = Phone::open("leader's phone", &folder.join("leader"), server.address(), clock.clone()).await?;
    // It syncs when the story says so, and is timed.
    phone.engine.set_network(Network::Offline);
    phone.engine.set_password(phone.line.url(), code, PASSWORD.into()).await?;
    phone.sign_in(LOGIN, PASSWORD).await?;

    let (sync, time) = until(&phone, async |engine| Ok(engine.team().await?.is_some())).await?;
    let me = phone.engine.team().await?.ok_or_else(|| Deviation::new("the leader has no team"))?;
    expect(me.below as usize == MEMBERS, || format!("{} are below the leader", me.below))?;
    say(&format!(
        "{NAME}'s phone has all {} in {}, {} bytes: one image, which the server built when it was asked for.",
        me.below,
        seconds(time),
        sync.bytes_down
    ));
    a_page(&phone, &company).await?;
    a_search(&phone, &company).await?;

    clock.pass_minutes(1);
    heading(clock, "One member of 100,000 changes");
    let changed = BRANCH_TOP + 7;
    company.members[changed].personal = VOLUME as usize;
    let said = server.import_team(&company.csv(changed..=changed)).await?;
    expect(said.starts_with("0 added, 1 changed, 0 moved"), || format!("the import said: {said}"))?;
    let id = number(changed);
    let (sync, time) =
        until(&phone, async |engine| Ok(engine.team_member(id.clone()).await?.personal == VOLUME)).await?;
    let SyncOutcome { round_trips, bytes_up, bytes_down, .. } = sync;
    expect(round_trips == 1, || format!("{round_trips} round trips for one member"))?;
    say(&format!("One round trip, {bytes_up} bytes up and {bytes_down} down, in {}.", seconds(time)));

    clock.pass_minutes(1);
    heading(clock, "A branch of 5,000 goes to another leader");
    company.members[BRANCH_TOP].sponsor = OTHER;
    let said = server.import_team(&company.csv(BRANCH_TOP..=BRANCH_TOP)).await?;
    expect(said.starts_with("0 added, 0 changed, 1 moved"), || format!("the import said: {said}"))?;
    let left = (MEMBERS - BRANCH) as u32;
    let (sync, time) =
        until(&phone, async |engine| Ok(engine.team().await?.is_some_and(|me| me.below == left))).await?;
    let gone = phone.engine.team_member(id).await;
    expect(gone.is_err(), || format!("of the branch is still there: {gone:?}"))?;
    let SyncOutcome { round_trips, bytes_up, bytes_down, .. } = sync;
    expect(round_trips == 1, || format!("{round_trips} round trips for a branch that left"))?;
    say(&format!(
        "One round trip, {bytes_up} bytes up and {bytes_down} down, in {}: {BRANCH} are gone, {left} stay.",
        seconds(time)
    ));
    a_page(&phone, &company).await?;
    a_search(&phone, &company).await?;
    phone.engine.close().await;
    Ok(())
}

/// Those right below the leader, with how many are below each.
async fn a_page(phone: &Phone, company: &Company) -> Play {
    let (mut members, mut after) = (Vec::new(), None);
    let began = Instant::now();
    let mut first = Duration::ZERO;
    loop {
        let TeamMembers { members: page, next } =
            phone.engine.team_children(TeamQuery { member: None, after, limit: PAGE }).await?;
        if members.is_empty() {
            first = began.elapsed();
        }
        members.extend(page);
        match next {
            None => break,
            next => after = next,
        }
    }
    let sizes = company.sizes();
    let mut expected: Vec<(String, u32)> = Vec::new();
    for (n, member) in company.members.iter().enumerate() {
        if member.sponsor == LEADER && n != LEADER {
            expected.push((number(n), sizes[n] as u32 - 1));
        }
    }
    let told: Vec<(String, u32)> = members.iter().map(|member| (member.id.clone(), member.below)).collect();
    expect(told == expected, || format!("right below the leader: {told:?}\ninstead of {expected:?}"))?;
    say(&format!("Right below: {}. The first page of them, read in {}:", members.len(), seconds(first)));
    show(&members);
    Ok(())
}

async fn a_search(phone: &Phone, company: &Company) -> Play {
    let (mut found, mut after) = (Vec::new(), None);
    let began = Instant::now();
    let mut first = Duration::ZERO;
    loop {
        let search = TeamSearch { name: PREFIX.into(), after, limit: PAGE };
        let TeamMembers { members, next } = phone.engine.search_team(search).await?;
        if found.is_empty() {
            first = began.elapsed();
        }
        found.extend(members);
        match next {
            None => break,
            next => after = next,
        }
    }
    let is_inside = company.inside();
    let is_meant =
        |n: &usize| is_inside[*n] && *n != LEADER && company.members[*n].name.to_lowercase().starts_with(PREFIX);
    let expected = (0..company.members.len()).filter(is_meant).count();
    expect(found.len() == expected, || format!("{} found by \"{PREFIX}\" instead of {expected}", found.len()))?;
    let wrong = found.iter().find(|member| !member.name.to_lowercase().starts_with(PREFIX));
    expect(wrong.is_none(), || format!("found by \"{PREFIX}\": {wrong:?}"))?;
    say(&format!("\"{PREFIX}\" finds {}; the first page took {}:", found.len(), seconds(first)));
    show(&found);
    Ok(())
}

fn show(members: &[TeamMember]) {
    for member in members.iter().take(SHOWN) {
        say(&format!("  {}  {}, {}, {}; {} below", member.id, member.name, member.rank, member.city, member.below));
    }
}

/// Syncs until it is so: the server finds out within half a second what another process has written. Gives the sync that brought it.
async fn until(phone: &Phone, is_so: impl AsyncFn(&Engine) -> Play<bool>) -> Play<(SyncOutcome, Duration)> {
    let waited = Instant::now();
    while waited.elapsed() < SOON {
        let began = Instant::now();
        let sync = phone.engine.sync().await?;
        let time = began.elapsed();
        if is_so(&phone.engine).await? {
            return Ok((sync, time));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(Deviation::new("what was imported never came to the leader's phone"))
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_millis(100) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}

/// The company's id of member `n`.
fn number(n: usize) -> String {
    (1_000_000 + n).to_string()
}

/// What the back office knows.
struct Company {
    members: Vec<Line>,
}

struct Line {
    sponsor: usize,
    name: String,
    phone: String,
    rank: &'static str,
    personal: usize,
    city: &'static str,
}

impl Company {
    /// The same in each run.
    fn generate() -> Self {
        const FIRST: [&str; 12] = [
            "Aigül",
            "Dana",
            "Yerlan",
            "Saule",
            "Marat",
            "Айгерім",
            "Нұрлан",
            "Ольга",
            "Timur",
            "José",
            "María",
            "Zarina",
        ];
        const LAST: [&str; 12] = [
            "Sarsen",
            "Omarova",
            "Kim",
            "Ospanov",
            "Нұрланқызы",
            "Ахметова",
            "Пак",
            "García",
            "Pérez",
            "Bek",
            "Alin",
            "Иванова",
        ];
        const RANKS: [&str; 4] = ["partner", "bronze", "silver", "gold"];
        const CITIES: [&str; 6] = ["Almaty", "Астана", "Шымкент", "Bogotá", "Lima", "Ташкент"];
        let chance = &mut Chance(7);
        let line = |n: usize| Line {
            sponsor: match n {
                0..=OTHER => 0,
                // Some are right below the leader, the others below any that was there before; the branch is one of its own.
                BRANCH_TOP => OTHER + 1,
                n if n > BRANCH_TOP => BRANCH_TOP + chance.below(n - BRANCH_TOP),
                n if n == OTHER + 1 || chance.below(500) == 0 => LEADER,
                n => OTHER + 1 + chance.below(n - OTHER - 1),
            },
            name: match n {
                LEADER => NAME.into(),
                _ => format!("{} {}", FIRST[chance.below(FIRST.len())], LAST[chance.below(LAST.len())]),
            },
            phone: format!("+7 700 {:03} {:04}", chance.below(1_000), chance.below(10_000)),
            rank: RANKS[chance.below(RANKS.len())],
            personal: chance.below(60_000),
            city: CITIES[chance.below(CITIES.len())],
        };
        Self { members: (0..=OTHER + MEMBERS).map(line).collect() }
    }

    /// As the back office writes it, of these members alone.
    fn csv(&self, members: impl Iterator<Item = usize>) -> String {
        let mut csv = format!("{}\n", HEADER.join(","));
        for n in members {
            let Line { sponsor, name, phone, rank, personal, city } = &self.members[n];
            let sponsor = if n == 0 { String::new() } else { number(*sponsor) };
            let (id, group, active) = (number(n), personal * 3, u8::from(*personal > 0));
            let written =
                writeln!(csv, "{id},{sponsor},{name},{phone},{rank},{personal},{group},{active},2026-03-01,{city}");
            written.expect("writes to memory");
        }
        csv
    }

    /// Of each member's branch, the member among them.
    fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![1; self.members.len()];
        // Everybody has a sponsor that was there before.
        for n in (1..self.members.len()).rev() {
            sizes[self.members[n].sponsor] += sizes[n];
        }
        sizes
    }

    /// Who is in the leader's team, the leader among them.
    fn inside(&self) -> Vec<bool> {
        let mut inside = vec![false; self.members.len()];
        for n in 0..self.members.len() {
            inside[n] = n == LEADER || inside[self.members[n].sponsor];
        }
        inside
    }
}

/// Numbers that look like chance, the same in each run (xorshift, Marsaglia).
struct Chance(u64);

impl Chance {
    /// From 0 to `bound - 1`.
    fn below(&mut self, bound: usize) -> usize {
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << shift } else { self.0 >> shift };
        }
        (self.0 >> 16) as usize % bound
    }
}
