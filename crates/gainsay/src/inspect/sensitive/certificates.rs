//! What the child told of certificates and private keys, put to what was found by their armour: to whom they belong, until when they hold,
//! and which belong together.

use jiff::Timestamp;
use unpack::{Certificate, PrivateKey};

use super::tally::Tally;
use super::{Found, pem};
use crate::claim::{SensitiveGroup, SensitiveItem, on_one_line};

/// What a certificate is called.
const CERTIFICATE: &str = "certificate";

/// Certificates and keys that are put to each other.
const MOST: usize = 10_000;

/// Which public key a certificate is of, or a private key belongs to.
#[derive(Default)]
pub(super) struct Halves {
    /// By their places among the items.
    certificates: Vec<(usize, String)>,
    /// With the files that they are in.
    keys: Vec<(String, String)>,
}

impl Tally {
    /// Takes what is known of a certificate in the file that ended last.
    pub fn certificate(&mut self, path: &str, of: &Certificate) {
        let Some(now) = self.now() else { return };
        let found = Found::new(SensitiveGroup::Certificate, CERTIFICATE, (0, 0), of.digest.as_bytes());
        let Some(item) = self.item_at(path, found, of.at) else { return };
        self.items_mut()[item].about = about(of, now);
        if self.halves().certificates.len() < MOST {
            self.halves().certificates.push((item, of.public_key.clone()));
        }
    }

    /// Takes what is known of a private key in the file that ended last.
    pub fn key(&mut self, path: &str, of: &PrivateKey) {
        if self.now().is_none() {
            return;
        }
        let value = if of.public_key.is_empty() { format!("{path}:{}", of.at) } else { of.public_key.clone() };
        let found = Found::new(SensitiveGroup::Key, pem::KEY, (0, 0), value.as_bytes());
        if let Some(item) = self.item_at(path, found, of.at)
            && self.items_mut()[item].about.is_empty()
        {
            self.items_mut()[item].about.clone_from(&of.kind);
        }
        if !of.public_key.is_empty() && self.halves().keys.len() < MOST {
            self.halves().keys.push((of.public_key.clone(), path.to_owned()));
        }
    }

    /// Says of each certificate whose private key is there where that is.
    pub(super) fn put_together(&mut self) {
        let Halves { certificates, keys } = std::mem::take(self.halves());
        for (item, public_key) in certificates {
            if let Some((_, path)) = keys.iter().find(|(of, _)| *of == public_key)
                && let Some(item) = self.items_mut().get_mut(item)
            {
                item.about.push_str(&format!("; {} ({})", SensitiveItem::WITH_KEY, on_one_line(path)));
            }
        }
    }
}

/// What may be said of a certificate, as it says of itself, and whether it holds now.
fn about(of: &Certificate, now: i64) -> String {
    let (first, last) = of.valid;
    let day = |second: i64| {
        Timestamp::from_second(second).map_or_else(|_| "no day".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    let holds = match now {
        now if now > last => "expired",
        now if now < first => "not valid yet",
        _ => SensitiveItem::VALID,
    };
    let mut words = format!(
        "to {}, from {}, serial {}, {} to {} ({holds})",
        of.subject,
        if of.self_issued { "itself" } else { &of.issuer },
        of.serial,
        day(first),
        day(last),
    );
    let purpose = if of.is_authority { vec!["an authority".to_owned()] } else { of.usage.clone() };
    for (word, list) in [("for", &of.names), ("use:", &purpose)] {
        if !list.is_empty() {
            words.push_str(&format!("; {word} {}", list.join(", ")));
        }
    }
    words.push_str(&format!("; in {}", of.form));
    on_one_line(&words)
}
