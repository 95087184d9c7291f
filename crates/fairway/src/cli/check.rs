//! Checking a file without sending it, on the command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fairway_domain::OrganisationCode;

#[derive(Debug, Args)]
pub struct Check {
    /// The files: CSV, or CSV compressed with gzip; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A specification by name (asc-cld/r2) or by folder; recognised from the file when left out
    #[arg(long, value_name = "NAME-OR-DIR")]
    pub spec: Option<String>,
    /// A processing centre's data directory, whose own specifications are known as well (fairway spec add)
    #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA")]
    pub data: Option<PathBuf>,
    /// Your own severities, as YAML: `severities: {date-format: warning}`, by rule, each reject, error, warning or info
    #[arg(long, value_name = "FILE")]
    pub severities: Option<PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// A folder to write the reports to; with several files, a folder in it for each
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write report.xlsx as well
    #[arg(long, requires = "out")]
    pub xlsx: bool,
    /// The sender's organisation code, to compare with the file's
    #[arg(long, value_name = "CODE")]
    pub org: Option<OrganisationCode>,
    /// How many threads check; as many as the machine runs at once when left out
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// The sender's earlier file: what of it is missing now, started anew or has changed in number
    #[arg(long, value_name = "FILE")]
    pub earlier: Option<PathBuf>,
    /// Repeat the values found wrong, which may identify people
    #[arg(long)]
    pub show_values: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// The summary as JSON (docs/schema/summary.schema.json)
    Json,
    /// Every finding as CSV
    Csv,
    /// Every finding as JSON, one object a line
    Jsonl,
}
