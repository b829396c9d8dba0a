//! Something between a phone and its server that does what networks do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is done to the next connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mood {
    Honest,
    /// Ends the connection after so many bytes towards the phone.
    CutReply(u64),
    /// Ends the connection after so many bytes towards the server.
    CutRequest(u64),
    /// Answers everything with this, as it stands.
    Answer(Vec<u8>),
}

/// A listener on a free loopback port.
pub struct Proxy {
    address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    down: Arc<AtomicU64>,
    up: Arc<AtomicU64>,
}

impl Proxy {
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let mood = Arc::new(Mutex::new(Mood::Honest));
        let (down, up) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let shared = (mood.clone(), down.clone(), up.clone());
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let (mood, down, up) = shared.clone();
                let mood = mood.lock().clone();
                tokio::spawn(serve(phone, server, mood, down, up));
            }
        });
        Self { address, mood, down, up }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock() = mood;
    }

    /// Bytes towards the phone and towards the server, since the last call.
    pub fn take_bytes(&self) -> (u64, u64) {
        (self.down.swap(0, Ordering::Relaxed), self.up.swap(0, Ordering::Relaxed))
    }
}

async fn serve(mut phone: TcpStream, server: SocketAddr, mood: Mood, down: Arc<AtomicU64>, up: Arc<AtomicU64>) {
    if let Mood::Answer(answer) = &mood {
        let mut request = vec![0; 64 << 10];
        // What was asked does not matter, only that something was.
        let _ = phone.read(&mut request).await;
        let _ = phone.write_all(answer).await;
        let _ = phone.shutdown().await;
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_phone, mut to_phone) = phone.into_split();
    let (most_down, most_up) = match mood {
        Mood::CutReply(bytes) => (bytes, u64::MAX),
        Mood::CutRequest(bytes) => (u64::MAX, bytes),
        _ => (u64::MAX, u64::MAX),
    };
    // Whichever direction ends first ends the connection.
    tokio::select! {
        () = pump(&mut from_server, &mut to_phone, most_down, &down) => {}
        () = pump(&mut from_phone, &mut to_server, most_up, &up) => {}
    }
}

async fn pump(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    most: u64,
    count: &AtomicU64,
) {
    let mut left = most;
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read) = from.read(&mut buffer).await {
        let pass = (read as u64).min(left);
        if read == 0 || to.write_all(&buffer[..pass as usize]).await.is_err() {
            return;
        }
        count.fetch_add(pass, Ordering::Relaxed);
        left -= pass;
        if left == 0 {
            return;
        }
    }
}
