use fairway_domain::governance::{AgreementEvent, AgreementState, Entry, Particulars};
use fairway_domain::{AgreementRef, Digest, Fault, FaultExt, OrganisationCode};
use jiff::civil::Date;

use super::{Asking, Decided, Folded, against_particulars, decided, entry, impossible, same_person, step};
use crate::papers::AssurancePaper;
use crate::{AgreementStanding, CountsAs, GovernanceTerms, PartyStanding, Period};

/// One version of an agreement, as its history makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementPaper {
    /// Its reference with its version.
    pub reference: AgreementRef,
    /// What it is called.
    pub title: String,
    /// SHA-256 of its document.
    pub document: Digest,
    /// Its first and its last day.
    pub term: Period,
    /// Everybody who must sign.
    pub parties: Vec<PartyNamed>,
    /// Where it stands, as recorded.
    pub state: AgreementState,
    /// When it was given to its parties.
    pub issued_on: Option<Date>,
    /// Since when it is in force.
    pub active_since: Option<Date>,
    /// When a controller last confirmed it.
    pub confirmed_on: Option<Date>,
    /// When it was ended before its last day.
    pub revoked_on: Option<Date>,
    /// Until when destruction has to be certified.
    pub destruction_due: Option<Date>,
    /// The certificate of destruction.
    pub certificate: Option<DestructionCertificate>,
}

/// A party of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyNamed {
    /// Its code.
    pub organisation: OrganisationCode,
    /// Whether it answers for the data; else it receives them.
    pub is_controller: bool,
    /// Who signed for it, and when.
    pub signed: Option<(String, Date)>,
}

/// What a recipient certifies about the data it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestructionCertificate {
    /// The recipient.
    pub organisation: OrganisationCode,
    /// Who signs.
    pub by: String,
    /// The day of the destruction.
    pub on: Date,
    /// How.
    pub method: String,
}

/// The word of the entry that opens an agreement's history.
const REGISTERED: &str = "registered";
/// The word of an entry that names a party; its subject is one of the two following.
const PARTY: &str = "party-named";
const CONTROLLER: &str = "controller";
const RECIPIENT: &str = "recipient";
/// What a certificate must cover, as the subject of its entry.
const ALL_COPIES: &str = "all-copies";

impl AgreementPaper {
    /// The entries that open the history of an agreement with these parties.
    pub fn registered(
        document: Digest,
        term: Period,
        (controllers, recipient): (&[OrganisationCode], &OrganisationCode),
        by: &str,
    ) -> Vec<Entry> {
        let opened =
            Particulars { until: Some(term.to), digest: Some(document), by: by.into(), ..Particulars::on(term.from) };
        let party = |code: &OrganisationCode, role: &str| {
            let about = Particulars {
                organisation: Some(code.clone()),
                subject: role.into(),
                by: by.into(),
                ..Particulars::on(term.from)
            };
            entry(PARTY, &about)
        };
        let controllers = controllers.iter().map(|code| party(code, CONTROLLER));
        std::iter::once(entry(REGISTERED, &opened)).chain(controllers).chain([party(recipient, RECIPIENT)]).collect()
    }

    /// Holds an event that is asked for against the agreement.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn decide(&self, event: AgreementEvent, about: &Particulars, asking: Asking<'_>) -> Decided {
        use AgreementEvent as E;
        if self.is_so_already(event, about) {
            return Ok(None);
        }
        let (event, mut about) = (self.last_of_all(event, about), about.clone());
        let mut reasons = against_particulars(&about, asking);
        reasons.extend(impossible(self.state, event));
        match event {
            E::Issued => reasons.extend(self.against_term(about.on, asking.terms)),
            E::Signed | E::SignedByAll => reasons.extend(self.against_signature(&about)),
            E::Activated => reasons.extend(self.against_activation(asking.today)),
            E::Confirmed => reasons.extend(self.must_be_controller(&about)),
            E::Suspended | E::Revoked => reasons.extend(self.against_stop(event, &about)),
            E::Expired if asking.today <= self.term.to => {
                reasons.push(format!("Its last day, {}, is not over", self.term.to));
            }
            E::DestructionOrdered => about.until = Some(asking.terms.destruction.after(about.on)),
            E::Certified => reasons.extend(self.against_certificate(&about)),
            E::Closed => reasons.extend(self.against_closing(&about)),
            E::Expired | E::Resumed | E::Superseded | E::Withdrawn => {}
        }
        decided(reasons, entry(event, &about))
    }

    /// Whether this very thing has happened, and asking again changes nothing.
    fn is_so_already(&self, event: AgreementEvent, about: &Particulars) -> bool {
        use AgreementEvent as E;
        use AgreementState as S;
        match event {
            E::Signed | E::SignedByAll => {
                let has = self.party(about.organisation.as_ref()).is_some_and(|party| party.signed.is_some());
                has && about.digest == Some(self.document)
            }
            E::Issued => self.state == S::Issued,
            E::Activated => self.state == S::Active,
            E::Suspended => self.state == S::Suspended,
            E::Expired => self.state == S::Expired,
            E::Revoked => self.state == S::Revoked,
            E::DestructionOrdered => self.state == S::DestructionDue,
            E::Certified => self.state == S::Certified,
            E::Closed => self.state == S::Closed && self.certificate.is_some(),
            E::Superseded | E::Withdrawn => self.state == S::Closed,
            E::Confirmed => self.confirmed_on == Some(about.on) && self.state == S::Active,
            E::Resumed => self.state == S::Active,
        }
    }

    /// A signature after which none is missing is told apart from the others.
    fn last_of_all(&self, event: AgreementEvent, about: &Particulars) -> AgreementEvent {
        let mut missing = self.parties.iter().filter(|party| party.signed.is_none());
        let is_last = |party: &PartyNamed| Some(&party.organisation) == about.organisation.as_ref();
        match event {
            AgreementEvent::Signed | AgreementEvent::SignedByAll if missing.all(is_last) => AgreementEvent::SignedByAll,
            AgreementEvent::SignedByAll => AgreementEvent::Signed,
            event => event,
        }
    }

    fn against_term(&self, issued: Date, terms: &GovernanceTerms) -> Vec<String> {
        let (term, mut reasons) = (self.term, Vec::new());
        if term.is_empty() {
            reasons.push(format!("It ends on {}, before it starts on {}", term.to, term.from));
        }
        let longest = terms.longest_term.after(term.from);
        if term.to >= longest {
            reasons
                .push(format!("It ends on {}; from {} it may last until the day before {longest}", term.to, term.from));
        }
        let latest = terms.start_after_issue.after(issued);
        if term.from > latest {
            reasons.push(format!("It starts on {}; issued on {issued}, it may start until {latest}", term.from));
        }
        reasons
    }

    fn against_signature(&self, about: &Particulars) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.party(about.organisation.as_ref()).is_none() {
            let parties: Vec<&str> = self.parties.iter().map(|party| party.organisation.as_str()).collect();
            reasons.push(format!("Only its parties sign it: {}", parties.join(", ")));
        }
        if about.digest != Some(self.document) {
            reasons.push(format!(
                "The document is not the one that was registered, whose SHA-256 is {}: a changed document is another version",
                self.document
            ));
        }
        if self.issued_on.is_some_and(|issued| about.on < issued) {
            reasons.push("It was not issued yet on that day".into());
        }
        reasons
    }

    fn against_activation(&self, today: Date) -> Vec<String> {
        let mut reasons = Vec::new();
        if today < self.term.from {
            reasons.push(format!("It starts on {}", self.term.from));
        }
        if today > self.term.to {
            reasons.push(format!("Its last day, {}, is over", self.term.to));
        }
        reasons
    }

    fn against_stop(&self, event: AgreementEvent, about: &Particulars) -> Vec<String> {
        let blank = about.note.trim().is_empty();
        blank.then(|| format!("Nothing says why it is {event}")).into_iter().collect()
    }

    fn must_be_controller(&self, about: &Particulars) -> Vec<String> {
        let is_one = self.party(about.organisation.as_ref()).is_some_and(|party| party.is_controller);
        (!is_one).then(|| "Only a controller of the data confirms it".to_owned()).into_iter().collect()
    }

    fn against_certificate(&self, about: &Particulars) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.party(about.organisation.as_ref()).is_none_or(|party| party.is_controller) {
            reasons.push("The recipient certifies the destruction, nobody else".into());
        }
        if about.note.trim().is_empty() {
            reasons.push("The certificate does not say how the data were destroyed".into());
        }
        if about.subject != ALL_COPIES {
            reasons.push("The certificate does not cover every copy, backups among them".into());
        }
        reasons
    }

    fn against_closing(&self, about: &Particulars) -> Vec<String> {
        let own = self.certificate.as_ref().is_some_and(|certificate| same_person(&certificate.by, &about.by));
        own.then(|| "Whoever signed the certificate cannot accept it".to_owned()).into_iter().collect()
    }

    fn party(&self, organisation: Option<&OrganisationCode>) -> Option<&PartyNamed> {
        self.parties.iter().find(|party| Some(&party.organisation) == organisation)
    }

    /// The particulars of a certificate that covers every copy.
    pub fn certificate(mut about: Particulars) -> Particulars {
        about.subject = ALL_COPIES.into();
        about
    }

    /// How it stands, with what its parties have shown about themselves.
    pub fn standing(&self, assurances: &[AssurancePaper], terms: &GovernanceTerms) -> AgreementStanding {
        let shown = |code: &OrganisationCode, what| {
            let of = assurances.iter().filter(|paper| paper.organisation == *code);
            of.flat_map(|paper| paper.periods(what, terms)).collect()
        };
        let parties = self.parties.iter().map(|party| PartyStanding {
            organisation: party.organisation.clone(),
            is_controller: party.is_controller,
            signed_on: party.signed.as_ref().map(|(_, on)| *on),
            framework: shown(&party.organisation, CountsAs::Framework),
            security: shown(&party.organisation, CountsAs::Security),
        });
        AgreementStanding {
            reference: self.reference.clone(),
            document: self.document,
            state: self.state,
            term: self.term,
            parties: parties.collect(),
            active_since: self.active_since,
            confirmed_on: self.confirmed_on,
        }
    }

    /// The day after which nothing was released under it any more, where that is past: its last one, or that of its
    /// revocation; nothing of one that was never in force. Superseded, it goes on as another version to its last day.
    pub fn over_on(&self, today: Date) -> Option<Date> {
        self.active_since?;
        let last = self.revoked_on.map_or(self.term.to, |revoked| revoked.min(self.term.to));
        (last < today || self.revoked_on.is_some()).then_some(last)
    }

    fn open(reference: &str, title: &str, about: &Particulars) -> Result<Self, Fault> {
        let document = about.digest.ok_or_else(|| Fault::new("agreement was registered without a document"))?;
        let to = about.until.ok_or_else(|| Fault::new("agreement was registered without a last day"))?;
        Ok(Self {
            reference: reference.parse().fault("agreement has a reference that is none")?,
            title: title.into(),
            document,
            term: Period { from: about.on, to },
            parties: Vec::new(),
            state: AgreementState::Draft,
            issued_on: None,
            active_since: None,
            confirmed_on: None,
            revoked_on: None,
            destruction_due: None,
            certificate: None,
        })
    }
}

impl Folded for AgreementPaper {
    fn read(reference: &str, title: &str, entries: &[Entry]) -> Result<Self, Fault> {
        // Registered again before it was issued, the later document counts.
        let opened = entries.iter().rposition(|entry| entry.what == REGISTERED);
        let entries = opened.and_then(|at| entries.get(at..)).unwrap_or_default();
        let (first, rest) = entries.split_first().ok_or_else(|| Fault::new("agreement was never registered"))?;
        let mut paper = Self::open(reference, title, &first.about)?;
        rest.iter().try_for_each(|entry| paper.take(entry))?;
        Ok(paper)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        let about = &entry.about;
        let organisation = || about.organisation.clone().ok_or_else(|| Fault::new("agreement's entry names nobody"));
        if entry.what == PARTY {
            let is_controller = about.subject == CONTROLLER;
            let named = self.parties.iter_mut().find(|party| Some(&party.organisation) == about.organisation.as_ref());
            match named {
                // A recipient that is a controller too signs once.
                Some(party) => party.is_controller |= is_controller,
                None => self.parties.push(PartyNamed { organisation: organisation()?, is_controller, signed: None }),
            }
            return Ok(());
        }
        let event: AgreementEvent = entry.what.parse().fault("agreement's history holds an event that is none")?;
        self.state = step(self.state, event)?;
        match event {
            AgreementEvent::Issued => self.issued_on = Some(about.on),
            AgreementEvent::Signed | AgreementEvent::SignedByAll => {
                let signed =
                    self.parties.iter_mut().find(|party| Some(&party.organisation) == about.organisation.as_ref());
                signed.ok_or_else(|| Fault::new("agreement was signed by a stranger"))?.signed =
                    Some((about.by.clone(), about.on));
            }
            AgreementEvent::Activated => self.active_since = Some(about.on),
            AgreementEvent::Confirmed => self.confirmed_on = self.confirmed_on.max(Some(about.on)),
            AgreementEvent::Revoked => self.revoked_on = Some(about.on),
            AgreementEvent::DestructionOrdered => self.destruction_due = about.until,
            AgreementEvent::Certified => {
                let (organisation, method) = (organisation()?, about.note.clone());
                self.certificate =
                    Some(DestructionCertificate { organisation, by: about.by.clone(), on: about.on, method });
            }
            _ => {}
        }
        Ok(())
    }

    fn state(&self) -> &'static str {
        self.state.as_str()
    }
}
