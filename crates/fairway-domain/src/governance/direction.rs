use super::Machine;
use crate::words;

words!(
    /// Where a Direction stands: the order to collect, which a notice rests on.
    DirectionState, "a Direction is in force or revoked", {
        /// Made, and not revoked.
        InForce = "in-force",
        /// Revoked, often by a later one.
        Revoked = "revoked",
    }
);

words!(
    /// What happens to a Direction.
    DirectionEvent, "not an event of a Direction", {
        /// It is revoked.
        Revoked = "revoked",
    }
);

impl Machine for DirectionState {
    type Event = DirectionEvent;
    const STATES: &'static [Self] = Self::ALL;
    const EVENTS: &'static [DirectionEvent] = DirectionEvent::ALL;

    fn on(self, event: DirectionEvent) -> Option<Self> {
        match (self, event) {
            (Self::InForce, DirectionEvent::Revoked) => Some(Self::Revoked),
            (Self::Revoked, DirectionEvent::Revoked) => None,
        }
    }
}
