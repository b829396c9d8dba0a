//! What a phone has said in all its lives.

use std::collections::BTreeSet;

#[derive(Default)]
pub struct Journal {
    pub tried: BTreeSet<String>,
    pub saved: BTreeSet<String>,
    pub sent: BTreeSet<String>,
    /// Lessons read: tried, saved.
    pub reads: (u32, u32),
    /// What the engine should never have said.
    pub wrong: Vec<String>,
}

impl Journal {
    pub fn hear(&mut self, said: &str) {
        for line in said.lines() {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("tries", name) => {
                    self.tried.insert(name.into());
                }
                ("saved", name) => {
                    self.saved.insert(name.into());
                }
                ("reads", name) => {
                    self.tried.remove(name);
                    self.reads.0 += 1;
                }
                ("read", _) => self.reads.1 += 1,
                ("sent", _) => self.sent.extend(self.saved.iter().cloned()),
                _ => self.wrong.push(line.into()),
            }
        }
    }
}
