//! Bodies of the wire: read within their caps, and whatever is read is written and read again as the same.
//!
//! The first byte says which type and whether it is packed; the rest is the body.

#![no_main]

use std::panic::RefUnwindSafe;

use libfuzzer_sys::fuzz_target;
use qadam_domain::content::Bundle;
use qadam_domain::records::Record;
use qadam_domain::release::Release;
use qadam_domain::team::Member;
use qadam_protocol::accounts::{
    CompanyReply, DevicesReply, SessionReply, SetPasswordReply, SetPasswordRequest, SignInReply, SignInRequest,
};
use qadam_protocol::content::Manifest;
use qadam_protocol::error::ErrorBody;
use qadam_protocol::mutation::{Body, Mutation};
use qadam_protocol::repair::{RepairReply, RepairRequest};
use qadam_protocol::sync::{SyncReply, SyncRequest};
use qadam_protocol::{codec, limits};
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|input: &[u8]| {
    let Some((choice, body)) = input.split_first() else { return };
    let zstd = choice & 0x80 != 0;
    match choice & 0x7f {
        0 => {
            if let Some(request) = again::<SyncRequest>(body, zstd, limits::BODY) {
                // As the server looks at it before it does anything.
                let _ = qadam_backend::sync::check(&request);
                request.mutations.iter().for_each(decoded);
            }
        }
        1 => drop(again::<SyncReply>(body, zstd, limits::REPLY)),
        2 => drop(again::<RepairRequest>(body, zstd, limits::BODY)),
        3 => drop(again::<RepairReply>(body, zstd, limits::REPLY)),
        4 => drop(again::<ErrorBody>(body, zstd, limits::BODY)),
        5 => drop(again::<SignInRequest>(body, zstd, limits::BODY)),
        6 => drop(again::<SignInReply>(body, zstd, limits::BODY)),
        7 => drop(again::<SetPasswordRequest>(body, zstd, limits::BODY)),
        8 => drop(again::<SetPasswordReply>(body, zstd, limits::BODY)),
        9 => drop(again::<SessionReply>(body, zstd, limits::BODY)),
        10 => drop(again::<DevicesReply>(body, zstd, limits::BODY)),
        11 => drop(again::<CompanyReply>(body, zstd, limits::BODY)),
        12 => drop(again::<Manifest>(body, zstd, limits::REPLY)),
        13 => drop(again::<Release>(body, zstd, limits::REPLY)),
        14 => drop(again::<Bundle>(body, zstd, limits::REPLY)),
        15 => drop(again::<Record>(body, zstd, limits::REPLY)),
        16 => drop(again::<Member>(body, zstd, limits::REPLY)),
        _ => {
            if let Some(mutation) = again::<Mutation>(body, zstd, limits::BODY) {
                decoded(&mutation);
            }
        }
    }
});

fn again<T: Serialize + DeserializeOwned + RefUnwindSafe>(body: &[u8], zstd: bool, cap: usize) -> Option<T> {
    let read: T = codec::unpack(body, zstd, cap).ok()?;
    let written = codec::pack(&read, true);
    // What is read from a body at the cap may be longer once it is written.
    let same: T = codec::unpack(&written.bytes, written.zstd, 8 * cap).expect("what was written can be read");
    assert_eq!(codec::pack(&same, true), written);
    Some(read)
}

fn decoded(mutation: &Mutation) {
    if let Ok(body) = Body::decode(&mutation.name, mutation.v, &mutation.body) {
        let (name, v, written) = body.encode();
        assert_eq!(Body::decode(name, v, &written).as_ref(), Ok(&body));
    }
}
