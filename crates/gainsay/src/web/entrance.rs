//! Signing in with an account, and what an account can do about itself: its password, and the tokens of its programs.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::RequestExt;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Form, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::serve::IncomingStream;
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::answer::{Answer, Failure, drawn};
use super::asking::Asking;
use super::door::Session;
use super::fields::{Asked, At, Fields};
use super::frame::Frame;
use super::tls::Encrypted;
use super::{Answered, Shared};
use crate::desk::{AccountChange, Desk, Role};
use crate::export::page::instant;
use crate::release::Released;

/// Where somebody signs in.
pub(super) const PATH: &str = "/sign-in";

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, Encrypted>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Encrypted>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

#[derive(Template)]
#[template(path = "web/sign-in.html")]
struct SignIn {
    frame: Frame,
    /// Why not, when it was tried.
    why: Option<String>,
    /// Where it leads on to.
    to: String,
    name: String,
}

/// A page of this desk, and nothing else: no other server, and no path that a browser might take for one.
fn own_page(to: &str) -> &str {
    let is_plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && to.starts_with('/') && !to.starts_with("//") { to } else { "/" }
}

fn sign_in_page(status: StatusCode, to: &str, name: &str, why: Option<String>) -> Response {
    let frame = Frame::outside("Sign in");
    let page = SignIn { frame, why, to: own_page(to).to_owned(), name: name.to_owned() };
    Answer::Page(status, Released::plain(&drawn(&page))).into_response()
}

/// Why a password is not looked at.
fn too_many(wait: i64) -> String {
    format!("Too many tries. The next one counts in {wait} seconds.")
}

/// In place of a page for which somebody has to sign in.
pub(super) fn locked(uri: &Uri) -> Response {
    let to = uri.path_and_query().map_or("/", |to| to.as_str());
    sign_in_page(StatusCode::UNAUTHORIZED, to, "", None)
}

pub(super) async fn page(asked: Asked) -> Response {
    sign_in_page(StatusCode::OK, asked.get("to").unwrap_or("/"), "", None)
}

/// A name and a password. Whatever let this browser in before lets it in no more.
pub(super) async fn sign_in(
    State(house): Shared,
    peer: Option<axum::Extension<ConnectInfo<Peer>>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let form = request.extract::<Form<Vec<(String, String)>>, _>().await;
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(e) => return Failure::Input(e.body_text()).into_response(),
    };
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text.as_str());
    let (name, password, to) = (field("name").trim().to_owned(), field("password").to_owned(), field("to").to_owned());
    let address = house.door.address(peer.as_ref().map(|peer| &peer.0), &headers);
    let now = Timestamp::now();
    if let Err(wait) = house.patience.ask(&name, address, now) {
        let mut response = sign_in_page(StatusCode::TOO_MANY_REQUESTS, &to, &name, Some(too_many(wait)));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
        return response;
    }
    let before = house.door.secret(&headers).map(str::to_owned);
    let who = name.clone();
    let secret = Arc::clone(&house)
        .at_desk(move |desk| {
            let secret = desk.sign_in(&who, &password, now)?;
            if let (Some(_), Some(before)) = (&secret, before) {
                desk.let_out(&before)?;
            }
            Ok(secret)
        })
        .await;
    match secret {
        Err(failure) => failure.into_response(),
        Ok(None) => {
            let why = "This name and this password do not open the desk.".to_owned();
            sign_in_page(StatusCode::UNAUTHORIZED, &to, &name, Some(why))
        }
        Ok(Some(secret)) => {
            house.patience.forget(&name, address);
            let mut response = Answer::Go(own_page(&to).to_owned()).into_response();
            house.door.hand_over(&mut response, &secret);
            response
        }
    }
}

#[derive(Template)]
#[template(path = "web/account.html")]
struct Page {
    frame: Frame,
    name: String,
    role: &'static str,
    cases: Option<Vec<String>>,
    tokens: Vec<(i64, String, &'static str, String)>,
    /// What a program is to send, shown this once.
    made: Option<String>,
}

/// The account of whoever asks.
pub(super) async fn account(asking: Asking) -> Answered {
    asking.at_desk(Role::Reader, |desk, _, session| page_of(desk, session, None)).await
}

fn page_of(desk: &Desk, session: &Session, made: Option<String>) -> Answered {
    let name = session.who.account.clone().ok_or(Failure::Nowhere)?;
    let tokens = desk.tokens(&name)?.into_iter();
    let tokens = tokens.map(|it| (it.id, it.label, it.scope.scope(), instant(it.made))).collect();
    let cases = match &session.who.cases {
        Some(_) => Some(desk.cases()?.into_iter().map(|(title, _)| title).collect()),
        None => None,
    };
    let (frame, role) = (Frame::of(session, "Your account"), session.who.role.word());
    Ok(Answer::page(&Page { frame, name, role, cases, tokens, made }))
}

/// Another password, a token, or a token less.
pub(super) async fn change(asking: Asking, At(what): At<String>, fields: Fields) -> Answered {
    let house = Arc::clone(&asking.house);
    asking
        .at_desk(Role::Reader, move |desk, acting, session| {
            let name = session.who.account.clone().ok_or(Failure::Nowhere)?;
            match what.as_str() {
                "password" => {
                    let before = fields.raw("before").unwrap_or_default();
                    // Whoever finds a browser open does not take the account over, and guesses no quicker than at the door.
                    let asked = house.patience.ask(&name, None, acting.now);
                    asked.map_err(|wait| Failure::Input(too_many(wait)))?;
                    let Some(secret) = desk.sign_in(&name, before, acting.now)? else {
                        return Err(Failure::Input(
                            "That is not your password so far. Nothing was changed.".to_owned(),
                        ));
                    };
                    house.patience.forget(&name, None);
                    desk.let_out(&secret)?;
                    let password = fields.raw("password").unwrap_or_default().to_owned();
                    let change = AccountChange { password: Some(password), ..AccountChange::default() };
                    desk.change_account(acting, &name, change)?;
                    Ok(Answer::Go(PATH.to_owned()))
                }
                "token" => {
                    let scope = fields.need("scope", "What it may do")?;
                    let scope = Role::of_scope(scope).ok_or_else(|| Failure::Input(format!("{scope} is no scope.")))?;
                    let label = fields.need("label", "What the token is called")?;
                    let (_, secret) = desk.add_token(acting, &name, scope, label)?;
                    page_of(desk, session, Some(secret))
                }
                "revoke" => {
                    let id = fields.need("id", "The token")?;
                    let id = id.parse().map_err(|_| Failure::Input(format!("{id} is no token's number.")))?;
                    desk.end_token(acting, &name, id)?;
                    Ok(Answer::Go("/account".to_owned()))
                }
                _ => Err(Failure::Nowhere),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn no_way_leads_off_the_desk() {
        for to in ["/", "/case/ab?as_of=2024-01-01#c1", "/case/a/review?at=s1"] {
            assert_eq!(own_page(to), to);
        }
        for to in [
            "",
            "//x.example",
            "/\\x.example",
            "https://x.example",
            "\\\\x",
            "x",
            "/a\r\nX: y",
            "/\t/x.example",
            "javascript:1",
        ] {
            assert_eq!(own_page(to), "/", "{to:?}");
        }
    }
}
