use super::*;

use proptest::prelude::*;
use qadam_domain::content::{OptionText, StepText};
use qadam_domain::learning::{AcceptedText, FULL, NumberRange, ScenarioOption, ScenarioStep, Share};

const HALF: Share = FULL / 2;

fn read(text: &str) -> (Pool, Vec<String>) {
    let mut faults = Faults::new("x.gift");
    let pool = parse(text, Locale::En, &mut faults);
    (pool, faults.into_vec().iter().map(|f| format!("{} {}", f.line, f.problem)).collect())
}

/// The only question of a text without faults.
fn one(text: &str) -> Question {
    let (mut pool, faults) = read(text);
    assert_eq!(faults, [""; 0], "{text}");
    assert_eq!(pool.questions.len(), 1, "{text}");
    pool.questions.remove(0)
}

fn option(text: &str, feedback: &str) -> OptionText {
    OptionText { text: text.into(), feedback: feedback.into() }
}

#[test]
fn single_choice_with_feedback_and_explanation() {
    let question = one("// a comment, on a line of its own\n\
        $CATEGORY: first-steps/listening\n\n\
        ::open-question:: Which question opens a talk? {\n\
        \x20 =What would you like to change?       #Right: it can't be answered with yes or no.\n\
        \x20 ~Do you want to buy this?             #That closes the talk.\n\
        // nobody sees this\n\
        \x20 ~%50%You know this is good, don't you?\n\
        \x20 ####General feedback: the explanation\n  on two lines.\n\
        }\n");
    assert_eq!(question.id.as_str(), "open-question");
    assert_eq!((question.line, question.answer_lines), (4, vec![5, 6, 8]));
    assert_eq!(question.category.as_deref(), Some("first-steps/listening"));
    assert_eq!(question.key, AnswerKey::Single { weights: vec![FULL, 0, HALF] });
    assert_eq!(question.text.prompt, "Which question opens a talk?");
    assert_eq!(question.text.explanation, "General feedback: the explanation on two lines.");
    assert_eq!(question.text.options[1], option("Do you want to buy this?", "That closes the talk."));
    assert_eq!(question.text.options[2], option("You know this is good, don't you?", ""));
}

#[test]
fn multiple_choice_with_weights() {
    let question = one("::a:: B? {~%33.33333%one ~%33.33333%two #yes ~%33.33333%three ~%-50%four}");
    let third = 333_333;
    assert_eq!(question.key, AnswerKey::Multiple { weights: vec![third, third, third, -HALF] });
    assert_eq!(question.text.options[1], option("two", "yes"));
    assert_eq!(one("::a:: B? {~%100%one ~%-100%two}").key, AnswerKey::Multiple { weights: vec![FULL, -FULL] });
    let (pool, faults) = read("::a:: B? {~%66.66667%one ~%33.33333%two ~three}");
    assert_eq!(pool.questions[0].key, AnswerKey::Multiple { weights: vec![666_667, third, 0] });
    assert_eq!(faults, ["1 who ticks every answer gets 100 %"]);
}

#[test]
fn true_and_false() {
    for (answers, answer, texts) in [
        ("{T}", true, ["", ""]),
        ("{ TRUE }", true, ["", ""]),
        ("{false}", false, ["", ""]),
        ("{F#if wrong#if right}", false, ["if wrong", "if right"]),
        ("{T#if wrong#if right####both}", true, ["if right", "if wrong"]),
        ("{T#if wrong}", true, ["", "if wrong"]),
    ] {
        let question = one(&format!("::a:: B. {answers}"));
        assert_eq!(question.key, AnswerKey::TrueFalse { answer }, "{answers}");
        assert_eq!(question.text.options, texts.map(|text| option("", text)), "{answers}");
    }
}

#[test]
fn numbers() {
    let range = |min, max, score| NumberRange { min, max, score };
    for (answers, accepted) in [
        ("{#42}", vec![range(42_000_000, 42_000_000, FULL)]),
        ("{#42:2}", vec![range(40_000_000, 44_000_000, FULL)]),
        ("{# 40 .. 44 }", vec![range(40_000_000, 44_000_000, FULL)]),
        ("{#-0.5:0.25}", vec![range(-750_000, -250_000, FULL)]),
        (
            "{#\n=42:0\n=%50%42:5 #near\n}",
            vec![range(42_000_000, 42_000_000, FULL), range(37_000_000, 47_000_000, HALF)],
        ),
        ("{#=-1.5..2.000001}", vec![range(-1_500_000, 2_000_001, FULL)]),
    ] {
        assert_eq!(one(&format!("::a:: B? {answers}")).key, AnswerKey::Numeric { accepted }, "{answers}");
    }
    let question = one("::a:: B? {#=42:0 #exact =%50%42:5 #near####because}");
    assert_eq!(question.text.options, [option("42:0", "exact"), option("42:5", "near")]);
    assert_eq!(question.text.explanation, "because");
    assert_eq!(one("::a:: B? {#42:2#well done}").text.options, [option("42:2", "well done")]);
}

#[test]
fn short_texts() {
    let question = one("::a:: B? {=consent =permission #yes =%50%approval}");
    let accepted = |text: &str, score| AcceptedText { text: text.into(), score };
    let all = vec![accepted("consent", FULL), accepted("permission", FULL), accepted("approval", HALF)];
    assert_eq!(question.key, AnswerKey::ShortText { accepted: BTreeMap::from([(Locale::En, all)]) });
    assert_eq!(question.text.options[1], option("permission", "yes"));
    let (_, faults) = read("::a:: B? {=Consent\n=consent!}");
    assert_eq!(faults, ["2 \"consent!\" is compared as the same as the answer in line 1"]);
}

#[test]
fn matchings_with_wrong_choices() {
    let question = one("::a:: B? {\n=one -> 1\n=two -> 2\n=uno -> 1\n= -> 3\n####c}");
    assert_eq!(question.key, AnswerKey::Matching { right: vec![0, 1, 0], choices: 3 });
    assert_eq!(question.text.left, ["one", "two", "uno"]);
    assert_eq!(question.text.right, ["1", "2", "3"]);
    assert_eq!(question.answer_lines, [2, 3, 4, 5]);
}

#[test]
fn orderings() {
    let question = one("::a:: B? {>\nfirst\n  second \\#2\n// not an item\nthird\n####c\n}");
    assert_eq!(question.key, AnswerKey::Ordering { items: 3 });
    assert_eq!(question.text.options, ["first", "second #2", "third"].map(|text| option(text, "")));
    assert_eq!(question.answer_lines, [2, 3, 5]);
}

#[test]
fn scenarios() {
    let question = one("::too-expensive:: Aigul has asked you to show her the cream. {?\n\
        [start] She looks at the price and says: \"That is a lot.\"\n\
        =Ask what she pays attention to in a cream. -> need   #You stay with her need.\n\
        ~%50%Say that it lasts three months. -> need          #True.\n\
        ~Say that a cheap one ruins the skin.                 #No.\n\
        [need] \"My skin is dry\",\nshe says.\n\
        =Let her try a little on her hand.                    #Now she can judge by herself.\n\
        ~Promise that it heals dry skin.                      #It may not.\n\
        ####A price is a question about worth.\n}");
    let to = |score, next| ScenarioOption { score, next };
    let steps = vec![
        ScenarioStep { options: vec![to(FULL, Some(1)), to(HALF, Some(1)), to(0, None)] },
        ScenarioStep { options: vec![to(FULL, None), to(0, None)] },
    ];
    assert_eq!(question.key, AnswerKey::Scenario { steps });
    assert_eq!(question.text.steps[1].prompt, "\"My skin is dry\",\nshe says.");
    let first = &question.text.steps[0].options[0];
    assert_eq!(*first, option("Ask what she pays attention to in a cream.", "You stay with her need."));
    assert_eq!(question.answer_lines, [3, 4, 5, 8, 9]);
    assert_eq!(question.text.explanation, "A price is a question about worth.");
}

#[test]
fn formats_and_escapes() {
    assert_eq!(one("::a::[markdown] **B** \\#1? {T}").text.prompt, "**B** #1?");
    assert_eq!(one("::a::[plain] **B**\n- c? {T}").text.prompt, "\\*\\*B\\*\\*  \n\\- c? ".trim_end());
    assert_eq!(one("::a::[moodle] a_b? {T}").text.prompt, "a\\_b?");
    assert_eq!(one("::a:: one\\ntwo\nthree {T}").text.prompt, "one  \ntwo\nthree");
    let question = one(r"::a:: 1 \= 1 \{x\} \: {=a \~ b \= c \# d \} ~\\o/\nx}");
    assert_eq!(question.text.prompt, "1 = 1 {x} :");
    assert_eq!(question.text.options, [option("a ~ b = c # d }", ""), option("\\o/\nx", "")]);
}

#[test]
fn what_is_faulty_is_named_with_its_line() {
    for (text, fault) in [
        ("no title {T}", "1 the question has no title"),
        ("::open question:: a {T}", "1 the title \"open question\" is not an id"),
        ("::open\n:: a {T}", "1 the title has no end"),
        ("::a::{T}", "1 there is no text that asks something"),
        ("::a:: an essay\n{\n}", "3 there is nothing to answer: essays are not taken"),
        ("::a:: an essay {####why}", "1 there is nothing to answer: essays are not taken"),
        ("::a::\na description", "2 there are no answers in braces: descriptions are not taken"),
        ("::a:: I {=like ~hate} it", "1 there is text behind the answers: the missing-word form is not taken"),
        ("::a:: b } c {T}", "1 a } closes what no { has opened"),
        ("::a:: b {=c\n~{d} ~e}", "2 there is a { within the answers"),
        ("::a::[html]<b>b</b> {T}", "1 [html] is not taken"),
        ("::a:: b <b>c</b> {T}", "1 HTML is not taken"),
        ("::a:: # b {T}", "1 a question has no headings"),
        ("::a:: b {=<b>c</b>\n~d}", "1 the text has an HTML tag in it"),
        ("::a:: b {=**c**\n~d}", "1 the marks of Markdown would show here"),
        ("::a:: b {Yes}", "1 \"Yes\" begins no kind of answer that is known here"),
        ("::a:: b {T#c#d\n#e}", "2 there is a third feedback"),
        ("::a:: b {=c\n~d\n=e}", "3 there is a second answer worth 100 %"),
        ("::a:: b {=c\n~%100%d}", "2 there is a second answer worth 100 %"),
        ("::a:: b {=%50%c\n~d}", "1 an option marked with = is worth 100 %"),
        ("::a:: b {~c\n~d}", "1 no answer is right"),
        ("::a:: b {~c}", "1 no answer is right"),
        ("::a:: b {~%100%c}", "1 there is only one option"),
        ("::a:: b {\n~%50%c\n~%40%d\n~%-5%e}", "2 the weights of the right answers add up to 90 %, not to 100 %"),
        ("::a:: b {=c\n~%500%d}", "2 %500% is not a weight"),
        ("::a:: b {=c\n~%5,5%d}", "2 %5,5% is not a weight"),
        ("::a:: b {=c\n~%50d}", "2 the weight has no end"),
        ("::a:: b {=c\n~\n~d}", "2 the answer has no text"),
        ("::a:: b {=c\n~c}", "2 \"c\" is there in line 1 too"),
        ("::a:: b {=%0%c =d}", "1 an accepted answer is worth nothing"),
        ("::a:: b {=%50%c =%50%d}", "1 no answer is worth 100 %"),
        ("::a:: b {=c\n=?!}", "2 nobody can type \"?!\""),
        ("::a:: b {=c*}", "1 * for any text is not taken"),
        ("::a:: b {#}", "1 \"\" is not a number"),
        ("::a:: b {#4,2}", "1 \"4,2\" has a comma: decimals begin with a point here"),
        ("::a:: b {#4:-1}", "1 the tolerance is negative"),
        ("::a:: b {#5..4}", "1 the range goes from the greater to the less"),
        ("::a:: b {#1.1234567}", "1 \"1.1234567\" is not a number"),
        ("::a:: b {#9223372036854:1}", "1 the number is too large"),
        ("::a:: b {#=4 #c\n~#d}", "2 the answer has no text"),
        ("::a:: b {#=4 #c\n~5#d}", "2 feedback for all other numbers is not taken"),
        ("::a:: b {#=%50%4}", "1 no number is worth 100 %"),
        ("::a:: b {=c -> d =e -> f}", "1 there are 2 pairs and 2 choices"),
        ("::a:: b {=c -> d\n=e\n=f -> g\n=h -> i}", "2 there is no -> in this pair"),
        ("::a:: b {=c -> d =e -> d =f -> d}", "1 there is only one choice on the right"),
        ("::a:: b {=c -> d\n=c -> e\n=f -> g}", "2 \"c\" stands on the left in line 1 too"),
        ("::a:: b {=c -> d\n= -> d\n=f -> g =h -> i}", "2 \"d\" is there as another choice already"),
        ("::a:: b {=c -> \n=e -> f\n=f -> g =h -> i}", "1 there is nothing behind the ->"),
        ("::a:: b {=c -> d#e\n=e -> f\n=f -> g}", "1 a pair has no feedback of its own"),
        ("::a:: b {=%50%c -> d\n=e -> f\n=f -> g}", "1 a pair has no weight"),
        ("::a:: b {>\nc\nd\n}", "1 there are 2 items to be ordered"),
        ("::a:: b {>\nc\n=d\ne}", "3 an item of an ordering has no mark"),
        ("::a:: b {>\nc\nd #e\nf}", "3 an item has no feedback of its own"),
        ("::a:: b {>\nc\nd\nc}", "4 \"c\" is there in line 2 too"),
        ("::a:: b {?\n=c ~d}", "2 there is text before the first step"),
        ("::a:: b {?}", "1 the scenario has no steps"),
        ("::a:: b {?\n[Start] c\n=d\n~e}", "2 [Start] is not the name of a step"),
        ("::a:: b {?\n[s] c\n=d -> s\n~e}", "3 -> s leads back"),
        ("::a:: b {?\n[s] c\n=d -> ned\n~e -> need\n[need] f\n=g\n~h}", "3 there is no step [ned] in this question"),
        ("::a:: b {?\n[s] c\n=d\n~e\n[t] f\n=g\n~h}", "5 no option leads to the step [t]"),
        ("::a:: b {?\n[s] c\n=d -> s2\n~e\n[s2] f}", "5 the step [s2] has no options"),
        ("::a:: b {?\n[s] c\n=d -> t\n~e\n[t] f\n=g\n~h\n[t] i\n=j\n~k}", "8 there is another step [t] in line 5"),
        ("::a:: b {?\n[s] c\n~%50%d\n~e}", "1 no way through the story is right at each step"),
        ("::a:: b {?\n[s]\n=d\n~e}", "2 there is no text that asks something"),
        ("::a:: b {T}\n\n::a:: c {F}", "3 there is another question \"a\" in line 1"),
        ("::a:: b {T}\n::c:: d {F}", "2 a blank line ends a question, and there is none before this one"),
        (
            "::a:: b {=c\n~d\n\n~e}\n\n::f:: g {T}",
            "1 the answers have no end: the { isn't closed before the blank line or the next question",
        ),
    ] {
        let (_, faults) = read(text);
        assert_eq!(faults.first().map(String::as_str), Some(fault), "{text}: {faults:?}");
    }
}

#[test]
fn a_fault_does_not_hide_the_next_question() {
    let (pool, faults) =
        read("::a:: b {=c\n~d\n\n~e}\n\n::f:: g {T}\n\nh {T}\n\n::i:: j {}\n\n::k:: l {F}\n::m:: n {F}\n");
    assert_eq!(faults.len(), 4, "{faults:?}");
    let ids: Vec<&str> = pool.questions.iter().map(|q| q.id.as_str()).collect();
    assert_eq!(ids, ["f", "k", "m"]);
    assert_eq!(pool.broken.iter().map(QuestionId::as_str).collect::<Vec<_>>(), ["a", "i"]);
    assert!(pool.nameless);
    let (pool, faults) = read("::a:: b {=c\n~d\n::e:: f {T}");
    assert_eq!((pool.questions.len(), faults.len()), (1, 1), "{faults:?}");
}

#[test]
fn hostile_files_are_read_to_their_end() {
    for unit in [
        "{",
        "}",
        "=",
        "~",
        "#",
        "\\",
        "::",
        ":",
        "::a::",
        "::a:: b {=c ~d}\n\n",
        "[",
        "[[",
        "> ",
        "*",
        "_",
        "<",
        "`",
        "&",
        "![",
        "](",
        "\n",
        "//\n",
        " ",
        "$CATEGORY:",
        "->",
        "%",
        "%1%",
        "\u{65e5}",
        "a\n::",
        "- ",
        "1. ",
        "|",
        "\\\\",
        "<!--",
        "[^a]",
    ] {
        let body = unit.repeat((1 << 16) / unit.len());
        for text in [
            body.clone(),
            format!("::a:: {body}"),
            format!("::a:: {body}{{T}}"),
            format!("::a:: b {{{body}}}"),
            format!("::a:: b {{={body}}}"),
            format!("::a:: b {{#{body}}}"),
            format!("::a:: b {{>{body}}}"),
            format!("::a:: b {{?[s] {body}}}"),
            format!("::a:: b {{T####{body}}}"),
        ] {
            read(&text);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text: String) {
        read(&text);
    }

    #[test]
    fn any_text_of_the_format_s_own_characters_is_read(
        text in r"([{}=~#%:>?\[\]\\ \n/$ab1.,-]|::|->|####|\n\n|::a:: |\{\?|\{>|\{#|\[s\]|%50%|é){0,120}"
    ) {
        read(&text);
    }

    #[test]
    fn questions_read_what_they_write(pool in proptest::collection::vec(question(), 1..5)) {
        let mut text = String::new();
        for (number, (key, words)) in pool.iter().enumerate() {
            text.push_str(&format!("// comment\n::q{number}:: {}\n\n", written(key, words)));
        }
        let mut faults = Faults::new("x.gift");
        let read = parse(&text, Locale::En, &mut faults);
        prop_assert_eq!(faults.errors(), 0, "{:?}\n{}", faults, text);
        let read: Vec<_> = read.questions.into_iter().map(|q| (q.key, q.text)).collect();
        prop_assert_eq!(read, pool, "{}", text);
    }
}

/// Writes a question as GIFT; the title stands before it.
fn written(key: &AnswerKey, text: &QuestionText) -> String {
    let escape = |text: &str| {
        text.chars().fold(String::new(), |mut out, c| {
            if "~=#{}:\\".contains(c) {
                out.push('\\');
            }
            out.push_str(if c == '\n' { "\\n" } else { "" });
            out.extend(Some(c).filter(|c| *c != '\n'));
            out
        })
    };
    let option = |option: &OptionText, mark: &str, to: &str| {
        let feedback =
            if option.feedback.is_empty() { String::new() } else { format!("#{}", escape(&option.feedback)) };
        format!("{mark}{}{to} {feedback}\n", escape(&option.text))
    };
    let mark = |score: Share| match score {
        FULL => "=".to_owned(),
        0 => "~".to_owned(),
        score => format!("~%{}%", percent(score).trim_end_matches(" %")),
    };
    let weighted = |score: Share| match score {
        FULL => "=".to_owned(),
        score => format!("=%{}%", percent(score).trim_end_matches(" %")),
    };
    let answers = match key {
        AnswerKey::Single { weights } => {
            weights.iter().zip(&text.options).map(|(w, o)| option(o, &mark(*w), "")).collect()
        }
        AnswerKey::Multiple { weights } => {
            let mark = |w: Share| format!("~%{}%", percent(w).trim_end_matches(" %"));
            weights.iter().zip(&text.options).map(|(w, o)| option(o, &mark(*w), "")).collect()
        }
        AnswerKey::TrueFalse { answer } => {
            let [if_true, if_false] = [0, 1].map(|i| escape(&text.options[i].feedback));
            let (name, wrong, right) = if *answer { ("T", if_false, if_true) } else { ("FALSE", if_true, if_false) };
            format!("{name}#{wrong}#{right}\n")
        }
        AnswerKey::Numeric { accepted } => {
            let marks = accepted.iter().zip(&text.options).map(|(r, o)| option(o, &weighted(r.score), ""));
            format!("#{}", marks.collect::<String>())
        }
        AnswerKey::ShortText { accepted } => {
            accepted[&Locale::En].iter().zip(&text.options).map(|(a, o)| option(o, &weighted(a.score), "")).collect()
        }
        AnswerKey::Ordering { .. } => {
            let items = text.options.iter().map(|o| format!("\n{}", escape(&o.text)));
            format!(">{}\n", items.collect::<String>())
        }
        AnswerKey::Matching { right, .. } => {
            let pairs = text.left.iter().zip(right);
            let pairs = pairs.map(|(l, r)| format!("={} -> {}\n", escape(l), escape(&text.right[usize::from(*r)])));
            pairs.collect()
        }
        AnswerKey::Scenario { steps } => {
            let steps = steps.iter().zip(&text.steps).enumerate().map(|(number, (step, words))| {
                let options = step.options.iter().zip(&words.options).map(|(o, words)| {
                    let to = o.next.map_or(String::new(), |next| format!(" -> s{next}"));
                    option(words, &mark(o.score), &to)
                });
                format!("[s{number}] {}\n{}", escape(&words.prompt), options.collect::<String>())
            });
            format!("?\n{}", steps.collect::<String>())
        }
    };
    let explanation =
        if text.explanation.is_empty() { String::new() } else { format!("####{}", escape(&text.explanation)) };
    format!("{} {{{answers}{explanation}}}", escape(&text.prompt))
}

/// Words with what GIFT escapes among them.
fn words() -> impl Strategy<Value = String> {
    r"[a-zé][a-z~=#{}:ә -]{0,12}[a-z?]"
        .prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .prop_filter("no arrow", |text| !text.contains("->"))
}

fn feedback() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), words(), (words(), words()).prop_map(|(a, b)| format!("{a}\n{b}"))]
}

/// Different texts with their feedback.
fn options(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<OptionText>> {
    proptest::collection::vec((words(), feedback()), count).prop_map(|list| {
        let number =
            |(n, (text, feedback)): (usize, (String, String))| OptionText { text: format!("{text} {n}"), feedback };
        list.into_iter().enumerate().map(number).collect()
    })
}

fn question() -> impl Strategy<Value = (AnswerKey, QuestionText)> {
    let score = || prop_oneof![Just(0), Just(HALF), Just(123_456), Just(-250_000)];
    let single = (options(2..6), score()).prop_map(|(options, other)| {
        let weights = (0..options.len()).map(|i| if i == 1 { FULL } else { other }).collect();
        (AnswerKey::Single { weights }, QuestionText { options, ..QuestionText::default() })
    });
    let multiple = options(4..8).prop_map(|options| {
        let weights = (0..options.len()).map(|i| [HALF, HALF, -FULL, 0, -HALF][i.min(4)]).collect();
        (AnswerKey::Multiple { weights }, QuestionText { options, ..QuestionText::default() })
    });
    let true_false = (any::<bool>(), feedback(), feedback()).prop_map(|(answer, a, b)| {
        let options = vec![option("", &a), option("", &b)];
        (AnswerKey::TrueFalse { answer }, QuestionText { options, ..QuestionText::default() })
    });
    let numeric = proptest::collection::vec((-1_000_000_000_000_i64..1_000_000_000_000, 0..9_i64, feedback()), 1..4)
        .prop_map(|list| {
            let accepted = list.iter().enumerate().map(|(n, (middle, tolerance, _))| {
                let tolerance = tolerance * 100_000;
                NumberRange {
                    min: middle - tolerance,
                    max: middle + tolerance,
                    score: if n == 0 { FULL } else { HALF },
                }
            });
            let options = list.iter().map(|(middle, tolerance, feedback)| {
                let sign = if *middle < 0 { "-" } else { "" };
                let middle = middle.abs();
                option(&format!("{sign}{}.{:06}:0.{tolerance}", middle / 1_000_000, middle % 1_000_000), feedback)
            });
            let options = options.collect();
            (AnswerKey::Numeric { accepted: accepted.collect() }, QuestionText { options, ..QuestionText::default() })
        });
    let short = options(1..5).prop_map(|options| {
        let accept = |(n, o): (usize, &OptionText)| AcceptedText {
            text: o.text.clone(),
            score: if n == 0 { FULL } else { HALF },
        };
        let accepted = options.iter().enumerate().map(accept).collect();
        let key = AnswerKey::ShortText { accepted: BTreeMap::from([(Locale::En, accepted)]) };
        (key, QuestionText { options, ..QuestionText::default() })
    });
    let ordering = options(3..8).prop_map(|mut options| {
        options.iter_mut().for_each(|o| o.feedback.clear());
        (AnswerKey::Ordering { items: options.len() as u8 }, QuestionText { options, ..QuestionText::default() })
    });
    let matching = options(3..8).prop_map(|options| {
        let left: Vec<String> = options.iter().map(|o| o.text.clone()).collect();
        let right = vec!["one".to_owned(), "two".to_owned()];
        let key = AnswerKey::Matching { right: (0..left.len()).map(|n| (n % 2) as u8).collect(), choices: 2 };
        (key, QuestionText { left, right, ..QuestionText::default() })
    });
    let scenario = proptest::collection::vec((words(), options(2..4)), 1..5).prop_map(|list| {
        let last = list.len() - 1;
        let steps = list.iter().enumerate().map(|(n, (_, options))| ScenarioStep {
            options: (0..options.len())
                .map(|i| ScenarioOption {
                    score: [FULL, HALF, 0][i],
                    next: (i == 0 && n < last).then_some(n as u8 + 1),
                })
                .collect(),
        });
        let key = AnswerKey::Scenario { steps: steps.collect() };
        let steps = list.into_iter().map(|(prompt, options)| StepText { prompt, options }).collect();
        (key, QuestionText { steps, ..QuestionText::default() })
    });
    let key = prop_oneof![single, multiple, true_false, numeric, short, ordering, matching, scenario];
    (key, words(), feedback()).prop_map(|((key, text), prompt, explanation)| {
        let explanation = explanation.replace('\n', " ");
        (key, QuestionText { prompt, explanation, ..text })
    })
}
