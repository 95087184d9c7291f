//! What a check is told with: text for a terminal, JSON and CSV for programs.
