//! What became of each file that was drawn, of those that came.

use std::collections::{BTreeSet, HashMap};

use crate::claim::{DrawnFile, Outcome};

/// A file that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Its path in what came.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// The company's file that it is; none where it is not the company's own, wholly.
    pub ours: Option<String>,
}

/// For each drawn file what became of it, and by its number which file came for it. A file comes for one that has the same name, and of
/// several for that whose path ends most like its own. A file of the company's vouches for one drawn file only: otherwise whoever has
/// a single file could send it under every name.
pub fn judge(drawn: &[DrawnFile], received: &[Received]) -> Vec<(Outcome, Option<usize>)> {
    let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (number, file) in received.iter().enumerate() {
        by_name.entry(parts(&file.path).remove(0)).or_default().push(number);
    }
    let mut pairs: Vec<(usize, bool, usize, usize)> = Vec::new();
    for (place, file) in drawn.iter().enumerate() {
        let wanted = parts(&file.path);
        for number in wanted.first().and_then(|name| by_name.get(name)).into_iter().flatten() {
            let has = parts(&received[*number].path);
            let alike = wanted.iter().zip(&has).take_while(|(one, other)| one == other).count();
            pairs.push((alike, has_size(file, received[*number].bytes), place, *number));
        }
    }
    pairs.sort_by_key(|(alike, fits, place, number)| (std::cmp::Reverse((*alike, *fits)), *place, *number));
    let mut came: Vec<Option<usize>> = vec![None; drawn.len()];
    let mut taken = vec![false; received.len()];
    for (_, _, place, number) in pairs {
        if came[place].is_none() && !taken[number] {
            (came[place], taken[number]) = (Some(number), true);
        }
    }
    let mut vouched: BTreeSet<&str> = BTreeSet::new();
    let judged = drawn.iter().zip(came).map(|(file, number)| {
        let Some(received) = number.and_then(|number| received.get(number)) else { return (Outcome::Missing, None) };
        let outcome = match &received.ours {
            _ if !has_size(file, received.bytes) => Outcome::WrongSize,
            None => Outcome::NotOurs,
            Some(ours) if vouched.insert(ours) => Outcome::Genuine,
            Some(_) => Outcome::Repeated,
        };
        (outcome, number)
    });
    judged.collect()
}

/// Whether a size is the listed one, or in the listed range; of a file that was listed without a size any is.
fn has_size(file: &DrawnFile, bytes: u64) -> bool {
    file.bytes.is_none_or(|(least, most)| (least..=most).contains(&bytes))
}

/// The parts of a path from its end. Characters that are not ASCII count as one that is the same in every encoding.
fn parts(path: &str) -> Vec<Vec<u8>> {
    let folded = |part: &str| {
        let mut out: Vec<u8> = Vec::with_capacity(part.len());
        for c in part.chars() {
            let byte = u8::try_from(c).ok().filter(|byte| byte.is_ascii() && *byte != b'?').unwrap_or(b'?');
            if byte != b'?' || out.last() != Some(&b'?') {
                out.push(byte);
            }
        }
        out
    };
    path.rsplit(['/', '\\', '!']).map(folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(path: &str, bytes: u64) -> DrawnFile {
        DrawnFile { path: path.into(), bytes: Some((bytes, bytes)), times: 1 }
    }

    fn came(path: &str, bytes: u64, ours: Option<&str>) -> Received {
        Received { path: path.into(), bytes, ours: ours.map(Into::into) }
    }

    #[test]
    fn each_file_comes_for_the_one_that_it_is_most_like() {
        let asked = [drawn("a/x.c", 10), drawn("b/x.c", 20), drawn("c/y.c", 30), drawn("d/z.c", 40), drawn("e/w.c", 5)];
        let received = [
            came("out.zip!b/x.c", 20, Some("b/x.c")),
            came("x.c", 10, Some("a/x.c")),
            came("y.c", 31, Some("c/y.c")),
            came("e/w.c", 5, None),
            came("more.c", 1, Some("more.c")),
        ];
        let outcomes: Vec<_> = judge(&asked, &received);
        assert_eq!(
            outcomes,
            [
                (Outcome::Genuine, Some(1)),
                (Outcome::Genuine, Some(0)),
                (Outcome::WrongSize, Some(2)),
                (Outcome::Missing, None),
                (Outcome::NotOurs, Some(3)),
            ]
        );
    }

    #[test]
    fn one_file_of_ours_does_not_vouch_for_many() {
        let mut asked = [drawn("a/x.c", 10), drawn("b/x.c", 10), drawn("c/é.c", 10)];
        asked[1].bytes = None;
        let received = [came("a/x.c", 10, Some("x")), came("b/x.c", 99, Some("x")), came("c/?.c", 10, Some("y"))];
        let outcomes: Vec<Outcome> = judge(&asked, &received).into_iter().map(|(outcome, _)| outcome).collect();
        assert_eq!(outcomes, [Outcome::Genuine, Outcome::Repeated, Outcome::Genuine]);
    }
}
