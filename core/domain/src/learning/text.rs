//! Texts and numbers as people type them: the form in which short answers are compared, and decimals in millionths.

use super::Decimal;
use crate::company::Locale;
use crate::unicode::without_marks;

/// The longest answer that is read, in characters (Unicode scalar values); what is beyond is cut.
pub const MAX_ANSWER_CHARS: usize = 500;

/// Decimals that a [`Decimal`] keeps.
const PLACES: usize = 6;

/// The form in which short answers are compared, at most [`MAX_ANSWER_CHARS`] long.
///
/// Compatibility decomposition (NFKD, Unicode Standard Annex 15) without combining marks (so that ё is е, й is и, ñ is n), in lower
/// case; Kazakh letters as the Russian ones that people type where the keyboard lacks them; one kind of dash and of apostrophe; no
/// invisible characters; one space between words; no punctuation around words and no dash between them. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut words = Words { out: String::with_capacity(text.len().min(4 * MAX_ANSWER_CHARS) + 1), start: 0 };
    for c in text.chars().take(MAX_ANSWER_CHARS) {
        match c {
            // What most texts consist of, without a look into the tables of Unicode.
            'a'..='z' | '0'..='9' | 'а'..='и' | 'к'..='я' => words.out.push(c),
            '\0'..='\x7f' => words.add(plain(c.to_ascii_lowercase())),
            // Typed as an apostrophe; its decomposition begins with a space.
            '´' => words.add('\''),
            _ => {
                without_marks(std::iter::once(c)).flat_map(char::to_lowercase).for_each(|lower| words.add(plain(lower)))
            }
        }
    }
    words.finish()
}

/// Reads a number that a person typed: a comma or a point before the decimals; a sign (also U+2212); groups of three digits parted by
/// any of the spaces; a currency sign before or after, a percent sign after. Beyond six decimals it is rounded, halves away from zero.
/// `None` where the text is no such number, is longer than [`MAX_ANSWER_CHARS`], or the number doesn't fit.
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    if text.chars().nth(MAX_ANSWER_CHARS).is_some() {
        return None;
    }
    let text = text.trim();
    let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.trim_start();
    let text = text.strip_prefix(is_currency).unwrap_or(text).trim_start();
    let text = text.strip_suffix(|c| c == '%' || is_currency(c)).unwrap_or(text).trim_end();

    let (whole, decimals) = text.split_once([',', '.']).unwrap_or((text, ""));
    if whole.is_empty() && decimals.is_empty() {
        return None;
    }
    let mut millionths = parse_groups(whole)?.checked_mul(super::FULL.into())?;
    let mut worth = i64::from(super::FULL) / 10;
    for (place, c) in decimals.chars().enumerate() {
        let digit = i64::from(c.to_digit(10)?);
        let add = if place == PLACES { digit / 5 } else { digit * worth };
        millionths = millionths.checked_add(add)?;
        worth /= 10;
    }
    Some(if negative { -millionths } else { millionths })
}

/// Writes a number without needless zeros, with the point or comma that the language uses; [`parse_decimal`] reads it back.
pub fn format_decimal(value: Decimal, locale: Locale) -> String {
    let unit = u64::from(super::FULL.unsigned_abs());
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let mut text = format!("{sign}{}", magnitude / unit);
    let millionths = magnitude % unit;
    if millionths > 0 {
        text.push(if locale == Locale::En { '.' } else { ',' });
        text.push_str(format!("{millionths:06}").trim_end_matches('0'));
    }
    text
}

/// Folded words, each followed by a space while the text grows.
struct Words {
    out: String,
    /// Where the current word starts, in bytes.
    start: usize,
}

impl Words {
    fn add(&mut self, c: char) {
        if c.is_whitespace() {
            self.end_word();
        } else if !is_invisible(c) && (self.out.len() > self.start || !is_edge(c)) {
            self.out.push(c);
        }
    }

    fn end_word(&mut self) {
        let word = self.out[self.start..].trim_end_matches(is_edge);
        let length = if word.bytes().all(|b| b == b'-') { 0 } else { word.len() };
        self.out.truncate(self.start + length);
        if length > 0 {
            self.out.push(' ');
            self.start = self.out.len();
        }
    }

    fn finish(mut self) -> String {
        self.end_word();
        // A few characters decompose into many.
        if self.out.len() > MAX_ANSWER_CHARS
            && let Some((end, _)) = self.out.char_indices().nth(MAX_ANSWER_CHARS)
        {
            self.out.truncate(end);
            self.start = self.out.rfind(' ').map_or(0, |space| space + 1);
            self.end_word();
        }
        if self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out
    }
}

/// One character for those that are typed one for another.
fn plain(c: char) -> char {
    match c {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '`' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bb}' | '\u{2bc}' => '\'',
        other => other,
    }
}

/// Punctuation that doesn't count at the beginning and the end of a word.
fn is_edge(c: char) -> bool {
    !c.is_alphanumeric() && ".,;:!?\"'*_()[]{}¿¡«»‹›„“”‟‚…·•".contains(c)
}

/// Controls, the soft hyphen, zero-width characters, marks of direction.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}')
}

/// Reads digits; where there are spaces, the first group has one to three digits and each further one three.
fn parse_groups(text: &str) -> Option<i64> {
    let mut value = 0_i64;
    for (i, group) in text.split(char::is_whitespace).enumerate() {
        let grouped = i > 0;
        if grouped && (group.len() != 3 || text.find(char::is_whitespace) > Some(3)) {
            return None;
        }
        for c in group.chars() {
            value = value.checked_mul(10)?.checked_add(c.to_digit(10)?.into())?;
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_answer_in_its_many_spellings() {
        for (typed, accepted) in [
            ("  Ёлка,  ЗЕЛЁНАЯ! ", "елка зеленая"),
            ("Чайный гриб.", "чаиныи гриб"),
            ("«Қадам»", "кадам"),
            ("ӘҒҚҢӨҰҮҺІ әғқңөұүһі", "агкноуухи агкноуухи"),
            ("¿Mañana, señor?", "manana senor"),
            ("„Gut“ “good” …", "gut good"),
            ("don’t", "don't"),
            ("вот — так", "вот так"),
            ("e‑mail", "e-mail"),
            ("-5", "-5"),
            ("ﬁrst\u{a0}½", "first 1⁄2"),
            ("co\u{ad}op\u{200b}", "coop"),
            ("15%", "15%"),
            ("?!…", ""),
            ("", ""),
        ] {
            assert_eq!(fold(typed), accepted, "{typed}");
        }
        assert_eq!(fold(&"ы".repeat(501)), "ы".repeat(500));
    }

    #[test]
    fn every_character_folds_to_what_stays() {
        for c in '\0'..=char::MAX {
            let once = fold(&format!("a{c}b"));
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn numbers_as_people_type_them() {
        for (typed, value) in [
            ("15", 15_000_000),
            (" 15 % ", 15_000_000),
            ("15%", 15_000_000),
            ("0,5", 500_000),
            ("-0.5", -500_000),
            ("\u{2212} 0,5", -500_000),
            ("+.5", 500_000),
            ("5.", 5_000_000),
            ("12 000", 12_000_000_000),
            ("1\u{a0}234\u{202f}567,89", 1_234_567_890_000),
            ("12\u{2009}000 ₸", 12_000_000_000),
            ("$15", 15_000_000),
            ("-$ 15", -15_000_000),
            ("0.1234564999", 123_456),
            ("0.1234565", 123_457),
            ("-0.1234565", -123_457),
            ("0.9999999", 1_000_000),
            ("9223372036854.775807", i64::MAX),
        ] {
            assert_eq!(parse_decimal(typed), Some(value), "{typed}");
        }
        for typed in [
            "",
            " ",
            ".",
            "-",
            "%",
            "a",
            "1a",
            "1 2",
            "12 00",
            "1234 567",
            "1  000",
            "1,000.5",
            "1.2.3",
            "0.1234567x",
            "--1",
            "1e3",
            "15 000 %%",
            "9223372036854.775808",
            "99999999999999999999",
            "٣",
            "1,5 000",
            "1 000,5 00",
        ] {
            assert_eq!(parse_decimal(typed), None, "{typed}");
        }
        assert_eq!(parse_decimal(&"0".repeat(501)), None);
    }

    proptest! {
        #[test]
        fn any_text_folds_and_stays(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
            parse_decimal(&text);
        }

        #[test]
        fn hard_texts_fold_and_stay(text in "[ .\\-'«a1ыҚ\u{fdfa}\u{301}\u{a0}…´½]{0,900}") {
            let once = fold(&text);
            prop_assert!(once.chars().count() <= MAX_ANSWER_CHARS);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn odd_numbers_do_not_panic(text in "[-+\u{2212}0-9., %$€\u{a0}]{0,30}") {
            parse_decimal(&text);
        }

        #[test]
        fn a_number_reads_what_it_writes(value in -i64::MAX..=i64::MAX, small in -2_000_000_i64..2_000_000) {
            for (value, locale) in [(value, Locale::En), (small, Locale::Ru)] {
                prop_assert_eq!(parse_decimal(&format_decimal(value, locale)), Some(value));
            }
        }
    }
}
