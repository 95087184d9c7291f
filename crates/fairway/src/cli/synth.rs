//! Made-up people on the command line: their files, and the story of three councils.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use fairway_domain::{OrganisationCode, SpecName};
use jiff::civil::Date;

use super::Data;

#[derive(Debug, Args)]
pub struct Synth {
    /// How many people
    #[arg(long)]
    pub people: u64,
    /// The council's code
    #[arg(long, value_name = "CODE")]
    pub la: OrganisationCode,
    /// The release: r1 or r2
    #[arg(long, default_value = "r2", value_parser = release)]
    pub release: SpecName,
    /// Last day of the reporting period, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub period_end: Date,
    /// The seed: the same gives the same bytes
    #[arg(long)]
    pub seed: u64,
    /// The share of records with one spoiled cell, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    pub defects: f64,
    /// The share of people whose NHS number the council does not know or has wrong, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    pub unknown_nhs_numbers: f64,
    /// The share of people whose details differ from the register's as people's do, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    pub register_noise: f64,
    /// The first person's place among those the test range has numbers for; councils of more than some 3,000 people
    /// share numbers unless each begins where the one before ended
    #[arg(long, value_name = "N")]
    pub first_person: Option<u64>,
    /// Where postcodes, names, practices and councils come from
    #[arg(long, value_name = "DIR", env = "FAIRWAY_REFERENCE")]
    pub reference: Option<PathBuf>,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

fn release(text: &str) -> Result<SpecName, String> {
    let name = if text.contains('/') { text.to_owned() } else { format!("asc-cld/{text}") };
    name.parse().map_err(|e: fairway_domain::IdError| e.to_string())
}

#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    pub data: Data,
    /// End after the story instead of serving the status page
    #[arg(long)]
    pub once: bool,
    /// How many people the three councils have together
    #[arg(long, default_value_t = 3_000)]
    pub people: u64,
    /// The seed of the made-up people
    #[arg(long, default_value_t = 20_210_730)]
    pub seed: u64,
    /// Postcodes, organisations and practices
    #[arg(long, value_name = "DIR", env = "FAIRWAY_REFERENCE")]
    pub reference: Option<PathBuf>,
    /// Where the status page is served
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
}
