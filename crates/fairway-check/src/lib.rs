//! Whether a file meets its specification: reader, rule kernels, findings, reports.
