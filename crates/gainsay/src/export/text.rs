//! A view for a terminal: the answer first, then what it rests on.

mod screen;

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};

use super::{challenge, changes, explanations, in_hand, offers, screens, sensitive, timeline};
use crate::assess::{self, Claim, Disagreement, Offered};
use crate::claim::{
    AlignedLines, Alignment, Commit, FileMatch, Finding, Inspection, Layer, ListingMatch, PrivateMatch, Reading, Said,
    SampleMatch, Screen, Sensitive, SourceKind, SourceText, Span, State, counted,
};
use crate::read::{Explanation, unread};
use crate::release::View;
pub use screen::screen;

/// How text is set off. On anything but a terminal every style is plain.
#[derive(Clone, Copy, Default)]
pub struct Styles {
    heading: Style,
    strong: Style,
    pub(super) faint: Style,
    asserted: Style,
    denied: Style,
}

impl Styles {
    /// Whether anything is set off at all.
    pub fn is_coloured(self) -> bool {
        self.strong != Style::new()
    }

    /// With colour.
    pub fn colour() -> Styles {
        Styles {
            heading: Style::new().bold().underline(),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
            asserted: AnsiColor::Green.on_default(),
            denied: AnsiColor::Red.on_default(),
        }
    }
}

/// Columns of a page.
const WIDTH: usize = 100;

/// How many statements and disagreements a terminal shows; the report has all of them.
const MANY: usize = 200;

/// How wide a column of offers may be, in characters.
const CELL: usize = 24;

/// How many rows of a long list are shown; the report has all of them.
const ROWS: usize = 12;

/// All of the case, for reading on a terminal.
pub fn view(view: &View, styles: Styles) -> String {
    let mut page = Page::new(styles);
    let case = &view.case;
    page.title(view);
    page.answer(view, usize::MAX);
    if !view.assessment.claims.is_empty() {
        page.heading("Claims");
        view.assessment.claims.iter().for_each(|claim| page.claim(view, claim));
    }
    page.edits(view);
    page.explanations(view);
    page.origins(view);
    if !case.findings.is_empty() || !case.privates.is_empty() {
        page.heading("Evidence");
        case.privates.iter().for_each(|settled| page.private(settled));
        for finding in &case.findings {
            page.finding(view, finding);
        }
    }
    if !case.inspections.is_empty() {
        page.heading("What the sample must not reveal");
        case.inspections.iter().for_each(|it| page.inspection(view, it));
    }
    page.challenges(view);
    page.offers(view);
    page.timeline(view);
    page.said(view);
    page.disagreements(view, MANY);
    page.heading("Sources");
    (0..case.sources.len()).for_each(|place| page.source(view, place));
    page.line("");
    page.record(view);
    page.text
}

/// The answer, the first steps and a few of the disagreements: what fits between other lines.
pub fn brief(view: &View, styles: Styles) -> String {
    const FEW: usize = 4;
    let mut page = Page::new(styles);
    page.answer(view, FEW);
    page.disagreements(view, FEW);
    page.text
}

/// The result of a match, with what its case says is offered, for reading on a terminal.
pub fn sample_match(result: &SampleMatch, offered: &[Offered], styles: Styles) -> String {
    let mut page = Page::new(styles);
    page.line(&format!("Against the files of {}:", result.owner));
    page.sample_match(result, offered, ROWS * 4);
    page.text
}

/// What a sample must not reveal, for reading on a terminal; `None` where it was not looked for.
pub fn sensitive(found: Option<&Sensitive>, styles: Styles) -> String {
    let mut page = Page::new(styles);
    let Some(found) = found else {
        page.line("What it must not reveal was not looked for.");
        return page.text;
    };
    page.line(&format!("What it must not reveal, whoever's it is ({} files looked through):", found.files));
    if found.kinds.is_empty() {
        page.line("      nothing of the kinds that are known");
    }
    page.sensitive(found, ROWS * 4);
    page.text
}

/// Why the reader decided so, for reading on a terminal; nothing where nothing was explained.
pub fn explained(text: &str, reading: &Reading, explained: &[Explanation]) -> String {
    let line = |span: Span| span.of(text).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    for one in explained {
        let who = one.draft.and_then(|at| reading.drafts.get(at)).map(|d| &d.statement);
        let head =
            who.map_or("set aside".to_owned(), |s| format!("{} {}", s.speaker, s.stance.word().replace('_', " ")));
        out += &format!("\nbytes {}–{}, {head}: {}\n", one.span.start, one.span.end, line(one.span));
        for step in &one.steps {
            let words = step.words.map_or(String::new(), |words| format!(" [{}]", line(words)));
            out += &format!("    {:<10} {}{words}\n", step.step, step.why);
        }
    }
    out
}

/// The drafts of one text, for reading on a terminal.
pub fn reading(file: &str, text: &str, reading: &Reading) -> String {
    let quote = |span: Span| span.of(text).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = format!("{file}: {}\n", counted(reading.drafts.len(), "draft statement"));
    for draft in &reading.drafts {
        let statement = &draft.statement;
        let origin = statement.origin.as_ref().map_or(String::new(), |origin| format!(", repeating {origin}"));
        let about =
            if statement.about.is_empty() { String::new() } else { format!(" on {}", statement.about.join(", ")) };
        out += &format!(
            "\n  {} ({}) {}{about}{origin}   {} % sure: {}\n    bytes {}–{}: {}\n",
            statement.speaker,
            statement.speaker_kind,
            statement.stance.word().replace('_', " "),
            draft.confidence / 10,
            draft.because,
            statement.span.start,
            statement.span.end,
            quote(statement.span)
        );
    }
    if let Some(unread) = unread(reading.language.as_deref()) {
        out += &format!("\n{unread}\n");
    }
    let mut list = |what: &str, items: Vec<String>| {
        if !items.is_empty() {
            out += &format!("\n{what}: {}\n", items.join("; "));
        }
    };
    list(
        "organisations",
        reading.organisations.iter().map(|o| format!("{} ({})", o.name, o.role.word().replace('_', " "))).collect(),
    );
    list("offers", reading.offers.iter().map(offers::sentence).collect());
    list("actors", reading.actors.iter().map(|actor| actor.name.clone()).collect());
    list("figures", reading.figures.iter().map(|figure| format!("{} {}", figure.kind, figure.value)).collect());
    list(
        "ways in",
        reading.vectors.iter().map(|vector| format!("{} ({})", vector.attack_id, quote(vector.span))).collect(),
    );
    list("contacts", reading.contacts.iter().map(|contact| format!("{} to {}", contact.from, contact.to)).collect());
    list("rests on", reading.citations.iter().map(|cite| format!("{} ({})", cite.source, cite.kind)).collect());
    out
}

/// A page under construction.
pub(super) struct Page {
    text: String,
    styles: Styles,
}

impl Page {
    pub(super) fn new(styles: Styles) -> Page {
        Page { text: String::new(), styles }
    }

    /// What was written, without an empty line before it.
    pub(super) fn text(self) -> String {
        self.text.trim_start_matches('\n').to_owned()
    }

    fn in_style(&self, style: Style, text: &str) -> String {
        format!("{style}{text}{style:#}")
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    pub(super) fn heading(&mut self, heading: &str) {
        let heading = self.in_style(self.styles.heading, heading);
        self.line(&format!("\n{heading}"));
    }

    pub(super) fn wrapped(&mut self, indent: usize, text: &str) {
        self.hanging(&" ".repeat(indent), text);
    }

    /// Text after a label, its further lines under the first.
    fn hanging(&mut self, label: &str, text: &str) {
        let indent = label.chars().count();
        let mut line = label.to_owned();
        let mut columns = indent;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if columns > indent && columns + length + 1 > WIDTH {
                self.line(&line);
                line = " ".repeat(indent);
                columns = indent;
            }
            if columns > indent {
                line.push(' ');
                columns += 1;
            }
            line.push_str(word);
            columns += length;
        }
        self.line(&line);
    }

    fn title(&mut self, view: &View) {
        let case = &view.case;
        self.line(&format!(
            "{}   TLP:{}   opened {}",
            self.in_style(self.styles.strong, &case.title),
            view.marking().word().to_uppercase(),
            case.opened.strftime("%Y-%m-%d"),
        ));
        if let Some(limits) = case.until.words() {
            self.wrapped(2, &limits);
        }
        if view.withheld > 0 {
            self.wrapped(2, &format!("{} withheld under their marking.", counted(view.withheld, "item")));
        }
    }

    fn answer(&mut self, view: &View, steps: usize) {
        self.heading("Answer");
        for sentence in &view.assessment.answer {
            self.wrapped(2, sentence);
        }
        self.own_judgements(view, MANY);
        self.standing(view, MANY);
        let all = &view.assessment.steps;
        if !all.is_empty() {
            self.heading("Next steps");
        }
        for (number, step) in all.iter().take(steps).enumerate() {
            let from = if step.from.is_empty() { String::new() } else { format!(" [{}]", step.from.join(", ")) };
            let task = step.task.as_ref().map_or(String::new(), |task| format!(" ({})", task.words()));
            self.hanging(&format!("{:>3}. ", number + 1), &format!("{}{from}{task}", step.what));
        }
        self.and_more(all.len().saturating_sub(steps));
    }

    fn disagreements(&mut self, view: &View, count: usize) {
        let all = &view.assessment.disagreements;
        if !all.is_empty() {
            self.heading("Disagreements");
        }
        for (number, disagreement) in all.iter().take(count).enumerate() {
            self.disagreement(view, number + 1, disagreement);
        }
        self.and_more(all.len().saturating_sub(count));
    }

    fn and_more(&mut self, count: usize) {
        if count > 0 {
            self.line(&format!("     … and {count} more"));
        }
    }

    fn claim(&mut self, view: &View, claim: &Claim) {
        self.hanging(&format!("  {:<4}", claim.handle), &claim.proposition);
        for edited in view.assessment.edits.iter().filter(|it| it.claims.contains(&claim.handle)) {
            self.hanging("      edit: ", &edited.words());
        }
        for judged in view.assessment.judgements.iter().filter(|it| it.is_on(&claim.handle)) {
            let label = if judged.stands { "own judgement" } else { "earlier judgement" };
            self.hanging(&format!("      {label}: "), &judged.words());
        }
        if !claim.is_assessed() {
            self.line("      not assessed: nothing that was reviewed speaks to it");
            return;
        }
        let likelihood = self.in_style(self.styles.strong, &claim.likelihood.to_string());
        self.line(&format!(
            "      {likelihood}, confidence {}, {}",
            claim.confidence.word(),
            counted(claim.origins.len(), "origin")
        ));
        let weighty = claim.voices.iter().filter(|voice| voice.weight != 0);
        for voice in weighty.clone().take(ROWS) {
            let (style, side) =
                if voice.for_claim { (self.styles.asserted, "for    ") } else { (self.styles.denied, "against") };
            let origin = voice.origin.as_ref().map_or(String::new(), |origin| format!(" repeating {origin}"));
            let side = self.in_style(style, side);
            self.line(&format!(
                "      {side} {:>+6}  {:<4} {}{}  {}{origin}: {}",
                voice.weight, voice.handle, voice.reliability, voice.credibility, voice.party, voice.because
            ));
        }
        let rest = claim.voices.len() - weighty.count().min(ROWS);
        if rest > 0 {
            self.line(&format!(
                "      … and {rest} more that repeat these origins, came before their last word, or wait for review"
            ));
        }
        if let Some(settled) = &claim.settled {
            self.hanging("      ", settled);
        }
        if let Some(access) = &claim.access {
            self.hanging("      the way in: ", &access.words());
        }
        let prospects: Vec<String> = claim.prospects.iter().map(ToString::to_string).collect();
        self.hanging("      would change it: ", &prospects.join("; "));
    }

    /// The edits that belong to no claim that the case has now.
    fn edits(&mut self, view: &View) {
        let homeless: Vec<_> = view.assessment.edits.iter().filter(|it| it.claims.is_empty()).collect();
        if !homeless.is_empty() {
            self.heading("Other edits of claims");
        }
        for edited in homeless {
            self.hanging("  ", &edited.words());
        }
    }

    fn explanations(&mut self, view: &View) {
        let all = &view.assessment.explanations;
        if all.is_empty() {
            return;
        }
        self.heading("What may be behind it");
        self.wrapped(2, explanations::CAPTION);
        for one in all.iter().take(MANY) {
            self.line(&format!("  {}", self.in_style(self.styles.strong, explanations::of(one))));
            for (number, it) in one.ranked.iter().enumerate() {
                self.line(&format!("   {:>2}. {}, {} against", number + 1, it.cause.words(), it.burden()));
                for ground in it.against.iter().take(ROWS) {
                    self.hanging("       against  ", &explanations::ground(ground));
                }
                self.and_more(it.against.len().saturating_sub(ROWS));
                for ground in it.fits.iter().take(ROWS) {
                    self.hanging("       fits     ", &explanations::ground(ground));
                }
                self.and_more(it.fits.len().saturating_sub(ROWS));
            }
        }
        self.and_more(all.len().saturating_sub(MANY));
    }

    fn timeline(&mut self, view: &View) {
        let events = timeline::events(view);
        self.heading("Timeline");
        for event in events.iter().take(MANY) {
            let from = if event.from.is_empty() { String::new() } else { format!(" [{}]", event.from.join(", ")) };
            self.hanging(&format!("  {:<10}  ", event.day), &format!("{}{from}", event.what));
        }
        self.and_more(events.len().saturating_sub(MANY));
    }

    fn challenges(&mut self, view: &View) {
        if !view.case.challenges.is_empty() {
            self.heading("Challenges");
        }
        for one in &view.case.challenges {
            for (number, sentence) in challenge::lines(one).iter().enumerate() {
                self.wrapped(if number == 0 { 2 } else { 6 }, sentence);
            }
        }
    }

    fn offers(&mut self, view: &View) {
        let rows = offers::rows(view);
        if rows.is_empty() {
            return;
        }
        self.heading("Offers");
        self.wrapped(2, offers::CAPTION);
        let mut widths = offers::COLUMNS.map(|name| name.chars().count());
        let shown: Vec<([String; 6], &str)> = rows
            .iter()
            .take(MANY)
            .map(|row| {
                let [seller, victim, goods, volume, price] = row.cells.clone();
                let cells = [row.source.clone(), seller, victim, goods, volume, price].map(|cell| cut(&cell, CELL));
                for (width, cell) in widths.iter_mut().zip(&cells) {
                    *width = (*width).max(cell.chars().count());
                }
                (cells, row.more.as_str())
            })
            .collect();
        let line = |cells: &[String]| {
            let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            format!("  {}", padded.collect::<Vec<_>>().join("  "))
        };
        let head = self.in_style(self.styles.faint, line(&offers::COLUMNS.map(str::to_owned)).trim_end());
        self.line(&head);
        for (cells, more) in &shown {
            self.line(&line(cells));
            if !more.is_empty() {
                self.wrapped(7, more);
            }
        }
        self.and_more(rows.len().saturating_sub(MANY));
    }

    fn origins(&mut self, view: &View) {
        let Some(glance) = super::origins::at_a_glance(&view.assessment.graph) else { return };
        self.heading("Origins");
        self.wrapped(2, &glance);
        let lines = super::origins::as_lines(view);
        for line in lines.iter().take(MANY) {
            let indent = line.len() - line.trim_start().len();
            self.hanging(&" ".repeat(4 + indent), line);
        }
        self.and_more(lines.len().saturating_sub(MANY));
        for (handle, proposition, words) in super::origins::by_claim(view) {
            self.hanging(&format!("  {handle:<4}"), &format!("{proposition} From: {words}."));
        }
    }

    fn said(&mut self, view: &View) {
        let mut shown: Vec<&Said> = view.case.shown().collect();
        if shown.is_empty() {
            return;
        }
        self.heading("Who said what");
        let dropped = assess::dropped(&view.case);
        shown.sort_by_key(|said| view.case.order(said));
        let more = shown.len().saturating_sub(MANY);
        for said in shown.into_iter().take(MANY) {
            let statement = &said.statement;
            let source = &view.case.sources[said.source];
            let origin = statement.origin.as_ref().map_or(String::new(), |origin| format!(", repeating {origin}"));
            let state = match &said.state {
                State::Draft { confidence } => {
                    self.in_style(self.styles.faint, &format!("draft, {} % sure", confidence / 10))
                }
                State::Accepted { by, .. } => self.in_style(self.styles.faint, &format!("accepted by {by}")),
                State::Rejected { .. } => continue,
            };
            let state = if dropped.contains(&said.handle) { format!("{state}, dropped since") } else { state };
            let speaker = self.in_style(self.styles.strong, &statement.speaker);
            self.line(&format!(
                "  {:<4} {}  {speaker} ({}) {}{origin}   {} in {}   {state}",
                said.handle,
                source.published.map_or_else(|| "undated   ".to_owned(), |at| at.strftime("%Y-%m-%d").to_string()),
                statement.speaker_kind,
                statement.stance.word().replace('_', " "),
                source.name(),
                source.handle,
            ));
            match (said.quote(&view.case), &source.text) {
                (Some(quote), _) => self.wrapped(7, &shortened(quote)),
                (None, SourceText::Unavailable(why)) => self.wrapped(7, &format!("[its words cannot be shown: {why}]")),
                (None, _) => self.wrapped(7, "[its words are not in the source's text]"),
            }
        }
        self.and_more(more);
    }

    fn disagreement(&mut self, view: &View, number: usize, disagreement: &Disagreement) {
        let kind = self.in_style(self.styles.strong, disagreement.kind.word());
        self.line(&format!("{number:>3}. {kind}: {}", disagreement.about));
        for place in &disagreement.places {
            let source = &view.case.sources[place.source];
            let quote = match &source.text {
                SourceText::Here(text) => place.span.of(text).map_or(String::new(), |q| format!(" “{}”", shortened(q))),
                _ => String::new(),
            };
            let handle = place.statement.as_deref().unwrap_or(&source.handle);
            self.hanging(&format!("     {handle:<5} "), &format!("{} {}:{quote}", place.who, place.what));
        }
    }

    fn finding(&mut self, view: &View, finding: &Finding) {
        let sample = &view.case.sources[finding.sample];
        self.line(&format!(
            "  {:<4} {} against the corpora of {}",
            finding.handle,
            sample.name(),
            finding.result.owner
        ));
        self.sample_match(&finding.result, &assess::offered(&view.case, &finding.result), ROWS);
        self.hanging("      again: ", &finding.command);
    }

    fn inspection(&mut self, view: &View, inspection: &Inspection) {
        let (sample, result) = (&view.case.sources[inspection.sample], &inspection.result);
        self.line(&format!("  {:<4} {}, {} files looked through", inspection.handle, sample.name(), result.files));
        self.sensitive(result, ROWS);
        self.hanging("      again: ", &inspection.command);
    }

    fn sensitive(&mut self, found: &Sensitive, rows: usize) {
        for row in sensitive::kinds(found) {
            let files = counted(row.files, "file");
            let counts = format!("{:>7} found, {} different, in {files}", row.found, row.distinct);
            // The word in brackets stands between the kind and the next row's number, which would be masked behind `password`.
            self.line(&format!("      {counts:<44}  {} ({})", row.kind, row.group));
        }
        for item in sensitive::items(found, rows) {
            self.hanging("      ", &format!("{}, in {} (mark {})", item.what, item.place, item.mark));
        }
        if let Some(more) = sensitive::more(found, rows) {
            self.line(&format!("      {more}"));
        }
        if !found.kinds.is_empty() {
            self.wrapped(6, sensitive::CAPTION);
        }
    }

    fn private(&mut self, settled: &PrivateMatch) {
        self.line(&format!("  {:<4} settled with another party about {}", settled.handle, settled.company));
        settled.words().iter().for_each(|words| self.hanging("      ", words));
    }

    fn sample_match(&mut self, result: &SampleMatch, offered: &[Offered], rows: usize) {
        let verdict = self.in_style(self.styles.strong, &result.verdict);
        self.line(&format!(
            "      verdict: {verdict}   {}, {} bytes   against {}",
            counted(result.files, "file"),
            result.bytes,
            result.against()
        ));
        for (word, files, bytes) in &result.verdicts {
            let noun = if *files == 1 { "file" } else { "files" };
            self.line(&format!("      {word:<16} {files:>7} {noun:<5} {bytes:>12} bytes"));
        }
        self.line(&format!(
            "      of its fingerprints: {} are the owner's, {} common, {} public, {} published; {} distinctive",
            percent(result.shares.matched),
            percent(result.shares.common),
            percent(result.shares.public),
            percent(result.shares.published),
            percent(result.shares.distinctive)
        ));
        if let Some(window) = &result.window {
            self.hanging(
                "      window: ",
                &format!(
                    "{} to {}{} in {}; best single commit {}: {} of {} files fit",
                    moment(&window.first),
                    moment(&window.last),
                    if window.open { " (the newest known: nothing bounds it above)" } else { "" },
                    window.line,
                    moment(&window.best),
                    window.fit,
                    window.of
                ),
            );
        }
        for sentence in &result.words {
            self.wrapped(6, sentence);
        }
        for (label, words) in in_hand::lines(result) {
            self.hanging(&format!("      {label}: "), &words);
        }
        let offered = in_hand::offered(offered);
        if !offered.is_empty() {
            self.line("      said to be offered or taken, and what of it is in hand:");
        }
        for sentence in &offered {
            self.hanging("        ", sentence);
        }
        for listing in &result.listings {
            self.listing(listing, rows);
        }
        for screen in result.screens.iter().take(rows) {
            self.screen(screen, rows);
        }
        if result.screens.len() > rows {
            self.line(&format!("      … and {} more pictures", result.screens.len() - rows));
        }
        for row in result.rows.iter().take(rows) {
            let best = row.best.as_ref().map_or(String::new(), |best| {
                let near = if row.exact { "=" } else { "~" };
                format!(" {near} {} in {}, {}", best.path, best.corpus, best.days())
            });
            self.line(&format!(
                "      {:<14} {:>6} {}{best}",
                row.verdict,
                if row.exact { "exact".to_owned() } else { percent(row.shares.distinctive) },
                row.path
            ));
            if let Some(alignment) = &row.alignment {
                self.alignment(row, alignment);
            }
        }
        if result.rows.len() > rows {
            self.line(&format!("      … and {} more files", result.rows.len() - rows));
        }
        for problem in &result.problems {
            self.hanging("      problem: ", problem);
        }
        self.builds(result, rows);
        self.malware(result, rows);
        self.layers(result, rows);
    }

    /// The company's builds that files of the sample are of, and what these expose.
    fn builds(&mut self, result: &SampleMatch, rows: usize) {
        const EXPOSED: usize = 3;
        for build in result.builds.iter().take(rows) {
            self.hanging("      build: ", &format!("{} ({}): {}", build.path, build.format, build.standing));
            for exposed in build.exposes(EXPOSED) {
                self.hanging("        exposes ", &exposed);
            }
            for sentence in build.words() {
                self.hanging("        ", &sentence);
            }
        }
        if result.builds.len() > rows {
            self.line(&format!("      … and {} more builds", result.builds.len() - rows));
        }
    }

    /// What the sample was scanned with for malware, and what that found.
    fn malware(&mut self, result: &SampleMatch, rows: usize) {
        for scan in &result.scans {
            for sentence in scan.words() {
                self.hanging("      malware: ", &sentence);
            }
            for found in scan.found.iter().take(rows) {
                self.hanging("        ", &format!("{}: {}", found.path, found.rule));
            }
            let more = scan.found.len().saturating_sub(rows) as u64 + scan.more;
            if more > 0 {
                self.line(&format!("        … and {more} more"));
            }
        }
    }

    /// The archives that a sample is made of, and what they say of how they came to be.
    fn layers(&mut self, result: &SampleMatch, rows: usize) {
        if result.layers.is_empty() {
            return;
        }
        let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
        result.layers.iter().for_each(|layer| *formats.entry(&layer.format).or_default() += 1);
        let formats: Vec<String> = formats.into_iter().map(|(format, count)| format!("{count} {format}")).collect();
        self.hanging(
            "      layers: ",
            &format!("{} opened: {}", counted(result.layers.len(), "archive"), formats.join(", ")),
        );
        let with_findings: Vec<&Layer> = result.layers.iter().filter(|layer| !layer.findings.is_empty()).collect();
        for layer in with_findings.iter().take(rows) {
            let findings: Vec<String> = layer
                .findings
                .iter()
                .map(|(kind, count)| if *count == 1 { kind.clone() } else { format!("{kind} ({count})") })
                .collect();
            self.hanging("        ", &format!("{} ({}): {}", layer.path, layer.format, findings.join(", ")));
        }
        if with_findings.len() > rows {
            self.line(&format!("        … and {} more of which something was found", with_findings.len() - rows));
        }
        if !result.clues.is_empty() {
            self.line("      clues to who packed it, where and when, by its own word, which may be forged:");
        }
        for clue in result.clues.iter().take(rows) {
            let entries = if clue.entries > 1 { format!(" ({} entries)", clue.entries) } else { String::new() };
            self.hanging("        ", &format!("{}: {}: {}{entries}", clue.path, clue.kind, clue.value));
        }
        if result.clues.len() > rows {
            self.line(&format!("        … and {} more", result.clues.len() - rows));
        }
    }

    /// The longest passages of an aligned file, and what was done to it.
    fn alignment(&mut self, row: &FileMatch, alignment: &Alignment) {
        const PASSAGES: usize = 3;
        let indent = " ".repeat(21);
        let Some(best) = &row.best else { return };
        let mut passages = passages(&alignment.ranges);
        let more = passages.len().saturating_sub(PASSAGES);
        passages.sort_by_key(|(sample, _)| std::cmp::Reverse(sample.1 - sample.0));
        passages.truncate(PASSAGES);
        passages.sort_unstable();
        let of = format!("{} (as of {})", best.path, moment(&best.last));
        let lines = |(from, to): (u32, u32), are: [&str; 2]| match from == to {
            true => format!("line {from} {}", are[0]),
            false => format!("lines {from}–{to} {}", are[1]),
        };
        let mut said: Vec<String> = passages
            .iter()
            .map(|(sample, ours)| lines(*sample, ["is", "are"]) + " " + lines(*ours, ["", ""]).trim_end())
            .collect();
        if let Some(last) = said.last_mut() {
            *last += &format!(" of {of}");
        }
        if more > 0 {
            said.push(format!("{} more", counted(more, "passage")));
        }
        said.extend(alignment.edits.iter().chain(&alignment.note).cloned());
        self.hanging(&indent, &said.join("; "));
    }

    /// A picture, and its lines that are the company's beside those.
    fn screen(&mut self, screen: &Screen, rows: usize) {
        /// Characters of a line on each side.
        const SIDE: usize = 56;

        let verdict = self.in_style(self.styles.strong, &screen.verdict);
        self.line(&format!("      picture {}: {verdict}", screen.path));
        for sentence in screens::words(screen) {
            self.wrapped(8, &sentence);
        }
        let cut = |line: &str| line.trim().chars().take(SIDE).collect::<String>();
        for (number, ours, read) in screens::lines(screen).take(rows) {
            self.line(&format!("        {number:>5} {:<SIDE$} | {}", cut(&ours), cut(&read)));
        }
        let more = screens::lines(screen).count().saturating_sub(rows);
        if more > 0 {
            self.line(&format!("        … and {more} more lines"));
        }
    }

    fn listing(&mut self, listing: &ListingMatch, rows: usize) {
        let verdict = self.in_style(self.styles.strong, &listing.verdict);
        self.line(&format!("      listing {} ({}): {verdict}", listing.path, listing.format));
        for sentence in &listing.words {
            self.wrapped(8, sentence);
        }
        for row in listing.rows.iter().filter(|row| row.best.is_some()).take(rows) {
            let best = row.best.as_ref().map_or(String::new(), |best| {
                let size = if row.same_size { "" } else { ", of another size" };
                format!(" = {} in {}, {} to {}{size}", best.path, best.corpus, best.first.day(), best.last.day())
            });
            let bytes = row.bytes.map_or(String::new(), |bytes| bytes.to_string());
            self.line(&format!("        {bytes:>12} {}{best}", row.path));
        }
    }

    fn source(&mut self, view: &View, place: usize) {
        let source = &view.case.sources[place];
        let kind = source.kind.word();
        let when = source.published.map_or_else(|| "undated".to_owned(), |at| at.strftime("%Y-%m-%d").to_string());
        let replaced = if source.replaced_by.is_some() { "   an earlier version" } else { "" };
        let title = source.title.as_ref().map_or(String::new(), |title| format!("   {title}"));
        self.line(&format!(
            "  {:<5} {kind:<9} {when:<10} {}{title}   TLP:{}{replaced}",
            source.handle,
            if source.kind == SourceKind::Sample { &source.whence } else { source.name() },
            source.tlp.word().to_uppercase()
        ));
        for problem in &source.problems {
            self.hanging("        problem: ", problem);
        }
        if let Some(line) = changes::line(view, place) {
            self.hanging("        ", &line);
        }
    }

    fn record(&mut self, view: &View) {
        let Some(head) = &view.record.head else { return };
        let root = crate::claim::EntryId(head.root).to_string();
        self.line(&self.in_style(
            self.styles.faint,
            &format!(
                "Ledger of {}: {} entries, root {}…, signed {}.",
                view.record.key.origin(),
                head.size,
                &root[..16],
                head.time.strftime("%Y-%m-%dT%H:%M:%SZ")
            ),
        ));
    }
}

/// Ranges that follow each other in both texts with little in between, as first and last lines of the sample and of ours.
fn passages(ranges: &[AlignedLines]) -> Vec<((u32, u32), (u32, u32))> {
    const LITTLE: u32 = 10;
    let mut passages: Vec<((u32, u32), (u32, u32))> = Vec::new();
    for range in ranges {
        let goes_on =
            |last: &(u32, u32), next: &(u32, u32)| next.0.checked_sub(last.1).is_some_and(|gap| gap <= LITTLE);
        match passages.last_mut() {
            Some((sample, ours)) if goes_on(sample, &range.sample) && goes_on(ours, &range.ours) => {
                (sample.1, ours.1) = (range.sample.1, range.ours.1);
            }
            _ => passages.push((range.sample, range.ours)),
        }
    }
    passages
}

/// A quotation that fits a few lines.
fn shortened(quote: &str) -> String {
    const LONGEST: usize = 280;
    let quote = quote.split_whitespace().collect::<Vec<_>>().join(" ");
    match quote.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &quote[..end]),
        None => quote,
    }
}

/// Tenths of a percent as percent.
pub(super) fn percent(permille: u32) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

pub(super) fn moment(commit: &Commit) -> String {
    if commit.id.is_empty() {
        commit.day()
    } else {
        format!("{} ({})", commit.day(), &commit.id[..commit.id.len().min(10)])
    }
}

/// A cell that fits its column.
fn cut(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    cell.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
