//! The authorities that this machine trusts to say who a host is.

use std::path::Path;

use ureq::tls::{PemItem, RootCerts, parse_pem};

use super::Error;

/// Where distributions keep them, in one file.
const PLACES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The certificates of `SSL_CERT_FILE`, else those of the system.
pub(super) fn roots() -> Result<RootCerts, Error> {
    let said = std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty());
    let place = said.as_deref().map(Path::new).or_else(|| PLACES.iter().map(Path::new).find(|place| place.is_file()));
    let place = place.ok_or_else(|| Error::Roots {
        why: "this system keeps no certificates where they are looked for".to_owned(),
    })?;
    let failed = |why: &dyn std::fmt::Display| Error::Roots { why: format!("{}: {why}", place.display()) };
    let pem = std::fs::read(place).map_err(|why| failed(&why))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() { Err(failed(&"it holds no certificate")) } else { Ok(RootCerts::from(certificates)) }
}
