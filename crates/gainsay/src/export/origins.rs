//! Who relays whom, in words, as lines for a terminal, and as a picture: sources on the left, origins on the right.

use std::collections::{BTreeMap, BTreeSet};

use crate::assess::{How, NodeKind, Origins};
use crate::claim::counted;
use crate::release::View;

/// The picture's measures, in its own units.
const BOX: usize = 220;
const COLUMN: usize = 330;
const LINE: usize = 17;
const GAP: usize = 12;
const LEFT: usize = 40;
/// The longest name shown, in characters.
const NAME: usize = 28;
/// So many sources are named in one box.
const NAMED: usize = 12;

/// The graph drawn.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub boxes: Vec<Drawn>,
    pub lines: Vec<Line>,
}

/// A box: a party, or the sources that carry the same parties.
pub struct Drawn {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    pub class: &'static str,
    pub text: Vec<Text>,
}

/// A line of text in a box.
pub struct Text {
    pub x: usize,
    pub y: usize,
    pub text: String,
    pub class: &'static str,
}

/// A line from who repeats to whom it is from.
pub struct Line {
    pub path: String,
    pub class: &'static str,
}

/// How many sources rest on how many origins, and which; none where nobody speaks to a claim.
pub fn at_a_glance(graph: &Origins) -> Option<String> {
    let (pro, contra) = graph.for_and_against();
    if pro.is_empty() && contra.is_empty() {
        return None;
    }
    let sources = graph.sources().count();
    let mut words = format!(
        "{}, {} of what is claimed{}{}.",
        counted(sources, "source"),
        counted(pro.len(), "origin"),
        if pro.is_empty() { "" } else { ": " },
        pro.join(", ")
    );
    if !contra.is_empty() {
        words += &format!(" Against it only: {}.", contra.join(", "));
    }
    let relays = graph.edges.iter().filter(|edge| matches!(edge.how, How::Learnt | How::Relays));
    let mut behind: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in relays.filter(|edge| graph.nodes[edge.to].is_origin) {
        behind.entry(&graph.nodes[edge.to].name).or_default().insert(&graph.nodes[edge.from].name);
    }
    for (origin, parties) in behind {
        let verb = if parties.len() == 1 { "has" } else { "have" };
        words += &format!(" {} {verb} it from {origin}.", parties.into_iter().collect::<Vec<_>>().join(", "));
    }
    Some(words)
}

/// For each claim: its handle, the proposition, and the origins for and against it.
pub fn by_claim(view: &View) -> Vec<(String, String, String)> {
    let claims = &view.assessment.claims;
    let lines = claims.iter().zip(&view.assessment.graph.of_claims).map(|(claim, of_claim)| {
        let (pro, contra) = (of_claim.in_words(true), of_claim.in_words(false));
        let mut words = if pro.is_empty() { "nobody".to_owned() } else { pro.join("; ") };
        if !contra.is_empty() {
            words += &format!(" — against it: {}", contra.join("; "));
        }
        (claim.handle.clone(), claim.proposition.clone(), words)
    });
    lines.collect()
}

/// The graph as lines: each origin, below it who has it from there, and the sources that carry each.
pub fn as_lines(view: &View) -> Vec<String> {
    let graph = &view.assessment.graph;
    let handle = |node: usize| match graph.nodes[node].what {
        NodeKind::Source(place) => Some(view.case.sources[place].handle.as_str()),
        NodeKind::Party(_) => None,
    };
    let mut lines = Vec::new();
    let mut shown = BTreeSet::new();
    let mut stack: Vec<(usize, usize, &str)> = Vec::new();
    let origins = (0..graph.nodes.len()).rev().filter(|node| graph.nodes[*node].is_origin);
    stack.extend(origins.map(|node| (node, 0, "")));
    while let Some((node, depth, how)) = stack.pop() {
        let NodeKind::Party(kind) = graph.nodes[node].what else { continue };
        let into = || graph.edges.iter().filter(move |edge| edge.to == node);
        let carriers: Vec<&str> = into().filter_map(|edge| handle(edge.from)).collect();
        let again = if shown.insert(node) { "" } else { ", as above" };
        let how = if how.is_empty() { String::new() } else { format!("└ {how} by ") };
        let carried = if carriers.is_empty() { String::new() } else { format!(" — in {}", carriers.join(", ")) };
        lines.push(format!("{}{how}{} ({kind}){carried}{again}", "  ".repeat(depth), graph.nodes[node].name));
        if again.is_empty() {
            let parties = into().filter(|edge| handle(edge.from).is_none());
            stack.extend(parties.map(|edge| {
                let how = if edge.how == How::Learnt { "learnt" } else { "relayed" };
                (edge.from, depth + 1, how)
            }));
        }
    }
    let mut copies: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for edge in graph.edges.iter().filter(|edge| edge.how == How::Copies) {
        copies.entry(edge.to).or_default().extend(handle(edge.from));
    }
    for (original, copies) in copies {
        let verb = if copies.len() == 1 { "repeats" } else { "repeat" };
        let original = handle(original).unwrap_or_default();
        lines.push(format!("{} {verb} the sentences of {original}", copies.join(", ")));
    }
    lines
}

impl Picture {
    /// The picture of a graph; none where nothing is connected.
    pub fn of(view: &View) -> Option<Picture> {
        let graph = &view.assessment.graph;
        if graph.edges.is_empty() {
            return None;
        }
        let groups = groups(graph);
        let group_of: BTreeMap<usize, usize> =
            groups.iter().enumerate().flat_map(|(group, it)| it.nodes.iter().map(move |node| (*node, group))).collect();
        let links: BTreeSet<(usize, usize, How)> = graph
            .edges
            .iter()
            .filter_map(|edge| Some((*group_of.get(&edge.from)?, *group_of.get(&edge.to)?, edge.how)))
            .collect();
        let plan = Plan::of(graph, &groups, &links);
        let columns = groups.iter().map(|group| group.column).max()? + 1;
        let height = plan.height() + GAP;
        let lines = links.iter().map(|(from, to, how)| Line {
            path: plan.path(*from, *to, &groups),
            class: if matches!(how, How::Learnt | How::Copies) { "learnt" } else { "carried" },
        });
        let boxes = groups.iter().zip(&plan.placed).map(|(group, (y, height))| {
            let x = LEFT + group.column * COLUMN;
            let text = group.text.iter().enumerate().map(|(number, (text, class))| Text {
                x: x + 10,
                y: y + (number + 1) * LINE,
                text: text.clone(),
                class,
            });
            Drawn { x, y: *y, width: BOX, height: *height, class: group.class, text: text.collect() }
        });
        Some(Picture {
            width: LEFT + columns.saturating_sub(1) * COLUMN + BOX + 2,
            height,
            boxes: boxes.collect(),
            lines: lines.collect(),
        })
    }
}

/// Nodes that are drawn as one box.
struct Group {
    nodes: Vec<usize>,
    column: usize,
    class: &'static str,
    text: Vec<(String, &'static str)>,
}

/// A box for each party, and one for the sources that carry the same ones. Sources that say nothing of the claims are left out.
fn groups(graph: &Origins) -> Vec<Group> {
    let mut by_targets: BTreeMap<Vec<(usize, How)>, Vec<usize>> = BTreeMap::new();
    let mut groups = Vec::new();
    let is_party = |node: usize| matches!(graph.nodes[node].what, NodeKind::Party(_));
    let deepest = (0..graph.nodes.len()).filter(|node| is_party(*node)).map(|node| graph.nodes[node].depth).max();
    let deepest = deepest.unwrap_or(0);
    for (number, node) in graph.nodes.iter().enumerate() {
        match node.what {
            NodeKind::Source(_) => {
                let targets = graph.edges.iter().filter(|edge| edge.from == number);
                let targets: Vec<(usize, How)> = targets.map(|edge| (edge.to, edge.how)).collect();
                let is_copied = graph.edges.iter().any(|edge| edge.to == number);
                // What others copy is drawn by itself, so that a line can lead to it.
                let key =
                    if is_copied { vec![(number, How::Copies), (usize::MAX, How::Copies)] } else { targets.clone() };
                if is_copied || !targets.is_empty() {
                    by_targets.entry(key).or_default().push(number);
                }
            }
            NodeKind::Party(kind) => groups.push(Group {
                nodes: vec![number],
                column: 1 + deepest - node.depth.min(deepest),
                class: if node.is_origin { "origin" } else { "relay" },
                text: vec![
                    (shortened(&node.name), "name"),
                    (if node.is_origin { format!("{kind}, origin") } else { kind.to_string() }, "kind"),
                ],
            }),
        }
    }
    for nodes in by_targets.into_values() {
        let mut text: Vec<(String, &str)> = Vec::new();
        if nodes.len() > 1 {
            text.push((counted(nodes.len(), "source"), "name"));
        }
        text.extend(nodes.iter().take(NAMED).map(|node| (shortened(&graph.nodes[*node].name), "kind")));
        if nodes.len() > NAMED {
            text.push((format!("… and {} more", nodes.len() - NAMED), "kind"));
        }
        groups.push(Group { nodes, column: 0, class: "source", text });
    }
    groups
}

/// Where each box begins, and how high it is; and where lines pass through the columns between two boxes.
struct Plan {
    placed: Vec<(usize, usize)>,
    /// By column and the box that the lines lead to: all of them pass at one place, so that forty sources make one bundle.
    passes: BTreeMap<(usize, usize), usize>,
}

/// What stands in a column.
#[derive(Clone, Copy)]
enum Slot {
    Box(usize),
    Pass(usize),
}

impl Plan {
    /// From right to left, each column in the order of what its boxes lead to.
    fn of(graph: &Origins, groups: &[Group], links: &BTreeSet<(usize, usize, How)>) -> Plan {
        let mut plan = Plan { placed: vec![(0, 0); groups.len()], passes: BTreeMap::new() };
        let columns = groups.iter().map(|group| group.column).max().map_or(0, |last| last + 1);
        let slots_of = |column: usize| -> Vec<Slot> {
            let boxes = (0..groups.len()).filter(|group| groups[*group].column == column).map(Slot::Box);
            let passing = links
                .iter()
                .filter(|(from, to, _)| groups[*from].column < column && groups[*to].column > column)
                .map(|(_, to, _)| *to)
                .collect::<BTreeSet<usize>>();
            boxes.chain(passing.into_iter().map(Slot::Pass)).collect()
        };
        let slot_height = |slot: Slot| match slot {
            Slot::Box(group) => groups[group].text.len() * LINE + 10,
            Slot::Pass(_) => LINE,
        };
        let column_height = |slots: &[Slot]| slots.iter().map(|slot| slot_height(*slot) + GAP).sum::<usize>();
        let tallest = (0..columns).map(|column| column_height(&slots_of(column))).max().unwrap_or(0);
        for column in (0..columns).rev() {
            let mut slots = slots_of(column);
            slots.sort_by_cached_key(|slot| {
                let (targets, name): (Vec<usize>, &str) = match slot {
                    Slot::Pass(to) => (vec![*to], ""),
                    Slot::Box(group) => {
                        let right = links.iter().filter(|(from, to, _)| from == group && groups[*to].column > column);
                        (right.map(|(_, to, _)| *to).collect(), &graph.nodes[groups[*group].nodes[0]].name)
                    }
                };
                let middles: Vec<usize> = targets.iter().map(|to| plan.before(column + 1, *to, groups)).collect();
                let mean = middles.iter().sum::<usize>().checked_div(middles.len()).unwrap_or(0);
                let carried = links.iter().filter(|(_, to, _)| matches!(slot, Slot::Box(group) if group == to)).count();
                (mean, std::cmp::Reverse(carried), name.to_owned())
            });
            let mut y = GAP + (tallest - column_height(&slots)) / 2;
            for slot in slots {
                let height = slot_height(slot);
                match slot {
                    Slot::Box(group) => plan.placed[group] = (y, height),
                    Slot::Pass(to) => {
                        plan.passes.insert((column, to), y + height / 2);
                    }
                }
                y += height + GAP;
            }
        }
        plan
    }

    fn middle(&self, group: usize) -> usize {
        self.placed[group].0 + self.placed[group].1 / 2
    }

    /// Where a line to a box stands in a column before it.
    fn before(&self, column: usize, to: usize, groups: &[Group]) -> usize {
        let passes = (groups[to].column > column).then(|| self.passes.get(&(column, to)).copied()).flatten();
        passes.unwrap_or_else(|| self.middle(to))
    }

    fn height(&self) -> usize {
        let boxes = self.placed.iter().map(|(y, height)| y + height);
        boxes.chain(self.passes.values().map(|y| y + LINE)).max().unwrap_or(0)
    }

    /// The data of an SVG path from one box to another.
    fn path(&self, from: usize, to: usize, groups: &[Group]) -> String {
        let (one, last) = (groups[from].column, groups[to].column);
        let left = |column: usize| LEFT + column * COLUMN;
        let (mut y, end) = (self.middle(from), self.middle(to));
        if one >= last {
            // Back, or within a column: around by the left.
            let (from, to) = (left(one), left(last));
            return format!(
                "M{from} {y}C{} {y} {} {end} {to} {end}",
                from.saturating_sub(LEFT),
                to.saturating_sub(LEFT)
            );
        }
        let mut path = format!("M{} {y}", left(one) + BOX);
        for column in one + 1..=last {
            let next = if column == last { end } else { self.before(column, to, groups) };
            let (start, stop) = (left(column - 1) + BOX, left(column));
            let bend = (stop - start) / 2;
            path += &format!("C{} {y} {} {next} {stop} {next}", start + bend, stop - bend);
            if column < last {
                path += &format!("H{}", left(column) + BOX);
            }
            y = next;
        }
        path
    }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::claim::PartyKind;

    /// Forty outlets, each of one of three firms, which have it from one crew; a company beside them.
    fn graph() -> Origins {
        use crate::assess::{Edge, Node};
        let node = |what, name: String, depth| Node { what, name, is_origin: depth == 0, depth };
        let mut nodes: Vec<Node> = (0..40).map(|n| node(NodeKind::Source(n), format!("Outlet {n}"), 2)).collect();
        nodes.push(node(NodeKind::Party(PartyKind::Actor), "Dustfinch".into(), 0));
        nodes.push(node(NodeKind::Party(PartyKind::Victim), "Marlbeck".into(), 0));
        nodes.extend((0..3).map(|n| node(NodeKind::Party(PartyKind::Researcher), format!("Firm {n}"), 1)));
        let edge = |from, to, how| Edge { from, to, how, statements: vec![] };
        let mut edges: Vec<Edge> = (0..40).map(|n| edge(n, 42 + n % 3, How::Carries)).collect();
        edges.extend((0..40).step_by(2).map(|n| edge(n, 41, How::Carries)));
        edges.extend((42..45).map(|n| edge(n, 40, How::Relays)));
        edges.push(edge(39, 1, How::Copies));
        Origins { nodes, edges, of_claims: vec![] }
    }

    #[test]
    fn forty_sources_are_a_few_boxes_that_do_not_lie_on_each_other() {
        let graph = graph();
        let groups = groups(&graph);
        let sources = groups.iter().filter(|group| group.class == "source");
        assert!(sources.clone().count() <= 8, "{}", sources.count());
        assert_eq!(sources.map(|group| group.nodes.len()).sum::<usize>(), 40);
        let links: BTreeSet<(usize, usize, How)> = BTreeSet::new();
        let plan = Plan::of(&graph, &groups, &links);
        for column in 0..3 {
            let mut here: Vec<(usize, usize)> = (0..groups.len())
                .filter(|group| groups[*group].column == column)
                .map(|group| plan.placed[group])
                .collect();
            here.sort_unstable();
            assert!(here.windows(2).all(|pair| pair[0].0 + pair[0].1 < pair[1].0), "{here:?}");
        }
    }

    #[test]
    fn a_line_goes_round_the_boxes_between() {
        let graph = graph();
        let groups = groups(&graph);
        let at = |name: &str| groups.iter().position(|group| group.text[0].0 == name).unwrap();
        let (company, firm) = (at("Marlbeck"), at("Firm 0"));
        let source = groups.len() - 1;
        let links = BTreeSet::from([(source, company, How::Carries), (source, firm, How::Carries)]);
        let plan = Plan::of(&graph, &groups, &links);
        let pass = plan.before(1, company, &groups);
        let (y, height) = plan.placed[firm];
        assert!(pass < y || pass > y + height, "{pass} is in the box at {y}, {height} high");
        assert!(plan.path(source, company, &groups).contains(&format!(" {pass}H")));
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shortened(&"ä".repeat(40)), format!("{}…", "ä".repeat(NAME)));
    }
}
