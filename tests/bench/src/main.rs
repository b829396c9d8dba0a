//! Benchmarks beside their floors, in the same run: `cargo run --release -p qadam-bench -- [--json FILE]`.
//!
//! The server is a process of its own, as in earnest: this program, started again. Nothing is asserted about time. What is read from
//! Kotlin needs `bindings/build` before, and Maven; without, the bench says so and goes on.

mod content;
mod fold;
mod herd;
mod kotlin;
mod line;
mod measure;
mod phone;
mod records;
mod report;
mod server;
mod shared;
mod team;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::records::{Floor, World};
use crate::report::{Case, Figure, Goal};
use crate::server::Server;

/// Measures Qadam beside what nothing can go below.
#[derive(Parser)]
struct Options {
    /// Writes the figures here, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measures one group alone, for work on it.
    #[arg(long, value_name = "GROUP", value_parser = ["fold", "edits", "rebase", "change", "open", "read", "idle", "kotlin", "team", "line", "herd"])]
    only: Option<String>,
}

fn main() -> ExitCode {
    if let Some(code) = server::role() {
        return code;
    }
    let options = Options::parse();
    let machine = machine();
    println!("{machine}");
    let folder = tempfile::Builder::new().prefix("qadam-bench").tempdir().expect("a temporary folder");
    let cases = cases(folder.path(), options.only.as_deref());
    println!("\n{}", report::table(&cases));
    println!("machine at the end: {}", load());
    if let Some(path) = options.json {
        let json = format!("{:#}\n", report::to_json(&cases, &machine));
        if let Err(error) = std::fs::write(&path, json) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn cases(folder: &Path, only: Option<&str>) -> Vec<Case> {
    let wanted = |group: &str| {
        let wanted = only.is_none_or(|only| only == group);
        if wanted {
            eprintln!("measures {group} ...");
        }
        wanted
    };
    let mut computed = Vec::new();
    if wanted("fold") {
        computed = [fold::cases(), fold::grading()].concat();
    }
    // First: the memory of all that follows would be counted with it.
    let mut teams = Vec::new();
    if wanted("team") {
        teams = team::cases(folder);
    }
    let mut cases = Vec::new();
    if !matches!(only, Some("fold" | "team" | "line" | "herd")) {
        eprintln!("prepares 100,000 contacts ...");
        let (mut world, first) = World::build(folder);
        let constant = Server::constant();
        let mut floor = Floor::build(folder, &world);
        if wanted("edits") {
            cases.extend(world.many_edits(&mut floor));
        }
        if wanted("rebase") {
            cases.extend(world.rebase(&mut floor));
        }
        if wanted("change") {
            cases.extend(world.one_change(&mut floor, &constant));
        }
        if wanted("open") {
            cases.extend(world.opening());
        }
        if wanted("read") {
            cases.extend(world.reads(&floor));
        }
        cases.append(&mut computed);
        if wanted("idle") {
            cases.extend(records::idle(&world, &constant));
        }
        cases.extend(first);
        if wanted("kotlin") {
            cases.extend(world.kotlin());
        }
    }
    cases.extend(computed);
    cases.append(&mut teams);
    if wanted("line") {
        cases.extend(line::cases(folder, &Server::constant()));
    }
    if wanted("herd") {
        cases.extend(herd::cases(folder));
    }
    cases.push(library());
    cases
}

/// What ships in the apps, for this machine's processor.
fn library() -> Case {
    const NAME: &str = "size of the phone library";
    let target = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.parent()?.to_path_buf()));
    let size =
        target.and_then(|target| std::fs::metadata(target.join("phone/libqadam.so")).ok()).map(|file| file.len());
    match size {
        Some(size) => Case::new(NAME, Figure::Bytes(size)).goal(Goal::Bytes(5_000_000)).note("profile phone, stripped"),
        None => Case::not_measured(NAME, "cargo build --profile phone -p qadam-ffi makes it"),
    }
}

fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("machine: {} x {}, {}", cores, model.trim_start_matches(['\t', ' ', ':']), load())
}

/// Others at work on the machine make every figure worse.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!("load {}", load.join(" "))
}
