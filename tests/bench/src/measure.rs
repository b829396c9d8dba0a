//! Time and memory.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// The middle one.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long `work` took, and what it gave.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let output = work();
    (begin.elapsed(), output)
}

/// The median of so many runs.
pub fn runs<T>(count: usize, mut work: impl FnMut(usize) -> T) -> Duration {
    median((0..count).map(|n| timed(|| black_box(work(n))).0).collect())
}

/// One of many short runs: the median over batches of the batch's mean. `work` gets a number that differs each time.
pub fn each<T>(batches: usize, batch: usize, mut work: impl FnMut(usize) -> T) -> Duration {
    let one = |b: usize| {
        let begin = Instant::now();
        for n in 0..batch {
            black_box(work(b * batch + n));
        }
        begin.elapsed() / batch as u32
    };
    median((0..batches).map(one).collect())
}

/// As [`each`], by picoseconds: for what takes a few nanoseconds. Gives nanoseconds.
pub fn each_nanos<T>(batches: usize, batch: usize, mut work: impl FnMut() -> T) -> f64 {
    let one = |_| {
        let begin = Instant::now();
        for _ in 0..batch {
            black_box(work());
        }
        begin.elapsed()
    };
    median((0..batches).map(one).collect()).as_nanos() as f64 / batch as f64
}

/// A process whose peak memory is watched: Linux's own count, everything in it.
#[derive(Clone, Copy)]
pub struct Memory(pub u32);

impl Memory {
    pub fn own() -> Self {
        Self(std::process::id())
    }

    /// From now on the peak is counted anew.
    pub fn reset(self) {
        // Where the kernel does not allow it, the peak is that of the whole run.
        let _: std::io::Result<()> = std::fs::write(format!("/proc/{}/clear_refs", self.0), "5");
    }

    /// The most bytes that were resident.
    pub fn peak(self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kilobytes * 1024)
    }
}

/// Numbers that look random and are the same in every run: xorshift64*, Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators, scrambled" (2016).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
