//! Rows of many keys at once: a database on another machine answers as fast for a hundred keys as for one.

use super::{Bind, Connection, Row, StoreError};

/// Keys that are asked for at a time.
pub const BATCH: usize = 250;
/// Where a statement for [`each_key`] names its keys.
pub const KEYS: &str = "<keys>";
/// Where it names its other parameter.
pub const MORE: &str = "<more>";

/// The rows of a statement for all keys, some at a time; in the order of the statement within each of these.
///
/// # Errors
/// Those of `read`, and what the database says.
pub fn each_key<T>(
    connection: &Connection,
    sql: &str,
    keys: &[i64],
    more: &[u64],
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    // A statement stays prepared for one key and for a batch: most descents are a path.
    let size = if keys.len() < 4 { 1 } else { BATCH };
    let places: Vec<String> = (1..=size).map(|n| format!("?{n}")).collect();
    let sql = sql.replace(KEYS, &places.join(", ")).replace(MORE, &format!("?{}", size + 1));
    let mut all = Vec::new();
    let mut statement = connection.prepare_cached(&sql)?;
    for batch in keys.chunks(size) {
        // A batch that is not full is filled up with one of its keys.
        let mut params: Vec<&dyn Bind> = (0..size).map(|at| batch.get(at).unwrap_or(&batch[0]) as &dyn Bind).collect();
        params.extend(more.iter().map(|more| more as &dyn Bind));
        let mut rows = statement.query(params.as_slice())?;
        while let Some(row) = rows.next()? {
            all.push(read(&row)?);
        }
    }
    Ok(all)
}
