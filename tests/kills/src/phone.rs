//! A phone: the engine on a folder. It says on its standard output what it is about to do (`tries`), what the engine said was done (`saved`) and that all
//! of that is at the server (`sent`), each line at once.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qadam_engine::contacts::{Channel, ContactEdit, ContactsQuery};
use qadam_engine::platform::Network;
use qadam_engine::sync::SyncOutcome;
use qadam_engine::team::TeamQuery;
use qadam_engine::{Config, Engine, EngineError, Platform};
use qadam_faults::chance::Chance;

use crate::secrets::Secrets;

/// The engine's folder within a phone's.
pub const ENGINE: &str = "qadam";
pub const LESSON: &str = "what-this-business-is";
/// How long a phone has to come to rest.
const REST: Duration = Duration::from_secs(45);

/// A phone's engine.
///
/// # Errors
/// As [`Engine::open`].
pub fn open(folder: &Path, network: Network) -> Result<Engine, EngineError> {
    let app = "qadam-kills/1";
    let config = Config { directory: folder.join(ENGINE), app: app.into(), locale: "en".into(), network };
    let secrets = Arc::new(Secrets(folder.join("secrets")));
    Engine::open(config, Platform::system(secrets, Arc::new(|_| 5 * 60), app)?)
}

/// As the command line says: a folder, what to do, and what that needs.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = runtime.block_on(async {
        match arguments[..] {
            [folder, "work", name, seed] => work(Path::new(folder), name, seed.parse().expect("a number")).await,
            [folder, "rest"] => rest(Path::new(folder)).await,
            [folder, "team"] => team(Path::new(folder)).await,
            _ => panic!("a folder and what to do"),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("wrong {error:?}"));
            ExitCode::FAILURE
        }
    }
}

fn say(line: &str) {
    // In one piece, so that what was said is a whole line or nothing. Without anybody who hears it, there is nothing to go on for.
    if std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).is_err() {
        std::process::exit(1);
    }
}

/// A server that was killed is no reason to stop.
fn is_expected(error: &EngineError) -> bool {
    matches!(error, EngineError::Unreachable { .. } | EngineError::ServerBusy { .. })
}

/// Writes and syncs until it is killed.
async fn work(folder: &Path, name: &str, seed: u64) -> Result<(), EngineError> {
    let mut chance = Chance::new(seed);
    // Some by hand alone; some also with what the engine does by itself while the app is shown.
    let network = if chance.below(3) == 0 { Network::Unmetered } else { Network::Offline };
    let phone = open(folder, network)?;
    let mut contacts = Vec::new();
    for n in 0.. {
        let text = format!("{name}.{n}");
        let what = chance.below(20);
        if what >= 16 {
            match phone.sync().await {
                Ok(_) => say("sent"),
                Err(error) if is_expected(&error) => tokio::time::sleep(Duration::from_millis(3)).await,
                Err(error) => return Err(error),
            }
            continue;
        }
        say(&format!("tries {text}"));
        match (what, contacts.pop()) {
            (0..3, Some(id)) => {
                let edit = ContactEdit { phone: Some(text.clone()), ..ContactEdit::default() };
                phone.edit_contact(id, edit).await?;
            }
            (3..6, Some(id)) => {
                phone.log_interaction(id, Channel::Call, None, text.clone()).await?;
            }
            (6, _) => {
                say(&format!("reads {text}"));
                phone.finish_reading(LESSON.into()).await?;
                say(&format!("read {text}"));
                continue;
            }
            _ => {
                let edit = ContactEdit { name: Some(text.clone()), ..ContactEdit::default() };
                contacts.push(phone.add_contact(edit).await?);
            }
        }
        say(&format!("saved {text}"));
    }
    Ok(())
}

/// Syncs until both sides are in step.
async fn in_step(phone: &Engine) -> Result<SyncOutcome, EngineError> {
    let began = Instant::now();
    loop {
        match phone.sync().await {
            Err(error) if is_expected(&error) && began.elapsed() < REST => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            done => return done,
        }
    }
}

/// Comes to rest and says what the app would show.
async fn rest(folder: &Path) -> Result<(), EngineError> {
    let phone = open(folder, Network::Offline)?;
    let outcome = in_step(&phone).await?;
    say(&format!("repaired {}", outcome.repaired));
    let status = phone.sync_status().await?;
    say(&format!("waiting {}", status.pending + status.kept));
    say(&format!("refused {}", status.refused));
    let mut query = ContactsQuery { limit: 100, ..ContactsQuery::default() };
    loop {
        let page = phone.contacts(query.clone()).await?;
        page.contacts.iter().for_each(|contact| say(&format!("shows {}", contact.name)));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    phone.close().await;
    say("rests");
    Ok(())
}

/// Says what it has of its team, then takes what there is of it.
async fn team(folder: &Path) -> Result<(), EngineError> {
    let phone = open(folder, Network::Offline)?;
    tell_team("had", &phone).await?;
    say("takes");
    let outcome = in_step(&phone).await?;
    tell_team("has", &phone).await?;
    say(&format!("repaired {}", outcome.repaired));
    phone.close().await;
    say("rests");
    Ok(())
}

/// The members of the team, as told and as found, and the month's volume that they all have in a whole team.
async fn tell_team(what: &str, phone: &Engine) -> Result<(), EngineError> {
    let Some(me) = phone.team().await? else {
        say(&format!("{what} none"));
        return Ok(());
    };
    let (mut found, mut after, mut volumes) = (1, None, std::collections::BTreeSet::from([me.personal]));
    loop {
        let page = phone.team_subtree(TeamQuery { member: None, after, limit: 100 }).await?;
        found += page.members.len();
        volumes.extend(page.members.iter().map(|member| member.personal));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    say(&format!("{what} {} {found} {volumes:?}", me.below + 1));
    Ok(())
}
