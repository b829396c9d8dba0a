//! The transport against servers that misbehave: each failure has its name, and none takes longer than it has to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qadam_engine::transport::http::{HttpTransport, check_address};
use qadam_engine::transport::{HttpReply, HttpRequest, Method, Transport, TransportError};
use qadam_protocol::codec::Packed;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Nothing here waits for a timeout of the transport's own.
const AT_ONCE: Duration = Duration::from_secs(8);

type Seen = Arc<Mutex<Vec<String>>>;

/// A server that answers every request with these bytes and closes. Gives its address, and the requests' heads, in lower case.
fn serve(answer: impl Into<Vec<u8>>) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (answer, seen) = (answer.into(), Seen::default());
    let heads = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            heads.lock().expect("lock").push(read_request(&mut stream));
            // The client may be gone already.
            let _ = stream.write_all(&answer);
        }
    });
    (address, seen)
}

/// Reads a request to its end, so that closing cuts the answer alone.
fn read_request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the body");
    head
}

fn get(url: String) -> HttpRequest {
    HttpRequest { method: Method::Get, url, token: None, body: None, from: None, limit: 1_000 }
}

fn transport() -> HttpTransport {
    HttpTransport::new("qadam-test/0.1.0").expect("a header")
}

async fn send(request: HttpRequest) -> Result<HttpReply, TransportError> {
    tokio::time::timeout(AT_ONCE, transport().send(request)).await.expect("it hangs")
}

async fn receive(request: HttpRequest) -> (Result<HttpReply, TransportError>, Vec<u8>) {
    let mut came = Vec::new();
    let mut sink = |bytes: &[u8]| {
        came.extend_from_slice(bytes);
        true
    };
    let transport = transport();
    let reply = tokio::time::timeout(AT_ONCE, transport.receive(request, &mut sink)).await.expect("it hangs");
    (reply, came)
}

#[tokio::test]
async fn an_exchange_goes_both_ways() {
    let (server, seen) = serve(
        "HTTP/1.1 503 Busy\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Encoding: zstd\r\nRetry-After: 7\r\n\
         Content-Length: 4\r\n\r\nbody",
    );
    let body = Some(Packed { bytes: b"{\"a\":1}".to_vec(), zstd: true });
    let request =
        HttpRequest { method: Method::Post, token: Some("secret".into()), body, ..get(format!("{server}/v1/sync")) };
    let reply = send(request).await.expect("a reply");
    assert_eq!((reply.status, &*reply.content_type, reply.zstd), (503, "application/json", true));
    assert_eq!((reply.retry_after, reply.from, &*reply.body), (Some(7_000), None, &b"body"[..]));
    let head = seen.lock().expect("lock").remove(0);
    for line in [
        "post /v1/sync http/1.1",
        "x-qadam-app: qadam-test/0.1.0",
        "authorization: bearer secret",
        "accept-encoding: zstd",
        "content-type: application/json",
        "content-encoding: zstd",
        "content-length: 7",
    ] {
        assert!(head.lines().any(|l| l == line), "{line} is not in {head}");
    }
    assert!(!head.contains("cookie"));
}

#[tokio::test]
async fn a_reply_that_is_cut_anywhere_is_an_error() {
    let whole = [
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{\"a\":\"bcdef\"}",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{\"a\":\"\r\n7\r\nbcdef\"}\r\n0\r\n\r\n",
    ];
    for answer in whole {
        for cut in 0..answer.len() {
            let (server, _) = serve(&answer[..cut]);
            let reply = send(get(format!("{server}/v1/company"))).await;
            assert!(matches!(reply, Err(TransportError::Unreachable(_))), "{reply:?} of {:?}", &answer[..cut]);
            let (reply, came) = receive(get(format!("{server}/v1/blobs/x"))).await;
            assert!(matches!(reply, Err(TransportError::Unreachable(_))), "{reply:?} of {:?}", &answer[..cut]);
            assert!(b"{\"a\":\"bcdef\"}".starts_with(&came));
        }
        let (server, _) = serve(answer);
        assert_eq!(send(get(server.clone())).await.expect("a reply").body, b"{\"a\":\"bcdef\"}");
        assert_eq!(receive(get(server)).await.1, b"{\"a\":\"bcdef\"}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, seen) = serve("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    for status in [301, 302, 303, 307, 308] {
        let (server, _) = serve(format!("HTTP/1.1 {status} X\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n"));
        assert_eq!(send(get(server.clone())).await.err(), Some(TransportError::Redirected));
        assert_eq!(receive(get(server)).await.0.err(), Some(TransportError::Redirected));
    }
    assert!(seen.lock().expect("lock").is_empty());
}

#[tokio::test]
async fn a_captive_portal_is_seen_by_its_type() {
    let (server, _) = serve("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>");
    let reply = send(get(server.clone())).await.expect("a reply");
    assert_eq!((reply.status, &*reply.content_type, &*reply.body), (200, "text/html", &b"<html>"[..]));
    let (reply, came) = receive(get(server)).await;
    assert_eq!((&*reply.expect("a reply").content_type, &*came), ("text/html", &b""[..]));
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n".to_string() + &"x".repeat(1_001);
    let told_late = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_string() + &"x".repeat(1_001);
    for answer in [announced, told_late] {
        let (server, _) = serve(answer);
        assert_eq!(send(get(server.clone())).await.err(), Some(TransportError::TooLarge));
        let (reply, came) = receive(get(server)).await;
        assert_eq!(reply.err(), Some(TransportError::TooLarge));
        assert!(came.len() <= 1_000);
    }
    let (server, _) = serve("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_string() + &"x".repeat(1_000));
    assert_eq!(send(get(server)).await.expect("fits").body.len(), 1_000);
}

#[tokio::test]
async fn a_range_is_handed_over_only_if_it_is_the_one_that_was_asked_for() {
    let part = "HTTP/1.1 206 Partial\r\ncontent-type: image/png\r\ncontent-range: bytes 5-8/9\r\ncontent-length: 4\r\n\r\nrest";
    let whole = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 9\r\n\r\nall of it";
    let error =
        "HTTP/1.1 416 X\r\ncontent-type: application/json\r\ncontent-range: bytes */9\r\ncontent-length: 2\r\n\r\n{}";
    let ask = async |answer: &str, from| {
        let (server, seen) = serve(answer);
        let (reply, came) = receive(HttpRequest { from, ..get(server) }).await;
        let reply = reply.expect("a reply");
        let head = seen.lock().expect("lock").remove(0);
        assert_eq!(head.contains("range: bytes=5-"), from == Some(5));
        assert!(head.contains("accept-encoding: identity"));
        (reply.status, reply.from, String::from_utf8_lossy(&came).into_owned(), reply.body)
    };
    assert_eq!(ask(part, Some(5)).await, (206, Some(5), "rest".into(), vec![]));
    assert_eq!(ask(part, Some(4)).await, (206, Some(5), String::new(), vec![]));
    assert_eq!(ask(part, None).await, (206, Some(5), String::new(), vec![]));
    assert_eq!(ask(whole, None).await, (200, None, "all of it".into(), vec![]));
    assert_eq!(ask(whole, Some(5)).await, (200, None, String::new(), vec![]));
    assert_eq!(ask(error, Some(5)).await, (416, None, String::new(), b"{}".to_vec()));
}

#[tokio::test]
async fn who_has_enough_ends_a_stream() {
    let (server, _) = serve("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n");
    let transport = transport();
    let mut came = 0;
    let mut sink = |bytes: &[u8]| {
        came += bytes.len();
        false
    };
    let reply = tokio::time::timeout(AT_ONCE, transport.receive(get(server), &mut sink)).await.expect("it hangs");
    assert_eq!(reply.expect("a reply").content_type, "text/event-stream");
    assert_eq!(came, 9);
}

#[tokio::test]
async fn connections_are_kept_until_they_are_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let connections = Arc::new(Mutex::new(0));
    let counted = connections.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            *counted.lock().expect("lock") += 1;
            std::thread::spawn(move || {
                while !read_request(&mut stream).is_empty() {
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("the client listens");
                }
            });
        }
    });
    let transport = transport();
    for (reset, expected) in [(false, 1), (false, 1), (true, 2), (false, 2)] {
        if reset {
            transport.reset();
        }
        transport.send(get(server.clone())).await.expect("a reply");
        assert_eq!(*connections.lock().expect("lock"), expected);
    }
}

#[tokio::test]
async fn plain_http_is_for_loopback_alone() {
    for server in [
        "http://example.com",
        "http://10.0.0.1",
        "http://[fe80::1]",
        "http://localhost.example.com",
        "http://0.0.0.0:1",
    ] {
        assert_eq!(check_address(server), Err(TransportError::InsecureAddress), "{server}");
        assert_eq!(send(get(format!("{server}/v1/company"))).await.err(), Some(TransportError::InsecureAddress));
        assert_eq!(receive(get(format!("{server}/v1/changes"))).await.0.err(), Some(TransportError::InsecureAddress));
    }
    for server in [
        "",
        "qadam",
        "localhost:8080",
        "ftp://a.example",
        "https://",
        "https://u:p@a.example",
        "https://a.example/?x",
        "https://a.example/#x",
        "file:///etc/passwd",
    ] {
        assert_eq!(check_address(server), Err(TransportError::InvalidAddress), "{server}");
    }
    for (server, normal) in [
        ("https://Qadam.Example:443/", "https://qadam.example"),
        (" https://a.example/qadam// ", "https://a.example/qadam"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://LOCALHOST:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://127.1", "http://127.0.0.1"),
    ] {
        assert_eq!(check_address(server).as_deref(), Ok(normal));
    }
}

#[tokio::test]
async fn who_is_not_there_is_unreachable() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    for server in [format!("http://{free}"), format!("https://{free}")] {
        let reply = send(get(server)).await;
        assert!(matches!(reply, Err(TransportError::Unreachable(_))), "{reply:?}");
    }
    assert!(HttpTransport::new("a\nb").is_err());
}

/// A new process for the system's certificates: they are named by the environment, which a process with threads can't change.
const CERTIFICATES: &str = "QADAM_TEST_CERTIFICATES";

#[test]
fn certificates_decide() {
    let folder = tempfile::tempdir().expect("a folder");
    let ours = Authority::new();
    std::fs::write(folder.path().join("ca.pem"), ours.0.as_ref().pem()).expect("writes");
    std::fs::write(folder.path().join("ca.key"), ours.0.key().serialize_pem()).expect("writes");
    let child = |certificates: &Path| {
        let mut child = Command::new(std::env::current_exe().expect("this test"));
        child.args(["--exact", "certificates_decide_in_a_process_of_their_own", "--nocapture"]);
        child.env(CERTIFICATES, folder.path()).env("SSL_CERT_FILE", certificates).env_remove("SSL_CERT_DIR");
        let output = child.output().expect("runs");
        let [out, error] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        assert!(output.status.success() && out.contains("1 passed"), "{out}{error}");
    };
    child(&folder.path().join("ca.pem"));
    // A system without any certificate.
    std::fs::write(folder.path().join("none.pem"), "").expect("writes");
    child(&folder.path().join("none.pem"));
}

/// Does nothing unless [`certificates_decide`] starts it.
#[tokio::test]
async fn certificates_decide_in_a_process_of_their_own() {
    let Some(folder) = std::env::var_os(CERTIFICATES).map(std::path::PathBuf::from) else { return };
    let trusting = std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file.to_string_lossy().ends_with("ca.pem"));
    let ours = Authority::read(&folder);
    let good = send(get(tls_server(&ours, "localhost"))).await;
    if trusting {
        assert_eq!(good.expect("the right name, by one we trust").body, b"{}");
    } else {
        assert!(matches!(good, Err(TransportError::Untrusted(_))), "{good:?}");
    }
    for server in [
        tls_server(&ours, "elsewhere.example"),
        tls_server(&Authority::new(), "localhost"),
        tls_server(&ours, "localhost").replace("localhost", "127.0.0.1"),
    ] {
        let reply = send(get(server.clone())).await;
        assert!(matches!(reply, Err(TransportError::Untrusted(_))), "{server}: {reply:?}");
        let (reply, came) = receive(get(server)).await;
        assert!(matches!(reply, Err(TransportError::Untrusted(_))));
        assert!(came.is_empty());
    }
    // No TLS at all where TLS is asked for.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let plain = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").expect("the client listens");
    });
    let reply = send(get(format!("https://{plain}"))).await;
    assert!(matches!(reply, Err(TransportError::Unreachable(_))), "{reply:?}");
    // Loopback needs none.
    send(get(serve("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").0)).await.expect("a reply");
}

/// Who says whose a certificate is.
struct Authority(rcgen::CertifiedIssuer<'static, rcgen::KeyPair>);

impl Authority {
    fn new() -> Self {
        Self::of(rcgen::KeyPair::generate().expect("a key"))
    }

    /// The same key and name make the same authority.
    fn read(folder: &Path) -> Self {
        let key = std::fs::read_to_string(folder.join("ca.key")).expect("a key");
        Self::of(rcgen::KeyPair::from_pem(&key).expect("a key"))
    }

    fn of(key: rcgen::KeyPair) -> Self {
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Qadam's tests");
        Self(rcgen::CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }
}

/// A server at `localhost` with a certificate for this name.
fn tls_server(authority: &Authority, name: &str) -> String {
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new([name.to_string()]).expect("a name");
    let certificate = params.signed_by(&key, &authority.0).expect("a certificate");
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(config.clone()).expect("a connection");
            let mut stream: rustls::StreamOwned<_, TcpStream> = rustls::StreamOwned::new(connection, stream);
            // Who does not trust the certificate hangs up.
            if stream.conn.complete_io(&mut stream.sock).is_ok() && !read_request(&mut stream).is_empty() {
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").and_then(|()| stream.flush());
            }
        }
    });
    address
}
