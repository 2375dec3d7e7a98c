//! Where an endpoint is.

use std::net::IpAddr;

use ureq::http::Uri;

use super::Error;

/// The path of chat completions below an API's address.
const COMPLETIONS: &str = "/chat/completions";

/// An endpoint's address, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Where chat completions are.
    pub(super) completions: String,
    /// Host, and port where one is named.
    pub(super) host: String,
    /// Whether it is https.
    pub(super) is_secure: bool,
    /// Whether it is an address of this machine.
    pub(super) is_this_machine: bool,
}

impl Address {
    pub(super) fn parse(given: &str) -> Result<Address, Error> {
        let not = |why| Error::Address { why };
        let given = given.trim();
        let uri: Uri = given.parse().map_err(|_| not("that is no address"))?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(not("the address does not begin with http:// or https://")),
        };
        let authority = uri.authority().ok_or_else(|| not("the address names no host"))?.as_str();
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| not("the address names no host"))?;
        // The address is recorded and shown; what opens the endpoint must not be in it.
        if authority.contains('@') {
            return Err(not("the address holds a name or password; set GAINSAY_MODEL_KEY instead"));
        }
        if uri.query().is_some() || given.contains('#') {
            return Err(not("the address holds a query or fragment, which may be a secret; leave it out"));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let path = uri.path().trim_end_matches('/');
        let path = path.strip_suffix(COMPLETIONS).unwrap_or(path);
        let scheme = if is_secure { "https" } else { "http" };
        Ok(Address {
            completions: format!("{scheme}://{authority}{path}{COMPLETIONS}"),
            host: authority.to_owned(),
            is_secure,
            is_this_machine: bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_as_people_give_them() {
        for (given, completions, this_machine) in [
            ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions", true),
            (" http://localhost:8080/ ", "http://localhost:8080/chat/completions", true),
            ("http://[::1]:80/v1/", "http://[::1]:80/v1/chat/completions", true),
            ("https://models.example/v1/chat/completions", "https://models.example/v1/chat/completions", false),
            ("http://10.0.0.7/a/b", "http://10.0.0.7/a/b/chat/completions", false),
        ] {
            let address = Address::parse(given).unwrap_or_else(|e| panic!("{given}: {e}"));
            assert_eq!((address.completions.as_str(), address.is_this_machine), (completions, this_machine));
            assert_eq!(address.is_secure, given.contains("https"));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for given in [
            "",
            "models.example/v1",
            "ftp://models.example",
            "http://",
            "http://me:hunter2@models.example/v1",
            "https://models.example/v1?key=hunter2",
            "https://models.example/v1#hunter2",
            "http://a b/hunter2",
        ] {
            let refused = Address::parse(given).map_err(|e| e.to_string());
            assert!(
                refused.as_ref().is_err_and(|e| !e.contains("hunter2") && e.contains("--endpoint")),
                "{given}: {refused:?}"
            );
        }
    }
}
