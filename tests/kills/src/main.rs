//! Phones and a server as real processes on real files, killed with SIGKILL: phones at random instants, at a write of their storage, while they take
//! a team's image or delta; the server under the load of several phones, at random and at a write.
//!
//! Every process is this program: a phone drives the engine and says what it was told, line by line; a server is `qadam-backend`, the whole of it. Each
//! few hundred kills everybody comes to rest and is compared: what a phone said was saved is in its account, what it said was sent is on the server,
//! nothing is there twice, all replicas are the same, all files are sound. Then a fresh company goes on.
//!
//! From a seed, as far as processes can be: at which write a process dies follows from it, at which instant does not.

mod company;
mod era;
mod journal;
mod phone;
mod process;
mod rest;
mod secrets;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use era::Totals;

/// Kills after which everything is compared.
const ERA: u64 = 400;
/// Memory is as good as a disk here: what a killed process has written stays.
const MEMORY: &str = "/dev/shm";

#[derive(Parser)]
#[command(about)]
struct Options {
    #[arg(long, default_value_t = 300)]
    kills: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where everything lies; kept where something is wrong. Left out, in memory where the system has such a folder.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    if let Some(ended) = process::role() {
        return ended;
    }
    let options = Options::parse();
    let place = options
        .folder
        .clone()
        .unwrap_or_else(|| if Path::new(MEMORY).is_dir() { MEMORY.into() } else { std::env::temp_dir() });
    let folder = tempfile::Builder::new().prefix("qadam-kills-").tempdir_in(&place).expect("a folder");
    let began = Instant::now();
    let template = company::Template::make(folder.path());
    let mut totals = Totals::default();
    let mut number = 0;
    while totals.kills() < options.kills && totals.is_sound() {
        let quota = ERA.min(options.kills - totals.kills());
        let place = folder.path().join(format!("era-{number}"));
        totals.add(&era::run(&template, &place, quota, options.seed.wrapping_add(number)));
        if totals.is_sound() {
            std::fs::remove_dir_all(&place).expect("removes");
        }
        number += 1;
    }
    let speed = totals.kills() as f64 / began.elapsed().as_secs_f64();
    println!("saved {} sent {}, {speed:.1} kills a second", totals.saved, totals.sent);
    println!("{totals}");
    if totals.is_sound() {
        return ExitCode::SUCCESS;
    }
    println!("everything is in {}", folder.keep().display());
    ExitCode::FAILURE
}
