use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt};

/// Where a keyholder's files lie: apart from the data directory, and of no use without the custodians' passphrases.
#[derive(Debug, Clone)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// Names a key folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    /// The key folder of a data directory where nobody named another: beside it, with `.keys` after its name.
    pub fn beside(data: &Path) -> Self {
        let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        let mut name = data.file_name().unwrap_or_default().to_owned();
        name.push(".keys");
        Self(data.with_file_name(name))
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// Whether custodians were named for it.
    pub fn is_founded(&self) -> bool {
        self.custodians().is_file()
    }

    /// The socket where nobody named another.
    pub fn socket(&self) -> PathBuf {
        self.0.join("run").join("keyholder.sock")
    }

    pub(crate) fn custodians(&self) -> PathBuf {
        self.0.join("custodians.json")
    }

    pub(crate) fn keyring(&self) -> PathBuf {
        self.0.join("keyring.json")
    }
}

/// Makes a folder that its owner alone may enter, with those above it.
pub(crate) fn make_private(path: &Path) -> Result<(), Fault> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.fault(format!("folder {} cannot be made", path.display()))
}
