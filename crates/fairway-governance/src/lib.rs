//! Who may receive what under which agreement; decisions with all their reasons.
//!
//! An [`Agreement`] is a document that people write and sign, and it *is* the policy: what it does not name does not
//! leave. [`decide`] holds a [`ReleaseRequest`] against it on one day and gives either a [`GrantedExtract`], which
//! nothing else can make, or a refusal with every reason. Each rule is a file of its own
//! under [`gate`], which also judges the extract that was made.
//!
//! Nothing here reads a clock, a file or a table: the day, what is held and what each column tells come from the caller.

mod access;
mod agreement;
mod decision;
pub mod gate;
mod link;
pub mod papers;
mod reidentification;
mod release_terms;
mod request;
mod rules;
mod standing;
mod terms;
mod voice;

pub use access::{
    Act, Actor, Cell, HeldRole, Object, Permissions, PermissionsError, Permit, Reach, Role, Scope, TokenDays, Verb,
};
pub use agreement::{
    Agreement, AgreementError, AgreementFault, Areas, Assurance, DataClass, Delivery, DeliveryKey, Entitlement,
    KeyPolicy, Level, Linkage, Location, Onward, OptOuts, Particulars, Party, Signature,
};
pub use decision::{Decision, GrantedExtract, Reason, decide, reasons};
pub use link::{GrantedLink, LinkDecision, decide_link};
pub use reidentification::{Asked, ReasonToAsk, ReidentificationTerms};
pub use release_terms::{KnownColumns, LegalBasis, LegalFamily, Number, Numbers, ReleaseTerms};
pub use request::{BirthClue, Figures, OfferedColumn, Period, Registered, ReleaseRequest};
pub use standing::{AgreementStanding, PartyStanding};
pub use terms::{AssuranceTerm, CountsAs, GovernanceTerms, LandingAsks, LandingTerm, Term, Unit};
pub use voice::{Voice, against_approval, same_person};
