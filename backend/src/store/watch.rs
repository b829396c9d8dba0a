//! What transactions change, of this server and of others.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{Connection, Optional, StoreError};
use crate::params;

/// What a transaction wrote; a superset, where a part of it was undone.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Keys of streams, each with the device that caused it.
    pub streams: BTreeSet<(i64, Option<i64>)>,
    /// Keys of devices.
    pub devices: BTreeSet<i64>,
    pub releases: bool,
}

impl Changed {
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty() && self.devices.is_empty() && !self.releases
    }

    fn note(&mut self, what: &str, key: i64, device: Option<i64>) {
        match what {
            "stream" => {
                self.streams.insert((key, device));
            }
            "device" => {
                self.devices.insert(key);
            }
            "release" => self.releases = true,
            _ => {}
        }
    }
}

/// What others have written.
#[derive(Debug, PartialEq, Eq)]
pub enum Foreign {
    Nothing,
    This(Changed),
    /// Anything may have changed.
    Anything,
}

/// Looks over the writer's shoulder: whatever code writes, it is noted.
pub enum Watch {
    /// The embedded database tells of its own rows, and whether another process has committed.
    Sqlite { touched: Arc<Mutex<Touched>>, version: i64 },
    /// Triggers note all that is changed in a table.
    Postgres { seen: i64, device: Option<i64> },
}

#[derive(Default)]
pub struct Touched {
    device: Option<i64>,
    changed: Changed,
}

impl Watch {
    pub fn start(connection: &Connection) -> Result<Self, StoreError> {
        let Some(sqlite) = connection.sqlite() else {
            let last = "SELECT greatest((SELECT max(serial) FROM change), (SELECT serial FROM change_horizon))";
            return Ok(Self::Postgres { seen: connection.query_row(last, [], |row| row.get(0))?, device: None });
        };
        let touched = Arc::new(Mutex::new(Touched::default()));
        let hook = touched.clone();
        sqlite.update_hook(Some(move |_, _: &str, table: &str, row: i64| {
            let mut touched = hook.lock();
            let device = touched.device;
            touched.changed.note(table, row, device);
        }))?;
        Ok(Self::Sqlite { touched, version: data_version(connection)? })
    }

    /// What others have committed since it was asked last.
    pub fn look(&mut self, connection: &Connection) -> Result<Foreign, StoreError> {
        match self {
            // It changes when another connection commits; in this process no other one writes.
            Self::Sqlite { version, .. } => {
                let now = data_version(connection)?;
                let before = std::mem::replace(version, now);
                Ok(if now == before { Foreign::Nothing } else { Foreign::Anything })
            }
            Self::Postgres { seen, .. } => {
                let horizon: i64 = connection.query_row("SELECT serial FROM change_horizon", [], |row| row.get(0))?;
                let before = *seen;
                let changed = since(connection, seen)?;
                Ok(if before < horizon {
                    *seen = (*seen).max(horizon);
                    Foreign::Anything
                } else if changed.is_empty() {
                    Foreign::Nothing
                } else {
                    Foreign::This(changed)
                })
            }
        }
    }

    /// What is written from here on is of this device.
    pub fn by(&mut self, connection: &Connection, by: Option<i64>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { touched, .. } => touched.lock().device = by,
            Self::Postgres { device, .. } => {
                if *device != by {
                    *device = by;
                    let value = by.map_or_else(String::new, |by| by.to_string());
                    let mut set = connection.prepare_cached("SELECT set_config('qadam.device', ?1, true)")?;
                    set.query_row([value], |_| Ok(()))?;
                }
            }
        }
        Ok(())
    }

    /// What the transaction has changed, to be asked before it is committed.
    pub fn take(&mut self, connection: &Connection) -> Result<Changed, StoreError> {
        match self {
            Self::Sqlite { touched, .. } => Ok(std::mem::take(&mut touched.lock().changed)),
            Self::Postgres { seen, device } => {
                // The setting ends with the transaction.
                *device = None;
                since(connection, seen)
            }
        }
    }

    /// The transaction was lost.
    pub fn forget(&mut self) {
        match self {
            Self::Sqlite { touched, .. } => touched.lock().changed = Changed::default(),
            Self::Postgres { device, .. } => *device = None,
        }
    }
}

/// Changes after a serial, which becomes that of the last.
fn since(connection: &Connection, seen: &mut i64) -> Result<Changed, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT serial, what, key, device FROM change WHERE serial > ?1 ORDER BY serial")?;
    let mut rows = statement.query(params![*seen])?;
    let mut changed = Changed::default();
    while let Some(row) = rows.next()? {
        changed.note(&row.get::<String>(1)?, row.get(2)?, row.get(3)?);
        *seen = row.get(0)?;
    }
    Ok(changed)
}

/// Forgets what every server has seen long ago. One that has not will take it that anything has changed.
pub fn forget_old(connection: &Connection) -> Result<(), StoreError> {
    let old = "SELECT max(serial) FROM change WHERE at < now() - interval '10 minutes'";
    let last = connection.query_row(old, [], |row| row.get::<Option<i64>>(0)).optional()?.flatten();
    if let Some(last) = last {
        super::atomically(connection, || {
            connection.execute("UPDATE change_horizon SET serial = ?1 WHERE serial < ?1", [last])?;
            connection.execute("DELETE FROM change WHERE serial <= ?1", [last])?;
            Ok::<_, StoreError>(())
        })?;
    }
    Ok(())
}

fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}
