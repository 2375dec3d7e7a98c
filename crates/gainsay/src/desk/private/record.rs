//! The result: what both signed, who can check it, and the entry of a case that it becomes.

use std::io::Read;
use std::path::Path;

use private_match::{Counts, Header, Kind, Mode, PublicKey, Session, Statement, Terms};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::elements::What;
use super::folder::{AGREEMENT, Folder, INVITATION, RESULT};
use super::holder::Looking;
use super::keys::{self, Keys};
use super::sealed::{self, Opened};
use super::{Consent, Done, Error, hex, words};
use crate::capture;
use crate::claim::{CorpusRole, EntryId, PrivateLabel};
use crate::desk::{self, Acting, Desk, check_name};
use crate::ledger::payload::{PrivateLabelV1, PrivatelyMatched};

/// The most bytes of a statement: invitation, agreement, result and countersignature.
const LONGEST: u64 = 16 << 20;

/// Where a statement is kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeping<'a> {
    /// The case that it becomes evidence of.
    pub case: Option<&'a str>,
    /// The company whose files or accounts they are, by its name there.
    pub company: Option<&'a str>,
    /// A file for third parties.
    pub statement: Option<&'a Path>,
}

impl Desk {
    /// Opens what needs no other command: an answer (to a result), a countersignature (to a statement) or a revelation.
    ///
    /// # Errors
    /// It does not hold, comes too early, or it was not agreed to that the result is written.
    pub fn private_open(
        &mut self,
        acting: &Acting,
        file: &Path,
        (output, looking): (Option<&Path>, &Looking<'_>),
        keeping: &Keeping<'_>,
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let opened = Opened::open(&keys, file, &[Kind::Answer, Kind::Countersignature, Kind::Revelation])?;
        match opened.header.kind {
            Kind::Answer => self.open_answer(&keys, opened, output, looking, consent),
            Kind::Countersignature => self.open_countersignature(acting, &keys, opened, keeping),
            _ => self.open_revelation(&keys, opened, looking),
        }
    }

    /// Keeps a statement that holds: in a case, and in a file for third parties.
    pub(super) fn keep_statement(
        &mut self,
        acting: &Acting,
        folder: &Folder,
        keys: &Keys,
        bytes: Vec<u8>,
        keeping: &Keeping<'_>,
    ) -> Result<Done, desk::Error> {
        let (own, other) = (keys.identity.public(), folder.other()?.signs);
        let (holder, owner) = if folder.about.holds { (own, other) } else { (other, own) };
        let statement = Statement::verify(holder, owner, &bytes).map_err(Error::from)?;
        let counts = &statement.outcome.counts;
        let mut said = words::counts(&statement.session, counts, &folder.about.groups);
        let mut value = counts_value(&statement.session, counts, &folder.about.groups);
        let mut note =
            |name: &str, it: Value| value.as_object_mut().and_then(|fields| fields.insert(name.to_owned(), it));
        if let Some(case) = keeping.case {
            let company = self.company(&statement, folder.about.holds, keeping.company)?;
            let entry = self.record_private(acting, case, company, folder.about.holds, (&statement, &bytes))?;
            said += &format!("\nKept in the case as {}.", entry.short());
            note("entry", entry.to_string().into());
        }
        if let Some(path) = keeping.statement {
            sealed::write(path, &bytes)?;
            let path = path.to_string_lossy();
            said += &format!(
                "\nWrote the statement to {path}: whoever is given it checks it with\n  gainsay private verify {} --keys {},{}",
                crate::claim::quoted(&path),
                keys::hex(&holder),
                keys::hex(&owner)
            );
            note("statement", path.into());
        } else if keeping.case.is_none() {
            said += "\nBoth signed it. Run this again with --statement FILE for a file that anybody can check, or with --case CASE to keep it as evidence.";
        }
        Ok(Done { words: said, value })
    }

    /// The company whose files or accounts were compared, as a case names it.
    fn company(&self, statement: &Statement, holds: bool, given: Option<&str>) -> Result<String, desk::Error> {
        if let Some(given) = given {
            check_name("company", given)?;
            return Ok(given.to_owned());
        }
        let what = What::of(&statement.session.invitation.terms)?;
        let of_accounts = what.domain.is_some();
        // Who asks about accounts is the company; who is asked about files is.
        if holds != of_accounts {
            return Err(Error::WhichCompany.into());
        }
        if let Some(organisation) = &self.config.organisation {
            return Ok(organisation.clone());
        }
        let corpora = self.corpora()?;
        let mut owners = corpora.values().filter(|it| it.indexed.role == CorpusRole::Own).map(|it| &it.indexed.owner);
        let first = owners.next().filter(|_| !of_accounts).ok_or(Error::WhichCompany)?;
        if owners.all(|owner| owner == first) { Ok(first.clone()) } else { Err(Error::WhichCompany.into()) }
    }

    fn record_private(
        &mut self,
        acting: &Acting,
        case: &str,
        company: String,
        held_here: bool,
        (statement, bytes): (&Statement, &[u8]),
    ) -> Result<EntryId, desk::Error> {
        let case = self.case_id(case)?;
        let payload = payload(case, company, held_here, statement, bytes)?;
        let config = self.config.tlp;
        self.database.commit(&self.key, acting.now, |commit| {
            let entries = commit.reader().of_case(case)?;
            let tlp = entries.first().map_or(config, |opened| opened.header.tlp.max(config));
            Ok(commit.push(&acting.entry(tlp, payload.clone()))?)
        })
    }
}

/// What a ledger keeps of a statement.
fn payload(
    case: EntryId,
    company: String,
    held_here: bool,
    statement: &Statement,
    bytes: &[u8],
) -> Result<PrivatelyMatched, Error> {
    let Session { invitation, agreement, .. } = &statement.session;
    let (terms, counts) = (&invitation.terms, &statement.outcome.counts);
    let (least, most) = percent(counts.total(), terms);
    let labels = agreement.labels.iter().enumerate().map(|(place, label)| {
        PrivateLabelV1::from(&PrivateLabel { name: label.name.clone(), size: label.count, matches: counts.of(place) })
    });
    Ok(PrivatelyMatched {
        case,
        company,
        held_here,
        holder: invitation.holder.0,
        owner: invitation.owner.0,
        claim: terms.claim.clone(),
        elements: What::of(terms)?.kind,
        inputs: terms.inputs.clone(),
        which: terms.mode == Mode::Which,
        sampling: terms.sampling,
        count: terms.elements,
        matches: counts.total(),
        least,
        most,
        labels: labels.collect(),
        statement: bytes.to_vec().into(),
    })
}

/// Holds what an entry says against the statement that both signed.
///
/// # Errors
/// It says something else, or the statement does not hold; why.
pub(in crate::desk) fn check(entry: &PrivatelyMatched) -> Result<(), String> {
    let (holder, owner) = (PublicKey(entry.holder), PublicKey(entry.owner));
    let statement = Statement::verify(holder, owner, &entry.statement).map_err(|why| why.to_string())?;
    let again = payload(entry.case, entry.company.clone(), entry.held_here, &statement, &entry.statement);
    match again {
        Ok(again) if again == *entry => Ok(()),
        Ok(_) => Err("it says something else than the statement that both signed".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}

/// The share of the sample that matches, in whole percent: at least and at most, equal where all of it took part.
pub(super) fn percent(matches: u32, terms: &Terms) -> (u8, u8) {
    let of = u64::from(terms.elements.max(1));
    if terms.sampling <= 1 {
        let share = (200 * u64::from(matches) / of).div_ceil(2).min(100);
        let share = u8::try_from(share).unwrap_or(100);
        return (share, share);
    }
    let (least, most) = private_match::share(matches, terms.elements, true);
    let whole = |share: f64| (0..=100_u8).find(|whole| f64::from(*whole) >= share).unwrap_or(100);
    (whole(least), whole(most))
}

/// The counts for machines.
pub(super) fn counts_value(session: &Session, counts: &Counts, groups: &[String]) -> Value {
    let terms = &session.invitation.terms;
    let (least, most) = percent(counts.total(), terms);
    let labels = session.agreement.labels.iter().enumerate();
    let groups: Vec<Value> = match groups.len() {
        0 | 1 => Vec::new(),
        _ => {
            let each = groups.iter().zip(&counts.anywhere);
            each.map(|(name, count)| json!({ "file": name, "matches": count })).collect()
        }
    };
    json!({
        "format": "gainsay-private/1",
        "session": hex(&session.id),
        "holder": keys::hex(&session.invitation.holder),
        "owner": keys::hex(&session.invitation.owner),
        "claim": terms.claim,
        "inputs": terms.inputs,
        "mode": if terms.mode == Mode::Which { "which" } else { "count" },
        "sampling": terms.sampling,
        "elements": terms.elements,
        "matches": counts.total(),
        "percent": { "least": least, "most": most },
        "by_chance": session.chance(),
        "labels": labels.map(|(place, label)| json!({
            "name": label.name,
            "at_most": label.count,
            "matches": counts.of(place),
        })).collect::<Vec<_>>(),
        "files": groups,
        "manifest_sha256": hex(&session.agreement.manifest),
    })
}

/// The statement of a session and its countersignature.
pub(super) fn statement(folder: &Folder, countersignature: &[u8]) -> Result<Vec<u8>, desk::Error> {
    let (invitation, agreement) = (folder.needed(INVITATION)?, folder.needed(AGREEMENT)?);
    let result = folder.needed(RESULT)?;
    let mut statement = Vec::new();
    Statement::write(&mut statement, [&invitation, &agreement, &result, countersignature]).map_err(Error::from)?;
    Ok(statement)
}

fn read_statement(path: &Path) -> Result<Vec<u8>, desk::Error> {
    let mut bytes = Vec::new();
    let read = capture::open(path)?.take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|why| desk::Error::File { action: "read", path: path.to_owned(), why })?;
    Ok(bytes)
}

/// Whether a statement holds, and what it says or why not.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Whether both signed it.
    pub holds: bool,
    /// What it says, or what is wrong.
    pub done: Done,
}

/// Checks a statement with nothing but the two public keys, `A,B`, in either order.
///
/// # Errors
/// The file can't be read, or the keys are none.
pub fn verify(path: &Path, given: &str) -> Result<Verified, desk::Error> {
    let (one, other) = given.split_once(',').ok_or(Error::Keys)?;
    let (one, other) = (keys::signing_key(one)?, keys::signing_key(other)?);
    let bytes = read_statement(path)?;
    // Which of the two held the sample, the statement says.
    let in_order = Header::of(&bytes).is_ok_and(|header| header.from == one);
    let (holder, owner) = if in_order { (one, other) } else { (other, one) };
    let done = match Statement::verify(holder, owner, &bytes) {
        Ok(statement) => of_statement(&statement, &bytes),
        Err(why) => {
            let words = format!("WRONG: the statement does not hold by these two keys: {why}");
            return Ok(Verified {
                holds: false,
                done: Done { words, value: json!({ "holds": false, "why": why.to_string() }) },
            });
        }
    };
    Ok(Verified { holds: true, done })
}

fn of_statement(statement: &Statement, bytes: &[u8]) -> Done {
    let Session { invitation, agreement, .. } = &statement.session;
    let counts = &statement.outcome.counts;
    let words = format!(
        "Holds: both signed it.\n{} holds the sample and vouches for the counts; {} agrees that they are of the files exchanged.\nConcerning {:?}:\n{}\nWhat the owner held it against is committed to by the manifest {}. SHA-256 of the statement: {}",
        keys::hex(&invitation.holder),
        keys::hex(&invitation.owner),
        invitation.terms.claim,
        words::counts(&statement.session, counts, &[]),
        hex(&agreement.manifest),
        hex(&Sha256::digest(bytes).into())
    );
    let mut value = counts_value(&statement.session, counts, &[]);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("holds".to_owned(), true.into());
    }
    Done { words, value }
}

/// Says what a file is, without any key: of a sealed one what stands in clear outside, and where a desk is at hand whether it is for that.
///
/// # Errors
/// It is no file of a private match, or damaged.
pub fn inspect(path: &Path, desk: Option<&Desk>) -> Result<Done, desk::Error> {
    let (head, mut file) = match sealed::head_of(path) {
        Ok(read) => read,
        Err(desk::Error::Private(Error::NotSealed { .. })) => return inspect_statement(path),
        Err(error) => return Err(error),
    };
    sealed::check(&head, path, &mut file)?;
    let own = desk.map(|desk| Ok::<_, desk::Error>(Keys::of(desk)?.identity.public().address())).transpose()?;
    let whose = |of: [u8; 16]| {
        let digits: String = of.iter().map(|byte| format!("{byte:02x}")).collect();
        if own == Some(of) { format!("{digits} (this desk)") } else { digits }
    };
    let command = match head.kind {
        Kind::Invitation => "agree",
        Kind::Agreement => "request",
        Kind::Request => "answer",
        Kind::Answer | Kind::Countersignature | Kind::Revelation => "open",
        Kind::Result => "countersign",
    };
    let (from, to) = (whose(head.from), whose(head.to));
    let (kind, length, digest) = (head.kind.name(), head.length, hex(&head.digest));
    let words = format!(
        "{kind}, version 1, whole: its bytes fit their digest\nfrom {from}\nto {to}\n{length} bytes, SHA-256 {digest}\nWho wrote it is only known once it is opened, by its recipient: gainsay private {command}"
    );
    let value = json!({ "kind": kind, "version": 1, "from": from, "to": to, "bytes": length, "sha256": digest });
    Ok(Done { words, value })
}

fn inspect_statement(path: &Path) -> Result<Done, desk::Error> {
    let bytes = read_statement(path)?;
    let header = match Header::of(&bytes) {
        Ok(header) if header.kind == Kind::Invitation => header,
        _ => return Err(Error::NotSealed { path: path.to_owned() }.into()),
    };
    let refused = |why: private_match::Refused| Error::NotAStatement { path: path.to_owned(), why: why.to_string() };
    let statement = Statement::verify(header.from, header.to, &bytes).map_err(refused)?;
    let Done { words, value } = of_statement(&statement, &bytes);
    let words = format!(
        "A statement of two parties. By the keys that it names itself:\n{words}\nThat these are the keys of the two, hear from them, and check it with `gainsay private verify`."
    );
    Ok(Done { words, value })
}

#[cfg(test)]
mod tests {
    use private_match::{Answering, Identity, Invitation, Opening, Sample, Seed, Setup, countersign, invite, request};

    use super::*;
    use crate::desk::private::elements::terms_of;

    /// A statement on a sample of three elements of which the owner has two.
    fn stated() -> (Statement, Vec<u8>) {
        let what = What::new(crate::claim::ElementKind::Ids, None).expect("a kind");
        let (holder, owner) = (Identity::new(&[1; 32]), Identity::new(&[2; 32]));
        let (holders, owners) = (Seed::new([3; 32]), Seed::new([4; 32]));
        let sample = Sample::new(vec![vec![b"one", b"two", b"six"]]).expect("a sample");
        let named = terms_of(&what, 1);
        let inputs = (named.inputs.as_str(), named.profile);
        let terms = sample.terms(&holders, Mode::Count, "claim 17", inputs, [5; 32]).expect("terms");
        let mut messages = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        let [invitation, agreement, result, countersignature] = &mut messages;
        invite(&holder, owner.public(), terms, &mut *invitation).expect("memory");
        let invited = Invitation::read(holder.public(), owner.public(), invitation).expect("an invitation");
        let mut setup = Setup::new(&invited, &[], true, &owners, "symbols", 1).expect("terms");
        setup.add(&[b"one", b"two", b"ten"]).expect("elements");
        let agreed = setup.finish(&owner, [6; 32], &mut *agreement).expect("memory");
        let (mut asked, mut answered) = (Vec::new(), Vec::new());
        let session = agreed.session;
        let requested = request(&session, &holder, &holders, &sample, 1, &mut asked).expect("memory");
        let mut answering = Answering::new(&session, &owners, &agreed.set, 1).expect("the set");
        answering.push(&asked).expect("a request");
        let exchanged = answering.finish(&owner, &mut answered).expect("memory");
        let mut opening = Opening::new(&session, &requested, &holders, &sample, 1).expect("the sample");
        opening.push(&answered).expect("an answer");
        opening.finish().expect("an answer").result(&session, &holder, &mut *result).expect("memory");
        countersign(&session, &owner, exchanged, result, &mut *countersignature).expect("a result");
        let bytes = messages.concat();
        (Statement::verify(holder.public(), owner.public(), &bytes).expect("a statement"), bytes)
    }

    #[test]
    fn an_entry_is_held_against_the_statement_in_it() {
        let (statement, bytes) = stated();
        let entry = payload(EntryId([7; 32]), "Marlbeck".to_owned(), true, &statement, &bytes).expect("an entry");
        assert_eq!((entry.matches, entry.count, entry.least, entry.most), (2, 3, 67, 67));
        assert_eq!(check(&entry), Ok(()));
        let altered = [
            PrivatelyMatched { matches: 3, ..entry.clone() },
            PrivatelyMatched { most: 68, ..entry.clone() },
            PrivatelyMatched { labels: Vec::new(), ..entry.clone() },
            PrivatelyMatched { claim: "claim 18".to_owned(), ..entry.clone() },
            PrivatelyMatched { holder: entry.owner, owner: entry.holder, ..entry.clone() },
            PrivatelyMatched { statement: bytes[1..].to_vec().into(), ..entry.clone() },
        ];
        for altered in altered {
            assert!(check(&altered).is_err(), "{altered:?}");
        }
    }

    #[test]
    fn shares_are_rounded_where_all_took_part_and_told_as_an_interval_where_a_part_did() {
        let mut terms = super::super::no_terms();
        terms.elements = 1_200;
        assert_eq!(percent(350, &terms), (29, 29));
        assert_eq!((percent(0, &terms), percent(1_200, &terms)), ((0, 0), (100, 100)));
        terms.sampling = 20;
        assert_eq!(percent(350, &terms), (26, 32));
        assert_eq!(crate::claim::share(percent(350, &terms), 350), "between 26% and 32%");
        assert_eq!(crate::claim::share((0, 0), 1), "less than 1%");
    }
}
