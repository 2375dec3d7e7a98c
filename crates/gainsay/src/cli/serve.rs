use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::web::{self, Serving};

/// Serve the desk to browsers, until Ctrl-C
///
/// At this machine it prints a link that opens the desk once, in one browser, which then stays let in for twelve hours; nobody else on
/// the network can reach it. To let others in, give accounts with `gainsay user add`, a certificate with its key, and an address:
/// `gainsay serve --listen 0.0.0.0:8765 --name desk.example.org --tls-cert chain.pem --tls-key key.pem`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Where to listen; port 0 takes any that is free. What other machines can reach takes accounts and encryption
    #[arg(long, value_name = "ADDRESS:PORT", default_value = web::LISTEN)]
    listen: SocketAddr,
    /// The name under which browsers come, where that is not the address
    #[arg(long, value_name = "HOST")]
    name: Option<String>,
    /// The certificate of that name, with those that vouch for it, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy stands before it, encrypts, passes the name on as Host, and says in X-Forwarded-For where each comes from
    #[arg(long, conflicts_with = "tls_cert")]
    behind_proxy: bool,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let desk = place.open()?;
        let author = acting(&desk)?.author;
        let root = desk.root().to_owned();
        drop(desk);
        let serving = Serving {
            desk: root,
            author,
            listen: self.listen,
            name: self.name,
            tls: self.tls_cert.zip(self.tls_key),
            behind_proxy: self.behind_proxy,
            unjailed: self.unsafe_no_sandbox,
        };
        web::serve(serving, |link, port| {
            let once = if link.contains("/enter/") { ", once" } else { "" };
            ui.result(
                &format!("Open this link{once}:\n  {link}\nCtrl-C ends it."),
                &json!({ "link": link, "port": port }),
            );
        })?;
        Ok(Answer::Yes)
    }
}
