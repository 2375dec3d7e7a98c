//! The figures: each with its range and its bar, as a table and as JSON.

use serde_json::json;

use crate::Result;

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
    id: &'static str,
    value: f64,
    low: f64,
    high: f64,
    bar: Bar,
    note: String,
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
    /// Takes what the repetitions gave. The figure is their median. The note names the input.
    pub(crate) fn measured(&mut self, id: &'static str, bar: Bar, repetitions: &[f64], note: String) {
        let mut sorted = repetitions.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else { return };
        let row = Row { id, value: median(&sorted), low, high, bar, note };
        crate::say(&format!("  {id}: {}", row.in_words()));
        self.rows.push(row);
    }

    /// Notes what has no figure, and why.
    pub(crate) fn skipped(&mut self, what: &str, why: &str) {
        crate::say(&format!("  {what}: skipped: {why}"));
        self.skipped.push((what.to_owned(), why.to_owned()));
    }

    #[expect(clippy::print_stdout, reason = "the table is what a bench is for")]
    pub(crate) fn print(&self, machine: &str) {
        println!("{machine}");
        println!("{:<13}  {:>9}  {:>9}–{:<9}  {:<17}  {:<6}  measured on", "id", "value", "low", "high", "bar", "met");
        for row in &self.rows {
            let met = if row.bar.is_met(row.value) { "yes" } else { "NO" };
            println!(
                "{:<13}  {:>9}  {:>9}–{:<9}  {:<17}  {met:<6}  {}",
                row.id,
                digits(row.value),
                digits(row.low),
                digits(row.high),
                row.bar.in_words(),
                row.note
            );
        }
        for (what, why) in &self.skipped {
            println!("{what:<13}  skipped: {why}");
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
