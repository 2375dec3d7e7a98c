//! What stands around every page.

use super::assets::{SCRIPT, STYLE};
use super::door::Session;

/// What stands around a page.
pub(super) struct Frame {
    /// The page's title.
    pub(super) title: String,
    /// Where its style lies.
    pub(super) style: String,
    /// Where its script lies.
    pub(super) script: String,
    /// What every form of it carries; nothing for whoever is not let in.
    pub(super) proof: Option<String>,
    /// Whether the browser is to load it again, and after how many seconds.
    pub(super) again: Option<u32>,
}

impl Frame {
    /// Around a page of the desk.
    pub(super) fn of(session: &Session, title: &str) -> Frame {
        Frame { proof: Some(session.proof.clone()), ..Frame::outside(title) }
    }

    /// Around a page that says nothing of the desk.
    pub(super) fn outside(title: &str) -> Frame {
        Frame { title: title.to_owned(), style: STYLE.path(), script: SCRIPT.path(), proof: None, again: None }
    }
}
