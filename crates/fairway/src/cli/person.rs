//! People, their roles and tokens; the permission table.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use fairway_domain::{AccountId, OrganisationCode};
use fairway_service::Role;
use jiff::Timestamp;

use super::Data;

#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Add a person, who can do nothing until they are granted a role
    #[command(after_help = "\
Examples:
  fairway person add --name \"Ada Example\" --org 313 --data centre
  fairway person add --name \"Ada Example\" --org 313 --data centre --json | jq -r .person")]
    Add(PersonAdd),

    /// Who there is, with roles and tokens
    List(PersonList),

    /// Grant a role, for a time or until it is taken
    #[command(after_help = "\
Examples:
  fairway person grant 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 council_submitter --data centre
  fairway person grant 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 auditor --until 2027-03-31T00:00:00Z --data centre

fairway access matrix tells the roles and what each may do. Roles that do not go together are refused.")]
    Grant(PersonGrant),

    /// Take a role, at once
    Revoke(PersonRevoke),

    /// Make a token, told this once; or revoke one, at once
    #[command(after_help = "\
Examples:
  fairway person token 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --days 30 --data centre
  fairway person token --revoke 0a1b2c3d --data centre

Whoever has it is that person: at the API (Authorization: Bearer …) and here (FAIRWAY_TOKEN, or --token-file FILE).")]
    Token(PersonToken),

    /// End an account with its roles and tokens, at once
    Retire(PersonRetire),
}

#[derive(Debug, Args)]
pub struct PersonAdd {
    /// Their name
    #[arg(long)]
    pub name: String,
    /// The organisation they act for
    #[arg(long, value_name = "CODE")]
    pub org: OrganisationCode,
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct PersonList {
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct PersonGrant {
    /// The person
    pub person: AccountId,
    /// The role
    pub role: Role,
    /// From when; now when left out
    #[arg(long, value_name = "TIME")]
    pub from: Option<Timestamp>,
    /// Until when; without an end when left out
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct PersonRevoke {
    /// The person
    pub person: AccountId,
    /// The role
    pub role: Role,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct PersonToken {
    /// The person
    #[arg(required_unless_present = "revoke")]
    pub person: Option<AccountId>,
    /// For how many days it is good
    #[arg(long)]
    pub days: Option<u32>,
    /// Revoke the token of this name instead
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["person", "days"])]
    pub revoke: Option<String>,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct PersonRetire {
    /// The person
    pub person: AccountId,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Subcommand)]
pub enum AccessCommand {
    /// The whole permission table, to read and approve
    #[command(after_help = "\
Examples:
  fairway access matrix                                      one line a right, as CSV
  fairway access matrix --format html --out permissions.html

With --data it is the data directory's own table, where it has one (permissions.yaml).")]
    Matrix(Matrix),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// One line for each verb and role
    Csv,
    /// For reading, with every reason
    Markdown,
    /// One page
    Html,
}

#[derive(Debug, Args)]
pub struct Matrix {
    /// How it is written
    #[arg(long, value_enum, default_value_t = MatrixFormat::Csv)]
    pub format: MatrixFormat,
    /// A file to write it to; standard output when left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// A data directory, for its own table
    #[arg(long = "data", value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
