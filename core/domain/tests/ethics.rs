//! The linter against sentences that people wrote: what must be refused, by norm, and what must pass, in each language.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use proptest::prelude::*;
use proptest::sample::Index;
use qadam_domain::company::Locale;
use qadam_domain::ethics::{Context, Finding, Norm, lint};

/// How many sentences of each kind there are at least in each language.
const LEAST: usize = 120;

fn lines(locale: Locale, kind: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/ethics/{locale}.{kind}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// Sentences with the norm that each breaks.
fn refused(locale: Locale) -> Vec<(Norm, String)> {
    let mut norm = None;
    let mut sentences = Vec::new();
    for line in lines(locale, "refuse") {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(id) => norm = Some(Norm::of_id(id).unwrap_or_else(|| panic!("no norm {id}"))),
            None => sentences.push((norm.expect("a norm comes first"), line)),
        }
    }
    sentences
}

fn norms(findings: &[Finding]) -> BTreeSet<Norm> {
    findings.iter().map(|finding| finding.norm).collect()
}

#[test]
fn what_breaks_a_norm_is_refused() {
    let mut missed = Vec::new();
    for locale in Locale::ALL {
        let sentences = refused(locale);
        assert!(sentences.len() >= LEAST, "{locale}: {}", sentences.len());
        for norm in Norm::ALL {
            assert!(sentences.iter().any(|(other, _)| *other == norm), "{locale}: {}", norm.id());
        }
        for (norm, sentence) in sentences {
            let found = norms(&lint(&sentence, locale, Context::Plain));
            if !found.contains(&norm) {
                let found: Vec<&str> = found.iter().map(|norm| norm.id()).collect();
                missed.push(format!("{locale} {} {found:?}: {sentence}", norm.id()));
            }
        }
    }
    assert!(missed.is_empty(), "{} pass:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_is_honest_passes() {
    let mut refused = Vec::new();
    for locale in Locale::ALL {
        let sentences = lines(locale, "pass");
        assert!(sentences.len() >= LEAST, "{locale}: {}", sentences.len());
        for sentence in sentences {
            for finding in lint(&sentence, locale, Context::Plain) {
                refused.push(format!("{locale} {} “{}”: {sentence}", finding.norm.id(), finding.words));
            }
        }
    }
    assert!(refused.is_empty(), "{} are refused:\n{}", refused.len(), refused.join("\n"));
}

#[test]
fn places_and_proposals_are_told() {
    let text = "Так вот: «Финансовая свобода» ждёт вас. Доставка стоит 500 тенге.";
    let findings = lint(text, Locale::Ru, Context::Plain);
    assert_eq!(findings.len(), 1);
    let finding = &findings[0];
    assert_eq!((finding.words.as_str(), finding.norm), ("Финансовая свобода", Norm::FinancialFreedom));
    assert_eq!(&text[finding.span.clone()], finding.words);
    assert_eq!(finding.reason(), "ethics.financial-freedom");
    assert!(finding.proposal.starts_with("Кому-то остатка"), "{}", finding.proposal);
    assert!(lint(text, Locale::Kk, Context::Plain)[0].proposal.starts_with("Кей адамға"));
    for norm in Norm::ALL {
        assert_eq!(Norm::of_id(norm.id()), Some(norm));
        assert!(!norm.source().is_empty());
    }
}

#[test]
fn a_figure_needs_its_disclosure_and_an_example_may_say_anything() {
    let text = "Dana makes 500 dollars a week.";
    assert_eq!(norms(&lint(text, Locale::En, Context::Plain)), BTreeSet::from([Norm::EarningsFigure]));
    assert!(lint(text, Locale::En, Context::Disclosed).is_empty());
    let worse = "Dana makes 500 dollars a week, guaranteed income without risk.";
    assert_eq!(
        norms(&lint(worse, Locale::En, Context::Disclosed)),
        BTreeSet::from([Norm::IncomeGuaranteed, Norm::NoRisk])
    );
    assert!(lint(worse, Locale::En, Context::Example).is_empty());
}

#[test]
fn languages_may_mix() {
    for (text, locale) in [
        ("Біздің командада — пассивный доход!", Locale::Kk),
        ("Nuestro lema: financial freedom.", Locale::Es),
        ("#ФинансоваяСвобода с нами", Locale::Ru),
        ("#financialfreedom", Locale::En),
    ] {
        assert!(!lint(text, locale, Context::Plain).is_empty(), "{text}");
    }
}

/// How a word may be disguised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trick {
    Upper,
    /// Letters of the other script that look alike.
    Alike,
    /// Digits for letters, by one of the readings that people use.
    Leet(usize),
    Spaced,
    Joined(char),
    /// A hyphen or a point in the midst of the word.
    Split(char),
    Invisible(char),
    Doubled,
    /// Marks over letters.
    Accents,
    /// Without the marks that the language has.
    Plain,
    /// Full-width forms, as compatibility characters stand for all.
    Wide,
}

const TRICKS: [Trick; 19] = [
    Trick::Upper,
    Trick::Alike,
    Trick::Leet(0),
    Trick::Leet(1),
    Trick::Leet(2),
    Trick::Leet(3),
    Trick::Spaced,
    Trick::Joined('-'),
    Trick::Joined('.'),
    Trick::Joined('·'),
    Trick::Joined('_'),
    Trick::Split('-'),
    Trick::Split('.'),
    Trick::Invisible('\u{200b}'),
    Trick::Invisible('\u{ad}'),
    Trick::Doubled,
    Trick::Accents,
    Trick::Plain,
    Trick::Wide,
];

const LEET: [&[(char, char)]; 4] = [
    &[('o', '0'), ('о', '0'), ('i', '1'), ('e', '3'), ('е', '3'), ('a', '4'), ('а', '4'), ('s', '5'), ('t', '7')],
    &[('o', '0'), ('l', '1'), ('e', '3'), ('a', '@'), ('t', '7'), ('b', '8')],
    &[('о', '0'), ('з', '3'), ('ч', '4'), ('б', '6'), ('в', '8'), ('т', '7')],
    &[('о', '0'), ('з', '3'), ('а', '4'), ('б', '6'), ('а', '@')],
];

const ALIKE: &[(char, char)] = &[
    ('a', 'а'),
    ('e', 'е'),
    ('o', 'о'),
    ('p', 'р'),
    ('c', 'с'),
    ('x', 'х'),
    ('y', 'у'),
    ('i', 'і'),
    ('k', 'к'),
    ('m', 'м'),
    ('t', 'т'),
];

impl Trick {
    /// Disguises the longer words of a sentence; `dice` decides for each letter.
    fn apply(self, sentence: &str, mut dice: impl FnMut() -> bool) -> String {
        if self == Self::Upper {
            return sentence.to_uppercase();
        }
        let between = if self == Self::Spaced { "   " } else { " " };
        let words = sentence.split(' ').map(|word| {
            let letters = word.chars().filter(|c| c.is_alphabetic()).count();
            if letters < 4 || word.chars().any(|c| c.is_ascii_digit() || "-'’".contains(c)) {
                word.to_owned()
            } else {
                self.word(word, letters, &mut dice)
            }
        });
        words.collect::<Vec<_>>().join(between)
    }

    fn word(self, word: &str, letters: usize, dice: &mut impl FnMut() -> bool) -> String {
        let swap = |pairs: &[(char, char)], c: char, dice: &mut dyn FnMut() -> bool| {
            let pair = pairs.iter().find(|(from, _)| *from == c);
            pair.filter(|_| dice()).map_or(c, |(_, to)| *to)
        };
        let mut out = String::new();
        let mut seen = 0;
        for c in word.chars() {
            if !c.is_alphabetic() {
                out.push(c);
                continue;
            }
            seen += 1;
            let ends = seen == letters;
            match self {
                Self::Upper => out.extend(c.to_uppercase()),
                Self::Alike => {
                    let back: Vec<(char, char)> = ALIKE.iter().map(|(a, b)| (*b, *a)).collect();
                    let swapped = swap(ALIKE, c, dice);
                    out.push(if swapped == c { swap(&back, c, dice) } else { swapped });
                }
                // A digit at the beginning could be a number.
                Self::Leet(_) if seen == 1 || ends => out.push(c),
                Self::Leet(reading) => out.push(swap(LEET[reading], c, dice)),
                Self::Spaced => {
                    out.push(c);
                    if !ends {
                        out.push(' ');
                    }
                }
                Self::Joined(sign) => {
                    out.push(c);
                    if !ends {
                        out.push(sign);
                    }
                }
                Self::Split(sign) => {
                    out.push(c);
                    if seen == letters / 2 {
                        out.push(sign);
                    }
                }
                Self::Invisible(sign) => {
                    out.push(c);
                    if dice() {
                        out.push(sign);
                    }
                }
                Self::Doubled => {
                    out.push(c);
                    if dice() {
                        out.push(c);
                    }
                }
                Self::Accents => {
                    out.push(c);
                    if dice() {
                        out.push('\u{301}');
                    }
                }
                Self::Plain => out.push(match c {
                    'á' => 'a',
                    'é' => 'e',
                    'í' => 'i',
                    'ó' => 'o',
                    'ú' | 'ü' => 'u',
                    'ñ' => 'n',
                    'ё' => 'е',
                    'ә' => 'а',
                    'ғ' => 'г',
                    'қ' => 'к',
                    'ң' => 'н',
                    'ө' => 'о',
                    'ұ' | 'ү' => 'у',
                    'һ' => 'х',
                    'і' => 'и',
                    other => other,
                }),
                Self::Wide => out.push(match c {
                    'a'..='z' | 'A'..='Z' => {
                        char::from_u32(u32::from(c) - 0x21 + 0xff01).expect("the block of full-width forms")
                    }
                    other => other,
                }),
            }
        }
        out
    }
}

/// Bits of a number, one after the other.
fn dice(mut bits: u64) -> impl FnMut() -> bool {
    move || {
        bits = bits.rotate_left(1);
        bits & 1 == 1
    }
}

#[test]
fn no_disguise_helps() {
    let mut missed = Vec::new();
    for locale in Locale::ALL {
        for (norm, sentence) in refused(locale) {
            for trick in TRICKS {
                for bits in [u64::MAX, 0x5555_5555_5555_5555, 0x1249_2492_4924_9249] {
                    let disguised = trick.apply(&sentence, dice(bits));
                    if !norms(&lint(&disguised, locale, Context::Plain)).contains(&norm) {
                        missed.push(format!("{locale} {} {trick:?}: {disguised}", norm.id()));
                        break;
                    }
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} pass:\n{}", missed.len(), missed.join("\n"));
}

/// A text out of what the linter has to look at: sentences, words, signs.
fn texts() -> impl Strategy<Value = String> {
    let mut parts: Vec<String> = Locale::ALL.iter().flat_map(|locale| lines(*locale, "pass")).collect();
    parts.extend(Locale::ALL.iter().flat_map(|locale| refused(*locale)).map(|(_, sentence)| sentence));
    let words: Vec<String> = parts.iter().flat_map(|part| part.split(' ').map(str::to_owned)).collect();
    let piece = prop_oneof![
        2 => proptest::sample::select(parts),
        4 => proptest::sample::select(words),
        2 => "\\PC{0,6}",
        2 => proptest::sample::select(&["\n", "\n\n- ", " ", "-", ".", "… ", "\u{200b}", "\u{301}", "$", "1 000 ", "3", "@", "ß", "İ"][..])
            .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_to_its_end(text in prop_oneof![texts(), any::<String>()], locale in proptest::sample::select(&Locale::ALL[..])) {
        let findings = lint(&text, locale, Context::Plain);
        let mut last = 0;
        for finding in &findings {
            prop_assert!(text.is_char_boundary(finding.span.start) && text.is_char_boundary(finding.span.end));
            prop_assert!(finding.span.start < finding.span.end && finding.span.start >= last);
            prop_assert_eq!(&text[finding.span.clone()], finding.words.as_str());
            last = finding.span.start;
        }
        let disclosed = lint(&text, locale, Context::Disclosed);
        let expected: Vec<&Finding> = findings.iter().filter(|finding| finding.norm != Norm::EarningsFigure).collect();
        prop_assert_eq!(disclosed.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_refused_sentence_stays_refused_in_any_disguise(
        locale in proptest::sample::select(&Locale::ALL[..]),
        sentence in any::<Index>(),
        trick in proptest::sample::select(&TRICKS[..]),
        bits in any::<u64>(),
    ) {
        let sentences = refused(locale);
        let (norm, sentence) = &sentences[sentence.index(sentences.len())];
        let disguised = trick.apply(sentence, dice(bits));
        prop_assert!(norms(&lint(&disguised, locale, Context::Plain)).contains(norm), "{} {:?}: {}", norm.id(), trick, disguised);
    }

    #[test]
    fn what_stands_before_and_behind_in_other_paragraphs_changes_nothing(
        locale in proptest::sample::select(&Locale::ALL[..]),
        sentence in any::<Index>(),
        before in texts(),
        behind in texts(),
    ) {
        let sentences = refused(locale);
        let (norm, sentence) = &sentences[sentence.index(sentences.len())];
        let text = format!("{before}\n\n{sentence}\n\n{behind}");
        prop_assert!(norms(&lint(&text, locale, Context::Plain)).contains(norm), "{}", text);
    }
}

/// Eight times the text takes about eight times as long, whatever it consists of. The bound is wide: machines are shared.
#[test]
fn the_work_is_linear() {
    let sentences: Vec<String> = Locale::ALL.iter().flat_map(|locale| refused(*locale)).map(|(_, s)| s).collect();
    let sentences = sentences.join(" ");
    for unit in [
        sentences.as_str(),
        "a ",
        "д-",
        "a.b",
        "guaranteed ",
        "buy to not order so buy no ",
        "earn 1 000 000 ",
        "1 000 ",
        "гарантированныйдоход",
        "x",
        "\u{200b}",
        "e\u{301}",
        "$",
        "! ",
    ] {
        let time = |bytes: usize| {
            let text = unit.repeat(bytes / unit.len() + 1);
            let once = || {
                let start = Instant::now();
                lint(&text, Locale::En, Context::Plain);
                start.elapsed()
            };
            (0..3).map(|_| once()).min().expect("three times")
        };
        let (short, long) = (time(16 << 10), time(128 << 10));
        assert!(long < short * 32 + std::time::Duration::from_millis(50), "{unit:.20}: {short:?}, {long:?}");
    }
}
