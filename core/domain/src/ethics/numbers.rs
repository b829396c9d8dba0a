//! Numbers with what belongs to them: thousands in groups, words for them, and the currency.

use super::lexicon::{AMOUNT, CURRENCY, Lexicon, MONEY, MULTIPLE, NUMBER, UNIT};
use super::token::Token;

/// Makes one token of a number with its thousands and its currency.
pub(super) fn join_numbers(lexicon: &Lexicon, tokens: &mut Vec<Token>, text: &str) {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = std::mem::take(tokens).into_iter().peekable();
    while let Some(mut token) = rest.next() {
        let has = |token: &Token, class| token.classes.contains(&class);
        let (mut number, mut currency, mut multiple) =
            (has(&token, NUMBER), has(&token, CURRENCY), has(&token, MULTIPLE));
        if !(number || currency || multiple) {
            out.push(token);
            continue;
        }
        let mut digits = text[token.start..token.end].to_owned();
        let mut grouped = false;
        while let Some(next) = rest.peek() {
            if next.sentence != token.sentence {
                break;
            }
            let between = text.get(token.end..next.start).unwrap_or_default();
            let near = between.chars().count() <= 3;
            let group = has(next, NUMBER) && next.end - next.start == 3 && number && !multiple && near;
            if group && between.chars().all(|c| c.is_whitespace() || ".,'’".contains(c)) {
                grouped = true;
                digits.push_str(&text[next.start..next.end]);
            } else if has(next, NUMBER) && currency && !number && !multiple && near {
                number = true;
                digits = text[next.start..next.end].to_owned();
            } else if has(next, MULTIPLE) && !multiple && number {
                multiple = true;
            } else if has(next, CURRENCY) && !currency {
                currency = true;
            } else {
                break;
            }
            token.end = token.end.max(next.end);
            token.is_asked = next.is_asked;
            rest.next();
        }
        let is_counted = rest.peek().is_some_and(|next| next.sentence == token.sentence && has(next, UNIT));
        let value = value(&digits);
        let is_year = !grouped && !multiple && (1900..=2100).contains(&value);
        if number {
            // What remains is what was written without figures.
            token.classes.retain(|class| *class != MULTIPLE && *class != CURRENCY);
        }
        if (number || multiple) && !is_counted {
            if currency {
                token.classes.extend([AMOUNT, MONEY]);
            } else if number && (multiple || value >= 1000 && !is_year) {
                token.classes.push(AMOUNT);
            }
        }
        lexicon.complete(&mut token.classes);
        out.push(token);
    }
    *tokens = out;
}

/// The number that digits make, as far as it matters here.
fn value(digits: &str) -> u64 {
    let digits = digits.chars().filter_map(|c| c.to_digit(10)).take(12);
    digits.fold(0, |value, digit| value * 10 + u64::from(digit))
}
