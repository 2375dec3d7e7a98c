//! What goes back to the browser: what was released, what is the same for everybody, or where to go on. Nothing else can be sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use askama::Template;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use serde_json::Value;

use super::assets::Asset;
use super::frame::Frame;
use crate::claim::UnknownWord;
use crate::desk::{self, Role};
use crate::release::{Released, View};

/// An answer.
pub(super) enum Answer {
    /// A page.
    Page(StatusCode, Released),
    /// Values for a program, with the tag of what they rest on.
    Data(StatusCode, Option<String>, Released),
    /// What the program has already, by its tag.
    Same(String),
    /// A file that every desk has.
    Asset(&'static Asset),
    /// What is told as it happens, for as long as somebody tells.
    Events(tokio::sync::mpsc::Receiver<Released>),
    /// On to another page of this desk.
    Go(String),
}

impl Answer {
    /// Values for a program.
    pub(super) fn data(value: Value) -> Answer {
        Answer::Data(StatusCode::OK, None, Released::json(value))
    }

    /// Values for a program, with the tag of what they rest on.
    pub(super) fn tagged(tag: String, value: Value) -> Answer {
        Answer::Data(StatusCode::OK, Some(tag), Released::json(value))
    }

    /// A page that is drawn of a view.
    pub(super) fn page_of<T: Template>(view: &View, page: impl FnOnce(&View) -> T) -> Answer {
        Answer::Page(StatusCode::OK, Released::of(view, false, |view| drawn(&page(view))))
    }

    /// A page of the desk, for whoever sits at it and may see all of it.
    pub(super) fn page(template: &impl Template) -> Answer {
        Answer::Page(StatusCode::OK, Released::plain(&drawn(template)))
    }
}

/// A template as text. It is checked when the program is built, and writing to a string cannot fail.
pub(super) fn drawn(template: &impl Template) -> String {
    template.render().unwrap_or_else(|e| unreachable!("a template of this program: {e}"))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Answer::Page(status, released) => send(status, "text/html; charset=utf-8", released.as_str().to_owned()),
            Answer::Data(status, tag, released) => {
                let mut response = send(status, "application/json", released.as_str().to_owned());
                set_tag(&mut response, tag.as_deref());
                response
            }
            Answer::Same(tag) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                set_tag(&mut response, Some(&tag));
                response
            }
            Answer::Asset(asset) => {
                let mut response = send(StatusCode::OK, asset.kind, asset.text.clone());
                // Its name is its digest: what has this name never changes.
                let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
                response.headers_mut().insert(axum::http::header::CACHE_CONTROL, forever);
                set_tag(&mut response, Some(&format!("\"{}\"", asset.digest)));
                response
            }
            Answer::Events(told) => {
                let mut response = Response::new(Body::from_stream(Told(told)));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
                response
            }
            Answer::Go(to) => {
                let mut response = send(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", String::new());
                // Every path is made here, of handles and ids; what is none is the first page.
                let to = HeaderValue::from_str(&to).unwrap_or(HeaderValue::from_static("/"));
                response.headers_mut().insert(LOCATION, to);
                response
            }
        }
    }
}

/// What is told, piece by piece.
struct Told(tokio::sync::mpsc::Receiver<Released>);

impl Stream for Told {
    type Item = Result<String, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|told| told.map(|told| Ok(told.as_str().to_owned())))
    }
}

/// Says what an answer rests on.
fn set_tag(response: &mut Response, tag: Option<&str>) {
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
        response.headers_mut().insert(ETAG, tag);
    }
}

fn send(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Desk(#[from] desk::Error),
    #[error("This desk is locked here. Open the link that `gainsay serve` printed.")]
    Locked,
    #[error(
        "This link was used already, or is none of this desk's. `gainsay serve` prints a new one each time it starts."
    )]
    NoLink,
    #[error("Asked for under a name that is not this desk's own. Open it at the address that `gainsay serve` printed.")]
    WrongHost,
    #[error(
        "This came from another page than this desk's own, and nothing was done. Go back, load the page again, and send it once more."
    )]
    Foreign,
    #[error("This takes more than you may here: it is for {}s.", .0.word())]
    NotAllowed(Role),
    #[error("There is no such page.")]
    Nowhere,
    #[error("There is such a page, but nothing like this can be done with it.")]
    NotSo,
    #[error("{0}")]
    Input(String),
    #[error("The desk is busy. Nothing was done; try again in a moment.")]
    Busy,
    #[error("Something broke while this was done. `gainsay ledger verify` tells whether the desk is whole.")]
    Broken,
}

impl From<UnknownWord> for Failure {
    fn from(word: UnknownWord) -> Failure {
        Failure::Input(word.to_string())
    }
}

impl Failure {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Failure::Desk(
                desk::Error::NoCase { .. }
                | desk::Error::NoHandle { .. }
                | desk::Error::NoJob { .. }
                | desk::Error::NoToken { .. }
                | desk::Error::NotInSample { .. },
            )
            | Failure::Nowhere => StatusCode::NOT_FOUND,
            Failure::Desk(error) if error.is_no() || matches!(error, desk::Error::JobIs { .. }) => StatusCode::CONFLICT,
            Failure::Desk(
                desk::Error::BadName { .. }
                | desk::Error::CaseExists { .. }
                | desk::Error::OpenedLater { .. }
                | desk::Error::DecidedTwice { .. }
                | desk::Error::NoSplit { .. }
                | desk::Error::Account { .. },
            )
            | Failure::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Desk(_) | Failure::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Failure::Locked => StatusCode::UNAUTHORIZED,
            Failure::NoLink => StatusCode::GONE,
            Failure::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Failure::Foreign | Failure::NotAllowed(_) => StatusCode::FORBIDDEN,
            Failure::NotSo => StatusCode::METHOD_NOT_ALLOWED,
            Failure::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(super) fn heading(&self) -> &'static str {
        match self.status() {
            StatusCode::NOT_FOUND => "Not here",
            StatusCode::CONFLICT => "Not as it was",
            StatusCode::UNPROCESSABLE_ENTITY => "Not like this",
            StatusCode::UNAUTHORIZED | StatusCode::GONE => "Locked",
            StatusCode::SERVICE_UNAVAILABLE => "Busy",
            StatusCode::INTERNAL_SERVER_ERROR => "It failed",
            _ => "Refused",
        }
    }
}

#[derive(Template)]
#[template(path = "web/failure.html")]
struct Page {
    frame: Frame,
    heading: &'static str,
    words: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let page = Page { frame: Frame::outside(self.heading()), heading: self.heading(), words: self.to_string() };
        Answer::Page(self.status(), Released::plain(&drawn(&page))).into_response()
    }
}
