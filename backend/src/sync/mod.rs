//! `POST /v1/sync`, without I/O but SQL: connection, releases, time and randomness are arguments.

mod batch;
pub mod cached;
mod journal;
mod routes;
mod time;

use std::borrow::Cow;
use std::collections::BTreeMap;

use qadam_domain::planted::{self, Bug};
use qadam_domain::release::Releases;
use qadam_domain::time::Millis;
use qadam_protocol::content;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::mutation::Mutation;
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::{Ack, AckStatus, Acknowledged, ME, MERGE, RefusalCode, SyncReply, SyncRequest};
use qadam_protocol::team;

use crate::accounts::{self, Session, last_seq, set_last_seq};
use crate::error::Error;
use crate::gaps;
use crate::ledger;
use crate::push;
use crate::random::Random;
use crate::store::{Connection, atomically};
use crate::streams::{self, Own, StreamKey};
pub(crate) use batch::Batch;
use batch::Taken;
use journal::{Entry, Status};

pub use batch::load_state;
pub use routes::router;
pub use time::stamp;

/// Takes the request's mutations and answers with acknowledgements and pages, their echo among them. All of it happens, or nothing.
/// To be called on a connection that may write. `note` is given what a restored server must not forget ([`ledger`]), before anything of it is committed.
///
/// # Errors
/// What `note` says; what the request is answered with instead, see [`Error::info`]: `bad_request`, `too_large`, `protocol_unsupported`, `revoked`, `fork`, `gap`.
pub fn sync(
    conn: &Connection,
    releases: &Releases,
    session: &Session,
    request: &SyncRequest,
    now: Millis,
    random: Random<'_>,
    note: &dyn Fn(&[ledger::Entry]) -> Result<(), Error>,
) -> Result<SyncReply, Error> {
    check(request)?;
    atomically(conn, || within(conn, releases, session, request, now, random, note))
}

/// As [`sync`] of a request that was checked, in a transaction that the caller undoes where this fails: a savepoint of its own would copy every page
/// that it changes.
pub(crate) fn within(
    conn: &Connection,
    releases: &Releases,
    session: &Session,
    request: &SyncRequest,
    now: Millis,
    random: Random<'_>,
    note: &dyn Fn(&[ledger::Entry]) -> Result<(), Error>,
) -> Result<SyncReply, Error> {
    let seq = last_seq(conn, session)?;
    check_acknowledged(conn, session, seq, request.acknowledged.as_ref())?;
    if request.mutations.is_empty() {
        return answer(conn, session, request, Vec::new(), &[], now, random);
    }
    let mut batch = Batch::new(conn, releases, session.account, session.me, now);
    let (acks, last) = take(conn, &mut batch, session, seq, request, now)?;
    let erased = |(kind, id): &(String, String)| ledger::Entry::Erased {
        account: session.account_id.clone(),
        kind: kind.clone(),
        id: id.clone(),
    };
    let noted = note(&batch.erased().map(erased).collect::<Vec<_>>());
    if planted::is(Bug::AcknowledgedUnstored) && noted.is_err() {
        return reply(conn, session, request, acks, &[], now);
    }
    noted?;
    let own = batch.commit(random)?;
    set_last_seq(conn, session, last)?;
    answer(conn, session, request, acks, &own, now, random)
}

/// The reply, once what it shows of a restore is written down.
fn answer(
    conn: &Connection,
    session: &Session,
    request: &SyncRequest,
    acks: Vec<Ack>,
    own: &[Own],
    now: Millis,
    random: Random<'_>,
) -> Result<SyncReply, Error> {
    let told = reply(conn, session, request, acks, own, now)?;
    if gaps::follow(conn, session, request, &told, now, random)? {
        return reply(conn, session, request, told.acks, own, now);
    }
    Ok(told)
}

/// Notes why a request was refused that shows what the server lacks, or a twin; to be called where nothing of the request was taken.
///
/// # Errors
/// What SQLite says.
pub fn note_refusal(conn: &Connection, session: &Session, code: ErrorCode, now: Millis) -> Result<(), Error> {
    atomically(conn, || match code {
        ErrorCode::Gap => gaps::prove(conn, session, false, now),
        ErrorCode::Fork => gaps::twin(conn, session),
        _ => Ok(()),
    })
}

/// Answers a request without mutations, on a connection that only reads. `None` where something is to be written: [`sync`] takes it.
///
/// # Errors
/// As [`sync`].
pub fn read_only(
    conn: &Connection,
    session: &Session,
    request: &SyncRequest,
    now: Millis,
) -> Result<Option<SyncReply>, Error> {
    check(request)?;
    if !request.mutations.is_empty() {
        return Ok(None);
    }
    let seq = last_seq(conn, session)?;
    check_acknowledged(conn, session, seq, request.acknowledged.as_ref())?;
    let reply = reply(conn, session, request, Vec::new(), &[], now)?;
    Ok(Some(reply).filter(|reply| !gaps::is_told(session, request, reply)))
}

/// What a request must fulfil before anything of it is looked at.
///
/// # Errors
/// `bad_request`, `too_large`, `protocol_unsupported`.
pub fn check(request: &SyncRequest) -> Result<(), Error> {
    check_version(request.protocol)?;
    if request.mutations.len() > limits::MUTATIONS {
        return Err(Error::new(ErrorCode::TooLarge, format!("at most {} mutations in a request", limits::MUTATIONS)));
    }
    if request.cursors.len() > limits::STREAMS {
        return Err(Error::new(ErrorCode::TooLarge, format!("at most {} streams in a request", limits::STREAMS)));
    }
    let is_long = |boot: &String| boot.chars().count() > limits::BOOT;
    if is_long(&request.now.boot) || request.mutations.iter().any(|mutation| is_long(&mutation.at.boot)) {
        return Err(Error::new(
            ErrorCode::BadRequest,
            format!("the name of a boot has at most {} characters", limits::BOOT),
        ));
    }
    Ok(())
}

/// Whether the server speaks this version.
///
/// # Errors
/// `protocol_unsupported`
pub fn check_version(protocol: u16) -> Result<(), Error> {
    if (qadam_protocol::OLDEST..=qadam_protocol::VERSION).contains(&protocol) {
        return Ok(());
    }
    let detail = format!("this server speaks the versions {} to {}", qadam_protocol::OLDEST, qadam_protocol::VERSION);
    Err(Error::expecting(ErrorCode::ProtocolUnsupported, detail, qadam_protocol::OLDEST.into()))
}

/// Erases a record of an account, as its person asked once. Tells whether it was not erased yet.
///
/// # Errors
/// What SQLite says, and rows that can't be read.
pub fn erase(
    conn: &Connection,
    releases: &Releases,
    account: i64,
    me: StreamKey,
    (kind, id): (&str, &str),
    now: Millis,
    random: Random<'_>,
) -> Result<bool, Error> {
    let mut batch = Batch::new(conn, releases, account, me, now);
    let erased = batch.erase((kind.into(), id.into()))?;
    batch.commit(random)?;
    Ok(erased)
}

/// Folds what was kept until its release or newer code came; returns how many were. Each account is a transaction of its own,
/// or a savepoint of the caller's.
///
/// # Errors
/// What SQLite says, and rows that can't be read.
pub fn fold_kept(conn: &Connection, releases: &Releases, now: Millis, random: Random<'_>) -> Result<u64, Error> {
    let mut folded = 0;
    for account in journal::accounts_with_kept(conn)? {
        folded += atomically(conn, || fold_kept_of(conn, releases, account, now, random))?;
    }
    Ok(folded)
}

fn fold_kept_of(
    conn: &Connection,
    releases: &Releases,
    account: i64,
    now: Millis,
    random: Random<'_>,
) -> Result<u64, Error> {
    let me = accounts::me(conn, account)?;
    let mut folded = 0;
    let mut batch = Batch::new(conn, releases, account, me, now);
    for kept in journal::kept_of(conn, account)? {
        let taken = match planted::is(Bug::KeptUnfolded) {
            true => Taken::Applied { stamped: true, clock: None },
            false => batch.take(&kept)?,
        };
        match taken {
            Taken::Kept => {}
            Taken::Applied { clock, .. } => {
                journal::resolve(conn, account, &kept, &Status::Applied, clock.as_ref())?;
                batch.unkeep(kept.id, None);
                folded += 1;
            }
            Taken::Refused(code) => {
                journal::resolve(conn, account, &kept, &Status::Refused(code), None)?;
                batch.unkeep(kept.id, Some(code));
                folded += 1;
            }
        }
    }
    batch.commit(random)?;
    if folded > 0 {
        push::wake(conn, account, now)?;
    }
    Ok(folded)
}

fn check_acknowledged(
    conn: &Connection,
    session: &Session,
    seq: u64,
    last: Option<&Acknowledged>,
) -> Result<(), Error> {
    match last {
        Some(last) if last.seq > seq || journal::find(conn, session.account, last.id)?.is_none() => {
            let detail = "the server lacks what it once acknowledged";
            Err(Error::expecting(ErrorCode::Gap, detail, seq.saturating_add(1)))
        }
        _ => Ok(()),
    }
}

/// Lays the mutations over the rows. Gives what became of each, and the sequence of the last.
fn take(
    conn: &Connection,
    batch: &mut Batch<'_>,
    session: &Session,
    mut last: u64,
    request: &SyncRequest,
    now: Millis,
) -> Result<(Vec<Ack>, u64), Error> {
    let mut acks = Vec::new();
    check_sequence(&request.mutations, last)?;
    for mutation in &request.mutations {
        let entry = || Entry {
            id: mutation.id,
            device: session.device_key,
            seq: mutation.seq,
            name: Cow::Borrowed(&mutation.name),
            version: mutation.v,
            body: Cow::Borrowed(&mutation.body),
            stamp: stamp(now, &request.now, &mutation.at, session),
            zone: mutation.at.offset,
        };
        if let Some(known) = journal::find(conn, session.account, mutation.id)? {
            if planted::is(Bug::AppliedAgain) && known.status == Status::Applied {
                batch.take(&entry())?;
            }
            last = last.max(mutation.seq);
            let status = match known.status {
                Status::Applied => AckStatus::Cached,
                Status::Kept => AckStatus::Kept,
                Status::Refused(code) => AckStatus::Refused(code),
            };
            push(&mut acks, Ack { seq: mutation.seq, count: 1, status, stamp: known.stamp, clock: known.clock });
            continue;
        }
        if mutation.seq <= last && planted::is(Bug::ForkMissed) {
            push(&mut acks, Ack { seq: mutation.seq, count: 1, status: AckStatus::Cached, stamp: None, clock: None });
            continue;
        }
        if mutation.seq <= last {
            return Err(Error::new(ErrorCode::Fork, "this sequence was used for another mutation"));
        }
        last = mutation.seq;
        let entry = entry();
        let (status, stamp, clock) = match batch.take(&entry)? {
            Taken::Applied { stamped, clock } => (AckStatus::Applied, stamped.then_some(entry.stamp), clock),
            Taken::Kept if batch.keep(entry.id)? => (AckStatus::Kept, Some(entry.stamp), None),
            Taken::Kept => (AckStatus::Refused(RefusalCode::OverLimit), None, None),
            Taken::Refused(code) => (AckStatus::Refused(code), None, None),
        };
        journal::insert(conn, session, &entry, &status, stamp, clock.as_ref())?;
        let clock = clock.filter(|_| !planted::is(Bug::ClampUntold));
        push(&mut acks, Ack { seq: mutation.seq, count: 1, status, stamp, clock });
    }
    Ok((acks, last))
}

/// From at most one after `seq` on, each one more than the one before.
fn check_sequence(mutations: &[Mutation], seq: u64) -> Result<(), Error> {
    let mut expected = mutations.first().map_or(1, |first| first.seq.min(seq.saturating_add(1)));
    if expected == 0 {
        return Err(Error::new(ErrorCode::BadRequest, "sequences start at 1"));
    }
    for mutation in mutations {
        if mutation.seq > expected {
            return Err(Error::expecting(ErrorCode::Gap, "a sequence is left out", expected));
        }
        if mutation.seq < expected {
            return Err(Error::new(ErrorCode::BadRequest, "the sequence does not rise"));
        }
        expected = expected.saturating_add(1);
    }
    Ok(())
}

/// Joins what is acknowledged in the same way into runs.
fn push(acks: &mut Vec<Ack>, ack: Ack) {
    let is_plain = |ack: &Ack| ack.stamp.is_none() && ack.clock.is_none();
    match acks.last_mut() {
        Some(last) if last.status == ack.status && is_plain(last) && is_plain(&ack) => last.count += 1,
        _ => acks.push(ack),
    }
}

fn reply(
    conn: &Connection,
    session: &Session,
    request: &SyncRequest,
    acks: Vec<Ack>,
    own: &[Own],
    now: Millis,
) -> Result<SyncReply, Error> {
    let own = if request.merge == Some(MERGE) { own } else { &[] };
    let mut reply = SyncReply { server_time: now, acks, streams: BTreeMap::new(), backed: None };
    if !request.mutations.is_empty() || request.backed.is_some() {
        reply.backed = streams::backed(conn, session.me)?.filter(|backed| request.backed != Some(*backed));
    }
    for (name, cursor) in &request.cursors {
        if name == team::STREAM {
            let page = crate::team::page(conn, session.account, cursor.as_ref(), request.rows)?;
            reply.streams.extend(page.map(|page| (name.clone(), page)));
            continue;
        }
        let Some(stream) = stream_of(conn, session, name)? else { continue };
        let own = if stream == session.me { own } else { &[] };
        if let Some(page) = streams::page(conn, stream, cursor.as_ref(), request.rows, own)? {
            reply.streams.insert(name.clone(), page);
        }
    }
    Ok(reply)
}

/// Answers a replica that differs.
///
/// # Errors
/// `not_found` where the account has no such stream; as [`streams::repair`] and [`check_version`].
pub fn repair(
    conn: &Connection,
    session: &Session,
    request: &RepairRequest,
    now: Millis,
) -> Result<RepairReply, Error> {
    check_version(request.protocol)?;
    // A device that was signed out is told so.
    last_seq(conn, session)?;
    let stream = stream_of(conn, session, &request.stream)?
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "there is no such stream"))?;
    streams::repair(conn, stream, request, now)
}

/// The stream of this name that the account may read.
fn stream_of(conn: &Connection, session: &Session, name: &str) -> Result<Option<StreamKey>, Error> {
    match name {
        ME => Ok(Some(session.me)),
        content::STREAM => streams::find(conn, None, content::STREAM),
        _ => Ok(None),
    }
}
