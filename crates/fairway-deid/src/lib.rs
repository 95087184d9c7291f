//! Remove and replace identifiers: derivations, pseudonyms, key custody.
//!
//! - [`directory`]: from a postcode to areas, by any release of an ONS postcode directory.
//! - [`practice`]: from a general practice to the areas it belongs to.
//! - [`age`]: full years, and the Department's formula.
//! - [`row`]: the derived cells of one record, ready for a table.
//! - [`cipher`]: cells of the identity vault, encrypted under a key per load, and the blind index over identifiers.
//! - [`disclosure`]: counts that may be shown.
//! - [`keyring`]: pseudonyms and the life of their keys.
//! - [`measure`]: what an extract tells, measured on its bytes.
//! - [`scan`]: what an extract must not contain, decided on its bytes.
//!
//! *Invariant:* nothing here knows a dataset's field names, a table, a clock or a network, and nothing writes a
//! file.

pub mod age;
pub mod cipher;
pub mod directory;
pub mod disclosure;
pub mod keyring;
pub mod measure;
pub mod practice;
pub mod row;
pub mod scan;
