//! What the reader finds in a text.

use jiff::Timestamp;

use super::{Facet, FigureKind, IndicatorKind, OrganisationRole, PartyKind, Span, Stance};

/// What one party said, as read from one place of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Who speaks: the organisation, a named person as `Person (Organisation)`, or the actor.
    pub speaker: String,
    /// In which role.
    pub speaker_kind: PartyKind,
    /// What it does to the claim.
    pub stance: Stance,
    /// The alleged victims or the point at issue that it speaks about; empty where the text leaves it open.
    pub about: Vec<String>,
    /// The parts of the breach claim that it speaks to; empty for context.
    pub facets: Vec<Facet>,
    /// The party whose knowledge this repeats, where the text says so ("AdvIntel reported Fxmsp's claims": Fxmsp).
    pub origin: Option<String>,
    /// Through whom it reached the text, nearest to it first, neither speaker nor origin among them ("Reuters wrote that the
    /// police told AdvIntel": Reuters).
    pub relays: Vec<String>,
    /// To whom it was said, where the text says so.
    pub to: Option<String>,
    /// When it was said, in the text's own words.
    pub date: Option<String>,
    /// The days that those words mean, where the text or its publication tells them.
    pub days: Option<Days>,
    /// Where it stands in the source's text.
    pub span: Span,
}

/// A statement that the machine read and nobody has reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What was read.
    pub statement: Statement,
    /// How sure the reader is, in thousandths.
    pub confidence: u16,
    /// The rule that found it, in a few words.
    pub because: String,
}

/// A number with what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub kind: FigureKind,
    /// Normalised, with its hedge: `>300000 USD`, `~30 TB`, `3 companies`.
    pub value: String,
    /// What it counts, in the text's own words: `source code`, `customer records`.
    pub of: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// An organisation named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its name, as first written.
    pub name: String,
    /// Its part in the story.
    pub role: OrganisationRole,
    /// Its first mention.
    pub span: Span,
}

/// A crew or person who claims to have the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name it goes by.
    pub name: String,
    /// Other names that the text gives it.
    pub aliases: Vec<String>,
    /// Its first mention.
    pub span: Span,
}

/// A breach claim as one text words it: one actor, one alleged victim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allegation {
    /// Who claims it.
    pub actor: String,
    /// Against whom.
    pub victim: String,
    /// What is said to have been taken, as worded.
    pub assets: Vec<String>,
    /// How much, as worded.
    pub volume: Option<String>,
    /// For how much it is offered, as worded.
    pub price: Option<String>,
    /// Where the text words it.
    pub span: Span,
}

/// A way in, as the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// MITRE ATT&CK technique, such as `T1133`.
    pub attack_id: String,
    /// Where it stands.
    pub span: Span,
}

/// Who told whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who told.
    pub from: String,
    /// Who was told.
    pub to: String,
    /// When, in the text's words.
    pub date: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// What a story rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Whose material it is.
    pub source: String,
    /// `report`, `statement`, `blog`, `press_release`, `news`, `social_post`, `forum_post`, `leak_site`, `actor_contact`,
    /// `actor_material`, `law_enforcement` or `document`.
    pub kind: String,
    /// Where it stands.
    pub span: Span,
}

/// A trace that other systems can be searched for, as the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// What it is.
    pub kind: IndicatorKind,
    /// As systems write it: `hxxp://evil[.]example` is `http://evil.example`.
    pub value: String,
    /// Where it stands, as written.
    pub span: Span,
}

/// What a seller or a leak site offers: one victim's goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The seller's handle, or the site's crew.
    pub seller: Option<String>,
    /// Who is said to be breached, as named or described.
    pub victim: Option<String>,
    /// What is offered, as worded.
    pub goods: Vec<String>,
    /// How much, as worded.
    pub volume: Option<String>,
    /// For how much, as worded.
    pub price: Option<String>,
    /// What is offered as proof, as worded.
    pub proof: Vec<String>,
    /// How the seller is reached: the channel, and the handle with its middle masked.
    pub contacts: Vec<String>,
    /// The kind of access to a network, where that is for sale: `RDP`, `VPN`, `domain administrator`, `web shell`.
    pub access: Option<String>,
    /// Where the text words it.
    pub span: Span,
}

/// A sentence of a company on its own matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSentence {
    /// Where it stands.
    pub span: Span,
    /// What its words do to the claim; `None` where they do nothing.
    pub stance: Option<Stance>,
    /// The parts of the claim that it speaks to.
    pub facets: Vec<Facet>,
    /// What it counts.
    pub figures: Vec<Figure>,
    /// Whether it says that nobody told the company.
    pub denies_contact: bool,
}

/// Everything that the reader found in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Who said what.
    pub drafts: Vec<Draft>,
    /// The breach claims as worded.
    pub allegations: Vec<Allegation>,
    /// Numbers and what they count.
    pub figures: Vec<Figure>,
    /// Organisations, one for each name.
    pub organisations: Vec<Organisation>,
    /// Crews and sellers.
    pub actors: Vec<Actor>,
    /// Ways in.
    pub vectors: Vec<Vector>,
    /// Who told whom.
    pub contacts: Vec<Contact>,
    /// What the story rests on.
    pub citations: Vec<Citation>,
    /// Traces to search for.
    pub indicators: Vec<Indicator>,
    /// What is for sale.
    pub offers: Vec<Offer>,
    /// The text's language by its ISO 639-1 code; none where there is too little text to tell.
    pub language: Option<String>,
}

/// Days that words mean: `last week` is seven of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first.
    pub from: jiff::civil::Date,
    /// The last; the first where it is one day.
    pub to: jiff::civil::Date,
}

/// What is known of a text beside the text itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// When, as a moment in UTC.
    pub published: Option<Timestamp>,
}
