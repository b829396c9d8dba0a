//! One way to both databases: the same SQL, with parameters `?1`, `?2`, and the same values.
//!
//! SQL here is what SQLite and PostgreSQL understand alike. Of PostgreSQL, all integers are `BIGINT` and all texts compare by their bytes.

use std::borrow::Cow;

use rusqlite::types::{ToSqlOutput, ValueRef};

use super::StoreError;
use super::postgres::Session;

/// A connection to the database of either kind.
pub struct Connection(Kind);

enum Kind {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Session>),
}

impl From<rusqlite::Connection> for Connection {
    fn from(connection: rusqlite::Connection) -> Self {
        Self(Kind::Sqlite(connection))
    }
}

impl From<Session> for Connection {
    fn from(session: Session) -> Self {
        Self(Kind::Postgres(Box::new(session)))
    }
}

impl Connection {
    /// The embedded database, for what only it has; `None` where it is another.
    pub fn sqlite(&self) -> Option<&rusqlite::Connection> {
        match &self.0 {
            Kind::Sqlite(connection) => Some(connection),
            Kind::Postgres(_) => None,
        }
    }

    /// The shared database, for what only it has; `None` where it is another.
    pub(crate) fn postgres(&self) -> Option<&Session> {
        match &self.0 {
            Kind::Sqlite(_) => None,
            Kind::Postgres(session) => Some(session),
        }
    }

    /// A statement, which the connection keeps prepared for the next time.
    ///
    /// # Errors
    /// What the database says.
    pub fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        Ok(Statement(match &self.0 {
            Kind::Sqlite(connection) => Prepared::Sqlite(connection.prepare_cached(sql)?),
            Kind::Postgres(session) => Prepared::Postgres(session, session.prepare(sql)?),
        }))
    }

    /// Runs one statement; gives the number of rows that it changed.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.prepare_cached(sql)?.execute(params)
    }

    /// Runs statements without parameters.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute_batch(&self, sql: &str) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Kind::Postgres(session) => session.batch(sql),
        }
    }

    /// Reads one row.
    ///
    /// # Errors
    /// [`StoreError::NoRow`], those of `read`, and what the database says.
    pub fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.prepare_cached(sql)?.query_row(params, read)
    }

    /// Reads rows one by one, however many there are; within a transaction.
    ///
    /// # Errors
    /// Those of `take`, and what the database says.
    pub fn each<E: From<StoreError>>(
        &self,
        sql: &str,
        params: impl Params,
        mut take: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Kind::Postgres(session) = &self.0 else {
            let mut statement = self.prepare_cached(sql)?;
            let mut rows = statement.query(params)?;
            while let Some(row) = rows.next()? {
                take(&row)?;
            }
            return Ok(());
        };
        let cursor = params.with(|params| session.open_cursor(sql, params))?;
        loop {
            let rows = session.fetch(&cursor)?;
            if rows.is_empty() {
                return Ok(session.close_cursor(&cursor)?);
            }
            rows.iter().try_for_each(|row| take(&Row::Postgres(row)))?;
        }
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        match &self.0 {
            Kind::Sqlite(connection) => !connection.is_autocommit(),
            Kind::Postgres(session) => session.in_transaction(),
        }
    }

    /// Begins a transaction that writes: until it ends nobody else's does.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        match &self.0 {
            // Later it would start by reading and might find, when it writes, that another process was faster.
            Kind::Sqlite(connection) => run(connection, "BEGIN IMMEDIATE"),
            Kind::Postgres(session) => session.begin(),
        }
    }

    /// Begins a transaction that writes nothing of streams, and need not take turns with those that do.
    pub(super) fn begin_apart(&self) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(connection) => run(connection, "BEGIN"),
            Kind::Postgres(session) => session.begin_apart(),
        }
    }

    /// Runs `work` in a transaction that reads one snapshot.
    ///
    /// # Errors
    /// Those of `work`, and what the database says.
    pub fn snapshot<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.begin_read()?;
        let result = work();
        if self.in_transaction() {
            self.roll_back()?;
        }
        result
    }

    /// Begins a transaction that reads one snapshot.
    pub(super) fn begin_read(&self) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(connection) => run(connection, "BEGIN"),
            Kind::Postgres(session) => session.begin_read(),
        }
    }

    pub(super) fn commit(&self) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(connection) => run(connection, "COMMIT"),
            Kind::Postgres(session) => session.end("COMMIT"),
        }
    }

    pub(super) fn roll_back(&self) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(connection) => run(connection, "ROLLBACK"),
            Kind::Postgres(session) => session.end("ROLLBACK"),
        }
    }

    /// Within a transaction: `SAVEPOINT`, `RELEASE` and the like.
    pub(super) fn control(&self, sql: &str) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(connection) => run(connection, sql),
            Kind::Postgres(session) => session.batch(sql),
        }
    }
}

fn run(connection: &rusqlite::Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// A prepared statement.
pub struct Statement<'a>(Prepared<'a>);

enum Prepared<'a> {
    Sqlite(rusqlite::CachedStatement<'a>),
    Postgres(&'a Session, postgres::Statement),
}

impl Statement<'_> {
    /// Gives the number of rows that it changed.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(&mut self, params: impl Params) -> Result<usize, StoreError> {
        params.with(|params| match &mut self.0 {
            Prepared::Sqlite(statement) => {
                bind(statement, params)?;
                Ok(statement.raw_execute()?)
            }
            Prepared::Postgres(session, statement) => session.execute(statement, params),
        })
    }

    /// The rows, one by one.
    ///
    /// # Errors
    /// What the database says.
    pub fn query(&mut self, params: impl Params) -> Result<Rows<'_>, StoreError> {
        params.with(|params| {
            Ok(Rows(match &mut self.0 {
                Prepared::Sqlite(statement) => {
                    bind(statement, params)?;
                    Found::Sqlite(statement.raw_query())
                }
                Prepared::Postgres(session, statement) => {
                    Found::Postgres(session.query(statement, params)?.into_iter(), None)
                }
            }))
        })
    }

    /// All rows, as `read` reads them.
    ///
    /// # Errors
    /// Those of `read`, and what the database says.
    pub fn query_all<T>(
        &mut self,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = self.query(params)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(&row)?);
        }
        Ok(all)
    }

    /// The first row.
    ///
    /// # Errors
    /// [`StoreError::NoRow`], those of `read`, and what the database says.
    pub fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut rows = self.query(params)?;
        let row = rows.next()?.ok_or(StoreError::NoRow)?;
        read(&row)
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// What the database says.
    pub fn exists(&mut self, params: impl Params) -> Result<bool, StoreError> {
        Ok(self.query(params)?.next()?.is_some())
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[&dyn Bind]) -> Result<(), StoreError> {
    let expected = statement.parameter_count();
    if expected != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), expected).into());
    }
    for (n, param) in (1..).zip(params) {
        statement.raw_bind_parameter(n, param.value()?)?;
    }
    Ok(())
}

/// What a query gives.
pub struct Rows<'a>(Found<'a>);

enum Found<'a> {
    Sqlite(rusqlite::Rows<'a>),
    Postgres(std::vec::IntoIter<postgres::Row>, Option<postgres::Row>),
}

impl Rows<'_> {
    /// # Errors
    /// What the database says.
    #[expect(clippy::should_implement_trait, reason = "a row is lent until the next one")]
    pub fn next(&mut self) -> Result<Option<Row<'_>>, StoreError> {
        Ok(match &mut self.0 {
            Found::Sqlite(rows) => rows.next()?.map(Row::Sqlite),
            Found::Postgres(rows, current) => {
                *current = rows.next();
                current.as_ref().map(Row::Postgres)
            }
        })
    }
}

/// A row of a query.
pub enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// A column, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Column`] where it holds something else; what the database says.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, StoreError> {
        T::read(self.value(index)?).ok_or(StoreError::Column(index))
    }

    /// A column with a text that is not copied, counted from 0.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn text(&self, index: usize) -> Result<&str, StoreError> {
        if let Value::Text(text) = self.value(index)? { Ok(text) } else { Err(StoreError::Column(index)) }
    }

    /// A column as it is, counted from 0.
    ///
    /// # Errors
    /// What the database says.
    pub fn value(&self, index: usize) -> Result<Value<'_>, StoreError> {
        match self {
            Self::Sqlite(row) => match row.get_ref(index)? {
                ValueRef::Null => Ok(Value::Null),
                ValueRef::Integer(value) => Ok(Value::Int(value)),
                ValueRef::Text(bytes) => {
                    let text = std::str::from_utf8(bytes);
                    text.map(Value::Text).map_err(|_| StoreError::Column(index))
                }
                ValueRef::Blob(bytes) => Ok(Value::Blob(bytes)),
                ValueRef::Real(_) => Err(StoreError::Column(index)),
            },
            Self::Postgres(row) => row.try_get(index).map_err(|_| StoreError::Column(index)),
        }
    }
}

/// What a column holds and a parameter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What can be read from a column.
pub trait Column: Sized {
    /// `None` where the column holds something else.
    fn read(value: Value<'_>) -> Option<Self>;
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::read(value).map(Some) }
    }
}

impl Column for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        i64::read(value).map(|value| value != 0)
    }
}

impl Column for String {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.into()) } else { None }
    }
}

impl Column for Vec<u8> {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Blob(bytes) = value { Some(bytes.into()) } else { None }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Blob(bytes) = value { bytes.try_into().ok() } else { None }
    }
}

/// What a parameter can be.
pub trait Bind {
    /// # Errors
    /// [`StoreError::Range`] where it is a number beyond 64 bits with a sign.
    fn value(&self) -> Result<Value<'_>, StoreError>;
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(value: Value<'_>) -> Option<Self> {
                if let Value::Int(value) = value { value.try_into().ok() } else { None }
            }
        }

        impl Bind for $type {
            fn value(&self) -> Result<Value<'_>, StoreError> {
                i64::try_from(*self).map(Value::Int).map_err(|_| StoreError::Range)
            }
        }
    )*};
}

integers!(i64, u64, i32, u32, u16, usize);

impl Bind for bool {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Int((*self).into()))
    }
}

impl Bind for str {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Text(self))
    }
}

impl Bind for String {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Text(self))
    }
}

impl Bind for Cow<'_, str> {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Text(self))
    }
}

impl Bind for Vec<u8> {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Blob(self))
    }
}

impl Bind for [u8] {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Blob(self))
    }
}

impl<const N: usize> Bind for [u8; N] {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        Ok(Value::Blob(self))
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        self.as_ref().map_or(Ok(Value::Null), Bind::value)
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Result<Value<'_>, StoreError> {
        (**self).value()
    }
}

/// A statement's parameters, in their order.
pub trait Params {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R;
}

impl Params for &[&dyn Bind] {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(self)
    }
}

impl Params for [&dyn Bind; 0] {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(&[])
    }
}

impl<T: Bind> Params for [T; 1] {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(&[&self[0]])
    }
}

impl<T: Bind> Params for [T; 2] {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(&[&self[0], &self[1]])
    }
}

impl<A: Bind, B: Bind> Params for (A, B) {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(&[&self.0, &self.1])
    }
}

impl<A: Bind, B: Bind, C: Bind> Params for (A, B, C) {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(&[&self.0, &self.1, &self.2])
    }
}

impl<A: Bind, B: Bind, C: Bind, D: Bind> Params for (A, B, C, D) {
    fn with<R>(&self, run: impl FnOnce(&[&dyn Bind]) -> R) -> R {
        run(&[&self.0, &self.1, &self.2, &self.3])
    }
}

/// Parameters of different types.
#[macro_export]
macro_rules! params {
    ($($param:expr),* $(,)?) => {
        &[$(&$param as &dyn $crate::store::Bind),*] as &[&dyn $crate::store::Bind]
    };
}

/// Tells *there is no such row* from other errors.
pub trait Optional<T> {
    /// # Errors
    /// All but [`StoreError::NoRow`].
    fn optional(self) -> Result<Option<T>, StoreError>;
}

impl<T> Optional<T> for Result<T, StoreError> {
    fn optional(self) -> Result<Option<T>, StoreError> {
        match self {
            Err(StoreError::NoRow) => Ok(None),
            other => other.map(Some),
        }
    }
}
