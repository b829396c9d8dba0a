//! A contact as others' address books take it.

use std::io::Write;
use std::path::Path;

use crate::contacts::{ContactView, view};
use crate::core::Core;
use crate::error::{EngineError, Result};
use crate::outgoing;

/// Bytes of a line, its end not counted (RFC 2425, section 5.8.1).
const LINE: usize = 75;

/// Writes a vCard 3.0 (RFC 2426), which every phone reads: name, phone and e-mail. What the person noted of the contact stays theirs, and 3.0 knows no
/// birthday without a year.
///
/// # Errors
/// [`EngineError::NotFound`]; those of storage.
pub fn card(core: &Core, id: &str, path: &Path) -> Result<()> {
    let contact = view(core, id)?.ok_or(EngineError::NotFound { what: "contact".into() })?;
    outgoing::whole(path, |mut file| {
        file.write_all(text(&contact).as_bytes())?;
        Ok(file.sync_all()?)
    })
}

fn text(contact: &ContactView) -> String {
    // FN and N are both required. Which part of a name is the family's nobody has said: all of it is in the first place.
    let name = escaped(&contact.name);
    let mut lines =
        vec!["BEGIN:VCARD".to_string(), "VERSION:3.0".to_string(), format!("FN:{name}"), format!("N:{name};;;;")];
    if !contact.phone.is_empty() {
        lines.push(format!("TEL;TYPE=CELL:{}", escaped(&contact.phone)));
    }
    if !contact.email.is_empty() {
        lines.push(format!("EMAIL;TYPE=INTERNET:{}", escaped(&contact.email)));
    }
    lines.push("END:VCARD".to_string());
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

/// Of a text value: RFC 2426, section 2.4.2.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ',' | ';' => text.extend(['\\', letter]),
            '\n' | '\r' => text.push_str("\\n"),
            _ => text.push(letter),
        }
    }
    text
}

/// A line that is too long goes on in the next one, after a space (RFC 2425, section 5.8.1), and never breaks within a letter.
fn folded(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut taken = 0;
    for letter in line.chars() {
        if taken + letter.len_utf8() > LINE {
            text.push_str("\r\n ");
            taken = 1;
        }
        text.push(letter);
        taken += letter.len_utf8();
    }
    text
}
