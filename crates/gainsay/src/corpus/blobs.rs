//! The contents of a repository, each fingerprinted once.

use std::collections::HashMap;
use std::rc::Rc;

use fingerprint::{Fingerprints, Profile};
use gix::ObjectId;

/// Larger blobs are not unpacked into memory.
const LARGEST_BLOB: u64 = 1 << 30;

/// Gives the fingerprints of blobs. It is told beforehand how often each will be asked for, and forgets a blob when it
/// was asked for the last time: so each is unpacked once, and few are held.
pub(super) struct Blobs<'r> {
    repo: &'r gix::Repository,
    profile: Profile,
    expected: HashMap<ObjectId, u32>,
    held: HashMap<ObjectId, Option<Rc<Fingerprints>>>,
    /// Bytes unpacked and fingerprinted.
    pub(super) bytes: u64,
    /// What could not be read.
    pub(super) problems: Vec<String>,
}

impl<'r> Blobs<'r> {
    pub(super) fn new(repo: &'r gix::Repository, profile: &Profile) -> Self {
        Blobs {
            repo,
            profile: profile.clone(),
            expected: HashMap::new(),
            held: HashMap::new(),
            bytes: 0,
            problems: Vec::new(),
        }
    }

    /// Says that the blob will be asked for once more.
    pub(super) fn expect(&mut self, id: ObjectId) {
        *self.expected.entry(id).or_default() += 1;
    }

    /// The fingerprints of a blob, or nothing where it can't be read.
    pub(super) fn get(&mut self, id: ObjectId) -> Option<Rc<Fingerprints>> {
        let found = match self.held.remove(&id) {
            Some(held) => held,
            None => self.read(id),
        };
        let left = self.expected.entry(id).or_default();
        *left = left.saturating_sub(1);
        if *left > 0 {
            self.held.insert(id, found.clone());
        }
        found
    }

    fn read(&mut self, id: ObjectId) -> Option<Rc<Fingerprints>> {
        match self.repo.find_header(id) {
            Ok(header) if header.size() > LARGEST_BLOB => {
                self.problems.push(format!("blob {id} has {} bytes: more than 1 GiB is not unpacked", header.size()));
                return None;
            }
            _ => {}
        }
        match self.repo.find_object(id) {
            Ok(object) if object.kind == gix::objs::Kind::Blob => {
                self.bytes += object.data.len() as u64;
                Some(Rc::new(Fingerprints::of(&self.profile, b"", &object.data)))
            }
            Ok(_) => {
                self.problems.push(format!("object {id} stands in a tree as a file and is none"));
                None
            }
            Err(error) => {
                self.problems.push(format!("blob {id} can't be read: {error}"));
                None
            }
        }
    }
}
