//! Takes a data-breach claim from the first rumour to an answer that nobody can gainsay.

#![expect(
    unreachable_pub,
    reason = "in a program every `pub` reaches the whole crate and no further: it says what a room offers"
)]

mod align;
mod assess;
mod capture;
mod challenge;
mod claim;
mod cli;
mod corpus;
mod demo;
mod desk;
mod endpoint;
mod export;
mod inspect;
mod ledger;
mod listing;
mod mask;
mod matching;
mod read;
mod release;
mod store;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    // The child that opens foreign files is this program too, and so is what becomes a program of the machine; they get no further
    // than here.
    let command = std::env::args_os().nth(1).unwrap_or_default();
    if command == capture::WORKER_COMMAND {
        return unpack::serve();
    }
    if command == inspect::TOOL_COMMAND {
        return unpack::become_tool();
    }
    // Whatever a crash left behind would hold what a sample holds. Where the system refuses, its own limit stands.
    let _ = unpack::leave_no_core();
    cli::main()
}
