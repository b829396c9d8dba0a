//! uniffi's generator, at the version that the library is built with.
//!
//! `qadam-bindgen api LIBRARY` prints what the library exports, for `bindings/api`;
//! everything else is `uniffi-bindgen`'s own command line.

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [command, library] if command == "api" => {
            if let Err(error) = uniffi::print_repr(library.as_str().as_ref()) {
                eprintln!("{error:?}");
                std::process::exit(1);
            }
        }
        _ => uniffi::uniffi_bindgen_main(),
    }
}
