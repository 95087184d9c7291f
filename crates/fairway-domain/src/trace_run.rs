use std::fmt;
use std::str::FromStr;

use crate::IdError;

/// Where a request to a tracing service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TraceRunState {
    /// On its way: whoever carries it has the whole file.
    Sent,
    /// The service has fetched the file. Whether it can read it is not known yet.
    Delivered,
    /// The response is here.
    Answered,
    /// The service did not fetch the file in time; it may be sent again, as another run.
    Expired,
    /// The file was refused, by whoever carries it or by the service.
    Refused,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TraceRunEvent {
    /// The service fetched the file.
    Fetched,
    /// The response came.
    ResponseCame,
    /// The time to fetch the file is over.
    NotFetched,
    /// The file was refused.
    WasRefused,
}

impl TraceRunState {
    /// Every state, in the order of the way.
    pub const ALL: [Self; 5] = [Self::Sent, Self::Delivered, Self::Answered, Self::Expired, Self::Refused];

    /// The state after `event`, or `None` where the event cannot happen in this state. A response may come before anybody
    /// looked whether the request was fetched.
    pub fn on(self, event: TraceRunEvent) -> Option<Self> {
        use TraceRunEvent as E;
        match (self, event) {
            (Self::Sent, E::Fetched) => Some(Self::Delivered),
            (Self::Sent, E::NotFetched) => Some(Self::Expired),
            (Self::Sent | Self::Delivered, E::ResponseCame) => Some(Self::Answered),
            (Self::Sent | Self::Delivered, E::WasRefused) => Some(Self::Refused),
            _ => None,
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Answered | Self::Expired | Self::Refused)
    }

    /// The word used in the ledger and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
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
        use TraceRunEvent as E;
        let mut table = String::new();
        for state in TraceRunState::ALL {
            for event in [E::Fetched, E::ResponseCame, E::NotFetched, E::WasRefused] {
                if let Some(next) = state.on(event) {
                    table.push_str(&format!("{state} + {event:?} = {next}\n"));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        sent + Fetched = delivered
        sent + ResponseCame = answered
        sent + NotFetched = expired
        sent + WasRefused = refused
        delivered + ResponseCame = answered
        delivered + WasRefused = refused
        ");
    }

    #[test]
    fn a_run_that_is_over_stays_as_it_is() {
        use TraceRunEvent as E;
        for state in TraceRunState::ALL.into_iter().filter(|state| state.is_over()) {
            for event in [E::Fetched, E::ResponseCame, E::NotFetched, E::WasRefused] {
                assert_eq!(state.on(event), None, "{state} + {event:?}");
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
