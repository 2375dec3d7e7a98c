//! Scratch entry for scoring the reader; not merged.
#![allow(
    dead_code,
    unused_imports,
    clippy::print_stdout,
    reason = "scratch entry for scoring, not merged"
)]
mod claim;
mod export;
mod read;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args()
        .nth(2)
        .ok_or("usage: gainsay read FILE --json")?;
    let text = std::fs::read_to_string(path)?;
    let reading = read::read(
        &text,
        &claim::About::default(),
        &read::Gazetteer::built_in(),
    );
    println!("{}", export::reading_to_json(&text, &reading));
    Ok(())
}
