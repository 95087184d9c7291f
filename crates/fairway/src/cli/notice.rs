//! Directions and data provision notices on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fairway_domain::OrganisationCode;

use super::{Act, Look};

#[derive(Debug, Subcommand)]
pub enum NoticeCommand {
    /// Record a Direction, which notices rest on; or that it was revoked
    #[command(after_help = "\
Examples:
  fairway notice direction ASC-DIRECTION-2 --title 'Adult Social Care (No 2)' --on 2020-12-07 --by 'Secretary of State' --data centre
  fairway notice direction ASC-DIRECTION-2 --revoke --on 2023-06-01 --by 'Secretary of State' --data centre

With a Direction, the notices that rest on it are taken back.")]
    Direction {
        /// Its reference
        reference: String,
        /// What it is called
        #[arg(long, required_unless_present = "revoke", default_value = "")]
        title: String,
        /// It was revoked
        #[arg(long, conflicts_with = "title")]
        revoke: bool,
        #[command(flatten)]
        act: Act,
    },
    /// Issue a notice; a version takes the place of those before it
    #[command(after_help = "\
Examples:
  fairway notice issue DPN-ASC-CLD-v1.0 --title 'Client level data' --direction ASC-DIRECTION-2 --dataset asc-cld \\
    --document notice.pdf --by 'Data Manager' --data centre

Of the document its SHA-256 is kept: organisations acknowledge these very bytes.")]
    Issue(Issue),
    /// Serve a notice on organisations
    #[command(after_help = "\
Examples:
  fairway notice serve DPN-ASC-CLD-v1.0 --org 816 --org 102 --by 'Data Manager' --data centre
  fairway notice serve DPN-ASC-CLD-v1.0 --all-councils --by 'Data Manager' --data centre")]
    Serve {
        /// The notice
        reference: String,
        /// An organisation; may be given several times
        #[arg(long = "org", value_name = "CODE", required_unless_present = "all_councils")]
        organisations: Vec<OrganisationCode>,
        /// Every council that exists on the day, of the lists that were imported
        #[arg(long)]
        all_councils: bool,
        #[command(flatten)]
        act: Act,
    },
    /// An organisation acknowledges a notice: from then on it is in the register of participants
    #[command(after_help = "\
Examples:
  fairway notice acknowledge DPN-ASC-CLD-v1.0 --org 816 --document notice.pdf --by 'Caldicott Guardian' --data centre")]
    Acknowledge {
        /// The notice
        reference: String,
        /// The organisation
        #[arg(long = "org", value_name = "CODE")]
        organisation: OrganisationCode,
        /// The document as the organisation has it
        #[arg(long, value_name = "FILE")]
        document: PathBuf,
        #[command(flatten)]
        act: Act,
    },
    /// An organisation asks something about a notice
    #[command(after_help = "\
Examples:
  fairway notice query DPN-ASC-CLD-v1.0 --org 816 --text 'May fields be blank?' --by 'Caldicott Guardian' --data centre")]
    Query(Say),
    /// Answer what an organisation asked
    #[command(after_help = "\
Examples:
  fairway notice answer DPN-ASC-CLD-v1.0 --org 816 --text 'Yes, where you do not hold them' --by 'Data Manager' --data centre")]
    Answer(Say),
    /// Every Direction and notice, and how many organisations have acknowledged each
    #[command(after_help = "\
Examples:
  fairway notice list --data centre")]
    List(Look),
    /// One notice with every organisation it is served on
    #[command(after_help = "\
Examples:
  fairway notice show DPN-ASC-CLD-v1.0 --data centre
  fairway notice show DPN-ASC-CLD-v1.0 --data centre --json | jq '.served[] | select(.overdue)'")]
    Show {
        /// The notice
        reference: String,
        #[command(flatten)]
        look: Look,
    },
}

#[derive(Debug, Args)]
pub struct Issue {
    /// Its reference with its version
    pub reference: String,
    /// What it is called
    #[arg(long)]
    pub title: String,
    /// The Direction it rests on
    #[arg(long, value_name = "REFERENCE")]
    pub direction: String,
    /// The dataset to provide
    #[arg(long)]
    pub dataset: String,
    /// Its document
    #[arg(long, value_name = "FILE")]
    pub document: PathBuf,
    #[command(flatten)]
    pub act: Act,
}

#[derive(Debug, Args)]
pub struct Say {
    /// The notice
    pub reference: String,
    /// The organisation
    #[arg(long = "org", value_name = "CODE")]
    pub organisation: OrganisationCode,
    /// The question or the answer, without details of people
    #[arg(long)]
    pub text: String,
    #[command(flatten)]
    pub act: Act,
}
