//! The texts of a sample that may have to be aligned, in memory as far as there is room: what is here need not be unpacked again.

use std::collections::HashMap;

use crate::align::LONGEST;

/// The bytes of texts by their BLAKE3.
#[derive(Default)]
pub(super) struct Texts {
    room: usize,
    of: HashMap<[u8; 32], Vec<u8>>,
}

/// The bytes of one file while it is read.
pub(super) struct OneText {
    /// Nothing any more where it is too long, or no text by its beginning.
    bytes: Option<Vec<u8>>,
}

impl Texts {
    /// With room for so many bytes.
    pub(super) fn new(room: usize) -> Self {
        Texts { room, of: HashMap::new() }
    }

    /// Keeps a text, if there is room.
    pub(super) fn keep(&mut self, blake3: [u8; 32], mut bytes: Vec<u8>) {
        if bytes.len() <= self.room && bytes.len() as u64 <= LONGEST && !self.of.contains_key(&blake3) {
            bytes.shrink_to_fit();
            self.room -= bytes.len();
            self.of.insert(blake3, bytes);
        }
    }

    /// Lets a text go that need not be aligned.
    pub(super) fn let_go(&mut self, blake3: &[u8; 32]) {
        self.room += self.of.remove(blake3).map_or(0, |bytes| bytes.len());
    }

    pub(super) fn get(&self, blake3: &[u8; 32]) -> Option<&[u8]> {
        self.of.get(blake3).map(Vec::as_slice)
    }
}

impl OneText {
    pub(super) fn new(is_wanted: bool) -> Self {
        OneText { bytes: is_wanted.then(Vec::new) }
    }

    pub(super) fn push(&mut self, more: &[u8]) {
        let Some(bytes) = &mut self.bytes else { return };
        let is_no_text = bytes.is_empty() && more.starts_with(&[0]);
        if is_no_text || (bytes.len() + more.len()) as u64 > LONGEST {
            self.bytes = None;
        } else {
            bytes.extend_from_slice(more);
        }
    }

    pub(super) fn finish(self) -> Option<Vec<u8>> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_kept_until_it_is_let_go() {
        let mut texts = Texts::new(10);
        texts.keep([1; 32], b"seven b".to_vec());
        texts.keep([2; 32], b"four".to_vec());
        assert_eq!((texts.get(&[1; 32]), texts.get(&[2; 32])), (Some(&b"seven b"[..]), None));
        texts.keep([1; 32], b"seven b".to_vec());
        texts.let_go(&[1; 32]);
        texts.let_go(&[1; 32]);
        texts.keep([2; 32], b"ten bytes.".to_vec());
        assert_eq!((texts.get(&[1; 32]), texts.get(&[2; 32])), (None, Some(&b"ten bytes."[..])));
    }

    #[test]
    fn what_is_too_long_or_no_text_is_not_gathered() {
        let gathered = |parts: &[&[u8]]| {
            let mut keeping = OneText::new(true);
            parts.iter().for_each(|part| keeping.push(part));
            keeping.finish()
        };
        assert_eq!(gathered(&[b"some ", b"text"]), Some(b"some text".to_vec()));
        assert_eq!(gathered(&[b"\0binary", b"text"]), None);
        let half = vec![b' '; 5 << 20];
        assert_eq!(gathered(&[&half, &half, b"more"]), None);
        assert_eq!(OneText::new(false).finish(), None);
    }
}
