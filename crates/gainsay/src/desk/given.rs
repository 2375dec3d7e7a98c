//! Sources that somebody hands over: bytes with a name, and no file of this machine.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::MemfdFlags;

use super::add::{AddOptions, Added, Keep};
use super::model::Reader;
use super::{Acting, Desk, Error, check_name};

/// What somebody hands over.
#[derive(Clone, Copy, Debug)]
pub struct Given<'g> {
    /// What it is called. What comes under one name again is a new version.
    pub name: &'g str,
    /// It.
    pub bytes: &'g [u8],
}

impl Desk {
    /// Captures what somebody hands over as [`Desk::add`] does a file. Its bytes go into the desk, and no copy of them lies anywhere else.
    ///
    /// # Errors
    /// As of [`Desk::add`]; or the name cannot be one, or there is too little memory.
    pub fn add_given(
        &mut self,
        acting: &Acting,
        case: &str,
        given: Given<'_>,
        options: &AddOptions,
        on_result: &mut dyn FnMut(&Path, &Result<Added, Error>),
    ) -> Result<(), Error> {
        // Browsers of some systems send the whole path.
        let name = given.name.rsplit(['/', '\\']).next().unwrap_or_default();
        check_name("file", name)?;
        let failed = |why: std::io::Error| Error::File { action: "hold in memory", path: PathBuf::from(name), why };
        let mut file =
            File::from(rustix::fs::memfd_create(c"given", MemfdFlags::CLOEXEC).map_err(|e| failed(e.into()))?);
        file.write_all(given.bytes).map_err(failed)?;
        // Whatever reads a file reads this one: by the name that this process alone knows it by.
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let keep = options.keep.clone().unwrap_or(Keep::InDesk);
        let options = AddOptions { keep: Some(keep), name: Some(name.to_owned()), ..options.clone() };
        self.add(acting, case, &[path], &options, &Reader::RULES, on_result)
    }
}
