//! Which instruction set the inner loops use.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// The environment variable that asks for an instruction set by its name.
const ASKED: &str = "GAINSAY_ISA";

/// An instruction set that the inner loops are written for. All give the same result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// Plain Rust; runs everywhere.
    Portable,
    /// x86-64 with AVX2 and what came with it.
    Avx2,
    /// x86-64 with AVX-512 and its byte permutations (VBMI, VBMI2).
    Avx512,
}

/// A word that names no instruction set.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no instruction set; these are: portable, avx2, avx512")]
pub struct UnknownIsa(String);

impl Isa {
    /// All of them, the slowest first.
    pub const ALL: [Isa; 3] = [Isa::Portable, Isa::Avx2, Isa::Avx512];

    /// Whether this machine has it.
    pub fn is_available(self) -> bool {
        match self {
            Isa::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => super::avx2::Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => super::avx512::Avx512::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx2 | Isa::Avx512 => false,
        }
    }

    /// Those that this machine has, the slowest first.
    pub fn available() -> impl Iterator<Item = Isa> {
        Self::ALL.into_iter().filter(|isa| isa.is_available())
    }

    /// The one in use: what `GAINSAY_ISA` asks for, else (also if it asks for what is unknown or lacking) the fastest that
    /// this machine has. Settled at the first call.
    pub fn current() -> Isa {
        static CURRENT: OnceLock<Isa> = OnceLock::new();
        *CURRENT.get_or_init(|| {
            let asked = std::env::var(ASKED).ok().and_then(|word| word.parse().ok());
            asked.filter(|isa: &Isa| isa.is_available()).or(Isa::available().last()).unwrap_or(Isa::Portable)
        })
    }
}

impl FromStr for Isa {
    type Err = UnknownIsa;

    fn from_str(word: &str) -> Result<Self, UnknownIsa> {
        Isa::ALL.into_iter().find(|isa| isa.to_string() == word).ok_or_else(|| UnknownIsa(word.to_owned()))
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Isa::Portable => "portable",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_and_others_lead_nowhere() {
        for isa in Isa::ALL {
            assert_eq!(isa.to_string().parse::<Isa>().ok(), Some(isa));
        }
        assert!("AVX2".parse::<Isa>().is_err() && "".parse::<Isa>().is_err());
        assert!(Isa::current().is_available());
    }
}
