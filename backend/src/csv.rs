//! Files of comma-separated values in UTF-8 (RFC 4180) whose first line names the columns, read line by line within a bound.

use std::io::{self, BufRead, BufReader, Read};

use csv_core::ReadRecordResult;

use crate::content::Faults;

/// Bytes of a line; a longer one is a fault, and is never held.
pub const LINE: usize = 64 << 10;
/// Columns of a line.
const CELLS: usize = 256;

/// Reads a file and gives the cells of each line after the first, in the order of `header`, with the line's number. Other columns are passed over; faults of
/// the file and its lines are told, and such lines not given.
///
/// # Errors
/// Those of reading, through `failed`; those of `take`.
pub fn read<const N: usize, E>(
    file: impl Read,
    header: [&str; N],
    faults: &mut Faults,
    failed: impl Fn(io::Error) -> E,
    mut take: impl FnMut([&str; N], u32, &mut Faults) -> Result<(), E>,
) -> Result<(), E> {
    let mut file = BufReader::with_capacity(256 << 10, file);
    let mut reader = csv_core::Reader::new();
    let (mut text, mut ends) = (vec![0; LINE], [0; CELLS]);
    let (mut text_len, mut ends_len) = (0, 0);
    let mut too_long = false;
    let mut columns = None;
    let mut line = 1;
    loop {
        let input = file.fill_buf().map_err(&failed)?;
        let (result, read, written, ended) = reader.read_record(input, &mut text[text_len..], &mut ends[ends_len..]);
        file.consume(read);
        text_len += written;
        ends_len += ended;
        match result {
            ReadRecordResult::InputEmpty => continue,
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                // The rest of it is read over what is there.
                too_long = true;
                (text_len, ends_len) = (0, 0);
                continue;
            }
            ReadRecordResult::Record => {}
            ReadRecordResult::End => break,
        }
        let begins = line;
        line = u32::try_from(reader.line()).unwrap_or(u32::MAX);
        if too_long {
            let problem = format!("is longer than {LINE} bytes, or has more than {CELLS} columns");
            faults.error(begins, problem, "look for a quotation mark that is not closed");
        } else {
            let record = Record { text: &text[..text_len], ends: &ends[..ends_len], line: begins };
            match &columns {
                None => columns = Some(record.columns(header, faults)),
                Some(Some(columns)) => {
                    if let Some(cells) = record.cells(columns, faults) {
                        take(cells, begins, faults)?;
                    }
                }
                // Without its columns nothing of the file can be read.
                Some(None) => {}
            }
        }
        too_long = false;
        (text_len, ends_len) = (0, 0);
    }
    if columns.is_none() {
        faults.error(0, "is empty", format!("write a first line with {}", header.join(",")));
    }
    Ok(())
}

struct Record<'a> {
    text: &'a [u8],
    /// Where each cell ends in `text`.
    ends: &'a [usize],
    line: u32,
}

impl<'a> Record<'a> {
    fn cell(&self, n: usize, faults: &mut Faults) -> Option<&'a str> {
        let begin = if n == 0 { 0 } else { *self.ends.get(n - 1)? };
        let bytes = self.text.get(begin..*self.ends.get(n)?)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.trim()),
            Err(_) => {
                faults.error(self.line, "is not UTF-8", "save the file as \"CSV UTF-8\"");
                None
            }
        }
    }

    /// Where each column of the header is.
    fn columns<const N: usize>(&self, header: [&str; N], faults: &mut Faults) -> Option<[usize; N]> {
        let names: Vec<String> = (0..self.ends.len())
            .map(|n| self.cell(n, faults).map(|name| name.trim_start_matches('\u{feff}').to_lowercase()))
            .collect::<Option<_>>()?;
        let mut columns = [0; N];
        let mut whole = true;
        for (column, wanted) in columns.iter_mut().zip(header) {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted);
            match (found.next(), found.next()) {
                (Some((n, _)), None) => *column = n,
                (Some(_), Some(_)) => {
                    faults.error(self.line, format!("the column {wanted} is there twice"), "keep one of them");
                    whole = false;
                }
                (None, _) => {
                    let remedy = format!("separate by commas, and begin with a line {}", header.join(","));
                    faults.error(self.line, format!("the column {wanted} is missing"), remedy);
                    whole = false;
                }
            }
        }
        whole.then_some(columns)
    }

    fn cells<const N: usize>(&self, columns: &[usize; N], faults: &mut Faults) -> Option<[&'a str; N]> {
        let before = faults.errors();
        let mut cells = [""; N];
        for (cell, column) in cells.iter_mut().zip(columns) {
            let Some(text) = self.cell(*column, faults) else {
                if faults.errors() == before {
                    let problem = format!("has {} columns", self.ends.len());
                    faults.error(self.line, problem, "write as many as in the first line");
                }
                return None;
            };
            *cell = text;
        }
        Some(cells)
    }
}
