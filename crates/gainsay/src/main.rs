//! Gainsay.
mod claim;
mod ledger;
mod store;
fn main() {}
