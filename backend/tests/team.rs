//! What phones hold after any history of the tree, against a model that knows no revisions: each leader's phone, from any cursor.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use qadam_backend::store;
use qadam_backend::team::{self, import};
use qadam_domain::digest::Digest;
use qadam_domain::team::{KIND, Member};
use qadam_domain::time::Day;
use qadam_protocol::sync::{Cursor, Page};
use rusqlite::Connection;

/// Members that may be in the tree.
const MEMBERS: u8 = 14;
const DAY: i64 = 86_400_000;

/// The company's tree, as a company would keep it.
#[derive(Default, Clone)]
struct Model(BTreeMap<u8, (Option<u8>, i64)>);

impl Model {
    fn is_below(&self, member: u8, above: u8) -> bool {
        let mut at = Some(member);
        while let Some(member) = at {
            if member == above {
                return true;
            }
            at = self.0[&member].0;
        }
        false
    }

    fn row(&self, member: u8) -> Member {
        let (sponsor, volume) = self.0[&member];
        Member {
            sponsor: sponsor.map(|sponsor| number(sponsor)),
            name: format!("Name, \"{member}\""),
            phone: String::new(),
            rank: "gold".into(),
            personal: volume,
            group: 0,
            active: true,
            joined: Day(20_000),
            city: "Алматы".into(),
        }
    }

    /// What the leader's phone is to hold.
    fn seen_by(&self, leader: u8) -> Option<BTreeMap<String, String>> {
        self.0.contains_key(&leader).then(|| {
            let below = self.0.keys().filter(|member| self.is_below(**member, leader));
            below.map(|member| (number(*member), self.row(*member).json())).collect()
        })
    }

    fn csv(&self, members: impl Iterator<Item = u8>) -> String {
        let mut csv = format!("{}\n", import::HEADER.join(","));
        for member in members {
            let row = self.row(member);
            let sponsor = row.sponsor.clone().unwrap_or_default();
            let name = row.name.replace('"', "\"\"");
            let (id, volume) = (number(member), row.personal);
            csv.push_str(&format!("{id},{sponsor},\"{name}\",,gold,{volume},0,1,{},Алматы\n", row.joined));
        }
        csv
    }
}

fn number(member: u8) -> String {
    format!("n{member}")
}

/// What a phone does, by the letter of the protocol.
#[derive(Default)]
struct Phone {
    cursor: Option<Cursor>,
    rows: BTreeMap<String, String>,
}

impl Phone {
    fn apply(&mut self, page: &Page) {
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

#[derive(Debug, Clone)]
enum Step {
    /// Adds a member, or moves it.
    Put(u8, Option<u8>),
    Change(u8),
    /// With everybody below.
    Remove(u8),
    /// What was done so far goes to the server.
    Import {
        complete: bool,
    },
    Sync(u8),
    /// So many days go by.
    Wait(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let member = || 0..MEMBERS;
    let step = prop_oneof![
        6 => (member(), prop::option::weighted(0.93, member())).prop_map(|(a, b)| Step::Put(a, b)),
        2 => member().prop_map(Step::Change),
        2 => member().prop_map(Step::Remove),
        4 => any::<bool>().prop_map(|complete| Step::Import { complete }),
        4 => member().prop_map(Step::Sync),
        1 => (0_u8..20).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..90)
}

struct World {
    conn: Connection,
    now: i64,
    model: Model,
    /// As it was at the last import.
    imported: Model,
    phones: BTreeMap<u8, Phone>,
}

impl World {
    fn new() -> Self {
        let conn = store::open_in_memory().expect("opens");
        for member in 0..MEMBERS {
            conn.execute(
                "INSERT INTO account (id, public, login, distributor, name, created) VALUES (?1, ?2, ?2, ?2, '', 0)",
                (i64::from(member) + 1, number(member)),
            )
            .expect("an account");
        }
        Self {
            conn,
            now: 1_795_536_000_000,
            model: Model::default(),
            imported: Model::default(),
            phones: BTreeMap::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Put(member, sponsor) => {
                let sponsor = sponsor.filter(|sponsor| self.model.0.contains_key(sponsor));
                let is_free = |sponsor| !self.model.0.contains_key(member) || !self.model.is_below(sponsor, *member);
                if sponsor.is_none_or(is_free) {
                    self.model.0.entry(*member).or_default().0 = sponsor;
                }
            }
            Step::Change(member) => {
                if let Some((_, volume)) = self.model.0.get_mut(member) {
                    *volume += 1;
                }
            }
            Step::Remove(member) => {
                if self.model.0.contains_key(member) {
                    let before = self.model.clone();
                    self.model.0.retain(|other, _| !before.is_below(*other, *member));
                }
            }
            Step::Import { complete } => self.import(*complete),
            Step::Sync(leader) => self.sync(*leader),
            Step::Wait(days) => self.now += i64::from(*days) * DAY,
        }
    }

    fn import(&mut self, complete: bool) {
        let removed = self.imported.0.keys().any(|member| !self.model.0.contains_key(member));
        let complete = complete || removed;
        let differs = |member: &u8| complete || self.imported.0.get(member) != self.model.0.get(member);
        let members: BTreeSet<u8> = self.model.0.keys().copied().filter(differs).collect();
        let csv = self.model.csv(members.into_iter().rev());
        let mut count = 0_u8;
        let mut random = |bytes: &mut [u8]| {
            bytes.iter_mut().for_each(|byte| {
                count = count.wrapping_add(1);
                *byte = count;
            })
        };
        for again in [false, true] {
            let done = import::import(&self.conn, "a.csv", csv.as_bytes(), complete, self.now, &mut random);
            let done = done.unwrap_or_else(|error| panic!("{error:?}"));
            if again {
                let same = import::Imported { unchanged: done.unchanged, ..import::Imported::default() };
                assert_eq!(done, same, "the same file changes nothing");
            }
        }
        self.imported = self.model.clone();
    }

    fn sync(&mut self, leader: u8) {
        let phone = self.phones.entry(leader).or_default();
        if let Some(page) = team::page(&self.conn, i64::from(leader) + 1, phone.cursor.as_ref(), None).expect("a page")
        {
            phone.apply(&page);
        }
        assert_eq!(phone.rows, self.imported.seen_by(leader).unwrap_or_default(), "leader {leader}");
        let again = team::page(&self.conn, i64::from(leader) + 1, phone.cursor.as_ref(), None).expect("a page");
        assert!(again.is_none(), "in step");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_phone_holds_its_leaders_subtree_from_any_cursor(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.import(true);
        for leader in 0..MEMBERS {
            world.sync(leader);
        }
    }
}

fn faults(csv: &[u8]) -> Vec<String> {
    let conn = store::open_in_memory().expect("opens");
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    match import::import(&conn, "team.csv", csv, false, 0, &mut random) {
        Err(import::ImportError::Faults(faults)) => {
            let members: i64 = conn.query_row("SELECT count(*) FROM member", [], |row| row.get(0)).expect("counts");
            assert_eq!(members, 0, "nothing is imported");
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
