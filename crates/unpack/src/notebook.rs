//! Notebooks (Jupyter, nbformat 3 and 4): the sources of their cells and the text that they gave.

use std::ops::Range;

use crate::json::{Elements, fields, string, value};
use crate::trace::Traced;

/// Whether a file that starts with these bytes, an object of JSON, is one.
pub(crate) fn is_notebook(head: &[u8]) -> bool {
    let has = |sign: &[u8]| head.windows(sign.len()).any(|window| window == sign);
    has(b"\"cell_type\"") && (has(b"\"cells\"") || has(b"\"worksheets\""))
}

/// The text of a notebook, an empty line between two cells.
pub(crate) fn text_of(notebook: &Traced) -> Traced {
    let mut text = Traced::default();
    let json = &notebook.text;
    if let Ok(whole) = value(json, 0) {
        add_cells(&mut text, json, &whole);
    }
    text.through(notebook)
}

fn add_cells(to: &mut Traced, json: &str, of: &Range<usize>) {
    for (name, list) in fields(json, of) {
        match name.as_str() {
            "cells" => Elements::new(json, list.start).flatten().for_each(|cell| add_cell(to, json, &cell)),
            "worksheets" => Elements::new(json, list.start).flatten().for_each(|sheet| add_cells(to, json, &sheet)),
            _ => {}
        }
    }
}

fn add_cell(to: &mut Traced, json: &str, cell: &Range<usize>) {
    for (name, found) in fields(json, cell) {
        match name.as_str() {
            "source" | "input" => add_lines(to, json, &found),
            "outputs" => Elements::new(json, found.start).flatten().for_each(|output| add_output(to, json, &output)),
            _ => {}
        }
    }
}

/// What a cell gave, where that is text: as a stream, or among other forms of the same.
fn add_output(to: &mut Traced, json: &str, output: &Range<usize>) {
    for (name, found) in fields(json, output) {
        match name.as_str() {
            "text" => add_lines(to, json, &found),
            "data" => {
                let forms = fields(json, &found).into_iter().filter(|(kind, _)| kind == "text/plain");
                forms.for_each(|(_, text)| add_lines(to, json, &text));
            }
            _ => {}
        }
    }
}

/// Adds a text that stands there as one string, or as one for each line.
fn add_lines(to: &mut Traced, json: &str, found: &Range<usize>) {
    let lines: Vec<Traced> = if json[found.clone()].starts_with('[') {
        Elements::new(json, found.start).flatten().filter_map(|line| string(json, &line)).collect()
    } else {
        string(json, found).into_iter().collect()
    };
    if lines.iter().any(|line| !line.text.trim().is_empty()) {
        to.add_own(if to.text.is_empty() { "" } else { "\n\n" });
        lines.iter().for_each(|line| to.add(line, 0..line.text.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_what_they_gave_are_read_with_the_way_back() {
        let json = r##"{"cells":[{"cell_type":"markdown","source":["# Prices\n","of \"all\" parts"]},
            {"cell_type":"code","source":"print(1)","outputs":[{"output_type":"stream","text":["one\n"]},
            {"data":{"image/png":"iVBO","text/plain":["two"]}}]},{"cell_type":"raw","source":[" "]},3],"nbformat":4}"##;
        assert!(is_notebook(json.as_bytes()));
        let text = text_of(&Traced::verbatim(json.to_owned(), 0));
        assert_eq!(text.text, "# Prices\nof \"all\" parts\n\nprint(1)\n\none\n\n\ntwo");
        let at = text.text.find("all").unwrap_or_default() as u64;
        let place = json.find("all").unwrap_or_default() as u64;
        assert_eq!(text.map().in_file(at..at + 3), Some(place..place + 3));
        let old = r#"{"worksheets":[{"cells":[{"cell_type":"code","input":["a = 1"]}]}]}"#;
        assert_eq!(text_of(&Traced::verbatim(old.to_owned(), 0)).text, "a = 1");
        assert_eq!(text_of(&Traced::verbatim("{\"cells\":[{".to_owned(), 0)).text, "");
    }
}
