//! A view to bytes, one file for each format. Pure, and behind `release`: nothing here sees a case that was not released.

pub mod challenge;
pub mod changes;
pub mod check;
pub mod comparison;
pub mod curve;
pub mod explanations;
pub mod html;
pub mod in_hand;
pub mod json;
pub mod markdown;
pub mod offers;
pub mod origins;
pub mod page;
pub mod reading;
pub mod screens;
pub mod sensitive;
pub mod text;
pub mod timeline;
