//! Finding out what happened to a ledger that somebody else could write to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::entry::{Entry, Header, Record};
use super::head::{PublicKey, TreeHead};
use super::merkle::{Edge, Hash, leaf_hash};
use super::payload::Payload;
use crate::claim::EntryId;

/// One entry as the store holds it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The place that the store gives it.
    pub seq: u64,
    /// The leaf hash that the store gives it.
    pub leaf: Hash,
    /// The entry.
    pub record: Record,
}

/// One thing that is wrong, with the entries that it concerns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The header's bytes are not those that its leaf hash was made of.
    #[error("entry {seq} was changed: its header is not the one that was signed")]
    Changed {
        /// The entry's place.
        seq: u64,
    },
    /// The body is not the one that the header names.
    #[error("entry {seq} was changed: its text is not the one that its header names")]
    BodyChanged {
        /// The entry's place.
        seq: u64,
    },
    /// The body is gone, and no entry records its destruction.
    #[error("the text of entry {seq} was removed, and no entry records its destruction")]
    BodyRemoved {
        /// The entry's place.
        seq: u64,
    },
    /// No entry stands at these places.
    #[error("{} removed", places(*.first, *.last))]
    Removed {
        /// The first place.
        first: u64,
        /// The last place.
        last: u64,
    },
    /// The entry at this place was made for another.
    #[error("entries were reordered or inserted: at place {seq} stands the entry that was made for place {made_for}")]
    Reordered {
        /// Where it stands.
        seq: u64,
        /// Where it belongs.
        made_for: u64,
    },
    /// The entries of a commit do not lead to the root that was signed.
    #[error("{} not what was signed at {time}", places(*.first, *.last))]
    RootDiffers {
        /// The first place of the commit.
        first: u64,
        /// The last place.
        last: u64,
        /// When it was signed.
        time: Timestamp,
    },
    /// A signed head between two others is gone.
    #[error("a signed head was removed: between those of {after} and of {before} entries")]
    HeadRemoved {
        /// The size of the head before it; 0 for none.
        after: u64,
        /// The size of the head after it.
        before: u64,
    },
    /// A head's signature is not the desk's.
    #[error("the head of {size} entries is not signed by this desk's key")]
    Unsigned {
        /// The head's size.
        size: u64,
    },
    /// Entries stand after the last signed head.
    #[error("{} inserted after the last signed head", places(*.first, *.last))]
    Uncovered {
        /// The first place.
        first: u64,
        /// The last place.
        last: u64,
    },
    /// The checkpoint knows more entries than there are.
    #[error("the tail was cut: the checkpoint of {time} knows {known} entries, the ledger holds {held}")]
    TailCut {
        /// When the checkpoint was made.
        time: Timestamp,
        /// Entries then.
        known: u64,
        /// Entries now.
        held: u64,
    },
    /// The first entries are not those that the checkpoint saw.
    #[error("history was rewritten: the first {size} entries are not those of the checkpoint of {time}")]
    Rewritten {
        /// The checkpoint's size.
        size: u64,
        /// When it was made.
        time: Timestamp,
    },
}

fn places(first: u64, last: u64) -> String {
    if first == last { format!("entry {first} was") } else { format!("entries {first} to {last} were") }
}

/// What verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    /// When the last head was signed.
    pub signed: Option<Timestamp>,
    /// Bodies that were destroyed, with an entry that says so.
    pub destroyed: u64,
    /// The checkpoint that it was held against.
    pub against: Option<TreeHead>,
    /// What is wrong, in order of place.
    pub faults: Vec<Fault>,
}

/// Verifies a ledger entry by entry, in order, in memory logarithmic in its length but for destroyed bodies and for what is wrong.
pub struct Verifier {
    key: PublicKey,
    /// The last head that covers more than there is.
    beyond: Option<TreeHead>,
    covered: u64,
    signed: Option<Timestamp>,
    edge: Edge,
    expected: u64,
    missing: BTreeMap<EntryId, u64>,
    destroyed: u64,
    against: Option<TreeHead>,
    faults: Vec<Fault>,
    /// Entries that moved change every later root; they were named, and the commits after them are not named again.
    roots_explained: bool,
}

impl Verifier {
    /// A verifier for the ledger of this key, and for a checkpoint of it that was kept elsewhere.
    pub fn new(key: PublicKey, against: Option<TreeHead>) -> Verifier {
        Verifier {
            key,
            beyond: None,
            covered: 0,
            signed: None,
            edge: Edge::default(),
            expected: 0,
            missing: BTreeMap::new(),
            destroyed: 0,
            against,
            faults: Vec::new(),
            roots_explained: false,
        }
    }

    /// Takes the next entry, in the store's order, and gives it read, where it is what it should be and of a kind that is known.
    pub fn entry(&mut self, stored: &Stored) -> Option<Entry> {
        if stored.seq > self.expected {
            self.moved(Fault::Removed { first: self.expected, last: stored.seq - 1 });
        }
        self.expected = stored.seq.saturating_add(1);
        let leaf = leaf_hash(&stored.record.header);
        let read = match Header::from_bytes(&stored.record.header) {
            Ok(header) if leaf == stored.leaf => {
                if header.seq == stored.seq {
                    self.body(stored, EntryId(leaf), header)
                } else {
                    self.moved(Fault::Reordered { seq: stored.seq, made_for: header.seq });
                    None
                }
            }
            _ => {
                self.faults.push(Fault::Changed { seq: stored.seq });
                None
            }
        };
        // The stored hash, not the recomputed one: if it leads to the signed root, it is the true one, and a changed header
        // is named exactly, without hiding what else was done.
        self.edge.push(stored.leaf);
        self.at_checkpoint();
        read
    }

    fn body(&mut self, stored: &Stored, id: EntryId, header: Header) -> Option<Entry> {
        let Some(body) = &stored.record.body else {
            self.missing.insert(id, stored.seq);
            return Some(Entry { id, header, payload: None });
        };
        if body.digest() != header.digest {
            self.faults.push(Fault::BodyChanged { seq: stored.seq });
            return None;
        }
        let payload = Payload::from_bytes(&header.kind, &body.payload).ok()?;
        if let Payload::Destruction(destruction) = &payload
            && self.missing.remove(&destruction.entry).is_some()
        {
            self.destroyed += 1;
        }
        Some(Entry { id, header, payload: Some(payload) })
    }

    /// Takes the next head, in order of size, right behind the last of the entries that it covers; behind all of them where it covers
    /// more than there are.
    pub fn head(&mut self, head: TreeHead) {
        // Places, not entries: where one was removed, the heads after it are still held against the place that they were made for.
        let size = self.expected;
        if head.size > size {
            self.beyond = Some(head);
            return;
        }
        let root_fits = head.size == size && head.root == self.edge.root();
        if !head.is_signed_by(&self.key) {
            self.faults.push(Fault::Unsigned { size: head.size });
        } else if head.previous != self.covered {
            self.faults.push(Fault::HeadRemoved { after: self.covered, before: head.size });
        } else if !root_fits && !self.roots_explained {
            self.moved(Fault::RootDiffers { first: self.covered, last: head.size.saturating_sub(1), time: head.time });
        }
        self.covered = head.size;
        self.signed = Some(head.time);
    }

    /// Holds the entries so far against the checkpoint, if it is of as many.
    fn at_checkpoint(&mut self) {
        let size = self.expected;
        if let Some(known) = self.against.as_ref().filter(|known| known.size == size && known.root != self.edge.root())
        {
            self.faults.push(Fault::Rewritten { size, time: known.time });
        }
    }

    fn moved(&mut self, fault: Fault) {
        self.roots_explained = true;
        self.faults.push(fault);
    }

    /// The result, once every entry was given.
    pub fn finish(mut self) -> Verdict {
        if let Some(last) = self.beyond.take() {
            self.faults.push(Fault::Removed { first: self.expected, last: last.size.saturating_sub(1) });
        } else if self.expected > self.covered {
            self.faults.push(Fault::Uncovered { first: self.covered, last: self.expected - 1 });
        }
        self.faults.extend(self.missing.values().map(|seq| Fault::BodyRemoved { seq: *seq }));
        if let Some(known) = self.against.as_ref().filter(|known| known.size > self.expected) {
            self.faults.push(Fault::TailCut { time: known.time, known: known.size, held: self.edge.size() });
        }
        Verdict {
            size: self.edge.size(),
            root: self.edge.root(),
            signed: self.signed,
            destroyed: self.destroyed,
            against: self.against,
            faults: self.faults,
        }
    }
}
