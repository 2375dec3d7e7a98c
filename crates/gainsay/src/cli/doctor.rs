use super::ui::Ui;
use super::{Answer, Error};
use crate::desk::{Shape, sandbox};

/// What keeps foreign files harmless on this machine; exits 1 where something required is missing
#[derive(clap::Args)]
pub(super) struct Args {}

impl Args {
    pub(super) fn run(self, ui: &mut Ui) -> Result<Answer, Error> {
        let sandbox = sandbox()?;
        let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
        ui.out(&sandbox.shown(shape));
        Ok(if sandbox.is_held() { Answer::Yes } else { Answer::No })
    }
}
