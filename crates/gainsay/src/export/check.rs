//! A company's text held against a case, sentence by sentence.

use serde_json::{Value, json};

use super::text::{Page, Styles};
use crate::assess::Objection;
use crate::claim::{OwnSentence, SourceText, Span, counted};
use crate::release::View;

/// What was held against what, and what was found.
pub struct Checked<'c> {
    /// The case.
    pub view: &'c View,
    /// Whose text it is.
    pub company: &'c str,
    /// The text.
    pub text: &'c str,
    /// Its sentences.
    pub sentences: &'c [OwnSentence],
    /// What is to be said against them.
    pub objections: &'c [Objection],
}

impl Checked<'_> {
    /// For a terminal: each sentence with what is to be said against it, and where that stands.
    pub fn to_text(&self, styles: Styles) -> String {
        let mut page = Page::new(styles);
        let mut last = None;
        for objection in self.objections {
            if last.replace(objection.sentence) != Some(objection.sentence) {
                page.heading(&on_one_line(self.sentence(objection.sentence)));
            }
            page.wrapped(2, &format!("{}: {}", objection.ground.word(), objection.because));
            if let Some(place) = &objection.place {
                let source = &self.view.case.sources[place.source];
                let words = self.words(place.source, place.span);
                let words = words.map_or_else(String::new, |words| format!(": {}", on_one_line(words)));
                let at = format!("bytes {} to {}", place.span.start, place.span.end);
                page.wrapped(4, &format!("{} ({}), {at}{words}", source.handle, source.name()));
            }
        }
        let (objected, of, title) = (self.objected(), counted(self.sentences.len(), "sentence"), &self.view.case.title);
        page.heading("In all");
        page.wrapped(
            0,
            &match objected {
                0 => format!("Nothing in case {title} is to be said against any of {of} of {}.", self.company),
                1 => format!("1 of {of} of {} should not stand as it is, by what case {title} holds.", self.company),
                _ => format!(
                    "{objected} of {of} of {} should not stand as they are, by what case {title} holds.",
                    self.company
                ),
            },
        );
        page.text()
    }

    /// For machines.
    pub fn to_json(&self) -> Value {
        let span = |span: Span| json!({ "start": span.start, "end": span.end });
        let objections: Vec<Value> = self
            .objections
            .iter()
            .map(|it| {
                let sentence = &self.sentences[it.sentence];
                let place = it.place.as_ref().map(|place| {
                    json!({
                        "source": self.view.case.sources[place.source].handle,
                        "statement": place.statement,
                        "who": place.who,
                        "span": span(place.span),
                        "quote": self.words(place.source, place.span),
                    })
                });
                json!({
                    "sentence": self.sentence(it.sentence),
                    "span": span(sentence.span),
                    "stance": sentence.stance.map(|stance| stance.word()),
                    "facets": sentence.facets.iter().map(|facet| facet.word()).collect::<Vec<_>>(),
                    "ground": it.ground.word(),
                    "because": it.because,
                    "place": place,
                    "finding": it.finding,
                })
            })
            .collect();
        json!({
            "format": "gainsay-check/1",
            "case": self.view.case.title,
            "company": self.company,
            "sentences": self.sentences.len(),
            "objected": self.objected(),
            "objections": objections,
        })
    }

    /// How many sentences something is said against.
    fn objected(&self) -> usize {
        let mut sentences: Vec<usize> = self.objections.iter().map(|objection| objection.sentence).collect();
        sentences.dedup();
        sentences.len()
    }

    fn sentence(&self, at: usize) -> &str {
        self.sentences[at].span.of(self.text).unwrap_or_default()
    }

    fn words(&self, source: usize, span: Span) -> Option<&str> {
        match &self.view.case.sources[source].text {
            SourceText::Here(text) => span.of(text),
            _ => None,
        }
    }
}

fn on_one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
