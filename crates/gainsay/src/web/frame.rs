//! What stands around every page.

use super::assets::{SCRIPT, STYLE};
use super::door::Session;
use crate::desk::Role;

/// What stands around a page.
pub(super) struct Frame {
    /// The page's title.
    pub(super) title: String,
    /// Its style.
    pub(super) style: &'static str,
    /// Where its script lies.
    pub(super) script: String,
    /// What every form of it carries; nothing for whoever is not let in.
    pub(super) proof: Option<String>,
    /// Whose account it is; nobody's of the desk's owner.
    pub(super) account: Option<String>,
    /// Whether they may change what is of a case.
    pub(super) may_write: bool,
    /// Whether they may use what lies on this machine.
    pub(super) may_manage: bool,
    /// Whether the browser is to load it again, and after how many seconds.
    pub(super) again: Option<u32>,
}

impl Frame {
    /// Around a page of the desk.
    pub(super) fn of(session: &Session, title: &str) -> Frame {
        let who = &session.who;
        Frame {
            proof: session.proof.clone(),
            account: who.account.clone(),
            may_write: who.role >= Role::Analyst,
            may_manage: who.role >= Role::Admin,
            ..Frame::outside(title)
        }
    }

    /// Around a page that says nothing of the desk.
    pub(super) fn outside(title: &str) -> Frame {
        Frame {
            title: title.to_owned(),
            style: &STYLE,
            script: SCRIPT.path(),
            proof: None,
            account: None,
            may_write: false,
            may_manage: false,
            again: None,
        }
    }
}
