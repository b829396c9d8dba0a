//! Everybody comes to rest, and is compared with what phones have said.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use qadam_backend::store;
use qadam_domain::contacts::{contact, interaction};
use qadam_domain::records::Record;
use rusqlite::{Connection, OpenFlags};

use crate::company::{PHONES, login};
use crate::era::Verdict;
use crate::journal::Journal;
use crate::phone::ENGINE;
use crate::process::{self, End, Ended};

/// Rows of `me` by kind and id.
type Rows = BTreeMap<(String, String), String>;

pub fn compare(place: &Path, journals: &[Journal], verdict: &mut Verdict) {
    let folders: Vec<PathBuf> = (0..PHONES).map(|phone| place.join(format!("phone-{phone}"))).collect();
    // The first time everybody sends, the second time everybody gets what all have sent.
    rest_all(&folders, verdict);
    let shown = rest_all(&folders, verdict);
    for (phone, journal) in journals.iter().enumerate() {
        for what in &journal.wrong {
            tell(&mut verdict.stuck, format!("phone {phone} said {what:?}"));
        }
    }
    let server = Connection::open(place.join("server").join(store::FILE)).expect("opens");
    for first in (0..PHONES).step_by(2) {
        let login = login(first);
        let rows = server_rows(&server, &login);
        let texts = texts(&rows);
        let twins = [first, first + 1];
        for journal in twins.map(|phone| &journals[phone]) {
            for name in journal.saved.iter().filter(|name| !texts.contains_key(*name)) {
                let what = if journal.sent.contains(name) { "was acknowledged" } else { "was saved" };
                tell(&mut verdict.lost, format!("{login}: {name} {what}, and is lost"));
            }
        }
        let tried: BTreeSet<&String> = twins.iter().flat_map(|phone| &journals[*phone].tried).collect();
        for (name, count) in texts.iter().filter(|(name, count)| **count > 1 || !tried.contains(name)) {
            tell(&mut verdict.doubled, format!("{login}: {name} is there {count} times"));
        }
        let reads: u64 = count(&server, &login, "AND name = 'lesson.read' AND status = 'applied'");
        let sum = |of: fn(&Journal) -> u32| twins.iter().map(|phone| u64::from(of(&journals[*phone]))).sum::<u64>();
        let (tried, saved) = (sum(|journal| journal.reads.0), sum(|journal| journal.reads.1));
        if reads < saved {
            tell(&mut verdict.lost, format!("{login}: {saved} lessons were read, the server has {reads}"));
        }
        let mutations: u64 = count(&server, &login, "");
        if reads > tried || mutations != texts.len() as u64 + reads {
            let all = texts.len();
            tell(
                &mut verdict.doubled,
                format!("{login}: {mutations} mutations for {all} edits and {reads} of {tried} reads"),
            );
        }
        let names: BTreeSet<String> = texts_of(&rows, contact::KIND, contact::NAME).into_keys().collect();
        for phone in twins {
            if phone_rows(&folders[phone]) != rows {
                tell(&mut verdict.diverged, format!("phone {phone} has other rows than the server"));
            }
            let shown = &shown[phone];
            if shown.iter().cloned().collect::<BTreeSet<_>>() != names || shown.len() != names.len() {
                tell(&mut verdict.diverged, format!("phone {phone} shows other contacts than it has"));
            }
        }
    }
    for fault in unsound(place) {
        tell(&mut verdict.corrupt, fault);
    }
}

fn tell(count: &mut u64, what: String) {
    *count += 1;
    println!("{what}");
}

/// What each phone shows.
fn rest_all(folders: &[PathBuf], verdict: &mut Verdict) -> Vec<Vec<String>> {
    let mut shown = Vec::new();
    for folder in folders {
        let (ended, said) = process::phone(folder, &["rest"], End::ByItself);
        if ended != (Ended::ByItself { well: true }) || !said.ends_with("rests\n") {
            tell(&mut verdict.stuck, format!("{}: {ended:?}: {:?}", folder.display(), said.lines().last()));
        }
        for line in said.lines() {
            match line.split_once(' ') {
                Some(("waiting", count)) if count != "0" => {
                    tell(&mut verdict.stuck, format!("{}: {line}", folder.display()));
                }
                Some(("refused", count)) if count != "0" => {
                    tell(&mut verdict.lost, format!("{}: {line}", folder.display()));
                }
                Some(("repaired", count)) if count != "0" => {
                    tell(&mut verdict.corrupt, format!("{}: {line}", folder.display()));
                }
                _ => {}
            }
        }
        shown.push(said.lines().filter_map(|line| line.strip_prefix("shows ")).map(str::to_string).collect());
    }
    shown
}

fn server_rows(server: &Connection, login: &str) -> Rows {
    let sql =
        "SELECT kind, r.id, value FROM stream_row r JOIN stream s ON s.id = r.stream JOIN account a ON a.id = s.account
               WHERE s.name = 'me' AND a.login = ?1 AND value IS NOT NULL";
    rows(server, sql, &[&login])
}

fn phone_rows(folder: &Path) -> Rows {
    let mut databases = files(&folder.join(ENGINE)).into_iter().filter(|path| {
        path.extension().is_some_and(|extension| extension == "db") && path.parent() == Some(&folder.join(ENGINE))
    });
    let connection = Connection::open(databases.next().expect("a database")).expect("opens");
    rows(&connection, "SELECT kind, id, value FROM row WHERE stream = 'me'", &[])
}

fn rows(connection: &Connection, sql: &str, parameters: &[&dyn rusqlite::ToSql]) -> Rows {
    let mut statement = connection.prepare(sql).expect("reads");
    let rows = statement.query_map(parameters, |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?))).expect("reads");
    rows.collect::<rusqlite::Result<_>>().expect("reads")
}

fn count(server: &Connection, login: &str, which: &str) -> u64 {
    let sql =
        format!("SELECT count(*) FROM mutation WHERE account = (SELECT id FROM account WHERE login = ?1) {which}");
    server.query_row(&sql, [login], |row| row.get(0)).expect("reads")
}

/// What phones wrote, and how often it is there.
fn texts(rows: &Rows) -> BTreeMap<String, u32> {
    let mut all = BTreeMap::new();
    for (kind, field) in
        [(contact::KIND, contact::NAME), (contact::KIND, contact::PHONE), (interaction::KIND, interaction::NOTE)]
    {
        for (text, count) in texts_of(rows, kind, field) {
            *all.entry(text).or_default() += count;
        }
    }
    all
}

fn texts_of(rows: &Rows, kind: &str, field: &str) -> BTreeMap<String, u32> {
    let mut all = BTreeMap::new();
    for ((_, _), value) in rows.iter().filter(|((of, _), _)| of == kind) {
        let record: Record = serde_json::from_str(value).expect("a record");
        if let Some(text) = record.fields.get(field).and_then(|field| field.0.clone()) {
            *all.entry(text).or_default() += 1;
        }
    }
    all
}

/// What is wrong with the databases below a folder.
pub fn unsound(folder: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for path in files(folder) {
        let name = path.display().to_string();
        if name.contains(".set-aside-") || name.ends_with(".damaged") {
            faults.push(name);
        } else if path.extension().is_some_and(|extension| extension == "db") {
            let checked =
                Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|connection| {
                    connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
                });
            match checked {
                Ok(word) if word == "ok" => {}
                Ok(word) => faults.push(format!("{name}: {word}")),
                Err(error) => faults.push(format!("{name}: {error}")),
            }
        }
    }
    faults
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("lists") {
        let path = entry.expect("lists").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}
