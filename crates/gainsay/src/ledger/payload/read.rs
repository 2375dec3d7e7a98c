//! What entries record of a source that was read, and of what became of its drafts.

use jiff::civil::Date;
use minicbor::{Decode, Encode};

use super::{SpanV1, first, twins};
use crate::claim::{
    Actor, Allegation, Citation, Contact, Days, Draft, EntryId, Facet, Figure, FigureKind, Indicator, IndicatorKind,
    Offer, Organisation, OrganisationRole, PartyKind, Reading, Stance, Statement, Vector,
};
use crate::ledger::canonical;

/// `reading/2`. What the first version did not have comes last and is not written where it is empty.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SourceRead {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The source.
    #[n(1)]
    pub source: EntryId,
    /// Which reader, with its version.
    #[n(2)]
    pub reader: String,
    /// The draft statements.
    #[n(3)]
    pub drafts: Vec<DraftV1>,
    /// The claims as worded.
    #[n(4)]
    pub allegations: Vec<AllegationV1>,
    /// The figures.
    #[n(5)]
    pub figures: Vec<FigureV1>,
    /// The organisations.
    #[n(6)]
    pub organisations: Vec<OrganisationV1>,
    /// The actors.
    #[n(7)]
    pub actors: Vec<ActorV1>,
    /// The ways in.
    #[n(8)]
    pub vectors: Vec<VectorV1>,
    /// Who told whom.
    #[n(9)]
    pub contacts: Vec<ContactV1>,
    /// What it rests on.
    #[n(10)]
    pub citations: Vec<CitationV1>,
    /// Traces to search for; from here on of the second version.
    #[cbor(n(11), with = "canonical::list", has_nil)]
    pub indicators: Vec<IndicatorV2>,
    /// What is for sale.
    #[cbor(n(12), with = "canonical::list", has_nil)]
    pub offers: Vec<OfferV2>,
    /// The text's language.
    #[n(13)]
    pub language: Option<String>,
}

/// `reading/1`: what `reading/2` is without what is of the second version.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cbor(transparent)]
pub struct SourceReadV1(#[n(0)] pub SourceRead);

impl<'b, C> Decode<'b, C> for SourceReadV1 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let read = SourceRead::decode(from, ctx)?;
        let is_first = read.indicators.is_empty() && read.offers.is_empty() && read.language.is_none();
        let are_first = read.figures.iter().all(|figure| figure.of.is_none())
            && read.drafts.iter().all(|draft| draft.statement.is_first());
        first(is_first && are_first, SourceReadV1(read))
    }
}

/// `decision/2`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DraftDecided {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The source.
    #[n(1)]
    pub source: EntryId,
    /// The draft: the entry of its reading and its place there; for a statement that was written by hand before, the entry that made it
    /// and 0. None makes a statement by hand.
    #[n(2)]
    pub draft: Option<DraftRef>,
    /// The statement as accepted or mended; none where the draft was rejected.
    #[n(3)]
    pub statement: Option<StatementV1>,
    /// Why, in words.
    #[n(4)]
    pub reason: Option<String>,
}

/// `decision/1`: what `decision/2` is without what statements have of the second version.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cbor(transparent)]
pub struct DraftDecidedV1(#[n(0)] pub DraftDecided);

impl<'b, C> Decode<'b, C> for DraftDecidedV1 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let decided = DraftDecided::decode(from, ctx)?;
        first(decided.statement.as_ref().is_none_or(StatementV1::is_first), DraftDecidedV1(decided))
    }
}

/// A draft's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct DraftRef {
    /// The entry of the reading, or the one that made a statement by hand.
    #[n(0)]
    pub reading: EntryId,
    /// Its place in the reading, from 0.
    #[n(1)]
    pub index: u32,
}

impl SourceRead {
    /// The entry of a reading.
    pub fn new(case: EntryId, source: EntryId, reader: &str, reading: &Reading) -> SourceRead {
        SourceRead {
            case,
            source,
            reader: reader.to_owned(),
            drafts: twins(&reading.drafts),
            allegations: twins(&reading.allegations),
            figures: twins(&reading.figures),
            organisations: twins(&reading.organisations),
            actors: twins(&reading.actors),
            vectors: twins(&reading.vectors),
            contacts: twins(&reading.contacts),
            citations: twins(&reading.citations),
            indicators: twins(&reading.indicators),
            offers: twins(&reading.offers),
            language: reading.language.clone(),
        }
    }

    /// What was read.
    pub fn reading(&self) -> Reading {
        Reading {
            drafts: twins(&self.drafts),
            allegations: twins(&self.allegations),
            figures: twins(&self.figures),
            organisations: twins(&self.organisations),
            actors: twins(&self.actors),
            vectors: twins(&self.vectors),
            contacts: twins(&self.contacts),
            citations: twins(&self.citations),
            indicators: twins(&self.indicators),
            offers: twins(&self.offers),
            language: self.language.clone(),
        }
    }
}

/// A list of facets as their words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetsV1(Vec<Facet>);

impl From<Vec<Facet>> for FacetsV1 {
    fn from(facets: Vec<Facet>) -> Self {
        FacetsV1(facets)
    }
}

impl From<FacetsV1> for Vec<Facet> {
    fn from(facets: FacetsV1) -> Self {
        facets.0
    }
}

impl<C> Encode<C> for FacetsV1 {
    fn encode<W: minicbor::encode::Write>(
        &self,
        to: &mut minicbor::Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.iter().map(|facet| facet.word()).collect::<Vec<_>>().encode(to, ctx)
    }
}

impl<'b, C> Decode<'b, C> for FacetsV1 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = from.position();
        Vec::<&str>::decode(from, ctx)?
            .into_iter()
            .map(|word| {
                word.parse()
                    .map_err(|e: crate::claim::UnknownWord| minicbor::decode::Error::message(e.to_string()).at(at))
            })
            .collect::<Result<_, _>>()
            .map(FacetsV1)
    }
}

twin!(StatementV1 of Statement {
    0 speaker: plain String,
    1 speaker_kind: word PartyKind,
    2 stance: word Stance,
    3 about: plain Vec<String>,
    4 facets: plain FacetsV1,
    5 origin: plain Option<String>,
    6 to: plain Option<String>,
    7 date: plain Option<String>,
    8 span: plain SpanV1,
    9 relays: plain_or_none Vec<String>,
    10 days: option Option<DaysV2>,
});
twin!(DaysV2 of Days { 0 from: day Date, 1 to: day Date });

impl StatementV1 {
    /// Whether nothing in it is of the second version.
    fn is_first(&self) -> bool {
        self.relays.is_empty() && self.days.is_none()
    }
}

twin!(FigureV1 of Figure {
    0 kind: word FigureKind, 1 value: plain String, 2 span: plain SpanV1, 3 of: plain Option<String>,
});
twin!(IndicatorV2 of Indicator { 0 kind: word IndicatorKind, 1 value: plain String, 2 span: plain SpanV1 });
twin!(OfferV2 of Offer {
    0 seller: plain Option<String>,
    1 victim: plain Option<String>,
    2 goods: plain Vec<String>,
    3 volume: plain Option<String>,
    4 price: plain Option<String>,
    5 proof: plain Vec<String>,
    6 contacts: plain Vec<String>,
    7 access: plain Option<String>,
    8 span: plain SpanV1,
});
twin!(OrganisationV1 of Organisation { 0 name: plain String, 1 role: word OrganisationRole, 2 span: plain SpanV1 });
twin!(ActorV1 of Actor { 0 name: plain String, 1 aliases: plain Vec<String>, 2 span: plain SpanV1 });
twin!(VectorV1 of Vector { 0 attack_id: plain String, 1 span: plain SpanV1 });
twin!(ContactV1 of Contact {
    0 from: plain String, 1 to: plain String, 2 date: plain Option<String>, 3 span: plain SpanV1,
});
twin!(CitationV1 of Citation { 0 source: plain String, 1 kind: plain String, 2 span: plain SpanV1 });
twin!(AllegationV1 of Allegation {
    0 actor: plain String,
    1 victim: plain String,
    2 assets: plain Vec<String>,
    3 volume: plain Option<String>,
    4 price: plain Option<String>,
    5 span: plain SpanV1,
});

twin!(DraftV1 of Draft { 0 statement: nested StatementV1, 1 confidence: plain u16, 2 because: plain String });
