//! What phones hold after any history of the tree, and what is wrong with a file.

#[expect(dead_code, reason = "of the other tests")]
#[path = "backend/place.rs"]
mod place;
mod tree;

use std::collections::BTreeMap;

use proptest::prelude::*;
use qadam_backend::store;
use qadam_backend::team::import;
use qadam_domain::digest::Digest;
use qadam_domain::team::{KIND, Member};
use qadam_protocol::sync::{Cursor, Page};

use place::Place;
use tree::{Holder, World, steps};

/// What a phone does, by the letter of the protocol.
#[derive(Default)]
struct Phone {
    cursor: Option<Cursor>,
    rows: BTreeMap<String, String>,
}

impl Holder for Phone {
    fn new(_: u8) -> Self {
        Self::default()
    }

    fn cursor(&self) -> Option<Cursor> {
        self.cursor.clone()
    }

    fn rows(&self) -> BTreeMap<String, String> {
        self.rows.clone()
    }

    fn take(&mut self, page: &Page) {
        let said = page.team.as_ref().expect("a page of a team says more");
        assert!(!page.more);
        if said.leader.is_none() {
            *self = Self::default();
            return;
        }
        if page.reset {
            self.rows.clear();
        }
        for row in &page.rows {
            match &row.value {
                Some(value) => {
                    let member: Member = serde_json::from_str(value.get()).expect("a member");
                    let is_leader = Some(&row.id) == said.leader.as_ref();
                    let sponsor = member.sponsor.as_ref();
                    assert!(is_leader || self.rows.contains_key(sponsor.expect("one")), "who is above comes first");
                    self.rows.insert(row.id.clone(), value.get().into());
                }
                None => self.remove(&row.id, said.leader.as_deref()),
            }
        }
        self.cursor = Some(page.cursor.clone());
        let digest: Digest = self.rows.iter().map(|(id, json)| Digest::of(KIND, id, json)).sum();
        assert_eq!(Some(digest), said.digest, "the digest is of what is held");
    }
}

impl Phone {
    /// The leader is below nobody, whoever its sponsor is.
    fn remove(&mut self, id: &str, leader: Option<&str>) {
        if self.rows.remove(id).is_some() {
            let below = self.rows.iter().filter(|(_, json)| sponsor_of(json).as_deref() == Some(id));
            let below: Vec<String> = below.map(|(id, _)| id.clone()).filter(|id| Some(id.as_str()) != leader).collect();
            below.iter().for_each(|id| self.remove(id, leader));
        }
    }
}

fn sponsor_of(json: &str) -> Option<String> {
    serde_json::from_str::<Member>(json).expect("a member").sponsor
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_phone_holds_its_leaders_subtree_from_any_cursor(steps in steps()) {
        let mut world = World::<Phone>::new();
        steps.iter().for_each(|step| world.step(step));
        world.settle();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("QADAM_TEST_POSTGRES").is_some() { 20 } else { 2 }))]
    #[test]
    fn so_it_does_where_servers_share_a_database(steps in steps()) {
        let place = Place::new();
        let mut world = World::<Phone>::on(store::open(&place.database).expect("opens"));
        steps.iter().for_each(|step| world.step(step));
        world.settle();
    }
}

/// What a file is told over a tree that is there, and stays as it is.
fn faults(csv: &[u8]) -> Vec<String> {
    let conn = store::open_in_memory().expect("opens");
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    let before = format!("{}\np,,P,,,1,2,1,2024-01-01,\nq,p,Q,,,3,4,1,2024-01-01,\n", import::HEADER.join(","));
    import::import(&conn, "team.csv", before.as_bytes(), true, 0, &mut random).expect("imports");
    let tree = || -> String {
        let all = "SELECT group_concat(number || ' ' || name || ' ' || personal || ' ' || sub_rev || ' ' || hex(sub_digest), char(10)) FROM member";
        conn.query_row(all, [], |row| row.get(0)).expect("reads")
    };
    let whole = tree();
    assert_eq!(whole.lines().count(), 2, "{whole}");
    match import::import(&conn, "team.csv", csv, true, 0, &mut random) {
        Err(import::ImportError::Faults(faults)) => {
            assert_eq!(tree(), whole, "nothing is imported");
            faults.iter().map(ToString::to_string).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_fault_of_a_file_is_told_with_its_line_and_remedy() {
    let head = "id,sponsor,name,phone,rank,personal,group,active,joined,city\n";
    let with = |lines: &str| format!("{head}{lines}").into_bytes();
    for (csv, wanted) in [
        (
            Vec::new(),
            vec![
                "team.csv: is empty; write a first line with id,sponsor,name,phone,rank,personal,group,active,joined,city",
            ],
        ),
        (
            with("a,b,A,,,,,1,2024-01-01,\n"),
            vec!["team.csv:2: the sponsor b is no member; add a line for it, or mend the id"],
        ),
        (
            with("a,,A,,,,,1,2024-01-01,\na,,B,,,,,1,2024-01-01,\n"),
            vec!["team.csv:3: the id a is there twice; keep one of the lines"],
        ),
        (
            with(
                "a,c,A,,,,,1,2024-01-01,\nb,a,B,,,,,1,2024-01-01,\nc,b,C,,,,,1,2024-01-01,\nd,c,D,,,,,1,2024-01-01,\n",
            ),
            vec!["team.csv:2: the sponsors go round in a circle: a, c, b, a; mend the sponsor of one of them"],
        ),
        (
            with("a,a,A,,,,,1,2024-01-01,\n"),
            vec!["team.csv:2: a is its own sponsor; leave the sponsor empty at the top"],
        ),
        (
            with("a,,,,,x,9007199254740992,maybe,2024-02-30,\n"),
            vec![
                "team.csv:2: the name has 0 characters; write 1 to 128",
                "team.csv:2: the column personal is no volume; write a whole number, in the smallest unit that the company counts",
                "team.csv:2: the column group is no volume; write a whole number, in the smallest unit that the company counts",
                "team.csv:2: the column active is neither yes nor no; write 1 or 0",
                "team.csv:2: the column joined is no date; write it as 2026-11-24",
            ],
        ),
        (with("a,,A\n"), vec!["team.csv:2: has 3 columns; write as many as in the first line"]),
        (
            [head.as_bytes(), b"a,,\xc0\xe9,,,,,1,2024-01-01,\n"].concat(),
            vec!["team.csv:2: is not UTF-8; save the file as \"CSV UTF-8\""],
        ),
        (
            with(&format!("a,,{},,,,,1,2024-01-01,\nb,x,B,,,,,1,2024-01-01,\n", "x".repeat(10 << 20))),
            vec![
                "team.csv:2: is longer than 65536 bytes, or has more than 256 columns; look for a quotation mark that is not closed",
                "team.csv:3: the sponsor x is no member; add a line for it, or mend the id",
            ],
        ),
        (
            b"id;sponsor;name\n".to_vec(),
            vec![
                "team.csv:1: the column id is missing; separate by commas, and begin with a line id,sponsor,name,phone,rank,personal,group,active,joined,city",
            ],
        ),
    ] {
        let told = faults(&csv);
        let told: Vec<&str> = told.iter().take(wanted.len()).map(String::as_str).collect();
        assert_eq!(told, wanted);
    }
}

#[test]
fn a_file_may_begin_with_a_byte_order_mark_and_have_other_columns_in_any_order() {
    let conn = store::open_in_memory().expect("opens");
    let csv = "\u{feff}City,bonus,joined,active,group,personal,rank,phone,name,sponsor,ID\r\nАлматы,9,2024-01-01,yes,2,1,gold,+7,\"Дана, \"\"D\"\"\",,a\r\n";
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    let done = import::import(&conn, "a.csv", csv.as_bytes(), true, 0, &mut random).expect("imports");
    assert_eq!(done, import::Imported { added: 1, ..import::Imported::default() });
    let name: String = conn.query_row("SELECT name FROM member", [], |row| row.get(0)).expect("a member");
    assert_eq!(name, "Дана, \"D\"");
}
