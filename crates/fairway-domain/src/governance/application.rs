use super::Machine;
use crate::words;

words!(
    /// Where an application to the data access request service stands.
    ApplicationStage, "not a stage of an application", {
        /// Begun by the applicant.
        Draft = "draft",
        /// Asked about: can the data be had at all?
        Enquiry = "enquiry",
        /// Looked at before the whole is written.
        Preliminary = "preliminary",
        /// Handed in, with every section.
        Application = "application",
        /// With the applicant again, who is asked for more.
        Returned = "returned",
        /// With the independent advisers.
        Advice = "advice",
        /// Granted: an agreement may be drawn up.
        Approved = "approved",
        /// Not granted.
        Declined = "declined",
        /// Given up by the applicant.
        Withdrawn = "withdrawn",
    }
);

words!(
    /// What happens to an application.
    ApplicationEvent, "not an event of an application", {
        /// A section is written, or written again.
        SectionWritten = "section-written",
        /// A joint controller confirms that it is one.
        ControllerConfirmed = "controller-confirmed",
        /// The applicant hands it on.
        Submitted = "submitted",
        /// The service has looked at the enquiry and lets it go on.
        Assessed = "assessed",
        /// The service asks for more.
        Returned = "returned",
        /// It is put before the advisers.
        SentForAdvice = "sent-for-advice",
        /// Granted.
        Approved = "approved",
        /// Not granted.
        Declined = "declined",
        /// Given up.
        Withdrawn = "withdrawn",
    }
);

impl Machine for ApplicationStage {
    type Event = ApplicationEvent;
    const STATES: &'static [Self] = Self::ALL;
    const EVENTS: &'static [ApplicationEvent] = ApplicationEvent::ALL;

    fn on(self, event: ApplicationEvent) -> Option<Self> {
        use ApplicationEvent as E;
        match (self, event) {
            (Self::Draft | Self::Enquiry | Self::Preliminary | Self::Returned, E::SectionWritten)
            | (Self::Draft | Self::Enquiry | Self::Preliminary | Self::Returned, E::ControllerConfirmed) => Some(self),
            (Self::Draft, E::Submitted) => Some(Self::Enquiry),
            (Self::Enquiry, E::Assessed) => Some(Self::Preliminary),
            (Self::Preliminary | Self::Returned, E::Submitted) => Some(Self::Application),
            (Self::Application | Self::Advice, E::Returned) => Some(Self::Returned),
            (Self::Application, E::SentForAdvice) => Some(Self::Advice),
            (Self::Advice, E::Approved) => Some(Self::Approved),
            (Self::Enquiry | Self::Preliminary | Self::Application | Self::Advice, E::Declined) => Some(Self::Declined),
            (
                Self::Draft | Self::Enquiry | Self::Preliminary | Self::Application | Self::Returned | Self::Advice,
                E::Withdrawn,
            ) => Some(Self::Withdrawn),
            _ => None,
        }
    }
}
