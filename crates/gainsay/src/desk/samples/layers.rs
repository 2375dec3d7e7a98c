//! The archives that a sample is made of, one in another: what came out of each, what did not and why, and what they say of their makers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use unpack::Finding;

use crate::claim::{Clue, Layer, on_one_line};

/// How many archives, and how many clues, a result lists.
const MOST: usize = 1_000;

/// The layers of a sample as it is read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Layers {
    pub(super) layers: Vec<Layer>,
    pub(super) clues: Vec<Clue>,
    by_path: HashMap<String, usize>,
    more_layers: u64,
    more_clues: u64,
}

impl Layers {
    /// An archive is opened.
    pub(super) fn open(&mut self, path: &str, format: &str) {
        if self.layers.len() == MOST {
            self.more_layers += 1;
            return;
        }
        self.by_path.insert(path.to_owned(), self.layers.len());
        self.layers.push(Layer { path: path.to_owned(), format: format.to_owned(), ..Layer::default() });
    }

    /// A file came out.
    pub(super) fn file(&mut self, path: &str, bytes: usize) {
        if let Some(layer) = self.around(path) {
            layer.files += 1;
            layer.bytes += bytes as u64;
        }
    }

    /// Something is wrong with an archive, or with an entry of one.
    pub(super) fn finding(&mut self, finding: &Finding) {
        let layer = match self.by_path.get(&finding.path) {
            Some(place) => self.layers.get_mut(*place),
            None => self.around(&finding.path),
        };
        if let Some(layer) = layer {
            let kind = finding.kind.words();
            match layer.findings.iter_mut().find(|(of, _)| of == kind) {
                Some((_, count)) => *count += 1,
                None => layer.findings.push((kind.to_owned(), 1)),
            }
        }
    }

    /// An archive says something of how it came to be.
    pub(super) fn clue(&mut self, clue: &unpack::Clue) {
        if self.clues.len() == MOST {
            self.more_clues += 1;
            return;
        }
        let (path, kind) = (clue.path.clone(), clue.kind.words().to_owned());
        self.clues.push(Clue { path, kind, value: on_one_line(&clue.value), entries: clue.entries });
    }

    /// What is not listed.
    pub(super) fn in_words(&self) -> Vec<String> {
        let more = [(self.more_layers, "archives"), (self.more_clues, "clues to how they came to be")];
        let more = more.into_iter().filter(|(more, _)| *more > 0);
        more.map(|(more, what)| format!("Beyond the first {MOST}, {more} {what} are not listed.")).collect()
    }

    /// The archive right around a file.
    fn around(&mut self, path: &str) -> Option<&mut Layer> {
        let place = *self.by_path.get(outer(path)?)?;
        self.layers.get_mut(place)
    }
}

/// Whether a file came out of an archive.
pub(super) fn is_inside(path: &str) -> bool {
    outer(path).is_some()
}

/// What stands before the last `!` that parts an archive from what is in it; one of a name has a `\` before it.
fn outer(path: &str) -> Option<&str> {
    let is_part = |at: &usize| {
        let escapes = path.as_bytes()[..*at].iter().rev().take_while(|byte| **byte == b'\\').count();
        escapes.is_multiple_of(2)
    };
    let at = path.match_indices('!').map(|(at, _)| at).rfind(is_part)?;
    path.get(..at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_counted_to_the_archive_right_around_it() {
        assert_eq!(outer("a.zip!b.tar!c"), Some("a.zip!b.tar"));
        assert_eq!(outer("a.zip!odd\\!name"), Some("a.zip"));
        assert_eq!(outer("a.zip!odd\\\\!name"), Some("a.zip!odd\\\\"));
        assert_eq!(outer("plain"), None);

        let mut layers = Layers::default();
        layers.open("leak.zip", "zip");
        layers.open("leak.zip!inner.7z", "7z");
        layers.file("leak.zip!inner.7z!a.c", 10);
        layers.file("leak.zip!b.c", 20);
        layers.file("beside.c", 30);
        let kind = unpack::FindingKind::Encrypted;
        let finding = |path: &str| Finding { path: path.to_owned(), kind, detail: String::new() };
        layers.finding(&finding("leak.zip!inner.7z"));
        layers.finding(&finding("leak.zip!inner.7z!d.c"));
        let told: Vec<_> = layers.layers.iter().map(|it| (it.files, it.bytes, it.findings.clone())).collect();
        assert_eq!(told, [(1, 20, vec![]), (1, 10, vec![("encrypted".to_owned(), 2)])]);
    }
}
