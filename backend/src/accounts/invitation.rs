//! Invite and reset codes as a phone reads them with its camera.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use reqwest::Url;

/// The server's address as phones reach it.
///
/// # Errors
/// What to write instead.
pub fn address(text: &str) -> Result<Url, String> {
    let remedy = || "write the address that phones reach, such as https://qadam.example".to_string();
    let url = Url::parse(text).map_err(|_| remedy())?;
    let is_plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if matches!(url.scheme(), "https" | "http") && url.has_host() && is_plain { Ok(url) } else { Err(remedy()) }
}

/// The link that fills an app's sign-in.
pub fn link(address: &Url, code: &str) -> String {
    let server = address.as_str().trim_end_matches('/');
    let fields = [("server", server), ("code", code)];
    Url::parse_with_params("qadam://join", fields).expect("a plain link").into()
}

/// A text as a QR code (ISO/IEC 18004) for a terminal, light on dark.
pub fn qr(text: &str) -> String {
    let code = QrCode::new(text).expect("links are shorter than the 2,953 bytes that a code takes");
    code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_server_and_code() {
        let address = address("https://qadam.example").expect("an address");
        let said = link(&address, "7QK2-9M0A-XWE4-BN5T");
        assert_eq!(said, "qadam://join?server=https%3A%2F%2Fqadam.example&code=7QK2-9M0A-XWE4-BN5T");
        let drawn = qr(&said);
        let widths: Vec<usize> = drawn.lines().map(|line| line.chars().count()).collect();
        assert!(widths.len() > 10 && widths.iter().all(|width| *width == widths[0]), "{drawn}");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "qadam.example",
            "ftp://qadam.example",
            "https://",
            "https://qadam.example/v1",
            "https://a@b",
            "https://b?c",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
        assert!(address("http://127.0.0.1:8740/").is_ok());
    }
}
