//! What is counted for who runs the server, in the text format of Prometheus (version 0.0.4).

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Since the process started.
#[derive(Default)]
pub struct Metrics {
    repairs: AtomicU64,
    repaired_buckets: AtomicU64,
    repaired_rows: AtomicU64,
}

impl Metrics {
    /// A replica differed in so many buckets, and was sent so many rows.
    pub fn repaired(&self, buckets: u64, rows: u64) {
        self.repairs.fetch_add(1, Ordering::Relaxed);
        self.repaired_buckets.fetch_add(buckets, Ordering::Relaxed);
        self.repaired_rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// All counters, a line each, with their help; `gaps`: the devices that have not been back since a restore.
    pub fn text(&self, gaps: u64) -> String {
        let counters = [
            ("qadam_repairs_total", "Replicas that differed from the server at the same revision.", &self.repairs),
            ("qadam_repaired_buckets_total", "Buckets in which they differed.", &self.repaired_buckets),
            ("qadam_repaired_rows_total", "Rows that were sent to mend them.", &self.repaired_rows),
        ];
        let mut text = format!(
            "# HELP qadam_gaps Devices that have not been back since a restore, and may have sent what is lost.\n# TYPE qadam_gaps gauge\nqadam_gaps {gaps}\n"
        );
        for (name, help, count) in counters {
            let count = count.load(Ordering::Relaxed);
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}")
                .expect("a text takes what is written");
        }
        text
    }
}
