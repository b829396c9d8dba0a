//! Benchmarks beside their floors, in the same run: `cargo run --release -p qadam-bench -- [--json FILE]`.
//!
//! The server is a process of its own, as in earnest: this program, started again. Nothing is asserted about time. What is read from
//! Kotlin needs `bindings/build` before, and Maven; without, the bench says so and goes on.

mod content;
mod dry_run;
mod fold;
mod herd;
mod kotlin;
mod line;
mod measure;
mod phone;
mod push;
mod records;
mod report;
mod rules;
mod server;
mod shared;
mod team;
mod tick;
mod wire;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

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
    /// Measures one group alone.
    #[arg(long, value_name = "GROUP", value_parser = GROUPS)]
    only: Option<String>,
    /// Where a process of one group leaves its cases for the one that started it.
    #[arg(long, hide = true, requires = "only")]
    cases: Option<PathBuf>,
}

/// Each is measured in a process of its own, so that none has the memory, the rows or the busy disk of another.
const GROUPS: [&str; 18] = [
    "edits", "rebase", "change", "open", "read", "fold", "rules", "tick", "dry-run", "idle", "first", "kotlin",
    "screens", "team", "line", "herd", "push", "library",
];

fn main() -> ExitCode {
    if let Some(code) = server::role() {
        return code;
    }
    let options = Options::parse();
    let machine = machine();
    let cases = match (&options.only, &options.cases) {
        (Some(group), Some(file)) => {
            let cases = serde_json::to_string(&group_of(group)).expect("cases are JSON");
            std::fs::write(file, cases).expect("the file of cases");
            return ExitCode::SUCCESS;
        }
        (Some(group), None) => group_of(group),
        (None, _) => match GROUPS.iter().map(|group| apart(group)).collect::<Result<Vec<_>, _>>() {
            Ok(groups) => groups.concat(),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        },
    };
    println!("{machine}\n\n{}", report::table(&cases));
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

/// Measures a group in a process of its own, on a disk that has nothing left to write.
fn apart(group: &str) -> Result<Vec<Case>, String> {
    let wrong = |what: &dyn std::fmt::Display| format!("the group {group} was not measured: {what}");
    eprintln!("measures {group} ...");
    let folder = tempfile::tempdir().map_err(|error| wrong(&error))?;
    let file = folder.path().join("cases.json");
    let program = std::env::current_exe().map_err(|error| wrong(&error))?;
    Command::new("sync").status().map_err(|error| wrong(&error))?;
    let status =
        Command::new(program).args(["--only", group, "--cases"]).arg(&file).status().map_err(|error| wrong(&error))?;
    if !status.success() {
        return Err(wrong(&status));
    }
    let cases = std::fs::read(&file).map_err(|error| wrong(&error))?;
    serde_json::from_slice(&cases).map_err(|error| wrong(&error))
}

fn group_of(group: &str) -> Vec<Case> {
    let folder = tempfile::Builder::new().prefix("qadam-bench").tempdir().expect("a temporary folder");
    let folder = folder.path();
    match group {
        "fold" => [fold::cases(), fold::grading()].concat(),
        "rules" => rules::cases(&fold::heavy_user()),
        "tick" => tick::cases(folder),
        "dry-run" => dry_run::cases(folder),
        "screens" => kotlin::screens(folder),
        "team" => team::cases(folder),
        "line" => line::cases(folder, &Server::constant()),
        "herd" => herd::cases(folder),
        "push" => push::cases(folder),
        "library" => vec![library()],
        _ => {
            let (mut world, first) = World::build(folder);
            let constant = Server::constant();
            let mut floor = Floor::build(folder, &world);
            match group {
                "edits" => world.many_edits(&mut floor),
                "rebase" => world.rebase(&mut floor),
                "change" => world.one_change(&mut floor, &constant),
                "open" => world.opening(),
                "read" => world.reads(&floor),
                "idle" => records::idle(&world, &constant),
                "first" => first,
                "kotlin" => world.kotlin(),
                other => unreachable!("{other} is not among the groups"),
            }
        }
    }
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
