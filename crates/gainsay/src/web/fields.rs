//! What a form brought, of a page that this desk gave to this very browser.

use axum::RequestExt;
use axum::body;
use axum::extract::{Form, FromRequest, FromRequestParts, Multipart, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::MOST;
use super::answer::Failure;
use super::door::{Session, refused};

/// The most fields of a form: in memory each takes many times the bytes that it came in.
const FIELDS: usize = 100_000;

/// The fields of a form, which carried the proof of its session.
pub(super) struct Fields {
    texts: Vec<(String, String)>,
    /// Files with their names, none of them empty.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Fields {
    /// A field, without white space around it; `None` where it is not there, or empty.
    pub(super) fn get<'f>(&'f self, name: &'f str) -> Option<&'f str> {
        self.all(name).next()
    }

    /// A field as it came, white space and all.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// All fields of a name that are not empty, as they came.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let named = self.texts.iter().filter(move |(known, _)| known == name);
        named.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    /// A field that there must be.
    pub(super) fn need<'f>(&'f self, name: &'f str, what: &str) -> Result<&'f str, Failure> {
        self.get(name).ok_or_else(|| Failure::Input(format!("{what} is missing.")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Fields, Failure> {
        let session = request.extensions().get::<Session>().cloned().ok_or(Failure::Locked)?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let fields = if kind.starts_with("multipart/form-data") {
            in_parts(request).await?
        } else {
            let (parts, body) = request.with_limited_body().into_parts();
            let bytes = body::to_bytes(body, MOST).await.map_err(|e| Failure::Input(e.to_string()))?;
            if bytes.iter().filter(|byte| **byte == b'&').count() >= FIELDS {
                return Err(Failure::Input(format!("A form has fewer than {FIELDS} fields.")));
            }
            let request: Request = Request::from_parts(parts, bytes.into());
            let Form(texts) =
                request.extract::<Form<Vec<(String, String)>>, _>().await.map_err(|e| Failure::Input(e.body_text()))?;
            Fields { texts, files: Vec::new() }
        };
        if session.is_proven_by(fields.get("proof").unwrap_or_default()) { Ok(fields) } else { Err(Failure::Foreign) }
    }
}

async fn in_parts(request: Request) -> Result<Fields, Failure> {
    let failed = |e: axum::extract::multipart::MultipartError| Failure::Input(e.body_text());
    let mut parts: Multipart = request
        .extract()
        .await
        .map_err(|e: axum::extract::multipart::MultipartRejection| Failure::Input(e.body_text()))?;
    let mut fields = Fields { texts: Vec::new(), files: Vec::new() };
    while let Some(part) = parts.next_field().await.map_err(failed)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(file) => {
                let bytes = part.bytes().await.map_err(failed)?;
                // A field for files into which none was put comes as one without a name.
                if !bytes.is_empty() {
                    fields.files.push((file, bytes.to_vec()));
                }
            }
            None => fields.texts.push((name, part.text().await.map_err(failed)?)),
        }
    }
    Ok(fields)
}

/// What stands behind the question mark of an address.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    /// A part of it, without white space around it; `None` where it is not there, or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().find(|(known, _)| known == name);
        named.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    /// All of it, to be told from anything else that is asked.
    pub(super) fn words(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Failure> {
        let asked = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        asked.map(|Query(asked)| Asked(asked)).map_err(|e| Failure::Input(e.body_text()))
    }
}

/// What stands in an address. What cannot stand there is no page.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Response> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(found)| At(found)).map_err(|_| refused(&parts.uri, Failure::Nowhere))
    }
}
