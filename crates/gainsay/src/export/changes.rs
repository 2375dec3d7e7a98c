//! What changed from one version of a source to the next, sentence by sentence.

use serde_json::{Value, json};

use super::text::Styles;
use crate::align::{Difference, differences};
use crate::claim::{Source, SourceText, Span, counted};
use crate::read::sentences;
use crate::release::View;

/// Two versions of a source, one right after the other.
struct Step<'v> {
    before: &'v Source,
    after: &'v Source,
    /// What differs, or why that cannot be told.
    differences: Result<Vec<Difference>, &'v str>,
}

impl Step<'_> {
    /// Whether it changed and names no day on which it did.
    fn is_silent(&self) -> bool {
        let says_so = self.after.updated.is_some() && self.after.updated != self.before.updated;
        !says_so && self.differences.as_ref().is_ok_and(|found| !found.is_empty())
    }

    /// What differs, in a few words.
    fn words(&self) -> String {
        let found = match &self.differences {
            Ok(found) if found.is_empty() => return "no sentence differs".to_owned(),
            Ok(found) => found,
            Err(why) => return format!("they cannot be compared: {why}"),
        };
        let count = |before: bool, after: bool| {
            found.iter().filter(|it| it.before.is_some() == before && it.after.is_some() == after).count()
        };
        let kinds = [(count(true, true), "changed"), (count(false, true), "added"), (count(true, false), "removed")];
        let mut words: Vec<String> = Vec::new();
        for (count, kind) in kinds.into_iter().filter(|(count, _)| *count > 0) {
            let what = if words.is_empty() { counted(count, "sentence") } else { count.to_string() };
            words.push(format!("{what} {kind}"));
        }
        let said = match self.after.updated.filter(|_| !self.is_silent()) {
            Some(at) => format!("; it says that it was updated on {}", at.strftime("%Y-%m-%d %H:%M UTC")),
            None => "; it does not say that it was changed".to_owned(),
        };
        words.join(", ") + &said
    }
}

/// The step to a version from the one before it, if there is one.
fn step_to(view: &View, place: usize) -> Option<Step<'_>> {
    let sources = &view.case.sources;
    let before = sources.iter().find(|source| source.replaced_by == Some(place))?;
    let after = sources.get(place)?;
    let differences = match (&before.text, &after.text) {
        (SourceText::Here(old), SourceText::Here(new)) => {
            Ok(differences((old, &sentences(old)), (new, &sentences(new))))
        }
        (SourceText::Unavailable(why), _) | (_, SourceText::Unavailable(why)) => Err(why.as_str()),
        (SourceText::None, _) | (_, SourceText::None) => Err("one of them is no text"),
    };
    Some(Step { before, after, differences })
}

/// The steps through all versions of a source, from the first to the last.
fn steps(view: &View, place: usize) -> Vec<Step<'_>> {
    let sources = &view.case.sources;
    let mut at = Some(place);
    // Back to the first version, then on to the last.
    while let Some(before) = at.and_then(|at| sources.iter().position(|source| source.replaced_by == Some(at))) {
        at = Some(before);
    }
    let mut steps = Vec::new();
    while let Some(next) = at.and_then(|at| sources.get(at)?.replaced_by) {
        steps.extend(step_to(view, next));
        at = Some(next);
    }
    steps
}

/// One line on how a version differs from the one before it.
pub(super) fn line(view: &View, place: usize) -> Option<String> {
    let step = step_to(view, place)?;
    Some(format!("since {}: {}", step.before.handle, step.words()))
}

/// The versions of a source, for a terminal.
pub fn text(view: &View, place: usize, styles: Styles) -> String {
    let steps = steps(view, place);
    let handle = view.case.sources.get(place).map_or("", |source| source.handle.as_str());
    if steps.is_empty() {
        return format!("{handle} has one version.\n");
    }
    let mut out = String::new();
    for step in &steps {
        out += &format!("{} → {}: {}\n", step.before.handle, step.after.handle, step.words());
        for difference in step.differences.iter().flatten() {
            for (sign, source, span) in [('-', step.before, difference.before), ('+', step.after, difference.after)] {
                if let Some((span, words)) = span.and_then(|span| Some((span, quote(source, span)?))) {
                    let place = format!("{}–{}", span.start, span.end);
                    out += &format!("  {sign} {words} {0}({place}){0:#}\n", styles.faint);
                }
            }
        }
    }
    out
}

fn quote(source: &Source, span: Span) -> Option<String> {
    match &source.text {
        SourceText::Here(text) => Some(span.of(text)?.split_whitespace().collect::<Vec<_>>().join(" ")),
        _ => None,
    }
}

/// The versions of a source, for machines.
pub fn json(view: &View, place: usize) -> Value {
    let side = |source: &Source, span: Option<Span>| {
        span.map(|span| json!({ "start": span.start, "end": span.end, "text": quote(source, span) }))
    };
    let of_step = |step: &Step<'_>| {
        let differences: Vec<Value> = step
            .differences
            .iter()
            .flatten()
            .map(|it| {
                let kind = match (it.before, it.after) {
                    (Some(_), Some(_)) => "changed",
                    (None, _) => "added",
                    (_, None) => "removed",
                };
                json!({ "kind": kind, "before": side(step.before, it.before), "after": side(step.after, it.after) })
            })
            .collect();
        json!({
            "before": step.before.handle,
            "after": step.after.handle,
            "updated": step.after.updated.map(|at| at.to_string()),
            "silent": step.is_silent(),
            "not_compared": step.differences.as_ref().err(),
            "differences": differences,
        })
    };
    let handle = view.case.sources.get(place).map(|source| source.handle.as_str());
    json!({ "source": handle, "versions": steps(view, place).iter().map(of_step).collect::<Vec<_>>() })
}
