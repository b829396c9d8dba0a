//! When something was done, whatever the device's clock shows.

use qadam_domain::time::Millis;
use qadam_protocol::mutation::Arose;
use qadam_protocol::sync::ClockReading;

use crate::accounts::Session;

/// The corrected time of what arose `at`, in a request made at `reading` by the device's clocks and received at `now` by the server's. Within [the last
/// reply that the device had applied when it arose, receipt]; before the device's first reply, from its sign-in on. Total.
///
/// The reply that it names is the device's word, so it is not taken for older than the account's first sign-in. (A device that had to sign in anew
/// carries work from before: its own sign-in is no bound for that.)
pub fn stamp(now: Millis, reading: &ClockReading, at: &Arose, session: &Session) -> Millis {
    let told = if at.boot == reading.boot && !at.boot.is_empty() {
        now.saturating_sub(reading.mono.saturating_sub(at.mono))
    } else if let Some(error) = at.error {
        at.wall.saturating_add(error)
    } else {
        at.wall.saturating_add(now.saturating_sub(reading.wall))
    };
    let floor = if at.floor <= 0 { session.device_since } else { at.floor.max(session.account_since) };
    told.clamp(floor.min(now), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::StreamKey;
    use qadam_domain::ids::DeviceId;
    use qadam_domain::time::DAY;

    const NOW: Millis = 1_800_000_000_000;
    const TEN_YEARS: Millis = 3_650 * DAY;

    fn session() -> Session {
        Session {
            account: 1,
            account_id: "a".into(),
            account_since: NOW - 100 * DAY,
            me: StreamKey(1),
            device: DeviceId::new("0123456789abcdef").expect("16 digits"),
            device_key: 1,
            device_since: NOW - 10 * DAY,
            heard: NOW,
            gap: false,
        }
    }

    fn reading(wall: Millis, boot: &str, mono: Millis) -> ClockReading {
        ClockReading { wall, boot: boot.into(), mono }
    }

    fn arose(wall: Millis, error: Option<Millis>, boot: &str, mono: Millis, floor: Millis) -> Arose {
        Arose { wall, error, offset: 300, boot: boot.into(), mono, floor }
    }

    fn at(reading: &ClockReading, arose: &Arose) -> Millis {
        stamp(NOW, reading, arose, &session())
    }

    #[test]
    fn a_clock_that_is_ten_years_off_costs_nobody_an_evening() {
        for off in [-TEN_YEARS, 0, TEN_YEARS] {
            let floor = NOW - 5 * DAY;
            let same_boot = arose(NOW - 2 * DAY + off, None, "b", 1_000, floor);
            assert_eq!(at(&reading(NOW + off, "b", 1_000 + 2 * DAY), &same_boot), NOW - 2 * DAY);
            let measured = arose(NOW - 2 * DAY + off, Some(-off), "b", 1_000, floor);
            assert_eq!(at(&reading(NOW + 77 * off, "c", 5), &measured), NOW - 2 * DAY);
            let neither = arose(NOW - 2 * DAY + off, None, "b", 1_000, 0);
            assert_eq!(at(&reading(NOW + off, "c", 5), &neither), NOW - 2 * DAY);
        }
    }

    #[test]
    fn no_clock_gets_out_of_its_bounds() {
        let now = reading(NOW, "c", 0);
        let past = |floor| at(&now, &arose(NOW - TEN_YEARS, Some(0), "b", 0, floor));
        assert_eq!(past(0), NOW - 10 * DAY, "from the sign-in on");
        assert_eq!(past(NOW - 3 * DAY), NOW - 3 * DAY, "from the last reply on");
        assert_eq!(past(NOW - 30 * DAY), NOW - 30 * DAY, "work from before a new sign-in");
        assert_eq!(past(1), NOW - 100 * DAY, "from the account's first sign-in on");
        assert_eq!(past(NOW + DAY), NOW);
        assert_eq!(at(&now, &arose(NOW + TEN_YEARS, Some(0), "b", 0, 0)), NOW);
    }

    #[test]
    fn hostile_numbers_do_not_panic() {
        let numbers = [i64::MIN, -1, 0, 1, NOW, i64::MAX];
        for a in numbers {
            for b in numbers {
                for c in numbers {
                    for (error, boot) in [(None, "b"), (None, "c"), (Some(b), "c")] {
                        let stamp = at(&reading(b, "b", c), &arose(a, error, boot, b, c));
                        assert!((NOW - 100 * DAY..=NOW).contains(&stamp));
                    }
                }
            }
        }
    }
}
