use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::{Confidence, Tlp};
use crate::desk::Judging;

/// Record your own judgement on a claim or on the case, beside what is computed
///
/// It is shown apart from the computed one, with author and reason, and weighs nothing. A later one of the same author on the same
/// thing takes its place; --withdraw leaves none. Each is an entry of the ledger.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// The claim, such as c3; the case as a whole where it is not given
    #[arg(value_name = "CLAIM")]
    claim: Option<String>,
    /// How likely: a word of ICD 203 such as 'very likely', or percent: 70, 60-75
    #[arg(long, value_name = "WORDS")]
    likelihood: Option<String>,
    /// How far that can be trusted: low, moderate, high
    #[arg(long, value_name = "WORD", value_parser = parse_word::<Confidence>)]
    confidence: Option<Confidence>,
    /// What it comes to, in words
    #[arg(long, value_name = "TEXT")]
    verdict: Option<String>,
    /// Hold it no more
    #[arg(long, conflicts_with_all = ["likelihood", "confidence", "verdict"])]
    withdraw: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The marking of the judgement; the highest in the case where it is not given
    #[arg(long, value_name = "TLP", value_parser = parse_word::<Tlp>)]
    tlp: Option<Tlp>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let judging = Judging { likelihood: self.likelihood, confidence: self.confidence, verdict: self.verdict };
        let judging = (!self.withdraw).then_some(&judging);
        let claim = self.claim.as_deref();
        let judged = desk.judge(&acting, &self.case, claim, judging, (&self.reason, self.tlp))?;
        if let Some(judged) = judged {
            let value = json!({ "judgement": judged.id.to_string(), "stands": judged.stands });
            ui.result(&judged.words(), &value);
        }
        Ok(Answer::Yes)
    }
}
