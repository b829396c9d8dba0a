//! A text in pieces: runs of letters and digits, and what is between them.

use super::letters::{alike, is_apostrophe, is_currency, is_cyrillic, is_invisible, plain, stands_for_letter};
use super::token::LONGEST_WORD;
use crate::company::Locale;
use crate::unicode::without_marks;

/// A run of characters without anything between them, as it stands in the text.
pub(super) struct Piece {
    pub start: usize,
    pub end: usize,
    /// Folded characters, digits and signs among them.
    pub plain: Vec<char>,
    pub kind: Kind,
    /// Its first letter is a capital.
    pub begins_large: bool,
    /// What is between it and the piece before.
    pub gap: Gap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters alone. `disguised` where they are of both scripts, or all of the script that the locale is not written in though each
    /// looks like one of the other.
    Word {
        disguised: bool,
    },
    /// Letters with digits or signs among them.
    Leet,
    Digits,
    Currency,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gap {
    pub spaces: u32,
    /// Characters that are neither white space nor part of a word.
    pub signs: u32,
    pub lines: u32,
    pub clause: bool,
    /// A full stop.
    pub stop: bool,
    /// Another end of a sentence: `!`, `?`, `…`.
    pub end: bool,
    pub asked: bool,
    /// The line begins with the mark of a list's item.
    pub item: bool,
}

/// Parts a text.
pub(super) fn pieces(text: &str, locale: Locale) -> Vec<Piece> {
    let cyrillic = matches!(locale, Locale::Ru | Locale::Kk);
    let mut scanner =
        Scanner { pieces: Vec::new(), open: false, scripts: Scripts::default(), gap: Gap::default(), cyrillic };
    let mut chars = text.char_indices().peekable();
    let mut before = '\n';
    let mut line_is_empty = true;
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map_or('\n', |(_, next)| *next);
        if is_invisible(c) {
            continue;
        }
        if c.is_alphanumeric() {
            scanner.letter(c, at, end);
        } else if is_apostrophe(c) && before.is_alphabetic() && next.is_alphabetic() {
            // Within a word, as in don't.
        } else if stands_for_letter(c, before, next) {
            scanner.sign(c, at, end);
        } else if is_currency(c) {
            scanner.currency(at, end);
        } else if !scanner.mark(c, end) {
            let gap = &mut scanner.gap;
            scanner.open = false;
            match c {
                '\n' | '\u{2029}' => {
                    gap.lines += 1;
                    gap.spaces += 1;
                }
                _ if c.is_whitespace() => gap.spaces += 1,
                _ => {
                    gap.signs += 1;
                    let alone = next.is_whitespace() && (before.is_whitespace() || before == '\n');
                    match c {
                        '.' => gap.stop = true,
                        '!' | '…' => gap.end = true,
                        '?' | '؟' => (gap.end, gap.asked) = (true, true),
                        '-' | '*' | '•' | '–' | '—' | '+' if line_is_empty && alone => gap.item = true,
                        ',' | ':' | ';' | '—' | '–' | '(' | ')' | '[' | ']' => gap.clause = true,
                        '-' if alone => gap.clause = true,
                        _ => {}
                    }
                }
            }
        }
        line_is_empty = c == '\n' || line_is_empty && c.is_whitespace();
        before = c;
    }
    scanner.close();
    scanner.pieces
}

#[derive(Default)]
struct Scripts {
    latin: bool,
    cyrillic: bool,
    /// A letter that no letter of the other script looks like.
    own: bool,
    digits: bool,
    signs: bool,
    letters: bool,
}

struct Scanner {
    pieces: Vec<Piece>,
    open: bool,
    scripts: Scripts,
    gap: Gap,
    /// The locale is written so.
    cyrillic: bool,
}

impl Scanner {
    fn letter(&mut self, c: char, at: usize, end: usize) {
        self.begin(at, c.is_uppercase());
        let scripts = &mut self.scripts;
        let Some(piece) = self.pieces.last_mut() else { return };
        piece.end = end;
        plain(c, |folded| {
            if piece.plain.len() > LONGEST_WORD {
                return;
            }
            piece.plain.push(folded);
            match folded {
                '0'..='9' => scripts.digits = true,
                'a'..='z' => {
                    (scripts.letters, scripts.latin) = (true, true);
                    scripts.own |= !"abcehikmoptxy".contains(folded);
                }
                _ if is_cyrillic(folded) => {
                    (scripts.letters, scripts.cyrillic) = (true, true);
                    scripts.own |= alike(folded) == folded;
                }
                _ => scripts.letters = true,
            }
        });
    }

    /// A sign in the place of a letter.
    fn sign(&mut self, c: char, at: usize, end: usize) {
        self.begin(at, false);
        self.scripts.signs = true;
        if let Some(piece) = self.pieces.last_mut() {
            piece.end = end;
            if piece.plain.len() <= LONGEST_WORD {
                piece.plain.push(c);
            }
        }
    }

    fn currency(&mut self, at: usize, end: usize) {
        self.close();
        let gap = std::mem::take(&mut self.gap);
        self.pieces.push(Piece { start: at, end, plain: Vec::new(), kind: Kind::Currency, begins_large: false, gap });
    }

    /// A combining mark belongs to the letter before it and changes nothing.
    fn mark(&mut self, c: char, end: usize) -> bool {
        let is_mark = !c.is_ascii() && without_marks(std::iter::once(c)).next().is_none();
        if is_mark
            && self.open
            && let Some(piece) = self.pieces.last_mut()
        {
            piece.end = end;
        }
        is_mark
    }

    fn begin(&mut self, at: usize, begins_large: bool) {
        if !self.open {
            self.close();
            self.open = true;
            let gap = std::mem::take(&mut self.gap);
            let kind = Kind::Digits;
            self.pieces.push(Piece { start: at, end: at, plain: Vec::new(), kind, begins_large, gap });
        }
    }

    /// Tells what the last piece was.
    fn close(&mut self) {
        let scripts = std::mem::take(&mut self.scripts);
        self.open = false;
        let Some(piece) = self.pieces.last_mut().filter(|piece| piece.kind != Kind::Currency) else { return };
        if !scripts.letters && !scripts.signs {
            // Nothing was added since it was closed, or it is a number.
            return;
        }
        let foreign = if self.cyrillic { scripts.latin } else { scripts.cyrillic };
        let disguised = scripts.latin && scripts.cyrillic || foreign && !scripts.own;
        piece.kind = if scripts.digits || scripts.signs { Kind::Leet } else { Kind::Word { disguised } };
    }
}

/// Several pieces as one.
pub(super) fn merge(pieces: &[Piece]) -> Piece {
    let (first, last) = (&pieces[0], &pieces[pieces.len() - 1]);
    let leet = pieces.iter().any(|piece| matches!(piece.kind, Kind::Leet | Kind::Digits));
    let disguised = pieces.iter().any(|piece| piece.kind == Kind::Word { disguised: true });
    Piece {
        start: first.start,
        end: last.end,
        plain: pieces.iter().flat_map(|piece| &piece.plain).copied().collect(),
        kind: if leet { Kind::Leet } else { Kind::Word { disguised } },
        begins_large: first.begins_large,
        gap: first.gap,
    }
}
