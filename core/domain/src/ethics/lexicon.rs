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

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::kazakh;
use super::norm::Norm;
use super::token::{Kind, Piece, Reading, Token, plain, skeleton};
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
    fn complete(&self, classes: &mut Vec<Class>) {
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

struct Compiler {
    lexicon: Lexicon,
    locale: Locale,
    /// The classes of the file that is read.
    named: BTreeMap<String, Class>,
    /// The sets of endings of the file that is read.
    sets: BTreeMap<String, u16>,
    /// Words without a class, by how they are written, and unions.
    unnamed: BTreeMap<(Locale, String), Class>,
    /// Sets of which the first character fell together with the stem's last.
    shortened: BTreeMap<(u16, char), u16>,
}

impl Lexicon {
    /// Compiles files.
    ///
    /// # Errors
    /// What is wrong, with its file and line.
    fn compile(files: &[(Locale, &'static str)]) -> Result<Self, String> {
        let mut compiler = Compiler {
            lexicon: Self { nodes: vec![Node::default()], ..Self::default() },
            locale: Locale::En,
            named: BTreeMap::new(),
            sets: BTreeMap::new(),
            unnamed: BTreeMap::new(),
            shortened: BTreeMap::new(),
        };
        compiler.lexicon.unions.resize(usize::from(ROLES_END), Vec::new());
        for (locale, text) in files {
            compiler.file(*locale, text)?;
        }
        let lexicon = &mut compiler.lexicon;
        lexicon.by_first.resize(lexicon.unions.len(), Vec::new());
        for (number, pattern) in lexicon.patterns.iter().enumerate() {
            lexicon.by_first[usize::from(pattern.items[0].class)].push(number as u32);
        }
        Ok(compiler.lexicon)
    }
}

impl Compiler {
    fn file(&mut self, locale: Locale, text: &'static str) -> Result<(), String> {
        self.locale = locale;
        self.named = ROLES.iter().map(|(name, class)| ((*name).to_owned(), *class)).collect();
        self.sets.clear();
        if locale == Locale::Kk {
            for (name, back, set) in [
                ("n", true, kazakh::noun(true)),
                ("n", false, kazakh::noun(false)),
                ("v", true, kazakh::verb(true)),
                ("v", false, kazakh::verb(false)),
            ] {
                let number = self.set(set.iter().map(String::as_str));
                self.sets.insert(format!("{name}{}", if back { "-back" } else { "-front" }), number);
            }
        }
        let mut norm = None;
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.split('#').next().unwrap_or_default().trim();
            if text.is_empty() {
                continue;
            }
            self.line(text, &mut norm).map_err(|fault| format!("{locale}.txt:{line}: {fault}: {text}"))?;
        }
        Ok(())
    }

    fn line(&mut self, text: &'static str, norm: &mut Option<Norm>) -> Result<(), String> {
        if let Some(id) = text.strip_prefix('[') {
            *norm = Some(Norm::of_id(id.trim_end_matches(']')).ok_or("no such norm")?);
        } else if let Some(proposal) = text.strip_prefix("> ") {
            let norm = norm.ok_or("outside of a norm")?;
            self.lexicon.proposals.insert((self.locale, norm), proposal.trim());
        } else if let Some((name, words)) = text.split_once(" = ") {
            if let Some(name) = name.trim().strip_prefix('+') {
                let set = self.set(words.split_whitespace().map(|ending| if ending == "-" { "" } else { ending }));
                self.sets.insert(name.to_owned(), set);
                return Ok(());
            }
            let name = name.trim().to_owned();
            let class = match self.named.get(&name) {
                Some(class) => *class,
                None => self.class(),
            };
            self.named.insert(name, class);
            for word in words.split_whitespace() {
                self.word(word, class)?;
            }
        } else {
            let norm = norm.ok_or("outside of a norm")?;
            self.pattern(text, norm)?;
        }
        Ok(())
    }

    fn pattern(&mut self, text: &str, norm: Norm) -> Result<(), String> {
        let (text, any_order) = match text.strip_prefix("& ") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (mut items, mut gap) = (Vec::new(), 0);
        let (mut begins, mut ends) = (false, false);
        for word in text.split_whitespace() {
            if let Some(number) = word.strip_prefix('~') {
                gap = number.parse().map_err(|_| "the gap is no number")?;
            } else if word == "^" {
                begins = true;
            } else if word == "$" {
                ends = true;
            } else {
                items.push(Item { class: self.item(word)?, gap });
                gap = 0;
            }
        }
        if gap > 0 {
            return Err("a gap before nothing".into());
        }
        let length: usize = items.iter().map(|item| usize::from(item.gap) + 1).sum();
        if items.is_empty() || length > super::matcher::WINDOW {
            return Err("nothing, or too long".into());
        }
        let orders = if any_order { orders(&items) } else { vec![items] };
        self.lexicon.patterns.extend(orders.into_iter().map(|items| Pattern { norm, items, begins, ends }));
        Ok(())
    }

    /// The class of an item: named, a word, or a union of such.
    fn item(&mut self, text: &str) -> Result<Class, String> {
        let key = (self.locale, text.to_owned());
        if let Some(class) = self.unnamed.get(&key) {
            return Ok(*class);
        }
        let parts: Vec<&str> = text.split('|').collect();
        let class = match (&parts[..], text.strip_prefix('\'')) {
            ([_], None) => return self.named.get(text).copied().ok_or_else(|| format!("no class {text}")),
            ([_], Some(word)) => {
                let class = self.class();
                self.word(word, class)?;
                class
            }
            _ => {
                let union = self.class();
                for part in parts {
                    let part = self.item(part)?;
                    self.lexicon.unions[usize::from(part)].push(union);
                }
                union
            }
        };
        self.unnamed.insert(key, class);
        Ok(class)
    }

    fn word(&mut self, text: &str, class: Class) -> Result<(), String> {
        if let Some(tail) = text.strip_prefix('*') {
            let tail = skeleton_of(tail).1;
            if !TAILS.contains(&tail.len()) {
                return Err("a tail is too short or too long".into());
            }
            self.lexicon.tails.entry(tail).or_default().push(class);
            return Ok(());
        }
        let (stem, endings) = match text.split_once('+') {
            Some((stem, name)) => (stem, Some(self.endings(stem, name)?)),
            None => match text.strip_suffix('*') {
                Some(stem) => (stem, Some(self.any())),
                None => (text, None),
            },
        };
        let (letters, skeleton) = skeleton_of(stem);
        if endings.is_none() && letters.len() <= SHORT {
            self.lexicon.short.entry(letters).or_default().push(class);
            self.lexicon.short_disguised.entry(skeleton).or_default().push(class);
            return Ok(());
        }
        let Some(last) = skeleton.last().copied() else { return Err("a word without letters".into()) };
        let endings = match endings {
            Some(endings) => endings,
            None => self.endings_of([""], "exact"),
        };
        let mut node = 0;
        for c in skeleton {
            node = self.step(node, c);
        }
        self.lexicon.nodes[node].stems.push((class, endings));
        if let Some(shortened) = self.shorten(endings, last) {
            self.lexicon.nodes[node].stems.push((class, shortened));
        }
        Ok(())
    }

    fn step(&mut self, node: usize, c: char) -> usize {
        let nodes = &mut self.lexicon.nodes;
        match nodes[node].next.binary_search_by_key(&c, |(c, _)| *c) {
            Ok(at) => nodes[node].next[at].1 as usize,
            Err(at) => {
                let new = nodes.len();
                nodes[node].next.insert(at, (c, new as u32));
                nodes.push(Node::default());
                new
            }
        }
    }

    fn class(&mut self) -> Class {
        let class = self.lexicon.unions.len() as Class;
        self.lexicon.unions.push(Vec::new());
        class
    }

    fn endings(&mut self, stem: &str, name: &str) -> Result<u16, String> {
        let by_rule = self.locale == Locale::Kk && (name == "n" || name == "v");
        let name = match (by_rule, kazakh::is_back(stem)) {
            (false, _) => name.to_owned(),
            (true, true) => format!("{name}-back"),
            (true, false) => format!("{name}-front"),
        };
        self.sets.get(&name).copied().ok_or_else(|| format!("no endings +{name}"))
    }

    fn endings_of<const N: usize>(&mut self, endings: [&str; N], name: &str) -> u16 {
        match self.sets.get(name) {
            Some(set) => *set,
            None => {
                let set = self.set(endings);
                self.sets.insert(name.to_owned(), set);
                set
            }
        }
    }

    fn any(&mut self) -> u16 {
        if let Some(set) = self.sets.get("any") {
            return *set;
        }
        self.lexicon.endings.push(Endings::Any);
        let set = (self.lexicon.endings.len() - 1) as u16;
        self.sets.insert("any".into(), set);
        set
    }

    fn set<'a>(&mut self, endings: impl IntoIterator<Item = &'a str>) -> u16 {
        let folded = endings.into_iter().map(|ending| skeleton_of(ending).1);
        self.lexicon.endings.push(Endings::Of(folded.collect()));
        (self.lexicon.endings.len() - 1) as u16
    }

    /// The endings of a set that begin with the stem's last letter, without it: doubled letters are one.
    fn shorten(&mut self, set: u16, last: char) -> Option<u16> {
        if let Some(shortened) = self.shortened.get(&(set, last)) {
            return Some(*shortened);
        }
        let Endings::Of(endings) = &self.lexicon.endings[usize::from(set)] else { return None };
        let rests: BTreeSet<Vec<char>> =
            endings.iter().filter(|ending| ending.first() == Some(&last)).map(|ending| ending[1..].to_vec()).collect();
        if rests.is_empty() {
            return None;
        }
        self.lexicon.endings.push(Endings::Of(rests));
        let shortened = (self.lexicon.endings.len() - 1) as u16;
        self.shortened.insert((set, last), shortened);
        Some(shortened)
    }
}

/// A word of the lexicon, folded, and its skeleton.
fn skeleton_of(text: &str) -> (Vec<char>, Vec<char>) {
    let mut letters = Vec::new();
    text.chars().for_each(|c| plain(c, |c| letters.push(c)));
    let skeleton = skeleton(&letters, Reading::Latin);
    (letters, skeleton)
}

/// Each order of two or three items; the gaps stay in their places.
fn orders(items: &[Item]) -> Vec<Vec<Item>> {
    let orders: &[&[usize]] = match items.len() {
        2 => &[&[0, 1], &[1, 0]],
        3 => &[&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]],
        _ => return vec![items.to_vec()],
    };
    let gaps: Vec<u8> = items.iter().map(|item| item.gap).collect();
    let order = |order: &&[usize]| {
        order.iter().zip(&gaps).map(|(place, gap)| Item { class: items[*place].class, gap: *gap }).collect()
    };
    orders.iter().map(order).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_compile_and_every_norm_has_claims_and_a_proposal_in_each_language() {
        let lexicon = Lexicon::compile(&FILES).unwrap_or_else(|fault| panic!("{fault}"));
        for locale in Locale::ALL {
            for norm in Norm::ALL {
                assert!(!lexicon.proposal(locale, norm).is_empty(), "{locale} {}", norm.id());
            }
        }
        for (locale, file) in FILES {
            for norm in Norm::ALL {
                let lexicon = Lexicon::compile(&[(locale, file)]).expect("compiled above");
                assert!(lexicon.patterns.iter().any(|pattern| pattern.norm == norm), "{locale} {}", norm.id());
            }
        }
        assert!(lexicon.unions.len() < usize::from(Class::MAX));
    }

    #[test]
    fn faults_are_told_with_their_line() {
        let fault = |text| Lexicon::compile(&[(Locale::En, text)]).err().expect("a fault");
        assert_eq!(fault("a = b\n\n[nothing]"), "en.txt:3: no such norm: [nothing]");
        assert_eq!(fault("[no-risk]\na ~2 b"), "en.txt:2: no class a: a ~2 b");
        assert_eq!(fault("a = b+x"), "en.txt:1: no endings +x: a = b+x");
        assert_eq!(fault("'a"), "en.txt:1: outside of a norm: 'a");
    }
}
