//! Programs of the machine that foreign bytes are given to, each locked down (`unpack::Tool`).

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use unpack::{Argument, Tool, ToolError, ToolLimits, ToolOutput};

/// The hidden command that locks itself down and becomes a program; `main` answers to it.
pub const TOOL_COMMAND: &str = "__tool";

/// A program, and what it reads beside its libraries and its input.
struct Known {
    name: &'static str,
    what: &'static str,
    says_version: &'static str,
    reads: &'static [&'static str],
}

const KNOWN: [Known; 4] = [
    Known {
        name: "tesseract",
        what: "reads pictures",
        says_version: "--version",
        reads: &["/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata"],
    },
    Known { name: "pdftotext", what: "reads PDF", says_version: "-v", reads: &["/usr/share/poppler"] },
    Known { name: "yara", what: "scans by rules", says_version: "--version", reads: &[] },
    Known { name: "yr", what: "scans by rules, as YARA-X", says_version: "--version", reads: &[] },
];

/// What there is of a program on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolState {
    /// Its name, and what it is for.
    pub name: String,
    /// Where it is, if it is there.
    pub program: Option<PathBuf>,
    /// The first line that it says of its version, locked down; or why it does not run so.
    pub runs: Result<String, String>,
}

/// Whether each program is there, and runs while it is locked down.
pub fn states() -> Vec<ToolState> {
    KNOWN
        .iter()
        .map(|known| {
            let name = format!("{}, which {}", known.name, known.what);
            let Some(program) = find(known.name) else {
                return ToolState { name, program: None, runs: Err("it is not there".to_owned()) };
            };
            let arguments = vec![Argument::Word(known.says_version.into())];
            let ran = run(known.name, arguments, Vec::new(), &[], false).map_err(|error| error.to_string());
            let runs = ran.and_then(|output| version_in(&output).ok_or_else(|| "it says no version".to_owned()));
            ToolState { name, program: Some(program), runs }
        })
        .collect()
}

/// The first line that a program wrote, where it wrote one: some say their version as an error.
pub(super) fn version_in(output: &ToolOutput) -> Option<String> {
    let text = String::from_utf8_lossy(&output.bytes).into_owned();
    let line = [&text, &output.said].into_iter().find_map(|it| it.lines().map(str::trim).find(|it| !it.is_empty()))?;
    let line: String = line.chars().filter(|c| !c.is_control()).take(60).collect();
    output.is_success.then_some(line)
}

/// What is said of the version of a program by which the beginning of a sample was read, and of what it is for the rest.
pub(super) fn renewed(before: &str, now: &str) -> String {
    match before {
        "" => now.to_owned(),
        _ if before.ends_with(now) => before.to_owned(),
        _ => format!("{before}, then {now}"),
    }
}

/// Where a program is.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
    std::env::split_paths(&folders).filter(|it| it.is_absolute()).map(|it| it.join(name)).find(|it| it.is_file())
}

/// Runs one of the known programs on inputs, locked down, with what it is known to read and what `reads` says besides. `unjailed`
/// accepts that the kernel cannot lock it down.
///
/// # Errors
/// It is not there, cannot be started or not be locked down, used more than it may, or died.
pub(super) fn run(
    name: &str,
    arguments: Vec<Argument>,
    mut reads: Vec<PathBuf>,
    inputs: &[&[u8]],
    unjailed: bool,
) -> Result<ToolOutput, ToolError> {
    let not_started = |why: &str| ToolError::Start { program: PathBuf::from(name), why: why.to_owned() };
    let program = find(name).ok_or_else(|| not_started("it is in no folder of PATH; install it"))?;
    let of_it = KNOWN.iter().filter(|it| it.name == name).flat_map(|it| it.reads);
    reads.extend(of_it.map(PathBuf::from));
    let limits = ToolLimits { accept_unjailed: unjailed, wall: Duration::from_secs(180), ..ToolLimits::default() };
    let host = std::env::current_exe().map_err(|error| not_started(&error.to_string()))?;
    Tool { program, arguments, reads, limits }.run(&host, &[TOOL_COMMAND], inputs)
}
