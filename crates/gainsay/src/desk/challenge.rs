//! Challenges: a listing is committed to, files are drawn from it, and what comes is matched. The order of the ledger is the proof: a listing
//! that came with the answer, or after it, was committed to by nobody.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::add::Known;
use super::{Acting, AddOptions, Desk, Error, Keep, MatchOptions, SampleProgress, Shape, vault};
use crate::capture;
use crate::challenge::{Listed, MOST_DRAWN, Received, count_for, draw, judge, seed, share_of_bytes, share_of_files};
use crate::claim::{Challenge, Draw, DrawnBy, EntryId, Outcome, SampleMatch, Tlp, counted, quoted};
use crate::export;
use crate::ledger::payload::{ChallengeAnswered, ChallengeDrawn, ChallengeOpened, Held, SourceCaptured, twins};
use crate::ledger::{Entry, Payload};
use crate::listing::{self, Listing, MOST_ENTRIES, MOST_NAME_BYTES, Reader};
use crate::release::Released;

/// A match lists so many files; an answer has no more.
const MOST_RECEIVED: u64 = 10_000;

/// How many files are drawn, and over what.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// So many; as many as the width takes where nothing is said.
    pub count: Option<u64>,
    /// The wished width of the interval in thousandths.
    pub width: u32,
    /// Confidence of the interval in thousandths.
    pub confidence: u32,
    /// What the draw is even over.
    pub by: DrawnBy,
    /// A value that nobody could choose when the challenge was opened.
    pub public: Option<String>,
}

/// A challenge as it stands after something was done.
#[derive(Clone, Debug)]
pub struct Challenged {
    challenge: Challenge,
}

impl Challenged {
    /// Whether an answer is there in which something is genuine.
    pub fn is_genuine(&self) -> bool {
        self.challenge.draw.as_ref().and_then(|draw| draw.answer.as_ref()).is_some_and(|answer| answer.genuine > 0)
    }

    /// What it is and what to do next, for a terminal or for machines.
    pub fn shown(&self, shape: Shape) -> Released {
        let challenge = &self.challenge;
        match shape {
            Shape::Json => Released::json(
                json!({ "format": "gainsay-challenge/1", "challenge": export::challenge::to_json(challenge) }),
            ),
            Shape::Text(_) | Shape::Screen(_) | Shape::Brief(_) => {
                let mut text = export::challenge::lines(challenge).join("\n") + "\n";
                if let Some(request) = export::challenge::request(challenge) {
                    text += &format!("\n{request}");
                }
                Released::plain(&text)
            }
        }
    }
}

impl Desk {
    /// Opens a challenge on a listing: a source of the case by its handle, or a file, which is kept as one. From here on its digest is on
    /// record, and a nonce of which only the SHA-256 is told.
    ///
    /// # Errors
    /// There is no such case or listing, it cannot be read as one, or it is too long.
    pub fn open_challenge(&mut self, acting: &Acting, case: &str, listing: &str) -> Result<Challenged, Error> {
        let known = self.case(case)?;
        let of_case = known.sources.iter().find(|source| source.handle == listing).map(|source| source.id);
        let id = match of_case {
            Some(id) => id,
            None => {
                // Read as a listing before anything of it is kept.
                let path = Path::new(listing);
                parsed(path, &bytes_of(path)?)?;
                let kept = self.keep_sample(path, &Keep::InDesk)?;
                self.commit_sample(acting, path, &AddOptions::default(), &mut Known::of(known.id), &kept)?.id
            }
        };
        let (entry, source) = self.source_of(known.id, id)?;
        let listed = self.listed(&source)?;
        let files = population(&listed);
        let exact = |size: &Option<(u64, u64)>| size.filter(|(least, most)| least == most).map(|(bytes, _)| bytes);
        let mut nonce = [0; 32];
        getrandom::fill(&mut nonce).map_err(|why| crate::ledger::Error::NoRandomness { why: why.to_string() })?;
        let opened = ChallengeOpened {
            case: known.id,
            listing: id,
            format: listed.format.command().to_owned(),
            files: files.len() as u64,
            bytes: files.iter().map(|(_, size)| exact(size)).try_fold(0_u64, |sum, size| sum.checked_add(size?)),
            nonce: EntryId(nonce).to_string(),
        };
        let tlp = entry.header.tlp.max(known.tlp);
        self.enter(acting, tlp, opened.into())?;
        self.newest_challenge(case)
    }

    /// Draws files of the case's newest challenge. A challenge has one draw: whoever draws until it suits proves nothing.
    ///
    /// # Errors
    /// There is no challenge that waits for a draw, or not so much can be drawn.
    pub fn draw_challenge(&mut self, acting: &Acting, case: &str, drawing: &Drawing) -> Result<Challenged, Error> {
        let refuse = |why: String| Error::Challenge { why };
        let Challenged { challenge } = self.newest_challenge(case)?;
        if let Some(draw) = &challenge.draw {
            return Err(refuse(format!(
                "{} was drawn on {}; open another with `gainsay challenge open {} LISTING`",
                challenge.handle,
                draw.at.strftime("%Y-%m-%d"),
                quoted(case)
            )));
        }
        let case_id = self.case_id(case)?;
        let opened = self.opened(case_id, challenge.id)?;
        let (_, source) = self.source_of(case_id, opened.listing)?;
        let listed = self.listed(&source)?;
        let files = population(&listed);
        if drawing.by == DrawnBy::Bytes && opened.bytes.unwrap_or(0) == 0 {
            return Err(refuse("the listing has files without an exact size; draw --by files".to_owned()));
        }
        // Of bytes there are more than anybody draws: the width is that of very many files.
        let all = if drawing.by == DrawnBy::Bytes { u64::from(u32::MAX) } else { opened.files };
        let count = match drawing.count {
            Some(count) => Some(count),
            None => count_for(drawing.width, all, drawing.confidence),
        };
        let count = count.filter(|count| (1..=MOST_DRAWN).contains(count)).ok_or_else(|| {
            refuse(format!(
                "that takes more than {MOST_DRAWN} files, or none; wish for a wider interval, or give --count"
            ))
        })?;
        let public = drawing.public.as_deref().map(str::trim).filter(|value| !value.is_empty());
        let seed = seed(&opened.nonce, public.unwrap_or_default(), &EntryId(source.digest).to_string());
        let drawn = ChallengeDrawn {
            case: case_id,
            challenge: challenge.id,
            listing: opened.listing,
            public: public.map(str::to_owned),
            files: twins(&draw(&seed, drawing.by, count, &files)),
            seed,
            by: drawing.by,
            confidence: drawing.confidence,
        };
        let (handle, tlp) = (challenge.handle, challenge.tlp);
        self.database.commit(&self.key, acting.now, |commit| {
            // Two who draw at once: the first draw holds.
            let entries = commit.reader().of_case(case_id)?;
            let is_drawn =
                |entry: &Entry| matches!(&entry.payload, Some(Payload::Draw(it)) if it.challenge == challenge.id);
            if entries.iter().any(is_drawn) {
                return Err(Error::Challenge { why: format!("{handle} was drawn by somebody else meanwhile") });
            }
            Ok(commit.push(&acting.entry(tlp, drawn))?)
        })?;
        self.newest_challenge(case)
    }

    /// Holds what came against the corpora, and says what follows for all that is listed.
    ///
    /// # Errors
    /// Nothing was drawn, what came was on the desk before that, or it cannot be matched.
    pub fn answer_challenge(
        &mut self,
        acting: &Acting,
        case: &str,
        paths: &[PathBuf],
        options: MatchOptions<'_>,
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<Challenged, Error> {
        let refuse = |why: String| Error::Challenge { why };
        let Challenged { challenge } = self.newest_challenge(case)?;
        let Some(draw) = &challenge.draw else {
            let why = format!("nothing was drawn; `gainsay challenge draw {}` does", quoted(case));
            return Err(refuse(why));
        };
        let case_id = self.case_id(case)?;
        let before = self.database.reader().of_case(case_id)?;
        let drawn_at = before.iter().find(|entry| entry.id == draw.id).map_or(u64::MAX, |entry| entry.header.seq);
        for path in paths {
            let digest = self.keep_sample(path, &Keep::Outside)?.digest;
            let source =
                |entry: &&Entry| entry.payload.as_ref().and_then(Payload::source).is_some_and(|it| it.digest == digest);
            if before.iter().filter(|entry| entry.header.seq < drawn_at).any(|entry| source(&entry)) {
                return Err(refuse(format!(
                    "{} was on this desk before the files were drawn: it is no answer",
                    path.display()
                )));
            }
        }
        let mut by_owner: Vec<(String, Vec<Received>)> = Vec::new();
        let mut matches = Vec::new();
        for path in paths {
            let options = MatchOptions { case: Some(case), ..options };
            let report = self.match_sample(acting, path, options, progress)?;
            for result in &report.results {
                if result.files > MOST_RECEIVED {
                    return Err(refuse(format!(
                        "{} has {} files; give those that were asked for, at most {MOST_RECEIVED}",
                        path.display(),
                        result.files
                    )));
                }
                let received = received(result);
                match by_owner.iter_mut().find(|(owner, _)| *owner == result.owner) {
                    Some((_, all)) => all.extend(received),
                    None => by_owner.push((result.owner.clone(), received)),
                }
            }
            matches.extend(report.entries);
        }
        let judged = by_owner.into_iter().map(|(owner, received)| {
            let outcomes = judge(&draw.files, &received);
            (genuine(draw, &outcomes), owner, outcomes, received)
        });
        // Of several companies' corpora those count of which most is there.
        let Some((genuine, owner, outcomes, received)) =
            judged.reduce(|best, next| if next.0 > best.0 { next } else { best })
        else {
            return Err(Error::NoCorpus);
        };
        let drawn = draw.drawn();
        let interval = match draw.by {
            DrawnBy::Files => share_of_files(genuine, drawn, challenge.files, draw.confidence),
            DrawnBy::Bytes => share_of_bytes(genuine, drawn, draw.confidence),
        };
        let entries = self.database.reader().of_case(case_id)?;
        let of_matches = entries.iter().filter(|entry| matches.contains(&entry.id));
        let samples = of_matches.clone().filter_map(|entry| match &entry.payload {
            Some(Payload::Match(matched)) => Some(matched.sample),
            _ => None,
        });
        let mut sources = vec![self.opened(case_id, challenge.id)?.listing];
        sources.extend(samples);
        sources.dedup();
        let tlp = of_matches.map(|entry| entry.header.tlp).fold(challenge.tlp, Tlp::max);
        let given = paths.iter().map(|path| {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            quoted(&path.to_string_lossy())
        });
        let answered = ChallengeAnswered {
            case: case_id,
            challenge: challenge.id,
            draw: draw.id,
            sources,
            matches,
            owner,
            outcomes: outcomes
                .into_iter()
                .map(|(outcome, number)| {
                    let path = number.and_then(|number| received.get(number)).map(|file| file.path.clone());
                    (outcome.word().to_owned(), path)
                })
                .collect(),
            genuine,
            interval,
            command: format!("gainsay challenge answer {} {}", quoted(case), given.collect::<Vec<_>>().join(" ")),
        };
        self.enter(acting, tlp, answered.into())?;
        self.newest_challenge(case)
    }

    fn enter(&mut self, acting: &Acting, tlp: Tlp, payload: Payload) -> Result<EntryId, Error> {
        self.database.commit(&self.key, acting.now, |commit| Ok::<_, Error>(commit.push(&acting.entry(tlp, payload))?))
    }

    fn newest_challenge(&mut self, case: &str) -> Result<Challenged, Error> {
        let why =
            || format!("case {case:?} has no challenge; `gainsay challenge open {} LISTING` opens one", quoted(case));
        let challenge = self.case(case)?.challenges.pop().ok_or_else(|| Error::Challenge { why: why() })?;
        Ok(Challenged { challenge })
    }

    fn opened(&self, case: EntryId, id: EntryId) -> Result<ChallengeOpened, Error> {
        let entries = self.database.reader().of_case(case)?;
        let opened = entries.into_iter().find(|entry| entry.id == id).and_then(|entry| entry.payload);
        match opened {
            Some(Payload::Challenge(opened)) => Ok(opened),
            _ => Err(Error::Challenge { why: "the challenge was destroyed".to_owned() }),
        }
    }

    fn source_of(&self, case: EntryId, id: EntryId) -> Result<(Entry, SourceCaptured), Error> {
        let entries = self.database.reader().of_case(case)?;
        let entry = entries.into_iter().find(|entry| entry.id == id);
        let source = entry.as_ref().and_then(|entry| entry.payload.as_ref()).and_then(Payload::source).cloned();
        entry.zip(source).ok_or_else(|| Error::Challenge { why: "the listing was destroyed".to_owned() })
    }

    /// The listing that a source is, from the very bytes that its entry names.
    fn listed(&self, source: &SourceCaptured) -> Result<Listing, Error> {
        let name = Path::new(&source.whence);
        let bytes = match &source.held {
            Held::Desk => self.blobs.get(&source.digest)?,
            Held::Outside(path) => {
                let path = Path::new(path);
                if vault::digest_file(path)?.0 != source.digest {
                    return Err(Error::ChangedMeanwhile { path: path.to_owned() });
                }
                bytes_of(path)?
            }
            Held::Sealed(..) => {
                let why = "the listing is sealed to a key that is not in the desk; add it without --seal".to_owned();
                return Err(Error::Challenge { why });
            }
        };
        parsed(name, &bytes)
    }
}

/// The bytes of a file that is to be a listing, as far as one may be long.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = capture::open(path)?.take(MOST_NAME_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|why| Error::File { action: "read", path: path.to_owned(), why })?;
    Ok(bytes)
}

fn parsed(path: &Path, bytes: &[u8]) -> Result<Listing, Error> {
    let mut reader = Reader::of_listing();
    reader.push(bytes);
    let listed = reader.finish().filter(|listed| !population(listed).is_empty());
    let listed = listed.ok_or_else(|| Error::NotAListing { path: path.to_owned() })?;
    // Of a longer one a part is held that whoever wrote it can foresee.
    if listed.listed > MOST_ENTRIES as u64 || bytes.len() > MOST_NAME_BYTES {
        return Err(Error::Challenge {
            why: format!("{} is too long: at most {MOST_ENTRIES} files in {MOST_NAME_BYTES} bytes", path.display()),
        });
    }
    Ok(listed)
}

/// The files of a listing in the order of their paths, each path once.
fn population(listed: &Listing) -> Vec<Listed<'_>> {
    let files = listed.entries.iter().filter(|entry: &&listing::Entry| !entry.is_folder);
    let mut files: Vec<_> = files.map(|entry| (entry.path.as_slice(), entry.bytes)).collect();
    files.sort();
    files.dedup_by_key(|(path, _)| *path);
    files
}

fn received(result: &SampleMatch) -> Vec<Received> {
    let ours = crate::matching::Verdict::Ours.words();
    let file = |row: &crate::claim::FileMatch| Received {
        path: row.path.clone(),
        bytes: row.bytes,
        ours: (row.verdict == ours).then(|| {
            let place = row.best.as_ref().map(|best| format!("{}\0{}\0{}", best.corpus, best.source, best.path));
            place.unwrap_or_else(|| row.path.clone())
        }),
    };
    result.rows.iter().map(file).collect()
}

fn genuine(draw: &Draw, outcomes: &[(Outcome, Option<usize>)]) -> u64 {
    let genuine = outcomes.iter().zip(&draw.files).filter(|((outcome, _), _)| *outcome == Outcome::Genuine);
    genuine.map(|(_, file)| file.times).sum()
}

/// What an entry says of a challenge, for the log.
pub(super) fn what(payload: &Payload) -> Option<String> {
    Some(match payload {
        Payload::Challenge(opened) => format!("opened a challenge on a listing of {} files", opened.files),
        Payload::Draw(drawn) => format!("drew {} of a listing", counted(drawn.files.len(), "file")),
        Payload::Answer(answered) => format!("held an answer against a challenge: {} genuine", answered.genuine),
        _ => return None,
    })
}
