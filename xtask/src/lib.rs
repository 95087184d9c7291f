//! Guards: what the compiler cannot see and a reviewer should not have to look for.

pub mod arrows;
pub mod guards;
pub mod verbs;
