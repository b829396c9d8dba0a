//! What is counted for who runs the server, in the text format of Prometheus (version 0.0.4).

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use qadam_protocol::push::Vendor;

use crate::push::vendor::Verdict;

/// Since the process started.
#[derive(Default)]
pub struct Metrics {
    repairs: AtomicU64,
    repaired_buckets: AtomicU64,
    repaired_rows: AtomicU64,
    pub push: PushMetrics,
}

/// Of what is sent to push services.
#[derive(Default)]
pub struct PushMetrics {
    by_vendor: [VendorMetrics; 2],
    expired: AtomicU64,
}

#[derive(Default)]
struct VendorMetrics {
    sent: AtomicU64,
    later: AtomicU64,
    refused: AtomicU64,
    closed: AtomicU64,
    voided: AtomicU64,
}

impl PushMetrics {
    fn of(&self, vendor: Vendor) -> &VendorMetrics {
        &self.by_vendor[vendor as usize]
    }

    /// What a vendor answered.
    pub fn answered(&self, vendor: Vendor, verdict: &Verdict) {
        let metrics = self.of(vendor);
        let count = match verdict {
            Verdict::Sent => &metrics.sent,
            Verdict::Later { .. } => &metrics.later,
            Verdict::Refused { .. } => &metrics.refused,
            Verdict::Closed(_) => &metrics.closed,
            // Counted where the token is void indeed.
            Verdict::Void { .. } | Verdict::Foreign => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// So many tokens are void.
    pub fn voided(&self, vendor: Vendor, tokens: u64) {
        self.of(vendor).voided.fetch_add(tokens, Ordering::Relaxed);
    }

    /// So many messages were not sent in time.
    pub fn expired(&self, messages: u64) {
        self.expired.fetch_add(messages, Ordering::Relaxed);
    }

    fn write(&self, text: &mut String, waiting: u64) {
        type Count = fn(&VendorMetrics) -> &AtomicU64;
        let counters: [(&str, &str, Count); 5] = [
            ("sent", "Pushes that the vendor took.", |vendor| &vendor.sent),
            ("later", "Answers after which a push is tried again.", |vendor| &vendor.later),
            ("refused", "Pushes that the vendor will never take.", |vendor| &vendor.refused),
            ("closed", "Tries that found the vendor away, busy, or not content with the credentials.", |vendor| {
                &vendor.closed
            }),
            ("tokens_voided", "Tokens of devices that can't be reached by them any more.", |vendor| &vendor.voided),
        ];
        for (name, help, count) in counters {
            let mut lines = format!("# HELP qadam_push_{name}_total {help}\n# TYPE qadam_push_{name}_total counter\n");
            for vendor in Vendor::ALL {
                let count = count(self.of(vendor)).load(Ordering::Relaxed);
                writeln!(lines, "qadam_push_{name}_total{{vendor=\"{vendor}\"}} {count}").expect(WRITTEN);
            }
            text.push_str(&lines);
        }
        let expired = self.expired.load(Ordering::Relaxed);
        write!(
            text,
            "# HELP qadam_push_expired_total Pushes that were given up: they were not sent in time, or tried often enough.\n# TYPE qadam_push_expired_total counter\nqadam_push_expired_total {expired}\n\
             # HELP qadam_push_waiting Pushes that wait or are on their way.\n# TYPE qadam_push_waiting gauge\nqadam_push_waiting {waiting}\n"
        )
        .expect(WRITTEN);
    }
}

const WRITTEN: &str = "a text takes what is written";

impl Metrics {
    /// A replica differed in so many buckets, and was sent so many rows.
    pub fn repaired(&self, buckets: u64, rows: u64) {
        self.repairs.fetch_add(1, Ordering::Relaxed);
        self.repaired_buckets.fetch_add(buckets, Ordering::Relaxed);
        self.repaired_rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// All counters, a line each, with their help; `gaps`: the devices that have not been back since a restore; `pushes`: those that wait.
    pub fn text(&self, gaps: u64, pushes: u64) -> String {
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
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}").expect(WRITTEN);
        }
        self.push.write(&mut text, pushes);
        text
    }
}
