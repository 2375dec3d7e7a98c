//! A view to bytes, one file for each format. Pure, and behind `release`: nothing here sees a case that was not released.

pub mod changes;
pub mod check;
pub mod comparison;
mod curve;
mod explanations;
pub mod html;
pub mod json;
pub mod markdown;
pub mod offers;
mod origins;
mod page;
pub mod reading;
mod sensitive;
pub mod text;
mod timeline;
