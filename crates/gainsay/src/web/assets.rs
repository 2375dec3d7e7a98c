//! Style and script, which are part of the program. The script is known by its digest, so that browsers keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;
use base64::Engine as _;

use super::Answered;
use super::answer::{Answer, Failure};
use crate::desk;

/// A file that every desk has.
pub(super) struct Asset {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) digest: String,
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: String) -> Asset {
        let digest = desk::digest(text.as_bytes())[..16].to_owned();
        Asset { name, kind, text, digest }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> String {
        format!("/assets/{}/{}", self.digest, self.name)
    }
}

/// The report's style, and what pages have beside it. It stands in every page, so that the first answer is all that a browser needs to
/// paint it; what a browser takes for style is this by its digest, and nothing else.
pub(super) static STYLE: LazyLock<String> = LazyLock::new(|| {
    let text = concat!(include_str!("../../templates/report.css"), include_str!("../../templates/web/style.css"));
    // In the places where the files have white space for whoever reads them, style sheets need none.
    let lines = text.lines().map(str::trim).collect::<String>();
    [(" { ", "{"), ("; }", "}"), (" }", "}"), ("; ", ";"), (": ", ":"), ("} ", "}"), (", ", ",")]
        .iter()
        .fold(lines, |text, (wide, narrow)| text.replace(wide, narrow))
});

/// What a browser takes for the style, as a policy names it.
pub(super) static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| {
    let digest = desk::digest_bytes(STYLE.as_bytes());
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
});

/// What is quicker with a script; every page works without it, and is painted before it is there.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../templates/web/script.js");
    Asset::new("script.js", "text/javascript; charset=utf-8", text.to_owned())
});

pub(super) async fn asset(Path((digest, name)): Path<(String, String)>) -> Answered {
    let found = Some(&*SCRIPT).filter(|asset| asset.name == name && asset.digest == digest);
    found.map(Answer::Asset).ok_or(Failure::Nowhere)
}
