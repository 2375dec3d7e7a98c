//! What a sample is made of, next to what was offered: what the formats share.

use serde_json::{Value, json};

use crate::assess::{CHOSEN_BY_THE_SELLER, Offered};
use crate::claim::{InHand, SampleMatch, counted, portion, sized};

/// How many words of one sort a line lists.
const FEW: usize = 8;

/// What it is made of, each line with its label.
pub fn lines(result: &SampleMatch) -> Vec<(&'static str, String)> {
    let Some(hand) = &result.in_hand else { return Vec::new() };
    let files = |count: u64| counted(count, "file");
    let listed = |of: &[(String, u64, u64)]| {
        let listed = of.iter().map(|(word, count, bytes)| format!("{word} {} in {}", sized(*bytes), files(*count)));
        few(listed.collect())
    };
    let mut lines = vec![(
        "in hand",
        format!("{}, {} unpacked; {} as it came", files(result.files), sized(result.bytes), sized(hand.received)),
    )];
    if !hand.kinds.is_empty() {
        lines.push(("kinds", listed(&hand.kinds)));
    }
    if !hand.languages.is_empty() {
        lines.push(("languages", listed(&hand.languages)));
    }
    if !hand.dates.is_empty() {
        let dates = hand
            .dates
            .iter()
            .map(|it| format!("{} {} to {} ({})", it.of, it.oldest, it.newest, counted(it.count, "date")));
        let dates = dates.collect::<Vec<_>>().join("; ");
        lines.push(("dates inside", format!("{dates}; whoever packed or wrote them may have forged each")));
    }
    if !hand.names.is_empty() {
        let names = hand.names.iter().map(|(name, count)| format!("{name} ({})", files(*count)));
        lines.push(("names", few(names.collect())));
    }
    if let Some(leaks) = &hand.leaks {
        let share = portion(u128::from(leaks.files), u128::from(result.files));
        let left_out = match leaks.left_out {
            0 => String::new(),
            more => format!("; {} more were not held against it", files(more)),
        };
        let some: Vec<String> = leaks
            .some
            .iter()
            .map(|(path, name)| if name.is_empty() { path.clone() } else { format!("{path} = {name}") })
            .collect();
        let some = if some.is_empty() { String::new() } else { format!(": {}", few(some)) };
        lines.push((
            "leaked before",
            format!(
                "{} of {} ({share}), {}, are in {} of {}{left_out}{some}",
                leaks.files,
                files(result.files),
                sized(leaks.bytes),
                leaks.list,
                counted(leaks.digests, "digest")
            ),
        ));
    }
    lines
}

/// What was offered, next to what of it is in hand: with the source that says so, and last what does not follow.
pub fn offered(offered: &[Offered]) -> Vec<String> {
    let told = offered.iter().map(|it| format!("{}, says {}: {}.", it.what, it.from, it.in_hand));
    let caveat = (!offered.is_empty()).then(|| CHOSEN_BY_THE_SELLER.to_owned());
    told.chain(caveat).collect()
}

/// What it is made of, for machines.
pub fn to_json(hand: &InHand) -> Value {
    let totals = |of: &[(String, u64, u64)], word: &str| -> Value {
        of.iter().map(|(name, files, bytes)| json!({ word: name, "files": files, "bytes": bytes })).collect()
    };
    json!({
        "received_bytes": hand.received,
        "kinds": totals(&hand.kinds, "kind"),
        "languages": totals(&hand.languages, "language"),
        "dates": hand.dates.iter().map(|it| json!({
            "of": it.of, "count": it.count, "oldest": it.oldest, "newest": it.newest, "forgeable": true,
        })).collect::<Value>(),
        "names": hand.names.iter().map(|(name, files)| json!({ "name": name, "files": files })).collect::<Value>(),
        "leaked_before": hand.leaks.as_ref().map(|leaks| json!({
            "list": leaks.list,
            "blake3": leaks.blake3,
            "digests": leaks.digests,
            "files": leaks.files,
            "bytes": leaks.bytes,
            "not_held_against_it": leaks.left_out,
            "some": leaks.some.iter().map(|(path, name)| json!({ "path": path, "name": name })).collect::<Value>(),
        })),
        "caveat": CHOSEN_BY_THE_SELLER,
    })
}

/// What was offered, for machines.
pub fn offered_to_json(offered: &[Offered]) -> Value {
    let told = offered.iter().map(|it| {
        json!({
            "source": it.from,
            "what": it.what,
            "in_hand": it.in_hand,
            "share": it.share.map(|(part, all)| json!({ "part": part, "all": all, "percent": portion(part.into(), all.into()) })),
            "caveat": CHOSEN_BY_THE_SELLER,
        })
    });
    told.collect()
}

fn few(mut words: Vec<String>) -> String {
    let more = words.len().saturating_sub(FEW);
    words.truncate(FEW);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}
