//! The ledger as users see it: verify, log, checkpoint; and the lawful destruction of a text.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::{Acting, Desk, Error};
use crate::claim::{EntryId, Tlp};
use crate::ledger::payload::{BodyDestroyed, Held};
use crate::ledger::{Entry, Hash, NewEntry, Payload, PublicKey, TreeHead, Verdict, Verifier, root_from_proof};
use crate::store;

/// What verification of the whole desk found.
#[derive(Debug)]
pub struct Verification {
    /// What became of the ledger.
    pub ledger: Verdict,
    /// Bytes of sources that are missing or changed.
    pub blobs: Vec<String>,
    /// Sources whose bytes were held against their digest.
    pub blobs_checked: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.ledger.faults.is_empty() && self.blobs.is_empty()
    }
}

/// One line of the log.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Its place.
    pub seq: u64,
    /// Its id.
    pub id: EntryId,
    /// When it was received.
    pub received: Timestamp,
    /// By whom.
    pub author: String,
    /// Its kind.
    pub kind: String,
    /// Its marking.
    pub tlp: Tlp,
    /// What it records, in a few words.
    pub what: String,
}

impl Desk {
    /// Holds every entry, every signature and every blob against what they should be, and the whole against a checkpoint kept
    /// elsewhere.
    ///
    /// # Errors
    /// The store cannot be read, or the checkpoint is none of this desk's.
    pub fn verify(&mut self, checkpoint: Option<&str>) -> Result<Verification, Error> {
        let key = self.public_key();
        let against = checkpoint.map(|note| TreeHead::from_checkpoint(note, &key)).transpose()?;
        let blobs = &self.blobs;
        self.database.with_snapshot(|reader| {
            let mut verifier = Verifier::new(key, reader.heads()?, against);
            let (mut faults, mut checked) = (Vec::new(), 0);
            reader.each(|stored| {
                verifier.entry(&stored);
                let Ok(Entry { payload: Some(Payload::Source(source)), .. }) = Entry::from_record(&stored.record)
                else {
                    return;
                };
                let held = match &source.held {
                    Held::Desk => Some(source.digest),
                    Held::Sealed(_, digest) => Some(*digest),
                    Held::Outside(_) => None,
                };
                let text = source.text.as_ref().filter(|_| matches!(source.held, Held::Desk)).map(|text| text.digest);
                for digest in held.into_iter().chain(text) {
                    checked += 1;
                    if let Err(e) = blobs.get(&digest) {
                        faults.push(format!("entry {}: {e}", stored.seq));
                    }
                }
            })?;
            Ok(Verification { ledger: verifier.finish(), blobs: faults, blobs_checked: checked })
        })
    }

    /// The newest entries, newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn log(&self, count: u32) -> Result<Vec<LogLine>, Error> {
        let entries = self.database.reader().newest(count)?;
        Ok(entries
            .into_iter()
            .map(|entry| LogLine {
                seq: entry.header.seq,
                id: entry.id,
                received: entry.header.received,
                author: entry.header.author,
                kind: entry.header.kind,
                tlp: entry.header.tlp,
                what: entry.payload.as_ref().map_or_else(|| "(destroyed)".to_owned(), what),
            })
            .collect())
    }

    /// The newest signed head, as a note to keep elsewhere; `None` for an empty ledger.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn checkpoint(&self) -> Result<Option<String>, Error> {
        let head = self.database.reader().newest_head()?;
        Ok(head.map(|head| head.to_checkpoint(&self.public_key())))
    }

    /// Destroys the text of an entry, and of a source its bytes as well. The entry stands, and a new one says who did it and why.
    ///
    /// # Errors
    /// There is no such entry, or the store cannot be written.
    pub fn destroy(&mut self, acting: &Acting, id: &str, reason: &str) -> Result<EntryId, Error> {
        let entry = self.database.reader().by_prefix(id)?;
        let Some(entry) = entry else {
            return Err(Error::NoHandle { case: "ledger".to_owned(), handle: id.to_owned() });
        };
        let mut digests = Vec::new();
        if let Some(Payload::Source(source)) = &entry.payload {
            digests.push(source.digest);
            digests.extend(source.text.as_ref().map(|text| text.digest));
            if let Held::Sealed(_, sealed) = source.held {
                digests.push(sealed);
            }
        }
        let case = match &entry.payload {
            Some(Payload::Case(_)) => Some(entry.id),
            Some(payload) => payload.case(),
            None => None,
        };
        let readings = self.readings_of(case, entry.id)?;
        self.database.commit(&self.key, acting.now, |commit| {
            for entry in std::iter::once(entry.id).chain(readings) {
                commit.push(&NewEntry {
                    author: acting.author.clone(),
                    tlp: Tlp::Amber,
                    note: None,
                    payload: BodyDestroyed { case, entry, reason: reason.to_owned() }.into(),
                })?;
            }
            Ok::<_, Error>(())
        })?;
        for digest in digests {
            // Another source of the same bytes keeps them.
            if !self.is_used(&digest)? {
                self.blobs.destroy(&digest)?;
            }
        }
        self.database.scrub()?;
        Ok(entry.id)
    }

    /// The readings of a source: they hold names and figures of its text, and go with it.
    fn readings_of(&self, case: Option<EntryId>, source: EntryId) -> Result<Vec<EntryId>, Error> {
        let Some(case) = case else { return Ok(Vec::new()) };
        let entries = self.database.reader().of_case(case)?;
        Ok(entries
            .iter()
            .filter(|entry| matches!(&entry.payload, Some(Payload::Reading(read)) if read.source == source))
            .map(|entry| entry.id)
            .collect())
    }

    fn is_used(&self, digest: &crate::ledger::Hash) -> Result<bool, store::Error> {
        let sources = self.database.reader().of_kind("source/1")?;
        Ok(sources.iter().any(|entry| match &entry.payload {
            Some(Payload::Source(source)) => {
                source.digest == *digest
                    || source.text.as_ref().is_some_and(|text| text.digest == *digest)
                    || matches!(&source.held, Held::Sealed(_, sealed) if sealed == digest)
            }
            _ => false,
        }))
    }
}

/// What the check of a report found.
#[derive(Debug)]
pub struct ReportCheck {
    /// The ledger's name and state that the report rests on.
    pub head: TreeHead,
    /// The key that signed it.
    pub key: PublicKey,
    /// Entries proven to be in that ledger.
    pub proven: usize,
    /// Entries whose proof does not lead to the signed root, by handle.
    pub unproven: Vec<String>,
}

/// Holds a JSON report against the signed head and the inclusion proofs in it: needs no desk, only the report, and the desk's public
/// key from elsewhere to know whose ledger it is.
///
/// # Errors
/// It is no report, or its head is not signed by the key.
pub fn check_report(path: &Path, key: Option<&str>) -> Result<ReportCheck, Error> {
    let bad = |why: &str| Error::NotAReport { path: path.to_owned(), why: why.to_owned() };
    let text = std::fs::read_to_string(path)
        .map_err(|why| Error::File { action: "read the report", path: path.to_owned(), why })?;
    let report: Value = serde_json::from_str(&text).map_err(|e| bad(&e.to_string()))?;
    let ledger = &report["ledger"];
    let text_of = |value: &Value, what: &str| value.as_str().map(str::to_owned).ok_or_else(|| bad(what));
    let key = PublicKey::from_text(&match key {
        Some(key) => key.to_owned(),
        None => text_of(&ledger["public_key"], "it names no public key")?,
    })?;
    let head = TreeHead::from_checkpoint(&text_of(&ledger["checkpoint"], "it holds no signed head")?, &key)?;
    let proofs = ledger["proofs"].as_array().ok_or_else(|| bad("it holds no proofs"))?;
    let mut unproven = Vec::new();
    for proof in proofs {
        let handle = text_of(&proof["handle"], "a proof names nothing")?;
        let path: Option<Vec<Hash>> = proof["path"].as_array().and_then(|path| path.iter().map(hash).collect());
        let root = hash(&proof["leaf"])
            .zip(path)
            .zip(proof["seq"].as_u64())
            .and_then(|((leaf, path), seq)| root_from_proof(leaf, seq, head.size, &path));
        if root != Some(head.root) {
            unproven.push(handle);
        }
    }
    Ok(ReportCheck { proven: proofs.len() - unproven.len(), head, key, unproven })
}

fn hash(value: &Value) -> Option<Hash> {
    value.as_str()?.parse::<EntryId>().ok().map(|id| id.0)
}

fn what(payload: &Payload) -> String {
    match payload {
        Payload::Case(case) => format!("opened case {:?}", case.title),
        Payload::Source(source) => format!("captured {} {:?}", source.kind, source.whence),
        Payload::Reading(read) => format!("read {} statements", read.drafts.len()),
        Payload::Decision(decision) => match &decision.statement {
            Some(_) => "accepted a statement".to_owned(),
            None => "rejected a draft".to_owned(),
        },
        Payload::Corpus(corpus) => format!("indexed {} corpus {:?}: {} files", corpus.role, corpus.name, corpus.files),
        Payload::Match(found) => {
            format!("matched a sample: {}", crate::claim::SampleMatch::from(&found.result).summary())
        }
        Payload::Assessment(assessment) => format!("assessed {} claims", assessment.claims.len()),
        Payload::Release(release) => format!("released a report ({}) to TLP:{}", release.format, release.audience),
        Payload::Destruction(destroyed) => {
            format!("destroyed the text of {}: {}", destroyed.entry.short(), destroyed.reason)
        }
    }
}
