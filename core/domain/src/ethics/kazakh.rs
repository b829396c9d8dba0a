//! Endings of Kazakh words: they agree with the stem's vowels (back or front) and follow each other in a fixed order.

use std::collections::BTreeSet;

/// Whether a stem takes endings with back vowels (а, о, ұ, ы): its last clear vowel decides.
pub(super) fn is_back(stem: &str) -> bool {
    let vowel = stem.chars().rev().find_map(|c| match c {
        'а' | 'о' | 'ұ' | 'ы' | 'у' | 'я' | 'ю' => Some(true),
        'ә' | 'ө' | 'ү' | 'і' | 'е' | 'и' | 'э' => Some(false),
        _ => None,
    });
    vowel.unwrap_or(true)
}

/// The endings of nouns and adjectives: number, possessor, case, and the adjectives -лы, -дағы that are made of them.
///
/// Assimilation at the border (лар, дар, тар) is not held against the stem: a wrong one is a spelling mistake and means the same.
pub(super) fn noun(back: bool) -> BTreeSet<String> {
    let of = |text: &str| harmonise(text, back);
    let list = |text: &str| -> Vec<String> { std::iter::once(String::new()).chain(text.split(' ').map(of)).collect() };
    let plurals = list("лар дар тар");
    let possessors = list("ым м ың ң ыңыз ңыз ы сы ымыз мыз");
    let cases = list(
        "ның дың тың ға қа на а ны ды ты н да та нда дан тан нан мен бен пен менен дағы тағы ндағы сыз лы ды ты лық дық тық мын \
         быз сың ша ша дай тай",
    );
    let mut endings = BTreeSet::new();
    for plural in &plurals {
        for possessor in &possessors {
            for case in &cases {
                endings.insert(format!("{plural}{possessor}{case}"));
            }
        }
    }
    endings
}

/// The endings of verbs that affirm: tenses with persons, moods, participles and verbal nouns with cases, each also in the passive and
/// the causative. Those that deny (-ма-, -ба-, -па-) are not among them: a denied verb is another word.
pub(super) fn verb(back: bool) -> BTreeSet<String> {
    let of = |text: &str| harmonise(text, back);
    let voices = "- ыл л ын н дыр тыр т қыз ғыз дырыл тырыл";
    let tenses = [
        // Present and future.
        "а амын асың асыз ады амыз ады й ймын йсың йсыз йды ймыз атын йтын атындар арсыз арсың ар р ады",
        // Past.
        "ды дым дың дыңыз дық ты тым тың тыңыз тық ған қан ғансыз қансыз ғанда қанда ғаннан қаннан ғаны қаны ған қан",
        // Wishes, orders, conditions.
        "- ың ыңыз ңыз ңыздар ыңыздар сын са саң саңыз сақ сам айық йық ып п ыпты пты",
        // The verb as a noun.
        "у уға уды удың уы уың уыңыз уыңызға уыңызды уың",
    ];
    let mut endings = BTreeSet::new();
    for voice in voices.split(' ') {
        let voice = if voice == "-" { String::new() } else { of(voice) };
        for tense in tenses.iter().flat_map(|tenses| tenses.split(' ')) {
            let tense = if tense == "-" { String::new() } else { of(tense) };
            endings.insert(format!("{voice}{tense}"));
        }
    }
    endings
}

/// An ending written with back vowels as the stem wants it.
fn harmonise(ending: &str, back: bool) -> String {
    if back {
        return ending.to_owned();
    }
    // The instrumental keeps its vowel.
    if ["мен", "бен", "пен", "менен"].contains(&ending) {
        return ending.to_owned();
    }
    let front = |c| match c {
        'а' => 'е',
        'ы' => 'і',
        'ғ' => 'г',
        'қ' => 'к',
        other => other,
    };
    ending.chars().map(front).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_follow_the_stem() {
        assert!(is_back("табыс") && is_back("кепілдік-ақша") && !is_back("кепілдік") && !is_back("ем"));
        let (back, front) = (noun(true), noun(false));
        for ending in ["", "тар", "ыңызды", "қа", "тарымыздың", "пен"] {
            assert!(back.contains(ending), "{ending}");
        }
        for ending in ["ке", "тер", "іңізді", "пен", "сіз"] {
            assert!(front.contains(ending), "{ending}");
        }
        assert!(!front.contains("тар") && !back.contains("тер"));
        let (back, front) = (verb(true), verb(false));
        assert!(back.contains("ады") && back.contains("атын") && back.contains("ыңыз") && back.contains("уға"));
        assert!(front.contains("еді") && front.contains("іледі") && front.contains("ген"));
        assert!(!front.contains("мейді") && !front.contains("ілмейді") && !back.contains("майды"));
    }
}
