//! The backend with the sample company, in this process; phones reach it over HTTP alone. Its commands are processes of their own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use qadam_backend::blobs::Blobs;
use qadam_backend::config::{self, Config};
use qadam_backend::ledger::{self, Ledger};
use qadam_backend::server::RunningServer;
use qadam_backend::{cli, content, publish, random, store};
use qadam_vendors::{Got, Vendor, service_account};

use crate::clock::EveningClock;
use crate::play::Deviation;
use crate::show::say;

/// The settings of pushes.
const PUSH: &str = "push.toml";
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../backend/sample");
/// With it as the first argument, this program is `qadam-backend`: there need be no other.
const COMMAND: &str = "qadam-backend";
/// The variable that tells a command what time it is.
const NOW: &str = "QADAM_DEMO_NOW";

/// Runs a command of the server's where this process was started for one.
pub fn run_command() -> Option<ExitCode> {
    let is_asked = std::env::args_os().nth(1).is_some_and(|first| first == COMMAND);
    // Commands live in the evening too.
    let evening = std::env::var(NOW).ok().and_then(|now| now.parse().ok());
    is_asked.then(|| cli::run_arguments(std::env::args_os().skip(1), evening.unwrap_or_else(config::now)))
}

pub struct Server {
    /// None while it is lost.
    running: Option<RunningServer>,
    address: SocketAddr,
    data: PathBuf,
    /// The other disk, with the ledger and the backups.
    safe: PathBuf,
    /// In place of Firebase, on this machine.
    fcm: Vendor,
    clock: Arc<EveningClock>,
    /// What was published.
    pub lessons: usize,
    pub locales: usize,
}

impl Server {
    /// Publishes the sample company into a new folder below `folder` and answers on a free loopback port.
    ///
    /// # Errors
    /// The content's faults; what the store or the port says.
    pub async fn start(folder: &Path, clock: Arc<EveningClock>) -> Result<Self, Deviation> {
        let (compiled, faults) = content::check(Path::new(SAMPLE));
        let Some(compiled) = compiled else {
            let faults: String = faults.iter().map(|fault| format!("\n  {fault}")).collect();
            return Err(not_started(&format!("the sample company has faults{faults}")));
        };
        let (data, safe) = (folder.join("server"), folder.join("safe"));
        let told = clock.clone();
        let fcm = Vendor::fcm(&(Arc::new(move || told.wall()) as qadam_vendors::Clock)).await;
        std::fs::create_dir_all(&safe)?;
        std::fs::write(safe.join("account.json"), service_account(&format!("{}/token", fcm.url())))?;
        let settings = format!("[fcm]\nservice_account = \"account.json\"\nendpoint = \"{}\"\n", fcm.url());
        std::fs::write(safe.join(PUSH), settings)?;
        let conn = store::open(&data).map_err(|error| not_started(&error))?;
        let mut blobs = Blobs::open(&data)?;
        let (ledger, stored) = (Ledger::open(&safe.join(ledger::FOLDER))?, blobs.clone());
        let mut keep = |entry: &ledger::Entry| Ok(ledger::keep_publication(&ledger, &stored, entry)?);
        publish::publish(&conn, &mut blobs, &compiled, clock.wall(), &mut random::system, &mut keep)
            .map_err(|error| not_started(&error))?;
        drop(conn);
        let release = &compiled.release;
        let (lessons, locales) = (release.lessons().count(), release.locales.len());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { running: None, address, data, safe, fcm, clock, lessons, locales };
        server.serve().await?;
        Ok(server)
    }

    async fn serve(&mut self) -> Result<(), Deviation> {
        let told = self.clock.clone();
        let config = Config {
            listen: self.address,
            ledger: self.safe.join(ledger::FOLDER),
            push: Some(self.safe.join(PUSH)),
            clock: Arc::new(move || told.wall()),
            ..Config::local(&self.data)
        };
        let running = RunningServer::start(config).await.map_err(|error| not_started(&error))?;
        self.address = running.address();
        self.running = Some(running);
        Ok(())
    }

    /// Adds a person beside the server that runs. Gives the invite code.
    ///
    /// # Errors
    /// What the command says.
    pub async fn add_user(&self, login: &str, name: &str, id: Option<&str>) -> Result<String, Deviation> {
        self.add_below(login, name, id, None).await
    }

    /// As [`Self::add_user`], below a sponsor.
    ///
    /// # Errors
    /// What the command says.
    pub async fn add_member(
        &self,
        login: &str,
        name: &str,
        id: &str,
        sponsor: Option<&str>,
    ) -> Result<String, Deviation> {
        self.add_below(login, name, Some(id), sponsor).await
    }

    async fn add_below(
        &self,
        login: &str,
        name: &str,
        id: Option<&str>,
        sponsor: Option<&str>,
    ) -> Result<String, Deviation> {
        let mut words = vec!["user", "add", "--login", login, "--name", name, "--market", "kz", "--locale", "en"];
        words.extend(id.iter().flat_map(|id| ["--id", *id]));
        words.extend(sponsor.iter().flat_map(|sponsor| ["--sponsor", *sponsor]));
        let said = self.command(&words).await?;
        let code = said.lines().find_map(|line| line.strip_prefix("invite code "));
        code.map(Into::into).ok_or_else(|| Deviation::new(format!("no invite code: {said}")))
    }

    /// Imports members. Gives what the command says of it.
    ///
    /// # Errors
    /// What the command says.
    pub async fn import_team(&self, csv: &str) -> Result<String, Deviation> {
        let file = self.safe.join("team.csv");
        std::fs::write(&file, csv)?;
        self.told(&["import", "team", &file.display().to_string()]).await
    }

    /// Imports results of this kind. Gives what the command says of it.
    ///
    /// # Errors
    /// What the command says.
    pub async fn import(&self, kind: &str, csv: &str) -> Result<String, Deviation> {
        let file = self.safe.join(format!("{kind}.csv"));
        std::fs::write(&file, csv)?;
        self.told(&["import", kind, &file.display().to_string()]).await
    }

    /// Who is to get which reward: the text of the file.
    ///
    /// # Errors
    /// What the command says.
    pub async fn export_offers(&self) -> Result<String, Deviation> {
        let file = self.safe.join("rewards.csv");
        self.told(&["offers", "export", &file.display().to_string()]).await?;
        Ok(std::fs::read_to_string(file)?)
    }

    /// Notes that the rewards of the file of [`Self::export_offers`] were handed out.
    ///
    /// # Errors
    /// What the command says.
    pub async fn give_offers(&self) -> Result<String, Deviation> {
        let file = self.safe.join("rewards.csv");
        self.told(&["offers", "given", &file.display().to_string()]).await
    }

    /// What the push service has taken for this token.
    pub fn pushed(&self, token: &str) -> Vec<Got> {
        self.fcm.got().into_iter().filter(|got| got.token == token).collect()
    }

    /// Takes a backup while the server runs.
    ///
    /// # Errors
    /// What the command says.
    pub async fn back_up(&self) -> Result<(), Deviation> {
        self.told(&["backup", &self.backup()]).await.map(|_| ())
    }

    /// As a machine that burns down: what runs is cut off, and the folder is gone.
    ///
    /// # Errors
    /// What the file system says.
    pub fn lose(&mut self) -> Result<(), Deviation> {
        if let Some(running) = self.running.take() {
            running.kill();
        }
        Ok(std::fs::remove_dir_all(&self.data)?)
    }

    /// Brings the server back from the backup, at the same address. Gives what the command says of it.
    ///
    /// # Errors
    /// What the command says, or the port.
    pub async fn restore(&mut self) -> Result<String, Deviation> {
        let said = self.told(&["restore", &self.backup()]).await?;
        self.serve().await?;
        Ok(said)
    }

    fn backup(&self) -> String {
        self.safe.join("backup").display().to_string()
    }

    /// As [`Server::command`], shown as in a terminal.
    async fn told(&self, words: &[&str]) -> Result<String, Deviation> {
        let folder = self.safe.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
        say(&format!("  $ {COMMAND} {}", words.join(" ").replace(&folder, "")));
        let said = self.command(words).await?;
        said.lines().for_each(|line| say(&format!("    {}", line.replace(&folder, ""))));
        Ok(said)
    }

    async fn command(&self, words: &[&str]) -> Result<String, Deviation> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(COMMAND).args(words).env("QADAM_DATA", &self.data).env(NOW, self.clock.wall().to_string());
        command.env("QADAM_LEDGER", self.safe.join(ledger::FOLDER));
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        let output = output.map_err(|error| Deviation::new(error.to_string()))??;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            return Err(Deviation::new(format!("{COMMAND} {}: {}", words.join(" "), error.trim())));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:8740`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn stop(self) {
        if let Some(running) = self.running {
            running.stop().await;
        }
    }
}

fn not_started(error: &dyn std::fmt::Display) -> Deviation {
    Deviation::new(format!("the server did not start: {error}"))
}
