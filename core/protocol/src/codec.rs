//! Bodies: JSON (RFC 8259), packed with Zstandard (RFC 8878) where that pays, with a cap on what is unpacked.

use std::io::Read;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits;

/// `content-type` of all bodies but blobs.
pub const JSON: &str = "application/json";
/// `content-encoding` of a packed body.
pub const ZSTD: &str = "zstd";

/// The fastest. Bodies are mostly ids and numbers that are nearly alike: level 9 packs them a thirtieth smaller, level 3 not at all.
const LEVEL: i32 = 1;

/// Largest window that is taken, as a power of two: a frame can't ask for more memory than this.
pub const WINDOW_LOG: u32 = 23;

#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// It unpacks to more than the cap.
    #[error("the body unpacks to more than {cap} bytes")]
    TooLarge { cap: usize },
    #[error("the body is not zstd")]
    Zstd(#[source] std::io::Error),
    #[error("the body is deeper than {} levels", limits::DEPTH)]
    TooDeep,
    #[error("the body is not what this endpoint takes")]
    Json(#[source] serde_json::Error),
}

/// A body ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    pub bytes: Vec<u8>,
    /// Whether to send it with `content-encoding: zstd`.
    pub zstd: bool,
}

/// Writes a body; packs it from [`limits::PACK_FROM`] bytes on, where `zstd_allowed`.
pub fn pack(body: &impl Serialize, zstd_allowed: bool) -> Packed {
    let bytes = serde_json::to_vec(body).expect("a body holds nothing that JSON can't");
    if zstd_allowed && bytes.len() >= limits::PACK_FROM {
        let packed = zstd::bulk::compress(&bytes, LEVEL).expect("packing in memory");
        return Packed { bytes: packed, zstd: true };
    }
    Packed { bytes, zstd: false }
}

/// Reads a body of at most `cap` bytes unpacked.
///
/// # Errors
/// [`CodecError`]; nothing beyond the cap is ever unpacked or held.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8], zstd: bool, cap: usize) -> Result<T, CodecError> {
    let plain;
    let json = if zstd {
        plain = inflate(bytes, cap)?;
        &plain[..]
    } else if bytes.len() > cap {
        return Err(CodecError::TooLarge { cap });
    } else {
        bytes
    };
    if is_deeper_than(json, limits::DEPTH) {
        return Err(CodecError::TooDeep);
    }
    serde_json::from_slice(json).map_err(CodecError::Json)
}

/// Unpacks at most `cap` bytes.
///
/// # Errors
/// [`CodecError::TooLarge`] and [`CodecError::Zstd`].
pub fn inflate(bytes: &[u8], cap: usize) -> Result<Vec<u8>, CodecError> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(CodecError::Zstd)?;
    decoder.window_log_max(WINDOW_LOG).map_err(CodecError::Zstd)?;
    let mut plain = Vec::new();
    decoder.take(cap as u64 + 1).read_to_end(&mut plain).map_err(CodecError::Zstd)?;
    if plain.len() > cap { Err(CodecError::TooLarge { cap }) } else { Ok(plain) }
}

/// Counts brackets outside of strings; whether it is JSON at all is the parser's business.
fn is_deeper_than(json: &[u8], most: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_body_reads_what_it_writes() {
        let body = Value::from("x".repeat(limits::PACK_FROM));
        for allowed in [true, false] {
            let packed = pack(&body, allowed);
            assert_eq!(packed.zstd, allowed);
            assert_eq!(unpack::<Value>(&packed.bytes, packed.zstd, limits::BODY).expect("valid"), body);
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = zstd::bulk::compress(&vec![b' '; 64 << 20], 3).expect("packs");
        assert!(bomb.len() < 10_000);
        let unpacked = unpack::<Value>(&bomb, true, limits::BODY);
        assert!(matches!(unpacked, Err(CodecError::TooLarge { cap: limits::BODY })));
    }

    #[test]
    fn what_is_cut_or_too_deep_is_an_error() {
        let deep = "[".repeat(limits::DEPTH + 1);
        assert!(matches!(unpack::<Value>(deep.as_bytes(), false, limits::BODY), Err(CodecError::TooDeep)));
        let brackets_in_text = format!("\"{}\"", "[".repeat(100));
        assert!(unpack::<Value>(brackets_in_text.as_bytes(), false, limits::BODY).is_ok());
        let packed = pack(&Value::from("x".repeat(5_000)), true);
        for cut in 0..packed.bytes.len() {
            assert!(unpack::<Value>(&packed.bytes[..cut], true, limits::BODY).is_err(), "cut after {cut}");
        }
    }
}
