//! What holds the worker that opens foreign files, on the machine at hand.

use serde_json::json;

use super::{Error, Shape};
use crate::capture::Opener;
use crate::release::Released;

/// What holds the worker, line by line: what it is, whether it is there, and whether foreign files are opened without it.
#[derive(Clone, Debug)]
pub struct Sandbox {
    lines: Vec<(String, bool, bool)>,
}

/// Starts a worker, and has it say what holds it.
///
/// # Errors
/// It cannot be started.
pub fn sandbox() -> Result<Sandbox, Error> {
    Ok(Sandbox { lines: Opener::start(true)?.held_by().into() })
}

impl Sandbox {
    /// Whether everything is there without which no foreign file is opened.
    pub fn is_held(&self) -> bool {
        self.lines.iter().all(|(_, is_there, is_required)| *is_there || !is_required)
    }

    /// In words, for a terminal or for machines.
    pub fn shown(&self, shape: Shape) -> Released {
        if matches!(shape, Shape::Json) {
            let line = |(what, is_there, is_required): &(String, bool, bool)| json!({ "what": what, "enforced": is_there, "required": is_required });
            let lines: Vec<_> = self.lines.iter().map(line).collect();
            return Released::json(json!({ "format": "gainsay-sandbox/1", "held": self.is_held(), "lines": lines }));
        }
        let mut text = "What holds the worker that opens foreign files, on this machine:\n".to_owned();
        for (what, is_there, is_required) in &self.lines {
            let state = match (is_there, is_required) {
                (true, _) => "enforced",
                (false, true) => "MISSING",
                (false, false) => "not given",
            };
            text += &format!("  {state:<10} {what}\n");
        }
        text += if self.is_held() {
            "What is required is enforced; what is not given by the kernel the rest does too.\n"
        } else {
            "Foreign files are not opened without what is missing, unless asked for with --unsafe-no-sandbox.\n"
        };
        Released::plain(&text)
    }
}
