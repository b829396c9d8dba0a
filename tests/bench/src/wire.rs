//! What lies between phones and server: a transport that can be led through a counter, and a client that costs next to nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use qadam_engine::transport::http::HttpTransport;
use qadam_engine::transport::{BoxFuture, HttpReply, HttpRequest, Transport, TransportError};
use qadam_protocol::codec::Packed;

/// Counts every byte on its way to the server and back, headers among them.
#[derive(Clone)]
pub struct Counter {
    address: SocketAddr,
    bytes: Arc<AtomicU64>,
}

impl Counter {
    pub fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("it is bound");
        let bytes = Arc::new(AtomicU64::new(0));
        let count = bytes.clone();
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                let server = TcpStream::connect(server).expect("the server listens");
                let back = (server.try_clone().expect("a handle"), phone.try_clone().expect("a handle"));
                let (up, down) = (count.clone(), count.clone());
                thread::spawn(move || copy(phone, server, &up));
                thread::spawn(move || copy(back.0, back.1, &down));
            }
        });
        Self { address, bytes }
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        // Counted first, so that who got the last byte finds it counted.
        count.fetch_add(read as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
}

/// The engine's own transport; led through the counter where that is asked for, so that what is timed has nothing between.
pub struct Wire {
    http: HttpTransport,
    server: String,
    through: Mutex<Option<SocketAddr>>,
    /// From the last request to its reply.
    away: Mutex<Duration>,
}

impl Wire {
    pub fn new(server: &str) -> Self {
        let http = HttpTransport::new("qadam-bench/0.1.0").expect("it fits into a header");
        Self { http, server: server.into(), through: Mutex::new(None), away: Mutex::default() }
    }

    pub fn through(&self, counter: Option<&Counter>) {
        *self.through.lock() = counter.map(|counter| counter.address);
    }

    /// How long the last exchange was with the server and on the wire.
    pub fn away(&self) -> Duration {
        *self.away.lock()
    }

    fn led(&self, mut request: HttpRequest) -> HttpRequest {
        if let Some(address) = *self.through.lock() {
            request.url = request.url.replace(&self.server, &format!("http://{address}"));
        }
        request
    }
}

impl Transport for Wire {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, TransportError>> {
        let (begin, sent) = (Instant::now(), self.http.send(self.led(request)));
        Box::pin(async move {
            let reply = sent.await;
            *self.away.lock() = begin.elapsed();
            reply
        })
    }

    fn receive<'a>(
        &'a self,
        request: HttpRequest,
        sink: &'a mut (dyn FnMut(&[u8]) -> bool + Send),
    ) -> BoxFuture<'a, Result<HttpReply, TransportError>> {
        self.http.receive(self.led(request), sink)
    }

    fn reset(&self) {
        self.http.reset();
    }
}

/// One connection that is kept; sends the same bytes again and again and reads whole replies. So cheap that what is measured is the
/// server's work.
pub struct Client {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Client {
    pub fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream: BufReader::with_capacity(16 << 10, stream), line: String::new(), body: Vec::new() }
    }

    /// Status and length of the body.
    pub fn exchange(&mut self, request: &[u8]) -> (u16, usize) {
        self.stream.get_mut().write_all(request).expect("sends");
        let (mut status, mut length) = (0, 0);
        loop {
            self.line.clear();
            self.stream.read_line(&mut self.line).expect("a reply");
            let line = self.line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).expect("a body");
        (status, length)
    }
}

/// A `POST` of HTTP/1.1 as phones send it.
pub fn post(path: &str, token: &str, body: &[u8]) -> Vec<u8> {
    post_packed(path, token, &Packed { bytes: body.to_vec(), zstd: false })
}

/// The same with a body that may be packed.
pub fn post_packed(path: &str, token: &str, body: &Packed) -> Vec<u8> {
    let encoding = if body.zstd { "content-encoding: zstd\r\n" } else { "" };
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nx-qadam-app: qadam-bench/0.1.0\r\naccept: */*\r\naccept-encoding: zstd\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\n{encoding}content-length: {}\r\n\r\n",
        body.bytes.len()
    )
    .into_bytes();
    request.extend_from_slice(&body.bytes);
    request
}
