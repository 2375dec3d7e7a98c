//! Archives through the child.
