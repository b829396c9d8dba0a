use qadam_backend::accounts::{self, Session, SignedIn};
use qadam_backend::gaps::{self, Gap};
use qadam_backend::ledger::Entry;
use qadam_backend::store::{self, Connection, StoreError};
use qadam_backend::streams;
use qadam_domain::ids::DeviceId;
use qadam_domain::time::MINUTE;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::sync::{Acknowledged, Cursor, ME};

use crate::support::{NOW, World, id, mutation, put, random, request};

/// A world whose phones the ledger knows.
struct Company {
    world: World,
    ledger: Vec<Entry>,
}

impl Company {
    fn new() -> Self {
        Self { world: World::new(), ledger: Vec::new() }
    }

    fn sign_in(&mut self, was: Option<&SignedIn>) -> SignedIn {
        let signed = self.world.sign_in();
        let was = was.map(|was| was.session.device.clone());
        if let Some(was) = &was {
            accounts::succeed(&self.world.conn, &signed, was).expect("writes");
        }
        self.ledger.push(accounts::entry_of(&signed, was, self.world.now));
        signed
    }

    fn copy(&self) -> Connection {
        let (from, copy) = (&self.world.conn, store::open_in_memory().expect("opens"));
        let copied: Result<(), StoreError> =
            from.snapshot(|| store::atomically(&copy, || store::copy_all(from, &copy)));
        copied.expect("copies");
        copy
    }

    fn session(&self, signed: &SignedIn) -> Session {
        accounts::session_of(&self.world.conn, &accounts::hash_of(&signed.token.0), self.world.now).expect("is known")
    }

    /// Asks for what is new, and gives the cursor then.
    fn ask(&self, signed: &SignedIn, cursor: Option<Cursor>) -> Cursor {
        let reply = self.world.try_sync(&self.session(signed), &request(Vec::new(), cursor.clone())).expect("syncs");
        reply.streams.get(ME).map(|page| page.cursor.clone()).or(cursor).expect("a cursor")
    }

    fn gaps(&self) -> Vec<DeviceId> {
        gaps::list(&self.world.conn).expect("reads").into_iter().map(|gap| gap.device).collect()
    }
}

fn devices(signed: &[&SignedIn]) -> Vec<DeviceId> {
    let mut devices: Vec<DeviceId> = signed.iter().map(|signed| signed.session.device.clone()).collect();
    devices.sort_by_key(DeviceId::to_string);
    devices
}

#[test]
fn a_phone_that_has_not_been_back_is_a_gap() {
    let mut company = Company::new();
    let (back, lost) = (company.sign_in(None), company.sign_in(None));
    let cursor = company.ask(&back, None);
    let copy = company.copy();
    company.ledger.push(Entry::BackedUp { serial: store::serial(&copy).expect("reads"), at: NOW });
    company.world.now += 60 * MINUTE;
    let unknown = company.sign_in(None);
    company.world.sync(&company.session(&lost), vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))]);
    let ahead = company.ask(&back, Some(cursor));

    company.world.conn = copy;
    let (conn, now) = (&company.world.conn, company.world.now);
    let since = gaps::taken(&company.ledger, store::serial(conn).expect("reads"));
    assert_eq!(since, Some(NOW));
    gaps::note(conn, since, now).expect("writes");
    gaps::find(conn, &company.ledger, now).expect("writes");
    streams::rotate_all(conn, &mut random).expect("writes");
    assert_eq!(company.gaps(), devices(&[&back, &lost, &unknown]));
    assert_eq!(gaps::count(conn).expect("reads"), 3);

    let anew = company.ask(&back, Some(ahead));
    assert_eq!(company.gaps().len(), 3, "it may have to send something yet");
    company.ask(&back, Some(anew.clone()));
    assert_eq!(company.gaps(), devices(&[&lost, &unknown]));
    let known_again = company.sign_in(Some(&unknown));
    assert_eq!(company.gaps(), devices(&[&lost, &known_again]));
    company.ask(&known_again, Some(anew));
    let told = gaps::list(&company.world.conn).expect("reads");
    let distributor = lost.distributor.id.clone();
    let gap = Gap { device: lost.session.device.clone(), distributor, since: Some(NOW), until: now, revisions: 1 };
    assert_eq!(told, [gap]);
    // A start finds nothing new.
    gaps::find(&company.world.conn, &company.ledger, now).expect("writes");
    assert_eq!(company.gaps(), devices(&[&lost]));
    assert_eq!(gaps::forget(&company.world.conn, Some(&back.session.device), now).expect("writes"), 0);
    assert_eq!(gaps::forget(&company.world.conn, None, now).expect("writes"), 1);
    assert_eq!(company.gaps(), []);
}

#[test]
fn a_phone_proves_a_restore_that_nobody_announced() {
    let mut company = Company::new();
    let (back, lost) = (company.sign_in(None), company.sign_in(None));
    let old = company.ask(&back, None);
    let copy = company.copy();
    company.world.sync(&company.session(&lost), vec![mutation(1, 1, &put("c1", NOW, &[("name", "Dana")]))]);
    let ahead = company.ask(&back, Some(old.clone()));
    company.world.conn = copy;
    gaps::find(&company.world.conn, &company.ledger, NOW).expect("writes");
    assert_eq!(company.gaps(), [], "there is nothing to know it by");

    let anew = company.ask(&back, Some(ahead.clone()));
    assert_ne!(anew.epoch, ahead.epoch);
    assert_eq!(company.gaps(), devices(&[&back, &lost]));
    company.ask(&back, Some(anew.clone()));
    let told = gaps::list(&company.world.conn).expect("reads");
    assert_eq!((told.len(), told[0].since, told[0].revisions), (1, None, 1));
    // What was on its way for long tells nothing new.
    company.ask(&back, Some(ahead));
    company.ask(&back, Some(old));
    assert_eq!(company.gaps(), devices(&[&lost]));
    // Nor does one who begins anew of its own accord.
    company.ask(&back, Some(Cursor { epoch: String::new(), ..anew.clone() }));
    assert_eq!(company.gaps(), devices(&[&lost]));
    // One that makes histories up does so a few times a day.
    for n in 0..20 {
        company.ask(&back, Some(Cursor { epoch: format!("{n:016x}"), ..anew.clone() }));
        company.ask(&back, Some(anew.clone()));
    }
    let count = "SELECT count(*) FROM restore";
    let restores: u64 = company.world.conn.query_row(count, [], |row| row.get(0)).expect("reads");
    assert_eq!(restores, 10);
}

#[test]
fn what_the_server_once_acknowledged_proves_a_restore() {
    let mut company = Company::new();
    let (back, lost) = (company.sign_in(None), company.sign_in(None));
    let session = company.session(&back);
    let mut asks = request(Vec::new(), None);
    asks.acknowledged = Some(Acknowledged { seq: 3, id: id(3) });
    let refused = qadam_backend::sync::sync(
        &company.world.conn,
        &company.world.releases,
        &session,
        &asks,
        NOW,
        &mut random,
        &|_| Ok(()),
    );
    let refused = refused.expect_err("the server lacks it");
    assert_eq!(refused.code(), ErrorCode::Gap);
    qadam_backend::sync::note_refusal(&company.world.conn, &session, refused.code(), NOW).expect("writes");
    assert_eq!(company.gaps(), devices(&[&back, &lost]));
    // It goes on as another device.
    let forked = accounts::fork(&company.world.conn, &session, NOW, &mut random).expect("forks");
    accounts::succeed(&company.world.conn, &forked, &session.device).expect("writes");
    assert_eq!(company.gaps(), devices(&[&forked, &lost]));
    // Of two phones with one id, the other may still have sent something.
    qadam_backend::sync::note_refusal(&company.world.conn, &company.session(&lost), ErrorCode::Fork, NOW)
        .expect("writes");
    let twin = accounts::fork(&company.world.conn, &company.session(&lost), NOW, &mut random).expect("forks");
    accounts::succeed(&company.world.conn, &twin, &lost.session.device).expect("writes");
    assert_eq!(company.gaps(), devices(&[&forked, &lost, &twin]));
}

#[test]
fn the_ledger_proves_a_restore() {
    let mut company = Company::new();
    let copy = company.copy();
    let lost = company.sign_in(None);
    company.world.conn = copy;
    gaps::find(&company.world.conn, &company.ledger, NOW).expect("writes");
    assert_eq!(company.gaps(), devices(&[&lost]));
    company.ledger.push(Entry::SignedOut { device: lost.session.device.clone(), at: NOW });
    gaps::find(&company.world.conn, &company.ledger, NOW).expect("writes");
    assert_eq!(company.gaps(), [], "it was signed out");
}
