//! A source that was captured again: what changed from version to version.

use jiff::Timestamp;

use super::{Desk, Error, Shape};
use crate::export::changes;
use crate::release::Released;

impl Desk {
    /// The versions of a source with what changed between them, sentence by sentence. The source is named by its handle, or by the
    /// beginning of its id.
    ///
    /// # Errors
    /// There is no such case or source, or the store fails.
    pub fn changes(&mut self, name: &str, source: &str, now: Timestamp, shape: Shape) -> Result<Released, Error> {
        let case = self.case(name)?;
        let is_it = |it: &crate::claim::Source| {
            it.handle == source || source.len() >= 4 && it.id.to_string().starts_with(source)
        };
        let place = case.sources.iter().position(is_it);
        let place = place.ok_or_else(|| Error::NoHandle { case: name.to_owned(), handle: source.to_owned() })?;
        let view = self.whole_view(&case, now, false)?;
        Ok(match shape {
            Shape::Json => Released::json(changes::json(&view, place)),
            Shape::Text(styles) | Shape::Screen(styles) | Shape::Brief(styles) => {
                Released::of(&view, styles.is_coloured(), |view| changes::text(view, place, styles))
            }
        })
    }
}
