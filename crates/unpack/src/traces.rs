//! What documents keep of those who worked on them: authors, companies, templates, printers, dates, tracked changes, comments, and what is
//! hidden. All of it is their own word.

use std::collections::BTreeMap;

use crate::clues::ClueKind;
use crate::documents::line;
use crate::markup::{Token, Tokens, attribute, local, unescaped};

/// Kinds, values, and how many places say so.
pub(crate) type Traces = Vec<(ClueKind, String, u64)>;

/// Different ones that one part tells.
const MOST: usize = 200;

/// What an author did, and from when until when.
#[derive(Default)]
struct Work {
    count: u64,
    first: String,
    last: String,
}

/// The works of one part, by what was done and by whom.
#[derive(Default)]
struct Works(BTreeMap<(ClueKind, &'static str, String), Work>);

impl Works {
    fn add(&mut self, kind: ClueKind, what: &'static str, who: &str, when: &str) {
        let key = (kind, what, line(who).unwrap_or_else(|| "nobody named".to_owned()));
        if self.0.len() == MOST && !self.0.contains_key(&key) {
            return;
        }
        let work = self.0.entry(key).or_default();
        work.count += 1;
        let when = line(when).unwrap_or_default();
        if !when.is_empty() && (work.first.is_empty() || when < work.first) {
            work.first.clone_from(&when);
        }
        work.last = work.last.clone().max(when);
    }

    fn tell(self, traces: &mut Traces) {
        for ((kind, what, who), Work { count, first, last }) in self.0 {
            let when = match (first.as_str(), last.as_str()) {
                ("", _) => String::new(),
                (first, last) if first == last => format!(", {first}"),
                (first, last) => format!(", {first} to {last}"),
            };
            traces.push((kind, format!("{what} by {who}{when}"), count));
        }
    }
}

/// What a part of a document of an office tells, of OOXML or OpenDocument.
pub(crate) fn of_part(xml: &str, traces: &mut Traces) {
    let (mut value, mut works, mut hidden) = (String::new(), Works::default(), BTreeMap::<&str, u64>::new());
    let mut single: Traces = Vec::new();
    // Of OpenDocument: who changed or remarked something stands in elements of their own, the change around them.
    let (mut around, mut who, mut setting) = (None, String::new(), String::new());
    for (token, range) in Tokens::of_xml(xml, 0) {
        match token {
            Token::Start { name, attributes, .. } => {
                value.clear();
                let of = |name: &str| attribute(attributes, name).map(|it| it.into_owned()).unwrap_or_default();
                let is = |name: &str| matches!(of(name).as_str(), "1" | "true" | "on");
                match name {
                    "w:ins" | "w:moveTo" => works.add(ClueKind::Change, "inserted", &of("w:author"), &of("w:date")),
                    "w:del" | "w:moveFrom" => works.add(ClueKind::Change, "deleted", &of("w:author"), &of("w:date")),
                    "w:comment" => works.add(ClueKind::Comment, "remarks", &of("w:author"), &of("w:date")),
                    "p:cmAuthor" | "author" => {
                        single.extend(line(&of("name")).map(|name| (ClueKind::Person, name, 1)));
                    }
                    "w:vanish" => *hidden.entry("stretches of text").or_default() += 1,
                    "w:attachedTemplate" => single.extend(line(&of("r:id")).map(|id| (ClueKind::Template, id, 1))),
                    "meta:template" => single.extend(line(&of("xlink:title")).map(|it| (ClueKind::Template, it, 1))),
                    "text:insertion" => around = Some((ClueKind::Change, "inserted")),
                    "text:deletion" => around = Some((ClueKind::Change, "deleted")),
                    "office:annotation" => around = Some((ClueKind::Comment, "remarks")),
                    "config:config-item" => setting = of("config:name"),
                    _ => {}
                }
                match local(name) {
                    "sheet" if matches!(of("state").as_str(), "hidden" | "veryHidden") => {
                        single.extend(line(&of("name")).map(|name| (ClueKind::Hidden, format!("sheet {name}"), 1)));
                    }
                    "sld" if of("show") == "0" => single.push((ClueKind::Hidden, "slide".to_owned(), 1)),
                    "row" if is("hidden") => *hidden.entry("rows").or_default() += 1,
                    "col" if is("hidden") => *hidden.entry("columns").or_default() += 1,
                    "table-row" if of("table:visibility") == "collapse" => *hidden.entry("rows").or_default() += 1,
                    "table-properties" if of("table:display") == "false" => *hidden.entry("sheets").or_default() += 1,
                    "page" if of("presentation:visibility") == "hidden" => *hidden.entry("slides").or_default() += 1,
                    _ => {}
                }
            }
            Token::Text if value.len() < 4_096 => value.push_str(&unescaped(&xml[range])),
            Token::End { name } => {
                if let Some((kind, what)) = around {
                    match name {
                        "dc:creator" => who = std::mem::take(&mut value),
                        "dc:date" => {
                            works.add(kind, what, &std::mem::take(&mut who), &value);
                            around = None;
                        }
                        "text:insertion" | "text:deletion" | "office:annotation" => around = None,
                        _ => {}
                    }
                    value.clear();
                    continue;
                }
                let (kind, word) = match local(name) {
                    // Of a part of its own alone: elsewhere words so named are anything.
                    "creator" | "initial-creator" | "lastModifiedBy" | "Manager" | "printed-by" | "author" => {
                        (ClueKind::Person, "")
                    }
                    "Company" => (ClueKind::Firm, ""),
                    "Template" => (ClueKind::Template, ""),
                    "Application" | "generator" => (ClueKind::Tool, ""),
                    "created" | "creation-date" => (ClueKind::Written, "made "),
                    "modified" | "date" => (ClueKind::Written, "changed "),
                    "lastPrinted" | "print-date" => (ClueKind::Printer, "last used "),
                    "config-item" if setting == "PrinterName" => (ClueKind::Printer, ""),
                    _ => {
                        value.clear();
                        continue;
                    }
                };
                single.extend(line(&value).map(|value| (kind, format!("{word}{value}"), 1)));
                value.clear();
            }
            _ => {}
        }
    }
    works.tell(traces);
    traces.extend(hidden.into_iter().map(|(what, count)| (ClueKind::Hidden, what.to_owned(), count)));
    for (kind, value, count) in single {
        let known = traces.iter().position(|(of, known, _)| (*of, known.as_str()) == (kind, value.as_str()));
        match known {
            Some(at) => traces[at].2 += count,
            None if traces.len() < MOST => traces.push((kind, value, count)),
            None => {}
        }
    }
}

/// The printer that a sheet of Excel was set up for: its settings begin with the name of the device, in UTF-16.
pub(crate) fn printer(path: &str, head: &[u8]) -> Option<String> {
    const NAME: usize = 64;
    if !path.ends_with(".bin") || !path.contains("printerSettings/printerSettings") {
        return None;
    }
    line(&crate::text::wide(head.get(..NAME)?, 0).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(xml: &str) -> Vec<String> {
        let mut traces = Vec::new();
        of_part(xml, &mut traces);
        traces.into_iter().map(|(kind, value, count)| format!("{}: {value} ({count})", kind.words())).collect()
    }

    #[test]
    fn parts_tell_who_worked_on_them_and_what_is_hidden() {
        let core = "<cp:coreProperties><dc:creator>Ann Lee</dc:creator><cp:lastModifiedBy>Bo</cp:lastModifiedBy>\
                    <dcterms:created>2019-05-01T10:00:00Z</dcterms:created></cp:coreProperties>";
        assert_eq!(told(core), ["person: Ann Lee (1)", "person: Bo (1)", "written: made 2019-05-01T10:00:00Z (1)"]);
        let app = "<Properties><Template>Offer.dotm</Template><Application>Word</Application><Company>Marlbeck</Company></Properties>";
        assert_eq!(told(app), ["template: Offer.dotm (1)", "tool: Word (1)", "organisation: Marlbeck (1)"]);
        let text = "<w:document><w:ins w:author=\"Ann\" w:date=\"2019-05-02\"><w:t>x</w:t></w:ins>\
                    <w:ins w:author=\"Ann\" w:date=\"2019-05-01\"/><w:del w:author=\"Bo\"/><w:vanish/></w:document>";
        let said = [
            "tracked change: deleted by Bo (1)",
            "tracked change: inserted by Ann, 2019-05-01 to 2019-05-02 (2)",
            "hidden: stretches of text (1)",
        ];
        assert_eq!(told(text), said);
        assert_eq!(
            told("<workbook><sheet name=\"a\"/><sheet name=\"Pay\" state=\"veryHidden\"/></workbook>"),
            ["hidden: sheet Pay (1)"]
        );
        assert_eq!(told("<worksheet><row hidden=\"1\"/><row hidden=\"1\"/><row/></worksheet>"), ["hidden: rows (2)"]);
        assert_eq!(told("<p:sld show=\"0\"></p:sld>"), ["hidden: slide (1)"]);
        let odf = "<text:changed-region><text:deletion><office:change-info><dc:creator>Cy</dc:creator><dc:date>2020</dc:date>\
                   </office:change-info></text:deletion></text:changed-region>";
        assert_eq!(told(odf), ["tracked change: deleted by Cy, 2020 (1)"]);
        assert_eq!(told("<broken <w:ins w:author="), [""; 0]);
    }

    #[test]
    fn settings_of_printers_begin_with_a_name() {
        let name: Vec<u8> = "Floor 3 HP".encode_utf16().flat_map(u16::to_le_bytes).chain([0; 60]).collect();
        let path = "a.xlsx!xl/printerSettings/printerSettings1.bin";
        assert_eq!(printer(path, &name).as_deref(), Some("Floor 3 HP"));
        assert!(printer("a.bin", &name).is_none() && printer(path, &name[..10]).is_none());
    }
}
