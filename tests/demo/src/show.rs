//! Texts in lines.

use std::io::{self, Write as _};

use qadam_engine::learning::{Block, Span};
use qadam_engine::nudges::{ComparedSideView, ComparedView};

/// Columns.
const WIDTH: usize = 96;

/// A line of output. Who read it may have gone away; the work goes on.
pub fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _: io::Result<()> = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// As [`say`], broken at words, each line after `indent` spaces.
pub fn say_wrapped(indent: usize, text: &str) {
    for line in text.lines() {
        for piece in wrap(line, WIDTH.saturating_sub(indent)) {
            say(format!("{:indent$}{piece}", "").trim_end());
        }
    }
}

/// A card, or a question's text, as plain text: a line for each block.
pub fn plain(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { spans, .. } => lines.push(format!("= {} =", words(spans))),
            Block::Paragraph { spans } => lines.push(words(spans)),
            Block::Quote { spans } => lines.push(format!("> {}", words(spans))),
            Block::List { ordered, items } => {
                for (place, item) in items.iter().enumerate() {
                    let mark = if *ordered { format!("{}.", place + 1) } else { "-".into() };
                    lines.push(format!("{mark} {}", words(item)));
                }
            }
            Block::Media { media } => {
                let place = media.path.as_deref().unwrap_or(&media.name);
                lines.push(format!("[{}] {place}", media.description));
            }
        }
    }
    lines.join("\n")
}

fn words(spans: &[Span]) -> String {
    let words = spans.iter().map(|span| match &span.link {
        Some(link) if *link != span.text => format!("{} ({link})", span.text),
        _ => span.text.clone(),
    });
    words.collect()
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut filled = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if filled > 0 && filled + 1 + length > width {
            lines.push(String::new());
            filled = 0;
        }
        let line = lines.last_mut().expect("there is a line");
        if filled > 0 {
            line.push(' ');
            filled += 1;
        }
        line.push_str(word);
        filled += length;
    }
    lines
}

/// What a rule compared, with its numbers: `sales (1) >= 1`.
pub fn compared(all: &[ComparedView]) -> String {
    let side = |side: &ComparedSideView| {
        let value = side.value.map_or("?".to_string(), |value| value.to_string());
        let part = side.percent.map_or(String::new(), |percent| format!("{percent} % * "));
        side.fact.as_ref().map_or(value.clone(), |fact| format!("{part}{fact} ({value})"))
    };
    let told = |one: &ComparedView| format!("{} {} {}", side(&one.left), one.sign, side(&one.right));
    all.iter().map(told).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("қадам қадам", 11), ["қадам қадам"]);
        assert_eq!(wrap("incomprehensibilities a", 5), ["incomprehensibilities", "a"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
