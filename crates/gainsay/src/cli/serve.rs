use std::net::SocketAddr;

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::web::{self, Serving};

/// Serve the desk to a browser on this machine, until Ctrl-C
///
/// It prints a link that opens the desk once, in one browser, which then stays let in for twelve hours. Nobody else on the network can
/// reach it: for another machine use `ssh -L 8765:127.0.0.1:8765`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Where to listen, on this machine alone; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = web::LISTEN)]
    listen: SocketAddr,
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
        let serving = Serving { desk: root, author, listen: self.listen, unjailed: self.unsafe_no_sandbox };
        web::serve(serving, |link| {
            ui.result(&format!("Open this link, once:\n  {link}\nCtrl-C ends it."), &json!({ "link": link }));
        })?;
        Ok(Answer::Yes)
    }
}
