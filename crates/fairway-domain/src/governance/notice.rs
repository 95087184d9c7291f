use super::Machine;
use crate::words;

words!(
    /// Where one version of a data provision notice stands.
    NoticeState, "a notice is in force, superseded or withdrawn", {
        /// Issued under a Direction; it may be served.
        InForce = "in-force",
        /// A later version has taken its place.
        Superseded = "superseded",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
);

words!(
    /// What happens to a notice.
    NoticeEvent, "not an event of a notice", {
        /// A later version takes its place.
        Superseded = "superseded",
        /// It is taken back, as when its Direction is revoked.
        Withdrawn = "withdrawn",
    }
);

impl Machine for NoticeState {
    type Event = NoticeEvent;
    const STATES: &'static [Self] = Self::ALL;
    const EVENTS: &'static [NoticeEvent] = NoticeEvent::ALL;

    fn on(self, event: NoticeEvent) -> Option<Self> {
        match (self, event) {
            (Self::InForce, NoticeEvent::Superseded) => Some(Self::Superseded),
            (Self::InForce, NoticeEvent::Withdrawn) => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

words!(
    /// Where a notice stands with one organisation that it is served on.
    ServedState, "not a state of a notice that is served", {
        /// Sent to the organisation; it has not answered.
        Served = "served",
        /// The organisation has asked something, and waits.
        Queried = "queried",
        /// Its question is answered; it has not acknowledged yet.
        Answered = "answered",
        /// The organisation has acknowledged this version: it may send.
        Acknowledged = "acknowledged",
    }
);

words!(
    /// What happens to a notice at one organisation.
    ServedEvent, "not an event of a notice that is served", {
        /// It asks something.
        Queried = "queried",
        /// It is answered.
        Answered = "answered",
        /// It acknowledges.
        Acknowledged = "acknowledged",
    }
);

impl Machine for ServedState {
    type Event = ServedEvent;
    const STATES: &'static [Self] = Self::ALL;
    const EVENTS: &'static [ServedEvent] = ServedEvent::ALL;

    fn on(self, event: ServedEvent) -> Option<Self> {
        use ServedEvent as E;
        match (self, event) {
            (Self::Served | Self::Answered, E::Queried) => Some(Self::Queried),
            (Self::Queried, E::Answered) => Some(Self::Answered),
            (Self::Served | Self::Answered | Self::Queried, E::Acknowledged) => Some(Self::Acknowledged),
            _ => None,
        }
    }
}
