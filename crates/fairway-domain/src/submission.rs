use std::fmt;
use std::str::FromStr;

use crate::IdError;

/// How a file came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// The command line.
    Cli,
    /// The web portal.
    Portal,
    /// SFTP.
    Sftp,
    /// A secure mailbox.
    Mailbox,
    /// A pull from the sender's database.
    Database,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 5] = [Self::Cli, Self::Portal, Self::Sftp, Self::Mailbox, Self::Database];

    /// The word used on the command line and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Portal => "portal",
            Self::Sftp => "sftp",
            Self::Mailbox => "mailbox",
            Self::Database => "database",
        }
    }
}

impl FromStr for Route {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::ALL
            .into_iter()
            .find(|route| route.as_str() == text)
            .ok_or(IdError("a route is cli, portal, sftp, mailbox or database"))
    }
}

/// Where a submission stands on its way. The database has the same words in a CHECK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubmissionState {
    /// Sealed and acknowledged; not looked at yet.
    Landed,
    /// Refused by the check; the report is kept, the payload destroyed.
    Rejected,
    /// Readable, with errors or warnings that the sender has to confirm.
    NeedsConfirmation,
    /// To be loaded.
    Accepted,
    /// In the identity vault and the events table.
    Loaded,
    /// Its people have been asked of the demographics register.
    Traced,
    /// In the de-identified zone.
    Deidentified,
}

/// What happens to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubmissionEvent {
    /// The check found a reason to refuse the file.
    CheckRejected,
    /// The check found errors or warnings.
    CheckFoundWarnings,
    /// The check found nothing to confirm.
    CheckPassed,
    /// The sender confirmed what the check found.
    Confirmed,
    /// Rows are in the vault and the events table.
    LoadCommitted,
    /// The trace is complete.
    TraceCompleted,
    /// Rows are in the de-identified zone.
    DeidentifyCompleted,
}

impl SubmissionState {
    /// Every state, in the order of the way.
    pub const ALL: [Self; 7] = [
        Self::Landed,
        Self::Rejected,
        Self::NeedsConfirmation,
        Self::Accepted,
        Self::Loaded,
        Self::Traced,
        Self::Deidentified,
    ];

    /// The state after `event`, or `None` where the event cannot happen in this state.
    pub fn on(self, event: SubmissionEvent) -> Option<Self> {
        use SubmissionEvent as E;
        match (self, event) {
            (Self::Landed, E::CheckRejected) => Some(Self::Rejected),
            (Self::Landed, E::CheckFoundWarnings) => Some(Self::NeedsConfirmation),
            (Self::Landed, E::CheckPassed) | (Self::NeedsConfirmation, E::Confirmed) => Some(Self::Accepted),
            (Self::Accepted, E::LoadCommitted) => Some(Self::Loaded),
            (Self::Loaded, E::TraceCompleted) => Some(Self::Traced),
            // A dataset without persons has nobody to trace.
            (Self::Loaded | Self::Traced, E::DeidentifyCompleted) => Some(Self::Deidentified),
            _ => None,
        }
    }

    /// The word used in the ledger and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::Rejected => "rejected",
            Self::NeedsConfirmation => "needs_confirmation",
            Self::Accepted => "accepted",
            Self::Loaded => "loaded",
            Self::Traced => "traced",
            Self::Deidentified => "deidentified",
        }
    }
}

impl fmt::Display for SubmissionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SubmissionState {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(IdError("not a state of a submission"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_of_states_is_as_agreed() {
        use SubmissionEvent as E;
        let events = [
            E::CheckRejected,
            E::CheckFoundWarnings,
            E::CheckPassed,
            E::Confirmed,
            E::LoadCommitted,
            E::TraceCompleted,
            E::DeidentifyCompleted,
        ];
        let mut table = String::new();
        for state in SubmissionState::ALL {
            for event in events {
                if let Some(next) = state.on(event) {
                    table.push_str(&format!("{state} + {event:?} = {next}\n"));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        landed + CheckRejected = rejected
        landed + CheckFoundWarnings = needs_confirmation
        landed + CheckPassed = accepted
        needs_confirmation + Confirmed = accepted
        accepted + LoadCommitted = loaded
        loaded + TraceCompleted = traced
        loaded + DeidentifyCompleted = deidentified
        traced + DeidentifyCompleted = deidentified
        ");
    }

    #[test]
    fn every_word_reads_back() {
        for state in SubmissionState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for route in Route::ALL {
            assert_eq!(route.as_str().parse(), Ok(route));
        }
    }
}
