//! What is known of the four languages: words with their endings, and claims as patterns over them.
//!
//! A file has one thing a line. `#` begins a remark.
//!
//! - `+n = - a ов` names a set of endings; `-` is none. Kazakh has `+n` and `+v` by rule ([`super::kazakh`]).
//! - `income = доход+n прибыл+f` names a class of words: a stem and its endings, a whole word, `стем*` with any ending, or `*майды` for
//!   what a word ends with. Some classes have a role for numbers and denials; see the constants here.
//! - `[income-guaranteed]` begins a norm, `> …` is its proposal.
//! - `income ~3 guarantee` is a claim: classes in their order, `~3` lets up to three words stand between. `'слово+n` is a word without a
//!   class, `a|b` is either. `^` stands for the beginning of a sentence and `$` for its end. `& a ~2 b` takes any order.

mod compile;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::letters::{Reading, skeleton};
use super::norm::Norm;
use super::piece::{Kind, Piece};
use crate::company::Locale;

/// What a word is known as.
pub(super) type Class = u16;

/// A number, and nothing is known of it.
pub(super) const NUMBER: Class = 0;
/// A number that could be an amount of money: from a thousand on.
pub(super) const AMOUNT: Class = 1;
/// An amount with its currency.
pub(super) const MONEY: Class = 2;
/// Of money: tenge, $.
pub(super) const CURRENCY: Class = 3;
/// Thousand, million.
pub(super) const MULTIPLE: Class = 4;
/// What is counted and is no money: points, people.
pub(super) const UNIT: Class = 5;
/// Denies what follows in its clause: not, nobody.
pub(super) const NEG: Class = 6;
/// Denies the next word or two: no, without.
pub(super) const NEG1: Class = 7;
/// Behind a denial it takes the denial upon itself: don't *wait*, not *only*, no *experience*.
pub(super) const SPENT: Class = 8;
/// Behind a denial it carries it on: without *promising*.
pub(super) const PROMISE: Class = 9;
/// Says of the sentence's claim that it is false or forbidden.
pub(super) const DENY: Class = 10;
/// Denies what stands before it in its clause.
pub(super) const AFTER: Class = 11;
/// With a denial before it denies what stands before both: does not *exist*.
pub(super) const EXIST: Class = 12;
/// Begins another clause: but.
pub(super) const BUT: Class = 13;
/// Answers a question with no.
pub(super) const ANSWER_NO: Class = 14;
/// Goes on behind a comma with what was begun: that, who.
pub(super) const THAT: Class = 15;
/// Who buys; customers may buy, whatever rank follows.
pub(super) const CUSTOMER: Class = 16;
/// The classes up to here have a role.
const ROLES_END: Class = 17;

const ROLES: [(&str, Class); 17] = [
    ("number", NUMBER),
    ("amount", AMOUNT),
    ("money", MONEY),
    ("currency", CURRENCY),
    ("multiple", MULTIPLE),
    ("unit", UNIT),
    ("neg", NEG),
    ("neg1", NEG1),
    ("spent", SPENT),
    ("promise", PROMISE),
    ("deny", DENY),
    ("after", AFTER),
    ("exist", EXIST),
    ("but", BUT),
    ("answer-no", ANSWER_NO),
    ("that", THAT),
    ("customer", CUSTOMER),
];

const FILES: [(Locale, &str); 4] = [
    (Locale::En, include_str!("lexicon/en.txt")),
    (Locale::Es, include_str!("lexicon/es.txt")),
    (Locale::Kk, include_str!("lexicon/kk.txt")),
    (Locale::Ru, include_str!("lexicon/ru.txt")),
];

/// Whole words up to this length are compared as they are written: as skeletons, words of different scripts would be the same.
const SHORT: usize = 3;

/// A claim.
#[derive(Debug)]
pub(super) struct Pattern {
    pub norm: Norm,
    pub items: Vec<Item>,
    /// It begins where a sentence begins.
    pub begins: bool,
    /// It ends where a sentence ends.
    pub ends: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub class: Class,
    /// How many words may stand between the item before and this one.
    pub gap: u8,
}

/// All of it, compiled.
#[derive(Default)]
pub(super) struct Lexicon {
    nodes: Vec<Node>,
    endings: Vec<Endings>,
    short: BTreeMap<Vec<char>, Vec<Class>>,
    /// As skeletons; for words in disguise.
    short_disguised: BTreeMap<Vec<char>, Vec<Class>>,
    /// Ends of words, as skeletons.
    tails: BTreeMap<Vec<char>, Vec<Class>>,
    /// The classes that hold a class.
    unions: Vec<Vec<Class>>,
    pub patterns: Vec<Pattern>,
    /// Patterns by the class of their first item.
    pub by_first: Vec<Vec<u32>>,
    proposals: BTreeMap<(Locale, Norm), &'static str>,
}

/// A place in the tree of stems.
#[derive(Default)]
struct Node {
    /// Sorted.
    next: Vec<(char, u32)>,
    /// The stems that end here, with their endings.
    stems: Vec<(Class, u16)>,
}

enum Endings {
    Any,
    Of(BTreeSet<Vec<char>>),
}

/// The lexicon, compiled once.
pub(super) fn shared() -> &'static Lexicon {
    static SHARED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::compile(&FILES).expect("a test compiles these files"));
    &SHARED
}

impl Lexicon {
    /// Everything that a piece is known as is added to `classes`.
    pub fn look_up(&self, piece: &Piece, classes: &mut Vec<Class>) {
        let word = &piece.plain;
        match piece.kind {
            Kind::Digits | Kind::Currency => return,
            Kind::Word { disguised } => {
                if word.len() <= SHORT {
                    let map = if disguised { &self.short_disguised } else { &self.short };
                    let word = if disguised { &skeleton(word, Reading::Latin) } else { word };
                    classes.extend(map.get(word).into_iter().flatten().filter(|class| !disguised || !is_role(**class)));
                }
                self.walk(&skeleton(word, Reading::Latin), classes);
            }
            Kind::Leet => {
                for reading in Reading::ALL {
                    let word = skeleton(word, reading);
                    if word.len() <= SHORT {
                        let known = self.short_disguised.get(&word).into_iter().flatten();
                        classes.extend(known.filter(|class| !is_role(**class)));
                    }
                    self.walk(&word, classes);
                }
            }
        }
        self.complete(classes);
    }

    /// The longest word that a skeleton begins with, its length, and what it is known as.
    pub fn longest(&self, skeleton: &[char]) -> Option<(usize, Vec<Class>)> {
        let mut found = (0, Vec::new());
        self.stems(skeleton, |stem, class, endings| {
            let rest = &skeleton[stem..];
            let length = match endings {
                Endings::Any => Some(0),
                Endings::Of(endings) => {
                    (0..=rest.len().min(LONGEST_ENDING)).rev().find(|length| endings.contains(&rest[..*length]))
                }
            };
            let Some(length) = length.map(|length| stem + length).filter(|length| *length > SHORT) else { return };
            if length > found.0 {
                found = (length, Vec::new());
            }
            if length == found.0 {
                found.1.push(class);
            }
        });
        self.complete(&mut found.1);
        (found.0 > 0).then_some(found)
    }

    pub fn proposal(&self, locale: Locale, norm: Norm) -> &'static str {
        self.proposals.get(&(locale, norm)).copied().unwrap_or_default()
    }

    fn walk(&self, skeleton: &[char], classes: &mut Vec<Class>) {
        self.stems(skeleton, |stem, class, endings| {
            let fits = match endings {
                Endings::Any => true,
                Endings::Of(endings) => endings.contains(&skeleton[stem..]),
            };
            if fits {
                classes.push(class);
            }
        });
        for length in TAILS {
            // A tail alone is another word.
            if length + 1 < skeleton.len() {
                classes.extend(self.tails.get(&skeleton[skeleton.len() - length..]).into_iter().flatten());
            }
        }
    }

    /// The stems that a skeleton begins with.
    fn stems(&self, skeleton: &[char], mut take: impl FnMut(usize, Class, &Endings)) {
        let mut node = &self.nodes[0];
        for (at, c) in skeleton.iter().enumerate() {
            let Ok(next) = node.next.binary_search_by_key(c, |(c, _)| *c) else { return };
            node = &self.nodes[node.next[next].1 as usize];
            for (class, endings) in &node.stems {
                take(at + 1, *class, &self.endings[usize::from(*endings)]);
            }
        }
    }

    /// Adds the classes that hold these.
    pub(super) fn complete(&self, classes: &mut Vec<Class>) {
        for at in 0..classes.len() {
            classes.extend_from_slice(&self.unions[usize::from(classes[at])]);
        }
        classes.sort_unstable();
        classes.dedup();
    }
}

/// The lengths of tails.
const TAILS: std::ops::RangeInclusive<usize> = 4..=7;

/// The longest ending of any set, in characters.
const LONGEST_ENDING: usize = 14;

pub(super) fn is_role(class: Class) -> bool {
    (NEG..ROLES_END).contains(&class)
}
