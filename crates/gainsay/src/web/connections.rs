//! Connections, each with a bound on how long it may say nothing: whoever opens many and is slow keeps nobody else out.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::ConnectInfo;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::FAREWELL;

/// How long a browser may take for the head of a request, from when it may send one: also how long a connection lies idle.
const HEAD: Duration = Duration::from_secs(15);

/// How many there are at most; whoever comes then waits until one ends.
const AT_ONCE: usize = 1000;

/// Answers on every connection until it is told to stop, and then as long as the farewell takes.
pub(super) async fn serve<L: Listener<Addr = SocketAddr>>(
    mut listener: L,
    router: Router,
    stop: watch::Receiver<bool>,
) {
    let mut open = JoinSet::new();
    let mut told = stop.clone();
    loop {
        let (io, peer) = tokio::select! {
            connection = listener.accept() => connection,
            () = async { drop(told.wait_for(|told| *told).await) } => break,
        };
        while open.try_join_next().is_some() {}
        if open.len() >= AT_ONCE {
            open.join_next().await;
        }
        open.spawn(connection(io, peer, router.clone(), stop.clone()));
    }
    let _ = tokio::time::timeout(FAREWELL, async { while open.join_next().await.is_some() {} }).await;
}

async fn connection<I>(io: I, peer: SocketAddr, router: Router, mut stop: watch::Receiver<bool>)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        service.call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(io), service));
    // What fails on the way is between the two ends of it.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = async { drop(stop.wait_for(|told| *told).await) } => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
