use qadam_engine::session::{AccountView, DeviceView, SessionView};

use crate::live::live_query;
use crate::{QadamEngine, Result};

/// Who uses this phone.
#[uniffi::remote(Enum)]
pub enum SessionView {
    SignedOut,
    SignedIn { account: AccountView },
}

#[uniffi::remote(Record)]
pub struct AccountView {
    /// Opaque.
    pub account: String,
    pub company: String,
    /// The server's address.
    pub server: String,
    /// The company's own number or name for this person.
    pub distributor: String,
    pub name: String,
    pub market: String,
    /// The number or name of the sponsor.
    pub sponsor: Option<String>,
    /// `2026-11-24`
    pub joined: String,
    /// Id of this device.
    pub device: String,
    /// Work goes on offline until the person signs in again.
    pub sign_in_needed: bool,
}

#[uniffi::remote(Record)]
pub struct DeviceView {
    pub id: String,
    pub name: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub signed_in: i64,
    /// The same; at most a day old.
    pub heard: i64,
    /// It is this very device.
    pub this: bool,
}

live_query! {
    /// Who uses this phone, as that changes.
    LiveSession gives SessionSnapshot of SessionView
}

#[uniffi::export]
impl QadamEngine {
    /// Sets the password with an invite or reset code. Gives the log-in name.
    pub async fn set_password(&self, server: String, code: String, password: String) -> Result<String> {
        Ok(self.0.set_password(server, code, password).await?)
    }

    pub async fn sign_in(
        &self,
        server: String,
        login: String,
        password: String,
        device_name: String,
    ) -> Result<AccountView> {
        Ok(self.0.sign_in(server, login, password, device_name).await?)
    }

    /// Sends what waits, then removes everything of the account from this phone. `Unsent` where it can't be sent, unless
    /// `even_unsent`.
    pub async fn sign_out(&self, even_unsent: bool) -> Result<()> {
        Ok(self.0.sign_out(even_unsent).await?)
    }

    pub async fn session(&self) -> Result<SessionView> {
        Ok(self.0.session().await?)
    }

    /// The account's devices, asked from the server.
    pub async fn devices(&self) -> Result<Vec<DeviceView>> {
        Ok(self.0.devices().await?)
    }

    pub async fn revoke_device(&self, id: String) -> Result<()> {
        Ok(self.0.revoke_device(id).await?)
    }

    pub fn observe_session(&self) -> LiveSession {
        LiveSession(self.0.observe_session())
    }
}
