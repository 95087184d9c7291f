//! The nouns of Fairway, their states, and the ports that machines implement.
//!
//! Nothing here reads a clock, a file or a network, and nothing here can be serialised: a row, a JSON body and a
//! message have structs of their own in the crate that writes them, so the compiler shows each place where data leaves.

pub mod cell;
mod facts;
mod fault;
pub mod governance;
mod ids;
mod key;
mod nhs_number;
mod organisation;
mod person;
pub mod port;
mod postcode;
mod privacy;
mod submission;
mod table;
mod trace;
mod trace_run;
mod value;
pub mod wording;
mod words;

pub use facts::{BirthFacts, ExtractFacts, FigureFacts, FileFacts, GroupFacts};
pub use fault::{Fault, FaultExt, Refusal};
pub use ids::{
    AccountId, AgreementRef, Digest, IdError, ImportId, OrganisationCode, ReleaseId, SpecName, SubmissionId,
};
pub use key::{KeyRecord, KeyState};
pub use nhs_number::{NhsNumber, NhsNumberError};
pub use organisation::{Confidence, FactKind, OrganisationFact, RecordedFact};
pub use person::{KeyDomain, PersonUid, Pseudonym, Subject};
pub use postcode::{Postcode, PostcodeError};
pub use privacy::{Identifiable, PrivacyClass};
pub use submission::{Route, SubmissionEvent, SubmissionState};
pub use table::{Column, ColumnKind, Row, TableName, Zone};
pub use trace::{LinkClass, TraceOutcome, TraceStep};
pub use trace_run::{TraceRunEvent, TraceRunState};
pub use value::Value;
