//! The ledger, noun by noun: what can be read through [`crate::Store`] and written through [`crate::Tx`].

mod account;
mod delivery;
mod held_release;
mod identity;
mod import;
mod job;
mod organisation;
mod organisation_fact;
mod outbox;
mod paper;
mod period;
mod person;
mod pseudonym_key;
mod published_table;
mod queue;
mod reference;
mod reidentification;
mod release;
mod submission;
mod tally;
mod trace_run;

pub use account::{Account, AccountRole, AccountToken};
pub use delivery::{OptOutPolicy, ReleaseDelivery, StandingAgreement};
pub use held_release::{HeldRelease, HeldState, NewHeldRelease, ReleaseVoice};
pub use import::{Import, LoadKey};
pub use job::{Job, JobCounts, JobKind, JobRecord, JobState, LeasedJob};
pub use organisation::Organisation;
pub use outbox::{OutboxItem, OutboxKind};
pub use paper::{Paper, PaperStep};
pub use period::{CurrentImport, Scope};
pub use person::{PersonChange, PersonEvent, Persons};
pub use published_table::{Counted, NumberShown, PublishedNumber, PublishedTable};
pub use reference::{ImportReference, ReferenceFile, ReferenceKind};
pub use reidentification::{NewReidentification, Reidentification, ReidentificationRecipient, ReidentificationState};
pub use release::{NewRelease, Release, ReleaseState, ReleasedFiles};
pub use submission::{Landed, NewSubmission, Submission, Verdict};
pub use tally::{Tally, TraceTally};
pub use trace_run::{TraceFigures, TraceRun, TraceRunChange, TracedBy};

/// A closed list of words that the ledger's CHECKs have as well.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $wrong:literal, { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $variant),+
        }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word used in the ledger and in JSON.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = fairway_domain::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(fairway_domain::IdError($wrong)),
                }
            }
        }
    };
}
pub(crate) use words;
