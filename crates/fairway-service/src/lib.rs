//! One function per verb: authorise, read, decide, write, record, all or nothing.
//!
//! *Invariant:* nothing but a verb changes state, and each verb's event is in the same transaction as its effect.
//! *Invariant:* this crate knows the warehouse and the keyholder by their ports alone.

mod accept;
mod access;
mod at_hand;
mod audit;
mod birth_clue;
mod bridge;
mod check;
mod context;
mod data_dir;
mod days;
mod deid_map;
mod deidentify;
mod delivered;
mod derive;
mod dictionary;
mod ended;
mod error;
mod gate;
mod governance;
mod held;
mod identity;
mod imprint;
mod init;
mod key_life;
mod keys;
mod land;
mod link;
mod link_map;
mod link_quality;
mod load;
mod log;
mod lookup;
mod manifest;
mod opt_out;
mod packing;
mod people;
mod plan;
mod progress;
mod publish;
mod query;
mod reference;
mod register;
mod reidentify;
mod release;
mod release_map;
mod spec_add;
mod specs;
mod status;
mod stream;
mod tabulate;
mod trace;
mod vacuum;
mod vault;
mod views;
mod work;

pub use audit::verify_audit;
pub use bridge::{BRIDGE_CSV, BridgeReport};
pub use context::{Clock, Service, SystemClock};
pub use data_dir::DataDir;
pub use delivered::DueReport;
pub use dictionary::DICTIONARY;
pub use error::{VerbError, VerbResult};
pub use fairway_governance::gate::{GateRule, RULES as GATE_RULES};
pub use fairway_governance::papers::{
    AgreementPaper, ApplicationPaper, AssurancePaper, AssuranceRecord, DirectionPaper, NoticePaper,
};
pub use fairway_governance::{Actor, Cell, Object, Permissions, Role, Scope, TokenDays, Verb, Voice};
pub use fairway_store::{
    AuditEntry, Counted, HeldRelease, HeldState, LedgerUrl, NewReidentification, ReferenceKind, Reidentification,
    ReidentificationRecipient, ReleaseDelivery, ReleaseVoice, StandingAgreement,
};
pub use gate::{GATE_REPORT, GATE_SIGNATURE, VerifiedReport};
pub use governance::{Acted, AgreementRegistered, NewNotice, OrganisationRecord, OrganisationsImported, WithHistory};
pub use held::{ReleaseWish, ReleaseWord};
pub use init::{InitReport, init};
pub use key_life::KeyStanding;
pub use land::{LandRequest, Receipt};
pub use link::{LINK_QUALITY, LinkReport};
pub use link_quality::QualityLine;
pub use log::{
    LogExport, LogStanding, NewWitness, SubjectAct, SubjectRelease, SubjectReport, SubjectSubmission, WitnessSigned,
    WitnessedBy, witness_init, witness_sign,
};
pub use lookup::ReferenceAdded;
pub use manifest::{Manifest, ManifestColumn, ManifestFile, ManifestLink, ManifestOptOuts, ManifestTable};
pub use opt_out::OptOutsImported;
pub use people::{NewToken, Person, PersonRole, PersonToken};
pub use progress::{Progress, Quiet};
pub use publish::{
    PARTICIPANTS_CSV, Participant, PublicRegister, REGISTER_JSON, REGISTER_PAGE, RELEASES_CSV, RegisterPublished,
    ReleasedFile,
};
pub use register::RegisterReport;
pub use reidentify::ReidentificationReport;
pub use release::{EXTRACT_CSV, EXTRACT_PARQUET, MANIFEST, ReleaseReport};
pub use spec_add::AddedSpec;
pub use specs::{KnownSpec, own_specs};
pub use status::{
    AuditStatus, FindingDetail, FindingPlace, FindingStatus, HistoryEntry, JobStatus, OutboxStatus, Overview,
    ReferenceStatus, ReleaseStatus, SubmissionStatus, TraceRunStatus, TraceStatus,
};
pub use tabulate::{
    DISCLOSURE_JSON, Measure, Requester, TABLE_CSV, TABLE_HTML, TABLE_JSON, TableDocument, TableReport, TableRequest,
    TableRow, TableTotal,
};
pub use trace::{Elsewhere, TracingPlan};
pub use vault::{FoundPerson, IdentifierKind, TwoPeople};
pub use views::{FetchedFile, MatrixCell, TraceHeld};
pub use work::{JobReport, Worker};
