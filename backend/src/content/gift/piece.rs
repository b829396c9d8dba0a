//! Pieces of a GIFT text that know where they are, and the escapes in them.

/// A part of the text with its place in it.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub text: &'a str,
    /// In bytes from the text's beginning.
    pub at: usize,
}

impl<'a> Piece<'a> {
    pub fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// Without white space around it.
    pub fn trim(self) -> Self {
        let text = self.text.trim_start();
        Self { text: text.trim_end(), at: self.at + self.text.len() - text.len() }
    }

    /// What is before the byte `at`, and what begins there.
    pub fn split(self, at: usize) -> (Self, Self) {
        let (before, after) = self.text.split_at(at);
        (Self { text: before, ..self }, Self { text: after, at: self.at + at })
    }

    pub fn skip(self, bytes: usize) -> Self {
        self.split(bytes).1
    }

    /// What follows `prefix`, where it begins with that.
    pub fn after(self, prefix: &str) -> Option<Self> {
        self.text.starts_with(prefix).then(|| self.skip(prefix.len()))
    }

    /// What is before and what is behind the first unescaped `separator`.
    pub fn cut(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.places(separator).next()?;
        Some((self.split(at).0, self.skip(at + separator.len())))
    }

    /// What is before and what is behind the last unescaped `separator`.
    pub fn cut_last(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.places(separator).last()?;
        Some((self.split(at).0, self.skip(at + separator.len())))
    }

    /// Where a text of ASCII characters stands unescaped.
    pub fn places(self, of: &str) -> impl Iterator<Item = usize> {
        let first = of.as_bytes()[0];
        self.specials(move |b| b == first).filter(move |at| self.text.as_bytes()[*at..].starts_with(of.as_bytes()))
    }

    /// Where unescaped ASCII characters stand that `wanted` picks.
    pub fn specials(self, wanted: impl Fn(u8) -> bool) -> impl Iterator<Item = usize> {
        let mut escaped = false;
        // A byte of a longer character is never ASCII, so these places are borders of characters.
        self.text.bytes().enumerate().filter_map(move |(at, b)| {
            let hit = !escaped && b != b'\\' && wanted(b);
            escaped = !escaped && b == b'\\';
            hit.then_some(at)
        })
    }

    pub fn lines(self) -> impl Iterator<Item = Self> {
        let mut at = self.at;
        self.text.split('\n').map(move |text| {
            let line = Self { text, at };
            at += text.len() + 1;
            line
        })
    }

    /// The lines that are not blank, trimmed. Blank ones are those of comments.
    fn written_lines(self) -> impl Iterator<Item = Self> {
        self.lines().map(Self::trim).filter(|line| !line.is_empty())
    }

    /// As plain text: escapes resolved, the lines of the source one line, `\n` a line break.
    pub fn plain(self) -> String {
        let mut out = String::with_capacity(self.text.len());
        for line in self.written_lines() {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push(' ');
            }
            unescape(line.text, |c| out.push(c));
        }
        out
    }

    /// As Markdown, and for each of its lines its place in the source. `verbatim`: the text is plain, so that it is escaped for Markdown
    /// and keeps its lines.
    pub fn markdown(self, verbatim: bool) -> (String, Vec<usize>) {
        let mut out = String::with_capacity(self.text.len());
        let mut places = Vec::new();
        for line in self.written_lines() {
            if !places.is_empty() {
                out.push_str(if verbatim { "  \n" } else { "\n" });
            }
            places.push(line.at);
            let mut start = out.len();
            unescape(line.text, |c| match c {
                '\n' => {
                    // Two spaces: a break, and where nothing follows they vanish.
                    out.push_str("  \n");
                    places.push(line.at);
                    start = out.len();
                }
                c => {
                    if verbatim && needs_escape(c, &out[start..]) {
                        out.push('\\');
                    }
                    out.push(c);
                }
            });
        }
        (out, places)
    }
}

/// The characters that GIFT writes with a backslash; any other backslash stays as it is.
fn unescape(text: &str, mut add: impl FnMut(char)) {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            add(c);
            continue;
        }
        match chars.next() {
            Some('n') => add('\n'),
            Some(c @ ('~' | '=' | '#' | '{' | '}' | ':' | '\\')) => add(c),
            Some(c) => {
                add('\\');
                add(c);
            }
            None => add('\\'),
        }
    }
}

/// Whether Markdown would read this character of a plain text, of which `before` is the beginning of its line.
fn needs_escape(c: char, before: &str) -> bool {
    match c {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' => true,
        '#' | '+' | '-' | '>' | '=' | '~' => before.is_empty(),
        '.' | ')' => !before.is_empty() && before.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece<'_> {
        Piece { text, at: 0 }
    }

    #[test]
    fn escapes_hide_characters_from_the_reader() {
        let text = piece(r"a\=b=c \\=d \{");
        assert_eq!(text.places("=").collect::<Vec<_>>(), [4, 9]);
        assert_eq!(text.plain(), r"a=b=c \=d {");
        assert_eq!(
            piece(r"a\#b -> c").cut("->").map(|(a, b)| (a.plain(), b.plain())),
            Some(("a#b".into(), "c".into()))
        );
        assert_eq!(piece(r"C:\temp \q é\").plain(), r"C:\temp \q é\");
    }

    #[test]
    fn lines_of_the_source_are_one_line_unless_told() {
        assert_eq!(piece(" one\n   two\\nthree\n\n").plain(), "one two\nthree");
        let (text, places) = piece(" one\n  two\\nthree").markdown(false);
        assert_eq!((text.as_str(), places), ("one\ntwo  \nthree", vec![1, 7, 7]));
    }

    #[test]
    fn plain_text_stays_plain_in_markdown() {
        let (text, _) = piece("1. *a*_b_ <i>\n- c - d # e\n2024 [x](y) `z` \\&amp;").markdown(true);
        assert_eq!(text, "1\\. \\*a\\*\\_b\\_ \\<i>  \n\\- c - d # e  \n2024 \\[x\\](y) \\`z\\` \\\\\\&amp;");
        let events: Vec<_> = pulldown_cmark::Parser::new(&text).collect();
        let marks = events.iter().filter(|e| matches!(e, pulldown_cmark::Event::Start(_))).count();
        assert_eq!(marks, 1, "{events:?}");
    }
}
