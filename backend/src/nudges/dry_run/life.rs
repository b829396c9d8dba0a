//! What a person did, and what was confirmed of them, in the order in which it happened.

use std::collections::BTreeSet;

use qadam_domain::company::Distributor;
use qadam_domain::event::Event;
use qadam_domain::ids::{DecisionId, EventId};
use qadam_domain::release::IndexedRelease;
use qadam_domain::results::Confirmed;
use qadam_domain::time::{Day, MINUTE, Millis, Moment};
use qadam_protocol::mutation::Body;
use qadam_protocol::sync::ME;
use serde_json::value::RawValue;

use super::Span;
use crate::accounts;
use crate::error::Error;
use crate::nudges::facts;
use crate::params;
use crate::results;
use crate::store::Connection;
use crate::streams;

/// The minute at which what the back office confirmed of a day is taken to come: when it did is not kept.
const NOON: u16 = 12 * 60;

/// A person as the replay sees them.
pub struct Life {
    pub distributor: Distributor,
    /// The sponsor may be told.
    pub shared: bool,
    /// The last day on which a phone of theirs was heard of.
    pub heard: Option<Day>,
    /// What the server decided for days before the first one.
    pub decided: BTreeSet<DecisionId>,
    /// By day and minute.
    pub happenings: Vec<Happening>,
    pub events: u64,
    pub results: u64,
}

/// Something that happened, on the person's own clocks.
pub struct Happening {
    pub day: Day,
    pub minute: u16,
    pub what: What,
}

pub enum What {
    Event(Event),
    /// While the release with this serial was the newest.
    Confirmed(u64, Confirmed),
}

/// Everybody's account.
pub fn people(conn: &Connection) -> Result<Vec<i64>, Error> {
    let mut statement = conn.prepare_cached("SELECT id FROM account WHERE closed IS NULL ORDER BY id")?;
    Ok(statement.query_all([], |row| row.get(0))?)
}

impl Life {
    /// Whether there is anybody to tell.
    pub fn has_upline(&self) -> bool {
        self.distributor.sponsor.is_some() || self.distributor.mentor.is_some()
    }

    /// What is stored of a person up to the last day; `None` where the account is closed by now.
    pub fn read(conn: &Connection, account: i64, release: &IndexedRelease, span: Span) -> Result<Option<Self>, Error> {
        let Some(me) = streams::find(conn, Some(account), ME)? else { return Ok(None) };
        let distributor = accounts::distributor(conn, me)?;
        let mut happenings = Vec::new();
        let sql = "SELECT id, name, version, body, stamp, zone FROM mutation
                   WHERE account = ?1 AND status = 'applied' AND body IS NOT NULL";
        conn.each(sql, [account], |row| {
            let (stamp, zone): (Millis, i32) = (row.get(4)?, row.get(5)?);
            let moment = Moment::new(stamp, zone);
            if moment.day > span.until {
                return Ok(());
            }
            let body = serde_json::from_str::<&RawValue>(row.text(3)?)
                .map_err(|error| Error::Unsound(format!("a mutation's body: {error}")))?;
            // What this version can't read was taken by a newer one.
            let Ok(Body::Event { release, kind }) = Body::decode(row.text(1)?, row.get(2)?, body) else {
                return Ok(());
            };
            let minute = (stamp - moment.day.start(zone)).div_euclid(MINUTE).clamp(0, 24 * 60 - 1) as u16;
            let event = Event { id: EventId(row.get(0)?), moment, release, kind };
            happenings.push(Happening { day: moment.day, minute, what: What::Event(event) });
            Ok::<_, Error>(())
        })?;
        let events = happenings.len() as u64;
        for (serial, confirmed) in results::of(conn, &distributor.id)? {
            let day = confirmed.day();
            if day <= span.until {
                happenings.push(Happening { day, minute: NOON, what: What::Confirmed(serial, confirmed) });
            }
        }
        let results = happenings.len() as u64 - events;
        // Of one minute in the order of stamps, as the fold does not ask for any.
        happenings.sort_by_key(|happening| {
            let event = match &happening.what {
                What::Event(event) => Some((event.moment.at, event.id)),
                What::Confirmed(..) => None,
            };
            (happening.day, happening.minute, event)
        });
        let before = "SELECT id FROM decided WHERE account = ?1 AND day < ?2";
        let decided: Vec<String> =
            conn.prepare_cached(before)?.query_all(params![account, span.from.0], |row| row.get(0))?;
        let id = |id| DecisionId::new(id).map_err(|error| Error::Unsound(format!("a decision's id: {error}")));
        let zone = facts::zone_of(conn, account, release, &distributor)?;
        Ok(Some(Self {
            shared: facts::is_shared(conn, me)?,
            heard: facts::heard(conn, account, zone)?,
            decided: decided.into_iter().map(id).collect::<Result<_, _>>()?,
            distributor,
            happenings,
            events,
            results,
        }))
    }
}
