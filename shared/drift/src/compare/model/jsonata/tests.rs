//! Checks expressions of every shape that AWS writes.
