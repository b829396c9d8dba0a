//! From the files of a lexicon to what is looked up.

use std::collections::{BTreeMap, BTreeSet};

use super::{Class, Endings, Item, Lexicon, Node, Pattern, ROLES, ROLES_END, SHORT, TAILS};
use crate::company::Locale;
use crate::ethics::kazakh;
use crate::ethics::letters::{Reading, plain, skeleton};
use crate::ethics::matcher::WINDOW;
use crate::ethics::norm::Norm;

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
    pub(super) fn compile(files: &[(Locale, &'static str)]) -> Result<Self, String> {
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
        if items.is_empty() || length > WINDOW {
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
    use super::super::FILES;
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
