//! The words of `fairway register` and `fairway trace`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use fairway_domain::SubmissionId;
use fairway_trace::format::Format;

use super::Data;

#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Make the index that people are traced against, from a demographics extract
    #[command(after_help = "\
Examples:
  fairway register build --in demographics --out register       an index in a folder of its own
  fairway register build --in demographics --data centre        the register of a processing centre

The extract is a folder with register.csv, history.csv and superseded.csv, or the same as Parquet (register.parquet …). A register of before is replaced, with its
updates. The index holds people: keep it on an encrypted disk, where only the account that traces can read it.")]
    Build {
        /// The folder with the extract
        #[arg(long = "in", value_name = "DIR")]
        from: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Add what has changed since the index was made
    #[command(after_help = "\
Examples:
  fairway register update --in changes --register register
  fairway register update --in changes --data centre

The folder has the files of an extract, with the people who are new or changed, all their history, and, where people are
to be taken out, removed.csv with the column nhs_number.")]
    Update {
        /// The folder with the changes
        #[arg(long = "in", value_name = "DIR")]
        from: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Read all of an index and see that it is as it was written
    #[command(after_help = "\
Examples:
  fairway register verify --register register
  fairway register verify --data centre

A trace checks what it reads of the index, when it first reads it. This reads the rest as well: after a restore, or when a disk is
in doubt.")]
    Verify {
        #[command(flatten)]
        place: Place,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Learn from requests, without knowing whom they are about, how often details differ and in which ways
    #[command(after_help = "\
Examples:
  fairway register train --register register --in requests.csv --out parameters.json
  fairway trace --register register --in requests.csv --out responses.csv --parameters parameters.json

The file can be read and holds rates alone, nothing about anybody. The same files give the same bytes.")]
    Train {
        /// The index (see `fairway register build`)
        #[arg(long, value_name = "DIR")]
        register: PathBuf,
        /// Requests: CSV with a header, the first hundred thousand of them
        #[arg(long = "in", value_name = "REQUESTS")]
        from: PathBuf,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How many threads learn; as many as the machine runs at once when left out
        #[arg(long, value_name = "N")]
        threads: Option<NonZeroUsize>,
    },
}

/// Where a register is: in a folder of its own, or that of a processing centre.
#[derive(Debug, Args)]
pub struct Place {
    /// The folder of the index
    #[arg(long = "register", visible_alias = "out", value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// The data directory whose register it is, where no folder is named
    #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA", required_unless_present = "folder")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Trace {
    #[command(subcommand)]
    pub command: Option<TraceCommand>,
    #[command(flatten)]
    pub requests: Option<Requests>,
    /// The file of responses to write; it has its name once it is whole
    #[arg(long, value_name = "RESPONSE", required = true)]
    pub out: Option<PathBuf>,
    /// Which rules decide
    #[arg(long, value_enum, default_value_t = TraceMode::Fairway)]
    pub mode: TraceMode,
    /// How many threads trace; as many as the machine runs at once when left out. The answers are the same
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// A file of requests, and what they are traced with.
#[derive(Debug, Args)]
pub struct Requests {
    /// The index (see `fairway register build`)
    #[arg(long, value_name = "DIR")]
    pub register: PathBuf,
    /// The file of requests
    #[arg(long = "in", value_name = "REQUEST")]
    pub from: PathBuf,
    /// How the file is laid out: csv, dbs, dbs-fixed, mpt or pds
    #[arg(long, default_value = "csv", value_name = "FORMAT")]
    pub format: Format,
    /// A layout of your own, in place of the format's (see specs/tracing)
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub layout: Option<PathBuf>,
    /// What `fairway register train` learnt
    #[arg(long, value_name = "FILE")]
    pub parameters: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TraceMode {
    /// Cross-check, then the probability that it is the person
    Fairway,
    /// The published steps of the national service
    Mps,
}

#[derive(Debug, Subcommand)]
pub enum TraceCommand {
    /// Why one request got its answer: everybody it was compared with, and the likeliest side by side, field by field
    #[command(after_help = "\
Examples:
  fairway trace explain --register register --in requests.csv --query 17
  fairway trace explain --register register --in requests.csv --query 17 --show-values
  fairway trace explain --register register --in requests.csv --query 17 --html why.html --most 6

Each bar is evidence in bits: one bit to the right doubles the odds that it is the person, one to the left halves them.
Without --show-values nothing that is known of anybody is printed, only how the fields agree.")]
    Explain {
        #[command(flatten)]
        requests: Requests,
        /// The request, by its own reference; by its number where a CSV file has no column query_id
        #[arg(long, value_name = "ID")]
        query: String,
        /// How many people are shown field by field; everybody is listed
        #[arg(long, value_name = "N", default_value_t = NonZeroUsize::new(3).unwrap_or(NonZeroUsize::MIN))]
        most: NonZeroUsize,
        /// Write the same as a page with a chart, which needs nothing beside it
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Print what was asked and what the register holds, which identifies people
        #[arg(long)]
        show_values: bool,
    },
    /// Take the answers of a trace that is held because it found unusually few people
    #[command(after_help = "\
Examples:
  fairway status 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --data centre                        why it is held
  fairway trace approve 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'A. Okafor' --data centre

While a trace is held, nothing of it is kept and nothing is in the council's outbox. A worker then keeps and returns it.
Who decided is in the log.")]
    Approve(Decide),
    /// Put a trace aside that is held or was not answered, so that the people are traced anew
    #[command(after_help = "\
Examples:
  fairway trace reject 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'A. Okafor' --data centre

Mend the cause first (such as a register that is not whole), or the next trace comes to the same.")]
    Reject(Decide),
    /// How good answers are, where the truth is known: precision, recall, calibration, and the same by group
    #[command(after_help = "\
Examples:
  fairway trace evaluate --responses responses.csv --truth truth.csv
  fairway trace evaluate --responses responses.csv --truth truth.csv --json | jq .all.precision

The truth is CSV with the columns query_id and nhs_number, blank for somebody who is not in the register. Each further
column, such as sex, age band or origin of the name, is a grouping of its own.")]
    Evaluate {
        /// Responses: CSV with query_id, nhs_number and score
        #[arg(long, value_name = "FILE")]
        responses: PathBuf,
        /// The truth about them
        #[arg(long, value_name = "FILE")]
        truth: PathBuf,
        /// Print the figures as JSON
        #[arg(long)]
        json: bool,
    },
}

/// A person's word about a trace.
#[derive(Debug, Args)]
pub struct Decide {
    /// The submission, as its receipt names it
    pub submission: SubmissionId,
    /// Who decides; with a token, whoever has it
    #[arg(long, value_name = "NAME", default_value = "")]
    pub by: String,
    #[command(flatten)]
    pub data: Data,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum MeshCommand {
    /// Show that the exchange can be reached and knows the mailbox; to be done once a day
    #[command(after_help = "\
Examples:
  fairway mesh handshake --mailbox mesh/mailbox.yaml
  fairway mesh handshake --data centre               the mailbox that tracing.yaml names")]
    Handshake {
        #[command(flatten)]
        mailbox: Mailbox,
    },
    /// Send a file
    #[command(after_help = "\
Examples:
  fairway mesh send MPTREQ_20261123101500.csv --to X26OT123 --workflow SPINE_MPTPHASE4_TRACE \\
      --reference MPTREQ_20261123101500 --mailbox mesh/mailbox.yaml

Cut off and run again, it goes on where it was: how far it came is in FILE.sending beside the file.")]
    Send {
        /// The file
        file: PathBuf,
        /// The recipient's mailbox
        #[arg(long, value_name = "MAILBOX")]
        to: String,
        /// The workflow
        #[arg(long, value_name = "WORKFLOW")]
        workflow: String,
        /// Our own reference of the message; names no person
        #[arg(long, value_name = "TEXT")]
        reference: String,
        #[command(flatten)]
        mailbox: Mailbox,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch every message of a workflow into a folder, and acknowledge each once it is on disk
    #[command(after_help = "\
Examples:
  fairway mesh collect --workflow SPINE_MPT_RESPONSE --into responses --mailbox mesh/mailbox.yaml

A message lies under the exchange's own name for it. Messages of other workflows stay where they are.")]
    Collect {
        /// The workflow whose messages are fetched
        #[arg(long, value_name = "WORKFLOW")]
        workflow: String,
        /// The folder
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        #[command(flatten)]
        mailbox: Mailbox,
        /// Print one JSON object a message
        #[arg(long)]
        json: bool,
    },
    /// How many messages wait, or where a message that was sent stands
    #[command(after_help = "\
Examples:
  fairway mesh status --mailbox mesh/mailbox.yaml
  fairway mesh status 20261123101500123456_ABCDEF --mailbox mesh/mailbox.yaml")]
    Status {
        /// A message that was sent, by the exchange's name for it
        message: Option<String>,
        #[command(flatten)]
        mailbox: Mailbox,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Whose mailbox: that of a settings file, or of a processing centre.
#[derive(Debug, Args)]
pub struct Mailbox {
    /// The settings file of the mailbox
    #[arg(long = "mailbox", value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// The data directory whose tracing.yaml names the mailbox
    #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA", required_unless_present = "settings")]
    pub data: Option<PathBuf>,
}
