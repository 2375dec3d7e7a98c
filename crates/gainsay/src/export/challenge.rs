//! Challenges in words and for machines: what the formats share.

use serde_json::{Value, json};

use crate::claim::{Answer, Challenge, Draw, DrawnBy, Outcome, sized};

/// What an interval assumes, and what does not follow.
const ASSUMES: &str = "It assumes that whoever sells could not know the draw when the listing was committed to. Genuine is what came in the listed \
size and is the company's own and in no public or published corpus; what is everybody's, and what cannot be told, counts as not genuine. \
Nothing follows for what is not listed. The assessment weighs the answer as the match that it is, and not this interval.";

/// How many files of one outcome a line names.
const FEW: usize = 8;

/// What a challenge is, what was drawn and what came, in sentences.
pub fn lines(challenge: &Challenge) -> Vec<String> {
    let bytes = challenge.bytes.map_or(String::new(), |bytes| format!(", {}", sized(bytes)));
    let mut lines = vec![format!(
        "{}: a listing of {} files{bytes} ({}), committed to on {} as entry {}. SHA-256 of our nonce: {}.",
        challenge.handle,
        challenge.files,
        challenge.format,
        challenge.opened.strftime("%Y-%m-%d"),
        challenge.id.short(),
        challenge.commitment,
    )];
    let Some(draw) = &challenge.draw else {
        lines.push("Nothing was drawn yet, and nothing follows from it.".to_owned());
        return lines;
    };
    let public = match &draw.public {
        Some(public) => format!("public value {public}"),
        None => "no public value, so that whoever doubts us cannot tell whether we tried several nonces".to_owned(),
    };
    lines.push(format!(
        "Drawn on {}: {} by {} ({}); nonce {}, {public}, seed {}.",
        draw.at.strftime("%Y-%m-%d"),
        draws(draw),
        draw.by,
        match draw.by {
            DrawnBy::Files => "each as likely as any other",
            DrawnBy::Bytes => "each byte as likely as any other",
        },
        draw.nonce,
        draw.seed
    ));
    let Some(answer) = &draw.answer else {
        lines.push("No answer came yet: what does not come counts as not genuine.".to_owned());
        return lines;
    };
    let again = if draw.answers > 1 { format!(", the newest of {} answers", draw.answers) } else { String::new() };
    let counts: Vec<String> = Outcome::ALL
        .iter()
        .map(|outcome| (answer.of(*outcome, draw), outcome))
        .filter(|(count, _)| *count > 0)
        .map(|(count, outcome)| format!("{count} {outcome}"))
        .collect();
    lines.push(format!(
        "Answered on {}{again}, held against the files of {}: of {} {}.",
        answer.at.strftime("%Y-%m-%d"),
        answer.owner,
        draws(draw),
        counts.join(", ")
    ));
    lines.push(verdict(challenge, draw, answer));
    for outcome in [Outcome::Missing, Outcome::WrongSize, Outcome::NotOurs, Outcome::Repeated] {
        let named = answer.outcomes.iter().zip(&draw.files).filter(|((is, _), _)| *is == outcome);
        let paths: Vec<&str> = named.map(|(_, file)| file.path.as_str()).collect();
        if !paths.is_empty() {
            let more = if paths.len() > FEW { format!(", {} more", paths.len() - FEW) } else { String::new() };
            let paths = paths.into_iter().take(FEW).collect::<Vec<_>>().join(", ");
            lines.push(format!("{}: {paths}{more}.", capital(outcome.word())));
        }
    }
    lines.push(ASSUMES.to_owned());
    lines
}

/// What to send to whoever sells; nothing where nothing was drawn, or an answer is there.
pub fn request(challenge: &Challenge) -> Option<String> {
    let draw = challenge.draw.as_ref().filter(|draw| draw.answer.is_none())?;
    let mut text = format!(
        "Of your listing of {} files we ask for these {}. Send them unchanged, under their paths, in one archive.\n\n",
        challenge.files,
        draw.files.len()
    );
    for file in &draw.files {
        text += &file.path;
        text.push('\n');
    }
    text += &format!(
        "\nThey were drawn by lot. Before, on {}, we committed to {}, which is SHA-256 of the nonce {}. The draw follows from SHA-256 \
         of nonce, public value {:?} and SHA-256 of the listing, each on a line: {}\n",
        challenge.opened.strftime("%Y-%m-%d"),
        challenge.commitment,
        draw.nonce,
        draw.public.as_deref().unwrap_or_default(),
        draw.seed
    );
    Some(text)
}

/// What an answered challenge came to, in one sentence.
pub fn in_short(challenge: &Challenge) -> Option<String> {
    let draw = challenge.draw.as_ref()?;
    Some(format!("{} {}", challenge.handle, verdict(challenge, draw, draw.answer.as_ref()?)))
}

/// Between which shares the genuine part lies, in one sentence.
fn verdict(challenge: &Challenge, draw: &Draw, answer: &Answer) -> String {
    let (from, to) = answer.interval;
    let (all, of) = match draw.by {
        DrawnBy::Files => (challenge.files, format!("the {} listed files", challenge.files)),
        DrawnBy::Bytes => (1_000_000, "the listed bytes".to_owned()),
    };
    // Rounded outwards, in whole percent.
    let percent = |part: u64| u128::from(part) * 100 / u128::from(all.max(1));
    let above = (u128::from(to) * 100).div_ceil(u128::from(all.max(1)));
    let exactly = match draw.by {
        DrawnBy::Files => format!(" ({from} to {to} files)"),
        DrawnBy::Bytes => String::new(),
    };
    let confidence = draw.confidence / 10;
    if draw.by == DrawnBy::Files && from == to {
        return format!("Of {of} {from} are genuine: all of them were asked for.");
    }
    format!(
        "Between {} % and {above} % of {of} are genuine{exactly}, with {confidence} % confidence: an exact interval.",
        percent(from)
    )
}

fn draws(draw: &Draw) -> String {
    let (drawn, files) = (draw.drawn(), draw.files.len() as u64);
    let noun = if drawn == 1 { "draw" } else { "draws" };
    if drawn == files { format!("{drawn} {noun}") } else { format!("{drawn} {noun} ({files} files)") }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// A challenge for machines.
pub fn to_json(challenge: &Challenge) -> Value {
    json!({
        "handle": challenge.handle,
        "id": challenge.id.to_string(),
        "opened": challenge.opened.to_string(),
        "tlp": challenge.tlp.word(),
        "format": challenge.format,
        "files": challenge.files,
        "bytes": challenge.bytes,
        "commitment": challenge.commitment,
        "words": lines(challenge),
        "request": request(challenge),
        "draw": challenge.draw.as_ref().map(|draw| json!({
            "id": draw.id.to_string(),
            "at": draw.at.to_string(),
            "nonce": draw.nonce,
            "public": draw.public,
            "seed": draw.seed,
            "by": draw.by.word(),
            "confidence_permille": draw.confidence,
            "drawn": draw.drawn(),
            "files": draw.files.iter().map(|file| json!({
                "path": file.path, "bytes": file.bytes, "times": file.times,
            })).collect::<Value>(),
            "answers": draw.answers,
            "answer": draw.answer.as_ref().map(|answer| json!({
                "id": answer.id.to_string(),
                "at": answer.at.to_string(),
                "owner": answer.owner,
                "matches": answer.matches.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "outcomes": answer.outcomes.iter().zip(&draw.files).map(|((outcome, received), file)| json!({
                    "path": file.path, "outcome": outcome.word(), "received": received,
                })).collect::<Value>(),
                "genuine": answer.genuine,
                "interval": { "from": answer.interval.0, "to": answer.interval.1, "of": match draw.by {
                    DrawnBy::Files => challenge.files,
                    DrawnBy::Bytes => 1_000_000,
                } },
                "assumes": ASSUMES,
            })),
        })),
    })
}
