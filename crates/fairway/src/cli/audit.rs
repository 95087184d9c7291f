//! The log and its witnesses on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fairway_domain::OrganisationCode;
use jiff::civil::Date;

use super::{Data, FindKind, Reason};

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Verify the log and its tree from the first entry to the last, against its checkpoint and its witnesses
    #[command(after_help = "\
Examples:
  fairway audit verify --data centre && echo untouched

Something that was begun an hour ago and of which nothing came is named too; it does not change the exit code.")]
    Verify {
        #[command(flatten)]
        data: Data,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the log, newest last
    List {
        #[command(flatten)]
        data: Data,
        /// At most this many entries, the newest
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Print one JSON object an entry
        #[arg(long)]
        json: bool,
    },
    /// Sign the log as it is now, for its witnesses
    #[command(after_help = "\
Examples:
  fairway audit checkpoint --data centre

Prints the signed note (c2sp.org/tlog-checkpoint), which lies in log/checkpoint beside its tiles. The worker signs every
quarter of an hour, and each release before it is made. The log's key for its witnesses and verifiers is log/log.vkey.")]
    Checkpoint {
        #[command(flatten)]
        data: Data,
    },
    /// Write the log as one file, to be verified elsewhere
    #[command(after_help = "\
Examples:
  fairway audit export --out log.tar --data centre
  fairway audit export --out log.tar --with-payloads --data centre
  python3 tools/verify_log.py log.tar --key log.vkey

The verifier is a program of its own that needs Python alone. Give it the log's key from elsewhere, not from the bundle.")]
    Export {
        /// The tar file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Figures and reasons of the entries as well
        #[arg(long)]
        with_payloads: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Destroy figures and reasons of old entries; the entries and every proof stay
    #[command(after_help = "\
Examples:
  fairway audit forget --before 2020-01-01 --by 'Ada Byron' --approved-by 'Grace Hopper' --reason 'kept seven years' --data centre
  fairway audit forget --object release:0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by … --approved-by … --reason … --data centre")]
    Forget(Forget),
    /// Say who saw a person's data, when and under what; the identifier is read from standard input
    #[command(after_help = "\
Examples:
  fairway audit subject --org 313 --kind nhs-number --data centre <identifier.txt
  fairway audit subject --org 313 --data centre --json <identifier.txt

A person known by several identifiers is asked about by each. Releases are named whose extract covers a submission with the
person's records. That somebody asked is recorded, the identifier is not.")]
    Subject {
        /// The council that uses the identifier
        #[arg(long, value_name = "CODE")]
        org: OrganisationCode,
        /// What it is
        #[arg(long, value_enum, default_value_t = FindKind::Local)]
        kind: FindKind,
        #[command(flatten)]
        data: Data,
        /// Print the answer as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Forget {
    /// Of entries written before this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub before: Option<Date>,
    /// Of entries about this object, as `audit list` names it
    #[arg(long)]
    pub object: Option<String>,
    #[command(flatten)]
    pub reason: Reason,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Subcommand)]
pub enum WitnessCommand {
    /// Make a witness; its key is printed
    #[command(after_help = "\
Examples:
  fairway witness init --state witness --name witness.example.nhs.uk

A witness stands on a machine of somebody else. Give its key to the processing centre, which names it with the path of what
it signs in log/witnesses: from then on nothing is released that the witness has not seen.")]
    Init {
        /// The witness's own folder
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// Its name, without blanks
        #[arg(long)]
        name: String,
    },
    /// Co-sign a log's checkpoint if the log has only grown since the last one
    #[command(after_help = "\
Examples:
  fairway witness sign --state witness --log centre/log --key fairway/1c2d3e4f+6a5b4c3d+AQ…   the first time
  fairway witness sign --state witness --log centre/log                                      from then on, every minute

LOG is the folder `log` of the data directory, or a copy of it. Prints where the co-signed checkpoint lies
(c2sp.org/tlog-cosignature). A log that was cut or rewritten is refused, and what was signed before stands.")]
    Sign {
        /// The witness's own folder
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// The log's folder
        #[arg(long, value_name = "LOG")]
        log: PathBuf,
        /// The log's key, as its processing centre tells it; remembered
        #[arg(long)]
        key: Option<String>,
    },
}
