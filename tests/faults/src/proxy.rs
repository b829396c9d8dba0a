//! Something between a phone and its server that does what networks do.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// What is done to the next connections.
#[derive(Debug, Clone, PartialEq)]
pub enum Mood {
    Honest,
    /// Ends the connection after so many bytes towards the phone.
    CutReply(u64),
    /// Ends the connection after so many bytes towards the server.
    CutRequest(u64),
    /// Answers everything with this, as it stands.
    Answer(Vec<u8>),
    /// Passes everything, later.
    Line(Line),
}

/// A bad line, as TCP shows it to who uses it.
///
/// Bytes travel in segments of [`SEGMENT`] bytes, in order. A segment that is lost is sent again after 200 ms or twice the longest round trip, whichever
/// is more, then after twice that, and so on (RFC 6298); what is behind it waits. After [`RETRIES`] losses in a row the connection is cut. There is no
/// fast retransmit: a real line with many segments under way is better. A connection is there after one round trip.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Milliseconds of a round trip, drawn for each segment; half of it in each direction.
    pub delay: RangeInclusive<u64>,
    /// Probability that a segment is lost.
    pub loss: f64,
    /// Probability, with each segment, that the connection is cut there.
    pub cut: f64,
    /// Bytes per second in each direction, of all connections together.
    pub rate: Option<u64>,
    /// What is drawn follows from it, from the connection's number, and from the segment's.
    pub seed: u64,
    /// Time on the line runs so many times as fast, so that a test need not wait for it.
    pub hurry: u32,
}

/// Bytes of a segment: an Ethernet frame's.
pub const SEGMENT: usize = 1_460;
/// Losses in a row that a connection bears.
pub const RETRIES: u32 = 6;

impl Default for Line {
    fn default() -> Self {
        Self { delay: 0..=0, loss: 0.0, cut: 0.0, rate: None, seed: 1, hurry: 1 }
    }
}

/// A mood, and what its connections share.
struct Road {
    mood: Mood,
    /// When all bytes are through that were handed over, towards the phone and towards the server.
    free: [Mutex<Instant>; 2],
    connections: AtomicU64,
}

#[derive(Default)]
struct Counts {
    down: AtomicU64,
    up: AtomicU64,
    requests: Mutex<Vec<String>>,
}

/// A listener on a free loopback port. Ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    road: Arc<Mutex<Arc<Road>>>,
    counts: Arc<Counts>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let road = Arc::new(Mutex::new(Arc::new(Road::new(Mood::Honest))));
        let counts = Arc::new(Counts::default());
        let shared = (road.clone(), counts.clone());
        let task = tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let (road, counts) = shared.clone();
                let road = road.lock().clone();
                tokio::spawn(serve(phone, server, road, counts));
            }
        });
        Self { address, road, counts, task }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn set(&self, mood: Mood) {
        *self.road.lock() = Arc::new(Road::new(mood));
    }

    /// Bytes towards the phone and towards the server, since the last call.
    pub fn take_bytes(&self) -> (u64, u64) {
        (self.counts.down.swap(0, Ordering::Relaxed), self.counts.up.swap(0, Ordering::Relaxed))
    }

    /// Method and path of the requests since the last call, such as `POST /v1/sync`; the name of a blob is left out.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.counts.requests.lock())
    }
}

impl Road {
    fn new(mood: Mood) -> Self {
        Self { mood, free: [(); 2].map(|()| Mutex::new(Instant::now())), connections: AtomicU64::new(0) }
    }
}

async fn serve(mut phone: TcpStream, server: SocketAddr, road: Arc<Road>, counts: Arc<Counts>) {
    if let Mood::Answer(answer) = &road.mood {
        let mut request = vec![0; 64 << 10];
        // What was asked does not matter, only that something was.
        let _ = phone.read(&mut request).await;
        let _ = phone.write_all(answer).await;
        let _ = phone.shutdown().await;
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    for socket in [&phone, &server] {
        let _ = socket.set_nodelay(true);
    }
    let (from_server, to_server) = server.into_split();
    let (from_phone, to_phone) = phone.into_split();
    let (most_down, most_up) = match road.mood {
        Mood::CutReply(bytes) => (bytes, u64::MAX),
        Mood::CutRequest(bytes) => (u64::MAX, bytes),
        _ => (u64::MAX, u64::MAX),
    };
    let connection = road.connections.fetch_add(1, Ordering::Relaxed);
    let passage = |way| Passage::new(&road, way, connection);
    let mut requests = Requests::default();
    let up = |bytes: &[u8]| {
        counts.up.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        requests.read(bytes, &counts.requests);
    };
    let down = |bytes: &[u8]| {
        counts.down.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    };
    // Whichever direction ends first ends the connection.
    tokio::select! {
        () = pump(from_server, to_phone, most_down, passage(0), down) => {}
        () = pump(from_phone, to_server, most_up, passage(1), up) => {}
    }
}

/// Passes at most so many bytes. `passed` learns of them before they arrive.
async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    most: u64,
    mut passage: Passage,
    mut passed: impl FnMut(&[u8]),
) {
    let (sender, mut under_way) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let depart = async move {
        let mut left = most;
        let mut buffer = vec![0; passage.piece()];
        while let Ok(read) = from.read(&mut buffer).await {
            let piece = &buffer[..(read as u64).min(left) as usize];
            let Some((gone, arrives)) = passage.travel(piece.len()) else { return };
            if read == 0 || sender.send((arrives, piece.to_vec())).is_err() {
                return;
            }
            left -= piece.len() as u64;
            if left == 0 {
                return;
            }
            sleep_until(gone).await;
        }
    };
    let arrive = async move {
        while let Some((at, piece)) = under_way.recv().await {
            if at > Instant::now() {
                sleep_until(at).await;
            }
            passed(&piece);
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    // Once nothing departs any more, what is under way still arrives; and nothing need depart that can't arrive.
    tokio::pin!(arrive);
    tokio::select! {
        () = depart => arrive.await,
        () = &mut arrive => {}
    }
}

/// One direction of one connection.
struct Passage {
    road: Arc<Road>,
    way: usize,
    chance: Chance,
    /// When the last segment arrives.
    last: Instant,
}

impl Passage {
    fn new(road: &Arc<Road>, way: usize, connection: u64) -> Self {
        let mut chance = Chance(0);
        let mut last = Instant::now();
        if let Mood::Line(line) = &road.mood {
            chance = Chance(line.seed ^ (connection << 1 | way as u64) << 32);
            last += line.millis(chance.between(&line.delay));
        }
        Self { road: road.clone(), way, chance, last }
    }

    /// Bytes that travel together.
    fn piece(&self) -> usize {
        if matches!(self.road.mood, Mood::Line(_)) { SEGMENT } else { 16 << 10 }
    }

    /// When a segment is on the line, so that another can follow, and when it arrives; `None` where the connection is cut.
    fn travel(&mut self, bytes: usize) -> Option<(Instant, Instant)> {
        let now = Instant::now();
        let Mood::Line(line) = &self.road.mood else { return Some((now, now)) };
        if self.chance.hits(line.cut) {
            return None;
        }
        let mut free = self.road.free[self.way].lock();
        let taken = line.rate.map_or(Duration::ZERO, |rate| line.millis(bytes as u64 * 1_000 / rate));
        let gone = now.max(*free) + taken;
        *free = gone;
        let mut late = line.millis(self.chance.between(&line.delay)) / 2;
        let mut again = line.millis(200.max(2 * line.delay.end()));
        let mut lost = 0;
        while self.chance.hits(line.loss) {
            lost += 1;
            if lost > RETRIES {
                return None;
            }
            late += again;
            again *= 2;
        }
        self.last = self.last.max(gone + late);
        Some((gone, self.last))
    }
}

impl Line {
    fn millis(&self, millis: u64) -> Duration {
        Duration::from_millis(millis) / self.hurry
    }
}

/// Numbers that look random and are the same in every run: SplitMix64, Steele et al., "Fast splittable pseudorandom number generators" (2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, range: &RangeInclusive<u64>) -> u64 {
        range.start() + self.next() % (range.end() - range.start() + 1)
    }

    fn hits(&mut self, probability: f64) -> bool {
        (self.next() as f64 / u64::MAX as f64) < probability
    }
}

/// Finds the requests in what one connection carries up (RFC 9112): heads, and bodies of the lengths that these say.
#[derive(Default)]
struct Requests {
    head: Vec<u8>,
    body: usize,
}

impl Requests {
    fn read(&mut self, mut bytes: &[u8], found: &Mutex<Vec<String>>) {
        while !bytes.is_empty() {
            let skipped = self.body.min(bytes.len());
            self.body -= skipped;
            bytes = &bytes[skipped..];
            let Some((first, rest)) = bytes.split_first() else { return };
            self.head.push(*first);
            bytes = rest;
            if self.head.ends_with(b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.head).into_owned();
                let length = head.lines().filter_map(|line| line.split_once(':'));
                let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                self.body = length.next().and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0);
                let mut words = head.split(' ');
                let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                let path = path.split_inclusive('/').take(3).collect::<String>();
                found.lock().push(format!("{method} {}", path.trim_end_matches('/')));
                self.head.clear();
            }
        }
    }
}
