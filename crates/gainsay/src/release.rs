//! The one way out. Everything that leaves the desk, to a screen, a file or a page, is a `Released`, and only this file makes one.
//!
//! Two checks, in this order: what is marked above the audience's clearance is taken out of the case before anything is drawn
//! from it (`View::of`), and the finished text goes through the mask (`Released`). A test holds that no other file prints or
//! writes.

use jiff::Timestamp;

use crate::assess::{Assessment, assess};
use crate::claim::{Case, Tlp};
use crate::ledger::{Hash, PublicKey, TreeHead};
use crate::mask::mask;

/// A text that may be shown: masked, and of a marking that its audience is cleared for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released(String);

impl Released {
    /// Releases a text to whoever sits at the desk and may see all of it: lists, messages, results for no audience.
    pub fn plain(text: &str) -> Released {
        Released(mask(text).into_owned())
    }

    /// Releases what an exporter made of a view.
    pub fn of(view: &View, render: impl FnOnce(&View) -> String) -> Released {
        Released(mask(&render(view)).into_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A case as one audience may see it, with its assessment. Exporters take nothing else.
pub struct View {
    /// The case without what the audience may not see.
    pub case: Case,
    /// What the whole case amounts to: withheld statements weigh, but do not show.
    pub assessment: Assessment,
    /// To which marking the audience is cleared.
    pub audience: Tlp,
    /// How many statements, sources and findings were taken out.
    pub withheld: usize,
    /// When the view was made.
    pub made: Timestamp,
    /// The ledger that it rests on.
    pub record: Record,
    _only_here: (),
}

/// The ledger's state under a view, and how to hold the view against it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The newest signed head.
    pub head: Option<TreeHead>,
    /// The key that signed it.
    pub key: PublicKey,
    /// For each entry that the view shows: its handle, place, leaf hash and audit path.
    pub proofs: Vec<Proof>,
}

/// That an entry is in the ledger (RFC 6962, section 2.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The handle of what the entry made.
    pub handle: String,
    /// Its place.
    pub seq: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The audit path, lowest first.
    pub path: Vec<Hash>,
}

impl View {
    /// What this audience may see of a case.
    ///
    /// The assessment is made of the case without what is withheld: an answer must not give away what it may not show. The count
    /// of what was withheld says that there is more.
    pub fn of(case: &Case, audience: Tlp, made: Timestamp, record: Record) -> View {
        let mut case = case.clone();
        let before = size(&case);
        let may_see_source: Vec<bool> = case.sources.iter().map(|source| source.tlp <= audience).collect();
        case.statements.retain(|said| said.tlp <= audience && may_see_source[said.source]);
        case.findings.retain(|finding| finding.tlp <= audience && may_see_source[finding.sample]);
        drop_sources(&mut case, &may_see_source);
        let withheld = before - size(&case);
        let assessment = assess(&case);
        View { case, assessment, audience, withheld, made, record, _only_here: () }
    }

    /// The marking that the view itself carries: the highest of what it shows.
    pub fn marking(&self) -> Tlp {
        self.case.highest_marking()
    }
}

fn size(case: &Case) -> usize {
    case.sources.len() + case.statements.len() + case.findings.len()
}

/// Takes sources out, and lets everything that points to a place among them point to the new one.
fn drop_sources(case: &mut Case, keep: &[bool]) {
    let new_place: Vec<usize> = keep
        .iter()
        .scan(0, |next, keep| {
            let place = *next;
            *next += usize::from(*keep);
            Some(place)
        })
        .collect();
    let mut places = keep.iter();
    case.sources.retain(|_| places.next().copied().unwrap_or(false));
    for source in &mut case.sources {
        source.replaced_by = source.replaced_by.filter(|place| keep[*place]).map(|place| new_place[place]);
    }
    for said in &mut case.statements {
        said.source = new_place[said.source];
    }
    for finding in &mut case.findings {
        finding.sample = new_place[finding.sample];
    }
}
