//! The ledger as users see it: verify, log, checkpoint; and the lawful destruction of a text.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::{Acting, Desk, Error};
use crate::claim::{CorpusRole, EntryId, SampleMatch, SegmentFile, Tlp, counted};
use crate::ledger::payload::{
    BodyDestroyed, DraftDecidedV1, EditV1, Held, SOURCE_KINDS, SampleMatchedV2, SampleMatchedV3, SampleMatchedV4,
    SourceCaptured, SourceCapturedV1, SourceReadV1,
};
use crate::ledger::{Entry, Hash, Payload, PublicKey, TreeHead, Verdict, Verifier, root_from_proof};
use crate::release::OF_CASE;
use crate::store::{self, IndexCheck, Reader, Row};

/// Digits of an id that it takes to destroy what it names: a slip of the hand has no way back.
const DIGITS_TO_DESTROY: usize = 8;

/// What verification of the whole desk found.
#[derive(Debug)]
pub struct Verification {
    /// What became of the ledger.
    pub ledger: Verdict,
    /// Places whose rows in the index are not those that the entries give: what is shown would lack them.
    pub unindexed: Vec<u64>,
    /// Bytes of sources that are missing or changed.
    pub blobs: Vec<String>,
    /// Sources whose bytes were held against their digest.
    pub blobs_checked: u64,
}

impl Verification {
    /// Each thing that is wrong, in words.
    pub fn faults(&self) -> Vec<String> {
        let unindexed = self
            .unindexed
            .iter()
            .map(|seq| format!("the index does not show entry {seq} as it is: run `gainsay ledger reindex`"));
        self.ledger.faults.iter().map(ToString::to_string).chain(unindexed).chain(self.blobs.iter().cloned()).collect()
    }

    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.ledger.faults.is_empty() && self.unindexed.is_empty() && self.blobs.is_empty()
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

impl LogLine {
    fn of(entry: Entry) -> LogLine {
        LogLine {
            seq: entry.header.seq,
            id: entry.id,
            received: entry.header.received,
            author: entry.header.author,
            kind: entry.header.kind,
            tlp: entry.header.tlp,
            what: entry.payload.as_ref().map_or_else(|| "(destroyed)".to_owned(), what),
        }
    }
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
            let (mut verifier, mut index) = (Verifier::new(key, against), IndexCheck::default());
            let (mut faults, mut checked) = (Vec::new(), 0);
            reader.each(|row| {
                let (stored, indexed) = match row {
                    Row::Entry(stored, indexed) => (stored, indexed),
                    Row::Head(head) => return verifier.head(head),
                };
                let Some(entry) = verifier.entry(&stored) else { return };
                index.entry(&entry, indexed);
                if let Some(Payload::Private(settled)) = &entry.payload
                    && let Err(why) = super::private::check(settled)
                {
                    faults.push(format!("entry {}: {why}", stored.seq));
                }
                let Some(source) = entry.payload.as_ref().and_then(Payload::source) else { return };
                let held = source.held.blob(source.digest);
                let text = source.text.as_ref().filter(|_| matches!(source.held, Held::Desk));
                let map = text.and_then(|text| text.map).map(|map| map.0);
                for digest in held.into_iter().chain(text.map(|text| text.digest)).chain(map) {
                    checked += 1;
                    if let Err(e) = blobs.check(&digest) {
                        faults.push(format!("entry {}: {e}", stored.seq));
                    }
                }
            })?;
            let (ledger, unindexed) = (verifier.finish(), index.finish());
            Ok(Verification { ledger, unindexed, blobs: faults, blobs_checked: checked })
        })
    }

    /// Drops everything that is computed from the ledger, and computes it again.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn reindex(&mut self) -> Result<(), Error> {
        Ok(self.database.rebuild_index()?)
    }

    /// The newest entries, newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn log(&self, count: u32) -> Result<Vec<LogLine>, Error> {
        Ok(self.database.reader().newest(count)?.into_iter().map(LogLine::of).collect())
    }

    /// The entries of a case, the oldest first.
    ///
    /// # Errors
    /// There is no such case, or the store cannot be read.
    pub fn log_of(&self, case: &str) -> Result<Vec<LogLine>, Error> {
        let id = self.case_id(case)?;
        Ok(self.database.reader().of_case(id)?.into_iter().map(LogLine::of).collect())
    }

    /// The newest signed head, as a note to keep elsewhere; `None` for an empty ledger.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn checkpoint(&self) -> Result<Option<String>, Error> {
        let head = self.database.reader().newest_head()?;
        Ok(head.map(|head| head.to_checkpoint(&self.public_key())))
    }

    /// Destroys the text of an entry and of everything that was drawn from it: of a source its bytes, its readings, what was decided
    /// on their drafts, its matches, edits of claims that name its statements, and the assessments made since. The entries stand, and new ones, marked as they are, say who did it and why. Run again after it was cut short, it ends what it began.
    ///
    /// # Errors
    /// There is no such entry, the beginning of its id is too short for an act that cannot be undone, or the store cannot be written.
    pub fn destroy(&mut self, acting: &Acting, id: &str, reason: &str) -> Result<EntryId, Error> {
        if id.len() < DIGITS_TO_DESTROY {
            return Err(Error::ShortId { id: id.to_owned(), least: DIGITS_TO_DESTROY });
        }
        let blobs = &self.blobs;
        let destroyed = self.database.commit(&self.key, acting.now, |commit| {
            let Some(entry) = commit.reader().by_prefix(id)? else {
                return Err(Error::NoEntry { id: id.to_owned() });
            };
            if let Some(payload) = &entry.payload {
                let case = payload.case_of(entry.id);
                for entry in with_drawn_from(&commit.reader(), case, &entry)? {
                    let payload = entry.payload.as_ref();
                    let blobs = payload.and_then(Payload::source).map(blobs_of).unwrap_or_default();
                    let drafts = payload.map_or(0, handles_of);
                    let gone = BodyDestroyed { case, entry: entry.id, reason: reason.to_owned(), blobs, drafts };
                    commit.push(&acting.entry(entry.header.tlp, gone))?;
                }
            }
            Ok::<_, Error>(entry.id)
        })?;
        // A second commit, of nothing: the record is on the disk before any bytes go, and nobody captures while they do.
        self.database.commit(&self.key, acting.now, |commit| {
            let reader = commit.reader();
            for doomed in doomed_by(&reader, destroyed)? {
                if !is_used(&reader, &doomed)? {
                    blobs.destroy(&doomed)?;
                }
            }
            Ok::<_, Error>(())
        })?;
        super::samples::forget_bookmarks(self)?;
        self.database.scrub()?;
        Ok(destroyed)
    }
}

/// The bytes that belong to a source.
pub(super) fn blobs_of(source: &SourceCaptured) -> Vec<EntryId> {
    let sealed = match source.held {
        Held::Sealed(_, sealed) => Some(sealed),
        _ => None,
    };
    let text = source.text.as_ref();
    let map = text.and_then(|text| text.map);
    std::iter::once(source.digest).chain(text.map(|text| text.digest)).chain(sealed).map(EntryId).chain(map).collect()
}

/// How many handles an entry gives to statements.
fn handles_of(payload: &Payload) -> u32 {
    match payload {
        Payload::Reading(read) | Payload::ReadingV1(SourceReadV1(read)) => {
            u32::try_from(read.drafts.len()).unwrap_or(u32::MAX)
        }
        Payload::Decision(decision) | Payload::DecisionV1(DraftDecidedV1(decision)) => {
            u32::from(decision.draft.is_none() && decision.statement.is_some())
        }
        _ => 0,
    }
}

/// An entry, and those that hold what was drawn from it: names, figures, stances and paths go with the text that they stood in.
fn with_drawn_from(reader: &Reader<'_>, case: Option<EntryId>, destroyed: &Entry) -> Result<Vec<Entry>, store::Error> {
    let of_case = case.map_or(Ok(Vec::new()), |case| reader.of_case(case))?;
    let is_drawn_from_it = |entry: &Entry| match &entry.payload {
        Some(payload) if payload.drawn_from() == Some(destroyed.id) => true,
        Some(Payload::Decision(decision) | Payload::DecisionV1(DraftDecidedV1(decision))) => {
            decision.draft.is_some_and(|draft| draft.reading == destroyed.id)
        }
        Some(Payload::Challenge(opened)) => opened.listing == destroyed.id,
        Some(Payload::Draw(drawn)) => [drawn.listing, drawn.challenge].contains(&destroyed.id),
        Some(Payload::Answer(it)) => {
            [it.challenge, it.draw].contains(&destroyed.id)
                || it.sources.iter().chain(&it.matches).any(|id| *id == destroyed.id)
        }
        Some(Payload::Settlement(settled)) => settled.sources.contains(&destroyed.id),
        _ => false,
    };
    let mut drawn = vec![destroyed.clone()];
    let (from_it, others): (Vec<Entry>, Vec<Entry>) = of_case.into_iter().partition(is_drawn_from_it);
    drawn.extend(from_it);
    // What an analyst made of its statements was worded from it.
    let ids: BTreeSet<EntryId> = drawn.iter().map(|entry| entry.id).collect();
    // And what the case came to later was drawn from all of it, in its words.
    let weighs = destroyed
        .payload
        .as_ref()
        .is_some_and(|it| it.source().is_some() || it.drawn_from().is_some() || bears_by_itself(it));
    drawn.extend(others.into_iter().filter(|entry| match &entry.payload {
        Some(Payload::Claim(edited)) => edited.edit.statements().iter().any(|(from, _)| ids.contains(from)),
        Some(Payload::AssessmentV1(_) | Payload::Assessment(_)) => weighs && entry.header.seq > destroyed.header.seq,
        _ => false,
    }));
    Ok(drawn)
}

/// Whether an entry bears on what a case comes to without a source.
fn bears_by_itself(payload: &Payload) -> bool {
    matches!(payload, Payload::Claim(_) | Payload::Private(_))
}

/// The digests that the destruction of an entry names.
fn doomed_by(reader: &Reader<'_>, entry: EntryId) -> Result<Vec<Hash>, store::Error> {
    let destructions = reader.of_kind("destruction/1")?;
    let of_entry = destructions.into_iter().filter_map(|it| match it.payload {
        Some(Payload::Destruction(destroyed)) if destroyed.entry == entry => Some(destroyed.blobs),
        _ => None,
    });
    Ok(of_entry.flatten().map(|digest| digest.0).collect())
}

/// Whether a source that stands is made of these bytes: another of the same bytes keeps them.
pub(super) fn is_used(reader: &Reader<'_>, digest: &Hash) -> Result<bool, store::Error> {
    for kind in SOURCE_KINDS {
        let sources = reader.of_kind(kind)?;
        let mut sources = sources.iter().filter_map(|entry| entry.payload.as_ref()?.source());
        if sources.any(|source| blobs_of(source).contains(&EntryId(*digest))) {
            return Ok(true);
        }
    }
    Ok(false)
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
    /// What has no proof that leads from its id to the signed root, by handle.
    pub unproven: Vec<String>,
}

impl ReportCheck {
    /// Whether all that the report names is in that ledger.
    pub fn holds(&self) -> bool {
        self.proven > 0 && self.unproven.is_empty()
    }
}

/// Holds a JSON report against the signed head and the inclusion proofs in it: needs no desk, only the report, and the desk's public
/// key from elsewhere to know whose ledger it is. The case itself, each source and each finding must have a proof. That the words of
/// the report are those of the entries, it cannot tell.
///
/// # Errors
/// It is no report, or its head is not signed by the key.
pub fn check_report(path: &Path, key: Option<&str>) -> Result<ReportCheck, Error> {
    let bad = |why: &str| Error::NotAReport { path: path.to_owned(), why: why.to_owned() };
    let text = std::fs::read_to_string(path).map_err(|why| Error::File {
        action: "read the report",
        path: path.to_owned(),
        why,
    })?;
    let report: Value = serde_json::from_str(&text).map_err(|e| bad(&e.to_string()))?;
    let ledger = &report["ledger"];
    let text_of = |value: &Value, what: &str| value.as_str().map(str::to_owned).ok_or_else(|| bad(what));
    let key = PublicKey::from_text(&match key {
        Some(key) => key.to_owned(),
        None => text_of(&ledger["public_key"], "it names no public key")?,
    })?;
    let head = TreeHead::from_checkpoint(&text_of(&ledger["checkpoint"], "it holds no signed head")?, &key)?;
    let proofs = ledger["proofs"].as_array().ok_or_else(|| bad("it holds no proofs"))?;
    let (mut unproven, mut proven) = (Vec::new(), BTreeSet::new());
    for proof in proofs {
        let handle = text_of(&proof["handle"], "a proof names nothing")?;
        let path: Option<Vec<Hash>> = proof["path"].as_array().and_then(|path| path.iter().map(hash).collect());
        let leaf = hash(&proof["leaf"]);
        let root = leaf
            .zip(path)
            .zip(proof["seq"].as_u64())
            .and_then(|((leaf, path), seq)| root_from_proof(leaf, seq, head.size, &path));
        if root == Some(head.root) {
            proven.insert((handle, leaf));
        } else {
            unproven.push(handle);
        }
    }
    let mut named = vec![(OF_CASE.to_owned(), hash(&report["id"]))];
    // Reports of before have not all of them.
    let none = Vec::new();
    for list in ["sources", "findings", "private_matches", "inspections"] {
        let may_miss = ["private_matches", "inspections"].contains(&list);
        let listed = report[list].as_array().or(may_miss.then_some(&none));
        for it in listed.ok_or_else(|| bad("it lists no sources and findings"))? {
            named.push((text_of(&it["handle"], "a source or a finding has no handle")?, hash(&it["id"])));
        }
    }
    unproven.extend(named.into_iter().filter(|it| !proven.contains(it)).map(|(handle, _)| handle));
    unproven.sort();
    unproven.dedup();
    Ok(ReportCheck { proven: proven.len(), head, key, unproven })
}

fn hash(value: &Value) -> Option<Hash> {
    value.as_str()?.parse::<EntryId>().ok().map(|id| id.0)
}

fn what(payload: &Payload) -> String {
    let indexed = |role: CorpusRole, name: &str, files: u64| format!("indexed {role} corpus {name:?}: {files} files");
    let files_in = |segments: &[_]| segments.iter().map(|segment| SegmentFile::from(segment).files).sum();
    let matched = |result: &SampleMatch| format!("matched a sample: {}", result.summary());
    match payload {
        Payload::Case(case) => format!("opened case {:?}", case.title),
        Payload::Setting(setting) if setting.text.is_empty() => format!("{} says nothing any more", setting.file),
        Payload::Setting(setting) => format!("changed {}", setting.file),
        Payload::Account(account) => format!("user {:?} ({}) was {}", account.name, account.role, account.what),
        Payload::Source(source) | Payload::SourceV1(SourceCapturedV1(source)) => {
            format!("captured {} {:?}", source.kind, source.whence)
        }
        Payload::Reading(read) | Payload::ReadingV1(SourceReadV1(read)) => {
            format!("read {} statements", read.drafts.len())
        }
        Payload::Decision(decision) | Payload::DecisionV1(DraftDecidedV1(decision)) => match &decision.statement {
            Some(_) => "accepted a statement".to_owned(),
            None => "rejected a draft".to_owned(),
        },
        Payload::CorpusV1(corpus) => indexed(corpus.role, &corpus.name, corpus.files),
        Payload::CorpusV2(corpus) => indexed(corpus.role, &corpus.name, files_in(&corpus.segments)),
        Payload::Corpus(corpus) => indexed(corpus.role, &corpus.name, files_in(&corpus.segments)),
        Payload::MatchV1(found) => matched(&(&found.result).into()),
        Payload::Inspection(inspected) => {
            let found = counted(inspected.result.kinds(), "kind");
            format!("looked through a sample for what it must not reveal: {found}")
        }
        Payload::Match(found)
        | Payload::MatchV4(SampleMatchedV4(found))
        | Payload::MatchV3(SampleMatchedV3(found))
        | Payload::MatchV2(SampleMatchedV2(found)) => matched(&(&found.result).into()),
        Payload::Private(it) => format!("settled privately: {} of {} elements", it.matches, it.count),
        Payload::Challenge(_) | Payload::Draw(_) | Payload::Answer(_) => {
            super::challenge::what(payload).unwrap_or_default()
        }
        Payload::Task(task) => format!("{} a step", if task.done { "did" } else { "took up" }),
        Payload::Settlement(settled) => match settled.outcome {
            Some(is_true) => format!("settled a claim as {}", if is_true { "true" } else { "not true" }),
            None => "opened a claim again".to_owned(),
        },
        Payload::Claim(edited) => match &edited.edit {
            EditV1::Reword(..) => "worded a claim otherwise".to_owned(),
            EditV1::Split(..) => "split a claim".to_owned(),
            EditV1::Merge(..) => "took two claims for one".to_owned(),
            EditV1::Attach(..) => "let a statement speak to a claim".to_owned(),
            EditV1::Detach(..) => "let a statement speak to a claim no longer".to_owned(),
            EditV1::Undo(edit) => format!("took back {}", edit.short()),
        },
        Payload::Judgement(judged) => match (&judged.held, &judged.on) {
            (None, _) => "withdrew a judgement".to_owned(),
            (Some(_), Some(_)) => "judged a claim".to_owned(),
            (Some(_), None) => "judged the case".to_owned(),
        },
        Payload::AssessmentV1(assessment) => format!("assessed {} claims", assessment.claims.len()),
        Payload::Assessment(assessment) => format!("assessed {} claims", assessment.claims.len()),
        Payload::Release(release) => format!("released a report ({}) to TLP:{}", release.format, release.audience),
        Payload::Destruction(destroyed) => {
            format!("destroyed the text of {}: {}", destroyed.entry.short(), destroyed.reason)
        }
    }
}
