//! A leader's team of 100,000: the first sync, one change, a branch that goes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use qadam_backend::team::import::{self, HEADER, Imported};
use qadam_backend::{config, random, store};
use qadam_domain::time::Day;
use qadam_engine::team::{TeamQuery, TeamSearch};
use tokio::runtime::Runtime;

use crate::measure::{Chance, Memory, each, median, timed};
use crate::phone::{PASSWORD, Phone};
use crate::report::{Case, Goal};
use crate::server::{LOGIN, Server, prepare_people};
use crate::wire::Counter;

const MEMBERS: usize = 100_000;
/// Of another leader.
const OTHERS: usize = 2_000;
const BRANCH: usize = 5_000;
const OTHER: &str = "other";

/// The company's file: member 0 at the top, 1 and 2 below it, and below these so many, each under any that was there before.
pub struct Tree {
    sponsors: Vec<usize>,
    lines: Vec<String>,
}

impl Tree {
    pub fn generate(members: usize, others: usize) -> Self {
        const CITIES: [&str; 12] = [
            "Алматы",
            "Астана",
            "Шымкент",
            "Қарағанды",
            "Ташкент",
            "Бишкек",
            "México",
            "Bogotá",
            "Lima",
            "Guadalajara",
            "Атырау",
            "Орал",
        ];
        let chance = &mut Chance(11);
        let words = |chance: &mut Chance, count: usize, least: usize| -> Vec<String> {
            const SYLLABLES: [&str; 24] = [
                "ай", "гүл", "да", "на", "ма", "рат", "се", "рік", "ер", "лан", "жан", "бек", "ова", "сұл", "тан",
                "ka", "mi", "lo", "pez", "gar", "cía", "ан", "ел", "нұр",
            ];
            let word = |_| {
                let text: String = (0..least + chance.below(2)).map(|_| SYLLABLES[chance.below(24)]).collect();
                let mut letters = text.chars();
                letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
            };
            (0..count).map(word).collect()
        };
        let (first, last) = (words(chance, 300, 2), words(chance, 3_000, 3));
        let total = 1 + members + others;
        let (mut sponsors, mut lines) = (Vec::with_capacity(total), Vec::with_capacity(total));
        for n in 0..total {
            // The first leader's people begin at 3, the second's behind them.
            let (leader, start) = if n < 2 + members { (1, 3) } else { (2, 2 + members) };
            let under_leader = n <= start || chance.below(50) == 0;
            sponsors.push(match n {
                0..=2 => 0,
                _ if under_leader => leader,
                n => start + chance.below(n - start),
            });
            let is_active = chance.below(10) < 4;
            let personal = if is_active { chance.below(60_000) } else { 0 };
            let group = personal + chance.below(1 + total / (n + 1)) * 5_000;
            let joined = Day::at(config::now(), 0)
                .plus(-((total - n) as i32 * 3_000 / total as i32) + chance.below(20) as i32 - 20);
            let mut line = String::new();
            write!(
                line,
                "{} {},+7 7{:02} {:03} {:04},{},{personal},{group},{},{joined},{}",
                first[chance.below(300)],
                last[chance.below(3_000)],
                chance.below(100),
                chance.below(1_000),
                chance.below(10_000),
                ["partner", "partner", "partner", "bronze", "silver", "gold"][chance.below(6)],
                u8::from(is_active),
                CITIES[chance.below(12)]
            )
            .expect("writes to memory");
            lines.push(line);
        }
        Self { sponsors, lines }
    }

    /// The lines of these members; `volume` in the place of their own.
    fn csv(&self, members: impl Iterator<Item = usize>, volume: Option<usize>) -> String {
        let mut csv = format!("{}\n", HEADER.join(","));
        for n in members {
            let sponsor = if n == 0 { String::new() } else { number(self.sponsors[n]) };
            let mut cells: Vec<&str> = self.lines[n].split(',').collect();
            let told = volume.map(|volume| volume.to_string());
            if let Some(volume) = &told {
                cells[3] = volume;
            }
            csv.push_str(&format!("{},{sponsor},{}\n", number(n), cells.join(",")));
        }
        csv
    }

    /// Below the first leader, the member whose branch is nearest to so many.
    fn branch(&self, size: usize) -> (usize, usize) {
        let mut sizes = vec![1_usize; self.sponsors.len()];
        for n in (1..self.sponsors.len()).rev() {
            sizes[self.sponsors[n]] += sizes[n];
        }
        let below = (3..2 + MEMBERS).min_by_key(|n| sizes[*n].abs_diff(size)).expect("members");
        (below, sizes[below])
    }
}

fn number(n: usize) -> String {
    (100_000 + n).to_string()
}

struct World {
    folder: PathBuf,
    server: Server,
    counter: Counter,
    runtime: Runtime,
    tree: Tree,
    phones: usize,
}

impl World {
    fn build(folder: &Path, tree: Tree) -> (Self, std::time::Duration) {
        let data = folder.join("server");
        std::fs::create_dir_all(&data).expect("a folder");
        let people = [(LOGIN, number(1)), (OTHER, number(2))];
        let codes = prepare_people(&data, &people);
        let server = Server::start(&data);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let counter = Counter::start(server.address);
        let world = Self { folder: folder.into(), server, counter, runtime, tree, phones: 0 };
        for code in codes {
            let phone = Phone::new(folder.join("nobody"), &world.server.url());
            let set = phone.engine.set_password(world.server.url(), code, PASSWORD.into());
            world.runtime.block_on(set).expect("sets the password");
        }
        let csv = world.tree.csv(0..world.tree.lines.len(), None);
        let (time, imported) = timed(|| world.import(&csv));
        assert_eq!(imported.added as usize, world.tree.lines.len());
        noticed();
        (world, time)
    }

    fn import(&self, csv: &str) -> Imported {
        let connection = store::open(&self.folder.join("server")).expect("opens");
        let imported =
            import::import(&connection, "team.csv", csv.as_bytes(), false, config::now(), &mut random::system);
        imported.expect("imports")
    }

    /// A phone that holds nothing, signed in.
    fn phone(&mut self, login: &str) -> Phone {
        self.phones += 1;
        let phone = Phone::new(self.folder.join(format!("phone-{}", self.phones)), &self.server.url());
        phone.sign_in(&self.runtime, &self.server.url(), login, "phone");
        phone
    }

    /// In step, and the first screen of the team read. Gives who is below.
    fn sync(&self, phone: &Phone) -> usize {
        let outcome = self.runtime.block_on(phone.engine.sync()).expect("syncs");
        if std::env::var("QADAM_BENCH_TELL").is_ok() {
            eprintln!("{outcome:?}");
        }
        let me = self.runtime.block_on(phone.engine.team()).expect("reads").expect("a team");
        me.below as usize
    }

    fn counted<T>(&self, phone: &Phone, work: impl FnOnce() -> T) -> (u64, T) {
        phone.wire.through(Some(&self.counter));
        let before = self.counter.bytes();
        let output = work();
        let bytes = self.counter.bytes() - before;
        phone.wire.through(None);
        (bytes, output)
    }

    fn forget_images(&self) {
        for folder in std::fs::read_dir(self.folder.join("server/images")).expect("a folder").flatten() {
            std::fs::remove_dir_all(folder.path()).expect("removes");
        }
    }

    fn one_change(&mut self, phone: &Phone, runs: usize) -> (std::time::Duration, std::time::Duration, u64) {
        let (mut imports, mut syncs, mut bytes) = (Vec::new(), Vec::new(), 0);
        let total = self.tree.lines.len();
        for run in 0..=runs {
            // Some member of the first leader's.
            let n = 3 + run * 7_919 % (total - OTHERS.min(total / 4) - 10);
            let csv = self.tree.csv(std::iter::once(n), Some(1_000_000 + run));
            let (time, imported) = timed(|| self.import(&csv));
            assert_eq!(imported.changed, 1);
            imports.push(time);
            noticed();
            if run == 0 {
                bytes = self.counted(phone, || self.sync(phone)).0;
            } else {
                syncs.push(timed(|| self.sync(phone)).0);
            }
        }
        (median(imports), median(syncs), bytes)
    }
}

/// The first sync of a phone in a process of its own: says how many bytes the process had at most.
pub fn first_sync() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, url, login] = &arguments[..] else { return ExitCode::FAILURE };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let phone = Phone::new(folder.into(), url);
    phone.sign_in(&runtime, url, login, "phone");
    runtime.block_on(phone.engine.sync()).expect("syncs");
    let me = runtime.block_on(phone.engine.team()).expect("reads").expect("a team");
    assert_eq!(me.below as usize, MEMBERS - 1);
    println!("{}", Memory::own().peak().unwrap_or(0));
    ExitCode::SUCCESS
}

pub fn cases(folder: &Path) -> Vec<Case> {
    let (mut world, imported) = World::build(&folder.join("team"), Tree::generate(MEMBERS, OTHERS));
    let mut cases = vec![Case::new("import of 102,001 members", imported).note("a file of 9 MB, all new")];
    let its = world.server.memory();

    // The image is not built yet.
    let (mut cold, mut peak) = (Vec::new(), None);
    for _ in 0..3 {
        world.forget_images();
        let phone = world.phone(LOGIN);
        its.reset();
        let (time, below) = timed(|| world.sync(&phone));
        assert_eq!(below, MEMBERS - 1);
        cold.push(time);
        peak = its.peak();
    }
    let mut case =
        Case::new("first sync of a team of 100,000, image not built", median(cold)).goal(Goal::Millis(1_500.0));
    case.server_memory = peak;
    cases.push(case);

    let (mut warm, mut bytes) = (Vec::new(), 0);
    let mut last = None;
    for run in 0..6 {
        let phone = world.phone(LOGIN);
        if run == 0 {
            bytes = world.counted(&phone, || world.sync(&phone)).0;
        } else {
            warm.push(timed(|| world.sync(&phone)).0);
        }
        last = Some(phone);
    }
    let phone = last.expect("a phone");
    let apart = world.folder.join("apart");
    let told = crate::server::phone_apart(&[apart.to_str().expect("text"), &world.server.url(), LOGIN]);
    let memory: Option<u64> = told.trim().parse().ok();
    let file = team_file(&phone);
    let size = std::fs::metadata(&file).expect("a file").len();
    let floor =
        median((0..5).map(|n| timed(|| copy_synced(&file, &world.folder.join(format!("copy-{n}")))).0).collect());
    cases.push(
        Case::new("first sync of a team of 100,000, image built", median(warm))
            .floor("the unpacked file, copied and synced", floor)
            .goal(Goal::Millis(230.0))
            .bytes(bytes, Some(5_500_000))
            .memory(memory, None)
            .note(format!("a file of {:.1} MB; peak memory of the phone's process to be <= 80 MB", size as f64 / 1e6)),
    );

    let (import, sync, bytes) = world.one_change(&phone, 15);
    cases.push(
        Case::new("one row of 100,000 to the phone", sync)
            .goal(Goal::Millis(10.0))
            .bytes(bytes, Some(1_000))
            .note(format!("import of it {:.1} ms", import.as_secs_f64() * 1e3)),
    );
    cases.extend(reads(&world, &phone));

    let other = world.phone(OTHER);
    world.sync(&other);
    let (branch, size) = world.tree.branch(BRANCH);
    let home = world.tree.sponsors[branch];
    let (mut leaves, mut arrives, mut imports, mut wire) = (Vec::new(), Vec::new(), Vec::new(), (0, 0));
    for run in 0..4 {
        for (away, sponsor) in [(true, 2), (false, home)] {
            world.tree.sponsors[branch] = sponsor;
            let csv = world.tree.csv(std::iter::once(branch), None);
            let (time, moved) = timed(|| world.import(&csv));
            assert_eq!(moved.moved, 1);
            imports.push(time);
            noticed();
            if run == 0 && away {
                wire.0 = world.counted(&phone, || world.sync(&phone)).0;
                wire.1 = world.counted(&other, || world.sync(&other)).0;
            } else if away {
                leaves.push(timed(|| world.sync(&phone)).0);
                arrives.push(timed(|| world.sync(&other)).0);
            } else {
                assert_eq!(world.sync(&phone), MEMBERS - 1);
                world.sync(&other);
            }
        }
    }
    let note = format!("a branch of {size}; its import {:.1} ms", median(imports).as_secs_f64() * 1e3);
    cases.push(
        Case::new("5,000 rows leave a team of 100,000", median(leaves))
            .goal(Goal::Millis(100.0))
            .bytes(wire.0, None)
            .note(note),
    );
    cases.push(Case::new("5,000 rows arrive in a team of 2,000", median(arrives)).bytes(wire.1, None));
    drop((phone, other, world));

    let mut flat = Vec::new();
    for (members, others) in [(1_000, 100), (1_000_000, OTHERS)] {
        let (mut world, imported) =
            World::build(&folder.join(format!("team-{members}")), Tree::generate(members, others));
        let phone = world.phone(LOGIN);
        let (time, below) = timed(|| world.sync(&phone));
        assert_eq!(below, members - 1);
        let (import, change, bytes) = world.one_change(&phone, 15);
        flat.push(change);
        let note = format!(
            "import of it {:.1} ms; import of all {:.1} s, first sync of all {:.2} s with the image's making",
            import.as_secs_f64() * 1e3,
            imported.as_secs_f64(),
            time.as_secs_f64()
        );
        let mut case =
            Case::new(format!("one row of {members} to the phone"), change).bytes(bytes, Some(1_000)).note(note);
        if flat.len() > 1 {
            case = case.floor("the same with 1,000 rows", flat[0]).goal(Goal::RatioAtMost(2.0));
        }
        case.server_memory = world.server.memory().peak();
        cases.push(case);
    }
    cases
}

fn reads(world: &World, phone: &Phone) -> Vec<Case> {
    let engine = &phone.engine;
    let runtime = &world.runtime;
    let children = each(5, 40, |_| {
        let query = TeamQuery { member: None, after: None, limit: 50 };
        runtime.block_on(engine.team_children(query)).expect("reads")
    });
    let subtree = each(5, 40, |n| {
        let query = TeamQuery { member: Some(number(3 + n)), after: None, limit: 50 };
        runtime.block_on(engine.team_subtree(query)).expect("reads")
    });
    let search = each(5, 40, |n| {
        let name = world.tree.lines[3 + n * 97].chars().take(4).collect();
        runtime.block_on(engine.search_team(TeamSearch { name, after: None, limit: 50 })).expect("reads")
    });
    vec![
        Case::new("page of 50 right below, with counts", children),
        Case::new("page of 50 of a subtree", subtree),
        Case::new("page of 50 by the begin of a name", search),
    ]
}

/// What another process writes the server finds out within half a second.
fn noticed() {
    std::thread::sleep(std::time::Duration::from_millis(700));
}

/// The file in use.
fn team_file(phone: &Phone) -> PathBuf {
    let mut folders =
        std::fs::read_dir(&phone.directory).expect("the phone's folder").flatten().map(|entry| entry.path());
    let folder = folders.find(|path| path.extension().is_some_and(|e| e == "team")).expect("a team");
    let mut files = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    files.find(|path| path.extension().is_some_and(|e| e == "db")).expect("a file")
}

fn copy_synced(from: &Path, to: &Path) {
    std::fs::copy(from, to).expect("copies");
    std::fs::File::open(to).and_then(|file| file.sync_all()).expect("syncs");
}
