//! Where a request goes: over TLS, or to this machine. It shows the host only; the rest of it may be a secret.

use std::fmt;
use std::net::IpAddr;

use ::http::Uri;
use thiserror::Error;

/// An address of HTTPS, or of HTTP on this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    host: String,
}

/// Why an address is none; it does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected https://…, or http:// to this machine")]
pub struct AddressError;

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none, holds a name and password, or leads elsewhere without TLS.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let uri: Uri = text.trim().parse().map_err(|_| AddressError)?;
        let authority = uri.authority().ok_or(AddressError)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(AddressError);
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let is_here = host == "localhost" || host.parse().is_ok_and(|it: IpAddr| it.is_loopback());
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_here => {}
            _ => return Err(AddressError),
        }
        Ok(Self { text: text.trim().to_owned(), host })
    }

    /// The address under this one: `https://api.github.com` and `/repos/acme/infra`.
    ///
    /// # Errors
    /// When that is no address.
    pub fn under(&self, path: &str) -> Result<Self, AddressError> {
        Self::parse(&format!("{}{path}", self.text.trim_end_matches('/')))
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The whole address: for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/…", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn only_tls_leaves_this_machine() {
        for fine in [
            "https://hooks.example.com/services/T0/B0",
            "http://127.0.0.1:4566",
            "http://[::1]:80/a",
            "http://localhost/",
        ] {
            assert!(Address::parse(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "https://",
            "ftp://127.0.0.1/",
            "/path",
            "https://user:word@example.com/",
            "",
            "http://0.0.0.0/",
            "javascript:alert(1)",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_shows_its_host_only() {
        let address = Address::parse("https://hooks.example.com/services/T0/secret").unwrap();
        assert_eq!(format!("{address:?}"), "hooks.example.com/…");
        assert_eq!(address.under("/a").unwrap().reveal(), "https://hooks.example.com/services/T0/secret/a");
    }
}
