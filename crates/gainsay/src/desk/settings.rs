//! The files of a desk that people edit and that its readings and weighings rest on: each change of them is an entry, made with the first
//! entry that rests on it.

use super::{Acting, Desk, Error, assess, names};
use crate::claim::Tlp;
use crate::ledger::Payload;
use crate::ledger::payload::SettingChanged;
use crate::read;
use crate::store::{self, Commit};

/// What such files say at a moment.
pub(super) struct Settings {
    tlp: Tlp,
    files: Vec<SettingChanged>,
}

impl Desk {
    /// What names and weights are at this moment.
    pub(super) fn settings(&self) -> Result<Settings, Error> {
        let names = self.names_file()?;
        // The template, or remarks alone, say nothing.
        let names = if read::entries(&names).next().is_some() { names } else { String::new() };
        let weights = self.own_weights()?.unwrap_or_default();
        let file = |file: &str, text| SettingChanged { file: file.to_owned(), text };
        Ok(Settings { tlp: self.config.tlp, files: vec![file(names::NAMES, names), file(assess::FILE, weights)] })
    }
}

impl Settings {
    /// Puts on record what says something else than the ledger knows.
    pub(super) fn note(&self, commit: &mut Commit<'_>, acting: &Acting) -> Result<(), store::Error> {
        let known = commit.reader().of_kind("setting/1")?;
        for file in &self.files {
            let last = known.iter().rev().find_map(|entry| match &entry.payload {
                Some(Payload::Setting(before)) if before.file == file.file => Some(before.text.as_str()),
                _ => None,
            });
            if last.unwrap_or_default() != file.text {
                commit.push(&acting.entry(self.tlp, file.clone()))?;
            }
        }
        Ok(())
    }
}
