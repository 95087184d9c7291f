//! Looking at what there is, on the command line: where things stand, and questions to a zone.

use clap::{Args, ValueEnum};
use fairway_domain::{SubmissionId, Zone};

use super::Data;

#[derive(Debug, Args)]
pub struct Status {
    /// One submission, as its receipt names it; all when left out
    pub submission: Option<SubmissionId>,
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Query {
    /// One SELECT
    pub sql: String,
    #[command(flatten)]
    pub data: Data,
    /// The zone whose tables are asked: deidentified
    #[arg(long, default_value = "deidentified", value_parser = zone)]
    pub zone: Zone,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = QueryFormat::Table)]
    pub format: QueryFormat,
    /// At most this many rows
    #[arg(long, default_value_t = 10_000)]
    pub limit: usize,
    /// The tables as they were: when they had just taken a submission, at a version, at the end of a day, at a time
    #[arg(long, value_name = "SUBMISSION|VERSION|TIME")]
    pub as_of: Option<String>,
}

fn zone(text: &str) -> Result<Zone, String> {
    match text {
        "deidentified" => Ok(Zone::Deidentified),
        "identifiable" | "landing" | "released" => {
            Err(format!("the {text} zone cannot be queried: only the deidentified zone can"))
        }
        _ => Err("the zone that can be queried is deidentified".into()),
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum QueryFormat {
    /// A table for people
    Table,
    /// Comma-separated values
    Csv,
    /// One JSON array of objects
    Json,
}
