//! What an app on the JVM waits for: contacts through the FFI and the Kotlin library, by `tests/bench/kotlin`, a program of its own; and Android's
//! view models and Today's screen over the same, which `android/pom.xml` compiles with the screens.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::phone::Phone;
use crate::report::{Case, Figure, Goal};
use crate::server::{Server, prepare_sample};

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
    let library = library()?;
    let project = checkout().join("tests/bench/kotlin");
    let classes = compile(&project, "compile", &["classes"])?;
    java(&library, &classes, &[], "app.qadam.bench.MainKt", &[phone.directory.as_ref(), phone.database().as_ref()])
}

const START: &str = "start to a complete Today, from Kotlin";
const MEMORY: &str = "memory of the core beside the screens";
const LIST: &str = "contacts' screen to its first 50";
const REVIEW: &str = "tap on a review's answer to its verdict";
const QUIZ: &str = "tap that hands a quiz in to its result";
const FRAME: &str = "longest frame while a sync renews Today";
const TURN: &str = "longest turn of the UI thread for that sync";

/// Android's view models and Today's screen on a phone with 100,000 contacts and the sample company's content.
pub fn screens(folder: &Path) -> Vec<Case> {
    let read = measure_screens(folder).and_then(|line| {
        let figures: Value = serde_json::from_str(&line).unwrap_or_default();
        screen_cases(&figures).ok_or_else(|| format!("the program says {line}"))
    });
    read.unwrap_or_else(|why| {
        [START, MEMORY, LIST, REVIEW, QUIZ, FRAME, TURN].map(|name| Case::not_measured(name, &why)).into()
    })
}

fn screen_cases(figures: &Value) -> Option<Vec<Case>> {
    let number = |key: &str| figures[key].as_f64();
    let nanos = |key: &str| number(key).map(Figure::Nanos);
    let case = |name: &str, key: &str, floor_is: &str| {
        Some(Case::new(name, nanos(key)?).floor(floor_is, nanos(&format!("{key}_floor"))?))
    };
    let cold = format!("{:.0} ms as the first of its process, with all classes to load", number("start_cold")? / 1e6);
    let lost =
        format!("of {} frames {} came late, at rest {}", number("frames")?, number("lost")?, number("lost_at_rest")?);
    Some(vec![
        case(START, "start", "to open, and the same eight questions once, all at the same time")?
            .goal(Goal::Millis(50.0))
            .note(cold),
        Case::new(MEMORY, Figure::Bytes(figures["memory"].as_u64()?)).note(
            "what the process grows by with the first start and a page of contacts, code included, Java's heap not",
        ),
        case(LIST, "page", "the library's page alone")?.goal(Goal::Millis(3.0)),
        case(REVIEW, "review", "the library's verdict alone")?.goal(Goal::Millis(5.0)),
        case(QUIZ, "quiz", "the library's result alone")?.goal(Goal::Millis(5.0)),
        case(FRAME, "frame", "as much of the screen changed, with the core at rest")?
            .goal(Goal::RatioAtMost(1.5))
            .note(lost),
        Case::new(TURN, nanos("turn")?)
            .goal(Goal::Millis(1.0))
            .note("drawing left out; that thread reads no file meanwhile, which is asserted"),
    ])
}

/// The last line that the program prints, or why there is none.
fn measure_screens(folder: &Path) -> Result<String, String> {
    let library = library()?;
    let classes = compile(&checkout().join("android"), "test-compile", &["test-classes", "classes"])?;
    let data = folder.join("server");
    std::fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    let code = prepare_sample(&data);
    let server = Server::start(&data);
    let (phones, url) = (folder.join("phones"), server.url());
    // The heap is all there from the begin: what the process grows by is not that. Nothing is shown but in memory.
    let options = ["-Djava.awt.headless=true", "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"];
    let program = |arguments: &[&OsStr]| java(&library, &classes, &options, "app.qadam.bench.ScreensKt", arguments);
    program(&[phones.as_ref(), url.as_ref(), code.as_ref()])?;
    program(&[phones.as_ref(), url.as_ref()])
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of the phone library, where that and its bindings are there.
fn library() -> Result<PathBuf, String> {
    let own = std::env::current_exe().expect("this program is a file");
    let release = own.parent().and_then(Path::parent).expect("this program is in cargo's folder").join("release");
    let library = ["libqadam.so", "libqadam.dylib"].into_iter().any(|name| release.join(name).exists());
    if !library || !checkout().join("bindings/kotlin/target/generated-sources/uniffi").exists() {
        return Err("bindings/build makes what it needs".into());
    }
    Ok(release)
}

/// Compiles a project up to a phase of Maven's. Gives the class path: these folders of its target, and its libraries.
fn compile(project: &Path, phase: &str, folders: &[&str]) -> Result<String, String> {
    // Each time, since it compiles the library's sources and what is generated. The daemon would stay behind, and beside what is measured.
    output(
        Command::new("mvn")
            .args(["-B", "-q", "-Dstyle.color=never", "-Dkotlin.compiler.daemon=false"])
            // -Pgoogle where androidx is not mirrored beside Maven Central.
            .args(std::env::var_os("QADAM_MAVEN").filter(|option| !option.is_empty()))
            .args([phase, "-f"])
            .arg(project),
    )?;
    let target = project.join("target");
    let libraries = std::fs::read_to_string(target.join("classpath")).map_err(|error| format!("classpath: {error}"))?;
    let mut path = folders.iter().map(|folder| target.join(folder).display().to_string()).collect::<Vec<_>>();
    path.push(libraries);
    Ok(path.join(":"))
}

/// The last line that a program prints.
fn java(
    library: &Path,
    classes: &str,
    options: &[&str],
    program: &str,
    arguments: &[&OsStr],
) -> Result<String, String> {
    let said = output(
        Command::new("java")
            .arg(format!("-Djna.library.path={}", library.display()))
            .args(options)
            .args(["-cp", classes, program])
            .args(arguments),
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
