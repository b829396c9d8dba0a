//! When a rule looks, as staff write it: `sale confirmed`, `every day at 19:00`, `10 days before the month ends at 18:00`.

use std::collections::BTreeMap;

use qadam_domain::rules::{Condition, Trigger, When};

use super::super::fault::suggest;
use super::condition::Wrong;

/// How events are called.
pub const EVENTS: [(&str, Trigger); 6] = [
    ("lesson completed", Trigger::LessonCompleted),
    ("quiz failed", Trigger::QuizFailed),
    ("review answered", Trigger::ReviewAnswered),
    ("sale confirmed", Trigger::SaleConfirmed),
    ("volume counted", Trigger::VolumeCounted),
    ("rank reached", Trigger::RankReached),
];

/// All forms, for the manual and for messages.
pub const FORMS: [&str; 8] = [
    "sale confirmed",
    "every day at 19:00",
    "3 days after joining at 19:00",
    "10 days before the month ends at 18:00",
    "7 days after sale confirmed at 19:00",
    "3 silent days at 19:00",
    "entering <segment>",
    "leaving <segment>",
];

/// Reads it. `unless` is what must not have come meanwhile, of `… days after …` alone. Total.
///
/// # Errors
/// [`Wrong`]
pub fn parse(text: &str, unless: Option<Trigger>, segments: &BTreeMap<String, Condition>) -> Result<When, Wrong> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let when = match words[..] {
        ["entering", segment] => When::Enters(named(segment, segments)?),
        ["leaving", segment] => When::Leaves(named(segment, segments)?),
        ["every", "day", "at", time] => When::Daily { minute: minute(time)? },
        [days, "days" | "day", "after", "joining", "at", time] => {
            When::Joined { days: number(days)?, minute: minute(time)? }
        }
        [days, "days" | "day", "before", "the", "month" | "period", "ends", "at", time] => {
            When::MonthEnds { days: number(days)?, minute: minute(time)? }
        }
        [days, "silent", "days" | "day", "at", time] => When::Silence { days: number(days)?, minute: minute(time)? },
        [days, "days" | "day", "after", what, happened, "at", time] => {
            let event = event(&format!("{what} {happened}"))?;
            When::After { event, days: number(days)?, minute: minute(time)?, unless }
        }
        _ => When::Event(event(&words.join(" "))?),
    };
    if unless.is_some() && !matches!(when, When::After { .. }) {
        let problem = "\"unless\" has nothing to wait for here";
        return Err(Wrong {
            problem: problem.into(),
            remedy: "leave it out, or write when = \"7 days after …\"".into(),
        });
    }
    Ok(when)
}

/// # Errors
/// [`Wrong`]
pub fn event(text: &str) -> Result<Trigger, Wrong> {
    let found = EVENTS.into_iter().find(|(name, _)| *name == text);
    found.map(|(_, trigger)| trigger).ok_or_else(|| {
        let shown: String = text.chars().take(60).collect();
        let forms = format!("write one of: {}", FORMS.join("; "));
        let remedy = suggest(&shown, EVENTS.map(|(name, _)| name), &forms);
        Wrong { problem: format!("\"{shown}\" is nothing that a rule can wait for"), remedy }
    })
}

fn named(segment: &str, segments: &BTreeMap<String, Condition>) -> Result<Condition, Wrong> {
    segments.get(segment).cloned().ok_or_else(|| {
        let shown: String = segment.chars().take(60).collect();
        let remedy = suggest(&shown, segments.keys().map(String::as_str), "write [segment.<id>] with its if = […]");
        Wrong { problem: format!("there is no segment \"{shown}\""), remedy }
    })
}

fn number(text: &str) -> Result<u16, Wrong> {
    text.parse().ok().filter(|days| *days <= 366).ok_or_else(|| {
        let shown: String = text.chars().take(20).collect();
        Wrong { problem: format!("\"{shown}\" is not a number of days"), remedy: "write 0 to 366".into() }
    })
}

/// `19:00`
///
/// # Errors
/// [`Wrong`]
pub fn minute(text: &str) -> Result<u16, Wrong> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let digits = |part: &str, most: u16| {
            let fits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<u16>().ok().filter(|number| fits && *number <= most)
        };
        Some(digits(hour, 23)? * 60 + digits(minute, 59).filter(|_| minute.len() == 2)?)
    };
    read().ok_or_else(|| {
        let shown: String = text.chars().take(20).collect();
        Wrong { problem: format!("\"{shown}\" is not a time of day"), remedy: "write it as \"19:00\"".into() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        let segments = BTreeMap::from([("<segment>".to_string(), Condition::always())]);
        let read: Vec<When> = FORMS.iter().map(|form| parse(form, None, &segments).expect(form)).collect();
        assert_eq!(read[0], When::Event(Trigger::SaleConfirmed));
        assert_eq!(read[3], When::MonthEnds { days: 10, minute: 1_080 });
        assert_eq!(read[6], When::Enters(Condition::always()));
        let unless = Some(Trigger::SaleConfirmed);
        let after = parse("1 day after rank reached at 9:05", unless, &segments);
        assert_eq!(after, Ok(When::After { event: Trigger::RankReached, days: 1, minute: 545, unless }));
        assert!(parse("every day at 19:00", unless, &segments).is_err());
    }

    #[test]
    fn what_is_no_time_is_told() {
        let told = |text: &str| parse(text, None, &BTreeMap::new()).map_err(|wrong| wrong.problem);
        assert_eq!(told("every day at 24:00"), Err("\"24:00\" is not a time of day".into()));
        assert_eq!(told("400 days after joining at 9:00"), Err("\"400\" is not a number of days".into()));
        assert_eq!(told("sales confirmed"), Err("\"sales confirmed\" is nothing that a rule can wait for".into()));
        assert_eq!(told("entering x"), Err("there is no segment \"x\"".into()));
        assert_eq!(told(""), Err("\"\" is nothing that a rule can wait for".into()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}|([0-9]{1,4}|days|after|at|silent|[0-9]{1,2}:[0-9]{1,2}| ){0,10}") {
            let _ = parse(&text, None, &BTreeMap::new());
        }
    }
}
