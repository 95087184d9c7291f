//! Versioned tables by zone: load, join, extract, query; here or on a cluster.
