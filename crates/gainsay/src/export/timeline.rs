//! What happened when, by day: what was published, who took a side, what a sample's content shows, what this desk did.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::claim::{SourceKind, Stance};
use crate::release::View;

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The day, or from and to which.
    pub day: String,
    /// Whether it is of the event itself, of what was published on it, or of this desk.
    pub lane: &'static str,
    /// What happened.
    pub what: String,
    /// Handles of what shows it.
    pub from: Vec<String>,
}

/// What comes first of one day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Content,
    /// Somebody took a side on a day that the text tells.
    Told,
    Published,
    Said,
    Desk,
}

impl Rank {
    /// What its day is of: of the event, of a publication, or of this desk.
    fn lane(self) -> &'static str {
        match self {
            Rank::Content | Rank::Told => "event",
            Rank::Published | Rank::Said => "published",
            Rank::Desk => "this desk",
        }
    }
}

/// The events of a view, earliest first. What only passes something on takes no side and is left out.
pub fn events(view: &View) -> Vec<Event> {
    let case = &view.case;
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let mut events: BTreeMap<(String, Rank, String), Vec<String>> = BTreeMap::new();
    let mut add = |day: String, rank: Rank, what: String, from: &str| {
        let handles = events.entry((day, rank, what)).or_default();
        if !from.is_empty() && !handles.iter().any(|known| known == from) {
            handles.push(from.to_owned());
        }
    };
    for source in &case.sources {
        let title = source.title.as_ref().map_or(String::new(), |title| format!(" “{title}”"));
        if let Some(published) = source.published {
            add(day(published), Rank::Published, format!("{}{title} was published", source.name()), &source.handle);
        }
        let what =
            if source.kind == SourceKind::Sample { "this desk received the sample" } else { "this desk captured" };
        add(day(source.received), Rank::Desk, what.to_owned(), &source.handle);
    }
    for said in case.shown().filter(|said| said.statement.stance != Stance::Informs) {
        let statement = &said.statement;
        let (rank, when) = match (statement.days, case.sources[said.source].published) {
            (Some(days), _) if days.from == days.to => (Rank::Told, days.from.to_string()),
            (Some(days), _) => (Rank::Told, format!("{} – {}", days.from, days.to)),
            (None, Some(published)) => (Rank::Said, day(published)),
            (None, None) => continue,
        };
        let stance = statement.stance.word().replace('_', " ");
        let who = match statement.stance {
            Stance::NoComment => format!("{} gave no comment", statement.speaker),
            Stance::Investigating => format!("{} was investigating", statement.speaker),
            _ => format!("{} {stance}", statement.speaker),
        };
        add(when, rank, who, &said.handle);
    }
    for finding in case.current_findings() {
        if let Some(window) = &finding.result.window {
            let what = format!("what the sample holds stood so in {}", window.line);
            let until = if window.open { "…".to_owned() } else { window.last.day() };
            add(format!("{} – {until}", window.first.day()), Rank::Content, what, &finding.handle);
        }
        let what = format!("the sample was matched: {}", finding.result.verdict);
        add(day(finding.received), Rank::Desk, what, &finding.handle);
    }
    for settled in &case.privates {
        let what = format!("a sample was settled with another party: {}", settled.summary());
        add(day(settled.received), Rank::Desk, what, &settled.handle);
    }
    add(day(case.opened), Rank::Desk, "the case was opened".to_owned(), "");
    events.into_iter().map(|((day, rank, what), from)| Event { day, lane: rank.lane(), what, from }).collect()
}

/// The same for machines.
pub fn to_json(view: &View) -> Value {
    let each = events(view).into_iter();
    each.map(|event| json!({ "day": event.day, "lane": event.lane, "what": event.what, "from": event.from })).collect()
}
