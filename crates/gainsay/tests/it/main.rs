//! Gainsay as its users run it: the real program, in a folder of its own, with an environment of its own.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod architecture;
mod archives;
mod builds;
mod capture;
mod cases;
mod challenge;
mod check;
mod claims;
mod corpora;
mod crash;
mod destruction;
mod disagreements;
mod files;
mod filters;
mod hostile;
mod ledger;
mod listings;
mod malware;
mod model;
mod models;
mod names;
mod offered;
mod outlets;
mod pages;
mod places;
mod private;
mod reports;
mod review;
mod sensitive;
mod settling;
mod steps;
mod support;
mod vault;
mod versions;
mod web;
mod weighing;
