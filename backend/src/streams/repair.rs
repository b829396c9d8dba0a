//! Where a replica differs from a stream, and the rows that mend it.

use std::collections::BTreeSet;

use qadam_domain::digest::{BUCKETS, Digest, bucket};
use qadam_domain::planted::{self, Bug};
use qadam_domain::time::Millis;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::Row;

use super::{StreamKey, head, raw};
use crate::error::Error;
use crate::store::Connection;

/// The rows of those buckets that differ, about [`limits::PAGE_BYTES`] of them. On a connection that reads from one snapshot.
///
/// # Errors
/// `bad_request` where there are not [`BUCKETS`] digests; what SQLite says.
pub fn repair(
    conn: &Connection,
    stream: StreamKey,
    request: &RepairRequest,
    now: Millis,
) -> Result<RepairReply, Error> {
    if request.buckets.len() != BUCKETS {
        return Err(Error::new(ErrorCode::BadRequest, format!("a repair names {BUCKETS} digests")));
    }
    let mut reply = RepairReply { server_time: now, behind: false, buckets: Vec::new(), rows: Vec::new(), more: false };
    if head(conn, stream)? != request.cursor {
        reply.behind = true;
        return Ok(reply);
    }
    let mut held = vec![(Digest::default(), 0_usize); BUCKETS];
    super::each_row(conn, stream, |kind, id, value| {
        let (digest, bytes) = &mut held[usize::from(bucket(kind, id))];
        *digest = digest.with(Digest::of(kind, id, value));
        *bytes += kind.len() + id.len() + value.len();
    })?;
    let mut bytes = 0;
    for ((n, (digest, size)), told) in (0..=u8::MAX).zip(held).zip(&request.buckets) {
        if digest == *told {
            continue;
        }
        if bytes + size > limits::PAGE_BYTES && !reply.buckets.is_empty() {
            reply.more = true;
            break;
        }
        bytes += size;
        reply.buckets.push(if planted::is(Bug::RepairBeside) { n.wrapping_add(1) } else { n });
    }
    let wanted: BTreeSet<u8> = reply.buckets.iter().copied().collect();
    let sql = "SELECT kind, id, rev, value FROM stream_row WHERE stream = ?1 AND value IS NOT NULL ORDER BY rev";
    conn.each(sql, [stream.0], |row| {
        let (kind, id): (String, String) = (row.get(0)?, row.get(1)?);
        if wanted.contains(&bucket(&kind, &id)) {
            reply.rows.push(Row { kind, id, rev: row.get(2)?, value: Some(raw(row.get(3)?)?) });
        }
        Ok::<_, Error>(())
    })?;
    Ok(reply)
}
