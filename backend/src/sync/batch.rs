//! Mutations of one account, laid over its rows: each touched row is read once and written once.

use std::collections::{BTreeMap, BTreeSet};

use qadam_domain::event::{Event, EventKind};
use qadam_domain::fold::{self, Outcome, State, kind};
use qadam_domain::ids::{EventId, LessonId, ReleaseId};
use qadam_domain::planted::{self, Bug};
use qadam_domain::records::{Clock, Edit, Record};
use qadam_domain::release::Releases;
use qadam_domain::results::Confirmed;
use qadam_domain::rules::Trigger;
use qadam_domain::settings;
use qadam_domain::time::{Millis, Moment};
use qadam_protocol::limits;
use qadam_protocol::mutation::{Body, BodyError};
use qadam_protocol::nudges::{Ask, LEASE_ID, LEASE_KIND, Lease, OFFER_KIND, SIGNAL_KIND};
use qadam_protocol::push::Push;
use qadam_protocol::sync::{DISTRIBUTOR_KIND, KEPT_KIND, KeptValue, NOTICE_KIND, Notice, RefusalCode};

use super::journal::{self, Entry};
use crate::error::Error;
use crate::nudges::decide::{self, Happened};
use crate::nudges::{lease, signals};
use crate::params;
use crate::push::tokens;
use crate::random::Random;
use crate::store::{Bind, Connection, Row};
use crate::streams::{self, NewRow, Own, StoredRow, StreamKey};

/// What becomes of a mutation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// `stamped`: its corrected time counts. `clock`: the one that an edit has now, where it was set back.
    Applied {
        stamped: bool,
        clock: Option<Clock>,
    },
    Kept,
    Refused(RefusalCode),
}

pub struct Batch<'a> {
    conn: &'a Connection,
    releases: &'a Releases,
    account: i64,
    me: StreamKey,
    now: Millis,
    /// Loaded with the first event.
    state: Option<State>,
    records: BTreeMap<(String, String), Held>,
    /// Rows that stand for kept mutations.
    kept: BTreeMap<EventId, Option<String>>,
    /// Mutations of the account that are kept; counted with the first new one.
    kept_count: Option<u64>,
    erased: BTreeSet<(String, String)>,
    /// Counted with the first new record.
    count: Option<u64>,
    new_records: u64,
    /// What the back office confirmed: its ids.
    because: BTreeSet<String>,
    /// Loaded with the first word on it.
    lease: Option<Option<Lease>>,
    /// Lessons that were completed before it.
    completed: BTreeSet<LessonId>,
    happened: Happened,
}

struct Held {
    record: Record,
    /// What is stored of it; `None` where it is new.
    before: Option<StoredRow>,
    /// Sequence of the first edit that changed it.
    changed_by: Option<u64>,
}

impl<'a> Batch<'a> {
    pub fn new(conn: &'a Connection, releases: &'a Releases, account: i64, me: StreamKey, now: Millis) -> Self {
        Self {
            conn,
            releases,
            account,
            me,
            now,
            state: None,
            records: BTreeMap::new(),
            kept: BTreeMap::new(),
            kept_count: None,
            erased: BTreeSet::new(),
            count: None,
            new_records: 0,
            because: BTreeSet::new(),
            lease: None,
            completed: BTreeSet::new(),
            happened: Happened::default(),
        }
    }

    /// Lays one mutation over the rows; what is kept or refused leaves no trace here.
    pub fn take(&mut self, entry: &Entry<'_>) -> Result<Taken, Error> {
        if entry.body.get().len() > limits::MUTATION {
            return Ok(Taken::Refused(RefusalCode::OverLimit));
        }
        if entry.name.chars().count() > limits::MUTATION_NAME || entry.name.chars().any(char::is_control) {
            return Ok(Taken::Refused(RefusalCode::Malformed));
        }
        match Body::decode(&entry.name, entry.version, &entry.body) {
            Ok(Body::Event { release, kind }) => self.take_event(entry, release, kind),
            Ok(Body::Record { kind, id, clock, edit }) => self.take_edit(entry.seq, (kind, id), clock, &edit),
            Ok(Body::Push(push)) => self.take_push(entry, &push),
            Ok(Body::Lease(ask)) => self.take_lease(entry, ask),
            Err(BodyError::Refused(code)) => Ok(Taken::Refused(code)),
            Err(BodyError::Unknown) => self.take_unknown(entry),
        }
    }

    /// Takes what the back office confirmed, each while the release with that serial was the newest.
    pub fn confirm(&mut self, confirmed: impl IntoIterator<Item = (u64, Confirmed)>) -> Result<(), Error> {
        self.load()?;
        let state = self.state.as_mut().expect("loaded");
        for (serial, confirmed) in confirmed {
            let source = match &confirmed {
                Confirmed::Sale { source, .. } | Confirmed::Rank { source, .. } => source.clone(),
                Confirmed::Volume { month, .. } => month.to_string(),
            };
            let (day, is_silent, trigger) = (confirmed.day(), confirmed.is_silent(), Trigger::of_result(&confirmed));
            self.happened.confirmed = true;
            if fold::confirm(state, serial, confirmed) && !is_silent {
                self.because.insert(source);
                // Of what is known by its day alone, the end of it: nowhere was it later.
                let at = day.plus(1).start(0);
                self.happened.triggers.extend(trigger.map(|trigger| (trigger, day, at)));
            }
        }
        Ok(())
    }

    /// Erases a record, whoever asked for it. Tells whether it was not erased yet.
    pub fn erase(&mut self, key: (String, String)) -> Result<bool, Error> {
        self.hold(&key)?;
        let held = self.records.get_mut(&key).expect("held");
        if held.record.erased {
            return Ok(false);
        }
        held.record = Record { erased: true, ..Record::default() };
        held.changed_by.get_or_insert(0);
        self.new_records += u64::from(held.before.is_none());
        self.erased.insert(key);
        Ok(true)
    }

    /// Kind and id of the records that were erased.
    pub fn erased(&self) -> impl Iterator<Item = &(String, String)> {
        self.erased.iter()
    }

    /// Has a row stand for a new mutation that is kept; `false` where too many are already.
    pub fn keep(&mut self, id: EventId) -> Result<bool, Error> {
        let count = match self.kept_count {
            Some(count) => count,
            None => journal::count_kept(self.conn, self.account)?,
        };
        let room = count < limits::KEPT;
        self.kept_count = Some(if room { count + 1 } else { count });
        if room {
            self.kept.insert(id, Some(kept_value(None)));
        }
        Ok(room)
    }

    /// Takes the row away that stood for a mutation; one that is refused at last stays in it, with the reason.
    pub fn unkeep(&mut self, id: EventId, refused: Option<RefusalCode>) {
        self.kept.insert(id, refused.map(|code| kept_value(Some(code))));
    }

    /// Writes what has changed, as one commit of the stream. Gives the records among it, by rising revision.
    pub fn commit(mut self, random: Random<'_>) -> Result<Vec<Own>, Error> {
        self.wipe_kept()?;
        let tells_of_sharing = self.records.contains_key(&(settings::KIND.into(), settings::ID.into()));
        if tells_of_sharing {
            // Whether they are shared is noted beside the state.
            self.load()?;
        }
        let (mut rows, mut others) = (Vec::new(), Vec::new());
        // In the order of the mutations, so that the echo of many is one run.
        let mut changed: Vec<_> =
            self.records.into_iter().filter_map(|(key, held)| Some((held.changed_by?, key, held))).collect();
        changed.sort_unstable_by_key(|(seq, ..)| *seq);
        let mut own = Vec::with_capacity(changed.len());
        for (seq, (kind, id), held) in changed {
            let value = serde_json::to_string(&held.record).expect("a record holds nothing that JSON can't");
            own.push((seq, held.before.as_ref().map_or(0, |stored| stored.rev)));
            rows.push((NewRow { kind, id, value: Some(value) }, held.before));
        }
        if let Some(state) = &mut self.state {
            fold::settle(self.releases, state);
            for row in state.take_changes() {
                if row.value.is_none() && !self.because.is_empty() {
                    others.extend(notice(row.kind, &row.id, &self.because, self.now));
                }
                others.push(NewRow { kind: row.kind.into(), id: row.id, value: row.value });
            }
        }
        for (id, value) in self.kept {
            others.push(NewRow { kind: KEPT_KIND.into(), id: id.to_string(), value });
        }
        if let Some(lease) = self.lease {
            let value = lease.map(|lease| serde_json::to_string(&lease).expect("it holds nothing that JSON can't"));
            others.push(NewRow { kind: LEASE_KIND.into(), id: LEASE_ID.into(), value });
        }
        let (conn, me) = (self.conn, self.me);
        let others = others.into_iter().map(|row| {
            let stored = streams::stored(conn, me, &row.kind, &row.id)?;
            Ok((row, stored))
        });
        let revs = streams::commit_over(conn, me, rows.into_iter().map(Ok).chain(others), random)?;
        if tells_of_sharing {
            signals::review(conn, self.account, self.now, random)?;
        }
        if let Some(state) = &mut self.state {
            let completed = state.lessons().filter(|(id, _)| !self.completed.contains(*id));
            let completed = completed.filter_map(|(_, lesson)| lesson.completed);
            let completed = completed.map(|moment| (Trigger::LessonCompleted, moment.day, moment.at));
            self.happened.triggers.extend(completed);
            decide::after(conn, self.releases, self.account, me, state, &self.happened, self.now, random)?;
        }
        if self.new_records > 0 {
            let mut add = self.conn.prepare_cached("UPDATE account SET records = records + ?2 WHERE id = ?1")?;
            add.execute(params![self.account, self.new_records])?;
        }
        let own = own.into_iter().zip(revs);
        Ok(own.filter_map(|((seq, before), rev)| Some(Own { rev: rev?, seq, before })).collect())
    }

    fn load(&mut self) -> Result<(), Error> {
        if self.state.is_none() {
            let state = load_state(self.conn, self.me)?;
            let completed = state.lessons().filter(|(_, lesson)| lesson.completed.is_some());
            self.completed = completed.map(|(id, _)| id.clone()).collect();
            self.state = Some(state);
        }
        Ok(())
    }

    fn take_event(&mut self, entry: &Entry<'_>, release: ReleaseId, kind: EventKind) -> Result<Taken, Error> {
        if self.releases.get(&release).is_none() {
            return Ok(Taken::Kept);
        }
        self.load()?;
        let state = self.state.as_mut().expect("loaded");
        let event = Event { id: entry.id, moment: Moment::new(entry.stamp, entry.zone), release, kind };
        Ok(match fold::apply(self.releases, state, &event) {
            Outcome::Applied(applied) => {
                let trigger = Trigger::of_event(&applied);
                let Moment { at, day } = event.moment;
                self.happened.triggers.extend(trigger.map(|trigger| (trigger, day, at)));
                let told = (entry.zone, entry.stamp);
                self.happened.told = self.happened.told.filter(|known| known.1 > told.1).or(Some(told));
                Taken::Applied { stamped: true, clock: None }
            }
            Outcome::Kept => Taken::Kept,
            Outcome::Refused(refusal) => Taken::Refused(refusal.into()),
        })
    }

    fn take_edit(&mut self, seq: u64, key: (String, String), clock: Clock, edit: &Edit) -> Result<Taken, Error> {
        if !is_of_records(&key.0) {
            return Ok(Taken::Refused(RefusalCode::Malformed));
        }
        self.hold(&key)?;
        let is_first = |held: &Held| held.before.is_none() && held.changed_by.is_none();
        if self.records.get(&key).is_some_and(is_first) && self.records_held()? >= limits::RECORDS {
            return Ok(Taken::Refused(RefusalCode::TooManyRecords));
        }
        let held = self.records.get_mut(&key).expect("held");
        if let Edit::Put(fields) = edit
            && !held.record.erased
        {
            let more = fields.keys().filter(|name| !held.record.fields.contains_key(*name)).count();
            if held.record.fields.len() + more > limits::FIELDS {
                return Ok(Taken::Refused(RefusalCode::OverLimit));
            }
        }
        let clamped = clock.clone().clamped(self.now, seq);
        let is_first = is_first(held);
        if held.record.merge(edit, &clamped) {
            held.changed_by.get_or_insert(seq);
            if is_first {
                self.new_records += 1;
            }
        }
        if *edit == Edit::Erase {
            self.erased.insert(key);
        }
        Ok(Taken::Applied { stamped: false, clock: (clamped != clock).then_some(clamped) })
    }

    /// It is the sender's own word of itself, whichever device sends it.
    fn take_push(&mut self, entry: &Entry<'_>, push: &Push) -> Result<Taken, Error> {
        tokens::take(self.conn, entry.device, push, entry.stamp)?;
        Ok(Taken::Applied { stamped: true, clock: None })
    }

    fn take_lease(&mut self, entry: &Entry<'_>, ask: Ask) -> Result<Taken, Error> {
        let held = match self.lease.take() {
            Some(held) => held,
            None => lease::stored(self.conn, self.me)?,
        };
        self.lease = Some(lease::take(self.conn, held, entry.device, ask, self.now)?);
        Ok(Taken::Applied { stamped: true, clock: None })
    }

    /// A newer app's. What it says of an erased record is not even kept.
    fn take_unknown(&mut self, entry: &Entry<'_>) -> Result<Taken, Error> {
        if let Some(about) = journal::Record::of(&entry.body)
            && is_of_records(&about.kind)
        {
            let key = (about.kind, about.id);
            self.hold(&key)?;
            if self.records[&key].record.erased {
                return Ok(Taken::Applied { stamped: false, clock: None });
            }
        }
        Ok(Taken::Kept)
    }

    /// What kept mutations say of erased records is wiped as well.
    fn wipe_kept(&mut self) -> Result<(), Error> {
        if self.erased.is_empty() || planted::is(Bug::EraseLeavesKept) {
            return Ok(());
        }
        for kept in journal::kept_of(self.conn, self.account)? {
            let about = journal::Record::of(&kept.body);
            if about.is_some_and(|about| self.erased.contains(&(about.kind, about.id))) {
                journal::resolve(self.conn, self.account, &kept, &journal::Status::Applied, None)?;
                self.unkeep(kept.id, None);
            }
        }
        Ok(())
    }

    fn hold(&mut self, key: &(String, String)) -> Result<(), Error> {
        if !self.records.contains_key(key) {
            let before = streams::stored(self.conn, self.me, &key.0, &key.1)?;
            let record = match before.as_ref().and_then(|stored| stored.value.as_ref()) {
                None => Record::default(),
                Some(json) => serde_json::from_str(json).map_err(|e| Error::Unsound(format!("a record's row: {e}")))?,
            };
            self.records.insert(key.clone(), Held { record, before, changed_by: None });
        }
        Ok(())
    }

    /// Records that the account holds, those of this batch among them.
    fn records_held(&mut self) -> Result<u64, Error> {
        let stored = match self.count {
            Some(stored) => stored,
            None => {
                let mut statement = self.conn.prepare_cached("SELECT records FROM account WHERE id = ?1")?;
                *self.count.insert(statement.query_row([self.account], |row| row.get(0))?)
            }
        };
        Ok(stored.saturating_add(self.new_records))
    }
}

/// Whether rows of this kind are records: the others are written by the server alone.
fn is_of_records(kind: &str) -> bool {
    !fold::kind::ALL.contains(&kind)
        && ![DISTRIBUTOR_KIND, KEPT_KIND, NOTICE_KIND, LEASE_KIND, SIGNAL_KIND, OFFER_KIND].contains(&kind)
}

/// What tells a person that an award was taken back, and why.
fn notice(kind: &str, id: &str, because: &BTreeSet<String>, at: Millis) -> Option<NewRow> {
    let (badge, rule) = match kind {
        kind::BADGE => (Some(id), None),
        kind::POINTS | kind::GIVEN => (None, Some(id.strip_prefix("rule:").unwrap_or(id))),
        _ => return None,
    };
    // Of a badge's points the badge tells.
    if kind == kind::POINTS && !id.starts_with("rule:") {
        return None;
    }
    let notice = Notice {
        badge: badge.map(str::to_string),
        rule: rule.map(str::to_string),
        because: because.iter().take(limits::REASONS).cloned().collect(),
        at,
    };
    let value = serde_json::to_string(&notice).expect("it holds nothing that JSON can't");
    Some(NewRow { kind: NOTICE_KIND.into(), id: format!("withdrawn-{kind}-{id}"), value: Some(value) })
}

fn kept_value(refused: Option<RefusalCode>) -> String {
    serde_json::to_string(&KeptValue { refused }).expect("it holds nothing that JSON can't")
}

/// A person's state, of the rows that the fold writes.
///
/// # Errors
/// What the database says, and rows that can't be read.
pub fn load_state(conn: &Connection, me: StreamKey) -> Result<State, Error> {
    let mut params: Vec<&dyn Bind> = vec![&me.0];
    params.extend(fold::kind::ALL.iter().map(|kind| kind as &dyn Bind));
    let kinds: Vec<String> = (2..=params.len()).map(|n| format!("?{n}")).collect();
    let sql = format!(
        "SELECT kind, id, value FROM stream_row WHERE stream = ?1 AND kind IN ({}) AND value IS NOT NULL",
        kinds.join(", ")
    );
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let rows: Vec<(String, String, String)> = conn.prepare_cached(&sql)?.query_all(params.as_slice(), read)?;
    Ok(State::load(rows.iter().map(|(kind, id, value)| (kind.as_str(), id.as_str(), value.as_str())))?)
}
