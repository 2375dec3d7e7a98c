//! The desk in a browser: pages that are drawn here. The only room that waits for a network.
//!
//! It calls what the command line calls. A page is a `Released`, and `answer.rs` sends nothing else; `door.rs` lets nobody in who was
//! not let in at the terminal or has an account, and no other site act in their name; `asking.rs` is the one way from a request to the
//! desk, and asks of each what it takes.

mod answer;
mod api;
mod asking;
mod assets;
mod case;
mod compared;
mod connections;
mod door;
mod entrance;
mod fields;
mod frame;
mod give;
mod jobs;
mod list;
mod marked;
mod matched;
mod patience;
mod review;
mod source;
mod start;
mod tls;
mod treemap;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::routing::{delete, get, post};
use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::desk::{self, Desk};
use answer::{Answer, Failure};
use api::changes;
use asking::Turns;
use door::Door;
use patience::Patience;

/// Where it listens, where nobody says otherwise.
pub const LISTEN: &str = "127.0.0.1:8765";

/// The most that one request may bring, in bytes: a file that is handed over is held in memory.
const MOST: usize = 64 << 20;

/// How many browsers at once are told of what happens as it does; others load their page again.
const LISTENERS: usize = 64;

/// The most that somebody may bring who is not let in, or may add nothing.
const MOST_OUTSIDE: usize = 16 << 10;

/// How long open connections keep the server after it was told to stop.
const FAREWELL: Duration = Duration::from_secs(3);

/// Why the desk cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Others could reach it, and nobody has an account.
    #[error(
        "{listen} can be reached from other machines, and this desk knows no accounts: make one with `gainsay user add NAME`, or listen on \
         127.0.0.1 and from another machine go through `ssh -L`"
    )]
    NoAccounts {
        /// What was asked for.
        listen: SocketAddr,
    },
    /// Others could read on the way.
    #[error(
        "{listen} can be reached from other machines, and nothing on the way would be encrypted: give --tls-cert and --tls-key, or \
         --behind-proxy where a proxy does it"
    )]
    Readable {
        /// What was asked for.
        listen: SocketAddr,
    },
    /// Nobody knows under which name browsers come.
    #[error("{listen} is no name that a browser comes under: give it with --name, as in --name desk.example.org")]
    Nameless {
        /// What was asked for.
        listen: SocketAddr,
    },
    /// There can be no encryption.
    #[error(transparent)]
    Tls(#[from] tls::Error),
    /// The desk cannot be opened.
    #[error(transparent)]
    Desk(#[from] desk::Error),
    /// The address cannot be had.
    #[error(
        "cannot listen on {listen}: {why}; choose another port with --listen 127.0.0.1:PORT, or 0 for any that is free"
    )]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// The system's reason.
        why: std::io::Error,
    },
    /// The threads cannot be had.
    #[error("cannot serve: {0}")]
    System(#[from] std::io::Error),
}

/// What is served, and to whom.
pub struct Serving {
    /// The desk's folder.
    pub desk: PathBuf,
    /// Who makes the entries.
    pub author: String,
    /// Where.
    pub listen: SocketAddr,
    /// The name under which browsers come, where that is not the address.
    pub name: Option<String>,
    /// The files with the chain of certificates and with the key, where it is to encrypt.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether a proxy stands before it, which encrypts and tells where each comes from.
    pub behind_proxy: bool,
    /// Open foreign files even where the kernel cannot lock the child down.
    pub unjailed: bool,
}

impl Serving {
    /// Whether others than those at this machine may come, who then need accounts.
    fn is_public(&self) -> bool {
        self.behind_proxy || !self.listen.ip().is_loopback()
    }

    fn check(&self) -> Result<(), Error> {
        let listen = self.listen;
        if !self.is_public() {
            return Ok(());
        }
        if !Desk::open(&self.desk)?.accounts()?.iter().any(|account| account.is_active) {
            return Err(Error::NoAccounts { listen });
        }
        if self.tls.is_none() && !self.behind_proxy {
            return Err(Error::Readable { listen });
        }
        if self.name.is_none() && (self.behind_proxy || listen.ip().is_unspecified()) {
            return Err(Error::Nameless { listen });
        }
        Ok(())
    }
}

/// Serves a desk until it is interrupted. `ready` is told the address that leads to it, at this machine a link that opens it, once; and the port.
///
/// # Errors
/// Others could reach it and not be told apart, or read on the way; or the address cannot be had.
pub fn serve(serving: Serving, ready: impl FnOnce(&str, u16)) -> Result<(), Error> {
    serving.check()?;
    let encryption = serving.tls.as_ref().map(|(certificates, key)| tls::config(certificates, key)).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(async {
        let failed = |why| Error::Listen { listen: serving.listen, why };
        let listener = TcpListener::bind(serving.listen).await.map_err(failed)?;
        let local = listener.local_addr()?;
        let (door, address) = Door::new(&serving, local)?;
        let (turns, comparing) = (Turns::new(), Arc::new(Semaphore::new(1)));
        let (patience, rows) = (Patience::default(), start::Rows::default());
        let listeners = Arc::new(Semaphore::new(LISTENERS));
        let house =
            Arc::new(House { serving, door, turns, comparing, desks: Mutex::default(), listeners, patience, rows });
        ready(&address, local.port());
        tokio::spawn(start::draw_ahead(Arc::clone(&house)));
        match encryption {
            Some(config) => until_interrupted(tls::Encrypted::new(listener, config)?, house).await,
            None => until_interrupted(listener, house).await,
        }
        Ok(())
    });
    // Whoever still writes to the desk ends what it began: a commit is whole or not there.
    runtime.shutdown_timeout(FAREWELL);
    served
}

async fn until_interrupted(listener: impl Listener<Addr = SocketAddr>, house: Arc<House>) {
    let (told, stop) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        interrupted().await;
        let _ = told.send(true);
    });
    connections::serve(listener, router(house), stop).await;
}

/// Until Ctrl-C, or what asks a service to end.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};

    let ended = async {
        match signal(SignalKind::terminate()) {
            Ok(mut asked) => drop(asked.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = ended => {}
    }
}

/// What every request can reach.
struct House {
    serving: Serving,
    door: Door,
    turns: Turns,
    /// To compare a file, a sample is gone through from its beginning: one does at a time, and leaves turns to all others.
    comparing: Arc<Semaphore>,
    /// Desks that are open and at which nobody sits.
    desks: Mutex<Vec<Desk>>,
    /// How many more browsers may be told of what happens as it does.
    listeners: Arc<Semaphore>,
    patience: Patience,
    rows: start::Rows,
}

type Shared = axum::extract::State<Arc<House>>;

fn router(house: Arc<House>) -> Router {
    let guard = axum::middleware::from_fn_with_state(Arc::clone(&house), door::guard);
    Router::new()
        .route("/", get(start::page))
        .route("/api/v1/openapi.json", get(api::document))
        .route("/api/v1/session", get(api::session))
        .route("/api/v1/cases", get(api::cases).post(changes::open))
        .route("/api/v1/cases/{id}", get(api::lists::case))
        .route("/api/v1/cases/{id}/lists", get(api::lists::list))
        .route("/api/v1/cases/{id}/statements", get(api::statements))
        .route("/api/v1/cases/{id}/sources", post(changes::add))
        .route("/api/v1/cases/{id}/decisions", post(changes::decide))
        .route("/api/v1/jobs", get(api::jobs).post(changes::start))
        .route("/api/v1/jobs/{id}", get(api::job))
        .route("/api/v1/jobs/{id}/{what}", post(changes::change_job))
        .route("/api/v1/tokens", get(changes::tokens).post(changes::add_token))
        .route("/api/v1/tokens/{id}", delete(changes::end_token))
        .route("/enter/{token}", get(door::enter))
        .route(entrance::PATH, get(entrance::page).post(entrance::sign_in).layer(DefaultBodyLimit::max(MOST_OUTSIDE)))
        .route("/account", get(entrance::account))
        .route("/account/{what}", post(entrance::change))
        .route("/seen", post(start::seen))
        .route("/stories", post(give::to_any_case))
        .route("/corpora", post(give::corpus))
        .route("/demo", post(give::bundled))
        .route("/case/{id}", get(case::page))
        .route("/case/{id}/lists/{list}", get(list::page))
        .route("/case/{id}/at/{handle}", get(list::at))
        .route("/case/{id}/add", post(give::to_case))
        .route("/case/{id}/sample", post(give::sample))
        .route("/case/{id}/sources/{handle}", get(source::page))
        .route("/case/{id}/matches/{handle}", get(matched::page))
        .route("/case/{id}/matches/{handle}/pictures", get(matched::pictures))
        .route("/case/{id}/matches/{handle}/file", get(compared::page))
        .route("/case/{id}/review", get(review::page).post(review::decide))
        .route("/jobs", get(jobs::page))
        .route("/jobs/events", get(jobs::events))
        .route("/jobs/{id}/{what}", post(jobs::change))
        .route("/leave", post(door::leave))
        .route("/assets/{digest}/{name}", get(assets::asset))
        .fallback(|uri: Uri| async move { door::refused(&uri, Failure::Nowhere) })
        .method_not_allowed_fallback(|uri: Uri| async move { door::refused(&uri, Failure::NotSo) })
        .layer(guard)
        // Around the guard, which bounds some more closely.
        .layer(DefaultBodyLimit::max(MOST))
        .with_state(house)
}

/// What a page answers, or why there is none.
type Answered = Result<Answer, Failure>;
