//! Markdown (CommonMark 0.31) as blocks that native views show. No web view, no HTML.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Block, Span};
use crate::media::MediaView;

/// The folder in which content names its media.
const MEDIA: &str = "media/";

/// Reads a text. Total: what a block can't hold becomes text, HTML too. `media` gives the view of a file by its name and its alternative
/// text.
///
/// Nested lists are flattened into the outermost one; a quote is one block, with a line break between its paragraphs. A medium within
/// either follows it.
pub fn blocks(markdown: &str, media: &mut dyn FnMut(&str, &str) -> MediaView) -> Vec<Block> {
    let mut builder = Builder::new(media);
    for event in Parser::new_ext(markdown, Options::empty()) {
        builder.take(event);
    }
    builder.finish()
}

/// The text alone: a line per block and item; of media their alternative text.
pub fn plain(markdown: &str) -> String {
    let mut alternative = |name: &str, alt: &str| MediaView {
        name: name.into(),
        kind: crate::media::MediaKind::Picture,
        description: alt.into(),
        size: 0,
        path: None,
        captions: None,
        transcript: None,
    };
    let lines = blocks(markdown, &mut alternative).into_iter().flat_map(|block| match block {
        Block::Heading { spans, .. } | Block::Paragraph { spans } | Block::Quote { spans } => vec![text(&spans)],
        Block::List { items, .. } => items.iter().map(|item| text(item)).collect(),
        Block::Media { media } => vec![media.description],
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn text(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

struct Builder<'a> {
    media: &'a mut dyn FnMut(&str, &str) -> MediaView,
    done: Vec<Block>,
    /// The text under way.
    spans: Vec<Span>,
    emphasis: u32,
    strong: u32,
    links: Vec<Option<String>>,
    image: Option<Image>,
    container: Option<Container>,
    /// Lists and quotes around this place, the container too.
    depth: u32,
    /// The items around this place, by their number in the container.
    items: Vec<usize>,
    /// Media within the container.
    waiting: Vec<Block>,
}

/// The outermost list or quote.
enum Container {
    List { ordered: bool, items: Vec<Vec<Span>> },
    Quote { spans: Vec<Span> },
}

struct Image {
    /// `None` where it is not one of the content's own.
    name: Option<String>,
    alt: String,
    /// Images within its alternative text.
    nested: u32,
}

impl<'a> Builder<'a> {
    fn new(media: &'a mut dyn FnMut(&str, &str) -> MediaView) -> Self {
        Self {
            media,
            done: Vec::new(),
            spans: Vec::new(),
            emphasis: 0,
            strong: 0,
            links: Vec::new(),
            image: None,
            container: None,
            depth: 0,
            items: Vec::new(),
            waiting: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.push("\n"),
            Event::Rule => self.flush(),
            Event::Text(text)
            | Event::Code(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.push(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.emphasis += 1,
            Tag::Strong => self.strong += 1,
            Tag::Link { dest_url, .. } => self.links.push(safe_link(&dest_url)),
            Tag::Image { dest_url, .. } => match &mut self.image {
                Some(image) => image.nested += 1,
                None => {
                    let name = dest_url.strip_prefix(MEDIA).filter(|name| !name.is_empty()).map(String::from);
                    self.image = Some(Image { name, alt: String::new(), nested: 0 });
                }
            },
            Tag::List(first) => {
                self.flush();
                self.depth += 1;
                self.container.get_or_insert_with(|| Container::List { ordered: first.is_some(), items: Vec::new() });
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.depth += 1;
                self.container.get_or_insert_with(|| Container::Quote { spans: Vec::new() });
            }
            Tag::Item => {
                self.flush();
                if let Some(Container::List { items, .. }) = &mut self.container {
                    self.items.push(items.len());
                    items.push(Vec::new());
                }
            }
            // What is left stands between blocks: paragraphs, and what becomes one.
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Link => {
                self.links.pop();
            }
            TagEnd::Image => self.end_image(),
            TagEnd::Heading(level) => {
                if self.container.is_some() {
                    self.flush();
                    return;
                }
                let spans = self.take_spans();
                if !spans.is_empty() {
                    self.done.push(Block::Heading { level: level as u32, spans });
                }
            }
            TagEnd::Item => {
                self.flush();
                self.items.pop();
            }
            TagEnd::List(_) | TagEnd::BlockQuote(_) => {
                self.flush();
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.close_container();
                }
            }
            _ => self.flush(),
        }
    }

    fn end_image(&mut self) {
        let Some(mut image) = self.image.take() else { return };
        if image.nested > 0 {
            image.nested -= 1;
            self.image = Some(image);
            return;
        }
        let Some(name) = image.name else {
            self.push(&image.alt);
            return;
        };
        self.flush();
        let media = (self.media)(&name, image.alt.trim());
        if self.container.is_some() { &mut self.waiting } else { &mut self.done }.push(Block::Media { media });
    }

    fn close_container(&mut self) {
        match self.container.take() {
            Some(Container::List { ordered, mut items }) => {
                items.retain(|item| !item.is_empty());
                if !items.is_empty() {
                    self.done.push(Block::List { ordered, items });
                }
            }
            Some(Container::Quote { spans }) if !spans.is_empty() => self.done.push(Block::Quote { spans }),
            _ => {}
        }
        self.done.append(&mut self.waiting);
    }

    fn push(&mut self, text: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
            return;
        }
        let link = self.links.last().cloned().flatten();
        let span = Span { text: text.into(), emphasis: self.emphasis > 0, strong: self.strong > 0, link };
        append(&mut self.spans, span);
    }

    /// Ends the text under way; it becomes a paragraph, or a part of what it stands in.
    fn flush(&mut self) {
        let spans = self.take_spans();
        if !spans.is_empty() {
            self.put(spans);
        }
    }

    fn put(&mut self, spans: Vec<Span>) {
        let place = match &mut self.container {
            Some(Container::Quote { spans }) => Some(spans),
            Some(Container::List { items, .. }) => self.items.last().and_then(|item| items.get_mut(*item)),
            None => None,
        };
        let Some(place) = place else {
            self.done.push(Block::Paragraph { spans });
            return;
        };
        if !place.is_empty() {
            append(place, Span { text: "\n".into(), ..Span::default() });
        }
        for span in spans {
            append(place, span);
        }
    }

    /// The text under way, without white space at its ends.
    fn take_spans(&mut self) -> Vec<Span> {
        let mut spans = std::mem::take(&mut self.spans);
        while let Some(first) = spans.first_mut() {
            first.text.drain(..first.text.len() - first.text.trim_start().len());
            if !first.text.is_empty() {
                break;
            }
            spans.remove(0);
        }
        while let Some(last) = spans.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            spans.pop();
        }
        spans
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        self.close_container();
        self.done
    }
}

/// Adds a span; one that looks as the last does becomes part of it.
fn append(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if (last.emphasis, last.strong, &last.link) == (span.emphasis, span.strong, &span.link) => {
            last.text.push_str(&span.text);
        }
        _ => spans.push(span),
    }
}

/// `https:` alone, with a host and nothing that could hide where it leads.
fn safe_link(address: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).ok()?;
    let plain = url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
    plain.then(|| address.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::media::MediaKind;

    fn view(name: &str, alt: &str) -> MediaView {
        MediaView {
            name: name.into(),
            kind: MediaKind::Picture,
            description: alt.into(),
            size: 7,
            path: None,
            captions: None,
            transcript: None,
        }
    }

    fn read(markdown: &str) -> Vec<Block> {
        blocks(markdown, &mut view)
    }

    fn span(text: &str) -> Span {
        Span { text: text.into(), ..Span::default() }
    }

    fn paragraph(text: &str) -> Block {
        Block::Paragraph { spans: vec![span(text)] }
    }

    fn media(name: &str, alt: &str) -> Block {
        Block::Media { media: view(name, alt) }
    }

    #[test]
    fn a_card_becomes_blocks() {
        let card = "## Ask *first*\n\nShe said **yes** to\none thing.\\\nNot [all](https://a.example/x).\n\n![A hand](media/hand.png)\n\n> “Of course.”\n>\n> Then stop.\n\n1. One\n2. Two\n";
        let emphasis = |text: &str| Span { emphasis: true, ..span(text) };
        let strong = |text: &str| Span { strong: true, ..span(text) };
        let link = Span { link: Some("https://a.example/x".into()), ..span("all") };
        let expected = vec![
            Block::Heading { level: 2, spans: vec![span("Ask "), emphasis("first")] },
            Block::Paragraph {
                spans: vec![span("She said "), strong("yes"), span(" to one thing.\nNot "), link, span(".")],
            },
            media("hand.png", "A hand"),
            Block::Quote { spans: vec![span("“Of course.”\nThen stop.")] },
            Block::List { ordered: true, items: vec![vec![span("One")], vec![span("Two")]] },
        ];
        assert_eq!(read(card), expected);
        assert_eq!(
            plain(card),
            "Ask first\nShe said yes to one thing.\nNot all.\nA hand\n“Of course.”\nThen stop.\nOne\nTwo"
        );
    }

    #[test]
    fn nested_lists_are_flattened() {
        let items = ["a\nmore of a", "b", "c", "d"].map(|text| vec![span(text)]).to_vec();
        let list = Block::List { ordered: false, items };
        assert_eq!(read("- a\n  1. b\n     - c\n\n  more of a\n- d"), vec![list]);
        let quoted = Block::List { ordered: false, items: vec![vec![span("a\nb")]] };
        assert_eq!(read("- a\n\n  > b\n"), vec![quoted]);
        assert_eq!(read("> # a\n> - b\n> - c"), vec![Block::Quote { spans: vec![span("a\nb\nc")] }]);
    }

    #[test]
    fn media_leave_the_text_that_they_stand_in() {
        assert_eq!(read("a ![b *c*](media/x.mp3) d"), vec![paragraph("a"), media("x.mp3", "b c"), paragraph("d")]);
        let list = Block::List { ordered: false, items: vec![vec![span("a")], vec![span("b")]] };
        assert_eq!(read("- a ![](media/x.png)\n- b\n\nc"), vec![list, media("x.png", ""), paragraph("c")]);
        // Not the content's own: only its words are shown.
        assert_eq!(read("![words](https://a.example/x.png)"), vec![paragraph("words")]);
        assert_eq!(read("![words](media/)"), vec![paragraph("words")]);
    }

    #[test]
    fn links_lead_to_https_alone() {
        for address in [
            "http://a.example",
            "javascript:alert(1)",
            "https:",
            "/x",
            "mailto:a@b.example",
            "https://bank.example@a.example",
        ] {
            assert_eq!(read(&format!("[a]({address})")), vec![paragraph("a")], "{address}");
        }
        let spans = vec![Span { link: Some("https://a.example".into()), ..span("https://a.example") }];
        assert_eq!(read("<https://a.example>"), vec![Block::Paragraph { spans }]);
    }

    #[test]
    fn what_is_not_known_becomes_text() {
        assert_eq!(read("<b>a</b>"), vec![paragraph("<b>a</b>")]);
        assert_eq!(read("<div>\na\n</div>\n\nb"), vec![paragraph("<div>\na\n</div>"), paragraph("b")]);
        assert_eq!(read("```rust\nlet a;\n```"), vec![paragraph("let a;")]);
        assert_eq!(read("a | b\n--|--\n1 | 2"), vec![paragraph("a | b --|-- 1 | 2")]);
        assert_eq!(read("a\n\n***\n\n`b`"), vec![paragraph("a"), paragraph("b")]);
        assert_eq!(read(" \n\n#\n\n-\n\n>"), vec![]);
    }

    #[test]
    fn depth_is_no_danger() {
        for deep in
            [">".repeat(20_000), "- ".repeat(5_000), "[".repeat(20_000), "![".repeat(5_000), "*a ".repeat(5_000)]
        {
            read(&format!("{deep}x"));
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(markdown in "[-a #>*_`!\\[\\]()<&\n0-9.\\\\media/]{0,80}") {
            let blocks = read(&markdown);
            for block in &blocks {
                let spans = match block {
                    Block::Heading { spans, .. } | Block::Paragraph { spans } | Block::Quote { spans } => vec![spans],
                    Block::List { items, .. } => items.iter().collect(),
                    Block::Media { .. } => vec![],
                };
                prop_assert!(spans.iter().all(|spans| !spans.is_empty()));
            }
            plain(&markdown);
        }
    }
}
