//! Rules as staff write them: what is read, what is refused and with which words, and what a published rule can't become.

use std::fs;
use std::path::Path;

use qadam_backend::content::rules::manual;
use qadam_backend::content::{Compiled, Fault, against_published, check};
use qadam_domain::rules::{Category, Condition, Effect, Fact, Rule, Slot, Trigger, When, Window};
use qadam_domain::time::Day;

use super::{company, folder, told};

const RULES: &str = r#"
[segment.newcomer]
if = ["days.since_joining <= 90"]

[[rule]]
id = "first-sale"
when = "sale confirmed"
if = ["sales >= 1"]
points = 50
lesson = "earnings"
priority = 90

[[rule]]
id = "calls"
when = "every day at 18:30"
if = ["follow_ups.due >= 1", "segment newcomer"]
if_any = ["market is kz", "streak > 3"]
per = "week"
holdout = 10
[rule.nudge]
category = "business"
expires = "3 hours"
at = "19:00"
"#;

/// With the texts that these rules need.
fn ruled(rules: &str) -> (Option<Compiled>, Vec<Fault>) {
    let dir = company(&[]);
    fs::create_dir_all(dir.path().join("rules")).expect("a folder");
    fs::write(dir.path().join("rules/all.toml"), rules).expect("written");
    for locale in ["en", "ru"] {
        let path = dir.path().join(locale).join("texts.toml");
        let mut texts = fs::read_to_string(&path).expect("a text");
        for rule in ["first-sale", "calls"].into_iter().filter(|rule| rules.contains(&format!("id = \"{rule}\""))) {
            texts += &format!("\n[rule.{rule}]\nwhy = \"So.\"\n");
        }
        if rules.contains("[rule.nudge]") {
            texts += "\n[nudge.calls]\ntitle = \"A call\"\nbody = \"Two minutes.\"\n";
        }
        fs::write(path, texts).expect("written");
    }
    check(dir.path())
}

fn rules(compiled: &Compiled) -> Vec<&Rule> {
    compiled.release.rules.iter().map(|slot| slot.rule().expect("one that may be followed")).collect()
}

#[test]
fn a_rule_is_what_is_written() {
    let (compiled, faults) = ruled(RULES);
    assert!(faults.is_empty(), "{}", told(&faults));
    let compiled = compiled.expect("compiled");
    let [sale, calls] = rules(&compiled)[..] else { panic!("two rules") };
    assert_eq!((sale.id.as_str(), &sale.when), ("first-sale", &When::Event(Trigger::SaleConfirmed)));
    assert!(matches!(sale.then[..], [Effect::Points(50), Effect::Lesson(_)]));
    assert_eq!((sale.limits.priority, sale.limits.per), (90, Window::Ever));
    assert_eq!(calls.when, When::Daily { minute: 18 * 60 + 30 });
    assert_eq!((calls.limits.per, calls.limits.holdout), (Window::Week, 10));
    let Condition::All(parts) = &calls.condition else { panic!("all of them") };
    assert!(matches!(parts[..], [Condition::Compare(_), Condition::All(_), Condition::Any(_)]), "{parts:?}");
    assert_eq!(calls.condition.facts(), [&Fact::FollowUpsDue, &Fact::DaysSinceJoining, &Fact::Streak]);
    let [Effect::Nudge(nudge)] = &calls.then[..] else { panic!("a nudge") };
    assert_eq!((nudge.text.as_str(), nudge.category), ("calls", Category::Business));
    assert_eq!((nudge.expires, nudge.at), (3, Some(19 * 60)));
    let texts = &compiled.bundles[&qadam_domain::company::Locale::En].rules;
    assert_eq!(texts.nudges[&nudge.text].title, "A call");
    assert_eq!(texts.why.len(), 2);
}

#[test]
fn the_sample_has_rules_for_everything_that_a_newcomer_meets() {
    let (compiled, _) = check(&folder("sample"));
    let compiled = compiled.expect("compiled");
    let rules = rules(&compiled);
    assert!(rules.len() >= 24, "{} rules", rules.len());
    let some = |holds: &dyn Fn(&Rule) -> bool| rules.iter().any(|rule| holds(rule));
    assert!(some(&|rule| matches!(rule.when, When::Silence { .. })));
    assert!(some(&|rule| matches!(rule.when, When::MonthEnds { .. })));
    assert!(some(&|rule| matches!(rule.when, When::Enters(_))));
    for effect in ["points", "lesson", "nudge", "sponsor", "offer"] {
        let is = |it: &Effect| serde_json::to_value(it).is_ok_and(|value| value.get(effect).is_some());
        assert!(some(&|rule| rule.then.iter().any(is)), "{effect}");
    }
    for bundle in compiled.bundles.values() {
        assert_eq!(bundle.rules.why.len(), rules.len(), "{}", bundle.locale);
        assert!(bundle.rules.nudges.values().all(|text| !text.title.is_empty() && !text.body.is_empty()));
        // A lock screen shows about so much.
        let long: Vec<&str> =
            bundle.rules.nudges.values().map(|t| t.title.as_str()).filter(|t| t.chars().count() > 60).collect();
        assert!(long.is_empty(), "{}: {long:?}", bundle.locale);
    }
    assert_eq!(compiled.release.ranks.len(), 4);
}

/// What is put instead of what, how the fault begins, and what is somewhere in its remedy.
const ERRORS: [(&str, &str, &str, &str); 25] = [
    (
        "\"days.since_joining <= 90\"",
        "\"segment newcomer\"",
        "rules/all.toml:3: a segment names no other segment",
        "comparisons",
    ),
    (
        "\"sale confirmed\"",
        "\"sales confirmed\"",
        "rules/all.toml:7: \"sales confirmed\" is nothing that a rule can wait for",
        "\"sale confirmed\"?",
    ),
    ("18:30", "25:30", "rules/all.toml:15: \"25:30\" is not a time of day", "19:00"),
    ("\"sales >= 1\"", "\"sale >= 1\"", "rules/all.toml:8: there is no fact \"sale\"", "did you mean sales?"),
    ("\"sales >= 1\"", "\"sales => 1\"", "rules/all.toml:8: there is no fact \"> 1\"", "RULES.md"),
    (
        "\"sales >= 1\"",
        "\"streak >= 3\"",
        "rules/all.toml:6: the rule \"first-sale\" can't be: points and courses follow from events alone",
        "streak can fall again",
    ),
    (
        "\"sales >= 1\"",
        "\"sales >= 1\", \"newcomers.silent >= 1\", \"contacts >= 1\"",
        "rules/all.toml:6: the rule \"first-sale\" can't be",
        "",
    ),
    (
        "\"sales >= 1\"",
        "\"lesson.earnigs.completed >= 1\"",
        "rules/all.toml:8: no course has a lesson \"earnigs\"",
        "\"earnings\"?",
    ),
    ("points = 50", "points = 5000", "rules/all.toml:9: \"points\" is 5000", "1 to 1000"),
    ("points = 50", "point = 50", "rules/all.toml:9: this [[rule]] has no key \"point\"", "\"points\"?"),
    (
        "lesson = \"earnings\"",
        "lesson = \"earning\"",
        "rules/all.toml:10: no course has a lesson \"earning\"",
        "\"earnings\"?",
    ),
    (
        "lesson = \"earnings\"",
        "course = \"first\"",
        "rules/all.toml:10: there is no course \"first\"",
        "file of courses/",
    ),
    (
        "priority = 90",
        "group = \"g\"",
        "rules/all.toml:6: the rule \"first-sale\" can't be: points and courses are given to everybody",
        "leave out group",
    ),
    ("priority = 90", "priority = 900", "rules/all.toml:11: \"priority\" is 900", "0 to 100"),
    (
        "priority = 90",
        "unless = \"rank reached\"",
        "rules/all.toml:7: \"unless\" has nothing to wait for here",
        "leave it out",
    ),
    (
        "segment newcomer\"",
        "segment newcomers\"",
        "rules/all.toml:16: there is no segment \"newcomers\"",
        "\"newcomer\"?",
    ),
    ("market is kz", "market is ka", "rules/all.toml:17: there is no market \"ka\"", "\"kz\"?"),
    ("\"week\"", "\"weekly\"", "rules/all.toml:18: \"weekly\" is no span of time", "\"week\"?"),
    ("\"business\"", "\"busines\"", "rules/all.toml:21: \"busines\" is no category", "\"business\"?"),
    ("\"3 hours\"", "\"3 weeks\"", "rules/all.toml:22: \"3 weeks\" is no time after which it is of no use", "14 days"),
    ("\"calls\"", "\"first-sale\"", "rules/all.toml:14: the id \"first-sale\" is in line 6 already", "its own"),
    (
        "[rule.nudge]\ncategory = \"business\"\nexpires = \"3 hours\"\nat = \"19:00\"",
        "",
        "rules/all.toml:13: nothing follows from the rule",
        "points",
    ),
    (
        "\"follow_ups.due >= 1\"",
        "\"follow_ups.due >= 1\", \"newcomers.silent >= 1\"",
        "rules/all.toml:14: the rule \"calls\" can't be: its facts are known in no one place",
        "follow_ups.due is known on the phone alone, newcomers.silent on the server alone",
    ),
    (
        "at = \"19:00\"",
        "at = \"19:00\"\n[rule.sponsor]\ntext = \"calls\"",
        "rules/all.toml:14: the rule \"calls\" can't be: some of its facts are the phone's alone",
        "follow_ups.due",
    ),
    (
        "at = \"19:00\"",
        "at = \"19:00\"\n[rule.offer]\ndays = 3\ntotal = 5\nreward = \"a\"\nterms = \"b\"",
        "rules/all.toml:24: the offer has no goal",
        "customer_sales",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_to_write() {
    for (from, to, begin, remedy) in ERRORS {
        assert!(RULES.contains(from), "{from}");
        let (compiled, faults) = ruled(&RULES.replacen(from, to, 1));
        let found = faults.iter().find(|fault| fault.to_string().starts_with(begin) && fault.remedy.contains(remedy));
        assert!(found.is_some() && compiled.is_none(), "{begin}; {remedy}{}", told(&faults));
    }
}

#[test]
fn a_rules_id_is_its_own_in_all_files() {
    let dir = company(&[]);
    fs::create_dir_all(dir.path().join("rules")).expect("a folder");
    for name in ["a", "b"] {
        fs::write(dir.path().join(format!("rules/{name}.toml")), RULES).expect("written");
    }
    let all = told(&check(dir.path()).1);
    assert!(all.contains("rules/b.toml:6: the rule \"first-sale\" is in rules/a.toml:6 already"), "{all}");
    assert!(all.contains("the segment \"newcomer\" is in another file already"), "{all}");
}

#[test]
fn words_must_be_there_and_name_whom_they_may() {
    let dir = company(&[]);
    fs::create_dir_all(dir.path().join("rules")).expect("a folder");
    let rule = "[[rule]]\nid = \"silent\"\nwhen = \"5 silent days at 18:00\"\n[rule.sponsor]\n";
    fs::write(dir.path().join("rules/a.toml"), rule).expect("written");
    let path = dir.path().join("en/texts.toml");
    let before = fs::read_to_string(&path).expect("a text");
    let tell = |more: &str| {
        fs::write(&path, format!("{before}\n{more}")).expect("written");
        let faults = check(dir.path()).1;
        told(&faults.into_iter().filter(|fault| fault.file == Path::new("en/texts.toml")).collect::<Vec<_>>())
    };
    let both = tell("");
    assert!(both.contains("[rule.silent] is missing") && both.contains("[word.silent] is missing"), "{both}");
    let why = "[rule.silent]\nwhy = \"Five days.\"\n[word.silent]\nsay = \"How are you?\"\n";
    assert!(tell(&format!("{why}why = \"{{newcommer}} is silent.\"\n")).contains("\"{newcommer}\" in \"why\""));
    assert!(tell(&format!("{why}why = \"Somebody is silent.\"\n")).contains("has no {newcomer}"));
    assert_eq!(tell(&format!("{why}why = \"{{newcomer}} is silent.\"\n")), "");
    // Claims are found here as everywhere.
    let claim = tell(&format!("{why}why = \"{{newcomer}} can earn guaranteed income.\"\n"));
    assert!(claim.contains("guaranteed"), "{claim}");
}

/// It stands on a locked screen.
#[test]
fn a_nudge_names_nobody() {
    let dir = company(&[]);
    fs::create_dir_all(dir.path().join("rules")).expect("a folder");
    let rule = "[[rule]]\nid = \"calls\"\nwhen = \"5 silent days at 18:00\"\n[rule.nudge]\ncategory = \"learning\"\nexpires = \"1 day\"\n";
    fs::write(dir.path().join("rules/a.toml"), rule).expect("written");
    let path = dir.path().join("en/texts.toml");
    let before = fs::read_to_string(&path).expect("a text");
    for (body, named) in [("Time for a call.", false), ("Time to call {newcomer}.", true), ("{sponsor} waits.", true)] {
        let texts =
            format!("[rule.calls]\nwhy = \"Each evening.\"\n[nudge.calls]\ntitle = \"A call\"\nbody = \"{body}\"\n");
        fs::write(&path, format!("{before}\n{texts}")).expect("written");
        let faults: Vec<_> = check(dir.path()).1.into_iter().filter(|f| f.file == Path::new("en/texts.toml")).collect();
        let all = told(&faults);
        assert_eq!(all.contains("leave the braces out: no name can stand here"), named, "{body}: {all}");
        assert_eq!(all.is_empty(), !named, "{all}");
    }
}

#[test]
fn a_badge_can_hang_on_a_rule() {
    let badge = |rule: &str| {
        let dir = company(&[super::Put(
            "awards.toml",
            "lessons_completed = 1",
            &*Box::leak(format!("rule = \"{rule}\"").into_boxed_str()),
        )]);
        fs::create_dir_all(dir.path().join("rules")).expect("a folder");
        fs::write(dir.path().join("rules/all.toml"), RULES).expect("written");
        told(
            &check(dir.path()).1.into_iter().filter(|fault| fault.file == Path::new("awards.toml")).collect::<Vec<_>>(),
        )
    };
    assert_eq!(badge("first-sale"), "");
    assert!(badge("first-sail").contains("there is no rule \"first-sail\"; did you mean \"first-sale\"?"));
    assert!(badge("calls").contains("the rule \"calls\" can give no badge"));
}

#[test]
fn a_rule_that_gave_something_goes_on_as_it_was() {
    let today = Day::parse("2026-11-26").expect("a date");
    let published = ruled(RULES).0.expect("compiled").release;
    let after = |from: &str, to: &str| {
        let (compiled, faults) = ruled(&RULES.replacen(from, to, 1));
        told(&against_published(&compiled.unwrap_or_else(|| panic!("{}", told(&faults))), &published, today))
    };
    assert_eq!(after("priority = 90", "priority = 10"), "");
    assert_eq!(after("priority = 90", "until = 2026-12-31"), "");
    // What only nudges may change.
    assert_eq!(after("18:30", "19:30"), "");
    let changed = after("sales >= 1", "sales >= 2");
    assert!(
        changed.contains("rules/all.toml:6: the rule \"first-sale\" was published otherwise")
            && changed.contains("until = 2026-11-26"),
        "{changed}"
    );
    // What only nudged gives nothing for what is long over.
    assert!(after("per = \"week\"\nholdout = 10", "per = \"week\"").is_empty());
    assert!(after("points = 50", "points = 40").contains("was published otherwise"));
    assert!(after("priority = 90", "until = 2026-01-31").contains("would end on 2026-01-31, which has passed"));
    let ended = ruled(&RULES.replacen("priority = 90", "until = 2026-10-31", 1)).0.expect("compiled").release;
    for (until, refused) in [("until = 2026-10-31", false), ("until = 2027-10-31", true), ("", true)] {
        let again = ruled(&RULES.replacen("priority = 90", until, 1)).0.expect("compiled");
        assert_eq!(told(&against_published(&again, &ended, today)).contains("ended on 2026-10-31"), refused, "{until}");
    }
    let sale = "when = \"sale confirmed\"\nif = [\"sales >= 1\"]\n";
    let nudges = RULES.replacen(
        "points = 50\nlesson = \"earnings\"\npriority = 90",
        "[rule.nudge]\ntext = \"calls\"\ncategory = \"business\"\nexpires = \"1 day\"",
        1,
    );
    assert!(nudges.contains(sale));
    let nudged = ruled(&nudges).0.expect("compiled").release;
    let gives = told(&against_published(&ruled(RULES).0.expect("compiled"), &nudged, today));
    assert!(gives.contains("the rule \"first-sale\" was published, and gave nothing"), "{gives}");
    let first = RULES.find("[[rule]]\nid = \"calls\"").expect("there");
    let without = format!("[segment.newcomer]\nif = [\"days.since_joining <= 90\"]\n\n{}", &RULES[first..]);
    let gone = against_published(&ruled(&without).0.expect("compiled"), &published, today);
    assert!(told(&gone).contains("was published, gave something, and is no more"), "{}", told(&gone));
    assert!(published.rules.iter().all(|slot| matches!(slot, Slot::Known(_))));
}

#[test]
fn the_manual_lists_every_fact() {
    let path = folder("RULES.md");
    let text = fs::read_to_string(&path).expect("the manual");
    let (before, rest) = text.split_once(manual::BEGIN).expect("where the list begins");
    let (list, after) = rest.split_once(manual::END).expect("where it ends");
    let wanted = format!("\n{}", manual::facts());
    if std::env::var_os("QADAM_WRITE_MANUAL").is_some() {
        let text = format!("{before}{}{wanted}{}{after}", manual::BEGIN, manual::END);
        fs::write(path, text).expect("writes the manual");
        return;
    }
    assert_eq!(list, wanted, "write it anew: QADAM_WRITE_MANUAL=1 cargo test -p qadam-backend --test content manual");
}

#[test]
fn a_rule_opens_tasks_that_wait_for_one() {
    let with = |task: &str| {
        let rule = format!("[[rule]]\nid = \"first-sale\"\nwhen = \"sale confirmed\"\ntask = \"{task}\"\n");
        ruled(&rule).1.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(with("calls").contains("rules/all.toml:4: the plan has no task \"calls\""), "{}", with("calls"));
    assert!(with("call").contains("rules/all.toml:4: the task \"call\" waits for no rule"), "{}", with("call"));
}
