//! Takes a data-breach claim from the first rumour to an answer that nobody can gainsay.

#![expect(
    unreachable_pub,
    reason = "in a program every `pub` reaches the whole crate and no further: it says what a room offers"
)]

mod align;
mod assess;
mod capture;
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

use std::process::ExitCode;

fn main() -> ExitCode {
    // The child that opens foreign files is this program too; it gets no further than here.
    if std::env::args_os().nth(1).is_some_and(|command| command == capture::WORKER_COMMAND) {
        return unpack::serve();
    }
    cli::main()
}
