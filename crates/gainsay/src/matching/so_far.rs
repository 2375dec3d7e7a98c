//! What is known of a sample that is not at its end, as something that can be written down and gone on with: by the same program
//! alone, against the same corpora. What `fingerprint` gives is written in the shapes that stand here.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use fingerprint::{Channel, Fingerprints, Kind, LineId, LineKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::cover::Held;
use super::lines::LineKey;
use super::tally::{Digested, Named};
use super::whole::{OfLine, Whole};
use super::{Places, Total};

/// What a [`super::Matcher`] counted: `surveyed`, `at_once`, `held`, `places`, `preferred`, `counted` and `whole`.
#[derive(Deserialize)]
pub struct MatcherSoFar(
    pub(super) usize,
    pub(super) usize,
    pub(super) Held,
    pub(super) Option<Option<Places>>,
    pub(super) BTreeSet<usize>,
    pub(super) usize,
    pub(super) Whole,
);

/// What a [`super::Tally`] counted: `kinds`, `languages`, `days`, `named`, `digested`, `files` and `left_out`.
#[derive(Deserialize)]
pub struct TallySoFar(
    pub(super) BTreeMap<Cow<'static, str>, Total>,
    pub(super) BTreeMap<Cow<'static, str>, Total>,
    #[serde(with = "of_days")] pub(super) Days,
    pub(super) BTreeMap<String, u64>,
    pub(super) Vec<Digested>,
    pub(super) Vec<Named>,
    pub(super) u64,
);

/// Of each kind of date how many, the oldest and the newest.
pub(super) type Days = BTreeMap<Cow<'static, str>, (u64, Date, Date)>;

#[derive(Serialize, Deserialize)]
#[serde(remote = "Channel")]
pub(super) enum ChannelShape {
    Text,
    Code,
    Parts,
    Sketches,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LineKind")]
pub(super) enum LineKindShape {
    State,
    History,
    Side,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind")]
enum KindShape {
    Text,
    Utf16,
    Binary,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Fingerprints")]
pub(super) struct FingerprintsShape {
    blake3: [u8; 32],
    bytes: u64,
    #[serde(with = "KindShape")]
    kind: Kind,
    normalised: u64,
    text: Vec<u64>,
    tokens: u64,
    code: Vec<u64>,
    parts: Vec<u64>,
    sketches: Vec<u64>,
}

/// Lines by corpus and number.
pub(super) mod of_lines {
    use serde::{Deserializer, Serializer};

    use super::*;

    pub(in crate::matching) fn serialize<S: Serializer>(
        lines: &BTreeMap<LineKey, OfLine>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(lines.iter().map(|((corpus, line), of)| (corpus, line.0, of)))
    }

    pub(in crate::matching) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<BTreeMap<LineKey, OfLine>, D::Error> {
        let lines = Vec::<(usize, u32, OfLine)>::deserialize(from)?;
        Ok(lines.into_iter().map(|(corpus, line, of)| ((corpus, LineId(line)), of)).collect())
    }
}

/// Days as they are written.
pub(super) mod of_days {
    use serde::de::Error;
    use serde::{Deserializer, Serializer};

    use super::*;

    pub(in crate::matching) fn serialize<S: Serializer>(days: &Days, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(
            days.iter().map(|(of, (count, oldest, newest))| (of, count, oldest.to_string(), newest.to_string())),
        )
    }

    pub(in crate::matching) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Days, D::Error> {
        let days = Vec::<(String, u64, String, String)>::deserialize(from)?;
        let day = |day: &str| day.parse::<Date>().map_err(D::Error::custom);
        let one = |(of, count, oldest, newest): (String, u64, String, String)| {
            Ok((Cow::Owned(of), (count, day(&oldest)?, day(&newest)?)))
        };
        days.into_iter().map(one).collect()
    }
}

/// [`of_days`] where a field is borrowed.
#[derive(Serialize)]
pub(super) struct WrittenDays<'d>(#[serde(with = "of_days")] pub(super) &'d Days);
