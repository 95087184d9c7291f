//! Remove and replace identifiers: derivations, pseudonyms, key custody.
