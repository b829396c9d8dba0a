//! Contacts as an app on the JVM reads them: through the FFI and the Kotlin library, by `tests/bench/kotlin`, a program of its own.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::phone::Phone;
use crate::report::{Case, Figure};

const PAGE: &str = "page of 50 contacts from Kotlin";
const CONTACT: &str = "point read from Kotlin: a contact by id";

/// Reads from the folder of a phone that is closed. Where something is missing, the cases say what brings it.
pub fn cases(phone: &Phone) -> Vec<Case> {
    let case = |figures: &Value, name: &str, key: &str, floor_is| {
        let nanos = |key: &str| figures[key].as_f64().map(Figure::Nanos);
        Some(Case::new(name, nanos(key)?).floor(floor_is, nanos(&format!("{key}_floor"))?))
    };
    let read = measure(phone).and_then(|line| {
        let figures: Value = serde_json::from_str(&line).unwrap_or_default();
        let cases = [
            case(&figures, PAGE, "page", "the same SELECT through sqlite-jdbc, in the same JVM"),
            case(&figures, CONTACT, "contact", "the same two SELECTs through sqlite-jdbc, in the same JVM"),
        ];
        cases.into_iter().collect::<Option<_>>().ok_or_else(|| format!("the program says {line}"))
    });
    read.unwrap_or_else(|why| [PAGE, CONTACT].map(|name| Case::not_measured(name, &why)).into())
}

/// The last line that the program prints, or why there is none.
fn measure(phone: &Phone) -> Result<String, String> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let own = std::env::current_exe().expect("this program is a file");
    let release = own.parent().and_then(Path::parent).expect("this program is in cargo's folder").join("release");
    let library = ["libqadam.so", "libqadam.dylib"].into_iter().any(|name| release.join(name).exists());
    if !library || !checkout.join("bindings/kotlin/target/generated-sources/uniffi").exists() {
        return Err("bindings/build makes what it needs".into());
    }
    let project = checkout.join("tests/bench/kotlin");
    // Each time, since it compiles the library's sources and what is generated. The daemon would stay behind, and beside what is measured.
    output(
        Command::new("mvn")
            .args(["-B", "-q", "-Dstyle.color=never", "-Dkotlin.compiler.daemon=false", "compile", "-f"])
            .arg(&project),
    )?;
    let target = project.join("target");
    let libraries = std::fs::read_to_string(target.join("classpath")).map_err(|error| format!("classpath: {error}"))?;
    let said = output(
        Command::new("java")
            .arg(format!("-Djna.library.path={}", release.display()))
            .args(["-cp", &format!("{}:{libraries}", target.join("classes").display()), "app.qadam.bench.MainKt"])
            .args([&phone.directory, &phone.database()]),
    )?;
    Ok(said.lines().last().unwrap_or_default().into())
}

/// What a program prints; where it fails, that is shown.
fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no {program}; tests/run --only install brings it"),
        _ => format!("{program}: {error}"),
    })?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    if ended.status.success() {
        return Ok(said);
    }
    eprintln!("{said}{}", String::from_utf8_lossy(&ended.stderr));
    Err(format!("{program} failed, see above; bindings/build makes the library and its bindings anew"))
}
