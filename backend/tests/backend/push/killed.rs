//! A real server that is killed between sending and noting.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use parking_lot::Mutex;
use qadam_backend::accounts;
use qadam_backend::config::now;
use qadam_backend::error::Error;
use qadam_backend::publish;
use qadam_backend::push::outbox::{self, LEASE};
use qadam_backend::push::{self, To};
use qadam_backend::store::{Connection, Database, atomically};
use qadam_protocol::push::{Push, Registration};

use super::{alert, apns_token, eventually, fcm_token};
use crate::support::{Place, compiled, random, user};
use qadam_vendors::{ApnsKey, Clock, Settings, Vendor};

struct Server(Arc<Mutex<Child>>);

impl Server {
    /// Once it answers.
    fn start(place: &Place, settings: &Settings) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qadam-backend"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--push"]).arg(&settings.file);
        command.arg("--data").arg(place.folder.path());
        if let Database::Postgres(url) = &place.database {
            command.env("QADAM_DATABASE", url);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("reads");
        assert!(line.starts_with("listening on "), "{line}");
        Self(Arc::new(Mutex::new(child)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut child = self.0.lock();
        child.kill().ok();
        child.wait().ok();
    }
}

/// A phone, and a message for it.
fn prepare(conn: &Connection, registration: Registration) -> Result<(), Error> {
    let releases = publish::releases(conn).expect("reads");
    let release = releases.newest_up_to(u64::MAX).expect("one").release.clone();
    let account = accounts::add_user(conn, &release, &user("aigul"), now(), &mut random).expect("adds").account;
    conn.execute("DELETE FROM push_round", []).expect("writes");
    let phone = accounts::register_device(conn, account, "phone", now(), &mut random).expect("signs in");
    push::tokens::take(conn, phone.session.device_key, &Push::Registered(registration), now()).expect("writes");
    assert_eq!(push::enqueue(conn, To::Account(account), &alert("n1", now()))?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_between_sending_and_noting_is_followed_by_the_next_and_the_phone_shows_it_once() {
    let clock: Clock = Arc::new(now);
    let key = ApnsKey::generate();
    let (fcm, apns) = (Vendor::fcm(&clock).await, Vendor::apns(&clock, &key).await);
    let settings = Settings::new(&fcm, &apns, &apns, &key);
    for (vendor, registration) in [(&fcm, fcm_token("one")), (&apns, apns_token(1))] {
        let place = Place::new();
        place.publish(&compiled(&["one"]));
        let token = registration.token.0.clone();
        let work = |conn: &Connection| atomically(conn, || prepare(conn, registration));
        place.beside(work).expect("writes");
        let held: Arc<Mutex<Option<Arc<Mutex<Child>>>>> = Arc::default();
        let victim = held.clone();
        vendor.then(move || {
            // It may be faster than who started it.
            while victim.lock().is_none() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let child = victim.lock().take().expect("is there");
            let mut child = child.lock();
            // SIGKILL: it notes nothing any more.
            child.kill().expect("is killed");
            child.wait().expect("ends");
        });
        let server = Server::start(&place, &settings);
        *held.lock() = Some(server.0.clone());
        eventually("it is sent", || vendor.got().len() == 1).await;
        eventually("it is dead", || server.0.lock().try_wait().expect("asks").is_some()).await;
        // What nobody answers for is due again when its lease ends.
        let passes = |conn: &Connection| conn.execute("UPDATE push SET due = due - ?1", [LEASE]);
        assert_eq!(place.beside(passes).expect("writes"), 1);
        let _next = Server::start(&place, &settings);
        eventually("it is noted", || place.beside(outbox::count).expect("reads") == 0).await;
        assert_eq!((vendor.got().len(), vendor.shown(&token)), (2, 1));
    }
}
