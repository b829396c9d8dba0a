//! The sums over subtrees while a commit changes the tree: each path that is touched is read once and written once.

use std::collections::HashMap;

use qadam_domain::digest::Digest;

use super::tree::TOP;
use crate::error::Error;
use crate::params;
use crate::store::{Connection, Optional};

pub struct Forest<'a> {
    conn: &'a Connection,
    nodes: HashMap<i64, Node>,
}

struct Node {
    /// `None` while it is detached: its branch is a tree of its own.
    sponsor: Option<i64>,
    digest: Digest,
    count: u64,
    state: State,
    /// Somebody left the subtree.
    left: bool,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum State {
    Read,
    Changed,
    /// Its row is of this commit, and has the new revision already.
    Fresh,
}

impl<'a> Forest<'a> {
    pub fn new(conn: &'a Connection) -> Self {
        Self { conn, nodes: HashMap::new() }
    }

    /// A member that was not in the tree, alone and detached.
    pub fn plant(&mut self, key: i64, digest: Digest) {
        self.nodes.insert(key, Node { sponsor: None, digest, count: 1, state: State::Fresh, left: false });
    }

    /// Takes a branch off the tree.
    pub fn detach(&mut self, key: i64) -> Result<(), Error> {
        let node = self.node(key)?;
        let (from, digest, count) = (node.sponsor.take(), node.digest, node.count);
        node.touch();
        self.climb(from, |node| {
            node.digest = node.digest.without(digest);
            node.count -= count;
            node.left = true;
        })
    }

    /// Puts a detached branch below another member.
    pub fn attach(&mut self, key: i64, sponsor: i64) -> Result<(), Error> {
        let node = self.node(key)?;
        node.sponsor = Some(sponsor);
        node.touch();
        let (digest, count) = (node.digest, node.count);
        self.climb(Some(sponsor), |node| {
            node.digest = node.digest.with(digest);
            node.count += count;
        })
    }

    /// A member's own row has another digest.
    pub fn change(&mut self, key: i64, old: Digest, new: Digest) -> Result<(), Error> {
        self.climb(Some(key), |node| node.digest = node.digest.without(old).with(new))
    }

    /// Writes what has changed.
    pub fn write(self, rev: u64) -> Result<(), Error> {
        let mut fresh = self.conn.prepare_cached("UPDATE member SET sub_digest = ?2, sub_count = ?3 WHERE id = ?1")?;
        let mut changed = self.conn.prepare_cached(
            "UPDATE member SET sub_digest = ?2, sub_count = ?3, sub_rev = ?4,
                 left_rev = CASE WHEN ?5 THEN ?4 ELSE left_rev END
             WHERE id = ?1",
        )?;
        for (key, node) in self.nodes {
            match node.state {
                State::Read => {}
                State::Fresh => {
                    fresh.execute(params![key, node.digest.to_bytes(), node.count])?;
                }
                State::Changed => {
                    changed.execute(params![key, node.digest.to_bytes(), node.count, rev, node.left])?;
                }
            }
        }
        Ok(())
    }

    fn climb(&mut self, from: Option<i64>, mut change: impl FnMut(&mut Node)) -> Result<(), Error> {
        let mut at = from;
        while let Some(key) = at.filter(|key| *key != TOP) {
            let node = self.node(key)?;
            node.touch();
            change(node);
            at = node.sponsor;
        }
        Ok(())
    }

    fn node(&mut self, key: i64) -> Result<&mut Node, Error> {
        use std::collections::hash_map::Entry;
        match self.nodes.entry(key) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let mut statement =
                    self.conn.prepare_cached("SELECT sponsor, sub_digest, sub_count FROM member WHERE id = ?1")?;
                let read = statement.query_row([key], |row| {
                    let digest = Digest::from_bytes(row.get(1)?);
                    Ok(Node { sponsor: row.get(0)?, digest, count: row.get(2)?, state: State::Read, left: false })
                });
                let node = read.optional()?.ok_or_else(|| Error::Unsound("a sponsor that is no member".into()))?;
                Ok(unknown.insert(node))
            }
        }
    }
}

impl Node {
    fn touch(&mut self) {
        if self.state == State::Read {
            self.state = State::Changed;
        }
    }
}
