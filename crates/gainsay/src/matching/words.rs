//! What a match proves and what not, in sentences.

use fingerprint::{Channel, LineKind};
use jiff::Timestamp;

use super::hits::place;
use super::{CommitAt, FileMatch, LineMatch, Match, PlaceMatch, Places, Recognised, Taking, Total, Verdict, Window};
use crate::claim::CorpusRole;

/// How many files a sentence names.
const NAMED_FILES: usize = 10;

/// How many places a sentence names.
const NAMED_PLACES: usize = 5;

impl Match {
    /// The answer in short sentences: the figures first, then what they prove and what they leave open.
    pub fn in_words(&self) -> Vec<String> {
        let mut words = vec![self.answer()];
        words.extend(self.recognition());
        words.extend(self.padding());
        words.extend(self.rest());
        words.extend(self.bounds());
        words.extend(self.lines.iter().flat_map(of_line));
        words.extend(self.places.iter().flat_map(of_places));
        words.extend(self.limits());
        words
    }

    fn answer(&self) -> String {
        let of = |verdict| self.totals.get(&verdict).copied().unwrap_or_default();
        let (ours, partly) = (of(Verdict::Ours), of(Verdict::PartlyOurs));
        let Total { files: all, bytes } = self.total();
        let own = ours.files + partly.files;
        let others = [Channel::Code, Channel::Parts, Channel::Sketches];
        let only_text = others.into_iter().all(|channel| self.recognised(channel) == 0);
        let mut answer = format!(
            "{}: {} of {} ({} of {} bytes) share distinctive {} with the company's: {} ours, {} partly ours.",
            capital(self.verdict.words()),
            own,
            files(all),
            ours.bytes + partly.bytes,
            bytes,
            if only_text { "text" } else { "content" },
            ours.files,
            partly.files,
        );
        if own > 0 && !self.verdict.is_ours() {
            answer.push_str(" So few may come from licences and code that everybody has.");
        }
        answer
    }

    fn rest(&self) -> Vec<String> {
        let sentence = |verdict: Verdict, what: &str| {
            let total = self.totals.get(&verdict)?;
            Some(format!("{what}: {} ({} bytes).", files(total.files), total.bytes))
        };
        let mut words: Vec<String> = [
            sentence(Verdict::PublicOnly, "Only code that everybody has"),
            sentence(Verdict::PublishedOnly, "Only what the company itself gave away"),
            sentence(Verdict::NotFound, "Not found, or too little of it"),
            sentence(Verdict::CannotTell, "Too little text to tell"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self.shares.all > 0 {
            words.push(format!(
                "Of {} distinct fingerprints {} are in the company's corpora, {} in public ones, {} in published ones; {} \
                 are distinctive ({}).",
                self.shares.all,
                self.shares.matched,
                self.shares.public,
                self.shares.published,
                self.shares.distinctive,
                percent(self.shares.permille(self.shares.distinctive)),
            ));
        }
        words
    }

    /// By what files were recognised; nothing where all were by their text.
    fn recognition(&self) -> Option<String> {
        let Recognised { identical, by_channel: [text, code, parts, sketches] } = self.recognised;
        let by = [
            (identical, "the same bytes"),
            (text, "the same text"),
            (code, "the same code with other names"),
            (parts, "the same parts of binary files"),
            (sketches, "the weights of models, which were stored otherwise or changed in part"),
        ];
        let by: Vec<String> =
            by.iter().filter(|(count, _)| *count > 0).map(|(count, by)| format!("{count} by {by}")).collect();
        (code + parts + sketches > 0).then(|| format!("Recognised: {}.", by.join(", ")))
    }

    /// How many files are ours, not by the same bytes but by this channel.
    fn recognised(&self, channel: Channel) -> u64 {
        self.recognised.by_channel[place(channel)]
    }

    /// Where most files are everybody's, or were given away, which the others are.
    fn padding(&self) -> Option<String> {
        let of = |verdict| self.totals.get(&verdict).map_or(0, |total| total.files);
        let own = of(Verdict::Ours) + of(Verdict::PartlyOurs);
        let others = of(Verdict::PublicOnly) + of(Verdict::PublishedOnly);
        let all = self.total().files;
        if !self.verdict.is_ours() || others * 2 < all {
            return None;
        }
        let named = self.files.iter().filter(|file| file.verdict.is_ours()).take(NAMED_FILES);
        let mut names: Vec<String> = named.map(|file| String::from_utf8_lossy(&file.path).into_owned()).collect();
        if own > names.len() as u64 {
            names.push(format!("and {} more", own - names.len() as u64));
        }
        Some(format!(
            "{others} of {} are code that everybody has or that the company gave away: such padding does not make the others less \
             the company's. What is the company's: {}.",
            files(all),
            names.join("; "),
        ))
    }

    /// What was counted in part, since it is more than memory holds.
    fn bounds(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.thinned > 0 {
            words
                .push(format!("So long that an even part of the fingerprints was looked up: {}.", files(self.thinned)));
        }
        if self.level > 0 {
            words.push(format!(
                "Distinct fingerprints are more than memory holds: of the whole sample an even part of them was counted, at the \
                 least one in {}.",
                1u64 << self.level
            ));
        }
        if self.unnamed > 0 {
            words.push(format!(
                "{} of the company's beyond those whose names memory holds: counted, but in no list, and left out where files are said \
                 to fit a commit.",
                files(self.unnamed)
            ));
        }
        words
    }

    fn limits(&self) -> Vec<String> {
        let mut words = Vec::new();
        let has = |role| self.corpora.contains_key(&role);
        if self.verdict.is_ours() || !self.lines.is_empty() {
            words.push(
                "The match bears on whose data it is. It does not show how the data was obtained, by whom, or that any \
                 system was entered."
                    .to_owned(),
            );
        } else if has(CorpusRole::Own) {
            words.push(
                "That nothing was found says only that these corpora do not hold it: what was never indexed can't be found."
                    .to_owned(),
            );
        }
        if self.recognised(Channel::Code) > 0 {
            words.push(
                "Code with other names was recognised by its structure alone, which two who solve the same task may share: \
                 look at these files."
                    .to_owned(),
            );
        }
        let pieces: Vec<&FileMatch> = self.files.iter().filter(|file| file.by_pieces).collect();
        if let [first, ..] = pieces[..] {
            let first = String::from_utf8_lossy(&first.path);
            words.push(format!(
                "Recognised through reading errors, or by little, by single runs of one file of the company's: {}, {first} \
                 first. Look at these files.",
                files(pieces.len() as u64),
            ));
        }
        let dated = |by_snapshots| {
            let mut dated = self.lines.iter().filter(|line| line.windows.is_some());
            dated.any(|line| line.is_of_snapshots() == by_snapshots)
        };
        if dated(true) {
            words.push(
                "The snapshots date the content: it was taken after the last of them that does not have it yet. That it was \
                 taken before the next one that no longer has it holds only if what was taken was the newest state at that \
                 time. Their dates are those that they were given when they were indexed."
                    .to_owned(),
            );
        }
        if dated(false) {
            words.push(
                "The window dates the content: it was taken no earlier than the window's first commit. That it was taken \
                 before the window's end holds only if what was taken was the newest state at that time. Commit times are \
                 those of the committers' clocks."
                    .to_owned(),
            );
        }
        if !has(CorpusRole::Own) {
            words.push("No corpus of the company took part: nothing can be called ours.".to_owned());
        }
        if !has(CorpusRole::Public) {
            words.push(
                "No public corpus took part: code that everybody has may be counted as the company's.".to_owned(),
            );
        }
        if !has(CorpusRole::Published) {
            words.push("No published corpus took part: what the company gave away may be counted as taken.".to_owned());
        }
        words
    }
}

fn of_line(line: &LineMatch) -> Vec<String> {
    let source = String::from_utf8_lossy(&line.source);
    let found = format!("{} ({} bytes)", files(line.files.files), line.files.bytes);
    match line.kind {
        LineKind::State => vec![format!(
            "In the folder {source}, as it was read at {}: {found}. A folder has no history to date them.",
            time(line.newest.time)
        )],
        LineKind::Side => vec![format!(
            "In {source}, beside its line only (other branches, tags, merged work): {found}. No window dates them."
        )],
        LineKind::History if line.is_of_snapshots() => {
            let snapshots = match line.newest.number {
                0 => "the only snapshot".to_owned(),
                newest => format!("the {} snapshots", newest + 1),
            };
            let mut words = vec![format!("In {snapshots} of {source}: {found}.")];
            words.extend(windows_in_words(line));
            words
        }
        LineKind::History => {
            let branch = String::from_utf8_lossy(&line.reference);
            let mut words = vec![format!("In {source} on {branch}: {found}.")];
            words.extend(windows_in_words(line));
            words
        }
    }
}

fn windows_in_words(line: &LineMatch) -> Vec<String> {
    let Some(windows) = &line.windows else { return Vec::new() };
    let of_snapshots = line.is_of_snapshots();
    let state = if of_snapshots { "snapshot" } else { "commit" };
    let best = &windows.best;
    let (identical, fingerprints) = (windows.identical, windows.fingerprints);
    let mut words = vec![format!(
        "As of {} {} of {} fit, with {} of {} fingerprints.",
        commit(&best.commit),
        best.files.some,
        files(best.files.all),
        best.fingerprints.some,
        best.fingerprints.all,
    )];
    if identical.some == identical.all && fingerprints.some == fingerprints.all {
        words.push(format!("All of it stood at once {}.", span(&windows.strict)));
    } else {
        words.push(format!(
            "{} did all of it stand at once: it was edited, or taken from several states {}.",
            if of_snapshots { "In no snapshot" } else { "At no commit" },
            if of_snapshots { "or between two snapshots" } else { "or branches" },
        ));
        words.push(format!(
            "Most of it, {} of {} identical contents and {} of {} fingerprints, stood at once {}.",
            identical.some,
            identical.all,
            fingerprints.some,
            fingerprints.all,
            span(&windows.strict),
        ));
    }
    if let [first, second, rest @ ..] = &windows.takings[..] {
        let of = |taking: &Taking| {
            let (first, last) = (bare(&taking.first), bare(&taking.last));
            let files = files(taking.files.len() as u64);
            if first == last { format!("{files} fit {first}") } else { format!("{files} fit {first} to {last}") }
        };
        let more = if rest.is_empty() { String::new() } else { format!("; and {} more", rest.len()) };
        words.push(format!(
            "No single {state} explains it, {} do: {}, {}{more}. Files were taken more than once, or from {} that are not \
             indexed, or were edited back.",
            if rest.is_empty() { "two" } else { "several" },
            of(first),
            of(second),
            if of_snapshots { "states" } else { "branches" },
        ));
    }
    if !windows.fit_nowhere.is_empty() {
        words.push(format!(
            "Fit no {state} as they are, since they were edited or are of a state that is not indexed: {}.",
            files(windows.fit_nowhere.len() as u64)
        ));
    }
    if windows.tolerant != windows.strict {
        words.push(format!(
            "With 0.5% of these fingerprints allowed to be missing, as edits may cause, it stood {}.",
            span(&windows.tolerant)
        ));
    }
    words
}

pub(super) fn span(window: &Window) -> String {
    let gaps = if window.runs > 1 { format!(", in {} separate runs", window.runs) } else { String::new() };
    if window.first.oid.is_empty() {
        return span_of_snapshots(window, &gaps);
    }
    let end = match &window.ended_by {
        Some(next) => format!("until {} changed it", commit(next)),
        None => "up to the newest indexed commit".to_owned(),
    };
    let commits = if window.commits == 1 { "1 commit".to_owned() } else { format!("{} commits", window.commits) };
    format!("from {} on, {end} ({commits}{gaps})", commit(&window.first))
}

/// What is first seen in a snapshot came after the one before it, at a time that nobody kept.
fn span_of_snapshots(window: &Window, gaps: &str) -> String {
    let (first, last) = (date(window.first.time), date(window.last.time));
    let stood = match window.commits {
        1 => format!("in the snapshot of {first} alone"),
        snapshots => format!("from the snapshot of {first} to that of {last} ({snapshots} snapshots{gaps})"),
    };
    let came = match &window.begun_after {
        Some(before) => format!("it came between the snapshot of {} and that of {first}", date(before.time)),
        None => "the oldest snapshot has it, so that it may be older".to_owned(),
    };
    let went = match &window.ended_by {
        Some(next) => format!("was changed or gone by that of {}", date(next.time)),
        None => "the newest one has it".to_owned(),
    };
    format!("{stood}: {came}, and {went}")
}

fn of_places(places: &Places) -> Vec<String> {
    // Where there is one place, nothing is told from another.
    if places.known < 2 {
        return Vec::new();
    }
    let name = |place: &PlaceMatch| String::from_utf8_lossy(&place.name).into_owned();
    let listed = |some: &mut dyn Iterator<Item = String>| {
        let (mut first, mut rest) = (Vec::new(), 0);
        for name in some {
            if first.len() < NAMED_PLACES { first.push(name) } else { rest += 1 }
        }
        let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
        format!("{}{more}", first.join("; "))
    };
    let all = match places.files {
        1 => "the one file that is the company's".to_owned(),
        all => format!("all {all} files that are the company's"),
    };
    let cover = || places.cover.iter().filter_map(|place| places.all.get(*place));
    let mut words = Vec::new();
    match (places.cover.as_slice(), cover().next()) {
        ([_], Some(only)) if places.is_only => {
            words.push(format!("Of {} places that are indexed only one holds {all}: {}.", places.known, name(only)))
        }
        ([_], _) => {
            let whole = || places.all.iter().filter(|place| place.files == places.files);
            words.push(format!(
                "{} of {} places that are indexed hold {all}, each of them: {}.",
                whole().count(),
                places.known,
                listed(&mut whole().map(name))
            ));
        }
        _ => {
            let held = |place: &PlaceMatch| format!("{} ({})", name(place), files(place.files));
            words.push(format!(
                "None of {} places that are indexed holds {all}; {} together do: {}.{}",
                places.known,
                places.cover.len(),
                listed(&mut cover().map(held)),
                match (places.is_least, places.is_only) {
                    (true, true) => " No fewer do, and no others as few.",
                    (true, false) => " No fewer do, but others as few.",
                    (false, _) => " Whether fewer do was not searched to the end.",
                }
            ));
        }
    }
    let alone = |place: &PlaceMatch| format!("{} ({})", name(place), files(place.only_here.len() as u64));
    let mut first = places.all.iter().filter(|place| !place.only_here.is_empty()).map(alone).peekable();
    if first.peek().is_some() {
        words.push(format!("Look first where files lie that no other place holds: {}.", listed(&mut first)));
    }
    words
}

pub(super) fn commit(commit: &CommitAt) -> String {
    if commit.oid.is_empty() { bare(commit) } else { format!("commit {}", bare(commit)) }
}

fn bare(commit: &CommitAt) -> String {
    if commit.oid.is_empty() {
        return format!("the snapshot of {}", date(commit.time));
    }
    let oid: String = commit.oid.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{oid} of {}", time(commit.time))
}

/// A day where the time is the beginning of one, which is how a day is given, else the time.
fn date(seconds: i64) -> String {
    let time = time(seconds);
    time.strip_suffix("T00:00:00Z").map_or(time.clone(), str::to_owned)
}

/// A time as RFC 3339; a committer's clock may say what no calendar holds.
pub(super) fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| format!("{seconds} s since 1970"), |time| time.to_string())
}

fn files(count: u64) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

pub(super) fn percent(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
