use std::fmt;
use std::str::FromStr;

use crate::IdError;

/// Where one tracing of a submission's people stands, at the register here or at a service elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TraceRunState {
    /// It has begun; nobody has the request yet.
    Asked,
    /// On its way: whoever carries it has the whole file.
    Sent,
    /// The service has fetched the file. Whether it can read it is not known yet.
    Delivered,
    /// The answers are here; nothing of them is kept yet.
    Answered,
    /// The answers look unusual and wait for a person to look at them. Nothing of them is kept or returned.
    Held,
    /// A person has approved the answers that were held.
    Approved,
    /// The answers are kept with the vault and returned to the council.
    Completed,
    /// A person has put the run aside; another one follows.
    Rejected,
    /// The service did not fetch the file in time. A person decides whether it is sent again, as another run.
    Expired,
    /// The request was refused, by whoever carries it or by the service, or the response cannot be believed.
    Refused,
}

/// What happens to a trace run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TraceRunEvent {
    /// Whoever carries the file has the whole of it.
    WasSent,
    /// The service fetched the file.
    Fetched,
    /// The answers came.
    ResponseCame,
    /// The time to fetch the file is over.
    NotFetched,
    /// The file was refused, or the response cannot be believed.
    WasRefused,
    /// The answers differ too much from those of the last time, or from those that were approved.
    LooksUnusual,
    /// A person looked at the answers that were held, and takes them.
    Approved,
    /// A person does not want this run's answers.
    Rejected,
    /// The answers are kept and returned.
    Kept,
}

impl TraceRunEvent {
    /// Every event.
    pub const ALL: [Self; 9] = [
        Self::WasSent,
        Self::Fetched,
        Self::ResponseCame,
        Self::NotFetched,
        Self::WasRefused,
        Self::LooksUnusual,
        Self::Approved,
        Self::Rejected,
        Self::Kept,
    ];
}

impl TraceRunState {
    /// Every state, in the order of the way.
    pub const ALL: [Self; 10] = [
        Self::Asked,
        Self::Sent,
        Self::Delivered,
        Self::Answered,
        Self::Held,
        Self::Approved,
        Self::Completed,
        Self::Rejected,
        Self::Expired,
        Self::Refused,
    ];

    /// The state after `event`, or `None` where the event cannot happen in this state. A response may come before anybody
    /// looked whether the request was fetched; the register here answers at once.
    pub fn on(self, event: TraceRunEvent) -> Option<Self> {
        use TraceRunEvent as E;
        match (self, event) {
            (Self::Asked, E::WasSent) => Some(Self::Sent),
            (Self::Sent, E::Fetched) => Some(Self::Delivered),
            (Self::Sent, E::NotFetched) => Some(Self::Expired),
            (Self::Asked | Self::Sent | Self::Delivered, E::ResponseCame) => Some(Self::Answered),
            (Self::Asked | Self::Sent | Self::Delivered | Self::Answered | Self::Approved, E::WasRefused) => {
                Some(Self::Refused)
            }
            (Self::Answered | Self::Approved, E::LooksUnusual) => Some(Self::Held),
            (Self::Answered | Self::Approved, E::Kept) => Some(Self::Completed),
            (Self::Held, E::Approved) => Some(Self::Approved),
            (Self::Sent | Self::Delivered | Self::Held | Self::Expired | Self::Refused, E::Rejected) => {
                Some(Self::Rejected)
            }
            _ => None,
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Rejected)
    }

    /// Whether it goes on only when a person says so.
    pub fn waits_for_a_person(self) -> bool {
        matches!(self, Self::Held | Self::Expired | Self::Refused)
    }

    /// The word used in the ledger and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for TraceRunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TraceRunState {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(IdError("not a state of a trace run"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_of_states_is_as_agreed() {
        let mut table = String::new();
        for state in TraceRunState::ALL {
            for event in TraceRunEvent::ALL {
                if let Some(next) = state.on(event) {
                    table.push_str(&format!("{state} + {event:?} = {next}\n"));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        asked + WasSent = sent
        asked + ResponseCame = answered
        asked + WasRefused = refused
        sent + Fetched = delivered
        sent + ResponseCame = answered
        sent + NotFetched = expired
        sent + WasRefused = refused
        sent + Rejected = rejected
        delivered + ResponseCame = answered
        delivered + WasRefused = refused
        delivered + Rejected = rejected
        answered + WasRefused = refused
        answered + LooksUnusual = held
        answered + Kept = completed
        held + Approved = approved
        held + Rejected = rejected
        approved + WasRefused = refused
        approved + LooksUnusual = held
        approved + Kept = completed
        expired + Rejected = rejected
        refused + Rejected = rejected
        ");
    }

    #[test]
    fn a_run_that_is_over_stays_as_it_is_and_one_that_waits_for_a_person_goes_on_by_their_word_alone() {
        use TraceRunEvent as E;
        for state in TraceRunState::ALL {
            let possible: Vec<_> = E::ALL.into_iter().filter(|event| state.on(*event).is_some()).collect();
            assert_eq!(state.is_over(), possible.is_empty(), "{state}");
            if state.waits_for_a_person() {
                assert!(
                    possible.iter().all(|event| matches!(event, E::Approved | E::Rejected)),
                    "{state}: {possible:?}"
                );
            }
        }
    }

    #[test]
    fn every_word_reads_back() {
        for state in TraceRunState::ALL {
            assert_eq!(state.as_str().parse::<TraceRunState>().unwrap(), state);
        }
        assert!("lost".parse::<TraceRunState>().is_err());
    }
}
