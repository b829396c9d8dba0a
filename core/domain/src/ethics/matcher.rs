//! Where a text makes a claim, and where it denies one.

use std::ops::Range;

use super::lexicon::{AFTER, ANSWER_NO, CUSTOMER, Class, DENY, EXIST, Lexicon, NEG, NEG1, PROMISE, Pattern, SPENT};
use super::norm::Norm;
use super::token::Token;

/// Words that one claim may span, and so the most that is looked at from each word on.
pub(super) const WINDOW: usize = 32;

/// How far before a claim a denial is looked for, in words.
const REACH: usize = 7;

/// How far it reaches where it denies that something may be said (*do not tell* a customer that the cream heals).
const FAR_REACH: usize = 14;

/// How far a short denial reaches (*no* easy money).
const SHORT_REACH: usize = 2;

/// How far behind a claim a denial is looked for.
const REACH_BEHIND: usize = 5;

/// How far from a claim a word may stand that calls it false or forbidden.
const REACH_DENY: usize = 16;

/// A claim that is made.
pub(super) struct Match {
    pub norm: Norm,
    /// In bytes of the text.
    pub span: Range<usize>,
}

/// All claims that are made and not denied, by where they begin.
pub(super) fn matches(tokens: &[Token], lexicon: &Lexicon) -> Vec<Match> {
    let mut found = Vec::new();
    for first in 0..tokens.len() {
        for class in &tokens[first].classes {
            for number in &lexicon.by_first[usize::from(*class)] {
                let pattern = &lexicon.patterns[*number as usize];
                let Some(places) = place(pattern, tokens, first) else { continue };
                if !is_denied(tokens, &places, *class) && !is_customers(pattern, tokens, &places) {
                    let end = places.iter().map(|at| tokens[*at].end).max().unwrap_or_default();
                    found.push(Match { norm: pattern.norm, span: tokens[first].start..end });
                }
            }
        }
    }
    found
}

/// The words that fulfil a pattern which begins at `first`; of several the nearest.
fn place(pattern: &Pattern, tokens: &[Token], first: usize) -> Option<Vec<usize>> {
    let sentence = tokens[first].sentence;
    if pattern.begins && first > 0 && tokens[first - 1].sentence == sentence {
        return None;
    }
    let end = tokens.len().min(first + WINDOW);
    let end =
        tokens[first..end].iter().position(|token| token.sentence != sentence).map_or(end, |length| first + length);
    let ends_here = |at: usize| !pattern.ends || tokens.get(at + 1).is_none_or(|next| next.sentence != sentence);

    // Which words of the window each item may be, given the items before: one bit a word.
    let mut reached = [0_u32; WINDOW];
    reached[0] = 1;
    for (number, item) in pattern.items.iter().enumerate().skip(1) {
        let mut near = 0_u32;
        for step in 1..=u32::from(item.gap) + 1 {
            near |= reached[number - 1].checked_shl(step).unwrap_or_default();
        }
        let mut bits = near;
        while bits != 0 {
            let bit = bits.trailing_zeros();
            bits &= bits - 1;
            let at = first + bit as usize;
            if at < end && tokens[at].classes.contains(&item.class) {
                reached[number] |= 1 << bit;
            }
        }
        if reached[number] == 0 {
            return None;
        }
    }

    let count = pattern.items.len();
    let mut places = vec![0; count];
    let mut last = reached[count - 1];
    loop {
        if last == 0 {
            return None;
        }
        let bit = last.trailing_zeros();
        last &= last - 1;
        if ends_here(first + bit as usize) {
            places[count - 1] = bit;
            break;
        }
    }
    for number in (1..count).rev() {
        let here = places[number];
        let gap = u32::from(pattern.items[number].gap) + 1;
        let before = reached[number - 1] & ((1_u64 << here) - 1) as u32;
        // The nearest one before it.
        places[number - 1] = 31 - before.leading_zeros();
        debug_assert!(here - places[number - 1] <= gap, "reached from there");
    }
    Some(places.into_iter().map(|bit| first + bit as usize).collect())
}

/// Whether it is customers who buy.
fn is_customers(pattern: &Pattern, tokens: &[Token], places: &[usize]) -> bool {
    /// Words between the customers and what they do.
    const NEAR: usize = 3;
    let first = places[0];
    let before = (first.saturating_sub(NEAR)..first).filter(|at| tokens[*at].sentence == tokens[first].sentence);
    let within = places[1..].iter().map(|at| at - 1);
    pattern.norm == Norm::BuyToQualify && before.chain(within).any(|at| tokens[at].classes.contains(&CUSTOMER))
}

/// Whether the sentence denies the claim at these places, which begins with a word of the class `begin`.
fn is_denied(tokens: &[Token], places: &[usize], begin: Class) -> bool {
    let (first, last) = (places[0], places[places.len() - 1]);
    let Token { sentence, mut clause, .. } = tokens[first];
    let has = |at: usize, class: Class| tokens[at].classes.contains(&class);
    let in_sentence = |at: usize| tokens.get(at).is_some_and(|token| token.sentence == sentence);
    let is_spent = |at: usize| {
        let next = |at: usize| in_sentence(at) && !places.contains(&at) && has(at, SPENT);
        next(at + 1) || next(at + 2) && !places.contains(&(at + 1))
    };
    let denies = |at: usize| (has(at, NEG) || has(at, NEG1)) && !is_spent(at);

    if (first..last).any(|at| !places.contains(&at) && denies(at)) {
        return true;
    }
    for at in (first.saturating_sub(FAR_REACH)..first).rev() {
        // Behind a comma an enumeration goes on: no product treats, heals or prevents.
        let goes_on = |at: usize| has(at, begin) && tokens[at].clause + 1 == clause;
        if tokens[at].clause != clause && goes_on(at) {
            clause -= 1;
        }
        if tokens[at].sentence != sentence || tokens[at].clause != clause {
            break;
        }
        let carried = (at + 1..first).any(|between| has(between, PROMISE));
        let reach = match (carried, has(at, NEG)) {
            (true, true) => FAR_REACH,
            (true, false) | (false, true) => REACH,
            (false, false) => SHORT_REACH,
        };
        if denies(at) && first - at <= reach {
            return true;
        }
    }
    let clause = tokens[last].clause;
    let behind = tokens.iter().enumerate().skip(last + 1).take(REACH_BEHIND);
    for (at, _) in behind.take_while(|(_, token)| token.sentence == sentence && token.clause == clause) {
        let exists = |at: usize| in_sentence(at) && has(at, EXIST);
        let is_let_go = has(at, SPENT) || has(at - 1, SPENT) && at - 1 > last;
        if has(at, AFTER) && !is_let_go || (has(at, NEG) || has(at, NEG1)) && (exists(at + 1) || exists(at + 2)) {
            return true;
        }
    }
    let around = first.saturating_sub(REACH_DENY)..tokens.len().min(last + 1 + REACH_DENY);
    let is_undone = |at: usize| {
        let before = |at: usize| in_sentence(at) && (has(at, NEG) || has(at, NEG1));
        at > 0 && before(at - 1) || at > 1 && before(at - 2)
    };
    for at in around {
        if in_sentence(at) && !places.contains(&at) && has(at, DENY) && !is_undone(at) {
            return true;
        }
    }
    is_answered_no(tokens, last)
}

/// Whether the claim is a question to which the next sentence says no.
fn is_answered_no(tokens: &[Token], last: usize) -> bool {
    let sentence = tokens[last].sentence;
    let behind = tokens[last..].iter().take(WINDOW).position(|token| token.sentence != sentence);
    let Some(behind) = behind.map(|length| last + length) else { return false };
    tokens[behind - 1].is_asked && tokens[behind].classes.contains(&ANSWER_NO)
}
