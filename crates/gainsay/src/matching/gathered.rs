//! The fingerprints of one file of the sample, however long it is.

use fingerprint::{Channel, Fingerprinter, Fingerprints, Profile};

use super::distinct::level;
use super::hits::place;

/// Bytes of a file after which its fingerprints are taken from the one who makes them.
const TAKEN_EACH: usize = 16 << 20;

/// Gathers the fingerprints of a file: all of them, or of more than memory holds an even part.
pub struct Gathered {
    fingerprinter: Fingerprinter,
    /// Bytes since fingerprints were taken.
    since: usize,
    most: usize,
    level: u32,
    taken: [Vec<u64>; 4],
}

impl Gathered {
    /// Begins a file of this name. At most so many fingerprints are kept; while they gather, twice as many.
    pub fn new(profile: &Profile, name: &[u8], most: usize) -> Self {
        let fingerprinter = Fingerprinter::new(profile, name).with_coarse_weights();
        Gathered { fingerprinter, since: 0, most, level: 0, taken: Default::default() }
    }

    /// Takes the next bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.fingerprinter.update(bytes);
        self.since += bytes.len();
        if self.since >= TAKEN_EACH {
            self.since = 0;
            let (taken, least) = (&mut self.taken, self.level);
            self.fingerprinter.drain(&mut |channel: Channel, some| {
                taken[place(channel)].extend(some.iter().filter(|some| level(**some) >= least));
            });
            if self.taken.iter().map(Vec::len).sum::<usize>() > self.most {
                self.level = thin(&mut self.taken, self.level, self.most);
            }
        }
    }

    /// Ends the file: its fingerprints, and the level from which on they are kept.
    pub fn finish(self) -> (Fingerprints, u32) {
        let Gathered {
            fingerprinter, most, taken: [mut text, mut code, mut parts, mut sketches], level: least, ..
        } = self;
        let mut fingerprints = fingerprinter.finish();
        text.append(&mut fingerprints.text);
        code.append(&mut fingerprints.code);
        parts.append(&mut fingerprints.parts);
        sketches.append(&mut fingerprints.sketches);
        let mut all = [text, code, parts, sketches];
        all.iter_mut().for_each(|some| some.retain(|some| level(*some) >= least));
        let least = thin(&mut all, least, most);
        [fingerprints.text, fingerprints.code, fingerprints.parts, fingerprints.sketches] = all;
        (fingerprints, least)
    }
}

/// Sorts fingerprints, drops repeats, and raises the level until at most so many are left.
fn thin(all: &mut [Vec<u64>; 4], mut least: u32, most: usize) -> u32 {
    for some in all.iter_mut() {
        some.sort_unstable();
        some.dedup();
    }
    while all.iter().map(Vec::len).sum::<usize>() > most && least < super::distinct::HIGHEST {
        least += 1;
        all.iter_mut().for_each(|some| some.retain(|some| level(*some) >= least));
    }
    // Thousands of files are held until they are looked up.
    all.iter_mut().for_each(Vec::shrink_to_fit);
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_keeps_an_even_part_of_its_fingerprints_and_a_short_one_all() {
        let profile = Profile::one();
        let mut number = 1u64;
        let mut line = || {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("the value {number} is {}\n", number >> 40)
        };
        let text: String = (0..600_000).map(|_| line()).collect();
        assert!(text.len() > TAKEN_EACH);
        let gathered = |most| {
            let mut gathered = Gathered::new(&profile, b"a.txt", most);
            text.as_bytes().chunks(100_000).for_each(|bytes| gathered.update(bytes));
            gathered.finish()
        };
        let whole = Fingerprints::of(&profile, b"a.txt", text.as_bytes());
        assert_eq!(gathered(usize::MAX), (whole.clone(), 0));
        let (part, least) = gathered(50_000);
        assert!(least > 0 && part.text.len() > 10_000);
        let of_level = |all: &[u64]| -> Vec<u64> { all.iter().copied().filter(|it| level(*it) >= least).collect() };
        assert_eq!((part.text, part.code), (of_level(&whole.text), of_level(&whole.code)));
        assert_eq!((part.blake3, part.bytes), (whole.blake3, whole.bytes));
    }
}
