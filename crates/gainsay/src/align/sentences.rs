//! Two versions of a text to the sentences that were added, removed or changed between them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::claim::Span;

/// One difference: a sentence that only the later version has, only the earlier one, or both in different words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where it stands in the earlier version.
    pub before: Option<Span>,
    /// Where it stands in the later one.
    pub after: Option<Span>,
}

/// Pairs of sentences that are compared one with each other, beyond which a stretch counts as replaced altogether.
const MOST_PAIRS: usize = 1 << 20;

/// Of the words of two sentences, the thousandths that must be common for one to be the other, changed.
const ALIKE: usize = 500;

/// The differences between two versions, in the order of the later one. White space does not count.
pub fn differences(before: (&str, &[Span]), after: (&str, &[Span])) -> Vec<Difference> {
    let words = |(text, spans): (&str, &[Span])| -> Vec<Vec<String>> {
        let of = |span: &Span| span.of(text).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        spans.iter().map(of).collect()
    };
    let (old, new) = (words(before), words(after));
    let mut found = Vec::new();
    let mut last = (0, 0);
    let ends = [(old.len(), new.len())];
    for (at_old, at_new) in common(&old, &new).into_iter().chain(ends) {
        let (gap_old, gap_new) = (last.0..at_old, last.1..at_new);
        for (from, to) in paired(&old, gap_old, &new, gap_new) {
            found.push(Difference { before: from.map(|at| before.1[at]), after: to.map(|at| after.1[at]) });
        }
        last = (at_old + 1, at_new + 1);
    }
    found
}

type Sentence = Vec<String>;

/// Sentences that both have, in an order that both have: those that stand once in each lead, what lies between them is compared.
fn common(old: &[Sentence], new: &[Sentence]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut last = (0, 0);
    for (at_old, at_new) in anchors(old, new).into_iter().chain([(old.len(), new.len())]) {
        pairs.extend(common_between(old, last.0..at_old, new, last.1..at_new));
        if at_old < old.len() {
            pairs.push((at_old, at_new));
        }
        last = (at_old + 1, at_new + 1);
    }
    pairs
}

/// The longest run of sentences that stand once in each and in the same order.
fn anchors(old: &[Sentence], new: &[Sentence]) -> Vec<(usize, usize)> {
    fn once(of: &[Sentence]) -> HashMap<&Sentence, Option<usize>> {
        let mut places = HashMap::new();
        for (at, sentence) in of.iter().enumerate() {
            places.entry(sentence).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    }
    let in_new = once(new);
    let mut pairs: Vec<(usize, usize)> =
        once(old).into_iter().filter_map(|(sentence, at)| Some((at?, (*in_new.get(sentence)?)?))).collect();
    pairs.sort_unstable();
    // For each length the run that ends earliest in the new version, as a place in `pairs`, with what came before each.
    let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
    let mut previous: Vec<Option<usize>> = Vec::new();
    for (number, (_, at_new)) in pairs.iter().enumerate() {
        previous.push(ends.range(..at_new).next_back().map(|(_, number)| *number));
        if let Some(next) = ends.range(at_new..).next().map(|(end, _)| *end) {
            ends.remove(&next);
        }
        ends.insert(*at_new, number);
    }
    let mut run = Vec::new();
    let mut at = ends.last_key_value().map(|(_, number)| *number);
    while let Some(number) = at {
        run.push(pairs[number]);
        at = previous[number];
    }
    run.reverse();
    run
}

/// Common sentences of two short stretches, by comparing each with each.
fn common_between(
    old: &[Sentence],
    in_old: Range<usize>,
    new: &[Sentence],
    in_new: Range<usize>,
) -> Vec<(usize, usize)> {
    let (rows, columns) = (in_old.len(), in_new.len());
    if rows == 0 || columns == 0 || rows.saturating_mul(columns) > MOST_PAIRS {
        return Vec::new();
    }
    // How many are common behind each pair of places.
    let mut longest = vec![0u32; (rows + 1) * (columns + 1)];
    let place = |row: usize, column: usize| row * (columns + 1) + column;
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[place(row, column)] = if old[in_old.start + row] == new[in_new.start + column] {
                longest[place(row + 1, column + 1)] + 1
            } else {
                longest[place(row + 1, column)].max(longest[place(row, column + 1)])
            };
        }
    }
    let (mut row, mut column, mut pairs) = (0, 0, Vec::new());
    while row < rows && column < columns {
        if old[in_old.start + row] == new[in_new.start + column] {
            pairs.push((in_old.start + row, in_new.start + column));
            (row, column) = (row + 1, column + 1);
        } else if longest[place(row + 1, column)] >= longest[place(row, column + 1)] {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// What became of the sentences between two that are common: those that are alike are one, changed.
fn paired(
    old: &[Sentence],
    in_old: Range<usize>,
    new: &[Sentence],
    in_new: Range<usize>,
) -> Vec<(Option<usize>, Option<usize>)> {
    let mut found = Vec::new();
    let mut from = in_old.start;
    let is_small = in_old.len().saturating_mul(in_new.len()) <= MOST_PAIRS;
    for at_new in in_new {
        let like = |at: &usize| alike(&old[*at], &new[at_new]);
        let best = (from..in_old.end).filter(|_| is_small).max_by_key(|at| (like(at), std::cmp::Reverse(*at)));
        if let Some(at_old) = best.filter(|at| like(at) >= ALIKE) {
            found.extend((from..at_old).map(|at| (Some(at), None)));
            found.push((Some(at_old), Some(at_new)));
            from = at_old + 1;
        } else {
            found.push((None, Some(at_new)));
        }
    }
    found.extend((from..in_old.end).map(|at| (Some(at), None)));
    found
}

/// How many of the words of two sentences are common, in thousandths.
fn alike(one: &Sentence, other: &Sentence) -> usize {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    one.iter().for_each(|word| *counts.entry(word).or_default() += 1);
    let common = other.iter().filter(|word| match counts.get_mut(word.as_str()) {
        Some(left @ 1..) => {
            *left -= 1;
            true
        }
        _ => false,
    });
    (2000 * common.count()).checked_div(one.len() + other.len()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans(text: &str) -> Vec<Span> {
        let mut at = 0;
        text.split_inclusive('.')
            .map(|it| {
                at += it.len();
                Span { start: at - it.len(), end: at }
            })
            .collect()
    }

    fn shown(before: &str, after: &str) -> Vec<(String, String)> {
        let words =
            |text: &str, span: Option<Span>| span.map_or("", |span| &text[span.start..span.end]).trim().to_owned();
        let found = differences((before, &spans(before)), (after, &spans(after)));
        found.into_iter().map(|it| (words(before, it.before), words(after, it.after))).collect()
    }

    #[test]
    fn sentences_are_added_removed_and_changed() {
        let before = "A crew sells data. The firm denied a breach. The price is high. It ends.";
        let after = "A crew sells data. The firm confirmed a breach. A court was told.  It  ends.";
        assert_eq!(
            shown(before, after),
            [
                ("The firm denied a breach.".to_owned(), "The firm confirmed a breach.".to_owned()),
                (String::new(), "A court was told.".to_owned()),
                ("The price is high.".to_owned(), String::new()),
            ]
        );
        assert_eq!(shown(before, before), []);
        assert_eq!(shown("", "One. Two.").len(), 2);
        assert_eq!(shown("One. Two.", "Two. One.").len(), 2);
    }

    proptest! {
        #[test]
        fn what_is_not_told_is_the_same(before in "([a-c]{1,2} ?\\.){0,12}", after in "([a-c]{1,2} ?\\.){0,12}") {
            let (old, new) = (spans(&before), spans(&after));
            let found = differences((&before, &old), (&after, &new));
            let rest = |text: &str, spans: &[Span], told: &dyn Fn(&Difference) -> Option<Span>| -> Vec<String> {
                let told: Vec<Span> = found.iter().filter_map(told).collect();
                let kept = spans.iter().filter(|span| !told.contains(span));
                kept.map(|span| text[span.start..span.end].split_whitespace().collect::<Vec<_>>().join(" ")).collect()
            };
            prop_assert_eq!(rest(&before, &old, &|it| it.before), rest(&after, &new, &|it| it.after));
        }
    }
}
