//! The same server on PostgreSQL, where `tests/postgres` runs the bench: with the very rows of the one that is measured on SQLite.

use std::path::Path;

use qadam_backend::store::{self, Database, StoreError, atomically};
use tempfile::TempDir;

use crate::server::Server;

/// A server on a copy of the data in `folder`, with its folder; `None` where there is no PostgreSQL.
pub fn serve(folder: &Path) -> Option<(Server, TempDir)> {
    let url = std::env::var("QADAM_TEST_POSTGRES").ok()?;
    let from = store::open(folder).expect("opens beside its server");
    let to = store::open(Database::Postgres(url.clone())).expect("opens");
    from.snapshot(|| atomically(&to, || store::copy_all(&from, &to)))
        .map_err(|error: StoreError| error)
        .expect("copies");
    let own = tempfile::tempdir().expect("a folder");
    Some((Server::start_on(own.path(), Some(&url)), own))
}
