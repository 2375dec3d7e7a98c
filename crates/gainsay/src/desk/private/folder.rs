//! What a desk keeps of its sessions: a folder for each, below the desk's own.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use private_match::{Invitation, MessageDigest, PublicKey, Session};
use serde::{Deserialize, Serialize};

use super::Error;
use super::keys::Party;
use crate::claim::EntryId;
use crate::desk::{self, Desk};

/// The folder of all sessions, below the desk's.
const PRIVATE: &str = "private";

const ABOUT: &str = "about.json";

/// What is kept of a session, each in a file of this name.
pub(super) const INVITATION: &str = "invitation";
pub(super) const AGREEMENT: &str = "agreement";
/// The holder's sample, as elements.
pub(super) const ELEMENTS: &str = "elements";
/// The digest of the request, and what the answer is opened with.
pub(super) const REQUEST: &str = "request";
/// The owner's set, under the session's key.
pub(super) const SET: &str = "set";
/// What the owner's set was made of.
pub(super) const MANIFEST: &str = "manifest.txt";
/// The digests of the request that was answered and of the answer.
pub(super) const EXCHANGED: &str = "exchanged";
pub(super) const RESULT: &str = "result";
pub(super) const COUNTERSIGNATURE: &str = "countersignature";

/// What no message says of a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    /// Whether this desk holds the sample.
    pub(super) holds: bool,
    /// The other party's key.
    pub(super) other: String,
    /// The session's id, from the agreement on.
    pub(super) session: Option<String>,
    /// The names of the holder's groups, where there are several.
    pub(super) groups: Vec<String>,
    /// Where the owner's elements come from.
    pub(super) origins: Vec<String>,
}

/// A session of this desk.
pub(super) struct Folder {
    path: PathBuf,
    pub(super) about: About,
}

impl Folder {
    /// Makes the folder of a session, named by its invitation.
    ///
    /// # Errors
    /// There is one already, or the disk fails.
    pub(super) fn create(desk: &Desk, invitation: &MessageDigest, about: About) -> Result<Folder, desk::Error> {
        let (root, path) = (desk.root().join(PRIVATE), path_of(desk, invitation));
        let failed = |path: &PathBuf, why| desk::Error::File { action: "create", path: path.clone(), why };
        fs::create_dir_all(&root).map_err(|why| failed(&root, why))?;
        if path.exists() && !path.join(ABOUT).exists() {
            // Of a run that was cut short before anything was given away.
            fs::remove_dir_all(&path).map_err(|why| failed(&path, why))?;
        }
        match fs::create_dir(&path) {
            Ok(()) => Ok(Folder { path, about }),
            Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(Error::Refused(private_match::Refused::Replayed).into())
            }
            Err(why) => Err(failed(&path, why)),
        }
    }

    /// Takes it away again, where what it was made for came to nothing.
    pub(super) fn remove(self) {
        // What is left is a folder that nothing names.
        let _ = fs::remove_dir_all(&self.path);
    }

    /// All sessions, in no order.
    ///
    /// # Errors
    /// A folder can't be read.
    pub(super) fn all(desk: &Desk) -> Result<Vec<Folder>, desk::Error> {
        let root = desk.root().join(PRIVATE);
        let failed = |why| desk::Error::File { action: "list", path: root.clone(), why };
        if !root.exists() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for entry in fs::read_dir(&root).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            // A folder without it is of a run that was cut short.
            let Ok(text) = fs::read_to_string(path.join(ABOUT)) else { continue };
            let about = serde_json::from_str(&text);
            let about = about.map_err(|why| Error::State { path: path.join(ABOUT), why: why.to_string() })?;
            all.push(Folder { path, about });
        }
        Ok(all)
    }

    /// The session of an invitation.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn of_invitation(desk: &Desk, invitation: &MessageDigest) -> Result<Folder, desk::Error> {
        let path = path_of(desk, invitation);
        let found = Folder::all(desk)?.into_iter().find(|folder| folder.path == path);
        found.ok_or_else(|| Error::NoSession { after: "invitation" }.into())
    }

    /// The session of this id.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn of_session(desk: &Desk, session: &MessageDigest) -> Result<Folder, desk::Error> {
        let session = Some(EntryId(*session).to_string());
        let found = Folder::all(desk)?.into_iter().find(|folder| folder.about.session == session);
        found.ok_or_else(|| Error::NoSession { after: "agreement" }.into())
    }

    /// The other party.
    pub(super) fn other(&self) -> Result<Party, desk::Error> {
        Ok(self.about.other.parse()?)
    }

    /// The invitation, checked again.
    pub(super) fn invitation(&self, own: PublicKey) -> Result<Invitation, desk::Error> {
        let other = self.other()?.signs;
        let (holder, owner) = if self.about.holds { (own, other) } else { (other, own) };
        Ok(Invitation::read(holder, owner, &self.needed(INVITATION)?).map_err(Error::from)?)
    }

    /// The session that was agreed, checked again.
    pub(super) fn session(&self, own: PublicKey) -> Result<Session, desk::Error> {
        Ok(Session::read(&self.invitation(own)?, &self.needed(AGREEMENT)?).map_err(Error::from)?)
    }

    /// Notes what no message says.
    pub(super) fn note(&self) -> Result<(), desk::Error> {
        self.put(ABOUT, serde_json::to_string_pretty(&self.about).unwrap_or_default().as_bytes())
    }

    /// Keeps something: whole, or as it was before.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), desk::Error> {
        let path = self.path.join(name);
        let failed = |why| desk::Error::File { action: "write", path: path.clone(), why };
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.path).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        fs::File::open(&self.path).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// What was kept under a name; `None` where nothing was.
    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, desk::Error> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(desk::Error::File { action: "read", path, why }),
        }
    }

    /// What must have been kept before.
    ///
    /// # Errors
    /// It was not: something else is due first.
    pub(super) fn needed(&self, name: &'static str) -> Result<Vec<u8>, desk::Error> {
        self.get(name)?.ok_or_else(|| Error::TooEarly { missing: name }.into())
    }
}

fn path_of(desk: &Desk, invitation: &MessageDigest) -> PathBuf {
    desk.root().join(PRIVATE).join(EntryId(*invitation).to_string())
}
