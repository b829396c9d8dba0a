//! PostgreSQL, which several servers share: they hold no state of their own.
//!
//! Transactions that write take turns by an advisory lock, as SQLite's do by the file's. So revisions have no holes, and what a server learns of the
//! others' commits comes in their order. Readers take snapshots and wait for nobody.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::error::Error as _;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, Row};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::StoreError;
use super::connection::{Bind, Value};

/// On which commits are told to the other servers.
pub const CHANNEL: &str = "qadam";

/// The advisory lock of who writes: `qadam` in ASCII.
const WRITES: i64 = 0x71_61_64_61_6d;
/// A connection that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the server owes longer than that is lost with the connection.
const DEAD: Duration = Duration::from_secs(30);

/// Rows that a cursor gives at a time.
const ROWS: usize = 500;

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/postgres/0001_create.sql"),
    include_str!("migrations/postgres/0002_result.sql"),
    include_str!("migrations/postgres/0003_push.sql"),
    include_str!("migrations/postgres/0004_decision.sql"),
    include_str!("migrations/postgres/0005_signed.sql"),
];

/// A connection, made anew where it broke.
pub struct Session {
    config: Config,
    live: RefCell<Option<Live>>,
    open: Cell<bool>,
    /// Opened so far.
    cursors: Cell<u64>,
}

/// Rows that are read some at a time.
pub struct Cursor {
    name: String,
    fetch: postgres::Statement,
}

struct Live {
    client: Client,
    statements: HashMap<String, postgres::Statement>,
}

impl Session {
    /// Connects, and brings the database up to date.
    ///
    /// # Errors
    /// [`StoreError::Place`] where the URL can't be read, [`StoreError::Newer`], and what PostgreSQL says.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let session = Self::connect(url)?;
        session.migrate()?;
        Ok(session)
    }

    /// Connects to a database that is up to date.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn connect(url: &str) -> Result<Self, StoreError> {
        let config = config(url)?;
        let live = Live::connect(&config)?;
        Ok(Self { config, live: RefCell::new(Some(live)), open: Cell::new(false), cursors: Cell::new(0) })
    }

    /// As [`Session::connect`], for transactions that read.
    pub fn open_to_read(url: &str) -> Result<Self, StoreError> {
        let session = Self::connect(url)?;
        session.batch("SET default_transaction_read_only = on")?;
        match session.version()?.cmp(&MIGRATIONS.len()) {
            Ordering::Less => Err(StoreError::Older),
            Ordering::Equal => Ok(session),
            Ordering::Greater => Err(StoreError::Newer),
        }
    }

    /// How many migrations were done.
    fn version(&self) -> Result<usize, StoreError> {
        let read = self.prepare("SELECT max(version) FROM schema_version")?;
        let version = self.query(&read, &[])?.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0);
        Ok(usize::try_from(version).unwrap_or(usize::MAX))
    }

    fn migrate(&self) -> Result<(), StoreError> {
        self.begin()?;
        let migrated = self.migrate_within();
        self.end(if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        migrated
    }

    fn migrate_within(&self) -> Result<(), StoreError> {
        self.batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
        let done = self.version()?;
        let missing = MIGRATIONS.get(done..).ok_or(StoreError::Newer)?;
        for (n, sql) in (done + 1..).zip(missing) {
            self.batch(sql)?;
            self.batch(&format!("INSERT INTO schema_version VALUES ({n})"))?;
        }
        Ok(())
    }

    /// Begins a transaction that writes, once nobody else's does.
    pub fn begin(&self) -> Result<(), StoreError> {
        self.begin_with(&format!("BEGIN; SELECT pg_advisory_xact_lock({WRITES})"))
    }

    /// Begins a transaction that need not take turns.
    pub fn begin_apart(&self) -> Result<(), StoreError> {
        self.begin_with("BEGIN")
    }

    /// Begins a transaction that reads one snapshot.
    pub fn begin_read(&self) -> Result<(), StoreError> {
        self.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn begin_with(&self, sql: &str) -> Result<(), StoreError> {
        self.revive()?;
        let begun = self.batch(sql);
        match &begun {
            Ok(()) => self.open.set(true),
            // Where the lock was not to be had, a transaction is open that can do nothing any more.
            Err(_) if self.is_alive() => self.batch("ROLLBACK")?,
            Err(_) => {}
        }
        begun
    }

    /// Ends the transaction, by `COMMIT` or `ROLLBACK`.
    pub fn end(&self, sql: &str) -> Result<(), StoreError> {
        self.open.set(false);
        self.batch(sql)
    }

    pub fn in_transaction(&self) -> bool {
        self.open.get()
    }

    /// Whether the connection is there, as far as is known.
    pub fn is_alive(&self) -> bool {
        self.live.borrow().as_ref().is_some_and(|live| !live.client.is_closed())
    }

    pub fn prepare(&self, sql: &str) -> Result<postgres::Statement, StoreError> {
        if !self.in_transaction() {
            self.revive()?;
        }
        if let Some(known) = self.live.borrow().as_ref().and_then(|live| live.statements.get(sql)) {
            return Ok(known.clone());
        }
        let prepared = self.with(|client| client.prepare(&numbered(sql)))?;
        if let Some(live) = self.live.borrow_mut().as_mut() {
            live.statements.insert(sql.into(), prepared.clone());
        }
        Ok(prepared)
    }

    pub fn query(&self, statement: &postgres::Statement, params: &[&dyn Bind]) -> Result<Vec<Row>, StoreError> {
        let values = params.iter().map(|param| param.value()).collect::<Result<Vec<_>, _>>()?;
        self.with(|client| client.query(statement, &refs(&values)))
    }

    pub fn execute(&self, statement: &postgres::Statement, params: &[&dyn Bind]) -> Result<usize, StoreError> {
        let values = params.iter().map(|param| param.value()).collect::<Result<Vec<_>, _>>()?;
        let changed = self.with(|client| client.execute(statement, &refs(&values)))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub fn batch(&self, sql: &str) -> Result<(), StoreError> {
        if !self.in_transaction() {
            self.revive()?;
        }
        self.with(|client| client.batch_execute(sql))
    }

    /// A cursor, within the open transaction.
    pub fn open_cursor(&self, sql: &str, params: &[&dyn Bind]) -> Result<Cursor, StoreError> {
        let name = format!("rows_{}", self.cursors.replace(self.cursors.get() + 1));
        let values = params.iter().map(|param| param.value()).collect::<Result<Vec<_>, _>>()?;
        let declare = format!("DECLARE {name} NO SCROLL CURSOR FOR {}", numbered(sql));
        self.with(|client| client.execute(&declare, &refs(&values)))?;
        let fetch = self.with(|client| client.prepare(&format!("FETCH {ROWS} FROM {name}")))?;
        Ok(Cursor { name, fetch })
    }

    /// The next rows; none at the end.
    pub fn fetch(&self, cursor: &Cursor) -> Result<Vec<Row>, StoreError> {
        self.query(&cursor.fetch, &[])
    }

    /// It ends with the transaction too.
    pub fn close_cursor(&self, cursor: &Cursor) -> Result<(), StoreError> {
        self.batch(&format!("CLOSE {}", cursor.name))
    }

    fn with<T>(&self, run: impl FnOnce(&mut Client) -> Result<T, postgres::Error>) -> Result<T, StoreError> {
        let mut live = self.live.borrow_mut();
        let client = live.as_mut().ok_or(StoreError::Away).map(|live| &mut live.client)?;
        let result = run(client);
        if client.is_closed() {
            // With it the transaction is gone.
            *live = None;
            self.open.set(false);
        }
        result.map_err(failed)
    }

    fn revive(&self) -> Result<(), StoreError> {
        if !self.is_alive() {
            *self.live.borrow_mut() = Some(Live::connect(&self.config)?);
        }
        Ok(())
    }
}

/// The client runs a runtime of its own, which must not end within another one's.
impl Drop for Session {
    fn drop(&mut self) {
        if let Some(live) = self.live.take() {
            std::thread::spawn(move || drop(live));
        }
    }
}

impl Live {
    fn connect(config: &Config) -> Result<Self, StoreError> {
        let mut client = connect(config)?;
        // Who waits for another server's transaction longer than a phone waits for an answer is told to come again.
        client
            .batch_execute("SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'")
            .map_err(failed)?;
        Ok(Self { client, statements: HashMap::new() })
    }
}

/// Hears of other servers' commits.
pub struct Listener {
    config: Config,
    /// What this server says itself is not heard.
    own: String,
    client: Option<Client>,
}

impl Listener {
    pub fn new(url: &str, own: String) -> Result<Self, StoreError> {
        Ok(Self { config: config(url)?, own, client: None })
    }

    /// Whether something may have changed; waits for it, at most `patience`. After a broken connection something may.
    pub fn wait(&mut self, patience: Duration) -> Result<bool, StoreError> {
        use postgres::fallible_iterator::FallibleIterator;
        if self.client.as_ref().is_none_or(Client::is_closed) {
            let mut client = connect(&self.config)?;
            client.batch_execute(&format!("LISTEN {CHANNEL}")).map_err(failed)?;
            self.client = Some(client);
            return Ok(true);
        }
        let client = self.client.as_mut().expect("connected above");
        let mut notifications = client.notifications();
        let mut told = notifications.timeout_iter(patience);
        let first = told.next().map_err(failed)?;
        Ok(first.is_some_and(|first| first.payload() != self.own))
    }
}

fn connect(config: &Config) -> Result<Client, StoreError> {
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    let tls = ClientConfig::with_platform_verifier().map_err(|e| StoreError::Place(e.to_string()))?;
    config.connect(MakeRustlsConnect::new(tls)).map_err(|error| match error.code() {
        None => {
            tracing::error!(error = %error.source().map_or_else(|| error.to_string(), ToString::to_string), "the database is away");
            StoreError::Away
        }
        Some(_) => failed(error),
    })
}

fn config(url: &str) -> Result<Config, StoreError> {
    let mut config = Config::from_str(url).map_err(|error| StoreError::Place(error.to_string()))?;
    config.application_name("qadam").connect_timeout(PATIENCE).keepalives_idle(DEAD).tcp_user_timeout(DEAD);
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        Host::Unix(_) => true,
    };
    // On this machine nobody is between; elsewhere a database that does not prove who it is gets nothing.
    config.ssl_mode(if config.get_hosts().iter().all(is_here) { SslMode::Disable } else { SslMode::Require });
    Ok(config)
}

/// PostgreSQL's way to write parameters.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

fn refs<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn failed(error: postgres::Error) -> StoreError {
    match error.code() {
        Some(&SqlState::DISK_FULL) => StoreError::Full,
        Some(&SqlState::LOCK_NOT_AVAILABLE) => StoreError::Lost("another server's transaction takes too long".into()),
        Some(&SqlState::CHARACTER_NOT_IN_REPERTOIRE) => StoreError::Nul,
        // The server stops, or was told to end this connection.
        Some(code) if code.code().starts_with("57P") => StoreError::Away,
        None if error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()) => {
            StoreError::Away
        }
        _ => StoreError::Postgres(Arc::new(error)),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *ty == Type::BOOL => (value != 0).to_sql(ty, out),
            Self::Int(value) if *ty == Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
            Self::Int(value) if *ty == Type::INT8 => value.to_sql(ty, out),
            Self::Text(text) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Self::Blob(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            _ => Err(format!("a parameter is no {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(ty, raw)?.into()),
            Type::BYTEA => Self::Blob(raw),
            _ => Self::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BOOL, Type::BYTEA].contains(ty) || <&str as FromSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_elsewhere_proves_who_it_is() {
        let mode = |url: &str| config(url).expect("a URL").get_ssl_mode();
        for here in
            ["postgres://a@localhost/q", "postgres://a@127.0.0.1:5433/q", "postgresql:///q?host=/run/postgresql"]
        {
            assert_eq!(mode(here), SslMode::Disable, "{here}");
        }
        for away in ["postgres://a@db.example.com/q", "postgres://a@10.0.0.4/q?sslmode=disable"] {
            assert_eq!(mode(away), SslMode::Require, "{away}");
        }
        assert!(matches!(config("postgres://a@:x:/q"), Err(StoreError::Place(_))));
    }
}
