//! Folds the entries of a case into the case as it stands.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;

use super::Error;
use super::known::Names;
use crate::challenge::commitment;
use crate::claim::{
    Answer, AssessedClaim, Case, Challenge, Draw, Edit, EntryId, Finding, Outcome, OwnJudgement, PastAssessment,
    PrivateMatch, Said, SampleMatch, Source, SourceKind, SourceText, State, Task, Tlp,
};
use crate::ledger::payload::{
    BodyDestroyed, ChallengeAnswered, ChallengeDrawn, ChallengeOpened, DraftDecided, DraftDecidedV1, Held,
    PrivatelyMatched, SampleInspected, SampleMatchedV2, SampleMatchedV3, SampleMatchedV4, SourceCaptured,
    SourceCapturedV1, SourceReadV1, TaskSet, twins,
};
use crate::ledger::{Entry, Hash, Payload, sha256};
use crate::read::Gazetteer;
use crate::store::{self, Reader};

/// How a case is called whose name was destroyed.
pub(super) const NAME_DESTROYED: &str = "(name destroyed)";

/// What a case is called.
pub(super) fn title(name: Option<&str>) -> String {
    name.unwrap_or(NAME_DESTROYED).to_owned()
}

/// The cases that these entries opened, each with its name where that still stands.
pub(super) fn cases(reader: &Reader<'_>, places: Range<u64>) -> Result<Names, store::Error> {
    let opened = reader.of_kind_in("case/1", places)?.into_iter().filter_map(|entry| match entry.payload {
        Some(Payload::Case(case)) => Some((Some(case.title), entry.id)),
        Some(_) => None,
        None => Some((None, entry.id)),
    });
    Ok(opened.collect())
}

/// The case of this name, or whose id begins with it, of those that may be seen.
pub(super) fn case_id(cases: &Names, name: &str, may_see: impl Fn(EntryId) -> bool) -> Result<EntryId, Error> {
    let seen = || cases.iter().filter(|(_, id)| may_see(*id));
    if let Some((_, id)) = seen().find(|(title, _)| title.as_deref() == Some(name)) {
        return Ok(*id);
    }
    let mut by_prefix = seen().filter(|(_, id)| name.len() >= 4 && id.begins_with(name));
    match (by_prefix.next(), by_prefix.next()) {
        (Some((_, id)), None) => Ok(*id),
        _ => {
            let known = seen().map(|(title, id)| title.clone().unwrap_or_else(|| id.short())).collect();
            Err(Error::NoCase { name: name.to_owned(), known })
        }
    }
}

/// The case that these entries add up to; `None` where the first does not open one.
pub(super) fn fold(entries: &[Entry], text: impl Fn(&Hash) -> SourceText) -> Option<Case> {
    let (first, rest) = entries.split_first()?;
    let title = match &first.payload {
        Some(Payload::Case(case)) => case.title.clone(),
        Some(_) => return None,
        None => NAME_DESTROYED.to_owned(),
    };
    let mut fold: Fold<'_> = Fold {
        case: Case::new(first.id, title, first.header.received, first.header.tlp),
        sources: BTreeMap::new(),
        drafts: BTreeMap::new(),
        statements_made: 0,
        findings_made: 0,
        inspections_made: 0,
        privates_made: 0,
        challenges_made: 0,
        destroyed: BTreeMap::new(),
        nonces: BTreeMap::new(),
    };
    for entry in rest {
        if let Some(Payload::Destruction(destruction)) = &entry.payload {
            fold.destroyed.insert(destruction.entry, destruction);
        }
    }
    for entry in rest {
        fold.entry(entry, &text);
    }
    Some(fold.case)
}

/// The products that the case's texts name, with their owners, as far as the gazetteer knows them.
pub(super) fn brands(case: &Case, names: &Gazetteer) -> BTreeMap<String, String> {
    let readings = case.sources.iter().map(|source| &source.reading);
    let named = readings.flat_map(|it| {
        let organisations = it.organisations.iter().map(|organisation| &organisation.name);
        organisations.chain(it.allegations.iter().map(|allegation| &allegation.victim))
    });
    let known = named.filter_map(|name| names.find(name).filter(|known| known.brand).map(|known| (name, known.name)));
    known.map(|(name, owner)| (name.clone(), owner.to_owned())).collect()
}

/// What an entry says of a source whatever its body holds.
fn captured_by(entry: &Entry, place: usize, kind: SourceKind, whence: String) -> Source {
    let header = &entry.header;
    let by = (header.received, header.author.clone());
    Source { note: header.note.clone(), ..Source::new((entry.id, place), kind, whence, by, header.tlp) }
}

struct Fold<'e> {
    case: Case,
    sources: BTreeMap<EntryId, usize>,
    drafts: BTreeMap<(EntryId, u32), usize>,
    /// Handles given so far: those of what was destroyed are not given again.
    statements_made: u64,
    findings_made: u64,
    inspections_made: u64,
    privates_made: u64,
    challenges_made: u64,
    destroyed: BTreeMap<EntryId, &'e BodyDestroyed>,
    /// The nonces of challenges, by the entry that opened each.
    nonces: BTreeMap<EntryId, String>,
}

impl Fold<'_> {
    fn entry(&mut self, entry: &Entry, text: &impl Fn(&Hash) -> SourceText) {
        if !matches!(entry.payload, Some(Payload::AssessmentV1(_) | Payload::Assessment(_) | Payload::Release(_))) {
            self.case.assessments.iter_mut().for_each(|past| past.entries_since += 1);
        }
        match &entry.payload {
            Some(Payload::Source(source) | Payload::SourceV1(SourceCapturedV1(source))) => {
                self.source(entry, source, text);
            }
            Some(Payload::Reading(read) | Payload::ReadingV1(SourceReadV1(read))) => {
                let Some(&place) = self.sources.get(&read.source) else { return };
                let reading = read.reading();
                for (index, draft) in (0..).zip(&reading.drafts) {
                    self.drafts.insert((entry.id, index), self.case.statements.len());
                    self.said(Said {
                        handle: String::new(),
                        source: place,
                        statement: draft.statement.clone(),
                        state: State::Draft { confidence: draft.confidence },
                        draft: (entry.id, index),
                        tlp: entry.header.tlp.max(self.case.sources[place].tlp),
                    });
                }
                self.case.sources[place].reading = reading;
            }
            Some(Payload::Decision(decision) | Payload::DecisionV1(DraftDecidedV1(decision))) => {
                self.decision(entry, decision)
            }
            Some(Payload::MatchV1(it)) => self.finding(entry, it.sample, &it.command, (&it.result).into()),
            Some(
                Payload::Match(it)
                | Payload::MatchV4(SampleMatchedV4(it))
                | Payload::MatchV3(SampleMatchedV3(it))
                | Payload::MatchV2(SampleMatchedV2(it)),
            ) => {
                self.finding(entry, it.sample, &it.command, (&it.result).into());
            }
            Some(Payload::Inspection(it)) => self.inspection(entry, it),
            Some(Payload::Private(it)) => self.private(entry, it),
            Some(Payload::Challenge(opened)) => self.challenge(entry, opened),
            Some(Payload::Draw(drawn)) => self.draw(entry, drawn),
            Some(Payload::Answer(answered)) => self.answer(entry, answered),
            Some(Payload::Task(task)) => self.task(entry, task),
            Some(Payload::Settlement(settled)) => {
                let header = &entry.header;
                let now = super::settle::settlement(settled, entry.id, &header.author, header.received, header.tlp);
                self.case.settlements.retain(|it| it.claim != now.claim);
                self.case.settlements.push(now);
            }
            Some(Payload::Claim(edited)) => self.case.edits.push(Edit {
                id: entry.id,
                by: entry.header.author.clone(),
                at: entry.header.received,
                tlp: entry.header.tlp,
                what: (&edited.edit).into(),
                reason: edited.reason.clone(),
            }),
            Some(Payload::AssessmentV1(it)) => self.case.assessments.push(PastAssessment {
                at: entry.header.received,
                by: entry.header.author.clone(),
                // The release that follows tells.
                audience: Tlp::Red,
                based_on: it.based_on,
                model: it.model.clone(),
                weights: it.weights,
                names: None,
                claims: (it.claims.iter())
                    .map(|(proposition, millinats, confidence)| AssessedClaim {
                        key: None,
                        proposition: proposition.clone(),
                        millinats: *millinats,
                        confidence: confidence.clone(),
                    })
                    .collect(),
                entries_since: 0,
            }),
            Some(Payload::Assessment(it)) => self.case.assessments.push(PastAssessment {
                at: entry.header.received,
                by: entry.header.author.clone(),
                audience: it.audience,
                based_on: it.based_on,
                model: it.model.clone(),
                weights: it.weights,
                names: Some(it.names),
                claims: (it.claims.iter())
                    .map(|claim| AssessedClaim {
                        key: Some((&claim.claim).into()),
                        proposition: claim.proposition.clone(),
                        millinats: claim.millinats,
                        confidence: claim.confidence.clone(),
                    })
                    .collect(),
                entries_since: 0,
            }),
            Some(Payload::Release(release)) => {
                let last = self.case.assessments.last_mut().filter(|past| past.names.is_none());
                last.into_iter().for_each(|past| past.audience = release.audience);
            }
            Some(Payload::Judgement(judged)) => self.case.judgements.push(OwnJudgement {
                id: entry.id,
                by: entry.header.author.clone(),
                at: entry.header.received,
                tlp: entry.header.tlp,
                on: judged.on.as_ref().map(Into::into),
                held: judged.held.as_ref().map(Into::into),
                reason: judged.reason.clone(),
            }),
            // A destroyed entry keeps its place: what was said of it stays visible as a gap with its reason.
            None if entry.header.kind.starts_with("source/") => self.destroyed_source(entry),
            None if entry.header.kind.starts_with("match/") => self.findings_made += 1,
            None if entry.header.kind.starts_with("inspection/") => self.inspections_made += 1,
            None if entry.header.kind.starts_with("private/") => self.privates_made += 1,
            None if entry.header.kind.starts_with("challenge/") => self.challenges_made += 1,
            None => {
                let gap = self.destroyed.get(&entry.id).map_or(0, |destruction| destruction.drafts);
                self.statements_made = self.statements_made.saturating_add(u64::from(gap));
            }
            _ => {}
        }
    }

    fn source(&mut self, entry: &Entry, source: &SourceCaptured, text: &impl Fn(&Hash) -> SourceText) {
        let place = self.case.sources.len();
        if let Some(replaced) = source.replaces.and_then(|id| self.sources.get(&id)) {
            self.case.sources[*replaced].replaced_by = Some(place);
        }
        self.sources.insert(entry.id, place);
        let about = source.text.as_ref();
        self.case.sources.push(Source {
            digest: EntryId(source.digest).to_string(),
            size: source.size,
            title: about.and_then(|text| text.title.clone()),
            outlet: about.and_then(|text| text.outlet.clone()),
            published: about.and_then(|text| text.published).and_then(|at| Timestamp::from_microsecond(at).ok()),
            updated: about.and_then(|text| text.updated).and_then(|at| Timestamp::from_microsecond(at).ok()),
            byline: about.and_then(|text| text.byline.clone()),
            language: about.and_then(|text| text.language.clone()),
            part: source.part.clone(),
            problems: source.problems.clone(),
            text: match (about, &source.held) {
                (None, _) => SourceText::None,
                (Some(about), Held::Desk) => text(&about.digest),
                (Some(_), Held::Outside(path)) => {
                    SourceText::Unavailable(format!("it is kept outside the desk, at {path}"))
                }
                (Some(_), Held::Sealed(..)) => {
                    SourceText::Unavailable("it is sealed to a key that is not in the desk".to_owned())
                }
            },
            ..captured_by(entry, place, source.kind, source.whence.clone())
        });
    }

    fn destroyed_source(&mut self, entry: &Entry) {
        let place = self.case.sources.len();
        self.sources.insert(entry.id, place);
        let reason =
            self.destroyed.get(&entry.id).map_or("no entry says why", |destruction| destruction.reason.as_str());
        self.case.sources.push(Source {
            problems: vec![format!("destroyed: {reason}")],
            text: SourceText::Unavailable(format!("it was destroyed: {reason}")),
            ..captured_by(entry, place, SourceKind::Story, "(destroyed)".to_owned())
        });
    }

    fn said(&mut self, mut said: Said) {
        self.statements_made = self.statements_made.saturating_add(1);
        said.handle = format!("s{}", self.statements_made);
        self.case.statements.push(said);
    }

    fn decision(&mut self, entry: &Entry, decision: &DraftDecided) {
        let by = entry.header.author.clone();
        let place = decision.draft.and_then(|draft| self.drafts.get(&(draft.reading, draft.index)).copied());
        let state = match &decision.statement {
            Some(_) => State::Accepted { unseen: crate::read::is_reader(&by), by, entry: entry.id },
            None => State::Rejected { by, entry: entry.id },
        };
        match (place, &decision.statement) {
            (Some(place), statement) => {
                let said = &mut self.case.statements[place];
                said.state = state;
                said.tlp = said.tlp.max(entry.header.tlp);
                if let Some(statement) = statement {
                    said.statement = statement.into();
                }
            }
            (None, Some(statement)) => {
                let Some(&source) = self.sources.get(&decision.source) else { return };
                // What is decided on it later names the entry that made it.
                self.drafts.insert((entry.id, 0), self.case.statements.len());
                self.said(Said {
                    handle: String::new(),
                    source,
                    statement: statement.into(),
                    state,
                    draft: (entry.id, 0),
                    tlp: entry.header.tlp.max(self.case.sources[source].tlp),
                });
            }
            (None, None) => {}
        }
    }

    /// A step as it stands now takes the place of what it was.
    fn task(&mut self, entry: &Entry, set: &TaskSet) {
        let done = set.done.then(|| (entry.header.received, entry.header.author.clone()));
        // What is no day is nobody's deadline.
        let due = set.due.as_ref().and_then(|day| day.parse().ok());
        let task = Task { what: set.what.clone(), owner: set.owner.clone(), due, done, tlp: entry.header.tlp };
        match self.case.tasks.iter_mut().find(|it| it.what == task.what) {
            Some(it) => *it = task,
            None => self.case.tasks.push(task),
        }
    }

    /// One for each sample: the newest.
    fn inspection(&mut self, entry: &Entry, inspected: &SampleInspected) {
        let Some(&sample) = self.sources.get(&inspected.sample) else { return };
        self.case.inspections.retain(|it| it.sample != sample);
        self.inspections_made += 1;
        let handle = format!("x{}", self.inspections_made);
        let result = (&inspected.result).into();
        let inspection = self.of_sample(entry, sample, handle, &inspected.command, result);
        self.case.inspections.push(inspection);
    }

    fn private(&mut self, entry: &Entry, it: &PrivatelyMatched) {
        let statement = EntryId(sha256(&[&it.statement])).to_string();
        // A statement that is recorded again takes the place of what it was: it may be another company's by now.
        self.case.privates.retain(|before| before.statement != statement);
        self.privates_made += 1;
        self.case.privates.push(PrivateMatch {
            id: entry.id,
            handle: format!("p{}", self.privates_made),
            received: entry.header.received,
            tlp: entry.header.tlp,
            company: it.company.clone(),
            held_here: it.held_here,
            holder: EntryId(it.holder).to_string(),
            owner: EntryId(it.owner).to_string(),
            claim: it.claim.clone(),
            elements: it.elements,
            inputs: it.inputs.clone(),
            which: it.which,
            sampling: it.sampling,
            count: it.count,
            matches: it.matches,
            percent: (it.least, it.most),
            labels: it.labels.iter().map(Into::into).collect(),
            statement,
        });
    }

    fn challenge(&mut self, entry: &Entry, opened: &ChallengeOpened) {
        let Some(&listing) = self.sources.get(&opened.listing) else { return };
        self.challenges_made += 1;
        self.case.challenges.push(Challenge {
            id: entry.id,
            handle: format!("ch{}", self.challenges_made),
            listing,
            opened: entry.header.received,
            tlp: entry.header.tlp.max(self.case.sources[listing].tlp),
            format: opened.format.clone(),
            files: opened.files,
            bytes: opened.bytes,
            commitment: commitment(&opened.nonce),
            draw: None,
        });
        self.nonces.insert(entry.id, opened.nonce.clone());
    }

    /// The first draw of a challenge is its only one.
    fn draw(&mut self, entry: &Entry, drawn: &ChallengeDrawn) {
        let nonce = self.nonces.get(&drawn.challenge).cloned();
        let challenge = self.case.challenges.iter_mut().find(|it| it.id == drawn.challenge && it.draw.is_none());
        let (Some(challenge), Some(nonce)) = (challenge, nonce) else { return };
        challenge.tlp = challenge.tlp.max(entry.header.tlp);
        challenge.draw = Some(Draw {
            id: entry.id,
            at: entry.header.received,
            nonce,
            public: drawn.public.clone(),
            seed: drawn.seed.clone(),
            by: drawn.by,
            confidence: drawn.confidence,
            files: twins(&drawn.files),
            answers: 0,
            answer: None,
        });
    }

    fn answer(&mut self, entry: &Entry, answered: &ChallengeAnswered) {
        let challenge = self.case.challenges.iter_mut().find(|it| it.id == answered.challenge);
        let Some(challenge) = challenge else { return };
        let Some(draw) = challenge.draw.as_mut().filter(|draw| draw.id == answered.draw) else { return };
        challenge.tlp = challenge.tlp.max(entry.header.tlp);
        // A word of no outcome can't be in the ledger of any version of this program; it is nothing genuine.
        let outcome = |word: &str| word.parse().unwrap_or(Outcome::NotOurs);
        draw.answers += 1;
        draw.answer = Some(Answer {
            id: entry.id,
            at: entry.header.received,
            owner: answered.owner.clone(),
            matches: answered.matches.clone(),
            outcomes: answered.outcomes.iter().map(|(word, path)| (outcome(word), path.clone())).collect(),
            genuine: answered.genuine,
            interval: answered.interval,
        });
    }

    fn finding(&mut self, entry: &Entry, sample: EntryId, command: &str, result: SampleMatch) {
        let Some(&sample) = self.sources.get(&sample) else { return };
        // One finding for each sample and owner: the newest; earlier ones stay in the ledger.
        self.case.findings.retain(|it| it.sample != sample || it.result.owner != result.owner);
        self.findings_made += 1;
        let handle = format!("m{}", self.findings_made);
        let finding = self.of_sample(entry, sample, handle, command, result);
        self.case.findings.push(finding);
    }

    /// What an entry says was found of a sample, which stands at this place among the sources.
    fn of_sample<R>(&self, entry: &Entry, sample: usize, handle: String, command: &str, result: R) -> Finding<R> {
        Finding {
            id: entry.id,
            handle,
            sample,
            received: entry.header.received,
            tlp: entry.header.tlp.max(self.case.sources[sample].tlp),
            command: command.to_owned(),
            result,
        }
    }
}
