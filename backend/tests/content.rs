//! Content folders as staff write them: the sample, and a small company into which one fault at a time is put.

#[path = "content/ethics.rs"]
mod ethics;
#[path = "content/rules.rs"]
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use qadam_backend::content::{Compiled, Fault, Severity, against_published, check};
use qadam_domain::awards::BadgeCondition;
use qadam_domain::company::Locale;
use qadam_domain::ids::{LessonId, TaskId};
use qadam_domain::learning::{AnswerKey, FULL};
use qadam_domain::release::Release;
use qadam_domain::time::Day;

/// What is done to the small company.
enum Change {
    /// In this file, this text becomes that.
    Put(&'static str, &'static str, &'static str),
    Write(&'static str, &'static [u8]),
    Delete(&'static str),
}
use Change::{Delete, Put, Write};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("listed") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// The small company with changes.
fn company(changes: &[Change]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    copy(&folder("tests/content/company"), dir.path());
    for change in changes {
        match *change {
            Put(file, from, to) => {
                let path = dir.path().join(file);
                let text = fs::read_to_string(&path).expect("a text");
                assert!(text.contains(from), "{file} has no {from}");
                fs::write(path, text.replacen(from, to, 1)).expect("written");
            }
            Write(file, bytes) => {
                let path = dir.path().join(file);
                fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
                fs::write(path, bytes).expect("written");
            }
            Delete(file) => {
                let path = dir.path().join(file);
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("deleted");
            }
        }
    }
    dir
}

fn faults(changes: &[Change]) -> (Option<Compiled>, Vec<Fault>) {
    check(company(changes).path())
}

fn compiled(changes: &[Change]) -> Compiled {
    let (compiled, faults) = faults(changes);
    compiled.unwrap_or_else(|| panic!("{faults:?}"))
}

const COURSE: &str = "courses/first-steps.toml";
const LISTENING: &str = "en/lessons/listening.md";
const JOURNEY: &str = "journey.toml";

/// Changes that must not be published, each with how its fault begins; `remedy` is somewhere in it.
#[rustfmt::skip]
fn errors() -> Vec<(Change, &'static str, &'static str)> {
    vec![
        // Files.
        (Delete("company.toml"), "company.toml: is missing", "CONTENT.md"),
        (Delete(COURSE), "courses: there is no course", "courses/first-steps.toml"),
        (Delete("en/texts.toml"), "en/texts.toml: is missing", "titles"),
        (Delete(LISTENING), "en/lessons/listening.md: is missing", "the cards of the lesson"),
        (Delete("en/questions/earnings.gift"), "en/questions/earnings.gift: is missing", "the questions of the lesson"),
        (Write("ru/lessons/earnings.md", b" \n\n"), "ru/lessons/earnings.md: is empty", "delete the file"),
        (Write("en/questions/earnings.gift", b"// nothing yet\n"), "en/questions/earnings.gift: there is no question", "write some"),
        (Write(LISTENING, b"# Listening\n\nCaf\xe9\n"), "en/lessons/listening.md:3: is not UTF-8: there is a byte 0xe9", "save the file as UTF-8"),
        (Write("reviews.toml", &[b'#'; (1 << 20) + 1]), "reviews.toml: is larger than 1 MiB", "at most 1 MiB"),
        (Write("courses/First.toml", b"order = 2\n"), "courses/First.toml: the file's name is not an id", "first-steps.toml"),
        // The company.
        (Put("company.toml", "\"altyn\"", "\"Altyn\""), "company.toml:1: \"Altyn\" is not an id", "a-z"),
        (Put("company.toml", "id = \"altyn\"\n", ""), "company.toml:1: company.toml has no \"id\"", "id = "),
        (Put("company.toml", "default_locale = \"en\"", "default_locale = \"es\""), "company.toml:2: the default locale \"es\" is not one of the locales", "add it"),
        (Put("company.toml", "\"ru\"]", "\"ru\", \"kz\"]"), "company.toml:3: \"kz\" is not a locale", "en, es, kk, ru"),
        (Put("company.toml", "\"ru\"]", "\"ru\", \"en\"]"), "company.toml:3: the locale \"en\" is there twice", "once"),
        (Put("company.toml", "KZT", "Tenge"), "company.toml:7: \"Tenge\" is not a currency", "ISO 4217"),
        (Put("company.toml", "locales = [\"ru\"]", "locales = [\"kk\"]"), "company.toml:8: the company has no locale \"kk\"", "leave it out"),
        (Put("company.toml", "Asia/Almaty", "Asia/Almatty"), "company.toml:9: \"Asia/Almatty\" is not a time zone", "\"Asia/Almaty\"?"),
        (Put("company.toml", "currency", "period_ends = [2027-01-22, 2027-01-22]\ncurrency"), "company.toml:7: 2027-01-22 comes after 2027-01-22", "one after the other"),
        (Put("company.toml", "currency", "period_ends = [\"2027-01-22\"]\ncurrency"), "company.toml:7: \"period_ends\" is", "dates"),
        (Put("company.toml", "time_zone", "timezone"), "company.toml:9: this [[market]] has no key \"timezone\"", "\"time_zone\"?"),
        (Put("company.toml", "locales = [\"en\", \"ru\"]", "locales = [\"en\", \"ru\""), "company.toml:3: is not TOML here: unclosed array", "close it"),
        // Courses.
        (Put(COURSE, "minutes", "minuts"), "courses/first-steps.toml:5: this [[lesson]] has no key \"minuts\"", "\"minutes\"?"),
        (Put(COURSE, "minutes = 4\n", ""), "courses/first-steps.toml:3: this [[lesson]] has no \"minutes\"", "minutes = 4"),
        (Put(COURSE, "points = 20", "points = \"20\""), "courses/first-steps.toml:6: \"points\" is a text", "0 to 1000"),
        (Put(COURSE, "pass = 90", "pass = 101"), "courses/first-steps.toml:13: \"pass\" is 101", "1 to 100"),
        (Put(COURSE, "\"10m\"", "\"10 minutes\""), "courses/first-steps.toml:15: \"10 minutes\" is not a wait", "\"10m\""),
        (Put(COURSE, "\"10m\"", "\"25h\""), "courses/first-steps.toml:15: \"25h\" is not a wait", "\"24h\""),
        (Put(COURSE, "\"earnings\"", "\"listening\""), "courses/first-steps.toml:10: the lesson \"listening\" is in courses/first-steps.toml:4 already", "unique"),
        (Put(COURSE, "\"earnings\"", "\"Earnings\""), "courses/first-steps.toml:10: \"Earnings\" is not an id", "a-z"),
        (Put(COURSE, "pass = 90", "after = [\"listenin\"]"), "courses/first-steps.toml:13: no course has a lesson \"listenin\"", "\"listening\"?"),
        (Put(COURSE, "draw = 4", "draw = 4\nafter = [\"earnings\"]"), "courses/first-steps.toml:8: lessons wait for each other in a circle: listening after earnings after listening", "after"),
        (Put(COURSE, "draw = 4", "draw = 7"), "courses/first-steps.toml:7: a quiz of \"listening\" draws 7 questions, and there are 6", "draw = 5"),
        (Write("courses/second.toml", b"order = 1\n[[lesson]]\nid = \"earnings\"\nminutes = 4\npoints = 1\n"), "courses/second.toml:1: courses/first-steps.toml has the order 1 too", "own place"),
        // Awards and reviews.
        (Put("awards.toml", "reviews_a_day = 10", "reviews_a_day = 10.5"), "awards.toml:3: \"reviews_a_day\" is a number with decimals", "0 to 1000"),
        (Put("awards.toml", "from = 0", "from = 5"), "awards.toml:7: the first level does not start at 0", "from = 0"),
        (Put("awards.toml", "from = 60", "from = 0"), "awards.toml:11: the level starts at 0, the one above at 0", "higher"),
        (Put("awards.toml", "\"steady\"", "\"newcomer\""), "awards.toml:10: the id \"newcomer\" is in line 6 already", "its own"),
        (Put("awards.toml", "lessons_completed = 1\n", ""), "awards.toml:13: the badge has no condition", "perfect_quizzes"),
        (Put("awards.toml", "lessons_completed = 1", "lessons_completed = 1\nreviews = 5"), "awards.toml:17: the badge has 2 conditions: lessons_completed, reviews", "two badges"),
        (Put("awards.toml", "\"first-steps\"", "\"first-step\""), "awards.toml:20: there is no course \"first-step\"", "\"first-steps\"?"),
        (Put("awards.toml", "course = \"first-steps\"", "lesson = \"listning\""), "awards.toml:20: no course has a lesson \"listning\"", "\"listening\"?"),
        (Put("awards.toml", "course = \"first-steps\"", "lessons = []"), "awards.toml:20: the badge names no lesson", "at least one"),
        (Put("awards.toml", "2027-01-31", "2027-02-31"), "awards.toml:25: is not TOML here", "key = value"),
        (Put("awards.toml", "2027-01-31", "\"2027-01-31\""), "awards.toml:25: \"ended\" is a text", "as in 2027-01-31"),
        (Put("reviews.toml", "90", "99"), "reviews.toml:1: \"retention\" is 99", "70 to 97"),
        // Texts.
        (Put("en/texts.toml", "welcome = \"Welcome.\"\n", ""), "en/texts.toml:1: [company] has no \"welcome\"", "welcome = "),
        (Put("en/texts.toml", "\"How to begin.\"", "\" \""), "en/texts.toml:10: \"summary\" in [course.first-steps] is empty", "write the text"),
        (Put("ru/texts.toml", "[badge.season]", "[badge.seasn]"), "ru/texts.toml:28: [badge.seasn] names no badge", "[badge.season]?"),
        (Put("en/texts.toml", "[level.steady]\ntitle = \"Steady\"\n", ""), "en/texts.toml: [level.steady] is missing", "title"),
        (Put("ru/texts.toml", "title = \"Новичок\"", "titel = \"Новичок\""), "ru/texts.toml:13: [level.newcomer] has no key \"titel\"", "\"title\"?"),
        // The plan.
        (Put(JOURNEY, "goal = \"two-talks\"\n", ""), "journey.toml:1: journey.toml has no \"goal\"", "id of a task"),
        (Put(JOURNEY, "goal = \"two-talks\"", "goal = \"two-talk\""), "journey.toml:1: the goal is no task: \"two-talk\"", "\"two-talks\"?"),
        (Put(JOURNEY, "goal = \"two-talks\"", "goal = \"room\""), "journey.toml:23: the first goal, \"room\", lies on day 2", "3 to 5"),
        (Put(JOURNEY, "after = [\"room\"]\ninteractions = 2", "sales = 2"), "journey.toml:33: the first goal needs \"two-talks\", which is in others' hands", "alone"),
        (Put(JOURNEY, "talk.mp4", "talks.mp4"), "journey.toml:4: there is no file media/talks.mp4", "\"talk.mp4\"?"),
        (Put(JOURNEY, "[\"today\"]", "[\"today\", \"today\"]"), "journey.toml:5: \"today\" is there twice", "once"),
        (Put(JOURNEY, "from = 8", "from = 9"), "journey.toml:12: the phase \"later\" begins on day 9", "from = 8"),
        (Put(JOURNEY, "until = 30", "until = 3"), "journey.toml:12: the phase \"later\" ends on day 3, before it begins", "until = 8"),
        (Put(JOURNEY, "id = \"later\"", "id = \"first-week\""), "journey.toml:13: the id \"first-week\" is in line 8 already", "its own"),
        (Put(JOURNEY, "id = \"room\"\nday = 2\n", "id = \"room\"\n"), "journey.toml:22: the task has no day", "week = 2"),
        (Put(JOURNEY, "day = 2", "day = 2\nweek = 1"), "journey.toml:25: the task has a day and a week", "one of them"),
        (Put(JOURNEY, "day = 2", "day = 0"), "journey.toml:24: \"day\" is 0", "1 to 120"),
        (Put(JOURNEY, "day = 6\nuntil = 10", "day = 31"), "journey.toml:40: the task \"evening\" lies behind the plan's last day, 30", "day = 30 or less"),
        (Put(JOURNEY, "until = 10", "until = 5"), "journey.toml:41: the task \"evening\" leaves the plan on day 5, and is planned up to day 6", "until = 6"),
        (Put(JOURNEY, "after = [\"room\"]", "after = [\"rooms\"]"), "journey.toml:35: there is no task \"rooms\"", "\"room\"?"),
        (Put(JOURNEY, "after = [\"room\"]", "after = [\"customer\"]"), "journey.toml:35: \"two-talks\" comes after \"customer\", which does not stand above it", "above"),
        (Put(JOURNEY, "after = [\"two-talks\"]", "after = [\"evening\"]"), "journey.toml:47: \"customer\" comes after \"evening\", which leaves the plan some day", "until"),
        (Put(JOURNEY, "day = 4", "day = 1"), "journey.toml:34: the task \"two-talks\" comes after one of day 2, and lies on day 1", "day = 2"),
        (Put(JOURNEY, "lesson = \"earnings\"", "lesson = \"earning\""), "journey.toml:30: no course has a lesson \"earning\"", "\"earnings\"?"),
        (Put(JOURNEY, "lesson = \"listening\"", "tick = \"event\""), "journey.toml:28: the lesson \"earnings\" opens after \"listening\", which is no task of the plan", "lesson = \"listening\""),
        (Put(JOURNEY, "sales = 1\n", ""), "journey.toml:44: the task asks for nothing", "follow_ups"),
        (Put(JOURNEY, "sales = 1", "sales = 1\ncontacts = 5"), "journey.toml:48: the task asks for 2 things: contacts, sales", "two tasks"),
        (Put(JOURNEY, "tick = \"sponsor\"", "tick = \"sponser\""), "journey.toml:53: \"sponser\" is nothing to tick off", "\"sponsor\"?"),
        (Put(JOURNEY, "day = 2", "day = 2\nby_rule = true"), "journey.toml:25: the task has a day, and waits for a rule", "leave out"),
        (Put(JOURNEY, "day = 2", "day = 2\nwithin = 3"), "journey.toml:25: within is for tasks that a rule opens", "by_rule"),
        (Put(JOURNEY, "day = 2", "by_rule = true"), "journey.toml:35: \"two-talks\" comes after \"room\", which only a rule opens", "out of after"),
        (Put(JOURNEY, "sales = 1", "sales = 1\nretired = \"yes\""), "journey.toml:49: \"retired\" is a text", "true or false"),
        (Put("en/texts.toml", "[\"A place\", \"An hour\"]", "[\"A place\"]"), "en/texts.toml:54: [task.room] has 1 items, and journey.toml says checklist = 2", "as many"),
        (Put("ru/texts.toml", "[\"Место\", \"Час\"]", "[\"Место\", \" \"]"), "ru/texts.toml:54: an item of [task.room] is empty", "text"),
        (Put("en/texts.toml", "welcome! {sponsor}", "welcome!"), "en/texts.toml:34: \"letter\" of the welcome has no {sponsor}", "letter"),
        (Put("ru/texts.toml", "{newcomer}! {sponsor}", "{newcomer}! {sponser}"), "ru/texts.toml:34: \"{sponser}\" in \"letter\" of the welcome is no name", "{newcomer} and {sponsor}"),
        (Put("en/texts.toml", "letter_alone = \"Dear {newcomer}", "letter_alone = \"Dear {sponsor}"), "en/texts.toml:35: \"{sponsor}\" in \"letter_alone\" of the welcome is no name", "{newcomer}"),
        (Put("en/texts.toml", "[task.call]", "[task.cal]"), "en/texts.toml:72: [task.cal] names no task", "[task.call]?"),
        (Put("en/texts.toml", "why = \"The first goal.\"\n", ""), "en/texts.toml:60: [task.two-talks] has no \"why\"", "why"),
        // Cards.
        (Put(LISTENING, "# Listening first", "Listening first"), "en/lessons/listening.md:1: the first line is not the title", "write #"),
        (Put(LISTENING, "*silence*", "<i>silence</i>"), "en/lessons/listening.md:5: HTML is not taken", "Markdown"),
        (Put(LISTENING, "https://", "http://"), "en/lessons/listening.md:15: the link doesn't begin with https://", "only such"),
        (Put(LISTENING, "![A path of stones]", "![]"), "en/lessons/listening.md:7: media/steps.png has no text", "what can be seen"),
        (Put(LISTENING, "steps.png", "step.png"), "en/lessons/listening.md:7: there is no file media/step.png", "\"steps.png\"?"),
        (Put(LISTENING, "steps.png", "Steps.png"), "en/lessons/listening.md:7: \"Steps.png\" is not a name", "a-z"),
        (Put(LISTENING, "steps.png", "steps.gif"), "en/lessons/listening.md:7: files of the kind .gif are not taken", "png"),
        (Put(LISTENING, "One question", "![A path](media/steps.png) One question"), "en/lessons/listening.md:5: media/steps.png is not on a line of its own", "blank line"),
        (Put(LISTENING, "---\n", "---\n\n---\n"), "en/lessons/listening.md:10: there is an empty card", "leave out"),
        (Put("ru/lessons/earnings.md", "Большинство", "| a |\n|---|\n| b |\n\nБольшинство"), "ru/lessons/earnings.md:3: tables are not taken", "list"),
        // Media.
        (Delete("media/talk.en.vtt"), "media/talk.en.vtt: is missing: media/talk.mp4 needs captions", "WebVTT"),
        (Delete("media/talk.en.md"), "media/talk.en.md: is missing: media/talk.mp4 needs a transcript", "what is said"),
        (Put("media/talk.ru.vtt", "03.400", "00.100"), "media/talk.ru.vtt:3: the caption ends before it begins", "WebVTT"),
        (Put("media/talk.ru.md", "**Rosa:**", "<b>Rosa:</b>"), "media/talk.ru.md:3: HTML is not taken", "Markdown"),
        (Write("media/steps.png", b"GIF89a"), "media/steps.png: is not a .png file inside", "format"),
        (Write("media/talk.mp4", b""), "media/talk.mp4: is empty", "again"),
        // Questions; gift has tests for each of their faults.
        (Put("en/questions/earnings.gift", "{F}", "{F"), "en/questions/earnings.gift:6: the answers have no end", "}"),
        (Put("ru/questions/listening.gift", "~%50%Спешка", "~%60%Спешка"), "ru/questions/listening.gift:11: the weights of the right answers add up to 110 %", "~%50%"),
        // Translations.
        (Put("ru/questions/listening.gift", "::silence::", "::silense::"), "ru/questions/listening.gift:16: en/questions/listening.gift has no question \"silense\"", "\"silence\"?"),
        (Put("ru/questions/listening.gift", "{F#", "{T#"), "ru/questions/listening.gift:16: \"silence\" is true here, and is false in en/questions/listening.gift:16", "only words differ"),
        (Put("ru/questions/listening.gift", "~%50%Как дела?", "~Как дела?"), "ru/questions/listening.gift:6: answer 3 of \"open-question\" is worth 0 % here, and is worth 50 % in en/questions/listening.gift:6", "only words differ"),
        (Put("ru/questions/listening.gift", "~Хотите это купить?\n", ""), "ru/questions/listening.gift:3: \"open-question\" has 2 answers here, and has 3 in en/questions/listening.gift:3", "same answers"),
        (Put("ru/questions/listening.gift", "{>\nСпросить\n", "{>\nНе спешить\nСпросить\n"), "ru/questions/listening.gift:24: \"order\" has 4 items here, and has 3", "same answers"),
        (Put("ru/questions/listening.gift", "дёшево. -> need", "дёшево."), "ru/questions/listening.gift:33: answer 2 of \"cream\" is worth 0 % and ends the story here, and is worth 0 % and leads to step 2 in en/questions/listening.gift:33", "same"),
        (Put("ru/questions/earnings.gift", "=25:0", "=26:0"), "ru/questions/earnings.gift:2: answer 1 of \"left\" is 26000000", "same"),
        (Put("ru/questions/earnings.gift", "Образец -> расход", "Образец -> оборот"), "ru/questions/earnings.gift:10: answer 2 of \"costs\" belongs to choice 2 here, and belongs to choice 1 in en/questions/earnings.gift:10", "same"),
        (Put("ru/questions/earnings.gift", "{F}", "{=да =нет}"), "ru/questions/earnings.gift:6: \"income\" is short text here, and is true or false in en/questions/earnings.gift:6", "same"),
    ]
}

/// Changes that can be published, but are told.
#[rustfmt::skip]
fn warnings() -> Vec<(Change, &'static str, &'static str)> {
    vec![
        (Delete("ru"), "company.toml:3: nothing is translated into \"ru\": there is no folder ru/", "en/"),
        (Delete("ru/texts.toml"), "ru/texts.toml: is missing", "write it"),
        (Delete("ru/lessons/earnings.md"), "ru/lessons/earnings.md: is missing", "write"),
        (Delete("ru/questions/earnings.gift"), "ru/questions/earnings.gift: is missing", "write"),
        (Delete("media/talk.ru.vtt"), "media/talk.ru.vtt: is missing: media/talk.mp4 needs captions", "WebVTT"),
        (Put("ru/texts.toml", "title = \"Новичок\"\n", ""), "ru/texts.toml:12: [level.newcomer] has no \"title\"", "title"),
        (Put("ru/questions/earnings.gift", "::income:: Оборот — это доход. {F}\n", ""), "ru/questions/earnings.gift: the question \"income\" is missing", "en/questions/earnings.gift:6"),
        (Put("ru/lessons/earnings.md", "---\n", ""), "ru/lessons/earnings.md: the lesson has 1 cards here, and 2 in the default locale", "same places"),
        (Put("ru/lessons/listening.md", "![Дорожка из камней](media/steps.png)\n", ""), "ru/lessons/listening.md: media/steps.png is shown in the default locale", "here too"),
        (Put("company.toml", "KZT", "KTZ"), "company.toml:7: the currency KTZ is not in the list", "\"KZT\"?"),
        (Put(COURSE, "minutes = 4", "minutes = 12"), "courses/first-steps.toml:5: the lesson takes 12 minutes", "3 to 5"),
        (Put(COURSE, "draw = 4", "draw = 6"), "courses/first-steps.toml:7: a quiz of \"listening\" draws all of its 6 questions", "second try"),
        (Put(COURSE, "draw = 4\n", ""), "courses/first-steps.toml:4: a quiz of \"listening\" draws all of its 6 questions", "second try"),
        (Write("media/old.png", b"x"), "media/old.png: no lesson shows it", "delete it"),
        (Write("en/lessons/draft.md", b"# Draft\n\nText.\n"), "en/lessons/draft.md: no course has this lesson", "courses/"),
        (Write("kz/texts.toml", b"x = 1\n"), "kz: nothing names this folder", "did you mean kk/?"),
        (Write("kk/texts.toml", b"x = 1\n"), "kk: the company has not this locale", "add \"kk\""),
        (Write("notes.txt", b"x"), "notes.txt: nothing names this file", "CONTENT.md"),
        (Put("awards.toml", "lessons_completed = 1", "lessons_completed = 5"), "awards.toml:16: the badge asks for 5 lessons, and there are 2", "fewer"),
        (Put("ru/texts.toml", "items = [\"Место\", \"Час\"]\n", ""), "ru/texts.toml:51: [task.room] has no \"items\"", "items"),
        (Put("awards.toml", "lesson = \"listening\"", "lesson = \"gone\""), "awards.toml:24: no course has a lesson \"gone\"", "name a lesson"),
    ]
}

fn find<'a>(faults: &'a [Fault], begin: &str, remedy: &str) -> Option<&'a Fault> {
    faults.iter().find(|fault| fault.to_string().starts_with(begin) && fault.remedy.contains(remedy))
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("\n  {:?} {fault}", fault.severity)).collect()
}

#[test]
fn the_small_company_has_no_fault() {
    let (compiled, faults) = faults(&[]);
    assert!(faults.is_empty(), "{}", told(&faults));
    let release = compiled.expect("compiled").release;
    assert_eq!(Release::id_of(&release.to_bytes()).as_str().len(), 64);
    assert_eq!((release.serial, release.company.as_str()), (0, "altyn"));
}

#[test]
fn the_sample_can_be_published() {
    let (compiled, faults) = check(&folder("sample"));
    assert!(faults.is_empty(), "{}", told(&faults));
    let compiled = compiled.expect("compiled");
    assert_eq!(compiled.bundles.len(), compiled.release.locales.len());
    let journey = compiled.release.journey.as_ref().expect("a plan");
    assert!(journey.tasks.len() >= 25 && journey.phases.len() == 4 && journey.days() == 90);
    for phase in &journey.phases {
        assert!(journey.tasks.iter().any(|task| (phase.from..=phase.until).contains(&task.day)), "{phase:?}");
    }
    assert!(compiled.release.lessons().count() > 10);
}

#[test]
fn each_error_is_told_with_its_line_and_blocks_publishing() {
    let cases = errors();
    assert!(cases.len() > 60);
    for (change, begin, remedy) in cases {
        let (compiled, faults) = faults(&[change]);
        let fault = find(&faults, begin, remedy).unwrap_or_else(|| panic!("{begin}; {remedy}{}", told(&faults)));
        assert_eq!(fault.severity, Severity::Error, "{begin}");
        assert!(compiled.is_none(), "{begin}");
    }
}

#[test]
fn each_warning_is_told_and_blocks_nothing() {
    for (change, begin, remedy) in warnings() {
        let (compiled, faults) = faults(&[change]);
        let fault = find(&faults, begin, remedy).unwrap_or_else(|| panic!("{begin}; {remedy}{}", told(&faults)));
        assert_eq!(fault.severity, Severity::Warning, "{begin}");
        assert!(compiled.is_some(), "{}", told(&faults));
    }
}

#[test]
fn one_fault_brings_no_others() {
    // A second course, a lesson's file that is gone: these lack several things.
    let several = ["courses/second.toml:1"];
    for (change, begin, _) in errors() {
        if !several.iter().any(|text| begin.contains(text)) {
            let (_, faults) = faults(&[change]);
            assert_eq!(faults.len(), 1, "{begin}{}", told(&faults));
        }
    }
}

#[test]
fn all_faults_are_found_at_once_and_sorted() {
    let (_, faults) = faults(&[
        Put("ru/questions/listening.gift", "{F#", "{T#"),
        Put("ru/questions/listening.gift", "~%50%Как дела?", "~Как дела?"),
        Put("en/lessons/listening.md", "https://", "http://"),
        Put("company.toml", "KZT", "kzt"),
        Put("company.toml", "\"altyn\"", "5"),
        Put(COURSE, "pass = 90", "pass = 0"),
        Put("reviews.toml", "5", "50"),
        Write("en/questions/earnings.gift", b"::a:: b {}\n\nc {T}\n\n::left:: d {#1,5}\n"),
    ]);
    let places: Vec<String> = faults.iter().map(|fault| format!("{}:{}", fault.file.display(), fault.line)).collect();
    let mut sorted = faults.iter().map(|fault| (fault.file.clone(), fault.line)).collect::<Vec<_>>();
    sorted.sort();
    assert!(faults.iter().map(|fault| (fault.file.clone(), fault.line)).eq(sorted), "{}", told(&faults));
    for place in [
        "company.toml:1",
        "company.toml:7",
        "courses/first-steps.toml:13",
        "en/lessons/listening.md:15",
        "en/questions/earnings.gift:1",
        "en/questions/earnings.gift:3",
        "en/questions/earnings.gift:5",
        "reviews.toml:2",
        "ru/questions/listening.gift:6",
        "ru/questions/listening.gift:16",
    ] {
        assert!(places.iter().any(|p| p == place), "{place}{}", told(&faults));
    }
}

#[test]
fn a_release_holds_what_was_written() {
    let compiled = compiled(&[]);
    let listening = LessonId::new("listening").expect("an id");
    let earnings = LessonId::new("earnings").expect("an id");
    let lesson = compiled.release.lesson(&listening).expect("there");
    assert_eq!((lesson.pass, lesson.draw, lesson.wait), (FULL / 100 * 80, 4, 0));
    assert_eq!(
        (lesson.after.as_slice(), lesson.media.as_slice()),
        (&[][..], &["steps.png".to_owned(), "talk.mp4".to_owned()][..])
    );
    let second = compiled.release.lesson(&earnings).expect("there");
    assert_eq!((second.after.as_slice(), second.wait), (&[listening.clone()][..], 600_000));
    let badge = &compiled.release.awards.badges[1];
    assert_eq!(badge.when, BadgeCondition::Lessons(vec![earnings, listening.clone()]));

    let word = lesson.questions.iter().find(|q| q.id.as_str() == "word").expect("there");
    let AnswerKey::ShortText { accepted } = &word.key else { panic!("{word:?}") };
    assert_eq!((accepted[&Locale::En].len(), accepted[&Locale::Ru].len()), (2, 3));

    let talk = &compiled.media["talk.mp4"];
    assert_eq!((talk.extension.as_str(), talk.size, talk.lessons.as_slice()), ("mp4", 28, &[listening.clone()][..]));
    let captions = &compiled.media["talk.ru.vtt"];
    assert_eq!((captions.extension.as_str(), captions.lessons.as_slice()), ("vtt", &[listening.clone()][..]));

    let ru = &compiled.bundles[&Locale::Ru];
    assert_eq!(ru.lessons[&listening].title, "Сначала слушать");
    assert_eq!(ru.lessons[&listening].cards.len(), 2);
    assert_eq!(ru.media["talk.mp4"].captions.as_deref(), Some("talk.ru.vtt"));
    assert!(!ru.media.contains_key("steps.png"));
}

#[test]
fn a_plan_is_settled_when_it_is_compiled() {
    let compiled = compiled(&[Put("ru/texts.toml", "items = [\"Место\", \"Час\"]\n", "")]);
    let journey = compiled.release.journey.as_ref().expect("a plan");
    let task = |n: usize| {
        let task = &journey.tasks[n];
        (task.id.as_str(), task.day, task.by, task.after.iter().map(TaskId::as_str).collect::<Vec<_>>())
    };
    assert_eq!(task(0), ("listen", 1, 1, vec![]));
    // The lesson opens after the other.
    assert_eq!(task(2), ("earn", 3, 3, vec!["listen"]));
    // Each on a day of the week that has room.
    assert_eq!((task(5), task(6)), (("customer", 8, 14, vec!["two-talks"]), ("call", 9, 14, vec![])));
    assert_eq!((journey.days(), journey.goal.as_str(), journey.tasks[4].until), (30, "two-talks", Some(10)));
    assert_eq!(journey.welcome.as_ref().and_then(|welcome| welcome.video.as_deref()), Some("talk.mp4"));
    let texts = compiled.bundles[&Locale::Ru].journey.as_ref().expect("its words");
    let room = &texts.tasks[&journey.tasks[1].id];
    assert_eq!(
        (room.title.as_str(), room.items.as_slice()),
        ("Освободить место", &["A place".to_owned(), "An hour".to_owned()][..])
    );
    assert_eq!(
        texts.welcome.as_ref().map(|welcome| welcome.letter.as_str()),
        Some("Здравствуйте, {newcomer}! {sponsor}")
    );
    // A video that no lesson shows is published, with its captions.
    let alone = company(&[
        Write("media/leader.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2"),
        Write("media/leader.en.md", b"Hello!\n"),
        Write("media/leader.ru.md", "Здравствуйте!\n".as_bytes()),
        Write("media/leader.en.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello!\n"),
        Write("media/leader.ru.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nЗдравствуйте!\n".as_bytes()),
        Put(JOURNEY, "talk.mp4", "leader.mp4"),
    ]);
    let (compiled, faults) = check(alone.path());
    let compiled = compiled.unwrap_or_else(|| panic!("{}", told(&faults)));
    assert_eq!(compiled.media["leader.mp4"].lessons, []);
    assert!(compiled.media.contains_key("leader.ru.vtt"));
}

#[test]
fn a_day_has_three_tasks_at_most() {
    let on_day_one = |from: &'static str, to: &'static str| Put(JOURNEY, from, to);
    let (_, faults) =
        faults(&[on_day_one("day = 2", "day = 1"), on_day_one("day = 3", "day = 1"), on_day_one("day = 6", "day = 1")]);
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "journey.toml:40: \"evening\" is task number 4 of day 1; move it: at most 3 a day, so that an evening is enough"
        ]
    );
}

#[test]
fn a_company_needs_no_plan() {
    let texts = |file: &str, start: &str| {
        let text = fs::read_to_string(folder("tests/content/company").join(file)).expect("a text");
        text.split_once(start).expect("a plan's texts").0.as_bytes().to_vec()
    };
    let (en, ru) = (texts("en/texts.toml", "[welcome]"), texts("ru/texts.toml", "[welcome]"));
    let dir = company(&[Delete(JOURNEY)]);
    fs::write(dir.path().join("en/texts.toml"), en).expect("written");
    fs::write(dir.path().join("ru/texts.toml"), ru).expect("written");
    let (compiled, faults) = check(dir.path());
    assert!(faults.is_empty(), "{}", told(&faults));
    let compiled = compiled.expect("compiled");
    assert!(compiled.release.journey.is_none());
    assert!(!String::from_utf8_lossy(&compiled.release.to_bytes()).contains("journey"));
    // Once there was one, it stays.
    let old = self::compiled(&[]).release;
    let faults = against_published(&compiled, &old, Day::parse("2026-12-01").expect("a date"));
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["journey.toml: the plan was published and is no more; put it back: people follow it"]);
}

#[test]
fn a_published_task_stays_and_asks_for_the_same() {
    let old = compiled(&[]).release;
    let today = Day::parse("2026-12-01").expect("a date");
    let against = |changes: &[Change]| {
        let faults = against_published(&compiled(changes), &old, today);
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        against(&[Put(JOURNEY, "sales = 1", "sales = 2")]),
        ["journey.toml:45: the task \"customer\" asked for something else when it was published; \
          keep sales = 1 in it, with retired = true, and write a task with a new id"]
    );
    let gone = [
        Put(JOURNEY, "[[task]]\nid = \"call\"\nweek = 2\ntick = \"sponsor\"\n", ""),
        Put("en/texts.toml", "[task.call]\ntitle = \"A call\"\nwhy = \"Nobody walks alone.\"\n", ""),
        Put("ru/texts.toml", "[task.call]\ntitle = \"Звонок\"\nwhy = \"Никто не идёт один.\"\n", ""),
    ];
    assert_eq!(
        against(&gone),
        [
            "journey.toml: the task \"call\" was published and is no more; put it back with tick = \"sponsor\", and retired = true"
        ]
    );
    // What is allowed: other days, other tasks, and to retire.
    for change in [
        Put(JOURNEY, "week = 2\ntick", "day = 20\nretired = true\ntick"),
        Put(JOURNEY, "until = 30", "until = 60"),
        Put(JOURNEY, "day = 6", "day = 7"),
    ] {
        assert_eq!(against(&[change]), [""; 0]);
    }
}

#[test]
fn what_is_not_translated_is_in_the_default_locale() {
    let compiled = compiled(&[
        Put("ru/texts.toml", "title = \"Новичок\"\n", ""),
        Put("ru/questions/listening.gift", "::silence:: Молчать невежливо. {F#Нет.#Верно.}\n", ""),
        Delete("ru/lessons/earnings.md"),
        Delete("ru/questions/earnings.gift"),
        Delete("media/talk.ru.vtt"),
    ]);
    let (en, ru) = (&compiled.bundles[&Locale::En], &compiled.bundles[&Locale::Ru]);
    let level = &compiled.release.awards.levels[0].id;
    assert_eq!((ru.levels[level].as_str(), ru.levels.len()), ("Newcomer", 2));
    let earnings = LessonId::new("earnings").expect("an id");
    assert_eq!(ru.lessons[&earnings], en.lessons[&earnings]);
    let listening = LessonId::new("listening").expect("an id");
    let prompts: Vec<&str> = ru.lessons[&listening].questions.values().map(|q| q.prompt.as_str()).collect();
    assert!(prompts.contains(&"Silence is rude.") && prompts.contains(&"Что здесь давление?"), "{prompts:?}");
    assert_eq!(ru.media["talk.mp4"].captions.as_deref(), Some("talk.en.vtt"));
    assert!(ru.media["talk.mp4"].transcript.is_some());
}

#[test]
fn what_was_published_stays() {
    let old = compiled(&[]).release;
    let today = Day::parse("2026-12-01").expect("a date");
    let against = |changes: &[Change]| {
        let faults = against_published(&compiled(changes), &old, today);
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(against(&[]), [""; 0]);
    for (change, fault) in [
        (
            Put("company.toml", "\"altyn\"", "\"altin\""),
            "company.toml:1: the company is \"altin\", and \"altyn\" was published; write id = \"altyn\"",
        ),
        (
            Put("awards.toml", "lessons_completed = 1", "lessons_completed = 2"),
            "awards.toml:14: the badge \"first-lesson\" was published with another condition; \
             keep lessons_completed = 1 in it, and write a badge with a new id for the new condition",
        ),
        (
            Put("awards.toml", "points = 10", "points = 5"),
            "awards.toml:14: the badge \"first-lesson\" was published with 10 points, and now has 5; \
             write points = 10 or more: nobody loses points that were earned",
        ),
        (
            Put("awards.toml", "2027-01-31", "2026-11-29"),
            "awards.toml:23: the badge \"season\" would end on 2026-11-29, which has passed; write ended = 2026-11-30 or later",
        ),
        (
            Put("awards.toml", "\nended = 2027-01-31", ""),
            "awards.toml:23: the badge \"season\" was published with its end on 2027-01-31; write ended = 2027-01-31, or a later date",
        ),
    ] {
        assert_eq!(against(&[change]), [fault]);
    }
    // What is allowed: an end from yesterday on, a later end, more points.
    for change in [
        Put("awards.toml", "2027-01-31", "2026-11-30"),
        Put("awards.toml", "2027-01-31", "2027-02-28"),
        Put("awards.toml", "points = 10", "points = 15"),
    ] {
        assert_eq!(against(&[change]), [""; 0]);
    }

    let faults = against(&[
        Put("awards.toml", "[[badge]]\nid = \"all-steps\"\ncourse = \"first-steps\"\n", ""),
        Put(
            "en/texts.toml",
            "[badge.all-steps]\ntitle = \"On firm ground\"\nhow = \"Complete the course.\"\nearned = \"Now come the people.\"\n",
            "",
        ),
        Put(
            "ru/texts.toml",
            "[badge.all-steps]\ntitle = \"Твёрдая почва\"\nhow = \"Пройдите курс.\"\nearned = \"Теперь к людям.\"\n",
            "",
        ),
    ]);
    assert_eq!(
        faults,
        ["awards.toml: the badge \"all-steps\" was published and is no more; \
          put it back with lessons = [\"earnings\", \"listening\"], and ended = 2026-12-01"]
    );

    let kinds = |file, text| Put(file, text, "{=yes ~no}");
    let faults = against(&[kinds("en/questions/earnings.gift", "{F}"), kinds("ru/questions/earnings.gift", "{F}")]);
    assert_eq!(
        faults,
        [
            "en/questions/earnings.gift:6: the question \"income\" is single choice, and was published as true or false; \
          give the new question a new title"
        ]
    );
}

#[test]
fn a_course_that_grew_keeps_its_badge() {
    let old = compiled(&[]).release;
    let today = Day::parse("2026-12-01").expect("a date");
    let grow = || {
        vec![
            Put(
                COURSE,
                "wait = \"10m\"\n",
                "wait = \"10m\"\n\n[[lesson]]\nid = \"third\"\nminutes = 4\npoints = 1\ndraw = 4\n",
            ),
            Write("en/lessons/third.md", b"# Third\n\nText.\n"),
            Write(
                "en/questions/third.gift",
                b"::a:: a? {T}\n\n::b:: b? {T}\n\n::c:: c? {F}\n\n::d:: d? {F}\n\n::e:: e? {F}\n",
            ),
        ]
    };
    let faults = against_published(&compiled(&grow()), &old, today);
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["awards.toml:19: the badge \"all-steps\" was published with another condition: it now asks for third too; \
          keep lessons = [\"earnings\", \"listening\"] in it, and write a badge with a new id for the new condition"]
    );
    let mut kept = grow();
    kept.push(Put("awards.toml", "course = \"first-steps\"", "lessons = [\"listening\", \"earnings\"]"));
    assert_eq!(against_published(&compiled(&kept), &old, today), []);
}

#[test]
fn the_same_folder_is_the_same_release() {
    let bytes = |changes| compiled(changes).release.to_bytes();
    assert_eq!(bytes(&[]), bytes(&[]));
    // Words are no part of it.
    assert_eq!(bytes(&[]), bytes(&[Put("en/lessons/listening.md", "One question", "A question")]));
    assert_ne!(bytes(&[]), bytes(&[Put(COURSE, "pass = 90", "pass = 85")]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_torn_folder_is_checked_to_its_end(
        file in proptest::sample::select(FILES),
        at in any::<proptest::sample::Index>(),
        length in 0..40_usize,
        put in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(&b"\n[]{}=~#:\"\\-!<"[..])], 0..12),
    ) {
        let dir = company(&[]);
        let path = dir.path().join(file);
        let mut bytes = fs::read(&path).expect("read");
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, put);
        fs::write(&path, &bytes).expect("written");
        let (compiled, faults) = check(dir.path());
        let blocked = faults.iter().any(|fault| fault.severity == Severity::Error);
        prop_assert_eq!(compiled.is_none(), blocked, "{}", told(&faults));
        let lines = bytes.iter().filter(|b| **b == b'\n').count() as u32 + 1;
        prop_assert!(faults.iter().filter(|f| f.file == Path::new(file)).all(|f| f.line <= lines), "{}", told(&faults));
    }
}

const FILES: &[&str] = &[
    "company.toml",
    "awards.toml",
    "reviews.toml",
    JOURNEY,
    COURSE,
    "en/texts.toml",
    "ru/texts.toml",
    LISTENING,
    "ru/lessons/earnings.md",
    "en/questions/listening.gift",
    "ru/questions/listening.gift",
    "en/questions/earnings.gift",
    "media/talk.en.vtt",
    "media/talk.ru.md",
    "media/talk.mp4",
];
