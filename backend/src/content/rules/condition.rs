//! Conditions as staff write them: one comparison in a line, as in `volume < 80% of volume.goal`.

use std::collections::BTreeMap;

use qadam_domain::company::Locale;
use qadam_domain::ids::{CourseId, LessonId, MarketId};
use qadam_domain::rules::fact::FACTS;
use qadam_domain::rules::{Compare, Condition, Fact, Order, Term};

use super::super::fault::{closest, suggest};

/// What a condition may name.
pub struct Known<'a> {
    /// `None` within a segment, which names no other.
    pub segments: Option<&'a BTreeMap<String, Condition>>,
    /// Of what follows, `None` where some could not be read.
    pub lessons: Option<Vec<&'a LessonId>>,
    pub courses: Option<Vec<&'a CourseId>>,
    pub markets: Option<Vec<&'a MarketId>>,
}

/// Why a line is no condition, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub problem: String,
    pub remedy: String,
}

fn wrong<T>(problem: impl Into<String>, remedy: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { problem: problem.into(), remedy: remedy.into() })
}

/// The longest line, in bytes.
const LONGEST: usize = 300;

/// Reads one line. Total.
///
/// # Errors
/// [`Wrong`]
pub fn parse(line: &str, known: &Known<'_>) -> Result<Condition, Wrong> {
    const FORM: &str =
        "write a comparison such as \"sales >= 1\" or \"volume < 80% of volume.goal\"; RULES.md lists the facts";
    if line.len() > LONGEST {
        return wrong("the line is too long for a condition", "write each comparison in a line of its own");
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["not", ref rest @ ..] if !rest.is_empty() => Ok(Condition::Not(Box::new(parse(&rest.join(" "), known)?))),
        ["segment", name] => match known.segments.map(|segments| (segments.get(name), segments)) {
            None => wrong("a segment names no other segment", "write its comparisons here too"),
            Some((Some(condition), _)) => Ok(condition.clone()),
            Some((None, segments)) => {
                let names = segments.keys().map(String::as_str);
                let otherwise = "write [segment.<id>] with its if = […] above, in a file of rules/";
                wrong(format!("there is no segment \"{name}\""), suggest(name, names, otherwise))
            }
        },
        ["market", "is", name] => {
            let market = MarketId::new(name).ok();
            let is_known = |market: &MarketId| known.markets.as_ref().is_none_or(|markets| markets.contains(&market));
            match market.filter(is_known) {
                Some(market) => Ok(Condition::Market(market)),
                None => {
                    let names = known.markets.iter().flatten().map(|market| market.as_str());
                    wrong(format!("there is no market \"{name}\""), suggest(name, names, "name one of company.toml"))
                }
            }
        }
        ["language", "is", name] => match Locale::ALL.into_iter().find(|locale| locale.tag() == name) {
            Some(locale) => Ok(Condition::Locale(locale)),
            None => wrong(
                format!("\"{name}\" is not a language of the app"),
                format!("write one of {}", Locale::ALL.map(Locale::tag).join(", ")),
            ),
        },
        _ => {
            let Some((at, (sign, is))) = sign(line) else {
                return wrong(format!("\"{}\" is not a condition", shorten(line)), FORM);
            };
            let left = term(&line[..at], known)?;
            let right = term(&line[at + sign.len()..], known)?;
            if left.fact().is_none() && right.fact().is_none() {
                return wrong("two numbers are compared, and no fact", FORM);
            }
            Ok(Condition::Compare(Compare { left, is, right }))
        }
    }
}

/// The first comparison sign, and where it stands.
fn sign(line: &str) -> Option<(usize, (&'static str, Order))> {
    // The longer ones first: "<=" begins with "<".
    let longest = |at: usize| {
        let fits = Order::ALL.into_iter().filter(|(sign, _)| line[at..].starts_with(sign));
        fits.max_by_key(|(sign, _)| sign.len())
    };
    line.char_indices().find_map(|(at, _)| Some((at, longest(at)?)))
}

fn term(text: &str, known: &Known<'_>) -> Result<Term, Wrong> {
    let text = text.trim();
    if text.is_empty() {
        return wrong("a side of the comparison is empty", "write a fact or a number on both sides");
    }
    if let Some((percent, of)) = text.split_once('%') {
        let percent = percent.trim().parse::<u32>().ok().filter(|percent| *percent <= 10_000);
        return match (percent, of.trim().strip_prefix("of ")) {
            (Some(percent), Some(of)) => Ok(Term::Percent(percent, fact(of.trim(), known)?)),
            _ => wrong(format!("\"{}\" is no part of a fact", shorten(text)), "write it as \"80% of volume.goal\""),
        };
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        return match text.parse() {
            Ok(number) => Ok(Term::Number(number)),
            Err(_) => wrong(format!("\"{}\" is not a whole number", shorten(text)), "write digits alone, as in 1500"),
        };
    }
    Ok(Term::Fact(fact(text, known)?))
}

fn fact(name: &str, known: &Known<'_>) -> Result<Fact, Wrong> {
    let Some(fact) = Fact::parse(name) else {
        let names = FACTS.iter().map(|about| about.name).filter(|name| !name.contains('<'));
        let remedy = match closest(name, names) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "RULES.md lists the facts, as in sales, streak, lesson.<lesson>.failures".into(),
        };
        return wrong(format!("there is no fact \"{}\"", shorten(name)), remedy);
    };
    match &fact {
        Fact::LessonCompleted(id) | Fact::LessonFailures(id) | Fact::LessonBest(id) => {
            if let Some(lessons) = known.lessons.as_ref().filter(|lessons| !lessons.contains(&id)) {
                let names = lessons.iter().map(|lesson| lesson.as_str());
                let remedy = suggest(id.as_str(), names, "name a lesson of a course");
                return wrong(format!("no course has a lesson \"{id}\""), remedy);
            }
        }
        Fact::CourseCompleted(id) => {
            if let Some(courses) = known.courses.as_ref().filter(|courses| !courses.contains(&id)) {
                let names = courses.iter().map(|course| course.as_str());
                return wrong(
                    format!("there is no course \"{id}\""),
                    suggest(id.as_str(), names, "name a file of courses/"),
                );
            }
        }
        _ => {}
    }
    Ok(fact)
}

fn shorten(text: &str) -> String {
    text.trim().chars().take(60).collect()
}

/// A condition as staff write it: what must all hold, each in a line. `None` where it has alternatives within, which lines can't say.
pub fn lines(condition: &Condition) -> Option<Vec<String>> {
    let term = |term: &Term| match term {
        Term::Number(number) => number.to_string(),
        Term::Fact(fact) => fact.to_string(),
        Term::Percent(percent, fact) => format!("{percent}% of {fact}"),
    };
    Some(match condition {
        Condition::All(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(lines(part)?);
            }
            all
        }
        Condition::Any(_) => return None,
        Condition::Not(part) => match &lines(part)?[..] {
            [line] => vec![format!("not {line}")],
            _ => return None,
        },
        Condition::Compare(Compare { left, is, right }) => {
            vec![format!("{} {} {}", term(left), is.sign(), term(right))]
        }
        Condition::Market(market) => vec![format!("market is {market}")],
        Condition::Locale(locale) => vec![format!("language is {locale}")],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Condition, Wrong> {
        let segments = BTreeMap::from([("newcomer".to_string(), Condition::always())]);
        let market = MarketId::new("kz").expect("a slug");
        let lesson = LessonId::new("first").expect("a slug");
        let known = Known {
            segments: Some(&segments),
            lessons: Some(vec![&lesson]),
            courses: Some(Vec::new()),
            markets: Some(vec![&market]),
        };
        parse(line, &known)
    }

    #[test]
    fn a_line_is_read_and_written() {
        for line in [
            "sales >= 1",
            "volume < 80% of volume.goal",
            "100 <= volume",
            "lesson.first.failures = 2",
            "not streak != 0",
            "market is kz",
            "not language is kk",
            "volume.to_next_rank <= 100",
        ] {
            let condition = read(line).expect(line);
            assert_eq!(lines(&condition), Some(vec![line.to_string()]), "{line}");
        }
        assert_eq!(read("segment newcomer"), Ok(Condition::always()));
        assert_eq!(read(" sales>=1 ").map(|c| lines(&c)), read("sales >= 1").map(|c| lines(&c)));
    }

    #[test]
    fn a_wrong_line_says_what_to_write() {
        let told =
            |line: &str| read(line).map_err(|wrong| format!("{}; {}", wrong.problem, wrong.remedy)).expect_err(line);
        for (line, wanted) in [
            ("sale >= 1", "there is no fact \"sale\"; did you mean sales?"),
            (
                "own.volume >= 1",
                "there is no fact \"own.volume\"; RULES.md lists the facts, as in sales, streak, lesson.<lesson>.failures",
            ),
            ("lesson.fist.best > 5", "no course has a lesson \"fist\"; did you mean \"first\"?"),
            (
                "volume < 80 % volume.goal",
                "\"80 % volume.goal\" is no part of a fact; write it as \"80% of volume.goal\"",
            ),
            ("sales >= 1.5", "\"1.5\" is not a whole number; write digits alone, as in 1500"),
            ("segment newcomers", "there is no segment \"newcomers\"; did you mean \"newcomer\"?"),
            ("market is ka", "there is no market \"ka\"; did you mean \"kz\"?"),
            ("sales >=", "a side of the comparison is empty; write a fact or a number on both sides"),
        ] {
            assert_eq!(told(line), wanted);
        }
        assert!(told("3 > 2").starts_with("two numbers are compared"));
        assert!(told("many sales").starts_with("\"many sales\" is not a condition"));
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_or_refused(line in ".{0,80}|(not |sales|>|=|%|of|[0-9]| ){0,12}") {
            if let Ok(condition) = read(&line) {
                proptest::prop_assert!(condition.check().is_ok() || line.matches("not").count() > 10);
                if let Some(written) = lines(&condition).filter(|lines| lines.len() == 1) {
                    proptest::prop_assert_eq!(read(&written[0]), Ok(condition));
                }
            }
        }
    }
}
