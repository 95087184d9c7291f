use super::Machine;
use crate::words;

words!(
    /// The life of a release, from the decision to the end of what was delivered.
    ReleaseLife, "not a state of a release", {
        /// Decided, and recorded before its first byte is written.
        Intended = "intended",
        /// Not allowed.
        Refused = "refused",
        /// In the recipient's outbox; nobody has fetched it.
        Granted = "granted",
        /// Fetched; the recipient's receipt is due.
        ReceiptDue = "receipt-due",
        /// The recipient has said that it arrived whole.
        Received = "received",
        /// Taken back: out of the outbox, or to be destroyed by whoever fetched it.
        Recalled = "recalled",
        /// Not fetched in time, and taken out of the outbox.
        Expired = "expired",
    }
);

words!(
    /// What happens to a release.
    ReleaseLifeEvent, "not an event of a release", {
        /// Something was found against it, before anybody could fetch it.
        Refused = "refused",
        /// It is placed in the outbox.
        Granted = "granted",
        /// It is fetched.
        Fetched = "fetched",
        /// The recipient gives a receipt.
        Received = "received",
        /// It is taken back.
        Recalled = "recalled",
        /// The time to fetch it is over.
        Expired = "expired",
        /// It is placed in the outbox again, the same bytes.
        SentAgain = "sent-again",
    }
);

impl Machine for ReleaseLife {
    type Event = ReleaseLifeEvent;
    const STATES: &'static [Self] = Self::ALL;
    const EVENTS: &'static [ReleaseLifeEvent] = ReleaseLifeEvent::ALL;

    fn on(self, event: ReleaseLifeEvent) -> Option<Self> {
        use ReleaseLifeEvent as E;
        match (self, event) {
            (Self::Intended, E::Refused) => Some(Self::Refused),
            (Self::Intended, E::Granted) | (Self::Expired | Self::ReceiptDue, E::SentAgain) => Some(Self::Granted),
            (Self::Granted, E::Fetched) => Some(Self::ReceiptDue),
            (Self::ReceiptDue, E::Received) => Some(Self::Received),
            (Self::Granted | Self::ReceiptDue | Self::Received, E::Recalled) => Some(Self::Recalled),
            (Self::Granted, E::Expired) => Some(Self::Expired),
            _ => None,
        }
    }
}
