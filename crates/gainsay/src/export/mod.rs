//! A view to bytes, one file for each format. Pure, and behind `release`: nothing here sees a case that was not released.

pub mod challenge;
pub mod changes;
pub mod check;
pub mod comparison;
mod curve;
mod explanations;
pub mod html;
pub mod in_hand;
pub mod json;
pub mod markdown;
pub mod offers;
mod origins;
mod page;
pub mod reading;
pub mod text;
mod timeline;
