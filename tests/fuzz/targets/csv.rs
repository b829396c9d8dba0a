//! Files that a company's staff write: a team to be imported, and the tables of the content.
//!
//! The first byte says which; the rest is the file. An import is all of a file or nothing of it, and the same file again changes nothing.

#![no_main]

use std::cell::OnceCell;

use libfuzzer_sys::fuzz_target;
use qadam_backend::content::fault::Faults;
use qadam_backend::content::table;
use qadam_backend::store;
use qadam_backend::team::import::{HEADER, ImportError, Imported, import};

/// Members that are there before each file.
const MEMBERS: u64 = 3;

fuzz_target!(|input: &[u8]| {
    let Some((choice, file)) = input.split_first() else { return };
    if choice & 1 == 1 {
        tables(&String::from_utf8_lossy(file));
    } else {
        team(file, choice & 2 == 2);
    }
});

type Import = Box<dyn Fn(&[u8], bool) -> Result<Imported, ImportError>>;

/// Imports into one database: to make one takes longer than to import.
fn importer() -> Import {
    let store = store::open_in_memory().expect("opens");
    Box::new(move |file, complete| import(&store, "team.csv", file, complete, 0, &mut |bytes: &mut [u8]| bytes.fill(7)))
}

fn team(file: &[u8], complete: bool) {
    thread_local!(static IMPORT: OnceCell<Import> = const { OnceCell::new() });
    IMPORT.with(|import| {
        let run = import.get_or_init(importer);
        let lines = "1,,A,,,,,1,2024-01-01,\n2,1,B,,,,,1,2024-01-01,\n3,2,C,,,,,1,2024-01-01,\n";
        let before = format!("{}\n{lines}", HEADER.join(","));
        run(before.as_bytes(), true).expect("a good file");
        match run(file, complete) {
            Ok(done) => {
                let members = done.added + done.moved + done.changed + done.unchanged;
                let again = run(file, complete).expect("the same file again");
                assert_eq!(again, Imported { unchanged: members, ..Imported::default() }, "after {done:?}");
            }
            Err(ImportError::Faults(faults)) => {
                assert!(!faults.is_empty());
                let same = run(before.as_bytes(), true).expect("a good file");
                assert_eq!(same, Imported { unchanged: MEMBERS, ..Imported::default() }, "{faults:?}");
            }
            Err(error) => panic!("{error}"),
        }
    });
}

fn tables(text: &str) {
    let mut faults = Faults::new("course.toml");
    let table = table::parse(text, &mut faults);
    let torn = table.is_torn();
    let mut keys = table.keys("a course", &mut faults);
    for key in ["id", "title", "after", "points"] {
        keys.text(key);
        keys.texts(key);
        keys.integer(key, 0..=100);
        keys.date(key);
        keys.tables(key);
        keys.named_tables(key);
        keys.require(key, "\"x\"");
    }
    keys.finish();
    assert!(!torn || faults.errors() > 0);
    for fault in faults.into_vec() {
        assert!(fault.line as usize <= text.lines().count() + 1, "{fault}");
    }
}
