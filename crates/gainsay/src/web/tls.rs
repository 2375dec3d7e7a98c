//! Connections that nobody reads on the way.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long somebody may take to agree on how to encrypt.
const AGREE: Duration = Duration::from_secs(10);

/// How many may be about it at once: whoever comes then takes the place of the slowest.
const AT_ONCE: usize = 128;

/// Why there can be no encryption with a certificate and its key.
#[derive(Debug, thiserror::Error)]
#[error("cannot encrypt with {path}: {why}")]
pub struct Error {
    path: PathBuf,
    why: String,
}

/// The connections that agreed.
pub(super) struct Encrypted {
    address: SocketAddr,
    agreed: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

/// How this desk encrypts: with a chain of certificates, the desk's first, and the key to that.
pub(super) fn config(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, Error> {
    let of = |path: &Path, why: String| Error { path: path.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(certificates).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|e| of(certificates, e.to_string()))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| of(key, e.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|e| of(certificates, e.to_string()))?;
    Ok(Arc::new(config))
}

impl Encrypted {
    /// Takes connections. Whoever is slow to agree keeps nobody else waiting.
    pub(super) fn new(listener: TcpListener, config: Arc<ServerConfig>) -> std::io::Result<Encrypted> {
        let address = listener.local_addr()?;
        let (agreed, next) = mpsc::channel(1);
        let acceptor = TlsAcceptor::from(config);
        let mut listener = listener;
        tokio::spawn(async move {
            let mut about_it: VecDeque<AbortHandle> = VecDeque::new();
            loop {
                let (stream, peer) = Listener::accept(&mut listener).await;
                let (acceptor, agreed) = (acceptor.clone(), agreed.clone());
                about_it.retain(|it| !it.is_finished());
                if about_it.len() >= AT_ONCE
                    && let Some(slowest) = about_it.pop_front()
                {
                    slowest.abort();
                }
                let agreeing = tokio::spawn(async move {
                    if let Ok(Ok(stream)) = tokio::time::timeout(AGREE, acceptor.accept(stream)).await {
                        let _ = agreed.send((stream, peer)).await;
                    }
                });
                about_it.push_back(agreeing.abort_handle());
            }
        });
        Ok(Encrypted { address, agreed: next })
    }
}

impl Listener for Encrypted {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.agreed.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}
