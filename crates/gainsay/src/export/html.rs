//! A view as one HTML page that needs nothing else: no script, no file beside it, and it prints.

use askama::Template;

use super::page::Page;
use crate::release::View;

#[derive(Template)]
#[template(path = "report.html")]
struct Report {
    page: Page,
}

/// The page.
pub fn view(view: &View) -> String {
    // The template is checked when the program is built, and writing to a string cannot fail.
    Report { page: Page::of(view) }.render().unwrap_or_else(|e| unreachable!("the report's template: {e}"))
}
