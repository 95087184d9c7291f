//! The keyholder's commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Data;

#[derive(Debug, Subcommand)]
pub enum KeyholderCommand {
    /// Make the keys of a processing centre, and split the root key among custodians
    #[command(after_help = "\
Examples:
  fairway keyholder init --data centre --threshold 3 --custodian 'Caldicott Guardian' --custodian SIRO \\
    --custodian 'Information Asset Owner' --custodian Security --custodian 'Independent member'
  fairway keyholder init --data centre --threshold 2 --custodian A --custodian B --passphrases sealed-envelopes

Each custodian types a passphrase of their own, twice. With --passphrases the folder holds a file for each custodian,
named like them. Keys lie beside the data directory (centre.keys), or where --keys says: another disk, another user.")]
    Init(KeyholderInit),
    /// Hold the keys: answers on a socket, sealed until its custodians unlock it
    #[command(after_help = "\
Examples:
  fairway keyholder serve --data centre
  fairway keyholder serve --keys /var/lib/fairway-keys --socket /run/fairway-keyholder/socket --user 1001

It holds keys in its memory alone: stopped or started again, it is sealed. One user of this machine is served, the one
it runs as unless --user names another by number.")]
    Serve(KeyholderServe),
    /// Give custodians' passphrases, until enough have
    #[command(after_help = "\
Examples:
  fairway keyholder unlock --data centre --as SIRO                    asks for the passphrase
  fairway keyholder unlock --data centre --as SIRO --passphrase-file /dev/fd/3 3<secret
  fairway keyholder unlock --data centre --passphrases sealed-envelopes

Each custodian can do this by themselves, one after the other; what was given is forgotten when the keyholder stops.")]
    Unlock(KeyholderUnlock),
    /// Have it forget its keys until custodians come again
    #[command(after_help = "\
Examples:
  fairway keyholder seal --data centre")]
    Seal(Keys),
    /// Whether it answers, and what it waits for
    #[command(after_help = "\
Examples:
  fairway keyholder status --data centre || echo 'call the custodians'")]
    Status(Keys),
    /// Pseudonym keys: domain, epoch, state, commitment, as the log and the keyholder have them
    #[command(after_help = "\
Examples:
  fairway keyholder keys --data centre
  fairway keyholder keys --data centre --json | jq '.[] | select(.state == \"active\")'")]
    Keys(KeyList),
    /// Make the next key of an agreement active, and the one before it verify-only
    #[command(after_help = "\
Examples:
  fairway keyholder rotate DARS-NIC-000001-A1B2C-v1.0 --data centre

Then the agreement's document names the next key_epoch. Its recipient's old pseudonyms are led over to the new by
fairway keyholder bridge.")]
    Rotate(KeyMove),
    /// Make an agreement's key verify-only: no more pseudonyms under it
    #[command(after_help = "\
Examples:
  fairway keyholder retire DARS-NIC-000001-A1B2C-v1.0 --epoch 1 --data centre")]
    Retire(KeyEpoch),
    /// Destroy a retired key; two people say so, and its record stays
    #[command(after_help = "\
Examples:
  fairway keyholder destroy DARS-NIC-000001-A1B2C-v1.0 --epoch 1 --by 'A Name' --approved-by 'B Name' --data centre

Nobody can tell from then on whom its pseudonyms stood for. There is no way back.")]
    Destroy(KeyDestroy),
    /// Release a file that leads from an agreement's old pseudonyms to its new ones
    #[command(after_help = "\
Examples:
  fairway keyholder bridge --agreement agreements/renewed.yaml --data centre

The document names the new key_epoch. It is held against the same rules as a release.")]
    Bridge(Bridge),
}

/// Which keyholder.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(flatten)]
    pub data: Data,
}

/// A key folder, with or without a data directory beside it.
#[derive(Debug, Args)]
#[group(id = "place", required = true, multiple = true)]
pub struct KeyPlace {
    /// The data directory that the key folder lies beside
    #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA")]
    pub data: Option<PathBuf>,
    /// The key folder, where it lies elsewhere
    #[arg(long, value_name = "DIR", env = "FAIRWAY_KEYS")]
    pub keys: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct KeyholderInit {
    #[command(flatten)]
    pub place: KeyPlace,
    /// A custodian, by name; one of these for each
    #[arg(long = "custodian", value_name = "NAME", required = true)]
    pub custodians: Vec<String>,
    /// How many of them unlock
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub threshold: usize,
    /// A folder with a file for each custodian, holding the passphrase
    #[arg(long, value_name = "DIR")]
    pub passphrases: Option<PathBuf>,
    /// The logarithm of what a guess at a passphrase costs (scrypt); lower it in tests alone
    #[arg(long, value_name = "N", default_value_t = fairway_keyholder::DEFAULT_WORK_FACTOR,
          value_parser = clap::value_parser!(u8).range(1..=22))]
    pub work_factor: u8,
}

#[derive(Debug, Args)]
pub struct KeyholderServe {
    #[command(flatten)]
    pub place: KeyPlace,
    /// Where to listen; in the key folder when left out
    #[arg(long, value_name = "PATH", env = "FAIRWAY_KEYHOLDER")]
    pub socket: Option<PathBuf>,
    /// The number of the user who is served; the one it runs as when left out
    #[arg(long, value_name = "UID")]
    pub user: Option<u32>,
}

#[derive(Debug, Args)]
pub struct KeyholderUnlock {
    #[command(flatten)]
    pub keys: Keys,
    /// Who gives a passphrase; all custodians in turn when left out
    #[arg(long = "as", value_name = "NAME")]
    pub custodian: Option<String>,
    /// A file whose first line is the passphrase, such as /dev/fd/3 or /dev/stdin
    #[arg(long, value_name = "FILE", requires = "custodian")]
    pub passphrase_file: Option<PathBuf>,
    /// A folder with a file for each custodian, holding the passphrase
    #[arg(long, value_name = "DIR", conflicts_with_all = ["custodian", "passphrase_file"])]
    pub passphrases: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct KeyList {
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct KeyMove {
    /// The agreement's reference
    pub agreement: String,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct KeyEpoch {
    /// The agreement's reference
    pub agreement: String,
    /// Which of its keys
    #[arg(long, value_name = "N")]
    pub epoch: u32,
    #[command(flatten)]
    pub data: Data,
}

#[derive(Debug, Args)]
pub struct KeyDestroy {
    #[command(flatten)]
    pub key: KeyEpoch,
    /// Who asks
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who else agrees
    #[arg(long, value_name = "NAME")]
    pub approved_by: String,
}

#[derive(Debug, Args)]
pub struct Bridge {
    /// The agreement, a YAML document
    #[arg(long, value_name = "FILE")]
    pub agreement: PathBuf,
    #[command(flatten)]
    pub data: Data,
}
