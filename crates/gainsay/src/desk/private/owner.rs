//! The side that a sample is held against: agrees, answers, countersigns, learns what is revealed.

use std::path::Path;

use private_match::{Answering, Invitation, Kind, Outcome, Revealing, Setup, countersign};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::corpus::{Held, Origin, own};
use super::elements::What;
use super::folder::{AGREEMENT, About, COUNTERSIGNATURE, EXCHANGED, Folder, INVITATION, MANIFEST, RESULT, SET};
use super::holder::{Looking, agreed, told, write_all};
use super::keys::{Keys, Party};
use super::sealed::{Opened, Sealing};
use super::{Consent, Done, Error, hex, record, threads, words};
use crate::claim::counted;
use crate::desk::{self, Acting, Desk};

/// What an owner agrees to, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Agreeing<'a> {
    /// The other party's key.
    pub from: &'a str,
    /// The corpora that take part; all of the owner's own where none is named.
    pub corpora: &'a [String],
    /// Lists that take part, each `LABEL=FILE`.
    pub sets: &'a [String],
    /// Whether a sample of fewer than 1000 elements is agreed to.
    pub few: bool,
    /// The domain that the other party has shown to be theirs.
    pub domain_proven: Option<&'a str>,
}

impl Desk {
    /// Writes the agreement to an invitation: a fresh key, and a commitment to what the owner holds.
    ///
    /// # Errors
    /// The invitation does not hold, is not from that party, was answered before or may not be, or it was not agreed to.
    pub fn private_agree(
        &self,
        invitation: &Path,
        agreeing: Agreeing<'_>,
        output: &Path,
        progress: &mut dyn FnMut(u64),
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let from: Party = agreeing.from.parse()?;
        let message = Opened::open(&keys, invitation, &[Kind::Invitation])?.whole()?;
        let invitation = Invitation::read(from.signs, keys.identity.public(), &message).map_err(Error::from)?;
        let what = What::of(&invitation.terms)?;
        if let Some(domain) = &what.domain
            && agreeing.domain_proven.map(str::to_lowercase).as_ref() != Some(domain)
        {
            return Err(Error::NotProven { domain: domain.clone() }.into());
        }
        let mut sealing = Sealing::begin(&keys, &from, Kind::Agreement, output)?;
        let mut earlier = Vec::new();
        for folder in Folder::all(self)? {
            if !folder.about.holds && folder.other()?.signs == from.signs {
                earlier.push(folder.invitation(keys.identity.public())?.terms);
            }
        }
        let held = Held::of(self, &what)?;
        let origins = origins(&held, &what, agreeing)?;
        let mut manifest = format!("What was held against a sample by the invitation {}.\n", hex(&invitation.digest));
        let first = origins.first().map(|origin| origin.label(held.corpora())).unwrap_or_default();
        let mut setup =
            Setup::new(&invitation, &earlier, agreeing.few, &keys.seed, &first, threads()).map_err(Error::from)?;
        let mut done = 0;
        for (place, origin) in origins.iter().enumerate() {
            if place > 0 {
                setup.label(&origin.label(held.corpora()));
            }
            let before = done;
            held.each(origin, &mut |elements| {
                done += elements.len() as u64;
                progress(done);
                Ok(setup.add(elements).map_err(Error::from)?)
            })?;
            manifest += &held.manifest(origin, done - before)?;
        }
        let mut answer = Vec::new();
        let digest = Sha256::digest(manifest.as_bytes()).into();
        let made = setup.finish(&keys.identity, digest, &mut answer).map_err(Error::from)?;
        agreed(consent, &words::agree(&made.session, &what, &from.digits(), held.left_out()))?;
        let about = About {
            holds: false,
            other: from.to_string(),
            session: Some(hex(&made.session.id)),
            groups: Vec::new(),
            origins: origins.iter().map(Origin::to_text).collect(),
        };
        let folder = Folder::create(self, &invitation.digest, about)?;
        let kept =
            [(INVITATION, &message[..]), (AGREEMENT, &answer), (SET, &made.set), (MANIFEST, manifest.as_bytes())];
        let kept = kept.into_iter().try_for_each(|(name, bytes)| folder.put(name, bytes));
        let kept = kept.and_then(|()| write_all(&mut sealing, output, &answer)).and_then(|()| sealing.finish());
        // What is noted uses the invitation up, so it comes last. A run that is cut short before leaves a file whose session this desk
        // does not know: a request that follows it is refused, and the invitation can be agreed to again.
        if let Err(error) = kept.and_then(|()| folder.note()) {
            folder.remove();
            return Err(error);
        }
        let labels = made.session.agreement.labels.iter();
        let value = json!({
            "wrote": output.to_string_lossy(),
            "session": hex(&made.session.id),
            "labels": labels.map(|label| json!({ "name": label.name, "at_most": label.count })).collect::<Vec<_>>(),
        });
        let words = words::next(output, "other party", "request FILE -o request.gainsay");
        Ok(Done { words, value })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The request does not hold, another of the session was answered before, or it was not agreed to.
    pub fn private_answer(
        &self,
        request: &Path,
        output: &Path,
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let opened = Opened::open(&keys, request, &[Kind::Request])?;
        let folder = owners(self, &opened.header.session)?;
        let session = folder.session(keys.identity.public())?;
        let set = folder.needed(SET)?;
        let mut sealing = Sealing::begin(&keys, &folder.other()?, Kind::Answer, output)?;
        let mut answering = Answering::new(&session, &keys.seed, &set, threads()).map_err(Error::from)?;
        opened.each(&mut |bytes| answering.push(bytes))?;
        agreed(consent, &words::answer(&session))?;
        let exchanged = answering.finish(&keys.identity, &mut sealing).map_err(Error::from)?;
        let exchanged = exchanged.as_flattened();
        // The key is for one request: answers to two would be a session more than was agreed.
        if folder.get(EXCHANGED)?.is_some_and(|before| before != exchanged) {
            return Err(Error::Another { what: "request" }.into());
        }
        folder.put(EXCHANGED, exchanged)?;
        sealing.finish()?;
        let words = words::next(output, "other party", "open FILE -o result.gainsay");
        Ok(Done { words, value: json!({ "wrote": output.to_string_lossy(), "session": hex(&session.id) }) })
    }

    /// Countersigns a result: says what it counts, and writes that it is of the files that were exchanged.
    ///
    /// # Errors
    /// The result does not hold or is of other files, another was countersigned before, or it was not agreed to.
    pub fn private_countersign(
        &mut self,
        acting: &Acting,
        result: &Path,
        output: &Path,
        keeping: &super::Keeping<'_>,
        consent: &mut Consent<'_>,
    ) -> Result<Done, desk::Error> {
        let keys = Keys::of(self)?;
        let opened = Opened::open(&keys, result, &[Kind::Result])?;
        let folder = owners(self, &opened.header.session)?;
        let session = folder.session(keys.identity.public())?;
        let exchanged = exchanged(&folder)?;
        let message = opened.whole()?;
        if folder.get(RESULT)?.is_some_and(|before| before != message) {
            return Err(Error::Another { what: "result" }.into());
        }
        let mut sealing = Sealing::begin(&keys, &folder.other()?, Kind::Countersignature, output)?;
        let mut signed = Vec::new();
        let outcome = countersign(&session, &keys.identity, exchanged, &message, &mut signed).map_err(Error::from)?;
        let said = words::counts(&session, &outcome.counts, &[]);
        agreed(consent, &format!("{said}\n\n{}", words::countersign(&session)))?;
        folder.put(RESULT, &message)?;
        folder.put(COUNTERSIGNATURE, &signed)?;
        let statement = record::statement(&folder, &signed)?;
        // What can't be kept is found out before the file is given away.
        let kept = self.keep_statement(acting, &folder, &keys, statement, keeping)?;
        write_all(&mut sealing, output, &signed)?;
        sealing.finish()?;
        let then = words::next(output, "other party", "open FILE --case CASE --company COMPANY");
        let mut value = kept.value;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("wrote".to_owned(), output.to_string_lossy().into());
        }
        Ok(Done { words: format!("{}\n\n{then}", kept.words), value })
    }

    /// Opens a revelation: which of the owner's elements the sample has.
    pub(super) fn open_revelation(
        &self,
        keys: &Keys,
        opened: Opened,
        looking: &Looking<'_>,
    ) -> Result<Done, desk::Error> {
        let folder = owners(self, &opened.header.session)?;
        let session = folder.session(keys.identity.public())?;
        let [_, answer] = exchanged(&folder)?;
        let outcome = Outcome::read(&session, answer, &folder.needed(RESULT)?).map_err(Error::from)?;
        let mut revealing = Revealing::new(&session, &outcome).map_err(Error::from)?;
        opened.each(&mut |bytes| revealing.push(bytes))?;
        let revealed = revealing.finish(&keys.seed, threads()).map_err(Error::from)?;
        let what = What::of(&session.invitation.terms)?;
        let held = Held::of(self, &what)?;
        let (mut words, mut value, mut all) = (String::new(), Vec::new(), Vec::new());
        for origin in folder.about.origins.iter().filter_map(|text| Origin::from_text(text)) {
            let (found, places) =
                held.places_of(&origin, &mut |elements| Ok(revealed.find(elements).map_err(Error::from)?))?;
            let label = origin.label(held.corpora());
            words += &format!("{label}: {} revealed\n", counted(found, "element"));
            all.extend(places.iter().map(|(place, count)| match what.is_listed() {
                true => format!("{label}: {place}"),
                false => format!("{label}: {place}: {}", counted(*count, "element")),
            }));
            value.push(json!({ "label": label, "elements": found, "places": places.len() }));
        }
        words += &told(&what, &all, looking.found)?;
        let words = format!(
            "{words}\nEach of them was in the sample that the other party committed to before you answered. What it held that you no longer hold is not named."
        );
        Ok(Done { words, value: json!({ "session": hex(&session.id), "revealed": value, "found": all }) })
    }
}

/// The session of a message to the owner.
fn owners(desk: &Desk, session: &[u8; 32]) -> Result<Folder, desk::Error> {
    let folder = Folder::of_session(desk, session)?;
    if folder.about.holds { Err(Error::OtherSide { whose: "owner of the corpus" }.into()) } else { Ok(folder) }
}

fn exchanged(folder: &Folder) -> Result<[[u8; 32]; 2], desk::Error> {
    match folder.needed(EXCHANGED)?.as_chunks().0 {
        [request, answer] => Ok([*request, *answer]),
        _ => Err(Error::TooEarly { missing: EXCHANGED }.into()),
    }
}

/// Where the owner's elements come from.
fn origins(held: &Held<'_>, what: &What, agreeing: Agreeing<'_>) -> Result<Vec<Origin>, desk::Error> {
    if !what.is_listed() {
        if !agreeing.sets.is_empty() {
            return Err(Error::Sources("the invitation compares files: they come from corpora, not from lists").into());
        }
        return own(held.corpora(), agreeing.corpora);
    }
    if agreeing.sets.is_empty() || !agreeing.corpora.is_empty() {
        let why = "the invitation compares lists: give yours with --set LABEL=FILE, and no corpus";
        return Err(Error::Sources(why).into());
    }
    let list = |given: &String| {
        let (label, path) = given.split_once('=').filter(|(label, path)| !label.is_empty() && !path.is_empty())?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        Some(Origin::List { label: label.to_owned(), path })
    };
    let each = agreeing.sets.iter().map(|given| list(given).ok_or_else(|| Error::NotASet { given: given.clone() }));
    Ok(each.collect::<Result<_, _>>()?)
}
