//! What a sample holds, whoever's it is: the room that looks into files as they stream past. Pure: bytes in, findings out.

pub mod sensitive;
