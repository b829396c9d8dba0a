//! The evening's clock: the system's, moved.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use qadam_domain::time::Millis;
use qadam_engine::platform::{Clock, Reading, SystemClock};

/// Where the evening is.
const ZONE: Tz = Tz::Asia__Almaty;

const MINUTE: Millis = 60_000;

/// The server and the phones share it, so that a waiting time can be waited for in no time, and no run meets midnight.
pub struct EveningClock {
    system: SystemClock,
    ahead: AtomicI64,
}

impl EveningClock {
    pub fn of_the_system() -> Self {
        Self { system: SystemClock::default(), ahead: AtomicI64::new(0) }
    }

    /// Half past seven, on the next evening that comes.
    pub fn at_the_evening() -> Self {
        let clock = Self::of_the_system();
        let now = clock.wall();
        let local = ZONE.timestamp_millis_opt(now).earliest().map(|now| now.date_naive());
        let evening = local.and_then(|day| day.and_hms_opt(19, 30, 0));
        let evening = evening.and_then(|evening| ZONE.from_local_datetime(&evening).earliest());
        if let Some(evening) = evening {
            clock.pass((evening.timestamp_millis() - now).rem_euclid(24 * 60 * MINUTE));
        }
        clock
    }

    pub fn pass(&self, millis: Millis) {
        self.ahead.fetch_add(millis, Ordering::Relaxed);
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.pass(minutes * MINUTE);
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn wall(&self) -> Millis {
        self.read().wall
    }

    /// `19:30`
    pub fn time(&self) -> String {
        time_of(self.wall())
    }
}

impl Clock for EveningClock {
    fn read(&self) -> Reading {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let reading = self.system.read();
        Reading { wall: reading.wall + ahead, mono: reading.mono + ahead, ..reading }
    }
}

/// Minutes ahead of UTC, in the evening's zone.
pub fn offset(millis: Millis) -> i32 {
    local(millis).offset().fix().local_minus_utc() / 60
}

/// `19:30`, in the evening's zone.
pub fn time_of(millis: Millis) -> String {
    local(millis).format("%H:%M").to_string()
}

/// `2026-11-24 19:30`, in the evening's zone.
pub fn date_of(millis: Millis) -> String {
    local(millis).format("%Y-%m-%d %H:%M").to_string()
}

fn local(millis: Millis) -> DateTime<Tz> {
    DateTime::<Utc>::from_timestamp_millis(millis).unwrap_or_default().with_timezone(&ZONE)
}
