//! Pages: the read-only status page.
