//! What the company is about to publish, held against what the desk knows.

use std::path::Path;

use jiff::Timestamp;

use super::{Desk, Error, Shape};
use crate::assess::{self, Objection};
use crate::capture::Opener;
use crate::claim::Case;
use crate::export;
use crate::read;
use crate::release::Released;

/// What was found in one case on one text.
pub struct Checked {
    /// As it is shown.
    pub shown: Released,
    /// Whether nothing is to be said against the text.
    pub holds: bool,
    /// What was wrong with the file.
    pub problems: Vec<String>,
}

impl Desk {
    /// Holds a text that `company` is about to publish against a case: each sentence that something in it contradicts, or that nothing
    /// but the company's own word bears out. Nothing is kept. Where no company is named it is the desk's own, or the only one that the
    /// case says is breached.
    ///
    /// # Errors
    /// There is no such case, the text can't be read, or it is not clear whose it is.
    pub fn check(
        &mut self,
        case_name: &str,
        path: &Path,
        company: Option<&str>,
        now: Timestamp,
        shape: Shape,
        unjailed: bool,
    ) -> Result<Checked, Error> {
        let case = self.case(case_name)?;
        let view = self.whole_view(&case, now, false)?;
        let company = match company.map(str::to_owned).or_else(|| self.config.organisation.clone()) {
            Some(company) => company,
            None => only_victim(&case).ok_or_else(|| Error::WhoseText { case: case_name.to_owned() })?,
        };
        let captured = Opener::start(unjailed)?.document(path)?;
        let text = captured.text.as_str();
        let sentences = read::own_words(text);
        let objections: Vec<Objection> = assess::check(&view.case, &company, &sentences);
        let (objections, company) = (&objections[..], company.as_str());
        let shown = Released::of(
            &view,
            matches!(shape, Shape::Text(styles) | Shape::Screen(styles) | Shape::Brief(styles) if styles.is_coloured()),
            |view| {
                let checked = export::check::Checked { view, company, text, sentences: &sentences, objections };
                match shape {
                    Shape::Json => checked.to_json().to_string(),
                    Shape::Text(styles) | Shape::Screen(styles) | Shape::Brief(styles) => checked.to_text(styles),
                }
            },
        );
        Ok(Checked { shown, holds: objections.is_empty(), problems: captured.problems })
    }
}

/// The one company that the case's texts say is breached.
fn only_victim(case: &Case) -> Option<String> {
    let victims = assess::victims(case);
    match &victims[..] {
        [only] => Some(only.clone()),
        _ => None,
    }
}
