//! The figures: each with its range and its bar, as a table and as JSON.

use serde_json::json;

use super::Result;

/// What a figure must be.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    AtLeast(f64),
    /// At least the first; the second is hoped for.
    Goal(f64, f64),
    AtMost(f64),
}

/// The figures of one run.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    skipped: Vec<(String, String)>,
}

struct Row {
    id: String,
    value: f64,
    low: f64,
    high: f64,
    /// Which of the figures must meet which bar; nothing for a peer.
    bar: Option<(Bar, f64)>,
    note: String,
}

/// A figure and the ends of the interval in which it lies.
#[derive(Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Bar {
    fn is_met(self, value: f64) -> bool {
        match self {
            Bar::AtLeast(bar) | Bar::Goal(bar, _) => value >= bar,
            Bar::AtMost(bar) => value <= bar,
        }
    }

    fn in_words(self) -> String {
        match self {
            Bar::AtLeast(bar) => format!("≥ {bar}"),
            Bar::Goal(bar, goal) => format!("≥ {bar}, goal {goal}"),
            Bar::AtMost(bar) => format!("≤ {bar}"),
        }
    }
}

impl Table {
    /// Takes what the repetitions gave. The figure is their median, and it must meet the bar. The note names the input.
    pub(crate) fn measured(&mut self, id: &str, bar: Bar, repetitions: &[f64], note: String) {
        let mut sorted = repetitions.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else { return };
        let value = median(&sorted);
        self.take(id, Figure { value, low, high }, Some((bar, value)), note);
    }

    /// Takes a figure whose worse end must meet the bar; that of a peer, with none.
    pub(crate) fn estimated(&mut self, id: &str, bar: Option<Bar>, figure: Figure, note: String) {
        let bar = bar.map(|bar| match bar {
            // No interval reaches the ends of what there is: there the figure itself must.
            Bar::AtLeast(1.0) | Bar::AtMost(0.0) => (bar, figure.value),
            Bar::AtLeast(_) | Bar::Goal(..) => (bar, figure.low),
            Bar::AtMost(_) => (bar, figure.high),
        });
        self.take(id, figure, bar, note);
    }

    /// Takes a figure that itself must meet the bar, whatever its interval; that of a peer, with none.
    pub(crate) fn scored(&mut self, id: &str, bar: Option<Bar>, figure: Figure, note: String) {
        self.take(id, figure, bar.map(|bar| (bar, figure.value)), note);
    }

    fn take(&mut self, id: &str, figure: Figure, bar: Option<(Bar, f64)>, note: String) {
        let Figure { value, low, high } = figure;
        let row = Row { id: id.to_owned(), value, low, high, bar, note };
        super::say(&format!("  {id}: {}", row.in_words()));
        self.rows.push(row);
    }

    /// Notes what has no figure, and why.
    pub(crate) fn skipped(&mut self, what: &str, why: &str) {
        super::say(&format!("  {what}: skipped: {why}"));
        self.skipped.push((what.to_owned(), why.to_owned()));
    }

    #[expect(clippy::print_stdout, reason = "the table is what a bench is for")]
    pub(crate) fn print(&self, machine: &str) {
        println!("{machine}");
        let width = self.rows.iter().map(|row| row.id.len()).max().unwrap_or_default();
        println!(
            "{:<width$}  {:>9}  {:>9}–{:<9}  {:<17}  {:<6}  measured on",
            "id", "value", "low", "high", "bar", "met"
        );
        for row in &self.rows {
            let (bar, met) = match row.bar {
                Some((bar, figure)) => (bar.in_words(), if bar.is_met(figure) { "yes" } else { "NO" }),
                None => (String::new(), ""),
            };
            println!(
                "{:<width$}  {:>9}  {:>9}–{:<9}  {bar:<17}  {met:<6}  {}",
                row.id,
                digits(row.value),
                digits(row.low),
                digits(row.high),
                row.note
            );
        }
        for (what, why) in &self.skipped {
            println!("{what:<width$}  skipped: {why}");
        }
    }

    /// A list of `{id, value, low, high, note}`. What was skipped is not in it.
    pub(crate) fn to_json(&self) -> Result<String> {
        let rows: Vec<_> = self.rows.iter().map(Row::to_json).collect();
        Ok(serde_json::to_string_pretty(&rows)? + "\n")
    }
}

impl Row {
    fn in_words(&self) -> String {
        format!("{} ({}–{}), {}", digits(self.value), digits(self.low), digits(self.high), self.note)
    }

    fn to_json(&self) -> serde_json::Value {
        json!({ "id": self.id, "value": self.value, "low": self.low, "high": self.high, "note": self.note })
    }
}

/// The middle of sorted values; between the two in the middle where their number is even.
fn median(sorted: &[f64]) -> f64 {
    let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
    match (sorted.get(low), sorted.get(high)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => f64::NAN,
    }
}

/// A figure with three digits that count.
fn digits(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size >= 0.1 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}
