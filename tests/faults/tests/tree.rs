//! The engine's file of a team follows any history of the tree, against the model that the server's own test has.

#[path = "../../../backend/tests/tree/mod.rs"]
mod tree;

use std::collections::BTreeMap;

use proptest::prelude::*;
use qadam_engine::database::{Changes, Database};
use qadam_engine::team::TeamStore;
use qadam_protocol::sync::{Cursor, Page};
use tempfile::TempDir;

use tree::{Holder, World, steps};

struct Engine {
    _folder: TempDir,
    database: Database,
    store: TeamStore,
}

impl Holder for Engine {
    fn new(_: u8) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::open(&folder.path().join("a.db"), Changes::default()).expect("opens");
        let store = TeamStore::open(&database).expect("opens");
        Self { _folder: folder, database, store }
    }

    fn cursor(&self) -> Option<Cursor> {
        self.store.cursor().expect("reads")
    }

    fn take(&mut self, page: &Page) {
        self.store.receive(&self.database, page).expect("takes");
        assert_eq!(self.store.mismatches(), 0);
        assert!(self.store.is_sound().expect("reads"));
        let wrong = self.store.read(|connection| {
            // Counts and names are kept as rows come and go; here they are counted anew.
            let wrong: i64 = connection.query_row(
                "WITH RECURSIVE pair (above, member) AS (
                     SELECT sponsor, id FROM member WHERE sponsor IS NOT NULL
                     UNION ALL SELECT m.sponsor, pair.member FROM pair JOIN member m ON m.id = pair.above WHERE m.sponsor IS NOT NULL)
                 SELECT (SELECT count(*) FROM member WHERE below <> (SELECT count(*) FROM pair WHERE above = member.id))
                      + abs((SELECT count(*) FROM member) - (SELECT members FROM team))
                      + abs((SELECT count(*) FROM member) - (SELECT count(*) FROM name JOIN member m ON m.id = name.member))
                      + abs((SELECT count(*) FROM member) - (SELECT count(*) FROM name))",
                [],
                |row| row.get(0),
            )?;
            Ok(wrong)
        });
        assert_eq!(wrong.expect("reads").unwrap_or(0), 0);
    }

    fn rows(&self) -> BTreeMap<String, String> {
        self.store.rows().expect("reads")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_engines_team_is_its_leaders_subtree_after_any_history(steps in steps()) {
        let mut world = World::<Engine>::new();
        steps.iter().for_each(|step| world.step(step));
        world.settle();
    }
}
