//! Made-up people with known truth: submissions, registers, health activity, defects.
