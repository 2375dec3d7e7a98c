//! The places that hold the sample's files: what each of them holds, and the fewest that together hold all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::{PlaceMatch, Places};

/// How many sets of places are looked at in the search for the fewest places: with ten places it ends far before, with hundreds that
/// share their files it may not, and then what a greedy choice gives is told as such.
const LOOKS: u64 = 20_000_000;

/// Where a sample's own files lie, as far as they are told.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Held {
    /// For each set of places, the files that are held by exactly those.
    files: BTreeMap<BTreeSet<usize>, Vec<usize>>,
    /// For each place, of how many files it holds the closest state.
    closest: BTreeMap<usize, u64>,
}

/// The places that hold a file.
pub(super) struct HeldBy {
    /// All of them.
    pub(super) places: BTreeSet<usize>,
    /// Those that hold the state that is closest to the file.
    pub(super) closest: BTreeSet<usize>,
}

impl Held {
    /// Adds a file that at least one place holds.
    pub(super) fn add(&mut self, file: usize, by: HeldBy) {
        by.closest.into_iter().for_each(|place| *self.closest.entry(place).or_default() += 1);
        self.files.entry(by.places).or_default().push(file);
    }

    /// What it comes to, and the numbers of the fewest places that hold all files; `None` where no place holds one.
    pub(super) fn places(self, lines: &Lines) -> Option<(Places, BTreeSet<usize>)> {
        let mut held: BTreeMap<usize, u64> = BTreeMap::new();
        for (places, files) in &self.files {
            places.iter().for_each(|place| *held.entry(*place).or_default() += files.len() as u64);
        }
        let alone = |place: usize| self.files.get(&BTreeSet::from([place]));
        let rank = |place: usize| {
            let closest = self.closest.get(&place).copied().unwrap_or_default();
            (alone(place).map_or(0, Vec::len), held[&place], closest)
        };
        let mut order: Vec<usize> = held.keys().copied().collect();
        order.sort_by_key(|place| (Reverse(rank(*place)), &lines.places()[*place]));
        if order.is_empty() {
            return None;
        }
        let number: BTreeMap<usize, usize> = order.iter().copied().zip(0..).collect();
        let renumbered = |places: &BTreeSet<usize>| places.iter().map(|place| number[place]).collect();
        let cover = fewest(&self.files.keys().map(renumbered).collect::<Vec<_>>(), LOOKS);
        let of_place = |place: usize| PlaceMatch {
            name: lines.places()[place].clone(),
            files: held[&place],
            only_here: alone(place).cloned().unwrap_or_default(),
        };
        let numbers = cover.places.iter().map(|place| order[*place]).collect();
        let places = Places {
            known: lines.places().len() as u64,
            files: self.files.values().map(|files| files.len() as u64).sum(),
            all: order.into_iter().map(of_place).collect(),
            cover: cover.places,
            is_least: cover.is_least,
            is_only: cover.is_only,
        };
        Some((places, numbers))
    }
}

/// Places that together hold everything.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cover {
    /// In their order.
    places: Vec<usize>,
    /// Whether no smaller set does.
    is_least: bool,
    /// Whether no other set of as many does.
    is_only: bool,
}

/// The fewest places of which each of the sets holds one. Of several such, one with low numbers: who numbers the places by what they
/// hold is given those that hold most. At most `looks` times a set of places is looked at.
fn fewest(sets: &[BTreeSet<usize>], mut looks: u64) -> Cover {
    // What is held by one place alone leaves no choice.
    let needed: BTreeSet<usize> = sets.iter().filter(|set| set.len() == 1).flatten().copied().collect();
    let mut left: Vec<&BTreeSet<usize>> = sets.iter().filter(|set| set.is_disjoint(&needed)).collect();
    left.sort_by_key(|set| set.len());
    // What holds for a part of a set holds for the set: it need not be looked at again.
    let mut least: Vec<&BTreeSet<usize>> = Vec::new();
    for set in left {
        looks = looks.saturating_sub(least.len() as u64);
        if looks == 0 || !least.iter().any(|smaller| smaller.is_subset(set)) {
            least.push(set);
        }
    }
    let greedy = greedy(&least);
    let with_needed =
        |chosen: &[usize]| needed.iter().chain(chosen).copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut search = Search { sets: least, looks, chosen: Vec::new(), passed: BTreeSet::new(), found: Vec::new() };
    for most in 0..=greedy.len() {
        if !search.up_to(most) {
            break;
        }
        if let [first, rest @ ..] = search.found.as_slice() {
            return Cover { places: with_needed(first), is_least: true, is_only: rest.is_empty() };
        }
    }
    Cover { places: with_needed(&greedy), is_least: false, is_only: false }
}

/// Places that hold everything: again and again the one that holds most of what is left.
fn greedy(sets: &[&BTreeSet<usize>]) -> Vec<usize> {
    let (mut left, mut chosen) = (sets.to_vec(), BTreeSet::new());
    while !left.is_empty() {
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        left.iter().flat_map(|set| set.iter()).for_each(|place| *counts.entry(*place).or_default() += 1);
        let Some((best, _)) = counts.into_iter().max_by_key(|(place, count)| (*count, Reverse(*place))) else { break };
        chosen.insert(best);
        left.retain(|set| !set.contains(&best));
    }
    chosen.into_iter().collect()
}

/// A search through all choices of a number of places.
struct Search<'s> {
    /// Those with the fewest places first.
    sets: Vec<&'s BTreeSet<usize>>,
    /// How often a set may still be looked at.
    looks: u64,
    chosen: Vec<usize>,
    /// What is chosen no more: all choices with it were gone through.
    passed: BTreeSet<usize>,
    /// The first two choices that hold everything.
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Goes through the choices of so many more places; `false` where there were too many to look at.
    fn up_to(&mut self, more: usize) -> bool {
        let open = self.sets.iter().position(|set| !self.chosen.iter().any(|place| set.contains(place)));
        let looked_at = open.map_or(self.sets.len(), |open| open + 1) * (self.chosen.len() + 1);
        self.looks = self.looks.saturating_sub(looked_at as u64);
        if self.looks == 0 {
            return false;
        }
        let Some(open) = open else {
            self.found.push(self.chosen.clone());
            return true;
        };
        let choices: Vec<usize> = self.sets[open].difference(&self.passed).copied().collect();
        let mut ended = true;
        for place in choices.iter().take_while(|_| more > 0) {
            self.chosen.push(*place);
            ended = self.up_to(more - 1);
            self.chosen.pop();
            self.passed.insert(*place);
            if !ended || self.found.len() > 1 {
                break;
            }
        }
        choices.iter().for_each(|place| {
            self.passed.remove(place);
        });
        ended
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_smaller_set_of_places_holds_everything(sets in prop::collection::vec(prop::collection::btree_set(0usize..8, 1..5), 1..9)) {
            let holds = |mask: &u32| sets.iter().all(|set| set.iter().any(|place| mask & (1 << place) != 0));
            let all: Vec<u32> = (0..256).filter(holds).collect();
            let least = all.iter().map(|mask| mask.count_ones()).min().unwrap_or_default();
            let as_good = all.iter().filter(|mask| mask.count_ones() == least).count();
            let found = fewest(&sets, LOOKS);
            prop_assert!(found.is_least);
            prop_assert!(holds(&found.places.iter().map(|place| 1 << place).sum()));
            prop_assert_eq!((found.places.len(), found.is_only), (least as usize, as_good == 1));
            // Where there is no time to look, what is given still holds everything, and is not said to be the least.
            let hasty = fewest(&sets, 0);
            prop_assert!(holds(&hasty.places.iter().map(|place| 1 << place).sum()));
            prop_assert!(!hasty.is_least);
        }
    }
}
