//! Who may receive what under which agreement; decisions with all their reasons.
