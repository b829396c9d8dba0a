//! Many devices and one server under every fault, from a seed.
//!
//! The engine's replica and the server's sync run as they are, over a network, clocks and chance that a seed decides. After the faults
//! everything is given time to settle; then an independent model says whether anything was lost, doubled, diverged or stuck.
//! The same seed gives the same trace.

mod chance;
mod content;
mod device;
mod model;
mod server;
mod team;
mod world;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;

use model::Verdict;

#[derive(Parser)]
#[command(about)]
struct Options {
    /// How many seeds to try.
    #[arg(long, default_value_t = 300)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    start: u64,
    /// Tells what happens, step by step.
    #[arg(long)]
    trace: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let next = AtomicU64::new(options.start);
    let end = options.start.saturating_add(options.seeds);
    let threads = if options.trace { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let totals: Vec<Verdict> = std::thread::scope(|scope| {
        let run = || {
            let mut total = Verdict::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= end {
                    return total;
                }
                let verdict = std::panic::catch_unwind(|| world::run(seed, options.trace))
                    .unwrap_or_else(|_| Verdict { stuck: 1, what: vec!["it panicked".into()], ..Verdict::default() });
                if !verdict.is_sound() {
                    println!("seed {seed}: {}", verdict.what.join("; "));
                    println!(
                        "  again with: cargo run --release -p qadam-simulation -- --seeds 1 --start {seed} --trace"
                    );
                }
                total.add(&verdict);
            }
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("panics are caught inside")).collect()
    });
    let mut total = Verdict::default();
    totals.iter().for_each(|verdict| total.add(verdict));
    println!("{}", total.done);
    println!(
        "seeds {} lost {} doubled {} diverged {} stuck {}",
        options.seeds, total.lost, total.doubled, total.diverged, total.stuck
    );
    if total.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
