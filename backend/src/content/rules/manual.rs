//! The manual's list of facts, made of what the rules know: `backend/RULES.md` holds it.

use std::fmt::Write as _;

use qadam_domain::rules::fact::{FACTS, Home};

/// Between these lines of the manual the list stands.
pub const BEGIN: &str = "<!-- facts: made by the tests -->";
pub const END: &str = "<!-- end of facts -->";

/// The list, as a table in Markdown.
pub fn facts() -> String {
    let mut table = String::from("| fact | counted in | known | rises | what |\n|---|---|---|---|---|\n");
    for about in FACTS {
        let known = match about.home {
            Home::Journal => "everywhere",
            Home::Phone => "on the phone alone",
            Home::Server => "on the server alone",
        };
        let rises = if about.rises { "yes" } else { "" };
        writeln!(table, "| `{}` | {} | {known} | {rises} | {} |", about.name, about.unit, about.what)
            .expect("a text takes everything");
    }
    table
}
