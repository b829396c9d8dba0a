use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use qadam_protocol::error::ErrorCode;

use crate::accounts::{self, Session, TokenHash};
use crate::app::App;
use crate::cache::Known;
use crate::error::Error;

/// Bytes of a token as it travels; longer ones are nobody's.
const TOKEN: usize = 256;

/// The device that asks. A handler that takes it answers nobody else.
pub struct Caller {
    known: Arc<Known>,
    token: TokenHash,
}

impl Caller {
    pub fn session(&self) -> &Session {
        &self.known.session
    }

    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Hash of the token that it brought.
    pub fn token(&self) -> TokenHash {
        self.token
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Error> {
        let Some(token) = bearer(parts) else {
            return Err(Error::new(ErrorCode::Unauthorized, "a token is needed"));
        };
        let token = accounts::hash_of(token);
        let known = app.session(token).await?;
        let now = app.now();
        if !accounts::is_heard_today(&known.session, now) {
            let session = known.session.clone();
            let heard = app.store.write(move |conn| accounts::heard(conn, &session, now)).await;
            if let Err(error) = heard {
                // Who only reads is served all the same, by a full disk too.
                tracing::warn!(%error, "a device's day was not noted");
            }
        }
        Ok(Self { known, token })
    }
}

/// The token of `authorization: Bearer …` (RFC 6750).
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= TOKEN).then_some(token)
}

/// The network from which a request comes, for limits on attempts.
pub struct Peer(pub String);

impl FromRequestParts<Arc<App>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        // The last entry is the proxy's own word; those before it are the client's.
        let forwarded = || {
            let mut values = parts.headers.get_all("x-forwarded-for").iter();
            values.next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        };
        let direct = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let address = if app.behind_proxy { forwarded() } else { None }.or_else(direct);
        Ok(Self(address.map_or_else(String::new, network)))
    }
}

/// An IPv4 address, or the /64 that one holder of IPv6 addresses has.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_of_many_addresses_is_one_network() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
