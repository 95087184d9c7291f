//! What a processing centre publishes.

use std::path::PathBuf;

use clap::Subcommand;

use super::Look;

#[derive(Debug, Subcommand)]
pub enum PublishCommand {
    /// The public register: councils that take part, and every file that was released
    #[command(after_help = "\
Examples:
  fairway publish register --out public --data centre

Writes register.html (one page without scripts), register.json, releases.csv (a row a file) and participants.csv. It is made
from the ledger anew each time, and nothing in it is about one person.")]
    Register {
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        look: Look,
    },
}
