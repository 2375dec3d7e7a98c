//! A case as it stands: what the entries of one case add up to. Values only; nothing here can change the ledger.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Challenge, ClaimKey, Edit, EntryId, Inspection, OwnJudgement, PrivateMatch, Reading, SampleMatch, Settlement,
    SourceKind, Statement, Tlp,
};

/// A case as it stands.
#[derive(Clone, Debug)]
pub struct Case {
    /// The entry that opened it.
    pub id: EntryId,
    /// Its name on this desk.
    pub title: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// What it leaves out by time.
    pub until: Until,
    /// The marking of the entry that opened it.
    pub tlp: Tlp,
    /// In the order in which they came in; a handle is the place here.
    pub sources: Vec<Source>,
    /// In the order in which they were read.
    pub statements: Vec<Said>,
    /// In the order in which they were made.
    pub findings: Vec<Finding>,
    /// What its samples must not reveal, in the order in which it was found.
    pub inspections: Vec<Inspection>,
    /// What was settled with other parties without showing it, in the order in which it was recorded.
    pub privates: Vec<PrivateMatch>,
    /// In the order in which they were opened.
    pub challenges: Vec<Challenge>,
    /// Products that its texts name, with their owners, as far as the gazetteer knows them.
    pub brands: BTreeMap<String, String>,
    /// What somebody has taken up, one for each step, as it stands.
    pub tasks: Vec<Task>,
    /// What became of its claims, one for each that was settled or opened again, as it stands.
    pub settlements: Vec<Settlement>,
    /// What became of the claims of other cases: what makes the track record of the parties.
    pub past: Vec<Settlement>,
    /// What analysts made of its claims, in the order of the ledger.
    pub edits: Vec<Edit>,
    /// What analysts hold beside what is computed, in the order of the ledger.
    pub judgements: Vec<OwnJudgement>,
    /// The assessments of it that are on record, in the order of the ledger.
    pub assessments: Vec<PastAssessment>,
}

/// An assessment that is on record: what a report said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastAssessment {
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// To which marking its readers were cleared.
    pub audience: Tlp,
    /// How many entries the ledger had.
    pub based_on: u64,
    /// The model with its version.
    pub model: String,
    /// SHA-256 of the weights.
    pub weights: [u8; 32],
    /// SHA-256 of the names that were known beforehand; not known of the first version.
    pub names: Option<[u8; 32]>,
    /// What each claim came to.
    pub claims: Vec<AssessedClaim>,
    /// How many entries of the case came later, reports apart.
    pub entries_since: usize,
}

/// What a claim came to in an assessment that is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessedClaim {
    /// Which claim; not known of the first version.
    pub key: Option<ClaimKey>,
    /// The proposition.
    pub proposition: String,
    /// Log-odds.
    pub millinats: i64,
    /// The word of the confidence.
    pub confidence: String,
}

/// A step that somebody has taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The step, in the words in which it was drawn or written.
    pub what: String,
    /// Who does it.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<jiff::civil::Date>,
    /// When it was said to be done, and by whom.
    pub done: Option<(Timestamp, String)>,
    /// The marking of the entry that says so.
    pub tlp: Tlp,
}

impl Task {
    /// Who, until when, and whether it is done, in words.
    pub fn words(&self) -> String {
        let owner = self.owner.as_ref().map(|owner| owner.to_owned());
        let due = self.due.map(|day| format!("until {day}"));
        let done = self.done.as_ref().map(|(at, by)| format!("done on {}, says {by}", at.strftime("%Y-%m-%d")));
        let words: Vec<String> = [owner, due, done].into_iter().flatten().collect();
        if words.is_empty() { "taken up".to_owned() } else { words.join(", ") }
    }
}

/// Up to when something is looked at; `None` for all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Until {
    /// What was published up to this moment.
    pub published: Option<Timestamp>,
    /// What the ledger had received up to this moment.
    pub received: Option<Timestamp>,
}

impl Until {
    /// In words, for a page; `None` where nothing is left out.
    pub fn words(&self) -> Option<String> {
        let published = self.published.map(|at| format!("what was published until {at}"));
        let received = self.received.map(|at| format!("what this desk knew at {at}"));
        let limits: Vec<String> = published.into_iter().chain(received).collect();
        (!limits.is_empty()).then(|| format!("Only {}.", limits.join(", and of it ")))
    }
}

/// A captured document.
#[derive(Clone, Debug)]
pub struct Source {
    /// The entry that captured it.
    pub id: EntryId,
    /// `src` and its number in the case.
    pub handle: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where it came from: the path as given, or the page's own address.
    pub whence: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// Its bytes.
    pub size: u64,
    /// Its title.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed, by its own word.
    pub updated: Option<Timestamp>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// Its language, by its own word.
    pub language: Option<String>,
    /// Which part of its file it is, where that holds several sources.
    pub part: Option<String>,
    /// When the desk received it.
    pub received: Timestamp,
    /// Who added it.
    pub author: String,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// How it is to be handled.
    pub note: Option<String>,
    /// What was wrong with it.
    pub problems: Vec<String>,
    /// The place in `Case::sources` of the version that took its place.
    pub replaced_by: Option<usize>,
    /// Its text.
    pub text: SourceText,
    /// What the reader found in it.
    pub reading: Reading,
}

impl Source {
    /// The source at a place in its case, with nothing known of it but its entry, what it is and where it came from.
    pub fn new(
        (id, place): (EntryId, usize),
        kind: SourceKind,
        whence: String,
        (received, author): (Timestamp, String),
        tlp: Tlp,
    ) -> Source {
        Source {
            id,
            handle: format!("src{}", place + 1),
            kind,
            whence,
            digest: String::new(),
            size: 0,
            title: None,
            outlet: None,
            published: None,
            updated: None,
            byline: None,
            language: None,
            part: None,
            received,
            author,
            tlp,
            note: None,
            problems: Vec::new(),
            replaced_by: None,
            text: SourceText::None,
            reading: Reading::default(),
        }
    }

    /// When it was published, or where that is not known, received.
    pub fn when(&self) -> Timestamp {
        self.published.unwrap_or(self.received)
    }

    /// A name to show: the outlet, or what it was called when it was added.
    pub fn name(&self) -> &str {
        self.outlet.as_deref().unwrap_or_else(|| self.whence.rsplit('/').next().unwrap_or(&self.whence))
    }
}

/// Where a source's text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceText {
    /// Here.
    Here(String),
    /// It is not a text.
    None,
    /// It cannot be shown, for the reason given.
    Unavailable(String),
}

/// A statement in a case.
#[derive(Clone, Debug)]
pub struct Said {
    /// `s` and its number in the case.
    pub handle: String,
    /// The place of its source in `Case::sources`.
    pub source: usize,
    /// What was said.
    pub statement: Statement,
    /// Whether somebody stands for the reading.
    pub state: State,
    /// The reading and the place in it that the draft came from; where it was written by hand, the entry that made it and 0.
    pub draft: (EntryId, u32),
    /// The most restrictive of the markings of its source and of its own entries.
    pub tlp: Tlp,
}

impl Said {
    /// The words of the source, where its text is here.
    pub fn quote<'c>(&self, case: &'c Case) -> Option<&'c str> {
        match &case.sources.get(self.source)?.text {
            SourceText::Here(text) => self.statement.span.of(text),
            _ => None,
        }
    }
}

/// Whether somebody stands for the reading of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody yet. It shows, and takes part in disagreements, but does not weigh.
    Draft {
        /// How sure the reader is, in thousandths.
        confidence: u16,
    },
    /// Accepted, perhaps mended.
    Accepted {
        /// By whom: a person, or the reader for itself.
        by: String,
        /// Whether the reader accepted it for itself, and nobody has looked.
        unseen: bool,
        /// The entry that says so.
        entry: EntryId,
    },
    /// Rejected: it neither shows nor weighs.
    Rejected {
        /// By whom.
        by: String,
        /// The entry that says so.
        entry: EntryId,
    },
}

impl State {
    /// The entry of the decision that stands, if there is one.
    pub fn decided(&self) -> Option<EntryId> {
        match self {
            State::Draft { .. } => None,
            State::Accepted { entry, .. } | State::Rejected { entry, .. } => Some(*entry),
        }
    }

    /// Whether it weighs.
    pub fn weighs(&self) -> bool {
        matches!(self, State::Accepted { .. })
    }

    /// Whether it shows.
    pub fn shows(&self) -> bool {
        !matches!(self, State::Rejected { .. })
    }
}

/// What was found of a sample, where nothing else is said by matching it against the corpora: evidence that anyone with both can compute
/// again.
#[derive(Clone, Debug)]
pub struct Finding<R = SampleMatch> {
    /// The entry that records it.
    pub id: EntryId,
    /// `m` and its number in the case.
    pub handle: String,
    /// The place of the sample in `Case::sources`.
    pub sample: usize,
    /// When it was made.
    pub received: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// The command that computes it again.
    pub command: String,
    /// The result.
    pub result: R,
}

impl Case {
    /// A case with nothing in it yet.
    pub fn new(id: EntryId, title: String, opened: Timestamp, tlp: Tlp) -> Case {
        Case {
            id,
            title,
            opened,
            until: Until::default(),
            tlp,
            sources: Vec::new(),
            statements: Vec::new(),
            findings: Vec::new(),
            inspections: Vec::new(),
            privates: Vec::new(),
            challenges: Vec::new(),
            brands: BTreeMap::new(),
            tasks: Vec::new(),
            settlements: Vec::new(),
            past: Vec::new(),
            edits: Vec::new(),
            judgements: Vec::new(),
            assessments: Vec::new(),
        }
    }

    /// Without the sources that were published later, and what rests on them.
    pub fn published_until(mut self, moment: Option<Timestamp>) -> Case {
        if let Some(moment) = moment {
            let keep: Vec<bool> = self.sources.iter().map(|source| source.when() <= moment).collect();
            self.keep_sources(&keep);
        }
        self
    }

    /// The order in which statements were made, as far as it is known: by date of the source, then by source, then by place in it.
    pub fn order(&self, said: &Said) -> (Timestamp, usize, usize) {
        (self.sources[said.source].when(), said.source, said.statement.span.start)
    }

    /// The most restrictive marking of anything in it.
    pub fn highest_marking(&self) -> Tlp {
        let sources = self.sources.iter().map(|source| source.tlp);
        let said = self.statements.iter().filter(|said| said.state.shows()).map(|said| said.tlp);
        let findings = self.findings.iter().map(|finding| finding.tlp).chain(self.privates.iter().map(|it| it.tlp));
        let findings = findings.chain(self.challenges.iter().map(|challenge| challenge.tlp));
        let findings = findings.chain(self.inspections.iter().map(|it| it.tlp));
        let tasks = self.tasks.iter().map(|task| task.tlp);
        let edits = self.edits.iter().map(|edit| edit.tlp).chain(self.judgements.iter().map(|it| it.tlp));
        let settlements = self.settlements.iter().map(|settled| settled.tlp);
        sources.chain(said).chain(findings).chain(tasks).chain(edits).chain(settlements).fold(self.tlp, Tlp::max)
    }

    /// The statements that show: not rejected, and not drafts of a version that was replaced.
    pub fn shown(&self) -> impl Iterator<Item = &Said> {
        self.statements.iter().filter(|said| match said.state {
            State::Draft { .. } => self.sources[said.source].replaced_by.is_none(),
            State::Accepted { .. } => true,
            State::Rejected { .. } => false,
        })
    }

    /// Takes sources out, with all that rests on them, and lets everything that points to a place among them point to the new one.
    pub fn keep_sources(&mut self, keep: &[bool]) {
        let new_place: Vec<usize> = keep
            .iter()
            .scan(0, |next, keep| {
                let place = *next;
                *next += usize::from(*keep);
                Some(place)
            })
            .collect();
        let mut places = keep.iter();
        self.sources.retain(|_| places.next().copied().unwrap_or(false));
        for source in &mut self.sources {
            source.replaced_by = source.replaced_by.filter(|place| keep[*place]).map(|place| new_place[place]);
        }
        self.statements.retain(|said| keep[said.source]);
        for said in &mut self.statements {
            said.source = new_place[said.source];
        }
        self.findings.retain(|finding| keep[finding.sample]);
        for finding in &mut self.findings {
            finding.sample = new_place[finding.sample];
        }
        self.inspections.retain(|it| keep[it.sample]);
        for inspection in &mut self.inspections {
            inspection.sample = new_place[inspection.sample];
        }
        self.challenges.retain(|challenge| keep[challenge.listing]);
        for challenge in &mut self.challenges {
            challenge.listing = new_place[challenge.listing];
        }
    }

    /// The findings on the samples as they are now, not on versions that were replaced.
    pub fn current_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| self.sources[finding.sample].replaced_by.is_none())
    }

    /// What the samples as they are now must not reveal.
    pub fn current_inspections(&self) -> impl Iterator<Item = &Inspection> {
        self.inspections.iter().filter(|it| self.sources[it.sample].replaced_by.is_none())
    }

    /// The names that its texts give to actors.
    pub fn actors(&self) -> BTreeSet<&str> {
        self.sources
            .iter()
            .filter(|source| source.replaced_by.is_none())
            .flat_map(|source| &source.reading.actors)
            .map(|actor| actor.name.as_str())
            .collect()
    }
}
