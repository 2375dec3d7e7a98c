//! What of an offer is in hand: what a sample is made of, whoever's it is.

/// What a sample is made of. Files and bytes unpacked are those of its match; who chose them is whoever offers them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InHand {
    /// Bytes of its files as they came, packed or not.
    pub received: u64,
    /// For each kind of file: its word, files, bytes; the one with most bytes first.
    pub kinds: Vec<(String, u64, u64)>,
    /// For each language of source code: its name, files, bytes.
    pub languages: Vec<(String, u64, u64)>,
    /// When it is of by its own word, which may be forged.
    pub dates: Vec<Dated>,
    /// Products and companies that it names, each with the number of files; the one with most first.
    pub names: Vec<(String, u64)>,
    /// What of it was known before; none where no list was given.
    pub leaks: Option<Leaks>,
}

/// The first and the last day among dates of one sort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dated {
    /// Of what: `entries of archives`, `documents`, `mails`, …
    pub of: String,
    /// How many dates.
    pub count: u64,
    /// The first day, as RFC 3339 writes it.
    pub oldest: String,
    /// The last one.
    pub newest: String,
}

/// Files of a sample whose digests stand in a list of known ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaks {
    /// The list, as given.
    pub list: String,
    /// BLAKE3 of the list, in hexadecimal.
    pub blake3: String,
    /// How many digests it has.
    pub digests: u64,
    /// Files that are in it, and their bytes.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The first of them, each with what the list calls it.
    pub some: Vec<(String, String)>,
    /// Files beyond those that can be held against a list.
    pub left_out: u64,
}

impl InHand {
    /// Files and bytes of a kind.
    pub fn of_kind(&self, word: &str) -> (u64, u64) {
        self.kinds.iter().find(|(kind, ..)| kind == word).map_or((0, 0), |(_, files, bytes)| (*files, *bytes))
    }

    /// Calls `change` with every text in it that may hold foreign words.
    pub(super) fn for_each_text(&mut self, change: fn(&mut String)) {
        self.names.iter_mut().for_each(|(name, _)| change(name));
        if let Some(leaks) = &mut self.leaks {
            change(&mut leaks.list);
            for (path, name) in &mut leaks.some {
                change(path);
                change(name);
            }
        }
    }
}

/// Bytes as people write them, in powers of a thousand: `1.2 GB`.
pub fn sized(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    let mut tenths = u128::from(bytes) * 10;
    let mut unit = "bytes";
    for next in UNITS {
        if tenths < 10_000 {
            break;
        }
        (tenths, unit) = (tenths / 1_000, next);
    }
    if tenths % 10 == 0 || tenths >= 1_000 {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// How much of something is there, in percent with as many places as it takes to see it: `0.004 %`.
pub fn portion(part: u128, all: u128) -> String {
    if part == 0 || all == 0 {
        return "0 %".to_owned();
    }
    // From a tenth of a percent on one place after the point; below, the first place that is not zero.
    let mut scale = 10_u128;
    for places in 1..=9_usize {
        let units = part.saturating_mul(100 * scale) / all;
        if units > 0 {
            let (whole, rest) = (units / scale, units % scale);
            let shown = format!("{whole}.{rest:0places$}");
            return format!("{} %", shown.trim_end_matches('0').trim_end_matches('.'));
        }
        scale *= 10;
    }
    "less than 0.000000001 %".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_do() {
        let shown = [0, 1, 999, 1_000, 1_250, 12_345_678, 1_200_000_000, 999_999, u64::MAX].map(sized);
        assert_eq!(
            shown,
            ["0 bytes", "1 byte", "999 bytes", "1 kB", "1.2 kB", "12.3 MB", "1.2 GB", "999 kB", "18.4 EB"]
        );
    }

    #[test]
    fn a_portion_is_seen_however_small() {
        assert_eq!(portion(1_200_000_000, 30_000_000_000_000), "0.004 %");
        assert_eq!(portion(1, 3), "33.3 %");
        assert_eq!(portion(3, 3), "100 %");
        assert_eq!(portion(0, 3), "0 %");
        assert_eq!(portion(1, u128::from(u64::MAX)), "less than 0.000000001 %");
    }
}
