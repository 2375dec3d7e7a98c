//! What leaves the desk as bytes, one file for each format.

mod reading;

pub use reading::reading_to_json;
