//! TOML with the line of each key and value, and keys that are asked for by name, so that those nobody asked for are known.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use qadam_domain::time::Day;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, Lines, closest};

/// A table of a file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Of its header.
    pub line: u32,
    entries: BTreeMap<String, Entry>,
    /// The file has faults of syntax, so that what is missing may only be unread.
    torn: bool,
}

#[derive(Debug, Clone)]
struct Entry {
    line: u32,
    value: Value,
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Date(Day),
    List(Vec<Entry>),
    Table(Table),
    /// What no key of ours takes, by name.
    Other(&'static str),
}

/// Something with the line where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    pub line: u32,
    pub it: T,
}

/// Faults of syntax in one file beyond this number are not looked for.
const MOST_SYNTAX_FAULTS: usize = 20;

/// Reads a file. Behind a fault of syntax it goes on in the next line.
pub fn parse(text: &str, faults: &mut Faults) -> Table {
    let lines = Lines::of(text);
    let mut text = text.to_owned();
    let mut torn = false;
    for _ in 0..MOST_SYNTAX_FAULTS {
        let (_, errors) = DeTable::parse_recoverable(&text);
        let Some(error) = errors.first() else { break };
        torn = true;
        if let Some(unclosed) = errors.iter().find(|error| error.message().starts_with("unclosed")) {
            // All that follows was read as part of it. It begins behind the last key.
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let key = text[..at].rfind('=').unwrap_or(at);
            faults.error(lines.at(key), format!("is not TOML here: {}", unclosed.message()), "close it");
            text.truncate(text[..key].rfind('\n').unwrap_or(0));
            break;
        }
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = lines.at(at);
        let problem = format!("is not TOML here: {}", error.message().lines().next().unwrap_or_default());
        faults.error(line, problem, "write key = value; texts stand between \" marks");
        // One fault brings others with it; without its line the rest can be read.
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        if text[start..end].trim().is_empty() {
            break;
        }
        text.replace_range(start..end, &" ".repeat(end - start));
    }
    let (root, _) = DeTable::parse_recoverable(&text);
    let mut table = convert(root.get_ref(), 0, &lines, torn);
    table.line = 1;
    table
}

impl Table {
    /// Whether what is missing here may only be unread.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// Begins to read its keys. `name` is what messages call it.
    pub fn keys<'a>(&'a self, name: impl Into<String>, faults: &'a mut Faults) -> Keys<'a> {
        Keys { table: self, name: name.into(), asked: Vec::new(), left_out: Vec::new(), faults }
    }
}

/// The keys of a table while they are read. Values of a wrong type or out of range count as left out, and are told.
pub struct Keys<'a> {
    table: &'a Table,
    name: String,
    asked: Vec<&'static str>,
    /// Keys that are missing, whether they must be there, and an example of their value.
    left_out: Vec<(&'static str, bool, String)>,
    pub faults: &'a mut Faults,
}

impl<'a> Keys<'a> {
    pub fn line(&self) -> u32 {
        self.table.line
    }

    /// The line of a key, or of the table where it is left out.
    pub fn line_of(&self, key: &str) -> u32 {
        self.table.entries.get(key).map_or(self.table.line, |entry| entry.line)
    }

    pub fn has(&mut self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// Tells at the end where a key that must be there is not.
    pub fn require(&mut self, key: &'static str, example: &str) {
        self.want(key, true, example);
    }

    /// As [`Self::require`], but where it is not `required` a warning.
    pub fn want(&mut self, key: &'static str, required: bool, example: &str) {
        if self.entry(key).is_none() && !self.table.torn {
            self.left_out.push((key, required, example.to_owned()));
        }
    }

    pub fn text(&mut self, key: &'static str) -> Option<At<String>> {
        let entry = self.entry(key)?;
        match &entry.value {
            Value::Text(text) => Some(At { line: entry.line, it: text.clone() }),
            other => self.wrong(key, entry.line, other, "a text between \" marks"),
        }
    }

    pub fn integer(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Option<At<i64>> {
        let entry = self.entry(key)?;
        let (from, to) = (range.start(), range.end());
        match &entry.value {
            Value::Integer(number) if range.contains(number) => Some(At { line: entry.line, it: *number }),
            Value::Integer(number) => {
                let remedy = format!("write a number from {from} to {to}");
                self.faults.error(entry.line, format!("\"{key}\" is {number}"), remedy);
                None
            }
            other => self.wrong(key, entry.line, other, &format!("a number from {from} to {to}")),
        }
    }

    /// `false` where it is left out.
    pub fn flag(&mut self, key: &'static str) -> bool {
        let Some(entry) = self.entry(key) else { return false };
        match &entry.value {
            Value::Boolean(set) => *set,
            other => {
                self.wrong::<()>(key, entry.line, other, "true or false, without \" marks");
                false
            }
        }
    }

    pub fn date(&mut self, key: &'static str) -> Option<At<Day>> {
        let entry = self.entry(key)?;
        match &entry.value {
            Value::Date(day) => Some(At { line: entry.line, it: *day }),
            other => self.wrong(key, entry.line, other, "a date without \" marks, as in 2027-01-31"),
        }
    }

    pub fn texts(&mut self, key: &'static str) -> Option<At<Vec<At<String>>>> {
        let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
        self.list(key, "a list of texts, as in [\"a\", \"b\"]", text)
    }

    pub fn dates(&mut self, key: &'static str) -> Option<At<Vec<At<Day>>>> {
        let date = |value: &Value| if let Value::Date(day) = value { Some(*day) } else { None };
        self.list(key, "a list of dates without \" marks, as in [2027-01-22, 2027-02-19]", date)
    }

    fn list<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<At<Vec<At<T>>>> {
        let entry = self.entry(key)?;
        let Value::List(list) = &entry.value else {
            return self.wrong(key, entry.line, &entry.value, wanted);
        };
        let mut found = Vec::new();
        for item in list {
            match read(&item.value) {
                Some(it) => found.push(At { line: item.line, it }),
                None => return self.wrong(key, item.line, &item.value, wanted),
            }
        }
        Some(At { line: entry.line, it: found })
    }

    /// `[key]`
    pub fn table(&mut self, key: &'static str) -> Option<&'a Table> {
        let entry = self.entry(key)?;
        match &entry.value {
            Value::Table(table) => Some(table),
            other => self.wrong(key, entry.line, other, &format!("a table that begins with [{key}]")),
        }
    }

    /// `[[key]]`, each
    pub fn tables(&mut self, key: &'static str) -> Vec<&'a Table> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let wanted = format!("tables that begin with [[{key}]]");
        let mut tables = Vec::new();
        match &entry.value {
            Value::List(list) => {
                for item in list {
                    match &item.value {
                        Value::Table(table) => tables.push(table),
                        other => {
                            self.wrong::<()>(key, item.line, other, &wanted);
                        }
                    }
                }
            }
            other => {
                self.wrong::<()>(key, entry.line, other, &wanted);
            }
        }
        tables
    }

    /// `[key.<name>]`, each with its name
    pub fn named_tables(&mut self, key: &'static str) -> Vec<(&'a str, &'a Table)> {
        let Some(parent) = self.table(key) else { return Vec::new() };
        let mut tables = Vec::new();
        for (name, entry) in &parent.entries {
            match &entry.value {
                Value::Table(table) => tables.push((name.as_str(), table)),
                other => {
                    let problem = format!("\"{name}\" in [{key}] is {}", other.kind());
                    self.faults.error(entry.line, problem, format!("begin a table with [{key}.<id>]"));
                }
            }
        }
        tables
    }

    /// Tells the keys that are missing and those that nobody asked for.
    pub fn finish(mut self) {
        for (key, entry) in &self.table.entries {
            if !self.asked.contains(&key.as_str()) {
                let meant = closest(key, self.asked.iter().copied());
                let remedy = match meant {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("the keys here are {}", self.asked.join(", ")),
                };
                // It isn't missing, it is misspelt.
                self.left_out.retain(|(key, ..)| Some(*key) != meant);
                self.faults.error(entry.line, format!("{} has no key \"{}\"", self.name, shorten(key)), remedy);
            }
        }
        for (key, required, example) in self.left_out {
            let problem = format!("{} has no \"{key}\"", self.name);
            self.faults.missing(required, self.table.line, problem, format!("write {key} = {example}"));
        }
    }

    fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.entries.get(key)
    }

    fn wrong<T>(&mut self, key: &str, line: u32, value: &Value, wanted: &str) -> Option<T> {
        self.faults.error(line, format!("\"{key}\" is {}", value.kind()), format!("write {wanted}"));
        None
    }
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

fn convert(table: &DeTable<'_>, line: u32, lines: &Lines, torn: bool) -> Table {
    let entries = table.iter().map(|(key, value)| {
        let line = lines.at(key.span().start);
        let value = convert_value(value.get_ref(), value.span().start, line, lines, torn);
        (key.get_ref().to_string(), Entry { line, value })
    });
    Table { line, entries: entries.collect(), torn }
}

fn convert_value(value: &DeValue<'_>, at: usize, line: u32, lines: &Lines, torn: bool) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other("a number that is too large"),
        },
        DeValue::Float(_) => Value::Other("a number with decimals"),
        DeValue::Boolean(set) => Value::Boolean(*set),
        DeValue::Datetime(datetime) => match (datetime.date, datetime.time) {
            (Some(date), None) => match Day::from_civil(date.year.into(), date.month.into(), date.day.into()) {
                Some(day) => Value::Date(day),
                None => Value::Other("a date that is in no calendar"),
            },
            _ => Value::Other("a time"),
        },
        DeValue::Array(list) => {
            let entries = list.iter().map(|item| {
                let line = lines.at(item.span().start);
                Entry { line, value: convert_value(item.get_ref(), item.span().start, line, lines, torn) }
            });
            Value::List(entries.collect())
        }
        DeValue::Table(table) => {
            // A table that is only the parent of others has no place of its own.
            let line = if at == 0 { line } else { lines.at(at) };
            Value::Table(convert(table, line, lines, torn))
        }
    }
}

/// A key of the author's in a message.
fn shorten(key: &str) -> String {
    key.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(faults: Faults) -> Vec<String> {
        faults.into_vec().iter().map(|f| format!("{} {}; {}", f.line, f.problem, f.remedy)).collect()
    }

    #[test]
    fn every_fault_of_syntax_is_told_once() {
        let text = "a = 1\nb = = 2\nc = \"x\nnope\n[t]\nd = 4\n[t]\ne = 5\n";
        let mut faults = Faults::new("x.toml");
        let table = parse(text, &mut faults);
        let lines: Vec<u32> = faults.into_vec().iter().map(|f| f.line).collect();
        assert_eq!(lines, [2, 4, 3, 7]);
        let mut faults = Faults::new("x.toml");
        let mut keys = table.keys("it", &mut faults);
        assert_eq!(keys.integer("a", 0..=9), Some(At { line: 1, it: 1 }));
        keys.require("b", "2");
        assert_eq!(keys.table("t").map(|t| t.line), Some(5));
        keys.finish();
        assert_eq!(told(faults), [""; 0]);
    }

    #[test]
    fn an_open_list_is_told_where_it_begins() {
        let mut faults = Faults::new("x.toml");
        parse("a = 1\nb = [1,\n\n[[c]]\nd = 2\n\n[[c]]\nd = 3\n", &mut faults);
        assert_eq!(told(faults), ["2 is not TOML here: unclosed array, expected `]`; close it"]);
    }

    #[test]
    fn values_and_keys_are_held_to_what_is_asked() {
        let text = "id = 5\npoints = 2000\nminuts = 4\nended = \"2027-01-31\"\nafter = [\"a\",\n  5]\nn = 99999999999999999999\n\
                    [[l]]\nx = 1\n[[l]]\nx = 2\n";
        let mut faults = Faults::new("x.toml");
        let table = parse(text, &mut faults);
        let mut keys = table.keys("the lesson", &mut faults);
        assert_eq!(keys.text("id"), None);
        assert_eq!(keys.integer("points", 0..=1000), None);
        assert_eq!(keys.integer("n", 0..=1000), None);
        keys.require("minutes", "4");
        keys.require("name", "\"…\"");
        assert_eq!(keys.date("ended"), None);
        assert_eq!(keys.texts("after"), None);
        assert_eq!(keys.tables("l").iter().map(|t| t.line).collect::<Vec<_>>(), [8, 10]);
        keys.finish();
        assert_eq!(
            told(faults),
            [
                "1 \"id\" is a number; write a text between \" marks",
                "2 \"points\" is 2000; write a number from 0 to 1000",
                "7 \"n\" is a number that is too large; write a number from 0 to 1000",
                "4 \"ended\" is a text; write a date without \" marks, as in 2027-01-31",
                "6 \"after\" is a number; write a list of texts, as in [\"a\", \"b\"]",
                "3 the lesson has no key \"minuts\"; did you mean \"minutes\"?",
                "1 the lesson has no \"name\"; write name = \"…\"",
            ]
        );
    }

    #[test]
    fn hostile_files_end() {
        for text in [
            "[".repeat(1 << 20),
            "a=".to_owned() + &"[".repeat(1 << 20),
            "a.".repeat(1 << 19),
            "a = 1\n".repeat(1 << 17),
        ] {
            let mut faults = Faults::new("x.toml");
            parse(&text, &mut faults);
            assert!(faults.errors() > 0);
        }
    }
}
