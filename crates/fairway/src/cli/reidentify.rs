//! Re-identification under control.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::Data;

#[derive(Debug, Subcommand)]
pub enum ReidentifyCommand {
    /// Register who may receive results, with their age public key
    #[command(after_help = "\
Examples:
  fairway reidentify recipient 'Safeguarding team' --org QOP --key age1... --data centre")]
    Recipient(ReidentifyRecipient),
    /// Ask whom pseudonyms stand for; nothing is opened yet
    #[command(after_help = "\
Examples:
  fairway reidentify request --agreement DARS-NIC-000001-A1B2C-v1.0 --epoch 1 --pseudonyms list.txt \\
    --reason safeguarding --recipient 'Safeguarding team' --evidence letter.pdf --by 'A Name' --org QOP --data centre

At most 50 pseudonyms, one a line. Of the evidence a SHA-256 is kept. Reasons: direct_care, safeguarding, data_error,
statutory_order (specs/governance/reidentification.yaml).")]
    Request(ReidentifyRequest),
    /// Approve a request: two people of two organisations, neither of them the requester
    #[command(after_help = "\
Examples:
  fairway reidentify approve 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'B Name' --org X26 --data centre")]
    Approve(ReidentifyApprove),
    /// Open an approved request; the result is encrypted to its recipient and destroyed after 72 hours
    #[command(after_help = "\
Examples:
  fairway reidentify collect 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --data centre
  age --decrypt --identity key.txt result.age                 by the recipient")]
    Collect(ReidentifyCollect),
    /// Every request, and where it stands
    #[command(after_help = "\
Examples:
  fairway reidentify list --data centre")]
    List(ReidentifyList),
}

#[derive(Debug, Args)]
pub struct ReidentifyRecipient {
    /// By what name requests mean it
    pub name: String,
    /// The organisation's code
    #[arg(long, value_name = "CODE")]
    pub org: String,
    /// Its public key: age1...
    #[arg(long, value_name = "KEY")]
    pub key: String,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AskedSubject {
    /// Persons by NHS number
    Person,
    /// Persons as a council's system knows them
    LaPerson,
}

#[derive(Debug, Args)]
pub struct ReidentifyRequest {
    /// The agreement's reference
    #[arg(long)]
    pub agreement: String,
    /// Which of its keys made the pseudonyms
    #[arg(long, default_value_t = 1)]
    pub epoch: u32,
    /// What they stand for
    #[arg(long, value_enum, default_value_t = AskedSubject::Person)]
    pub subject: AskedSubject,
    /// A file with a pseudonym a line
    #[arg(long, value_name = "FILE")]
    pub pseudonyms: PathBuf,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Who may read the result, by the name it is registered under
    #[arg(long, value_name = "NAME")]
    pub recipient: String,
    /// What shows the reason; its SHA-256 is kept, not the file
    #[arg(long, value_name = "FILE")]
    pub evidence: PathBuf,
    /// Who asks; with a token, whoever has it
    #[arg(long, value_name = "NAME", default_value = "")]
    pub by: String,
    /// The requester's organisation
    #[arg(long, value_name = "CODE", default_value = "")]
    pub org: String,
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ReidentifyApprove {
    /// The request
    pub request: Uuid,
    /// Who approves; with a token, whoever has it
    #[arg(long, value_name = "NAME", default_value = "")]
    pub by: String,
    /// The approver's organisation
    #[arg(long, value_name = "CODE", default_value = "")]
    pub org: String,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct ReidentifyCollect {
    /// The request
    pub request: Uuid,
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ReidentifyList {
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
