use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use super::{Connection, StoreError};

/// Connections that only read, each used by one request at a time.
pub struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub fn new(idle: Vec<Connection>) -> Self {
        Self { free: Arc::new(Semaphore::new(idle.len())), idle: Arc::new(Mutex::new(idle)) }
    }

    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let permit = self.free.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let idle = self.idle.clone();
        let task = tokio::task::spawn_blocking(move || {
            let connection = idle.lock().pop().expect("a permit stands for a connection");
            // Given back whatever `work` does; the connection last, so that it is there when the permit is.
            let lent = Lent { connection: Some(connection), idle, _permit: permit };
            let connection = lent.connection.as_ref().expect("lent until it is dropped");
            connection.begin_read()?;
            work(connection)
        });
        task.await.map_err(|_| StoreError::Panicked)?
    }
}

struct Lent {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection
            && connection.in_transaction()
            && let Err(error) = connection.roll_back()
        {
            tracing::debug!(%error, "a reader's connection was lost");
        }
        self.idle.lock().extend(self.connection.take());
    }
}
