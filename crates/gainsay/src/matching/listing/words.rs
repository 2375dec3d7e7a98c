//! What the match of a listing proves and what not, in sentences.

use fingerprint::LineKind;

use super::super::words::{capital, commit, percent, span, time};
use super::super::{Taking, Verdict};
use super::{Counts, ListingLine, ListingMatch, rules};

/// Clocks are set wrong by less than this many seconds.
const CLOCKS: i64 = 86_400;

impl ListingMatch {
    /// The answer in short sentences.
    pub fn in_words(&self) -> Vec<String> {
        let mut words = vec![self.answer()];
        words.extend(self.counted());
        words.extend(self.lines.iter().flat_map(of_line));
        words.extend(self.times());
        words.extend(self.limits());
        words
    }

    fn answer(&self) -> String {
        let Counts { files, by_size, by_path, .. } = self.counts;
        format!(
            "{}, as a listing ({}): of {files} files listed {by_size} fit the company's by path and size, {by_path} by path \
             alone.",
            capital(self.verdict.words()),
            self.format.command(),
        )
    }

    fn counted(&self) -> Vec<String> {
        let of = &self.counts;
        let mut words = Vec::new();
        if let Some(share) = (of.own * 1000).checked_div(of.telling) {
            words.push(format!(
                "Of {} different pairs of name and size that tell, {} are the company's alone ({}), {} are public, {} \
                 published. Files under {} bytes do not tell, and of names that every project has the name alone.",
                of.telling,
                of.own,
                percent(share),
                of.public,
                of.published,
                rules::LEAST_TELLING_BYTES,
            ));
        }
        if self.by_names && self.verdict.is_ours() {
            let why = if of.sized == 0 { "It lists no sizes" } else { "The sizes do not fit" };
            words.push(format!(
                "{why}: this rests on {} of {} paths, which is much weaker than sizes. Names can be known without the files.",
                of.own_paths, of.telling_paths,
            ));
        }
        if of.by_path > of.by_size && of.by_path * 5 >= of.files && of.sized * 2 >= of.files {
            words.push(format!(
                "Of {} files the path is the company's and the size is not: they were changed, come from a state that is \
                 not indexed, or the sizes are made up.",
                of.by_path
            ));
        }
        if of.larger >= rules::LEAST_LARGER {
            words.push(format!(
                "{} of them are listed up to a fifth larger than ours: where line ends are two bytes (CRLF), as Windows checks \
                 them out, a file is larger by its number of lines.",
                of.larger
            ));
        }
        if of.pointers > 0 {
            words.push(format!(
                "{} may be stored outside the repository (Git LFS), which holds a pointer in their place: their sizes cannot \
                 be compared.",
                of.pointers
            ));
        }
        words
    }

    fn times(&self) -> Vec<String> {
        let Some(newest) = self.newest else { return Vec::new() };
        let mut words = vec![format!(
            "Its newest time is {} by the clock of who made it (time zone unknown): if that clock was right, the listing was made \
             no earlier. In a checkout the times tell when files were checked out, on a file server when they were changed.",
            time(newest)
        )];
        for line in &self.lines {
            let first = line.windows.as_ref().map(|windows| windows.strict.first.time);
            if let Some(first) = first.filter(|first| newest + CLOCKS < *first) {
                words.push(format!(
                    "That contradicts the window in {}, which begins at {}: the times were kept from elsewhere, set by hand, or \
                     the clock was wrong.",
                    String::from_utf8_lossy(&line.source),
                    time(first)
                ));
            }
        }
        words
    }

    fn limits(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.verdict == Verdict::CannotTell && self.counts.own >= rules::MANY_PAIRS {
            words.push(
                "So many fit that chance does not explain them; code that everybody has may. Add a public corpus to tell."
                    .to_owned(),
            );
        }
        if self.verdict.is_ours() {
            words.push(
                "A listing shows names and sizes, not content: it shows that who made it knew these files or a list of them, \
                 not that they hold them."
                    .to_owned(),
            );
        }
        words
    }
}

fn of_line(line: &ListingLine) -> Vec<String> {
    let source = String::from_utf8_lossy(&line.source);
    let Some(windows) = &line.windows else {
        let what = if line.kind == LineKind::Side { "beside the line of" } else { "in the folder" };
        return vec![format!("{} entries fit {what} {source}; no window dates them.", line.files)];
    };
    let (best, part) = (&windows.best, windows.fingerprints);
    let branch = match &line.reference[..] {
        b"" => String::new(),
        name => format!(" on {}", String::from_utf8_lossy(name)),
    };
    let mut words = vec![format!(
        "In {source}{branch}: {} entries fit; as of {} {} of {} do at once.",
        line.files,
        commit(&best.commit),
        best.files.some,
        best.files.all,
    )];
    let all =
        if part.some == part.all { "All".to_owned() } else { format!("The most, {} of {},", part.some, part.all) };
    words.push(format!("{all} stood at once {}.", span(&windows.strict)));
    if windows.tolerant != windows.strict {
        words.push(format!("With 0.5% of them allowed to be wrong: {}.", span(&windows.tolerant)));
    }
    if windows.takings.len() > 1 {
        let taking = |of: &Taking| format!("{} fit from {} to {}", of.files.len(), commit(&of.first), commit(&of.last));
        let takings: Vec<String> = windows.takings.iter().map(taking).collect();
        words.push(format!("No one state explains it; together these do: {}.", takings.join("; ")));
    }
    words
}
