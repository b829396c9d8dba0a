//! Sends what waits: a lane for each vendor, so that one that is away stops nobody else's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::push::Vendor;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::config::{Config, ConfigError, Vendors};
use super::gate::{Gate, later};
use super::outbox::{self, LEASE, Message, START, Settled, TRY};
use super::vendor::{Closed, Verdict};
use crate::app::App;
use crate::error::Error;
use crate::nudges::show;
use crate::random;
use crate::store::Connection;

/// How often it looks whether something is due. Whoever enqueues it may be another process.
const LOOK: Duration = Duration::from_millis(500);
/// How often the settings' files are read.
const LOOK_AT_FILES: Duration = Duration::from_secs(2);
/// Messages under way to a vendor.
const FLYING: usize = 256;
/// Once so few are, more are taken.
const LOW: usize = FLYING / 2;
/// Answers are noted together, no later than that after the first.
const GATHER: Duration = Duration::from_millis(200);
/// How long what is under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(4);
/// The longest wait between two tries of one message.
const LONGEST: Millis = 60 * MINUTE;
/// After a failure of the database.
const REST: Duration = Duration::from_secs(2);

/// The sender of a server that runs.
pub struct Sender {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sender {
    /// Starts to send.
    pub fn start(app: &Arc<App>, config: Config) -> Self {
        let (stop, stopped) = watch::channel(false);
        let config = Arc::new(config);
        let gates: [Arc<Mutex<Gate>>; 2] = Default::default();
        let mut tasks: Vec<_> = Vendor::ALL
            .into_iter()
            .zip(&gates)
            .map(|(vendor, gate)| {
                let lane = Lane { app: app.clone(), vendor, config: config.clone(), gate: gate.clone() };
                tokio::spawn(lane.run(stopped.clone()))
            })
            .collect();
        tasks.push(tokio::spawn(keep_house(app.clone(), config, gates, stopped)));
        Self { stop, tasks }
    }

    /// Takes nothing more, and ends once what is under way is answered and noted.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a sender of pushes panicked");
            }
        }
    }

    /// Ends at once; what is under way is sent again by whoever comes.
    pub fn kill(self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// What is not of one vendor: rounds, what expires, files that change.
async fn keep_house(
    app: Arc<App>,
    config: Arc<Config>,
    gates: [Arc<Mutex<Gate>>; 2],
    mut stopped: watch::Receiver<bool>,
) {
    let mut looked = Instant::now();
    loop {
        if !rest(&mut stopped, LOOK).await {
            return;
        }
        if looked.elapsed() >= LOOK_AT_FILES {
            looked = Instant::now();
            let files = config.clone();
            match tokio::task::spawn_blocking(move || files.look()).await {
                Ok(Ok(true)) => {
                    tracing::info!("pushes: other settings are in use");
                    gates.iter().for_each(|gate| gate.lock().open());
                }
                Ok(Ok(false)) => {}
                Ok(Err(ConfigError { path, detail })) => {
                    tracing::error!(path = %path.display(), detail, "pushes: the settings are wrong; the former ones stay in use");
                }
                Err(error) => tracing::error!(%error, "the settings were not read"),
            }
        }
        if let Err(error) = tidy(&app).await {
            tracing::error!(%error, "pushes: the database");
            rest(&mut stopped, REST).await;
        }
    }
}

async fn tidy(app: &App) -> Result<(), Error> {
    let now = app.now();
    let look = move |conn: &Connection| {
        Ok::<_, Error>((outbox::round_due(conn)?.is_some_and(|due| due <= now), outbox::has_expired(conn, now)?))
    };
    let (round, expired) = app.store.read(look).await?;
    if round || expired {
        let write = move |conn: &Connection| {
            outbox::go_round(conn, now)?;
            outbox::expire(conn, now)
        };
        let expired: usize = app.store.write::<_, Error, _>(write).await?;
        app.metrics.push.expired(expired as u64);
    }
    Ok(())
}

/// Nothing more is to be sent.
fn is_over(stopped: &watch::Receiver<bool>) -> bool {
    *stopped.borrow() || stopped.has_changed().is_err()
}

/// Whether to go on, after a while.
async fn rest(stopped: &mut watch::Receiver<bool>, time: Duration) -> bool {
    // An error says that nobody is there any more who could stop it.
    let stops = tokio::time::timeout(time, stopped.wait_for(|stopped| *stopped)).await;
    stops.is_err()
}

struct Lane {
    app: Arc<App>,
    vendor: Vendor,
    config: Arc<Config>,
    gate: Arc<Mutex<Gate>>,
}

impl Lane {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut flying = JoinSet::new();
        let mut done: Vec<(Message, Settled)> = Vec::new();
        loop {
            let stops = is_over(&stopped);
            let wanted = if stops { 0 } else { self.wanted(flying.len()).await };
            if wanted > 0 || !done.is_empty() {
                match self.turn(&mut done, wanted).await {
                    Ok(claimed) => self.send_all(&mut flying, claimed),
                    Err(error) => {
                        // What could not be noted is sent again once its lease ends.
                        tracing::error!(%error, vendor = self.vendor.name(), "pushes: the database");
                        rest(&mut stopped, REST).await;
                    }
                }
            }
            if !flying.is_empty() {
                self.gather(&mut flying, &mut done, &mut stopped).await;
            } else if stops {
                return;
            } else {
                rest(&mut stopped, LOOK).await;
            }
        }
    }

    /// How many messages to take: none where none is due.
    async fn wanted(&self, flying: usize) -> usize {
        let (now, vendor) = (self.app.now(), self.vendor);
        if flying > LOW || !self.config.vendors().has(vendor) {
            return 0;
        }
        let room = self.gate.lock().lets(FLYING, now).saturating_sub(flying);
        if room == 0 {
            return 0;
        }
        match self.app.store.read(move |conn| outbox::next_due(conn, vendor)).await {
            Ok(Some(due)) if due <= now => room,
            Ok(_) => 0,
            Err(error) => {
                tracing::error!(%error, vendor = vendor.name(), "pushes: the database");
                0
            }
        }
    }

    /// One transaction: notes what became of messages, and takes others.
    async fn turn(&self, done: &mut Vec<(Message, Settled)>, wanted: usize) -> Result<Vec<Message>, Error> {
        let (now, vendor, settled) = (self.app.now(), self.vendor, std::mem::take(done));
        let releases = self.app.cache.releases();
        let write = move |conn: &Connection| {
            let noted = outbox::settle(conn, &settled, now)?;
            let sent = settled.iter().filter(|(message, settled)| *settled == Settled::Sent && message.shown.is_some());
            for (message, _) in sent {
                show::note(conn, &releases, message.account, &message.collapse, now, &mut random::system)?;
            }
            let claimed = match wanted {
                0 => Vec::new(),
                wanted => outbox::claim(conn, vendor, wanted, now, &mut random::system)?,
            };
            Ok::<_, Error>((noted, claimed))
        };
        let (noted, claimed) = self.app.store.write(write).await?;
        self.app.metrics.push.voided(self.vendor, noted.voided);
        self.app.metrics.push.expired(noted.given_up);
        Ok(claimed)
    }

    fn send_all(&self, flying: &mut JoinSet<(Message, Settled)>, claimed: Vec<Message>) {
        let taken = Instant::now();
        let vendors = self.config.vendors();
        for message in claimed {
            let one = One { app: self.app.clone(), vendors: vendors.clone(), gate: self.gate.clone(), taken };
            flying.spawn(one.send(message));
        }
    }

    /// Waits for answers: until there is room again, or those that are there are to be noted.
    async fn gather(
        &self,
        flying: &mut JoinSet<(Message, Settled)>,
        done: &mut Vec<(Message, Settled)>,
        stopped: &mut watch::Receiver<bool>,
    ) {
        let begun = tokio::time::Instant::now();
        let stops = is_over(stopped);
        loop {
            let until = begun + if stops { GRACE } else { GATHER };
            let was_low = flying.len() <= LOW;
            tokio::select! {
                answered = flying.join_next() => match answered {
                    Some(Ok(answered)) => done.push(answered),
                    Some(Err(error)) if error.is_cancelled() => {}
                    Some(Err(error)) => tracing::error!(%error, "the sending of a push panicked"),
                    None => return,
                },
                () = tokio::time::sleep_until(until) => {
                    if stops {
                        flying.abort_all();
                    }
                    return;
                }
                _ = stopped.wait_for(|stopped| *stopped), if !stops => return,
            }
            if !was_low && flying.len() <= LOW {
                return;
            }
        }
    }
}

/// One message under way.
struct One {
    app: Arc<App>,
    vendors: Arc<Vendors>,
    gate: Arc<Mutex<Gate>>,
    taken: Instant,
}

impl One {
    async fn send(self, message: Message) -> (Message, Settled) {
        let settled = self.settle(&message).await;
        (message, settled)
    }

    async fn settle(&self, message: &Message) -> Settled {
        let now = self.app.now();
        let vendor = message.to.vendor;
        if now >= message.expires {
            self.app.metrics.push.expired(1);
            return Settled::Gone;
        }
        if message.shown.is_none() && self.app.changes.listens(message.account, message.device) {
            // It has heard already.
            return Settled::Gone;
        }
        if self.gate.lock().lets(1, now) == 0 || self.is_late() {
            return Settled::Untried { due: self.gate.lock().opens(now) };
        }
        let send = async {
            match (vendor, &self.vendors.fcm, &self.vendors.apns) {
                (Vendor::Fcm, Some(fcm), _) => Some(fcm.send(message, now).await),
                (Vendor::Apns, _, Some(apns)) => Some(apns.send(message, now).await),
                _ => None,
            }
        };
        let verdict = match tokio::time::timeout(Duration::from_millis(TRY.unsigned_abs()), send).await {
            Ok(Some(verdict)) => verdict,
            Ok(None) => return Settled::Untried { due: now + LEASE },
            Err(_) => Closed::Silent.into(),
        };
        let now = self.app.now();
        let share = share();
        if let Some(reason) = self.gate.lock().note(&verdict, now, share) {
            tracing::warn!(vendor = vendor.name(), reason, "pushes wait");
        }
        self.app.metrics.push.answered(vendor, &verdict);
        match verdict {
            Verdict::Sent => Settled::Sent,
            Verdict::Refused { reason } => {
                tracing::error!(vendor = vendor.name(), reason, "a push can't be sent");
                Settled::Gone
            }
            Verdict::Void { unless_after, .. } => Settled::Void { unless_after },
            Verdict::Foreign => Settled::Void { unless_after: None },
            Verdict::Later { retry_after, least, .. } => {
                // At least as long as the vendor says, and not everybody at once.
                let wait = || later(2 * least.max(500), message.attempts.saturating_sub(1), LONGEST, share);
                Settled::Later { due: now + retry_after.map_or_else(wait, |after| after + Millis::from(share)) }
            }
            Verdict::Closed(_) => Settled::Untried { due: self.gate.lock().opens(now) },
        }
    }

    /// Its lease might end before its answer comes.
    fn is_late(&self) -> bool {
        self.taken.elapsed() >= Duration::from_millis(START.unsigned_abs())
    }
}

/// 0 to 1023.
fn share() -> u16 {
    let mut bytes = [0; 2];
    random::system(&mut bytes);
    u16::from_le_bytes(bytes) % 1_024
}
