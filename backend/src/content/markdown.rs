//! The Markdown (CommonMark) that content may hold. What phones can't show, or must not, is refused.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use super::fault::{Faults, Lines};

/// Where a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A lesson's card: headings and media too.
    Card,
    /// What is said in sound or video: headings too.
    Transcript,
    /// The text of a question.
    Question,
}

/// What a text holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub words: usize,
    pub media: Vec<Medium>,
}

/// `![alt](media/name)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    pub name: String,
    pub alt: String,
    pub line: u32,
}

/// Checks a text. `line_at` tells for a line of the text, counted from 1, which line of the file that is.
pub fn check(text: &str, place: Place, line_at: impl Fn(u32) -> u32, faults: &mut Faults) -> Seen {
    let lines = Lines::of(text);
    // Not to be taken, but to be known, so that they are refused instead of shown as dashes and brackets.
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS;
    let mut checker =
        Checker { place, faults, seen: Seen::default(), depth: 0, block: None, images: vec![], link: None };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        checker.take(event, line_at(lines.at(range.start)));
    }
    checker.seen
}

/// What is read in one go: a paragraph, a heading, an item of a list, the text of a picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passage {
    pub text: String,
    /// Where parts of it begin, and where these begin in the Markdown, in bytes.
    pub places: Vec<(usize, usize)>,
    /// The outermost quote that it stands in, counted from 1; 0 where it stands in none.
    pub quote: usize,
    /// What it begins with in bold.
    pub label: String,
}

impl Passage {
    /// Where a byte of the passage stands in the Markdown.
    pub fn place(&self, at: usize) -> usize {
        let part = self.places.partition_point(|(start, _)| *start <= at);
        let (start, place) = part.checked_sub(1).map_or((0, 0), |part| self.places[part]);
        place + at - start
    }
}

/// The words of a text without its marks. Total.
pub fn passages(markdown: &str) -> Vec<Passage> {
    let mut reader = Passages::default();
    for (event, range) in Parser::new_ext(markdown, Options::empty()).into_offset_iter() {
        reader.take(event, range.start);
    }
    reader.end();
    reader.done
}

#[derive(Default)]
struct Passages {
    done: Vec<Passage>,
    passage: Passage,
    quotes: usize,
    depth: usize,
    strong: usize,
    /// Texts of pictures, which are passages of their own.
    pictures: Vec<Passage>,
}

impl Passages {
    fn take(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => {
                self.end();
                self.quotes += usize::from(self.depth == 0);
                self.depth += 1;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                self.end();
                self.depth = self.depth.saturating_sub(1);
            }
            Event::Start(Tag::Strong) => self.strong += 1,
            Event::End(TagEnd::Strong) => self.strong = self.strong.saturating_sub(1),
            Event::Start(Tag::Image { .. }) => self.pictures.push(Passage::default()),
            Event::End(TagEnd::Image) => self.done.extend(self.pictures.pop()),
            Event::Start(Tag::Emphasis | Tag::Link { .. }) | Event::End(TagEnd::Emphasis | TagEnd::Link) => {}
            Event::Start(_) | Event::End(_) | Event::Rule => self.end(),
            Event::SoftBreak => self.text(" ", at),
            Event::HardBreak => self.text("\n", at),
            Event::Text(text)
            | Event::Code(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.text(&text, at),
            Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        let quote = if self.depth > 0 { self.quotes } else { 0 };
        let passage = self.pictures.last_mut().unwrap_or(&mut self.passage);
        passage.quote = quote;
        if self.strong > 0 && passage.text == passage.label {
            passage.label.push_str(text);
        }
        passage.places.push((passage.text.len(), at));
        passage.text.push_str(text);
    }

    fn end(&mut self) {
        let passage = std::mem::take(&mut self.passage);
        if !passage.text.trim().is_empty() {
            self.done.push(passage);
        }
    }
}

/// Whether a text that is not Markdown would show a tag.
pub fn holds_tag(text: &str) -> bool {
    let begins_tag = |rest: &str| {
        let name = rest.strip_prefix('/').unwrap_or(rest);
        name.starts_with(|c: char| c.is_ascii_alphabetic()) || rest.starts_with("!--")
    };
    // The last > decides for all: looking for each one's own would take the square of the length.
    let end = text.rfind('>').unwrap_or(0);
    text[..end].match_indices('<').any(|(at, _)| begins_tag(&text[at + 1..]))
}

/// Lists and quotes within each other.
const MAX_NESTING: usize = 8;

struct Checker<'f> {
    place: Place,
    faults: &'f mut Faults,
    seen: Seen,
    depth: usize,
    /// The paragraph that is being read.
    block: Option<Paragraph>,
    /// The images that are being read; they can hold each other.
    images: Vec<Medium>,
    /// The line of the link that is being read, and whether it has text.
    link: Option<(u32, bool)>,
}

#[derive(Default)]
struct Paragraph {
    media: Vec<Medium>,
    /// There is something beside media.
    text: bool,
}

impl Checker<'_> {
    fn take(&mut self, event: Event<'_>, line: u32) {
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.end(tag, line),
            Event::Text(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::Code(_) => self.refuse(line, "there are marks of code", "take away the ` marks"),
            Event::InlineHtml(_) => self.refuse_html(line),
            Event::FootnoteReference(_) => self.refuse_footnote(line),
            Event::TaskListMarker(_) => self.refuse(line, "boxes to tick are not taken", "write a list without [ ]"),
            Event::Rule => self.refuse(
                line,
                "there is a ruled line",
                "a line of three hyphens, ---, parts cards; leave others out",
            ),
            // The start of their block is refused.
            Event::Html(_) => {}
            Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        self.depth += 1;
        if self.depth == MAX_NESTING {
            self.refuse(line, "lists or quotes are nested too deep", "nest them at most twice");
        }
        match tag {
            Tag::Paragraph => self.block = Some(Paragraph::default()),
            Tag::Heading { level, .. } => self.heading(level, line),
            Tag::CodeBlock(_) => {
                self.refuse(line, "there is a block of code", "take away the ``` or the spaces that begin the line");
            }
            Tag::HtmlBlock => self.refuse_html(line),
            Tag::Table(_) => self.refuse(line, "tables are not taken", "write a list"),
            Tag::FootnoteDefinition(_) => self.refuse_footnote(line),
            Tag::Link { link_type, dest_url, .. } => {
                self.link = Some((line, false));
                let https = dest_url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
                if link_type == LinkType::Email || !https || dest_url.len() == 8 {
                    self.refuse(line, "the link doesn't begin with https://", "only such links are taken");
                }
            }
            Tag::Image { dest_url, .. } => {
                let name = dest_url.strip_prefix("media/").unwrap_or_default().to_owned();
                if self.place != Place::Card {
                    self.refuse(line, "pictures, sound and video have their place on a card", "move it to the lesson");
                } else if name.is_empty() {
                    let remedy = "put the file into media/ and write ![what can be seen](media/file.png)";
                    self.refuse(line, "the file doesn't lie in media/", remedy);
                }
                self.images.push(Medium { name, alt: String::new(), line });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, line: u32) {
        self.depth -= 1;
        match tag {
            TagEnd::Paragraph => {
                let block = self.block.take().unwrap_or_default();
                let alone = !block.text && block.media.len() == 1;
                for medium in block.media {
                    self.medium(medium, alone);
                }
            }
            TagEnd::Link if self.link.take().is_some_and(|(_, has_text)| !has_text) => {
                self.refuse(line, "the link has no text", "write [where it leads](https://…)");
            }
            TagEnd::Image => {
                let medium = self.images.pop().filter(|m| self.place == Place::Card && !m.name.is_empty());
                match (medium, &mut self.block) {
                    (Some(medium), Some(block)) => block.media.push(medium),
                    // In a heading or an item of a list.
                    (Some(medium), None) => self.medium(medium, false),
                    (None, _) => {}
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(image) = self.images.last_mut() {
            image.alt.push_str(text);
            return;
        }
        self.seen.words += text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        let written = !text.trim().is_empty();
        if let Some(block) = &mut self.block {
            block.text |= written;
        }
        if let Some((_, has_text)) = &mut self.link {
            *has_text |= written;
        }
    }

    fn heading(&mut self, level: HeadingLevel, line: u32) {
        match (self.place, level) {
            (Place::Question, _) => self.refuse(line, "a question has no headings", "write it as a sentence"),
            (_, HeadingLevel::H2 | HeadingLevel::H3) | (Place::Transcript, HeadingLevel::H1) => {}
            (_, HeadingLevel::H1) => {
                self.refuse(line, "there is a second title", "begin a card's heading with ##, and a new card with ---");
            }
            _ => self.refuse(line, "the heading is too deep", "use ## or ###"),
        }
    }

    fn medium(&mut self, medium: Medium, alone: bool) {
        if !alone {
            let problem = format!("media/{} is not on a line of its own", medium.name);
            self.refuse(medium.line, &problem, "leave a blank line before and behind it");
        }
        self.seen.media.push(medium);
    }

    fn refuse_html(&mut self, line: u32) {
        self.refuse(line, "HTML is not taken", "write it in Markdown, or \\< where the character itself is meant");
    }

    fn refuse_footnote(&mut self, line: u32) {
        self.refuse(line, "footnotes are not taken", "put it into the text");
    }

    fn refuse(&mut self, line: u32, problem: &str, remedy: &str) {
        self.faults.error(line, problem, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str, place: Place) -> Vec<String> {
        let mut faults = Faults::new("x.md");
        check(text, place, |line| line + 10, &mut faults);
        faults.into_vec().iter().map(|f| format!("{} {}", f.line, f.problem)).collect()
    }

    #[test]
    fn what_cards_may_hold() {
        let text = "## Heading\n\nA *word* and a **strong** one, 5 < 6.\n\n- one\n- two\n\n1. first\n\n> quote\n\n\
                    [a link](https://example.org)\n\n![a path](media/steps.png)\n";
        let mut faults = Faults::new("x.md");
        let seen = check(text, Place::Card, |line| line, &mut faults);
        assert_eq!(faults.into_vec(), []);
        assert_eq!(seen.words, 15);
        assert_eq!(seen.media, [Medium { name: "steps.png".into(), alt: "a path".into(), line: 14 }]);
    }

    #[test]
    fn what_cards_may_not_hold_is_told_by_line() {
        for (text, fault) in [
            ("a\n\n<b>x</b>", "13 HTML is not taken"),
            ("<div>\nx\n</div>", "11 HTML is not taken"),
            ("a <!-- x --> b", "11 HTML is not taken"),
            ("# Two", "11 there is a second title"),
            ("#### Four", "11 the heading is too deep"),
            ("a\n\n```\ncode\n```", "13 there is a block of code"),
            ("a `code`", "11 there are marks of code"),
            ("a\n\n***", "13 there is a ruled line"),
            ("|a|b|\n|-|-|\n|c|d|", "11 tables are not taken"),
            ("a[^1]\n\n[^1]: b", "11 footnotes are not taken"),
            ("- [ ] a", "11 boxes to tick are not taken"),
            ("[a](http://example.org)", "11 the link doesn't begin with https://"),
            ("[a](javascript:alert)", "11 the link doesn't begin with https://"),
            ("<me@example.org>", "11 the link doesn't begin with https://"),
            ("[](https://example.org)", "11 the link has no text"),
            ("![a](https://example.org/a.png)", "11 the file doesn't lie in media/"),
            ("see ![a](media/a.png)", "11 media/a.png is not on a line of its own"),
            ("- ![a](media/a.png)", "11 media/a.png is not on a line of its own"),
            ("![a](media/a.png)\n![a](media/b.png)", "11 media/a.png is not on a line of its own"),
            (&"> ".repeat(20), "11 lists or quotes are nested too deep"),
        ] {
            assert!(faults(text, Place::Card).iter().any(|f| f == fault), "{text}: {:?}", faults(text, Place::Card));
        }
    }

    #[test]
    fn questions_hold_less_than_cards_and_transcripts() {
        assert_eq!(faults("## a", Place::Question), ["11 a question has no headings"]);
        assert_eq!(faults("# a\n\n## b", Place::Transcript), [""; 0]);
        assert_eq!(faults("![a](media/a.png)", Place::Question).len(), 1);
        assert_eq!(faults("![a](media/a.png)", Place::Transcript).len(), 1);
    }

    #[test]
    fn tags_in_plain_text_are_known() {
        for (text, tag) in
            [("<b>a</b>", true), ("a<br/>", true), ("<!-- a -->", true), ("5 < 6 > 4", false), ("a <3", false)]
        {
            assert_eq!(holds_tag(text), tag, "{text}");
        }
    }
}
