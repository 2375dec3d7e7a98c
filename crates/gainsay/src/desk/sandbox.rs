//! What holds the worker that opens foreign files, on the machine at hand.

use serde_json::json;

use super::{Error, Shape};
use crate::capture::Opener;
use crate::inspect::{self, ToolState};
use crate::release::Released;

/// What holds the worker, line by line: what it is, whether it is there, and whether foreign files are opened without it.
#[derive(Clone, Debug)]
pub struct Sandbox {
    lines: Vec<(String, bool, bool)>,
    /// Programs that foreign bytes may be given to, each locked down.
    tools: Vec<ToolState>,
}

/// Starts a worker, and has it say what holds it; and each program of the machine that foreign bytes may be given to.
///
/// # Errors
/// It cannot be started.
pub fn sandbox() -> Result<Sandbox, Error> {
    Ok(Sandbox { lines: Opener::start(true)?.held_by().into(), tools: inspect::states() })
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
            let tool = |it: &ToolState| json!({ "name": it.name, "program": it.program, "version": it.runs.as_ref().ok(), "why_not": it.runs.as_ref().err() });
            let tools: Vec<_> = self.tools.iter().map(tool).collect();
            return Released::json(json!({
                "format": "gainsay-sandbox/1", "held": self.is_held(), "lines": lines, "tools": tools,
            }));
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
        text += "\nPrograms of this machine that foreign bytes may be given to, each locked down but for itself and its libraries:\n";
        for tool in &self.tools {
            let program = tool.program.as_ref().map_or(String::new(), |path| format!(" ({})", path.display()));
            let (state, words) = match &tool.runs {
                Ok(version) => ("held", version.clone()),
                Err(_) if tool.program.is_none() => ("not there", "install it to have it used".to_owned()),
                Err(why) => ("FAILS", why.clone()),
            };
            text += &format!("  {state:<10} {}{program}: {words}\n", tool.name);
        }
        Released::plain(&text)
    }
}
