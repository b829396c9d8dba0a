//! What a rule compared, in plain words. Of `locales/*/facts.ftl`, which has words for each fact of the manual of rules.

use crate::{Texts, Value};

/// A comparison as it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub left: Side,
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`
    pub sign: String,
    pub right: Side,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// The fact's name, as in the manual of rules; nothing of a plain number.
    pub fact: Option<String>,
    /// The title of the lesson or course that the fact is about.
    pub about: Option<String>,
    /// So many percent of the fact are meant.
    pub percent: Option<u32>,
    /// Nothing where it was not known.
    pub value: Option<i64>,
}

impl Texts {
    /// What was known of the person, and what the rule asks for. Nothing where there are no words for it: two plain numbers, a number that was not
    /// known, a fact of a newer version.
    pub fn compared(&self, compared: &Compared) -> Option<String> {
        let Compared { left, sign, right } = compared;
        // The fact comes first, and of two the whole one.
        let is_turned =
            left.fact.is_none() || left.percent.is_some() && right.fact.is_some() && right.percent.is_none();
        let (left, right) = if is_turned { (right, left) } else { (left, right) };
        let line = match (sign.as_str(), is_turned) {
            ("=", _) => "line-equal",
            ("!=", _) => "line-other",
            ("<", false) | (">", true) => "line-less",
            ("<=", false) | (">=", true) => "line-at-most",
            (">", false) | ("<", true) => "line-more",
            (">=", false) | ("<=", true) => "line-at-least",
            _ => return None,
        };
        let known = left.value?;
        let fact = self.fact(left)?;
        if left.fact.as_deref().is_some_and(|name| key(name) == "fact-lesson-completed") {
            return Some(fact);
        }
        let value = match left.percent {
            Some(_) => self.bound(left)?,
            None => known.to_string(),
        };
        let values = [("fact", fact), ("value", value), ("bound", self.bound(right)?)];
        self.say(line, values.map(|(name, text)| (name, Value::Text(text))))
    }

    /// The number of a side, and where it comes from.
    fn bound(&self, side: &Side) -> Option<String> {
        let value = side.value?.to_string();
        if side.fact.is_none() {
            return Some(value);
        }
        let value = ("value", Value::Text(value));
        let fact = ("fact", Value::Text(self.fact(side)?));
        match side.percent {
            Some(percent) => self.say("bound-percent", [value, fact, ("percent", Value::Number(percent.into()))]),
            None => self.say("bound-fact", [value, fact]),
        }
    }

    fn fact(&self, side: &Side) -> Option<String> {
        let name = side.fact.as_deref()?;
        let about = side.about.clone().unwrap_or_default();
        self.say(&key(name), [("about", Value::Text(about)), ("value", Value::Number(side.value.unwrap_or_default()))])
    }

    fn say<const N: usize>(&self, key: &str, values: [(&str, Value); N]) -> Option<String> {
        self.format(key, &values.map(|(name, value)| (name.to_string(), value))).ok()
    }
}

/// The message of a fact: `fact-lesson-best` of `lesson.what-this-business-is.best`.
fn key(fact: &str) -> String {
    let parts: Vec<&str> = fact.split('.').collect();
    let name = match parts[..] {
        [kind, _, what] => format!("{kind}-{what}"),
        _ => parts.join("-"),
    };
    format!("fact-{}", name.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use qadam_domain::rules::fact::FACTS;

    fn number(value: i64) -> Side {
        Side { value: Some(value), ..Side::default() }
    }

    fn fact(name: &str, value: i64) -> Side {
        Side { fact: Some(name.into()), ..number(value) }
    }

    fn said(locale: &str, left: Side, sign: &str, right: Side) -> Option<String> {
        Texts::new(locale).compared(&Compared { left, sign: sign.into(), right })
    }

    #[test]
    fn every_fact_has_its_words() {
        for locale in ["en", "es", "ru", "kk"] {
            for about in FACTS {
                let name = about.name.replace("<lesson>", "first").replace("<course>", "basics");
                let known = Side { about: Some("Ѣ".into()), ..fact(&name, 7) };
                for sign in ["=", "!=", "<", "<=", ">", ">="] {
                    let line = said(locale, known.clone(), sign, number(1)).expect(&name);
                    assert_eq!(line.contains('7'), name != "lesson.first.completed", "{locale}: {line}");
                    assert_eq!(line.contains('Ѣ'), about.name.contains('<'), "{locale}: {line}");
                }
            }
        }
    }

    #[test]
    fn numbers_and_bounds_are_told() {
        assert_eq!(said("en", fact("sales", 1), "<", number(2)).as_deref(), Some("Confirmed sales: 1, less than 2"));
        assert_eq!(said("en", number(2), ">", fact("sales", 1)).as_deref(), Some("Confirmed sales: 1, less than 2"));
        assert_eq!(said("en", fact("streak", 5), "=", number(5)).as_deref(), Some("Streak, in days: 5"));
        let goal = Side { percent: Some(80), ..fact("volume.goal", 160) };
        let line = Some("Customers’ volume this month: 120, less than 160 (80 % of “Your own goal for the month”)");
        assert_eq!(said("en", fact("volume", 120), "<", goal.clone()).as_deref(), line);
        assert_eq!(said("en", goal, ">", fact("volume", 120)).as_deref(), line);
        let lesson = Side { about: Some("First steps".into()), ..fact("lesson.first.completed", 0) };
        let line = Some("The lesson “First steps” is not completed yet");
        assert_eq!(said("en", lesson, "=", number(0)).as_deref(), line);
    }

    #[test]
    fn what_has_no_words_is_left_out() {
        assert_eq!(said("en", number(1), "<", number(2)), None);
        assert_eq!(said("en", fact("sales", 1), "~", number(2)), None);
        assert_eq!(said("en", fact("of.a.newer.version", 1), "<", number(2)), None);
        assert_eq!(said("en", Side { value: None, ..fact("sales", 1) }, "<", number(2)), None);
        assert_eq!(said("en", fact("sales", 1), "<", Side::default()), None);
        // A title that makes itself a message does not become one.
        let strange = Side { about: Some("{ $value }".into()), ..fact("lesson.first.best", 3) };
        let line = said("en", strange, ">", number(1)).expect("words");
        assert!(line.contains("{ $value }"), "{line}");
    }
}
