use std::path::PathBuf;

use super::passwords::Passwords;
use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::ElementKind;
use crate::desk::{self, Agreeing, Done, Inviting, Keeping, Looking, SampleProgress};

/// Settle a sample with another party by sending files, while neither shows the other what it holds
///
/// Who holds the sample: invite, request, open (the answer), open (the countersignature), and reveal if it wants to. Who owns the corpus: agree,
/// answer, countersign, and open (a revelation). Each says what the other side will learn before it writes anything.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print this desk's key for the other party, and the digits to compare by telephone; of another's key the digits
    Key {
        /// The other party's key, to see its digits
        #[arg(value_name = "KEY")]
        of: Option<String>,
    },
    /// Holder: propose what is to be settled, and commit to the sample
    Invite(Invite),
    /// Owner: agree to an invitation, and commit to what you hold
    Agree(Agree),
    /// Holder: ask, by the agreement
    Request {
        /// The agreement
        #[arg(value_name = "AGREEMENT")]
        file: PathBuf,
        #[command(flatten)]
        writing: Writing,
    },
    /// Owner: answer a request; with it the holder learns what was agreed
    Answer {
        /// The request
        #[arg(value_name = "REQUEST")]
        file: PathBuf,
        #[command(flatten)]
        writing: Writing,
    },
    /// Open an answer (which writes the result), a countersignature or a revelation
    Open(Open),
    /// Owner: countersign a result, which makes it a statement of both
    Countersign {
        /// The result
        #[arg(value_name = "RESULT")]
        file: PathBuf,
        #[command(flatten)]
        keeping: Keep,
        #[command(flatten)]
        writing: Writing,
    },
    /// Holder: tell the owner which elements match, where that was agreed and only if you want to
    Reveal {
        /// The answer
        #[arg(value_name = "ANSWER")]
        file: PathBuf,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say what a file is; needs no key
    Inspect {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Check a statement with nothing but the two public keys; needs no desk, exits 1 where it does not hold
    Verify {
        /// The statement
        #[arg(value_name = "STATEMENT")]
        file: PathBuf,
        /// The public keys of the two parties, in either order
        #[arg(long, value_name = "A,B")]
        keys: String,
    },
}

/// The file that is written, and whether it is.
#[derive(clap::Args)]
struct Writing {
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Agree to what the other side will learn, without being asked
    #[arg(long)]
    yes: bool,
}

/// Where a statement is kept.
#[derive(clap::Args)]
struct Keep {
    /// Keep the result as evidence in this case
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// The company whose files or accounts they are, by its name in the case; on its own desk the organisation in desk.toml
    #[arg(long, value_name = "NAME", requires = "case")]
    company: Option<String>,
    /// Write the statement to this file, for anybody to check
    #[arg(long, value_name = "FILE")]
    statement: Option<PathBuf>,
}

impl Keep {
    fn keeping(&self) -> Keeping<'_> {
        Keeping { case: self.case.as_deref(), company: self.company.as_deref(), statement: self.statement.as_deref() }
    }
}

#[derive(clap::Args)]
struct Invite {
    /// A file, a folder or an archive; of ids, lines, accounts and credentials a list with one on each line
    #[arg(value_name = "SAMPLE")]
    sample: PathBuf,
    /// The other party's key, as `gainsay private key` prints it there
    #[arg(long, value_name = "KEY")]
    to: String,
    /// What is to be settled, in words that both know
    #[arg(long, value_name = "TEXT")]
    claim: String,
    /// What is compared: text, code, parts, files, listing, ids, lines, accounts, credentials
    #[arg(long = "of", value_name = "KIND", default_value = "text", value_parser = parse_word::<ElementKind>)]
    kind: ElementKind,
    /// The domain of accounts or credentials
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Ask to learn which elements match, not only how many
    #[arg(long)]
    which: bool,
    /// Count matches for each file
    #[arg(long, conflicts_with = "which")]
    by_file: bool,
    /// Let one in so many elements take part, chosen by a hash: for large corpora
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    one_in: u32,
    /// How many sessions there may be for the claim, 3 at most [default: 1, or those of its first]
    #[arg(long, value_name = "N")]
    sessions: Option<u8>,
    #[command(flatten)]
    passwords: Passwords,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(clap::Args)]
struct Agree {
    /// The invitation
    #[arg(value_name = "INVITATION")]
    file: PathBuf,
    /// The key of whoever sent it, as `gainsay private key` prints it there
    #[arg(long, value_name = "KEY")]
    from: String,
    /// Only this corpus of ours takes part; may be given again
    #[arg(long = "corpus", value_name = "NAME")]
    corpora: Vec<String>,
    /// A list that takes part, where lists are compared; may be given again
    #[arg(long = "set", value_name = "LABEL=FILE")]
    sets: Vec<String>,
    /// Agree to a sample of fewer than 1000 elements, though so few tell of single files
    #[arg(long)]
    consent_small: bool,
    /// The other party has shown that this domain is theirs: accounts of it may be told to them
    #[arg(long, value_name = "DOMAIN")]
    domain_proven: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(clap::Args)]
struct Open {
    /// The answer, countersignature or revelation
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the result of an answer is written
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Agree to what the other side will learn, without being asked
    #[arg(long)]
    yes: bool,
    /// Say where in this sample the elements are that match, where that was agreed
    #[arg(long = "in", value_name = "SAMPLE")]
    look_in: Option<PathBuf>,
    /// Write to this file what matches, of an answer with --in or of a revelation, instead of showing it
    #[arg(long, value_name = "FILE")]
    found: Option<PathBuf>,
    #[command(flatten)]
    keeping: Keep,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let done = match self.command {
            Command::Verify { file, keys } => {
                let verified = desk::verify(&file, &keys)?;
                say(ui, &verified.done);
                return Ok(if verified.holds { Answer::Yes } else { Answer::No });
            }
            Command::Inspect { file } => {
                let desk = match place.open() {
                    Ok(desk) => Some(desk),
                    Err(Error::Desk(desk::Error::NoDesk { .. })) => None,
                    Err(error) => return Err(error),
                };
                desk::inspect(&file, desk.as_ref())?
            }
            Command::Key { of: Some(key) } => desk::digits(&key).map_err(desk::Error::from)?,
            Command::Key { of: None } => place.open()?.private_key()?,
            Command::Invite(args) => args.run(place, ui)?,
            Command::Agree(args) => args.run(place, ui)?,
            Command::Request { file, writing } => {
                place.open()?.private_request(&file, &writing.output, &mut |told| agrees(ui, told, writing.yes))?
            }
            Command::Answer { file, writing } => {
                place.open()?.private_answer(&file, &writing.output, &mut |told| agrees(ui, told, writing.yes))?
            }
            Command::Reveal { file, writing } => {
                place.open()?.private_reveal(&file, &writing.output, &mut |told| agrees(ui, told, writing.yes))?
            }
            Command::Countersign { file, keeping, writing } => {
                let mut desk = place.open()?;
                let acting = acting(&desk)?;
                let mut consent = |told: &str| agrees(ui, told, writing.yes);
                desk.private_countersign(&acting, &file, &writing.output, &keeping.keeping(), &mut consent)?
            }
            Command::Open(Open { file, output, yes, look_in, found, keeping }) => {
                let mut desk = place.open()?;
                let acting = acting(&desk)?;
                let mut consent = |told: &str| agrees(ui, told, yes);
                let looking = Looking { look_in: look_in.as_deref(), found: found.as_deref() };
                let output = (output.as_deref(), &looking);
                desk.private_open(&acting, &file, output, &keeping.keeping(), &mut consent)?
            }
        };
        say(ui, &done);
        Ok(Answer::Yes)
    }
}

impl Invite {
    fn run(self, place: &Place, ui: &mut Ui) -> Result<Done, Error> {
        let desk = place.open()?;
        let passwords = self.passwords.read()?;
        let inviting = Inviting {
            sample: &self.sample,
            to: &self.to,
            claim: &self.claim,
            kind: self.kind,
            domain: self.domain.as_deref(),
            which: self.which,
            sampling: self.one_in,
            by_file: self.by_file,
            sessions: self.sessions,
            passwords: &passwords,
            unjailed: self.unsafe_no_sandbox,
        };
        let ui = std::cell::RefCell::new(ui);
        let mut progress = |done: SampleProgress| ui.borrow_mut().progress(|| done.words());
        let mut consent = |told: &str| agrees(&mut ui.borrow_mut(), told, self.writing.yes);
        Ok(desk.private_invite(inviting, &self.writing.output, &mut progress, &mut consent)?)
    }
}

impl Agree {
    fn run(self, place: &Place, ui: &mut Ui) -> Result<Done, Error> {
        let desk = place.open()?;
        let agreeing = Agreeing {
            from: &self.from,
            corpora: &self.corpora,
            sets: &self.sets,
            few: self.consent_small,
            domain_proven: self.domain_proven.as_deref(),
        };
        let ui = std::cell::RefCell::new(ui);
        let mut progress = |done: u64| ui.borrow_mut().progress(|| format!("{done} elements put under the key"));
        let mut consent = |told: &str| agrees(&mut ui.borrow_mut(), told, self.writing.yes);
        Ok(desk.private_agree(&self.file, agreeing, &self.writing.output, &mut progress, &mut consent)?)
    }
}

/// Says what the other side will learn, and asks where that was not agreed to on the command line and there is somebody to ask.
fn agrees(ui: &mut Ui, told: &str, yes: bool) -> bool {
    ui.note(&format!("{told}\n"));
    yes || ui.can_ask()
        && ui.ask("Write it? (yes or no)").is_some_and(|answer| matches!(&*answer.to_lowercase(), "y" | "yes"))
}

fn say(ui: &Ui, done: &Done) {
    ui.result(&done.words, &done.value);
}
