//! `<locale>/lessons/<lesson>.md`: a title, and cards parted by lines of three hyphens.

use super::fault::Faults;
use super::markdown::{self, Medium, Place};

/// A lesson's cards in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    pub title: String,
    /// Each card's Markdown.
    pub cards: Vec<String>,
    /// The line in which each card begins.
    pub card_lines: Vec<u32>,
    /// In the order in which they are shown.
    pub media: Vec<Medium>,
}

/// The most cards of a lesson.
const MAX_CARDS: usize = 30;

/// A card with more words doesn't fit a phone's screen.
const MANY_WORDS: usize = 160;

/// A longer title, in characters, doesn't fit a line or two.
const LONG_TITLE: usize = 80;

/// Reads a lesson.
pub fn parse(text: &str, faults: &mut Faults) -> Lesson {
    let mut lesson = Lesson { title: String::new(), cards: Vec::new(), card_lines: Vec::new(), media: Vec::new() };
    let first = text.lines().next().unwrap_or_default();
    let body = match first.strip_prefix("# ") {
        Some(title) => {
            lesson.title = title.trim().to_owned();
            &text[first.len()..]
        }
        None => {
            faults.error(1, "the first line is not the title", "write # and the lesson's title in the first line");
            text
        }
    };
    if markdown::holds_tag(&lesson.title) || lesson.title.contains(['*', '`']) {
        faults.error(1, "the title has marks in it", "write it as plain text");
    }
    if lesson.title.chars().count() > LONG_TITLE {
        faults.warning(1, "the title is long", format!("{LONG_TITLE} characters fit a phone"));
    }

    // The line of a card's first one, and its lines. The rest of the title's line is empty.
    let mut card: (u32, Vec<&str>) = (1, Vec::new());
    let mut cards = Vec::new();
    for (line, text) in (1..).zip(body.split('\n')) {
        if text.trim_end() == "---" {
            cards.push(std::mem::replace(&mut card, (line + 1, Vec::new())));
        } else {
            card.1.push(text);
        }
    }
    cards.push(card);
    if cards.len() > MAX_CARDS {
        let problem = format!("the lesson has {} cards", cards.len());
        faults.error(0, problem, format!("part it into lessons of at most {MAX_CARDS}"));
        cards.truncate(MAX_CARDS);
    }
    for (start, lines) in cards {
        let blank = lines.iter().take_while(|line| line.trim().is_empty()).count();
        let first = start + blank as u32;
        let text = lines[blank..].join("\n").trim_end().to_owned();
        if text.is_empty() {
            faults.error(start, "there is an empty card", "write its text, or leave out one of the lines ---");
            continue;
        }
        let seen = markdown::check(&text, Place::Card, |line| first + line - 1, faults);
        if seen.words > MANY_WORDS {
            let problem = format!("the card has {} words", seen.words);
            faults.warning(first, problem, "40 to 120 are right: part it with a line ---");
        }
        lesson.media.extend(seen.media);
        lesson.cards.push(text);
        lesson.card_lines.push(first);
    }
    lesson
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Lesson, Vec<String>) {
        let mut faults = Faults::new("x.md");
        let lesson = parse(text, &mut faults);
        (lesson, faults.into_vec().iter().map(|f| format!("{} {}", f.line, f.problem)).collect())
    }

    #[test]
    fn cards_are_parted_by_three_hyphens() {
        let (lesson, faults) = read("# Listening\n\nOne.\n\n---\n\n## Two\n\n- a\n- b\n\n---  \nThree.\n");
        assert_eq!(faults, [""; 0]);
        assert_eq!(lesson.title, "Listening");
        assert_eq!(lesson.cards, ["One.", "## Two\n\n- a\n- b", "Three."]);
    }

    #[test]
    fn faults_have_the_line_of_the_file() {
        let (_, faults) = read("# A\n\nOne.\n\n---\n\n---\n\nTwo.\n\n<b>x</b>\n");
        assert_eq!(faults, ["6 there is an empty card", "11 HTML is not taken"]);
        let (lesson, faults) = read("One.\n");
        assert_eq!(faults, ["1 the first line is not the title"]);
        assert_eq!(lesson.cards, ["One."]);
        let (_, faults) = read("# A\n");
        assert_eq!(faults, ["1 there is an empty card"]);
        let (_, faults) = read(&format!("# A\n\nfew\n\n---\n\n{}", "word ".repeat(161)));
        assert_eq!(faults, ["7 the card has 161 words"]);
    }
}
