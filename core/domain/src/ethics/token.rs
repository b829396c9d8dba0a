//! From a text to words that a lexicon knows, whatever they are disguised as.
//!
//! A character is folded to a plain one: NFKD without marks, lower case, Kazakh letters as the Russian ones that people type for them. A
//! word's *skeleton* goes on from there: letters of different scripts that look alike are one, doubled letters are one. Digits and signs
//! within a word stand for letters. Invisible characters vanish. Letters and pieces that points, hyphens or spaces part are put together
//! where a word of the lexicon comes of it.

use super::letters::{Reading, is_cyrillic, skeleton, skeleton_with_origins};
use super::lexicon::{BUT, CURRENCY, Class, Lexicon, MULTIPLE, NUMBER, THAT, is_role};
use super::numbers::join_numbers;
use super::piece::{Kind, Piece, merge, pieces};
use crate::company::Locale;

/// A word, number or sign.
#[derive(Debug)]
pub(super) struct Token {
    /// In bytes of the text.
    pub start: usize,
    pub end: usize,
    /// Counted from 0; a claim and what denies it stand in one sentence.
    pub sentence: u32,
    /// Counted over the whole text; commas and dashes part clauses.
    pub clause: u32,
    /// The sentence that ends behind this word, if it does, is a question that the same paragraph goes on after.
    pub is_asked: bool,
    /// What the lexicon knows it as.
    pub classes: Vec<Class>,
}

/// Characters of a word that are looked at; no word of the lexicon is as long.
pub(super) const LONGEST_WORD: usize = 48;

/// Pieces that are put together to one word at most, where hyphens or points part them.
const MOST_PARTS: usize = 8;

/// Letters that are put together to one word, if they are a known one or not; more are several words.
const LONGEST_TOGETHER: usize = 14;

/// Single letters in a row that are taken for one word that was spaced out.
const FEWEST_LETTERS: usize = 3;

/// Reads a text.
pub(super) fn tokens(text: &str, locale: Locale, lexicon: &Lexicon) -> Vec<Token> {
    let pieces = pieces(text, locale);
    let mut writer = Writer { lexicon, out: Vec::new(), sentence: 0, clause: 0 };
    let mut at = 0;
    while at < pieces.len() {
        let letters = spaced_letters(&pieces[at..]);
        if letters >= FEWEST_LETTERS {
            let end = at + letters;
            for word in spaced_words(&pieces[at..end]) {
                writer.border(&pieces, at);
                match word {
                    [letter] => writer.piece(letter),
                    _ => writer.put_together(word),
                }
                at += word.len();
            }
            continue;
        }
        writer.border(&pieces, at);
        let joined = joined(&pieces[at..]);
        if joined > 1 {
            writer.parts(&pieces[at..at + joined]);
        } else {
            writer.piece(&pieces[at]);
        }
        at += joined;
    }
    let mut out = writer.out;
    join_numbers(lexicon, &mut out, text);
    out
}

struct Writer<'a> {
    lexicon: &'a Lexicon,
    out: Vec<Token>,
    sentence: u32,
    clause: u32,
}

impl Writer<'_> {
    /// Counts sentences and clauses before a piece.
    fn border(&mut self, pieces: &[Piece], at: usize) {
        let (piece, gap) = (&pieces[at], pieces[at].gap);
        // A full stop within a sentence belongs to a word that is cut short.
        let small = piece.plain.first().is_some_and(|c| c.is_alphabetic()) && !piece.begins_large;
        let is_cut =
            self.out.last().is_some_and(|last| last.classes.iter().any(|class| [MULTIPLE, CURRENCY].contains(class)));
        let stop = gap.stop && gap.spaces > 0 && !small && !is_cut;
        if stop || gap.end || gap.lines > 1 || gap.item {
            self.sentence += 1;
            self.clause += 1;
            if let Some(last) = self.out.last_mut() {
                last.is_asked = gap.asked && gap.lines <= 1;
            }
        } else if gap.clause || gap.stop && gap.spaces > 0 {
            self.clause += 1;
        }
    }

    fn piece(&mut self, piece: &Piece) {
        let mut classes = Vec::new();
        match piece.kind {
            Kind::Digits => classes.push(NUMBER),
            Kind::Currency => classes.push(CURRENCY),
            Kind::Word { .. } | Kind::Leet => {
                if self.amount(piece) {
                    return;
                }
                self.lexicon.look_up(piece, &mut classes);
                if classes.is_empty() && self.compound(piece) {
                    return;
                }
            }
        }
        self.push(piece.start, piece.end, classes);
    }

    /// A number with what it counts, as in 500k.
    fn amount(&mut self, piece: &Piece) -> bool {
        let digits = piece.plain.iter().take_while(|c| c.is_ascii_digit()).count();
        if piece.kind != Kind::Leet || digits == 0 || digits == piece.plain.len() {
            return false;
        }
        let unit: String = piece.plain[digits..].iter().collect();
        let unit = match unit.as_str() {
            "k" | "к" | "kk" | "кк" | "m" | "м" | "тыс" | "млн" | "mil" | "мын" => MULTIPLE,
            "usd" | "eur" | "kzt" | "mxn" | "rub" | "тг" | "тнг" | "тенге" | "руб" | "р" => CURRENCY,
            _ => return false,
        };
        self.push(piece.start, piece.end, vec![NUMBER]);
        self.push(piece.start, piece.end, vec![unit]);
        true
    }

    /// Words that are written together, such as those of a hashtag. Only where nothing is left over.
    fn compound(&mut self, piece: &Piece) -> bool {
        const SHORTEST: usize = 8;
        if piece.plain.len() < SHORTEST || piece.plain.len() > LONGEST_WORD {
            return false;
        }
        let skeleton = skeleton(&piece.plain, Reading::Latin);
        let mut words = Vec::new();
        let mut at = 0;
        while at < skeleton.len() {
            let Some((length, classes)) = self.lexicon.longest(&skeleton[at..]) else { return false };
            words.push(classes);
            at += length;
        }
        for classes in words {
            self.push(piece.start, piece.end, classes);
        }
        true
    }

    /// Pieces that hyphens, points and their like part.
    fn parts(&mut self, pieces: &[Piece]) {
        let mut at = 0;
        let mut known = false;
        let before = self.out.len();
        while at < pieces.len() {
            let most = (pieces.len() - at).min(MOST_PARTS);
            let whole = (2..=most).rev().find_map(|count| {
                let whole = merge(&pieces[at..at + count]);
                let mut classes = Vec::new();
                if whole.plain.len() <= LONGEST_WORD {
                    self.lexicon.look_up(&whole, &mut classes);
                }
                (!classes.is_empty()).then_some((count, whole, classes))
            });
            match whole {
                Some((count, whole, classes)) => {
                    known = true;
                    self.push(whole.start, whole.end, classes);
                    at += count;
                }
                None => {
                    if at > 0 {
                        self.border(pieces, at);
                    }
                    self.piece(&pieces[at]);
                    known |= self.out.last().is_some_and(|token| !token.classes.is_empty());
                    self.join_unknown(before);
                    at += 1;
                }
            }
        }
        if !known && pieces.len() > 2 {
            self.out.truncate(before);
            self.put_together(pieces);
            return;
        }
        // A part of an unknown word denies nothing.
        let group = &mut self.out[before..];
        for at in 0..group.len() {
            let unknown = |at: usize| group.get(at).is_some_and(|token| token.classes.is_empty());
            if unknown(at + 1) || at > 0 && unknown(at - 1) {
                group[at].classes.retain(|class| !is_role(*class));
            }
        }
    }

    /// Makes one of the last two words, if both came from `from` on and are unknown: they are parts of one.
    fn join_unknown(&mut self, from: usize) {
        if let [.., before, last] = &mut self.out[from..]
            && before.classes.is_empty()
            && last.classes.is_empty()
        {
            before.end = last.end;
            self.out.pop();
        }
    }

    /// Pieces whose borders mean nothing: the words of the lexicon that their letters hold.
    fn put_together(&mut self, pieces: &[Piece]) {
        let mut letters = Vec::new();
        let mut places = Vec::new();
        for piece in pieces {
            letters.extend_from_slice(&piece.plain);
            places.resize(letters.len(), (piece.start, piece.end));
        }
        let whole = merge(pieces);
        let mut classes = Vec::new();
        if whole.plain.len() <= LONGEST_WORD {
            self.lexicon.look_up(&whole, &mut classes);
        }
        if !classes.is_empty() {
            self.push(whole.start, whole.end, classes);
            return;
        }
        if letters.len() <= LONGEST_TOGETHER {
            if !self.compound(&whole) {
                self.push(whole.start, whole.end, Vec::new());
            }
            return;
        }
        let reading = if whole.plain.iter().any(|c| is_cyrillic(*c)) { Reading::Cyrillic } else { Reading::Latin };
        let (skeleton, origins) = skeleton_with_origins(&letters, reading);
        let mut at = 0;
        let mut unknown: Option<usize> = None;
        while at < skeleton.len() {
            let Some((length, classes)) = self.lexicon.longest(&skeleton[at..]) else {
                unknown.get_or_insert(at);
                at += 1;
                continue;
            };
            if let Some(from) = unknown.take() {
                self.push(places[origins[from]].0, places[origins[at - 1]].1, Vec::new());
            }
            self.push(places[origins[at]].0, places[origins[at + length - 1]].1, classes);
            at += length;
        }
        if let Some(from) = unknown {
            self.push(places[origins[from]].0, places[origins[skeleton.len() - 1]].1, Vec::new());
        }
    }

    fn push(&mut self, start: usize, end: usize, classes: Vec<Class>) {
        if classes.contains(&BUT) {
            self.clause += 1;
        }
        let before = self.out.last();
        if classes.contains(&THAT)
            && before.is_some_and(|last| last.sentence == self.sentence && last.clause + 1 == self.clause)
        {
            self.clause -= 1;
        }
        let (sentence, clause) = (self.sentence, self.clause);
        self.out.push(Token { start, end, sentence, clause, is_asked: false, classes });
    }
}

/// How many single letters stand in a row, with little between them.
fn spaced_letters(pieces: &[Piece]) -> usize {
    let is_letter = |piece: &Piece| piece.plain.len() == 1 && piece.kind != Kind::Currency;
    let near = |piece: &Piece| piece.gap.lines == 0 && piece.gap.spaces + piece.gap.signs <= 4;
    let row = pieces.iter().enumerate().take_while(|(i, piece)| is_letter(piece) && (*i == 0 || near(piece))).count();
    let letters = pieces[..row].iter().filter(|piece| piece.kind != Kind::Digits).count();
    // Numbers in a row are numbers.
    if letters * 2 > row { row } else { 0 }
}

/// Parts a row of letters where more is between two of them than between others.
fn spaced_words(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    let usual = pieces[1..].iter().map(|piece| piece.gap.spaces).min().unwrap_or_default();
    pieces.chunk_by(move |_, next| next.gap.spaces <= usual)
}

/// How many pieces are parted by signs alone.
fn joined(pieces: &[Piece]) -> usize {
    let is_word = |piece: &Piece| matches!(piece.kind, Kind::Word { .. } | Kind::Leet);
    let more = pieces.iter().skip(1).take_while(|piece| {
        let gap = piece.gap;
        is_word(piece) && gap.spaces == 0 && gap.lines == 0 && !gap.end && !gap.clause && (1..=2).contains(&gap.signs)
    });
    if is_word(&pieces[0]) { 1 + more.count() } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, locale: Locale) -> Vec<&str> {
        tokens(text, locale, super::super::lexicon::shared())
            .iter()
            .map(|token| &text[token.start..token.end])
            .collect()
    }

    #[test]
    fn letters_are_put_together() {
        assert_eq!(
            words("I n v e s t   in   a   l a r g e   s t o c k", Locale::En),
            ["I n v e s t", "in", "a", "l a r g e", "s t o c k"]
        );
        assert_eq!(
            words("Н.а.ч.н.и.т.е без в.с.я.к.и.х р.и.с.к.о.в", Locale::Ru),
            ["Н.а.ч.н.и.т.е", "без", "в.с.я.к.и.х", "р.и.с.к.о.в"]
        );
    }
}
