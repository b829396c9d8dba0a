//! What must be true in the end, told by a model that shares nothing with the replicas but the domain's definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use qadam_domain::event::Event;
use qadam_domain::fold::{self, Outcome, State};
use qadam_domain::ids::EventId;
use qadam_domain::records::{Clock, Edit, Field, Record};
use qadam_domain::release::Releases;
use qadam_domain::results::Confirmed;
use qadam_domain::time::{Millis, Moment};
use qadam_protocol::mutation::{Body, BodyError, Mutation, name};
use qadam_protocol::sync::{Ack, AckStatus};

use crate::chance::Chance;

/// What is wrong after a run, and how much was done in it.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    pub lost: u64,
    pub doubled: u64,
    pub diverged: u64,
    pub stuck: u64,
    pub what: Vec<String>,
    pub done: Done,
}

/// How much a run did: a campaign that does nothing finds nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Done {
    pub mutations: u64,
    pub exchanges: u64,
    pub faults: u64,
    pub kills: u64,
    pub forks: u64,
    pub releases: u64,
    pub kept: u64,
    pub refused: u64,
    pub restored: u64,
    pub repaired: u64,
    /// Databases that an older app had left.
    pub migrated: u64,
    /// Phones that were lost.
    pub phones: u64,
    /// Mutations that a server lost for good, and said so.
    pub reported: u64,
    /// Those of which nobody can know.
    pub unknown: u64,
    /// Looks of the server at somebody.
    pub looked: u64,
    pub results: u64,
    pub nudges: u64,
    /// Of the people whose phones' clocks were right and whose server never went back: notifications, each seen once.
    pub shown: u64,
    /// Decisions for the days to come that phone and server foretold alike.
    pub alike: u64,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "mutations {} exchanges {} faults {} kills {} forks {} releases {} kept {} refused {} restored {} repaired {} migrated {} phones lost {} losses reported {} unknown {} looked {} results {} nudges {} shown {} alike {}",
            self.mutations,
            self.exchanges,
            self.faults,
            self.kills,
            self.forks,
            self.releases,
            self.kept,
            self.refused,
            self.restored,
            self.repaired,
            self.migrated,
            self.phones,
            self.reported,
            self.unknown,
            self.looked,
            self.results,
            self.nudges,
            self.shown,
            self.alike
        )
    }
}

impl Verdict {
    pub fn is_sound(&self) -> bool {
        self.lost + self.doubled + self.diverged + self.stuck == 0
    }

    pub fn add(&mut self, other: &Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.diverged += other.diverged;
        self.stuck += other.stuck;
        let (sum, more) = (&mut self.done, &other.done);
        sum.mutations += more.mutations;
        sum.exchanges += more.exchanges;
        sum.faults += more.faults;
        sum.kills += more.kills;
        sum.forks += more.forks;
        sum.releases += more.releases;
        sum.kept += more.kept;
        sum.refused += more.refused;
        sum.restored += more.restored;
        sum.repaired += more.repaired;
        sum.migrated += more.migrated;
        sum.phones += more.phones;
        sum.reported += more.reported;
        sum.unknown += more.unknown;
        sum.looked += more.looked;
        sum.results += more.results;
        sum.nudges += more.nudges;
        sum.shown += more.shown;
        sum.alike += more.alike;
    }

    pub fn lost(&mut self, what: String) {
        self.lost += 1;
        self.what.push(what);
    }

    pub fn doubled(&mut self, what: String) {
        self.doubled += 1;
        self.what.push(what);
    }

    pub fn diverged(&mut self, what: String) {
        self.diverged += 1;
        self.what.push(what);
    }

    pub fn stuck(&mut self, what: String) {
        self.stuck += 1;
        self.what.push(what);
    }
}

/// Mutations that a server has the effect of, and how it took them.
pub type Known = BTreeMap<EventId, (Mutation, Answer)>;

/// Everything that one account's devices ever sent, and what was said to it.
#[derive(Default)]
pub struct Ledger {
    /// The same mutation may come from two devices, of which one has not heard of its stamp.
    pub has_twins: bool,
    sent: BTreeMap<EventId, Sent>,
}

struct Sent {
    mutation: Mutation,
    /// Devices that sent it.
    by: BTreeSet<usize>,
    answer: Option<Answer>,
}

#[derive(Clone)]
pub struct Answer {
    status: AckStatus,
    stamp: Option<Millis>,
    clock: Option<Clock>,
    /// Its device knows.
    heard: bool,
    /// The server was restored to a time before.
    forgotten: bool,
    /// The ledger has done again what it says, though the mutation is forgotten.
    replayed: bool,
    at: Millis,
}

impl Sent {
    /// Whether its effect is the server's.
    fn counts(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| !answer.forgotten || answer.replayed)
    }

    fn is_erasure(&self) -> bool {
        self.mutation.name == name::RECORD_ERASE
    }
}

impl Ledger {
    pub fn sends(&mut self, device: usize, mutation: &Mutation) {
        let sent = self.sent.entry(mutation.id);
        // An erased record's pending edits become erasures: what was sent last counts, if the server had not taken it before.
        sent.and_modify(|known| {
            known.by.insert(device);
            if known.answer.is_none() {
                known.mutation = mutation.clone();
            }
        })
        .or_insert_with(|| Sent { mutation: mutation.clone(), by: [device].into(), answer: None });
    }

    /// The server answered, whether or not the device will ever hear of it.
    pub fn answered(&mut self, mutations: &[Mutation], acks: &[Ack], is_late: bool, at: Millis, verdict: &mut Verdict) {
        let each = acks.iter().flat_map(|ack| (0..ack.count).map(move |n| (ack.seq + n, ack)));
        for (mutation, (seq, ack)) in mutations.iter().zip(each) {
            if mutation.seq != seq {
                verdict.diverged(format!("sequence {} answered as {seq}", mutation.seq));
            }
            let Some(sent) = self.sent.get_mut(&mutation.id) else { continue };
            let answer = Answer {
                status: ack.status.clone(),
                stamp: ack.stamp,
                clock: ack.clock.clone(),
                heard: false,
                forgotten: false,
                replayed: false,
                at,
            };
            match &sent.answer {
                Some(known) if known.forgotten => {
                    if ack.status == AckStatus::Cached {
                        verdict.lost(format!("{} was forgotten and is called cached", mutation.id));
                    }
                    // A request that lay in the network knows nothing of the answer to its repetition.
                    if known.heard
                        && !is_late
                        && !self.has_twins
                        && ack.stamp.is_some()
                        && known.stamp.is_some()
                        && known.stamp != ack.stamp
                    {
                        verdict.diverged(format!("{} got another stamp from a restored server", mutation.id));
                    }
                    sent.mutation = mutation.clone();
                    sent.answer = Some(answer);
                }
                None => {
                    if ack.status == AckStatus::Cached {
                        verdict.lost(format!("{} was never taken and is called cached", mutation.id));
                    }
                    sent.answer = Some(answer);
                }
                Some(known) => {
                    if ack.status == AckStatus::Applied && known.status != AckStatus::Kept {
                        verdict.doubled(format!("{} was applied twice", mutation.id));
                    }
                    if known.stamp.is_some() && ack.stamp != known.stamp {
                        verdict.diverged(format!("{} got another stamp", mutation.id));
                    }
                }
            }
        }
    }

    /// The device that sent these took the answer.
    pub fn heard(&mut self, mutations: &[Mutation]) {
        for mutation in mutations {
            if let Some(answer) = self.sent.get_mut(&mutation.id).and_then(|sent| sent.answer.as_mut()) {
                answer.heard = true;
            }
        }
    }

    /// What a backup holds that is taken now.
    pub fn answers(&self) -> Known {
        let known = self.sent.iter().filter(|(_, sent)| sent.counts());
        known.filter_map(|(id, sent)| Some((*id, (sent.mutation.clone(), sent.answer.clone()?)))).collect()
    }

    /// The server knows these alone; what the ledger says, it does again where the restore is `announced`.
    pub fn restored(&mut self, known: &Known, announced: bool) {
        for (id, sent) in &mut self.sent {
            let is_erasure = sent.is_erasure();
            let Some(answer) = &mut sent.answer else { continue };
            match known.get(id) {
                // As it was taken then, which may not be how it was taken since.
                Some((mutation, then)) if !then.forgotten => {
                    let heard = answer.heard && answer.stamp == then.stamp;
                    // An edit that was sent again as an erasure since: of that the ledger tells.
                    if !(announced && is_erasure && answer.status == AckStatus::Applied) {
                        sent.mutation = mutation.clone();
                    }
                    *answer = Answer { heard, ..then.clone() };
                }
                then => {
                    answer.forgotten = true;
                    answer.replayed =
                        then.is_some() || (announced && is_erasure && answer.status == AckStatus::Applied);
                }
            }
        }
    }

    /// What the server forgot and nobody sent again, with the time at which it was answered and the devices that sent it. What was said of a record
    /// that is erased is no loss.
    pub fn lost(&self) -> impl Iterator<Item = (&EventId, Millis, &BTreeSet<usize>)> {
        let erased = self.erased();
        self.sent.iter().filter_map(move |(id, sent)| {
            if record_of(sent.mutation.body.get()).is_some_and(|about| erased.contains(&about)) {
                return None;
            }
            let answer = sent.answer.as_ref()?;
            let had_effect = !matches!(answer.status, AckStatus::Refused(_));
            (had_effect && !sent.counts()).then_some((id, answer.at, &sent.by))
        })
    }

    /// Whether the server has ever answered it.
    pub fn knows(&self, id: &EventId) -> bool {
        self.sent.get(id).is_some_and(|sent| sent.answer.is_some())
    }

    pub fn refused(&self) -> impl Iterator<Item = &EventId> {
        self.sent
            .iter()
            .filter(|(_, sent)| matches!(sent.answer, Some(Answer { status: AckStatus::Refused(_), .. })))
            .map(|(id, _)| id)
    }

    /// The records as they must be: every edit that the server took, merged in an order of chance.
    pub fn records(&self, chance: &Chance) -> BTreeMap<(String, String), Record> {
        let mut edits: Vec<(String, String, Clock, Edit)> = Vec::new();
        for sent in self.sent.values() {
            let Some(answer) = sent.answer.as_ref().filter(|_| sent.counts()) else { continue };
            if !matches!(answer.status, AckStatus::Applied) {
                continue;
            }
            let mutation = &sent.mutation;
            if let Ok(Body::Record { kind, id, clock, edit }) = Body::decode(&mutation.name, mutation.v, &mutation.body)
            {
                edits.push((kind, id, answer.clock.clone().unwrap_or(clock), edit));
            }
        }
        mix(&mut edits, chance);
        let mut records: BTreeMap<(String, String), Record> = BTreeMap::new();
        for (kind, id, clock, edit) in edits {
            merge(records.entry((kind, id)).or_default(), edit, clock);
        }
        records
    }

    /// The records of which nothing may be left, by kind and id.
    pub fn erased(&self) -> BTreeSet<(String, String)> {
        let erased = |sent: &Sent| {
            let answer = sent.answer.as_ref().filter(|answer| answer.status == AckStatus::Applied && sent.counts());
            match Body::decode(&sent.mutation.name, sent.mutation.v, &sent.mutation.body) {
                Ok(Body::Record { kind, id, edit: Edit::Erase, .. }) => answer.map(|_| (kind, id)),
                _ => None,
            }
        };
        self.sent.values().filter_map(erased).collect()
    }

    /// Whether any device ever asked for this record's erasure.
    pub fn asks_to_erase(&self, kind: &str, id: &str) -> bool {
        self.sent.values().filter(|sent| sent.is_erasure()).any(|sent| {
            record_of(sent.mutation.body.get()).is_some_and(|about| (about.0.as_str(), about.1.as_str()) == (kind, id))
        })
    }

    /// The state as it must be: every event that the server took, and what the back office confirmed, folded in an order of chance. Gives the number of
    /// quizzes too.
    pub fn state(&self, releases: &Releases, results: &[(u64, Confirmed)], chance: &Chance) -> (State, u64) {
        let mut events = Vec::new();
        for sent in self.sent.values() {
            let (Some(answer), mutation) = (sent.answer.as_ref().filter(|_| sent.counts()), &sent.mutation) else {
                continue;
            };
            if let (Ok(Body::Event { release, kind }), Some(stamp)) =
                (Body::decode(&mutation.name, mutation.v, &mutation.body), answer.stamp)
            {
                events.push(Event { id: mutation.id, moment: Moment::new(stamp, mutation.at.offset), release, kind });
            }
        }
        mix(&mut events, chance);
        let mut state = State::default();
        let mut quizzes = 0;
        let middle = chance.below(results.len() + 1);
        let confirm = |state: &mut State, some: &[(u64, Confirmed)]| {
            for (serial, confirmed) in some {
                fold::confirm(state, *serial, confirmed.clone());
            }
        };
        confirm(&mut state, &results[middle..]);
        for event in &events {
            if let Outcome::Applied(fold::Applied::Quiz(_)) = fold::apply(releases, &mut state, event) {
                quizzes += 1;
            }
        }
        confirm(&mut state, &results[..middle]);
        fold::settle(releases, &mut state);
        (state, quizzes)
    }

    /// What this server can't fold, whatever is published: a newer app's, unless it is about a record that was erased.
    pub fn of_a_newer_app(&self) -> usize {
        let erased = self.erased();
        let unknown = |sent: &&Sent| {
            let mutation = &sent.mutation;
            let about = record_of(mutation.body.get());
            Body::decode(&mutation.name, mutation.v, &mutation.body) == Err(BodyError::Unknown)
                && sent.counts()
                && !about.is_some_and(|about| erased.contains(&about))
        };
        self.sent.values().filter(unknown).count()
    }
}

/// The rule of records, once more: the last writer of each field by clock and then by value, the last deletion, an erasure for good.
fn merge(record: &mut Record, edit: Edit, clock: Clock) {
    match edit {
        _ if record.erased => {}
        Edit::Erase => *record = Record { erased: true, ..Record::default() },
        Edit::Delete => {
            let latest = record.deleted.take().into_iter().chain([clock]).max_by_key(order);
            record.deleted = latest;
        }
        Edit::Put(fields) => {
            for (name, value) in fields {
                let written = Field(value, clock.clone());
                let known = record.fields.remove(&name);
                let last = known.into_iter().chain([written]).max_by_key(|field| (order(&field.1), field.0.clone()));
                record.fields.extend(last.map(|last| (name, last)));
            }
        }
    }
}

fn order(clock: &Clock) -> (i64, u32, String) {
    (clock.ms, clock.counter, clock.device.to_string())
}

/// Kind and id of the record that a mutation's body, of any version, is about.
pub fn record_of(body: &str) -> Option<(String, String)> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    Some((body["kind"].as_str()?.into(), body["id"].as_str()?.into()))
}

fn mix<T>(items: &mut [T], chance: &Chance) {
    for i in (1..items.len()).rev() {
        items.swap(i, chance.below(i + 1));
    }
}
