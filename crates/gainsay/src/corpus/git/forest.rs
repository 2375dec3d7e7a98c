//! Unpacking: every object of one kind, each after the object that it is stored as a change of, on several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use fingerprint::Copied;
use gix::odb::pack;
use gix::zlib::{Decompress, FlushDecompress, Inflate, Status};

use super::objects::{Forest, Number, Objects};

/// Larger objects are not unpacked.
pub(super) const LARGEST: u64 = 1 << 30;

/// Larger objects are inflated in steps.
const AT_ONCE: usize = 16 << 20;

/// What is done with each object.
pub(super) trait Visit: Send {
    /// What is kept of an object for those that rest on it.
    type Kept: Send + Sync;
    /// An object that is stored whole.
    fn whole(&mut self, number: Number, bytes: &[u8]) -> Self::Kept;
    /// An object that is stored as a change of `base`, from which it has the runs `copied`, ascending in `to`.
    fn change(&mut self, number: Number, base: &Unpacked<Self::Kept>, bytes: &[u8], copied: &[Copied]) -> Self::Kept;
    /// An object that can't be unpacked; what rests on it isn't visited.
    fn lost(&mut self, number: Number, why: Lost);
    /// What was kept of an object that nothing will rest on any more.
    fn reuse(&mut self, kept: Self::Kept);
}

/// An object that others rest on.
pub(super) struct Unpacked<K> {
    pub(super) bytes: Vec<u8>,
    pub(super) kept: K,
}

/// Why an object is not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Lost {
    /// It has this many bytes.
    #[error("it has {0} bytes: more than 1 GiB is not unpacked")]
    Large(u64),
    /// The pack is damaged here.
    #[error("the pack is damaged")]
    Damaged,
}

/// An object to unpack, with its base where it has one.
struct Job<K> {
    number: Number,
    base: Option<Arc<Unpacked<K>>>,
}

/// Work that threads share.
struct Shared<'s, K> {
    roots: &'s [Number],
    next: AtomicUsize,
    threads: usize,
    /// How many threads wait for work; with all of them waiting the work is done.
    idle: AtomicUsize,
    given: Mutex<Given<K>>,
    more: Condvar,
}

struct Given<K> {
    jobs: Vec<Job<K>>,
    done: bool,
}

/// Visits the objects that rest on `roots`, as far as `needed` says so, with one thread for each visitor.
pub(super) fn walk<V: Visit>(
    objects: &Objects,
    forest: &Forest,
    roots: &[Number],
    needed: &(dyn Fn(Number) -> bool + Sync),
    visitors: Vec<V>,
) -> Vec<V> {
    let shared = Shared {
        roots,
        next: AtomicUsize::new(0),
        threads: visitors.len(),
        idle: AtomicUsize::new(0),
        given: Mutex::new(Given { jobs: Vec::new(), done: false }),
        more: Condvar::new(),
    };
    let shared = &shared;
    let run = |visitor| {
        Worker { objects, forest, needed, shared, visitor, roots: Vec::new(), scratch: Scratch::default() }.run()
    };
    let mut visitors = visitors.into_iter();
    let Some(first) = visitors.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let others: Vec<_> = visitors.map(|visitor| scope.spawn(|| run(visitor))).collect();
        let mut done = vec![run(first)];
        for other in others {
            match other.join() {
                Ok(visitor) => done.push(visitor),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

/// How many roots a thread takes at once.
const ROOTS_AT_ONCE: usize = 32;

struct Worker<'s, 'w, V: Visit> {
    objects: &'w Objects,
    forest: &'w Forest,
    needed: &'w (dyn Fn(Number) -> bool + Sync),
    shared: &'w Shared<'s, V::Kept>,
    visitor: V,
    /// Roots that this thread took.
    roots: Vec<Number>,
    scratch: Scratch,
}

/// Buffers that are used again and again.
#[derive(Default)]
struct Scratch {
    inflate: Inflate,
    delta: Vec<u8>,
    copied: Vec<Copied>,
    children: Vec<Number>,
    /// Buffers of objects that are no longer needed.
    free: Vec<Vec<u8>>,
}

/// Buffers above this are given back to the system.
const KEPT_BUFFER: usize = 4 << 20;

impl<V: Visit> Worker<'_, '_, V> {
    fn run(mut self) -> V {
        let mut open: Vec<Job<V::Kept>> = Vec::new();
        loop {
            let Some(job) = open.pop().or_else(|| self.fetch()) else { return self.visitor };
            self.visit(job, &mut open);
            // The oldest job is the largest: a thread without work gets it.
            if open.len() > 1 && self.shared.idle.load(Ordering::Relaxed) > 0 {
                let job = open.remove(0);
                self.shared.given.lock().unwrap_or_else(PoisonError::into_inner).jobs.push(job);
                self.shared.more.notify_one();
            }
        }
    }

    /// A root that nobody has begun, or work of another thread, or nothing when all is done.
    fn fetch(&mut self) -> Option<Job<V::Kept>> {
        while self.roots.is_empty() {
            // Roots that lie together are mostly versions of the same files: one thread takes some at once.
            let from = self.shared.next.fetch_add(ROOTS_AT_ONCE, Ordering::Relaxed);
            let Some(roots) = self.shared.roots.get(from..) else { break };
            let needed = roots.iter().take(ROOTS_AT_ONCE).copied().filter(|root| (self.needed)(*root));
            self.roots.extend(needed);
            self.roots.reverse();
            if roots.is_empty() {
                break;
            }
        }
        if let Some(root) = self.roots.pop() {
            return Some(Job { number: root, base: None });
        }
        let mut given = self.shared.given.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = self.shared.idle.fetch_add(1, Ordering::Relaxed) + 1;
        if waiting == self.shared.threads && given.jobs.is_empty() {
            given.done = true;
            self.shared.more.notify_all();
        }
        loop {
            if let Some(job) = given.jobs.pop() {
                self.shared.idle.fetch_sub(1, Ordering::Relaxed);
                return Some(job);
            }
            if given.done {
                return None;
            }
            given = self.shared.more.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn visit(&mut self, job: Job<V::Kept>, open: &mut Vec<Job<V::Kept>>) {
        let Job { number, base } = job;
        let mut bytes = self.scratch.free.pop().unwrap_or_default();
        let kept = match self.unpack(number, base.as_deref(), &mut bytes) {
            Ok(()) => match &base {
                Some(base) => self.visitor.change(number, base, &bytes, &self.scratch.copied),
                None => self.visitor.whole(number, &bytes),
            },
            Err(why) => {
                self.visitor.lost(number, why);
                return;
            }
        };
        if let Some(Unpacked { bytes, kept }) = base.and_then(Arc::into_inner) {
            self.reuse(bytes, kept);
        }
        let children = &mut self.scratch.children;
        children.clear();
        children.extend(self.forest.children(number).filter(|child| (self.needed)(*child)));
        if children.is_empty() {
            self.reuse(bytes, kept);
            return;
        }
        // The heaviest comes last and lets its base go: so few bases are held, however deep the tree.
        children.sort_by_key(|child| std::cmp::Reverse(self.forest.weight(*child)));
        let base = Arc::new(Unpacked { bytes, kept });
        open.extend(children.iter().map(|child| Job { number: *child, base: Some(Arc::clone(&base)) }));
    }

    /// What nothing rests on any more serves other objects.
    fn reuse(&mut self, bytes: Vec<u8>, kept: V::Kept) {
        if bytes.capacity() <= KEPT_BUFFER {
            self.scratch.free.push(bytes);
        }
        self.visitor.reuse(kept);
    }

    /// Unpacks an object into `bytes`.
    fn unpack(&mut self, number: Number, base: Option<&Unpacked<V::Kept>>, bytes: &mut Vec<u8>) -> Result<(), Lost> {
        let (pack, entry) = self.objects.entry(number).ok_or(Lost::Damaged)?;
        let Some(base) = base else { return inflate(pack, &entry, &mut self.scratch.inflate, bytes) };
        let Scratch { inflate: state, delta, copied, .. } = &mut self.scratch;
        inflate(pack, &entry, state, delta)?;
        apply(delta, &base.bytes, bytes, copied)
    }
}

fn inflate(
    pack: &pack::data::File,
    entry: &pack::data::Entry,
    state: &mut Inflate,
    out: &mut Vec<u8>,
) -> Result<(), Lost> {
    let size = entry.decompressed_size;
    let length = usize::try_from(size).ok().filter(|_| size <= LARGEST).ok_or(Lost::Large(size))?;
    if length > AT_ONCE {
        return inflate_large(pack, entry, length, out);
    }
    // What is longer stays as it is: only what is new is filled.
    out.resize(length, 0);
    pack.decompress_entry(entry, state, out).map_err(|_| Lost::Damaged)?;
    Ok(())
}

/// Inflates what is so large by its header that memory is taken only as bytes come: the header may say more than there is.
fn inflate_large(
    pack: &pack::data::File,
    entry: &pack::data::Entry,
    length: usize,
    out: &mut Vec<u8>,
) -> Result<(), Lost> {
    let packed = pack.entry_slice(entry.data_offset..pack.pack_end() as u64).ok_or(Lost::Damaged)?;
    let mut state = Decompress::new();
    out.clear();
    loop {
        let done = out.len();
        // With room for one byte more than there should be, the end of the stream is always met.
        out.resize((2 * done).max(AT_ONCE).min(length + 1), 0);
        let rest = usize::try_from(state.total_in()).ok().and_then(|read| packed.get(read..)).unwrap_or_default();
        let status = state.decompress(rest, &mut out[done..], FlushDecompress::None).map_err(|_| Lost::Damaged)?;
        out.truncate(usize::try_from(state.total_out()).unwrap_or(usize::MAX));
        match status {
            Status::StreamEnd if out.len() == length => return Ok(()),
            Status::Ok | Status::BufError if out.len() > done && out.len() <= length => {}
            _ => return Err(Lost::Damaged),
        }
    }
}

/// Makes an object from its base and a delta, and tells which runs it has from the base.
fn apply(delta: &[u8], base: &[u8], out: &mut Vec<u8>, copied: &mut Vec<Copied>) -> Result<(), Lost> {
    let mut rest = delta;
    let from = size(&mut rest)?;
    let to = size(&mut rest)?;
    if usize::try_from(from).ok() != Some(base.len()) {
        return Err(Lost::Damaged);
    }
    let length = usize::try_from(to).ok().filter(|_| to <= LARGEST).ok_or(Lost::Large(to))?;
    out.clear();
    out.reserve(length);
    copied.clear();
    while let Some((code, after)) = rest.split_first() {
        rest = after;
        if code & 0x80 == 0 {
            // Zero is reserved.
            let insert = usize::from(*code);
            let (new, after) = rest.split_at_checked(insert).filter(|_| insert > 0).ok_or(Lost::Damaged)?;
            out.extend_from_slice(new);
            rest = after;
        } else {
            let from = number(code & 0x0f, &mut rest)?;
            let run = match number(code >> 4 & 0x07, &mut rest)? {
                0 => 0x10000,
                run => run,
            };
            let to = u32::try_from(out.len()).map_err(|_| Lost::Damaged)?;
            out.extend_from_slice(base.get(index(from)..index(from) + index(run)).ok_or(Lost::Damaged)?);
            match copied.last_mut() {
                Some(last) if last.from + last.length == from && last.to + last.length == to => last.length += run,
                _ => copied.push(Copied { from, to, length: run }),
            }
        }
        if out.len() > length {
            return Err(Lost::Damaged);
        }
    }
    if out.len() == length { Ok(()) } else { Err(Lost::Damaged) }
}

/// A number of which `flags` tell the bytes that are not zero, the lowest first.
fn number(flags: u8, rest: &mut &[u8]) -> Result<u32, Lost> {
    let mut value = 0;
    for at in 0..4 {
        if flags >> at & 1 == 1 {
            let (byte, after) = rest.split_first().ok_or(Lost::Damaged)?;
            value |= u32::from(*byte) << (8 * at);
            *rest = after;
        }
    }
    Ok(value)
}

/// A size: seven bits a byte, the lowest first.
fn size(rest: &mut &[u8]) -> Result<u64, Lost> {
    let mut value = 0;
    for at in 0..9 {
        let (byte, after) = rest.split_first().ok_or(Lost::Damaged)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Lost::Damaged)
}

pub(super) fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use super::*;
    use proptest::prelude::*;

    /// One step of a delta: a run of the base, or something new.
    #[derive(Clone, Debug)]
    enum Step {
        Copy { from: u32, length: u32 },
        Insert(Vec<u8>),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0u32..300, 1u32..200).prop_map(|(from, length)| Step::Copy { from, length }),
            (0u32..70_000, 0x1_0000u32..=0x1_0001).prop_map(|(from, length)| Step::Copy { from, length }),
            prop::collection::vec(any::<u8>(), 1..128).prop_map(Step::Insert),
        ];
        prop::collection::vec(step, 0..12)
    }

    fn push_size(mut size: usize, out: &mut Vec<u8>) {
        while size > 0x7f {
            out.push(0x80 | u8::try_from(size & 0x7f).unwrap_or_default());
            size >>= 7;
        }
        out.push(u8::try_from(size).unwrap_or_default());
    }

    /// The delta of these steps, as far as the base has them, and what it makes.
    fn delta(base: &[u8], steps: &[Step]) -> (Vec<u8>, Vec<u8>) {
        let (mut codes, mut now) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Copy { from, length } => {
                    let Some(run) = base.get(index(*from)..index(*from + *length)) else { continue };
                    // No byte of a length tells of the longest that two bytes can't hold; bytes of zero are left out.
                    let length = if *length == 0x1_0000 { 0 } else { *length };
                    let numbers = [&from.to_le_bytes()[..], &length.to_le_bytes()[..3]].concat();
                    let flags = (0..7).filter(|at| numbers[*at] != 0).fold(0x80, |flags, at| flags | 1u8 << at);
                    codes.push(flags);
                    codes.extend(numbers.iter().filter(|byte| **byte != 0));
                    now.extend_from_slice(run);
                }
                Step::Insert(bytes) => {
                    codes.push(u8::try_from(bytes.len()).unwrap_or_default());
                    codes.extend_from_slice(bytes);
                    now.extend_from_slice(bytes);
                }
            }
        }
        let mut delta = Vec::new();
        push_size(base.len(), &mut delta);
        push_size(now.len(), &mut delta);
        delta.extend(codes);
        (delta, now)
    }

    fn base(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at * at % 251).unwrap_or_default()).collect()
    }

    /// Applies a delta; what it copied must be what the base has there, in order and apart.
    fn applied(delta: &[u8], base: &[u8]) -> Option<Vec<u8>> {
        let (mut out, mut copied) = (Vec::new(), Vec::new());
        apply(delta, base, &mut out, &mut copied).ok()?;
        let mut end = 0;
        for Copied { from, to, length } in copied {
            let [from, to, length] = [from, to, length].map(index);
            assert!(to >= end && length > 0);
            assert_eq!(out[to..to + length], base[from..from + length]);
            end = to + length;
        }
        Some(out)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn a_delta_makes_what_its_steps_say(length in prop_oneof![0usize..500, Just(140_000)], steps in steps()) {
            let base = base(length);
            let (delta, now) = delta(&base, &steps);
            prop_assert_eq!(applied(&delta, &base), Some(now));
        }

        #[test]
        fn a_changed_delta_makes_bytes_of_its_length_or_nothing(
            length in prop_oneof![0usize..500, Just(140_000)],
            steps in steps(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6),
        ) {
            let base = base(length);
            let (mut delta, _) = delta(&base, &steps);
            for (at, byte, what) in changes {
                // Most of what matters stands at the beginning.
                let at = at.index(delta.len() + 1);
                match what {
                    0 => delta.insert(at, byte),
                    1 => delta.truncate(at),
                    _ => delta.iter_mut().skip(at).take(1).for_each(|place| *place = byte),
                }
            }
            let mut rest = &delta[..];
            let sizes = [size(&mut rest), size(&mut rest)].map(Result::ok);
            if let Some(out) = applied(&delta, &base) {
                prop_assert_eq!(sizes, [Some(base.len() as u64), Some(out.len() as u64)]);
            }
        }

        #[test]
        fn any_bytes_are_a_delta_or_none(delta in prop::collection::vec(any::<u8>(), 0..60), length in 0usize..300) {
            applied(&delta, &base(length));
        }
    }

    /// A blob in a pack of its own, whose header says that it has `said` bytes; inflated as they are.
    fn inflated(said: usize, bytes: &[u8]) -> (Result<(), Lost>, Vec<u8>) {
        use std::io::Write;

        let folder = tempfile::tempdir().unwrap();
        let mut packed = b"PACK\0\0\0\x02\0\0\0\x01".to_vec();
        // A blob's kind and four bits of its size; the rest is a size as in deltas.
        packed.push(0xb0 | u8::try_from(said & 15).unwrap());
        push_size(said >> 4, &mut packed);
        let mut deflate = gix::zlib::stream::deflate::Write::new(packed, gix::zlib::Compression::DEFAULT);
        deflate.write_all(bytes).unwrap();
        deflate.flush().unwrap();
        let path = folder.path().join("a.pack");
        std::fs::write(&path, [deflate.into_inner(), vec![0; 20]].concat()).unwrap();
        let pack = pack::data::File::at(&path, gix::hash::Kind::Sha1).unwrap();
        let mut out = Vec::new();
        let inflated = inflate(&pack, &pack.entry(12).unwrap(), &mut Inflate::default(), &mut out);
        (inflated, out)
    }

    #[test]
    fn a_large_object_is_inflated_as_it_is_and_a_header_that_lies_takes_no_memory() {
        let large: Vec<u8> = (0..AT_ONCE * 5 / 2).map(|at| u8::try_from(at / 7 % 251).unwrap()).collect();
        for length in [AT_ONCE + 1, 2 * AT_ONCE, large.len()] {
            assert!(inflated(length, &large[..length]) == (Ok(()), large[..length].to_vec()));
            for said in [length - 1, length + 1, 1 << 30] {
                let (lost, out) = inflated(said, &large[..length]);
                assert_eq!(lost, Err(Lost::Damaged));
                assert!(out.capacity() <= 4 * AT_ONCE, "{said}: {}", out.capacity());
            }
        }
        let (lost, out) = inflated(1 << 30, b"few");
        assert_eq!((lost, out.capacity() <= AT_ONCE), (Err(Lost::Damaged), true));
        assert_eq!(inflated((1 << 30) + 1, b"few").0, Err(Lost::Large((1 << 30) + 1)));
    }
}
