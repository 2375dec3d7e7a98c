//! A file of a sample beside the company's, line by line. What the sample holds is text here, whatever it says that it is.

use std::sync::Arc;

use askama::Template;

use super::Answered;
use super::answer::{Answer, Failure};
use super::asking::{Asking, Turn};
use super::fields::{Asked, At};
use super::frame::Frame;
use crate::desk::{Error, Role};
use crate::export::comparison::Beside;

/// How many rows a page shows.
const ROWS: usize = 500;

#[derive(Template)]
#[template(path = "web/compared.html")]
struct Page {
    frame: Frame,
    within: String,
    case: String,
    finding: String,
    file: String,
    /// The same, as it stands in an address.
    escaped: String,
    /// Where the company's lies, and of when it is.
    ours: Option<String>,
    verdict: String,
    exact: bool,
    edits: Vec<String>,
    why_none: Option<String>,
    rows: Vec<Beside>,
    from: usize,
    of: usize,
    before: Option<usize>,
    after: Option<usize>,
}

/// A name as it stands behind the question mark of an address.
pub(super) fn escaped(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
    let each = name.bytes().map(|byte| match byte {
        byte if is_plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    each.collect()
}

pub(super) async fn page(asking: Asking, At((id, handle)): At<(String, String)>, asked: Asked) -> Answered {
    let unjailed = asking.house.serving.unjailed;
    let file = asked.get("file").ok_or_else(|| Failure::Input("Which file? Give file=…".to_owned()))?.to_owned();
    let from: usize = match asked.get("from") {
        None => 0,
        Some(from) => from.parse().map_err(|_| Failure::Input(format!("{from} is no row.")))?,
    };
    let place = Arc::clone(&asking.house.comparing).try_acquire_owned().map_err(|_| Failure::Busy)?;
    // It goes through a sample.
    Asking { turn: Turn::Long, ..asking }
        .at_desk(Role::Reader, move |desk, _, session| {
            let _place = place;
            let id = desk.case_id(&id)?;
            let case = desk.case_title(id).unwrap_or_default();
            let (frame, within) = (Frame::of(session, &file), format!("/case/{}", id.short()));
            let mut page = Page {
                frame,
                within,
                case,
                finding: handle.clone(),
                file: file.clone(),
                escaped: escaped(&file),
                ours: None,
                verdict: String::new(),
                exact: false,
                edits: Vec::new(),
                why_none: None,
                rows: Vec::new(),
                from,
                of: 0,
                before: from.checked_sub(1).map(|last| last.saturating_sub(ROWS - 1)),
                after: None,
            };
            let compared = match desk.compare_in(&id.to_string(), &handle, &file, unjailed) {
                Ok(compared) => compared,
                Err(why @ (Error::NoHandle { .. } | Error::NotInSample { .. })) => return Err(why.into()),
                // The sample lies elsewhere by now, or its corpus does: that is told, and no fault of whoever asks.
                Err(why) => {
                    page.why_none = Some(why.to_string());
                    return Ok(Answer::page(&page));
                }
            };
            let of_it = &compared.file;
            page.verdict.clone_from(&of_it.verdict);
            page.exact = of_it.exact;
            page.ours =
                of_it.best.as_ref().map(|best| format!("{} in {}, {}", best.path, best.corpus, best.last.day()));
            if let Some(alignment) = &of_it.alignment {
                page.edits.clone_from(&alignment.edits);
                page.why_none.clone_from(&alignment.note);
            }
            let rows = compared.beside();
            page.of = rows.len();
            page.after = (rows.len() > from.saturating_add(ROWS)).then(|| from + ROWS);
            page.rows = rows.into_iter().skip(from).take(ROWS).collect();
            Ok(Answer::page(&page))
        })
        .await
}
