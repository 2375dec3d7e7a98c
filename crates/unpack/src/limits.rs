//! How much one worker and one request may use.

use std::time::Duration;

use minicbor::{Decode, Encode};

/// How much a worker may use. What is cut is said in a finding, with the limit that cut it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of address space of the child, code and stack included (`RLIMIT_AS`).
    pub address_space: u64,
    /// Seconds of processor time for one request (`RLIMIT_CPU`, raised before each).
    pub cpu_seconds: u64,
    /// How long the parent waits for the child in one request, all waits added up. Time that the caller spends on
    /// events does not count.
    pub wall: Duration,
    /// How long the child may say nothing within a request before it counts as hung.
    pub silence: Duration,
    /// Bytes that come out of one request, all entries together.
    pub output_bytes: u64,
    /// Bytes of one document; a page's parse takes a multiple of it.
    pub document_bytes: u64,
    /// Bytes of one file that holds many documents and has to be read whole: a feed, a chat, a list. A mailbox has no limit.
    pub collection_bytes: u64,
    /// Entries that are looked at in one request, containers included.
    pub entries: u64,
    /// How many bytes may come out of one compressed stream for each byte that goes in, once more than
    /// [`Limits::RATIO_FLOOR`] came out. Deflate can do 1032.
    pub ratio: u64,
    /// How many archives may lie in one another.
    pub depth: u32,
    /// Bytes of nested archives held in memory at one time, because their format needs seeking.
    pub nested_bytes: u64,
    /// Serve even where the kernel cannot lock the child down. For the flag `--unsafe-no-sandbox` and nothing else.
    pub accept_unjailed: bool,
}

impl Limits {
    /// Bytes that any stream may grow to, whatever its ratio: small files of one repeated byte are common.
    pub const RATIO_FLOOR: u64 = 64 << 20;

    /// Findings of one request that are listed one by one.
    pub const FINDINGS: u64 = 10_000;

    /// Clues of one request that are passed on.
    pub const CLUES: u64 = 10_000;

    /// Bytes of memory that one decoder may take: the largest dictionary that 7-Zip chooses by itself, and what goes with it.
    pub const DECODER: u64 = 272 << 20;

    /// Parts of a file that was cut in pieces.
    pub const PARTS: usize = 1_000;

    /// Passwords that may be tried, and their bytes together: they travel with each request.
    pub const PASSWORDS: usize = 200;
    /// See [`Limits::PASSWORDS`].
    pub const PASSWORD_BYTES: usize = 32 << 10;
}

impl Default for Limits {
    /// 640 MiB of memory, an hour of processor time and six of waiting, a minute of silence, 1 TiB of output, 5 million
    /// entries, ratio 200, 8 levels, 128 MiB of nested archives, documents of 16 MiB, 64 MiB where a file holds many.
    fn default() -> Self {
        Limits {
            address_space: 640 << 20,
            cpu_seconds: 3_600,
            wall: Duration::from_secs(6 * 3_600),
            silence: Duration::from_secs(60),
            output_bytes: 1 << 40,
            document_bytes: 16 << 20,
            collection_bytes: 64 << 20,
            entries: 5_000_000,
            ratio: 200,
            depth: 8,
            nested_bytes: 128 << 20,
            accept_unjailed: false,
        }
    }
}

/// The part of the limits that the child keeps itself: sent before it is locked down, which is before any request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ChildLimits {
    #[n(0)]
    pub(crate) address_space: u64,
    #[n(1)]
    pub(crate) output_bytes: u64,
    #[n(2)]
    pub(crate) document_bytes: u64,
    #[n(3)]
    pub(crate) entries: u64,
    #[n(4)]
    pub(crate) ratio: u64,
    #[n(5)]
    pub(crate) depth: u32,
    #[n(6)]
    pub(crate) nested_bytes: u64,
    #[n(7)]
    pub(crate) accept_unjailed: bool,
    #[n(8)]
    pub(crate) collection_bytes: u64,
}

impl From<&Limits> for ChildLimits {
    fn from(limits: &Limits) -> Self {
        ChildLimits {
            address_space: limits.address_space,
            output_bytes: limits.output_bytes,
            document_bytes: limits.document_bytes,
            entries: limits.entries,
            ratio: limits.ratio,
            depth: limits.depth,
            nested_bytes: limits.nested_bytes,
            accept_unjailed: limits.accept_unjailed,
            collection_bytes: limits.collection_bytes,
        }
    }
}
