//! Gainsay.
mod claim;
mod ledger;
mod store;
mod assess;
fn main() {}
