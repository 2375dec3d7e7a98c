//! A view as Markdown (CommonMark with tables).

use std::fmt::Write as _;

use super::offers::{CAPTION, COLUMNS};
use super::page::{Ground, Page};
use crate::release::View;

/// The page.
pub fn view(view: &View) -> String {
    let page = Page::of(view);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, &page);
    text
}

fn write(out: &mut String, page: &Page) -> std::fmt::Result {
    writeln!(out, "# {}\n", plain(&page.title))?;
    writeln!(out, "TLP:{} · as it stands on {} · case opened {}\n", page.tlp, page.made, page.opened)?;
    if page.withheld > 0 {
        writeln!(out, "{} items are withheld from this audience under their marking.\n", page.withheld)?;
    }
    writeln!(out, "## Answer\n")?;
    for sentence in &page.answer {
        writeln!(out, "{}\n", plain(sentence))?;
    }
    if !page.judged.is_empty() {
        writeln!(out, "Own judgement, beside what is computed:\n")?;
    }
    for judged in &page.judged {
        writeln!(out, "- {}", plain(judged))?;
    }
    let standing = &page.standing;
    if let Some(earlier) = &standing.earlier {
        writeln!(out, "\n{}\n", plain(earlier))?;
    }
    for change in standing.changes.iter().chain(&standing.outdated) {
        writeln!(out, "- {}", plain(change))?;
    }
    writeln!(out, "\n## Next steps\n")?;
    for (number, step) in page.steps.iter().enumerate() {
        let notes = step.task.iter().map(|task| plain(task)).chain(step.from.iter().cloned()).collect::<Vec<_>>();
        let what = step.what.iter().map(|(part, is_command)| match is_command {
            true => format!("`{part}`"),
            false => {
                // Words go on after a command.
                let (before, after) = (part.starts_with(char::is_whitespace), part.ends_with(char::is_whitespace));
                format!("{}{}{}", if before { " " } else { "" }, plain(part), if after { " " } else { "" })
            }
        });
        writeln!(out, "{}. {} ({})", number + 1, what.collect::<String>(), notes.join(", "))?;
    }
    if !page.claims.is_empty() {
        writeln!(
            out,
            "\n## Claims\n\n| | claim | facet | likelihood | confidence | for and against | origins |\n|---|---|---|---|---|---|---|"
        )?;
        for claim in &page.claims {
            let voices = claim.voices.iter().map(|voice| {
                let side = if voice.for_claim { "for" } else { "against" };
                format!(
                    "{side} {} {} {} {} ({})",
                    voice.weight,
                    voice.handle,
                    voice.rating,
                    plain(&voice.party),
                    plain(&voice.because)
                )
            });
            let likelihood = if claim.assessed {
                format!("{} ({}) | {}", claim.likelihood, claim.range, claim.confidence)
            } else {
                "not assessed: nothing that was reviewed speaks to it | ".to_owned()
            };
            writeln!(
                out,
                "| {} | {} | {} | {likelihood} | {} | {} |",
                claim.handle,
                plain(&claim.proposition),
                claim.facet,
                (claim.settled.iter().map(|it| plain(it)))
                    .chain(claim.judged.iter().map(|it| format!("own judgement: {}", plain(it))))
                    .chain(claim.access.iter().map(|it| format!("the way in: {}", plain(it))))
                    .chain(claim.edits.iter().map(|it| format!("edit: {}", plain(it))))
                    .chain(voices)
                    .chain(
                        (!claim.uncounted.is_empty()).then(|| format!("not counted: {}", claim.uncounted.join(", ")))
                    )
                    .chain(
                        (claim.assessed && !claim.prospects.is_empty())
                            .then(|| format!("would change it: {}", claim.prospects.join("; ")))
                    )
                    .collect::<Vec<_>>()
                    .join("<br>"),
                plain(&claim.origins.join(", ")),
            )?;
        }
    }
    if !page.edits.is_empty() {
        writeln!(out, "\nOther edits of claims:\n")?;
    }
    for edit in &page.edits {
        writeln!(out, "- {}", plain(edit))?;
    }
    if !page.explanations.is_empty() {
        writeln!(out, "\n## What may be behind it\n\n{}", plain(super::explanations::CAPTION))?;
    }
    for of in &page.explanations {
        writeln!(
            out,
            "\n### {}\n\n| | against | what does not fit | what fits |\n|---|---:|---|---|",
            plain(&of.victim)
        )?;
        for it in &of.ranked {
            let cell = |grounds: &[Ground]| {
                let each =
                    grounds.iter().map(|it| format!("{} {} ({})", it.from.join(", "), plain(&it.words), it.weight));
                each.collect::<Vec<_>>().join("<br>")
            };
            writeln!(out, "| {} | {} | {} | {} |", it.words, it.burden, cell(&it.against), cell(&it.fits))?;
        }
    }
    writeln!(out, "\n## Timeline\n\n| | | |\n|---|---|---|")?;
    for event in &page.timeline {
        writeln!(out, "| {} | {} | {} |", event.day, plain(&event.what), event.from.join(", "))?;
    }
    if !page.findings.is_empty() || !page.privates.is_empty() {
        writeln!(out, "\n## Evidence\n")?;
    }
    for settled in &page.privates {
        writeln!(out, "### {}: settled with another party\n", settled.handle)?;
        for sentence in &settled.words {
            writeln!(out, "{}\n", plain(sentence))?;
        }
    }
    for finding in &page.findings {
        writeln!(
            out,
            "### {}: {} against the files of {}: {}\n\nHeld against {}.\n",
            finding.handle,
            plain(&finding.sample),
            plain(&finding.owner),
            finding.verdict,
            plain(&finding.corpora)
        )?;
        writeln!(out, "| verdict | files | bytes |\n|---|---:|---:|")?;
        for (word, files, bytes) in &finding.verdicts {
            writeln!(out, "| {word} | {files} | {bytes} |")?;
        }
        writeln!(out, "\n{}\n", plain(&finding.shares))?;
        if let Some(window) = &finding.window {
            writeln!(out, "Window: {}\n", plain(window))?;
        }
        for sentence in &finding.words {
            writeln!(out, "{}\n", plain(sentence))?;
        }
        for (label, words) in &finding.in_hand {
            writeln!(out, "- {label}: {}", plain(words))?;
        }
        if !finding.offered.is_empty() {
            writeln!(out, "\nSaid to be offered or taken, and what of it is in hand:\n")?;
        }
        for sentence in &finding.offered {
            writeln!(out, "- {}", plain(sentence))?;
        }
        writeln!(out)?;
        if !finding.places.is_empty() {
            writeln!(out, "| place | files found there | found only there |\n|---|---:|---:|")?;
        }
        for (name, files, only_here) in &finding.places {
            writeln!(out, "| {} | {files} | {only_here} |", plain(name))?;
        }
        for listing in &finding.listings {
            let (path, format) = (plain(&listing.path), &listing.format);
            writeln!(out, "\nListing {path} ({format}): {}.\n", listing.verdict)?;
            for sentence in &listing.words {
                writeln!(out, "{}\n", plain(sentence))?;
            }
        }
        if !finding.places.is_empty() || !finding.listings.is_empty() {
            writeln!(out)?;
        }
        writeln!(out, "| file of the sample | verdict | distinctive | best file of the corpora |\n|---|---|---:|---|")?;
        for row in &finding.rows {
            let best = [row.best.as_str(), &row.edits]
                .iter()
                .filter(|it| !it.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join("; ");
            writeln!(out, "| {} | {} | {} | {} |", plain(&row.path), row.verdict, row.share, plain(&best))?;
        }
        if !finding.builds.is_empty() {
            writeln!(out, "\n| file of the sample | stands | exposes | gives away |\n|---|---|---|---|")?;
        }
        for (file, standing, exposes, words) in &finding.builds {
            let (exposes, words) = (plain(&exposes.join("; ")), plain(&words.join(" ")));
            writeln!(out, "| {} | {standing} | {exposes} | {words} |", plain(file))?;
        }
        for sentence in &finding.scanned {
            writeln!(out, "\n{}", plain(sentence))?;
        }
        if !finding.malware.is_empty() {
            writeln!(out, "\n| file of the sample | scanned by | found |\n|---|---|---|")?;
        }
        for (engine, path, rule) in &finding.malware {
            writeln!(out, "| {} | {engine} | {} |", plain(path), plain(rule))?;
        }
        if !finding.layers.is_empty() {
            writeln!(
                out,
                "\n| archive | format | files right out of it | bytes | not read, or odd |\n|---|---|---:|---:|---|"
            )?;
        }
        for layer in &finding.layers {
            let (path, findings) = (plain(&layer.path), plain(&layer.findings));
            writeln!(out, "| {path} | {} | {} | {} | {findings} |", layer.format, layer.files, layer.bytes)?;
        }
        if !finding.clues.is_empty() {
            writeln!(out, "\nWhat the archives say of who packed them, where and when; it may be forged:\n")?;
            writeln!(out, "| archive | about | says |\n|---|---|---|")?;
        }
        for (path, kind, value) in &finding.clues {
            writeln!(out, "| {} | {kind} | {} |", plain(path), plain(value))?;
        }
        for problem in &finding.problems {
            writeln!(out, "\nProblem: {}", plain(problem))?;
        }
        writeln!(out, "\nTo compute it again: `{}`\n", finding.command.replace('`', ""))?;
    }
    for it in &page.inspections {
        writeln!(
            out,
            "\n## {}: what {} must not reveal\n\n{} {} files were looked through.\n",
            it.handle,
            plain(&it.sample),
            it.caption,
            it.looked_at
        )?;
        writeln!(out, "| found | different | in files | what |\n|---:|---:|---:|---|")?;
        for row in &it.kinds {
            writeln!(out, "| {} | {} | {} | {} |", row.found, row.distinct, row.files, row.kind)?;
        }
        if !it.items.is_empty() {
            writeln!(out, "\n| what | where | mark |\n|---|---|---|")?;
        }
        for row in &it.items {
            writeln!(out, "| {} | {} | {} |", plain(&row.what), plain(&row.place), row.mark)?;
        }
        if let Some(more) = &it.more {
            writeln!(out, "\n{more}")?;
        }
        writeln!(out, "\nTo find it again: `{}`\n", it.command.replace('`', ""))?;
    }
    if !page.challenges.is_empty() {
        writeln!(out, "\n## Challenges\n")?;
    }
    for sentence in page.challenges.iter().flat_map(|(_, sentences)| sentences) {
        writeln!(out, "{}\n", plain(sentence))?;
    }
    if let Some(origins) = &page.origins {
        writeln!(out, "\n## Origins\n\n{}\n", plain(&origins.at_a_glance))?;
        for line in &origins.lines {
            let indent = line.len() - line.trim_start().len();
            writeln!(out, "{}- {}", " ".repeat(indent), plain(line))?;
        }
        writeln!(out, "\n| | claim | comes from |\n|---|---|---|")?;
        for (handle, proposition, words) in &origins.by_claim {
            writeln!(out, "| {handle} | {} | {} |", plain(proposition), plain(words))?;
        }
    }
    if !page.disagreements.is_empty() {
        writeln!(out, "\n## Disagreements\n")?;
    }
    for disagreement in &page.disagreements {
        writeln!(out, "- {} ({})", plain(&disagreement.about), disagreement.kind)?;
        for place in &disagreement.places {
            let quote = place.quote.as_ref().map_or(String::new(), |quote| format!(" “{}”", plain(quote)));
            writeln!(out, "  - {} ({}): {}{quote}", plain(&place.who), place.source, plain(&place.what))?;
        }
    }
    if !page.offers.is_empty() {
        writeln!(out, "\n## Offers\n\n{CAPTION}\n\n| {} | also |", COLUMNS.join(" | "))?;
        writeln!(out, "|---|---|---|---|---|---|---|")?;
    }
    for offer in &page.offers {
        let cells = offer.cells.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join(" | ");
        writeln!(out, "| {} | {cells} | {} |", offer.source, plain(&offer.more))?;
    }
    if !page.said.is_empty() {
        writeln!(out, "\n## Who said what\n")?;
    }
    for said in &page.said {
        let origin = said.origin.as_ref().map_or(String::new(), |origin| format!(", repeating {}", plain(origin)));
        writeln!(
            out,
            "- {} · {} · **{}** ({}) *{}*{origin}, in {}, {} · {}\n\n  > {}\n",
            said.handle,
            said.date,
            plain(&said.speaker),
            said.kind,
            said.stance,
            said.source,
            plain(&said.outlet),
            plain(&said.state),
            plain(&said.quote)
        )?;
    }
    writeln!(out, "\n## Sources\n\n| | source | published | received | SHA-256 |\n|---|---|---|---|---|")?;
    for source in &page.sources {
        let title = source.title.as_ref().map_or(String::new(), |title| format!(", “{}”", plain(title)));
        let replaced = if source.replaced { ", an earlier version" } else { "" };
        let problems: String = source.problems.iter().map(|problem| format!("; {}", plain(problem))).collect();
        writeln!(
            out,
            "| {} | {}: {}{title} ({}, TLP:{}{replaced}{problems}) | {} | {} | `{}` |",
            source.handle,
            source.kind,
            plain(&source.name),
            plain(&source.whence),
            source.tlp,
            source.published,
            source.received,
            source.digest
        )?;
    }
    writeln!(out, "\n## The record\n\nWhat this is based on:\n")?;
    for (what, state) in &page.standing.based_on {
        writeln!(out, "- {what}: {}", plain(state))?;
    }
    if let Some(record) = &page.record {
        writeln!(
            out,
            "\nThe signed head of the ledger that all of this stands in. `gainsay ledger verify --against FILE` holds a ledger against it.\n\n```\n{}```\n\nPublic key: `{}`\n",
            record.checkpoint, record.key
        )?;
        writeln!(out, "| entry | place | leaf | audit path |\n|---|---:|---|---|")?;
        for proof in &record.proofs {
            writeln!(out, "| {} | {} | `{}` | {} |", proof.handle, proof.seq, proof.leaf, proof.path.join(" "))?;
        }
    }
    Ok(())
}

/// Text from a source as text: on one line, with nothing in it that Markdown or HTML would act on.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '&' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
