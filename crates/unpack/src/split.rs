//! Archives that were cut in pieces: which files are parts of which, and parts read as the one file that they were.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The place of a part in its archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartNumber {
    /// So many come before it.
    At(u32),
    /// No other comes behind it.
    Last,
}

/// What the name of a part says: the name of the archive that was cut, and which part it is. `x.7z.001`, `x.zip.part1`, `x.tar.gz.aa`,
/// of a zip `x.z01` with `x.zip` as its last, and of a RAR `x.part1.rar`, or `x.r00` behind `x.rar`. What a whole zip or RAR is called says
/// the same: the others tell.
pub fn part_of(name: &str) -> Option<(String, PartNumber)> {
    let at = name.rfind(['.', '-', '_']).filter(|at| *at > 0 && !name[..*at].ends_with(['/', '!']))?;
    let (whole, suffix) = (&name[..at], &name[at + 1..]);
    let is_dot = name[at..].starts_with('.');
    let digits = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let small = suffix.to_ascii_lowercase();
    let number = if is_dot && small == "rar" {
        let small = whole.to_ascii_lowercase();
        let of_name = small.rfind(".part").filter(|at| *at > 0 && !small[..*at].ends_with(['/', '!']));
        if let Some((at, number)) = of_name.and_then(|at| Some((at, digits(&small[at + 5..])?))) {
            return Some((format!("{}.rar", &whole[..at]), PartNumber::At(number.checked_sub(1)?)));
        }
        return Some((format!("{whole}.rar"), PartNumber::At(0)));
    } else if let [series @ b'r'..=b'y', rest @ ..] = small.as_bytes()
        && let Some(number) = digits(&small[1..]).filter(|_| is_dot && rest.len() == 2)
    {
        // `.r99` is followed by `.s00`.
        return Some((format!("{whole}.rar"), PartNumber::At(1 + u32::from(series - b'r') * 100 + number)));
    } else if let Some(number) = digits(suffix).filter(|_| is_dot && suffix.len() >= 3) {
        PartNumber::At(number.checked_sub(1)?)
    } else if let Some(number) = small.strip_prefix("part").and_then(digits) {
        PartNumber::At(number.checked_sub(1)?)
    } else if let Some(number) = small.strip_prefix('z').filter(|rest| is_dot && rest.len() >= 2).and_then(digits) {
        return Some((format!("{whole}.zip"), PartNumber::At(number.checked_sub(1)?)));
    } else if is_dot && small == "zip" {
        return Some((format!("{whole}.zip"), PartNumber::Last));
    } else if let [one @ b'a'..=b'z', two @ b'a'..=b'z'] = suffix.as_bytes() {
        // `split` counts in letters: aa, ab … az, ba.
        PartNumber::At(u32::from(one - b'a') * 26 + u32::from(two - b'a'))
    } else {
        return None;
    };
    Some((whole.to_owned(), number))
}

/// Of the parts of one archive in their order, how many make it as far as it goes without a gap, and what is missing behind them,
/// as numbers from 0. `is_last_known` says whether the last of them is the last of all.
pub fn without_gap(numbers: &[PartNumber]) -> (usize, Vec<u32>) {
    let mut next = 0;
    for (place, number) in numbers.iter().enumerate() {
        match number {
            PartNumber::At(at) if *at == next => next += 1,
            PartNumber::At(at) => return (place, (next..*at).take(100).collect()),
            PartNumber::Last => return (place + 1, Vec::new()),
        }
    }
    (numbers.len(), Vec::new())
}

/// What is said of an archive of whose parts some are missing, their numbers from 0; nothing where none is.
pub fn missing_parts(joined: usize, missing: &[u32]) -> Option<String> {
    const SOME: usize = 20;
    let numbers: Vec<String> = missing.iter().take(SOME).map(|number| (u64::from(*number) + 1).to_string()).collect();
    let more = if missing.len() > SOME { " and others" } else { "" };
    let numbers = numbers.join(", ");
    (!missing.is_empty()).then(|| match joined {
        0 => format!("of its parts number {numbers}{more} is missing: it was not opened"),
        _ => format!("of its parts number {numbers}{more} is missing: what can be read of the first {joined} was"),
    })
}

/// Bytes of a file, or held in memory.
pub(crate) enum Part {
    File(File, u64),
    Held(Vec<u8>),
}

impl Part {
    /// A file; none where it has no length, as a pipe has none.
    pub(crate) fn of(mut file: File) -> Result<Part, File> {
        match file.seek(SeekFrom::End(0)).and_then(|length| file.rewind().map(|()| length)) {
            Ok(length) => Ok(Part::File(file, length)),
            Err(_) => Err(file),
        }
    }

    fn length(&self) -> u64 {
        match self {
            Part::File(_, length) => *length,
            Part::Held(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            // The parent has the same file open, and sees by its position how far the child is.
            Part::File(file, _) => {
                let mut file = file;
                file.seek(SeekFrom::Start(at))?;
                file.read(into)
            }
            Part::Held(bytes) => {
                let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let length = rest.len().min(into.len());
                into[..length].copy_from_slice(&rest[..length]);
                Ok(length)
            }
        }
    }
}

/// Parts as the one file that they were cut from, read at any place.
pub(crate) struct Joined {
    /// Each with where it begins.
    parts: Vec<(u64, Part)>,
    pub(crate) length: u64,
}

impl Joined {
    pub(crate) fn new(parts: Vec<Part>) -> Joined {
        let mut joined = Joined { parts: Vec::with_capacity(parts.len()), length: 0 };
        parts.into_iter().for_each(|part| joined.push(part));
        joined
    }

    fn push(&mut self, part: Part) {
        let begin = self.length;
        self.length += part.length();
        self.parts.push((begin, part));
    }

    /// Each part by itself.
    pub(crate) fn into_parts(self) -> Vec<Joined> {
        self.parts.into_iter().map(|(_, part)| Joined::new(vec![part])).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.parts.len()
    }

    /// The beginning of each part, of so many bytes.
    pub(crate) fn heads(&self, length: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.parts.iter().map(move |(begin, part)| {
            let mut head = Vec::new();
            let length = part.length().min(length as u64);
            // Of what cannot be read there is no head.
            let _ = self.reader_at(*begin).take(length).read_to_end(&mut head);
            head
        })
    }

    pub(crate) fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let place = self.parts.partition_point(|(begin, _)| *begin <= at);
        let Some((begin, part)) = self.parts[..place].last() else { return Ok(0) };
        let end = self.parts.get(place).map_or(self.length, |(next, _)| *next);
        let left = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        let length = left.min(into.len());
        part.read_at(&mut into[..length], at - begin)
    }

    fn exactly<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.reader_at(at).read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(crate) fn reader_at(&self, at: u64) -> impl Read + '_ {
        struct From<'j>(&'j Joined, u64);
        impl Read for From<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let read = self.0.read_at(into, self.1)?;
                self.1 += read as u64;
                Ok(read)
            }
        }
        From(self, at)
    }

    /// Gives a zip that was written as several disks (APPNOTE, 8.0) a directory as one has that was written whole: in that of the
    /// disks each entry stands at a place of one of them. Nothing is changed where it is none, or its directory cannot be followed.
    pub(crate) fn mend_directory(&mut self) {
        if self.parts.len() > 1
            && let Some((at, directory)) = self.directory()
        {
            self.parts.retain(|(begin, _)| *begin < at);
            self.length = at;
            self.push(Part::Held(directory));
        }
    }

    /// Where the directory of all disks begins, and what is to stand there instead.
    fn directory(&self) -> Option<(u64, Vec<u8>)> {
        /// Bytes of a directory.
        const LONGEST: u64 = 64 << 20;
        /// The end of the directory without its comment, the longest comment, the pointer to the end of 64 bits, and that end.
        const END: usize = 22;
        const COMMENT: usize = 0xffff;
        const POINTER: u64 = 20;

        let tail_at = self.length.saturating_sub((END + COMMENT) as u64);
        let mut tail = Vec::new();
        self.reader_at(tail_at).take((END + COMMENT) as u64).read_to_end(&mut tail).ok()?;
        let end = (0..=tail.len().checked_sub(END)?).rev().find(|at| {
            tail[*at..].starts_with(b"PK\x05\x06")
                && u16_at(&tail, at + 20).is_some_and(|comment| at + END + usize::from(comment) == tail.len())
        })?;
        let end_at = tail_at + end as u64;
        let (mut disk, mut offset) = (u32::from(u16_at(&tail, end + 6)?), u64::from(u32_at(&tail, end + 16)?));
        let mut entries = u64::from(u16_at(&tail, end + 10)?);
        let is_spanned = u16_at(&tail, end + 4)? > 0;
        let pointer = end_at.checked_sub(POINTER).and_then(|at| self.exactly::<20>(at));
        if let Some(pointer) = pointer.filter(|it| it.starts_with(b"PK\x06\x07")) {
            let at = self.place(u32_at(&pointer, 4)?, u64_at(&pointer, 8)?)?;
            let end = self.exactly::<56>(at).filter(|it| it.starts_with(b"PK\x06\x06"))?;
            (disk, offset) = (u32_at(&end, 20)?, u64_at(&end, 48)?);
            entries = u64_at(&end, 32)?;
        }
        if !is_spanned {
            return None;
        }
        let at = self.place(disk, offset)?;
        let mut old = Vec::new();
        self.reader_at(at).take((end_at.checked_sub(at)?).min(LONGEST + 1)).read_to_end(&mut old).ok()?;
        if old.len() as u64 > LONGEST {
            return None;
        }
        let (mut new, mut rest, mut count) = (Vec::new(), &old[..], 0u64);
        while rest.starts_with(b"PK\x01\x02") {
            rest = self.mend_entry(rest, &mut new)?;
            count += 1;
        }
        if count != entries {
            return None;
        }
        let length = new.len() as u64;
        new.extend(b"PK\x06\x06");
        new.extend(44u64.to_le_bytes());
        new.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        [count, count, length, at].iter().for_each(|number| new.extend(number.to_le_bytes()));
        new.extend(b"PK\x06\x07\0\0\0\0");
        new.extend((at + length).to_le_bytes());
        new.extend(1u32.to_le_bytes());
        new.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
        Some((at, new))
    }

    /// Writes an entry of the directory with its place in the whole, and gives what follows it.
    fn mend_entry<'d>(&self, entry: &'d [u8], to: &mut Vec<u8>) -> Option<&'d [u8]> {
        const HEADER: usize = 46;
        let length = |at: usize| u16_at(entry, at).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let (head, rest) = entry.split_at_checked(HEADER + name)?;
        let (extra, rest) = rest.split_at_checked(extra)?;
        let (comment, rest) = rest.split_at_checked(comment)?;
        // Numbers that do not fit stand in a field of their own, in this order.
        let (mut wide, mut others) = (&[][..], Vec::new());
        let mut left = extra;
        while let Some((id, size)) = u16_at(left, 0).zip(u16_at(left, 2)) {
            let (field, after) = left.split_at_checked(4 + usize::from(size))?;
            if id == 1 {
                wide = &field[4..];
            } else {
                others.extend_from_slice(field);
            }
            left = after;
        }
        let mut new_wide = Vec::new();
        let mut take = |size: usize| {
            let (taken, after) = wide.split_at_checked(size)?;
            wide = after;
            Some(taken)
        };
        for at in [24, 20] {
            if u32_at(head, at)? == u32::MAX {
                new_wide.extend_from_slice(take(8)?);
            }
        }
        let mut offset = u64::from(u32_at(head, 42)?);
        if offset == u64::from(u32::MAX) {
            offset = u64_at(take(8)?, 0)?;
        }
        let mut disk = u32::from(u16_at(head, 34)?);
        if disk == u32::from(u16::MAX) {
            disk = u32_at(take(4)?, 0)?;
        }
        new_wide.extend(self.place(disk, offset)?.to_le_bytes());
        let begun = to.len();
        to.extend_from_slice(head);
        let size = u16::try_from(new_wide.len()).ok()?;
        to.extend([1u16.to_le_bytes(), size.to_le_bytes()].concat());
        to.extend(new_wide);
        to.extend_from_slice(&others);
        let extra = u16::try_from(to.len() - begun - head.len()).ok()?;
        to.get_mut(begun + 30..begun + 32)?.copy_from_slice(&extra.to_le_bytes());
        to.get_mut(begun + 34..begun + 36)?.copy_from_slice(&[0, 0]);
        to.get_mut(begun + 42..begun + 46)?.copy_from_slice(&[0xff; 4]);
        to.extend_from_slice(comment);
        Some(rest)
    }

    /// The place in the whole of a place on a disk.
    fn place(&self, disk: u32, offset: u64) -> Option<u64> {
        let (begin, _) = self.parts.get(usize::try_from(disk).ok()?)?;
        begin.checked_add(offset).filter(|at| *at < self.length)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|it| u16::from_le_bytes(*it))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|it| u32::from_le_bytes(*it))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|it| u64::from_le_bytes(*it))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_parts_say_which_they_are() {
        let part = part_of;
        let at = |whole: &str, number| Some((whole.to_owned(), PartNumber::At(number)));
        assert_eq!(part("a/x.7z.001"), at("a/x.7z", 0));
        assert_eq!(part("x.tar.gz.ac"), at("x.tar.gz", 2));
        assert_eq!(part("x.tgz-ba"), at("x.tgz", 26));
        assert_eq!(part("x.zip.part12"), at("x.zip", 11));
        assert_eq!(part("x.Z03"), at("x.zip", 2));
        assert_eq!(part("x.zip"), Some(("x.zip".to_owned(), PartNumber::Last)));
        assert_eq!(part("a/x.part03.rar"), at("a/x.rar", 2));
        assert_eq!([part("x.rar"), part("x.r00"), part("x.S01")], [0, 1, 102].map(|number| at("x.rar", number)));
        assert_eq!(part("x.part0.rar"), None);
        assert_eq!(
            ["x.000", "x.01", "x", ".aa", "a/.zip", "x.z1", "x.7z", "x.part", "a!.aa"].map(part),
            [const { None }; 9]
        );
    }

    #[test]
    fn parts_count_as_far_as_there_is_no_gap() {
        use PartNumber::{At, Last};
        assert_eq!(without_gap(&[At(0), At(1), Last]), (3, vec![]));
        assert_eq!(without_gap(&[At(0), At(3)]), (1, vec![1, 2]));
        assert_eq!(without_gap(&[At(1), Last]), (0, vec![0]));
        assert_eq!(without_gap(&[]), (0, vec![]));
    }

    proptest! {
        #[test]
        fn parts_read_as_what_they_were_cut_from(
            bytes in prop::collection::vec(any::<u8>(), 0..300), cuts in prop::collection::vec(0usize..300, 0..5),
            at in 0u64..320, length in 0usize..320,
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            let parts = cuts.windows(2).map(|cut| Part::Held(bytes[cut[0]..cut[1]].to_vec())).collect();
            let joined = Joined::new(parts);
            prop_assert_eq!(joined.length, bytes.len() as u64);
            let mut read = Vec::new();
            prop_assert!(joined.reader_at(at).take(length as u64).read_to_end(&mut read).is_ok());
            let from = usize::try_from(at).unwrap_or_default().min(bytes.len());
            prop_assert_eq!(&read, &bytes[from..bytes.len().min(from + length)]);
        }

        #[test]
        fn no_directory_is_mended_beyond_reason(bytes in prop::collection::vec(any::<u8>(), 0..200), disk in 0u8..3) {
            let end = [b"PK\x05\x06", &[1, 0, disk, 0, 1, 0, 1, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0][..]].concat();
            let mut joined = Joined::new(vec![Part::Held(b"PK\x01\x02".to_vec()), Part::Held([bytes, end].concat())]);
            let before = joined.length;
            joined.mend_directory();
            prop_assert!(joined.length < before + 200);
        }
    }
}
