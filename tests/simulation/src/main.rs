//! Many devices and one server under every fault, from a seed.
//!
//! The engine's replica and the server's sync run as they are, over a network, clocks and chance that a seed decides. After the faults
//! everything is given time to settle; then an independent model says whether anything was lost, doubled, diverged or stuck.
//! The same seed gives the same trace.
//!
//! What the simulation is worth is tried with bugs on purpose (`qadam_domain::planted`): each must be found.

mod chance;
mod content;
mod device;
mod evenings;
mod model;
mod rules;
mod server;
mod team;
mod world;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

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
    /// Steps of a run.
    #[arg(long, default_value_t = world::STEPS)]
    steps: usize,
    /// A million seeds, each with three times the steps.
    #[arg(long, conflicts_with_all = ["seeds", "steps"])]
    nightly: bool,
    /// Tells what happens, step by step.
    #[arg(long)]
    trace: bool,
    /// Tries whether this bug is found, or `all` of them, within 2,000 seeds.
    #[cfg(feature = "planted")]
    #[arg(long, value_name = "NAME")]
    planted: Option<String>,
}

/// Which seeds are run, and how.
struct Campaign {
    start: u64,
    seeds: u64,
    steps: usize,
    trace: bool,
    /// The first that is not sound is the last.
    until_unsound: bool,
}

impl Campaign {
    /// Runs the seeds on all cores, and gives each verdict that is not sound to `tell`.
    fn run(&self, tell: impl Fn(u64, &Verdict) + Sync) -> Verdict {
        let next = AtomicU64::new(self.start);
        let end = AtomicU64::new(self.start.saturating_add(self.seeds));
        let threads = if self.trace { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
        let run = || {
            let mut total = Verdict::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= end.load(Ordering::Relaxed) {
                    return total;
                }
                let verdict = std::panic::catch_unwind(|| world::run(seed, self.steps, self.trace))
                    .unwrap_or_else(|_| Verdict { stuck: 1, what: vec!["it panicked".into()], ..Verdict::default() });
                if !verdict.is_sound() {
                    tell(seed, &verdict);
                    if self.until_unsound {
                        // Those before it are being run already.
                        end.fetch_min(seed, Ordering::Relaxed);
                    }
                }
                total.add(&verdict);
            }
        };
        let mut total = Verdict::default();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
            for thread in threads {
                total.add(&thread.join().expect("panics are caught inside"));
            }
        });
        total
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    #[cfg(feature = "planted")]
    if let Some(name) = &options.planted {
        return find_planted(name, &options);
    }
    let (seeds, steps) = if options.nightly { (1_000_000, 3 * world::STEPS) } else { (options.seeds, options.steps) };
    let campaign = Campaign { start: options.start, seeds, steps, trace: options.trace, until_unsound: false };
    let began = Instant::now();
    let total = campaign.run(|seed, verdict| {
        println!("seed {seed}: {}", verdict.what.join("; "));
        println!(
            "  again with: cargo run --release -p qadam-simulation -- --seeds 1 --start {seed} --steps {steps} --trace"
        );
    });
    let seconds = began.elapsed().as_secs_f64();
    println!("{}", total.done);
    println!("{:.1} seeds a second", seeds as f64 / seconds);
    println!(
        "seeds {seeds} lost {} doubled {} diverged {} stuck {}",
        total.lost, total.doubled, total.diverged, total.stuck
    );
    if total.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether the bug of this name is found, or each of all.
#[cfg(feature = "planted")]
fn find_planted(name: &str, options: &Options) -> ExitCode {
    use qadam_domain::planted;
    const MOST: u64 = 2_000;
    let chosen: Vec<_> = planted::ALL.into_iter().filter(|(known, _)| name == "all" || name == *known).collect();
    if chosen.is_empty() {
        println!("no bug '{name}'; there are {}", planted::ALL.map(|(name, _)| name).join(", "));
        return ExitCode::FAILURE;
    }
    // What panics is found as well, and need not be told each time.
    std::panic::set_hook(Box::new(|_| {}));
    let mut missed = 0;
    for (name, bug) in chosen {
        planted::choose(Some(bug));
        let first: parking_lot::Mutex<Option<(u64, Verdict)>> = parking_lot::Mutex::new(None);
        let campaign = Campaign {
            start: options.start,
            seeds: MOST,
            steps: options.steps,
            trace: options.trace,
            until_unsound: true,
        };
        campaign.run(|seed, verdict| {
            let mut first = first.lock();
            if first.as_ref().is_none_or(|(known, _)| seed < *known) {
                *first = Some((seed, verdict.clone()));
            }
        });
        planted::choose(None);
        let first = first.into_inner();
        if let Some((seed, _)) = &first
            && !world::run(*seed, options.steps, false).is_sound()
        {
            missed += 1;
            println!("planted {name}: seed {seed} is not sound without it either");
            continue;
        }
        match first {
            Some((seed, Verdict { lost, doubled, diverged, stuck, what, .. })) => {
                println!(
                    "planted {name}: found at seed {seed} (lost {lost} doubled {doubled} diverged {diverged} stuck {stuck}): {}",
                    what.first().map_or("", String::as_str)
                );
            }
            None => {
                missed += 1;
                println!("planted {name}: NOT FOUND within {MOST} seeds");
            }
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
