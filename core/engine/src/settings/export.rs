//! All that the person has, as one JSON file that they may keep or take along.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use qadam_domain::time::Millis;
use qadam_protocol::sync::ME;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::core::Core;
use crate::error::{EngineError, Result};
use crate::outgoing;
use crate::replica;

/// Raised where a reader of the file would have to change.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Row<'a> {
    kind: String,
    id: String,
    value: &'a RawValue,
}

/// Writes the person's rows as this phone shows them, changes that wait to be sent among them, one a line. The file is there as a whole or not at all.
///
/// # Errors
/// [`EngineError::SignedOut`]; those of storage.
pub fn export(core: &Core, path: &Path) -> Result<()> {
    core.database.read(|connection| {
        replica::device(connection)?.ok_or(EngineError::SignedOut)?;
        let at = core.now(connection)?.server;
        outgoing::whole(path, |file| write(connection, at, file))
    })
}

fn write(connection: &Connection, at: Millis, file: File) -> Result<()> {
    let mut out = BufWriter::new(file);
    write!(out, "{{\"format\":{FORMAT},\"at\":{at},\"rows\":[")?;
    let mut statement = connection.prepare("SELECT kind, id, value FROM row WHERE stream = ?1 ORDER BY kind, id")?;
    let mut rows = statement.query([ME])?;
    let mut between = "\n";
    while let Some(row) = rows.next()? {
        let text = row.get_ref(2)?.as_bytes().unwrap_or_default();
        // A damaged value is handed out as it is, as text.
        let lossy;
        let value: &RawValue = match serde_json::from_slice(text) {
            Ok(value) => value,
            Err(_) => {
                lossy = serde_json::value::to_raw_value(&String::from_utf8_lossy(text)).expect("a text");
                &lossy
            }
        };
        out.write_all(between.as_bytes())?;
        let row = Row { kind: row.get(0)?, id: row.get(1)?, value };
        out.write_all(&serde_json::to_vec(&row).expect("texts and JSON"))?;
        between = ",\n";
    }
    out.write_all(b"\n]}\n")?;
    out.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    Ok(())
}
