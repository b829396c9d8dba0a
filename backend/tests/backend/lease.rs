//! Which device of an account shows notifications.

use qadam_backend::accounts::{self, SignedIn};
use qadam_domain::time::{DAY, Millis};
use qadam_protocol::mutation::{Body as Say, Mutation};
use qadam_protocol::nudges::{Ask, Lease};
use qadam_protocol::sync::{AckStatus, RefusalCode};

use crate::support::{World, mutation, put};

fn ask(seq: u64, n: u64, ask: Ask) -> Mutation {
    mutation(seq, n, &Say::Lease(ask))
}

fn lease(world: &World, of: &SignedIn) -> Option<Lease> {
    let row = world.me(&of.session).remove("lease/mine").filter(|row| !row.is_null())?;
    Some(serde_json::from_value(row).expect("a lease"))
}

fn held(by: &SignedIn, wanted: Option<&SignedIn>, taken_over: Option<Millis>) -> Option<Lease> {
    let device = |signed: &SignedIn| signed.session.device.clone();
    Some(Lease { holder: device(by), wanted: wanted.map(device), taken_over })
}

#[test]
fn the_holder_yields_before_another_has_it() {
    let world = World::new();
    let (first, second) = (world.sign_in(), world.sign_in());
    assert_eq!(lease(&world, &first), None);
    let acked = world.sync(&first.session, vec![ask(1, 1, Ask::Wanted)]);
    assert_eq!(acked.acks[0].status, AckStatus::Applied);
    assert_eq!(lease(&world, &second), held(&first, None, None));
    world.sync(&second.session, vec![ask(1, 2, Ask::Wanted)]);
    assert_eq!(lease(&world, &first), held(&first, Some(&second), None));
    // It is used again, and keeps it; what the other one asked is over.
    world.sync(&first.session, vec![ask(2, 3, Ask::Wanted)]);
    assert_eq!(lease(&world, &first), held(&first, None, None));
    // In one request, as from a phone that was offline.
    world.sync(&second.session, vec![ask(2, 4, Ask::Wanted)]);
    world.sync(&first.session, vec![ask(3, 5, Ask::Yielded), ask(4, 6, Ask::Yielded)]);
    assert_eq!(lease(&world, &first), held(&second, None, None));
    world.sync(&second.session, vec![ask(3, 7, Ask::Yielded)]);
    assert_eq!(lease(&world, &first), None);
}

#[test]
fn who_is_signed_out_or_unheard_holds_it_no_more() {
    let mut world = World::new();
    let (first, second) = (world.sign_in(), world.sign_in());
    world.sync(&first.session, vec![ask(1, 1, Ask::Wanted)]);
    world.now += 13 * DAY;
    world.sync(&second.session, vec![ask(1, 2, Ask::Wanted)]);
    assert_eq!(lease(&world, &first), held(&first, Some(&second), None), "it shows what it had planned");
    world.now += 3 * DAY;
    world.sync(&second.session, vec![ask(2, 3, Ask::Wanted)]);
    assert_eq!(lease(&world, &second), held(&second, None, Some(world.now)));
    // It comes back, and asks like any other.
    world.sync(&first.session, vec![ask(2, 4, Ask::Yielded)]);
    assert_eq!(lease(&world, &second), held(&second, None, Some(world.now)), "it had nothing to yield");

    let third = world.sign_in();
    accounts::revoke(&world.conn, third.session.account, &second.session.device, world.now).expect("signs out");
    world.sync(&third.session, vec![ask(1, 5, Ask::Wanted)]);
    assert_eq!(lease(&world, &third), held(&third, None, None));
}

#[test]
fn nobody_writes_the_lease_by_hand() {
    let world = World::new();
    let first = world.sign_in();
    for (n, kind) in ["lease", "signal", "offer", "nudge"].into_iter().enumerate() {
        let Say::Record { id, clock, edit, .. } = put("mine", 0, &[("holder", "me")]) else { unreachable!("a record") };
        let forged = Say::Record { kind: kind.into(), id, clock, edit };
        let seq = n as u64 + 1;
        let acked = world.sync(&first.session, vec![mutation(seq, seq, &forged)]);
        assert_eq!(acked.acks[0].status, AckStatus::Refused(RefusalCode::Malformed), "{kind}");
    }
}
