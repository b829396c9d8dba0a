//! Who uses this phone: signing in and out, devices.
//!
//! Which account is signed in stands in a small file; the token in the platform's secure store, under the device's id, so that a token
//! that outlived its database (a keychain outlives an uninstall) is never used by another. One database file per (company, account).

mod view;

use std::path::{Path, PathBuf};

use qadam_domain::company::Distributor;
use qadam_domain::ids::DeviceId;
use qadam_domain::json;
use qadam_protocol::accounts::SignInReply;
use qadam_protocol::sync::{DISTRIBUTOR_ID, DISTRIBUTOR_KIND, ME};
use serde::{Deserialize, Serialize};

use crate::core::Core;
use crate::database::Nouns;
use crate::error::{EngineError, Result};
use crate::push;
use crate::replica::rows::{self, Confirmed};
use crate::replica::{self, request};

pub use view::*;

/// The account that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Address without a slash at its end.
    pub server: String,
    pub company: String,
    pub account: String,
}

const FILE: &str = "session.json";

impl Session {
    /// The account that is signed in, if any.
    ///
    /// # Errors
    /// Those of storage. A file that can't be read is as good as none: its database stays, and signing in finds it again.
    pub fn load(directory: &Path) -> Result<Option<Self>> {
        match std::fs::read(directory.join(FILE)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// # Errors
    /// Those of storage.
    pub fn save(&self, directory: &Path) -> Result<()> {
        use std::io::Write;
        let fresh = directory.join("session.json.new");
        let mut file = std::fs::File::create(&fresh)?;
        file.write_all(&serde_json::to_vec(self).expect("it holds nothing that JSON can't"))?;
        file.sync_all()?;
        std::fs::rename(fresh, directory.join(FILE))?;
        std::fs::File::open(directory)?.sync_all()?;
        Ok(())
    }

    /// # Errors
    /// Those of storage.
    pub fn remove(directory: &Path) -> Result<()> {
        match std::fs::remove_file(directory.join(FILE)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The account's database. Ids come from the server: what is not plain in them is written as hexadecimal.
    pub fn database(&self, directory: &Path) -> PathBuf {
        let plain = |text: &str| -> String {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if text.len() <= 64 && text.chars().all(is_plain) { text.into() } else { format!("_{}", hex::encode(text)) }
        };
        directory.join(format!("{}.{}.db", plain(&self.company), plain(&self.account)))
    }
}

/// Under which name the secure store has a device's token.
pub fn token_name(device: &DeviceId) -> String {
    format!("token-{device}")
}

/// The device is this account's now: a fresh database begins, one that is there goes on under the new id.
///
/// # Errors
/// Those of storage.
pub fn enter(core: &Core, reply: &SignInReply) -> Result<()> {
    let reading = core.clock.read();
    core.database.write(|transaction| {
        if replica::device(transaction)?.is_some() {
            replica::adopt(transaction, &reply.device, reply.server_time, &reading)?;
            push::renew(core, transaction)?;
        } else {
            replica::begin(transaction, &reply.device, reply.server_time, &reading)?;
        }
        if request::cursor(transaction, ME)?.is_none() {
            // Until the first sync brings the row.
            let value = serde_json::to_string(&reply.distributor).expect("it holds nothing that JSON can't");
            let row = Confirmed { rev: 0, generation: 0, value };
            rows::confirm(transaction, ME, DISTRIBUTOR_KIND, DISTRIBUTOR_ID, Some(&row))?;
        }
        Ok(((), Nouns::ALL))
    })
}

/// # Errors
/// Those of storage.
pub fn view(core: &Core, session: &Session, has_token: bool) -> Result<AccountView> {
    core.database.read(|connection| {
        let device = replica::device(connection)?.ok_or(EngineError::SignedOut)?;
        let distributor = rows::value(connection, ME, DISTRIBUTOR_KIND, DISTRIBUTOR_ID)?;
        let distributor: Option<Distributor> = distributor.and_then(|value| json::read(&value).ok());
        let distributor = distributor.ok_or(EngineError::Internal { detail: "the distributor's row".into() })?;
        let sign_in_needed: bool = connection.query_row("SELECT sign_in_needed FROM replica", [], |row| row.get(0))?;
        Ok(AccountView {
            account: session.account.clone(),
            company: session.company.clone(),
            server: session.server.clone(),
            distributor: distributor.id,
            name: distributor.name,
            market: distributor.market.to_string(),
            sponsor: distributor.sponsor,
            joined: distributor.joined.to_string(),
            device: device.to_string(),
            sign_in_needed: sign_in_needed || !has_token,
        })
    })
}
