//! Pushes: who is registered, what waits, and what the vendors get.

mod apns;
mod fcm;
mod killed;
mod outbox;
mod sender;
mod shown;
mod tokens;

use std::sync::Arc;
use std::time::{Duration, Instant};

use qadam_backend::accounts::SignedIn;
use qadam_backend::error::Error;
use qadam_backend::push::config::Config;
use qadam_backend::push::sender::Sender;
use qadam_backend::push::{self, Alert, To};
use qadam_backend::store::Connection;
use qadam_domain::company::Locale;
use qadam_domain::time::{MINUTE, Millis};
use qadam_protocol::accounts::Secret;
use qadam_protocol::mutation::Body as Say;
use qadam_protocol::push::{Push, Registration, Vendor as Whose};
use qadam_protocol::sync::{AckStatus, SyncReply};

use crate::support::{Site, mutation, request};
use qadam_vendors::{ApnsKey, Clock, Settings, TOPIC, Vendor};

/// A token as FCM gives it.
pub fn fcm_token(name: &str) -> Registration {
    registration(Whose::Fcm, &format!("{name}:APA91bHun4MxP5egoKMwt2KZFBaFUH"), None)
}

/// A token as APNs gives it.
pub fn apns_token(n: u64) -> Registration {
    registration(Whose::Apns, &format!("{n:064x}"), Some(TOPIC.into()))
}

fn registration(vendor: Whose, token: &str, app: Option<String>) -> Registration {
    Registration { vendor, token: Secret(token.into()), app, sandbox: false, permission: true, locale: Locale::Kk }
}

/// An alert that may be shown for an hour.
pub fn alert(id: &str, now: Millis) -> Alert<'_> {
    let (rule, title, body) = ("first-sale", "first_sale_title", "first_sale_body");
    Alert { id, rule, title, body, due: now, expires: now + 60 * MINUTE }
}

/// Waits for what comes by itself.
pub async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Long enough for whatever would come.
pub async fn a_while() {
    tokio::time::sleep(Duration::from_millis(1_300)).await;
}

/// A company, its server, and the vendors.
pub struct Yard {
    pub site: Site,
    pub fcm: Vendor,
    pub apns: Vendor,
    pub sandbox: Vendor,
    pub key: ApnsKey,
    pub settings: Settings,
    sender: Option<Sender>,
    seq: std::cell::Cell<u64>,
}

impl Yard {
    /// Nothing is sent yet.
    pub async fn still() -> Self {
        let site = Site::new().await;
        // The company's first publication woke everybody.
        site.place.beside(|conn| conn.execute("DELETE FROM push_round", []).map(drop)).expect("writes");
        let clock = clock(&site);
        let key = ApnsKey::generate();
        let (fcm, apns) = (Vendor::fcm(&clock).await, Vendor::apns(&clock, &key).await);
        let sandbox = Vendor::apns(&clock, &key).await;
        let settings = Settings::new(&fcm, &apns, &sandbox, &key);
        Self { site, fcm, apns, sandbox, key, settings, sender: None, seq: std::cell::Cell::new(0) }
    }

    pub async fn new() -> Self {
        let mut yard = Self::still().await;
        yard.start();
        yard
    }

    pub fn start(&mut self) {
        self.sender = Some(Sender::start(&self.site.app, Config::open(&self.settings.file).expect("settings")));
    }

    /// What is under way is answered and noted.
    pub async fn stop(&mut self) {
        self.sender.take().expect("runs").stop().await;
    }

    /// As a power cut does.
    pub fn kill(&mut self) {
        self.sender.take().expect("runs").kill();
    }

    /// A new person's phone.
    pub async fn phone(&self, login: &str, registration: Registration) -> SignedIn {
        let phone = self.site.join(login).await;
        self.register(&phone, registration).await;
        phone
    }

    /// The phone's first word on how it can be woken.
    pub async fn register(&self, phone: &SignedIn, registration: Registration) {
        assert_eq!(self.say(phone, 1, Push::Registered(registration)).await, AckStatus::Applied);
    }

    pub async fn say(&self, phone: &SignedIn, seq: u64, push: Push) -> AckStatus {
        self.seq.set(self.seq.get() + 1);
        let mut sent = request(vec![mutation(seq, 1_000 + self.seq.get(), &Say::Push(push))], None);
        sent.now.wall = self.site.app.now();
        sent.now.mono = sent.now.wall;
        sent.mutations[0].at.wall = sent.now.wall;
        sent.mutations[0].at.mono = sent.now.mono;
        let reply: SyncReply = self.site.post("/v1/sync", Some(&phone.token.0), &sent).await.json();
        reply.acks[0].status.clone()
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.site.app.store.write(work).await.expect("writes")
    }

    /// Gives to how many it goes.
    pub async fn enqueue(&self, phone: &SignedIn, id: &'static str) -> usize {
        let (account, now) = (phone.session.account, self.site.app.now());
        self.write(move |conn| push::enqueue(conn, To::Account(account), &alert(id, now))).await
    }

    pub async fn wake(&self, phone: &SignedIn) -> usize {
        let (account, now) = (phone.session.account, self.site.app.now());
        self.write(move |conn| push::wake(conn, account, now)).await
    }

    /// Messages that wait or are on their way.
    pub fn waiting(&self) -> u64 {
        self.site.place.beside(|conn| push::outbox::count(conn).expect("reads"))
    }

    pub async fn nothing_waits(&self) {
        eventually("something waits", || self.waiting() == 0).await;
    }

    /// The tokens that can be used, by rising token.
    pub fn tokens(&self) -> Vec<(i64, String)> {
        tokens(&self.site)
    }

    pub fn metric(&self, line: &str) -> u64 {
        let text = self.site.app.metrics.text(0, 0);
        let value = text.lines().find_map(|told| told.strip_prefix(line)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("{line} in {text}")).parse().expect("a number")
    }
}

pub fn tokens(site: &Site) -> Vec<(i64, String)> {
    site.place.beside(|conn| {
        let sql = "SELECT device, token FROM push_token WHERE token IS NOT NULL ORDER BY token";
        let mut statement = conn.prepare_cached(sql).expect("SQL");
        statement.query_all([], |row| Ok((row.get(0)?, row.get(1)?))).expect("reads")
    })
}

pub fn clock(site: &Site) -> Clock {
    let app = site.app.clone();
    Arc::new(move || app.now())
}
