//! The table, and the same as JSON.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What was measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Figure {
    Nanos(f64),
    /// Per second.
    Rate(f64),
    Bytes(u64),
}

impl From<Duration> for Figure {
    fn from(time: Duration) -> Self {
        Self::Nanos(time.as_nanos() as f64)
    }
}

impl Figure {
    fn number(self) -> f64 {
        match self {
            Self::Nanos(n) | Self::Rate(n) => n,
            Self::Bytes(n) => n as f64,
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Nanos(_) => "ns",
            Self::Rate(_) => "1/s",
            Self::Bytes(_) => "bytes",
        }
    }

    fn text(self) -> String {
        match self {
            Self::Nanos(n) if n < 1e3 => format!("{n:.0} ns"),
            Self::Nanos(n) if n < 1e6 => format!("{:.1} us", n / 1e3),
            Self::Nanos(n) if n < 1e9 => format!("{:.2} ms", n / 1e6),
            Self::Nanos(n) => format!("{:.2} s", n / 1e9),
            Self::Rate(n) => format!("{n:.0}/s"),
            Self::Bytes(n) if n < 10_000 => format!("{n} B"),
            Self::Bytes(n) if n < 10_000_000 => format!("{:.1} KB", n as f64 / 1e3),
            Self::Bytes(n) => format!("{:.1} MB", n as f64 / 1e6),
        }
    }
}

/// Where a figure should land.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Goal {
    Millis(f64),
    Bytes(u64),
    RatioAtMost(f64),
    RatioAtLeast(f64),
}

/// One line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    pub measured: Option<Figure>,
    pub floor: Option<Figure>,
    /// What the floor is.
    pub floor_is: String,
    pub goal: Option<Goal>,
    /// On the wire, both ways, with the headers.
    pub bytes: Option<u64>,
    pub bytes_goal: Option<u64>,
    /// Peak of the process that holds the phones.
    pub memory: Option<u64>,
    pub server_memory: Option<u64>,
    pub note: String,
}

impl Case {
    pub fn new(name: impl Into<String>, measured: impl Into<Figure>) -> Self {
        Self { name: name.into(), measured: Some(measured.into()), ..Self::default() }
    }

    pub fn not_measured(name: &str, why: &str) -> Self {
        Self { name: name.into(), note: format!("not measured: {why}"), ..Self::default() }
    }

    pub fn floor(mut self, floor_is: &str, floor: impl Into<Figure>) -> Self {
        self.floor = Some(floor.into());
        self.floor_is = floor_is.into();
        self
    }

    pub fn goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }

    pub fn bytes(mut self, bytes: u64, goal: Option<u64>) -> Self {
        self.bytes = Some(bytes);
        self.bytes_goal = goal;
        self
    }

    pub fn memory(mut self, phone: Option<u64>, server: Option<u64>) -> Self {
        self.memory = phone;
        self.server_memory = server;
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.measured?.number() / self.floor?.number())
    }

    fn is_met(&self) -> Option<bool> {
        let measured = self.measured?.number();
        let figure = match self.goal {
            Some(Goal::Millis(ms)) => Some(measured <= ms * 1e6),
            Some(Goal::Bytes(bytes)) => Some(measured <= bytes as f64),
            Some(Goal::RatioAtMost(most)) => self.ratio().map(|ratio| ratio <= most),
            Some(Goal::RatioAtLeast(least)) => self.ratio().map(|ratio| ratio >= least),
            None => None,
        };
        let bytes = self.bytes.zip(self.bytes_goal).map(|(bytes, goal)| bytes <= goal);
        match (figure, bytes) {
            (None, None) => None,
            (figure, bytes) => Some(figure.unwrap_or(true) && bytes.unwrap_or(true)),
        }
    }

    fn goal_text(&self) -> String {
        let figure = self.goal.map(|goal| match goal {
            Goal::Millis(ms) => format!("<= {ms} ms"),
            Goal::Bytes(bytes) => format!("<= {}", Figure::Bytes(bytes).text()),
            Goal::RatioAtMost(ratio) => format!("<= {ratio}x"),
            Goal::RatioAtLeast(ratio) => format!(">= {ratio}x"),
        });
        let bytes = self.bytes_goal.map(|bytes| format!("<= {}", Figure::Bytes(bytes).text()));
        let mut text = [figure, bytes].into_iter().flatten().collect::<Vec<_>>().join(", ");
        match self.is_met() {
            Some(true) => text.push_str(" ok"),
            Some(false) => text.push_str(" MISSED"),
            None => {}
        }
        text
    }

    fn memory_text(&self) -> String {
        let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
        match (self.memory, self.server_memory) {
            (Some(phone), Some(server)) => format!("{}, server {}", megabytes(phone), megabytes(server)),
            (Some(one), None) => megabytes(one),
            (None, Some(server)) => format!("server {}", megabytes(server)),
            (None, None) => String::new(),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "unit": self.measured.map(Figure::unit),
            "measured": self.measured.map(Figure::number),
            "floor": self.floor.map(Figure::number),
            "floor_is": self.floor_is,
            "ratio": self.ratio(),
            "goal": self.goal_text(),
            "met": self.is_met(),
            "bytes": self.bytes,
            "bytes_goal": self.bytes_goal,
            "peak_memory": self.memory,
            "peak_memory_server": self.server_memory,
            "note": self.note,
        })
    }
}

/// The table, one line a case, ready for a Markdown file.
pub fn table(cases: &[Case]) -> String {
    const HEAD: [&str; 8] = ["case", "measured", "floor", "ratio", "goal", "bytes", "peak memory", "note"];
    let mut lines: Vec<Vec<String>> = vec![HEAD.map(String::from).into()];
    for case in cases {
        let figure = |figure: Option<Figure>| figure.map(Figure::text).unwrap_or_default();
        let note = match (case.floor_is.as_str(), case.note.as_str()) {
            ("", note) => note.to_string(),
            (floor, "") => format!("floor: {floor}"),
            (floor, note) => format!("{note}; floor: {floor}"),
        };
        lines.push(vec![
            case.name.clone(),
            figure(case.measured),
            figure(case.floor),
            case.ratio().map(|ratio| format!("{ratio:.2}x")).unwrap_or_default(),
            case.goal_text(),
            figure(case.bytes.map(Figure::Bytes)),
            case.memory_text(),
            note,
        ]);
    }
    let widths: Vec<usize> =
        (0..HEAD.len()).map(|c| lines.iter().map(|line| line[c].chars().count()).max().unwrap_or(0)).collect();
    lines.insert(1, widths.iter().map(|width| "-".repeat(*width)).collect());
    let mut table = String::new();
    for line in lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    table
}

pub fn to_json(cases: &[Case], machine: &str) -> Value {
    json!({ "machine": machine, "cases": cases.iter().map(Case::to_json).collect::<Vec<_>>() })
}
