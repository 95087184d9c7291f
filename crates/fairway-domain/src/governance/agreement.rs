use super::Machine;
use crate::words;

words!(
    /// Where one version of a data sharing agreement stands. Releases are possible while it is active, and at no other time.
    AgreementState, "not a state of an agreement", {
        /// Its document is registered; nobody has been asked to sign it.
        Draft = "draft",
        /// Given to its parties to sign.
        Issued = "issued",
        /// Signed by some of them.
        PartSigned = "part-signed",
        /// Signed by all of them, and not in force yet.
        Signed = "signed",
        /// In force.
        Active = "active",
        /// Out of force until somebody resumes it.
        Suspended = "suspended",
        /// Its last day is over.
        Expired = "expired",
        /// Ended before its last day.
        Revoked = "revoked",
        /// The recipient has to destroy what it received.
        DestructionDue = "destruction-due",
        /// The recipient has certified the destruction.
        Certified = "certified",
        /// Over.
        Closed = "closed",
    }
);

words!(
    /// What happens to an agreement.
    AgreementEvent, "not an event of an agreement", {
        /// It is given to its parties.
        Issued = "issued",
        /// A party signs, and others have not.
        Signed = "signed",
        /// The last party signs.
        SignedByAll = "signed-by-all",
        /// It comes into force.
        Activated = "activated",
        /// The controllers confirm, once a year, that it is still used as it says.
        Confirmed = "confirmed",
        /// It is put out of force for a time.
        Suspended = "suspended",
        /// It is put into force again.
        Resumed = "resumed",
        /// Its last day is over.
        Expired = "expired",
        /// It is ended for good before its last day.
        Revoked = "revoked",
        /// The recipient is told to destroy what it has.
        DestructionOrdered = "destruction-ordered",
        /// The recipient certifies that it has.
        Certified = "certified",
        /// The certificate is accepted.
        Closed = "closed",
        /// A later version takes its place; the data go on under that one.
        Superseded = "superseded",
        /// It is given up before it was in force.
        Withdrawn = "withdrawn",
    }
);

impl Machine for AgreementState {
    type Event = AgreementEvent;
    const STATES: &'static [Self] = Self::ALL;
    const EVENTS: &'static [AgreementEvent] = AgreementEvent::ALL;

    fn on(self, event: AgreementEvent) -> Option<Self> {
        use AgreementEvent as E;
        match (self, event) {
            (Self::Draft, E::Issued) => Some(Self::Issued),
            (Self::Issued | Self::PartSigned, E::Signed) => Some(Self::PartSigned),
            (Self::Issued | Self::PartSigned, E::SignedByAll) => Some(Self::Signed),
            (Self::Signed, E::Activated) | (Self::Active, E::Confirmed) | (Self::Suspended, E::Resumed) => {
                Some(Self::Active)
            }
            (Self::Active, E::Suspended) => Some(Self::Suspended),
            (Self::Active | Self::Suspended, E::Expired) => Some(Self::Expired),
            (Self::Active | Self::Suspended, E::Revoked) => Some(Self::Revoked),
            (Self::Expired | Self::Revoked, E::DestructionOrdered) => Some(Self::DestructionDue),
            (Self::DestructionDue, E::Certified) => Some(Self::Certified),
            (Self::Certified, E::Closed)
            | (Self::Active | Self::Suspended | Self::Expired, E::Superseded)
            | (Self::Draft | Self::Issued | Self::PartSigned | Self::Signed, E::Withdrawn) => Some(Self::Closed),
            _ => None,
        }
    }
}
