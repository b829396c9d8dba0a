//! From a folder to what is published: reads everything, holds it against each other, and puts it together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use qadam_domain::company::Locale;
use qadam_domain::content::{
    BadgeText, Bundle, CompanyText, CourseText, JourneyText, LessonText, MediaText, NudgeText, RulesText, StopText,
    TaskText, WelcomeText, WordText,
};
use qadam_domain::ids::{BadgeId, BlobHash, CardId, LessonId, QuestionId, RuleId, TaskId};
use qadam_domain::learning::{AnswerKey, Course, Lesson, Question};
use qadam_domain::release::Release;
use qadam_domain::rules::{Condition, Slot};

use super::ethics::{Ethics, Place as TextPlace};
use super::fault::{Fault, Faults, Severity, closest, suggest};
use super::folder::{Folder, Reading};
use super::gift::{self, Pool};
use super::journey::JOURNEY;
use super::lesson;
use super::locales::{self, Original};
use super::markdown::{self, Medium, Place};
use super::media::{self, CAPTIONS, Kind};
use super::rules::RULES;
use super::structure::{self, COMPANY, CourseFile, LessonEntry, Structure};
use super::texts::{self, Texts};

/// What can be published.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// Its serial is 0; publishing gives it the next one.
    pub release: Release,
    /// One for each locale of the release; where a translation is missing it has the default locale's text.
    pub bundles: BTreeMap<Locale, Bundle>,
    /// By the file's name; captions too.
    pub media: BTreeMap<String, MediaFile>,
    /// The conditions that the rules' files name. Rules hold a copy of what they name, so they are not published.
    pub segments: BTreeMap<String, Condition>,
    pub(super) places: Places,
}

/// A file to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// On this machine.
    pub path: PathBuf,
    pub hash: BlobHash,
    /// In bytes.
    pub size: u64,
    /// In lower case, without the point.
    pub extension: String,
    /// Those that show it, in any language.
    pub lessons: Vec<LessonId>,
}

/// Where things stand in the folder, for faults that show only against what was published.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// In `company.toml`.
    pub company: u32,
    /// In `awards.toml`.
    pub badges: BTreeMap<BadgeId, u32>,
    /// In the files of `rules/`.
    pub rules: BTreeMap<RuleId, (String, u32)>,
    /// In `journey.toml`.
    pub tasks: BTreeMap<TaskId, u32>,
    pub questions: BTreeMap<CardId, (PathBuf, u32)>,
}

/// See [`super::check`].
pub fn compile(dir: &Path) -> (Option<Compiled>, Vec<Fault>) {
    let mut found = Vec::new();
    let mut folder = Folder::open(dir);
    if !folder.is_open() {
        return (None, folder.into_faults());
    }
    let structure = structure::read(&mut folder, &mut found);
    let ethics = Ethics::read(&mut folder, &mut found);
    let mut reader = Reader { folder, structure, found, ethics, written: BTreeMap::new(), media: Media::default() };
    reader.read_locales();
    reader.read_media();
    reader.tell_strays();
    reader.finish()
}

struct Reader {
    folder: Folder,
    structure: Structure,
    found: Vec<Fault>,
    ethics: Ethics,
    written: BTreeMap<Locale, Written>,
    media: Media,
}

/// What is written in one language.
#[derive(Default)]
struct Written {
    /// There is a folder for it.
    begun: bool,
    texts: Texts,
    lessons: BTreeMap<LessonId, lesson::Lesson>,
    pools: BTreeMap<LessonId, Pool>,
}

#[derive(Default)]
struct Media {
    /// Where cards show something: the lesson's file, the lesson and what it shows.
    uses: Vec<(String, LessonId, Medium)>,
    files: BTreeMap<String, MediaFile>,
    texts: BTreeMap<Locale, BTreeMap<String, MediaText>>,
}

impl Reader {
    fn read_locales(&mut self) {
        let locales = self.structure.company.locales.clone();
        for locale in &locales {
            let mut written = Written { begun: self.folder.has_folder(locale.tag()), ..Written::default() };
            let required = *locale == locales[0];
            if written.begun || required {
                written.texts = texts::read(&mut self.folder, *locale, &self.structure, &mut self.found);
                self.ethics.texts(*locale, &mut written.texts);
                self.read_lessons(*locale, required, &mut written);
            } else {
                let mut faults = Faults::new(COMPANY);
                let remedy =
                    format!("translate {}/ into it; until then everything is shown in \"{}\"", locales[0], locales[0]);
                let problem = format!("nothing is translated into \"{locale}\": there is no folder {locale}/");
                faults.warning(self.structure.company.locales_line, problem, remedy);
                self.found.extend(faults.into_vec());
            }
            self.written.insert(*locale, written);
        }
        self.check_pools(locales[0]);
    }

    fn read_lessons(&mut self, locale: Locale, required: bool, written: &mut Written) {
        let original = self.structure.company.default_locale;
        let ids: Vec<LessonId> = self.structure.courses.iter().flat_map(|c| &c.lessons).map(|l| l.id.clone()).collect();
        for id in ids {
            let path = format!("{locale}/lessons/{id}.md");
            let mut faults = Faults::new(&path);
            match self.folder.text(&path) {
                Reading::Text(text) => {
                    let mut lesson = lesson::parse(&text, &mut faults);
                    self.ethics.lesson(&path, locale, &mut lesson);
                    let original = self.written.get(&original).and_then(|w| w.lessons.get(&id));
                    if let Some(original) = original {
                        let is_there = |name: &str| self.folder.has_file(&format!("media/{name}"));
                        compare_cards(original, &lesson, is_there, &mut faults);
                    }
                    let uses = lesson.media.iter().map(|medium| (path.clone(), id.clone(), medium.clone()));
                    self.media.uses.extend(uses);
                    written.lessons.insert(id.clone(), lesson);
                }
                Reading::Absent => {
                    faults.missing(required, 0, "is missing", format!("write the cards of the lesson \"{id}\""));
                }
                Reading::Faulty => {}
            }
            self.found.extend(faults.into_vec());

            let path = format!("{locale}/questions/{id}.gift");
            let mut faults = Faults::new(&path);
            match self.folder.text(&path) {
                Reading::Text(text) => {
                    let errors = faults.errors();
                    let mut pool = gift::parse(&text, locale, &mut faults);
                    self.ethics.questions(&path, locale, &text, &mut pool);
                    if pool.size() == 0 && faults.errors() == errors {
                        faults.error(0, "there is no question in it", "write some; CONTENT.md says how");
                    }
                    let there =
                        self.written.get(&original).and_then(|w| w.pools.get(&id)).filter(|pool| pool.size() > 0);
                    if let Some(pool_there) = there {
                        let path = format!("{original}/questions/{id}.gift");
                        locales::compare(&Original { path: &path, pool: pool_there }, &pool, &mut faults);
                    }
                    written.pools.insert(id, pool);
                }
                Reading::Absent => {
                    faults.missing(required, 0, "is missing", format!("write the questions of the lesson \"{id}\""));
                }
                Reading::Faulty => {}
            }
            self.found.extend(faults.into_vec());
        }
    }

    /// Holds the number of questions against what a quiz draws.
    fn check_pools(&mut self, original: Locale) {
        /// Fewer questions tell little about what was understood.
        const FEW: usize = 4;
        let Some(written) = self.written.get(&original) else { return };
        for course in &self.structure.courses {
            let mut faults = Faults::new(&course.path);
            for lesson in &course.lessons {
                let Some(pool) = written.pools.get(&lesson.id).filter(|pool| pool.size() > 0) else { continue };
                let size = pool.size();
                let line = lesson.draw.as_ref().map_or(lesson.line, |draw| draw.line);
                let draw = lesson.draw.as_ref().map_or(size, |draw| draw.it as usize);
                if draw > size {
                    let problem = format!("a quiz of \"{}\" draws {draw} questions, and there are {size}", lesson.id);
                    faults.error(line, problem, format!("write draw = {} or less, or more questions", size.max(2) - 1));
                } else if size < FEW {
                    let problem = format!("the lesson \"{}\" has {size} questions", lesson.id);
                    faults.warning(lesson.line, problem, format!("write at least {FEW}, and more than a quiz draws"));
                } else if draw == size {
                    let problem = format!("a quiz of \"{}\" draws all of its {size} questions", lesson.id);
                    faults.warning(line, problem, "draw fewer or write more, so that a second try has others");
                }
            }
            self.found.extend(faults.into_vec());
        }
    }

    fn read_media(&mut self) {
        let names = self.folder.names("media");
        let mut lessons: BTreeMap<String, BTreeSet<LessonId>> = BTreeMap::new();
        for (path, lesson, medium) in &self.media.uses {
            let mut faults = Faults::new(path);
            let known = check_medium(medium, &names, &mut faults);
            self.found.extend(faults.into_vec());
            if known {
                lessons.entry(medium.name.clone()).or_default().insert(lesson.clone());
            }
        }
        if let Some(video) = self.structure.journey.as_ref().and_then(|journey| journey.video.clone()) {
            let mut faults = Faults::new(JOURNEY);
            if check_file(&video.it, video.line, &names, &mut faults).is_some() {
                lessons.entry(video.it).or_default();
            }
            self.found.extend(faults.into_vec());
        }
        for (name, lessons) in lessons {
            self.read_medium(&name, lessons.into_iter().collect());
        }
    }

    /// Reads a file that is shown, and what must stand beside it.
    fn read_medium(&mut self, name: &str, lessons: Vec<LessonId>) {
        let Some((stem, extension)) = media::split_name(name) else { return };
        let Some(kind) = Kind::of(extension) else { return };
        self.take_file(name, extension, &lessons);
        if kind == Kind::Picture {
            return;
        }
        for locale in self.structure.company.locales.clone() {
            let required = locale == self.structure.company.default_locale;
            let begun = self.written.get(&locale).is_some_and(|written| written.begun);
            let mut text = MediaText::default();

            let path = format!("media/{stem}.{locale}.md");
            let mut faults = Faults::new(&path);
            match self.folder.text(&path) {
                Reading::Text(transcript) => {
                    markdown::check(&transcript, Place::Transcript, |line| line, &mut faults);
                    let place = TextPlace { file: &path, locale };
                    let transcript = self.ethics.markdown(place, &transcript, false, |line| line);
                    text.transcript = Some(transcript.trim().to_owned());
                }
                Reading::Absent if begun || required => {
                    let problem = format!("is missing: media/{name} needs a transcript");
                    faults.missing(required, 0, problem, "write what is said and what can be seen");
                }
                Reading::Absent | Reading::Faulty => {}
            }
            self.found.extend(faults.into_vec());

            if kind == Kind::Video {
                let captions = format!("{stem}.{locale}.{CAPTIONS}");
                let path = format!("media/{captions}");
                let mut faults = Faults::new(&path);
                match self.folder.text(&path) {
                    Reading::Text(vtt) => {
                        if let Some((line, problem)) = media::fault_of_captions(&vtt) {
                            faults.error(line, problem, "write captions as WebVTT");
                        }
                        self.ethics.captions(TextPlace { file: &path, locale }, &vtt);
                        self.take_file(&captions, CAPTIONS, &lessons);
                        text.captions = Some(captions);
                    }
                    Reading::Absent if begun || required => {
                        let problem = format!("is missing: media/{name} needs captions");
                        faults.missing(required, 0, problem, "write captions as WebVTT");
                    }
                    Reading::Absent | Reading::Faulty => {}
                }
                self.found.extend(faults.into_vec());
            }
            self.media.texts.entry(locale).or_default().insert(name.to_owned(), text);
        }
    }

    fn take_file(&mut self, name: &str, extension: &str, lessons: &[LessonId]) {
        let path = format!("media/{name}");
        let Some(Some(bytes)) = self.folder.media(&path) else { return };
        if extension != CAPTIONS && !media::begins_as(&bytes, extension) {
            let mut faults = Faults::new(&path);
            faults.error(0, format!("is not a .{extension} file inside"), "save it in the format that its name says");
            self.found.extend(faults.into_vec());
        }
        let file = MediaFile {
            path: self.folder.path_of(&path),
            hash: BlobHash::of(&bytes),
            size: bytes.len() as u64,
            extension: extension.to_owned(),
            lessons: lessons.to_vec(),
        };
        // Two files of one name but for the extension share their captions.
        let entry =
            self.media.files.entry(name.to_owned()).or_insert_with(|| MediaFile { lessons: Vec::new(), ..file });
        entry.lessons.extend_from_slice(lessons);
        entry.lessons.sort();
        entry.lessons.dedup();
    }

    /// Tells the files that nothing names.
    fn tell_strays(&mut self) {
        // What isn't read names nothing.
        if self.structure.courses_torn || self.structure.company.torn {
            return;
        }
        let ids: Vec<&str> = self.structure.courses.iter().flat_map(|c| &c.lessons).map(|l| l.id.as_str()).collect();
        let locales = &self.structure.company.locales;
        let mut told = BTreeSet::new();
        for path in self.folder.unnamed() {
            let parts: Vec<&str> = path.split('/').collect();
            let locale = Locale::ALL.into_iter().find(|locale| parts[0] == locale.tag());
            let unused = locale.filter(|locale| !locales.contains(locale));
            let (file, problem, remedy) = match (&parts[..], unused) {
                ([_, _, ..], Some(locale)) => {
                    let remedy = format!("add \"{locale}\" to locales in {COMPANY}, or delete the folder");
                    (parts[0].to_owned(), "the company has not this locale".to_owned(), remedy)
                }
                ([_, "lessons" | "questions", name], None) if locale.is_some() => {
                    let stem = name.rsplit_once('.').map_or(*name, |(stem, _)| stem);
                    let extension = if parts[1] == "lessons" { "md" } else { "gift" };
                    let missing = ids
                        .iter()
                        .copied()
                        .filter(|id| !self.folder.has_file(&format!("{}/{}/{id}.{extension}", parts[0], parts[1])));
                    let otherwise = "add it to a file of courses/, or delete it";
                    (path.clone(), "no course has this lesson".to_owned(), suggest(stem, missing, otherwise))
                }
                (["media", _], _) => {
                    (path.clone(), "no lesson shows it".to_owned(), "show it on a card, or delete it".to_owned())
                }
                ([folder, _, ..], None) if locale.is_none() && !["courses", "media", RULES].contains(folder) => {
                    let names = Locale::ALL.map(Locale::tag).into_iter().chain(["courses", "media", RULES]);
                    let otherwise = "CONTENT.md says which folders there are".to_owned();
                    let remedy = closest(folder, names).map_or(otherwise, |meant| format!("did you mean {meant}/?"));
                    ((*folder).to_owned(), "nothing names this folder".to_owned(), remedy)
                }
                _ => (
                    path.clone(),
                    "nothing names this file".to_owned(),
                    "CONTENT.md says which files there are".to_owned(),
                ),
            };
            if told.insert(file.clone()) {
                let mut faults = Faults::new(&file);
                faults.warning(0, problem, remedy);
                self.found.extend(faults.into_vec());
            }
        }
    }

    fn finish(self) -> (Option<Compiled>, Vec<Fault>) {
        let Self { folder, structure, mut found, ethics, written, media } = self;
        found.extend(ethics.finish());
        found.extend(folder.into_faults());
        found.sort_by(|a, b| (&a.file, a.line, a.severity, &a.problem).cmp(&(&b.file, b.line, b.severity, &b.problem)));
        found.dedup();
        if found.iter().any(|fault| fault.severity == Severity::Error) {
            return (None, found);
        }
        let Some(company) = structure.company.id.clone() else { return (None, found) };
        let Some(original) = written.get(&structure.company.default_locale) else { return (None, found) };
        let places = places(&structure, company.line, original);
        let bundles = structure.company.locales.iter().map(|locale| {
            let own = written.get(locale).unwrap_or(original);
            (*locale, bundle(*locale, &structure, own, original, &media.texts))
        });
        let bundles = bundles.collect();
        let courses = structure.courses.iter().map(|course| compile_course(course, &written, original)).collect();
        let release = Release {
            serial: 0,
            company: company.it,
            default_locale: structure.company.default_locale,
            locales: structure.company.locales_written,
            markets: structure.company.markets,
            courses,
            awards: structure.awards.awards,
            reviews: structure.reviews,
            ranks: structure.company.ranks,
            rules: structure.rules.rules.iter().cloned().map(|rule| Slot::Known(Box::new(rule))).collect(),
            journey: structure.journey.and_then(|file| file.journey),
        };
        let segments = structure.rules.segments;
        (Some(Compiled { release, bundles, media: media.files, segments, places }), found)
    }
}

/// What must be the same in a translation's cards, but need not be.
fn compare_cards(
    original: &lesson::Lesson,
    translation: &lesson::Lesson,
    is_there: impl Fn(&str) -> bool,
    faults: &mut Faults,
) {
    let (there, here) = (original.cards.len(), translation.cards.len());
    if there != here {
        let problem = format!("the lesson has {here} cards here, and {there} in the default locale");
        faults.warning(0, problem, "part it in the same places");
    }
    let names = |lesson: &lesson::Lesson| lesson.media.iter().map(|m| m.name.clone()).collect::<BTreeSet<_>>();
    for name in names(original).difference(&names(translation)).filter(|name| is_there(name)) {
        let problem = format!("media/{name} is shown in the default locale, and not here");
        faults.warning(0, problem, "show it here too");
    }
}

/// Whether there is a file for what a card shows.
fn check_medium(medium: &Medium, names: &[String], faults: &mut Faults) -> bool {
    let Medium { name, alt, line } = medium;
    let errors = faults.errors();
    let kind = check_file(name, *line, names, faults);
    if let Some(kind) = kind.filter(|_| alt.trim().is_empty()) {
        let remedy = "write what can be seen or heard between [ and ], for those who can't";
        faults.missing(kind == Kind::Picture, *line, format!("media/{name} has no text"), remedy);
    }
    kind.is_some() && faults.errors() == errors
}

/// What kind of file it is; `None` where there is no such file, or none that is taken.
fn check_file(name: &str, line: u32, names: &[String], faults: &mut Faults) -> Option<Kind> {
    let shown: String = name.chars().take(60).collect();
    let Some((_, extension)) = media::split_name(name) else {
        let problem = format!("\"{shown}\" is not a name for a file in media/");
        faults.error(line, problem, "use a-z, 0-9, '-' and '_', and one point before the extension");
        return None;
    };
    let Some(kind) = Kind::of(extension) else {
        let remedy = "save it as png, jpg, webp, mp3, m4a or mp4";
        faults.error(line, format!("files of the kind .{extension} are not taken"), remedy);
        return None;
    };
    if !names.iter().any(|known| known == name) {
        let remedy = suggest(name, names.iter().map(String::as_str), "put the file there");
        faults.error(line, format!("there is no file media/{name}"), remedy);
        return None;
    }
    Some(kind)
}

fn places(structure: &Structure, company: u32, original: &Written) -> Places {
    let locale = structure.company.default_locale;
    let mut places = Places {
        company,
        badges: structure.awards.badge_lines.clone(),
        rules: structure.rules.places.clone(),
        tasks: structure.journey.as_ref().map(|journey| journey.task_lines.clone()).unwrap_or_default(),
        questions: BTreeMap::new(),
    };
    for (lesson, pool) in &original.pools {
        for question in &pool.questions {
            let card = CardId { lesson: lesson.clone(), question: question.id.clone() };
            let path = PathBuf::from(format!("{locale}/questions/{lesson}.gift"));
            places.questions.insert(card, (path, question.line));
        }
    }
    places
}

fn compile_course(course: &CourseFile, written: &BTreeMap<Locale, Written>, original: &Written) -> Course {
    let lessons = course.lessons.iter().map(|lesson| compile_lesson(lesson, written, original));
    Course { id: course.id.clone(), lessons: lessons.collect() }
}

fn compile_lesson(entry: &LessonEntry, written: &BTreeMap<Locale, Written>, original: &Written) -> Lesson {
    let pool = original.pools.get(&entry.id).map_or(&[][..], |pool| &pool.questions);
    let questions: Vec<Question> = pool
        .iter()
        .map(|question| {
            let mut key = question.key.clone();
            if let AnswerKey::ShortText { accepted } = &mut key {
                for own in written.values().filter_map(|written| written.question(&entry.id, &question.id)) {
                    if let AnswerKey::ShortText { accepted: own } = &own.key {
                        accepted.extend(own.clone());
                    }
                }
            }
            Question { id: question.id.clone(), key }
        })
        .collect();
    let mut media = Vec::new();
    for medium in original.lessons.get(&entry.id).into_iter().flat_map(|lesson| &lesson.media) {
        if !media.contains(&medium.name) {
            media.push(medium.name.clone());
        }
    }
    Lesson {
        id: entry.id.clone(),
        minutes: entry.minutes,
        points: entry.points,
        pass: entry.pass,
        draw: entry.draw.as_ref().map_or(questions.len() as u32, |draw| draw.it),
        wait: entry.wait,
        after: entry.after.iter().map(|after| after.it.clone()).collect(),
        questions,
        media,
    }
}

impl Written {
    fn question(&self, lesson: &LessonId, question: &QuestionId) -> Option<&gift::Question> {
        self.pools.get(lesson)?.question(question)
    }
}

/// All texts in a language; where its own is missing, the default locale's.
fn bundle(
    locale: Locale,
    structure: &Structure,
    own: &Written,
    original: &Written,
    media: &BTreeMap<Locale, BTreeMap<String, MediaText>>,
) -> Bundle {
    let text = |section, id: &str, key| {
        let text = own.texts.get(section, id, key).or_else(|| original.texts.get(section, id, key));
        text.unwrap_or_default().to_owned()
    };
    let lesson = |id: &LessonId| {
        let cards = own.lessons.get(id).or_else(|| original.lessons.get(id));
        let questions = original.pools.get(id).into_iter().flat_map(|pool| &pool.questions).map(|question| {
            let translated = own.question(id, &question.id).unwrap_or(question);
            (question.id.clone(), translated.text.clone())
        });
        LessonText {
            title: cards.map(|lesson| lesson.title.clone()).unwrap_or_default(),
            cards: cards.map(|lesson| lesson.cards.clone()).unwrap_or_default(),
            questions: questions.collect(),
        }
    };
    let course = |id: &str| CourseText { title: text("course", id, "title"), summary: text("course", id, "summary") };
    let badge = |id: &str| BadgeText {
        title: text("badge", id, "title"),
        how: text("badge", id, "how"),
        earned: text("badge", id, "earned"),
    };
    let medium = |name: &String, fallback: &MediaText| {
        let own = media.get(&locale).and_then(|texts| texts.get(name)).unwrap_or(fallback).clone();
        let captions = own.captions.or_else(|| fallback.captions.clone());
        let transcript = own.transcript.or_else(|| fallback.transcript.clone());
        (name.clone(), MediaText { captions, transcript })
    };
    let rules = rules_text(structure, &text);
    let Structure { company, courses, awards, journey, .. } = structure;
    let journey = journey.as_ref().map(|journey| {
        let task = |id: &TaskId| {
            let items = own.texts.items(id.as_str()).or_else(|| original.texts.items(id.as_str()));
            let (title, why) = (text("task", id.as_str(), "title"), text("task", id.as_str(), "why"));
            TaskText { title, why, items: items.unwrap_or_default().iter().map(|item| item.it.clone()).collect() }
        };
        let stop = |id: &str| StopText { title: text("tour", id, "title"), text: text("tour", id, "text") };
        let welcome = || WelcomeText {
            letter: text("welcome", "", "letter"),
            letter_alone: text("welcome", "", "letter_alone"),
            tour: journey.stops.iter().map(|id| (id.clone(), stop(id.as_str()))).collect(),
        };
        JourneyText {
            phases: journey.phase_lines.keys().map(|id| (id.clone(), text("phase", id.as_str(), "title"))).collect(),
            tasks: journey.task_lines.keys().map(|id| (id.clone(), task(id))).collect(),
            welcome: journey.has_welcome.then(welcome),
        }
    });
    let awards = &awards.awards;
    Bundle {
        locale,
        company: CompanyText { name: text("company", "", "name"), welcome: text("company", "", "welcome") },
        markets: company.markets.iter().map(|m| (m.id.clone(), text("market", m.id.as_str(), "name"))).collect(),
        courses: courses.iter().map(|c| (c.id.clone(), course(c.id.as_str()))).collect(),
        lessons: courses.iter().flat_map(|c| &c.lessons).map(|l| (l.id.clone(), lesson(&l.id))).collect(),
        levels: awards.levels.iter().map(|l| (l.id.clone(), text("level", l.id.as_str(), "title"))).collect(),
        badges: awards.badges.iter().map(|b| (b.id.clone(), badge(b.id.as_str()))).collect(),
        media: media.get(&company.default_locale).into_iter().flatten().map(|(n, m)| medium(n, m)).collect(),
        journey,
        rules,
    }
}

/// The words of what rules decide.
fn rules_text(structure: &Structure, text: &dyn Fn(&'static str, &str, &'static str) -> String) -> RulesText {
    let Structure { company, rules, .. } = structure;
    let nudge = |id: &str| NudgeText { title: text("nudge", id, "title"), body: text("nudge", id, "body") };
    let word = |id: &str| WordText { why: text("word", id, "why"), say: text("word", id, "say") };
    RulesText {
        ranks: company.ranks.iter().map(|rank| (rank.id.clone(), text("rank", rank.id.as_str(), "title"))).collect(),
        why: rules.told().map(|rule| (rule.clone(), text("rule", rule.as_str(), "why"))).collect(),
        nudges: rules.nudges.iter().map(|id| (id.clone(), nudge(id.as_str()))).collect(),
        words: rules.words.iter().map(|id| (id.clone(), word(id.as_str()))).collect(),
        offers: rules.offers.iter().map(|id| (id.clone(), text("offer", id.as_str(), "text"))).collect(),
    }
}
