//! Data sharing agreements on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fairway_domain::{AgreementRef, OrganisationCode};

use super::{Act, Look};

#[derive(Debug, Subcommand)]
pub enum AgreementCommand {
    /// Register an agreement from its document (agreements/sample.yaml shows every key)
    #[command(after_help = "\
Examples:
  fairway agreement register agreements/sample.yaml --by 'Data Manager' --data centre

Parties sign these very bytes. A document that changed can be registered again until it is issued; afterwards it takes the
next version in its reference, and is signed anew.")]
    Register {
        /// The document
        document: PathBuf,
        #[command(flatten)]
        act: Act,
    },
    /// Give it to its parties to sign; its term is held against the longest there may be
    #[command(after_help = "\
Examples:
  fairway agreement issue DARS-NIC-000001-A1B2C-v1.0 --by 'Data Manager' --data centre")]
    Issue(Step),
    /// A party signs the document; the SHA-256 of what it signs must be that of what was registered
    #[command(after_help = "\
Examples:
  fairway agreement sign DARS-NIC-000001-A1B2C-v1.0 --org QZZ --document agreement.yaml \\
    --by 'Senior Information Risk Owner' --data centre")]
    Sign {
        /// The agreement
        reference: AgreementRef,
        /// The party
        #[arg(long = "org", value_name = "CODE")]
        organisation: OrganisationCode,
        /// The document as the party has it
        #[arg(long, value_name = "FILE")]
        document: PathBuf,
        #[command(flatten)]
        act: Act,
    },
    /// Put it into force once all have signed and its first day has come; earlier versions are closed
    #[command(after_help = "\
Examples:
  fairway agreement activate DARS-NIC-000001-A1B2C-v1.0 --by 'Data Manager' --data centre")]
    Activate(Step),
    /// Put it out of force for a time
    #[command(after_help = "\
Examples:
  fairway agreement suspend DARS-NIC-000001-A1B2C-v1.0 --why 'A copy was found elsewhere' --by 'Data Manager' --data centre")]
    Suspend(Why),
    /// Put it into force again
    #[command(after_help = "\
Examples:
  fairway agreement resume DARS-NIC-000001-A1B2C-v1.0 --by 'Data Manager' --data centre")]
    Resume(Step),
    /// A controller confirms, once a year, that the data are used as the agreement says
    #[command(after_help = "\
Examples:
  fairway agreement confirm DARS-NIC-000001-A1B2C-v1.0 --org QZZ --by 'Caldicott Guardian' --data centre")]
    Confirm(OfOrg),
    /// End it for good before its last day
    #[command(after_help = "\
Examples:
  fairway agreement revoke DARS-NIC-000001-A1B2C-v1.0 --why 'Data were passed on' --by 'Data Manager' --data centre")]
    Revoke(Why),
    /// Record that agreements have expired: nothing is released after the last day, recorded or not
    #[command(after_help = "\
Examples:
  fairway agreement expire --data centre")]
    Expire(Look),
    /// Tell the recipient to destroy what it has
    #[command(after_help = "\
Examples:
  fairway agreement destruction DARS-NIC-000001-A1B2C-v1.0 --by 'Data Manager' --data centre")]
    Destruction(Step),
    /// The recipient certifies that it has destroyed every copy, backups among them
    #[command(after_help = "\
Examples:
  fairway agreement certificate DARS-NIC-000001-A1B2C-v1.0 --org 0AB --method 'Keys destroyed, discs shredded' \\
    --all-copies --by 'Head of Data' --data centre")]
    Certificate {
        /// The agreement
        reference: AgreementRef,
        /// The recipient
        #[arg(long = "org", value_name = "CODE")]
        organisation: OrganisationCode,
        /// How the data were destroyed
        #[arg(long)]
        method: String,
        /// Every copy is destroyed, backups among them
        #[arg(long)]
        all_copies: bool,
        #[command(flatten)]
        act: Act,
    },
    /// Accept the certificate: not by whoever signed it
    #[command(after_help = "\
Examples:
  fairway agreement close DARS-NIC-000001-A1B2C-v1.0 --by 'Data Manager' --data centre")]
    Close(Step),
    /// Give it up before it is in force
    #[command(after_help = "\
Examples:
  fairway agreement withdraw DARS-NIC-000001-A1B2C-v1.0 --by 'Data Manager' --data centre")]
    Withdraw(Step),
    /// Every agreement, where it stands and what needs doing
    #[command(after_help = "\
Examples:
  fairway agreement list --data centre")]
    List(Look),
    /// One agreement: what stands against a release today, its parties, its history
    #[command(after_help = "\
Examples:
  fairway agreement show DARS-NIC-000001-A1B2C-v1.0 --data centre
  fairway agreement show DARS-NIC-000001-A1B2C-v1.0 --data centre --json | jq .against_release")]
    Show {
        /// The agreement
        reference: AgreementRef,
        #[command(flatten)]
        look: Look,
    },
}

#[derive(Debug, Args)]
pub struct Step {
    /// The agreement
    pub reference: AgreementRef,
    #[command(flatten)]
    pub act: Act,
}

#[derive(Debug, Args)]
pub struct Why {
    /// The agreement
    pub reference: AgreementRef,
    /// Why, without details of people
    #[arg(long)]
    pub why: String,
    #[command(flatten)]
    pub act: Act,
}

#[derive(Debug, Args)]
pub struct OfOrg {
    /// The agreement
    pub reference: AgreementRef,
    /// The organisation
    #[arg(long = "org", value_name = "CODE")]
    pub organisation: OrganisationCode,
    #[command(flatten)]
    pub act: Act,
}
