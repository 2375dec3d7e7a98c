use std::path::PathBuf;

use super::ui::Ui;
use super::{Answer, Error, Place};
use crate::desk::{WEIGHTS, assess_propositions};

/// Weigh propositions that are given as structured statements, without a case
///
/// Each line of FILE is one proposition as JSON with what was said on it: docs/weighing.md. What it answers is the likelihood by the
/// same model by which `show` weighs a case, with what speaks for and against, and what would change it most. Nothing is kept.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The propositions, one a line
    #[arg(long, value_name = "FILE", required_unless_present = "print_weights")]
    statements: Option<PathBuf>,
    /// Weights in place of the built-in ones; where it is not given, those of the desk that --desk names
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Print every built-in weight with its reason: what a desk's own weights.toml may set
    #[arg(long, conflicts_with = "statements")]
    print_weights: bool,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let Some(statements) = self.statements else {
            ui.line(WEIGHTS.trim_end());
            return Ok(Answer::Yes);
        };
        let weights = match self.weights {
            None if place.desk.is_some() => place.open()?.weights_file(),
            given => given,
        };
        assess_propositions(&statements, weights.as_deref(), ui.json, &mut |result| match result {
            Ok(shown) => ui.out(&shown),
            Err(error) => ui.failure(&error),
        })?;
        Ok(Answer::Yes)
    }
}
