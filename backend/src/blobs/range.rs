//! `Range` (RFC 9110, section 14): one range of bytes. Several are answered with the whole, as the RFC allows.

/// What of a blob is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Whole,
    /// First and last byte, both included.
    Part {
        first: u64,
        last: u64,
    },
    /// Beyond the end.
    Unsatisfiable,
}

/// Reads a `Range` header for a blob of `size` bytes. What is not understood is as if it were not there.
pub fn parse(header: &str, size: u64) -> Asked {
    let Some((unit, set)) = header.split_once('=') else { return Asked::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Asked::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else { return Asked::Whole };
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // A number beyond 64 bits is beyond every blob.
        plain.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), None) if last.is_empty() => from(first, u64::MAX, size),
        (Some(first), Some(last)) if first <= last => from(first, last, size),
        (None, Some(suffix)) if first.is_empty() => match suffix.min(size) {
            0 => Asked::Unsatisfiable,
            suffix => Asked::Part { first: size - suffix, last: size - 1 },
        },
        _ => Asked::Whole,
    }
}

fn from(first: u64, last: u64, size: u64) -> Asked {
    if first >= size { Asked::Unsatisfiable } else { Asked::Part { first, last: last.min(size - 1) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_rfc_says() {
        let part = |first, last| Asked::Part { first, last };
        for (header, size, asked) in [
            ("bytes=0-0", 10, part(0, 0)),
            ("bytes=2-5", 10, part(2, 5)),
            ("bytes=2-500", 10, part(2, 9)),
            ("bytes=9-", 10, part(9, 9)),
            ("Bytes=-3", 10, part(7, 9)),
            ("bytes=-30", 10, part(0, 9)),
            ("bytes=10-", 10, Asked::Unsatisfiable),
            ("bytes=10-12", 10, Asked::Unsatisfiable),
            ("bytes=-0", 10, Asked::Unsatisfiable),
            ("bytes=0-", 0, Asked::Unsatisfiable),
            ("bytes=-5", 0, Asked::Unsatisfiable),
            ("bytes=99999999999999999999-", 10, Asked::Unsatisfiable),
            ("bytes=5-2", 10, Asked::Whole),
            ("bytes=0-1,3-4", 10, Asked::Whole),
            ("bytes=", 10, Asked::Whole),
            ("bytes=-", 10, Asked::Whole),
            ("bytes=a-b", 10, Asked::Whole),
            ("bytes=+1-2", 10, Asked::Whole),
            ("lines=1-2", 10, Asked::Whole),
            ("", 10, Asked::Whole),
        ] {
            assert_eq!(parse(header, size), asked, "{header}");
        }
    }
}
