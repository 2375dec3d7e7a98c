use std::path::{Path, PathBuf};

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::claim::{EntryId, on_one_line};
use crate::desk::{Verification, check_report};

/// The record: verify it, list it, keep a checkpoint of it, destroy a text in it
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Hold every entry, signature and blob against what it should be; exits 1 where something is wrong
    Verify {
        /// A checkpoint kept elsewhere: finds a cut tail and a rewritten history
        #[arg(long, value_name = "CHECKPOINT")]
        against: Option<PathBuf>,
    },
    /// List the newest entries, newest first
    Log {
        /// How many
        #[arg(short = 'n', long, default_value_t = 30)]
        count: u32,
    },
    /// Print the newest signed head, to keep outside this machine
    Checkpoint,
    /// Hold a JSON report against the signed head and the inclusion proofs in it; needs no desk, exits 1 where one fails
    Check {
        /// The report
        #[arg(value_name = "REPORT.json")]
        report: PathBuf,
        /// The desk's public key, got from elsewhere; without it the report vouches for itself
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Drop what is computed from the ledger, and compute it again
    Reindex,
    /// Destroy the text of an entry, and of a source its bytes, its readings, decisions and matches; the entries stand, and new ones
    /// say why
    Destroy {
        /// The entry, by the beginning of its id: at least 8 digits
        #[arg(value_name = "ENTRY")]
        entry: String,
        /// On what ground
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        if let Command::Check { report, key } = &self.command {
            return check(report, key.as_deref(), ui);
        }
        let mut desk = place.open()?;
        match self.command {
            Command::Check { .. } => Ok(Answer::Yes),
            Command::Verify { against } => {
                let note = against
                    .map(|path| {
                        std::fs::read_to_string(&path).map_err(|why| Error::File {
                            action: "read the checkpoint",
                            path,
                            why,
                        })
                    })
                    .transpose()?;
                let verification = desk.verify(note.as_deref())?;
                if ui.json {
                    print_json(ui, &verification)
                } else {
                    print(ui, &verification)
                }
                Ok(if verification.holds() { Answer::Yes } else { Answer::No })
            }
            Command::Log { count } => {
                for line in desk.log(count)? {
                    let value = json!({
                        "seq": line.seq,
                        "id": line.id.to_string(),
                        "received": line.received.to_string(),
                        "author": line.author,
                        "kind": line.kind,
                        "tlp": line.tlp.word(),
                        "what": line.what,
                    });
                    let received = line.received.strftime("%Y-%m-%dT%H:%M:%SZ");
                    let words = format!(
                        "{:>6}  {}  {received}  {:<14} {}: {}",
                        line.seq,
                        line.id.short(),
                        line.kind,
                        line.author,
                        line.what
                    );
                    ui.result(&words, &value);
                }
                Ok(Answer::Yes)
            }
            Command::Checkpoint => {
                match desk.checkpoint()? {
                    Some(note) => ui.result(&note, &json!({ "checkpoint": note })),
                    None => return Err(Error::Usage("the ledger is empty: there is nothing to keep yet".to_owned())),
                }
                Ok(Answer::Yes)
            }
            Command::Reindex => {
                desk.reindex()?;
                ui.result(
                    "Everything that is computed from the ledger was computed again.",
                    &json!({ "reindexed": true }),
                );
                Ok(Answer::Yes)
            }
            Command::Destroy { entry, reason } => {
                let acting = acting(&desk)?;
                let id = desk.destroy(&acting, &entry, &reason)?;
                ui.result(
                    &format!(
                        "Destroyed the text of {}. Its entry stands. Backups and snapshots of the desk still hold it.",
                        id.short()
                    ),
                    &json!({ "destroyed": id.to_string() }),
                );
                Ok(Answer::Yes)
            }
        }
    }
}

fn check(report: &Path, key: Option<&str>, ui: &Ui) -> Result<Answer, Error> {
    let check = check_report(report, key)?;
    if ui.json {
        let value = json!({
            "holds": check.holds(),
            "proven": check.proven,
            "unproven": check.unproven,
            "origin": check.key.origin(),
            "public_key": check.key.to_text(),
            "size": check.head.size,
            "signed": check.head.time.to_string(),
        });
        ui.value(value);
        return Ok(if check.holds() { Answer::Yes } else { Answer::No });
    }
    for handle in &check.unproven {
        ui.line(&format!("WRONG: {} is not proven to be in the ledger", on_one_line(handle)));
    }
    if check.proven == 0 {
        ui.line("WRONG: the report proves nothing");
    }
    ui.line(&format!(
        "{} of {} entries are in the ledger of {} as it was signed on {} ({} entries).",
        check.proven,
        check.proven + check.unproven.len(),
        check.key.origin(),
        check.head.time,
        check.head.size
    ));
    ui.line("The proofs show that these entries are in the ledger, not that the report's words are theirs.");
    if key.is_none() {
        ui.line(&format!(
            "The key is the report's own: {}. That it is the desk's, hear from the desk itself, and give it with --key.",
            check.key.to_text()
        ));
    }
    Ok(if check.holds() { Answer::Yes } else { Answer::No })
}

fn print(ui: &Ui, verification: &Verification) {
    let ledger = &verification.ledger;
    for fault in verification.faults() {
        ui.line(&format!("WRONG: {fault}"));
    }
    let root = EntryId(ledger.root).to_string();
    let destroyed =
        if ledger.destroyed > 0 { format!(", {} texts lawfully destroyed", ledger.destroyed) } else { String::new() };
    ui.line(&format!(
        "{}: {} entries, root {root}, {} blobs{destroyed}.",
        if verification.holds() { "Holds" } else { "Does not hold" },
        ledger.size,
        verification.blobs_checked
    ));
    match &ledger.against {
        Some(head) if verification.holds() => {
            ui.line(&format!("It continues the checkpoint of {} ({} entries).", head.time, head.size));
        }
        Some(_) => {}
        None => ui.line(
            "Without a checkpoint kept elsewhere this cannot rule out that the tail was cut, or that the whole history was rewritten with the desk's own key: keep `gainsay ledger checkpoint` elsewhere, and give it with --against.",
        ),
    }
}

fn print_json(ui: &Ui, verification: &Verification) {
    let ledger = &verification.ledger;
    let value = json!({
        "holds": verification.holds(),
        "size": ledger.size,
        "root": EntryId(ledger.root).to_string(),
        "signed": ledger.signed.map(|at| at.to_string()),
        "destroyed": ledger.destroyed,
        "blobs": verification.blobs_checked,
        "against": ledger.against.as_ref().map(|head| json!({ "size": head.size, "time": head.time.to_string() })),
        "faults": verification.faults(),
    });
    ui.value(value);
}
