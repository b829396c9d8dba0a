//! What may not be said doesn't publish, wherever it stands; and what passes.

use qadam_backend::content::Severity;
use qadam_domain::company::Locale;
use qadam_domain::ids::{BadgeId, BlobHash, CourseId, LessonId};

use super::{Change, LISTENING, Put, Write, compiled, faults, find, told};

const EARNINGS: &str = "en/questions/earnings.gift";

/// Changes of which each breaks a norm in one place.
#[rustfmt::skip]
fn claims() -> Vec<(Vec<Change>, &'static str, &'static str)> {
    let waiver = |text: &'static [u8]| vec![Write("waivers.toml", text), passive()];
    vec![
        (vec![Put(LISTENING, "# Listening first", "# Financial freedom")], "en/lessons/listening.md:1: \"Financial freedom\" promises freedom", "Some people use what is left"),
        (vec![Put(LISTENING, "One question, then *silence*.", "One question.\n\nEarn **pass**ive\nin*come*.")], "en/lessons/listening.md:7: \"passive income\" promises income without work (easy-income: DSSRC", "**Not like this:**"),
        (vec![Put(LISTENING, "A path of stones", "A tea that cures cancer")], "en/lessons/listening.md:7: \"cures cancer\" claims that something heals", "pharmacist"),
        (vec![Put(LISTENING, "One question", "> Earn passive income.\n\nOne question")], "en/lessons/listening.md:5: \"passive income\"", "**Not like this:**"),
        (vec![Put(LISTENING, "One question", "> **Так нельзя:** Earn passive income.\n\nOne question")], "en/lessons/listening.md:5: \"passive income\"", "**Not like this:**"),
        (vec![Put("ru/lessons/earnings.md", "---\n", "Это пассивный доход.\n\n---\n")], "ru/lessons/earnings.md:5: \"пассивный доход\" promises income without work", "Это работа"),
        (vec![Put("en/texts.toml", "Welcome.", "Quit your job.")], "en/texts.toml:3: \"Quit your job\" promises that it replaces a job", "no salary"),
        (vec![Put("ru/texts.toml", "Добро пожаловать.", "Осталось всего три места.")], "ru/texts.toml:3: \"Осталось всего три места\" presses for time", "Назовите один раз"),
        (vec![Put("en/texts.toml", "How to begin.", "Earn 500 dollars a week.")], "en/texts.toml:10: \"Earn 500 dollars a week\" shows an amount as earnings", "[disclosure: typical-results]"),
        (vec![Put("en/texts.toml", "How to begin.", "How to begin. [disclosure: typical]")], "en/texts.toml:10: there is no disclosure \"typical\"", "company.toml"),
        (vec![Put("media/talk.en.md", "Is this a good moment?", "There is no risk.")], "media/talk.en.md:3: \"no risk\" says that there is no risk", "given back"),
        (vec![Put("media/talk.en.vtt", "Is this a good moment?", "Our team works\n\n00:04.000 --> 00:05.000\n<i>for you</i>.")], "media/talk.en.vtt:4: \"team works for you\" promises that a growing chain", "customers"),
        (vec![Put(EARNINGS, "Turnover is income. {F}", "Income is guaranteed. {F}")], "en/questions/earnings.gift:6: \"Income is guaranteed\"", "Earnings vary"),
        (vec![Put(EARNINGS, "=Most earn little.", "=Your income is guaranteed.")], "en/questions/earnings.gift:16: \"income is guaranteed\"", "Earnings vary"),
        (vec![Put(EARNINGS, " #Most earn little.", "")], "en/questions/earnings.gift:17: \"Everybody earns well\"", "Earnings vary"),
        (vec![Put(EARNINGS, "#Most earn little.", "#Yet financial freedom awaits you.")], "en/questions/earnings.gift:17: \"financial freedom\"", "Some people use"),
        (vec![Put(EARNINGS, "a gift", "passive income")], "en/questions/earnings.gift:8: \"passive income\"", "It is work"),
        (vec![Put("en/questions/listening.gift", "Find out what is worth", "Never take no for an answer. Find out what is worth")], "en/questions/listening.gift:37: \"Never take no\" tells to go on at people", "A no stays a no"),
        (vec![Put("en/questions/listening.gift", "=Let her try it.", "=Say that it cures eczema.")], "en/questions/listening.gift:35: \"cures eczema\"", "label"),
        // Waivers that are none.
        (waiver(b"[[waiver]]\nplace = \"en/texts.toml\"\nlocale = \"en\"\nwords = \"passive income\"\nreason = \"a law\"\ndate = 2026-11-01\n"), "waivers.toml:1: this [[waiver]] has no \"reviewer\"", "reviewer = "),
        (waiver(b"[[waiver]]\nplace = \"en/texts.toml\"\nlocale = \"en\"\nwords = \"passive income\"\nreviewer = \"Dana\"\nreason = \" \"\ndate = 2026-11-01\n"), "waivers.toml:6: \"reason\" is empty", "why"),
        (waiver(b"[[waiver]]\nplace = \"en/texts.toml\"\nlocale = \"en\"\nwords = \"passive income\"\nreviewer = \"Dana\"\nreason = \"a law\"\n"), "waivers.toml:1: this [[waiver]] has no \"date\"", "2026"),
    ]
}

/// A claim that waivers may release.
fn passive() -> Change {
    Put("en/texts.toml", "Welcome.", "A law forbade nothing: passive income.")
}

const WAIVER: &str = "[[waiver]]
place = \"en/texts.toml\"
locale = \"en\"
reviewer = \"Dana, legal\"
reason = \"The name of a law.\"
date = 2026-11-01
";

fn waiver(line: &str) -> Change {
    Write("waivers.toml", Box::leak(format!("{WAIVER}{line}\n").into_bytes().into_boxed_slice()))
}

#[test]
fn a_claim_is_told_with_its_place_and_blocks_publishing() {
    for (changes, begin, remedy) in claims() {
        let (compiled, faults) = faults(&changes);
        let fault = find(&faults, begin, remedy).unwrap_or_else(|| panic!("{begin}; {remedy}{}", told(&faults)));
        assert_eq!(fault.severity, Severity::Error, "{begin}");
        assert!(compiled.is_none(), "{begin}");
        assert_eq!(
            faults.iter().filter(|fault| fault.severity == Severity::Error).count(),
            1,
            "{begin}{}",
            told(&faults)
        );
    }
}

#[test]
fn examples_and_wrong_answers_with_feedback_pass() {
    for change in [
        Put(
            LISTENING,
            "One question",
            "> **Not like this:** “It heals eczema.”\n>\n> “Financial freedom!”\n\nOne question",
        ),
        Put("ru/lessons/earnings.md", "---\n", "> **Так нельзя:** «Финансовая свобода».\n\n---\n"),
        Put("media/talk.en.md", "Is this a good moment?", "Listen.\n\n> **Not like this:** “Only today!”"),
        Put(EARNINGS, "Turnover is income. {F}", "Income is guaranteed. {F#Nobody can promise it.}"),
        Put(EARNINGS, "Which is honest?", "Which is honest?\n> **Not like this:** “Get rich quick.”\n"),
        Put("en/questions/listening.gift", "~Promise that it heals.", "~Say that it cures eczema. #Nobody may say so."),
        Put("en/questions/listening.gift", "~%-100%Silence", "~%-100%Easy money #That is a promise."),
    ] {
        let (compiled, faults) = faults(&[change]);
        assert!(compiled.is_some() && faults.is_empty(), "{}", told(&faults));
    }
    let long = format!("> **Not like this:** {}\n\nOne question", "word ".repeat(61));
    let change = Put(LISTENING, "One question", Box::leak(long.into_boxed_str()));
    let (_, faults) = faults(&[change]);
    assert!(find(&faults, "en/lessons/listening.md:5: the example of what not to say", "claim alone").is_some());
}

#[test]
fn a_waiver_releases_what_it_names_and_no_more() {
    let text = "A law forbade nothing: passive income.";
    let hash = BlobHash::of(text.as_bytes());
    for line in ["words = \"passive income\"".to_owned(), format!("hash = \"{hash}\"")] {
        let (compiled, faults) = faults(&[passive(), waiver(&line)]);
        assert!(compiled.is_some() && faults.is_empty(), "{}", told(&faults));
    }
    // Other words, another text, another place.
    for line in ["words = \"passive\"".to_owned(), format!("hash = \"{}\"", BlobHash::of(b""))] {
        let (compiled, faults) = faults(&[passive(), waiver(&line)]);
        assert!(compiled.is_none(), "{line}");
        let unused = find(&faults, "waivers.toml:1: nothing in en/texts.toml needs this waiver", "delete it");
        assert_eq!(unused.map(|fault| fault.severity), Some(Severity::Warning), "{}", told(&faults));
        assert!(!line.starts_with("hash") || unused.is_some_and(|fault| fault.remedy.contains(hash.as_str())));
    }
    let (compiled, faults) = faults(&[waiver("words = \"passive income\"")]);
    assert!(compiled.is_some() && faults.len() == 1, "{}", told(&faults));
    for (line, begin, remedy) in [
        ("", "waivers.toml:1: the waiver has to say what it releases", "exact words"),
        ("words = \"a\"\nhash = \"b\"", "waivers.toml:1: the waiver has to say what it releases", "exact words"),
        ("words = \"a\"\nplaces = \"b\"", "waivers.toml:8: this [[waiver]] has no key \"places\"", "\"place\"?"),
    ] {
        let (compiled, faults) = super::faults(&[passive(), waiver(line)]);
        assert!(compiled.is_none() && find(&faults, begin, remedy).is_some(), "{begin}{}", told(&faults));
    }
    let lost = Write("waivers.toml", b"[[waiver]]\nplace = \"en/lost.md\"\nlocale = \"xx\"\nwords = \"a\"\nreviewer = \"D\"\nreason = \"a\"\ndate = 2026-11-01\n");
    let (_, faults) = super::faults(&[lost]);
    assert!(
        find(&faults, "waivers.toml:2: there is no file en/lost.md", "en/texts.toml").is_some(),
        "{}",
        told(&faults)
    );
    assert!(find(&faults, "waivers.toml:3: \"xx\" is not a locale", "kk").is_some(), "{}", told(&faults));
}

#[test]
fn a_figure_stands_with_its_disclosure() {
    let disclosure = |file, words: &'static str| {
        Put(
            file,
            "[market.kz]",
            Box::leak(format!("[disclosure.typical]\ntext = \"{words}\"\n\n[market.kz]").into_boxed_str()),
        )
    };
    let compiled = compiled(&[
        Put("company.toml", "id = \"altyn\"", "id = \"altyn\"\ndisclosures = [\"typical\"]"),
        disclosure("en/texts.toml", "In 2025 half of us earned less than 40 dollars a year."),
        disclosure("ru/texts.toml", "В 2025 году половина заработала меньше 40 долларов за год."),
        Put("en/texts.toml", "How to begin.", "Dana earned 500 dollars in a year. [disclosure: typical]"),
        Put("ru/texts.toml", "Пройдите курс.", "Дана заработала 500 долларов за год. [disclosure: typical]"),
        Put(
            LISTENING,
            "One question, then *silence*.",
            "Dana earned 500 dollars in a year.\n\n*[disclosure: typical]*",
        ),
    ]);
    let (en, ru) = (&compiled.bundles[&Locale::En], &compiled.bundles[&Locale::Ru]);
    let course = &en.courses[&CourseId::new("first-steps").expect("an id")];
    assert_eq!(
        course.summary,
        "Dana earned 500 dollars in a year. In 2025 half of us earned less than 40 dollars a year."
    );
    let badge = &ru.badges[&BadgeId::new("all-steps").expect("an id")];
    assert!(badge.how.ends_with("В 2025 году половина заработала меньше 40 долларов за год."), "{}", badge.how);
    let lesson = &en.lessons[&LessonId::new("listening").expect("an id")];
    assert!(
        lesson.cards[0].contains("*In 2025 half of us earned less than 40 dollars a year.*"),
        "{}",
        lesson.cards[0]
    );

    // A disclosure is no leave to promise anything.
    let (_, faults) = faults(&[
        Put("company.toml", "id = \"altyn\"", "id = \"altyn\"\ndisclosures = [\"typical\"]"),
        disclosure("en/texts.toml", "Your income is guaranteed."),
        disclosure("ru/texts.toml", "У большинства доход небольшой."),
    ]);
    assert_eq!(faults.len(), 1, "{}", told(&faults));
    assert!(find(&faults, "en/texts.toml:6: \"income is guaranteed\"", "Earnings vary").is_some(), "{}", told(&faults));
}
