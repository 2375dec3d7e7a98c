//! The client of a language model's endpoint: the one room that opens a connection, and only where a command was told to.
//!
//! It speaks the chat completions that most servers of models offer, local ones and hosted ones, over HTTP or HTTPS; with no proxy, and
//! following no redirect: what is sent goes to the address that was given and nowhere else. Answers are bounded in time and size.

mod address;
mod roots;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Response, StatusCode};
use ureq::tls::TlsConfig;

use crate::claim::on_one_line;
use address::Address;

/// The longest answer, in bytes: a hundred times what a part of a text can give.
const MOST_BYTES: u64 = 1 << 20;

/// How much of an endpoint's own complaint is shown, in characters.
const COMPLAINT: usize = 200;

/// How long is waited before an endpoint that is busy is asked again, where it does not say itself, and at most.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The longest name of a model, in characters.
const LONGEST_NAME: usize = 120;

/// What opens an endpoint. It is sent to that endpoint alone and can be neither printed nor stored: no code turns it into text.
pub struct Key(String);

impl Key {
    /// A key as the environment holds it; `None` where that is empty.
    pub fn new(key: &str) -> Option<Key> {
        let key = key.trim();
        (!key.is_empty()).then(|| Key(key.to_owned()))
    }

    /// What somebody else wrote, without the key in it.
    fn taken_out_of(&self, words: &str) -> String {
        words.replace(&self.0, "(the key)")
    }
}

/// A model at an endpoint.
pub struct Endpoint {
    agent: Agent,
    address: Address,
    model: String,
    key: Option<Key>,
    timeout: Duration,
    /// Whether the endpoint is asked to answer in JSON: until it says that it does not know how to.
    in_json: Cell<bool>,
}

/// Why an endpoint gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is none.
    #[error(
        "{why}: --endpoint takes the address of an OpenAI-compatible API, like http://127.0.0.1:11434/v1 or https://models.example/v1"
    )]
    Address {
        /// Why not.
        why: &'static str,
    },
    /// The name is none.
    #[error("a model's name has 1 to {LONGEST_NAME} characters and no control characters; give another with --model")]
    Name,
    /// The key can't be sent.
    #[error("the key holds characters that no key has; set GAINSAY_MODEL_KEY again")]
    KeyCharacters,
    /// This machine trusts nobody.
    #[error("cannot check who answers over https: {why}; SSL_CERT_FILE names a file of certificates to trust")]
    Roots {
        /// Why.
        why: String,
    },
    /// Nobody is there, or the connection broke.
    #[error("cannot reach the model at {host}: {why}; is it running, and is --endpoint right?")]
    Unreachable {
        /// Where.
        host: String,
        /// Why.
        why: String,
    },
    /// It is not who it should be.
    #[error(
        "{host} could not prove who it is ({why}), and nothing was sent; where its certificate is of your own authority, SSL_CERT_FILE names that"
    )]
    Untrusted {
        /// Where.
        host: String,
        /// Why.
        why: String,
    },
    /// It took too long.
    #[error("the model at {host} gave no whole answer within {seconds} s; --timeout gives it longer")]
    TimedOut {
        /// Where.
        host: String,
        /// How long.
        seconds: u64,
    },
    /// It sends elsewhere.
    #[error(
        "{host} sends requests on to {to}, where the text would go too, and that was not followed; give the address that is meant with --endpoint"
    )]
    Redirect {
        /// Where.
        host: String,
        /// To where.
        to: String,
    },
    /// It said no.
    #[error("the model at {host} answers {status}{}{}", said(.says), hint(*.status))]
    Refused {
        /// Where.
        host: String,
        /// The status.
        status: u16,
        /// In its own words.
        says: String,
    },
    /// It talks without end.
    #[error(
        "the answer of {host} is longer than {MOST_BYTES} bytes and was not read; is it a model, and is --endpoint right?"
    )]
    TooLong {
        /// Where.
        host: String,
    },
    /// It says something else.
    #[error(
        "{host} answers, and not as an OpenAI-compatible API does ({why}); is --endpoint right? It often ends in /v1"
    )]
    NotAnAnswer {
        /// Where.
        host: String,
        /// What is wrong.
        why: &'static str,
    },
}

fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 403 => "; set GAINSAY_MODEL_KEY to a key that it takes",
        404 | 405 => "; is --endpoint right (it often ends in /v1), and does it have that --model?",
        429 | 500.. => "; try again later",
        _ => "",
    }
}

impl Endpoint {
    /// A model at an address. Nothing is sent yet.
    ///
    /// # Errors
    /// Address, name or key cannot be one; or, for https, this machine trusts no authority.
    pub fn new(address: &str, model: &str, key: Option<Key>, timeout: Duration) -> Result<Endpoint, Error> {
        let address = Address::parse(address)?;
        if model.trim().is_empty() || model.chars().count() > LONGEST_NAME || model.chars().any(char::is_control) {
            return Err(Error::Name);
        }
        if key.as_ref().is_some_and(|key| !key.0.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::KeyCharacters);
        }
        let mut config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .user_agent(concat!("gainsay/", env!("CARGO_PKG_VERSION")));
        if address.is_secure {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = TlsConfig::builder().root_certs(roots::roots()?).unversioned_rustls_crypto_provider(provider);
            config = config.https_only(true).tls_config(tls.build());
        }
        Ok(Endpoint {
            agent: config.build().into(),
            address,
            model: model.trim().to_owned(),
            key,
            timeout,
            in_json: Cell::new(true),
        })
    }

    /// Host and port, as the address has them.
    pub fn host(&self) -> &str {
        &self.address.host
    }

    /// Whether others on the way can read what is sent: it is not encrypted and leaves this machine.
    pub fn is_open_on_the_way(&self) -> bool {
        !self.address.is_secure && !self.address.is_this_machine
    }

    /// What the model answers to these instructions and words; at temperature 0 and without tools. Where the endpoint is busy, it is asked
    /// once more.
    ///
    /// # Errors
    /// It gives no answer.
    pub fn ask(&self, instructions: &str, words: &str) -> Result<String, Error> {
        let mut response = self.send(instructions, words)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let pause = pause(&response);
            // Its body may be without end: the connection is given up before the next one.
            drop(response);
            std::thread::sleep(pause);
            response = self.send(instructions, words)?;
        } else if self.in_json.get() && matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) {
            let body = self.body(&mut response)?;
            if !String::from_utf8_lossy(&body).contains("response_format") {
                return Err(self.refused(status, &body));
            }
            self.in_json.set(false);
            response = self.send(instructions, words)?;
        }
        self.answer(response)
    }

    fn send(&self, instructions: &str, words: &str) -> Result<Response<ureq::Body>, Error> {
        let mut body = json!({
            "model": self.model,
            "messages": [
                { "role": "system", "content": instructions },
                { "role": "user", "content": words },
            ],
            "temperature": 0,
            "stream": false,
        });
        if self.in_json.get() {
            body["response_format"] = json!({ "type": "json_object" });
        }
        let mut request = self.agent.post(&self.address.completions).content_type("application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {}", key.0));
        }
        request.send(body.to_string()).map_err(|why| self.failed(why))
    }

    fn answer(&self, mut response: Response<ureq::Body>) -> Result<String, Error> {
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get("location").and_then(|to| to.to_str().ok());
            let to = to.map_or_else(|| "another address".to_owned(), |to| self.quoted(to));
            return Err(Error::Redirect { host: self.host().to_owned(), to });
        }
        let body = self.body(&mut response)?;
        if !status.is_success() {
            return Err(self.refused(status, &body));
        }
        let not = |why| Error::NotAnAnswer { host: self.host().to_owned(), why };
        let text = std::str::from_utf8(&body).map_err(|_| not("it is not UTF-8"))?;
        let answer: Completion = serde_json::from_str(text).map_err(|_| not("it is no chat completion"))?;
        let choice = answer.choices.into_iter().next().ok_or_else(|| not("it has no choices"))?;
        // A refusal or a call of a tool has no words: an answer that the reader will drop.
        Ok(choice.message.content.unwrap_or_default())
    }

    fn body(&self, response: &mut Response<ureq::Body>) -> Result<Vec<u8>, Error> {
        response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(|why| self.failed(why))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Error {
        let body = String::from_utf8_lossy(body);
        let value: Option<Value> = serde_json::from_str(&body).ok();
        let error = value.as_ref().and_then(|value| value.get("error"));
        let message = error.and_then(|error| error.get("message").unwrap_or(error).as_str());
        Error::Refused {
            host: self.host().to_owned(),
            status: status.as_u16(),
            says: self.quoted(message.unwrap_or(&body)),
        }
    }

    /// The endpoint's own words, short and on one line.
    fn quoted(&self, words: &str) -> String {
        let words = self.key.as_ref().map_or_else(|| words.to_owned(), |key| key.taken_out_of(words));
        let words = words.trim();
        let start: String = words.chars().take(COMPLAINT).collect();
        on_one_line(&if start.len() < words.len() { start + "…" } else { start })
    }

    fn failed(&self, why: ureq::Error) -> Error {
        let host = self.host().to_owned();
        match why {
            ureq::Error::Timeout(_) => Error::TimedOut { host, seconds: self.timeout.as_secs() },
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => Error::TooLong { host },
            ureq::Error::Rustls(why) => Error::Untrusted { host, why: why.to_string() },
            ureq::Error::Io(why) if why.get_ref().is_some_and(|it| it.is::<rustls::Error>()) => {
                Error::Untrusted { host, why: why.to_string() }
            }
            ureq::Error::HostNotFound => Error::Unreachable { host, why: "there is no such host".to_owned() },
            ureq::Error::Protocol(_) => Error::NotAnAnswer { host, why: "it is no HTTP" },
            why => Error::Unreachable { host, why: on_one_line(&why.to_string()) },
        }
    }
}

/// By the model and where it is, as the ledger names it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model {} at {}", self.model, self.host())
    }
}

/// As long as the endpoint asks for, within reason.
fn pause(response: &Response<ureq::Body>) -> Duration {
    let asked = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
    asked.map_or(PAUSE, Duration::from_secs).min(LONGEST_PAUSE)
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}
