use std::collections::BTreeMap;

use fairway_domain::governance::{ApplicationEvent, ApplicationStage, Entry, Particulars};
use fairway_domain::{Fault, FaultExt, OrganisationCode};
use jiff::civil::Date;
use serde::Deserialize;

use super::{Asking, Decided, Folded, against_particulars, decided, entry, impossible, same_person, step};

/// An application to the data access request service, as its history makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationPaper {
    /// Its reference.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub stage: ApplicationStage,
    /// Who answers for the data; several of them do so jointly.
    pub controllers: Vec<ControllerNamed>,
    /// The latest text of each section that was written.
    pub sections: BTreeMap<String, String>,
    /// Everybody of the applicant's side who wrote, confirmed or handed in.
    pub applicants: Vec<String>,
    /// How often it was returned, with the last thing that was asked for.
    pub returned: (u32, String),
    /// What the advisers said.
    pub advice: Option<String>,
    /// When it came to where it stands.
    pub since: Date,
}

/// A controller of the data that are applied for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerNamed {
    /// Its code.
    pub organisation: OrganisationCode,
    /// Whether it has confirmed that it is one; the applicant has by applying.
    pub confirmed: bool,
}

/// A section of an application.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionKind {
    /// Its word.
    pub id: String,
    /// Its number, where the publisher's is known.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// Whether an application is incomplete without it.
    pub required: bool,
}

/// The sections, as data.
pub const SECTIONS: &str = include_str!("../../../../specs/governance/sections.yaml");

const STARTED: &str = "started";
const CONTROLLER: &str = "controller-named";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionList {
    #[expect(dead_code, reason = "read so that the file must say it")]
    source: String,
    #[expect(dead_code, reason = "read so that the file must say it")]
    confidence: String,
    sections: Vec<SectionKind>,
}

/// The sections of an application, in order.
///
/// # Errors
/// Never with the list that is tested here.
pub fn section_kinds() -> Result<Vec<SectionKind>, Fault> {
    let list: SectionList = serde_saphyr::from_str(SECTIONS).fault("list of sections cannot be read")?;
    Ok(list.sections)
}

impl ApplicationPaper {
    /// The entries that open its history: the applicant, who begins it, and further controllers.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn started(
        about: &Particulars,
        joint: &[OrganisationCode],
        asking: Asking<'_>,
    ) -> Result<Vec<Entry>, Vec<String>> {
        let mut reasons = against_particulars(about, asking);
        match &about.organisation {
            None => reasons.push("An application is an organisation's".into()),
            Some(applicant) if joint.contains(applicant) => {
                reasons.push(format!("{applicant} is the applicant, and not a joint controller with itself"));
            }
            Some(_) => {}
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let joint = joint.iter().map(|code| Particulars { organisation: Some(code.clone()), ..about.clone() });
        let named = joint.map(|about| entry(CONTROLLER, &about));
        Ok(std::iter::once(entry(STARTED, about)).chain(named).collect())
    }

    /// Holds an event that is asked for against the application.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn decide(&self, event: ApplicationEvent, about: &Particulars, asking: Asking<'_>) -> Decided {
        use ApplicationEvent as E;
        if self.is_so_already(event, about) {
            return Ok(None);
        }
        let mut reasons = against_particulars(about, asking);
        reasons.extend(impossible(self.stage, event));
        match event {
            E::SectionWritten => reasons.extend(against_section(about)),
            E::ControllerConfirmed if !self.is_controller(about) => {
                reasons.push("Only a joint controller that is named can confirm".into());
            }
            E::Submitted if self.stage != ApplicationStage::Draft => reasons.extend(self.incomplete()),
            E::Returned | E::Declined | E::SentForAdvice if about.note.trim().is_empty() => {
                reasons.push("Nothing says why, or what was advised".into());
            }
            _ => {}
        }
        let by_the_service = matches!(event, E::Assessed | E::Returned | E::SentForAdvice | E::Approved | E::Declined);
        if by_the_service && self.applicants.iter().any(|one| same_person(one, &about.by)) {
            reasons.push("Whoever applies cannot decide on the application".into());
        }
        if by_the_service && self.is_controller(about) {
            reasons.push("An organisation cannot decide on its own application".into());
        }
        decided(reasons, entry(event, about))
    }

    /// Whether an application to be handed in as a whole lacks anything.
    pub fn incomplete(&self) -> Vec<String> {
        let kinds = section_kinds().unwrap_or_default();
        let missing: Vec<&str> = kinds
            .iter()
            .filter(|kind| kind.required && !self.sections.contains_key(&kind.id))
            .map(|kind| kind.id.as_str())
            .collect();
        let unconfirmed: Vec<&str> = self
            .controllers
            .iter()
            .filter(|controller| !controller.confirmed)
            .map(|controller| controller.organisation.as_str())
            .collect();
        let sections = (!missing.is_empty()).then(|| format!("Sections are not written: {}", missing.join(", ")));
        let controllers = (!unconfirmed.is_empty())
            .then(|| format!("Joint controllers have not confirmed: {}", unconfirmed.join(", ")));
        sections.into_iter().chain(controllers).collect()
    }

    fn is_so_already(&self, event: ApplicationEvent, about: &Particulars) -> bool {
        use ApplicationEvent as E;
        match event {
            E::SectionWritten => self.sections.get(&about.subject) == Some(&about.note),
            E::ControllerConfirmed => {
                let same = |one: &&ControllerNamed| Some(&one.organisation) == about.organisation.as_ref();
                self.controllers.iter().find(same).is_some_and(|controller| controller.confirmed)
            }
            E::Approved => self.stage == ApplicationStage::Approved,
            E::Declined => self.stage == ApplicationStage::Declined,
            E::Withdrawn => self.stage == ApplicationStage::Withdrawn,
            _ => false,
        }
    }

    fn is_controller(&self, about: &Particulars) -> bool {
        self.controllers.iter().any(|one| Some(&one.organisation) == about.organisation.as_ref())
    }
}

fn against_section(about: &Particulars) -> Vec<String> {
    let mut reasons = Vec::new();
    let kinds = section_kinds().unwrap_or_default();
    if !kinds.iter().any(|kind| kind.id == about.subject) {
        let known: Vec<&str> = kinds.iter().map(|kind| kind.id.as_str()).collect();
        reasons.push(format!("There is no such section; there are {}", known.join(", ")));
    }
    if about.note.trim().is_empty() {
        reasons.push("There is no text".into());
    }
    reasons
}

impl Folded for ApplicationPaper {
    fn read(reference: &str, title: &str, entries: &[Entry]) -> Result<Self, Fault> {
        let (first, rest) = entries.split_first().ok_or_else(|| Fault::new("application was never started"))?;
        let applicant = first.about.organisation.clone().ok_or_else(|| Fault::new("application is nobody's"))?;
        let mut paper = Self {
            reference: reference.into(),
            title: title.into(),
            stage: ApplicationStage::Draft,
            controllers: vec![ControllerNamed { organisation: applicant, confirmed: true }],
            sections: BTreeMap::new(),
            applicants: vec![first.about.by.clone()],
            returned: (0, String::new()),
            advice: None,
            since: first.about.on,
        };
        rest.iter().try_for_each(|entry| paper.take(entry))?;
        Ok(paper)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        use ApplicationEvent as E;
        let about = &entry.about;
        if entry.what == CONTROLLER {
            let organisation = about.organisation.clone().ok_or_else(|| Fault::new("controller has no code"))?;
            self.controllers.push(ControllerNamed { organisation, confirmed: false });
            return Ok(());
        }
        let event: E = entry.what.parse().fault("application's history holds an event that is none")?;
        let stage = step(self.stage, event)?;
        if stage != self.stage {
            (self.stage, self.since) = (stage, about.on);
        }
        match event {
            E::SectionWritten => {
                self.sections.insert(about.subject.clone(), about.note.clone());
            }
            E::ControllerConfirmed => {
                let named = self.controllers.iter_mut();
                named
                    .filter(|one| Some(&one.organisation) == about.organisation.as_ref())
                    .for_each(|one| one.confirmed = true);
            }
            E::Returned => self.returned = (self.returned.0 + 1, about.note.clone()),
            E::SentForAdvice => self.advice = Some(about.note.clone()),
            _ => {}
        }
        let by_applicants = matches!(event, E::SectionWritten | E::ControllerConfirmed | E::Submitted);
        if by_applicants && !self.applicants.iter().any(|one| same_person(one, &about.by)) {
            self.applicants.push(about.by.clone());
        }
        Ok(())
    }

    fn state(&self) -> &'static str {
        self.stage.as_str()
    }
}
