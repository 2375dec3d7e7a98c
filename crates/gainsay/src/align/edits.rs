//! What was done to a text, from the lines that are still there.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::sides::{Side, equal};
use super::{Kind, Piece, count};
use crate::claim::counted;

/// How many names are given with their new ones.
const MOST_NAMES: usize = 10;

/// Something that was done to ours on its way into the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Blanks, punctuation or case are others, or where lines end, or the encoding.
    Reformatted {
        /// In so many lines of the sample; 0 where only blanks at their ends differ.
        lines: u32,
    },
    /// Names, numbers or strings in source code are others.
    Renamed {
        /// In so many lines of the sample.
        lines: u32,
        /// The most frequent ones.
        names: Vec<Renaming>,
    },
    /// Lines are a little different.
    Changed {
        /// So many of the sample.
        lines: u32,
    },
    /// Lines of ours are missing.
    Cut {
        /// So many.
        lines: u32,
    },
    /// Lines of the sample are not in ours.
    Added {
        /// So many.
        lines: u32,
    },
    /// What stands in another order.
    Shuffled {
        /// So many passages stand elsewhere.
        moves: u32,
    },
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |count: &u32| counted(*count, "line");
        match self {
            Edit::Reformatted { lines: 0 } => write!(f, "reformatted: blanks at the ends of lines, or the encoding"),
            Edit::Reformatted { lines: of } => {
                write!(f, "reformatted: blanks, punctuation or case differ in {}", lines(of))
            }
            Edit::Renamed { lines: of, names } => {
                write!(f, "renamed in {}", lines(of))?;
                let names = names.iter().map(|name| format!("{} → {}", name.old, name.new)).collect::<Vec<_>>();
                if names.is_empty() { Ok(()) } else { write!(f, ": {}", names.join(", ")) }
            }
            Edit::Changed { lines: of } => write!(f, "changed a little in {}", lines(of)),
            Edit::Cut { lines: of } => write!(f, "cut: {} of ours", lines(of)),
            Edit::Added { lines: of } => write!(f, "added: {}", lines(of)),
            Edit::Shuffled { moves } => write!(f, "shuffled: {}", counted(*moves, "passage")),
        }
    }
}

/// A name of ours and what it is called in the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// In ours.
    pub old: String,
    /// In the sample.
    pub new: String,
    /// How often.
    pub times: u32,
}

pub(super) fn of(ours: &Side, sample: &Side, pieces: &[Piece]) -> Vec<Edit> {
    if pieces.is_empty() {
        return Vec::new();
    }
    let mut by_kind = [0_usize; 4];
    let mut names = HashMap::new();
    for piece in pieces {
        if piece.ours.len() != piece.sample.len() {
            by_kind[Kind::Reformatted as usize] += piece.sample.len();
            continue;
        }
        for (our, their) in piece.ours.clone().zip(piece.sample.clone()) {
            // Within a piece of one kind lines may be more alike than the piece.
            let kind = equal(ours, our, sample, their).unwrap_or(Kind::Similar);
            by_kind[kind as usize] += 1;
            if kind == Kind::Renamed {
                renamings(ours, our, sample, their, &mut names);
            }
        }
    }
    let [_, reformatted, renamed, similar] = by_kind.map(count);
    let aligned = |of: fn(&Piece) -> usize| pieces.iter().map(of).sum::<usize>();
    let cut = count(ours.lines.len() - aligned(|piece| piece.ours.len()));
    let added = count(sample.lines.len() - aligned(|piece| piece.sample.len()));
    let moves = moves(pieces);
    let others = [
        (renamed > 0).then(|| Edit::Renamed { lines: renamed, names: most(names) }),
        (similar > 0).then_some(Edit::Changed { lines: similar }),
        (cut > 0).then_some(Edit::Cut { lines: cut }),
        (added > 0).then_some(Edit::Added { lines: added }),
        (moves > 0).then_some(Edit::Shuffled { moves }),
    ];
    let only_blanks = others.iter().all(Option::is_none);
    let reformatted = (reformatted > 0 || only_blanks).then_some(Edit::Reformatted { lines: reformatted });
    [reformatted].into_iter().chain(others).flatten().collect()
}

fn renamings<'s>(
    ours: &'s Side,
    our: usize,
    sample: &'s Side,
    their: usize,
    names: &mut HashMap<(&'s [u8], &'s [u8]), u32>,
) {
    for (old, new) in ours.words(our).zip(sample.words(their)) {
        let is_name = |word: &[u8]| word.first().is_some_and(|first| !first.is_ascii_digit());
        if is_name(old) && is_name(new) && !old.eq_ignore_ascii_case(new) {
            *names.entry((old, new)).or_default() += 1;
        }
    }
}

fn most(names: HashMap<(&[u8], &[u8]), u32>) -> Vec<Renaming> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let most = names.into_iter().take(MOST_NAMES);
    most.map(|((old, new), times)| Renaming { old: text(old), new: text(new), times }).collect()
}

/// How many passages must be moved for ours to stand in the order of the sample: those that are not on the heaviest way through
/// both in order. What follows each other in both is one passage, whatever is cut or added in between.
fn moves(pieces: &[Piece]) -> u32 {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|place| pieces[*place].ours.start);
    let mut rank = vec![0; pieces.len()];
    order.iter().enumerate().for_each(|(rank_of, place)| rank[*place] = rank_of);
    // Pieces that follow each other in the order of both.
    let mut passages: Vec<(usize, usize)> = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        match passages.last_mut() {
            Some((_, lines)) if rank[place] == rank[place - 1] + 1 => *lines += piece.sample.len(),
            _ => passages.push((rank[place], piece.sample.len())),
        }
    }
    // For each rank that a way may end with, its lines and its number of passages: both only grow.
    let mut ways: BTreeMap<usize, (usize, u32)> = BTreeMap::new();
    for (rank, lines) in &passages {
        let (weight, length) = ways.range(..rank).next_back().map_or((0, 0), |(_, way)| *way);
        let way = (weight + lines, length + 1);
        while let Some((next, lighter)) = ways.range(rank..).next().map(|(next, way)| (*next, *way))
            && lighter.0 <= way.0
        {
            ways.remove(&next);
        }
        ways.insert(*rank, way);
    }
    let stay = ways.values().next_back().map_or(0, |way| way.1);
    count(passages.len()) - stay
}
