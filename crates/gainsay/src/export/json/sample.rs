//! A match for machines: the same object in a case and from `gainsay match --json`.

use serde_json::{Value, json};

use super::super::in_hand;
use crate::claim::{
    Alignment, BestMatch, BuildMatch, Commit, FileMatch, ListedFile, ListingMatch, Names, PlaceMatch, SampleMatch,
    Scan, Screen, Shares, Window,
};

/// A match with every figure.
pub fn sample_match(it: &SampleMatch) -> Value {
    json!({
        "owner": it.owner,
        "corpora": list(&it.corpora, |corpus| json!({
            "name": corpus.name,
            "role": corpus.role.word(),
            "indexed": corpus.indexed.map(|at| at.to_string()),
            "contents": corpus.contents,
            "rows": corpus.rows,
            "packages": corpus.packages,
        })),
        "verdict": it.verdict,
        "files": it.files,
        "bytes": it.bytes,
        "verdicts": list(&it.verdicts, |(word, files, bytes)| json!({ "verdict": word, "files": files, "bytes": bytes })),
        "shares_permille": shares(&it.shares),
        "window": it.window.as_ref().map(window),
        "curve": list(&it.curve, |point| json!({
            "commit": commit(&point.commit), "files": point.files, "fingerprints": point.fingerprints,
        })),
        "takings": list(&it.takings, |taking| json!({
            "line": taking.line,
            "reference": taking.reference,
            "first": taking.first.as_ref().map(commit),
            "last": taking.last.as_ref().map(commit),
            "files": taking.files,
            "some": taking.some,
        })),
        "fit_nowhere": it.fit_nowhere,
        "places": it.places.as_ref().map(|places| json!({
            "cover": places.cover, "is_least": places.is_least, "all": list(&places.all, place),
        })),
        "listings": list(&it.listings, listing),
        "words": it.words,
        "in_hand": it.in_hand.as_ref().map(in_hand::to_json),
        "problems": it.problems,
        "layers": list(&it.layers, |layer| json!({
            "path": layer.path,
            "format": layer.format,
            "files": layer.files,
            "bytes": layer.bytes,
            "findings": list(&layer.findings, |(kind, count)| json!({ "kind": kind, "count": count })),
        })),
        "clues": list(&it.clues, |clue| json!({
            "path": clue.path, "kind": clue.kind, "value": clue.value, "entries": clue.entries,
        })),
        "scans": list(&it.scans, scan),
        "screens": list(&it.screens, screen),
        "builds": list(&it.builds, build),
        "rows": list(&it.rows, file_match),
    })
}

fn scan(it: &Scan) -> Value {
    json!({
        "engine": it.engine,
        "version": it.version,
        "files": it.files,
        "with_findings": it.with_findings,
        "found": list(&it.found, |found| json!({ "path": found.path, "rule": found.rule })),
        "more": it.more,
        "not_scanned": list(&it.not_scanned, |left_out| json!({
            "reason": left_out.reason, "files": left_out.files, "some": left_out.some,
        })),
    })
}

fn screen(it: &Screen) -> Value {
    json!({
        "path": it.path,
        "format": it.format,
        "width": it.size.0,
        "height": it.size.1,
        "verdict": it.verdict,
        "lines_read": it.read,
        "sure_percent": it.sure,
        "best": it.best.as_ref().map(best),
        "also": it.also,
        "letters": { "ours": it.letters.0, "read": it.letters.1 },
        "lines": list(&it.lines, |line| json!({
            "read": line.read,
            "place_permille": line.place,
            "number": line.number,
            "ours": line.ours,
        })),
        "words": it.words,
    })
}

fn build(it: &BuildMatch) -> Value {
    let names = |of: &Names| json!({ "count": of.count, "some": of.some });
    let pairs = |of: &[(String, String)]| list(of, |(what, value)| json!({ "what": what, "value": value }));
    json!({
        "path": it.path,
        "format": it.format,
        "standing": it.standing,
        "ids_can_be_forged": true,
        "debug": it.debug,
        "marks": pairs(&it.marks),
        "says": pairs(&it.says),
        "exposes": list(&it.exposed, |of| json!({ "file": best(&of.file), "product": of.product, "same": of.by })),
        "more": it.more,
        "functions": names(&it.functions),
        "sources": names(&it.sources),
        "paths": names(&it.paths),
        "signature": it.signature,
    })
}

/// One file of a match.
pub fn file_match(row: &FileMatch) -> Value {
    json!({
        "path": row.path,
        "bytes": row.bytes,
        "verdict": row.verdict,
        "exact": row.exact,
        "generated": row.generated,
        "channel": row.channel,
        "shares_permille": shares(&row.shares),
        "best": row.best.as_ref().map(best),
        "containment_permille": { "text": row.containment.0, "code": row.containment.1 },
        "copies": row.copies,
        "some_copies": row.some_copies,
        "near": list(&row.near, |near| json!({
            "corpus": near.corpus, "path": near.path, "share_permille": near.share,
        })),
        "alignment": row.alignment.as_ref().map(alignment),
    })
}

fn listing(it: &ListingMatch) -> Value {
    json!({
        "path": it.path,
        "format": it.format,
        "verdict": it.verdict,
        "entries": it.entries,
        "sized": it.sized,
        "by_size": it.by_size,
        "by_path": it.by_path,
        "window": it.window.as_ref().map(window),
        "newest": it.newest.map(|at| at.to_string()),
        "words": it.words,
        "rows": list(&it.rows, listed),
    })
}

fn listed(it: &ListedFile) -> Value {
    json!({ "path": it.path, "bytes": it.bytes, "best": it.best.as_ref().map(best), "same_size": it.same_size })
}

fn place(it: &PlaceMatch) -> Value {
    json!({ "name": it.name, "files": it.files, "only_here": it.only_here, "some": it.some })
}

fn alignment(it: &Alignment) -> Value {
    json!({
        "aligned_permille": it.aligned,
        "ranges": list(&it.ranges, |range| json!({ "sample": range.sample, "ours": range.ours, "kind": range.kind })),
        "edits": it.edits,
        "note": it.note,
    })
}

fn best(it: &BestMatch) -> Value {
    json!({
        "corpus": it.corpus,
        "source": it.source,
        "path": it.path,
        "first": commit(&it.first),
        "last": commit(&it.last),
    })
}

fn window(window: &Window) -> Value {
    json!({
        "line": window.line,
        "strict": { "first": commit(&window.strict.0), "last": commit(&window.strict.1) },
        "first": commit(&window.first),
        "last": commit(&window.last),
        "open": window.open,
        "best": commit(&window.best),
        "fit": window.fit,
        "of": window.of,
    })
}

fn shares(it: &Shares) -> Value {
    json!({
        "matched": it.matched,
        "common": it.common,
        "public": it.public,
        "published": it.published,
        "distinctive": it.distinctive,
    })
}

fn commit(commit: &Commit) -> Value {
    json!({ "id": commit.id, "time": commit.time.to_string() })
}

fn list<T>(of: &[T], shown: impl Fn(&T) -> Value) -> Value {
    of.iter().map(shown).collect()
}
