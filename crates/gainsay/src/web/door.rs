//! Who comes in: at this machine whoever has the link that the terminal printed, once; from elsewhere who has an account; always under the
//! desk's own name, and no other site in their name.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::answer::{Answer, Failure};
use super::api::{self, Problem};
use super::asking::Turn;
use super::assets::STYLE_SOURCE;
use super::entrance;
use super::fields::Fields;
use super::frame::Frame;
use super::{Answered, House, MOST_OUTSIDE, Serving, Shared};
use crate::desk::{self, Desk, Role, STAY, Who};

/// Nothing runs and nothing is shown that this desk does not serve itself, but for pictures that stand in a page, and the desk's own style,
/// which does; no page stands in another's.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src {}; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        *STYLE_SOURCE
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// How long somebody who was not let in may take, with what they bring and with waiting for their turn.
const OUTSIDE: Duration = Duration::from_secs(90);

/// The door of a desk that is served.
pub(super) struct Door {
    /// The scheme under which browsers come here.
    scheme: &'static str,
    /// The names that lead here, with the port.
    hosts: Vec<String>,
    cookie: String,
    behind_proxy: bool,
    /// The digest of what the link holds, until it is used.
    link: Mutex<Option<String>>,
    /// Where it is looked up who comes: many ask, and each takes microseconds.
    desk: Mutex<Desk>,
}

/// Somebody who was let in.
#[derive(Clone)]
pub(super) struct Session {
    /// What their forms carry; a program with a token carries none.
    pub(super) proof: Option<String>,
    pub(super) who: Who,
    /// What they came with.
    secret: String,
}

impl Session {
    /// The same as it is by now: what somebody sends may take hours to be here, and they may no more than they may when it is done.
    pub(super) fn renewed(self, desk: &Desk) -> Result<Session, Failure> {
        let who = desk.who(&self.secret, self.proof.is_none(), Timestamp::now())?;
        Ok(Session { who: who.ok_or(Failure::Locked)?, ..self })
    }

    /// Whoever sees certain cases alone opens none: they would not see theirs.
    pub(super) fn may_open_cases(&self) -> Result<(), Failure> {
        if self.who.cases.is_none() { Ok(()) } else { Err(Failure::NotAllowed(Role::Admin)) }
    }

    /// Whether what somebody sends is what the pages of this very browser carry.
    pub(super) fn is_proven_by(&self, proof: &str) -> bool {
        // How long it takes to compare two digests tells nothing of what is asked for.
        self.proof.as_ref().is_some_and(|known| digest(known) == digest(proof))
    }
}

impl Door {
    /// A door, and the address that leads to it: at this machine a link that opens it, once.
    pub(super) fn new(serving: &Serving, address: SocketAddr) -> Result<(Door, String), super::Error> {
        let is_encrypted = serving.tls.is_some() || serving.behind_proxy;
        let scheme = if is_encrypted { "https" } else { "http" };
        let port = address.port();
        let named =
            |name: &String| if serving.tls.is_some() && port != 443 { format!("{name}:{port}") } else { name.clone() };
        let hosts = match &serving.name {
            Some(name) => vec![named(name)],
            None => vec![address.to_string(), format!("localhost:{port}")],
        };
        let address = hosts.first().map(|host| format!("{scheme}://{host}/")).unwrap_or_default();
        let token = if serving.is_public() { None } else { Some(desk::secret()?) };
        let shown = token.as_ref().map_or(address.clone(), |token| format!("{address}enter/{token}"));
        let door = Door {
            scheme,
            hosts,
            // Cookies know no ports: two desks on one machine must not take each other's. With the prefix no other host sets it.
            cookie: if is_encrypted { format!("__Host-gainsay-{port}") } else { format!("gainsay-{port}") },
            behind_proxy: serving.behind_proxy,
            link: Mutex::new(token.as_deref().map(digest)),
            desk: Mutex::new(Desk::open(&serving.desk)?),
        };
        Ok((door, shown))
    }

    /// Whether a link opens it, which then is used.
    fn takes(&self, token: &str) -> bool {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = link.as_deref() == Some(&digest(token));
        if is_right {
            *link = None;
        }
        is_right
    }

    /// Who comes, by what a browser or a program sends along.
    fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, Failure> {
        let desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = bearer(headers) {
            let who = desk.who(token, true, Timestamp::now())?;
            return Ok(who.map(|who| Session { proof: None, who, secret: token.to_owned() }));
        }
        let Some(secret) = self.secret(headers) else { return Ok(None) };
        let who = desk.who(secret, false, Timestamp::now())?;
        Ok(who.map(|who| Session { proof: Some(proof(secret)), who, secret: secret.to_owned() }))
    }

    /// What this desk's cookie holds.
    pub(super) fn secret<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie(headers, &self.cookie)
    }

    /// Gives a browser what lets it in.
    pub(super) fn hand_over(&self, response: &mut Response, secret: &str) {
        let secure = if self.scheme == "https" { "; Secure" } else { "" };
        let seconds = STAY.as_secs();
        let cookie = format!("{}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", self.cookie);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
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
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        let origin = origin.and_then(|it| it.strip_prefix(self.scheme)?.strip_prefix("://"));
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        origin.is_some() && origin == host
    }

    /// Where somebody comes from: the proxy's word for it where there is one, which puts it last.
    pub(super) fn address(&self, peer: Option<&ConnectInfo<SocketAddr>>, headers: &HeaderMap) -> Option<IpAddr> {
        let forwarded = headers.get_all("x-forwarded-for").iter().next_back().filter(|_| self.behind_proxy);
        let forwarded = forwarded.and_then(|it| it.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        forwarded.or(peer.map(|peer| peer.0.ip()))
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

/// A program's token.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// What the forms of a browser carry: whoever reads one in a page learns nothing of the cookie.
fn proof(secret: &str) -> String {
    digest(&format!("what a form carries: {secret}"))
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
    let is_open = path.starts_with("/enter/") || path.starts_with("/assets/") || path == entrance::PATH;
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // No browser sends a token by itself.
    let may_be_foreign = !only_reads && bearer(request.headers()).is_none();
    let mut response = if !door.is_own_name(request.uri(), request.headers()) {
        refused(request.uri(), Failure::WrongHost)
    } else if may_be_foreign && !door.is_own_origin(request.headers()) {
        refused(request.uri(), Failure::Foreign)
    } else {
        match door.session(request.headers()) {
            Err(failure) => refused(request.uri(), failure),
            Ok(Some(session)) => {
                if session.who.role < Role::Analyst {
                    // Whoever may add nothing has nothing large to bring.
                    DefaultBodyLimit::max(MOST_OUTSIDE).apply(&mut request);
                }
                request.extensions_mut().insert(session);
                next.run(request).await
            }
            Ok(None) if is_open => {
                let uri = request.uri().clone();
                let answered = tokio::time::timeout(OUTSIDE, next.run(request)).await;
                answered.unwrap_or_else(|_| refused(&uri, Failure::Busy))
            }
            Ok(None) if house.serving.is_public() && only_reads && !path.starts_with(api::ROOT) => {
                entrance::locked(request.uri())
            }
            Ok(None) => refused(request.uri(), Failure::Locked),
        }
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With none at all a browser would not say of its own forms where they come from.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if door.scheme == "https" {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
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
    if method != Method::GET || !house.door.takes(&token) {
        return Failure::NoLink.into_response();
    }
    let secret = Arc::clone(&house).at_desk(Turn::Long, |desk| Ok(desk.let_in(None, Timestamp::now())?)).await;
    let secret = match secret {
        Ok(secret) => secret,
        Err(failure) => return failure.into_response(),
    };
    let page = Entered { frame: Frame { again: Some(0), ..Frame::outside("Welcome") } };
    let mut response = Answer::page(&page).into_response();
    house.door.hand_over(&mut response, &secret);
    response
}

/// Locks this browser out again.
pub(super) async fn leave(State(house): State<Arc<House>>, headers: HeaderMap, _checked: Fields) -> Answered {
    let secret = house.door.secret(&headers).unwrap_or_default().to_owned();
    let is_public = house.serving.is_public();
    house.at_desk(Turn::Long, move |desk| Ok(desk.let_out(&secret)?)).await?;
    if is_public { Ok(Answer::Go(entrance::PATH.to_owned())) } else { Err(Failure::Locked) }
}
