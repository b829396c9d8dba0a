//! The company's tree, as a company would keep it, and how it changes.

use std::collections::BTreeMap;

use qadam_backend::team::import::HEADER;
use qadam_domain::team::Member;
use qadam_domain::time::Day;

use crate::chance::Chance;

/// Ids of members. The first ones are those of the accounts.
const FIRST: u32 = 1_001;
const MEMBERS: usize = 40;

/// Sponsor and volume by id.
pub struct Tree {
    members: BTreeMap<u32, (Option<u32>, i64)>,
    /// Of its own, so that a seed does the same with a tree and without.
    chance: Chance,
}

impl Tree {
    pub fn new(seed: u64) -> Self {
        Self { members: BTreeMap::new(), chance: Chance::new(seed ^ 0x7EA) }
    }

    /// Whether it is time for the company to change something.
    pub fn is_due(&self) -> bool {
        self.chance.happens(15)
    }

    /// Members come, move with those below them, change, and go with those below them.
    pub fn change(&mut self) {
        // After a single change most leaders' older images are still right, and one is not.
        let most = if self.chance.happens(50) { 1 } else { 12 };
        for _ in 0..1 + self.chance.below(most) {
            let member = FIRST + self.chance.below(MEMBERS) as u32;
            let sponsor = FIRST + self.chance.below(MEMBERS) as u32;
            let sponsor = Some(sponsor).filter(|sponsor| self.members.contains_key(sponsor));
            let is_there = self.members.contains_key(&member);
            match self.chance.below(10) {
                0 => {
                    let gone: Vec<u32> = self.below(member);
                    self.members.retain(|id, _| !gone.contains(id));
                }
                1..=3 if is_there => self.members.entry(member).or_default().1 += 1,
                _ if is_there && sponsor.is_some_and(|sponsor| self.below(member).contains(&sponsor)) => {}
                _ => self.members.entry(member).or_default().0 = sponsor,
            }
        }
    }

    /// The company's file.
    pub fn csv(&self) -> String {
        let mut csv = format!("{}\n", HEADER.join(","));
        for (id, (sponsor, volume)) in &self.members {
            let sponsor = sponsor.map(|sponsor| sponsor.to_string()).unwrap_or_default();
            csv.push_str(&format!("{id},{sponsor},Name {id},,gold,{volume},0,1,2026-02-01,Алматы\n"));
        }
        csv
    }

    /// What the phones of this member are to hold.
    pub fn seen_by(&self, leader: &str) -> BTreeMap<String, String> {
        let leader: u32 = leader.parse().expect("a member's id");
        let row = |id: u32| {
            let (sponsor, personal) = self.members[&id];
            let member = Member {
                sponsor: sponsor.map(|sponsor| sponsor.to_string()),
                name: format!("Name {id}"),
                phone: String::new(),
                rank: "gold".into(),
                personal,
                group: 0,
                active: true,
                joined: Day::parse("2026-02-01").expect("a date"),
                city: "Алматы".into(),
            };
            (id.to_string(), member.json())
        };
        self.below(leader).into_iter().map(row).collect()
    }

    /// A member and everybody below; nobody where it is not there.
    fn below(&self, top: u32) -> Vec<u32> {
        let sponsor = |id: &u32| self.members.get(id).and_then(|(sponsor, _)| *sponsor);
        let is_below = |id: &u32| std::iter::successors(Some(*id), sponsor).any(|above| above == top);
        self.members.keys().copied().filter(is_below).collect()
    }
}
