//! The side that holds the sample: invites, asks, opens the answer, reveals.

use std::collections::HashSet;
use std::path::Path;

use private_match::{Invitation, Kind, Mode, Opening, Refused, Requested, Sample, Session, invite, request, reveal};
use serde_json::json;

use super::elements::{Elements, Group, What, terms_of};
use super::folder::{AGREEMENT, About, COUNTERSIGNATURE, ELEMENTS, Folder, INVITATION, REQUEST, RESULT};
use super::keys::{Keys, Party};
use super::sealed::{self, Opened, Sealing};
use super::{Consent, Done, Error, hex, record, threads, words};
use crate::claim::{ElementKind, counted, on_one_line};
use crate::desk::{self, Acting, Desk, SampleProgress};

/// What is proposed, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Inviting<'a> {
    /// A file, a folder or an archive; or a list of lines, ids or accounts.
    pub sample: &'a Path,
    /// The other party's key.
    pub to: &'a str,
    /// What is to be settled, in words.
    pub claim: &'a str,
    /// What is compared.
    pub kind: ElementKind,
    /// The domain of accounts.
    pub domain: Option<&'a str>,
    /// Whether the holder is to learn which elements match.
    pub which: bool,
    /// Of all elements one in so many takes part.
    pub sampling: u32,
    /// Whether matches are counted for each file.
    pub by_file: bool,
    /// How many sessions there may be for the claim; those of the first, or one, where nothing is said.
    pub sessions: Option<u8>,
    /// What locked archives are tried with.
    pub passwords: &'a [String],
    /// Whether foreign files are opened even where the kernel cannot lock the worker down.
    pub unjailed: bool,
}

/// Where it is said what matches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looking<'a> {
    /// The holder's sample.
    pub look_in: Option<&'a Path>,
    /// A file of one's own, instead of the screen.
    pub found: Option<&'a Path>,
}

impl Desk {
    /// Writes an invitation: the terms, and a commitment to the sample.
    ///
    /// # Errors
    /// The sample holds nothing to compare, the key is none, or it was not agreed to.
    pub fn private_invite(
        &self,
        inviting: Inviting<'_>,
        output: &Path,
        progress: &mut dyn FnMut(SampleProgress),
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let to: Party = inviting.to.parse()?;
        if to.signs == keys.identity.public() {
            return Err(Error::OwnKey.into());
        }
        let what = What::new(inviting.kind, inviting.domain)?;
        let mut sealing = Sealing::begin(&keys, &to, Kind::Invitation, output)?;
        let opening = (inviting.passwords, inviting.unjailed);
        let mut elements = Elements::read(&what, inviting.sample, inviting.by_file, opening, progress)?;
        elements.sample(&terms_of(&what, inviting.sampling));
        let mode = if inviting.which { Mode::Which } else { Mode::Count };
        let kind = (what.words(), what.profile());
        let sample = sample(&elements)?;
        let nonce = super::random()?;
        let mut terms =
            sample.terms(&keys.seed, mode, inviting.claim, (&kind.0, kind.1), nonce).map_err(Error::from)?;
        drop(sample);
        let earlier = self.agreed_with(&keys, &to, inviting.claim)?;
        if earlier.iter().any(|before| before.terms.sample != terms.sample) {
            return Err(Error::Refused(Refused::DifferingSample).into());
        }
        let of_first = earlier.first().map(|first| first.terms.sessions);
        terms.sampling = inviting.sampling;
        terms.sessions = of_first.or(inviting.sessions).unwrap_or(1);
        terms.session = u8::try_from(earlier.len() + 1).unwrap_or(u8::MAX);
        let mut message = Vec::new();
        let invitation = invite(&keys.identity, to.signs, terms, &mut message).map_err(Error::from)?;
        let terms = &invitation.terms;
        agreed(consent, &words::invite(terms, &what, &to.digits()))?;
        let groups = elements.groups.iter().map(|group| group.name.clone()).collect();
        let about = About { holds: true, other: to.to_string(), session: None, groups, origins: Vec::new() };
        let folder = Folder::create(self, &invitation.digest, about)?;
        let kept = folder.put(ELEMENTS, &elements.to_bytes());
        let kept = kept.and_then(|()| folder.put(INVITATION, &message)).and_then(|()| folder.note());
        if let Err(error) =
            kept.and_then(|()| write_all(&mut sealing, output, &message)).and_then(|()| sealing.finish())
        {
            folder.remove();
            return Err(error);
        }
        let value = json!({
            "wrote": output.to_string_lossy(),
            "claim": terms.claim,
            "elements": terms.elements,
            "of": inviting.kind.word(),
            "mode": if inviting.which { "which" } else { "count" },
            "session": terms.session,
        });
        let words = words::next(output, "other party", "agree FILE --from YOUR-KEY -o agreement.gainsay");
        Ok(Done { words, value })
    }

    /// The invitations of a claim that the other party agreed to, in their order.
    fn agreed_with(&self, keys: &Keys, to: &Party, claim: &str) -> Result<Vec<Invitation>, desk::Error> {
        let mut earlier = Vec::new();
        for folder in Folder::all(self)? {
            if folder.about.holds && folder.about.session.is_some() && folder.other()?.signs == to.signs {
                earlier.push(folder.invitation(keys.identity.public())?);
            }
        }
        earlier.retain(|invitation| invitation.terms.claim == claim);
        earlier.sort_by_key(|invitation| invitation.terms.session);
        Ok(earlier)
    }

    /// Writes the request that an agreement lets the holder make.
    ///
    /// # Errors
    /// The agreement does not hold or follows no invitation of this desk, another was taken before, or it was not agreed to.
    pub fn private_request(
        &self,
        agreement: &Path,
        output: &Path,
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let opened = Opened::open(&keys, agreement, &[Kind::Agreement])?;
        let mut folder = Folder::of_invitation(self, &opened.header.previous)?;
        if !folder.about.holds {
            return Err(Error::OtherSide { whose: "holder of the sample" }.into());
        }
        let message = opened.whole()?;
        let session = Session::read(&folder.invitation(keys.identity.public())?, &message).map_err(Error::from)?;
        if folder.get(AGREEMENT)?.is_some_and(|before| before != message) {
            return Err(Error::Another { what: "agreement" }.into());
        }
        let mut sealing = Sealing::begin(&keys, &folder.other()?, Kind::Request, output)?;
        agreed(consent, &words::request(&session))?;
        folder.put(AGREEMENT, &message)?;
        folder.about.session = Some(hex(&session.id));
        folder.note()?;
        let elements = kept_elements(&folder)?;
        let requested = request(&session, &keys.identity, &keys.seed, &sample(&elements)?, threads(), &mut sealing)
            .map_err(Error::from)?;
        folder.put(REQUEST, &[&requested.digest[..], requested.sums.as_flattened()].concat())?;
        sealing.finish()?;
        let words = words::next(output, "other party", "answer FILE -o answer.gainsay");
        Ok(Done { words, value: json!({ "wrote": output.to_string_lossy(), "session": hex(&session.id) }) })
    }

    /// Opens an answer: says what it counts, and writes the result, which tells the other party. Where the terms let the holder learn which
    /// elements match, it is said where they are.
    ///
    /// # Errors
    /// The answer does not hold or was altered, or it was not agreed to.
    pub(super) fn open_answer(
        &self,
        keys: &Keys,
        answer: Opened,
        output: Option<&Path>,
        looking: &Looking<'_>,
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let folder = Folder::of_session(self, &answer.header.session)?;
        let output = output.ok_or(Error::Sources("an answer is opened to a result: name its file with -o"))?;
        let session = folder.session(keys.identity.public())?;
        let mut sealing = Sealing::begin(keys, &folder.other()?, Kind::Result, output)?;
        let (elements, requested) = (kept_elements(&folder)?, requested(&folder)?);
        let mut opening =
            Opening::new(&session, &requested, &keys.seed, &sample(&elements)?, threads()).map_err(Error::from)?;
        answer.each(&mut |bytes| opening.push(bytes))?;
        let opened = opening.finish().map_err(Error::from)?;
        let mut message = Vec::new();
        let outcome = opened.result(&session, &keys.identity, &mut message).map_err(Error::from)?;
        let mut said = words::counts(&session, &outcome.counts, &folder.about.groups);
        if let Some(path) = looking.look_in {
            let matches: HashSet<&[u8]> = opened.matches.iter().map(|found| found.item).collect();
            let what = What::of(&session.invitation.terms)?;
            said += &format!("\n{}", told(&what, &places(&what, path, &matches)?, looking.found)?);
        }
        agreed(consent, &format!("{said}\n\n{}", words::result(&session, &outcome.counts)))?;
        folder.put(RESULT, &message)?;
        write_all(&mut sealing, output, &message)?;
        sealing.finish()?;
        let then = words::next(output, "other party", "countersign FILE -o countersigned.gainsay");
        let mut value = record::counts_value(&session, &outcome.counts, &folder.about.groups);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("wrote".to_owned(), output.to_string_lossy().into());
        }
        Ok(Done { words: format!("{said}\n\n{then}"), value })
    }

    /// Takes the countersignature: with it the result is a statement of both.
    pub(super) fn open_countersignature(
        &mut self,
        acting: &Acting,
        keys: &Keys,
        opened: Opened,
        keeping: &super::Keeping<'_>,
    ) -> Result<Done, desk::Error> {
        let folder = Folder::of_session(self, &opened.header.session)?;
        let message = opened.whole()?;
        let statement = record::statement(&folder, &message)?;
        let own = keys.identity.public();
        private_match::Statement::verify(own, folder.other()?.signs, &statement).map_err(Error::from)?;
        folder.put(COUNTERSIGNATURE, &message)?;
        self.keep_statement(acting, &folder, keys, statement, keeping)
    }

    /// Writes the revelation: which elements match, to the other party.
    ///
    /// # Errors
    /// The session only counts, the answer does not hold, or it was not agreed to.
    pub fn private_reveal(&self, answer: &Path, output: &Path, consent: &mut Consent<'_>) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let opened = Opened::open(&keys, answer, &[Kind::Answer])?;
        let folder = Folder::of_session(self, &opened.header.session)?;
        let session = folder.session(keys.identity.public())?;
        if session.invitation.terms.mode != Mode::Which {
            return Err(Error::Refused(Refused::NothingToReveal).into());
        }
        let result = folder.needed(RESULT)?;
        let mut sealing = Sealing::begin(&keys, &folder.other()?, Kind::Revelation, output)?;
        let (elements, requested) = (kept_elements(&folder)?, requested(&folder)?);
        let sample = sample(&elements)?;
        let mut opening = Opening::new(&session, &requested, &keys.seed, &sample, threads()).map_err(Error::from)?;
        opened.each(&mut |bytes| opening.push(bytes))?;
        let opened = opening.finish().map_err(Error::from)?;
        let outcome = private_match::Outcome::read(&session, opened.exchanged[1], &result).map_err(Error::from)?;
        agreed(consent, &words::reveal(opened.matches.len()))?;
        reveal(&session, &keys.identity, &keys.seed, &sample, (&opened, &outcome), &mut sealing)
            .map_err(Error::from)?;
        sealing.finish()?;
        let words = words::next(output, "other party", "open FILE");
        let value = json!({ "wrote": output.to_string_lossy(), "revealed": opened.matches.len() });
        Ok(Done { words, value })
    }
}

/// # Errors
/// Whoever was asked said no.
pub(super) fn agreed(consent: &mut Consent<'_>, words: &str) -> Result<(), Error> {
    if consent(words) { Ok(()) } else { Err(Error::NotAgreed) }
}

pub(super) fn write_all(sealing: &mut Sealing, path: &Path, bytes: &[u8]) -> Result<(), desk::Error> {
    use std::io::Write;
    sealing.write_all(bytes).map_err(|why| desk::Error::File { action: "write", path: path.to_owned(), why })
}

fn sample(elements: &Elements) -> Result<Sample<'_>, Error> {
    Ok(Sample::new(elements.groups.iter().map(|group| group.iter().collect()).collect())?)
}

fn kept_elements(folder: &Folder) -> Result<Elements, desk::Error> {
    let elements = Elements::from_bytes(&folder.needed(ELEMENTS)?);
    Ok(elements.ok_or(Error::TooEarly { missing: ELEMENTS })?)
}

fn requested(folder: &Folder) -> Result<Requested, desk::Error> {
    let kept = folder.needed(REQUEST)?;
    let (digest, sums) = kept.split_first_chunk().ok_or(Error::TooEarly { missing: REQUEST })?;
    Ok(Requested { digest: *digest, sums: sums.as_chunks().0.to_vec() })
}

/// Where in a sample the elements are that were found: the lines of a list, or the files with how many each has.
fn places(what: &What, path: &Path, found: &HashSet<&[u8]>) -> Result<Vec<String>, desk::Error> {
    let mut places = Vec::new();
    if what.is_listed() {
        what.each_line(path, &mut |line, element| {
            if found.contains(&element[..]) {
                places.push(what.shown(line));
            }
            Ok(())
        })?;
    } else {
        let elements = Elements::read(what, path, true, (&[], false), &mut |_| {})?;
        let count = |group: &Group| group.iter().filter(|element| found.contains(element)).count();
        let mut files: Vec<(usize, &String)> =
            elements.groups.iter().map(|group| (count(group), &group.name)).collect();
        files.retain(|(count, _)| *count > 0);
        files.sort_by(|a, b| b.cmp(a));
        places.extend(files.iter().map(|(count, name)| format!("{name}: {}", counted(*count, "element"))));
    }
    Ok(places)
}

/// Says where elements are: in a file where one is named, else on the screen, to which no accounts are written.
pub(super) fn told(what: &What, places: &[String], found: Option<&Path>) -> Result<String, desk::Error> {
    const TOLD: usize = 1_000;
    let places: Vec<String> = places.iter().map(|place| on_one_line(place)).collect();
    if let Some(path) = found {
        sealed::write(path, (places.join("\n") + "\n").as_bytes())?;
        return Ok(format!("Wrote where they are to {}, a line for each.", on_one_line(&path.to_string_lossy())));
    }
    if what.domain.is_some() {
        return Ok("Whose they are is not for a screen: name a file for them with --found.".to_owned());
    }
    let more = places.len().saturating_sub(TOLD);
    let more =
        if more > 0 { format!("\n  … and {more} more: --found FILE writes all of them") } else { String::new() };
    let shown: String = places.iter().take(TOLD).map(|place| format!("\n  {place}")).collect();
    Ok(format!("Found:{shown}{more}"))
}
