//! Tasks that leave what they give beside them. Tokio's machinery is compiled anew for each type that is spawned, three kilobytes a
//! time; so all that is spawned often has one type.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};

use crate::transport::BoxFuture;

/// Gives what the task gave; an error where it panicked, was aborted, or the runtime is gone. Goes on where this is dropped.
pub struct Task<T> {
    handle: JoinHandle<()>,
    left: Arc<Mutex<Option<T>>>,
}

pub fn spawn<T: Send + 'static>(runtime: &Handle, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
    let left = Arc::new(Mutex::new(None));
    let slot = left.clone();
    let work: BoxFuture<'static, ()> = Box::pin(async move {
        let given = work.await;
        *slot.lock() = Some(given);
    });
    Task { handle: runtime.spawn(work), left }
}

/// On a thread that may block.
pub fn spawn_blocking<T: Send + 'static>(runtime: &Handle, work: impl FnOnce() -> T + Send + 'static) -> Task<T> {
    let left = Arc::new(Mutex::new(None));
    let slot = left.clone();
    let work: Box<dyn FnOnce() + Send> = Box::new(move || {
        let given = work();
        *slot.lock() = Some(given);
    });
    Task { handle: runtime.spawn_blocking(work), left }
}

impl<T> Task<T> {
    pub fn abort(&self) {
        self.handle.abort();
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = Pin::new(&mut self.handle).poll(context);
        ended.map_ok(|()| self.left.lock().take().expect("a task that ended has left what it gives"))
    }
}
