//! The desk in a browser: pages that are drawn here, for one person at this machine. The only room that waits for a network.
//!
//! It calls what the command line calls. A page is a `Released`, and `answer.rs` sends nothing else; `door.rs` lets nobody in who was
//! not let in at the terminal, and no other site act in their name.

mod answer;
mod api;
mod assets;
mod case;
mod door;
mod fields;
mod frame;
mod give;
mod jobs;
mod marked;
mod matched;
mod review;
mod source;
mod start;
mod treemap;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::routing::{get, post};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::desk::{Acting, Desk};
use answer::{Answer, Failure};
use door::Door;

/// Where it listens, where nobody says otherwise.
pub const LISTEN: &str = "127.0.0.1:8765";

/// The most that one request may bring, in bytes: a file that is handed over is held in memory.
const MOST: usize = 64 << 20;

/// How long a request waits for its turn at the desk.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long open connections keep the server after it was told to stop.
const FAREWELL: Duration = Duration::from_secs(3);

/// Why the desk cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Others could reach it.
    #[error(
        "{listen} can be reached from other machines, and this desk knows no accounts: whoever has the link would be its owner, and \
         nothing on the way is encrypted. Listen on 127.0.0.1, and from another machine go through `ssh -L`"
    )]
    NotLoopback {
        /// What was asked for.
        listen: SocketAddr,
    },
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
    /// Open foreign files even where the kernel cannot lock the child down.
    pub unjailed: bool,
}

/// Serves a desk until it is interrupted. `ready` is told the link that opens it, once.
///
/// # Errors
/// The address can be reached by others, or cannot be had.
pub fn serve(serving: Serving, ready: impl FnOnce(&str)) -> Result<(), Error> {
    if !serving.listen.ip().is_loopback() {
        return Err(Error::NotLoopback { listen: serving.listen });
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(async {
        let failed = |why| Error::Listen { listen: serving.listen, why };
        let listener = TcpListener::bind(serving.listen).await.map_err(failed)?;
        let address = listener.local_addr()?;
        let (door, link) = Door::new(address)?;
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        let house = Arc::new(House { serving, door, turns: Semaphore::new(at_once), rows: start::Rows::default() });
        ready(&link);
        let (told, mut stop) = tokio::sync::watch::channel(false);
        tokio::spawn(async move {
            interrupted().await;
            let _ = told.send(true);
        });
        let mut stopped = stop.clone();
        let server = axum::serve(listener, router(house)).with_graceful_shutdown(async move {
            let _ = stop.wait_for(|told| *told).await;
        });
        tokio::select! {
            ended = server.into_future() => ended?,
            () = async {
                let _ = stopped.wait_for(|told| *told).await;
                tokio::time::sleep(FAREWELL).await;
            } => {}
        }
        Ok(())
    });
    // Whoever still writes to the desk ends what it began: a commit is whole or not there.
    runtime.shutdown_timeout(FAREWELL);
    served
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
    turns: Semaphore,
    rows: start::Rows,
}

type Shared = axum::extract::State<Arc<House>>;

impl House {
    /// Does something at the desk, on a thread that may wait. So many at a time as there are cores; the others wait for their turn.
    async fn at_desk<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&mut Desk, &Acting) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| Failure::Busy)?.map_err(|_| Failure::Busy)?;
        let house = Arc::clone(&self);
        let done = tokio::task::spawn_blocking(move || {
            let mut desk = Desk::open(&house.serving.desk)?;
            let acting = Acting::new(&house.serving.author, Timestamp::now())?;
            work(&mut desk, &acting)
        });
        done.await.map_err(|_| Failure::Broken)?
    }
}

fn router(house: Arc<House>) -> Router {
    let guard = axum::middleware::from_fn_with_state(Arc::clone(&house), door::guard);
    Router::new()
        .route("/", get(start::page))
        .route("/api/v1/openapi.json", get(api::document))
        .route("/api/v1/session", get(api::session))
        .route("/api/v1/cases", get(api::cases))
        .route("/api/v1/cases/{id}", get(api::case))
        .route("/api/v1/cases/{id}/statements", get(api::statements))
        .route("/api/v1/cases/{id}/decisions", post(api::decide))
        .route("/api/v1/jobs", get(api::jobs))
        .route("/enter/{token}", get(door::enter))
        .route("/seen", post(start::seen))
        .route("/stories", post(give::to_any_case))
        .route("/corpora", post(give::corpus))
        .route("/demo", post(give::bundled))
        .route("/case/{id}", get(case::page))
        .route("/case/{id}/add", post(give::to_case))
        .route("/case/{id}/sources/{handle}", get(source::page))
        .route("/case/{id}/matches/{handle}", get(matched::page))
        .route("/case/{id}/review", get(review::page).post(review::decide))
        .route("/jobs", get(jobs::page))
        .route("/jobs/{id}/{what}", post(jobs::change))
        .route("/leave", post(door::leave))
        .route("/assets/{digest}/{name}", get(assets::asset))
        .fallback(|uri: Uri| async move { door::refused(&uri, Failure::Nowhere) })
        .method_not_allowed_fallback(|uri: Uri| async move { door::refused(&uri, Failure::NotSo) })
        .layer(DefaultBodyLimit::max(MOST))
        .layer(guard)
        .with_state(house)
}

/// What a page answers, or why there is none.
type Answered = Result<Answer, Failure>;
