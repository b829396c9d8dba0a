//! Pictures, sound and video: what files may be, and what must stand beside them.

/// What a file is to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Picture,
    Sound,
    Video,
}

/// The extension of captions.
pub const CAPTIONS: &str = "vtt";

impl Kind {
    /// By the extension, in lower case.
    pub fn of(extension: &str) -> Option<Self> {
        match extension {
            "png" | "jpg" | "webp" => Some(Self::Picture),
            "mp3" | "m4a" => Some(Self::Sound),
            "mp4" => Some(Self::Video),
            _ => None,
        }
    }
}

/// Parts a file's name into what stands before the extension and the extension. `None` where the name could not be kept everywhere.
pub fn split_name(name: &str) -> Option<(&str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let plain = |text: &str| {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
    };
    (plain(stem) && plain(extension)).then_some((stem, extension))
}

/// Whether the bytes begin as files with this extension do.
pub fn begins_as(bytes: &[u8], extension: &str) -> bool {
    match extension {
        "png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "jpg" => bytes.starts_with(b"\xff\xd8\xff"),
        "webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        // With a tag in front, or the first frame's mark: eleven set bits.
        "mp3" => bytes.starts_with(b"ID3") || matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0),
        "m4a" | "mp4" => bytes.get(4..8) == Some(b"ftyp"),
        _ => false,
    }
}

/// What is wrong with captions (WebVTT), and in which line.
pub fn fault_of_captions(text: &str) -> Option<(u32, &'static str)> {
    let mut lines = (1..).zip(text.lines());
    if !lines
        .next()
        .is_some_and(|(_, first)| first == "WEBVTT" || first.starts_with("WEBVTT ") || first.starts_with("WEBVTT\t"))
    {
        return Some((1, "the first line is not WEBVTT"));
    }
    let mut cues = 0;
    for (number, line) in lines {
        let Some((from, to)) = line.split_once("-->") else { continue };
        let to = to.split_whitespace().next().unwrap_or_default();
        match (millis_of(from.trim()), millis_of(to)) {
            (Some(from), Some(to)) if from < to => cues += 1,
            (Some(_), Some(_)) => return Some((number, "the caption ends before it begins")),
            _ => return Some((number, "the times are not written 00:01:02.500 --> 00:01:04.000")),
        }
    }
    (cues == 0).then_some((0, "there are no captions in it"))
}

/// The words of captions in a row, without times, notes and marks; and where lines of the file begin in them, by byte and line.
pub fn words_of_captions(vtt: &str) -> (String, Vec<(usize, u32)>) {
    let (mut words, mut lines) = (String::with_capacity(vtt.len()), Vec::new());
    let mut in_cue = false;
    for (number, line) in (1..).zip(vtt.lines()) {
        let line = line.trim();
        if line.is_empty() {
            in_cue = false;
        } else if line.contains("-->") {
            in_cue = true;
        } else if in_cue {
            lines.push((words.len(), number));
            let mut in_mark = false;
            for c in line.chars() {
                match c {
                    '<' => in_mark = true,
                    '>' if in_mark => in_mark = false,
                    _ if !in_mark => words.push(c),
                    _ => {}
                }
            }
            words.push(' ');
        }
    }
    (words, lines)
}

/// A WebVTT timestamp, `01:02:03.456` or `02:03.456`, in milliseconds.
fn millis_of(text: &str) -> Option<u64> {
    let (clock, millis) = text.split_once('.')?;
    let digits = |text: &str, length: usize| {
        let plain = text.len() >= length && text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<u64>().ok()).flatten()
    };
    let millis = digits(millis, 3).filter(|ms| *ms < 1000)?;
    let mut parts = clock.rsplit(':');
    let seconds = digits(parts.next()?, 2).filter(|s| *s < 60)?;
    let minutes = digits(parts.next()?, 2).filter(|m| *m < 60)?;
    let hours = parts.next().map_or(Some(0), |hours| digits(hours, 2))?;
    parts.next().is_none().then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_everywhere() {
        assert_eq!(split_name("first-talk.mp4"), Some(("first-talk", "mp4")));
        for name in ["First.mp4", "a b.png", "../a.png", "a.ru.png", "a", ".png", "a.", "a/b.png", "é.png"] {
            assert_eq!(split_name(name), None, "{name}");
        }
    }

    #[test]
    fn captions_are_read() {
        assert_eq!(fault_of_captions("WEBVTT\n\n00:01.000 --> 00:02.000 line:0\nA\n"), None);
        assert_eq!(fault_of_captions("WEBVTT\n\n1:00:01.000 --> x\n").map(|f| f.0), Some(3));
        assert_eq!(fault_of_captions("WEBVTT\n\n00:00:02.000 --> 00:00:01.000\n").map(|f| f.0), Some(3));
        assert_eq!(fault_of_captions("WEBVTT\n").map(|f| f.0), Some(0));
        assert_eq!(fault_of_captions("1\n00:00:02,000 --> 00:00:03,000\n").map(|f| f.0), Some(1));
    }
}
