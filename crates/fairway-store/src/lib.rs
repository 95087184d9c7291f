//! The control database (the ledger), sealed files, the job queue, the outbox and the audit log.
//!
//! Two halves meet in the data directory. The half that blocks ([`keys`], [`sealed`], [`outbox`]) writes files that are
//! whole and on disk before it returns. The other half is the ledger, a database of SQLite or PostgreSQL behind [`Store`]: it is read
//! through the store and written through a named [`Tx`] alone, and a transaction that records no audit event cannot be
//! committed.
//!
//! Order on disk, the same everywhere: file first, ledger second, receipt third; and for taking away, ledger first, file
//! second. What a killed process leaves behind is then either complete or an orphan that [`Store::open`] and
//! [`Store::sweep`] take away.
//!
//! *Invariant:* nothing here reads a clock; the caller says what time it is.
//! *Invariant:* no direct identifier of a person is in the ledger; the identity map holds keyed blind indices.

mod audit;
mod database;
mod directory;
mod disk;
mod error;
mod head;
mod intent;
pub mod keys;
mod leaf;
mod ledger;
mod ledger_url;
pub mod outbox;
mod publish;
pub mod sealed;
mod settle;
mod share;
mod store;
mod text;
mod tx;
mod upgrade;
mod verify;
mod walk;
mod witness;
mod worker;

pub use audit::{AuditEntry, AuditEvent, OpenIntent};
pub use directory::DataDirectory;
pub use error::OpenError;
pub use head::Head;
pub use ledger::{
    Account, AccountRole, AccountToken, Counted, CurrentImport, HeldRelease, HeldState, Import, ImportReference, Job,
    JobCounts, JobKind, JobRecord, JobState, Landed, LeasedJob, LoadKey, NewHeldRelease, NewReidentification,
    NewRelease, NewSubmission, NumberShown, OptOutPolicy, Organisation, OutboxItem, OutboxKind, Paper, PaperStep,
    PersonChange, PersonEvent, Persons, PublishedNumber, PublishedTable, ReferenceFile, ReferenceKind,
    Reidentification, ReidentificationRecipient, ReidentificationState, Release, ReleaseDelivery, ReleaseState,
    ReleaseVoice, ReleasedFiles, Scope, StandingAgreement, Submission, Tally, TraceFigures, TraceRun, TraceRunChange,
    TraceTally, TracedBy, Verdict,
};
pub use ledger_url::LedgerUrl;
pub use publish::{CHECKPOINT, Checkpoint};
pub use store::{Store, Swept};
pub use tx::Tx;
pub use verify::{AuditProblem, AuditReport, verify, verify_directory};
pub use witness::{Witness, Witnessed, Witnesses};
pub use worker::WorkerLock;
