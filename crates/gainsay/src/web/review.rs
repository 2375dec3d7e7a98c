//! Review: drafts beside the text that they were read in, each decided with what its page had seen.

use askama::Template;
use axum::http::StatusCode;

use super::Answered;
use super::answer::{Answer, Failure, drawn};
use super::asking::Asking;
use super::door::Session;
use super::fields::{Asked, At, Fields};
use super::frame::Frame;
use super::marked::{Piece, pieces};
use super::source::Said;
use crate::claim::{self, EntryId, PartyKind, SourceText, Stance, State as Reviewed, Until};
use crate::desk::{self, Acting, Change, Desk, Mended, Over, Role};
use crate::release::{Released, View};

#[derive(Template)]
#[template(path = "web/review.html")]
struct Page {
    frame: Frame,
    within: String,
    case: String,
    /// What was decided just now.
    done: Option<Said>,
    /// What is looked at, and where the list stands.
    one: Option<One>,
    waiting: usize,
    list: Vec<Said>,
    all: bool,
    kinds: &'static [PartyKind],
    stances: &'static [Stance],
}

/// The statement that is looked at.
struct One {
    said: Said,
    /// The words of its stance and its speaker's part, as forms send them.
    stance: &'static str,
    kind: &'static str,
    because: String,
    /// The decision that the page shows, if there is one.
    saw: String,
    source: String,
    source_name: String,
    text: Vec<Piece>,
    why_none: Option<String>,
    /// Others that wait, of the same speaker with the same stance.
    alike: Vec<String>,
    before: Option<String>,
    after: Option<String>,
    place: usize,
}

pub(super) async fn page(asking: Asking, At(id): At<String>, asked: Asked) -> Answered {
    asking.page_of(id, Until::default(), move |_, view, session| of(view, session, &asked)).await
}

/// What there is to go through, in the order of the texts.
fn in_order(view: &View, all: bool) -> Vec<&claim::Said> {
    let case = &view.case;
    let waits = |said: &&claim::Said| all || matches!(said.state, Reviewed::Draft { .. });
    let is_newest = |said: &&claim::Said| case.sources[said.source].replaced_by.is_none();
    let mut list: Vec<&claim::Said> = case.statements.iter().filter(waits).filter(is_newest).collect();
    list.sort_by_key(|said| (said.source, said.statement.span.start));
    list
}

fn of(view: &View, session: &Session, asked: &Asked) -> Result<Page, Failure> {
    let case = &view.case;
    let all = asked.get("all").is_some();
    let list = in_order(view, all);
    let find = |handle: &str| case.statements.iter().find(|said| said.handle == handle);
    let said = match asked.get("at") {
        Some(handle) => {
            let found = find(handle);
            Some(found.ok_or_else(|| desk::Error::NoHandle { case: case.title.clone(), handle: handle.to_owned() })?)
        }
        None => list.first().copied(),
    };
    Ok(Page {
        frame: Frame::of(session, &format!("Review of {}", case.title)),
        within: format!("/case/{}", case.id.short()),
        case: case.title.clone(),
        done: asked.get("done").and_then(find).map(Said::of),
        one: said.map(|said| one(view, said, &list)),
        waiting: in_order(view, false).len(),
        list: list.into_iter().map(Said::of).collect(),
        all,
        kinds: PartyKind::ALL,
        stances: Stance::ALL,
    })
}

fn one(view: &View, said: &claim::Said, list: &[&claim::Said]) -> One {
    let case = &view.case;
    let source = &case.sources[said.source];
    let of_it =
        case.statements.iter().filter(|it| it.source == said.source && (it.state.shows() || it.handle == said.handle));
    let spans: Vec<_> = of_it.map(|it| (it.handle.as_str(), it.statement.span)).collect();
    let (text, why_none) = match &source.text {
        SourceText::Here(text) => (pieces(text, &spans, Some(&said.handle)), None),
        SourceText::None => (Vec::new(), Some("It is no text.".to_owned())),
        SourceText::Unavailable(why) => (Vec::new(), Some(why.clone())),
    };
    let place = list.iter().position(|it| it.handle == said.handle);
    let beside = |place: Option<usize>| place.and_then(|place| list.get(place)).map(|it| it.handle.clone());
    let is_alike = |it: &&&claim::Said| {
        it.handle != said.handle
            && matches!(it.state, Reviewed::Draft { .. })
            && it.statement.speaker == said.statement.speaker
            && it.statement.stance == said.statement.stance
    };
    let draft = source.reading.drafts.get(usize::try_from(said.draft.1).unwrap_or(usize::MAX));
    One {
        stance: said.statement.stance.word(),
        kind: said.statement.speaker_kind.word(),
        because: draft.map_or(String::new(), |draft| draft.because.clone()),
        saw: said.state.decided().map_or(String::new(), |entry| entry.to_string()),
        source: source.handle.clone(),
        source_name: source.title.clone().unwrap_or_else(|| source.name().to_owned()),
        text,
        why_none,
        alike: list.iter().filter(is_alike).map(|it| it.handle.clone()).collect(),
        before: beside(place.and_then(|place| place.checked_sub(1))),
        after: beside(place.map(|place| place + 1)),
        place: place.map_or(0, |place| place + 1),
        said: Said::of(said),
    }
}

/// A decision, on what its page showed.
pub(super) async fn decide(asking: Asking, At(id): At<String>, fields: Fields) -> Answered {
    asking
        .at_desk(Role::Analyst, move |desk, acting, session| {
            let handle = fields.need("handle", "The statement")?.to_owned();
            let changes = changes(desk, &id, &handle, &fields)?;
            let over = match fields.get("saw") {
                Some(entry) => {
                    Over::Seen(entry.parse::<EntryId>().map_err(|e| Failure::Input(format!("{entry}: {e}")))?)
                }
                None => Over::Nobody,
            };
            match desk.decide(acting, &id, &changes, over) {
                Ok(_) => {}
                Err(desk::Error::Stale { handle, by }) => {
                    return conflict(desk, acting, session, &id, (&handle, &by), &fields);
                }
                Err(error) => return Err(error.into()),
            }
            let view = desk.view(&id, acting.now, Until::default())?;
            let within = format!("/case/{}", view.case.id.short());
            // On to what comes next in the texts, and round again to what was skipped.
            let order = |it: &claim::Said| (it.source, it.statement.span.start);
            let from = view.case.statements.iter().find(|it| it.handle == handle).map(order);
            let waiting = in_order(&view, false);
            let next = waiting.iter().find(|it| Some(order(it)) > from).or(waiting.first());
            Ok(Answer::Go(match next {
                Some(next) => format!("{within}/review?at={}&done={handle}#here", next.handle),
                None => format!("{within}/review?done={handle}"),
            }))
        })
        .await
}

fn changes(desk: &mut Desk, id: &str, handle: &str, fields: &Fields) -> Result<Vec<(String, Change)>, Failure> {
    let mended = Mended {
        speaker: fields.get("speaker").map(str::to_owned),
        speaker_kind: fields.get("kind").map(str::parse).transpose()?,
        stance: fields.get("stance").map(str::parse).transpose()?,
    };
    Ok(match fields.need("do", "What to do")? {
        "accept" => vec![(handle.to_owned(), Change::Accept)],
        "mend" => vec![(handle.to_owned(), Change::Mend(mended))],
        "reject" => {
            let reason = fields.get("reason").map(str::to_owned);
            vec![(handle.to_owned(), Change::Reject { reason })]
        }
        "split" => {
            let at = desk.place_to_split(id, handle, fields.need("words", "Where to split")?)?;
            vec![(handle.to_owned(), Change::Split { at, second: mended })]
        }
        // Those that the page named, and no others that came in meanwhile.
        "alike" => {
            let all = std::iter::once(handle).chain(fields.all("alike"));
            all.map(|handle| (handle.to_owned(), Change::Accept)).collect()
        }
        other => return Err(Failure::Input(format!("{other} is nothing that can be done."))),
    })
}

#[derive(Template)]
#[template(path = "web/conflict.html")]
struct Conflict {
    frame: Frame,
    within: String,
    handle: String,
    by: String,
    now: Option<Said>,
    saw: String,
    wanted: String,
    /// What the form held, to be sent again.
    fields: Vec<(&'static str, String)>,
}

/// Somebody decided meanwhile: what stands, what was wanted, and both ways on.
fn conflict(
    desk: &mut Desk,
    acting: &Acting,
    session: &Session,
    id: &str,
    (handle, by): (&str, &str),
    fields: &Fields,
) -> Answered {
    let view = desk.view(id, acting.now, Until::default())?;
    let now = view.case.statements.iter().find(|said| said.handle == handle);
    let what = fields.get("do").unwrap_or_default();
    // Of many that were to be accepted at once, the one is left for a decision of its own.
    let again = if what == "alike" { "accept" } else { what };
    let kept = ["speaker", "kind", "stance", "reason", "words"];
    let kept = kept.into_iter().filter_map(|name| Some((name, fields.get(name)?.to_owned())));
    let page = Conflict {
        frame: Frame::of(session, "Decided meanwhile"),
        within: format!("/case/{}", view.case.id.short()),
        handle: handle.to_owned(),
        by: super::case::plain(by),
        saw: now.and_then(|said| said.state.decided()).map_or(String::new(), |entry| entry.to_string()),
        now: now.map(Said::of),
        wanted: match again {
            "mend" => format!(
                "mend it: {} {}",
                fields.get("speaker").unwrap_or_default(),
                fields.get("stance").unwrap_or_default().replace('_', " ")
            ),
            other => format!("{other} it"),
        },
        fields: std::iter::once(("do", again.to_owned())).chain(kept).collect(),
    };
    Ok(Answer::Page(StatusCode::CONFLICT, Released::of(&view, false, |_| drawn(&page))))
}
