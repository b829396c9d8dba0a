//! The line between a phone and the server: it can be down, and it can lose a reply.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How a sync begins on the wire (RFC 9112, section 3).
const SYNC: &[u8] = b"POST /v1/sync ";

/// A TCP proxy on a free loopback port. Ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    up: watch::Sender<bool>,
    /// The next sync's reply is to be lost.
    armed: AtomicBool,
    lost: AtomicU32,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.state.up.send_replace(false);
    }
}

impl Proxy {
    /// # Errors
    /// Where no port is free.
    pub async fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state =
            Arc::new(State { up: watch::Sender::new(true), armed: AtomicBool::new(false), lost: AtomicU32::new(0) });
        let task = tokio::spawn(accept(listener, server, state.clone()));
        Ok(Self { address, state, task })
    }

    /// Such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Down cuts what is under way, and takes nothing new.
    pub fn set_up(&self, up: bool) {
        self.state.up.send_replace(up);
    }

    pub fn is_up(&self) -> bool {
        *self.state.up.borrow()
    }

    /// The next sync reaches the server; its reply is cut.
    pub fn lose_next_reply(&self) {
        self.state.armed.store(true, Ordering::SeqCst);
    }

    /// Replies that were lost so far.
    pub fn lost(&self) -> u32 {
        self.state.lost.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, state: Arc<State>) {
    loop {
        let Ok((phone, _)) = listener.accept().await else { return };
        let state = state.clone();
        tokio::spawn(async move {
            let mut up = state.up.subscribe();
            if !*up.borrow_and_update() {
                return;
            }
            tokio::select! {
                // Whichever way ends it, both sides are closed: that is how a phone sees a cut.
                _ = relay(phone, server, &state) => {}
                _ = up.wait_for(|up| !up) => {}
            }
        });
    }
}

async fn relay(phone: TcpStream, server: SocketAddr, state: &State) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    phone.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_phone, to_phone) = phone.into_split();
    let (from_server, to_server) = server.into_split();
    let doomed = AtomicBool::new(false);
    tokio::select! {
        done = requests(from_phone, to_server, state, &doomed) => done,
        done = replies(from_server, to_phone, state, &doomed) => done,
    }
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &State,
    doomed: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        // A request's first line comes in one piece; the connection carries one request after the other.
        if buffer[..read].starts_with(SYNC) && state.armed.swap(false, Ordering::SeqCst) {
            doomed.store(true, Ordering::SeqCst);
        }
        to.write_all(&buffer[..read]).await?;
    }
}

async fn replies(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &State,
    doomed: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        if doomed.load(Ordering::SeqCst) {
            // The server has answered, so it has done its work.
            state.lost.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        to.write_all(&buffer[..read]).await?;
    }
}
