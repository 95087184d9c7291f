//! Applications to the data access request service on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fairway_domain::OrganisationCode;

use super::{Act, Look};

#[derive(Debug, Subcommand)]
pub enum ApplicationCommand {
    /// Start an application, alone or with joint controllers
    #[command(after_help = "\
Examples:
  fairway application start NIC-000001-A1B2C --title 'Care after a stay in hospital' --org QZZ --joint 816 --by Ada --data centre")]
    Start {
        /// Its reference
        reference: String,
        /// What it is called
        #[arg(long)]
        title: String,
        /// A joint controller, who confirms; may be given several times
        #[arg(long, value_name = "CODE")]
        joint: Vec<OrganisationCode>,
        #[command(flatten)]
        step: OfOrg,
    },
    /// Write a section, or write it again
    #[command(after_help = "\
Examples:
  fairway application section NIC-000001-A1B2C --section objective --text objective.md --org QZZ --by Ada --data centre

Sections: term, controllers, security, registration, minimisation, objections, objective, activities, outcomes, benefits,
commercial, conditions, ethics, confidentiality, consent, onward-sharing, transparency, territory, honorary-contracts
(specs/governance/sections.yaml).")]
    Section {
        /// The application
        reference: String,
        /// Which section
        #[arg(long)]
        section: String,
        /// A file with its text
        #[arg(long, value_name = "FILE")]
        text: PathBuf,
        #[command(flatten)]
        step: OfOrg,
    },
    /// A joint controller confirms that it is one
    #[command(after_help = "\
Examples:
  fairway application confirm NIC-000001-A1B2C --org 816 --by Mary --data centre")]
    Confirm(Step),
    /// Hand it on: as an enquiry, then as a whole, then again after it was returned
    #[command(after_help = "\
Examples:
  fairway application submit NIC-000001-A1B2C --org QZZ --by Ada --data centre")]
    Submit(Step),
    /// Take the enquiry on: the whole application is to be written
    #[command(after_help = "\
Examples:
  fairway application assess NIC-000001-A1B2C --org X26 --by Grace --data centre

Nobody of an organisation that applies assesses, returns, advises on, approves or declines its application.")]
    Assess(Step),
    /// Return it for information, as often as need be
    #[command(after_help = "\
Examples:
  fairway application return NIC-000001-A1B2C --text 'Say where backups are kept' --org X26 --by Grace --data centre")]
    Return(Said),
    /// Put it before the advisers, with what they say
    #[command(after_help = "\
Examples:
  fairway application advise NIC-000001-A1B2C --text Supported --org X26 --by Grace --data centre")]
    Advise(Said),
    /// Approve it: an agreement may be drawn up
    #[command(after_help = "\
Examples:
  fairway application approve NIC-000001-A1B2C --org X26 --by Grace --data centre")]
    Approve(Step),
    /// Decline it, and say why
    #[command(after_help = "\
Examples:
  fairway application decline NIC-000001-A1B2C --text 'The purpose is not in the public interest' --org X26 --by Grace --data centre")]
    Decline(Said),
    /// Give it up
    #[command(after_help = "\
Examples:
  fairway application withdraw NIC-000001-A1B2C --org QZZ --by Ada --data centre")]
    Withdraw(Step),
    /// Every application, where it stands and since when
    #[command(after_help = "\
Examples:
  fairway application list --data centre")]
    List(Look),
    /// One application: its stage, what it lacks, its history
    #[command(after_help = "\
Examples:
  fairway application show NIC-000001-A1B2C --data centre")]
    Show {
        /// The application
        reference: String,
        #[command(flatten)]
        look: Look,
    },
}

/// Who does it, for which organisation.
#[derive(Debug, Args)]
pub struct OfOrg {
    /// The organisation that does it
    #[arg(long = "org", value_name = "CODE")]
    pub organisation: OrganisationCode,
    #[command(flatten)]
    pub act: Act,
}

#[derive(Debug, Args)]
pub struct Step {
    /// The application
    pub reference: String,
    #[command(flatten)]
    pub step: OfOrg,
}

#[derive(Debug, Args)]
pub struct Said {
    /// The application
    pub reference: String,
    /// What is asked, advised or decided, without details of people
    #[arg(long)]
    pub text: String,
    #[command(flatten)]
    pub step: OfOrg,
}
