//! The way of a submission on the command line: a data directory is made, files are landed, accepted and worked on.

use std::path::PathBuf;

use clap::Args;
use fairway_domain::{OrganisationCode, Route, SubmissionId};
use jiff::civil::Date;

use super::Data;

#[derive(Debug, Args)]
pub struct Init {
    #[command(flatten)]
    pub data: Data,
    /// Postcodes, organisations and practices; looked for beside the program and in the current folder when left out
    #[arg(long, value_name = "DIR", env = "FAIRWAY_REFERENCE")]
    pub reference: Option<PathBuf>,
    /// Where the keyholder listens, if not in the key folder beside the data directory; remembered
    #[arg(long, value_name = "PATH", env = "FAIRWAY_KEYHOLDER")]
    pub keyholder: Option<PathBuf>,
    /// A demographics register to trace against (see `fairway register build`)
    #[arg(long, value_name = "DIR")]
    pub register: Option<PathBuf>,
    /// An empty PostgreSQL database for the ledger, instead of a file in the data directory; without a password; remembered
    #[arg(long, value_name = "URL", env = "FAIRWAY_LEDGER")]
    pub ledger: Option<String>,
}

#[derive(Debug, Args)]
pub struct Land {
    /// The file
    pub file: PathBuf,
    /// The sender's organisation code
    #[arg(long, value_name = "CODE")]
    pub org: OrganisationCode,
    /// How the file came: cli, portal, sftp, mailbox or database
    #[arg(long, default_value = "cli", value_name = "ROUTE")]
    pub route: Route,
    /// The dataset (day-centre) or its specification (day-centre/v1); recognised from the file when left out
    #[arg(long, value_name = "NAME")]
    pub spec: Option<String>,
    /// The reporting period, first..last day, for a dataset whose files do not say it; the day of landing when left out
    #[arg(long, value_name = "DATE..DATE", value_parser = period)]
    pub period: Option<(Date, Date)>,
    #[command(flatten)]
    pub data: Data,
    /// Print the receipt as JSON
    #[arg(long)]
    pub json: bool,
}

pub fn period(text: &str) -> Result<(Date, Date), String> {
    let days = text.split_once("..").and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    days.ok_or_else(|| "a period is its first and last day, such as 2026-04-01..2026-06-30".into())
}

#[derive(Debug, Args)]
pub struct Accept {
    /// The submission, as its receipt names it
    pub submission: SubmissionId,
    #[command(flatten)]
    pub data: Data,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Work {
    #[command(flatten)]
    pub data: Data,
    /// End when nothing is waiting
    #[arg(long)]
    pub until_idle: bool,
    /// End after this many jobs
    #[arg(long, value_name = "N")]
    pub jobs: Option<u64>,
    /// Print one JSON object a job
    #[arg(long)]
    pub json: bool,
    /// Memory for sorting and joining, in MiB; beyond it work goes to disk
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    pub memory: u64,
}
