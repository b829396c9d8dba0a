//! Ten thousand phones that come back within one minute, each with what its owner did offline.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use qadam_backend::accounts::register_device;
use qadam_backend::store::atomically;
use qadam_backend::streams;
use qadam_backend::{config, random};
use qadam_domain::company::Locale;
use qadam_domain::contacts::contact;
use qadam_domain::event::{Ease, EventKind, QuizAnswer};
use qadam_domain::ids::{CardId, EventId, ReleaseId};
use qadam_domain::learning::grading::solution;
use qadam_domain::records::{Clock, Edit};
use qadam_domain::release::Release;
use qadam_protocol::codec;
use qadam_protocol::content::STREAM;
use qadam_protocol::error::ErrorBody;
use qadam_protocol::limits;
use qadam_protocol::mutation::{Arose, Body, Mutation};
use qadam_protocol::sync::{AckStatus, ClockReading, Cursor, ME, MERGE, SyncReply, SyncRequest};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};

use crate::content::{key, lesson_id, question_id};
use crate::report::Case;
use crate::server::{self, Server};
use crate::wire::post_packed;

const PHONES: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);
const MUTATIONS: u64 = 20;
/// Of the floor's phones, which come as close upon each other.
const FEW: usize = 1_000;
/// A phone keeps its connection so long, for what may follow.
const KEPT: Duration = Duration::from_secs(30);

/// How one phone fared.
struct Answered {
    /// From when it came to its acknowledgement, with all waiting between.
    after: Duration,
    acknowledged: u64,
    refused: u32,
    without_hint: u32,
}

pub fn cases(folder: &Path) -> Vec<Case> {
    let data = folder.join("herd");
    std::fs::create_dir_all(&data).expect("a folder");
    let requests = prepare(&data);
    let bytes = requests.iter().map(|request| request.len() as u64).sum::<u64>() / PHONES as u64;
    let (server, constant) = (Server::start(&data), Server::constant());
    let few = Arc::new(post_packed("/constant", "token", &codec::pack(&"x", false)));
    let floor = come(constant.address, vec![few; FEW], MINUTE * FEW as u32 / PHONES as u32, false);
    server.memory().reset();
    let answered = come(server.address, requests.into_iter().map(Arc::new).collect(), MINUTE, true);
    let acknowledged: u64 = answered.iter().map(|phone| phone.acknowledged).sum();
    assert_eq!(acknowledged, PHONES as u64 * MUTATIONS, "everything is acknowledged");
    let (refused, without): (u32, u32) =
        answered.iter().fold((0, 0), |sum, phone| (sum.0 + phone.refused, sum.1 + phone.without_hint));
    assert_eq!(without, 0, "who is refused for load is told when to come again");
    let (middle, late, last) = (at(&answered, 0.5), at(&answered, 0.99), at(&answered, 1.0));
    let told = if refused == 0 { "nobody".to_string() } else { format!("{refused}, each with a hint that was kept") };
    let note = format!(
        "p50 {:.1} ms, max {:.0} ms; {acknowledged} mutations acknowledged; refused for load: {told}",
        middle.as_secs_f64() * 1e3,
        last.as_secs_f64() * 1e3
    );
    let mut case = Case::new("10,000 phones back within a minute, 20 mutations each, p99", late)
        .floor("a constant route, 1,000 phones as close upon each other, p99", at(&floor, 0.99))
        .note(note);
    case.bytes = Some(bytes);
    case.server_memory = server.memory().peak();
    vec![case]
}

/// So much of the phones, by how long they waited, had been answered by then.
fn at(answered: &[Answered], share: f64) -> Duration {
    let mut times: Vec<Duration> = answered.iter().map(|phone| phone.after).collect();
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}

/// Phones come at even distances, whether those before them were answered or not.
fn come(server: SocketAddr, requests: Vec<Arc<Vec<u8>>>, within: Duration, is_sync: bool) -> Vec<Answered> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
    runtime.block_on(async {
        let begin = Instant::now() + Duration::from_millis(100);
        let count = requests.len() as u32;
        let come = |(n, request)| tokio::spawn(phone(server, request, begin + within * n as u32 / count, is_sync));
        let phones: Vec<_> = requests.into_iter().enumerate().map(come).collect();
        let mut answered = Vec::with_capacity(phones.len());
        for phone in phones {
            answered.push(phone.await.expect("a phone ends"));
        }
        answered
    })
}

async fn phone(server: SocketAddr, request: Arc<Vec<u8>>, at: Instant, is_sync: bool) -> Answered {
    sleep_until(at).await;
    let mut answered = Answered { after: Duration::ZERO, acknowledged: 0, refused: 0, without_hint: 0 };
    loop {
        let stream = TcpStream::connect(server).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        let mut stream = BufReader::with_capacity(4 << 10, stream);
        let reply = exchange(&mut stream, &request).await;
        if reply.status == 200 {
            answered.after = at.elapsed();
            if is_sync {
                let reply: SyncReply = codec::unpack(&reply.body, reply.zstd, limits::REPLY).expect("a sync's reply");
                let taken = reply.acks.iter().filter(|ack| ack.status == AckStatus::Applied);
                answered.acknowledged = taken.map(|ack| ack.count).sum();
            }
            tokio::spawn(async move {
                sleep(KEPT).await;
                drop(stream);
            });
            return answered;
        }
        answered.refused += 1;
        let hint = codec::unpack::<ErrorBody>(&reply.body, reply.zstd, limits::BODY).ok();
        let Some(after) = hint.and_then(|body| body.error.retry_after) else {
            answered.without_hint += 1;
            return answered;
        };
        sleep(Duration::from_millis(after)).await;
    }
}

struct Reply {
    status: u16,
    zstd: bool,
    body: Vec<u8>,
}

async fn exchange(stream: &mut BufReader<TcpStream>, request: &[u8]) -> Reply {
    stream.get_mut().write_all(request).await.expect("sends");
    let mut reply = Reply { status: 0, zstd: false, body: Vec::new() };
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.expect("a reply");
        let text = line.trim_end().to_ascii_lowercase();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            reply.status = rest[..3].parse().expect("a status");
        } else if let Some(length) = text.strip_prefix("content-length:") {
            reply.body.resize(length.trim().parse().expect("a length"), 0);
        } else if text.starts_with("content-encoding:") {
            reply.zstd = true;
        }
    }
    stream.read_exact(&mut reply.body).await.expect("a body");
    reply
}

/// Accounts with a device each, and what each device sends. Signed in without passwords, which take a tenth of a second each.
fn prepare(data: &Path) -> Vec<Vec<u8>> {
    let (connection, release) = server::prepare_content(data);
    let release_id = Release::id_of(&release.to_bytes());
    let now = config::now();
    let made = atomically::<_, qadam_backend::error::Error>(&connection, || {
        let catalog = streams::ensure(&connection, None, STREAM, &mut random::system)?;
        let catalog = streams::head(&connection, catalog)?;
        let one = |n: usize| {
            let (account, _) = server::add(&connection, &release, &format!("phone-{n}"), None)?;
            let signed = register_device(&connection, account, "phone", now, &mut random::system)?;
            let me = streams::head(&connection, signed.session.me)?;
            let mutations = mutations(&signed.session.device, &release_id, now, n as u64);
            let request = request(mutations, [(ME, me), (STREAM, catalog.clone())], now);
            Ok(post_packed("/v1/sync", &signed.token.0, &codec::pack(&request, true)))
        };
        (0..PHONES).map(one).collect()
    });
    made.expect("a fresh database takes them")
}

fn request(mutations: Vec<Mutation>, cursors: [(&str, Cursor); 2], now: i64) -> SyncRequest {
    SyncRequest {
        protocol: qadam_protocol::VERSION,
        now: ClockReading { wall: now, boot: "boot".into(), mono: 5_000_000 },
        acknowledged: None,
        mutations,
        cursors: cursors.into_iter().map(|(name, cursor)| (name.to_string(), Some(cursor))).collect(),
        rows: None,
        merge: Some(MERGE),
        backed: None,
    }
}

/// An evening offline: a lesson with its quiz, some reviews, and contacts.
fn mutations(device: &qadam_domain::ids::DeviceId, release: &ReleaseId, now: i64, phone: u64) -> Vec<Mutation> {
    let event = |kind| Body::Event { release: release.clone(), kind };
    let answer = |question: usize| solution(&key(question), Locale::En);
    let one = |seq: u64| {
        let wall = now - (MUTATIONS - seq) as i64 * 30_000;
        let body = match seq {
            1 => event(EventKind::LessonRead { lesson: lesson_id(0) }),
            2 => {
                let answers =
                    (0..4).map(|question| QuizAnswer { question: question_id(question), answer: answer(question) });
                event(EventKind::QuizAnswered { lesson: lesson_id(0), locale: Locale::En, answers: answers.collect() })
            }
            3..=8 => {
                let question = seq as usize % 4;
                event(EventKind::ReviewAnswered {
                    card: CardId { lesson: lesson_id(0), question: question_id(question) },
                    locale: Locale::En,
                    answer: answer(question),
                    ease: Ease::Good,
                })
            }
            _ => {
                let fields = [
                    (contact::NAME, format!("Contact {seq} of {phone}")),
                    (contact::PHONE, format!("+7 701 {:03} {:04}", seq, phone)),
                ];
                let fields = fields.map(|(name, value)| (name.to_string(), Some(value)));
                let clock = Clock { ms: wall, counter: 0, device: device.clone() };
                let id = format!("{phone:016x}{seq:016x}");
                Body::Record { kind: contact::KIND.into(), id, clock, edit: Edit::Put(fields.into()) }
            }
        };
        let (name, v, body) = body.encode();
        let mut id = [0; 16];
        id[..8].copy_from_slice(&phone.to_be_bytes());
        id[8..].copy_from_slice(&seq.to_be_bytes());
        let at =
            Arose { wall, error: Some(0), offset: 300, boot: "boot".into(), mono: 5_000_000 - (now - wall), floor: 0 };
        Mutation { id: EventId(id), seq, name: name.into(), v, at, body }
    };
    (1..=MUTATIONS).map(one).collect()
}
