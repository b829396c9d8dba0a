/// Who uses this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and a box does not cross the FFI")]
pub enum SessionView {
    SignedOut,
    SignedIn { account: AccountView },
}

#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The token is gone or no longer good; work goes on offline until the person signs in again.
    pub sign_in_needed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    pub id: String,
    pub name: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub signed_in: i64,
    /// The same; at most a day old.
    pub heard: i64,
    /// This very device.
    pub this: bool,
}
