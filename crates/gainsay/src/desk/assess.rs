//! The weights of a desk, and propositions weighed without a case: nothing is kept.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, Error};
use crate::assess::{self, Judgement, Proof, Proposition, Utterance, Weights, judge};
use crate::claim::{Facet, PartyKind, Stance};
use crate::ledger::{Hash, sha256};
use crate::release::Released;

/// The built-in weights with the reason for each, as they are written.
pub const WEIGHTS: &str = assess::WEIGHTS;

/// The name of a desk's own weights in its folder.
pub(super) const FILE: &str = "weights.toml";

/// A line of statements is no longer than that.
const LONGEST_LINE: u64 = 16 << 20;

impl Desk {
    /// The weights that hold at this desk, and the digest of the texts that say so: the built-in one alone, or that and the desk's own.
    ///
    /// # Errors
    /// The desk's own file can't be read or does not hold.
    pub(super) fn weights(&self) -> Result<(Weights, Hash), Error> {
        let own = self.own_weights()?.unwrap_or_default();
        let weights = Weights::with(&own).map_err(|why| Error::Weights { path: self.root.join(FILE), why })?;
        Ok((weights, digest(&own)))
    }

    /// That digest alone, whatever the texts say.
    pub(super) fn weights_digest(&self) -> Result<Hash, Error> {
        Ok(digest(&self.own_weights()?.unwrap_or_default()))
    }

    pub(super) fn own_weights(&self) -> Result<Option<String>, Error> {
        let path = self.root.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(Error::File { action: "read", path, why }),
        }
    }

    /// Where the desk's own weights are, if it has some.
    pub fn weights_file(&self) -> Option<PathBuf> {
        Some(self.root.join(FILE)).filter(|path| path.exists())
    }
}

fn digest(own: &str) -> Hash {
    sha256(&[WEIGHTS.as_bytes(), own.as_bytes()])
}

/// Weighs each line of a file of propositions (`docs/weighing.md`), with the weights of `own` in place of the built-in ones where it is
/// given. What fails is reported and the rest goes on. The shown text of each is one JSON object, or some lines for a person.
///
/// # Errors
/// A file can't be opened, or the weights do not hold.
pub fn assess_propositions(
    file: &Path,
    own: Option<&Path>,
    as_json: bool,
    on_result: &mut dyn FnMut(Result<Released, Error>),
) -> Result<(), Error> {
    let weights = match own {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|why| Error::File {
                action: "read",
                path: path.to_owned(),
                why,
            })?;
            Weights::with(&text).map_err(|why| Error::Weights { path: path.to_owned(), why })?
        }
        None => Weights::built_in().clone(),
    };
    let unreadable = |why| Error::File { action: "read", path: file.to_owned(), why };
    let mut lines = BufReader::new(File::open(file).map_err(unreadable)?);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(unreadable)? == 0 {
            break;
        }
        let refuse = |why: String| Error::Line { path: file.to_owned(), line, why };
        if !bytes.ends_with(b"\n") && bytes.len() as u64 == LONGEST_LINE {
            return Err(refuse(format!("the line is longer than {LONGEST_LINE} bytes; give each proposition its own")));
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let judged = serde_json::from_slice::<Line>(&bytes).map_err(|e| e.to_string()).and_then(|it| {
            let judgement = judge(&it.proposition()?, &weights);
            Ok(if as_json { Released::json(to_json(&it.id, &judgement)) } else { in_words(&it, &judgement) })
        });
        on_result(judged.map_err(refuse));
    }
    Ok(())
}

/// A proposition as it is written; what is not named here, such as what later became known, is not read.
#[derive(Deserialize)]
struct Line {
    id: String,
    facet: String,
    #[serde(default)]
    proposition: String,
    as_of: Option<String>,
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
struct Statement {
    party: String,
    role: String,
    stance: String,
    #[serde(default = "this")]
    on: String,
    #[serde(default = "own")]
    origin: String,
    date: Option<String>,
    #[serde(default)]
    direct: bool,
    #[serde(default)]
    specific: bool,
    #[serde(default = "none")]
    proof: String,
    #[serde(default)]
    against_own_interest: bool,
}

fn this() -> String {
    "this".to_owned()
}

fn own() -> String {
    "own".to_owned()
}

fn none() -> String {
    "none".to_owned()
}

impl Line {
    fn proposition(&self) -> Result<Proposition, String> {
        let facet = match self.facet.as_str() {
            "whose_data" | "fabricated" => Facet::Victim,
            "asset" => Facet::Assets,
            word => word
                .parse()
                .map_err(|e: crate::claim::UnknownWord| format!("facet: {e}, whose_data, fabricated, asset"))?,
        };
        Ok(Proposition {
            facet,
            as_of: self.as_of.as_deref().and_then(last_day),
            utterances: self.statements.iter().map(Statement::utterance).collect::<Result<_, String>>()?,
        })
    }
}

impl Statement {
    fn utterance(&self) -> Result<Utterance, String> {
        let of = |what: &str, why: String| format!("statement of {}: {what}: {why}", self.party);
        Ok(Utterance {
            party: self.party.clone(),
            kind: match self.role.as_str() {
                // It is asked for itself, and has a stake only in its own part.
                "supplier" => PartyKind::Other,
                word => word.parse().map_err(|e: crate::claim::UnknownWord| of("role", format!("{e}, supplier")))?,
            },
            stance: self.stance.parse::<Stance>().map_err(|e| of("stance", e.to_string()))?,
            on_this: self.on == "this",
            relays: match self.origin.as_str() {
                "own" => None,
                other => Some(
                    other
                        .strip_prefix("relay:")
                        .ok_or_else(|| of("origin", format!("{other:?} is neither own nor relay:PARTY")))?
                        .to_owned(),
                ),
            },
            date: self.date.as_deref().and_then(first_day),
            direct: self.direct,
            specific: self.specific,
            proof: match self.proof.as_str() {
                "none" | "listing" => Proof::Nothing,
                "screenshots" | "sample" => Proof::Piece,
                "full_dump" => Proof::All,
                "sample_verified_by_third_party" => Proof::Checked,
                other => {
                    return Err(of(
                        "proof",
                        format!(
                            "unknown word {other:?}: expected one of none, listing, screenshots, sample, full_dump, sample_verified_by_third_party"
                        ),
                    ));
                }
            },
            against_interest: self.against_own_interest,
        })
    }
}

/// The first day that `2024`, `2024-03` or `2024-03-05` means; none of what is no date.
fn first_day(words: &str) -> Option<Date> {
    let whole = match words.len() {
        4 => format!("{words}-01-01"),
        7 => format!("{words}-01"),
        _ => words.to_owned(),
    };
    whole.parse().ok()
}

/// The last day of the same.
fn last_day(words: &str) -> Option<Date> {
    let first = first_day(words)?;
    Some(match words.len() {
        4 => first.last_of_year(),
        7 => first.last_of_month(),
        _ => first,
    })
}

fn to_json(id: &str, judgement: &Judgement) -> Value {
    let likelihood = judgement.likelihood;
    let share = |percent: u8| f64::from(percent) / 100.0;
    let (low, high) = likelihood.bounds();
    json!({
        "id": id,
        "likelihood": share(likelihood.percent()),
        "range": [share(low), share(high)],
        "word": likelihood.word(),
        "confidence": judgement.confidence.word(),
        "millinats": likelihood.millinats,
        "reasons": judgement.reasons.iter().map(|(weight, who, because)| json!({
            "for": *weight > 0, "weight_millinats": weight, "origin": who, "because": because,
        })).collect::<Vec<_>>(),
        "would_change": judgement.prospects.iter().map(|it| json!({
            "finding": it.what, "likelihood": share(it.likelihood.percent()),
        })).collect::<Vec<_>>(),
    })
}

fn in_words(line: &Line, judgement: &Judgement) -> Released {
    let mut text = format!(
        "{}  {}\n  {}, {} confidence\n",
        line.id,
        line.proposition,
        judgement.likelihood,
        judgement.confidence.word()
    );
    for (weight, who, because) in &judgement.reasons {
        let side = if *weight > 0 { "for    " } else { "against" };
        text += &format!("  {side} {weight:>+6}  {who}: {because}\n");
    }
    let prospects: Vec<String> = judgement.prospects.iter().map(ToString::to_string).collect();
    text += &format!("  would change it: {}\n", prospects.join("; "));
    Released::plain(&text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn dates_that_cannot_be_are_none() {
        assert_eq!(first_day("2024-03").map(|day| day.to_string()).as_deref(), Some("2024-03-01"));
        assert_eq!(last_day("2024-02").map(|day| day.to_string()).as_deref(), Some("2024-02-29"));
        assert_eq!(last_day("2023").map(|day| day.to_string()).as_deref(), Some("2023-12-31"));
        for words in ["2024-13-45", "yesterday", "", "20-24", "0000-00", "2024-02-30", "99999"] {
            assert_eq!(first_day(words), None, "{words}");
        }
    }

    #[test]
    fn a_line_says_what_is_wrong_with_it() {
        let line = |role: &str, origin: &str, proof: &str| {
            let text = json!({ "id": "a", "facet": "access", "statements": [{
                "party": "Marlbeck", "role": role, "stance": "denies", "origin": origin, "proof": proof,
            }] });
            serde_json::from_value::<Line>(text).unwrap().proposition().map(|it| it.utterances.len())
        };
        assert_eq!(line("victim", "own", "none"), Ok(1));
        assert!(line("oracle", "own", "none").unwrap_err().contains("statement of Marlbeck: role"));
        assert!(line("victim", "from:x", "none").unwrap_err().contains("relay:PARTY"));
        assert!(line("victim", "own", "trust me").unwrap_err().contains("full_dump"));
    }
}
