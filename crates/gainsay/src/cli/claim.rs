use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::Tlp;
use crate::desk::ClaimChange;

/// Reword, split or merge the claims of a case, and say which claim a statement speaks to
///
/// Claims and statements go by their handles in `gainsay show`. Every edit is an entry of the ledger with its author and reason, and is
/// taken back by another. Of two that contradict each other the later holds; what can no longer be done is shown with the reason.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("edit").required(true).args(["reword", "split", "merge", "attach", "detach", "undo"])))]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// The claim, such as c3
    #[arg(value_name = "CLAIM", required_unless_present = "undo")]
    claim: Option<String>,
    /// Say it in these words
    #[arg(long, value_name = "TEXT")]
    reword: Option<String>,
    /// Make a claim of its own of these statements of it; --as says what it claims
    #[arg(long, value_name = "HANDLE", num_args = 1.., value_delimiter = ',', requires = "proposition")]
    split: Vec<String>,
    /// What is claimed by the claim that is split off
    #[arg(long = "as", value_name = "TEXT", requires = "split")]
    proposition: Option<String>,
    /// Take it for one with this claim of the same facet, which stays
    #[arg(long, value_name = "CLAIM")]
    merge: Option<String>,
    /// Let this statement speak to it
    #[arg(long, value_name = "HANDLE")]
    attach: Option<String>,
    /// … and to this claim no longer
    #[arg(long, value_name = "CLAIM", requires = "attach")]
    from: Option<String>,
    /// … for the claim, whatever its stance
    #[arg(long = "for", requires = "attach", conflicts_with = "against")]
    pro: bool,
    /// … against the claim, whatever its stance
    #[arg(long, requires = "attach")]
    against: bool,
    /// Let this statement speak to it no longer
    #[arg(long, value_name = "HANDLE")]
    detach: Option<String>,
    /// Take back an edit, or the taking back of one; `gainsay show CASE --all` has its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["claim", "tlp"])]
    undo: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The marking of the edit; the highest in the case where it is not given
    #[arg(long, value_name = "TLP", value_parser = parse_word::<Tlp>)]
    tlp: Option<Tlp>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let claim = self.claim.clone().unwrap_or_default();
        let made = match (self.undo.clone(), self.change()) {
            (Some(edit), _) => desk.undo_edit(&acting, &self.case, &edit, &self.reason)?,
            (None, Some(change)) => desk.edit_claim(&acting, &self.case, &claim, &change, (&self.reason, self.tlp))?,
            (None, None) => Vec::new(),
        };
        for edited in made {
            let value = json!({ "edit": edited.id.to_string(), "what": edited.what, "claims": edited.claims });
            let words = edited.words();
            let see =
                if edited.claims.is_empty() { words } else { format!("{words} See {}.", edited.claims.join(", ")) };
            ui.result(&see, &value);
        }
        Ok(Answer::Yes)
    }

    fn change(&self) -> Option<ClaimChange> {
        let reword = self.reword.clone().map(ClaimChange::Reword);
        let merge = self.merge.clone().map(|into| ClaimChange::Merge { into });
        let detach = self.detach.clone().map(|statement| ClaimChange::Detach { statement });
        let attach = self.attach.clone().map(|statement| ClaimChange::Attach {
            statement,
            from: self.from.clone(),
            for_claim: (self.pro || self.against).then_some(self.pro),
        });
        let split = self
            .proposition
            .clone()
            .map(|proposition| ClaimChange::Split { statements: self.split.clone(), proposition });
        reword.or(merge).or(detach).or(attach).or(split)
    }
}
