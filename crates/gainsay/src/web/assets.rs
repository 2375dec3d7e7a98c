//! Style and scripts, which are part of the program. Each is known by its digest, so that browsers keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;

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

/// The report's style, and what pages have beside it.
pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = concat!(include_str!("../../templates/report.css"), include_str!("../../templates/web/style.css"));
    Asset::new("style.css", "text/css; charset=utf-8", text.to_owned())
});

/// What is quicker with a script; every page works without it.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../templates/web/script.js");
    Asset::new("script.js", "text/javascript; charset=utf-8", text.to_owned())
});

pub(super) async fn asset(Path((digest, name)): Path<(String, String)>) -> Answered {
    let all = [&*STYLE, &*SCRIPT];
    let found = all.into_iter().find(|asset| asset.name == name && asset.digest == digest);
    found.map(Answer::Asset).ok_or(Failure::Nowhere)
}
