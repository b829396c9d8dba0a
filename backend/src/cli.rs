//! The commands.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use qadam_domain::company::Locale;
use qadam_domain::ids::{BlobHash, DeviceId, MarketId, RuleId};
use qadam_domain::time::{Day, Millis};
use qadam_protocol::error::ErrorCode;
use reqwest::Url;
use sha2::{Digest, Sha256};

use crate::accounts::{self, NewUser, invitation};
use crate::blobs::Blobs;
use crate::config::{Config, Tls, now};
use crate::content::{self, Fault, Faults, Severity};
use crate::csv;
use crate::error::Error;
use crate::gaps::{self, Gap};
use crate::ledger::{self, Entry, Ledger, Replayed};
use crate::nudges::dry_run::{self, Span};
use crate::nudges::offers::{self, Reward};
use crate::nudges::why;
use crate::publish::{self, BlobSink, PublishError};
use crate::random;
use crate::restore::{RestoreError, restore};
use crate::results::import::Kind;
use crate::results::{self, Taken};
use crate::server::{StartError, serve};
use crate::store::{self, Connection, Database, StoreError, atomically};
use crate::team::documents::Documents;
use crate::team::import::{self, ImportError, Imported};

/// Qadam's server.
#[derive(Debug, Parser)]
#[command(name = "qadam-backend", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers phones until it is told to stop.
    Serve(Serve),
    /// Checks and publishes a content folder.
    Content {
        #[command(subcommand)]
        command: Content,
    },
    /// Adds people and lets them in.
    User {
        #[command(subcommand)]
        command: User,
    },
    /// Takes over what the company's back office knows.
    Import {
        #[command(subcommand)]
        command: Import,
    },
    /// Offers to people: who is to get which reward, and who has it.
    Offers {
        #[command(subcommand)]
        command: Offers,
    },
    /// Asks about the rules that are in force.
    Rules {
        #[command(subcommand)]
        command: Rules,
    },
    /// Copies database and blobs into a new folder, while the server runs. From then on phones keep what the backup does not hold.
    Backup {
        folder: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Lists the backups that phones still reckon with, or ends that.
    Backups {
        #[command(subcommand)]
        command: Backups,
    },
    /// Lists the phones that have not been back since a restore, and so may have sent what is lost, or ends that.
    Gaps {
        #[command(subcommand)]
        command: Gaps,
    },
    /// Brings the server back from a backup, into a data folder without a database, with what the ledger says.
    Restore {
        backup: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum Offers {
    /// Writes whose goal is reached into a new CSV file: id, distributor, rule, reward, until. Who was noted as having the reward is not in it.
    Export {
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Notes that rewards were handed out: those of a CSV file with the column id, or one. The same again changes nothing; after a restore, give the
    /// files since the backup again.
    Given {
        #[arg(required_unless_present = "id", conflicts_with = "id")]
        file: Option<PathBuf>,
        /// The offer's id, as exported.
        #[arg(long)]
        id: Option<String>,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum Rules {
    /// Tells why a rule did or did not move a person on a day.
    Why {
        /// The company's id of the person.
        #[arg(long)]
        distributor: String,
        #[arg(long, value_parser = |text: &str| RuleId::new(text))]
        rule: RuleId,
        /// As in 2026-11-24; else today at the person's place.
        #[arg(long, value_name = "DATE", value_parser = date)]
        on: Option<Day>,
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Tells what the rules of a content folder would have done, beside those that are published. Writes nothing.
    DryRun {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// As in 2026-10-01: the first day, on each person's own calendar.
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Day,
        /// The last day.
        #[arg(long, value_name = "DATE", value_parser = date)]
        to: Day,
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum Backups {
    List {
        #[command(flatten)]
        data: Data,
    },
    /// The server will never be restored from this backup or an older one.
    Forget {
        /// Its number in the list.
        number: i64,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum Gaps {
    List {
        #[command(flatten)]
        data: Data,
    },
    /// The person knows what is lost, or the phone is known to have sent nothing.
    Forget {
        /// The device's id in the list, or `all`.
        #[arg(value_parser = device)]
        device: Chosen,
        #[command(flatten)]
        data: Data,
    },
}

/// One device, or all of them.
type Chosen = Option<DeviceId>;

#[derive(Debug, Args)]
struct Data {
    /// The folder with database and blobs.
    #[arg(long = "data", value_name = "DIR", default_value = "data", env = "QADAM_DATA")]
    path: PathBuf,
    /// A PostgreSQL database that several servers share, postgres://user:password@host/name, instead of the one in the folder.
    #[arg(long, value_name = "URL", env = "QADAM_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// The folder of the ledger, which a restore reads: best beside the backups. By default in the data folder.
    #[arg(long, value_name = "DIR", env = "QADAM_LEDGER")]
    ledger: Option<PathBuf>,
}

impl Data {
    fn database(&self) -> Database {
        self.database.clone().map_or_else(|| Database::Sqlite(self.path.clone()), Database::Postgres)
    }

    fn open(&self) -> Result<Connection, CliError> {
        Ok(store::open(self.database())?)
    }

    fn open_blobs(&self) -> Result<Blobs, CliError> {
        Blobs::open(&self.path).map_err(|source| CliError::Io { path: self.path.clone(), source })
    }

    fn ledger_folder(&self) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| self.path.join(ledger::FOLDER))
    }

    fn read_ledger(&self) -> Result<Vec<Entry>, CliError> {
        let folder = self.ledger_folder();
        ledger::read(&folder).map_err(|source| CliError::Io { path: folder, source })
    }

    fn open_ledger(&self) -> Result<Ledger, CliError> {
        let folder = self.ledger_folder();
        let opened = if self.database.is_some() { Ledger::open_shared(&folder) } else { Ledger::open(&folder) };
        opened.map_err(|source| CliError::Io { path: folder, source })
    }
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    data: Data,
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8740")]
    listen: SocketAddr,
    /// PEM file with the certificate's chain.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM file with the certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// TLS ends at a proxy before this server.
    #[arg(long)]
    behind_proxy: bool,
    /// A loopback address on which `GET /metrics` is answered, for Prometheus.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    /// TOML file that says which push services are used, with which credentials. Read again when it changes.
    #[arg(long, value_name = "FILE", env = "QADAM_PUSH")]
    push: Option<PathBuf>,
    /// TOML file with the keys by which the back office signs what it posts to `/v1/results/`. Read again when it changes.
    #[arg(long, value_name = "FILE", env = "QADAM_WEBHOOK")]
    webhook: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Content {
    /// Names every fault.
    Check { folder: PathBuf },
    /// Makes it the next release.
    Publish {
        folder: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Members of the company's tree, from a CSV file in UTF-8 whose first line names the columns: id, sponsor, name, phone, rank, personal, group,
    /// active, joined, city. All of it or nothing; the same file again changes nothing.
    Team {
        file: PathBuf,
        /// Removes the members that the file does not have.
        #[arg(long)]
        complete: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Confirmed sales: id, version, distributor, day, volume, buyer (customer or own), status (confirmed or returned). All of a file or nothing; a correction is
    /// a higher version of the same id.
    Sales(ResultsFile),
    /// Volumes of months: distributor, month, version, day (up to which it is counted), customers, own.
    Volumes(ResultsFile),
    /// Ranks that were reached: id, version, distributor, day, rank, status (reached or withdrawn).
    Ranks(ResultsFile),
}

#[derive(Debug, Args)]
struct ResultsFile {
    file: PathBuf,
    /// Nobody is told anything because of it: for the history of former years.
    #[arg(long)]
    backfill: bool,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Args)]
struct Scanned {
    /// The server as phones reach it, such as https://qadam.example: prints the code as a link too, and as a QR code that the app scans.
    #[arg(long, value_parser = invitation::address)]
    address: Option<Url>,
}

impl Scanned {
    fn say(&self, code: &str) {
        if let Some(address) = &self.address {
            let link = invitation::link(address, code);
            say(&format!("link {link}\n{}", invitation::qr(&link)));
        }
    }
}

#[derive(Debug, Subcommand)]
enum User {
    /// Prints the invite code, with which the person sets a password within 14 days.
    Add {
        #[arg(long)]
        login: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_parser = |text: &str| MarketId::new(text))]
        market: MarketId,
        #[arg(long, value_parser = locale)]
        locale: Locale,
        /// The company's id of the sponsor.
        #[arg(long)]
        sponsor: Option<String>,
        /// The company's id of the person.
        #[arg(long)]
        id: Option<String>,
        #[command(flatten)]
        scanned: Scanned,
        #[command(flatten)]
        data: Data,
    },
    /// Prints a reset code, with which the person sets a new password within a day.
    Reset {
        #[arg(long)]
        login: String,
        #[command(flatten)]
        scanned: Scanned,
        #[command(flatten)]
        data: Data,
    },
    /// Names somebody who looks after a person: they are told how to help before the sponsor is.
    Mentor {
        #[arg(long)]
        login: String,
        /// The company's id of the mentor; without it nobody is any more.
        #[arg(long)]
        mentor: Option<String>,
        #[command(flatten)]
        data: Data,
    },
    /// Lists accounts.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Closes an account and signs out its devices; they wipe what they hold.
    Close {
        #[arg(long)]
        login: String,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{}", .0.info().detail)]
    Told(Error),
    #[error(transparent)]
    Error(Error),
    #[error("nothing is published yet: qadam-backend content publish DIR")]
    Unpublished,
    #[error("{0}: the folder is not empty")]
    NotEmpty(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("there is no backup {0}: qadam-backend backups list")]
    UnknownBackup(i64),
    #[error("there is no such gap: qadam-backend gaps list")]
    UnknownGap,
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Publish(PublishError),
    /// They have been printed.
    #[error("{0} faults")]
    Faults(usize),
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        match error {
            Error::Request(_) => Self::Told(error),
            Error::Store(_) | Error::Row(_) | Error::Unsound(_) => Self::Error(error),
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

impl From<PublishError> for CliError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Error(error) => error.into(),
            other => Self::Publish(other),
        }
    }
}

/// Runs what the command line says.
pub fn main() -> ExitCode {
    run_arguments(std::env::args_os(), now())
}

/// Runs what these arguments say, the program's name first: for a program that is `qadam-backend` too when it is called so. `now` is the time of a
/// command; a server has its own.
pub fn run_arguments(arguments: impl IntoIterator<Item = OsString>, now: Millis) -> ExitCode {
    match run(Cli::parse_from(arguments).command, now) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&mut io::stderr(), &format!("qadam-backend: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, now: Millis) -> Result<(), CliError> {
    match command {
        Command::Serve(options) => run_server(options),
        Command::Content { command: Content::Check { folder } } => {
            let (compiled, faults) = content::check(&folder);
            tell_faults(&faults);
            if compiled.is_some() { Ok(()) } else { Err(CliError::Faults(faults.len())) }
        }
        Command::Content { command: Content::Publish { folder, data } } => publish_folder(&folder, &data, now),
        Command::User { command } => run_user(command, now),
        Command::Import { command } => match command {
            Import::Team { file, complete, data } => import_team(&file, complete, &data, now),
            Import::Sales(file) => import_results(Kind::Sales, &file, now),
            Import::Volumes(file) => import_results(Kind::Volumes, &file, now),
            Import::Ranks(file) => import_results(Kind::Ranks, &file, now),
        },
        Command::Offers { command: Offers::Export { file, data } } => export_offers(&file, &data),
        Command::Offers { command: Offers::Given { file, id, data } } => give_offers(file.as_deref(), id, &data, now),
        Command::Rules { command: Rules::Why { distributor, rule, on, json, data } } => {
            let conn = data.open()?;
            let releases = publish::releases(&conn)?;
            let why = why::why(&conn, &releases, &distributor, &rule, on, now)?;
            let text =
                if json { serde_json::to_string(&why).expect("only texts and numbers") } else { why.to_string() };
            say(&text);
            Ok(())
        }
        Command::Rules { command: Rules::DryRun { folder, from, to, json, data } } => {
            let (compiled, faults) = content::check(&folder);
            tell_faults(&faults);
            let compiled = compiled.ok_or(CliError::Faults(faults.len()))?;
            let report = dry_run::dry_run(data.database(), &compiled, Span { from, until: to }, now)?;
            let text =
                if json { serde_json::to_string(&report).expect("only texts and numbers") } else { report.to_string() };
            say(&text);
            Ok(())
        }
        Command::Backup { folder, data } => back_up(&data, &folder, now),
        Command::Backups { command: Backups::List { data } } => list_backups(&data.open()?),
        Command::Backups { command: Backups::Forget { number, data } } => {
            let conn = data.open()?;
            if !store::forget_backups(&conn, number)? {
                return Err(CliError::UnknownBackup(number));
            }
            list_backups(&conn)
        }
        Command::Gaps { command: Gaps::List { data } } => {
            let entries = data.read_ledger()?;
            let conn = data.open()?;
            atomically(&conn, || gaps::find(&conn, &entries, now))?;
            list_gaps(&conn)
        }
        Command::Gaps { command: Gaps::Forget { device, data } } => {
            let conn = data.open()?;
            match atomically(&conn, || gaps::forget(&conn, device.as_ref(), now))? {
                0 => Err(CliError::UnknownGap),
                _ => list_gaps(&conn),
            }
        }
        Command::Restore { backup, data } => {
            let (database, ledger) = (data.database(), data.ledger_folder());
            let replayed = restore(&backup, &database, &data.path, &ledger, now, &mut random::system)?;
            let Replayed { erased, signed_out, closed, published, imported, refused } = replayed;
            say(&format!(
                "restored; done again from the ledger: {published} publications, {imported} imports, {erased} erasures, {signed_out} sign-outs, {closed} closed accounts"
            ));
            if !refused.is_empty() {
                let message = format!(
                    "the tree does not take the imports of the ledger's lines {refused:?} any more; import the company's newest file"
                );
                tell(&mut io::stderr(), &message);
            }
            Ok(())
        }
    }
}

fn run_server(options: Serve) -> Result<(), CliError> {
    let filter = tracing_subscriber::EnvFilter::try_from_env("QADAM_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(io::stderr).init();
    let tls = options.tls_cert.zip(options.tls_key).map(|(certificate, key)| Tls { certificate, key });
    let config = Config {
        listen: options.listen,
        tls,
        behind_proxy: options.behind_proxy,
        metrics: options.metrics,
        push: options.push,
        webhook: options.webhook,
        ledger: options.data.ledger_folder(),
        database: options.data.database,
        ..Config::local(options.data.path)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|source| CliError::Io { path: "a thread".into(), source })?;
    runtime.block_on(async {
        // Listened for before anybody learns that the server runs: who stops it at once finds it ready for that too.
        let told = stop_signal().map_err(|source| CliError::Io { path: "a signal".into(), source })?;
        Ok(serve(config, |server| say(&format!("listening on {}", server.url())), told).await?)
    })
}

/// SIGTERM or SIGINT.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn publish_folder(folder: &Path, data: &Data, now: Millis) -> Result<(), CliError> {
    let (compiled, faults) = content::check(folder);
    tell_faults(&faults);
    let Some(compiled) = compiled else { return Err(CliError::Faults(faults.len())) };
    let conn = data.open()?;
    let mut blobs = data.open_blobs()?;
    let (ledger, stored) = (data.open_ledger()?, blobs.clone());
    let mut keep = |entry: &Entry| {
        if conn.sqlite().is_none() {
            stored.share(&conn).map_err(Error::from)?;
        }
        Ok(ledger::keep_publication(&ledger, &stored, entry)?)
    };
    let published = match publish::publish(&conn, &mut blobs, &compiled, now, &mut random::system, &mut keep) {
        Err(PublishError::Faults(faults)) => {
            tell_faults(&faults);
            return Err(CliError::Faults(faults.len()));
        }
        other => other?,
    };
    say(&match (published.is_changed, published.is_new_release) {
        (false, _) => format!("nothing has changed since release {}", published.serial),
        (true, false) => format!("published texts and media of release {}", published.serial),
        (true, true) => format!("published release {} ({})", published.serial, published.release),
    });
    Ok(())
}

fn import_team(file: &Path, complete: bool, data: &Data, now: Millis) -> Result<(), CliError> {
    let failed = |source| CliError::Io { path: file.into(), source };
    let hash = hash_of(file).map_err(failed)?;
    let opened = File::open(file).map_err(failed)?;
    let (conn, ledger, at) = (data.open()?, data.open_ledger()?, now);
    let name = file.display().to_string();
    let imported = match import::import(&conn, &name, opened, complete, at, &mut random::system) {
        Err(ImportError::Faults(faults)) => {
            tell_faults(&faults);
            return Err(CliError::Faults(faults.len()));
        }
        Err(ImportError::Read(source)) => return Err(CliError::Io { path: file.into(), source }),
        Err(ImportError::Error(error)) => return Err(error.into()),
        Ok(imported) => imported,
    };
    let entry = Entry::TeamImported { file: hash.clone(), complete, at };
    ledger::keep_import(&ledger, &conn, &hash, |kept| kept.put_file(&hash, file), entry, at)?;
    let folder = &data.path;
    let documents = Documents::of_folder(folder).map_err(|source| CliError::Io { path: folder.clone(), source })?;
    documents.sweep(&conn)?;
    let Imported { added, changed, moved, removed, unchanged } = imported;
    say(&format!("{added} added, {changed} changed, {moved} moved, {removed} removed, {unchanged} unchanged"));
    Ok(())
}

fn import_results(of: Kind, ResultsFile { file, backfill, data }: &ResultsFile, now: Millis) -> Result<(), CliError> {
    let failed = |source| CliError::Io { path: file.into(), source };
    let hash = hash_of(file).map_err(failed)?;
    let opened = File::open(file).map_err(failed)?;
    let (conn, ledger, at) = (data.open()?, data.open_ledger()?, now);
    let releases = publish::releases(&conn)?;
    let (name, silent) = (file.display().to_string(), *backfill);
    let taken = match results::import::import(&conn, &releases, of, &name, opened, silent, at, &mut random::system) {
        Err(results::import::ImportError::Faults(faults)) => {
            tell_faults(&faults);
            return Err(CliError::Faults(faults.len()));
        }
        Err(results::import::ImportError::Read(source)) => return Err(failed(source)),
        Err(results::import::ImportError::Error(error)) => return Err(error.into()),
        Ok(taken) => taken,
    };
    let entry = Entry::ResultsImported { file: hash.clone(), of, silent, at };
    ledger::keep_import(&ledger, &conn, &hash, |kept| kept.put_file(&hash, file), entry, at)?;
    let Taken { new, corrected, known, people, waiting } = taken;
    say(&format!(
        "{new} new, {corrected} corrected, {known} known already; the rows of {people} people changed, {waiting} wait for an account"
    ));
    Ok(())
}

fn export_offers(file: &Path, data: &Data) -> Result<(), CliError> {
    let failed = |source| CliError::Io { path: file.into(), source };
    let rewards = offers::rewards(&data.open()?)?;
    let mut opened = BufWriter::new(File::create_new(file).map_err(failed)?);
    // RFC 4180.
    let cell = |text: &str| match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_string(),
    };
    writeln!(opened, "id,distributor,rule,reward,until").map_err(failed)?;
    for Reward { id, distributor, rule, reward, until } in &rewards {
        let cells = [id, distributor, rule, reward, &until.to_string()].map(|text| cell(text));
        writeln!(opened, "{}", cells.join(",")).map_err(failed)?;
    }
    opened.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all()).map_err(failed)?;
    say(&format!("{} rewards are to be handed out", rewards.len()));
    Ok(())
}

fn give_offers(file: Option<&Path>, id: Option<String>, data: &Data, now: Millis) -> Result<(), CliError> {
    let name = file.map_or_else(|| "--id".into(), |file| file.display().to_string());
    let mut faults = Faults::new(&name);
    let mut ids: Vec<(String, u32)> = id.into_iter().map(|id| (id, 0)).collect();
    if let Some(file) = file {
        let failed = |source| CliError::Io { path: file.into(), source };
        let opened = File::open(file).map_err(failed)?;
        csv::read(opened, ["id"], &mut faults, failed, |[id], line, faults| {
            match ids.len() < results::import::LINES {
                true => ids.push((id.into(), line)),
                false => faults.error(line, "the file is too long", "part it"),
            }
            Ok::<_, CliError>(())
        })?;
    }
    let (conn, mut given, mut known) = (data.open()?, 0, 0);
    let outcome = atomically(&conn, || {
        for (id, line) in &ids {
            match offers::give(&conn, id, now, &mut random::system)? {
                Some(true) => given += 1,
                Some(false) => known += 1,
                None => faults.error(*line, "there is no such offer", "write its id as offers export does"),
            }
        }
        match faults.errors() {
            0 => Ok(()),
            // Nothing of the file is noted.
            _ => Err(Error::new(ErrorCode::BadRequest, "the offers can't be noted")),
        }
    });
    if faults.errors() > 0 {
        let faults = faults.into_vec();
        tell_faults(&faults);
        return Err(CliError::Faults(faults.len()));
    }
    outcome?;
    say(&format!("{given} noted; {known} were noted before, or are not reached"));
    Ok(())
}

fn date(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a date is written 2026-11-24")
}

fn hash_of(file: &Path) -> io::Result<BlobHash> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(file)?, &mut HashWriter(&mut hash))?;
    Ok(BlobHash::new(hex::encode(hash.finalize())).expect("a SHA-256 is 64 hexadecimal digits"))
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run_user(command: User, now: Millis) -> Result<(), CliError> {
    let random = &mut random::system;
    match command {
        User::Add { login, name, market, locale, sponsor, id, scanned, data } => {
            let conn = data.open()?;
            let releases = publish::releases(&conn)?;
            let newest = releases.newest_up_to(u64::MAX).ok_or(CliError::Unpublished)?;
            let user = NewUser { login, name, market, locale, sponsor, id };
            let added = atomically(&conn, || {
                let added = accounts::add_user(&conn, &newest.release, &user, now, random)?;
                results::catch_up(&conn, &releases, added.account, &added.distributor, now, random)?;
                Ok::<_, Error>(added)
            })?;
            say(&format!("id {}\ninvite code {}", added.distributor, added.code));
            scanned.say(&added.code);
        }
        User::Reset { login, scanned, data } => {
            let conn = data.open()?;
            let code = atomically(&conn, || accounts::reset_user(&conn, &login, now, random))?;
            say(&format!("reset code {code}"));
            scanned.say(&code);
        }
        User::Mentor { login, mentor, data } => {
            let conn = data.open()?;
            atomically(&conn, || accounts::set_mentor(&conn, &login, mentor.as_deref(), now, random))?;
        }
        User::List { data } => list_users(&data.open()?)?,
        User::Close { login, data } => {
            let conn = data.open()?;
            let ledger = data.open_ledger()?;
            atomically(&conn, || {
                let at = now;
                let account = accounts::close_user(&conn, &login, at)?;
                ledger.append(&[Entry::Closed { account, at }])
            })?;
            say("closed");
        }
    }
    Ok(())
}

fn list_users(conn: &Connection) -> Result<(), CliError> {
    for user in accounts::list_users(conn)? {
        let state = match (user.is_closed, user.has_password) {
            (true, _) => "closed",
            (false, false) => "invited",
            (false, true) => "open",
        };
        say(&format!("{}\t{}\t{}\t{state}\t{} devices", user.distributor, user.login, user.name, user.devices));
    }
    Ok(())
}

/// The database first: it names only blobs that are there by then.
fn back_up(data: &Data, folder: &Path, now: Millis) -> Result<(), CliError> {
    let failed = |source| CliError::Io { path: folder.into(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    if std::fs::read_dir(folder).map_err(failed)?.next().is_some() {
        return Err(CliError::NotEmpty(folder.into()));
    }
    let (conn, blobs, ledger, at) = (data.open()?, data.open_blobs()?, data.open_ledger()?, now);
    let copy = store::back_up(&conn, folder)?;
    ledger.append(&[Entry::BackedUp { serial: store::serial(&copy)?, at }])?;
    if conn.sqlite().is_none() {
        blobs.fetch_all(&conn)?;
    }
    let copied = blobs.back_up(folder).map_err(failed)?;
    std::fs::File::open(folder).and_then(|opened| opened.sync_all()).map_err(failed)?;
    // Last: only what is whole can be restored from.
    store::register_backup(&conn, &copy, &folder.display().to_string(), at)?;
    say(&format!("database and {copied} blobs are in {}", folder.display()));
    Ok(())
}

fn list_backups(conn: &Connection) -> Result<(), CliError> {
    for backup in store::backups(conn)? {
        say(&format!("{}\t{}\t{}", backup.number, Day::at(backup.taken, 0), backup.place));
    }
    Ok(())
}

fn list_gaps(conn: &Connection) -> Result<(), CliError> {
    for Gap { device, distributor, since, until, revisions } in gaps::list(conn)? {
        let since = since.map_or("an unknown day".into(), |since| Day::at(since, 0).to_string());
        let until = Day::at(until, 0);
        say(&format!(
            "{distributor}\t{device}\tmay have sent between {since} and {until}\t{revisions} revisions were seen"
        ));
    }
    Ok(())
}

fn tell_faults(faults: &[Fault]) {
    for fault in faults {
        tell(&mut io::stderr(), &fault.to_string());
    }
    let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
    if !faults.is_empty() {
        tell(&mut io::stderr(), &format!("{errors} errors, {} warnings", faults.len() - errors));
    }
}

fn device(text: &str) -> Result<Chosen, &'static str> {
    if text == "all" { Ok(None) } else { DeviceId::new(text).map(Some).map_err(|_| "an id of the list, or all") }
}

fn locale(tag: &str) -> Result<Locale, String> {
    Locale::of_tag(tag).ok_or_else(|| "one of en, es, kk, ru".into())
}

fn say(text: &str) {
    tell(&mut io::stdout(), text);
}

/// Whoever read this may have gone away, and the work goes on.
fn tell(to: &mut dyn Write, text: &str) {
    let _: io::Result<()> = writeln!(to, "{text}").and_then(|()| to.flush());
}
