//! The safe haven on the command line: the vault and the reference data.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use fairway_domain::{OrganisationCode, PersonUid, SubmissionId};
use jiff::civil::Date;

use super::Data;

#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// The number of the person behind an identifier, which is read from standard input
    #[command(after_help = "\
Examples:
  fairway vault find --org 313 --kind local --data centre <identifier.txt
  fairway vault find --org 313 --kind nhs-number --data centre

The identifier is never an argument, which other people of the machine could see. That somebody asked is recorded, the
identifier is not.")]
    Find {
        /// The council that uses the identifier
        #[arg(long, value_name = "CODE")]
        org: OrganisationCode,
        /// What it is
        #[arg(long, value_enum, default_value_t = FindKind::Local)]
        kind: FindKind,
        #[command(flatten)]
        data: Data,
    },
    /// From now on one person is another: two records turned out to be of the same
    #[command(after_help = "\
Examples:
  fairway vault merge 00b9…4e 7f31…02 --by 'Ada Byron' --approved-by 'Grace Hopper' --reason 'council confirmed' --data centre

Rows written before stay as they are. What is loaded or de-identified from now on has one person.")]
    Merge {
        /// The person that becomes another: 32 hexadecimal digits, from `fairway vault find`
        person: PersonUid,
        /// Who it becomes
        into: PersonUid,
        #[command(flatten)]
        reason: Reason,
        #[command(flatten)]
        data: Data,
    },
    /// From now on a person who was merged is itself again
    #[command(after_help = "\
Examples:
  fairway vault split 00b9…4e --by 'Ada Byron' --approved-by 'Grace Hopper' --reason 'two people after all' --data centre")]
    Split {
        /// The person: 32 hexadecimal digits
        person: PersonUid,
        #[command(flatten)]
        reason: Reason,
        #[command(flatten)]
        data: Data,
    },
    /// Destroy the key of a submission's identifiers, for good
    #[command(after_help = "\
Examples:
  fairway vault shred 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'Ada Byron' --approved-by 'Grace Hopper' \\
      --reason 'kept as long as may be' --data centre

The sealed file goes, too. De-identified rows stay; nobody can trace or de-identify the submission again.
Copies in backups are beyond its reach: see docs/OPERATIONS.md.")]
    Shred {
        /// The submission, as its receipt names it
        submission: SubmissionId,
        #[command(flatten)]
        reason: Reason,
        #[command(flatten)]
        data: Data,
    },
}

/// Who stands behind it, and why.
#[derive(Debug, Args)]
pub struct Reason {
    /// Who asks for it
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who agrees: another person
    #[arg(long, value_name = "NAME")]
    pub approved_by: String,
    /// Why, in words that name nobody: it is kept in the log
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FindKind {
    /// The council's own identifier
    Local,
    /// An NHS number
    NhsNumber,
}

#[derive(Debug, Subcommand)]
pub enum ReferenceCommand {
    /// Add a release, to be used by what is derived from now on, or from a day
    #[command(after_help = "\
Examples:
  fairway reference add ONSPD_NOV_2026_UK.csv --kind postcodes --data centre
  fairway reference add epraccur.csv --kind practices --from 2027-01-01 --data centre

What was derived before stays as it is; each submission keeps what it was derived with (fairway status SUBMISSION).")]
    Add {
        /// The file: CSV, or CSV compressed with gzip
        file: PathBuf,
        /// What it is
        #[arg(long, value_enum)]
        kind: ReferenceKindArg,
        /// First day it is used; today when left out
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Date>,
        #[command(flatten)]
        data: Data,
    },
    /// What was added, in the order in which it counts
    List {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ReferenceKindArg {
    /// A postcode directory of the Office for National Statistics (ONSPD or NSPL)
    Postcodes,
    /// The list of general practices of the Organisation Data Service (epraccur)
    Practices,
}

#[derive(Debug, Subcommand)]
pub enum WarehouseCommand {
    /// Take away files that no version of a table refers to
    #[command(after_help = "\
Examples:
  fairway warehouse vacuum --keep 30d --dry-run --data centre
  fairway warehouse vacuum --keep 30d --data centre

Such files are left by processes that were killed. Every version of every table stays, and so does whatever a release was
made from.")]
    Vacuum {
        /// Leave files younger than this: days, such as 30d
        #[arg(long, value_name = "DAYS", default_value = "30d", value_parser = days)]
        keep: u32,
        /// Say what would be taken away
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        data: Data,
    },
}

fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').and_then(|number| number.parse().ok());
    number.ok_or_else(|| "days are written 30d".into())
}
