//! A company from its template on, some hundred kills, and the comparison of all that is left.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use qadam_faults::chance::Chance;

use crate::company::{self, MEMBERS, PHONES, Template, WITH, WITHOUT, csv};
use crate::journal::Journal;
use crate::process::{self, End, Ended, Server};
use crate::rest;

/// Changes of its storage, at one of which a phone at work dies: half of them among the first, when the app starts.
const CHANGES: [u64; 2] = [100, 800];
/// Milliseconds that a phone at work has.
const LIFE: u64 = 120;
/// Leaders' phones at a time.
const ADOPTERS: u64 = 2;
/// Members' volumes change after so many of a phone's adoptions.
const IMPORT_EVERY: u64 = 12;

/// How many were killed, and what is wrong.
#[derive(Debug, Default)]
pub struct Totals {
    pub phone_at_random: u64,
    pub phone_at_write: u64,
    pub in_adoption: u64,
    pub server: u64,
    /// What phones said was saved, and was at the server.
    pub saved: u64,
    pub sent: u64,
    pub verdict: Verdict,
}

#[derive(Debug, Default)]
pub struct Verdict {
    pub lost: u64,
    pub doubled: u64,
    pub diverged: u64,
    pub corrupt: u64,
    pub stuck: u64,
}

impl Totals {
    pub fn kills(&self) -> u64 {
        self.phone_at_random + self.phone_at_write + self.in_adoption + self.server
    }

    pub fn is_sound(&self) -> bool {
        let Verdict { lost, doubled, diverged, corrupt, stuck } = self.verdict;
        lost + doubled + diverged + corrupt + stuck == 0
    }

    pub fn add(&mut self, other: &Self) {
        self.phone_at_random += other.phone_at_random;
        self.phone_at_write += other.phone_at_write;
        self.in_adoption += other.in_adoption;
        self.server += other.server;
        self.saved += other.saved;
        self.sent += other.sent;
        self.verdict.lost += other.verdict.lost;
        self.verdict.doubled += other.verdict.doubled;
        self.verdict.diverged += other.verdict.diverged;
        self.verdict.corrupt += other.verdict.corrupt;
        self.verdict.stuck += other.verdict.stuck;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { phone_at_random, phone_at_write, in_adoption, server, verdict, .. } = self;
        let Verdict { lost, doubled, diverged, corrupt, stuck } = verdict;
        write!(
            f,
            "kills {} (phone at random {phone_at_random}, at a write {phone_at_write}, in adoption {in_adoption}, server {server}) \
             lost {lost} doubled {doubled} diverged {diverged} corrupt {corrupt} stuck {stuck}",
            self.kills()
        )
    }
}

/// What the lanes share.
struct Lanes<'a> {
    place: &'a Path,
    address: SocketAddr,
    quota: u64,
    kills: AtomicU64,
    /// What everybody's volume is; held while a leader's phone relies on it.
    volume: RwLock<u64>,
    totals: Mutex<Totals>,
}

impl Lanes<'_> {
    fn go_on(&self) -> bool {
        self.kills.load(Ordering::Relaxed) < self.quota
    }

    fn killed(&self, count: impl FnOnce(&mut Totals)) {
        self.kills.fetch_add(1, Ordering::Relaxed);
        count(&mut self.totals.lock());
    }

    fn wrong(&self, what: &str, count: impl FnOnce(&mut Verdict)) {
        println!("{what}");
        count(&mut self.totals.lock().verdict);
        // Nobody goes on: everything is to be found as it is.
        self.kills.fetch_add(self.quota, Ordering::Relaxed);
    }

    fn data(&self) -> PathBuf {
        self.place.join("server")
    }

    fn phone(&self, phone: usize) -> PathBuf {
        self.place.join(format!("phone-{phone}"))
    }
}

/// Runs an era in a folder of its own.
pub fn run(template: &Template, place: &Path, quota: u64, seed: u64) -> Totals {
    company::copy(&template.folder, place);
    let lanes = Lanes {
        place,
        address: template.address,
        quota,
        kills: AtomicU64::new(0),
        volume: RwLock::new(0),
        totals: Mutex::default(),
    };
    let (server, journals) = std::thread::scope(|scope| {
        let chance = |lane: u64| Chance::new(seed << 8 | lane);
        let lanes = &lanes;
        let server = scope.spawn(move || kill_servers(lanes, chance(255)));
        for adopter in 0..ADOPTERS {
            scope.spawn(move || kill_adopters(lanes, adopter, chance(250 + adopter)));
        }
        let phones: Vec<_> =
            (0..PHONES).map(|phone| scope.spawn(move || kill_phones(lanes, phone, chance(phone as u64)))).collect();
        let journals: Vec<Journal> = phones.into_iter().map(|phone| phone.join().expect("ends")).collect();
        (server.join().expect("ends"), journals)
    });
    let mut totals = lanes.totals.into_inner();
    rest::compare(place, &journals, &mut totals.verdict);
    totals.saved = journals.iter().map(|journal| journal.saved.len() as u64).sum();
    totals.sent = journals.iter().map(|journal| journal.sent.len() as u64).sum();
    drop(server);
    totals
}

fn kill_phones(lanes: &Lanes<'_>, phone: usize, mut chance: Chance) -> Journal {
    let mut journal = Journal::default();
    let folder = lanes.phone(phone);
    for life in 0_u64.. {
        if !lanes.go_on() {
            break;
        }
        let at_change = chance.below(2) == 0;
        let end = if at_change {
            let most = CHANGES[chance.below(2) as usize];
            End::AtChange(1 + chance.below(most))
        } else {
            End::After(Duration::from_micros(chance.below(LIFE * 1_000)))
        };
        let (name, seed) = (format!("{phone}.{life}"), chance.draw().to_string());
        let (ended, said) = process::phone(&folder, &["work", &name, &seed], end);
        journal.hear(&said);
        match ended {
            Ended::Killed => lanes.killed(|totals| totals.phone_at_random += 1),
            Ended::KilledAtChange => lanes.killed(|totals| totals.phone_at_write += 1),
            Ended::ByItself { .. } | Ended::Stuck => {
                let said = said.lines().last().unwrap_or_default();
                lanes.wrong(&format!("phone {name}: {ended:?}: {said}"), |verdict| {
                    if said.contains("Storage") { verdict.corrupt += 1 } else { verdict.stuck += 1 }
                });
            }
        }
    }
    journal
}

fn kill_adopters(lanes: &Lanes<'_>, adopter: u64, mut chance: Chance) {
    let folder = lanes.place.join(format!("adopter-{adopter}"));
    let file = lanes.place.join("team.csv");
    // Where one without a team and one with a team are killed next.
    let mut next = [adopter, adopter];
    for round in 0_u64.. {
        if !lanes.go_on() {
            break;
        }
        if round % IMPORT_EVERY == IMPORT_EVERY - 1 {
            let mut volume = lanes.volume.write();
            *volume += 1;
            fs::write(&file, csv(*volume)).expect("writes");
            let file = file.to_str().expect("a temporary folder's name is text");
            if !process::backend(&lanes.data(), &["import", "team", "--complete", file]) {
                lanes.wrong("the import failed", |verdict| verdict.stuck += 1);
                break;
            }
        }
        let volume = lanes.volume.read();
        let which = (round % 2) as usize;
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("removes");
        }
        company::copy(&lanes.place.join([WITHOUT, WITH][which]), &folder);
        let end = if round % 5 < 3 {
            next[which] += 1 + chance.below(4);
            End::AtChange(next[which])
        } else {
            End::After(Duration::from_micros(chance.below(60_000)))
        };
        let (ended, first) = process::phone(&folder, &["team"], end);
        match ended {
            Ended::Killed | Ended::KilledAtChange => lanes.killed(|totals| totals.in_adoption += 1),
            // It was through before.
            Ended::ByItself { well: true } => next[which] = 0,
            _ => {}
        }
        let (ended, second) = process::phone(&folder, &["team"], End::ByItself);
        let what = || format!("adoption {round} in {}, {end:?}: {first:?} and then {second:?}", folder.display());
        if [&first, &second].iter().any(|said| said.contains("wrong ")) || ended != (Ended::ByItself { well: true }) {
            lanes.wrong(&what(), |verdict| verdict.stuck += 1);
        }
        let whole = |volume: u64| format!("{MEMBERS} {MEMBERS} {{{volume}}}");
        let had = second.lines().find_map(|line| line.strip_prefix("had ")).unwrap_or_default();
        let has = second.lines().find_map(|line| line.strip_prefix("has ")).unwrap_or_default();
        let before = if which == 0 { "none".into() } else { whole(0) };
        if (had != before && had != whole(*volume)) || has != whole(*volume) || !second.contains("repaired 0") {
            lanes.wrong(&what(), |verdict| verdict.corrupt += 1);
        }
        for fault in rest::unsound(&folder) {
            lanes.wrong(&format!("{}: {fault}", what()), |verdict| verdict.corrupt += 1);
        }
    }
}

/// Gives the last one, which answers.
fn kill_servers(lanes: &Lanes<'_>, mut chance: Chance) -> Server {
    while lanes.go_on() {
        let dies_at = (chance.below(2) == 0).then(|| 1 + chance.below(400));
        if let Some(mut server) = Server::start(&lanes.data(), lanes.address, dies_at)
            && !server.dies_within(Duration::from_millis(60 + chance.below(300)))
        {
            server.kill();
        }
        lanes.killed(|totals| totals.server += 1);
    }
    Server::start(&lanes.data(), lanes.address, None).expect("nothing kills this one")
}
