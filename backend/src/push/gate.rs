//! Whether a vendor is to be asked now. One that is away, or does not take the credentials, is asked again by one message at a time, later and later;
//! the others wait without being tried.

use qadam_domain::time::{MINUTE, Millis};

use super::vendor::{Closed, Verdict};

/// Waits double from one to the other.
const FIRST_WAIT: Millis = 5_000;
const LONGEST_WAIT: Millis = 10 * MINUTE;
/// Failures of the vendor in a row, of different messages, after which it is given a rest.
const FAILURES: u32 = 10;

/// Of one vendor.
#[derive(Debug, Default)]
pub struct Gate {
    /// Closed until then.
    until: Option<Millis>,
    /// Times that it was closed in a row.
    closed: u32,
    /// Failures in a row while it is open.
    failures: u32,
}

impl Gate {
    /// How many messages may be sent, of so many.
    pub fn lets(&self, most: usize, now: Millis) -> usize {
        match self.until {
            // A clock that was set back keeps it closed no longer than it may be.
            Some(until) if now < until && until - now <= 36 * LONGEST_WAIT => 0,
            Some(_) => most.min(1),
            None => most,
        }
    }

    /// When it is to be asked again; now where it is open.
    pub fn opens(&self, now: Millis) -> Millis {
        self.until.unwrap_or(now).max(now)
    }

    /// Other credentials are there.
    pub fn open(&mut self) {
        *self = Self::default();
    }

    /// Takes what came of a message. `share` (0 to 1023) spreads the waits of several servers. Gives why it closes, where it does so for the first
    /// time in a row.
    pub fn note(&mut self, verdict: &Verdict, now: Millis, share: u16) -> Option<String> {
        let (reason, wait) = match verdict {
            Verdict::Sent | Verdict::Refused { .. } | Verdict::Void { .. } => {
                self.open();
                return None;
            }
            Verdict::Foreign => return None,
            Verdict::Later { reason, retry_after, .. } => {
                self.failures += 1;
                match retry_after {
                    Some(wait) => (reason.to_string(), Some(*wait)),
                    None if self.failures >= FAILURES => (reason.to_string(), None),
                    None => return None,
                }
            }
            Verdict::Closed(Closed::Away(detail)) => (format!("not reached: {detail}"), None),
            Verdict::Closed(Closed::Silent) => ("no answer".into(), None),
            Verdict::Closed(Closed::Credentials(detail)) => (detail.clone(), None),
            Verdict::Closed(Closed::Busy { reason, retry_after }) => (reason.to_string(), Some(*retry_after)),
        };
        if self.until.is_some_and(|until| now < until) {
            // Others were under way.
            return None;
        }
        let wait = wait.unwrap_or_else(|| later(FIRST_WAIT, self.closed, LONGEST_WAIT, share));
        self.until = Some(now.saturating_add(wait.max(1)));
        self.closed = self.closed.saturating_add(1);
        self.failures = 0;
        (self.closed == 1).then_some(reason)
    }
}

/// The wait after so many before: `first`, doubled each time up to `longest`, and by `share` (0 to 1023) between a half and the whole of it.
pub fn later(first: Millis, before: u32, longest: Millis, share: u16) -> Millis {
    let whole = first.saturating_mul(1 << before.min(30)).min(longest);
    whole / 2 + whole / 2 * Millis::from(share % 1_024) / 1_023
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away() -> Verdict {
        Verdict::Closed(Closed::Away("refused".into()))
    }

    fn failed() -> Verdict {
        Verdict::Later { reason: "INTERNAL", retry_after: None, least: 0 }
    }

    #[test]
    fn who_is_away_is_asked_later_and_later_and_by_one_alone() {
        let (mut gate, mut now) = (Gate::default(), 0);
        assert_eq!(gate.lets(100, now), 100);
        let mut waits = Vec::new();
        for _ in 0..9 {
            let told = gate.note(&away(), now, 1_023);
            assert_eq!(told.is_some(), waits.is_empty(), "told once");
            assert_eq!(gate.lets(100, now), 0);
            waits.push(gate.opens(now) - now);
            now = gate.opens(now);
            assert_eq!(gate.lets(100, now), 1);
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 600, 600].map(|seconds| seconds * 1_000));
        gate.note(&Verdict::Sent, now, 0);
        assert_eq!((gate.lets(100, now), gate.opens(now)), (100, now));
    }

    #[test]
    fn what_was_under_way_closes_it_no_longer() {
        let mut gate = Gate::default();
        assert!(gate.note(&away(), 0, 1_023).is_some());
        for _ in 0..100 {
            assert!(gate.note(&away(), 10, 1_023).is_none());
        }
        assert_eq!(gate.opens(10), 5_000);
    }

    #[test]
    fn it_waits_as_it_is_told_and_rests_who_fails_again_and_again() {
        let mut gate = Gate::default();
        gate.note(&Verdict::Later { reason: "QUOTA_EXCEEDED", retry_after: Some(90_000), least: 0 }, 0, 0);
        assert_eq!(gate.opens(0), 90_000);
        gate.open();
        for n in 1..FAILURES {
            gate.note(&failed(), 0, 0);
            assert_eq!(gate.lets(5, 0), 5, "after {n}");
        }
        gate.note(&failed(), 0, 0);
        assert_eq!(gate.lets(5, 0), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_opens_it() {
        let mut gate = Gate::default();
        gate.note(&away(), 1_000_000_000_000, 0);
        assert_eq!(gate.lets(5, 0), 1);
    }
}
