//! Organisations on the command line.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use fairway_domain::OrganisationCode;
use jiff::civil::Date;

use super::{Act, Look};

#[derive(Debug, Subcommand)]
pub enum OrgCommand {
    /// Import lists of organisations: councils, CCGs, ICBs, CSUs, DSCROs, with their days and successors
    #[command(after_help = "\
Examples:
  fairway org import --data centre                      the lists that came with the data directory
  fairway org import --list own.csv --data centre       a list of your own

A list of your own has the columns organisation, fact, value, detail, from, until, source and confidence; a fact is kind,
name, ods, gss, handle, region, parent or successor, and its confidence verified, inferred or assumed. What a list said
before and says no more is kept as found to be otherwise. The same list again changes nothing.")]
    Import {
        /// A list of your own
        #[arg(long, value_name = "FILE")]
        list: Option<PathBuf>,
        #[command(flatten)]
        look: Look,
    },
    /// The organisations of a kind as they were on a day; without a kind, how many there are of each
    #[command(after_help = "\
Examples:
  fairway org list --data centre
  fairway org list --kind council --on 2023-04-01 --data centre
  fairway org list --kind dscro --data centre --json | jq '.[] | select(.confidence == \"assumed\")'")]
    List {
        /// council, ccg, icb, csu or dscro
        #[arg(long)]
        kind: Option<String>,
        /// The day; today when left out
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        #[command(flatten)]
        look: Look,
    },
    /// Everything known of an organisation, with its days, sources and how sure it is
    #[command(after_help = "\
Examples:
  fairway org show 02P --data centre
  fairway org show E08000016 --data centre       by any code that it has or had")]
    Show {
        /// Any of its codes
        code: OrganisationCode,
        #[command(flatten)]
        look: Look,
    },
    /// Who stands in an organisation's place on a day
    #[command(after_help = "\
Examples:
  fairway org successor 02P --data centre                       a CCG: its integrated care board
  fairway org successor 504 --on 2021-04-01 --data centre       a county that was split: both councils")]
    Successor {
        /// Any of its codes
        code: OrganisationCode,
        /// The day; today when left out
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        #[command(flatten)]
        look: Look,
    },
    /// Record what an organisation has shown of its framework contract or its security
    #[command(after_help = "\
Examples:
  fairway org assure QZZ --kind dsfc --status signed --reference CON-000001 --until 2029-03-31 --by 'Data Manager' --data centre
  fairway org assure 0AB --kind dspt --status standards-met --until 2027-06-30 --by 'Data Manager' --data centre

A later record of a kind takes the place of the one before it from its first day on, so that a status that was lost counts
no longer. Kinds and statuses that count: specs/governance/terms.yaml.")]
    Assure {
        /// The organisation
        code: OrganisationCode,
        /// What was shown
        #[arg(long, value_enum)]
        kind: AssuranceKind,
        /// Its status, such as signed, standards-met, approved or certified
        #[arg(long)]
        status: String,
        /// Its own reference, such as the number of a contract
        #[arg(long, default_value = "")]
        reference: String,
        /// Its last day
        #[arg(long, value_name = "DAY")]
        until: Date,
        #[command(flatten)]
        act: Act,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AssuranceKind {
    /// Data sharing framework contract
    Dsfc,
    /// Data Security and Protection Toolkit
    Dspt,
    /// System level security policy
    Slsp,
    /// ISO/IEC 27001
    Iso27001,
}

impl AssuranceKind {
    /// Its word in the terms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dsfc => "dsfc",
            Self::Dspt => "dspt",
            Self::Slsp => "slsp",
            Self::Iso27001 => "iso27001",
        }
    }
}
