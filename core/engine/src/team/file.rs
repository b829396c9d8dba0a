//! One team's file: rows, indexes, cursor and digest, changed together in one transaction.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_domain::contacts::sort_key;
use qadam_domain::digest::Digest;
use qadam_domain::team::{KIND, Member};
use qadam_domain::time::Day;
use qadam_protocol::sync::{Cursor, Row};
use qadam_protocol::team::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use crate::database::{Database, connect};
use crate::error::{EngineError, Result};

/// Readers that are kept open.
const READERS: usize = 2;
/// Kilobytes of the file that the writer holds: a branch that goes touches pages all over.
pub const CACHE: i32 = 12_000;

/// What a file holds, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Id of the member that the account is.
    pub leader: String,
    pub cursor: Cursor,
    pub digest: Digest,
}

/// Why rows were not applied; nothing of them was.
#[derive(Debug, PartialEq, Eq)]
pub enum Unapplied {
    /// They are not what the file would have to be changed by: it is of no use any more.
    Mismatch,
    Other(EngineError),
}

impl<E: Into<EngineError>> From<E> for Unapplied {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Why a file can't be used as a team.
#[derive(Debug)]
pub enum Unfit {
    Wrong(&'static str),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Unfit {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Unfit> for EngineError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Wrong(detail) => Self::NotQadam { detail: detail.into() },
            Unfit::Sqlite(error) => error.into(),
        }
    }
}

impl Unfit {
    /// Of a file that is opened: whatever SQLite has against it, unless it is the phone that fails, makes it none. Wrong bytes in the right places are
    /// no damage to SQLite, but a broken schema, a broken constraint, or a value of another type.
    pub fn of_file(self) -> EngineError {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, FileLockingProtocolFailed, OutOfMemory,
            PermissionDenied, ReadOnly, SystemIoFailure,
        };
        let Self::Sqlite(error) = self else { return self.into() };
        match error.sqlite_error_code() {
            Some(
                CannotOpen
                | DatabaseBusy
                | DatabaseLocked
                | DiskFull
                | FileLockingProtocolFailed
                | OutOfMemory
                | PermissionDenied
                | ReadOnly
                | SystemIoFailure,
            ) => error.into(),
            _ => EngineError::NotQadam { detail: "a team's file that can't be read".into() },
        }
    }
}

pub struct TeamFile {
    path: PathBuf,
    /// Before the writer, as in [`Database`].
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl TeamFile {
    /// An empty team under a name that is not its own yet.
    ///
    /// # Errors
    /// Those of storage.
    pub fn create(path: &Path, leader: &str) -> Result<()> {
        Database::delete(path)?;
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        for part in SCHEMA {
            connection.execute_batch(part)?;
        }
        connection.execute(
            "INSERT INTO team (one, leader, epoch, rev, tag, digest, members) VALUES (1, ?1, '', 0, '', ?2, 0)",
            [leader, &Digest::default().to_string()],
        )?;
        connection.close().map_err(|(_, error)| error.into())
    }

    /// # Errors
    /// Those of storage; [`EngineError::NotQadam`] where it is no team's file.
    pub fn open(path: &Path) -> Result<Arc<Self>> {
        let opened = (|| {
            let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            // A lost commit comes again: its cursor is lost with it.
            writer.pragma_update(None, "synchronous", "NORMAL")?;
            writer.pragma_update(None, "trusted_schema", false)?;
            check_shape(&writer, SCHEMA.len())?;
            writer.pragma_update(None, "journal_mode", "WAL")?;
            writer.pragma_update(None, "cache_size", -CACHE)?;
            Ok(writer)
        })();
        let writer = opened.map_err(Unfit::of_file)?;
        Ok(Arc::new(Self { path: path.into(), readers: Mutex::default(), writer: Mutex::new(writer) }))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// # Errors
    /// Those of storage.
    pub fn held(&self) -> Result<Held> {
        Ok(held(&self.writer.lock())?)
    }

    /// Reads from one snapshot.
    ///
    /// # Errors
    /// The closure's, and those of storage.
    pub fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.readers.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let output = (|| {
            reader.prepare_cached("BEGIN")?.execute([])?;
            let output = look(&reader)?;
            reader.prepare_cached("COMMIT")?.execute([])?;
            Ok(output)
        })();
        let mut readers = self.readers.lock();
        if output.is_ok() && readers.len() < READERS {
            readers.push(reader);
        }
        output
    }

    /// Gives back what the system could hold against a suspended process.
    pub fn release(&self) {
        self.readers.lock().clear();
        // Only shortens the log; a failure is of no consequence.
        let _ = self.writer.lock().query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }

    /// Applies all rows between two cursors: who is above comes before who is below, those that are gone last. `digest` is that of all rows then.
    /// Gives how many there were.
    ///
    /// # Errors
    /// [`Unapplied`]
    pub fn apply(
        &self,
        leader: &str,
        cursor: &Cursor,
        digest: Digest,
        rows: impl IntoIterator<Item = Result<Row>>,
    ) -> std::result::Result<u32, Unapplied> {
        let mut writer = self.writer.lock();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let held = held(&transaction)?;
        if held.leader != leader {
            return Err(Unapplied::Mismatch);
        }
        let mut change = Change::new(&transaction, held)?;
        let (mut gone, mut count) = (Vec::new(), 0);
        for row in rows {
            let row = row?;
            count += 1;
            if row.kind != KIND {
                continue;
            }
            match row.value {
                Some(value) => {
                    let member: Member = serde_json::from_str(value.get())
                        .map_err(|_| EngineError::NotQadam { detail: "a member that can't be read".into() })?;
                    change.put(&row.id, member)?;
                }
                None => gone.push(row.id),
            }
        }
        for id in gone {
            change.remove(&id)?;
        }
        if change.digest != digest {
            return Err(Unapplied::Mismatch);
        }
        change.finish(cursor)?;
        transaction.commit()?;
        Ok(count)
    }

    /// Whether the rows are those of the digest: reads all of them.
    ///
    /// # Errors
    /// Those of storage.
    pub fn is_sound(&self) -> Result<bool> {
        let mut digest = Digest::default();
        self.each(|id, member| digest = digest.with(member.digest(&id)))?;
        Ok(digest == self.held()?.digest)
    }

    /// Every row, in no order.
    ///
    /// # Errors
    /// Those of storage.
    pub fn each(&self, mut give: impl FnMut(String, Member)) -> Result<()> {
        self.read(|connection| {
            let upline = upline(connection)?;
            let sql =
                format!("SELECT m.sponsor, s.number, {COLUMNS} FROM member m LEFT JOIN member s ON s.id = m.sponsor");
            let mut statement = connection.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let sponsor = if row.get::<_, Option<i64>>(0)?.is_some() { row.get(1)? } else { upline.clone() };
                let (number, member) = member(row, 2, sponsor)?;
                give(number, member);
            }
            Ok(())
        })
    }
}

/// The columns that [`member`] reads.
pub const COLUMNS: &str = "m.number, m.name, m.phone, m.rank, m.personal, m.volume, m.active, m.joined, m.city";

/// A member's id and row, from [`COLUMNS`] that begin at `at`.
///
/// # Errors
/// What SQLite says.
pub fn member(row: &rusqlite::Row<'_>, at: usize, sponsor: Option<String>) -> rusqlite::Result<(String, Member)> {
    let member = Member {
        sponsor,
        name: row.get(at + 1)?,
        phone: row.get(at + 2)?,
        rank: row.get(at + 3)?,
        personal: row.get(at + 4)?,
        group: row.get(at + 5)?,
        active: row.get(at + 6)?,
        joined: Day(row.get(at + 7)?),
        city: row.get(at + 8)?,
    };
    Ok((row.get(at)?, member))
}

/// The leader's sponsor.
///
/// # Errors
/// Those of storage.
pub fn upline(connection: &Connection) -> Result<Option<String>> {
    Ok(connection.prepare_cached("SELECT upline FROM team")?.query_row([], |row| row.get(0))?)
}

/// # Errors
/// [`Unfit`]
pub fn held(connection: &Connection) -> std::result::Result<Held, Unfit> {
    let mut statement = connection.prepare_cached("SELECT leader, epoch, rev, tag, digest FROM team")?;
    let (leader, cursor, digest) = statement.query_row([], |row| {
        let cursor = Cursor { epoch: row.get(1)?, rev: row.get::<_, i64>(2)? as u64, tag: row.get(3)? };
        Ok((row.get(0)?, cursor, row.get::<_, String>(4)?))
    })?;
    let digest = Digest::try_from(digest).map_err(|_| Unfit::Wrong("a team's digest"))?;
    Ok(Held { leader, cursor, digest })
}

/// Whether a file has the first so many tables and indexes of a team, and nothing else.
///
/// # Errors
/// [`Unfit`]
pub fn check_shape(connection: &Connection, count: usize) -> std::result::Result<(), Unfit> {
    let wrong = |detail| Err(Unfit::Wrong(detail));
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    if number("application_id")? != APPLICATION_ID {
        return wrong("an image that is no team");
    }
    if number("user_version")? != SCHEMA_VERSION {
        return wrong("an image with another schema");
    }
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")?;
    let parts = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    if parts != SCHEMA[..count] { wrong("an image with other tables") } else { Ok(()) }
}

/// Rows on their way into a file.
struct Change<'a> {
    connection: &'a Connection,
    leader: String,
    upline: Option<String>,
    digest: Digest,
    members: i64,
    /// Those on whose path something came or went: sponsor, and by how many more are below.
    paths: HashMap<i64, (Option<i64>, i64)>,
}

impl<'a> Change<'a> {
    fn new(connection: &'a Connection, held: Held) -> Result<Self> {
        let members = connection.query_row("SELECT members FROM team", [], |row| row.get(0))?;
        let upline = upline(connection)?;
        let Held { leader, digest, .. } = held;
        Ok(Self { connection, leader, upline, digest, members, paths: HashMap::new() })
    }

    fn put(&mut self, id: &str, member: Member) -> std::result::Result<(), Unapplied> {
        let sponsor = match &member.sponsor {
            _ if id == self.leader => None,
            // Without its sponsor it can't be shown: rows were lost.
            sponsor => Some(self.key(sponsor.as_deref().unwrap_or_default())?.ok_or(Unapplied::Mismatch)?),
        };
        self.digest = self.digest.with(member.digest(id));
        let values = params![
            id,
            sponsor,
            member.name,
            member.phone,
            member.rank,
            member.personal,
            member.group,
            member.active,
            member.joined.0,
            member.city
        ];
        if let Some(known) = self.known(id)? {
            self.digest = self.digest.without(known.member.digest(id));
            if known.sponsor != sponsor {
                let size = 1 + known.below + self.path(known.key)?.1;
                self.climb(known.sponsor, -size)?;
                self.path(known.key)?.0 = sponsor;
                self.climb(sponsor, size)?;
            }
            self.connection
                .prepare_cached(
                    "UPDATE member SET sponsor = ?2, name = ?3, phone = ?4, rank = ?5, personal = ?6, volume = ?7, active = ?8, joined = ?9,
                         city = ?10 WHERE number = ?1",
                )?
                .execute(values)?;
            if known.member.name != member.name {
                self.unname(known.key, &known.member.name)?;
                self.name(known.key, &member.name)?;
            }
        } else {
            self.connection
                .prepare_cached(
                    "INSERT INTO member (number, sponsor, name, phone, rank, personal, volume, active, joined, city, below)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
                )?
                .execute(values)?;
            let key = self.connection.last_insert_rowid();
            self.paths.insert(key, (sponsor, 0));
            self.climb(sponsor, 1)?;
            self.name(key, &member.name)?;
            self.members += 1;
        }
        if id == self.leader {
            self.upline = member.sponsor;
        }
        Ok(())
    }

    /// Takes a member off with everybody who is below it.
    fn remove(&mut self, id: &str) -> std::result::Result<(), Unapplied> {
        let Some(top) = self.key(id)? else { return Ok(()) };
        if id == self.leader {
            return Err(Unapplied::Mismatch);
        }
        let keys: Vec<i64> = {
            let mut statement = self.connection.prepare_cached(
                "WITH RECURSIVE branch (id) AS (VALUES (?1) UNION ALL SELECT m.id FROM branch JOIN member m ON m.sponsor = branch.id)
                 SELECT id FROM branch",
            )?;
            statement.query_map([top], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
        };
        let sponsor = self.path(top)?.0;
        self.climb(sponsor, -(keys.len() as i64))?;
        // Who is below goes first, as long as its sponsor can be told.
        for key in keys.into_iter().rev() {
            let (number, member) = self.row(key)?;
            self.digest = self.digest.without(member.digest(&number));
            self.unname(key, &member.name)?;
            self.connection.prepare_cached("DELETE FROM member WHERE id = ?1")?.execute([key])?;
            self.paths.remove(&key);
            self.members -= 1;
        }
        Ok(())
    }

    fn finish(self, cursor: &Cursor) -> Result<()> {
        let mut statement = self.connection.prepare_cached("UPDATE member SET below = below + ?2 WHERE id = ?1")?;
        for (key, (_, more)) in self.paths {
            if more != 0 {
                statement.execute([key, more])?;
            }
        }
        self.connection
            .prepare_cached("UPDATE team SET upline = ?1, epoch = ?2, rev = ?3, tag = ?4, digest = ?5, members = ?6")?
            .execute(params![
                self.upline,
                cursor.epoch,
                cursor.rev as i64,
                cursor.tag,
                self.digest.to_string(),
                self.members
            ])?;
        Ok(())
    }

    fn key(&self, number: &str) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT id FROM member WHERE number = ?1")?;
        Ok(statement.query_row([number], |row| row.get(0)).optional()?)
    }

    fn known(&self, number: &str) -> Result<Option<Known>> {
        let sql = format!(
            "SELECT m.id, m.sponsor, m.below, s.number, {COLUMNS}
             FROM member m LEFT JOIN member s ON s.id = m.sponsor WHERE m.number = ?1"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_row([number], |row| {
            let sponsor: Option<i64> = row.get(1)?;
            let above = if sponsor.is_some() { row.get(3)? } else { self.upline.clone() };
            Ok(Known { key: row.get(0)?, sponsor, below: row.get(2)?, member: member(row, 4, above)?.1 })
        });
        Ok(found.optional()?)
    }

    /// A member that is not the leader.
    fn row(&self, key: i64) -> Result<(String, Member)> {
        let sql =
            format!("SELECT s.number, {COLUMNS} FROM member m LEFT JOIN member s ON s.id = m.sponsor WHERE m.id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([key], |row| member(row, 1, row.get(0)?))?)
    }

    fn name(&self, key: i64, name: &str) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO name (key, member) VALUES (?1, ?2)")?
            .execute(params![sort_key(name), key])?;
        Ok(())
    }

    fn unname(&self, key: i64, name: &str) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM name WHERE key = ?1 AND member = ?2")?
            .execute(params![sort_key(name), key])?;
        Ok(())
    }

    fn path(&mut self, key: i64) -> Result<&mut (Option<i64>, i64)> {
        use std::collections::hash_map::Entry;
        match self.paths.entry(key) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let mut statement = self.connection.prepare_cached("SELECT sponsor FROM member WHERE id = ?1")?;
                let sponsor = statement.query_row([key], |row| row.get(0))?;
                Ok(unknown.insert((sponsor, 0)))
            }
        }
    }

    /// So many more are below a member and those above it.
    fn climb(&mut self, from: Option<i64>, more: i64) -> Result<()> {
        let mut at = from;
        while let Some(key) = at {
            let path = self.path(key)?;
            path.1 += more;
            at = path.0;
        }
        Ok(())
    }
}

/// A member as the file has it.
struct Known {
    key: i64,
    sponsor: Option<i64>,
    /// Without what the change has brought so far.
    below: i64,
    member: Member,
}
