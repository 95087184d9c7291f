//! Who else keeps the log's checkpoints, and what they have signed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, Refusal};
use fairway_log::{Cosignature, PublicKey, Signs, TreeHead, open};

use crate::directory::DataDirectory;
use crate::error::IoExt;
use crate::publish;
use crate::store::Store;

/// How long a delivery waits for its witnesses where the file of witnesses does not say.
const PATIENCE_SECONDS: u32 = 60;

/// A witness that co-signs this log's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its key.
    pub key: PublicKey,
    /// Where it leaves the last checkpoint that it has co-signed.
    pub at: PathBuf,
}

/// The witnesses of a log: all of them sign before anything is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnesses {
    /// In the order of the file; empty where none is named.
    pub all: Vec<Witness>,
    /// How long a delivery waits for them.
    pub patience_seconds: u32,
}

/// What a witness has signed last.
#[derive(Debug, Clone)]
pub struct Witnessed {
    /// Of which log.
    pub head: TreeHead,
    /// By whom and when.
    pub cosignature: Cosignature,
}

impl Witnesses {
    /// Reads `log/witnesses`: a line each with a key and a path, blank between them; `wait` and a number of seconds.
    fn parse(text: &str) -> Option<Self> {
        let mut witnesses = Self { all: Vec::new(), patience_seconds: PATIENCE_SECONDS };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (first, rest) = line.split_once(char::is_whitespace)?;
            if first == "wait" {
                witnesses.patience_seconds = rest.trim().parse().ok()?;
                continue;
            }
            let key = PublicKey::parse(first).ok().filter(|key| key.signs() == Signs::Cosignatures)?;
            witnesses.all.push(Witness { key, at: PathBuf::from(rest.trim()) });
        }
        Some(witnesses)
    }
}

/// The witnesses that a data directory names.
pub(crate) fn read(directory: &DataDirectory) -> Result<Witnesses, Fault> {
    let text = match fs::read_to_string(directory.log().join("witnesses")) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).io("file of witnesses cannot be read"),
    };
    Witnesses::parse(&text)
        .ok_or_else(|| Fault::new("log/witnesses has a line that is no witness: its key, then a path"))
}

/// What a witness has signed of the log with that key; `None` where there is nothing yet.
pub(crate) fn signed(witness: &Witness, log: &PublicKey) -> Result<Option<Witnessed>, Fault> {
    let note = match fs::read(&witness.at) {
        Ok(note) => note,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).io("what a witness has signed cannot be read"),
    };
    let found = open(&note, log).zip(Cosignature::of(&note, &witness.key));
    let (head, cosignature) = found.ok_or_else(|| {
        Fault::new(format!("{} is no checkpoint of this log that its witness has signed", shown(&witness.at)))
    })?;
    Ok(Some(Witnessed { head, cosignature }))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl Store {
    /// The witnesses of this log.
    ///
    /// # Errors
    /// When the file that names them cannot be read.
    pub fn witnesses(&self) -> Result<Witnesses, Fault> {
        read(self.directory())
    }

    /// What a witness has signed last; `None` where there is nothing yet.
    ///
    /// # Errors
    /// When what lies there is not of this log or not the witness's.
    pub fn witnessed_by(&self, witness: &Witness) -> Result<Option<Witnessed>, Fault> {
        publish::public_key(self.directory())?.map_or(Ok(None), |log| signed(witness, &log))
    }

    /// Holds the log against what every witness has signed: a backup that was put back does not have it.
    ///
    /// # Errors
    /// Refused where the log is not the one that was witnessed, or has ended before.
    pub async fn stands_to_its_witnesses(&self) -> Result<Option<Refusal>, Fault> {
        let mut reasons = Vec::new();
        for witness in self.witnesses()?.all {
            let Some(seen) = self.witnessed_by(&witness)? else { continue };
            if !self.has_grown_out_of(seen.head).await? {
                reasons.push(format!(
                    "{} has co-signed {} entries, which this log does not hold",
                    seen.cosignature.witness, seen.head.size
                ));
            }
        }
        Ok((!reasons.is_empty()).then(|| Refusal {
            what: "The data directory cannot be opened".into(),
            reasons,
            next: "It was rolled back or rewritten: restore the newest backup of the ledger, audit.head and log".into(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_witnesses_is_read_or_refused_whole() {
        let key = fairway_log::PrivateKey::new("watch", Signs::Cosignatures, [1; 32]);
        let key = key.map(|key| key.public().to_text()).unwrap_or_default();
        let read = Witnesses::parse(&format!("# ours\n\n{key}  over there/checkpoint\nwait 5\n"));
        let read = read.map(|read| (read.all.len(), read.all[0].at.clone(), read.patience_seconds));
        assert_eq!(read, Some((1, PathBuf::from("over there/checkpoint"), 5)));
        assert_eq!(Witnesses::parse("").map(|read| (read.all.len(), read.patience_seconds)), Some((0, 60)));
        for broken in ["wait soon", "no-key path", "alone"] {
            assert!(Witnesses::parse(broken).is_none(), "{broken}");
        }
    }
}
