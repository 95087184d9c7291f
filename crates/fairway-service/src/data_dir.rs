use std::path::{Path, PathBuf};

use fairway_domain::SubmissionId;
use fairway_store::{DataDirectory, HeldRelease};

/// Where everything of one processing centre lies. The ledger, sealed files and the outbox are the store's; the rest is
/// named here.
#[derive(Debug, Clone)]
pub struct DataDir(DataDirectory);

impl DataDir {
    /// Names a data directory; whether it is one is for the verbs to say.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(DataDirectory::new(root))
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        self.0.root()
    }

    /// The parts that the store keeps.
    pub(crate) fn store(&self) -> &DataDirectory {
        &self.0
    }

    /// What waits to be fetched.
    pub fn outbox(&self) -> PathBuf {
        self.0.outbox()
    }

    /// What the check said about a submission.
    pub fn report(&self, id: SubmissionId) -> PathBuf {
        self.root().join("reports").join(id.to_string())
    }

    /// Where people are traced, where that is not against the register here.
    pub fn tracing(&self) -> PathBuf {
        self.root().join("tracing.yaml")
    }

    /// What is on its way between here and a tracing service elsewhere: a folder for each run that is not over.
    pub(crate) fn trace_run(&self, reference: &str) -> PathBuf {
        self.root().join("tracing").join(reference)
    }

    /// How far messages to a tracing service were sent.
    pub fn trace_journals(&self) -> PathBuf {
        self.root().join("tracing").join("journals")
    }

    /// The centre's own permission table (`permissions.yaml`), where it has one.
    pub fn permissions(&self) -> PathBuf {
        self.root().join("permissions.yaml")
    }

    /// The processing centre's own severities, where it has any.
    pub fn severities(&self) -> PathBuf {
        self.root().join("severities.yaml")
    }

    /// Those that a submission was checked with.
    pub(crate) fn severities_of(&self, id: SubmissionId) -> PathBuf {
        self.report(id).join("severities.yaml")
    }

    /// What the processing centre itself asks of senders.
    pub(crate) fn landing_policy(&self) -> PathBuf {
        self.root().join("landing.yaml")
    }

    /// The processing centre's own specifications, by dataset and release.
    pub fn specs(&self) -> PathBuf {
        self.root().join("specs")
    }

    /// Which of them a submission was checked with, and its digest.
    pub(crate) fn spec_of(&self, id: SubmissionId) -> PathBuf {
        self.report(id).join("specification.json")
    }

    /// What a submission left for its sender's next one to be held against.
    pub(crate) fn imprint(&self, id: SubmissionId) -> PathBuf {
        self.root().join("imprints").join(format!("{id}.imprint"))
    }

    /// The file that names the keyholder's socket, where it is not the one beside the data directory.
    pub fn keyholder(&self) -> PathBuf {
        self.root().join("keyholder.socket")
    }

    /// The result of a request to re-identify, encrypted to its recipient.
    pub(crate) fn reidentified(&self, id: uuid::Uuid) -> PathBuf {
        self.root().join("reidentified").join(format!("{id}.age"))
    }

    /// Pseudonyms of earlier releases, so that no two agreements share any.
    pub(crate) fn sketches(&self) -> PathBuf {
        self.root().join("sketches")
    }

    /// Where the files of an extract that waits for approval are, for those who decide about it.
    pub fn held_folder(&self, held: &HeldRelease) -> PathBuf {
        self.held().join(held.asked.deliver_to.as_str()).join(&held.asked.folder)
    }

    /// Extracts that wait for approval.
    pub(crate) fn held(&self) -> PathBuf {
        self.root().join("held")
    }

    /// Delta tables by zone.
    pub fn warehouse(&self) -> PathBuf {
        self.root().join("warehouse")
    }

    /// The demographics register.
    pub fn register(&self) -> PathBuf {
        self.root().join("register")
    }

    /// Postcodes, organisations and practices, as `init` took them over.
    pub fn reference(&self) -> PathBuf {
        self.root().join("reference")
    }
}

impl DataDir {
    /// Whether a ledger is there.
    pub fn is_initialised(&self) -> bool {
        self.0.has_ledger()
    }
}
