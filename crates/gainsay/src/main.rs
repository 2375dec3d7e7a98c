//! Takes a data-breach claim from the first rumour to an answer that nobody can gainsay.
#![expect(dead_code, reason = "the rooms stand before the commands that use them")]
#![expect(unreachable_pub, reason = "so that the rooms can become a library without a change")]

mod claim;
mod corpus;
mod matching;

fn main() {}
