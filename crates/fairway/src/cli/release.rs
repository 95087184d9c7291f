//! Releases: asked for, approved, delivered, received, recalled.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fairway_domain::{Digest, ReleaseId};

use super::{Data, Look};

#[derive(Debug, Args)]
pub struct Release {
    #[command(subcommand)]
    pub command: Option<ReleaseCommand>,
    /// The agreement, a YAML document
    #[arg(long, value_name = "FILE", required = true)]
    pub agreement: Option<PathBuf>,
    /// The data directory
    #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA", required = true)]
    pub data: Option<PathBuf>,
    /// Print the manifest or the refusal as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// Have an extract made and held until it is approved
    #[command(after_help = "\
Examples:
  fairway release request --agreement agreement.yaml --by 'A Name' --org QOP --data centre
  fairway release request --agreement agreement.yaml --with admitted-care --by 'A Name' --org QOP --data centre

It is held against every rule of the gate. Those who approve look at gate-report.json in the folder that is named.")]
    Request(ReleaseRequest),
    /// Approve an extract that is held: people of different organisations, none of them the requester
    #[command(after_help = "\
Examples:
  fairway release approve 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'B Name' --org X26 --data centre
  fairway release approve ID --content $(sha256sum manifest.json | cut -c1-64) --by 'B Name' --org X26 --data centre")]
    Approve(ReleaseDecide),
    /// Reject an extract that is held; its files are taken away
    #[command(after_help = "\
Examples:
  fairway release reject ID --reason 'Too many are alone in their group' --by 'B Name' --org X26 --data centre")]
    Reject(ReleaseDecide),
    /// Deliver an extract that was approved
    #[command(after_help = "\
Examples:
  fairway release deliver ID --by 'D Name' --org 0AB --data centre

Held against the agreement once more, and compared with what was approved. Whoever delivers has neither asked nor approved.")]
    Deliver(ReleaseDeliver),
    /// Say that an extract arrived whole
    #[command(after_help = "\
Examples:
  fairway release receipt ID --manifest $(sha256sum manifest.json | cut -c1-64) --by 'R Name' --org QOP --data centre")]
    Receipt(ReleaseReceipt),
    /// Take back an extract that was delivered
    #[command(after_help = "\
Examples:
  fairway release recall ID --reason 'A council withdrew its file' --data centre")]
    Recall(ReleaseRecall),
    /// Put an extract into the outbox again that was not fetched in time or did not arrive
    #[command(after_help = "\
Examples:
  fairway release resend ID --data centre")]
    Resend(ReleaseResend),
    /// Have an agreement release by itself, every so many months as its document says
    #[command(after_help = "\
Examples:
  fairway release stand-by --agreement agreement.yaml --by 'A Name' --org QOP --data centre")]
    StandBy(ReleaseStandBy),
    /// Do what has fallen due: what nobody fetched, standing agreements, keys of agreements that have ended
    #[command(after_help = "\
Examples:
  fairway release due --data centre

A worker does so by itself, once an hour.")]
    Due(Look),
    /// Every extract that waits or was delivered, and where it stands
    #[command(after_help = "\
Examples:
  fairway release list --data centre")]
    List(Look),
    /// Hold a gate report against its signature
    #[command(after_help = "\
Examples:
  fairway release verify outbox/QOP/release-ID --data centre                 with this processing centre's key
  fairway release verify release-ID --key fairway-gate+1c2d… --data centre")]
    Verify(ReleaseVerify),
    /// Print what the gate looks at, with an example that breaks each rule
    #[command(after_help = "\
Examples:
  fairway release rules")]
    Rules,
}

/// In whose name something is done to a release.
#[derive(Debug, Args)]
pub struct By {
    /// Who does it; with a token, whoever has it and nobody else
    #[arg(long = "by", value_name = "NAME", default_value = "")]
    pub name: String,
    /// The code of their organisation
    #[arg(long = "org", value_name = "CODE", default_value = "")]
    pub organisation: String,
}

#[derive(Debug, Args)]
pub struct ReleaseRequest {
    /// The agreement, a YAML document
    #[arg(long, value_name = "FILE")]
    pub agreement: PathBuf,
    /// Which of the agreement's datasets; its first where nothing is said
    #[arg(long, value_name = "DATASET")]
    pub dataset: Option<String>,
    /// The dataset to link it with
    #[arg(long, value_name = "DATASET")]
    pub with: Option<String>,
    #[command(flatten)]
    pub by: By,
    #[command(flatten)]
    pub look: Look,
}

#[derive(Debug, Args)]
pub struct ReleaseDecide {
    /// The release
    pub release: ReleaseId,
    /// SHA-256 of the manifest that was looked at
    #[arg(long, value_name = "SHA256")]
    pub content: Option<Digest>,
    /// Why, in words that name nobody
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    #[command(flatten)]
    pub by: By,
    #[command(flatten)]
    pub look: Look,
}

#[derive(Debug, Args)]
pub struct ReleaseDeliver {
    /// The release
    pub release: ReleaseId,
    #[command(flatten)]
    pub by: By,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct ReleaseReceipt {
    /// The release
    pub release: ReleaseId,
    /// SHA-256 of the manifest that arrived
    #[arg(long, value_name = "SHA256")]
    pub manifest: Digest,
    #[command(flatten)]
    pub by: By,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct ReleaseRecall {
    /// The release
    pub release: ReleaseId,
    /// Why, in words that name nobody
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct ReleaseResend {
    /// The release
    pub release: ReleaseId,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct ReleaseStandBy {
    /// The agreement, a YAML document
    #[arg(long, value_name = "FILE")]
    pub agreement: PathBuf,
    #[command(flatten)]
    pub by: By,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct ReleaseVerify {
    /// The folder with the report
    pub folder: PathBuf,
    /// The key of the processing centre; this one's where nothing is said
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    #[command(flatten)]
    pub data: Data,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum OptOutCommand {
    /// Import the list of people who opted out, in the place of the list before
    #[command(after_help = "\
Examples:
  fairway opt-out import opted-out.dat --data centre

NHS numbers, one a line; a comma behind each is allowed. Keyed hashes alone are kept. They are left out of extracts whose
agreement says opt_outs: applied: true.")]
    Import(OptOutImport),
}

#[derive(Debug, Args)]
pub struct OptOutImport {
    /// The list
    pub file: PathBuf,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct Link {
    /// The agreement, a YAML document
    #[arg(long, value_name = "FILE")]
    pub agreement: PathBuf,
    /// The dataset to link the agreement's own with
    #[arg(long, value_name = "DATASET")]
    pub with: String,
    #[command(flatten)]
    pub data: Data,
    /// Print manifest and quality, or the refusal, as JSON
    #[arg(long)]
    pub json: bool,
}
