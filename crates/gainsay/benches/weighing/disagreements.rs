//! Disagreements that the program reports, held against those that somebody read in the same stories.
//!
//! `disagreements/*.json` has, for each case, the SHA-256 of its texts and the disagreements that they have: which kinds one may be
//! reported as, and for each of its sides the places that say it. A report finds one where one of its places overlaps a place of the one
//! side, and its other place one of the other. `optional` ones are doubtful and count neither way. `held_out` says that no rule was written
//! with an eye on the texts. The texts belong to their publishers
//! and are not here: TEXTS names folders that have them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::annotation::by_digest;
use crate::common::files::files_below;
use crate::common::program::Desk;
use crate::common::table::Table;
use crate::common::{Result, is_set, paths, root, say, target};
use crate::interval::share;

/// The case whose disagreements the rules were written for. All others were annotated before the rules were run on them.
const KNOWN: &str = "seeds";

/// A place: the number of its text, and the span in it.
type Place = (usize, u64, u64);

/// A disagreement that somebody read.
struct Read {
    kinds: Vec<String>,
    about: String,
    sides: [Vec<Place>; 2],
    is_optional: bool,
}

/// What was found of the disagreements of some cases, and what was reported.
#[derive(Default)]
struct Counts {
    cases: usize,
    read: usize,
    found: usize,
    reported: usize,
    right: usize,
}

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let texts = by_digest(&paths("TEXTS")?)?;
    let folder = root()?.join("crates/gainsay/benches/weighing/disagreements");
    let (mut known, mut learnt, mut held_out) = (Counts::default(), Counts::default(), Counts::default());
    let mut missing = Vec::new();
    for path in files_below(&folder)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "json")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let annotated: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        match paths_of(&annotated, &texts) {
            Some(files) => {
                let counts = match name.as_str() {
                    KNOWN => &mut known,
                    _ if annotated["held_out"] == true => &mut held_out,
                    _ => &mut learnt,
                };
                counts.take(&name, &read(&annotated)?, &reported(&annotated, &files)?);
            }
            None => missing.push(name),
        }
    }
    for (id, of, counts) in [
        ("seeds", "the three stories that the rules were written for", known),
        ("learnt", "further stories, read before the rules were changed", learnt),
        ("held-out", "stories that no rule was written with an eye on", held_out),
    ] {
        if counts.cases == 0 {
            table.skipped(&format!("disagreements-{id}"), "no folder that TEXTS names has its texts");
            continue;
        }
        let note = format!("of {of}, {} cases", counts.cases);
        let recall = format!("share of {} disagreements {note}, that are reported", counts.read);
        table.scored(&format!("disagreements-{id}-recall"), None, share(counts.found, counts.read), recall);
        let precision = format!("share of {} reports {note}, that are disagreements", counts.reported);
        table.scored(&format!("disagreements-{id}-precision"), None, share(counts.right, counts.reported), precision);
    }
    if !missing.is_empty() {
        table.skipped(
            "disagreements of further stories",
            &format!("no folder that TEXTS names has {}", missing.join(", ")),
        );
    }
    Ok(())
}

/// Where the texts of a case are, if all of them are here.
fn paths_of(annotated: &Value, texts: &BTreeMap<String, PathBuf>) -> Option<Vec<PathBuf>> {
    let digests = annotated["texts"].as_array()?.iter().map(|text| text["sha256"].as_str());
    digests.map(|digest| texts.get(digest?).cloned()).collect()
}

fn read(annotated: &Value) -> Result<Vec<Read>> {
    let place = |it: &Value| {
        let number = |at: usize| it[at].as_u64();
        Some((usize::try_from(number(0)?).ok()?, number(1)?, number(2)?))
    };
    let one = |it: &Value| {
        let side = |name: &str| it[name].as_array()?.iter().map(place).collect::<Option<Vec<Place>>>();
        let kinds = it["kinds"].as_array()?.iter().map(|kind| kind.as_str().map(str::to_owned));
        Some(Read {
            kinds: kinds.collect::<Option<_>>()?,
            about: it["about"].as_str()?.to_owned(),
            sides: [side("one")?, side("other")?],
            is_optional: it["optional"] == true,
        })
    };
    let pairs = annotated["pairs"].as_array().ok_or("no pairs")?;
    Ok(pairs.iter().map(one).collect::<Option<_>>().ok_or("a pair that is none")?)
}

/// What the program reports of a case of these texts: kind and places of each, as drafted, nothing reviewed.
fn reported(annotated: &Value, files: &[PathBuf]) -> Result<Vec<(String, [Place; 2])>> {
    let desk = Desk::fresh(&target()?.join("weighing/desk"))?;
    desk.run(&["open", "case"].map(OsStr::new))?;
    for (at, file) in files.iter().enumerate() {
        let mut words = vec![OsStr::new("add"), OsStr::new("case"), Path::as_os_str(file)];
        if let Some(published) = annotated["texts"][at]["published"].as_str() {
            words.extend([OsStr::new("--published"), OsStr::new(published)]);
        }
        desk.run(&words)?;
    }
    let shown = desk.run(&["show", "case"].map(OsStr::new))?.said;
    desk.remove()?;
    let place = |it: &Value| {
        let number = it["source"].as_str()?.strip_prefix("src")?.parse::<usize>().ok()?;
        Some((number - 1, it["span"]["start"].as_u64()?, it["span"]["end"].as_u64()?))
    };
    let one =
        |it: &Value| Some((it["kind"].as_str()?.to_owned(), [place(&it["places"][0])?, place(&it["places"][1])?]));
    let disagreements = shown["disagreements"].as_array().ok_or("a case without disagreements")?;
    Ok(disagreements.iter().map(one).collect::<Option<_>>().ok_or("a disagreement without places")?)
}

impl Counts {
    fn take(&mut self, name: &str, read: &[Read], reported: &[(String, [Place; 2])]) {
        self.cases += 1;
        let wanted = || read.iter().filter(|it| !it.is_optional);
        let found = |it: &&Read| reported.iter().any(|(kind, places)| it.is(kind, places));
        self.read += wanted().count();
        self.found += wanted().filter(found).count();
        for (kind, places) in reported {
            let meant: Vec<&Read> = read.iter().filter(|it| it.is(kind, places)).collect();
            if meant.is_empty() || meant.iter().any(|it| !it.is_optional) {
                self.reported += 1;
                self.right += usize::from(!meant.is_empty());
            }
            if meant.is_empty() && is_set("VERBOSE") {
                say(&format!("  {name}: no disagreement: {kind} {places:?}"));
            }
        }
        for missed in wanted().filter(|it| is_set("VERBOSE") && !found(it)) {
            say(&format!("  {name}: not reported: {}", missed.about));
        }
    }
}

impl Read {
    fn is(&self, kind: &str, places: &[Place; 2]) -> bool {
        let [one, other] = &self.sides;
        let says =
            |place: &Place, side: &[Place]| side.iter().any(|it| it.0 == place.0 && it.1 < place.2 && place.1 < it.2);
        let [first, second] = places;
        let meets = says(first, one) && says(second, other) || says(first, other) && says(second, one);
        meets && self.kinds.iter().any(|it| it == kind)
    }
}
