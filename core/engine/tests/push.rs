//! What the server is told of how this device can be woken: once, and again where something is new.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qadam_domain::company::{Distributor, Locale};
use qadam_domain::ids::{CompanyId, DeviceId, MarketId};
use qadam_domain::release::Releases;
use qadam_domain::time::{DAY, Day, Millis};
use qadam_engine::core::{Core, Tools};
use qadam_engine::database::Changes;
use qadam_engine::media::MediaStore;
use qadam_engine::platform::{Clock, Reading, SystemRandom};
use qadam_engine::push::{self, PushToken, PushVendor};
use qadam_engine::replica::Sent;
use qadam_engine::{EngineError, replica, session, settings};
use qadam_protocol::accounts::{Secret, SignInReply};
use qadam_protocol::mutation::{Body, Mutation};
use qadam_protocol::push::{Push, Registration};
use qadam_protocol::sync::{Cursor, Page, SyncReply};

const NOW: Millis = 1_772_323_200_000;

/// A clock that is right.
#[derive(Default)]
struct Time(AtomicI64);

impl Clock for Time {
    fn read(&self) -> Reading {
        let passed = self.0.load(Ordering::SeqCst);
        Reading { wall: NOW + passed, boot: "boot".into(), mono: passed }
    }
}

struct Phone {
    core: Core,
    time: Arc<Time>,
}

impl Phone {
    fn new(folder: &Path) -> Self {
        let time = Arc::<Time>::default();
        let tools = Tools {
            clock: time.clone(),
            zone: Arc::new(|_| 300),
            random: Arc::new(SystemRandom),
            media: Arc::new(MediaStore::open(&folder.join("media")).expect("opens")),
        };
        let core = Core::open(&folder.join("a.db"), Changes::default(), tools, Locale::Kk).expect("opens");
        let phone = Self { core, time };
        phone.sign_in("0123456789abcdef");
        phone
    }

    fn sign_in(&self, device: &str) {
        let reply = SignInReply {
            token: Secret("token".into()),
            device: DeviceId::new(device).expect("16 digits"),
            account: "a".into(),
            company: CompanyId::new("company").expect("a slug"),
            distributor: Distributor {
                id: "1001".into(),
                name: "Aigul".into(),
                market: MarketId::new("kz").expect("a slug"),
                locale: Locale::Kk,
                sponsor: None,
                sponsor_name: None,
                mentor: None,
                mentor_name: None,
                joined: Day(20_000),
                more: serde_json::Map::new(),
            },
            server_time: NOW + self.time.0.load(Ordering::SeqCst),
        };
        session::enter(&self.core, &reply).expect("enters");
    }

    fn say(&self, token: Option<&PushToken>) {
        push::set(&self.core, token).expect("writes");
    }

    fn waiting(&self) -> Vec<Mutation> {
        self.core.database.read(|connection| replica::outbox::waiting(connection, 100)).expect("reads")
    }

    /// What was said of pushes, in its order.
    fn said(&self) -> Vec<Push> {
        let push = |mutation: Mutation| match Body::decode(&mutation.name, mutation.v, &mutation.body) {
            Ok(Body::Push(push)) => Some(push),
            _ => None,
        };
        self.waiting().into_iter().filter_map(push).collect()
    }
}

fn token(token: &str) -> PushToken {
    PushToken { vendor: PushVendor::Fcm, token: token.into(), app: None, sandbox: false, permission: true }
}

fn registered(token: &PushToken, locale: Locale) -> Push {
    let PushToken { vendor, token, app, sandbox, permission } = token.clone();
    Push::Registered(Registration { vendor: vendor.into(), token: Secret(token), app, sandbox, permission, locale })
}

#[test]
fn the_server_is_told_once_and_again_where_something_is_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let phone = Phone::new(folder.path());
    phone.say(None);
    assert_eq!(phone.said(), [], "it never knew of any");
    let (one, two) = (token("one"), PushToken { permission: false, ..token("one") });
    phone.say(Some(&one));
    phone.say(Some(&one));
    phone.say(Some(&two));
    let mut expected = vec![registered(&one, Locale::Kk), registered(&two, Locale::Kk)];
    assert_eq!(phone.said(), expected);
    // In the language that the person chooses.
    settings::set_locale(&phone.core, "ru").expect("writes");
    settings::set_media(&phone.core, true, 64 << 20).expect("writes");
    phone.say(Some(&two));
    expected.push(registered(&two, Locale::Ru));
    assert_eq!(phone.said(), expected);
    phone.say(None);
    phone.say(None);
    expected.push(Push::Withdrawn);
    assert_eq!(phone.said(), expected);
    phone.say(Some(&two));
    expected.push(registered(&two, Locale::Ru));
    assert_eq!(phone.said(), expected);
    let seqs: Vec<u64> = phone.waiting().iter().map(|mutation| mutation.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
}

#[test]
fn it_is_said_again_after_a_month_and_by_another_device_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let phone = Phone::new(folder.path());
    let one = token("one");
    phone.say(Some(&one));
    phone.time.0.store(29 * DAY, Ordering::SeqCst);
    phone.say(Some(&one));
    assert_eq!(phone.said().len(), 1);
    phone.time.0.store(31 * DAY, Ordering::SeqCst);
    phone.say(Some(&one));
    assert_eq!(phone.said().len(), 2);
    // The phone goes on as another device: whoever it was is not woken any more, without a word of the app.
    phone.sign_in("fedcba9876543210");
    assert_eq!(phone.said(), vec![registered(&one, Locale::Kk); 3]);
    phone.sign_in("fedcba9876543210");
    assert_eq!(phone.said().len(), 3);
}

#[test]
fn it_is_said_again_to_a_server_with_another_history() {
    let folder = tempfile::tempdir().expect("a folder");
    let phone = Phone::new(folder.path());
    phone.say(Some(&token("one")));
    for (epoch, said) in [("first", 1), ("first", 1), ("restored", 2)] {
        let cursor = Cursor { epoch: epoch.into(), rev: 0, tag: epoch.into() };
        let reset = epoch == "restored";
        let (rows, echoes) = (Vec::new(), Vec::new());
        let page = Page { cursor, reset, more: false, rows, echoes, digest: None, team: None };
        let streams = [("me".to_string(), page)].into();
        let reply = SyncReply { server_time: NOW, acks: Vec::new(), streams, backed: None };
        let reading = phone.time.read();
        let received = phone.core.database.write(|transaction| {
            let sent = Sent { at: reading.clone(), ..Sent::default() };
            let received = replica::receive(transaction, &Releases::default(), &sent, &reply, &reading)?;
            Ok(((), received.nouns))
        });
        received.expect("is taken");
        phone.say(Some(&token("one")));
        assert_eq!(phone.said().len(), said, "{epoch}");
    }
}

#[test]
fn what_is_no_token_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let phone = Phone::new(folder.path());
    for (wrong, field) in [
        (token(""), "token"),
        (token("two words"), "token"),
        (PushToken { vendor: PushVendor::Apns, ..token("00ff") }, "token"),
        (token(&"x".repeat(5_000)), "length"),
    ] {
        let refused = push::set(&phone.core, Some(&wrong)).err();
        assert_eq!(refused, Some(EngineError::Invalid { field: field.into() }));
    }
    assert_eq!(phone.said(), []);
    assert!(!format!("{:?}", token("dQw4w9WgXcQ")).contains("dQw4"), "no log has it");
}
