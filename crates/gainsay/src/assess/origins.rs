//! Where what is said comes from: relays and citations followed to whoever knew it first, for each claim and for the case.
//!
//! A source carries what parties say; a party relays what it has from another; a source that repeats another's sentences relays that
//! source. A party whose own knowledge of the matter came from an actor, because it dealt with the actor and reports it, stands
//! between, also where it speaks for itself. What has nobody behind it is an origin. A circle with nobody behind it is one origin.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::claims::Claim;
use super::disagreements::current;
use super::parties::{Parties, organisation};
use crate::claim::{Case, PartyKind, Said, SourceKind, SourceText, Stance};

/// Who relays whom.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// Sources first, as they came in; then parties, by name.
    pub nodes: Vec<Node>,
    /// Each once, by its two nodes.
    pub edges: Vec<Edge>,
    /// Where each claim's knowledge comes from, in the order of the claims.
    pub of_claims: Vec<OfClaim>,
}

/// A source or a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub what: NodeKind,
    /// Its name.
    pub name: String,
    /// Whether it is a party with nobody behind it.
    pub is_origin: bool,
    /// How many relays lie between it and the origin that is farthest from it.
    pub depth: usize,
}

/// What a node of the graph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// The source at this place of `Case::sources`.
    Source(usize),
    /// A party.
    Party(PartyKind),
}

/// What one has from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The place of who repeats it in `Origins::nodes`.
    pub from: usize,
    /// The place of whom it is from.
    pub to: usize,
    /// How.
    pub how: How,
    /// The handles of the statements that show it.
    pub statements: Vec<String>,
}

/// How one has something from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The source gives the party's words.
    Carries,
    /// It says that it has it from there.
    Relays,
    /// It dealt with the other, and speaks of the matter for itself.
    Learnt,
    /// It repeats the other's sentences.
    Copies,
}

impl How {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            How::Carries => "carries",
            How::Relays => "relays",
            How::Learnt => "learnt from",
            How::Copies => "copies",
        }
    }
}

/// Where one claim's knowledge comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfClaim {
    /// The claim's handle.
    pub claim: String,
    /// Who speaks to it, with the way to whom that is from; once each.
    pub chains: Vec<Chain>,
}

/// From who speaks to whom the knowledge is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Who speaks first, then whom each has it from; the last is the origin.
    pub parties: Vec<String>,
    /// Whether it speaks for the claim.
    pub for_claim: bool,
    /// What the origin's word is: an admission where a company confirms what speaks against it.
    pub is_admission: bool,
    /// Whether the way came back to where it had been: nobody stands behind it.
    pub is_circle: bool,
}

impl Origins {
    /// The graph of a case.
    pub fn of(case: &Case, parties: &Parties, claims: &[Claim]) -> Origins {
        let by_handle: BTreeMap<&str, &Said> = case.shown().map(|said| (said.handle.as_str(), said)).collect();
        let learnt = learnt(case, parties);
        let mut graph = Graph::default();
        let of_claims = claims.iter().map(|claim| of_claim(claim, &by_handle, parties, &learnt)).collect();
        graph.of_statements(case, parties, claims, &by_handle);
        for (party, from) in &learnt {
            if let (Some(one), Some(other)) = (graph.parties.get(party).copied(), graph.parties.get(from).copied()) {
                graph.edge(one, other, How::Learnt, None);
            }
        }
        for (copy, original) in copies(case) {
            if let (Some(one), Some(other)) = (graph.sources.get(&copy).copied(), graph.sources.get(&original).copied())
            {
                graph.edge(one, other, How::Copies, None);
            }
        }
        graph.finish(of_claims)
    }

    /// The sources that say something of what is claimed.
    pub fn sources(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| matches!(node.what, NodeKind::Source(_)))
    }

    /// Who is behind what is claimed: the origins that speak for a claim, and those that speak only against, by name.
    pub fn for_and_against(&self) -> (Vec<&str>, Vec<&str>) {
        let last = |is_for: bool| -> BTreeSet<&str> {
            let chains = self.of_claims.iter().flat_map(|it| &it.chains);
            chains.filter(|it| it.for_claim == is_for).filter_map(|it| it.parties.last()).map(String::as_str).collect()
        };
        let (mut pro, contra) = (last(true), last(false));
        // What a sample shows is evidence, and nobody's word.
        pro.remove(super::claims::SAMPLE_ITSELF);
        let only_against = contra.difference(&pro).copied().collect();
        (pro.into_iter().collect(), only_against)
    }
}

impl OfClaim {
    /// The origins that speak for or against the claim, each with what lies between: `Fxmsp, also through AdvIntel`.
    pub fn in_words(&self, for_claim: bool) -> Vec<String> {
        #[derive(Default)]
        struct Ways<'c> {
            through: BTreeSet<String>,
            direct: bool,
            admission: bool,
            circle: bool,
            shown: &'c str,
        }
        let mut ways: BTreeMap<String, Ways<'_>> = BTreeMap::new();
        for chain in self.chains.iter().filter(|chain| chain.for_claim == for_claim) {
            let Some((origin, between)) = chain.parties.split_last() else { continue };
            let way = ways.entry(super::parties::key(origin)).or_default();
            way.shown = origin;
            way.admission |= chain.is_admission;
            way.circle |= chain.is_circle;
            way.direct |= between.is_empty();
            if !between.is_empty() {
                way.through.insert(between.join(" and "));
            }
        }
        let in_words = ways.into_values().map(|way| {
            let admission = if way.admission { ", its own admission" } else { "" };
            let also = if way.direct { ", also" } else { "" };
            let through: Vec<String> = way.through.into_iter().collect();
            let through =
                if through.is_empty() { String::new() } else { format!("{also} through {}", through.join(", ")) };
            let circle = if way.circle { ", in a circle" } else { "" };
            format!("{}{admission}{through}{circle}", way.shown)
        });
        in_words.collect()
    }
}

/// A graph under construction.
#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    sources: BTreeMap<usize, usize>,
    parties: BTreeMap<String, usize>,
    edges: BTreeMap<(usize, usize), (How, BTreeSet<String>)>,
}

impl Graph {
    /// Sources and parties of what is said to the claims, with who has it from whom.
    fn of_statements(&mut self, case: &Case, parties: &Parties, claims: &[Claim], by_handle: &BTreeMap<&str, &Said>) {
        let voices: BTreeSet<&str> =
            claims.iter().flat_map(|claim| &claim.voices).map(|voice| voice.handle.as_str()).collect();
        let mut said: Vec<&Said> = voices.iter().filter_map(|handle| by_handle.get(handle).copied()).collect();
        said.sort_by_key(|said| (said.source, said.statement.span.start));
        for (number, source) in current(case).filter(|(_, source)| source.kind != SourceKind::Sample) {
            self.nodes.push(Node {
                what: NodeKind::Source(number),
                name: source.name().to_owned(),
                is_origin: false,
                depth: 0,
            });
            self.sources.insert(number, self.nodes.len() - 1);
        }
        for said in said {
            let chain = relayed(said, parties);
            let places: Vec<usize> = chain.iter().map(|name| self.party(parties, name, said)).collect();
            let handle = said.handle.as_str();
            if let (Some(&source), Some(&first)) = (self.sources.get(&said.source), places.first()) {
                self.edge(source, first, How::Carries, Some(handle));
            }
            for pair in places.windows(2) {
                self.edge(pair[0], pair[1], How::Relays, Some(handle));
            }
        }
    }

    fn party(&mut self, parties: &Parties, name: &str, said: &Said) -> usize {
        let key = parties.canonical(name);
        let nodes = &mut self.nodes;
        *self.parties.entry(key.clone()).or_insert_with(|| {
            let statement = &said.statement;
            let in_text =
                if parties.canonical(&statement.speaker) == key { statement.speaker_kind } else { PartyKind::Other };
            let kind = parties.kind(name, in_text);
            nodes.push(Node {
                what: NodeKind::Party(kind),
                name: organisation(name).to_owned(),
                is_origin: false,
                depth: 0,
            });
            nodes.len() - 1
        })
    }

    fn edge(&mut self, from: usize, to: usize, how: How, statement: Option<&str>) {
        if from != to {
            let (_, statements) = self.edges.entry((from, to)).or_insert_with(|| (how, BTreeSet::new()));
            statements.extend(statement.map(str::to_owned));
        }
    }

    /// Depths and origins; circles end where they close.
    fn finish(mut self, of_claims: Vec<OfClaim>) -> Origins {
        let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, to) in self.edges.keys() {
            next.entry(*from).or_default().push(*to);
        }
        let mut depths: Vec<Option<usize>> = vec![None; self.nodes.len()];
        for node in 0..self.nodes.len() {
            depth(node, &next, &mut depths);
        }
        for (node, depth) in depths.iter().enumerate() {
            self.nodes[node].depth = depth.unwrap_or(0);
            let is_party = matches!(self.nodes[node].what, NodeKind::Party(_));
            self.nodes[node].is_origin = is_party && *depth == Some(0);
        }
        let edges = self.edges.into_iter().map(|((from, to), (how, statements))| {
            let mut statements: Vec<String> = statements.into_iter().collect();
            statements.sort_by_key(|handle| (handle.len(), handle.clone()));
            Edge { from, to, how, statements }
        });
        Origins { nodes: self.nodes, edges: edges.collect(), of_claims }
    }
}

/// The longest way from a node on, not counting edges that close a circle. Without recursion: a chain may be as long as a case.
fn depth(start: usize, next: &BTreeMap<usize, Vec<usize>>, depths: &mut [Option<usize>]) {
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut stack = vec![(start, false)];
    while let Some((node, is_done)) = stack.pop() {
        let after = next.get(&node).map(Vec::as_slice).unwrap_or_default();
        if is_done {
            open.remove(&node);
            depths[node] = Some(after.iter().filter_map(|to| depths[*to]).map(|depth| depth + 1).max().unwrap_or(0));
        } else if depths[node].is_none() && open.insert(node) {
            stack.push((node, true));
            stack.extend(after.iter().filter(|to| depths[**to].is_none()).map(|to| (*to, false)));
        }
    }
}

/// Who speaks, through whom, from whom.
fn relayed(said: &Said, parties: &Parties) -> Vec<String> {
    let statement = &said.statement;
    // Who contradicts or admits speaks for himself, of whomever he speaks.
    let repeats = matches!(statement.stance, Stance::Informs | Stance::Claims);
    let further = statement.relays.iter().chain(&statement.origin).filter(|_| repeats);
    let mut chain = vec![statement.speaker.clone()];
    for name in further {
        let is_known = chain.iter().any(|known| parties.canonical(known) == parties.canonical(name));
        if !is_known {
            chain.push(name.clone());
        }
    }
    chain
}

/// Parties without a stake that dealt with an actor and report what it claims: what they know of the matter came from it.
fn learnt(case: &Case, parties: &Parties) -> BTreeMap<String, String> {
    let mut reports: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut dealt: BTreeSet<(String, String)> = BTreeSet::new();
    for said in case.shown() {
        let statement = &said.statement;
        let kind = parties.kind(&statement.speaker, statement.speaker_kind);
        if let (Some(origin), PartyKind::Researcher | PartyKind::Other) = (&statement.origin, kind)
            && parties.is_actor(origin)
        {
            let pair = (parties.canonical(&statement.speaker), parties.canonical(origin));
            *reports.entry(pair).or_default() += 1;
        }
    }
    for (_, source) in current(case) {
        for contact in &source.reading.contacts {
            let (from, to) = (parties.canonical(&contact.from), parties.canonical(&contact.to));
            dealt.extend([(from.clone(), to.clone()), (to, from)]);
        }
    }
    let mut learnt: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for ((party, actor), times) in reports {
        // Once may be a report of what everybody can read; who talked to the actor, or reports it again and again, has it from there.
        if party != actor && (times > 1 || dealt.contains(&(party.clone(), actor.clone()))) {
            let most = learnt.entry(party).or_default();
            if most.0 < times {
                *most = (times, actor);
            }
        }
    }
    learnt.into_iter().map(|(party, (_, actor))| (party, actor)).collect()
}

fn of_claim(
    claim: &Claim,
    by_handle: &BTreeMap<&str, &Said>,
    parties: &Parties,
    learnt: &BTreeMap<String, String>,
) -> OfClaim {
    let mut chains: Vec<Chain> = Vec::new();
    let mut seen = BTreeSet::new();
    for voice in &claim.voices {
        let Some(said) = by_handle.get(voice.handle.as_str()) else {
            let party = vec![voice.party.clone()];
            chains.push(Chain { parties: party, for_claim: voice.for_claim, is_admission: false, is_circle: false });
            continue;
        };
        let mut chain = relayed(said, parties);
        let mut keys: Vec<String> = chain.iter().map(|name| parties.canonical(name)).collect();
        let mut is_circle = false;
        while voice.for_claim
            && let Some(from) = keys.last().and_then(|last| learnt.get(last))
        {
            if keys.contains(from) {
                is_circle = true;
                break;
            }
            chain.push(parties.shown(from).to_owned());
            keys.push(from.clone());
        }
        // The same way by another statement is the same way.
        if seen.insert((keys, voice.for_claim)) {
            let admits = matches!(said.statement.stance, Stance::Confirms | Stance::PartlyConfirms);
            let is_admission = admits && voice.for_claim && chain.len() == 1;
            let parties = chain.iter().map(|name| organisation(name).to_owned()).collect();
            chains.push(Chain { parties, for_claim: voice.for_claim, is_admission, is_circle });
        }
    }
    OfClaim { claim: claim.handle.clone(), chains }
}

/// Words of a shingle.
const SHINGLE: usize = 8;
/// So many sentences of a source are compared.
const SENTENCES: usize = 2_000;
/// So many shingles are held for all sources together.
const SHINGLES: usize = 1_000_000;

/// Which source repeats the sentences of which earlier one: the place of the copy, and of the source that it repeats most.
///
/// What stands in quotation marks is somebody's words and may be in any story. A sentence is repeated where most of its shingles are
/// in one other source; a source is a copy where three of its sentences are, or half of them.
pub fn copies(case: &Case) -> Vec<(usize, usize)> {
    let mut sources: Vec<usize> = current(case)
        .filter(|(_, source)| matches!(source.text, SourceText::Here(_)))
        .map(|(place, _)| place)
        .collect();
    sources.sort_by_key(|place| (case.sources[*place].when(), *place));
    let mut first: HashMap<u64, usize> = HashMap::new();
    let mut found = Vec::new();
    for place in sources {
        let SourceText::Here(text) = &case.sources[place].text else { continue };
        let sentences: Vec<Vec<u64>> = shingled(text);
        let mut repeated: BTreeMap<usize, usize> = BTreeMap::new();
        for shingles in &sentences {
            let mut held: BTreeMap<usize, usize> = BTreeMap::new();
            shingles.iter().filter_map(|shingle| first.get(shingle)).for_each(|of| *held.entry(*of).or_default() += 1);
            let most = held.into_iter().max_by_key(|(of, count)| (*count, std::cmp::Reverse(*of)));
            if let Some((of, count)) = most
                && count * 5 >= shingles.len() * 4
            {
                *repeated.entry(of).or_default() += 1;
            }
        }
        let most = repeated.into_iter().max_by_key(|(of, count)| (*count, std::cmp::Reverse(*of)));
        if let Some((of, count)) = most
            && (count >= 3 || count * 2 >= sentences.len())
        {
            found.push((place, of));
        }
        for shingle in sentences.into_iter().flatten() {
            if first.len() < SHINGLES {
                first.entry(shingle).or_insert(place);
            }
        }
    }
    found
}

/// The shingles of each sentence that is long enough to have two of them.
fn shingled(text: &str) -> Vec<Vec<u64>> {
    let mut outside = String::with_capacity(text.len());
    let mut depth = false;
    for c in text.chars() {
        match c {
            '“' => depth = true,
            '”' => depth = false,
            // A mark that was never closed ends with its paragraph.
            '\n' => {
                depth = false;
                outside.push('\n');
            }
            c if !depth => outside.push(c),
            _ => {}
        }
    }
    let sentences = outside.split(['.', '!', '?', '\n']).map(|sentence| {
        let words: Vec<String> =
            sentence.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_lowercase).collect();
        words.windows(SHINGLE).map(hash).collect::<Vec<u64>>()
    });
    sentences.filter(|shingles| shingles.len() >= 2).take(SENTENCES).collect()
}

/// FNV-1a: the same on any machine.
fn hash(words: &[String]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([b' ']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests;
