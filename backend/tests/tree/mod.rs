//! Any history of the tree, and who follows it, against a model that knows no revisions.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use qadam_backend::store;
use qadam_backend::store::Connection;
use qadam_backend::team::{self, import};
use qadam_domain::team::Member;
use qadam_domain::time::Day;
use qadam_protocol::sync::{Cursor, Page};

/// Members that may be in the tree.
pub const MEMBERS: u8 = 14;
const DAY: i64 = 86_400_000;

/// The company's tree, as a company would keep it.
#[derive(Default, Clone)]
pub struct Model(BTreeMap<u8, (Option<u8>, i64)>);

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
            sponsor: sponsor.map(number),
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

/// Who holds a leader's stream.
pub trait Holder {
    fn new(leader: u8) -> Self;
    fn cursor(&self) -> Option<Cursor>;
    fn take(&mut self, page: &Page);
    /// JSON by id.
    fn rows(&self) -> BTreeMap<String, String>;
}

#[derive(Debug, Clone)]
pub enum Step {
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

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
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

pub struct World<P> {
    conn: Connection,
    now: i64,
    model: Model,
    /// As it was at the last import.
    imported: Model,
    phones: BTreeMap<u8, P>,
}

impl<P: Holder> World<P> {
    pub fn new() -> Self {
        Self::on(store::open_in_memory().expect("opens"))
    }

    pub fn on(conn: Connection) -> Self {
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

    pub fn step(&mut self, step: &Step) {
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

    pub fn import(&mut self, complete: bool) {
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

    pub fn sync(&mut self, leader: u8) {
        let account = i64::from(leader) + 1;
        let phone = self.phones.entry(leader).or_insert_with(|| P::new(leader));
        if let Some(page) = team::page(&self.conn, account, phone.cursor().as_ref(), None).expect("a page") {
            phone.take(&page);
        }
        assert_eq!(phone.rows(), self.imported.seen_by(leader).unwrap_or_default(), "leader {leader}");
        let again = team::page(&self.conn, account, phone.cursor().as_ref(), None).expect("a page");
        assert!(again.is_none(), "in step");
    }

    /// Everything to the server, and from there to every phone.
    pub fn settle(&mut self) {
        self.import(true);
        for leader in 0..MEMBERS {
            self.sync(leader);
        }
    }
}
