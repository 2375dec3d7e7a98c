//! Tests of the program as its users meet it, in one binary.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod architecture;
mod cases;
mod outlets;
mod pages;
mod support;
