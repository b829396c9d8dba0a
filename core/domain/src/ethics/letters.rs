//! What a character is taken for: plain letters, and those that look alike.

use crate::unicode::without_marks;

/// What digits and signs within a word stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// 1 is i, 3 is e, 4 is a.
    Latin,
    /// 1 is l.
    LatinL,
    /// 3 is з, 4 is ч.
    Cyrillic,
    /// 3 is з, 4 is а.
    CyrillicA,
}

impl Reading {
    pub const ALL: [Self; 4] = [Self::Latin, Self::LatinL, Self::Cyrillic, Self::CyrillicA];

    fn letter(self, c: char) -> char {
        let cyrillic = matches!(self, Self::Cyrillic | Self::CyrillicA);
        match c {
            '0' => 'o',
            '1' | '!' | '|' if self == Self::LatinL => 'l',
            '1' | '!' | '|' => 'i',
            '3' if cyrillic => 'з',
            '3' | '€' => 'e',
            '4' if self == Self::Cyrillic => 'ч',
            '4' | '@' => 'a',
            '5' | '$' if cyrillic => 'c',
            '5' | '$' => 's',
            '6' => 'б',
            '7' => 't',
            '8' => 'b',
            '9' => 'g',
            other => other,
        }
    }
}

/// The form in which words are compared: letters that look alike are one, and so are doubled letters.
pub(super) fn skeleton(plain: &[char], reading: Reading) -> Vec<char> {
    skeleton_with_origins(plain, reading).0
}

/// Also tells for each character the first one that it stands for.
pub(super) fn skeleton_with_origins(plain: &[char], reading: Reading) -> (Vec<char>, Vec<usize>) {
    let (mut out, mut origins) = (Vec::with_capacity(plain.len()), Vec::with_capacity(plain.len()));
    for (at, c) in plain.iter().enumerate() {
        let c = alike(reading.letter(*c));
        if out.last() != Some(&c) {
            out.push(c);
            origins.push(at);
        }
    }
    (out, origins)
}

/// One letter for those of Latin, Cyrillic and Greek that look alike, small or large.
pub(super) fn alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'е' | 'ε' | 'є' => 'e',
        'и' | 'і' | 'ι' | 'ı' => 'i',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'н' | 'η' => 'h',
        'о' | 'ο' | 'ө' => 'o',
        'р' | 'ρ' => 'p',
        'с' | 'ϲ' => 'c',
        'т' | 'τ' => 't',
        'у' | 'υ' => 'y',
        'х' | 'χ' | 'һ' => 'x',
        'ѕ' => 's',
        'ј' => 'j',
        'ԁ' => 'd',
        'ԛ' => 'q',
        'ԝ' | 'ω' => 'w',
        'ν' => 'v',
        'ɡ' => 'g',
        other => other,
    }
}

/// Folds a character to plain ones.
pub(super) fn plain(c: char, mut take: impl FnMut(char)) {
    match c {
        'a'..='z' | '0'..='9' | 'а'..='и' | 'к'..='я' => take(c),
        'A'..='Z' => take(c.to_ascii_lowercase()),
        _ => without_marks(std::iter::once(c)).flat_map(char::to_lowercase).for_each(|lower| {
            let plain = match lower {
                'ә' => 'а',
                'ғ' => 'г',
                'қ' => 'к',
                'ң' => 'н',
                'ө' => 'о',
                'ұ' | 'ү' => 'у',
                'һ' => 'х',
                'і' => 'и',
                other => other,
            };
            // The lower case of some letters has marks of its own.
            if plain.is_alphanumeric() {
                take(plain);
            }
        }),
    }
}

pub(super) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bb}' | '\u{2bc}')
}

/// Controls, the soft hyphen, zero-width characters, marks of direction, selectors of variants.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}')
}

/// A sign between letters, as in c@sh.
pub(super) fn stands_for_letter(c: char, before: char, next: char) -> bool {
    match c {
        '$' | '€' => {
            before.is_alphabetic() && next.is_alphabetic() || !before.is_alphanumeric() && next.is_lowercase()
        }
        '@' => before.is_alphanumeric() && next.is_alphanumeric(),
        '!' | '|' => before.is_alphanumeric() && next.is_alphabetic(),
        _ => false,
    }
}
