//! The company's tree of members, stored once; each distributor sees the subtree of the member that the account is.
//!
//! A member's row knows the newest revision, the digest and the number of rows of its subtree. A change writes its path to the root and nothing
//! else; what a phone lacks is found by a descent from its leader into those children whose subtree is newer than its cursor.
//!
//! | module | what it does |
//! |---|---|
//! | [`import`] | a file of members becomes one commit |
//! | `tree`, `delta` | the tree at a revision, and what changed since |
//! | [`documents`] | long deltas and whole teams as files: built once, beside serving |

mod delta;
pub mod documents;
mod forest;
pub mod import;
mod routes;
mod tree;

use std::ops::ControlFlow;

use qadam_protocol::limits;
use qadam_protocol::sync::{Cursor, Page, Row};
use qadam_protocol::team::{STREAM, TeamPage};

use crate::error::Error;
use crate::store::Connection;
use crate::streams::{self, StreamKey};

pub use delta::descend;
pub use routes::{complete, document, put};
pub use tree::{Leader, leader_of};

/// After so many milliseconds a client asks again for a document that is being made.
pub const WAIT: u64 = 1_000;

/// The cursor of who holds all of an account's stream; `None` where there is nothing to hold.
///
/// # Errors
/// What SQLite says.
pub fn head(conn: &Connection, account: i64) -> Result<Option<Cursor>, Error> {
    match (stream(conn)?, leader_of(conn, account)?) {
        (Some(stream), Some(leader)) => Ok(Some(delta::head(conn, stream, &leader)?)),
        _ => Ok(None),
    }
}

/// What an account's phone lacks after `cursor`; `None` where that is nothing. What is longer than a page comes as a document: then the page says
/// [`TeamPage::wait`], and [`complete`] puts the document in its place.
///
/// # Errors
/// What SQLite says.
pub fn page(
    conn: &Connection,
    account: i64,
    cursor: Option<&Cursor>,
    rows: Option<u32>,
) -> Result<Option<Page>, Error> {
    let (stream, leader) = (stream(conn)?, leader_of(conn, account)?);
    let Some((stream, leader)) = stream.zip(leader) else {
        return Ok(cursor.map(|cursor| with(cursor.clone(), true, Vec::new(), TeamPage::default())));
    };
    let head = delta::head(conn, stream, &leader)?;
    if cursor == Some(&head) {
        return Ok(None);
    }
    let since = cursor.map(|cursor| delta::since(conn, stream, &leader, cursor)).transpose()?.flatten();
    let reset = cursor.is_some() && since.is_none();
    let most = if since.is_some() { limits::PAGE_ROWS } else { limits::TEAM_ROWS };
    let most = rows.unwrap_or(most).clamp(1, most);
    let team = TeamPage { leader: Some(leader.number.clone()), digest: Some(leader.digest), ..TeamPage::default() };
    Ok(Some(match short(conn, &leader, since, most)? {
        Some(rows) => with(head, reset, rows, team),
        None => with(head, reset, Vec::new(), TeamPage { wait: Some(WAIT), ..team }),
    }))
}

/// The rows after `since`, if they fit into a page.
fn short(conn: &Connection, leader: &Leader, since: Option<u64>, most: u32) -> Result<Option<Vec<Row>>, Error> {
    if since.is_none() && leader.count > u64::from(most) {
        return Ok(None);
    }
    let (mut rows, mut bytes) = (Vec::new(), 0);
    let fits = descend::<Error>(conn, leader, since, |row| {
        bytes += row.kind.len() + row.id.len() + row.value.as_ref().map_or(0, |value| value.get().len());
        rows.push(row);
        let full = rows.len() > most as usize || bytes > limits::PAGE_BYTES;
        Ok(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(fits.then_some(rows))
}

fn with(cursor: Cursor, reset: bool, rows: Vec<Row>, team: TeamPage) -> Page {
    Page { cursor, reset, more: false, rows, echoes: Vec::new(), digest: None, team: Some(Box::new(team)) }
}

/// The shared stream that stands for the tree's commits.
fn stream(conn: &Connection) -> Result<Option<StreamKey>, Error> {
    streams::find(conn, None, STREAM)
}
