//! Who comes in: whoever has the link that the terminal printed, once; under the desk's own name; and no other site in their name.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, ORIGIN, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, Failure};
use super::api::{self, Problem};
use super::fields::Fields;
use super::frame::Frame;
use super::{Answered, House, Shared};
use crate::desk;

/// How long a browser stays let in.
const STAY: SignedDuration = SignedDuration::from_hours(12);

/// Nothing runs and nothing is shown that this desk does not serve itself, as a file of its own, but for pictures that stand in a page; no
/// page stands in another's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The door of a desk that is served.
pub(super) struct Door {
    /// The names that lead here, with the port.
    hosts: Vec<String>,
    cookie: String,
    /// The digest of what the link holds, until it is used.
    link: Mutex<Option<String>>,
    /// Who is in, by the digest of what the cookie holds: what is looked up tells by its time nothing of what is asked for.
    sessions: Mutex<HashMap<String, Session>>,
}

/// A browser that was let in.
#[derive(Clone)]
pub(super) struct Session {
    /// What its forms carry.
    pub(super) proof: String,
    since: Timestamp,
}

impl Door {
    /// A door, and the link that opens it once.
    pub(super) fn new(address: SocketAddr) -> std::io::Result<(Door, String)> {
        let port = address.port();
        let token = token()?;
        let door = Door {
            hosts: vec![address.to_string(), format!("localhost:{port}")],
            // Cookies know no ports: two desks on one machine must not take each other's.
            cookie: format!("gainsay-{port}"),
            link: Mutex::new(Some(digest(&token))),
            sessions: Mutex::default(),
        };
        Ok((door, format!("http://{address}/enter/{token}")))
    }

    /// Lets a browser in by a link, which then is used, and gives what its cookie is to hold.
    fn let_in(&self, token: &str) -> Option<String> {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        if link.as_deref() != Some(&digest(token)) {
            return None;
        }
        // Both before the link is used: a machine without randomness lets nobody in.
        let (id, proof) = (self::token().ok()?, self::token().ok()?);
        *link = None;
        let session = Session { proof, since: Timestamp::now() };
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(digest(&id), session);
        Some(id)
    }

    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        let id = self.id(headers)?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| Timestamp::now().duration_since(session.since) < STAY);
        sessions.get(&digest(id)).cloned()
    }

    fn let_out(&self, headers: &HeaderMap) {
        if let Some(id) = self.id(headers) {
            self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&digest(id));
        }
    }

    fn id<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie(headers, &self.cookie)
    }

    /// Whether a request comes under this desk's own name: a name of somebody else's that leads to this machine is none.
    fn is_own_name(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let is_own = |name: &str| self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
        let mut named = headers.get_all(HOST).iter();
        let one = match (named.next(), named.next()) {
            (Some(one), None) => one.to_str().ok(),
            _ => None,
        };
        one.is_some_and(is_own) && uri.authority().is_none_or(|authority| is_own(authority.as_str()))
    }

    /// Whether a browser says that a page of this desk sent this.
    fn is_own_origin(&self, headers: &HeaderMap) -> bool {
        let origin =
            headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).and_then(|it| it.strip_prefix("http://"));
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        origin.is_some() && origin == host
    }
}

/// What a cookie holds.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let named = |pair: &'h str| pair.trim().strip_prefix(name)?.strip_prefix('=');
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|it| it.split(';'))
        .find_map(named)
}

/// 256 bits that nobody can guess, in hexadecimal.
fn token() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| std::io::Error::other("the machine gives no random bytes"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn digest(text: &str) -> String {
    desk::digest(text.as_bytes())
}

/// A refusal, as whoever asked reads it: a program or a person.
pub(super) fn refused(uri: &Uri, why: Failure) -> Response {
    if uri.path().starts_with(api::ROOT) { Problem(why).into_response() } else { why.into_response() }
}

/// What every request passes, and what every answer carries.
pub(super) async fn guard(State(house): Shared, mut request: Request, next: Next) -> Response {
    let door = &house.door;
    let path = request.uri().path();
    let is_open = path.starts_with("/enter/") || path.starts_with("/assets/");
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if !door.is_own_name(request.uri(), request.headers()) {
        refused(request.uri(), Failure::WrongHost)
    } else if !only_reads && !door.is_own_origin(request.headers()) {
        refused(request.uri(), Failure::Foreign)
    } else {
        match door.session(request.headers()) {
            Some(session) => {
                request.extensions_mut().insert(session);
                next.run(request).await
            }
            None if is_open => next.run(request).await,
            None => refused(request.uri(), Failure::Locked),
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With none at all a browser would not say of its own forms where they come from.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[derive(askama::Template)]
#[template(path = "web/enter.html")]
struct Entered {
    frame: Frame,
}

/// The link. The page that it gives leads on by itself: a browser sends a strict cookie only on a way that began here.
pub(super) async fn enter(
    State(house): Shared,
    method: Method,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    if request.extensions().get::<Session>().is_some() {
        return Answer::Go("/".to_owned()).into_response();
    }
    let id = if method == Method::GET { house.door.let_in(&token) } else { None };
    let Some(id) = id else { return Failure::NoLink.into_response() };
    let page = Entered { frame: Frame { again: Some(0), ..Frame::outside("Welcome") } };
    let mut response = Answer::page(&page).into_response();
    let seconds = STAY.as_secs();
    let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}", house.door.cookie);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Locks this browser out again.
pub(super) async fn leave(State(house): State<Arc<House>>, headers: HeaderMap, _checked: Fields) -> Answered {
    house.door.let_out(&headers);
    Err(Failure::Locked)
}
