//! How much of a sample is in a corpus, when the one who holds the sample and the one who owns the corpus show each other neither.
//!
//! They exchange seven messages at most (`docs/private-match-1.md` fixes them byte by byte):
//!
//! | | from | |
//! |---|---|---|
//! | invitation | holder | terms, and a commitment to the sample |
//! | agreement | owner | a fresh public key, and a commitment to the corpus |
//! | request | holder | the sample, blinded |
//! | answer | owner | the blinded sample under the owner's key, and the owner's set |
//! | result | holder | the counts |
//! | countersignature | owner | that the result is of these files |
//! | revelation | holder | which elements matched, where the terms allow it |
//!
//! The crate takes and gives bytes. It opens no file, asks no clock and draws no random number: whoever calls it gives a [`Seed`], from
//! which everything secret is derived, for each session anew.

mod error;
mod filter;
mod group;
mod head;
mod holder;
mod message;
mod owner;
mod result;
mod seed;
mod terms;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use error::Refused;
pub use head::{Address, Head};
pub use holder::{Match, Opened, Opening, Requested, Sample, invite, request, reveal};
pub use message::{Header, Identity, Kind, MessageDigest, PublicKey};
pub use owner::{Agreed, Answering, Revealing, Setup, countersign};
pub use result::{Counts, Outcome, Statement, share};
pub use seed::Seed;
pub use terms::{Agreement, Invitation, Label, Mode, Session, Terms};

/// The instructions that the group's arithmetic uses on this machine, as far as the build allows them.
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        let wide = std::arch::is_x86_feature_detected!("avx512ifma") && std::arch::is_x86_feature_detected!("avx512vl");
        if cfg!(curve25519_dalek_backend = "avx512") && wide {
            return "avx512";
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return "avx2";
        }
    }
    "portable"
}
