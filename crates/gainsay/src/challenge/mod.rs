//! Files drawn from a listing so that whoever made it and whoever doubts it can both compute the draw again, and what follows from those that
//! came for all that are listed. Pure: randomness, files and verdicts go in.

mod answer;
mod draw;
mod interval;

pub use answer::{Received, judge};
pub use draw::{Listed, commitment, draw, seed};
pub use interval::{MOST_DRAWN, count_for, share_of_bytes, share_of_files};
