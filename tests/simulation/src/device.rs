//! A phone of a run: the real core on a real file, with a clock that is wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::company::Locale;
use qadam_domain::ids::{DeviceId, EventId};
use qadam_domain::learning::grading::solution;
use qadam_domain::learning::{Answer, AnswerKey};
use qadam_engine::contacts::{self, Channel, ContactEdit, ContactsQuery};
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::{Changes, Nouns};
use qadam_engine::learning::{self, AnswerInput, LessonStatus};
use qadam_engine::media::MediaStore;
use qadam_engine::platform::{Clock, Reading};
use qadam_engine::replica::{self, receive};
use qadam_engine::reviews::{self, EaseInput};
use qadam_engine::{Result, journey, nudges, settings, sync};
use qadam_protocol::sync::{Cursor, ME};
use rusqlite::Connection;

use crate::chance::Chance;

/// Minutes ahead of UTC, where all of them are.
pub const ALMATY: i32 = 5 * 60;

/// A device's clocks, over the true time of the run.
pub struct DeviceClock {
    true_time: Arc<Mutex<i64>>,
    wrong: Mutex<Wrong>,
}

#[derive(Clone)]
struct Wrong {
    /// Of the wall clock, in milliseconds.
    by: i64,
    boot: u64,
    booted: i64,
}

impl DeviceClock {
    pub fn new(true_time: Arc<Mutex<i64>>, by: i64) -> Self {
        let booted = *true_time.lock() - 1_000;
        Self { true_time, wrong: Mutex::new(Wrong { by, boot: 1, booted }) }
    }

    /// The person, or the battery, sets the wall clock.
    pub fn set(&self, by: i64) {
        self.wrong.lock().by = by;
    }

    pub fn reboot(&self) {
        let now = *self.true_time.lock();
        let mut wrong = self.wrong.lock();
        wrong.boot += 1;
        wrong.booted = now;
    }

    /// The true time at which the wall clock shows this, as it goes now.
    fn true_time(&self, wall: i64) -> i64 {
        wall - self.wrong.lock().by
    }

    pub fn copy(&self) -> Self {
        Self { true_time: self.true_time.clone(), wrong: Mutex::new(self.wrong.lock().clone()) }
    }
}

impl Clock for DeviceClock {
    fn read(&self) -> Reading {
        let now = *self.true_time.lock();
        let wrong = self.wrong.lock();
        Reading { wall: now + wrong.by, boot: format!("boot-{}", wrong.boot), mono: now - wrong.booted }
    }
}

/// A phone.
pub struct Device {
    pub name: String,
    pub account: usize,
    pub token: String,
    pub clock: Arc<DeviceClock>,
    pub path: PathBuf,
    pub media: Arc<MediaStore>,
    core: Option<Core>,
    chance: Chance,
    /// At any time, it or the one that it is a copy of.
    pub was_damaged: bool,
    /// As was_damaged: it had the database of an older app.
    pub was_migrated: bool,
    /// It is gone for good.
    pub is_lost: bool,
    /// It is a copy, or there is one of it.
    pub is_copied: bool,
    /// The platform's notifications: when each comes, and from when on not any more, by the wall clock.
    listed: BTreeMap<String, (i64, i64)>,
    /// Those that the person saw, with the true time.
    pub shown: Vec<(String, i64)>,
}

impl Device {
    pub fn new(
        name: String,
        account: usize,
        clock: Arc<DeviceClock>,
        path: PathBuf,
        media: Arc<MediaStore>,
        chance: Chance,
    ) -> Self {
        Self {
            name,
            account,
            token: String::new(),
            clock,
            path,
            media,
            core: None,
            chance,
            was_damaged: false,
            was_migrated: false,
            is_lost: false,
            is_copied: false,
            listed: BTreeMap::new(),
            shown: Vec::new(),
        }
    }

    /// The app as it runs; starts it where it does not.
    pub fn core(&mut self) -> &Core {
        if self.core.is_none() {
            let tools = Tools {
                clock: self.clock.clone(),
                zone: Arc::new(|_| ALMATY),
                random: Arc::new(self.chance.clone()),
                media: self.media.clone(),
            };
            let core = Core::open(&self.path, Changes::default(), tools, Locale::En)
                .expect("a database that was only killed opens");
            self.core = Some(core);
        }
        self.core.as_ref().expect("opened above")
    }

    /// The process dies: what is not committed is gone.
    pub fn kill(&mut self) {
        self.core = None;
    }

    /// A copy of the whole phone, as a backup that is restored to another one makes it.
    pub fn clone_to(&mut self, name: String, path: PathBuf) -> Self {
        self.core()
            .database
            .write(|t| Ok((t.execute("VACUUM INTO ?1", [to_text(&path)]).map(|_| ()).err(), Nouns::NONE)))
            .ok();
        if !path.exists() {
            // Within a transaction SQLite does not copy: the file and its log do as well.
            self.kill();
            copy(&self.path, &path);
        }
        let clock = Arc::new(self.clock.copy());
        let media = self.media.clone();
        Self {
            name,
            account: self.account,
            token: self.token.clone(),
            clock,
            path,
            media,
            core: None,
            chance: self.chance.clone(),
            was_damaged: self.was_damaged,
            was_migrated: self.was_migrated,
            is_lost: false,
            is_copied: true,
            listed: BTreeMap::new(),
            shown: Vec::new(),
        }
    }

    /// The platform shows what has come up; whether or not the app runs.
    pub fn pass(&mut self) {
        let wall = self.clock.read().wall;
        for (id, (at, expires)) in std::mem::take(&mut self.listed) {
            if at > wall {
                self.listed.insert(id, (at, expires));
            } else {
                self.shown.push((id, self.clock.true_time(at)));
            }
        }
    }

    /// The app plans its nudges, as at each start and after each change, and the platform takes over the whole list.
    pub fn plan(&mut self, permission: bool) {
        self.pass();
        let Ok(plan) = nudges::plan(self.core(), permission) else { return };
        self.listed =
            plan.scheduled.into_iter().map(|scheduled| (scheduled.id, (scheduled.at, scheduled.expires))).collect();
    }

    /// The person opens a message, or swipes it away.
    pub fn read_message(&mut self) {
        let messages = nudges::messages(self.core()).map(|messages| messages.value).unwrap_or_default();
        let chance = self.chance.clone();
        let Some(message) = chance.of(&messages) else { return };
        let core = self.core();
        let read =
            if chance.happens(50) { nudges::open(core, &message.id) } else { nudges::dismiss(core, &message.id) };
        read.expect("a message that is there is noted");
    }

    /// Something that a person does. Gives a word for it.
    pub fn act(&mut self) -> &'static str {
        let chance = self.chance.clone();
        let core = self.core();
        let (word, done) = match chance.below(14) {
            0..=2 => ("adds a contact", add_contact(core, &chance)),
            3 | 4 => ("edits a contact", with_contact(core, &chance, edit_contact)),
            5 => ("logs a talk", with_contact(core, &chance, log_talk)),
            6 => ("tags a contact", with_contact(core, &chance, tag)),
            7 if chance.happens(40) => {
                ("deletes a contact", with_contact(core, &chance, |core, id, _| contacts::delete(core, id)))
            }
            7 if chance.happens(30) => {
                ("erases a contact", with_contact(core, &chance, |core, id, _| contacts::erase(core, id)))
            }
            8 if chance.happens(30) => ("shares or does not", nudges::share(core, chance.happens(60))),
            8 if chance.happens(50) => ("ticks a task", tick(core, &chance)),
            8 => ("sets a setting", settings::set_media(core, chance.happens(50), (16 << 20) + chance.below(9) as i64)),
            9 | 10 => ("reviews a card", review(core, &chance)),
            _ => ("learns", learn(core, &chance)),
        };
        match done {
            Ok(()) => word,
            // Not signed in, no content, nothing to edit: a person can't either.
            Err(_) => "can't",
        }
    }

    /// A newer version of the app, on this phone for a moment, did something that this one does not know.
    pub fn act_as_newer_app(&mut self) {
        let query = ContactsQuery { limit: 20, ..ContactsQuery::default() };
        let contacts = contacts::page(self.core(), &query).map(|page| page.contacts).unwrap_or_default();
        match self.chance.clone().of(&contacts) {
            Some(contact) if self.chance.happens(60) => {
                let body = format!(r#"{{"kind":"contact","id":"{}","pinned":"a secret"}}"#, contact.id);
                self.push("future.pinned", Some(&contact.id), &body);
            }
            _ => self.push("future.done", None, r#"{"release":"none","what":"else"}"#),
        }
    }

    /// Records that were erased here and of which something is left that waits, or could be sent again: kind and id.
    pub fn erased_and_told_of(&mut self) -> Vec<(String, String)> {
        let found = self.core().database.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT row.kind, row.id FROM row JOIN
                     (SELECT name, body FROM mutation UNION ALL SELECT name, body FROM acknowledged UNION ALL SELECT name, body FROM refusal) told
                 ON row.kind = json_extract(told.body, '$.kind') AND row.id = json_extract(told.body, '$.id')
                 WHERE row.stream = 'me' AND told.name <> 'record.erase' AND row.value = '{\"e\":true}'",
            )?;
            let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        });
        found.expect("reads")
    }

    /// A defect, or an attacker, put something impossible into the outbox.
    pub fn act_impossibly(&mut self, release: &str) {
        let body = format!(r#"{{"release":"{release}","lesson":"no-such-lesson"}}"#);
        self.push("lesson.read", None, &body);
    }

    fn push(&mut self, name: &str, contact: Option<&str>, body: &str) {
        let core = self.core();
        let pushed = core.database.write(|transaction| {
            let now = core.now(transaction)?;
            let id = replica::outbox::new_id(now.server, &*core.random);
            let at = qadam_protocol::mutation::Arose {
                wall: now.reading.wall,
                error: None,
                offset: now.offset,
                boot: now.reading.boot.clone(),
                mono: now.reading.mono,
                floor: 0,
            };
            transaction.execute(
                "INSERT INTO mutation (id, seq, name, v, at, record, body) SELECT ?1, next_seq, ?2, 1, ?3, 'contact/' || ?5, ?4 FROM replica",
                (&id.0[..], name, serde_json::to_string(&at).expect("JSON"), body, contact),
            )?;
            transaction.execute("UPDATE replica SET next_seq = next_seq + 1", [])?;
            Ok(((), Nouns::NONE))
        });
        pushed.expect("a device that is signed in takes it");
    }

    /// Its database becomes what the app of version 1 would have left: its tables with all that they have in common. Not where it holds what that version
    /// did not know to keep, or is damaged, which that version did not notice. Tells whether it did.
    pub fn become_version_1(&mut self) -> bool {
        let keeps = self.core().database.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM acknowledged) OR (SELECT backed FROM replica) IS NOT NULL";
            Ok(connection.query_row(sql, [], |row| row.get::<_, bool>(0))?)
        });
        if keeps.expect("reads") || self.was_damaged {
            return false;
        }
        self.kill();
        let newer = PathBuf::from(format!("{}.newer", to_text(&self.path)));
        std::fs::rename(&self.path, &newer).expect("renames");
        let done = older(&self.path, &newer);
        done.expect("an older database is made");
        self.was_migrated = true;
        std::fs::remove_file(&newer).expect("removes");
        true
    }

    /// A contact's confirmed row is not what the server sent any more, or gone.
    pub fn damage(&mut self) {
        self.was_damaged = true;
        let (lost, digest) = (self.chance.happens(30), self.chance.happens(20));
        let damaged = self.core().database.write(|transaction| {
            let one = "stream = 'me' AND kind = 'contact' AND id = (SELECT min(id) FROM row WHERE kind = 'contact' AND NOT EXISTS
                           (SELECT 1 FROM before WHERE before.kind = row.kind AND before.id = row.id))";
            transaction.execute(
                &if digest {
                    "UPDATE stream SET digest = zeroblob(16) WHERE name = 'me' AND digest IS NOT NULL".into()
                } else if lost {
                    format!("DELETE FROM row WHERE {one}")
                } else {
                    format!("UPDATE row SET value = replace(value, 'e', 'x') WHERE {one} AND value LIKE '%\"name\"%'")
                },
                [],
            )?;
            Ok(((), Nouns::NONE))
        });
        damaged.expect("writes");
    }

    pub fn pending(&mut self) -> Vec<EventId> {
        self.core().database.read(receive::pending_ids).expect("reads")
    }

    pub fn refused(&mut self) -> Vec<String> {
        sync::refusals(self.core()).expect("reads").into_iter().map(|refusal| refusal.id).collect()
    }

    /// How far it holds its account's rows.
    pub fn cursor(&mut self) -> Option<Cursor> {
        self.core().database.read(|connection| replica::request::cursor(connection, ME)).expect("reads")
    }

    pub fn device_id(&mut self) -> Option<DeviceId> {
        self.core().database.read(replica::device).expect("reads")
    }
}

pub fn to_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Makes a database of version 1 of a newer one.
fn older(path: &Path, newer: &Path) -> rusqlite::Result<()> {
    let old = Connection::open(path)?;
    old.pragma_update(None, "journal_mode", "WAL")?;
    old.execute_batch(include_str!("../../../core/engine/src/database/migrations/0001_create.sql"))?;
    old.pragma_update(None, "user_version", 1)?;
    old.execute("ATTACH ?1 AS newer", [to_text(newer)])?;
    let mut tables =
        old.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    for table in tables.query_map([], |row| row.get::<_, String>(0))? {
        let table = table?;
        let columns: String = old.query_row(
            "SELECT group_concat(name) FROM pragma_table_info(?1, 'main') WHERE name IN (SELECT name FROM pragma_table_info(?1, 'newer'))",
            [&table],
            |row| row.get(0),
        )?;
        old.execute_batch(&format!(
            "DELETE FROM main.{table}; INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}"
        ))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) {
    for ending in ["", "-wal"] {
        let with = |path: &Path| PathBuf::from(format!("{}{ending}", to_text(path)));
        // A database without a log is whole by itself.
        let _ = std::fs::copy(with(from), with(to));
    }
}

fn tick(core: &Core, chance: &Chance) -> Result<()> {
    let (task, item) = *chance
        .of(&[("list", Some(0)), ("list", Some(1)), ("list", Some(2)), ("meet", None), ("thank", Some(0))])
        .expect("there are some");
    if chance.happens(20) { journey::reopen_task(core, task, item) } else { journey::complete_task(core, task, item) }
}

fn name(chance: &Chance) -> Option<String> {
    Some(format!("Name {}", chance.below(50)))
}

fn add_contact(core: &Core, chance: &Chance) -> Result<()> {
    let phone = chance.happens(50).then(|| format!("+7 {}", chance.below(1_000)));
    contacts::add(core, ContactEdit { name: name(chance), phone, ..ContactEdit::default() }).map(|_| ())
}

fn with_contact(core: &Core, chance: &Chance, act: impl Fn(&Core, &str, &Chance) -> Result<()>) -> Result<()> {
    let page = contacts::page(core, &ContactsQuery { limit: 20, ..ContactsQuery::default() })?;
    match chance.of(&page.contacts) {
        Some(contact) => act(core, &contact.id, chance),
        None => Ok(()),
    }
}

fn edit_contact(core: &Core, id: &str, chance: &Chance) -> Result<()> {
    let text = |percent| chance.happens(percent).then(|| format!("text {}", chance.below(100)));
    let edit = ContactEdit {
        name: if chance.happens(50) { name(chance) } else { None },
        phone: text(40),
        email: text(20),
        note: text(60),
        do_not_contact: chance.happens(20).then(|| chance.happens(50)),
        follow_up: chance.happens(20).then(|| format!("2026-05-{:02}", 1 + chance.below(28))),
        ..ContactEdit::default()
    };
    contacts::edit(core, id, edit)
}

fn log_talk(core: &Core, id: &str, chance: &Chance) -> Result<()> {
    contacts::log_interaction(core, id, Channel::Call, None, &format!("talk {}", chance.below(9))).map(|_| ())
}

fn tag(core: &Core, id: &str, chance: &Chance) -> Result<()> {
    let contact = contacts::view(core, id)?;
    match contact.as_ref().and_then(|contact| chance.of(&contact.tags)) {
        Some(tag) if chance.happens(40) => contacts::untag(core, id, &tag.id),
        _ => contacts::tag(core, id, &format!("tag {}", chance.below(5))).map(|_| ()),
    }
}

fn learn(core: &Core, chance: &Chance) -> Result<()> {
    let courses = learning::courses(core)?.value;
    let lessons: Vec<_> = courses.courses.into_iter().flat_map(|course| course.lessons).collect();
    let offered: Vec<_> = lessons.iter().filter(|l| !matches!(l.status, LessonStatus::Locked { .. })).collect();
    // Mostly the furthest one, as people do.
    let lesson = if chance.happens(70) { offered.last() } else { chance.of(&offered) };
    let Some(lesson) = lesson else { return Ok(()) };
    if chance.happens(30) || learning::lesson(core, &lesson.id)?.value.quiz_size == 0 {
        return learning::finish_reading(core, &lesson.id).map(|_| ());
    }
    let quiz = learning::quiz(core, &lesson.id)?;
    for question in &quiz.questions {
        let input = core.database.read(|connection| {
            let content = core.require_content(connection)?;
            let found = content.release.release.lessons().find(|l| l.id.as_str() == lesson.id);
            let key =
                found.and_then(|l| l.questions.iter().find(|q| q.id.as_str() == question.id)).map(|q| q.key.clone());
            Ok(key)
        })?;
        if let Some(key) = input {
            learning::answer_quiz(core, &lesson.id, &question.id, &answer(&key, chance))?;
        }
    }
    learning::hand_in(core, &lesson.id).map(|_| ())
}

fn review(core: &Core, chance: &Chance) -> Result<()> {
    let state = core.database.read(replica::state)?;
    let cards: Vec<_> = state.cards().map(|(id, _)| id.clone()).collect();
    let Some(card) = chance.of(&cards) else { return Ok(()) };
    let ease = chance.of(&[EaseInput::Hard, EaseInput::Good, EaseInput::Easy]).copied().unwrap_or(EaseInput::Good);
    let given = AnswerInput::Skipped;
    reviews::answer(core, card.lesson.as_str(), card.question.as_str(), &given, ease).map(|_| ())
}

/// Mostly right.
fn answer(key: &AnswerKey, chance: &Chance) -> AnswerInput {
    if chance.happens(30) {
        return AnswerInput::Skipped;
    }
    let wide = |indices: Vec<u8>| indices.into_iter().map(u32::from).collect();
    match solution(key, qadam_domain::company::Locale::En) {
        Answer::Single(option) => AnswerInput::Single { option: option.into() },
        Answer::Multiple(options) => AnswerInput::Multiple { options: wide(options) },
        Answer::TrueFalse(answer) => AnswerInput::TrueFalse { answer },
        Answer::Number(text) => AnswerInput::Number { text },
        Answer::Text(text) => AnswerInput::Text { text },
        Answer::Order(items) => AnswerInput::Order { items: wide(items) },
        Answer::Match(choices) => {
            AnswerInput::Match { choices: choices.into_iter().map(|c| c.map(u32::from)).collect() }
        }
        Answer::Path(options) => AnswerInput::Path { options: wide(options) },
        Answer::Skipped => AnswerInput::Skipped,
    }
}
