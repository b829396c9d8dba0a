//! An evening with two phones: the real server on SQLite, the real engine twice, and real HTTP between them.
//!
//! | module | what it does |
//! |---|---|
//! | [`server`] | the backend with the sample company, in a fresh folder, and its commands |
//! | [`phone`], [`store`], [`clock`], [`proxy`] | a phone: engine, secrets, clock, and a line that can be cut |
//! | [`play`], [`restored`], [`leader`] | the story, where every step is checked |
//! | [`terminal`], [`ask`], [`texts`] | the phone for a person at a terminal |
//! | [`show`] | texts in lines |

mod ask;
mod clock;
mod leader;
mod phone;
mod plan;
mod play;
mod proxy;
mod restored;
mod sale;
mod server;
mod show;
mod store;
mod terminal;
mod texts;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;

use crate::clock::EveningClock;
use crate::phone::Phone;
use crate::play::Deviation;
use crate::server::Server;
use crate::show::say;

/// The play takes seconds; what takes longer hangs.
const PLAY: Duration = Duration::from_secs(180);

/// Plays an evening with two phones, then is a phone itself.
#[derive(Debug, Parser)]
#[command(name = "qadam-demo", version)]
struct Args {
    /// Ends after the play; any deviation gives exit code 1.
    #[arg(long, conflicts_with = "connect")]
    once: bool,
    /// No play: another phone on the server of a demo that runs, such as http://127.0.0.1:40123.
    #[arg(long, value_name = "URL", requires = "login", requires = "password", value_parser = address)]
    connect: Option<SocketAddr>,
    #[arg(long, requires = "connect")]
    login: Option<String>,
    #[arg(long, requires = "connect")]
    password: Option<String>,
}

fn main() -> ExitCode {
    if let Some(done) = server::run_command() {
        return done;
    }
    demo(Args::parse())
}

#[tokio::main]
async fn demo(args: Args) -> ExitCode {
    let done = match (args.connect, args.login, args.password) {
        (Some(server), Some(login), Some(password)) => second_terminal(server, &login, &password).await,
        _ => evening(args.once).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(deviation) => {
            eprintln!("\nqadam-demo: {deviation}");
            ExitCode::FAILURE
        }
    }
}

async fn evening(once: bool) -> Result<(), Deviation> {
    let folder = tempfile::Builder::new().prefix("qadam-demo-").tempdir()?;
    let clock = Arc::new(EveningClock::at_the_evening());
    let mut server = Server::start(folder.path(), clock.clone()).await?;
    let played = tokio::time::timeout(PLAY, play::evening(folder.path(), &mut server, &clock)).await;
    let phone =
        played.map_err(|_| Deviation::new(format!("the play was not over after {} seconds", PLAY.as_secs())))??;
    if !once {
        say("");
        say(&format!("The server stays up at {}. A second phone, in another terminal:", server.url()));
        let (login, password) = (play::LOGIN, play::PASSWORD);
        let url = server.url();
        say(&format!("  cargo run --release -p qadam-demo -- --connect {url} --login {login} --password {password}"));
        terminal::run(&phone, Some(&clock)).await;
    }
    phone.engine.close().await;
    server.stop().await;
    Ok(())
}

async fn second_terminal(server: SocketAddr, login: &str, password: &str) -> Result<(), Deviation> {
    let folder = tempfile::Builder::new().prefix("qadam-phone-").tempdir()?;
    say(&format!("This phone's folder: {}", folder.path().display()));
    let phone = Phone::open("terminal phone", folder.path(), server, Arc::new(EveningClock::of_the_system())).await?;
    phone.sign_in(login, password).await?;
    phone.engine.sync().await?;
    terminal::run(&phone, None).await;
    phone.engine.close().await;
    Ok(())
}

fn address(url: &str) -> Result<SocketAddr, String> {
    let address = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/').parse::<SocketAddr>());
    match address {
        Some(Ok(address)) if address.ip().is_loopback() => Ok(address),
        _ => Err("the demo prints its address: http://127.0.0.1 and a port".into()),
    }
}
