//! How what is known of a sample that is not at its end is written down, to be gone on with by the same program alone, against the same
//! corpora: the shapes of what serde does not write by itself, above all of what `fingerprint` gives.

use std::borrow::Cow;
use std::collections::BTreeMap;

use fingerprint::{Channel, Fingerprints, Kind, LineId, LineKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::lines::LineKey;
use super::whole::OfLine;

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
