//! Where tests keep their data.

use std::sync::atomic::{AtomicI64, Ordering};

use qadam_backend::store::{self, Connection, Database};

/// Where a test keeps its data: a folder, and a database in it, or a new one of the PostgreSQL server whose URL is in `QADAM_TEST_POSTGRES`. So these
/// tests are one suite for both kinds.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub database: Database,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match std::env::var("QADAM_TEST_POSTGRES") {
            Ok(url) => Database::Postgres(new_database(&url)),
            Err(_) => Database::from(folder.path()),
        };
        Self { folder, database }
    }

    /// With the embedded database, for what only that has.
    pub fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { database: Database::from(folder.path()), folder }
    }

    /// Runs `work` on a connection of its own, as another process would.
    pub fn beside<T: Send>(&self, work: impl FnOnce(&Connection) -> T + Send) -> T {
        blocking(|| work(&store::open(&self.database).expect("opens")))
    }
}

/// Outside of a test's runtime, in which the client of PostgreSQL can't run its own.
pub fn blocking<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().expect("does not panic"))
}

fn new_database(url: &str) -> String {
    static COUNT: AtomicI64 = AtomicI64::new(0);
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    blocking(|| {
        let mut client = postgres::Client::connect(url, postgres::NoTls).expect("the server answers");
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("creates");
    });
    url.replacen("/postgres?", &format!("/{name}?"), 1)
}
