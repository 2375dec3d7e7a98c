//! Lines that were read in a picture, beside a text of ours: which line shows which. What is read has errors, so letters that are taken
//! for each other are one, and a line shows another if enough of their triples of letters are the same.

use std::collections::HashMap;

/// Letters and figures of a line below which it tells nothing.
const LEAST: usize = 8;

/// Thousandths of the triples of the one line or the other that both must have: one that is cut off at its end, or to which a reader has
/// added what stands beside it, still is that line.
const ALIKE: usize = 550;

/// A triple that stands in more lines of a text does not lead to them.
const COMMON: usize = 64;

/// Lines of ours that a line may show, those that are most alike.
const CHOICES: usize = 4;

/// What a line passed over between two that are shown takes off, in letters, and the most that all of them take.
const PASSED: i64 = 1;
const MOST_PASSED: i64 = 24;

/// Bytes of the longest text, and its lines, that a picture is held against.
const LONGEST: usize = 4 << 20;

/// A text of ours, made ready.
pub struct Shelf {
    /// The number of each line that tells something, from 1, and its triples in order.
    lines: Vec<(u32, Vec<u32>)>,
    /// The lines of each triple.
    of: HashMap<u32, Vec<usize>>,
}

/// Lines of ours that a picture shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Each by its place among the lines that were read, and the number of ours, from 1. Both rise.
    pub lines: Vec<(usize, u32)>,
    /// Letters and figures that are the same, what is repeated counted once.
    pub letters: u32,
}

/// Letters and figures of a line as they are compared: those that are taken for each other are one, also of two alphabets.
pub fn folded(line: &str) -> Vec<u8> {
    let mut folded = Vec::with_capacity(line.len());
    for letter in line.chars() {
        let byte = match letter {
            'а' | 'А' => b'a',
            'В' | 'в' | '8' => b'b',
            'с' | 'С' => b'c',
            'е' | 'Е' | 'ё' | 'Ё' => b'e',
            'Н' | 'н' => b'h',
            'К' | 'к' => b'k',
            'М' => b'm',
            'о' | 'О' | '0' => b'o',
            'р' | 'Р' => b'p',
            '5' => b's',
            'Т' | 'т' => b't',
            'у' | 'У' => b'y',
            'х' | 'Х' => b'x',
            '2' => b'z',
            '1' | 'i' | 'I' | 'і' | 'І' => b'l',
            letter if letter.is_ascii_alphanumeric() => {
                u8::try_from(u32::from(letter.to_ascii_lowercase())).unwrap_or_default()
            }
            _ => continue,
        };
        match (folded.last(), byte) {
            (Some(b'r'), b'n') => *folded.last_mut().unwrap_or(&mut 0) = b'm',
            (Some(b'v'), b'v') => *folded.last_mut().unwrap_or(&mut 0) = b'w',
            _ => folded.push(byte),
        }
    }
    folded
}

/// The triples of a line, each once, in order; none where it tells nothing.
fn triples(line: &str) -> Vec<u32> {
    let letters = folded(line);
    if letters.len() < LEAST {
        return Vec::new();
    }
    let triple = |three: &[u8]| three.iter().fold(0, |all, letter| all << 8 | u32::from(*letter));
    let mut triples: Vec<u32> = letters.windows(3).map(triple).collect();
    triples.sort_unstable();
    triples.dedup();
    triples
}

/// How many letters of some lines tell something.
pub fn telling(lines: &[&str]) -> u32 {
    let count: usize = lines.iter().map(|line| folded(line).len()).filter(|letters| *letters >= LEAST).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Shelf {
    /// Reads a text of ours; of one that is very long its beginning.
    pub fn of(text: &[u8]) -> Shelf {
        let text = String::from_utf8_lossy(text.get(..LONGEST).unwrap_or(text));
        let lines: Vec<(u32, Vec<u32>)> = (1..)
            .zip(text.lines())
            .map(|(number, line)| (number, triples(line)))
            .filter(|it| !it.1.is_empty())
            .collect();
        let mut of: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, (_, triples)) in lines.iter().enumerate() {
            for triple in triples {
                of.entry(*triple).or_default().push(at);
            }
        }
        Shelf { lines, of }
    }

    /// Which of its lines were read, in the order in which they stand: the best such row of lines.
    pub fn seen(&self, read: &[&str]) -> Seen {
        let mut pairs: Vec<Pair> = Vec::new();
        for (at, line) in read.iter().enumerate() {
            pairs.extend(self.alike(at, &triples(line)));
        }
        pairs.sort_unstable_by_key(|pair| (pair.read, pair.ours));
        // The best row that ends with each pair, and the pair before it.
        let mut best: Vec<(i64, Option<usize>)> = Vec::with_capacity(pairs.len());
        for (at, pair) in pairs.iter().enumerate() {
            let before = pairs.iter().zip(&best).take(at).enumerate();
            let goes_on =
                before.filter(|(_, (it, _))| it.read < pair.read && it.ours < pair.ours).map(|(place, (it, row))| {
                    let passed = i64::try_from(pair.ours - it.ours - 1).unwrap_or(i64::MAX).saturating_mul(PASSED);
                    (row.0 - passed.min(MOST_PASSED), Some(place))
                });
            let (before, place) = goes_on.max_by_key(|(sum, _)| *sum).filter(|(sum, _)| *sum > 0).unwrap_or((0, None));
            best.push((before + pair.weight(), place));
        }
        let mut next = (0..pairs.len()).max_by_key(|at| best.get(*at).map(|row| row.0));
        let mut chosen = Vec::new();
        while let Some(pair) = next.and_then(|at| pairs.get(at)) {
            chosen.push(pair);
            next = next.and_then(|at| best.get(at)).and_then(|row| row.1);
        }
        chosen.reverse();
        // What is repeated in one file is no more than it is once.
        let mut told: HashMap<&[u32], usize> = HashMap::new();
        for pair in &chosen {
            let triples = self.lines.get(pair.ours).map_or(&[][..], |line| &line.1);
            let most = told.entry(triples).or_default();
            *most = pair.same.max(*most);
        }
        let letters: usize = told.values().map(|same| same + 2).sum();
        let number = |pair: &&Pair| Some((pair.read, self.lines.get(pair.ours)?.0));
        Seen { lines: chosen.iter().filter_map(number).collect(), letters: u32::try_from(letters).unwrap_or(u32::MAX) }
    }

    fn alike(&self, read: usize, triples: &[u32]) -> Vec<Pair> {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for lines in triples.iter().filter_map(|triple| self.of.get(triple)).filter(|lines| lines.len() <= COMMON) {
            lines.iter().for_each(|line| *counts.entry(*line).or_default() += 1);
        }
        let mut pairs: Vec<Pair> = counts.keys().filter_map(|ours| self.pair(read, triples, *ours)).collect();
        pairs.sort_unstable_by_key(|pair| (std::cmp::Reverse((pair.same, pair.share)), pair.ours));
        pairs.truncate(CHOICES);
        pairs
    }

    fn pair(&self, read: usize, triples: &[u32], ours: usize) -> Option<Pair> {
        let of_ours = &self.lines.get(ours)?.1;
        let same = triples.iter().filter(|triple| of_ours.binary_search(triple).is_ok()).count();
        let share = same * 1000 / triples.len().min(of_ours.len()).max(1);
        (share >= ALIKE).then_some(Pair { read, ours, same, share })
    }
}

/// A line that was read and one of ours that it may show.
struct Pair {
    read: usize,
    ours: usize,
    /// Triples that both have, and thousandths of the shorter's.
    same: usize,
    share: usize,
}

impl Pair {
    fn weight(&self) -> i64 {
        i64::try_from(self.same + 2).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: &str = "int engine_start(struct engine *it)\n{\n    if (it->state != ENGINE_IDLE)\n        return -EBUSY;\n\n    \
                        it->started = clock_now();\n    queue_push(it->queue, &it->first);\n    return 0;\n}\n";

    #[test]
    fn lines_are_found_in_spite_of_misread_letters_and_strangers() {
        let read = [
            "File Edit Selection View Go Run",
            "12 int eng1ne_start(struct eng:ine *lt)",
            "if (it->state != ENG|NE_lDLE)",
            "it->started = c1ock_n0w();",
            "queue_push(it->queue, &it->flrst);  outline",
        ];
        let seen = Shelf::of(OURS.as_bytes()).seen(&read);
        assert_eq!(seen.lines, [(1, 1), (2, 3), (3, 6), (4, 7)]);
        assert!(seen.letters > 60, "{}", seen.letters);
        assert_eq!(
            Shelf::of(OURS.as_bytes()).seen(&["nothing of that kind", "stands in this picture"]),
            Seen::default()
        );
    }

    #[test]
    fn what_is_repeated_counts_once() {
        let ours = "    return make_an_error(input);\n".repeat(9);
        let once = Shelf::of(ours.as_bytes()).seen(&["return make_an_error(input);"]);
        let often = Shelf::of(ours.as_bytes()).seen(&["return make_an_error(input);"; CHOICES]);
        assert_eq!((often.letters, often.lines.len()), (once.letters, CHOICES));
    }

    #[test]
    fn letters_of_two_alphabets_and_figures_fold_into_one() {
        assert_eq!(folded("RDР 0ne BurniNG 8"), folded("rdp One 8umlng b"));
        assert_eq!(telling(&["short", "long enough to tell"]), 16);
    }

    proptest! {
        #[test]
        fn both_sides_rise_whatever_is_read(ours in "[a-d \n]{0,300}", read in prop::collection::vec("[a-d ]{0,40}", 0..20)) {
            let read: Vec<&str> = read.iter().map(String::as_str).collect();
            let seen = Shelf::of(ours.as_bytes()).seen(&read);
            prop_assert!(seen.lines.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        }
    }
}
