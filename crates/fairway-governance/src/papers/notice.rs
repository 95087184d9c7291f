use std::collections::BTreeMap;

use fairway_domain::governance::{Entry, NoticeEvent, NoticeState, Particulars, ServedEvent, ServedState};
use fairway_domain::{Digest, Fault, FaultExt, OrganisationCode};
use jiff::civil::Date;

use super::{Asking, Decided, Folded, against_particulars, decided, entry, impossible, step};

/// One version of a data provision notice, with everybody it is served on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePaper {
    /// Its reference with its version.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// The Direction it rests on.
    pub direction: String,
    /// The dataset to provide.
    pub dataset: String,
    /// SHA-256 of its document.
    pub document: Digest,
    /// The day it was issued.
    pub issued_on: Date,
    /// Whether it is in force.
    pub state: NoticeState,
    /// The organisations it is served on.
    pub served: BTreeMap<OrganisationCode, ServedOn>,
}

/// A notice at one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedOn {
    /// Where it stands there.
    pub state: ServedState,
    /// When it was served.
    pub served_on: Date,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<(String, Date)>,
    /// Questions and answers, oldest first, each with its day.
    pub thread: Vec<(ServedEvent, Date, String)>,
}

const ISSUED: &str = "issued";
const SERVED: &str = "served";

impl NoticePaper {
    /// The entry that opens its history: on its day, by whom, about which dataset, with its document, and the Direction's
    /// reference as the note.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn issued(about: &Particulars, asking: Asking<'_>) -> Decided {
        let mut reasons = against_particulars(about, asking);
        if about.digest.is_none() {
            reasons.push("A notice has a document".into());
        }
        decided(reasons, entry(ISSUED, about))
    }

    /// Holds serving it on an organisation against the notice.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn serve(&self, about: &Particulars, asking: Asking<'_>) -> Decided {
        let mut reasons = against_particulars(about, asking);
        if self.state != NoticeState::InForce {
            reasons.push(format!("It is {}", self.state));
        }
        match &about.organisation {
            None => reasons.push("A notice is served on an organisation".into()),
            Some(code) if self.served.contains_key(code) && reasons.is_empty() => return Ok(None),
            Some(_) => {}
        }
        decided(reasons, entry(SERVED, about))
    }

    /// Holds what an organisation, or whoever answers it, wants to do against the notice.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn answer(&self, event: ServedEvent, about: &Particulars, asking: Asking<'_>) -> Decided {
        let mut reasons = against_particulars(about, asking);
        if self.state != NoticeState::InForce {
            reasons.push(format!("It is {}", self.state));
        }
        match about.organisation.as_ref().and_then(|code| self.served.get(code)) {
            None => reasons.push("It was not served on this organisation".into()),
            Some(served) => {
                if event == ServedEvent::Acknowledged && served.state == ServedState::Acknowledged && reasons.is_empty()
                {
                    return Ok(None);
                }
                reasons.extend(impossible(served.state, event));
            }
        }
        if event == ServedEvent::Acknowledged {
            if about.digest != Some(self.document) {
                reasons.push(format!(
                    "What is acknowledged is not the document that was issued, whose SHA-256 is {}",
                    self.document
                ));
            }
        } else if about.note.trim().is_empty() {
            reasons.push("There is no text".into());
        }
        decided(reasons, entry(event, about))
    }

    /// Holds the end of the notice against it.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn end(&self, event: NoticeEvent, about: &Particulars, asking: Asking<'_>) -> Decided {
        if self.state != NoticeState::InForce {
            return Ok(None);
        }
        decided(against_particulars(about, asking), entry(event, about))
    }

    /// The organisations that have acknowledged it.
    pub fn participants(&self) -> impl Iterator<Item = (&OrganisationCode, Date)> {
        self.served.iter().filter_map(|(code, served)| Some((code, served.acknowledged.as_ref()?.1)))
    }

    /// Why an organisation may not send a dataset by these notices: none where no notice about it is in force, or where it
    /// has acknowledged one of them.
    pub fn against_sending(notices: &[Self], dataset: &str, sender: &OrganisationCode) -> Vec<String> {
        let in_force = notices.iter().filter(|one| one.state == NoticeState::InForce && one.dataset == dataset);
        let served = in_force.map(|one| (one, one.served.get(sender)));
        let mut reasons = Vec::new();
        for (notice, served) in served {
            let reference = &notice.reference;
            match served {
                Some(served) if served.acknowledged.is_some() => return Vec::new(),
                Some(served) => reasons.push(format!(
                    "{sender} has not acknowledged the notice {reference} about {dataset}, served on it on {}",
                    served.served_on
                )),
                None => reasons.push(format!("The notice {reference} about {dataset} was not served on {sender}")),
            }
        }
        reasons
    }

    /// Whether an organisation should have acknowledged it by a day, and has not.
    pub fn is_overdue(&self, served: &ServedOn, asking: Asking<'_>) -> bool {
        served.acknowledged.is_none()
            && self.state == NoticeState::InForce
            && asking.terms.acknowledgement.after(served.served_on) < asking.today
    }
}

impl Folded for NoticePaper {
    fn read(reference: &str, title: &str, entries: &[Entry]) -> Result<Self, Fault> {
        let (first, rest) = entries.split_first().ok_or_else(|| Fault::new("notice was never issued"))?;
        let mut paper = Self {
            reference: reference.into(),
            title: title.into(),
            direction: first.about.note.clone(),
            dataset: first.about.subject.clone(),
            document: first.about.digest.ok_or_else(|| Fault::new("notice was issued without a document"))?,
            issued_on: first.about.on,
            state: NoticeState::InForce,
            served: BTreeMap::new(),
        };
        rest.iter().try_for_each(|entry| paper.take(entry))?;
        Ok(paper)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        let about = &entry.about;
        if let Ok(event) = entry.what.parse::<NoticeEvent>() {
            self.state = step(self.state, event)?;
            return Ok(());
        }
        let code = about.organisation.clone().ok_or_else(|| Fault::new("notice's entry names nobody"))?;
        if entry.what == SERVED {
            let served =
                ServedOn { state: ServedState::Served, served_on: about.on, acknowledged: None, thread: Vec::new() };
            self.served.entry(code).or_insert(served);
            return Ok(());
        }
        let event: ServedEvent = entry.what.parse().fault("notice's history holds an event that is none")?;
        let served =
            self.served.get_mut(&code).ok_or_else(|| Fault::new("notice was answered before it was served"))?;
        served.state = step(served.state, event)?;
        match event {
            ServedEvent::Acknowledged => served.acknowledged = Some((about.by.clone(), about.on)),
            ServedEvent::Queried | ServedEvent::Answered => served.thread.push((event, about.on, about.note.clone())),
        }
        Ok(())
    }

    fn state(&self) -> &'static str {
        self.state.as_str()
    }
}
