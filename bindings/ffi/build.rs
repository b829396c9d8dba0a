//! What makes the shared library smaller, where the linker knows it:
//! - packed relocations (`DT_RELR`): there is one for each pointer in the constants, and 24 bytes become about one;
//! - one copy of functions that are the same to the byte (`--icf`). No address of a function is compared here.

use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let packed = match variable("CARGO_CFG_TARGET_OS").as_str() {
        "linux" => "-Wl,-z,pack-relative-relocs",
        // Android's own packing, known to every loader since API 23. From API 30 on, `android+relr` may stand here, and saves a little more.
        "android" => "-Wl,--pack-dyn-relocs=android",
        _ => return,
    };
    for argument in [packed, "-Wl,--icf=all"] {
        if works(argument) {
            println!("cargo::rustc-link-arg-cdylib={argument}");
        }
    }
}

/// Whether a program that is linked so can be built, and runs where that can be tried: glibc before 2.36 does not load it.
fn works(argument: &str) -> bool {
    let folder = variable("OUT_DIR");
    let folder = Path::new(&folder);
    let (source, program) = (folder.join("probe.rs"), folder.join("probe"));
    if std::fs::write(&source, "fn main() {}").is_err() {
        return false;
    }
    let (host, target) = (variable("HOST"), variable("TARGET"));
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--edition=2024", "--target", &target, "-C"]).arg(format!("link-arg={argument}"));
    if let Ok(linker) = std::env::var("RUSTC_LINKER") {
        rustc.arg("-C").arg(format!("linker={linker}"));
    }
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty())).arg("-o").arg(&program).arg(&source);
    succeeds(&mut rustc) && (host != target || succeeds(&mut Command::new(&program)))
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
