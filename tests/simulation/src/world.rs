//! One run: faults first, then peace, then judgement.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_backend::nudges::tick::DELAY;
use qadam_backend::results::Reported;
use qadam_domain::fold::nudges::Noted;
use qadam_domain::fold::{self, State};
use qadam_domain::ids::{DeviceId, EventId};
use qadam_domain::results::{Confirmed, Month, Sale, Volume};
use qadam_domain::time::{DAY, Day, MINUTE};
use qadam_engine::database::Nouns;
use qadam_engine::media::MediaStore;
use qadam_engine::replica::{self, Sent, rows};
use qadam_engine::session;
use qadam_engine::sync::{Failure, exchange};
use qadam_engine::team::{Wanted, WantedDocument};
use qadam_engine::transport::{HttpReply, TransportError};
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::codec::{self, Packed};
use qadam_protocol::content::BlobRef;
use qadam_protocol::limits;
use qadam_protocol::sync::{KEPT_KIND, SyncRequest};
use rusqlite::Connection;

use crate::chance::Chance;
use crate::content::{self, Blobs, Published};
use crate::device::{ALMATY, Device, DeviceClock};
use crate::evenings;
use crate::model::{Known, Ledger, Verdict};
use crate::server::{Mishap, Server};
use crate::team::Tree;

/// 2026-03-01
const BEGIN: i64 = 1_772_323_200_000;
pub const STEPS: usize = 90;
/// Rounds of syncs after which peace must have come.
const ROUNDS: usize = 60;
/// An erased record's row.
const ERASED: &str = r#"{"e":true}"#;
const TEN_YEARS: i64 = 3_653 * DAY;

pub struct World {
    seed: u64,
    trace: bool,
    chance: Chance,
    time: Arc<Mutex<i64>>,
    folder: tempfile::TempDir,
    pub server: Server,
    tree: Tree,
    releases: Vec<Published>,
    /// Releases whose manifest is out, and which the server does not hold for now.
    withheld: Vec<usize>,
    blobs: Blobs,
    pub accounts: Vec<Account>,
    pub devices: Vec<Device>,
    /// Requests and replies that are still on their way, by device.
    late: Vec<Late>,
    /// What the server knew of each account at each backup.
    backups: Vec<Vec<Known>>,
    /// Restores that nobody announced.
    rollbacks: Vec<Rollback>,
    /// Clocks are not set, phones not copied, and the server does not go back: then caps hold, and nothing is seen twice.
    pub is_plain: bool,
    /// There are no more faults.
    at_peace: bool,
    pub verdict: Verdict,
}

/// A restore that nobody announced.
struct Rollback {
    at: i64,
    /// Phones that held what the server had lost, and so can prove it: indices.
    provers: Vec<usize>,
}

pub struct Account {
    pub key: i64,
    pub ledger: Ledger,
    /// Every mutation that was ever seen in an outbox.
    minted: BTreeSet<EventId>,
    /// What the back office has confirmed: of each id the newest version.
    confirmed: BTreeMap<String, Confirmed>,
    /// Older versions of it.
    corrected: Vec<Confirmed>,
}

/// What a network delivers long after.
enum Late {
    /// A request that comes (again) when its sender has given up on it.
    Request { device: usize, token: String, body: Packed },
    /// A reply to a device that is still waiting for it, unless it was killed.
    Reply { device: usize, sent: Sent, reply: HttpReply },
}

/// Runs one seed.
pub fn run(seed: u64, steps: usize, trace: bool) -> Verdict {
    let mut world = World::new(seed, trace);
    for step in 0..steps {
        // Much happens at the same moment.
        if world.chance.happens(70) {
            world.pass(world.chance.between(0, 40) * 60_000);
        }
        if world.tree.is_due() {
            world.change_tree();
        }
        world.step(step);
    }
    world.settle();
    world.judge();
    world.verdict
}

impl World {
    fn new(seed: u64, trace: bool) -> Self {
        let chance = Chance::new(seed);
        // Memory, where there is such a place: the run's kills are of processes, not of machines.
        let shared = PathBuf::from("/dev/shm");
        let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
        let folder = folder.expect("a folder");
        let time = Arc::new(Mutex::new(BEGIN));
        let mut world = Self {
            seed,
            trace,
            server: Server::new(chance.clone(), folder.path(), time.clone()),
            time,
            folder,
            tree: Tree::new(seed),
            releases: Vec::new(),
            withheld: Vec::new(),
            blobs: Blobs::new(),
            accounts: Vec::new(),
            devices: Vec::new(),
            late: Vec::new(),
            backups: Vec::new(),
            rollbacks: Vec::new(),
            is_plain: chance.happens(40),
            at_peace: false,
            verdict: Verdict::default(),
            chance,
        };
        world.publish(false);
        for n in 0..1 + world.chance.below(2) {
            let key = world.server.add_account(n, &world.releases[0], BEGIN);
            world.accounts.push(Account {
                key,
                ledger: Ledger::default(),
                minted: BTreeSet::new(),
                confirmed: BTreeMap::new(),
                corrected: Vec::new(),
            });
            for _ in 0..1 + world.chance.below(3) {
                world.add_device(n);
            }
        }
        world
    }

    fn step(&mut self, step: usize) {
        let there: Vec<usize> = (0..self.devices.len()).filter(|at| !self.devices[*at].is_lost).collect();
        let Some(&device) = self.chance.of(&there) else { return self.add_device(0) };
        match self.chance.below(140) {
            84..=86 | 94 | 100 | 101 | 106 | 107 if self.is_plain => self.use_evening(device),
            0..=41 => {
                let word = self.devices[device].act();
                self.tell(device, word);
                if word == "erases a contact" {
                    self.judge_erased(device);
                }
            }
            42..=79 => self.exchange(device, true),
            80..=83 => {
                self.tell(device, "is killed");
                self.verdict.done.kills += 1;
                self.forget_replies(device);
                self.devices[device].kill();
            }
            84..=86 => {
                let by = self.wrong();
                self.tell(device, &format!("has a clock that is {by} ms ahead"));
                self.devices[device].pass();
                self.devices[device].clock.set(by);
            }
            87 | 88 => {
                self.tell(device, "starts anew");
                self.forget_replies(device);
                self.devices[device].kill();
                self.devices[device].clock.reboot();
            }
            89..=91 => self.deliver_late(),
            92 => {
                let days = self.chance.between(1, 20);
                self.tell(device, &format!("{days} days pass"));
                self.pass(days * DAY);
            }
            93 if step > 10 && self.releases.len() < 4 => {
                let withheld = self.chance.happens(40);
                self.tell(device, if withheld { "a release is published and lost" } else { "a release is published" });
                self.publish(withheld);
            }
            94 if there.len() < 6 => self.clone_device(device),
            95 if there.len() < 6 => {
                let account = self.chance.below(self.accounts.len());
                self.add_device(account);
            }
            96 if self.devices[device].device_id().is_some() => {
                self.tell(device, "does what a newer app does");
                self.devices[device].act_as_newer_app();
            }
            97 if self.devices[device].device_id().is_some() => {
                self.tell(device, "does something impossible");
                let release = fold_id(&self.releases[0]);
                self.devices[device].act_impossibly(&release);
            }
            98 => {
                let account = &self.accounts[self.devices[device].account];
                self.server.write_unknown(account.key, self.chance.next() % 100);
            }
            99 => self.bring_back(),
            100 if self.backups.len() < 4 => self.back_up(),
            101 if !self.backups.is_empty() => self.restore(),
            102 => {
                self.tell(device, "has a row that is damaged");
                self.devices[device].damage();
            }
            103 => {
                let days = self.chance.between(31, 60);
                self.tell(device, &format!("{days} days pass, more than the horizon"));
                self.pass(days * DAY);
            }
            106 | 107 => {
                if self.devices[device].become_version_1() {
                    self.tell(device, "has the database of an older app");
                    self.forget_replies(device);
                    self.verdict.done.migrated += 1;
                }
            }
            104 | 105 if there.len() > 1 => self.lose(device),
            110..=121 => self.use_evening(device),
            122..=126 => self.tick(),
            127..=130 => self.confirm(),
            131 | 132 => {
                self.tell(device, "reads a message");
                self.devices[device].read_message();
            }
            133..=139 => {
                let hours = self.chance.between(2, 16);
                self.say(&format!("{hours} hours pass"));
                self.pass(hours * 60 * MINUTE);
            }
            _ => self.scrub(device),
        }
    }

    /// The app is opened, with a connection or without: it syncs and plans its nudges.
    fn use_evening(&mut self, at: usize) {
        let permission = self.chance.happens(90);
        for _ in 0..1 + self.chance.below(3) {
            self.exchange(at, true);
            self.tell(at, if permission { "plans its nudges" } else { "plans without permission" });
            self.devices[at].plan(permission);
            let core = self.devices[at].core();
            let believed = core.database.read(|connection| core.now(connection)).expect("reads").server;
            let by = believed - self.now();
            if self.is_plain && by.abs() > MINUTE {
                self.verdict.diverged(format!("{}: the time is off by {by} ms", self.devices[at].name));
            }
        }
    }

    /// The server looks at whom it has to; it may be days late.
    fn tick(&mut self) {
        let now = self.now();
        let looked = self.server.tick(now);
        self.say(&format!("the server looks at {looked}"));
        self.verdict.done.looked += looked as u64;
    }

    /// The back office confirms, corrects or takes back something; some of it is old, or of no news to anybody.
    fn confirm(&mut self) {
        let now = self.now();
        let n = self.chance.below(self.accounts.len());
        // A file of earlier comes late, or once more.
        let again = self.chance.of(&self.accounts[n].corrected).filter(|_| self.chance.happens(20)).cloned();
        let confirmed = again.unwrap_or_else(|| {
            let (source, confirmed) = self.make_result(n, now);
            let account = &mut self.accounts[n];
            account.corrected.extend(account.confirmed.insert(source, confirmed.clone()));
            confirmed
        });
        self.say(&format!("account {n}: {confirmed:?}"));
        let distributor = accounts_member(&self.server.connection, self.accounts[n].key);
        self.server.confirm(vec![Reported { distributor, confirmed }], now);
        self.verdict.done.results += 1;
    }

    fn make_result(&mut self, account: usize, now: i64) -> (String, Confirmed) {
        let chance = &self.chance;
        let back = if chance.happens(20) { chance.between(4, 40) } else { chance.between(0, 2) };
        let day = Day::at(now - back * DAY, ALMATY);
        let silent = chance.happens(15);
        let known = &self.accounts[account].confirmed;
        let month = Month::of(day);
        let (source, is_sale) = match chance.below(4) {
            0 => (month.to_string(), false),
            // Of one id each account has its own.
            _ => (format!("order-{account}-{}", chance.below(6)), true),
        };
        let version = match known.get(&source) {
            Some(Confirmed::Sale { sale, .. }) => sale.version + 1,
            Some(Confirmed::Volume { volume, .. }) => volume.version + 1,
            _ => 1,
        };
        let volume = chance.between(5, 40);
        let confirmed = if is_sale {
            let (own, returned) = (chance.happens(15), version > 1 && chance.happens(50));
            let sale = Sale { version, day, volume, own, returned, silent };
            Confirmed::Sale { source: source.clone(), sale }
        } else {
            Confirmed::Volume { month, volume: Volume { version, day, customers: volume * 3, own: volume, silent } }
        };
        (source, confirmed)
    }

    /// A phone falls into a lake, with all that only it has.
    fn lose(&mut self, at: usize) {
        self.tell(at, "is lost");
        self.devices[at].pass();
        self.forget_replies(at);
        let pending = self.devices[at].pending();
        self.devices[at].is_lost = true;
        self.devices[at].kill();
        let account = self.devices[at].account;
        let mut elsewhere = BTreeSet::new();
        for other in 0..self.devices.len() {
            if !self.devices[other].is_lost && self.devices[other].account == account {
                elsewhere.extend(self.devices[other].pending());
            }
        }
        let Account { ledger, minted, .. } = &mut self.accounts[account];
        minted.retain(|id| !pending.contains(id) || elsewhere.contains(id) || ledger.knows(id));
        self.verdict.done.phones += 1;
    }

    fn back_up(&mut self) {
        self.say("a backup is taken");
        self.server.back_up(self.now());
        self.backups.push(self.accounts.iter().map(|account| account.ledger.answers()).collect());
    }

    /// A restore that the operator announced, or one that only the cursors tell, such as a replica that lagged.
    fn restore(&mut self) {
        let backup = self.chance.below(self.server.backups());
        let announced = self.chance.happens(50);
        self.say(&format!(
            "the server is as it was at backup {backup}{}",
            if announced { ", with new epochs" } else { "" }
        ));
        let held: Vec<usize> = (0..self.devices.len()).filter(|at| self.is_current(*at)).collect();
        self.server.restore(backup, announced, self.now());
        if !announced {
            let provers = held.into_iter().filter(|at| !self.is_current(*at)).collect();
            self.rollbacks.push(Rollback { at: self.now(), provers });
        }
        if announced {
            self.judge_ledger();
        }
        for (account, known) in self.accounts.iter_mut().zip(&self.backups[backup]) {
            account.ledger.restored(known, announced);
        }
        // What was published since comes back from elsewhere.
        let (newest, now) = (self.releases.len() - 1, self.now());
        let withheld = self.withheld.contains(&newest);
        self.server.publish(&self.releases[newest], now, !withheld);
        for known in 0..newest {
            if !self.withheld.contains(&known) {
                self.server.know(&self.releases[known], now);
            }
        }
        // The newest import is in the ledger as well, and what the back office confirmed.
        let csv = self.tree.csv();
        self.server.import_team(&csv, now);
        for n in 0..self.accounts.len() {
            let distributor = accounts_member(&self.server.connection, self.accounts[n].key);
            let again = self.accounts[n].confirmed.values().cloned();
            let again = again.map(|confirmed| Reported { distributor: distributor.clone(), confirmed }).collect();
            self.server.confirm(again, now);
        }
        self.verdict.done.restored += 1;
    }

    fn is_current(&mut self, at: usize) -> bool {
        let account = self.accounts[self.devices[at].account].key;
        let cursor = if self.devices[at].is_lost { None } else { self.devices[at].cursor() };
        cursor.is_some_and(|cursor| self.server.is_current(account, &cursor))
    }

    fn scrub(&mut self, at: usize) {
        let now = self.now();
        let core = self.devices[at].core();
        let scrubbed = core.database.write(|transaction| Ok((replica::digest::scrub(transaction, now)?, Nouns::NONE)));
        scrubbed.expect("reads");
    }

    /// One exchange, with whatever the network does to it.
    fn exchange(&mut self, at: usize, faults: bool) {
        if self.late.iter().any(|late| matches!(late, Late::Reply { device, .. } if *device == at)) {
            return; // It waits for a reply.
        }
        self.verdict.done.exchanges += 1;
        let pending = self.devices[at].pending();
        self.accounts[self.devices[at].account].minted.extend(pending);
        let most = if self.chance.happens(20) { 1 + self.chance.below(3) } else { limits::MUTATIONS };
        let (body, sent) =
            exchange::prepare(self.devices[at].core(), most).expect("a device that is signed in has a request");
        let token = self.devices[at].token.clone();
        let fault = if faults { self.chance.below(100) } else { 100 };
        self.verdict.done.faults += u64::from(fault < 45);
        let answer = match fault {
            0..=7 => {
                self.tell(at, "sends into the void");
                if self.chance.happens(50) {
                    self.late.push(Late::Request { device: at, token, body });
                }
                Err(TransportError::Unreachable("lost".into()))
            }
            8..=19 => {
                self.tell(at, "sends, and the reply is lost");
                self.serve(at, &token, &body);
                Err(TransportError::Unreachable("lost".into()))
            }
            20..=25 => {
                self.tell(at, "sends twice");
                let first = self.serve(at, &token, &body);
                let second = self.serve(at, &token, &body);
                Ok(if self.chance.happens(50) { first } else { second })
            }
            26..=31 => {
                self.tell(at, "gets a reply that is cut");
                let mut reply = self.serve(at, &token, &body);
                let cut = self.chance.below(reply.body.len());
                reply.body.truncate(cut);
                Ok(reply)
            }
            32..=35 => {
                self.tell(at, "meets a captive portal");
                Ok(HttpReply {
                    status: 200,
                    content_type: "text/html".into(),
                    zstd: false,
                    from: None,
                    retry_after: None,
                    body: b"<html>Please accept our terms</html>".to_vec(),
                })
            }
            36..=40 => {
                self.tell(at, "sends, and is killed before the reply is taken");
                self.serve(at, &token, &body);
                self.verdict.done.kills += 1;
                self.devices[at].kill();
                return;
            }
            41..=44 => {
                self.tell(at, "waits long for a reply");
                let reply = self.serve(at, &token, &body);
                self.late.push(Late::Reply { device: at, sent, reply });
                return;
            }
            _ => Ok(self.serve(at, &token, &body)),
        };
        self.take(at, sent, answer, false);
    }

    fn take(&mut self, at: usize, sent: Sent, answer: Result<HttpReply, TransportError>, is_late: bool) {
        let mutations = sent.mutations.clone();
        match exchange::take(self.devices[at].core(), sent, answer) {
            Ok(received) => {
                self.tell(at, &format!("takes {} rows, {} acknowledged", received.rows, received.acknowledged));
                let account = self.devices[at].account;
                if !is_late {
                    self.accounts[account].ledger.heard(&mutations);
                }
                self.repair(at);
                self.fetch_documents(at);
                self.fetch_team(at);
            }
            Err(Failure::SignInNeeded) => self.sign_in_again(at),
            Err(Failure::Fork) => self.fork(at),
            Err(Failure::Local(error)) => self.verdict.stuck(format!("{}: {error}", self.devices[at].name)),
            Err(Failure::Unreachable { .. } | Failure::NotQadam { .. } | Failure::Busy { .. }) => {}
            Err(failure) => self.verdict.stuck(format!("{}: {failure:?}", self.devices[at].name)),
        }
    }

    fn repair(&mut self, at: usize) {
        let now = self.now();
        let device = &mut self.devices[at];
        let (token, name) = (device.token.clone(), device.name.clone());
        let (was_damaged, was_migrated) = (device.was_damaged, device.was_migrated);
        let core = device.core();
        let mut rounds = 0;
        while let Some((body, asked)) = exchange::prepare_repair(core).expect("reads") {
            rounds += 1;
            if rounds > ROUNDS {
                return self.verdict.stuck(format!("{name}: a repair mends nothing"));
            }
            // A reply that came late may be that of a server that was restored since.
            let Some(body) = self.server.repair(&token, &body, now) else { return };
            let reply = HttpReply {
                status: 200,
                content_type: codec::JSON.into(),
                zstd: body.zstd,
                from: None,
                retry_after: None,
                body: body.bytes,
            };
            let held = core.database.read(all_rows).expect("reads");
            let Some(repaired) = exchange::take_repair(core, &asked, Ok(reply)).expect("a repair is taken") else {
                return;
            };
            self.verdict.done.repaired += u64::from(repaired);
            // What an older app stored is compared once, whether or not it differs.
            if !(was_damaged || was_migrated && repaired == 0) {
                let sent = core.database.read(all_rows).expect("reads");
                let mended: Vec<_> = held.iter().filter(|row| sent.get(row.0) != Some(row.1)).collect();
                let what = format!("{name}: the digests differ, and {repaired} rows that nobody damaged: {mended:?}");
                self.verdict.diverged(what);
            }
        }
    }

    /// The restored server does not know this device.
    fn sign_in_again(&mut self, at: usize) {
        self.tell(at, "signs in again");
        let now = self.now();
        let was = self.devices[at].device_id();
        let reply = self.server.sign_in(self.accounts[self.devices[at].account].key, was, now);
        self.adopt(at, &reply);
    }

    fn serve(&mut self, at: usize, token: &str, body: &Packed) -> HttpReply {
        let mishap = match self.chance.below(40) {
            _ if self.at_peace => Mishap::None,
            0 | 1 => Mishap::Ledger,
            2 => Mishap::Crash,
            _ => Mishap::None,
        };
        self.answer(at, token, body, false, mishap)
    }

    fn answer(&mut self, at: usize, token: &str, body: &Packed, is_late: bool, mishap: Mishap) -> HttpReply {
        let now = self.now();
        let account = self.devices[at].account;
        let request: SyncRequest =
            codec::unpack(&body.bytes, body.zstd, limits::BODY).expect("the engine's requests read");
        for mutation in &request.mutations {
            self.accounts[account].ledger.sends(at, mutation);
        }
        let answered = self.server.sync(token, body, now, mishap);
        if let Some((request, reply)) = &answered.exchange {
            self.accounts[account].ledger.answered(&request.mutations, &reply.acks, is_late, now, &mut self.verdict);
        }
        HttpReply {
            status: answered.status,
            content_type: codec::JSON.into(),
            zstd: answered.body.zstd,
            from: None,
            retry_after: None,
            body: answered.body.bytes,
        }
    }

    fn fork(&mut self, at: usize) {
        self.tell(at, "has a twin");
        self.verdict.done.forks += 1;
        let now = self.now();
        match self.server.fork(&self.devices[at].token.clone(), now) {
            Some(reply) => self.adopt(at, &reply),
            // The server was restored meanwhile.
            None => self.sign_in_again(at),
        }
    }

    fn adopt(&mut self, at: usize, reply: &SignInReply) {
        self.devices[at].token = reply.token.0.clone();
        let core = self.devices[at].core();
        let reading = core.clock.read();
        let adopted = core.database.write(|transaction| {
            replica::adopt(transaction, &reply.device, reply.server_time, &reading)?;
            Ok(((), Nouns::SESSION))
        });
        adopted.expect("a database takes a new device");
    }

    fn fetch_documents(&mut self, at: usize) {
        let core = self.devices[at].core();
        if let Some(wanted) = core.wanted_documents().expect("reads") {
            let held = |blob: BlobRef| Some((blob.clone(), self.blobs.get(&blob.hash)?.clone()));
            let documents: Vec<_> = wanted.into_iter().filter_map(held).collect();
            core.keep_documents(&documents).expect("keeps");
        }
        // The plan that is followed may be an older release's.
        if let Some(plan) = core.wanted_plan().expect("reads")
            && let Some(bytes) = self.blobs.get(&plan.hash)
        {
            core.keep_plan(&plan, bytes).expect("keeps");
        }
    }

    /// What a page of the team names instead of its rows.
    fn fetch_team(&mut self, at: usize) {
        let account = self.accounts[self.devices[at].account].key;
        let copy = self.folder.path().join("document.zst");
        let core = self.devices[at].core();
        let Some(Wanted::Document(wanted)) = core.team.take_wanted() else { return };
        if self.server.document(account, &wanted.document.hash, &copy).is_none() {
            return;
        }
        if !self.at_peace && self.chance.happens(20) {
            return self.cut_team(at, &wanted, &copy);
        }
        core.team.take(&core.database, &wanted, &copy).expect("a document of the server's is one");
    }

    /// A document that is cut leaves the team as it is; and so does a phone that dies over it.
    fn cut_team(&mut self, at: usize, wanted: &WantedDocument, copy: &Path) {
        self.tell(at, "gets a document that is cut");
        self.verdict.done.faults += 1;
        let mut bytes = std::fs::read(copy).expect("reads");
        let place = self.chance.below(bytes.len());
        bytes.truncate(place);
        std::fs::write(copy, bytes).expect("writes");
        let core = self.devices[at].core();
        let before = core.team.held().expect("reads");
        let taken = core.team.take(&core.database, wanted, copy);
        let after = core.team.held().expect("reads");
        if taken.is_ok() || before != after {
            self.verdict.diverged(format!("{}: a document that is cut was taken", self.devices[at].name));
        }
        if self.chance.happens(50) {
            self.forget_replies(at);
            self.verdict.done.kills += 1;
            self.devices[at].kill();
        }
    }

    fn change_tree(&mut self) {
        self.say("the company's tree changes");
        self.tree.change();
        let csv = self.tree.csv();
        self.server.import_team(&csv, self.now());
    }

    fn deliver_late(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let which = self.chance.below(self.late.len());
        match self.late.swap_remove(which) {
            Late::Request { device, token, body } => {
                self.say("a late request comes");
                self.answer(device, &token, &body, true, Mishap::None);
            }
            Late::Reply { device, sent, reply } => {
                self.tell(device, "gets a late reply");
                self.take(device, sent, Ok(reply), true);
            }
        }
    }

    /// A process that is gone takes no reply.
    fn forget_replies(&mut self, at: usize) {
        self.late.retain(|late| !matches!(late, Late::Reply { device, .. } if *device == at));
    }

    fn publish(&mut self, withheld: bool) {
        let serial = self.releases.len() as u64 + 1;
        let published = content::publish(serial, &self.chance, &mut self.blobs);
        self.server.publish(&published, self.now(), !withheld);
        self.verdict.done.releases += 1;
        self.releases.push(published);
        if withheld {
            self.withheld.push(self.releases.len() - 1);
        }
    }

    fn bring_back(&mut self) {
        if let Some(which) = self.withheld.pop() {
            self.say("a lost release is back");
            let now = self.now();
            self.server.know(&self.releases[which], now);
        }
    }

    fn add_device(&mut self, account: usize) {
        let now = self.now();
        let name = format!("device {}", self.devices.len());
        let clock = Arc::new(DeviceClock::new(self.time.clone(), self.wrong()));
        let path = self.folder.path().join(format!("{}.db", self.devices.len()));
        let media = Arc::new(MediaStore::open(&self.folder.path().join("media")).expect("a folder"));
        let mut device = Device::new(name, account, clock, path, media, self.chance.clone());
        let reply = self.server.sign_in(self.accounts[account].key, None, now);
        device.token = reply.token.0.clone();
        session::enter(device.core(), &reply).expect("a fresh database begins");
        self.devices.push(device);
        self.tell(self.devices.len() - 1, &format!("signs in to account {account}"));
    }

    fn clone_device(&mut self, at: usize) {
        self.tell(at, "is copied");
        let account = self.devices[at].account;
        self.accounts[account].ledger.has_twins = true;
        self.devices[at].is_copied = true;
        let n = self.devices.len();
        let path = self.folder.path().join(format!("{n}.db"));
        self.forget_replies(at);
        let twin = self.devices[at].clone_to(format!("device {n} (copy of {at})"), path);
        self.devices.push(twin);
    }

    /// Peace: no more faults, everything that was withheld is back, and everybody syncs until nothing moves.
    fn settle(&mut self) {
        self.say("peace");
        self.at_peace = true;
        while !self.late.is_empty() {
            self.deliver_late();
        }
        while !self.withheld.is_empty() {
            self.bring_back();
        }
        let there: Vec<usize> = (0..self.devices.len()).filter(|at| !self.devices[*at].is_lost).collect();
        for at in &there {
            self.scrub(*at);
        }
        for _ in 0..ROUNDS {
            let mut moved = false;
            // What came with the last round is looked at.
            self.pass(DELAY + 1_000);
            self.tick();
            for at in there.iter().copied() {
                // The instances look at each other in the meantime.
                self.pass(1_000);
                let before = self.fingerprint(at);
                self.exchange(at, false);
                moved |= self.fingerprint(at) != before;
            }
            if !moved {
                return;
            }
        }
        self.verdict.stuck("peace did not come".into());
    }

    fn fingerprint(&mut self, at: usize) -> (Vec<EventId>, Option<DeviceId>, String) {
        let pending = self.devices[at].pending();
        // What the server keeps stays in the outbox.
        let counts = self.devices[at].core().database.read(replica::outbox::counts).expect("reads");
        let device = self.devices[at].device_id();
        let cursors = self.devices[at].core().database.read(|connection| {
            let cursor = |stream| replica::request::cursor(connection, stream).map(|c| format!("{c:?}"));
            Ok(cursor("me")? + &cursor("catalog")?)
        });
        let team = self.devices[at].core().team.cursor().expect("reads");
        (pending, device, format!("{counts:?} {} {team:?}", cursors.expect("reads")))
    }

    fn judge(&mut self) {
        self.judge_gaps();
        for account in 0..self.accounts.len() {
            let server = self.server.rows(self.accounts[account].key);
            self.judge_server(account, &server);
            for at in 0..self.devices.len() {
                if self.devices[at].account == account && !self.devices[at].is_lost {
                    self.judge_device(at, &server);
                }
            }
        }
        evenings::judge(self);
        if !self.verdict.is_sound() {
            self.say(&format!("seed {}: {}", self.seed, self.verdict.what.join("; ")));
        }
    }

    /// The server against the model: all that it ever took, in another order.
    fn judge_server(&mut self, account: usize, server: &BTreeMap<(String, String), String>) {
        let ledger = &self.accounts[account].ledger;
        let member = accounts_member(&self.server.connection, self.accounts[account].key);
        let results = self.server.confirmed(&member);
        let reported: Vec<_> = results.iter().map(|(_, confirmed)| confirmed.clone()).collect();
        let mut expected: Vec<_> = self.accounts[account].confirmed.values().cloned().collect();
        expected.sort_by_key(|confirmed| reported.iter().position(|known| known == confirmed));
        if reported != expected {
            self.verdict.lost(format!("account {account}: {reported:?} is confirmed, not {expected:?}"));
        }
        let (mut state, quizzes) = ledger.state(&self.server.releases(), &results, &self.chance);
        let attempts: u64 = state.lessons().map(|(_, lesson)| u64::from(lesson.attempts)).sum();
        if attempts != quizzes {
            self.verdict.doubled(format!("{quizzes} quizzes make {attempts} attempts"));
        }
        let expected: Vec<_> = state.take_changes();
        for row in expected.iter().filter(|row| row.kind != fold::kind::NUDGE) {
            let key = (row.kind.to_string(), row.id.clone());
            match (&row.value, server.get(&key)) {
                (Some(value), Some(known)) if value == known => {}
                (None, None) => {}
                (value, known) => {
                    let what = format!("account {account}: {} {} is {known:?}, not {value:?}", row.kind, row.id);
                    if known.is_none() { self.verdict.lost(what) } else { self.verdict.diverged(what) }
                }
            }
        }
        let follows = |kind: &str| kind != fold::kind::NUDGE && fold::kind::ALL.contains(&kind);
        for (kind, id) in server.keys().filter(|(kind, _)| follows(kind)) {
            if !expected.iter().any(|row| row.kind == kind && row.id == *id) {
                self.verdict.doubled(format!("account {account}: {kind} {id} follows from nothing"));
            }
        }
        for ((kind, id), record) in ledger.records(&self.chance) {
            let value = serde_json::to_string(&record).expect("a record is JSON");
            match server.get(&(kind.clone(), id.clone())) {
                Some(known) if *known == value => {}
                // Of an erasure that was never answered the ledger may tell, where the server died in between.
                Some(known) if known == ERASED && ledger.asks_to_erase(&kind, &id) => {}
                None => self.verdict.lost(format!("account {account}: {kind} {id} is not there")),
                Some(known) => self.verdict.diverged(format!("account {account}: {kind} {id} is {known}, not {value}")),
            }
        }
        for id in self.accounts[account].minted.iter().filter(|id| !ledger.knows(id)) {
            self.verdict.lost(format!("account {account}: {id} never reached the server"));
        }
        let kept = server.keys().filter(|(kind, _)| kind == KEPT_KIND).count();
        self.verdict.done.kept += kept as u64;
        if kept != ledger.of_a_newer_app() {
            self.verdict
                .stuck(format!("account {account}: {kept} kept, {} are a newer app's", ledger.of_a_newer_app()));
        }
        self.verdict.done.refused += ledger.refused().count() as u64;
        for (kind, id) in self.server.told_of(self.accounts[account].key).intersection(&ledger.erased()) {
            self.verdict.diverged(format!("account {account}: of the erased {kind} {id} a mutation's values are left"));
        }
        self.judge_nudges(account, &member, &state, server);
    }

    /// What phones noted of nudges is the server's; and what it has beside that, it decided itself.
    fn judge_nudges(
        &mut self,
        account: usize,
        member: &str,
        state: &State,
        server: &BTreeMap<(String, String), String>,
    ) {
        for (id, noted) in state.nudges() {
            let Some(value) = server.get(&(fold::kind::NUDGE.to_string(), id.to_string())) else {
                self.verdict.lost(format!("account {account}: nudge {id} is not there"));
                continue;
            };
            let held: Noted = serde_json::from_str(value).expect("a nudge's row");
            let became = |noted: &Noted| (noted.shown, noted.opened, noted.dismissed);
            let is_same = match held.from_server {
                true => held.decision <= noted.decision && held.at <= noted.at && became(&held) == became(noted),
                false => held == *noted,
            };
            if !is_same {
                self.verdict.diverged(format!("account {account}: nudge {id} is {held:?}, not {noted:?}"));
            }
        }
        for ((_, id), value) in server.iter().filter(|((kind, _), _)| kind == fold::kind::NUDGE) {
            let held: Noted = serde_json::from_str(value).expect("a nudge's row");
            let is_noted = state.nudges().any(|(known, _)| known.as_str() == id);
            if !is_noted && !held.from_server {
                self.verdict.doubled(format!("account {account}: nudge {id} follows from nothing"));
            }
            if held.decision.id(member).as_str() != id {
                self.verdict.doubled(format!("account {account}: nudge {id} is of another window: {held:?}"));
            }
        }
        self.verdict.done.nudges += server.keys().filter(|(kind, _)| kind == fold::kind::NUDGE).count() as u64;
    }

    /// What the server lost and nobody brought back is reported.
    fn judge_gaps(&mut self) {
        let gaps = self.server.gaps();
        // Where all who could prove a rollback are gone, nobody can know of it.
        let is_known = |rollback: &Rollback| rollback.provers.iter().any(|at| !self.devices[*at].is_lost);
        let unknown = self.rollbacks.iter().filter(|rollback| !is_known(rollback)).map(|rollback| rollback.at).max();
        // Where one of two copies is back under the id that they share, nobody can know of the other.
        let is_gone_copy = |at: &usize| self.devices[*at].is_lost && self.devices[*at].is_copied;
        for (n, account) in self.accounts.iter().enumerate() {
            let member = accounts_member(&self.server.connection, account.key);
            for (id, at, by) in account.ledger.lost() {
                let told = gaps.iter().any(|gap| {
                    gap.distributor == member && gap.since.is_none_or(|since| since <= at) && at <= gap.until
                });
                if told {
                    self.verdict.done.reported += 1;
                } else if unknown.is_some_and(|unknown| at <= unknown) || by.iter().all(is_gone_copy) {
                    self.verdict.done.unknown += 1;
                } else {
                    self.verdict.lost(format!("account {n}: {id} is lost, and no gap tells of it"));
                }
            }
        }
    }

    /// What the ledger says was done again before anybody is served.
    fn judge_ledger(&mut self) {
        for (n, account) in self.accounts.iter().enumerate() {
            let rows = self.server.rows(account.key);
            for (kind, id) in account.ledger.erased() {
                if let Some(value) = rows.get(&(kind.clone(), id.clone())).filter(|value| *value != ERASED) {
                    self.verdict.diverged(format!("account {n}: the erased {kind} {id} is back as {value}"));
                }
            }
        }
    }

    /// Of what is erased nothing is left on the phone that erased it.
    fn judge_erased(&mut self, at: usize) {
        for (kind, id) in self.devices[at].erased_and_told_of() {
            let name = &self.devices[at].name;
            self.verdict.diverged(format!("{name}: of the erased {kind} {id} values are left"));
        }
    }

    /// A device against the server: the same rows, nothing waiting, each refusal shown.
    fn judge_device(&mut self, at: usize, server: &BTreeMap<(String, String), String>) {
        let name = self.devices[at].name.clone();
        let held = self.devices[at].core().database.read(all_rows).expect("reads");
        for (key, value) in server {
            if held.get(key) != Some(value) {
                self.verdict.diverged(format!("{name}: {} {} is {:?}, not {value}", key.0, key.1, held.get(key)));
            }
        }
        for key in held.keys().filter(|key| !server.contains_key(*key)) {
            self.verdict.diverged(format!("{name}: {} {} is not the server's", key.0, key.1));
        }
        let contacts = self.devices[at].core().database.read(shown_and_visible).expect("reads");
        if contacts.0 != contacts.1 {
            self.verdict.diverged(format!("{name}: {:?} are shown, {:?} are visible", contacts.0, contacts.1));
        }
        let leader = accounts_member(&self.server.connection, self.accounts[self.devices[at].account].key);
        let team = self.devices[at].core().team.rows().expect("reads");
        if team != self.tree.seen_by(&leader) {
            self.verdict.diverged(format!("{name}: the team of {leader} is not the company's"));
        }
        let mismatches = self.devices[at].core().team.mismatches();
        if mismatches > 0 {
            self.verdict.diverged(format!("{name}: the team did not fit {mismatches} times"));
        }
        self.judge_erased(at);
        let (waiting, _) = self.devices[at].core().database.read(replica::outbox::counts).expect("reads");
        if waiting > 0 {
            self.verdict.stuck(format!("{name}: {waiting} still wait"));
        }
        let account = self.devices[at].account;
        for id in self.devices[at].refused() {
            if !self.accounts[account].ledger.refused().any(|refused| refused.to_string() == id) {
                self.verdict.diverged(format!("{name}: {id} is shown as refused and was not"));
            }
        }
        self.verdict.done.mutations += held.len() as u64;
    }

    fn wrong(&self) -> i64 {
        match self.chance.below(4) {
            0 => self.chance.between(-TEN_YEARS, TEN_YEARS),
            1 => self.chance.between(-DAY, DAY),
            _ => self.chance.between(-30_000, 30_000),
        }
    }

    pub fn now(&self) -> i64 {
        *self.time.lock()
    }

    fn pass(&mut self, millis: i64) {
        *self.time.lock() += millis;
    }

    fn tell(&self, at: usize, what: &str) {
        if self.trace {
            println!("{:>9} s  {}: {what}", (self.now() - BEGIN) / 1_000, self.devices[at].name);
        }
    }

    fn say(&self, what: &str) {
        if self.trace {
            println!("{:>9} s  {what}", (self.now() - BEGIN) / 1_000);
        }
    }
}

/// The company's id of an account.
pub fn accounts_member(connection: &qadam_backend::store::Connection, account: i64) -> String {
    let sql = "SELECT distributor FROM account WHERE id = ?1";
    connection.query_row(sql, [account], |row| row.get(0)).expect("an account")
}

fn fold_id(published: &Published) -> String {
    published.manifest.release.hash.to_string()
}

fn all_rows(connection: &Connection) -> qadam_engine::Result<BTreeMap<(String, String), String>> {
    let mut statement = connection.prepare("SELECT kind, id, value FROM row WHERE stream = 'me'")?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The contacts that are shown, and those that should be.
fn shown_and_visible(connection: &Connection) -> qadam_engine::Result<(Vec<String>, Vec<String>)> {
    let mut statement = connection.prepare("SELECT id FROM contact ORDER BY id")?;
    let shown = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut visible = Vec::new();
    for ((kind, id), value) in all_rows(connection)? {
        if kind != "contact" {
            continue;
        }
        let record = rows::read(&value)?;
        let written = record.fields.values().map(|field| &field.1).max();
        if !record.erased && written.is_some_and(|written| record.deleted.as_ref().is_none_or(|d| written > d)) {
            visible.push(id);
        }
    }
    Ok((shown, visible))
}
